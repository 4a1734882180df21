"""Lists of attributes, such as ``{#id .class key="value" flag}``: their items with offsets, and what is wrong in them.

The info strings of code fences and the marks of directives have such a list. A construct declares its attributes as
:class:`AttributeRule` values; :func:`report_attributes` reports what no rule allows.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from blog.config.hiding_marks import contains_comment
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from blog.markdown.context import ConversionContext
    from blog.problems import Location

_ITEM = re.compile(r"(?P<name>[\w.#:-]++)(?:=(?P<value>\"[^\"]*+\"|'[^']*+'|[^\s\"']++))?+|(?P<unread>[^\s,\w.#:-]++)")
_ID = re.compile(r"[\w:-][\w.:-]*+")
"""Matches the name of an id or a class."""
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
_SIGNS: Mapping[str, Literal["id", "class"]] = {"#": "id", ".": "class"}
_FLAG_VALUES = frozenset({"true", "false"})

AttributeKind = Literal["text", "path", "number", "flag", "lines", "link", "image"]
"""``path`` is the path of a file, relative to the document; ``lines`` are numbers of lines, which ``code`` checks;
``link`` and ``image`` are addresses, which are resolved like those of Markdown."""


class ListedAttribute(NamedTuple):
    """One item of a list."""

    kind: Literal["id", "class", "value", "flag"]
    name: str
    """Without ``#`` or ``.``."""
    value: str
    """Without quotation marks; empty for an item that has none."""
    source: str
    """The item as written."""
    start: int
    """Offset of the item in the text of the list."""

    @property
    def label(self) -> str:
        """The name as written, with its sign."""
        return self.source if self.kind in {"id", "class"} else self.name

    @property
    def is_quoted(self) -> bool:
        """True if the value is in quotation marks."""
        return self.kind == "value" and self.source[-1] in "\"'"


class Unread(NamedTuple):
    """Characters of a list that are no item, such as a quotation mark without its partner."""

    source: str
    start: int


class AttributeList(NamedTuple):
    """The items of a list in the order of the text."""

    items: tuple[ListedAttribute, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def ident(self) -> str:
        """The first id; empty if there is none."""
        return next((item.name for item in self.items if item.kind == "id"), "")

    @property
    def values(self) -> dict[str, str]:
        """The values by name; that of a flag is empty. The last of two with one name counts."""
        return {item.name: item.value for item in self.items if item.kind in {"value", "flag"}}


class AttributeRule(NamedTuple):
    """An attribute that a construct has."""

    name: str
    kind: AttributeKind = "text"
    required: bool = False


def parse_attributes(text: str, start: int = 0) -> AttributeList:
    """Return the attributes in ``text``, the inner text of braces, which begins at offset ``start``.

    Items stand apart by spaces or commas.
    """
    items: list[ListedAttribute] = []
    unread: list[Unread] = []
    for match in _ITEM.finditer(text):
        offset = start + match.start()
        if match["unread"]:
            unread.append(Unread(match["unread"], offset))
        else:
            items.append(_read_item(match["name"], match["value"], match[0], offset))
    return AttributeList(tuple(items), tuple(unread))


def _read_item(name: str, value: str | None, source: str, start: int) -> ListedAttribute:
    if value is not None:
        inner = value[1:-1] if value[0] in "\"'" else value.rstrip(",")
        return ListedAttribute("value", name, inner, source, start)
    sign = _SIGNS.get(name[0])
    if sign and _ID.fullmatch(name, 1):
        return ListedAttribute(sign, name[1:], "", source, start)
    return ListedAttribute("flag", name, "", source, start)


class AttributePlace(NamedTuple):
    """Where a list of attributes stands, and what it may have."""

    rules: tuple[AttributeRule, ...]
    allows_id: bool
    locate: Callable[[int], Location]
    """Returns the location of an offset in the text of the list."""
    suggest: Callable[[str], str]
    """Returns the hint for a word that is no attribute and resembles none."""
    classes: tuple[str, ...] = ()
    """The classes that it may have."""


def report_attributes(attributes: AttributeList, place: AttributePlace, context: ConversionContext) -> None:
    """Report unknown items, wrong values, and items that are written twice: each at its own place."""
    if problem := find_open_quote(attributes):
        offset, message = problem
        context.warn(place.locate(offset), "unknown-attribute", message, place.suggest(""))
        return
    rules = {rule.name: rule for rule in place.rules}
    seen: set[str] = set()
    for item in attributes.items:
        location = place.locate(item.start)
        if wrong := _find_problem(item, rules, place):
            context.warn(location, "unknown-attribute", *wrong)
            continue
        key = "#" if item.kind == "id" else item.name
        if key in seen:
            context.warn(location, "unknown-attribute", f'"{item.label}" is written twice', "keep one")
        seen.add(key)
        if contains_comment(item.value):
            message = "a comment stands inside an attribute, where it would be published"
            context.error(location, "comment-in-text", message, "take it out of the attribute")
    for unread in attributes.unread:
        location = place.locate(unread.start)
        context.warn(location, "unknown-attribute", f'unknown word "{unread.source}"', place.suggest(""))


def find_open_quote(attributes: AttributeList) -> tuple[int, str] | None:
    """Return the offset of a quotation mark without its partner, and a message about it; None if there is none."""
    for unread in attributes.unread:
        for offset, char in enumerate(unread.source, unread.start):
            if char in "\"'":
                return offset, f"a quote in the braces has no closing {char}"
    return None


def is_allowed(item: ListedAttribute, rules: tuple[AttributeRule, ...], *, allows_id: bool) -> bool:
    """Return whether ``rules`` have a place for an item, whatever its value."""
    if item.kind == "id":
        return allows_id
    return item.kind != "class" and any(rule.name == item.name for rule in rules)


def _find_problem(
    item: ListedAttribute, rules: Mapping[str, AttributeRule], place: AttributePlace
) -> tuple[str, str] | None:
    """Return a message and a hint for an item that is unknown or has a wrong value; None for any other."""
    if item.kind == "class" and item.name in place.classes:
        return None
    if not is_allowed(item, place.rules, allows_id=place.allows_id):
        suggestion = "" if item.kind == "id" else did_you_mean(item.name, rules)
        return f'unknown word "{item.label}"', suggestion or place.suggest(item.label)
    if item.kind == "id":
        return None
    return _find_wrong_value(item, rules[item.name].kind)


def _find_wrong_value(item: ListedAttribute, kind: AttributeKind) -> tuple[str, str] | None:
    """Return a message and a hint for a value that is not of its kind."""
    if kind == "flag":
        if item.kind == "flag" or item.value in _FLAG_VALUES:
            return None
        return f'{item.name}="{item.value}": "{item.name}" has no value', f"write {item.name}"
    if item.kind == "flag" and kind != "lines":
        return f'"{item.name}" has no value', f'write {item.name}="…"'
    if kind == "number" and not _NUMBER.fullmatch(item.value):
        return f'{item.name}="{item.value}" is no number', f"write {item.name}=3"
    return None


def missing_attributes(attributes: AttributeList, rules: tuple[AttributeRule, ...]) -> list[str]:
    """Return the names of required attributes that a list lacks or has without a value."""
    values = attributes.values
    return [rule.name for rule in rules if rule.required and not values.get(rule.name, "").strip()]
