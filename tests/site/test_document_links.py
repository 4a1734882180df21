"""All links of one document: what its page points at, and the files that its texts use."""

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from blog.content.document import Document
from blog.content.front_matter import FrontMatter, LocatedText
from blog.markdown import ConvertedText, Reference
from blog.problems import Location, Problem
from blog.site.document_links import PageLinks, link_page, used_files
from blog.site.names import FileNames
from tests.site.link_samples import FILES, LINK_INDEX, PLACE, SOURCE
from tests.support.planning import SETTINGS, assembled, messages
from tests.support.publishing import build_folder, post, publish
from tests.support.sites import picture, site, told


def document(path: str = SOURCE, context: ConvertedText | None = None, **fields: Any) -> Document:
    links = fields.pop("links", ())
    withheld = fields.pop("withheld_links", ())
    matter = FrontMatter(context_location=Location(path), location=Location(path), **fields)
    return Document(
        path=path,
        kind="post",
        front_matter=matter,
        title="T",
        date=None,
        stem="a",
        text=ConvertedText(links=links, hidden_links=withheld),
        context=context or ConvertedText(),
    )


def references(*written: str) -> tuple[Reference, ...]:
    return tuple(Reference(target, "link", PLACE) for target in written)


def linked(page: Document) -> tuple[PageLinks, list[str]]:
    problems: list[Problem] = []
    found = link_page(page, LINK_INDEX, problems)
    return found, told(problems)


def test_all_that_a_page_points_at_is_resolved_in_its_order() -> None:
    page = document(
        links=references("b.md", "https://x.org", "b.md#part", "../pic.png"),
        context=ConvertedText(links=references("../about.md")),
        image=LocatedText("../pic.png", PLACE),
        revisits=(LocatedText("pack/", PLACE), LocatedText("b.md#part", PLACE)),
    )
    assert linked(page) == (
        PageLinks(
            text=("/posts/b/", "https://x.org", "/posts/b/#part", "/pic.png"),
            context=("/about/",),
            image="/pic.png",
            image_path="content/pic.png",
            revisits=("content/posts/pack/index.md", "content/posts/b.md"),
            mentions=("content/about.md", "content/posts/b.md"),
        ),
        [],
    )


def test_what_leads_nowhere_is_empty_and_told() -> None:
    page = document(links=references("zzzz.md", "b.md"), image=LocatedText("none.png", PLACE))
    found, problems = linked(page)
    assert (found.text, found.image) == (("", "/posts/b/"), "")
    assert problems == [
        '7:3 error broken-link: there is no file "zzzz.md"',
        '7:3 error broken-link: there is no image "none.png"',
    ]


@pytest.mark.parametrize("written", ["https://x.org", "../pic.png", "/tags/x/", "../about.md", "../index.md"])
def test_what_is_revisited_must_be_a_post_of_the_site(written: str) -> None:
    found, problems = linked(document(revisits=(LocatedText(written, PLACE),)))
    assert found.revisits == ()
    assert problems == [
        f'7:3 error wrong-revisit: "{written}" is not a post of this site -- name the file of an earlier post'
    ]


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("a.md", "a post cannot revisit itself -- name the file of an earlier post"),
        ("#part", "a post cannot revisit itself -- name the file of an earlier post"),
        ("old/", '"old/" is of the same day as this post -- write the time into both dates'),
        ("café 1.md", '"café 1.md" is of 2026-04-01, later than this post -- let that post revisit this one'),
    ],
)
def test_what_is_revisited_is_an_earlier_post(written: str, line: str) -> None:
    found, problems = linked(document(revisits=(LocatedText(written, PLACE),)))
    assert found.revisits == ()
    assert problems == [f"7:3 error wrong-revisit: {line}"]


def test_the_day_of_a_later_post_is_that_of_the_sites_time_zone() -> None:
    settings = structs.replace(SETTINGS, timezone="Pacific/Auckland")
    documents = {
        "posts/a.md": post(revisits="b.md", date="2024-01-01"),
        "posts/b.md": post(date="2024-03-01T23:30:00Z"),
    }
    _, problems = assembled(documents, settings)
    assert messages(problems) == ['content/posts/a.md:4:11: "b.md" is of 2024-03-02, later than this post']


def test_what_a_post_without_a_date_revisits_is_no_error_as_well() -> None:
    posts = {SOURCE: None, "content/posts/b.md": LINK_INDEX.posts["content/posts/b.md"]}
    problems: list[Problem] = []
    page = document(revisits=(LocatedText("b.md", PLACE),))
    link_page(page, structs.replace(LINK_INDEX, posts=posts), problems)
    assert problems == []


def test_what_is_revisited_but_not_published_is_told_once() -> None:
    found, problems = linked(document(revisits=(LocatedText("secret.md", PLACE),)))
    assert found.revisits == ()
    assert [line.split(":")[1] for line in problems] == ["3 error withheld-link"]


def test_a_picture_of_another_site_stays_as_it_is() -> None:
    assert linked(document(image=LocatedText("https://x.org/a.png", PLACE)))[0].image == "https://x.org/a.png"


@pytest.mark.parametrize("written", ["javascript:alert(1)", "data:image/png;base64,AA", "b.md", "/tags/x/"])
def test_the_picture_for_previews_is_a_picture(written: str) -> None:
    found, problems = linked(document(image=LocatedText(written, PLACE)))
    assert found.image == ""
    hint = "name an image of this site, or an https address"
    assert problems == [f'7:3 error wrong-image: "{written}" is not an image -- {hint}']


# Files that texts use


def used(page: Document, *, withheld: bool) -> set[str]:
    return used_files(page, "/posts/a/", FileNames(FILES), LINK_INDEX.url, of_hidden_text=withheld, hidden=withheld)


def test_files_that_readers_see_and_those_they_do_not_are_told_apart() -> None:
    page = document(
        links=references("../pic.png", "https://x.org"),
        withheld_links=references("pack/data 1.csv", "b.md"),
        context=ConvertedText(links=references("100%25.txt")),
    )
    assert used(page, withheld=False) == {"content/pic.png", "content/posts/100%.txt"}
    assert used(page, withheld=True) == {"content/posts/pack/data 1.csv"}


def test_the_picture_for_previews_is_a_file_that_readers_see() -> None:
    page = document(image=LocatedText("../pic.png", PLACE))
    assert used(page, withheld=False) == {"content/pic.png"}
    assert used(page, withheld=True) == set()


# Pictures for previews

HEAD = "---\ntitle: P\ndate: 2024-05-01\n---\n"


@pytest.mark.parametrize("name", ["fig.svg", "fig.avif", "fig.bmp"])
def test_a_preview_that_no_network_shows_gives_way_to_the_drawn_card_and_is_said(tmp_path: Path, name: str) -> None:
    text = HEAD.replace("---\ntitle", f"---\nimage: {name}\nimage_alt: A curve\ntitle")
    root = site(tmp_path, {"content/posts/p.md": f"{text}Words.\n", f"content/posts/{name}": "<svg/>"})
    report = build_folder(root)
    hint = "save it as PNG, JPEG, GIF or WebP; until then a post has its drawn card"
    said = f"no network shows .{name[4:]} as a preview"
    assert [line for line in told(report.problems) if "no-preview" in line] == [
        f"2:8 warning no-preview: {said} -- {hint}"
    ]
    page = (root / "public/posts/p/index.html").read_text("utf-8")
    assert f'content="https://example.org/posts/{name}"' not in page
    assert re.search(r'property="og:image" content="https://example\.org/assets/card\.\w+\.png"', page)


def test_a_preview_that_networks_show_stays(tmp_path: Path) -> None:
    text = HEAD.replace("---\ntitle", "---\nimage: fig.png\nimage_alt: A curve\ntitle")
    files = publish(tmp_path, {"content/posts/p.md": f"{text}Words.\n", "content/posts/fig.png": picture(2, 2)})
    assert 'property="og:image" content="https://example.org/posts/fig.png"' in files["posts/p/index.html"]
