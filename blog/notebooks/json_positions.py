"""The text of a notebook → its JSON values, each with its offset; and typed getters that report errors.

JSON by RFC 8259, <https://www.rfc-editor.org/rfc/rfc8259>, read by the standard library's decoder.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from blog.problems import BlogError, Location, Problem
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MAX_DEPTH = 7
"""Levels with positions: cells, cell, outputs, output, data, form, line. Deeper values are decoded and not kept."""
_CELLS_DEPTH = 2
"""Depth of the list of cells."""
_MAX_NAME_LENGTH = 100
"""Characters of a name in a message."""
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_BREAK = re.compile(r"\r\n|[\r\n]")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|.)")
_ESCAPED_BREAKS = frozenset({r"\n", r"\r", r"\u000a", r"\u000A", r"\u000d", r"\u000D"})
RESTORE_HINT = "restore it from git or from .ipynb_checkpoints"
_CONFLICT_MARKER = re.compile("^<<<<<<<", re.MULTILINE)

Rows = tuple[tuple[int, int], ...]


class Value(NamedTuple):
    """One value and where it is written: ``text[start:end]``."""

    value: Any
    """A dict or a list of values, or a scalar; an ellipsis for a collection below the depth limit."""
    start: int
    end: int


class _DuplicateKeyError(Exception):
    """A key occurs twice in one table."""

    def __init__(self, key: str, start: int) -> None:
        self.key = printable_name(key)
        self.start = start


class _Decoder:
    """Decodes values with positions down to a depth, and all below with the standard library's faster decoder."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.decode = json.JSONDecoder().raw_decode
        self.cell_number = 0
        """The number of the cell that is being decoded; 0 outside of all cells."""
        self.is_in_cells = False

    def decode_document(self) -> Value:
        value = self.decode_value(0)
        if self.next_character():
            raise json.JSONDecodeError("Extra data", self.text, self.position)
        return value

    def next_character(self) -> str:
        """Skip white space and return the next character, or an empty text at the end."""
        space = _SPACE.match(self.text, self.position)
        if space:
            self.position = space.end()
        return self.text[self.position : self.position + 1]

    def skip_delimiter(self, delimiter: str) -> None:
        if self.next_character() != delimiter:
            raise json.JSONDecodeError(f"Expecting '{delimiter}'", self.text, self.position)
        self.position += 1

    def decode_value(self, depth: int) -> Value:
        opening = self.next_character()
        start = self.position
        value: Any
        if depth < _MAX_DEPTH and opening == "{":
            value = self.decode_table(depth + 1)
        elif depth < _MAX_DEPTH and opening == "[":
            value = self.decode_list(depth + 1)
        else:
            value, self.position = self.decode(self.text, self.position)
            if isinstance(value, dict | list):
                value = ...
        return Value(value, start, self.position)

    def has_member(self, closing: str, *, is_first: bool) -> bool:
        """Skip the delimiter before the next member; return False behind the ``closing`` delimiter."""
        if self.next_character() == closing:
            self.position += 1
            return False
        if not is_first:
            self.skip_delimiter(",")
        return True

    def decode_table(self, depth: int) -> dict[str, Value]:
        self.skip_delimiter("{")
        table: dict[str, Value] = {}
        while self.has_member("}", is_first=not table):
            if self.next_character() != '"':
                raise json.JSONDecodeError("Expecting a name in double quotes", self.text, self.position)
            start = self.position
            key, self.position = self.decode(self.text, start)
            if key in table:  # programs disagree about which one counts: a tag such as "private" must not get lost
                raise _DuplicateKeyError(key, start)
            self.skip_delimiter(":")
            if depth == 1:
                self.is_in_cells = key == "cells"
            table[key] = self.decode_value(depth)
        return table

    def decode_list(self, depth: int) -> list[Value]:
        self.skip_delimiter("[")
        values: list[Value] = []
        is_cells = depth == _CELLS_DEPTH and self.is_in_cells
        while self.has_member("]", is_first=not values):
            if is_cells and self.next_character() not in {"", "]"}:
                self.cell_number = len(values) + 1
            values.append(self.decode_value(depth))
            if is_cells:
                self.cell_number = 0
        return values


class NotebookFile:
    """The text of one notebook, its problems, and typed access to its values."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.line_starts = [0, *(line_break.end() for line_break in re.finditer("\n", text))]
        self.problems: list[Problem] = []
        self.cell_number = 0
        """The number of the cell, from 1, to which messages refer; 0: to none."""

    def locate(self, offset: int) -> Location:
        """Return the line and column of an offset."""
        line = bisect_right(self.line_starts, offset)
        return Location(self.path, line, offset - self.line_starts[line - 1] + 1)

    def error(self, offset: int, code: str, message: str, hint: str = "") -> None:
        """Add an error to the problems."""
        self.problems.append(Problem(self.locate(offset), code, self._name_cell(message), hint))

    def warn(self, offset: int, code: str, message: str, hint: str = "") -> None:
        """Add a warning to the problems."""
        self.problems.append(Problem(self.locate(offset), code, self._name_cell(message), hint, "warning"))

    def _name_cell(self, message: str) -> str:
        """Return ``message`` with the number of the cell: a notebook may be a single line."""
        return f"in cell {self.cell_number}: {message}" if self.cell_number else message

    def parse(self) -> Value:
        """Return the value of the whole file; raise :class:`BlogError` if it is not JSON, too deep, or ambiguous."""
        decoder = _Decoder(self.text)
        try:
            return decoder.decode_document()
        except json.JSONDecodeError as error:
            self.cell_number = decoder.cell_number
            problem = self._explain(error)
        except _DuplicateKeyError as error:
            self.cell_number = decoder.cell_number
            message = self._name_cell(f'"{error.key}" is written twice')
            problem = Problem(self.locate(error.start), "json", message, "keep one of them")
        except ValueError:  # int() refuses more than 4,300 digits
            problem = Problem(Location(self.path), "json", "not JSON: a number is too long")
        except RecursionError:
            problem = Problem(Location(self.path), "json", "the notebook is nested too deep")
        raise BlogError([problem]) from None

    def _explain(self, error: json.JSONDecodeError) -> Problem:
        """Return the problem of a text that is not JSON."""
        offset, reason = error.pos, error.msg.removesuffix(" at").removesuffix(" starting")
        before = self.text[:offset].rstrip()
        message, hint = f"not JSON: {reason[:1].lower()}{reason[1:]}", RESTORE_HINT
        if not self.text.strip():
            return Problem(Location(self.path), "json", "the notebook is empty", "delete it, or restore it from git")
        if _CONFLICT_MARKER.search(self.text):
            hint = "was a merge conflict left in it? take one side and save it again"
        elif reason == "Unterminated string" or not self.text[offset:].strip():
            place = f"cell {self.cell_number}" if self.cell_number else "the notebook"
            message = f"the file ends in the middle of {place}"
            end = offset if reason == "Unterminated string" else len(before)
            return Problem(self.locate(end), "json", message, hint)
        elif before.endswith(",") and self.text[offset] in "]}":
            offset, message, hint = len(before) - 1, "there is a comma too many", "delete it"
        elif reason == "Extra data":
            message, hint = "there is text behind the end of the notebook", "delete it"
        elif reason == "Invalid control character" and self.text[offset] == "\n":
            message, hint = "a text is not closed in its line", 'write " at its end'
        return Problem(self.locate(offset), "json", self._name_cell(message), hint)

    def get_table(self, parent: Value, key: str) -> dict[str, Value]:
        """Return the mapping that ``parent`` has under ``key``; without one, an empty mapping."""
        value = parent.value.get(key)
        if value is None:
            return {}
        table = value.value
        if isinstance(table, dict):
            return table
        self.error(value.start, "wrong-type", f'"{key}" must be a table of keys and values')
        return {}

    def get_list(self, parent: Value, key: str) -> list[Value]:
        """Return the list that ``parent`` has under ``key``; without one, an empty list."""
        value = parent.value.get(key)
        if value is None:
            return []
        values = value.value
        if isinstance(values, list):
            return values
        self.error(value.start, "wrong-type", f'"{key}" must be a list')
        return []

    def require_name(self, parent: Value, key: str) -> str:
        """Return the text of a required ``key``, fit for messages; without one, report it and return an empty text."""
        value = parent.value.get(key)
        if value is None:
            self.error(parent.start, "missing-key", f'"{key}" is missing')
            return ""
        if not isinstance(value.value, str):
            self.error(value.start, "wrong-type", f'"{key}" must be text')
            return ""
        return printable_name(value.value)

    def get_strings(self, value: Value, label: str) -> list[Value]:
        """Return the parts of one of nbformat's multi-line strings: a text or a list of texts."""
        strings = value.value if isinstance(value.value, list) else [value]
        for string in strings:
            if not isinstance(string.value, str):
                self.error(string.start, "wrong-type", f"{label} must be text or a list of texts")
                return []
        return strings

    def join_strings(self, value: Value, label: str) -> str:
        """Return the text of a multi-line string, as it is stored."""
        return "".join(string.value for string in self.get_strings(value, label))

    def read_lines(self, value: Value, label: str) -> tuple[str, Rows]:
        """Return the text of a multi-line string with LF, without blank lines at its end; and where its lines start.

        For each line: the line of the file, and the number of characters before it there; for a line that is stored in
        several strings, instead, the negative number of the column where it begins.
        """
        offsets = {0: value.start + 1}  # index in the whole text → offset in the file
        parts: list[str] = []
        part_starts = set()
        length = 0
        for string in self.get_strings(value, label):
            if not string.value:
                continue
            for index, offset in self._line_offsets(string):
                offsets[length + index] = offset
            part_starts.add(length)
            parts.append(string.value)
            length += len(string.value)
        whole = "".join(parts)
        text = _LINE_BREAK.sub("\n", whole).rstrip()
        line_starts = _line_starts(whole, text)
        locations = [self.locate(offsets[start]) for start in line_starts]
        self._check_control_characters(text, locations)
        split_lines = {bisect_right(line_starts, start) - 1 for start in part_starts.difference(line_starts)}
        rows = []
        for row, location in enumerate(locations):
            column = -location.column if row in split_lines else location.column - 1
            rows.append((location.line, column))
        return CONTROL_CHARACTERS.sub("\ufffd", text), tuple(rows)

    def _line_offsets(self, string: Value) -> list[tuple[int, int]]:
        """Return the indexes in a text at which a line may begin, each with its offset in the file."""
        content_start = string.start + 1
        source = self.text[content_start : string.end - 1]
        offsets = [content_start + escape.end() for escape in _ESCAPE.finditer(source) if escape[0] in _ESCAPED_BREAKS]
        indexes = [line_break.end() for line_break in re.finditer(r"[\r\n]", string.value)]
        return [(0, content_start), *zip(indexes, offsets, strict=True)]

    def _check_control_characters(self, text: str, locations: list[Location]) -> None:
        if control := CONTROL_CHARACTERS.search(text):
            location = locations[text.count("\n", 0, control.start())]
            message = f"the text has the control character {control[0]!r}"
            self.problems.append(Problem(location, "control-character", self._name_cell(message), "delete it"))


def _line_starts(whole: str, text: str) -> list[int]:
    """Return the indexes in ``whole`` of the lines of ``text``, which has LF only and no blank lines at its end."""
    if not text:
        return []
    starts = [0, *(line_break.end() for line_break in _LINE_BREAK.finditer(whole))]
    return starts[: text.count("\n") + 1]


def members_of(value: Value | None) -> Mapping[str, Value]:
    """Return the members of a table; none of any other value."""
    if value is None or not isinstance(value.value, dict):
        return {}
    return value.value


def elements_of(value: Value | None) -> Sequence[Value]:
    """Return the elements of a list; none of any other value."""
    if value is None or not isinstance(value.value, list):
        return ()
    return value.value


def text_of(value: Value | None) -> str:
    """Return a text; an empty one for any other value."""
    if value is None or not isinstance(value.value, str):
        return ""
    return value.value


def printable_name(text: str) -> str:
    """Return a name from a notebook as a message contains it: short and without control characters."""
    return CONTROL_CHARACTERS.sub("", text)[:_MAX_NAME_LENGTH]
