r"""Formulas: conversion of TeX between dollar signs to MathML by math-core, and equation numbers.

``$…$`` is an inline formula. ``$$…$$`` is a block, and so are the environments of TeX such as ``\begin{align}``. An
equation with an id, ``$$…$$ {#elbo}`` or ``\label{elbo}``, has a number, which ``\eqref{elbo}`` and a link
``[](#elbo)`` show. MathML Core: <https://www.w3.org/TR/mathml-core/>.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from blog.markdown.cross_references import NumberedLabel
from blog.markdown.mathml import TexError, mathml
from blog.markdown.mathml_to_text import tex_letters

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
_UNNUMBERED = re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])")
_NUMBERED = re.compile(r"\\(?:begin|end)\{(?:equation|align|gather|multline)(?=\})")
_STARRED = re.compile(r"(\{(?:equation|align|gather|multline))\*\}")
_SPLIT = re.compile(r"(?<=\\begin\{)split(?=\})|(?<=\\end\{)split(?=\})")
_ROW_SPACE = re.compile(r"(?<=\\\\)(?:\*?[ \t]*\[-?[\d.]+ ?(?:pt|ex|em|mm|cm|in|mu|bp|pc)\]|\*)")
"""Matches the space between two rows: math-core would print it."""
_PUNCTUATION = re.compile(r"[.,;:!?)\]”’»]+")
_ID = re.compile(r"[\w.:-]+")


def equation_ids(block: Token) -> list[str]:
    """Return the ids of an equation: its labels, and the id after it."""
    labels = [label.strip() for label in _LABEL.findall(block.content)]
    return list(filter(None, [*labels, block.info]))


def set_formulas(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Convert formulas to MathML, and number those with an id."""
    for token in tokens:
        if token.type == "formula_block":
            _set_block(token, context)
        elif "$" in token.content:
            _set_all_inline(token, context)
            _join_punctuation(token.children or [])
    return tokens


def _join_punctuation(children: list[Token]) -> None:
    """Move punctuation directly after a formula into its token, so that no line break separates them."""
    for child, following in pairwise(children):
        if child.type != "formula" or following.type != "text":
            continue
        match = _PUNCTUATION.match(following.content)
        if match:
            child.meta["after"] = match[0]
            following.content = following.content[match.end() :]


def _set_all_inline(block: Token, context: ConversionContext) -> None:
    for child in block.children or ():
        if child.type == "formula":
            _set_inline(child, block, context)
        elif child.children:
            _set_alternative(child.children, block, context)


def _set_alternative(children: list[Token], block: Token, context: ConversionContext) -> None:
    """Convert the formulas in the alternative text of an image to plain text."""
    for child in children:
        if child.type == "formula":
            child.meta["text"] = tex_letters(child.content, context.manner.macros)
            _check_comment(child, block, context)


def _set_inline(token: Token, block: Token, context: ConversionContext) -> None:
    _check_comment(token, block, context)
    start = token.meta.get("at", 0)
    tex = _prepare_tex(token.content, block, start + len(token.markup), context)
    if tex.labels or tex.tags:
        message, hint = "only a formula on lines of its own has a number", "write it between lines $$"
        context.error(context.locate(block, start), "formula", message, hint)
    token.content = tex.feed_tex
    token.meta["html"] = _convert(tex, block, context, display=token.markup == "$$")


def _check_comment(token: Token, block: Token, context: ConversionContext) -> None:
    """Report a comment of TeX in a line of text, where it is probably a percent sign."""
    if not token.meta["remark"]:
        return
    message, hint = "% begins a remark, which hides the rest of the formula", r"write \% for the sign"
    context.error(context.locate(block, token.meta.get("at", 0)), "formula", message, hint)


def _set_block(token: Token, context: ConversionContext) -> None:
    tex = _prepare_tex(token.content, token, 0, context)
    ident = _check_id(token, tex, context)
    number = tex.tag
    if ident:
        number = tex.tag or _take_number(context)
        context.labels[ident] = NumberedLabel(f"({number})", number)
    token.meta["html"] = _convert(tex, token, context, display=True)
    token.meta["number"] = number
    lines = [line.rstrip() for line in tex.feed_tex.strip().split("\n")]
    token.content = "\n".join(lines)
    token.info = ident


def _check_id(token: Token, tex: _Tex, context: ConversionContext) -> str:
    """Return the id of an equation, empty if it has none or an invalid one. Report a second id or tag."""
    ids = equation_ids(token)
    place = context.start(token)
    if len(ids) > 1 or tex.tags > 1:
        message, hint = "a formula has one number, and so one label", "write formulas of their own for the others"
        context.error(place, "formula", message, hint)
    if not ids:
        return ""
    ident = ids[0]
    if not _ID.fullmatch(ident):
        context.error(place, "wrong-id", f'"{ident}" cannot be an id', "use letters, digits, hyphens and dots")
        return ""
    return ident


def _take_number(context: ConversionContext) -> str:
    context.numbers["equation"] += 1
    return str(context.numbers["equation"])


class _Tex:
    """A formula prepared for math-core. Its offsets are those of the source, except for the ``inserted`` characters."""

    def __init__(self, text: str, start: int) -> None:
        self.start = start
        """Offset of the formula in its block."""
        self.labels = 0
        """Number of labels."""
        self.tag = ""
        self.tags = 0
        """Number of tags."""
        self.inserted: list[int] = []
        """Offset of each inserted character."""
        self.text = text
        self.feed_tex = text
        """The TeX for feed readers."""

    def source_offset(self, offset: int) -> int:
        """Return the offset in the block of the character at ``offset`` of the formula."""
        inserted_before = [position for position in self.inserted if position < offset]
        return self.start + offset - len(inserted_before)

    def restore_names(self, words: str) -> str:
        """Return ``words`` about the formula with the environments as they are in the source."""
        if not self.inserted:
            return words
        if "aligned" not in self.feed_tex:
            words = words.replace("{aligned}", "{split}")
        return _STARRED.sub(lambda match: match[0] if match[0] in self.feed_tex else f"{match[1]}}}", words)


def _prepare_tex(source: str, block: Token, start: int, context: ConversionContext) -> _Tex:
    """Blank labels and tags out of ``source``, and replace environments that would number themselves."""
    if "<!--" in source:
        message, hint = "a comment stands inside a formula, where it would be published", "take it out of the formula"
        context.error(context.locate(block, start + source.index("<!--")), "comment-in-text", message, hint)
    tex = _Tex(source, start)
    tags = _TAG.findall(source)
    tex.labels, tex.tags = len(_LABEL.findall(source)), len(tags)
    tex.tag = tags[0] if tags else ""
    for pattern in (_LABEL, _TAG, _UNNUMBERED, _ROW_SPACE):
        tex.text = pattern.sub(_blank, tex.text)
    tex.feed_tex = tex.text
    _replace_environments(tex)
    return tex


def _replace_environments(tex: _Tex) -> None:
    """Replace numbered environments by those without numbers, and ``split``, which math-core lacks, by ``aligned``."""
    tex.inserted = [match.end() for match in _NUMBERED.finditer(tex.text)]
    for match in _SPLIT.finditer(tex.text):
        tex.inserted += [match.end()] * (len("aligned") - len("split"))
    tex.text = _SPLIT.sub("aligned", _NUMBERED.sub(r"\g<0>*", tex.text))


def _blank(match: re.Match[str]) -> str:
    """Return spaces in the place of a match: positions stay the same."""
    return re.sub(r"[^\n]", " ", match[0])


def _convert(tex: _Tex, block: Token, context: ConversionContext, *, display: bool) -> str:
    """Return the MathML of a formula. An error is reported at its own line, and gives an empty string."""
    try:
        return mathml(tex.text, context.manner.macros, display=display)
    except TexError as error:
        place = context.locate(block, tex.source_offset(min(error.offset, len(tex.text.rstrip()))))
        words, hint = tex.restore_names(error.message), tex.restore_names(error.hint)
        context.error(place, "formula", f"the formula cannot be shown: {words}", hint)
        return ""


def inline_html(token: Token) -> str:
    """Return the HTML of an inline formula for a page. No line ends between it and the punctuation after it."""
    html = str(token.meta["html"])
    punctuation = token.meta.get("after", "")
    if not punctuation:
        return html
    return f'<span class="together">{html}{punctuation}</span>'


def equation_html(token: Token) -> str:
    """Return the HTML of a formula block for a page: it scrolls if it is too wide, and shows its number."""
    number, html = escape(str(token.meta["number"])), token.meta["html"]
    if not number:
        return f'<div class="formula" role="group" aria-label="Formula" tabindex="0">{html}</div>\n'
    id_attribute, link = "", f"({number})"
    if token.info:
        ident = escape(token.info)
        id_attribute = f' id="{ident}"'
        link = f'<a class="number" href="#{ident}" aria-label="Equation {number}">({number})</a>'
    opening = f'<div class="formula numbered" role="group" aria-label="Equation {number}"{id_attribute}>'
    return f'{opening}<div class="scroll" tabindex="0">{html}</div><span>{link}</span></div>\n'


def equation_tex(token: Token) -> str:
    """Return a formula block as TeX for feed readers, most of which drop MathML."""
    tex, number = token.content, token.meta["number"]
    if number:
        tex += f" \\tag{{{number}}}"
    return f"<pre><code>{escape(tex, quote=False)}</code></pre>\n"
