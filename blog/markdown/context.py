"""The context of one conversion: positions, references, ids and problems, collected by all steps."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from msgspec import structs

from blog.markdown.inputs import Inputs
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token

    from blog.bibliography.lookup import Lookup
    from blog.markdown.block_calls import BlockCall
    from blog.markdown.cross_references import NumberedLabel
    from blog.markdown.result import Heading, MadeFile, MarkdownOptions, Reference


class MissingNote(NamedTuple):
    """A reference to a footnote that does not exist."""

    label: str
    location: Location
    block: Token
    may_define: bool
    """True if words follow it at the start of a line: it may be the footnote itself, without its colon."""


class ConversionContext:
    """The results of one conversion that are not tokens: rules and steps add to them."""

    inline_notes = 0
    """Number of inline footnotes."""
    slow_blocks = 0
    """Code blocks for which a lexer exceeded its time limit."""
    private_passages = 0
    comments = 0
    takes_title = False
    """The first ``#`` heading is the title."""
    title = ""
    rows: Sequence[tuple[int, int]] = ()
    """For each line of a text that several cells of a notebook contain: the number of the cell and the line there.

    The lines of outputs are 0: a position in an output is that of its cell as a whole.
    """
    block: Token | None = None
    """The block whose inline text is being parsed."""
    _hidden_target_count = 0
    """Number of hidden links whose targets are included."""
    _measured_block: Token | None = None
    """The block of the next value, and of line starts, pipes and columns: a cache for one block."""
    _first_row = 0
    diagram_characters = 0
    """Characters of SVG that the diagrams of the text have, which is a measure of the time for them."""

    def __init__(
        self,
        lines: Sequence[str],
        origin: Location,
        manner: MarkdownOptions,
        prefix: str,
        inputs: Inputs | None = None,
    ) -> None:
        self.lines = lines
        self.origin = origin
        self.manner = manner
        self.prefix = prefix
        self.inputs = inputs or Inputs()
        """What the text may use besides its own bytes."""
        self.problems: list[Problem] = []
        self.advice: list[Problem] = []
        """Problems that only ``blog check`` reports."""
        self.numbers: Counter[str] = Counter()
        """Kind → the number of numbered things of this kind."""
        self.labels: dict[str, NumberedLabel] = {}
        """Id → what a reference to it shows."""
        self.headings: list[Heading] = []
        self.anchors: set[str] = set()
        self._id_locations: dict[str, Location] = {}
        """Where the author first wrote each id."""
        self.links: list[Reference] = []
        self.hidden_links: list[Reference] = []
        """References of private passages and comments."""
        self.block_calls: list[BlockCall] = []
        """Uses of the theme's blocks, by the number in their markers."""
        self.hidden_tokens: list[Token] = []
        """Private passages and comments, for the author's preview."""
        self.made_files: list[MadeFile] = []
        self.named: set[str] = set()
        self.missing_notes: list[MissingNote] = []
        self.hidden_notes: set[str] = set()
        """Labels of footnotes that private passages and comments refer to."""
        self._reported_blocks: dict[str, Token | None] = {}
        """Code of each error that is reported once per block → the block of the last report."""
        self._hidden_targets: set[str] = set()
        self._line_starts: list[int] = []
        self._pipes: list[int] = []
        self._columns: dict[int, int] = {}
        self._last_rows: dict[str, int] = {}
        self._last_rows_lines: Sequence[str] = lines
        """The lines of the values above."""

    @property
    def lookup(self) -> Lookup:
        """The entries that the text can cite."""
        return self.inputs.lookup

    def locate(self, token: Token | None, offset: int = 0) -> Location:
        """Return the location of the character at ``offset`` of the block ``token``."""
        if token is None or token.map is None:
            return self.origin
        if self._measured_block is not token:
            self._measure(token)
        if "column" in token.meta:  # in the source of a table cell each pipe is escaped
            column = token.meta["column"] + offset + bisect_left(self._pipes, offset)
            return self._location(token.map[0], column)
        row = bisect_right(self._line_starts, offset) - 1
        line_start = self._line_starts[row]
        column = self._columns.get(row)
        if column is None:
            column = self._columns[row] = self._find_column(token, row, line_start)
        return self._location(self._first_row + row, max(column + offset - line_start, 0))

    def _measure(self, token: Token) -> None:
        """Fill the cache of :meth:`locate` for a block."""
        self._measured_block = token
        self._line_starts = [0, *(line_break.end() for line_break in re.finditer("\n", token.content))]
        self._pipes = [pipe.start() for pipe in re.finditer(r"\|", token.content)]
        self._first_row = self._find_first_row(token)
        self._columns = {}

    def _find_first_row(self, token: Token) -> int:
        """Return the row of a block's first line: markdown-it strips lines of no-break spaces from its start."""
        start, end = token.map or (0, 0)
        text = token.content.split("\n", 1)[0].strip()
        for row in range(start, min(end, len(self.lines))):
            if text in self.lines[row]:
                return row
        return start

    def _find_column(self, token: Token, row: int, line_start: int) -> int:
        """Return the column, in the line of the file, of the first character of a block's line."""
        line_end = token.content.find("\n", line_start)
        line = token.content[line_start:] if line_end < 0 else token.content[line_start:line_end]
        source_row = self._first_row + row
        source = self.lines[source_row] if source_row < len(self.lines) else ""
        words = line.strip()
        start = source.find(words) if words else -1
        if start < 0:
            return len(source) - len(source.lstrip())
        return start - (len(line) - len(line.lstrip()))

    def start(self, token: Token) -> Location:
        """Return the location of a block, after the marks of the quotations and lists around it."""
        if token.map is None:
            return self.origin
        row = token.map[0]
        line = self.lines[row]
        column = line.find(token.markup) if token.markup else -1
        if column < 0:
            column = len(line) - len(line.lstrip("> \t"))
        return self._location(row, column)

    def locate_behind(self, token: Token, offset: int) -> Location:
        """Return the location of the character ``offset`` characters behind the start of a block, in its first line."""
        place = self.start(token)
        return structs.replace(place, column=place.column + offset) if place.column else place

    def locate_row(self, row: int) -> Location:
        """Return the location of the first character of a row of the text, from 0."""
        return self._location(row, 0)

    def locate_word(self, token: Token, word: str) -> Location:
        """Return the location of ``word`` behind the marks in the first line of a block, or else that of the block."""
        row = token.map[0] if token.map else len(self.lines)
        line = self.lines[row] if row < len(self.lines) else ""
        column = line.find(word, max(line.find(token.markup), 0) + len(token.markup))
        return self.start(token) if column < 0 else self._location(row, column)

    def _location(self, row: int, column: int) -> Location:
        if self.rows:
            cell, line = self.rows[min(row, len(self.rows) - 1)]
            return Location(self.origin.path, line, column + 1 if line else 0, cell)
        if row == 0:
            column += self.origin.column - 1
        return Location(self.origin.path, self.origin.line + row, column + 1)

    def hidden_targets(self) -> set[str]:
        """Return the targets of :attr:`hidden_links`; each link is read once, as the list only grows."""
        self._hidden_targets.update(link.target for link in self.hidden_links[self._hidden_target_count :])
        self._hidden_target_count = len(self.hidden_links)
        return self._hidden_targets

    def take_id(self, ident: str, place: Location) -> None:
        """Add an id that the author wrote; report one that is used twice or reserved."""
        if ident in self.anchors:
            message = f'the id "{ident}" is used twice{self._describe_first_use(ident, place)}'
            self.error(place, "same-id", message, "give one of them another id")
        if ident.startswith(("fn:", "fnref:")):
            self.error(place, "wrong-id", f'"{ident}" is the id of a footnote', "give it another id")
        self.anchors.add(ident)
        self._id_locations.setdefault(ident, place)

    def _describe_first_use(self, ident: str, place: Location) -> str:
        """Return where the id was written that is used once more at ``place``; empty for one in raw HTML."""
        other = self._id_locations.get(ident)
        if other is None:
            return ""
        return f": also in {other.line_name}" if place.row < other.row else f": first in {other.line_name}"

    def error(self, place: Location, code: str, message: str, hint: str = "") -> None:
        """Report an error in the text."""
        self.problems.append(Problem(place, code, message, hint))

    def error_once(self, place: Location, code: str, message: str, hint: str = "") -> None:
        """Report the first error with this code in a block: thousands of them would be of no more use."""
        if not self.has_said(code):
            self._reported_blocks[code] = self.block
            self.error(place, code, message, hint)

    def is_new(self, subject: str) -> bool:
        """Return whether this is the first question about ``subject``: a problem with it is reported once per text."""
        if subject in self._reported_blocks:
            return False
        self._reported_blocks[subject] = None
        return True

    def last_row_with(self, text: str) -> int:
        """Return the last row that contains ``text``, or -1; the result is cached."""
        if self._last_rows_lines is not self.lines:
            self._last_rows_lines, self._last_rows = self.lines, {}
        row = self._last_rows.get(text)
        if row is None:
            row = self._last_rows[text] = self._find_last_row(text)
        return row

    def _find_last_row(self, text: str) -> int:
        for row in range(len(self.lines) - 1, -1, -1):
            if text in self.lines[row]:
                return row
        return -1

    def has_said(self, code: str) -> bool:
        """Return whether :meth:`error_once` has reported an error with this code in the block."""
        return code in self._reported_blocks and self._reported_blocks[code] is self.block

    def warn(self, place: Location, code: str, message: str, hint: str = "") -> None:
        """Report a warning about the text."""
        self.problems.append(Problem(place, code, message, hint, "warning"))

    def advise(self, place: Location, code: str, message: str, hint: str) -> None:
        """Report a warning that only ``blog check`` prints."""
        self.advice.append(Problem(place, code, message, hint, "warning"))


def attached(address: str, attachments: Mapping[str, str]) -> str | None:
    """Return the output path of the image that is attached to a cell or an output as ``address``."""
    if is_attachment(address):
        address = _ATTACHMENT + address[len(_ATTACHMENT) :]
    return attachments.get(address) or attachments.get(unquote(address))


def is_attachment(address: str) -> bool:
    """Return whether ``address`` can only be an attachment of a notebook cell."""
    return address[: len(_ATTACHMENT)].lower() == _ATTACHMENT


def report_missing_attachment(address: str, place: Location, context: ConversionContext) -> None:
    """Report an attachment that a cell refers to and does not have."""
    name = unquote(address[len(_ATTACHMENT) :])
    message, hint = f'the cell has no attachment "{name}"', "paste the image into the cell once more"
    context.error(place, "broken-link", message, hint)


_ATTACHMENT = "attachment:"
