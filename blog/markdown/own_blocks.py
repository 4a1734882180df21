"""The blocks that a theme declares for texts: ``::: now-reading {title="…"}``. Their uses are in ``block_calls``."""

from __future__ import annotations

from msgspec import Struct

from blog.markdown.attribute_list import AttributeRule

OWN_BLOCK_KINDS = ("text", "number", "flag", "link", "image")
"""Kinds of attributes that a theme may declare."""
RESERVED_BLOCK_NAMES = frozenset({
    "private", "pull", "thread", "theorem", "lemma", "proposition", "corollary", "definition", "remark", "example",
    "proof", "publications",
})  # fmt: skip
"""The directives of the program. They are not read from their modules, which import the parser."""


PAGE_FORM, FEED_FORM = ".html", ".feed.html"
"""Suffixes of the two templates of a block; that for feeds may be missing."""


def block_input(name: str) -> str:
    """Return the name of a block as an input of texts."""
    return f"block {name}"


class OwnBlock(Struct, frozen=True, array_like=True):
    """A block that the theme declares."""

    name: str
    attributes: tuple[AttributeRule, ...] = ()
    has_body: bool = False
    """Text may stand between its marks."""
