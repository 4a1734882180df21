"""The source of a Mermaid diagram → an SVG image, by mermaid-render: Pele in an embedded QuickJS, without a browser.

The library is optional. Its errors get a position in the source and words for authors.
<https://mermaid.js.org/intro/syntax-reference.html>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.problems import did_you_mean

if TYPE_CHECKING:
    from types import ModuleType

SECONDS = 2
"""Time limit for one diagram; one of 100 nodes takes a hundredth of it."""
MAX_CHARACTERS = 1_000_000
"""Length of an SVG; that of 100 nodes has a twentieth."""
MAX_CHARACTERS_OF_TEXT = 3 * MAX_CHARACTERS
"""Length of all SVG of one text."""
THEME = "dark"
"""A palette of the library in which each colour has one role."""
_KINDS = (
    "flowchart", "sequenceDiagram", "classDiagram", "stateDiagram-v2", "erDiagram", "gantt", "pie", "mindmap",
    "timeline", "gitGraph", "journey", "quadrantChart", "xychart-beta", "sankey-beta", "block-beta",
)  # fmt: skip
"""First words of diagrams, for hints: the best known ones."""
_NO_CLOCK = "Date.now = () => Date.UTC(2000, 0, 1)"
"""An output must not depend on the time of the build: a task without a date begins on this day."""
_COMMENT = re.compile(r"[ \t]*+%%(?!\{)")
_ERROR = re.compile(r"(?P<code>[\w-]+) at (?P<line>\d+):(?P<column>\d+): (?P<words>.*)", re.DOTALL)
_ARROW = re.compile(r"-*\^")
_ROW_NAME = re.compile(r"(?:Parse|Lexical) error on line \d+[.:]\s*")
_EXPECTED = re.compile(r"Expecting '(?P<expected>.*)', got '(?P<found>.*)'")
_SIGNS = {
    "SQE": "]", "PE": ")", "DIAMOND_STOP": "}", "STADIUMEND": "])", "SUBROUTINEEND": "]]", "CYLINDEREND": ")]",
    "DOUBLECIRCLEEND": ")))", "STRUCT_STOP": "}", "TXT": ": and a text", "taskData": ": and the data of the task",
}  # fmt: skip
"""Token that an error expects → the sign that is probably missing."""
_DIVIDE = "divide it into several diagrams"
_ENDS = {"NL": "the end of the line", "NEWLINE": "the end of the line", "EOF": "the end", "$end": "the end"}


class DiagramError(Exception):
    """Why a diagram cannot be drawn, with a hint.

    It is about the place at ``offset`` in its source, or about the attribute ``word``.
    """

    def __init__(self, message: str, hint: str = "", offset: int = -1, *, word: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.offset = offset
        self.word = word


class TooLargeError(DiagramError):
    """The diagram exceeds a limit: others like it would take as long."""


class NoLibraryError(Exception):
    """mermaid-render is not installed."""


def draw(source: str) -> str:
    """Return the SVG of the diagram in ``source``, in the colours of :data:`THEME`. It is not to be trusted.

    Raises :class:`DiagramError`, and :class:`NoLibraryError` without the library.
    """
    if not source.strip():
        raise DiagramError("the block is empty", f"begin it with {_list_kinds()}")
    renderer = _load_renderer()
    try:
        svg = str(renderer.render(source, THEME)["result"]["svg"])
    except renderer.RenderError as error:
        raise _explain(str(error), source) from error
    except Exception as error:  # (thousands of lines of third-party code: none of it may stop a build)
        raise DiagramError("the library fails", _DIVIDE) from error
    if len(svg) > MAX_CHARACTERS:
        raise TooLargeError(f"its SVG has more than {MAX_CHARACTERS:,} characters", _DIVIDE)
    return svg


def _load_renderer() -> ModuleType:
    """Return the library's module with a QuickJS context for this thread that is limited and has no clock."""
    try:
        from mermaid_render import renderer  # noqa: PLC0415  (300 ms that a text without diagrams does not pay)
    except ImportError as error:
        raise NoLibraryError from error
    # Its public function has a limit of ten seconds and the clock of the system, and takes no options for these.
    context = renderer._context()  # noqa: SLF001
    context.set_time_limit(SECONDS)
    context.eval(_NO_CLOCK)
    module: ModuleType = renderer
    return module


def _explain(error: str, source: str) -> DiagramError:
    """Return the error for a message of the library."""
    if "interrupted" in error:
        return TooLargeError(f"it takes longer than {SECONDS} seconds", _DIVIDE)
    match = _ERROR.fullmatch(error)
    if match is None:
        return DiagramError("the library fails", _DIVIDE)
    if match["code"] == "unsupported-diagram":
        return _unknown_kind(source)
    message, hint = _explain_words(match["words"])
    if match["code"] == "limit":
        return TooLargeError(message, _DIVIDE)
    return DiagramError(message, hint, _find_offset(source, int(match["line"]), int(match["column"])))


def _unknown_kind(source: str) -> DiagramError:
    """Return the error for a diagram whose first word is not the name of a kind."""
    lines = source.split("\n")
    rows = [row for row in _kept_rows(source) if lines[row].strip()]
    word = lines[rows[0]].split()[0] if rows else ""
    offset = source.find(word, _row_start(lines, rows[0])) if rows else 0
    hint = did_you_mean(word, _KINDS) or f"begin it with {_list_kinds()}"
    return DiagramError(f'"{word}" is no kind of diagram', hint, offset)


def _list_kinds() -> str:
    return ", ".join(_KINDS[:6]) + f" or {_KINDS[6]}"


def _explain_words(words: str) -> tuple[str, str]:
    """Return a message and a hint for the words of an error: without the excerpt of the source and its line number."""
    lines = words.split("\n")
    below = next((index + 1 for index, line in enumerate(lines) if _ARROW.fullmatch(line)), 0)
    text = " ".join(lines[below:]).strip() or _ROW_NAME.sub("", lines[0])
    match = _EXPECTED.fullmatch(text)
    if match is None:
        return _begin_small(text.rstrip(".")), ""
    expected = match["expected"].split("', '")
    found = _ENDS.get(match["found"], "")
    signs = [_SIGNS[token] for token in expected if token in _SIGNS]
    if signs:
        return f"{signs[0]} is missing", ""
    return f"{found} comes too early" if found else "this is not expected here", ""


def _begin_small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _find_offset(source: str, line: int, column: int) -> int:
    """Return the offset of a position in the text that the library parses; -1 for line 0, which is no position."""
    if not line:
        return -1
    lines = source.split("\n")
    rows = _kept_rows(source)
    if line > len(rows):
        return len(source.rstrip())
    start = _row_start(lines, rows[line - 1])
    return min(start + max(column - 1, 0), len(source.rstrip()))


def _row_start(lines: list[str], row: int) -> int:
    return sum(len(line) + 1 for line in lines[:row])


def _kept_rows(source: str) -> list[int]:
    """Return the rows of the text that the library parses.

    It removes the front matter, each comment with the empty lines above it, and empty lines at the start.
    """
    lines = source.split("\n")
    rows: list[int] = []
    for row in range(_count_head_rows(lines), len(lines)):
        if _COMMENT.match(lines[row]):
            while rows and not lines[rows[-1]].strip():
                rows.pop()
        elif rows or lines[row].strip():
            rows.append(row)
    return rows


def _count_head_rows(lines: list[str]) -> int:
    """Return the number of rows that the front matter of a diagram takes, between two lines ``---``."""
    marks = [row for row, line in enumerate(lines) if line.strip() == "---"]
    begins_with_mark = len(marks) > 1 and not any(line.strip() for line in lines[: marks[0]])
    return marks[1] + 1 if begins_with_mark else 0
