"""Inline footnotes, written where they are referred to: ``A claim.^[The note.]``, with Pandoc's syntax."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

_WORDS = re.compile(r"\S\s+\S|[^\W\d_]{4,}|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
"""Matches a note with words; ``^[1]`` and ``^[a-z]`` are text."""


def inline_note(state: StateInline, silent: bool) -> bool:
    """Add the reference of ``^[words]``, and its footnote to ``env["inline_notes"]``: without that list it is text."""
    context: ConversionContext = state.env["notes"]
    notes = state.env.get("inline_notes")
    block = context.block
    if notes is None or state.linkLevel or not state.src.startswith("^[", state.pos):
        return False
    if block is None or state.src is not block.content:  # in the alternative text of an image
        return False
    start = state.pos + 2
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1)
    if end < 0 or not _WORDS.search(state.src, start, end):
        return False
    if not silent:
        context.inline_notes += 1
        label = f" {context.inline_notes}"  # the label of a footnote in the text cannot begin with a space
        reference = state.push("footnote_ref", "", 0)
        reference.meta = {"label": label}
        notes.append((label, _parse_note(state, start, end, block)))
    state.pos = end + 1
    return True


def _parse_note(state: StateInline, start: int, end: int, block: Token) -> Token:
    """Return the words of a note in ``block``, parsed; a note in them stays text."""
    context: ConversionContext = state.env["notes"]
    children: list[Token] = []
    note = Token("inline", "", 0, map=block.map, level=2, content=state.src[start:end], children=children, block=True)
    if "column" in block.meta:
        note.meta["column"] = block.meta["column"] + start
    notes, state.env["inline_notes"] = state.env["inline_notes"], None
    context.block = note
    state.md.inline.parse(note.content, state.md, state.env, children)
    context.block, state.env["inline_notes"] = block, notes
    return note


def written_notes(notes: Sequence[tuple[str, Token]]) -> Iterator[Token]:
    """Yield the tokens of inline footnotes as if each was written on a line of its own."""
    for label, words in notes:
        meta = {"label": label}
        yield Token("footnote_reference_open", "", 1, map=words.map, meta=meta, block=True)
        yield Token("paragraph_open", "p", 1, map=words.map, level=1, block=True)
        yield words
        yield Token("paragraph_close", "p", -1, level=1, block=True)
        yield Token("footnote_reference_close", "", -1, block=True)
