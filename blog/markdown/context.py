"""The context of one conversion: positions, references, ids and problems, collected by all steps."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING
from urllib.parse import unquote

from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token

    from blog.markdown.result import Heading, MarkdownOptions, Reference


def locate_in_rows(rows: Sequence[tuple[int, int]], path: str, row: int, column: int) -> Location:
    """Return the location of a row and a column of a text, from 0: see :attr:`ConversionContext.rows`."""
    line, before = rows[min(row, len(rows) - 1)]
    return Location(path, line, before + column + 1 if before >= 0 else -before)


class ConversionContext:
    """The notebook of one conversion: rules and steps write here."""

    def __init__(self, lines: Sequence[str], origin: Location, manner: MarkdownOptions, prefix: str) -> None:
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
        """Problems that only ``blog check`` reports."""
        self.headings: list[Heading] = []
        self.anchors: set[str] = set()
        self.links: list[Reference] = []
        self.hidden_links: list[Reference] = []
        self.named: set[str] = set()
        self.private_passages = 0
        self.comments = 0
        self.equations = 0
        """Number of equations with a number."""
        self.inline_notes = 0
        """Number of footnotes that are written inline."""
        self.passages: list[str] = []
        self.private_links: list[Reference] = []
        self.hidden_notes: set[str] = set()
        """Labels of footnotes that private passages and comments refer to."""
        self._said: dict[str, Token | None] = {}
        """Code of each error that is noted once in a block, and the block where it was last."""
        self.slow_blocks = 0
        """Code blocks that took a lexer too long."""
        self._targets: set[str] = set()
        self._counted = 0
        """Number of links whose targets are included."""
        self._measured: Token | None = None
        self._starts: list[int] = []
        self._first = 0
        self._columns: dict[int, int] = {}
        self._last_rows: dict[str, tuple[Sequence[str], int]] = {}
        self._bars: list[int] = []
        self.block: Token | None = None
        """The block whose inline text is being parsed."""

    def locate(self, token: Token | None, offset: int = 0) -> Location:
        """Return the location of the character at ``offset`` of the block ``token``."""
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
        """Return the row of a block's first line: markdown-it strips no-break spaces and such lines from its start."""
        start, end = token.map or (0, 0)
        text = token.content.split("\n", 1)[0].strip()
        return next((row for row in range(start, min(end, len(self.lines))) if text in self.lines[row]), start)

    def _column(self, token: Token, row: int, start: int) -> int:
        """Return the column, in the line of the file, of the first character of a block's line."""
        end = token.content.find("\n", start)
        line = token.content[start : end if end >= 0 else None]
        at = self._first + row
        source = self.lines[at] if at < len(self.lines) else ""
        found = source.find(line.strip()) if line.strip() else -1
        if found < 0:
            return len(source) - len(source.lstrip())
        return found - (len(line) - len(line.lstrip()))

    def start(self, token: Token) -> Location:
        """Return the location of a block, after the marks of the quotations and lists around it."""
        if token.map is None:
            return self.origin
        line = self.lines[token.map[0]]
        found = line.find(token.markup) if token.markup else -1
        return self._at(token.map[0], found if found >= 0 else len(line) - len(line.lstrip("> \t")))

    def _at(self, row: int, column: int) -> Location:
        if self.rows:
            return locate_in_rows(self.rows, self.origin.path, row, column)
        shift = self.origin.column - 1 if row == 0 else 0
        return Location(self.origin.path, self.origin.line + row, column + shift + 1)

    def hidden_targets(self) -> set[str]:
        """The targets of :attr:`withheld_links`, which only grows: each link is looked at once."""
        self._targets.update(link.target for link in self.hidden_links[self._counted :])
        self._counted = len(self.hidden_links)
        return self._targets

    def keep(self, passage: str) -> str:
        """The slot for the HTML of something private."""
        self.passages.append(passage)
        return f"\0!{len(self.passages) - 1}\0"

    def take_id(self, ident: str, place: Location) -> None:
        """An author's own id: each may be there once."""
        if ident in self.anchors:
            self.error(place, "same-id", f'the id "{ident}" is used twice', "give one of them another id")
        if ident.startswith(("fn:", "fnref:")):
            self.error(place, "wrong-id", f'"{ident}" is the id of a footnote', "give it another id")
        self.anchors.add(ident)

    def error(self, place: Location, code: str, message: str, hint: str = "") -> None:
        """Note an error of the text."""
        self.problems.append(Problem(place, code, message, hint))

    def error_once(self, place: Location, code: str, message: str, hint: str = "") -> None:
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

    def warn(self, place: Location, code: str, message: str, hint: str = "") -> None:
        """Note a warning of the text."""
        self.problems.append(Problem(place, code, message, hint, "warning"))

    def advise(self, place: Location, code: str, message: str, hint: str) -> None:
        """Note a warning for who asks for advice."""
        self.advice.append(Problem(place, code, message, hint, "warning"))


def attached(address: str, attachments: Mapping[str, str]) -> str | None:
    """Return the output path of the picture that a cell or an output carries under ``address``."""
    if is_attachment(address):
        address = _ATTACHMENT + address[len(_ATTACHMENT) :]
    return attachments.get(address) or attachments.get(unquote(address))


def is_attachment(address: str) -> bool:
    """Return whether ``address`` can only be an attachment of a notebook cell."""
    return address[: len(_ATTACHMENT)].lower() == _ATTACHMENT


def report_missing_attachment(address: str, place: Location, context: ConversionContext) -> None:
    """Say that a cell does not carry what it shows."""
    name = unquote(address[len(_ATTACHMENT) :])
    message, hint = f'the cell has no attachment "{name}"', "paste the picture into the cell once more"
    context.error(place, "broken-link", message, hint)


_ATTACHMENT = "attachment:"
