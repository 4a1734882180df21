"""Addresses and the files behind them: slugs, safe names, and who makes which path."""

import datetime as dt
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.problems import Location, Problem
from blog.site.addresses import PathOwner, find_collisions, output_path, page_address, post_address
from blog.text import MAX_NAME, explain_unsafe_path, href, name_key, slugify, slugify_term
from tests.support.sites import told

NFD = "cafe\u0301"
NFC = "caf\u00e9"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("week-4", "week-4"),
        ("Week 4: My Interest!", "week-4-my-interest"),
        ("  a  --  b  ", "a-b"),
        ("don't", "dont"),
        ("don’t", "dont"),
        ("v1.10", "v1.10"),
        ("a_b", "a_b"),
        ("C", "c"),
        ("C++", "c"),
        ("C#", "c"),
        (".hidden.", "hidden"),
        ("-._a_.-", "a"),
        ("../../etc/passwd", "etc-passwd"),
        (r"a\b", "a-b"),
        ("Ñandú", "ñandú"),
        (NFD, NFC),
        ("İstanbul", "i̇stanbul"),
        ("Straße", "straße"),
        ("日本語の記事", "日本語の記事"),
        ("Привет, мир", "привет-мир"),
        ("مرحبا بالعالم", "مرحبا-بالعالم"),
        ("हिन्दी में", "हिन्दी-में"),
        ("ภาษาไทย", "ภาษาไทย"),
        ("한국어", "한국어"),
        ("𝔘𝔫𝔦", "𝔘𝔫𝔦"),
        ("½ x²", "½-x²"),
        ("a😀b", "a-b"),
        ("a\u200bb\u00adc", "a-b-c"),
        ("tab\tnul\0", "tab-nul"),
    ],
)
def test_a_slug_keeps_letters_and_digits_of_every_script(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize("text", ["", " ", "😀", "🎉 🎉", "!!!", "...", "..", "-", "_", "+", "/", "\0", "\u200d"])
def test_a_text_without_letters_or_digits_has_no_slug(text: str) -> None:
    assert slugify(text) == ""


@pytest.mark.parametrize("text", ["❤️", "☀️ ⭐️", "\u0301", "\ufe0f"])
def test_marks_alone_make_no_slug(text: str) -> None:
    assert slugify(text) == ""


def test_an_emoji_leaves_nothing_invisible_in_a_slug() -> None:
    assert slugify("I ❤️ Python") == "i-python"


@settings(derandomize=True, deadline=None, max_examples=500)
@given(st.text(max_size=40))
def test_a_slug_of_a_slug_is_itself_and_a_name_without_forbidden_characters(text: str) -> None:
    slug = slugify(text)
    assert slugify(slug) == slug
    assert unicodedata.is_normalized("NFC", slug)
    assert not slug or explain_unsafe_path(f"x{slug}") == ""
    assert not set(slug) & set('/\\<>:"|?*%#& \t\n\0')


@pytest.mark.parametrize(
    ("name", "slug"),
    [("C", "c"), ("C++", "c-plus-plus"), ("C#", "c-sharp"), ("F#", "f-sharp"), ("R&D", "r-and-d"), ("a@b", "a-at-b"),
     ("#1", "sharp-1"), ("Machine Learning", "machine-learning"), ("++", "plus-plus"), ("😀", ""), ("日本", "日本")],
)  # fmt: skip
def test_the_slug_of_a_tag_speaks_the_signs_that_tell_tags_apart(name: str, slug: str) -> None:
    assert slugify_term(name) == slug


@pytest.mark.parametrize(
    ("one", "other"), [("Machine Learning", "machine learning"), (NFC, NFD), ("ÉTÉ", "e\u0301te\u0301"), ("ẞ", "ss")]
)
def test_names_are_equal_without_case_and_in_nfc(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_the_permalink_is_filled_with_the_date_in_full() -> None:
    day = dt.date(206, 3, 9)
    assert post_address("/{year}/{month}/{day}/{slug}.html", "a", day) == "/0206/03/09/a.html"


@pytest.mark.parametrize(
    ("path", "slug", "address"),
    [
        ("content/about.md", "", "/about/"),
        ("content/About me.md", "", "/about-me/"),
        ("content/a/B c/d.markdown", "", "/a/b-c/d/"),
        ("content/now/index.md", "", "/now/"),
        ("content/a/b/index.md", "", "/a/b/"),
        ("content/a/b.md", "X", "/a/X/"),
        ("content/a/index.md", "x", "/x/"),
        ("content/v1.2.md", "", "/v1.2/"),
        ("content/😀/a.md", "", "//a/"),
    ],
)
def test_the_address_of_a_page_is_its_path(path: str, slug: str, address: str) -> None:
    assert page_address(path, slug) == address


@pytest.mark.parametrize(
    ("address", "path"),
    [("/", "index.html"), ("/a/", "a/index.html"), ("/a/b/", "a/b/index.html"), ("/a.html", "a.html"),
     ("/feed.xml", "feed.xml")],
)  # fmt: skip
def test_an_address_that_ends_with_a_slash_is_the_index_of_a_folder(address: str, path: str) -> None:
    assert output_path(address) == path


@pytest.mark.parametrize(
    ("address", "url"),
    [("/a/", "/a/"), ("/é b/", "/%C3%A9%20b/"), ("/100%/", "/100%25/"), ("/a?b#c/", "/a%3Fb%23c/"),
     ("/a'b&c/", "/a'b&c/"), ('/"<>/', "/%22%3C%3E/"), ("/日/", "/%E6%97%A5/")],
)  # fmt: skip
def test_an_address_in_html_is_percent_encoded(address: str, url: str) -> None:
    assert href(address) == url
    assert href(address, "/blog") == f"/blog{url}"


@pytest.mark.parametrize(
    "path",
    ["a", "a/b.html", "a.b/c", ".well-known/x", "con-x/index.html", "console", "com", "com10", "nulls", "a b", "日本/é",
     "x" * MAX_NAME, "é" * (MAX_NAME // 2)],
)  # fmt: skip
def test_a_safe_path_is_safe_everywhere(path: str) -> None:
    assert explain_unsafe_path(path) == ""


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "has an empty or dotted part"),
        ("a//b", "has an empty or dotted part"),
        ("/a", "has an empty or dotted part"),
        ("a/../b", "has an empty or dotted part"),
        ("a/./b", "has an empty or dotted part"),
        ("a/b:c", 'has a character that names of files cannot have: "b:c"'),
        ("a\\b", 'has a character that names of files cannot have: "a\\b"'),
        ("a?", 'has a character that names of files cannot have: "a?"'),
        ('a"', 'has a character that names of files cannot have: "a""'),
        ("a\x7f", 'has a character that names of files cannot have: "a\x7f"'),
        ("a./b", 'ends with a dot or a space: "a."'),
        ("a /b", 'ends with a dot or a space: "a "'),
        ("con/index.html", 'is a reserved name on Windows: "con"'),
        ("a/NUL.txt", 'is a reserved name on Windows: "NUL.txt"'),
        ("Aux", 'is a reserved name on Windows: "Aux"'),
        ("prn.tar.gz", 'is a reserved name on Windows: "prn.tar.gz"'),
        ("com1", 'is a reserved name on Windows: "com1"'),
        ("lpt²", 'is a reserved name on Windows: "lpt²"'),
        ("x" * (MAX_NAME + 1), "is longer than 255 bytes"),
        ("a/" + "é" * 128, "is longer than 255 bytes"),
    ],
)
def test_a_path_that_some_disk_or_host_cannot_have_says_why(path: str, why: str) -> None:
    assert explain_unsafe_path(path) == why


def claim(path: str, producer: str = "", line: int = 1) -> PathOwner:
    return PathOwner(path, producer or path, Location("a.md", line))


def test_paths_that_differ_do_not_collide() -> None:
    names = ["index.html", "a/index.html", "a/b/index.html", "ab/index.html", "a.html"]
    assert find_collisions(claim(name) for name in names) == []


@pytest.mark.parametrize(
    ("one", "other"), [("a.html", "a.html"), ("A/x", "a/X"), (f"{NFC}/i", f"{NFD}/i"), ("STRASSE", "straße")]
)
def test_two_producers_of_one_path_are_an_error_that_names_both(one: str, other: str) -> None:
    assert told(find_collisions([claim(one, "first.md", 1), claim(other, "second.md", 2)])) == [
        (
            f'2:1 error collision: "/{other}" is made by second.md and by first.md'
            " -- set another slug for one of them, or rename it"
        )
    ]


def test_producers_that_look_alike_are_told_as_such() -> None:
    hint = "their names look alike and differ in how Unicode writes a letter: delete or rename one of them"
    (problem,) = find_collisions([claim("a", f"{NFC}.md"), claim("a", f"{NFD}.md")])
    assert problem.hint == hint


def test_each_further_producer_is_told() -> None:
    problems = find_collisions([claim("a", "one", 1), claim("a", "two", 2), claim("A", "three", 3)])
    assert [problem.location.line for problem in problems] == [2, 3]
    assert problems[1].message == '"/A" is made by three and by one'


@pytest.mark.parametrize("reverse", [False, True])
def test_a_file_where_another_needs_a_folder_is_an_error_that_names_both(reverse: bool) -> None:
    claims = [claim("a", "file", 1), claim("A/b/index.html", "folder", 2)]
    (problem,) = find_collisions(reversed(claims) if reverse else claims)
    assert problem.message == '"/a" is made by file and by folder'
    assert problem.location.line == 1


def test_an_unsafe_path_is_an_error_where_it_comes_from() -> None:
    assert find_collisions([claim("a/con/index.html", line=7)]) == [
        Problem(
            Location("a.md", 7),
            "unsafe-path",
            'the path "a/con/index.html" is a reserved name on Windows: "con"',
            "set another slug, or rename the file",
        )
    ]


def test_a_name_of_three_hundred_characters_is_unsafe() -> None:
    (problem,) = find_collisions([claim(f"posts/{slugify('x' * 300)}/index.html")])
    assert problem.message.endswith('" is longer than 255 bytes')
