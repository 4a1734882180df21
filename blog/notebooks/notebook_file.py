"""The text of a notebook → its JSON values; and typed getters that report errors in its cells.

JSON by RFC 8259, <https://www.rfc-editor.org/rfc/rfc8259>, read by the standard library's decoder.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from blog.problems import BlogError, Location, Problem
from blog.text import CONTROL_CHARACTERS, normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MAX_NAME_LENGTH = 100
"""Characters of a name in a message."""
RESTORE_HINT = "restore it from git or from .ipynb_checkpoints"
_CONFLICT_MARKER = re.compile("^<<<<<<<", re.MULTILINE)


class NotebookFile:
    """The problems of one notebook, and typed access to its values."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.cell_number = 0
        """The number of the cell, from 1, in which problems are located; 0: in the file as a whole."""

    def locate(self, line: int = 0, column: int = 0) -> Location:
        """Return a position in the text of the cell; without arguments, that of the cell or the file as a whole."""
        if not self.cell_number:
            return Location(self.path)
        return Location(self.path, line, column, self.cell_number)

    def add_error(self, code: str, message: str, hint: str = "") -> None:
        """Add an error to the problems."""
        self.problems.append(Problem(self.locate(), code, message, hint))

    def add_warning(self, code: str, message: str, hint: str = "") -> None:
        """Add a warning to the problems."""
        self.problems.append(Problem(self.locate(), code, message, hint, "warning"))

    def get_table(self, parent: dict[str, Any], key: str) -> dict[str, Any]:
        """Return the mapping that ``parent`` has under ``key``; without one, an empty mapping."""
        table = parent.get(key, {})
        if isinstance(table, dict):
            return table
        self.add_error("wrong-type", f'"{printable_name(key)}" must be a table of keys and values')
        return {}

    def get_list(self, parent: dict[str, Any], key: str) -> list[Any]:
        """Return the list that ``parent`` has under ``key``; without one, an empty list."""
        values = parent.get(key, [])
        if isinstance(values, list):
            return values
        self.add_error("wrong-type", f'"{key}" must be a list')
        return []

    def require_name(self, parent: dict[str, Any], key: str) -> str:
        """Return the text of a required ``key``, fit for messages; without one, report it and return an empty text."""
        if key not in parent:
            self.add_error("missing-key", f'"{key}" is missing')
            return ""
        name = parent[key]
        if not isinstance(name, str):
            self.add_error("wrong-type", f'"{key}" must be text')
            return ""
        return printable_name(name)

    def get_strings(self, value: Any, label: str) -> list[str]:
        """Return the parts of one of nbformat's multi-line strings: a text or a list of texts."""
        strings = value if isinstance(value, list) else [value]
        if all(isinstance(string, str) for string in strings):
            return strings
        self.add_error("wrong-type", f"{label} must be text or a list of texts")
        return []

    def join_strings(self, value: Any, label: str) -> str:
        """Return the text of a multi-line string, as it is stored."""
        return "".join(self.get_strings(value, label))

    def read_source(self, value: Any) -> str:
        """Return the text of a cell with LF, without blank lines at its end; report a control character in it."""
        text = normalize_newlines(self.join_strings(value, '"source"')).rstrip()
        if control := CONTROL_CHARACTERS.search(text):
            line_start = text.rfind("\n", 0, control.start()) + 1
            location = self.locate(text.count("\n", 0, line_start) + 1, control.start() - line_start + 1)
            message = f"the text has the control character {control[0]!r}"
            self.problems.append(Problem(location, "control-character", message, "delete it"))
        return CONTROL_CHARACTERS.sub("\ufffd", text)


def decode_notebook(text: str, path: str) -> Any:
    """Return the value of the whole file; raise :class:`BlogError` if it is not JSON, too deep, or ambiguous."""
    repeated: list[tuple[str, dict[str, Any]]] = []

    def make_table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(
            pairs
        ):  # programs disagree about which one counts: a tag such as "private" must not get lost
            repeated.append((_find_repeated_key(pairs), table))
        return table

    try:
        top = json.JSONDecoder(object_pairs_hook=make_table).decode(text)
    except json.JSONDecodeError as error:
        problem = _explain(error, path)
    except ValueError:  # int() refuses more than 4,300 digits
        problem = Problem(Location(path), "json", "not JSON: a number is too long")
    except RecursionError:
        problem = Problem(Location(path), "json", "the notebook is nested too deep")
    else:
        if not repeated:
            return top
        key, table = repeated[0]
        location = _locate_table(table, top, path)
        problem = Problem(location, "json", f'"{printable_name(key)}" is written twice', "keep one of them")
    raise BlogError([problem]) from None


def _find_repeated_key(pairs: list[tuple[str, Any]]) -> str:
    keys: set[str] = set()
    for key, _ in pairs:
        if key in keys:
            break
        keys.add(key)
    return key


def _locate_table(table: dict[str, Any], top: Any, path: str) -> Location:
    """Return the position of the cell that contains ``table``; that of the file, if no cell does."""
    for number, cell in enumerate(elements_of(members_of(top).get("cells")), 1):
        pending = [cell]
        while pending:
            value = pending.pop()
            if value is table:
                return Location(path, 0, 0, number)
            pending += members_of(value).values() or elements_of(value)
    return Location(path)


def _explain(error: json.JSONDecodeError, path: str) -> Problem:
    """Return the problem of a text that is not JSON, at its position in the file."""
    text, offset = error.doc, error.pos
    reason = error.msg.removesuffix(" at").removesuffix(" starting").removesuffix(" delimiter")
    before = text[:offset].rstrip()
    message, hint = f"not JSON: {reason[:1].lower()}{reason[1:]}", RESTORE_HINT
    if not text.strip():
        offset, message, hint = 0, "the notebook is empty", "delete it, or restore it from git"
    elif _CONFLICT_MARKER.search(text):
        hint = "was a merge conflict left in it? take one side and save it again"
    elif reason == "Unterminated string":
        message = _CUT
    elif not text[offset:].strip():
        offset, message = len(before), _CUT
    elif reason.startswith("Illegal trailing comma"):  # as Python 3.13 calls it
        message, hint = _COMMA, "delete it"
    elif before.endswith(",") and text[offset] in "]}":
        offset, message, hint = len(before) - 1, _COMMA, "delete it"
    elif reason == "Extra data":
        message, hint = "there is text behind the end of the notebook", "delete it"
    elif reason == "Invalid control character" and text[offset] == "\n":
        message, hint = "a text is not closed in its line", 'write " at its end'
    line_start = text.rfind("\n", 0, offset) + 1
    location = Location(path, text.count("\n", 0, line_start) + 1, offset - line_start + 1)
    return Problem(location, "json", message, hint)


_CUT = "the file ends in the middle of the notebook"
_COMMA = "there is a comma too many"


def members_of(value: Any) -> Mapping[str, Any]:
    """Return the members of a table; none of any other value."""
    return value if isinstance(value, dict) else {}


def elements_of(value: Any) -> Sequence[Any]:
    """Return the elements of a list; none of any other value."""
    return value if isinstance(value, list) else ()


def text_of(value: Any) -> str:
    """Return a text; an empty one for any other value."""
    return value if isinstance(value, str) else ""


def printable_name(text: str) -> str:
    """Return a name from a notebook as a message contains it: short and without control characters."""
    return CONTROL_CHARACTERS.sub("", text)[:_MAX_NAME_LENGTH]
