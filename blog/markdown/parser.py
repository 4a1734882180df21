"""The parser: markdown-it-py with our rules for containers, comments, positions and nesting.

Rules only make tokens; what tokens mean for the page is decided in ``steps``.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from blog.markdown import raw_html
from blog.markdown.bare_links import beside_wide_signs
from blog.markdown.comment_text import COMMENT, MORE, comments_end, without_comments
from blog.markdown.directives.marks import parse_mark_name
from blog.markdown.directives.private import remove_passages
from blog.markdown.formula_rules import equation_reference, formula, formula_block, tex_brackets
from blog.markdown.hidden_text import NO_COMMENT, record_bogus_comment, record_comment
from blog.markdown.inline_notes import inline_note, written_notes
from blog.markdown.inline_parser import Inline
from blog.markdown.link_labels import create_helpers
from blog.markdown.typography import dashes, quotation_marks, quotes_for, spare_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext

WRONG_SIZE = "wrong-"
"""Prefix of an attribute whose size is invalid: it is in no list of attributes, so it is not rendered."""
MAX_NESTING = 120
"""40 lists in each other are 80 levels, 99 quotations 99; markdown-it drops what is deeper, so we say so instead."""
_MISSING_NOTE = re.compile(r"\[\^[^\]\s]{1,100}\]")
_REMARKS = {"//", "#", "COMMENT"}
"""Labels by which authors write remarks as definitions: ``[//]: # (remark)``."""
_BRACES = re.compile(r"\{[^}]{0,1000}\}")
_QUOTED = re.compile(r"\"[^\"]*\"")
_SIZE = re.compile(
    r"(?<![\w:-])(?P<side>width|height)[ ]{0,3}=[ ]{0,3}(?:\"(?P<quoted>[^\"\\]{0,40})\"|(?P<bare>[^\s}\"\\]{1,40}))"
)
_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,9})?)(px|%)?")
_UNSAFE_SCHEME = re.compile(r"\s*(javascript|vbscript|data|file):", re.IGNORECASE)
_PICTURE = re.compile("data:image/(?:png|jpe?g|gif|webp|svg\\+xml);base64,", re.IGNORECASE)
_BOGUS = re.compile(r"<(![A-Za-z]|!\[CDATA\[|\?)")
_CLOSING = {"?": "?>", "![CDATA[": "]]>"}
"""Start of a raw HTML construct → its end in Markdown."""
_INTERRUPTS = ["paragraph", "reference", "blockquote", "list"]


@cache
def parser_for(language: str, *, pictures: bool = False) -> MarkdownIt:
    """The parser for texts in ``language`` (building one costs more than parsing a post).

    Where addresses may be ``pictures``, files are made of these.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING, "typographer": True, "alerts": True})
    parser.options["quotes"] = quotes_for(language)
    parser.enable(["table", "strikethrough", "smartquotes"])
    parser.use(gfm_autolink_plugin).use(deflist_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.use(attrs_plugin, allowed=("id", "class", "width", "height"))
    parser.validateLink = _is_safe_link_or_picture if pictures else _is_safe_link  # type: ignore[method-assign]
    parser.helpers = create_helpers()  # type: ignore[assignment]
    parser.block.ruler.before("table", "nesting", _nesting)
    parser.block.ruler.before("fence", "container", _container, {"alt": _INTERRUPTS})
    parser.block.ruler.before("fence", "formula_block", formula_block, {"alt": _INTERRUPTS})
    parser.inline.ruler.before("escape", "equation_reference", equation_reference)
    parser.inline.ruler.before("escape", "tex_brackets", tex_brackets)
    parser.inline.ruler.before("backticks", "formula", formula)
    parser.inline.ruler.before("html_inline", "comment", _comment)
    parser.inline.ruler.before("html_inline", "bogus_comment", _bogus_comment)
    parser.inline.ruler.after("footnote_ref", "missing_note", _missing_note)
    parser.inline.ruler.before("footnote_ref", "inline_note", inline_note)
    for name, rule in list(zip(parser.inline.ruler.get_active_rules(), parser.inline.ruler.getRules(""), strict=True)):
        if name == "attr":
            parser.inline.ruler.at(name, _without_remarks(rule))
        elif name.startswith("gfm_autolink"):
            parser.inline.ruler.at(name, beside_wide_signs(rule))
    parser.inline = Inline(parser.inline)
    parser.core.ruler.at("inline", _inline)
    parser.core.ruler.before("smartquotes", "spare_code", spare_code)
    parser.core.ruler.before("smartquotes", "dashes", dashes)
    parser.core.ruler.at("smartquotes", quotation_marks)
    parser.core.ruler.after("block", "withhold", _withhold)
    return parser


def _is_safe_link(url: str) -> bool:
    return not _UNSAFE_SCHEME.match(url)


def _is_safe_link_or_picture(url: str) -> bool:
    return _is_safe_link(url) or _PICTURE.match(url) is not None


def _context(state: StateBlock | StateInline | StateCore) -> ConversionContext:
    context: ConversionContext = state.env["notes"]
    return context


def _nesting(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    if silent or state.level < MAX_NESTING - 8:
        return False
    context = _context(state)
    place = context.start(Token("", "", 0, map=[line, line + 1]))
    context.error_once(place, "nesting", "nested too deeply", "use fewer levels of lists and quotations")
    state.line = state.lineMax
    return True


def _container(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """``::: name`` and ``:::`` become marks; ``marks`` pairs them, so code inside a passage cannot end it."""
    if state.is_code_block(line):
        return False
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    if not text.startswith(":::"):
        return False
    if silent:
        return True
    mark = state.push("container", "", 0)
    mark.content = without_comments(text).rstrip()
    mark.info = parse_mark_name(mark.content) or ""
    mark.markup = text[: len(text) - len(text.lstrip(":"))]
    mark.map = [line, line + 1]
    state.line = line + 1
    return True


_comments_end = lru_cache(maxsize=8)(comments_end)
"""Asked for at each comment of a text."""


def _comment(state: StateInline, silent: bool) -> bool:
    if not state.src.startswith("<!--", state.pos):
        return False
    found = COMMENT.match(state.src, state.pos) if state.pos < _comments_end(state.src) else None
    context = _context(state)
    if silent or context.block is None:
        state.pos = found.end() if found else state.pos
        return found is not None
    start = _offset(state, context)
    if not found:
        context.error_once(
            context.locate(context.block, start), "open-comment", "the comment is not closed", "end it with -->"
        )
        return False
    record_comment(found[0], start, context, context.block)
    state.push("more" if MORE.fullmatch(found[0]) else "comment", "", 0).meta["hidden"] = found[0]
    state.pos = found.end()
    return True


def _bogus_comment(state: StateInline, silent: bool) -> bool:
    """Take what browsers take for a comment: a declaration, an instruction, a CDATA section.

    Where Markdown does not take it for HTML its words would be shown.
    """
    if not state.src.startswith(("<!", "<?"), state.pos) or state.src.startswith("<!--", state.pos):
        return False
    context, opening = _context(state), _BOGUS.match(state.src, state.pos)
    is_html = opening is not None and _last(state.src, _CLOSING.get(opening[1], ">")) > state.pos
    found = raw_html.bogus_comment(state.src, state.pos) if is_html else None
    if not silent and context.block is not None and (found or not context.has_said("bogus-comment")):
        start = _offset(state, context)
        if found:
            unclear = state.src.startswith("<![", state.pos) and _last(state.src, "</svg", "</math") >= 0
            record_bogus_comment(
                found._replace(is_clear=found.is_clear and not unclear), state.src, start, context, context.block
            )
            state.push("comment", "", 0).meta["hidden"] = state.src[found.start : found.end]
        elif _is_slip(state, context):
            context.error_once(context.locate(context.block, start), "bogus-comment", *NO_COMMENT)
    if found:
        state.pos = found.end
    return found is not None


@lru_cache(maxsize=16)
def _last(source: str, *signs: str) -> int:
    """Return where one of the ``signs`` stands last in ``source``, or -1: thousands of openings ask for it."""
    return max(source.rfind(sign) for sign in signs)


def _is_slip(state: StateInline, context: ConversionContext) -> bool:
    """Tell whether a sign that begins no HTML is probably a mistyped comment: it ends here, or in a later block."""
    behind = state.src[state.pos + 2 : state.pos + 3]
    if not behind or behind in "=>":
        return False
    if _last(state.src, ">") > state.pos:
        return True
    row = context.block.map[0] if context.block is not None and context.block.map else 0
    return state.src[state.pos + 1] == "!" and row <= context.last_row_with("-->")


def _offset(state: StateInline, context: ConversionContext) -> int:
    """Return where ``state`` stands in its block: in alternative text a rule sees that text alone."""
    text = context.block.content if context.block is not None else ""
    return state.pos if state.src is text else _inner_offset(text, state.src) + state.pos


@lru_cache(maxsize=8)
def _inner_offset(text: str, inner: str) -> int:
    """Return the offset of an alternative text in its block; cached, as each comment in it needs this."""
    return max(text.find(inner), 0)


def _missing_note(state: StateInline, silent: bool) -> bool:
    """Report a reference to a missing footnote; it stays in the text."""
    found = _MISSING_NOTE.match(state.src, state.pos)
    if found and not silent:
        context = _context(state)
        message, hint = f"there is no footnote {found[0]}", f"add a line {found[0]}: …"
        context.warn(context.locate(context.block, state.pos), "missing-footnote", message, hint)
    return False


def _without_remarks(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Leave alone what has a ``%``: for the plugin it begins a remark, whose words would be dropped.

    The plugin gets the braces alone: it would copy all the text behind them. Sizes in pixels and percent are written
    as HTML and themes have them.
    """

    def cautious(state: StateInline, silent: bool) -> bool:
        found = None if state.pending else _BRACES.match(state.src, state.pos)
        braces = _SIZE.sub(_plain_size, found[0]) if found else ""
        if not found or "%" in _QUOTED.sub("", braces):
            return False
        source, state.src, state.pos = state.src, braces, 0
        read = rule(state, silent)
        state.src, state.pos = source, found.end() if read else found.start()
        return read

    return cautious


def _plain_size(found: re.Match[str]) -> str:
    """A size as attribute or class: ``300px`` is ``300``, and half the width of the text the class ``w-50``.

    Of any other unit, and of a part of a height that nobody knows, browsers would make as many pixels: it is left out.
    """
    side, written = found["side"], (found["quoted"] or found["bare"] or "").strip()
    length = _LENGTH.fullmatch(written)
    if length is None or (side == "height" and length[2] == "%"):
        return f'{WRONG_SIZE}{side}="{written}"'
    number = float(length[1])
    return f".w-{min(max(round(number / 5) * 5, 5), 100)}" if length[2] == "%" else f'{side}="{round(number)}"'


def _inline(state: StateCore) -> None:
    context = _context(state)
    _find_cells(state.tokens, context)
    inner: list[tuple[str, Token]] = []
    state.env["inline_notes"] = inner
    for token in state.tokens:
        if token.type == "inline":
            context.block = token
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)
    state.tokens += written_notes(inner)
    if not state.env.get("joined"):
        check_definitions(state)


def check_definitions(state: StateCore) -> None:
    """Report link definitions that nothing uses, and those that repeat one."""
    context = _context(state)
    definitions = state.env["references"]
    for label in definitions.keys() - definitions.used - _REMARKS:
        row = definitions[label]["map"][0]
        place = context.start(Token("", "", 0, map=[row, row + 1], markup="["))
        message = "a link definition that nothing uses is not shown"
        context.warn(place, "unused-definition", message, "write the text in another way, or take the line out")
    for definition in state.env.get("duplicate_refs", ()):
        row = definition["map"][0]
        place = context.start(Token("", "", 0, map=[row, row + 1], markup="["))
        context.warn(place, "same-definition", "this link is defined twice: the first definition counts", "keep one")


class Definitions(dict[str, Any]):
    """The link definitions of a text, and which of them are used."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()
        self.elsewhere: Mapping[str, Definitions] = {}
        """The first text of several that has a label."""

    def get(self, label: str, default: Any = None) -> Any:
        """Look up a definition, as markdown-it does for each reference. That of the same text comes first."""
        owner = self if label in self else self.elsewhere.get(label, self)
        owner.used.add(label)
        return dict.get(owner, label, default)


def read_blocks(text: str, context: ConversionContext, *, pictures: bool = False) -> StateCore:
    """Read the blocks, link definitions and footnotes of one text of several."""
    parser = parser_for(context.manner.language, pictures=pictures)
    state = StateCore(text, parser, {"notes": context, "references": Definitions(), "joined": True})
    rules = parser.core.ruler.getRules("")
    for rule in rules[: rules.index(_inline)]:
        rule(state)
    return state


def join_definitions(states: Sequence[StateCore]) -> None:
    """Make the link definitions and footnotes of each text available in all of them."""
    definitions: dict[str, Definitions] = {}
    footnotes: dict[str, int] = {}
    for state in states:
        for label in state.env["references"]:
            definitions.setdefault(label, state.env["references"])
        footnotes |= dict.fromkeys(state.env.get("footnotes", {}).get("refs", ()), -1)
    shared = {"refs": footnotes} if footnotes else {}
    for state in states:
        state.env["references"].elsewhere = definitions
        state.env["footnotes"] = shared  # one for all: a copy for each would grow with the square


def read_inline(state: StateCore) -> list[Token]:
    """Read the inline text of what :func:`read_blocks` gave."""
    rules = state.md.core.ruler.getRules("")
    for rule in rules[rules.index(_inline) :]:
        rule(state)
    return state.tokens


def _find_cells(tokens: list[Token], context: ConversionContext) -> None:
    """Record the column of each table cell: a search would find equal cells of a row all at the first one."""
    after: tuple[int, int] = (-1, 0)
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type in {"th_open", "td_open"} and token.map:
            row = token.map[0]
            written = token.content.replace("|", r"\|")
            start = context.lines[row].find(written, after[1] if after[0] == row else 0)
            if start >= 0:
                token.meta["column"] = start
                after = (row, start + len(written) + 1)


def _withhold(state: StateCore) -> None:
    """Remove private passages before inline text is parsed."""
    state.tokens = remove_passages(state, _context(state))
