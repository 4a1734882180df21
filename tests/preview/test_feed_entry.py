"""A post as its subscribers get it."""

import threading
from pathlib import Path

import pytest

from blog.build import build
from blog.cache.workspace import locate_folders
from blog.preview.feed_entry import FeedEntryPreview
from blog.problems import BlogError
from blog.state import BuildState
from blog.system.workers import FORK_LOCK
from tests.support.publishing import order, post, preview_of
from tests.support.sites import site

PREVIEW = {"drafts": True, "future": True, "private": True}


@pytest.fixture
def shown(tmp_path: Path) -> tuple[FeedEntryPreview, BuildState]:
    text = "Words[^1], ![p](p.png), [b](b.md).\n\n[^1]: A note.\n\n## Part\n\n```python\nx = 1\n```"
    root = site(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://example.org/blog"\n[labels.Journal]\nnotice = "Raw."\n',
        "content/posts/a.md": post("A <b>", text=text, labels="[Journal]", tags="[x]", context="Before."),
        "content/posts/b.md": post("B", draft="true"), "content/posts/u.md": post("U", unlisted="true"),
        "content/posts/p.png": b"p", "content/about.md": "# About\n",
    })  # fmt: skip
    memory = BuildState()
    built = order(root, output=preview_of(root), **PREVIEW)
    build(built, state=memory)
    subscriber = FeedEntryPreview(locate_folders(root).cache)
    subscriber.show(memory)
    return subscriber, memory


def test_the_entry_is_what_stands_in_the_feed_with_addresses_of_the_preview(
    shown: tuple[FeedEntryPreview, BuildState],
) -> None:
    page = shown[0].page("content/posts/a.md")
    assert page is not None
    assert "<h1>A &lt;b&gt;</h1><p>2024-01-01 · Journal · x</p>" in page
    assert "<aside><p>Raw.</p>" in page
    assert "<p>Before.</p>" in page
    assert '<a href="/blog/posts/b/">b</a>' in page
    assert 'src="/blog/posts/p.png"' in page
    assert "https://example.org" not in page
    assert "<pre><code>x = 1" in page


def test_a_draft_has_one_and_what_stands_in_no_feed_has_none(shown: tuple[FeedEntryPreview, BuildState]) -> None:
    assert shown[0].page("content/posts/b.md") is not None
    assert [shown[0].page(f"content/{name}") for name in ("posts/u.md", "about.md", "nothing.md")] == [None] * 3


def test_before_there_is_a_site_or_when_it_was_lost_there_is_none(shown: tuple[FeedEntryPreview, BuildState]) -> None:
    subscriber, _ = shown
    for left in subscriber.folder.glob("cache*"):
        left.unlink()
    assert subscriber.page("content/posts/a.md") is None
    assert FeedEntryPreview(subscriber.folder).page("content/posts/a.md") is None


def test_what_a_build_that_failed_has_read_is_not_shown(
    shown: tuple[FeedEntryPreview, BuildState], tmp_path: Path
) -> None:
    subscriber, memory = shown
    before = subscriber.page("content/posts/a.md")
    path = tmp_path / "content/posts/a.md"
    path.write_text(path.read_text("utf-8").replace("[b](b.md)", "[u](u.md) [b](nowhere.md)"), encoding="utf-8")
    with pytest.raises(BlogError):
        build(order(tmp_path, output=preview_of(tmp_path), **PREVIEW), state=memory)
    assert subscriber.page("content/posts/a.md") == before


def test_nothing_is_asked_of_the_cache_while_processes_are_forked(shown: tuple[FeedEntryPreview, BuildState]) -> None:
    found: list[str | None] = []
    asking = threading.Thread(target=lambda: found.append(shown[0].page("content/posts/a.md")))
    with FORK_LOCK:
        asking.start()
        asking.join(0.2)
        assert found == []
    asking.join(5)
    assert found[0] is not None
