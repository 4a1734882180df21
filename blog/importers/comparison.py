"""The saved sitemap and feed of an old blog against the new site: which addresses would break, which entries be new."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec import Struct, structs

from blog.importers.addresses import normal_address
from blog.importers.report import BREAKS, NEW_ENTRY, AddressNumbers, FeedNumbers, Item
from blog.problems import Location
from blog.text import href, slugify_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blog.importers.old_site import OldDocument, OldSettings, OldSite
    from blog.importers.saved_files import SavedAddress, SavedEntry
    from blog.views.published import Answer, PublishedSite

_MAX_RULES = 1_000
"""Redirects that are written for addresses of lists; hosts read a few thousand lines."""
_TERM_FOLDERS = frozenset({"tag", "tags", "label", "labels", "topic", "topics", "keyword", "category", "categories"})
_AUTHOR_FOLDERS = frozenset({"author", "authors"})
_ARCHIVE_NAMES = frozenset({"archive", "archives"})
_FEED_NAMES = frozenset({"feed", "rss", "atom"})
_FEED_FILE = re.compile(r"(?:feed|rss|atom|index)[\w.-]*\.(?:xml|json)|[\w.-]+\.(?:rss|atom)")
_DATE_PART = re.compile(r"\d{1,2}|\d{4}")
_LATER_PAGE = re.compile(r"(?:page|index-?)\d+")
_PAGE_SUFFIXES = (".html", ".htm", ".php", ".aspx")


class SitemapAddresses(Struct, frozen=True):
    """The addresses of a sitemap that are of the old blog."""

    paths: tuple[tuple[str, Location], ...]
    """Below the base path, as written, each once, with its position."""
    items: tuple[Item, ...]
    """What was left out."""


def select_addresses(saved: Sequence[SavedAddress], settings: OldSettings) -> SitemapAddresses:
    """Return the addresses of the host and below the base path of the old blog; the most frequent host if unknown."""
    hosts = Counter(_host_of(address.url) for address in saved if not address.url.startswith("/"))
    own = _host_of(settings.url)
    if own not in hosts:
        own = hosts.most_common(1)[0][0] if hosts else ""
    paths: dict[str, Location] = {}
    others: list[SavedAddress] = []
    for address in saved:
        path = _path_below(address.url, settings.base_path)
        if path is None or (not address.url.startswith("/") and _host_of(address.url) != own):
            others.append(address)
        else:
            paths.setdefault(path, address.location)
    items: tuple[Item, ...] = ()
    if others:
        count = "1 address is" if len(others) == 1 else f"{len(others)} addresses are"
        what = f"{count} not below {own}{settings.base_path}/, such as {others[0].url}: left out"
        items = (Item("Sitemap", others[0].location, what, "", "note"),)
    return SitemapAddresses(tuple(paths.items()), items)


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _path_below(url: str, base_path: str) -> str | None:
    """Return the path of ``url`` below the base path, with its query; None if it is not below."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = parts.path or "/"
    if base_path and path.rstrip("/") != base_path and not path.startswith(f"{base_path}/"):
        return None
    below = path.removeprefix(base_path) or "/"
    return f"{below}?{parts.query}" if parts.query else below


def suggest_redirects(old: SitemapAddresses, published: PublishedSite) -> list[str]:
    """Return lines of ``_redirects`` for addresses of lists that break: of tags, categories, dates and later pages.

    A line leads to the list of the same name, or of which it is a part; there is none for an address without one.
    """
    rules = []
    for path, _ in old.paths:
        target = "" if "?" in path or published.find(path) else _find_list(path, published)
        if target:
            rules.append(f"{href(unquote(published.base_path + path))} {href(published.base_path + target)} 301")
    return rules[:_MAX_RULES]


def _find_list(path: str, published: PublishedSite) -> str:
    """Return the address of the list that takes the place of the one at ``path``; ``""`` if there is none."""
    names = _names_of(path)
    first_page = _first_page(names)
    if first_page is not None:
        address = "".join(f"/{name}" for name in first_page) + "/"
        return address if published.find(address) else _find_list(address, published)
    address = ""
    if _is_feed(names) and _is_term(names[:-1]):
        address = f"/tags/{slugify_term(names[-2])}/feed.xml"
    elif _is_term(names):
        address = f"/tags/{slugify_term(names[-1])}/"
        if not published.find(address):  # Pelican: tag/gpu2.html is the second page of tag/gpu.html
            address = f"/tags/{slugify_term(names[-1].rstrip('0123456789'))}/"
    elif len(names) == 1 and names[0] in _TERM_FOLDERS:
        address = "/tags/"
    elif _is_date(names):
        address = "/archive/"
    return address if address and published.find(address) else ""


def _names_of(path: str) -> list[str]:
    """Return the names in a path; the last one without the suffix of a page."""
    *folders, name = unquote(path).partition("?")[0].strip("/").split("/")
    for suffix in _PAGE_SUFFIXES:
        name = name.removesuffix(suffix)
    if name == "index" and folders:
        return folders
    return [*folders, name]


def _first_page(names: Sequence[str]) -> Sequence[str] | None:
    """Return the names of the first page of a list, of which ``names`` are a later page; None if they are none."""
    if _LATER_PAGE.fullmatch(names[-1]):
        return names[:-1]
    if len(names) > 1 and names[-1].isdecimal() and names[-2] == "page":
        return names[:-2]
    return None


def _is_feed(names: Sequence[str]) -> bool:
    return bool(names) and (names[-1] in _FEED_NAMES or _FEED_FILE.fullmatch(names[-1]) is not None)


def _is_term(names: Sequence[str]) -> bool:
    return not _TERM_FOLDERS.isdisjoint(names[:-1])


def _is_date(names: Sequence[str]) -> bool:
    """Return whether a list has the posts of a year, a month or a day, or is an archive."""
    for position, name in enumerate(names[:3]):
        if name in _ARCHIVE_NAMES and (
            not position or all(_DATE_PART.fullmatch(part) for part in names[position + 1 :])
        ):
            return True
    years = [position for position, name in enumerate(names[:2]) if len(name) == 4 and name.isdecimal()]
    return bool(years) and all(_DATE_PART.fullmatch(name) for name in names[years[0] + 1 :])


def compare_addresses(
    old: SitemapAddresses, published: PublishedSite, site: OldSite
) -> tuple[AddressNumbers, list[Item]]:
    """Return the numbers, and an item for each address that breaks, by its kind."""
    answers: Counter[Answer] = Counter()
    documents = {normal_address(document.address): document for document in site.documents}
    items = list(old.items)
    for path, location in old.paths:
        answer = "" if "?" in path else published.find(path)
        answers[answer] += 1
        if not answer:
            kind, todo = _explain(path, documents.get(normal_address(path)), site.settings)
            items.append(Item(f"{BREAKS}: {kind}", location, site.settings.base_path + path, todo))
    numbers = AddressNumbers(
        total=len(old.paths), kept=answers["page"], redirected=answers["redirect"], led=answers["rule"]
    )
    return numbers, items


def _explain(path: str, document: OldDocument | None, settings: OldSettings) -> tuple[str, str]:
    """Return the kind of an address that breaks, and what to do."""
    plain = unquote(path).partition("?")[0]
    redirect = "redirect it in content/_redirects"
    if document is not None and document.matter.visibility in {"draft", "private"}:
        return "hidden text", f"{document.path} is hidden here: {document.matter.reason}"
    if document is not None:
        return "text", f"add it to the aliases of the text that {document.path} became"
    if "?" in path:
        return "address with a query", "no static host can answer it"
    return _explain_generated(plain, redirect, settings.category_folders)


def _explain_generated(path: str, redirect: str, term_folders: tuple[str, ...]) -> tuple[str, str]:
    """Return the kind of an address at which the old tool made a page, and what to do."""
    names, file_name = _names_of(path), path.rpartition("/")[2]
    if _is_feed(names) or _is_feed(names[:-1]):
        return "feed", f"{redirect}, or add it to feed.paths in blog.toml"
    if _first_page(names) is not None:
        return "later page of a list", f"{redirect}: its posts are in other lists"
    if _is_term(names) or path.startswith(term_folders):
        return "tag or category", f"no post has this tag: {redirect}"
    if not _AUTHOR_FOLDERS.isdisjoint(names[:2]):
        return "author", f"there are no pages of authors here: {redirect}"
    if _is_date(names):
        return "list by date", f"{redirect}: all posts are in /archive/"
    if "." in file_name and not file_name.endswith(_PAGE_SUFFIXES):
        return "file", "copy it below content/, or redirect it in content/_redirects"
    return "other page", f"{redirect}, or write it anew"


def take_feed_ids(site: OldSite, saved: Sequence[SavedEntry]) -> OldSite:
    """Return the site with the ids that the saved feed has for its posts, and with the length of that feed.

    An entry belongs to the post at its link. The feed says for certain what the rule of the old tool only suggests.
    """
    by_address = {normal_address(path): entry for entry, path in _entries_with_paths(saved, site.settings)}
    documents = []
    items = []
    for document in site.documents:
        entry = by_address.get(normal_address(document.address)) if document.kind == "post" else None
        if entry is not None and entry.key != document.feed_id:
            if document.feed_id:
                what = f"the saved feed has the id {entry.key}; by the rule of the old tool it is {document.feed_id}"
                items.append(Item("Id of a feed entry", Location(document.path), what, "", "note"))
            document = structs.replace(document, feed_id=entry.key)  # noqa: PLW2901
        documents.append(document)
    public = sum(document.kind == "post" and not document.matter.visibility for document in documents)
    settings = site.settings
    if 0 < len(saved) < public:
        settings = structs.replace(settings, feed_length=len(saved))
    return structs.replace(site, settings=settings, documents=tuple(documents), items=(*site.items, *items))


def _entries_with_paths(saved: Iterable[SavedEntry], settings: OldSettings) -> Iterator[tuple[SavedEntry, str]]:
    for entry in saved:
        path = _path_below(entry.link, settings.base_path) if entry.link else None
        if path is not None and "?" not in path and entry.key:
            yield entry, path


def compare_entries(saved: Sequence[SavedEntry], published: PublishedSite) -> tuple[FeedNumbers, list[Item]]:
    """Return the numbers, and an item for each entry of the new feed that the saved one does not have.

    Feed readers know an entry by its id, and by its link if it has none.
    """
    known = {entry.key for entry in saved}
    new = [entry for entry in published.entries if entry.id not in known]
    items = []
    for entry in new:
        what = f'"{entry.title}" has the id {entry.id}, which no entry of the saved feed has'
        todo = "write the id that the old feed had for it as guid, or a smaller limit under [feed] in blog.toml"
        items.append(Item(NEW_ENTRY, Location(entry.path), what, todo))
    return FeedNumbers(total=len(published.entries), new=len(new)), items
