"""Asks the web whether links to other sites still lead somewhere: politely, and never longer than it has to.

A few hosts at once and each of them one question at a time; HEAD, then GET where a host does not like HEAD, of which
the body is not read; twice more, later, where the answer may be that of a bad moment. HTTP by RFC 9110
<https://www.rfc-editor.org/rfc/rfc9110>; proxies by the environment, as curl has them.

The address that is connected to decides whether a host may be asked: it is looked up once for each request, checked,
and connected to. Behind a proxy, which looks names up itself, a host that has a private address here is not asked for.
"""

from __future__ import annotations

import http.client
import queue
import re
import socket
import ssl
import threading
import time
import unicodedata
from base64 import b64encode
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from msgspec import Struct, structs

from blog import __version__
from blog.check.hosts import Network, is_public

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from urllib.parse import SplitResult

MAX_HOSTS_AT_ONCE = 8
"""Number of hosts that are requested at the same time."""
PAUSE_SECONDS = 0.3
"""Seconds between two requests to one host."""
RETRY_SECONDS = (2.0, 8.0)
"""Seconds before the two retries; a host may ask for longer ones (Retry-After)."""
MAX_PAUSE_SECONDS = 30.0
"""Longest wait that a host may ask for."""
TIMEOUT_SECONDS = 10.0
"""Timeout for each read and write."""
REQUEST_SECONDS = 25.0
"""Budget for one request, also if the answer trickles in."""
LOOKUP_SECONDS = 5.0
"""Timeout for the lookup of a host."""
HOST_SECONDS = 60.0
"""Budget for all requests to one host."""
HOST_SECONDS_PER_LINK = 1.0
"""Added to the budget for each link of the host: some hosts have hundreds, and answer at once."""
RUN_SECONDS = 1800.0
"""Budget for the whole run. Good answers are remembered: the next run requests the rest."""
MAX_REDIRECTS = 10
_MOST_ADDRESSES = 4
"""Addresses of one host that are tried."""
_MOVED, _MOVED_FOR_GOOD = frozenset({301, 302, 303, 307, 308}), frozenset({301, 308})
_GONE = frozenset({404, 410})
_OWN_NETWORK = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")
_BUSY = frozenset({408, 425, 429})
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_WEB = Network()
_HEADERS = {"User-Agent": f"reflective-blog/{__version__} (checks links)", "Accept": "*/*", "Connection": "close"}


Verdict = Literal["alive", "moved", "barred", "failing", "dead", "private"]


class Answer(Struct, frozen=True, array_like=True):
    """The outcome of one link."""

    verdict: Verdict
    """``barred``: programs are not let in; ``failing``: no answer for now; ``private``: no address for readers."""
    reason: str = ""
    """The verdict in words."""
    target: str = ""
    """The new address after a permanent redirect."""
    is_network: bool = False
    """Nobody was reached at all."""
    is_enough: bool = False
    """The host does not want to be asked for anything else now."""


class _Reply(NamedTuple):
    status: int
    location: str
    cookies: tuple[str, ...]
    after: float
    """Seconds after which the host wants to be asked again; 0: it does not say."""


class _UnreachableError(Exception):
    """Nobody answers."""

    def __init__(self, why: str, *, is_final: bool = False, is_deaf: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final
        """Nobody ever will."""
        self.is_deaf = is_deaf
        """Somebody is there, and does not like the question."""
        self.is_elsewhere = False
        """The address is on another host than the first one."""


class _PrivateError(Exception):
    """The host has an address that readers do not reach."""


class _Limits(NamedTuple):
    """The limits of one request."""

    network: Network
    until: float
    """Deadline by the monotonic clock."""

    @property
    def seconds(self) -> float:
        """Return the seconds until the deadline."""
        return self.until - time.monotonic()


def is_local(url: str) -> bool:
    """Return whether the host name in ``url`` is one that only this machine or its network knows."""
    try:
        host = unicodedata.normalize("NFKC", unquote(urlsplit(url).hostname or "")).replace("\u3002", ".").rstrip(".")
    except ValueError:
        return False
    with suppress(ValueError):
        return not is_public(host)
    with suppress(OSError, UnicodeError):  # 127.1, 2130706433, as programs read them
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    return "." not in host or host.endswith(_OWN_NETWORK)


def request_all(urls: Iterable[str], network: Network = _WEB) -> Iterator[tuple[str, Answer]]:
    """Each of ``urls`` (``http://…``, ``https://…``) with its answer, as they come in.

    Fragments are left out of the questions: what is on a page is not looked for.
    """
    wanted: dict[str, list[str]] = {}
    for url in dict.fromkeys(urls):
        wanted.setdefault(url.partition("#")[0], []).append(url)
    hosts: dict[str, list[str]] = {}
    for url in wanted:
        hosts.setdefault(_host(url), []).append(url)
    waiting: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    for group in hosts.values():
        waiting.put(group)
    run = _Limits(network, time.monotonic() + RUN_SECONDS)
    for _ in range(min(MAX_HOSTS_AT_ONCE, len(hosts))):
        # They end with the process: Ctrl-C does not wait for a slow host.
        threading.Thread(target=_work, args=(waiting, answers, run), daemon=True).start()
    for _ in wanted:
        asked, answer = answers.get()
        yield from ((url, answer) for url in wanted[asked])


def _host(url: str) -> str:
    """The host of a URL, with its port: whom it names before ``@`` makes no other host of it."""
    return url.split("/")[2].rpartition("@")[2].lower()


def _work(waiting: queue.SimpleQueue[list[str]], answers: queue.SimpleQueue[tuple[str, Answer]], run: _Limits) -> None:
    with suppress(queue.Empty):
        while True:
            for url, answer in _ask_host(waiting.get_nowait(), run):
                answers.put((url, answer))


def _ask_host(urls: list[str], run: _Limits) -> Iterator[tuple[str, Answer]]:
    """Ask one host for all; where nobody answers, or wants to be left alone, the rest is as the last one."""
    answer = None
    limits = run._replace(until=min(run.until, time.monotonic() + HOST_SECONDS + HOST_SECONDS_PER_LINK * len(urls)))
    for number, url in enumerate(urls):
        if run.seconds <= 0:
            answer = Answer("failing", f"not asked: the check took longer than {RUN_SECONDS / 60:g} minutes")
        elif limits.seconds <= 0:
            answer = Answer("failing", f"not asked: {_host(url)} took too long")
        elif answer is None or not answer.is_enough:
            time.sleep(PAUSE_SECONDS if number else 0)
            try:
                answer = request(url, limits.network, limits.until)
            except Exception as error:  # noqa: BLE001  (what nobody foresaw must not keep the others waiting)
                answer = Answer("failing", f"it cannot be asked: {type(error).__name__}: {error}")
        yield url, answer


def request(url: str, network: Network = _WEB, until: float = inf) -> Answer:
    """Request ``url`` and return the outcome; ``until`` is a deadline by the monotonic clock."""
    limits = _Limits(network, until)
    for pause in (*RETRY_SECONDS, None):
        answer, after = _ask_once(url, limits)
        if after > MAX_PAUSE_SECONDS:
            return structs.replace(answer, is_enough=True)
        if answer.verdict != "failing" or pause is None or limits.seconds < (after or pause):
            break
        time.sleep(after or pause)
    return answer


def _ask_once(url: str, limits: _Limits) -> tuple[Answer, float]:
    """The answer, and the seconds after which the host wants to be asked again."""
    try:
        return _follow(url, limits)
    except _UnreachableError as error:
        is_enough = not (error.is_deaf or error.is_elsewhere)
        verdict: Verdict = "dead" if error.is_final else "failing"
        return Answer(verdict, str(error), is_network=True, is_enough=is_enough), 0
    except (ValueError, http.client.InvalidURL) as error:  # UnicodeError, of host names, is one
        return Answer("dead", f"this is no address ({error})"), 0


def _follow(url: str, limits: _Limits) -> tuple[Answer, float]:
    """Follow the redirects from ``url`` and return the last answer; cookies set on the way are sent back."""
    at, for_good, cookies, seen = url.partition("#")[0], True, _Cookies(), set[tuple[str, str]]()
    while (at, cookies.of(at)) not in seen and len(seen) <= MAX_REDIRECTS:
        seen.add((at, cookies.of(at)))
        is_first = urlsplit(at).netloc == urlsplit(url).netloc
        try:
            reply = _ask_head_first(at, cookies.of(at), limits)
        except _PrivateError:
            is_redirected = len(seen) > 1
            why = f'redirects to "{at}", a private address' if is_redirected else "leads to a private address"
            return Answer("private", why, is_enough=not is_redirected), 0
        except _UnreachableError as error:
            error.is_elsewhere = not is_first
            raise
        if reply.status not in _MOVED or not reply.location:
            after = reply.after if is_first else min(reply.after, MAX_PAUSE_SECONDS)
            return _judge(reply, at if len(seen) > 1 and for_good else ""), after
        cookies.keep(at, reply.cookies)
        for_good = for_good and reply.status in _MOVED_FOR_GOOD
        at = urljoin(at, reply.location).partition("#")[0]
        if not re.match("https?://", at, re.IGNORECASE) or (is_local(at) and not is_local(url)):
            return Answer("dead", f'it redirects to "{at}"'), 0
    is_round = (at, cookies.of(at)) in seen
    return Answer(
        "dead", "it redirects in a circle" if is_round else f"it redirects more than {MAX_REDIRECTS} times"
    ), 0


class _Cookies:
    """The cookies of one request and its redirects."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, str]] = {}

    def keep(self, url: str, written: Iterable[str]) -> None:
        for cookie in written:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.known.setdefault(urlsplit(url).netloc, {})[name.strip()] = value.strip()

    def of(self, url: str) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.known.get(urlsplit(url).netloc, {}).items())


def _ask_head_first(url: str, cookies: str, limits: _Limits) -> _Reply:
    try:
        reply = _request("HEAD", url, cookies, limits)
    except _UnreachableError as error:
        if not error.is_deaf:
            raise
        return _request("GET", url, cookies, limits)
    is_liked = reply.status < HTTPStatus.BAD_REQUEST or reply.status in _BUSY
    return reply if is_liked else _request("GET", url, cookies, limits)


def _judge(reply: _Reply, moved: str) -> Answer:
    status = reply.status
    phrase = next((f" {known.phrase}" for known in HTTPStatus if known == status), "")
    why = f"it answers {status}{phrase}"
    if status in _GONE:
        return Answer("dead", why)
    if status in _BUSY or HTTPStatus.INTERNAL_SERVER_ERROR <= status < 600:
        return Answer("failing", why)
    if status >= HTTPStatus.BAD_REQUEST:
        return Answer("barred", why)
    if status in _MOVED:
        return Answer("dead", f"{why}, but not where to")
    return Answer("moved", why, moved) if moved else Answer("alive", why)


def _request(method: str, url: str, cookies: str, limits: _Limits) -> _Reply:
    """Ask once.

    Raises :class:`_UnreachableError`, :class:`_PrivateError`, and :class:`ValueError` for what is no address.
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
        return _Reply(response.status, _ascii(location), tuple(headers.get_all("Set-Cookie", ())), seconds)
    except (OSError, http.client.HTTPException) as error:
        if cut.is_set() or isinstance(error, TimeoutError):
            raise _UnreachableError("it does not answer in time") from None
        raise _unreachable(error) from None
    finally:
        alarm.cancel()
        connection.close()


def _unreachable(error: Exception) -> _UnreachableError:
    if isinstance(error, socket.gaierror):
        return _UnreachableError("there is no such host", is_final=error.errno in _NO_SUCH_HOST)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _UnreachableError(f"its certificate does not hold: {error.verify_message}", is_final=True)
    if isinstance(error, ConnectionRefusedError):
        return _UnreachableError("it refuses connections")
    if isinstance(error, ConnectionError | http.client.HTTPException):
        return _UnreachableError("it ends the connection, or does not speak HTTP", is_deaf=True)
    assert isinstance(error, OSError)
    return _UnreachableError(f"it cannot be reached: {error.strerror or error}")


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


def _addresses(host: str, limits: _Limits, *, is_proxied: bool) -> Sequence[str]:
    """The addresses of ``host``, of which none is private: a host that has both is not trusted with either.

    Behind a proxy names of other sites may have no address here: then there are none.
    """
    try:
        found = limits.network.resolve(host, min(LOOKUP_SECONDS, limits.seconds))
    except TimeoutError:
        if is_proxied:
            return ()
        raise _UnreachableError("its name server does not answer in time") from None
    except OSError as error:
        if is_proxied:
            return ()
        raise _unreachable(error) from None
    if not all(map(limits.network.is_public, found)):
        raise _PrivateError
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


def _connection(parts: SplitResult, limits: _Limits) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
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
        raise _UnreachableError(f'the proxy "{written}" is no address') from None
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
