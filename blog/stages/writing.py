"""The last stage: the search index, and the outputs that changed, are rendered and written."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from blog.cache.workspace import is_owner, record_owner
from blog.output.folder import MANIFEST, OutputTransaction, read_output_file, read_site_identity, refuse_other_site
from blog.render.renderer import Renderer, assume_unchanged, find_theme_collisions, render_jobs, verify_unchanged
from blog.render.search_index import update_search_index
from blog.stages.context import raise_problems
from blog.state import PreviousBuild
from blog.system import file_signature
from blog.views.feeds import new_entries
from blog.views.outputs import VIEW_DECODER, FeedView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blog.content.source_record import SourceRecord
    from blog.output.folder import Changes
    from blog.render.output_record import OutputRecord
    from blog.render.renderer import CompiledTheme, RenderJob
    from blog.render.search_index import SearchIndex
    from blog.stages.context import BuildContext
    from blog.views.outputs import PlannedOutput
    from blog.views.plan import Plan


def update_index(context: BuildContext, plan: Plan, records: Mapping[str, SourceRecord]) -> SearchIndex:
    """Return the search index of all posts."""
    keys = [records[path].terms_key for path in plan.searched]
    key, index = update_search_index(keys, context.previous.index, context.cache)
    context.update_record(index=key)
    return index


def render_changed(
    context: BuildContext, plan: Plan, index: SearchIndex, theme: CompiledTheme, records: Mapping[str, SourceRecord]
) -> tuple[list[RenderJob], Changes]:
    """Render and write the outputs that changed: those that are open in a browser before the others."""
    jobs, unchanged = _outdated_jobs(context, plan, index, theme, records)
    visible_jobs = _visible_jobs(context, jobs)
    if visible_jobs:
        changes = _render_visible_first(context, visible_jobs, jobs, theme, unchanged)
    else:
        changes = _render_and_write(context, jobs, theme, unchanged)
    context.state.previous = PreviousBuild(plan, theme, records)
    return jobs, changes


def _render_visible_first(
    context: BuildContext,
    visible_jobs: Sequence[RenderJob],
    jobs: Sequence[RenderJob],
    theme: CompiledTheme,
    unchanged: Mapping[str, OutputRecord],
) -> Changes:
    """Render and write ``visible_jobs``, report their changes, and then do the other ``jobs``."""
    visible_changes = _render_and_write(context, visible_jobs, theme, context.previous.outputs)
    context.hint.on_visible(visible_changes)
    assert context.state.record is not None
    written = {job.path: context.state.record.outputs[job.path] for job in visible_jobs}
    other_jobs = [job for job in jobs if job.path not in written]
    return visible_changes.then(_render_and_write(context, other_jobs, theme, {**unchanged, **written}))


def _outdated_jobs(
    context: BuildContext, plan: Plan, index: SearchIndex, theme: CompiledTheme, records: Mapping[str, SourceRecord]
) -> tuple[list[RenderJob], Mapping[str, OutputRecord]]:
    """Return the jobs whose output is missing or outdated, and the records of the outputs that stay."""
    previous = context.previous.outputs
    last_build = context.state.previous if context.hint.changed_paths is not None else None
    if last_build:
        affected = last_build.affected_outputs(plan, theme, records)
        if affected is not None:
            return _outdated_among(context, affected, index, theme, records), previous

    raise_problems(find_theme_collisions(plan.outputs, theme), strict=False)
    theme_outputs = [output for output, _ in theme.outputs]
    all_jobs = list(render_jobs([*plan.outputs, *index.outputs, *theme_outputs], records, theme.marks))
    if last_build:
        unchanged = assume_unchanged(all_jobs, previous)
    else:
        unchanged = verify_unchanged(context.options.output, all_jobs, previous)
    return [job for job in all_jobs if job.path not in unchanged], unchanged


def _outdated_among(
    context: BuildContext,
    outputs: Sequence[PlannedOutput],
    index: SearchIndex,
    theme: CompiledTheme,
    records: Mapping[str, SourceRecord],
) -> list[RenderJob]:
    """Return the outdated jobs of ``outputs`` and of the search index."""
    previous = context.previous.outputs
    index_outputs = [file for file in index.outputs if file.view != previous[file.path].view]
    candidates = render_jobs([*outputs, *index_outputs], records, theme.marks)
    return [job for job in candidates if not job.matches(previous[job.path])]


def _visible_jobs(context: BuildContext, jobs: Sequence[RenderJob]) -> list[RenderJob]:
    """Return the jobs to render first: open pages with the files they show. Empty if no open page is outdated."""
    previous = context.previous.outputs
    visible = context.hint.visible_outputs & previous.keys()  # a new output may have to wait for a removal
    if visible.isdisjoint(job.path for job in jobs):
        return []
    existing, new_assets = [], []
    for job in jobs:
        if job.path in previous:
            if job.is_plain or job.path in visible:
                existing.append(job)
        elif job.is_asset:
            new_assets.append(job)
    return existing + new_assets


def _render_and_write(
    context: BuildContext, jobs: Sequence[RenderJob], theme: CompiledTheme, unchanged: Mapping[str, OutputRecord]
) -> Changes:
    """Render ``jobs`` and write them into the output folder, where the ``unchanged`` outputs stay."""
    outputs = dict(unchanged)
    for job in jobs:
        outputs.pop(job.path, None)
    with _open_transaction(context, same_paths=_has_same_paths(context, outputs, jobs)) as transaction:
        transaction.keep(outputs)
        outputs.update(_render(context, jobs, theme, transaction))
        if context.options.dry_run:
            return transaction.changes()
        changes = _commit(context, transaction)
    context.update_record(outputs=outputs)
    return changes


def _has_same_paths(context: BuildContext, unchanged: Mapping[str, OutputRecord], jobs: Sequence[RenderJob]) -> bool:
    """Return whether the output folder will have the same files as now, so that the manifest stays.

    This compares numbers, and the paths of ``jobs`` only: a site has thousands of outputs, and a save changes few.
    """
    assert context.state.record is not None
    written = context.state.record.outputs
    has_same_number = len(unchanged) + len(jobs) == len(written)
    return has_same_number and all(job.path in written for job in jobs) and _is_manifest_unchanged(context)


def _render(
    context: BuildContext, jobs: Sequence[RenderJob], theme: CompiledTheme, transaction: OutputTransaction
) -> dict[str, OutputRecord]:
    """Render ``jobs`` into ``transaction``, and return the records of their outputs."""
    assert context.state.record is not None
    context.cache.flush()
    renderer = Renderer(context.options.root, context.state.record.sources, context.cache, theme, transaction)
    records = {}
    with closing(renderer.render_all(jobs, context.options.jobs)) as results:
        for job, (is_staged, content) in zip(context.progress("rendering", jobs), results, strict=True):
            transaction.note(job.path, staged=is_staged)
            records[job.path] = job.record(content)
    return records


def _commit(context: BuildContext, transaction: OutputTransaction) -> Changes:
    try:
        changes = transaction.commit()
    except BaseException:
        context.state.reset()
        raise
    if context.workspace.is_persistent and not is_owner(context.options.root, context.options.output):
        record_owner(context.options.root, context.options.output)
    return changes


def _open_transaction(context: BuildContext, *, same_paths: bool) -> OutputTransaction:
    options, settings = context.options, context.state.settings
    assert settings is not None
    identity = read_site_identity(options.output)
    if identity not in {"", settings.identity} and not is_owner(options.root, options.output):
        raise refuse_other_site(options.output, f"was made for another site (its {MANIFEST} says so)")
    beside = context.workspace.cache if options.dry_run else None  # a dry run writes nothing near the site
    same_manifest = same_paths and identity == settings.identity
    return OutputTransaction(
        options.output, context.workspace.state, settings.identity, same_paths=same_manifest, beside=beside
    )


def _is_manifest_unchanged(context: BuildContext) -> bool:
    """Return whether the manifest is the one that the previous build wrote."""
    if context.state.previous is not None:
        return True
    signature = file_signature.read_signature(str(context.options.output / MANIFEST))
    return signature == context.previous.manifest != file_signature.NO_SIGNATURE


def list_new_feed_entries(context: BuildContext, plan: Plan) -> tuple[str, ...]:
    """Return the titles of entries that the published feed does not have yet."""
    for output in plan.outputs:
        if output.path == "feed.xml":
            view = context.cache.require(output.view, VIEW_DECODER)
            assert isinstance(view, FeedView)
            return new_entries(view, read_output_file(context.options.output, output.path))
    return ()
