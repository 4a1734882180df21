"""YAML or TOML text → nodes: values as they were written, each with its position.

YAML scalars stay text exactly as typed (``no``, ``012``, ``12:30``): composing events ourselves avoids YAML's
guesses, its duplicate keys and its deep recursion.

YAML 1.1 by libyaml's parser, <https://yaml.org/spec/1.1/>; TOML 1.0 by ``tomllib``, <https://toml.io/en/v1.0.0>.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import yaml

from blog.errors import BlogError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Node:
    """One value as it was written."""

    value: Any
    """Text (all YAML scalars), a TOML scalar, a tuple of nodes, or a dict of :class:`Member`."""
    place: Place
    style: Literal["plain", "quoted", "block", "typed"]
    """YAML's spelling of a scalar; ``typed`` is a value of TOML, or a collection."""


@dataclass(frozen=True, slots=True)
class Member:
    """A key of a mapping and its value."""

    place: Place
    node: Node


# YAML


def from_yaml(text: str, place: Place) -> Node:
    """The mapping that ``text`` holds; ``place`` is where its first line stands.

    Raises :class:`BlogError` with one problem: not YAML, not a mapping, an alias, a tag, a duplicate key, too deep.
    """
    composer = _Composer(place)
    try:
        node = composer.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        raise BlogError([_yaml_problem(error, text, place)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) if isinstance(error.position, int) else 0
        where = Place(place.path, place.line + line, 1)
        raise BlogError([Problem(where, "yaml", f"YAML does not allow the character {error.character!r}")]) from None
    if not isinstance(node.value, dict):
        raise BlogError([Problem(node.place, "yaml", "expected lines of the form `key: value`")])
    return node


class _Composer:
    """Turns libyaml's events into nodes, with bounded depth."""

    def __init__(self, place: Place) -> None:
        self.origin = place

    def document(self, events: Iterator[Any]) -> Node:
        node = Node({}, self.origin, "typed")
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.fail(event, "a second YAML document starts here")
                node = self.node(next(events), events, 0)
        if node.value == "" and node.style == "plain":
            return Node({}, self.origin, "typed")
        return node

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.fail(event, "YAML anchors and aliases are not understood here", "write the value out")
        if event.tag is not None:
            self.fail(event, f"YAML tags such as {event.tag} are not understood here", "write the plain value")
        if depth > MAX_DEPTH:
            self.fail(event, f"nested deeper than {MAX_DEPTH} levels")
        place = self.place(event)
        if isinstance(event, yaml.ScalarEvent):
            return Node(event.value, place, _STYLES.get(event.style or "", "plain"))
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self.node(inner, events, depth + 1))
            return Node(tuple(items), place, "typed")
        return Node(self.mapping(events, depth), place, "typed")

    def mapping(self, events: Iterator[Any], depth: int) -> dict[str, Member]:
        members: dict[str, Member] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            if not isinstance(key.value, str):
                self.fail(event, "a key must be one word or one text")
            if key.value in members:
                first = members[key.value].place.line
                self.fail(event, f'"{key.value}" is written twice, first in line {first}', "keep one of them")
            members[key.value] = Member(key.place, self.node(next(events), events, depth + 1))
        return members

    def place(self, event: Any) -> Place:
        mark = event.start_mark
        return Place(self.origin.path, self.origin.line + mark.line, mark.column + 1)

    def fail(self, event: Any, message: str, hint: str = "") -> None:
        raise BlogError([Problem(self.place(event), "yaml", message, hint)])


_STYLES: dict[str, Literal["plain", "quoted", "block", "typed"]] = {
    "'": "quoted", '"': "quoted", "|": "block", ">": "block",
}  # fmt: skip


def _yaml_problem(error: yaml.MarkedYAMLError, text: str, place: Place) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    where = Place(place.path, place.line + line, column + 1)
    lines = text.split("\n")
    written = re.match(r"(\s*[\w-]+):\s+(\S.*?)\s*$", lines[line] if line < len(lines) else "")
    hint = "indent with spaces" if "tab" in str(error.problem) else ""
    if not hint and written and written[2][0] not in "\"'[{|>":
        quote = "'" if '"' in written[2] else '"'
        hint = f"write {written[1].strip()}: {quote}{written[2]}{quote}"
    return Problem(where, "yaml", f"not YAML: {error.problem or error.context or error}", hint)


# TOML


def from_toml(text: str, place: Place) -> Node:
    """The table that ``text`` holds; ``place`` is where its first line stands.

    Raises :class:`BlogError` with one problem: not TOML, or too deep.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)$", str(error))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        message = re.sub(r"\s*\(at .*\)$", "", str(error))
        where = Place(place.path, place.line + line - 1, column)
        bare = re.match(r"\s*([\w.-]+)\s*=\s*([^\s\"'\[{].*?)\s*$", text.split("\n")[line - 1] if found else "")
        hint = f'write {bare[1]} = "{bare[2]}"' if bare and message == "Invalid value" else ""
        raise BlogError([Problem(where, "toml", f"not TOML: {message}", hint)]) from None
    except RecursionError:
        raise BlogError([Problem(place, "toml", f"nested deeper than {MAX_DEPTH} levels")]) from None
    return _toml_node(data, (), _toml_places(text, place), place)


def _toml_node(value: Any, path: tuple[str, ...], places: _Places, parent: Place) -> Node:
    _, place = places.get(path, (parent, parent))
    if len(path) > MAX_DEPTH:
        raise BlogError([Problem(place, "toml", f"nested deeper than {MAX_DEPTH} levels")])
    if isinstance(value, dict):
        members = {
            key: Member(places.get((*path, key), (place, place))[0], _toml_node(item, (*path, key), places, place))
            for key, item in value.items()
        }
        return Node(members, place, "typed")
    if isinstance(value, list):
        return Node(tuple(_toml_node(item, (*path, "[]"), places, place) for item in value), place, "typed")
    return Node(value, place, "typed")


_Places = dict[tuple[str, ...], tuple[Place, Place]]
_NAME = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
_TABLE = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=\s*")
_INLINE_KEY = re.compile(rf"[{{,]\s*({_NAME})\s*=\s*")


def _toml_places(text: str, origin: Place) -> _Places:
    """Where each key and its value stand: ``tomllib`` does not say."""
    places: _Places = {}
    table: tuple[str, ...] = ()
    closing = ""
    for number, line in enumerate(text.split("\n")):
        if closing:
            closing = "" if closing in line else closing
        elif header := _TABLE.match(line):
            table = _names(header[1])
            here = Place(origin.path, origin.line + number, header.start(1) + 1)
            places.setdefault(table, (here, here))
        elif key := _KEY.match(line):
            path = (*table, *_names(key[1]))
            _note(places, path, (origin, number), key)
            for inline in _INLINE_KEY.finditer(line, key.end()):
                _note(places, (*path, *_names(inline[1])), (origin, number), inline)
            rest = line[key.end() :]
            closing = next((mark for mark in ('"""', "'''") if rest.count(mark) % 2), "")
    return places


def _note(places: _Places, path: tuple[str, ...], line: tuple[Place, int], found: re.Match[str]) -> None:
    origin, number = line
    at = origin.line + number
    places[path] = (Place(origin.path, at, found.start(1) + 1), Place(origin.path, at, found.end() + 1))


def _names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in re.findall(_NAME, dotted))
