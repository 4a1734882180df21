"""Footnotes: those that are used move to the end, in the order of use; the text of others stays where it is."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.hidden_text import record_hidden_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.markdown.context import ConversionContext


class _Footnote(NamedTuple):
    """A footnote as it was written."""

    label: str
    opening: Token
    body: list[Token]


def collect_footnotes(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Footnotes that are used move to the end, in the order of use; the text of others stays, with a warning."""
    body, written = _taken_apart(tokens)
    first: dict[str, _Footnote] = {}
    for note in written:
        first.setdefault(note.label, note)
    uses: dict[str, list[Token]] = {}
    waiting = deque([body])
    while waiting:
        for child in _inline(waiting.popleft()):
            if child.type == "footnote_ref":
                label = child.meta["label"]
                if label not in uses and label in first:
                    waiting.append(first[label].body)
                uses.setdefault(label, []).append(child)
    stays = {id(note.opening): note for note in written if _stays(note, first, uses, context)}
    block = _footnote_block(uses, {label: note.body for label, note in first.items() if label in uses}, stays)
    return _put_back(body, stays) + block


def _taken_apart(tokens: list[Token]) -> tuple[list[Token], list[_Footnote]]:
    """The text without its footnotes, and these; where one was written its opening token stays."""
    body: list[Token] = []
    written: list[_Footnote] = []
    targets = [body]
    for token in tokens:
        if token.type == "footnote_reference_open":
            written.append(_Footnote(token.meta["label"], token, []))
            targets[-1].append(token)
            targets.append(written[-1].body)
        elif token.type == "footnote_reference_close":
            targets.pop()
        else:
            targets[-1].append(token)
    return body, written


def _put_back(tokens: list[Token], stays: dict[int, _Footnote]) -> list[Token]:
    kept: list[Token] = []
    for token in tokens:
        if token.type != "footnote_reference_open":
            kept.append(token)
        elif id(token) in stays:
            kept += _put_back(stays[id(token)].body, stays)
    return kept


def _stays(
    note: _Footnote, first: dict[str, _Footnote], uses: dict[str, list[Token]], context: ConversionContext
) -> bool:
    """Return whether the text of a footnote stays in its place: nothing refers to it, or its label is defined twice."""
    again = first[note.label] is not note
    if note.label in uses and not again:
        return False
    place = context.start(note.opening)
    if note.label not in uses and note.label in context.hidden_notes:
        record_hidden_tokens(note.body, context)
        message = f"the footnote [^{note.label}] is left out: only hidden text refers to it"
        context.warn(place, "hidden-footnote", message)
        return False
    what = "is written twice" if again else "is never referred to"
    context.warn(place, "unused-footnote", f"the footnote [^{note.label}] {what}: its text stays here")
    return True


def _footnote_block(
    uses: dict[str, list[Token]], found: dict[str, list[Token]], stays: dict[int, _Footnote]
) -> list[Token]:
    block: list[Token] = []
    ordered = [label for label in uses if label in found]
    for number, label in enumerate(ordered, 1):
        for index, ref in enumerate(uses[label], 1):
            ref.meta.update(number=number, use=index)
        inner = _put_back(found[label], stays)
        back = Token("footnote_back", "", 0, meta={"number": number, "uses": len(uses[label])})
        at = len(inner) - 1 if inner and inner[-1].type == "paragraph_close" else len(inner)
        block += [Token("footnote_open", "", 1, meta={"number": number}), *inner[:at], back, *inner[at:]]
        block.append(Token("footnote_close", "", -1))
    return [Token("footnotes_open", "", 1), *block, Token("footnotes_close", "", -1)] if block else []


def _inline(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()
