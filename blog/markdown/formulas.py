r"""Formulas: TeX between dollar signs → MathML by math-core, numbers of equations, and references to them.

``$…$`` stands in a line, ``$$…$$`` alone, and so do TeX's own environments such as ``\begin{align}``. An equation with
an id, ``$$…$$ {#elbo}`` or ``\label{elbo}``, has a number; ``\eqref{elbo}``, or a link ``[](#elbo)`` without words,
shows it. MathML Core: <https://www.w3.org/TR/mathml-core/>.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from markdown_it.token import Token

from blog.markdown.mathml import TexError, mathml
from blog.markdown.unicode_math import tex_letters

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

_ENVIRONMENTS = "equation|align|gather|multline|split|alignat|flalign|eqnarray"
_BEGIN = re.compile(rf"\\begin\{{((?:{_ENVIRONMENTS})\*?)\}}")
_AFTER = re.compile(r"([.,;])?+[ \t]*+(?:\{#([\w.:-]++)\})?+[ \t]*+")
_REMARK = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
"""Rows may end right before it."""
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
_UNNUMBERED = re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])")
_NUMBERED = re.compile(r"\\(?:begin|end)\{(?:equation|align|gather|multline)(?=\})")
_SPLIT = re.compile(r"(?<=\\begin\{)split(?=\})|(?<=\\end\{)split(?=\})")
_ROW_SPACE = re.compile(r"(?<=\\\\)(?:\*?[ \t]*\[-?[\d.]+ ?(?:pt|ex|em|mm|cm|in|mu|bp|pc)\]|\*)")
"""Space between rows: math-core would print it."""
_SHELL = re.compile(r"[A-Z_][A-Z0-9_]+[/:.,;-]*")
"""Matches the text between two shell variables: ``$HOME/$USER``."""
_BRACKETED = re.compile(r"\\\((?P<in>(?:(?!\\\)).){1,300})\\\)|\\\[(?P<on>(?:(?!\\\]).){1,300})\\\]", re.DOTALL)
_TEX = re.compile(r"[\\^_=]")
_PUNCTUATION = re.compile(r"[.,;:!?)\]”’»]+")
_REF = re.compile(r"\\(?:eq)?ref\{([\w.:-]+)\}")
_ID = re.compile(r"[\w.:-]+")


def formula(state: StateInline, silent: bool) -> bool:
    r"""``$…$`` and ``$$…$$`` in a line: no space inside the signs, no digit beside them: prices stay text."""
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    mark = "$$" if source.startswith("$$", start) else "$"
    inner = start + len(mark)
    end = inner
    while (end := source.find(mark, end, state.posMax)) > 0 and _is_escaped(source, end):
        end += 1
    tex = source[inner:end] if end > inner else ""
    beside = source[start - 1 : start] + source[end + len(mark) : end + len(mark) + 1]
    if not tex.strip() or (mark == "$" and _is_price(tex, beside)):
        return False
    if "`" in tex or "<!--" in tex or _SHELL.fullmatch(tex):  # code, and comments, come first
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content = without_remarks(tex)
        token.meta["remark"] = tex != token.content
        token.markup = mark
        token.meta["at"] = start
    state.pos = end + len(mark)
    return True


def _is_price(tex: str, beside: str) -> bool:
    r"""Return whether dollar signs with a space inside, or a digit beside them, are prices; not so ``2$\times$``."""
    is_spaced = tex[0].isspace() or tex[-1].isspace()
    return is_spaced or (any(map(str.isdigit, beside)) and not tex.startswith("\\"))


def _is_escaped(source: str, at: int) -> bool:
    first = at
    while first and source[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1


def equation_reference(state: StateInline, silent: bool) -> bool:
    r"""``\eqref{id}`` is a link to the equation, shown as its number."""
    found = _REF.match(state.src, state.pos)
    if found is None:
        return False
    if not silent and state.linkLevel:  # a link in a link cannot be
        state.push("equation_number", "", 0).content = found[1]
    elif not silent:
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": f"#{found[1]}"}
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def tex_brackets(state: StateInline, silent: bool) -> bool:
    r"""Say that ``\(…\)`` and ``\[…\]`` are words in Markdown; they stay in the text."""
    if silent or state.src[state.pos + 1 : state.pos + 2] not in {"(", "["}:
        return False
    found = _BRACKETED.match(state.src, state.pos)
    if found and _TEX.search(found["in"] or found["on"]):
        context: ConversionContext = state.env["notes"]
        message = rf"{found[0][:2]} … {found[0][-2:]} is no formula here"
        hint = "write $…$, or $$…$$ on lines of its own"
        context.warn(context.locate(context.block, state.pos), "formula", message, hint)
    return False


def formula_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    r"""``$$`` … ``$$`` and ``\begin{align}`` … ``\end{align}`` on lines of their own, with ``{#id}`` behind."""
    if state.is_code_block(first):
        return False
    source = _line(state, first)
    if not source.startswith(("$$", "\\")):
        return False
    line = without_remarks(source)
    begin = _BEGIN.match(line)
    if not line.startswith("$$") and not begin:
        return False
    mark = rf"\end{{{begin[1]}}}" if begin else "$$"
    is_error = begin is not None or line.rstrip() == "$$"
    looked: dict[str, tuple[int, int]] = state.env.setdefault("open formulas", {})
    start, stop = looked.get(mark, (first, first))
    if start < first < stop:  # an earlier one has looked already, and nothing closes it
        return is_error and _complain_open(state, first, mark, silent)
    lines = [line]
    last = first
    while (closing := _closing(lines[-1][2 if last == first else 0 :], mark)) is None:
        last += 1
        is_outside = last >= end or (state.sCount[last] < state.blkIndent and not state.isEmpty(last))
        if is_outside or mark in lines[-1][2 if last == first + 1 else 0 :]:
            looked[mark] = (first, last if is_outside else last - 1)
            return is_error and _complain_open(state, first, mark, silent)
        lines.append(without_remarks(_line(state, last)))
    kept, ident = closing
    if silent:
        return True
    lines[-1] = (lines[-1][:2] if last == first else "") + kept
    token = state.push("formula_block", "math", 0)
    text = "\n".join(lines)
    token.content = text + mark if begin else text[2:]
    token.info = ident
    token.map = [first, last + 1]
    token.block = True
    state.line = last + 1
    return True


def _line(state: StateBlock, row: int) -> str:
    return state.src[state.bMarks[row] + state.tShift[row] : state.eMarks[row]]


def _closing(line: str, mark: str) -> tuple[str, str] | None:
    """Return the text before a closing ``mark`` at the end of the line, and the id after it.

    A full stop behind it is a part of the formula.
    """
    at = line.find(mark)
    found = _AFTER.fullmatch(line, at + len(mark)) if at >= 0 else None
    return (line[:at] + (found[1] or ""), found[2] or "") if found else None


def _complain_open(state: StateBlock, first: int, mark: str, silent: bool) -> bool:
    """Report a formula that is not closed: it is no text either."""
    context: ConversionContext = state.env["notes"]
    if not silent:
        opening = Token("", "", 0, map=[first, first + 1], markup=_line(state, first)[:2])
        context.error(context.start(opening), "formula", "the formula is not closed", f"end it with a line {mark}")
        state.line = first + 1
    return True


def equation_ids(block: Token) -> list[str]:
    """The ids that an equation gives itself."""
    return [ident for ident in (*(found.strip() for found in _LABEL.findall(block.content)), block.info) if ident]


def set_formulas(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Formulas become MathML, those with an id get a number, and what refers to them shows it."""
    numbers: dict[str, str] = {}
    for token in tokens:
        if token.type == "formula_block":
            _set_block(token, numbers, context)
        elif token.children and "$" in token.content:
            _set_all_inline(token, context)
    names = {heading.id: heading.text for heading in context.headings}
    names |= {ident: f"({number})" for ident, number in numbers.items()}
    for token in tokens:
        if token.children and ("[](" in token.content or "ref{" in token.content):
            for block in (token, *(child for child in token.children if child.children)):
                _fill_references(block, names, context)
        if token.children and "$" in token.content:
            _join_punctuation(token.children)
    return tokens


def _join_punctuation(children: list[Token]) -> None:
    """Move punctuation directly after a formula into its token, so that no line break separates them."""
    for child, after in pairwise(children):
        if child.type == "formula" and after.type == "text" and (found := _PUNCTUATION.match(after.content)):
            child.meta["after"] = found[0]
            after.content = after.content[found.end() :]


def _set_all_inline(block: Token, context: ConversionContext) -> None:
    for child in block.children or ():
        if child.type == "formula":
            _set_inline(child, block, context)
        for inner in child.children or ():  # of an image: its alternative text
            if inner.type != "formula":
                continue
            inner.meta["text"] = tex_letters(inner.content, context.manner.macros)
            if inner.meta["remark"]:
                _complain_remark(inner, block, context)


def _set_inline(token: Token, block: Token, context: ConversionContext) -> None:
    at = token.meta.get("at", 0)
    if token.meta["remark"]:
        _complain_remark(token, block, context)
    tex = _plain_tex(token.content, block, at + len(token.markup), context)
    if tex.labels or tex.tags:
        message, hint = "only a formula on lines of its own has a number", "write it between lines $$"
        context.error(context.locate(block, at), "formula", message, hint)
    token.content = tex.shown
    token.meta["html"] = _mathml(tex, block, context, display=token.markup == "$$")


def _complain_remark(token: Token, block: Token, context: ConversionContext) -> None:
    message, hint = "% begins a remark, which hides the rest of the formula", r"write \% for the sign"
    context.error(context.locate(block, token.meta.get("at", 0)), "formula", message, hint)


def _set_block(token: Token, numbers: dict[str, str], context: ConversionContext) -> None:
    tex = _plain_tex(token.content, token, 0, context)
    ids = equation_ids(token)
    place = context.start(token)
    if len(ids) > 1 or tex.tags > 1:
        message, hint = "a formula has one number, and so one label", "write formulas of their own for the others"
        context.error(place, "formula", message, hint)
    ident = ids[0] if ids else ""
    if ident and not _ID.fullmatch(ident):
        context.error(place, "wrong-id", f'"{ident}" cannot be an id', "use letters, digits, hyphens and dots")
        ident = ""
    if ident:
        context.equations += not tex.tag
        numbers[ident] = tex.tag or str(context.equations)
    token.meta["html"] = _mathml(tex, token, context, display=True)
    token.meta["number"] = numbers.get(ident, tex.tag)
    token.content = "\n".join(line.rstrip() for line in tex.shown.strip().split("\n"))
    token.info = ident


def _fill_references(block: Token, names: dict[str, str], context: ConversionContext) -> None:
    """Links without words, to an equation or to a heading of this text, get its number or its words."""
    filled: list[Token] = []
    for child in block.children or ():
        before = filled[-1] if filled else None
        if child.type == "link_close" and before is not None and before.type == "link_open":
            target = unquote(str(before.attrs.get("href", "")))
            if not target.startswith("#"):
                place = context.locate(block, before.meta.get("at", 0))
                context.warn(
                    place, "empty-link", f'the link to "{target}" has no words', "write some between the brackets"
                )
            else:
                filled.append(Token("text", "", 0, content=names.get(target[1:], target[1:])))
        elif child.type == "equation_number":
            child = Token("text", "", 0, content=names.get(child.content, child.content))  # noqa: PLW2901
        filled.append(child)
    if block.children:
        block.children = filled


class _Tex:
    """A formula made ready for math-core; offsets in it are those of the source but for what was ``inserted``."""

    def __init__(self, text: str, at: int) -> None:
        self.at = at
        """Offset of the formula in its block."""
        self.labels = 0
        """Number of labels."""
        self.tag = ""
        self.tags = 0
        """Number of tags."""
        self.inserted: list[int] = []
        self.text = text
        self.shown = text
        """The TeX that feed readers show."""

    def source_offset(self, offset: int) -> int:
        """Return the offset in the block of the character at ``offset`` of the formula."""
        return self.at + offset - sum(1 for at in self.inserted if at < offset)


def _plain_tex(source: str, block: Token, at: int, context: ConversionContext) -> _Tex:
    """``source`` without labels and tags; environments that would number by themselves do not."""
    tex = _Tex(source, at)
    if "<!--" in source:
        message, hint = "a comment stands inside a formula, where it would be published", "take it out of the formula"
        context.error(context.locate(block, at + source.index("<!--")), "comment-in-text", message, hint)
    tex.labels = len(_LABEL.findall(tex.text))
    tags = _TAG.findall(tex.text)
    tex.tag, tex.tags = (tags or [""])[0], len(tags)
    for pattern in (_LABEL, _TAG, _UNNUMBERED, _ROW_SPACE):
        tex.text = pattern.sub(_blank, tex.text)
    tex.shown = tex.text
    tex.inserted = [found.end() for found in _NUMBERED.finditer(tex.text)]
    tex.inserted += [found.end() for found in _SPLIT.finditer(tex.text) for _ in "ed"]
    tex.text = _SPLIT.sub("aligned", _NUMBERED.sub(r"\g<0>*", tex.text))
    return tex


def without_remarks(source: str) -> str:
    """TeX ``source`` with spaces for TeX's remarks, which authors write for nobody else."""
    return _REMARK.sub(lambda found: found[1] + " " * len(found[2]), source)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _mathml(tex: _Tex, block: Token, context: ConversionContext, *, display: bool) -> str:
    """MathML of a formula; what is wrong with it is noted at its own line."""
    try:
        return mathml(tex.text, context.manner.macros, display=display)
    except TexError as error:
        place = context.locate(block, tex.source_offset(min(error.offset, len(tex.text.rstrip()))))
        context.error(place, "formula", f"the formula cannot be set: {error.message}", error.hint)
        return ""


def inline_html(token: Token) -> str:
    """A formula in a line, for a page; no line ends between it and the punctuation behind it."""
    after = token.meta.get("after", "")
    return f'<span class="together">{token.meta["html"]}{after}</span>' if after else str(token.meta["html"])


def equation_html(token: Token) -> str:
    """A formula on lines of its own, for a page: it scrolls where it is too wide, and shows its number."""
    number = escape(str(token.meta["number"]))
    if not number:
        return f'<div class="formula" role="group" aria-label="Formula" tabindex="0">{token.meta["html"]}</div>\n'
    ident, shown = escape(token.info), f"({number})"
    link = f'<a class="number" href="#{ident}" aria-label="Equation {number}">{shown}</a>' if ident else shown
    opening = f'<div class="formula numbered" role="group" aria-label="Equation {number}"'
    named = f' id="{ident}"' if ident else ""
    inner = f'<div class="scroll" tabindex="0">{token.meta["html"]}</div>'
    return f"{opening}{named}>{inner}<span>{link}</span></div>\n"


def equation_tex(token: Token) -> str:
    """The same for a feed reader, most of which drop MathML: TeX."""
    tag = f" \\tag{{{token.meta['number']}}}" if token.meta["number"] else ""
    return f"<pre><code>{escape(token.content + tag, quote=False)}</code></pre>\n"
