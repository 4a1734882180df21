"""Directives: blocks between ``::: name`` and ``:::``. Each module here is one, and has its name.

The module of a block that readers see has a :class:`BlockDirective`, ``DIRECTIVE``; ``private`` removes its text
instead. ``markdown.directive_marks`` pairs the marks.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal, NamedTuple

from markdown_it.token import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.markdown.context import ConversionContext

PRIVATE = "private"
BLOCKS = tuple(sorted(module.name for module in iter_modules(__path__) if module.name != PRIVATE))
"""The directives that readers see."""
NAMES = (PRIVATE, *BLOCKS)
"""All directives; hints list them in this order."""


class BlockDirective(NamedTuple):
    """A block that readers see. Its content is ordinary Markdown."""

    page: tuple[str, str]
    """The HTML before and behind the content on a page."""
    feed: tuple[str, str]
    """The same in a feed, which has no style sheet."""
    step: Callable[[list[Token], ConversionContext], list[Token]] | None = None
    """Changes the tokens between those of the directive, which have its name in ``info``."""


@cache
def visible_directives() -> dict[str, BlockDirective]:
    """Return the directives that readers see, by name."""
    return {name: import_module(f"{__name__}.{name}").DIRECTIVE for name in BLOCKS}


def directive_token(name: str, nesting: Literal[1, -1], level: int) -> Token:
    """Return the token that opens or closes a directive."""
    directive = visible_directives()[name]
    end = 0 if nesting == 1 else 1
    return markup_token(name, nesting, level=level, page=directive.page[end], feed=directive.feed[end])


def markup_token(name: str, nesting: Literal[1, -1], *, level: int = 0, page: str, feed: str) -> Token:
    """Return a token that is rendered as the HTML ``page`` on a page, and as ``feed`` in a feed."""
    return Token("markup", "", nesting, level=level, info=name, block=True, meta={"page": page, "feed": feed})
