"""XML of exports, feeds and sitemaps → elements with short names, such as ``content:encoded``.

Names of attributes have the address of their namespace in braces. Entities that a document declares are refused,
nothing is fetched, and broken UTF-8 is mended.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from xml.etree.ElementTree import TreeBuilder, tostring
from xml.parsers import expat

from blog.problems import BlogError, Location, Problem
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_DEPTH = 200
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]{1,40})[\"']")
_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,30};")
_PREFIXES = {
    "http://purl.org/rss/1.0/modules/content/": "content:", "http://purl.org/dc/elements/1.1/": "dc:",
    "http://www.w3.org/2005/Atom": "atom:", "http://purl.org/rss/1.0/": "", "http://www.w3.org/1999/xhtml": "",
    "http://www.sitemaps.org/schemas/sitemap/0.9": "", "https://www.sitemaps.org/schemas/sitemap/0.9": "",
    "http://www.google.com/schemas/sitemap/0.84": "", "http://www.google.com/schemas/sitemap-image/1.1": "image:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:", "http://search.yahoo.com/mrss/": "media:",
}  # fmt: skip


def parse_xml(data: bytes, path: str) -> Element:
    """Return the root element. Raises :class:`BlogError` if the text is no XML, or declares entities."""
    named = _ENCODING.match(data.lstrip(b"\xef\xbb\xbf \t\r\n"))
    try:
        text = data.decode(named[1].decode() if named else "utf-8-sig", "replace")
    except LookupError:
        text = data.decode("utf-8", "replace")
    text = CONTROL_CHARACTERS.sub("", text).lstrip("\ufeff \t\r\n")
    if text.startswith("<?xml"):
        text = text.partition("?>")[2]
    text = _ENTITY.sub(lambda match: unescape(match[0]), text)
    builder, parser, depth = TreeBuilder(), expat.ParserCreate("utf-8", "}"), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise _bad_xml(path, parser.CurrentLineNumber, f"elements are nested more than {MAX_DEPTH} deep")
        names = {f"{{{key}" if "}" in key else key: value for key, value in attributes.items()}
        builder.start(_short(name), names)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_short(name))

    def refuse_entity(*_: object) -> None:
        raise _bad_xml(path, parser.CurrentLineNumber, "it declares entities, which are not read")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = builder.data, refuse_entity
    try:
        parser.Parse(text.encode(), True)  # noqa: FBT003  (positional in expat; True marks the end of the input)
    except expat.ExpatError as error:
        raise _bad_xml(path, error.lineno, expat.ErrorString(error.code)) from None
    return builder.close()


def text_of(element: Element, *names: str) -> str:
    """Return the text of the first child called one of ``names`` that has some."""
    for name in names:
        for child in element.findall(name):
            if child.text and child.text.strip():
                return child.text.strip()
    return ""


def inner_html(element: Element) -> str:
    """Return the elements inside one as HTML."""
    children = "".join(tostring(child, encoding="unicode", method="html") for child in element)
    return (element.text or "") + children


def _short(name: str) -> str:
    """Return ``content:encoded`` for a name with the address of its namespace."""
    space, _, local = name.rpartition("}")
    if space.startswith("http://wordpress.org/export/"):
        return f"excerpt:{local}" if space.endswith("/excerpt/") else f"wp:{local}"
    return _PREFIXES.get(space, "other:" if space else "") + local


def _bad_xml(path: str, line: int, what: str) -> BlogError:
    message = f"this is not the XML of an export or feed: {what}"
    return BlogError([Problem(Location(path, line), "bad-archive", message, "export the blog again")])
