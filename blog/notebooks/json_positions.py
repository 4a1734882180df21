"""The text of a notebook → its JSON values, each with its offset; and typed getters that say what is wrong where.

JSON by RFC 8259, <https://www.rfc-editor.org/rfc/rfc8259>, read by the standard library's decoder.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import Any, NamedTuple

from blog.problems import BlogError, Location, Problem
from blog.text import CONTROL_CHARACTERS

_DEEPEST = 7
"""Levels with positions: cells, cell, outputs, output, data, form, line. What is deeper is decoded and not kept."""
_SPACE = re.compile(r"[ \t\r\n]*")
_BREAK = re.compile(r"\r\n|[\r\n]")
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|.)")
_BREAKS = frozenset({r"\n", r"\r", r"\u000a", r"\u000A", r"\u000d", r"\u000D"})

Rows = tuple[tuple[int, int], ...]


class Value(NamedTuple):
    """One value and where it is written: ``text[at:end]``."""

    value: Any
    """A dict or a list of values, or a scalar; an ellipsis for a collection that is deeper than anyone looks."""
    at: int
    end: int


class _TwiceError(Exception):
    """A name that a table has already."""

    def __init__(self, name: str, at: int) -> None:
        self.name = CONTROL_CHARACTERS.sub("", name)[:100]
        self.at = at


class _Decoder:
    """Reads values with positions down to a depth, and all below at the speed of the standard library."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.decode = json.JSONDecoder().raw_decode

    def document(self) -> Value:
        value = self.value(0)
        if self.peek():
            raise json.JSONDecodeError("Extra data", self.text, self.at)
        return value

    def peek(self) -> str:
        """The next character that is not white space."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def take(self, sign: str) -> None:
        if self.peek() != sign:
            raise json.JSONDecodeError(f"Expecting '{sign}'", self.text, self.at)
        self.at += 1

    def value(self, depth: int) -> Value:
        opening, at = self.peek(), self.at
        value: Any
        if depth < _DEEPEST and opening == "{":
            value = self.table(depth + 1)
        elif depth < _DEEPEST and opening == "[":
            value = self.items(depth + 1)
        else:
            value, self.at = self.decode(self.text, self.at)
            value = ... if isinstance(value, dict | list) else value
        return Value(value, at, self.at)

    def another(self, closing: str, *, first: bool) -> bool:
        if self.peek() == closing:
            self.at += 1
            return False
        if not first:
            self.take(",")
        return True

    def table(self, depth: int) -> dict[str, Value]:
        self.take("{")
        found: dict[str, Value] = {}
        while self.another("}", first=not found):
            if self.peek() != '"':
                raise json.JSONDecodeError("Expecting a name in double quotes", self.text, self.at)
            at = self.at
            name, self.at = self.decode(self.text, at)
            if name in found:  # which one counts, programs disagree: a tag such as "private" must not get lost
                raise _TwiceError(name, at)
            self.take(":")
            found[name] = self.value(depth)
        return found

    def items(self, depth: int) -> list[Value]:
        self.take("[")
        found: list[Value] = []
        while self.another("]", first=not found):
            found.append(self.value(depth))
        return found


class NotebookFile:
    """The text of one notebook: places in it, what is wrong with it, and its values by type."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.problems: list[Problem] = []

    def locate(self, at: int) -> Location:
        """The line and column of an offset."""
        line = bisect_right(self.starts, at)
        return Location(self.path, line, at - self.starts[line - 1] + 1)

    def fail(self, at: int, code: str, message: str, hint: str = "") -> None:
        """Note an error."""
        self.problems.append(Problem(self.locate(at), code, message, hint))

    def warn(self, at: int, code: str, message: str, hint: str = "") -> None:
        """Note a warning."""
        self.problems.append(Problem(self.locate(at), code, message, hint, "warning"))

    def document(self) -> Value:
        """The value that the file holds; raises :class:`BlogError` if it is not JSON, too deep, or ambiguous."""
        try:
            return _Decoder(self.text).document()
        except json.JSONDecodeError as error:
            words = error.msg.removesuffix(" at").removesuffix(" starting")
            problem = Problem(
                self.locate(error.pos), "json", f"not JSON: {words[:1].lower()}{words[1:]}", self._cause()
            )
        except _TwiceError as error:
            problem = Problem(self.locate(error.at), "json", f'"{error.name}" is written twice', "keep one of them")
        except ValueError:  # int() refuses more than 4,300 digits
            problem = Problem(Location(self.path), "json", "not JSON: a number is too long")
        except RecursionError:
            problem = Problem(Location(self.path), "json", "the notebook is nested too deep")
        raise BlogError([problem]) from None

    def _cause(self) -> str:
        if re.search("^<<<<<<<", self.text, re.MULTILINE):
            return "was a merge conflict left in it? take one side and save it again"
        return "open it in Jupyter and save it again"

    def table(self, parent: Value, key: str) -> dict[str, Value]:
        """The mapping that ``parent`` has under ``key``, or an empty one."""
        value = parent.value.get(key)
        if value is None or isinstance(value.value, dict):
            return value.value if value else {}
        self.fail(value.at, "wrong-type", f'"{key}" must be a table of keys and values')
        return {}

    def items(self, parent: Value, key: str) -> list[Value]:
        """The list that ``parent`` has under ``key``, or an empty one."""
        value = parent.value.get(key)
        if value is None or isinstance(value.value, list):
            return value.value if value else []
        self.fail(value.at, "wrong-type", f'"{key}" must be a list')
        return []

    def word(self, parent: Value, key: str) -> str:
        """A name that ``parent`` must have under ``key``, fit for messages; an empty text if it has none."""
        value = parent.value.get(key)
        if value is None:
            self.fail(parent.at, "missing-key", f'"{key}" is missing')
        elif not isinstance(value.value, str):
            self.fail(value.at, "wrong-type", f'"{key}" must be text')
        else:
            return CONTROL_CHARACTERS.sub("", value.value)[:100]
        return ""

    def pieces(self, value: Value, what: str) -> list[Value]:
        """The texts that stand for one: nbformat's multi-line strings are one text or a list of texts."""
        pieces = value.value if isinstance(value.value, list) else [value]
        for piece in pieces:
            if not isinstance(piece.value, str):
                self.fail(piece.at, "wrong-type", f"{what} must be text or a list of texts")
                return []
        return pieces

    def joined(self, value: Value, what: str) -> str:
        """The text of a multi-line string, as it is stored."""
        return "".join(piece.value for piece in self.pieces(value, what))

    def lines(self, value: Value, what: str) -> tuple[str, Rows]:
        """The text of a multi-line string with LF, without blank lines at its end; and where its lines stand.

        For each line: the line of the file, and how many characters stand before it there; for one that is stored in
        several pieces, instead, the negative number of the column where it begins.
        """
        marks, parts, length = {0: value.at + 1}, [""], 0
        begins = set()
        for piece in self.pieces(value, what):
            if piece.value:
                marks |= {length + index: at for index, at in self._marks(piece)}
                begins.add(length)
                parts.append(piece.value)
                length += len(piece.value)
        whole = "".join(parts)
        text = _BREAK.sub("\n", whole).rstrip()
        starts = [0, *(found.end() for found in _BREAK.finditer(whole))][: text.count("\n") + 1] if text else []
        places = [self.locate(marks[start]) for start in starts]
        self._check(text, places)
        parted = {bisect_right(starts, begin) - 1 for begin in begins - set(starts)}
        rows = ((place.line, -place.column if row in parted else place.column - 1) for row, place in enumerate(places))
        return CONTROL_CHARACTERS.sub("\ufffd", text), tuple(rows)

    def _marks(self, piece: Value) -> list[tuple[int, int]]:
        """Indices in a text at which a line may begin, and the offsets in the file of what stands there."""
        written = self.text[piece.at + 1 : piece.end - 1]
        ends = [piece.at + 1 + found.end() for found in _ESCAPE.finditer(written) if found[0] in _BREAKS]
        indices = [found.end() for found in re.finditer(r"[\r\n]", piece.value)]
        return [(0, piece.at + 1), *zip(indices, ends, strict=True)]

    def _check(self, text: str, places: list[Location]) -> None:
        if control := CONTROL_CHARACTERS.search(text):
            place = places[text.count("\n", 0, control.start())]
            message = f"the text has the control character {control[0]!r}"
            self.problems.append(Problem(place, "control-character", message, "delete it"))
