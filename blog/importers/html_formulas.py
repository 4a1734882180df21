r"""Formulas in blocks of HTML, which MathJax sets too: ``<div>``, ``$$ … $$``, ``</div>``.

Here a block of HTML ends at an empty line. So an empty line before and behind a formula makes it one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.importers.mapped_text import Edit
from blog.importers.passages import find_passages
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.importers.mapped_text import MappedText

_VERBATIM = re.compile(r"\s*+<(?:pre|script|style|textarea|svg|math|!--|\?)", re.IGNORECASE)
_MARKS = (
    (re.compile(r"^[ \t]*+(?=\$\$)\$\$", re.MULTILINE), re.compile(r"\$\$[ \t]*$", re.MULTILINE)),
    (
        re.compile(
            r"^[ \t]*+\\begin\{(?P<name>(?:equation|align|gather|multline|alignat|eqnarray)\*?)\}", re.MULTILINE
        ),
        re.compile(r"\\end\{(?P<name>(?:equation|align|gather|multline|alignat|eqnarray)\*?)\}[ \t]*$", re.MULTILINE),
    ),
)


def free_formulas(source: MappedText) -> MappedText:
    """Return a text in which formulas on lines of their own are no part of a block of HTML."""
    if "$$" not in source.text and "\\begin{" not in source.text:
        return source
    return source.edit(list(_find_formulas(source.text)))


def _find_formulas(text: str) -> Iterator[Edit]:
    for span in read_spans(text):
        block = text[span.start : span.end]
        if span.kind != "html" or not span.is_block or _VERBATIM.match(block):
            continue
        for opening, closing in _MARKS:
            for formula in find_passages(block, opening, closing):
                lines = [line.strip() for line in block[formula.start : formula.end].split("\n") if line.strip()]
                yield Edit(span.start + formula.start, span.start + formula.end, "\n".join(("", *lines, "")))
