"""HTML comments in a text: where they stand, and the text without them.

A text goes in; spans, or the text without them, come out. Nothing here reports a problem or changes a token.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blog.markdown import raw_html

COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)


def comments_end(text: str) -> int:
    """Return the position behind the last ``-->`` of ``text``, or 0.

    Searches stop here: behind it, each ``<!--`` would be searched to the end of the text, in quadratic time.
    """
    return text.rfind("-->") + 3 if "-->" in text else 0


def without_comments(text: str, instead: Callable[[re.Match[str]], str] = lambda _: "") -> str:
    """Return ``text`` with each closed comment replaced by what ``instead`` returns."""
    end = comments_end(text)
    return COMMENT.sub(instead, text[:end]) + text[end:]


Spans = list[tuple[int, int]]
"""Start and end of parts of a text, sorted and without overlaps."""


def comment_spans(html: str, bogus: Iterable[raw_html.Bogus] = ()) -> Spans:
    """Return the spans of the closed comments of ``html`` and of those that are ``bogus``; overlaps are joined."""
    candidates = [comment.span() for comment in COMMENT.finditer(html, 0, comments_end(html))]
    candidates += [(comment.start, comment.end) for comment in bogus if comment.end >= 0]
    spans: Spans = []
    for start, end in sorted(candidates):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def without_spans(
    html: str, spans: Spans, start: int = 0, end: int | None = None, instead: Callable[[str], str] = lambda _: ""
) -> str:
    """Return ``html`` from ``start`` to ``end``; each part in ``spans`` is replaced by what ``instead`` returns."""
    if end is None:
        end = len(html)
    pieces = []
    position = start
    first = max(bisect_left(spans, (start,)) - 1, 0)
    for index in range(first, len(spans)):
        span_start, span_end = spans[index]
        opening, closing = max(span_start, position), min(span_end, end)
        if opening >= end:
            break
        if closing > opening:
            pieces += [html[position:opening], instead(html[opening:closing])]
            position = closing
    return "".join([*pieces, html[position:end]])


def blanks(text: str) -> str:
    """Return ``text`` with a space for each character but line ends, so that positions stay the same."""
    return re.sub(r"[^\n]", " ", text)


def blank(match: re.Match[str]) -> str:
    """Return :func:`blanks` of a match."""
    return blanks(match[0])
