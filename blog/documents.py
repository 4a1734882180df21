"""What one file says by itself, as values; ``parsing`` makes them.

A document depends on its own bytes, its path and the rules alone. What it says about other files stays symbolic
(paths with positions) until ``site`` knows them all.
"""

from __future__ import annotations

from msgspec import Struct

from blog.dates import When
from blog.errors import Problem
from blog.frontmatter import FrontMatter
from blog.markdown import Forms, Outline, Text
from blog.sources import Kind


class Rules(Struct, frozen=True):
    """The settings that a parse depends on."""

    language: str
    allow: tuple[str, ...]


class Document(Struct, frozen=True, kw_only=True):
    """What one file says, but for the HTML of its text: that is long, and only its own pages show it."""

    path: str
    kind: Kind
    matter: FrontMatter
    title: str
    date: When | None
    """From the front matter, or from the file name."""
    stem: str
    """The file's name (for a bundle its folder's) without date and ending: where the address comes from."""
    text: Outline
    context: Text


class Parsed(Struct, frozen=True):
    """What a parse gives."""

    document: Document | None
    """None: its encoding or its front matter cannot be read."""
    problems: tuple[Problem, ...]
    forms: Forms = Forms()
    """The HTML of the text."""
