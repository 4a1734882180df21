r"""Leftovers of other generators in a text, and raw images without a description: advice of ``blog check``.

A build does not report them, because an author may mean them as text. The languages are those of Hugo
<https://gohugo.io/content-management/shortcodes/>, of Jekyll's Liquid <https://shopify.github.io/liquid/> and kramdown
<https://kramdown.gettalong.org/syntax.html>, of Python-Markdown and MkDocs, of Sphinx and MyST, and MathJax's brackets.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from blog.markdown import raw_html
from blog.markdown.comment_spans import blank, blanks, without_comments
from blog.markdown.dialects import find_code_signs, find_markdown_in_html, find_signs, has_signs
from blog.markdown.link_slips import check_address, check_failed_links
from blog.markdown.summary import children_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext
    from blog.markdown.dialects import Sign
    from blog.problems import Location


class _Leftover(NamedTuple):
    pattern: re.Pattern[str]
    construct: str
    """The name of what the pattern matches, for the message."""
    hint: str


_IN_WORDS = "say it in Markdown, or put it into `code`"
_AS_LINK = "write a link to the file: [text](week-3.md)"
_ADMONITIONS = (
    "note|abstract|summary|info|tip|hint|success|question|help|warning|caution|attention|danger|error|failure|bug|example"
    "|quote|important|seealso|todo|admonition"
)
_LEFTOVERS = tuple(
    _Leftover(re.compile(rf"(?<!\\){pattern}", re.MULTILINE), construct, hint)
    for pattern, construct, hint in (
        (r"\{\{[<%]-?\s*(?:rel)?ref\b", "a link of Hugo", _AS_LINK),
        (r"\{\{[<%]-?\s*figure\b", "an image of Hugo", 'write ![what it shows](picture.png "caption")'),
        (r"\{\{[<%](?!-?\s*(?:(?:rel)?ref|figure)\b)-?\s*/?\s*[\w./-]*", "a shortcode of Hugo", _IN_WORDS),
        (r"(?<!\{)\{%-?\s*(?:post_url|link)\b", "a link of Jekyll", _AS_LINK),
        (r"(?<!\{)\{%(?!-?\s*(?:post_url|link)\b)-?\s*\w*", "a tag of Liquid or Nunjucks", _IN_WORDS),
        (r"\{\{-?\s*[.$][^{}\n<%]{1,200}\}\}", "a value of Hugo's templates", "write what it stands for"),
        (r"\{\{-?(?!\s*[.$])[^{}\n<%]{1,200}\}\}", "a value of Liquid or Nunjucks", "write what it stands for"),
        (
            rf"^(?:!!!|\?\?\?)\+? +(?:{_ADMONITIONS})\b", "an admonition of MkDocs",
            "write > [!NOTE], and > before each line",
        ),
        (
            r"\{:\s*(?:[.#][\w-]|\w+=)[^}\n]{0,200}\}", "an attribute list of kramdown",
            "write {.class} behind an image, {#id} in a heading",
        ),
        (r"^\.\. [\w-]+::", "a directive of reStructuredText", _IN_WORDS),
        (r"\{[a-z][a-z:-]*\}(?=`)", "a role of MyST", _IN_WORDS),
        (
            r"^\[(?:TOC|\[_TOC_\])\]$|\{:\s*toc\b[^}\n]{0,50}\}", "a mark for a table of contents",
            "take it out: three headings make one",
        ),
        (r"\\\\[(\[]", "MathJax's bracket", "write $…$, or $$…$$ on lines of its own"),
    )
)  # fmt: skip
_MOST = 20
"""Number of leftovers that are reported in one paragraph."""
_ANY = re.compile(r"\{[{%:]|!!!|\?\?\?|^\.\. |\}`|\[TOC|\[\[_|\\\\[(\[]", re.MULTILINE)
"""Matches in each text that has a leftover: most texts have none, and are searched once."""
_CODE_MARKS = ("`", "![")
_LINK_MARKS = ("](", "][", "] (", "$$")
_ESCAPED_BRACKET = re.compile(r"\\[\[\]]")
_LITERAL = re.compile(r"<(script|style|pre|code|kbd|samp|textarea|svg|math)\b", re.IGNORECASE)


def report_leftovers(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Report what an author should look at in a text; the tokens stay as they are."""
    for token in tokens:
        if token.type == "inline":
            _check_inline(token, context)
        elif token.type == "html_block":
            _check_html(token, context)
        for child in children_of(token, "html_inline"):
            _check_pictures(child.content, child.meta.get("at", 0), token, context)
    return tokens


def _check_html(block: Token, context: ConversionContext) -> None:
    text = _blank_literals(without_comments(block.content, blank))
    _report_leftovers(text, block, context)
    _check_pictures(text, 0, block, context)
    if not block.meta.get("output"):
        _report_signs(find_markdown_in_html(text), block, context)


def _check_inline(block: Token, context: ConversionContext) -> None:
    _check_text(block, context)
    if contains_any(block.content, _CODE_MARKS):
        _report_signs(find_code_signs(block), block, context)
    if contains_any(block.content, _LINK_MARKS):
        _check_links_and_formulas(block, context)


def _check_text(block: Token, context: ConversionContext) -> None:
    """Report leftovers and signs of dialects in the text of a block."""
    visible_text = "\n".join(child.content for child in children_of(block, "text", "footnote_ref"))
    has_leftovers = _ANY.search(block.content) is not None
    may_have_signs = has_signs(visible_text)
    if not has_leftovers and not may_have_signs:
        return
    text = without_code(block)
    if has_leftovers:
        _report_leftovers(text, block, context)
    if may_have_signs:
        _report_signs(find_signs(text, visible_text), block, context)


def contains_any(text: str, marks: tuple[str, ...]) -> bool:
    """Return whether ``text`` contains one of ``marks``: a quick test before a search with patterns."""
    return any(map(text.__contains__, marks))


def _report_leftovers(text: str, block: Token, context: ConversionContext) -> None:
    for leftover, match in islice(_find_leftovers(text), _MOST):
        message = f'"{match[0].rstrip()}" looks like {leftover.construct}: it is shown as text'
        context.advise(context.locate(block, match.start()), "leftover", message, leftover.hint)


def _find_leftovers(text: str) -> Iterator[tuple[_Leftover, re.Match[str]]]:
    for leftover in _LEFTOVERS:
        for match in leftover.pattern.finditer(text):
            yield leftover, match


def _report_signs(signs: Iterable[Sign], block: Token, context: ConversionContext) -> None:
    for sign in islice(signs, _MOST):
        location = context.locate(block, sign.start)
        if sign.construct == "attributes" and _has_attribute_warning(location, context):
            continue
        message = f'"{sign.text}" looks like {sign.construct}: it is shown as text'
        context.advise(location, "leftover", message, sign.hint)


def _has_attribute_warning(location: Location, context: ConversionContext) -> bool:
    """Return whether a warning about attributes was reported for the line of ``location``."""
    warnings = (problem for problem in context.problems if problem.code == "unknown-attribute")
    return any(warning.location.row == location.row for warning in warnings)


def _check_links_and_formulas(block: Token, context: ConversionContext) -> None:
    """Report links that fail or lead nowhere, and ``$$`` formulas in a sentence, as kramdown has them."""
    has_words = any(text.content.strip() for text in children_of(block, "text"))
    is_escaped = _ANY.search(block.content) or _ESCAPED_BRACKET.search(block.content)
    if not is_escaped:
        check_failed_links(without_code(block), block, context)
    for child in children_of(block, "link_open", "formula"):
        if child.type == "link_open" and "wikilink" not in child.meta:
            check_address(child, block, context)
        elif has_words:
            _check_formula(child, block, context)


def _check_formula(formula: Token, block: Token, context: ConversionContext) -> None:
    if formula.markup == "$$":
        location = context.locate(block, formula.meta.get("at", 0))
        context.advise(location, "leftover", "a formula for lines of its own stands in a sentence", "write $…$")


def _check_pictures(html: str, offset: int, block: Token, context: ConversionContext) -> None:
    """Report ``<img>`` tags without ``alt`` in raw HTML, which begins at ``offset`` of ``block``."""
    for tag in raw_html.tags(html):
        if tag.name == "img" and "alt" not in {attribute.name for attribute in tag.attributes}:
            hint = 'say what it shows: alt="loss over time"; alt="" if it shows nothing'
            location = context.locate(block, offset + tag.start)
            context.advise(location, "no-alternative", "the image has no alternative text", hint)


def _blank_literals(html: str) -> str:
    """Return raw HTML with blanks in the place of scripts, code and the like."""
    pieces, position = [], 0
    while opening := _LITERAL.search(html, position):
        closing = re.compile(f"</{opening[1]}", re.IGNORECASE).search(html, opening.end())
        end = closing.start() if closing else len(html)
        pieces += [html[position : opening.start()], blanks(html[opening.start() : end])]
        position = end
    return "".join([*pieces, html[position:]])


def without_code(block: Token) -> str:
    """Return the text of a block as written, with blanks in the place of code, formulas and comments."""
    text = without_comments(block.content, blank)
    pieces, position = [], 0
    for start, end in _find_code_spans(block, text):
        pieces += [text[position:start], " " * (end - start)]
        position = end
    text = "".join([*pieces, text[position:]])
    return _blank_literals(text) if "<" in text else text


def _find_code_spans(block: Token, text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each inline code and formula; the mark before it stays, as a role may precede it."""
    for code in children_of(block, "code_inline", "formula"):
        start = code.meta.get("at", -1)
        if start >= 0 and text.startswith(code.markup, start):
            content_start = start + len(code.markup)
            yield content_start, _find_code_end(code, text, content_start)


def _find_code_end(code: Token, text: str, start: int) -> int:
    """Return the end of the closing mark of inline code or a formula whose content begins at ``start``."""
    mark = re.escape(code.markup)
    if code.type == "code_inline":
        mark = rf"(?<!`){mark}(?!`)"
    closing = re.compile(mark).search(text, start + 1)
    return closing.end() if closing else len(text)
