"""The sockets of ``blog serve``: the addresses it listens at, the limit of connections, the host names it accepts.

No input of a client ends the server, and no client blocks others for long.

All sites are served at the same address, usually ``http://127.0.0.1:8000``, and a browser keeps what a page stores for
the next one there: service workers, caches, databases, ``localStorage``, cookies, permissions, open tabs. So in
browsers each site has a host name of its own, ``NAME-DIGEST.localhost``, which resolves to this machine by
<https://www.rfc-editor.org/rfc/rfc6761#section-6.3>. Stored data belongs to an origin
(<https://html.spec.whatwg.org/multipage/browsers.html#origin>), cookies to a host
(<https://www.rfc-editor.org/rfc/rfc6265#section-8.5>: a port of its own would not separate them). Browsers that use a
name which all sites share are redirected there (:mod:`blog.preview.handler`).
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
"""Matches each ``Host`` header that may be that of a server, as it can stand in a message."""


def is_host(host: str) -> bool:
    """Return whether ``host`` is a host name or address, perhaps with a port."""
    return _HOST.fullmatch(host) is not None


class Address(NamedTuple):
    """The host and port of a server."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for people to open."""
        host = self.host
        if host in _ANY:
            host = "localhost"
        elif ":" in host:
            host = f"[{host}]"
        return f"http://{host}:{self.port}"


class Server:
    """Serves a preview on one port, on every address that ``host`` stands for."""

    def __init__(
        self,
        preview: PreviewState,
        host: str,
        port: int,
        *,
        exact: bool,
        own_name: str = "",
        allowed_hosts: Sequence[str] = (),
    ) -> None:
        """Listen on ``port``, or unless ``exact`` on the next that is free. Raises :class:`OSError`.

        ``own_name``: the site's host name in the browsers of this machine. ``allowed_hosts``: further names, perhaps
        with a port, by which a proxy or a mapped port reaches the server.
        """
        hosts = _LOOPBACK if host in {"127.0.0.1", "localhost"} else (host,)
        last = port if exact or not port else min(port + PORTS, 65535)
        most = min(CONNECTIONS, max(_descriptor_limit() // 3, 8))  # responses and builds need descriptors too
        connections = Connections(most, max(most * STREAMS // CONNECTIONS, 1))
        self.sockets = _listen(preview, connections, hosts, range(port, last + 1))
        if host in _SHARED | _ANY:  # names below "localhost" do not resolve to other addresses
            for listener in self.sockets:
                listener.own_name = own_name
        for listener in self.sockets:
            listener.allowed_hosts = frozenset(name.lower() for name in allowed_hosts)
        self.address = Address(host, self.sockets[0].server_address[1])
        serve_functions = [partial(listener.serve_forever, 0.1) for listener in self.sockets]
        self.threads = [threading.Thread(target=function, daemon=True) for function in serve_functions]

    def start(self) -> None:
        """Start to serve."""
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Stop listening."""
        for listener in self.sockets:
            listener.shutdown()
            listener.server_close()


def own_name(root: Path) -> str:
    """Return a host name that only the site at ``root`` has on this machine, the same each time.

    The author of the site can choose neither it nor that of another site: it depends on the place of the folder.
    """
    path = os.path.realpath(root)
    decomposed = unicodedata.normalize("NFKD", os.path.basename(path))  # noqa: PTH119
    ascii_name = decomposed.encode("ascii", "ignore").decode().lower()
    label = re.sub(r"[^a-z0-9]+", "-", ascii_name)[:40].strip("-") or "site"
    identity = f"{os.stat(path).st_ino} {path}".encode("utf-8", "surrogateescape")  # noqa: PTH116
    return f"{label}-{hashlib.sha256(identity).hexdigest()[:12]}.localhost"


def _listen(
    preview: PreviewState, connections: Connections, hosts: Sequence[str], ports: Sequence[int]
) -> list[_Listener]:
    """Return a listener for each of ``hosts``, on the first of ``ports`` that is free. Raises :class:`OSError`."""
    for port in ports:
        try:
            return _listen_on_port(preview, connections, hosts, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port == ports[-1]:
                raise
    raise AssertionError("there was no port to try")


def _listen_on_port(
    preview: PreviewState, connections: Connections, hosts: Sequence[str], port: int
) -> list[_Listener]:
    """Return a listener for each of ``hosts``; where IPv6 is missing, for the first one only."""
    listeners: list[_Listener] = []
    try:
        for host in hosts:
            try:
                listener = _Listener(preview, connections, host, port)
            except OSError as error:
                if not listeners or error.errno == errno.EADDRINUSE:
                    raise
            else:
                listeners.append(listener)
                port = listener.server_address[1]  # the system chooses it if it is 0
    except OSError:
        for listener in listeners:
            listener.server_close()
        raise
    return listeners


def _descriptor_limit() -> int:
    """Return the limit of open files and connections of this process."""
    try:
        import resource  # noqa: PLC0415  (only Unix has it)
    except ImportError:
        return 3 * CONNECTIONS
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024  # connections that wait for a slot
    own_name = ""
    allowed_hosts: frozenset[str] = frozenset()

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
        except BaseException:  # no thread could be started
            self.connections.leave(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.leave(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error: clients may disconnect or send anything."""

    def accepts_host(self, host: str) -> bool:
        """Return whether ``host``, with the port, is a name of this server."""
        name, port = _split_host(host)
        if not is_host(host):
            return False
        if self._is_allowed(host):
            return True
        if port != str(self.server_address[1]):
            return False
        if name in {*_SHARED, self.host.lower(), self.own_name} - {""}:
            return True
        return self.host in _ANY and _is_machine_name(name)

    def own_address(self, host: str) -> str:
        """Return the site's own address, if ``host`` is a name that other sites share; else ``""``.

        A name that the author allowed is kept: the port of the site's own address may be another one there.
        """
        if not self.own_name or self._is_allowed(host) or not _is_shared(_split_host(host)[0]):
            return ""
        return f"http://{self.own_name}:{self.server_address[1]}"

    def origins(self, host: str) -> tuple[str, ...]:
        """Return the origins of the pages that the server sends by the name ``host``; a proxy may use https."""
        schemes = ("http", "https") if self._is_allowed(host) else ("http",)
        return tuple(f"{scheme}://{host}" for scheme in schemes)

    def _is_allowed(self, host: str) -> bool:
        """Return whether the author allowed ``host``, with this port or with any."""
        name, _ = _split_host(host)
        return not {host.lower(), name}.isdisjoint(self.allowed_hosts)


def _is_machine_name(name: str) -> bool:
    """Return whether ``name`` is the host name of this machine, or an IP address.

    A page of another site cannot resolve an IP address to this machine, as it can its own name.
    """
    with suppress(ValueError):
        return bool(ipaddress.ip_address(name))
    machine = socket.gethostname().lower()
    return name in {machine, f"{machine}.local"}


def _is_shared(name: str) -> bool:
    """Return whether every machine has this name or address, like ``localhost``."""
    if name in _SHARED:
        return True
    with suppress(ValueError):
        address = ipaddress.ip_address(name)
        address = getattr(address, "ipv4_mapped", None) or address
        return address.is_loopback or address.is_unspecified
    return False


def _split_host(host: str) -> tuple[str, str]:
    """Return the name and the port in a ``Host`` header."""
    name, _, port = host.lower().rpartition(":")
    if not port.isdecimal():  # the default port of HTTP
        name, port = host.lower(), "80"
    return name.removeprefix("[").removesuffix("]"), port
