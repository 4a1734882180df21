"""Where links on finished pages lead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.check.site_links import CheckedSite, LinkReport, read_markup
from blog.site.addresses import address_of
from blog.site.redirects import parse_redirects
from tests.support.bounds import processor

PAGE = '<a href="/">home</a><p id="top-of-text">x</p>'


def surveyed(
    pages: dict[str, str],
    *files: str,
    url: str = "https://x.org",
    redirects: str = "",
    apart: frozenset[str] = frozenset(),
) -> LinkReport:
    """The survey of pages (output path → HTML) and other files."""
    pages = {"index.html": "", **pages}
    found = {path: read_markup(html) for path, html in pages.items()}
    return CheckedSite(url, found, {*pages, *files}, parse_redirects(redirects), apart).survey()


def broken(html: str, *files: str, url: str = "https://x.org", redirects: str = "") -> list[str]:
    """What is wrong with the links of the page at /a/b/."""
    pages = {"a/b/index.html": html, "a/c/index.html": '<h2 id="one">x</h2><a name="two">y</a><p id="é">z</p>'}
    found = surveyed(pages, "a/b/p.png", "feed.xml", "404.html", *files, url=url, redirects=redirects).broken
    return [f"{each.message} ({each.hint})" if each.hint else each.message for each in found]


@pytest.mark.parametrize(
    "link",
    [
        "", "#", "#top", "#own", "/", "/a/c/", "/a/c", "/a/c/index.html", "../c/", "../c/#one", "/a/c/#two", "p.png",
        "./p.png?x=1", "/feed.xml", "/a/c/#%C3%A9", "/a/c/#é", "/a/c/?q=1#one", "https://x.org", "https://x.org/a/c/#one",
        "//x.org/feed.xml", "HTTPS://X.ORG/a/c/", "mailto:a@b.c", "tel:1", "data:,x", "/a/c/#:~:text=words", "http://x.org/",
        "javascript:void(0)", "../../", "/a/b/#", "?x=1", "/a/../a/c/", "/a/./c/#one",
    ],
)  # fmt: skip
def test_what_leads_somewhere_is_not_broken(link: str) -> None:
    assert broken(f'<p id="own"><a href="{link}">x</a>') == []


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ('<a href="/a/d/">x</a>', 'this site has no address "/a/d/"'),
        ('<img src="q.png">', 'this site has no address "/a/b/q.png"'),
        ("<a href=../nothing/at/all>x</a>", 'this site has no address "/a/nothing/at/all"'),
        (
            '<a href="#methds">x</a><p id="methods">',
            'there is no heading or id "methds" on this page (did you mean "methods"?)',
        ),
        ('<a href="/a/c/#three">x</a>', 'there is no heading or id "three" on /a/c/'),
        ('<img srcset="p.png 1x, r.png 2x">', 'this site has no address "/a/b/r.png"'),
        ('<script src="/s.js"></script>', 'this site has no address "/s.js"'),
        ('<link rel=canonical href="https://x.org/gone/">', 'this site has no address "/gone/"'),
        ('<a href="https://x.org/n%20o/">x</a>', 'this site has no address "/n o/"'),
        ('<form action="/send"></form>', 'this site has no address "/send"'),
    ],
)
def test_what_leads_nowhere_is_broken(html: str, said: str) -> None:
    assert broken(html) == [said]


def test_text_that_looks_like_a_link_is_none() -> None:
    assert broken('&lt;a href="/no/"&gt; <code>href="/no"</code><script>var a = "<a href=/no>"</script>') == []


@pytest.mark.parametrize("url", ["https://x.org/blog", "https://x.org:8080/a"])
def test_below_a_path_links_must_stay_there(url: str) -> None:
    base = url.rpartition("/")[2]
    assert broken(f'<a href="/{base}/a/c/#one">x</a><a href="../c/">y</a><a href="{url}/feed.xml">z</a>', url=url) == []
    assert broken('<a href="/a/c/">x</a>' if base == "blog" else '<a href="/feed.xml">x</a>', url=url) == [
        f'"/a/c/" leads out of the site, which lives below /{base}/ (write /{base}/a/c/)'
        if base == "blog"
        else f'"/feed.xml" leads out of the site, which lives below /{base}/ (write /{base}/feed.xml)'
    ]


@pytest.mark.parametrize("link", ["/blog", "/blog/", "/blog?x=1", "/blog#top", "https://x.org/blog", "../../"])
def test_the_home_page_below_a_path_has_two_addresses(link: str) -> None:
    assert broken(f'<a href="{link}">x</a>', url="https://x.org/blog", redirects="/ /blog 302\n") == []


def test_without_a_url_links_are_followed_all_the_same() -> None:
    assert broken('<a href="/a/c/">x</a><a href="/no/">y</a>', url="") == ['this site has no address "/no/"']


REDIRECTS = "# old\n/old /a/c/ 301\n/all/* https://y.org/:splat\n/by/:year/x /a/c/ 302\n\nbroken\n/* /404.html 404\n/en/* /a/c/ 302 Language=en\n/q id=:id /a/c/\n"


@pytest.mark.parametrize(
    "link",
    ["/old", "/old/", "/all/", "/all/a/b", "/all", "/by/2024/x", "/q?id=1", "/.netlify/functions/f", "/cdn-cgi/x"],
)
def test_what_is_redirected_is_not_broken(link: str) -> None:
    assert broken(f'<a href="{link}">x</a>', redirects=REDIRECTS) == []
    assert link.startswith(("/.", "/cdn")) or broken(f'<a href="{link}">x</a>') != []


def test_what_no_rule_takes_is_broken() -> None:
    html = "".join(f'<a href="{link}">x</a>' for link in ("/older", "/by/2024/y", "/by/x", "/allx", "/en/x"))
    assert len(broken(html, redirects=REDIRECTS)) == 5


def test_a_rule_that_leads_nowhere_is_broken_at_its_line() -> None:
    found = surveyed(
        {}, "feed.xml", redirects="/a /feed.xml\n/b /gone/ 301\n/c /.netlify/functions/x 200\n/d /x/:splat\n"
    )
    assert [(each.page, each.line, each.message) for each in found.broken] == [
        ("_redirects", 2, 'this site has no address "/gone/"')
    ]


def test_a_page_that_moved_is_found_by_the_end_of_its_address() -> None:
    found = surveyed(
        {"posts/a/index.html": "", "2024/b/index.html": "", "x/index.html": '<a href="/posts/b/">x</a>'}
    ).broken
    assert found[0].hint == 'did you mean "/2024/b/"?'


def test_thousands_of_broken_links_are_told_in_time() -> None:
    with processor(8):
        pages = {
            f"posts/p{number}/index.html": "".join(
                f'<a href="/posts/p{number}-{at}/">x</a><a href="#y{at}">y</a><p id=z{at}>' for at in range(5)
            )
            for number in range(1000)
        }
        assert len(surveyed(pages).broken) == 10_000


def test_of_two_attributes_the_first_counts_and_comments_are_nothing() -> None:
    assert broken('<a href="/a/c/" href="/no/">x</a><!-- <a href="/no/">y</a> -->') == []


def test_other_sites_are_known_by_the_pages_that_name_them() -> None:
    found = surveyed({
        "a/index.html": '<a href="https://y.org/#x">x</a><img src="//z.org/p.png">',
        "b/index.html": '<a href="https://y.org/#x">x</a><a href="ftp://f.org/">f</a>',
    })  # fmt: skip
    assert found.elsewhere == {
        "https://y.org/#x": ("a/index.html", "b/index.html"), "https://z.org/p.png": ("a/index.html",),
    }  # fmt: skip
    assert found.followed_count == 4


def test_a_page_to_which_no_way_leads_is_told() -> None:
    pages = {
        "index.html": '<a href="/a/">a</a><link rel="prefetch" href="/c/">', "a/index.html": '<a href="../b/#x">b</a>',
        "b/index.html": "<p id=x>", "c/index.html": '<a href="/d/">d</a>', "d/index.html": '<a href="/c/">c</a>',
        "e/index.html": "", "404.html": "",
    }  # fmt: skip
    apart = frozenset({"404.html", "e/index.html"})
    assert surveyed(pages, apart=apart).unreached == ("c/index.html", "d/index.html")


@pytest.mark.parametrize(
    ("output", "address"),
    [("index.html", "/"), ("a/index.html", "/a/"), ("404.html", "/404.html"), ("a/myindex.html", "/a/myindex.html")],
)
def test_the_address_of_an_output(output: str, address: str) -> None:
    assert address_of(output) == address


@pytest.mark.parametrize("link", ["http://[", "//[", "/%zz", "\\\\x", "http://x.org:99999/", "/\x00", "a" * 100_000])
def test_nothing_that_can_be_written_stops_the_crawl(link: str) -> None:
    surveyed({"a/index.html": f'<a href="{link}">x</a>'})


PIECES = (
    "<a href=", "<img src=", "<img srcset=", "<p id=", "<script>", "</script>", "<!--", "-->", '"', "'", ">", " ", "=", "/", "//", "#",
    "?", "..", "%", "%2f", "%zz", "http:", "https://x.org", "https://x.org/blog", "[", "]", ":", "@", "é", "\u202e", "&amp;", "&#0;", "a", ",",
    "2x", "\n", "javascript:", "mailto:", "*", ":splat",
)  # fmt: skip


@pytest.mark.parametrize(
    "piece",
    ["<a href=", "<a href='", "<img srcset='a,", "<script ", "<p id=x><a href='#x'>y</a>", "&", "<a href='/no/'>"],
)
def test_the_time_of_a_crawl_grows_no_faster_than_the_page(piece: str) -> None:
    with processor(5):
        surveyed({f"p{number}/index.html": piece * (20_000 // len(piece)) for number in range(20)})


def test_a_broken_link_on_a_thousand_pages_is_looked_at_once() -> None:
    with processor(3):
        pages = {
            f"posts/p{number}/index.html": '<a href="/posts/p/">x</a><a href="/archive/#y">y</a>'
            for number in range(1000)
        }
        found = surveyed(
            {**pages, "archive/index.html": "".join(f"<p id=y{number}>" for number in range(1000)) + "<p id=y>"}
        )
    assert len(found.broken) == 1000


@given(html=st.lists(st.sampled_from(PIECES), max_size=24).map("".join), base=st.sampled_from(["", "/blog"]))
@settings(max_examples=400)
def test_any_page_is_followed_to_its_end(html: str, base: str) -> None:
    redirects = html.replace("<", "/").replace('"', " ")
    found = surveyed({"a/index.html": html}, url=f"https://x.org{base}", redirects=redirects)
    for each in found.broken:
        assert each.message
    assert all(url.startswith(("http:", "https:")) or "//" in url for url in found.elsewhere)


@pytest.mark.parametrize(
    ("source", "path", "answers"),
    [
        ("/:a:b", "/xy", True),
        ("/:a:b", "/x", False),
        ("/a-:b-c", "/a--c-c", True),
        ("/a-:b-c", "/a--c", False),
        ("/:a-:b!", "/x-y-z!", True),
        ("/:a-:b!", "/-y!", False),
        ("/:a/c", "/b/c", True),
        ("/:a/c", "/b/x/c", False),
        ("/a/*", "/a", True),
        ("/a/*", "/a/b/c", True),
        ("/a/*", "/ab", False),
        ("/*", "/anything/at/all", True),
        ("/a*/b", "/a*/b", True),
    ],
)
def test_placeholders_stand_for_something_in_one_segment(source: str, path: str, answers: bool) -> None:
    assert parse_redirects(f"{source} /b 301\n").answer(path) is answers


@pytest.mark.parametrize("source", [f"/{':a' * 30}!", f"/{':a-' * 10_000}!", "/:a" * 10_000, f"/{':a' * 10_000}/*"])
@pytest.mark.parametrize("path", [f"/{'a' * 80}", f"/{'a-' * 30_000}", "/a" * 30_000])
def test_the_time_for_a_pattern_grows_no_faster_than_the_path(source: str, path: str) -> None:
    rules = parse_redirects(f"{source} /about/ 301\n")
    with processor(1):
        rules.answer(path)
