"""Where links lead: files and addresses as written, or a problem with its position."""

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from blog.markdown import Reference
from blog.problems import Location, Problem
from blog.site.links import LinkIndex, ResolvedLink, local_files, resolve_link
from blog.site.names import FileNames
from tests.site.link_samples import DOCUMENTS, FILES, HIDDEN, LINK_INDEX, PLACE, POSTS, SOURCE, Kind
from tests.support.publishing import problems, publish
from tests.support.sites import told

NOTHING = LinkIndex(
    url="",
    base_path="",
    documents={},
    hidden={},
    hidden_addresses={},
    posts={},
    files={},
    addresses={},
    anchors={},
)
BELOW = LinkIndex(
    url="https://example.org/blog",
    base_path="/blog",
    documents=DOCUMENTS,
    hidden=HIDDEN,
    hidden_addresses=LINK_INDEX.hidden_addresses,
    posts=POSTS,
    files=FILES,
    addresses=LINK_INDEX.addresses,
    anchors=LINK_INDEX.anchors,
)


def lead(
    written: str, kind: Kind = "link", source: str = SOURCE, index: LinkIndex = LINK_INDEX
) -> ResolvedLink | Problem:
    return resolve_link(Reference(written, kind, PLACE), source, index)


def wrong(written: str, kind: Kind = "link", source: str = SOURCE) -> str:
    found = lead(written, kind, source)
    assert isinstance(found, Problem)
    assert found.location == PLACE
    return told([found])[0]


# To files


@pytest.mark.parametrize(
    ("written", "url", "path"),
    [
        ("b.md", "/posts/b/", "content/posts/b.md"),
        ("./b.md", "/posts/b/", "content/posts/b.md"),
        ("../posts/b.md#part", "/posts/b/#part", "content/posts/b.md"),
        ("b.md#teil-é", "/posts/b/#teil-é", "content/posts/b.md"),
        ("b.md#teil-%C3%A9", "/posts/b/#teil-%C3%A9", "content/posts/b.md"),
        ("b.md?x=1#part", "/posts/b/?x=1#part", "content/posts/b.md"),
        ("../about.md", "/about/", "content/about.md"),
        ("../index.md", "/", "content/index.md"),
        ("pack", "/posts/pack/", "content/posts/pack/index.md"),
        ("pack/", "/posts/pack/", "content/posts/pack/index.md"),
        ("pack/index.md", "/posts/pack/", "content/posts/pack/index.md"),
        ("old/", "/posts/old/", "content/posts/old/index.markdown"),
        ("caf%C3%A9%201.md", "/posts/caf%C3%A9-1/", "content/posts/café 1.md"),
        ("café 1.md", "/posts/caf%C3%A9-1/", "content/posts/café 1.md"),
        ("a.md", "/posts/a/", "content/posts/a.md"),
        ("../pic.png", "/pic.png", "content/pic.png"),
        ("pack/data%201.csv", "/posts/pack/data%201.csv", "content/posts/pack/data 1.csv"),
        ("100%.txt", "/posts/100%25.txt", "content/posts/100%.txt"),
        ("100%25.txt", "/posts/100%25.txt", "content/posts/100%.txt"),
        ("/about.md", "/about/", "content/about.md"),
        ("/posts/b.md#part", "/posts/b/#part", "content/posts/b.md"),
    ],
)
def test_a_link_to_a_file_leads_to_its_address(written: str, url: str, path: str) -> None:
    assert lead(written) == ResolvedLink(url, path)


@pytest.mark.parametrize(
    ("written", "url", "path"),
    [
        ("/", "/", "content/index.md"),
        ("/about/", "/about/", "content/about.md"),
        ("/about", "/about/", "content/about.md"),
        ("/about/#part", "/about/#part", "content/about.md"),
        ("/about/?x#part", "/about/?x#part", "content/about.md"),
        ("/posts/caf%C3%A9-1/", "/posts/caf%C3%A9-1/", "content/posts/café 1.md"),
        ("/tags/x/", "/tags/x/", ""),
        ("/tags/x", "/tags/x/", ""),
        ("/tags/x/#any", "/tags/x/#any", ""),
        ("/feed.xml", "/feed.xml", ""),
        ("/pic.png", "/pic.png", "content/pic.png"),
    ],
)
def test_a_link_to_an_address_of_the_site_is_known(written: str, url: str, path: str) -> None:
    assert lead(written) == ResolvedLink(url, path)


def test_an_absolute_address_of_the_host_that_the_site_does_not_make_stays_as_it_is() -> None:
    for written in ("https://example.org/zzzzzzzz", "https://example.org/demo/?a#b", "//example.org/demo.pdf"):
        assert lead(written) == ResolvedLink(written)
    assert lead("https://example.org/blog/demo/", index=BELOW) == ResolvedLink("https://example.org/blog/demo/")


def test_what_lives_elsewhere_on_the_host_may_be_linked_to_by_its_path() -> None:
    index = structs.replace(LINK_INDEX, elsewhere=("/demo/", "/paper.pdf"))
    for written in ("/demo/", "/demo", "/demo/a/b?x#y", "/paper.pdf"):
        assert lead(written, index=index) == ResolvedLink(written)
    for base in ("/demo/", "/blog/demo/"):
        below = structs.replace(BELOW, elsewhere=(base,))
        assert lead("/demo/x", index=below) == ResolvedLink("/blog/demo/x")
    assert isinstance(
        resolve_link(Reference("/demonstration/", "link", Location("a.md")), "content/posts/a.md", index), Problem
    )


def test_a_site_below_a_path_has_it_in_every_link() -> None:
    assert lead("b.md#part", index=BELOW) == ResolvedLink("/blog/posts/b/#part", "content/posts/b.md")
    assert lead("/about/", index=BELOW) == ResolvedLink("/blog/about/", "content/about.md")
    assert lead("../pic.png", "image", index=BELOW) == ResolvedLink("/blog/pic.png", "content/pic.png")
    assert lead("https://example.org/about/", index=BELOW) == ResolvedLink("https://example.org/about/")


@pytest.mark.parametrize(
    ("written", "url", "path"),
    [
        ("https://example.org", "https://example.org/", "content/index.md"),
        ("https://example.org/", "https://example.org/", "content/index.md"),
        ("https://example.org#part", "https://example.org/#part", "content/index.md"),
        ("https://example.org/about/#part", "https://example.org/about/#part", "content/about.md"),
        ("https://example.org/about?x", "https://example.org/about/?x", "content/about.md"),
    ],
)
def test_the_sites_own_absolute_addresses_are_checked_and_stay_absolute(written: str, url: str, path: str) -> None:
    assert lead(written) == ResolvedLink(url, path)


@pytest.mark.parametrize(
    "written",
    ["https://other.org/x", "HTTP://OTHER.ORG", "//other.org/x", "mailto:a@example.org", "tel:1",
     "https://example.org.evil.net/", "https://example.orgs/posts/secret/"],
)  # fmt: skip
def test_addresses_of_others_stay_as_they_are(written: str) -> None:
    assert lead(written) == ResolvedLink(written)


def test_without_a_url_no_absolute_address_is_the_sites_own() -> None:
    assert lead("https://example.org/x", index=NOTHING) == ResolvedLink("https://example.org/x")


@pytest.mark.parametrize("written", ["#part", "?x=1", "?x=1#part", ""])
def test_a_link_into_the_same_page_stays_as_it_is(written: str) -> None:
    assert lead(written) == ResolvedLink(written, SOURCE)


# What leads nowhere


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("c.md", '7:3 error broken-link: there is no file "c.md"'),
        ("../xbout.md", ('7:3 error broken-link: there is no file "../xbout.md"'
         ' -- did you mean "../about.md"?')),
        ("../abuot.md", ('7:3 error broken-link: there is no file "../abuot.md"'
         ' -- did you mean "../about.md"?')),
        ("../../blog.toml", '7:3 error broken-link: there is no file "../../blog.toml"'),
        ("../../../../etc/passwd",
         '7:3 error broken-link: there is no file "../../../../etc/passwd"'),
        ("/abuot/", '7:3 error broken-link: this site has no address "/abuot/" -- did you mean "/about/"?'),
        ("/static/loss.png", ('7:3 error broken-link: this site has no address "/static/loss.png" -- '
         "put the file beside the text and write loss.png, or put it at content/static/loss.png")),
        ("/tags/q%20q/", '7:3 error broken-link: this site has no address "/tags/q q/" -- did you mean "/tags/x/"?'),
        ("b.md#prat", ('7:3 error broken-anchor: there is no heading or id "prat" in content/posts/b.md'
         ' -- did you mean "part"?')),
        ("#zzz", ('7:3 error broken-anchor: there is no heading or id "zzz" in this document'
         ' -- the ids there: "part", "teil-é"')),
        ("/about/#zzz", ('7:3 error broken-anchor: there is no heading or id "zzz" in content/about.md'
         ' -- the ids there: "part", "teil-é"')),
    ],
)  # fmt: skip
def test_a_link_that_leads_nowhere_is_an_error_at_the_link(written: str, line: str) -> None:
    assert wrong(written) == line


def test_an_image_that_is_not_there_is_called_an_image() -> None:
    assert wrong("pack/missing.png", "image") == '7:3 error broken-link: there is no image "pack/missing.png"'


def test_a_document_without_a_page_because_of_an_error_is_no_broken_link_as_well() -> None:
    index = structs.replace(LINK_INDEX, unread=frozenset({"content/posts/bad.md", "content/posts/kl/index.md"}))
    for written in ("bad.md", "bad.md#part", "kl", "kl/", "kl/index.md", "/posts/bad.md", "/posts/kl/", "/kl"):
        assert lead(written, index=index) == ResolvedLink("")
    assert lead("bad.md", "raw", index=index) == ResolvedLink("bad.md")
    assert isinstance(lead("bda.md", index=index), Problem)
    assert isinstance(lead("/posts/other/", index=index), Problem)
    assert isinstance(lead("/home/me/x.pdf", index=index), Problem)
    assert isinstance(lead("secret.md", index=index), Problem)


@pytest.mark.parametrize("written", ["#", "#top", "b.md#top"])
def test_a_link_to_the_top_of_a_page_leads_there(written: str) -> None:
    found = lead(written)
    assert isinstance(found, ResolvedLink)
    assert found.url.endswith(written.removeprefix("b.md"))


def test_a_link_finds_its_file_in_either_unicode_form() -> None:
    nfd = structs.replace(NOTHING, documents={"content/posts/cafe\u0301.md": "/posts/caf\u00e9/"})
    assert lead("caf\u00e9.md", index=nfd) == ResolvedLink("/posts/caf%C3%A9/", "content/posts/cafe\u0301.md")


# What is not published


@pytest.mark.parametrize(
    ("written", "path", "why"),
    [
        ("secret.md", "content/posts/secret.md", "draft"),
        ("secret.md#any", "content/posts/secret.md", "draft"),
        ("./secr%65t.md?x", "content/posts/secret.md", "draft"),
        ("../posts/secret.md", "content/posts/secret.md", "draft"),
        ("later/", "content/posts/later/index.md", "scheduled"),
        ("later", "content/posts/later/index.md", "scheduled"),
        ("/posts/secret/", "content/posts/secret.md", "draft"),
        ("/posts/secret", "content/posts/secret.md", "draft"),
        ("/posts/secret.md", "content/posts/secret.md", "draft"),
        ("/posts/later/", "content/posts/later/index.md", "scheduled"),
        ("/posts/later/index.md", "content/posts/later/index.md", "scheduled"),
        ("https://example.org/posts/secret/?x#y", "content/posts/secret.md", "draft"),
    ],
)
@pytest.mark.parametrize("kind", ["link", "image", "raw"])
def test_a_link_to_what_is_not_published_is_an_error_at_the_link(written: str, path: str, why: str, kind: Kind) -> None:
    assert wrong(written, kind) == (
        f'7:3 error withheld-link: "{written}" leads to {path}, which is not published ({why})'
        " -- take the link out, or publish that one too"
    )


def test_an_address_that_something_published_has_too_is_not_barred() -> None:
    index = LinkIndex(
        url="",
        base_path="",
        documents={"content/posts/b.md": "/posts/b/"},
        hidden={"content/posts/b2.md": "draft"},
        hidden_addresses={"/posts/b/": "content/posts/b2.md"},
        posts={},
        files={},
        addresses={"/posts/b/": "content/posts/b.md"},
        anchors={},
    )
    assert lead("/posts/b/", index=index) == ResolvedLink("/posts/b/", "content/posts/b.md")


@pytest.mark.parametrize(
    "written",
    ["//example.org/posts/secret/", "HTTPS://example.org/posts/secret/", "https://EXAMPLE.org/posts/secret/",
     "http://example.org/posts/secret/", "https://example.org:443/posts/secret/"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["link", "raw"])
def test_no_spelling_of_the_sites_own_host_leads_to_what_is_not_published(written: str, kind: Kind) -> None:
    assert " withheld-link: " in wrong(written, kind)


def test_a_query_straight_after_the_host_is_the_home_page() -> None:
    assert lead("https://example.org?x=1") == ResolvedLink("https://example.org/?x=1", "content/index.md")


@pytest.mark.parametrize(
    "written",
    ["../secret/", "../secret", "../../posts/secret/", "/posts/./secret/", "/posts/b/../secret/",
     "/posts/secret/index.html", "/posts//secret/"],
)  # fmt: skip
def test_raw_html_cannot_lead_to_what_is_not_published_by_another_way(written: str) -> None:
    assert " withheld-link: " in wrong(written, "raw")


# Raw HTML


@pytest.mark.parametrize(
    "written", ["b.md", "/about", "#nowhere", "missing.png", "../pic.png", "/zzz/", "https://x.org"]
)
def test_raw_html_stays_as_it_was_written(written: str) -> None:
    found = lead(written, "raw")
    assert isinstance(found, ResolvedLink)
    assert found.url == written


# Files that texts use

ADDRESS = "/posts/a/"


def meant(written: str, kind: Kind, files: Iterable[str], *, hidden: bool = True) -> list[str]:
    names = FileNames({path: path.removeprefix("content") for path in files})
    reference = Reference(written, kind, PLACE)
    return list(local_files(reference, SOURCE, ADDRESS, names, LINK_INDEX.url, hidden=hidden))


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("../pic.png", "content/pic.png"),
        ("../pic.png?v=2#x", "content/pic.png"),
        ("/pic.png", "content/pic.png"),
        ("pack/data%201.csv", "content/posts/pack/data 1.csv"),
        ("./pack/../pack/data 1.csv", "content/posts/pack/data 1.csv"),
        ("missing.png", ""),
        ("b.md", ""),
        ("#part", ""),
        ("", ""),
        ("https://x.org/pic.png", ""),
        ("https://example.org/pic.png", "content/pic.png"),
        ("http://EXAMPLE.org:80/pic.png?v=2#x", "content/pic.png"),
        ("//example.org/posts/pack/data%201.csv", "content/posts/pack/data 1.csv"),
        ("https://example.org:8443/pic.png", ""),
    ],
)
def test_a_text_uses_the_files_that_it_names(written: str, path: str) -> None:
    assert list(meant(written, "image", FILES)) == [path] * bool(path)


@pytest.mark.parametrize("written", ["/posts/../pic.png", "/./pic.png"])
def test_an_address_with_dots_names_the_same_file(written: str) -> None:
    assert meant(written, "image", FILES) == ["content/pic.png"]


def test_a_text_uses_a_file_whose_name_would_be_a_scheme_were_it_not_encoded() -> None:
    path = "content/posts/a:b.png"
    assert meant("a%3Ab.png", "image", [path]) == [path]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_text_uses_a_file_whose_name_has_either_unicode_form(form: Literal["NFC", "NFD"]) -> None:
    path = unicodedata.normalize(form, "content/posts/caf\u00e9.png")
    for written in ("caf\u00e9.png", "cafe\u0301.png", "caf%C3%A9.png"):
        assert meant(written, "image", [path]) == [path]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../Pic.png", ["content/Pic.png"]), ("../pic.png", ["content/pic.png"]), ("../PIC.png", []),
        ("../Other.PNG", ["content/other.png"]), ("../\uff50ic.png", []),
    ],
)  # fmt: skip
def test_a_name_means_for_readers_one_file_and_where_it_is_hidden_all_that_look_like_it(
    written: str, shown: list[str]
) -> None:
    files = ["content/Pic.png", "content/pic.png", "content/other.png"]
    assert meant(written, "image", files, hidden=False) == shown
    assert meant(written, "image", files) == (files[2:] if "ther" in written else files[:2])


@settings(derandomize=True, deadline=None, max_examples=400)
@given(
    st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from(
                [
                    "/",
                    "..",
                    ".",
                    "#",
                    "?",
                    "%",
                    "%2e",
                    "%ff",
                    "posts",
                    "secret",
                    ".md",
                    "b.md",
                    LINK_INDEX.url,
                    "[",
                    ":",
                ]
            ),
            max_size=8,
        ).map("".join),
    ),
    st.sampled_from(["link", "image", "raw"]),
)
def test_whatever_is_written_leads_somewhere_or_is_a_problem_and_never_to_what_is_not_published(
    written: str, kind: Kind
) -> None:
    found = lead(written, kind)
    if isinstance(found, ResolvedLink):
        assert found.path not in HIDDEN
        assert kind == "raw" or not found.url.startswith(tuple(LINK_INDEX.hidden_addresses))
    assert set(meant(written, kind, FILES)) <= FILES.keys()


HEAD = "---\ntitle: P\ndate: 2024-05-01\n---\n"


def test_a_path_of_the_authors_machine_is_an_error_wherever_it_stands(tmp_path: Path) -> None:
    text = HEAD + (
        "![loss](C:\\Users\\me\\loss.png)\n\n![loss](D:/runs/loss.png)\n\n[a](c:x.pdf) [b](/Users/me/x.pdf) [c](~/x.pdf)\n\n"
        '[d](\\\\\\\\server\\share\\x.pdf)\n\n<img src="E:/x.png" alt="x"> <a href="file:///home/me/x">x</a>\n\n'
        "[e](file:///home/me/x.pdf)\n\n![f](C:\\Users\\me\\my plot.png)\n\n[g]\n\n[g]: file:///home/me/x\n\n[h](h:/my plot.png)\n"
    )
    said = problems(tmp_path, {"content/posts/p.md": text})
    at = "content/posts/p.md:"
    picture = "(put the image beside the text, and write its name)"
    file = "(put the file beside the text, and write its name)"
    shown = "(put the file beside the text, and write its name; or put the path into `code`)"
    assert said == [
        f'{at}5:1: "C:\\Users\\me\\loss.png" is a path of your machine {picture}',
        f'{at}7:1: "D:/runs/loss.png" is a path of your machine {picture}',
        f'{at}9:1: "c:x.pdf" is a path of your machine {file}',
        f'{at}9:14: "/Users/me/x.pdf" is a path of your machine {file}',
        f'{at}9:35: "~/x.pdf" is a path of your machine {file}',
        f'{at}11:1: "\\\\server\\share\\x.pdf" is a path of your machine {file}',
        f'{at}13:10: "E:/x.png" is a path of your machine {file}',
        f'{at}13:38: "file:///home/me/x" is a path of your machine {file}',
        f'{at}15:5: "file:///home/me/x.pdf" is a path of your machine, and is shown as text {shown}',
        f'{at}17:6: "C:\\Users\\me\\my plot.png" is a path of your machine, and is shown as text {shown}',
        f'{at}21:6: "file:///home/me/x" is a path of your machine, and is shown as text {shown}',
        f'{at}23:5: "h:/my plot.png" is a path of your machine, and is shown as text {shown}',
    ]


def test_paths_in_code_in_prose_and_in_what_nobody_sees_and_other_schemes_are_no_errors(tmp_path: Path) -> None:
    text = HEAD + (
        "[x](zotero://select/1) `![a](C:\\x.png)` and C:\\Users and file:///x stay.\n\n```\n[a](file:///x)\n```\n\n"
        "::: private\n[a](file:///TOKEN/x) ![b](C:\\TOKEN\\x.png)\n:::\n\nx <!-- [a](file:///TOKEN) --> y\n"
    )
    files = publish(tmp_path, {"content/posts/p.md": text})
    assert 'href="zotero://select/1"' in files["posts/p/index.html"]
    assert not any("TOKEN" in text for text in files.values())
