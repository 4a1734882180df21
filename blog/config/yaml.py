"""YAML text → nodes with positions, composed from libyaml's events.

Scalars stay text exactly as typed (``no``, ``012``, ``12:30``): composing the events here avoids YAML's implicit types,
duplicate keys and deep recursion. YAML 1.1 by libyaml's parser, <https://yaml.org/spec/1.1/>. No Python object is built
from a tag.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import yaml

from blog.config.toml import MAX_DEPTH, ConfigMember, ConfigNode
from blog.config.yaml_errors import explain_failure, explain_no_mapping
from blog.config.yaml_value_errors import Failure
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_SEPARATOR = re.compile("[\x85\u2028\u2029]")
"""Characters that end a line for YAML, but not in an editor."""
_PLAIN_HINT = "write the value out; a text that begins with * or & needs quotes"
_CLOSE_COMMENT = re.compile(r"\s+#\S")


def parse_yaml(text: str, origin: Location) -> ConfigNode:
    """Return the mapping in ``text``, whose first line is at ``origin``.

    Raises :class:`BlogError` with one problem: not YAML, not a mapping, an alias, a tag, a duplicate key, too deep.
    """
    if separator := _LINE_SEPARATOR.search(text):
        location = Location(origin.path, origin.line + text.count("\n", 0, separator.start()))
        raise BlogError([Problem(location, "yaml", f"the line has the character {separator[0]!r}", "delete it")])
    composer = _Composer(origin, text.split("\n"))
    try:
        node = composer.compose_document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        raise BlogError([_explain_yaml_error(error, text, origin)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) if isinstance(error.position, int) else 0
        location = Location(origin.path, origin.line + line, 1)
        raise BlogError([Problem(location, "yaml", f"YAML does not allow the character {error.character!r}")]) from None
    if not isinstance(node.value, dict):
        raise BlogError([explain_no_mapping(composer.lines, node.location, origin)])
    return node


class _Composer:
    """Turns libyaml's events into nodes, with bounded depth."""

    def __init__(self, origin: Location, lines: list[str]) -> None:
        self.origin = origin
        self.lines = lines

    def compose_document(self, events: Iterator[Any]) -> ConfigNode:
        empty = ConfigNode({}, self.origin, "typed")
        if self.find_document_start(events) is None:
            return empty
        node = self.compose_node(next(events), events, 0)
        second_start = self.find_document_start(events)
        if second_start is not None:
            self.fail(second_start, "a second YAML document starts here")
        is_blank = node.value == "" and node.style == "plain"
        return empty if is_blank else node

    def find_document_start(self, events: Iterator[Any]) -> Any:
        """Return the next event that begins a document, or None at the end."""
        return next((event for event in events if isinstance(event, yaml.DocumentStartEvent)), None)

    def compose_node(self, event: Any, events: Iterator[Any], depth: int) -> ConfigNode:
        self.check_syntax(event)
        if depth > MAX_DEPTH:
            self.fail(event, f"nested deeper than {MAX_DEPTH} levels")
        location = self.locate(event)
        match event:
            case yaml.ScalarEvent():
                self.check_comment(event)
                end: Any = event.end_mark
                style = _STYLES.get(event.style or "", "plain")
                is_folded = style == "plain" and location.line < self.origin.line + end.line
                return ConfigNode(event.value, location, style, is_folded=is_folded)
            case yaml.SequenceStartEvent():
                return ConfigNode(tuple(self.compose_items(events, depth)), location, "block")
        return ConfigNode(self.compose_mapping(events, depth), location, "block")

    def check_syntax(self, event: Any) -> None:
        """Fail for an alias, which has the name of its anchor, for an anchor and for a tag."""
        if event.anchor:
            self.fail(event, "YAML anchors and aliases are not understood here", _PLAIN_HINT)
        if event.tag is not None:
            hint = "write the plain value; a text that begins with ! needs quotes"
            self.fail(event, f"YAML tags such as {event.tag} are not understood here", hint)

    def check_comment(self, event: Any) -> None:
        """Fail for a plain scalar with ``#`` and no space behind it: the author may not mean a comment."""
        end: Any = event.end_mark
        if event.style or end.line >= len(self.lines):
            return
        rest = self.lines[end.line][end.column :]
        if _CLOSE_COMMENT.match(rest):
            quotable = f"{event.value}{rest.rstrip()}".replace('"', "'")
            self.fail(event, "for YAML a comment begins at the #", f'write "{quotable}", or leave a space after the #')

    def compose_items(self, events: Iterator[Any], depth: int) -> Iterator[ConfigNode]:
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            yield self.compose_node(event, events, depth + 1)

    def compose_mapping(self, events: Iterator[Any], depth: int) -> dict[str, ConfigMember]:
        members: dict[str, ConfigMember] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.compose_node(event, events, depth + 1)
            if not isinstance(key.value, str):
                hint = "put quotes around a text that begins with { or ["
                self.fail(event, "a key must be one word or one text", hint)
            if key.value in members:
                first = members[key.value].location.line
                self.fail(event, f'"{key.value}" is written twice, first in line {first}', "keep one of them")
            members[key.value] = ConfigMember(key.location, self.compose_node(next(events), events, depth + 1))
        return members

    def locate(self, event: Any) -> Location:
        mark = event.start_mark
        return Location(self.origin.path, self.origin.line + mark.line, mark.column + 1)

    def fail(self, event: Any, message: str, hint: str = "") -> None:
        raise BlogError([Problem(self.locate(event), "yaml", message, hint)])


_STYLES: dict[str, Literal["plain", "quoted", "block", "typed"]] = {
    "'": "quoted", '"': "quoted", "|": "block", ">": "block",
}  # fmt: skip


def _explain_yaml_error(error: yaml.MarkedYAMLError, text: str, origin: Location) -> Problem:
    """Return the problem for an error of libyaml."""
    mark: Any = error.problem_mark or error.context_mark
    start: Any = error.context_mark or mark
    if mark is None:
        return Problem(origin, "yaml", f"not YAML: {error}")
    if error.problem == "exceeded maximum nesting depth":  # libyaml's own limit, which is higher
        location = Location(origin.path, origin.line + mark.line, mark.column + 1)
        return Problem(location, "yaml", f"nested deeper than {MAX_DEPTH} levels")
    reason = str(error.problem or error.context or error)
    failure = Failure(text.split("\n"), reason, mark.line, mark.column, start.line, start.column)
    return explain_failure(failure, origin)
