"""Mistakes in whole blocks: tables that are shown as text, and the marks of an unfinished merge."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from blog.markdown.comment_spans import blank, without_comments
from blog.markdown.leftovers import contains_any, without_code
from blog.markdown.link_slips import count_addresses
from blog.markdown.summary import children_of

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
"""Matches a path of the author's machine where a link was meant."""
_MACHINE_MARKS = (
    "file:", ":\\", "(\\\\", "(/Users/", "(/home/", "(</Users/", "(</home/", "(~/",
)  # fmt: skip
_DRIVE = re.compile(r"[(<][A-Za-z]:/")
_MARKS = ("|", "+-", "+=", "-- ", "--\t", "<<<<<<<")
"""Strings of which each broken block contains one: most texts have none, and are not searched."""
_PARAGRAPH_TYPES = frozenset({"paragraph_open", "inline", "paragraph_close"})
_MOST = 20
"""Number of paths that are reported in one paragraph."""
_ROW_HINT = "give each row as many cells as the head; write | inside a cell as \\|"
_PIPES_HINT = "write | a | b |, and |---|---| below it"


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
    may_have_paths = _may_have_paths(source)
    if not may_have_paths and not contains_any(source, _MARKS):
        return tokens
    above: _Paragraph | None = None
    for index, token in enumerate(tokens):
        if token.type == "inline":
            _check_conflict(token, context)
            if may_have_paths:
                _check_paths(token, context)
            paragraph = _read_paragraph(tokens, index)
            above = _check_table(paragraph, above, context) if paragraph else None
        elif token.type not in _PARAGRAPH_TYPES:
            above = None
            _check_block(token, context)
    return tokens


def _may_have_paths(text: str) -> bool:
    """Return whether ``text`` may contain a path of the author's machine: a quick test before :data:`_MACHINE`."""
    return contains_any(text, _MACHINE_MARKS) or _DRIVE.search(text) is not None


def _check_block(token: Token, context: ConversionContext) -> None:
    """Report what is wrong with a block that is not a paragraph."""
    if token.type == "html_block":
        _check_conflict(token, context)
    elif token.type == "hr":
        _check_columns(token, context)


def _check_conflict(token: Token, context: ConversionContext) -> None:
    """Report the mark of an unfinished merge."""
    if "<<<<<<<" not in token.content:
        return
    text = without_code(token) if token.type == "inline" else without_comments(token.content, blank)
    match = _CONFLICT.search(text)
    if match:
        location = context.locate(token, match.start())
        message = f'"{match[0].rstrip()}" is a mark of a merge: both versions of the text would be published'
        context.error(location, "merge", message, "keep one of them, and take the marks out")


def _check_paths(token: Token, context: ConversionContext) -> None:
    """Report links that are shown as text and contain a path of the author's machine."""
    if not _may_have_paths(token.content):
        return
    visible_text = "".join(text.content for text in children_of(token, "text"))
    link_counts = count_addresses(token)
    for match in islice(_MACHINE.finditer(without_code(token)), _MOST):
        path = match["path"]
        address = path.partition(' "')[0].strip()
        if link_counts[address]:  # a link, of which `site` says that it leads nowhere
            link_counts[address] -= 1
            continue
        mark = match[0].partition(path)[0].strip()
        if mark in visible_text and _cut_path(path) in visible_text:
            message = f'"{path.strip()}" is a path of your machine, and is shown as text'
            hint = "put the file beside the text, and write its name; or put the path into `code`"
            context.error(context.locate(token, match.start("path")), "machine-path", message, hint)


def _cut_path(path: str) -> str:
    """Return the beginning of a path that is the same in the text: backslashes are removed, underscores are markup."""
    return re.split(r"[\\_*&~ ]", path.lstrip("\\~"), maxsplit=1)[0]


def _check_columns(rule: Token, context: ConversionContext) -> None:
    """Report a table of Pandoc whose columns are marked by dashes, which Markdown reads as a rule."""
    line = context.lines[rule.map[0]].lstrip("> \t") if rule.map else ""
    if _COLUMNS.fullmatch(line) and len(line.strip()) > len("--- --- ---"):
        message = "this looks like a table of Pandoc: it is shown as text"
        context.advise(context.start(rule), "table", message, _PIPES_HINT)


def _read_paragraph(tokens: list[Token], index: int) -> _Paragraph | None:
    """Return the paragraph whose text is at ``index``; None if it cannot be a part of a table."""
    token = tokens[index]
    may_be_table = "|" in token.content or "+" in token.content
    types_before = [before.type for before in tokens[max(index - 2, 0) : index]]
    if not may_be_table or types_before[-1:] != ["paragraph_open"]:
        return None
    lines = without_comments(token.content, blank).split("\n")
    starts = [0]
    for line in lines[:-1]:
        starts.append(starts[-1] + len(line) + 1)
    return _Paragraph(token, lines, starts, is_below_table=types_before[0] == "table_close")


def _check_table(paragraph: _Paragraph, above: _Paragraph | None, context: ConversionContext) -> _Paragraph | None:
    """Report a table that is a paragraph; return the paragraph if it is rows of a table, for the one below it."""
    lines = paragraph.lines
    if _check_rules(paragraph, context) or not all(map(_is_row, lines)):
        return None
    location = context.locate(paragraph.token)
    if paragraph.is_below_table:
        message = "this looks like a row of the table above: an empty line stands between them"
        context.warn(location, "table", message, "take out the empty line")
    elif above and _is_rule(lines[0]):
        message = "this looks like a table: empty lines stand between its rows"
        context.warn(context.locate(above.token), "table", message, "take out the empty lines")
    elif len(lines) > 1 and sum(map(_count_cells, lines)) > len(lines):
        message = "this looks like a table: below its head there is no line |---|---|"
        context.advise(location, "table", message, "write |---|---| below the head")
    return paragraph


def _check_rules(paragraph: _Paragraph, context: ConversionContext) -> bool:
    """Report a grid table, or a rule that does not fit the head above it; return whether there is a grid or a rule."""
    head = ""
    for index, line in enumerate(paragraph.lines):
        if _GRID.fullmatch(line):
            location = context.locate(paragraph.token, paragraph.starts[index])
            message = "this looks like a grid table of Pandoc or reStructuredText: it is shown as text"
            context.warn(location, "table", message, _PIPES_HINT)
            return True
        if "|" in head and _is_rule(line):
            _check_rule(paragraph, index, context)
            return True
        head = line
    return False


def _check_rule(paragraph: _Paragraph, index: int, context: ConversionContext) -> None:
    """Report why the rule in the line at ``index`` makes no table of the line above it."""
    rule = paragraph.lines[index]
    head_cells, rule_cells = _count_cells(paragraph.lines[index - 1]), _count_cells(rule)
    location = context.locate(paragraph.token, paragraph.starts[index - 1])
    if head_cells != rule_cells:
        cells = "cell" if head_cells == 1 else "cells"
        message = f"this looks like a table: its head has {head_cells} {cells}, the line below {rule_cells}"
        context.warn(location, "table", message, _ROW_HINT)
    elif not _HYPHENS.fullmatch(rule):
        message = "this looks like a table: the line below its head has other dashes than -"
        context.warn(location, "table", message, "write |---|---|")


def _is_rule(line: str) -> bool:
    return "|" in line and _RULE.fullmatch(line) is not None


def _is_row(line: str) -> bool:
    """Return whether a line begins and ends with ``|`` and has another one inside."""
    text = line.strip()
    is_enclosed = text.startswith("|") and text.endswith("|")
    return is_enclosed and _BAR.search(text, 1, len(text) - 1) is not None


def _count_cells(row: str) -> int:
    text = row.strip().removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return len(_BAR.findall(text)) + 1
