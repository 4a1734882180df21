"""The steps from parsed tokens to those of a page: functions from tokens to tokens, which ``convert`` runs in order."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.broken_blocks import report_broken_blocks
from blog.markdown.cell_outputs import sanitize_outputs
from blog.markdown.comments import remove_comments
from blog.markdown.context import ConversionContext
from blog.markdown.directives.thread import set_threads
from blog.markdown.east_asian import join_lines
from blog.markdown.figures import set_figures
from blog.markdown.footnotes import collect_footnotes
from blog.markdown.foreign_marks import report_foreign_marks
from blog.markdown.formulas import set_formulas
from blog.markdown.headings import collect_author_ids, set_headings, take_title
from blog.markdown.leftovers import report_leftovers
from blog.markdown.quotations import attribute_quotations
from blog.markdown.references import set_references
from blog.markdown.tables import set_tables

if TYPE_CHECKING:
    from blog.problems import Problem

_TASK = re.compile(r"\[([ xX])\](?=\s|$)")
_UNKNOWN_CALLOUT = re.compile(r"\[!(\w+)\]")


def _set_tasks(tokens: list[Token], _context: ConversionContext) -> list[Token]:
    """Replace ``[ ]`` and ``[x]`` at the beginning of list items by the tokens of a check box."""
    lists: list[Token] = []
    for index, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            lists.append(token)
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif token.type == "inline" and index > 1 and tokens[index - 2].type == "list_item_open" and token.children:
            first, mark = token.children[0], _TASK.match(token.content)
            if mark and first.type == "text" and first.content.startswith(mark[0]):
                first.content = first.content[len(mark[0]) :].lstrip()
                box = Token("task_open", "", 1, meta={"done": mark[1] != " "})
                token.children = [box, *token.children, Token("task_close", "", -1)]
                tokens[index - 2].attrs["class"] = "task-list-item"
                lists[-1].attrs["class"] = "contains-task-list"
    return tokens


def _report_unknown_callouts(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Report quotations that begin like a callout with an unknown name."""
    for index, token in enumerate(tokens[:-2]):
        if token.type == "blockquote_open" and tokens[index + 2].type == "inline":
            callout = _UNKNOWN_CALLOUT.match(tokens[index + 2].content)
            if callout:
                location = context.locate(tokens[index + 2])
                message = f"unknown callout {callout[0]}: its text stays"
                hint = "the callouts are NOTE, TIP, IMPORTANT, WARNING and CAUTION, alone on their line"
                context.warn(location, "unknown-callout", message, hint)
    return tokens


def _sort_problems(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Sort the problems by position, each once."""
    context.problems = list(dict.fromkeys(sorted(context.problems, key=_problem_order)))
    return tokens


def _problem_order(problem: Problem) -> tuple[int, int]:
    return problem.location.line, problem.location.column


Step = Callable[[list[Token], ConversionContext], list[Token]]
STEPS: tuple[Step, ...] = (
    remove_comments,
    report_foreign_marks,
    sanitize_outputs,
    take_title,
    collect_footnotes,
    collect_author_ids,
    set_headings,
    _set_tasks,
    _report_unknown_callouts,
    set_threads,
    attribute_quotations,
    set_formulas,
    set_figures,
    join_lines,
    set_tables,
    report_broken_blocks,
    report_leftovers,
    set_references,
    _sort_problems,
)
