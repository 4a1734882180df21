"""An error of libyaml → a problem where the author made the mistake, with what to write.

libyaml stops where it can read no further, often some lines below the mistake. The finders here look at the lines up to
there for the usual mistakes, one after the other. They only run for a text that is not YAML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.config.yaml_value_errors import (
    ENTRY,
    KEY_LINE,
    PAIR,
    Failure,
    Slip,
    find_colon,
    find_escape,
    find_missing_value,
    find_open_bracket,
    find_open_quote,
    find_rest,
    find_special_start,
    is_blank,
)
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_TOML_PAIR = re.compile(r"(?P<key>[\w-]++)[ \t]*+=[ \t]*+(?P<value>\S.*)")
_NO_SPACE = re.compile(r"(?P<key>[A-Za-z_][\w-]*+:)(?P<value>[^\s/:].*)")
_NEARLY_CLOSED = re.compile(r"(?: {1,3}-{2,}|-{2}|-{4,}|[—–]+|\.{3}|\+{2,})[ \t]*+")
_TWO_WORDS = re.compile(r"(?P<key>[\w-]++)[ \t]++(?P<value>\S++)[ \t]*+")


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
    first_line = next((line for line in lines if not is_blank(line)), "")
    entry = ENTRY.fullmatch(first_line)
    is_pair = entry is not None and KEY_LINE.match(entry["value"])
    hint = f"delete the dash: {entry['value'].rstrip()}" if entry and is_pair else ""
    return Problem(location, "yaml", "expected lines of the form `key: value`", hint)


def _locate_slip(slip: Slip, origin: Location) -> Problem:
    location = Location(origin.path, origin.line + slip.row, slip.column + 1)
    return Problem(location, "yaml", slip.message, slip.hint)


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
        if is_blank(line):
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


def _find_uneven_list(failure: Failure) -> Slip | None:
    """Find an entry of a list that is indented otherwise than the one above."""
    if "'-' indicator" in failure.reason:
        return Slip(failure.row, failure.column, "a key cannot stand beside a list", "write a key above the list")
    above = failure.find_row_above(failure.row)
    indent = _count_indent(failure.line)
    if "expected key" not in failure.reason or above < 0 or not indent:
        return None
    if not ENTRY.fullmatch(failure.lines[above]):
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
    if failure.line.lstrip().startswith("-") or not PAIR.fullmatch(failure.lines[above]):
        return None
    hint = f"{_delete_spaces(indent)}, or put quotes around the whole text"
    return Slip(failure.row, 0, f'"{key}" is indented below a key that has a value', hint)


def _find_line_without_colon(failure: Failure) -> Slip | None:
    row = failure.start_row
    if "mapping values" in failure.reason:
        row = failure.find_row_above(failure.row)
        is_second_colon = ":" in failure.line[: failure.column]
        if row < 0 or is_second_colon or not KEY_LINE.match(failure.line) or not _is_bare_line(failure.lines[row]):
            return None
    elif "expected ':'" not in failure.reason:
        return None
    line = failure.lines[row]
    column = _count_indent(line)
    above = failure.find_row_above(row)
    if above >= 0 and failure.lines[above].rstrip().endswith((": |", ": >", ": |-", ": >-")):
        return Slip(row, column, "the text below | or > is not indented", "indent each line of it by two spaces")
    if above >= 0 and ENTRY.fullmatch(failure.lines[above]) and column == _count_indent(failure.lines[above]):
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


_FINDERS: tuple[Callable[[Failure], Slip | None], ...] = (
    _find_tab,
    _find_toml,
    _find_nearly_closed,
    _find_missing_space,
    _find_indented_start,
    find_open_bracket,
    find_open_quote,
    find_rest,
    _find_uneven_list,
    _find_indented_key,
    _find_line_without_colon,
    find_special_start,
    find_colon,
    find_missing_value,
    find_escape,
)
"""In this order: a mistake above may be the cause of what looks like another one below."""
