"""``::: private``: a passage that only the author sees.

It is removed from the block tokens before inline text, footnotes and link definitions are parsed, so that none of
these can carry a part of it into the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.config.hiding_marks import fold_text
from blog.markdown.comment_text import blank, without_comments
from blog.markdown.directives.marks import as_text, looks_private, pair_marks
from blog.markdown.hidden_text import NO_COMMENT, VisibleTokens, note_hidden

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.rules_core import StateCore

    from blog.markdown.context import ConversionContext

_MARK_LINE = re.compile(r"^[^\w\n:`]*+(?P<mark>::[^\w\n]*+private\b|:::[^\n]*+)", re.IGNORECASE | re.MULTILINE)
_SLIP = re.compile(r"(?!<!)[<＜][!！][-－—–―]")
"""The beginning of a comment in letters of full width."""


def remove_passages(state: StateCore, context: ConversionContext) -> list[Token]:
    """The block tokens of ``state`` without private passages and without container marks."""
    tokens = state.tokens
    kept = VisibleTokens()
    ranges: list[tuple[int, int]] = []
    for index, end in sorted(pair_marks(tokens, context).items()):
        if end is not None and tokens[index].info == "private":
            hidden = tokens[index + 1 : end]
            _hide_passage(state, hidden, context)
            kept.hide(Token("passage", "", 0, level=tokens[index].level, meta={"tokens": hidden}))
            ranges.append(((tokens[index].map or [0])[0], (tokens[end].map or [0, 0])[1]))
        elif end is not None:
            name = tokens[index].info if index < end else tokens[end].info
            ending = "open" if index < end else "close"
            kept.add(Token(f"{name}_{ending}", "", 1 if index < end else -1, level=tokens[index].level))
        elif tokens[index].type == "container":
            for token in as_text(tokens[index]):
                kept.add(token)
        else:
            kept.add(tokens[index])
            _check_text(tokens[index], context)
    _forget_definitions(state, ranges)
    return kept.all()


def _check_text(token: Token, context: ConversionContext) -> None:
    """A passage that begins where Markdown does not see it would be published: in raw HTML, or indented too far."""
    if token.type == "fence" and not _is_closed(token, context) and _has_private_mark(token.content):
        message = 'the code block is not closed, and holds "::: private"'
        context.error(context.start(token), "open-code", message, f"close it with a line {token.markup}")
    if token.type == "code_block" and _has_private_mark(token.content):
        message = '"::: private" is indented by four spaces: it is code, and published'
        context.warn(context.start(token), "private-in-code", message, "indent it less, or show it in a block with ```")
    if token.type not in {"html_block", "inline", "formula_block"}:
        return
    if token.type == "inline" and (slip := _SLIP.search(token.content)):
        context.error(context.locate(token, slip.start()), "bogus-comment", *NO_COMMENT)
    for start, mark in _mark_lines(without_comments(token.content, blank)):
        if looks_private(mark):
            where = {"html_block": "inside raw HTML", "formula_block": "inside a formula"}.get(token.type, "like this")
            message = f"a private passage cannot begin {where}"
            hint = "write ::: private alone on a line, with an empty line before it, not indented further than the text"
            context.error(context.locate(token, start), "private-in-text", message, hint)
            return


def _mark_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the marks of passages that stand in ``text``, and where: also in colons that only look like them."""
    if text.isascii():
        yield from ((found.start("mark"), found["mark"]) for found in _MARK_LINE.finditer(text))
        return
    start = 0
    for line in text.split("\n"):  # folding moves columns within a line, but no line
        if found := _MARK_LINE.match(fold_text(line)):
            yield start + min(found.start("mark"), len(line)), found["mark"]
        start += len(line) + 1


def _has_private_mark(text: str) -> bool:
    return any(looks_private(mark) for _, mark in _mark_lines(text))


def _is_closed(fence: Token, context: ConversionContext) -> bool:
    """Whether a code block ends with its own fence, and not with the text around it."""
    first, end = fence.map or [0, 1]
    last = context.lines[end - 1].strip("> \t") if end - 1 > first else ""
    return len(last) >= len(fence.markup) and not last.strip(fence.markup[0])


def _hide_passage(state: StateCore, tokens: list[Token], context: ConversionContext) -> None:
    context.withheld += 1
    scratch: dict[str, object] = {"notes": _SilentContext(context), "references": dict(state.env.get("references", {}))}
    for token in tokens:
        if token.type == "inline":
            token.children = []
            context.block = token
            state.md.inline.parse(token.content, state.md, scratch, token.children)
    note_hidden(tokens, context)


class _SilentContext:
    """Stands in for the notes while hidden text is read: of its problems only a comment that leaves it matters."""

    def __init__(self, context: ConversionContext) -> None:
        self.notes = context
        self.comments = 0
        self.withheld_notes = context.withheld_notes
        self.withheld_links = context.withheld_links
        self.withheld_targets = context.withheld_targets
        self.locate = context.locate

    @property
    def lines(self) -> Sequence[str]:
        return self.notes.lines

    @property
    def block(self) -> Token | None:
        return self.notes.block

    def error(self, place: object, code: str, message: str, hint: str = "") -> None:
        """Hear one thing only."""
        if code == "open-comment":
            self.notes.error(place, code, message, hint)  # type: ignore[arg-type]

    error_once = error

    def has_said(self, _: str) -> bool:
        """Hear nothing, so all has been said."""
        return True

    def warn(self, *_: object) -> None:
        """Hear nothing."""


def _forget_definitions(state: StateCore, ranges: list[tuple[int, int]]) -> None:
    """Link definitions and footnotes that stand in a passage are not known outside of it."""
    if not ranges:
        return

    def hidden(lines: list[int]) -> bool:
        before = bisect_left(ranges, (lines[0] + 1,))
        return before > 0 and lines[0] < ranges[before - 1][1]

    known = state.env.get("references", {})
    for label, definition in list(known.items()):
        if hidden(definition["map"]):
            del known[label]
    again = [definition for definition in state.env.get("duplicate_refs", ()) if not hidden(definition["map"])]
    state.env["duplicate_refs"] = [
        definition for definition in again if known.setdefault(definition["label"], definition) is not definition
    ]
    context = state.env.get("footnotes", {}).get("refs", {})
    public = {
        ":" + token.meta["label"]
        for token in state.tokens
        if token.type == "footnote_reference_open" and not hidden(token.map or [0])
    }
    for label in [label for label in context if label not in public]:
        del context[label]
