"""Rules for strings: slugs, safe names, addresses in HTML."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.text import MAX_NAME, explain_unsafe_path, href, name_key, slugify, slugify_term

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
