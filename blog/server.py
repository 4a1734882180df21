"""The sockets of ``blog serve``: where it listens, how many it serves at once, by which names it is known.

Nothing that a client sends ends it, and nobody keeps it from serving others for long.
"""

from __future__ import annotations

import errno
import ipaddress
import re
import socket
import threading
from contextlib import suppress
from functools import partial
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from blog.answers import Handler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.preview import Preview

PORTS = 20
"""How many ports are tried, one after the other."""
CONNECTIONS, STREAMS = 250, 150
"""At one time, and how many of them may be streams of events; more are turned away."""
_LOOPBACK = ("127.0.0.1", "::1")
_HOST = re.compile(r"[a-z0-9.:\[\]_-]{1,255}", re.IGNORECASE | re.ASCII)


class Address(NamedTuple):
    """Where a server can be reached."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """For people."""
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


class Server:
    """Serves a preview on one port, on every address that ``host`` stands for."""

    def __init__(self, preview: Preview, host: str, port: int, *, exact: bool) -> None:
        """Listen on ``port``, or unless ``exact`` on the next that is free. Raises :class:`OSError`."""
        hosts = _LOOPBACK if host in {"127.0.0.1", "localhost"} else (host,)
        last = port if exact or not port else min(port + PORTS, 65535)
        self.sockets = _listen(preview, hosts, range(port, last + 1))
        self.address = Address(host, self.sockets[0].server_address[1])
        self.threads = [
            threading.Thread(target=partial(server.serve_forever, 0.1), daemon=True) for server in self.sockets
        ]

    def start(self) -> None:
        """Answer from now on."""
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Take no more requests."""
        for server in self.sockets:
            server.shutdown()
            server.server_close()


def _listen(preview: Preview, hosts: Sequence[str], ports: Sequence[int]) -> list[_Listener]:
    """A listener for each of ``hosts`` on the first of ``ports`` where nobody else listens."""
    for port in ports:
        made: list[_Listener] = []
        try:
            for host in hosts:
                try:
                    made.append(_Listener(preview, host, made[0].server_address[1] if made else port))
                except OSError as error:
                    if not made or error.errno == errno.EADDRINUSE:  # IPv6 may be missing; its port may not be taken
                        raise
        except OSError as error:
            for listener in made:
                listener.server_close()
            if error.errno != errno.EADDRINUSE or port == ports[-1]:
                raise
        else:
            return made
    raise AssertionError("there was no port to try")


def _descriptors() -> int:
    """How many files and connections the process may have open."""
    try:
        import resource  # noqa: PLC0415  (Unix has it)
    except ImportError:
        return 3 * CONNECTIONS
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, preview: Preview, host: str, port: int) -> None:
        self.preview = preview
        self.host = host
        most = min(CONNECTIONS, max(_descriptors() // 3, 8))  # there are two listeners, and builds need some too
        self.places = threading.BoundedSemaphore(most)
        self.streams = threading.BoundedSemaphore(max(most * STREAMS // CONNECTIONS, 1))
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        """Without the look into the domain name system that the stock one takes: it can last for seconds."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self.places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread could be made
            self.places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or sends nonsense, is no news."""

    def knows(self, host: str) -> bool:
        """Whether ``host``, with the port, is a name of this server."""
        name, _, port = host.lower().rpartition(":")
        if not port.isdecimal():  # no port: that of the web
            name, port = host.lower(), "80"
        if not _HOST.fullmatch(host) or port != str(self.server_address[1]):
            return False
        name = name.removeprefix("[").removesuffix("]")
        if name in {"localhost", "127.0.0.1", "::1"} or name == self.host.lower():
            return True
        if self.host in {"0.0.0.0", "::"}:  # noqa: S104  (whoever asks by number was not led here by another site's name)
            with suppress(ValueError):
                return bool(ipaddress.ip_address(name))
            return name in {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}
        return False
