"""Asks the web whether links to other sites still lead somewhere: politely, and never longer than it has to.

A few hosts at once and each of them one question at a time; HEAD, then GET where a host does not like HEAD, of which
the body is not read; twice more, later, where the answer may be that of a bad moment.
"""

from __future__ import annotations

import http.client
import queue
import re
import socket
import threading
import time
import unicodedata
from contextlib import suppress
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote, urljoin, urlsplit

from msgspec import Struct, structs

from blog.check.hosts import Network, is_public
from blog.check.http_client import Limits, PrivateAddressError, UnreachableError, send_request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blog.check.http_client import Reply

MAX_HOSTS_AT_ONCE = 8
"""Number of hosts that are requested at the same time."""
PAUSE_SECONDS = 0.3
"""Seconds between two requests to one host."""
RETRY_SECONDS = (2.0, 8.0)
"""Seconds before the two retries; a host may ask for longer ones (Retry-After)."""
MAX_PAUSE_SECONDS = 30.0
"""Longest wait that a host may ask for."""
HOST_SECONDS = 60.0
"""Budget for all requests to one host."""
HOST_SECONDS_PER_LINK = 1.0
"""Added to the budget for each link of the host: some hosts have hundreds, and answer at once."""
RUN_SECONDS = 1800.0
"""Budget for the whole run. Good answers are remembered: the next run requests the rest."""
MAX_REDIRECTS = 10
_MOVED, _MOVED_FOR_GOOD = frozenset({301, 302, 303, 307, 308}), frozenset({301, 308})
_GONE = frozenset({404, 410})
_OWN_NETWORK = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")
_BUSY = frozenset({408, 425, 429})
_WEB = Network()


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
    run = Limits(network, time.monotonic() + RUN_SECONDS)
    for _ in range(min(MAX_HOSTS_AT_ONCE, len(hosts))):
        # They end with the process: Ctrl-C does not wait for a slow host.
        threading.Thread(target=_work, args=(waiting, answers, run), daemon=True).start()
    for _ in wanted:
        asked, answer = answers.get()
        yield from ((url, answer) for url in wanted[asked])


def _host(url: str) -> str:
    """The host of a URL, with its port: whom it names before ``@`` makes no other host of it."""
    return url.split("/")[2].rpartition("@")[2].lower()


def _work(waiting: queue.SimpleQueue[list[str]], answers: queue.SimpleQueue[tuple[str, Answer]], run: Limits) -> None:
    with suppress(queue.Empty):
        while True:
            for url, answer in _ask_host(waiting.get_nowait(), run):
                answers.put((url, answer))


def _ask_host(urls: list[str], run: Limits) -> Iterator[tuple[str, Answer]]:
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
    limits = Limits(network, until)
    for pause in (*RETRY_SECONDS, None):
        answer, after = _ask_once(url, limits)
        if after > MAX_PAUSE_SECONDS:
            return structs.replace(answer, is_enough=True)
        if answer.verdict != "failing" or pause is None or limits.seconds < (after or pause):
            break
        time.sleep(after or pause)
    return answer


def _ask_once(url: str, limits: Limits) -> tuple[Answer, float]:
    """The answer, and the seconds after which the host wants to be asked again."""
    try:
        return _follow(url, limits)
    except UnreachableError as error:
        is_enough = not (error.is_deaf or error.is_elsewhere)
        verdict: Verdict = "dead" if error.is_final else "failing"
        return Answer(verdict, str(error), is_network=True, is_enough=is_enough), 0
    except (ValueError, http.client.InvalidURL) as error:  # UnicodeError, of host names, is one
        return Answer("dead", f"this is no address ({error})"), 0


def _follow(url: str, limits: Limits) -> tuple[Answer, float]:
    """Follow the redirects from ``url`` and return the last answer; cookies set on the way are sent back."""
    at, for_good, cookies, seen = url.partition("#")[0], True, _Cookies(), set[tuple[str, str]]()
    while (at, cookies.of(at)) not in seen and len(seen) <= MAX_REDIRECTS:
        seen.add((at, cookies.of(at)))
        is_first = urlsplit(at).netloc == urlsplit(url).netloc
        try:
            reply = _ask_head_first(at, cookies.of(at), limits)
        except PrivateAddressError:
            is_redirected = len(seen) > 1
            why = f'redirects to "{at}", a private address' if is_redirected else "leads to a private address"
            return Answer("private", why, is_enough=not is_redirected), 0
        except UnreachableError as error:
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


def _ask_head_first(url: str, cookies: str, limits: Limits) -> Reply:
    try:
        reply = send_request("HEAD", url, cookies, limits)
    except UnreachableError as error:
        if not error.is_deaf:
            raise
        return send_request("GET", url, cookies, limits)
    is_liked = reply.status < HTTPStatus.BAD_REQUEST or reply.status in _BUSY
    return reply if is_liked else send_request("GET", url, cookies, limits)


def _judge(reply: Reply, moved: str) -> Answer:
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
