"""The uses of own blocks, ``::: now-reading {title="…"}``: the theme has the template of each.

A template gets the attributes and the text. The renderer leaves a marker before and behind the text of each block, in
both forms. :func:`expand` replaces the markers and the text between them, the innermost block first.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from blog.markdown.result import Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markdown_it.token import Token

    from blog.markdown.attribute_list import AttributeRule
    from blog.markdown.context import ConversionContext
    from blog.markdown.own_blocks import OwnBlock
    from blog.problems import Location

_MARKER = re.compile("\0([<>])(\\d+)\0")


class BlockImage(NamedTuple):
    """An image among the attributes of a block, as its template sees it."""

    src: str
    """The placeholder of its address."""
    size: str
    """The placeholder of its other attributes: size and smaller versions."""


class BlockCall(NamedTuple):
    """The use of a block in a text."""

    name: str
    fields: dict[str, Any]
    """Attribute → value: a text, a number, True or False, an address as a placeholder, :class:`BlockImage`, or None."""
    location: Location


class BlockRenderer(Protocol):
    """Renders the blocks of one text. A theme is not trusted: this may run in another process."""

    def render(self, forms: tuple[str, str], calls: Sequence[BlockCall]) -> tuple[str, str]:
        """Return the page form and the feed form of a text without markers.

        Raises :class:`blog.problems.BlogError`.
        """


def set_own_blocks(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Give the tokens of own blocks their markers, and record each use with the values of its attributes."""
    if not context.manner.blocks:
        return tokens
    blocks = {block.name: block for block in context.manner.blocks}
    open_numbers: list[int] = []
    for token in tokens:
        if token.type != "markup" or token.info not in blocks or "call" not in token.meta:
            continue
        if token.nesting == 1:
            open_numbers.append(len(context.block_calls))
            context.block_calls.append(_make_call(token, blocks[token.info], context))
            marker = f"\0<{open_numbers[-1]}\0"
        else:
            marker = f"\0>{open_numbers.pop()}\0\n"
        token.meta |= {"page": marker, "feed": marker}
    return tokens


def _make_call(token: Token, block: OwnBlock, context: ConversionContext) -> BlockCall:
    values: Mapping[str, str] = token.meta["call"].values
    fields = {rule.name: _make_value(rule, values.get(rule.name), token, context) for rule in block.attributes}
    return BlockCall(block.name, fields, context.start(token))


def _make_value(rule: AttributeRule, written: str | None, token: Token, context: ConversionContext) -> Any:
    """Return the value of an attribute for the template; ``written`` is None if the mark does not have it."""
    match rule.kind:
        case "flag":
            return written is not None and written != "false"
        case "number":
            return _parse_number(written or "")
        case "link":
            return _add_placeholder(rule, written, "link", token, context) if written else ""
        case "image":
            if not written:
                return None
            source = _add_placeholder(rule, written, "image", token, context)
            return BlockImage(source, source.replace("\0", "\0+", 1))
    return written or ""


def _parse_number(written: str) -> int | float | str:
    """Return a number; ``""`` for a text that is none, which is reported elsewhere: templates cannot print None."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(written)
    return ""


def _add_placeholder(
    rule: AttributeRule, written: str, kind: Literal["link", "image"], token: Token, context: ConversionContext
) -> str:
    """Add a reference to the links of the text, and return its placeholder."""
    location = context.locate_word(token, f"{rule.name}=")
    context.links.append(Reference(written, kind, location))
    return f"\0{len(context.links) - 1}\0"


def expand(html: str, calls: Sequence[BlockCall], render: Callable[[BlockCall, str], str]) -> str:
    """Return ``html`` with ``render(call, body)`` in the place of each block, the innermost first."""
    open_parts: list[list[str]] = [[]]
    end = 0
    for marker in _MARKER.finditer(html):
        open_parts[-1].append(html[end : marker.start()])
        end = marker.end()
        if marker[1] == "<":
            open_parts.append([])
            continue
        body = "".join(open_parts.pop())
        open_parts[-1].append(render(calls[int(marker[2])], body))
    open_parts[-1].append(html[end:])
    return "".join(open_parts[0])
