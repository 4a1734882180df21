"""`blog new` and `blog init`: files to start from."""

import datetime as dt
import errno
import json
import os
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog import __version__
from blog.cache.workspace import locate_folders
from blog.check.check import check_site
from blog.config.settings import load_settings
from blog.content.document import ParseOptions
from blog.content.files import LoadedFile
from blog.content.parse import parse_document
from blog.new import document
from blog.new.document import ExistingSite, NewDocument, complete_title, find_near_names, new_document
from blog.new.scaffold import STARTER_FOLDER, find_near_theme, new_site, new_theme, new_vscode_files
from blog.problems import BlogError
from blog.stages.context import BuildContext
from blog.stages.loading import load
from tests.support.publishing import build_folder, order, outputs, post
from tests.support.sites import site, told

NOW = dt.datetime(2026, 6, 1, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))


def test_a_new_post_is_a_draft_of_today(tmp_path: Path) -> None:
    sketch = NewDocument(
        title="Week 5: It's “alive”", labels=("Week", "Journal"), tags=("a: b",), series="Weeks", private=True
    )
    path = new_document(tmp_path, sketch, NOW)
    assert path == tmp_path / "content/posts/week-5-its-alive.md"
    assert path.read_text("utf-8") == (
        '---\ntitle: "Week 5: It\'s “alive”"\ndate: 2026-06-01\nlabels: ["Week", "Journal"]\ntags: ["a: b"]\n'
        'series: "Weeks"\nprivate: true\ndraft: true\n---\n\n'
    )


def test_a_new_page_has_no_date(tmp_path: Path) -> None:
    path = new_document(tmp_path, NewDocument(title="Uses", page=True), NOW)
    assert path == tmp_path / "content/uses.md"
    assert path.read_text("utf-8") == '---\ntitle: "Uses"\ndraft: true\n---\n\n'


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": "mine", "content/posts/b/index.md": "mine"})
    for title, name in (("A", "a.md"), ("B", "b/index.md")):
        path = root / "content/posts" / name
        with pytest.raises(BlogError) as caught:
            new_document(root, NewDocument(title=title), NOW)
        assert told(caught.value.problems) == [
            f"1:1 error exists: {path} exists already, and was not changed -- choose another title, or --slug"
        ]
        assert caught.value.problems[0].location.path == ""
    assert (root / "content/posts/a.md").read_text("utf-8") == "mine"
    assert not (root / "content/posts/b.md").exists()


def test_on_a_full_disk_no_half_of_a_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("blog.new.document._source_text", full)
    with pytest.raises(OSError, match="No space left on device: .*content/posts/a.md"):
        new_document(tmp_path, NewDocument(title="A"), NOW)
    assert list((tmp_path / "content/posts").iterdir()) == []


@pytest.mark.parametrize(
    ("sketch", "message", "hint"),
    [
        (NewDocument(title="🎉"), 'the title "🎉" gives no file name', "choose one: --slug some-words"),
        (NewDocument(title=" "), "the title is empty", 'write it in quotes: blog new "A title"'),
        (
            NewDocument(title="A", slug="../x"),
            'the slug "../x" cannot be a file name: it has an empty or dotted part',
            "write --slug x",
        ),
        (
            NewDocument(title="A", slug="con"),
            'the slug "con" cannot be a file name: it is a reserved name on Windows: "con"',
            "choose another: --slug some-words",
        ),
        (NewDocument(title="A", tags=("",)), "--tag is empty", "write a word or two"),
        (NewDocument(title="A", labels=(" ",)), "--label is empty", "write a word or two"),
        (
            NewDocument(title="A", labels=("Essay, Day book",)),
            '"Essay, Day book" is one name with a comma',
            "write --label for each name: --label Essay --label 'Day book'",
        ),
        (NewDocument(title="A", tags=(",",)), '"," is one name with a comma', "write a word or two"),
        (
            NewDocument(title="A", labels=("a\nb",)),
            "--label has a control character: 'a\\nb'",
            "write a word or two",
        ),
        (
            NewDocument(title="a" * 300),
            f'the slug "{"a" * 60}…" cannot be a file name: it is longer than 255 bytes',
            "choose another: --slug some-words",
        ),
        (
            NewDocument(title="A", slug="//"),
            'the slug "//" cannot be a file name: it has an empty or dotted part',
            "choose another: --slug some-words",
        ),
    ],
)
def test_what_gives_no_file_name_is_an_error(tmp_path: Path, sketch: NewDocument, message: str, hint: str) -> None:
    with pytest.raises(BlogError) as caught:
        new_document(tmp_path, sketch, NOW)
    assert (caught.value.problems[0].message, caught.value.problems[0].hint) == (message, hint)
    assert list(tmp_path.iterdir()) == []


@given(title=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60))
def test_any_title_round_trips(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    root = tmp_path_factory.mktemp("new")
    if not title.split():
        with pytest.raises(BlogError, match="the title is empty"):
            new_document(root, NewDocument(title=title, slug="x"), NOW)
        return
    path = new_document(root, NewDocument(title=title, slug="x"), NOW)
    found = parse_document(LoadedFile("content/posts/x.md", "post", path.read_bytes()), ParseOptions("en", ()))
    if found.document is not None and not found.problems:
        assert found.document.title == " ".join(title.split())
        assert found.document.front_matter.draft
    else:
        assert {problem.code for problem in found.problems} <= {"comment-in-text", "control-character"}


WEEKS: dict[str, str | bytes] = {
    "content/posts/w1.md": post("Week 1: Start", series="Weeks"),
    "content/posts/w2.md": post("Week 2", "2024-01-08", series="Weeks", draft="true"),
    "content/posts/w9.md": post("week 9", "2024-01-09", private="true"),
    "content/posts/p.md": post("Part 4"),
    "content/posts/o.md": post("Other"),
}


def title(root: Path, written: str = "", series: str = "") -> str:
    """The title that a new post gets."""
    everybody = order(root, drafts=True, future=True, private=True)
    return complete_title(ExistingSite(everybody), NewDocument(title=written, series=series)).title


@pytest.mark.parametrize(
    ("written", "series", "expected"),
    [
        ("Week", "", "week 10"), ("week: What broke", "", "week 10: What broke"), ("PART", "", "Part 5"),
        ("Week", "Weeks", "Week 3"), ("", "Weeks", "Week 3"), (" Week : x", "Weeks", "Week 3: x"),
        ("Week: x", "Another", "Week: x"), ("Week 5", "", "Week 5"), ("Hello: x", "", "Hello: x"), ("Hello", "", "Hello"), ("Week of rest", "", "Week of rest"),
    ],
)  # fmt: skip
def test_a_word_that_posts_count_by_gets_the_next_number(
    tmp_path: Path, written: str, series: str, expected: str
) -> None:
    assert title(site(tmp_path, WEEKS), written, series) == expected


PLANNED: dict[str, str | bytes] = {
    "content/series/way.md": '---\ntitle: The way\nparts: [Start, Middle, "Step 3: On", "Step 4"]\n---\nText.\n',
    "content/posts/a.md": post("start", series="The way"), "content/posts/b.md": post("Middle", series="way", draft="true"),
}  # fmt: skip


def test_a_series_knows_its_next_planned_part_and_a_draft_of_it_counts(tmp_path: Path) -> None:
    root = site(tmp_path, PLANNED)
    assert title(root, series="The way") == title(root, series="the WAY") == title(root, series="way") == "Step 3: On"
    (root / "content/posts/c.md").write_text(post("Step 3: On", series="way"), encoding="utf-8")
    assert (title(root, series="way"), title(root, "Step", "way"), title(root, "Step: x", "way")) == (
        "Step 4", "Step 4", "Step 4: x",
    )  # fmt: skip
    (root / "content/posts/d.md").write_text(post("Step 4", series="way"), encoding="utf-8")
    assert title(root, series="way") == "Step 5"


def test_a_word_that_no_title_begins_with_costs_no_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path, WEEKS)
    monkeypatch.setattr("blog.new.document.build_in_temp", lambda *_: 1 / 0)
    assert (title(root, "Hello"), title(root, "Weeks: x"), title(root, "A+")) == ("Hello", "Weeks: x", "A+")
    (root / "content/posts/h.md").write_text("---\ndate: 2024-01-01\n---\n# Hello 3\n", encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        title(root, "Hello")


def test_what_nothing_counts_needs_a_title(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A", series="Loose ends")})
    for series, said in (
        (
            "Loose ends",
            'the series "Loose ends" plans no further part, and its titles have no numbers -- write a title',
        ),
        ("Loose end", 'there is no series "Loose end" -- did you mean "Loose ends"?'),
        (
            "Nothing",
            'there is no series "Nothing" -- the series of this site: "Loose ends"',
        ),
    ):
        with pytest.raises(BlogError) as caught:
            title(root, series=series)
        assert told(caught.value.problems)[0].partition(": ")[2] == said


def test_a_site_with_errors_counts_all_the_same_and_one_without_posts_counts_nothing(tmp_path: Path) -> None:
    root = site(tmp_path / "a", {**WEEKS, "content/posts/x.md": post(dratf="true"), "content/posts/y.md": "---\n"})
    assert title(root, "Week") == "week 10"
    assert title(tmp_path / "nothing", "Week") == "Week"
    assert not locate_folders(root).cache.exists()
    assert not (root / "public").exists()


def test_a_new_site_builds_at_once_without_a_warning_and_deploys(tmp_path: Path) -> None:
    folder = tmp_path / "deep/blog"
    paths = new_site(folder, dt.date(2026, 6, 1))
    assert folder / "netlify.toml" in paths
    report = build_folder(folder)
    assert report.problems == ()
    assert {"posts/first-entry/index.html", "about/index.html", "feed.xml"} <= outputs(folder).keys()
    settings, _ = load_settings(folder)
    assert settings.title == "My notes"


def test_a_new_site_passes_its_own_check(tmp_path: Path) -> None:
    new_site(tmp_path / "blog", dt.date(2026, 6, 1))
    found = check_site(order(tmp_path / "blog"), lambda _, work: work)
    assert [(problem.code, problem.severity) for problem in found.problems] == [("placeholder", "note")]
    assert found.pages == 10


def test_a_new_site_is_the_same_everywhere_and_every_word_of_it_is_filled(tmp_path: Path) -> None:
    paths = new_site(tmp_path, dt.date(2026, 6, 1))
    assert sorted(path.relative_to(tmp_path).as_posix() for path in paths) == [
        ".github/workflows/pages.yml", ".gitignore", "blog.toml", "content/_headers", "content/about.md",
        "content/posts/first-entry.md", "netlify.toml", "netlify/keep/index.js", "netlify/keep/manifest.yml",
        "netlify/keep/package.json", "requirements.txt",
    ]  # fmt: skip
    for path in paths:
        assert not re.search(r"@[A-Z]+@", path.read_text("utf-8")), path
    assert (tmp_path / "requirements.txt").read_text("utf-8") == f"reflective-blog=={__version__}\n"


def test_the_project_is_published_as_a_new_site_is() -> None:
    top, start = Path(__file__).parent.parent.parent, STARTER_FOLDER / "starter_site"
    for name in ("netlify/keep/index.js", "netlify/keep/manifest.yml", "netlify/keep/package.json", "content/_headers"):
        assert (top / name).read_bytes() == (start / name).read_bytes(), name
    installs = ("pip install -r requirements.txt", ".ci/install")
    for name, mine in (
        ("netlify.toml", "netlify.toml"),
        ("dot-github/workflows/pages.yml", ".github/workflows/pages.yml"),
    ):
        assert (top / mine).read_text("utf-8") == (start / name).read_text("utf-8").replace(*installs), mine


def test_a_site_that_cannot_be_written_whole_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, count = Path.write_text, 0

    def full(path: Path, *args: str) -> int:
        nonlocal count
        count += 1
        if count == 7:
            path.touch()
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *args)

    monkeypatch.setattr(Path, "write_text", full)
    (tmp_path / "above/site").mkdir(parents=True)
    with pytest.raises(OSError, match="No space left on device: .*netlify"):
        new_site(tmp_path / "above/site", dt.date(2026, 6, 1))
    assert [path.name for path in tmp_path.rglob("*")] == ["above", "site"]
    new_site(tmp_path / "above/site", dt.date(2026, 6, 1))


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x", encoding="utf-8")
    (tmp_path / ".git").mkdir()
    for folder, line in (
        (
            tmp_path,
            (
                f"1:1 error exists: {tmp_path} has other files already, such as mine: nothing was written -- "
                "choose a new folder; only files such as .git, .venv, README.md and LICENSE may be in it"
            ),
        ),
        (tmp_path / "mine", f"1:1 error exists: {tmp_path / 'mine'} is a file -- choose a new folder"),
    ):
        with pytest.raises(BlogError) as caught:
            new_site(folder, dt.date(2026, 6, 1))
        assert told(caught.value.problems) == [line]
    assert {path.name for path in tmp_path.iterdir()} == {"mine", ".git"}


def test_a_site_begins_in_a_new_repository(tmp_path: Path) -> None:
    mine = {"README.md": "# Mine\n", "LICENSE": "MIT", ".gitignore": "*.pyc\n/public/", "pyproject.toml": "[project]\n"}
    for name, text in mine.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for name in (".git", ".venv", ".vscode"):
        (tmp_path / name).mkdir()
    paths = new_site(tmp_path, dt.date(2026, 6, 1))
    assert tmp_path / "blog.toml" in paths
    ignored = (tmp_path / ".gitignore").read_text("utf-8")
    assert ignored == "*.pyc\n/public/\n/.venv/\n/.blog/\n/.netlify/\n/.wrangler/\n"
    del mine[".gitignore"]
    assert {name: (tmp_path / name).read_text("utf-8") for name in mine} == mine
    build_folder(tmp_path, strict=True)


def test_the_lines_of_a_gitignore_end_as_they_did(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"*.pyc\r\n/public/")
    new_site(tmp_path, dt.date(2026, 6, 1))
    ignored = (tmp_path / ".gitignore").read_bytes()
    assert ignored.startswith(b"*.pyc\r\n/public/\r\n/.venv/\r\n")
    assert b"\n" not in ignored.replace(b"\r\n", b"")


@pytest.mark.parametrize("kind", ["link", "broken link", "pipe", "folder"])
def test_a_gitignore_that_is_no_plain_file_is_left_alone(tmp_path: Path, kind: str) -> None:
    root = tmp_path / "site"
    root.mkdir()
    ignored = root / ".gitignore"
    if kind == "pipe":
        os.mkfifo(ignored)
    elif kind == "folder":
        ignored.mkdir()
    else:
        ignored.symlink_to(tmp_path / "mine")
    if kind == "link":
        (tmp_path / "mine").write_text("*.pyc", encoding="utf-8")
    with pytest.raises(BlogError) as caught:
        new_site(root, dt.date(2026, 6, 1))
    [problem] = caught.value.problems
    assert problem.message == f"{ignored} is no plain file: nothing was written"
    assert os.listdir(root) == [".gitignore"]
    assert os.path.lexists(tmp_path / "mine") == (kind == "link")


def test_a_site_with_files_for_vs_code_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert new / ".vscode/tasks.json" in new_site(new, dt.date(2026, 6, 1), vscode=True)
    root = tmp_path / "mine"
    (root / ".vscode").mkdir(parents=True)
    (root / ".vscode/settings.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BlogError, match="settings.json is there already: nothing was written"):
        new_site(root, dt.date(2026, 6, 1), vscode=True)
    assert [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()] == [
        ".vscode/settings.json"
    ]


def test_a_repository_is_as_before_if_the_site_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitignore").write_text("*.pyc", encoding="utf-8")
    real = Path.write_text

    def full(path: Path, *args: str) -> int:
        if path.name == "requirements.txt":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *args)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left on device"):
        new_site(tmp_path, dt.date(2026, 6, 1))
    assert [(path.name, path.read_text("utf-8")) for path in tmp_path.rglob("*")] == [(".gitignore", "*.pyc")]


def test_an_example_shows_each_construct_once_and_passes_the_check(tmp_path: Path) -> None:
    new_site(tmp_path, dt.date(2026, 6, 1), example=True)
    report = build_folder(tmp_path, strict=True)
    assert [document.path for document in report.hidden] == ["content/posts/a-draft.md"]
    made = {path: data.decode("utf-8", "replace") for path, data in outputs(tmp_path).items()}
    assert "posts/first-entry/index.html" not in made
    text = "".join(page for path, page in made.items() if path.endswith(".html"))
    for sign in (
        "<figcaption>", "Figure\xa01", "<math", 'role="doc-noteref"', 'class="code"', "<caption>", "Goodfellow et al., 2016</a>",
        "markdown-alert", '<span class="label">', "78 of 100", "Part 3 of 4", 'href="/labels/journal/"', "2026-05-25",
    ):  # fmt: skip
        assert sign in text, sign
    assert "Nothing between these lines" not in text
    assert check_site(order(tmp_path)).problems[1:] == ()


def test_vs_code_has_tasks_and_a_form_and_keeps_its_files(tmp_path: Path) -> None:
    root = site(tmp_path, {})
    assert [path.relative_to(root).as_posix() for path in new_vscode_files(root)] == [
        ".vscode/tasks.json", ".vscode/settings.json",
    ]  # fmt: skip
    tasks = json.loads((root / ".vscode/tasks.json").read_text("utf-8"))["tasks"]
    assert [task["label"] for task in tasks] == ["blog serve", "blog check", "blog new"]
    (root / ".vscode/tasks.json").unlink()
    with pytest.raises(BlogError) as caught:
        new_vscode_files(root)
    assert told(caught.value.problems) == [
        (
            f"1:1 error exists: {root}/.vscode/settings.json is there already: nothing was written -- "
            "add what `blog schema --vscode` prints to it"
        )
    ]
    assert not (root / ".vscode/tasks.json").exists()


def test_a_numbered_word_carries_over_what_the_last_post_has(tmp_path: Path) -> None:
    posts: dict[str, str | bytes] = {
        "content/series/way.md": '---\ntitle: The way\nparts: ["Week 1", "Week 2", "Week 3: On"]\n---\nText.\n',
        "content/posts/w1.md": post("Week 1", labels="[Old]", tags="[x]"),
        "content/posts/w2.md": post("Week 2", "2023-01-01", series="The way", labels="[Journal]", tags="[a, b]"),
        "content/posts/p.md": post("Part 9", labels="[Other]"),
    }
    existing = ExistingSite(order(site(tmp_path, posts), drafts=True, future=True, private=True))
    made = complete_title(existing, NewDocument(title="week"))
    assert (made.title, made.series, made.labels, made.tags) == ("Week 3: On", "The way", ("Journal",), ("a", "b"))
    made = complete_title(existing, NewDocument(title="Week: What broke", labels=("Note",)))
    assert (made.title, made.series, made.labels, made.tags) == (
        "Week 3: What broke", "The way", ("Note",), ("a", "b"),
    )  # fmt: skip
    assert complete_title(existing, NewDocument(title="Week 7")).series == ""


def test_a_site_may_start_with_a_theme_of_its_own(tmp_path: Path) -> None:
    paths = new_site(tmp_path / "site", dt.date(2026, 6, 1), "mine")
    assert [path.relative_to(tmp_path / "site").as_posix() for path in paths][-3:] == [
        "themes/mine/static/margin.css", "themes/mine/templates/after.html", "themes/mine/theme.toml",
    ]  # fmt: skip
    settings = tmp_path / "site/blog.toml"
    assert '\ntheme = "mine"\n' in settings.read_text("utf-8")
    settings.write_text(settings.read_text("utf-8") + '\n[theme_options]\nnote = "Thank you."\n', encoding="utf-8")
    report = build_folder(tmp_path / "site", strict=True)
    assert report.posts == 1
    page = (tmp_path / "site/public/posts/first-entry/index.html").read_text("utf-8")
    assert '<footer class="sheet"><p>Thank you.</p></footer>' in page
    assert "<summary>Cite</summary>" in page
    (sheet,) = (tmp_path / "site/public/assets").glob("margin.*.css")
    assert sheet.read_text("utf-8").endswith(
        ":root{--red: light-dark(#00695c,#7fd1c3);--rule: light-dark(#b5d6d1,#2f5750);}"
    )


def test_a_theme_that_comes_with_the_program_is_used_as_it_is(tmp_path: Path) -> None:
    new_site(tmp_path / "site", dt.date(2026, 6, 1), "plain")
    assert not (tmp_path / "site/themes").exists()
    build_folder(tmp_path / "site", strict=True)
    assert '<ul class="lines">' in (tmp_path / "site/public/index.html").read_text("utf-8")


def test_a_theme_is_begun_in_a_site_that_is_there_once(tmp_path: Path) -> None:
    assert len(new_theme(tmp_path, "mine")) == 3
    with pytest.raises(BlogError) as caught:
        new_theme(tmp_path, "mine")
    assert told(caught.value.problems) == [
        '1:1 error exists: there is a theme "mine" already -- write theme = "mine" in blog.toml to use it'
    ]


def test_no_site_is_made_inside_a_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(tmp_path / "my site", {"content/posts/a.md": "x"})
    monkeypatch.chdir(root / "content")
    for folder, message in (
        (Path("new"), f"new is inside the site {root}: nothing was written -- choose a folder outside of it"),
        (
            Path("../themes/x"),
            f"../themes/x is inside the site {root}: nothing was written -- choose a folder outside of it",
        ),
        (root, f"{root} is a site already -- see it: blog serve --root '{root}'"),
        (root / "blog.toml", f"{root}/blog.toml is a file -- choose a new folder"),
    ):
        with pytest.raises(BlogError) as caught:
            new_site(folder, dt.date(2026, 6, 1))
        assert told(caught.value.problems) == [f"1:1 error exists: {message}"]
        assert caught.value.problems[0].location.path == ""
    monkeypatch.chdir(root)
    with pytest.raises(BlogError) as caught:
        new_site(Path(), dt.date(2026, 6, 1))
    assert told(caught.value.problems) == ["1:1 error exists: this is a site already -- see it: blog serve"]
    assert sorted(path.name for path in root.rglob("*")) == ["a.md", "blog.toml", "content", "posts"]


def test_a_new_theme_with_nearly_the_name_of_one_of_the_program_is_a_note() -> None:
    assert told(find_near_theme("plian")) == [
        '1:1 note near-name: "plian" is a new theme, written to themes/plian -- did you mean "plain"?'
    ]
    assert [find_near_theme(name) for name in ("plain", "margin", "mine", "")] == [[], [], [], []]


def near(root: Path, **names: Any) -> list[str]:
    everybody = order(root, drafts=True, future=True, private=True)
    return told(find_near_names(ExistingSite(everybody), NewDocument(title="T", **names)))


def test_a_new_name_that_is_nearly_one_of_the_site_is_a_warning(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "blog.toml": 'title = "T"\n[labels.Conference]\nnotice = "x"\n',
        "content/posts/a.md": post(labels="[Journal]", tags="[debugging]", draft="true"),
        "content/posts/b.md": post(series="Learning in public"), "content/series/way.md": "---\ntitle: The road\n---\n",
    })  # fmt: skip
    assert near(root, labels=("Jurnal", "Conferense"), tags=("debuging",), series="Learning in pubic") == [
        '1:1 warning near-name: a new label "Jurnal" -- did you mean "Journal"?',
        '1:1 warning near-name: a new label "Conferense" -- did you mean "Conference"?',
        '1:1 warning near-name: a new tag "debuging" -- did you mean "debugging"?',
        '1:1 warning near-name: a new series "Learning in pubic" -- did you mean "Learning in public"?',
    ]
    assert near(root, labels=("journal", "Essay"), tags=("new",), series="Way") == []
    assert near(root) == []
    (root / "blog.toml").write_text("title = \n", encoding="utf-8")
    assert near(root, labels=("Jurnal",)) == []


@pytest.mark.parametrize("name", ["../x", "a/b", ".", "-x", "straße"])
def test_a_theme_needs_a_plain_name(tmp_path: Path, name: str) -> None:
    for make in (partial(new_theme, tmp_path, name), partial(new_site, tmp_path / "s", dt.date(2026, 6, 1), name)):
        with pytest.raises(BlogError) as caught:
            make()
        assert told(caught.value.problems) == [
            f'1:1 error wrong-theme: "{name}" cannot be the name of a theme -- use letters, digits, - and _'
        ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "target"),
    [("content", "../outside"), ("content/posts", "../../outside"), ("content", ".git"), ("content", "themes")],
)
def test_nothing_is_written_through_a_link_out_of_the_site_or_to_another_place_of_it(
    tmp_path: Path, name: str, target: str
) -> None:
    root = site(tmp_path / "site", {".git/config": "", "themes/t/theme.toml": ""})
    (tmp_path / "outside").mkdir()
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).symlink_to(target)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BlogError) as caught:
        new_document(root, NewDocument(title="A"), NOW)
    (problem,) = caught.value.problems
    assert problem.location.path == name
    assert problem.code in {"outside-link", "hidden-link"}
    assert sorted(tmp_path.rglob("*")) == before


def test_no_theme_is_begun_through_a_link_out_of_the_site(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {})
    (tmp_path / "outside").mkdir()
    (root / "themes").symlink_to("../outside")
    with pytest.raises(BlogError, match="the symbolic link leaves the site folder"):
        new_theme(root, "mine")
    (root / "themes").unlink()
    (root / "themes").mkdir()
    (root / "themes/mine").symlink_to(tmp_path / "outside/mine")
    with pytest.raises(BlogError, match='there is a theme "mine" already'):
        new_theme(root, "mine")
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_counts_is_read_through_no_link_out_of_the_site_and_out_of_no_fifo(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"content/posts/a.md": "x"})
    (tmp_path / "outside.md").write_text("---\ntitle: Week 3\n---\n", encoding="utf-8")
    (root / "content/posts/b.md").symlink_to(tmp_path / "outside.md")
    os.mkfifo(root / "content/posts/c.md")
    assert list(document._read_sources(root)) == [b"x"]


def test_the_site_is_loaded_once_for_its_numbers_and_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[BuildContext] = []

    def count(context: BuildContext) -> Any:
        loads.append(context)
        return load(context)

    monkeypatch.setattr("blog.new.document.load", count)
    root = site(tmp_path, {"content/posts/a.md": post("Week 1: A", tags="[debugging]")})
    existing = ExistingSite(order(root))
    completed = complete_title(existing, NewDocument(title="Week", tags=("debuging",)))
    assert completed.title == "Week 2"
    assert told(find_near_names(existing, completed)) == [
        '1:1 warning near-name: a new tag "debuging" -- did you mean "debugging"?'
    ]
    assert len(loads) == 1
