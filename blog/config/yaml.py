"""YAML text → nodes, by libyaml's events.

Scalars stay text exactly as typed (``no``, ``012``, ``12:30``): composing events ourselves avoids YAML's guesses, its
duplicate keys and its deep recursion. YAML 1.1 by libyaml's parser, <https://yaml.org/spec/1.1/>.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import yaml

from blog.config.toml import MAX_DEPTH, ConfigMember, ConfigNode
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator


def parse_yaml(text: str, place: Location) -> ConfigNode:
    """The mapping that ``text`` holds; ``place`` is where its first line stands.

    Raises :class:`BlogError` with one problem: not YAML, not a mapping, an alias, a tag, a duplicate key, too deep.
    """
    if separator := re.search("[\x85\u2028\u2029]", text):
        where = Location(place.path, place.line + text.count("\n", 0, separator.start()))
        raise BlogError([Problem(where, "yaml", f"the line has the character {separator[0]!r}", "delete it")])
    composer = _Composer(place, text.split("\n"))
    try:
        node = composer.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        raise BlogError([_yaml_problem(error, text, place)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) if isinstance(error.position, int) else 0
        where = Location(place.path, place.line + line, 1)
        raise BlogError([Problem(where, "yaml", f"YAML does not allow the character {error.character!r}")]) from None
    if not isinstance(node.value, dict):
        raise BlogError([Problem(node.location, "yaml", "expected lines of the form `key: value`")])
    return node


class _Composer:
    """Turns libyaml's events into nodes, with bounded depth."""

    def __init__(self, place: Location, lines: list[str]) -> None:
        self.origin = place
        self.lines = lines

    def document(self, events: Iterator[Any]) -> ConfigNode:
        node = ConfigNode({}, self.origin, "typed")
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.fail(event, "a second YAML document starts here")
                node = self.node(next(events), events, 0)
        if node.value == "" and node.style == "plain":
            return ConfigNode({}, self.origin, "typed")
        return node

    def node(self, event: Any, events: Iterator[Any], depth: int) -> ConfigNode:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self.fail(event, "YAML anchors and aliases are not understood here", "write the value out")
        if event.tag is not None:
            self.fail(event, f"YAML tags such as {event.tag} are not understood here", "write the plain value")
        if depth > MAX_DEPTH:
            self.fail(event, f"nested deeper than {MAX_DEPTH} levels")
        place = self.locate(event)
        if isinstance(event, yaml.ScalarEvent):
            end: Any = event.end_mark
            rest = self.lines[end.line][end.column :] if not event.style and end.line < len(self.lines) else ""
            if re.match(r"\s+#\S", rest):
                words = f"{event.value}{rest.rstrip()}".replace('"', "'")
                self.fail(event, "for YAML a comment begins at the #", f'write "{words}", or leave a space after the #')
            return ConfigNode(event.value, place, _STYLES.get(event.style or "", "plain"))
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self.node(inner, events, depth + 1))
            return ConfigNode(tuple(items), place, "block")
        return ConfigNode(self.mapping(events, depth), place, "block")

    def mapping(self, events: Iterator[Any], depth: int) -> dict[str, ConfigMember]:
        members: dict[str, ConfigMember] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            if not isinstance(key.value, str):
                self.fail(event, "a key must be one word or one text")
            if key.value in members:
                first = members[key.value].location.line
                self.fail(event, f'"{key.value}" is written twice, first in line {first}', "keep one of them")
            members[key.value] = ConfigMember(key.location, self.node(next(events), events, depth + 1))
        return members

    def locate(self, event: Any) -> Location:
        mark = event.start_mark
        return Location(self.origin.path, self.origin.line + mark.line, mark.column + 1)

    def fail(self, event: Any, message: str, hint: str = "") -> None:
        raise BlogError([Problem(self.locate(event), "yaml", message, hint)])


_STYLES: dict[str, Literal["plain", "quoted", "block", "typed"]] = {
    "'": "quoted", '"': "quoted", "|": "block", ">": "block",
}  # fmt: skip


def _yaml_problem(error: yaml.MarkedYAMLError, text: str, place: Location) -> Problem:
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
    elif re.fullmatch(r"\s*(- +)?[\w-]+", key) and value and value[0] not in "\"'[{|>":
        single = "'" + value.replace("'", "''") + "'"
        hint = f"write {key.strip()}: " + (single if set('"\\') & set(value) else f'"{value}"')
    where = Location(place.path, place.line + row, column + 1)
    if error.problem == "exceeded maximum nesting depth":  # libyaml's own limit, which is higher
        return Problem(where, "yaml", f"nested deeper than {MAX_DEPTH} levels")
    return Problem(where, "yaml", f"not YAML: {error.problem or error.context or error}", hint)
