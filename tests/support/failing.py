"""Makes the n-th operation on files fail: in a forked copy of this process, by a hook of Python's own auditing.

What SQLite does by itself, and what `write` says on a full disk, is not seen here: that is tried on a small disk.
"""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from msgspec import Struct

from blog import cli

OPERATIONS = {
    "open", "os.remove", "os.rename", "os.link", "os.symlink", "os.mkdir", "os.rmdir", "os.scandir", "os.listdir",
    "os.truncate", "os.chmod", "os.utime", "sqlite3.connect", "fcntl.flock",
}  # fmt: skip
_TAKE_SPACE = {"open", "os.link", "os.symlink", "os.mkdir", "sqlite3.connect"}


class Ran(Struct, frozen=True):
    """How a command ended."""

    status: int
    """Of the exit; 137 if it was killed."""
    said: str
    operations: int
    """On files, until it ended; 0 if it was killed."""


def _fail(number: int) -> Callable[[str, tuple[Any, ...]], None]:
    def how(event: str, args: tuple[Any, ...]) -> None:
        raise OSError(number, os.strerror(number), args[0] if args and isinstance(args[0], str) else None)

    return how


def _kill(event: str, args: tuple[Any, ...]) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


FAILURES: dict[str, Callable[[str, tuple[Any, ...]], None]] = {
    "kill": _kill, "ENOSPC": _fail(errno.ENOSPC), "EIO": _fail(errno.EIO), "EACCES": _fail(errno.EACCES),
}  # fmt: skip


class _Hook:
    """Counts operations on files, and makes the chosen one fail; for `full`, all later ones too that take space."""

    def __init__(self, kind: str, chosen: int, full: bool) -> None:
        self.kind, self.chosen, self.full = kind, chosen, full
        self.count = 0

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in OPERATIONS or _is_of_python(args):
            return
        self.count += 1
        writes = event in _TAKE_SPACE and not (event == "open" and _reads(args))
        if self.count == self.chosen or (self.full and self.count > self.chosen and writes):
            FAILURES[self.kind](event, args)


def _is_of_python(args: tuple[Any, ...]) -> bool:
    """Whether Python looks for itself: what fails there is no business of the program's."""
    path = str(args[0]) if args else ""
    return path == os.devnull or path.endswith((".py", ".pyc")) or path.startswith((sys.prefix, sys.base_prefix))


def _reads(args: tuple[Any, ...]) -> bool:
    return not (args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)) if isinstance(args[2], int) else False


def run(folder: Path, command: list[str], kind: str = "kill", chosen: int = 0, *, full: bool = False) -> Ran:
    """Run `blog COMMAND` in `folder`; the `chosen` operation on files fails in that way, none if it is 0."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _in_child(folder, command, writer, _Hook(kind, chosen, full))
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace")
    status = os.waitpid(child, 0)[1]
    text, _, count = said.rpartition("\0")
    if os.WIFSIGNALED(status):
        return Ran(128 + os.WTERMSIG(status), said, 0)
    return Ran(os.waitstatus_to_exitcode(status), text, int(count))


def _in_child(folder: Path, command: list[str], writer: int, hook: _Hook) -> NoReturn:
    status = 99
    try:
        os.chdir(folder)
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        sys.stdout, sys.stderr = open(1, "w", closefd=False), open(2, "w", closefd=False)  # noqa: SIM115
        sys.argv = ["blog", *command]
        sys.addaudithook(hook)
        cli.main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001  (it is what a test looks for)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(writer, f"\0{hook.count}".encode())
        os._exit(status)
