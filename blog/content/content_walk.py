"""The content folder on the disk → paths and signatures of its files, and the targets of its links.

Nothing here opens a file. The rules for symbolic links are those of ``blog.system.site_paths``.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from blog.content.file_kinds import check_printable, is_ignored_name
from blog.problems import Location, Problem
from blog.system.file_signature import NO_SIGNATURE, FileSignature, signature_of
from blog.system.site_paths import MAX_ENTRIES, Bounds, Walk, link_steps, overlap, special_file_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Entries = list[tuple[str, FileSignature]]
"""Path from the site folder and signature of each file, in the order of the paths."""


class ContentWalk:
    """A walk through the content folder: first its own folders, then the targets of links."""

    def __init__(self, bounds: Bounds, output: str) -> None:
        self.bounds = bounds
        self.output = output
        """The real path of the output folder, to which no link may lead."""
        self.problems: list[Problem] = []
        self.linked: dict[str, tuple[str, ...]] = {}
        """Path of a link → its targets, step by step."""
        self.entries: Entries = []
        self.pending_folders: list[tuple[str, str]] = []
        """Path and real path of linked folders that have not been walked."""

    def list_files(self, content: str) -> Entries:
        """Return every file below ``content`` that is not ignored."""
        walk = Walk("content", self._is_included, self.problems, MAX_ENTRIES)
        self._add_entries(walk.below(content, "content"))
        while self.pending_folders:
            folders, self.pending_folders = sorted(self.pending_folders), []
            for path, real in folders:
                self._add_entries(walk.below(real, path, is_linked=True))
        return sorted(self.entries)

    def _is_included(self, name: str, path: str) -> bool:
        return not is_ignored_name(name) and check_printable(path, self.problems)

    def _add_entries(self, entries: Iterable[tuple[str, os.DirEntry[str]]]) -> None:
        for path, entry in entries:
            if entry.is_symlink():
                self._follow_link(path, entry)
            elif entry.is_file():
                self.entries.append((path, _read_entry_signature(entry)))
            else:
                self.problems.append(special_file_problem(path))

    def _follow_link(self, path: str, link: os.DirEntry[str]) -> None:
        self.linked[path] = link_steps(link.path)
        real = self.bounds.follow(link.path, path)
        if isinstance(real, Problem) and real.code != "hidden-link":
            self.problems.append(real)
        elif overlap(self.linked[path][-1], self.output):
            self.problems.append(output_link_problem(path))
        elif isinstance(real, Problem):
            self.problems.append(real)
        elif link.is_file():
            self.entries.append((path, _read_entry_signature(link)))
        else:
            self.pending_folders.append((path, real))


def output_link_problem(path: str) -> Problem:
    """Return the problem of a symbolic link at ``path`` that leads to the output folder."""
    message = "the symbolic link leads to the site folder itself, or to the output folder"
    return Problem(Location(path), "outside-link", message, "name the file or folder that is meant")


def find_link_targets(
    entries: Entries, linked: Mapping[str, tuple[str, ...]], content: str, root: str
) -> dict[str, str]:
    """Return, for each path that is a symbolic link or lies below one, the path of the file itself."""
    targets = {}
    for path, _ in entries:
        target = _find_link_target(path, linked, content, root)
        if target:
            targets[path] = target
    return targets


def _find_link_target(path: str, linked: Mapping[str, tuple[str, ...]], content: str, root: str) -> str:
    """Return the path of the file that ``path`` shows by a link there or above; ``""`` without a link.

    It is relative to the site folder; in the folder ``content``, wherever that is, it begins with ``content/``.
    """
    link = path
    while link and link not in linked:
        link = link.rpartition("/")[0]
    if not link:
        return ""
    real = linked[link][-1] + path.removeprefix(link)
    if real.startswith(f"{content}/"):
        return f"content{real.removeprefix(content)}"
    return real.removeprefix(f"{root}/")


def find_hard_links(
    root: Path, entries: Entries, links: Mapping[str, str], linked: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return, for each path of a file with several names, the name that stands for all; add the paths to ``linked``."""
    originals: dict[str, str] = {}
    for paths in _group_by_inode(root, entries):
        names = {links.get(path, path) for path in paths}
        if len(names) == 1:
            continue
        originals |= dict.fromkeys(paths, min(names))
        real_paths = tuple(os.path.realpath(root / path) for path in paths)
        for path in paths:
            linked.setdefault(path, real_paths)
    return originals


def _group_by_inode(root: Path, entries: Entries) -> Iterable[list[str]]:
    """Return the paths of each file whose inode number occurs more than once."""
    numbers = Counter(signature[-1] for _, signature in entries if signature != NO_SIGNATURE)
    groups: dict[tuple[int, int], list[str]] = {}
    for path, signature in entries:
        if numbers[signature[-1]] > 1:  # rarely: the number may be that of a file on another disk
            with suppress(OSError):
                stat = (root / path).stat()
                groups.setdefault((stat.st_dev, stat.st_ino), []).append(path)
    return groups.values()


def _read_entry_signature(entry: os.DirEntry[str]) -> FileSignature:
    try:
        return signature_of(entry.stat())
    except OSError:  # it was deleted after the listing: the attempt to read it reports the problem
        return NO_SIGNATURE
