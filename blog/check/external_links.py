"""Requests the links to other sites, with few requests and within limits of time.

A few hosts are requested at once, and each of them once at a time: by HEAD, and where a host rejects that by GET, of
which the body is not read. Where the failure may be temporary, two retries follow after pauses.
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

from blog.check.host_resolution import Network, is_public
from blog.check.http_client import Limits, PrivateAddressError, UnreachableError, send_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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
"""Budget for the whole run. Good answers are stored: the next run requests the rest."""
MAX_REDIRECTS = 10
_REDIRECTS, _PERMANENT_REDIRECTS = frozenset({301, 302, 303, 307, 308}), frozenset({301, 308})
_GONE = frozenset({404, 410})
_TEMPORARY = frozenset({408, 425, 429})
_LOCAL_DOMAINS = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test")
_HTTP = re.compile("https?://", re.IGNORECASE)
_WEB = Network()

Verdict = Literal["alive", "moved", "barred", "failing", "dead", "private"]


class Answer(Struct, frozen=True, array_like=True):
    """The outcome of one link."""

    verdict: Verdict
    """``barred``: programs get no access; ``failing``: a temporary failure; ``private``: readers cannot reach it."""
    reason: str = ""
    """The verdict in words."""
    target: str = ""
    """The new address after a permanent redirect."""
    is_network: bool = False
    """No host was reached."""
    is_enough: bool = False
    """The host gets no further requests in this run."""


def is_local(url: str) -> bool:
    """Return whether the host name in ``url`` is one of this machine or its network."""
    try:
        host = unicodedata.normalize("NFKC", unquote(urlsplit(url).hostname or ""))
    except ValueError:
        return False
    host = host.replace("\u3002", ".").rstrip(".")
    with suppress(ValueError):
        return not is_public(host)
    with suppress(OSError, UnicodeError):  # short and numeric forms such as 127.1 and 2130706433
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    return "." not in host or host.endswith(_LOCAL_DOMAINS)


def request_all(urls: Iterable[str], network: Network = _WEB) -> Iterator[tuple[str, Answer]]:
    """Yield each of ``urls`` (``http://…``, ``https://…``) with its answer, in the order of the answers.

    URLs that differ in the fragment are one request: fragments are not checked.
    """
    addresses = _group(dict.fromkeys(urls), _strip_fragment)
    hosts = _group(addresses, _host)
    pending: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    for host_addresses in hosts.values():
        pending.put(host_addresses)
    run = Limits(network, time.monotonic() + RUN_SECONDS)
    for _ in range(min(MAX_HOSTS_AT_ONCE, len(hosts))):
        # Daemon threads end with the process: Ctrl-C does not wait for a slow host.
        threading.Thread(target=_request_hosts, args=(pending, answers, run), daemon=True).start()
    for _ in addresses:
        address, answer = answers.get()
        for url in addresses[address]:
            yield url, answer


def _group(items: Iterable[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _strip_fragment(url: str) -> str:
    return url.partition("#")[0]


def _host(url: str) -> str:
    """Return host and port of a URL, without the user name before ``@``."""
    return url.split("/")[2].rpartition("@")[2].lower()


def _request_hosts(
    pending: queue.SimpleQueue[list[str]], answers: queue.SimpleQueue[tuple[str, Answer]], run: Limits
) -> None:
    """Request the addresses of one pending host after the other: the work of a thread."""
    with suppress(queue.Empty):
        while True:
            for result in _request_host(pending.get_nowait(), run):
                answers.put(result)


def _request_host(addresses: list[str], run: Limits) -> Iterator[tuple[str, Answer]]:
    """Yield each address of one host with its answer; one that ``is_enough`` is the answer for the rest."""
    answer = None
    seconds = HOST_SECONDS + HOST_SECONDS_PER_LINK * len(addresses)
    limits = run._replace(deadline=min(run.deadline, time.monotonic() + seconds))
    for number, address in enumerate(addresses):
        if run.remaining_seconds <= 0:
            answer = Answer("failing", f"not asked: the check took longer than {RUN_SECONDS / 60:g} minutes")
        elif limits.remaining_seconds <= 0:
            answer = Answer("failing", f"not asked: {_host(address)} took too long")
        elif answer is None or not answer.is_enough:
            time.sleep(PAUSE_SECONDS if number else 0)
            answer = _request_safely(address, limits)
        yield address, answer


def _request_safely(address: str, limits: Limits) -> Answer:
    try:
        return request(address, limits.network, limits.deadline)
    except Exception as error:  # noqa: BLE001  (without an answer the main thread would wait forever)
        return Answer("failing", f"it cannot be asked: {type(error).__name__}: {error}")


def request(url: str, network: Network = _WEB, deadline: float = inf) -> Answer:
    """Request ``url``, with retries, and return the outcome; ``deadline`` is a time of the monotonic clock."""
    limits = Limits(network, deadline)
    answer, retry_after = _request_once(url, limits)
    for pause in RETRY_SECONDS:
        seconds = retry_after or pause
        if answer.verdict != "failing" or retry_after > MAX_PAUSE_SECONDS or seconds > limits.remaining_seconds:
            break
        time.sleep(seconds)
        answer, retry_after = _request_once(url, limits)
    if retry_after > MAX_PAUSE_SECONDS:
        return structs.replace(answer, is_enough=True)
    return answer


def _request_once(url: str, limits: Limits) -> tuple[Answer, float]:
    """Return the answer, and the seconds after which the host accepts the next request; 0 if unknown."""
    try:
        return _follow_redirects(url, limits)
    except UnreachableError as error:
        is_enough = not (error.is_connected or error.is_elsewhere)
        verdict: Verdict = "dead" if error.is_final else "failing"
        return Answer(verdict, str(error), is_network=True, is_enough=is_enough), 0
    except (ValueError, http.client.InvalidURL) as error:  # also UnicodeError, for host names
        return Answer("dead", f"this is no address ({error})"), 0


def _follow_redirects(url: str, limits: Limits) -> tuple[Answer, float]:
    chain = _RedirectChain(url)
    while not (failure := chain.visit()):
        try:
            reply = chain.request(limits)
        except PrivateAddressError:
            return chain.answer_private(), 0
        if reply.status not in _REDIRECTS or not reply.location:
            return chain.answer(reply), chain.retry_after(reply)
        chain.advance(reply)
    return Answer("dead", failure), 0


class _RedirectChain:
    """The redirects from one URL; cookies that are set on the way are sent back."""

    def __init__(self, url: str) -> None:
        self.start = _strip_fragment(url)
        self.address = self.start
        """The current address."""
        self.is_permanent = True
        """All redirects so far are permanent."""
        self.cookies = _Cookies()
        self.visits: set[tuple[str, str]] = set()
        """Addresses with their cookies."""

    def visit(self) -> str:
        """Record a visit to the current address; return why it must not be requested, or an empty text."""
        is_local_target = is_local(self.address) and not is_local(self.start)
        if is_local_target or not _HTTP.match(self.address):
            return f'it redirects to "{self.address}"'
        visit = self.address, self.cookies.header_for(self.address)
        if visit in self.visits:
            return "it redirects in a circle"
        if len(self.visits) > MAX_REDIRECTS:
            return f"it redirects more than {MAX_REDIRECTS} times"
        self.visits.add(visit)
        return ""

    def request(self, limits: Limits) -> Reply:
        """Request the current address."""
        try:
            return _send_head_first(self.address, self.cookies.header_for(self.address), limits)
        except UnreachableError as error:
            error.is_elsewhere = not self._is_on_first_host()
            raise

    def advance(self, reply: Reply) -> None:
        """Make the target of a redirect the current address."""
        self.cookies.store(self.address, reply.cookies)
        self.is_permanent = self.is_permanent and reply.status in _PERMANENT_REDIRECTS
        self.address = _strip_fragment(urljoin(self.address, reply.location))

    def answer(self, reply: Reply) -> Answer:
        """Return the answer that the last reply means."""
        has_moved = self._is_redirected() and self.is_permanent
        return _judge_reply(reply, self.address if has_moved else "")

    def answer_private(self) -> Answer:
        """Return the answer for a private address."""
        if self._is_redirected():
            return Answer("private", f'redirects to "{self.address}", a private address')
        return Answer("private", "leads to a private address", is_enough=True)

    def retry_after(self, reply: Reply) -> float:
        """Return the seconds of Retry-After; another host cannot stop the requests to the first one."""
        return reply.retry_after if self._is_on_first_host() else min(reply.retry_after, MAX_PAUSE_SECONDS)

    def _is_redirected(self) -> bool:
        return len(self.visits) > 1

    def _is_on_first_host(self) -> bool:
        return urlsplit(self.address).netloc == urlsplit(self.start).netloc


class _Cookies:
    """The cookies of one request and its redirects."""

    def __init__(self) -> None:
        self._hosts: dict[str, dict[str, str]] = {}
        """Host → name → value."""

    def store(self, url: str, headers: Iterable[str]) -> None:
        """Store the cookies in the ``Set-Cookie`` headers of a reply from ``url``."""
        cookies = self._hosts.setdefault(urlsplit(url).netloc, {})
        for header in headers:
            name, _, value = header.partition(";")[0].partition("=")
            cookies[name.strip()] = value.strip()

    def header_for(self, url: str) -> str:
        """Return the ``Cookie`` header of a request to ``url``; empty if there is none."""
        cookies = self._hosts.get(urlsplit(url).netloc, {})
        return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _send_head_first(url: str, cookies: str, limits: Limits) -> Reply:
    """Send HEAD, and GET if the host rejects that."""
    try:
        reply = send_request("HEAD", url, cookies, limits)
    except UnreachableError as error:
        if not error.is_connected:
            raise
        return send_request("GET", url, cookies, limits)
    if reply.status < HTTPStatus.BAD_REQUEST or reply.status in _TEMPORARY:
        return reply
    return send_request("GET", url, cookies, limits)


def _judge_reply(reply: Reply, target: str) -> Answer:
    """Return the answer that a reply means; ``target`` is the new address after permanent redirects, or empty."""
    phrase = http.client.responses.get(reply.status, "")
    reason = f"it answers {reply.status} {phrase}".rstrip()
    if reply.status >= HTTPStatus.BAD_REQUEST:
        return Answer(_judge_error(reply.status), reason)
    if reply.status in _REDIRECTS:
        return Answer("dead", f"{reason}, but not where to")
    return Answer("moved", reason, target) if target else Answer("alive", reason)


def _judge_error(status: int) -> Verdict:
    if status in _GONE:
        return "dead"
    if status in _TEMPORARY or status in range(HTTPStatus.INTERNAL_SERVER_ERROR, 600):
        return "failing"
    return "barred"
