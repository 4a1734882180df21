r"""Markdown of other parsers → ours, by positions: macros, tables of contents, MathJax, and what one dialect has alone.

MathJax in Markdown: ``\\(x\\)``, ``\\[x\\]``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.importers.html_formulas import free_formulas
from blog.importers.html_markdown import free_markdown
from blog.importers.kramdown import convert_kramdown
from blog.importers.mapped_text import Edit, MappedText
from blog.importers.markdown_parts import DialectContext, inline_formula, is_code, remove_outside_code
from blog.importers.material import convert_material
from blog.importers.mdx import convert_mdx
from blog.importers.pandoc import convert_pandoc
from blog.importers.tex_macros import take_macros
from blog.importers.tex_repairs import unescape_formula
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from blog.importers.old_site import Dialect
    from blog.markdown.source_spans import SourceSpan

_CONTENTS = re.compile(r"^\[TOC\][ \t]*$", re.MULTILINE | re.IGNORECASE)
_BRACKETS = re.compile(
    r"(?<!\\)\\\\\((?P<inline>(?:[^\\]|\\{4}|\\(?!\\[()])){1,2000}+)\\\\\)"
    r"|(?<!\\)\\\\\[(?P<block>(?:[^\\]|\\{4}|\\(?!\\[\[\]])){1,8000}+)\\\\\]"
)
"""In a formula, four backslashes are the end of a row, also before a bracket."""


def _convert_goldmark(source: MappedText, _context: DialectContext) -> MappedText:
    """Return a text of Hugo without the escapes in formulas that its Markdown needs if it does not know them."""
    edits = []
    for span in read_spans(source.text):
        if span.kind == "formula":
            formula = source.text[span.start : span.end]
            edits.append(Edit(span.start, span.end, unescape_formula(formula)))
    return source.edit(edits)


_DIALECTS: Mapping[Dialect, Callable[[MappedText, DialectContext], MappedText]] = {
    "goldmark": _convert_goldmark,
    "kramdown": convert_kramdown,
    "material": convert_material,
    "mdx": convert_mdx,
    "pandoc": convert_pandoc,
}
"""Dialect → the converter of what it has alone."""


def convert_dialect(source: MappedText, dialect: Dialect, context: DialectContext) -> MappedText:
    """Return a text in our Markdown; macros that it defines are added to the context."""
    source = take_macros(source, context.macros)
    if "[TOC]" in source.text:
        source = source.edit(remove_outside_code(_CONTENTS, source.text))
    if "\\\\(" in source.text or "\\\\[" in source.text:
        source = source.edit(_convert_brackets(source.text, read_spans(source.text)))
    source = free_formulas(free_markdown(source))
    converter = _DIALECTS.get(dialect)
    return converter(source, context) if converter else source


def _convert_brackets(text: str, spans: Sequence[SourceSpan]) -> Iterator[Edit]:
    r"""Yield an edit for each formula in ``\\(…\\)`` or ``\\[…\\]``."""
    for match in _BRACKETS.finditer(text):
        if is_code(spans, match.start()):
            continue
        if match["inline"] is not None:
            yield Edit(match.start(), match.end(), inline_formula(_unescape(match["inline"])))
        else:
            tex = _unescape(match["block"]).strip()
            yield Edit(match.start(), match.end(), f"\n\n$$\n{tex}\n$$\n\n" if "\n\n" not in tex else match[0])


def _unescape(tex: str) -> str:
    r"""Return the TeX that Markdown makes of an escaped text: ``\_`` is ``_``, and four backslashes are a row end."""
    return re.sub(r"\\([_*])", r"\1", tex.replace("\\\\\\\\", "\\\\"))
