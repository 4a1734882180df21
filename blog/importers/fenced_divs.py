"""Pandoc's fenced divs ``::: {.name}`` → callouts, figures, or the text in them; what a div hides is left out.

<https://pandoc.org/MANUAL.html#divs-and-spans>, <https://quarto.org/docs/authoring/callouts.html>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.hiding_marks import names_hidden_passage
from blog.importers.mapped_text import MappedText
from blog.importers.template_tags import callout, figure
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.importers.markdown_parts import DialectContext

_OPENING = re.compile(r"(?P<indent>[ \t]*):{3,}+[ \t]*+(?:\{(?P<list>.*)\}|(?P<word>[\w.-]++))[ \t]*+:*+[ \t]*+")
_CLOSING = re.compile(r"[ \t]*:{3,}[ \t]*")
_CALLOUT = re.compile(r"\.?callout-(\w+)")
_TITLE = re.compile(r"\btitle\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+(.*)")
_IMAGE = re.compile(r"!\[(?P<words>.*?)\]\(<?(?P<source>[^\s()>]+)>?(?:\s+\"[^\"]*\")?\)(?:\{[^{}]*\})?")
_FORMAT = re.compile(
    r"\.content-(?P<class>visible|hidden)\s++(?P<when>when|unless)-format=[\"']?(?P<format>html(?::js)?|pdf|latex|docx|odt|epub|typst)[\"']?"
)
_OTHER_READERS = re.compile(r"content-(?:visible|hidden)|when-|unless-")

Line = tuple[str, int]
"""A line, and the line of the old file from which it comes."""


class _Div(NamedTuple):
    """A div that is open."""

    mark: str
    indent: str
    line: int
    start: int
    """The number of lines above its text."""


def convert_divs(source: MappedText, context: DialectContext) -> MappedText:
    """Return a text without fenced divs."""
    if ":::" not in source.text:
        return source
    code = _code_rows(source.text)
    found: list[Line] = []
    divs: list[_Div] = []
    for row, line in enumerate(zip(source.text.split("\n"), source.lines, strict=True)):
        opening = None if row in code else _OPENING.fullmatch(line[0])
        if opening:
            divs.append(_Div(opening["list"] or opening["word"], opening["indent"], line[1], len(found)))
        elif row not in code and _CLOSING.fullmatch(line[0]):
            if divs:
                _close(divs.pop(), found, context)
        else:
            found.append(line)
    while divs:
        _close(divs.pop(), found, context)
    return MappedText("\n".join(text for text, _ in found), tuple(number for _, number in found) or (1,))


def _code_rows(text: str) -> set[int]:
    """Return the numbers of the lines that are code, from 0."""
    rows: set[int] = set()
    for span in read_spans(text):
        if span.kind == "code" and span.is_block and _is_fenced(text, span.start):
            first = text.count("\n", 0, span.start)
            rows.update(range(first, first + text.count("\n", span.start, span.end)))
    return rows


def _is_fenced(text: str, start: int) -> bool:
    """Return whether a code block has fences: a div may be indented."""
    return text[start:].lstrip(" \t>").startswith(("```", "~~~"))


def _close(div: _Div, found: list[Line], context: DialectContext) -> None:
    """Put in the place of the lines of a div what stands for it here."""
    inner = found[div.start :]
    del found[div.start :]
    if _is_for_html(div.mark):
        found += inner
        return
    if names_hidden_passage(div.mark) or _OTHER_READERS.search(div.mark):
        what = f"a passage was left out: ::: {div.mark} hides it from some readers, or from all"
        context.report_hidden(div.line, what)
        return
    kind = _CALLOUT.search(div.mark)
    if kind:
        inner = _make_callout(div, kind[1], inner)
    elif "#fig" in div.mark:
        inner = _make_figure(inner)
    if found and found[-1][0].strip():
        found.append(("", div.line))
    found += inner
    if inner and inner[-1][0].strip():
        found.append(("", inner[-1][1]))


def _is_for_html(mark: str) -> bool:
    """Return whether a div of Quarto was shown in HTML, by nothing but the format of the output."""
    match = _FORMAT.fullmatch(mark.strip())
    if match is None:
        return False
    is_html = match["format"] in {"html", "html:js"}
    holds = is_html if match["when"] == "when" else not is_html
    return holds if match["class"] == "visible" else not holds


def _make_callout(div: _Div, kind: str, inner: Sequence[Line]) -> list[Line]:
    inner = list(inner)
    while inner and not inner[0][0].strip():
        del inner[0]
    title = _TITLE.search(div.mark)
    words = (title[1] or title[2] or "") if title else ""
    heading = _HEADING.fullmatch(inner[0][0]) if inner and not words else None
    if heading:
        words = heading[1].rstrip(" \t#")
        del inner[0]
    text = "\n".join(line.removeprefix(div.indent) for line, _ in inner)
    lines = [f"{div.indent}{line}".rstrip() for line in callout(kind, words, text).strip("\n").split("\n")]
    return [(line, div.line + number) for number, line in enumerate(lines)]


def _make_figure(inner: Sequence[Line]) -> list[Line]:
    """Return the images of a figure, the last one with the caption below them."""
    lines = [line for line in inner if line[0].strip()]
    images = [_IMAGE.fullmatch(text.strip()) for text, _ in lines[:-1]]
    last = images[-1] if images else None
    if last is None or not all(images) or _IMAGE.match(lines[-1][0].strip()):
        return list(inner)
    written = figure(last["source"], last["words"], lines[-1][0].strip()).strip("\n")
    return [*lines[:-2], ("", lines[-2][1]), (written, lines[-2][1])]
