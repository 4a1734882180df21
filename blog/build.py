"""THE PIPELINE, on one screen: load → parse → assemble → plan → render → write.

Every output is a pure function of one explicit view; the digest of that view decides whether it is rendered.
"""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import msgspec
from msgspec import Struct

from blog.addresses import normal
from blog.cache import Cache, digest, program, workspace
from blog.config import load_settings
from blog.documents import Parsed, Rules, parse, parse_notice
from blog.errors import BlogError, Place, Problem, raise_if_any
from blog.outputs import Changes, Stage, check_folder, current, differences
from blog.pages import Audience
from blog.parallel import spread
from blog.plan import plan, unknown_templates
from blog.rendering import render, view_digest
from blog.site import Held, assemble
from blog.sources import load, load_theme
from blog.subscriptions import new_entries
from blog.targets import CopyView
from blog.templates import Templates
from blog.themes import prepare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blog.config import Settings
    from blog.sources import Source
    from blog.targets import Target


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
    """Titles that readers of the feed will see as new."""


def build(order: Order, progress: Progress = lambda _stage, work: work) -> Report:
    """Build the site. Raises :class:`BlogError` with all problems; then nothing in the output folder has changed.

    ``progress`` is handed the name of each long stage and its work, and hands the work on piece by piece.
    """
    check_folder(order.output, order.root)
    settings, problems = load_settings(order.root, order.base_url)
    with (
        workspace(order.root, create=not order.dry_run) as folder,
        Cache(folder if order.cached else None, fresh=order.clean) as cache,
    ):
        if folder is None and not order.dry_run:
            problems.append(_no_workspace())
        templates = _templates(order.root, settings, problems)

        sources = load(order.root)
        rules = Rules(settings.language, settings.allow)
        parsed = list(_parse_all(sources.documents, rules, cache, order.jobs, progress))
        documents = [entry.document for entry in parsed if entry.document]
        notices = {
            normal(label.name): parse_notice(label, settings.language) for label in settings.labels if label.notice
        }
        assets = templates.design.files if templates else ()
        site, found = assemble(documents, sources.files, settings, order.audience, notices=notices, assets=assets)
        problems += [*sources.problems, *(problem for entry in parsed for problem in entry.problems), *found]
        problems += unknown_templates(site, templates.design) if templates else ()
        problems = _check(problems, strict=order.strict)
        assert templates is not None
        targets = plan(site, settings, templates.design, sources.redirects)

        with Stage(order.output, folder) as stage:
            reasons = tuple(_render_all(progress("rendering", targets), templates, cache, stage))
            announced = new_entries(targets, current(order.output, "feed.xml"))
            changes = stage.changes() if order.dry_run else stage.commit()
        if not order.dry_run:
            cache.save()
    return Report(
        problems=tuple(problems),
        held=site.held,
        posts=len(site.posts),
        pages=sum(1 for target in targets if target.template and target.template != "alias.html"),
        withheld=sum(page.document.text.withheld + page.document.context.withheld for page in site.pages.values()),
        changes=changes,
        reasons=reasons,
        new_entries=announced,
    )


def verify(order: Order) -> list[str]:
    """Build once more without any cache into a temporary folder: the paths that differ from the output."""
    with tempfile.TemporaryDirectory(prefix="blog-verify-") as folder:
        output = Path(folder, "public")
        build(msgspec.structs.replace(order, output=output, cached=False))
        return differences(order.output, output)


def _no_workspace() -> Problem:
    return Problem(
        Place(".blog"), "no-cache", "the site folder cannot be written: building without a cache", "", "warning"
    )


def _templates(root: Path, settings: Settings, problems: list[Problem]) -> Templates | None:
    try:
        templates = Templates(prepare(load_theme(root, settings.theme), settings))
        templates.check_complete()
    except BlogError as error:
        problems += error.problems
        return None
    return templates


def _check(problems: Sequence[Problem], *, strict: bool) -> list[Problem]:
    """The problems in order, if none is an error; ``strict`` makes errors of warnings."""
    ordered = sorted(dict.fromkeys(problems))
    if strict:
        ordered = [msgspec.structs.replace(problem, severity="error") for problem in ordered]
    raise_if_any(ordered)
    return ordered


_DECODER = msgspec.msgpack.Decoder(Parsed)


def _parse_all(
    sources: Sequence[Source], rules: Rules, cache: Cache, jobs: int, progress: Progress
) -> Iterator[Parsed]:
    """Parse what the cache does not hold, in parallel; the order is that of the sources."""
    start = b"parsed" + program() + msgspec.msgpack.encode(rules)
    keys = [digest(start + source.path.encode() + b"\0" + source.data) for source in sources]
    kept = [_decoded(cache.get(key)) for key in keys]
    missing = [source for source, entry in zip(sources, kept, strict=True) if entry is None]
    made = spread(partial(parse, rules=rules), missing, jobs)
    for key, known in progress("reading", list(zip(keys, kept, strict=True))):
        entry = known or next(made)
        if known is None:
            cache.put(key, msgspec.msgpack.encode(entry))
        yield entry


def _decoded(data: bytes | None) -> Parsed | None:
    try:
        return _DECODER.decode(data) if data else None
    except msgspec.DecodeError:
        return None


def _render_all(
    targets: Iterable[Target], templates: Templates, cache: Cache, stage: Stage
) -> Iterator[tuple[str, str]]:
    """Stage every output; yield the path of each page that had to be rendered, and why."""
    for target in targets:
        if isinstance(target.view, CopyView):
            stage.copy(target.path, target.view.disk_path)
            continue
        view, template = view_digest(target), templates.closure_digest(target.template) if target.template else b""
        key = digest(b"rendered" + program() + view + template)
        data = cache.get(key)
        if data is None:
            data = render(target, templates)
            cache.put(key, data)
            yield target.path, _reason(cache, target.path, program() + template, view)
        cache.put(b"last " + target.path.encode(), program() + template + view)
        stage.add(target.path, data)


def _reason(cache: Cache, path: str, maker: bytes, view: bytes) -> str:
    last = cache.get(b"last " + path.encode())
    if last is None:
        return "it is new, or nothing is kept of earlier builds"
    if last == maker + view:
        return "it was dropped from the cache"
    return "what it shows changed" if last.startswith(maker) else "its template or the program changed"
