"""THE PIPELINE, on one screen: load → parse → assemble → plan → index → render → write.

Every output is a pure function of one explicit view, of the contents that the view names, and of its template. What
earlier builds found out is kept by digests of all that went in: to build again is to build.
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
from blog.site.assemble import HiddenDocument
from blog.site.visibility import Audience
from blog.state import ANY_CHANGE, BuildState, ChangeHint, PreviousBuild, load_record, save_record
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
    from blog.views.planning import Assembled, Plan


_T = TypeVar("_T")


class Progress(Protocol):
    """Watches a stage at work."""

    def __call__(self, stage: str, work: Sequence[_T], /) -> Iterable[_T]:
        """Yield the pieces of ``work`` in order."""


class BuildOptions(Struct, frozen=True, kw_only=True):
    """What is to be built."""

    root: Path
    output: Path
    audience: Audience
    base_url: str | None = None
    strict: bool = False
    clean: bool = False
    """Forget what is kept from earlier builds."""
    cache: Use = "kept"
    """The cache of earlier builds, a copy of it that goes with the build, or an empty one."""
    cache_dir: Path | None = None
    """Replaces the user's cache folder."""
    dry_run: bool = False
    jobs: int = 1


class Report(Struct, frozen=True, kw_only=True):
    """What was built."""

    problems: tuple[Problem, ...]
    """Warnings."""
    hidden: tuple[HiddenDocument, ...]
    """What this audience does not get."""
    posts: int
    pages: int
    """Outputs that templates render, redirects not counted."""
    private_passages: int
    """Private passages left out;"""
    comments: int
    """and comments."""
    changes: Changes
    reasons: tuple[tuple[str, str], ...]
    """Output path, and why it was rendered."""
    new_entries: tuple[str, ...]
    """In a dry run, titles that readers of the feed would see as new."""


def no_progress(_stage: str, work: Sequence[_T]) -> Iterable[_T]:
    """The :class:`Progress` that nobody looks at."""
    return work


def build(
    order: BuildOptions,
    progress: Progress = no_progress,
    memory: BuildState | None = None,
    glance: ChangeHint = ANY_CHANGE,
) -> Report:
    """Build the site. Raises :class:`BlogError` with all problems; then nothing in the output folder has changed.

    ``progress`` is handed the name of each long stage and its work, and hands the work on piece by piece; what it
    raises ends the build. ``memory`` is what earlier builds of the same order in this process found; with it ``glance``
    says where to look, and nothing is kept on the disk until :func:`save_state` is called.
    """
    return with_build(order, Build.run, progress, memory, glance)


def with_build(
    order: BuildOptions,
    act: Callable[[Build], _T],
    progress: Progress = no_progress,
    memory: BuildState | None = None,
    glance: ChangeHint = ANY_CHANGE,
) -> _T:
    """Begin a build, and let ``act`` take its stages; otherwise as :func:`build`. Gives what ``act`` gives.

    If the cache has lost something, ``act`` begins anew with another build.
    """
    check_output_folder(order.output, order.root)
    if owner := find_other_owner(order.root, order.output):
        raise refuse_other_site(order.output, f"is that of another site: {owner}")
    use: Use = "copy" if order.dry_run and order.cache == "kept" else order.cache
    with open_workspace(order.root, use, order.cache_dir) as space:
        noted = warn_of_old_folder(order.root)
        if not space.is_persistent and use == "kept":
            noted = (*noted, _NO_WORKSPACE)
        if space.is_persistent:
            recover(space.state, order.output)
        for forget in (order.clean, True):  # a cache that has lost something is begun anew, once
            with suppress(MissingEntryError), Cache(space.cache, fresh=forget, fallback=space.fallback) as cache:
                if memory is not None and (forget or not order.output.is_dir()):
                    memory.reset()
                found = BuildState() if memory is None else memory
                last = found.record or load_record(cache, order.output, order.root)
                result = act(Build(order, space, cache, progress, found, glance, last, noted))
                if memory is None and space.is_persistent:
                    _keep(found, order, cache, last)
                return result
    raise AssertionError("a cache that was begun anew has lost something")


def save_state(memory: BuildState, order: BuildOptions) -> None:
    """Keep what is remembered on the disk, for other processes. Raises :class:`BlogError` if another build runs."""
    with open_workspace(order.root, "kept", order.cache_dir, patience=0) as space, Cache(space.cache) as cache:
        if space.is_persistent:
            _keep(memory, order, cache)


def _keep(memory: BuildState, order: BuildOptions, cache: Cache, last: BuildRecord | None = None) -> None:
    """Keep what is remembered, if it differs from what the ``last`` build knew."""
    if memory.record is None:
        return
    moment = file_signature.disk_time(order.output, cache.folder)

    def settled(path: str) -> file_signature.FileSignature:
        return file_signature.trusted_since(file_signature.read_signature(f"{order.output}/{path}"), moment)

    outputs = {
        path: made if made.signature != file_signature.NO_SIGNATURE else structs.replace(made, signature=settled(path))
        for path, made in memory.record.outputs.items()
    }
    memory.record = structs.replace(
        memory.record, outputs=outputs, manifest=settled(MANIFEST), boot=file_signature.boot_id()
    )
    if memory.record != last:
        save_record(cache, order.output, order.root, memory.record)


class Build(NamedTuple):
    """A build under way: what it works with, and its stages."""

    options: BuildOptions
    workspace: Workspace
    cache: Cache
    progress: Progress
    state: BuildState
    hint: ChangeHint
    previous: BuildRecord
    """What the last build knew."""
    early_problems: tuple[Problem, ...]
    """Warnings known before."""

    def run(self) -> Report:
        """The pipeline."""
        inputs, problems = self.load()
        return self.write(self.plan(inputs, problems), inputs, problems)

    def load(self) -> tuple[PlanInputs, list[Problem]]:
        """Load and parse: all that a plan is made from, and what is wrong with it."""
        order, cache, memory, last = self.options, self.cache, self.state, self.previous
        started = file_signature.disk_time(order.root, cache.folder)
        settings, problems = load_settings(order.root, order.base_url)
        look = self._look(settings, problems)
        rules, wrong_rules = derive_parse_options(settings)
        maker = digest(program_digest() + pack(rules))

        sources = self._sources()
        reader = SourceReader(order.root, rules, maker, cache)
        known = self._read(reader, (*sources.documents, *sources.files), started)
        memory.record, memory.sources = structs.replace(last, maker=maker, sources=known), sources
        problems += [*wrong_rules, *self.early_problems, *sources.problems]
        problems += [problem for entry in known.values() for problem in entry.problems]
        design = look.theme if look else None
        return PlanInputs(maker, settings, order.audience, design, sources, known, cache), problems

    def plan(self, inputs: PlanInputs, problems: Sequence[Problem], assembled: Assembled | None = None) -> Plan:
        """Assemble, unless that is done, and plan; or what is kept, if it still holds. Raises :class:`BlogError`."""
        key = inputs.key()
        plan = inputs.recall(key, self.state.plan) if assembled is None else None
        if plan is None:
            site, between, moments = assembled or inputs.assemble()
            _check([*problems, *between], strict=self.options.strict)
            plan = inputs.plan(key, site, between, moments, self.options.jobs)
        _check([*problems, *plan.problems], strict=self.options.strict)
        return plan

    def write(self, plan: Plan, inputs: PlanInputs, problems: Sequence[Problem]) -> Report:
        """Index, render and write: the outputs, and what was done. ``problems`` are warnings."""
        memory, look = self.state, self.state.compiled_theme
        assert look is not None  # what is wrong with a theme is an error
        assert memory.record is not None
        memory.record = structs.replace(
            memory.record, plan=plan.key, theme=look.key, template_digests=look.template_digests
        )
        memory.plan, memory.settings = plan, inputs.settings

        announced = self._announced(plan) if self.options.dry_run else ()
        index = self._index(plan, inputs.records)
        todo, changes = self._produce(plan, index, look, inputs.records)
        return Report(
            problems=tuple(_check([*problems, *plan.problems], strict=False)),
            hidden=tuple(held for held in plan.hidden if not held.address),
            posts=plan.posts,
            pages=plan.pages,
            private_passages=plan.private_passages,
            comments=plan.comments,
            changes=changes,
            reasons=tuple((recipe.path, recipe.reason(self.previous.outputs)) for recipe in todo if recipe.is_rendered),
            new_entries=announced,
        )

    def _look(self, settings: Settings, problems: list[Problem]) -> CompiledTheme | None:
        """The theme, checked; None if something is wrong with it."""
        if self.state.compiled_theme and not self.hint.may_have_changed("themes", FILE_NAME):
            return self.state.compiled_theme
        before, self.state.compiled_theme = self.state.compiled_theme, None
        try:
            design = resolve_theme(
                load_theme_chain(self.options.root, settings.theme, settings.theme_location), settings
            )
            key = digest(program_digest() + pack(design.templates))
            closures = self.previous.template_digests if self.previous.theme == key else digest_templates(design)
            urls = {name: href(f"/{path}", settings.base_path) for name, path in design.assets.items()}
            self.state.compiled_theme = CompiledTheme(design, key, closures, urls).after(before)
            for planned, view in self.state.compiled_theme.outputs:
                self.cache.put(planned.view, view)
        except BlogError as error:
            problems += error.problems
        return self.state.compiled_theme

    def _sources(self) -> SourceTree:
        """The files of the content folder."""
        last, touched = self.state.sources, self.hint.changed_paths
        again = reload_sources(self.options.root, last, touched) if last and touched is not None else None
        return again or load_sources(self.options.root, self.options.output)

    def _read(self, reader: SourceReader, files: Sequence[SourceFile], started: int) -> dict[str, SourceRecord]:
        """What is known of each file, by path: those that changed since the last build are read."""
        last = self.previous.sources if self.previous.maker == reader.maker else {}
        new = [file for file in files if file.path not in last or last[file.path].signature != file.signature]
        with closing(reader.read_all(new, started, self.options.jobs)) as results:
            taken = zip(self.progress("reading", new), results, strict=True)
            found = {file.path: known for file, known in taken}
        self.cache.flush()  # what was parsed is kept, also if this build ends with errors
        return {file.path: found.get(file.path) or last[file.path] for file in files}

    def _index(self, plan: Plan, known: Mapping[str, SourceRecord]) -> SearchIndex:
        """The words of all posts."""
        words = [known[path].terms_key for path in plan.searched]
        assert self.state.record is not None
        key, index = update_search_index(words, self.previous.index, self.cache)
        self.state.record = structs.replace(self.state.record, index=key)
        return index

    def _produce(
        self, plan: Plan, index: SearchIndex, look: CompiledTheme, known: Mapping[str, SourceRecord]
    ) -> tuple[list[RenderJob], Changes]:
        """Render what is to do, and bring it into the output folder: first what somebody is looking at."""
        memory, glance, last = self.state, self.hint, self.previous.outputs
        done = memory.previous if glance.changed_paths is not None else None
        affected = done.affected_outputs(plan, look, known) if done else None
        if affected is None:
            targets = [*plan.outputs, *index.outputs, *(planned for planned, _ in look.outputs)]
        else:
            targets = [*affected, *(file for file in index.outputs if file.view != last[file.path].view)]
        every = list(render_jobs(targets, known, look.marks))
        if affected is not None:
            made = last
            todo = [recipe for recipe in every if not recipe.matches(last[recipe.path])]
        else:
            _check(find_theme_collisions(plan.outputs, look), strict=False)
            made = assume_unchanged(every, last) if done else verify_unchanged(self.options.output, every, last)
            todo = [recipe for recipe in every if recipe.path not in made]
        watched = glance.visible_outputs & last.keys()  # what is new may have to wait for something that goes
        first = [recipe for recipe in todo if recipe.path in watched or (recipe.is_plain and recipe.path in last)]
        first += [recipe for recipe in todo if recipe.is_asset and recipe.path not in last]
        if all(recipe.path not in watched for recipe in first):
            changes = self._bring(todo, look, made)
        else:
            early = self._bring(first, look, last)
            glance.on_visible(early)
            assert memory.record is not None
            made = made | {recipe.path: memory.record.outputs[recipe.path] for recipe in first}
            hurried = {recipe.path for recipe in first}
            changes = early.then(self._bring([recipe for recipe in todo if recipe.path not in hurried], look, made))
        memory.previous = PreviousBuild(plan, look, known)
        return todo, changes

    def _bring(self, todo: Sequence[RenderJob], look: CompiledTheme, stay: dict[str, OutputRecord]) -> Changes:
        """Render, and bring what is rendered into the output folder, where the others ``stay``."""
        memory = self.state
        assert memory.record is not None
        new = [recipe.path for recipe in todo if recipe.path not in stay]
        known = len(stay) + len(new) == len(memory.record.outputs) and all(
            path in memory.record.outputs for path in new
        )
        outputs = dict(stay)
        for recipe in todo:
            outputs.pop(recipe.path, None)
        same = known and self._is_manifest_known()
        with self._stage(same_paths=same) as stage:
            stage.keep(outputs)
            self.cache.flush()
            renderer = Renderer(self.options.root, memory.record.sources, self.cache, look, stage)
            with closing(renderer.render_all(todo, self.options.jobs)) as results:
                for recipe, (staged, content) in zip(self.progress("rendering", todo), results, strict=True):
                    stage.note(recipe.path, staged=staged)
                    outputs[recipe.path] = recipe.record(content)
            if self.options.dry_run:
                return stage.changes()
            try:
                changes = stage.commit()
            except BaseException:
                memory.reset()
                raise
            if self.workspace.is_persistent and not is_owner(self.options.root, self.options.output):
                record_owner(self.options.root, self.options.output)
        memory.record = structs.replace(memory.record, outputs=outputs)
        return changes

    def _stage(self, *, same_paths: bool) -> OutputTransaction:
        order, settings = self.options, self.state.settings
        assert settings is not None
        made_for = read_site_identity(order.output)
        if made_for not in {"", settings.identity} and not is_owner(order.root, order.output):
            raise refuse_other_site(order.output, f"was made for another site (its {MANIFEST} says so)")
        beside = self.workspace.cache if order.dry_run else None  # a dry run writes nothing near the site
        return OutputTransaction(
            order.output, self.workspace.state, settings.identity, same_paths=same_paths, beside=beside
        )

    def _is_manifest_known(self) -> bool:
        """Whether the manifest is as the last build wrote it."""
        found = file_signature.read_signature(str(self.options.output / MANIFEST))
        return self.state.previous is not None or found == self.previous.manifest != file_signature.NO_SIGNATURE

    def _announced(self, plan: Plan) -> tuple[str, ...]:
        feed = next((target for target in plan.outputs if target.path == "feed.xml"), None)
        view = self.cache.require(feed.view, VIEW_DECODER) if feed else None
        return (
            new_entries(view, read_output_file(self.options.output, "feed.xml")) if isinstance(view, FeedView) else ()
        )


def build_in_temp(order: BuildOptions, act: Callable[[Build], _T], progress: Progress = no_progress) -> _T:
    """As :func:`with_build`, for who only looks: into a temporary folder, and without a change to what is kept."""
    with tempfile.TemporaryDirectory(prefix="blog-") as folder:
        return with_build(structs.replace(order, output=Path(folder, "public"), cache="copy"), act, progress)


def verify(order: BuildOptions) -> list[str]:
    """Build once more without any cache into a temporary folder: the paths that differ from the output."""
    with tempfile.TemporaryDirectory(prefix="blog-verify-") as folder:
        output = Path(folder, "public")
        build(structs.replace(order, output=output, cache="fresh"))
        return compare_folders(order.output, output)


_CACHE_HINT = "choose another with --cache-dir, or with the variable BLOG_CACHE_DIR"
_NO_WORKSPACE = Problem(
    Location("."), "no-cache", "the cache folder cannot be written: building without a cache", _CACHE_HINT, "warning"
)


def _check(problems: Iterable[Problem], *, strict: bool) -> list[Problem]:
    """The problems in order, if none is an error; ``strict`` makes errors of warnings."""
    ordered = sorted(dict.fromkeys(problems))
    if strict:
        ordered = promote_warnings(ordered)
    raise_if_any(ordered)
    return ordered
