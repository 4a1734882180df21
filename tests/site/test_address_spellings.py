"""A page may be named in the spellings of other tools."""

from pathlib import Path

import pytest
from msgspec import structs

from blog.problems import Problem
from blog.site.address_spellings import other_page_addresses, without_base_path
from blog.site.links import ResolvedLink
from tests.site.test_links import BELOW, lead
from tests.support.publishing import post, problems, publish


def page(text: str = "Text.") -> str:
    return f"---\ntitle: P\n---\n{text}\n"


TAGGED = {"content/posts/a.md": post(tags='[Machine Learning, C++, "CI/CD", naïve Bayes]', labels="[Journal]")}


@pytest.mark.parametrize(
    ("path", "base_path", "rest"),
    [
        ("/blog/a/", "/blog", "/a/"), ("/blog", "/blog", "/"), ("/blog/", "/blog", "/"), ("/a/b/c", "/a/b", "/c"),
        ("/blogs/", "/blog", ""), ("/a/blog/", "/blog", ""), ("/a/", "", ""),
    ],
)  # fmt: skip
def test_the_path_of_the_site_may_stand_before_an_address(path: str, base_path: str, rest: str) -> None:
    assert without_base_path(path, base_path) == rest


@pytest.mark.parametrize(
    ("path", "addresses"),
    [
        ("/about.html", ["/about/"]), ("/about", ["/about.html"]), ("/about/", ["/about.html"]),
        ("/tags/Machine Learning", ["/tags/Machine Learning.html", "/tags/machine-learning/"]),
        ("/tags/c++.html", ["/tags/c++/", "/tags/c-plus-plus/"]), ("/labels/X/", ["/labels/X.html", "/labels/x/"]),
        ("/series/A B", ["/series/A B.html", "/series/a-b/"]), ("/tags/", ["/tags.html"]), ("/tags/!/", ["/tags/!.html"]),
        ("/posts/A B/", ["/posts/A B.html"]),
    ],
)  # fmt: skip
def test_an_address_has_other_spellings(path: str, addresses: list[str]) -> None:
    assert list(other_page_addresses(path)) == addresses


@pytest.mark.parametrize(
    ("written", "url", "path"),
    [
        ("/blog/about/#part", "/blog/about/#part", "content/about.md"),
        ("/blog/about", "/blog/about/", "content/about.md"),
        ("/blog/about.html", "/blog/about/", "content/about.md"),
        ("/blog/about.md", "/blog/about/", "content/about.md"),
        ("/about.html?q#part", "/blog/about/?q#part", "content/about.md"),
        ("/blog", "/blog/", "content/index.md"),
        ("/blog/", "/blog/", "content/index.md"),
        ("/blog/index.html", "/blog/", "content/index.md"),
        ("/blog/tags/X", "/blog/tags/x/", ""),
        ("/blog/pic.png", "/blog/pic.png", "content/pic.png"),
        ("/blog/feed.xml", "/blog/feed.xml", ""),
        ("https://example.org/blog/about.html", "https://example.org/blog/about/", "content/about.md"),
        ("../b/", "/blog/posts/b/", "content/posts/b.md"),
        ("../b/#part", "/blog/posts/b/#part", "content/posts/b.md"),
        ("../../about/", "/blog/about/", "content/about.md"),
        ("../../about.html", "/blog/about/", "content/about.md"),
        ("../../tags/X", "/blog/tags/x/", ""),
    ],
)
def test_other_spellings_lead_to_the_page(written: str, url: str, path: str) -> None:
    assert lead(written, index=BELOW) == ResolvedLink(url, path)


@pytest.mark.parametrize(
    "written",
    ["/blogs/about/", "/blog/blog/about/", "https://example.org/blog/blog/about/", "/blog/blog.html", "../../pic.png",
     "/pic/", "../c/", "/About/"],
)  # fmt: skip
def test_what_names_no_page_in_any_spelling_stays_unknown(written: str) -> None:
    target = lead(written, index=BELOW)
    assert isinstance(target, Problem) or target == ResolvedLink(written)


@pytest.mark.parametrize(
    "written", ["/blog/posts/secret/", "/posts/secret.html", "/blog/posts/secret.html", "../secret/"]
)
def test_no_spelling_leads_to_what_is_not_published(written: str) -> None:
    target = lead(written, index=BELOW)
    assert isinstance(target, Problem)
    assert target.code == "withheld-link"


def test_a_path_of_another_program_stays_its_own() -> None:
    index = structs.replace(BELOW, elsewhere=("/about.html", "/blog/tags/"))
    assert lead("/about.html", index=index) == ResolvedLink("/blog/about.html")
    assert isinstance(lead("/blog/tags/X", index=index), ResolvedLink)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/tags/machine-learning", "/tags/machine-learning/"), ("/tags/Machine-Learning/", "/tags/machine-learning/"),
        ("/tags/Machine%20Learning/", "/tags/machine-learning/"), ("/tags/machine%20learning", "/tags/machine-learning/"),
        ("/tags/machine-learning.html", "/tags/machine-learning/"), ("/tags/C++/", "/tags/c-plus-plus/"),
        ("/tags/c%2B%2B", "/tags/c-plus-plus/"), ("/tags/CI/CD/", "/tags/ci-cd/"), ("/labels/journal", "/labels/journal/"),
        ("/tags/NA%C3%8FVE%20Bayes", "/tags/na%C3%AFve-bayes/"),
    ],
)  # fmt: skip
def test_a_tag_is_found_in_other_spellings(written: str, address: str, tmp_path: Path) -> None:
    made = publish(tmp_path, {**TAGGED, "content/about.md": page(f"[x]({written})")})
    assert f'href="{address}"' in made["about/index.html"]


def test_another_tag_is_no_spelling_of_one(tmp_path: Path) -> None:
    assert problems(tmp_path, {**TAGGED, "content/about.md": page("[x](/tags/naive-bayes/)")}) == [
        'content/about.md:4:1: this site has no address "/tags/naive-bayes/" (did you mean "/tags/naïve-bayes/"?)'
    ]


def test_the_address_as_written_comes_first(tmp_path: Path) -> None:
    made = publish(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://example.org/blog"\n',
        "content/blog/a.md": page(), "content/a.md": page(), "content/b.html": "<p>b", "content/b.md": page(),
        "content/about.md": page("[a](/blog/a/) [b](/b.html) [c](/b/)"),
    })["about/index.html"]  # fmt: skip
    for address in ("/blog/blog/a/", "/blog/b.html", "/blog/b/"):
        assert f'<a href="{address}"' in made


def test_raw_html_is_not_mended(tmp_path: Path) -> None:
    made = publish(tmp_path, {**TAGGED, "content/about.md": page('<a href="/tags/C++/">x</a>')})
    assert 'href="/tags/C++/"' in made["about/index.html"]


@pytest.mark.parametrize("text", ["![x](/blog/secret.png)", '<img src="/blog/secret.png">', "[x](/blog/secret.png)"])
def test_a_file_that_hidden_text_names_below_the_path_of_the_site_is_not_published(text: str, tmp_path: Path) -> None:
    files = {"blog.toml": 'title = "T"\nurl = "https://example.org/blog"\n', "content/secret.png": "S"}
    draft = {"content/posts/a.md": post(text=text, draft="true"), "content/posts/b.md": post()}
    assert "secret.png" not in publish(tmp_path / "hidden", {**files, **draft})
    shown = {**draft, "content/posts/b.md": post(text=text)}
    assert "secret.png" in publish(tmp_path / "shown", {**files, **shown})
