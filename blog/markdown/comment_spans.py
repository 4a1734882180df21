"""HTML comments in a text: their positions, and the text without them.

The functions take strings and return strings or spans. None of them reports a problem or changes a token.
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
    """Return the position after the last ``-->`` of ``text``, or 0.

    Searches for comments stop there: after it, a search from each ``<!--`` to the end of the text would take quadratic
    time.
    """
    return text.rfind("-->") + 3 if "-->" in text else 0


def without_comments(text: str, instead: Callable[[re.Match[str]], str] = lambda _: "") -> str:
    """Return ``text`` with each closed comment replaced by what ``instead`` returns."""
    end = comments_end(text)
    return COMMENT.sub(instead, text[:end]) + text[end:]


Spans = list[tuple[int, int]]
"""Start and end of parts of a text, sorted and without overlaps."""


def comment_spans(html: str, bogus: Iterable[raw_html.Bogus] = ()) -> Spans:
    """Return the spans of the closed comments of ``html`` and of ``bogus`` ones; overlaps are merged."""
    comments = [match.span() for match in COMMENT.finditer(html, 0, comments_end(html))]
    comments += [(comment.start, comment.end) for comment in bogus if comment.end >= 0]
    spans: Spans = []
    for start, end in sorted(comments):
        previous_start, previous_end = spans[-1] if spans else (0, 0)
        if start < previous_end:
            spans[-1] = previous_start, max(end, previous_end)
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
        span_start, span_end = max(span_start, position), min(span_end, end)
        if span_start >= end:
            break
        if span_end > span_start:
            pieces += [html[position:span_start], instead(html[span_start:span_end])]
            position = span_end
    return "".join([*pieces, html[position:end]])


def blanks(text: str) -> str:
    """Return ``text`` with a space in the place of each character except line ends, so that positions stay the same."""
    return re.sub(r"[^\n]", " ", text)


def blank(match: re.Match[str]) -> str:
    """Return :func:`blanks` of a match."""
    return blanks(match[0])
