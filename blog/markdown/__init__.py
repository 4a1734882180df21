"""Markdown: the types of a converted text (HTML for pages and feeds, headings, links, what was left out), and ``fill``.

CommonMark 0.31.2 <https://spec.commonmark.org/0.31.2/> by markdown-it-py, with tables, strikethrough, bare URLs,
footnotes, definition and task lists, callouts, figures, own heading ids, private passages and typography.
Nothing here reads the disk or knows other files: links stay symbolic, as slots that :func:`fill` closes later.
:func:`blog.markdown.conversion.convert` does the work: whoever needs it imports it then, for it brings the parser.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from blog.markdown.notes import Forms, Heading, Outline, Reference, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Forms", "Heading", "Outline", "Reference", "Text", "fill"]


def fill(html: str, targets: Sequence[str], prefix: str = "") -> str:
    """Close the slots of ``html``: the n-th link leads to ``targets[n]``; ``prefix`` starts the ids of a feed entry."""
    if "\0" not in html:
        return html
    parts = html.split("\0")
    for index in range(1, len(parts), 2):
        slot = parts[index]
        parts[index] = prefix if slot == ":" else escape(targets[int(slot)])
    return "".join(parts)
