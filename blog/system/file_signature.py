"""File signatures: they tell whether a file has changed since it was read, without reading it again.

A stamp is what the system says of a file: its size, when it and its entry changed, its number. An edit that keeps
size and time of change still moves the second time, which no program can set. Only an edit within one tick of the
disk's clock after the first look could keep all four: so a file that changed too shortly before is looked at again.
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
"""Size, nanoseconds of the change, nanoseconds of the change of its entry, number on the disk."""
NO_SIGNATURE: FileSignature = (-1, 0, 0, 0)
"""Equals no file's."""
_SECOND = 1_000_000_000
_TICK = 50_000_000
"""Longer than the step of any clock that keeps parts of seconds: 4 ms on Linux, 10 ms on exFAT."""


def signature_of(found: os.stat_result) -> FileSignature:
    """The stamp of a file."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def read_signature(path: str) -> FileSignature:
    """The stamp of the regular file at ``path``; :data:`NO_SIGNATURE` if there is none, or a link."""
    try:
        found = os.lstat(path)
    except OSError:
        return NO_SIGNATURE
    return signature_of(found) if stat.S_ISREG(found.st_mode) else NO_SIGNATURE


def trusted_since(found: FileSignature, moment: int) -> FileSignature:
    """``found`` if every change after ``moment`` would show in it, else :data:`NO_SIGNATURE`.

    ``moment`` is in nanoseconds by the disk's clock. Disks that keep whole seconds, or two, are known by zeros.
    """
    changed = max(found[1], found[2])
    step = _TICK if found[1] % _SECOND or found[2] % _SECOND else 2 * _SECOND
    return found if changed < moment - step else NO_SIGNATURE


def boot_id() -> str:
    """Return what identifies the time since the machine was started; empty where the system does not say.

    A file that was written before a loss of power can have its old stamp and lost contents: stamps hold for one boot.
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

    That is the mtime of a file just written: in the folder ``scratch``, which is the program's own, if that is on the
    same disk; else a file without a name in ``folder``. Where neither is possible it is the machine's time.
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
    """Raises :class:`OSError` where the system or the disk has no files without names."""
    flag = getattr(os, "O_TMPFILE", None)  # Linux
    if flag is None:
        raise OSError
    descriptor = os.open(folder, flag | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        return os.fstat(descriptor).st_mtime_ns
    finally:
        os.close(descriptor)
