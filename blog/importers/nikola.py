"""Nikola: ``conf.py``, which is read and never run, and the texts that ``POSTS`` and ``PAGES`` name.

Metadata: <https://getnikola.com/handbook.html#metadata-fields>.
"""

from __future__ import annotations

import fnmatch
import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from msgspec import structs

from blog.importers.front_matter import Keys, OldMatter, RawMatter, read_matter, split_matter
from blog.importers.header_lines import split_comment
from blog.importers.html_text import html_to_markdown, read_rst, rst_items
from blog.importers.notebooks import read_notebook
from blog.importers.old_documents import (
    complete,
    make_document,
    report_complaint,
    report_not_moved,
    report_other_format,
    with_cells,
)
from blog.importers.old_settings import first_text, known_zone, split_url
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.python_settings import read_assignments
from blog.importers.report import Item
from blog.importers.site_reader import read_site
from blog.problems import Location
from blog.text import slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from blog.importers.front_matter import Visibility
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldDocument, OldSite

_MARKDOWN = (".md", ".mdown", ".markdown")
_RST = (".rst", ".txt")
_HTML = (".html", ".htm", ".php")
_FEED_LENGTH = 10
_OTHER_TEXT = (".org", ".adoc", ".textile", ".wiki", ".pandoc", ".bb", ".t2t", ".creole")
_MARKS = ("NIKOLA", "BLOG_TITLE", "TRANSLATIONS", "POSTS", "SITE_URL")


class _Row(NamedTuple):
    """A row of ``POSTS`` or ``PAGES``: which files, and below which address."""

    pattern: str
    folder: str
    kind: Literal["post", "page"]

    def inner(self, path: str) -> str | None:
        """Return ``path`` below the folder of the pattern; None if it does not match."""
        base, name = posixpath.split(self.pattern)
        below = path.removeprefix(f"{base}/") if base else path
        is_below = path.startswith(f"{base}/") if base else True
        return below if is_below and fnmatch.fnmatch(posixpath.basename(path), name) else None


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a Nikola site; ``""`` if it is none."""
    text = folder.read_text("conf.py") if folder.has("conf.py") else ""
    return "conf.py" if sum(name in text for name in _MARKS) > 2 else ""


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the Nikola site in ``folder``; ``now`` decides what is not published yet."""
    site = _NikolaSite.open(folder, now)
    old_site = read_site(site)
    slugs = {document.matter.slug: document.address for document in old_site.documents}
    addresses = {document.path: document.address for document in old_site.documents}
    return structs.replace(old_site, own_links=lambda written, _path: site.resolve(written, slugs, addresses))


class _NikolaSite(NamedTuple):
    """A Nikola site while it is read."""

    folder: OldFolder
    config: dict[str, Any]
    settings: OldSettings
    items: list[Item]
    places: tuple[_Row, ...]
    now: dt.datetime

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _NikolaSite:
        config = read_assignments(folder.read_text("conf.py"))
        places = tuple(_read_places(config))
        return cls(folder, config, _read_settings(config), list(folder.items), places, now)

    def read_documents(self) -> Iterator[OldDocument]:
        for path in self.folder.paths:
            suffix = PurePosixPath(path).suffix.lower()
            found = self._find_place(path)
            if found is None:
                continue
            if suffix in _OTHER_TEXT:
                report_other_format(path, self.items)
            elif self._language_of(path):
                report_not_moved(path, f"a translation into {self._language_of(path)}", "copy it by hand", self.items)
            elif suffix == ".ipynb":
                yield from self._read_notebook(path, *found)
            elif suffix in (*_MARKDOWN, *_RST, *_HTML):
                yield self._read_text(path, *found)

    def _find_place(self, path: str) -> tuple[_Row, str] | None:
        """Return the row that names a file, and its path below the folder of that row."""
        for place in self.places:
            inner = place.inner(path)
            if inner is not None:
                return place, inner
        return None

    def _language_of(self, path: str) -> str:
        """Return the language of a translation, ``name.LANGUAGE.md`` or ``name.md.LANGUAGE``; ``""`` if it is none."""
        languages = self.config.get("TRANSLATIONS")
        names = posixpath.basename(path).split(".")[1:]
        others = set(languages) - {self.settings.language} if isinstance(languages, dict) else set()
        return next((name for name in names if name in others), "")

    def _read_text(self, path: str, place: _Row, inner: str) -> OldDocument:
        suffix, text, title = PurePosixPath(path).suffix.lower(), self.folder.read_text(path), ""
        raw = split_matter(text, path) if text.startswith(("---\n", "+++\n")) else split_comment(text, path)
        report_complaint(raw, path, self.items)
        if suffix in _RST:
            rst = read_rst(raw.body)
            self.items.extend(rst_items(path, rst.errors))
            raw, title = structs.replace(raw, body=rst.markdown), rst.title
        elif suffix in _HTML:
            raw = structs.replace(raw, body=html_to_markdown(raw.body))
        header = self._read_beside(path)
        raw = raw if header is None else structs.replace(raw, node=header.node)
        document = self._read_document(path, raw, place, inner, title=title)
        return document if suffix in _MARKDOWN else structs.replace(document, format="converted")

    def _read_notebook(self, path: str, place: _Row, inner: str) -> Iterator[OldDocument]:
        """Yield the post of a notebook: its metadata is in its own, under ``nikola``, or in a file beside it."""
        notebook = read_notebook(self.folder.read_text(path), path, header=self._read_beside(path))
        if notebook is None or not notebook.raw.has_block:
            self.items.append(Item("Notebook", Location(path), "it has no metadata", "copy it by hand"))
            return
        report_complaint(notebook.raw, path, self.items)
        yield with_cells(self._read_document(path, notebook.raw, place, inner), notebook)

    def _read_beside(self, path: str) -> RawMatter | None:
        """Return the metadata in a file ``NAME.meta`` beside a text; None if there is none."""
        name = f"{path.rpartition('.')[0]}.meta"
        return _read_meta(self.folder.read_text(name), name) if self.folder.has(name) else None

    def _read_document(self, path: str, raw: RawMatter, place: _Row, inner: str, title: str = "") -> OldDocument:
        stem, is_post = PurePosixPath(path).stem, place.kind == "post"
        keys = Keys(raw)
        keys.drop("type")
        matter = self._complete(read_matter(keys, self.now), title)
        hidden: tuple[Visibility, str] = ("private", "a password") if Keys(raw).text("password") else ("", "")
        matter = complete(matter, raw, is_post=is_post, hidden=hidden)
        matter = structs.replace(matter, slug=matter.slug or slugify(stem))
        address = self._find_address(matter, place, inner)
        guid = next((str(entry.value) for entry in matter.extra if entry.key.lower() == "guid"), "")
        matter = structs.replace(matter, extra=tuple(entry for entry in matter.extra if entry.key.lower() != "guid"))
        feed_id = guid or self.settings.feed_id(address)
        return make_document(path, raw, matter, address, post_name=stem if is_post else "", feed_id=feed_id)

    def _complete(self, matter: OldMatter, title: str) -> OldMatter:
        """Return the matter with the title of the text, and without keys that say nothing."""
        authors = tuple(name.strip() for names in matter.authors for name in names.split(",") if name.strip())
        return structs.replace(
            matter,
            title=matter.title or title,
            authors=authors,
            extra=tuple(entry for entry in matter.extra if entry.key.lower() != "password" and entry.value != ""),
        )

    def _find_address(self, matter: OldMatter, place: _Row, inner: str) -> str:
        """Return the address by the row of ``POSTS``, the folder below it, and the slug."""
        folders = [place.folder.strip("/"), posixpath.dirname(inner)]
        base = "/".join(part for part in folders if part)
        if matter.slug == "index":
            return f"/{base}/" if base else "/"
        ending = "/" if self.config.get("PRETTY_URLS", True) is True else ".html"
        return "/" + "/".join(filter(None, (base, matter.slug))) + ending

    def list_files(self, _documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        """Yield the files of ``FILES_FOLDERS``, ``IMAGE_FOLDERS`` and ``galleries``."""
        folders = {"files": "", "images": "images", "galleries": "galleries"}
        for name in ("FILES_FOLDERS", "IMAGE_FOLDERS", "GALLERY_FOLDERS"):
            table = self.config.get(name)
            folders |= {str(key): str(value) for key, value in table.items()} if isinstance(table, dict) else {}
        for source, target in folders.items():
            for path in self.folder.below(source.strip("/")):
                rest = "/".join(filter(None, (target.strip("/"), path.removeprefix(f"{source.strip('/')}/"))))
                yield OldFile(path, rest, f"/{rest}")

    def resolve(self, written: str, slugs: dict[str, str], addresses: dict[str, str]) -> str:
        """Return the old address of ``link://slug/name`` and its like; ``""`` if it is none."""
        scheme, mark, rest = written.partition("://")
        if not mark or scheme != "link":
            return ""
        kind, _, name = rest.partition("/")
        name, sharp, fragment = name.partition("#")
        base = self.settings.base_path
        if kind == "slug":
            return base + slugs.get(name.strip("/"), f"/{name}") + sharp + fragment
        if kind == "filename":
            return base + addresses.get(name, f"/{name}") + sharp + fragment
        if kind in {"tag", "category"}:
            return f"{base}/{str(self.config.get('TAG_PATH', 'categories')).strip('/')}/{slugify(name)}/"
        return f"{base}/{name}"


def _read_meta(text: str, path: str) -> RawMatter:
    """Return a ``.meta`` file: lines ``.. key: value``, or the old form with title, slug, date and tags in lines."""
    raw = split_comment(text, path)
    if raw.has_block:
        return raw
    names = ("title", "slug", "date", "tags", "link", "description")
    lines = zip(names, text.split("\n"), strict=False)
    return split_comment("\n".join(f".. {name}: {line.strip()}" for name, line in lines), path)


def _read_places(config: dict[str, Any]) -> Iterator[_Row]:
    """Yield the rows of the settings; those of Nikola's own settings if they cannot be read."""
    yield from _read_rows([*_list(config, "POSTS")], "posts", "post")
    yield from _read_rows([*_list(config, "PAGES"), *_list(config, "STORIES")], "pages", "page")
    for row in _list(config, "post_pages"):
        if isinstance(row, list) and len(row) > 3:
            yield _Row(str(row[0]), str(row[1]), "post" if row[3] else "page")


def _list(config: dict[str, Any], name: str) -> list[Any]:
    value = config.get(name)
    return value if isinstance(value, list) else []


def _read_rows(rows: list[Any], default: str, kind: Literal["post", "page"]) -> Iterator[_Row]:
    found = [row for row in rows if isinstance(row, list) and len(row) > 1]
    if not found:
        found = [[f"{default}/*{suffix}", default] for suffix in (*_MARKDOWN, *_RST, *_HTML, ".ipynb")]
    for row in found:
        target = next(iter(row[1].values()), "") if isinstance(row[1], dict) else row[1]
        yield _Row(str(row[0]), str(target), kind)


def _read_settings(config: dict[str, Any]) -> OldSettings:
    language = _text(config, "DEFAULT_LANG")
    host, base_path = split_url(_text(config, "BASE_URL", "SITE_URL"))
    tags = (_text(config, "TAG_PATH") or "categories").strip("/")
    index = _text(config, "INDEX_PATH").strip("/")
    return OldSettings(
        title=_text(config, "BLOG_TITLE") or "Blog",
        host=host,
        base_path=base_path,
        description=_text(config, "BLOG_DESCRIPTION"),
        language=language.replace("_", "-"),
        timezone=known_zone(_text(config, "TIMEZONE")),
        author=_text(config, "BLOG_AUTHOR"),
        author_email=_text(config, "BLOG_EMAIL"),
        feeds=_feeds(config),
        feed_length=_feed_length(config),
        category_folders=tuple(dict.fromkeys((f"/{tags}/", "/categories/"))),
        post_lists=(f"/{index}/",) if index else (),
    )


def _feeds(config: dict[str, Any]) -> tuple[str, ...]:
    """Return the addresses of the feeds of all posts."""
    folder = _text(config, "RSS_PATH").strip("/. ")
    name = _text(config, "RSS_FILENAME_BASE") or "rss"
    rss = "/".join(filter(None, ("", folder, f"{name}{_text(config, 'RSS_EXTENSION') or '.xml'}")))
    atom = ("/index.atom",) if config.get("GENERATE_ATOM") is True else ()
    return (f"/{rss.lstrip('/')}", *atom)


def _feed_length(config: dict[str, Any]) -> int:
    limit = config.get("FEED_LENGTH")
    return limit if isinstance(limit, int) and limit > 0 else _FEED_LENGTH


def _text(config: dict[str, Any], *names: str) -> str:
    """Return the first setting of ``names`` that is a text; of a text in several languages the first."""
    values = {name: config.get(name) for name in names}
    firsts = {name: next(iter(value.values()), "") for name, value in values.items() if isinstance(value, dict)}
    return first_text(values | firsts, *names)
