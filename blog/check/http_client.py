"""The HTTP client of the link check: one request to one address, without redirects and within its limits.

HTTP by RFC 9110 <https://www.rfc-editor.org/rfc/rfc9110>; proxies by the environment, as curl has them.

The address that is connected to decides whether a host may be asked: it is looked up once for each request, checked,
and connected to. Behind a proxy, which looks names up itself, a host that has a private address here is not asked for.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from base64 import b64encode
from contextlib import suppress
from functools import cache
from math import inf
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from blog import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

    from blog.check.hosts import Network

TIMEOUT_SECONDS = 10.0
"""Timeout for each read and write."""
REQUEST_SECONDS = 25.0
"""Budget for one request, also if the answer trickles in."""
LOOKUP_SECONDS = 5.0
"""Timeout for the lookup of a host."""
_MOST_ADDRESSES = 4
"""Addresses of one host that are tried."""
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_HEADERS = {"User-Agent": f"reflective-blog/{__version__} (checks links)", "Accept": "*/*", "Connection": "close"}


class Reply(NamedTuple):
    """The parts of a response that the check reads."""

    status: int
    location: str
    cookies: tuple[str, ...]
    after: float
    """Seconds after which the host wants to be asked again; 0: it does not say."""


class UnreachableError(Exception):
    """Nobody answers."""

    def __init__(self, why: str, *, is_final: bool = False, is_deaf: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final
        """Nobody ever will."""
        self.is_deaf = is_deaf
        """Somebody is there, and does not like the question."""
        self.is_elsewhere = False
        """The address is on another host than the first one."""


class PrivateAddressError(Exception):
    """The host has an address that readers do not reach."""


class Limits(NamedTuple):
    """The limits of one request."""

    network: Network
    until: float
    """Deadline by the monotonic clock."""

    @property
    def seconds(self) -> float:
        """Return the seconds until the deadline."""
        return self.until - time.monotonic()


def send_request(method: str, url: str, cookies: str, limits: Limits) -> Reply:
    """Ask once.

    Raises :class:`UnreachableError`, :class:`PrivateAddressError`, and :class:`ValueError` for what is no address.
    """
    connection, path, more = _connection(urlsplit(url), limits)
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with suppress(OSError, AttributeError):  # it has ended by itself
            connection.sock.shutdown(socket.SHUT_RDWR)

    alarm = threading.Timer(max(min(REQUEST_SECONDS, limits.seconds), 0), end)
    alarm.daemon = True
    alarm.start()
    try:
        connection.request(method, path, headers=_HEADERS | more | ({"Cookie": cookies} if cookies else {}))
        response = connection.getresponse()
        if cut.is_set():  # what came until then would pass for an answer
            raise TimeoutError
        headers = response.headers
        # Headers come as Latin-1, and are UTF-8 where they are more than ASCII.
        location = headers.get("Location", "").strip().encode("latin-1", "replace").decode("utf-8", "replace")
        after = headers.get("Retry-After", "")
        seconds = float(after) if after.isdecimal() else 0
        return Reply(response.status, _ascii(location), tuple(headers.get_all("Set-Cookie", ())), seconds)
    except (OSError, http.client.HTTPException) as error:
        if cut.is_set() or isinstance(error, TimeoutError):
            raise UnreachableError("it does not answer in time") from None
        raise _unreachable(error) from None
    finally:
        alarm.cancel()
        connection.close()


def _unreachable(error: Exception) -> UnreachableError:
    if isinstance(error, socket.gaierror):
        return UnreachableError("there is no such host", is_final=error.errno in _NO_SUCH_HOST)
    if isinstance(error, ssl.SSLCertVerificationError):
        return UnreachableError(f"its certificate does not hold: {error.verify_message}", is_final=True)
    if isinstance(error, ConnectionRefusedError):
        return UnreachableError("it refuses connections")
    if isinstance(error, ConnectionError | http.client.HTTPException):
        return UnreachableError("it ends the connection, or does not speak HTTP", is_deaf=True)
    assert isinstance(error, OSError)
    return UnreachableError(f"it cannot be reached: {error.strerror or error}")


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were looked up and checked before: the name is not looked up again."""

    addresses: Sequence[str] = ()
    until = inf

    def connect(self) -> None:
        """Connect to the first address that answers."""
        for number, address in enumerate(self.addresses, 1):
            seconds = min(TIMEOUT_SECONDS, self.until - time.monotonic())
            try:
                if seconds <= 0:
                    raise TimeoutError
                self.sock = socket.create_connection((address, self.port), seconds)
            except OSError:
                if number == len(self.addresses):
                    raise
            else:
                self.sock.settimeout(TIMEOUT_SECONDS)
                return


class _PinnedSecurely(_Pinned):
    """The same with TLS: the certificate must be that of the name."""

    default_port = http.client.HTTPS_PORT

    def connect(self) -> None:
        """Connect, and speak TLS."""
        super().connect()
        self.sock = _trusted().wrap_socket(self.sock, server_hostname=self.host)


def _addresses(host: str, limits: Limits, *, is_proxied: bool) -> Sequence[str]:
    """The addresses of ``host``, of which none is private: a host that has both is not trusted with either.

    Behind a proxy names of other sites may have no address here: then there are none.
    """
    try:
        found = limits.network.resolve(host, min(LOOKUP_SECONDS, limits.seconds))
    except TimeoutError:
        if is_proxied:
            return ()
        raise UnreachableError("its name server does not answer in time") from None
    except OSError as error:
        if is_proxied:
            return ()
        raise _unreachable(error) from None
    if not all(map(limits.network.is_public, found)):
        raise PrivateAddressError
    return found[:_MOST_ADDRESSES]


def _name(parts: SplitResult) -> tuple[str, int]:
    """The host of a URL in ASCII, and its port. Raises :class:`ValueError`."""
    host = unquote(parts.hostname or "")
    if not host:
        raise ValueError("it names no host")
    if "%" in host:
        raise ValueError("the name of a host has no %")
    if parts.port == 0:
        raise ValueError("there is no port 0")
    return host if host.isascii() else host.encode("idna").decode(), parts.port or 0


def _connection(parts: SplitResult, limits: Limits) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """A connection that is not open yet, what to ask it for, and headers for a proxy between."""
    host, port = _name(parts)
    secure = parts.scheme.lower() == "https"
    port = port or (443 if secure else 80)
    path = _ascii(urlunsplit(("", "", parts.path or "/", parts.query, "")))
    proxy, more = _proxy(parts.scheme.lower(), host)
    addresses = _addresses(host, limits, is_proxied=proxy is not None)
    if proxy is None:
        pinned = (_PinnedSecurely if secure else _Pinned)(host, port, timeout=TIMEOUT_SECONDS)
        pinned.addresses, pinned.until = addresses, limits.until
        return pinned, path, {}
    if secure:
        connection = http.client.HTTPSConnection(*proxy, timeout=TIMEOUT_SECONDS, context=_trusted())
        connection.set_tunnel(host, port, headers=more)
        return connection, path, {}
    name = f"[{host}]" if ":" in host else host
    return http.client.HTTPConnection(*proxy, timeout=TIMEOUT_SECONDS), f"http://{name}:{port}{path}", more


def _proxy(scheme: str, host: str) -> tuple[tuple[str, int] | None, dict[str, str]]:
    """The proxy of the environment for ``host``, and what it wants to know."""
    written = "" if proxy_bypass(host) else getproxies().get(scheme, "")
    if not written:
        return None, {}
    try:
        parts = urlsplit(written if "//" in written else f"//{written}")
        near = parts.hostname or "", parts.port or 80
    except ValueError:
        raise UnreachableError(f'the proxy "{written}" is no address') from None
    if parts.username is None:
        return near, {}
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return near, {"Proxy-Authorization": f"Basic {b64encode(secret).decode()}"}


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates are checked as browsers check them: readers would be warned."""
    return ssl.create_default_context()


def _ascii(address: str) -> str:
    """Percent-encode spaces and characters outside of ASCII; existing escapes stay as they are."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]|")
