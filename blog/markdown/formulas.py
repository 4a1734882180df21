r"""Formulas: conversion of TeX between dollar signs to MathML by math-core, equation numbers, and references to them.

``$…$`` is an inline formula. ``$$…$$`` is a block, and so are the environments of TeX such as ``\begin{align}``. An
equation with an id, ``$$…$$ {#elbo}`` or ``\label{elbo}``, has a number; ``\eqref{elbo}``, or a link ``[](#elbo)``
without words, renders as that number. MathML Core: <https://www.w3.org/TR/mathml-core/>.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from blog.markdown.mathml import TexError, mathml
from blog.markdown.unicode_math import tex_letters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

_ENVIRONMENTS = "equation|align|gather|multline|split|alignat|flalign|eqnarray"
_BEGIN = re.compile(rf"\\begin\{{((?:{_ENVIRONMENTS})\*?)\}}")
_AFTER = re.compile(r"([.,;])?+[ \t]*+(?:\{#([\w.:-]++)\})?+[ \t]*+")
"""Matches the text after a closing mark: punctuation and an id."""
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
r"""Matches a comment of TeX. A row end ``\\`` may precede it."""
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
_UNNUMBERED = re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])")
_NUMBERED = re.compile(r"\\(?:begin|end)\{(?:equation|align|gather|multline)(?=\})")
_SPLIT = re.compile(r"(?<=\\begin\{)split(?=\})|(?<=\\end\{)split(?=\})")
_ROW_SPACE = re.compile(r"(?<=\\\\)(?:\*?[ \t]*\[-?[\d.]+ ?(?:pt|ex|em|mm|cm|in|mu|bp|pc)\]|\*)")
"""Matches the space between two rows: math-core would print it."""
_SHELL = re.compile(r"[A-Z_][A-Z0-9_]+[/:.,;-]*")
"""Matches the text between two shell variables: ``$HOME/$USER``."""
_CODE_OR_COMMENT = re.compile("`|<!--")
_BRACKETED = re.compile(r"\\\((?:(?!\\\)).){1,300}\\\)|\\\[(?:(?!\\\]).){1,300}\\\]", re.DOTALL)
_TEX = re.compile(r"[\\^_=]")
_PUNCTUATION = re.compile(r"[.,;:!?)\]”’»]+")
_REF = re.compile(r"\\(?:eq)?ref\{([\w.:-]+)\}")
_ID = re.compile(r"[\w.:-]+")


def formula(state: StateInline, silent: bool) -> bool:
    r"""Inline rule for ``$…$`` and ``$$…$$``.

    A single dollar sign has no space inside and no digit beside it: prices stay text.
    """
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    mark = "$$" if source.startswith("$$", start) else "$"
    tex_start = start + len(mark)
    tex_end = _find_unescaped(source, mark, tex_start, state.posMax)
    if tex_end < 0:
        return False
    tex, end = source[tex_start:tex_end], tex_end + len(mark)
    if not tex.strip() or _CODE_OR_COMMENT.search(tex) or _SHELL.fullmatch(tex):
        return False
    if mark == "$" and _is_price(tex, source[start - 1 : start] + source[end : end + 1]):
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content = without_remarks(tex)
        token.markup = mark
        token.meta |= {"remark": tex != token.content, "at": start}
    state.pos = end
    return True


def _is_price(tex: str, beside: str) -> bool:
    r"""Return whether dollar signs with a space inside, or a digit beside them, are prices; not so ``2$\times$``."""
    if tex[0].isspace() or tex[-1].isspace():
        return True
    has_digit = any(map(str.isdigit, beside))
    return has_digit and not tex.startswith("\\")


def _find_unescaped(source: str, mark: str, start: int, end: int) -> int:
    """Return the first position of ``mark`` that no backslash escapes, or -1."""
    position = source.find(mark, start, end)
    while position >= 0 and _is_escaped(source, position):
        position = source.find(mark, position + 1, end)
    return position


def _is_escaped(source: str, position: int) -> bool:
    first = position
    while first and source[first - 1] == "\\":
        first -= 1
    return (position - first) % 2 == 1


def equation_reference(state: StateInline, silent: bool) -> bool:
    r"""Inline rule for ``\eqref{id}``: a link to the equation, rendered as its number."""
    match = _REF.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        _push_reference(state, match[1])
    state.pos = match.end()
    return True


def _push_reference(state: StateInline, ident: str) -> None:
    if state.linkLevel:  # links cannot be nested
        state.push("equation_number", "", 0).content = ident
        return
    state.push("link_open", "a", 1).attrs = {"href": f"#{ident}"}
    state.push("link_close", "a", -1)


def tex_brackets(state: StateInline, silent: bool) -> bool:
    r"""Inline rule that warns about ``\(…\)`` and ``\[…\]``: Markdown has no formula there, so they stay text."""
    if silent or state.src[state.pos + 1 : state.pos + 2] not in {"(", "["}:
        return False
    match = _BRACKETED.match(state.src, state.pos)
    if match is None:
        return False
    opening, inner, closing = match[0][:2], match[0][2:-2], match[0][-2:]
    if _TEX.search(inner):
        context: ConversionContext = state.env["notes"]
        message = f"{opening} … {closing} is no formula here"
        hint = "write $…$, or $$…$$ on lines of its own"
        context.warn(context.locate(context.block, state.pos), "formula", message, hint)
    return False


class _BlockOpening(NamedTuple):
    """The first line of a formula block."""

    line: str
    """Without comments of TeX."""
    end_mark: str
    is_environment: bool

    @property
    def is_unambiguous(self) -> bool:
        """Return whether the line cannot be text, so that a missing end is an error."""
        return self.is_environment or self.line.rstrip() == "$$"


class _BlockEnd(NamedTuple):
    """The end of a formula block."""

    row: int
    tex: str
    """All text between the opening and closing marks."""
    ident: str


def formula_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    r"""Block rule for ``$$`` … ``$$`` and ``\begin{align}`` … ``\end{align}``, with an optional ``{#id}`` after it."""
    if state.is_code_block(first):
        return False
    opening = _parse_opening(_line(state, first))
    if opening is None:
        return False
    block_end = _find_block_end(state, opening, first, end)
    if block_end is None:
        if opening.is_unambiguous and not silent:
            _report_unclosed(state, opening, first)
        return opening.is_unambiguous
    if not silent:
        _push_block(state, opening, block_end, first)
    return True


def _line(state: StateBlock, row: int) -> str:
    return state.src[state.bMarks[row] + state.tShift[row] : state.eMarks[row]]


def _parse_opening(source: str) -> _BlockOpening | None:
    if not source.startswith(("$$", "\\")):
        return None
    line = without_remarks(source)
    if line.startswith("$$"):
        return _BlockOpening(line, "$$", is_environment=False)
    begin = _BEGIN.match(line)
    if begin is None:
        return None
    return _BlockOpening(line, rf"\end{{{begin[1]}}}", is_environment=True)


def _find_block_end(state: StateBlock, opening: _BlockOpening, first: int, end: int) -> _BlockEnd | None:
    """Return the end of the block that begins in row ``first``, or None if it is not closed.

    The range of a failed search is recorded: each of thousands of openings in it would search the same rows again.
    """
    failed_searches: dict[str, tuple[int, int]] = state.env.setdefault("open formulas", {})
    failed_start, failed_end = failed_searches.get(opening.end_mark, (first, first))
    if failed_start < first < failed_end:
        return None
    row, text, lines = first, opening.line[2:], list[str]()
    while (closing := _parse_closing(text, opening.end_mark)) is None:
        is_last = _ends_container(state, row + 1, end)
        if is_last or opening.end_mark in text:
            failed_searches[opening.end_mark] = (first, row + 1 if is_last else row)
            return None
        lines.append(text)
        row += 1
        text = without_remarks(_line(state, row))
    last_line, ident = closing
    return _BlockEnd(row, "\n".join([*lines, last_line]), ident)


def _ends_container(state: StateBlock, row: int, end: int) -> bool:
    """Return whether ``row`` is outside of the list item or quotation that the block is in."""
    if row >= end:
        return True
    return state.sCount[row] < state.blkIndent and not state.isEmpty(row)


def _parse_closing(line: str, mark: str) -> tuple[str, str] | None:
    """Return the text before a closing ``mark`` at the end of the line, and the id after it.

    A full stop after the mark is a part of the formula.
    """
    start = line.find(mark)
    if start < 0:
        return None
    match = _AFTER.fullmatch(line, start + len(mark))
    if match is None:
        return None
    punctuation, ident = match.groups("")
    return line[:start] + punctuation, ident


def _push_block(state: StateBlock, opening: _BlockOpening, block_end: _BlockEnd, first: int) -> None:
    token = state.push("formula_block", "math", 0)
    token.content = block_end.tex
    if opening.is_environment:
        token.content = opening.line[:2] + block_end.tex + opening.end_mark
    token.info = block_end.ident
    token.map = [first, block_end.row + 1]
    token.block = True
    state.line = block_end.row + 1


def _report_unclosed(state: StateBlock, opening: _BlockOpening, first: int) -> None:
    """Report a formula that is not closed, and skip its first line: it is no text either."""
    context: ConversionContext = state.env["notes"]
    line = Token("", "", 0, map=[first, first + 1], markup=opening.line[:2])
    hint = f"end it with a line {opening.end_mark}"
    context.error(context.start(line), "formula", "the formula is not closed", hint)
    state.line = first + 1


def equation_ids(block: Token) -> list[str]:
    """Return the ids of an equation: its labels, and the id after it."""
    labels = [label.strip() for label in _LABEL.findall(block.content)]
    return list(filter(None, [*labels, block.info]))


def set_formulas(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Convert formulas to MathML, number those with an id, and resolve the references to them."""
    numbers: dict[str, str] = {}
    for token in tokens:
        if token.type == "formula_block":
            _set_block(token, numbers, context)
        elif "$" in token.content:
            _set_all_inline(token, context)
    texts = {heading.id: heading.text for heading in context.headings}
    texts |= {ident: f"({number})" for ident, number in numbers.items()}
    for token in tokens:
        _fill_all_references(token, texts, context)
        if token.children and "$" in token.content:
            _join_punctuation(token.children)
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


def _set_block(token: Token, numbers: dict[str, str], context: ConversionContext) -> None:
    tex = _prepare_tex(token.content, token, 0, context)
    ident = _check_id(token, tex, context)
    if ident:
        numbers[ident] = tex.tag or _take_number(context)
    token.meta["html"] = _convert(tex, token, context, display=True)
    token.meta["number"] = numbers.get(ident, tex.tag)
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
    context.equations += 1
    return str(context.equations)


def _fill_all_references(block: Token, texts: Mapping[str, str], context: ConversionContext) -> None:
    """Fill the references of a block and of the alternative texts in it."""
    if "[](" not in block.content and "ref{" not in block.content:
        return
    for parent in (block, *(block.children or ())):
        if parent.children:
            parent.children = _fill_references(parent.children, parent, texts, context)


def _fill_references(
    children: list[Token], parent: Token, texts: Mapping[str, str], context: ConversionContext
) -> list[Token]:
    """Add the number of the equation, or the text of the heading, to each link without words and each reference."""
    filled: list[Token] = []
    for previous, child in pairwise([Token("", "", 0), *children]):
        if child.type == "equation_number":
            filled.append(_reference_text(child.content, texts))
            continue
        if (previous.type, child.type) == ("link_open", "link_close"):
            filled += _empty_link_text(previous, parent, texts, context)
        filled.append(child)
    return filled


def _empty_link_text(link: Token, block: Token, texts: Mapping[str, str], context: ConversionContext) -> list[Token]:
    """Return the text of a link without words. A link to another page has none, which is reported."""
    target = unquote(str(link.attrs.get("href", "")))
    if target.startswith("#"):
        return [_reference_text(target[1:], texts)]
    place = context.locate(block, link.meta.get("at", 0))
    context.warn(place, "empty-link", f'the link to "{target}" has no words', "write some between the brackets")
    return []


def _reference_text(ident: str, texts: Mapping[str, str]) -> Token:
    return Token("text", "", 0, content=texts.get(ident, ident))


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


def without_remarks(source: str) -> str:
    """Return TeX ``source`` with spaces in the place of its comments, which authors write for themselves."""
    return _COMMENT.sub(lambda match: match[1] + " " * len(match[2]), source)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def _convert(tex: _Tex, block: Token, context: ConversionContext, *, display: bool) -> str:
    """Return the MathML of a formula. An error is reported at its own line, and gives an empty string."""
    try:
        return mathml(tex.text, context.manner.macros, display=display)
    except TexError as error:
        place = context.locate(block, tex.source_offset(min(error.offset, len(tex.text.rstrip()))))
        context.error(place, "formula", f"the formula cannot be set: {error.message}", error.hint)
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
