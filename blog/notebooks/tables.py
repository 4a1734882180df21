"""HTML that a library gave for a table → the table alone: structure, text and plain links.

Everything else goes: styles, ids (they would meet those of headings), comments. What runs scripts is refused.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from blog.fields import CONTROL

_ACTIVE = frozenset({
    "script", "iframe", "frame", "object", "embed", "applet", "link", "base", "meta", "form", "noscript", "svg", "math",
    "textarea", "xmp", "plaintext", "noembed", "noframes",
})  # fmt: skip
"""What can act, or is read by other rules than the rest of HTML."""
_UNWRAPPED = frozenset({"html", "head", "body"})
_VOID = frozenset({"area", "br", "col", "hr", "img", "input", "source", "track", "wbr"})
_ATTRIBUTES = frozenset({"class", "colspan", "rowspan", "scope", "title", "href", "src", "alt", "lang", "dir"})
_EMPTY_HEAD = re.compile(r"""<th((?: [^>]*)?) scope="[a-z]*"([^>]*)>\s*</th>""")
"""A cell that is empty heads nothing, as in the corner of a table."""
_UNSAFE = re.compile(r"(?:javascript|vbscript|file):|data:(?!image/(?:png|jpeg|gif|webp)[;,])")


def table(html: str) -> str | None:
    """The safe part of ``html`` that holds a table, an empty text if it holds none, or None if it needs a script."""
    if "<![" in html:  # the parser gives up on it in ways that differ between versions of Python
        return None
    reader = _Reader()
    reader.feed(CONTROL.sub("", html))
    reader.close()
    if reader.active:
        return None
    return reader.html() if reader.tables else ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.open: list[str] = []
        self.active = False
        self.tables = 0

    def html(self) -> str:
        whole = "".join(self.parts) + "".join(f"</{tag}>" for tag in reversed(self.open))
        return _EMPTY_HEAD.sub(r"<td\1\2></td>", whole).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.active |= tag in _ACTIVE or any(_acts(name, value or "") for name, value in attrs)
        self.tables += tag == "table"
        kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if name in _ATTRIBUTES)
        if tag == "th" and "scope" not in dict(attrs):
            kept += ' scope="col"' if "thead" in self.open else ' scope="row"'
        if tag == "style":
            self.open.append(tag)
        elif tag not in _UNWRAPPED and re.fullmatch(r"[a-z][a-z0-9]*", tag):
            self.parts.append(f"<{tag}{kept}>")
            self.open += [] if tag in _VOID else [tag]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open:
            closed = self.open.pop()
            self.parts += [] if closed == "style" else [f"</{closed}>"]
            if closed == tag:
                break

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.parts.append(escape(data, quote=False))


def _acts(name: str, value: str) -> bool:
    return name.startswith("on") or _UNSAFE.match(re.sub(r"[\s\0-\x20]", "", value).lower()) is not None
