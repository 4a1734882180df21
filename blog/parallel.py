"""Spreading pure work over the cores; the result does not depend on their number."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_In = TypeVar("_In")
_Out = TypeVar("_Out")
WORTH_IT = 100
"""Fewer items than this are done sooner than processes start."""


def spread(function: Callable[[_In], _Out], items: Sequence[_In], jobs: int) -> list[_Out]:
    """``[function(item) for item in items]``, in ``jobs`` processes where they can be forked and are worth it."""
    if jobs < 2 or len(items) < WORTH_IT or "fork" not in multiprocessing.get_all_start_methods():
        return [function(item) for item in items]
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        return pool.map(function, items, chunksize=max(1, len(items) // (jobs * 8)))
