"""The pieces of a text that is not one Markdown file: prose, code, and the outputs of the code, as tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.context import ConversionContext, attached, is_attachment, report_missing_attachment
from blog.markdown.hidden_references import VisibleTokens, record_hidden_tokens
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
    from collections.abc import Iterator, Mapping, Sequence

    from markdown_it.rules_core import StateCore

    from blog.config.words import Words

Rows = tuple[tuple[int, int], ...]
"""Of each line of a piece: the number of its cell and its line there, as in
:attr:`blog.markdown.context.ConversionContext.rows`."""
_MAX_LINES = 24
"""Lines of a text output: a longer one is folded, and cut in feeds."""
_MAX_CHARACTERS = 10_000
"""Characters of a text output in a feed."""
_URL_ATTRIBUTES = {"image": "src", "link_open": "href"}
"""Type of a token → its attribute with a URL."""
_TABLE = '<div class="table" role="group" aria-label="Table" tabindex="0">'


class Prose(NamedTuple):
    """Markdown, with its attached images: URL in the text → output path."""

    text: str
    rows: Rows
    attachments: Mapping[str, str] = {}
    is_output: bool = False
    """True for an output of code: its HTML is not the author's."""


class Listing(NamedTuple):
    """Code."""

    text: str
    rows: Rows
    language: str
    folded: bool = False


class TextOutput(NamedTuple):
    """A text output of code."""

    text: str
    rows: Rows
    failed: bool = False
    """True for the output of an error."""
    folded: bool = False
    """True if it is in a fold already."""


class HtmlOutput(NamedTuple):
    """An HTML output of code."""

    html: str
    rows: Rows
    is_table: bool
    attachments: Mapping[str, str] = {}


class ImageOutput(NamedTuple):
    """An image output of code."""

    path: str
    """Path in the output folder."""
    alternative: str
    rows: Rows


class Fold(NamedTuple):
    """The start or the end of outputs that are folded together."""

    opens: bool
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
    """Return the tokens of all ``pieces``, in order, and set the lines and rows of ``context`` to those of all."""
    lines: list[str] = []
    rows: list[tuple[int, int]] = []
    visible = VisibleTokens(context)
    states = _read_public_prose(pieces, context)
    for index, piece in enumerate(pieces):
        _set_position(piece, context)
        tokens = _read_piece(piece, states.get(index), context)
        _shift_lines(tokens, len(rows))
        if isinstance(piece, HiddenPiece):
            visible.hide(Token("passage", "", 0, meta={"tokens": tokens}))
        else:
            for token in tokens:
                visible.add(token)
        lines += context.lines
        rows += piece.rows[: len(context.lines)]
        rows += piece.rows[-1:] * (len(lines) - len(rows))
    for index, state in states.items():
        _set_position(pieces[index], context)
        check_definitions(state)
    context.lines, context.rows = lines, rows
    return visible.all()


def _read_public_prose(pieces: Sequence[Piece], context: ConversionContext) -> dict[int, StateCore]:
    """Parse the blocks of public prose, by index in ``pieces``: its link definitions are valid in all of it."""
    states = {}
    for index, piece in enumerate(pieces):
        if isinstance(piece, Prose) and not piece.is_output:
            _set_position(piece, context)
            states[index] = read_blocks(piece.text, context, pictures=bool(piece.attachments))
    join_definitions(list(states.values()))
    return states


def _read_piece(piece: Piece, state: StateCore | None, context: ConversionContext) -> list[Token]:
    """Return the tokens of a piece; ``state`` has the blocks of public prose."""
    if isinstance(piece, HiddenPiece):
        return _hidden_tokens(piece, context)
    if state is None or not isinstance(piece, Prose):
        return _piece_tokens(piece, context)
    tokens = read_inline(state)
    _resolve_attachments(tokens, piece.attachments, context)
    return tokens


def _set_position(piece: Piece, context: ConversionContext) -> None:
    """Let ``context`` locate tokens of ``piece``."""
    if isinstance(piece, HiddenPiece):
        piece = piece.piece
    text = piece.text if isinstance(piece, Prose | Listing) else ""
    context.lines, context.rows = text.split("\n"), piece.rows


def _hidden_tokens(piece: HiddenPiece, context: ConversionContext) -> list[Token]:
    """Return the tokens of a hidden piece, and record its references. Its problems are not reported."""
    hidden_context = ConversionContext(context.lines, context.origin, context.manner, "", context.inputs)
    hidden_context.rows = context.rows
    tokens = _piece_tokens(piece.piece, hidden_context)
    context.private_passages += 1
    record_hidden_tokens(tokens, context)
    context.hidden_links += hidden_context.hidden_links
    result: list[Token] = []
    for token in tokens:
        result += _take_passages(token)
        result.append(token)
    return result


def _take_passages(token: Token) -> list[Token]:
    """Remove the passages before ``token``, and return their tokens: in a hidden piece they are text like any other."""
    tokens: list[Token] = []
    for hidden in token.meta.pop("hidden", ()):
        if hidden.type == "passage":
            tokens += hidden.meta["tokens"]
    return tokens


def _shift_lines(tokens: list[Token], count: int) -> None:
    """Shift the line numbers of tokens from those of the piece to those of the whole text."""
    for token in _with_hidden(tokens):
        if token.map:
            token.map = [row + count for row in token.map]


def _piece_tokens(
    piece: Prose | Listing | TextOutput | HtmlOutput | ImageOutput | Fold, context: ConversionContext
) -> list[Token]:
    match piece:
        case Prose():
            return _prose_tokens(piece, context)
        case Listing():
            return _listing_tokens(piece, context)
        case TextOutput():
            return _text_output_tokens(piece, context)
        case HtmlOutput():
            return [_html_token(piece)]
        case ImageOutput():
            return _image_tokens(piece)
        case Fold():
            return [_fold_token(context.manner.words.text("text.output") if piece.opens else "")]


def _prose_tokens(piece: Prose, context: ConversionContext) -> list[Token]:
    parser = parser_for(context.manner.language, context.manner.extensions, pictures=bool(piece.attachments))
    tokens = parser.parse(piece.text, {"notes": context, "references": Definitions()})
    _resolve_attachments(tokens, piece.attachments, context)
    if piece.is_output:
        _mark_output(tokens)
    return tokens


def _listing_tokens(piece: Listing, context: ConversionContext) -> list[Token]:
    code = _block_token("fence", piece.text + "\n", info=language_of(piece.text, piece.language), markup="```")
    code.meta["kernel"] = piece.language
    return _fold_tokens([code], context.manner.words.text("text.code")) if piece.folded else [code]


def _text_output_tokens(piece: TextOutput, context: ConversionContext) -> list[Token]:
    """Return the tokens of a text output; a long one is folded."""
    printed = _block_token("printed", piece.text)
    printed.meta |= {"failed": piece.failed, "excerpt": _excerpt(piece, context.manner.words)}
    count = piece.text.rstrip("\n").count("\n") + 1
    if piece.folded or count <= _MAX_LINES:
        return [printed]
    return _fold_tokens([printed], context.manner.words.count("text.output_lines", count))


def _html_token(piece: HtmlOutput) -> Token:
    opening = _TABLE if piece.is_table else "<div>"
    block = _block_token("html_block", f"{opening}{piece.html.strip()}</div>\n")
    block.meta["attachments"] = piece.attachments
    return block


def _image_tokens(piece: ImageOutput) -> list[Token]:
    image = Token("image", "img", 0, attrs={"src": piece.path}, meta={"made": True, "at": 0})
    image.children = [Token("text", "", 0, content=piece.alternative)]
    inline = _block_token("inline", piece.alternative)
    inline.children, inline.level = [image], 1
    return [Token("paragraph_open", "p", 1, map=[0, 1]), inline, Token("paragraph_close", "p", -1)]


def _excerpt(piece: TextOutput, words: Words) -> tuple[str, str]:
    """Return the part of a text output that a feed contains, and a description of the part; empty if it is the whole.

    The end of an error output contains the message of the error.
    """
    text = piece.text.rstrip("\n")
    lines = text.split("\n")
    if len(lines) <= _MAX_LINES and len(text) <= _MAX_CHARACTERS:
        return text, ""
    line_range, character_range = slice(_MAX_LINES), slice(_MAX_CHARACTERS)
    if piece.failed:
        line_range, character_range = slice(-_MAX_LINES, None), slice(-_MAX_CHARACTERS, None)
    excerpt = "\n".join(lines[line_range])
    if len(excerpt) <= _MAX_CHARACTERS:
        return excerpt, words.count("text.some_lines", len(lines), shown=_MAX_LINES)
    return text[character_range], words.count("text.some_characters", len(piece.text), shown=_MAX_CHARACTERS)


def _mark_output(tokens: list[Token]) -> None:
    """Mark each token, also hidden ones, as an output of code."""
    for token in _with_hidden(tokens):
        token.meta["output"] = True


def _with_hidden(tokens: list[Token]) -> Iterator[Token]:
    """Yield each token, and behind it the tokens of the passages that are attached to it."""
    for token in tokens:
        yield token
        for hidden in token.meta.get("hidden", ()):
            yield from _with_hidden(hidden.meta.get("tokens", []))


def _block_token(kind: str, content: str, info: str = "", markup: str = "") -> Token:
    return Token(kind, "", 0, map=[0, 1], content=content, info=info, markup=markup, block=True)


def _fold_tokens(tokens: list[Token], summary: str) -> list[Token]:
    return [_fold_token(summary), *tokens, _fold_token("")]


def _fold_token(summary: str) -> Token:
    """Return the token that opens a fold, or without a ``summary`` the one that closes it."""
    if summary:
        return Token("fold_open", "details", 1, content=summary)
    return Token("fold_close", "details", -1)


def _resolve_attachments(tokens: list[Token], attachments: Mapping[str, str], context: ConversionContext) -> None:
    """Lead ``attachment:name`` and ``data:`` URLs to the files that contain their images."""
    for block in tokens:
        if block.type == "html_block":
            block.meta["attachments"] = attachments
        if not block.children:
            continue
        for token in block.children:
            if token.type == "html_inline":
                token.meta["attachments"] = attachments
            elif token.type in _URL_ATTRIBUTES:
                _resolve_attachment(token, block, attachments, context)
        if attachments:
            block.children = _without_data_urls(block.children)


def _without_data_urls(children: list[Token]) -> list[Token]:
    """Replace links and images that still have a ``data:`` URL, which is no image, by their words."""
    result: list[Token] = []
    in_removed_link = False
    for token in children:
        if _has_data_url(token):
            in_removed_link |= token.type == "link_open"
            result += token.children or ()
        elif in_removed_link and token.type == "link_close":
            in_removed_link = False
        else:
            result.append(token)
    return result


def _has_data_url(token: Token) -> bool:
    attribute = _URL_ATTRIBUTES.get(token.type)
    return attribute is not None and str(token.attrs.get(attribute, ""))[:5].lower() == "data:"


def _resolve_attachment(token: Token, block: Token, attachments: Mapping[str, str], context: ConversionContext) -> None:
    """Lead an image or a link to an attachment; report one that does not exist."""
    attribute = _URL_ATTRIBUTES[token.type]
    url = str(token.attrs[attribute])
    path = attached(url, attachments)
    if path:
        token.attrs[attribute] = path
        token.meta["made"] = True
    elif is_attachment(url):
        report_missing_attachment(url, context.locate(block, token.meta.get("at", 0)), context)
