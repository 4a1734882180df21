"""The journal of a transaction: how to undo a change of the output folder, written before the change begins.

Between :meth:`UndoJournal.begin` and :meth:`UndoJournal.end` each file is exactly its old or its new version. After
an error this process, after a kill the next build, restores the old site by :meth:`UndoJournal.undo`.

New and old files are in the stage, a folder with a random name beside the output and on the same disk. The journal, and
the record with the path of the stage, are in the user's state folder: a stage or a journal that came with a site is
ignored.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
from contextlib import suppress
from filecmp import cmp
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import DecodeError, Struct, msgpack

from blog.cache.digests import pack
from blog.output.filesystem_names import is_file_or_link, is_folder, list_folders, respell
from blog.output.inherited_permissions import inherit_rights, passes_on_rights
from blog.system.private_files import load_private, write_private
from blog.text import MANIFEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class _StageRecord(Struct, frozen=True):
    """A stage that a build created, and the folder to which the build publishes."""

    output: bytes
    """An absolute path, as the system encodes it."""
    stage: bytes
    """Likewise."""


class _JournalEntry(Struct, frozen=True):
    """The contents of a journal."""

    absent: bool
    """The output folder did not exist."""
    old: tuple[str, ...]
    """Paths of files and links that are replaced or removed: ``old/n`` is the backup of the n-th."""
    new: tuple[str, ...]
    """Paths where nothing was."""
    inode: tuple[int, int]
    """Device and inode of the stage."""


_RECORD = msgpack.Decoder(_StageRecord)
_ENTRY = msgpack.Decoder(_JournalEntry)
STAGE = ".blog-"
"""Start of the names of stages, beside the output folder."""
_RECORD_NAME = "stage-"
"""Start of the names of records, in the state folder."""
_JOURNAL_SUFFIX = ".journal"
"""Ending of the journal that belongs to a record."""
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


def create_stage(output: Path, beside: Path, state: Path) -> UndoJournal:
    """Create a stage for ``output`` in the folder ``beside``, or in ``state`` if ``beside`` is not writable.

    The record is written first: whenever the process is killed, the next build finds the stage and removes it. Raises
    :class:`OSError`.
    """
    try:
        return _create_stage(output, beside, state)
    except OSError as error:
        if error.errno not in _NOT_WRITABLE or beside == state:
            raise
        return _create_stage(output, state, state)


def _create_stage(output: Path, beside: Path, state: Path) -> UndoJournal:
    name = secrets.token_hex(8)
    record, stage = state / f"{_RECORD_NAME}{name}", beside.absolute() / f"{STAGE}{name}"
    write_private(record, pack(_StageRecord(os.fsencode(output.absolute()), os.fsencode(stage))))
    try:
        stage.mkdir(0o700)
        (stage / ".gitignore").write_text("*\n", "utf-8")  # a stage that a killed build left is not committed
    except BaseException:  # SystemExit and KeyboardInterrupt too: a signal leaves no stage
        shutil.rmtree(stage, ignore_errors=True)
        record.unlink()
        raise
    return UndoJournal(record, stage, output)


class UndoJournal:
    """Changes the folder ``output``; its new and its old files are in the folder ``stage`` until the end.

    All methods raise :class:`OSError`.
    """

    def __init__(self, record: Path, stage: Path, output: Path) -> None:
        self.record = record
        self.file = record.with_name(record.name + _JOURNAL_SUFFIX)
        self.stage = stage
        self.tree = stage / "site"
        """New files, each at its path in the output folder."""
        self.output = output
        self.is_open = False
        """A change has begun here and has neither ended nor been undone."""
        self.passes_on_rights = False
        """Files that are created in the output folder inherit its group or its access list."""

    def begin(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Back up the ``old`` files and links, and write the journal before anything is changed.

        The first path of each list is undone last.
        """
        self.tree.mkdir(exist_ok=True)
        (self.stage / "old").mkdir()
        for number, path in enumerate(old):
            _back_up(f"{self.output}/{path}", f"{self.stage}/old/{number}")
        absent = not os.path.lexists(self.output)
        write_private(self.file, pack(_JournalEntry(absent, tuple(old), tuple(new), _read_inode(self.stage))))
        self.is_open = True
        self.output.mkdir(parents=True, exist_ok=True)
        self.passes_on_rights = passes_on_rights(str(self.output))

    def end(self, removed: Iterable[str] = ()) -> None:
        """Close the transaction: it can no longer be undone. Folders that are empty without ``removed`` are deleted."""
        self.file.unlink()
        self.is_open = False
        for path in removed:
            self._remove_empty_folders_above(path)

    def bring_all(self, folder: str = "") -> None:
        """Move the contents of the tree into the output folder; a folder that is not there yet is moved as a whole."""
        for entry in sorted(os.scandir(f"{self.tree}/{folder}"), key=lambda entry: entry.name):
            path = f"{folder}{entry.name}"
            if entry.is_dir() and is_folder(f"{self.output}/{path}"):
                self.bring_all(f"{path}/")
            else:
                self.bring(entry.path, path)

    def bring(self, staged: str, path: str) -> None:
        """Move a file, or a folder that is not there yet, into the output folder.

        It replaces a link or an empty folder.
        """
        target = f"{self.output}/{path}"
        if self.passes_on_rights:  # a renamed file does not inherit them by itself
            inherit_rights(staged, target.rpartition("/")[0])
        if is_folder(staged):
            self._bring_folder(staged, path)
            return
        try:
            self._replace(staged, target)
        except IsADirectoryError:
            for folder in (*sorted(Path(target).rglob("*"), reverse=True), Path(target)):
                folder.rmdir()
            self._replace(staged, target)

    def _bring_folder(self, staged: str, path: str) -> None:
        target = self.output / path
        if target.is_symlink():
            target.unlink()
        try:
            os.rename(staged, target)  # noqa: PTH104  (as below)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            target.mkdir()
            for name in sorted(os.listdir(staged)):
                self.bring(f"{staged}/{name}", f"{path}/{name}")

    def remove(self, path: str) -> None:
        """Remove a file or link. Its folder stays till the end: on a full disk it could not be made again."""
        (self.output / path).unlink()

    def undo(self) -> None:
        """Restore the old files, if a change has begun. Changes by other programs since then stay."""
        entry = self._read_entry()
        if entry is None:
            return
        if entry.inode != _read_inode(self.stage) or not is_folder(self.stage / "old"):
            self.file.unlink()  # the stage was moved or replaced: there is no backup to restore
            return
        for path in filter(self._is_within, reversed(entry.new)):
            self._remove_new_file(path)
        for number, path in reversed(list(enumerate(entry.old))):
            self._restore(self.stage / "old" / str(number), path)
        for folder in sorted(list_folders(filter(self._is_within, entry.old))):
            respell(self.output, folder)
        if entry.absent:
            with suppress(OSError):
                self.output.rmdir()
        self.end()

    def _restore(self, backup: Path, path: str) -> None:
        """Put a backup in its old place, unless it is there already or a folder is."""
        target = self.output / path
        self._remove_temporary_copy(target)
        if not os.path.lexists(backup) or not self._is_within(path):
            return
        if is_folder(target) or _is_same(backup, target):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        self._replace(str(backup), str(target))

    def discard(self) -> None:
        """Remove the stage and its record, also if a signal arrives meanwhile: the command line lets only one through.

        What cannot be removed now is left to the next build.
        """
        try:
            self._remove_stage()
        except BaseException:
            self._remove_stage()
            raise

    def _remove_stage(self) -> None:
        shutil.rmtree(self.stage, ignore_errors=True)
        with suppress(OSError):  # the site is published: this does not undo it
            if not os.path.lexists(self.stage):
                self.record.unlink(missing_ok=True)

    def _read_entry(self) -> _JournalEntry | None:
        try:
            return _ENTRY.decode(load_private(self.file))
        except (FileNotFoundError, DecodeError):
            return None

    def _remove_new_file(self, path: str) -> None:
        """Remove a new file, if this transaction put it there: it is no longer in the tree, or was copied from it."""
        staged, target = self.tree / path, self.output / path
        self._remove_temporary_copy(target)
        if is_file_or_link(target) and (not os.path.lexists(staged) or _is_same(staged, target)):
            target.unlink()
        self._remove_empty_folders_above(path)

    def _is_within(self, path: str) -> bool:
        """Return whether the path is inside the output folder, with no link on the way."""
        folder = Path(path).parent
        if folder.is_absolute() or ".." in folder.parts:
            return False
        return (self.output / folder).resolve() == self.output.resolve() / folder

    def _remove_empty_folders_above(self, path: str) -> None:
        for folder in (self.output / path).parents:
            if folder == self.output:
                break
            try:
                folder.rmdir()
            except OSError:
                break

    def _replace(self, source: str, target: str) -> None:
        """Replace ``target`` by a file or link from any disk, in one step."""
        try:
            os.replace(source, target)  # noqa: PTH105  (for each file of a site: a Path costs as much as the call)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            copy = self._temporary_copy(target)
            copy.unlink(missing_ok=True)
            shutil.copyfile(source, copy, follow_symlinks=False)
            copy.replace(target)

    def _temporary_copy(self, target: str | Path) -> Path:
        """Return the path of a copy that is not complete yet."""
        return Path(target).with_name(f".{self.stage.name}.tmp")

    def _remove_temporary_copy(self, target: Path) -> None:
        if os.path.lexists(self._temporary_copy(target)):  # a read-only disk refuses to remove even an absent file
            self._temporary_copy(target).unlink()


def _is_same(path: Path, other: Path) -> bool:
    """Return whether both are files with the same bytes, or links with the same target."""
    if not (os.path.lexists(path) and os.path.lexists(other)):
        return False
    if path.is_symlink() != other.is_symlink():
        return False
    if path.is_symlink():
        return path.readlink() == other.readlink()
    return cmp(path, other, shallow=False)


def _back_up(path: str, backup: str) -> None:
    """Give a file or link a second name, or copy it where the disk has no hard links."""
    try:
        os.link(path, backup, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copyfile(path, backup, follow_symlinks=False)


def _read_inode(folder: Path) -> tuple[int, int]:
    """Return device and inode of a folder; ``(0, 0)`` if there is none."""
    try:
        status = os.lstat(folder)
    except FileNotFoundError:
        return 0, 0
    if not stat.S_ISDIR(status.st_mode):
        return 0, 0
    return status.st_dev, status.st_ino


def recover(state: Path, output: Path) -> None:
    """Undo the transactions of killed builds of ``output``, and remove their stages.

    ``state`` is the state folder of the site. A build of another folder is undone by the next build of that folder: a
    build writes to its own output alone. Raises :class:`OSError`.
    """
    absolute = os.fsencode(output.absolute())
    for path in sorted(state.glob(f"{_RECORD_NAME}*")):
        if path.suffix == _JOURNAL_SUFFIX:
            continue
        record = _read_record(path)
        if record is None or record.output != absolute:
            continue
        journal = UndoJournal(path, Path(os.fsdecode(record.stage)), output)
        if (output / MANIFEST_NAME).is_file():  # without a manifest the folder is not blog's any more
            journal.undo()
        journal.file.unlink(missing_ok=True)
        journal.discard()


def _read_record(path: Path) -> _StageRecord | None:
    """Return the record of a stage. A file that is incomplete or damaged is removed."""
    if path.suffix == ".tmp":  # the build was killed while it wrote the record
        path.unlink()
        return None
    try:
        return _RECORD.decode(load_private(path))
    except DecodeError:
        path.unlink()
        return None
