"""Sanitizer: reduces HTML that a program wrote to the elements and attributes of an allow-list.

Text, structure, pictures and plain links remain. nh3 (html5ever and ammonia) parses the HTML as browsers do, and
serializes the allowed part of the tree, so that the output is exactly what was checked. HTML that is nested deeply or
wrongly takes nh3 quadratic time and memory; so :class:`_Simplified` first nests the elements properly. It also detects
HTML that needs a script.
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
"""Inline elements."""
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "caption", "center", "col", "colgroup", "dd", "details", "div",
    "dl", "dt", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "li", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
})  # fmt: skip
_ALLOWED = _PHRASES | _BLOCKS
_VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})
_ACTIVE = frozenset({
    "applet", "base", "embed", "foreignobject", "form", "frame", "frameset", "handler", "iframe", "link", "math",
    "meta", "noembed", "noframes", "noscript", "object", "plaintext", "portal", "script", "svg", "template",
    "textarea", "xmp",
})  # fmt: skip
"""Elements with active content, and those that browsers parse by other rules than the rest of HTML."""
_REMOVED = (_ACTIVE - {"base", "embed", "form", "frame", "link", "meta"}) | {
    "button", "datalist", "select", "style", "title",
}  # fmt: skip
"""Elements that are removed with their content."""
_CELLS = frozenset({"td", "th"})
_SECTIONS = frozenset({"tbody", "tfoot", "thead"})
_PARENTS = {
    **dict.fromkeys(_CELLS, _SECTIONS | {"table", "tr"}),
    "tr": _SECTIONS | {"table"},
    **dict.fromkeys((*_SECTIONS, "caption", "colgroup"), frozenset({"table"})),
    "col": frozenset({"colgroup", "table"}),
}
"""Part of a table → its possible parents."""
_IMPLIED = {**dict.fromkeys((*_SECTIONS, "table"), "tr"), "tr": "td"}
"""Part of a table → the element that text in it implies."""
_BARRIERS = _CELLS | {"caption", "table"}
"""An end tag in one of them ends no element outside."""
_OTHER_BARRIERS: dict[str, frozenset[str]] = {
    "table": frozenset(),
    **dict.fromkeys(_PARENTS, frozenset({"table"})),
}
"""Element → the barriers for its end tag, where they are others."""
_OPTIONAL_ENDS = {
    "li": frozenset({"li"}),
    **dict.fromkeys(("dd", "dt"), frozenset({"dd", "dt"})),
    **dict.fromkeys(("rp", "rt"), frozenset({"rp", "rt"})),
}
"""Element → open elements that end where it begins, because their end tags are optional."""
_MAX_DEPTH = 100
"""Maximal number of elements inside each other."""

_GLOBAL_ATTRIBUTES = frozenset({"class", "dir", "lang", "title"})
_ATTRIBUTES_OF = {
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
_PROSE_ATTRIBUTES = frozenset(
    {"align", "bgcolor", "border", "color", "height", "hidden", "id", "size", "style", "valign", "width"}
)
"""Further attributes for HTML in Markdown, because its author may write them."""
_PROSE_LINK_ATTRIBUTES = frozenset({"hreflang", "name", "rel", "target"})
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
"""Allowed properties: none of them takes an address, or moves an element out of its place."""
_HIDES = re.compile(r"(?:^|;)\s*+(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)\b", re.IGNORECASE)
"""Matches a style that hides its element."""
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
"""Matches a tag, or the start of a comment or bogus comment. Possessive, so that it never backtracks."""
_NAME_AND_VALUE = re.compile(
    r"""(?P<name>[^\s/<>"'=]++)(?:\s*+=\s*+(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<plain>[^\s<>"'][^\s<>]*+)))?+"""
)
_COMMENT_END = re.compile("--!?>")
_BOGUS_END = re.compile(">")
"""End of a bogus comment of HTML: declarations, processing instructions, end tags without a name."""
_BLANK = re.compile(r"\s*+")
_MARK = "\x02"
"""A separator that occurs in no text and in no tag."""
_SIGNS = re.compile("[<>&]")
_FIRST_LINE_BREAKS = re.compile(r"(<pre[^<>]*>)\n+")
"""Browsers drop one line break here each time that they parse the HTML."""

Kind = Literal["table", "prose"]
"""HTML that a library wrote, and HTML in Markdown."""


class SanitizedHtml(NamedTuple):
    """The result of sanitizing HTML."""

    html: str
    acts: bool
    """True if active content, or an address that is no web page, was left out."""


def sanitize(html: str, kind: Kind) -> SanitizedHtml:
    """Return the allowed part of ``html``; none of it if it is nested too deeply."""
    simplified = _Simplified(CONTROL_CHARACTERS.sub("", html), kind)
    return SanitizedHtml(_replace_controls(_clean(simplified.html, kind)), simplified.acts)


def sanitize_around(parts: Sequence[str]) -> tuple[list[str], bool]:
    """Return the allowed part of each of ``parts`` of the HTML in Markdown, and whether it had active content.

    Between the parts is HTML that is safe already. An element may begin in one of them and end in another.
    """
    plain = [CONTROL_CHARACTERS.sub("", part) for part in parts]
    digest = hashlib.blake2b(repr(plain).encode(), digest_size=16).hexdigest()
    key = f"{_MARK}{digest}-"  # no part can contain a digest of all parts
    marked = "".join(f"{key}{index}{_MARK}{part}" for index, part in enumerate(plain))
    simplified = _Simplified(marked, "prose")
    before, *pieces = re.split(f"{key}([0-9]+){_MARK}", _clean(simplified.html, "prose"))
    if pieces[::2] != list(map(str, range(len(parts)))):  # nested too deeply, or inside a removed element
        return [""] * len(parts), True
    pieces[1] = before + pieces[1]
    return [_replace_controls(piece) for piece in pieces[1::2]], simplified.acts


def needs_script(html: str) -> bool:
    """Return whether ``html`` has active content, or an address that is no web page."""
    return _Simplified(CONTROL_CHARACTERS.sub("", html), "prose").acts


def can_mislead(html: str) -> bool:
    """Return whether ``html`` has an address that is no web page."""
    return _Simplified(CONTROL_CHARACTERS.sub("", html), "table").misleads


def is_unsafe(address: str) -> bool:
    """Return whether ``address`` runs a script, or leads to a file."""
    return _UNSAFE.match(_IGNORED.sub("", address)) is not None


def _replace_controls(html: str) -> str:
    """Replace control characters by a visible sign. To remove them could turn a harmless text into an address."""
    return CONTROL_CHARACTERS.sub("\ufffd", html)


def _clean(html: str, kind: Kind) -> str:
    if not _SIGNS.search(html):
        return html
    return _FIRST_LINE_BREAKS.sub(r"\1", _cleaner(kind).clean(html))


@cache
def _cleaner(kind: Kind) -> Cleaner:
    import nh3  # noqa: PLC0415  (only notebooks need it)

    return nh3.Cleaner(
        tags=set(_ALLOWED),
        clean_content_tags=set(),
        attributes={name: set(_allowed_attributes(name, kind)) for name in _ALLOWED},
        attribute_filter=_filter_attribute,
        link_rel=None,
        url_schemes=set(_SCHEMES),
        filter_style_properties=set(_STYLES),
    )


def _filter_attribute(_: str, name: str, value: str) -> str | None:
    """Return the value of an attribute, or None to remove it."""
    if name == "style" and _LOADS.search(value):
        return None
    if name in _ADDRESSES and is_unsafe(value):
        return None
    return value


@cache
def _allowed_attributes(element: str, kind: Kind) -> frozenset[str]:
    allowed = _GLOBAL_ATTRIBUTES | _ATTRIBUTES_OF.get(element, frozenset())
    if kind == "prose":
        allowed |= _PROSE_ATTRIBUTES
        if element == "a":
            allowed |= _PROSE_LINK_ATTRIBUTES
    return frozenset(allowed)


@cache
def _elements_ended_by(name: str) -> frozenset[str]:
    """Return the elements that end where the element ``name`` begins directly inside them."""
    ended = _OPTIONAL_ENDS.get(name, frozenset())
    return ended | _PHRASES | {"p"} if name in _BLOCKS else ended


class _Simplified:
    """HTML with allowed elements alone, each of which ends inside its parent.

    Inline elements end where a block begins or ends: HTML's rule, by which they begin again there, lets a text grow
    quadratically. A tag that is not of the usual form is text.
    """

    def __init__(self, html: str, kind: Kind) -> None:
        self.kind = kind
        self.acts = False
        self.misleads = False
        self._parts: list[str] = []
        self._open: list[str] = []
        """Open elements, the outermost first."""
        self._hidden: list[tuple[int, int]] = []
        """Per open hidden element: the number of elements around it, and of parts written before it."""
        self._is_too_deep = False
        self._parse(html)
        self._close(0)

    @property
    def html(self) -> str:
        return "" if self._is_too_deep else "".join(self._parts)

    @property
    def _innermost(self) -> str:
        return self._open[-1] if self._open else ""

    def _parse(self, html: str) -> None:
        position = 0
        while (match := _MARKUP.search(html, position)) and not self._is_too_deep:
            self._write_text(html[position : match.start()])
            position = self._parse_markup(html, match)
        self._write_text(html[position:])

    def _parse_markup(self, html: str, match: re.Match[str]) -> int:
        """Parse a tag or comment, with the content of a removed element. Returns its end."""
        if match["name"] is None:
            return _end_of_comment(html, match)
        name = match["name"].lower()
        if not match["closed"] or _MARK in match["attributes"]:
            self._write_text(match[0])
        elif match["end"]:
            self._end(name)
        else:
            self._start(name, match["attributes"])
            if name in _REMOVED:
                return _end_of(_end_tag(name).search(html, match.end()), html)
        return match.end()

    def _write_text(self, text: str) -> None:
        if not _BLANK.fullmatch(text):
            self._enter_cell()
        self._parts.append(text.replace("<", "&lt;"))

    def _start(self, name: str, source: str) -> None:
        self.acts |= name.rpartition(":")[2] in _ACTIVE
        attributes, is_hidden = self._parse_attributes(name, source)
        if name not in _ALLOWED or not self._make_room(name):
            return
        if is_hidden:
            if name in _VOID:
                return
            self._hidden.append((len(self._open), len(self._parts)))
        self._write_start_tag(name, attributes)

    def _write_start_tag(self, name: str, attributes: str = "") -> None:
        self._parts.append(f"<{name}{attributes}>")
        if name not in _VOID:
            self._open.append(name)
            self._is_too_deep |= len(self._open) > _MAX_DEPTH

    def _make_room(self, name: str) -> bool:
        """Close the elements that cannot contain the element ``name``. Returns whether it is allowed here."""
        if name in _PARENTS:
            return self._enter_parent(name)
        ended = _elements_ended_by(name)
        while self._innermost in ended:
            self._close_innermost()
        self._enter_cell()
        return name != "a" or "a" not in self._open

    def _enter_parent(self, name: str) -> bool:
        """Close the elements inside the parent of ``name``, a part of a table. Returns whether there is a table."""
        if "table" not in self._open:
            return False
        while self._open[-1] not in _PARENTS[name]:
            self._close_innermost()
        return True

    def _enter_cell(self) -> None:
        """Open a cell for text between the cells of a table: browsers would move that text before the table."""
        if self._innermost == "colgroup":
            self._close_innermost()
        while implied := _IMPLIED.get(self._innermost):
            self._write_start_tag(implied)

    def _parse_attributes(self, element: str, source: str) -> tuple[str, bool]:
        """Return the allowed attributes of an element as HTML, and whether they hide it."""
        allowed = _allowed_attributes(element, self.kind) if element in _ALLOWED else frozenset()
        attributes: dict[str, str] = {}
        is_hidden = False
        for match in _NAME_AND_VALUE.finditer(source):
            name = match["name"].lower()
            value = "".join(match.groups("")[1:])  # at most one of the groups matches
            self._record_effects(name, value)
            is_hidden |= _is_hiding(name, value)
            if name in allowed:
                attributes.setdefault(name, value.replace('"', "&quot;"))
        html = "".join(f' {name}="{value}"' for name, value in attributes.items())
        return html, is_hidden and self.kind == "table"

    def _record_effects(self, name: str, value: str) -> None:
        """Record an attribute that runs a script, or that has an address that is no web page."""
        if name.startswith("on") or name == "srcdoc":
            self.acts = True
        if name in _ADDRESSES and is_unsafe(_decode(value)):
            self.acts = self.misleads = True

    def _end(self, name: str) -> None:
        """End the element ``name`` and the elements in it, unless one of them is a barrier."""
        barriers = _OTHER_BARRIERS.get(name, _BARRIERS)
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == name:
                self._close(index)
                return
            if self._open[index] in barriers:
                return

    def _close_innermost(self) -> None:
        self._close(len(self._open) - 1)

    def _close(self, index: int) -> None:
        """End the elements from ``index`` on, the innermost first, and remove the hidden ones from the output."""
        self._parts += [f"</{name}>" for name in reversed(self._open[index:])]
        del self._open[index:]
        while self._hidden and self._hidden[-1][0] >= index:
            _, start = self._hidden.pop()
            del self._parts[start:]


def _is_hiding(name: str, value: str) -> bool:
    """Return whether an attribute hides its element."""
    if name == "style":
        return _HIDES.search(value) is not None
    return name == "hidden"


@cache
def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])[^>]*+>?", re.IGNORECASE)


def _end_of_comment(html: str, match: re.Match[str]) -> int:
    """Return the end of the comment, or bogus comment, that begins with ``match``."""
    if match["comment"]:
        return _end_of(_COMMENT_END.search(html, match.start() + 2), html)  # "<!-->" is a whole comment
    return _end_of(_BOGUS_END.search(html, match.end()), html)


def _end_of(match: re.Match[str] | None, html: str) -> int:
    """Return the end of a construct; one that is not closed extends to the end of ``html``."""
    return match.end() if match else len(html)


def _decode(value: str) -> str:
    """Decode the character references in an attribute. A number with too many digits counts as a script."""
    try:
        return unescape(value)
    except ValueError:
        return "javascript:"
