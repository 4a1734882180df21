"""Tests of `blog.site.host_headers`: a file of headers as hosts read it."""

import pytest

from blog.site.host_headers import find_headers, parse_directives, parse_headers
from tests.support.bounds import processor

TEXT = """\
# words
  X-Lost: no path stands above
/*
  X-Frame-Options: DENY
  Link: </a.css>; rel=preload
https://example.org/posts/*
\tLink:</b.css>; rel=preload
/a/:name
  X-Name : value: with a colon
  no header
"""


def test_each_header_has_its_pattern_and_its_line() -> None:
    assert [(found.pattern, found.name, found.value, found.line) for found in parse_headers(TEXT)] == [
        ("/*", "x-frame-options", "DENY", 4),
        ("/*", "link", "</a.css>; rel=preload", 5),
        ("/posts/*", "link", "</b.css>; rel=preload", 7),
        ("/a/:name", "x-name", "value: with a colon", 9),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"x-frame-options": "DENY", "link": "</a.css>; rel=preload"}),
        ("/posts/a/", {"x-frame-options": "DENY", "link": "</a.css>; rel=preload, </b.css>; rel=preload"}),
        ("/a/b", {"x-frame-options": "DENY", "link": "</a.css>; rel=preload", "x-name": "value: with a colon"}),
    ],
)
def test_a_path_has_the_headers_of_all_patterns_that_cover_it(path: str, expected: dict[str, str]) -> None:
    assert find_headers(parse_headers(TEXT), path) == expected


@pytest.mark.parametrize(
    ("pattern", "covered", "others"),
    [
        ("/a", ["/a"], ["/a/", "/b"]), ("/*", ["/", "/a/b"], ["a"]), ("/a*c/*d", ["/ac/d", "/abc/x/d"], ["/ac/", "/a/d", "/ac"]),
        ("/:one/x/:two", ["/a/x/b"], ["/a/y/b", "/x"]), ("/ab*b", ["/abb", "/abxb"], ["/ab", "/a"]),
    ],
)  # fmt: skip
def test_a_star_and_a_name_stand_for_anything(pattern: str, covered: list[str], others: list[str]) -> None:
    (header,) = parse_headers(f"{pattern}\n  X: y\n")
    assert [header.covers(path) for path in covered] == [True] * len(covered)
    assert [header.covers(path) for path in others] == [False] * len(others)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    (header,) = parse_headers("/" + "*a" * 1000 + "b\n  X: y\n")
    with processor(1):
        assert not header.covers("/" + "a" * 5000)


def test_of_two_directives_with_one_name_the_first_counts() -> None:
    assert parse_directives("Default-Src 'self' ;; img-src *; default-src 'none';") == {
        "default-src": ["'self'"], "img-src": ["*"],
    }  # fmt: skip
