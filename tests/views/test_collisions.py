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
            f"2:1 error collision: /{other} is the address of second.md and of first.md"
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
    assert problems[1].message == "/A is the address of three and of one"


@pytest.mark.parametrize("reverse", [False, True])
def test_a_file_where_another_needs_a_folder_is_an_error_that_names_both(reverse: bool) -> None:
    claims = [claim("a", "file", 1), claim("A/b/index.html", "folder", 2)]
    (problem,) = find_collisions(reversed(claims) if reverse else claims)
    assert problem.message == "/a is a file, and folder needs a folder of this name"
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


def alias(address: str, owner: str = "a.md") -> Output:
    return Output(address, f"an alias of {owner}", Location(owner, 4, 11), "alias")


def program(address: str, owner: str = "the program", path: str = "blog.toml") -> Output:
    return Output(address, owner, Location(path, 4, 8))


def feed_path(address: str) -> Output:
    return Output(address, "a feed of feed.paths", Location("blog.toml", 5, 10), "setting")


@pytest.mark.parametrize(
    ("one", "other", "line"),
    [
        (alias("/posts/x/"), Output("/posts/x/", "x.md", Location("x.md"), "document", "x.md"),
         "4:11 error collision: the alias /posts/x/ is the address of x.md -- delete the alias"),
        (alias("/old/", "b.md"), alias("/old/"),
         ("4:11 error collision: the alias /old/ is also an alias of b.md"
          " -- delete one of them; an alias of b.md comes from b.md:4")),
        (alias("/archive/"), program("/archive/", "the archive"),
         "4:11 error collision: the alias /archive/ is the page that lists all posts -- delete the alias"),
        (claim("archive/index.html", "archive.md")._replace(source="archive.md"), program("/archive/", "the archive"),
         "1:1 error collision: /archive/ is the page that lists all posts -- rename the file"),
        (claim("search/index.html", "s.md", 3)._replace(source="s.md"), program("/search/"),
         "3:1 error collision: /search/ is the search page -- set another slug, or rename the file"),
        (claim("feed.xml", "feed.xml")._replace(origin="file"), program("/feed.xml"),
         "1:1 error collision: /feed.xml is the feed -- rename the file"),
        (feed_path("/feed.xml"), program("/feed.xml"),
         "5:10 error collision: the feed path /feed.xml is the feed -- take it out of feed.paths"),
        (feed_path("/a.xml"), feed_path("/a.xml"),
         "5:10 error collision: feed.paths has /a.xml twice -- take it out of feed.paths"),
        (feed_path("/about/"), claim("about/index.html", "content/about.md"),
         ("5:10 error collision: the feed path /about/ is the address of content/about.md -- take it out of feed.paths")),
        (feed_path("/a.xml"), claim("a.xml", "content/a.xml")._replace(origin="file"),
         "5:10 error collision: the feed path /a.xml is the address of content/a.xml -- take it out of feed.paths"),
        (alias("/feed/"), feed_path("/feed/"),
         "4:11 error collision: the alias /feed/ is the address of a feed of feed.paths -- delete the alias"),
        (feed_path("/feed.xml/"), program("/feed.xml"),
         ("4:8 error collision: /feed.xml is the feed, and a feed of feed.paths needs a folder of this name"
          " -- take it out of feed.paths")),
        (claim("tags/index.html", "tags.md")._replace(source="tags.md"), program("/tags/"),
         "1:1 error collision: /tags/ is the page that lists all tags -- rename the file"),
        (claim("tags/x/index.html", "x.md")._replace(source="x.md"), program("/tags/x/", 'the list of posts for "x"', "p.md"),
         ('1:1 error collision: /tags/x/ is the list of posts for "x"'
          ' -- rename the file; the list of posts for "x" comes from p.md:4')),
    ],
)  # fmt: skip
def test_what_has_the_address_is_named_as_readers_meet_it(one: Output, other: Output, line: str) -> None:
    assert told(find_collisions([one, other])) == [line]
