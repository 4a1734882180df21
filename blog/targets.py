"""Outputs, each with all that it is made from: pages by template, feeds, the sitemap, plain and copied files."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from blog.config import Person
from blog.views import (
    AliasView,
    ArchiveView,
    ListView,
    PageView,
    PostView,
    SeriesListView,
    SeriesView,
    TermsView,
)


class FeedEntry(Struct, frozen=True, kw_only=True):
    """A post in a feed."""

    id: str
    title: str
    url: str
    published: str
    """ISO, with offset."""
    updated: str
    summary: str
    html: str
    """Full text with absolute URLs; empty if the settings want summaries only."""
    tags: tuple[str, ...]
    author: tuple[Person, ...]
    lang: str
    """Empty if it is the feed's."""


class FeedView(Struct, frozen=True, kw_only=True):
    """A feed."""

    form: Literal["rss", "atom"]
    title: str
    description: str
    language: str
    home: str
    """Absolute URL of the page it belongs to."""
    url: str
    """Its own."""
    updated: str
    author: tuple[Person, ...]
    entries: tuple[FeedEntry, ...]


class SitemapView(Struct, frozen=True):
    """The sitemap."""

    urls: tuple[tuple[str, str], ...]
    """Absolute URL, and day of the last change or ``""``."""


class TextView(Struct, frozen=True):
    """A text file."""

    text: str


class CopyView(Struct, frozen=True):
    """A file that is published as it is."""

    disk_path: str


class AssetView(Struct, frozen=True):
    """A file of the theme."""

    data: bytes


View = (
    PostView
    | PageView
    | ListView
    | TermsView
    | ArchiveView
    | SeriesView
    | SeriesListView
    | AliasView
    | FeedView
    | SitemapView
    | TextView
    | CopyView
    | AssetView
)


class Target(Struct, frozen=True):
    """One output: where it goes, and all that it is made from."""

    path: str
    """In the output folder."""
    view: View
    template: str = ""
    """For views that a template renders."""
    source: str = ""
    """The document it stands for."""
