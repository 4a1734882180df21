"""Mappings with positions: YAML or TOML text in, typed values and problems out.

Front matter, ``blog.toml``, series files and ``theme.toml`` are all read through :class:`Fields`, so that each
wrong value is reported at its own line and column. YAML scalars stay text exactly as typed (``no``, ``012``,
``12:30``): composing events ourselves avoids YAML's guesses, its duplicate keys and its deep recursion.

YAML 1.1 by libyaml's parser, <https://yaml.org/spec/1.1/>; TOML 1.0 by ``tomllib``, <https://toml.io/en/v1.0.0>.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import yaml

from blog.errors import BlogError, Place, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_DEPTH = 50
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no file of a site may hold: XML and HTML have no place for it."""
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_URL = re.compile(r"https?://[^\s/?#\"<>\\]+(?:[/?#][^\s\"<>\\]*)?", re.IGNORECASE)

Value = "str | int | float | bool | None | tuple[Node, ...] | dict[str, Member]"


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


def problem(place: Place, code: str, message: str, hint: str = "") -> Problem:
    """An error at ``place``."""
    return Problem(place, code, message, hint)


def warning(place: Place, code: str, message: str, hint: str = "") -> Problem:
    """A warning at ``place``."""
    return Problem(place, code, message, hint, "warning")


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
        raise BlogError([problem(where, "yaml", f"YAML does not allow the character {error.character!r}")]) from None
    if not isinstance(node.value, dict):
        raise BlogError([problem(node.place, "yaml", "expected lines of the form `key: value`")])
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
        raise BlogError([problem(self.place(event), "yaml", message, hint)])


_STYLES: dict[str, Literal["plain", "quoted", "block", "typed"]] = {
    "'": "quoted", '"': "quoted", "|": "block", ">": "block",
}  # fmt: skip


def _yaml_problem(error: yaml.MarkedYAMLError, text: str, place: Place) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    where = Place(place.path, place.line + line, column + 1)
    lines = text.split("\n")
    written = re.match(r"(\s*[\w-]+):\s+(\S.*?)\s*$", lines[line] if line < len(lines) else "")
    hint = ""
    if written and written[2][0] not in "\"'[{|>":
        quote = "'" if '"' in written[2] else '"'
        hint = f"write {written[1].strip()}: {quote}{written[2]}{quote}"
    return problem(where, "yaml", f"not YAML: {error.problem or error.context or error}", hint)


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
        raise BlogError([problem(where, "toml", f"not TOML: {message}")]) from None
    except RecursionError:
        raise BlogError([problem(place, "toml", f"nested deeper than {MAX_DEPTH} levels")]) from None
    return _toml_node(data, (), _toml_places(text, place), place)


def _toml_node(value: Any, path: tuple[str, ...], places: _Places, parent: Place) -> Node:
    _, place = places.get(path, (parent, parent))
    if len(path) > MAX_DEPTH:
        raise BlogError([problem(place, "toml", f"nested deeper than {MAX_DEPTH} levels")])
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


# Typed reading


class Fields:
    """One mapping, read key by key; what is wrong goes to ``problems``, the reading goes on.

    Every getter takes the key and its other spellings, marks them as known, and gives the default where the
    key is missing, empty or wrong. :meth:`finish` reports the keys nobody asked for.
    """

    def __init__(self, node: Node, problems: list[Problem]) -> None:
        self.node = node
        self.problems = problems
        self.known: dict[str, None] = {}

    def place(self, *keys: str) -> Place:
        """Where the value of the first present key stands, else the mapping itself."""
        return next((self.node.value[key].node.place for key in keys if key in self.node.value), self.node.place)

    def fail(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """Note an error."""
        self.problems.append(problem(place, code, message, hint))

    def take(self, *keys: str) -> Node | None:
        """The node of ``keys``, or None if there is none or it is empty."""
        self.known.update(dict.fromkeys(keys))
        present = [key for key in keys if key in self.node.value]
        if len(present) > 1:
            self.fail(
                self.node.value[present[1]].place, "same-key",
                f'"{present[0]}" and "{present[1]}" mean the same', "keep one of them",
            )  # fmt: skip
        if not present:
            return None
        node: Node = self.node.value[present[0]].node
        empty = node.style == "plain" and node.value in {"", "~", "null"}
        return None if empty else node

    def text(self, *keys: str) -> str:
        """Text as typed, or ``""``."""
        node = self.take(*keys)
        return self._text(node, keys[0]) if node else ""

    def _text(self, node: Node, key: str) -> str:
        if not isinstance(node.value, str):
            hint = f'write {key} = "{node.value}"' if isinstance(node.value, int | float) else ""
            self.fail(node.place, "wrong-type", f'"{key}" must be text', hint)
            return ""
        if control := CONTROL.search(node.value):
            self.fail(node.place, "control-character", f'"{key}" has the control character {control[0]!r}')
            return ""
        if "<!--" in node.value:
            self.fail(
                node.place, "comment-in-text", f'"{key}" is published as typed, with its comment',
                "leave the comment out, or use a YAML comment: # …",
            )  # fmt: skip
        return node.value.strip() if node.style == "block" else node.value

    def texts(self, *keys: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of one."""
        node = self.take(*keys)
        if node is None:
            return ()
        items = node.value if isinstance(node.value, tuple) else (node,)
        found = []
        for item in items:
            text = self._text(item, keys[0]).strip()
            if not text and isinstance(item.value, str):
                self.fail(item.place, "empty", f'"{keys[0]}" has an empty entry')
            elif text:
                found.append(text)
        return tuple(found)

    def flag(self, *keys: str, default: bool = False) -> bool:
        """``true`` or ``false`` (also ``True``, ``False``), unquoted."""
        self.known.update(dict.fromkeys(keys))
        node: Node | None = next((self.node.value[key].node for key in keys if key in self.node.value), None)
        if node is None:
            return default
        if isinstance(node.value, bool):
            return node.value
        if node.style == "plain" and node.value in {"true", "True", "false", "False"}:
            return node.value in {"true", "True"}
        self.fail(node.place, "wrong-type", f'"{keys[0]}" must be true or false', "write it without quotes")
        return default

    def integer(self, *keys: str, default: int | None = None) -> int | None:
        """A whole number."""
        node = self.take(*keys)
        if node is None:
            return default
        if type(node.value) is int:
            return node.value
        if node.style == "plain" and _INTEGER.fullmatch(str(node.value)):
            return int(node.value)
        self.fail(node.place, "wrong-type", f'"{keys[0]}" must be a whole number')
        return default

    def url(self, *keys: str) -> str:
        """An absolute ``http`` or ``https`` address, or ``""``."""
        text = self.text(*keys)
        if text and not _URL.fullmatch(text):
            self.fail(self.place(*keys), "wrong-url", f'"{keys[0]}" must be an http or https address, not "{text}"')
            return ""
        return text

    def table(self, *keys: str) -> Fields:
        """The mapping of ``keys``; an empty one if it is missing or not a mapping."""
        node = self.take(*keys)
        if node is not None and not isinstance(node.value, dict):
            self.fail(node.place, "wrong-type", f'"{keys[0]}" must be a table of keys and values')
            node = None
        return Fields(node or Node({}, self.node.place, "typed"), self.problems)

    def keys(self) -> Iterable[str]:
        """The keys in the order they were written, all of them now known."""
        self.known.update(dict.fromkeys(self.node.value))
        return tuple(self.node.value)

    def plain(self, *keys: str) -> dict[str, Any]:
        """A mapping as plain data: YAML's unquoted ``true``, ``false`` and whole numbers typed, the rest text."""
        node = self.table(*keys).node
        return {name: _plain(member.node) for name, member in node.value.items()}

    def finish(self, foreign: dict[str, str], allowed: Iterable[str] = ()) -> None:
        """Report unknown keys: ``foreign`` has hints for keys of other generators, ``allowed`` are accepted."""
        permitted = set(allowed)
        for key, member in self.node.value.items():
            if key in self.known or key in permitted:
                continue
            other = foreign.get(key.lower())
            hint = f"here it is {other}" if other else did_you_mean(key, self.known)
            self.fail(member.place, "unknown-key", f'unknown key "{key}"', hint)


def _plain(node: Node) -> Any:
    if isinstance(node.value, tuple):
        return [_plain(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: _plain(member.node) for key, member in node.value.items()}
    if node.style != "plain":
        return node.value if isinstance(node.value, str | int | float | bool) else str(node.value)
    if node.value in {"true", "True", "false", "False"}:
        return node.value in {"true", "True"}
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", node.value):
        return int(node.value)
    return None if node.value in {"", "~", "null"} else node.value
