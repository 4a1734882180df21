"""References in hidden text: files and footnotes that only hidden text uses stay hidden with it.

Tokens or the text of a comment go in; the references are recorded in the context. No word of the text is recorded.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Literal

from markdown_it.token import Token

from blog.markdown import raw_html
from blog.markdown.code_files import code_file
from blog.markdown.comment_spans import MORE
from blog.markdown.result import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.markdown.context import ConversionContext
    from blog.problems import Location

RAW_TARGET = re.compile(
    r"""(\s(?:href|src|poster|data|action|srcset)\s*=\s*)("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.IGNORECASE
)
NO_COMMENT = (
    "this is no comment: its words would be published",
    "write <!-- … -->; to show the sign, write &lt;! or put it between ` and `",
)
IN_ATTRIBUTE = "a comment stands where it would be published", "take it out of the address, title or attribute"
"""Message and hint."""
_FOOTNOTE_LABEL = re.compile(r"\[\^([^\]\s]{1,100})\]")
_HIDDEN_TARGET = re.compile(rf"(?:\]|\burl)\(\s*[<\"']?([^)\s>\"']+)|{RAW_TARGET.pattern}", re.IGNORECASE)

_ENCLOSED_TARGET = re.compile(r"\]\(\s{0,20}<([^<>\n]{1,1000})>")
_FILE_ATTRIBUTE = re.compile(r"""\b(?:file|csv)\s{0,9}=\s{0,9}("[^"\n]{1,1000}"|'[^'\n]{1,1000}'|[^\s{}"']{1,1000})""")
_HIDDEN_NAME = re.compile(r"\[\[([^\[\]|#\n]{1,1000})")
"""Matches the name in anything that may be meant as a wikilink: hidden text hides more files rather than fewer."""

_WITH_ATTRIBUTES = frozenset({"container", "fence"})
"""Types of tokens whose attributes may name files."""
_REFERENCE_KINDS: dict[str, tuple[Literal["link", "image", "made"], str]] = {
    "link_open": ("link", "href"),
    "image": ("image", "src"),
}
"""Type of a token → kind of its reference, and the attribute with its URL."""


def record_bogus_comment(
    comment: raw_html.Bogus, html: str, start: int, context: ConversionContext, block: Token
) -> None:
    """Record the references in a bogus comment at ``start`` of ``block``; report one without a clear end."""
    if comment.end < 0:
        hint = "write <!-- … -->; inside other raw HTML it must not hold an empty line"
        context.error_once(context.locate(block, start), "open-comment", "the comment is not closed", hint)
    elif not comment.is_clear:
        message, hint = "browsers would show a part of this comment", "write <!-- … -->"
        context.error_once(context.locate(block, start), "bogus-comment", message, hint)
    else:
        record_comment(html[comment.start : comment.end], start, context, block)


def record_comment(text: str, start: int, context: ConversionContext, block: Token) -> None:
    """Count a comment at ``start`` of ``block`` and record its references; report a second one inside it."""
    if not MORE.fullmatch(text):
        context.comments += 1
    if "<!--" in text[2:]:
        message = "a comment begins inside a comment: both end at the first -->"
        context.error(context.locate(block, start), "nested-comment", message, "close the first one before the second")
    record_hidden_text(text, context, block, start)


def record_hidden_text(text: str, context: ConversionContext, block: Token, start: int = 0) -> None:
    """Record the footnotes and URLs in a hidden text, which begins at ``start`` of ``block``."""
    context.hidden_notes.update(_FOOTNOTE_LABEL.findall(text))
    for match in _HIDDEN_TARGET.finditer(text):
        if match[1]:
            _record_urls([match[1]], "link", context.locate(block, start + match.start(1)), context)
            continue
        urls = [match[3].strip("\"'")]
        if "srcset" in match[2].lower():
            urls = [url for url, _ in raw_html.candidates(urls[0])]
        _record_urls(urls, "raw", context.locate(block, start + match.start(3)), context)
    for match in _ENCLOSED_TARGET.finditer(text):
        _record_urls([match[1]], "link", context.locate(block, start + match.start(1)), context)
    _record_names(text, context, block, start)
    recorded_targets = context.hidden_targets()
    location = context.locate(block, start)
    attributes = [unescape(match[1].strip("\"'")) for match in _FILE_ATTRIBUTE.finditer(text)]
    for name in dict.fromkeys((*raw_html.names(text), *attributes)):
        if name not in recorded_targets:
            context.hidden_links.append(Reference(name, "raw", location))


def _record_names(text: str, context: ConversionContext, block: Token, start: int = 0) -> None:
    for match in _HIDDEN_NAME.finditer(text):
        location = context.locate(block, start + match.start())
        context.hidden_links.append(Reference(match[1].rstrip("\\ ").strip(), "link", location, is_name=True))


def _record_urls(urls: list[str], kind: Literal["link", "raw"], location: Location, context: ConversionContext) -> None:
    """Record URLs from the source, which may have character references."""
    for source in urls:
        url = unescape(source).strip()
        context.hidden_links.append(Reference(url, kind, location))


def record_hidden_tokens(tokens: list[Token], context: ConversionContext) -> None:
    """Record the footnotes and URLs in hidden block tokens, whose inline text is parsed."""
    for token in tokens:
        if token.type == "html_block":
            record_hidden_text(token.content, context, token)
        elif token.type == "inline":
            _record_hidden_inline(token, context)
        elif token.type in _WITH_ATTRIBUTES:
            if token.type == "fence" and (path := code_file(token.info)):
                context.hidden_links.append(Reference(path, "link", context.start(token)))
            record_hidden_text(token.content if token.type == "container" else token.info, context, token)


def _record_hidden_inline(token: Token, context: ConversionContext) -> None:
    children = token.children or []
    context.hidden_notes.update(_FOOTNOTE_LABEL.findall(token.content))
    _record_names(token.content, context, token)
    for reference, _ in references(token, children, context):
        context.hidden_links.append(reference)
    location = context.locate(token)
    for image in inner_images(children):
        context.hidden_links.append(Reference(str(image.attrs["src"]), "image", location))
    for child in children:
        if child.type == "html_inline":
            record_hidden_text(child.content, context, token, child.meta["at"])
        elif child.type == "image" and "title" in child.attrs:  # a caption may have links
            record_hidden_text(str(child.attrs["title"]), context, token)


def references(block: Token, children: list[Token], context: ConversionContext) -> Iterator[tuple[Reference, Token]]:
    """Yield the references of the links and images among the ``children`` of ``block``, each with its token."""
    for token in children:
        if token.type not in _REFERENCE_KINDS or "feed" in token.meta:  # a diagram that is shown as code
            continue
        kind, attribute = _REFERENCE_KINDS[token.type]
        if token.meta.get("made"):
            kind = "made"
        location = context.locate(block, token.meta.get("at", 0))
        is_name = "wikilink" in token.meta
        yield Reference(str(token.attrs[attribute]), kind, location, is_name=is_name), token


def inner_images(children: list[Token]) -> Iterator[Token]:
    """Yield the images in the alternative text of images: no page shows them, but the text refers to their files."""
    for token in children:
        for inner in token.children or ():
            if inner.type == "image":
                yield inner
            yield from inner_images([inner])


class VisibleTokens:
    """The tokens of a text without hidden ones.

    For the author's preview these are in the ``meta`` of the token behind them, where no step changes them.
    """

    def __init__(self, context: ConversionContext) -> None:
        self._context = context
        self._tokens: list[Token] = []
        self._hidden: list[Token] = []

    def hide(self, token: Token) -> None:
        """Hide ``token``: only the preview shows it."""
        if self._context.manner.for_author:
            token.meta["number"] = len(self._context.hidden_tokens)
            self._context.hidden_tokens.append(token)
            self._hidden.append(token)

    def drop(self, token: Token) -> None:
        """Leave out a token that shows nothing, but not the hidden ones before it."""
        self._hidden += token.meta.get("hidden", ())

    def add(self, token: Token) -> None:
        """Add a token that readers see."""
        if self._hidden:
            token.meta["hidden"] = [*self._hidden, *token.meta.get("hidden", ())]
            self._hidden = []
        self._tokens.append(token)

    def all(self) -> list[Token]:
        """Return all tokens in order, with an empty one at the end if hidden tokens are last."""
        if self._hidden:
            self.add(Token("end", "", 0))
        return self._tokens
