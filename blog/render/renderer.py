"""render: planned targets → bytes, each a function of its view, of the contents that the view names, of its template.

What an output was made from is noted by digests; only where one of them is new, or the output is not as it was made,
is it made again.
"""

from __future__ import annotations

from contextlib import closing
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import Struct

from blog.cache.store import LostError, digest, file_digest, pack, program
from blog.config.settings import FILE_NAME
from blog.content.files import File, disk_path, read
from blog.content.images import SHRINKING, load_pillow
from blog.content.theme import Design
from blog.markdown import Forms, fill
from blog.output.folder import is_linked
from blog.problems import BlogError, Place, Problem
from blog.render.output_record import Made
from blog.system.file_signature import NONE, stamp_of
from blog.system.workers import ExceededError, run_bounded, run_one
from blog.text import unsafe_name
from blog.views.outputs import (
    VIEW,
    AssetView,
    CardView,
    CopyView,
    ExtractedView,
    FeedView,
    ShrunkView,
    SitemapView,
    Target,
    TextView,
    packed,
)
from blog.views.types import Body, Html

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.content.source_record import Known
    from blog.output.folder import Stage
    from blog.render.templates import Templates
    from blog.system.workers import Bound
    from blog.views.outputs import Planned, View

_FORMS = msgspec.msgpack.Decoder(Forms)


class Recipe(NamedTuple):
    """A planned target with the digests of all that goes into it."""

    planned: Planned
    parts: bytes
    template: bytes

    @property
    def path(self) -> str:
        """Of the output."""
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

    def made(self, content: bytes) -> Made:
        """What is noted of an output whose bytes have this digest."""
        return Made(NONE, content, self.planned.view, self.parts, self.template)

    def gives(self, made: Made) -> bool:
        """Whether it would give once more what was made."""
        return made.view == self.planned.view and made.parts == self.parts and made.template == self.template

    def reason(self, last: Mapping[str, Made]) -> str:
        """Why it has to be made, in words."""
        made = last.get(self.path)
        if made is None:
            return "it is new, or nothing is kept of earlier builds"
        if made.template != self.template:
            return "the theme or the program changed"
        if made.view != self.planned.view:
            return "what it shows changed"
        return "the text it shows changed" if made.parts != self.parts else "the output is not as it was made"


def _bound_of(recipe: Recipe) -> Bound | None:
    """What drawing a card or shrinking a picture may take: other outputs are bounded by themselves."""
    if recipe.planned.template or not recipe.path.startswith("assets/"):
        return None
    if recipe.path.endswith(".webp"):
        return SHRINKING
    if not recipe.path.startswith("assets/card."):
        return None
    from blog.render.social_cards import DRAWING  # noqa: PLC0415

    return DRAWING


def recipes(plan: Sequence[Planned], known: Mapping[str, Known], closures: Mapping[str, bytes]) -> Iterator[Recipe]:
    """``plan`` with digests."""
    for planned in plan:
        parts = b"".join([known[path].forms or known[path].digest for path in planned.parts])
        if len(planned.parts) > 1:
            parts = digest(parts)
        yield Recipe(planned, parts, closures[planned.template] if planned.template else program())


def collisions_with_theme(plan: Sequence[Planned], look: Look) -> list[Problem]:
    """The outputs of a site that have the very name of a file of its theme, with its digest."""
    return [
        Problem(
            Place(planned.source or FILE_NAME), "collision", f'"/{planned.path}" is made by the theme too', "rename it"
        )
        for planned in plan
        if planned.path in look.design.files
    ]


def believed(every: Sequence[Recipe], last: Mapping[str, Made]) -> dict[str, Made]:
    """What the last build made, where it would be made again, without a look at the files."""
    return {
        recipe.path: last[recipe.path] for recipe in every if recipe.path in last and recipe.gives(last[recipe.path])
    }


def still_there(output: Path, every: Sequence[Recipe], last: Mapping[str, Made]) -> dict[str, Made]:
    """What the last build made, where it would be made again and the file in ``output`` is still as it was."""
    found = {}
    links: dict[str, bool] = {}
    for recipe in every:
        made = last.get(recipe.path)
        if made is None or not recipe.gives(made) or is_linked(str(output), recipe.path, links):
            continue
        if same := _unchanged(f"{output}/{recipe.path}", made):
            found[recipe.path] = same
    return found


def _unchanged(path: str, made: Made) -> Made | None:
    stamp = stamp_of(path)
    if stamp == made.stamp != NONE:
        return made
    try:
        same = stamp != NONE and file_digest(path) == made.digest
    except OSError:
        return None
    return msgspec.structs.replace(made, stamp=NONE) if same else None


class Look(Struct, frozen=True, dict=True):
    """A theme made ready and found right."""

    design: Design
    key: bytes
    """A digest of the program and of all templates."""
    closures: dict[str, bytes]
    """By template, what :func:`closures_of` gives."""
    urls: dict[str, str]
    """Name of each file in ``static/`` → its URL."""

    @cached_property
    def marks(self) -> dict[str, bytes]:
        """By template, a digest of all of the theme that can show in what it renders."""
        urls = pack(self.urls)
        return {name: digest(closure + urls) for name, closure in self.closures.items()}

    @cached_property
    def targets(self) -> tuple[tuple[Planned, bytes], ...]:
        """The files of the theme, each with its view."""
        return tuple(packed(Target(path, AssetView(data))) for path, data in self.design.files.items())

    def after(self, last: Look | None) -> Look:
        """The same; what ``last`` has compiled is compiled."""
        if last and last.design.templates == self.design.templates and "templates" in vars(last):
            vars(self)["templates"] = last.templates
        return self

    @cached_property
    def templates(self) -> Templates:
        """Compiled when they are used first."""
        from blog.render.templates import Templates  # noqa: PLC0415  (Jinja: 60 ms that a warm build saves)

        return Templates(self.design)


def closures_of(design: Design) -> dict[str, bytes]:
    """For each template a digest of the program and of all that it can reach. Raises :class:`BlogError`."""
    from blog.render.templates import closures  # noqa: PLC0415  (Jinja: 60 ms that a warm build saves)

    return {name: digest(program() + closure) for name, closure in closures(design).items()}


def _content_path(path: str) -> str:
    """The path of a view, if it is one of the content folder. Raises :class:`LostError`."""
    if not path.startswith("content/") or unsafe_name(path):  # a damaged cache reads nothing else
        raise LostError
    return path


class Renderer(NamedTuple):
    """Renders into a stage."""

    root: Path
    known: Mapping[str, Known]
    cache: Cache
    look: Look
    stage: Stage

    def make_all(self, todo: Sequence[Recipe], jobs: int) -> Generator[tuple[bool, bytes], None, None]:
        """Make all outputs, in order, in parallel: whether each is staged (or there already), and its digest.

        Raises the first :class:`BlogError` (a template fails, a foreign file is in the way), :class:`OSError`, and
        :class:`blog.cache.store.LostError`.
        """
        templates = self.look.templates if any(recipe.planned.template for recipe in todo) else None
        if any(map(_bound_of, todo)):
            load_pillow()
        with closing(run_bounded(partial(self._produce, templates), todo, jobs, _bound_of)) as results:
            for recipe, made in zip(todo, results, strict=True):
                if isinstance(made, ExceededError):
                    raise self._too_much(self.cache.need(recipe.planned.view, VIEW))
                yield made

    def _produce(self, templates: Templates | None, recipe: Recipe) -> tuple[bool, bytes]:
        view = self.cache.need(recipe.planned.view, VIEW)
        if isinstance(view, CopyView):
            return self.stage.copy(recipe.path, disk_path(self.root, _content_path(view.source)))
        if isinstance(view, ShrunkView):
            return self.stage.add(recipe.path, self._shrunk(view))
        if isinstance(view, ExtractedView):
            return self.stage.add(recipe.path, self._extracted(view))
        return self.stage.add(recipe.path, self._bytes(recipe.planned, view, templates))

    def _bytes(self, planned: Planned, view: View, templates: Templates | None) -> bytes:
        if isinstance(view, TextView):
            return view.text.encode()
        if isinstance(view, AssetView):
            return view.data
        if isinstance(view, FeedView | SitemapView):
            from blog.render.feeds import render_feed, render_sitemap  # noqa: PLC0415  (lxml: 40 ms that a warm build saves)

            return render_feed(view, self._feed_html) if isinstance(view, FeedView) else render_sitemap(view)
        if isinstance(view, CardView):
            return self._card(view)
        from blog.render.templates import asset as asset_of  # noqa: PLC0415  (Jinja)

        assert templates is not None
        fields = {name: self._visible(getattr(view, name)) for name in view.__struct_fields__}
        fields["asset"] = partial(asset_of, self.look.urls)
        return templates.render(planned.template, fields, planned.source or planned.path)

    def _too_much(self, view: View) -> BlogError:
        """The picture that took more than it may, or the font with which a card did."""
        if isinstance(view, CardView):
            from blog.render.social_cards import DRAWING  # noqa: PLC0415

            message, hint = f"to draw a card with this font takes more than {DRAWING}", "take another font"
            return BlogError([Problem(Place(self._slow_font(view)), "wrong-font", message, hint)])
        assert isinstance(view, ShrunkView)
        message, hint = f"to make this picture smaller takes more than {SHRINKING}", "save it once more"
        return BlogError([Problem(Place(view.source), "unreadable-picture", message, hint)])

    def _slow_font(self, view: CardView) -> str:
        """The path of the font that takes too long also without the others."""
        from blog.render.social_cards import DRAWING, FontError, draw  # noqa: PLC0415

        fonts = [self.look.design.fonts[name] for name in view.style.fonts]
        for font in fonts[:-1]:
            try:
                run_one(partial(draw, view), [font.data], DRAWING)
            except ExceededError:
                return font.path
            except FontError:
                continue
        return fonts[-1].path

    def _card(self, view: CardView) -> bytes:
        from blog.render.social_cards import FontError, draw  # noqa: PLC0415  (Pillow is for new pictures only)

        fonts = [self.look.design.fonts[name] for name in view.style.fonts]
        try:
            return draw(view, [font.data for font in fonts])
        except FontError as error:
            place = Place(fonts[error.number].path)
            hint = "take a TrueType, OpenType or WOFF file"
            raise BlogError([Problem(place, "wrong-font", "this cannot be read as a font", hint)]) from None

    def _shrunk(self, view: ShrunkView) -> bytes:
        from blog.content.images import shrink  # noqa: PLC0415  (Pillow is for new pictures only)

        data = read(self.root, File(_content_path(view.source)))
        name = f"{digest(data).hex()[:12]}-{view.width}-{program().hex()[:12]}"
        kept = self.cache.shelved(name)
        if kept is not None:
            return kept
        try:
            small = shrink(data, view.width)
        except ValueError as error:
            message = f"the picture cannot be made smaller: {error}"
            raise BlogError([Problem(Place(view.source), "unreadable-picture", message, "save it once more")]) from None
        self.cache.shelve(name, small)
        return small

    def _extracted(self, view: ExtractedView) -> bytes:
        data = self.cache.get(view.key)
        if data is None:
            raise LostError
        return data

    def _visible(self, value: Any) -> Any:
        """A field as a template sees it."""
        if not isinstance(value, Body):
            return value
        forms = self._forms(value)
        own = [fill(passage, value.own) for passage in forms.passages] if value.own is not None else ()
        return Html(fill(forms.html, value.targets, pictures=dict(value.pictures), passages=own))

    def _feed_html(self, body: Body) -> str:
        return fill(self._forms(body).feed_html, body.targets, body.prefix, dict(body.pictures))

    def _forms(self, body: Body) -> Forms:
        return self.cache.need(self.known[body.path].forms, _FORMS)
