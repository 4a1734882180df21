"""Feeds and sitemaps of the author's own that no reader reads."""

import pytest

from blog.check.feed_files import MOST_URLS, check_xml

MAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
URL = "<url><loc>https://x.org/a/</loc></url>"


def said(xml: str) -> list[str]:
    return list(check_xml(xml.encode()))


@pytest.mark.parametrize("xml", ["<rss/>", "<html/>", MAP.format(URL)])
def test_what_is_right(xml: str) -> None:
    assert said(xml) == []


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ("", "it is not XML: no element found: line 1, column 0"),
        ("<rss>&nbsp;</rss>", "it is not XML: undefined entity: line 1, column 5"),
        ('<?xml version="1.0" encoding="foo"?><a/>', "it is not XML: unknown encoding: foo"),
    ],
)
def test_what_is_wrong_is_said_in_words(xml: str, words: str) -> None:
    assert said(xml) == [words]


@pytest.mark.parametrize("encoding", ["Shift_JIS", "utf-7", "foo", "ucs-99"])
def test_an_encoding_that_is_not_for_xml_is_said(encoding: str) -> None:
    assert said(f'<?xml version="1.0" encoding="{encoding}"?><a/>')[0].startswith("it is not XML: ")


def test_a_sitemap_has_a_largest_size() -> None:
    assert said(MAP.format(URL * MOST_URLS)) == []
    assert said(MAP.format(URL * (MOST_URLS + 1)))[0].startswith("it has 50,001 addresses and ")


def test_entities_that_would_fill_the_memory_are_not_read() -> None:
    bombs = "".join(
        f'<!ENTITY a{number} "{f"&a{number - 1};" * 10 if number else "aaaaaaaaaa"}">' for number in range(12)
    )
    assert said(f"<!DOCTYPE rss [{bombs}]><rss>&a11;</rss>")[0].startswith("it is not XML: ")
