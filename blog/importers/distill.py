"""Elements of Distill, which al-folio has too, in a text: citations and footnotes.

<https://github.com/distillpub/template/tree/master/src/components>
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.importers.mapped_text import Edit, MappedText
from blog.importers.markdown_parts import is_code
from blog.importers.passages import find_passages
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from blog.importers.markdown_parts import DialectContext

_CITATION = re.compile(
    r"<d-cite\s++(?:key|bibtex-key)\s*+=\s*+[\"'](?P<keys>[^\"'<>]*+)[\"'][^<>]*+>(?:[^<>]*+</d-cite>)?"
)
_NOTE = re.compile(r"<d-footnote>")
_NOTE_END = re.compile(r"</d-footnote>")


def convert_distill(source: MappedText, context: DialectContext) -> MappedText:
    """Return a text in which citations are shown by their keys, and footnotes stand at the end."""
    text = source.text
    spans = read_spans(text)
    citations = [match for match in _CITATION.finditer(text) if not is_code(spans, match.start())]
    if citations:
        what = f"{len(citations)} citations are shown by their keys"
        context.report(source.line_at(citations[0].start()), "Citation", what, "write the works out, or link to them")
    source = source.edit(Edit(*match.span(), f"[{match['keys'].strip()}]") for match in citations)
    spans = read_spans(source.text)
    notes = [
        note
        for note in find_passages(source.text, _NOTE, _NOTE_END)
        if note.inner.strip() and not is_code(spans, note.start)
    ]
    edits = [
        Edit(len(source.text[: note.start].rstrip(" \t")), note.end, f"[^d{number}]")
        for number, note in enumerate(notes, 1)
    ]
    texts = [f"\n\n[^d{number}]: {' '.join(note.inner.split())}" for number, note in enumerate(notes, 1)]
    return source.edit([*edits, Edit(len(source.text), len(source.text), "".join(texts))] if notes else [])
