"""Own blocks, ``::: now-reading {title="…"}``: the theme has the template of each, which gets attributes and text.

The renderer leaves a marker before and behind the text of each block, in both forms. :func:`expand` replaces the
markers and the text between them, the innermost block first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from msgspec import Struct

from blog.markdown.attribute_list import AttributeRule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.problems import Location

_MARKER = re.compile("\0([<>])(\\d+)\0")
OwnBlockAttributeKind = Literal["text", "number", "flag", "link", "image"]


class OwnBlock(Struct, frozen=True, array_like=True):
    """A block that the theme declares."""

    name: str
    attributes: tuple[AttributeRule, ...] = ()
    has_body: bool = False
    """Text may stand between its marks."""


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


def markers(number: int) -> tuple[str, str]:
    """Return the markers before and behind the text of the block with this number."""
    return f"\0<{number}\0", f"\0>{number}\0\n"


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
