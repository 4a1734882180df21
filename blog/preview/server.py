"""The sockets of ``blog serve``: where it listens, how many it serves at once, by which names it is known.

Nothing that a client sends ends it, and nobody keeps it from serving others for long.

All sites are served at the same addresses, ``http://127.0.0.1:8000`` as a rule, and a browser keeps what a page leaves
there for the next: service workers, caches, databases, ``localStorage``, cookies, permissions, a tab that was left
open. So in browsers each site has a host name of its own, ``NAME-DIGEST.localhost``, an address of this machine by
<https://www.rfc-editor.org/rfc/rfc6761#section-6.3>: all of these belong to an origin
(<https://html.spec.whatwg.org/multipage/browsers.html#origin>) or, cookies, to a host
(<https://www.rfc-editor.org/rfc/rfc6265#section-8.5>: a port of its own would not keep them apart). The names that all
sites share lead browsers there (:mod:`blog.preview.handler`).
"""

from __future__ import annotations

import errno
import hashlib
import ipaddress
import os
import re
import socket
import threading
import unicodedata
from contextlib import suppress
from functools import partial
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any, NamedTuple

from blog.preview.connections import Connections
from blog.preview.handler import Handler

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blog.preview.state import PreviewState

PORTS = 20
"""Number of ports that are tried, one after the other."""
CONNECTIONS, STREAMS = 250, 150
"""Limits of open connections, and of event streams among them; see :mod:`blog.preview.connections`."""
_LOOPBACK = ("127.0.0.1", "::1")
_ANY = {"0.0.0.0", "::"}  # noqa: S104
_SHARED = {"localhost", *_LOOPBACK}
"""Names of this machine, and so of every site that is served on it."""
_HOST = re.compile(r"[a-z0-9.:\[\]_-]{1,255}", re.IGNORECASE | re.ASCII)


class Address(NamedTuple):
    """The host and port of a server."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for people to open."""
        host = {"0.0.0.0": "localhost", "::": "localhost"}.get(self.host, self.host)  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


class Server:
    """Serves a preview on one port, on every address that ``host`` stands for."""

    def __init__(self, preview: PreviewState, host: str, port: int, *, exact: bool, own_name: str = "") -> None:
        """Listen on ``port``, or unless ``exact`` on the next that is free. Raises :class:`OSError`.

        ``own_name``: the site's host name in the browsers of this machine.
        """
        hosts = _LOOPBACK if host in {"127.0.0.1", "localhost"} else (host,)
        last = port if exact or not port else min(port + PORTS, 65535)
        most = min(CONNECTIONS, max(_descriptors() // 3, 8))  # an answer may need a file too, and builds need some
        connections = Connections(most, max(most * STREAMS // CONNECTIONS, 1))
        self.sockets = _listen(preview, connections, hosts, range(port, last + 1))
        if host in _SHARED | _ANY:  # others are no addresses of the names below "localhost"
            for listener in self.sockets:
                listener.own_name = own_name
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


def own_name(root: Path) -> str:
    """Return a host name that only the site at ``root`` has on this machine, the same each time.

    Who wrote the site cannot choose it, nor that of another one: it depends on where the folder is.
    """
    place = os.path.realpath(root)
    plain = unicodedata.normalize("NFKD", os.path.basename(place)).encode("ascii", "ignore").decode().lower()  # noqa: PTH119
    label = re.sub(r"[^a-z0-9]+", "-", plain)[:40].strip("-") or "site"
    facts = f"{os.stat(place).st_ino} {place}".encode("utf-8", "surrogateescape")  # noqa: PTH116
    return f"{label}-{hashlib.sha256(facts).hexdigest()[:12]}.localhost"


def _listen(
    preview: PreviewState, connections: Connections, hosts: Sequence[str], ports: Sequence[int]
) -> list[_Listener]:
    """A listener for each of ``hosts`` on the first of ``ports`` where nobody else listens."""
    for port in ports:
        made: list[_Listener] = []
        try:
            for host in hosts:
                try:
                    made.append(_Listener(preview, connections, host, made[0].server_address[1] if made else port))
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
    """Return the limit of open files and connections of this process."""
    try:
        import resource  # noqa: PLC0415  (Unix has it)
    except ImportError:
        return 3 * CONNECTIONS
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024  # so many may wait while places are taken back
    own_name = ""

    def __init__(self, preview: PreviewState, connections: Connections, host: str, port: int) -> None:
        self.preview = preview
        self.connections = connections
        self.host = host
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Handler)

    def server_bind(self) -> None:
        """Bind without the reverse DNS lookup of the base class, which can take seconds."""
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self.connections.admit(request, client_address[0]):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:  # no thread could be made
            self.connections.leave(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.leave(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or sends nonsense, is no news."""

    def knows(self, host: str) -> bool:
        """Return whether ``host``, with the port, is a name of this server."""
        name, port = _parts(host)
        if not _HOST.fullmatch(host) or port != str(self.server_address[1]):
            return False
        if name in _SHARED or name in {self.host.lower(), self.own_name} - {""}:
            return True
        if self.host in _ANY:  # whoever asks by number was not led here by another site's name
            with suppress(ValueError):
                return bool(ipaddress.ip_address(name))
            return name in {socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}
        return False

    def own_address(self, host: str) -> str:
        """Return the site's own address, if ``host`` is a name that other sites share; else ``""``."""
        if not self.own_name or not _is_shared(_parts(host)[0]):
            return ""
        return f"http://{self.own_name}:{self.server_address[1]}"


def _is_shared(name: str) -> bool:
    """Return whether every machine has this name or number, like ``localhost``."""
    if name in _SHARED:
        return True
    with suppress(ValueError):
        number = ipaddress.ip_address(name)
        number = getattr(number, "ipv4_mapped", None) or number
        return number.is_loopback or number.is_unspecified
    return False


def _parts(host: str) -> tuple[str, str]:
    """Name and port that a header ``Host`` names."""
    name, _, port = host.lower().rpartition(":")
    if not port.isdecimal():  # no port: that of the web
        name, port = host.lower(), "80"
    return name.removeprefix("[").removesuffix("]"), port
