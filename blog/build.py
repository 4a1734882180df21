"""THE PIPELINE, on one screen: load → parse → assemble → plan → index → render → write.

Every output is a pure function of one explicit view, of the contents that the view names, and of its template. Results
of earlier builds are stored under digests of all their inputs, so a warm build gives the same outputs as a clean one.
"""

from __future__ import annotations

import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from msgspec import Struct, structs

from blog.cache.digests import digest, pack, program_digest
from blog.cache.store import Cache, MissingEntryError
from blog.cache.workspace import Use, find_other_owner, is_owner, open_workspace, record_owner, warn_of_old_folder
from blog.config.settings import FILE_NAME, load_settings
from blog.content.document import derive_parse_options
from blog.content.files import load_sources, reload_sources
from blog.content.reader import SourceReader
from blog.content.theme import load_theme_chain, resolve_theme
from blog.output.folder import (
    MANIFEST,
    Changes,
    OutputTransaction,
    check_output_folder,
    compare_folders,
    read_output_file,
    read_site_identity,
    refuse_other_site,
)
from blog.output.transaction import recover
from blog.problems import BlogError, Location, Problem, promote_warnings, raise_if_any
from blog.render.renderer import (
    CompiledTheme,
    Renderer,
    assume_unchanged,
    digest_templates,
    find_theme_collisions,
    render_jobs,
    verify_unchanged,
)
from blog.render.search_index import update_search_index
from blog.site.structure import HiddenDocument
from blog.site.visibility import Audience
from blog.state import ANY_CHANGE, BuildState, ChangeHint, PreviousBuild, load_record, save_record, sign_outputs
from blog.system import file_signature
from blog.text import href
from blog.views.feeds import new_entries
from blog.views.outputs import VIEW_DECODER, FeedView
from blog.views.planning import PlanInputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from blog.cache.workspace import Workspace
    from blog.config.settings import Settings
    from blog.content.files import SourceFile, SourceTree
    from blog.content.source_record import SourceRecord
    from blog.render.output_record import OutputRecord
    from blog.render.renderer import RenderJob
    from blog.render.search_index import SearchIndex
    from blog.state import BuildRecord
    from blog.views.outputs import PlannedOutput
    from blog.views.planning import Assembled, Plan


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
    """The cache of earlier builds, a copy of it for this build alone, or an empty one."""
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


def build(
    options: BuildOptions,
    progress: Progress = no_progress,
    state: BuildState | None = None,
    hint: ChangeHint = ANY_CHANGE,
) -> Report:
    """Build the site. Raises :class:`BlogError` with all problems; then nothing in the output folder has changed.

    ``state`` is the state that earlier builds with the same options left in this process. With it ``hint`` limits the
    search for changes, and nothing is saved on the disk before :func:`save_state`.
    """
    return with_build(options, Build.run, progress, state, hint)


def with_build(
    options: BuildOptions,
    action: Callable[[Build], _T],
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
                result = action(Build(options, workspace, cache, progress, current, hint, previous, early_problems))
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


class Build(NamedTuple):
    """A build in progress: its arguments, and its stages as methods."""

    options: BuildOptions
    workspace: Workspace
    cache: Cache
    progress: Progress
    state: BuildState
    hint: ChangeHint
    previous: BuildRecord
    """The record of the build before."""
    early_problems: tuple[Problem, ...]
    """Warnings from before the first stage."""

    def run(self) -> Report:
        """Run all stages."""
        inputs, problems = self.load()
        plan = self.plan(inputs, problems)
        return self.write(plan, inputs, problems)

    def load(self) -> tuple[PlanInputs, list[Problem]]:
        """Read the settings, the theme and the site folder, and parse what changed: the inputs of a plan, problems."""
        options = self.options
        started = file_signature.disk_time(options.root, self.cache.folder)
        settings, problems = load_settings(options.root, options.base_url)
        theme = self._load_theme(settings, problems)
        parse_options, wrong_options = derive_parse_options(settings)
        parser_digest = digest(program_digest() + pack(parse_options))

        sources = self._load_sources()
        reader = SourceReader(options.root, parse_options, parser_digest, self.cache)
        records = self._parse(reader, (*sources.documents, *sources.files), started)
        self.state.record = structs.replace(self.previous, maker=parser_digest, sources=records)
        self.state.sources = sources

        problems += [*wrong_options, *self.early_problems, *sources.problems]
        if theme:
            problems += theme.problems
        for record in records.values():
            problems += record.problems
        resolved_theme = theme.theme if theme else None
        inputs = PlanInputs(parser_digest, settings, options.audience, resolved_theme, sources, records, self.cache)
        return inputs, problems

    def plan(self, inputs: PlanInputs, problems: Sequence[Problem], assembled: Assembled | None = None) -> Plan:
        """Return the plan for ``inputs``: the one in the cache if its key is the same, else a new one.

        ``assembled`` is the assembled site, if the caller has it. Raises :class:`BlogError`.
        """
        key = inputs.key()
        plan = inputs.recall(key, self.state.plan) if assembled is None else None
        if plan is None:
            assembled = assembled or inputs.assemble()
            _check([*problems, *assembled.problems], strict=self.options.strict)
            plan = inputs.plan(key, assembled, self.options.jobs)
        _check([*problems, *plan.problems], strict=self.options.strict)
        return plan

    def write(self, plan: Plan, inputs: PlanInputs, problems: Sequence[Problem]) -> Report:
        """Index, render and write what changed; ``problems`` are warnings to report."""
        theme = self.state.compiled_theme
        assert theme is not None  # a problem with a theme is an error
        self._update_record(
            plan=plan.key, theme=theme.key, template_digests=theme.template_digests, theme_problems=theme.problems
        )
        self.state.plan, self.state.settings = plan, inputs.settings

        new_titles = self._new_feed_entries(plan) if self.options.dry_run else ()
        index = self._update_index(plan, inputs.records)
        jobs, changes = self._render_changed(plan, index, theme, inputs.records)
        rendered = [job for job in jobs if job.is_rendered]
        return Report(
            problems=tuple(_check([*problems, *plan.problems], strict=False)),
            hidden=tuple(document for document in plan.hidden if not document.address),
            posts=plan.posts,
            pages=plan.pages,
            private_passages=plan.private_passages,
            comments=plan.comments,
            changes=changes,
            reasons=tuple((job.path, job.reason(self.previous.outputs)) for job in rendered),
            new_entries=new_titles,
        )

    def _update_record(self, **changes: object) -> BuildRecord:
        assert self.state.record is not None
        self.state.record = structs.replace(self.state.record, **changes)
        return self.state.record

    def _load_theme(self, settings: Settings, problems: list[Problem]) -> CompiledTheme | None:
        """Return the theme, compiled and checked; None if it has an error."""
        last = self.state.compiled_theme
        if last and not self.hint.may_have_changed("themes", FILE_NAME):
            return last
        self.state.compiled_theme = None
        try:
            chain = load_theme_chain(self.options.root, settings.theme, settings.theme_location)
            theme = resolve_theme(chain, settings)
            key = digest(program_digest() + pack(theme.templates))
            if self.previous.theme == key:
                template_digests, warnings = self.previous.template_digests, self.previous.theme_problems
            else:
                template_digests, warnings = digest_templates(theme)
        except BlogError as error:
            problems += error.problems
            return None
        urls = {name: href(f"/{path}", settings.base_path) for name, path in theme.assets.items()}
        compiled = CompiledTheme(theme, key, template_digests, urls, warnings).after(last)
        for output, view in compiled.outputs:
            self.cache.put(output.view, view)
        self.state.compiled_theme = compiled
        return compiled

    def _load_sources(self) -> SourceTree:
        """Return the files of the content folder; with a hint, only the changed ones are read again."""
        last, changed_paths = self.state.sources, self.hint.changed_paths
        if last and changed_paths is not None:
            sources = reload_sources(self.options.root, last, changed_paths)
            if sources:
                return sources
        return load_sources(self.options.root, self.options.output)

    def _parse(self, reader: SourceReader, files: Sequence[SourceFile], started: int) -> dict[str, SourceRecord]:
        """Return the record of each file, by path; files that changed since the previous build are parsed."""
        previous = self.previous.sources if self.previous.maker == reader.maker else {}
        changed = []
        for file in files:
            record = previous.get(file.path)
            if record is None or record.signature != file.signature:
                changed.append(file)
        new_records = {}
        with closing(reader.read_all(changed, started, self.options.jobs)) as results:
            for file, record in zip(self.progress("reading", changed), results, strict=True):
                new_records[file.path] = record
        self.cache.flush()  # parsed documents stay in the cache, also if this build ends with errors
        records = {**previous, **new_records}
        return {file.path: records[file.path] for file in files}

    def _update_index(self, plan: Plan, records: Mapping[str, SourceRecord]) -> SearchIndex:
        """Return the search index of all posts."""
        keys = [records[path].terms_key for path in plan.searched]
        key, index = update_search_index(keys, self.previous.index, self.cache)
        self._update_record(index=key)
        return index

    def _render_changed(
        self, plan: Plan, index: SearchIndex, theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> tuple[list[RenderJob], Changes]:
        """Render and write the outputs that changed: those that are open in a browser before the others."""
        jobs, unchanged = self._outdated_jobs(plan, index, theme, records)
        visible_jobs = self._visible_jobs(jobs)
        if visible_jobs:
            changes = self._render_visible_first(visible_jobs, jobs, theme, unchanged)
        else:
            changes = self._render_and_write(jobs, theme, unchanged)
        self.state.previous = PreviousBuild(plan, theme, records)
        return jobs, changes

    def _render_visible_first(
        self,
        visible_jobs: Sequence[RenderJob],
        jobs: Sequence[RenderJob],
        theme: CompiledTheme,
        unchanged: Mapping[str, OutputRecord],
    ) -> Changes:
        """Render and write ``visible_jobs``, report their changes, and then do the other ``jobs``."""
        visible_changes = self._render_and_write(visible_jobs, theme, self.previous.outputs)
        self.hint.on_visible(visible_changes)
        assert self.state.record is not None
        written = {job.path: self.state.record.outputs[job.path] for job in visible_jobs}
        other_jobs = [job for job in jobs if job.path not in written]
        return visible_changes.then(self._render_and_write(other_jobs, theme, {**unchanged, **written}))

    def _outdated_jobs(
        self, plan: Plan, index: SearchIndex, theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> tuple[list[RenderJob], Mapping[str, OutputRecord]]:
        """Return the jobs whose output is missing or outdated, and the records of the outputs that stay."""
        previous = self.previous.outputs
        last_build = self.state.previous if self.hint.changed_paths is not None else None
        if last_build:
            affected = last_build.affected_outputs(plan, theme, records)
            if affected is not None:
                return self._outdated_among(affected, index, theme, records), previous

        _check(find_theme_collisions(plan.outputs, theme), strict=False)
        theme_outputs = [output for output, _ in theme.outputs]
        all_jobs = list(render_jobs([*plan.outputs, *index.outputs, *theme_outputs], records, theme.marks))
        if last_build:
            unchanged = assume_unchanged(all_jobs, previous)
        else:
            unchanged = verify_unchanged(self.options.output, all_jobs, previous)
        return [job for job in all_jobs if job.path not in unchanged], unchanged

    def _outdated_among(
        self,
        outputs: Sequence[PlannedOutput],
        index: SearchIndex,
        theme: CompiledTheme,
        records: Mapping[str, SourceRecord],
    ) -> list[RenderJob]:
        """Return the outdated jobs of ``outputs`` and of the search index."""
        previous = self.previous.outputs
        index_outputs = [file for file in index.outputs if file.view != previous[file.path].view]
        candidates = render_jobs([*outputs, *index_outputs], records, theme.marks)
        return [job for job in candidates if not job.matches(previous[job.path])]

    def _visible_jobs(self, jobs: Sequence[RenderJob]) -> list[RenderJob]:
        """Return the jobs to render first: open pages with the files they show. Empty if no open page is outdated."""
        previous = self.previous.outputs
        visible = self.hint.visible_outputs & previous.keys()  # a new output may have to wait for a removal
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
        self, jobs: Sequence[RenderJob], theme: CompiledTheme, unchanged: Mapping[str, OutputRecord]
    ) -> Changes:
        """Render ``jobs`` and write them into the output folder, where the ``unchanged`` outputs stay."""
        outputs = dict(unchanged)
        for job in jobs:
            outputs.pop(job.path, None)
        with self._open_transaction(same_paths=self._has_same_paths(outputs, jobs)) as transaction:
            transaction.keep(outputs)
            outputs.update(self._render(jobs, theme, transaction))
            if self.options.dry_run:
                return transaction.changes()
            changes = self._commit(transaction)
        self._update_record(outputs=outputs)
        return changes

    def _has_same_paths(self, unchanged: Mapping[str, OutputRecord], jobs: Sequence[RenderJob]) -> bool:
        """Return whether the output folder will have the same files as now, so that the manifest stays.

        This compares numbers, and the paths of ``jobs`` only: a site has thousands of outputs, and a save changes few.
        """
        assert self.state.record is not None
        written = self.state.record.outputs
        has_same_number = len(unchanged) + len(jobs) == len(written)
        return has_same_number and all(job.path in written for job in jobs) and self._is_manifest_unchanged()

    def _render(
        self, jobs: Sequence[RenderJob], theme: CompiledTheme, transaction: OutputTransaction
    ) -> dict[str, OutputRecord]:
        """Render ``jobs`` into ``transaction``, and return the records of their outputs."""
        assert self.state.record is not None
        self.cache.flush()
        renderer = Renderer(self.options.root, self.state.record.sources, self.cache, theme, transaction)
        records = {}
        with closing(renderer.render_all(jobs, self.options.jobs)) as results:
            for job, (is_staged, content) in zip(self.progress("rendering", jobs), results, strict=True):
                transaction.note(job.path, staged=is_staged)
                records[job.path] = job.record(content)
        return records

    def _commit(self, transaction: OutputTransaction) -> Changes:
        try:
            changes = transaction.commit()
        except BaseException:
            self.state.reset()
            raise
        if self.workspace.is_persistent and not is_owner(self.options.root, self.options.output):
            record_owner(self.options.root, self.options.output)
        return changes

    def _open_transaction(self, *, same_paths: bool) -> OutputTransaction:
        options, settings = self.options, self.state.settings
        assert settings is not None
        identity = read_site_identity(options.output)
        if identity not in {"", settings.identity} and not is_owner(options.root, options.output):
            raise refuse_other_site(options.output, f"was made for another site (its {MANIFEST} says so)")
        beside = self.workspace.cache if options.dry_run else None  # a dry run writes nothing near the site
        same_manifest = same_paths and identity == settings.identity
        return OutputTransaction(
            options.output, self.workspace.state, settings.identity, same_paths=same_manifest, beside=beside
        )

    def _is_manifest_unchanged(self) -> bool:
        """Return whether the manifest is the one that the previous build wrote."""
        if self.state.previous is not None:
            return True
        signature = file_signature.read_signature(str(self.options.output / MANIFEST))
        return signature == self.previous.manifest != file_signature.NO_SIGNATURE

    def _new_feed_entries(self, plan: Plan) -> tuple[str, ...]:
        """Return the titles of entries that the published feed does not have yet."""
        for output in plan.outputs:
            if output.path == "feed.xml":
                view = self.cache.require(output.view, VIEW_DECODER)
                assert isinstance(view, FeedView)
                return new_entries(view, read_output_file(self.options.output, output.path))
        return ()


def build_in_temp(options: BuildOptions, action: Callable[[Build], _T], progress: Progress = no_progress) -> _T:
    """Call ``action`` with a build into a temporary folder; the cache and the state of the site stay as they are."""
    with tempfile.TemporaryDirectory(prefix="blog-") as folder:
        return with_build(structs.replace(options, output=Path(folder, "public"), cache="copy"), action, progress)


def verify(options: BuildOptions) -> list[str]:
    """Build once more without a cache into a temporary folder, and return the paths that differ from the output."""
    with tempfile.TemporaryDirectory(prefix="blog-verify-") as folder:
        output = Path(folder, "public")
        build(structs.replace(options, output=output, cache="fresh"))
        return compare_folders(options.output, output)


_NO_CACHE = Problem(
    Location("."),
    "no-cache",
    "the cache folder cannot be written: building without a cache",
    "choose another with --cache-dir, or with the variable BLOG_CACHE_DIR",
    "warning",
)


def _check(problems: Iterable[Problem], *, strict: bool) -> list[Problem]:
    """Return the problems in order. Raises :class:`BlogError` if one is an error, or, if ``strict``, a warning."""
    ordered = sorted(dict.fromkeys(problems))
    if strict:
        ordered = promote_warnings(ordered)
    raise_if_any(ordered)
    return ordered
