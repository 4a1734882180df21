"""Attributes in braces, such as ``![loss](loss.png){.right width=50%}``: sizes, and mistakes in them.

The rule for attributes records where each pair of braces stands; the problems are reported when all blocks are parsed.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from blog.markdown.summary import children_of
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext

PLACES = ("left", "right", "wide")
"""Classes of an image for the place of its figure: beside the text, or wider than it."""
KINDS = ("chart", "photo")
"""Classes of an image by which an author says whether it is a chart."""
ATTRIBUTES = ("id", "class", "width", "height")
_WRONG_SIZE = "wrong-"
"""Prefix of an attribute whose size is invalid: it is in no list of attributes, so it is not rendered."""
SIZE = re.compile(
    r"(?<![\w:-])(?P<side>width|height)[ ]{0,3}=[ ]{0,3}(?:\"(?P<quoted>[^\"\\]{0,40})\"|(?P<bare>[^\s}\"\\]{1,40}))"
)
_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,9})?)(px|%)?")
_CLASS = re.compile(r"(?<=[\s{])\.(?P<name>[\w-]{1,40})")
_DOUBLED = re.compile(r"(\w)\1")
_APART = re.compile(r"\s+(?P<attributes>\{[ .#\w-]+\})\s*")
_BESIDE = re.compile(r"\{(?P<inner>[^\s{}%:<=+~>-](?<!#(?=[\s#]))[^{}\n]{0,200})(?P<end>\}?)")
"""Matches braces directly behind an image, but for those of other generators."""
_PAIR = re.compile(r"\s*(?P<name>[\w-]{1,40})\s*[:=]\s*(?P<value>[\w.%-]{1,40})\s*")
_UNCLOSED = re.compile(r"[.#][\w-]++|\w[\w-]*+=[\w.%-]++")
_PLAIN = re.compile(r"\{[\w .:#=%]{0,20}")
"""Matches the start of braces that typography does not change."""
_LIST_HINT = "the attributes are id, class, width and height"
_SIZE_HINT = "write pixels, such as width=300, or a part of the text's width, such as width=50%"
_HINTS = {
    "align": "write {.left}, {.right} or {.wide}",
    "alt": "write it between the brackets: ![a falling loss](loss.png)",
    "caption": 'write it behind the address: ![…](loss.png "caption")',
    "title": 'write it behind the address: ![…](loss.png "title")',
}


def convert_size(match: re.Match[str]) -> str:
    """Return a size as an attribute or a class: ``300px`` is ``300``, and half the width of the text ``w-50``.

    A size in any other unit, or a part of an unknown height, is marked as wrong: browsers would read it as pixels.
    """
    side, size = match["side"], _size_of(match)
    length = _LENGTH.fullmatch(size)
    if length is None:
        return f'{_WRONG_SIZE}{side}="{size}"'
    if length[2] != "%":
        return f'{side}="{round(float(length[1]))}"'
    if side == "height":
        return f'{_WRONG_SIZE}{side}="{size}"'
    return f".w-{_round_percent(float(length[1]))}"


def _size_of(match: re.Match[str]) -> str:
    return (match["quoted"] or match["bare"] or "").strip()


def _round_percent(number: float) -> int:
    return min(max(round(number / 5) * 5, 5), 100)


def check_attributes(tokens: list[Token], context: ConversionContext) -> list[Token]:
    """Report attributes that are unknown, wrong, without effect, or shown as text; the tokens stay as they are.

    Figures are set: an image that still has the class of a place is not alone in its paragraph.
    """
    for block in tokens:
        if "{" not in block.content:
            continue
        for child in block.children or ():
            for start, braces in child.meta.get("braces", ()):
                _check_braces(child, start, braces, block, context)
        for image, after in pairwise(block.children or ()):
            if image.type == "image" and after.type == "text":
                _check_text_behind(image, after, block, context)
    return tokens


def _check_braces(token: Token, start: int, braces: str, block: Token, context: ConversionContext) -> None:
    """Report what is wrong in ``braces``, which begin at ``start`` of ``block`` and belong to ``token``."""
    for name, value in token.meta.get("insecure_attrs", {}).items():
        position = _find_attribute(braces, name.removeprefix(_WRONG_SIZE))
        if position >= 0:
            location = context.locate(block, start + position)
            message, hint = _explain_attribute(name, value)
            context.warn(location, "unknown-attribute", message, hint)
    for size in SIZE.finditer(braces):
        if (rounded := _round_width(size)) != _size_of(size):
            message = f"{size['side']}={_size_of(size)} is shown as {rounded}"
            location = context.locate(block, start + size.start())
            context.advise(location, "unknown-attribute", message, f"write width={rounded}, or a number of pixels")
    for match in _CLASS.finditer(braces):
        _check_class(match["name"], token, _AttributePlace(block, start + match.start()), context)


class _AttributePlace(NamedTuple):
    """A position in a block."""

    block: Token
    offset: int


def _find_attribute(braces: str, name: str) -> int:
    """Return the offset of the attribute ``name`` in ``braces``, or -1."""
    match = re.search(rf"(?<![\w:-]){re.escape(name)}\s*=", braces)
    return match.start() if match else -1


def _explain_attribute(name: str, value: str) -> tuple[str, str]:
    """Return why an attribute is left out, and a hint."""
    if name.startswith(_WRONG_SIZE):
        return f"left out: {name.removeprefix(_WRONG_SIZE)}={value}", _SIZE_HINT
    if suggestion := did_you_mean(name, ATTRIBUTES):
        return f'unknown attribute "{name}": it is left out', suggestion
    return f'the attribute "{name}" is not allowed: it is left out', _HINTS.get(name, _LIST_HINT)


def _round_width(size: re.Match[str]) -> str:
    """Return the part of the text's width that is used; the size itself if it is in pixels, or wrong."""
    length = _LENGTH.fullmatch(_size_of(size))
    if length is None or length[2] != "%" or size["side"] != "width":
        return _size_of(size)
    number = float(length[1])
    return _size_of(size) if _round_percent(number) == number else f"{_round_percent(number)}%"


def _check_class(name: str, token: Token, place: _AttributePlace, context: ConversionContext) -> None:
    """Report the class of a place that has no effect, and one that is misspelled."""
    location = context.locate(place.block, place.offset)
    if token.type == "link_open":
        if name in PLACES and children_of(place.block, "image"):
            hint = f"write it behind the image: ![…](…){{.{name}}}"
            context.warn(location, "unknown-attribute", f".{name} has no effect on a link", hint)
    elif token.type != "image":
        return
    elif name in PLACES and name in str(token.attrs.get("class", "")).split():
        message = f".{name} has no effect: the image is not alone in its paragraph"
        context.warn(location, "unknown-attribute", message, "put empty lines around the image")
    elif near := _find_near_class(name):
        context.advise(location, "unknown-attribute", f'unknown class ".{name}"', f"did you mean .{near}?")


def _find_near_class(name: str) -> str:
    """Return the place or kind that the class ``name`` misspells, or ``""``; not that of ``light`` and ``bright``."""
    for place in (*PLACES, *KINDS):
        if name == place:
            continue
        without_a_letter = {place[:index] + place[index + 1 :] for index in range(1, len(place))}
        has_same_letters = sorted(name.casefold()) == sorted(place)
        if has_same_letters or name in without_a_letter or _DOUBLED.sub(r"\1", name) == place:
            return place
    return ""


def _check_text_behind(image: Token, after: Token, block: Token, context: ConversionContext) -> None:
    """Report attributes of an image that are shown as text."""
    if apart := _APART.fullmatch(after.content):
        message = f"{apart['attributes']} stands apart from the image, and is shown as text"
        hint = "take out the space"
    elif beside := _BESIDE.match(after.content):
        message, hint = _explain_text(beside)
    else:
        return
    if hint:
        location = context.locate(block, _find_text(after.content, image, block))
        context.warn(location, "unknown-attribute", message, hint)


def _explain_text(braces: re.Match[str]) -> tuple[str, str]:
    """Return why braces behind an image are shown as text, and a hint; an empty one if they may be text."""
    inner = braces["inner"]
    if not braces["end"]:
        first = _UNCLOSED.match(inner)
        return (f"{{{first[0]} has no }}, and is shown as text", f"write {{{first[0]}}}") if first else ("", "")
    message = f"{{{inner}}} is shown as text"
    pair = _PAIR.fullmatch(inner)
    if inner.strip() in PLACES:
        return message, f"write {{.{inner.strip()}}}"
    if pair and pair["name"] in ATTRIBUTES:
        return message, f"write {{{pair['name']}={pair['value']}}}"
    return message, "write attributes such as {.right width=50%}"


def _find_text(text: str, image: Token, block: Token) -> int:
    """Return the offset of the braces in ``text``, which follows ``image``, in ``block``."""
    start = image.meta.get("at", 0)
    plain = _PLAIN.match(text.lstrip())
    position = block.content.find(plain[0], start) if plain else -1
    return position if position >= 0 else start
