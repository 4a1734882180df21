"""Workers: forked processes that use all cores, with limits of time and memory for input that is not trusted.

The results do not depend on the number of processes. A worker that exceeds a limit is killed and replaced.
"""

from __future__ import annotations

import faulthandler
import gc
import math
import os
import select
import signal
import struct
import sys
import threading
import time
import traceback
from collections import deque
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

_In = TypeVar("_In")
_Out = TypeVar("_Out")
FORK_LOCK = threading.Lock()
"""Held during a fork; a thread that uses SQLite holds it too: a child would inherit SQLite's locks for ever."""
WORTH_IT = 20
"""Number of items from which starting a process pays off."""
_ITEMS_PER_WORKER = 30
"""Number of items for which another process pays off, which imports the same modules."""
_LARGEST_CHUNK = 32
"""Items of a chunk, at most."""
_CHUNKS_AHEAD = 3
"""Chunks that a worker has at a time, so that it never waits for the parent."""
_PATIENCE = 20
"""Seconds of wall-clock time that an item may take for each second of its limit of processor time."""
_READ_SIZE = 1 << 20
_CHUNK = struct.Struct("<QQ")
_LENGTH = struct.Struct("<Q")


class ResourceLimit(NamedTuple):
    """The resources that one item may use."""

    seconds: float
    """Seconds of processor time, which does not depend on the load of the machine."""
    memory_bytes: int
    """Bytes above those that the process has already. Enforced on Linux only."""

    def __str__(self) -> str:
        return f"{self.seconds:g} seconds or {self.memory_bytes / (1 << 30):g} GB of memory"


class LimitExceededError(Exception):
    """An item exceeded its limit, or its process crashed."""

    def __init__(self, stack: str = "") -> None:
        super().__init__(stack)
        self.stack = stack
        """What ran when the time was over, in the form of :mod:`faulthandler`; empty after any other end."""


def map_parallel(function: Callable[[_In], _Out], items: Sequence[_In], jobs: int) -> Generator[_Out, None, None]:
    """Yield ``function(item)`` for each item in order, computed by ``jobs`` processes if that is possible and faster.

    The processes inherit ``function`` and ``items``; only results must be picklable. Raises the first exception, in the
    order of the items. Use it with ``contextlib.closing``: whatever ends the loop from outside, such as a signal, must
    end the workers before the build removes its files.
    """
    with map_limited(function, items, jobs, lambda _: None) as results:
        for result in results:
            if isinstance(result, LimitExceededError):
                raise result
            yield result


def map_limited(
    function: Callable[[_In], _Out],
    items: Sequence[_In],
    jobs: int,
    limit_of: Callable[[_In], ResourceLimit | None],
    largest_chunk: int = _LARGEST_CHUNK,
) -> WorkerResults[_Out]:
    """Map like :func:`map_parallel`; items with a limit are computed by workers, which are killed when they exceed it.

    The workers begin with the ``with`` block of the results, so the caller can do other work before it asks for them.
    ``largest_chunk`` is the number of items that a worker computes at most before it sends results: 1 for slow ones.
    The result of an item that exceeds its limit is a :class:`LimitExceededError`. Where processes cannot be forked, no
    limit is enforced.
    """
    limits = [limit_of(item) for item in items]
    worker_indices: Sequence[int] = [index for index, limit in enumerate(limits) if limit]
    if jobs > 1 and len(items) >= WORTH_IT:
        if not worker_indices:
            jobs = max(1, min(jobs, len(items) // _ITEMS_PER_WORKER))
        worker_indices = range(len(items))
    if not _can_fork():
        worker_indices = ()
    return WorkerResults(function, items, limits, worker_indices, jobs, largest_chunk)


def run_limited(function: Callable[[_In], _Out], item: _In, limit: ResourceLimit) -> _Out:
    """Return ``function(item)``, computed by a worker. Raises :class:`LimitExceededError` if it exceeds ``limit``."""
    with map_limited(function, [item], 1, lambda _: limit) as results:
        (result,) = results
    if isinstance(result, LimitExceededError):
        raise result
    return result


def _can_fork() -> bool:
    return hasattr(os, "fork")


class _InWorkerError(Exception):
    """The traceback of an exception that was raised in a worker."""


class _Worker:
    """A forked process, in the parent."""

    def __init__(self, pid: int, tasks: int, results: int, stack: int) -> None:
        self.pid = pid
        self.tasks = tasks
        """File descriptor to which chunks are sent."""
        self.results = results
        """File descriptor from which results are read."""
        self.stack = stack
        """File descriptor from which the stack is read of a worker that exceeded a limit of time."""
        self.chunks: deque[tuple[int, int]] = deque()
        """Chunks that were sent and are not finished, in order."""
        self.chunk_started_at = 0.0
        """Time at which the work on the first chunk began, or a later one."""
        self.received = bytearray()
        """The start of a message, whose rest has not arrived."""

    def send_chunk(self, chunk: tuple[int, int]) -> None:
        """Send a chunk to compute."""
        if not self.chunks:
            self.chunk_started_at = time.monotonic()
        self.chunks.append(chunk)
        with suppress(BrokenPipeError):  # it has died: the next read from it returns nothing
            os.write(self.tasks, _CHUNK.pack(*chunk))

    def messages(self) -> Iterator[bytes]:
        """Remove and yield the messages that have arrived completely."""
        while len(self.received) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self.received)
            end = _LENGTH.size + length
            if len(self.received) < end:
                return
            message = bytes(memoryview(self.received)[_LENGTH.size : end])
            del self.received[:end]
            yield message

    def kill(self) -> None:
        """Send SIGKILL."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def close(self) -> str:
        """Kill it, wait for its end, and return the stack that it left."""
        self.kill()
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        stack = b""
        with suppress(BlockingIOError):  # a process that it has forked may hold the other end
            stack = os.read(self.stack, _READ_SIZE)
        for descriptor in (self.tasks, self.results, self.stack):
            os.close(descriptor)
        return stack.decode("ascii", "replace")


class WorkerResults(Generic[_Out]):
    """The results of all items in their order, some of which workers compute.

    A ``with`` block starts the workers. Whatever ends it, also a signal, kills them at once.
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        items: Sequence[Any],
        limits: Sequence[ResourceLimit | None],
        worker_indices: Sequence[int],
        jobs: int,
        largest_chunk: int,
    ) -> None:
        self.function = function
        self.items = items
        self.limits = limits
        self.worker_indices = worker_indices
        """Indices of the items that workers compute; a chunk is a slice of this list."""
        self.jobs = max(1, jobs)
        self.workers: list[_Worker] = []
        count = len(worker_indices)
        size = max(1, min(largest_chunk, count // (self.jobs * 8)))
        self.chunks = deque((start, min(start + size, count)) for start in range(0, count, size))
        self.outcomes: dict[int, tuple[str, Any]] = {}
        """Results that have arrived and were not yielded yet."""

    def __enter__(self) -> Self:
        try:
            self._employ_workers()
        except BaseException:
            self._kill()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()

    def __iter__(self) -> Iterator[_Out | LimitExceededError]:
        """Yield the results; the items that are not for workers are computed here, in their turn."""
        worker_indices = set(self.worker_indices)
        for index, item in enumerate(self.items):
            if index in worker_indices:
                yield self._result(index)
            else:
                self._receive(0)
                yield self.function(item)

    def _kill(self) -> None:
        with _no_signals():
            for worker in self.workers:
                worker.kill()
            while self.workers:
                self.workers.pop().close()

    def _result(self, index: int) -> Any:
        while index not in self.outcomes:
            self._receive(self._seconds_until_deadline())
        kind, value = self.outcomes.pop(index)
        if kind == "lost":  # the system has killed its process, perhaps for lack of memory; the result is needed anyway
            return self.function(self.items[index])
        if kind == "raised":
            error, trace = value
            raise error from _InWorkerError(trace)
        return value

    # Sending chunks.

    def _employ_workers(self) -> None:
        """Fork the workers that are missing, and send chunks to all."""
        while self.chunks and len(self.workers) < self.jobs:
            self._fork_worker()
        for _ in range(_CHUNKS_AHEAD):
            self._send_chunks()

    def _send_chunks(self) -> None:
        for worker in self.workers:
            if self.chunks and len(worker.chunks) < _CHUNKS_AHEAD:
                worker.send_chunk(self.chunks.popleft())

    def _fork_worker(self) -> None:
        task_reader, task_writer = os.pipe()
        result_reader, result_writer = os.pipe()
        _enlarge_pipe(result_writer)
        stack_reader, stack_writer = os.pipe()
        os.set_blocking(stack_reader, False)
        with FORK_LOCK, _no_signals():
            pid = os.fork()
            if pid == 0:
                self._run_worker(task_reader, result_writer, stack_writer, [task_writer, result_reader, stack_reader])
            worker = _Worker(pid, task_writer, result_reader, stack_reader)
            self.workers.append(worker)
        for descriptor in (task_reader, result_writer, stack_writer):
            os.close(descriptor)
        worker.send_chunk(self.chunks.popleft())

    # Receiving results.

    def _receive(self, seconds: float | None) -> None:
        """Wait at most ``seconds`` for results, and store them; replace workers that died or are stuck."""
        ready = self._wait_for_results(seconds)
        for worker in ready:
            self._read_results(worker)
        silent = [worker for worker in self.workers if worker not in ready]
        for worker in silent:
            if self._deadline(worker) < time.monotonic():
                self._remove_worker(worker)
        self._employ_workers()

    def _wait_for_results(self, seconds: float | None) -> list[_Worker]:
        """Return the workers from which something can be read, or that have died."""
        workers = {worker.results: worker for worker in self.workers}
        poll = select.poll()
        for descriptor in workers:
            poll.register(descriptor, select.POLLIN)
        milliseconds = None if seconds is None else seconds * 1000
        return [workers[descriptor] for descriptor, _ in poll.poll(milliseconds)]

    def _read_results(self, worker: _Worker) -> None:
        data = os.read(worker.results, _READ_SIZE)
        if not data:
            self._remove_worker(worker)
            return
        worker.received += data
        for message in worker.messages():
            start, end = worker.chunks.popleft()
            worker.chunk_started_at = time.monotonic()
            self.outcomes.update(zip(self.worker_indices[start:end], _unpack_outcomes(message), strict=True))

    def _deadline(self, worker: _Worker) -> float:
        """Return the time at which ``worker`` counts as stuck.

        A worker enforces the limits of processor time itself; this one is for work that blocks.
        """
        if not worker.chunks:
            return math.inf
        start, end = worker.chunks[0]
        limits = [self.limits[index] for index in self.worker_indices[start:end]]
        seconds = sum(limit.seconds for limit in limits if limit)
        return worker.chunk_started_at + _PATIENCE * seconds if seconds else math.inf

    def _seconds_until_deadline(self) -> float | None:
        first = min(map(self._deadline, self.workers))
        if first == math.inf:
            return None
        return max(0.0, first - time.monotonic()) + 0.01

    def _remove_worker(self, worker: _Worker) -> None:
        """Remove a worker that died or is stuck; its chunk is split into single items, to find the one that failed."""
        with _no_signals():
            self.workers.remove(worker)
            stack = worker.close()
        if not worker.chunks:
            return
        (start, end), *others = worker.chunks
        self.chunks.extendleft(reversed(others))
        if end - start > 1:
            self.chunks.extendleft((single, single + 1) for single in reversed(range(start, end)))
            return
        index = self.worker_indices[start]
        self.outcomes[index] = ("lost", None) if self.limits[index] is None else ("done", LimitExceededError(stack))

    # In the worker.

    def _run_worker(self, tasks: int, results: int, stack: int, parent_ends: Sequence[int]) -> NoReturn:
        """Compute chunks until the parent closes the pipe, and exit without the clean-up of the parent."""
        try:
            FORK_LOCK.release()  # this process may fork as well
            gc.freeze()  # the collector does not scan inherited objects, so their memory is not copied
            for descriptor in parent_ends:
                os.close(descriptor)
            for worker in self.workers:
                os.close(worker.tasks)
                os.close(worker.results)
                os.close(worker.stack)
            _set_signals()
            faulthandler.register(signal.SIGPROF, file=stack, all_threads=False, chain=True)  # then it is killed
            while task := os.read(tasks, _CHUNK.size):
                start, end = _CHUNK.unpack(task)
                message = _pack_outcomes([self._outcome(index) for index in self.worker_indices[start:end]])
                _write_all(results, _LENGTH.pack(len(message)) + message)
        finally:
            os._exit(0)

    def _outcome(self, index: int) -> tuple[str, Any]:
        limit = self.limits[index]
        try:
            with _limited(limit) if limit else _unlimited:
                return "done", self.function(self.items[index])
        except Exception as error:  # noqa: BLE001  (the parent raises it)
            if limit and isinstance(error, MemoryError):
                return "done", LimitExceededError()
            return "raised", (error, traceback.format_exc())


def _enlarge_pipe(descriptor: int) -> None:
    """Make a pipe hold the results of many items, where it can: a worker then works on while its parent is busy."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415  (not on every system)

        with suppress(OSError):  # the user has many large pipes already
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _READ_SIZE)


_unlimited: AbstractContextManager[None] = nullcontext()


@contextmanager
def _no_signals() -> Iterator[None]:
    """Block signals while a worker is forked or ended: their exception would be lost, or leave it without its wait."""
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def _set_signals() -> None:
    """Ignore SIGINT: the parent handles it, and ends its workers. Other signals get their default action."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    _die_with_parent()


def _die_with_parent() -> None:
    """Make the system kill this process when its parent ends, where it can."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


@contextmanager
def _limited(limit: ResourceLimit) -> Iterator[None]:
    """Make the system kill this process if the block takes too much time, and refuse it too much memory.

    This needs no code of the process, so a library that does not return is killed as well.
    """
    import resource  # noqa: PLC0415  (not on every system; only workers need it)

    previous = resource.getrlimit(resource.RLIMIT_AS)
    size = _address_space()
    if size:
        candidates = {size + limit.memory_bytes, *previous} - {resource.RLIM_INFINITY}
        resource.setrlimit(resource.RLIMIT_AS, (min(candidates), previous[1]))
    signal.setitimer(signal.ITIMER_PROF, limit.seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, previous)


def _address_space() -> int:
    """Return the size of this process in bytes; 0 where the system does not report it."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123  (for each item: a Path doubles the time)
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _pack_outcomes(outcomes: list[tuple[str, Any]]) -> bytes:
    import pickle  # noqa: PLC0415  (2 ms that a warm build saves)

    try:
        return pickle.dumps(outcomes, pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001  (an exception need not be picklable)
        return pickle.dumps([_make_picklable(kind, value) for kind, value in outcomes], pickle.HIGHEST_PROTOCOL)


def _make_picklable(kind: str, value: Any) -> tuple[str, Any]:
    """Replace an exception by one with its text; a result stays as it is."""
    if kind == "done":
        return kind, value
    error, trace = value
    return kind, (RuntimeError(repr(error)), trace)


def _unpack_outcomes(message: bytes) -> list[tuple[str, Any]]:
    import pickle  # noqa: PLC0415

    outcomes: list[tuple[str, Any]] = pickle.loads(message)  # noqa: S301  (from a process of this program)
    return outcomes


def _write_all(descriptor: int, data: bytes) -> None:
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]
