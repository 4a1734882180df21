"""Golden imports: `golden/NAME/old` imported is `golden/NAME/new`, byte for byte; `--rewrite-golden` writes it anew.

The old blogs were written for these tests; each has every construct that its source knows.
"""

import shutil
from pathlib import Path
from typing import NamedTuple

import feedparser
import pytest

from blog.importers.report import ImportReport
from blog.importers.saved_files import read_feed
from tests.importers.importing import built, run_import

GOLDEN = Path(__file__).parent / "golden"
NAMES = sorted(path.name for path in GOLDEN.iterdir() if (path / "old").is_dir())


def files_of(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".imported.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", NAMES)
def test_a_golden_blog_is_imported_as_written(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    before = files_of(GOLDEN / name / "old")
    run_import(GOLDEN / name / "old", tmp_path / "new")
    found = files_of(tmp_path / "new")
    assert files_of(GOLDEN / name / "old") == before
    new = GOLDEN / name / "new"
    if request.config.getoption("--rewrite-golden"):
        shutil.rmtree(new, ignore_errors=True)
        for path, data in found.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_bytes(data)
    expected = files_of(new)
    assert found.keys() == expected.keys()
    for path, data in expected.items():
        assert found[path].decode("utf-8", "replace") == data.decode("utf-8", "replace"), path


class NewBlog(NamedTuple):
    """A golden blog after the move."""

    name: str
    report: ImportReport
    outputs: dict[str, bytes]


@pytest.fixture(scope="module", params=NAMES)
def new_blog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewBlog:
    """Each golden blog, imported with its feed and built: `feed.xml` is the feed that the old tool makes of it."""
    name: str = request.param
    target = tmp_path_factory.mktemp(name) / "new"
    report = run_import(GOLDEN / name / "old", target, feed=str(GOLDEN / name / "feed.xml"))
    return NewBlog(name, report, built(target))


def test_what_the_old_tool_hid_is_in_no_output(new_blog: NewBlog) -> None:
    """Each text that the old tool hides contains the word `secret-…`."""
    assert any(path.endswith(".html") for path in new_blog.outputs)
    assert [path for path, data in new_blog.outputs.items() if b"secret-" in data] == []


def test_no_subscriber_sees_an_entry_as_new(new_blog: NewBlog) -> None:
    """The ids of the old feed are known by the rule of the tool, and the order stays."""
    name, report, outputs = new_blog
    assert report.feed is not None
    assert report.feed.total > 0
    old = [entry.key for entry in read_feed(str(GOLDEN / name / "feed.xml"))]
    new = feedparser.parse(outputs.get("feed.xml", b"")).entries
    ids = [entry.id for entry in new]
    assert set(ids) <= set(old)
    if name != "pelican":  # of a post with a day alone and one with a time on this day, the former comes first here
        assert ids == [ident for ident in old if ident in ids]
    assert (report.feed.new, [item.what for item in report.items if item.kind == "Id of a feed entry"]) == (0, [])


ADDRESSES = {
    "jekyll": [
        "2019/03/04/first-run.html", "training/2019/03/05/second-run.html", "cooking/baking/2020/01/02/bread.html",
        "2020/04/04/page.html", "about/index.html", "notes/setup.html", "old/first-run/index.html", "assets/img/loss.png",
    ],
    "fastpages": [
        "training/gpu/2020/02/03/run.html", "history/2014/05/06/old.html", "2020/02/01/text.html",
        "images/copied_from_nb/images/curve.png",
    ],
    "mkdocs": [
        "blog/2024/02/whats-new-a-run-of-3-days/index.html", "blog/2024/02/own/index.html", "about/index.html",
        "img/curve.png",
    ],
    "eleventy": [
        "blog/first/index.html", "blog/second/index.html", "old/moved/index.html", "about/index.html", "pic.png",
        "img/curve.png",
    ],
    "astro": ["blog/the-run/index.html", "blog/plain/index.html", "about/index.html", "pic.png"],
    "quarto": [
        "posts/curves/index.html", "old/curves.html", "posts/2024-03-03-quiet.html", "posts/frozen/index.html",
        "about.html", "me.html", "posts/curves/curve.png", "posts/frozen/index_files/figure-html/loss-1.png",
    ],
    "hugo": [
        "2021/05/one-pass/index.html", "2021/07/with-capitals/index.html", "2021/02/off-the-list/index.html",
        "notes/setup/index.html", "me/index.html", "old/one/index.html", "img/curve.png",
    ],
    "pelican": [
        "2021/03/the-first-night-what-ran/index.html", "2021/05/the-second-run/index.html", "own/place.html",
        "2021/07/off-the-list/index.html", "about/index.html", "icon.png", "images/loss.png",
    ],
    "nikola": [
        "blog/first-night/index.html", "blog/2021/second-run/index.html", "blog/third/index.html", "about/index.html",
        "images/loss.png", "robots-data.csv",
    ],
    "wordpress": ["2019/03/first/index.html", "2019/03/second/index.html", "about/index.html"],
    "ghost": ["first/index.html", "second/index.html", "about/index.html", "content/images/2021/loss.png"],
    "medium": ["a-title-0a1b2c3d4e5f/index.html", "the-second-00aa11bb22cc/index.html"],
    "substack": ["p/first/index.html"],
    "feed": ["2020/01/first.html", "2020/02/second.html"],
}  # fmt: skip
"""Old addresses of each golden blog, of each kind that the tool makes."""


def test_every_old_address_is_a_page_or_a_redirect(new_blog: NewBlog) -> None:
    assert sorted(set(ADDRESSES[new_blog.name]) - new_blog.outputs.keys()) == []
