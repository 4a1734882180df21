"""Nodes: values of YAML or TOML as they were written, each with its position. :mod:`blog.config.yaml` parses YAML.

TOML 1.0 by ``tomllib``, <https://toml.io/en/v1.0.0>.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_DEPTH = 50
_WORD = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*"|'[^'\n]*')"""
_DEEP_NAME = re.compile(rf"(?:^[ \t]*+\[{{0,2}}+|[{{,])[ \t]*+(?>{_WORD}[ \t]*+\.[ \t]*+){{{MAX_DEPTH}}}", re.MULTILINE)
"""A name of more parts: time and memory that ``tomllib`` takes for one grow with their square."""


@dataclass(frozen=True, slots=True)
class ConfigNode:
    """One value as it was written."""

    value: Any
    """Text (all YAML scalars), a TOML scalar, a tuple of nodes, or a dict of :class:`ConfigMember`."""
    location: Location
    style: Literal["plain", "quoted", "block", "typed"]
    """YAML's spelling (collections are ``block``); ``typed`` is a value of TOML."""
    written: str = ""
    """A number, date or truth value of TOML as it was typed."""
    is_folded: bool = False
    """Whether it is a plain text of YAML over several lines."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was written, or YAML's null."""
        return self.style == "plain" and self.value in {"", "~", "null"}

    @property
    def items(self) -> tuple[ConfigNode, ...]:
        """The items of a list; another value counts as a list of one."""
        return self.value if isinstance(self.value, tuple) else (self,)


@dataclass(frozen=True, slots=True)
class ConfigMember:
    """A key of a mapping and its value."""

    location: Location
    node: ConfigNode


def parse_toml(text: str, origin: Location) -> ConfigNode:
    """Return the table in ``text``, whose first line is at ``origin``.

    Raises :class:`BlogError` with one problem: not TOML, or too deep.
    """
    if deep_name := _DEEP_NAME.search(text):
        end = deep_name.end()
        line, column = text.count("\n", 0, end), end - text.rfind("\n", 0, end)
        raise BlogError([_depth_problem(Location(origin.path, origin.line + line, column))])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        from blog.config.toml_errors import explain_toml_error  # noqa: PLC0415  (only an error needs it)

        raise BlogError([explain_toml_error(str(error), text, origin)]) from None
    except ValueError:  # int() refuses more than 4,300 digits
        raise BlogError([Problem(origin, "toml", "not TOML: a number is too long")]) from None
    except RecursionError:
        raise BlogError([_depth_problem(origin)]) from None
    scan = _TomlScan(text, origin)
    scan.scan_document()
    return _compose_node(data, (), scan.positions, origin)


def _depth_problem(location: Location) -> Problem:
    return Problem(location, "toml", f"nested deeper than {MAX_DEPTH} levels")


_Path = tuple[str | int, ...]


class _Positions(NamedTuple):
    """The positions of a key and of its value, and a bare value as written."""

    key: Location
    value: Location
    written: str = ""


def _compose_node(value: Any, path: _Path, positions: dict[_Path, _Positions], parent: Location) -> ConfigNode:
    """Return the node of the ``value`` at ``path``; one without a position of its own has that of its parent."""
    _, location, written = positions.get(path, _Positions(parent, parent))
    if len(path) > MAX_DEPTH:
        raise BlogError([_depth_problem(location)])
    if isinstance(value, dict):
        members = {}
        for key, item in value.items():
            inner = positions.get((*path, key), _Positions(location, location))
            members[key] = ConfigMember(inner.key, _compose_node(item, (*path, key), positions, inner.value))
        return ConfigNode(members, location, "typed")
    if isinstance(value, list):
        items = (_compose_node(item, (*path, index), positions, location) for index, item in enumerate(value))
        return ConfigNode(tuple(items), location, "typed")
    return ConfigNode(value, location, "typed", written)


class _TomlScan:
    """A scan for the positions of keys and values in valid TOML; ``tomllib`` does not return them.

    Each level of a value takes fewer stack frames than in ``tomllib``, which thus fails first for one that is too deep.
    """

    _SPACE = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
    _NAME = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
    _TEXT = re.compile(r'''"""(?:[^\\]|\\.)*?"""+|"(?:[^"\\\n]|\\.)*"''' + r"""|'''.*?'''+|'[^'\n]*'""", re.DOTALL)
    _BARE = re.compile(r"[^,\]}#\n]+")

    def __init__(self, text: str, origin: Location) -> None:
        self.text = text
        self.origin = origin
        self.line_starts = [0, *(line_end.end() for line_end in re.finditer("\n", text))]
        self.offset = 0
        self.positions: dict[_Path, _Positions] = {}
        self.last_tables: dict[_Path, int] = {}
        """Index of the newest table of each array of tables."""

    def scan_document(self) -> None:
        table: _Path = ()
        self.skip_space()
        while self.offset < len(self.text):
            if self.text[self.offset] == "[":
                table = self.scan_header()
            else:
                self.scan_pair(table)
            self.skip_space()

    def skip_space(self) -> None:
        """Skip white space, line ends and comments."""
        self.take_token(self._SPACE.match)

    def take_token(self, match_at: Callable[[str, int], re.Match[str] | None]) -> str:
        """Return the token that a pattern matches here, and move behind it."""
        match = match_at(self.text, self.offset)
        token = match[0] if match else ""
        self.offset += len(token)
        return token

    def locate(self) -> Location:
        line = bisect_right(self.line_starts, self.offset) - 1
        return Location(self.origin.path, self.origin.line + line, self.offset - self.line_starts[line] + 1)

    def scan_header(self) -> _Path:
        """Scan ``[name]`` or ``[[name]]``; return the path of the table that begins there."""
        is_array = self.text.startswith("[[", self.offset)
        bracket_length = 2 if is_array else 1
        self.offset += bracket_length
        path = self.scan_name(())
        self.offset = self.text.index("]", self.offset) + bracket_length
        if is_array:
            self.last_tables[path] = self.last_tables.get(path, -1) + 1
        return self.enter_array(path)

    def scan_name(self, path: _Path) -> _Path:
        """Scan a dotted name below ``path``; return the path that it names."""
        path = self.scan_name_part(path)
        while self.text[self.offset] == ".":
            self.offset += 1
            path = self.scan_name_part(self.enter_array(path))
        return path

    def scan_name_part(self, path: _Path) -> _Path:
        self.skip_space()
        location = self.locate()
        name = self.take_token(self._NAME.match)
        if name.startswith(("'", '"')):
            name = tomllib.loads(f"{name} = 0").popitem()[0]
        path = (*path, name)
        self.positions.setdefault(path, _Positions(location, location))
        self.skip_space()
        return path

    def enter_array(self, path: _Path) -> _Path:
        """Return the path of the newest table if ``path`` is an array of tables, else ``path``."""
        return (*path, self.last_tables[path]) if path in self.last_tables else path

    def scan_pair(self, table: _Path) -> None:
        """Scan a key of ``table`` and its value."""
        path = self.scan_name(table)
        self.offset = self.text.index("=", self.offset) + 1
        self.scan_value(path, self.positions[path].key)

    def scan_value(self, path: _Path, key: Location | None) -> None:
        """Scan the value at ``path``; ``key`` is None for an item of an array."""
        self.skip_space()
        location, bare_value = self.locate(), ""
        match self.text[self.offset]:
            case "[":
                for index in self.each_item():
                    self.scan_value((*path, index), None)
            case "{":
                for _ in self.each_item():
                    self.scan_pair(path)
            case '"' | "'":
                self.take_token(self._TEXT.match)
            case _:
                bare_value = self.take_token(self._BARE.match).strip()
        self.positions[path] = _Positions(key or location, location, bare_value)

    def each_item(self) -> Iterator[int]:
        """Move to each item of the array or inline table that begins here, and behind it; yield the indices."""
        self.offset += 1
        self.skip_space()
        index = 0
        while self.text[self.offset] not in "]}":
            yield index
            index += 1
            self.skip_space()
            self.offset += self.text[self.offset] == ","
            self.skip_space()
        self.offset += 1
