"""Tests of `blog.content.made_files`: the files that a conversion makes, from the source to the output."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from blog.check.content_security_policy import find_blocked, parse_policies
from blog.config.settings import Label
from blog.content.document import ParseOptions
from blog.content.files import LoadedFile
from blog.content.parse import parse_document, parse_notice
from blog.content.search_terms import extract_search_terms
from blog.markdown import MarkdownOptions
from blog.problems import Location
from tests.support.publishing import build_folder, outputs, post, publish
from tests.support.sites import SETTINGS, site, told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.content.document import ParseResult

TOP = Path(__file__).parents[2]
DIAGRAM = '```mermaid {#fig-data caption="Words of it" alt="Alternative of it"}\nflowchart LR\n  Source --> B\n```\n'
IN_CONTEXT = "context: |\n  Before.\n\n" + "".join(f"  {line}\n" for line in DIAGRAM.splitlines())


def parsed(text: str) -> ParseResult:
    return parse_document(LoadedFile("content/posts/a.md", "post", text.encode()), ParseOptions("en", ()))


def drawings(files: Iterable[str]) -> list[str]:
    """The paths of all pictures that were drawn."""
    return [path for path in files if re.fullmatch(r"assets/fig-data\.\w+\.svg", path)]


def test_a_drawing_is_an_image_of_the_document() -> None:
    found = parsed(post(text=DIAGRAM))
    assert found.document is not None
    (image,) = found.document.extracted_images
    (data,) = found.image_data
    assert image.is_for_feeds
    assert image.image is not None
    assert f'width="{image.image.width}" height="{image.image.height}"'.encode() in data


def test_a_drawing_in_the_context_is_one_too() -> None:
    found = parsed(f"---\ntitle: T\ndate: 2024-01-01\n{IN_CONTEXT}---\nText\n")
    assert told(found.problems) == []
    assert found.document is not None
    assert len(found.document.extracted_images) == len(found.image_data) == 1


def test_a_notice_cannot_have_one() -> None:
    notice = parse_notice(Label("Week", DIAGRAM, Location("blog.toml", 7, 10)), MarkdownOptions("en"))
    assert told(notice.problems)[0] == (
        "7:10 error diagram: a notice may not have a diagram: it appears on many pages "
        "-- put it into a page, and link to that"
    )


@pytest.mark.parametrize("text", [post(text=DIAGRAM), f"---\ntitle: T\ndate: 2024-01-01\n{IN_CONTEXT}---\nText\n"])
def test_a_feed_shows_the_file_of_a_drawing_and_a_page_its_svg(tmp_path: Path, text: str) -> None:
    files = publish(tmp_path, {"content/posts/a.md": text})
    (path,) = drawings(files)
    assert f'src="https://example.org/{path}" alt="Alternative of it"' in files["feed.xml"].replace(
        "&lt;", "<"
    ).replace("&gt;", ">")
    assert '<svg xmlns="http://www.w3.org/2000/svg"' in files["posts/a/index.html"]
    assert path not in files["posts/a/index.html"]


@pytest.mark.parametrize(
    ("settings", "keys"),
    [
        (f"{SETTINGS}feed.full_text = false\n", {}),
        ('title = "T"\n', {}),
        (SETTINGS, {"unlisted": "true"}),
    ],
)  # fmt: skip
def test_a_file_that_no_feed_shows_is_not_published(tmp_path: Path, settings: str, keys: dict[str, str]) -> None:
    files = publish(tmp_path, {"blog.toml": settings, "content/posts/a.md": post(text=DIAGRAM, **keys)})
    assert drawings(files) == []
    assert "<svg" in files["posts/a/index.html"]


def test_the_policy_of_the_example_blocks_nothing_of_a_drawing(tmp_path: Path) -> None:
    policies = parse_policies((TOP / "content/_headers").read_text("utf-8"))
    page = publish(tmp_path, {"content/posts/a.md": post(text=DIAGRAM)})["posts/a/index.html"]
    assert "<svg" in page
    assert "style-src" not in policies[0].directives
    assert list(find_blocked(page, "/posts/a/", policies, "https://example.org")) == []


def test_a_page_has_no_file_of_its_drawing(tmp_path: Path) -> None:
    files = publish(tmp_path, {"content/about.md": f"# About\n\n{DIAGRAM}"})
    assert drawings(files) == []
    assert "<svg" in files["about/index.html"]


def test_a_post_that_is_in_no_feed_any_more_keeps_its_file(tmp_path: Path) -> None:
    settings = f"{SETTINGS}feed.limit = 1\n"
    texts: dict[str, str | bytes] = {
        "blog.toml": settings, "content/posts/a.md": post(text=DIAGRAM), "content/posts/b.md": post("B", "2025-01-01"),
    }  # fmt: skip
    files = publish(tmp_path, texts)
    assert len(drawings(files)) == 1
    assert "fig-data" not in files["feed.xml"]


def test_a_warm_build_keeps_the_file_and_one_without_the_drawing_removes_it(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(text=DIAGRAM)})
    build_folder(root)
    first = outputs(root)
    (root / "content/posts/b.md").write_text(post("B"), encoding="utf-8")
    build_folder(root)
    assert drawings(outputs(root)) == drawings(first) != []
    (root / "content/posts/a.md").write_text(post(), encoding="utf-8")
    build_folder(root)
    assert drawings(outputs(root)) == []


def test_a_reader_finds_the_words_around_a_drawing_but_not_its_source() -> None:
    found = parsed(post(text=f"Text.\n\n{DIAGRAM}"))
    assert found.document is not None
    terms = " ".join(extract_search_terms(found.document, found.html)).split()
    assert {"words", "alternative"} <= set(terms)
    assert not {"source", "flowchart", "svg"} & set(terms)


def test_a_chart_is_drawn_again_when_its_csv_changes(tmp_path: Path) -> None:
    text = post(text="```chart {csv=runs.csv x=step y=loss}\n```\n")
    root = site(tmp_path, {"content/posts/a/index.md": text, "content/posts/a/runs.csv": "step,loss\n1,2\n2,1\n"})
    build_folder(root)
    first = outputs(root)
    assert b"<td>2</td><td>1</td>" in first["posts/a/index.html"]
    assert "posts/a/runs.csv" in first
    (root / "content/posts/a/runs.csv").write_text("step,loss\n1,2\n2,0.5\n", encoding="utf-8")
    build_folder(root)
    second = outputs(root)
    assert b"<td>2</td><td>0.5</td>" in second["posts/a/index.html"]
    pictures = [[path for path in files if path.startswith("assets/diagram.")] for files in (first, second)]
    assert [len(paths) for paths in pictures] == [1, 1]
    assert pictures[0] != pictures[1]


def test_the_csv_of_a_hidden_chart_is_not_published(tmp_path: Path) -> None:
    text = post(text="a\n\n::: private\n```chart {csv=runs.csv x=step y=loss}\n```\n:::\n")
    files = publish(tmp_path, {"content/posts/a/index.md": text, "content/posts/a/runs.csv": "step,loss\n1,2\n2,1\n"})
    assert [path for path in files if "runs" in path or "diagram" in path] == []
