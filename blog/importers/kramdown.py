"""Markdown of kramdown → ours: attribute lists, extensions, tables of contents, and formulas in sentences.

<https://kramdown.gettalong.org/syntax.html>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.importers.distill import convert_distill
from blog.importers.mapped_text import Edit, MappedText
from blog.importers.markdown_parts import (
    image_attributes,
    inline_formula,
    is_code,
    remove_outside_code,
    remove_passages,
)
from blog.importers.tex_repairs import split_words
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.importers.markdown_parts import DialectContext
    from blog.markdown.source_spans import SourceSpan

_ATTRIBUTES = re.compile(r"\{::?(?!/|:?comment)(?P<list>[^{}\n]*)\}")
_COMMENT = re.compile(r"\{::comment\}")
_COMMENT_END = re.compile(r"\{:/(?:comment)?\}")
_EMPTY_COMMENT = re.compile(r"\{::comment\s*+/\}")
_END_MARK = re.compile(r"\{:/[^{}\n]*\}")
_CONTENTS = re.compile(
    r"^[ ]{0,3}(?:[*+-]|\d{1,9}\.)[ ].*\n\{:\s*+toc\b[^{}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ID = re.compile(r"#([\w.:-]+)")


def convert_kramdown(source: MappedText, context: DialectContext) -> MappedText:
    """Return a text of kramdown in our Markdown."""
    if "<d-" in source.text:
        source = convert_distill(source, context)
    if "{::comment" in source.text:
        source = source.edit(remove_passages(_COMMENT, _COMMENT_END, source.text))
        source = source.edit(remove_outside_code(_EMPTY_COMMENT, source.text))
    if "{:" in source.text:
        source = source.edit(_convert_attributes(source.text, read_spans(source.text)))
    if "$$" in source.text:
        source = source.edit(_convert_formulas(source.text, read_spans(source.text)))
    return source


def _convert_attributes(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    """Yield an edit for each attribute list of kramdown, and for each extension ``{::name}``."""
    yield from remove_outside_code(_CONTENTS, text)
    images = {span.end: span for span in spans if span.kind == "image"}
    headings = [span for span in spans if span.kind == "heading"]
    for match in _ATTRIBUTES.finditer(text):
        if not is_code(spans, match.start()):
            yield from _convert_list(text, match, images, headings)
    yield from remove_outside_code(_END_MARK, text)


def _convert_list(
    text: str, match: re.Match[str], images: dict[int, SourceSpan], headings: Sequence[SourceSpan]
) -> Iterator[Edit]:
    """Yield the edits for one list: an image keeps size and class, a heading its id; others are taken out."""
    before = text[: match.start()]
    owner = len(before.rstrip())
    if owner in images:
        attributes = image_attributes(match["list"])
        yield Edit(owner, match.end(), f"{{{attributes}}}" if attributes else "")
        return
    ident = _ID.search(match["list"])
    line_start = before.rfind("\n") + 1
    is_own_line = not before[line_start:].strip()
    heading = _find_heading(text, match.start(), headings)
    if ident and heading is not None:
        start = heading.end if is_own_line else match.start()
        yield Edit(start, match.end(), f" {{#{ident[1]}}}" if is_own_line else f"{{#{ident[1]}}}")
    else:
        yield Edit(max(line_start - 1, 0) if is_own_line else match.start(), match.end(), "")


def _find_heading(text: str, offset: int, headings: Sequence[SourceSpan]) -> SourceSpan | None:
    """Return the heading with ``offset``, or the one in the line above it."""
    for span in headings:
        if span.start < offset < span.end:
            return span
        if span.end <= offset and not text[span.end : offset].strip():
            return span
    return None


def _convert_formulas(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    """Yield an edit for each ``$$x$$`` that is no paragraph of its own: for kramdown it is one in the sentence."""
    for span in spans:
        if span.kind != "formula" or not text.startswith("$$", span.start):
            continue
        tex = text[span.start + 2 : span.end - 2]
        if "\\begin" in tex or _is_paragraph(text, span) or tex.count("\n") > 1:
            continue
        tex = tex.replace("\\|", "|")
        yield Edit(span.start, span.end, inline_formula(split_words(tex).replace("$", "")))


def _is_paragraph(text: str, span: SourceSpan) -> bool:
    """Return whether nothing but the formula stands in its paragraph."""
    before, after = text[: span.start].rstrip(" \t>"), text[span.end :].lstrip(" \t")
    begins = not before or before.endswith("\n\n") or re.search(r"\n[ \t>]*\n\Z", before) is not None
    return begins and (not after or re.match(r"\n[ \t>]*(\n|\Z)", after) is not None)
