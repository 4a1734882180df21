"""Marks that open something and that nothing closes: a formula, a code block, bold words, inline code.

CommonMark has no errors: what is not closed is shown as text, or makes the rest of the text code.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.markdown.code_files import code_file
from blog.markdown.leftovers import without_code
from blog.markdown.summary import children_of
from blog.markdown.tex_errors import COMMANDS

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext
    from blog.problems import Location

_RUN = r"[^\s$`\\^]{0,20}"
_SIGN = r"(?:\\(?P<command>[A-Za-z]{1,30})|(?<=[\w)}\]])\^[\w{\\(*+-]|(?<=[\w)}\]])_\{)"
_OPENING = re.compile(
    rf"(?<![\\$\w])(?P<mark>\$\$?)(?:(?<=\$\$) |(?<!\$\$))(?![\d$]|[A-Z_]{{2}})"
    rf"{_RUN}(?: ?[=<>+|-] ?{_RUN}){{0,3}}{_SIGN}"
    r"|(?<![\\$\w])(?P<block>\$\$) ?[A-Za-z(|][\w'()|,]{0,3} ?= ?[\w(\\]"
)
"""Matches a dollar sign before text that clearly is TeX: no price, and no variable of a shell."""
_INNER = re.compile(r" {0,3}(?P<mark>`{3,}+|~{3,}+)[ \t]*+[^\s`]")
_PROSE = re.compile(
    r"^(?:#{2,6} \S|\S*[A-Z\"“(*][^={}<>\\|;\[\]]{0,60} [^={}<>\\|;\[\]\s]{1,40} [^={}<>\\|;\[\]\n]{1,400}[.!?:,]$)",
    re.MULTILINE,
)
"""Matches a heading, or a line of words with the punctuation of a sentence."""
_BOLD = re.compile(r"(?:(?<=\A)|(?<=[\s(“\"—]))\*\*(?P<words>[^\W\d_][\w'’ -]{0,60})")
_VARIABLE = re.compile(r"(?:kw|kwargs|kwds|args|opts|options|params|config|d|dict|data|n|k|\w*_\w*)(?:$|[ '’-])")
"""Matches a variable behind ``**``, which Python unpacks."""
_TICK = re.compile(r"(?<![\\`\w])`(?P<words>[\w.(-][\w.()/=-]{0,30})")
_NOTE = re.compile(r"(?<=[\w.,)”]) ?\[\^(?P<label>\w{1,20})(?=[\s.,;)]|\Z)(?![^\]\n]{0,300}\])")


def report_unclosed(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Report what is opened and not closed; the tokens stay as they are."""
    for token in tokens:
        if token.meta.get("output"):
            continue
        if token.type == "fence":
            _check_fence(token, context)
        elif token.type == "inline" and token.children:
            _check_inline(token, context)
    return tokens


def _check_inline(block: Token, context: ConversionContext) -> None:
    """Report what is not closed in the text that readers see."""
    visible_text = "\n".join(child.content for child in children_of(block, "text"))
    if "$" in visible_text:
        _check_dollars(block, context)
    if "**" in visible_text and (bold := _BOLD.search(visible_text)) and not _VARIABLE.match(bold["words"]):
        message, hint = "** opens bold words that nothing closes", f"write **{bold['words'].strip()}**, or \\*\\*"
        _advise(bold[0], message, hint, block, context)
    if visible_text.count("`") == 1 and (tick := _TICK.search(visible_text)) and not _is_quotation(visible_text):
        message, hint = "` opens code that nothing closes", f"write `{tick['words']}`, or \\`"
        _advise(tick[0], message, hint, block, context)
    if "[^" in visible_text and (note := _NOTE.search(visible_text)):
        mark = f"[^{note['label']}"
        _advise(mark, f"the footnote reference {mark} has no ]", f"write {mark}]", block, context)


def _is_quotation(text: str) -> bool:
    """Return whether a backtick is a quotation mark of TeX: `word'."""
    after = text[text.index("`") :]
    return "'" in after or "’" in after


def _advise(mark: str, message: str, hint: str, block: Token, context: ConversionContext) -> None:
    """Report the first ``mark`` of a block that no backslash escapes."""
    match = re.search(rf"(?<!\\){re.escape(mark)}", without_code(block))
    if match:
        context.advise(context.locate(block, match.start()), "not-closed", message, hint)


def _check_dollars(block: Token, context: ConversionContext) -> None:
    """Report a dollar sign that opens a formula which nothing closes."""
    formulas = {child.meta["at"] for child in children_of(block, "formula")}
    for opening in _OPENING.finditer(without_code(block)):
        command = opening["command"]
        is_tex = not command or command in COMMANDS or command in dict(context.manner.macros)
        if is_tex and opening.start() not in formulas:
            mark = opening["mark"] or opening["block"]
            message = f"a {mark} opens a formula that nothing closes"
            hint = "close it, or write " + mark.replace("$", r"\$")
            context.warn(context.locate(block, opening.start()), "formula", message, hint)


def _check_fence(fence: Token, context: ConversionContext) -> None:
    """Report a code block that is not closed, or only by the mark of the next one, if words are in it."""
    if fence.map is None or "kernel" in fence.meta or code_file(fence.info):
        return
    message = ""
    inner = _find_inner_fence(fence)
    if inner is not None:
        next_start = context.locate_row(fence.map[0] + 1 + inner)
        message = f"the code block is not closed: the next one begins in {next_start.line_name}"
    elif _has_words(fence.content) and not _is_closed(context.lines[fence.map[1] - 1], fence.markup):
        end = "the text" if fence.level == 0 else "the list or quotation"
        message = f"the code block is not closed: it runs to the end of {end}"
    location = context.start(fence)
    if message and not _has_open_code(location, context):
        context.warn(location, "open-code", message, f"end it with a line {fence.markup}")


def _has_open_code(location: Location, context: ConversionContext) -> bool:
    """Return whether the code block at ``location`` is reported already."""
    problems = (problem for problem in context.problems if problem.code == "open-code")
    return any(problem.location.row == location.row for problem in problems)


def _find_inner_fence(fence: Token) -> int | None:
    """Return the first line, from 0, that would open a code block, were ``fence`` closed; None if there is none."""
    mark = fence.markup
    if mark not in fence.content:
        return None
    for index, line in enumerate(fence.content.split("\n")):
        match = _INNER.match(line)
        if match and match["mark"].startswith(mark):
            return index
    return None


def _is_closed(last_line: str, mark: str) -> bool:
    """Return whether the last line of a code block closes it."""
    last_mark = last_line.strip("> \t")
    return last_mark.startswith(mark) and not last_mark.strip(mark[0])


def _has_words(code: str) -> bool:
    """Return whether text that is plainly no code follows an empty line."""
    _, empty_line, rest = code.partition("\n\n")
    return bool(empty_line) and _PROSE.search(rest) is not None
