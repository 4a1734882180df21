"""Private files: those of the program itself, in folders that only this user can enter.

``open`` follows links, and blocks on a FIFO; these functions do neither.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_SIZE_LIMIT = 64_000_000
"""Bytes of one file; far above what ten thousand posts need."""


def make_private(folder: Path) -> None:
    """Make ``folder`` accessible to this user only. Raises :class:`OSError` if it is a link or another user's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = os.lstat(folder)
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(f"{folder} is not a folder")
    if status.st_uid != os.geteuid():
        raise PermissionError(f"{folder} belongs to another user")
    if status.st_mode & 0o077:
        folder.chmod(0o700)


def open_private(path: Path, flags: int) -> int:
    """Open a regular file in a private folder, without following a link or blocking on a FIFO."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(f"{path} is not a regular file")
    return descriptor


def load_private(path: Path) -> bytes:
    """Return the bytes of a private file. Raises :class:`OSError`, also if it is not a regular file."""
    with os.fdopen(open_private(path, os.O_RDONLY), "rb") as file:
        data = file.read(_SIZE_LIMIT + 1)
    if len(data) > _SIZE_LIMIT:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def read_private(path: Path) -> bytes:
    """Return the bytes of a private file; empty where :func:`load_private` raises."""
    try:
        return load_private(path)
    except OSError:
        return b""


def write_private(path: Path, data: bytes) -> None:
    """Write a private file atomically. Raises :class:`OSError`."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with suppress(FileNotFoundError):
            temporary.unlink()
        descriptor = open_private(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
