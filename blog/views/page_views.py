"""Views: one frozen value for each page, and all that its template can see.

Every URL in a view is ready for an attribute (percent-encoded, with the path of the site's ``url``); every
:class:`Html` is ready for the page; every other text is plain and is escaped by the template. Other posts appear as
a :class:`Link` or an :class:`Entry`, never whole: so an edited text does not change the pages that list it. The texts
of a document stand in a view by name, as :class:`Body`; these and notices are :class:`Html` when a template sees them.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from blog.config.licenses import License
from blog.config.people import Person
from blog.content.front_matter import ExternalSource
from blog.markdown import Heading
from blog.views.page_parts import (
    AnyBody,
    Body,
    ChangeView,
    Citation,
    Date,
    Entry,
    Head,
    Html,
    Link,
    NextPost,
    NoticeView,
    PictureView,
    Revisit,
    SeriesNav,
    SeriesPart,
    SiteView,
    Translation,
)


class PostView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``post.html``: a post."""

    site: SiteView
    head: Head
    title: str
    badge: str
    date: Date
    updated: Date | None
    author: tuple[Person, ...]
    labels: tuple[Link, ...]
    tags: tuple[Link, ...]
    notices: tuple[NoticeView, ...]
    context: Html | Body
    source: ExternalSource | None
    hero: PictureView | None
    """The image of the front matter, if the theme option ``hero`` is true and it is a file of the site."""
    lede: str
    """The summary, if the author wrote one."""
    body: Body
    minutes: int
    """Reading time."""
    toc: tuple[Heading, ...]
    """Empty with fewer than three headings, or ``toc: false``."""
    series: SeriesNav | None
    revisits: tuple[Revisit, ...]
    revisited: tuple[Revisit, ...]
    """Later posts that reconsider this one."""
    translations: tuple[Translation, ...]
    mentions: tuple[Link, ...]
    """Pages that link here."""
    related: tuple[Entry, ...]
    year_earlier: Entry | None
    """The post nearest to the same day one year before."""
    read_next: tuple[NextPost, ...]
    """Up to four posts of ``mentions``, ``year_earlier`` and ``related``, without those in ``series``, ``revisits`` and
    ``revisited``: each post once."""
    other_mentions: tuple[Link, ...]
    """Those of ``mentions`` that are not in ``read_next`` or ``series``."""
    older: Link | None
    newer: Link | None
    discussion: str
    reply: str
    """``mailto:`` URL."""
    license: License | None
    doi: str
    citation: Citation
    changes: tuple[ChangeView, ...]
    """The oldest first."""
    extra: dict[str, Any]
    meta: dict[str, Any]
    """The keys of the front matter that are shown as they are."""


class PageView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``page.html``, and ``404.html``: a page."""

    site: SiteView
    head: Head
    title: str
    badge: str
    updated: Date | None
    context: Html | Body
    body: Html | Body
    toc: tuple[Heading, ...]
    mentions: tuple[Link, ...]
    changes: tuple[ChangeView, ...]
    extra: dict[str, Any]
    meta: dict[str, Any]
    """The keys of the front matter that are shown as they are."""
    translations: tuple[Translation, ...] = ()


class ListView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``home.html`` and ``list.html``: one page of a list of posts, newest first."""

    site: SiteView
    head: Head
    title: str
    kind: Literal["home", "tag", "label"]
    intro: Html | AnyBody
    count: int
    """Posts in the whole list."""
    entries: tuple[Entry, ...]
    page_number: int
    """1 for the first page, with the newest posts."""
    page_count: int
    newer: str
    """URL of the page before; empty on the first."""
    older: str
    """URL of the page after; empty on the last."""
    feed: str
    """URL."""


class TermLine(Struct, frozen=True, array_like=True):
    """A tag or label with its number of posts."""

    title: str
    url: str
    count: int


class TermsView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``terms.html``: all tags, or all labels."""

    site: SiteView
    head: Head
    title: str
    kind: Literal["tag", "label"]
    terms: tuple[TermLine, ...]


class Year(Struct, frozen=True, array_like=True):
    """The posts of a year."""

    year: int
    entries: tuple[Entry, ...]


class ChartRow(Struct, frozen=True, array_like=True):
    """A line of numbers."""

    name: str
    counts: tuple[int, ...]


class Chart(Struct, frozen=True, array_like=True):
    """Numbers as a picture and as a table."""

    name: str
    """Prefix of its ids, before a colon."""
    title: str
    svg: Html
    largest: str
    """The legend of the largest dot, in words."""
    corner: str
    """The heading of the column with the names of the rows."""
    columns: tuple[str, ...]
    rows: tuple[ChartRow, ...]


class Pause(Struct, frozen=True, array_like=True):
    """The time between two posts that follow each other."""

    span: str
    """Such as ``5 months``."""
    first: Date
    last: Date


class ArchiveView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``archive.html``: every post, by year."""

    site: SiteView
    head: Head
    title: str
    count: int
    span: int
    """Years from the first post to the last, both counted."""
    words: str
    """About how many were written in all, such as ``41,000``; empty if there are none."""
    pause: Pause | None
    """The longest; None if all posts are of one day."""
    charts: tuple[Chart, ...]
    """Posts by month, topics by year: those that there is something to see in."""
    years: tuple[Year, ...]


class SeriesView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``series.html``: a series and its roadmap."""

    site: SiteView
    head: Head
    title: str
    badge: str
    body: Html | Body
    parts: tuple[SeriesPart, ...]
    published: int
    total: int
    feed: str


class SeriesLine(Struct, frozen=True, array_like=True):
    """A series in the list of series."""

    title: str
    url: str
    summary: str
    published: int
    total: int


class SeriesListView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``series-list.html``: all series."""

    site: SiteView
    head: Head
    title: str
    series: tuple[SeriesLine, ...]


class SearchView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``search.html``: where readers look for words."""

    site: SiteView
    head: Head
    title: str
    count: int
    """Posts."""
    index: str
    """URL of the folder with the index: ``0.json`` … have the words, ``posts-0.json`` … the posts, the oldest first."""
    files: int
    """Number of files with the words of posts."""
    results_per_file: int
    """Number of posts in each file of results."""
    messages: str = ""
    """The words of the search script as JSON: key → text, or texts by plural category; for a ``data-`` attribute."""


class AliasView(Struct, frozen=True, kw_only=True, array_like=True, tag=True):
    """``alias.html``: an old address."""

    title: str
    url: str
    canonical: str
    """Absolute if the site has a ``url``."""
    lang: str
    noindex: bool
