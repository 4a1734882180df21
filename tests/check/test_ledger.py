"""`blog ledger`: every address that was ever published keeps working, or is reported."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from blog.check.check import check_site
from blog.check.ledger import parse_ledger
from blog.check.ledger_file import mend_lost, write_ledger
from blog.cli import blog
from blog.content.source_edit import add_to_key, write_text
from blog.problems import BlogError
from tests.support.publishing import order, outputs, post, publish
from tests.support.sites import site, told

LEDGER = "content/addresses.txt"
SETTINGS = 'title = "T"\nurl = "https://example.org"\n'
LONG = "These words are enough to say what stands in the text below them."


def lines_of(root: Path) -> list[str]:
    return [line for line in (root / LEDGER).read_text("utf-8").splitlines() if not line.startswith("#")]


def ledger(tmp_path: Path, files: dict[str, str | bytes]) -> Path:
    """A site with a ledger of what it publishes."""
    root = site(tmp_path, {"blog.toml": SETTINGS, **files})
    write_ledger(order(root))
    return root


def gone(root: Path) -> list[str]:
    """What a check says of addresses and ids."""
    problems = check_site(order(root)).problems
    return told([problem for problem in problems if problem.code in {"lost-address", "lost-id", "wrong-ledger"}])


def line_number(root: Path, entry: str) -> int:
    written = (root / LEDGER).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(written, 1) if line.partition(" ")[0] == entry)


def replace(root: Path, path: str, text: str) -> None:
    (root / path).write_text(text, encoding="utf-8")


def test_the_ledger_has_each_page_feed_alias_and_feed_id_with_its_file(tmp_path: Path) -> None:
    root = ledger(tmp_path, {
        "content/posts/a.md": post("A", tags="[x]", aliases="['/old name/']"),
        "content/about.md": "---\ntitle: B\n---\n\nWords.\n", "content/paper.pdf": b"%PDF",
    })  # fmt: skip
    assert lines_of(root) == [
        "/", "/about/ content/about.md", "/archive/", "/atom.xml", "/feed.json", "/feed.xml",
        "/old%20name/ content/posts/a.md", "/posts/a/ content/posts/a.md", "/search/", "/tags/", "/tags/x/",
        "/tags/x/feed.xml", "guid:tag:example.org,2024-01-01:/posts/a/ content/posts/a.md",
    ]  # fmt: skip
    assert gone(root) == []


def test_other_addresses_of_the_feed_are_in_the_ledger_and_may_not_go(tmp_path: Path) -> None:
    settings = f'{SETTINGS}[feed]\npaths = ["/index.xml", "/feed/"]\n'
    root = ledger(tmp_path, {"blog.toml": settings, "content/posts/a.md": post("A")})
    assert {"/index.xml", "/feed/"} <= set(lines_of(root))
    assert gone(root) == []
    replace(root, "blog.toml", SETTINGS)
    assert [line.partition(" error ")[2] for line in gone(root)] == [
        f'lost-address: {path} is gone -- write feed.paths = ["{path}"] in blog.toml if a feed was there; otherwise write in'
        f" content/_redirects: {path} /new/address/ 301, or delete this line"
        for path in ("/feed/", "/index.xml")
    ]


def test_what_is_hidden_or_unlisted_is_never_in_the_ledger(tmp_path: Path) -> None:
    open_files: dict[str, str | bytes] = {"content/posts/open.md": post("Open")}
    secret: dict[str, str | bytes] = {
        "content/posts/d.md": post("D", draft="true", tags="[secret]", aliases="[/secret-1/]"),
        "content/posts/p.md": post("P", private="true", aliases="[/secret-2/]"),
        "content/posts/f.md": post("F", "2999-01-01", guid="secret-3"),
        "content/posts/u.md": post("U", unlisted="true", aliases="[/secret-4/]", url="/secret-5/"),
    }
    with_secrets = ledger(tmp_path / "1", open_files | secret)
    without = ledger(tmp_path / "2", open_files)
    assert (with_secrets / LEDGER).read_bytes() == (without / LEDGER).read_bytes()


@pytest.mark.parametrize("key", ["draft", "private", "unlisted"])
def test_what_is_hidden_later_is_taken_out(tmp_path: Path, key: str) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", aliases="[/old/]"), "content/posts/b.md": post("B")})
    replace(root, "content/posts/a.md", post("A", aliases="[/old/]", **{key: "true"}))
    update = write_ledger(order(root))
    assert (update.added, update.removed) == (0, 3)
    assert "content/posts/a.md" not in (root / LEDGER).read_text("utf-8")
    assert gone(root) == []


def test_an_address_of_a_text_that_is_hidden_now_is_an_error_until_it_is_given_up(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG), "content/posts/b.md": post("B", text=LONG)})
    replace(root, "content/posts/a.md", post("A", draft="true"))
    number = line_number(root, "/posts/a/")
    assert gone(root) == [
        (
            f"{number}:1 error lost-address: /posts/a/ is gone: the text that was there is hidden"
            " -- publish it, or run blog ledger, which takes the line out"
        )
    ]
    assert mend_lost(order(root)) == []


def test_the_ledger_is_not_published_and_a_site_without_one_has_none(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"blog.toml": SETTINGS, "content/posts/a.md": post("A")}
    plain = publish(tmp_path / "1", files)
    root = ledger(tmp_path / "2", files)
    publish(tmp_path / "2", {})
    assert {name: data.decode("utf-8", "replace") for name, data in outputs(root).items()} == plain
    assert not (tmp_path / "1" / LEDGER).exists()


def test_the_ledger_keeps_what_is_gone_and_the_comments_of_the_author(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A")})
    text = (root / LEDGER).read_text("utf-8")
    replace(root, LEDGER, f"{text}# of the first blog\n/2009/x.html\n")
    assert tuple(write_ledger(order(root))) == (9, 0, 0)
    assert "# of the first blog\n/2009/x.html\n" in (root / LEDGER).read_text("utf-8")
    before = (root / LEDGER).read_bytes()
    write_ledger(order(root))
    assert (root / LEDGER).read_bytes() == before


def test_an_address_that_is_gone_is_an_error_and_is_mended_by_an_alias(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG)})
    replace(root, "content/posts/a.md", post("A", text=LONG, slug="b"))
    number, id_number = line_number(root, "/posts/a/"), line_number(root, "guid:tag:example.org,2024-01-01:/posts/a/")
    assert gone(root) == [
        (f"{number}:1 error lost-address: /posts/a/ is gone: content/posts/a.md is at /posts/b/ now"
        " -- add aliases: [/posts/a/] there; blog check --write-aliases does so"),
        (f'{id_number}:1 error lost-id: the feed entry of content/posts/a.md had the id "tag:example.org,2024-01-01:/posts/a/",'
        ' and has "tag:example.org,2024-01-01:/posts/b/": subscribers would see it as new'
        ' -- write guid: "tag:example.org,2024-01-01:/posts/a/" in content/posts/a.md'),
    ]  # fmt: skip
    assert mend_lost(order(root)) == [
        "content/posts/a.md: aliases: /posts/a/", "content/posts/a.md: guid: tag:example.org,2024-01-01:/posts/a/",
    ]  # fmt: skip
    assert gone(root) == []
    assert mend_lost(order(root)) == []


def test_another_permalink_is_mended_in_every_post(tmp_path: Path) -> None:
    root = ledger(tmp_path, {f"content/posts/{name}.md": post(name, text=LONG) for name in "abc"})
    replace(root, "blog.toml", f'{SETTINGS}permalink = "/{{year}}/{{slug}}.html"\n')
    assert len(gone(root)) == 6
    mend_lost(order(root))
    assert gone(root) == []


def test_a_post_that_was_renamed_is_known_by_its_feed_id(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG, guid="x:1")})
    (root / "content/posts/a.md").rename(root / "content/posts/b.md")
    assert mend_lost(order(root)) == ["content/posts/b.md: aliases: /posts/a/"]
    assert gone(root) == []


def test_the_page_of_a_tag_that_is_gone_redirects_to_the_list(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG, tags="[x, y]")})
    replace(root, "content/posts/a.md", post("A", text=LONG, tags="[x]"))
    replace(root, "blog.toml", SETTINGS.replace("example.org", "example.org/blog"))
    replace(root, "content/_redirects", "/x /blog/ 301")
    number = line_number(root, "/tags/y/")
    assert gone(root)[0] == (
        f"{number}:1 error lost-address: /tags/y/ is gone -- write in content/_redirects:"
        " /blog/tags/y/ /blog/tags/ 301; blog check --write-aliases does so"
    )
    assert mend_lost(order(root)) == [
        "content/_redirects: /blog/tags/y/ /blog/tags/ 301", "content/_redirects: /blog/tags/y/feed.xml /blog/feed.xml 301",
    ]  # fmt: skip
    assert (root / "content/_redirects").read_text("utf-8").startswith("/x /blog/ 301\n/blog/tags/y/ ")
    assert gone(root) == []


def test_a_text_that_was_deleted_is_left_to_the_author(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG), "content/posts/b.md": post("B", text=LONG)})
    (root / "content/posts/a.md").unlink()
    number = line_number(root, "/posts/a/")
    assert gone(root) == [
        (
            f"{number}:1 error lost-address: /posts/a/ is gone, and content/posts/a.md with it"
            " -- write in content/_redirects: /posts/a/ /new/address/ 301, or delete this line"
        )
    ]
    assert mend_lost(order(root)) == []
    replace(root, "content/_redirects", "/posts/a/ /posts/b/ 301\n")
    assert gone(root) == []


def test_what_else_lives_on_the_host_is_not_gone(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG)})
    replace(root, LEDGER, (root / LEDGER).read_text("utf-8") + "/demo/x/\n")
    replace(root, "blog.toml", f'{SETTINGS}[links]\nelsewhere = ["/demo/"]\n')
    assert gone(root) == []


def test_a_line_that_is_none_is_an_error(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG)})
    replace(root, LEDGER, "posts/a/\n")
    hint = "write an address such as /posts/name/, or guid: and an id, and then the file that had it"
    assert gone(root) == [f'1:1 error wrong-ledger: "posts/a/" is no address -- {hint}']


def test_ids_with_spaces_and_signs_are_read_as_they_were(tmp_path: Path) -> None:
    root = ledger(tmp_path, {"content/posts/a.md": post("A", text=LONG, guid='"a b%20#c é"')})
    lines, problems = parse_ledger((root / LEDGER).read_text("utf-8"))
    assert lines[-1].entry == "guid:a b%20#c é"
    assert (problems, gone(root)) == ([], [])


@pytest.mark.parametrize(
    ("text", "edited"),
    [
        ("---\ntitle: T\n---\n\nX\n", '---\ntitle: T\naliases: ["/a/"]\n---\n\nX\n'),
        ("---\r\ntitle: T\r\n---\r\nX\r\n", '---\r\ntitle: T\r\naliases: ["/a/"]\r\n---\r\nX\r\n'),
        ("---\naliases: [/b/]\ntitle: T\n---\nX\n", '---\naliases: ["/b/", "/a/"]\ntitle: T\n---\nX\n'),
        ("---\naliases: /b/\n---\nX\n", '---\naliases: ["/b/", "/a/"]\n---\nX\n'),
        ("---\naliases:\n  - /b/\ntitle: T\n---\nX\n", '---\naliases:\n  - "/a/"\n  - /b/\ntitle: T\n---\nX\n'),
        ("---\naliases:\n- /b/ # why\n---\nX\n", '---\naliases:\n- "/a/"\n- /b/ # why\n---\nX\n'),
        ('+++\ntitle = "T"\n[extra]\nx = 1\n+++\nX\n', '+++\naliases = ["/a/"]\ntitle = "T"\n[extra]\nx = 1\n+++\nX\n'),
        ('+++\naliases = [\n"/b/"]\n+++\nX\n', '+++\naliases = [\n  "/a/",\n"/b/"]\n+++\nX\n'),
        ("# T\n\nX\n", '---\naliases: ["/a/"]\n---\n\n# T\n\nX\n'),
        ("---\n{title: T}\n---\nX\n", None),
        ("---\ntitle: [\n---\nX\n", None),
        ("---\naliases: [/b/,\n  /c/]\n---\nX\n", None),
    ],
)
def test_an_alias_is_added_where_the_author_writes_them(text: str, edited: str | None) -> None:
    assert add_to_key(text, "a.md", "aliases", ["/a/"]) == edited


def test_a_guid_is_added_once() -> None:
    text = add_to_key("---\ntitle: T\n---\nX\n", "a.md", "guid", ["x: 1"])
    assert text == '---\ntitle: T\nguid: "x: 1"\n---\nX\n'
    assert add_to_key(text, "a.md", "guid", ["y"]) is None


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BLOG_CACHE_DIR", str(tmp_path / "cache"))
    root = site(tmp_path / "site", {"blog.toml": SETTINGS, "content/posts/a.md": post("A", text=LONG)})
    ran = CliRunner().invoke(blog, ["ledger", "--root", str(root)])
    assert (ran.exit_code, ran.output) == (0, "content/addresses.txt: 8 lines, 8 new, 0 taken out\n")
    replace(root, "content/posts/a.md", post("A", text=LONG, url="/b/"))
    assert CliRunner().invoke(blog, ["check", "--root", str(root)]).exit_code == 1
    ran = CliRunner().invoke(blog, ["check", "--write-aliases", "--root", str(root)])
    assert ran.output.startswith("content/posts/a.md: aliases: /posts/a/\n")
    assert ran.exit_code == 0


def test_no_link_of_a_foreign_site_leads_an_edit_out_of_it(tmp_path: Path) -> None:
    root = ledger(tmp_path / "site", {"content/posts/a.md": post("A", text=LONG)})
    outside = tmp_path / "outside.txt"
    outside.write_text("mine", "utf-8")
    (root / "content/posts/.a.md.tmp").symlink_to(outside)
    write_text(root, "content/posts/a.md", "new")
    assert (root / "content/posts/a.md").read_text("utf-8") == "new"
    assert outside.read_text("utf-8") == "mine"
    assert sorted(path.name for path in (root / "content/posts").iterdir()) == [".a.md.tmp", "a.md"]
    (root / "content/posts/a.md").unlink()
    (root / "content/posts/a.md").symlink_to(outside)
    with pytest.raises(BlogError):
        write_text(root, "content/posts/a.md", "new")
    assert outside.read_text("utf-8") == "mine"
