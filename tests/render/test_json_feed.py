"""JSON Feed 1.1: every key that the specification requires, by its type, and the same entries as in RSS and Atom."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import feedparser
import pytest

from blog.config.dates import parse_timestamp
from blog.render.feed_formats.json_feed import render
from blog.views.outputs import FeedEntry, FeedView
from blog.views.page_parts import Html
from tests.support.publishing import post, publish
from tests.support.sites import SETTINGS


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_url(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in {"http", "https"} and bool(urlsplit(value).netloc)


def is_date(value: Any) -> bool:
    return isinstance(value, str) and "T" in value and parse_timestamp(value) is not None


def is_list_of(is_item: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(is_item, value))


def is_author(value: Any) -> bool:
    return has_types(value, {"name": is_text, "url": is_url, "avatar": is_url}, required={"name"})


def has_types(value: Any, types: dict[str, Callable[[Any], bool]], required: set[str]) -> bool:
    return (
        isinstance(value, dict)
        and required <= value.keys() <= types.keys()
        and all(types[key](value[key]) for key in value)
    )


ITEM = {
    "id": is_text, "url": is_url, "title": is_text, "content_html": is_text, "content_text": is_text, "summary": is_text,
    "date_published": is_date, "date_modified": is_date, "authors": is_list_of(is_author), "tags": is_list_of(is_text),
    "language": is_text,
}  # fmt: skip
FEED = {
    "version": lambda value: value == "https://jsonfeed.org/version/1.1", "title": is_text, "home_page_url": is_url,
    "feed_url": is_url, "description": is_text, "authors": is_list_of(is_author), "language": is_text,
    "items": is_list_of(lambda item: has_types(item, ITEM, {"id"}) and ("content_html" in item or "content_text" in item)),
}  # fmt: skip
"""The keys that the program writes, of those of <https://www.jsonfeed.org/version/1.1/>."""


def is_json_feed(data: str) -> bool:
    return has_types(json.loads(data), FEED, {"version", "title", "items"})


def feed(tmp_path: Path, files: dict[str, str | bytes]) -> dict[str, Any]:
    data = publish(tmp_path, files)["feed.json"]
    assert is_json_feed(data)
    found: dict[str, Any] = json.loads(data)
    return found


def test_a_feed_has_its_addresses_authors_language_and_the_full_text(tmp_path: Path) -> None:
    settings = 'title = "T"\nurl = "https://example.org/blog"\ndescription = "D"\nauthor = {name = "Ada", url = "https://ada.example"}\n'
    found = feed(tmp_path, {
        "blog.toml": settings,
        "content/posts/a.md": post("A", text="One *two*.", tags="[x, Y]", lang="es", summary="S", updated="2026-01-02"),
    })  # fmt: skip
    (item,) = found.pop("items")
    assert found == {
        "version": "https://jsonfeed.org/version/1.1", "title": "T", "home_page_url": "https://example.org/blog/",
        "feed_url": "https://example.org/blog/feed.json", "description": "D", "language": "en",
        "authors": [{"name": "Ada", "url": "https://ada.example"}],
    }  # fmt: skip
    assert item.pop("date_published") < item.pop("date_modified")
    assert item.pop("id").startswith("tag:example.org,")
    assert item == {
        "url": "https://example.org/blog/posts/a/", "title": "A", "content_html": "<p>One <em>two</em>.</p>\n",
        "summary": "S", "authors": [{"name": "Ada", "url": "https://ada.example"}], "tags": ["x", "Y"], "language": "es",
    }  # fmt: skip


def test_the_entries_are_those_of_rss(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        f"content/posts/{number}.md": post(f"P{number}", f"2025-01-{number + 1:02}", text=f"Text {number}.")
        for number in range(25)
    }
    outputs = publish(tmp_path, files)
    items = json.loads(outputs["feed.json"])["items"]
    entries = feedparser.parse(outputs["feed.xml"]).entries
    assert [item["id"] for item in items] == [entry.id for entry in entries]
    assert [item["title"] for item in items] == [f"P{number}" for number in range(24, 4, -1)]
    assert [item["content_html"] for item in items] == [f"{entry.content[0].value}\n" for entry in entries]


def test_summaries_alone_and_posts_without_a_text_have_a_content(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": f"{SETTINGS}[feed]\nfull_text = false\n", "content/posts/a.md": post("A", text="", summary="S"),
        "content/posts/b.md": post("B", "2025-02-01", text=""),
    }  # fmt: skip
    found = feed(tmp_path, files)
    assert [item["content_text"] for item in found["items"]] == ["B", "S"]


def test_nothing_private_is_in_the_feed(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="Public.\n\n::: private\nSECRET\n:::\n\n<!-- SECRET -->"),
        "content/posts/d.md": post("SECRET", draft="true"), "content/posts/u.md": post("SECRET", unlisted="true"),
    }  # fmt: skip
    assert "SECRET" not in publish(tmp_path, files)["feed.json"]


def test_an_own_feed_json_stays(tmp_path: Path) -> None:
    own = '{"version": "https://jsonfeed.org/version/1", "title": "Mine", "items": []}'
    assert publish(tmp_path, {"content/posts/a.md": post("A"), "content/feed.json": own})["feed.json"] == own


@pytest.mark.parametrize("path", ["index.html", "posts/a/index.html"])
def test_pages_name_the_feed(tmp_path: Path, path: str) -> None:
    page = publish(tmp_path, {"content/posts/a.md": post("A")})[path]
    assert '<link rel="alternate" type="application/feed+json" title="T (JSON Feed)" href="/feed.json">' in page


def test_without_a_url_there_is_no_feed(tmp_path: Path) -> None:
    assert "feed.json" not in publish(tmp_path, {"blog.toml": 'title = "T"\n', "content/posts/a.md": post("A")})


def test_characters_that_feeds_cannot_have_are_left_out() -> None:
    entry = FeedEntry(
        id="tag:x", title="a\x07b", url="https://x.org/", published="2026-01-01T00:00:00+00:00",
        updated="2026-01-01T00:00:00+00:00", summary="\ufffe", above=(Html("\x00"),), body=None, below="", tags=("t\x01",),
        author=(), lang="",
    )  # fmt: skip
    view = FeedView(
        form="json_feed", title="T\x02", description="D", language="en", home="https://x.org/", url="https://x.org/feed.json",
        updated="2026-01-01T00:00:00+00:00", author=(), entries=(entry,),
    )  # fmt: skip
    data = render(view, lambda _: "").decode()
    assert is_json_feed(data)
    item = json.loads(data)["items"][0]
    assert (item["title"], item["content_html"], item["tags"]) == ("ab", "<aside></aside>\n<hr>\n", ["t"])
    assert "summary" not in item
