"""The two directions of a connection, each with a deadline: reading a request, sending an answer."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from _typeshed import ReadableBuffer, WriteableBuffer

    from blog.preview.connections import Connection

MAX_HEAD = 1 << 17
"""Bytes of a request."""
PATIENCE = 10.0
"""Seconds within which a request must have come."""
WINDOW, SPEED = 20.0, 2048
"""Within each window of so many seconds an answer must have gone on by so many bytes a second."""


class DeadlineReader(io.RawIOBase):
    """Reads from a connection, all together for a limited time: who sends a byte now and then is not waited for."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.begin()

    def begin(self) -> None:
        """The time runs from now."""
        self.end = time.monotonic() + PATIENCE
        self.left = MAX_HEAD

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what has arrived, at most as much as ``buffer`` holds. Raises :class:`TimeoutError`."""
        left = self.end - time.monotonic()
        if left <= 0 or self.left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
        count = self.connection.recv_into(buffer)
        self.left -= count
        return count


class Sender(io.RawIOBase):
    """Writes to a connection, with a least speed: who takes a few bytes now and then is not waited for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.has_failed = False
        self.begin()

    def begin(self) -> None:
        """Measure the speed from now on."""
        self.end = time.monotonic() + WINDOW
        self.due = WINDOW * SPEED

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Send all of ``data``. Raises :class:`OSError`, also if the client reads too slowly."""
        view = memoryview(data).cast("B")
        if self.has_failed:  # what a buffer still holds is lost
            return len(view)
        done = 0
        try:
            while done < len(view):
                done += self._send(view[done:])
        except OSError:
            self.has_failed = True
            self.connection.give_up()
            raise
        return done

    def _send(self, data: memoryview) -> int:
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.request.settimeout(left)
        count = self.connection.request.send(data)
        self.connection.sent(count)
        self.due -= count
        if self.due <= 0:
            self.begin()
        return count
