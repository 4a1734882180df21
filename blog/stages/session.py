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
from blog.state import ANY_CHANGE, BuildState, ChangeHint, Disk

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.stages.context import BuildOptions, Progress

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
                current = state or BuildState()
                if fresh or not options.output.is_dir():
                    current.reset()
                disk = Disk(cache, options.root, options.output)
                current.open(disk, hint.changed_paths)
                result = action(BuildContext(options, workspace, cache, progress, current, hint, early_problems))
                if state is None and workspace.is_persistent:
                    current.save(disk)
                return result
    raise AssertionError("an empty cache cannot lack an entry")


def _check_output(options: BuildOptions) -> None:
    """Raise :class:`BlogError` unless the output folder is one that this site may write."""
    check_output_folder(options.output, options.root)
    owner = find_other_owner(options.root, options.output)
    if owner:
        raise refuse_other_site(options.output, f"is that of another site: {owner}")


def save_state(state: BuildState, options: BuildOptions) -> None:
    """Save ``state`` on the disk, for other processes. Raises :class:`BlogError` if another build runs."""
    with (
        open_workspace(options.root, "kept", options.cache_dir, patience=0) as workspace,
        Cache(workspace.cache) as cache,
    ):
        if workspace.is_persistent:
            state.save(Disk(cache, options.root, options.output))


_NO_CACHE = Problem(
    Location(""),
    "no-cache",
    "the cache folder cannot be written: building without a cache",
    "choose another with --cache-dir, or with the variable BLOG_CACHE_DIR",
    "warning",
)
