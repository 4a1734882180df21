"""Passages of a text, from an opening to its closing mark, in a time that grows no faster than the text.

A pattern such as ``<!--.*?-->`` would search from each mark that nothing closes to the end of the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator


class MarkedPassage(NamedTuple):
    """A passage of a text."""

    opening: re.Match[str]
    start: int
    end: int
    inner: str
    """The text between the marks."""


def find_passages(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> Iterator[MarkedPassage]:
    """Yield each passage up to the next closing mark, without overlaps; a mark that nothing closes begins none.

    If the patterns have a group ``name``, only marks of the same name belong together.
    """
    closings: defaultdict[str | None, list[tuple[int, int]]] = defaultdict(list)
    for mark in closing.finditer(text):
        closings[mark.groupdict().get("name")].append(mark.span())
    position = 0
    while match := opening.search(text, position):
        spans = closings[match.groupdict().get("name")]
        index = bisect_left(spans, (match.end(), 0))
        position = match.end()
        if index < len(spans):
            inner_end, position = spans[index]
            yield MarkedPassage(match, match.start(), position, text[match.end() : inner_end])


def replace_passages(
    text: str,
    opening: re.Pattern[str],
    closing: re.Pattern[str],
    instead: Callable[[MarkedPassage], str] = lambda _: "",
) -> str:
    """Return ``text`` with what ``instead`` returns in the place of each passage."""
    pieces: list[str] = []
    position = 0
    for passage in find_passages(text, opening, closing):
        pieces += [text[position : passage.start], instead(passage)]
        position = passage.end
    return "".join([*pieces, text[position:]])
