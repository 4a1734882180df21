"""Spreading pure work over the cores; the result does not depend on their number."""

from __future__ import annotations

import multiprocessing
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_In = TypeVar("_In")
_Out = TypeVar("_Out")
WORTH_IT = 100
"""Fewer items than this are done sooner than processes start."""


def _leave_signals() -> None:
    """Ctrl-C is for the process that gave the work; it ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def spread(function: Callable[[_In], _Out], items: Sequence[_In], jobs: int) -> Iterator[_Out]:
    """``function(item)`` for each item in order, by ``jobs`` processes where they can be forked and are worth it."""
    if jobs < 2 or len(items) < WORTH_IT or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(function, items)
        return
    with multiprocessing.get_context("fork").Pool(jobs, _leave_signals) as pool:
        yield from pool.imap(function, items, chunksize=max(1, min(64, len(items) // (jobs * 4))))
