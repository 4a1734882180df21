"""The table of keys of front matter: what one row is enough for."""

import json
from pathlib import Path

import pytest

from blog.config.schema import Fields
from blog.content import front_matter
from blog.content.front_matter import KEYS, FrontMatter, Key
from tests.support.publishing import post, problems, publish
from tests.support.sites import SETTINGS

WEATHER = Key("weather", Fields.text, frozenset({"post"}), aliases=("sky",), shown=True)
LISTENING = Key("listening", Fields.url, frozenset({"post", "page"}), links=lambda url: [url], shown=True)


@pytest.fixture(autouse=True)
def two_more_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_matter, "KEYS", (*KEYS, WEATHER, LISTENING))


def test_each_key_is_an_attribute_of_the_front_matter_or_shown_as_it_is() -> None:
    names = [spelling for key in KEYS for spelling in key.spellings]
    assert len(names) == len(set(names))
    attributes = set(FrontMatter.__struct_fields__) - {"context_location", "part_location", "location", "meta"}
    assert {key.name for key in KEYS if not key.shown} == attributes
    assert {key.needs for key in KEYS} <= {"", *attributes}


def test_a_key_that_is_shown_as_it_is_stands_on_the_page_and_in_every_feed(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "blog.toml": SETTINGS, "content/posts/a.md": post("A", sky="grey & <b>"), "content/posts/b.md": post("B"),
        "content/about.md": "---\ntitle: P\nlistening: https://example.org/posts/a/\n---\nText",
    })  # fmt: skip
    assert "<span>Weather: grey &amp; &lt;b&gt;</span>" in found["posts/a/index.html"]
    assert "Weather" not in found["posts/b/index.html"]
    assert "<span>Listening: https://example.org/posts/a/</span>" in found["about/index.html"]
    shown = "<aside><p>Weather: grey &amp; &lt;b&gt;</p>"
    entries = {item["title"]: item["content_html"] for item in json.loads(found["feed.json"])["items"]}
    assert shown in entries["A"]
    assert "Weather" not in entries["B"]
    assert found["feed.xml"].count("Weather: grey") == found["atom.xml"].count("Weather: grey") == 1


def test_a_row_is_enough_for_hints_and_warnings(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": SETTINGS,
        "content/index.md": "---\nsky: grey\n---\n",
        "content/posts/a.md": post("A", wether="x"),
    }
    assert problems(tmp_path, files, strict=True) == [
        'content/index.md:2:1: "sky" means nothing on the home page (take the line out)',
        'content/posts/a.md:4:1: unknown key "wether" (did you mean "weather"?)',
    ]


@pytest.mark.parametrize("line", ["listening", "canonical", "discussion", "source", "author: {name: A, url"])
def test_a_key_that_holds_a_link_leads_to_no_hidden_post(tmp_path: Path, line: str) -> None:
    address = "https://example.org/posts/hidden/"
    text = f"---\ntitle: A\ndate: 2026-01-01\n{line}: {address}{'}' * line.count('{')}\n---\nText"
    files: dict[str, str | bytes] = {
        "blog.toml": SETTINGS,
        "content/posts/hidden.md": post("B", draft="true"),
        "content/posts/a.md": text,
    }
    (problem,) = problems(tmp_path, files)
    assert problem.startswith(f'content/posts/a.md:1:1: "{address}" leads to content/posts/hidden.md')
