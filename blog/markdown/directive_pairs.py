"""The ``:::`` marks of all directives: which mark ends which.

Block tokens go in, with a ``container`` token for each mark; the pairs come out. The effect of each directive is in its
module in ``directives``; ``directive_marks`` reads the words of a mark.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.markdown.directive_marks import check_mark, looks_private
from blog.markdown.directives import PRIVATE, visible_directives
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from blog.markdown.context import ConversionContext


def pair_marks(tokens: list[Token], context: ConversionContext) -> dict[int, int | None]:
    """Return the indexes of the tokens that stay, and pair those of marks; report marks that have no pair.

    A token that is no mark has None. An opening mark has the index of its closing mark. The closing mark of a block
    that readers see has the index of its opening mark. Nothing inside a private passage is in the result.
    """
    pairing = _Pairing(context)
    for index, token in enumerate(tokens):
        pairing.leave_block(token)
        if token.type != "container":
            pairing.keep(index)
        elif token.meta["mark"].is_closing:
            pairing.close(index, token)
        else:
            pairing.open(index, token)
    pairing.report_open_marks()
    return pairing.stays


class _Pairing:
    """The marks that are open at one token, and the pairs up to it."""

    def __init__(self, context: ConversionContext) -> None:
        self.stays: dict[int, int | None] = {}
        self._context = context
        self._directives = visible_directives(context.manner.blocks)
        self._open_marks: list[tuple[int, Token]] = []
        self._private_depth = 0

    def leave_block(self, token: Token) -> None:
        """Drop the marks of a list or quotation that ends at ``token``: they are not closed."""
        if token.nesting != -1:
            return
        while self._open_marks and token.level < self._open_marks[-1][1].level:
            _, mark = self._pop()
            _report_open_mark(mark, self._context)

    def keep(self, index: int) -> None:
        """Keep a token that is no mark, unless it is in a private passage."""
        if not self._private_depth:
            self.stays[index] = None

    def open(self, index: int, mark: Token) -> None:
        """Add an opening mark; one with an unknown name stays as text."""
        if not self._private_depth and mark.info != PRIVATE:
            if mark.info in self._directives:
                check_mark(mark, self._context)
            else:
                _report_unknown_name(mark, self._context)
                self.stays[index] = None
        self._open_marks.append((index, mark))
        self._private_depth += mark.info == PRIVATE

    def close(self, index: int, closing: Token) -> None:
        """Pair a closing mark with the innermost open one."""
        if not self._open_marks or not _closes(closing, self._open_marks[-1][1]):
            message = f"{closing.markup} closes nothing"
            hint = f"delete it, or open it above with {closing.markup} pull"
            self._context.error(self._context.start(closing), "stray-container", message, hint)
            return
        start, mark = self._pop()
        if self._private_depth:
            return
        directive = self._directives.get(mark.info)
        if directive or mark.info == PRIVATE:
            self.stays[start] = index
        if directive:
            self.stays[index] = start
            if not directive.has_body and index > start + 1:
                message, hint = (
                    f'"::: {mark.info}" has no text between its marks',
                    f"take it out, or put it below {closing.markup}",
                )
                self._context.error(self._context.start(mark), "block-text", message, hint)

    def report_open_marks(self) -> None:
        """Report the marks that are open at the end of the text."""
        for _, mark in self._open_marks:
            _report_open_mark(mark, self._context)

    def _pop(self) -> tuple[int, Token]:
        start, mark = self._open_marks.pop()
        self._private_depth -= mark.info == PRIVATE
        return start, mark


def _closes(closing: Token, mark: Token) -> bool:
    """Return True if ``closing`` has at least as many colons as ``mark`` and is in the same list or quotation."""
    return len(closing.markup) >= len(mark.markup) and closing.level == mark.level


def _report_open_mark(mark: Token, context: ConversionContext) -> None:
    subject = f'"{mark.content}"'
    if mark.info == PRIVATE:
        subject = "private passage"
    hint = f"end it with a line {mark.markup} (after raw HTML or inside a list, leave an empty line before it)"
    context.error(context.start(mark), "open-passage", f"the {subject} is not closed", hint)


def _report_unknown_name(mark: Token, context: ConversionContext) -> None:
    """Report an unknown name: an error if it probably means ``private``, as its text would be published."""
    message = f'unknown name in "{mark.content}"'
    if looks_private(mark.content):
        context.error(context.start(mark), "unknown-container", message, 'did you mean "private"?')
        return
    names = list(visible_directives(context.manner.blocks))
    first_word = re.search(r"[\w-]+", mark.content)
    name = mark.info or (first_word[0].lower() if first_word else "")
    hint = did_you_mean(name, names) or f"the names are {', '.join([PRIVATE, *names[:-1]])} and {names[-1]}"
    if name in names:
        hint = f'write attributes in braces: ::: {name} {{key="value"}}'
    context.warn(context.start(mark), "unknown-container", f"{message}: the text is shown as plain paragraphs", hint)


def as_text(mark: Token) -> list[Token]:
    """Return the words of an unknown mark as the tokens of a paragraph: no word of the author is dropped."""
    opening = Token("paragraph_open", "p", 1, level=mark.level, block=True)
    words = mark.content.strip(": \t")
    inline = Token("inline", "", 0, map=mark.map, level=mark.level + 1, content=words, block=True)
    return [opening, inline, Token("paragraph_close", "p", -1, level=mark.level, block=True)]
