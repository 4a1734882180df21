"""What was touched, and whether it has come to rest. Pure: moments are given, in seconds.

An editor saves in many ways: it writes in place, renames a new file over the old one, moves the old one away first.
What counts is when a path has come to rest: a file that was closed or renamed into place has; one that is written to,
or gone, may be in the middle of something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

State = Literal["done", "touched", "made", "open", "gone"]
REST = {"done": 0.002, "touched": 0.002, "made": 0.05, "gone": 0.06, "open": 1.0}
"""Seconds without news after which a path in this state is taken for finished."""
MANY, REST_OF_MANY = 8, 0.05
"""When more paths than this are touched at once, more are coming."""
LONGEST = 1.5
"""Seconds after which somebody who writes all the time is no longer waited for."""


class Debouncer:
    """What was touched since it was last taken."""

    def __init__(self, *, closes: bool) -> None:
        """``closes``: the system tells when a file that was written is closed."""
        self.closes = closes
        self.paths: dict[str, tuple[State, float]] = {}
        self.everywhere: float | None = None
        """When something happened that only a look at all of it can tell."""
        self.since = 0.0
        """When the burst began."""

    def note(self, path: str, state: State, now: float) -> None:
        """Something happened to the file at ``path``."""
        if not self.paths and self.everywhere is None:
            self.since = now
        if state == "open" and not self.closes:
            state = "made"
        if state == "touched" and path in self.paths and self.paths[path][0] in {"open", "made"}:
            state = self.paths[path][0]  # who writes it may set its rights before it is closed
        self.paths[path] = (state, now)

    def note_all(self, now: float) -> None:
        """Anything may have happened."""
        if not self.paths and self.everywhere is None:
            self.since = now
        self.everywhere = now

    def ready_at(self) -> float | None:
        """The moment from which there is something to take; None if nothing was touched."""
        if self.everywhere is not None:
            rest = max(self.everywhere + REST["gone"], *(self._rest(path) for path in self.paths), 0.0)
            return min(rest, self.since + LONGEST)
        first = min((self._rest(path) for path in self.paths), default=None)
        if first is not None and len(self.paths) > MANY:
            last = max(moment for _, moment in self.paths.values())
            return max(first, min(last + REST_OF_MANY, self.since + LONGEST))
        return first

    def is_busy(self, now: float, touched: Collection[str] | None) -> bool:
        """Whether one of ``touched`` (None: of all) is in the middle of something; after a while nobody minds."""
        if touched is None and now > self.since + LONGEST:
            return False
        return any(
            state not in {"done", "touched"} and (touched is None or path in touched)
            for path, (state, _) in self.paths.items()
        )

    def _rest(self, path: str) -> float:
        state, moment = self.paths[path]
        return moment + REST[state]

    def take(self, now: float) -> frozenset[str] | None:
        """The paths that have come to rest; None if it may be any. The others stay."""
        taken = frozenset(path for path in self.paths if self._rest(path) <= now)
        for path in taken:
            del self.paths[path]
        self.since = now
        if self.everywhere is not None:
            self.everywhere = None
            return None
        return taken
