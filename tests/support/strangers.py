"""A server on loopback that answers in every way in which other sites fail: what `blog.check.external_links` asks in tests."""

import http.server
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from blog.check import external_links, http_client
from blog.check.hosts import Network

ANYWHERE = Network(is_public=lambda _: True)
"""Where also strangers on loopback may be asked."""


def shorten_waits(patch: pytest.MonkeyPatch, *, retry: float, pause: float, timeout: float, link: float) -> None:
    """Let the link checker wait for so many seconds only."""
    patch.setattr(external_links, "RETRY_SECONDS", (retry, retry))
    patch.setattr(external_links, "PAUSE_SECONDS", pause)
    patch.setattr(http_client, "TIMEOUT_SECONDS", timeout)
    patch.setattr(external_links, "LINK_SECONDS", link)


class Strangers(http.server.ThreadingHTTPServer):
    """The server, and what it was asked."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Stranger)
        self.asked: list[tuple[str, str]] = []
        """Method and path."""
        self.credentials: list[str] = []
        """What was said to a proxy."""
        self.at_once = 0
        self.most_at_once = 0
        self.ended = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def times(self, path: str) -> Counter[str]:
        """How often each method asked for `path`."""
        return Counter(method for method, asked in self.asked if asked == path)

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asks may go away."""


class _Stranger(http.server.BaseHTTPRequestHandler):
    server: Strangers
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        server = self.server
        server.asked.append((self.command, self.path))
        server.credentials.extend(self.headers.get_all("Proxy-Authorization", []))
        server.at_once += 1
        server.most_at_once = max(server.most_at_once, server.at_once)
        time.sleep(0.01)
        try:
            with suppress(OSError):
                self._say(self.path.strip("/").partition("?")[0])
        finally:
            server.at_once -= 1
            self.close_connection = True

    def _say(self, what: str) -> None:
        word, _, rest = what.partition("/")
        getattr(self, f"_{'200' if word == 'caf%C3%A9' else word}", self._status)(rest or word)

    def _status(self, status: str, *headers: tuple[str, str], body: bytes = b"") -> None:
        self.send_response(int(status) if status.isdecimal() else 200)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def _get(self, status: str) -> None:
        """Only GET is liked; HEAD gets this status."""
        self._status("200" if self.command == "GET" else status)

    def _second(self, status: str) -> None:
        """The first answer is this status, the next ones are right."""
        self._status("200" if len(self.server.asked) > 1 else status)

    def _wait(self, seconds: str) -> None:
        """Busy at first, and says for how long."""
        self._status("200", ("Retry-After", "x")) if len(self.server.asked) > 1 else self._status(
            "429", ("Retry-After", seconds)
        )

    def _to(self, target: str) -> None:
        """`to/301/x` redirects to /x."""
        status, _, path = target.partition("/")
        self._status(status, ("Location", f"/{path}" if path != "nowhere" else ""))

    def _away(self, target: str) -> None:
        self._status("302", ("Location", target.replace("@", ":")))

    def _cookie(self, _: str) -> None:
        """Leads to itself until it gets its cookie back."""
        if "seen=1" in self.headers.get("Cookie", ""):
            self._status("200")
        else:
            self._status("302", ("Location", "/cookie"), ("Set-Cookie", "seen=1; Path=/; HttpOnly"))

    def _utf8(self, _: str) -> None:
        """Leads to an address that is not ASCII, as many do."""
        self._status("302", ("Location", "/caf\u00e9".encode().decode("latin-1")))

    def _deaf(self, _: str) -> None:
        """Hangs up on HEAD."""
        if self.command == "GET":
            self._status("200")

    def _round(self, _: str) -> None:
        self._status("301", ("Location", "/round"))

    def _on(self, number: str) -> None:
        self._status("302", ("Location", f"/on/{int(number) + 1}"))

    def _silence(self, _: str) -> None:
        self.server.ended.wait(20)

    def _drip(self, _: str) -> None:
        """A byte of a header now and then, for ever."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.server.ended.wait(0.05):
            self.wfile.write(b"x")

    def _hangup(self, _: str) -> None:
        """Nothing at all."""

    def _reset(self, _: str) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.connection.close()

    def _garbage(self, _: str) -> None:
        self.wfile.write(b"SSH-2.0-nothing\r\n\r\n")

    def _heads(self, _: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n")

    def _long(self, _: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n")

    def _body(self, _: str) -> None:
        """A body without an end: who reads it never comes back."""
        if self.command == "HEAD":
            self._status("405")
            return
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self.server.ended.is_set():
            self.wfile.write(b"x" * 65_536)


@contextmanager
def strangers() -> Iterator[Strangers]:
    """The server, while this lasts."""
    with Strangers() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield server
        finally:
            server.ended.set()
            server.shutdown()
