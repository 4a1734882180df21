"""The parser: markdown-it-py with our rules for containers, comments, positions and nesting.

Rules only make tokens; what tokens mean for the page is decided in ``steps``.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from blog.errors import Place
from blog.markdown.passages import COMMENT, MORE, hide, withhold
from blog.markdown.typography import dashes, quotes_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

    from blog.markdown.notes import Notes

MAX_NESTING = 120
"""40 lists in each other are 80 levels, 99 quotations 99; markdown-it drops what is deeper, so we say so instead."""
CONTAINER = re.compile(r":{3,}[ \t]*\{?\.?([\w-]*)\}?")
_UNSAFE_SCHEME = re.compile(r"\s*(javascript|vbscript|data|file):", re.IGNORECASE)
_POSITIONED = {"link", "image", "autolink", "html_inline"} | {
    f"gfm_autolink_{kind}" for kind in ("www", "protocol", "email")
}
_INTERRUPTS = ["paragraph", "reference", "blockquote", "list"]


@cache
def parser_for(language: str) -> MarkdownIt:
    """The parser for texts in ``language`` (building one costs more than parsing a post)."""
    parser = MarkdownIt(
        "commonmark", {"maxNesting": MAX_NESTING, "typographer": True, "alerts": True, "xhtmlOut": False}
    )
    parser.options["quotes"] = quotes_for(language)
    parser.enable(["table", "strikethrough", "smartquotes"])
    parser.use(gfm_autolink_plugin).use(deflist_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.use(attrs_plugin, allowed=("id", "class", "width", "height"))
    parser.use(tasklists_plugin, label=True)
    parser.validateLink = _is_safe_link  # type: ignore[method-assign]
    parser.block.ruler.before("table", "nesting", _nesting)
    parser.block.ruler.before("fence", "container", _container, {"alt": _INTERRUPTS})
    parser.inline.ruler.before("html_inline", "comment", _comment)
    for name, rule in list(zip(parser.inline.ruler.get_active_rules(), parser.inline.ruler.getRules(""), strict=True)):
        if name in _POSITIONED:
            parser.inline.ruler.at(name, _positioned(rule))
    parser.core.ruler.at("inline", _inline)
    parser.core.ruler.before("smartquotes", "dashes", dashes)
    parser.core.ruler.after("block", "withhold", _withhold)
    return parser


def _is_safe_link(url: str) -> bool:
    return not _UNSAFE_SCHEME.match(url)


def _notes(state: StateBlock | StateInline | StateCore) -> Notes:
    notes: Notes = state.env["notes"]
    return notes


def _nesting(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    if silent or state.level < MAX_NESTING - 8:
        return False
    notes = _notes(state)
    place = Place(notes.origin.path, notes.origin.line + line)
    if not any(problem.code == "nesting" for problem in notes.problems):
        notes.error(place, "nesting", "nested too deeply", "use fewer levels of lists and quotations")
    state.line = state.lineMax
    return True


def _container(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """``::: name`` and ``:::`` become marks; ``steps`` pairs them, so code inside a passage cannot end it."""
    if state.is_code_block(line):
        return False
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    found = CONTAINER.match(text)
    if not found:
        return False
    if silent:
        return True
    mark = state.push("container", "", 0)
    mark.info = found[1].lower()
    mark.content = text.rstrip()
    mark.markup = text[: len(text) - len(text.lstrip(":"))]
    mark.map = [line, line + 1]
    state.line = line + 1
    return True


def _comment(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("<!--", state.pos):
        return False
    found = COMMENT.match(state.src, state.pos)
    notes = _notes(state)
    if not found:
        if not silent:
            notes.error(
                notes.place(notes.block, state.pos), "open-comment", "the comment is not closed", "end it with -->"
            )
        return False
    if not silent:
        hide(found[0], notes)
        state.push("more" if MORE.fullmatch(found[0]) else "comment", "", 0)
    state.pos = found.end()
    return True


def _positioned(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Let ``rule`` note in its tokens where in the inline text it matched."""

    def positioned(state: StateInline, silent: bool) -> bool:
        at, before = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            for token in state.tokens[before:]:
                token.meta.setdefault("at", at)
        return True

    return positioned


def _inline(state: StateCore) -> None:
    notes = _notes(state)
    for token in state.tokens:
        if token.type == "inline":
            notes.block = token
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _withhold(state: StateCore) -> None:
    """Take private passages out before inline text, footnotes and link definitions are looked at."""
    state.tokens = withhold(state, _notes(state))
