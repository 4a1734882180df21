"""Asks the web whether links to other sites still lead somewhere: politely, and never longer than it has to.

A few hosts at once and each of them one question at a time; HEAD, then GET where a host does not like HEAD, of which
the body is not read; once more, later, where the answer may be that of a bad moment. HTTP by RFC 9110
<https://www.rfc-editor.org/rfc/rfc9110>; proxies by the environment, as curl has them.
"""

from __future__ import annotations

import http.client
import queue
import re
import socket
import ssl
import threading
import time
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import quote, urljoin, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from msgspec import Struct

from blog import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from urllib.parse import SplitResult

AT_ONCE = 8
"""Hosts."""
PAUSE = 0.3
"""Seconds between two questions to one host;"""
LATER = (2.0, 8.0)
"""before it is asked once more; a host may name others,"""
LONGEST_PAUSE = 30.0
"""up to this."""
SECONDS = 10.0
"""Without a sign of life;"""
DEADLINE = 25.0
"""for one question, whatever trickles in."""
HOPS = 10
_MOVED, _MOVED_FOR_GOOD = frozenset({301, 302, 303, 307, 308}), frozenset({301, 308})
_GONE = frozenset({404, 410})
_BUSY = frozenset({408, 425, 429})
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_HEADERS = {"User-Agent": f"reflective-blog/{__version__} (checks links)", "Accept": "*/*", "Connection": "close"}


class Answer(Struct, frozen=True, array_like=True):
    """What became of a link."""

    verdict: Literal["alive", "moved", "barred", "failing", "dead"]
    """``barred``: programs are not let in; ``failing``: no answer for now."""
    why: str = ""
    """In words."""
    target: str = ""
    """Where it has moved for good."""
    is_network: bool = False
    """Nobody was reached at all."""


class _Reply(NamedTuple):
    status: int
    location: str
    after: float
    """Seconds after which the host wants to be asked again; 0: it does not say."""


class _UnreachableError(Exception):
    """Nobody answers; whether anybody ever will."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


def ask_all(urls: Iterable[str]) -> Iterator[tuple[str, Answer]]:
    """Each of ``urls`` (``http://…``, ``https://…``) with its answer, as they come in.

    Fragments are left out of the questions: what is on a page is not looked for.
    """
    hosts: dict[str, list[str]] = {}
    for url in dict.fromkeys(urls):
        hosts.setdefault(url.split("/")[2].lower(), []).append(url)
    waiting: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    for group in hosts.values():
        waiting.put(group)
    for _ in range(min(AT_ONCE, len(hosts))):
        # They end with the process: Ctrl-C does not wait for a slow host.
        threading.Thread(target=_work, args=(waiting, answers), daemon=True).start()
    for _ in range(sum(map(len, hosts.values()))):
        yield answers.get()


def _work(waiting: queue.SimpleQueue[list[str]], answers: queue.SimpleQueue[tuple[str, Answer]]) -> None:
    with suppress(queue.Empty):
        while True:
            for number, url in enumerate(waiting.get_nowait()):
                time.sleep(PAUSE if number else 0)
                answers.put((url, ask(url)))


def ask(url: str) -> Answer:
    """What becomes of a link to ``url``. Never raises."""
    for pause in (*LATER, None):
        answer, after = _ask_once(url)
        if answer.verdict != "failing" or pause is None or after > LONGEST_PAUSE:
            break
        time.sleep(after or pause)
    return answer


def _ask_once(url: str) -> tuple[Answer, float]:
    """The answer, and the seconds after which the host wants to be asked again."""
    try:
        return _follow(url)
    except _UnreachableError as error:
        return Answer("dead" if error.is_final else "failing", str(error), is_network=True), 0
    except (ValueError, http.client.InvalidURL) as error:  # UnicodeError, of host names, is one
        return Answer("dead", f"this is no address ({error})"), 0


def _follow(url: str) -> tuple[Answer, float]:
    at, for_good, seen = url.partition("#")[0], True, set[str]()
    while at not in seen and len(seen) <= HOPS:
        seen.add(at)
        reply = _request("HEAD", at)
        if not (reply.status < HTTPStatus.BAD_REQUEST or reply.status in _BUSY):
            reply = _request("GET", at)
        if reply.status not in _MOVED or not reply.location:
            return _judge(reply, at if len(seen) > 1 and for_good else ""), reply.after
        for_good = for_good and reply.status in _MOVED_FOR_GOOD
        at = urljoin(at, reply.location).partition("#")[0]
        if not re.match("https?://", at, re.IGNORECASE):
            return Answer("dead", f'it redirects to "{at}"'), 0
    return Answer("dead", "it redirects in a circle" if at in seen else f"it redirects more than {HOPS} times"), 0


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


def _request(method: str, url: str) -> _Reply:
    """Ask once. Raises :class:`_UnreachableError`, and :class:`ValueError` for what is no address."""
    parts = urlsplit(url)
    connection, path = _connection(parts)
    cut = threading.Event()

    def end() -> None:
        cut.set()
        with suppress(OSError, AttributeError):  # it has ended by itself
            connection.sock.shutdown(socket.SHUT_RDWR)

    alarm = threading.Timer(DEADLINE, end)
    alarm.daemon = True
    alarm.start()
    try:
        connection.request(method, path, headers=_HEADERS)
        response = connection.getresponse()
        if cut.is_set():  # what came until then would pass for an answer
            raise TimeoutError
        after = response.headers.get("Retry-After", "")
        return _Reply(
            response.status,
            _ascii(response.headers.get("Location", "").strip()),
            float(after) if after.isdecimal() else 0,
        )
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
        return _UnreachableError("it ends the connection, or does not speak HTTP")
    assert isinstance(error, OSError)
    return _UnreachableError(f"it cannot be reached: {error.strerror or error}")


def _connection(parts: SplitResult) -> tuple[http.client.HTTPConnection, str]:
    """A connection that is not open yet, and what to ask it for."""
    host = parts.hostname or ""
    if not host:
        raise ValueError("it names no host")
    host = host if host.isascii() else host.encode("idna").decode()
    secure = parts.scheme.lower() == "https"
    port = parts.port or (443 if secure else 80)
    path = _ascii(urlunsplit(("", "", parts.path or "/", parts.query, "")))
    proxy = urlsplit("" if proxy_bypass(host) else getproxies().get(parts.scheme.lower(), ""))
    near = (proxy.hostname, proxy.port or 80) if proxy.hostname else (host, port)
    if not secure:
        name = f"[{host}]" if ":" in host else host
        wanted = f"http://{name}:{port}{path}" if proxy.hostname else path
        return http.client.HTTPConnection(*near, timeout=SECONDS), wanted
    connection = http.client.HTTPSConnection(*near, timeout=SECONDS, context=_trusted())
    if proxy.hostname:
        connection.set_tunnel(host, port)
    return connection, path


@cache
def _trusted() -> ssl.SSLContext:
    """Certificates are checked as browsers check them: readers would be warned."""
    return ssl.create_default_context()


def _ascii(address: str) -> str:
    """What is not ASCII, or is a space, percent-encoded; what is encoded stays as it is."""
    return quote(address, safe="%/:=&?~#+!$,;'@()*[]|")
