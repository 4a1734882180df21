"""The output folder as a transaction finds it: which of its files blog wrote, and which must not be touched."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

from blog.cache.store import MissingEntryError
from blog.output.filesystem_names import as_listed, folders_above
from blog.output.folder_scan import is_linked
from blog.output.manifest import digest_path, is_listed, read_manifest
from blog.problems import BlogError, Location, Problem
from blog.text import explain_unsafe_path

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class ExistingOutput:
    """The contents of the output folder before the transaction."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_absent = not os.path.lexists(folder)
        """There is no output folder: no existing files have to be checked."""
        self._links: dict[str, bool] = {}
        """Folder → whether it, or one above it, is a link."""
        self._checked_folders: set[str] = set()
        """Folders of outputs in whose place there is no foreign file."""

    @cached_property
    def path_digests(self) -> frozenset[str]:
        """Digests of the paths that blog wrote: what the manifest lists."""
        return read_manifest(self.folder) or frozenset()

    def is_inside(self, path: str) -> bool:
        """Return whether the output folder exists, and no folder between it and ``path`` is a link."""
        return not self.is_absent and not is_linked(str(self.folder), path, self._links)

    def was_written(self, path: str) -> bool:
        """Return whether blog wrote the file at ``path``, also if this disk lists it in another case or form."""
        return is_listed(path, self.path_digests) or is_listed(as_listed(self.folder, path), self.path_digests)

    def check_target(self, path: str) -> bool:
        """Check that no foreign file stands where ``path`` or a folder above it must go; links are replaced.

        True if blog wrote the file there by another name, which this disk treats as the same: it needs the name
        ``path``. Raises :class:`BlogError` for a foreign file, and :class:`MissingEntryError` for a path that no build
        makes.
        """
        if explain_unsafe_path(path):  # a damaged cache writes nothing outside of the output folder
            raise MissingEntryError
        if self.is_absent:
            return False
        self._check_folders_above(path)
        target = self.folder / path
        if target.is_symlink() or not target.exists() or not self.is_inside(path):
            return False
        files = sorted(target.rglob("*")) if target.is_dir() else [target]
        foreign_file = self._find_foreign_file(files)
        if foreign_file is not None:
            raise _foreign_file_error(path, foreign_file)
        return digest_path(path) not in self.path_digests

    def _check_folders_above(self, path: str) -> None:
        """Raise :class:`BlogError` for a foreign file in the place of a folder above ``path``."""
        folder = path.rpartition("/")[0]
        if folder in self._checked_folders:
            return
        self._checked_folders.add(folder)
        for above in folders_above(path):
            target = self.folder / above
            if target.is_file() and not target.is_symlink() and not self.was_written(above):
                raise _foreign_file_error(path, target)

    def check_changed_file(self, path: str) -> None:
        """Raise :class:`BlogError` if another program has meanwhile put a file in the place of the output ``path``."""
        target = self.folder / path
        if not target.is_file() or not self.is_inside(path):
            return
        if not target.is_symlink() and not self.was_written(path):
            raise _foreign_file_error(path, target)

    def has_foreign_file(self, folder: str) -> bool:
        """Return whether there is a foreign file below ``folder``."""
        return self._find_foreign_file((self.folder / folder).rglob("*")) is not None

    def _find_foreign_file(self, files: Iterable[Path]) -> Path | None:
        for file in files:
            if not file.is_dir() and not self.was_written(file.relative_to(self.folder).as_posix()):
                return file
        return None


def _foreign_file_error(path: str, target: Path) -> BlogError:
    message = f'"{path}" must go where a file is that blog did not make: {target}'
    return BlogError([Problem(Location(str(target.absolute())), "foreign-file", message, "move that file away")])
