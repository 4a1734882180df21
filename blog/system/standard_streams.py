"""The standard streams of a command: an error of a stream affects neither the work of a command nor its exit status.

A stream that is closed, full or without a reader drops all further output, and keeps the reason in ``error``.
Characters that its encoding lacks are escaped, and so is what a terminal, or the log of a CI service, would execute.
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

    encoding = "utf-8"  # accepts any text; click would replace a stream whose encoding is ASCII
    errors = "backslashreplace"

    def __init__(self, number: int, terminal_encoding: str, error: OSError | None = None) -> None:
        super().__init__()
        self.number = number
        self.terminal_encoding = terminal_encoding
        """The encoding of the bytes that are written."""
        self.error = error
        """The reason why nothing more is written."""
        self.buffer = _Buffer(self)

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self.number

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether the stream is a terminal."""
        return os.isatty(self.number)

    def write(self, text: str) -> int:
        """Write ``text``, with control characters and commands escaped."""
        self.send(harmless(text).encode(self.terminal_encoding, self.errors))
        return len(text)

    def send(self, data: bytes) -> None:
        """Write ``data`` unchanged; if the descriptor is non-blocking, wait for the reader."""
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
        """Write ``data`` unchanged."""
        self.stream.send(data)
        return len(data)


def take_over() -> None:
    """Replace stdout and stderr by streams of this kind, unless another program has replaced them already."""
    closed = _open_closed_descriptors()
    for name, number in (("stdout", 1), ("stderr", 2)):
        original = getattr(sys, name)
        if original is getattr(sys, f"__{name}__"):
            encoding = original.encoding if original else "utf-8"
            error = OSError(errno.EBADF, os.strerror(errno.EBADF)) if number in closed else None
            setattr(sys, name, Stream(number, encoding, error))


def _open_closed_descriptors() -> list[int]:
    """Open the standard descriptors that are closed on the null device, and return them.

    Otherwise the first file that is opened would get such a number, and printed text would be written into it.
    """
    closed = [number for number in (0, 1, 2) if not _is_open(number)]
    with suppress(OSError):
        for number in closed:
            os.open(os.devnull, os.O_RDWR)  # it gets the lowest number that is free, which is this one
            os.set_inheritable(number, True)  # noqa: FBT003
    return closed


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def harmless(text: str) -> str:
    """Return ``text`` with control characters and the marks of commands escaped, but not colours and line ends."""
    return "\n".join(map(_harmless_line, text.split("\n")))


def _harmless_line(line: str) -> str:
    pieces = _COLOUR.split(line)  # colours at the odd indices
    pieces[::2] = map(printable, pieces[::2])
    escaped = _LINE_COMMAND.sub(r"\1\\x3a", "".join(pieces))
    return _COMMAND.sub(r"#\\x23", escaped)


def printable(text: str) -> str:
    """Return ``text`` with control characters escaped."""
    if text.isprintable():
        return text
    return "".join(map(_printable_char, text))


def _printable_char(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def send(name: str, text: str) -> None:
    """Write ``text`` to ``stdout`` or ``stderr`` unchanged, in UTF-8: data, or sequences that move the cursor."""
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
