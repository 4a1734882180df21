"""The debounce: file events → the paths that are ready to be read. Pure: times are arguments, in seconds.

An editor saves by writing in place, by renaming a new file over the old one, or after moving the old one away. A file
that was closed or renamed into place is ready at once; one that is still open, or missing, may be in the middle of a
save.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

WriteState = Literal["closed", "touched", "created", "open", "missing"]
REST_SECONDS = {"closed": 0.002, "touched": 0.002, "created": 0.05, "missing": 0.06, "open": 1.0}
"""Seconds without another event after which a path in this state counts as ready."""
BURST_SIZE, BURST_REST_SECONDS = 8, 0.05
"""With more changed paths than this (as in a checkout), wait for so many seconds without an event."""
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
        """Record an event for the file at ``path``, with the state in which it leaves the file."""
        self._begin_burst(now)
        if state == "open" and not self.reports_close:
            state = "created"
        elif state == "touched":
            state = self._state_when_touched(path)
        self.paths[path] = (state, now)

    def note_all(self, now: float) -> None:
        """Record that any file may have changed."""
        self._begin_burst(now)
        self.all_changed_at = now

    def _begin_burst(self, now: float) -> None:
        if not self.paths and self.all_changed_at is None:
            self.started_at = now

    def _state_when_touched(self, path: str) -> WriteState:
        """Return the state after a change of metadata: a writer may set the mode before it closes the file."""
        if path in self.paths:
            state, _ = self.paths[path]
            if state in {"open", "created"}:
                return state
        return "touched"

    def ready_at(self) -> float | None:
        """Return the time from which :meth:`take` returns something; None if nothing changed."""
        if not self.paths and self.all_changed_at is None:
            return None
        latest = self.started_at + MAX_DELAY_SECONDS
        moments = [self._ready_at(path) for path in self.paths]
        if self.all_changed_at is not None:
            return min(max(self.all_changed_at + REST_SECONDS["missing"], *moments, 0.0), latest)
        first = min(moments)
        if len(self.paths) <= BURST_SIZE:
            return first
        last_event = max(moment for _, moment in self.paths.values())
        return max(first, min(last_event + BURST_REST_SECONDS, latest))

    def is_busy(self, now: float, touched: Collection[str] | None) -> bool:
        """Return whether one of ``touched`` is being written. None stands for all paths, but for a limited time."""
        writing = {path for path, (state, _) in self.paths.items() if state not in {"closed", "touched"}}
        if touched is not None:
            return not writing.isdisjoint(touched)
        return bool(writing) and now <= self.started_at + MAX_DELAY_SECONDS

    def _ready_at(self, path: str) -> float:
        state, moment = self.paths[path]
        return moment + REST_SECONDS[state]

    def take(self, now: float) -> frozenset[str] | None:
        """Remove and return the paths that are ready; None if any file may have changed. The others stay."""
        ready = frozenset(path for path in self.paths if self._ready_at(path) <= now)
        for path in ready:
            del self.paths[path]
        self.started_at = now
        if self.all_changed_at is not None:
            self.all_changed_at = None
            return None
        return ready
