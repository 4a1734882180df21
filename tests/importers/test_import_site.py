"""`blog import`: what it refuses, what a second run does, and hostile folders."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.problems import BlogError
from tests.importers.importing import HUGO, built, jekyll, old_blog, run_import

POST = "---\ntitle: One\n---\nA sentence.\n"


def message(error: BlogError) -> str:
    problem = error.problems[0]
    return f"{problem.message} | {problem.hint}"


def test_a_folder_that_is_no_blog_is_refused(tmp_path: Path) -> None:
    old_blog(tmp_path / "old", {"a.txt": "x"})
    with pytest.raises(BlogError) as refused:
        run_import(tmp_path / "old", tmp_path / "new")
    expected = (
        f"{tmp_path}/old is not recognised as a blog | name the folder with its settings, or the tool: --from jekyll"
    )
    assert message(refused.value) == expected
    assert not (tmp_path / "new").exists()


def test_an_unknown_tool_is_refused(tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-a.md": POST})
    with pytest.raises(BlogError) as refused:
        run_import(tmp_path / "old", tmp_path / "new", source="jekyl")
    assert message(refused.value) == 'there is no tool "jekyl" to import from | did you mean "jekyll"?'


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BlogError) as refused:
        run_import(tmp_path / "old", tmp_path / "new")
    assert message(refused.value) == f"{tmp_path}/old does not exist | name the folder of the old blog"


@pytest.mark.parametrize("target", ["old/new", "old", "."])
def test_the_new_site_lies_beside_the_old_folder(target: str, tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-a.md": POST})
    with pytest.raises(BlogError, match="hold each other: the old folder stays as it is"):
        run_import(tmp_path / "old", tmp_path / target)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-a.md": POST})
    old_blog(tmp_path / "new", {"mine.txt": "mine"})
    with pytest.raises(BlogError) as refused:
        run_import(tmp_path / "old", tmp_path / "new")
    expected = f"{tmp_path}/new is not an empty folder: nothing was written | choose a new folder: --into DIR"
    assert message(refused.value) == expected
    assert os.listdir(tmp_path / "new") == ["mine.txt"]


def test_a_second_import_replaces_a_first_one_that_nobody_has_changed(tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-a.md": POST})
    run_import(tmp_path / "old", tmp_path / "new")
    jekyll(tmp_path / "old", {"2020-01-02-b.md": POST})
    run_import(tmp_path / "old", tmp_path / "new")
    assert sorted(os.listdir(tmp_path / "new/content/posts")) == ["2020-01-01-a.md", "2020-01-02-b.md"]


@pytest.mark.parametrize("change", ["edit", "add", "delete"])
def test_a_second_import_is_refused_once_something_has_changed(change: str, tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-a.md": POST})
    run_import(tmp_path / "old", tmp_path / "new")
    post = tmp_path / "new/content/posts/2020-01-01-a.md"
    if change == "edit":
        post.write_text("mine", "utf-8")
    elif change == "add":
        post.with_name("mine.md").write_text("mine", "utf-8")
    else:
        post.unlink()
    name = "mine.md" if change == "add" else "2020-01-01-a.md"
    expected = f"{tmp_path}/new was imported, and content/posts/{name} has changed since: nothing was written"
    with pytest.raises(BlogError) as refused:
        run_import(tmp_path / "old", tmp_path / "new")
    assert refused.value.problems[0].message == expected


def test_of_a_text_of_blogdown_its_rendered_form_is_imported(tmp_path: Path) -> None:
    folder = tmp_path / "old/content/post"
    folder.mkdir(parents=True)
    (tmp_path / "old/hugo.toml").write_text('title = "T"\nbaseURL = "https://example.org/"\n', "utf-8")
    post = "---\ntitle: One\ndate: 2020-01-01\n---\nA sentence.\n"
    source = post + "```{r, include=FALSE}\nlibrary(secret)\n```\n"
    for stem in ("one", "two/index"):
        (folder / stem).parent.mkdir(exist_ok=True)
        (folder / f"{stem}.Rmarkdown").write_text(source, "utf-8")
        (folder / f"{stem}.markdown").write_text(post + "Rendered.\n", "utf-8")
    (folder / "two/index.md").write_text(post + "Rendered before.\n", "utf-8")
    (folder / "never-rendered.Rmarkdown").write_text(source, "utf-8")
    report = run_import(tmp_path / "old", tmp_path / "new")
    assert (report.posts, report.hidden, report.addresses, report.kept, report.redirected) == (2, 0, 2, 2, 0)
    assert {item.location.path for item in report.items} >= {"content/post/never-rendered.Rmarkdown"}
    texts = [path.read_text("utf-8") for path in (tmp_path / "new/content").rglob("*.md")]
    assert [text for text in texts if "secret" in text or "Rendered" not in text] == []


def test_html_shows_the_pictures_of_bundles_and_the_list_of_a_section_is_the_home_page(tmp_path: Path) -> None:
    head = "---\ntitle: One\ndate: 2020-01-01\n---\n"
    picture = '<img src="{{< blogdown/postref >}}index_files/a.png" alt="a">\n'
    files = {
        "hugo.toml": 'title = "T"\nbaseURL = "https://example.org/"\n[permalinks]\npost = "/notes/:slug/"\n',
        "content/post/one/index.md": head + picture,
        "content/post/one/index_files/a.png": "a",
        "content/post/two.md": head + '<img src="/notes/one/index_files/a.png" alt="a"> [All](/post/)\n',
    }
    old_blog(tmp_path / "old", files)
    report = run_import(tmp_path / "old", tmp_path / "new")
    assert [item for item in report.items if item.kind == "Broken link"] == []
    assert 'src="index_files/a.png"' in (tmp_path / "new/content/posts/one/index.md").read_text("utf-8")
    assert 'src="/notes/one/index_files/a.png"' in (tmp_path / "new/content/posts/two.md").read_text("utf-8")
    assert "notes/one/index_files/a.png" in built(tmp_path / "new")
    assert "[All](/)" in (tmp_path / "new/content/posts/two.md").read_text("utf-8")
    redirects = (tmp_path / "new/content/_redirects").read_text("utf-8")
    assert redirects.startswith("/post/ / 301\n/post/page/* /archive/ 301\n")


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-a.md": POST})
    report = run_import(tmp_path / "old", tmp_path / "new", dry_run=True)
    assert (report.posts, report.kept, report.todo) == (1, 1, 0)
    assert not (tmp_path / "new").exists()


def test_links_that_leave_the_folder_are_reported_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"a secret-file")
    old = jekyll(tmp_path / "old", {"2020-01-01-a.md": POST + "![a](/out.png) ![b](/in.png)\n"}, **{"real.png": b"x"})
    (old / "out.png").symlink_to(tmp_path / "secret.png")
    (old / "in.png").symlink_to("real.png")
    (old / "_posts/2020-01-02-linked.md").symlink_to("/etc/hostname")
    (old / "folder").symlink_to(tmp_path)
    os.mkfifo(old / "pipe.png")
    report = run_import(old, tmp_path / "new")
    reasons = {item.location.path: item.what for item in report.items if item.kind == "File that was not moved"}
    assert reasons == {
        "out.png": "a symbolic link that leaves the folder",
        "_posts/2020-01-02-linked.md": "a symbolic link that leaves the folder",
        "folder": "a symbolic link that leaves the folder",
        "pipe.png": "not a regular file",
    }
    assert sorted(os.listdir(tmp_path / "new/content")) == ["in.png", "posts", "real.png"]


@pytest.mark.parametrize(
    "name", ["a\nb.md", "con.md", "..md", "x" * 200 + ".md", "ü ä.md", "a'b\"c.md", "$(touch P).md"]
)
def test_hostile_names_of_posts_give_posts_or_items(name: str, tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {f"2020-01-01-{name}": POST, "2020-01-02-good.md": POST})
    run_import(tmp_path / "old", tmp_path / "new")
    assert any("good" in path for path in built(tmp_path / "new"))


def test_nothing_in_the_folder_is_run(tmp_path: Path) -> None:
    script = "import pathlib; pathlib.Path('RUN').touch()"
    files = {
        "conf.py": script,
        "_plugins/x.rb": "`touch RUN`",
        "Rakefile": "`touch RUN`",
        "_config.yml": "title: !!python/name:x\n",
    }
    old_blog(tmp_path / "old", {**files, "_posts/2020-01-01-a.md": POST})
    run_import(tmp_path / "old", tmp_path / "new")
    assert not list(tmp_path.rglob("RUN"))


HIDING = [
    "published: false", "published: False", "published: no", "draft: true", "draft: yes", "status: draft",
    "status: private", "private: true", "visibility: hidden", "date: 2999-01-01", "expiryDate: 2001-01-01",
    "publishDate: 2999-01-01", "build:\n  render: never", "headless: true", "tags: [draft]", "unpublished: true",
]  # fmt: skip


@pytest.mark.parametrize("tool", ["jekyll", "hugo"])
@pytest.mark.parametrize("key", HIDING)
def test_a_key_that_hides_in_any_tool_hides_here(tool: str, key: str, tmp_path: Path) -> None:
    date = "" if key.startswith("date") else "date: 2020-01-01\n"
    hidden, public = (
        f"---\ntitle: H\n{date}{key}\n---\nA secret-text.\n",
        "---\ntitle: P\ndate: 2020-01-01\n---\nPublic.\n",
    )
    if tool == "jekyll":
        jekyll(tmp_path / "old", {"2020-01-01-h.md": hidden, "2020-01-01-p.md": public})
    else:
        files = {"hugo.toml": HUGO, "content/posts/h.md": hidden, "content/posts/p.md": public}
        old_blog(tmp_path / "old", files)
    run_import(tmp_path / "old", tmp_path / "new")
    assert [path for path, data in built(tmp_path / "new").items() if b"secret-" in data] == []


PIECES = [
    "{% comment %}secret-a{% endcomment %}", "{% raw %}", "{% endraw %}", "```\n", "~~~\n", "<!-- secret-b -->", "{{ x", "}}",
    "{::comment}secret-c{:/comment}", "$$", "$", "\\\\(x\\\\)", "[a](b)", "![](/x.png)", "{: #id}", "# H\n", "\n\n", "> ",
    "- ", "    ", "<div>", "</div>", "|a|b|\n|-|-|\n", "{% include x %}", "::: private\n", ":::\n", "[^1]", "\\newcommand{\\q}{1}",
    "{% if x %}secret-d{% endif %}", "{# y #}", "&lt;", "[x]: y\n", "\\begin{align}", "*", "`", "<!--", "-->", "words ",
]  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
@pytest.mark.slow
def test_whatever_a_post_contains_the_new_site_builds(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("blog")
    jekyll(folder / "old", {"2020-01-01-a.md": "---\ntitle: A\n---\n" + "".join(pieces), "2020-01-02-b.md": POST})
    run_import(folder / "old", folder / "new")
    built(folder / "new")


def test_the_command_prints_the_numbers(tmp_path: Path) -> None:
    jekyll(tmp_path / "old", {"2020-01-01-a.md": POST + "[gone](/gone/)\n"})
    call = [sys.executable, "-P", "-m", "blog", "import", "old", "--into", "new"]
    done = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Jekyll, recognised by _config.yml\n"
        "1 post and 0 pages, 0 of them hidden; 0 files copied\n"
        "addresses: 1 kept, 0 redirected, 0 lost\n"
        "left to do: 1 item\n"
        "what is left to do: new/IMPORTED.md\n"
        "see the new site: blog serve --root new\n"
    )
    check = subprocess.run(
        [*call[:-2], "--check"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert check.stdout.endswith("left to do: 1 item\n  1 Broken link\n")
