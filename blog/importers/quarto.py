"""Quarto: ``_quarto.yml``, and the ``.qmd``, ``.md`` and executed texts of a website with listings.

Addresses are paths: <https://quarto.org/docs/websites/>. Executed texts: <https://quarto.org/docs/projects/code-execution.html#freeze>.
"""

from __future__ import annotations

import fnmatch
import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import structs

from blog.importers.front_matter import Keys, plain_value, read_matter, split_matter
from blog.importers.notebooks import read_notebook
from blog.importers.old_documents import (
    complete,
    day_of,
    is_index,
    make_document,
    name_of,
    report_complaint,
    report_generated,
    with_cells,
)
from blog.importers.old_files import bundles_of, file_beside, is_about_repository
from blog.importers.old_settings import first_text, read_config, split_url, table_of
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.report import Item
from blog.importers.shortcodes import TEMPLATES as HUGO
from blog.importers.site_reader import read_site
from blog.importers.template_tags import TagContext, TemplateLanguage, TemplateTag, drop, show_expression
from blog.problems import Location
from blog.text import is_url

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from blog.config.toml import ConfigMember
    from blog.importers.front_matter import RawMatter
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldDocument, OldSite

_CONFIGS = ("_quarto.yml", "_quarto.yaml")
_TEXT = (".qmd", ".md", ".rmd", ".ipynb")
_POST_FOLDERS = ("posts", "blog", "blog/posts")
_INHERITED = ("draft", "published", "hidden", "private", "unlisted", "status", "author", "categories")


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a website of Quarto; ``""`` if it is none."""
    config = folder.first_of(*_CONFIGS)
    if not config:
        return ""
    table = read_config(folder, config)
    return config if "website" in table or first_text(table_of(table, "project"), "type") == "website" else ""


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the website of Quarto in ``folder``; ``now`` decides what is not published yet."""
    site = _QuartoSite.open(folder, now)
    snippets = {path: folder.read_text(path) for path in folder.paths if _is_snippet(path)}
    return read_site(site, redirects=folder.read_text("_redirects").splitlines(), snippets=snippets, dialect="pandoc")


def _is_snippet(path: str) -> bool:
    return path.rpartition("/")[2].startswith("_") and path.lower().endswith(_TEXT)


class _QuartoSite(NamedTuple):
    """A website of Quarto while it is read."""

    folder: OldFolder
    config: dict[str, Any]
    settings: OldSettings
    items: list[Item]
    now: dt.datetime
    post_folders: tuple[str, ...]

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _QuartoSite:
        config = read_config(folder, folder.first_of(*_CONFIGS))
        listings = dict(_find_listings(folder))
        feeds = tuple(f"/{page.rpartition('.')[0]}.xml" for page, listing in listings.items() if listing.has_feed)
        folders = tuple(dict.fromkeys(name for listing in listings.values() for name in listing.folders))
        lengths = [listing.feed_length for listing in listings.values() if listing.has_feed]
        settings = structs.replace(_read_settings(config, feeds), feed_length=max(lengths, default=0))
        return cls(folder, config, settings, list(folder.items), now, folders or _POST_FOLDERS)

    def read_documents(self) -> Iterator[OldDocument]:
        for path in self.folder.paths:
            if not path.lower().endswith(_TEXT) or not self._is_rendered(path):
                continue
            text = self.folder.read_text(path)
            notebook = None
            if path.endswith(".ipynb"):
                notebook = read_notebook(text, path, hides_code=self._hides_code_of(path))
                if notebook is None or not notebook.raw.has_block:
                    self.items.append(Item("Notebook", Location(path), "it has no front matter", "copy it by hand"))
                    continue
            raw = notebook.raw if notebook else split_matter(text, path)
            if "listing" in raw.node.value:
                if raw.body.strip():
                    report_generated(path, "a page that lists posts was not moved", self.items)
                continue
            if path.lower().endswith(".md") and not raw.has_block and self._is_below_post_folder(path):
                continue
            report_complaint(raw, path, self.items)
            document = self._read_document(path, raw)
            yield with_cells(document, notebook) if notebook else document

    def _is_rendered(self, path: str) -> bool:
        """Return whether Quarto makes a page of a text."""
        parts = path.split("/")
        if any(part[0] in "._" for part in parts) or self._is_output(path):
            return False
        if is_about_repository(path, "404"):
            return False
        render = table_of(self.config, "project").get("render")
        patterns = [str(pattern) for pattern in render] if isinstance(render, list) else []
        refused = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
        wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
        return not _is_named(path, refused) and (not wanted or _is_named(path, wanted))

    def _is_output(self, path: str) -> bool:
        output = first_text(table_of(self.config, "project"), "output-dir") or "_site"
        return path.startswith(f"{output.strip('/')}/")

    def _is_below_post_folder(self, path: str) -> bool:
        return any(not folder or path.startswith(f"{folder}/") for folder in self.post_folders)

    def _read_document(self, path: str, raw: RawMatter) -> OldDocument:
        inherited = self._inherit(path)
        keys = Keys(raw, {key: member for key, member in inherited.items() if key in _INHERITED})
        hides_code = self._hides_code_of(path) or _hides_code(plain_value(raw.node))
        matter = read_matter(keys, self.now)
        name, address = name_of(path), _address_of(path)
        is_post = (matter.date is not None or day_of(name) != "") and self._is_below_post_folder(path)
        matter = complete(matter, raw, is_post=is_post, day=day_of(name))
        matter = structs.replace(matter, aliases=_absolute(matter.aliases, address))
        frozen = None if path.endswith(".ipynb") else self._read_frozen(path)
        if frozen is not None:
            raw = structs.replace(raw, body=frozen)
        place = f"{name}/index" if is_index(path) else name
        feed_id = self._feed_id(address)
        document = make_document(path, raw, matter, address, post_name=place if is_post else "", feed_id=feed_id)
        return structs.replace(document, hides_code=hides_code)

    def _feed_id(self, address: str) -> str:
        """Return the address of a post, in which Quarto leaves every letter as it is."""
        return self.settings.url + address if self.settings.host else ""

    def _inherit(self, path: str) -> dict[str, ConfigMember]:
        """Return the values of ``_metadata.yml`` in the folders above a text, the nearest first."""
        members: dict[str, ConfigMember] = {}
        for folder in PurePosixPath(path).parents:
            name = self.folder.first_of(str(folder / "_metadata.yml"), str(folder / "_metadata.yaml"))
            if name:
                block = split_matter(f"---\n{self.folder.read_text(name)}\n---\n", name).node.value
                members = {**block, **members}
        return members

    def _hides_code_of(self, path: str) -> bool:
        return _hides_code(self.config) or _hides_code(_plain(self._inherit(path)))

    def _read_frozen(self, path: str) -> str | None:
        """Return the text of a document after its code was run, from ``_freeze/``; None if there is none."""
        result = f"_freeze/{path.rpartition('.')[0]}/execute-results/html.json"
        if not self.folder.has(result):
            return None
        markdown = table_of(read_config(self.folder, result), "result").get("markdown")
        return split_matter(markdown, path).body if isinstance(markdown, str) else None

    def list_files(self, documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        """Yield the files beside the texts, and the figures of code that was run."""
        bundles = bundles_of(documents)
        for path in self.folder.paths:
            if path.startswith("_freeze/") and "/figure-html/" in path:
                stem, _, name = path.removeprefix("_freeze/").rpartition("/figure-html/")
                shown = f"{stem}_files/figure-html/{name}"
                yield structs.replace(file_beside(shown, bundles), path=path)
                continue
            is_left_out = any(part[0] in "._" for part in path.split("/")) or path.lower().endswith(_TEXT)
            if not is_left_out and not self._is_output(path):
                yield file_beside(path, bundles)


class _Listing(NamedTuple):
    """The listing of a page."""

    folders: tuple[str, ...]
    """The folders whose documents it lists."""
    has_feed: bool
    feed_length: int = 0
    """0: as many as Quarto has by default, which are as many as ours."""


def _find_listings(folder: OldFolder) -> Iterator[tuple[str, _Listing]]:
    """Yield each page with a listing of posts."""
    for path in folder.paths:
        if not path.endswith((".qmd", ".md")) or path.startswith("_"):
            continue
        text = folder.read_text(path)
        member = split_matter(text, path).node.value.get("listing") if "listing:" in text else None
        if member is None:
            continue
        values = [plain_value(node) for node in member.node.items]
        yield path, _read_listing(path, [value for value in values if isinstance(value, dict)])


def _read_listing(page: str, tables: list[dict[str, Any]]) -> _Listing:
    folders: list[str] = []
    for table in tables:
        contents = table.get("contents", [])
        patterns = contents if isinstance(contents, list) else [contents]
        folders += [_listed_folder(page, pattern) for pattern in patterns if isinstance(pattern, str)]
    lengths = [table_of(table, "feed").get("items") for table in tables]
    length = next((number for number in lengths if isinstance(number, int) and number > 0), 0)
    return _Listing(tuple(filter(None, folders)), any(table.get("feed") for table in tables), length)


def _listed_folder(page: str, pattern: str) -> str:
    """Return the folder that a pattern of a listing names: the part before the first wildcard."""
    path = posixpath.normpath(
        posixpath.join("" if pattern.startswith("/") else posixpath.dirname(page), pattern.strip("/"))
    )
    parts = path.split("/")
    plain = [part for part in parts if part not in {".", ".."}]
    end = next((index for index, part in enumerate(plain) if "*" in part or "." in part), len(plain))
    return "/".join(plain[:end])


def _is_named(path: str, patterns: list[str]) -> bool:
    return any(_names(path, pattern) for pattern in patterns)


def _names(path: str, pattern: str) -> bool:
    """Return whether a pattern of ``render`` names a text, or a folder above it."""
    wanted = pattern.strip().lstrip("/")
    folder = wanted.rstrip("/")
    return fnmatch.fnmatch(path, wanted) or path.startswith(f"{folder}/") or fnmatch.fnmatch(path, f"{folder}/*")


def _hides_code(value: Any) -> bool:
    """Return whether settings hide the code of all cells: ``echo: false`` or ``include: false`` at any depth."""
    if not isinstance(value, dict):
        return False
    if any(value.get(key) is False for key in ("echo", "include")):
        return True
    return any(_hides_code(value.get(key)) for key in ("execute", "format", "html", "knitr", "opts_chunk"))


def _absolute(aliases: tuple[str, ...], address: str) -> tuple[str, ...]:
    """Return aliases that a document at ``address`` has, which may be relative to it."""
    folder = posixpath.dirname(f"{address}x")
    return tuple(posixpath.normpath(posixpath.join(folder, alias)) for alias in aliases)


def _plain(members: dict[str, ConfigMember]) -> dict[str, Any]:
    return {key: plain_value(member.node) for key, member in members.items()}


def _address_of(path: str) -> str:
    stem = path.rpartition(".")[0]
    return f"/{stem.removesuffix('index')}" if is_index(path) else f"/{stem}.html"


def _read_settings(config: dict[str, Any], feeds: tuple[str, ...]) -> OldSettings:
    website = table_of(config, "website")
    host, base_path = split_url(first_text(website, "site-url"))
    author = config.get("author")
    return OldSettings(
        title=first_text(website, "title") or "Blog",
        host=host,
        base_path=base_path,
        description=first_text(website, "description"),
        language=first_text(config, "lang"),
        author=author if isinstance(author, str) else "",
        feeds=feeds,
    )


def _include(tag: TemplateTag, context: TagContext) -> str | None:
    """Return the text of a file that a text includes."""
    name = next(iter(tag.positional()), "")
    folder = "" if name.startswith("/") else posixpath.dirname(context.document.path)
    text = context.site.snippets.get(posixpath.normpath(posixpath.join(folder, name.lstrip("/"))))
    return None if text is None else context.convert(split_matter(text, name).body)


def _video(tag: TemplateTag, _context: TagContext) -> str | None:
    address = next(iter(tag.arguments.split()), "").strip("\"'")
    return f"<{address}>" if is_url(address) else f"[Video]({address})" if address else None


def _meta(tag: TemplateTag, context: TagContext) -> str | None:
    matter = context.document.matter
    values = {"title": matter.title, "description": matter.summary, "subtitle": matter.summary}
    return values.get(tag.arguments.strip()) or None


TEMPLATES = TemplateLanguage(
    {
        **HUGO.tags, "include": _include, "video": _video, "meta": _meta, "pagebreak": drop, "fa": drop, "bi": drop,
        "iconify": drop, "ai": drop, "br": drop,
    },
    show_expression,
)  # fmt: skip
