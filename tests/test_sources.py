"""What is read from the site folder, what is left out, and what is refused."""

import os
from pathlib import Path

import pytest

from blog.errors import BlogError, Place, Problem
from blog.fields import decode
from blog.sources import MAX_FOLDERS, File, Sources, content_digest, load, load_theme, read, themes_folder
from blog.stamps import stamp
from tests.publishing import build_folder, outputs, post
from tests.sites import site, told


def loaded(tmp_path: Path, files: dict[str, str | bytes]) -> Sources:
    (tmp_path / "content").mkdir(exist_ok=True)
    return load(site(tmp_path, files))


def kinds(sources: Sources) -> dict[str, str]:
    """Path below content -> what it is taken for."""
    found = {source.path.removeprefix("content/"): str(source.kind) for source in sources.documents}
    return found | {file.path.removeprefix("content/"): "file" for file in sources.files}


def said(sources: Sources) -> list[str]:
    return [f"{p.place.path}: {line}" for p, line in zip(sources.problems, told(sources.problems), strict=True)]


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
    assert [read(tmp_path, file).decode() for file in sources.documents] == [
        path.removeprefix("content/") for path in paths
    ]


def test_a_file_is_known_by_its_path_and_its_stamp(tmp_path: Path) -> None:
    (file,) = loaded(tmp_path, {"content/a.bin": b"\0\xff"}).files
    assert file == File("content/a.bin", "file", stamp((tmp_path / "content/a.bin").stat()))


def test_what_cannot_be_read_is_a_problem_of_that_file(tmp_path: Path) -> None:
    for reader in (read, content_digest):
        with pytest.raises(BlogError) as caught:
            reader(tmp_path, File("content/gone.md", "page"))
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
    ["posts/a.md.txt", "a.md.bak", "a.MARKDOWN.orig", "a.ipynb.1", "a.mdx", "a.mkd", "a.MDown", "a.qmd", "a.Rmd"],
)
def test_what_is_nearly_markdown_is_left_out_with_a_warning(tmp_path: Path, name: str) -> None:
    sources = loaded(tmp_path, {f"content/{name}": "---\ndraft: true\n---\n"})
    assert kinds(sources) == {}
    message = "left out: it looks like Markdown, or like a copy of it -- name it .md, or move it away"
    assert said(sources) == [f"content/{name}: 1:1 warning nearly-markdown: {message}"]


def test_a_folder_may_be_named_like_a_document(tmp_path: Path) -> None:
    assert kinds(loaded(tmp_path, {"content/posts/a.md/b.txt": "x"})) == {"posts/a.md/b.txt": "file"}


def test_no_content_folder_gets_a_hint(tmp_path: Path) -> None:
    with pytest.raises(BlogError) as caught:
        load(tmp_path)
    assert told(caught.value.problems) == [
        "1:1 error no-content: there is no content folder here -- `blog init DIR` makes a site to start from"
    ]


def test_an_empty_content_folder_holds_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, {}) == Sources((), (), "", ())


def test_what_is_neither_file_nor_folder_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    os.mkfifo(tmp_path / "content/pipe.md")
    assert loaded(tmp_path, {}) == Sources((), (), "", ())


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
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/content/" + name)).write_text("x")
    (problem,) = load(tmp_path).problems
    assert problem.place.path == f"content/{shown}"
    assert told([problem]) == [
        (
            "1:1 error name: the file name is not printable text"
            " -- rename it: names are UTF-8 text without control characters"
        )
    ]


def test_a_name_in_a_message_is_one_printable_line(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a\n\x1b[31m.md").write_text("x")
    (problem,) = load(tmp_path).problems
    assert problem.place.path.isprintable()


# Symbolic links


def link(path: Path, target: str | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def test_links_that_stay_inside_the_site_folder_are_followed(tmp_path: Path) -> None:
    root = site(tmp_path, {"notes/a.md": "A", "notes/deep/b.md": "B", "pictures/pic.png": "P"})
    link(root / "content/a.md", "../notes/a.md")
    link(root / "content/notes", root / "notes")
    link(root / "content/pic.png", "../pictures/pic.png")
    sources = load(root)
    assert kinds(sources) == {
        "a.md": "page", "notes/a.md": "page", "notes/deep/b.md": "page", "pic.png": "file",
    }  # fmt: skip
    assert read(root, sources.documents[0]) == b"A"
    assert sources.problems == ()


def test_links_that_leave_the_site_folder_are_errors_that_name_them(tmp_path: Path) -> None:
    outside = site(tmp_path / "outside", {"secret.md": "S"})
    root = site(tmp_path / "site", {})
    link(root / "content/file.md", outside / "secret.md")
    link(root / "content/folder", "../../outside")
    link(root / "content/step.md", root / "hop.md")
    link(root / "hop.md", outside / "secret.md")
    sources = load(root)
    message = "1:1 error outside-link: the symbolic link leaves the site folder -- copy the file into the site folder"
    assert kinds(sources) == {}
    assert sorted(said(sources)) == [f"content/{name}: {message}" for name in ("file.md", "folder", "step.md")]


def test_a_sibling_whose_name_begins_alike_is_outside(tmp_path: Path) -> None:
    site(tmp_path / "site-private", {"a.md": "S"})
    root = site(tmp_path / "site", {})
    link(root / "content/a.md", "../../site-private/a.md")
    assert [problem.code for problem in load(root).problems] == ["outside-link"]


def test_a_site_folder_that_is_itself_a_link_is_no_way_out(tmp_path: Path) -> None:
    root = site(tmp_path / "real", {"content/a.md": "A", "b.md": "B"})
    link(root / "content/b.md", "../b.md")
    link(tmp_path / "alias", "real")
    sources = load(tmp_path / "alias")
    assert (kinds(sources), sources.problems) == ({"a.md": "page", "b.md": "page"}, ())


@pytest.mark.parametrize("target", ["../out", "../out/deep", "../around"])
def test_a_link_to_the_output_is_an_error_for_it_would_be_copied_into_itself(tmp_path: Path, target: str) -> None:
    root = site(tmp_path, {"out/deep/a.html": "A", "around/made/b.html": "B"})
    link(root / "content/x", target)
    for output in (root / "out", root / "around/made"):
        problems = load(root, output).problems
        assert bool(problems) == (("around" in target) == ("around" in str(output)))


@pytest.mark.parametrize("target", ["..", "../.blog", "../.blog/preview"])
def test_a_link_to_the_site_folder_itself_or_its_cache_is_an_error(tmp_path: Path, target: str) -> None:
    root = site(tmp_path, {".blog/preview/secret.md": "S"})
    link(root / "content/x", target)
    sources = load(root)
    assert kinds(sources) == {}
    message = "the symbolic link leads to the site folder itself, or to what is made in it -- name the file or folder that is meant"
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
    sources = load(tmp_path)
    assert {problem.message for problem in sources.problems} == {"the symbolic link leads nowhere"}
    assert sorted(problem.place.path for problem in sources.problems) == ["content/loop.md", "content/other"]
    assert {problem.code for problem in sources.problems} == {"dangling-link"}


def test_a_link_whose_target_cannot_be_looked_at_is_an_error(tmp_path: Path) -> None:
    link(tmp_path / "content/a.md", "x" * 300)
    assert [problem.code for problem in load(tmp_path).problems] == ["dangling-link"]


def test_problems_come_in_the_order_of_their_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        link(tmp_path / f"content/{name}", "nowhere")
    scan = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: sorted(scan(path), key=lambda entry: entry.name, reverse=True))
    paths = [problem.place.path for problem in load(tmp_path).problems]
    assert paths == ["content/a", "content/b", "content/c"]


def test_loops_of_folders_end(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/a/b.md": "B"})
    link(root / "content/a/up", "..")
    link(root / "content/a/self", ".")
    assert "content/a/b.md" in [source.path for source in load(root).documents]


def test_a_content_folder_outside_of_the_site_folder_is_an_error(tmp_path: Path) -> None:
    outside = site(tmp_path / "outside", {"secret.md": "S"})
    root = site(tmp_path / "site", {})
    link(root / "content", outside)
    try:
        sources = load(root)
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
    sources = load(root)
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
    assert decode(data, "a.md") == text


def refused(data: bytes) -> list[str]:
    with pytest.raises(BlogError) as caught:
        decode(data, "a.md")
    return told(caught.value.problems)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xff\xfea\0", "1:1 error encoding: not UTF-8: byte 0xff -- save it as UTF-8"),
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
    theme = load_theme(root, "t")
    assert theme.templates == {"base.html": "B", "parts/x.html": "X"}
    assert theme.assets == {"a.css": b"A"}
    assert (theme.name, theme.settings, theme.path) == ("t", 'name = "t"\n', "themes/t")


def test_the_programs_own_theme_is_found_and_the_sites_comes_first(tmp_path: Path) -> None:
    assert "base.html" in load_theme(tmp_path, "margin").templates
    root = site(tmp_path, {"themes/margin/theme.toml": "", "themes/margin/templates/mine.html": "M"})
    assert load_theme(root, "margin").templates == {"mine.html": "M"}


def test_the_themes_are_beside_the_package_or_in_it() -> None:
    assert (themes_folder() / "margin/theme.toml").is_file()


def theme_error(root: Path, name: str) -> str:
    with pytest.raises(BlogError) as caught:
        load_theme(root, name)
    (problem,) = caught.value.problems
    return f"{problem.place.path}: {told([problem])[0]}"


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

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", path.name)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert theme_error(root, "t") == "themes/t: 1:1 error unreadable: Permission denied: a.html"


def test_a_link_of_a_theme_inside_the_site_is_followed(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"themes/t/theme.toml": "", "shared/a.css": "A"})
    link(root / "themes/t/static/a.css", root / "shared/a.css")
    assert load_theme(root, "t").assets == {"a.css": b"A"}


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
        (root / "themes/t/theme.toml").write_text("")
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


def test_the_source_of_a_document_is_left_out_under_any_name(tmp_path: Path) -> None:
    site(tmp_path, {"content/posts/a.md": post()})
    (tmp_path / "content/a.txt").symlink_to("posts/a.md")
    message = "left out: the symbolic link shows the source of a document"
    assert list(load(tmp_path).problems) == [
        Problem(Place("content/a.txt"), "nearly-markdown", message, "link to its page", "warning")
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
