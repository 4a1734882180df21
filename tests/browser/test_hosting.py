"""The example blog as hosts give it to readers: below a path, on a plain file server, with strict headers."""

import datetime as dt
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage

from tests.browser.hosting import hosted
from tests.support.crawler import crawl
from tests.support.publishing import build_folder, post
from tests.support.sites import site

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def published(example_root: Path, root: Path, url: str) -> Path:
    """The example blog for a host at `url`."""
    for name in ("content", "themes", "blog.toml"):
        copy = shutil.copytree if (example_root / name).is_dir() else shutil.copy
        copy(example_root / name, root / name)
    build_folder(root, base_url=url, now=NOW)
    return root / "public"


@pytest.mark.parametrize("base", ["", "/blog", "/a/b"])
def test_on_a_plain_file_server_no_link_is_broken_at_the_top_and_below_a_path(
    example: Path, tmp_path: Path, base: str
) -> None:
    (tmp_path / "public").mkdir()
    with hosted(tmp_path / "public", base) as address:
        published(example.parent, tmp_path, address)
        found = crawl(f"{address}/")
        assert found.broken == []
        assert len(found.asked) > 100
        with pytest.raises(urllib.error.HTTPError) as missing:
            urllib.request.urlopen(f"{address}/nowhere/")
        assert (missing.value.code, b"Page not found" in missing.value.read()) == (404, True)


def test_the_crawler_sees_what_is_broken(tmp_path: Path) -> None:
    root = site(
        tmp_path, {"content/posts/a.md": post(text='<a href="/out/">x</a> <a href="gone/">y</a> <a href="#no">z</a>')}
    )
    (root / "public").mkdir()
    with hosted(root / "public", "/blog") as address:
        build_folder(root, base_url=address, now=NOW)
        broken = crawl(f"{address}/").broken
    assert [line.rpartition(": ")[2] for line in broken] == ["/out/ leads out of the site", "404", "no such id", "404"]


class Console:
    """What a browser complains of."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def __call__(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(message.text)


@pytest.fixture(scope="module")
def strict(example: Path) -> Iterator[str]:
    """The address of the example blog on a host that sends the headers of its file `_headers`."""
    with hosted(example, headers=True) as address:
        yield address


@pytest.mark.browser
def test_no_page_asks_for_more_than_its_headers_allow(browser: Browser, example: Path, strict: str) -> None:
    context = browser.new_context()
    page, console = context.new_page(), Console()
    page.on("console", console)
    files = [path for path in sorted(example.rglob("*.html")) if 'http-equiv="refresh"' not in path.read_text("utf-8")]
    pages = [path.relative_to(example).as_posix() for path in files]
    assert len(pages) > 50
    for path in pages:
        answer = page.goto(f"{strict}/{path}")
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    page.goto(f"{strict}/feed.xml")
    context.close()
    assert console.said == []


@pytest.mark.browser
def test_formulas_search_and_the_switch_work_under_strict_headers(
    browser: Browser, example: Path, tmp_path: Path
) -> None:
    for name in ("content", "themes", "blog.toml"):
        copy = shutil.copytree if (example.parent / name).is_dir() else shutil.copy
        copy(example.parent / name, tmp_path / name)
    settings = tmp_path / "blog.toml"
    settings.write_text(f"{settings.read_text('utf-8')}\n[theme_options]\nswitch = true\n", encoding="utf-8")
    build_folder(tmp_path, now=NOW)
    context = browser.new_context(color_scheme="light")
    page, console = context.new_page(), Console()
    page.on("console", console)
    with hosted(tmp_path / "public", headers=True) as address:
        page.goto(f"{address}/search/?q=gradient")
        page.wait_for_selector("main ol li a, main li a")
        page.goto(f"{address}/posts/six-hundred-decibels/")
        cell = page.locator("mtd.m-right").first
        assert cell.evaluate("cell => getComputedStyle(cell).textAlign") == "right"
        before = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        page.locator("header button, footer button, button").first.click()
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") != before
    context.close()
    assert console.said == []


@pytest.mark.browser
def test_these_headers_hold_back_what_stands_in_a_page_itself(browser: Browser, tmp_path: Path, example: Path) -> None:
    text = '<p id="x" style="color: red">x</p><script>document.title = "run"</script>'
    root = site(tmp_path, {
        "content/posts/a.md": post(text=text), "content/_headers": (example / "_headers").read_bytes(),
    })  # fmt: skip
    build_folder(root)
    context = browser.new_context()
    page, console = context.new_page(), Console()
    page.on("console", console)
    with hosted(root / "public", headers=True) as address:
        page.goto(f"{address}/posts/a/")
        assert page.title() != "run"
        assert page.locator("#x").evaluate("text => getComputedStyle(text).color") != "rgb(255, 0, 0)"
    context.close()
    assert len(console.said) == 2


def test_the_files_whose_names_change_are_kept_for_a_year(example: Path) -> None:
    with hosted(example, headers=True) as address:
        sheet = next((example / "assets").glob("margin.*.css")).name
        with urllib.request.urlopen(f"{address}/assets/{sheet}") as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        with urllib.request.urlopen(f"{address}/") as answer:
            assert answer.headers["Cache-Control"] is None
