"""Tests of `blog.preview.host_files`: what a host would block is blocked in the preview, and the preview works."""

import pytest

from blog.preview.host_files import parse_host_files

SCRIPT = "http://blog.localhost:8000/__blog/live.js"


def policy(*policies: str) -> str:
    """The policy of a page of the preview."""
    lines = "".join(f"  Content-Security-Policy: {one}\n" for one in policies)
    return parse_host_files(f"/*\n{lines}", "").headers_of("/", SCRIPT).get("content-security-policy", "")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("default-src 'self'", f"default-src 'self'; script-src 'self' {SCRIPT}; connect-src 'self' 'self'"),
        ("default-src 'none'", f"default-src 'none'; script-src {SCRIPT}; connect-src 'self'"),
        ("script-src 'none'", f"script-src {SCRIPT}"),
        ("script-src-elem https://x.org", f"script-src-elem https://x.org {SCRIPT}"),
        ("img-src https:", "img-src https:"),
        ("frame-ancestors *", "frame-ancestors 'self'"),
        ("frame-ancestors 'none'", "frame-ancestors 'self'"),
        ("img-src *; upgrade-insecure-requests; sandbox allow-forms; report-uri https://x.org/r; trusted-types a", "img-src *"),
    ],
)  # fmt: skip
def test_a_policy_allows_what_it_allows_and_the_preview(written: str, sent: str) -> None:
    assert policy(written) == sent


def test_two_policies_stay_two() -> None:
    assert policy("img-src a.org", "img-src b.org") == "img-src a.org, img-src b.org"


def test_headers_of_caches_cookies_and_other_sites_are_left_out() -> None:
    text = (
        "/*\n  Cache-Control: immutable\n  Set-Cookie: a=b\n  Access-Control-Allow-Origin: *\n  Refresh: 0; url=https://x.org\n"
        "  Strict-Transport-Security: max-age=1\n  X-Frame-Options: ALLOWALL\n  Cross-Origin-Resource-Policy: cross-origin\n"
        "  Referrer-Policy: no-referrer\n  Permissions-Policy: camera=()\n  Link: <\u00e4>\n"
    )
    assert parse_host_files(text, "").headers_of("/x/", SCRIPT) == {
        "referrer-policy": "no-referrer", "permissions-policy": "camera=()",
    }  # fmt: skip


def test_without_files_nothing_is_added() -> None:
    assert parse_host_files("", "").headers_of("/", SCRIPT) == {}
