"""The watcher: file events of the site folder → the paths that changed, once their writers have finished.

Where the system reports no events, the folders are polled every second.
"""

from __future__ import annotations

import errno
import logging
import math
import os
import stat
import sys
import tempfile
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import (
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserverVFS

from blog.config.settings import FILE_NAME
from blog.preview.debounce import Debouncer
from blog.system.site_paths import MAX_ENTRIES, Walk, link_steps, locate_in_site

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator

    from watchdog.observers.api import BaseObserver, ObservedWatch

    from blog.preview.debounce import WriteState

INTERVAL = 1.0
"""Seconds between two polls, where the system reports no events."""
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileAttribEvent, FileClosedEvent, FileDeletedEvent, FileMovedEvent,
    DirAttribEvent, DirCreatedEvent, DirDeletedEvent, DirMovedEvent,
]  # fmt: skip
_LINKED = "*"
_WHOLE_TREES = {_LINKED, "content", "themes"}
"""Names that may be links or hold many files: when one appears or disappears, any file may have changed."""
_CLOSES = sys.platform == "linux"
"""The system has an event for closing a file that was written."""
_REMOTE_FILE_SYSTEMS = {
    "9p", "afs", "ceph", "cifs", "drvfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "fuse.vmhgfs-fuse", "ncpfs", "nfs",
    "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
}  # fmt: skip
"""File systems that other machines can change without an event on this one."""


class Watcher(FileSystemEventHandler):
    """Watches the content, the themes and the settings of a site, and the folders that links lead to."""

    def __init__(self, root: Path, themes: Path) -> None:
        """``root`` is the site folder, ``themes`` the folder of the built-in themes."""
        self.root = Path(os.path.realpath(root))
        self.themes = os.path.realpath(themes)
        self.burst = Debouncer(reports_close=_CLOSES)
        self.news = threading.Condition()
        self.polls = ""
        """Reason why the folder is polled every second; empty while the system reports events."""
        self.names: dict[str, str] = {}
        """Folder on the disk → its path in the site; ``_LINKED`` for a folder that links lead to."""
        self.linked: set[str] = set()
        """Paths on the disk that links lead to."""
        self.watches: dict[str, tuple[ObservedWatch, tuple[int, int]]] = {}
        """Folder on the disk → its watch, and its device and inode when the watch began."""
        self.observer: BaseObserver | None = None
        self.overflow_handler = _OverflowHandler(self)
        logging.getLogger("watchdog").addHandler(self.overflow_handler)
        logging.getLogger("watchdog").propagate = False
        # For a folder inside a new folder watchdog 7.1 gets two events, warns, and continues.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        file_system = _find_remote_file_system(self.root)
        self._begin(f"a network folder ({file_system}) does not tell of changes" if file_system else "")

    def _begin(self, polls: str) -> None:
        """Start the observer; with a reason in ``polls``, or where the system cannot watch, one that polls."""
        self.stop()
        self.polls = polls
        self.burst.reports_close = _CLOSES and not polls
        if polls:
            self.observer = PollingObserverVFS(os.lstat, os.scandir, polling_interval=INTERVAL)
        else:
            try:
                self.observer = Observer()
            except OSError as error:
                self._begin(_explain_failure(error))
                return
        self.observer.start()

    def follow(self, linked: Collection[str]) -> None:
        """Watch the folders that exist now; call it before each reading of all files.

        ``linked``: paths on the disk that links lead to.
        """
        self.linked = {*linked, *self._theme_links()} - {str(self.root)}
        targets = self._find_targets()
        try:
            self._watch(targets)
        except OSError as error:
            if self.polls:
                return  # the folder has just disappeared
            self._begin(_explain_failure(error))
            with suppress(OSError):
                self._watch(targets)

    def _theme_links(self) -> Iterator[str]:
        """Yield the targets of links among the settings and the themes."""
        paths = [str(self.root / name) for name in (FILE_NAME, "themes", "content")]
        themes = locate_in_site(self.root, "themes")
        if isinstance(themes, str):
            walk = Walk("themes", lambda name, _: not name.startswith("."), [], MAX_ENTRIES)
            paths += [entry.path for _, entry in walk.below(themes, "themes")]
        for path in paths:
            if os.path.islink(path):
                yield from link_steps(path)

    def _find_targets(self) -> dict[str, tuple[str, bool]]:
        """Return each folder to watch with its path in the site, and whether the folders below it are watched too."""
        targets = {str(self.root): ("", False)}
        candidates = [(os.path.realpath(self.root / name), name) for name in ("content", "themes")]
        candidates.append((self.themes, "themes"))
        candidates += [(_nearest_folder(path), _LINKED) for path in sorted(self.linked)]
        trees: list[str] = []
        for folder, name in candidates:
            # A candidate may be a link itself, or lie behind one: the folder that would be watched counts.
            is_allowed = folder == self.themes or _is_below(os.path.realpath(folder), str(self.root))
            if not os.path.isdir(folder) or not is_allowed:  # noqa: PTH112
                continue
            if not any(_is_within(folder, tree) for tree in trees):
                targets[folder] = (name, True)
                trees.append(folder)
        return targets

    def _watch(self, targets: dict[str, tuple[str, bool]]) -> None:
        """Replace the watches by those for ``targets``. Raises :class:`OSError` if the system has no watches left."""
        assert self.observer is not None
        self._drop_watches(targets)
        for folder, (name, is_recursive) in targets.items():
            if folder not in self.watches:
                self.names = {**self.names, folder: name}  # a new dict: another thread reads the old one
                watch = self.observer.schedule(self, folder, recursive=is_recursive, event_filter=_EVENTS)
                self.watches[folder] = (watch, _identify(folder))
        if not self.polls:
            # watchdog skips folders for which no watch is left, without an error: so try to get one more watch.
            folder = tempfile.gettempdir()
            self.observer.unschedule(self.observer.schedule(self, folder, event_filter=[]))

    def _drop_watches(self, targets: Container[str]) -> None:
        """Drop the watches of folders that are no target any more, or were replaced, or whose emitter has ended."""
        assert self.observer is not None
        active = {emitter.watch for emitter in self.observer.emitters if emitter.is_alive()}
        for folder, (watch, identity) in list(self.watches.items()):
            if folder not in targets or _identify(folder) != identity or watch not in active:
                del self.watches[folder]
                with suppress(KeyError):
                    self.observer.unschedule(watch)

    def stop(self) -> None:
        """Stop watching."""
        if self.observer is not None and self.observer.is_alive():
            self.observer.stop()
            self.observer.join(2)
        self.watches, self.observer = {}, None

    def close(self) -> None:
        """Stop watching for good."""
        self.stop()
        logging.getLogger("watchdog").removeHandler(self.overflow_handler)

    def wait(self, seconds: float | None) -> frozenset[str] | None:
        """Wait until files changed and their writers have finished; return the paths, relative to the site folder.

        None: any file may have changed. Empty: nothing changed for ``seconds``.
        """
        end = math.inf if seconds is None else time.monotonic() + seconds
        with self.news:
            while True:
                now, ready_at = time.monotonic(), self.burst.ready_at()
                if ready_at is not None and ready_at <= now:
                    return self.burst.take(now)
                if end <= now:
                    return frozenset()
                next_moment = end if ready_at is None else min(ready_at, end)
                self.news.wait(None if next_moment == math.inf else next_moment - now)

    def busy(self, touched: frozenset[str] | None) -> bool:
        """Return whether one of ``touched`` (None: of all) has changed again and is not ready yet."""
        with self.news:
            return self.burst.is_busy(time.monotonic(), touched)

    def pause(self, seconds: float) -> bool:
        """Wait for an event, at most ``seconds``; return whether there is one."""
        with self.news:
            return self.news.wait_for(lambda: self.burst.ready_at() is not None, seconds)

    def has_news(self) -> bool:
        """Return whether :meth:`wait` would return at once."""
        with self.news:
            ready_at = self.burst.ready_at()
            return ready_at is not None and ready_at <= time.monotonic()

    def look(self) -> None:
        """Make :meth:`wait` report that any file may have changed."""
        with self.news:
            self.burst.note_all(time.monotonic())
            self.news.notify()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Record an event of watchdog."""
        now = time.monotonic()
        source = self._path_in_site(event.src_path)
        destination = self._path_in_site(event.dest_path) if event.dest_path else None
        is_in_site = bool(source or destination)
        changes_tree = not _WHOLE_TREES.isdisjoint({source, destination})
        with self.news:
            if changes_tree or (event.is_directory and is_in_site):
                self.burst.note_all(now)
            elif event.is_directory:
                return
            elif isinstance(event, FileMovedEvent):
                self._note(source, "missing", now)
                self._note(destination, "closed", now)
            elif source:
                self.burst.note(source, _write_state(event), now)
            self.news.notify()

    def _note(self, path: str | None, state: WriteState, now: float) -> None:
        if path:
            self.burst.note(path, state, now)

    def _path_in_site(self, disk_path: bytes | str) -> str | None:
        """Return the path in the site of a path on the disk; None if it does not belong to the site."""
        path = os.fsdecode(disk_path)
        if self._is_linked(path):
            return _LINKED
        folders = [folder for folder in self.names if _is_within(path, folder)]
        folder = max(folders, key=len, default="")
        name = self.names.get(folder, "")
        if name == _LINKED:
            return _LINKED
        relative = path[len(folder) + 1 :].replace(os.sep, "/")
        if name:
            return f"{name}/{relative}" if relative else name
        return relative if relative in {FILE_NAME, "content", "themes"} else None

    def _is_linked(self, path: str) -> bool:
        """Return whether a link leads to ``path``, or to a path above or below it."""
        return any(_is_within(path, target) or _is_below(target, path) for target in self.linked)


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(f"{folder}{os.sep}")


def _is_within(path: str, folder: str) -> bool:
    return path == folder or _is_below(path, folder)


_STATES: dict[type[FileSystemEvent], WriteState] = {
    FileCreatedEvent: "created", FileModifiedEvent: "open", FileAttribEvent: "touched", FileClosedEvent: "closed",
    FileDeletedEvent: "missing",
}  # fmt: skip


def _write_state(event: FileSystemEvent) -> WriteState:
    state = _STATES[type(event)]
    if state == "created" and _is_being_written(event.src_path):
        return "open"
    return state


def _is_being_written(path: bytes | str) -> bool:
    """Return whether a file was just created for writing: a close event follows, unlike after a move or a link."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == 0 and status.st_nlink == 1


def _nearest_folder(path: str) -> str:
    """Return ``path`` if it is a folder, else the nearest folder above it."""
    while not os.path.isdir(path):  # noqa: PTH112
        path = os.path.dirname(path)  # noqa: PTH120
    return path


class _OverflowHandler(logging.Handler):
    """Marks all files as changed when watchdog has lost events, which it reports to its log only."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__(logging.WARNING)
        self.watcher = watcher

    def emit(self, _record: logging.LogRecord) -> None:
        self.watcher.look()


def _identify(folder: str) -> tuple[int, int]:
    """Return the device and the inode of the folder."""
    try:
        status = os.stat(folder)  # noqa: PTH116
    except OSError:
        return (0, 0)
    return status.st_dev, status.st_ino


def _explain_failure(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EMFILE, errno.ENFILE}:
        return "the system has no watches left"
    return f"the system cannot watch: {error.strerror}"


def _find_remote_file_system(folder: Path, mounts: str = "/proc/self/mounts") -> str:
    """Return the type of the file system of ``folder`` if other machines can change it unnoticed; else ``""``."""
    try:
        lines = Path(mounts).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    types: dict[str, str] = {}
    for line in lines:
        fields = line.split(" ")
        if len(fields) > 2:
            types[fields[1].replace("\\040", " ")] = fields[2]
    parents = {folder, *folder.parents}
    mount_points = [path for path in types if Path(path) in parents]
    if not mount_points:
        return ""
    file_system = types[max(mount_points, key=len)]
    return file_system if file_system in _REMOTE_FILE_SYSTEMS else ""
