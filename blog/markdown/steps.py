"""The steps from parsed tokens to the tokens of a page: functions that take and return tokens, run by ``convert``."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import get_close_matches

from markdown_it.token import Token

from blog.markdown.attributes import check_attributes
from blog.markdown.block_calls import set_own_blocks
from blog.markdown.broken_blocks import report_broken_blocks
from blog.markdown.captions import take_captions
from blog.markdown.cell_outputs import sanitize_outputs
from blog.markdown.citations import list_references, set_citations
from blog.markdown.code_files import insert_code_files
from blog.markdown.comments import remove_comments
from blog.markdown.context import ConversionContext
from blog.markdown.cross_references import fill_references
from blog.markdown.diagrams import set_diagrams
from blog.markdown.directives import visible_directives
from blog.markdown.directives.publications import list_publications
from blog.markdown.east_asian import join_lines
from blog.markdown.figures import set_figures
from blog.markdown.footnotes import collect_footnotes
from blog.markdown.foreign_marks import report_foreign_marks
from blog.markdown.formulas import set_formulas
from blog.markdown.headings import collect_author_ids, set_headings, take_title
from blog.markdown.leftovers import report_leftovers
from blog.markdown.link_placeholders import set_references
from blog.markdown.quote_attribution import attribute_quotations
from blog.markdown.table_fixes import align_numbers, set_tables
from blog.markdown.unclosed import report_unclosed

_TASK = re.compile(r"\[([ xX])\](?=\s|$)")
_LIST_OPENINGS = frozenset({"bullet_list_open", "ordered_list_open"})
_LIST_ENDS = frozenset({"bullet_list_close", "ordered_list_close"})
_UNKNOWN_CALLOUT = re.compile(r"\[!(\w+)\]")
_CALLOUTS = ("NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION")
_CALLOUTS_HINT = "the callouts are NOTE, TIP, IMPORTANT, WARNING and CAUTION, alone on their line"


def _set_tasks(tokens: list[Token], _context: ConversionContext) -> list[Token]:
    """Replace ``[ ]`` and ``[x]`` at the beginning of list items by the tokens of a check box."""
    lists: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type in _LIST_OPENINGS:
            lists.append(token)
        elif token.type in _LIST_ENDS:
            lists.pop()
        elif token.type == "list_item_open":
            inline = tokens[index + 2]
            if inline.type == "inline" and _add_check_box(inline):
                token.attrs["class"] = "task-list-item"
                lists[-1].attrs["class"] = "contains-task-list"
    return tokens


def _add_check_box(inline: Token) -> bool:
    """Replace the mark of a task by the tokens of a check box; return whether there is one."""
    mark = _TASK.match(inline.content)
    if mark is None or not inline.children:
        return False
    first = inline.children[0]
    if first.type != "text" or not first.content.startswith(mark[0]):
        return False
    first.content = first.content[len(mark[0]) :].lstrip()
    box = Token("task_open", "", 1, meta={"done": mark[1] != " "})
    inline.children = [box, *inline.children, Token("task_close", "", -1)]
    return True


def _name_callouts(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Give the callouts their names in the language of the text."""
    for callout, opening, title in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if opening.type == "alert_title_open":
            title.content = context.manner.words.text(f"text.{callout.meta['kind'].lower()}")
            title.children = [Token("text", "", 0, content=title.content)]
    return tokens


def _report_unknown_callouts(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Report quotations that begin like a callout with an unknown name."""
    for opening, inline in zip(tokens, tokens[2:], strict=False):
        if opening.type != "blockquote_open" or inline.type != "inline":
            continue
        callout = _UNKNOWN_CALLOUT.match(inline.content)
        if callout:
            context.warn(context.locate(inline), "unknown-callout", *_explain_callout(callout[1]))
    return tokens


def _explain_callout(name: str) -> tuple[str, str]:
    """Return why ``[!name]`` is no callout, and a hint."""
    if name.upper() in _CALLOUTS:
        message = f"[!{name}] does not stand alone on its line: the text is shown as a plain quotation"
        return message, "continue the text on the next line, behind >"
    near = get_close_matches(name.upper(), _CALLOUTS, n=1)
    hint = f"did you mean [!{near[0]}]?" if near else _CALLOUTS_HINT
    return f"unknown callout [!{name}]: the text is shown as a plain quotation", hint


def _sort_problems(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Sort the problems by position, each once."""
    context.problems = list(dict.fromkeys(sorted(context.problems, key=lambda problem: problem.location)))
    return tokens


Step = Callable[[list[Token], ConversionContext], list[Token]]
STEPS: tuple[Step, ...] = (
    remove_comments,
    report_foreign_marks,
    sanitize_outputs,
    take_title,
    collect_footnotes,
    insert_code_files,
    set_diagrams,
    set_citations,
    take_captions,
    collect_author_ids,
    set_headings,
    _set_tasks,
    _name_callouts,
    _report_unknown_callouts,
    *dict.fromkeys(directive.step for directive in visible_directives().values() if directive.step),
    attribute_quotations,
    set_formulas,
    set_figures,
    fill_references,
    check_attributes,
    join_lines,
    set_tables,
    align_numbers,
    report_broken_blocks,
    report_unclosed,
    report_leftovers,
    list_publications,
    list_references,
    set_own_blocks,
    set_references,
    _sort_problems,
)
