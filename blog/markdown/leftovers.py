r"""Leftovers of other generators in a text, and raw images without a description: advice of ``blog check``.

A build says nothing of these: the text may mean them. The languages are those of Hugo
<https://gohugo.io/content-management/shortcodes/>, of Jekyll's Liquid <https://shopify.github.io/liquid/> and kramdown
<https://kramdown.gettalong.org/syntax.html>, of Python-Markdown and MkDocs, of Sphinx and MyST, and MathJax's brackets.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from blog.markdown import dialects, raw_html
from blog.markdown.comment_text import blank, without_comments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext


class _Leftover(NamedTuple):
    pattern: re.Pattern[str]
    what: str
    hint: str


_IN_WORDS = "say it in Markdown, or put it into `code`"
_AS_LINK = "write a link to the file: [text](week-3.md)"
_ADMONITIONS = (
    "note|abstract|summary|info|tip|hint|success|question|help|warning|caution|attention|danger|error|failure|bug|example"
    "|quote|important|seealso|todo|admonition"
)
_LEFTOVERS = tuple(
    _Leftover(re.compile(rf"(?<!\\){pattern}", re.MULTILINE), what, hint)
    for pattern, what, hint in (
        (r"\{\{[<%]-?\s*(?:rel)?ref\b", "a link of Hugo", _AS_LINK),
        (r"\{\{[<%]-?\s*figure\b", "a picture of Hugo", 'write ![what it shows](picture.png "caption")'),
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
_SHOWN = {"text", "footnote_ref"}
_MOST = 20
"""Leftovers, and links that are none, that are told of one paragraph."""
_ANY = re.compile(r"\{[{%:]|!!!|\?\?\?|^\.\. |\}`|\[TOC|\[\[_|\\\\[(\[]", re.MULTILINE)
"""Stands in every leftover: most texts have none, and are looked at once."""
_NO_LINK = re.compile(r"\]\([^\s()]+(?: [^()\n]*)?\)|\]\[[^\W\d_][\w -]{2,80}\]")
_OTHER_SCHEME = re.compile(r"\]\(\s*(?:data|file|javascript|vbscript):", re.IGNORECASE)
_LITERAL = re.compile(r"<(script|style|pre|code|kbd|samp|textarea|svg|math)\b", re.IGNORECASE)


def report_leftovers(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Note what should be looked at in a text; its tokens stay as they are."""
    for token in tokens:
        if token.type == "inline":
            _say_words(token, context)
        elif token.type == "html_block":
            text = _without_literal(without_comments(token.content, blank))
            _say_leftovers(text, token, context)
            _say_pictures(text, 0, token, context)
            if not token.meta.get("output"):
                _say_found(dialects.markdown_in_html(text), token, context)
        for child in token.children or ():
            if child.type == "html_inline":
                _say_pictures(child.content, child.meta.get("at", 0), token, context)
    return tokens


def _say_words(block: Token, context: ConversionContext) -> None:
    """Report leftovers in the text of a block."""
    shown = "\n".join(child.content for child in block.children or () if child.type in _SHOWN)
    has_leftovers, has_signs = _ANY.search(block.content), dialects.has_signs(shown)
    text = without_code(block) if has_leftovers or has_signs else ""
    if has_leftovers:
        _say_leftovers(text, block, context)
    if has_signs:
        _say_found(dialects.signs(text, shown), block, context)
    if "`" in block.content or "![" in block.content:
        _say_found(dialects.code_signs(block), block, context)
    if "](" in block.content or "$$" in block.content or "][" in block.content:
        _say_slips(block, context)


def _say_leftovers(text: str, block: Token, context: ConversionContext) -> None:
    found = ((match, what, hint) for pattern, what, hint in _LEFTOVERS for match in pattern.finditer(text))
    for match, what, hint in islice(found, _MOST):
        message = f'"{match[0].rstrip()}" looks like {what}: it is shown as text'
        context.advise(context.locate(block, match.start()), "leftover", message, hint)


def _say_found(found: Iterator[dialects.Found], block: Token, context: ConversionContext) -> None:
    for sign in islice(found, _MOST):
        place = context.locate(block, sign.start)
        said = (problem.location.line for problem in context.problems if problem.code == "unknown-attribute")
        if sign.what != "attributes" or place.line not in said:
            context.advise(place, "leftover", f'"{sign.text}" looks like {sign.what}: it is shown as text', sign.hint)


def _say_slips(block: Token, context: ConversionContext) -> None:
    """Links that are none, or lead nowhere; formulas for lines of their own in a sentence, as kramdown has them."""
    children = block.children or []
    texts = [child for child in children if child.type == "text" and child.content.strip()]
    escaped = _ANY.search(block.content) or "\\[" in block.content or "\\]" in block.content
    slips = 0
    for child in children:
        at = child.meta.get("at", 0)
        if child.type == "link_open" and not child.attrs.get("href"):
            context.advise(
                context.locate(block, at), "empty-link", "the link leads nowhere", "write where to: [text](file.md)"
            )
        elif child.type == "formula" and child.markup == "$$" and texts:
            message = "a formula for lines of its own stands in a sentence"
            context.advise(context.locate(block, at), "leftover", message, "write $…$")
        elif child.type == "text" and not escaped and slips < _MOST and (slip := _NO_LINK.search(child.content)):
            slips += 1
            start = max(block.content.find(slip[0]), 0)
            message, hint = f'"{slip[0]}" is no link: it is shown as text', "an address has no spaces, or stands in <…>"
            if slip[0].startswith("]["):
                hint = "there is no line that says where it leads: [name]: address"
            elif _OTHER_SCHEME.match(slip[0]):
                hint = "it would lead to no other page: put a file beside the text, and write its name"
            context.advise(context.locate(block, start), "no-link", message, hint)


def _say_pictures(html: str, offset: int, block: Token, context: ConversionContext) -> None:
    for tag in raw_html.tags(html):
        if tag.name == "img" and "alt" not in {attribute.name for attribute in tag.attributes}:
            hint = 'say what it shows: alt="loss over time"; alt="" if it shows nothing'
            place = context.locate(block, offset + tag.start)
            context.advise(place, "no-alternative", "the picture has no alternative text", hint)


def _without_literal(html: str) -> str:
    """Raw HTML with blanks in the place of scripts, code and the like."""
    pieces, at = [], 0
    while found := _LITERAL.search(html, at):
        end = re.compile(f"</{found[1]}", re.IGNORECASE).search(html, found.end())
        pieces += [
            html[at : found.start()],
            re.sub(r"[^\n]", " ", html[found.start() : end.start() if end else len(html)]),
        ]
        at = end.start() if end else len(html)
    return "".join([*pieces, html[at:]])


def without_code(block: Token) -> str:
    """Return the text of a block as written, with blanks in the place of code, formulas and comments."""
    text = without_comments(block.content, blank)
    pieces, at = [], 0
    for start, end in _code(block, text):
        pieces += [text[at:start], " " * (end - start)]
        at = end
    text = "".join([*pieces, text[at:]])
    return _without_literal(text) if "<" in text else text


def _code(block: Token, text: str) -> Iterator[tuple[int, int]]:
    for child in block.children or ():
        at = child.meta.get("at", -1)
        if at >= 0 and child.type in {"code_inline", "formula"} and text.startswith(child.markup, at):
            mark = re.escape(child.markup)
            inner = at + len(child.markup)
            closed = re.compile(rf"(?<!`){mark}(?!`)" if child.type == "code_inline" else mark).search(text, inner + 1)
            yield inner, closed.end() if closed else len(text)  # the first mark stays: a role stands before it
