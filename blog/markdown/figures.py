"""Pictures: an image alone in a paragraph becomes a figure with caption and credit."""

from __future__ import annotations

import re
from copy import copy
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.formulas import set_formulas
from blog.markdown.media import medium_of, why_not_shown
from blog.markdown.parser import Definitions, parser_for
from blog.markdown.summary import BREAKS, alternative

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.markdown.context import ConversionContext

PLACES = ("left", "right", "wide")
"""Classes of an image that say where its figure stands: beside the text, or wider than it."""
_CREDIT = re.compile(
    r"(?i:credits?|photos?|photographs?) ?:|(?i:photos?|photographs?|images?|illustration|drawing) by\s*"
    r"(?=$|[^\W\da-z_])"
)
_APART = re.compile(r"\s+(\{[ .#\w-]+\})\s*")
_LONGEST_CREDIT = 240
_MARKED = re.compile(r"\]\([^\s()]|\$[^\s$]")
"""Matches a link or a formula: the mark of a caption that is more than words."""


def set_figures(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """An image alone in a paragraph is a figure: its title the caption, a line ``Credit: …`` below it the credit."""
    pictured = [token for token in tokens if token.children and any(_images(token.children))]
    if not pictured:
        return tokens
    for token in pictured:
        _tell_media(token, context)
        _check_alternatives(token, context)
        _check_apart(token, context)
    made: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        found = _figure(tokens, index, context) if token.type == "paragraph_open" and not token.hidden else None
        if found is None:
            made.append(token)
            index += 1
        else:
            made += found[0]
            index += found[1]
    return made


def _tell_media(block: Token, context: ConversionContext) -> None:
    """Note which images are films and sound, and warn of those that are neither these nor pictures."""
    for image in _images(block.children or []):
        address = str(image.attrs["src"])
        image.meta["medium"] = medium_of(address)
        if not image.meta.get("made") and (why := why_not_shown(address)):
            context.warn(context.locate(block, image.meta.get("at", 0)), "no-picture", *why)


def _check_alternatives(block: Token, context: ConversionContext) -> None:
    for image in _images(block.children or []):
        if not alternative(image.children):
            message = f'the {image.meta["medium"]} "{image.attrs["src"]}" has no alternative text'
            hint = "say between the brackets what it shows: ![loss over time](…)"
            if image.meta.get("made") and not block.content:
                message = "a picture that this cell put out has no alternative text"
                kind = "image/svg+xml" if str(image.attrs["src"]).endswith(".svg") else "image/png"
                hint = f'show it by display(figure, metadata={{"{kind}": {{"alt": "loss over time"}}}})'
            context.warn(context.locate(block, image.meta.get("at", 0)), "no-alternative", message, hint)


def _check_apart(block: Token, context: ConversionContext) -> None:
    """Attributes with a space before them are words."""
    for image, after in pairwise(block.children or ()):
        if image.type == "image" and after.type == "text" and (found := _APART.fullmatch(after.content)):
            message = f"{found[1]} stands apart from the image, and is shown as text"
            context.warn(
                context.locate(block, image.meta.get("at", 0)), "unknown-attribute", message, "take out the space"
            )


def _images(children: list[Token]) -> Iterator[Token]:
    return (child for child in children if child.type == "image")


def _figure(tokens: list[Token], index: int, context: ConversionContext) -> tuple[list[Token], int] | None:
    """The tokens of a figure, and how many of those from ``index`` on it takes; None if there is none."""
    inline = tokens[index + 1]
    picture, credit = _apart(inline.children or [])
    if picture is None or tokens[index + 2].type != "paragraph_close":  # the last words of a footnote lead back
        return None
    taken = 3
    line = None
    if credit:
        line = copy(inline)
        line.children = credit
    elif _is_credit(tokens[index + 3 : index + 6], tokens[index].level):
        line = tokens[index + 4]
        taken = 6
    image = next(_images(picture))
    classes = str(image.attrs.get("class", "")).split()
    places = [name for name in classes if name in PLACES]
    image.attrs["class"] = " ".join(name for name in classes if name not in PLACES)
    if not image.attrs["class"]:
        del image.attrs["class"]
    shown = copy(inline)
    shown.children = picture
    caption = str(image.attrs.pop("title", ""))
    opening = Token(
        "figure_open", "figure", 1, level=tokens[index].level, meta={**tokens[index].meta, "places": " ".join(places)}
    )
    closing = Token("figure_close", "figure", -1, level=tokens[index].level)
    return [opening, shown, *_caption(_Caption(caption, inline), line, context), closing], taken


class _Caption(NamedTuple):
    """A caption, and the block in which it is written."""

    text: str
    block: Token


def _caption(caption: _Caption, credit: Token | None, context: ConversionContext) -> list[Token]:
    if not caption.text and credit is None:
        return []
    facts = {"caption": caption.text, "credit": credit is not None}
    opening = Token("caption_open", "figcaption", 1, meta=facts)
    if _MARKED.search(caption.text) and not any(sign in caption.text for sign in ("<!", "![", "ref{")):
        opening.map, opening.content = caption.block.map, caption.text
        opening.children = _parsed(opening, context)
    return [
        opening,
        *([credit] if credit is not None else []),
        Token("caption_close", "figcaption", -1, meta=facts),
    ]


def _parsed(caption: Token, context: ConversionContext) -> list[Token]:
    """The links and formulas of a caption; HTML in it stays text."""
    parser, children = parser_for(context.manner.language), list[Token]()
    context.block = caption
    parser.inline.parse(caption.content, parser, {"notes": context, "references": Definitions()}, children)
    for child in children:
        if child.type == "html_inline":
            child.type = "text"
    line = copy(caption)
    line.type, line.children = "inline", children
    set_formulas([line], context)
    return line.children or []


def _apart(children: list[Token]) -> tuple[list[Token] | None, list[Token]]:
    """The image, with a link around it if there is one, and the credit on the lines below; None if it is not alone."""
    end = next((index for index, child in enumerate(children) if child.type in BREAKS), len(children))
    kinds = [child.type for child in children[:end] if child.type != "comment"]
    if kinds not in (["image"], ["link_open", "image", "link_close"]):
        return None, []
    below = children[end + 1 :]
    if all(child.type == "comment" for child in below):
        return children, []
    return (children[:end], below) if _begins_with_credit(below) else (None, [])


def _is_credit(tokens: list[Token], level: int) -> bool:
    """Return whether the next paragraph is one short line that credits the image."""
    kinds = [token.type for token in tokens]
    if kinds != ["paragraph_open", "inline", "paragraph_close"] or tokens[0].level != level or tokens[0].hidden:
        return False
    return "\n" not in tokens[1].content and _begins_with_credit(tokens[1].children or [])


def _begins_with_credit(children: list[Token]) -> bool:
    first = next((child for child in children if child.type == "text" and child.content), None)
    length = sum(len(child.content) for child in children)
    return first is not None and bool(_CREDIT.match(first.content)) and length <= _LONGEST_CREDIT
