"""Any RSS or Atom file: what an old blog published last, with the ids that its subscribers know."""

from __future__ import annotations

import posixpath
import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from blog.importers.exports import MAX_EXPORT_BYTES, ExportEntry, address_below, site_of
from blog.importers.front_matter import read_date
from blog.importers.old_settings import split_url
from blog.importers.old_site import OldSettings
from blog.importers.report import Item
from blog.importers.xml_text import inner_html, parse_xml, text_of
from blog.problems import BlogError, Location, Problem
from blog.text import slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldSite

_ROOT = re.compile(rb"<(?:rss|feed|rdf:RDF|[a-z]+:feed)[\s>]")
_SUFFIXES = (".xml", ".rss", ".atom", ".rdf")


def recognise(folder: OldFolder) -> str:
    """Return the feed, if it is the only file that was named; ``""`` otherwise: a blog has its texts too."""
    is_alone = len(folder.paths) == 1 and folder.paths[0].lower().endswith((*_SUFFIXES, ".txt"))
    return folder.paths[0] if is_alone and _ROOT.search(folder.read_bytes(folder.paths[0], 4000)) else ""


def read(folder: OldFolder, _now: dt.datetime) -> OldSite:
    """Return the entries of the first feed in ``folder``. Raises :class:`BlogError` if it is none."""
    path = recognise(folder) or next((path for path in folder.paths if path.lower().endswith(_SUFFIXES)), "")
    root = parse_xml(folder.read_bytes(path, MAX_EXPORT_BYTES), path)
    is_atom = root.tag == "atom:feed"
    head = root if is_atom else root.find("channel")
    if head is None:
        problem = Problem(Location(path), "bad-archive", "this is neither RSS nor Atom", "name the file of the feed")
        raise BlogError([problem])
    settings = _read_settings(head, is_atom=is_atom)
    found = find_entries(root)
    items = [
        Item("Feed", Location(path), f"a feed has the last entries of a blog only: here {len(found)}", "", "guess")
    ]
    entries = [_read_entry(path, number, entry, settings, items) for number, entry in enumerate(found, 1)]
    return site_of(folder, settings, entries, items)


def _read_settings(head: Element, *, is_atom: bool) -> OldSettings:
    host, base_path = split_url(link_of(head) if is_atom else text_of(head, "link"))
    own = next((link.get("href", "") for link in head.findall("atom:link") if link.get("rel") == "self"), "")
    feed = urlsplit(own).path if own and split_url(own)[0] == host else ""
    base_path = "" if base_path.endswith((".html", ".xml")) else base_path
    feed = feed.removeprefix(base_path)
    author = head.find("atom:author")
    return OldSettings(
        title=_plain(text_of(head, "title", "atom:title")) or "Blog",
        host=host,
        base_path=base_path,
        description=_plain(text_of(head, "description", "atom:subtitle")),
        language=text_of(head, "language") or head.get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        author=text_of(author, "atom:name") if author is not None else "",
        feeds=(feed,) if feed.startswith("/") and "?" not in feed else (),
    )


def find_entries(root: Element) -> list[Element]:
    """Return the entries of a feed in RSS or Atom."""
    return [*root.findall("atom:entry"), *root.findall("channel/item"), *root.findall("item")]


def link_of(element: Element) -> str:
    """Return the address of the page of a feed or an entry of Atom."""
    links = [link for link in element.findall("atom:link") if link.get("rel", "alternate") == "alternate"]
    return links[0].get("href", "") if links else ""


def _plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", text)).split())


def _read_entry(path: str, number: int, entry: Element, settings: OldSettings, items: list[Item]) -> ExportEntry:
    link = link_of(entry) or text_of(entry, "link")
    title = _plain(text_of(entry, "title", "atom:title"))
    address = address_below(link, settings)
    if address == "/":
        address = f"/{slugify(title) or f'entry-{number}'}/"
    name = f"{path}/{number}-{slugify(posixpath.basename(address.strip('/')))[:60]}"
    html, is_whole = _html_of(entry)
    if not is_whole:
        what = "the feed has a summary of it and not the text"
        items.append(Item("Text", Location(name), what, "copy the text from the old blog"))
    moment = text_of(entry, "pubDate", "atom:published", "dc:date", "atom:issued", "atom:updated")
    updated = text_of(entry, "atom:updated") if text_of(entry, "atom:published") else ""
    terms = (
        term.get("term") or term.text or "" for term in (*entry.findall("category"), *entry.findall("atom:category"))
    )
    return ExportEntry(
        path=name,
        title=title,
        date=read_date(re.sub(r"(:\d\d)\.\d+", r"\1", moment)),
        updated=read_date(re.sub(r"(:\d\d)\.\d+", r"\1", updated)) if updated else None,
        html=html,
        address=address,
        tags=tuple(filter(None, (term.strip() for term in terms))),
        authors=tuple(filter(None, (text_of(entry, "dc:creator"), *_atom_authors(entry)))),
        feed_id=text_of(entry, "guid", "atom:id") or link,
    )


def _atom_authors(entry: Element) -> Iterator[str]:
    for author in entry.findall("atom:author"):
        yield text_of(author, "atom:name")


def _html_of(entry: Element) -> tuple[str, bool]:
    """Return the HTML of an entry, and whether it is the text and not a summary."""
    for name in ("atom:content", "content:encoded", "description", "atom:summary"):
        element = entry.find(name)
        if element is None:
            continue
        kind = element.get("type", "html" if not name.startswith("atom:") else "text")
        html = inner_html(element) if len(element) else element.text or ""
        html = escape(html, quote=False) if kind == "text" else html
        if html.strip():
            return html, name != "atom:summary" and (name != "description" or len(html) > 600 or "</p>" in html)
    return "", False
