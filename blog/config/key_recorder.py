"""Which keys a parser of settings or front matter reads, and of which types: the parser itself says so.

:class:`KeyRecorder` stands for an empty mapping. A parser that gets one in the place of :class:`Fields` leaves a record
of each key, so that the schema for editors is never different from what the program accepts.
"""

# ruff: noqa: D102  (the methods of Fields have the docstrings)

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from blog.config.schema import Fields
from blog.config.toml import ConfigNode
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.config.dates import Timestamp


class RecordedKey(NamedTuple):
    """A key that a parser has read."""

    kind: str
    """``text``, ``url``, ``list`` of texts, ``flag``, ``integer``, ``date``, ``choice``, ``table`` or ``other``."""
    default: Any = None
    choices: tuple[str, ...] = ()
    table: KeyRecorder | None = None
    """The record of the keys of a table."""


class KeyRecorder(Fields):
    """An empty mapping that records what is read from it. Each getter is documented in :class:`Fields`."""

    is_open = False
    """True if the author chooses the keys."""

    def __init__(self) -> None:
        super().__init__(ConfigNode({}, Location(""), "typed"), [])
        self.keys: dict[str, RecordedKey] = {}
        """In the order in which the parser reads them; for each spelling."""

    def _record(self, keys: Iterable[str], recorded: RecordedKey) -> None:
        for key in keys:
            if key not in self.keys or self.keys[key].kind == "other":
                self.keys[key] = recorded

    def take(self, *keys: str) -> ConfigNode | None:
        self._record(keys, RecordedKey("other"))
        return super().take(*keys)

    def text(self, *keys: str) -> str:
        self._record(keys, RecordedKey("text"))
        return ""

    def markdown(self, key: str) -> str:
        return self.text(key)

    def url(self, *keys: str) -> str:
        self._record(keys, RecordedKey("url"))
        return ""

    def choice(self, key: str, choices: tuple[str, ...]) -> str:
        self._record([key], RecordedKey("choice", choices=choices))
        return ""

    def located_texts(self, *keys: str) -> list[tuple[str, Location]]:
        self._record(keys, RecordedKey("list"))
        return []

    def flag(self, *keys: str, default: bool = False) -> bool:
        self._record(keys, RecordedKey("flag", default))
        return default

    def integer(self, *keys: str, default: int | None = None) -> int | None:
        self._record(keys, RecordedKey("integer", default))
        return default

    def date(self, *keys: str) -> Timestamp | None:
        self._record(keys, RecordedKey("date"))
        return None

    def table(self, *keys: str) -> KeyRecorder:
        if keys[0] not in self.keys or self.keys[keys[0]].table is None:
            self._record(keys, RecordedKey("table", table=KeyRecorder()))
        table = self.keys[keys[0]].table
        assert table is not None
        return table

    def names(self) -> Iterable[str]:
        self.is_open = True
        return ()

    def plain(self) -> dict[str, Any]:
        self.is_open = True
        return {}
