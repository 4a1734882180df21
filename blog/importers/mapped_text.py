"""A text that is edited by positions, and still knows the line of the old file from which each of its lines comes."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable


class Edit(NamedTuple):
    """A replacement of the characters from ``start`` to ``end``."""

    start: int
    end: int
    text: str


class MappedText(Struct, frozen=True):
    """A text, and for each of its lines the line of the old file."""

    text: str
    lines: tuple[int, ...]

    @classmethod
    def of(cls, text: str, first_line: int) -> MappedText:
        """Return a text that has not been edited; it begins in ``first_line`` of its file."""
        return cls(text, tuple(range(first_line, first_line + text.count("\n") + 1)))

    def line_at(self, offset: int) -> int:
        """Return the line of the old file to which ``offset`` belongs."""
        return self.lines[self.text.count("\n", 0, offset)]

    def edit(self, edits: Iterable[Edit]) -> MappedText:
        """Return the text with all ``edits``, of which none may touch another; one inside another is left out."""
        starts = [0, *(line_end.end() for line_end in re.finditer("\n", self.text))]
        pieces: list[str] = []
        lines: list[int] = []
        position = 0

        def keep(end: int) -> None:
            piece = self.text[position:end]
            pieces.append(piece)
            first = bisect_right(starts, position) - 1
            lines.extend(self.lines[first + index] for index in range(piece.count("\n")))

        for edit in sorted(edits):
            if edit.start < position:
                continue
            keep(edit.start)
            pieces.append(edit.text)
            line = self.lines[bisect_right(starts, edit.start) - 1]
            lines.extend([line] * edit.text.count("\n"))
            position = edit.end
        keep(len(self.text))
        lines.append(self.lines[-1])
        return MappedText("".join(pieces), tuple(lines))
