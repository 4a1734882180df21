"""One Markdown text from source to :class:`Text`: parse, take the steps, render both forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.errors import Place, Problem
from blog.markdown.notes import Notes, Text
from blog.markdown.parser import Definitions, parser_for
from blog.markdown.render import feed_html, page_html
from blog.markdown.steps import STEPS
from blog.markdown.summary import passages, summarise, words

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    found = passages(tokens)
    return Text(
        html=page,
        feed_html=feed,
        title=notes.title,
        summary=summarise(found),
        words=words(found),
        headings=tuple(notes.headings),
        anchors=tuple(sorted(notes.anchors)),
        links=tuple(notes.links),
        withheld_links=tuple(notes.withheld_links),
        withheld=notes.withheld,
        problems=tuple(notes.problems),
    )
