"""HTML that a program wrote → text, structure, pictures and plain links: elements and attributes of an allow-list.

nh3 (html5ever and ammonia) parses the HTML as browsers do, and writes out what is allowed: what comes out is what was
checked, whatever went in. HTML that is nested deeply or wrongly would take it time and memory that grow with the
square of the text; so :class:`_Simplified` first writes the elements one inside the other. It says too what of the
HTML needs a script.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Literal, NamedTuple

from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nh3 import Cleaner

_PHRASES = frozenset({
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "mark", "meter", "progress", "q", "rp", "rt", "ruby", "s", "samp", "small",
    "source", "span", "strike", "strong", "sub", "sup", "time", "track", "tt", "u", "var", "video", "wbr",
})  # fmt: skip
"""Elements that stand in a line of text."""
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "caption", "center", "col", "colgroup", "dd", "details", "div",
    "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "li", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
})  # fmt: skip
_SHOWN = _PHRASES | _BLOCKS
_VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})
_ACTIVE = frozenset({
    "applet", "base", "embed", "foreignobject", "form", "frame", "frameset", "handler", "iframe", "link", "math",
    "meta", "noembed", "noframes", "noscript", "object", "plaintext", "portal", "script", "svg", "template",
    "textarea", "xmp",
})  # fmt: skip
"""Elements that can act, or that are read by other rules than the rest of HTML."""
_UNREAD = (_ACTIVE - {"base", "embed", "form", "frame", "link", "meta"}) | {
    "button", "datalist", "select", "style", "title",
}  # fmt: skip
"""Elements that go with all that is in them."""
_CELLS = frozenset({"td", "th"})
_SECTIONS = frozenset({"tbody", "tfoot", "thead"})
_PARENTS = {
    **dict.fromkeys(_CELLS, _SECTIONS | {"table", "tr"}),
    "tr": _SECTIONS | {"table"},
    **dict.fromkeys((*_SECTIONS, "caption", "colgroup"), frozenset({"table"})),
    "col": frozenset({"colgroup", "table"}),
}
"""The parts of a table, and what each stands in."""
_AROUND = _CELLS | {"caption", "table"}
"""An end tag in one of them ends nothing outside."""
_ENDED_BY = {
    "li": frozenset({"li"}),
    **dict.fromkeys(("dd", "dt"), frozenset({"dd", "dt"})),
    **dict.fromkeys(("rp", "rt"), frozenset({"rp", "rt"})),
}
"""An element, and those that end where it begins: their end tags may be left out."""
_DEEPEST = 100
"""Elements in each other."""

_MEANING = frozenset({"class", "dir", "lang", "title"})
_OF_ELEMENTS = {
    "a": {"href"},
    "audio": {"controls", "loop", "muted", "src"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"datetime"},
    "details": {"open"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"datetime"},
    "li": {"value"},
    "meter": {"high", "low", "max", "min", "optimum", "value"},
    "ol": {"reversed", "start", "type"},
    "progress": {"max", "value"},
    "source": {"src", "type"},
    "td": {"abbr", "colspan", "rowspan", "scope"},
    "th": {"abbr", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"kind", "label", "src", "srclang"},
    "video": {"controls", "height", "loop", "muted", "poster", "src", "width"},
}
_IN_PROSE = frozenset(
    {"align", "bgcolor", "border", "color", "height", "hidden", "id", "size", "style", "valign", "width"}
)
"""Attributes that Markdown may have besides, because its author may write them."""
_LINKS_IN_PROSE = frozenset({"hreflang", "name", "rel", "target"})
_STYLES = frozenset({
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
    "border-radius", "border-right", "border-spacing", "border-style", "border-top", "border-width",
    "caption-side", "color", "display", "float", "font", "font-family", "font-size", "font-style", "font-variant",
    "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom",
    "margin-left", "margin-right", "margin-top", "max-height", "max-width", "min-height", "min-width", "opacity",
    "overflow", "overflow-x", "overflow-y", "padding", "padding-bottom", "padding-left", "padding-right",
    "padding-top", "table-layout", "text-align", "text-decoration", "text-indent", "text-transform",
    "vertical-align", "white-space", "width", "word-break", "word-spacing",
})  # fmt: skip
"""None of them takes an address, or moves what it styles out of its place."""
_HIDES = re.compile(r"(?:^|;)\s*+(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)\b", re.IGNORECASE)
"""A style by which nobody saw what it styles."""
_LOADS = re.compile(r"url\s*\(|image|expression|\\", re.IGNORECASE)
"""Matches constructs that no style may have, because they load a resource."""
_ADDRESSES = frozenset({
    "action", "background", "cite", "data", "formaction", "href", "ping", "poster", "src", "srcset", "xlink:href",
})  # fmt: skip
_SCHEMES = frozenset({
    "data", "ftp", "geo", "http", "https", "irc", "ircs", "magnet", "mailto", "news", "sms", "tel", "webcal",
    "xmpp",
})  # fmt: skip
"""Allowed schemes of addresses; ``data`` for images only."""
_UNSAFE = re.compile(r"(?:javascript|vbscript|file):|data:(?!image/(?:png|jpeg|gif|webp)[;,])", re.IGNORECASE)
_IGNORED = re.compile(r"[\s\0-\x20]+")
"""Characters that browsers ignore in an address."""

_ATTRIBUTE = r"""[^\s/<>"'=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s<>"'][^\s<>]*+))?+"""  # fmt: skip
_MARKUP = re.compile(
    rf"<(?:(?P<end>/?)(?P<name>[a-z][^\s/<>]*+)(?P<attributes>(?:[\s/]++|{_ATTRIBUTE})*+)(?P<closed>>)?+"
    r"|(?P<comment>!--)|[!?/])",
    re.IGNORECASE,
)
"""Whatever ``<`` begins but for text. Possessive: nothing is read twice."""
_PARTS = re.compile(
    r"""(?P<name>[^\s/<>"'=]++)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<plain>[^\s<>"'][^\s<>]*+)))?+"""
)
_COMMENT_END = re.compile("--!?>")
_BOGUS_END = re.compile(">")
"""End of a bogus comment of HTML: declarations, processing instructions, end tags without a name."""
_BLANK = re.compile(r"\s*+")
_MARK = "\x02"
"""A separator that occurs in no text and in no tag."""
_SIGNS = re.compile("[<>&]")
_FIRST_LINES = re.compile(r"(<pre[^<>]*>)\n+")
"""Browsers leave one out, each time that they read it."""

Kind = Literal["table", "prose"]
"""HTML that a library wrote, and HTML in Markdown."""


class SanitizedHtml(NamedTuple):
    """The result of sanitizing HTML."""

    html: str
    acts: bool
    """Something in it needed a script, or an address that is no web page; it is left out."""


def sanitize(html: str, kind: Kind) -> SanitizedHtml:
    """The allowed part of ``html``; none of it where it is nested too deeply."""
    simplified = _Simplified(CONTROL_CHARACTERS.sub("", html), kind)
    return SanitizedHtml(_written(simplified.html, kind), simplified.acts)


def sanitize_around(parts: Sequence[str]) -> tuple[list[str], bool]:
    """The allowed part of each of ``parts`` of the HTML in Markdown, and whether something of it needs a script.

    Between them stands what is safe already. An element may begin in one of them and end in another.
    """
    plain = [CONTROL_CHARACTERS.sub("", part) for part in parts]
    key = f"{_MARK}{hashlib.blake2b(repr(plain).encode(), digest_size=16).hexdigest()}-"  # no part can know it
    marked = "".join(f"{key}{index}{_MARK}{part}" for index, part in enumerate(plain))
    simplified = _Simplified(marked, "prose")
    before, *pieces = re.split(f"{key}([0-9]+){_MARK}", _clean(simplified.html, "prose"))
    if pieces[::2] != [str(index) for index in range(len(parts))]:  # nested too deeply, or in what is left out
        return [""] * len(parts), True
    pieces[1] = before + pieces[1]
    return [_visible(piece) for piece in pieces[1::2]], simplified.acts


def needs_script(html: str) -> bool:
    """Return whether ``html`` has active content, or an address that is no web page."""
    return _Simplified(CONTROL_CHARACTERS.sub("", html), "prose").acts


def can_mislead(html: str) -> bool:
    """Return whether ``html`` has an address that is no web page."""
    return _Simplified(CONTROL_CHARACTERS.sub("", html), "table").misleads


def is_unsafe(address: str) -> bool:
    """Return whether ``address`` runs a script, or leads to a file."""
    return _UNSAFE.match(_IGNORED.sub("", address)) is not None


def _written(html: str, kind: Kind) -> str:
    return _visible(_clean(html, kind))


def _visible(html: str) -> str:
    """``html`` with a sign for each control character. To take it out could make an address of what is none."""
    return CONTROL_CHARACTERS.sub("\ufffd", html)


def _clean(html: str, kind: Kind) -> str:
    return _FIRST_LINES.sub(r"\1", _cleaner(kind).clean(html)) if _SIGNS.search(html) else html


@cache
def _cleaner(kind: Kind) -> Cleaner:
    import nh3  # noqa: PLC0415  (only notebooks need it)

    return nh3.Cleaner(
        tags=set(_SHOWN),
        clean_content_tags=set(),
        attributes={name: set(_allowed(name, kind)) for name in _SHOWN},
        attribute_filter=_filter,
        link_rel=None,
        url_schemes=set(_SCHEMES),
        filter_style_properties=set(_STYLES),
    )


def _filter(_: str, name: str, value: str) -> str | None:
    is_refused = _LOADS.search(value) if name == "style" else name in _ADDRESSES and is_unsafe(value)
    return None if is_refused else value


@cache
def _allowed(name: str, kind: Kind) -> frozenset[str]:
    """The attributes that an element may have."""
    allowed = _MEANING | _OF_ELEMENTS.get(name, frozenset())
    if kind == "prose":
        allowed |= _IN_PROSE | (_LINKS_IN_PROSE if name == "a" else frozenset())
    return frozenset(allowed)


class _Simplified:
    """HTML with allowed elements alone, each of which ends inside of that in which it begins.

    Elements in a line of text end where a block begins or ends: HTML's rule, by which they begin anew there, lets a
    text grow with its square. What is no tag of the usual form is text.
    """

    def __init__(self, html: str, kind: Kind) -> None:
        self.kind = kind
        self.acts = False
        self.misleads = False
        self._parts: list[str] = []
        self._open: list[str] = []
        self._unseen: list[tuple[int, int]] = []
        """Per open hidden element: the number of elements around it, and of parts written before it."""
        self._too_deep = False
        self._read(html)
        self._close(0)

    @property
    def html(self) -> str:
        return "" if self._too_deep else "".join(self._parts)

    def _read(self, html: str) -> None:
        at = 0
        while (found := _MARKUP.search(html, at)) and not self._too_deep:
            self._write(html[at : found.start()])
            at = self._read_markup(html, found)
        self._write(html[at:])

    def _read_markup(self, html: str, found: re.Match[str]) -> int:
        """Read what begins with ``<``. Returns where it ends."""
        if found["name"] is None:
            pattern, start = (_COMMENT_END, found.start() + 2) if found["comment"] else (_BOGUS_END, found.end())
            return _end_of(pattern.search(html, start), html)
        name = found["name"].lower()
        if not found["closed"] or _MARK in found["attributes"]:
            self._write(found[0])
        elif found["end"]:
            self._end(name)
        else:
            self._start(name, found["attributes"])
            if name in _UNREAD:
                return _end_of(_end_tag(name).search(html, found.end()), html)
        return found.end()

    def _write(self, text: str) -> None:
        if not _BLANK.fullmatch(text):
            self._enter_cell()
        self._parts.append(text.replace("<", "&lt;"))

    def _start(self, name: str, attributes: str) -> None:
        self.acts |= name.rpartition(":")[2] in _ACTIVE
        kept, is_hidden = self._attributes(name, attributes)
        if name in _SHOWN and self._make_room(name) and not (is_hidden and name in _VOID):
            self._unseen += [(len(self._open), len(self._parts))] if is_hidden else []
            self._put(name, kept)

    def _put(self, name: str, attributes: str = "") -> None:
        self._parts.append(f"<{name}{attributes}>")
        if name not in _VOID:
            self._open.append(name)
            self._too_deep |= len(self._open) > _DEEPEST

    def _make_room(self, name: str) -> bool:
        """Close what the element ``name`` cannot stand in. Returns whether it can stand here."""
        if name in _PARENTS:
            if "table" not in self._open:
                return False
            while self._open[-1] not in _PARENTS[name]:
                self._close(len(self._open) - 1)
            return True
        ended = _ENDED_BY.get(name, frozenset())
        if name in _BLOCKS:
            ended |= _PHRASES | {"p"}
        while self._open and self._open[-1] in ended:
            self._close(len(self._open) - 1)
        self._enter_cell()
        return name != "a" or "a" not in self._open

    def _enter_cell(self) -> None:
        """Open a cell for text between the cells of a table: browsers would move that text before the table."""
        if self._open and self._open[-1] == "colgroup":
            self._close(len(self._open) - 1)
        if self._open and (self._open[-1] == "table" or self._open[-1] in _SECTIONS):
            self._put("tr")
        if self._open and self._open[-1] == "tr":
            self._put("td")

    def _attributes(self, name: str, attributes: str) -> tuple[str, bool]:
        """The allowed ones of an element ``name``, as they are written in HTML, and whether they hide it."""
        kept: dict[str, str] = {}
        is_hidden = False
        for found in _PARTS.finditer(attributes):
            attribute = found["name"].lower()
            value = found["double"] or found["single"] or found["plain"] or ""
            self.acts |= attribute.startswith("on") or attribute == "srcdoc"
            self.misleads |= attribute in _ADDRESSES and is_unsafe(_decoded(value))
            is_hidden |= attribute == "hidden" or (attribute == "style" and _HIDES.search(value) is not None)
            if name in _SHOWN and attribute in _allowed(name, self.kind):
                kept.setdefault(attribute, value.replace('"', "&quot;"))
        self.acts |= self.misleads
        return "".join(f' {attribute}="{value}"' for attribute, value in kept.items()), (
            is_hidden and self.kind == "table"
        )

    def _end(self, name: str) -> None:
        """End the element ``name``, and what is open in it, unless a cell stands between."""
        around = frozenset({"table"}) if name in _PARENTS else _AROUND
        for at in range(len(self._open) - 1, -1, -1):
            if self._open[at] == name:
                self._close(at)
                return
            if self._open[at] in around and name != "table":
                return

    def _close(self, at: int) -> None:
        """End the elements from ``at`` on, the innermost first."""
        self._parts += [f"</{name}>" for name in reversed(self._open[at:])]
        del self._open[at:]
        while self._unseen and self._unseen[-1][0] >= at:
            del self._parts[self._unseen.pop()[1] :]


@cache
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])[^>]*+>?", re.IGNORECASE)


def _end_of(found: re.Match[str] | None, html: str) -> int:
    """Return the end of a construct; one that is not closed goes on to the end of ``html``."""
    return found.end() if found else len(html)


def _decoded(value: str) -> str:
    """An attribute's value with characters for their names; a script where a number is too long to be one."""
    try:
        return unescape(value)
    except ValueError:
        return "javascript:"
