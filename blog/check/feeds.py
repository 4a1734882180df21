"""Feeds and the sitemap as they come out → what their readers would stumble over. Pure.

RSS 2.0 <https://www.rssboard.org/rss-specification>, Atom <https://www.rfc-editor.org/rfc/rfc4287>, sitemaps
<https://www.sitemaps.org/protocol.html>. A site may bring files of these names itself.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from blog.markdown import raw_html
from blog.site.addresses import output_path
from blog.site.links import own_path
from blog.text import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from xml.etree.ElementTree import Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_RSS_1 = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
MOST_URLS, MOST_BYTES, LONGEST_URL = 50_000, 50 * 1024 * 1024, 2048
"""Limits of a sitemap: <https://www.sitemaps.org/protocol.html>."""
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|#", re.IGNORECASE)


def check_xml(data: bytes, url: str, outputs: Collection[str]) -> list[str]:
    """Return what is invalid in a feed or a sitemap of the site at ``url`` with these ``outputs``, in words."""
    try:
        root = ET.fromstring(data)  # noqa: S314  (expat puts a bound on entities since 2.4.1)
    except (ET.ParseError, LookupError, ValueError) as error:  # an encoding that is not known, or not for XML
        return [f"it is not XML: {error}"]
    if root.tag == f"{_SITEMAP}urlset":
        return [*_sitemap(root, len(data), url, outputs)]
    check = {"rss": _rss, f"{_ATOM}feed": _atom}.get(root.tag)
    if check is None and root.tag not in {f"{_SITEMAP}sitemapindex", _RSS_1}:
        return [f"it is neither RSS nor Atom nor a sitemap: it begins with <{root.tag.rpartition('}')[2]}>"]
    return [*check(root)] if check else []


def _rss(root: Element) -> Iterator[str]:
    channel = root.find("channel")
    if channel is None:
        yield "there is no <channel>"
        return
    yield from _lacking(channel, "the channel", ("title", "link", "description"))
    yield from _not_urls(channel, "the channel", "link")
    items = channel.findall("item")
    for item in items:
        name = f'the entry "{item.findtext("title") or item.findtext("link")}"'
        if not (item.findtext("title") or item.findtext("description")):
            yield f"{name} has neither title nor description"
        yield from _not_urls(item, name, "link")
        yield from _not_dates(item, name, ("pubDate",), parsedate_to_datetime)
        yield from _relative(name, item.findtext(_CONTENT) or item.findtext("description") or "")
    yield from _twice("guid", [item.findtext("guid") or "" for item in items])


def _atom(root: Element) -> Iterator[str]:
    yield from _lacking(root, "the feed", (f"{_ATOM}id", f"{_ATOM}title", f"{_ATOM}updated"))
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        name = f'the entry "{entry.findtext(f"{_ATOM}title")}"'
        yield from _lacking(entry, name, (f"{_ATOM}id", f"{_ATOM}title", f"{_ATOM}updated"))
        yield from _not_dates(entry, name, (f"{_ATOM}updated", f"{_ATOM}published"), _moment)
        links = [
            link.get("href", "")
            for link in entry.findall(f"{_ATOM}link")
            if link.get("rel", "alternate") == "alternate"
        ]
        if entry.find(f"{_ATOM}content") is None and not links:
            yield f"{name} has neither content nor a link"
        yield from (f'{name} has the link "{link}", which is not absolute' for link in links if not is_url(link))
        yield from _relative(name, entry.findtext(f"{_ATOM}content") or "")
        if entry.find(f"{_ATOM}author") is None and root.find(f"{_ATOM}author") is None:
            yield f"{name} has no author, and neither has the feed"
    yield from _twice("id", [entry.findtext(f"{_ATOM}id") or "" for entry in entries])


def _sitemap(root: Element, size: int, url: str, outputs: Collection[str]) -> Iterator[str]:
    entries = root.findall(f"{_SITEMAP}url")
    locations = [(entry.findtext(f"{_SITEMAP}loc") or "").strip() for entry in entries]
    if len(entries) > MOST_URLS or size > MOST_BYTES:
        yield f"it has {len(entries):,} addresses and {size:,} bytes: {MOST_URLS:,} and {MOST_BYTES:,} are the most"
    for entry, location in zip(entries, locations, strict=True):
        own = own_path(location, url) if url else None
        if url and own is None:
            yield f'"{location}" is no address of this site'
        if own is not None and output_path(unquote(re.split("[?#]", own)[0]) or "/") not in outputs:
            yield f'"{location}" is not there'
        if len(location) > LONGEST_URL:
            yield f'"{location[:60]}…" is longer than {LONGEST_URL:,} characters'
        yield from _not_dates(entry, f'"{location}"', (f"{_SITEMAP}lastmod",), _day)
    yield from _twice("address", locations)


def _lacking(element: Element, what: str, names: tuple[str, ...]) -> Iterator[str]:
    return (f"{what} has no {name.rpartition('}')[2]}" for name in names if not (element.findtext(name) or "").strip())


def _not_urls(element: Element, what: str, name: str) -> Iterator[str]:
    text = (element.findtext(name) or "").strip()
    if text and not is_url(text):
        yield f'{what} has the {name} "{text}", which is not absolute'


def _not_dates(element: Element, what: str, names: tuple[str, ...], read: Callable[[str], object]) -> Iterator[str]:
    for name in names:
        text = (element.findtext(name) or "").strip()
        try:
            if text:
                read(text)
        except (ValueError, OverflowError):
            yield f'{what} has the {name.rpartition("}")[2]} "{text}", which is no date'


def _day(text: str) -> None:
    """A date of the W3C <https://www.w3.org/TR/NOTE-datetime>: a year, a month, a day or a moment."""
    if not re.fullmatch(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?", text):
        dt.datetime.fromisoformat(text)


def _moment(text: str) -> None:
    """RFC 3339: with an offset."""
    if dt.datetime.fromisoformat(text).tzinfo is None:
        raise ValueError


def _relative(what: str, html: str) -> Iterator[str]:
    """Addresses in the text of an entry which feed readers cannot follow."""
    for attribute in raw_html.addresses(html):
        written = raw_html.value(html, attribute)
        if not attribute.is_list and written and not _ABSOLUTE.match(written):
            yield f'{what} has the address "{written}", which is not absolute'


def _twice(what: str, found: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for text in found:
        if text and text in seen:
            yield f'the {what} "{text}" is there twice'
        seen.add(text)
