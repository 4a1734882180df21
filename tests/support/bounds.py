"""Bounds for what a hostile text may cost: time of the processor, which does not depend on what else the machine does."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COVERAGE_FACTOR = 6
"""How much longer a text takes while coverage counts lines: up to 5.5 times was measured."""


@contextmanager
def processor(seconds: float) -> Iterator[None]:
    """Stop what takes longer, by an error: a bound far above what is needed, and far below what grows too fast."""
    if sys.gettrace() is not None:
        seconds *= COVERAGE_FACTOR

    def stop(*_: object) -> None:
        raise AssertionError(f"took more than {seconds:g} seconds of the processor")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
