"""Feed views → bytes: one module for each format, with the name that its row in ``views.feeds.FORMATS`` has."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.views.outputs import FeedView
    from blog.views.page_parts import AnyBody


def render_feed(view: FeedView, text: Callable[[AnyBody], str]) -> bytes:
    """Return the feed in its format; the callback ``text`` returns the HTML of a text in a feed.

    The module of the format is imported here: lxml takes 40 ms, which a warm build saves.
    """
    data: bytes = import_module(f"{__name__}.{view.form}").render(view, text)
    return data
