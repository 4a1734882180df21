"""What is noted while one text is converted, and what comes out of it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from msgspec import Struct

from blog.problems import Place, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token


class Manner(Struct, frozen=True):
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
    place: Place


class Outline(Struct, frozen=True, kw_only=True):
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
    own_links: tuple[Reference, ...] = ()
    """By slot number in :attr:`Forms.passages`."""


class Forms(Struct, frozen=True):
    """The HTML of a text, with slots between NULs, which :func:`blog.markdown.fill` closes.

    A number stands for the address of a link, ``+number`` for the size and the versions of the picture there,
    ``*number`` for its versions alone, ``!number`` for something private, ``:`` for the beginning of an id in a feed.
    """

    html: str = ""
    """For pages: highlighted code, heading ids."""
    feed_html: str = ""
    """For feed readers: plain code, no heading ids, every address in a slot."""
    passages: tuple[str, ...] = ()
    """Private passages and comments, as only their author sees them."""


class Text(Outline, frozen=True, kw_only=True):
    """One converted Markdown text, whole."""

    html: str = ""
    """As in :class:`Forms`."""
    feed_html: str = ""
    passages: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    advice: tuple[Problem, ...] = ()
    """What ``blog check`` alone tells."""

    @property
    def outline(self) -> Outline:
        """Without the HTML, and with the words in round numbers."""
        known = {name: getattr(self, name) for name in Outline.__struct_fields__}
        return Outline(**{**known, "words": (self.words + 25) // 50 * 50})

    @property
    def forms(self) -> Forms:
        """The HTML alone."""
        return Forms(self.html, self.feed_html, self.passages)


def place_in(rows: Sequence[tuple[int, int]], path: str, row: int, column: int) -> Place:
    """Where a row and a column of a text, from 0, stand in the file: see :attr:`Notes.rows`."""
    line, before = rows[min(row, len(rows) - 1)]
    return Place(path, line, before + column + 1 if before >= 0 else -before)


class Notes:
    """The notebook of one conversion: rules and steps write here."""

    def __init__(self, lines: Sequence[str], origin: Place, manner: Manner, prefix: str) -> None:
        self.lines = lines
        self.origin = origin
        self.manner = manner
        self.prefix = prefix
        self.takes_title = False
        self.title = ""
        self.rows: Sequence[tuple[int, int]] = ()
        """Line in the file and columns before, of each line that does not stand below the one before it.

        What is not in the file as it is has a negative number: the column at which all of it is said to stand.
        """
        self.problems: list[Problem] = []
        self.advice: list[Problem] = []
        """What a build does not tell."""
        self.headings: list[Heading] = []
        self.anchors: set[str] = set()
        self.links: list[Reference] = []
        self.withheld_links: list[Reference] = []
        self.named: set[str] = set()
        self.withheld = 0
        self.comments = 0
        self.equations = 0
        """How many have a number of their own."""
        self.inline_notes = 0
        """How many footnotes stand in the text that they belong to."""
        self.passages: list[str] = []
        self.own_links: list[Reference] = []
        self.withheld_notes: set[str] = set()
        """Labels of footnotes that private passages and comments refer to."""
        self._said: dict[str, Token | None] = {}
        """Code of each error that is noted once in a block, and the block where it was last."""
        self.slow_blocks = 0
        """Code blocks that took a lexer too long."""
        self._targets: set[str] = set()
        self._counted = 0
        """How many links have their target there."""
        self._measured: Token | None = None
        self._starts: list[int] = []
        self._first = 0
        self._columns: dict[int, int] = {}
        self._last_rows: dict[str, tuple[Sequence[str], int]] = {}
        self._bars: list[int] = []
        self.block: Token | None = None
        """The block whose inline text is being parsed."""

    def place(self, token: Token | None, offset: int = 0) -> Place:
        """Where the character at ``offset`` of the block ``token`` stands in the file."""
        if token is None or token.map is None:
            return self.origin
        if "column" in token.meta:
            self._line_starts(token)
            return self._at(token.map[0], token.meta["column"] + offset + bisect_left(self._bars, offset))
        starts = self._line_starts(token)
        row = bisect_right(starts, offset) - 1
        column = self._columns.get(row)
        if column is None:
            column = self._columns[row] = self._column(token, row, starts[row])
        return self._at(self._first + row, max(column + offset - starts[row], 0))

    def _line_starts(self, token: Token) -> list[int]:
        """Offsets of the lines of a block; kept for the block that was asked for last."""
        if self._measured is not token:
            self._measured, self._columns = token, {}
            self._starts = [0, *(found.end() for found in re.finditer("\n", token.content))]
            self._bars = [found.start() for found in re.finditer(r"\|", token.content)]
            self._first = self._first_row(token)
        return self._starts

    def _first_row(self, token: Token) -> int:
        """Where a block's text begins: markdown-it takes lines of no-break spaces and the like away from its start."""
        start, end = token.map or (0, 0)
        text = token.content.split("\n", 1)[0].strip()
        return next((row for row in range(start, min(end, len(self.lines))) if text in self.lines[row]), start)

    def _column(self, token: Token, row: int, start: int) -> int:
        """Where the first character of a block's line stands in the line of the file."""
        end = token.content.find("\n", start)
        line = token.content[start : end if end >= 0 else None]
        at = self._first + row
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
        if self.rows:
            return place_in(self.rows, self.origin.path, row, column)
        shift = self.origin.column - 1 if row == 0 else 0
        return Place(self.origin.path, self.origin.line + row, column + shift + 1)

    def withheld_targets(self) -> set[str]:
        """The targets of :attr:`withheld_links`, which only grows: each link is looked at once."""
        self._targets.update(link.target for link in self.withheld_links[self._counted :])
        self._counted = len(self.withheld_links)
        return self._targets

    def keep(self, passage: str) -> str:
        """The slot for the HTML of something private."""
        self.passages.append(passage)
        return f"\0!{len(self.passages) - 1}\0"

    def take_id(self, ident: str, place: Place) -> None:
        """An author's own id: each may be there once."""
        if ident in self.anchors:
            self.error(place, "same-id", f'the id "{ident}" is used twice', "give one of them another id")
        if ident.startswith(("fn:", "fnref:")):
            self.error(place, "wrong-id", f'"{ident}" is the id of a footnote', "give it another id")
        self.anchors.add(ident)

    def error(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note an error of the text."""
        self.problems.append(Problem(place, code, message, hint))

    def error_once(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note the first of errors of one kind in a block: thousands would say no more."""
        if code not in self._said or self._said[code] is not self.block:
            self._said[code] = self.block
            self.error(place, code, message, hint)

    def last_row_with(self, sign: str) -> int:
        """Return the last row of the text in which ``sign`` stands, or -1; it is looked for once."""
        if self._last_rows.get(sign, (self.lines, 0))[0] is not self.lines or sign not in self._last_rows:
            rows = (row for row in range(len(self.lines) - 1, -1, -1) if sign in self.lines[row])
            self._last_rows[sign] = self.lines, next(rows, -1)
        return self._last_rows[sign][1]

    def has_said(self, code: str) -> bool:
        """Tell whether :meth:`error_once` has noted an error of this kind in the block."""
        return code in self._said and self._said[code] is self.block

    def warn(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note a warning of the text."""
        self.problems.append(Problem(place, code, message, hint, "warning"))

    def advise(self, place: Place, code: str, message: str, hint: str) -> None:
        """Note a warning for who asks for advice."""
        self.advice.append(Problem(place, code, message, hint, "warning"))


def attached(address: str, attachments: Mapping[str, str]) -> str | None:
    """Return the output path of the picture that a cell or an output carries under ``address``."""
    if is_attachment(address):
        address = _ATTACHMENT + address[len(_ATTACHMENT) :]
    return attachments.get(address) or attachments.get(unquote(address))


def is_attachment(address: str) -> bool:
    """Whether ``address`` can lead to nothing but what a cell carries."""
    return address[: len(_ATTACHMENT)].lower() == _ATTACHMENT


def say_unattached(address: str, place: Place, notes: Notes) -> None:
    """Say that a cell does not carry what it shows."""
    name = unquote(address[len(_ATTACHMENT) :])
    message, hint = f'the cell has no attachment "{name}"', "paste the picture into the cell once more"
    notes.error(place, "broken-link", message, hint)


_ATTACHMENT = "attachment:"
