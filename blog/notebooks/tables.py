"""HTML from a library, for a table or a few words → its structure, text and plain links.

Everything else is removed: styles, ids (they could repeat those of headings), comments. HTML that runs scripts is
refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from blog.markdown.sanitize import can_mislead, sanitize

_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_HEAD = re.compile(r"<(?P<section>/?thead)|<th(?P<attributes>(?: [a-z-]+=\"[^\"]*\")*)>(?P<empty>\s*</th>)?")
"""Matches sanitized HTML only: each attribute has double quotes, and no text has ``<``."""
_HEAD_DEPTH = {"thead": 1, "/thead": -1}
_TAG = re.compile(r"<[^>]*>")
_TOP_HEADING = re.compile(r"(</?)h1\b")
"""A page has one heading of this level, its title."""
_COLAB_BUTTONS = re.compile(r"\bcolab-df-")
"""Colab's buttons beside each data frame: readers do not need them."""
_SCRIPTED_TABLE = re.compile(r"\bitables", re.IGNORECASE)
"""A library that fills its table by a script; until then the table contains a loading message only."""
_VISIBLE_ELEMENT = re.compile("<(?:audio|img|meter|progress|video)")
"""Elements that are visible without text in them."""


class TableHtml(NamedTuple):
    """The part of an HTML output that a page can show."""

    html: str
    """Empty if nothing is visible."""
    has_table: bool
    is_cut: bool
    """A part that needs a script is left out, and readers may miss it."""


def read_html(html: str) -> TableHtml | None:
    """Return the safe part of ``html``, or None if it needs a script.

    A table that is complete without the script, which only adds buttons or a chart, needs none.
    """
    clean = sanitize(html, "table")
    if clean.acts and not _is_complete_without_script(clean.html, html):
        return None
    has_table = "<table" in clean.html
    safe_html = ""
    if has_table or _is_visible(clean.html):
        safe_html = _TOP_HEADING.sub(r"\1h2", _add_scopes(clean.html).strip())
    return TableHtml(safe_html, has_table, clean.acts and not _COLAB_BUTTONS.search(html))


def _is_complete_without_script(clean_html: str, html: str) -> bool:
    return _has_table_text(clean_html) and not _SCRIPTED_TABLE.search(html) and not can_mislead(html)


def _has_table_text(html: str) -> bool:
    start, end = html.find("<table"), html.rfind("</table>")
    return 0 <= start < end and _has_text(html[start:end])


def _has_text(html: str) -> bool:
    end = html.rfind(">") + 1  # no tag ends behind it: searching there for an end would take quadratic time
    return bool((_TAG.sub("", html[:end]) + html[end:]).strip())


def _is_visible(html: str) -> bool:
    return _VISIBLE_ELEMENT.search(html) is not None or _has_text(html)


def _add_scopes(html: str) -> str:
    """Add to each header cell whether it heads a column or a row. An empty one, as in a corner, heads nothing."""
    open_heads = 0

    def add_scope(match: re.Match[str]) -> str:
        nonlocal open_heads
        if match["section"]:
            open_heads += _HEAD_DEPTH[match["section"]]
            return match[0]
        attributes = dict(_ATTRIBUTE.findall(match["attributes"]))
        if match["empty"]:
            attributes.pop("scope", None)
            written = "".join(f' {name}="{value}"' for name, value in attributes.items())
            return f"<td{written}></td>"
        if "scope" in attributes:
            return match[0]
        scope = "col" if open_heads else "row"
        return f'<th{match["attributes"]} scope="{scope}">'

    return _HEAD.sub(add_scope, html)
