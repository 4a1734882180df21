"""`blog check`: a build that is looked at and not published."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from blog.build import build
from blog.cache.workspace import locate_folders
from blog.check import external_check, external_links, site_output
from blog.check.check import CheckReport, check_site
from blog.check.external_links import Answer
from blog.check.hosts import Network
from blog.content import image_versions
from blog.problems import BlogError
from tests.support.publishing import NOW, order, post
from tests.support.sites import picture, site, told
from tests.support.strangers import ANYWHERE, Strangers, shorten_waits, strangers

LONG = "These words are enough to say what stands in the text below them."


def checked(root: Path, *, external: bool = False, **options: Any) -> CheckReport:
    """A check of a site that knows where it lives."""
    return check_site(order(root, **{"base_url": "https://example.org", **options}), external=external)


def said(tmp_path: Path, files: dict[str, str | bytes], **options: Any) -> list[str]:
    """What a check of this site says, with paths."""
    found = checked(site(tmp_path, files), **options).problems
    return [f"{problem.location.path}:{line}" for problem, line in zip(found, told(found), strict=True)]


def everything(root: Path) -> dict[str, tuple[bytes, int]]:
    """All files of a folder, and when they changed."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
    }


def test_a_site_without_faults_has_nothing_to_say(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A", text=LONG), "content/posts/b.md": post("B", text=LONG)})
    found = checked(root)
    assert (found.problems, found.posts, found.requested, found.remembered) == ((), 2, 0, 0)
    assert found.pages > 5
    assert found.links > 50


def test_smaller_versions_of_pictures_are_not_made_and_their_addresses_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(data: bytes, widths: Sequence[int]) -> list[bytes]:
        raise AssertionError(widths)

    monkeypatch.setattr(image_versions, "make_versions", refuse)
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text=f"{LONG}\n\n![x](/p.png)"),
        "content/p.png": picture(2000, 900),
    }
    assert said(tmp_path, files) == []


def test_a_picture_that_cannot_be_decoded_is_an_error(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.effect_noise((2000, 900), 80).save(whole, "WEBP")
    half = whole.getvalue()[: len(whole.getvalue()) // 2]
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text=f"{LONG}\n\n![x](/p.webp)"),
        "content/p.webp": half + b"\xff" * len(half),
    }
    root = site(tmp_path, files)
    (problem,) = checked(root).problems
    with pytest.raises(BlogError) as raised:
        build(order(root))
    assert list(raised.value.problems) == [problem]
    assert (problem.location.path, problem.message) == (
        "content/p.webp",
        "the picture cannot be made smaller: failed to read next frame",
    )


def test_nothing_of_the_site_changes(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {"content/posts/a.md": post("A", text=f"{LONG}\n\n![x](p.png)"), "content/posts/p.png": picture(2000, 900)},
    )
    before = everything(root)
    checked(root)
    assert everything(root) == before
    build(order(root))
    before = everything(root)
    (root / "content/posts/a.md").write_text(post("B", text="Other."), encoding="utf-8")
    before |= {"content/posts/a.md": everything(root)["content/posts/a.md"]}
    checked(root)
    assert everything(root) == before


def test_a_check_beside_a_build_takes_what_the_build_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(
        tmp_path,
        {"content/posts/a.md": post("A", text=f"{LONG}\n\n![x](p.png)"), "content/posts/p.png": picture(2000, 900)},
    )
    build(order(root))
    monkeypatch.setattr("blog.content.image_versions.make_versions", lambda *_: 1 / 0)
    monkeypatch.setattr("blog.content.parse.parse_document", lambda *_: 1 / 0)
    assert checked(root).problems == ()


def test_what_a_build_says_is_said_and_more_even_where_nothing_can_be_built(tmp_path: Path) -> None:
    assert said(tmp_path, {
        "content/posts/a.md": post("A", text="Short. {% x %}\n\n[lost](b.md)\n\n![](c.png)", dratf="true"),
        "content/posts/d.md": post("D", text="> [!NOPE]\n> x"),
    }) == [
        'content/posts/a.md:1:1 warning no-summary: the summary "Short. {% x %}" says too little -- write summary: … with a sentence or two: it stands in lists, feeds and search results',
        'content/posts/a.md:4:1 error unknown-key: unknown key "dratf" -- did you mean "draft"?',
        'content/posts/a.md:6:8 warning leftover: "{% x" looks like a tag of Liquid or Nunjucks: it is shown as text -- say it in Markdown, or put it into `code`',
        'content/posts/a.md:8:1 error broken-link: there is no file "b.md"',
        'content/posts/a.md:10:1 error broken-link: there is no image "c.png"',
        'content/posts/a.md:10:1 warning no-alternative: the image "c.png" has no alternative text -- say between the brackets what it shows: ![loss over time](…)',
        'content/posts/d.md:1:1 warning no-summary: the summary "[!NOPE] x" says too little -- write summary: … with a sentence or two: it stands in lists, feeds and search results',
        "content/posts/d.md:5:3 warning unknown-callout: unknown callout [!NOPE]: the text is shown as a plain quotation -- did you mean [!NOTE]?",
    ]  # fmt: skip


def test_a_line_of_front_matter_in_the_text_is_no_poor_summary_as_well(tmp_path: Path) -> None:
    problems = checked(site(tmp_path, {"content/posts/a.md": post("A", text="draft: true")})).problems
    assert [problem.code for problem in problems] == ["front-matter"]


def test_posts_beside_the_content_folder_are_a_note(tmp_path: Path) -> None:
    hint = "move it: posts live in content/posts/"
    assert said(tmp_path, {"posts/a.md": post("A"), "content/about.md": "# About\n\n[A](index.md)\n", "content/index.md": "[A](about.md)"}) == [
        f"posts:1:1 note misplaced-posts: posts/ is beside content/, and its files are left out -- {hint}"
    ]  # fmt: skip
    assert said(tmp_path, {"content/posts/b.md": post("B", text=LONG)}) == []


def test_pages_with_the_keys_of_posts_are_a_note_for_their_folder(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/post/a.md": post("A", labels="[Essay]"), "content/post/b.md": post("B", tags="[x]"),
        "content/notes/c.md": post("C"), "content/d.md": post("D", tags="[x]"),
    }  # fmt: skip
    lines = [line for line in said(tmp_path, files) if "misplaced-posts" in line]
    assert lines == [
        "content/post/a.md:1:1 note misplaced-posts: content/post/ holds pages, not posts -- posts live in content/posts/"
    ]


def test_links_of_raw_html_are_followed_and_told_where_they_stand(tmp_path: Path) -> None:
    text = f'{LONG}\n\n<p>\n<a href="/abuot/">x</a> <a\nhref="#nowhere">y</a> <img src="no.png" alt="">\n</p>\n'
    assert said(tmp_path, {
        "content/posts/a.md": post("A", text=text), "content/about.md": "---\ntitle: About\n---\n[A](posts/a.md)\n",
        "blog.toml": 'title = "T"\nurl = "https://example.org"\n[menu]\nAbout = "/about/"\n',
    }) == [
        'content/posts/a.md:8:9 error broken-link: this site has no address "/abuot/" -- did you mean "/about/"?',
        'content/posts/a.md:9:6 error broken-link: there is no heading or id "nowhere" on this page',
        'content/posts/a.md:9:32 error broken-link: this site has no address "/posts/a/no.png"',
    ]  # fmt: skip


def test_a_link_that_is_written_twice_is_told_twice(tmp_path: Path) -> None:
    found = said(
        tmp_path, {"content/posts/a.md": post("A", text=f'{LONG}\n\n<a href="/no/">x</a>\n<a href="/no/">y</a>')}
    )
    assert [line.split(" ")[0] for line in found] == ["content/posts/a.md:7:9", "content/posts/a.md:8:9"]


def test_a_site_without_posts_is_no_fault_of_its_theme(tmp_path: Path) -> None:
    assert said(tmp_path, {"content/about.md": "---\ntitle: A\n---\nx\n", "content/index.md": "[A](about.md)\n"}) == []


def test_links_of_a_theme_are_told_once_at_its_template(tmp_path: Path) -> None:
    found = said(tmp_path, {
        "content/posts/a.md": post("A", text=LONG), "content/posts/b.md": post("B", text=LONG),
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntheme = "mine"\n',
        "themes/mine/theme.toml": 'name = "mine"\nextends = "margin"\n',
        "themes/mine/templates/after.html": '<a href="/nowhere/">x</a>\n',
    })  # fmt: skip
    assert found == [
        'themes/mine/templates/after.html:1:9 error broken-link: this site has no address "/nowhere/" (on /posts/a/)'
    ]


def test_a_notice_and_a_profile_are_told_where_they_stand(tmp_path: Path) -> None:
    settings = (
        'title = "T"\nurl = "https://example.org"\n[labels.Journal]\nnotice = "See <a href=\'/no/\'>x</a>. {{< y >}}"\n'
        '[links]\nHere = "http://localhost:6006/"\n'
    )
    assert said(tmp_path, {"blog.toml": settings, "content/posts/a.md": post("A", text=LONG, labels="[Journal]")}) == [
        'blog.toml:4:10 error broken-link: this site has no address "/no/"',
        'blog.toml:4:10 warning leftover: "{{< y" looks like a shortcode of Hugo: it is shown as text -- say it in Markdown, or put it into `code`',
        'blog.toml:6:8 warning local-link: "http://localhost:6006/" is a local address: readers cannot reach it -- take the link out, or write it as `code`',
    ]


def test_an_authors_redirects_are_followed(tmp_path: Path) -> None:
    assert said(tmp_path, {
        "content/posts/a.md": post("A", text=f'{LONG} <a href="/old/x">x</a>', aliases="[/first/]"),
        "content/_redirects": "/old/* /posts/:splat\n/gone /nowhere/\n",
    }) == ['content/_redirects:2:1 error broken-link: this site has no address "/nowhere/"']  # fmt: skip


def test_a_page_that_nobody_links_to_is_told_and_an_unlisted_one_is_not(tmp_path: Path) -> None:
    assert said(tmp_path, {
        "content/posts/a.md": post("A", text=LONG), "content/lone.md": "---\ntitle: Lone\n---\n[x](more.md)\n",
        "content/more.md": "---\ntitle: More\n---\n[x](lone.md)\n", "content/posts/u.md": post("U", unlisted="true"),
        "content/apart.md": "---\ntitle: Apart\nunlisted: true\n---\nx\n", "content/404.md": "---\ntitle: No\n---\nx\n",
    }) == [
        "content/lone.md:1:1 warning unlinked-page: no page that readers come to leads to /lone/ -- link to it, put it into [menu], or write unlisted: true",
        "content/more.md:1:1 warning unlinked-page: no page that readers come to leads to /more/ -- link to it, put it into [menu], or write unlisted: true",
    ]  # fmt: skip


def test_a_feed_of_the_sites_own_is_read_too(tmp_path: Path) -> None:
    assert said(tmp_path, {"content/posts/a.md": post("A", text=LONG), "content/podcast/feed.xml": "<rss>"}) == [
        "content/podcast/feed.xml:1:1 error invalid-feed: /podcast/feed.xml: it is not XML: no element found: line 1, column 5"
    ]


def test_what_readers_do_not_get_is_not_advised_on_unless_it_is_asked_for(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text=LONG), "content/posts/d.md": post("D", text="{% x %}", draft="true"),
        "content/posts/p.md": post("P", text="{% x %}", private="true"),
    }  # fmt: skip
    assert said(tmp_path, files) == []
    assert [line.split(" ")[0] for line in said(tmp_path, files, drafts=True)] == [
        "content/posts/d.md:1:1",
        "content/posts/d.md:6:1",
    ]


def test_strict_makes_errors_of_warnings_and_of_notes_nothing(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="Short."), "content/posts/b.md": post("B", text=LONG, series="S", part="2"),
    }  # fmt: skip
    root = site(tmp_path, files)
    assert [problem.severity for problem in checked(root).problems] == ["warning", "note"]
    assert [problem.severity for problem in checked(root, strict=True).problems] == ["error", "note"]


def test_where_there_is_no_site_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(BlogError, match="No such file"):
        checked(tmp_path)


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[Strangers]:
    shorten_waits(monkeypatch, retry=0.01, pause=0.0, timeout=0.3, link=3)
    monkeypatch.setattr(external_check, "is_local", lambda _: False)  # the strangers are
    monkeypatch.setattr(site_output, "is_local", lambda _: False)
    monkeypatch.setattr(external_check, "request", partial(external_links.request, network=ANYWHERE))
    monkeypatch.setattr(external_check, "request_all", partial(external_links.request_all, network=ANYWHERE))
    with strangers() as server:
        yield server


def asking(there: Strangers, tmp_path: Path, text: str, now: dt.datetime = NOW) -> tuple[CheckReport, list[str]]:
    """A check of a post with links to strangers, and what it says of them."""
    root = site(tmp_path, {"content/posts/a.md": post("A", text=f"{LONG}\n\n{text}")})
    found = checked(root, external=True, now=now)
    return found, [line.replace(there.url, "http://there") for line in told(found.problems)]


def test_what_other_sites_answer_is_told_where_the_link_stands(there: Strangers, tmp_path: Path) -> None:
    text = "\n".join(f"[{path}]({there.url}/{path})" for path in ("200", "404", "403", "503", "to/301/200"))
    found, lines = asking(there, tmp_path, text)
    assert lines == [
        '8:1 error dead-link: "http://there/404" is dead: it answers 404 Not Found -- take the link out, or link to a copy: https://web.archive.org/web/http://there/404',
        '9:1 note barred-link: "http://there/403": it answers 403 Forbidden, for programs at least -- open it in a browser',
        '10:1 warning failing-link: "http://there/503": it answers 503 Service Unavailable -- check again another day',
        '11:1 note moved-link: "http://there/to/301/200" has moved permanently -- write http://there/200',
    ]
    assert (found.requested, found.remembered) == (5, 0)


def test_what_was_right_is_not_asked_again_for_a_week_and_what_was_wrong_is(there: Strangers, tmp_path: Path) -> None:
    text = f"[a]({there.url}/200) [b]({there.url}/404) [c]({there.url}/to/301/200)"
    _, first = asking(there, tmp_path, text)
    there.asked.clear()
    found, second = asking(there, tmp_path, text, NOW + dt.timedelta(days=6))
    assert (found.requested, found.remembered, second) == (1, 2, first)
    assert {path for _, path in there.asked} == {"/404"}
    found, _ = asking(there, tmp_path, text, NOW + dt.timedelta(days=7))
    assert (found.requested, found.remembered) == (3, 0)


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_memory_that_is_damaged_or_cannot_be_written_is_none(
    there: Strangers, tmp_path: Path, damage: bytes | None
) -> None:
    text = f"[a]({there.url}/200)"
    if damage is None:
        folder = locate_folders(tmp_path).cache
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("a file", encoding="utf-8")
    else:
        asking(there, tmp_path, text)
        (locate_folders(tmp_path).cache / "asked").write_bytes(damage)
    found, lines = asking(there, tmp_path, text)
    assert (found.requested, lines) == (1, [])


def test_without_being_asked_nobody_is_asked(there: Strangers, tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A", text=f"{LONG} [a]({there.url}/404)")})
    assert checked(root).problems == ()
    assert there.asked == []
    assert not locate_folders(root).cache.exists()


def test_a_machine_without_the_web_says_so_once_and_kills_no_link(
    there: Strangers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = Answer("dead", "there is no such host", is_network=True)
    asking(there, tmp_path, f"[a]({there.url}/200)")
    monkeypatch.setattr(external_check, "request_all", lambda urls: ((url, nobody) for url in urls))
    links = "[a](https://a.example/) [b](https://b.example/)"
    said = ["1:1 warning offline: of 2 addresses of other sites none can be reached -- check your internet connection"]
    assert asking(there, tmp_path, links)[1] == said
    monkeypatch.setattr(external_check, "request", lambda _: nobody)
    assert asking(there, tmp_path, f"{links} [c]({there.url}/200)")[1] == said
    monkeypatch.setattr(external_check, "request", lambda _: Answer("alive"))
    _, lines = asking(there, tmp_path, f"{links} [c]({there.url}/200)")
    assert [line.split(" ")[2] for line in lines] == ["dead-link:", "dead-link:"]
    _, lines = asking(there, tmp_path, "[a](https://a.example/)")
    assert [line.split(" ")[2] for line in lines] == ["dead-link:"]


def test_machines_of_ones_own_are_told_and_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(external_check, "request_all", lambda urls: iter([(url, Answer("alive")) for url in urls]))
    hosts = (
        "localhost:6006",
        "127.0.0.1",
        "192.168.1.5:80",
        "10.0.0.1",
        "[::1]",
        "x.local",
        "me@localhost",
        "a.example",
        "8.8.8.8",
    )
    text = " ".join(f"[x](http://{host}/)" for host in hosts)
    root = site(tmp_path, {"content/posts/a.md": post("A", text=f"{LONG} {text}")})
    found = checked(root, external=True)
    assert [problem.code for problem in found.problems] == ["local-link"] * 7
    assert found.requested == 2


def test_answers_that_came_are_kept_whatever_ends_the_rest(
    there: Strangers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two(urls: list[str]) -> Iterator[tuple[str, Answer]]:
        yield urls[0], Answer("alive")
        raise KeyboardInterrupt

    monkeypatch.setattr(external_check, "request_all", two)
    with pytest.raises(KeyboardInterrupt):
        asking(there, tmp_path, "[a](https://a.example/) [b](https://b.example/)")
    monkeypatch.setattr(external_check, "request_all", lambda urls: ((url, Answer("alive")) for url in urls))
    found, _ = asking(there, tmp_path, "[a](https://a.example/) [b](https://b.example/)")
    assert (found.requested, found.remembered) == (1, 1)


def test_an_address_that_many_pages_show_is_told_once(there: Strangers, tmp_path: Path) -> None:
    settings = (
        f'title = "T"\nurl = "https://example.org"\n[menu]\nBoard = "{there.url}/404"\n[theme_options]\nfooter = "x"\n'
    )
    root = site(
        tmp_path,
        {"blog.toml": settings, "content/posts/a.md": post("A", text=LONG), "content/posts/b.md": post("B", text=LONG)},
    )
    found = checked(root, external=True).problems
    assert [(problem.code, problem.location.path, problem.location.line) for problem in found] == [
        ("dead-link", "blog.toml", 4)
    ]


def test_an_absolute_link_to_what_the_site_does_not_make_is_a_warning_unless_it_is_known(tmp_path: Path) -> None:
    text = f"{LONG}\n\n[a](https://example.org/demo/) [b](https://example.org/other) <a href='https://example.org/demo/x'>c</a>"
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\n[links]\nelsewhere = ["/demo/"]\n',
        "content/posts/a.md": post("A", text=text + "\n\n[d](/demo/y?z)"),
    }
    (line,) = (line for line in said(tmp_path, files) if "placeholder" not in line)
    hint = 'if something else lives there, write elsewhere = ["/other"] under [links] in blog.toml'
    assert line == f'content/posts/a.md:7:32 warning broken-link: this site has no address "/other" -- {hint}'


@pytest.mark.parametrize(
    ("folder", "keys", "permalink", "address"),
    [
        ("run", {"slug": "p"}, "", "/posts/p/"),
        ("2024-05-01-p", {}, "", "/posts/p/"),
        ("run", {"slug": "p"}, 'permalink = "/{year}/{slug}/"\n', "/2024/p/"),
        ("run", {"slug": "p"}, 'permalink = "/notes/{slug}.html"\n', "/notes/"),
    ],
)
def test_raw_html_with_an_old_address_of_a_file_is_told_alone(
    tmp_path: Path, folder: str, keys: dict[str, str], permalink: str, address: str
) -> None:
    old = f"/posts/{folder}/loss.png"
    text = (
        f'{LONG}\n\n![loss](loss.png)\n[data](loss.png)\n\n<img src="loss.png" alt="loss"><img src="{old}" alt="loss">'
    )
    bundle = f"content/posts/{folder}"
    files: dict[str, str | bytes] = {
        "blog.toml": f'title = "T"\nurl = "https://ex.org"\n{permalink}',
        f"{bundle}/index.md": post("P", "2024-05-01", text, **keys), f"{bundle}/loss.png": picture(9, 9),
    }  # fmt: skip
    line = 11 if keys else 10
    assert said(tmp_path, files) == [
        (
            f'{bundle}/index.md:{line}:41 error broken-link: no file is at "{old}": the files of a bundle are beside its page'
            f' -- write "{address}loss.png"'
        )
    ]


def test_an_old_address_of_a_file_is_told_in_templates_redirects_and_files_too(tmp_path: Path) -> None:
    found = said(tmp_path, base_url="https://example.org/blog", files={
        "blog.toml": 'title = "T"\ntheme = "mine"\n',
        "themes/mine/theme.toml": 'name = "mine"\nextends = "margin"\n',
        "themes/mine/templates/after.html": '\n<img src="/blog/posts/run/loss.png" alt="">\n',
        "content/_redirects": "/x /blog/posts/run/loss.png 301\n",
        "content/posts/run/index.md": post("P", "2024-05-01", LONG, slug="p"),
        "content/posts/run/loss.png": picture(9, 9),
        "content/posts/run/demo.html": '<img src="loss.png"><img src="../run/loss.png">',
    })  # fmt: skip
    why = 'error broken-link: no file is at "/posts/run/loss.png": the files of a bundle are beside its page'
    hint = "-- write /blog/posts/p/loss.png"
    assert found == [
        f"content/_redirects:1:1 {why} {hint}",
        f"content/posts/run/demo.html:1:1 {why} (on /posts/p/demo.html) {hint}",
        f"themes/mine/templates/after.html:2:10 {why} (on /posts/p/) {hint}",
    ]


def test_a_link_of_the_home_page_is_told_in_its_text(tmp_path: Path) -> None:
    assert said(
        tmp_path, {"content/index.md": 'Hello.\n\n<a href="/zzz/">x</a>\n', "content/posts/a.md": post("A", text=LONG)}
    ) == ['content/index.md:3:9 error broken-link: this site has no address "/zzz/"']


def test_where_a_template_makes_a_link_the_first_page_that_shows_it_is_named(tmp_path: Path) -> None:
    found = said(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntheme = "mine"\n',
        "themes/mine/theme.toml": 'name = "mine"\nextends = "margin"\n',
        "themes/mine/templates/after.html": '<a href="/{{ title }}/">x</a>\n',
        "content/posts/a.md": post("A", text=LONG), "content/posts/b.md": post("A", text=LONG),
    })  # fmt: skip
    assert found == [
        'content/posts/a.md:1:1 error broken-link: this site has no address "/A/" (on /posts/a/ and 1 more page)'
    ]


def test_a_theme_that_fails_loses_nothing_else(tmp_path: Path) -> None:
    found = said(tmp_path, {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntheme = "mine"\n',
        "themes/mine/theme.toml": 'name = "mine"\nextends = "margin"\n',
        "themes/mine/templates/after.html": "{{ nonsense.x }}\n", "content/posts/a.md": post("A", text=f"{LONG} {{% x %}}"),
    })  # fmt: skip
    assert [line.split(" ")[2] for line in found] == ["leftover:", "template:"]


def test_links_of_html_files_of_the_authors_own_are_followed_too(tmp_path: Path) -> None:
    assert said(tmp_path, {
        "content/posts/a.md": post("A", text=f"{LONG} <a href='/demo.html'>x</a>"), "content/lone.md": "---\ntitle: L\n---\nx\n",
        "content/demo.html": '<a href="/lone/">x</a><a href="/no/">y</a>',
    }) == ['content/demo.html:1:1 error broken-link: this site has no address "/no/" (on /demo.html)']  # fmt: skip


def test_a_sample_feed_beside_a_post_is_the_authors_affair(tmp_path: Path) -> None:
    assert said(tmp_path, {"content/posts/a/index.md": post("A", text=LONG), "content/posts/a/feed.xml": "<rss>"}) == []


@pytest.mark.parametrize(
    ("url", "notes"),
    [
        ("https://example.org", 1),
        ("https://blog.example.com/x", 1),
        ("https://ada.blog", 0),
        ("https://myexample.org", 0),
    ],
)
def test_a_placeholder_is_a_note(tmp_path: Path, url: str, notes: int) -> None:
    root = site(tmp_path, {"blog.toml": f'title = "T"\nurl = "{url}"\n', "content/posts/a.md": post("A", text=LONG)})
    assert (
        told(checked(root, base_url=None).problems)
        == [
            f'2:7 note placeholder: "{url}" stands for the address that the blog will have -- write that before you publish'
        ][:notes]
    )
    assert checked(root).problems == ()


def test_links_of_private_passages_are_not_asked_for(there: Strangers, tmp_path: Path) -> None:
    asking(there, tmp_path, f"::: private\n[a]({there.url}/secret)\n:::\n\n<!-- {there.url}/secret -->\n")
    assert there.asked == []


def test_a_link_to_a_private_address_is_told(there: Strangers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(lambda host: ["93.184.215.14" if host == "fine.example" else "10.0.0.1"])
    monkeypatch.setattr(external_check, "request_all", partial(external_links.request_all, network=network))
    assert asking(there, tmp_path, "[a](http://10.0.0.1.nip.example/x)")[1] == [
        '7:1 warning local-link: "http://10.0.0.1.nip.example/x" leads to a private address: readers cannot reach it -- take the link out, or write it as `code`'
    ]
