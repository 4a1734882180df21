"""The cache: bytes by a digest of all their inputs, or by a name.

Losing it costs time and nothing else. It contains data only: values are decoded against types, and a value that cannot
be read is computed again. The cache is one SQLite file, which the processes of a build read at the same time. It is
used only if it is a regular file of this user with exactly one table and no journal beside it: SQLite executes the
schema of a file, and applies a journal that it finds.
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
"""Name of the folder with a file for each large value."""
_SCHEMA = "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB)"
_OBJECTS = [("index", "sqlite_autoindex_entry_1", "entry", None), ("table", "entry", "entry", _SCHEMA)]
"""The rows of ``sqlite_master`` for this schema; a file with any others is not used."""
_JOURNAL_ENDINGS = ("-journal", "-wal", "-shm")
"""Endings of files that SQLite looks for beside a database: a journal can name any file, which SQLite then removes."""
_FILE_SIZE_LIMIT = 8_000_000_000
"""Bytes of a cache; ten thousand posts need 0.3 GB."""
_BUFFER_SIZE = 8_000_000
"""Bytes that are kept in memory before they are written."""


class MissingEntryError(Exception):
    """The cache lacks an entry that it should have: the build must start again."""


class Cache:
    """Bytes by key, in one file of ``folder``; if the disk fails, in memory only.

    Forked processes may read; only the process that opened the cache may write.
    """

    def __init__(self, folder: Path, *, fresh: bool = False, fallback: Path | None = None) -> None:
        """``fallback`` is the folder of the cache of which this one is a copy: blobs are also read from there."""
        self.folder = folder
        cache_folders = [folder, fallback] if fallback else [folder]
        self.blob_folders = [cache_folder / BLOB_FOLDER for cache_folder in cache_folders]
        self.path = folder / _FILE
        self.waiting: dict[bytes, bytes] = {}
        self.waiting_bytes = 0
        self.process = os.getpid()
        self.broken = False
        """The disk fails: new entries stay in memory, which forked processes inherit."""
        if fresh:
            self._delete()
        self.connection = self._open()

    def _open(self) -> sqlite3.Connection:
        for _ in range(2):  # a damaged file is replaced
            try:
                if not _is_usable(self.path):
                    raise sqlite3.DatabaseError
                return _connect(self.path)
            except (sqlite3.Error, OSError):
                self._delete()
        self.broken = True
        return _connect(":memory:")

    @staticmethod
    def copy(folder: Path, target: Path) -> None:
        """Copy the cache file in ``folder`` to the folder ``target``, if it can be used; blobs are not copied."""
        with suppress(OSError):
            if _is_usable(folder / _FILE):
                shutil.copyfile(folder / _FILE, target / _FILE, follow_symlinks=False)

    def _delete(self) -> None:
        for ending in ("", *_JOURNAL_ENDINGS):
            with suppress(OSError):
                self.path.with_name(_FILE + ending).unlink(missing_ok=True)
        shutil.rmtree(self.folder / BLOB_FOLDER, ignore_errors=True)

    def _read_connection(self) -> sqlite3.Connection:
        if self.process != os.getpid():  # a connection cannot be used after a fork
            self.process = os.getpid()
            self.connection = sqlite3.connect(self.path, isolation_level=None, timeout=60)
        return self.connection

    def get(self, key: bytes) -> bytes | None:
        """Return the value of ``key``; None if there is none."""
        if key in self.waiting:
            return self.waiting[key]
        try:
            row = self._read_connection().execute("SELECT data FROM entry WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        if row is None or not isinstance(row[0], bytes):
            return None
        return _verify(key, row[0])

    def has(self, key: bytes) -> bool:
        """Return whether there is a value for ``key``."""
        if key in self.waiting:
            return True
        try:
            return self._read_connection().execute("SELECT 1 FROM entry WHERE key = ?", (key,)).fetchone() is not None
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
        value = self.get_decoded(key, decoder)
        if value is None:
            raise MissingEntryError
        return value

    def put(self, key: bytes, data: bytes) -> None:
        """Store ``data`` under ``key``."""
        self.waiting[key] = data
        self.waiting_bytes += len(data)
        if self.waiting_bytes > _BUFFER_SIZE:
            self.flush()

    def flush(self) -> None:
        """Write the buffered entries, so that forked processes do not inherit them. After an error, never again."""
        if self.broken or not self.waiting:
            return
        rows = ((key, _add_digest(key, data)) for key, data in self.waiting.items())
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
        for folder in self.blob_folders:
            data = _verify(name.encode(), read_private(folder / name))
            if data is not None:
                return data
        return None

    def put_blob(self, name: str, data: bytes) -> None:
        """Store a large value, from any process; ``name`` has a digest of its inputs."""
        path = self.folder / BLOB_FOLDER / name
        with suppress(OSError):  # it will be computed again
            path.parent.mkdir(exist_ok=True)
            write_private(path, _add_digest(name.encode(), data))

    def prune_blobs(self, needed: Callable[[str], bool]) -> None:
        """Delete the blobs that are not ``needed``."""
        with suppress(OSError):
            for path in (self.folder / BLOB_FOLDER).iterdir():
                if not needed(path.name):
                    path.unlink(missing_ok=True)

    def keys(self, start: bytes) -> list[bytes]:
        """Return the keys that begin with ``start``, in order."""
        try:
            query = "SELECT key FROM entry WHERE key >= ? AND key < ? ORDER BY key"
            return [key for (key,) in self.connection.execute(query, (start, start + b"\xff" * 8))]
        except sqlite3.Error:
            return []

    def save(self, needed: set[bytes]) -> None:
        """Write the buffered entries, and delete those that are not ``needed``; delete the file if it is damaged."""
        self.flush()
        try:
            stored = {key for (key,) in self.connection.execute("SELECT key FROM entry")}
            self.connection.execute("BEGIN")
            self.connection.executemany("DELETE FROM entry WHERE key = ?", [(key,) for key in stored - needed])
            self.connection.execute("COMMIT")
        except sqlite3.Error:
            self._delete()
        if self.waiting:
            self._delete()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _add_digest(key: bytes, data: bytes) -> bytes:
    return digest(key + data) + data


def _verify(key: bytes, stored: bytes) -> bytes | None:
    """Return the data of an entry; None if it changed on the disk, or belongs to another key."""
    check, data = stored[:16], stored[16:]
    return data if check == digest(key + data) else None


def _is_usable(path: Path) -> bool:
    """Return whether the cache file is absent, or a regular file of this user and of bounded size, without a journal.

    Raises :class:`OSError`.
    """
    journals = [f"{path}{ending}" for ending in _JOURNAL_ENDINGS]
    if any(map(os.path.lexists, journals)):
        return False
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return True
    is_regular = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    is_own = status.st_uid == os.geteuid()
    return is_regular and is_own and status.st_size <= _FILE_SIZE_LIMIT


def _connect(path: Path | str) -> sqlite3.Connection:
    """Open or create the cache file. Raises :class:`sqlite3.Error`, also if its schema is another one."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    try:
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA synchronous = OFF")
        query = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
        objects = connection.execute(query).fetchall()
        if not objects:
            connection.execute(_SCHEMA)
        elif objects != _OBJECTS:
            raise sqlite3.DatabaseError("the schema is not that of a cache")
        connection.execute("SELECT key, data FROM entry LIMIT 1").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection
