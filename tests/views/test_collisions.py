"""Two outputs with one path are an error that names both."""

import pytest

from blog.problems import Location, Problem
from blog.text import slugify
from blog.views.collisions import find_collisions
from blog.views.outputs import Output
from tests.support.sites import told

NFD = "cafe\u0301"
NFC = "caf\u00e9"


def claim(path: str, owner: str = "", line: int = 1) -> Output:
    return Output(f"/{path}", owner or path, Location(owner or path, line), "document")


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
            Location("a/con/index.html", 7),
            "unsafe-path",
            'the path "a/con/index.html" is a reserved name on Windows: "con"',
            "set another slug, or rename the file",
        )
    ]


def test_a_name_of_three_hundred_characters_is_unsafe() -> None:
    (problem,) = find_collisions([claim(f"posts/{slugify('x' * 300)}/index.html")])
    assert problem.message.endswith('" is longer than 255 bytes')
