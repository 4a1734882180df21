"""One Markdown text from source to :class:`ConvertedText`: parse it, apply the steps, render both forms."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from markdown_it.token import Token
from msgspec import structs

from blog.markdown.block_calls import expand
from blog.markdown.context import ConversionContext
from blog.markdown.parser import Definitions, parser_for
from blog.markdown.pieces import parse_pieces
from blog.markdown.render import feed_html, page_html
from blog.markdown.result import ConvertedText, MarkdownOptions
from blog.markdown.steps import STEPS
from blog.markdown.summary import passages, summarise, words
from blog.problems import BlogError, Problem
from blog.text import normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.markdown.block_calls import BlockCall
    from blog.markdown.inputs import Inputs
    from blog.markdown.pieces import Piece
    from blog.problems import Location


def convert_markdown(
    text: str,
    origin: Location,
    manner: MarkdownOptions,
    *,
    inputs: Inputs | None = None,
    prefix: str = "",
    takes_title: bool = False,
) -> ConvertedText:
    """Convert Markdown whose first line is at ``origin``.

    ``inputs`` reads the files that the text shows, and records them. ``prefix`` distinguishes the ids of two texts on
    one page; with ``takes_title`` the first ``#`` heading is removed from the text and becomes its title. Never raises:
    problems are in the result.
    """
    text = normalize_newlines(text)  # the parser reads each CR as a newline: lines must be counted as it does
    context = ConversionContext(text.split("\n"), origin, manner, prefix, inputs)
    context.takes_title = takes_title
    return _convert(lambda: _parse(text, context), context)


def convert_pieces(
    pieces: Sequence[Piece],
    origin: Location,
    manner: MarkdownOptions,
    *,
    inputs: Inputs | None = None,
    takes_title: bool = False,
) -> ConvertedText:
    """Convert a text that is not one Markdown file; ``origin`` is the file. Otherwise as :func:`convert_markdown`."""
    context = ConversionContext([""], origin, manner, "", inputs)
    context.takes_title = takes_title
    return _convert(lambda: parse_pieces(pieces, context), context)


def _parse(text: str, context: ConversionContext) -> list[Token]:
    parser = parser_for(context.manner.language, context.manner.extensions)
    return parser.parse(text, {"notes": context, "references": Definitions()})


def _convert(parse: Callable[[], list[Token]], context: ConversionContext) -> ConvertedText:
    """Apply the steps to the parsed tokens, and render both forms."""
    try:
        tokens = _apply_steps(parse(), context)
        page, feed = _render_blocks(page_html(tokens, context), feed_html(tokens, context), context)
    except RecursionError:
        context.problems.append(Problem(context.origin, "nesting", "nested too deeply", "use fewer levels"))
        tokens, page, feed = [], "", ""
    text_passages = passages(tokens)
    targets = {link.target for link in context.links if not link.is_hidden}
    return ConvertedText(
        html=page,
        feed_html=feed,
        title=context.title,
        summary=summarise(text_passages, context.manner.macros),
        words=words(text_passages),
        headings=tuple(context.headings),
        anchors=tuple(sorted(context.anchors)),
        links=tuple(context.links),
        hidden_links=tuple(context.hidden_links),
        named=tuple(sorted(context.named - targets)),
        private_passages=context.private_passages,
        comments=context.comments,
        problems=tuple(context.problems),
        advice=tuple(context.advice),
        made_files=tuple(context.made_files),
    )


def _render_blocks(page: str, feed: str, context: ConversionContext) -> tuple[str, str]:
    """Return both forms with the blocks of the theme; after an error, with the text of these blocks alone."""
    try:
        return context.inputs.render_blocks((page, feed), context.block_calls)
    except BlogError as error:
        context.problems += error.problems

    def keep(_: BlockCall, body: str) -> str:
        return body

    return expand(page, context.block_calls, keep), expand(feed, context.block_calls, keep)


def _apply_steps(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Apply all steps to the tokens of a text; for the author's preview, render its private passages."""
    for step in STEPS:
        tokens = step(tokens, context)
    if not context.hidden_tokens:
        return tokens
    tokens = _restore_hidden(tokens, context)
    private_passages = [hidden for hidden in _attached_hidden(tokens) if hidden.type == "passage"]
    for number, passage in enumerate(private_passages):
        passage.meta["html"] = _passage_html(passage.meta["tokens"], context, number)
    return tokens


def _restore_hidden(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Add, at the end, the hidden tokens that were attached to a token which a step removed."""
    attached_numbers = {hidden.meta["number"] for hidden in _attached_hidden(tokens)}
    removed = [hidden for hidden in context.hidden_tokens if hidden.meta["number"] not in attached_numbers]
    return [*tokens, Token("end", "", 0, meta={"hidden": removed})] if removed else tokens


def _attached_hidden(tokens: list[Token]) -> list[Token]:
    """Return the hidden tokens that are attached to visible ones."""
    return [hidden for token in tokens for hidden in token.meta.get("hidden", ())]


def _passage_html(tokens: list[Token], context: ConversionContext, number: int) -> str:
    """Return a private passage as its author sees it, without ids. Problems in it are not reported."""
    prefix = f"private-{number}-"
    passage_context = ConversionContext(context.lines, context.origin, context.manner, prefix, context.inputs)
    passage_context.rows = context.rows
    passage_context.links = context.links  # one list of placeholders for the page
    passage_context.labels = dict(context.labels)  # a passage may refer to what readers see
    first = len(context.links)
    html = page_html(_apply_steps(tokens, passage_context), passage_context)
    context.links[first:] = [structs.replace(link, is_hidden=True) for link in context.links[first:]]
    name = escape(context.manner.words.text("text.private"))
    return f'<div class="private" role="note" aria-label="{name}">\n{_ID.sub("", html)}</div>\n'


_ID = re.compile(r' id="[^"]*"')
"""Ids of equations in a passage could repeat those of public ones."""
