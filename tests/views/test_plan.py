"""The kept plan: it holds as long as nothing of what it was made from has changed."""

import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from blog.cache.store import Cache
from blog.config.settings import Settings
from blog.content.files import SourceFile, SourceTree
from blog.content.source_record import SourceRecord
from blog.content.theme import Theme
from blog.site.visibility import Audience
from blog.system.file_signature import NO_SIGNATURE
from blog.views.plan import PlanInputs
from tests.support.publishing import NOW, build_folder, post
from tests.support.sites import site

KNOWN = {
    "content/posts/a.md": SourceRecord(NO_SIGNATURE, b"digest", b"parsed", b"seen", b"forms"),
    "content/p.png": SourceRecord(NO_SIGNATURE, b"p"),
}
SOURCES = SourceTree((SourceFile("content/posts/a.md", "post"),), (SourceFile("content/p.png"),), "", ())
DESIGN = Theme({"post.html": "x"}, {"footer": "f"}, {"a.css": "assets/a.1.css"}, {}, "themes/t")


def inputs(cache: Cache, **changed: Any) -> PlanInputs:
    """All that a plan is made from."""
    given: dict[str, Any] = {
        "maker": b"maker", "settings": Settings(title="T"), "audience": Audience(NOW), "theme": DESIGN, "sources": SOURCES,
        "records": KNOWN, "cache": cache,
    }  # fmt: skip
    return PlanInputs(**(given | changed))


def changes() -> dict[str, dict[str, Any]]:
    replace = msgspec.structs.replace
    other = KNOWN | {"content/posts/a.md": replace(KNOWN["content/posts/a.md"], site_digest=b"other")}
    return {
        "program": {"maker": b"other"},
        "settings": {"settings": Settings(title="U")},
        "drafts": {"audience": Audience(NOW, drafts=True)},
        "future": {"audience": Audience(NOW, future=True)},
        "private": {"audience": Audience(NOW, private=True)},
        "templates": {"theme": replace(DESIGN, templates={"post.html": "x", "other.html": ""})},
        "options": {"theme": replace(DESIGN, options={"footer": "g"})},
        "assets": {"theme": replace(DESIGN, assets={"b.css": "assets/b.1.css"})},
        "icon": {"theme": replace(DESIGN, assets={"a.css": "assets/a.1.css", "favicon.svg": "assets/favicon.1.svg"})},
        "redirects": {"sources": replace(SOURCES, redirects="/a /b")},
        "files": {"sources": replace(SOURCES, files=())},
        "kind": {"sources": replace(SOURCES, documents=(SourceFile("content/posts/a.md", "page"),))},
        "what documents say": {"records": other},
    }


@pytest.mark.parametrize("name", changes())
def test_all_that_a_plan_is_made_from_is_in_its_key(tmp_path: Path, name: str) -> None:
    with Cache(tmp_path) as cache:
        assert inputs(cache).key() != inputs(cache, **changes()[name]).key()


def test_texts_and_files_and_the_words_of_templates_are_not(tmp_path: Path) -> None:
    replace = msgspec.structs.replace
    document = replace(KNOWN["content/posts/a.md"], signature=(1, 2, 3, 4), digest=b"other", html_key=b"other")
    known = {"content/posts/a.md": document, "content/p.png": SourceRecord((1, 2, 3, 4), b"other")}
    with Cache(tmp_path) as cache:
        assert inputs(cache).key() == inputs(cache, records=known).key()
        assert inputs(cache).key() == inputs(cache, theme=replace(DESIGN, templates={"post.html": "y"})).key()
        assert inputs(cache).key() == inputs(cache, theme=replace(DESIGN, assets={"a.css": "assets/a.2.css"})).key()
        assert inputs(cache).key() == inputs(cache, audience=Audience(NOW.replace(day=9))).key()


def test_a_post_comes_when_its_day_begins_in_the_zone_of_the_settings(tmp_path: Path) -> None:
    settings = 'title = "T"\nurl = "https://example.org"\ntimezone = "Asia/Tokyo"\n'
    root = site(
        tmp_path, {"blog.toml": settings, "content/posts/a.md": post(), "content/posts/b.md": post("B", "2026-06-02")}
    )
    moment = dt.datetime(2026, 6, 1, 14, 59, 59, tzinfo=dt.UTC)
    assert build_folder(root, now=moment).posts == 1
    assert build_folder(root, now=moment + dt.timedelta(seconds=1)).posts == 2
    assert build_folder(root, now=moment).posts == 1
