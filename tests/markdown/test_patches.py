"""The inline parser that tries few rules gives what markdown-it's own gives, which tries all."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import helpers
from markdown_it.parser_inline import ParserInline

from blog.markdown import MarkdownOptions
from blog.markdown.context import ConversionContext
from blog.markdown.parser import Definitions, parser_for
from blog.problems import Location

if TYPE_CHECKING:
    from markdown_it.token import Token

_PIECES = st.sampled_from(
    [*"\n\\`~*_[]!<>&{}:@#$%+-=^()w .", "www.", "www.a.org", "http", "https://a.b", "mailto:", " xmpp:", "(http://a.b", "me@a.org", "[^1]", "{.x}",
     "{% y %}", "](", "[a](b)", "![a](b)", "[a]", "<b>", "</b>", "<!-- c -->", "&amp;", "``", "word", "wow",
     "[[", "]]", "![", "](b)"]
)  # fmt: skip


def described(token: Token) -> Any:
    """All of a token but the position, which markdown-it's own parser does not note."""
    meta = {key: value for key, value in token.meta.items() if key != "at"}
    children = [described(child) for child in token.children or ()]
    return token.type, token.tag, token.nesting, token.attrs, token.content, token.markup, token.info, meta, children


def tokens_by(parser: ParserInline, text: str) -> list[Token]:
    """The inline tokens that `parser` makes of `text`."""
    markdown = parser_for("en")
    context = ConversionContext(text.split("\n"), Location("a.md"), MarkdownOptions(), "")
    before = markdown.inline, markdown.helpers
    markdown.inline = parser
    if parser is not before[0]:
        markdown.helpers = helpers
    try:
        definitions = Definitions()
        definitions["A"] = {"href": "/a", "title": "", "map": [0, 1]}
        return parser.parse(
            text, markdown, {"notes": context, "references": definitions, "footnotes": {"refs": {":1": -1}}}, []
        )
    finally:
        markdown.inline, markdown.helpers = before


def own() -> ParserInline:
    """markdown-it's parser with the rules of ours."""
    parser, ours = ParserInline(), parser_for("en").inline
    parser.ruler, parser.ruler2 = ours.ruler, ours.ruler2
    parser.add_terminator_char("w")
    return parser


@given(st.lists(_PIECES, max_size=40).map("".join))
def test_every_text_gives_the_tokens_that_trying_every_rule_gives(text: str) -> None:
    ours = [described(token) for token in tokens_by(parser_for("en").inline, text)]
    assert ours == [described(token) for token in tokens_by(own(), text)]


@pytest.mark.parametrize("depth", [60, 119, 120, 121, 130, 250])
@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ("[", "](b)"), ("![", "](b)"), ("[a *b* ", "] c"), ("[", "")]
)
def test_any_depth_of_brackets_gives_the_same_tokens(opening: str, closing: str, depth: int) -> None:
    text = f"{opening * depth}word{closing * depth} [a](b) end]"
    ours = [described(token) for token in tokens_by(parser_for("en").inline, text)]
    assert ours == [described(token) for token in tokens_by(own(), text)]


def test_a_token_knows_where_it_was_written() -> None:
    text = "a ![b](c) [d **e** ![f](g)](h) `i`{.j} <b>k</b> <https://l.org> and www.m.org, https://n.org, o@p.org[^1]"
    tokens = tokens_by(parser_for("en").inline, text)
    found = [(token.type, text[token.meta["at"] :][:6]) for token in tokens if "at" in token.meta]
    assert found == [
        ("image", "![b](c"),
        ("link_open", "[d **e"),
        ("image", "![f](g"),
        ("code_inline", "`i`{.j"),
        ("html_inline", "<b>k</"),
        ("html_inline", "</b> <"),
        ("link_open", "<https"),
        ("link_open", "www.m."),
        ("link_open", "https:"),
        ("link_open", "o@p.or"),
        ("footnote_ref", "[^1]"),
    ]


def test_a_paragraph_with_ten_thousands_of_colons_is_soon_read() -> None:
    code = "from tests.markdown.cases import page_of; page_of('a: |http://b' * 30_000)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
