"""The parsed contents of one source file, as values that ``parse`` returns.

A document depends on its own bytes, its path and the parse options alone. References to other files stay symbolic
(paths with positions) until ``site`` has all documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.dates import Timestamp
from blog.config.words import WordTables
from blog.content.file_kinds import Kind, is_index
from blog.content.front_matter import FrontMatter
from blog.content.images import SourceImage
from blog.markdown import TEXT_SECTIONS, MarkdownOptions, RenderedHtml, TextInfo
from blog.markdown.inputs import Input
from blog.markdown.own_blocks import OwnBlock
from blog.problems import Problem

if TYPE_CHECKING:
    from blog.config.settings import Settings


TermsByWeight = tuple[str, str, str, str]
"""Sorted words with spaces between, by weight: those that occur once or twice, three times or more, in a heading, in
the title or a tag. Each word is only in the group of its highest weight."""


class ParseOptions(Struct, frozen=True):
    """The settings and the audience that a parse depends on."""

    language: str
    allow: tuple[str, ...]
    macros: tuple[tuple[str, str], ...] = ()
    categories: str = ""
    """See :attr:`blog.config.settings.Settings.categories`."""
    heading_ids: str = ""
    """See :attr:`blog.markdown.MarkdownOptions.heading_ids`."""
    for_author: bool = False
    """See :attr:`blog.markdown.MarkdownOptions.for_author`."""
    blocks: tuple[OwnBlock, ...] = ()
    """See :attr:`blog.markdown.MarkdownOptions.blocks`."""
    extensions: tuple[str, ...] = ()
    """See :attr:`blog.markdown.MarkdownOptions.extensions`."""
    words: WordTables = WordTables()
    """See :attr:`blog.markdown.MarkdownOptions.tables`."""
    languages: tuple[str, ...] = ()
    """The languages, beside ``language``, that have a home page."""

    def find_home_language(self, path: str) -> str:
        """Return the language whose home page is the document at ``path``, such as ``content/de/index.md``.

        Empty if it is none, or that of the site.
        """
        *folders, _ = path.split("/")
        if not self.languages or len(folders) != 2 or not is_index(path):
            return ""
        return next((language for language in self.languages if language.lower() == folders[1].lower()), "")

    def markdown_options(self, language: str) -> MarkdownOptions:
        """Return the options for a text in ``language``, or in that of the site if it is empty."""
        return MarkdownOptions(
            language or self.language,
            self.macros,
            self.heading_ids,
            self.for_author,
            self.blocks,
            self.extensions,
            self.words,
        )


def derive_parse_options(
    settings: Settings, blocks: tuple[OwnBlock, ...] = (), words: WordTables | None = None, *, for_author: bool = False
) -> tuple[ParseOptions, list[Problem]]:
    """Return the parse options of a site whose theme has these ``blocks`` and ``words``.

    A problem is returned for each macro that is invalid.
    """
    invalid: dict[str, str] = {}
    if settings.macros:
        from blog.markdown.mathml import find_invalid_macros  # noqa: PLC0415  (3 ms that a warm build saves)

        invalid = find_invalid_macros(settings.macros)
    # An invalid macro stays known, so that its uses are not reported as unknown commands.
    macros = tuple((name, "" if name in invalid else tex) for name, tex in settings.macros)
    problems = []
    for name, reason in invalid.items():
        message = f'the macro "{name}" cannot be used: {reason}'
        problems.append(Problem(settings.macro_locations[name], "wrong-macro", message))
    options = ParseOptions(
        language=settings.language,
        allow=settings.allow,
        macros=macros,
        categories=settings.categories,
        heading_ids=settings.heading_ids,
        for_author=for_author,
        blocks=blocks,
        extensions=settings.extensions,
        words=(words or WordTables(settings.language)).select(*TEXT_SECTIONS),
        languages=tuple(language.tag for language in settings.languages),
    )
    return options, problems


class ExtractedImage(Struct, frozen=True):
    """An image that the conversion made: extracted from a notebook, or drawn."""

    path: str
    """The path in the output."""
    key: bytes
    """The digest of its bytes, which is their key in the cache."""
    image: SourceImage | None
    """Its size, if it is known."""
    is_for_feeds: bool = False
    """True if only feeds show it."""


class Document(Struct, frozen=True, kw_only=True):
    """The parsed contents of one file without the HTML of its texts, which is long and only on its own pages."""

    path: str
    kind: Kind
    front_matter: FrontMatter
    title: str
    date: Timestamp | None
    """The date of the front matter, or of the file name."""
    stem: str
    """The file's name (for a bundle its folder's) without date and suffix: the default of the slug."""
    text: TextInfo
    context: TextInfo
    extracted_images: tuple[ExtractedImage, ...] = ()

    @property
    def hides_text(self) -> bool:
        """True if the author's preview shows more of it than readers see."""
        return self.text.hides_text or self.context.hides_text


class DocumentHtml(Struct, frozen=True):
    """The HTML of the texts of one document."""

    text: RenderedHtml = RenderedHtml()
    context: RenderedHtml = RenderedHtml()


class ParseResult(Struct, frozen=True):
    """The result of a parse."""

    document: Document | None
    """None: its encoding or its front matter cannot be read."""
    problems: tuple[Problem, ...]
    html: DocumentHtml = DocumentHtml()
    image_data: tuple[bytes, ...] = ()
    """The bytes of :attr:`Document.extracted_images`, in the same order."""
    advice: tuple[Problem, ...] = ()
    """Problems that only ``blog check`` reports."""
    inputs: tuple[Input, ...] = ()
    """The other files that it shows."""
