"""Nodes: values of YAML or TOML as they were written, each with its position. YAML is read by ``yamlnodes``.

TOML 1.0 by ``tomllib``, <https://toml.io/en/v1.0.0>.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from blog.problems import BlogError, Location, Problem

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

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was written, or YAML's null."""
        return self.style == "plain" and self.value in {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class ConfigMember:
    """A key of a mapping and its value."""

    location: Location
    node: ConfigNode


def parse_toml(text: str, place: Location) -> ConfigNode:
    """The table that ``text`` holds; ``place`` is where its first line stands.

    Raises :class:`BlogError` with one problem: not TOML, or too deep.
    """
    if deep := _DEEP_NAME.search(text):
        line, column = text.count("\n", 0, deep.end()), deep.end() - text.rfind("\n", 0, deep.end())
        where = Location(place.path, place.line + line, column)
        raise BlogError([Problem(where, "toml", f"nested deeper than {MAX_DEPTH} levels")])
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


def _toml_problem(error: str, text: str, place: Location) -> Problem:
    found = re.search(r"\(at line (\d+), column (\d+)\)$", error)
    line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
    message = error.rpartition(" (at ")[0] or error
    key, sign, value = text.split("\n")[line - 1].partition("=")
    bare = found and sign and message == "Invalid value" and value.strip() and value.strip()[0] not in "\"'[{"
    hint = f'write {key.strip()} = "{value.strip()}"' if bare else ""
    return Problem(Location(place.path, place.line + line - 1, column), "toml", f"not TOML: {message}", hint)


_Path = tuple[str | int, ...]


class _Found(NamedTuple):
    """The positions of a key and of its value, and a bare value as written."""

    key: Location
    value: Location
    written: str = ""


def _toml_node(value: Any, path: _Path, found: dict[_Path, _Found], parent: Location) -> ConfigNode:
    _, place, written = found.get(path, _Found(parent, parent))
    if len(path) > MAX_DEPTH:
        raise BlogError([Problem(place, "toml", f"nested deeper than {MAX_DEPTH} levels")])
    if isinstance(value, dict):
        members = {}
        for key, item in value.items():
            inner = found.get((*path, key), _Found(place, place))
            members[key] = ConfigMember(inner.key, _toml_node(item, (*path, key), found, inner.value))
        return ConfigNode(members, place, "typed")
    if isinstance(value, list):
        items = (_toml_node(item, (*path, index), found, place) for index, item in enumerate(value))
        return ConfigNode(tuple(items), place, "typed")
    return ConfigNode(value, place, "typed", written)


class _TomlScan:
    """Finds where keys and values stand in a text that ``tomllib`` has read and found right, but does not say."""

    _SPACE = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
    _NAME = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
    _TEXT = re.compile(r'''"""(?:[^\\]|\\.)*?"""+|"(?:[^"\\\n]|\\.)*"''' + r"""|'''.*?'''+|'[^'\n]*'""", re.DOTALL)
    _BARE = re.compile(r"[^,\]}#\n]+")

    def __init__(self, text: str, origin: Location) -> None:
        self.text = text
        self.origin = origin
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
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

    def locate(self) -> Location:
        line = bisect_right(self.starts, self.at) - 1
        return Location(self.origin.path, self.origin.line + line, self.at - self.starts[line] + 1)

    def names(self, path: _Path, *, many: bool = False) -> _Path:
        """Read dotted names below ``path``."""
        while True:
            self.skip()
            here = self.locate()
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

    def value(self, path: _Path, key: Location | None) -> None:
        self.skip()
        here, opening, written = self.locate(), self.text[self.at], ""
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
