"""The result of converting a text: HTML for the page and for the feed, and the data about it that the site uses."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from blog.cache.digests import digest
from blog.config.words import Words, WordTables
from blog.markdown.own_blocks import OwnBlock
from blog.problems import Location, Problem

TEXT_SECTIONS = ("list", "reference", "text")
"""The sections with the words that a conversion writes."""


class MarkdownOptions(Struct, frozen=True):
    """The options for converting the texts of a site."""

    language: str = "en"
    """Chooses the quotation marks and the words."""
    macros: tuple[tuple[str, str], ...] = ()
    """Macros of formulas: name without backslash, and TeX; sorted by name."""
    heading_ids: str = ""
    """The name of a rule in :data:`blog.markdown.heading_ids.HEADING_ID_RULES`."""
    for_author: bool = False
    """True for the author's preview: only there the HTML for pages has private passages and comments."""
    blocks: tuple[OwnBlock, ...] = ()
    """The blocks that the theme declares, sorted by name."""
    extensions: tuple[str, ...] = ()
    """Names in :data:`blog.markdown.inline_marks.INLINE_MARKS`, and ``wikilinks``; sorted."""
    tables: WordTables = WordTables()
    """The words that a conversion writes, such as the names of callouts and of figures."""

    @property
    def words(self) -> Words:
        """The words in the language of the text."""
        return self.tables.words(self.language)


class Heading(Struct, frozen=True):
    """A heading of the text, for the table of contents."""

    id: str
    text: str
    level: int
    """2 to 6: the title of the page is the only level 1."""


class Reference(Struct, frozen=True):
    """The target of a link or an image, as in the source."""

    target: str
    kind: Literal["link", "image", "raw", "made"]
    """``raw`` is in raw HTML, which pages contain unchanged; ``made`` is a file that a conversion made."""
    location: Location
    is_hidden: bool = False
    """True for one in a private passage that the author's preview shows."""
    is_name: bool = False
    """True for a wikilink: its target is the name of a file or the title of a document, not a path or address."""


class MadeFile(Struct, frozen=True):
    """An image that a conversion makes: one in a notebook, or a drawing."""

    path: str
    """The path in the output, with a digest of the bytes in the name."""
    data: bytes
    location: Location
    """Where it is in the source."""
    size: tuple[int, int] | None = None
    """The size at which the source shows it; None: its own."""
    is_for_feeds: bool = False
    """True if only the feed form shows it."""


def make_file(
    stem: str, suffix: str, data: bytes, location: Location, *, size: tuple[int, int] | None = None
) -> MadeFile:
    """Return the file with these bytes; its name begins with ``stem``."""
    path = f"assets/{stem}.{digest(data).hex()[:12]}{suffix}"
    return MadeFile(path, data, location, size)


class TextInfo(Struct, frozen=True, kw_only=True):
    """The facts about a text that the rest of the site uses."""

    title: str = ""
    """The first ``#`` heading, if it is the title."""
    summary: str = ""
    """Plain text: the text above ``<!-- more -->``, or the first sentences of the first paragraph."""
    words: int = 0
    """Number of words, rounded to fifty, so that small edits do not change other pages."""
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Every id in the page form, sorted."""
    links: tuple[Reference, ...] = ()
    """References by placeholder number."""
    hidden_links: tuple[Reference, ...] = ()
    """References of private passages and comments: files that nothing else uses are not published."""
    named: tuple[str, ...] = ()
    """Names in raw HTML, scripts and style sheets that could be files; sorted."""
    private_passages: int = 0
    """Number of private passages that were left out."""
    comments: int = 0
    """Number of comments that were left out."""

    @property
    def hides_text(self) -> bool:
        """True if the author's preview shows more than readers see."""
        return bool(self.private_passages or self.comments)


class RenderedHtml(Struct, frozen=True):
    """The HTML of a text, with placeholders between NULs, which :func:`blog.markdown.fill_placeholders` replaces.

    ``number`` is the URL of a link, ``+number`` the size and the versions of the image with this URL, ``*number`` its
    versions alone, ``:`` the prefix of an id in a feed.
    """

    html: str = ""
    """HTML for pages, with highlighted code and heading ids."""
    feed_html: str = ""
    """HTML for feeds: plain code, no heading ids, a placeholder for every address."""


class ConvertedText(TextInfo, frozen=True, kw_only=True):
    """One converted Markdown text, whole."""

    html: str = ""
    """See :class:`RenderedHtml`."""
    feed_html: str = ""
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = ()
    """Problems that only ``blog check`` reports."""
    made_files: tuple[MadeFile, ...] = ()
    """The files that the text refers to and the conversion made."""

    @property
    def info(self) -> TextInfo:
        """The facts without the HTML."""
        values = {name: getattr(self, name) for name in TextInfo.__struct_fields__}
        values["words"] = (self.words + 25) // 50 * 50
        return TextInfo(**values)

    @property
    def rendered(self) -> RenderedHtml:
        """The HTML alone."""
        return RenderedHtml(self.html, self.feed_html)
