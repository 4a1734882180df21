"""``blog serve``: builds the site again at each save; open browser tabs show the change.

It runs the same build as ``blog build``. It only keeps the build state in memory and passes the changed paths to each
build.
"""

from __future__ import annotations

import datetime as dt
import errno
import gc
import importlib
import math
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from msgspec import structs

from blog.build import build
from blog.cache.workspace import locate_folders
from blog.preview.feed_entry import FeedEntryPreview
from blog.preview.server import Server, own_name
from blog.preview.state import PreviewState
from blog.preview.watcher import Watcher
from blog.problems import BlogError, Location, Problem, describe_os_error
from blog.stages.session import save_state
from blog.state import BuildState, ChangeHint
from blog.system.builtin_themes import builtin_themes_folder
from blog.system.file_signature import NO_SIGNATURE, signature_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from blog.output.folder import Changes
    from blog.stages.context import BuildOptions, Report
    from blog.system.file_signature import FileSignature

SAVE_AFTER_SECONDS = 1.5
"""Seconds without an edit after which the build state is saved on the disk."""
POLL_SECONDS = 0.5
"""Interval at which the documents of open pages are polled."""
LOCKED_RETRY_SECONDS = 1.0
"""Seconds before the next attempt after another build held the lock."""
RETRY_SECONDS = 0.1
"""Seconds before the next attempt after a build has read a half-written file."""
MAX_WAIT_SECONDS = 86_400.0
"""Longest wait for the publication time of a scheduled post."""
EVENT_DELAY_SECONDS = 0.06
"""File events arrive at most this long after the write."""
MAX_PARTIAL_READS = 10
"""Retries after an error before it is shown: the file may still be half written."""
BROWSER_GRACE_SECONDS = 0.15
"""Pause after the visible outputs are written: browsers load them before rendering takes all cores."""
MAX_PREEMPTIONS = 10
"""Limit for interrupting, by newer edits, the rendering of outputs that are not visible."""
_T = TypeVar("_T")


class Reporter(Protocol):
    """Reports the progress of ``blog serve`` to the user."""

    def serving(self, url: str) -> None:
        """Report that the server listens at ``url``."""

    def polling(self, why: str) -> None:
        """Report that the site folder is polled every second, and why."""

    def built(self, report: Report, touched: frozenset[str] | None, seconds: float) -> None:
        """Report a build, after the paths in ``touched`` changed (None: after any file may have)."""

    def resizing(self, count: int) -> None:
        """Report that the pages are written, and that smaller versions of ``count`` images follow."""

    def failed(self, problems: Sequence[Problem]) -> None:
        """Report that a build failed: the preview stays as it was."""


class _SupersededError(Exception):
    """Ends a build because a newer edit arrived."""


class ServeOptions(NamedTuple):
    """Where ``blog serve`` listens."""

    host: str
    port: int
    exact: bool
    """No other port may be used."""
    allowed_hosts: tuple[str, ...] = ()
    """Further names of the server, each perhaps with a port."""


def serve(options: BuildOptions, server: ServeOptions, reporter: Reporter) -> None:
    """Serve the site until the process is interrupted.

    Raises :class:`CannotListenError`, and :class:`KeyboardInterrupt` at the end.
    """
    serving = Serving(options, reporter)
    host, port, exact, allowed_hosts = server
    name = own_name(options.root)
    try:
        listening = Server(serving.preview, host, port, exact=exact, own_name=name, allowed_hosts=allowed_hosts)
    except OSError as error:
        serving.end()
        raise CannotListenError(describe_os_error(error), _suggest_address(error, host, exact=exact)) from None
    listening.start()
    try:
        reporter.serving(listening.address.url)
        serving.run()
    finally:
        serving.end()


class CannotListenError(Exception):
    """The port is in use, or the host is not an address of this machine."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why)
        self.hint = hint


def _suggest_address(error: OSError, host: str, *, exact: bool) -> str:
    """Return a hint for an address on which the server cannot listen."""
    if error.errno == errno.EADDRINUSE:
        return "leave out -p to take the next port that is free" if exact else ""
    if error.errno == errno.EACCES:
        return "take a port from 1024 on, such as -p 8000"
    return "" if host == "127.0.0.1" else "leave out --host, or write an address of this machine, such as 0.0.0.0"


class Serving:
    """Builds the preview of one site at each change."""

    def __init__(self, options: BuildOptions, reporter: Reporter) -> None:
        self.options = options
        self.reporter = reporter
        self.state = BuildState()
        self.feed_entry_preview = FeedEntryPreview(locate_folders(options.root, options.cache_dir).cache)
        self.preview = PreviewState(options.output, self.feed_entry_preview.page)
        self.watcher = Watcher(options.root, builtin_themes_folder())
        self.changed_paths: frozenset[str] | None = None
        """Paths that changed since the last successful build. None: any file may have changed."""
        self.is_unsaved = False
        """The build state in memory is newer than the one on the disk."""
        self.retry_after: float | None = None
        """Seconds before the last build is tried again. None: it is not."""
        self.polled_signatures: dict[str, FileSignature] = {}
        """Signature of each open document at the last poll, by path."""
        self.reported_signatures: dict[str, FileSignature] = {}
        """Signature that polling has already reported, by path, so that it causes one build only."""
        self.is_stopped = False
        self.polling_reason = ""
        """The last one reported."""
        self.visible_written = False
        """The pages open in a browser have been written; rendering the rest may be interrupted."""
        self.preemptions = 0
        """Number of interruptions in a row (see :data:`MAX_PREEMPTIONS`)."""
        self.partial_reads = 0
        """Errors in a row that were not shown (see :data:`MAX_PARTIAL_READS`)."""

    def run(self) -> None:
        """Build at once and after each change, until :meth:`stop` is called or the process is interrupted."""
        self._build()
        _import_for_edits()
        while not self.is_stopped:
            changed = self._wait(self._seconds_until_next_build())
            is_timeout = changed == frozenset()
            is_retry_due = self.retry_after is not None
            if is_timeout and self.is_unsaved and not is_retry_due:
                self._save_while_idle()
            elif not is_timeout or is_retry_due or self._is_plan_expired():
                self._add_changed_paths(changed)
                self._build()

    def _add_changed_paths(self, changed: frozenset[str] | None) -> None:
        if changed is None or self.changed_paths is None:
            self.changed_paths = None
        else:
            self.changed_paths |= changed

    def stop(self) -> None:
        """Make :meth:`run` return."""
        self.is_stopped = True
        self.watcher.look()

    def end(self) -> None:
        """Stop watching and save the build state."""
        self.watcher.close()
        if self.is_unsaved:
            self._save_while_idle()

    def _wait(self, seconds: float | None) -> frozenset[str] | None:
        """Wait for changes like the watcher, and poll open documents for edits that cause no file event."""
        end = math.inf if seconds is None else time.monotonic() + seconds
        while True:
            remaining = max(0.0, end - time.monotonic())
            touched = self.watcher.wait(min(remaining, POLL_SECONDS))
            if touched != frozenset() or remaining <= POLL_SECONDS:
                return touched
            edited = self._find_unreported_edits()
            if edited:
                return edited

    def _find_unreported_edits(self) -> frozenset[str]:
        """Return the open documents that differ from the last build and have not changed since the last poll.

        An edit through a hard link elsewhere, or through a memory mapping that stays open, causes no file event here.
        """
        built = self._built_signatures()
        current = {path: _read_target_signature(self.options.root / path) for path in built}
        edited = set()
        for path, signature in current.items():
            is_stable = signature == self.polled_signatures.get(path)
            if is_stable and signature not in (built[path], self.reported_signatures.get(path)):
                edited.add(path)
        edited_paths = frozenset(edited)
        self.polled_signatures = current
        if self.watcher.busy(edited_paths):  # an event follows when the file has been written
            return frozenset()
        for path in edited_paths:
            self.reported_signatures[path] = current[path]
        return edited_paths

    def _built_signatures(self) -> dict[str, FileSignature]:
        """Return the signatures that the last build read, of the documents that are open in a browser."""
        if not self.state.inputs:
            return {}
        open_documents = self.preview.visible_sources()
        documents = self.state.inputs.sources.documents
        return {file.path: file.signature for file in documents if file.path in open_documents}

    def _seconds_until_next_build(self) -> float | None:
        """Return the seconds until something is due without an edit; None if nothing is."""
        if self.retry_after is not None:
            return self.retry_after
        if self.is_unsaved:
            return SAVE_AFTER_SECONDS
        plan = self.state.plan
        if plan is None or plan.until is None:
            return None
        remaining = (plan.until - dt.datetime.now(dt.UTC)).total_seconds()
        return min(max(0.0, remaining), MAX_WAIT_SECONDS)

    def _is_plan_expired(self) -> bool:
        return self.state.plan is not None and not self.state.plan.is_valid(dt.datetime.now(dt.UTC))

    def _save_while_idle(self) -> None:
        """Do the slow work that no edit waits for: compile templates, collect garbage, save the state."""
        if self.state.theme:
            self.state.theme.templates.compile()
        gc.unfreeze()
        gc.collect()
        gc.freeze()  # the collector does not scan the state again while a build runs
        with suppress(BlogError, OSError):  # another build runs and saves its own state
            save_state(self.state, self.options)
        self.is_unsaved = False

    def _build(self) -> None:
        """Build once and show the result: the new version, or the problems beside the last good version."""
        if self.changed_paths is None:
            self._follow_links()
        linked_folders = self._linked_folders()
        self.retry_after, self.visible_written = None, False
        try:
            self._build_and_show()
        except _SupersededError:
            self.retry_after = 0.0 if self.visible_written else RETRY_SECONDS
        except BlogError as error:
            self._fail(error.problems)
        except Exception as error:  # noqa: BLE001  (the server survives a fault of the program)
            self.state.reset()
            self.retry_after = LOCKED_RETRY_SECONDS
            self._fail([self._describe_fault(error)])
        if self._linked_folders() != linked_folders:  # changes there before the watch began caused no event
            self._follow_links()
            self.watcher.look()

    def _build_and_show(self) -> None:
        started = time.perf_counter()
        audience = structs.replace(self.options.audience, now=dt.datetime.now(dt.UTC))
        visible = frozenset(self.preview.visible_outputs())
        hint = ChangeHint(self.changed_paths, visible, self._show_changes, has_late_images=True)
        report = build(structs.replace(self.options, audience=audience), self._progress, self.state, hint)

        changed_paths, self.changed_paths = self.changed_paths, frozenset()
        self.preemptions = self.partial_reads = 0
        if changed_paths is None or report.reasons or report.changes.removed:
            self.is_unsaved = True
        self.feed_entry_preview.show(self.state)
        self._show_changes(report.changes, report.problems)
        self.reporter.built(report, changed_paths, time.perf_counter() - started)

    def _describe_fault(self, error: Exception) -> Problem:
        if isinstance(error, OSError):
            message = describe_os_error(error)
        else:
            message = f"{type(error).__name__}: {error} (a fault of blog: `blog --debug build` may show where)"
        return Problem(Location(str(self.options.output)), "disk", message)

    def _follow_links(self) -> None:
        self.watcher.follow(self._linked_folders())
        if self.watcher.polls and self.watcher.polls != self.polling_reason:
            self.polling_reason = self.watcher.polls
            self.reporter.polling(self.polling_reason)

    def _show_changes(self, changes: Changes, warnings: Sequence[Problem] | None = None) -> None:
        self.visible_written = True
        plan, inputs = self.state.plan, self.state.inputs
        assert plan is not None
        assert inputs is not None
        self.preview.show(plan, changes, inputs.settings.base_path, warnings)

    def _fail(self, problems: Sequence[Problem]) -> None:
        """Show the problems beside the last good version; if a file may be half written, build again instead."""
        has_event = self.watcher.pause(EVENT_DELAY_SECONDS)  # the event of a writer arrives a moment after the write
        if has_event and self.partial_reads < MAX_PARTIAL_READS:
            self.retry_after = RETRY_SECONDS
            self.partial_reads += 1
            return
        self.partial_reads = 0
        codes = {problem.code for problem in problems}
        if "locked" in codes:
            self.retry_after = LOCKED_RETRY_SECONDS
        ordered = tuple(sorted(problems))
        if ordered != self.preview.snapshot.problems or self.retry_after is None:
            self.preview.publish(problems=ordered, building="")
            self.reporter.failed(ordered)

    def _linked_folders(self) -> tuple[str, ...]:
        folders: set[str] = set()
        if self.state.inputs:
            for targets in self.state.inputs.sources.linked.values():
                folders.update(targets)
        return tuple(sorted(folders))

    def _progress(self, stage: str, work: Sequence[_T]) -> Iterable[_T]:
        """Yield ``work``, and raise :class:`_SupersededError` when a newer edit should be built first."""
        self._raise_if_superseded()
        is_resumable = stage == "resizing"  # the cache keeps each image, so an interruption costs little
        if is_resumable and self.visible_written and work:
            self.reporter.resizing(len(work))
        if self.visible_written and work:
            self.watcher.pause(BROWSER_GRACE_SECONDS)
        for count, piece in enumerate(work):
            if not self.preview.snapshot.ready and count % 500 == 0:
                self.preview.publish(building=f"{stage} {count} of {len(work)}")
            if self._can_be_preempted(is_resumable=is_resumable) and self.watcher.has_news():
                self.preemptions += not is_resumable
                raise _SupersededError
            yield piece
        self._raise_if_superseded()

    def _can_be_preempted(self, *, is_resumable: bool) -> bool:
        """Return whether an edit of any file may interrupt the build: all open pages have been written."""
        return self.visible_written and (is_resumable or self.preemptions < MAX_PREEMPTIONS)

    def _raise_if_superseded(self) -> None:
        if self.watcher.busy(self.changed_paths):
            raise _SupersededError


def preview_folder(root: Path, cache_dir: Path | None = None) -> Path:
    """Return the folder in which the preview of a site is built."""
    return locate_folders(root, cache_dir).cache / "preview"


def _read_target_signature(path: Path) -> FileSignature:
    """Return the signature of the file at ``path``, or of the target if it is a link."""
    try:
        return signature_of(os.stat(path))  # noqa: PTH116
    except OSError:
        return NO_SIGNATURE


def _import_for_edits() -> None:
    """Import what a build without changes does not need, such as the parser: the first edit would wait 0.2 seconds."""
    for name in ("blog.content.parse", "blog.content.search_terms", "blog.views.assembly", "blog.render.templates"):
        importlib.import_module(name)
