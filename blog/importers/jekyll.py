"""Jekyll: ``_config.yml`` and ``_posts/``; also al-folio, minimal-mistakes, and fastpages with its notebooks.

Addresses: <https://jekyllrb.com/docs/permalinks/>. Ids of feed entries: <https://github.com/jekyll/jekyll-feed>.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from msgspec import structs

from blog.config.dates import find_zone
from blog.importers.front_matter import Keys, OldMatter, plain_value, read_matter, split_matter
from blog.importers.notebooks import read_notebook
from blog.importers.old_documents import complete, make_document, report_complaint, report_generated, with_cells
from blog.importers.old_files import is_about_repository
from blog.importers.old_settings import first_text, join_base, known_zone, split_url, table_of
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.site_reader import read_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from blog.config.toml import ConfigMember
    from blog.importers.front_matter import RawMatter, Visibility
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import Dialect, OldDocument, OldSite
    from blog.importers.report import Item

_CONFIGS = ("_config.yml", "_config.yaml", "_config.toml")
_POST_NAME = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})-(?P<stem>.+)\.(?P<suffix>md|markdown|mkd|mkdown|html|htm|ipynb)"
)
_TEXT = re.compile(r".*\.(md|markdown|mkd|mkdown|html|htm)", re.IGNORECASE)
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext", "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext", "none": "/:categories/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
}  # fmt: skip
_NOT_IN_TITLE = re.compile(r"[^\w._~!$&'()+,;=@]+")
_REPOSITORY_TEXTS = ("security", "install")
_GENERATED = re.compile(r"\{%-?\s*(?:for|bibliography|paginat|include\s+(?:archive|post)s?)")
_POSTS = re.compile(r"\{%-?[^%]{0,200}\b(?:site|paginator)\.posts\b")
_MEDIA_FOLDERS = ("media_subpath", "img_path")
_BUILT = ("_site/", "_includes/", "_layouts/", "_sass/", "_plugins/", "_data/", "_bibliography/", ".github/", "bin/")
_FEED_TEMPLATES = ("feed.xml", "atom.xml", "rss.xml", "index.xml")
_FEED_LENGTH = 10
"""That of jekyll-feed."""
_NO_TITLES = ("", "blank")
"""al-folio writes the name of the author in the place of a title ``blank``."""


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a Jekyll site; ``""`` if it is none."""
    config = folder.first_of(*_CONFIGS)
    if not config:
        return ""
    has_posts = any("_posts/" in path or path.startswith("_notebooks/") for path in folder.paths)
    has_layouts = folder.has("Gemfile") or any(path.startswith(("_layouts/", "_pages/")) for path in folder.paths)
    return config if has_posts or has_layouts else ""


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the Jekyll site in ``folder``; ``now`` decides what is not published yet."""
    site = _JekyllSite.open(folder, now)
    snippets = {path.removeprefix("_includes/"): folder.read_text(path) for path in folder.below("_includes")}
    dialect: Dialect = "kramdown" if first_text(site.config, "markdown").lower() in {"", "kramdown"} else "commonmark"
    redirects = folder.read_text("_redirects").splitlines()
    old_site = read_site(site, redirects=redirects, snippets=snippets, dialect=dialect)
    return structs.replace(
        old_site,
        settings=structs.replace(old_site.settings, post_lists=tuple(site.lists)),
        own_links=_find_media(folder, old_site.documents),
    )


def _find_media(folder: OldFolder, documents: Iterable[OldDocument]) -> Callable[[str, str], str]:
    """Return the function that finds pictures in the folder that the front matter of a post names, as in Chirpy."""
    folders = {
        document.path: str(entry.value)
        for document in documents
        for entry in document.matter.extra
        if entry.key in _MEDIA_FOLDERS
    }

    def resolve(written: str, path: str) -> str:
        place = posixpath.normpath(f"{folders.get(path, '')}/{written}".lstrip("/"))
        return f"/{place}" if path in folders and folder.has(unquote(place)) else ""

    return resolve


class _Default(NamedTuple):
    """An entry of ``defaults``: values for the documents of a folder, or of a type."""

    path: str
    type: str
    values: dict[str, ConfigMember]

    def applies(self, path: str, kind: str) -> bool:
        if self.type and self.type != kind:
            return False
        is_below = not self.path or path == self.path or path.startswith(self.path.rstrip("/") + "/")
        return is_below or fnmatch.fnmatch(path, self.path)


class _JekyllSite(NamedTuple):
    """A Jekyll site while it is read."""

    folder: OldFolder
    config: dict[str, Any]
    settings: OldSettings
    items: list[Item]
    defaults: tuple[_Default, ...]
    now: dt.datetime
    uses_ids: bool
    """Its feed has ``post.id``."""
    lists: list[str]
    """Addresses of pages that list its posts; reading adds to them."""

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _JekyllSite:
        path = folder.first_of(*_CONFIGS)
        fence = "+++" if path.endswith("toml") else "---"
        text = re.sub(r"^(?:---|\.\.\.)[ \t]*$", "", folder.read_text(path), flags=re.MULTILINE)
        node = split_matter(f"{fence}\n{text}\n{fence}\n", path).node
        config = plain_value(node)
        defaults = tuple(_read_defaults(node.value.get("defaults")))
        settings = _read_settings(config, folder)
        return cls(folder, config, settings, list(folder.items), defaults, now, _uses_ids(folder), [])

    def read_documents(self) -> Iterator[OldDocument]:
        for path in self.folder.paths:
            kind = self._kind_of(path)
            if kind is None:
                continue
            text = self.folder.read_text(path)
            notebook = read_notebook(text, path) if path.endswith(".ipynb") else None
            raw = notebook.raw if notebook else split_matter(text, path)
            if not raw.has_block and kind == "pages":
                continue
            report_complaint(raw, path, self.items)
            document = self._read_document(path, kind, raw)
            if notebook:
                document = with_cells(document, notebook)
            if kind != "pages" or self._is_imported_page(document):
                yield document

    def _is_imported_page(self, document: OldDocument) -> bool:
        """Return whether a page is no list of posts; record the address of one that is, and report one of Liquid."""
        if _lists_posts(document) and document.address.endswith("/") and document.address != "/":
            self.lists.append(document.address)
        if _GENERATED.search(document.body):
            report_generated(document.path, f"a page that Liquid generates, at {document.address}", self.items)
            return False
        return not _is_empty_list(document)

    def _kind_of(self, path: str) -> str | None:
        """Return ``posts``, ``drafts``, ``pages`` or the name of a collection; None for other files."""
        *folders, name = path.split("/")
        if path.startswith(_BUILT) or self._is_excluded(path):
            return None
        is_notebook = name.endswith(".ipynb")
        if is_notebook or "_posts" in folders:
            is_in_place = not is_notebook or folders[:1] == ["_notebooks"]
            return "posts" if is_in_place and _POST_NAME.fullmatch(name) else None
        return self._kind_of_page(path, folders, name)

    def _kind_of_page(self, path: str, folders: list[str], name: str) -> str | None:
        if not _TEXT.fullmatch(name):
            return None
        if "_drafts" in folders:
            return "drafts"
        collection = folders[0].removeprefix("_") if folders else ""
        if path.startswith("_") and collection in self._collections():
            return collection
        return "pages" if self._is_included(path) or not _is_left_out(path) else None

    def _collections(self) -> dict[str, dict[str, Any]]:
        """Return the collections that are published."""
        table = self.config.get("collections")
        if not isinstance(table, dict):
            return {}
        return {
            name: options
            for name, options in table.items()
            if isinstance(options, dict) and options.get("output") is True and name != "posts"
        }

    def _is_included(self, path: str) -> bool:
        return _matches(path, self.config.get("include"))

    def _is_excluded(self, path: str) -> bool:
        return _matches(path, self.config.get("exclude"))

    def _read_document(self, path: str, kind: str, raw: RawMatter) -> OldDocument:
        inherited: dict[str, ConfigMember] = {}
        for default in self.defaults:
            if default.applies(path, kind):
                inherited |= default.values
        written = raw.node.value.keys()
        inherited = {
            key: member for key, member in inherited.items() if key in {"permalink", *_HIDING} and key not in written
        }
        matter = read_matter(Keys(raw, inherited), self.now, tag_separator=" ", category_separator=" ")
        matter = self._complete(matter, path, kind, raw)
        name = _POST_NAME.fullmatch(path.rpartition("/")[2])
        stem = name["stem"] if name else PurePosixPath(path).stem
        address = self._find_address(matter, path, kind, stem)
        is_post = kind in {"posts", "drafts"}
        feed_id = self._feed_id(address, matter.slug or stem) if kind == "posts" else ""
        place = PurePosixPath(path).stem
        return make_document(path, raw, matter, address, post_name=place if is_post else "", feed_id=feed_id)

    def _complete(self, matter: OldMatter, path: str, kind: str, raw: RawMatter) -> OldMatter:
        """Return the matter with what the path says: the date, the categories, and that it is a draft."""
        name = _POST_NAME.fullmatch(path.rpartition("/")[2])
        hidden: tuple[Visibility, str] = ("draft", "the folder _drafts") if kind == "drafts" else ("", "")
        matter = complete(matter, raw, is_post=kind == "posts", day=name["date"] if name else "", hidden=hidden)
        above = path.split("_posts/", maxsplit=1)[0].strip("/") if "_posts/" in path else ""
        folders = tuple(part for part in above.split("/") if part and part[0] != "_")
        return structs.replace(matter, categories=tuple(dict.fromkeys((*folders, *matter.categories))))

    def _find_address(self, matter: OldMatter, path: str, kind: str, stem: str) -> str:
        """Return the address by the permalink of the document, or of its kind."""
        if matter.address:
            return self._fill(matter.address, matter, stem)
        style = str(self.config.get("permalink", "date"))
        if kind in {"posts", "drafts"}:
            return self._fill(_STYLES.get(style, style), matter, stem)
        if kind != "pages":
            pattern = str(self._collections()[kind].get("permalink") or f"/{kind}/:path:output_ext")
            inner = path.partition("/")[2].rpartition(".")[0]
            pattern = pattern.replace(":collection", kind).replace(":path", inner).replace(":name", stem)
            return self._fill(pattern, matter, stem)
        folder = path.removeprefix("_pages/").rpartition("/")[0]
        base = f"/{folder}/" if folder else "/"
        if stem == "index":
            return base
        return f"{base}{stem}/" if style == "pretty" or style.endswith("/") else f"{base}{stem}.html"

    def _fill(self, pattern: str, matter: OldMatter, stem: str) -> str:
        """Return a permalink with the values of a document."""
        zone = find_zone(self.settings.timezone or "UTC")
        moment = matter.date.instant(zone) if matter.date else dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        day = matter.date.local_day(zone) if matter.date else moment.date()
        title = _NOT_IN_TITLE.sub("-", matter.slug or stem).strip("-")
        values = {
            "categories": "/".join(category.lower() for category in matter.categories),
            "output_ext": ".html", "short_year": f"{day.year % 100:02}", "short_month": f"{day:%b}",
            "long_month": f"{day:%B}", "i_month": str(day.month), "i_day": str(day.day), "y_day": f"{day:%j}",
            "year": f"{day.year:04}", "month": f"{day.month:02}", "day": f"{day.day:02}", "week": f"{day:%V}",
            "short_day": f"{day:%a}", "hour": f"{moment:%H}", "minute": f"{moment:%M}", "second": f"{moment:%S}",
            "title": title, "slug": title.lower(), "name": stem, "basename": stem,
        }  # fmt: skip
        names = "|".join(sorted(values, key=len, reverse=True))
        filled = re.sub(rf":({names})(?![a-z])|:({names})", lambda match: values[match[1] or match[2]], pattern)
        address = "/" + re.sub("/{2,}", "/", filled).lstrip("/")
        return address.replace(" ", "-") if matter.date else address

    def _feed_id(self, address: str, slug: str) -> str:
        """Return the id of the feed entry: with jekyll-feed the folder of the address, and the slug of the post."""
        if not self.uses_ids:
            return self.settings.feed_id(address)
        folder = posixpath.dirname(address.rstrip("/"))
        return self.settings.feed_id(f"{folder.rstrip('/')}/{slug.rstrip('.')}")

    def list_files(self, documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        texts = {document.path for document in documents}
        for path in self.folder.below("_notebooks"):
            if not path.endswith(".ipynb") and not _TEXT.fullmatch(path):
                shown = f"images/copied_from_nb/{path.removeprefix('_notebooks/')}"  # where fastpages puts them
                yield OldFile(path, shown, f"/{shown}")
        for path in self.folder.paths:
            if path not in texts and self._is_copied(path):
                yield OldFile(path, path, f"/{path}")

    def _is_copied(self, path: str) -> bool:
        """Return whether Jekyll copies a file as it is."""
        if is_about_repository(path, *_REPOSITORY_TEXTS) or self._is_excluded(path):
            return False
        is_hidden = any(part[0] in "._#" or part.endswith("~") for part in path.split("/"))
        if is_hidden and not self._is_included(path):
            return False
        return not (_TEXT.fullmatch(path) and split_matter(self.folder.read_text(path), path).has_block)


_HIDING = ("published", "draft", "hidden", "sitemap", "private", "unlisted")


def _is_left_out(path: str) -> bool:
    """Return whether Jekyll leaves a file out by its name, or it is about the repository."""
    return is_about_repository(path, *_REPOSITORY_TEXTS) or any(part[0] in "._#" for part in path.split("/"))


def _read_defaults(member: ConfigMember | None) -> Iterator[_Default]:
    if member is None:
        return
    for entry in member.node.items:
        if not isinstance(entry.value, dict):
            continue
        scope, values = entry.value.get("scope"), entry.value.get("values")
        where = plain_value(scope.node) if scope else {}
        if isinstance(where, dict) and values and isinstance(values.node.value, dict):
            yield _Default(str(where.get("path", "")), str(where.get("type", "")), values.node.value)


def _matches(path: str, patterns: Any) -> bool:
    """Return whether a list of the configuration names a path, or a folder above it."""
    if not isinstance(patterns, list):
        return False
    parts = path.split("/")
    prefixes = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    for pattern in map(str, patterns):
        wanted = pattern.strip("/")
        if any(prefix == wanted or fnmatch.fnmatch(prefix, wanted) for prefix in prefixes):
            return True
    return False


def _is_empty_list(document: OldDocument) -> bool:
    """Return whether a page has no text of its own: the layout lists posts."""
    return not document.body.strip() or document.matter.layout in {"home", "archive", "tag", "category", "search"}


def _lists_posts(document: OldDocument) -> bool:
    """Return whether a page lists the posts of the blog, by its text or its layout."""
    return _POSTS.search(document.body) is not None or document.matter.layout in {"home", "posts"}


def _uses_ids(folder: OldFolder) -> bool:
    """Return whether the entries of the feed have Jekyll's ``post.id``, as those of the plugin jekyll-feed have."""
    feed = folder.first_of(*_FEED_TEMPLATES)
    return "post.id" in folder.read_text(feed) if feed else True


def _read_settings(config: dict[str, Any], folder: OldFolder) -> OldSettings:
    name, email = _read_author(config)
    title = first_text(config, "title", "name")
    host, path = split_url(first_text(config, "url"))
    return OldSettings(
        title=name or "Blog" if title in _NO_TITLES else title,
        host=host,
        base_path=join_base(path, first_text(config, "baseurl")),
        description=first_text(config, "description", "tagline"),
        language=first_text(config, "lang", "locale").replace("_", "-"),
        timezone=known_zone(first_text(config, "timezone")),
        author=name,
        author_email=email,
        feeds=_feeds(config, folder),
        feed_length=_feed_length(config),
        category_folders=("/categories/", "/category/", "/tags/", "/tag/", "/blog/category/", "/blog/tag/"),
    )


def _feeds(config: dict[str, Any], folder: OldFolder) -> tuple[str, ...]:
    """Return the addresses of the feed: that of jekyll-feed, and those of templates."""
    path = first_text(table_of(config, "feed"), "path") or "feed.xml"
    templates = (name for name in _FEED_TEMPLATES if folder.has(name))
    return tuple(f"/{name.lstrip('/')}" for name in (path, *templates))


def _feed_length(config: dict[str, Any]) -> int:
    limit = table_of(config, "feed").get("posts_limit")
    return limit if isinstance(limit, int) and limit > 0 else _FEED_LENGTH


def _read_author(config: dict[str, Any]) -> tuple[str, str]:
    """Return name and e-mail address of the author; al-folio has the name in parts."""
    author = config.get("author")
    details = author if isinstance(author, dict) else config
    email = first_text(details, "email") or first_text(config, "email")
    if details is author:
        return first_text(details, "name"), email
    parts = (first_text(config, name) for name in ("first_name", "middle_name", "last_name"))
    return first_text(config, "author") or " ".join(part for part in parts if part), email
