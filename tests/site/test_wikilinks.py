"""Tests of `blog.site.wikilinks` and the names in `blog.site.names`: what a wikilink leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blog.site.names import Names
from tests.support.publishing import post, problems, publish
from tests.support.sites import SETTINGS, picture

if TYPE_CHECKING:
    from pathlib import Path

WIKI = f"{SETTINGS}[markdown]\nwikilinks = true\n"
DOCUMENTS = (
    ("content/posts/2024-05-01-week-4.md", "Week 4: Loss"),
    ("content/posts/deep/index.md", "Going Deep"),
    ("content/notes/scaling.md", "Scaling"),
    ("content/posts/old/scaling.md", "Old Scaling"),
    ("content/posts/first.md", "Same"),
    ("content/posts/second.ipynb", "Same"),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("week-4", ["posts/2024-05-01-week-4.md"]),
        ("2024-05-01-WEEK-4", ["posts/2024-05-01-week-4.md"]),
        ("week-4.md", ["posts/2024-05-01-week-4.md"]),
        ("week  4:  loss", ["posts/2024-05-01-week-4.md"]),
        ("deep", ["posts/deep/index.md"]),
        ("Going Deep", ["posts/deep/index.md"]),
        ("posts/deep", ["posts/deep/index.md"]),
        ("scaling", ["notes/scaling.md", "posts/old/scaling.md"]),
        ("notes/scaling", ["notes/scaling.md"]),
        ("old/scaling", ["posts/old/scaling.md"]),
        ("/posts/old/scaling", ["posts/old/scaling.md"]),
        ("./old/scaling", ["posts/old/scaling.md"]),
        ("../notes/scaling", ["notes/scaling.md"]),
        ("Same", ["posts/first.md", "posts/second.ipynb"]),
        ("other/scaling", []),
        ("index", []),
        ("missing", []),
    ],
)
def test_a_document_has_the_name_of_its_file_and_its_title(name: str, found: list[str]) -> None:
    names = Names(DOCUMENTS)
    assert names.find_documents(name, "content/posts/a.md") == [f"content/{path}" for path in found]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("plot.png", ["content/posts/deep/plot.png"]),
        ("PLOT.PNG", ["content/posts/deep/plot.png"]),
        ("img/plot.png", ["content/img/plot.png"]),
        ("../../img/plot.png", ["content/img/plot.png"]),
        ("only.png", ["content/img/only.png"]),
        ("twice.png", ["content/img/twice.png", "content/x/twice.png"]),
        ("missing.png", []),
    ],
)
def test_a_file_beside_the_text_comes_first(name: str, found: list[str]) -> None:
    names = Names(files=[f"content/{path}" for path in (
        "img/plot.png", "posts/deep/plot.png", "img/only.png", "img/twice.png", "x/twice.png",
    )])  # fmt: skip
    assert names.find_files(name, "content/posts/deep/index.md") == found


def test_links_lead_to_pages_headings_and_files(tmp_path: Path) -> None:
    text = (
        "[[week-4]] [[Week 4: Loss|w]] [[week-4#What broke?]] [[week-4#what-broke]] [[#Here]] [[data.csv]] [[deep]]\n\n"
        "![[plot.png|a plot]]\n\n## Here"
    )
    made = publish(tmp_path, {
        "blog.toml": WIKI, "content/posts/a.md": post(text=text),
        "content/posts/week-4.md": post(title="Week 4: Loss", text="## What broke?"),
        "content/posts/deep/index.md": post(title="D"), "content/files/data.csv": "a,b\n", "content/img/plot.png": picture(9, 9),
    })  # fmt: skip
    page = made["posts/a/index.html"]
    for link in (
        '<a href="/posts/week-4/">week-4</a>', '<a href="/posts/week-4/">w</a>',
        '<a href="/posts/week-4/#what-broke">week-4 &gt; What broke?</a>', '<a href="#here">Here</a>',
        '<a href="/files/data.csv">data.csv</a>', '<a href="/posts/deep/">deep</a>', '<img src="/img/plot.png"',
    ):  # fmt: skip
        assert link in page
    assert 'href="https://example.org/posts/week-4/#what-broke"' in made["atom.xml"].replace("&quot;", '"')
    assert "posts/a/" in made["posts/week-4/index.html"], "a wikilink is a mention"


@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("[[wek-4]]", 'no document or file has the name or title "wek-4" (did you mean "week-4"?)'),
        ("[[Nothing]]", 'no document or file has the name or title "Nothing" (write it, or take the brackets out)'),
        ("[[Week 5: Los]]", 'no document or file has the name or title "Week 5: Los" (did you mean "Week 4: Loss"?)'),
        ("![[plt.png|a]]", 'there is no image "plt.png" (did you mean "plot.png"?)'),
        ("![[other.gif|a]]", 'there is no image "other.gif" (put the file beside the text)'),
        ("[[scaling]]", ('"scaling" may mean content/notes/scaling.md or content/posts/scaling.md '
                        "(write its path, such as [[notes/scaling]])")),
        ("![[twice.png|a]]", ('"twice.png" may mean content/img/twice.png or content/x/twice.png '
                             "(write its path, such as ![[img/twice.png]])")),
        ("[[week-4#Brok]]", 'there is no heading or id "Brok" in content/posts/week-4.md (did you mean "Broke"?)'),
        ("[[week-4#^3f2a]]", '"#^3f2a" names a block, and blocks have no addresses here (link to the heading above it)'),
        ("[[#There]]", 'there is no heading or id "There" in this document'),
        ("[[secret]]", ('"secret" leads to content/posts/secret.md, which is not published (draft) '
                       "(take the link out, or publish that one too)")),
        ("[[A Secret]]", ('"A Secret" leads to content/posts/secret.md, which is not published (draft) '
                         "(take the link out, or publish that one too)")),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_an_error_at_its_place(tmp_path: Path, link: str, problem: str) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": WIKI, "content/posts/a.md": post(text=f"x {link}"),
        "content/posts/week-4.md": post(title="Week 4: Loss", text="## Broke"),
        "content/notes/scaling.md": "---\ntitle: N\n---\n", "content/posts/scaling.md": post(title="S"),
        "content/posts/secret.md": post(title="A Secret", draft="true"),
        "content/img/plot.png": picture(9, 9), "content/img/twice.png": picture(9, 9), "content/x/twice.png": picture(9, 9),
    }  # fmt: skip
    (found,) = problems(tmp_path, files)
    assert found == f"content/posts/a.md:5:3: {problem}"


def test_another_document_with_the_name_is_an_error_at_the_next_build(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": WIKI,
        "content/posts/a.md": post(text="[[b]]"),
        "content/posts/b.md": post(),
    }
    publish(tmp_path, files)
    (found,) = problems(tmp_path, {**files, "content/notes/b.md": "---\ntitle: N\n---\n"})
    assert '"b" may mean content/notes/b.md or content/posts/b.md' in found
