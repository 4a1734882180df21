"""THE PIPELINE, on one screen: load → parse → assemble → plan → render → write.

Every output is a pure function of one explicit view, of the contents that the view names, and of its template. What
earlier builds found out is kept by digests of all that went in: to build again is to build.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from msgspec import Struct, structs

from blog import ledger, stamps
from blog.cache import Cache, LostError, digest, pack, program, workspace
from blog.config import load_settings
from blog.documents import Rules
from blog.errors import BlogError, Place, Problem, raise_if_any
from blog.ledger import Ledger
from blog.outputs import MANIFEST, Changes, Stage, check_folder, current, differences
from blog.pages import Audience
from blog.planning import Inputs
from blog.reading import Reader
from blog.rendering import Look, Renderer, closures_of, recipes, still_there
from blog.site import Held
from blog.sources import load, load_theme
from blog.subscriptions import new_entries
from blog.targets import VIEW, FeedView
from blog.themes import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blog.cache import Use
    from blog.config import Settings
    from blog.ledger import Known, Made
    from blog.planning import Plan
    from blog.rendering import Recipe
    from blog.sources import File


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
    cached: bool = True
    """False: neither look at the cache nor write to it."""
    dry_run: bool = False
    jobs: int = 1


class Report(Struct, frozen=True, kw_only=True):
    """What was built."""

    problems: tuple[Problem, ...]
    """Warnings."""
    held: tuple[Held, ...]
    posts: int
    pages: int
    """Outputs that templates render, redirects not counted."""
    withheld: int
    """Private passages left out."""
    changes: Changes
    reasons: tuple[tuple[str, str], ...]
    """Output path, and why it was rendered."""
    new_entries: tuple[str, ...]
    """In a dry run, titles that readers of the feed would see as new."""


def build(order: Order, progress: Progress = lambda _stage, work: work) -> Report:
    """Build the site. Raises :class:`BlogError` with all problems; then nothing in the output folder has changed.

    ``progress`` is handed the name of each long stage and its work, and hands the work on piece by piece.
    """
    check_folder(order.output, order.root)
    use: Use = "fresh" if not order.cached else "copy" if order.dry_run else "own"
    with workspace(order.root, use) as space:
        problems = [] if space.own or use != "own" else [_NO_WORKSPACE]
        for forget in (order.clean, True):  # a cache that has lost something is begun anew, once
            with suppress(LostError), Cache(space.folder, fresh=forget) as cache:
                last = ledger.recall(cache, order.output, order.root)
                return _Build(order, cache, progress, last).run(problems, keep=space.own)
    raise AssertionError("a cache that was begun anew has lost something")


class _Build(NamedTuple):
    order: Order
    cache: Cache
    progress: Progress
    last: Ledger
    """What the last build knew."""

    def run(self, problems: Sequence[Problem], *, keep: bool) -> Report:
        """The pipeline. ``problems`` are warnings known before; ``keep``: the next build finds what this one knew."""
        order, cache, last = self.order, self.cache, self.last
        started = stamps.now(cache.folder)
        settings, wrong = load_settings(order.root, order.base_url)
        look = self._look(settings, wrong)
        rules = Rules(settings.language, settings.allow)
        maker = digest(program() + pack(rules))

        sources = load(order.root, order.output)
        reader = Reader(order.root, rules, maker, cache)
        known = self._read(reader, (*sources.documents, *sources.files), started)
        wrong += [*problems, *sources.problems, *(problem for entry in known.values() for problem in entry.problems)]

        design = look.design if look else None
        key, plan = self._plan(Inputs(maker, settings, order.audience, design, sources, known, cache), wrong)
        warnings = _check([*wrong, *plan.problems], strict=order.strict)
        assert look is not None  # what is wrong with a theme is an error

        every = list(recipes(plan.targets, known, look.closures))
        made = still_there(order.output, every, last.outputs)
        todo = [recipe for recipe in every if recipe.path not in made]
        with Stage(order.output, cache.folder, same_paths=self._same_paths(plan)) as stage:
            self._render(Renderer(order.root, known, cache, look.design, stage), todo, made)
            announced = self._announced(plan) if order.dry_run else ()
            changes = stage.changes() if order.dry_run else stage.commit()
        if keep:
            self._remember(Ledger(maker, known, key, made, theme=look.key, closures=look.closures))
        return Report(
            problems=tuple(warnings),
            held=plan.held,
            posts=plan.posts,
            pages=plan.pages,
            withheld=plan.withheld,
            changes=changes,
            reasons=tuple((recipe.path, recipe.reason(last.outputs)) for recipe in todo if recipe.is_rendered),
            new_entries=announced,
        )

    def _look(self, settings: Settings, problems: list[Problem]) -> Look | None:
        """The theme, checked; None if something is wrong with it."""
        try:
            design = prepare(load_theme(self.order.root, settings.theme), settings)
            key = digest(program() + pack(design.templates))
            return Look(design, key, self.last.closures if self.last.theme == key else closures_of(design))
        except BlogError as error:
            problems += error.problems
            return None

    def _read(self, reader: Reader, files: Sequence[File], started: int) -> dict[str, Known]:
        """What is known of each file, by path: those that changed since the last build are read."""
        last = self.last.sources if self.last.maker == reader.maker else {}
        new = [file for file in files if file.path not in last or last[file.path].stamp != file.stamp]
        taken = zip(self.progress("reading", new), reader.take_all(new, started, self.order.jobs), strict=True)
        found = {file.path: known for file, known in taken}
        self.cache.flush()  # what was parsed is kept, also if this build ends with errors
        return {file.path: found.get(file.path) or last[file.path] for file in files}

    def _plan(self, inputs: Inputs, problems: Sequence[Problem]) -> tuple[bytes, Plan]:
        """The plan, and its key: what is kept, if it still holds. Raises :class:`BlogError`."""
        key = inputs.key()
        kept = inputs.recall(key)
        if kept is not None:
            return key, kept
        site, between, moments = inputs.assemble()
        _check([*problems, *between], strict=self.order.strict)
        plan = inputs.plan(site, between, moments, self.order.jobs)
        self.cache.put(key, pack(plan))
        return key, plan

    def _same_paths(self, plan: Plan) -> bool:
        """Whether the outputs have the paths that they had, and the manifest is as it was written."""
        before, manifest = self.last.outputs, self.order.output / MANIFEST
        same = len(before) == len(plan.targets) and all(target.path in before for target in plan.targets)
        return same and stamps.stamp_of(str(manifest)) == self.last.manifest != stamps.NONE

    def _render(self, renderer: Renderer, todo: Sequence[Recipe], made: dict[str, Made]) -> None:
        """Render what is to do, and add it to what is ``made``."""
        for path in made:
            renderer.stage.note(path, staged=False)
        self.cache.flush()
        work = zip(self.progress("rendering", todo), renderer.make_all(todo, self.order.jobs), strict=True)
        for recipe, (staged, content) in work:
            renderer.stage.note(recipe.path, staged=staged)
            made[recipe.path] = recipe.made(content)

    def _announced(self, plan: Plan) -> tuple[str, ...]:
        feed = next((target for target in plan.targets if target.path == "feed.xml"), None)
        view = self.cache.need(feed.view, VIEW) if feed else None
        return new_entries(view, current(self.order.output, "feed.xml")) if isinstance(view, FeedView) else ()

    def _remember(self, now: Ledger) -> None:
        """Keep what this build knew for the next one, if it differs from what the last one knew."""
        moment = stamps.now(self.cache.folder)

        def settled(path: str) -> stamps.Stamp:
            return stamps.settled(stamps.stamp_of(f"{self.order.output}/{path}"), moment)

        outputs = {
            path: made if made.stamp != stamps.NONE else structs.replace(made, stamp=settled(path))
            for path, made in now.outputs.items()
        }
        now = structs.replace(now, outputs=outputs, manifest=settled(MANIFEST))
        if now != self.last:
            ledger.save(self.cache, self.order.output, self.order.root, now)


def verify(order: Order) -> list[str]:
    """Build once more without any cache into a temporary folder: the paths that differ from the output."""
    with tempfile.TemporaryDirectory(prefix="blog-verify-") as folder:
        output = Path(folder, "public")
        build(structs.replace(order, output=output, cached=False))
        return differences(order.output, output)


_NO_WORKSPACE = Problem(
    Place(".blog"), "no-cache", "the site folder cannot be written: building without a cache", "", "warning"
)


def _check(problems: Iterable[Problem], *, strict: bool) -> list[Problem]:
    """The problems in order, if none is an error; ``strict`` makes errors of warnings."""
    ordered = sorted(dict.fromkeys(problems))
    if strict:
        ordered = [structs.replace(problem, severity="error") for problem in ordered]
    raise_if_any(ordered)
    return ordered
