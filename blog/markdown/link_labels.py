"""Where the text of a link ends, found once for each bracket.

markdown-it looks for it from each bracket anew: megabytes of ``[[[[…`` would take hours.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from markdown_it.helpers import parseLinkDestination, parseLinkTitle

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline


class _Label(NamedTuple):
    """What is behind a bracket: where it closes, or -1, and whether a link is in it."""

    end: int
    has_link: bool


class _Text:
    """What is known of the brackets of one text."""

    def __init__(self, source: str) -> None:
        self.last = source.rfind("]")
        self.labels: dict[tuple[int, int], _Label] = {}
        """By where the bracket is, and where the text ends."""


def helpers() -> SimpleNamespace:
    """The helpers of a parser, with our own way to look for the end of a label."""
    texts: WeakKeyDictionary[StateInline, _Text] = WeakKeyDictionary()

    def label_end(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803  (markdown-it's name)
        text = texts.get(state) or texts.setdefault(state, _Text(state.src))
        if start > text.last:
            return -1
        label = text.labels.get((start, state.posMax))
        if label is None:
            before = state.pos
            label = text.labels[start, state.posMax] = look(state, start, text)
            state.pos = before
        return -1 if disableNested and label.has_link else label.end

    def look(state: StateInline, start: int, text: _Text) -> _Label:
        """Read on behind the bracket at ``start``; what other brackets hold is known by then."""
        state.pos, has_link = start + 1, False
        while state.pos < state.posMax:
            at = state.pos
            sign = state.src[at]
            if sign == "]":
                return _Label(at, has_link)
            state.md.inline.skipToken(state)
            if sign != "[":
                continue
            if state.pos > at + 1:
                has_link = True
                continue
            end = label_end(state, at)
            if end < 0:
                break
            has_link |= text.labels[at, state.posMax].has_link
            state.pos = end + 1
        return _Label(-1, has_link)

    return SimpleNamespace(
        parseLinkLabel=label_end, parseLinkDestination=parseLinkDestination, parseLinkTitle=parseLinkTitle
    )
