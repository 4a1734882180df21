"""Eleventy: Markdown and HTML with front matter, data of folders, and Nunjucks or Liquid in texts.

Addresses: <https://www.11ty.dev/docs/permalinks/>. Data: <https://www.11ty.dev/docs/data-template-dir/>.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from blog.importers import liquid
from blog.importers.front_matter import Keys, matter_of, plain_value, read_matter, split_matter
from blog.importers.javascript_settings import flag_of, text_of
from blog.importers.old_documents import complete, is_index, make_document, name_of, report_complaint, report_generated
from blog.importers.old_files import PICTURES, is_about_repository
from blog.importers.old_settings import first_text, read_config, split_url, table_of
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.report import Item
from blog.importers.site_reader import read_site
from blog.importers.template_tags import TagContext, TemplateLanguage, TemplateTag, drop, figure
from blog.problems import Location

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from blog.config.toml import ConfigMember
    from blog.importers.front_matter import OldMatter, RawMatter, Visibility
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldDocument, OldSite

_CONFIGS = (".eleventy.js", *(f"eleventy.config.{suffix}" for suffix in ("js", "mjs", "cjs", "ts")))
_TEXT = (".md", ".html")
_SCRIPTS = (".js", ".cjs", ".mjs")
_METADATA = ("metadata", "site", "meta", "config", "siteData")
_POST_TAGS = frozenset({"post", "posts", "blog", "blog-post", "blog-posts", "article", "articles", "note", "notes"})
_POST_FOLDERS = frozenset({"_posts", "posts", "post", "blog", "articles", "writing", "notes"})
_COMPUTED = re.compile(
    r"permalink\b[^`]{0,120}`([\w/.-]{0,80})\$\{ {0,4}(?:data\.)?page\.fileSlug {0,4}\}([\w/.-]{0,80})`"
)
"""Matches a function that returns an address with the name of the file in it."""
_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})-(.+)")
_FLAGS = ("draft", "published", "eleventyExcludeFromCollections", "hidden", "private", "unlisted", "permalink")
_COPIED = re.compile(r"addPassthroughCopy\(\s*(?:[\"']([^\"'*]+)[\"']|\{([^{}]*)\})")
_PAIR = re.compile(r"[\"']([^\"'*]+)[\"']\s*:\s*[\"']([^\"']*)[\"']")
_FEED = re.compile(
    r"(?:outputPath|permalink)[\"']?\s*:\s*[\"']?(/?[\w/.-]*(?:feed|atom|rss|index)[\w.-]*\.(?:xml|json))"
)


_FEED_LIMIT = re.compile(r"\blimit\s*:\s*([1-9]\d{0,5})\b")


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a site of Eleventy; ``""`` if it is none."""
    return folder.first_of(*_CONFIGS)


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the site of Eleventy in ``folder``; ``now`` decides what is not published yet."""
    site = _EleventySite.open(folder, now)
    redirects = folder.read_text(folder.first_of("_redirects", "public/_redirects"))
    return read_site(site, redirects=redirects.splitlines())


class _EleventySite(NamedTuple):
    """A site of Eleventy while it is read."""

    folder: OldFolder
    config: str
    settings: OldSettings
    items: list[Item]
    now: dt.datetime
    input: str
    """The folder of the texts with a last ``/``; empty for the whole folder."""
    output: str

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _EleventySite:
        config = folder.read_text(folder.first_of(*_CONFIGS))
        wanted = posixpath.normpath(text_of(config, "input") or ".").strip("./")
        prefix = f"{wanted}/" if wanted else ""
        output = posixpath.normpath(text_of(config, "output") or "_site").strip("./")
        settings = _read_settings(folder, config, prefix)
        return cls(folder, config, settings, list(folder.items), now, prefix, output)

    def read_documents(self) -> Iterator[OldDocument]:
        for path in self.folder.paths:
            inner = path.removeprefix(self.input)
            if not path.startswith(self.input) or not path.endswith(_TEXT) or self._is_left_out(inner):
                continue
            raw = split_matter(self.folder.read_text(path), path)
            if path.endswith(".html") and not raw.has_block:
                continue
            if "pagination" in raw.node.value or not raw.body.strip():
                report_generated(path, "a page that a template generates was not moved", self.items)
                continue
            report_complaint(raw, path, self.items)
            yield self._read_document(path, inner, raw)

    def _is_left_out(self, inner: str) -> bool:
        parts = inner.split("/")
        return (
            is_about_repository(inner, "404")
            or inner.startswith(f"{self.output}/")
            or any(part[0] in "._" and part != "_posts" for part in parts)
        )

    def _inherit(self, path: str) -> dict[str, ConfigMember]:
        """Return the values that the data of the folders above a text, and of the text itself, give to it."""
        members: dict[str, ConfigMember] = {}
        parents = [folder for folder in PurePosixPath(path).parents if folder.name]
        stems = [f"{folder}/{folder.name}" for folder in reversed(parents)]
        for stem in [*stems, path.rpartition(".")[0]]:
            for suffix in (".json", ".11tydata.json", ".11tydata.js", ".11tydata.cjs", ".11tydata.mjs"):
                if self.folder.has(stem + suffix):
                    members |= _read_data(self.folder, stem + suffix)
        return members

    def _read_document(self, path: str, inner: str, raw: RawMatter) -> OldDocument:
        inherited = self._inherit(path)
        keys = Keys(raw, {key: member for key, member in inherited.items() if key in _FLAGS})
        hidden = _hidden_by(keys.members.get("permalink"))
        matter = read_matter(keys, self.now)
        is_post = _is_post(inner, {*matter.tags, *_listed(inherited.get("tags"))})
        name = name_of(inner)
        dated = _DATED.fullmatch(name)
        name_in_address = dated[2] if dated else name
        matter = complete(matter, raw, is_post=is_post, day=dated[1] if dated else "", hidden=hidden)
        address = self._find_address(matter, inner, name_in_address)
        if address is None:
            address = _default_address(inner, name_in_address)
            what = f"its address is computed: {matter.address[:60]}; {address} was taken"
            self.items.append(Item("Old address", Location(path), what, "write another one under aliases", "guess"))
        matter = structs.replace(matter, tags=tuple(tag for tag in matter.tags if tag not in _POST_TAGS))
        feed_id = self.settings.feed_id(address)
        return make_document(path, raw, matter, address, post_name=name if is_post else "", feed_id=feed_id)

    def _find_address(self, matter: OldMatter, inner: str, name: str) -> str | None:
        """Return the address by ``permalink``, or by the path; None if it is computed from what is unknown."""
        pattern = matter.address
        if not pattern or pattern.lower() == "false":
            return _default_address(inner, name)
        slug = re.sub(r"[^\w]+", "-", matter.title.lower()).strip("-")
        values = {"page.fileSlug": name, "fileSlug": name, "slug": matter.slug or name, "title": slug}

        def fill(match: re.Match[str]) -> str:
            return values.get(match[1].partition("|")[0].strip(), match[0])

        filled = re.sub(r"\{\{-?([^{}]*?)-?\}\}", fill, pattern)
        if "{" in filled:
            return None
        address = f"/{filled.lstrip('/')}".removesuffix("index.html")
        return re.sub("/{2,}", "/", address)

    def list_files(self, _documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        """Yield the files that the settings copy, and the pictures beside the texts."""
        copied: dict[str, str] = {}
        for match in _COPIED.finditer(self.config):
            pairs = _PAIR.findall(match[2]) if match[2] else [(match[1], match[1].strip("./").removeprefix(self.input))]
            copied |= {source.removeprefix("./").strip("/"): target.strip("./") for source, target in pairs}
        for path in self.folder.paths:
            source = next((name for name in copied if path == name or path.startswith(f"{name}/")), None)
            if source is not None:
                shown = posixpath.join(copied[source], path.removeprefix(source).lstrip("/")).rstrip("/")
                yield OldFile(path, shown, f"/{shown}")
            elif path.startswith(self.input) and path.lower().endswith(PICTURES):
                inner = path.removeprefix(self.input)
                if not self._is_left_out(inner):
                    yield OldFile(path, inner, f"/{inner}")


def _hidden_by(permalink: ConfigMember | None) -> tuple[Visibility, str]:
    """Return what a permalink hides: ``false`` writes no page."""
    is_unwritten = permalink is not None and plain_value(permalink.node) is False
    return ("draft", "permalink: false") if is_unwritten else ("", "")


def _is_post(inner: str, tags: set[str]) -> bool:
    """Return whether a text is a post, by its tags or the folders above it."""
    return not _POST_TAGS.isdisjoint(tags) or not _POST_FOLDERS.isdisjoint(inner.split("/")[:-1])


def _listed(member: ConfigMember | None) -> list[str]:
    value = plain_value(member.node) if member else []
    return list(map(str, value)) if isinstance(value, list) else [str(value)]


def _default_address(inner: str, name: str) -> str:
    """Return the address that a path gives: dates at the beginning of names are left out."""
    folder = posixpath.dirname(inner)
    if is_index(inner):
        folder = posixpath.dirname(folder)
    return f"/{posixpath.join(folder, name)}/" if name else "/"


def _read_data(folder: OldFolder, path: str) -> dict[str, ConfigMember]:
    """Return the data of a folder or text: all of JSON, and what JavaScript has as plain values."""
    if path.endswith(".json"):
        values = read_config(folder, path)
    else:
        source = folder.read_text(path)
        flags = {name: flag_of(source, name) for name in _FLAGS}
        values = {name: value for name, value in flags.items() if value is not None}
        tags = re.search(r"tags[\"']?\s*+:\s*+\[?\s*+[\"']([^\"']++)", source)
        values |= {"tags": [tags[1]]} if tags else {}
        computed = _COMPUTED.search(source)
        if (
            permalink := f"{computed[1]}{{{{ page.fileSlug }}}}{computed[2]}"
            if computed
            else text_of(source, "permalink")
        ):
            values["permalink"] = permalink
    members: dict[str, ConfigMember] = matter_of(values, path).node.value
    return members


def _read_settings(folder: OldFolder, config: str, prefix: str) -> OldSettings:
    table, source = _read_metadata(folder, prefix)
    host, base_path = split_url(first_text(table, "url", "baseUrl", "base_url") or text_of(source, "url", "baseUrl"))
    feeds = [*_FEED.findall(config), *(name for path in folder.paths for name in _feed_of(folder, path))]
    return OldSettings(
        title=first_text(table, "title", "name") or text_of(source, "title", "name") or "Blog",
        host=host,
        base_path=base_path,
        description=first_text(table, "description") or text_of(source, "description"),
        language=first_text(table, "language", "lang") or text_of(source, "language", "lang"),
        author=first_text(table_of(table, "author"), "name") or first_text(table, "author"),
        feeds=tuple(dict.fromkeys(f"/{feed.lstrip('/')}" for feed in feeds)),
        feed_length=int(limit[1]) if (limit := _FEED_LIMIT.search(config)) else 0,
    )


def _read_metadata(folder: OldFolder, prefix: str) -> tuple[dict[str, object], str]:
    """Return the data of the site: tables of JSON and YAML, and the text of those in JavaScript."""
    table: dict[str, object] = {}
    sources: list[str] = []
    for root in dict.fromkeys((prefix, "", "src/")):
        for name in _METADATA:
            path = f"{root}_data/{name}"
            data = folder.first_of(*(path + suffix for suffix in (".json", ".yaml", ".yml")))
            table = {**read_config(folder, data), **table} if data else table
            sources += [folder.read_text(path + suffix) for suffix in _SCRIPTS if folder.has(path + suffix)]
    return table, "\n".join(sources)


def _feed_of(folder: OldFolder, path: str) -> list[str]:
    return _FEED.findall(folder.read_text(path)[:2000]) if path.endswith((".njk", ".liquid")) and "feed" in path else []


def _image(tag: TemplateTag, _context: TagContext) -> str | None:
    """Return the image of the plugin eleventy-img: its source, and its description."""
    source, alt, *_ = [*tag.positional(), "", ""]
    return figure(source.removeprefix("./src"), alt, "") if source else None


TEMPLATES = TemplateLanguage(
    {**liquid.TEMPLATES.tags, "image": _image, "css": drop, "js": drop, "endcss": drop, "set": drop, "icon": drop},
    liquid.TEMPLATES.values,
    (re.compile(r"\{#"), re.compile(r"#\}")),
)
