"""The standard streams of a command: what is said to people decides neither what is done nor how it ends.

A stream that is closed, full or without a reader takes nothing more, and says why in ``error``. What its encoding does
not have is escaped, and so is what a terminal, or the log of a CI service, would take for a command.
"""

from __future__ import annotations

import errno
import io
import os
import re
import select
import sys
from contextlib import suppress
from typing import Any

_COLOUR = re.compile(r"(\x1b\[(?:[01]|3[0-7])m)")
"""The escape sequences with which ``cli`` colours text."""
_LINE_COMMAND = re.compile(r"^(\s*):(?=:)")
"""GitHub: <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>."""
_COMMAND = re.compile(r"##(?=\w*\[)")
"""Older commands of GitHub, those of Azure and of TeamCity: anywhere in a line."""


class Stream(io.TextIOBase):
    """Text for the file descriptor ``number``. No method raises :class:`OSError`."""

    encoding = "utf-8"  # any text is taken; click puts its own stream in the place of one that says ASCII
    errors = "backslashreplace"

    def __init__(self, number: int, written_in: str, error: OSError | None = None) -> None:
        super().__init__()
        self.number = number
        self.written_in = written_in
        """The encoding of the other end."""
        self.error = error
        """The reason why nothing more is written."""
        self.buffer = _Buffer(self)

    def fileno(self) -> int:
        """The file descriptor."""
        return self.number

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return os.isatty(self.number)

    def write(self, text: str) -> int:
        """Say ``text`` to people."""
        self.send(harmless(text).encode(self.written_in, self.errors))
        return len(text)

    def send(self, data: bytes) -> None:
        """Write ``data`` as it is; a reader of a pipe that does not block is waited for."""
        rest = memoryview(data)
        while rest and self.error is None:
            try:
                rest = rest[os.write(self.number, rest) :]
            except BlockingIOError:
                select.select([], [self.number], [])
            except OSError as error:
                self.error = error


class _Buffer(io.RawIOBase):
    """The buffer into which click writes bytes."""

    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self.stream = stream

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Write ``data`` as it is."""
        self.stream.send(data)
        return len(data)


def take_over() -> None:
    """Make streams of this kind of stdout and stderr, unless somebody has put others there.

    Those that are closed are opened on the null device: else the first file that is opened would get their number, and
    what is printed would be written into it.
    """
    closed = [number for number in (0, 1, 2) if not _is_open(number)]
    with suppress(OSError):
        for number in closed:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free, which is this one
            os.set_inheritable(number, True)  # noqa: FBT003
    for name, number in (("stdout", 1), ("stderr", 2)):
        given = getattr(sys, name)
        if given is getattr(sys, f"__{name}__"):
            error = OSError(errno.EBADF, os.strerror(errno.EBADF)) if number in closed else None
            setattr(sys, name, Stream(number, given.encoding if given else "utf-8", error))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def harmless(text: str) -> str:
    """``text`` with control characters, and with what begins a command, escaped; colours and lines stay."""
    return "\n".join(map(_harmless_line, text.split("\n")))


def _harmless_line(line: str) -> str:
    pieces = _COLOUR.split(line)
    pieces[::2] = map(printable, pieces[::2])
    return _COMMAND.sub(r"#\\x23", _LINE_COMMAND.sub(r"\1\\x3a", "".join(pieces)))


def printable(text: str) -> str:
    """Control characters shown, not sent to the terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def send(name: str, text: str) -> None:
    """Write ``text`` to ``stdout`` or ``stderr`` as it is, in UTF-8: what is not for people, or moves the cursor."""
    stream = getattr(sys, name)
    if isinstance(stream, Stream):
        stream.send(text.encode())
    else:
        stream.write(text)
        stream.flush()


def error_of(name: str) -> OSError | None:
    """Return the error that stopped the output to ``stdout`` or ``stderr``; None if there was none."""
    stream = getattr(sys, name)
    return stream.error if isinstance(stream, Stream) else None
