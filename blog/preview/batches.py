"""The order in which ``blog serve`` wants outputs to be written: pages that are open in a browser before the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Sequence

    from blog.render.renderer import RenderJob


def split_visible(
    visible: Collection[str], jobs: Sequence[RenderJob], existing: Container[str]
) -> list[Sequence[RenderJob]]:
    """Return ``jobs`` in two batches: ``visible`` outputs with the files that they show, and the rest.

    All are one batch if no ``existing`` output that is visible is outdated. A new output is not in the first batch: it
    may have to wait for a removal. New files of the theme are: their names have a digest.
    """
    first: list[RenderJob] = []
    has_visible = False
    for job in jobs:
        if job.path not in existing:
            is_first = _is_asset(job)
        else:
            has_visible = has_visible or job.path in visible
            is_first = job.path in visible or _is_asset(job) or not job.is_rendered
        if is_first:
            first.append(job)
    if not has_visible:
        return [jobs]
    paths = {job.path for job in first}
    return [first, [job for job in jobs if job.path not in paths]]


def _is_asset(job: RenderJob) -> bool:
    """Return whether the output is a file of the theme."""
    return job.path.startswith("assets/") and not job.planned.template and not job.planned.source
