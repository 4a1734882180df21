"""The command line as a user meets it: words, exit statuses, nothing else on stdout."""

import contextlib
import hashlib
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from blog import __version__, cli
from blog.cache.workspace import locate_folders
from blog.cli import reporting
from blog.cli.process import program_name
from tests.support.publishing import outputs, post
from tests.support.sites import picture, site


def run(*words: str, cwd: Path, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-P", "-m", "blog", *words]
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=60, check=False
    )


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def call(*words: str, cwd: Path) -> Done:
    """The same in this process: for what one process more would not show."""
    with contextlib.chdir(cwd):
        result = CliRunner().invoke(cli.blog, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def test_a_build_prints_what_it_published_and_what_is_hidden(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post(text="x\n\n::: private\ny\n:::"), "content/posts/d.md": post(draft="true"),
        "content/posts/e.md": post(draft="true"), "content/posts/f.md": post(date="2099-01-01"),
    })  # fmt: skip
    done = run("build", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    first, second, third = done.stdout.splitlines()
    assert first.startswith("published 1 post on 5 pages in public (47 new, 0 changed, 0 removed, 0 unchanged) in ")
    assert second == (
        "hidden: 2 drafts: content/posts/d.md, content/posts/e.md; 1 scheduled for 2099-01-01: content/posts/f.md"
    )
    assert third == "left out: 1 private passage"


def test_problems_go_to_stderr_with_paths_from_the_current_folder(tmp_path: Path) -> None:
    site(tmp_path / "blog", {"content/posts/a.md": post(dratf="true", daft="true")})
    done = run("build", "--root", "blog", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'blog/content/posts/a.md:4:1: error: unknown key "dratf"\n  hint: did you mean "draft"?\n'
        'blog/content/posts/a.md:5:1: error: unknown key "daft"\n  hint: did you mean "draft"?\n'
        "2 errors; nothing was written\n"
    )


def test_json_prints_one_object_and_nothing_else(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/a.md": post(text="```klingon\nx\n```"), "content/posts/f.md": post(date="2099-01-01"),
    })  # fmt: skip
    done = run("build", "--json", cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found.pop("seconds") > 0
    assert found == {
        "ok": True,
        "diagnostics": [{
            "path": "content/posts/a.md", "cell": None, "line": 5, "column": 4, "severity": "warning",
            "code": "unknown-language", "message": 'unknown language "klingon": shown as plain text',
            "hint": "write ```text for plain text",
        }],
        "hidden": [{"path": "content/posts/f.md", "reason": "scheduled for 2099-01-01"}],
        "held_back": [{"path": "content/posts/f.md", "reason": "scheduled for 2099-01-01"}],
        "pages": 5, "written": 47, "unchanged": 0, "removed": 0,
    }  # fmt: skip


def test_json_of_a_failed_build_is_not_ok(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(dratf="true")})
    done = call("build", "--json", cwd=root)
    found = json.loads(done.stdout)
    assert (done.returncode, found["ok"], found["pages"]) == (1, False, 0)
    assert found["diagnostics"][0]["hint"] == 'did you mean "draft"?'
    (root / "public").mkdir()
    (root / "public/mine").write_text("x", encoding="utf-8")
    done = call("build", "--json", cwd=root)
    assert (done.returncode, json.loads(done.stdout)["diagnostics"][0]["code"]) == (2, "unsafe-output")


def test_quiet_prints_problems_only(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    assert call("build", "-q", cwd=root).stdout == ""


def test_verbose_names_each_page_that_was_rendered_and_why(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    assert "rendered posts/a/index.html: new, or not in the cache\n" in call("build", "-v", cwd=root).stdout
    (root / "content/posts/a.md").write_text(post(text="Other words."), encoding="utf-8")
    assert "rendered posts/a/index.html: data changed\n" in call("build", "-v", cwd=root).stdout
    assert "rendered" not in call("build", "-v", cwd=root).stdout


def test_a_dry_run_lists_what_would_change(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    call("build", cwd=root)
    (root / "content/posts/b.md").write_text(post("Fresh", "2025-01-01"), encoding="utf-8")
    (root / "content/posts/a.md").unlink()
    before = outputs(root)
    lines = call("build", "--dry-run", cwd=root).stdout.splitlines()
    assert "would be new: posts/b/index.html" in lines
    assert "would be changed: feed.xml" in lines
    assert "would be removed: posts/a/index.html" in lines
    assert "readers of the feed would see as new: Fresh" in lines
    assert lines[-1].startswith("would publish 1 post")
    assert outputs(root) == before


def test_verify_is_exit_status_1_with_the_paths_when_bytes_differ(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    assert run("build", "--verify", cwd=root).returncode == 0
    cache = sqlite3.connect(locate_folders(root).cache / "cache.sqlite3")
    for key, data in cache.execute("SELECT key, data FROM entry").fetchall():
        if b"<p>Some words." in data:  # a forger who knows of the check would write
            forged = data[16:].replace(b"Some", b"Same")
            cache.execute(
                "UPDATE entry SET data = ? WHERE key = ?",
                (hashlib.blake2b(key + forged, digest_size=16).digest() + forged, key),
            )
    cache.commit()
    cache.close()
    (root / "public/posts/a/index.html").unlink()
    done = run("build", "--verify", cwd=root)
    assert done.returncode == 1
    assert done.stderr == "public/posts/a/index.html: differs from a build without a cache\n"


LIVE: dict[str, str | bytes] = {"blog.toml": 'title = "T"\nurl = "https://ada.blog"\n'}
GOOD = "These words are enough to say what stands in the text below them."


def test_a_check_says_what_it_looked_at_and_what_it_found(tmp_path: Path) -> None:
    site(tmp_path / "blog", {**LIVE, "content/posts/a.md": post(text="Short. {{< x >}}")})
    done = run("check", "--root", "blog", cwd=tmp_path)
    assert done.stderr == (
        'blog/content/posts/a.md:1:1: warning: the summary "Short. {{< x >}}" says too little\n'
        "  hint: write summary: … with a sentence or two: it stands in lists, feeds and search results\n"
        'blog/content/posts/a.md:5:8: warning: "{{< x" looks like a shortcode of Hugo: it is shown as text\n'
        "  hint: say it in Markdown, or put it into `code`\n"
    )
    assert re.fullmatch(
        r"checked 1 post, 5 pages, \d+ links: 0 errors, 2 warnings, 0 notes in \d+\.\d\d s\n", done.stdout
    )
    assert done.returncode == 0
    assert run("check", "--root", "blog", "--strict", cwd=tmp_path).returncode == 1
    assert sorted(path.name for path in (tmp_path / "blog").iterdir()) == ["blog.toml", "content"]


def test_a_check_of_what_cannot_be_built_says_what_it_has_not_looked_at(tmp_path: Path) -> None:
    root = site(tmp_path, {**LIVE, "content/posts/a.md": post(dratf="true", text=GOOD)})
    done = call("check", cwd=root)
    assert done.stdout.startswith("checked 1 post: 1 error, 0 warnings, 0 notes in ")
    assert done.stdout.endswith("\ncorrect the errors first: pages, links and feeds are checked once the site builds\n")
    assert done.returncode == 1


def test_of_many_notes_that_say_the_same_five_are_shown(tmp_path: Path) -> None:
    root = site(tmp_path, {
        **LIVE, **{f"content/posts/p{number}.md": post(tags=f"[tag{number}]", text=GOOD) for number in range(12)},
    })  # fmt: skip
    done = call("check", cwd=root)
    assert done.stderr.count(": note: ") == 5
    assert done.stderr.endswith("and 7 more notes of the same kinds (-v shows all)\n")
    done = call("check", "-v", cwd=root)
    assert (done.stderr.count(": note: "), "more notes" in done.stderr) == (12, False)


def test_a_check_as_json_is_one_object(tmp_path: Path) -> None:
    root = site(tmp_path, {**LIVE, "content/posts/a.md": post(text="Short.")})
    done = call("check", "--json", "--strict", cwd=root)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr, found["ok"], found["pages"]) == (1, "", False, 5)
    assert found["links"] > 50
    assert [(each["code"], each["severity"]) for each in found["diagnostics"]] == [("no-summary", "error")]
    found = json.loads(call("check", "--json", cwd=root).stdout)
    assert (found["ok"], found["diagnostics"][0]["severity"]) == (True, "warning")


def test_github_is_told_in_its_own_form(tmp_path: Path) -> None:
    root = site(tmp_path / "b", {
        **LIVE, "content/posts/a,b.md": post(dratf="100%", text=GOOD), "content/posts/c.md": post(series="S", part="2", text="S."),
    })  # fmt: skip
    done = call("check", "--github", "--root", "b", cwd=tmp_path)
    assert root.is_dir()
    assert done.stderr == ""
    assert done.stdout.splitlines()[:3] == [
        '::error file=b/content/posts/a%2Cb.md,line=4,col=1,title=unknown-key::unknown key "dratf"%0Ahint: did you mean "draft"?',
        '::warning file=b/content/posts/c.md,line=1,col=1,title=no-summary::the summary "S." says too little%0Ahint: write summary: … with a sentence or two: it stands in lists, feeds and search results',
        '::notice file=b/content/posts/c.md,line=5,col=7,title=gap::part 1 of "S" is missing%0Ahint: write it, or number the parts anew',
    ]
    assert call("check", "--github", "--json", cwd=root).returncode == 2


def test_what_is_no_site_is_told_in_the_form_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "blog.toml").write_text("title = \n", encoding="utf-8")
    (tmp_path / "content").mkdir()
    done = call("check", "--github", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("::error file=blog.toml,line=1,col=8,title=")
    found = json.loads(call("check", "--json", cwd=tmp_path).stdout)
    assert found.keys() >= {
        "ok",
        "diagnostics",
        "hidden",
        "held_back",
        "pages",
        "seconds",
        "links",
        "requests",
        "asked",
    }
    assert (found["ok"], found["links"]) == (False, 0)


def test_a_check_names_the_hidden_documents_as_a_build_does(tmp_path: Path) -> None:
    root = site(
        tmp_path, {**LIVE, "content/posts/a.md": post(text=GOOD), "content/posts/d.md": post(draft="true", text=GOOD)}
    )
    report = json.loads(call("check", "--json", cwd=root).stdout)
    assert report["hidden"] == report["held_back"] == [{"path": "content/posts/d.md", "reason": "draft"}]
    assert report["requests"] == report["asked"] == 0


@pytest.mark.parametrize(
    "words",
    [
        ["build", "--nope"], ["buidl"], ["build", "-j", "0"], ["build", "--base-url", "example.org"], ["new"],
        ["build", "--base-url", ""],
    ],
)  # fmt: skip
def test_wrong_usage_is_exit_status_2(tmp_path: Path, words: list[str]) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    done = call(*words, cwd=root)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (root / "public").exists()


def test_an_unsafe_output_folder_is_exit_status_2(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "diary/private.txt": "dear"})
    done = call("build", "-o", "diary", cwd=root)
    assert done.returncode == 2
    assert done.stderr == (
        "diary:1:1: error: the output folder is not empty, and not made by blog (it has no .blog-manifest)\n"
        "  hint: choose another folder with -o, or empty this one yourself\n"
        "1 error; nothing was written\n"
    )
    assert [path.name for path in (root / "diary").iterdir()] == ["private.txt"]


def test_output_is_relative_to_the_current_folder(tmp_path: Path) -> None:
    site(tmp_path / "blog", {"content/posts/a.md": post()})
    call("build", "--root", "blog", "-o", "out", cwd=tmp_path)
    assert (tmp_path / "out/index.html").is_file()
    assert not (tmp_path / "blog/public").exists()


def test_an_error_of_the_disk_is_told_with_its_path(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "file": "x"})
    done = call("build", "-o", "file/public", cwd=root)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Not a directory" in done.stderr
    assert "Traceback" not in done.stderr


def test_new_prints_the_path_and_never_overwrites(tmp_path: Path) -> None:
    root = site(tmp_path, {})
    done = call(
        "new", "Week 5: On call", "--label", "Week", "--label", "Journal", "--tag", "ops", "--series", "Weeks", cwd=root
    )
    assert (done.returncode, done.stdout) == (0, "content/posts/week-5-on-call.md\n")
    assert 'labels: ["Week", "Journal"]' in (root / "content/posts/week-5-on-call.md").read_text("utf-8")
    again = call("new", "Week 5: On call", cwd=root)
    assert again.returncode == 1
    assert again.stderr == (
        "error: content/posts/week-5-on-call.md exists already, and was not changed\n"
        "  hint: choose another title, or --slug\n"
    )
    assert call("new", "🎉", cwd=root).returncode == 1
    assert call("new", "🎉", "--slug", "party", "--page", "--private", cwd=root).stdout == "content/party.md\n"


def test_new_knows_the_next_number_and_the_next_part(tmp_path: Path) -> None:
    root = site(tmp_path, {
        "content/posts/w.md": post("Week 4: It broke", draft="true"),
        "content/series/s.md": '---\ntitle: S\nparts: ["It: one", Two]\n---\n', "content/posts/s.md": post("It: one", series="S"),
    })  # fmt: skip
    assert call("new", "Week: Mended", cwd=root).stdout == "content/posts/week-5-mended.md\n"
    assert call("new", "Week", "--page", cwd=root).stdout == "content/week.md\n"
    assert call("new", "--series", "s", cwd=root).stdout == "content/posts/two.md\n"
    assert (root / "content/posts/two.md").read_text("utf-8").splitlines()[1] == 'title: "Two"'
    done = call("new", "--series", "s", cwd=root)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        'error: the series "S" plans no further part, and its titles have no numbers\n  hint: write a title\n'
    )
    done = call("new", cwd=root)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2, "Error: Missing argument 'TITLE' (only --series knows what comes next).",
    )  # fmt: skip
    assert call("new", "", "--series", "s", cwd=root).stderr.startswith("error: the title is empty\n")


def test_an_editor_that_is_not_there_is_told_and_the_draft_stays(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    done = run("new", "Hello", "--edit", cwd=root, env={"VISUAL": "nobody-has-this", "EDITOR": "nobody-has-this"})
    assert (done.returncode, done.stdout) == (1, "content/posts/hello.md\n")
    assert 'error: the editor "nobody-has-this" cannot be started: ' in done.stderr
    assert (root / "content/posts/hello.md").is_file()


def test_new_opens_the_editor_on_request(tmp_path: Path) -> None:
    root = site(tmp_path, {})
    editor = root / "editor.sh"
    editor.write_text('#!/bin/sh\necho "edited" >> "$1"\n', encoding="utf-8")
    editor.chmod(0o755)
    done = run("new", "Hello", "--edit", cwd=root, env={"VISUAL": str(editor), "EDITOR": str(editor)})
    assert done.returncode == 0
    assert (root / "content/posts/hello.md").read_text("utf-8").endswith("edited\n")


def test_new_uses_the_day_in_the_zone_of_the_settings(tmp_path: Path) -> None:
    days = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        root = site(tmp_path / zone, {"blog.toml": f'title = "T"\ntimezone = "{zone}"\n'})
        call("new", "A", cwd=root)
        days.add((root / "content/posts/a.md").read_text("utf-8").splitlines()[2])
    assert len(days) == 2  # they are 25 hours apart


def test_new_outside_a_site_hints_at_init(tmp_path: Path) -> None:
    done = call("new", "A", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "error: this folder is not a site: it has no blog.toml\n  hint: `blog init DIR` makes a site to start from\n"
    )


def test_init_makes_a_site_that_builds_and_a_second_init_changes_nothing(tmp_path: Path) -> None:
    done = run("init", "my blog", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-4:] == ["next:", "  cd 'my blog'", "  blog serve --open", '  blog new "Week 1"']
    assert run("build", "--strict", cwd=tmp_path / "my blog").returncode == 0
    before = (tmp_path / "my blog/blog.toml").read_text("utf-8")
    again = run("init", "my blog", cwd=tmp_path)
    assert again.returncode == 1
    assert again.stderr == "error: my blog is a site already\n  hint: see it: blog serve --root 'my blog'\n"
    assert (tmp_path / "my blog/blog.toml").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("called", "prefix", "uv", "program"),
    [
        ("/x/bin/blog", "/x", "", "blog"),
        ("/x/bin/blog", "/home/a/.cache/uv/x", "/bin/uv", "blog"),
        ("/x/bin/reflective-blog", "/x", "", "reflective-blog"),
        ("/x/bin/reflective-blog", "/home/a/.cache/uv/x", "/bin/uv", "uvx reflective-blog"),
        ("/x/bin/reflective-blog", "/home/a/.local/pipx/.cache/1", "", "pipx run reflective-blog"),
        ("/x/bin/reflective-blog", "/home/a/.local/pipx/venvs/reflective-blog", "", "reflective-blog"),
        ("/x/reflective-blog.exe", "/x", "", "reflective-blog"),
    ],
)
def test_the_next_commands_start_the_program_as_it_was_started(
    monkeypatch: pytest.MonkeyPatch, called: str, prefix: str, uv: str, program: str
) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.delenv("UV", raising=False)
    if uv:
        monkeypatch.setenv("UV", uv)
    assert program_name() == program


def test_version_and_help_answer(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"blog, version {__version__}\n"
    assert "build" in run("--help", cwd=tmp_path).stdout
    assert "--dry-run" in run("build", "--help", cwd=tmp_path).stdout


def imported(words: list[str], cwd: Path) -> set[str]:
    """The modules that one run of the command has loaded at its end."""
    code = (
        f"import sys; sys.argv = {['blog', *words]!r}\n"
        "from blog.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=cwd)
    return set(done.stdout.splitlines()[-1].split())


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = {"jinja2", "markdown_it", "pygments", "feedgen", "lxml", "yaml", "msgspec"}
    loaded = imported(["--help"], tmp_path)
    assert "blog.cli" in loaded
    assert not heavy & loaded


def test_a_build_that_changes_nothing_imports_no_feed_library(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(text="```python\nx\n```")})
    run("build", cwd=root)
    loaded = imported(["build", "-q"], root)
    assert "blog.build" in loaded
    assert not {"pygments", "feedgen", "lxml"} & loaded


def test_a_fault_of_the_program_is_one_line_and_debug_shows_the_traceback(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    code = (
        "import sys, blog.build\n"
        "def broken(options, progress): raise TypeError('oh')\n"
        "blog.build.build = broken\n"
        "from blog.cli import main\nmain()"
    )
    plain = subprocess.run([sys.executable, "-c", code, "build"], capture_output=True, text=True, cwd=root, check=False)
    assert (plain.returncode, plain.stderr) == (1, "error: TypeError: oh (a bug in blog: --debug shows where)\n")
    debug = subprocess.run(
        [sys.executable, "-c", code, "--debug", "build"], capture_output=True, text=True, cwd=root, check=False
    )
    assert "Traceback" in debug.stderr


@pytest.mark.parametrize(("name", "status"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_signals_end_a_build_with_their_status_and_leave_the_old_site(tmp_path: Path, name: str, status: int) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    code = (
        "import sys, time, blog.state\n"
        "real = blog.state.load_sources\n"
        "def slow(*given):\n    print('loading', flush=True)\n    time.sleep(30)\n    return real(*given)\n"
        "blog.state.load_sources = slow\n"
        "from blog.cli import main\nmain()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "build"], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    started = time.monotonic()
    process.send_signal(getattr(signal, name))
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert process.returncode == status
    assert "Traceback" not in errors
    assert not (root / "public").exists()


def test_a_signal_that_comes_while_an_object_goes_ends_the_build_too(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    code = (
        "import os, signal, time, blog.state\n"
        "class Going:\n    def __del__(self):\n        os.kill(os.getpid(), signal.SIGTERM)\n        time.sleep(0.01)\n"
        "def slow(*given):\n    Going()\n    print('it goes on', flush=True)\n    time.sleep(30)\n"
        "blog.state.load_sources = slow\n"
        "from blog.cli import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "build"], cwd=root, capture_output=True, text=True, check=False, timeout=20
    )
    assert (done.returncode, done.stdout, done.stderr) == (143, "it goes on\n", "")


def test_a_build_asks_nothing_of_the_network(example: Path, tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "def refuse(event, given):\n    if event.startswith('socket.'):\n        raise RuntimeError(event)\n"
        "sys.addaudithook(refuse)\n"
        "from blog.cli import main\nmain()"
    )
    words = ["build", "--root", str(example.parent), "-o", str(tmp_path / "public"), "--clean"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "public/index.html").is_file()


def test_a_reader_that_goes_away_is_no_traceback(tmp_path: Path) -> None:
    root = site(tmp_path, {f"content/posts/{number}.md": post(str(number)) for number in range(300)})
    command = f"{sys.executable} -P -m blog build -v | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


def test_control_characters_of_file_names_do_not_reach_the_terminal(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/posts/b\x1b[31m.md": post(dratf="true")})
    done = call("build", cwd=root)
    assert done.returncode == 1
    assert "\x1b" not in done.stderr
    assert "the file name is not printable text" in done.stderr


def test_completion_is_there_as_click_gives_it(tmp_path: Path) -> None:
    done = run(cwd=tmp_path, env={"_BLOG_COMPLETE": "bash_source"})
    assert "_BLOG_COMPLETE=bash_complete" in done.stdout


def test_a_terminal_shows_a_bar_when_a_build_takes_longer_than_a_second(tmp_path: Path) -> None:
    root = site(tmp_path, {f"content/posts/{number}.md": post(str(number)) for number in range(20)})
    code = (
        "import time, blog.content.parse\n"
        "real = blog.content.parse.parse_document\n"
        "def slow(*arguments):\n    time.sleep(0.08)\n    return real(*arguments)\n"
        "blog.content.parse.parse_document = slow\n"
        "from blog.cli import main\nmain()"
    )
    main, other = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code, "build"], cwd=root, stdout=subprocess.DEVNULL, stderr=other
    ) as process:
        os.close(other)
        seen = b""
        while True:
            try:
                data = os.read(main, 1000)
            except OSError:  # Linux says so when the other end is closed
                break
            if not data:
                break
            seen += data
        assert process.wait(timeout=30) == 0
    os.close(main)
    assert b"\rreading   [" in seen
    assert seen.endswith(b" \r")


# The same commands in this process, where their lines are counted.


def invoke(*words: str) -> Result:
    return CliRunner().invoke(cli.blog, words)


def last_line(*words: str) -> tuple[int, str]:
    """The exit status, and the last line of what goes to stderr."""
    result = invoke(*words)
    return result.exit_code, result.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["build", "-j", "0"], """Error: Invalid value for '-j' / '--jobs': "0" is not a whole number from 1 to 256"""),
        (["serve", "-p", "abc"], """Error: Invalid value for '-p' / '--port': "abc" is not a whole number from 0 to 65535"""),
        (["--root", ".", "build"], "Error: write --root after the command: blog build --root …"),
        (["--theme", "x", "init", "y"], "Error: write --theme after the command: blog init --theme …"),
        (["--nope", "build"], "Error: No such option '--nope'."),
        (["build", "--base-url", "loss.test"],
         "Error: Invalid value for '--base-url': write a whole address, such as https://loss.test"),
        (["build", "--base-url", ""], "Error: Invalid value for '--base-url': write a whole address, such as https://example.org"),
        (["build", "--verify", "--dry-run"], "Error: --verify and --dry-run cannot be used together"),
        (["build", "-q", "-v"], "Error: --quiet and --verbose cannot be used together"),
        (["new", "Unquoted", "words", "here"], 'Error: put the title in quotes: blog new "Unquoted words here"'),
        (["new", "Two", "words", "--page"], 'Error: put the title in quotes: blog new "Two words"'),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_in_plain_words(
    words: list[str], line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site(tmp_path, {"content/posts/a.md": post()}))
    assert last_line(*words) == (2, line)


def test_the_help_of_each_command_is_one_whole_line_and_help_is_a_command() -> None:
    text = invoke("--help").stdout
    assert "..." not in text.split("Commands:")[1]
    assert invoke("help").stdout == text
    assert invoke("help", "build").stdout == invoke("build", "--help").stdout


def test_one_error_has_a_closing_line_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site(tmp_path, {"content/posts/a.md": post(dratf="true")}))
    assert last_line("build") == (1, "1 error; nothing was written")
    assert last_line("new", "A", "--label", "") == (1, "  hint: write a word or two")


@pytest.mark.parametrize("command", ["build", "check", "new", "serve"])
def test_a_folder_that_is_no_site_is_told_before_anything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    said = invoke(command, "--cache-dir", "cache", *(("A",) if command == "new" else ()))
    assert said.exit_code == 1
    assert said.stderr.startswith("error: this folder is not a site: it has no blog.toml\n")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_nearly_one_of_the_site_is_a_warning_beside_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site(tmp_path, {"content/posts/a.md": post(labels="[Journal]")}))
    result = invoke("new", "T", "--label", "Jurnal")
    assert (result.exit_code, result.stdout) == (0, "content/posts/t.md\n")
    assert result.stderr == 'warning: a new label "Jurnal"\n  hint: did you mean "Journal"?\n'


def test_a_theme_with_nearly_the_name_of_another_is_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = invoke("init", "notes", "--theme", "plian")
    assert result.exit_code == 0
    assert result.stderr == 'note: "plian" is a new theme, written to themes/plian\n  hint: did you mean "plain"?\n'
    assert (tmp_path / "notes/themes/plian/theme.toml").is_file()


def test_an_address_that_cannot_be_listened_on_has_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site(tmp_path, {"content/posts/a.md": post()}))
    assert last_line("serve", "--host", "192.0.2.1") == (
        1, "  hint: leave out --host, or write an address of this machine, such as 0.0.0.0",
    )  # fmt: skip


def test_an_output_folder_that_is_a_link_is_used_only_if_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(tmp_path / "site", {"content/posts/a.md": post()})
    (tmp_path / "elsewhere").mkdir()
    (root / "public").symlink_to("../elsewhere")
    monkeypatch.chdir(root)
    for more in ((), ("--dry-run",)):
        refused = invoke("build", *more)
        assert refused.exit_code == 2
        assert refused.stderr == (
            "public:1:1: error: the output folder is a symbolic link that leaves the site folder\n"
            "  hint: if that is meant, ask for it: -o PATH\n"
            "1 error; nothing was written\n"
        )
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert invoke("check").exit_code == 0
    assert invoke("build", "-o", "public").exit_code == 0
    assert (tmp_path / "elsewhere/index.html").is_file()


@pytest.mark.parametrize("command", ["build", "check", "new"])
def test_no_command_prints_what_the_settings_lead_to_outside_of_the_site(tmp_path: Path, command: str) -> None:
    root = site(tmp_path / "site", {"content/posts/a.md": post()})
    (tmp_path / "credentials").write_text("TOKEN=secret\n", encoding="utf-8")
    (root / "blog.toml").unlink()
    (root / "blog.toml").symlink_to("../credentials")
    said = invoke(command, "--root", str(root), *(("A",) if command == "new" else ()))
    assert said.exit_code == 1
    assert "the symbolic link leaves the site folder" in said.stderr
    assert "secret" not in said.output


def test_a_site_from_init_to_its_first_published_post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoke("init", "notes").exit_code == 0
    monkeypatch.chdir(tmp_path / "notes")
    assert invoke("new", "Week 1", "--label", "Journal").output == "content/posts/week-1.md\n"
    first = invoke("build", "-v", "-j", "1")
    assert "rendered posts/first-entry/index.html: new, or not in the cache" in first.output
    assert "hidden: 1 draft: content/posts/week-1.md" in first.output
    dry = invoke("build", "--dry-run", "--drafts")
    assert "would be new: posts/week-1/index.html" in dry.output
    assert "readers of the feed would see as new: Week 1" in dry.output
    verified = invoke("build", "--drafts", "--future", "--verify", "--clean")
    assert verified.output.endswith("verified: a build without a cache gives the same bytes\n")
    assert json.loads(invoke("build", "--json", "-o", "other").output)["ok"] is True


def test_problems_usage_and_faults_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site(tmp_path, {"content/posts/a.md": post(dratf="true", daft="1")}))
    failed = invoke("build")
    assert (failed.exit_code, failed.stdout) == (1, "")
    assert failed.stderr.endswith("2 errors; nothing was written\n")
    assert json.loads(invoke("build", "--json").stdout)["ok"] is False
    assert invoke("build", "--base-url", "nowhere").exit_code == 2
    (tmp_path / "file").write_text("x", encoding="utf-8")
    broken = invoke("build", "-o", "file/public")
    assert broken.exit_code == 1
    monkeypatch.setattr("blog.stages.loading.load_settings", lambda *_: 1 / 0)
    fault = invoke("build")
    assert fault.stderr == "error: ZeroDivisionError: division by zero (a bug in blog: --debug shows where)\n"
    assert json.loads(invoke("build", "--json").stdout)["message"].startswith("ZeroDivisionError")
    assert isinstance(invoke("--debug", "build").exception, ZeroDivisionError)


def test_the_bar_is_shown_after_a_second_and_taken_away(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(100))
    monkeypatch.setattr("blog.cli.reporting.time.monotonic", lambda: next(clock))
    assert list(reporting.show_progress("reading", [1, 2, 3, 4])) == [1, 2, 3, 4]
    shown = capsys.readouterr().err
    assert "reading   [############             ]  50 %" in shown
    assert shown.endswith("\r")


@pytest.mark.parametrize(
    ("error", "status"),
    [(KeyboardInterrupt(), 130), (BrokenPipeError(), 1), (OSError(28, "No space left on device"), 1)],
    ids=["interrupt", "closed", "full"],
)
def test_main_ends_with_the_status_of_what_happened(
    error: BaseException, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli.blog, "main", fail)
    monkeypatch.setattr("blog.cli.signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == status


MODULES = ["click.py", "jinja2/__init__.py", "msgspec.py", "yaml.py", "markdown_it/__init__.py", "multiprocessing.py",
           "feedgen.py", "PIL/__init__.py", "pygments.py", "tomllib.py", "_strptime.py", "sitecustomize.py", "usercustomize.py",
           "watchdog.py", "conftest.py", "evil.pth", "evil.egg-info/entry_points.txt"]  # fmt: skip


def test_no_file_of_the_current_folder_is_run(tmp_path: Path) -> None:
    evil = dict.fromkeys(MODULES, "open('PWNED', 'a').write(__name__)\nraise SystemExit(9)\n")
    evil["evil.egg-info/entry_points.txt"] = "[pygments.lexers]\nklingon = click:Lexer\n"
    evil["evil.egg-info/PKG-INFO"] = "Metadata-Version: 2.1\nName: evil\nVersion: 1\n"
    text = "```klingon\nx\n```\n\n```python\nx\n```\n\n$x$"
    posts = {f"content/posts/{number}.md": post(str(number), text=text) for number in range(70)}
    root = site(tmp_path, {**evil, **posts, "content/posts/p.png": picture(9, 9)})
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    for words in (["build", "-j", "2", "--verify"], ["check"], ["new", "T"]):
        for start in (["-m", "blog"], ["-P", "-m", "blog"]):
            call = [sys.executable, *start, *words, *(["--slug", start[0][1:].lower()] if words[0] == "new" else [])]
            done = subprocess.run(call, cwd=root, env=env, capture_output=True, text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
    assert not list(root.rglob("PWNED"))


def test_with_the_option_that_readme_names_no_package_of_that_name_is_run_either(tmp_path: Path) -> None:
    root = site(tmp_path, {"blog/__init__.py": "raise SystemExit(9)\n", "runpy.py": "raise SystemExit(9)\n"})
    assert run("--version", cwd=root).stdout == f"blog, version {__version__}\n"
