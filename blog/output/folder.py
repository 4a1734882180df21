"""Outputs → the output folder. Only files that blog has written are changed or removed.

All outputs are staged first. Then files are replaced by rename, and stale files are removed last.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from blog.cache.digests import digest, digest_file
from blog.output.existing_output import ExistingOutput
from blog.output.filesystem_names import (
    as_listed,
    find_blocking,
    find_listed_otherwise,
    find_renamed,
    find_respelled_folders,
    is_file_or_link,
    is_same_entry,
    list_folders,
    respell,
)
from blog.output.folder_scan import (
    check_default_output,
    check_output_folder,
    compare_folders,
    find_uppermost_link,
    holds_bytes,
    is_linked,
    is_same_file,
    read_output_file,
    refuse_other_site,
    walk_files_and_links,
)
from blog.output.manifest import MANIFEST, digest_path, encode_manifest, is_listed, read_site_identity
from blog.output.undo_journal import create_stage
from blog.problems import BlogError, Location, Problem, describe_os_error
from blog.system.site_paths import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

__all__ = [
    "MANIFEST",
    "NO_CHANGES",
    "Changes",
    "OutputTransaction",
    "check_default_output",
    "check_output_folder",
    "compare_folders",
    "is_linked",
    "read_output_file",
    "read_site_identity",
    "refuse_other_site",
]


class Changes(Struct, frozen=True):
    """The changes of a build to the output folder; paths in order."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int

    def then(self, later: Changes) -> Changes:
        """Return these changes together with those of a ``later`` step, which counts the files here as unchanged."""
        new, changed = (*self.new, *later.new), (*self.changed, *later.changed)
        unchanged = later.unchanged - len(self.new) - len(self.changed)
        return Changes(tuple(sorted(new)), tuple(sorted(changed)), (*self.removed, *later.removed), unchanged)


NO_CHANGES = Changes((), (), (), 0)


def _nearest_folder(folder: Path) -> Path:
    """Return the nearest folder that exists, from ``folder`` upwards."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


class OutputTransaction:
    """Collects the outputs of one build beside the site, then moves them into the output folder at once.

    :meth:`add` and :meth:`copy` may run in forked processes; the process that created the stage calls :meth:`note`.
    """

    def __init__(
        self, output: Path, state: Path, site: str = "", *, same_paths: bool = False, beside: Path | None = None
    ) -> None:
        """Stage in the folder ``beside``, by default the parent of the output; ``state`` contains the journal.

        ``site`` identifies the site in the manifest. Raises :class:`OSError`.
        """
        self.output = output
        self.existing = ExistingOutput(output)
        self.same_paths = same_paths
        """The outputs have the paths that the manifest lists: no file has to be removed."""
        self.site = site
        self.journal = create_stage(output, beside or _nearest_folder(output.absolute().parent), state)
        self.tree = self.journal.tree
        self.staged_folders: set[Path] = set()
        """Folders of the tree that have been created."""
        self.staged: list[str] = []
        self.unchanged: list[str] = []
        """Outputs that stay as they are."""
        self.renamed: dict[str, str] = {}
        """Output → stale file that this disk treats as the same: their names differ only in case or Unicode form."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.journal.is_open:  # else the next build needs it
            self.journal.discard()

    def add(self, path: str, data: bytes) -> tuple[bool, bytes]:
        """Stage ``data`` for ``path``, unless the output has it already: whether it is staged, and its digest.

        Raises :class:`BlogError` for a foreign file in the way, and :class:`OSError`.
        """
        is_listed_otherwise = self.existing.check_target(path)
        is_unchanged = (
            not is_listed_otherwise and self.existing.is_inside(path) and holds_bytes(self.output / path, data)
        )
        if not is_unchanged:
            _write(self._prepare_staged_path(path), data)
        return not is_unchanged, digest(data)

    def copy(self, path: str, disk_path: str) -> tuple[bool, bytes]:
        """Stage a copy of the file at ``disk_path`` for ``path``; as :meth:`add`."""
        is_listed_otherwise = self.existing.check_target(path)
        target = self.output / path
        if not is_listed_otherwise and self.existing.is_inside(path) and is_same_file(target, Path(disk_path)):
            return False, digest_file(str(target))
        staged = self._prepare_staged_path(path)
        _copy(disk_path, staged)
        return True, digest_file(str(staged))

    def note(self, path: str, staged: bool) -> None:
        """Count ``path`` among the outputs: it is staged, or stays as it is."""
        paths = self.staged if staged else self.unchanged
        paths.append(path)

    def keep(self, paths: Iterable[str]) -> None:
        """Count ``paths`` among the outputs: they stay as they are."""
        self.unchanged.extend(paths)

    def _prepare_staged_path(self, path: str) -> Path:
        """Return the place of ``path`` in the tree; its folder exists then."""
        staged = self.tree / path
        if staged.parent not in self.staged_folders:
            self.staged_folders.add(staged.parent)
            staged.parent.mkdir(parents=True, exist_ok=True)
        return staged

    def changes(self) -> Changes:
        """Return the changes that :meth:`commit` would make."""
        stale = self._find_stale()
        self.renamed = find_renamed(self.output, (*self.staged, *self.unchanged), stale)
        new = sorted(filter(self._is_new, self.staged))
        changed = sorted(set(self.staged) - set(new))
        respelled = self._find_respelled()
        removed = tuple(path for path in stale if path not in respelled)
        return Changes(tuple(new), tuple(changed), removed, len(self.unchanged))

    def _is_new(self, path: str) -> bool:
        return path in self.renamed or not os.path.lexists(self.output / path)

    def _find_stale(self) -> list[str]:
        """Return the files of the output folder that blog wrote and that are not outputs any more."""
        if self.same_paths:
            return []
        current = set(map(digest_path, (*self.staged, *self.unchanged)))
        stale_digests = self.existing.path_digests - current
        if not stale_digests:
            return []
        listed = [path for path in walk_files_and_links(self.output) if is_listed(path, stale_digests)]
        return sorted(path for path in listed if digest_path(path) not in current)

    def _find_respelled(self) -> set[str]:
        """Return the names on the disk of unchanged outputs, where they differ in case or form from the paths."""
        if not self.renamed:
            return set()
        unchanged = self.renamed.keys() & self.unchanged
        return {self.renamed[path] for path in unchanged}

    def commit(self) -> Changes:
        """Move what is staged into the output folder, then remove stale files: all of it, or nothing.

        Raises :class:`OSError`, :class:`BlogError` for a foreign file that has come in the way, and what a signal
        raises: then the folder is as it was.
        """
        changes = self.changes()
        for path in changes.changed:
            self.existing.check_changed_file(path)
        path_digests = self._list_path_digests()
        writes_manifest = not self.same_paths and not self._has_manifest_of(path_digests)
        if not (writes_manifest or changes.removed or self.staged):
            return changes
        self._begin(changes, writes_manifest=writes_manifest)
        try:
            self._apply(changes, path_digests)
            self.journal.end(changes.removed)
        except BaseException as error:
            self._undo(error)
            raise
        return changes

    def _list_path_digests(self) -> list[str]:
        """Return what the new manifest lists; nothing if the old one stays."""
        if self.same_paths:
            return []
        return sorted(map(digest_path, (*self.staged, *self.unchanged, *self._find_respelled())))

    def _has_manifest_of(self, path_digests: Sequence[str]) -> bool:
        return holds_bytes(self.output / MANIFEST, encode_manifest(self.site, path_digests))

    def _begin(self, changes: Changes, *, writes_manifest: bool) -> None:
        """Open the journal. The manifest is its first entry: it is undone last."""
        old: list[str] = []
        new: list[str] = []
        if writes_manifest:
            paths = old if os.path.lexists(self.output / MANIFEST) else new
            paths.append(MANIFEST)
        old += self._find_replaced_links()
        for path in changes.changed:
            is_replaced = self.existing.is_inside(path) and is_file_or_link(f"{self.output}/{path}")
            paths = old if is_replaced else new
            paths.append(path)
        self.journal.begin([*old, *changes.removed], [*new, *changes.new])

    def _find_replaced_links(self) -> list[str]:
        """Return the uppermost link above each staged file: a folder replaces it."""
        if self.existing.is_absent:
            return []
        links = set()
        for path in self.staged:
            if not self.existing.is_inside(path):
                links.add(find_uppermost_link(self.output, path))
        return sorted(link for link in links if link is not None)

    def _undo(self, error: BaseException) -> None:
        """Restore the old site. Raises :class:`BlogError` if that fails too."""
        try:
            self.journal.undo()
        except OSError as undo_error:
            why = f"{_describe_error(error)}; the old site could not be put back: {describe_os_error(undo_error)}"
            hint = "mend that and build again: the next build begins with putting it back"
            raise BlogError([Problem(Location(str(self.output.absolute())), "not-undone", why, hint)]) from error

    def _apply(self, changes: Changes, path_digests: list[str]) -> None:
        """Change the output folder, in an order in which the manifest lists each of blog's files at any time."""
        if self.same_paths:
            self.journal.bring_all()
            return
        if not self.existing.path_digests.issuperset(path_digests):
            self._write_manifest(sorted(self.existing.path_digests.union(path_digests)))
        blocking = find_blocking(changes.removed, self.staged)
        for path in sorted(blocking):
            self.journal.remove(path)
        self._respell_folders(blocking)
        self.journal.bring_all()
        for path in changes.removed:
            if path not in blocking:
                self.journal.remove(path)
        respelled = [*self.renamed, *self._find_in_respelled_folders(changes.new)]
        if respelled:
            disk_digests = {digest_path(as_listed(self.output, path)) for path in respelled}
            path_digests = sorted(disk_digests.union(path_digests))
        self._write_manifest(path_digests)

    def _respell_folders(self, removed: Iterable[str]) -> None:
        """Rename folders in which files were ``removed`` to the case in which the outputs have them, if the disk can.

        A folder that contains foreign files keeps its name.
        """
        respelled = find_respelled_folders(removed, self.staged)
        folders = [folder for folder in respelled if not self.existing.has_foreign_file(folder)]
        for folder in folders:
            respell(self.output, folder)
        for folder in reversed(folders):  # some disks keep the name as long as there is such a folder
            if as_listed(self.output, folder) != folder:
                with suppress(OSError):
                    os.rmdir(self.output / folder)  # noqa: PTH106

    def _find_in_respelled_folders(self, new: Sequence[str]) -> list[str]:
        """Return the paths of ``new`` in a folder that the disk lists in another case or form."""
        ignores_case = is_same_entry(f"{self.output}/{MANIFEST}", f"{self.output}/{MANIFEST.upper()}")
        candidates = [path for path in new if ignores_case or not path.isascii()]
        respelled = find_listed_otherwise(self.output, list_folders(candidates))
        return [path for path in new if path.rpartition("/")[0] in respelled]

    def _write_manifest(self, path_digests: list[str]) -> None:
        if not self._has_manifest_of(path_digests):
            staged = self.journal.stage / "manifest"
            _write(staged, encode_manifest(self.site, path_digests))
            self.journal.bring(str(staged), MANIFEST)


def _describe_error(error: BaseException) -> str:
    if isinstance(error, OSError):
        return describe_os_error(error)
    return str(error) or type(error).__name__


def _copy(disk_path: str, path: Path) -> None:
    with open_regular(disk_path) as source:
        try:
            with path.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
        except OSError as error:  # as below
            raise OSError(error.errno, error.strerror, str(path)) from None


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:  # the error of a full disk has no path
        raise OSError(error.errno, error.strerror, str(path)) from None
