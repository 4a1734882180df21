"""The pipeline, on one screen: load → plan → write.

Every output is a pure function of one view, of the contents that the view names, and of its template. What earlier
builds computed is cached under the digests of its inputs, so each build is the same function of the site.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import structs

from blog.output.folder import compare_folders
from blog.stages.context import Report, no_progress, raise_problems
from blog.stages.loading import load
from blog.stages.session import with_build
from blog.stages.writing import NOTHING_WRITTEN, list_new_feed_entries, render_changed, update_indexes, write_first
from blog.state import ANY_CHANGE
from blog.views.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.problems import Problem
    from blog.stages.context import BuildContext, BuildOptions, Progress
    from blog.stages.writing import Written
    from blog.state import BuildState, ChangeHint
    from blog.views.assembly import Assembled
    from blog.views.plan import PlanDraft, PlanInputs

_T = TypeVar("_T")


def build(
    options: BuildOptions,
    progress: Progress = no_progress,
    state: BuildState | None = None,
    hint: ChangeHint = ANY_CHANGE,
) -> Report:
    """Build the site. Raises :class:`BlogError` with all problems; then nothing in the output folder has changed.

    ``state`` is the state that earlier builds with the same options left in this process. With it ``hint`` limits the
    search for changes, and nothing is saved on the disk before :func:`blog.stages.session.save_state`.
    """
    return with_build(options, run, progress, state, hint)


def run(context: BuildContext) -> Report:
    """Run all stages of a build."""
    inputs, problems = load(context)
    draft = begin_plan(context, inputs, problems)
    first = write_first(context, draft, inputs)
    plan = complete_plan(context, draft)
    return write(context, plan, inputs, problems, first)


def begin_plan(
    context: BuildContext, inputs: PlanInputs, problems: Sequence[Problem], assembled: Assembled | None = None
) -> Plan | PlanDraft:
    """Return the plan for ``inputs`` if an earlier build has made it; else the assembled site, to be planned.

    ``assembled`` is the assembled site, if the caller has it. Raises :class:`BlogError`.
    """
    key = inputs.key()
    plan = context.state.find_plan(key, inputs.audience.now)
    if plan is not None:
        raise_problems([*problems, *plan.problems], strict=context.options.strict)
        return plan
    site = assembled or inputs.assemble()
    raise_problems([*problems, *site.problems], strict=context.options.strict)
    return inputs.draft(key, site)


def complete_plan(context: BuildContext, draft: Plan | PlanDraft) -> Plan:
    """Return the plan of all outputs, which the state keeps."""
    if isinstance(draft, Plan):
        return draft
    plan = draft.complete(context.options.jobs)
    context.state.planned(plan)
    return plan


def write(
    context: BuildContext, plan: Plan, inputs: PlanInputs, problems: Sequence[Problem], first: Written = NOTHING_WRITTEN
) -> Report:
    """Index, render and write what changed; ``problems`` are warnings to report, ``first`` is what was written."""
    new_titles = list_new_feed_entries(context, plan) if context.options.dry_run else ()
    indexes = update_indexes(context, plan, inputs.records)
    jobs, changes = render_changed(context, plan, indexes, inputs.records, first)
    return Report(
        problems=tuple(raise_problems([*problems, *plan.problems], strict=False)),
        hidden=tuple(document for document in plan.hidden if not document.address),
        posts=plan.posts,
        pages=plan.pages,
        private_passages=plan.private_passages,
        comments=plan.comments,
        changes=changes,
        reasons=tuple((job.path, job.reason) for job in jobs if job.is_rendered),
        new_entries=new_titles,
    )


def build_in_temp(options: BuildOptions, action: Callable[[BuildContext], _T], progress: Progress = no_progress) -> _T:
    """Call ``action`` with a build into a temporary folder; the cache and the state of the site stay as they are.

    Only a cache that was given for such builds is written.
    """
    cache = "given" if options.cache == "given" else "copy"
    with tempfile.TemporaryDirectory(prefix="blog-") as folder:
        return with_build(structs.replace(options, output=Path(folder, "public"), cache=cache), action, progress)


def verify(options: BuildOptions) -> list[str]:
    """Build once more without a cache into a temporary folder, and return the paths that differ from the output."""
    with tempfile.TemporaryDirectory(prefix="blog-verify-") as folder:
        output = Path(folder, "public")
        build(structs.replace(options, output=output, cache="fresh"))
        return compare_folders(options.output, output)
