"""Requests the links to other sites, with few requests and within limits of time.

A few hosts are requested at once, and each of them once at a time: by HEAD, and where a host rejects that by GET, of
which the body is not read. Where the failure may be temporary, two retries follow after pauses.
"""

from __future__ import annotations

import http.client
import queue
import re
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin, urlsplit

from msgspec import Struct, structs

from blog.check.hosts import Network, is_local
from blog.check.http_client import TOO_SLOW, Limits, PrivateAddressError, UnreachableError, send_request

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
LINK_SECONDS = 45.0
"""Budget for one link, with its redirects and retries."""
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
            answer = request(address, limits.network, limits.deadline)
        yield address, answer


def request(url: str, network: Network = _WEB, deadline: float = inf) -> Answer:
    """Request ``url``, with retries, and return the outcome; ``deadline`` is a time of the monotonic clock.

    A lookup or a reply that arrives byte by byte cannot be interrupted: its thread continues without a reader, and
    sends no further request.
    """
    limits = Limits(network, min(deadline, time.monotonic() + LINK_SECONDS))
    answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_request_safely(url, limits)), daemon=True).start()
    try:
        return answers.get(timeout=max(limits.remaining_seconds, 0))
    except queue.Empty:
        return Answer("failing", TOO_SLOW, is_network=True)


def _request_safely(url: str, limits: Limits) -> Answer:
    try:
        return _request_with_retries(url, limits)
    except Exception as error:  # noqa: BLE001  (the thread has no other way to report it)
        return Answer("failing", f"it cannot be asked: {type(error).__name__}: {error}")


def _request_with_retries(url: str, limits: Limits) -> Answer:
    answer, retry_after = _request_once(url, limits)
    for pause in RETRY_SECONDS:
        seconds = retry_after or pause
        if answer.verdict != "failing" or retry_after > MAX_PAUSE_SECONDS or seconds > limits.remaining_seconds:
            break
        time.sleep(seconds)
        answer, retry_after = _request_once(url, limits)
    return structs.replace(answer, is_enough=answer.is_enough or retry_after > MAX_PAUSE_SECONDS)


def _request_once(url: str, limits: Limits) -> tuple[Answer, float]:
    """Return the answer, and the seconds after which the host accepts the next request; 0 if unknown."""
    redirects = _Redirects(_strip_fragment(url))
    try:
        return redirects.follow(limits)
    except PrivateAddressError:
        if redirects.has_left:
            return Answer("private", f'redirects to "{redirects.url}", a private address'), 0
        return Answer("private", "leads to a private address", is_enough=True), 0
    except UnreachableError as error:
        verdict: Verdict = "dead" if error.is_final else "failing"
        is_enough = not error.is_connected and redirects.is_on_first_host
        return Answer(verdict, str(error), is_network=True, is_enough=is_enough), 0
    except ValueError as error:  # also UnicodeError, for host names
        return Answer("dead", f"this is no address ({error})"), 0


class _Redirects:
    """The redirects from one URL; cookies that are set on the way are sent back."""

    def __init__(self, url: str) -> None:
        self.start = url
        self.url = url
        """The current address."""
        self.visits: set[tuple[str, str]] = set()
        """Addresses with their cookies."""
        self.cookies = _Cookies()

    @property
    def has_left(self) -> bool:
        """Return whether there was a redirect."""
        return len(self.visits) > 1

    @property
    def is_on_first_host(self) -> bool:
        """Return whether the current address is on the host of the first one."""
        return _host(self.url) == _host(self.start)

    def follow(self, limits: Limits) -> tuple[Answer, float]:
        """Return the last answer, and the seconds after which the first host accepts the next request."""
        is_permanent = True
        while not (refusal := self._refuse()):
            cookies = self.cookies.header_for(self.url)
            self.visits.add((self.url, cookies))
            reply = _send_head_first(self.url, cookies, limits)
            if reply.status not in _REDIRECTS or not reply.location:
                pause = reply.retry_after if self.is_on_first_host else min(reply.retry_after, MAX_PAUSE_SECONDS)
                return _judge_reply(reply, self.url if self.has_left and is_permanent else ""), pause
            self.cookies.store(self.url, reply.cookies)
            is_permanent = is_permanent and reply.status in _PERMANENT_REDIRECTS
            self.url = _strip_fragment(urljoin(self.url, reply.location))
        return Answer("dead", refusal), 0

    def _refuse(self) -> str:
        """Return why the current address must not be requested, or an empty text."""
        if not _HTTP.match(self.url) or (is_local(self.url) and not is_local(self.start)):
            return f'it redirects to "{self.url}"'
        if (self.url, self.cookies.header_for(self.url)) in self.visits:
            return "it redirects in a circle"
        return f"it redirects more than {MAX_REDIRECTS} times" if len(self.visits) > MAX_REDIRECTS else ""


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
