"""The result of converting a text: HTML for the page and for the feed, and what the site needs to know of it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from blog.problems import Location, Problem


class MarkdownOptions(Struct, frozen=True):
    """The options for converting the texts of a site."""

    language: str = "en"
    """Chooses the quotation marks."""
    macros: tuple[tuple[str, str], ...] = ()
    """Macros of formulas: name without backslash, and TeX; sorted by name."""


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
    """The facts about a text that the rest of the site uses."""

    title: str = ""
    """The first ``#`` heading, if it was taken as the title."""
    summary: str = ""
    """Plain text: what stands above ``<!-- more -->``, or the first sentences of the first paragraph."""
    words: int = 0
    """Number of words, rounded to fifty, so that small edits do not change other pages."""
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Every id in the page form, sorted."""
    links: tuple[Reference, ...] = ()
    """References by placeholder number."""
    hidden_links: tuple[Reference, ...] = ()
    """References of private passages and comments only."""
    named: tuple[str, ...] = ()
    """Names in raw HTML, scripts and style sheets that could be files; sorted."""
    private_passages: int = 0
    """Number of private passages that were left out."""
    comments: int = 0
    """and how many comments."""
    private_links: tuple[Reference, ...] = ()
    """References by placeholder number in :attr:`RenderedHtml.passages`."""


class RenderedHtml(Struct, frozen=True):
    """The HTML of a text, with slots between NULs, which :func:`blog.markdown.fill_placeholders` closes.

    A number stands for the address of a link, ``+number`` for the size and the versions of the picture there,
    ``*number`` for its versions alone, ``!number`` for something private, ``:`` for the beginning of an id in a feed.
    """

    html: str = ""
    """HTML for pages, with highlighted code and heading ids."""
    feed_html: str = ""
    """HTML for feeds: plain code, no heading ids, a placeholder for every address."""
    passages: tuple[str, ...] = ()
    """Private passages and comments, as only their author sees them."""


class ConvertedText(TextInfo, frozen=True, kw_only=True):
    """One converted Markdown text, whole."""

    html: str = ""
    """See :class:`RenderedHtml`."""
    feed_html: str = ""
    passages: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = ()
    """Problems that only ``blog check`` reports."""

    @property
    def info(self) -> TextInfo:
        """The facts without the HTML."""
        known = {name: getattr(self, name) for name in TextInfo.__struct_fields__}
        return TextInfo(**{**known, "words": (self.words + 25) // 50 * 50})

    @property
    def rendered(self) -> RenderedHtml:
        """The HTML alone."""
        return RenderedHtml(self.html, self.feed_html, self.passages)
