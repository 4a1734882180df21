"""Notes of ``blog check`` on bibliographies: entries that no text cites, and cited works that readers cannot open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.bibliography.library import ALL_ENTRIES, is_request, parse_request
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.bibliography.entry import BibEntry
    from blog.bibliography.library import Library
    from blog.content.source_record import SourceRecord

_MAX_UNUSED = 10
"""Entries of a file that are named: of an export of a whole library most are unused."""


def advise_on_bibliographies(library: Library, records: Iterable[SourceRecord]) -> Iterator[Problem]:
    """Yield the notes on all bibliographies; ``records`` have what each document asked for, also a hidden one."""
    used = _find_used(library, records)
    for path in sorted(library.files):
        entries = library.files[path].entries
        yield from _check_links([entry for entry in entries if entry.location in used])
        yield from _check_use(path, entries, [entry for entry in entries if entry.location not in used])


def _find_used(library: Library, records: Iterable[SourceRecord]) -> set[Location]:
    """Return the locations of the entries that a document cites or lists."""
    names = {used.name for record in records for used in record.inputs if is_request(used.name)}
    used: set[Location] = set()
    for name in names:
        key, paths = parse_request(name)
        entries = library.select(paths)
        if key == ALL_ENTRIES:
            used.update(entry.location for entry in entries.values())
        elif key in entries:
            used.add(entries[key].location)
    return used


def _check_links(entries: list[BibEntry]) -> Iterator[Problem]:
    for entry in entries:
        if not entry.has_link:
            message = f'"{entry.key}" has no DOI, arXiv id or address: readers cannot open it'
            yield Problem(entry.location, "no-work-link", message, "add doi = {…} or url = {…}", "note")


def _check_use(path: str, entries: tuple[BibEntry, ...], unused: list[BibEntry]) -> Iterator[Problem]:
    if len(unused) > _MAX_UNUSED:
        message = f"no text cites {len(unused):,} of the {len(entries):,} entries"
        yield Problem(Location(path), "unused-entry", message, "export only those that you cite", "note")
        return
    for entry in unused:
        message = f'no text cites "{entry.key}"'
        yield Problem(entry.location, "unused-entry", message, f"cite it by [@{entry.key}], or delete it", "note")
