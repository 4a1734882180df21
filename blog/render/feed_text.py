"""The texts of feeds, which all formats share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.views.page_parts import Html

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.views.outputs import FeedEntry
    from blog.views.page_parts import AnyBody

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not allow, not even as a reference."""


def entry_html(view: FeedEntry, text: Callable[[AnyBody], str]) -> str:
    """Return what a feed reader shows below the title; the callback ``text`` returns the HTML of a text in a feed."""
    parts = [f"<aside>{part.text if isinstance(part, Html) else text(part)}</aside>\n" for part in view.above]
    if parts:
        parts.append("<hr>\n")
    if view.body:
        parts.append(text(view.body))
    return "".join([*parts, view.below])


def clean_text(text: str) -> str:
    """Return ``text`` without the characters that feeds cannot have."""
    return _NOT_XML.sub("", text)
