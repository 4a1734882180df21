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
    """Where the last comment of ``text`` may end. Behind it none is closed, and to search for one takes for ever."""
    return text.rfind("-->") + 3 if "-->" in text else 0


def without_comments(text: str, instead: Callable[[re.Match[str]], str] = lambda _: "") -> str:
    """``text`` without its closed comments."""
    end = comments_end(text)
    return COMMENT.sub(instead, text[:end]) + text[end:]


Spans = list[tuple[int, int]]
"""Where parts of a text begin and end: in order, and none in another."""


def comment_spans(html: str, bogus: Iterable[raw_html.Bogus] = ()) -> Spans:
    """Return where the comments of ``html`` stand: the closed ones, and those that are ``bogus``."""
    found = [comment.span() for comment in COMMENT.finditer(html, 0, comments_end(html))]
    found += [(comment.start, comment.end) for comment in bogus if comment.end >= 0]
    spans: Spans = []
    for start, end in sorted(found):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def without_spans(
    html: str, spans: Spans, start: int = 0, end: int | None = None, instead: Callable[[str], str] = lambda _: ""
) -> str:
    """Return ``html`` from ``start`` to ``end`` with ``instead`` in the place of what stands in ``spans``."""
    pieces, at, end = [], start, len(html) if end is None else end
    for index in range(max(bisect_left(spans, (start,)) - 1, 0), len(spans)):
        opening, closing = max(spans[index][0], at), min(spans[index][1], end)
        if opening >= end:
            break
        if closing > opening:
            pieces += [html[at:opening], instead(html[opening:closing])]
            at = closing
    return "".join([*pieces, html[at:end]])


def blanks(text: str) -> str:
    """Return as many spaces as ``text`` has characters; its lines stay."""
    return re.sub(r"[^\n]", " ", text)


def blank(found: re.Match[str]) -> str:
    """Return :func:`blanks` for what was found."""
    return blanks(found[0])
