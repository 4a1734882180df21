"""The connections of a server: how many it serves at once, and which one is closed when another one comes.

A limit alone lets whoever comes first keep everybody else out. So with all places taken the connection that made no
progress for longest is closed, and the new one gets its place: a request that is never finished, a file that is read a
few bytes at a time, a browser's idle connection (the browser opens another). Nothing here reads or writes.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress

GRACE = 0.25
"""Seconds for which a connection keeps its place whatever it does: the time in which honest requests are answered."""
ANSWERING = 5.0
"""Seconds by which an answer under way counts as less idle than a connection whose request is awaited."""
STEP = 1 << 17
"""Bytes of an answer that count as progress: who takes fewer at a time is slow."""
STREAM_GRACE = 1.0
"""Seconds for which a stream keeps its place, so that clients which ask again at once do not take all the time."""
LONGEST_WAIT = 5.0
"""Seconds that a new connection waits for a place before it is turned away."""
_RESET = struct.pack("ii", 1, 0)
"""Value for SO_LINGER: closing resets the connection."""


class Connection:
    """A connection, and when it last made progress."""

    def __init__(self, request: socket.socket, address: str) -> None:
        self.request = request
        self.address = address
        """The client's host."""
        self.progressed = time.monotonic()
        self.is_answered = False
        """Its request has come, and is being answered."""
        self.is_stream = False
        """The connection is an event stream, which is silent most of the time."""
        self.began = 0.0
        """Time at which it became a stream."""
        self.is_closed = False
        """The connection was closed in favour of another one; its thread has not ended yet."""
        self._sent = 0

    def await_request(self) -> None:
        """Its last answer has gone; the next request is awaited from now on."""
        self._progress(is_answered=False)

    def answer(self) -> None:
        """Its request has come."""
        self._progress(is_answered=True)

    def _progress(self, *, is_answered: bool) -> None:
        self.is_answered, self._sent = is_answered, 0
        self.progressed = time.monotonic()

    def sent(self, count: int) -> None:
        """``count`` bytes of its answer have gone."""
        self._sent += count
        if self._sent >= STEP:
            self._progress(is_answered=True)

    def idle(self, now: float) -> float:
        """Return for how many seconds it has made no progress."""
        return now - self.progressed - (ANSWERING if self.is_answered else 0.0)

    def give_up(self) -> None:
        """Let the system forget what it keeps for the client, who may take hours to fetch it."""
        with suppress(OSError):
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def close(self) -> None:
        """Wake its thread, which reads or writes: there is nothing more to read, and nobody to write to."""
        self.is_closed = True
        if self.is_answered and not self.is_stream:
            self.give_up()
        with suppress(OSError):
            self.request.shutdown(socket.SHUT_RDWR)


class Connections:
    """All connections of a server, whichever of its addresses they came to."""

    def __init__(self, most: int, most_streams: int) -> None:
        """``most_streams`` of the ``most`` connections may be streams of events, so that others always have places."""
        self.most = most
        self.most_streams = most_streams
        self._freed = threading.Condition()
        self._places: dict[socket.socket, Connection] = {}
        self._streams: list[Connection] = []
        """Event streams, the oldest first."""

    def of(self, request: socket.socket) -> Connection:
        """Return the connection that has this socket."""
        return self._places[request]

    def admit(self, request: socket.socket, address: str) -> bool:
        """Give the connection a place, if need be that of another one; False if none becomes free in time."""
        made = Connection(request, address)
        with self._freed:
            end = made.progressed + LONGEST_WAIT
            while len(self._places) >= self.most:
                now = time.monotonic()
                if now >= end:
                    return False
                self._close_idlest(now)
                self._freed.wait(GRACE / 5)
            self._places[request] = made
        made.await_request()
        return True

    def _close_idlest(self, now: float) -> None:
        """Close one connection, unless one is about to end or none has had its time.

        The address that holds most places loses one first, so that no machine of a network crowds out the others.
        """
        held = [one for one in self._places.values() if not one.is_closed]
        if len(held) < len(self._places):
            return
        places = Counter(one.address for one in held)
        others = [one for one in held if not one.is_stream and now - one.progressed >= GRACE]
        if others:
            max(others, key=lambda one: (places[one.address], one.idle(now))).close()

    def leave(self, request: socket.socket) -> None:
        """Take back the place of a connection that has ended."""
        with self._freed:
            self._places.pop(request, None)
            self._freed.notify_all()

    def begin_stream(self, request: socket.socket) -> None:
        """Let the connection become a stream; with too many of them the oldest one is closed: its tab asks again."""
        with self._freed:
            made = self._places[request]
            while self._wait_for_stream() > 0 and not made.is_closed:
                self._freed.wait(self._wait_for_stream())
            made.is_stream, made.began = True, time.monotonic()
            self._streams.append(made)
            while len(self._streams) > self.most_streams:
                self._streams.pop(0).close()

    def _wait_for_stream(self) -> float:
        """Return the seconds until one more stream may begin."""
        if len(self._streams) < self.most_streams:
            return 0.0
        return self._streams[0].began + STREAM_GRACE - time.monotonic()

    def end_stream(self, request: socket.socket) -> None:
        """Let the connection be a stream no longer."""
        with self._freed:
            self._streams = [one for one in self._streams if one.request is not request]
