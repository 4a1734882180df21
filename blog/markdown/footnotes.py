"""Footnotes: used ones move to the end, in the order of use; the text of others stays where it is."""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.hidden_references import record_hidden_tokens
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.markdown.context import ConversionContext


_DIGITS = re.compile(r"\d++")


class _Footnote(NamedTuple):
    """A footnote in the source."""

    label: str
    opening: Token
    body: list[Token]


class _Footnotes(NamedTuple):
    """The footnotes of a text that have distinct labels, and their uses."""

    by_label: dict[str, _Footnote]
    """The first footnote with each label."""
    uses: dict[str, list[Token]]
    """The references with each label, in the order of use."""


def collect_footnotes(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Move used footnotes to the end, in the order of use; leave the text of others in place, with a warning."""
    body, written = _extract_footnotes(tokens)
    by_label: dict[str, _Footnote] = {}
    for footnote in written:
        by_label.setdefault(footnote.label, footnote)
    footnotes = _Footnotes(by_label, _collect_uses(body, by_label))
    meant_labels = _report_missing_notes(footnotes, context)
    in_place: dict[int, _Footnote] = {}
    for footnote in written:
        if footnote.label in meant_labels or _stays_in_place(footnote, footnotes, context):
            in_place[id(footnote.opening)] = footnote
    return _insert_footnotes(body, in_place) + _footnote_section(footnotes, in_place)


def _report_missing_notes(footnotes: _Footnotes, context: ConversionContext) -> set[str]:
    """Report the references to missing footnotes; return the labels of the footnotes that they probably mean.

    A line that looks like the definition is reported in the place of all references to it.
    """
    counts = Counter(note.label for note in context.missing_notes)
    block_counts = Counter((note.label, id(note.block)) for note in context.missing_notes)
    unused = footnotes.by_label.keys() - footnotes.uses.keys() - context.hidden_notes
    definitions: set[str] = set()
    for note in context.missing_notes:
        is_alone = block_counts[note.label, id(note.block)] == 1 < counts[note.label]
        if note.may_define and is_alone and note.label not in definitions:
            definitions.add(note.label)
            message = f"this looks like the footnote [^{note.label}], without its colon"
            context.warn(note.location, "missing-footnote", message, f"write [^{note.label}]: …")
    meant_labels: set[str] = set()
    for note in context.missing_notes:
        if note.label in definitions:
            continue
        near = _find_near_label(note.label, unused)
        meant_labels.add(near)
        hint = f"did you mean [^{near}]?" if near else f"add a line [^{note.label}]: …"
        context.warn(note.location, "missing-footnote", f"there is no footnote [^{note.label}]", hint)
    return meant_labels


def _find_near_label(label: str, unused: set[str]) -> str:
    """Return the unused label that ``label`` probably means, or ``""``; ``note1`` does not mean ``note2``."""
    for other in sorted(unused):
        is_numbered_otherwise = _DIGITS.sub("", label) == _DIGITS.sub("", other)
        if not is_numbered_otherwise and did_you_mean(label, [other]):
            return other
    return ""


def _extract_footnotes(tokens: list[Token]) -> tuple[list[Token], list[_Footnote]]:
    """Return the text without footnotes, and the footnotes; the opening token of each one stays in the text."""
    body: list[Token] = []
    footnotes: list[_Footnote] = []
    targets = [body]
    for token in tokens:
        if token.type == "footnote_reference_open":
            footnote = _Footnote(token.meta["label"], token, [])
            footnotes.append(footnote)
            targets[-1].append(token)
            targets.append(footnote.body)
        elif token.type == "footnote_reference_close":
            targets.pop()
        else:
            targets[-1].append(token)
    return body, footnotes


def _collect_uses(body: list[Token], by_label: dict[str, _Footnote]) -> dict[str, list[Token]]:
    """Return the references in ``body`` and, behind them, those in the footnotes that these refer to, by label."""
    uses: dict[str, list[Token]] = {}
    pending = deque([body])
    while pending:
        for reference in _references_in(pending.popleft()):
            label = reference.meta["label"]
            if label not in uses and label in by_label:
                pending.append(by_label[label].body)
            uses.setdefault(label, []).append(reference)
    return uses


def _references_in(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "footnote_ref":
                yield child


def _insert_footnotes(tokens: list[Token], in_place: dict[int, _Footnote]) -> list[Token]:
    """Replace the opening tokens of footnotes by the bodies of those ``in_place``."""
    result: list[Token] = []
    for token in tokens:
        if token.type != "footnote_reference_open":
            result.append(token)
        elif id(token) in in_place:
            result += _insert_footnotes(in_place[id(token)].body, in_place)
    return result


def _stays_in_place(footnote: _Footnote, footnotes: _Footnotes, context: ConversionContext) -> bool:
    """Return whether the text of a footnote stays in its place: nothing refers to it, or its label is defined twice."""
    label = footnote.label
    is_used = label in footnotes.uses
    is_repeated = footnotes.by_label[label] is not footnote
    if is_used and not is_repeated:
        return False
    location = context.start(footnote.opening)
    if not is_used and label in context.hidden_notes:
        record_hidden_tokens(footnote.body, context)
        message = f"the footnote [^{label}] is left out: only hidden text refers to it"
        context.warn(location, "hidden-footnote", message)
        return False
    message = f"nothing refers to the footnote [^{label}]: the text is shown as a plain paragraph"
    hint = f"write [^{label}] where it belongs, or delete the footnote"
    if is_repeated:
        message = f"the footnote [^{label}] is written twice: this text is shown as a plain paragraph"
        hint = "delete one of them, or give it another name"
    context.warn(location, "unused-footnote", message, hint)
    return True


def _footnote_section(footnotes: _Footnotes, in_place: dict[int, _Footnote]) -> list[Token]:
    """Return the tokens of the used footnotes, and number their references."""
    section: list[Token] = []
    used_labels = filter(footnotes.by_label.__contains__, footnotes.uses)
    for number, label in enumerate(used_labels, 1):
        references = footnotes.uses[label]
        for use, reference in enumerate(references, 1):
            reference.meta.update(number=number, use=use)
        body = _insert_footnotes(footnotes.by_label[label].body, in_place)
        back_link = Token("footnote_back", "", 0, meta={"number": number, "uses": len(references)})
        if body and body[-1].type == "paragraph_close":
            body.insert(-1, back_link)
        else:
            body.append(back_link)
        section += [
            Token("footnote_open", "", 1, meta={"number": number}),
            *body,
            Token("footnote_close", "", -1),
        ]
    if not section:
        return []
    return [Token("footnotes_open", "", 1), *section, Token("footnotes_close", "", -1)]
