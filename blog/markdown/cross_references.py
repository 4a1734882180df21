r"""References to numbered things and headings: ``@fig-loss``, ``[](#fig-loss)``, ``\eqref{elbo}`` → their labels.

Each construct takes its numbers in its own step, by :func:`take_number`; :func:`fill_references` is the step that
writes the labels into the references when all are known.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from blog.markdown.reference_kinds import KIND_OF_PREFIX, kind_of
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

_IDENT = rf"(?:{'|'.join(KIND_OF_PREFIX)})-[\w-]++(?:[.:][\w-]++)*+"
_REFERENCE = re.compile(rf"@(?P<ident>{_IDENT})")
_ITEM = re.compile(rf"(?P<short>-?)@(?P<ident>{_IDENT})")
_GROUP = re.compile(rf"\[(?P<items>-?@{_IDENT}(?:[;,] ?-?@{_IDENT})*+)\](?![\[(:])")
_MARKS = ("[](", "ref{", "@")
"""Strings of which each text with a reference contains one."""


class NumberedLabel(NamedTuple):
    """What a reference shows."""

    text: str
    number: str
    """The number alone."""


def take_number(kind: str, ident: str, context: ConversionContext) -> str:
    """Return the label of the next thing of a kind, such as ``Figure 2``; references to ``ident`` show it."""
    context.numbers[kind] += 1
    number = str(context.numbers[kind])
    text = f"{context.manner.words.text(f'text.{kind}')}\u00a0{number}"
    if ident:
        context.labels.setdefault(ident, NumberedLabel(text, number))
    return text


def cross_reference(state: StateInline, silent: bool) -> bool:
    """Inline rule for ``@fig-loss``, ``[@fig-loss]``, ``[-@fig-loss]`` (the number alone) and ``[@fig-a; @fig-b]``.

    Only the prefixes of :data:`KIND_OF_PREFIX` are references; other words behind ``@`` are left to other rules.
    """
    pattern = _GROUP if state.src[state.pos] == "[" else _REFERENCE
    match = pattern.match(state.src, state.pos)
    if match is None or _continues_word(state.src, state.pos):
        return False
    if not silent:
        end = match.start()
        for item in _ITEM.finditer(match[0].strip("[]")):
            start = state.pos + (pattern is _GROUP) + item.start()
            if end > match.start():
                state.push("text", "", 0).content = ", "
            push_reference(state, item["ident"], start, is_short=item["short"] != "")
            end = start
    state.pos = match.end()
    return True


def _continues_word(source: str, start: int) -> bool:
    """Return whether the sign at ``start`` is a part of a word, an address or a path."""
    before = source[start - 1 : start]
    return before.isalnum() or before in {"_", "/", ".", "@"}


def push_reference(state: StateInline, ident: str, start: int, *, is_short: bool = False) -> None:
    """Add the tokens of a reference at the offset ``start``.

    Inside a link it is text alone, as links cannot be nested.
    """
    meta = {"ident": ident, "short": is_short, "at": start}
    if state.linkLevel:
        state.push("reference_text", "", 0).meta |= meta
        return
    link = state.push("link_open", "a", 1)
    link.attrs = {"href": f"#{ident}"}
    link.meta |= meta
    state.push("link_close", "a", -1)


def fill_references(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Write the label of the thing, or the text of the heading, into each reference and each link without words."""
    for heading in context.headings:
        context.labels.setdefault(heading.id, NumberedLabel(heading.text, heading.text))
    for token in tokens:
        if not any(map(token.content.__contains__, _MARKS)):
            continue
        for parent in (token, *(token.children or ())):
            if parent.children:
                parent.children = _fill(parent.children, token, context)
    return tokens


def _fill(children: list[Token], block: Token, context: ConversionContext) -> list[Token]:
    filled: list[Token] = []
    for previous, child in pairwise([Token("", "", 0), *children]):
        if child.type == "reference_text":
            filled.append(_label_token(child, block, context))
            continue
        if (previous.type, child.type) == ("link_open", "link_close"):
            if "ident" in previous.meta:
                label = _label_token(previous, block, context)
                if _is_missing(previous.meta["ident"], context):
                    filled[-1] = label
                    continue
                filled.append(label)
            else:
                filled += _empty_link_text(previous, block, context)
        filled.append(child)
    return filled


def _label_token(reference: Token, block: Token, context: ConversionContext) -> Token:
    """Return the text that a reference shows; report one to an id that nothing has."""
    ident = reference.meta["ident"]
    if _is_missing(ident, context):
        location = context.locate(block, reference.meta["at"])
        hint = did_you_mean(ident, context.labels) or f"write {{#{ident}}} behind what it refers to"
        context.error(location, "broken-anchor", f'nothing in this text has the id "{ident}"', hint)
    label = context.labels.get(ident, NumberedLabel(ident, ident))
    return Token("text", "", 0, content=label.number if reference.meta["short"] else label.text)


def _is_missing(ident: str, context: ConversionContext) -> bool:
    """Return whether a reference is an error here; others are links, which the site checks."""
    return kind_of(ident) is not None and ident not in context.labels and ident not in context.anchors


def _empty_link_text(link: Token, block: Token, context: ConversionContext) -> list[Token]:
    """Return the text of a link without words. A link to another page has none, which is reported."""
    target = unquote(str(link.attrs.get("href", "")))
    if target.startswith("#"):
        label = context.labels.get(target[1:])
        return [Token("text", "", 0, content=label.text if label else target[1:])]
    place = context.locate(block, link.meta.get("at", 0))
    context.warn(place, "empty-link", f'the link to "{target}" has no words', "write some between the brackets")
    return []
