"""An error message of ``tomllib`` → a problem where the author made the mistake, with what to write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.date_hints import suggest_date
from blog.config.dates import NoSuchDateError, parse_timestamp
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)$")
_TOKEN = re.compile(
    r"""#[^\n]*+"""
    r'|"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|(?P<block>))'
    r"|'''(?:[^']|'(?!''))*+(?:'''|(?P<literal_block>))"
    r"""|"(?:[^"\\\n]|\\[^\n])*+(?:"|(?P<line>))"""
    r"""|'[^'\n]*+(?:'|(?P<literal_line>))"""
    r"""|[\[\]{}]""",
    re.DOTALL,
)
"""A comment, a text or a bracket. One of the groups matches in a text that is not closed."""
_PAIR = re.compile(r"(?P<key>[^=]*+)=\s*+(?P<value>\S.*)")
_YAML_PAIR = re.compile(r"\s*+(?P<key>[\w-]++):\s*+(?P<value>.*)")
_WORDS = re.compile(r"\s*+(?P<key>\w[\w-]*+)\s++(?P<value>\S.*)")
_HEADER = re.compile(r"\[(?P<name>[^\[\]\n]++)\]")
_COMMENT = re.compile(r"\s#.*")
_BARE_ITEMS = re.compile(r"\[[^\[\]{}\"']*+\]")
_CURLY_QUOTES = {"“": "”", "„": "“", "«": "»", "‘": "’"}
_SWITCHES = {"yes": "true", "on": "true", "no": "false", "off": "false"}
_MISSPELT = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}


class _TomlSlip(NamedTuple):
    """A mistake of the author at an offset in the text."""

    offset: int
    message: str
    hint: str = ""


class _TomlFailure(NamedTuple):
    """A text, and where and why ``tomllib`` stopped."""

    text: str
    reason: str
    offset: int
    origin: Location

    @property
    def line_start(self) -> int:
        """Offset of the line where it stopped; of the last line with something in it at the end of the text."""
        if self.offset < len(self.text):
            return self.text.rfind("\n", 0, self.offset) + 1
        return self.text.rstrip().rfind("\n") + 1

    @property
    def line(self) -> str:
        """That line, without the space at its end."""
        return self.text[self.line_start :].partition("\n")[0].rstrip()


def explain_toml_error(error: str, text: str, origin: Location) -> Problem:
    """Return the problem for an error message of ``tomllib``, which has no position for the end of the text."""
    position = _POSITION.search(error)
    reason = error.rpartition(" (at ")[0] or error
    offset = len(text)
    if position:
        line_starts = [0, *(line_end.end() for line_end in re.finditer("\n", text))]
        offset = line_starts[int(position[1]) - 1] + int(position[2]) - 1
    failure = _TomlFailure(text, reason, offset, origin)
    slip = _explain_failure(failure)
    row = text.count("\n", 0, slip.offset)
    column = slip.offset - text.rfind("\n", 0, slip.offset)
    return Problem(Location(origin.path, origin.line + row, column), "toml", slip.message, slip.hint)


def _explain_failure(failure: _TomlFailure) -> _TomlSlip:
    for beginning, explain in _EXPLANATIONS.items():
        if failure.reason.startswith(beginning):
            slip = explain(failure)
            if slip is not None:
                return slip
    hint = "check the quotes, brackets and commas here"
    return _TomlSlip(failure.offset, f"not TOML: {failure.reason}", hint)


def strip_curly_quotes(text: str) -> str:
    """Return ``text`` without the curly quotes around it."""
    is_quoted = len(text) > 1 and _CURLY_QUOTES.get(text[0]) == text[-1]
    return text[1:-1] if is_quoted else text


def quote_toml(text: str) -> str:
    """Return ``text`` as TOML in quotes; curly quotes around it become straight ones."""
    text = strip_curly_quotes(text.strip())
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _explain_open_quote(failure: _TomlFailure) -> _TomlSlip | None:
    for token in _TOKEN.finditer(failure.text):
        if token.lastgroup:
            quote = token[0][:3] if "block" in token.lastgroup else token[0][:1]
            return _TomlSlip(token.start(), "a text is not closed", f"write {quote} at its end")
    return None


def _explain_open_bracket(failure: _TomlFailure) -> _TomlSlip | None:
    """Find the bracket that is not closed, or the comma that is missing."""
    brackets: list[re.Match[str]] = []
    for token in _TOKEN.finditer(failure.text, 0, failure.offset):
        if token[0] in {"[", "{"}:
            brackets.append(token)
        elif token[0] in {"]", "}"} and brackets:
            brackets.pop()
    if not brackets:
        return None
    bracket = brackets[-1]
    closer, name = ("]", "list") if bracket[0] == "[" else ("}", "table")
    line_end = (failure.text + "\n").index("\n", bracket.start())
    rest = failure.text[failure.offset : line_end]
    if failure.offset < line_end and closer in rest:
        return _TomlSlip(failure.offset, "a comma is missing here", "write a comma between two entries")
    line = failure.text[failure.text.rfind("\n", 0, bracket.start()) + 1 : line_end].strip()
    if failure.text[line_end : failure.offset].strip():
        return _TomlSlip(bracket.start(), f"the {name} is not closed", f"write {closer} at its end")
    return _TomlSlip(bracket.start(), f"the {name} is not closed", f"write {line}{closer}")


def _explain_invalid_value(failure: _TomlFailure) -> _TomlSlip | None:
    pair = _PAIR.fullmatch(failure.line)
    if pair is None:
        return _explain_missing_value(failure)
    key, value = pair["key"].strip(), _COMMENT.sub("", pair["value"]).strip()
    if value[0] == "[":
        return _explain_list(failure, key, value)
    if value[0] in "\"'{":
        return _TomlSlip(failure.offset, "a text needs quotes", "put quotes around it")
    if value in _MISSPELT:
        return _TomlSlip(failure.offset, "true and false have small letters", f"write {key} = {_MISSPELT[value]}")
    if value in _SWITCHES:
        hint = f'write {key} = {_SWITCHES[value]}, or "{value}" for a text'
        return _TomlSlip(failure.offset, f"TOML has no value {value}", hint)
    hint = f"write {key} = {quote_toml(value)}"
    return _TomlSlip(failure.offset, "a text needs quotes", hint)


def _explain_missing_value(failure: _TomlFailure) -> _TomlSlip | None:
    key, sign, value = failure.line.partition("=")
    if sign and not value:
        offset = failure.line_start + len(failure.line)
        return _TomlSlip(offset, f'"{key.strip()}" has no value', f'write {key.strip()} = "…", or delete the line')
    char = failure.text[failure.offset : failure.offset + 1]
    if char and char in ",]}":
        return _TomlSlip(failure.offset, f"a value is missing before {char}", "write it, or delete the comma")
    return _TomlSlip(failure.offset, "a text needs quotes", "put quotes around it") if char else None


def _explain_list(failure: _TomlFailure, key: str, value: str) -> _TomlSlip | None:
    char = failure.text[failure.offset : failure.offset + 1]
    if not char:
        return _explain_open_bracket(failure)
    if char in ",]":
        return _TomlSlip(failure.offset, f"a value is missing before {char}", "write it, or delete the comma")
    hint = "put quotes around it"
    if _BARE_ITEMS.fullmatch(value):
        hint = f"write {key} = [{', '.join(map(quote_toml, value[1:-1].split(',')))}]"
    return _TomlSlip(failure.offset, "a text needs quotes", hint)


def _explain_rest(failure: _TomlFailure) -> _TomlSlip | None:
    """Explain what follows a value on its line."""
    pair = _PAIR.fullmatch(failure.line)
    if pair is None:
        return _TomlSlip(failure.offset, "more follows on this line", "begin each key and table on a line of its own")
    key, value = pair["key"].strip(), _COMMENT.sub("", pair["value"]).strip()
    if value[0] in "\"'":
        inner = value[1:-1] if value[-1] == value[0] else value
        hint = f"write {key} = {quote_toml(inner)}"
        return _TomlSlip(failure.offset, "the quote is closed, and more follows", hint)
    if value.endswith(","):
        return _TomlSlip(failure.offset, "no comma stands behind a value", f"write {key} = {value.rstrip(', ')}")
    if "=" in value or value[0] in "[{":
        return _TomlSlip(failure.offset, "more follows behind the value", "begin each key on a line of its own")
    return _explain_date(failure) or _TomlSlip(
        failure.offset, "a text needs quotes", f"write {key} = {quote_toml(value)}"
    )


def _explain_date(failure: _TomlFailure) -> _TomlSlip | None:
    pair = _PAIR.fullmatch(failure.line)
    if pair is None:
        return None
    value = _COMMENT.sub("", pair["value"]).strip()
    offset = failure.line_start + pair.start("value")
    suggestion = suggest_date(value)
    hint = f"write {pair['key'].strip()} = {suggestion}"
    try:
        parse_timestamp(value)
    except NoSuchDateError as error:
        return _TomlSlip(offset, f'"{value}" is not a date: {error}', hint if suggestion else error.hint)
    except ValueError:
        pass
    return _TomlSlip(offset, f'"{value}" is not a date of TOML', hint) if suggestion else None


def _explain_missing_sign(failure: _TomlFailure) -> _TomlSlip | None:
    line = _COMMENT.sub("", failure.line)
    pair = _YAML_PAIR.fullmatch(line) or _WORDS.fullmatch(line)
    if pair is None:
        return _TomlSlip(
            failure.line_start, "this line has no key and value", 'write key = "value", or delete the line'
        )
    value = pair["value"].strip()
    if not value or value[0] in "|>[{&*":
        value = "…"
    written = value if _is_typed(value) else quote_toml(value.strip("\"'"))
    hint = f"write {pair['key']} = {written}"
    if ":" not in line:
        return _TomlSlip(failure.offset, "TOML has = between a key and its value", hint)
    if failure.origin.path.endswith(".toml"):
        return _TomlSlip(failure.offset, "TOML has = between a key and its value, not :", hint)
    message = "this is YAML, and +++ lines are for TOML"
    return _TomlSlip(failure.offset, message, f"put it between --- lines, or {hint}")


def _is_typed(value: str) -> bool:
    """Return whether TOML has ``value`` without quotes: a number, a day or a truth value."""
    return re.fullmatch(r"true|false|\d{1,9}|\d{4}-\d\d-\d\d", value) is not None


def _explain_second_table(failure: _TomlFailure) -> _TomlSlip | None:
    header = _HEADER.match(failure.line.lstrip())
    if header is None:
        return None
    name = header["name"].strip()
    first = re.compile(rf"^[ \t]*+\[[ \t]*+{re.escape(name)}[ \t]*+\]", re.MULTILINE).search(failure.text)
    message, hint = f"the table [{name}] is written twice", "put all of its keys below one of them"
    if first and first.start() < failure.line_start:
        message += f", first in line {failure.origin.line + failure.text.count(chr(10), 0, first.start())}"
        hint = f"put its keys below the first [{name}]"
    return _TomlSlip(failure.line_start, message, hint)


def _explain_second_key(failure: _TomlFailure) -> _TomlSlip | None:
    key = failure.line.partition("=")[0].strip(" \t\"'")
    if not key:
        return None
    if key.startswith("["):
        name = key.strip("[]")
        return _TomlSlip(
            failure.line_start, f'"{name}" is written twice: with a value, and as a table', "keep one of them"
        )
    return _TomlSlip(failure.line_start, f'"{key}" is written twice', "keep one of them")


def _explain_backslash(failure: _TomlFailure) -> _TomlSlip | None:
    offset = failure.text.rfind("\\", failure.line_start, failure.offset)
    pair = _PAIR.fullmatch(failure.line)
    if offset < 0:
        return None
    hint = "write the text in single quotes"
    if pair and pair["value"][0] == '"' and "'" not in pair["value"] and pair["value"].endswith('"'):
        hint = f"write {pair['key'].strip()} = '{pair['value'][1:-1]}'"
    char = failure.text[offset : offset + 2]
    return _TomlSlip(offset, f"between double quotes {char} is not a character", hint)


def _explain_header(failure: _TomlFailure) -> _TomlSlip | None:
    line = _COMMENT.sub("", failure.line).strip()
    name = line.strip("[] ")
    if not re.fullmatch(r"[\w.\"' -]+", name):
        return None
    hint = f"write [[{name}]]" if line.startswith("[[") else f"write [{name}]"
    return _TomlSlip(failure.offset, "the name of the table is not closed", hint)


def _explain_statement(failure: _TomlFailure) -> _TomlSlip | None:
    char = failure.text[failure.offset : failure.offset + 1]
    if not char.strip():
        return None
    if char == "}":
        return _TomlSlip(failure.offset, "a key is missing before }", "delete the comma")
    return _TomlSlip(failure.offset, f"a key cannot begin with {char}", 'write key = "value"')


def _explain_inline_break(failure: _TomlFailure) -> _TomlSlip | None:
    if failure.text[failure.offset : failure.offset + 1] != "\n":
        return _explain_statement(failure)
    return _TomlSlip(failure.offset, "a table in braces has one line", "write it on one line, or as a [table]")


_EXPLANATIONS: dict[str, Callable[[_TomlFailure], _TomlSlip | None]] = {
    "Illegal character '\\n'": _explain_open_quote,
    'Expected "\'"': _explain_open_quote,
    "Unterminated string": _explain_open_quote,
    "Unclosed": _explain_open_bracket,
    "Invalid value": _explain_invalid_value,
    "Expected newline": _explain_rest,
    "Expected '='": _explain_missing_sign,
    "Expected ']": _explain_header,
    "Cannot declare": _explain_second_table,
    "Cannot overwrite": _explain_second_key,
    "Unescaped": _explain_backslash,
    "Invalid hex": _explain_backslash,
    "Escaped character": _explain_backslash,
    "Invalid date": _explain_date,
    "Invalid statement": _explain_statement,
    "Invalid initial character": _explain_inline_break,
}
"""The beginning of a message of ``tomllib`` → what explains it."""
