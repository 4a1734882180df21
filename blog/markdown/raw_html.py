"""Raw HTML: the tags, the addresses in them, bogus comments, and texts that could be file names."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_SRCSETS = {"srcset", "imagesrcset"}
_ADDRESSES = _SRCSETS | {
    "href", "xlink:href", "src", "poster", "data", "action", "formaction", "cite", "background", "longdesc",
}  # fmt: skip
"""Attributes whose values are addresses."""
_TAG = re.compile(r"<([a-z][^\s/>]*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/"'=]*(?P<name>[^\s"'>/=]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'=<>`]+))?""", re.DOTALL
)
_SELF_CLOSING = re.compile(r"""[\s/"'=]*/>""")
_NO_TAGS_IN = {"script", "style", "textarea", "title"}
_NO_MARKUP_IN = {*_NO_TAGS_IN, "xmp", "iframe", "noembed", "noframes"}
_END_TAGS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _NO_MARKUP_IN}
_MARKUP = re.compile(r"<(?:(?P<bogus>!\[CDATA\[|[!?]|/(?![a-z>]))|(?P<name>/?[a-z][^\s/>]*))", re.IGNORECASE)
_FOREIGN_NESTING = {"svg": 1, "math": 1, "/svg": -1, "/math": -1}
"""Tag → change of the number of open elements that are not HTML's."""
_CANDIDATE = re.compile(r"[\s,]*+(\S++)")
_WORD = re.compile(r"[^\s\"'`()<>=,;]+")
_QUOTED = re.compile(r"\"([^\"<>\n]{1,500})\"|'([^'<>\n]{1,500})'")
_FILE_NAME = re.compile(r"[^?#]*\.[a-z]\w{0,7}(?:[?#]|$)", re.IGNORECASE)
_MAX_FILE_NAME = 1000


class Attribute(NamedTuple):
    """An attribute, and the position of its value, with its quotation marks."""

    name: str
    """In lower case."""
    start: int
    end: int
    """End of the value; equal to ``start`` if it has none."""

    @property
    def is_address(self) -> bool:
        """Return whether its value is an address."""
        return self.end > self.start and self.name in _ADDRESSES

    @property
    def is_list(self) -> bool:
        """Return whether its value is a list of images with widths or densities."""
        return self.name in _SRCSETS


class Tag(NamedTuple):
    """An opening tag."""

    name: str
    """In lower case."""
    start: int
    attributes: list[Attribute]


def tags(html: str) -> Iterator[Tag]:
    """Yield the opening tags, as browsers parse them. What looks like a tag in a script or another raw text is text."""
    position = 0
    while match := _TAG.search(html, position):
        name = match[1].lower()
        attributes, position = _parse_attributes(html, match.end())
        yield Tag(name, match.start(), attributes)
        if name in _NO_TAGS_IN:
            position = _skip_raw_text(html, name, position)


def _parse_attributes(html: str, position: int) -> tuple[list[Attribute], int]:
    """Return the attributes of a tag from ``position`` on, and their end."""
    attributes: dict[str, Attribute] = {}
    while match := _ATTRIBUTE.match(html, position):
        position = match.end()
        name = match["name"].lower()
        start, end = (position, position) if match["value"] is None else match.span("value")
        attributes.setdefault(name, Attribute(name, start, end))  # of two with one name the first counts
    return list(attributes.values()), position


def _skip_raw_text(html: str, name: str, position: int) -> int:
    """Return the start of the end tag of the element ``name``, or the end of ``html``."""
    end_tag = _END_TAGS[name].search(html, position)
    return end_tag.start() if end_tag else len(html)


class Bogus(NamedTuple):
    """A construct that only browsers treat as a comment: ``<!x …>``, ``<?…>``, ``<![CDATA[…]]>``, ``</ …>``.

    <https://html.spec.whatwg.org/multipage/parsing.html#bogus-comment-state>
    """

    start: int
    end: int
    """-1 if it is not closed."""
    is_clear: bool = True
    """True if it ends at its own closing mark."""


def bogus_comments(html: str) -> Iterator[Bogus]:
    """Yield the bogus comments of ``html``, up to the first comment, as browsers parse it."""
    position = foreign_depth = 0
    name = ""
    while (match := _MARKUP.search(html, position)) and not html.startswith("<!--", match.start()):
        if match["name"]:
            name = match["name"].lower()
            depth_before = foreign_depth
            foreign_depth = max(foreign_depth + _FOREIGN_NESTING.get(name, 0), 0)
            position = _skip_tag(html, name, match.end(), is_foreign=foreign_depth > 0)
            if foreign_depth > depth_before and _SELF_CLOSING.match(html, position):
                foreign_depth = depth_before  # <svg/> has no content
            continue
        is_cdata = foreign_depth > 0 and "[" in match["bogus"]
        bogus = _cdata_section(html, match) if is_cdata else bogus_comment(html, match.start())
        if not (is_cdata and name in {"style", "script"}):  # any other text browsers show
            yield bogus
        if bogus.end < 0:
            return
        position = bogus.end


def _skip_tag(html: str, name: str, position: int, *, is_foreign: bool) -> int:
    """Return the position after the attributes of a tag, and after the text of an element that contains no markup."""
    while match := _ATTRIBUTE.match(html, position):
        position = match.end()
    if name in _NO_MARKUP_IN and not is_foreign:
        return _skip_raw_text(html, name, position)
    return position


def _cdata_section(html: str, match: re.Match[str]) -> Bogus:
    """Return the CDATA section that begins with ``match``: a text in elements that are not HTML's."""
    end = html.find("]]>", match.end())
    return Bogus(match.start(), end + 3 if end >= 0 else -1, is_clear=False)


def bogus_comment(html: str, start: int) -> Bogus:
    """Return the bogus comment that begins at ``start``.

    Its end is not clear if its own closing mark, or that of a comment with a mistyped opening, follows the end that
    browsers see.
    """
    end = html.find(">", start) + 1
    if not end:
        return Bogus(start, -1)
    mark = _closing_mark(html, start)
    if html.endswith(mark, start, end):
        return Bogus(start, end)
    next_start = _find(html, html[start : start + 2], end)
    mark_start = html.find(mark, end, next_start)
    if mark_start < 0:
        return Bogus(start, end)
    return Bogus(start, mark_start + len(mark), is_clear=False)


def _closing_mark(html: str, start: int) -> str:
    """Return the mark with which an author ends the construct that begins at ``start``."""
    if html.startswith("<![", start):
        return "]]>"
    if html.startswith("<?", start):
        return "?>"
    return "-->"


def _find(text: str, part: str, start: int) -> int:
    """Return the position of ``part`` from ``start`` on, or the end of ``text``."""
    position = text.find(part, start)
    return position if position >= 0 else len(text)


def addresses(html: str) -> Iterator[Attribute]:
    """Yield the attributes of tags that hold addresses."""
    for tag in tags(html):
        for attribute in tag.attributes:
            if attribute.is_address:
                yield attribute


def value(html: str, attribute: Attribute) -> str:
    """Return the value of ``attribute``, unescaped."""
    return unescape(html[attribute.start : attribute.end].strip("\"'")).strip()


def candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Yield each address of a ``srcset``, and its width or density. An address may have commas, but not at its end.

    <https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute>
    """
    position = 0
    while match := _CANDIDATE.match(srcset, position):
        position = match.end()
        address, descriptor = match[1].rstrip(","), ""
        if address == match[1]:
            end = _find(srcset, ",", position)
            descriptor = " ".join(srcset[position:end].split())
            position = end
        yield address, descriptor


def names(html: str) -> list[str]:
    """Return every text in attributes, scripts and style sheets that could be a file name, each once."""
    if "." not in html:
        return []
    quoted = ["".join(groups) for groups in _QUOTED.findall(html)]
    texts = dict.fromkeys([*_WORD.findall(html), *quoted])
    return [unescape(text) for text in texts if _is_file_name(text)]


def _is_file_name(text: str) -> bool:
    return len(text) <= _MAX_FILE_NAME and _FILE_NAME.match(text) is not None
