"""The problems of one ``.bib`` file, by offset in its text."""

from __future__ import annotations

import re
from bisect import bisect_right

from blog.problems import Location, Problem

_MAX_PROBLEMS = 100
"""Problems of one file that are reported."""


class Lines:
    """The positions of the lines of a text."""

    def __init__(self, text: str, path: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._path = path

    def locate(self, offset: int) -> Location:
        """Return the location of the character at ``offset``."""
        row = bisect_right(self._starts, offset) - 1
        return Location(self._path, row + 1, offset - self._starts[row] + 1)


class BibReport:
    """The problems of a file, all of them warnings: other entries can be used."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._problems: list[Problem] = []
        self._left_out = 0

    def warn(self, offset: int, code: str, message: str, hint: str) -> None:
        """Add a problem at ``offset``."""
        if len(self._problems) >= _MAX_PROBLEMS:
            self._left_out += 1
            return
        self._problems.append(Problem(self.lines.locate(offset), code, message, hint, "warning"))

    def all(self) -> tuple[Problem, ...]:
        """Return the problems in the order of the file, each with its own text; of very many, the first ones."""
        problems = sorted(self._problems)
        if self._left_out:
            message = f"{self._left_out:,} more problems are in this file"
            problems.append(
                Problem(problems[-1].location, "bib-entry", message, "correct those above first", "warning")
            )
        return tuple(problems)
