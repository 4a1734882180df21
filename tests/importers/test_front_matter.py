"""The front matter of old documents."""

import datetime as dt

import pytest

from blog.importers.front_matter import Keys, OldMatter, read_date, read_matter, split_matter
from blog.importers.new_site import yaml_value

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def matter(block: str, **options: str) -> OldMatter:
    return read_matter(Keys(split_matter(f"---\n{block}\n---\n", "a.md")), NOW, **options)


@pytest.mark.parametrize(("written", "expected"), [
    ("2015-05-21", "2015-05-21 None None"), ("May 21, 2015", "2015-05-21 None None"), ("21 May 2015", "2015-05-21 None None"),
    ("2015/05/21", "2015-05-21 None None"), ("2015-05-21 10:00:00 -0700", "2015-05-21 10:00:00 -420"),
    ("Thu, 21 May 2015 10:00:00 +0200", "2015-05-21 10:00:00 120"), ("2015-05-21T10:00:00.123Z", "2015-05-21 10:00:00 0"),
    ("2015-05-21 10:00:00 UTC", "2015-05-21 10:00:00 None"), ("Thu, 21 May 15 10:00 GMT", "2015-05-21 10:00:00 0"),
    ("Fri, 21 May 2015 10:00:00 CEST", "2015-05-21 10:00:00 None"), ("05/06/2015", "2015-05-06 None None"),
    ("21/05/2015", "2015-05-21 None None"), ("21.05.2015", "2015-05-21 None None"), ("2015-05-21 10:00:00 UTC+02:00", "2015-05-21 10:00:00 120"),
])  # fmt: skip
def test_dates_in_many_spellings(written: str, expected: str) -> None:
    date = read_date(written)
    assert date is not None
    assert f"{date.day} {date.clock} {date.offset}" == expected


@pytest.mark.parametrize("written", ["", "soon", "2015-13-40", "last-modified", "99999999999"])
def test_what_is_no_date(written: str) -> None:
    assert read_date(written) is None


def test_keys_without_a_meaning_are_kept() -> None:
    assert [(extra.key, extra.value, extra.line) for extra in matter("title: T\nmath: true\nn: 3\nlist: [a]").extra] == [
        ("math", True, 3), ("n", 3, 4), ("list", ["a"], 5),
    ]  # fmt: skip


def test_tags_of_jekyll_are_words_unless_they_have_commas() -> None:
    assert matter("tags: deep learning", tag_separator=" ").tags == ("deep", "learning")
    assert matter("tags: deep learning, nlp", tag_separator=" ").tags == ("deep learning", "nlp")
    assert matter("tags: [deep learning, nlp]", tag_separator=" ").tags == ("deep learning", "nlp")


def test_pictures_in_tables() -> None:
    found = matter("cover:\n  image: a.png\n  alt: A")
    assert (found.image, found.image_alt) == ("a.png", "A")
    assert matter("header:\n  teaser: /b.png").image == "/b.png"


def test_a_block_that_is_no_yaml_is_read_line_by_line() -> None:
    found = matter("title: A: b\ntags:\n  - x\n  - y")
    assert (found.title, found.tags) == ("A: b", ("x", "y"))
    assert found.complaints == ((2, 'a text with ": " needs quotes'),)


@pytest.mark.parametrize(("value", "expected"), [
    ("A title", "A title"), ("yes", '"yes"'), ("2020-01-01", '"2020-01-01"'), ("a: b", '"a: b"'), ("#x", '"#x"'),
    ("a, b", '"a, b"'), (["a", "b c"], "[a, b c]"), (True, "true"), ({"a": {"b": 1}}, "\n  a:\n    b: 1"), ("x ", '"x "'),
    ([{"a": 1}], '[{"a": 1}]'), ("é", '"é"'),
])  # fmt: skip
def test_values_as_yaml(value: object, expected: str) -> None:
    assert yaml_value(value) == expected


def test_a_comment_without_a_space_is_one_as_for_every_reader_of_yaml() -> None:
    raw = split_matter('---\ntitle: Runs #1\nsummary: "a #b"\ndraft: true #x\n---\nText #y', "a.md")
    values = {key: member.node.value for key, member in raw.node.value.items()}
    assert values == {"title": "Runs", "summary": "a #b", "draft": "true"}
    assert (raw.body, raw.body_line, raw.complaint) == ("Text #y", 6, None)


def test_comments_in_a_block_that_is_no_yaml_are_no_values() -> None:
    raw = split_matter(
        '---\nurl: "https://old.example" # the host\nname: a b # c\ndraft: true # d\nx: [\n---\n', "a.md"
    )
    values = {key: member.node.value for key, member in raw.node.value.items()}
    assert values == {"url": "https://old.example", "name": "a b", "draft": "true", "x": "["}
    assert raw.complaint is not None
