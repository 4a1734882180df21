"""Who sees what, and where."""

import datetime as dt
from pathlib import Path
from typing import Any, Literal

import pytest

from blog.config.dates import Timestamp, find_zone
from blog.config.settings import Settings
from blog.content.document import Document
from blog.content.front_matter import FrontMatter, LocatedText
from blog.content.revision_history import Change
from blog.markdown import ConvertedText
from blog.problems import Location
from blog.site.pages import Page, assign_addresses
from blog.site.visibility import Audience, hidden_reason, is_visible
from tests.support.publishing import post
from tests.support.publishing import problems as build_problems
from tests.support.sites import told

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
PAST, FUTURE = Timestamp(dt.date(2026, 1, 31)), Timestamp(dt.date(2026, 7, 1))
Kind = Literal["post", "page", "home", "series"]


def document(
    path: str = "content/posts/a.md", kind: Kind = "post", date: Timestamp | None = PAST, **fields: Any
) -> Document:
    *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    for key in ("slug", "url"):
        if fields.get(key):
            fields[key] = LocatedText(fields[key], Location(path, 3, 7))
    return Document(
        path=path,
        kind=kind,
        front_matter=FrontMatter(context_location=Location(path), location=Location(path, 2), **fields),
        title="T",
        date=date,
        stem=folders[-1] if stem == "index" else stem,
        text=ConvertedText(),
        context=ConvertedText(),
    )


def put(*documents: Document, **settings: Any) -> tuple[list[Page], list[str]]:
    pages, problems = assign_addresses(documents, Settings(title="T", **settings), BUILD)
    return pages, told(problems)


def address(found: Document, **settings: Any) -> str:
    pages, problems = put(found, **settings)
    assert problems == []
    return pages[0].address


def refused(found: Document) -> str:
    pages, problems = put(found)
    assert pages == []
    (line,) = problems
    return line


# Who sees what

BUILD = Audience(now=NOW)
DRAFTS = Audience(now=NOW, drafts=True)
FUTURES = Audience(now=NOW, future=True)
BOTH = Audience(now=NOW, drafts=True, future=True)
SERVE = Audience(now=NOW, drafts=True, future=True, private=True)


@pytest.mark.parametrize(
    ("fields", "date", "seen_by", "why"),
    [
        ({}, PAST, {"build", "drafts", "future", "both", "serve"}, ""),
        ({}, None, {"build", "drafts", "future", "both", "serve"}, ""),
        ({"unlisted": True}, PAST, {"build", "drafts", "future", "both", "serve"}, ""),
        ({"draft": True}, PAST, {"drafts", "both", "serve"}, "draft"),
        ({}, FUTURE, {"future", "both", "serve"}, "scheduled"),
        ({"draft": True}, FUTURE, {"both", "serve"}, "draft"),
        ({"unlisted": True, "draft": True}, PAST, {"drafts", "both", "serve"}, "draft"),
        ({"private": True}, PAST, {"serve"}, "private"),
        ({"private": True, "draft": True}, PAST, {"serve"}, "private"),
        ({"private": True}, FUTURE, {"serve"}, "private"),
        ({"private": True, "unlisted": True}, PAST, {"serve"}, "private"),
    ],
)
def test_the_table_of_who_sees_what(
    fields: dict[str, Any], date: Timestamp | None, seen_by: set[str], why: str
) -> None:
    found = document(date=date, **fields)
    audiences = {"build": BUILD, "drafts": DRAFTS, "future": FUTURES, "both": BOTH, "serve": SERVE}
    assert {name for name, audience in audiences.items() if is_visible(audience, found, dt.UTC)} == seen_by
    assert hidden_reason(found, BUILD, dt.UTC) == why


def test_a_page_with_a_future_date_is_scheduled_like_a_post() -> None:
    assert not is_visible(BUILD, document("content/a.md", "page", FUTURE), dt.UTC)


def test_a_day_begins_at_its_midnight_in_the_zone_of_the_settings() -> None:
    found = document(date=Timestamp(dt.date(2026, 6, 2)))
    late = Audience(now=dt.datetime(2026, 6, 1, 22, 30, tzinfo=dt.UTC))
    assert is_visible(late, found, find_zone("Europe/Madrid"))
    assert not is_visible(late, found, find_zone("UTC"))
    assert put(found, timezone="Europe/Madrid")[0][0].hidden_reason == "scheduled"


# Pages


def test_a_page_has_the_title_path_day_and_instant_of_its_document() -> None:
    (page,), _ = put(document(date=Timestamp(dt.date(2026, 1, 31), dt.time(23), 0)), timezone="Asia/Tokyo")
    assert (page.path, page.title, page.day) == ("content/posts/a.md", "T", dt.date(2026, 2, 1))
    assert page.instant == dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC)
    assert page.hidden_reason == ""


def test_a_document_without_a_date_has_neither_day_nor_instant() -> None:
    (page,), _ = put(document("content/a.md", "page", None))
    assert (page.day, page.instant) == (None, None)


def test_a_change_that_is_older_than_its_text_is_a_warning() -> None:
    changes = tuple(Change(dt.date(2026, 1, day), "c", Location("content/posts/a.md", day, 5)) for day in (30, 31))
    _, lines = put(document(changes=changes))
    assert lines == ["30:5 warning early-change: the change is older than the text, which is of 2026-01-31"]
    assert put(document(changes=changes, date=None))[1] == []


def test_what_is_unlisted_is_not_listed() -> None:
    (listed, unlisted), _ = put(document(), document(unlisted=True))
    assert (listed.listed, unlisted.listed) == (True, False)


# Addresses


@pytest.mark.parametrize(
    ("path", "kind", "found"),
    [
        ("content/index.md", "home", "/"),
        ("content/404.md", "page", "/404.html"),
        ("content/404.markdown", "page", "/404.html"),
        ("content/x/404.md", "page", "/x/404/"),
        ("content/about.md", "page", "/about/"),
        ("content/now/index.md", "page", "/now/"),
        ("content/A b/C.md", "page", "/a-b/c/"),
        ("content/posts/Week 4.md", "post", "/posts/week-4/"),
        ("content/posts/2026/week-4.md", "post", "/posts/week-4/"),
        ("content/posts/week-4/index.md", "post", "/posts/week-4/"),
        ("content/posts/日本語.md", "post", "/posts/日本語/"),
        ("content/posts/C++.md", "post", "/posts/c/"),
        ("content/series/C++.md", "series", "/series/c-plus-plus/"),
        ("content/series/Road map.md", "series", "/series/road-map/"),
    ],
)
def test_the_path_of_a_document_gives_its_address(path: str, kind: Kind, found: str) -> None:
    assert address(document(path, kind)) == found


@pytest.mark.parametrize(
    ("path", "kind", "found"),
    [
        ("content/posts/a.md", "post", "/posts/new/"),
        ("content/posts/😀.md", "post", "/posts/new/"),
        ("content/x/a.md", "page", "/x/new/"),
        ("content/x/index.md", "page", "/new/"),
        ("content/series/a.md", "series", "/series/new/"),
    ],
)
def test_a_slug_takes_the_place_of_the_name(path: str, kind: Kind, found: str) -> None:
    assert address(document(path, kind, slug="new")) == found


@pytest.mark.parametrize("slug", ["a", "A-b", "v1.10", "012", "ñandú", "日本語", "a_b", "C"])
def test_a_slug_that_addresses_can_have_stays_as_it_was_written(slug: str) -> None:
    assert address(document(slug=slug)) == f"/posts/{slug}/"


def test_the_permalink_is_filled_with_the_day_in_the_zone_of_the_settings() -> None:
    found = document(date=Timestamp(dt.date(2026, 1, 31), dt.time(23), 0))
    pattern = "/{year}/{month}/{day}/{slug}.html"
    assert address(found, permalink=pattern) == "/2026/01/31/a.html"
    assert address(found, permalink=pattern, timezone="Asia/Tokyo") == "/2026/02/01/a.html"


def test_a_post_without_a_date_still_has_an_address() -> None:
    assert address(document(date=None)) == "/posts/a/"


@pytest.mark.parametrize(
    ("slug", "line"),
    [
        ("a/b", 'the slug "a/b" is a path -- write slug: a-b'),
        ("/", 'the slug "/" is a path -- choose another one'),
        ("a b", 'the slug "a b" has characters that addresses should not have -- write slug: a-b'),
        ("C++", 'the slug "C++" has characters that addresses should not have -- write slug: c'),
        ("-a", 'the slug "-a" has characters that addresses should not have -- write slug: a'),
        ("a--b", 'the slug "a--b" has characters that addresses should not have -- write slug: a-b'),
        (".a", 'the slug ".a" has a hidden part: ".a" begins with a dot -- write slug: a'),
        ("😀", 'the slug "😀" has characters that addresses should not have -- choose another one'),
        ("..", 'the slug ".." has an empty or dotted part -- choose another one'),
        ("a.b?.", 'the slug "a.b?." has a character that names of files cannot have: "a.b?" -- write slug: a.b'),
        ("'", 'the slug "\'" has an empty or dotted part -- choose another one'),
        ("a?", 'the slug "a?" has a character that names of files cannot have: "a?" -- write slug: a'),
        ("con", 'the slug "con" is a reserved name on Windows: "con" -- choose another one'),
        ("x" * 300, f'the slug "{"x" * 300}" is longer than 255 bytes -- choose another one'),
    ],
)
def test_a_slug_that_addresses_cannot_have_is_an_error(slug: str, line: str) -> None:
    assert refused(document(slug=slug)) == f"3:7 error wrong-slug: {line}"


@pytest.mark.parametrize("url", ["/2019/Old_Name.html", "/a/", "/été/x~y/", "/हिन्दी/"])
@pytest.mark.parametrize("kind", ["post", "page"])
def test_a_url_is_the_whole_address(url: str, kind: Kind) -> None:
    assert address(document(kind=kind, url=url), permalink="/{year}/{slug}/") == url
    assert address(document(kind=kind, url=url, slug="b")) == url


def test_a_url_gives_an_address_to_a_name_that_has_none() -> None:
    assert address(document("content/posts/!!.md", url="/a/")) == "/a/"


EXAMPLE = "write url: /2019/old-name/"


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("a", 'the url "a" must start with / and end with / or .html -- write url: /a/'),
        ("/a/b", 'the url "/a/b" must start with / and end with / or .html -- write url: /a/b/'),
        ("a.html", 'the url "a.html" must start with / and end with / or .html -- write url: /a.html'),
        ("/", f'the url "/" has characters that addresses should not have -- {EXAMPLE}'),
        ("/a b/", f'the url "/a b/" has characters that addresses should not have -- {EXAMPLE}'),
        ("/%C3%A9/", 'the url "/%C3%A9/" has characters that addresses should not have -- write url: /é/'),
        ("/a//b/", f'the url "/a//b/" has characters that addresses should not have -- {EXAMPLE}'),
        ("/../a/", f'the url "/../a/" has characters that addresses should not have -- {EXAMPLE}'),
        ("/.a/", f'the url "/.a/" has characters that addresses should not have -- {EXAMPLE}'),
        ("/a/?b/", f'the url "/a/?b/" has characters that addresses should not have -- {EXAMPLE}'),
        ("/nul/", f'the url "/nul/" is a reserved name on Windows: "nul" -- {EXAMPLE}'),
        ("/a./", f'the url "/a./" ends with a dot or a space: "a." -- {EXAMPLE}'),
        ("https://example.org/a",
         'the url "https://example.org/a" has a host: the url of a text is a path of this site -- write url: /a/'),
    ],
)  # fmt: skip
def test_a_url_that_no_page_can_have_is_an_error(url: str, line: str) -> None:
    assert refused(document(url=url)) == f"3:7 error wrong-address: {line}"


def test_a_url_that_is_taken_is_an_error_where_it_stands(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", url="/about/"), "content/about.md": "---\ntitle: B\n---\n\nWords.\n",
        "content/posts/c.md": post("C", url="/archive/"),
    }  # fmt: skip
    both = "/about/ is the address of content/posts/a.md and of content/about.md"
    assert build_problems(tmp_path, files) == [
        f"content/posts/a.md:4:6: {both} (write another url for one of them)",
        "content/posts/c.md:4:6: /archive/ is the page that lists all posts (write another url)",
    ]


@pytest.mark.parametrize("slug", ["CON", "X" * 300, "nul."])
def test_a_slug_that_would_be_refused_too_is_not_in_the_hint(slug: str) -> None:
    assert refused(document(slug=slug)).endswith(" -- choose another one")


@pytest.mark.parametrize(
    ("slug", "shortened"),
    [("don't-stop", "dont-stop"), ("Don’t-Stop", "Dont-Stop"), ("‘a’", "a"), ("wait...", "wait"), ("v1.2.", "v1.2")],
)
def test_apostrophes_and_dots_at_the_end_of_a_slug_are_left_out_with_a_warning(slug: str, shortened: str) -> None:
    pages, problems = put(document(slug=slug))
    assert [page.address for page in pages] == [f"/posts/{shortened}/"]
    assert problems == [
        (
            f'3:7 warning changed-slug: the slug "{slug}" is shortened to "{shortened}": '
            f"addresses have no apostrophes, and no dot at their end -- write slug: {shortened}"
        )
    ]


def test_a_slug_in_nfd_is_that_in_nfc() -> None:
    assert address(document(slug="cafe\u0301")) == "/posts/caf\u00e9/"


@pytest.mark.parametrize(("path", "kind"), [("content/posts/😀.md", "post"), ("content/...md", "page")])
def test_a_name_that_gives_no_address_is_an_error(path: str, kind: Kind) -> None:
    found = document(path, kind)
    message = f'the name "{found.stem}" gives no address -- add slug: some-words, or rename the file'
    assert refused(found) == f"2:1 error empty-slug: {message}"


def test_a_folder_that_gives_no_address_is_an_error() -> None:
    found = document("content/😀/a.md", "page")
    message = 'a folder of "content/😀/a.md" gives no address -- rename the folder'
    assert refused(found) == f"1:1 error empty-slug: {message}"


def test_one_document_without_an_address_does_not_stop_the_others() -> None:
    pages, problems = put(document("content/posts/😀.md"), document())
    assert [page.address for page in pages] == ["/posts/a/"]
    assert len(problems) == 1


def test_a_post_cannot_take_the_place_of_the_page_for_what_is_not_found(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\npermalink = "/{slug}.html"\n',
        "content/posts/a.md": post(slug="404"),
    }
    (line,) = build_problems(tmp_path, files)
    assert line.startswith("content/posts/a.md:4:7: /404.html is the page for missing addresses")
