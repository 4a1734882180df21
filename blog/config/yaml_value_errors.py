"""Mistakes in a value of YAML: quotes, brackets and special characters → slips of the author.

Each finder takes the lines up to where libyaml stopped, and returns None if its mistake is not there.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from blog.config.toml_errors import strip_curly_quotes

PAIR = re.compile(r"(?P<key>\s*+(?:- +)?[\w-]++:)\s++(?P<value>\S.*)")
"""A key, perhaps of a list entry, and a value."""
ENTRY = re.compile(r"\s*+-\s++(?P<value>\S.*)")
"""An entry of a list, and its value."""
KEY_LINE = re.compile(r"[\w-]++:(?:\s|$)")
"""The beginning of a line with a key at the left edge."""
_COMMENT = re.compile(r"\s#\s.*")
_WHOLE_QUOTE = re.compile(r"""(?:"(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+')\s*+(?:#.*+)?""")
_CLOSERS = {"[": "]", "{": "}"}
_SPECIAL_START = re.compile(
    "cannot start any token|alphabetic or numeric|comment or line break|sequence entries are not"
)


class Slip(NamedTuple):
    """A mistake of the author. Row and column count from 0."""

    row: int
    column: int
    message: str
    hint: str = ""


class Failure(NamedTuple):
    """The lines of a text, and where and why libyaml stopped."""

    lines: list[str]
    reason: str
    row: int
    column: int
    start_row: int
    """The beginning of the element that libyaml was reading."""
    start_column: int

    @property
    def line(self) -> str:
        """The line where libyaml stopped; empty below the last."""
        return self.lines[self.row] if self.row < len(self.lines) else ""

    def find_row_above(self, row: int) -> int:
        """Return the nearest row above ``row`` that is neither blank nor a comment; -1 if there is none."""
        row -= 1
        while row >= 0 and is_blank(self.lines[row]):
            row -= 1
        return row


def is_blank(line: str) -> bool:
    """Return whether a line has nothing, or only a comment."""
    return not line.strip() or line.lstrip().startswith("#")


def find_open_bracket(failure: Failure) -> Slip | None:
    """Find a list or table in brackets that is not closed, or that has no comma between two entries."""
    if "expected ',' or" not in failure.reason:
        return None
    row, column = failure.start_row, failure.start_column
    opener = failure.lines[row][column]
    closer = _CLOSERS[opener]
    rest = failure.line[failure.column :]
    if failure.row == row and closer in rest:
        if rest[0] == ":":
            return Slip(row, failure.column, 'a text with ": " needs quotes', "put quotes around it")
        return Slip(row, failure.column, "a comma or quotes are missing here", "write a comma between two entries")
    name = "list" if opener == "[" else "table"
    hint = f"write {closer} at its end"
    is_one_line = failure.find_row_above(failure.row) == row or failure.row == row
    if is_one_line:
        text = _COMMENT.sub("", failure.lines[row]).strip()
        hint = f"write {text.rstrip(',]}')}{closer}"
    return Slip(row, column, f"the {name} is not closed", hint)


def find_open_quote(failure: Failure) -> Slip | None:
    """Find a quote that is not closed on its line, while the next line is a key."""
    is_open = "end of stream" in failure.reason
    if not is_open and "expected key" not in failure.reason:
        return None
    last = min(failure.row, len(failure.lines) - 1)
    for row, line in enumerate(failure.lines[: last + 1]):
        column = _find_value_quote(line)
        next_line = failure.lines[row + 1] if row < len(failure.lines) - 1 else ""
        if column >= 0 and not _ends_quote(line[column:]) and (KEY_LINE.match(next_line) or row == last):
            return _explain_open_quote(row, column, line)
    if not is_open:
        return None
    return _explain_open_quote(failure.start_row, failure.start_column, failure.lines[failure.start_row])


def _explain_open_quote(row: int, column: int, line: str) -> Slip:
    quote = line[column]
    text = line.strip()
    hint = f"close the quote: {text}{quote}" if column < len(line) - 1 else f"write {quote} at the end of the text"
    return Slip(row, column, "the quote is not closed", hint)


def _find_value_quote(line: str) -> int:
    """Return the index of the quote with which the value of a key or of a list entry begins; -1 without one."""
    match = PAIR.fullmatch(line) or ENTRY.fullmatch(line)
    if match is None or match["value"][0] not in "\"'":
        return -1
    return match.start("value")


def _ends_quote(text: str) -> bool:
    """Return whether the quote with which ``text`` begins is closed in it."""
    quote = text[0]
    inner = text[1:].replace("\\" + quote, "") if quote == '"' else text[1:].replace("''", "")
    return quote in inner


def find_rest(failure: Failure) -> Slip | None:
    """Find a text behind a closing quote or bracket."""
    match = PAIR.fullmatch(failure.line) or ENTRY.fullmatch(failure.line)
    is_possible = "expected key" in failure.reason or "mapping values" in failure.reason
    if match is None or not is_possible or match["value"][0] not in "\"'[{":
        return None
    value = _COMMENT.sub("", match["value"]).rstrip()
    if _WHOLE_QUOTE.fullmatch(value) or failure.column <= match.start("value"):
        return None
    name = "quote" if value[0] in "\"'" else "bracket"
    if name == "quote" and value[0] == value[-1]:
        value = value[1:-1]
    hint = f"write {failure.line[: match.start('value')].strip()} {quote_text(value)}"
    return Slip(failure.row, failure.column, f"the {name} is closed, and more follows", hint)


def find_special_start(failure: Failure) -> Slip | None:
    """Find a text without quotes that begins with a character that means something in YAML."""
    if not _SPECIAL_START.search(failure.reason):
        return None
    is_scanned = "alphabetic" in failure.reason or "line break" in failure.reason
    row, column = (failure.start_row, failure.start_column) if is_scanned else (failure.row, failure.column)
    line = failure.lines[row] if row < len(failure.lines) else ""
    value = _COMMENT.sub("", line[column:]).strip()
    if not value:
        return None
    before = line[:column].strip()
    if value.startswith("- "):
        return Slip(row, column, "a list begins on the line below its key", f"write {before} [{value[2:].strip()}]")
    hint = "put quotes around it" if "[" in before or "{" in before else f"write {before} {quote_text(value)}".strip()
    return Slip(row, column, f"a text that begins with {value[0]} needs quotes", hint)


def find_colon(failure: Failure) -> Slip | None:
    """Find a text without quotes that has a colon."""
    if "mapping values" not in failure.reason:
        return None
    line = _COMMENT.sub("", failure.line)
    message = 'a text with ": " needs quotes'
    if failure.column == len(line.rstrip()) - 1:
        message = "a text that ends with a colon needs quotes"
    return Slip(failure.row, failure.column, message, _quote_line(line))


def _quote_line(line: str) -> str:
    """Return the hint to put the value of a ``line`` into quotes."""
    match = PAIR.fullmatch(line) or ENTRY.fullmatch(line)
    if match is None:
        return "put quotes around it"
    return f"write {line[: match.start('value')].strip()} {quote_text(match['value'])}"


def quote_text(text: str) -> str:
    """Return ``text`` as YAML in quotes; curly quotes around it become straight ones."""
    text = strip_curly_quotes(text.strip())
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def find_missing_value(failure: Failure) -> Slip | None:
    """Find a comma or a closing bracket in the place of a value."""
    if "node content" not in failure.reason or failure.column >= len(failure.line):
        return None
    char = failure.line[failure.column]
    hint = "write it, or delete the comma" if char == "," else "write it"
    return Slip(failure.row, failure.column, f"a value is missing before {char}", hint)


def find_escape(failure: Failure) -> Slip | None:
    """Find a backslash between double quotes that begins no character of YAML."""
    if "escape" not in failure.reason:
        return None
    row = min(failure.row, len(failure.lines) - 1)
    line = failure.lines[row]
    column = max(line.rfind("\\", 0, failure.column + 1), 0)
    match = PAIR.fullmatch(line) or ENTRY.fullmatch(line)
    hint = "put the text into single quotes"
    if match and _WHOLE_QUOTE.fullmatch(match["value"]):
        text = match["value"].strip()[1:-1].replace("'", "''")
        hint = f"write {line[: match.start('value')].strip()} '{text}'"
    return Slip(row, column, rf"between double quotes {line[column : column + 2]} is not a character", hint)
