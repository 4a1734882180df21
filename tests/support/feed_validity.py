"""A validator of feeds and sitemaps: rendered XML → what is invalid in it, for the tests of what the program makes.

RSS 2.0 <https://www.rssboard.org/rss-specification>, Atom <https://www.rfc-editor.org/rfc/rfc4287>, sitemaps
<https://www.sitemaps.org/protocol.html>.
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
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
LONGEST_URL = 2048
"""Limit of a sitemap: <https://www.sitemaps.org/protocol.html>."""
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:|#", re.IGNORECASE)


def check_xml(data: bytes, url: str, outputs: Collection[str]) -> list[str]:
    """Return what is invalid in a feed or a sitemap of the site at ``url`` with these ``outputs``, in words."""
    root = ET.fromstring(data)
    if root.tag == f"{_SITEMAP}urlset":
        return list(_check_sitemap(root, url, outputs))
    check = _CHECKS.get(root.tag)
    if check:
        return list(check(root))
    return [f"it is neither RSS nor Atom nor a sitemap: it begins with <{_local_name(root.tag)}>"]


def _check_rss(root: Element) -> Iterator[str]:
    channel = root.find("channel")
    if channel is None:
        yield "there is no <channel>"
        return
    yield from _check_required(channel, "the channel", ("title", "link", "description"))
    yield from _check_url(channel, "the channel", "link")
    items = channel.findall("item")
    for item in items:
        yield from _check_rss_item(item)
    yield from _check_repeated("guid", [item.findtext("guid", "") for item in items])


def _check_rss_item(item: Element) -> Iterator[str]:
    title, description = item.findtext("title"), item.findtext("description")
    subject = f'the entry "{title or item.findtext("link")}"'
    if not title and not description:
        yield f"{subject} has neither title nor description"
    yield from _check_url(item, subject, "link")
    yield from _check_dates(item, subject, ("pubDate",), parsedate_to_datetime)
    yield from _check_addresses(subject, item.findtext(_CONTENT) or description or "")


def _check_atom(root: Element) -> Iterator[str]:
    yield from _check_required(root, "the feed", (f"{_ATOM}id", f"{_ATOM}title", f"{_ATOM}updated"))
    has_author = root.find(f"{_ATOM}author") is not None
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        yield from _check_atom_entry(entry, has_author=has_author)
    yield from _check_repeated("id", [entry.findtext(f"{_ATOM}id", "") for entry in entries])


def _check_atom_entry(entry: Element, *, has_author: bool) -> Iterator[str]:
    """Yield what is invalid in an entry; ``has_author`` says whether its feed has one."""
    subject = f'the entry "{entry.findtext(f"{_ATOM}title")}"'
    yield from _check_required(entry, subject, (f"{_ATOM}id", f"{_ATOM}title", f"{_ATOM}updated"))
    yield from _check_dates(entry, subject, (f"{_ATOM}updated", f"{_ATOM}published"), _parse_rfc3339)
    yield from _check_atom_links(entry, subject)
    yield from _check_addresses(subject, entry.findtext(f"{_ATOM}content", ""))
    if not has_author and entry.find(f"{_ATOM}author") is None:
        yield f"{subject} has no author, and neither has the feed"


def _check_atom_links(entry: Element, subject: str) -> Iterator[str]:
    links = [link.get("href", "") for link in entry.findall(f"{_ATOM}link") if _is_alternate(link)]
    if not links and entry.find(f"{_ATOM}content") is None:
        yield f"{subject} has neither content nor a link"
    for link in links:
        if not is_url(link):
            yield f'{subject} has the link "{link}", which is not absolute'


def _is_alternate(link: Element) -> bool:
    return link.get("rel", "alternate") == "alternate"


def _check_sitemap(root: Element, url: str, outputs: Collection[str]) -> Iterator[str]:
    entries = root.findall(f"{_SITEMAP}url")
    addresses = [_stripped_text(entry, f"{_SITEMAP}loc") for entry in entries]
    for entry, address in zip(entries, addresses, strict=True):
        yield from _check_sitemap_address(address, url, outputs)
        yield from _check_dates(entry, f'"{address}"', (f"{_SITEMAP}lastmod",), _parse_w3c_date)
    yield from _check_repeated("address", addresses)


def _check_sitemap_address(address: str, url: str, outputs: Collection[str]) -> Iterator[str]:
    site_address = own_path(address, url)
    if site_address is not None:
        path = unquote(re.split("[?#]", site_address)[0])
        if output_path(path or "/") not in outputs:
            yield f'"{address}" is not there'
    elif url:
        yield f'"{address}" is no address of this site'
    if len(address) > LONGEST_URL:
        yield f'"{address[:60]}…" is longer than {LONGEST_URL:,} characters'


def _check_required(element: Element, subject: str, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        if not _stripped_text(element, name):
            yield f"{subject} has no {_local_name(name)}"


def _check_url(element: Element, subject: str, name: str) -> Iterator[str]:
    text = _stripped_text(element, name)
    if text and not is_url(text):
        yield f'{subject} has the {name} "{text}", which is not absolute'


def _check_dates(
    element: Element, subject: str, names: tuple[str, ...], parse: Callable[[str], object]
) -> Iterator[str]:
    """Yield each date that ``parse`` rejects with :class:`ValueError` or :class:`OverflowError`."""
    for name in names:
        text = _stripped_text(element, name)
        try:
            if text:
                parse(text)
        except (ValueError, OverflowError):
            yield f'{subject} has the {_local_name(name)} "{text}", which is no date'


def _parse_w3c_date(text: str) -> None:
    """Parse a date of the W3C <https://www.w3.org/TR/NOTE-datetime>: a year, a month, a day or a time."""
    if not re.fullmatch(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?", text):
        dt.datetime.fromisoformat(text)


def _parse_rfc3339(text: str) -> None:
    """Parse a time with an offset from UTC."""
    if dt.datetime.fromisoformat(text).tzinfo is None:
        raise ValueError


def _check_addresses(subject: str, html: str) -> Iterator[str]:
    """Yield the relative addresses in the text of an entry: feed readers cannot resolve them."""
    for attribute in raw_html.addresses(html):
        address = raw_html.value(html, attribute)
        if address and not attribute.is_list and not _ABSOLUTE.match(address):
            yield f'{subject} has the address "{address}", which is not absolute'


def _check_repeated(kind: str, texts: list[str]) -> Iterator[str]:
    previous: set[str] = set()
    for text in filter(None, texts):
        if text in previous:
            yield f'the {kind} "{text}" is there twice'
        previous.add(text)


def _stripped_text(element: Element, name: str) -> str:
    return element.findtext(name, "").strip()


def _local_name(tag: str) -> str:
    """Return the name of an element without its namespace."""
    return tag.rpartition("}")[2]


_CHECKS = {"rss": _check_rss, f"{_ATOM}feed": _check_atom}
"""Root element of a feed → its check."""
