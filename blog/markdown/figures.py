"""Figures: an image alone in a paragraph becomes a figure with caption and credit."""

from __future__ import annotations

import re
from copy import copy
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.token import Token

from blog.markdown.attributes import PLACES
from blog.markdown.citations import set_citations
from blog.markdown.cross_references import take_number
from blog.markdown.formulas import set_formulas
from blog.markdown.link_label_parser import LinkTitle
from blog.markdown.media_formats import medium_of, why_not_shown
from blog.markdown.parser import read_line
from blog.markdown.reference_kinds import kind_of
from blog.markdown.summary import BREAKS, alternative, children_of

if TYPE_CHECKING:
    from blog.markdown.context import ConversionContext

_CREDIT = re.compile(
    r"(?i:credits?|photos?|photographs?) ?:|(?i:photos?|photographs?|images?|illustration|drawing) by\s*"
    r"(?=$|[^\W\da-z_])"
)
_LONGEST_CREDIT = 240
_NOT_IN_CAPTION = re.compile(r"<!|!\[")
"""Matches comments and images: a caption with one of them stays text."""
_NUMBERED = frozenset({"figure", "table", "listing"})
"""The kinds of which an image may be one: a table may be a picture."""
_MEDIUM_NAMES = {"picture": "image", "film": "video", "sound": "audio file"}
_LONE_IMAGES = (["image"], ["link_open", "image", "link_close"])


def set_figures(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Replace each image alone in a paragraph by a figure.

    The title is its caption, a line ``Credit: …`` below the image its credit.
    """
    blocks = [token for token in tokens if token.children and children_of(token, "image")]
    if not blocks:
        return tokens
    for block in blocks:
        _set_media(block, context)
        _check_alternatives(block, context)
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        figure, length = _build_figure(tokens, index, context)
        result += figure or tokens[index : index + 1]
        index += length
    for block in blocks:
        _check_numbers(block, context)
    return result


def _set_media(block: Token, context: ConversionContext) -> None:
    """Record which images are videos and audio; warn of files that browsers do not show."""
    for image in children_of(block, "image"):
        address = str(image.attrs["src"])
        image.meta["medium"] = medium_of(address)
        problem = None if image.meta.get("made") else why_not_shown(address)
        if problem:
            context.warn(context.locate(block, image.meta.get("at", 0)), "no-picture", *problem)


def _check_alternatives(block: Token, context: ConversionContext) -> None:
    """Warn of images without alternative text."""
    for image in children_of(block, "image"):
        if alternative(image.children):
            continue
        address = str(image.attrs["src"])
        message = f'the {_MEDIUM_NAMES[image.meta["medium"]]} "{address}" has no alternative text'
        hint = "say between the brackets what it shows: ![loss over time](…)"
        if "wikilink" in image.meta:
            hint = f"say behind a bar what it shows: ![[{address}|loss over time]]"
        is_output = image.meta.get("made") and not block.content
        if "page" in image.meta:
            message, hint = "the diagram has no alternative text", 'say in the braces what it shows: {alt="…"}'
        elif is_output:
            message = "an image in the output of this cell has no alternative text"
            kind = "image/svg+xml" if address.endswith(".svg") else "image/png"
            hint = f'show it by display(figure, metadata={{"{kind}": {{"alt": "loss over time"}}}})'
        context.warn(context.locate(block, image.meta.get("at", 0)), "no-alternative", message, hint)


def _build_figure(tokens: list[Token], index: int, context: ConversionContext) -> tuple[list[Token], int]:
    """Return the tokens of a figure, and the number of tokens from ``index`` on that they replace.

    Without a figure, the list is empty and the number 1.
    """
    opening = tokens[index]
    if opening.type != "paragraph_open" or opening.hidden:
        return [], 1
    inline, closing = tokens[index + 1 : index + 3]
    picture, credit = _split_credit(inline.children or [])
    if not picture or closing.type != "paragraph_close":  # the last paragraph of a footnote ends with its backlink
        return [], 1
    length = 3
    credit_line = _copy_with_children(inline, credit) if credit else None
    if credit_line is None and _is_credit(tokens[index + 3 : index + 6], opening.level):
        credit_line = tokens[index + 4]
        length = 6
    image = next(child for child in picture if child.type == "image")
    ident = _take_numbered_id(picture)
    label = take_number(str(kind_of(ident)), ident, context) if ident else ""
    image.meta["has_original"] = all(child.type != "link_open" for child in picture)
    meta = {**opening.meta, "places": _take_places(image), "ident": ident}
    title = image.attrs.pop("title", "")
    caption = _Caption(title.source if isinstance(title, LinkTitle) else str(title), str(title), inline, label)
    figure = [
        Token("figure_open", "figure", 1, level=opening.level, meta=meta),
        _copy_with_children(inline, picture),
        *_build_caption(caption, credit_line, context),
        Token("figure_close", "figure", -1, level=opening.level),
    ]
    return figure, length


def _copy_with_children(inline: Token, children: list[Token]) -> Token:
    token = copy(inline)
    token.children = children
    return token


def _take_places(image: Token) -> str:
    """Remove the classes of :data:`PLACES` from an image, and return them."""
    classes = str(image.attrs.get("class", "")).split()
    other_classes = [name for name in classes if name not in PLACES]
    if other_classes:
        image.attrs["class"] = " ".join(other_classes)
    else:
        image.attrs.pop("class", None)
    return " ".join(name for name in classes if name in PLACES)


def _take_numbered_id(picture: list[Token]) -> str:
    """Remove an id that stands for a number from an image or the link around it, and return it."""
    for token in picture:
        ident = str(token.attrs.get("id", ""))
        if kind_of(ident) in _NUMBERED:
            del token.attrs["id"]
            return ident
    return ""


def _check_numbers(block: Token, context: ConversionContext) -> None:
    """Report an image that is no figure and so has no number, though its id stands for one."""
    for image in children_of(block, "image"):
        ident = str(image.attrs.get("id", ""))
        if kind_of(ident) in _NUMBERED:
            message = f"#{ident} has no number: the image is not alone in its paragraph"
            location = context.locate(block, image.meta.get("at", 0))
            context.warn(location, "unknown-attribute", message, "put empty lines around the image")


class _Caption(NamedTuple):
    """A caption, and the block in which it is written."""

    text: str
    """As written, unless it had a comment."""
    plain: str
    """Without backslashes before punctuation."""
    block: Token
    label: str
    """The number of the figure, such as ``Figure 2``; empty if it has none."""


def _build_caption(caption: _Caption, credit: Token | None, context: ConversionContext) -> list[Token]:
    if not caption.text and not caption.label and credit is None:
        return []
    meta = {"caption": "", "label": caption.label, "credit": credit is not None}
    opening = Token("caption_open", "figcaption", 1, meta=meta)
    if _NOT_IN_CAPTION.search(caption.text):
        meta["caption"] = caption.plain
    elif caption.text:
        opening.map, opening.content = caption.block.map, caption.text
        opening.children = _parse_caption(opening, context)
    closing = Token("caption_close", "figcaption", -1, meta=meta)
    return [opening, closing] if credit is None else [opening, credit, closing]


def _parse_caption(caption: Token, context: ConversionContext) -> list[Token]:
    """Return the inline tokens of a caption; HTML in it stays text."""
    line = _copy_with_children(caption, [])
    line.type = "inline"
    line.children = read_line(caption, context)
    for child in children_of(line, "html_inline"):
        child.type = "text"
    set_citations([line], context)
    set_formulas([line], context)
    return line.children


def _split_credit(children: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the image, with a link around it if there is one, and the credit on the lines below it.

    Without a credit, the first list has the comments below the image too. Both are empty if the image is not alone.
    """
    first_line = list(takewhile(lambda child: child.type not in BREAKS, children))
    types = [child.type for child in first_line if child.type != "comment"]
    if types not in _LONE_IMAGES:
        return [], []
    below = children[len(first_line) + 1 :]
    if all(child.type == "comment" for child in below):
        return children, []
    if _begins_with_credit(below):
        return first_line, below
    return [], []


def _is_credit(paragraph: list[Token], level: int) -> bool:
    """Return whether the tokens after a paragraph at ``level`` are one short line that credits the image."""
    types = [token.type for token in paragraph]
    if types != ["paragraph_open", "inline", "paragraph_close"]:
        return False
    opening, inline, _ = paragraph
    is_next_to_image = opening.level == level and not opening.hidden
    is_one_line = "\n" not in inline.content
    return is_next_to_image and is_one_line and _begins_with_credit(inline.children or [])


def _begins_with_credit(children: list[Token]) -> bool:
    if sum(len(child.content) for child in children) > _LONGEST_CREDIT:
        return False
    texts = (child.content for child in children if child.type == "text" and child.content)
    return _CREDIT.match(next(texts, "")) is not None
