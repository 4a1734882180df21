"""The sockets of the preview: where it listens, how many it serves."""

import contextlib
import errno
import socket
import time

import pytest

from blog import server
from blog.preview import Preview
from blog.server import Server
from tests.test_answers import ask, port, preview

__all__ = ["port", "preview"]


@pytest.mark.parametrize(
    ("listening", "asked", "known"),
    [
        ("0.0.0.0", "192.168.1.7:PORT", True), ("0.0.0.0", "blog.evil:PORT", False), ("0.0.0.0", "localhost:PORT", True),
        ("0.0.0.0", f"{socket.gethostname()}:PORT", True), ("127.0.0.2", "127.0.0.2:PORT", True), ("127.0.0.2", "127.0.0.3:PORT", False),
    ],
)  # fmt: skip
def test_a_server_for_the_network_is_asked_by_number(preview: Preview, listening: str, asked: str, known: bool) -> None:
    made = Server(preview, listening, 0, exact=True)
    try:
        assert made.sockets[0].knows(asked.replace("PORT", str(made.address.port))) is known
    finally:
        for listener in made.sockets:
            listener.server_close()


def test_too_many_at_once_are_turned_away_and_the_server_lives(
    preview: Preview, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "CONNECTIONS", 5)
    made = Server(preview, "127.0.0.1", 0, exact=True)
    made.start()
    try:
        idle = [socket.create_connection(("127.0.0.1", made.address.port)) for _ in range(8)]
        time.sleep(0.3)
        for connection in idle:
            connection.close()
        end = time.monotonic() + 3
        while time.monotonic() < end:
            with contextlib.suppress(IndexError, OSError):
                if ask(made.address.port, "/").status == 200:
                    break
        assert ask(made.address.port, "/").status == 200
    finally:
        made.stop()


def test_a_taken_port_is_passed_over_unless_it_must_be_that_one(preview: Preview) -> None:
    first = Server(preview, "127.0.0.1", 0, exact=True)
    port = first.address.port
    try:
        second = Server(preview, "127.0.0.1", port, exact=False)
        assert second.address.port > port
        for listener in second.sockets:
            listener.server_close()
        with pytest.raises(OSError, match="use") as caught:
            Server(preview, "127.0.0.1", port, exact=True)
        assert caught.value.errno == errno.EADDRINUSE
    finally:
        for listener in first.sockets:
            listener.server_close()


def test_it_listens_on_both_loopback_addresses(port: int) -> None:
    try:
        with socket.create_connection(("::1", port), 2) as connection:
            connection.sendall(f"GET /style.css HTTP/1.1\r\nHost: [::1]:{port}\r\nConnection: close\r\n\r\n".encode())
            assert connection.recv(100).startswith(b"HTTP/1.1 200")
    except OSError as error:
        assert error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.ENETUNREACH}  # noqa: PT017  (no IPv6 here)
