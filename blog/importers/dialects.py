r"""Markdown of other parsers → ours, by positions: attribute lists, formulas, macros and tables of contents.

kramdown: <https://kramdown.gettalong.org/syntax.html>. MathJax in Markdown: ``\\(x\\)``, ``\\[x\\]``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.importers.mapped_text import Edit, MappedText
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.markdown.source_spans import SourceSpan

_ATTRIBUTES = re.compile(r"\{::?(?!/|:?comment)(?P<list>[^{}\n]*)\}")
_COMMENT = re.compile(r"\{::comment\}.*?\{:/(?:comment)?\}|\{::comment\s*/\}", re.DOTALL)
_END_MARK = re.compile(r"\{:/[^{}\n]*\}")
_CONTENTS = re.compile(
    r"^[ ]{0,3}(?:[*+-]|\d+\.)[ ]+.*\n\{:\s*toc\b[^{}\n]*\}[ \t]*$|^\[TOC\][ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ID = re.compile(r"#([\w.:-]+)")
_CLASS = re.compile(r"(?<![\w\"'=-])\.([A-Za-z][\w-]*)")
_SIZE = re.compile(r"\b(width|height)\s*=\s*[\"']?(\d+)(px|%)?[\"']?")
_STYLE_SIZE = re.compile(r"\b(width|height)\s*:\s*(\d+)(px|%)")
_BRACKETS = re.compile(r"\\\\\((?P<inline>.{1,2000}?)\\\\\)|\\\\\[(?P<block>.{1,8000}?)\\\\\]", re.DOTALL)
_BRACED = r"\{(?P<tex>(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
_MACRO = re.compile(
    r"\\(?P<command>(?:re)?newcommand|providecommand|def|DeclareMathOperator)\*?\s*\{?\\(?P<name>[A-Za-z]+)\}?\s*"
    rf"(?:\[\d\])?(?:#\d)*\s*{_BRACED}"
)


def convert_dialect(source: MappedText, *, is_kramdown: bool, macros: dict[str, str]) -> MappedText:
    """Return a text in our Markdown; macros that it defines are added to ``macros``."""
    source = _take_macros(source, macros)
    if is_kramdown and "{::comment" in source.text:
        source = source.edit(_remove_comments(source.text, read_spans(source.text)))
    if is_kramdown and "{:" in source.text:
        source = source.edit(_convert_attributes(source.text, read_spans(source.text)))
    elif "[TOC]" in source.text:
        source = source.edit(_remove_contents(source.text, read_spans(source.text)))
    if "\\\\(" in source.text or "\\\\[" in source.text:
        source = source.edit(_convert_brackets(source.text, read_spans(source.text)))
    if is_kramdown and "$$" in source.text:
        source = source.edit(_convert_formulas(source.text, read_spans(source.text)))
    return source


def _is_code(spans: Sequence[SourceSpan], offset: int) -> bool:
    return any(span.kind == "code" and span.start <= offset < span.end for span in spans)


def _take_macros(source: MappedText, macros: dict[str, str]) -> MappedText:
    if not re.search(r"\\(?:re)?newcommand|\\def\\|\\DeclareMath|\\providecommand", source.text):
        return source
    spans = read_spans(source.text)
    edits = []
    for match in _MACRO.finditer(source.text):
        if _is_code(spans, match.start()):
            continue
        is_operator = match["command"] == "DeclareMathOperator"
        macros.setdefault(match["name"], rf"\operatorname{{{match['tex']}}}" if is_operator else match["tex"])
        edits.append(Edit(match.start(), match.end(), ""))
    source = source.edit(edits)
    empty = re.compile(r"\$\$\s*\$\$|(?<![\\$])\$[ \t\n]+\$(?!\$)")
    spans = read_spans(source.text)
    found = [match for match in empty.finditer(source.text) if not _is_code(spans, match.start())]
    return source.edit(Edit(match.start(), match.end(), "") for match in found)


def _remove_contents(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    for match in _CONTENTS.finditer(text):
        if not _is_code(spans, match.start()):
            yield Edit(match.start(), match.end(), "")


def _remove_comments(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    for match in _COMMENT.finditer(text):
        if not _is_code(spans, match.start()):
            yield Edit(match.start(), match.end(), "")


def _convert_attributes(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    """Yield an edit for each attribute list of kramdown, and for each extension ``{::name}``."""
    yield from _remove_contents(text, spans)
    images = {span.end: span for span in spans if span.kind == "image"}
    headings = [span for span in spans if span.kind == "heading"]
    for match in _ATTRIBUTES.finditer(text):
        if not _is_code(spans, match.start()):
            yield from _convert_list(text, match, images, headings)
    for match in _END_MARK.finditer(text):
        if not _is_code(spans, match.start()):
            yield Edit(match.start(), match.end(), "")


def _convert_list(
    text: str, match: re.Match[str], images: dict[int, SourceSpan], headings: Sequence[SourceSpan]
) -> Iterator[Edit]:
    """Yield the edits for one list: an image keeps size and class, a heading its id; others are taken out."""
    before = text[: match.start()]
    owner = len(before.rstrip())
    if owner in images:
        attributes = _image_attributes(match["list"])
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


def _image_attributes(written: str) -> str:
    """Return the attributes of an image in our syntax."""
    sizes = [*_SIZE.findall(written), *_STYLE_SIZE.findall(written)]
    parts = [f"{name}={number}{unit if unit == '%' else ''}" for name, number, unit in sizes[:2]]
    parts += [f".{name}" for name in _CLASS.findall(re.sub(r"\w+=(\"[^\"]*\"|'[^']*')", "", written))]
    return " ".join(dict.fromkeys(parts))


def _convert_brackets(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    r"""Yield an edit for each formula in ``\\(…\\)`` or ``\\[…\\]``."""
    for match in _BRACKETS.finditer(text):
        if _is_code(spans, match.start()):
            continue
        if match["inline"] is not None:
            yield Edit(match.start(), match.end(), inline_formula(_unescape(match["inline"])))
        else:
            tex = _unescape(match["block"]).strip()
            yield Edit(match.start(), match.end(), f"\n\n$$\n{tex}\n$$\n\n" if "\n\n" not in tex else match[0])


def _unescape(tex: str) -> str:
    r"""Return the TeX that Markdown makes of an escaped text: ``\_`` is ``_``, and four backslashes are a row end."""
    return re.sub(r"\\([_*])", r"\1", tex.replace("\\\\\\\\", "\\\\"))


def inline_formula(tex: str) -> str:
    """Return a formula in a sentence."""
    words = " ".join(tex.split())
    return f"${words}$" if words else ""


def _convert_formulas(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    """Yield an edit for each ``$$x$$`` that is no paragraph of its own: for kramdown it is one in the sentence."""
    for span in spans:
        if span.kind != "formula" or not text.startswith("$$", span.start):
            continue
        tex = text[span.start + 2 : span.end - 2]
        if "\\begin" in tex or _is_paragraph(text, span) or tex.count("\n") > 1:
            continue
        tex = tex.replace("\\|", "|")
        yield Edit(span.start, span.end, inline_formula(tex.replace("$", "")))


def _is_paragraph(text: str, span: SourceSpan) -> bool:
    """Return whether nothing but the formula stands in its paragraph."""
    before, after = text[: span.start].rstrip(" \t>"), text[span.end :].lstrip(" \t")
    begins = not before or before.endswith("\n\n") or re.search(r"\n[ \t>]*\n\Z", before) is not None
    return begins and (not after or re.match(r"\n[ \t>]*(\n|\Z)", after) is not None)
