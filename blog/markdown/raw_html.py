"""Raw HTML: the addresses in its tags, and what else in it could be the name of a file."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONE = {"href", "xlink:href", "src", "poster", "data", "action", "formaction", "cite", "background", "longdesc"}
_MANY = {"srcset", "imagesrcset"}
_TAG = re.compile(r"<([a-z][^\s/>]*)", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""[\s/"'=]*(?P<name>[^\s"'>/=]+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|[^\s"'=<>`]+))?""", re.DOTALL
)
_NO_TAGS_IN = {"script", "style", "textarea", "title"}
_NO_MARKUP_IN = {*_NO_TAGS_IN, "xmp", "iframe", "noembed", "noframes"}
_MARKUP = re.compile(r"<(?:(?P<bogus>!\[CDATA\[|[!?]|/(?![a-z>]))|(?P<name>/?[a-z][^\s/>]*))", re.IGNORECASE)
_FOREIGN = {"svg": 1, "math": 1, "/svg": -1, "/math": -1}
_CANDIDATE = re.compile(r"[\s,]*+(\S++)")
_WORD = re.compile(r"[^\s\"'`()<>=,;]+")
_QUOTED = re.compile(r"\"([^\"<>\n]{1,500})\"|'([^'<>\n]{1,500})'")
_FILE_NAME = re.compile(r"[^?#]*\.[a-z]\w{0,7}(?:[?#]|$)", re.IGNORECASE)


class Attribute(NamedTuple):
    """An attribute, and where its value stands, with its quotation marks."""

    name: str
    """In lower case."""
    start: int
    end: int
    """End of the value; equal to ``start`` if it has none."""

    @property
    def is_address(self) -> bool:
        """Return whether its value is an address."""
        return self.end > self.start and (self.name in _ONE or self.is_list)

    @property
    def is_list(self) -> bool:
        """Return whether its value is a list of images with widths or densities."""
        return self.name in _MANY


class Tag(NamedTuple):
    """An opening tag."""

    name: str
    """In lower case."""
    start: int
    attributes: list[Attribute]


def tags(html: str) -> Iterator[Tag]:
    """The opening tags, as browsers read them. What looks like a tag in a text that has none is text."""
    at = 0
    while tag := _TAG.search(html, at):
        at, name, attributes, names = tag.end(), tag[1].lower(), list[Attribute](), set[str]()
        while found := _ATTRIBUTE.match(html, at):
            at = found.end()
            start, end = found.span("value") if found["value"] is not None else (at, at)
            attribute = Attribute(found["name"].lower(), start, end)
            if attribute.name not in names:  # of two with one name the first counts
                names.add(attribute.name)
                attributes.append(attribute)
        yield Tag(name, tag.start(), attributes)
        if name in _NO_TAGS_IN:
            end_tag = re.compile(f"</{name}", re.IGNORECASE).search(html, at)
            at = end_tag.start() if end_tag else len(html)


class Bogus(NamedTuple):
    """A construct that only browsers treat as a comment: ``<!x …>``, ``<?…>``, ``<![CDATA[…]]>``, ``</ …>``.

    <https://html.spec.whatwg.org/multipage/parsing.html#bogus-comment-state>
    """

    start: int
    end: int
    """-1 if it is not closed."""
    is_clear: bool = True
    """True if it ends where its own closing sign is."""


def bogus_comments(html: str) -> Iterator[Bogus]:
    """Yield the bogus comments of ``html``, up to the first comment, as browsers read it."""
    at = foreign = 0
    name = ""
    while (found := _MARKUP.search(html, at)) and not html.startswith("<!--", found.start()):
        at = found.end()
        if found["bogus"] is None:
            name = found["name"].lower()
            foreign = max(foreign + _FOREIGN.get(name, 0), 0)
            while attribute := _ATTRIBUTE.match(html, at):
                at = attribute.end()
            if name in _NO_MARKUP_IN and not foreign:
                closed = re.compile(f"</{name}", re.IGNORECASE).search(html, at)
                at = closed.start() if closed else len(html)
        elif foreign and "[" in found["bogus"]:  # here it is a text that browsers show, or a style
            end = html.find("]]>", at)
            if name not in {"style", "script"}:
                yield Bogus(found.start(), end + 3 if end >= 0 else -1, is_clear=False)
            at = end + 3 if end >= 0 else len(html)
        else:
            bogus = bogus_comment(html, found.start())
            yield bogus
            at = bogus.end if bogus.end >= 0 else len(html)


def bogus_comment(html: str, start: int) -> Bogus:
    """Return the bogus comment that begins at ``start``.

    It is not clear where it ends if its own signs, or those of a comment whose beginning is mistyped, end it later
    than a browser does.
    """
    end = html.find(">", start) + 1
    if not end:
        return Bogus(start, -1)
    signs = "]]>" if html.startswith("<![", start) else "?>" if html.startswith("<?", start) else "-->"
    if html.endswith(signs, start, end):
        return Bogus(start, end)
    again = html.find(html[start : start + 2], end)
    own = html.find(signs, end, again if again >= 0 else len(html))
    return Bogus(start, own + len(signs), is_clear=False) if own >= 0 else Bogus(start, end)


def addresses(html: str) -> Iterator[Attribute]:
    """The attributes of tags that hold addresses."""
    return (attribute for tag in tags(html) for attribute in tag.attributes if attribute.is_address)


def value(html: str, attribute: Attribute) -> str:
    """Return the value of ``attribute``, unescaped."""
    return unescape(html[attribute.start : attribute.end].strip("\"'")).strip()


def candidates(srcset: str) -> Iterator[tuple[str, str]]:
    """Each address of a ``srcset``, and its width or density. An address may have commas, but not at its end.

    <https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute>
    """
    at = 0
    while found := _CANDIDATE.match(srcset, at):
        address, at, width = found[1].rstrip(","), found.end(), ""
        if address == found[1]:
            end = srcset.find(",", at)
            width = " ".join(srcset[at : end if end >= 0 else None].split())
            at = end if end >= 0 else len(srcset)
        yield address, width


def names(html: str) -> list[str]:
    """Return every text in attributes, scripts and style sheets that could be a file name, each once."""
    if "." not in html:
        return []
    quoted = ("".join(found) for found in _QUOTED.findall(html))
    return [
        unescape(name)
        for name in dict.fromkeys((*_WORD.findall(html), *quoted))
        if len(name) <= 1000 and _FILE_NAME.match(name)
    ]
