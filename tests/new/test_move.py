"""`blog move`: links follow a text, and its old address stays."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from blog.build import build
from blog.cli import blog
from blog.new.move import move
from blog.problems import BlogError
from tests.support.publishing import order, outputs, post
from tests.support.sites import picture, site

SETTINGS = 'title = "T"\nurl = "https://example.org/blog"\n'


def moved(root: Path, old: str, new: str) -> list[str]:
    return move(order(root, drafts=True, future=True, private=True), old, new)


def text_of(root: Path, path: str) -> str:
    return (root / path).read_text("utf-8")


def test_links_to_a_post_and_in_it_follow_it(tmp_path: Path) -> None:
    words = "[a](a.md#x) [b](./a.md \"t\") ![p](p.png)\n\n[r]: a.md\n\n`[a](a.md)` <a href='a.md'>a</a> [abs](/posts/a/?q=1)"
    root = site(tmp_path, {
        "blog.toml": SETTINGS, "content/posts/a.md": post("A", text="# x\n\n[b](b.md) ![p](p.png) [home](../index.md)"),
        "content/posts/b.md": post("B", text=words, revisits="[a.md]", date="2024-02-01"), "content/index.md": "Home.\n", "content/posts/p.png": picture(9, 9),
    })  # fmt: skip
    assert moved(root, "content/posts/a.md", "content/posts/2024/new name.md") == [
        "content/posts/a.md → content/posts/2024/new name.md",
        "content/posts/2024/new name.md: links",
        "content/posts/2024/new name.md: aliases: /posts/a/",
        "content/posts/2024/new name.md: guid: tag:example.org,2024-01-01:/posts/a/",
        "content/posts/b.md: links",
    ]
    assert "[b](../b.md) ![p](../p.png) [home](../../index.md)" in text_of(root, "content/posts/2024/new name.md")
    assert text_of(root, "content/posts/b.md").split("---\n")[2].strip() == (
        '[a](2024/new%20name.md#x) [b](2024/new%20name.md "t") ![p](p.png)\n\n[r]: 2024/new%20name.md\n\n'
        '`[a](a.md)` <a href="2024/new%20name.md">a</a> [abs](/posts/new-name/?q=1)'
    )
    build(order(root))
    assert "<guid" in outputs(root)["feed.xml"].decode()
    assert "tag:example.org,2024-01-01:/posts/a/" in outputs(root)["feed.xml"].decode()
    assert "posts/a/index.html" in outputs(root)


def test_wikilinks_follow_by_name_or_by_path(tmp_path: Path) -> None:
    settings = f"{SETTINGS}[markdown]\nwikilinks = true\n"
    text = "[[a]] [[a#x|words]] [[Title]] [[posts/a]] `[[a]]` ![[a.png|p]]\n\n| [[a\\|w]] |\n|---|\n| b |"
    root = site(tmp_path, {
        "blog.toml": settings, "content/posts/a.md": post("Title", text="# x"), "content/posts/b.md": post("B", text=text),
        "content/posts/a.png": picture(9, 9), "content/notes/taken.md": "---\ntitle: N\n---\n",
    })  # fmt: skip
    assert "content/posts/b.md: links" in moved(root, "content/posts/a.md", "content/posts/new.md")
    assert (
        text_of(root, "content/posts/b.md")
        .split("---\n")[2]
        .startswith("[[new]] [[new#x|words]] [[Title]] [[new]] `[[a]]` ![[a.png|p]]\n\n| [[new\\|w]] |")
    )
    moved(root, "content/posts/new.md", "content/posts/taken.md")
    assert "[[posts/taken]] [[posts/taken#x|words]] [[Title]]" in text_of(root, "content/posts/b.md")
    build(order(root))


def test_all_wikilinks_mean_after_a_move_what_they_meant(tmp_path: Path) -> None:
    settings = f"{SETTINGS}[markdown]\nwikilinks = true\n"
    root = site(tmp_path, {
        "blog.toml": settings, "content/posts/a/index.md": post("Title", text="![[plot.png|p]]"),
        "content/posts/a/plot.png": picture(9, 9), "content/posts/far/plot.png": picture(8, 8),
        "content/posts/b.md": post("B", context="'See [[posts/a]].'", text="![[posts/a/plot.png|p]] [[other]]"),
        "content/notes/other.md": "---\ntitle: N\n---\n",
    })  # fmt: skip
    moved(root, "content/posts/a", "content/posts/other")
    text = text_of(root, "content/posts/b.md")
    assert "context: 'See [[posts/other]].'" in text
    assert "![[posts/other/plot.png|p]] [[notes/other]]" in text
    assert "![[plot.png|p]]" in text_of(root, "content/posts/other/index.md")
    build(order(root))


def test_a_text_is_not_moved_to_a_name_that_no_wikilink_can_have(tmp_path: Path) -> None:
    settings = f"{SETTINGS}[markdown]\nwikilinks = true\n"
    root = site(tmp_path, {"blog.toml": settings, "content/posts/a.md": post("A")})
    with pytest.raises(BlogError) as caught:
        moved(root, "content/posts/a.md", "content/posts/a [1].md")
    [problem] = caught.value.problems
    assert problem.message == 'no wikilink can name "content/posts/a [1].md"'
    assert problem.hint == "choose a name without [ ] | # ^ \\ and %%"
    assert (root / "content/posts/a.md").is_file()


def test_the_original_of_a_translation_may_move(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post("A"), "content/posts/b.md": post("B", lang="de", translation_of="a.md"),
    })  # fmt: skip
    assert "content/posts/b.md: links" in moved(root, "content/posts/a.md", "content/posts/2024/c.md")
    assert "translation_of: 2024/c.md\n" in text_of(root, "content/posts/b.md")


def test_links_by_the_addresses_of_pages_follow_too(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "blog.toml": SETTINGS, "content/posts/a.md": post("A", text="[b](../b/#x) [home](../../)"),
        "content/posts/b.md": post("B", text="# x\n\n[a](../a/) [base](/blog/posts/a/) [md](/blog/posts/a.md)"),
        "content/index.md": "Home.\n",
    })  # fmt: skip
    moved(root, "content/posts/a.md", "content/posts/2024/c.md")
    assert "[b](../b.md#x) [home](../../index.md)" in text_of(root, "content/posts/2024/c.md")
    assert "[a](2024/c.md) [base](/blog/posts/c/) [md](/blog/posts/2024/c.md)" in text_of(root, "content/posts/b.md")
    build(order(root))


def test_a_bundle_moves_with_its_files(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a/index.md": post("A", text="![p](p.png) [b](../b.md)"), "content/posts/a/p.png": picture(9, 9),
        "content/posts/b.md": post("B", text="[a](a) ![p](a/p.png) ![q](/posts/a/p.png)"),
    })  # fmt: skip
    moved(root, "content/posts/a", "content/posts/x/c")
    assert "![p](p.png) [b](../../b.md)" in text_of(root, "content/posts/x/c/index.md")
    assert "[a](x/c/index.md) ![p](x/c/p.png) ![q](/posts/c/p.png)" in text_of(root, "content/posts/b.md")
    assert not (root / "content/posts/a").exists()
    build(order(root))


def test_an_address_that_stays_needs_no_alias_and_a_draft_neither(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A"), "content/posts/d.md": post("D", draft="true")})
    assert moved(root, "content/posts/a.md", "content/posts/x/a.md") == ["content/posts/a.md → content/posts/x/a.md"]
    assert moved(root, "content/posts/d.md", "content/posts/e.md") == ["content/posts/d.md → content/posts/e.md"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("content/posts/a.md", "content/posts/b.md", "content/posts/b.md exists already, and was not changed"),
        ("content/posts/a.md", "a.md", "a.md is no path of a text in content/"),
        ("content/posts/a.md", "content/../../a.md", "../a.md is no path of a text in content/"),
        ("blog.toml", "content/x.md", "blog.toml is no path of a text in content/"),
        ("content/posts/a.md", "content/posts/_a.md", "content/posts/_a.md is no path of a text in content/"),
        ("content/posts/no.md", "content/posts/x.md", "content/posts/no.md is no post or page, and no folder of one"),
        ("content/posts", "content/x", "content/posts is no post or page, and no folder of one"),
        ("content/p.pdf", "content/q.pdf", "content/p.pdf is no post or page, and no folder of one"),
        ("content/posts/a.md", "content/a.md", "content/a.md would be another kind of text"),
        ("content/posts/a.md", "content/posts/a.txt", "content/posts/a.txt would be another kind of text"),
        ("content/posts/a.md", "content/posts/x/b.md", "content/posts/x/b.md would have no address, or that of another text"),
        ("content/posts/a.md", "content/posts/!.md", "content/posts/!.md would have no address, or that of another text"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(tmp_path: Path, old: str, new: str, message: str) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="[b](b.md)"), "content/posts/b.md": post("B", text="[a](a.md)"),
        "content/p.pdf": b"%PDF",
    }  # fmt: skip
    root = site(tmp_path, files)
    with pytest.raises(BlogError) as error:
        moved(root, old, new)
    assert error.value.problems[0].message == message
    assert {path: text_of(root, path) for path in files if path.endswith(".md")} == {
        path: text for path, text in files.items() if path.endswith(".md")
    }


def test_line_ends_and_the_mark_of_an_editor_stay(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A")})
    (root / "content/b.md").write_bytes("\ufeff---\r\ntitle: B\r\n---\r\n\r\n[a](posts/a.md)\r\n".encode())
    moved(root, "content/posts/a.md", "content/posts/c.md")
    written = (root / "content/b.md").read_bytes()
    assert written == "\ufeff---\r\ntitle: B\r\n---\r\n\r\n[a](posts/c.md)\r\n".encode()


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_CACHE_DIR", str(tmp_path / "cache"))
    root = site(tmp_path / "site", {"content/index.md": "Home.\n"})
    (root / "content/about.md").write_bytes(b"---\r\ntitle: A\r\n---\r\nX\r\n")
    ran = CliRunner().invoke(blog, ["move", "content/about.md", "content/me.md", "--root", str(root)])
    assert ran.output == "content/about.md → content/me.md\ncontent/me.md: aliases: /about/\n"
    assert (root / "content/me.md").read_bytes() == b'---\r\ntitle: A\r\naliases: ["/about/"]\r\n---\r\nX\r\n'
