"""The last stage: the search index, and the outputs that changed, are rendered and written."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from blog.cache.workspace import is_owner, record_owner
from blog.output.folder import (
    MANIFEST,
    NO_CHANGES,
    OutputTransaction,
    read_output_file,
    read_site_identity,
    refuse_other_site,
)
from blog.problems import raise_if_any
from blog.render.renderer import Renderer, find_theme_collisions
from blog.render.resizing import Resizer, group_by_image
from blog.render.search_index import INDEXES_DECODER, make_search_indexes, search_indexes_key
from blog.views.feeds import new_entries
from blog.views.outputs import VIEW_DECODER, FeedView
from blog.views.plan import PlanDraft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from blog.content.source_record import SourceRecord
    from blog.output.folder import Changes
    from blog.render.renderer import CompiledTheme, RenderJob
    from blog.render.search_index import SearchIndexes
    from blog.stages.context import BuildContext
    from blog.views.outputs import PlannedOutput
    from blog.views.plan import Plan, PlanInputs


class Written(NamedTuple):
    """What a build has written so far."""

    jobs: Sequence[RenderJob] = ()
    changes: Changes = NO_CHANGES


NOTHING_WRITTEN = Written()


def write_first(context: BuildContext, draft: Plan | PlanDraft, inputs: PlanInputs) -> Written:
    """Render and write the outputs that the caller wants first, with outdated files that pages show.

    Nothing is written if none of these outputs is outdated. Raises :class:`BlogError`.
    """
    state, hint, theme = context.state, context.hint, context.state.theme
    if not hint.first or state.plan is None or theme is None:
        return NOTHING_WRITTEN
    if isinstance(draft, PlanDraft):
        outputs = _plan_first(context, draft, theme)
    else:
        candidates = state.affected_outputs(draft, theme, inputs.records)
        outputs = [output for output in candidates if output.path in hint.first or _is_copy(output)]
    jobs = state.outdated_existing(outputs, theme, inputs.records)
    if not any(job.path in hint.first for job in jobs):
        return NOTHING_WRITTEN
    changes = _render_and_write(context, jobs, theme, on_written=hint.on_written)
    return Written(jobs, changes)


def _plan_first(context: BuildContext, draft: PlanDraft, theme: CompiledTheme) -> list[PlannedOutput]:
    """Return the outputs that the caller wants first, and copies of files that may have changed."""
    first, files = context.hint.first, context.state.files
    site_outputs = [output for output in draft.assembled.outputs if output.origin != "theme"]
    raise_if_any(find_theme_collisions(site_outputs, theme))
    wanted = []
    for output in site_outputs:
        is_changed_file = output.origin == "file" and files.may_have_changed(output.owner)
        if output.path in first or is_changed_file:
            wanted.append(output)
    return draft.some_outputs(wanted)


def _is_copy(output: PlannedOutput) -> bool:
    """Return whether an output is the copy of a file, and no version of an image."""
    return bool(output.source) and not output.template and not output.width


def update_indexes(context: BuildContext, plan: Plan, records: Mapping[str, SourceRecord]) -> SearchIndexes:
    """Return the search index of each edition."""
    state = context.state
    words = {searched.prefix: [records[path].terms_key for path in searched.paths] for searched in plan.searched}

    def make() -> SearchIndexes:
        return make_search_indexes(words, state.last("search index", INDEXES_DECODER), context.cache)

    return state.kept("search index", search_indexes_key(words), INDEXES_DECODER, make)


def render_changed(
    context: BuildContext, plan: Plan, indexes: SearchIndexes, records: Mapping[str, SourceRecord], first: Written
) -> Written:
    """Render and write the outputs that changed; return them with those that were written ``first``.

    Files that are no outputs any more are removed. Versions of images may follow in a transaction of their own.
    """
    state, hint, theme = context.state, context.hint, context.state.theme
    assert theme is not None  # a problem with a theme is an error
    search_files = [output for index in indexes for output in index.outputs]
    jobs, gone = state.outdated(plan, search_files, theme, records)
    late_jobs = [job for job in jobs if hint.has_late_images and job.planned.width]
    other_jobs = [job for job in jobs if not job.planned.width] if late_jobs else jobs
    changes = first.changes.then(_render_and_write(context, other_jobs, theme, gone))
    if late_jobs:
        hint.on_written(changes)
        changes = changes.then(_render_and_write(context, late_jobs, theme))
    state.complete(plan, theme, records)
    return Written([*first.jobs, *jobs], changes)


def _render_and_write(
    context: BuildContext,
    jobs: Sequence[RenderJob],
    theme: CompiledTheme,
    gone: AbstractSet[str] = frozenset(),
    on_written: Callable[[Changes], None] = lambda _: None,
) -> Changes:
    """Render ``jobs`` and write them into the output folder; its other outputs stay, except those that are ``gone``.

    ``on_written`` is called before the transaction removes its folders: that can take longer than a page.
    """
    state = context.state
    replaced = gone | {job.path for job in jobs}
    others = [path for path in state.record.outputs if path not in replaced]
    with _open_transaction(context, same_paths=not gone and state.has_same_paths(jobs)) as transaction:
        transaction.keep(others)
        digests = _render(context, jobs, theme, transaction)
        if context.options.dry_run:
            return transaction.changes()
        changes = _commit(context, transaction)
        state.written(jobs, digests, gone)
        on_written(changes)
    return changes


def _render(
    context: BuildContext, jobs: Sequence[RenderJob], theme: CompiledTheme, transaction: OutputTransaction
) -> list[bytes]:
    """Render ``jobs`` into ``transaction``, pages before images, and return the digests of their outputs."""
    context.cache.flush()
    processes, root, records = context.options.jobs, context.options.root, context.state.record.sources
    renderer = Renderer(root, records, context.cache, theme, transaction)
    digests = {}
    quick_jobs = [job for job in jobs if not job.planned.width]
    with closing(renderer.render_all(quick_jobs, processes)) as results:
        for job, (is_staged, content) in zip(context.progress("rendering", quick_jobs), results, strict=True):
            transaction.note(job.path, staged=is_staged)
            digests[job.path] = content

    images = group_by_image([job for job in jobs if job.planned.width], records)
    resizer = Resizer(root, context.cache, transaction)
    with closing(resizer.resize_all(images, processes)) as all_versions:
        for image, versions in zip(context.progress("resizing", images), all_versions, strict=True):
            for job, (is_staged, content) in zip(image.jobs, versions, strict=True):
                transaction.note(job.path, staged=is_staged)
                digests[job.path] = content
    return [digests[job.path] for job in jobs]


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
    options, inputs = context.options, context.state.inputs
    assert inputs is not None
    site = inputs.settings.identity
    identity = read_site_identity(options.output)
    if identity not in {"", site} and not is_owner(options.root, options.output):
        raise refuse_other_site(options.output, f"was made for another site (its {MANIFEST} says so)")
    beside = context.workspace.cache if options.dry_run else None  # a dry run writes nothing near the site
    same_paths = same_paths and identity == site
    return OutputTransaction(options.output, context.workspace.state, site, same_paths=same_paths, beside=beside)


def list_new_feed_entries(context: BuildContext, plan: Plan) -> tuple[str, ...]:
    """Return the titles of entries that the published feed does not have yet."""
    for output in plan.outputs:
        if output.path == "feed.xml":
            view = context.cache.require(output.view, VIEW_DECODER)
            assert isinstance(view, FeedView)
            return new_entries(view, read_output_file(context.options.output, output.path))
    return ()
