"""Slips in whole blocks: tables that are none, and the marks of a merge that was not finished."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from blog.markdown.comment_text import blank, without_comments
from blog.markdown.leftovers import without_code

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[ \t]*+\|?(?:[ \t]*+:?[-–—]++:?[ \t]*+\|)*[ \t]*+:?[-–—]++:?[ \t]*+\|?[ \t]*+")
_HYPHENS = re.compile(r"[|:\- \t]+")
_GRID = re.compile(r"[ \t]*\+(?:[-=:]{2,}\+)+[ \t]*")
_COLUMNS = re.compile(r"[ \t]*-{2,}(?:[ \t]+-{2,})+[ \t]*")
_CONFLICT = re.compile(r"^<{7}(?: \S.*|$)", re.MULTILINE)
_MACHINE = re.compile(
    r"(?:\]\([ \t]*<?|^ {0,3}\[[^\]\n]{1,100}\]:[ \t]*<?|<)"
    r"(?P<path>(?:[A-Za-z]:[\\/]|\\\\\w|file:|/Users/\w|/home/\w|~/)[^)>\n]{0,300})",
    re.MULTILINE,
)
"""Matches a path of a machine where a link was meant."""
_PATHS = (
    "file:", ":\\", "(\\\\", "(/Users/", "(/home/", "(</Users/", "(</home/", "(~/",
    *(f"{before}{drive}:/" for before in "(<" for drive in "CDEFGZcdez"),
)  # fmt: skip
_SIGNS = (*_PATHS, "|", "+-", "+=", "-- ", "--\t", "<<<<<<<")
"""One of them stands in whatever is looked for: most texts have none."""
_ROW_HINT = "give each row as many cells as the head; write | inside a cell as \\|"


class _Paragraph(NamedTuple):
    """A paragraph that may be a part of a table."""

    token: Token
    lines: list[str]
    starts: list[int]
    """Offset of each line in the content of the token."""
    is_below_table: bool


def report_broken_blocks(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Warn of tables that are shown as text; marks of a merge are errors. The tokens stay as they are."""
    source = "\n".join(context.lines)
    if not any(sign in source for sign in _SIGNS):
        return tokens
    has_paths = any(sign in source for sign in _PATHS)
    rows: _Paragraph | None = None
    is_below_table = False
    for index, token in enumerate(tokens):
        if token.type == "inline":
            _tell_conflict(token, context)
            if has_paths:
                _tell_machine(token, context)
            is_paragraph = index > 0 and tokens[index - 1].type == "paragraph_open"
            paragraph = _paragraph(token, is_below_table=is_below_table) if is_paragraph else None
            rows = _tell_table(paragraph, rows, context) if paragraph else None
            is_below_table = False
        elif token.type == "html_block":
            _tell_conflict(token, context)
        elif token.type == "hr":
            _tell_columns(token, context)
        elif token.type == "table_close":
            is_below_table = True
        if token.type not in {"paragraph_open", "inline", "paragraph_close"}:
            rows = None
            is_below_table = token.type == "table_close"
    return tokens


def _tell_conflict(token: Token, context: ConversionContext) -> None:
    if "<<<<<<<" not in token.content:
        return
    text = without_code(token) if token.type == "inline" else without_comments(token.content, blank)
    if found := _CONFLICT.search(text):
        message = f'"{found[0].rstrip()}" is a mark of a merge: both versions of the text would be published'
        context.error(
            context.locate(token, found.start()), "merge", message, "keep one of them, and take the marks out"
        )


def _tell_machine(token: Token, context: ConversionContext) -> None:
    """Links that are shown as text, with a path of the author's machine in it."""
    if not any(sign in token.content for sign in _PATHS):
        return
    shown = "".join(child.content for child in token.children or () if child.type == "text")
    for found in islice(_MACHINE.finditer(without_code(token)), 20):
        if found[0].split(found["path"])[0].strip() in shown and _start(found["path"]) in shown:
            message = f'"{found["path"].strip()}" is a path of your machine, and is shown as text'
            hint = "put the file beside the text, and write its name; or put the path into `code`"
            context.error(context.locate(token, found.start("path")), "machine-path", message, hint)


def _start(path: str) -> str:
    """The beginning of a path as text: a backslash in it may be lost, and an underscore a mark."""
    return re.split(r"[\\_*&~ ]", path.lstrip("\\~"), maxsplit=1)[0]


def _tell_columns(rule: Token, context: ConversionContext) -> None:
    line = context.lines[rule.map[0]].lstrip("> \t") if rule.map else ""
    if _COLUMNS.fullmatch(line) and len(line.strip()) > len("--- --- ---"):
        message = "this looks like a table of Pandoc: it is shown as text"
        context.advise(context.start(rule), "table", message, "write | a | b |, and |---|---| below it")


def _paragraph(token: Token, *, is_below_table: bool) -> _Paragraph | None:
    if "|" not in token.content and "+" not in token.content:
        return None
    lines = without_comments(token.content, blank).split("\n")
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return _Paragraph(token, lines, starts, is_below_table)


def _tell_table(paragraph: _Paragraph, above: _Paragraph | None, context: ConversionContext) -> _Paragraph | None:
    """Tell what is wrong with a table that is a paragraph; the paragraph, if it is one row of a table taken apart."""
    token, lines, starts, is_below_table = paragraph
    for index, line in enumerate(lines):
        if _GRID.fullmatch(line):
            message = "this looks like a grid table of Pandoc or reStructuredText: it is shown as text"
            context.warn(
                context.locate(token, starts[index]), "table", message, "write | a | b |, and |---|---| below it"
            )
            return None
        if index and "|" in line and _RULE.fullmatch(line) and "|" in lines[index - 1]:
            _tell_rule(paragraph, index, context)
            return None
    if not all(map(_is_row, lines)):
        return None
    first = lines[0]
    if is_below_table:
        message = "this looks like a row of the table above: an empty line stands between them"
        context.warn(context.locate(token), "table", message, "take out the empty line")
    elif above and ("|" in first and _RULE.fullmatch(first)):
        message = "this looks like a table: empty lines stand between its rows"
        context.warn(context.locate(above.token), "table", message, "take out the empty lines")
    elif len(lines) > 1 and sum(map(_cells, lines)) > len(lines):
        message = "this looks like a table: below its head there is no line |---|---|"
        context.advise(context.locate(token), "table", message, "write |---|---| below the head")
    return paragraph


def _tell_rule(paragraph: _Paragraph, index: int, context: ConversionContext) -> None:
    """Say why a line of dashes makes no table of the line above it."""
    head, rule = _cells(paragraph.lines[index - 1]), _cells(paragraph.lines[index])
    message = f"this looks like a table: its head has {head} cell{'s' * (head != 1)}, the line below {rule}"
    hint = _ROW_HINT
    if head == rule and not _HYPHENS.fullmatch(paragraph.lines[index]):
        message, hint = "this looks like a table: the line below its head has other dashes than -", "write |---|---|"
    elif head == rule:
        return
    context.warn(context.locate(paragraph.token, paragraph.starts[index - 1]), "table", message, hint)


def _is_row(line: str) -> bool:
    text = line.strip()
    return len(text) > 2 and text.startswith("|") and text.endswith("|") and bool(_BAR.search(text, 1, len(text) - 1))


def _cells(line: str) -> int:
    """Return the number of cells in a row."""
    text = line.strip()
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return len(_BAR.findall(text)) + 1
