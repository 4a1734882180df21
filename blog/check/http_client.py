"""The HTTP client of the link check: one request to one address, without redirects and within its limits.

HTTP is that of RFC 9110 <https://www.rfc-editor.org/rfc/rfc9110>; the environment sets proxies, as for curl.

The IP address decides whether a host may be requested: it is looked up once for each request, checked, and connected
to. A proxy looks names up itself; through it, too, no host is requested that has a private address here.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from base64 import b64encode
from contextlib import contextmanager, suppress
from functools import cache
from math import inf
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from blog import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from urllib.parse import SplitResult

    from blog.check.host_resolution import Network

TIMEOUT_SECONDS = 10.0
"""Timeout for each read and write."""
REQUEST_SECONDS = 25.0
"""Budget for one request, also for a reply that arrives byte by byte."""
LOOKUP_SECONDS = 5.0
"""Timeout for the lookup of a host."""
_MAX_ADDRESSES = 4
"""Addresses of one host that are tried."""
_DEFAULT_PORTS = {"http": http.client.HTTP_PORT, "https": http.client.HTTPS_PORT}
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_HEADERS = {"User-Agent": f"reflective-blog/{__version__} (checks links)", "Accept": "*/*", "Connection": "close"}


class Reply(NamedTuple):
    """The parts of a response that the check reads."""

    status: int
    location: str
    cookies: tuple[str, ...]
    """``Set-Cookie`` headers."""
    retry_after: float
    """Seconds until the host accepts the next request; 0 if unknown."""


class UnreachableError(Exception):
    """A host does not reply."""

    def __init__(self, reason: str, *, is_final: bool = False, is_connected: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final
        """Later requests fail, too."""
        self.is_connected = is_connected
        """The host was reached, and may reply to another method."""
        self.is_elsewhere = False
        """The address is on another host than the first one."""


class PrivateAddressError(Exception):
    """The host has an address that readers cannot reach."""


class Limits(NamedTuple):
    """The limits of one request."""

    network: Network
    deadline: float
    """Time of the monotonic clock."""

    @property
    def remaining_seconds(self) -> float:
        """Return the seconds until the deadline."""
        return self.deadline - time.monotonic()


def send_request(method: str, url: str, cookies: str, limits: Limits) -> Reply:
    """Send one request.

    Raises :class:`UnreachableError`, :class:`PrivateAddressError`, and :class:`ValueError` for an invalid URL.
    """
    connection, target, proxy_headers = _prepare_connection(urlsplit(url), limits)
    headers = _HEADERS | proxy_headers
    if cookies:
        headers["Cookie"] = cookies
    with _shut_down_after(min(REQUEST_SECONDS, limits.remaining_seconds), connection) as expired:
        try:
            connection.request(method, target, headers=headers)
            response = connection.getresponse()
            if expired.is_set():  # a truncated reply would pass for a complete one
                raise TimeoutError
            return _read_reply(response)
        except (OSError, http.client.HTTPException) as error:
            raise _unreachable(TimeoutError() if expired.is_set() else error) from None


@contextmanager
def _shut_down_after(seconds: float, connection: http.client.HTTPConnection) -> Iterator[threading.Event]:
    """Shut the connection down when ``seconds`` have passed, which sets the event, or close it at the end."""
    expired = threading.Event()

    def shut_down() -> None:
        expired.set()
        with suppress(OSError, AttributeError):  # the connection is not open
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(seconds, 0), shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        connection.close()


def _read_reply(response: http.client.HTTPResponse) -> Reply:
    headers = response.headers
    # http.client decodes headers as Latin-1; those that are not ASCII are UTF-8.
    location = headers.get("Location", "").strip().encode("latin-1", "replace").decode("utf-8", "replace")
    retry_after = headers.get("Retry-After", "")
    return Reply(
        status=response.status,
        location=_percent_encode(location),
        cookies=tuple(headers.get_all("Set-Cookie", ())),
        retry_after=float(retry_after) if retry_after.isdecimal() else 0,
    )


def _unreachable(error: Exception) -> UnreachableError:
    """Return the :class:`UnreachableError` for an error of the connection."""
    match error:
        case TimeoutError():
            return UnreachableError("it does not answer in time")
        case socket.gaierror():
            return UnreachableError("there is no such host", is_final=error.errno in _NO_SUCH_HOST)
        case ssl.SSLCertVerificationError():
            return UnreachableError(f"its certificate does not hold: {error.verify_message}", is_final=True)
        case ConnectionRefusedError():
            return UnreachableError("it refuses connections")
        case ConnectionError() | http.client.HTTPException():
            return UnreachableError("it ends the connection, or does not speak HTTP", is_connected=True)
    assert isinstance(error, OSError)
    return UnreachableError(f"it cannot be reached: {error.strerror or error}")


class _PinnedConnection(http.client.HTTPConnection):
    """A connection to addresses that were looked up and checked before: the name is not looked up again."""

    addresses: Sequence[str] = ()
    deadline = inf

    def connect(self) -> None:
        """Connect to the first address that accepts."""
        for address in self.addresses[:-1]:
            with suppress(OSError):
                self._connect_to(address)
                return
        self._connect_to(self.addresses[-1])

    def _connect_to(self, address: str) -> None:
        seconds = min(TIMEOUT_SECONDS, self.deadline - time.monotonic())
        if seconds <= 0:
            raise TimeoutError
        self.sock = socket.create_connection((address, self.port), seconds)
        self.sock.settimeout(TIMEOUT_SECONDS)


class _PinnedTLSConnection(_PinnedConnection):
    """The same with TLS: the certificate must be that of the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect, and start TLS."""
        super().connect()
        self.sock = _tls_context().wrap_socket(self.sock, server_hostname=self.host)


def _resolve_addresses(host: str, limits: Limits, *, is_proxied: bool) -> Sequence[str]:
    """Return the addresses of ``host``. Raises :class:`PrivateAddressError` if any of them is private.

    Behind a proxy names of other sites may have no address here: then there are none.
    """
    try:
        addresses = limits.network.resolve(host, min(LOOKUP_SECONDS, limits.remaining_seconds))
    except OSError as error:
        if is_proxied:
            return ()
        if isinstance(error, TimeoutError):
            raise UnreachableError("its name server does not answer in time") from None
        raise _unreachable(error) from None
    if not all(map(limits.network.is_public, addresses)):
        raise PrivateAddressError
    return addresses[:_MAX_ADDRESSES]


def _parse_host(parts: SplitResult) -> tuple[str, int]:
    """Return the host of a URL in ASCII, and its port. Raises :class:`ValueError`."""
    host = unquote(parts.hostname or "")
    if not host:
        raise ValueError("it names no host")
    if "%" in host:
        raise ValueError("the name of a host has no %")
    if parts.port == 0:
        raise ValueError("there is no port 0")
    if not host.isascii():
        host = host.encode("idna").decode()
    return host, parts.port or _DEFAULT_PORTS[parts.scheme]


def _prepare_connection(parts: SplitResult, limits: Limits) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """Return a connection that is not open yet, the target of the request, and headers for a proxy."""
    host, port = _parse_host(parts)
    path = _percent_encode(urlunsplit(("", "", parts.path or "/", parts.query, "")))
    proxy, headers = _find_proxy(parts.scheme, host)
    addresses = _resolve_addresses(host, limits, is_proxied=proxy is not None)
    if proxy is None:
        connection_type = _PinnedTLSConnection if parts.scheme == "https" else _PinnedConnection
        pinned = connection_type(host, port, timeout=TIMEOUT_SECONDS)
        pinned.addresses, pinned.deadline = addresses, limits.deadline
        return pinned, path, {}
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(*proxy, timeout=TIMEOUT_SECONDS, context=_tls_context())
        connection.set_tunnel(host, port, headers=headers)
        return connection, path, {}
    name = f"[{host}]" if ":" in host else host
    return http.client.HTTPConnection(*proxy, timeout=TIMEOUT_SECONDS), f"http://{name}:{port}{path}", headers


def _find_proxy(scheme: str, host: str) -> tuple[tuple[str, int] | None, dict[str, str]]:
    """Return host and port of the environment's proxy for ``host``, and the headers that it needs."""
    url = "" if proxy_bypass(host) else getproxies().get(scheme, "")
    if not url:
        return None, {}
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        address = parts.hostname or "", parts.port or 80
    except ValueError:
        raise UnreachableError(f'the proxy "{url}" is no address') from None
    return address, _authorize_proxy(parts)


def _authorize_proxy(parts: SplitResult) -> dict[str, str]:
    """Return the headers with the user name and password in the URL of a proxy."""
    if parts.username is None:
        return {}
    credentials = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {b64encode(credentials).decode()}"}


@cache
def _tls_context() -> ssl.SSLContext:
    """Return a context that checks certificates as browsers do, which warn readers of invalid ones."""
    return ssl.create_default_context()


def _percent_encode(address: str) -> str:
    """Percent-encode spaces and characters outside of ASCII; existing escapes stay as they are."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]|")
