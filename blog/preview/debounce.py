"""File events → the paths that are ready to be read. Pure: times are arguments, in seconds.

An editor saves in many ways: it writes in place, renames a new file over the old one, or moves the old one away first.
A file that was closed or renamed into place is ready at once; one that is still open, or missing, may be in the middle
of a save.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

WriteState = Literal["done", "touched", "made", "open", "gone"]
REST_SECONDS = {"done": 0.002, "touched": 0.002, "made": 0.05, "gone": 0.06, "open": 1.0}
"""Seconds without another event after which a path in this state counts as ready."""
BURST_SIZE, BURST_REST_SECONDS = 8, 0.05
"""After more changed paths than this (as in a checkout) more events are expected: wait this much longer."""
MAX_DELAY_SECONDS = 1.5
"""Seconds after which changes are delivered although events keep coming."""


class Debouncer:
    """The paths that changed since they were last taken."""

    def __init__(self, *, reports_close: bool) -> None:
        """``reports_close``: the system has an event for closing a file that was written."""
        self.reports_close = reports_close
        self.paths: dict[str, tuple[WriteState, float]] = {}
        self.all_changed_at: float | None = None
        """Time of an event that names no path: all files must be checked."""
        self.started_at = 0.0
        """Time of the first event of this burst."""

    def note(self, path: str, state: WriteState, now: float) -> None:
        """Record an event for the file at ``path``."""
        if not self.paths and self.all_changed_at is None:
            self.started_at = now
        if state == "open" and not self.reports_close:
            state = "made"
        if state == "touched" and path in self.paths and self.paths[path][0] in {"open", "made"}:
            state = self.paths[path][0]  # its writer may set the mode before it closes the file
        self.paths[path] = (state, now)

    def note_all(self, now: float) -> None:
        """Record that any file may have changed."""
        if not self.paths and self.all_changed_at is None:
            self.started_at = now
        self.all_changed_at = now

    def ready_at(self) -> float | None:
        """Return the time from which :meth:`take` gives something; None if nothing changed."""
        if self.all_changed_at is not None:
            rest = max(self.all_changed_at + REST_SECONDS["gone"], *(self._ready_at(path) for path in self.paths), 0.0)
            return min(rest, self.started_at + MAX_DELAY_SECONDS)
        first = min((self._ready_at(path) for path in self.paths), default=None)
        if first is not None and len(self.paths) > BURST_SIZE:
            last = max(moment for _, moment in self.paths.values())
            return max(first, min(last + BURST_REST_SECONDS, self.started_at + MAX_DELAY_SECONDS))
        return first

    def is_busy(self, now: float, touched: Collection[str] | None) -> bool:
        """Return whether one of ``touched`` is being written. None stands for all paths, but for a limited time."""
        if touched is None and now > self.started_at + MAX_DELAY_SECONDS:
            return False
        return any(
            state not in {"done", "touched"} and (touched is None or path in touched)
            for path, (state, _) in self.paths.items()
        )

    def _ready_at(self, path: str) -> float:
        state, moment = self.paths[path]
        return moment + REST_SECONDS[state]

    def take(self, now: float) -> frozenset[str] | None:
        """Remove and return the paths that are ready; None if any file may have changed. The others stay."""
        taken = frozenset(path for path in self.paths if self._ready_at(path) <= now)
        for path in taken:
            del self.paths[path]
        self.started_at = now
        if self.all_changed_at is not None:
            self.all_changed_at = None
            return None
        return taken
