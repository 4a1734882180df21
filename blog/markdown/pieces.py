"""The pieces of a text that is not one Markdown file: prose, code, and what the code put out, as tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.context import ConversionContext, attached, is_attachment, report_missing_attachment
from blog.markdown.hidden_text import VisibleTokens, record_hidden_tokens
from blog.markdown.magics import language_of
from blog.markdown.parser import (
    Definitions,
    check_definitions,
    join_definitions,
    parser_for,
    read_blocks,
    read_inline,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.rules_core import StateCore

Rows = tuple[tuple[int, int], ...]
"""Of each line of a piece: its line in the file, from 1, and how many characters stand before it there; negative as in
:attr:`blog.markdown.context.ConversionContext.rows`."""
LONG = 24
"""Lines of a text that code put out: a longer one is folded, and cut in feeds."""
_MOST = 10_000
"""Characters of it in a feed."""


_TABLE = '<div class="table" role="group" aria-label="Table" tabindex="0">'


class Prose(NamedTuple):
    """Markdown, with the pictures that it carries: address in the text → output path."""

    text: str
    rows: Rows
    attachments: Mapping[str, str] = {}
    is_output: bool = False
    """Code put it out: its HTML is not the author's."""


class Listing(NamedTuple):
    """Code."""

    text: str
    rows: Rows
    language: str
    folded: bool = False


class TextOutput(NamedTuple):
    """Text that code put out."""

    text: str
    rows: Rows
    failed: bool = False
    """True for the output of an error."""
    folded: bool = False
    """True if it is in a fold already."""


class HtmlOutput(NamedTuple):
    """HTML that code put out."""

    html: str
    rows: Rows
    is_table: bool
    attachments: Mapping[str, str] = {}


class ImageOutput(NamedTuple):
    """A picture that code put out."""

    path: str
    """Path in the output folder."""
    alternative: str
    rows: Rows


class Fold(NamedTuple):
    """The start of a fold: the pieces up to the next one without words are folded under these words."""

    words: str
    rows: Rows


class HiddenPiece(NamedTuple):
    """A piece that only the author sees."""

    piece: Prose | Listing

    @property
    def rows(self) -> Rows:
        """The rows of the hidden piece."""
        return self.piece.rows


Piece = Prose | Listing | TextOutput | HtmlOutput | ImageOutput | Fold | HiddenPiece


def parse_pieces(pieces: Sequence[Piece], context: ConversionContext) -> list[Token]:
    """The tokens of all ``pieces``, in order; ``context`` knows afterwards where each of their lines stands."""
    lines: list[str] = []
    rows: list[tuple[int, int]] = []
    made = VisibleTokens()
    states = _blocks(pieces, context)
    for index, piece in enumerate(pieces):
        shown = piece.piece if isinstance(piece, HiddenPiece) else piece
        _look_at(shown, context)
        if index in states and isinstance(shown, Prose):
            tokens = read_inline(states[index])
            _attach(tokens, shown, context)
        else:
            tokens = _hidden(piece, context) if isinstance(piece, HiddenPiece) else _tokens(shown, context)
        _move(tokens, len(rows))
        if isinstance(piece, HiddenPiece):
            made.hide(Token("passage", "", 0, meta={"tokens": tokens}))
        else:
            for token in tokens:
                made.add(token)
        lines += context.lines
        rows += piece.rows[: len(context.lines)]
        rows += piece.rows[-1:] * (len(lines) - len(rows))
    for index, state in states.items():
        _look_at(pieces[index], context)
        check_definitions(state)
    context.lines, context.rows = lines, rows
    return made.all()


def _blocks(pieces: Sequence[Piece], context: ConversionContext) -> dict[int, StateCore]:
    """Parse the public prose, by its index among ``pieces``: its link definitions hold for all of it."""
    states = {}
    for index, piece in enumerate(pieces):
        if isinstance(piece, Prose) and not piece.is_output:
            _look_at(piece, context)
            states[index] = read_blocks(piece.text, context, pictures=bool(piece.attachments))
    join_definitions(list(states.values()))
    return states


def _look_at(piece: Piece, context: ConversionContext) -> None:
    """Let places be those of ``piece``."""
    text = piece.text if isinstance(piece, Prose | Listing) else ""
    context.lines, context.rows = text.split("\n"), piece.rows


def _hidden(piece: HiddenPiece, context: ConversionContext) -> list[Token]:
    """The tokens of what only the author sees. Whatever is wrong in it cannot leave it, and is not complained of."""
    aside = ConversionContext(context.lines, context.origin, context.manner, "")
    aside.rows = context.rows
    tokens = _tokens(piece.piece, aside)
    context.private_passages += 1
    record_hidden_tokens(tokens, context)
    context.hidden_links += aside.hidden_links
    return [part for token in tokens for part in (*_passages(token), token)]


def _passages(token: Token) -> list[Token]:
    """The tokens of the passages that stand before ``token``: where all is private they are text as any other."""
    passages = [hidden for hidden in token.meta.pop("private", ()) if hidden.type == "passage"]
    return [part for passage in passages for part in passage.meta["tokens"]]


def _move(tokens: list[Token], down: int) -> None:
    """Shift the line numbers of tokens from the piece to the whole text."""
    for token in tokens:
        if token.map:
            token.map = [row + down for row in token.map]
        for hidden in token.meta.get("private", ()):
            _move(hidden.meta.get("tokens", []), down)


def _tokens(
    piece: Prose | Listing | TextOutput | HtmlOutput | ImageOutput | Fold, context: ConversionContext
) -> list[Token]:
    if isinstance(piece, Prose):
        parser = parser_for(context.manner.language, pictures=bool(piece.attachments))
        tokens = parser.parse(piece.text, {"notes": context, "references": Definitions()})
        _attach(tokens, piece, context)
        if piece.is_output:
            _mark_output(tokens)
        return tokens
    if isinstance(piece, Listing):
        code = _block("fence", piece.text + "\n", info=language_of(piece.text, piece.language), markup="```")
        code.meta["kernel"] = piece.language
        return _folded([code], "Code", piece.folded)
    if isinstance(piece, TextOutput):
        count = piece.text.rstrip("\n").count("\n") + 1
        printed = _block("printed", piece.text)
        printed.meta |= {"failed": piece.failed, "excerpt": _excerpt(piece)}
        words = f"Output, {count} line{'s' * (count != 1)}"
        return _folded([printed], words, count > LONG and not piece.folded)
    if isinstance(piece, Fold):
        if piece.words:
            return [Token("fold_open", "details", 1, content=piece.words)]
        return [Token("fold_close", "details", -1)]
    if isinstance(piece, HtmlOutput):
        opening = _TABLE if piece.is_table else "<div>"
        block = _block("html_block", f"{opening}{piece.html.strip()}</div>\n")
        block.meta["attachments"] = piece.attachments
        return [block]
    image = Token("image", "img", 0, attrs={"src": piece.path}, meta={"made": True, "at": 0})
    image.children = [Token("text", "", 0, content=piece.alternative)]
    inline = _block("inline", piece.alternative)
    inline.children, inline.level = [image], 1
    return [Token("paragraph_open", "p", 1, map=[0, 1]), inline, Token("paragraph_close", "p", -1)]


def _excerpt(piece: TextOutput) -> tuple[str, str]:
    """Return the part of a text output that a feed shows, and a description of the rest; empty if it shows all.

    Of an error the end says what went wrong.
    """
    text = piece.text.rstrip("\n")
    lines = text.split("\n")
    if len(lines) > LONG:
        shown = "\n".join(lines[-LONG:] if piece.failed else lines[:LONG])
        if len(shown) <= _MOST:
            return shown, f"{LONG} of {len(lines):,} lines"
        text = shown if piece.failed else text
    if len(text) <= _MOST:
        return text, ""
    return text[-_MOST:] if piece.failed else text[:_MOST], f"{_MOST:,} of {len(piece.text):,} characters"


def _mark_output(tokens: list[Token]) -> None:
    """Note at each token, also in what is hidden, that code put it out."""
    for token in tokens:
        token.meta["output"] = True
        for hidden in token.meta.get("private", ()):
            _mark_output(hidden.meta.get("tokens", []))


def _block(kind: str, content: str, info: str = "", markup: str = "") -> Token:
    return Token(kind, "", 0, map=[0, 1], content=content, info=info, markup=markup, block=True)


def _folded(tokens: list[Token], summary: str, folded: bool) -> list[Token]:
    if not folded:
        return tokens
    return [Token("fold_open", "details", 1, content=summary), *tokens, Token("fold_close", "details", -1)]


def _attach(tokens: list[Token], piece: Prose, context: ConversionContext) -> None:
    """Addresses ``attachment:name`` lead to the files that were made of them, and so do pictures in addresses."""
    for block in tokens:
        for token in (block, *(block.children or ())):
            if token.type in {"html_block", "html_inline"}:
                token.meta["attachments"] = piece.attachments
            elif token.type in {"image", "link_open"}:
                _lead(token, block, piece.attachments, context)
        if block.children and piece.attachments:
            block.children = _without_data(block.children)


def _without_data(children: list[Token]) -> list[Token]:
    """Inline tokens, in which links and images to what is no picture are words."""
    kept: list[Token] = []
    ended = False
    for token in children:
        if _holds_data(token):
            ended |= token.type == "link_open"
            kept += token.children or ()
        elif ended and token.type == "link_close":
            ended = False
        else:
            kept.append(token)
    return kept


def _holds_data(token: Token) -> bool:
    address = str(token.attrs.get("src" if token.type == "image" else "href", ""))
    return token.type in {"image", "link_open"} and address[:5].lower() == "data:"


def _lead(token: Token, block: Token, attachments: Mapping[str, str], context: ConversionContext) -> None:
    """Lead an image or a link to an attachment."""
    name = "src" if token.type == "image" else "href"
    written = str(token.attrs[name])
    if path := attached(written, attachments):
        token.attrs[name] = path
        token.meta["made"] = True
    elif is_attachment(written):
        report_missing_attachment(written, context.locate(block, token.meta.get("at", 0)), context)
