"""What is read from the site folder, what is left out, and what is refused."""

import itertools
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from blog.config.utf8 import decode_utf8
from blog.content import content_walk, theme_files
from blog.content.files import SourceFile, SourceTree, digest_source, load_sources, read_source, reload_sources
from blog.content.theme_files import load_theme_files
from blog.problems import BlogError, Location, Problem
from blog.system.builtin_themes import builtin_themes_folder
from blog.system.file_signature import signature_of
from blog.system.site_paths import MAX_FOLDERS
from tests.support.bounds import processor
from tests.support.publishing import build_folder, outputs, post
from tests.support.sites import refuse, site, told


def loaded(tmp_path: Path, files: dict[str, str | bytes]) -> SourceTree:
    (tmp_path / "content").mkdir(exist_ok=True)
    return load_sources(site(tmp_path, files))


def kinds(sources: SourceTree) -> dict[str, str]:
    """Path below content -> what it is taken for."""
    found = {source.path.removeprefix("content/"): str(source.kind) for source in sources.documents}
    return found | {file.path.removeprefix("content/"): "file" for file in sources.files}


def said(sources: SourceTree) -> list[str]:
    return [f"{p.location.path}: {line}" for p, line in zip(sources.problems, told(sources.problems), strict=True)]


# What is what


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.md", "home"), ("index.markdown", "home"), ("about.md", "page"), ("about.markdown", "page"),
        ("now/index.md", "page"), ("now/more.md", "page"), ("404.md", "page"), ("posts.md", "page"),
        ("posts/a.md", "post"), ("posts/2026/a.markdown", "post"), ("posts/a/index.md", "post"),
        ("posts/a/index.markdown", "post"), ("posts/2026/a/index.md", "post"),
        ("INDEX.MD", "home"), ("posts/a.MD", "post"), ("posts/a/INDEX.Markdown", "post"), ("series/a.Md", "series"),
        ("series/a.md", "series"), ("series/a/b.md", "page"), ("x/posts/a.md", "page"),
        ("favicon.ico", "file"), ("posts/a.png", "file"), ("a.txt", "file"), ("README", "file"), ("a.mdb", "file"), ("md", "file"),
    ],
)  # fmt: skip
def test_a_path_says_what_a_file_is(tmp_path: Path, path: str, kind: str) -> None:
    sources = loaded(tmp_path, {f"content/{path}": "x"})
    assert kinds(sources) == {path: kind}
    assert sources.problems == ()


def test_documents_and_files_come_in_the_order_of_their_paths(tmp_path: Path) -> None:
    names = ["posts/b.md", "posts/a/index.md", "posts/a.md", "about.md", "posts/B.md", "index.md", "é.md"]
    sources = loaded(tmp_path, {f"content/{name}": name for name in names})
    paths = [source.path for source in sources.documents]
    assert paths == sorted(f"content/{name}" for name in names)
    assert [read_source(tmp_path, file).decode() for file in sources.documents] == [
        path.removeprefix("content/") for path in paths
    ]


def test_a_file_is_known_by_its_path_and_its_stamp(tmp_path: Path) -> None:
    (file,) = loaded(tmp_path, {"content/a.bin": b"\0\xff"}).files
    assert file == SourceFile("content/a.bin", "file", signature_of((tmp_path / "content/a.bin").stat()))


def test_what_cannot_be_read_is_a_problem_of_that_file(tmp_path: Path) -> None:
    for reader in (read_source, digest_source):
        with pytest.raises(BlogError) as caught:
            reader(tmp_path, SourceFile("content/gone.md", "page"))
        assert told(caught.value.problems) == ["1:1 error unreadable: cannot be read: No such file or directory"]


@pytest.mark.parametrize(
    "path",
    [".hidden", "_draft.md", ".git/config", "_drafts/a.md", "posts/_a.md", "posts/.a.md", "posts/a/.b.png", ".DS_Store",
     "a.md~", "posts/a.md.swp", "posts/.a.md.swp", "a.SWO", "a.tmp", "#a.md#", "x~/a.md"],
)  # fmt: skip
def test_hidden_files_and_those_of_editors_are_left_out(tmp_path: Path, path: str) -> None:
    sources = loaded(tmp_path, {f"content/{path}": "x"})
    assert (kinds(sources), sources.problems) == ({}, ())


@pytest.mark.parametrize("path", [".well-known/security.txt", "_headers", "a#b.md", "a~b.md", "#a.md"])
def test_names_that_only_look_like_those_are_kept(tmp_path: Path, path: str) -> None:
    assert path in kinds(loaded(tmp_path, {f"content/{path}": "x"}))


def test_the_authors_redirects_are_read_apart(tmp_path: Path) -> None:
    sources = loaded(tmp_path, {"content/_redirects": b"\xef\xbb\xbf/a /b 301\r\n"})
    assert sources.redirects == "/a /b 301\n"
    assert kinds(sources) == {}


def test_redirects_that_are_not_text_are_a_problem(tmp_path: Path) -> None:
    sources = loaded(tmp_path, {"content/_redirects": b"/a /b\n\xff"})
    assert said(sources) == ["content/_redirects: 2:1 error encoding: not UTF-8: byte 0xff -- save it as UTF-8"]


def test_a_notebook_is_a_document_and_never_published_as_a_file(tmp_path: Path) -> None:
    names = ["posts/a.ipynb", "posts/pack/index.IPYNB", "posts/pack/data.csv", "posts/pack/other.ipynb", "lab.ipynb"]
    sources = loaded(tmp_path, {f"content/{name}": "{}" for name in names})
    assert kinds(sources) == {
        "posts/a.ipynb": "post",
        "posts/pack/index.IPYNB": "post",
        "posts/pack/data.csv": "file",
        "lab.ipynb": "page",
    }
    message = "left out: content/posts/pack is the folder of one post, its index.md -- move it out of that folder"
    assert said(sources) == [f"content/posts/pack/other.ipynb: 1:1 warning beside-index: {message}"]


def test_a_text_of_the_posts_folder_is_an_error(tmp_path: Path) -> None:
    sources = loaded(tmp_path, {"content/posts/index.md": "x"})
    assert kinds(sources) == {}
    assert said(sources) == [
        (
            "content/posts/index.md: 1:1 error posts-index: the posts folder has no text of its own"
            " -- write about the whole blog in content/index.md"
        )
    ]


@pytest.mark.parametrize("name", ["index.md", "INDEX.Markdown"])
def test_a_text_of_the_series_folder_is_an_error(tmp_path: Path, name: str) -> None:
    sources = loaded(tmp_path, {f"content/series/{name}": "x"})
    assert kinds(sources) == {}
    assert said(sources) == [
        (
            f"content/series/{name}: 1:1 error series-index: the list of series has no text of its own"
            " -- write about one series in content/series/NAME.md"
        )
    ]


def test_markdown_beside_the_index_of_a_bundle_is_left_out_with_a_warning(tmp_path: Path) -> None:
    names = ["posts/a/index.md", "posts/a/notes.md", "posts/a/deep/more.markdown", "posts/a/pic.png", "posts/b/c.md"]
    sources = loaded(tmp_path, {f"content/{name}": "x" for name in names})
    assert kinds(sources) == {"posts/a/index.md": "post", "posts/a/pic.png": "file", "posts/b/c.md": "post"}
    reason = "left out: content/posts/a is the folder of one post, its index.md -- move it out of that folder"
    assert said(sources) == [
        f"content/posts/a/deep/more.markdown: 1:1 warning beside-index: {reason}",
        f"content/posts/a/notes.md: 1:1 warning beside-index: {reason}",
    ]


def test_a_bundle_in_a_bundle_is_a_post_of_its_own(tmp_path: Path) -> None:
    names = ["posts/a/index.md", "posts/a/b/index.md"]
    assert kinds(loaded(tmp_path, {f"content/{name}": "x" for name in names})) == dict.fromkeys(sorted(names), "post")


def test_markdown_beside_the_index_of_a_page_is_a_page(tmp_path: Path) -> None:
    names = ["now/index.md", "now/then.md", "a/b/index.md", "a/b/c.md"]
    assert set(kinds(loaded(tmp_path, {f"content/{name}": "x" for name in names})).values()) == {"page"}


@pytest.mark.parametrize("name", ["posts/a.MD", "posts/a.Markdown", "posts/a/INDEX.MD", "about.Md"])
def test_a_markdown_source_is_never_published_as_a_file(tmp_path: Path, name: str) -> None:
    assert "file" not in kinds(loaded(tmp_path, {f"content/{name}": "---\ndraft: true\n---\n"})).values()


@pytest.mark.parametrize(
    "name",
    [
        "posts/a.md.txt", "a.md.bak", "a.MARKDOWN.orig", "a.ipynb.1", "a.mdx", "a.mkd", "a.MDown", "a.qmd", "a.Rmd",
        "a.md___jb_tmp___", "a.md___jb_old___", "a.md.2024-01-01.bak", "a.md.bak.1", "a.md.tmp.123", "a.md (1)", "a.md copy",
        "a.md_old", "a.md-orig", "a.md;1", "a.mdwn", "a.mdtext", "a.mdtxt", "a.ipynb.2024.bak", "a.MD - Kopie", "a.md.sb-1a-b",
        "a.md\u526f\u672c", "a.mdx (1).txt", "a.\uff4d\uff44.1.bak", "a.md%", "a.md.html", "a.md.md", "a.rmarkdown",
    ],
)  # fmt: skip
def test_what_is_nearly_markdown_is_left_out_with_a_warning(tmp_path: Path, name: str) -> None:
    sources = loaded(tmp_path, {f"content/{name}": "---\ndraft: true\n---\n"})
    assert kinds(sources) == {}
    message = "left out: it looks like Markdown, or like a copy of it -- name it .md, or move it away"
    assert said(sources) == [f"content/{name}: 1:1 warning nearly-markdown: {message}"]


@pytest.mark.parametrize("name", ["a.md5", "a.mdb", "md.txt", "a.mdx5", "cmd.exe", "a-md.zip", "a.ipynbx"])
def test_a_name_that_only_begins_like_an_ending_is_a_file(tmp_path: Path, name: str) -> None:
    assert kinds(loaded(tmp_path, {f"content/{name}": "x"})) == {name: "file"}


@pytest.mark.parametrize("name", ["a (copy).md", "Copy of a.md", "a.md.2024.md"])
def test_a_copy_that_is_named_as_a_document_is_one(tmp_path: Path, name: str) -> None:
    assert kinds(loaded(tmp_path, {f"content/{name}": "x"})) == {name: "page"}


def test_a_folder_may_be_named_like_a_document(tmp_path: Path) -> None:
    assert kinds(loaded(tmp_path, {"content/posts/a.md/b.txt": "x"})) == {"posts/a.md/b.txt": "file"}


def test_no_content_folder_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(BlogError) as caught:
        load_sources(tmp_path)
    assert told(caught.value.problems) == [
        "1:1 error no-content: there is no content folder here -- `blog init DIR` makes a site to start from"
    ]


def test_an_empty_content_folder_holds_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, {}) == SourceTree((), (), "", ())


@pytest.mark.parametrize("name", ["pipe.md", "pipe.png", "posts/a/pipe.csv", "_redirects"])
def test_what_is_neither_file_nor_folder_is_an_error_and_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / "content" / name
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    sources = loaded(tmp_path, {})
    assert kinds(sources) == {}
    assert said(sources) == [f"content/{name}: 1:1 error special-file: this is not a regular file -- move it away"]


# Names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param(b"a\xff.md", "a\\xff.md"),
        pytest.param("ñ日\x1b.md".encode(), "ñ日\\x1b.md"),
        (b"a\x1b.md", "a\\x1b.md"),
        (b"a\x7f", "a\\x7f"),
        (b"\xc2\x85", "\\x85"),
    ],
)
def test_a_name_that_is_not_printable_is_an_error(tmp_path: Path, name: bytes, shown: str) -> None:
    (tmp_path / "content").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/content/" + name)).write_text("x", encoding="utf-8")
    (problem,) = load_sources(tmp_path).problems
    assert problem.location.path == f"content/{shown}"
    assert told([problem]) == [
        (
            "1:1 error name: the file name is not printable text"
            " -- rename it: names are UTF-8 text without control characters"
        )
    ]


def test_a_name_in_a_message_is_one_printable_line(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a\n\x1b[31m.md").write_text("x", encoding="utf-8")
    (problem,) = load_sources(tmp_path).problems
    assert problem.location.path.isprintable()


# Symbolic links


def link(path: Path, target: str | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def test_links_that_stay_inside_the_site_folder_are_followed(tmp_path: Path) -> None:
    root = site(tmp_path, {"notes/a.md": "A", "notes/deep/b.md": "B", "pictures/pic.png": "P"})
    link(root / "content/a.md", "../notes/a.md")
    link(root / "content/notes", root / "notes")
    link(root / "content/pic.png", "../pictures/pic.png")
    sources = load_sources(root)
    assert kinds(sources) == {
        "a.md": "page", "notes/a.md": "page", "notes/deep/b.md": "page", "pic.png": "file",
    }  # fmt: skip
    assert read_source(root, sources.documents[0]) == b"A"
    assert sources.problems == ()


def test_links_that_leave_the_site_folder_are_errors_that_name_them(tmp_path: Path) -> None:
    outside = site(tmp_path / "outside", {"secret.md": "S"})
    root = site(tmp_path / "site", {})
    link(root / "content/file.md", outside / "secret.md")
    link(root / "content/folder", "../../outside")
    link(root / "content/step.md", root / "hop.md")
    link(root / "hop.md", outside / "secret.md")
    sources = load_sources(root)
    message = "1:1 error outside-link: the symbolic link leaves the site folder -- copy the file into the site folder"
    assert kinds(sources) == {}
    assert sorted(said(sources)) == [f"content/{name}: {message}" for name in ("file.md", "folder", "step.md")]


def test_a_sibling_whose_name_begins_alike_is_outside(tmp_path: Path) -> None:
    site(tmp_path / "site-private", {"a.md": "S"})
    root = site(tmp_path / "site", {})
    link(root / "content/a.md", "../../site-private/a.md")
    assert [problem.code for problem in load_sources(root).problems] == ["outside-link"]


def test_a_site_folder_that_is_itself_a_link_is_no_way_out(tmp_path: Path) -> None:
    root = site(tmp_path / "real", {"content/a.md": "A", "b.md": "B"})
    link(root / "content/b.md", "../b.md")
    link(tmp_path / "alias", "real")
    sources = load_sources(tmp_path / "alias")
    assert (kinds(sources), sources.problems) == ({"a.md": "page", "b.md": "page"}, ())


@pytest.mark.parametrize("target", ["../out", "../out/deep", "../around"])
def test_a_link_to_the_output_is_an_error_for_it_would_be_copied_into_itself(tmp_path: Path, target: str) -> None:
    root = site(tmp_path, {"out/deep/a.html": "A", "around/made/b.html": "B"})
    link(root / "content/x", target)
    for output in (root / "out", root / "around/made"):
        problems = load_sources(root, output).problems
        assert bool(problems) == (("around" in target) == ("around" in str(output)))


@pytest.mark.parametrize("target", ["..", "../public", "../public/posts"])
def test_a_link_to_the_site_folder_itself_or_its_output_is_an_error(tmp_path: Path, target: str) -> None:
    root = site(tmp_path, {"public/posts/secret.md": "S"})
    link(root / "content/x", target)
    sources = load_sources(root)
    assert kinds(sources) == {}
    message = "the symbolic link leads to the site folder itself, or to the output folder -- name the file or folder that is meant"
    assert said(sources) == [f"content/x: 1:1 error outside-link: {message}"]


def test_folders_may_be_sixty_deep_and_no_deeper(tmp_path: Path) -> None:
    deep = "/".join(["d"] * MAX_FOLDERS)
    sources = loaded(tmp_path, {f"content/{deep}/a.txt": "A", f"content/{deep}/e/b.txt": "B"})
    assert kinds(sources) == {f"{deep}/a.txt": "file"}
    assert said(sources) == [f"content/{deep}/e: 1:1 error too-deep: deeper than {MAX_FOLDERS} folders"]


@pytest.mark.parametrize("target", ["nowhere.md", "loop.md", "other"])
def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, target: str) -> None:
    link(tmp_path / "content/loop.md", target)
    link(tmp_path / "content/other", "loop.md")
    sources = load_sources(tmp_path)
    assert {problem.message for problem in sources.problems} == {"the symbolic link leads nowhere"}
    assert sorted(problem.location.path for problem in sources.problems) == ["content/loop.md", "content/other"]
    assert {problem.code for problem in sources.problems} == {"dangling-link"}


def test_a_link_whose_target_cannot_be_looked_at_is_an_error(tmp_path: Path) -> None:
    link(tmp_path / "content/a.md", "x" * 300)
    assert [problem.code for problem in load_sources(tmp_path).problems] == ["dangling-link"]


def test_problems_come_in_the_order_of_their_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        link(tmp_path / f"content/{name}", "nowhere")
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: sorted(scan(path), key=lambda entry: entry.name, reverse=True))
    paths = [problem.location.path for problem in load_sources(tmp_path).problems]
    assert paths == ["content/a", "content/b", "content/c"]


def once_more(path: str, before: str) -> str:
    message = f"left out: this is the folder {before} once more"
    hint = "a folder is published once: link to the files in it one by one"
    return f"{path}: 1:1 warning same-folder: {message} -- {hint}"


def test_loops_of_folders_end(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/a/b.md": "B"})
    link(root / "content/a/up", "..")
    link(root / "content/a/self", ".")
    sources = load_sources(root)
    assert [source.path for source in sources.documents] == ["content/a/b.md"]
    assert said(sources) == [once_more("content/a/self", "content/a"), once_more("content/a/up", "content")]


def test_a_folder_is_published_once_and_under_its_own_name_if_it_has_one(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/z/p.png": "P", "joint/deep/q.png": "Q", "joint/r.png": "R"})
    link(root / "content/a", "posts")
    link(root / "content/b", "../joint/deep")
    link(root / "content/c", "../joint")
    link(root / "content/d", "../joint")
    sources = load_sources(root)
    assert set(kinds(sources)) == {"posts/z/p.png", "b/q.png", "c/r.png"}
    assert said(sources) == [
        once_more("content/a", "content/posts"), once_more("content/c/deep", "content/b"),
        once_more("content/d", "content/c"),
    ]  # fmt: skip


def test_folders_that_link_to_each_other_twice_are_looked_through_once(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/f/30/f.txt": "F", "joint/30/f.txt": "F"})
    for top, number in itertools.product(("content/f", "joint"), range(30)):
        for name in "ab":
            link(root / f"{top}/{number}/{name}", f"../{number + 1}")
    link(root / "content/g", "../joint/0")
    with processor(2):
        sources = load_sources(root)
    assert len(sources.files) == 2
    assert {problem.code for problem in sources.problems} == {"same-folder"}


def test_a_look_ends_after_a_number_of_files_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path, dict.fromkeys((*(f"content/{name}/a.txt" for name in "abcd"), "more/a.txt"), "A"))
    link(root / "content/more", "../more")
    monkeypatch.setattr(content_walk, "MAX_ENTRIES", 10)
    assert load_sources(root).problems == ()
    monkeypatch.setattr(content_walk, "MAX_ENTRIES", 9)
    assert said(load_sources(root)) == [
        "content: 1:1 error too-many: more than 9 files and folders -- move away what does not belong here"
    ]


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("../.env", ".env"), ("../.git/config", ".git"), ("_drafts/a.png", "_drafts"), ("posts/a.png~", "a.png~"),
        ("../hop", ".ssh"), ("../far/a.png", ".far"),
    ],
)  # fmt: skip
def test_no_link_leads_through_a_name_that_is_left_out(tmp_path: Path, target: str, name: str) -> None:
    files = [".env", ".git/config", "content/_drafts/a.png", "content/posts/a.png~", "keys/id", "a/a.png"]
    root = site(tmp_path, dict.fromkeys(files, "SECRET"))
    link(root / "hop", ".ssh/id")
    link(root / ".ssh", "keys")
    link(root / "far", ".far")
    link(root / ".far", "a")
    link(root / "content/x.png", target)
    sources = load_sources(root)
    assert kinds(sources) == {}
    message = f'the symbolic link leads through "{name}", a name that is left out'
    assert said(sources) == [
        f"content/x.png: 1:1 error hidden-link: {message} -- copy the file to a place that is not left out"
    ]


def test_a_link_may_lead_through_the_names_that_are_published(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/.well-known/a.txt": "A"})
    link(root / "content/x.txt", ".well-known/a.txt")
    assert set(kinds(load_sources(root))) == {".well-known/a.txt", "x.txt"}


@pytest.mark.parametrize("name", ["x.md", "x.png", "_redirects", "x"])
def test_a_link_to_a_fifo_or_a_device_is_an_error_and_not_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "pipes").mkdir()
    os.mkfifo(tmp_path / "pipes/a")
    link(tmp_path / "content" / name, "../pipes/a")
    assert said(loaded(tmp_path, {})) == [
        f"content/{name}: 1:1 error special-file: the symbolic link leads to neither a file nor a folder"
    ]
    (tmp_path / "content" / name).unlink()
    link(tmp_path / "content" / name, "/dev/zero")
    assert [problem.code for problem in load_sources(tmp_path).problems] == ["outside-link"]


@pytest.mark.parametrize("target", ["themes", "themes/t", "public", "public/posts", ".git", ".", "_old"])
def test_the_content_is_no_link_to_where_the_site_has_something_else(tmp_path: Path, target: str) -> None:
    root = site(tmp_path, {f"{name}/a.txt": "A" for name in ("themes/t", "public/posts", ".git", "_old")})
    link(root / "content", target)
    with pytest.raises(BlogError) as caught:
        load_sources(root)
    (problem,) = caught.value.problems
    assert (problem.location.path, problem.code in {"outside-link", "hidden-link"}) == ("content", True)


@pytest.mark.parametrize("path", ["content/a.txt", "content/deep/a.txt", "content/by-link/a.txt", "content/f.txt"])
@pytest.mark.parametrize("use", [read_source, digest_source])
def test_a_link_that_comes_after_the_look_is_not_followed_out_of_the_site(
    tmp_path: Path, path: str, use: Callable[[Path, SourceFile], bytes]
) -> None:
    outside = site(tmp_path / "outside", {"a.txt": "SECRET"})
    root = site(tmp_path / "site", {"content/a.txt": "A", "content/deep/a.txt": "A", "more/a.txt": "A"})
    link(root / "content/by-link", "../more")
    link(root / "content/f.txt", "../more/a.txt")
    (file,) = (file for file in load_sources(root).files if file.path == path)
    assert use(root, file)
    if path in {"content/a.txt", "content/f.txt"}:
        (root / path).unlink()
        link(root / path, outside / "a.txt")
    else:
        (root / path).parent.rename(root / "moved")
        link((root / path).parent, outside)
    with pytest.raises(BlogError) as caught:
        use(root, file)
    assert [problem.code for problem in caught.value.problems] == ["outside-link"]


@pytest.mark.parametrize("use", [read_source, digest_source])
def test_a_file_that_becomes_a_fifo_after_the_look_is_not_opened(
    tmp_path: Path, use: Callable[[Path, SourceFile], bytes]
) -> None:
    (file,) = loaded(tmp_path, {"content/a.txt": "A"}).files
    (tmp_path / "content/a.txt").unlink()
    os.mkfifo(tmp_path / "content/a.txt")
    with pytest.raises(BlogError) as caught:
        use(tmp_path, file)
    assert told(caught.value.problems) == ["1:1 error unreadable: cannot be read: not a regular file"]


def test_a_content_folder_outside_of_the_site_folder_is_an_error(tmp_path: Path) -> None:
    outside = site(tmp_path / "outside", {"secret.md": "S"})
    root = site(tmp_path / "site", {})
    link(root / "content", outside)
    try:
        sources = load_sources(root)
    except BlogError as error:
        assert error.problems[0].code == "outside-link"  # noqa: PT017  (a problem in the result is as good)
    else:
        assert said(sources)


def test_a_folder_that_cannot_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path, {"content/a/b.md": "B", "content/c.md": "C"})
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    sources = load_sources(root)
    assert kinds(sources) == {"c.md": "page"}
    assert said(sources) == ["content/a: 1:1 error unreadable: cannot be read: Permission denied"]


# Text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\nb\n", "a\nb\n"), (b"a\r\nb\r\n", "a\nb\n"), (b"a\rb\r", "a\nb\n"), (b"a\r\n\rb\n\r", "a\n\nb\n\n"),
        (b"\xef\xbb\xbfa", "a"), (b"", ""), ("é😀\u2028\tx".encode(), "é😀\u2028\tx"),
    ],
)  # fmt: skip
def test_a_text_has_one_kind_of_line_end_and_no_byte_order_mark(data: bytes, text: str) -> None:
    assert decode_utf8(data, "a.md") == text


def refused(data: bytes) -> list[str]:
    with pytest.raises(BlogError) as caught:
        decode_utf8(data, "a.md")
    return told(caught.value.problems)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a\0b\0", "1:1 error encoding: this is UTF-16, not UTF-8 -- save it as UTF-8"),
        (b"\0a\0b", "1:1 error encoding: this is UTF-16, not UTF-8 -- save it as UTF-8"),
        (b"\xff\xfea\0", "1:1 error encoding: this is UTF-16, not UTF-8 -- save it as UTF-8"),
        (b"ab\ncd\xe9f", "2:3 error encoding: not UTF-8: byte 0xe9 -- save it as UTF-8"),
        (b"ab\r\ncd\xe9f", "2:3 error encoding: not UTF-8: byte 0xe9 -- save it as UTF-8"),
        (b"ab\xed\xa0\x80", "1:3 error encoding: not UTF-8: byte 0xed -- save it as UTF-8"),
        (b"ab\xc3", "1:3 error encoding: not UTF-8: byte 0xc3 -- save it as UTF-8"),
    ],
)
def test_what_is_not_utf_8_is_told_with_its_position(data: bytes, line: str) -> None:
    assert refused(data) == [line]


@pytest.mark.parametrize(
    ("data", "position"),
    [
        pytest.param("né\xff".encode() + b"\xff", "1:4", id="columns are characters"),
        pytest.param(b"a\rb\xff", "2:2", id="CR ends a line"),
        pytest.param(b"\xef\xbb\xbfab\nc\xff", "2:2", id="a byte order mark is no character"),
    ],
)
def test_the_position_of_what_is_not_utf_8_is_that_of_an_editor(data: bytes, position: str) -> None:
    assert refused(data) == [f"{position} error encoding: not UTF-8: byte 0xff -- save it as UTF-8"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"a\0", "1:2 error control-character: the text has the control character '\\x00' -- delete it"),
        (b"a\r\nb\x1b[1m", "2:2 error control-character: the text has the control character '\\x1b' -- delete it"),
        (b"a\rb\x0c", "2:2 error control-character: the text has the control character '\\x0c' -- delete it"),
        ("né\x85".encode(), "1:3 error control-character: the text has the control character '\\x85' -- delete it"),
        (
            b"\xef\xbb\xbfab\xef\xbf\xbf",
            "1:3 error control-character: the text has the control character '\\uffff' -- delete it",
        ),
    ],
)
def test_a_control_character_is_told_with_its_position(data: bytes, line: str) -> None:
    assert refused(data) == [line]


# Themes


def test_a_theme_is_read_whole(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "themes/t/theme.toml": 'name = "t"\n',
            "themes/t/templates/base.html": "B",
            "themes/t/templates/parts/x.html": "X",
            "themes/t/static/a.css": "A",
            "themes/t/static/.DS_Store": "no",
            "themes/t/static/.git/x": "no",
            "themes/t/static/a.css~": "no",
            "themes/t/README.md": "no",
        },
    )
    theme = load_theme_files(root, "t")
    assert theme.templates == {"base.html": "B", "parts/x.html": "X"}
    assert theme.assets == {"a.css": b"A"}
    assert (theme.name, theme.settings, theme.path) == ("t", 'name = "t"\n', "themes/t")


def test_the_programs_own_theme_is_found_and_the_sites_comes_first(tmp_path: Path) -> None:
    assert "base.html" in load_theme_files(tmp_path, "margin").templates
    root = site(tmp_path, {"themes/margin/theme.toml": "", "themes/margin/templates/mine.html": "M"})
    assert load_theme_files(root, "margin").templates == {"mine.html": "M"}


def test_the_themes_are_beside_the_package_or_in_it() -> None:
    assert (builtin_themes_folder() / "margin/theme.toml").is_file()


def theme_error(root: Path, name: str) -> str:
    with pytest.raises(BlogError) as caught:
        load_theme_files(root, name)
    (problem,) = caught.value.problems
    return f"{problem.location.path}: {told([problem])[0]}"


def test_a_theme_that_is_not_there_gets_the_list_of_those_that_are(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/mine/theme.toml": ""})
    assert theme_error(root, "yours") == (
        'blog.toml: 1:1 error no-theme: there is no theme "yours": themes/yours/theme.toml is missing'
        " -- the themes here are: margin, mine, plain"
    )


def test_a_template_that_is_not_utf_8_is_a_problem(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", "themes/t/templates/a.html": b"\xff"})
    assert theme_error(root, "t") == (
        "themes/t/templates/a.html: 1:1 error encoding: not UTF-8: byte 0xff -- save it as UTF-8"
    )


def test_a_theme_file_that_cannot_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", "themes/t/templates/a.html": "A"})
    refuse(monkeypatch, "a.html")
    assert theme_error(root, "t") == (
        "themes/t/templates/a.html: 1:1 error unreadable: cannot be read: Permission denied"
    )


def test_a_theme_ends_with_its_files_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, str | bytes] = {
        f"themes/t/{kind}/f{number}.woff": b"12345" for kind in ("static", "fonts") for number in range(2)
    }
    root = site(tmp_path, {"themes/t/theme.toml": "", "themes/t/templates/a.html": "A", **files})
    monkeypatch.setattr(theme_files, "MAX_THEME_ENTRIES", 5)
    monkeypatch.setattr(theme_files, "MAX_THEME_BYTES", 21)
    assert len(load_theme_files(root, "t").fonts) == 2
    monkeypatch.setattr(theme_files, "MAX_THEME_BYTES", 20)
    assert theme_error(root, "t") == (
        "themes/t/fonts/f1.woff: 1:1 error too-large: the theme is too large"
        " -- theme.toml may have 1,000,000 bytes, all files together 20"
    )
    monkeypatch.setattr(theme_files, "MAX_THEME_ENTRIES", 4)
    assert theme_error(root, "t") == (
        "themes/t: 1:1 error too-many: more than 4 files and folders -- move away what does not belong here"
    )


def test_a_theme_toml_ends_too(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "#" * 1_000_001})
    assert theme_error(root, "t").startswith("themes/t/theme.toml: 1:1 error too-large: the theme is too large")


@pytest.mark.parametrize("name", ["theme.toml", "static/b.txt", "templates/deep/b.html", "fonts/b.woff"])
def test_a_fifo_in_a_theme_is_an_error_and_not_opened(tmp_path: Path, name: str) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": ""})
    (root / "themes/t" / name).unlink(missing_ok=True)
    (root / "themes/t" / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(root / "themes/t" / name)
    assert theme_error(root, "t") == (
        f"themes/t/{name}: 1:1 error special-file: this is not a regular file -- move it away"
    )


def test_a_part_of_a_theme_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": ""})
    os.mkfifo(root / "themes/t/static")
    assert theme_error(root, "t") == "themes/t/static: 1:1 error no-folder: this is not a folder -- move it away"


def test_a_theme_of_the_site_that_cannot_be_read_is_not_passed_over_for_the_programs_own(tmp_path: Path) -> None:
    root = site(tmp_path, {})
    link(root / "themes/margin/theme.toml", "nowhere.toml")
    assert theme_error(root, "margin") == (
        "themes/margin/theme.toml: 1:1 error dangling-link: the symbolic link leads nowhere"
    )


def test_a_link_of_a_theme_inside_the_site_is_followed(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"themes/t/theme.toml": "", "shared/a.css": "A"})
    link(root / "themes/t/static/a.css", root / "shared/a.css")
    assert load_theme_files(root, "t").assets == {"a.css": b"A"}


@pytest.mark.parametrize("name", ["static/b.css", "static/deep/b.css", "templates/b.html", "theme.toml"])
def test_a_link_out_of_a_theme_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    site(tmp_path / "outside", {"secret.css": "S"})
    root = site(tmp_path / "site", {"themes/t/theme.toml": ""})
    (root / "themes/t" / name).unlink(missing_ok=True)
    link(root / "themes/t" / name, tmp_path / "outside/secret.css")
    assert theme_error(root, "t") == (
        f"themes/t/{name}: 1:1 error outside-link: the symbolic link {name} leaves the theme"
    )


@pytest.mark.parametrize("name", ["themes", "themes/t", "themes/t/theme.toml", "themes/t/static"])
def test_no_part_of_a_theme_of_the_site_lies_outside_of_it(tmp_path: Path, name: str) -> None:
    outside = site(tmp_path / "outside", {"themes/t/theme.toml": "", "themes/t/static/secret.css": "S"})
    root = site(tmp_path / "site", {} if name in {"themes", "themes/t"} else {"themes/t/templates/a.html": "A"})
    if name == "themes/t/static":
        (root / "themes/t/theme.toml").write_text("", encoding="utf-8")
    link(root / name, outside / name)
    assert " outside-link: " in theme_error(root, "t")


@pytest.mark.parametrize(
    "target", ["content/posts/secret.md", ".git/config", ".blog/cache.sqlite3", "public/index.html", "a/.env"]
)
@pytest.mark.parametrize("folder", ["static", "templates", "fonts"])
def test_a_link_of_a_theme_to_what_may_be_private_is_an_error(tmp_path: Path, folder: str, target: str) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", target: "secret"})
    link(root / f"themes/t/{folder}/x", root / target)
    assert theme_error(root, "t") == (
        f"themes/t/{folder}/x: 1:1 error outside-link: the symbolic link {folder}/x leaves the theme"
        " -- a theme may show files of its own, and others of the site that are neither content nor hidden"
    )


def test_a_folder_of_a_theme_that_is_a_link_to_the_content_is_an_error(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", "content/posts/secret.md": "secret"})
    link(root / "themes/t/static", root / "content/posts")
    assert "outside-link" in theme_error(root, "t")


SHARED = "a theme may show style sheets, scripts, pictures and fonts from other folders of the site, and templates"


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("static/b.txt", "secrets.env"), ("static/b.png", "logo.png"), ("static/b.css", "infra/prod.env"),
        ("static/b.txt", "notes/diary.txt"), ("templates/b.html", "infra/key.pem"), ("fonts/b.ttf", "shared/a.css"),
        ("theme.toml", "infra/prod.toml"), ("static/folder/b.css", "infra/state.json"),
    ],
)  # fmt: skip
def test_a_theme_shows_no_other_kinds_of_files_of_the_site(tmp_path: Path, name: str, target: str) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", target: "SECRET"})
    (root / "themes/t" / name).unlink(missing_ok=True)
    link(root / "themes/t" / name, root / target)
    assert theme_error(root, "t") == (
        f"themes/t/{name}: 1:1 error outside-link: the symbolic link {name} leaves the theme -- {SHARED}"
    )


def test_a_folder_that_a_theme_shows_holds_files_of_its_kinds_only(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", "shared/a.css": "A"})
    link(root / "themes/t/static", root / "shared")
    assert load_theme_files(root, "t").assets == {"a.css": b"A"}
    (root / "shared/b.txt").write_text("SECRET", encoding="utf-8")
    assert "static/b.txt leaves the theme" in theme_error(root, "t")


@pytest.mark.parametrize(
    ("name", "target"),
    [("content", "text"), ("content/posts/more", "../../text"), ("content/p.png", "../text/p.png"), ("public", "text")],
)
@pytest.mark.parametrize("shown", ["themes/t/static/x.png", "themes/t/static"])
def test_what_is_content_or_output_by_a_link_is_shown_by_no_theme(
    tmp_path: Path, name: str, target: str, shown: str
) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", "text/p.png": "SECRET"})
    link(root / name, target)
    link(root / shown, root / ("text/p.png" if shown.endswith("png") else "text"))
    assert " outside-link: " in theme_error(root, "t")


def test_an_output_of_any_name_is_shown_by_no_theme(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", "drafts/.blog-manifest": "", "drafts/posts/p.png": "SECRET"})
    link(root / "themes/t/static/x.png", root / "drafts/posts/p.png")
    assert " outside-link: " in theme_error(root, "t")


@pytest.mark.parametrize("name", ["themes", "themes/t"])
@pytest.mark.parametrize("target", ["text", "text/posts", ".", ".git", "out"])
def test_no_theme_is_where_the_content_is_or_what_is_made(tmp_path: Path, name: str, target: str) -> None:
    root = site(tmp_path, {})
    for top in ("text", "text/posts", ".", ".git", "out"):
        site(tmp_path / top / ("t" if name == "themes" else ""), {"theme.toml": ""})
    link(root / "content", root / "text")
    link(root / "public", root / "out")
    link(root / name, root / target)
    assert re.search(" (outside|hidden)-link: ", theme_error(root, "t"))


def test_links_of_a_theme_that_lead_to_no_file_are_errors(tmp_path: Path) -> None:
    root = site(tmp_path, {"themes/t/theme.toml": "", "shared/a.css": "A"})
    link(root / "themes/t/static/all", root / "shared")
    assert theme_error(root, "t") == (
        "themes/t/static/all: 1:1 error dangling-link: the symbolic link static/all leads to no file"
        " -- link the files in that folder one by one"
    )
    (root / "themes/t/static/all").unlink()
    link(root / "themes/t/static/gone", root / "nowhere")
    assert theme_error(root, "t").endswith("the symbolic link static/gone leads to no file")


def linked_site(root: Path, links: dict[str, str]) -> dict[str, bytes]:
    """What is built of a draft with a picture, and of links to these."""
    site(root, {
        "content/posts/d.md": post(draft="true", text="![p](images/secret.png) SECRET"),
        "content/posts/images/secret.png": "SECRET", "content/posts/pack/index.md": post(draft="true"),
        "content/posts/pack/data.csv": "SECRET", "content/posts/a.md": post(text="::: private\nSECRET\n:::"),
    })  # fmt: skip
    for name, target in links.items():
        (root / name).symlink_to(target)
    build_folder(root)
    return outputs(root)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("content/x.txt", "posts/d.md"), ("content/x.txt", "posts/a.md"), ("content/x", "posts"),
        ("content/x", "posts/images"), ("content/x.png", "posts/images/secret.png"), ("content/x.csv", "posts/pack/data.csv"),
        ("content/x", "posts/pack"),
    ],
)  # fmt: skip
def test_what_is_hidden_has_no_second_name_by_a_link(tmp_path: Path, name: str, target: str) -> None:
    found = linked_site(tmp_path, {name: target})
    assert [path for path, data in found.items() if b"SECRET" in data] == []


@pytest.mark.parametrize("name", ["content/x.png", "content/posts/a.txt", "content/posts/z.txt"])
@pytest.mark.parametrize("target", ["content/posts/images/secret.png", "content/posts/pack/data.csv"])
def test_what_is_hidden_has_no_second_name_by_a_hard_link(tmp_path: Path, name: str, target: str) -> None:
    linked_site(tmp_path, {})
    (tmp_path / name).hardlink_to(tmp_path / target)
    build_folder(tmp_path)
    assert [path for path, data in outputs(tmp_path).items() if b"SECRET" in data] == []


@pytest.mark.parametrize("names", [("a.txt", "b.txt"), ("b.txt", "a.txt"), ("x/p.txt", "y/p.txt")])
@pytest.mark.parametrize("link", ["../beside/p.txt", "hard"])
def test_a_file_beside_the_content_is_hidden_under_all_names_that_lead_to_it(
    tmp_path: Path, names: tuple[str, str], link: str
) -> None:
    site(tmp_path, {"beside/p.txt": "SECRET", "content/d.md": post(private="true", text=f"[x]({names[0]})")})
    for name in names:
        path = tmp_path / "content" / name
        if "/" in name:
            path.parent.symlink_to("../beside")
        elif link == "hard":
            path.hardlink_to(tmp_path / "beside/p.txt")
        else:
            path.symlink_to(link)
    build_folder(tmp_path)
    assert [path for path, data in outputs(tmp_path).items() if b"SECRET" in data] == []


def test_the_source_of_a_document_is_left_out_by_a_hard_link_and_by_links_to_one_place(tmp_path: Path) -> None:
    site(tmp_path, {"content/posts/a.md": post(), "drafts/b.md": post()})
    (tmp_path / "content/a.txt").hardlink_to(tmp_path / "content/posts/a.md")
    (tmp_path / "content/posts/b.md").symlink_to("../../drafts/b.md")
    (tmp_path / "content/b.txt").symlink_to("../drafts/b.md")
    start, end = "1:1 warning nearly-markdown: left out:", "the source of a document -- link to its page"
    assert said(load_sources(tmp_path)) == [
        f"content/a.txt: {start} a hard link: it is {end}",
        f"content/b.txt: {start} the symbolic link shows {end}",
    ]


def test_a_hard_link_that_comes_or_goes_is_seen_by_a_look_at_what_was_touched(tmp_path: Path) -> None:
    site(tmp_path, {"content/a.txt": "A", "content/b.txt": "B"})
    before = load_sources(tmp_path)
    assert reload_sources(tmp_path, before, ["content/b.txt"]) == before
    (tmp_path / "content/b.txt").unlink()
    (tmp_path / "content/b.txt").hardlink_to(tmp_path / "content/a.txt")
    assert reload_sources(tmp_path, before, ["content/b.txt"]) is None
    after = load_sources(tmp_path)
    assert [file.real for file in after.files] == ["content/a.txt", "content/a.txt"]
    (tmp_path / "content/b.txt").unlink()
    (tmp_path / "content/b.txt").write_text("B", encoding="utf-8")
    assert reload_sources(tmp_path, after, ["content/b.txt"]) is None


def test_the_source_of_a_document_is_left_out_under_any_name(tmp_path: Path) -> None:
    site(tmp_path, {"content/posts/a.md": post()})
    (tmp_path / "content/a.txt").symlink_to("posts/a.md")
    message = "left out: the symbolic link shows the source of a document"
    assert list(load_sources(tmp_path).problems) == [
        Problem(Location("content/a.txt"), "nearly-markdown", message, "link to its page", "warning")
    ]


def test_a_file_that_readers_get_by_a_link_is_published_there(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/d.md": post(draft="true", text="[p](p.pdf)"), "content/posts/p.pdf": "P",
        "content/about.md": "# About\n\n[p](q.pdf)",
    }  # fmt: skip
    site(tmp_path, files)
    (tmp_path / "content/q.pdf").symlink_to("posts/p.pdf")
    build_folder(tmp_path)
    assert [path for path in outputs(tmp_path) if path.endswith(".pdf")] == ["q.pdf"]


@pytest.mark.parametrize(
    ("name", "size", "told_as"),
    [
        ("posts/a.md", 21_000_000, "larger than 20 MB -- split it"),
        ("posts/a.ipynb", 600_000_000, "larger than 500 MB -- split it"),
        ("posts/a.png", 600_000_000, "larger than 500 MB -- keep it on another host and link to it"),
        ("_redirects", 21_000_000, "larger than 20 MB -- keep it on another host and link to it"),
        ("a.bin", 20_000_000_000, "larger than 10,000 MB -- keep it on another host and link to it"),
    ],
)
def test_a_file_of_any_size_ends_in_an_error_and_is_not_read(
    tmp_path: Path, name: str, size: int, told_as: str
) -> None:
    root = site(tmp_path, {"content/posts/b.md": post()})
    (root / "content" / name).touch()
    os.truncate(root / "content" / name, size)
    with processor(5), pytest.raises(BlogError) as caught:
        build_folder(root)
    assert told(caught.value.problems) == [f"1:1 error too-large: {told_as}"]
