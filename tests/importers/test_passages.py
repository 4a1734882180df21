"""Passages are found in a time that grows no faster than the text, and marks that nothing closes begin none."""

import re
from pathlib import Path

import pytest

from blog.importers.passages import find_passages, replace_passages
from tests.importers.importing import body_of, jekyll, run_import
from tests.support.bounds import processor

_OPENING, _CLOSING = re.compile(r"\[(?P<name>\w+)\]"), re.compile(r"\[/(?P<name>\w+)\]")


def test_a_passage_ends_at_the_next_mark_of_its_name() -> None:
    text = "[a]1[b]2[/b]3[/a]4[b]5[/b][a]6"
    assert [passage.inner for passage in find_passages(text, _OPENING, _CLOSING)] == ["1[b]2[/b]3", "5"]
    assert replace_passages(text, _OPENING, _CLOSING, lambda passage: passage.opening["name"]) == "a4b[a]6"


def test_a_mark_that_nothing_closes_stays() -> None:
    assert replace_passages("x[/a]y[a]z[b]w[/b]", _OPENING, _CLOSING) == "x[/a]y[a]z"


def test_many_open_marks_take_no_longer_than_a_text_of_their_length() -> None:
    text = "[a]" * 100_000 + "[/b]"
    with processor(2):
        assert list(find_passages(text, _OPENING, _CLOSING)) == []


@pytest.mark.parametrize(
    "mark", ["{% a ", "{{< a ", "{{% a ", "{{ a ", "{{/* ", "<!-- ", "{::comment} ", "[a](b{{ c ", "{% a %} "]
)
def test_a_post_of_open_tags_is_imported_in_bounded_time(mark: str, tmp_path: Path) -> None:
    old = jekyll(tmp_path / "old", {"2020-01-01-a.md": f"---\ntitle: A\n---\n{mark * 3000}\n\nEnd.\n"})
    with processor(20):
        run_import(old, tmp_path / "new")
    assert "End." in body_of(tmp_path / "new", "2020-01-01-a.md")


@pytest.mark.parametrize(("text", "expected"), [
    ("a {{{ site.title }} b", "a {T b"),
    ("{% open {{ site.title }}", "{% open T"),
    ("{{% open {{ site.title }}", "{{% open T"),
    ("{%- raw -%}{{ x }}{%- endraw -%}", "{{ x }}"),
    ("{% other %} and {{< open", "`{% other %}` and {{< open"),
])  # fmt: skip
def test_a_tag_that_nothing_closes_hides_no_other_one(text: str, expected: str, tmp_path: Path) -> None:
    old = jekyll(tmp_path / "old", {"2020-01-01-a.md": f"---\ntitle: A\n---\n{text}\n"})
    run_import(old, tmp_path / "new")
    assert body_of(tmp_path / "new", "2020-01-01-a.md") == expected
