"""What hidden text refers to: files and footnotes that only hidden text uses stay hidden with it.

Tokens or the text of a comment go in; the references are recorded in the context. No word of the text is recorded.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Literal

from markdown_it.token import Token

from blog.markdown import raw_html
from blog.markdown.comment_text import MORE
from blog.markdown.result import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.markdown.context import ConversionContext

RAW_TARGET = re.compile(
    r"""(\s(?:href|src|poster|data|action|srcset)\s*=\s*)("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE
)
NO_COMMENT = (
    "this is no comment: its words would be published",
    "write <!-- … -->; to show the sign, write &lt;! or put it between ` and `",
)
_NOTE_LABEL = re.compile(r"\[\^([^\]\s]{1,100})\]")
_HIDDEN_TARGET = re.compile(rf"(?:\]|\burl)\(\s*[<\"']?([^)\s>\"']+)|{RAW_TARGET.pattern}", re.IGNORECASE)


def note_bogus(found: raw_html.Bogus, html: str, start: int, context: ConversionContext, block: Token) -> None:
    """Note what a bogus comment of ``block`` hides; it begins at ``start``. An end that is not clear is an error."""
    if found.end < 0:
        hint = "write <!-- … -->; inside other raw HTML it must not hold an empty line"
        context.error_once(context.locate(block, start), "open-comment", "the comment is not closed", hint)
    elif not found.is_clear:
        message, hint = "browsers would show a part of this comment", "write <!-- … -->"
        context.error_once(context.locate(block, start), "bogus-comment", message, hint)
    else:
        comment_within(html[found.start : found.end], start, context, block)


def comment_within(text: str, start: int, context: ConversionContext, block: Token) -> None:
    """Note what a comment at ``start`` of ``block`` hides, and that a second one must not begin inside it."""
    context.comments += not MORE.fullmatch(text)
    if "<!--" in text[2:]:
        message = "a comment begins inside a comment: both end at the first -->"
        context.error(context.locate(block, start), "nested-comment", message, "close the first one before the second")
    hide(text, context, block, start)


def hide(text: str, context: ConversionContext, block: Token, start: int = 0) -> None:
    """Note what a hidden text at ``start`` of ``block`` refers to: what only it uses stays hidden with it."""
    context.withheld_notes.update(_NOTE_LABEL.findall(text))
    for found in _HIDDEN_TARGET.finditer(text):
        written = found[1] or found[3].strip("\"'")
        place = context.locate(block, start + found.start(1 if found[1] else 3))
        for part in written.split(",") if "srcset" in (found[2] or "").lower() else [written]:
            context.withheld_links.append(
                Reference(unescape(part).strip().split(" ")[0], "raw" if found[2] else "link", place)
            )
    known = context.withheld_targets()
    place = context.locate(block, start)
    context.withheld_links += [Reference(name, "raw", place) for name in raw_html.names(text) if name not in known]


def note_hidden(tokens: list[Token], context: ConversionContext) -> None:
    """Note what hidden ``tokens`` refer to."""
    for token in tokens:
        if token.type == "html_block":
            hide(token.content, context, token)
        elif token.type == "inline":
            children = token.children or []
            context.withheld_notes.update(_NOTE_LABEL.findall(token.content))
            context.withheld_links += [reference for reference, _ in references(token, children, context)]
            place = context.locate(token)
            context.withheld_links += [
                Reference(str(inner.attrs["src"]), "image", place) for inner in inner_images(children)
            ]
            for child in children:
                if child.type == "html_inline":
                    hide(child.content, context, token, child.meta["at"])
                elif child.type == "image" and "title" in child.attrs:  # a caption may have links
                    hide(str(child.attrs["title"]), context, token)


def references(block: Token, children: list[Token], context: ConversionContext) -> Iterator[tuple[Reference, Token]]:
    """What the links and images among the ``children`` of ``block`` point at, with the token that points."""
    for token in children:
        at = token.meta.get("at", 0)
        if token.type == "link_open":
            kind: Literal["link", "image", "made"] = "made" if token.meta.get("made") else "link"
            yield Reference(str(token.attrs["href"]), kind, context.locate(block, at)), token
        elif token.type == "image":
            kind = "made" if token.meta.get("made") else "image"
            yield Reference(str(token.attrs["src"]), kind, context.locate(block, at)), token


def inner_images(children: list[Token]) -> Iterator[Token]:
    """Images that stand in the alternative text of images: they are not shown, but named."""
    for token in children:
        for inner in token.children or ():
            if inner.type == "image":
                yield inner
            yield from inner_images([inner])


class VisibleTokens:
    """Tokens of a text; what is hidden leaves no token, but is noted in the ``meta`` of the one behind it."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._hidden: list[Token] = []

    def hide(self, token: Token) -> None:
        """Something private stands here."""
        self._hidden.append(token)

    def hide_comment(self, token: Token, *, shown: bool) -> None:
        """Raw HTML that is a comment and nothing else goes; its author sees it if it is to be ``shown``."""
        self._hidden += token.meta.get("private", ())
        if shown:
            self.hide(Token("comment", "", 0, block=True, meta={"hidden": token.content}))

    def add(self, token: Token) -> None:
        """Something that readers get."""
        if self._hidden:
            token.meta["private"] = [*self._hidden, *token.meta.get("private", ())]
            self._hidden = []
        self._tokens.append(token)

    def all(self) -> list[Token]:
        """All of them, in order; what is hidden at the end stands before an empty token."""
        if self._hidden:
            self.add(Token("end", "", 0))
        return self._tokens
