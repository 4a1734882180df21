"""Footnotes that stand where they are referred to: ``A claim.^[The note.]``, as Pandoc has them."""

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
    """``^[words]`` refers to a footnote that is noted in ``env["inline_notes"]``: where that is None it stays text."""
    context: ConversionContext = state.env["notes"]
    written = state.env.get("inline_notes")
    is_inner = context.block is None or state.src is not context.block.content  # in the description of a picture
    if written is None or is_inner or state.linkLevel or not state.src.startswith("^[", state.pos):
        return False
    start = state.pos + 2
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1)
    if end < 0 or not _WORDS.search(state.src, start, end):
        return False
    if not silent:
        context.inline_notes += 1
        label = f" {context.inline_notes}"  # no footnote of its own line can be called so
        reference = state.push("footnote_ref", "", 0)
        reference.meta = {"label": label}
        written.append((label, _inline_token(state, start, end, context)))
    state.pos = end + 1
    return True


def _inline_token(state: StateInline, start: int, end: int, context: ConversionContext) -> Token:
    """The words of a note, parsed; a note in them stays text."""
    around = context.block
    assert around is not None
    children: list[Token] = []
    token = Token("inline", "", 0, map=around.map, level=2, content=state.src[start:end], children=children, block=True)
    if "column" in around.meta:
        token.meta["column"] = around.meta["column"] + start
    written, state.env["inline_notes"] = state.env["inline_notes"], None
    context.block = token
    state.md.inline.parse(token.content, state.md, state.env, children)
    context.block, state.env["inline_notes"] = around, written
    return token


def written_notes(found: Sequence[tuple[str, Token]]) -> Iterator[Token]:
    """The tokens of footnotes, as if each stood on a line of its own."""
    for label, words in found:
        meta = {"label": label}
        yield Token("footnote_reference_open", "", 1, map=words.map, meta=meta, block=True)
        yield Token("paragraph_open", "p", 1, map=words.map, level=1, block=True)
        yield words
        yield Token("paragraph_close", "p", -1, level=1, block=True)
        yield Token("footnote_reference_close", "", -1, block=True)
