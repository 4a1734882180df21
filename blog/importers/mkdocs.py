"""Material for MkDocs with its plugin ``blog``: ``mkdocs.yml`` and ``docs/``.

<https://squidfunk.github.io/mkdocs-material/plugins/blog/>
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs

from blog.config.dates import find_zone
from blog.importers.front_matter import Keys, plain_value, read_matter
from blog.importers.old_documents import complete, make_document, name_of, read_raw, report_generated, take_title
from blog.importers.old_settings import first_text, read_config, split_url, table_of
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.site_reader import read_site
from blog.importers.template_tags import TemplateLanguage, show_expression

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from blog.importers.front_matter import OldMatter, Visibility
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldDocument, OldSite
    from blog.importers.report import Item

_CONFIGS = ("mkdocs.yml", "mkdocs.yaml")
_NAME = re.compile(r"[\w./-]+")
_PAGE_PARTS = frozenset({"navigation", "toc", "path", "footer", "feedback", "tags"})
"""Values of the key ``hide``, which hides parts of the theme and no text."""


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a blog of MkDocs; ``""`` if it is none."""
    config = folder.first_of(*_CONFIGS)
    return config if config and _plugins(read_config(folder, config)).keys() & {"blog", "material/blog"} else ""


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the blog of MkDocs in ``folder``; ``now`` decides what is not published yet."""
    site = _MkDocsSite.open(folder, now)
    base = site.settings.base_path
    redirects = [
        f"{base}{site.blog_address}category/* {base}/tags/:splat 301",
        f"{base}{site.blog_address}archive/* {base}/archive/ 301",
    ]
    old_site = read_site(site, redirects=redirects if site.blog else redirects[:1], dialect="material")
    lists = (site.blog_address,) if site.blog else ()
    settings = structs.replace(old_site.settings, post_lists=lists)
    return structs.replace(old_site, settings=settings, snippets=site.read_snippets(old_site.documents))


def _plugins(config: dict[str, Any], key: str = "plugins") -> dict[str, dict[str, Any]]:
    """Return the options of each plugin, by its name; with another ``key`` those of extensions."""
    written = config.get(key)
    entries = written if isinstance(written, list) else [written]
    plugins: dict[str, dict[str, Any]] = {}
    for entry in entries:
        table = entry if isinstance(entry, dict) else {str(entry): {}}
        plugins |= {str(name): options if isinstance(options, dict) else {} for name, options in table.items()}
    return plugins


class _MkDocsSite(NamedTuple):
    """A blog of MkDocs while it is read."""

    folder: OldFolder
    config: dict[str, Any]
    options: dict[str, Any]
    """Those of the plugin ``blog``."""
    settings: OldSettings
    items: list[Item]
    now: dt.datetime
    docs: str
    """The folder of the texts."""
    blog: str
    """The folder of the blog below it; empty if the whole site is the blog."""
    authors: dict[str, str]
    """Id → name."""

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _MkDocsSite:
        config = read_config(folder, folder.first_of(*_CONFIGS))
        plugins = _plugins(config)
        options = plugins.get("blog") or plugins.get("material/blog") or {}
        docs = posixpath.normpath(first_text(config, "docs_dir") or "docs")
        blog = posixpath.normpath(first_text(options, "blog_dir") or "blog").strip("./")
        file = (first_text(options, "authors_file") or "{blog}/.authors.yml").replace("{blog}", blog)
        authors = table_of(read_config(folder, posixpath.normpath(f"{docs}/{file.lstrip('/')}")), "authors")
        names = {key: first_text(table, "name") for key, table in authors.items() if isinstance(table, dict)}
        settings = _read_settings(config, plugins)
        return cls(folder, config, options, settings, list(folder.items), now, docs, blog, names)

    @property
    def blog_address(self) -> str:
        return f"/{self.blog}/" if self.blog else "/"

    def read_documents(self) -> Iterator[OldDocument]:
        posts = (first_text(self.options, "post_dir") or "{blog}/posts").replace("{blog}", self.blog).strip("/")
        for path in self.folder.below(self.docs):
            inner = path.removeprefix(f"{self.docs}/")
            if not path.endswith(".md") or any(part.startswith(".") for part in inner.split("/")):
                continue
            if self._is_named(inner, "exclude_docs"):
                continue
            is_post = inner.startswith(f"{posts}/")
            document = self._read_document(path, inner, is_post=is_post)
            if not document.body.strip() or inner == posixpath.join(self.blog, "index.md") or inner == "404.md":
                report_generated(path, "a page that lists posts was not moved", self.items)
            else:
                yield document

    def read_snippets(self, documents: Sequence[OldDocument]) -> dict[str, str]:
        """Return the files that texts include by ``--8<--``, by the names that stand there."""
        written = _plugins(self.config, "markdown_extensions").get("pymdownx.snippets", {}).get("base_path", ".")
        names = {name for document in documents if "8<" in document.body for name in _NAME.findall(document.body)}
        found: dict[str, str] = {}
        for base in reversed(_listed(written)):
            paths = {name: posixpath.normpath(posixpath.join(str(base), name)) for name in names}
            found |= {name: self.folder.read_text(path) for name, path in paths.items() if self.folder.has(path)}
        return found

    def _is_named(self, path: str, setting: str) -> bool:
        """Return whether a setting with patterns, one on each line, names a text."""
        lines = str(self.config.get(setting) or "").split("\n")
        patterns = [line.strip().lstrip("/") for line in lines if line.strip() and not line.startswith(("#", "!"))]
        return any(
            fnmatch.fnmatch(path, pattern) or fnmatch.fnmatch(path.rpartition("/")[2], pattern)
            or path.startswith(f"{pattern.rstrip('/')}/")
            for pattern in patterns
        )  # fmt: skip

    def _read_document(self, path: str, inner: str, *, is_post: bool) -> OldDocument:
        raw = read_raw(self.folder, path, self.items)
        keys = Keys(raw)
        hide = raw.node.value.get("hide")
        if hide and _PAGE_PARTS.issuperset(map(str, _listed(plain_value(hide.node)))):
            keys.drop("hide")
        matter = read_matter(keys, self.now)
        hidden: tuple[Visibility, str] = ("draft", "draft_docs") if self._is_named(inner, "draft_docs") else ("", "")
        matter = complete(matter, raw, is_post=is_post, hidden=hidden)
        matter, raw = take_title(matter, raw)
        authors = tuple(self.authors.get(name) or name for name in matter.authors)
        address = self._post_address(matter, inner) if is_post else self._page_address(matter, inner)
        matter = structs.replace(matter, authors=authors)
        feed_id = self.settings.feed_id(address) if self.settings.feeds else ""
        return make_document(path, raw, matter, address, post_name=name_of(path) if is_post else "", feed_id=feed_id)

    def _post_address(self, matter: OldMatter, inner: str) -> str:
        day = matter.date.local_day(find_zone("UTC")) if matter.date else None
        form = first_text(self.options, "post_url_date_format") or "yyyy/MM/dd"
        form = form.replace("yyyy", "%Y").replace("MM", "%m").replace("dd", "%d")
        stem = PurePosixPath(inner).stem
        values = {
            "date": f"{day:{form}}" if day else "",
            "slug": matter.slug or _slugify(matter.title or stem),
            "categories": "/".join(map(_slugify, matter.categories[:1])),
            "file": matter.slug or stem,
        }
        pattern = first_text(self.options, "post_url_format") or "{date}/{slug}"
        filled = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], ""), pattern)
        return re.sub("/{2,}", "/", f"{self.blog_address}{filled.strip('/')}/")

    def _page_address(self, matter: OldMatter, inner: str) -> str:
        if matter.address:
            return f"/{matter.address.lstrip('/')}"
        stem = inner.removesuffix(".md")
        if stem in {"index", "README"} or stem.endswith(("/index", "/README")):
            return f"/{stem.rpartition('/')[0]}/".replace("//", "/")
        return f"/{stem}.html" if self.config.get("use_directory_urls") is False else f"/{stem}/"

    def list_files(self, _documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        for path in self.folder.below(self.docs):
            inner = path.removeprefix(f"{self.docs}/")
            if not inner.endswith(".md") and not any(part.startswith(".") for part in inner.split("/")):
                yield OldFile(path, inner, f"/{inner}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _slugify(text: str) -> str:
    """Return the slug that the plugin makes of a title."""
    plain = unicodedata.normalize("NFC", re.sub(r"<[^<>]*>|[`*]", "", text))
    return re.sub(r"[^\w\- ]", "", plain).strip().lower().replace(" ", "-")


def _feeds(options: dict[str, Any]) -> tuple[str, ...]:
    """Return the addresses of the feeds of the plugin ``rss``."""
    names = table_of(options, "feeds_filenames")
    feeds = [first_text(names, f"rss_{kind}") or f"feed_rss_{kind}.xml" for kind in ("created", "updated")]
    if options.get("json_feed_enabled", True) is True:
        feeds += [first_text(names, f"json_{kind}") or f"feed_json_{kind}.json" for kind in ("created", "updated")]
    return tuple(f"/{feed.lstrip('/')}" for feed in feeds)


def _feed_length(options: dict[str, Any]) -> int:
    length = options.get("length")
    return length if isinstance(length, int) and length > 0 else 0


def _read_settings(config: dict[str, Any], plugins: dict[str, dict[str, Any]]) -> OldSettings:
    host, base_path = split_url(first_text(config, "site_url"))
    return OldSettings(
        title=first_text(config, "site_name") or "Blog",
        host=host,
        base_path=base_path,
        description=first_text(config, "site_description"),
        language=first_text(table_of(config, "theme"), "language"),
        author=first_text(config, "site_author"),
        feeds=_feeds(plugins["rss"]) if "rss" in plugins else (),
        feed_length=_feed_length(plugins.get("rss", {})),
    )


TEMPLATES = TemplateLanguage({}, show_expression)
