"""Spreading pure work over the cores; the result does not depend on their number."""

from __future__ import annotations

import gc
import sys
import threading
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_In = TypeVar("_In")
_Out = TypeVar("_Out")
FORKING = threading.Lock()
"""Held while processes are forked: a thread that uses SQLite holds it too, or they would inherit its locks for ever."""
WORTH_IT = 60
"""Fewer items than this are done sooner than processes start."""


def spread(function: Callable[[_In], _Out], items: Sequence[_In], jobs: int) -> Iterator[_Out]:
    """``function(item)`` for each item in order, by ``jobs`` processes where they can be forked and are worth it.

    The processes inherit ``function`` and ``items``; only results travel, so only these must be picklable. Raises the
    first exception, in the order of the items.
    """
    if jobs < 2 or len(items) < WORTH_IT:
        yield from map(function, items)
        return
    import multiprocessing  # noqa: PLC0415  (30 ms that a warm build saves)
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor  # noqa: PLC0415

    if "fork" not in multiprocessing.get_all_start_methods():
        yield from map(function, items)
        return
    gc.freeze()  # what is there now is not looked at, and so not copied, in the processes
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(jobs, context, partial(_begin, function, items))
    done = 0
    try:
        with FORKING, _no_signals():
            results = pool.map(_one, range(len(items)), chunksize=max(1, min(32, len(items) // (jobs * 8))))
        for found in results:
            yield found
            done += 1
    except BrokenProcessPool:  # the system has ended one, for want of memory perhaps: one process needs less
        yield from map(function, items[done:])
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


@contextmanager
def _no_signals() -> Iterator[None]:
    """What a signal raises while processes are forked is lost: Python calls back there and goes on."""
    import signal  # noqa: PLC0415

    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_work: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []


def _begin(function: Callable[[Any], Any], items: Sequence[Any]) -> None:
    """Ctrl-C is for the process that gave the work; it ends its workers."""
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    _die_with_parent()
    _work.append((function, items))


def _die_with_parent() -> None:
    """A process that is killed takes its workers with it, where the system can see to that."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415
        import signal  # noqa: PLC0415

        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _one(index: int) -> Any:
    function, items = _work[0]
    return function(items[index])
