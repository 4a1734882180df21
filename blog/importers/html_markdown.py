r"""Markdown in and behind blocks of HTML: by the attribute ``markdown``, and in the line behind the last end tag.

kramdown and Python-Markdown read both. Here text is Markdown if an empty line precedes it, and if it is not indented.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from blog.importers.mapped_text import Edit
from blog.importers.markdown_parts import is_code
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.importers.mapped_text import MappedText

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>div|figure|figcaption|aside|section|article|details|center|blockquote|td)\b(?P<rest>[^<>]{0,1000})>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"\smarkdown(?:\s*+=\s*+(?:\"\w*+\"|'\w*+'|\w++))?(?![\w-])", re.IGNORECASE)


_TEXT_BEHIND = re.compile(r"[ \t]{0,20}\n(?![ \t]{0,20}(?:<|\n|$))")
"""Matches the end of a line with the last end tag, if text follows: other tools end the block of HTML there."""


class _HtmlElement(NamedTuple):
    """An element that is open."""

    opening: re.Match[str]
    has_markdown: bool


def free_markdown(source: MappedText) -> MappedText:
    """Return a text in which the Markdown of such elements stands between empty lines, without indentation."""
    if "</" not in source.text:
        return source
    return source.edit(list(_find_edits(source.text)))


def _find_edits(text: str) -> Iterator[Edit]:
    inner: list[tuple[int, int]] = []
    stack: list[_HtmlElement] = []
    spans = [span for span in read_spans(text) if span.kind == "code"]
    for tag in _TAG.finditer(text):
        if is_code(spans, tag.start()):
            continue
        if not tag["close"]:
            stack.append(_HtmlElement(tag, _ATTRIBUTE.search(tag["rest"]) is not None))
            continue
        name = tag["name"].lower()
        while stack and stack[-1].opening["name"].lower() != name:
            stack.pop()
        if stack and (element := stack.pop()).has_markdown:
            yield Edit(*element.opening.span(), f"{_ATTRIBUTE.sub('', element.opening[0])}\n\n")
            yield Edit(*tag.span(), f"\n\n{tag[0]}\n")
            inner.append((element.opening.end(), tag.start()))
        elif not stack and _TEXT_BEHIND.match(text, tag.end()):
            yield Edit(tag.end(), tag.end(), "\n")
    yield from _flush_left(text, sorted(inner))


def _flush_left(text: str, places: list[tuple[int, int]]) -> Iterator[Edit]:
    """Yield the edits that take the indentation of the first line from all lines of each place."""
    end = 0
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for first, last in places:
        if first < end:  # an inner element
            continue
        end = last
        lines = [start for start in line_starts[bisect_right(line_starts, first) :] if start < last]
        indents = [
            len(line) - len(line.lstrip(" \t"))
            for line in (text[start : start + 200].partition("\n")[0] for start in lines)
        ]
        filled = [
            indent
            for start, indent in zip(lines, indents, strict=True)
            if text[start + indent : start + indent + 1] != "\n"
        ]
        base = filled[0] if filled else 0
        for start, indent in zip(lines, indents, strict=True):
            if min(indent, base):
                yield Edit(start, start + min(indent, base), "")
