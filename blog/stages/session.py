"""Opens a build: its folders, its lock, its cache and the state that earlier builds left; and saves the state."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from blog.cache.store import Cache, MissingEntryError
from blog.cache.workspace import Use, find_other_owner, open_workspace, warn_of_old_folder
from blog.output.folder import check_output_folder, refuse_other_site
from blog.output.undo_journal import recover
from blog.problems import Location, Problem
from blog.stages.context import BuildContext, no_progress
from blog.state import ANY_CHANGE, BuildState, ChangeHint, load_record, save_record, sign_outputs
from blog.system import file_signature

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from blog.stages.context import BuildOptions, Progress
    from blog.state import BuildRecord

_T = TypeVar("_T")


def with_build(
    options: BuildOptions,
    action: Callable[[BuildContext], _T],
    progress: Progress = no_progress,
    state: BuildState | None = None,
    hint: ChangeHint = ANY_CHANGE,
) -> _T:
    """Open a build, call ``action`` with it, and return its result; the arguments are those of :func:`build`.

    If the cache turns out to lack an entry that it should have, ``action`` runs once more with an empty cache.
    """
    _check_output(options)
    use: Use = "copy" if options.dry_run and options.cache == "kept" else options.cache
    with open_workspace(options.root, use, options.cache_dir) as workspace:
        early_problems = warn_of_old_folder(options.root)
        if use == "kept" and not workspace.is_persistent:
            early_problems = (*early_problems, _NO_CACHE)
        if workspace.is_persistent:
            recover(workspace.state, options.output)
        for fresh in (options.clean, True):
            with (
                suppress(MissingEntryError),
                Cache(workspace.cache, fresh=fresh, fallback=workspace.fallback) as cache,
            ):
                current = _prepare_state(state, options.output, fresh=fresh)
                previous = current.record or load_record(cache, options.output, options.root)
                result = action(
                    BuildContext(options, workspace, cache, progress, current, hint, previous, early_problems)
                )
                if state is None and workspace.is_persistent:
                    _save(current, options, cache, previous)
                return result
    raise AssertionError("an empty cache cannot lack an entry")


def _check_output(options: BuildOptions) -> None:
    """Raise :class:`BlogError` unless the output folder is one that this site may write."""
    check_output_folder(options.output, options.root)
    owner = find_other_owner(options.root, options.output)
    if owner:
        raise refuse_other_site(options.output, f"is that of another site: {owner}")


def _prepare_state(state: BuildState | None, output: Path, *, fresh: bool) -> BuildState:
    """Return ``state``, or a new one; it is reset if the cache is empty, or the output folder is missing."""
    if state is None:
        return BuildState()
    if fresh or not output.is_dir():
        state.reset()
    return state


def save_state(state: BuildState, options: BuildOptions) -> None:
    """Save ``state`` on the disk, for other processes. Raises :class:`BlogError` if another build runs."""
    with (
        open_workspace(options.root, "kept", options.cache_dir, patience=0) as workspace,
        Cache(workspace.cache) as cache,
    ):
        if workspace.is_persistent:
            _save(state, options, cache)


def _save(state: BuildState, options: BuildOptions, cache: Cache, previous: BuildRecord | None = None) -> None:
    """Save the record of ``state``, unless it is equal to ``previous``."""
    if state.record is None:
        return
    now = file_signature.disk_time(options.output, cache.folder)
    state.record = sign_outputs(state.record, options.output, now)
    if state.record != previous:
        save_record(cache, options.output, options.root, state.record)


_NO_CACHE = Problem(
    Location(""),
    "no-cache",
    "the cache folder cannot be written: building without a cache",
    "choose another with --cache-dir, or with the variable BLOG_CACHE_DIR",
    "warning",
)
