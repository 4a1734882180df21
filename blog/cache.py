"""The workspace ``.blog/`` and the cache in it: bytes by digest of everything that they were made from.

Losing it costs time and nothing else. It holds data only: what is read back is decoded against types, and what
cannot be read is made anew.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import sqlite3
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from blog.errors import BlogError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ".blog"
LOCK_SECONDS = 60
_LIBRARIES = (
    "markdown-it-py",
    "mdit-py-plugins",
    "Pygments",
    "Jinja2",
    "MarkupSafe",
    "feedgen",
    "lxml",
    "PyYAML",
    "tzdata",
)


def digest(data: bytes) -> bytes:
    """BLAKE2b of ``data``, 16 bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


@cache
def program() -> bytes:
    """A digest of the program: its own files, its libraries' versions, Python's."""
    state = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        state.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    state.update(" ".join([platform.python_version(), *(version(name) for name in _LIBRARIES)]).encode())
    return state.digest()


@contextmanager
def workspace(root: Path, *, create: bool = True) -> Iterator[Path | None]:
    """The site's ``.blog/``, locked for this process; None where it cannot be made, or is not there to be used.

    Waits up to a minute for another build; then raises :class:`BlogError` that says who holds the lock. The system
    frees the lock of a process that died.
    """
    folder = root / FOLDER
    if not create and not folder.is_dir():
        yield None
        return
    try:
        folder.mkdir(exist_ok=True)
        ignore = folder / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", "utf-8")
        holder = folder / "lock-holder"
        lock = FileLock(folder / "lock", timeout=LOCK_SECONDS)
        lock.acquire()
    except Timeout:
        who = holder.read_text("utf-8").strip() if holder.exists() else "unknown"
        message = f"another build of this site is running (process {who})"
        hint = "wait for it, or end it"
        raise BlogError([Problem(Place(FOLDER), "locked", message, hint)]) from None
    except OSError:
        yield None
        return
    try:
        with suppress(OSError):
            holder.write_text(f"{os.getpid()}\n", "utf-8")
        for left in folder.glob("stage-*"):  # of a build that was killed
            shutil.rmtree(left, ignore_errors=True)
        yield folder
    finally:
        lock.release()


class Cache:
    """Bytes by key, in one file; without a folder, or where the disk fails, for the life of the object only."""

    def __init__(self, folder: Path | None, *, fresh: bool = False) -> None:
        self.path = folder / "cache.sqlite3" if folder else None
        self.used: set[bytes] = set()
        self.new: dict[bytes, bytes] = {}
        if fresh and self.path:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        self.connection = self._open()

    def _open(self) -> sqlite3.Connection:
        if self.path is not None:
            for _ in range(2):  # a damaged file is made anew
                try:
                    return _connect(self.path)
                except sqlite3.Error:
                    with suppress(OSError):
                        self.path.unlink(missing_ok=True)
        return _connect(":memory:")

    def get(self, key: bytes) -> bytes | None:
        """What is kept for ``key``. A key that no build asks for any more is dropped by :meth:`save`."""
        self.used.add(key)
        if key in self.new:
            return self.new[key]
        try:
            row = self.connection.execute("SELECT data FROM entry WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        data = row[0] if row and isinstance(row[0], bytes) else b""
        check, data = data[:16], data[16:]
        return data if check == digest(data) else None  # bytes that changed on the disk are not given back

    def put(self, key: bytes, data: bytes) -> None:
        """Keep ``data`` for ``key``."""
        self.used.add(key)
        self.new[key] = data

    def save(self) -> None:
        """Write what is new and drop what was not asked for; what cannot be written is begun anew."""
        try:
            known = {row[0] for row in self.connection.execute("SELECT key FROM entry")}
            self.connection.execute("BEGIN")
            self._write()
            self.connection.executemany("DELETE FROM entry WHERE key = ?", [(key,) for key in known - self.used])
            self.connection.execute("COMMIT")
        except sqlite3.Error:
            if self.path is None:
                return
            self.connection.close()
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
            self.connection = self._open()
            with suppress(sqlite3.Error):
                self._write()

    def _write(self) -> None:
        rows = ((key, digest(data) + data) for key, data in self.new.items())
        self.connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?)", rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _connect(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS entry (key BLOB PRIMARY KEY, data BLOB) WITHOUT ROWID")
        connection.execute("SELECT key, data FROM entry LIMIT 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
