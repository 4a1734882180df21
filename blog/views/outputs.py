"""Outputs, each with its inputs: pages by template, feeds, the sitemap, text files, images, copied files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec
from msgspec import Struct

from blog.cache.digests import digest, pack
from blog.config.people import Person
from blog.config.settings import FILE_NAME
from blog.content.theme import CardStyle
from blog.problems import Location
from blog.site.addresses import output_path
from blog.views.page_parts import AnyBody, Body, Html
from blog.views.page_views import (
    AliasView,
    ArchiveView,
    ListView,
    PageView,
    PostView,
    SearchView,
    SeriesListView,
    SeriesView,
    TermsView,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.site.pages import Page
    from blog.views.context import ViewContext


class FeedEntry(Struct, frozen=True, kw_only=True, array_like=True):
    """A post in a feed."""

    id: str
    title: str
    url: str
    published: str
    """ISO, with offset."""
    updated: str
    summary: str
    above: tuple[Html | AnyBody, ...]
    """Before the text: notices, context, source, shown keys of the front matter; with absolute URLs. Empty if feeds
    contain summaries only."""
    body: Body | None
    """The text, with absolute URLs; None if feeds contain summaries only."""
    below: str
    tags: tuple[str, ...]
    author: tuple[Person, ...]
    lang: str
    """Empty if it is the feed's."""
    rights: str = ""
    """Name and address of the licence; empty without one."""


class FeedView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """A feed."""

    form: str
    """The module of its writer in :mod:`blog.render.feed_formats`."""
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
    """An image that a conversion made: extracted from a notebook, or drawn."""

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


class Output(NamedTuple):
    """One output: what must be known before its view exists, and how to make the view.

    Collisions, the targets of links, the sitemap and the navigation are found in the list of all outputs (see
    :mod:`blog.views.output_list`).
    """

    address: str
    """``/tags/`` is the file ``tags/index.html``."""
    owner: str
    """The path of its source file, or a description of a generated output, for messages."""
    location: Location
    """Where its address comes from: a file, or a name in a document."""
    origin: Literal["theme", "program", "file", "document", "setting", "alias"] = "program"
    """A setting is another address of what the program makes."""
    source: str = ""
    """Path of the document or file from which it is made."""
    template: str = ""
    """Name of the template; empty if no template renders the view."""
    last_change: str | None = None
    """Day of the last change, or ``""``, for the sitemap; None if the sitemap does not list it."""
    has_url: bool = False
    """Its document has the whole address under ``url``."""
    edition: str = ""
    """The prefix of the edition in whose language its view is."""
    make_view: Callable[[ViewContext], View] | None = None
    """Makes the view, in a worker process. None: another part of the program makes this output."""

    @property
    def path(self) -> str:
        """Path relative to the output folder."""
        return output_path(self.address)


def document_output(page: Page, make_view: Callable[[ViewContext], View], template: str) -> Output:
    """Return the output of a document."""
    matter = page.document.front_matter
    written = matter.url or matter.slug
    return Output(
        address=page.address,
        owner=page.path,
        location=written.location if written else matter.location,
        has_url=matter.url is not None,
        origin="document",
        source=page.path,
        template=template,
        make_view=make_view,
    )


def program_output(
    address: str, make_view: Callable[[ViewContext], View] | None, template: str = "", *, owner: str = "the program"
) -> Output:
    """Return an output that no source file stands for."""
    location = Location(FILE_NAME)
    return Output(address=address, owner=owner, location=location, template=template, make_view=make_view)


def content_paths(view: View) -> tuple[str, ...]:
    """Return the paths of the sources that ``view`` names: their contents are inputs of the output, too."""
    if isinstance(view, CopiedFileView | ResizedImageView):
        return (view.source,)
    bodies = [getattr(view, name, None) for name in ("body", "context", "intro")]
    if isinstance(view, FeedView):
        for entry in view.entries:
            bodies += [entry.body, *entry.above]
    return tuple(dict.fromkeys(body.path for body in bodies if isinstance(body, Body)))


class OutputView(Struct, frozen=True):
    """An output with its view: its inputs, without the contents of the sources that the view names."""

    path: str
    """Relative to the output folder."""
    view: View
    template: str = ""
    """Name of the template; empty if no template renders the view."""
    source: str = ""
    """Path of the document or file from which it is made."""


class PlannedOutput(Struct, frozen=True, array_like=True):
    """An output by digests, which decide whether it must be rendered."""

    path: str
    view: bytes
    """The digest of the view, which is its key in the cache."""
    contents: tuple[str, ...]
    """Paths of the texts and files that the view names."""
    template: str
    source: str
    width: int = 0
    """Of a smaller version of the image in ``contents``; 0 for any other output."""


VIEW_DECODER = msgspec.msgpack.Decoder(View)
"""Decodes the views of :func:`serialize_output`."""


def serialize_output(output: OutputView) -> tuple[PlannedOutput, bytes]:
    """Return ``output`` by digests, and its view as bytes. Raises :class:`TypeError` for what is not plain data."""
    view = output.view
    data, width = pack(view), view.width if isinstance(view, ResizedImageView) else 0
    return PlannedOutput(output.path, digest(data), content_paths(view), output.template, output.source, width), data
