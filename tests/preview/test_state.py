"""What open tabs are told: versions, what is wrong, where a page went, why it is held back."""

import json
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from blog.output.folder import Changes
from blog.preview.state import PreviewState, address_of, line
from blog.problems import Location, Problem
from blog.site.visibility import HiddenDocument
from blog.views.outputs import PlannedOutput
from blog.views.plan import Plan
from tests.support.planning import empty_plan

NONE = Changes((), (), (), 0)
HELD = HiddenDocument(
    "content/posts/a.md", "private", "2099-01-01", "/posts/a/", ("private", "draft", "scheduled"), unlisted=True
)


def plan(*targets: PlannedOutput, held: tuple[HiddenDocument, ...] = ()) -> Plan:
    return empty_plan(outputs=targets, hidden=held)


def page(path: str, source: str) -> PlannedOutput:
    return PlannedOutput(path, b"", (), "post.html", source)


POST = page("posts/a/index.html", "content/posts/a.md")


@pytest.fixture
def preview(tmp_path: Path) -> PreviewState:
    for name in ("posts/a/index.html", "posts/b/index.html", "index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("<body><p>é</p></body>", encoding="utf-8")
    return PreviewState(tmp_path)


def facts(found: tuple[bytes, str] | None) -> dict[str, Any]:
    """What the page tells its script."""
    assert found is not None
    data = found[0].decode().split('data-page="')[1].split('" defer>')[0]
    read: dict[str, Any] = json.loads(unescape(data))
    return read


def test_a_page_names_its_source_and_its_entry_in_the_feeds(preview: PreviewState) -> None:
    preview.show(plan(POST, page("about/index.html", "content/about.md")), NONE, "")
    found = facts(preview.page("posts/a/index.html"))
    assert found["source"] == "content/posts/a.md"
    assert found["entry"] == "/_blog/entry/posts/a/index.html"
    assert found["why"] == []
    assert "source" not in facts(preview.page("index.html"))


def test_every_reason_why_readers_do_not_get_a_page_is_said(preview: PreviewState) -> None:
    preview.show(plan(POST, held=(HELD, HiddenDocument("content/posts/x.md", "draft", ""))), NONE, "")
    found = facts(preview.page("posts/a/index.html"))
    assert found["why"] == [
        "Private: “private: true” keeps it out of every build",
        "Draft: “draft: true” holds it back",
        "Scheduled: its date, 2099-01-01, is still to come",
        "Unlisted: readers get it, but no list, feed or search shows it",
    ]
    assert "entry" not in found


def test_warnings_stand_on_the_page_that_they_are_about(preview: PreviewState) -> None:
    warnings = [
        Problem(Location(path, 3), "x", "odd <b>", "", "warning") for path in ("content/posts/a.md", "content/b.md")
    ]
    preview.show(plan(POST), NONE, "", warnings)
    assert facts(preview.page("posts/a/index.html"))["warnings"] == ["Line 3: odd <b>"]


def test_the_tag_of_a_page_changes_when_a_reader_would_see_a_difference_and_only_then(preview: PreviewState) -> None:
    def tag() -> str:
        found = preview.page("posts/a/index.html")
        assert found is not None
        return found[1]

    preview.show(plan(POST), NONE, "")
    first = tag()
    preview.show(plan(POST), Changes((), ("x.css",), (), 0), "")
    assert tag() == first
    preview.show(plan(POST, held=(HELD,)), NONE, "")
    assert tag() != first
    preview.show(plan(POST), NONE, "")
    (preview.folder / "posts/a/index.html").write_text("<body>other</body>", encoding="utf-8")
    assert tag() != first


def test_a_tab_gets_the_page_only_when_its_own_is_another(preview: PreviewState) -> None:
    preview.show(plan(POST), NONE, "")
    state = preview.state("posts/a/index.html", "old", 0)
    assert "<p>é</p>" in state["html"]
    assert "html" not in preview.state("posts/a/index.html", state["tag"], 0)


def test_files_that_changed_are_named_with_the_path_of_the_site(preview: PreviewState) -> None:
    fingerprinted = ("assets/margin.0123456789ab.css", "assets/LICENSE.0123456789ab")
    preview.show(plan(POST), Changes(("a b.css", "x.html", *fingerprinted), ("p.png",), (), 0), "/blog")
    version = preview.snapshot.version
    assert preview.state("index.html", "", 0)["files"] == ["/blog/a%20b.css", "/blog/p.png"]
    assert preview.state("index.html", "", version)["files"] == []


def test_a_page_that_moved_or_is_gone_says_so_until_it_comes_back(preview: PreviewState) -> None:
    preview.show(plan(POST), NONE, "/blog")
    (preview.folder / "posts/a/index.html").unlink()
    preview.show(plan(page("posts/b/index.html", "content/posts/a.md")), NONE, "/blog")
    state = preview.state("posts/a/index.html", "tag", 0)
    assert (state["tag"], state["gone"], state["moved"]) == ("", "content/posts/a.md", "/blog/posts/b/")
    preview.show(plan(), NONE, "/blog")
    assert preview.state("posts/a/index.html", "tag", 0)["moved"] == ""
    (preview.folder / "posts/a/index.html").write_text("<body>back</body>", encoding="utf-8")
    preview.show(plan(POST), NONE, "/blog")
    state = preview.state("posts/a/index.html", "tag", 0)
    assert "gone" not in state
    assert "back" in state["html"]


def test_problems_are_told_as_in_the_terminal_and_the_last_good_page_stays(preview: PreviewState) -> None:
    problem = Problem(
        Location("content/posts/a.md", 3, 8), "unknown-key", 'unknown key "dratf"', 'did you mean "draft"?'
    )
    preview.show(plan(POST), NONE, "")
    preview.publish(problems=(problem,))
    state = preview.state("posts/a/index.html", "", 0)
    assert state["problems"] == [{
        "where": "content/posts/a.md:3:8", "severity": "error", "message": 'unknown key "dratf"', "hint": 'did you mean "draft"?',
    }]  # fmt: skip
    assert "<p>é</p>" in state["html"]
    assert line(problem) == 'content/posts/a.md:3:8: error: unknown key "dratf" (hint: did you mean "draft"?)'
    preview.show(plan(POST), NONE, "")
    assert preview.state("posts/a/index.html", "", 0)["problems"] == []


def test_what_is_wrong_with_a_site_that_was_never_built_is_shown_without_script_too(preview: PreviewState) -> None:
    preview.publish(problems=(Problem(Location("blog.toml", 1), "x", "<odd>"),))
    assert b"<noscript><p>blog.toml:1:1: error: &lt;odd&gt;</p></noscript>" in preview.missing()


@pytest.mark.parametrize(
    "start",
    [
        "<!doctype html>\n<html lang=en>\n<head>",
        "<!DOCTYPE html>",
        "<html><head class='x'>",
        "<head>",
        "",
        "\n<!doctype html><html>",
    ],
)
def test_what_the_preview_adds_stands_before_anything_that_an_author_leaves_open(
    preview: PreviewState, start: str
) -> None:
    (preview.folder / "index.html").write_text(f"{start}<title>T</title><body><style>\n<head>", encoding="utf-8")
    found = preview.page("index.html")
    assert found is not None
    assert found[0].decode().startswith(f"{start}<script src=")
    assert found[0].count(b"<script") == 1


def test_the_feed_entry_of_a_page_is_asked_for_by_its_source(tmp_path: Path) -> None:
    asked: list[str] = []

    def entry(source: str) -> str | None:
        asked.append(source)
        return "<body>entry</body>"

    preview = PreviewState(tmp_path, entry)
    preview.show(plan(POST), NONE, "/blog")
    found = facts(preview.page("/_blog/entry/posts/a/index.html"))
    assert asked == ["content/posts/a.md"]
    assert found["back"] == "/blog/posts/a/"
    assert preview.page("/_blog/entry/nothing") is None


def test_a_tab_is_watched_while_it_is_open(preview: PreviewState) -> None:
    with preview.watching("a"), preview.watching("a"):
        with preview.watching("b"):
            assert preview.visible_outputs() == {"a", "b"}
        assert preview.visible_outputs() == {"a"}
    assert preview.visible_outputs() == frozenset()


@pytest.mark.parametrize(
    ("output", "address"),
    [
        ("index.html", "/"),
        ("posts/ä/index.html", "/posts/%C3%A4/"),
        ("a.html", "/a.html"),
        ("xindex.html", "/xindex.html"),
    ],
)
def test_the_address_of_an_output(output: str, address: str) -> None:
    assert address_of(output) == address
