"""What a source reads from an old blog: settings, documents and files, as values.

A source fills these in and decides nothing about the new site, except where a document or a file belongs in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import quote

from msgspec import Struct

from blog.importers.front_matter import OldMatter
from blog.importers.new_site import NotebookCell
from blog.importers.report import Item

_URL_SAFE = "/%?#!$&'()*+,;=:@~-._"

Dialect = Literal["commonmark", "goldmark", "kramdown", "material", "mdx", "pandoc"]
"""The Markdown of a blog, by what it has beside CommonMark."""


class OldSettings(Struct, frozen=True, kw_only=True):
    """The settings of an old blog."""

    title: str
    host: str = ""
    """Scheme and host, such as ``https://example.org``; empty if the settings do not name it."""
    base_path: str = ""
    """The path below which the old blog lives, such as ``/blog``."""
    description: str = ""
    language: str = ""
    timezone: str = ""
    author: str = ""
    author_email: str = ""
    feeds: tuple[str, ...] = ()
    """Addresses of its feeds of all posts."""
    feed_length: int = 0
    """The number of entries in its feed; 0 if it is unknown, or has all posts."""
    category_folders: tuple[str, ...] = ()
    """Addresses below which it has a page for each category, or tag, with another name here: ``/categories/``."""

    category_suffix: str = "/"
    """The end of their addresses."""
    post_lists: tuple[str, ...] = ()
    """Addresses of its lists of posts that are no texts, such as ``/blog/``; ``page/2/`` and so on are below them."""

    @property
    def url(self) -> str:
        """The address of the old home page, without the last ``/``; empty if it is unknown."""
        return self.host + self.base_path if self.host else ""

    def feed_id(self, address: str) -> str:
        """Return the whole address, which most tools take for the id of a feed entry; empty if the host is unknown."""
        return self.url + quote(address, safe=_URL_SAFE) if self.host else ""


class OldDocument(Struct, frozen=True, kw_only=True):
    """A post or page of an old blog."""

    path: str
    kind: Literal["post", "page"]
    matter: OldMatter
    body: str
    body_line: int
    """The line of the old file in which ``body`` begins."""
    address: str
    """Its old address below the base path."""
    target: str
    """The path below ``content/`` that it should get."""
    format: Literal["markdown", "html", "mdx", "converted"] = "markdown"
    """``converted`` is our Markdown, made of another format: its lines are none of the old file."""
    feed_id: str = ""
    """The id of its feed entry; empty if the old feed had the ids that the new one has, or is unknown."""
    cells: tuple[NotebookCell, ...] = ()
    """Those of a notebook; ``body`` has the text of its Markdown cells."""
    metadata: Mapping[str, Any] = {}
    """That of a notebook."""
    lines: tuple[int, ...] = ()
    """The line of the old file for each line of ``body``, if they do not follow each other."""
    hides_code: bool = False
    """The old tool showed no code cell that does not ask for it."""


class OldFile(Struct, frozen=True):
    """A file that the old blog published as it is."""

    path: str
    target: str
    """The path below ``content/`` that it should get."""
    address: str
    """Its old address below the base path."""


class OldSite(Struct, frozen=True, kw_only=True):
    """An old blog."""

    settings: OldSettings
    documents: tuple[OldDocument, ...]
    files: tuple[OldFile, ...]
    items: tuple[Item, ...]
    snippets: Mapping[str, str] = {}
    """Name of a template that a document may include → its text."""
    redirects: tuple[str, ...] = ()
    """Lines of ``_redirects`` of the old blog."""
    dialect: Dialect = "commonmark"
    own_links: Callable[[str, str], str] | None = None
    """Returns the old address for a link in a notation of the old tool, such as ``{filename}a.md``, in the file of a
    path; ``""`` if it is none, or leads nowhere."""
