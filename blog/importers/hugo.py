"""Hugo: its configuration and ``content/``; also PaperMod and HugoBlox (Academic).

Addresses: <https://gohugo.io/content-management/urls/>. Build options: <https://gohugo.io/content-management/build-options/>.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs

from blog.config.dates import find_zone
from blog.importers.front_matter import Keys, OldMatter, read_matter, split_matter
from blog.importers.old_documents import (
    complete,
    day_of,
    is_index,
    make_document,
    name_of,
    report_complaint,
    report_other_format,
)
from blog.importers.old_files import PICTURES, bundles_of, file_beside
from blog.importers.old_settings import first_text, known_zone, read_config, split_url, table_of
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.report import Item
from blog.importers.site_reader import read_site
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.config.toml import ConfigMember
    from blog.importers.front_matter import RawMatter
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import Dialect, OldDocument, OldSite

_NAMES = ("hugo", "config")
_SUFFIXES = (".toml", ".yaml", ".yml", ".json")
_CONFIGS = tuple(
    f"{folder}{name}{suffix}" for folder in ("", "config/_default/") for name in _NAMES for suffix in _SUFFIXES
)
_PARTS = ("params", "permalinks", "languages")
"""Files of ``config/_default/`` whose keys are tables of the configuration."""
_MARKS = frozenset({"baseurl", "theme", "languagecode", "permalinks", "markup", "module", "paginate", "taxonomies"})
_TEXT = (".md", ".markdown", ".html", ".htm", ".mmark")
_OTHER_TEXT = (".rmd", ".rmarkdown", ".org", ".adoc", ".asciidoc", ".rst", ".pandoc", ".ipynb", ".qmd")
_POST_SECTIONS = ("posts", "post", "blog", "articles", "writing", "notes", "p")
_NOT_IN_PATH = re.compile(r"[^\w./\\~+%#-]")
_INHERITED = ("draft", "build", "_build", "headless", "private", "unlisted", "hidden", "robotsNoIndex", "searchHidden")
_ASSETS = (*PICTURES, ".avif", ".pdf", ".mp4", ".webm")


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a Hugo site; ``""`` if it is none."""
    if not any(path.startswith("content/") for path in folder.paths):
        return ""
    for config in _CONFIGS:
        if folder.has(config) and not _MARKS.isdisjoint(_read_config_file(folder, config)):
            return config
    return ""


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the Hugo site in ``folder``; ``now`` decides what is not published yet, or not any more."""
    site = _HugoSite.open(folder, now)
    passthrough = table_of(site.config, "markup", "goldmark", "extensions", "passthrough")
    dialect: Dialect = "commonmark" if passthrough.get("enable") is True else "goldmark"
    redirects = folder.read_text("static/_redirects").splitlines()
    return _with_featured(read_site(site, redirects=redirects, dialect=dialect))


def _with_featured(site: OldSite) -> OldSite:
    """Return the site with the pictures that HugoBlox shows for bundles without another one: ``featured.*``."""
    pictures: dict[str, str] = {}
    for file in site.files:
        folder, _, name = file.path.rpartition("/")
        if name.startswith("featured.") and name.lower().endswith(PICTURES):
            pictures.setdefault(folder, name)
    return structs.replace(site, documents=tuple(_with_picture(document, pictures) for document in site.documents))


def _with_picture(document: OldDocument, pictures: dict[str, str]) -> OldDocument:
    picture = pictures.get(posixpath.dirname(document.path), "") if is_index(document.path) else ""
    if document.matter.image or not picture:
        return document
    return structs.replace(document, matter=structs.replace(document.matter, image=picture))


def _read_config_file(folder: OldFolder, path: str) -> dict[str, Any]:
    """Return a configuration with keys in lower case at its top."""
    return {key.lower(): value for key, value in read_config(folder, path).items()}


class _HugoSite(NamedTuple):
    """A Hugo site while it is read."""

    folder: OldFolder
    config: dict[str, Any]
    settings: OldSettings
    items: list[Item]
    now: dt.datetime
    sections: tuple[str, ...]
    """The folders below ``content/`` whose documents are posts."""

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _HugoSite:
        config: dict[str, Any] = {}
        for path in _CONFIGS:
            if folder.has(path):
                config = {**_read_config_file(folder, path), **config}
        for part in _PARTS:
            path = folder.first_of(*(f"config/_default/{part}{suffix}" for suffix in _SUFFIXES))
            if path:
                config.setdefault(part, _read_config_file(folder, path))
        sections = _find_sections(folder, config)
        return cls(folder, config, _read_settings(config, sections), list(folder.items), now, sections)

    def read_documents(self) -> Iterator[OldDocument]:
        leaves = {PurePosixPath(path).parent.as_posix() for path in self.folder.below("content") if _is_leaf(path)}
        for path in self.folder.below("content"):
            name = path.rpartition("/")[2].lower()
            if name.endswith(_OTHER_TEXT):
                if not self._has_rendered_twin(path):
                    report_other_format(path, self.items)
            elif name.endswith(_TEXT):
                document = self._read_text(path, leaves)
                if document is not None:
                    yield document

    def _has_rendered_twin(self, path: str) -> bool:
        stem = path.rpartition(".")[0]
        return bool(self.folder.first_of(*(f"{stem}{suffix}" for suffix in (".md", ".markdown", ".html"))))

    def _read_text(self, path: str, leaves: set[str]) -> OldDocument | None:
        """Return the document at ``path``; None, with an item where something is lost, if it is none of its own."""
        stem = PurePosixPath(path).stem
        raw = split_matter(self.folder.read_text(path), path)
        if stem == "_index" or stem.startswith("_index."):
            if raw.body.strip():
                address = self._section_address(path)
                what = f"the text above the list {address} was not moved"
                self.items.append(Item("Text of a section", Location(path), what, "make a page of it, or leave it out"))
            return None
        if _is_in_leaf(path, leaves):
            return None  # a resource, which the old tool did not publish as a page
        if not raw.has_block and not raw.complaint and path.lower().endswith((".html", ".htm")):
            return None
        if path.lower().endswith((".html", ".htm")) and self.folder.first_of(path.rpartition(".")[0] + ".md"):
            return None
        report_complaint(raw, path, self.items)
        return self._read_document(path, raw)

    def _section_address(self, path: str) -> str:
        return "/" + "/".join(path.split("/")[1:-1]) + "/"

    def _read_document(self, path: str, raw: RawMatter) -> OldDocument:
        matter = read_matter(Keys(raw, self._cascade(path)), self.now)
        parts = path.split("/")[1:]
        section = parts[0] if len(parts) > 1 else ""
        stem = name_of(path)
        is_post = section in self.sections
        matter = complete(matter, raw, is_post=is_post, day=day_of(stem))
        address = self._find_address(matter, path, stem)
        place = f"{stem}/index" if is_index(path) else stem
        feed_id = self.settings.feed_id(address)
        return make_document(path, raw, matter, address, post_name=place if is_post else "", feed_id=feed_id)

    def _cascade(self, path: str) -> dict[str, ConfigMember]:
        """Return the values by which the sections above a document hide it."""
        members: dict[str, ConfigMember] = {}
        parts = path.split("/")
        for count in range(1, len(parts)):
            index = self.folder.first_of(*("/".join(parts[:count]) + f"/_index{suffix}" for suffix in _TEXT))
            if not index:
                continue
            values = split_matter(self.folder.read_text(index), index).node.value
            cascade = values.get("cascade")
            for table in (item.value for item in cascade.node.items) if cascade else ():
                if isinstance(table, dict):
                    members |= {key: member for key, member in table.items() if key in _INHERITED}
            if "draft" in values:
                members["draft"] = values["draft"]
        return members

    def _find_address(self, matter: OldMatter, path: str, stem: str) -> str:
        """Return the address by ``url``, by ``[permalinks]``, or by the path."""
        if matter.address:
            return (
                self._fill(matter.address, matter, path, stem)
                if ":" in matter.address
                else "/" + matter.address.lstrip("/")
            )
        parts = path.split("/")[1:-1]
        folders = parts[:-1] if is_index(path) else parts
        permalinks = self.config.get("permalinks")
        table = permalinks.get("page", permalinks) if isinstance(permalinks, dict) else {}
        pattern = table.get(folders[0]) if isinstance(table, dict) and folders else None
        if isinstance(pattern, str):
            return self._fill(pattern, matter, path, stem)
        if is_index(path) and not parts:
            return "/"
        address = "/".join(["", *map(self._urlize, folders), self._urlize(matter.slug or stem)])
        return f"{address}.html" if self.config.get("uglyurls") is True else f"{address}/"

    def _fill(self, pattern: str, matter: OldMatter, path: str, stem: str) -> str:
        zone = find_zone(self.settings.timezone or "UTC")
        moment = matter.date.instant(zone) if matter.date else dt.datetime(1, 1, 1, tzinfo=dt.UTC)
        folders = path.split("/")[1:-1]
        folders = folders[:-1] if is_index(path) else folders
        title = self._urlize(matter.title)
        values = {
            "year": f"{moment:%Y}", "month": f"{moment:%m}", "day": f"{moment:%d}", "yearday": str(int(f"{moment:%j}")),
            "monthname": f"{moment:%B}".lower(), "weekdayname": f"{moment:%A}".lower(), "title": title,
            "section": self._urlize(folders[0]) if folders else "", "sections": "/".join(map(self._urlize, folders)),
            "slug": self._urlize(matter.slug) or title, "filename": self._urlize(stem),
            "slugorfilename": self._urlize(matter.slug or stem),
            "contentbasename": self._urlize(stem), "slugorcontentbasename": self._urlize(matter.slug or stem),
        }  # fmt: skip
        filled = re.sub(r":(\w+)", lambda match: values.get(match[1], match[1]), pattern)
        address = "/" + re.sub("/{2,}", "/", filled).lstrip("/")
        return address if address.endswith(("/", ".html")) else f"{address}/"

    def _urlize(self, text: str) -> str:
        """Return a part of an address as Hugo writes it."""
        lowered = text if self.config.get("disablepathtolower") is True else text.lower()
        return re.sub("-{2,}", "-", _NOT_IN_PATH.sub("", re.sub(r"\s+", "-", lowered.strip()))).strip("-")

    def list_files(self, documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        """Yield the files of ``static/``, the resources of ``content/``, and the pictures of ``assets/``."""
        bundles = bundles_of(documents)
        texts = {document.path for document in documents}
        for path in self.folder.paths:
            top, _, rest = path.partition("/")
            if (top == "static" and rest) or (top == "assets" and path.lower().endswith(_ASSETS)):
                yield OldFile(path, rest, f"/{rest}")
            elif top == "content" and path not in texts and not path.lower().endswith((*_TEXT, *_OTHER_TEXT)):
                file = file_beside(path, bundles)
                yield file if file.target != path else OldFile(path, rest, f"/{rest}")


def _is_leaf(path: str) -> bool:
    name = path.rpartition("/")[2]
    return path.count("/") > 1 and name in {f"index{suffix}" for suffix in _TEXT}


def _is_in_leaf(path: str, leaves: set[str]) -> bool:
    """Return whether a text lies in the bundle of another one."""
    folders = [folder.as_posix() for folder in PurePosixPath(path).parents]
    own = folders[0] if _is_leaf(path) else ""
    return any(folder in leaves for folder in folders if folder != own)


def _find_sections(folder: OldFolder, config: dict[str, Any]) -> tuple[str, ...]:
    """Return the sections with posts: those in the settings, else by names or dates in addresses, else the largest."""
    texts = [path.split("/")[1:] for path in folder.below("content") if path.lower().endswith(_TEXT)]
    counts = Counter(parts[0] for parts in texts if len(parts) > 1)
    names = _list_named_sections(config) or [*_POST_SECTIONS, *_list_dated_sections(config)]
    usual = tuple(dict.fromkeys(name for name in names if name in counts))
    if usual or not counts:
        return usual
    return (counts.most_common(1)[0][0],)


def _list_named_sections(config: dict[str, Any]) -> list[str]:
    """Return the sections with posts that the settings name."""
    params = config.get("params")
    if not isinstance(params, dict):
        return []
    named = params.get("mainSections", params.get("mainsections"))
    names = [named] if isinstance(named, str) else named or []
    return [str(name) for name in names]


def _list_dated_sections(config: dict[str, Any]) -> list[str]:
    """Return the sections whose addresses have a date."""
    permalinks = config.get("permalinks")
    if not isinstance(permalinks, dict):
        return []
    return [name for name, form in permalinks.items() if ":year" in str(form)]


def _feed_name(config: dict[str, Any]) -> str:
    """Return the name of the files of feeds: ``index.xml``, unless the settings name another one."""
    formats = {name.lower(): table for name, table in table_of(config, "outputformats").items()}
    rss = {name.lower(): value for name, value in table_of(formats, "rss").items()}
    return f"{first_text(rss, 'basename') or 'index'}.xml"


def _feed_length(config: dict[str, Any]) -> int:
    limit = table_of(config, "services", "rss").get("limit", config.get("rsslimit"))
    return limit if isinstance(limit, int) and limit > 0 else 0


def _read_settings(config: dict[str, Any], sections: tuple[str, ...]) -> OldSettings:
    params = table_of(config, "params")
    author = params.get("author") or config.get("author")
    details = author if isinstance(author, dict) else {"name": author}
    host, base_path = split_url(str(config.get("baseurl") or ""))
    author_name = details.get("name") or ""
    name = _feed_name(config)
    return OldSettings(
        title=str(config.get("title") or "Blog"),
        host=host,
        base_path=base_path,
        description=first_text(params, "description") or first_text(config, "description"),
        language=first_text(config, "languagecode", "defaultcontentlanguage").replace("_", "-"),
        timezone=known_zone(first_text(config, "timezone")),
        author=", ".join(map(str, author_name)) if isinstance(author_name, list) else str(author_name),
        author_email=first_text(details, "email"),
        feeds=(f"/{name}", *(f"/{section}/{name}" for section in sections)),
        feed_length=_feed_length(config),
        category_folders=("/categories/", "/category/", "/tags/"),
        post_lists=tuple(f"/{section}/" for section in sections),
    )
