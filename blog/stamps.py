"""Whether a file is still the one that was read, without reading it again.

A stamp is what the system says of a file: its size, when it and its entry changed, its number. An edit that keeps
size and time of change still moves the second time, which no program can set. Only an edit within one tick of the
disk's clock after the first look could keep all four: so a file that changed too shortly before is looked at again.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

Stamp = tuple[int, int, int, int]
"""Size, nanoseconds of the change, nanoseconds of the change of its entry, number on the disk."""
NONE: Stamp = (-1, 0, 0, 0)
"""Equals no file's."""
_SECOND = 1_000_000_000
_TICK = 50_000_000
"""Longer than the step of any clock that keeps parts of seconds: 4 ms on Linux, 10 ms on exFAT."""


def stamp(found: os.stat_result) -> Stamp:
    """The stamp of a file."""
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def stamp_of(path: str) -> Stamp:
    """The stamp of the regular file at ``path``; :data:`NONE` if there is none, or a link."""
    try:
        found = os.lstat(path)
    except OSError:
        return NONE
    return stamp(found) if stat.S_ISREG(found.st_mode) else NONE


def settled(found: Stamp, moment: int) -> Stamp:
    """``found`` if every change after ``moment`` would show in it, else :data:`NONE`.

    ``moment`` is in nanoseconds by the disk's clock. Disks that keep whole seconds, or two, are known by zeros.
    """
    changed = max(found[1], found[2])
    step = _TICK if found[1] % _SECOND or found[2] % _SECOND else 2 * _SECOND
    return found if changed < moment - step else NONE


def now(folder: Path) -> int:
    """The time by the clock of the disk that holds ``folder``, in nanoseconds: a file is written there to see it.

    Where that cannot be done it is the machine's.
    """
    path = folder / "clock"
    try:
        path.write_text("This file shows what the disk's clock says.\n", "utf-8")
        return path.stat().st_mtime_ns
    except OSError:
        return time.time_ns()
