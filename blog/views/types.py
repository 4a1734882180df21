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
from blog.markdown import Heading, ResponsiveImage


class Html(Struct, frozen=True, array_like=True, tag=True):
    """HTML that templates print as it is."""

    text: str

    def __html__(self) -> str:
        return self.text

    def __str__(self) -> str:
        from markupsafe import Markup  # noqa: PLC0415  (templates ask for it: Jinja has loaded it)

        return Markup(self.text)  # noqa: S704  (it is HTML)

    def __bool__(self) -> bool:
        return bool(self.text)

    def __contains__(self, text: str) -> bool:
        return text in self.text


class Body(Struct, frozen=True, array_like=True, tag=True):
    """A text of a document. The view names it, and the digest of the text is part of what an output is made from."""

    path: str
    targets: tuple[str, ...]
    """URLs by placeholder of the text."""
    prefix: str = ""
    """Prefix of the ids in a feed entry."""
    images: tuple[tuple[int, ResponsiveImage], ...] = ()
    """Images by placeholder of the text."""
    part: Literal["text", "context"] = "text"


class NoticeBody(Struct, frozen=True, array_like=True, tag=True):
    """The notice of a label, which no file contains: its HTML with placeholders; otherwise as :class:`Body`."""

    html: str
    targets: tuple[str, ...]
    prefix: str = ""
    images: tuple[tuple[int, ResponsiveImage], ...] = ()


AnyBody = Body | NoticeBody


class Link(Struct, frozen=True, array_like=True):
    """A title and where it leads."""

    title: str
    url: str
    """Empty: there is no such page."""


class Date(Struct, frozen=True, array_like=True):
    """A date for machines and for people."""

    iso: str
    """``2026-01-31``, or with time and offset."""
    text: str
    """``31 January 2026``, or with time: ``31 January 2026, 09:00``; as the language of the page writes it."""
    short: str
    """The date without year and time, for lists by year."""
    day: str
    """The date without time: ``31 January 2026``."""


RSS, ATOM = "application/rss+xml", "application/atom+xml"


class FeedLink(Struct, frozen=True, array_like=True):
    """A feed that a reader can subscribe to."""

    title: str
    url: str
    type: str
    """Media type."""


class Entry(Struct, frozen=True, kw_only=True, array_like=True):
    """A post in a list."""

    title: str
    url: str
    date: Date
    summary: str
    tags: tuple[Link, ...]
    labels: tuple[Link, ...]
    lang: str
    """Empty if it is the site's."""
    badge: str
    """The reason why readers would not see it; empty if it is published."""
    minutes: int
    """Reading time."""


NextKind = Literal["mention", "year", "related"]


class NextPost(Struct, frozen=True, array_like=True):
    """A post to read next."""

    kind: NextKind
    """It mentions this post, is of a year earlier, or has tags in common with it."""
    entry: Entry


class Crumb(Struct, frozen=True, array_like=True):
    """A page above this one."""

    title: str
    url: str
    """Absolute."""


class Head(Struct, frozen=True, kw_only=True, array_like=True):
    """Metadata of the page for machines."""

    title: str
    """The page's own title; empty on the home page."""
    url: str
    """The page's own, as in ``menu`` and ``sections``."""
    description: str
    canonical: str
    """Absolute; empty if the site has no ``url``."""
    kind: Literal["website", "article"]
    lang: str
    dir: Literal["ltr", "rtl"]
    """Direction of the language."""
    image: str
    """Absolute."""
    image_alt: str
    noindex: bool
    feeds: tuple[FeedLink, ...]
    """Beside those of the whole blog."""
    published: str
    """ISO; for articles."""
    modified: str
    license: str
    """URL of the licence; empty without one."""
    citation: tuple[tuple[str, str], ...]
    """Names and values of the ``citation_`` elements by which Google Scholar and Zotero read a post."""
    translations: tuple[Translation, ...]
    """The page in all its languages, itself too; empty if it has one."""
    json_ld: Html


class Icon(Struct, frozen=True, array_like=True):
    """A form of the blog's icon."""

    rel: Literal["icon", "apple-touch-icon"]
    url: str
    type: str
    """MIME type; empty where browsers know it."""
    sizes: str
    """The ``sizes`` attribute; empty for an icon of any size."""


class PortraitView(Struct, frozen=True, array_like=True):
    """The image of the author."""

    src: str
    width: int
    height: int
    srcset: str
    """Smaller versions, as in HTML; empty if there are none."""


class SiteView(Struct, frozen=True, kw_only=True, array_like=True):
    """The site, as every page shows it."""

    title: str
    description: str
    language: str
    dir: Literal["ltr", "rtl"]
    """Direction of the language."""
    home: str
    """URL of the home page."""
    url: str
    """Absolute, without the last ``/``; empty if unknown."""
    author: tuple[Person, ...]
    portrait: PortraitView | None
    menu: tuple[Link, ...]
    """The settings' ``[menu]``."""
    sections: tuple[Link, ...]
    """Archive, tags, labels, series, search: those that there are."""
    feeds: tuple[FeedLink, ...]
    profiles: tuple[Link, ...]
    """The settings' ``[links]``."""
    icons: tuple[Icon, ...]
    """The site's own, or else the theme's."""
    options: dict[str, Any]
    """The theme's options."""
    languages: tuple[Translation, ...] = ()
    """The home page in the other languages of ``[languages]``."""


class SeriesPart(Struct, frozen=True, array_like=True):
    """A line of a roadmap."""

    number: int
    title: str
    url: str
    """Empty: planned, or a gap."""
    date: Date | None
    gap: bool
    """Neither written nor planned, though a later part is there."""


class SeriesNav(Struct, frozen=True, kw_only=True, array_like=True):
    """The position of a post in its series."""

    title: str
    url: str
    number: int
    total: int
    previous: Link | None
    next: Link | None


class Revisit(Struct, frozen=True, array_like=True):
    """Another post about the same question, and the time between."""

    title: str
    url: str
    span: str
    """Such as ``4 years``, in the language of the page; empty if both are of one day."""


class Citation(Struct, frozen=True, array_like=True):
    """A citation of a post."""

    text: str
    """A line for a list of references."""
    bibtex: str
    csl: str
    """``data:`` URL of the citation as CSL-JSON, which reference managers read."""


class Translation(Struct, frozen=True, array_like=True):
    """The same text in another language."""

    lang: str
    name: str
    """The language, in that language."""
    url: str
    canonical: str
    """Absolute, for search engines; empty if the site has no ``url``."""


class NoticeView(Struct, frozen=True, array_like=True):
    """The notice above every post with a label."""

    label: str
    body: Html | NoticeBody


class ChangeView(Struct, frozen=True, array_like=True):
    """One change of a text after its publication."""

    date: Date
    text: str


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
