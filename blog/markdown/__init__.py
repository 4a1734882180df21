"""Markdown text → :class:`Text`: HTML for pages and for feeds, headings, links, and what was left out.

CommonMark 0.31.2 <https://spec.commonmark.org/0.31.2/> by markdown-it-py, with tables, strikethrough, bare URLs,
footnotes, definition and task lists, callouts, figures, own heading ids, private passages and typography.
Nothing here reads the disk or knows other files: links stay symbolic, as slots that :func:`fill` closes later.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from blog.errors import Place, Problem
from blog.markdown.notes import Heading, Notes, Reference, Text
from blog.markdown.parser import Definitions, parser_for
from blog.markdown.render import feed_html, page_html
from blog.markdown.steps import STEPS
from blog.markdown.summary import summarise, words

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Heading", "Reference", "Text", "convert", "fill"]


def convert(
    text: str,
    origin: Place,
    language: str,
    *,
    prefix: str = "",
    takes_title: bool = False,
    lines: Sequence[str] | None = None,
) -> Text:
    """Convert Markdown whose first line stands at ``origin``.

    ``language`` chooses the quotation marks; ``prefix`` keeps the ids of two texts on one page apart;
    ``takes_title`` lets the first ``#`` heading leave the text as its title; ``lines`` are those of the file from
    ``origin`` on, where they differ from the text's. Never raises: problems are in the result.
    """
    notes = Notes(text if lines is None else "\n".join(lines), origin, prefix, takes_title=takes_title)
    parser = parser_for(language)
    try:
        tokens = parser.parse(text, {"notes": notes, "references": Definitions()})
        for step in STEPS:
            tokens = step(tokens, notes)
        page, feed = page_html(tokens, notes), feed_html(tokens)
    except RecursionError:
        notes.problems.append(Problem(origin, "nesting", "nested too deeply", "use fewer levels"))
        tokens, page, feed = [], "", ""
    return Text(
        html=page,
        feed_html=feed,
        title=notes.title,
        summary=summarise(tokens),
        words=words(tokens),
        headings=tuple(notes.headings),
        anchors=tuple(sorted(notes.anchors)),
        links=tuple(notes.links),
        withheld_links=tuple(notes.withheld_links),
        withheld=notes.withheld,
        problems=tuple(notes.problems),
    )


def fill(html: str, targets: Sequence[str], prefix: str = "") -> str:
    """Close the slots of ``html``: the n-th link leads to ``targets[n]``; ``prefix`` starts the ids of a feed entry."""
    if "\0" not in html:
        return html
    parts = html.split("\0")
    for index in range(1, len(parts), 2):
        slot = parts[index]
        parts[index] = prefix if slot == ":" else escape(targets[int(slot)])
    return "".join(parts)
