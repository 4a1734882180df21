"""One Markdown text from source to :class:`Text`: parse, take the steps, render both forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.context import Manner, Notes, Text
from blog.markdown.parser import Definitions, parser_for
from blog.markdown.pieces import tokens_of
from blog.markdown.render import feed_html, page_html
from blog.markdown.steps import STEPS
from blog.markdown.summary import passages, summarise, words
from blog.problems import Problem
from blog.text import with_line_feeds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.markdown.pieces import Piece
    from blog.problems import Place


def convert(
    text: str,
    origin: Place,
    manner: Manner,
    *,
    prefix: str = "",
    takes_title: bool = False,
    lines: Sequence[str] | None = None,
) -> Text:
    """Convert Markdown whose first line stands at ``origin``.

    ``prefix`` keeps the ids of two texts on one page apart; ``takes_title`` lets the first ``#`` heading leave the
    text as its title; ``lines`` are those of the file from ``origin`` on, where they differ from the text's.
    Never raises: problems are in the result.
    """
    text = with_line_feeds(text)  # the parser takes each CR for one: lines must be counted as it does
    notes = Notes(text.split("\n") if lines is None else lines, origin, manner, prefix)
    notes.takes_title = takes_title
    return _converted(lambda: _tokens(text, notes), notes)


def convert_pieces(pieces: Sequence[Piece], origin: Place, manner: Manner, *, takes_title: bool = False) -> Text:
    """Convert what is not one Markdown file; ``origin`` names the file. Otherwise as :func:`convert`."""
    notes = Notes([""], origin, manner, "")
    notes.takes_title = takes_title
    return _converted(lambda: tokens_of(pieces, notes), notes)


def _tokens(text: str, notes: Notes) -> list[Token]:
    return parser_for(notes.manner.language).parse(text, {"notes": notes, "references": Definitions()})


def _converted(parse: Callable[[], list[Token]], notes: Notes) -> Text:
    """The result of a conversion: take the steps, render both forms."""
    try:
        tokens = _take_steps(parse(), notes)
        page, feed = page_html(tokens, notes), feed_html(tokens)
    except RecursionError:
        notes.problems.append(Problem(notes.origin, "nesting", "nested too deeply", "use fewer levels"))
        tokens, page, feed = [], "", ""
    found = passages(tokens)
    return Text(
        html=page,
        feed_html=feed,
        title=notes.title,
        summary=summarise(found, notes.manner.macros),
        words=words(found),
        headings=tuple(notes.headings),
        anchors=tuple(sorted(notes.anchors)),
        links=tuple(notes.links),
        withheld_links=tuple(notes.withheld_links),
        named=tuple(sorted(notes.named - {link.target for link in notes.links})),
        withheld=notes.withheld,
        comments=notes.comments,
        own_links=tuple(notes.own_links),
        passages=tuple(notes.passages),
        problems=tuple(notes.problems),
        advice=tuple(notes.advice),
    )


def _take_steps(tokens: list[Token], notes: Notes) -> list[Token]:
    hidden = {id(passage): passage for passage in _private(tokens)}
    for step in STEPS:
        tokens = step(tokens, notes)
        if notes.withheld or notes.comments:
            hidden |= {id(passage): passage for passage in _private(tokens)}
    if not hidden:
        return tokens
    placed = {id(passage) for passage in _private(tokens)}
    if lost := [passage for key, passage in hidden.items() if key not in placed]:  # with a token that a step took out
        tokens = [*tokens, Token("end", "", 0, meta={"private": lost})]
    for number, passage in enumerate(passage for passage in _private(tokens) if passage.type == "passage"):
        passage.meta["html"] = _passage(passage.meta["tokens"], notes, number)
    return tokens


def _private(tokens: list[Token]) -> list[Token]:
    return [passage for token in tokens for passage in token.meta.get("private", ())]


def _passage(tokens: list[Token], notes: Notes, number: int) -> str:
    """A private passage as its author sees it. What is wrong in it, and its ids, are nobody's business."""
    aside = Notes(notes.lines, notes.origin, notes.manner, f"private-{number}-")
    aside.rows = notes.rows
    for step in STEPS:
        tokens = step(tokens, aside)
    html = _PASSAGE_SLOT.sub(lambda found: aside.passages[int(found[1])], page_html(tokens, aside))
    html = _ID.sub("", html)  # those of equations could be those of readers' ones
    first = len(notes.own_links)
    html = _LINK_SLOT.sub(lambda found: f"\0{found[1]}{int(found[2]) + first}\0", html)
    notes.own_links += aside.links
    return f'<div class="private" role="note" aria-label="Private">\n{html}</div>\n'


_PASSAGE_SLOT = re.compile(r"\0!(\d+)\0")
_ID = re.compile(r' id="[^"]*"')
_LINK_SLOT = re.compile(r"\0([+*]?)(\d+)\0")
