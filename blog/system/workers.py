"""Work in forked processes: spread over the cores, and bounded in time and memory where its input is not trusted.

The result does not depend on the number of processes. A worker that takes more than it may is killed and replaced.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import struct
import sys
import threading
import time
import traceback
from collections import deque
from contextlib import closing, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

_In = TypeVar("_In")
_Out = TypeVar("_Out")
FORK_LOCK = threading.Lock()
"""Held while processes are forked: a thread that uses SQLite holds it too, or they would inherit its locks for ever."""
WORTH_IT = 60
"""Fewer items than this are done sooner than processes start."""
_AHEAD = 3
"""Chunks that a worker is given before it has finished the first, so that it never waits for the parent."""
_PATIENCE = 20
"""Seconds of the clock that an item may take for each second of processor time that it may take."""
_READ_SIZE = 1 << 20
_CHUNK = struct.Struct("<QQ")
_LENGTH = struct.Struct("<Q")


class ResourceLimit(NamedTuple):
    """The most that one item may take."""

    seconds: float
    """Limit of processor time, which does not depend on the load of the machine."""
    memory_bytes: int
    """Bytes, beside what the process has already. Linux alone can see to that."""

    def __str__(self) -> str:
        return f"{self.seconds:g} seconds or {self.memory_bytes / (1 << 30):g} GB of memory"


class LimitExceededError(Exception):
    """An item took more than its bound, or its process crashed."""


def map_parallel(function: Callable[[_In], _Out], items: Sequence[_In], jobs: int) -> Generator[_Out, None, None]:
    """``function(item)`` for each item in order, by ``jobs`` processes where they can be forked and are worth it.

    The processes inherit ``function`` and ``items``; only results travel, so only these must be picklable. Raises the
    first exception, in the order of the items. Use it with ``contextlib.closing``: what ends the loop from outside,
    such as a signal, must end the workers before the build puts its files away.
    """
    with closing(map_limited(function, items, jobs, lambda _: None)) as results:
        for found in results:
            if isinstance(found, LimitExceededError):
                raise found
            yield found


def map_limited(
    function: Callable[[_In], _Out], items: Sequence[_In], jobs: int, bound_of: Callable[[_In], ResourceLimit | None]
) -> Generator[_Out | LimitExceededError, None, None]:
    """Map like :func:`map_parallel`; an item with a limit is done by a worker, which is killed when it exceeds it.

    Yields a :class:`LimitExceededError` as the result of such an item. Whatever ends the loop over the results, a
    signal too, kills the workers at once. Where processes cannot be forked, nothing is bounded.
    """
    bounds = [bound_of(item) for item in items]
    everything = jobs > 1 and len(items) >= WORTH_IT
    sent = [index for index, bound in enumerate(bounds) if everything or bound]
    if not sent or not _can_fork():
        yield from map(function, items)
        return
    pool = _Pool(function, items, bounds, sent, jobs)
    try:
        yield from pool.results()
    finally:
        pool.kill()


def run_limited(function: Callable[[_In], _Out], item: _In, bound: ResourceLimit) -> _Out:
    """``function(item)``, by a worker. Raises :class:`LimitExceededError` if it takes more than ``bound``."""
    (found,) = map_limited(function, [item], 1, lambda _: bound)
    if isinstance(found, LimitExceededError):
        raise found
    return found


def _can_fork() -> bool:
    return hasattr(os, "fork")


class _InWorkerError(Exception):
    """The traceback of an exception that was raised in a worker."""


class _Worker:
    """A forked process, as its parent sees it."""

    def __init__(self, pid: int, tasks: int, results: int) -> None:
        self.pid = pid
        self.tasks = tasks
        """File descriptor to which chunks are sent."""
        self.results = results
        """File descriptor from which results are read."""
        self.chunks: deque[tuple[int, int]] = deque()
        """Chunks that were sent and are not finished, in order."""
        self.since = 0.0
        """Start of the work on the first chunk, or later."""
        self.received = bytearray()

    def give(self, chunk: tuple[int, int]) -> None:
        """Ask for the results of a chunk."""
        if not self.chunks:
            self.since = time.monotonic()
        self.chunks.append(chunk)
        with suppress(BrokenPipeError):  # it is dead, which its results will tell
            os.write(self.tasks, _CHUNK.pack(*chunk))

    def messages(self) -> Iterator[bytes]:
        """The messages that have come whole."""
        while len(self.received) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self.received)
            end = _LENGTH.size + length
            if len(self.received) < end:
                return
            message = bytes(memoryview(self.received)[_LENGTH.size : end])
            del self.received[:end]
            yield message

    def kill(self) -> None:
        """Let the system end it at once, whatever it does."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Kill it, and wait until the system has put it away."""
        self.kill()
        os.close(self.tasks)
        os.close(self.results)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


class _Pool:
    """Workers, and the results that they have given and nobody has taken yet."""

    def __init__(
        self,
        function: Callable[[Any], Any],
        items: Sequence[Any],
        bounds: Sequence[ResourceLimit | None],
        sent: Sequence[int],
        jobs: int,
    ) -> None:
        self.function = function
        self.items = items
        self.bounds = bounds
        self.sent = sent
        """Indices of the items that workers do; a chunk is a slice of this list."""
        self.jobs = max(1, jobs)
        self.workers: list[_Worker] = []
        size = max(1, min(32, len(sent) // (self.jobs * 8)))
        self.chunks = deque((start, min(start + size, len(sent))) for start in range(0, len(sent), size))
        self.found: dict[int, tuple[str, Any]] = {}

    def results(self) -> Iterator[Any]:
        """The results in the order of the items; what is not sent to a worker is done here, in its turn."""
        sent = set(self.sent)
        self._fork_workers()
        for index, item in enumerate(self.items):
            if index in sent:
                yield self._result(index)
            else:
                self._receive(0)
                yield self.function(item)

    def kill(self) -> None:
        """End all workers, whatever they do."""
        for worker in self.workers:
            worker.kill()
        while self.workers:
            self.workers.pop().close()

    def _result(self, index: int) -> Any:
        while index not in self.found:
            self._receive(self._seconds_left())
        kind, value = self.found.pop(index)
        if kind == "lost":  # the system has ended its process, for want of memory perhaps: this one is needed anyway
            return self.function(self.items[index])
        if kind == "raised":
            error, trace = value
            raise error from _InWorkerError(trace)
        return value

    # giving

    def _fork_workers(self) -> None:
        while self.chunks and len(self.workers) < self.jobs:
            self._fork_worker()
        for _ in range(_AHEAD):
            for worker in self.workers:
                if self.chunks and len(worker.chunks) < _AHEAD:
                    worker.give(self.chunks.popleft())

    def _fork_worker(self) -> None:
        task_reader, task_writer = os.pipe()
        result_reader, result_writer = os.pipe()
        with FORK_LOCK, _no_signals():
            pid = os.fork()
            if pid == 0:
                others = [end for worker in self.workers for end in (worker.tasks, worker.results)]
                self._be_worker(task_reader, result_writer, [task_writer, result_reader, *others])
            worker = _Worker(pid, task_writer, result_reader)
            self.workers.append(worker)
        os.close(task_reader)
        os.close(result_writer)
        worker.give(self.chunks.popleft())

    # taking

    def _receive(self, seconds: float | None) -> None:
        """Take what has come, after waiting so long for it, and see that no worker is idle or takes too long."""
        by_end = {worker.results: worker for worker in self.workers}
        waiting = select.poll()
        for end in by_end:
            waiting.register(end, select.POLLIN)
        ready = [by_end[end] for end, _ in waiting.poll(None if seconds is None else seconds * 1000)]
        for worker in ready:
            self._read(worker)
        for worker in [worker for worker in self.workers if worker not in ready]:
            if self._limit(worker) < time.monotonic():
                self._lose(worker)
        self._fork_workers()

    def _read(self, worker: _Worker) -> None:
        data = os.read(worker.results, _READ_SIZE)
        if not data:
            self._lose(worker)
            return
        worker.received += data
        for message in worker.messages():
            start, end = worker.chunks.popleft()
            worker.since = time.monotonic()
            self.found.update(zip(self.sent[start:end], _unpacked(message), strict=True))

    def _limit(self, worker: _Worker) -> float:
        """The moment at which ``worker`` is taken to be stuck. It has bounds of its own: this one is for what waits."""
        if not worker.chunks:
            return float("inf")
        bounds = [self.bounds[index] for index in self.sent[slice(*worker.chunks[0])]]
        seconds = sum(bound.seconds for bound in bounds if bound)
        return worker.since + _PATIENCE * seconds if seconds else float("inf")

    def _seconds_left(self) -> float | None:
        first = min(map(self._limit, self.workers))
        return None if first == float("inf") else max(0.0, first - time.monotonic()) + 0.01

    def _lose(self, worker: _Worker) -> None:
        """Put a worker away that died or is stuck; what it was at is tried again item by item, to see which it was."""
        self.workers.remove(worker)
        worker.close()
        if not worker.chunks:
            return
        (start, end), *others = worker.chunks
        self.chunks.extendleft(reversed(others))
        if end - start > 1:
            self.chunks.extendleft((at, at + 1) for at in reversed(range(start, end)))
            return
        index = self.sent[start]
        self.found[index] = ("lost", None) if self.bounds[index] is None else ("done", LimitExceededError())

    # in the worker

    def _be_worker(self, tasks: int, results: int, others: Sequence[int]) -> NoReturn:
        """Work until there is nothing more to do; what the parent would do at its end is not done here."""
        try:
            FORK_LOCK.release()  # this process may fork as well
            gc.freeze()  # what is there now is not looked at, and so not copied
            for end in others:
                os.close(end)
            _begin()
            while task := os.read(tasks, _CHUNK.size):
                start, stop = _CHUNK.unpack(task)
                message = _packed([self._outcome(index) for index in self.sent[start:stop]])
                _write(results, _LENGTH.pack(len(message)) + message)
        finally:
            os._exit(0)

    def _outcome(self, index: int) -> tuple[str, Any]:
        bound = self.bounds[index]
        try:
            with _limited(bound) if bound else _unlimited:
                return "done", self.function(self.items[index])
        except Exception as error:  # noqa: BLE001  (the parent raises it)
            if bound and isinstance(error, MemoryError):
                return "done", LimitExceededError()
            return "raised", (error, traceback.format_exc())


_unlimited: AbstractContextManager[None] = nullcontext()


@contextmanager
def _no_signals() -> Iterator[None]:
    """Block signals while processes are forked: Python loses an exception that a handler raises there."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin() -> None:
    """Ctrl-C is for the process that gave the work; it ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    _die_with_parent()


def _die_with_parent() -> None:
    """A process that is killed takes its workers with it, where the system can see to that."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


@contextmanager
def _limited(bound: ResourceLimit) -> Iterator[None]:
    """Have the system kill this process if the block takes too much time, and refuse it too much memory.

    No code of this process is needed for that: a library that does not return is killed as well.
    """
    import resource  # noqa: PLC0415  (not on every system; workers alone need it)

    before = resource.getrlimit(resource.RLIMIT_AS)
    size = _address_space()
    if size:
        most = min(end for end in (size + bound.memory_bytes, *before) if end != resource.RLIM_INFINITY)
        resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    signal.setitimer(signal.ITIMER_PROF, bound.seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, before)


def _address_space() -> int:
    """Bytes that this process has; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  (for each item: a Path costs as much again)
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _packed(outcomes: list[tuple[str, Any]]) -> bytes:
    import pickle  # noqa: PLC0415  (2 ms that a warm build saves)

    try:
        return pickle.dumps(outcomes, pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001  (what is raised need not be picklable)
        return pickle.dumps([_plain(kind, value) for kind, value in outcomes], pickle.HIGHEST_PROTOCOL)


def _plain(kind: str, value: Any) -> tuple[str, Any]:
    return (kind, value) if kind == "done" else (kind, (RuntimeError(repr(value[0])), value[1]))


def _unpacked(message: bytes) -> list[tuple[str, Any]]:
    import pickle  # noqa: PLC0415

    outcomes: list[tuple[str, Any]] = pickle.loads(message)  # noqa: S301  (a process of our own made it)
    return outcomes


def _write(end: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(end, rest) :]
