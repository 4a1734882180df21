"""The bibliography as one text uses it: what the text asks for is recorded, as the text depends on the answers."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from blog.bibliography.library import ALL_ENTRIES, ALL_FILES, ALL_KEYS, name_request
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.bibliography.entry import BibEntry
    from blog.bibliography.library import Library

_MAX_SUGGESTIONS = 20
"""Unknown keys for which the nearest one is searched: each search compares all keys."""


class Lookup:
    """The entries that a text can cite, and the keys that it asked for."""

    def __init__(self, library: Library, paths: Sequence[str] = ()) -> None:
        """``paths`` are the files that the text chooses; without them it can cite the entries of all files."""
        self._library = library
        self._paths = paths
        self._entries = library.select(paths)
        self._suggestions = 0
        self._whole_files: set[tuple[str, ...]] = set()
        """Files of which the text lists all entries."""
        self.asked: set[str] = set()
        """Keys, whether or not there is such an entry; also :data:`ALL_KEYS` and :data:`ALL_FILES`."""

    @property
    def requests(self) -> dict[str, bytes]:
        """All that the text asked for, by name, with its digest."""
        names = [name_request(key, self._paths) for key in self.asked]
        names += [name_request(ALL_ENTRIES, paths) for paths in self._whole_files]
        return {name: self._library.digest(name) for name in names}

    def find(self, key: str) -> BibEntry | None:
        """Return the entry with this key."""
        self.asked.add(key)
        return self._entries.get(key)

    @property
    def is_empty(self) -> bool:
        """Return whether there is no entry at all."""
        self.asked.add(ALL_KEYS)
        return not self._entries

    def suggest(self, key: str) -> str:
        """Return a hint with the key that is nearest to an unknown one; ``""`` if none is near."""
        self.asked.add(ALL_KEYS)
        self._suggestions += 1
        return did_you_mean(key, self._entries) if self._suggestions <= _MAX_SUGGESTIONS else ""

    def list_works(self, paths: Sequence[str] = ()) -> tuple[BibEntry, ...] | None:
        """Return all entries of the files at ``paths``, or all that the text can cite; None if a file is missing."""
        chosen = paths or self._paths
        self._whole_files.add(tuple(chosen))
        if any(path not in self._library.files for path in paths):
            return None
        return tuple(self._library.select(chosen).values())

    def suggest_file(self, path: str) -> str:
        """Return a hint with the bibliography that has nearly this path; ``""`` if there is none."""
        paths = [other.removeprefix("content") for other in self._library.files]
        same_names = [other for other in paths if posixpath.basename(other) == posixpath.basename(path)]
        return f'did you mean "{same_names[0]}"?' if same_names else did_you_mean(path.removeprefix("content"), paths)

    def missing_paths(self) -> list[str]:
        """Return the chosen files that do not exist."""
        self.asked.add(ALL_FILES)
        return [path for path in self._paths if path not in self._library.files]
