"""Outputs → bytes, each a function of its view, of the contents that the view names, and of its template.

Whether an output must be rendered again is not decided here.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct, msgpack, structs

from blog.cache.digests import digest, pack, program_digest
from blog.cache.store import MissingEntryError
from blog.config.settings import FILE_NAME
from blog.content.files import locate_on_disk
from blog.content.images import load_pillow
from blog.content.theme import NO_BLOCKS, Theme, ThemeBlocks
from blog.problems import BlogError, Location, Problem
from blog.render.bodies import BodyRenderer
from blog.render.feed_formats import render_feed
from blog.system.workers import LimitExceededError, map_limited, run_limited
from blog.text import explain_unsafe_path
from blog.views.outputs import (
    VIEW_DECODER,
    CardView,
    CopiedFileView,
    ExtractedImageView,
    FeedView,
    OutputView,
    SitemapView,
    TextView,
    ThemeFileView,
    serialize_output,
)
from blog.views.page_parts import Body, NoticeBody, NoticeView
from blog.views.page_views import AliasView

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.content.source_record import SourceRecord
    from blog.content.theme_assets import Asset
    from blog.output.folder import OutputTransaction
    from blog.render.templates import Templates
    from blog.system.workers import ResourceLimit
    from blog.views.outputs import Output, PlannedOutput, View


class RenderJob(NamedTuple):
    """A planned output with the digests of all its inputs."""

    planned: PlannedOutput
    contents: bytes
    """Digest of the texts and files that the view names."""
    template: bytes
    """Digest of the program and of all that can influence the output in the theme."""
    reason: str = ""
    """Why it is rendered, in words."""

    @property
    def path(self) -> str:
        """Path in the output folder."""
        return self.planned.path

    @property
    def is_rendered(self) -> bool:
        """The output is not a copy of a file."""
        return bool(self.planned.template or not self.planned.source)


def _find_limit(templates: Templates | None, job: RenderJob) -> ResourceLimit | None:
    """Return the limit for rendering a page or drawing a card; other outputs need none."""
    if job.planned.template:
        return templates.limit if templates else None
    if not job.path.startswith("assets/card."):
        return None
    from blog.render.social_cards import DRAWING  # noqa: PLC0415

    return DRAWING


def render_jobs(
    plan: Sequence[PlannedOutput], records: Mapping[str, SourceRecord], closures: Mapping[str, bytes]
) -> Iterator[RenderJob]:
    """Yield the outputs of ``plan`` with their digests; ``records`` are those of the source files."""
    for planned in plan:
        contents = _digest_contents([records[path] for path in planned.contents])
        template = closures[planned.template] if planned.template else program_digest()
        yield RenderJob(planned, contents, template)


def _digest_contents(records: Sequence[SourceRecord]) -> bytes:
    """Return a digest of the texts and files of an output; empty if it has none."""
    keys = [record.html_key or record.digest for record in records]
    if len(keys) == 1:
        return keys[0]
    return digest(b"".join(keys)) if keys else b""


def find_theme_collisions(outputs: Iterable[Output | PlannedOutput], theme: CompiledTheme) -> list[Problem]:
    """Return a problem for each output of a site that has the path of a theme file, which contains its digest."""
    problems = []
    for output in outputs:
        if output.path in theme.theme.files:
            location, message = Location(output.source or FILE_NAME), f'"/{output.path}" is made by the theme too'
            problems.append(Problem(location, "collision", message, "rename it"))
    return problems


class CompiledTemplates(Struct, frozen=True, array_like=True, dict=True):
    """The templates of a theme, which have been checked."""

    digests: dict[str, bytes]
    """Template name → digest of it, of the program, and of all that it can include or extend."""
    problems: tuple[Problem, ...] = ()
    """Warnings."""

    def compiled(self, theme: Theme) -> Templates:
        """Return the templates of ``theme``, which are compiled at their first use."""
        if "templates" not in vars(self):
            from blog.render.templates import Templates  # noqa: PLC0415  (Jinja: 60 ms that a warm build saves)

            vars(self)["templates"] = Templates(theme)
        templates: Templates = vars(self)["templates"]
        return templates


TEMPLATES_DECODER = msgpack.Decoder(CompiledTemplates)


def templates_key(theme: Theme) -> bytes:
    """Return the digest of all inputs of :func:`check_theme`."""
    return digest(
        program_digest() + pack((theme.templates, theme.path, theme.locations, theme.builtin_templates, theme.words))
    )


def check_theme(theme: Theme) -> CompiledTemplates:
    """Return the templates of ``theme``. Raises :class:`BlogError` with their errors."""
    from blog.render.templates import check_templates  # noqa: PLC0415  (as above)

    checked = check_templates(theme)
    digests = {name: digest(program_digest() + closure) for name, closure in checked.digests.items()}
    return CompiledTemplates(digests, checked.problems)


class CompiledTheme(Struct, frozen=True, dict=True):
    """A theme with its templates."""

    theme: Theme
    checked: CompiledTemplates
    urls: dict[str, str]
    """Name of each file in ``static/`` → its URL."""
    blocks: ThemeBlocks = NO_BLOCKS
    """The blocks that texts may use."""

    @cached_property
    def marks(self) -> dict[str, bytes]:
        """Template name → digest of everything in the theme that can influence its output."""
        shared = pack((self.urls, self.theme.words))
        return {name: digest(closure + shared) for name, closure in self.checked.digests.items()}

    @cached_property
    def outputs(self) -> tuple[tuple[PlannedOutput, bytes], ...]:
        """The files of the theme, each with its view."""
        return tuple(serialize_output(OutputView(path, ThemeFileView(data))) for path, data in self.theme.files.items())

    @property
    def templates(self) -> Templates:
        """The templates, which are compiled at their first use."""
        return self.checked.compiled(self.theme)


def _page_name(planned: PlannedOutput) -> str:
    """Return the source file of a page, or its address."""
    return planned.source or f"/{planned.path.removesuffix('index.html')}"


def asset(urls: Mapping[str, str], name: str) -> str:
    """Return the URL of a file in the theme's ``static/``: templates call ``asset(name)``."""
    if name not in urls:
        raise LookupError(f"the theme has no file static/{name}")
    return urls[name]


def _find_language(view: Any) -> str:
    """Return the language of a page that a template renders."""
    language: str = view.lang if isinstance(view, AliasView) else view.head.lang
    return language


def content_path(path: str) -> str:
    """Return the path of a view, if it is in the content folder. Raises :class:`MissingEntryError`."""
    if not path.startswith("content/") or explain_unsafe_path(path):  # a damaged cache leads to no other file
        raise MissingEntryError
    return path


class Renderer(NamedTuple):
    """Renders outputs into the stage of a transaction."""

    root: Path
    records: Mapping[str, SourceRecord]
    cache: Cache
    compiled_theme: CompiledTheme
    stage: OutputTransaction

    def render_all(self, todo: Sequence[RenderJob], jobs: int) -> Generator[tuple[bool, bytes], None, None]:
        """Yield for each output, in order, whether it is staged (or there already), and its digest.

        They are rendered in parallel.

        Raises the first :class:`BlogError` (a template fails, with the failures of other templates; a foreign file is
        in the way), :class:`OSError`, and :class:`blog.cache.store.MissingEntryError`.
        """
        needs_templates = any(job.planned.template for job in todo)
        templates = self.compiled_theme.templates if needs_templates else None
        find_limit = partial(_find_limit, templates)
        if any(find_limit(job) for job in todo if not job.planned.template):
            load_pillow()
        try:
            with map_limited(partial(self._produce, templates), todo, jobs, find_limit) as results:
                for job, result in zip(todo, results, strict=True):
                    if isinstance(result, LimitExceededError):
                        raise self._explain_limit(job.planned, result, templates) from result
                    yield result
        except BlogError as error:
            is_slow = isinstance(error.__cause__, LimitExceededError)  # so each other template may be
            if templates is None or error.problems[0].code != "template" or is_slow:
                raise
            raise BlogError(self._find_failures(error.problems, todo, templates)) from None

    def _find_failures(
        self, problems: Sequence[Problem], todo: Sequence[RenderJob], templates: Templates
    ) -> list[Problem]:
        """Return ``problems``, and those of the first page of each template, at other places."""
        problem_by_location = {problem.location: problem for problem in problems}
        first_jobs = {job.planned.template: job for job in reversed(todo) if job.planned.template}
        others = [job for _, job in sorted(first_jobs.items())]
        find_failure, find_limit = partial(self._find_failure, templates), partial(_find_limit, templates)
        with map_limited(find_failure, others, 1, find_limit) as results:
            for job, result in zip(others, results, strict=True):
                if isinstance(result, LimitExceededError):
                    result_problems: Sequence[Problem] = self._explain_limit(job.planned, result, templates).problems
                else:
                    result_problems = result
                for problem in result_problems:
                    problem_by_location.setdefault(problem.location, problem)
        return sorted(problem_by_location.values())

    def _find_failure(self, templates: Templates, job: RenderJob) -> Sequence[Problem]:
        """Return what is wrong when a page is rendered."""
        try:
            self._render_template(job.planned, self.cache.require(job.planned.view, VIEW_DECODER), templates)
        except BlogError as error:
            return error.problems
        return ()

    def _produce(self, templates: Templates | None, job: RenderJob) -> tuple[bool, bytes]:
        view = self.cache.require(job.planned.view, VIEW_DECODER)
        if isinstance(view, CopiedFileView):
            return self.stage.copy(job.path, locate_on_disk(self.root, content_path(view.source)))
        if isinstance(view, ExtractedImageView):
            return self.stage.add(job.path, self._load_extracted_image(view))
        return self.stage.add(job.path, self._render_view(job.planned, view, templates))

    def _render_view(self, planned: PlannedOutput, view: View, templates: Templates | None) -> bytes:
        if isinstance(view, TextView):
            return view.text.encode()
        if isinstance(view, ThemeFileView):
            return view.data
        if isinstance(view, FeedView):
            return render_feed(view, self._bodies.feed_html)
        if isinstance(view, SitemapView):
            from blog.render.feeds import render_sitemap  # noqa: PLC0415  (lxml: 40 ms that a warm build saves)

            return render_sitemap(view)
        if isinstance(view, CardView):
            return self._draw_card(view)
        assert templates is not None
        return self._render_template(planned, view, templates)

    def _render_template(self, planned: PlannedOutput, view: View, templates: Templates) -> bytes:
        from blog.render.deprecated_variables import old_names  # noqa: PLC0415  (Jinja)

        fields = {name: self._prepare_field(getattr(view, name)) for name in view.__struct_fields__}
        fields |= old_names(view)
        fields["asset"] = partial(asset, self.compiled_theme.urls)
        return templates.render(planned.template, fields, _page_name(planned), _find_language(view))

    def _explain_limit(
        self, planned: PlannedOutput, error: LimitExceededError, templates: Templates | None
    ) -> BlogError:
        """Return the error for a page, or the font of a card, that exceeds its limit."""
        if planned.template and templates:
            return templates.explain_limit(planned.template, _page_name(planned), error.stack)
        from blog.render.social_cards import DRAWING  # noqa: PLC0415

        view = self.cache.require(planned.view, VIEW_DECODER)
        assert isinstance(view, CardView)
        message, hint = f"to draw a card with this font takes more than {DRAWING}", "take another font"
        return BlogError([Problem(Location(self._find_slow_font(view)), "wrong-font", message, hint)])

    def _find_slow_font(self, view: CardView) -> str:
        """Return the path of the font that takes too long also without the others."""
        from blog.render.social_cards import DRAWING, FontError, draw_card  # noqa: PLC0415

        fonts = self._list_fonts(view)
        for font in fonts[:-1]:
            try:
                run_limited(partial(draw_card, view), [font.data], DRAWING)
            except LimitExceededError:
                return font.path
            except FontError:
                continue
        return fonts[-1].path

    def _list_fonts(self, view: CardView) -> list[Asset]:
        return [self.compiled_theme.theme.fonts[name] for name in view.style.fonts]

    def _draw_card(self, view: CardView) -> bytes:
        from blog.render.social_cards import FontError, draw_card  # noqa: PLC0415  (Pillow is for new pictures only)

        fonts = self._list_fonts(view)
        try:
            return draw_card(view, [font.data for font in fonts])
        except FontError as error:
            location = Location(fonts[error.number].path)
            hint = "take a TrueType, OpenType or WOFF file"
            raise BlogError([Problem(location, "wrong-font", "this cannot be read as a font", hint)]) from None

    def _load_extracted_image(self, view: ExtractedImageView) -> bytes:
        data = self.cache.get(view.key)
        if data is None:
            raise MissingEntryError
        return data

    def _prepare_field(self, value: Any) -> Any:
        """Return a field of a view for a template: a text and each notice as HTML, everything else as it is."""
        match value:
            case Body() | NoticeBody():
                return self._bodies.page_html(value)
            case [NoticeView(), *_]:
                return tuple(structs.replace(notice, body=self._prepare_field(notice.body)) for notice in value)
        return value

    @property
    def _bodies(self) -> BodyRenderer:
        return BodyRenderer(self.cache, self.records)
