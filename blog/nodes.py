"""YAML or TOML text → nodes: values as they were written, each with its position.

YAML scalars stay text exactly as typed (``no``, ``012``, ``12:30``): composing events ourselves avoids YAML's
guesses, its duplicate keys and its deep recursion.

YAML 1.1 by libyaml's parser, <https://yaml.org/spec/1.1/>; TOML 1.0 by ``tomllib``, <https://toml.io/en/v1.0.0>.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

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
    """YAML's spelling (collections are ``block``); ``typed`` is a value of TOML."""
    written: str = ""
    """A number, date or truth value of TOML as it was typed."""


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
    if separator := re.search("[\u2028\u2029]", text):
        where = Place(place.path, place.line + text.count("\n", 0, separator.start()))
        raise BlogError([Problem(where, "yaml", f"the line has the character {separator[0]!r}", "delete it")])
    composer = _Composer(place, text.split("\n"))
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

    def __init__(self, place: Place, lines: list[str]) -> None:
        self.origin = place
        self.lines = lines

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
            end: Any = event.end_mark
            rest = self.lines[end.line][end.column :] if not event.style and end.line < len(self.lines) else ""
            if re.match(r"\s+#\S", rest):
                words = f"{event.value}{rest.rstrip()}".replace('"', "'")
                self.fail(event, "for YAML a comment begins at the #", f'write "{words}", or leave a space after the #')
            return Node(event.value, place, _STYLES.get(event.style or "", "plain"))
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self.node(inner, events, depth + 1))
            return Node(tuple(items), place, "block")
        return Node(self.mapping(events, depth), place, "block")

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
    unclosed = error.context_mark and "end of stream" in str(error.problem)
    mark = error.context_mark if unclosed else error.problem_mark or error.context_mark
    row, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.split("\n")
    line = lines[row] if row < len(lines) else ""
    key, _, value = line.partition(":")
    value = value.strip()
    hint = ""
    before = lines[row - 1] if row else ""
    if "tab" in str(error.problem) or line.startswith("\t"):
        hint = "indent with spaces"
    elif unclosed:
        hint = "close the quotation mark"
    elif re.match(r"[\w-]+:\S", before) and "//" not in before:
        hint = f"leave a space after the colon in the line above: {before.replace(':', ': ', 1)}"
    elif line.startswith(" ") and re.match(r"[\w-]+:\s+\S", before):
        hint = "begin the line at the left edge"
    elif re.fullmatch(r"\s*[\w-]+", key) and value and value[0] not in "\"'[{|>":
        single = "'" + value.replace("'", "''") + "'"
        hint = f"write {key.strip()}: " + (single if set('"\\') & set(value) else f'"{value}"')
    where = Place(place.path, place.line + row, column + 1)
    return Problem(where, "yaml", f"not YAML: {error.problem or error.context or error}", hint)


# TOML


def from_toml(text: str, place: Place) -> Node:
    """The table that ``text`` holds; ``place`` is where its first line stands.

    Raises :class:`BlogError` with one problem: not TOML, or too deep.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BlogError([_toml_problem(str(error), text, place)]) from None
    except ValueError:  # int() refuses more than 4,300 digits
        raise BlogError([Problem(place, "toml", "not TOML: a number is too long")]) from None
    except RecursionError:
        raise BlogError([Problem(place, "toml", f"nested deeper than {MAX_DEPTH} levels")]) from None
    scan = _TomlScan(text, place)
    scan.document()
    return _toml_node(data, (), scan.found, place)


def _toml_problem(error: str, text: str, place: Place) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)$", error)
    line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
    message = re.sub(r"\s*\(at .*\)$", "", error)
    key, sign, value = text.split("\n")[line - 1].partition("=")
    bare = found and sign and message == "Invalid value" and value.strip() and value.strip()[0] not in "\"'[{"
    hint = f'write {key.strip()} = "{value.strip()}"' if bare else ""
    return Problem(Place(place.path, place.line + line - 1, column), "toml", f"not TOML: {message}", hint)


_Path = tuple[str | int, ...]


class _Found(NamedTuple):
    """Where a key and its value stand, and a bare value as it was typed."""

    key: Place
    value: Place
    written: str = ""


def _toml_node(value: Any, path: _Path, found: dict[_Path, _Found], parent: Place) -> Node:
    _, place, written = found.get(path, _Found(parent, parent))
    if len(path) > MAX_DEPTH:
        raise BlogError([Problem(place, "toml", f"nested deeper than {MAX_DEPTH} levels")])
    if isinstance(value, dict):
        members = {}
        for key, item in value.items():
            inner = found.get((*path, key), _Found(place, place))
            members[key] = Member(inner.key, _toml_node(item, (*path, key), found, inner.value))
        return Node(members, place, "typed")
    if isinstance(value, list):
        items = (_toml_node(item, (*path, index), found, place) for index, item in enumerate(value))
        return Node(tuple(items), place, "typed")
    return Node(value, place, "typed", written)


class _TomlScan:
    """Finds where keys and values stand in a text that ``tomllib`` has read and found right, but does not say."""

    _SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
    _NAME = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
    _TEXT = re.compile(r'''"""(?:[^\\]|\\.)*?"""+|"(?:[^"\\\n]|\\.)*"''' + r"""|'''.*?'''+|'[^'\n]*'""", re.DOTALL)
    _BARE = re.compile(r"[^,\]}#\n]+")

    def __init__(self, text: str, origin: Place) -> None:
        self.text = text
        self.origin = origin
        self.at = 0
        self.found: dict[_Path, _Found] = {}
        self.last: dict[_Path, int] = {}
        """Index of the newest table of each array of tables."""

    def document(self) -> None:
        table: _Path = ()
        while self.skip() and self.at < len(self.text):
            if self.text[self.at] == "[":
                many = self.text.startswith("[[", self.at)
                self.at += 1 + many
                table = self.names((), many=many)
                self.at = self.text.index("]", self.at) + 1 + many
            else:
                self.pair(table)

    def skip(self) -> bool:
        found = self._SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return True

    def place(self) -> Place:
        line = self.text.count("\n", 0, self.at)
        return Place(self.origin.path, self.origin.line + line, self.at - self.text.rfind("\n", 0, self.at))

    def names(self, path: _Path, *, many: bool = False) -> _Path:
        """Read dotted names below ``path``."""
        while True:
            self.skip()
            here = self.place()
            found = self._NAME.match(self.text, self.at)
            name = found[0] if found else ""
            self.at += len(name)
            path = (*path, tomllib.loads(f"{name} = 0").popitem()[0] if name[:1] in ("'", '"') else name)
            self.found.setdefault(path, _Found(here, here))
            self.skip()
            if self.text[self.at] != ".":
                break
            self.at += 1
            path = (*path, self.last[path]) if path in self.last else path
        if many:
            self.last[path] = self.last.get(path, -1) + 1
        return (*path, self.last[path]) if path in self.last else path

    def pair(self, table: _Path) -> None:
        path = self.names(table)
        self.at = self.text.index("=", self.at) + 1
        self.value(path, self.found[path].key)

    def value(self, path: _Path, key: Place | None) -> None:
        self.skip()
        here, opening, written = self.place(), self.text[self.at], ""
        self.at += opening in "[{"
        if opening in "[{":
            index = 0
            while self.skip() and self.text[self.at] not in "]}":
                if opening == "[":
                    self.value((*path, index), None)
                else:
                    self.pair(path)
                index += 1
                self.skip()
                self.at += self.text[self.at] == ","
            self.at += 1
        else:
            found = (self._TEXT if opening in "\"'" else self._BARE).match(self.text, self.at)
            token = found[0] if found else opening
            self.at += len(token)
            written = "" if opening in "\"'" else token.strip()
        self.found[path] = _Found(key or here, here, written)
