"""What all stages of a build share: its options, its report, and the build in progress."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from blog.cache.workspace import Use
from blog.output.folder import Changes
from blog.problems import Problem, promote_warnings, raise_if_any
from blog.site.visibility import Audience, HiddenDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blog.cache.store import Cache
    from blog.cache.workspace import Workspace
    from blog.state import BuildState, ChangeHint

_T = TypeVar("_T")


class Progress(Protocol):
    """Reports how far a stage has come."""

    def __call__(self, stage: str, work: Sequence[_T], /) -> Iterable[_T]:
        """Yield the items of ``work`` in order; an exception ends the build."""


class BuildOptions(Struct, frozen=True, kw_only=True):
    """The arguments of a build."""

    root: Path
    """The site folder."""
    output: Path
    audience: Audience
    base_url: str | None = None
    """Replaces ``url`` of the settings."""
    strict: bool = False
    """Warnings are errors."""
    clean: bool = False
    """Empty the cache first."""
    cache: Use = "kept"
    """The cache of earlier builds, a copy of it for this build alone, an empty one, or ``cache_dir`` itself."""
    cache_dir: Path | None = None
    """Replaces the user's cache folder."""
    dry_run: bool = False
    """Compute the changes and write nothing into the output folder."""
    jobs: int = 1
    """Number of worker processes."""


class Report(Struct, frozen=True, kw_only=True):
    """The result of a build."""

    problems: tuple[Problem, ...]
    """Warnings."""
    hidden: tuple[HiddenDocument, ...]
    """Documents that this audience does not see."""
    posts: int
    pages: int
    """Number of rendered outputs, without redirects."""
    private_passages: int
    """Number of private passages that were left out."""
    comments: int
    """Number of comments that were left out."""
    changes: Changes
    reasons: tuple[tuple[str, str], ...]
    """Each rendered output path with the reason."""
    new_entries: tuple[str, ...]
    """Titles of feed entries that subscribers would see as new; in a dry run only."""


def no_progress(_stage: str, work: Sequence[_T]) -> Iterable[_T]:
    """Return ``work``: the :class:`Progress` that reports nothing."""
    return work


class BuildContext(NamedTuple):
    """A build in progress: its arguments, and what earlier builds left."""

    options: BuildOptions
    workspace: Workspace
    cache: Cache
    progress: Progress
    state: BuildState
    hint: ChangeHint
    early_problems: tuple[Problem, ...]
    """Warnings from before the first stage."""


def raise_problems(problems: Iterable[Problem], *, strict: bool) -> list[Problem]:
    """Return the problems in order. Raises :class:`BlogError` if one is an error, or, if ``strict``, a warning."""
    ordered = sorted(dict.fromkeys(problems))
    if strict:
        ordered = promote_warnings(ordered)
    raise_if_any(ordered)
    return ordered
