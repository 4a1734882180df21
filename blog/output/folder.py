"""Outputs → the output folder. Only files that blog has written are changed or removed.

Everything is staged first; then files are replaced by rename, and what is no longer made is removed last.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from blog.cache.digests import digest, digest_file
from blog.cache.store import MissingEntryError
from blog.output.folder_scan import (
    check_default_output,
    check_output_folder,
    compare_folders,
    holds_bytes,
    is_linked,
    is_same_file,
    read_output_file,
    refuse_other_site,
)
from blog.output.manifest import MANIFEST, encode_manifest, is_marked, mark_path, read_manifest, read_site_identity
from blog.output.transaction import as_listed, create_stage, folders_above, is_file_or_link, is_same_entry, respell
from blog.problems import BlogError, Location, Problem, describe_os_error, raise_walk_error
from blog.system.site_paths import open_regular
from blog.text import explain_unsafe_path, name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

__all__ = [
    "MANIFEST",
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
        """These, and those of a later step that left them as they are."""
        new, changed = (*self.new, *later.new), (*self.changed, *later.changed)
        unchanged = later.unchanged - len(self.new) - len(self.changed)
        return Changes(tuple(sorted(new)), tuple(sorted(changed)), (*self.removed, *later.removed), unchanged)


def _nearest_folder(folder: Path) -> Path:
    """The nearest folder that exists, from ``folder`` upwards."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _foreign(path: str, target: Path) -> BlogError:
    message = f'"{path}" must go where a file is that blog did not make: {target}'
    return BlogError([Problem(Location(str(target.absolute())), "foreign-file", message, "move that file away")])


class OutputTransaction:
    """Collects the outputs of one build beside the site, then brings them into the output folder at once.

    :meth:`add` and :meth:`copy` may run in forked processes; the one that made the stage is told by :meth:`note`.
    """

    def __init__(
        self, output: Path, state: Path, site: str = "", *, same_paths: bool = False, beside: Path | None = None
    ) -> None:
        """Stage in the folder ``beside``, which is that of the output unless given; ``state`` keeps the journal.

        ``site`` identifies the site in the manifest. Raises :class:`OSError`.
        """
        self.output = output
        self.absent = not os.path.lexists(output)
        """There is no output folder: nothing has to be looked for in it."""
        self.same_paths = same_paths
        """The outputs have the paths that the manifest notes: nothing has to be removed."""
        self.site = site
        self.journal = create_stage(output, beside or _nearest_folder(output.absolute().parent), state)
        self.folder = self.journal.stage
        self.tree = self.journal.tree
        self.folders: set[Path] = set()
        """Folders of the tree that exist."""
        self.staged: list[str] = []
        self.kept: list[str] = []
        self.linked: dict[str, bool] = {}
        """Folder → whether it, or one above it, is a link."""
        self.clear: set[str] = set()
        """Folders of which nothing stands in the way."""
        self.renamed: dict[str, str] = {}
        """Outputs that this disk takes for a file which is no longer made: their names differ in case or form alone."""

    @cached_property
    def own(self) -> frozenset[str]:
        """Digests of the paths that are the program's."""
        return read_manifest(self.output) or frozenset()

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
        is_listed_otherwise = self._check_way(path)
        needed = is_listed_otherwise or not (self._real(path) and holds_bytes(self.output / path, data))
        if needed:
            _write(self._staged(path), data)
        return needed, digest(data)

    def copy(self, path: str, disk_path: str) -> tuple[bool, bytes]:
        """Stage a copy of the file at ``disk_path`` for ``path``; as :meth:`add`."""
        is_listed_otherwise = self._check_way(path)
        target = self.output / path
        if not is_listed_otherwise and self._real(path) and is_same_file(target, Path(disk_path)):
            return False, digest_file(str(target))
        staged = self._staged(path)
        _copy(disk_path, staged)
        return True, digest_file(str(staged))

    def note(self, path: str, staged: bool) -> None:
        """Count ``path`` among the outputs: it is staged, or stays as it is."""
        (self.staged if staged else self.kept).append(path)

    def keep(self, paths: Iterable[str]) -> None:
        """Count ``paths`` among the outputs: they stay as they are."""
        self.kept.extend(paths)

    def _staged(self, path: str) -> Path:
        staged = self.tree / path
        if staged.parent not in self.folders:
            self.folders.add(staged.parent)
            staged.parent.mkdir(parents=True, exist_ok=True)
        return staged

    def _real(self, path: str) -> bool:
        """Return whether no existing folder above ``path`` is a link."""
        return not self.absent and not is_linked(str(self.output), path, self.linked)

    def _is_own(self, path: str) -> bool:
        """Return whether blog wrote the file at ``path``, also if this disk lists it in another case or form."""
        return is_marked(path, self.own) or is_marked(as_listed(self.output, path), self.own)

    def _check_way(self, path: str) -> bool:
        """Let no file of others stand where ``path`` or a folder above it must go; links are replaced.

        True if the file there is the program's by another name, which this disk takes for the same: it needs this one.
        Raises :class:`MissingEntryError` for a path that no build makes.
        """
        if explain_unsafe_path(path):  # a damaged cache writes nothing outside of the output folder
            raise MissingEntryError
        if self.absent:
            return False
        folder = path.rpartition("/")[0]
        if folder not in self.clear:
            self.clear.add(folder)
            for above in folders_above(path):
                target = self.output / above
                if target.is_file() and not target.is_symlink() and not self._is_own(above):
                    raise _foreign(path, target)
        target = self.output / path
        if target.is_symlink() or not target.exists() or not self._real(path):
            return False
        for file in sorted(target.rglob("*")) if target.is_dir() else (target,):
            if not file.is_dir() and not self._is_own(file.relative_to(self.output).as_posix()):
                raise _foreign(path, file)
        return mark_path(path) not in self.own

    def changes(self) -> Changes:
        """Return the changes that :meth:`commit` would make."""
        removed = self._stale()
        self.renamed = self._renamed(removed)
        new = sorted(path for path in self.staged if path in self.renamed or not os.path.lexists(self.output / path))
        changed = sorted(set(self.staged) - set(new))
        stay = self._listed_otherwise()
        return Changes(tuple(new), tuple(changed), tuple(path for path in removed if path not in stay), len(self.kept))

    def _renamed(self, removed: Sequence[str]) -> dict[str, str]:
        root, gone = self.output, {name_key(path): path for path in removed}
        alike = {path: gone[name_key(path)] for path in (*self.staged, *self.kept) if gone and name_key(path) in gone}
        return {path: other for path, other in alike.items() if is_same_entry(f"{root}/{path}", f"{root}/{other}")}

    def _listed_otherwise(self) -> set[str]:
        """Return the names on the disk of outputs that stay, where they differ in case or form from the paths."""
        return {self.renamed[path] for path in self.kept if path in self.renamed} if self.renamed else set()

    def _stale(self) -> list[str]:
        """Files of the output that are ours and no longer made."""
        if self.same_paths:
            return []
        made = {mark_path(path) for path in (*self.staged, *self.kept)}
        gone = self.own - made
        if not gone:
            return []
        found = []
        for folder, folders, files in os.walk(self.output, onerror=raise_walk_error):
            links = [name for name in folders if Path(folder, name).is_symlink()]
            for name in (*files, *links):
                path = Path(folder, name).relative_to(self.output).as_posix()
                if is_marked(path, gone) and mark_path(path) not in made:
                    found.append(path)
        return sorted(found)

    def commit(self) -> Changes:
        """Bring what is staged into the output folder, then remove what is no longer made: all of it, or nothing.

        Raises :class:`OSError`, :class:`BlogError` for a foreign file that has come in the way, and what a signal
        raises: then the folder is as it was.
        """
        changes = self.changes()
        for path in changes.changed:
            target = self.output / path
            if target.is_file() and self._real(path) and not target.is_symlink() and not self._is_own(path):
                raise _foreign(path, target)
        paths = () if self.same_paths else (*self.staged, *self.kept, *self._listed_otherwise())
        made = sorted(map(mark_path, paths))
        manifest = not self.same_paths and not holds_bytes(self.output / MANIFEST, encode_manifest(self.site, made))
        if not (manifest or changes.removed or self.staged):
            return changes
        self._begin(changes, [MANIFEST] if manifest else [])
        try:
            self._apply(changes, made)
            self.journal.end(changes.removed)
        except BaseException as error:
            self._undo(error)
            raise
        return changes

    def _begin(self, changes: Changes, first: list[str]) -> None:
        """Open the journal; what is noted ``first`` is undone last."""
        old: list[str] = []
        new: list[str] = []
        for path in first:
            (old if os.path.lexists(self.output / path) else new).append(path)
        if not self.absent:
            linked = (path for path in self.staged if not self._real(path))
            old += sorted({link for path in linked for link in self._link_above(path)})
        for path in changes.changed:
            (old if self._real(path) and is_file_or_link(f"{self.output}/{path}") else new).append(path)
        self.journal.begin([*old, *changes.removed], [*new, *changes.new])

    def _link_above(self, path: str) -> list[str]:
        """The uppermost link above ``path``: a folder comes in its place."""
        return next(([above] for above in folders_above(path) if os.path.islink(self.output / above)), [])

    def _undo(self, error: BaseException) -> None:
        """Put the old site back. Raises :class:`BlogError` if that fails too."""
        try:
            self.journal.undo()
        except OSError as worse:
            why = describe_os_error(error) if isinstance(error, OSError) else str(error) or type(error).__name__
            message = f"{why}; the old site could not be put back: {describe_os_error(worse)}"
            hint = "mend that and build again: the next build begins with putting it back"
            raise BlogError([Problem(Location(str(self.output.absolute())), "not-undone", message, hint)]) from error

    def _apply(self, changes: Changes, made: list[str]) -> None:
        if self.same_paths:
            self.journal.bring_all()
            return
        if set(made) - self.own:
            self._write_manifest(sorted(self.own | set(made)))
        early = self._in_the_way(changes.removed)
        for path in sorted(early):
            self.journal.remove(path)
        self._respell(early)
        self.journal.bring_all()
        for path in changes.removed:
            if path not in early:
                self.journal.remove(path)
        listed = {
            mark_path(as_listed(self.output, path)) for path in (*self.renamed, *self._in_other_folders(changes.new))
        }
        self._write_manifest(sorted(listed | set(made)) if listed else made)

    def _in_the_way(self, removed: Sequence[str]) -> set[str]:
        """Return the paths of ``removed`` that are in the way of a staged file or of a folder above it."""
        if not removed:
            return set()
        staged = {name_key(path) for path in self.staged}
        folders = {folder for path in staged for folder in folders_above(path)}
        ways = {path: name_key(path) for path in removed}
        return {
            path for path, way in ways.items()
            if way in staged or way in folders or not staged.isdisjoint(folders_above(way))
        }  # fmt: skip

    def _respell(self, removed: Iterable[str]) -> None:
        """Give folders in which files were ``removed`` the case in which the outputs have them, if the disk allows.

        One that holds files of others stays as it is.
        """
        olds = {name_key(folder): folder for path in removed for folder in folders_above(path)}
        news = {folder for path in self.staged for folder in folders_above(path)} if olds else set()
        ours = [
            folder for folder in sorted(news)
            if olds.get(name_key(folder), folder) != folder and not self._holds_foreign(folder)
        ]  # fmt: skip
        for folder in ours:
            respell(self.output, folder)
        for folder in reversed(ours):  # some disks keep the name as long as there is such a folder
            if as_listed(self.output, folder) != folder:
                with suppress(OSError):
                    os.rmdir(self.output / folder)  # noqa: PTH106

    def _in_other_folders(self, new: Sequence[str]) -> list[str]:
        """Return the paths of ``new`` in a folder that the disk lists in another case or form."""
        folds = is_same_entry(f"{self.output}/{MANIFEST}", f"{self.output}/{MANIFEST.upper()}")
        folders = {folder for path in new if folds or not path.isascii() for folder in folders_above(path)}
        names: dict[str, frozenset[str]] = {}
        others: set[str] = set()
        for folder in sorted(folders):
            parent, _, name = folder.rpartition("/")
            if parent not in names:
                names[parent] = frozenset(os.listdir(self.output / parent))
            if parent in others or name not in names[parent]:
                others.add(folder)
        return [path for path in new if path.rpartition("/")[0] in others]

    def _holds_foreign(self, folder: str) -> bool:
        files = (path for path in (self.output / folder).rglob("*") if not path.is_dir())
        return not all(self._is_own(path.relative_to(self.output).as_posix()) for path in files)

    def _write_manifest(self, marks: list[str]) -> None:
        data = encode_manifest(self.site, marks)
        if not holds_bytes(self.output / MANIFEST, data):
            staged = self.folder / "manifest"
            _write(staged, data)
            self.journal.bring(str(staged), MANIFEST)


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
    except OSError as error:  # a full disk does not say of itself which file it is about
        raise OSError(error.errno, error.strerror, str(path)) from None
