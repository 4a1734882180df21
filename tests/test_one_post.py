"""What one post goes through in a clean build: types that hold its text, and trips through the cache. Limits go down."""

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from blog.cache.store import Cache
from tests.support.publishing import build_folder
from tests.support.sites import site

WORD = "quokkas"
"""In the title and in the text of the post."""
FILES: dict[str, str | bytes] = {
    "content/posts/one.md": f"---\ntitle: Notes on {WORD}\ndate: 2026-01-02\ntags: [animals]\n---\n\nAll {WORD} smile.\n"
}
MOST_TYPES = 22
"""The aim is 13."""
MOST_TRIPS = 4


def holds_word(value: object) -> bool:
    """Whether a value is text with the word, or a list of texts one of which has it."""
    if isinstance(value, tuple | list):
        return any(holds_word(item) for item in value)
    return (isinstance(value, str) and WORD in value) or (isinstance(value, bytes) and WORD.encode() in value)


def test_the_types_that_hold_the_text_of_a_post(tmp_path: Path) -> None:
    """A type counts if a function of `blog` got or returned an instance with the word in a field of its own."""
    found: set[type] = set()

    def inspect(value: object) -> None:
        kind = type(value)
        if kind in found or not kind.__module__.startswith("blog."):
            return
        named = [getattr(kind, name, ()) for name in ("__struct_fields__", "_fields", "__slots__")]
        names = [*named, tuple(getattr(value, "__dict__", ()))]
        if any(holds_word(getattr(value, name, None)) for fields in names for name in fields):
            found.add(kind)

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        if event == "return":
            inspect(argument)
        elif event == "call" and frame.f_globals.get("__name__", "").startswith("blog."):
            for value in frame.f_locals.values():
                inspect(value)

    root = site(tmp_path, FILES)
    sys.setprofile(profile)
    try:
        build_folder(root, jobs=1)
    finally:
        sys.setprofile(None)
    names = sorted(f"{kind.__module__}.{kind.__qualname__}" for kind in found)
    assert "blog.content.document.Document" in names
    assert "blog.views.page_views.PostView" in names
    assert len(names) <= MOST_TYPES, "\n".join(names)


def test_the_trips_of_a_post_through_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trip is a function that reads a value with the word from the cache, however often it does."""
    readers: set[str] = set()
    get = Cache.get

    def get_noted(cache: Cache, key: bytes) -> bytes | None:
        data = get(cache, key)
        if data and WORD.encode() in data:
            frame: FrameType | None = sys._getframe(1)
            while frame and frame.f_globals["__name__"] == Cache.__module__:
                frame = frame.f_back
            assert frame
            readers.add(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}")
        return data

    monkeypatch.setattr(Cache, "get", get_noted)
    build_folder(site(tmp_path, FILES), jobs=1)
    assert 0 < len(readers) <= MOST_TRIPS, "\n".join(sorted(readers))
