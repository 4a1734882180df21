"""Hints at links that lead nowhere."""

import pytest
from msgspec import structs

from blog.site.link_hints import suggest_address, suggest_anchor, suggest_file
from tests.site.link_samples import LINK_INDEX, SOURCE

BUNDLE = "content/posts/kl/index.md"
INDEX = structs.replace(
    LINK_INDEX,
    documents={
        BUNDLE: "/posts/kl/",
        "content/about.md": "/about/",
        "content/posts/week-2-what-broke.md": "/posts/week-2-what-broke/",
        "content/posts/2026-11-20-week-1.md": "/posts/week-1/",
        "content/posts/pack/index.md": "/posts/pack/",
        "content/notes/two words.md": "/notes/two-words/",
    },
    files={"content/images/loss.png": "/images/loss.png", "content/posts/plot.png": "/posts/plot.png"},
    hidden={"content/posts/secret.md": "draft", "content/posts/mine.md": "private", "content/posts/later.md": "scheduled"},
    hidden_addresses={
        "/posts/secret/": "content/posts/secret.md", "/posts/mine/": "content/posts/mine.md", "/posts/later/": "content/posts/later.md",
    },
    addresses={
        "/about/": "content/about.md", "/posts/week-2-what-broke/": "content/posts/week-2-what-broke.md", "/archive/": "",
        "/posts/week-1/": "content/posts/2026-11-20-week-1.md", "/tags/loss/": "", "/images/loss.png": "content/images/loss.png",
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("week-2-what-broke.md", 'did you mean "../week-2-what-broke.md"?'),
        ("../week-2-what-broke", 'did you mean "../week-2-what-broke.md"?'),
        ("week-2-waht-broke.md", 'did you mean "../week-2-what-broke.md"?'),
        ("../week-1.md", 'did you mean "../2026-11-20-week-1.md"?'),
        ("../2025-01-01-week-1.md", 'did you mean "../2026-11-20-week-1.md"?'),
        ("../2026-11-20-week-2-what-broke.md", 'did you mean "../week-2-what-broke.md"?'),
        ("../week-1.ipynb", 'did you mean "../2026-11-20-week-1.md"?'),
        ("../pack.md", 'did you mean "../pack/index.md"?'),
        ("loss.png", 'did you mean "/images/loss.png"?'),
        ("plot.png", 'did you mean "../plot.png"?'),
        ("two words.md", 'did you mean "/notes/two%20words.md"?'),
        ("secret.md", 'did you mean "../secret.md"? it is a draft'),
        ("mine.md", 'did you mean "../mine.md"? it is private'),
        ("later.md", 'did you mean "../later.md"? it is scheduled'),
        ("about.html", 'did you mean "/about/"?'),
        ("../../about.htm", 'did you mean "/about/"?'),
        ("archive.html", ""),
        ("index.md", ""),
        ("../", ""),
        ("zzzz.md", ""),
    ],
)
def test_a_file_of_the_same_name_comes_before_one_with_a_similar_name(path: str, hint: str) -> None:
    assert suggest_file(path, BUNDLE, INDEX) == hint


def test_a_file_beside_the_text_comes_before_one_further_away() -> None:
    files = {"content/x.png": "/x.png", "content/posts/kl/old/x.png": "/posts/kl/old/x.png"}
    assert suggest_file("img/x.png", BUNDLE, structs.replace(INDEX, files=files)) == 'did you mean "old/x.png"?'


def test_a_published_file_comes_before_a_hidden_one() -> None:
    index = structs.replace(INDEX, hidden={"content/posts/kl/about.md": "draft"})
    assert suggest_file("x/about.md", BUNDLE, index) == 'did you mean "/about.md"?'


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/about.html", 'did you mean "/about/"?'),
        ("/archive.html", 'did you mean "/archive/"?'),
        ("/posts/week-1.html", 'did you mean "/posts/week-1/"?'),
        ("/blog/week-1/", 'did you mean "/posts/week-1/"?'),
        ("/img/loss.png", 'did you mean "/images/loss.png"?'),
        ("/posts/secret.html", 'did you mean "/posts/secret/"? it is a draft'),
        ("/content/posts/week-1.md", 'did you mean "/posts/2026-11-20-week-1.md"?'),
        ("/abuot/", 'did you mean "/about/"?'),
        ("/posts/2/", ""),
    ],
)
def test_an_address_that_ends_in_the_same_way_comes_before_a_similar_one(path: str, hint: str) -> None:
    assert suggest_address(path, INDEX) == hint


@pytest.mark.parametrize(
    ("name", "anchors", "hint"),
    [
        ("prat", {"part", "other"}, 'did you mean "part"?'),
        ("broke", {"what-broke", "what-broke-then", "x"}, 'did you mean "what-broke"?'),
        ("nope", {"b", "a"}, 'the ids there: "a", "b"'),
        ("nope", set(), ""),
        ("nope", set("abcdef"), ""),
    ],
)
def test_an_id_is_suggested_or_the_few_that_there_are(name: str, anchors: set[str], hint: str) -> None:
    assert suggest_anchor(name, anchors) == hint


def test_a_document_is_no_hint_for_a_link_in_itself() -> None:
    assert suggest_file("x/a.md", SOURCE, LINK_INDEX) == ""
