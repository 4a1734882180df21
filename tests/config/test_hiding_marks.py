"""Marks by which a writer may mean to hide a text, in whatever spelling."""

import pytest

from blog.config.hiding_marks import contains_comment, find_hiding_line, fold_text, is_hiding_value, normalize_key
from tests.support.bounds import processor


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("draft", "draft"), ("Draft", "draft"), ("is_draft", "draft"), ("isPrivate", "private"), ("publish-date", "publishdate"),
        ("\uff44\uff52\uff41\uff46\uff54", "draft"), (" private ", "private"), ("pr\u0456vate", "private"), ("drafts", ""),
        ("issue", ""), ("island", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_key_that_hides_is_known_in_every_spelling(name: str, key: str) -> None:
    assert normalize_key(name) == key


@pytest.mark.parametrize(
    ("key", "value", "hidden"),
    [
        ("draft", True, True), ("draft", "maybe", True), ("draft", None, True), ("draft", "no", False), ("draft", False, False),
        ("draft", 0, False), ("draft", {"a": 1}, False), ("draft", ["yes"], True), ("hide", ["toc"], False),
        ("hide", "sidebar", False), ("hidden", "On", True), ("published", "2019", False), ("published", False, True),
        ("visible", "no", True), ("status", "accepted", False), ("status", "Draft", True), ("visibility", "private", True),
        ("publishdate", "2099-01-01", True), ("expirydate", None, False), ("private", "\uff59\uff45\uff53", True),
    ],
)  # fmt: skip
def test_a_value_hides_if_it_does_not_say_no(key: str, value: object, hidden: bool) -> None:
    assert is_hiding_value(key, value) is hidden


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("draft: true", ("draft", ":")), ("  private = yes  # for now", ("private", "=")), ('"draft": true,', ("draft", ":")),
        ("- draft: on", ("draft", ":")), ("draft := 1", ("draft", ":=")), ("draft\uff1atrue", ("draft", ":")),
        ("published: 'false'", ("published", ":")), ("status: draft", ("status", ":")), ("hidden: yes.", ("hidden", ":")),
        ('draft: true"', ("draft", ":")), ("draft = true \\", ("draft", "=")), ("{draft: true}", ("draft", ":")),
        ("> unlisted: TRUE", ("unlisted", ":")), ("**private**: true", ("private", ":")),
    ],
)  # fmt: skip
def test_a_line_that_says_only_that_something_is_hidden(line: str, found: tuple[str, str]) -> None:
    assert find_hiding_line(line) == found


@pytest.mark.parametrize(
    "line",
    [
        "private: schools", "draft: true stories", "a draft: true", "draft: false", "published: yes", "status: done",
        "draft", "true", "", "draft: ", "summary: draft: is a word", "drafts: true", "hidden: costs", "published: 2019",
    ],
)  # fmt: skip
def test_prose_is_no_mark(line: str) -> None:
    assert find_hiding_line(line) is None


def test_what_looks_alike_is_one_form() -> None:
    assert fold_text("\uff1a\uff1a\uff1a \uff30rivate") == "::: private"
    assert fold_text("::: PR\u0406VATE") == "::: private"


@pytest.mark.parametrize(
    "text", ["<!-- a", "a <!note: b--> c", "<!x--!>", "\uff1c\uff01\uff0d\uff0d a", "<!\u2014 a \u2014>"]
)
def test_a_comment_is_known_also_if_its_beginning_is_mistyped(text: str) -> None:
    assert contains_comment(text)


@pytest.mark.parametrize("text", ["The <!DOCTYPE html> story", "<?php ?>", "a <!b", "a --> b", "<b>-->", "", "x <! y"])
def test_other_signs_are_no_comment(text: str) -> None:
    assert not contains_comment(text)


@pytest.mark.parametrize("piece", ["<!", "<!a", "<!--!", "--", "\uff1c"])
def test_comments_are_looked_for_in_linear_time(piece: str) -> None:
    with processor(1):
        contains_comment(piece * 100_000)


@pytest.mark.parametrize("piece", ["-", " ", "draft", "draft:", '"', "draft: true,", ":", "é"])
def test_a_line_of_any_length_is_looked_at_in_linear_time(piece: str) -> None:
    with processor(1):
        assert find_hiding_line(piece * 100_000) is None
