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

from markdown_it.token import Token

from blog.markdown.mathml import TexError, mathml

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from blog.markdown.notes import Notes

_ENVIRONMENTS = "equation|align|gather|multline|split|alignat|flalign|eqnarray"
_BEGIN = re.compile(rf"\\begin\{{((?:{_ENVIRONMENTS})\*?)\}}")
_OWN_ID = re.compile(r"[ \t]*\{#([\w.:-]+)\}")
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}")
_UNNUMBERED = re.compile(r"\\(?:nonumber|notag)(?![A-Za-z])")
_NUMBERED = re.compile(r"\\(?:begin|end)\{(?:equation|align|gather|multline)(?=\})")
_SPLIT = re.compile(r"(?<=\\begin\{)split(?=\})|(?<=\\end\{)split(?=\})")
_ROW_SPACE = re.compile(r"(?<=\\\\)(?:\*?[ \t]*\[-?[\d.]+ ?(?:pt|ex|em|mm|cm|in|mu|bp|pc)\]|\*)")
"""Space between rows: math-core would print it."""
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
    if source[inner : inner + 1].isspace() or source[start - 1 : start].isdigit():
        return False
    end = inner
    while (end := source.find(mark, end, state.posMax)) > 0 and _is_escaped(source, end):
        end += 1
    after = source[end + len(mark) : end + len(mark) + 1]
    if end <= inner or source[end - 1].isspace() or after.isdigit() or "`" in source[inner:end]:
        return False
    if not silent:
        token = state.push("formula", "math", 0)
        token.content = source[inner:end]
        token.markup = mark
        token.meta["at"] = start
    state.pos = end + len(mark)
    return True


def _is_escaped(source: str, at: int) -> bool:
    before = source[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def equation_reference(state: StateInline, silent: bool) -> bool:
    r"""``\eqref{id}`` is a link to the equation, shown as its number."""
    found = _REF.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        opening = state.push("link_open", "a", 1)
        opening.attrs = {"href": f"#{found[1]}"}
        state.push("link_close", "a", -1)
    state.pos = found.end()
    return True


def formula_block(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    r"""``$$`` … ``$$`` and ``\begin{align}`` … ``\end{align}`` on lines of their own, with ``{#id}`` behind."""
    if state.is_code_block(first):
        return False
    line = _line(state, first)
    begin = _BEGIN.match(line)
    if not line.startswith("$$") and not begin:
        return False
    mark = rf"\end{{{begin[1]}}}" if begin else "$$"
    lines = [line]
    last = first
    while (closing := _closing(lines[-1][2 if last == first else 0 :], mark)) is None:
        last += 1
        if last >= end or state.sCount[last] < state.blkIndent:
            return not begin and line.rstrip() == "$$" and _complain_open(state, first, last, silent)
        lines.append(_line(state, last))
    kept, ident = closing
    if silent:
        return True
    lines[-1] = (lines[-1][:2] if last == first else "") + kept
    token = state.push("formula_block", "math", 0)
    text = "\n".join(lines)
    token.content = text + mark if begin else text[2:]
    token.meta = {"mark": "" if begin else "$$", "at": 0 if begin else 2}
    token.info = ident
    token.map = [first, last + 1]
    token.block = True
    state.line = last + 1
    return True


def _line(state: StateBlock, row: int) -> str:
    return state.src[state.bMarks[row] + state.tShift[row] : state.eMarks[row]]


def _closing(line: str, mark: str) -> tuple[str, str] | None:
    """What stands before a closing ``mark`` that ends the line, and the id behind it."""
    at = line.find(mark)
    if at < 0:
        return None
    rest = line[at + len(mark) :]
    ident = _OWN_ID.fullmatch(rest.rstrip())
    if not ident and rest.strip():
        return None
    return line[:at], ident[1] if ident else ""


def _complain_open(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Two dollar signs alone on their line that nothing closes are no words either."""
    notes: Notes = state.env["notes"]
    if not silent:
        opening = Token("", "", 0, map=[first, first + 1], markup="$$")
        notes.error(notes.start(opening), "formula", "the formula is not closed", "end it with a line $$")
        state.line = last
    return True


def set_formulas(tokens: list[Token], notes: Notes) -> list[Token]:
    """Formulas become MathML, those with an id get a number, and what refers to them shows it."""
    numbers: dict[str, str] = {}
    for token in tokens:
        if token.type == "formula_block":
            _set_block(token, numbers, notes)
        for child in token.children or () if "$" in token.content else ():
            if child.type == "formula":
                at = child.meta.get("at", 0)
                tex = _plain_tex(child.content, token, at + len(child.markup), notes)
                child.content = tex.shown
                child.meta["html"] = _mathml(tex, token, notes, display=child.markup == "$$")
    for token in tokens:
        if numbers:
            _fill_references(token, numbers)
        for child, after in pairwise(token.children or ()):
            if child.type == "formula" and after.type == "text" and (found := _PUNCTUATION.match(after.content)):
                child.meta["after"] = found[0]
                after.content = after.content[found.end() :]
    return tokens


def _set_block(token: Token, numbers: dict[str, str], notes: Notes) -> None:
    tex = _plain_tex(token.content, token, 0, notes)
    ids = [ident for ident in (*tex.labels, token.info) if ident]
    place = notes.start(token)
    if len(ids) > 1:
        message, hint = "a formula has one number, and so one label", "write formulas of their own for the others"
        notes.error(place, "formula", message, hint)
    ident = ids[0] if ids else ""
    if ident and not _ID.fullmatch(ident):
        notes.error(place, "wrong-id", f'"{ident}" cannot be an id', "use letters, digits, hyphens and dots")
        ident = ""
    if ident:
        notes.take_id(ident, place)
        numbers[ident] = tex.tag or str(1 + sum(number.isdigit() for number in numbers.values()))
    token.meta["html"] = _mathml(tex, token, notes, display=True)
    token.meta["number"] = numbers.get(ident, tex.tag)
    token.content = "\n".join(line.rstrip() for line in tex.shown.strip().split("\n"))
    token.info = ident


def _fill_references(block: Token, numbers: dict[str, str]) -> None:
    """Links without words to an equation get its number."""
    if not block.children:
        return
    filled: list[Token] = []
    for child in block.children:
        before = filled[-1] if filled else None
        if child.type == "link_close" and before is not None and before.type == "link_open":
            target = str(before.attrs.get("href", "")).removeprefix("#")
            words = f"({numbers[target]})" if target in numbers else target
            filled.append(Token("text", "", 0, content=words))
        filled.append(child)
    block.children = filled


class _Tex:
    """A formula made ready for math-core; offsets in it are those of the source but for what was ``inserted``."""

    def __init__(self, text: str, at: int) -> None:
        self.at = at
        """Where it begins in its block."""
        self.labels: list[str] = []
        self.tag = ""
        self.inserted: list[int] = []
        self.text = text
        self.shown = text
        """As feed readers get it."""

    def source_offset(self, offset: int) -> int:
        """Where the character at ``offset`` stands in the block."""
        return self.at + offset - sum(1 for at in self.inserted if at < offset)


def _plain_tex(source: str, block: Token, at: int, notes: Notes) -> _Tex:
    """``source`` without remarks, labels and tags; environments that would number by themselves do not."""
    tex = _Tex(_COMMENT.sub(_blank, source), at)
    if "<!--" in source:
        message, hint = "a comment stands inside a formula, where it would be published", "take it out of the formula"
        notes.error(notes.place(block, at + source.index("<!--")), "comment-in-text", message, hint)
    tex.labels = [found[1].strip() for found in _LABEL.finditer(tex.text)]
    tex.tag = next((found[1] for found in _TAG.finditer(tex.text)), "")
    for pattern in (_LABEL, _TAG, _UNNUMBERED, _ROW_SPACE):
        tex.text = pattern.sub(_blank, tex.text)
    tex.shown = tex.text
    tex.inserted = [found.end() for found in _NUMBERED.finditer(tex.text)]
    tex.text = _SPLIT.sub("aligned", _NUMBERED.sub(r"\g<0>*", tex.text))
    return tex


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _mathml(tex: _Tex, block: Token, notes: Notes, *, display: bool) -> str:
    """MathML of a formula; what is wrong with it is noted at its own line."""
    try:
        return mathml(tex.text, notes.manner.macros, display=display)
    except TexError as error:
        place = notes.place(block, tex.source_offset(min(error.offset, len(tex.text.rstrip()))))
        notes.error(place, "formula", f"the formula cannot be set: {error.message}", error.hint)
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
