"""Full references as tokens: items of a list, with links that are checked like all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.bibliography.format import full_reference
from blog.markdown.directives import markup_token
from blog.markdown.summary import REFERENCE
from blog.markdown.typography import quotes_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.bibliography.entry import BibEntry
    from blog.bibliography.format import Piece
    from blog.markdown.result import MarkdownOptions


_ITEM = ("<li>", "</li>\n")


def reference_tokens(
    entry: BibEntry, year: str, manner: MarkdownOptions, origin: Token, offset: int = 0, page: tuple[str, str] = _ITEM
) -> list[Token]:
    """Return the tokens of the list item of an entry, whose label has this ``year``.

    Problems with its links are at ``offset`` of the block ``origin``. ``page`` is the HTML around it on a page.
    """
    inline = Token("inline", "", 0, map=origin.map, content=origin.content, block=True)
    inline.meta = {name: value for name, value in origin.meta.items() if name == "column"}
    inline.children = _piece_tokens(
        full_reference(entry, year, manner.words, list(quotes_for(manner.language))), offset
    )
    return [
        markup_token(REFERENCE, 1, page=page[0], feed=_ITEM[0]),
        inline,
        markup_token("reference end", -1, page=page[1], feed=_ITEM[1]),
    ]


def _piece_tokens(pieces: Sequence[Piece], offset: int) -> list[Token]:
    tokens: list[Token] = []
    for piece in pieces:
        text = Token("text", "", 0, content=piece.text)
        match piece.kind:
            case "title":
                tokens += [Token("em_open", "em", 1), text, Token("em_close", "em", -1)]
            case "link":
                link = Token("link_open", "a", 1, attrs={"href": piece.url}, meta={"at": offset})
                tokens += [link, text, Token("link_close", "a", -1)]
            case _:
                tokens.append(text)
    return tokens
