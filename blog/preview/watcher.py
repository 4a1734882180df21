"""The site folder, watched → what was touched, once those who write have finished.

Where the system does not tell of changes the folders are looked through every second.
"""

from __future__ import annotations

import errno
import logging
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
    from collections.abc import Collection, Iterator

    from watchdog.observers.api import BaseObserver, ObservedWatch

    from blog.preview.debounce import WriteState

INTERVAL = 1.0
"""Seconds between two looks where the system does not tell."""
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileAttribEvent, FileClosedEvent, FileDeletedEvent, FileMovedEvent,
    DirAttribEvent, DirCreatedEvent, DirDeletedEvent, DirMovedEvent,
]  # fmt: skip
_LINKED = "*"
_PARTS = {_LINKED, "content", "themes"}
"""Names that may be links or hold many files: when one appears or disappears, any file may have changed."""
_CLOSES = sys.platform == "linux"
"""The system has an event for closing a file that was written."""
_REMOTE = {
    "9p", "afs", "ceph", "cifs", "drvfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs", "fuse.vmhgfs-fuse", "ncpfs", "nfs",
    "nfs4", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
}  # fmt: skip
"""File systems where others write without this machine's knowledge."""


class Watcher(FileSystemEventHandler):
    """Watches the content, the themes and the settings of the site at ``root``, and folders that links lead to."""

    def __init__(self, root: Path, themes: Path) -> None:
        """``themes``: those that come with the program."""
        self.root = Path(os.path.realpath(root))
        self.themes = os.path.realpath(themes)
        self.burst = Debouncer(reports_close=_CLOSES)
        self.news = threading.Condition()
        self.polls = ""
        """Reason why the folder is polled every second; empty while the system reports events."""
        self.names: dict[str, str] = {}
        """Folder on the disk → its name in the site; that of a folder that links lead to is ``_LINKED``."""
        self.linked: set[str] = set()
        """Places that links lead to."""
        self.watches: dict[str, tuple[ObservedWatch, tuple[int, int]]] = {}
        self.observer: BaseObserver | None = None
        self.overflow = _Overflow(self)
        logging.getLogger("watchdog").addHandler(self.overflow)
        logging.getLogger("watchdog").propagate = False
        # A folder made in a folder just made is found twice: watchdog 7.1 warns of that, and goes on.
        warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
        remote = _remote(self.root)
        self._begin(f"a network folder ({remote}) does not tell of changes" if remote else "")

    def _begin(self, polls: str) -> None:
        """Start to watch; where the system does not tell, by looking."""
        self.stop()
        self.polls = polls
        self.burst.reports_close = _CLOSES and not polls
        if polls:
            self.observer = PollingObserverVFS(os.lstat, os.scandir, polling_interval=INTERVAL)
        else:
            try:
                self.observer = Observer()
            except OSError as error:
                self._begin(_exhausted(error))
                return
        self.observer.start()

    def follow(self, linked: Collection[str]) -> None:
        """Watch what there is now: call it before each look at everything. ``linked``: places that links lead to."""
        self.linked = {*linked, *self._theme_links()} - {str(self.root)}
        wanted = self._wanted()
        try:
            self._watch(wanted)
        except OSError as error:
            if self.polls:
                return  # the folder has just gone
            self._begin(_exhausted(error))
            with suppress(OSError):
                self._watch(wanted)

    def _theme_links(self) -> Iterator[str]:
        """Yield the targets of links among the settings and the themes."""
        places = [str(self.root / name) for name in (FILE_NAME, "themes", "content")]
        themes = locate_in_site(self.root, "themes")
        if isinstance(themes, str):
            walk = Walk("themes", lambda name, _: not name.startswith("."), [], MAX_ENTRIES)
            places += [entry.path for _, entry in walk.below(themes, "themes")]
        for place in places:
            if os.path.islink(place):
                yield from link_steps(place)

    def _wanted(self) -> dict[str, tuple[str, bool]]:
        """Folder on the disk → its name in the site, and whether all below it is meant."""
        wanted = {str(self.root): ("", False)}
        own = [(os.path.realpath(self.root / name), name) for name in ("content", "themes")]
        others = [(_nearest_folder(place), _LINKED) for place in sorted(self.linked)]
        for folder, name in (*own, (self.themes, "themes"), *others):
            below = any(
                folder == known or folder.startswith(f"{known}{os.sep}") for known in wanted if wanted[known][1]
            )
            # A place may be a link itself, or lie behind one: what counts is the folder that would be watched.
            inside = folder == self.themes or os.path.realpath(folder).startswith(f"{self.root}{os.sep}")
            if os.path.isdir(folder) and inside and not below:  # noqa: PTH112
                wanted[folder] = (name, True)
        return wanted

    def _watch(self, wanted: dict[str, tuple[str, bool]]) -> None:
        """Raises :class:`OSError` if the system has no watches left."""
        assert self.observer is not None
        alive = {emitter.watch for emitter in self.observer.emitters if emitter.is_alive()}
        for folder, (watch, identity) in list(self.watches.items()):
            if folder not in wanted or _identity(folder) != identity or watch not in alive:
                del self.watches[folder]
                with suppress(KeyError):
                    self.observer.unschedule(watch)
        for folder, (name, below) in wanted.items():
            if folder not in self.watches:
                self.names = {**self.names, folder: name}  # another thread reads the last one
                watch = self.observer.schedule(self, folder, recursive=below, event_filter=_EVENTS)
                self.watches[folder] = (watch, _identity(folder))
        if not self.polls:
            # watchdog passes over folders for which no watch is left: see whether one is.
            folder = tempfile.gettempdir()
            self.observer.unschedule(self.observer.schedule(self, folder, event_filter=[]))

    def stop(self) -> None:
        """Watch no more."""
        if self.observer is not None and self.observer.is_alive():
            self.observer.stop()
            self.observer.join(2)
        self.watches, self.observer = {}, None

    def close(self) -> None:
        """Watch no more, for good."""
        self.stop()
        logging.getLogger("watchdog").removeHandler(self.overflow)

    def wait(self, seconds: float | None) -> frozenset[str] | None:
        """Wait for something to be touched, and to come to rest: its paths from the site folder.

        None: anything may have changed. Empty: nothing was touched for ``seconds``.
        """
        end = time.monotonic() + seconds if seconds is not None else None
        with self.news:
            while True:
                now, rests = time.monotonic(), self.burst.ready_at()
                if rests is not None and rests <= now:
                    return self.burst.take(now)
                if end is not None and end <= now:
                    return frozenset()
                moments = [moment - now for moment in (rests, end) if moment is not None]
                self.news.wait(min(moments, default=None))

    def busy(self, touched: frozenset[str] | None) -> bool:
        """Return whether one of ``touched`` (None: of all) has changed again and is not ready yet."""
        with self.news:
            return self.burst.is_busy(time.monotonic(), touched)

    def pause(self, seconds: float) -> bool:
        """Wait, unless something is touched: whether it is."""
        with self.news:
            return self.news.wait_for(lambda: self.burst.ready_at() is not None, seconds)

    def has_news(self) -> bool:
        """Return whether :meth:`wait` would return at once."""
        with self.news:
            rests = self.burst.ready_at()
            return rests is not None and rests <= time.monotonic()

    def look(self) -> None:
        """Let :meth:`wait` say that anything may have changed."""
        with self.news:
            self.burst.note_all(time.monotonic())
            self.news.notify()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Hear from watchdog."""
        now = time.monotonic()
        gone, come = self._name(event.src_path), self._name(event.dest_path) if event.dest_path else None
        with self.news:
            if (event.is_directory and (gone or come)) or not _PARTS.isdisjoint({gone, come}):
                self.burst.note_all(now)
            elif event.is_directory:
                return
            elif isinstance(event, FileMovedEvent):
                if gone:
                    self.burst.note(gone, "gone", now)
                if come:
                    self.burst.note(come, "done", now)
            elif gone:
                self.burst.note(gone, _state(event), now)
            self.news.notify()

    def _name(self, path: bytes | str) -> str | None:
        """The path from the site folder of what is on the disk at ``path``; None if it is none of the site's."""
        path = os.fsdecode(path)
        if self._is_linked(path):
            return _LINKED
        above = [folder for folder in self.names if path == folder or path.startswith(f"{folder}{os.sep}")]
        top = max(above, key=len, default="")
        name = self.names.get(top, "")
        below = path[len(top) + 1 :].replace(os.sep, "/")
        if name == _LINKED:
            return _LINKED
        if name:
            return f"{name}/{below}" if below else name
        return below if below in {FILE_NAME, "content", "themes"} else None

    def _is_linked(self, path: str) -> bool:
        """Return whether a link leads to ``path``, or to a path above or below it."""
        return any(
            path == place or path.startswith(f"{place}{os.sep}") or place.startswith(f"{path}{os.sep}")
            for place in self.linked
        )


_STATES: dict[type[FileSystemEvent], WriteState] = {
    FileCreatedEvent: "made", FileModifiedEvent: "open", FileAttribEvent: "touched", FileClosedEvent: "done",
    FileDeletedEvent: "gone",
}  # fmt: skip


def _state(event: FileSystemEvent) -> WriteState:
    state = _STATES[type(event)]
    return "open" if state == "made" and _is_begun(event.src_path) else state


def _is_begun(path: bytes | str) -> bool:
    """Return whether a file was just created for writing: a close event follows, unlike after a move or a link."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == 0 and found.st_nlink == 1


def _nearest_folder(place: str) -> str:
    """The folder that a place is, or would be, in."""
    while not os.path.isdir(place):  # noqa: PTH112
        place = os.path.dirname(place)  # noqa: PTH120
    return place


class _Overflow(logging.Handler):
    """watchdog says only to the log that events were lost: then anything may have changed."""

    def __init__(self, watcher: Watcher) -> None:
        super().__init__(logging.WARNING)
        self.watcher = watcher

    def emit(self, _record: logging.LogRecord) -> None:
        self.watcher.look()


def _identity(folder: str) -> tuple[int, int]:
    """Which folder it is that has this path now."""
    try:
        found = os.stat(folder)  # noqa: PTH116
    except OSError:
        return (0, 0)
    return found.st_dev, found.st_ino


def _exhausted(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EMFILE, errno.ENFILE}:
        return "the system has no watches left"
    return f"the system cannot watch: {error.strerror}"


def _remote(folder: Path, mounts: str = "/proc/self/mounts") -> str:
    """The file system of ``folder`` if others may write there unheard; else ``""``."""
    try:
        lines = Path(mounts).read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    kinds: dict[str, str] = {}
    for fields in (line.split(" ") for line in lines):
        if len(fields) > 2:
            kinds[fields[1].replace("\\040", " ")] = fields[2]
    nearest = max((place for place in kinds if Path(place) in {folder, *folder.parents}), key=len, default="")
    return kinds[nearest] if kinds.get(nearest) in _REMOTE else ""
