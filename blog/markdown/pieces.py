"""The pieces of a text that is not one Markdown file: prose, code, and what the code put out, as tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.context import Notes, attached, is_attachment, say_unattached
from blog.markdown.magics import language_of
from blog.markdown.parser import (
    Definitions,
    check_definitions,
    join_definitions,
    parser_for,
    read_blocks,
    read_inline,
)
from blog.markdown.private_passages import Kept, note_hidden

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.rules_core import StateCore

Rows = tuple[tuple[int, int], ...]
"""Of each line of a piece: its line in the file, from 1, and how many characters stand before it there; negative as in
:attr:`blog.markdown.context.Notes.rows`."""
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


class Printed(NamedTuple):
    """Text that code put out."""

    text: str
    rows: Rows
    failed: bool = False
    """It is what an error said."""
    folded: bool = False
    """It is folded already."""


class Markup(NamedTuple):
    """HTML that code put out."""

    html: str
    rows: Rows
    is_table: bool
    attachments: Mapping[str, str] = {}


class Drawn(NamedTuple):
    """A picture that code put out."""

    path: str
    """In the output."""
    alternative: str
    rows: Rows


class Fold(NamedTuple):
    """From here on, to the next one without words, everything is folded behind these."""

    words: str
    rows: Rows


class Hidden(NamedTuple):
    """What only the author sees."""

    piece: Prose | Listing

    @property
    def rows(self) -> Rows:
        """Those of what is hidden."""
        return self.piece.rows


Piece = Prose | Listing | Printed | Markup | Drawn | Fold | Hidden


def tokens_of(pieces: Sequence[Piece], notes: Notes) -> list[Token]:
    """The tokens of all ``pieces``, in order; ``notes`` knows afterwards where each of their lines stands."""
    lines: list[str] = []
    rows: list[tuple[int, int]] = []
    made = Kept()
    states = _blocks(pieces, notes)
    for index, piece in enumerate(pieces):
        shown = piece.piece if isinstance(piece, Hidden) else piece
        _look_at(shown, notes)
        if index in states and isinstance(shown, Prose):
            tokens = read_inline(states[index])
            _attach(tokens, shown, notes)
        else:
            tokens = _hidden(piece, notes) if isinstance(piece, Hidden) else _tokens(shown, notes)
        _move(tokens, len(rows))
        if isinstance(piece, Hidden):
            made.hide(Token("passage", "", 0, meta={"tokens": tokens}))
        else:
            for token in tokens:
                made.add(token)
        lines += notes.lines
        rows += piece.rows[: len(notes.lines)]
        rows += piece.rows[-1:] * (len(lines) - len(rows))
    for index, state in states.items():
        _look_at(pieces[index], notes)
        check_definitions(state)
    notes.lines, notes.rows = lines, rows
    return made.all()


def _blocks(pieces: Sequence[Piece], notes: Notes) -> dict[int, StateCore]:
    """What the author wrote for readers, by its place among the ``pieces``: its definitions hold for all of it."""
    states = {}
    for index, piece in enumerate(pieces):
        if isinstance(piece, Prose) and not piece.is_output:
            _look_at(piece, notes)
            states[index] = read_blocks(piece.text, notes, pictures=bool(piece.attachments))
    join_definitions(list(states.values()))
    return states


def _look_at(piece: Piece, notes: Notes) -> None:
    """Let places be those of ``piece``."""
    text = piece.text if isinstance(piece, Prose | Listing) else ""
    notes.lines, notes.rows = text.split("\n"), piece.rows


def _hidden(piece: Hidden, notes: Notes) -> list[Token]:
    """The tokens of what only the author sees. Whatever is wrong in it cannot leave it, and is not complained of."""
    aside = Notes(notes.lines, notes.origin, notes.manner, "")
    aside.rows = notes.rows
    tokens = _tokens(piece.piece, aside)
    notes.withheld += 1
    note_hidden(tokens, notes)
    notes.withheld_links += aside.withheld_links
    return [part for token in tokens for part in (*_passages(token), token)]


def _passages(token: Token) -> list[Token]:
    """The tokens of the passages that stand before ``token``: where all is private they are text as any other."""
    passages = [hidden for hidden in token.meta.pop("private", ()) if hidden.type == "passage"]
    return [part for passage in passages for part in passage.meta["tokens"]]


def _move(tokens: list[Token], down: int) -> None:
    """From lines of a piece to lines of the whole."""
    for token in tokens:
        if token.map:
            token.map = [row + down for row in token.map]
        for hidden in token.meta.get("private", ()):
            _move(hidden.meta.get("tokens", []), down)


def _tokens(piece: Prose | Listing | Printed | Markup | Drawn | Fold, notes: Notes) -> list[Token]:
    if isinstance(piece, Prose):
        parser = parser_for(notes.manner.language, pictures=bool(piece.attachments))
        tokens = parser.parse(piece.text, {"notes": notes, "references": Definitions()})
        _attach(tokens, piece, notes)
        if piece.is_output:
            _mark_output(tokens)
        return tokens
    if isinstance(piece, Listing):
        code = _block("fence", piece.text + "\n", info=language_of(piece.text, piece.language), markup="```")
        code.meta["kernel"] = piece.language
        return _folded([code], "Code", piece.folded)
    if isinstance(piece, Printed):
        count = piece.text.rstrip("\n").count("\n") + 1
        printed = _block("printed", piece.text)
        printed.meta |= {"failed": piece.failed, "excerpt": _excerpt(piece)}
        words = f"Output, {count} line{'s' * (count != 1)}"
        return _folded([printed], words, count > LONG and not piece.folded)
    if isinstance(piece, Fold):
        if piece.words:
            return [Token("fold_open", "details", 1, content=piece.words)]
        return [Token("fold_close", "details", -1)]
    if isinstance(piece, Markup):
        opening = _TABLE if piece.is_table else "<div>"
        block = _block("html_block", f"{opening}{piece.html.strip()}</div>\n")
        block.meta["attachments"] = piece.attachments
        return [block]
    image = Token("image", "img", 0, attrs={"src": piece.path}, meta={"made": True, "at": 0})
    image.children = [Token("text", "", 0, content=piece.alternative)]
    inline = _block("inline", piece.alternative)
    inline.children, inline.level = [image], 1
    return [Token("paragraph_open", "p", 1, map=[0, 1]), inline, Token("paragraph_close", "p", -1)]


def _excerpt(piece: Printed) -> tuple[str, str]:
    """What a feed shows of a text that code put out, and how much of it that is; no words if it is all.

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


def _attach(tokens: list[Token], piece: Prose, notes: Notes) -> None:
    """Addresses ``attachment:name`` lead to the files that were made of them, and so do pictures in addresses."""
    for block in tokens:
        for token in (block, *(block.children or ())):
            if token.type in {"html_block", "html_inline"}:
                token.meta["attachments"] = piece.attachments
            elif token.type in {"image", "link_open"}:
                _lead(token, block, piece.attachments, notes)
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


def _lead(token: Token, block: Token, attachments: Mapping[str, str], notes: Notes) -> None:
    """Lead an image or a link to an attachment."""
    name = "src" if token.type == "image" else "href"
    written = str(token.attrs[name])
    if path := attached(written, attachments):
        token.attrs[name] = path
        token.meta["made"] = True
    elif is_attachment(written):
        say_unattached(written, notes.place(block, token.meta.get("at", 0)), notes)
