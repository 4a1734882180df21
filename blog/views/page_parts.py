"""The values of which views consist: links, dates, entries of lists, the head of a page, the site as pages show it."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from blog.config.people import Person
from blog.markdown import ResponsiveImage


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


class PictureView(Struct, frozen=True, array_like=True):
    """An image of the site that no text contains."""

    src: str
    width: int
    height: int
    srcset: str
    """Smaller versions, as in HTML; empty if there are none."""
    alt: str = ""
    is_chart: bool = False
    """It is drawn on a white or transparent ground."""


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
    portrait: PictureView | None
    """The image of the author."""
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
