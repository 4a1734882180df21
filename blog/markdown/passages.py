"""Private passages and comments: what an author wrote for nobody else leaves the text here.

A passage is what stands between ``::: private`` and ``:::``. It is taken out of the blocks before inline text,
footnotes and link definitions are looked at, so that none of these can carry a part of it outside.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from blog.errors import did_you_mean
from blog.markdown.notes import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

    from blog.markdown.notes import Notes

COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
MORE = re.compile(r"<!--\s*more\s*-->", re.IGNORECASE)
RAW_TARGET = re.compile(r"""(\s(?:href|src|poster)\s*=\s*)("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE)
_PRIVATE_LINE = re.compile(r"^\s*:{3,}[ \t]*\{?\.?private\b", re.IGNORECASE | re.MULTILINE)
_NOTE_LABEL = re.compile(r"\[\^([^\]\s]+)\]")


def hide(text: str, notes: Notes) -> None:
    """Note what a comment refers to: a footnote that only it uses stays hidden with it."""
    notes.withheld_notes.update(_NOTE_LABEL.findall(text))


def withhold(state: StateCore, notes: Notes) -> list[Token]:
    """The block tokens of ``state`` without private passages and without container marks."""
    tokens = state.tokens
    kept: list[Token] = []
    ranges: list[tuple[int, int]] = []
    for index, end in sorted(_paired(tokens, notes).items()):
        if end is None:
            kept.append(tokens[index])
        else:
            _hide_passage(state, tokens[index + 1 : end], notes)
            ranges.append(((tokens[index].map or [0])[0], (tokens[end].map or [0, 0])[1]))
    for token in kept:
        if token.type == "html_block" and (found := _PRIVATE_LINE.search(token.content)):
            notes.error(
                notes.place(token, found.start()), "private-in-html", "a private passage cannot begin inside raw HTML",
                "leave an empty line before the line :::",
            )  # fmt: skip
    _forget_definitions(state, ranges)
    return kept


def _paired(tokens: list[Token], notes: Notes) -> dict[int, int | None]:
    """Index of each token that stays → None; of each mark that opens an outermost passage → index of its end."""
    open_marks: list[tuple[int, Token]] = []
    stays: dict[int, int | None] = {}
    for index, token in enumerate(tokens):
        if token.nesting == -1 and open_marks and token.level < open_marks[-1][1].level:
            _complain_open(open_marks.pop()[1], notes)
        private = any(mark.info == "private" for _, mark in open_marks)
        if token.type != "container":
            if not private:
                stays[index] = None
        elif token.content.strip(": \t"):
            _check_name(token, notes)
            open_marks.append((index, token))
        elif not open_marks or len(token.markup) < len(open_marks[-1][1].markup):
            notes.error(notes.place(token), "stray-container", f"{token.markup} closes nothing")
        else:
            start, mark = open_marks.pop()
            if mark.info == "private" and not any(outer.info == "private" for _, outer in open_marks):
                stays[start] = index
    for _, mark in open_marks:
        _complain_open(mark, notes)
    return stays


def _complain_open(mark: Token, notes: Notes) -> None:
    what = "private passage" if mark.info == "private" else f'"{mark.content}"'
    notes.error(
        notes.place(mark), "open-passage", f"the {what} is not closed",
        f"end it with a line {mark.markup} (after raw HTML or inside a list, leave an empty line before it)",
    )  # fmt: skip


def _check_name(mark: Token, notes: Notes) -> None:
    if mark.info == "private":
        return
    near = did_you_mean(mark.info, ["private"])
    if near:
        notes.error(notes.place(mark), "unknown-container", f'unknown name in "{mark.content}"', near)
    else:
        notes.warn(
            notes.place(mark), "unknown-container", f'unknown name in "{mark.content}": its text stays',
            "the name known here is private",
        )  # fmt: skip


def _hide_passage(state: StateCore, tokens: list[Token], notes: Notes) -> None:
    notes.withheld += 1
    scratch: dict[str, object] = {"notes": _Deaf(notes), "references": dict(state.env.get("references", {}))}
    for token in tokens:
        hide(token.content, notes)
        if token.type == "inline":
            children: list[Token] = []
            notes.block = token
            state.md.inline.parse(token.content, state.md, scratch, children)
            notes.withheld_links += [reference for reference, _ in references(token, children, notes)]
        elif token.type == "html_block":
            notes.withheld_links += [reference for reference, _ in raw_references(token, 0, token.content, notes)]


class _Deaf:
    """Stands in for the notes while hidden text is read: its problems are nobody's business."""

    def __init__(self, notes: Notes) -> None:
        self.block = None
        self.withheld_notes = notes.withheld_notes
        self.place = notes.place

    def error(self, *_: object) -> None:
        """Hear nothing."""


def references(block: Token, children: list[Token], notes: Notes) -> Iterator[tuple[Reference, Token]]:
    """What the inline ``children`` of ``block`` point at, with the token that points."""
    for token in children:
        at = token.meta.get("at", 0)
        if token.type == "link_open":
            yield Reference(str(token.attrs["href"]), "link", notes.place(block, at)), token
        elif token.type == "image":
            yield Reference(str(token.attrs["src"]), "image", notes.place(block, at)), token
        elif token.type == "html_inline":
            for reference, _ in raw_references(block, at, token.content, notes):
                yield reference, token


def raw_references(block: Token, offset: int, content: str, notes: Notes) -> Iterator[tuple[Reference, re.Match[str]]]:
    """What raw HTML points at, with the attribute that points."""
    for found in RAW_TARGET.finditer(content):
        target = unescape(found[2].strip("\"'")).strip()
        if target:
            yield Reference(target, "raw", notes.place(block, offset + found.start(2))), found


def _forget_definitions(state: StateCore, ranges: list[tuple[int, int]]) -> None:
    """Link definitions and footnotes that stand in a passage are not known outside of it."""
    if not ranges:
        return

    def hidden(lines: list[int]) -> bool:
        return any(start <= lines[0] < end for start, end in ranges)

    known = state.env.get("references", {})
    for label, definition in list(known.items()):
        if hidden(definition["map"]):
            del known[label]
    for definition in state.env.get("duplicate_refs", ()):
        if not hidden(definition["map"]):
            known.setdefault(definition["label"], definition)
    notes = state.env.get("footnotes", {}).get("refs", {})
    public = {
        ":" + token.meta["label"]
        for token in state.tokens
        if token.type == "footnote_reference_open" and not hidden(token.map or [0])
    }
    for label in [label for label in notes if label not in public]:
        del notes[label]
