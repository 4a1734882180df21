"""Outputs → bytes, each a function of its view, of the contents that the view names, and of its template.

What an output was made from is noted by digests; only where one of them is new, or output file was modified,
is it made again.
"""

from __future__ import annotations

from contextlib import closing
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import Struct

from blog.cache.digests import digest, digest_file, pack, program_digest
from blog.cache.store import MissingEntryError
from blog.config.settings import FILE_NAME
from blog.content.files import SourceFile, locate_on_disk, read_source
from blog.content.images import SHRINKING, load_pillow
from blog.content.theme import Theme
from blog.markdown import RenderedHtml, fill_placeholders
from blog.output.folder import is_linked
from blog.problems import BlogError, Location, Problem
from blog.render.output_record import OutputRecord
from blog.system.file_signature import NO_SIGNATURE, read_signature
from blog.system.workers import LimitExceededError, map_limited, run_limited
from blog.text import explain_unsafe_path
from blog.views.outputs import (
    VIEW_DECODER,
    CardView,
    CopiedFileView,
    ExtractedImageView,
    FeedView,
    Output,
    ResizedImageView,
    SitemapView,
    TextView,
    ThemeFileView,
    serialize_output,
)
from blog.views.types import Body, Html

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.content.source_record import SourceRecord
    from blog.output.folder import OutputTransaction
    from blog.render.templates import Templates
    from blog.system.workers import ResourceLimit
    from blog.views.outputs import PlannedOutput, View

_FORMS = msgspec.msgpack.Decoder(RenderedHtml)


class RenderJob(NamedTuple):
    """A planned target with the digests of all that goes into it."""

    planned: PlannedOutput
    contents: bytes
    template: bytes

    @property
    def path(self) -> str:
        """Path in the output folder."""
        return self.planned.path

    @property
    def is_rendered(self) -> bool:
        """Not a copy of a file."""
        return bool(self.planned.template or not self.planned.source)

    @property
    def is_asset(self) -> bool:
        """A file of the theme."""
        return not (self.planned.template or self.planned.source) and self.path.startswith("assets/")

    @property
    def is_plain(self) -> bool:
        """A file of the site or of its theme, as it is."""
        return self.is_asset or not self.is_rendered

    def record(self, content: bytes) -> OutputRecord:
        """Return the record of an output whose bytes have the digest ``content``."""
        return OutputRecord(NO_SIGNATURE, content, self.planned.view, self.contents, self.template)

    def matches(self, record: OutputRecord) -> bool:
        """Return whether the job would render the output of this record again."""
        return (
            record.view == self.planned.view and record.contents == self.contents and record.template == self.template
        )

    def reason(self, last: Mapping[str, OutputRecord]) -> str:
        """Return the reason for rendering, in words."""
        record = last.get(self.path)
        if record is None:
            return "new, or not in the cache"
        if record.template != self.template:
            return "theme or program changed"
        if record.view != self.planned.view:
            return "data changed"
        return "text changed" if record.contents != self.contents else "output file was modified"


def _bound_of(job: RenderJob) -> ResourceLimit | None:
    """Return the limit for drawing a card or resizing an image; other outputs need none here."""
    if job.planned.template or not job.path.startswith("assets/"):
        return None
    if job.path.endswith(".webp"):
        return SHRINKING
    if not job.path.startswith("assets/card."):
        return None
    from blog.render.social_cards import DRAWING  # noqa: PLC0415

    return DRAWING


def render_jobs(
    plan: Sequence[PlannedOutput], known: Mapping[str, SourceRecord], closures: Mapping[str, bytes]
) -> Iterator[RenderJob]:
    """``plan`` with digests."""
    for planned in plan:
        parts = b"".join([known[path].html_key or known[path].digest for path in planned.contents])
        if len(planned.contents) > 1:
            parts = digest(parts)
        yield RenderJob(planned, parts, closures[planned.template] if planned.template else program_digest())


def find_theme_collisions(plan: Sequence[PlannedOutput], look: CompiledTheme) -> list[Problem]:
    """The outputs of a site that have the very name of a file of its theme, with its digest."""
    return [
        Problem(
            Location(planned.source or FILE_NAME),
            "collision",
            f'"/{planned.path}" is made by the theme too',
            "rename it",
        )
        for planned in plan
        if planned.path in look.theme.files
    ]


def assume_unchanged(jobs: Sequence[RenderJob], last: Mapping[str, OutputRecord]) -> dict[str, OutputRecord]:
    """Return the records of outputs that the jobs would render again unchanged; the files are not checked."""
    return {job.path: last[job.path] for job in jobs if job.path in last and job.matches(last[job.path])}


def verify_unchanged(
    output: Path, jobs: Sequence[RenderJob], last: Mapping[str, OutputRecord]
) -> dict[str, OutputRecord]:
    """Return the records of outputs that the jobs would render again, and whose files in ``output`` are unchanged."""
    unchanged = {}
    links: dict[str, bool] = {}
    for job in jobs:
        record = last.get(job.path)
        if record is None or not job.matches(record) or is_linked(str(output), job.path, links):
            continue
        if same := _unchanged(f"{output}/{job.path}", record):
            unchanged[job.path] = same
    return unchanged


def _unchanged(path: str, record: OutputRecord) -> OutputRecord | None:
    signature = read_signature(path)
    if signature == record.signature != NO_SIGNATURE:
        return record
    try:
        same = signature != NO_SIGNATURE and digest_file(path) == record.digest
    except OSError:
        return None
    return msgspec.structs.replace(record, signature=NO_SIGNATURE) if same else None


class CompiledTheme(Struct, frozen=True, dict=True):
    """A theme made ready and found right."""

    theme: Theme
    key: bytes
    """A digest of the program and of all templates."""
    template_digests: dict[str, bytes]
    """Template name → digest, see :func:`digest_templates`."""
    urls: dict[str, str]
    """Name of each file in ``static/`` → its URL."""
    problems: tuple[Problem, ...] = ()
    """Warnings about its templates."""

    @cached_property
    def marks(self) -> dict[str, bytes]:
        """Template name → digest of everything in the theme that can show in its output."""
        urls = pack(self.urls)
        return {name: digest(closure + urls) for name, closure in self.template_digests.items()}

    @cached_property
    def outputs(self) -> tuple[tuple[PlannedOutput, bytes], ...]:
        """The files of the theme, each with its view."""
        return tuple(serialize_output(Output(path, ThemeFileView(data))) for path, data in self.theme.files.items())

    def after(self, last: CompiledTheme | None) -> CompiledTheme:
        """The same; what ``last`` has compiled is compiled."""
        if last and last.theme.templates == self.theme.templates and "templates" in vars(last):
            vars(self)["templates"] = last.templates
        return self

    @cached_property
    def templates(self) -> Templates:
        """Compiled when they are used first."""
        from blog.render.templates import Templates  # noqa: PLC0415  (Jinja: 60 ms that a warm build saves)

        return Templates(self.theme)


def digest_templates(theme: Theme) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Check the templates: for each a digest of it, of the program, and of all it can reach; and the warnings.

    Raises :class:`BlogError` with the errors.
    """
    from blog.render.templates import check_templates  # noqa: PLC0415  (Jinja: 60 ms that a warm build saves)

    checked = check_templates(theme)
    digests = {name: digest(program_digest() + closure) for name, closure in checked.digests.items()}
    return digests, checked.problems


def _content_path(path: str) -> str:
    """The path of a view, if it is one of the content folder. Raises :class:`MissingEntryError`."""
    if not path.startswith("content/") or explain_unsafe_path(path):  # a damaged cache reads nothing else
        raise MissingEntryError
    return path


class Renderer(NamedTuple):
    """Renders into a stage."""

    root: Path
    records: Mapping[str, SourceRecord]
    cache: Cache
    compiled_theme: CompiledTheme
    stage: OutputTransaction

    def render_all(self, todo: Sequence[RenderJob], jobs: int) -> Generator[tuple[bool, bytes], None, None]:
        """Make all outputs, in order, in parallel: whether each is staged (or there already), and its digest.

        Raises the first :class:`BlogError` (a template fails, a foreign file is in the way), :class:`OSError`, and
        :class:`blog.cache.store.MissingEntryError`.
        """
        templates = self.compiled_theme.templates if any(job.planned.template for job in todo) else None
        if any(map(_bound_of, todo)):
            load_pillow()
        with closing(map_limited(partial(self._produce, templates), todo, jobs, _bound_of)) as results:
            for job, record in zip(todo, results, strict=True):
                if isinstance(record, LimitExceededError):
                    raise self._too_much(self.cache.require(job.planned.view, VIEW_DECODER))
                yield record

    def _produce(self, templates: Templates | None, job: RenderJob) -> tuple[bool, bytes]:
        view = self.cache.require(job.planned.view, VIEW_DECODER)
        if isinstance(view, CopiedFileView):
            return self.stage.copy(job.path, locate_on_disk(self.root, _content_path(view.source)))
        if isinstance(view, ResizedImageView):
            return self.stage.add(job.path, self._shrunk(view))
        if isinstance(view, ExtractedImageView):
            return self.stage.add(job.path, self._extracted(view))
        return self.stage.add(job.path, self._bytes(job.planned, view, templates))

    def _bytes(self, planned: PlannedOutput, view: View, templates: Templates | None) -> bytes:
        if isinstance(view, TextView):
            return view.text.encode()
        if isinstance(view, ThemeFileView):
            return view.data
        if isinstance(view, FeedView | SitemapView):
            from blog.render.feeds import render_feed, render_sitemap  # noqa: PLC0415  (lxml: 40 ms that a warm build saves)

            return render_feed(view, self._feed_html) if isinstance(view, FeedView) else render_sitemap(view)
        if isinstance(view, CardView):
            return self._card(view)
        from blog.render.deprecated_variables import old_names  # noqa: PLC0415  (Jinja)
        from blog.render.templates import asset as asset_of  # noqa: PLC0415  (Jinja)

        assert templates is not None
        fields = {name: self._visible(getattr(view, name)) for name in view.__struct_fields__}
        fields |= old_names(view)
        fields["asset"] = partial(asset_of, self.compiled_theme.urls)
        return templates.render(planned.template, fields, planned.source or planned.path)

    def _too_much(self, view: View) -> BlogError:
        """The picture that took more than it may, or the font with which a card did."""
        if isinstance(view, CardView):
            from blog.render.social_cards import DRAWING  # noqa: PLC0415

            message, hint = f"to draw a card with this font takes more than {DRAWING}", "take another font"
            return BlogError([Problem(Location(self._slow_font(view)), "wrong-font", message, hint)])
        assert isinstance(view, ResizedImageView)
        message, hint = f"to make this picture smaller takes more than {SHRINKING}", "save it once more"
        return BlogError([Problem(Location(view.source), "unreadable-picture", message, hint)])

    def _slow_font(self, view: CardView) -> str:
        """The path of the font that takes too long also without the others."""
        from blog.render.social_cards import DRAWING, FontError, draw_card  # noqa: PLC0415

        fonts = [self.compiled_theme.theme.fonts[name] for name in view.style.fonts]
        for font in fonts[:-1]:
            try:
                run_limited(partial(draw_card, view), [font.data], DRAWING)
            except LimitExceededError:
                return font.path
            except FontError:
                continue
        return fonts[-1].path

    def _card(self, view: CardView) -> bytes:
        from blog.render.social_cards import FontError, draw_card  # noqa: PLC0415  (Pillow is for new pictures only)

        fonts = [self.compiled_theme.theme.fonts[name] for name in view.style.fonts]
        try:
            return draw_card(view, [font.data for font in fonts])
        except FontError as error:
            place = Location(fonts[error.number].path)
            hint = "take a TrueType, OpenType or WOFF file"
            raise BlogError([Problem(place, "wrong-font", "this cannot be read as a font", hint)]) from None

    def _shrunk(self, view: ResizedImageView) -> bytes:
        from blog.content.images import resize_image  # noqa: PLC0415  (Pillow is for new pictures only)

        data = read_source(self.root, SourceFile(_content_path(view.source)))
        name = f"{digest(data).hex()[:12]}-{view.width}-{program_digest().hex()[:12]}"
        kept = self.cache.get_blob(name)
        if kept is not None:
            return kept
        try:
            small = resize_image(data, view.width)
        except ValueError as error:
            message = f"the picture cannot be made smaller: {error}"
            raise BlogError(
                [Problem(Location(view.source), "unreadable-picture", message, "save it once more")]
            ) from None
        self.cache.put_blob(name, small)
        return small

    def _extracted(self, view: ExtractedImageView) -> bytes:
        data = self.cache.get(view.key)
        if data is None:
            raise MissingEntryError
        return data

    def _visible(self, value: Any) -> Any:
        """A field as a template sees it."""
        if not isinstance(value, Body):
            return value
        forms = self._forms(value)
        own = (
            [fill_placeholders(passage, value.private) for passage in forms.passages]
            if value.private is not None
            else ()
        )
        return Html(fill_placeholders(forms.html, value.targets, pictures=dict(value.images), passages=own))

    def _feed_html(self, body: Body) -> str:
        return fill_placeholders(self._forms(body).feed_html, body.targets, body.prefix, dict(body.images))

    def _forms(self, body: Body) -> RenderedHtml:
        return self.cache.require(self.records[body.path].html_key, _FORMS)
