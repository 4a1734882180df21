r"""The syntax of formulas: markdown-it rules that turn ``$…$``, ``$$…$$`` and environments of TeX into tokens.

:mod:`blog.markdown.formulas` converts the tokens. Rules: <https://markdown-it-py.readthedocs.io/en/latest/architecture.html>.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.cross_references import push_reference

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

_ENVIRONMENTS = "equation|align|gather|multline|split|alignat|flalign|eqnarray"
_BEGIN = re.compile(rf"\\begin\{{((?:{_ENVIRONMENTS})\*?)\}}")
_AFTER = re.compile(r"([.,;])?+[ \t]*+(?:\{#([\w.:-]++)\})?+[ \t]*+")
"""Matches the text after a closing mark: punctuation and an id."""
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)(%[^\n]*)")
r"""Matches a comment of TeX. A row end ``\\`` may precede it."""
_SHELL = re.compile(r"[A-Z]{2}[A-Z0-9_]*+[/:.,;-]+")
"""Matches the text between two shell variables, ``$HOME/$USER``, and no formula such as ``W_0`` or ``KL``."""
_CODE_OR_COMMENT = re.compile("`|<!--")
_BRACKETED = re.compile(r"\\\((?:(?!\\\)).){1,300}\\\)|\\\[(?:(?!\\\]).){1,300}\\\]", re.DOTALL)
_TEX = re.compile(r"[\\^_=]")
_REF = re.compile(r"\\(?:eq)?ref\{([\w.:-]+)\}")


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
    if not tex.strip() or _CODE_OR_COMMENT.search(tex):
        return False
    if mark == "$" and (_SHELL.fullmatch(tex) or _is_price(tex, source[start - 1 : start] + source[end : end + 1])):
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
        push_reference(state, match[1], state.pos)
    state.pos = match.end()
    return True


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


def without_remarks(source: str) -> str:
    """Return TeX ``source`` with spaces in the place of its comments, which authors write for themselves."""
    return _COMMENT.sub(lambda match: match[1] + " " * len(match[2]), source)
