"""The words of the ``:::`` marks of directives: their names and attributes, and what is wrong in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.hiding_marks import find_hiding_line, fold_text, names_hidden_passage
from blog.markdown.attribute_list import (
    AttributeList,
    AttributePlace,
    ListedAttribute,
    Unread,
    is_allowed,
    missing_attributes,
    parse_attributes,
    report_attributes,
)
from blog.markdown.comment_spans import blanks
from blog.markdown.directives import PRIVATE, BlockDirective, DirectiveCall, visible_directives
from blog.markdown.reference_kinds import kind_of
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from markdown_it.token import Token

    from blog.markdown.context import ConversionContext
    from blog.problems import Location

_NAME = re.compile(r"[ \t]*+\{?+[ \t]*+\.?+([\w-]++)[ \t]*+\}?+[ \t]*+")
_LISTED = re.compile(r":*+[ \t]*+(?P<name>[\w-]*+)[ \t]*+\{(?P<items>.*)\}[ \t]*+:*+[ \t]*+")
"""Matches a mark with a list of attributes: ``::: name {…}`` and ``::: {…}``."""
_PRIVATE = re.compile(r"[ \t]*(\{[ \t]*\.?)?private(?![\w-])", re.IGNORECASE)


class DirectiveMark(NamedTuple):
    """What a mark says."""

    text: str
    """The mark as written, with blanks in the place of comments."""
    name: str
    """In lower case; empty for a closing mark, and for words that are no mark."""
    is_closing: bool = False
    attributes: AttributeList = AttributeList()
    """Without the class that is the name. Offsets are those of the mark."""


def parse_mark(text: str) -> DirectiveMark:
    """Return the mark in a line such as ``::: {.private}``; comments in it must be blanked."""
    words = fold_text(text).lstrip(":").rstrip(": \t")
    if not words.strip():
        return DirectiveMark(text, "", is_closing=True)
    if _PRIVATE.match(words):
        return DirectiveMark(text, PRIVATE)
    match = _NAME.fullmatch(words)
    if match is not None:
        return DirectiveMark(text, match[1].lower())
    listed = _LISTED.fullmatch(text)
    if listed is None:
        return DirectiveMark(text, "")
    attributes = parse_attributes(listed["items"], listed.start("items"))
    if listed["name"]:
        return DirectiveMark(text, fold_text(listed["name"]), attributes=attributes)
    return _named_by_class(text, attributes)


def _named_by_class(text: str, attributes: AttributeList) -> DirectiveMark:
    """Return the mark of Pandoc's ``::: {.name key="value"}``: its first class is the name."""
    name = next((item for item in attributes.items if item.kind == "class"), None)
    if name is None:
        return DirectiveMark(text, "")
    others = tuple(item for item in attributes.items if item is not name)
    return DirectiveMark(text, fold_text(name.name), attributes=AttributeList(others, attributes.unread))


def looks_private(text: str) -> bool:
    """Return True if the words of a mark are probably meant to hide the text below it, in any spelling."""
    plain = fold_text(text)
    if names_hidden_passage(text) or "private" in plain:
        return True
    letters = re.sub(r"[\W_]", "", plain)
    if letters.startswith("private"):
        return True
    return any(did_you_mean(word, [PRIVATE]) for word in re.findall(r"[\w-]+", plain))


def directive_call(mark: Token, directive: BlockDirective) -> DirectiveCall:
    """Return the use of a directive of which ``mark`` is the opening mark."""
    read: DirectiveMark = mark.meta["mark"]
    names = {rule.name for rule in directive.attributes}
    values = {name: value.strip() for name, value in read.attributes.values.items() if name in names}
    ident = read.attributes.ident if directive.allows_id else ""
    return DirectiveCall(read.name, ident, values, mark.map[0] if mark.map else 0)


def check_mark(mark: Token, context: ConversionContext) -> None:
    """Report what is wrong in the attributes of an opening mark, each at its own place.

    A word by which an author may mean to hide the block is an error.
    """
    read: DirectiveMark = mark.meta["mark"]
    directive = visible_directives(context.manner.blocks)[read.name]
    if private_word := _find_private_word(read, directive):
        location = context.locate_behind(mark, private_word.start)
        message = f'"{private_word.source}" hides nothing in "{mark.content}"'
        context.error(location, "unknown-container", message, "write ::: private in the place of this mark")
        return

    def locate(offset: int) -> Location:
        return context.locate_behind(mark, offset)

    place = AttributePlace(
        directive.attributes, directive.allows_id, locate, suggest=lambda _: _describe_attributes(read.name, directive)
    )
    report_attributes(read.attributes, place, context)
    for name in missing_attributes(read.attributes, directive.attributes):
        message = f'"::: {read.name}" needs the attribute "{name}"'
        context.error(context.start(mark), "missing-attribute", message, f'write ::: {read.name} {{{name}="…"}}')


def _find_private_word(read: DirectiveMark, directive: BlockDirective) -> ListedAttribute | Unread | None:
    """Return the first word of a mark that may be meant to hide the block; None if there is none.

    Quoted values of attributes that the directive has are shown, so they may have any words; so may ids of figures,
    theorems and the like.
    """
    rest = read.text
    words: list[ListedAttribute | Unread] = [*read.attributes.items, *read.attributes.unread]
    for word in words:
        if isinstance(word, ListedAttribute) and _is_plain(word, directive):
            rest = rest[: word.start] + blanks(word.source) + rest[word.start + len(word.source) :]
        elif looks_private(word.source) or find_hiding_line(word.source):
            return word
    return Unread(rest.strip(": \t"), 0) if looks_private(rest) else None


def _is_plain(item: ListedAttribute, directive: BlockDirective) -> bool:
    """Return whether an item cannot be meant to hide anything."""
    if not is_allowed(item, directive.attributes, allows_id=directive.allows_id):
        return False
    if item.kind == "id":
        return kind_of(item.name) is not None
    return item.kind == "flag" or item.is_quoted


def _describe_attributes(name: str, directive: BlockDirective) -> str:
    """Return a hint with the attributes that a directive has."""
    forms = ["#id"] if directive.allows_id else []
    forms += [rule.name if rule.kind == "flag" else f'{rule.name}="…"' for rule in directive.attributes]
    if not forms:
        return f"::: {name} has no attributes"
    return f"write ::: {name} {{{' '.join(forms)}}}"
