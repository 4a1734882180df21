"""Replacements for two of markdown-it's helpers for links.

``parseLinkLabel`` takes linear instead of quadratic time: a parser state and the position of a ``[`` go in, the
position of the matching ``]`` comes out. ``parseLinkTitle`` also returns the title as written. All other results are
those of markdown-it's functions.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from markdown_it.helpers import parseLinkDestination, parseLinkTitle

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline


class _Label(NamedTuple):
    """The label behind an opening bracket."""

    end: int
    """Position of the closing bracket, or -1."""
    has_link: bool
    """A link is inside: then no link can be around it."""


class _Text:
    """The labels of one inline text that have been parsed."""

    def __init__(self, source: str) -> None:
        self.last_closing = source.rfind("]")
        self.labels: dict[tuple[int, int], _Label] = {}
        """Position of the opening bracket and end of the text → label."""


class _LabelParser:
    """Parses each label of an inline text once. The outermost bracket parses the labels inside it."""

    def __init__(self) -> None:
        self._texts: WeakKeyDictionary[StateInline, _Text] = WeakKeyDictionary()

    def find_end(self, state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803  (markdown-it's name)
        """Return the position of the closing bracket for the bracket at ``start``, or -1."""
        text = self._texts.get(state) or self._texts.setdefault(state, _Text(state.src))
        if start > text.last_closing:
            return -1
        label = text.labels.get((start, state.posMax))
        if label is None:
            position = state.pos
            label = text.labels[start, state.posMax] = self._parse(state, start, text)
            state.pos = position
        return -1 if disableNested and label.has_link else label.end

    def _parse(self, state: StateInline, start: int, text: _Text) -> _Label:
        """Parse the label behind the bracket at ``start``; labels inside it are cached."""
        state.pos, has_link = start + 1, False
        while state.pos < state.posMax:
            position = state.pos
            character = state.src[position]
            if character == "]":
                return _Label(position, has_link)
            state.md.inline.skipToken(state)
            if character != "[":
                continue
            if state.pos > position + 1:
                has_link = True
                continue
            end = self.find_end(state, position)
            if end < 0:
                break
            has_link |= text.labels[position, state.posMax].has_link
            state.pos = end + 1
        return _Label(-1, has_link)


class LinkTitle(str):
    """The title of a link or an image, without backslashes before punctuation."""

    __slots__ = ("source",)
    source: str
    """The title as written: the caption of a figure is parsed once more."""


def _parse_title(source: str, start: int, maximum: int, prev_state: Any = None) -> Any:
    """Return what markdown-it's function returns, with a :class:`LinkTitle` if the title is in one line."""
    result = parseLinkTitle(source, start, maximum, prev_state)
    if result.ok and prev_state is None:
        title = LinkTitle(result.str)
        title.source = source[start + 1 : result.pos - 1]
        result.str = title
    return result


def create_helpers() -> SimpleNamespace:
    """Return the helpers for a parser: markdown-it's own, but for ``parseLinkLabel`` and ``parseLinkTitle``.

    Patched for speed: markdown-it searches the end of a label again from each bracket, so megabytes of ``[[[[…`` would
    take hours. Here each label is cached for as long as its parser state exists.
    """
    return SimpleNamespace(
        parseLinkLabel=_LabelParser().find_end, parseLinkDestination=parseLinkDestination, parseLinkTitle=_parse_title
    )
