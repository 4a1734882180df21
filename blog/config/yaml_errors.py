"""An error of libyaml → a problem where the author made the mistake, with what to write.

libyaml stops where it can read no further, often some lines below the mistake. The finders here look at the lines up to
there for the usual mistakes, one after the other. They only run for a text that is not YAML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.toml_errors import strip_curly_quotes
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_PAIR = re.compile(r"(?P<key>\s*+(?:- +)?[\w-]++:)\s++(?P<value>\S.*)")
"""A key, perhaps of a list entry, and a value."""
_ENTRY = re.compile(r"\s*+-\s++(?P<value>\S.*)")
_KEY_LINE = re.compile(r"[\w-]++:(?:\s|$)")
_TOML_PAIR = re.compile(r"(?P<key>[\w-]++)[ \t]*+=[ \t]*+(?P<value>\S.*)")
_NO_SPACE = re.compile(r"(?P<key>[A-Za-z_][\w-]*+:)(?P<value>[^\s/:].*)")
_NEARLY_CLOSED = re.compile(r"(?: {1,3}-{2,}|-{2}|-{4,}|[—–]+|\.{3}|\+{2,})[ \t]*+")
_WHOLE_QUOTE = re.compile(r"""(?:"(?:[^"\\]|\\.)*+"|'(?:[^']|'')*+')\s*+(?:#.*+)?""")
_TWO_WORDS = re.compile(r"(?P<key>[\w-]++)[ \t]++(?P<value>\S++)[ \t]*+")
_COMMENT = re.compile(r"\s#\s.*")
_CLOSERS = {"[": "]", "{": "}"}


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
        while row >= 0 and _is_blank(self.lines[row]):
            row -= 1
        return row


def explain_failure(failure: Failure, origin: Location) -> Problem:
    """Return the problem for a text that libyaml cannot read."""
    for find_slip in _FINDERS:
        slip = find_slip(failure)
        if slip is not None:
            return _locate_slip(slip, origin)
    hint = "check the quotes, brackets and spaces here"
    return _locate_slip(Slip(failure.row, failure.column, f"not YAML: {failure.reason}", hint), origin)


def explain_no_mapping(lines: list[str], location: Location, origin: Location) -> Problem:
    """Return the problem for YAML that is not a mapping, whose first value is at ``location``."""
    last = len(lines) - 1
    failure = Failure(lines, "", last, 0, last, 0)
    for find_slip in (_find_toml, _find_missing_space):
        slip = find_slip(failure)
        if slip is not None:
            return _locate_slip(slip, origin)
    first_line = next((line for line in lines if not _is_blank(line)), "")
    entry = _ENTRY.fullmatch(first_line)
    is_pair = entry is not None and _KEY_LINE.match(entry["value"])
    hint = f"delete the dash: {entry['value'].rstrip()}" if entry and is_pair else ""
    return Problem(location, "yaml", "expected lines of the form `key: value`", hint)


def _locate_slip(slip: Slip, origin: Location) -> Problem:
    location = Location(origin.path, origin.line + slip.row, slip.column + 1)
    return Problem(location, "yaml", slip.message, slip.hint)


def quote_text(text: str) -> str:
    """Return ``text`` as YAML in quotes; curly quotes around it become straight ones."""
    text = strip_curly_quotes(text.strip())
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _is_blank(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _count_indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _find_tab(failure: Failure) -> Slip | None:
    indent = failure.line[: len(failure.line) - len(failure.line.lstrip())]
    if "\t" not in indent:
        return None
    return Slip(failure.row, indent.index("\t"), "a tab cannot indent YAML", "indent with spaces")


def _find_toml(failure: Failure) -> Slip | None:
    """Find TOML: a first line of the form ``key = value``."""
    for row, line in enumerate(failure.lines):
        if _is_blank(line):
            continue
        pair = _TOML_PAIR.fullmatch(line)
        if pair is None:
            return None
        hint = f"put it between +++ lines, or write {pair['key']}: {pair['value'].rstrip()}"
        return Slip(row, 0, "this is TOML, and --- lines are for YAML", hint)
    return None


def _find_nearly_closed(failure: Failure) -> Slip | None:
    """Find a line above the failure that was meant to close the front matter."""
    for row, line in enumerate(failure.lines[: failure.row + 1]):
        if _NEARLY_CLOSED.fullmatch(line):
            return Slip(row, 0, f"the line {line.strip()} does not close the front matter", "write ---")
    return None


def _find_missing_space(failure: Failure) -> Slip | None:
    for row, line in enumerate(failure.lines[: failure.row + 1]):
        match = _NO_SPACE.fullmatch(line)
        if match:
            key, value = match["key"], match["value"].rstrip()
            return Slip(row, len(key), f'"{key}" needs a space behind the colon', f"write {key} {value}")
    return None


def _find_indented_start(failure: Failure) -> Slip | None:
    """Find a first key that is indented, while a later one is not."""
    if "<document start>" not in failure.reason:
        return None
    row = failure.find_row_above(failure.row)
    while (above := failure.find_row_above(row)) >= 0:
        row = above
    line = failure.lines[row] if row >= 0 else ""
    indent = _count_indent(line)
    key, colon, _ = line.strip().partition(":")
    if not indent or not colon or indent <= _count_indent(failure.line):
        return None
    return Slip(row, 0, f'"{key}" is indented, and the next key is not', _delete_spaces(indent))


def _delete_spaces(count: int) -> str:
    return "delete the space" if count == 1 else "delete the spaces"


def _find_open_bracket(failure: Failure) -> Slip | None:
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


def _find_open_quote(failure: Failure) -> Slip | None:
    """Find a quote that is not closed on its line, while the next line is a key."""
    is_open = "end of stream" in failure.reason
    if not is_open and "expected key" not in failure.reason:
        return None
    last = min(failure.row, len(failure.lines) - 1)
    for row, line in enumerate(failure.lines[: last + 1]):
        column = _find_value_quote(line)
        next_line = failure.lines[row + 1] if row < len(failure.lines) - 1 else ""
        if column >= 0 and not _ends_quote(line[column:]) and (_KEY_LINE.match(next_line) or row == last):
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
    match = _PAIR.fullmatch(line) or _ENTRY.fullmatch(line)
    if match is None or match["value"][0] not in "\"'":
        return -1
    return match.start("value")


def _ends_quote(text: str) -> bool:
    """Return whether the quote with which ``text`` begins is closed in it."""
    quote = text[0]
    inner = text[1:].replace("\\" + quote, "") if quote == '"' else text[1:].replace("''", "")
    return quote in inner


def _find_rest(failure: Failure) -> Slip | None:
    """Find a text behind a closing quote or bracket."""
    match = _PAIR.fullmatch(failure.line) or _ENTRY.fullmatch(failure.line)
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


def _find_uneven_list(failure: Failure) -> Slip | None:
    """Find an entry of a list that is indented otherwise than the one above."""
    if "'-' indicator" in failure.reason:
        return Slip(failure.row, failure.column, "a key cannot stand beside a list", "write a key above the list")
    above = failure.find_row_above(failure.row)
    indent = _count_indent(failure.line)
    if "expected key" not in failure.reason or above < 0 or not indent:
        return None
    if not _ENTRY.fullmatch(failure.lines[above]):
        return _explain_uneven_lines(failure, above)
    spaces = failure.lines[above][: _count_indent(failure.lines[above])]
    message = "this line is indented otherwise than the list entry above"
    text = failure.line.strip().removeprefix("-").strip()
    return Slip(failure.row, indent, message, f'write "{spaces}- {text}", with {_count_spaces(len(spaces))}')


def _explain_uneven_lines(failure: Failure, above: int) -> Slip | None:
    """Return the slip if the line is indented less than the one above, and that is not the end of a block."""
    expected = _count_indent(failure.lines[above])
    indent = _count_indent(failure.line)
    if indent >= expected:
        return None
    hint = f"begin it with {_count_spaces(expected)}, or at the left edge"
    return Slip(failure.row, indent, "this line is indented otherwise than the one above", hint)


def _count_spaces(count: int) -> str:
    return "1 space" if count == 1 else f"{count or 'no'} spaces"


def _find_indented_key(failure: Failure) -> Slip | None:
    """Find a key that is indented below one that has a value."""
    indent = _count_indent(failure.line)
    above = failure.find_row_above(failure.row)
    key = failure.line[: failure.column].strip()
    if "mapping values" not in failure.reason or not indent or above < 0 or ":" in key:
        return None
    if failure.line.lstrip().startswith("-") or not _PAIR.fullmatch(failure.lines[above]):
        return None
    hint = f"{_delete_spaces(indent)}, or put quotes around the whole text"
    return Slip(failure.row, 0, f'"{key}" is indented below a key that has a value', hint)


def _find_line_without_colon(failure: Failure) -> Slip | None:
    row = failure.start_row
    if "mapping values" in failure.reason:
        row = failure.find_row_above(failure.row)
        is_second_colon = ":" in failure.line[: failure.column]
        if row < 0 or is_second_colon or not _KEY_LINE.match(failure.line) or not _is_bare_line(failure.lines[row]):
            return None
    elif "expected ':'" not in failure.reason:
        return None
    line = failure.lines[row]
    column = _count_indent(line)
    above = failure.find_row_above(row)
    if above >= 0 and failure.lines[above].rstrip().endswith((": |", ": >", ": |-", ": >-")):
        return Slip(row, column, "the text below | or > is not indented", "indent each line of it by two spaces")
    if above >= 0 and _ENTRY.fullmatch(failure.lines[above]) and column == _count_indent(failure.lines[above]):
        return Slip(row, column, "an entry of a list begins with a dash", f"write - {line.strip()}")
    equation = _TOML_PAIR.fullmatch(line.strip())
    if equation:
        return Slip(row, column, "a key ends with a colon", f"write {equation['key']}: {equation['value']}")
    words = _TWO_WORDS.fullmatch(line.strip())
    hint = "indent it, if it continues the line above"
    if words:
        hint = f"write {words['key']}: {words['value']}"
    return Slip(row, column, "this line has no colon behind a key", hint)


def _is_bare_line(line: str) -> bool:
    """Return whether a line at the left edge has words, and no colon."""
    return line[0] != " " and ":" not in line and line.rstrip()[-1] not in "]}\"'"


def _find_special_start(failure: Failure) -> Slip | None:
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


_SPECIAL_START = re.compile(
    "cannot start any token|alphabetic or numeric|comment or line break|sequence entries are not"
)


def _find_colon(failure: Failure) -> Slip | None:
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
    match = _PAIR.fullmatch(line) or _ENTRY.fullmatch(line)
    if match is None:
        return "put quotes around it"
    return f"write {line[: match.start('value')].strip()} {quote_text(match['value'])}"


def _find_missing_value(failure: Failure) -> Slip | None:
    if "node content" not in failure.reason or failure.column >= len(failure.line):
        return None
    char = failure.line[failure.column]
    hint = "write it, or delete the comma" if char == "," else "write it"
    return Slip(failure.row, failure.column, f"a value is missing before {char}", hint)


def _find_escape(failure: Failure) -> Slip | None:
    if "escape" not in failure.reason:
        return None
    row = min(failure.row, len(failure.lines) - 1)
    line = failure.lines[row]
    column = max(line.rfind("\\", 0, failure.column + 1), 0)
    match = _PAIR.fullmatch(line) or _ENTRY.fullmatch(line)
    hint = "put the text into single quotes"
    if match and _WHOLE_QUOTE.fullmatch(match["value"]):
        text = match["value"].strip()[1:-1].replace("'", "''")
        hint = f"write {line[: match.start('value')].strip()} '{text}'"
    return Slip(row, column, rf"between double quotes {line[column : column + 2]} is not a character", hint)


_FINDERS: tuple[Callable[[Failure], Slip | None], ...] = (
    _find_tab,
    _find_toml,
    _find_nearly_closed,
    _find_missing_space,
    _find_indented_start,
    _find_open_bracket,
    _find_open_quote,
    _find_rest,
    _find_uneven_list,
    _find_indented_key,
    _find_line_without_colon,
    _find_special_start,
    _find_colon,
    _find_missing_value,
    _find_escape,
)
"""In this order: a mistake above may be the cause of what looks like another one below."""
