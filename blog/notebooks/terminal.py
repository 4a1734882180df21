"""Text that was written to a terminal → the text that a terminal shows at the end.

ECMA-48, <https://ecma-international.org/publications-and-standards/standards/ecma-48/>: colors go; a carriage return, a
backspace and the motions of the cursor write over what is there, also in other lines, as progress bars do. The screen
is as high as the text: nothing leaves it at the top. Each sequence takes a bounded time, whatever it asks for.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from blog.text import CONTROL_CHARACTERS

_SEQUENCE = (
    r"\x1b\](?:[^\x07\x1b]*(?:\x07|\x1b\\)?)"  # a title or a link
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # a message to the terminal itself
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-~]?"
)
_MOTION = re.compile(r"(?:\x1b\[|\x9b)(?P<numbers>[0-9;]*)(?P<name>[A-HJKdfsu])|\x1b(?P<single>[78DEM])|[\r\b]")
_TOKEN = re.compile(rf"(?P<motion>{_MOTION.pattern})|(?P<other>{_SEQUENCE})|\n|[^\x1b\x9b\r\b\n]+")
_SINGLE = {"7": "s", "8": "u", "D": "B", "E": "E", "M": "A"}
"""Short forms of sequences, and these."""
_ROWS = 24
"""Rows of the terminal: limit for moving the cursor below the last written row."""
_COLUMNS = 240
"""So far the cursor can be moved to the right, or to what was saved, where it could not be moved by writing."""
_FARTHEST = 1000
"""Lines that one sequence can move the cursor down."""
_TAB = 8
_WIDE = frozenset("FW")
_END = -1
"""The column behind a text that is not in cells."""
_ON = frozenset({"Mn", "Me", "Cf"})
"""Categories of characters that take no column."""


def shown(text: str) -> str:
    """Return the text that a terminal shows at the end: without colours, control characters and outer blank lines."""
    text = text.replace("\r\n", "\n")
    text = _screen(text) if _MOTION.search(text) else re.sub(_SEQUENCE, "", text)
    return CONTROL_CHARACTERS.sub("", text).strip("\n")


def _screen(text: str) -> str:
    screen = _Screen()
    waiting: list[str] = []
    for token in _TOKEN.finditer(text):
        if token["other"]:
            continue
        if not token["motion"] and token[0] != "\n":
            waiting.append(token[0])
            continue
        screen.write("".join(waiting))
        waiting.clear()
        if token[0] == "\n":
            screen.begin_line()
        else:
            screen.move(token)
    screen.write("".join(waiting))
    return screen.text()


class _ScreenLine:
    """A line in cells: one for each column, with an empty text for the second half of a wide character."""

    __slots__ = ("blank", "cells")

    def __init__(self, text: str) -> None:
        self.cells: list[str] = []
        self.blank = 0
        """Cells before it are blank already: to erase them each time would take for ever."""
        self.write(text, 0)

    def write(self, text: str, at: int) -> int:
        """Write over what stands from column ``at`` on. Returns the column after it."""
        for index, part in enumerate(text.split("\t")):
            at = (at // _TAB + 1) * _TAB if index else at
            if cells := _cells(part):
                at = self._put(cells, at)
        return at

    def _put(self, added: list[str], at: int) -> int:
        at = min(at, max(len(self.cells), _COLUMNS))
        end = at + len(added)
        self.cells.extend(" " * (at - len(self.cells)))
        self._split(at)
        self._split(end)
        self.cells[at:end] = added
        self.blank = min(self.blank, at)
        return end

    def _split(self, at: int) -> None:
        """A wide character of which one half goes leaves a blank for the other."""
        if 0 < at < len(self.cells) and not self.cells[at]:
            self.cells[at - 1] = self.cells[at] = " "

    def erase(self, what: int, at: int) -> None:
        """Erase the cells from ``at`` on (0), up to there (1), or all (2)."""
        if what != 1:
            self._split(at)
            del self.cells[at:]
        end = min(at + 1, len(self.cells)) if what else 0
        self._split(end)
        if end > self.blank:
            self.cells[self.blank : end] = " " * (end - self.blank)
        self.blank = min(max(self.blank, end), len(self.cells))


def _cells(text: str) -> list[str]:
    """A cell for each character, with the marks that stand on it."""
    text = CONTROL_CHARACTERS.sub("", text)
    if text.isascii():
        return list(text)
    starts = [at for at, sign in enumerate(text) if not at or unicodedata.category(sign) not in _ON]
    cells: list[str] = []
    for start, end in pairwise([*starts, len(text)]):
        cells.append(text[start:end])
        if unicodedata.east_asian_width(text[start]) in _WIDE:
            cells.append("")
    return cells


class _Screen:
    """Lines, of which those that were never written over are texts, and a cursor."""

    def __init__(self) -> None:
        self.rows: list[str | _ScreenLine] = [""]
        self.row = 0
        self.column = 0
        self.saved = (0, 0)
        self.blank = 0
        """Lines before it are blank already."""

    def text(self) -> str:
        """All lines, without blanks at the ends of those that are in cells."""
        return "\n".join("".join(row.cells).rstrip() if isinstance(row, _ScreenLine) else row for row in self.rows)

    def write(self, text: str) -> None:
        """Write ``text``, which has no line ends, at the cursor."""
        if not text:
            return
        self._reach()
        self.blank = min(self.blank, self.row)
        if self.column == 0 and self.rows[self.row] == "":
            self.rows[self.row] = text
            self.column = _END
        else:
            self._settle()
            self.column = self._cells(self.row).write(text, self.column)

    def begin_line(self) -> None:
        """Go to the beginning of the next line."""
        self.row += 1
        self.column = 0
        self._reach()

    def move(self, sequence: re.Match[str]) -> None:
        """Do what a sequence says."""
        if sequence[0] == "\r":
            self.column = 0
            return
        self._settle()
        if sequence[0] == "\b":
            self.column = max(self.column - 1, 0)
            return
        name = sequence["name"] or _SINGLE[sequence["single"]]
        numbers = [_number(part) for part in (sequence["numbers"] or "").split(";")[:2]]
        if name in "JK":
            self._erase(name, numbers[0])
        elif name in "su":
            self._save_or_restore(name)
        else:
            self._go(*self._target(name, max(numbers[0], 1), max(numbers[-1], 1) if len(numbers) > 1 else 1))

    def _target(self, name: str, count: int, column: int) -> tuple[int, int]:
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

    def _go(self, row: int, column: int) -> None:
        """Move the cursor, as far as there is a screen."""
        bottom = max(len(self.rows), _ROWS) - 1
        self.row = max(min(row, bottom, self.row + _FARTHEST), 0)
        self.column = max(min(column, max(self.column, _COLUMNS)), 0)

    def _save_or_restore(self, name: str) -> None:
        if name == "s":
            self.saved = (self.row, self.column)
        else:
            self._go(*self.saved)

    def _erase(self, name: str, what: int) -> None:
        """Erase in the line of the cursor (K), or in the whole screen (J)."""
        what = min(what, 2)
        if self.row < len(self.rows) and self.rows[self.row] != "":
            self._cells(self.row).erase(what, self.column)
        if name == "K":
            return
        if what != 1:
            del self.rows[self.row + 1 :]
        if what:
            above = min(self.row, len(self.rows))
            self.rows[self.blank : above] = [""] * (above - self.blank)
            self.blank = max(self.blank, above)

    def _reach(self) -> None:
        """Let there be lines down to that of the cursor."""
        self.rows.extend([""] * (self.row + 1 - len(self.rows)))

    def _settle(self) -> None:
        """Say in columns where the end of a text is."""
        if self.column == _END:
            self.column = len(self._cells(self.row).cells)

    def _cells(self, at: int) -> _ScreenLine:
        row = self.rows[at]
        if isinstance(row, str):
            row = self.rows[at] = _ScreenLine(row)
        return row


def _number(digits: str) -> int:
    """A number of a sequence; a longer one leads out of any screen too."""
    return int(digits.lstrip("0")[:6] or 0)
