"""Pelican: ``pelicanconf.py``, which is read and never run, and the texts below ``PATH``.

Settings: <https://docs.getpelican.com/en/stable/settings.html>. Metadata: <https://docs.getpelican.com/en/stable/content.html>.
"""

from __future__ import annotations

import datetime as dt
import posixpath
import re
import unicodedata
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

from msgspec import structs

from blog.config.dates import find_zone
from blog.importers.front_matter import Keys, OldMatter, read_matter, stronger
from blog.importers.header_lines import split_fields, split_lines
from blog.importers.html_text import html_to_markdown, read_rst, rst_items
from blog.importers.markdown_parts import is_code
from blog.importers.notebooks import EmbeddedNotebook, join_notebooks, read_notebook
from blog.importers.old_documents import complete, make_document, report_complaint, report_other_format, with_cells
from blog.importers.old_files import is_about_repository
from blog.importers.old_settings import first_text, known_zone, split_url
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.python_settings import read_assignments
from blog.importers.report import Item
from blog.importers.site_reader import read_site
from blog.markdown.source_spans import read_spans
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.importers.front_matter import RawMatter, Visibility
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldDocument, OldSite

_CONFIGS = ("pelicanconf.py", "publishconf.py")
_TEXT = (".md", ".markdown", ".mkd", ".mdown", ".rst", ".html", ".htm")
_OTHER_TEXT = (".adoc", ".asc", ".org", ".textile", ".txt2tags")
_HTML = (".html", ".htm")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_FIELD = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_OWN_LINK = re.compile(r"[{|](?P<kind>filename|static|attach|tag|category|author|index)[}|](?P<rest>.*)")
_NOTEBOOK_TAG = re.compile(
    r"\{%[ \t]*+notebook[ \t]++(?P<path>[^\s%]{1,300}\.ipynb)"
    r"(?:[ \t]++cells\[(?P<first>-?\d{0,4}):(?P<last>-?\d{0,4})\])?(?:[ \t]++language\[\w{1,20}\])?[ \t]*+%\}"
)
_META = re.compile(
    r"<meta\s+name=[\"'](?P<name>[\w-]+)[\"']\s+(?:content|contents)=[\"'](?P<value>[^\"']*)[\"']", re.IGNORECASE
)
_DEFAULTS: dict[str, Any] = {
    "PATH": "content", "ARTICLE_PATHS": [""], "PAGE_PATHS": ["pages"], "STATIC_PATHS": ["images"],
    "ARTICLE_URL": "{slug}.html", "PAGE_URL": "pages/{slug}.html", "CATEGORY_URL": "category/{slug}.html",
    "TAG_URL": "tag/{slug}.html", "AUTHOR_URL": "author/{slug}.html", "DEFAULT_CATEGORY": "misc",
    "FEED_ALL_ATOM": "feeds/all.atom.xml", "SLUGIFY_SOURCE": "title",
}  # fmt: skip


def recognise(folder: OldFolder) -> str:
    """Return the file by which ``folder`` is known as a Pelican site; ``""`` if it is none."""
    return folder.first_of(*_CONFIGS, "settings.py" if folder.has("pelican.conf.py") else "pelican.conf.py")


def read(folder: OldFolder, now: dt.datetime) -> OldSite:
    """Return the Pelican site in ``folder``; ``now`` decides what is not published yet."""
    site = _PelicanSite.open(folder, now)
    old_site = read_site(site)
    addresses = {document.path: document.address for document in old_site.documents}
    addresses |= {file.path: file.address for file in old_site.files}
    return structs.replace(
        old_site,
        snippets=site.read_code(),
        own_links=lambda written, path: site.resolve(written, path, addresses),
    )


def _read_rst(text: str, path: str, items: list[Item]) -> tuple[RawMatter, str]:
    """Return fields, Markdown and title of a text in reStructuredText."""
    rst = read_rst(text)
    items += rst_items(path, rst.errors)
    return structs.replace(split_fields(text, path), body=rst.markdown, body_line=1), rst.title


def _read_html(text: str, path: str) -> tuple[RawMatter, str]:
    """Return metadata, Markdown and title of a text in HTML."""
    header = "\n".join(f"{found['name']}: {found['value']}" for found in _META.finditer(text))
    body = html_to_markdown(_html_body(text))
    return structs.replace(split_lines(header, path), body=body, body_line=1), _html_title(text)


def _written(raw: RawMatter, key: str) -> str:
    """Return the value of a key; ``""`` if there is none."""
    return Keys(raw).text(key)


def _address_of_file(save_as: str) -> str:
    """Return the address at which a file of the output is published."""
    return "/" + re.sub(r"(^|/)index\.html$", r"\1", save_as.lstrip("/"))


class _PelicanSite(NamedTuple):
    """A Pelican site while it is read."""

    folder: OldFolder
    config: dict[str, Any]
    root: str
    """The folder of the texts, with a slash behind it."""
    settings: OldSettings
    items: list[Item]
    now: dt.datetime

    @classmethod
    def open(cls, folder: OldFolder, now: dt.datetime) -> _PelicanSite:
        config = dict(_DEFAULTS)
        for name in (*_CONFIGS, "pelican.conf.py"):
            values = read_assignments(folder.read_text(name))
            config |= {key: value for key, value in values.items() if value or key not in {"SITEURL", "PATH"}}
        path = posixpath.normpath(str(config["PATH"])).strip("/")
        root = "" if path == "." else f"{path}/"
        if root and not any(folder.below(path)):
            root = "content/" if any(folder.below("content")) else ""
        return cls(folder, config, root, _read_settings(config), list(folder.items), now)

    def read_documents(self) -> Iterator[OldDocument]:
        for path in self.folder.paths:
            kind = self._kind_of(path)
            if kind is None:
                continue
            if path.lower().endswith(_TEXT):
                yield self._read_text(path, kind)
            elif path.endswith(".ipynb"):
                yield from self._read_notebook(path, kind)
            elif path.lower().endswith(_OTHER_TEXT):
                report_other_format(path, self.items)

    def read_code(self) -> dict[str, str]:
        """Return the files that ``{% include_code %}`` shows, by their paths below ``CODE_DIR``."""
        folder = f"{self.root}{str(self.config.get('CODE_DIR', 'code')).strip('/')}"
        return {path.removeprefix(f"{folder}/"): self.folder.read_text(path) for path in self.folder.below(folder)}

    def _kind_of(self, path: str) -> Literal["post", "page"] | None:
        """Return ``post`` or ``page``; None for a file that Pelican takes for no text."""
        inner = path.removeprefix(self.root)
        if not path.startswith(self.root) or any(part[0] in "._#" for part in inner.split("/")):
            return None
        if is_about_repository(path):
            return None
        if self._is_below(inner, "PAGE_PATHS"):
            return "page"
        is_static = self._is_below(inner, "STATIC_PATHS", but=("", ".", *map(str, self._list("ARTICLE_PATHS"))))
        is_excluded = is_static or self._is_below(inner, "ARTICLE_EXCLUDES")
        return "post" if self._is_below(inner, "ARTICLE_PATHS") and not is_excluded else None

    def _list(self, name: str) -> list[Any]:
        value = self.config.get(name)
        return value if isinstance(value, list) else [value] if isinstance(value, str) else []

    def _is_below(self, inner: str, name: str, but: tuple[str, ...] = ()) -> bool:
        for entry in self._list(name):
            folder = str(entry).strip("/")
            if folder not in but and (folder in {"", "."} or inner == folder or inner.startswith(f"{folder}/")):
                return True
        return False

    def _read_text(self, path: str, kind: Literal["post", "page"]) -> OldDocument:
        text, suffix = self.folder.read_text(path), PurePosixPath(path).suffix.lower()
        if suffix == ".rst":
            raw, title = _read_rst(text, path, self.items)
        elif suffix in _HTML:
            raw, title = _read_html(text, path)
        else:
            raw = split_lines(text, path)
            report_complaint(raw, path, self.items)
            joined = self._join_notebooks(raw.body)
            notebook = read_notebook(joined, path, header=raw) if joined else None
            if notebook:
                return with_cells(self._read_document(path, notebook.raw, kind), notebook)
            return self._read_document(path, raw, kind)
        return structs.replace(self._read_document(path, raw, kind, title=title), format="converted")

    def _join_notebooks(self, body: str) -> str:
        """Return a notebook of a text and of the notebooks that its tags of liquid_tags name; ``""`` if it has none."""
        parts: list[str | EmbeddedNotebook] = []
        position = 0
        spans = read_spans(body) if "{%" in body else ()
        for match in _NOTEBOOK_TAG.finditer(body):
            found = "" if is_code(spans, match.start()) else self._find_notebook(match["path"])
            if found:
                first, last = (int(bound) if bound else None for bound in match.group("first", "last"))
                parts += [body[position : match.start()], EmbeddedNotebook(self.folder.read_text(found), first, last)]
                position = match.end()
        try:
            return join_notebooks([*parts, body[position:]]) if parts else ""
        except ValueError:
            return ""

    def _find_notebook(self, written: str) -> str:
        """Return the path of the notebook that a tag names; ``""`` if there is none."""
        folder = f"{self.root}{str(self.config.get('NOTEBOOK_DIR', 'notebooks')).strip('/')}"
        places = (posixpath.normpath(f"{place}/{written}") for place in (folder, self.root or ".", "."))
        return self.folder.first_of(*places)

    def _read_notebook(self, path: str, kind: Literal["post", "page"]) -> Iterator[OldDocument]:
        """Yield the post of a notebook: its metadata is in a file beside it, in its first cell, or in its own."""
        stem = path.removesuffix(".ipynb")
        beside = self.folder.first_of(f"{stem}.nbdata", f"{stem}.ipynb-meta")
        header = split_lines(self.folder.read_text(beside), beside) if beside else None
        notebook = read_notebook(self.folder.read_text(path), path, header=header)
        if notebook is None or not notebook.raw.has_block:
            self.items.append(Item("Notebook", Location(path), "it has no metadata", "copy it by hand"))
            return
        report_complaint(notebook.raw, path, self.items)
        yield with_cells(self._read_document(path, notebook.raw, kind), notebook)

    def _shows_notebooks(self) -> bool:
        """Return whether a plugin makes posts of notebooks: Pelican alone does not."""
        plugins = map(str, self._list("PLUGINS"))
        return "ipynb" in self._list("MARKUP") or any("ipynb" in name or "jupyter" in name for name in plugins)

    def _read_document(self, path: str, raw: RawMatter, kind: str, title: str = "") -> OldDocument:
        matter = self._complete(read_matter(Keys(raw), self.now), path, title)
        matter = self._hide(matter, raw, path, kind)
        address = self._find_address(matter, path, kind)
        save_as = _written(raw, "save_as")
        if save_as and not matter.address:
            address = _address_of_file(save_as)
        place, feed_id = PurePosixPath(path).stem, self._feed_id(matter, address)
        return make_document(path, raw, matter, address, post_name=place if kind == "post" else "", feed_id=feed_id)

    def _complete(self, matter: OldMatter, path: str, title: str) -> OldMatter:
        """Return the matter with what the folder and the text say."""
        folder = self._folder_of(path)
        is_category = folder and folder not in self._list("ARTICLE_PATHS")
        return structs.replace(
            matter,
            title=matter.title or title,
            categories=matter.categories or ((folder,) if is_category else ()),
            authors=tuple(_split_authors(matter.authors)),
            extra=tuple(entry for entry in matter.extra if entry.key.lower() != "save_as"),
        )

    def _hide(self, matter: OldMatter, raw: RawMatter, path: str, kind: str) -> OldMatter:
        """Return the matter with the day of the file name, and what hides a document by status and settings."""
        hidden: tuple[Visibility, str] = (matter.visibility, matter.reason)
        status = _written(raw, "status").lower()
        default = self.config.get("DEFAULT_METADATA")
        state = status or (str(default.get("status", "")).lower() if isinstance(default, dict) else "")
        if state == "hidden":  # readers who have the address see it
            is_by_status = hidden[1].lower().startswith("status") or not hidden[1]
            hidden = ("unlisted", f"status: {state}") if is_by_status else hidden
        elif state not in {"", "published"}:
            hidden = stronger(hidden, ("draft", f"status: {state}"))
        if path.endswith(".ipynb") and not self._shows_notebooks():
            hidden = stronger(hidden, ("draft", "MARKUP without ipynb"))
        save_as = "ARTICLE_SAVE_AS" if kind == "post" else "PAGE_SAVE_AS"
        if not self.config.get(save_as, "set"):
            hidden = stronger(hidden, ("draft", f"{save_as} is empty"))
        matter = structs.replace(matter, visibility=hidden[0], reason=hidden[1])
        day = _DAY.match(posixpath.basename(path))
        return complete(matter, raw, is_post=kind == "post", day=day[0] if day else "")

    def _folder_of(self, path: str) -> str:
        """Return the name of the folder with a file, which is its category if it names no other."""
        folder = posixpath.dirname(path.removeprefix(self.root))
        return posixpath.basename(folder) if self.config.get("USE_FOLDER_AS_CATEGORY", True) else ""

    def _find_address(self, matter: OldMatter, path: str, kind: str) -> str:
        if matter.address:
            return "/" + matter.address.lstrip("/")
        name = "ARTICLE" if kind == "post" else "PAGE"
        pattern = str(self.config[f"{name}_URL"])
        save_as = self.config.get(f"{name}_SAVE_AS")
        if pattern == _DEFAULTS[f"{name}_URL"] and isinstance(save_as, str) and save_as:
            pattern = _address_of_file(save_as)
        return self._fill(pattern, matter, path)

    def _fill(self, pattern: str, matter: OldMatter, path: str) -> str:
        """Return the address by a pattern such as ``{date:%Y}/{slug}.html``."""
        zone = find_zone(self.settings.timezone or "UTC")
        day = matter.date.local_day(zone) if matter.date else dt.date(1970, 1, 1)
        source = matter.title if self.config["SLUGIFY_SOURCE"] == "title" and matter.title else PurePosixPath(path).stem
        default = self._folder_of(path) or str(self.config["DEFAULT_CATEGORY"])
        category = matter.categories[0] if matter.categories else default
        author = matter.authors[0] if matter.authors else self.settings.author
        values = {
            "slug": matter.slug or slug_of(source), "category": slug_of(category), "author": slug_of(author),
            "lang": matter.lang or self.settings.language, "base_name": PurePosixPath(path).stem,
            "path_no_ext": path.removeprefix(self.root).rpartition(".")[0],
        }  # fmt: skip

        def value_of(match: re.Match[str]) -> str:
            if match[1] == "date":
                return day.strftime(match[2] or "%Y-%m-%d")
            return values.get(match[1], "")

        return "/" + _FIELD.sub(value_of, pattern).lstrip("/")

    def _feed_id(self, matter: OldMatter, address: str) -> str:
        """Return the id of the feed entry, a ``tag:`` address with host, day as written, and path."""
        if not self.settings.host or matter.date is None:
            return ""
        host = (urlsplit(self.settings.host).hostname or "").lower()
        return f"tag:{host},{matter.date.day:%Y-%m-%d}:{self.settings.base_path}{address}"

    def list_files(self, documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        """Yield the files below ``PATH`` that are no texts, with the places that ``EXTRA_PATH_METADATA`` gives them."""
        places = self.config.get("EXTRA_PATH_METADATA")
        texts = {document.path for document in documents}
        for path in self.folder.paths:
            inner = path.removeprefix(self.root)
            is_text = path in texts or path.lower().endswith((*_TEXT, *_OTHER_TEXT, ".ipynb", ".nbdata", ".ipynb-meta"))
            is_text = is_text or (path.endswith(".py") and not self._is_below(inner, "STATIC_PATHS"))
            if not self.root or not path.startswith(self.root) or is_text:
                continue
            place = places.get(inner) if isinstance(places, dict) else None
            target = str(place.get("path") or inner) if isinstance(place, dict) else inner
            yield OldFile(path, target.strip("/"), f"/{target.strip('/')}")

    def resolve(self, written: str, path: str, addresses: dict[str, str]) -> str:
        """Return the old address of ``{filename}a.md`` and its like in the file ``path``; ``""`` if it is none."""
        match = _OWN_LINK.match(unquote(written))
        if match is None:
            return ""
        rest, mark, fragment = match["rest"].partition("#")
        base = self.settings.base_path
        if match["kind"] == "index":
            return f"{base}/"
        if match["kind"] in {"tag", "category", "author"}:
            pattern = str(self.config[f"{match['kind'].upper()}_URL"])
            return f"{base}/" + pattern.replace("{slug}", slug_of(rest)).lstrip("/")
        folder = self.root if rest.startswith("/") else posixpath.dirname(path)
        file = posixpath.normpath(posixpath.join(folder, rest.lstrip("/")))
        for candidate in (file, posixpath.normpath(posixpath.join(self.root, rest.lstrip("/")))):
            if candidate in addresses:
                return base + addresses[candidate] + mark + fragment
        return f"{base}/" + file.removeprefix(self.root) + mark + fragment


def _split_authors(written: tuple[str, ...]) -> Iterator[str]:
    """Yield the names in ``A, B`` or ``A; B``."""
    for names in written:
        yield from filter(None, (name.strip() for name in names.split(";" if ";" in names else ",")))


def slug_of(text: str) -> str:
    """Return the slug that Pelican makes of a text."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", plain).strip()).lower()


def _html_title(text: str) -> str:
    found = re.search(r"<title>([^<]*)</title>", text, re.IGNORECASE)
    return " ".join(found[1].split()) if found else ""


def _html_body(text: str) -> str:
    found = re.search(r"<body\b[^<>]*>(.*?)(?:</body>|\Z)", text, re.IGNORECASE | re.DOTALL)
    return found[1] if found else text


def _feed_length(config: dict[str, Any]) -> int:
    limit = config.get("FEED_MAX_ITEMS")
    return limit if isinstance(limit, int) and limit > 0 else 0


def _read_settings(config: dict[str, Any]) -> OldSettings:
    host, base_path = split_url(first_text(config, "SITEURL"))
    feeds = (first_text(config, name) for name in ("FEED_ALL_ATOM", "FEED_ALL_RSS", "FEED_ATOM", "FEED_RSS"))
    folders = [first_text(config, f"{name}_URL").partition("{")[0].strip("/") for name in ("CATEGORY", "TAG")]
    return OldSettings(
        title=first_text(config, "SITENAME") or "Blog",
        host=host,
        base_path=base_path,
        description=first_text(config, "SITESUBTITLE", "SITEDESCRIPTION", "TAGLINE"),
        language=first_text(config, "DEFAULT_LANG").replace("_", "-"),
        timezone=known_zone(first_text(config, "TIMEZONE")),
        author=first_text(config, "AUTHOR"),
        author_email=first_text(config, "AUTHOR_EMAIL"),
        feeds=tuple("/" + feed.lstrip("/") for feed in feeds if feed and "{" not in feed),
        feed_length=_feed_length(config),
        category_suffix=".html" if first_text(config, "CATEGORY_URL").endswith(".html") else "/",
        category_folders=tuple(f"/{folder}/" for folder in folders if folder),
    )
