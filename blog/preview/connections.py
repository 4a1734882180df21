"""The connections of a server: a limit on their number, and a rule for which one is closed in favour of a new one.

With a limit alone, the first clients could keep all others out. So when all slots are taken, the connection without
progress for the longest time is closed: an unfinished request, a file that is read a few bytes at a time, or a
browser's idle connection (the browser opens another). Nothing here reads or writes.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress

GRACE = 0.25
"""Seconds without progress for which a connection keeps its slot: enough to answer a normal request."""
ANSWERING = 5.0
"""Seconds that are subtracted from the idle time while a response is sent."""
STEP = 1 << 17
"""Bytes of a response that count as progress; a client that reads less does not make any."""
STREAM_GRACE = 1.0
"""Seconds for which a stream keeps its slot, so that clients that reconnect at once do not take all the time."""
LONGEST_WAIT = 5.0
"""Seconds that a new connection waits for a slot before it is refused."""
_RESET = struct.pack("ii", 1, 0)
"""Value for SO_LINGER: closing resets the connection."""


class Connection:
    """A connection, and the time of its last progress."""

    def __init__(self, request: socket.socket, address: str) -> None:
        self.request = request
        self.address = address
        """The client's host."""
        self.progressed = time.monotonic()
        self.is_answered = False
        """Its request has been read, and the response is being sent."""
        self.is_stream = False
        """It is an event stream, which is silent most of the time."""
        self.began = 0.0
        """Time at which it became a stream."""
        self.is_closed = False
        """It was closed in favour of another one; its thread has not ended yet."""
        self._unreported_bytes = 0
        """Bytes sent since the last progress."""

    def await_request(self) -> None:
        """Record that the last response was sent, and the next request is awaited."""
        self._record_progress(is_answered=False)

    def answer(self) -> None:
        """Record that a request was read."""
        self._record_progress(is_answered=True)

    def _record_progress(self, *, is_answered: bool) -> None:
        self.is_answered, self._unreported_bytes = is_answered, 0
        self.progressed = time.monotonic()

    def sent(self, count: int) -> None:
        """Record that ``count`` bytes of the response were sent."""
        self._unreported_bytes += count
        if self._unreported_bytes >= STEP:
            self._record_progress(is_answered=True)

    def idle(self, now: float) -> float:
        """Return the seconds without progress, less an allowance while a response is sent."""
        allowance = ANSWERING if self.is_answered else 0.0
        return now - self.progressed - allowance

    def may_be_closed(self, now: float) -> bool:
        """Return whether it may be closed in favour of another one."""
        return not self.is_stream and now - self.progressed >= GRACE

    def give_up(self) -> None:
        """Make the system drop unsent bytes at the close: the client might take hours to read them."""
        with suppress(OSError):
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def close(self) -> None:
        """Shut the socket down, so that the thread that reads or writes it wakes up and ends."""
        self.is_closed = True
        if self.is_answered and not self.is_stream:
            self.give_up()
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)


class Connections:
    """All connections of a server, to any of its addresses."""

    def __init__(self, most: int, most_streams: int) -> None:
        """At most ``most_streams`` of the ``most`` connections are event streams, so that pages always have slots."""
        self.most = most
        self.most_streams = most_streams
        self._freed = threading.Condition()
        self._connections: dict[socket.socket, Connection] = {}
        self._streams: list[Connection] = []
        """Event streams, the oldest first."""

    def of(self, request: socket.socket) -> Connection:
        """Return the connection that has this socket."""
        return self._connections[request]

    def admit(self, request: socket.socket, address: str) -> bool:
        """Give the connection a slot, if need be that of another one; return False if none becomes free in time."""
        connection = Connection(request, address)
        with self._freed:
            end = connection.progressed + LONGEST_WAIT
            while len(self._connections) >= self.most:
                now = time.monotonic()
                if now >= end:
                    return False
                self._close_idlest(now)
                self._freed.wait(GRACE / 5)
            self._connections[request] = connection
        connection.await_request()
        return True

    def _close_idlest(self, now: float) -> None:
        """Close one connection, unless one is about to end, or all made progress less than :data:`GRACE` ago.

        It is one of the address with the most connections, so that no machine of a network crowds out the others.
        """
        connections = list(self._connections.values())
        if any(connection.is_closed for connection in connections):
            return
        counts = Counter(connection.address for connection in connections)
        candidates = [connection for connection in connections if connection.may_be_closed(now)]
        if candidates:
            max(candidates, key=lambda connection: (counts[connection.address], connection.idle(now))).close()

    def leave(self, request: socket.socket) -> None:
        """Free the slot of a connection that has ended."""
        with self._freed:
            self._connections.pop(request, None)
            self._freed.notify_all()

    def begin_stream(self, request: socket.socket) -> None:
        """Make the connection a stream; the oldest stream above the limit is closed, and its tab reconnects."""
        with self._freed:
            connection = self._connections[request]
            while self._seconds_until_stream() > 0 and not connection.is_closed:
                self._freed.wait(self._seconds_until_stream())
            connection.is_stream, connection.began = True, time.monotonic()
            self._streams.append(connection)
            while len(self._streams) > self.most_streams:
                self._streams.pop(0).close()

    def _seconds_until_stream(self) -> float:
        """Return the seconds until one more stream may begin."""
        if len(self._streams) < self.most_streams:
            return 0.0
        return self._streams[0].began + STREAM_GRACE - time.monotonic()

    def end_stream(self, request: socket.socket) -> None:
        """Remove the connection from the streams."""
        with self._freed:
            self._streams = [stream for stream in self._streams if stream.request is not request]
