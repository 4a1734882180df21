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

from blog.cache.store import Cache, LostError, digest, pack, program
from blog.cache.workspace import Use, describe_old_folder, find_other_owner, is_owner, open_workspace, record_owner
from blog.config.settings import FILE_NAME, load_settings
from blog.content.document import rules_of
from blog.content.files import load, look_again
from blog.content.reader import Reader
from blog.content.theme import lineage, prepare
from blog.output.folder import MANIFEST, Changes, Stage, check_folder, current, differences, read_site, refuse_site
from blog.output.transaction import recover
from blog.problems import BlogError, Place, Problem, raise_if_any, strictly
from blog.render.renderer import (
    Look,
    Renderer,
    believed,
    closures_of,
    collisions_with_theme,
    recipes,
    still_there,
)
from blog.render.search_index import index_of
from blog.site.assemble import Held
from blog.site.pages import Audience
from blog.state import EVERYWHERE, Done, Glance, Memory, recall, save
from blog.system import file_signature
from blog.text import href
from blog.views.feeds import new_entries
from blog.views.outputs import VIEW, FeedView
from blog.views.planning import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from blog.cache.workspace import Workspace
    from blog.config.settings import Settings
    from blog.content.files import File, Sources
    from blog.content.source_record import Known
    from blog.render.output_record import Made
    from blog.render.renderer import Recipe
    from blog.render.search_index import Index
    from blog.state import Ledger
    from blog.views.planning import Assembled, Plan


_T = TypeVar("_T")


class Progress(Protocol):
    """Watches a stage at work."""

    def __call__(self, stage: str, work: Sequence[_T], /) -> Iterable[_T]:
        """Yield the pieces of ``work`` in order."""


class Order(Struct, frozen=True, kw_only=True):
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
    held: tuple[Held, ...]
    """What this audience does not get."""
    posts: int
    pages: int
    """Outputs that templates render, redirects not counted."""
    withheld: int
    """Private passages left out;"""
    comments: int
    """and comments."""
    changes: Changes
    reasons: tuple[tuple[str, str], ...]
    """Output path, and why it was rendered."""
    new_entries: tuple[str, ...]
    """In a dry run, titles that readers of the feed would see as new."""


def unwatched(_stage: str, work: Sequence[_T]) -> Iterable[_T]:
    """The :class:`Progress` that nobody looks at."""
    return work


def build(
    order: Order, progress: Progress = unwatched, memory: Memory | None = None, glance: Glance = EVERYWHERE
) -> Report:
    """Build the site. Raises :class:`BlogError` with all problems; then nothing in the output folder has changed.

    ``progress`` is handed the name of each long stage and its work, and hands the work on piece by piece; what it
    raises ends the build. ``memory`` is what earlier builds of the same order in this process found; with it ``glance``
    says where to look, and nothing is kept on the disk until :func:`keep` is called.
    """
    return work(order, Build.run, progress, memory, glance)


def work(
    order: Order,
    act: Callable[[Build], _T],
    progress: Progress = unwatched,
    memory: Memory | None = None,
    glance: Glance = EVERYWHERE,
) -> _T:
    """Begin a build, and let ``act`` take its stages; otherwise as :func:`build`. Gives what ``act`` gives.

    If the cache has lost something, ``act`` begins anew with another build.
    """
    check_folder(order.output, order.root)
    if owner := find_other_owner(order.root, order.output):
        raise refuse_site(order.output, f"is that of another site: {owner}")
    use: Use = "copy" if order.dry_run and order.cache == "kept" else order.cache
    with open_workspace(order.root, use, order.cache_dir) as space:
        noted = describe_old_folder(order.root)
        if not space.is_kept and use == "kept":
            noted = (*noted, _NO_WORKSPACE)
        if space.is_kept:
            recover(space.state, order.output)
        for forget in (order.clean, True):  # a cache that has lost something is begun anew, once
            with suppress(LostError), Cache(space.cache, fresh=forget, fallback=space.fallback) as cache:
                if memory is not None and (forget or not order.output.is_dir()):
                    memory.forget()
                found = Memory() if memory is None else memory
                last = found.ledger or recall(cache, order.output, order.root)
                result = act(Build(order, space, cache, progress, found, glance, last, noted))
                if memory is None and space.is_kept:
                    _keep(found, order, cache, last)
                return result
    raise AssertionError("a cache that was begun anew has lost something")


def keep(memory: Memory, order: Order) -> None:
    """Keep what is remembered on the disk, for other processes. Raises :class:`BlogError` if another build runs."""
    with open_workspace(order.root, "kept", order.cache_dir, patience=0) as space, Cache(space.cache) as cache:
        if space.is_kept:
            _keep(memory, order, cache)


def _keep(memory: Memory, order: Order, cache: Cache, last: Ledger | None = None) -> None:
    """Keep what is remembered, if it differs from what the ``last`` build knew."""
    if memory.ledger is None:
        return
    moment = file_signature.now(order.output, cache.folder)

    def settled(path: str) -> file_signature.Stamp:
        return file_signature.settled(file_signature.stamp_of(f"{order.output}/{path}"), moment)

    outputs = {
        path: made if made.stamp != file_signature.NONE else structs.replace(made, stamp=settled(path))
        for path, made in memory.ledger.outputs.items()
    }
    memory.ledger = structs.replace(
        memory.ledger, outputs=outputs, manifest=settled(MANIFEST), boot=file_signature.boot_id()
    )
    if memory.ledger != last:
        save(cache, order.output, order.root, memory.ledger)


class Build(NamedTuple):
    """A build under way: what it works with, and its stages."""

    order: Order
    space: Workspace
    cache: Cache
    progress: Progress
    memory: Memory
    glance: Glance
    last: Ledger
    """What the last build knew."""
    noted: tuple[Problem, ...]
    """Warnings known before."""

    def run(self) -> Report:
        """The pipeline."""
        inputs, problems = self.read()
        return self.write(self.plan(inputs, problems), inputs, problems)

    def read(self) -> tuple[Inputs, list[Problem]]:
        """Load and parse: all that a plan is made from, and what is wrong with it."""
        order, cache, memory, last = self.order, self.cache, self.memory, self.last
        started = file_signature.now(order.root, cache.folder)
        settings, problems = load_settings(order.root, order.base_url)
        look = self._look(settings, problems)
        rules, wrong_rules = rules_of(settings)
        maker = digest(program() + pack(rules))

        sources = self._sources()
        reader = Reader(order.root, rules, maker, cache)
        known = self._read(reader, (*sources.documents, *sources.files), started)
        memory.ledger, memory.sources = structs.replace(last, maker=maker, sources=known), sources
        problems += [*wrong_rules, *self.noted, *sources.problems]
        problems += [problem for entry in known.values() for problem in entry.problems]
        design = look.design if look else None
        return Inputs(maker, settings, order.audience, design, sources, known, cache), problems

    def plan(self, inputs: Inputs, problems: Sequence[Problem], assembled: Assembled | None = None) -> Plan:
        """Assemble, unless that is done, and plan; or what is kept, if it still holds. Raises :class:`BlogError`."""
        key = inputs.key()
        plan = inputs.recall(key, self.memory.plan) if assembled is None else None
        if plan is None:
            site, between, moments = assembled or inputs.assemble()
            _check([*problems, *between], strict=self.order.strict)
            plan = inputs.plan(key, site, between, moments, self.order.jobs)
        _check([*problems, *plan.problems], strict=self.order.strict)
        return plan

    def write(self, plan: Plan, inputs: Inputs, problems: Sequence[Problem]) -> Report:
        """Index, render and write: the outputs, and what was done. ``problems`` are warnings."""
        memory, look = self.memory, self.memory.look
        assert look is not None  # what is wrong with a theme is an error
        assert memory.ledger is not None
        memory.ledger = structs.replace(memory.ledger, plan=plan.key, theme=look.key, closures=look.closures)
        memory.plan, memory.settings = plan, inputs.settings

        announced = self._announced(plan) if self.order.dry_run else ()
        index = self._index(plan, inputs.known)
        todo, changes = self._produce(plan, index, look, inputs.known)
        return Report(
            problems=tuple(_check([*problems, *plan.problems], strict=False)),
            held=tuple(held for held in plan.held if not held.address),
            posts=plan.posts,
            pages=plan.pages,
            withheld=plan.withheld,
            comments=plan.comments,
            changes=changes,
            reasons=tuple((recipe.path, recipe.reason(self.last.outputs)) for recipe in todo if recipe.is_rendered),
            new_entries=announced,
        )

    def _look(self, settings: Settings, problems: list[Problem]) -> Look | None:
        """The theme, checked; None if something is wrong with it."""
        if self.memory.look and not self.glance.sees("themes", FILE_NAME):
            return self.memory.look
        before, self.memory.look = self.memory.look, None
        try:
            design = prepare(lineage(self.order.root, settings.theme, settings.theme_place), settings)
            key = digest(program() + pack(design.templates))
            closures = self.last.closures if self.last.theme == key else closures_of(design)
            urls = {name: href(f"/{path}", settings.base_path) for name, path in design.assets.items()}
            self.memory.look = Look(design, key, closures, urls).after(before)
            for planned, view in self.memory.look.targets:
                self.cache.put(planned.view, view)
        except BlogError as error:
            problems += error.problems
        return self.memory.look

    def _sources(self) -> Sources:
        """The files of the content folder."""
        last, touched = self.memory.sources, self.glance.touched
        again = look_again(self.order.root, last, touched) if last and touched is not None else None
        return again or load(self.order.root, self.order.output)

    def _read(self, reader: Reader, files: Sequence[File], started: int) -> dict[str, Known]:
        """What is known of each file, by path: those that changed since the last build are read."""
        last = self.last.sources if self.last.maker == reader.maker else {}
        new = [file for file in files if file.path not in last or last[file.path].stamp != file.stamp]
        with closing(reader.take_all(new, started, self.order.jobs)) as results:
            taken = zip(self.progress("reading", new), results, strict=True)
            found = {file.path: known for file, known in taken}
        self.cache.flush()  # what was parsed is kept, also if this build ends with errors
        return {file.path: found.get(file.path) or last[file.path] for file in files}

    def _index(self, plan: Plan, known: Mapping[str, Known]) -> Index:
        """The words of all posts."""
        words = [known[path].words for path in plan.searched]
        assert self.memory.ledger is not None
        key, index = index_of(words, self.last.index, self.cache)
        self.memory.ledger = structs.replace(self.memory.ledger, index=key)
        return index

    def _produce(
        self, plan: Plan, index: Index, look: Look, known: Mapping[str, Known]
    ) -> tuple[list[Recipe], Changes]:
        """Render what is to do, and bring it into the output folder: first what somebody is looking at."""
        memory, glance, last = self.memory, self.glance, self.last.outputs
        done = memory.done if glance.touched is not None else None
        affected = done.affected(plan, look, known) if done else None
        if affected is None:
            targets = [*plan.targets, *index.targets, *(planned for planned, _ in look.targets)]
        else:
            targets = [*affected, *(file for file in index.targets if file.view != last[file.path].view)]
        every = list(recipes(targets, known, look.marks))
        if affected is not None:
            made = last
            todo = [recipe for recipe in every if not recipe.gives(last[recipe.path])]
        else:
            _check(collisions_with_theme(plan.targets, look), strict=False)
            made = believed(every, last) if done else still_there(self.order.output, every, last)
            todo = [recipe for recipe in every if recipe.path not in made]
        watched = glance.watched & last.keys()  # what is new may have to wait for something that goes
        first = [recipe for recipe in todo if recipe.path in watched or (recipe.is_plain and recipe.path in last)]
        first += [recipe for recipe in todo if recipe.is_asset and recipe.path not in last]
        if all(recipe.path not in watched for recipe in first):
            changes = self._bring(todo, look, made)
        else:
            early = self._bring(first, look, last)
            glance.brought(early)
            assert memory.ledger is not None
            made = made | {recipe.path: memory.ledger.outputs[recipe.path] for recipe in first}
            hurried = {recipe.path for recipe in first}
            changes = early.then(self._bring([recipe for recipe in todo if recipe.path not in hurried], look, made))
        memory.done = Done(plan, look, known)
        return todo, changes

    def _bring(self, todo: Sequence[Recipe], look: Look, stay: dict[str, Made]) -> Changes:
        """Render, and bring what is rendered into the output folder, where the others ``stay``."""
        memory = self.memory
        assert memory.ledger is not None
        new = [recipe.path for recipe in todo if recipe.path not in stay]
        known = len(stay) + len(new) == len(memory.ledger.outputs) and all(
            path in memory.ledger.outputs for path in new
        )
        outputs = dict(stay)
        for recipe in todo:
            outputs.pop(recipe.path, None)
        same = known and self._is_manifest_known()
        with self._stage(same_paths=same) as stage:
            stage.keep(outputs)
            self.cache.flush()
            renderer = Renderer(self.order.root, memory.ledger.sources, self.cache, look, stage)
            with closing(renderer.make_all(todo, self.order.jobs)) as results:
                for recipe, (staged, content) in zip(self.progress("rendering", todo), results, strict=True):
                    stage.note(recipe.path, staged=staged)
                    outputs[recipe.path] = recipe.made(content)
            if self.order.dry_run:
                return stage.changes()
            try:
                changes = stage.commit()
            except BaseException:
                memory.forget()
                raise
            if self.space.is_kept and not is_owner(self.order.root, self.order.output):
                record_owner(self.order.root, self.order.output)
        memory.ledger = structs.replace(memory.ledger, outputs=outputs)
        return changes

    def _stage(self, *, same_paths: bool) -> Stage:
        order, settings = self.order, self.memory.settings
        assert settings is not None
        made_for = read_site(order.output)
        if made_for not in {"", settings.identity} and not is_owner(order.root, order.output):
            raise refuse_site(order.output, f"was made for another site (its {MANIFEST} says so)")
        beside = self.space.cache if order.dry_run else None  # a dry run writes nothing near the site
        return Stage(order.output, self.space.state, settings.identity, same_paths=same_paths, beside=beside)

    def _is_manifest_known(self) -> bool:
        """Whether the manifest is as the last build wrote it."""
        found = file_signature.stamp_of(str(self.order.output / MANIFEST))
        return self.memory.done is not None or found == self.last.manifest != file_signature.NONE

    def _announced(self, plan: Plan) -> tuple[str, ...]:
        feed = next((target for target in plan.targets if target.path == "feed.xml"), None)
        view = self.cache.need(feed.view, VIEW) if feed else None
        return new_entries(view, current(self.order.output, "feed.xml")) if isinstance(view, FeedView) else ()


def aside(order: Order, act: Callable[[Build], _T], progress: Progress = unwatched) -> _T:
    """As :func:`work`, for who only looks: into a temporary folder, and without a change to what is kept."""
    with tempfile.TemporaryDirectory(prefix="blog-") as folder:
        return work(structs.replace(order, output=Path(folder, "public"), cache="copy"), act, progress)


def verify(order: Order) -> list[str]:
    """Build once more without any cache into a temporary folder: the paths that differ from the output."""
    with tempfile.TemporaryDirectory(prefix="blog-verify-") as folder:
        output = Path(folder, "public")
        build(structs.replace(order, output=output, cache="fresh"))
        return differences(order.output, output)


_CACHE_HINT = "choose another with --cache-dir, or with the variable BLOG_CACHE_DIR"
_NO_WORKSPACE = Problem(
    Place("."), "no-cache", "the cache folder cannot be written: building without a cache", _CACHE_HINT, "warning"
)


def _check(problems: Iterable[Problem], *, strict: bool) -> list[Problem]:
    """The problems in order, if none is an error; ``strict`` makes errors of warnings."""
    ordered = sorted(dict.fromkeys(problems))
    if strict:
        ordered = strictly(ordered)
    raise_if_any(ordered)
    return ordered
