"""`blog new` and `blog init`: files to start from."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.config import load_settings
from blog.documents import Rules
from blog.errors import BlogError
from blog.new import Sketch, new_document, new_site
from blog.parsing import parse
from blog.sources import Source
from tests.publishing import build_folder, outputs
from tests.sites import site

NOW = dt.datetime(2026, 6, 1, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def test_a_new_post_is_a_draft_of_today(tmp_path: Path) -> None:
    sketch = Sketch(
        title="Week 5: It's “alive”", labels=("Week", "Journal"), tags=("a: b",), series="Weeks", private=True
    )
    path = new_document(tmp_path, sketch, NOW)
    assert path == tmp_path / "content/posts/week-5-its-alive.md"
    assert path.read_text() == (
        '---\ntitle: "Week 5: It\'s “alive”"\ndate: 2026-06-01\nlabels: ["Week", "Journal"]\ntags: ["a: b"]\n'
        'series: "Weeks"\nprivate: true\ndraft: true\n---\n\n'
    )


def test_a_new_page_has_no_date(tmp_path: Path) -> None:
    path = new_document(tmp_path, Sketch(title="Uses", page=True), NOW)
    assert path == tmp_path / "content/uses.md"
    assert path.read_text() == '---\ntitle: "Uses"\ndraft: true\n---\n\n'


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": "mine", "content/posts/b/index.md": "mine"})
    for title in ("A", "B"):
        with pytest.raises(BlogError) as caught:
            new_document(root, Sketch(title=title), NOW)
        assert caught.value.problems[0].message == "there is such a file already: it stays as it is"
    assert (root / "content/posts/a.md").read_text() == "mine"
    assert not (root / "content/posts/b.md").exists()


@pytest.mark.parametrize(
    ("sketch", "message", "hint"),
    [
        (Sketch(title="🎉"), 'the title "🎉" gives no file name', "choose one: --slug some-words"),
        (Sketch(title=" "), "the title is empty", ""),
        (Sketch(title="A", slug="../x"), 'the slug "../x" cannot be a file name', "write --slug x"),
        (Sketch(title="A", slug="con"), 'the slug "con" cannot be a file name', "choose another: --slug some-words"),
        (Sketch(title="A", slug="//"), 'the slug "//" cannot be a file name', "choose another: --slug some-words"),
    ],
)
def test_what_gives_no_file_name_is_an_error(tmp_path: Path, sketch: Sketch, message: str, hint: str) -> None:
    with pytest.raises(BlogError) as caught:
        new_document(tmp_path, sketch, NOW)
    assert (caught.value.problems[0].message, caught.value.problems[0].hint) == (message, hint)
    assert list(tmp_path.iterdir()) == []


@given(title=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_title_round_trips(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    root = tmp_path_factory.mktemp("new")
    if not title.split():
        with pytest.raises(BlogError, match="the title is empty"):
            new_document(root, Sketch(title=title, slug="x"), NOW)
        return
    path = new_document(root, Sketch(title=title, slug="x"), NOW)
    found = parse(Source("content/posts/x.md", "post", path.read_bytes()), Rules("en", ()))
    if found.document is not None and not found.problems:
        assert found.document.title == " ".join(title.split())
        assert found.document.matter.draft
    else:
        assert {problem.code for problem in found.problems} <= {"comment-in-text", "control-character"}


def test_a_new_site_builds_at_once_without_a_warning_and_deploys(tmp_path: Path) -> None:
    folder = tmp_path / "deep/blog"
    paths = new_site(folder, dt.date(2026, 6, 1))
    assert folder / "netlify.toml" in paths
    report = build_folder(folder)
    assert report.problems == ()
    assert {"posts/first-entry/index.html", "about/index.html", "feed.xml"} <= outputs(folder).keys()
    settings, _ = load_settings(folder)
    assert settings.title == "My notes"


def test_a_folder_that_holds_anything_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    for folder in (tmp_path, tmp_path / "mine"):
        with pytest.raises(BlogError, match="is not an empty folder: nothing was written"):
            new_site(folder, dt.date(2026, 6, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
