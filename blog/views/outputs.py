"""Outputs, each with its inputs: pages by template, feeds, the sitemap, text files, images, copied files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import Struct

from blog.cache.digests import digest, pack
from blog.config.settings import Person
from blog.content.theme import CardStyle
from blog.views.types import (
    AliasView,
    ArchiveView,
    Body,
    ListView,
    PageView,
    PostView,
    SearchView,
    SeriesListView,
    SeriesView,
    TermsView,
)


class FeedEntry(Struct, frozen=True, kw_only=True, array_like=True):
    """A post in a feed."""

    id: str
    title: str
    url: str
    published: str
    """ISO, with offset."""
    updated: str
    summary: str
    above: str
    """HTML before the text: notices, context, source."""
    body: Body | None
    """The text, with absolute URLs; None if feeds contain summaries only."""
    below: str
    tags: tuple[str, ...]
    author: tuple[Person, ...]
    lang: str
    """Empty if it is the feed's."""


class FeedView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
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
    style: str = ""
    """URL of the style sheet by which browsers show it."""


class SitemapView(Struct, frozen=True, array_like=True, tag=True):
    """The sitemap."""

    urls: tuple[tuple[str, str], ...]
    """Absolute URL, and day of the last change or ``""``."""


class TextView(Struct, frozen=True, array_like=True, tag=True):
    """A text file."""

    text: str


class CopiedFileView(Struct, frozen=True, array_like=True, tag=True):
    """A file that is published unchanged. The view contains its path, and the digest of its bytes is another input."""

    source: str
    """Path of the file."""


class ResizedImageView(Struct, frozen=True, array_like=True, tag=True):
    """A smaller version of an image of the site."""

    source: str
    """Path of the image."""
    width: int


class ExtractedImageView(Struct, frozen=True, array_like=True, tag=True):
    """An image extracted from a notebook."""

    key: bytes
    """Its key in the cache."""


class CardView(Struct, frozen=True, array_like=True, tag=True):
    """A social card: the image that other sites show with a link to a page."""

    title: str
    """Empty on the card of the whole blog."""
    name: str
    """The blog's."""
    beside: tuple[str, ...]
    """Lines in the margin."""
    style: CardStyle


class ThemeFileView(Struct, frozen=True, array_like=True, tag=True):
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
    | SearchView
    | AliasView
    | FeedView
    | SitemapView
    | TextView
    | CopiedFileView
    | ResizedImageView
    | ExtractedImageView
    | CardView
    | ThemeFileView
)


class Output(Struct, frozen=True):
    """One output: its path and its inputs, without the contents of the sources that the view names."""

    path: str
    """Relative to the output folder."""
    view: View
    template: str = ""
    """Name of the template; empty if no template renders the view."""
    source: str = ""
    """Path of the document or file from which it is made."""


MakeView = Callable[[], Output]
"""Returns one output when it is called, so that several processes can share the work."""


def content_paths(view: View) -> tuple[str, ...]:
    """Return the paths of the sources that ``view`` names: their contents are inputs of the output, too."""
    if isinstance(view, CopiedFileView | ResizedImageView):
        return (view.source,)
    bodies = [getattr(view, "body", None)]
    if isinstance(view, FeedView):
        bodies = [entry.body for entry in view.entries]
    elif isinstance(view, ListView):
        bodies = [view.intro]
    return tuple(body.path for body in bodies if isinstance(body, Body))


class PlannedOutput(Struct, frozen=True, array_like=True):
    """An output by digests, which decide whether it must be rendered."""

    path: str
    view: bytes
    """The digest of the view, which is its key in the cache."""
    contents: tuple[str, ...]
    """Paths of the texts and files that the view names."""
    template: str
    source: str


VIEW_DECODER = msgspec.msgpack.Decoder(View)
"""Decodes the views of :func:`serialize_output`."""


def serialize_output(output: Output) -> tuple[PlannedOutput, bytes]:
    """Return ``output`` by digests, and its view as bytes. Raises :class:`TypeError` for what is not plain data."""
    data = pack(output.view)
    return PlannedOutput(output.path, digest(data), content_paths(output.view), output.template, output.source), data
