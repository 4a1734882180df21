"""Which outputs `blog serve` wants to be written first."""

from blog.preview.batches import split_visible
from blog.render.renderer import RenderJob
from blog.views.outputs import PlannedOutput


def job(path: str, template: str = "", source: str = "") -> RenderJob:
    return RenderJob(PlannedOutput(path, b"", (), template, source), b"", b"")


OPEN, OTHER = job("a/index.html", "post.html", "content/a.md"), job("index.html", "home.html")
COPIED, SHEET = job("a/p.png", source="content/a/p.png"), job("assets/a.1.css")
EXISTING = {entry.path for entry in (OPEN, OTHER, COPIED)}


def batches(*jobs: RenderJob, existing: set[str] = EXISTING) -> list[list[RenderJob]]:
    return [list(batch) for batch in split_visible({OPEN.path}, jobs, existing)]


def test_an_open_page_comes_first_with_the_files_that_it_shows() -> None:
    assert batches(OTHER, OPEN, SHEET, COPIED) == [[OPEN, SHEET, COPIED], [OTHER]]
    assert batches(OPEN) == [[OPEN], []]


def test_without_an_outdated_page_that_is_open_all_are_one_batch() -> None:
    assert batches(OTHER, SHEET, COPIED) == [[OTHER, SHEET, COPIED]]
    assert batches() == [[]]


def test_a_new_output_waits_for_the_rest_but_not_a_new_file_of_the_theme() -> None:
    existing = {OPEN.path, OTHER.path}
    assert batches(OTHER, OPEN, SHEET, COPIED, existing=existing) == [[OPEN, SHEET], [OTHER, COPIED]]
    assert batches(OTHER, OPEN, existing={OTHER.path}) == [[OTHER, OPEN]]
