"""All ``.bib`` files of a site → the entries that each text can cite, and digests of what a text asks for.

A text depends on the entries that it asks for, not on whole files. Each of these has a name, ``cite he2016``, or
``cite he2016 content/a.bib|content/b.bib`` in a text that chooses its files; and a digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from blog.bibliography.entry import BibEntry
from blog.cache.digests import digest, pack
from blog.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ALL_KEYS = "{keys}"
"""Stands for the list of all keys. No key can have braces."""
ALL_ENTRIES = "{entries}"
"""Stands for all entries, in their order."""
ALL_FILES = "{files}"
"""Stands for the answer whether the chosen files exist."""
_PREFIX = "cite "


class BibFile(Struct, frozen=True):
    """What is in a file."""

    entries: tuple[BibEntry, ...]
    """In the order of the file; two may have one key."""
    problems: tuple[Problem, ...]


class Library:
    """The bibliographies of a site."""

    def __init__(self, files: Mapping[str, BibFile]) -> None:
        """``files`` are by path."""
        self.files = files
        self._selections: dict[tuple[str, ...], dict[str, BibEntry]] = {}

    def select(self, paths: Sequence[str] = ()) -> Mapping[str, BibEntry]:
        """Return the entries of the files at ``paths``, or of all files, by key. The first with a key counts."""
        chosen = tuple(paths) or tuple(sorted(self.files, key=_file_order))
        if chosen not in self._selections:
            files = [self.files[path].entries for path in chosen if path in self.files]
            self._selections[chosen], _ = merge_entries(files)
        return self._selections[chosen]

    def problems(self) -> list[Problem]:
        """Return the problems of all files, and the keys that different entries have."""
        files = [self.files[path] for path in sorted(self.files, key=_file_order)]
        _, repeated = merge_entries([file.entries for file in files])
        return [*(problem for file in files for problem in file.problems), *repeated]

    def digest(self, name: str) -> bytes:
        """Return the digest of what a text asked for by ``name``; empty if there is no such entry or file."""
        key, paths = parse_request(name)
        if key == ALL_KEYS:
            return digest(pack(sorted(self.select(paths))))
        if key == ALL_FILES:
            return digest(pack([path in self.files for path in paths]))
        if key == ALL_ENTRIES:
            return digest(pack([entry.without_location() for entry in self.select(paths).values()]))
        entry = self.select(paths).get(key)
        return digest(pack(entry.without_location())) if entry else b""


def _file_order(path: str) -> tuple[int, str]:
    """Return the key by which files are sorted: those of the whole site come before those of a post."""
    return path.count("/"), path


def merge_entries(files: Iterable[Sequence[BibEntry]]) -> tuple[dict[str, BibEntry], tuple[Problem, ...]]:
    """Return the entries of several files by key, and a warning for each key that is used more than once.

    The first entry with a key counts. Equal entries of two files are no fault: posts may bring their own files.
    """
    entries: dict[str, BibEntry] = {}
    problems = []
    for entry in (entry for file in files for entry in file):
        first = entries.setdefault(entry.key, entry)
        if first is not entry and not _is_copy(entry, first):
            place = first.location.format(first.location.path)
            message = f'the key "{entry.key}" is used twice: the entry at {place} counts'
            problems.append(
                Problem(entry.location, "same-entry", message, "delete one, or give it another key", "warning")
            )
    return entries, tuple(problems)


def _is_copy(entry: BibEntry, first: BibEntry) -> bool:
    """Return whether an entry repeats one of another file."""
    is_elsewhere = entry.location.path != first.location.path
    return is_elsewhere and entry.without_location() == first.without_location()


NO_LIBRARY = Library({})


def name_request(key: str, paths: Sequence[str] = ()) -> str:
    """Return the name of the request for the entry ``key``, or for :data:`ALL_KEYS`, in the files at ``paths``."""
    return f"{_PREFIX}{key} {'|'.join(paths)}".rstrip()


def is_request(name: str) -> bool:
    """Return whether ``name`` is that of something that a text asked a library for, and no path."""
    return name.startswith(_PREFIX)


def parse_request(name: str) -> tuple[str, tuple[str, ...]]:
    """Return the key in the name of a request, and the paths of the files in which it is searched."""
    key, _, scope = name.removeprefix(_PREFIX).partition(" ")
    return key, tuple(scope.split("|")) if scope else ()
