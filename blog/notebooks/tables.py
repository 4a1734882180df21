"""HTML that a library gave for a table → the table alone: structure, text and plain links.

Everything else goes: styles, ids (they would meet those of headings), comments. What runs scripts is refused.
"""

from __future__ import annotations

import re

from blog.sanitize import sanitize

_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_HEAD = re.compile(r"<(?P<section>/?thead)|<th(?P<attributes>(?: [a-z-]+=\"[^\"]*\")*)>(?P<empty>\s*</th>)?")
"""In HTML that was written anew: each attribute has double quotes, and no text has ``<``."""


def table(html: str) -> str | None:
    """The safe part of ``html`` that holds a table, an empty text if it holds none, or None if it needs a script."""
    clean = sanitize(html, "table")
    if clean.acts:
        return None
    return _with_scopes(clean.html).strip() if "<table" in clean.html else ""


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
