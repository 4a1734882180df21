"""Old addresses → the permalink of the new site, and where each old address and file is now."""

from __future__ import annotations

import posixpath
from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from blog.config.addresses import DEFAULT_PERMALINK, is_feed_path
from blog.config.dates import find_zone
from blog.config.settings import DEFAULT_FEED_LIMIT
from blog.importers.old_documents import is_index
from blog.text import slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from blog.importers.old_site import OldDocument, OldSite

_OWN_PAGES = frozenset({"/", "/feed.xml", "/archive/", "/tags/"})
"""Addresses that the program gives to pages of its own."""
_OWN_FEEDS = frozenset({"/feed.xml", "/atom.xml", "/feed.json"})
_TERM_PAGES = ("/tags/", "/tag/", "/categories/", "/category/", "/blog/tags/", "/blog/categories/")
"""Usual addresses of a page with all tags."""


def post_pattern(address: str, day: dt.date | None) -> tuple[str, str]:
    """Return the permalink by which a post of ``day`` has ``address``, and its slug."""
    ending = ".html" if address.endswith(".html") else "/"
    *folders, slug = address.removesuffix(".html").strip("/").split("/")
    fields = [] if day is None else [("{year}", f"{day:%Y}"), ("{month}", f"{day:%m}"), ("{day}", f"{day:%d}")]
    pattern = []
    for folder in folders:
        if fields and folder == fields[0][1]:
            pattern.append(fields.pop(0)[0])
        else:
            pattern.append(folder)
    return "/" + "/".join([*pattern, "{slug}"]) + ending, slug


def choose_permalink(site: OldSite) -> str:
    """Return the pattern by which most posts keep their addresses."""
    zone = find_zone(site.settings.timezone or "UTC")
    patterns: Counter[str] = Counter()
    for document in site.documents:
        if document.kind != "post":
            continue
        day = document.matter.date.local_day(zone) if document.matter.date else None
        pattern, _ = post_pattern(document.address, day)
        folders = pattern.strip("/").split("/")[:-1]
        if all(folder.startswith("{") or slugify(folder) == folder for folder in folders):
            patterns[pattern] += 1
    if not patterns:
        return DEFAULT_PERMALINK
    pattern, _ = patterns.most_common(1)[0]
    # "/{slug}/" alone would let a post take the address of a page.
    return pattern


def feed_paths(feeds: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of old feeds at which the new one is not by itself; each must be one of a file."""
    paths = [feed if is_feed_path(feed) else f"{feed}/" for feed in feeds]
    return tuple(dict.fromkeys(path for path in paths if is_feed_path(path) and path not in _OWN_FEEDS))


def feed_limit(length: int) -> int:
    """Return the number of entries in the feed, so that no reader sees posts that the old one had not any more."""
    return length if length < DEFAULT_FEED_LIMIT else 0


class OldAddresses:
    """Where the old addresses, and the paths of old files, are in the new site."""

    def __init__(self, site: OldSite, targets: dict[str, str], terms: Iterable[str]) -> None:
        """``targets`` are the new paths of old files; ``terms`` are the names of all tags of the new site."""
        self.site = site
        self.targets = targets
        self.hidden = {
            document.path for document in site.documents if document.matter.visibility in {"draft", "private"}
        }
        self._by_address: dict[str, str] = {}
        self._documents: dict[str, OldDocument] = {}
        self._by_name: dict[str, list[OldDocument]] = {}
        self._terms = {slugify(term) for term in terms}
        self._old_addresses = {targets[document.path]: document.address for document in site.documents}
        self._bundles: dict[str, str] = {}
        """New folder of each bundle → the old address of its page."""
        for target, address in self._old_addresses.items():
            if is_index(target):
                self._bundles[posixpath.dirname(target)] = address
        self._files: dict[str, list[str]] = {}
        for file in site.files:
            self._files.setdefault(posixpath.basename(file.path).lower(), []).append(file.address)
            self._by_address.setdefault(normal_address(file.address), file.path)
        for document in site.documents:
            for address in (*document.matter.aliases, document.address):
                self._by_address[normal_address(address.removeprefix(site.settings.url))] = document.path
            self._documents[document.path] = document
            for name in _names(document.path):
                self._by_name.setdefault(name, []).append(document)

    def find_document(self, name: str, source: OldDocument) -> str | None:
        """Return the old address of the document that a template in ``source`` names; None if it is not one."""
        path = name.strip().strip("/").partition("#")[0]
        folder = posixpath.dirname(source.path)
        for candidate in (path, posixpath.normpath(posixpath.join(folder, path)), f"content/{path}"):
            document = self._documents.get(candidate)
            if document is not None:
                return document.address
        for key in (path, posixpath.basename(path)):
            documents = self._by_name.get(key.removesuffix(".md").removesuffix(".markdown").lower(), [])
            if len({document.path for document in documents}) == 1:
                return documents[0].address
        old = self._by_address.get(normal_address(f"/{path}"))
        if old is None:
            return None
        return self._documents[old].address if old in self._documents else f"/{path}"

    def find(self, path: str, source: OldDocument) -> str | None:
        """Return the new path, or the address ``/tags/x/``, of what a link to ``path`` in ``source`` leads to."""
        for address in _candidates(path, source):
            old = self._by_address.get(normal_address(address))
            if old is not None:
                return self.targets[old]
            if address in _OWN_PAGES:
                return address
            if f"{address.rstrip('/')}/" in self.site.settings.post_lists:
                return "/"
            term = self._find_term(address)
            if term:
                return term
        folder = "" if path.startswith("/") else posixpath.dirname(source.path)
        old = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
        candidates = (old, f"{old}.md", f"{old}/index.md", f"{old}/index.qmd")
        return next((self.targets[candidate] for candidate in candidates if candidate in self.targets), None)

    def find_picture(self, name: str) -> str:
        """Return the old address of the one file called ``name``; ``""`` for a path, and if there is not one.

        Themes look for the pictures of front matter in a folder of their own, such as ``images/``.
        """
        found = self._files.get(name.lower(), []) if "/" not in name else []
        return found[0] if len(found) == 1 else ""

    def find_term_on_page(self, path: str, fragment: str) -> str:
        """Return the address of the tag that a link to its heading on a page of all tags means; ``""`` if it is none.

        Jekyll's themes have such pages: ``/tags/#name``, ``/categories/#name``.
        """
        folder = f"/{path.strip('/').removesuffix('.html')}/"
        is_page = folder in {*self.site.settings.category_folders, *_TERM_PAGES}
        slug = slugify(unquote(fragment))
        return f"/tags/{slug}/" if is_page and slug in self._terms else ""

    def old_address(self, target: str) -> str:
        """Return the old address of the document with a new path; a file is beside the page of its bundle."""
        if target in self._old_addresses:
            return self._old_addresses[target]
        folder = posixpath.dirname(target)
        while folder:
            if folder in self._bundles:
                return posixpath.dirname(self._bundles[folder]) + target.removeprefix(folder)
            folder = posixpath.dirname(folder)
        return f"/{target}"

    def _find_term(self, address: str) -> str:
        for folder in self.site.settings.category_folders:
            slug = slugify(address.removeprefix(folder).removesuffix(".html").strip("/"))
            if address.startswith(folder) and slug in self._terms:
                return f"/tags/{slug}/"
        return ""

    def absolute(self, path: str, source: OldDocument) -> str:
        """Return the old absolute address to which a link to ``path`` leads; ``""`` if the host is unknown."""
        address = path if path.startswith("/") else posixpath.join(posixpath.dirname(source.address) + "/", path)
        settings = self.site.settings
        return f"{settings.url}{posixpath.normpath(address)}{'/' * path.endswith('/')}" if settings.host else ""


def normal_address(address: str) -> str:
    """Return an address by which hosts find the same page: without suffix and slashes, in lower case."""
    path = unquote(address).strip("/").removesuffix("index.html").removesuffix(".html").strip("/")
    return path.lower()


def _candidates(path: str, source: OldDocument) -> list[str]:
    if path.startswith("/"):
        return [posixpath.normpath(path) + "/" * (path.endswith("/") and path != "/")]
    base = source.address if source.address.endswith("/") else posixpath.dirname(source.address) + "/"
    joined = [posixpath.normpath(base + path), posixpath.normpath("/" + path)]
    return [candidate + "/" * path.endswith("/") for candidate in joined]


def _names(path: str) -> set[str]:
    """Return the names by which a template may call the document at ``path``."""
    name = path.rpartition(".")[0].lower()
    for folder in ("content/", "_posts/"):
        name = name.removeprefix(folder)
    stem = name.removesuffix("/index")
    base = posixpath.basename(stem)
    return {name, stem, base}
