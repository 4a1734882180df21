"""What the site's own Content-Security-Policy keeps from its readers, by the rules of CSP 3."""

from pathlib import Path

import pytest

from blog.check.check import check_site
from blog.check.content_security_policy import find_blocked, parse_policies
from tests.support.publishing import order, post
from tests.support.sites import site

STRICT = "default-src 'self'; img-src 'self' https: data:; media-src 'self' https:; object-src 'none'"
URL = "https://example.org"


def kept_back(html: str, policy: str = STRICT, address: str = "/posts/p/") -> list[str]:
    known = parse_policies(f"# words\n/*\n  X-Frame-Options: DENY\n  Content-Security-Policy: {policy}\n")
    return [f"{found.description} {found.address}".strip() for found in find_blocked(html, address, known, URL)]


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<script>alert(1)</script>", ["this script"]),
        ('<script type="module">x</script>', ["this script"]),
        ("<style>p { color: red }</style>", ["this style"]),
        ('<p style="color: red">x</p>', ["the style of this element"]),
        ('<button onclick="f()">x</button>', ["onclick of this element"]),
        ('<iframe src="https://www.youtube.com/embed/x"></iframe>', ["this iframe https://www.youtube.com/embed/x"]),
        ('<script src="https://cdn.example.com/d3.js"></script>', ["this script https://cdn.example.com/d3.js"]),
        ('<script src="//cdn.example.com/d3.js"></script>', ["this script //cdn.example.com/d3.js"]),
        ('<link rel="stylesheet" href="https://a.example/x.css">', ["this link https://a.example/x.css"]),
        ('<img src="http://a.example/x.png">', ["this img http://a.example/x.png"]),
        ('<video src="http://a.example/x.mp4"></video>', ["this video http://a.example/x.mp4"]),
        ('<object data="/x.pdf"></object>', ["this object /x.pdf"]),
        ('<embed src="/x.pdf">', ["this embed /x.pdf"]),
    ],
)
def test_what_the_policy_does_not_allow_is_kept_back(html: str, said: list[str]) -> None:
    assert kept_back(html) == said


@pytest.mark.parametrize(
    "html",
    [
        '<script src="/x.js"></script>', '<script src="x.js"></script>', '<script src="https://example.org/x.js"></script>',
        '<script type="application/ld+json">{}</script>', '<img src="https://a.example/x.png" alt="x">', '<img src="data:image/png;base64,x">',
        '<iframe src="/demo/"></iframe>', '<a href="https://a.example/">x</a>', '<link rel="canonical" href="https://a.example/">',
        '<video src="https://a.example/x.mp4" controls></video>', '<p class="style" data-onclick="x">style="x"</p>', "<pre>&lt;script&gt;</pre>",
        '<form action="https://a.example/"></form>',
    ],
)  # fmt: skip
def test_what_the_policy_allows_is_not_kept_back(html: str) -> None:
    assert kept_back(html) == []


@pytest.mark.parametrize(
    ("html", "policy"),
    [
        ("<script>alert(1)</script>", "default-src 'self'; script-src 'unsafe-inline'"),
        ("<script>alert(1)</script>", "script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"),
        ("<script>alert(1)</script>", "img-src 'self'"),
        ('<p style="x">', "default-src 'none'; style-src-attr 'unsafe-inline'"),
        ('<iframe src="https://www.youtube.com/embed/x">', "frame-src https://*.youtube.com"),
        ('<iframe src="https://www.youtube.com/embed/x">', "default-src 'none'; child-src www.youtube.com/embed/"),
        ('<img src="http://a.example/x">', "img-src *"),
    ],
)
def test_hosts_schemes_digests_and_directives_are_read_as_browsers_do(html: str, policy: str) -> None:
    assert kept_back(html, policy) == []


@pytest.mark.parametrize(
    ("html", "policy", "blocked"),
    [
        ('<img src="https://a.example/x.png">', "img-src [x https://a.example", []),
        ('<img src="https://a.example/x.png">', "img-src http://[", ["this img https://a.example/x.png"]),
        ('<img src="http://[">', "img-src 'none'", []),
        ('<img src="http://[">', "img-src", []),
        ('<iframe src="javascript:void 0"></iframe>', "frame-src", []),
        ('<img src="/x.png">', "img-src", ["this img /x.png"]),
    ],
)
def test_browsers_ignore_invalid_sources_and_addresses(html: str, policy: str, blocked: list[str]) -> None:
    assert kept_back(html, policy) == blocked


def test_a_digest_switches_unsafe_inline_off_and_a_policy_counts_for_its_own_pages() -> None:
    assert kept_back("<script>x</script>", "script-src 'unsafe-inline' 'sha256-abc'") == ["this script"]
    known = parse_policies(
        "/posts/*\n  content-security-policy: default-src 'self'\nhttps://example.org/a/:name\n\tContent-Security-Policy: style-src 'none'\n"
    )
    assert [(policy.header.pattern, policy.header.line) for policy in known] == [("/posts/*", 2), ("/a/:name", 4)]
    assert [policy.header.covers("/posts/p/") for policy in known] == [True, False]
    assert [policy.header.covers("/a/b") for policy in known] == [False, True]


def test_check_says_where_a_text_has_what_the_policy_blocks_and_which_line_to_change(tmp_path: Path) -> None:
    headers = f"/*\n  Content-Security-Policy: {STRICT}\n"
    text = (
        'Words.\n\n<p style="color: red">x</p>\n\n```html\n<p style="y">\n```\n\n<iframe src="https://www.youtube.com/embed/x"></iframe>\n\n'
        '<p style="color: red">y</p>\n\n<script>alert(1)</script>\n\n![x](http://a.example/x.png)\n'
    )
    root = site(tmp_path, {"content/_headers": headers, "content/posts/p.md": post("P", "2024-01-01", text)})
    first = post("P", "2024-01-01", "").count("\n")
    found = [problem for problem in check_site(order(root)).problems if problem.code == "blocked"]
    assert [(problem.location.path, problem.location.column, problem.severity) for problem in found] == [
        ("content/posts/p.md", 1, "warning")
    ] * 5
    lines = [problem.location.line - found[0].location.line for problem in found]
    assert lines == [0, 6, 8, 10, 12]
    assert found[0].location.line > first - 3
    assert [problem.message for problem in found] == [
        "readers do not get the style of this element: default-src in content/_headers, line 2",
        "readers do not get this iframe (https://www.youtube.com/embed/x): default-src in content/_headers, line 2",
        "readers do not get the style of this element: default-src in content/_headers, line 2",
        "readers do not get this script: default-src in content/_headers, line 2",
        "readers do not get this img (http://a.example/x.png): img-src in content/_headers, line 2",
    ]
    assert [problem.hint for problem in found] == [
        "write a class, or add style-src 'self' 'unsafe-inline' there",
        "add frame-src 'self' https://www.youtube.com there",
        "write a class, or add style-src 'self' 'unsafe-inline' there",
        "put it into a file, or add script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' there",
        "add http://a.example to img-src there",
    ]


def test_without_a_policy_nothing_is_said(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/p.md": post("P", "2024-01-01", '<p style="x">y</p>\n')})
    assert [problem for problem in check_site(order(root)).problems if problem.code == "blocked"] == []
