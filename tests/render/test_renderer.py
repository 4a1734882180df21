"""render: bytes from views and texts, and the digests that say whether they must be made again."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from blog.build import begin_plan, complete_plan
from blog.cache.digests import digest
from blog.cache.store import Cache, MissingEntryError
from blog.content.document import DocumentHtml
from blog.content.images import SourceImage
from blog.content.source_record import SourceRecord
from blog.content.theme import Theme
from blog.markdown import RenderedHtml
from blog.output.folder import OutputTransaction
from blog.problems import BlogError
from blog.render import resizing
from blog.render.renderer import (
    CompiledTheme,
    Renderer,
    RenderJob,
    _find_limit,
    check_theme,
    render_jobs,
)
from blog.render.resizing import Resizer, group_by_image
from blog.render.templates import REQUIRED
from blog.stages.context import BuildContext
from blog.stages.loading import load
from blog.stages.session import with_build
from blog.system.file_signature import NO_SIGNATURE
from blog.system.site_paths import SpecialFileError
from blog.system.workers import ResourceLimit
from blog.views.outputs import (
    VIEW_DECODER,
    CardView,
    CopiedFileView,
    OutputView,
    PlannedOutput,
    ResizedImageView,
    SitemapView,
    TextView,
    ThemeFileView,
    View,
    serialize_output,
)
from tests.support.planning import planned
from tests.support.publishing import build_folder, order, post
from tests.support.sites import picture, site, slow_picture, told

DESIGN = Theme({**dict.fromkeys(REQUIRED, ""), "post.html": "{{ title }}: {{ body }}"}, {}, {}, {}, "themes/t")
FORMS = msgspec.msgpack.encode(DocumentHtml(RenderedHtml("<p>Page \0" + "0\0</p>", "<p>Feed</p>")))
KNOWN = {
    "content/posts/a.md": SourceRecord(NO_SIGNATURE, b"bytes", b"parsed", b"seen", digest(FORMS)),
    "content/p.png": SourceRecord(NO_SIGNATURE, b"picture", image=SourceImage(600, 300, "0123456789ab")),
}


def kept(cache: Cache, targets: Iterable[OutputView]) -> list[PlannedOutput]:
    """The targets by digests, with their views and the text of the post in the cache."""
    cache.put(digest(FORMS), FORMS)
    plan = []
    for target in targets:
        entry, view = serialize_output(target)
        cache.put(entry.view, view)
        plan.append(entry)
    cache.flush()
    return plan


def look(design: Theme) -> CompiledTheme:
    return CompiledTheme(design, check_theme(design), {})


def made(folder: Path, *targets: OutputView, jobs: int = 1) -> dict[str, bytes]:
    """What rendering puts into the stage, by path."""
    folder.mkdir(exist_ok=True)
    with Cache(folder) as cache, OutputTransaction(folder / "public", folder) as stage:
        todo = list(render_jobs(kept(cache, targets), KNOWN, check_theme(DESIGN).digests))
        versions = [job for job in todo if job.planned.width]
        rendered = [job for job in todo if not job.planned.width]
        list(Renderer(folder, KNOWN, cache, look(DESIGN), stage).render_all(rendered, jobs))
        list(Resizer(folder, cache, stage).resize_all(group_by_image(versions, KNOWN), jobs))
        return {target.path: (stage.tree / target.path).read_bytes() for target in targets}


def test_plain_outputs_are_their_views(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/p.png").write_bytes(b"p")
    sitemap = SitemapView((("https://x.org/", ""),))
    views: dict[str, View] = {
        "t": TextView("ä"), "a": ThemeFileView(b"\0"), "c": CopiedFileView("content/p.png"), "s": sitemap,
    }  # fmt: skip
    found = made(tmp_path, *(OutputView(path, view) for path, view in views.items()))
    assert (found["t"], found["a"], found["c"]) == ("ä".encode(), b"\0", b"p")
    assert b"<loc>https://x.org/</loc>" in found["s"]


@pytest.mark.parametrize(
    "source", ["/etc/hostname", "content/../secret", "secret", "content/.git/config", "content//x"]
)
@pytest.mark.parametrize("view", [CopiedFileView, lambda source: ResizedImageView(source, 480)])
def test_a_view_names_only_files_of_the_content_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, view: Callable[[str], View]
) -> None:
    monkeypatch.setitem(KNOWN, source, structs.replace(KNOWN["content/p.png"]))
    (tmp_path / "content/.git").mkdir(parents=True)
    for name in ("secret", "content/.git/config", "content/x"):
        (tmp_path / name).write_text("secret", encoding="utf-8")
    with pytest.raises(MissingEntryError):
        made(tmp_path, OutputView("a.txt", view(source), source=source))


@pytest.mark.parametrize("view", [CopiedFileView("content/p.png"), ResizedImageView("content/p.png", 480)])
@pytest.mark.parametrize("path", ["content/p.png", "content"])
def test_a_link_that_comes_while_a_site_is_built_is_not_followed_out_of_it(
    tmp_path: Path, view: View, path: str
) -> None:
    root = tmp_path / "site"
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/p.png").write_bytes(picture(20, 10))
    (root / path).parent.mkdir(parents=True)
    (root / path).symlink_to(tmp_path / "outside" / path.removeprefix("content").strip("/"))
    with pytest.raises(BlogError, match="the symbolic link leaves the site folder"):
        made(root, OutputView("p.png", view, source="content/p.png"))


@pytest.mark.parametrize("view", [CopiedFileView("content/p.png"), ResizedImageView("content/p.png", 480)])
def test_a_file_that_becomes_a_fifo_while_a_site_is_built_is_not_opened(tmp_path: Path, view: View) -> None:
    (tmp_path / "content").mkdir()
    os.mkfifo(tmp_path / "content/p.png")
    with pytest.raises((BlogError, SpecialFileError), match="not a regular file"):
        made(tmp_path, OutputView("p.png", view, source="content/p.png"))


def test_a_page_is_its_template_filled_with_its_view_and_the_text_that_the_view_names(tmp_path: Path) -> None:
    target = planned({"posts/a.md": post("<A>", text="[s](b.md)"), "posts/b.md": post("B")})["posts/a/index.html"]
    assert made(tmp_path, target) == {"posts/a/index.html": b"&lt;A&gt;: <p>Page /posts/b/</p>"}


def test_a_template_that_fails_is_the_same_problem_from_every_process(tmp_path: Path) -> None:
    good = planned({"posts/a.md": post(text="[s](a.md)")})["posts/a/index.html"]
    targets = [structs.replace(good, path=f"{number}.html") for number in range(100)]
    broken = structs.replace(DESIGN, templates={**DESIGN.templates, "post.html": "\n{{ nothing }}"})
    for jobs in (1, 3):
        with Cache(tmp_path, fresh=True) as cache, OutputTransaction(tmp_path / "public", tmp_path) as stage:
            todo = list(render_jobs(kept(cache, targets), KNOWN, check_theme(broken).digests))
            with pytest.raises(BlogError) as caught:
                list(Renderer(tmp_path, KNOWN, cache, look(broken), stage).render_all(todo, jobs))
        (problem,) = caught.value.problems
        assert (problem.location.path, problem.location.line) == ("themes/t/templates/post.html", 2)
        assert problem.message == '"nothing" is undefined (on the page of content/posts/a.md)'


def test_every_field_of_a_post_view_is_in_its_digest() -> None:
    target = planned({"posts/a.md": post()})["posts/a/index.html"]
    before = serialize_output(target)[0].view
    for field in target.view.__struct_fields__:
        changed = structs.replace(target.view, **{field: "something else"})
        assert serialize_output(structs.replace(target, view=changed))[0].view != before, field


def test_two_kinds_of_view_with_the_same_content_have_different_digests() -> None:
    text, sitemap = OutputView("a", TextView("x")), OutputView("a", SitemapView((("x", ""),)))
    assert serialize_output(text)[0].view != serialize_output(sitemap)[0].view


def test_a_view_that_is_not_plain_data_has_no_digest() -> None:
    with pytest.raises(TypeError):
        serialize_output(OutputView("a", TextView(object())))  # type: ignore[arg-type]


def test_all_that_goes_into_an_output_is_in_its_recipe() -> None:
    target = planned({"posts/a.md": post()})["posts/a/index.html"]
    entry = serialize_output(target)[0]

    def recipe(known: dict[str, SourceRecord], templates: dict[str, str]) -> RenderJob:
        design = structs.replace(DESIGN, templates=DESIGN.templates | templates)
        return next(render_jobs([entry], known, check_theme(design).digests))

    first = recipe(KNOWN, {})
    assert recipe(KNOWN, {"page.html": "other"}) == first
    assert recipe(KNOWN, {"post.html": "other"}).template != first.template
    other = {"content/posts/a.md": structs.replace(KNOWN["content/posts/a.md"], html_key=b"other")}
    assert recipe(KNOWN | other, {}).contents != first.contents


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_picture_that_cannot_be_made_smaller_in_time_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(resizing, "SHRINKING", ResourceLimit(0.3, 1 << 30))
    site(tmp_path, {"content/posts/a.md": post("A", text="![P](p.jpg)"), "content/posts/p.jpg": slow_picture(5000)})
    with pytest.raises(BlogError) as caught:
        build_folder(tmp_path, jobs=jobs)
    assert [problem.location.path for problem in caught.value.problems] == ["content/posts/p.jpg"]
    assert told(caught.value.problems) == [
        "1:1 error unreadable-picture: to make this picture smaller takes more than 0.3 seconds or 1 GB of memory -- save it once more"
    ]
    assert not (tmp_path / "public/index.html").exists()


def test_all_that_pillow_makes_is_bounded_and_nothing_else(tmp_path: Path) -> None:
    def planned_views(build: BuildContext) -> list[tuple[PlannedOutput, View]]:
        plan = complete_plan(build, begin_plan(build, *load(build)))
        return [(entry, build.cache.require(entry.view, VIEW_DECODER)) for entry in plan.outputs]

    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="![P](p.jpg)"), "content/posts/p.jpg": picture(900, 600, "JPEG"),
        "content/assets/x.txt": "x",
    }  # fmt: skip
    found = with_build(order(site(tmp_path, files)), planned_views)
    versions = [entry.width for entry, view in found if isinstance(view, ResizedImageView)]
    assert versions == [entry.width for entry, _ in found if entry.width] == [480, 900]
    cards = [entry.path for entry, view in found if isinstance(view, CardView)]
    assert len(cards) == 2
    assert [entry.path for entry, _ in found if _find_limit(None, RenderJob(entry, b"", b""))] == cards


def test_the_largest_image_comes_first() -> None:
    records = {
        path: SourceRecord(NO_SIGNATURE, b"", image=SourceImage(width, 500, "0123456789ab"))
        for path, width in {"content/a.png": 600, "content/b.png": 2000, "content/c.png": 600}.items()
    }
    views = [
        OutputView(f"{path}{width}", ResizedImageView(path, width), source=path)
        for path in records
        for width in (480, 600)
    ]
    jobs = [RenderJob(serialize_output(view)[0], b"", b"") for view in views]
    images = group_by_image(jobs, records)
    assert [image.source for image in images] == ["content/b.png", "content/a.png", "content/c.png"]
    assert [job.planned.width for job in images[0].jobs] == [480, 600]
