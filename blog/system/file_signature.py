"""File signatures: detect whether a file has changed since it was read, without reading it again.

A signature is the size, mtime, ctime and inode of a file. An edit that keeps size and mtime still changes the ctime,
which no program can set. Only an edit within one tick of the disk's clock after the signature was taken could keep all
four, so a file that changed too shortly before gets no signature, and is read again.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FileSignature = tuple[int, int, int, int]
"""Size, mtime and ctime in nanoseconds, inode."""
NO_SIGNATURE: FileSignature = (-1, 0, 0, 0)
"""Not equal to that of any file."""
_SECOND = 1_000_000_000
_TICK = 50_000_000
"""Nanoseconds; more than a tick of any clock with a resolution below one second: 4 ms on Linux, 10 ms on exFAT."""


def signature_of(status: os.stat_result) -> FileSignature:
    """Return the signature of a file."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def read_signature(path: str) -> FileSignature:
    """Return the signature of the regular file at ``path``; :data:`NO_SIGNATURE` for anything else, also a link."""
    try:
        status = os.lstat(path)
    except OSError:
        return NO_SIGNATURE
    return signature_of(status) if stat.S_ISREG(status.st_mode) else NO_SIGNATURE


def trusted_since(signature: FileSignature, moment: int) -> FileSignature:
    """Return ``signature`` if every change after ``moment`` would change it, else :data:`NO_SIGNATURE`.

    ``moment`` is in nanoseconds by the disk's clock. A disk with a resolution of one or two seconds is recognized by
    times without a fraction.
    """
    _, mtime, ctime, _ = signature
    has_fraction = mtime % _SECOND or ctime % _SECOND
    tick = _TICK if has_fraction else 2 * _SECOND
    return signature if max(mtime, ctime) < moment - tick else NO_SIGNATURE


def boot_id() -> str:
    """Return an id of the current boot of the machine; empty where the system has none.

    After a loss of power a file can have its old signature and lost contents, so signatures are valid for one boot.
    """
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # noqa: PTH123  (for each build)
            return file.read().strip()
    except OSError:
        return _boot_session() if sys.platform == "darwin" else ""


def _boot_session() -> str:
    import ctypes  # noqa: PLC0415  (5 ms, and only macOS needs it)

    size = ctypes.c_size_t(64)
    buffer = ctypes.create_string_buffer(size.value)
    failed = ctypes.CDLL(None).sysctlbyname(b"kern.bootsessionuuid", buffer, ctypes.byref(size), None, 0)
    return "" if failed else buffer.value.decode("ascii", "replace")


def disk_time(folder: Path, scratch: Path) -> int:
    """Return the time by the clock of the disk that holds ``folder``, in nanoseconds since 1970.

    It is the mtime of a file that is written for this: in ``scratch``, a folder of the program, if that is on the same
    disk; else an unnamed file in ``folder``. Where neither is possible, the clock of the machine is used.
    """
    try:
        device = os.stat(folder).st_dev  # noqa: PTH116  (for each build)
        if os.stat(scratch).st_dev == device:  # noqa: PTH116
            path = scratch / "clock"
            path.write_text("The mtime of this file is the time by the clock of the disk.\n", "utf-8")
            return path.stat().st_mtime_ns
        return _mtime_of_unnamed(folder)
    except OSError:
        return time.time_ns()


def _mtime_of_unnamed(folder: Path) -> int:
    """Return the mtime of a new unnamed file. Raises :class:`OSError` where the system or the disk has none."""
    flag = getattr(os, "O_TMPFILE", None)  # Linux
    if flag is None:
        raise OSError
    descriptor = os.open(folder, flag | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        return os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)
