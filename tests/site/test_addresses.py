"""Addresses and the files behind them: who owns which path."""

import datetime as dt

import pytest

from blog.site.addresses import output_path, page_address, post_address

NFD = "cafe\u0301"
NFC = "caf\u00e9"


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
