"""What stands below a post: each other post once, mentions first, then that of a year earlier and related ones."""

import re
from pathlib import Path

import pytest

from tests.support.publishing import post, publish

POSTS = {
    "a": post("A", "2024-03-01", tags="[x]", text="One."),
    "b": post("B", "2024-03-05", tags="[x]", text="[A](a.md)"),
    "c": post("C", "2023-03-02", tags="[x]", text="Three.", summary="What C is about."),
    "d": post("D", "2024-06-01", tags="[x]", text="Four. [A](a.md)"),
    "e": post("E", "2024-07-01", tags="[x]", text="Five."),
    "f": post("F", "2024-08-01", tags="[x]", text="Six."),
}


def below(root: Path, posts: dict[str, str], name: str = "a", **files: str) -> str:
    given = {f"content/posts/{key}.md": text for key, text in posts.items()} | files
    found = publish(root, dict(given))
    return str(found[f"posts/{name}/index.html"]).partition('<footer class="after"')[2].partition("</footer>")[0]


def titles(html: str) -> list[str]:
    return re.findall(r'<a [^>]*href="/posts/\w/">(?:<span[^>]*>\w+</span> )?(\w)</a>', html)


def test_a_reader_gets_four_posts_at_most_and_each_once(tmp_path: Path) -> None:
    html = below(tmp_path, POSTS)
    assert titles(html.partition("</ul>")[0]) == ["B", "D", "C", "E"]
    assert re.findall(r'class="why">([^<]*)<', html) == [
        "Mentions this post.",
        "Mentions this post.",
        "A year earlier.",
    ]
    assert "What C is about." in html
    assert len(titles(html)) == len(set(titles(html)))


def test_mentions_beyond_four_and_those_of_pages_are_in_one_line(tmp_path: Path) -> None:
    more = {key: text.replace("Five.", "[A](a.md)").replace("Six.", "[A](a.md)") for key, text in POSTS.items()}
    more["g"] = post("G", "2024-09-01", text="[A](a.md)")
    page = {"content/about.md": "---\ntitle: About\n---\n[A](posts/a.md)"}
    html = below(tmp_path, more, **page)
    assert titles(html.partition("</ul>")[0]) == ["B", "D", "E", "F"]
    line = re.findall(r'<p class="mentions">(.*?)</p>', html)[0]
    assert line == 'Also mentioned in <a href="/posts/g/">G</a>, <a href="/about/">About</a>.'


def test_a_post_that_only_a_page_mentions_says_so(tmp_path: Path) -> None:
    html = below(tmp_path, {"a": post("A")}, **{"content/about.md": "---\ntitle: About\n---\n[A](posts/a.md)"})
    assert '<p class="mentions">Mentioned in <a href="/about/">About</a>.</p>' in html


@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_the_parts_of_a_series_are_in_its_box_alone(tmp_path: Path, name: str) -> None:
    posts = {
        key: post(key.upper(), f"2024-01-0{number}", series="S", part=str(number), text="[A](a.md) [B](b.md) [C](c.md)")
        for number, key in enumerate("abc", 1)
    }
    html = below(tmp_path, posts, name)
    assert len(titles(html)) == len(set(titles(html)))
    assert "Older" not in html
    assert "Newer" not in html
    ways = re.findall(r'<span class="way">(\w+)</span> <a rel="(\w+)"', html)
    assert (
        ways
        == {"a": [("Next", "next")], "b": [("Previous", "prev"), ("Next", "next")], "c": [("Previous", "prev")]}[name]
    )


def test_no_page_of_the_example_blog_lists_a_post_twice_below_its_text(example: Path) -> None:
    twice = {}
    for page in sorted(example.glob("posts/*/index.html")):
        html = page.read_text("utf-8")
        footer = html.partition('<footer class="after"')[2].partition("</footer>")[0]
        links = re.findall(r'href="(/posts/[^"#]+)"', footer)
        if len(links) > len(set(links)):
            twice[page.parent.name] = links
    assert twice == {}
