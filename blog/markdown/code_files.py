"""Code blocks whose code is a file, or a part of one: ```` ```python {file="train.py" mark="step"} ````.

``mark="step"`` shows the lines between ``# [step]`` and ``# [/step]``, in a comment of any language; ``lines="5-12"``
shows these lines. The lines that only have marks are not shown. Tokens go in; those of code blocks come out with the
code as their content.
"""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

from blog.config.utf8 import decode_utf8
from blog.markdown.code import read_attributes
from blog.markdown.inputs import resolve_path
from blog.problems import BlogError, did_you_mean
from blog.text import normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_MARK = re.compile(
    r"[ \t]*+(?:\#++|//++|--++|%++|;++|/\*++|<!--|\(\*|\"|')[ \t]*+"
    r"\[(?P<end>/?)(?P<name>[\w.-]{1,80})\][ \t]*+(?:\*/|-->|\*\))?[ \t]*+"
)
"""Matches a line with a mark alone, behind the comment sign of any common language."""
_RANGE = re.compile(r"(\d{1,7})(?:-(\d{1,7})?)?")
"""Matches ``5``, ``5-12`` and ``5-``."""
_DOCUMENT_SUFFIXES = (".md", ".markdown", ".ipynb")
_MARK_HINT = 'write "# [{0}]" on a line above the part, and "# [/{0}]" below it'


class CodeFileError(Exception):
    """Ends the reading of one file; the message and the hint are about the attribute ``word``."""

    def __init__(self, word: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.word = word
        self.message = message
        self.hint = hint


class _Part(NamedTuple):
    """A part between two marks: indexes of the first line and of the closing mark."""

    start: int
    end: int | None


def insert_code_files(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Set the content of each code block that names a file; report those whose code cannot be found."""
    for token in tokens:
        if token.type != "fence" or "{" not in token.info or "kernel" in token.meta:
            continue
        attributes = read_attributes(token.info)
        if "file" not in attributes:
            _report_lone_parts(token, attributes, context)
            continue
        try:
            token.content = _read_code(token, attributes, context)
        except CodeFileError as error:
            token.content = ""
            context.error(context.locate_word(token, error.word), "code-file", error.message, error.hint)
    return tokens


def code_file(info: str) -> str:
    """Return the file that the info string of a block names, as it is written; ``""`` if it names none."""
    if "{" not in info:
        return ""
    attributes = read_attributes(info)
    return attributes.get("file") or attributes.get("csv", "")


def _report_lone_parts(token: Token, attributes: Mapping[str, str], context: ConversionContext) -> None:
    """Report an attribute that chooses a part of a file where no file is named."""
    for name in ("mark", "lines"):
        if name in attributes:
            message, hint = f"{name} has no effect without a file", 'write {file="train.py" …}'
            context.warn(context.locate_word(token, name), "unknown-attribute", message, hint)


def _read_code(token: Token, attributes: Mapping[str, str], context: ConversionContext) -> str:
    """Return the code for a block. Raises :class:`CodeFileError`."""
    written = attributes["file"]
    if token.content.strip():
        hint = 'delete the lines, or take out file="…"'
        raise CodeFileError("file", f'the block shows "{written}", and has lines of its own', hint)
    if "mark" in attributes and "lines" in attributes:
        raise CodeFileError("lines", "a block shows the part between two marks, or lines", "take one of them out")
    lines = read_lines(written, context)
    if "mark" in attributes:
        lines = _select_part(lines, attributes["mark"], written)
    elif "lines" in attributes:
        lines = _select_range(lines, attributes["lines"], written)
    shown = [line for line in lines if not _MARK.fullmatch(line)]
    return dedent("\n".join(shown)).strip("\n") + "\n"


def read_lines(written: str, context: ConversionContext) -> list[str]:
    """Return the lines of the file that ``written`` names, relative to the text, or to ``content`` behind a ``/``."""
    path = _resolve(written, context.origin.path)
    try:
        text = decode_utf8(context.inputs.read(path), path)
    except BlogError as error:
        problem = error.problems[0]
        raise CodeFileError("file", f'"{written}": {problem.message}', problem.hint) from None
    return normalize_newlines(text).removesuffix("\n").split("\n")


def _resolve(written: str, document: str) -> str:
    """Return the path, in the site, of the file that ``written`` names. Raises :class:`CodeFileError`."""
    path = resolve_path(written, document)
    if not path.startswith("content/"):
        hint = "name a file of the content folder, relative to this text"
        raise CodeFileError("file", f'"{written}" is not in the content folder', hint)
    if path.lower().endswith(_DOCUMENT_SUFFIXES):
        hint = "show the file of a program; to show a text, copy it between the fences"
        raise CodeFileError("file", f'"{written}" is the source of a document', hint)
    return path


def _select_part(lines: list[str], name: str, written: str) -> list[str]:
    """Return the lines between the marks ``name``. Raises :class:`CodeFileError`."""
    parts = _find_parts(lines)
    found = parts.get(name, [])
    if not found:
        hint = did_you_mean(name, parts) or _MARK_HINT.format(name)
        raise CodeFileError("mark", f'"{written}" has no mark [{name}]', hint)
    if len(found) > 1:
        rows = f"lines {found[0].start} and {found[1].start}"
        raise CodeFileError("mark", f'"{written}" has the mark [{name}] twice: {rows}', "rename one of them")
    start, end = found[0]
    if end is None:
        message = f'the mark [{name}] in line {start} of "{written}" has no end'
        raise CodeFileError("mark", message, f'write "# [/{name}]" below the part')
    return lines[start:end]


def _find_parts(lines: list[str]) -> dict[str, list[_Part]]:
    """Return the parts with each name, in the order of their opening marks. Parts may overlap."""
    parts: dict[str, list[_Part]] = {}
    for index, line in enumerate(lines):
        mark = _MARK.fullmatch(line)
        if mark is None:
            continue
        named = parts.setdefault(mark["name"], [])
        if not mark["end"]:
            named.append(_Part(index + 1, None))
        elif named and named[-1].end is None:
            named[-1] = named[-1]._replace(end=index)
    return {name: named for name, named in parts.items() if named}


def _select_range(lines: list[str], text: str, written: str) -> list[str]:
    """Return the lines ``5-12``, counted from 1. Raises :class:`CodeFileError`."""
    match = _RANGE.fullmatch(text.strip())
    first = int(match[1]) if match else 0
    last = first
    if match and "-" in match[0]:
        last = int(match[2] or len(lines))
    if not 1 <= first <= last:
        raise CodeFileError("lines", f'lines="{text}" names no lines', 'write one line or a range: lines="5-12"')
    if last > len(lines):
        count = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
        message = f'lines="{text}" leaves "{written}", which has {count}'
        raise CodeFileError("lines", message, "count its lines from 1")
    return lines[first - 1 : last]
