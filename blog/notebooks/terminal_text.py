"""Text that was written to a terminal → the text on the screen at the end.

ECMA-48, <https://ecma-international.org/publications-and-standards/standards/ecma-48/>: colors are removed; a carriage
return, a backspace and cursor movements overwrite existing text, also in other lines, as progress bars do. The screen
is as high as the text: it never scrolls. Each sequence takes a bounded time, whatever its numbers are.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from blog.text import CONTROL_CHARACTERS

_SEQUENCE = re.compile(
    r"\x1b\](?:[^\x07\x1b]*(?:\x07|\x1b\\)?)"  # a title or a link
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # a message to the terminal itself
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]?"
)
_MOTION = re.compile(
    r"(?:\x1b\[|\x9b)(?P<first>[0-9]*+)(?:;(?P<second>[0-9]*+)[0-9;]*+)?(?P<name>[A-HJKdfsu])"
    r"|\x1b(?P<single>[78DEM])"
    r"|[\r\b]"
)
_TOKEN = re.compile(rf"(?P<motion>{_MOTION.pattern})|(?P<other>{_SEQUENCE.pattern})|\n|[^\x1b\x9b\r\b\n]+")
_SINGLE = {"7": "s", "8": "u", "D": "B", "E": "E", "M": "A"}
"""Short form of a sequence → its long form."""
_ROWS = 24
"""Rows of the terminal: limit for moving the cursor below the last written row."""
_COLUMNS = 240
"""Limit for moving the cursor to the right, or to a saved position, beyond the end of the written text."""
_MAX_ROWS_DOWN = 1000
"""Rows that one sequence can move the cursor down."""
_TAB = 8
_WIDE = frozenset("FW")
_END = -1
"""The column behind a line that is not split into cells."""
_COMBINING = frozenset({"Mn", "Me", "Cf"})
"""Categories of characters that take no column."""
_FROM_CURSOR, _TO_CURSOR, _ALL = 0, 1, 2
"""Parameters of the sequences that erase; higher numbers count as the last one."""


def render_terminal_text(text: str) -> str:
    """Return the text on the screen at the end, without colors, control characters and outer blank lines."""
    text = text.replace("\r\n", "\n")
    text = _render_screen(text) if _MOTION.search(text) else _SEQUENCE.sub("", text)
    return CONTROL_CHARACTERS.sub("", text).strip("\n")


def _render_screen(text: str) -> str:
    screen = _Screen()
    pending: list[str] = []
    for token in _TOKEN.finditer(text):
        if token["other"]:
            continue
        if not token["motion"] and token[0] != "\n":
            pending.append(token[0])
            continue
        screen.write("".join(pending))
        pending.clear()
        if token[0] == "\n":
            screen.begin_line()
        else:
            screen.apply_motion(token)
    screen.write("".join(pending))
    return screen.text()


class _Cells:
    """A line in cells: one for each column, with an empty text for the second half of a wide character."""

    __slots__ = ("blank_end", "cells")

    def __init__(self, text: str) -> None:
        self.cells: list[str] = []
        self.blank_end = 0
        """Cells before it are blank: erasing them again for each sequence would take quadratic time."""
        self.write(text, 0)

    def write(self, text: str, column: int) -> int:
        """Overwrite the cells from ``column`` on. Return the column behind the text."""
        for index, part in enumerate(text.split("\t")):
            if index:
                column = (column // _TAB + 1) * _TAB
            if cells := _split_into_cells(part):
                column = self._overwrite(cells, column)
        return column

    def _overwrite(self, cells: list[str], column: int) -> int:
        column = min(column, max(len(self.cells), _COLUMNS))
        end = column + len(cells)
        self.cells.extend(" " * (column - len(self.cells)))
        self._split_wide_character(column)
        self._split_wide_character(end)
        self.cells[column:end] = cells
        self.blank_end = min(self.blank_end, column)
        return end

    def _split_wide_character(self, column: int) -> None:
        """Replace a wide character whose second half is at ``column`` by blanks: one of its halves is overwritten."""
        if 0 < column < len(self.cells) and not self.cells[column]:
            self.cells[column - 1] = self.cells[column] = " "

    def erase(self, extent: int, column: int) -> None:
        """Erase the cells from ``column`` on, up to it, or all."""
        if extent != _TO_CURSOR:
            self._split_wide_character(column)
            del self.cells[column:]
        end = 0 if extent == _FROM_CURSOR else min(column + 1, len(self.cells))
        self._split_wide_character(end)
        if end > self.blank_end:
            self.cells[self.blank_end : end] = " " * (end - self.blank_end)
        self.blank_end = min(max(self.blank_end, end), len(self.cells))


def _split_into_cells(text: str) -> list[str]:
    """Return a cell for each character, with its combining marks."""
    text = CONTROL_CHARACTERS.sub("", text)
    if text.isascii():
        return list(text)
    categories = map(unicodedata.category, text[1:])
    starts = [index for index, category in enumerate(categories, 1) if category not in _COMBINING]
    cells: list[str] = []
    for start, end in pairwise([0, *starts, len(text)]):
        cells.append(text[start:end])
        if unicodedata.east_asian_width(text[start]) in _WIDE:
            cells.append("")
    return cells


class _Screen:
    """Lines, as texts until a line is overwritten, and a cursor."""

    def __init__(self) -> None:
        self.lines: list[str | _Cells] = [""]
        self.row = 0
        self.column = 0
        self.saved_cursor = (0, 0)
        self.blank_end = 0
        """Lines before it are blank."""

    def text(self) -> str:
        """Return all lines, without blanks at the ends of those that are in cells."""
        return "\n".join(map(_line_text, self.lines))

    def write(self, text: str) -> None:
        """Write ``text``, which has no line ends, at the cursor."""
        if not text:
            return
        self._add_lines_to_cursor()
        self.blank_end = min(self.blank_end, self.row)
        if self.column == 0 and self.lines[self.row] == "":
            self.lines[self.row] = text
            self.column = _END
        else:
            self._resolve_end_column()
            self.column = self._cells_of(self.row).write(text, self.column)

    def begin_line(self) -> None:
        """Move the cursor to the beginning of the next line."""
        self.row += 1
        self.column = 0
        self._add_lines_to_cursor()

    def apply_motion(self, sequence: re.Match[str]) -> None:
        """Move the cursor or erase, as ``sequence`` commands."""
        if sequence[0] == "\r":
            self.column = 0
            return
        self._resolve_end_column()
        if sequence[0] == "\b":
            self.column = max(self.column - 1, 0)
            return
        name = sequence["name"] or _SINGLE[sequence["single"]]
        first, second = _parse_number(sequence["first"]), _parse_number(sequence["second"])
        if name in "JK":
            self._erase(name, first)
        elif name == "s":
            self.saved_cursor = (self.row, self.column)
        elif name == "u":
            self._move_cursor(*self.saved_cursor)
        else:
            self._move_cursor(*self._motion_target(name, max(first, 1), max(second, 1)))

    def _motion_target(self, name: str, count: int, column: int) -> tuple[int, int]:
        """Return row and column after a motion; both may be outside of the screen."""
        targets = {
            "A": (self.row - count, self.column),
            "B": (self.row + count, self.column),
            "C": (self.row, self.column + count),
            "D": (self.row, self.column - count),
            "E": (self.row + count, 0),
            "F": (self.row - count, 0),
            "G": (self.row, count - 1),
            "H": (count - 1, column - 1),
            "f": (count - 1, column - 1),
            "d": (count - 1, self.column),
        }
        return targets[name]

    def _move_cursor(self, row: int, column: int) -> None:
        """Move the cursor within the screen."""
        bottom = max(len(self.lines), _ROWS) - 1
        self.row = max(min(row, bottom, self.row + _MAX_ROWS_DOWN), 0)
        self.column = max(min(column, max(self.column, _COLUMNS)), 0)

    def _erase(self, name: str, extent: int) -> None:
        """Erase in the line of the cursor (K), or in the whole screen (J)."""
        extent = min(extent, _ALL)
        if self.row < len(self.lines) and self.lines[self.row] != "":
            self._cells_of(self.row).erase(extent, self.column)
        if name == "K":
            return
        if extent != _TO_CURSOR:
            del self.lines[self.row + 1 :]
        if extent != _FROM_CURSOR:
            above = min(self.row, len(self.lines))
            self.lines[self.blank_end : above] = [""] * (above - self.blank_end)
            self.blank_end = max(self.blank_end, above)

    def _add_lines_to_cursor(self) -> None:
        """Add empty lines down to the row of the cursor."""
        self.lines.extend([""] * (self.row + 1 - len(self.lines)))

    def _resolve_end_column(self) -> None:
        """Replace the mark for the end of the line by the number of the column."""
        if self.column == _END:
            self.column = len(self._cells_of(self.row).cells)

    def _cells_of(self, row: int) -> _Cells:
        line = self.lines[row]
        if isinstance(line, str):
            line = self.lines[row] = _Cells(line)
        return line


def _line_text(line: str | _Cells) -> str:
    if isinstance(line, str):
        return line
    return "".join(line.cells).rstrip()


def _parse_number(digits: str | None) -> int:
    """Return a number of a sequence, cut to six digits: any longer one is outside of the screen too."""
    return int((digits or "").lstrip("0")[:6] or 0)
