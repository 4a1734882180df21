"""The two directions of a connection, each with a deadline: reading requests, sending responses."""

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
"""Seconds within which a request must have arrived."""
WINDOW, SPEED = 20.0, 2048
"""Length of a window in seconds, and the bytes per second that the client must take within each window."""


class DeadlineReader(io.RawIOBase):
    """Reads one request at a time, within a time limit that single bytes do not extend."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.begin()

    def begin(self) -> None:
        """Start the time limit of the next request."""
        self.end = time.monotonic() + PATIENCE
        self.bytes_left = MAX_HEAD

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what has arrived, at most as much as ``buffer`` holds. Raises :class:`TimeoutError`."""
        seconds_left = self.end - time.monotonic()
        if seconds_left <= 0 or self.bytes_left <= 0:
            raise TimeoutError
        self.connection.settimeout(seconds_left)
        count = self.connection.recv_into(buffer)
        self.bytes_left -= count
        return count


class Sender(io.RawIOBase):
    """Writes to a connection; fails if the client takes less than :data:`SPEED` bytes per second."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.has_failed = False
        self.begin()

    def begin(self) -> None:
        """Start a new window."""
        self.end = time.monotonic() + WINDOW
        self.bytes_due = WINDOW * SPEED

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Send all of ``data``. Raises :class:`OSError`, also if the client reads too slowly."""
        view = memoryview(data).cast("B")
        if self.has_failed:  # drop what a buffer still holds
            return len(view)
        count = 0
        try:
            while count < len(view):
                count += self._send(view[count:])
        except OSError:
            self.has_failed = True
            self.connection.give_up()
            raise
        return count

    def _send(self, data: memoryview) -> int:
        seconds_left = self.end - time.monotonic()
        if seconds_left <= 0:
            raise TimeoutError
        self.connection.request.settimeout(seconds_left)
        count = self.connection.request.send(data)
        self.connection.sent(count)
        self.bytes_due -= count
        if self.bytes_due <= 0:
            self.begin()
        return count
