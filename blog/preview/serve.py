"""``blog serve``: at each save the site is built again, and open tabs show what is new of it.

There is one way to build; this only keeps what a build found in memory for the next, and says where to look.
"""

from __future__ import annotations

import datetime as dt
import errno
import gc
import math
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, TypeVar

from msgspec import structs

from blog.build import build, save_state
from blog.cache.workspace import locate_folders
from blog.content.theme_files import builtin_themes_folder
from blog.preview.feed_entry import FeedEntryPreview
from blog.preview.server import Server, own_name
from blog.preview.state import PreviewState
from blog.preview.watcher import Watcher
from blog.problems import BlogError, Location, Problem, describe_os_error
from blog.state import BuildState, ChangeHint
from blog.system.file_signature import NO_SIGNATURE, signature_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from blog.build import BuildOptions, Report
    from blog.output.folder import Changes
    from blog.system.file_signature import FileSignature

IDLE = 1.5
"""Seconds without an edit after which what is remembered is kept on the disk."""
LOOK = 0.5
"""Seconds between two looks at the documents of the pages that are open."""
LOCKED = 1.0
"""Seconds after which a build is tried once more that another one kept waiting,"""
SUPERSEDED = 0.1
"""or that has read what somebody was just writing."""
DAY = 86_400.0
EVENT_DELAY = 0.06
"""Seconds within which every change that a build may have seen has been told."""
MAX_PARTIAL_READS = 10
"""How often, one after the other, an error is taken for that of a file half written."""
BROWSER_GRACE = 0.15
"""Seconds in which browsers get what was brought before the rest takes all cores."""
MAX_PREEMPTIONS = 10
"""How often, one after the other, newer edits come before the pages that nobody looks at."""
_T = TypeVar("_T")


class Reporter(Protocol):
    """Hears what happens."""

    def serving(self, url: str) -> None:
        """The server answers at ``url``."""

    def polling(self, why: str) -> None:
        """The site folder is looked at every second: the system does not tell."""

    def built(self, report: Report, touched: frozenset[str] | None, seconds: float) -> None:
        """The preview is up to date with what was ``touched`` (None: with everything)."""

    def failed(self, problems: Sequence[Problem]) -> None:
        """It is not: it stays as it was."""


class _SupersededError(Exception):
    """There is something newer to build."""


def serve(order: BuildOptions, server: tuple[str, int, bool], voice: Reporter) -> None:
    """Serve the site until the process is interrupted.

    ``server`` is host, port, and whether it must be that port. Raises :class:`CannotListenError`, and
    :class:`KeyboardInterrupt` at the end.
    """
    serving = Serving(order, voice)
    host, port, exact = server
    try:
        listening = Server(serving.preview, host, port, exact=exact, own_name=own_name(order.root))
    except OSError as error:
        serving.end()
        raise CannotListenError(describe_os_error(error), is_taken=error.errno == errno.EADDRINUSE) from None
    listening.start()
    try:
        voice.serving(listening.address.url)
        serving.run()
    finally:
        serving.end()


class CannotListenError(Exception):
    """The port is taken, or the host is none of this machine's."""

    def __init__(self, why: str, *, is_taken: bool) -> None:
        super().__init__(why)
        self.is_taken = is_taken


class Serving:
    """Builds the preview of one site again and again."""

    def __init__(self, order: BuildOptions, voice: Reporter) -> None:
        self.options = order
        self.voice = voice
        self.state = BuildState()
        self.subscriber = FeedEntryPreview(locate_folders(order.root, order.cache_dir).cache)
        self.preview = PreviewState(order.output, self.subscriber.page)
        self.watcher = Watcher(order.root, builtin_themes_folder())
        self.changed_paths: frozenset[str] | None = None
        """What changed since the last build that succeeded; None: anything may have."""
        self.unkept = False
        self.again: float | None = None
        """Seconds after which the last build is to be tried once more."""
        self.looked: dict[str, FileSignature] = {}
        """Path of an open document → its stamp at the last look,"""
        self.told_by_look: dict[str, FileSignature] = {}
        """and at the last look that led to a build: none leads to two."""
        self.ended = False
        self.polls = ""
        self.hurried = False
        """What is looked at has been brought: the rest can wait,"""
        self.put_off = 0
        """but not for ever."""
        self.doubts = 0

    def run(self) -> None:
        """Build, and build again at each save, until :meth:`stop` is called or the process is interrupted."""
        self._build()
        while not self.ended:
            touched = self._wait(self._patience())
            if touched == frozenset() and self.unkept and self.again is None:
                self._keep()
            elif touched != frozenset() or self.again is not None or self._plan_is_over():
                self.changed_paths = (
                    None if touched is None or self.changed_paths is None else self.changed_paths | touched
                )
                self._build()

    def stop(self) -> None:
        """Let :meth:`run` end."""
        self.ended = True
        self.watcher.look()

    def end(self) -> None:
        """Watch no more, and keep what is remembered."""
        self.watcher.close()
        if self.unkept:
            self._keep()

    def _wait(self, seconds: float | None) -> frozenset[str] | None:
        """Wait as the watcher does, and see too what the system does not tell of a document that is looked at."""
        end = time.monotonic() + (math.inf if seconds is None else seconds)
        while True:
            left = max(0.0, end - time.monotonic())
            touched = self.watcher.wait(min(left, LOOK))
            if touched != frozenset() or left <= LOOK:
                return touched
            unheard = self._unheard_edits()
            if unheard:
                return unheard

    def _unheard_edits(self) -> frozenset[str]:
        """Return the open documents that are others than the last build saw, and at rest since the last look.

        The system tells of edits by the name that was used: none of a hard link elsewhere, and none of a mapping into
        memory that stays open.
        """
        documents = self.state.sources.documents if self.state.sources else ()
        open_documents = self.preview.visible_sources()
        built = {file.path: file.signature for file in documents if file.path in open_documents}
        seen = {path: _stamp_of(self.options.root / path) for path in built}
        resting = {path for path, stamp in seen.items() if stamp == self.looked.get(path) != built[path]}
        self.looked = seen
        unheard = frozenset(path for path in resting if self.told_by_look.get(path) != seen[path])
        if self.watcher.busy(unheard):  # it is told all the same, once it has been written
            return frozenset()
        self.told_by_look |= {path: seen[path] for path in unheard}
        return unheard

    def _patience(self) -> float | None:
        """Seconds until there is something to do although nobody saves."""
        if self.again is not None:
            return self.again
        if self.unkept:
            return IDLE
        until = self.state.plan.until if self.state.plan else None
        return min(max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds()), DAY) if until else None

    def _plan_is_over(self) -> bool:
        return self.state.plan is not None and not self.state.plan.is_valid(dt.datetime.now(dt.UTC))

    def _keep(self) -> None:
        """Do what nobody should wait for."""
        if self.state.compiled_theme:
            self.state.compiled_theme.templates.compile()
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # what is remembered is not looked through again and again while somebody waits
        with suppress(BlogError, OSError):  # another build runs: what it leaves is as good
            save_state(self.state, self.options)
        self.unkept = False

    def _build(self) -> None:
        if self.changed_paths is None:
            self._follow()
        started, linked = time.perf_counter(), self._linked()
        now = structs.replace(self.options.audience, now=dt.datetime.now(dt.UTC))
        glance = ChangeHint(self.changed_paths, self.preview.visible_outputs(), self._brought)
        self.again, self.hurried = None, False
        try:
            report = build(structs.replace(self.options, audience=now), self._progress, self.state, glance)
        except _SupersededError:
            self.again = 0.0 if self.hurried else SUPERSEDED
        except BlogError as error:
            self._fail(error.problems)
        except Exception as error:  # noqa: BLE001  (whatever it is, the writer goes on writing)
            self.state.reset()
            self.again = LOCKED
            fault = f"{type(error).__name__}: {error} (a fault of blog: `blog --debug build` may show where)"
            message = describe_os_error(error) if isinstance(error, OSError) else fault
            self._fail([Problem(Location(str(self.options.output)), "disk", message)])
        else:
            touched, self.changed_paths = self.changed_paths, frozenset()
            self.put_off = self.doubts = 0
            self.unkept = self.unkept or touched is None or bool(report.reasons) or bool(report.changes.removed)
            self.subscriber.show(self.state, now)
            self._brought(report.changes, report.problems)
            self.voice.built(report, touched, time.perf_counter() - started)
        if self._linked() != linked:  # what happened there before it was watched has not been told
            self._follow()
            self.watcher.look()

    def _follow(self) -> None:
        self.watcher.follow(self._linked())
        if self.watcher.polls and self.watcher.polls != self.polls:
            self.polls = self.watcher.polls
            self.voice.polling(self.polls)

    def _brought(self, changes: Changes, warnings: Sequence[Problem] | None = None) -> None:
        memory, self.hurried = self.state, True
        assert memory.plan is not None and memory.settings is not None  # noqa: PT018
        self.preview.show(memory.plan, changes, memory.settings.base_path, warnings)

    def _fail(self, problems: Sequence[Problem]) -> None:
        # What was read may have been half of a file whose writer is heard of a moment later.
        if self.watcher.pause(EVENT_DELAY) and self.doubts < MAX_PARTIAL_READS:
            self.again, self.doubts = SUPERSEDED, self.doubts + 1
            return
        self.doubts = 0
        if any(problem.code == "locked" for problem in problems):
            self.again = LOCKED
        found = tuple(sorted(problems))
        if found != self.preview.shown.problems or self.again is None:
            self.preview.tell(problems=found, building="")
            self.voice.failed(found)

    def _linked(self) -> tuple[str, ...]:
        linked = self.state.sources.linked if self.state.sources else {}
        return tuple(sorted({place for places in linked.values() for place in places}))

    def _progress(self, stage: str, work: Sequence[_T]) -> Iterable[_T]:
        """Hand on ``work``, unless there is something newer to build."""
        self._check()
        if self.hurried and work:
            self.watcher.pause(BROWSER_GRACE)
        for done, piece in enumerate(work):
            if not self.preview.shown.ready and done % 500 == 0:
                self.preview.tell(building=f"{stage} {done} of {len(work)}")
            if self.hurried and self.put_off < MAX_PREEMPTIONS and self.watcher.has_news():
                self.put_off += 1
                raise _SupersededError
            yield piece
        self._check()

    def _check(self) -> None:
        if self.watcher.busy(self.changed_paths):
            raise _SupersededError


def preview_folder(root: Path, cache_dir: Path | None = None) -> Path:
    """Return the folder in which the preview of a site is built."""
    return locate_folders(root, cache_dir).cache / "preview"


def _stamp_of(path: Path) -> FileSignature:
    """Return the stamp of what is read at ``path``, also behind a link."""
    try:
        return signature_of(os.stat(path))  # noqa: PTH116
    except OSError:
        return NO_SIGNATURE
