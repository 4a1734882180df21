"""HTML that a library gave, for a table or a few words → its structure, text and plain links.

Everything else goes: styles, ids (they would meet those of headings), comments. What runs scripts is refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from blog.markdown.sanitize import can_mislead, sanitize

_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_HEAD = re.compile(r"<(?P<section>/?thead)|<th(?P<attributes>(?: [a-z-]+=\"[^\"]*\")*)>(?P<empty>\s*</th>)?")
"""Matches sanitized HTML only: each attribute has double quotes, and no text has ``<``."""


_TAG = re.compile(r"<[^>]*>")
_BIGGEST = re.compile(r"(</?)h1\b")
"""A page has one heading of this size, its title."""
_FRAME = re.compile(r"\bcolab-df-")
"""Colab's buttons beside each data frame: nobody misses them."""
_FILLED = re.compile(r"\bitables", re.IGNORECASE)
"""A library that fills its table by a script; until then it says that it is loading."""


class TableHtml(NamedTuple):
    """The part of an HTML output that a page can show."""

    html: str
    """Empty if there is nothing to see."""
    has_table: bool
    is_cut: bool
    """A part that needs a script is left out, and somebody may miss it."""


def read_html(html: str) -> TableHtml | None:
    """The safe part of ``html``, or None if it needs a script.

    A table that is there without the script, which only adds buttons or a chart, needs none.
    """
    clean = sanitize(html, "table")
    has_table = "<table" in clean.html
    if clean.acts and (not _holds_text(clean.html) or _FILLED.search(html) or can_mislead(html)):
        return None
    shown = _BIGGEST.sub(r"\1h2", _with_scopes(clean.html).strip()) if has_table or _is_seen(clean.html) else ""
    return TableHtml(shown, has_table, clean.acts and not _FRAME.search(html))


def _holds_text(html: str) -> bool:
    """Return whether a table has text."""
    start, end = html.find("<table"), html.rfind("</table>")
    return 0 <= start < end and _has_text(html[start:end])


def _has_text(html: str) -> bool:
    end = html.rfind(">") + 1  # behind it no tag ends, and to search for its end takes long
    return bool((_TAG.sub("", html[:end]) + html[end:]).strip())


def _is_seen(html: str) -> bool:
    return any(f"<{name}" in html for name in _SEEN) or _has_text(html)


_SEEN = ("audio", "img", "meter", "progress", "video")
"""Elements that are seen without text in them."""


def _with_scopes(html: str) -> str:
    """Let each head say whether it heads a column or a row. An empty one, as in a corner, heads nothing."""
    sections = 0

    def cell(found: re.Match[str]) -> str:
        nonlocal sections
        if found["section"]:
            sections += -1 if found["section"].startswith("/") else 1
            return found[0]
        attributes = dict(_ATTRIBUTE.findall(found["attributes"]))
        if found["empty"]:
            kept = "".join(f' {name}="{value}"' for name, value in attributes.items() if name != "scope")
            return f"<td{kept}></td>"
        scope = "col" if sections else "row"
        return found[0] if "scope" in attributes else f'<th{found["attributes"]} scope="{scope}">'

    return _HEAD.sub(cell, html)
