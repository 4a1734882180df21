"""Astro: the collections of Markdown and MDX in ``src/content``, and the pages in ``src/pages``.

<https://docs.astro.build/en/guides/content-collections/>, <https://docs.astro.build/en/guides/routing/>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.importers.front_matter import Keys, read_matter
from blog.importers.javascript_settings import text_of
from blog.importers.old_documents import complete, day_of, make_document, read_raw, report_not_moved
from blog.importers.old_files import bundles_of, file_beside
from blog.importers.old_settings import join_base, split_url
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.site_reader import read_site
from blog.importers.template_tags import TemplateLanguage, show_expression

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldDocument, OldSite
    from blog.importers.report import Item

_CONFIGS = tuple(f"astro.config.{suffix}" for suffix in ("mjs", "ts", "js", "cjs", "mts"))
_CONSTANTS = tuple(
    f"src/{name}.{suffix}"
    for name in ("consts", "config", "site.config", "constants", "data/site", "data/config", "config/site")
    for suffix in ("ts", "js", "mjs", "json")
)
_TEXT = (".md", ".mdx")
_ROOTS = ("src/content/", "src/data/")
_ROUTE = re.compile(r"src/pages/(?P<folder>(?:[^\[\]]+/)?)\[(?:\.\.\.)?\w+\](?:/index)?\.astro")
_CONTENT_CONFIGS = tuple(
    f"src/{name}.{suffix}" for name in ("content.config", "content/config") for suffix in ("ts", "js", "mjs", "mts")
)
_COLLECTION = re.compile(
    r"\b(?P<name>\w{1,40}) {0,4}[=:] {0,4}defineCollection\(\{[^{}]{0,300}\{[^{}]{0,300}?"
    r"\bbase: {0,4}[\"'](?:\./)?(?P<base>[\w./-]{1,200})[\"']"
)
"""A collection whose texts are in a folder of another place."""
_POSTS = frozenset({"blog", "blogs", "post", "posts", "articles", "article", "writing", "notes"})


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a site of Astro with texts; ``""`` if it is none."""
    roots = (*_ROOTS, "src/pages/", *_read_collections(folder))
    has_texts = any(path.startswith(roots) and path.endswith(_TEXT) for path in folder.paths)
    return folder.first_of(*_CONFIGS) if has_texts else ""


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the site of Astro in ``folder``; ``now`` decides what is not published yet."""
    site = _AstroSite.open(folder, now)
    return read_site(site, redirects=folder.read_text("public/_redirects").splitlines())


class _AstroSite(NamedTuple):
    """A site of Astro while it is read."""

    folder: OldFolder
    settings: OldSettings
    items: list[Item]
    now: dt.datetime
    routes: tuple[str, ...]
    """Folders with a page for each document of a collection: ``blog/``; empty for the root."""
    collections: dict[str, str]
    """Folder of a collection that is elsewhere → its name."""

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _AstroSite:
        found = (_ROUTE.fullmatch(path) for path in folder.paths)
        routes = tuple(dict.fromkeys(match["folder"] for match in found if match))
        return cls(folder, _read_settings(folder), list(folder.items), now, routes, _read_collections(folder))

    def read_documents(self) -> Iterator[OldDocument]:
        for path in self.folder.paths:
            root = next((root for root in (*self.collections, *_ROOTS, "src/pages/") if path.startswith(root)), "")
            if not root or not path.endswith(_TEXT) or "/_" in path:
                continue
            inner = path.removeprefix(root).rpartition(".")[0]
            if root == "src/pages/":
                yield self._read_document(path, inner, "")
                continue
            collection, _, name = inner.partition("/") if root in _ROOTS else (self.collections[root], "", inner)
            route = self._route_of(collection)
            if route is None or not name:
                what = f"a text of the collection {collection}, which has no pages of its own"
                report_not_moved(path, what, "copy it by hand, if readers saw it", self.items)
            else:
                yield self._read_document(path, name, route, collection=collection)

    def _route_of(self, collection: str) -> str | None:
        """Return the folder of the pages of a collection; None if it has none."""
        names = {collection, collection.removesuffix("s")}
        named = next((route for route in self.routes if route.strip("/").rpartition("/")[2] in names), None)
        if named is not None or collection not in _POSTS:
            return named
        posts = [route for route in self.routes if route.strip("/").rpartition("/")[2] in _POSTS]
        return next(iter([*posts, *(route for route in self.routes if not route)]), f"{collection}/")

    def _read_document(self, path: str, name: str, route: str, *, collection: str = "") -> OldDocument:
        raw = read_raw(self.folder, path, self.items)
        matter = read_matter(Keys(raw), self.now)
        stem = name.removesuffix("/index").rpartition("/")[2]
        is_post = collection in _POSTS
        matter = complete(matter, raw, is_post=is_post, day=day_of(stem))
        slug = matter.slug or "/".join(map(_slugify, name.removesuffix("/index").split("/")))
        address = f"/{route}{slug}/" if name != "index" else f"/{route}"
        place = f"{stem}/index" if name.endswith("/index") else stem
        feed_id = self.settings.feed_id(address)
        return make_document(path, raw, matter, address, post_name=place if is_post else "", feed_id=feed_id)

    def list_files(self, documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        """Yield what ``public/`` has, and the pictures beside the texts and in ``src/assets``."""
        bundles = bundles_of(documents)
        for path in self.folder.paths:
            inner = path.partition("/")[2]
            if path.startswith("public/"):
                yield OldFile(path, inner, f"/{inner}")
            elif path.startswith(("src/assets/", "src/images/", *_ROOTS)) and not path.endswith(
                (*_TEXT, ".ts", ".astro")
            ):
                file = file_beside(path, bundles)
                below = inner.removeprefix("content/").removeprefix("data/")
                yield file if file.target != path else OldFile(path, f"media/{below}", f"/{inner}")


def _read_collections(folder: OldFolder) -> dict[str, str]:
    """Return the folders of collections, with the slash behind them, that are not below ``src/content``."""
    config = folder.read_text(folder.first_of(*_CONTENT_CONFIGS) or "")
    found = {f"{match['base'].strip('/')}/": match["name"] for match in _COLLECTION.finditer(config)}
    return {base: name for base, name in found.items() if not base.startswith(_ROOTS)}


def _slugify(text: str) -> str:
    """Return a part of an address as Astro writes it."""
    return re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-")


def _read_settings(folder: OldFolder) -> OldSettings:
    config = folder.read_text(folder.first_of(*_CONFIGS))
    constants = "\n".join(folder.read_text(path) for path in _CONSTANTS if folder.has(path))
    host, path = split_url(text_of(config, "site") or text_of(constants, "website", "SITE_URL", "url", "site"))
    names = ("rss.xml", "feed.xml", "atom.xml", "index.xml")
    feeds = (f"/{name}" for name in names if folder.first_of(f"src/pages/{name}.js", f"src/pages/{name}.ts"))
    return OldSettings(
        title=text_of(constants, "SITE_TITLE", "TITLE", "title", "name") or "Blog",
        host=host,
        base_path=join_base(path, text_of(config, "base")),
        description=text_of(constants, "SITE_DESCRIPTION", "DESCRIPTION", "description", "desc"),
        language=text_of(constants, "lang", "locale"),
        author=text_of(constants, "author", "AUTHOR"),
        feeds=tuple(feeds),
    )


TEMPLATES = TemplateLanguage({}, show_expression)
