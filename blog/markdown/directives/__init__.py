"""Directives: blocks between ``::: name`` and ``:::``. Each module here is one, or a family of them.

The module of blocks that readers see has their :class:`BlockDirective` by name, ``DIRECTIVES``; ``private`` removes its
text instead. ``markdown.directive_marks`` reads the marks and pairs them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal, NamedTuple

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from blog.markdown.attribute_list import AttributeRule
    from blog.markdown.context import ConversionContext
    from blog.markdown.own_blocks import OwnBlock

PRIVATE = "private"


class DirectiveCall(NamedTuple):
    """One use of a directive: what its mark says."""

    name: str
    ident: str = ""
    """Its id; empty if it has none."""
    values: Mapping[str, str] = {}
    """The attributes that the directive declares and the mark has, by name; that of a flag is empty."""
    row: int = 0
    """The row of the mark in the text, from 0."""


Form = tuple[str, str]
"""The HTML before and behind the content of a directive."""


class BlockDirective(NamedTuple):
    """A block that readers see. Its content is ordinary Markdown."""

    page: Form | Callable[[DirectiveCall], Form]
    """The HTML on a page. Values of attributes have to be escaped."""
    feed: Form | Callable[[DirectiveCall], Form]
    """The same in a feed, which has no style sheet."""
    step: Callable[[list[Token], ConversionContext], list[Token]] | None = None
    """Changes the tokens between those of the directive, which have its name in ``info`` and its
    :class:`DirectiveCall` in ``meta["call"]``. A step that several directives share runs once."""
    attributes: tuple[AttributeRule, ...] = ()
    """The attributes that its mark may have."""
    allows_id: bool = False
    """True if its mark may have an id. A form has to render it."""
    head: Callable[[DirectiveCall], list[Token]] | None = None
    """Makes tokens that stand before the content, such as a title. Their inline text is parsed like any other."""
    has_body: bool = True
    """False: nothing may stand between its marks."""


@cache
def visible_directives(own_blocks: tuple[OwnBlock, ...] = ()) -> dict[str, BlockDirective]:
    """Return the directives that readers see, by name; hints list them in this order.

    The step for own blocks gives them their forms.
    """
    directives = dict(_builtin_directives())
    for block in own_blocks:
        directives[block.name] = BlockDirective(
            page=("", ""), feed=("", ""), attributes=block.attributes, has_body=block.has_body
        )
    return directives


@cache
def _builtin_directives() -> Mapping[str, BlockDirective]:
    names = sorted(module.name for module in iter_modules(__path__) if module.name != PRIVATE)
    directives: dict[str, BlockDirective] = {}
    for name in names:
        directives |= import_module(f"{__name__}.{name}").DIRECTIVES
    return directives


def directive_tokens(
    call: DirectiveCall, directive: BlockDirective, nesting: Literal[1, -1], level: int
) -> list[Token]:
    """Return the tokens that open or close one use of a directive."""
    page = directive.page(call) if callable(directive.page) else directive.page
    feed = directive.feed(call) if callable(directive.feed) else directive.feed
    end = 0 if nesting == 1 else 1
    token = markup_token(call.name, nesting, level=level, page=page[end], feed=feed[end])
    token.meta["call"] = call
    token.map = [call.row, call.row + 1]
    if nesting == 1 and directive.head:
        return [token, *directive.head(call)]
    return [token]


def markup_token(name: str, nesting: Literal[1, 0, -1], *, level: int = 0, page: str, feed: str) -> Token:
    """Return a token that is rendered as the HTML ``page`` on a page, and as ``feed`` in a feed."""
    return Token("markup", "", nesting, level=level, info=name, block=True, meta={"page": page, "feed": feed})
