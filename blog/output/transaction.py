"""The journal of a transaction: how to undo a change of the output folder, written before the change begins.

Between :meth:`UndoJournal.begin` and :meth:`UndoJournal.end` each file is exactly its old or its new version. After
an error this process, after a kill the next build, restores the old site by :meth:`UndoJournal.undo`.

New and old files are staged in a folder beside the output, on the same disk and under a random name. The journal, and
the record that names the stage, are in the user's state folder: a stage or a journal that came with a site is ignored.
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
from blog.output.disk_names import folders_above, is_file_or_link, is_folder, respell
from blog.output.inherited_rights import hands_down, take_after
from blog.system.private_files import load_private, write_private
from blog.text import MANIFEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class _StageRecord(Struct, frozen=True):
    """A stage that a build has made, and the folder that the build publishes to."""

    output: bytes
    """An absolute path, as the system encodes it."""
    stage: bytes
    """Likewise."""


class _JournalEntry(Struct, frozen=True):
    """The contents of a journal."""

    absent: bool
    """The output folder did not exist."""
    old: tuple[str, ...]
    """Paths of files and links that are replaced or removed: the n-th is kept as ``old/n``."""
    new: tuple[str, ...]
    """Paths where nothing was."""
    inode: tuple[int, int]
    """Device and inode of the stage."""


_RECORD = msgpack.Decoder(_StageRecord)
_NOTE = msgpack.Decoder(_JournalEntry)
STAGE = ".blog-"
"""Start of the names of stages, beside the output folder."""
_NAME = "stage-"
"""Start of the names of records, in the state folder."""
_JOURNAL = ".journal"
"""Ending of the journal that belongs to a record."""
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


def create_stage(output: Path, beside: Path, state: Path) -> UndoJournal:
    """Make a stage for ``output`` in the folder ``beside``, or in ``state`` where nothing can be written there.

    The record comes first: whenever the process is killed, the next build finds the stage and removes it. Raises
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
    record, stage = state / f"{_NAME}{name}", beside.absolute() / f"{STAGE}{name}"
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
        self.file = record.with_name(record.name + _JOURNAL)
        self.stage = stage
        self.tree = stage / "site"
        """New files, each at its path in the output folder."""
        self.output = output
        self.is_open = False
        """A change has begun here and has neither ended nor been undone."""
        self.hands_down = False
        """The output folder gives its group or its access list to what is made in it."""

    def begin(self, old: Sequence[str], new: Sequence[str]) -> None:
        """Keep the ``old`` files and links, and note what is done before anything is.

        What is first in each list is undone last.
        """
        self.tree.mkdir(exist_ok=True)
        (self.stage / "old").mkdir()
        for number, path in enumerate(old):
            _keep(f"{self.output}/{path}", f"{self.stage}/old/{number}")
        absent = not os.path.lexists(self.output)
        write_private(self.file, pack(_JournalEntry(absent, tuple(old), tuple(new), _inode(self.stage))))
        self.is_open = True
        self.output.mkdir(parents=True, exist_ok=True)
        self.hands_down = hands_down(str(self.output))

    def end(self, removed: Iterable[str] = ()) -> None:
        """Close the transaction: it can no longer be undone. Folders that are empty without ``removed`` are deleted."""
        self.file.unlink()
        self.is_open = False
        for path in removed:
            self._tidy(path)

    def bring_all(self, folder: str = "") -> None:
        """Move what is in the tree into the output folder, by folders where there are none yet."""
        for entry in sorted(os.scandir(f"{self.tree}/{folder}"), key=lambda entry: entry.name):
            path = f"{folder}{entry.name}"
            if entry.is_dir() and is_folder(f"{self.output}/{path}"):
                self.bring_all(f"{path}/")
            else:
                self.bring(entry.path, path)

    def bring(self, staged: str, path: str) -> None:
        """Move a file, or a folder where none is yet, into the output folder; links and empty folders in its way go."""
        target = f"{self.output}/{path}"
        if self.hands_down:  # what comes by rename is not made there
            take_after(staged, target.rpartition("/")[0])
        if is_folder(staged):
            self._bring_folder(staged, path)
            return
        try:
            self._put(staged, target)
        except IsADirectoryError:
            for folder in (*sorted(Path(target).rglob("*"), reverse=True), Path(target)):
                folder.rmdir()
            self._put(staged, target)

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
        """Restore the old files, if a change has begun; what others did to the folder since then stays."""
        note = self._note()
        if note is None:
            return
        if note.inode != _inode(self.stage) or not is_folder(self.stage / "old"):
            self.file.unlink()  # the stage was moved or replaced: nothing is left to restore from
            return
        for path in filter(self._is_within, reversed(note.new)):
            self._take_back(path)
        for number, path in reversed(list(enumerate(note.old))):
            kept, target = self.stage / "old" / str(number), self.output / path
            self._clear_beside(target)
            if os.path.lexists(kept) and self._is_within(path) and not (is_folder(target) or _same(kept, target)):
                target.parent.mkdir(parents=True, exist_ok=True)
                self._put(str(kept), str(target))
        for folder in sorted({folder for path in note.old if self._is_within(path) for folder in folders_above(path)}):
            respell(self.output, folder)
        if note.absent:
            with suppress(OSError):
                self.output.rmdir()
        self.end()

    def discard(self) -> None:
        """Remove the stage and its record, also if a signal arrives meanwhile: the command line lets only one in.

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

    def _note(self) -> _JournalEntry | None:
        try:
            return _NOTE.decode(load_private(self.file))
        except (FileNotFoundError, DecodeError):
            return None

    def _take_back(self, path: str) -> None:
        """Remove a new file, if it has been brought: it is no longer in the tree, or was copied from there."""
        staged, target = self.tree / path, self.output / path
        self._clear_beside(target)
        if is_file_or_link(target) and (not os.path.lexists(staged) or _same(staged, target)):
            target.unlink()
        self._tidy(path)

    def _is_within(self, path: str) -> bool:
        """Return whether the path is inside the output folder, with no link on the way."""
        folder = Path(path).parent
        if folder.is_absolute() or ".." in folder.parts:
            return False
        return (self.output / folder).resolve() == self.output.resolve() / folder

    def _tidy(self, path: str) -> None:
        for folder in (self.output / path).parents:
            if folder == self.output:
                break
            try:
                folder.rmdir()
            except OSError:
                break

    def _put(self, source: str, target: str) -> None:
        """Put a file or link in the place of another, at once, from any disk."""
        try:
            os.replace(source, target)  # noqa: PTH105  (for each file of a site: a Path costs as much as the call)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            beside = self._beside(target)
            beside.unlink(missing_ok=True)
            shutil.copyfile(source, beside, follow_symlinks=False)
            beside.replace(target)

    def _beside(self, target: str | Path) -> Path:
        """Return the temporary path of a copy that is not complete yet."""
        return Path(target).with_name(f".{self.stage.name}.tmp")

    def _clear_beside(self, target: Path) -> None:
        if os.path.lexists(self._beside(target)):  # to ask for more is refused on a disk that is read-only
            self._beside(target).unlink()


def _same(path: Path, other: Path) -> bool:
    """Return whether both are files with the same bytes, or links with the same target."""
    if not (os.path.lexists(path) and os.path.lexists(other)) or path.is_symlink() != other.is_symlink():
        return False
    return path.readlink() == other.readlink() if path.is_symlink() else cmp(path, other, shallow=False)


def _keep(path: str, kept: str) -> None:
    """A second name for a file or link, or a copy where the disk cannot give it one."""
    try:
        os.link(path, kept, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copyfile(path, kept, follow_symlinks=False)


def _inode(folder: Path) -> tuple[int, int]:
    """Device and inode of a folder; ``(0, 0)`` if there is none."""
    try:
        status = os.lstat(folder)
    except FileNotFoundError:
        return 0, 0
    return (status.st_dev, status.st_ino) if stat.S_ISDIR(status.st_mode) else (0, 0)


def recover(state: Path, output: Path) -> None:
    """Undo what killed builds of ``output`` began, and remove their stages. ``state`` is the state folder of the site.

    A build of another folder is undone by the next build of that folder: a build writes to its own output alone. Raises
    :class:`OSError`.
    """
    here = os.fsencode(output.absolute())
    for path in sorted(state.glob(f"{_NAME}*")):
        if path.suffix == ".tmp":  # half written when the build was killed
            path.unlink()
            continue
        if path.suffix == _JOURNAL:
            continue
        try:
            record = _RECORD.decode(load_private(path))
        except DecodeError:
            path.unlink()
            continue
        if record.output != here:
            continue
        journal = UndoJournal(path, Path(os.fsdecode(record.stage)), output)
        if (output / MANIFEST_NAME).is_file():  # without a manifest the folder is not ours any more
            journal.undo()
        journal.file.unlink(missing_ok=True)
        journal.discard()
