"""One Markdown text from source to :class:`ConvertedText`: parse, take the steps, render both forms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.context import ConversionContext
from blog.markdown.parser import Definitions, parser_for
from blog.markdown.pieces import parse_pieces
from blog.markdown.render import feed_html, page_html
from blog.markdown.result import ConvertedText, MarkdownOptions
from blog.markdown.steps import STEPS
from blog.markdown.summary import passages, summarise, words
from blog.problems import Problem
from blog.text import normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.markdown.pieces import Piece
    from blog.problems import Location


def convert_markdown(
    text: str,
    origin: Location,
    manner: MarkdownOptions,
    *,
    prefix: str = "",
    takes_title: bool = False,
    lines: Sequence[str] | None = None,
) -> ConvertedText:
    """Convert Markdown whose first line stands at ``origin``.

    ``prefix`` keeps the ids of two texts on one page apart; ``takes_title`` lets the first ``#`` heading leave the
    text as its title; ``lines`` are those of the file from ``origin`` on, where they differ from the text's.
    Never raises: problems are in the result.
    """
    text = normalize_newlines(text)  # the parser takes each CR for one: lines must be counted as it does
    context = ConversionContext(text.split("\n") if lines is None else lines, origin, manner, prefix)
    context.takes_title = takes_title
    return _converted(lambda: _tokens(text, context), context)


def convert_pieces(
    pieces: Sequence[Piece], origin: Location, manner: MarkdownOptions, *, takes_title: bool = False
) -> ConvertedText:
    """Convert what is not one Markdown file; ``origin`` names the file. Otherwise as :func:`convert_markdown`."""
    context = ConversionContext([""], origin, manner, "")
    context.takes_title = takes_title
    return _converted(lambda: parse_pieces(pieces, context), context)


def _tokens(text: str, context: ConversionContext) -> list[Token]:
    return parser_for(context.manner.language).parse(text, {"notes": context, "references": Definitions()})


def _converted(parse: Callable[[], list[Token]], context: ConversionContext) -> ConvertedText:
    """The result of a conversion: take the steps, render both forms."""
    try:
        tokens = _take_steps(parse(), context)
        page, feed = page_html(tokens, context), feed_html(tokens)
    except RecursionError:
        context.problems.append(Problem(context.origin, "nesting", "nested too deeply", "use fewer levels"))
        tokens, page, feed = [], "", ""
    found = passages(tokens)
    return ConvertedText(
        html=page,
        feed_html=feed,
        title=context.title,
        summary=summarise(found, context.manner.macros),
        words=words(found),
        headings=tuple(context.headings),
        anchors=tuple(sorted(context.anchors)),
        links=tuple(context.links),
        hidden_links=tuple(context.hidden_links),
        named=tuple(sorted(context.named - {link.target for link in context.links})),
        private_passages=context.private_passages,
        comments=context.comments,
        private_links=tuple(context.private_links),
        passages=tuple(context.passages),
        problems=tuple(context.problems),
        advice=tuple(context.advice),
    )


def _take_steps(tokens: list[Token], context: ConversionContext) -> list[Token]:
    hidden = {id(passage): passage for passage in _private(tokens)}
    for step in STEPS:
        tokens = step(tokens, context)
        if context.private_passages or context.comments:
            hidden |= {id(passage): passage for passage in _private(tokens)}
    if not hidden:
        return tokens
    placed = {id(passage) for passage in _private(tokens)}
    if lost := [passage for key, passage in hidden.items() if key not in placed]:  # with a token that a step took out
        tokens = [*tokens, Token("end", "", 0, meta={"private": lost})]
    for number, passage in enumerate(passage for passage in _private(tokens) if passage.type == "passage"):
        passage.meta["html"] = _passage(passage.meta["tokens"], context, number)
    return tokens


def _private(tokens: list[Token]) -> list[Token]:
    return [passage for token in tokens for passage in token.meta.get("private", ())]


def _passage(tokens: list[Token], context: ConversionContext, number: int) -> str:
    """A private passage as its author sees it. What is wrong in it, and its ids, are nobody's business."""
    aside = ConversionContext(context.lines, context.origin, context.manner, f"private-{number}-")
    aside.rows = context.rows
    for step in STEPS:
        tokens = step(tokens, aside)
    html = _PASSAGE_SLOT.sub(lambda found: aside.passages[int(found[1])], page_html(tokens, aside))
    html = _ID.sub("", html)  # those of equations could be those of readers' ones
    first = len(context.private_links)
    html = _LINK_SLOT.sub(lambda found: f"\0{found[1]}{int(found[2]) + first}\0", html)
    context.private_links += aside.links
    return f'<div class="private" role="note" aria-label="Private">\n{html}</div>\n'


_PASSAGE_SLOT = re.compile(r"\0!(\d+)\0")
_ID = re.compile(r' id="[^"]*"')
_LINK_SLOT = re.compile(r"\0([+*]?)(\d+)\0")
