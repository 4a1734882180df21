"""The cache: bytes by a digest of all that they were made from, or by a name.

Losing it costs time and nothing else. It holds data only: what is read back is decoded against types, and what
cannot be read is made anew. The cache is one SQLite file, which the processes of a build read at the same time. It is
used only if it is a regular file of this user's with exactly one table and no journal beside it: SQLite runs the schema
of a file and obeys the journals that it finds.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, Self, TypeVar

from msgspec import DecodeError

from blog.cache.digests import digest
from blog.system.private_files import read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from msgspec.msgpack import Decoder

_T = TypeVar("_T")
_FILE = "cache.sqlite3"
BLOB_FOLDER = "shelf"
"""The folder for what is too large for one file of all."""
_SCHEMA = "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB)"
_OBJECTS = [("index", "sqlite_autoindex_entry_1", "entry", None), ("table", "entry", "entry", _SCHEMA)]
"""Rows of ``sqlite_master`` that this schema has; a file with any other is not used."""
_BESIDE = ("-journal", "-wal", "-shm")
"""Endings of files that SQLite looks for beside a database: a journal can name any file, and SQLite removes it."""
_FILE_SIZE_LIMIT = 8_000_000_000
"""Bytes of a cache; ten thousand posts need 0.3 GB."""
_AT_ONCE = 8_000_000
"""Bytes that wait in memory before they are written."""


class MissingEntryError(Exception):
    """The cache does not hold what it should: whoever asked for it must begin anew."""


class Cache:
    """Bytes by key, in one file of ``folder``; where the disk fails, for the life of the object only.

    Forked processes may read; only the one that made it may write.
    """

    def __init__(self, folder: Path, *, fresh: bool = False, fallback: Path | None = None) -> None:
        """``fallback`` is the folder of the cache of which this one is a copy: blobs are read there too."""
        self.folder = folder
        self.shelves = tuple(place / BLOB_FOLDER for place in (folder, fallback) if place)
        self.path = folder / _FILE
        self.waiting: dict[bytes, bytes] = {}
        self.waiting_bytes = 0
        self.process = os.getpid()
        self.broken = False
        """The disk fails: what is put stays in memory, where forked processes have it too."""
        if fresh:
            self._forget()
        self.connection = self._open()

    def _open(self) -> sqlite3.Connection:
        for _ in range(2):  # a damaged file is made anew
            try:
                if not _is_usable(self.path):
                    raise sqlite3.DatabaseError
                return _connect(self.path)
            except (sqlite3.Error, OSError):
                self._forget()
        self.broken = True
        return _connect(":memory:")

    @staticmethod
    def copy(folder: Path, target: Path) -> None:
        """Copy the cache file in ``folder`` to the folder ``target``, if it can be used; blobs are not copied."""
        with suppress(OSError):
            if _is_usable(folder / _FILE):
                shutil.copyfile(folder / _FILE, target / _FILE, follow_symlinks=False)

    def _forget(self) -> None:
        for ending in ("", *_BESIDE):
            with suppress(OSError):
                self.path.with_name(_FILE + ending).unlink(missing_ok=True)
        shutil.rmtree(self.folder / BLOB_FOLDER, ignore_errors=True)

    def _reader(self) -> sqlite3.Connection:
        if self.process != os.getpid():  # connections do not live through a fork
            self.process = os.getpid()
            self.connection = sqlite3.connect(self.path, isolation_level=None, timeout=60)
        return self.connection

    def get(self, key: bytes) -> bytes | None:
        """Return the value of ``key``; None if there is none."""
        if key in self.waiting:
            return self.waiting[key]
        try:
            row = self._reader().execute("SELECT data FROM entry WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        data = row[0] if row and isinstance(row[0], bytes) else b""
        check, data = data[:16], data[16:]
        # Bytes that changed on the disk, or that stand under another key, are not given back.
        return data if check == digest(key + data) else None

    def has(self, key: bytes) -> bool:
        """Return whether there is a value for ``key``."""
        if key in self.waiting:
            return True
        try:
            return self._reader().execute("SELECT 1 FROM entry WHERE key = ?", (key,)).fetchone() is not None
        except sqlite3.Error:
            return False

    def get_decoded(self, key: bytes, decoder: Decoder[_T]) -> _T | None:
        """Return the decoded value of ``key``; None if there is none of that type."""
        data = self.get(key)
        try:
            return decoder.decode(data) if data else None
        except DecodeError:
            return None

    def require(self, key: bytes, decoder: Decoder[_T]) -> _T:
        """Return the decoded value of ``key``. Raises :class:`MissingEntryError` if there is none of that type."""
        found = self.get_decoded(key, decoder)
        if found is None:
            raise MissingEntryError
        return found

    def put(self, key: bytes, data: bytes) -> None:
        """Keep ``data`` for ``key``."""
        self.waiting[key] = data
        self.waiting_bytes += len(data)
        if self.waiting_bytes > _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what waits, so that processes forked from now on need not carry it. A disk that fails is left alone."""
        if self.broken or not self.waiting:
            return
        rows = ((key, digest(key + data) + data) for key, data in self.waiting.items())
        try:
            self.connection.execute("BEGIN")
            self.connection.executemany("INSERT OR REPLACE INTO entry VALUES (?, ?)", rows)
            self.connection.execute("COMMIT")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                self.connection.execute("ROLLBACK")
            self.broken = True
        else:
            self.waiting, self.waiting_bytes = {}, 0

    def get_blob(self, name: str) -> bytes | None:
        """Return the blob ``name``, which any process may have stored; None if there is none."""
        for shelf in self.shelves:
            data = read_private(shelf / name)
            check, data = data[:16], data[16:]
            if check == digest(name.encode() + data):
                return data
        return None

    def put_blob(self, name: str, data: bytes) -> None:
        """Keep something large, from any process; what it is made from is in its ``name``."""
        path = self.folder / BLOB_FOLDER / name
        with suppress(OSError):  # it is made once more
            path.parent.mkdir(exist_ok=True)
            write_private(path, digest(name.encode() + data) + data)

    def prune_blobs(self, needed: Callable[[str], bool]) -> None:
        """Drop what is on the shelf and not ``needed``."""
        with suppress(OSError):
            for path in (self.folder / BLOB_FOLDER).iterdir():
                if not needed(path.name):
                    path.unlink(missing_ok=True)

    def keys(self, start: bytes) -> list[bytes]:
        """The keys that begin with ``start``, in order."""
        try:
            query = "SELECT key FROM entry WHERE key >= ? AND key < ? ORDER BY key"
            return [key for (key,) in self.connection.execute(query, (start, start + b"\xff" * 8))]
        except sqlite3.Error:
            return []

    def save(self, needed: set[bytes]) -> None:
        """Write what waits, and drop what is not ``needed``; a damaged file is dropped whole, for the next build."""
        self.flush()
        try:
            kept = {key for (key,) in self.connection.execute("SELECT key FROM entry")}
            self.connection.execute("BEGIN")
            self.connection.executemany("DELETE FROM entry WHERE key = ?", [(key,) for key in kept - needed])
            self.connection.execute("COMMIT")
        except sqlite3.Error:
            self._forget()
        if self.waiting:
            self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _is_usable(path: Path) -> bool:
    """Return whether the cache file is absent, or a regular file of this user and of bounded size, without a journal.

    Raises :class:`OSError`.
    """
    if any(os.path.lexists(f"{path}{ending}") for ending in _BESIDE):
        return False
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return True
    is_regular = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return is_regular and status.st_uid == os.geteuid() and status.st_size <= _FILE_SIZE_LIMIT


def _connect(path: Path | str) -> sqlite3.Connection:
    """Open the cache file, or make it. Raises :class:`sqlite3.Error`, also if its schema is not exactly ours."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA synchronous = OFF")
        objects = connection.execute(
            "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        ).fetchall()
        if not objects:
            connection.execute(_SCHEMA)
        elif objects != _OBJECTS:
            raise sqlite3.DatabaseError("the schema is not that of a cache")
        connection.execute("SELECT key, data FROM entry LIMIT 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
