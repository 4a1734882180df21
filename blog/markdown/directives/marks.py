"""The ``:::`` marks of all directives: their names, and which mark ends which.

Block tokens go in, with a ``container`` token for each mark; the pairs come out. What a directive does is in its own
module.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it.token import Token

from blog.config.hiding_marks import fold_text, names_hidden_passage
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from blog.markdown.context import ConversionContext

BLOCKS = ("pull", "thread")
"""What a mark may name beside ``private``: a pull quote, and a discussion quoted comment by comment."""
NAMES = ("private", *BLOCKS)
_NAME = re.compile(r"[ \t]*+\{?+[ \t]*+\.?+([\w-]++)[ \t]*+\}?+[ \t]*+")
_PRIVATE = re.compile(r"[ \t]*(\{[ \t]*\.?)?private(?![\w-])", re.IGNORECASE)


def parse_mark_name(text: str) -> str | None:
    """The name in a mark such as ``::: {.private}``, in lower case; ``""`` for an end; None for other words."""
    rest = fold_text(text).lstrip(":").rstrip(": \t")
    if not rest.strip():
        return ""
    if _PRIVATE.match(rest):
        return "private"
    found = _NAME.fullmatch(rest)
    return found[1].lower() if found else None


def looks_private(text: str) -> bool:
    """Return True if the words of a mark are probably meant to hide what follows, in whatever spelling."""
    plain = fold_text(text)
    if names_hidden_passage(text) or "private" in plain:
        return True
    if re.sub(r"[\W_]", "", plain).startswith("private"):
        return True
    return any(did_you_mean(word, ["private"]) for word in re.findall(r"[\w-]+", plain))


def pair_marks(tokens: list[Token], context: ConversionContext) -> dict[int, int | None]:  # noqa: C901  (one pass over all marks)
    """Index of each token that stays → None; of a mark that opens something known → index of its end.

    Of passages in each other this is the outermost; the end of any other block leads back to its beginning.
    """
    open_marks: list[tuple[int, Token]] = []
    private = 0
    stays: dict[int, int | None] = {}
    for index, token in enumerate(tokens):
        while token.nesting == -1 and open_marks and token.level < open_marks[-1][1].level:
            private -= open_marks[-1][1].info == "private"
            _report_open_mark(open_marks.pop()[1], context)
        if token.type != "container":
            if not private:
                stays[index] = None
        elif parse_mark_name(token.content) != "":
            if not private and token.info not in NAMES:
                _report_unknown_name(token, context)
                stays[index] = None
            open_marks.append((index, token))
            private += token.info == "private"
        elif not open_marks or not _ends_mark(token, open_marks[-1][1]):
            context.error(context.start(token), "stray-container", f"{token.markup} closes nothing")
        else:
            start, mark = open_marks.pop()
            private -= mark.info == "private"
            if not private and mark.info in NAMES:
                stays[start] = index
            if not private and mark.info in BLOCKS:
                stays[index] = start
    for _, mark in open_marks:
        _report_open_mark(mark, context)
    return stays


def _ends_mark(token: Token, mark: Token) -> bool:
    """With as many colons, and in the same list or quotation."""
    return len(token.markup) >= len(mark.markup) and token.level == mark.level


def _report_open_mark(mark: Token, context: ConversionContext) -> None:
    what = "private passage" if mark.info == "private" else f'"{mark.content}"'
    hint = f"end it with a line {mark.markup} (after raw HTML or inside a list, leave an empty line before it)"
    context.error(context.start(mark), "open-passage", f"the {what} is not closed", hint)


def _report_unknown_name(mark: Token, context: ConversionContext) -> None:
    if looks_private(mark.content):
        message, hint = f'unknown name in "{mark.content}"', 'did you mean "private"?'
        context.error(context.start(mark), "unknown-container", message, hint)
    else:
        near = did_you_mean(parse_mark_name(mark.content) or "", BLOCKS)
        message = f'unknown name in "{mark.content}": its text stays'
        hint = near or "the names known here are private, pull and thread"
        context.warn(context.start(mark), "unknown-container", message, hint)


def as_text(mark: Token) -> list[Token]:
    """The words of an unknown mark as a paragraph: no word of the author is dropped."""
    opening = Token("paragraph_open", "p", 1, level=mark.level, block=True)
    words = mark.content.strip(": \t")
    inline = Token("inline", "", 0, map=mark.map, level=mark.level + 1, content=words, block=True)
    return [opening, inline, Token("paragraph_close", "p", -1, level=mark.level, block=True)]
