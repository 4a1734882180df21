"""The text of a Markdown file → the positions of its code, links, images, HTML, formulas and headings.

This is CommonMark with tables and footnotes, and none of the program's own rules: :mod:`blog.importers` rewrites texts
of other tools by these positions, and so never inside code. Nothing is rendered and nothing is reported.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from blog.markdown.formula_rules import formula

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

SpanKind = Literal["code", "link", "image", "definition", "html", "formula", "heading"]

_RULES: dict[str, SpanKind] = {
    "backticks": "code", "link": "link", "image": "image", "autolink": "code", "html_inline": "html",
    "formula": "formula",
}  # fmt: skip
_BLOCKS: dict[str, SpanKind] = {"fence": "code", "code_block": "code", "html_block": "html"}
_DEFINITION = re.compile(r"\[(?:[^\[\]\\]|\\.){1,300}+\]:\s*+(<[^>\n]*+>|\S++)")


class SourceSpan(NamedTuple):
    """A construct of a text, by offsets."""

    start: int
    end: int
    kind: SpanKind
    """An autolink is ``code``: nothing in it is to be rewritten."""
    target: str = ""
    """The address of a link, image or definition."""
    target_start: int = -1
    """-1 if the address stands elsewhere, in a definition."""
    target_end: int = -1
    label_end: int = -1
    """The offset of the ``]`` behind the words of a link or an image."""
    is_block: bool = False
    """It is a block: whole lines."""


@lru_cache(maxsize=8)
def read_spans(text: str) -> tuple[SourceSpan, ...]:
    """Return the constructs of ``text`` in the order of their offsets; line ends are LF.

    The last results are cached: several steps of an import read the same text.
    """
    parser = _parser()
    tokens: list[Token] = []
    env: dict[str, Any] = {}
    parser.block.parse(text, parser, env, tokens)
    lines = _Lines(text)
    spans: list[SourceSpan] = []
    for index, token in enumerate(tokens):
        if token.type in _BLOCKS and token.map:
            start, end = lines.starts[token.map[0]], lines.starts[min(token.map[1], len(lines.starts) - 1)]
            spans.append(SourceSpan(start, end, _BLOCKS[token.type], is_block=True))
        elif token.type == "inline" and token.map:
            before = tokens[index - 1].type
            spans += _read_inline(parser, token, lines, before, env)
    spans += _read_definitions(env, lines)
    return tuple(sorted(spans))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.inline.ruler.before("backticks", "formula", formula)
    ruler = parser.inline.ruler
    rules = dict(zip(ruler.get_active_rules(), ruler.getRules(""), strict=True))
    for name, kind in _RULES.items():
        ruler.at(name, _record(kind, rules[name]))
    return parser


def _record(kind: SpanKind, rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Return ``rule`` with a record of what it matches in the block itself, not in the words of an image."""

    def parse(state: StateInline, silent: bool) -> bool:
        start, maximum = state.pos, state.posMax
        if not rule(state, silent):
            return False
        if not silent and state.src is state.env["block"]:
            end, state.posMax = state.pos, maximum
            span = SourceSpan(start, end, kind)
            if kind in {"link", "image"}:
                span = _find_target(state, span)
            state.pos, state.posMax = end, maximum
            state.env["found"].append(span)
        return True

    return parse


def _find_target(state: StateInline, span: SourceSpan) -> SourceSpan:
    """Return ``span`` with the end of its words and the position of its address."""
    helpers, source = state.md.helpers, state.src
    label_start = span.start + (span.kind == "image")
    label_end = helpers.parseLinkLabel(state, label_start, span.kind == "link")
    if label_end < 0:
        return span
    span = span._replace(label_end=label_end)
    if source[label_end + 1 : label_end + 2] != "(" or source[span.end - 1] != ")":
        return span
    start = label_end + 2
    while source[start] in " \n":
        start += 1
    destination = helpers.parseLinkDestination(source, start, span.end)
    if not destination.ok:
        return span
    return span._replace(target=destination.str, target_start=start, target_end=destination.pos)


class _Lines:
    """The lines of a text, and how far each has been searched."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.starts[-1] = len(text)
        self._searched: dict[int, int] = {}

    def locate_cell(self, row: int, content: str) -> int:
        """Return the offset of the next table cell with ``content`` in a row; -1 if the line spells it otherwise."""
        column = self.lines[row].find(content, self._searched.get(row, 0))
        if column < 0:
            return -1
        self._searched[row] = column + len(content)
        return self.starts[row] + column

    def locate_line(self, row: int, content: str) -> int:
        """Return the offset of ``content``, a line of a block without its indentation; -1 if it cannot be told."""
        if row >= len(self.lines):
            return -1
        words = content.strip()
        column = self.lines[row].rstrip().rfind(words)
        indent = len(content) - len(content.lstrip())
        return -1 if column < 0 else self.starts[row] + column - indent


def _read_inline(
    parser: MarkdownIt, token: Token, lines: _Lines, before: str, env: dict[str, Any]
) -> Iterator[SourceSpan]:
    """Yield the constructs in the text of one block; ``before`` is the type of the token before it."""
    assert token.map is not None
    found: list[SourceSpan] = []
    parser.inline.parse(token.content, parser, {**env, "block": token.content, "found": found}, [])
    row = token.map[0]
    if before in {"th_open", "td_open"}:
        places = [(0, lines.locate_cell(row, token.content))]
    else:
        places = _locate_lines(token.content, row, lines)
    if before == "heading_open" and places[0][1] >= 0:
        yield SourceSpan(places[0][1], places[0][1] + len(token.content), "heading")
    for span in found:
        moved = _move(span, places)
        if moved is not None:
            yield moved


def _locate_lines(content: str, row: int, lines: _Lines) -> list[tuple[int, int]]:
    """Return the offset of each line in ``content``, and its offset in the text or -1."""
    places = []
    offset = 0
    for index, line in enumerate(content.split("\n")):
        places.append((offset, lines.locate_line(row + index, line)))
        offset += len(line) + 1
    return places


def _move(span: SourceSpan, places: Sequence[tuple[int, int]]) -> SourceSpan | None:
    """Return ``span`` with offsets in the text; None if a line of it cannot be found there."""

    def move(offset: int) -> int:
        place = max((place for place in places if place[0] <= offset), default=places[0])
        return -1 if place[1] < 0 else place[1] + offset - place[0]

    start, last = move(span.start), move(span.end - 1)
    if start < 0 or last < 0:
        return None
    if span.label_end < 0:
        return span._replace(start=start, end=last + 1)
    label_end = move(span.label_end)
    if span.target_start < 0:
        return span._replace(start=start, end=last + 1, label_end=label_end)
    target_start, target_end = move(span.target_start), move(span.target_end - 1) + 1
    if span.target_end == span.target_start:
        target_end = target_start
    return SourceSpan(start, last + 1, span.kind, span.target, target_start, target_end, label_end)


def _read_definitions(env: dict[str, Any], lines: _Lines) -> Iterator[SourceSpan]:
    """Yield the definitions of link references."""
    for definition in (*env.get("references", {}).values(), *env.get("duplicate_refs", ())):
        first, end = definition["map"]
        start = lines.starts[first]
        text = "\n".join(lines.lines[first:end])
        match = _DEFINITION.search(text)
        if match:
            target = match[1].strip("<>")
            yield SourceSpan(
                start, start + len(text), "definition", target, start + match.start(1), start + match.end(1)
            )
