"""The result of converting a text: HTML for the page and for the feed, and what the site needs to know of it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from blog.problems import Location, Problem


class MarkdownOptions(Struct, frozen=True):
    """How the texts of a site are read."""

    language: str = "en"
    """Chooses the quotation marks."""
    macros: tuple[tuple[str, str], ...] = ()
    """For formulas: name without backslash, and TeX; in order of the names."""


class Heading(Struct, frozen=True):
    """A heading of the text, for the table of contents."""

    id: str
    text: str
    level: int
    """2 to 6: the title of the page is the only level 1."""


class Reference(Struct, frozen=True):
    """Something a text points at, as written."""

    target: str
    kind: Literal["link", "image", "raw", "made"]
    """``raw`` stands in raw HTML, which pages show as it was written; ``made`` is a picture out of a notebook."""
    location: Location


class TextInfo(Struct, frozen=True, kw_only=True):
    """What the rest of the site may know of a text."""

    title: str = ""
    """The first ``#`` heading, if it was taken as the title."""
    summary: str = ""
    """Plain text: what stands above ``<!-- more -->``, or the first sentences of the first paragraph."""
    words: int = 0
    """To the nearest fifty: an edited word is no news for the rest of the site."""
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Every id in the page form, sorted."""
    links: tuple[Reference, ...] = ()
    """By slot number."""
    withheld_links: tuple[Reference, ...] = ()
    """What only private passages and comments point at."""
    named: tuple[str, ...] = ()
    """What raw HTML names beside its links, as scripts and style sheets do, if it could be a file; sorted."""
    withheld: int = 0
    """How many private passages were left out;"""
    comments: int = 0
    """and how many comments."""
    private_links: tuple[Reference, ...] = ()
    """By slot number in :attr:`RenderedHtml.passages`."""


class RenderedHtml(Struct, frozen=True):
    """The HTML of a text, with slots between NULs, which :func:`blog.markdown.fill_placeholders` closes.

    A number stands for the address of a link, ``+number`` for the size and the versions of the picture there,
    ``*number`` for its versions alone, ``!number`` for something private, ``:`` for the beginning of an id in a feed.
    """

    html: str = ""
    """For pages: highlighted code, heading ids."""
    feed_html: str = ""
    """For feed readers: plain code, no heading ids, every address in a slot."""
    passages: tuple[str, ...] = ()
    """Private passages and comments, as only their author sees them."""


class ConvertedText(TextInfo, frozen=True, kw_only=True):
    """One converted Markdown text, whole."""

    html: str = ""
    """As in :class:`RenderedHtml`."""
    feed_html: str = ""
    passages: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = ()
    """What ``blog check`` alone tells."""

    @property
    def info(self) -> TextInfo:
        """Without the HTML, and with the words in round numbers."""
        known = {name: getattr(self, name) for name in TextInfo.__struct_fields__}
        return TextInfo(**{**known, "words": (self.words + 25) // 50 * 50})

    @property
    def rendered(self) -> RenderedHtml:
        """The HTML alone."""
        return RenderedHtml(self.html, self.feed_html, self.passages)
