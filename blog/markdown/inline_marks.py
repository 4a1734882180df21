r"""Marks of words that ``[markdown] extensions`` in the settings turns on: ``==highlight==``, ``H~2~O`` and ``x^2^``.

As in Pandoc, nothing between the marks of a subscript or superscript is a space; ``\ `` is one. A highlight begins and
ends with a word. What stands between is ordinary text of a line. <https://pandoc.org/MANUAL.html#inline-formatting>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token


class InlineMark(NamedTuple):
    """A pair of marks, and the element that shows the words between them."""

    mark: str
    tag: str
    words: re.Pattern[str] | None = None
    """Matches all that may stand between the marks, 100 characters at most; None: words and spaces."""

    def rule(self, state: StateInline, silent: bool) -> bool:
        """Inline rule: make tokens of the element around the words between two marks."""
        start = state.pos + len(self.mark)
        if not state.src.startswith(self.mark, state.pos) or not self._opens(state):
            return False
        end = self._find_end(state, start)
        if end < 0:
            return False
        if not silent:
            outer_end = state.posMax
            state.pos, state.posMax = start, end
            state.push(f"{self.tag}_open", self.tag, 1).markup = self.mark
            first = len(state.tokens)
            state.md.inline.tokenize(state)
            if self.words:
                _replace_escaped_spaces(state.tokens[first:])
            state.push(f"{self.tag}_close", self.tag, -1).markup = self.mark
            state.posMax = outer_end
        state.pos = end + len(self.mark)
        return True

    def _opens(self, state: StateInline) -> bool:
        """Return whether the mark at the position of the parser is alone, and a word follows it."""
        start = state.pos + len(self.mark)
        char = self.mark[0]
        before, after = state.src[state.pos - 1 : state.pos], state.src[start : start + 1]
        if self.words is None and before.isalnum():  # x==y is a comparison
            return False
        return before != char and after not in {"", char} and not after.isspace()

    def _find_end(self, state: StateInline, start: int) -> int:
        """Return the position of the closing mark, or -1."""
        if self.words is None:
            return self._skip_to_end(state, start)
        match = self.words.match(state.src, start, state.posMax)
        return match.end() if match else -1

    def _skip_to_end(self, state: StateInline, start: int) -> int:
        """Return the position of the closing mark, or -1. One in code, a link or a comment does not close."""
        failed: dict[str, tuple[str, int]] = state.env.setdefault("open marks", {})
        if failed.get(self.mark) == (state.src, state.posMax):  # each later mark would search the same text again
            return -1
        position = state.pos
        state.pos = start
        end = -1
        while state.pos < state.posMax and end < 0:
            if state.pos > start and self._closes(state):
                end = state.pos
            else:
                state.md.inline.skipToken(state)
        if end < 0:
            failed[self.mark] = (state.src, state.posMax)
        state.pos = position
        return end

    def _closes(self, state: StateInline) -> bool:
        position, char = state.pos, self.mark[0]
        end = position + len(self.mark)
        after = state.src[end : end + 1]
        is_alone = state.src[position - 1] != char and after != char and not after.isalnum()
        return state.src.startswith(self.mark, position) and is_alone and not state.src[position - 1].isspace()


def _replace_escaped_spaces(tokens: list[Token]) -> None:
    for token in tokens:
        if token.type in {"text", "text_special"}:
            token.content = token.content.replace("\\ ", "\u00a0")


INLINE_MARKS = {
    "highlight": InlineMark("==", "mark"),
    "subscript": InlineMark("~", "sub", re.compile(r"(?:\\.|[^\s\\~]){1,100}+(?=~(?!~))")),
    "superscript": InlineMark("^", "sup", re.compile(r"(?:\\.|[^\s\\^]){1,100}+(?=\^(?!\^))")),
}
"""Name in the settings → the marks."""


def add_inline_marks(parser: MarkdownIt, names: tuple[str, ...]) -> None:
    """Add the rules with these ``names`` to a parser."""
    for name in INLINE_MARKS.keys() & names:
        parser.inline.ruler.before("emphasis", name, INLINE_MARKS[name].rule)
