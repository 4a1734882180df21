"""The search index: the words of all posts, in files of which a search loads few; edits give what a clean build gives."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.cache.digests import digest, pack
from blog.cache.store import Cache
from blog.content.document import TermsByWeight
from blog.render import search_index
from blog.render.search_index import SearchIndex, file_of, make_search_index, search_index_key
from blog.views.outputs import VIEW_DECODER, TextView
from blog.views.search import search_file_count
from tests.support.publishing import build_folder, outputs, post, publish

SOME: TermsByWeight = ("alpha beta", "gamma", "", "delta")
OTHER: TermsByWeight = ("beta", "", "alpha", "")


def kept(posts: Sequence[TermsByWeight], cache: Cache) -> list[bytes]:
    """The keys of the words of posts."""
    keys = []
    for words in posts:
        data = pack(words)
        cache.put(digest(data), data)
        keys.append(digest(data))
    return keys


def texts(index: SearchIndex, cache: Cache) -> list[dict[str, str]]:
    views = [cache.require(view, VIEW_DECODER) for view in index.files]
    return [json.loads(view.text) for view in views if isinstance(view, TextView)]


def test_a_word_names_its_posts_with_weights(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        index = make_search_index(kept([SOME, OTHER, SOME], cache), None, cache)
        assert texts(index, cache) == [{"alpha": "0 6 2", "beta": "0 4 4", "delta": "3 8", "gamma": "1 8"}]


def test_there_are_more_files_for_more_posts() -> None:
    assert [search_file_count(posts) for posts in (0, 1, 16, 17, 100, 1_000, 10_000, 10**6)] == [
        1,
        1,
        2,
        4,
        16,
        128,
        1024,
        1024,
    ]


def test_words_that_begin_alike_are_in_one_file() -> None:
    numbers = {file_of(word, 1024) for word in ("grad", "gradient", "gradients", "gradual")}
    assert len(numbers) == 1
    assert len({file_of(word, 1024) for word in ("gra", "grad", "grid", "機械", "機会")}) == 5


WORDS = st.lists(
    st.sampled_from(["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "機械"]),
    unique=True,
)


@st.composite
def posts(draw: st.DrawFn) -> TermsByWeight:
    words = draw(WORDS)
    lines: tuple[list[str], ...] = ([], [], [], [])
    for word in words:
        draw(st.sampled_from(lines)).append(word)
    return tuple(" ".join(sorted(line)) for line in lines)  # type: ignore[return-value]


@settings(deadline=None)
@given(st.lists(posts(), max_size=40), st.data())
def test_an_index_made_from_an_earlier_one_is_the_index(first: list[TermsByWeight], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder, Cache(Path(folder)) as cache:
        index: SearchIndex | None = None
        now = first
        for _ in range(4):
            index = make_search_index(kept(now, cache), index, cache)
            with tempfile.TemporaryDirectory() as other, Cache(Path(other)) as clean:
                assert index == make_search_index(kept(now, clean), None, clean)
            now = list(now)
            for _ in range(data.draw(st.integers(0, 3))):
                at = data.draw(st.integers(0, len(now)))
                now[at : at + data.draw(st.integers(0, 1))] = data.draw(st.lists(posts(), max_size=1))


def test_what_was_lost_is_made_anew(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        first = kept([SOME, OTHER], cache)
        index = make_search_index(first, None, cache)
        cache.put(index.files[0], b"\xc1")
        for gone in (index.files[0], first[1]):
            cache.put(gone, b"\xc1")
            again = make_search_index(kept([SOME, SOME], cache), index, cache)
            assert texts(again, cache) == [{"alpha": "0 4", "beta": "0 4", "delta": "3 4", "gamma": "1 4"}]


def test_another_version_of_the_program_makes_its_own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Cache(tmp_path) as cache:
        keys = kept([SOME] * 20, cache)
        index = make_search_index(keys, None, cache)
        assert len(index.files) == 4
        before = search_index_key(keys)
        monkeypatch.setattr(search_index, "program_digest", lambda: b"another")
        monkeypatch.setattr(search_index, "search_file_count", lambda _: 1)
        assert search_index_key(keys) != before
        assert len(make_search_index(keys, index, cache).files) == 1
        assert len(make_search_index([*keys[:-1], *kept([OTHER], cache)], index, cache).files) == 1


def test_few_changes_touch_few_files(tmp_path: Path) -> None:
    many: list[TermsByWeight] = [(f"same w{number:04}", "", "", "") for number in range(600)]
    with Cache(tmp_path) as cache:
        before = make_search_index(kept(many, cache), None, cache)
        many[300] = ("same newer", "", "", "")
        after = make_search_index(kept(many, cache), before, cache)
        changed = [number for number in range(len(before.files)) if before.files[number] != after.files[number]]
        assert changed == sorted({file_of("newer", 128), file_of("w0300", 128)})
        assert make_search_index(kept(many, cache), None, cache) == after


def test_readers_find_public_posts_only(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("Public", text="Findable."), "content/posts/b.md": post("Unlisted", unlisted="true", text="unlistedword"),
        "content/posts/c.md": post("Draft", draft="true", text="draftword"), "content/about.md": "---\ntitle: About\n---\npageword",
        "content/posts/d.md": post("Private", private="true", text="privateword"),
    }  # fmt: skip
    found = publish(tmp_path, files)
    assert json.loads(found["search/0.json"]) == {"findable": "0", "public": "3"}
    assert json.loads(found["search/posts-0.json"]) == [["Public", "/posts/a/", "1 January 2024", "Findable.", "", ""]]


def test_an_edited_word_changes_the_index_and_an_edited_title_what_is_shown(tmp_path: Path) -> None:
    publish(tmp_path, {"content/posts/a.md": post("A", text="One two.")})
    (tmp_path / "content/posts/a.md").write_text(post("A", text="One three."), encoding="utf-8")
    build_folder(tmp_path)
    assert json.loads(outputs(tmp_path)["search/0.json"]) == {"a": "3", "one": "0", "three": "0"}
    (tmp_path / "content/posts/a.md").write_text(post("B", text="One three."), encoding="utf-8")
    build_folder(tmp_path)
    assert json.loads(outputs(tmp_path)["search/posts-0.json"])[0][0] == "B"
    assert json.loads(outputs(tmp_path)["search/0.json"]) == {"b": "3", "one": "0", "three": "0"}


def test_an_empty_blog_has_an_empty_index(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/about.md": "---\ntitle: About\n---\n"})
    assert found["search/0.json"] == "{}"
    assert "Nothing has been published yet." in found["search/index.html"]


def test_a_page_of_the_site_takes_the_place_of_the_search(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/search.md": "---\ntitle: Mine\n---\nAsk me.", "content/posts/a.md": post("A")})
    assert "Ask me." in found["search/index.html"]
    assert "search/0.json" in found
    assert '<a href="/search/">Search</a>' in found["index.html"]
