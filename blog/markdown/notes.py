"""What is noted while one text is converted, and what comes out of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from blog.errors import Place, Problem

if TYPE_CHECKING:
    from markdown_it.token import Token


class Heading(Struct, frozen=True):
    """A heading of the text, for the table of contents."""

    id: str
    text: str
    level: int
    """2 to 6: the title of the page is the only level 1."""


class Reference(Struct, frozen=True):
    """Something a text points at, as written."""

    target: str
    kind: Literal["link", "image", "raw"]
    """``raw`` stands in raw HTML, which pages show as it was written."""
    place: Place


class Outline(Struct, frozen=True, kw_only=True):
    """What the rest of the site may know of a text."""

    title: str = ""
    """The first ``#`` heading, if it was taken as the title."""
    summary: str = ""
    """Plain text: what stands above ``<!-- more -->``, or the first sentences of the first paragraph."""
    words: int = 0
    headings: tuple[Heading, ...] = ()
    anchors: tuple[str, ...] = ()
    """Every id in the page form, sorted."""
    links: tuple[Reference, ...] = ()
    """By slot number."""
    withheld_links: tuple[Reference, ...] = ()
    """What only private passages and comments point at."""
    withheld: int = 0
    """How many private passages were left out."""


class Forms(Struct, frozen=True):
    """The HTML of a text. Its links are slots: ``NUL number NUL``; in feeds ``NUL : NUL`` starts an id."""

    html: str = ""
    """For pages: highlighted code, heading ids."""
    feed_html: str = ""
    """For feed readers: plain code, no heading ids, every address in a slot."""


class Text(Outline, frozen=True, kw_only=True):
    """One converted Markdown text, whole."""

    html: str = ""
    """As in :class:`Forms`."""
    feed_html: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def outline(self) -> Outline:
        """Without the HTML."""
        return Outline(**{name: getattr(self, name) for name in Outline.__struct_fields__})

    @property
    def forms(self) -> Forms:
        """The HTML alone."""
        return Forms(self.html, self.feed_html)


class Notes:
    """The notebook of one conversion: rules and steps write here."""

    def __init__(self, text: str, origin: Place, prefix: str, *, takes_title: bool) -> None:
        self.origin = origin
        self.prefix = prefix
        self.takes_title = takes_title
        self.title = ""
        self.lines = text.split("\n")
        self.problems: list[Problem] = []
        self.headings: list[Heading] = []
        self.anchors: set[str] = set()
        self.links: list[Reference] = []
        self.withheld_links: list[Reference] = []
        self.withheld = 0
        self.withheld_notes: set[str] = set()
        """Labels of footnotes that private passages and comments refer to."""
        self._said: list[tuple[str, Token | None]] = []
        self._measured: Token | None = None
        self._starts: list[int] = []
        self._columns: dict[int, int] = {}
        self.block: Token | None = None
        """The block whose inline text is being parsed."""

    def place(self, token: Token | None, offset: int = 0) -> Place:
        """Where the character at ``offset`` of the block ``token`` stands in the file."""
        if token is None or token.map is None:
            return self.origin
        if "column" in token.meta:
            return self._at(token.map[0], token.meta["column"] + offset + token.content.count("|", 0, offset))
        starts = self._line_starts(token)
        row = bisect_right(starts, offset) - 1
        column = self._columns.get(row)
        if column is None:
            column = self._columns[row] = self._column(token, row, starts[row])
        return self._at(token.map[0] + row, max(column + offset - starts[row], 0))

    def _line_starts(self, token: Token) -> list[int]:
        """Offsets of the lines of a block; kept for the block that was asked for last."""
        if self._measured is not token:
            self._measured, self._columns = token, {}
            self._starts = [0, *(found.end() for found in re.finditer("\n", token.content))]
        return self._starts

    def _column(self, token: Token, row: int, start: int) -> int:
        """Where the first character of a block's line stands in the line of the file."""
        line = token.content[start:].split("\n", 1)[0]
        at = (token.map or [0])[0] + row
        source = self.lines[at] if at < len(self.lines) else ""
        found = source.find(line.strip()) if line.strip() else -1
        if found < 0:
            return len(source) - len(source.lstrip())
        return found - (len(line) - len(line.lstrip()))

    def start(self, token: Token) -> Place:
        """Where a block begins: behind the marks of the quotations and lists around it."""
        if token.map is None:
            return self.origin
        line = self.lines[token.map[0]]
        found = line.find(token.markup) if token.markup else -1
        return self._at(token.map[0], found if found >= 0 else len(line) - len(line.lstrip("> \t")))

    def _at(self, row: int, column: int) -> Place:
        shift = self.origin.column - 1 if row == 0 else 0
        return Place(self.origin.path, self.origin.line + row, column + shift + 1)

    def error(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note an error of the text."""
        self.problems.append(Problem(place, code, message, hint))

    def error_once(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note the first of errors of one kind in a block: thousands would say no more."""
        if (code, self.block) not in self._said:
            self._said.append((code, self.block))
            self.error(place, code, message, hint)

    def warn(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note a warning of the text."""
        self.problems.append(Problem(place, code, message, hint, "warning"))
