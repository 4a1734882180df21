"""The parser: markdown-it-py with our rules for containers, comments, positions and nesting.

Rules only make tokens; ``steps`` decides how the page renders them.
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

from blog.config.settings import WIKILINKS
from blog.markdown import raw_html
from blog.markdown.captions import ends_table
from blog.markdown.citations_syntax import citation, citation_group
from blog.markdown.comment_spans import COMMENT, MORE, blank, comments_end, without_comments
from blog.markdown.context import MissingNote
from blog.markdown.cross_references import cross_reference
from blog.markdown.directive_marks import parse_mark
from blog.markdown.directives.private import remove_passages
from blog.markdown.formula_rules import equation_reference, formula, formula_block, tex_brackets
from blog.markdown.hidden_references import IN_ATTRIBUTE, NO_COMMENT, record_bogus_comment, record_comment
from blog.markdown.inline_marks import add_inline_marks
from blog.markdown.inline_notes import inline_note, written_notes
from blog.markdown.patches import apply_patches, offset_in_block
from blog.markdown.percent_comments import MARK, add_percent_comments
from blog.markdown.typography import dashes, quotes_for, spare_code
from blog.markdown.wikilinks import add_wikilinks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

    from blog.markdown.context import ConversionContext
    from blog.problems import Location

MAX_NESTING = 120
"""40 nested lists are 80 levels, 99 quotations 99; markdown-it drops deeper blocks silently, so they are reported."""
_MISSING_NOTE = re.compile(r"\[\^[^\]\s]{1,100}\]")
_LINE_REST = re.compile(r"[^\w\n]*+\w")
"""Matches the rest of a line that has words."""
_DEFINED_LABEL = re.compile(r"\[[^\[\]\n]{1,300}\](?=:)")
_COMMENT_LABELS = {"//", "#", "COMMENT"}
"""Labels with which authors write comments as link definitions: ``[//]: # (comment)``."""
_UNSAFE_SCHEME = re.compile(r"\s*(javascript|vbscript|data|file):", re.IGNORECASE)
_IMAGE_URL = re.compile("data:image/(?:png|jpe?g|gif|webp|svg\\+xml);base64,", re.IGNORECASE)
_BOGUS_OPENING = re.compile(r"<(![A-Za-z]|!\[CDATA\[|\?)")
_CLOSING = {"?": "?>", "![CDATA[": "]]>"}
"""Start of a raw HTML construct → its end in Markdown."""
_INTERRUPTS = ["paragraph", "reference", "blockquote", "list"]


@cache
def parser_for(language: str, extensions: tuple[str, ...] = (), *, pictures: bool = False) -> MarkdownIt:
    """Return the parser for texts in ``language`` (building one costs more than parsing a post).

    ``extensions``: see :attr:`blog.markdown.MarkdownOptions.extensions`. With ``pictures`` it accepts ``data:`` URLs of
    images, which become files.
    """
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING, "typographer": True, "alerts": True})
    parser.options["quotes"] = quotes_for(language)
    parser.enable(["table", "strikethrough", "smartquotes"])
    parser.use(gfm_autolink_plugin).use(deflist_plugin)
    parser.use(footnote_plugin, inline=False, move_to_end=False)
    parser.use(attrs_plugin, allowed=("id", "class", "width", "height"))
    parser.validateLink = _is_safe_link_or_picture if pictures else _is_safe_link  # type: ignore[method-assign]
    parser.block.ruler.before("table", "nesting", _nesting)
    parser.block.ruler.before("fence", "table_caption", ends_table, {"alt": ["blockquote"]})
    parser.block.ruler.before("fence", "container", _container, {"alt": _INTERRUPTS})
    parser.block.ruler.before("fence", "formula_block", formula_block, {"alt": _INTERRUPTS})
    parser.inline.ruler.before("escape", "equation_reference", equation_reference)
    parser.inline.ruler.before("escape", "cross_reference", cross_reference)
    parser.inline.ruler.before("escape", "tex_brackets", tex_brackets)
    parser.inline.ruler.before("backticks", "formula", formula)
    parser.inline.ruler.before("html_inline", "comment", _comment)
    parser.inline.ruler.before("html_inline", "bogus_comment", _bogus_comment)
    parser.inline.ruler.after("footnote_ref", "missing_note", _missing_note)
    parser.inline.ruler.before("link", "citation_group", citation_group)
    parser.inline.ruler.before("gfm_autolink_email", "citation", citation)
    parser.inline.ruler.before("footnote_ref", "inline_note", inline_note)
    parser.core.ruler.at("inline", _inline)
    parser.core.ruler.before("smartquotes", "spare_code", spare_code)
    parser.core.ruler.before("smartquotes", "dashes", dashes)
    parser.core.ruler.after("block", "withhold", _withhold)
    add_inline_marks(parser, extensions)
    add_wikilinks(parser, extensions)
    if WIKILINKS in extensions:
        add_percent_comments(parser, _INTERRUPTS)
    apply_patches(parser)
    return parser


def _is_safe_link(url: str) -> bool:
    return not _UNSAFE_SCHEME.match(url)


def _is_safe_link_or_picture(url: str) -> bool:
    return _is_safe_link(url) or _IMAGE_URL.match(url) is not None


def _context(state: StateBlock | StateInline | StateCore) -> ConversionContext:
    context: ConversionContext = state.env["notes"]
    return context


def _nesting(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """Report a block that is nested too deeply, and skip the rest of the text."""
    if silent or state.level < MAX_NESTING - 8:
        return False
    context = _context(state)
    place = context.start(Token("", "", 0, map=[line, line + 1]))
    context.error_once(place, "nesting", "nested too deeply", "use fewer levels of lists and quotations")
    state.line = state.lineMax
    return True


def _container(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """Make marks of ``::: name`` and ``:::``; they are paired later, so code inside a passage cannot end it."""
    if state.is_code_block(line):
        return False
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    if not text.startswith(":::"):
        return False
    if silent:
        return True
    context = _context(state)
    if MARK in text and WIKILINKS in context.manner.extensions:
        context.error(context.locate_row(line), "comment-in-text", *IN_ATTRIBUTE)
    mark = state.push("container", "", 0)
    mark.content = without_comments(text).rstrip()
    mark.meta["mark"] = parse_mark(without_comments(text, blank).rstrip())
    mark.info = mark.meta["mark"].name
    mark.markup = text[: len(text) - len(text.lstrip(":"))]
    mark.map = [line, line + 1]
    state.line = line + 1
    return True


_comments_end = lru_cache(maxsize=8)(comments_end)
"""Cached, as the rule needs this at each comment of a text."""


def _comment(state: StateInline, silent: bool) -> bool:
    """Hide a comment; report one that is not closed."""
    if not state.src.startswith("<!--", state.pos):
        return False
    match = None
    if state.pos < _comments_end(state.src):
        match = COMMENT.match(state.src, state.pos)
    context = _context(state)
    if not silent and context.block is not None:
        start = offset_in_block(state, context.block)
        if match is None:
            location = context.locate(context.block, start)
            context.error_once(location, "open-comment", "the comment is not closed", "end it with -->")
        else:
            record_comment(match[0], start, context, context.block)
            kind = "more" if MORE.fullmatch(match[0]) else "comment"
            state.push(kind, "", 0).meta["content"] = match[0]
    if match is None:
        return False
    state.pos = match.end()
    return True


def _bogus_comment(state: StateInline, silent: bool) -> bool:
    """Hide a construct that browsers parse as a comment: a declaration, an instruction, a CDATA section.

    Where Markdown does not parse it as HTML, the words in it would be published.
    """
    if not state.src.startswith(("<!", "<?"), state.pos) or state.src.startswith("<!--", state.pos):
        return False
    comment = _match_bogus_comment(state)
    context = _context(state)
    if not silent and context.block is not None:
        if comment is None:
            _check_mistyped_comment(state, context, context.block)
        else:
            _hide_bogus_comment(state, comment, context, context.block)
    if comment is None:
        return False
    state.pos = comment.end
    return True


def _match_bogus_comment(state: StateInline) -> raw_html.Bogus | None:
    """Return the bogus comment at the position of ``state``, if Markdown parses it as HTML."""
    opening = _BOGUS_OPENING.match(state.src, state.pos)
    if opening is None:
        return None
    closing = _CLOSING.get(opening[1], ">")
    if _last_index(state.src, closing) <= state.pos:
        return None
    return raw_html.bogus_comment(state.src, state.pos)


def _hide_bogus_comment(state: StateInline, comment: raw_html.Bogus, context: ConversionContext, block: Token) -> None:
    """Add the token of a bogus comment; inside SVG and MathML a CDATA section is no comment but text."""
    if state.src.startswith("<![", state.pos) and _last_index(state.src, "</svg", "</math") >= 0:
        comment = comment._replace(is_clear=False)
    record_bogus_comment(comment, state.src, offset_in_block(state, block), context, block)
    state.push("comment", "", 0).meta["content"] = state.src[comment.start : comment.end]


@lru_cache(maxsize=16)
def _last_index(source: str, *texts: str) -> int:
    """Return the last index of one of the ``texts`` in ``source``, or -1; cached, as each opening needs this."""
    return max(map(source.rfind, texts))


def _check_mistyped_comment(state: StateInline, context: ConversionContext, block: Token) -> None:
    """Report the first ``<!`` or ``<?`` of a block that begins no HTML and is probably meant as a comment."""
    if not context.has_said("bogus-comment") and _is_mistyped_comment(state, context, block):
        context.error_once(context.locate(block, offset_in_block(state, block)), "bogus-comment", *NO_COMMENT)


def _is_mistyped_comment(state: StateInline, context: ConversionContext, block: Token) -> bool:
    """Return whether ``<!`` or ``<?`` outside of HTML probably begins a comment: it ends here, or in a later block."""
    next_character = state.src[state.pos + 2 : state.pos + 3]
    if next_character in {"", "=", ">"}:
        return False
    if _last_index(state.src, ">") > state.pos:
        return True
    if state.src[state.pos + 1] != "!":
        return False
    row = block.map[0] if block.map else 0
    return row <= context.last_row_with("-->")


def _missing_note(state: StateInline, silent: bool) -> bool:
    """Record a reference to a missing footnote; it stays in the text."""
    if silent:
        return False
    match = _MISSING_NOTE.match(state.src, state.pos)
    context = _context(state)
    if match is not None and context.block is not None:
        rest = _LINE_REST.match(state.src, match.end())
        begins_block = state.src is context.block.content and state.src.startswith("[^")
        is_at_line_start = state.pos == 0 or state.src[state.pos - 1] == "\n"
        may_define = begins_block and is_at_line_start and rest is not None
        location = context.locate(context.block, offset_in_block(state, context.block))
        context.missing_notes.append(MissingNote(match[0][2:-1], location, context.block, may_define))
    return False


def _inline(state: StateCore) -> None:
    """Parse the inline text of all blocks, and add the footnotes in it."""
    context = _context(state)
    _set_cell_columns(state.tokens, context)
    inline_notes: list[tuple[str, Token]] = []
    state.env["inline_notes"] = inline_notes
    for token in state.tokens:
        if token.type == "inline":
            context.block = token
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)
    state.tokens += written_notes(inline_notes)
    if not state.env.get("joined"):
        check_definitions(state)


def check_definitions(state: StateCore) -> None:
    """Report link definitions that nothing uses, and those that repeat one."""
    context = _context(state)
    definitions = state.env["references"]
    for label in definitions.keys() - definitions.used - _COMMENT_LABELS:
        location = _locate_definition(definitions[label], context)
        name = _name_definition(definitions[label], context)
        message = f"nothing uses {name}: the line is not shown"
        context.warn(location, "unused-definition", message, f"delete the line; if it is text, write \\{name}")
    for definition in state.env.get("duplicate_refs", ()):
        location = _locate_definition(definition, context)
        message = f"{_name_definition(definition, context)} is defined twice: the first definition counts"
        context.warn(location, "same-definition", message, "keep one")


def _locate_definition(definition: Mapping[str, Any], context: ConversionContext) -> Location:
    row = definition["map"][0]
    return context.start(Token("", "", 0, map=[row, row + 1], markup="["))


def _name_definition(definition: Mapping[str, Any], context: ConversionContext) -> str:
    """Return the label of a link definition in brackets, as its author wrote it."""
    match = _DEFINED_LABEL.search(context.lines[definition["map"][0]])
    return match[0] if match else "this definition"


class Definitions(dict[str, Any]):
    """The link definitions of a text, and the labels of those that are used."""

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
    """Parse the blocks, link definitions and footnotes of one text of several."""
    parser = parser_for(context.manner.language, context.manner.extensions, pictures=pictures)
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
        state.env["footnotes"] = shared  # one for all: copies would take quadratic space


def read_inline(state: StateCore) -> list[Token]:
    """Parse the inline text of the blocks from :func:`read_blocks`, and return all tokens."""
    rules = state.md.core.ruler.getRules("")
    for rule in rules[rules.index(_inline) :]:
        rule(state)
    return state.tokens


def read_line(line: Token, context: ConversionContext) -> list[Token]:
    """Return the inline tokens of the text of ``line``, such as a caption, which may have no footnotes."""
    parser = parser_for(context.manner.language, context.manner.extensions)
    inline = Token("inline", "", 0, content=line.content, map=line.map)
    state = StateCore("", parser, {"notes": context, "references": Definitions()})
    state.tokens = [inline]
    context.block = inline
    inline.children = parser.inline.parse(inline.content, parser, state.env, [])
    rules = parser.core.ruler.getRules("")
    for rule in rules[rules.index(_inline) + 1 :]:
        rule(state)
    return inline.children or []


def _set_cell_columns(tokens: list[Token], context: ConversionContext) -> None:
    """Record the column of each table cell: a later search would find equal cells of a row all at the first one."""
    previous_row, end = -1, 0
    for before, token in pairwise(tokens):
        if before.type not in {"th_open", "td_open"} or token.type != "inline" or not token.map:
            continue
        row = token.map[0]
        source = token.content.replace("|", r"\|")
        start = context.lines[row].find(source, end if row == previous_row else 0)
        if start >= 0:
            token.meta["column"] = start
            previous_row, end = row, start + len(source) + 1


def _withhold(state: StateCore) -> None:
    """Remove private passages before inline text is parsed."""
    state.tokens = remove_passages(state, _context(state))
