"""The HTTP client of the link check: one request to one address, without redirects and within its limits.

The IP address decides whether a host may be requested: it is looked up once for each request, checked, and connected
to. The environment sets proxies, as for curl. A proxy looks names up itself; through it, too, no host is requested that
has a private address here. Python limits the head of a reply to 100 lines of 64 KiB.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from functools import cache
from http.client import HTTPException
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError

from blog import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from urllib.parse import SplitResult

    from blog.check.hosts import Network

TIMEOUT_SECONDS = 10.0
"""Timeout for each connection, and for each read and write."""
_MAX_ADDRESSES = 4
"""Addresses of one host that are tried."""
_PORTS = {"http": 80, "https": 443}
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_HEADERS = {"User-Agent": f"reflective-blog/{__version__} (checks links)", "Accept": "*/*", "Connection": "close"}
TOO_SLOW = "it does not answer in time"


class Reply(NamedTuple):
    """The parts of a response that the check reads."""

    status: int
    location: str
    cookies: Sequence[str]
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


class PrivateAddressError(Exception):
    """The host has an address that readers cannot reach."""


class Limits(NamedTuple):
    """The limits of a request."""

    network: Network
    deadline: float
    """Time of the monotonic clock."""

    @property
    def remaining_seconds(self) -> float:
        """Return the seconds until the deadline."""
        return self.deadline - time.monotonic()


def send_request(method: str, url: str, cookies: str, limits: Limits) -> Reply:
    """Send one request; of the reply only the head is read.

    Raises :class:`UnreachableError`, :class:`PrivateAddressError`, and :class:`ValueError` for an invalid URL.
    """
    parts = urlsplit(url)
    host, port = _parse_host(parts)
    authority = f"{f'[{host}]' if ':' in host else host}:{port}"
    target = _percent_encode(urlunsplit(("", "", parts.path or "/", parts.query, "")))
    headers = {**_HEADERS, "Host": authority.removesuffix(f":{_PORTS[parts.scheme]}")}
    if cookies:
        headers["Cookie"] = cookies
    proxy = _find_proxy(parts.scheme, host)
    addresses = _resolve_addresses(host, limits, is_proxied=proxy is not None)
    if proxy:
        return _exchange([proxy], method, f"{parts.scheme}://{authority}{target}", headers, limits)
    return _exchange([_pool(parts.scheme, host, ip, port) for ip in addresses], method, target, headers, limits)


def _exchange(
    pools: Sequence[urllib3.HTTPConnectionPool | urllib3.ProxyManager],
    method: str,
    target: str,
    headers: dict[str, str],
    limits: Limits,
) -> Reply:
    """Send a request to the first of ``pools`` that accepts the connection."""

    def exchange(pool: urllib3.HTTPConnectionPool | urllib3.ProxyManager) -> Reply:
        seconds = min(TIMEOUT_SECONDS, limits.remaining_seconds)
        if seconds <= 0:
            raise UnreachableError(TOO_SLOW)
        response = pool.urlopen(
            method, target, headers=headers, timeout=seconds, retries=False, redirect=False, preload_content=False
        )
        response.close()
        return _read_head(response)

    try:
        for pool in pools[:-1]:
            with suppress(ConnectTimeoutError):  # also the base class of refused connections
                return exchange(pool)
        return exchange(pools[-1])
    except HTTPError as error:
        raise _unreachable(_cause(error)) from None


def _read_head(response: urllib3.BaseHTTPResponse) -> Reply:
    headers = response.headers
    # http.client decodes headers as Latin-1; those that are not ASCII are UTF-8.
    location = headers.get("Location", "").strip().encode("latin-1", "replace").decode("utf-8", "replace")
    retry_after = headers.get("Retry-After", "")
    return Reply(
        status=response.status,
        location=_percent_encode(location),
        cookies=headers.getlist("Set-Cookie"),
        retry_after=float(retry_after) if retry_after.isdecimal() else 0,
    )


def _cause(error: BaseException) -> BaseException:
    """Return the exception of the standard library in one of urllib3."""
    while isinstance(error, HTTPError):
        cause = error.__cause__ or error.args[-1]
        if not isinstance(cause, BaseException):
            return error
        error = cause
    return error


def _unreachable(error: BaseException) -> UnreachableError:
    """Return the :class:`UnreachableError` for an error of the connection."""
    match error:
        case TimeoutError():
            return UnreachableError(TOO_SLOW)
        case socket.gaierror():
            return UnreachableError("there is no such host", is_final=error.errno in _NO_SUCH_HOST)
        case ssl.SSLCertVerificationError():
            return UnreachableError(f"its certificate does not hold: {error.verify_message}", is_final=True)
        case ConnectionRefusedError():
            return UnreachableError("it refuses connections")
        case ConnectionError() | HTTPException():
            return UnreachableError("it ends the connection, or does not speak HTTP", is_connected=True)
        case OSError():
            return UnreachableError(f"it cannot be reached: {error.strerror or error}")
    return UnreachableError(f"it cannot be reached: {error}")


def _resolve_addresses(host: str, limits: Limits, *, is_proxied: bool) -> Sequence[str]:
    """Return the addresses of ``host``. Raises :class:`PrivateAddressError` if any of them is private.

    Behind a proxy names of other sites may have no address here: then there are none.
    """
    try:
        addresses = limits.network.resolve(host)
    except OSError as error:
        if is_proxied:
            return ()
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
    return host, parts.port or _PORTS[parts.scheme]


def _pool(scheme: str, host: str, ip: str, port: int) -> urllib3.HTTPConnectionPool:
    """Return connections to an address that was checked: the certificate must be that of the name."""
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(ip, port, server_hostname=host, ssl_context=_tls_context())
    return urllib3.HTTPConnectionPool(ip, port)


def _find_proxy(scheme: str, host: str) -> urllib3.ProxyManager | None:
    """Return the environment's proxy for ``host``."""
    url = "" if proxy_bypass(host) else getproxies().get(scheme, "")
    if not url:
        return None
    try:
        parsed = urllib3.util.parse_url(url if "//" in url else f"http://{url}")
        credentials = unquote(parsed.auth or "", "latin-1") or None  # urllib3 writes Latin-1: the bytes stay
        headers = urllib3.make_headers(proxy_basic_auth=credentials)
        return urllib3.ProxyManager(parsed.url, proxy_headers=headers, ssl_context=_tls_context())
    except LocationValueError:
        raise UnreachableError(f'the proxy "{url}" is no address') from None


@cache
def _tls_context() -> ssl.SSLContext:
    """Return a context that checks certificates as browsers do, which warn readers of invalid ones."""
    return ssl.create_default_context()


def _percent_encode(address: str) -> str:
    """Percent-encode spaces and characters outside of ASCII; existing escapes stay as they are."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]|")
