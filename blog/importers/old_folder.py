"""The folder of an old blog: its files, read safely. Nothing in it is run, and nothing is written.

No symbolic link is followed out of the folder: each one that leaves it, and each entry that is no file, is an item.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.content.file_kinds import quote_name
from blog.importers.report import Item
from blog.problems import BlogError, Location, Problem
from blog.system.site_paths import open_file
from blog.text import CONTROL_CHARACTERS, normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILES = 100_000
MAX_TEXT_BYTES = 5_000_000
MAX_FILE_BYTES = 500_000_000
_IGNORED_FOLDERS = frozenset(
    {".git", ".hg", ".svn", "node_modules", "vendor", ".jekyll-cache", ".sass-cache", ".ipynb_checkpoints", ".venv"}
)


class OldFolder(Struct, frozen=True):
    """The files of an old blog, by their paths relative to ``root``."""

    root: Path
    paths: tuple[str, ...]
    items: tuple[Item, ...]

    def has(self, path: str) -> bool:
        """Return whether there is such a file."""
        return path in self.paths

    def below(self, folder: str) -> Iterator[str]:
        """Yield the paths of all files below ``folder``, in order."""
        prefix = f"{folder}/"
        return (path for path in self.paths if path.startswith(prefix))

    def read_bytes(self, path: str, limit: int) -> bytes:
        """Return the first ``limit`` bytes of a file; ``b""`` if it cannot be read."""
        try:
            with open_file(self.root, path, _is_hidden) as file:
                return file.read(limit)
        except (OSError, BlogError):
            return b""

    def read_text(self, path: str) -> str:
        """Return a text file with LF line ends; ``""`` if it cannot be read, or is too large to be one."""
        data = self.read_bytes(path, MAX_TEXT_BYTES + 1)
        if len(data) > MAX_TEXT_BYTES:
            return ""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
        return CONTROL_CHARACTERS.sub("", normalize_newlines(text))

    def first_of(self, *paths: str) -> str:
        """Return the first of ``paths`` that is a file; ``""`` if none is."""
        return next((path for path in paths if self.has(path)), "")


def open_folder(root: Path) -> OldFolder:
    """List the files of the old blog at ``root``. Raises :class:`BlogError` if it is no folder."""
    if not root.is_dir():
        kind = "is a file" if root.exists() else "does not exist"
        raise BlogError([Problem(Location(""), "no-folder", f"{root} {kind}", "name the folder of the old blog")])
    paths: list[str] = []
    items: list[Item] = []
    for path, entry in _walk(str(root)):
        reason = _explain_skipped(root, path, entry)
        if reason:
            items.append(Item("File that was not moved", Location(quote_name(path)), reason, "copy it by hand"))
        else:
            paths.append(path)
        if len(paths) > MAX_FILES:
            message = f"{root} has more than {MAX_FILES:,} files"
            raise BlogError([Problem(Location(""), "too-many", message, "name the folder of the blog alone")])
    return OldFolder(root, tuple(sorted(paths)), tuple(items))


def _walk(root: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield path and entry of everything but folders; no link is followed."""
    pending = [(root, "")]
    while pending:
        folder, prefix = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                yield prefix + entry.name, entry
            elif entry.name not in _IGNORED_FOLDERS:
                pending.append((entry.path, f"{prefix}{entry.name}/"))


def _explain_skipped(root: Path, path: str, entry: os.DirEntry[str]) -> str:
    """Return the reason why an entry is not read; ``""`` if it is a file that can be."""
    if CONTROL_CHARACTERS.search(path) or "\n" in path:
        return "the name is not printable text"
    if entry.is_symlink():
        target = os.path.realpath(entry.path)
        if not target.startswith(os.path.realpath(root) + os.sep):
            return "a symbolic link that leaves the folder"
        if not Path(target).is_file():
            return "a symbolic link to a folder, or to nothing"
        return ""
    if not entry.is_file(follow_symlinks=False):
        return "not a regular file"
    if entry.stat(follow_symlinks=False).st_size > MAX_FILE_BYTES:
        return f"larger than {MAX_FILE_BYTES // 1_000_000} MB"
    return ""


def _is_hidden(_name: str) -> bool:
    """Return that no name is hidden: names such as ``_posts`` are those of the old tool."""
    return False


def copy_file(folder: OldFolder, path: str, target: Path) -> None:
    """Copy a file of the old blog to the new path ``target``. Raises :class:`OSError` or :class:`BlogError`."""
    with open_file(folder.root, path, _is_hidden) as source, target.open("xb") as copy:
        shutil.copyfileobj(source, copy)
