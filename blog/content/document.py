"""What one file says by itself, as values; ``parsing`` makes them.

A document depends on its own bytes, its path and the rules alone. What it says about other files stays symbolic
(paths with positions) until ``site`` knows them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.dates import Timestamp
from blog.content.file_kinds import Kind
from blog.content.front_matter import FrontMatter
from blog.content.images import SourceImage
from blog.markdown import ConvertedText, MarkdownOptions, RenderedHtml, TextInfo
from blog.markdown.mathml import find_invalid_macros
from blog.problems import Problem

if TYPE_CHECKING:
    from blog.config.settings import Settings


class ParseOptions(Struct, frozen=True):
    """The settings that a parse depends on."""

    language: str
    allow: tuple[str, ...]
    macros: tuple[tuple[str, str], ...] = ()

    def manner(self, language: str) -> MarkdownOptions:
        """How a text is read, in its own ``language`` if it has one."""
        return MarkdownOptions(language or self.language, self.macros)


def derive_parse_options(settings: Settings) -> tuple[ParseOptions, list[Problem]]:
    """The rules of a site, without macros that cannot be used, which are problems."""
    wrong = find_invalid_macros(settings.macros) if settings.macros else {}
    macros = tuple(macro for macro in settings.macros if macro[0] not in wrong)
    problems = [
        Problem(settings.macro_locations[name], "wrong-macro", f'the macro "{name}" cannot be used: {why}')
        for name, why in wrong.items()
    ]
    return ParseOptions(settings.language, settings.allow, macros), problems


class ExtractedImage(Struct, frozen=True):
    """A picture out of a notebook, which becomes a file of its own."""

    path: str
    """In the output."""
    key: bytes
    """A digest of its bytes, by which the cache has them."""
    image: SourceImage | None
    """Its size, if it could be told."""


class Document(Struct, frozen=True, kw_only=True):
    """What one file says, but for the HTML of its text: that is long, and only its own pages show it."""

    path: str
    kind: Kind
    front_matter: FrontMatter
    title: str
    date: Timestamp | None
    """From the front matter, or from the file name."""
    stem: str
    """The file's name (for a bundle its folder's) without date and ending: where the address comes from."""
    text: TextInfo
    context: ConvertedText
    extracted_images: tuple[ExtractedImage, ...] = ()


class ParseResult(Struct, frozen=True):
    """What a parse gives."""

    document: Document | None
    """None: its encoding or its front matter cannot be read."""
    problems: tuple[Problem, ...]
    html: RenderedHtml = RenderedHtml()
    """The HTML of the text."""
    image_data: tuple[bytes, ...] = ()
    """What the document has :attr:`Document.made`, in the same order."""
    advice: tuple[Problem, ...] = ()
    """What ``blog check`` alone tells."""
