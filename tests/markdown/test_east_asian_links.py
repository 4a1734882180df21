"""Tests of `blog.markdown.east_asian_links`: addresses in texts that have no spaces."""

from __future__ import annotations

import re

import pytest

from tests.markdown.cases import page_of, text_of
from tests.support.bounds import processor


@pytest.mark.parametrize(
    ("source", "links"),
    [
        ("请看 https://example.org/docs，然后继续。参见https://example.org/a。", ["https://example.org/docs", "https://example.org/a"]),
        ("（https://example.org/b）です", ["https://example.org/b"]),
        ("https://ja.wikipedia.org/wiki/深層学習", ["https://ja.wikipedia.org/wiki/%E6%B7%B1%E5%B1%A4%E5%AD%A6%E7%BF%92"]),
        ("「https://example.org/a?b=1」、『http://example.org/c』", ["https://example.org/a?b=1", "http://example.org/c"]),
        ("链接：https://example.org/a；还有：https://example.org/b！", ["https://example.org/a", "https://example.org/b"]),
        ("他说“https://example.org/a”。", ["https://example.org/a"]),
        ("见https://example.org/a……然后——https://example.org/b——。", ["https://example.org/a", "https://example.org/b"]),
        ("请看https://example.org然后继续", ["https://example.org"]),
        ("请看www.example.org，然后", ["http://www.example.org"]),
        ("写信到me@example.org。谢谢", ["mailto:me@example.org"]),
        ("写信到mailto:me@example.org。谢谢", ["mailto:me@example.org"]),
        ("참고：https://example.org/a 그리고", ["https://example.org/a"]),
        ("한국어https://example.org/a 그리고", ["https://example.org/a"]),
        ("【https://example.org/a】《https://example.org/b》", ["https://example.org/a", "https://example.org/b"]),
        ("*参见https://example.org/a*。", ["https://example.org/a"]),
        ("Wörter https://example.org/Hobson’s “x” und", ["https://example.org/Hobson%E2%80%99s"]),
        ("“https://example.org/a” é", []),
        ("xhttps://example.org/a，中", []),
        ("`见https://example.org/a，`", []),
        ("[见https://example.org/a，](https://example.org/b)", ["https://example.org/b"]),
    ],
)  # fmt: skip
def test_a_bare_address_ends_where_the_words_around_it_begin(source: str, links: list[str]) -> None:
    assert re.findall(r'<a href="([^"]*)"', page_of(source)) == links


def test_what_stands_around_a_bare_address_stays() -> None:
    assert page_of("请看https://example.org/a，然后www.example.org。好").removesuffix("\n") == (
        '<p>请看<a href="https://example.org/a">https://example.org/a</a>，'
        '然后<a href="http://www.example.org">www.example.org</a>。好</p>'
    )


def test_a_link_to_this_site_is_found_where_it_stands() -> None:
    (link,) = text_of("第一\n请看https://example.org/a。").links
    assert (link.target, link.location.line, link.location.column) == ("https://example.org/a", 2, 3)


def test_thousands_of_addresses_take_no_longer_than_their_number() -> None:
    with processor(10):
        text_of("见https://example.org/a，" * 5000)
