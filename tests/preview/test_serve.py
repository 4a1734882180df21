"""`blog serve` as a whole: a save, and what is shown; the command, its messages and its end."""

import contextlib
import datetime as dt
import mmap
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from blog.build import build
from blog.cache.workspace import locate_folders, open_workspace
from blog.content import image_versions
from blog.output.folder import compare_folders
from blog.preview import serve as serving
from blog.preview.serve import Serving, preview_folder
from blog.problems import Problem
from blog.render import renderer
from blog.render.templates import Templates
from blog.site.visibility import Audience
from blog.stages.context import BuildOptions, Report
from blog.system.workers import WORTH_IT
from tests.support.processes import alive_in_group
from tests.support.publishing import FEEDS, build_folder, order, post
from tests.support.sites import SETTINGS, picture, site, told

EVERYTHING = {"drafts": True, "future": True, "private": True}


class Heard:
    """A voice that remembers."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.touched: list[frozenset[str] | None] = []
        self.problems: list[list[str]] = []
        self.resized: list[int] = []

    def serving(self, url: str) -> None:
        raise NotImplementedError

    def polling(self, why: str) -> None:
        raise NotImplementedError

    def built(self, report: Report, touched: frozenset[str] | None, seconds: float) -> None:
        self.reports.append(report)
        self.touched.append(touched)

    def resizing(self, count: int) -> None:
        self.resized.append(count)

    def failed(self, problems: Sequence[Problem]) -> None:
        self.problems.append(told(sorted(problems)))


class Site:
    """A site that is being served."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.heard = Heard()
        audience = Audience(dt.datetime.now(dt.UTC), drafts=True, future=True, private=True)
        self.order = BuildOptions(root=root, output=preview_folder(root), audience=audience)
        self.serving = Serving(self.order, self.heard)
        self.thread = threading.Thread(target=self.serving.run)
        self.thread.start()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def page(self, name: str) -> str:
        found = self.serving.preview.page(name)
        return found[0].decode() if found else ""

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 30  # a busy machine
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.005)

    def end(self) -> None:
        self.serving.stop()
        self.thread.join(10)
        self.serving.end()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Site]:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="First.", summary="S"),
        "content/posts/b.md": post("B"),
    }
    made = Site(site(tmp_path / "site", files))
    made.until(lambda: made.serving.preview.snapshot.ready)
    yield made
    made.end()


def test_a_save_is_shown_and_only_what_it_changed_is_made(served: Site) -> None:
    served.write("content/posts/a.md", post("A", text="Second.", summary="S"))
    served.until(lambda: "Second." in served.page("posts/a/index.html"))
    served.until(lambda: len(served.heard.reports) == 2)
    assert served.heard.touched[1] == frozenset({"content/posts/a.md"})
    assert {path for path, _ in served.heard.reports[1].reasons} <= {
        "posts/a/index.html", *FEEDS, "search/0.json",
    }  # fmt: skip


def test_pages_are_shown_before_versions_of_images_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = tmp_path / "gate"
    make_versions = image_versions.make_versions

    def waiting(data: bytes, widths: Sequence[int]) -> list[bytes]:
        while not gate.exists():  # in a worker process
            time.sleep(0.01)
        return make_versions(data, widths)

    monkeypatch.setattr(image_versions, "make_versions", waiting)
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="First. ![p](p.png) ![q](q.png)"),
        "content/posts/p.png": picture(600, 300), "content/posts/q.png": picture(700, 300),
    }  # fmt: skip
    made = Site(site(tmp_path / "site", files))
    try:
        made.until(lambda: made.heard.resized == [2])
        assert "First." in made.page("posts/a/index.html")
        (version, _) = sorted(
            path for path, original in made.serving.preview.snapshot.originals.items() if original.endswith("p.png")
        )
        assert not (made.order.output / version).exists()
        assert made.heard.reports == []
        gate.touch()
        made.until(lambda: len(made.heard.reports) == 1)
        assert (made.order.output / version).exists()
    finally:
        gate.touch()
        made.end()


def test_what_readers_do_not_get_is_shown_with_the_reason_and_never_in_public(served: Site) -> None:
    served.write("content/posts/d.md", post("D", draft="true", private="true"))
    served.until(lambda: "“draft: true” holds it back" in served.page("posts/d/index.html"))
    assert "badge" in served.page("posts/d/index.html")
    assert not (served.root / "public").exists()
    build_folder(served.root)
    assert not (served.root / "public/posts/d").exists()


def test_an_error_keeps_the_last_good_site_and_goes_when_it_is_mended(served: Site) -> None:
    served.write("content/posts/a.md", post("A", text="Second.", summary="S", dratf="true"))
    served.until(lambda: bool(served.serving.preview.snapshot.problems))
    assert served.heard.problems == [['5:1 error unknown-key: unknown key "dratf" -- did you mean "draft"?']]
    assert "First." in served.page("posts/a/index.html")
    served.write("content/posts/b.md", post("B", text="Other."))
    served.write("content/posts/a.md", post("A", text="Third."))
    served.until(lambda: "Third." in served.page("posts/a/index.html"))
    served.until(lambda: "Other." in served.page("posts/b/index.html"))
    served.until(lambda: not served.serving.preview.snapshot.problems)


def test_an_error_of_the_theme_names_template_line_and_page(served: Site) -> None:
    theme = Path(__file__).parent.parent.parent / "themes/margin"
    shutil.copytree(theme, served.root / "themes/margin")
    served.until(lambda: len(served.heard.reports) > 1)
    template = served.root / "themes/margin/templates/page.html"
    text = template.read_text("utf-8")
    served.write("content/about.md", "# About\n")
    served.until(lambda: "About" in served.page("about/index.html"))
    template.write_text(text.replace("{% block main %}", "{% block main %}\n{{ nothing }}"), encoding="utf-8")
    served.until(lambda: bool(served.serving.preview.snapshot.problems))
    (problem,) = served.serving.preview.snapshot.problems
    assert problem.location.path == "themes/margin/templates/page.html"
    assert problem.message == '"nothing" is undefined (on the page of content/about.md)'
    template.write_text(text, encoding="utf-8")
    served.until(lambda: not served.serving.preview.snapshot.problems)


def test_reading_and_touching_make_nothing_anew(served: Site) -> None:
    (served.root / "content/posts/a.md").read_text("utf-8")
    os.utime(served.root / "content/posts/a.md")
    time.sleep(0.4)
    assert all(report.reasons == () for report in served.heard.reports[1:])
    assert all(not report.changes.changed for report in served.heard.reports[1:])


def test_a_file_that_is_half_written_is_neither_shown_nor_complained_of(served: Site) -> None:
    whole = post("A", text="Second.", summary="S")
    with (served.root / "content/posts/a.md").open("w") as file:
        file.write(whole[:12])
        file.flush()
        time.sleep(0.4)
        assert "First." in served.page("posts/a/index.html")
        file.write(whole[12:])
    served.until(lambda: "Second." in served.page("posts/a/index.html"))
    assert served.heard.problems == []


def test_a_new_folder_a_bundle_and_a_folder_that_goes(served: Site) -> None:
    served.write("content/posts/pack/index.md", post("Pack", text="![p](p.png)"))
    (served.root / "content/posts/pack/p.png").write_bytes(b"picture")
    served.until(lambda: "Pack" in served.page("posts/pack/index.html"))
    served.until((preview_folder(served.root) / "posts/pack/p.png").exists)
    (served.root / "content/posts/pack").rename(served.root / "content/posts/box")
    served.until(lambda: "Pack" in served.page("posts/box/index.html") and not served.page("posts/pack/index.html"))
    shutil.rmtree(served.root / "content/posts/box")
    served.until(lambda: served.page("posts/box/index.html") == "")


def test_links_inside_the_site_are_followed_to_what_they_lead_to(served: Site) -> None:
    served.write("shared/more/s.md", post("S", text="Linked."))
    (served.root / "content/posts/more").symlink_to(served.root / "shared/more")
    served.until(lambda: "Linked." in served.page("posts/s/index.html"))
    time.sleep(0.3)
    served.write("shared/more/s.md", post("S", text="Changed."))
    served.until(lambda: "Changed." in served.page("posts/s/index.html"))


def test_a_checkout_of_500_files_is_a_few_builds(served: Site) -> None:
    def git(*words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@b", *words],
            cwd=served.root,
            check=True,
            capture_output=True,
        )

    git("init", "-q", "-b", "main")
    for number in range(500):
        served.write(f"content/posts/n{number}.md", post(f"N{number}", text="Old."))
    served.until(lambda: "Old." in served.page("posts/n499/index.html"))
    git("add", ".")
    git("commit", "-qm", "Old")
    git("checkout", "-qb", "new")
    for number in range(500):
        served.write(f"content/posts/n{number}.md", post(f"N{number}", text="New."))
    git("commit", "-qam", "New")
    served.until(lambda: all("New." in served.page(f"posts/n{number}/index.html") for number in range(500)))
    time.sleep(0.5)
    before = len(served.heard.reports)
    git("checkout", "-q", "main")
    served.until(lambda: all("Old." in served.page(f"posts/n{number}/index.html") for number in range(500)))
    time.sleep(0.5)
    assert len(served.heard.reports) - before <= 4
    assert served.heard.problems == []


def test_a_site_that_does_not_build_yet_is_shown_when_it_does(tmp_path: Path) -> None:
    made = Site(site(tmp_path / "site", {"blog.toml": "titel = 1\n"}))
    try:
        made.until(lambda: bool(made.serving.preview.snapshot.problems))
        assert not made.serving.preview.snapshot.ready
        made.write("blog.toml", SETTINGS)
        made.write("content/posts/a.md", post("A"))
        made.until(lambda: "A" in made.page("posts/a/index.html"))
    finally:
        made.end()


def test_the_workspace_may_go_at_any_time(served: Site) -> None:
    shutil.rmtree(locate_folders(served.root).cache)
    served.write("content/posts/a.md", post("A", text="Second.", summary="S"))
    served.until(lambda: "Second." in served.page("posts/a/index.html"))
    served.until(lambda: served.page("posts/b/index.html") != "")


def test_another_build_at_the_same_time_is_waited_for(served: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    build_folder(served.root)
    monkeypatch.setattr(serving, "LOCKED_RETRY_SECONDS", 0.1)
    free = threading.Event()

    def impatient(*given: Any) -> Report:
        if not free.is_set():
            with open_workspace(served.root, patience=0):
                raise AssertionError("the lock is free")
        return build(*given)

    monkeypatch.setattr(serving, "build", impatient)
    with open_workspace(served.root):
        served.write("content/posts/a.md", post("A", text="Second.", summary="S"))
        served.until(lambda: bool(served.heard.problems))
        assert "another build of this site is running" in served.heard.problems[0][0]
    free.set()
    served.until(lambda: "Second." in served.page("posts/a/index.html"))


def test_what_is_remembered_is_kept_while_nobody_edits(served: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    served.write("content/posts/a.md", post("A", text="Second.", summary="S"))
    served.until(lambda: len(served.heard.reports) > 1)
    served.until(lambda: not served.serving.is_unsaved)
    report = build(order(served.root, output=preview_folder(served.root), now=dt.datetime.now(dt.UTC), **EVERYTHING))
    assert report.reasons == ()


def test_a_scheduled_post_loses_its_badge_when_its_moment_comes(tmp_path: Path) -> None:
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=3)
    made = Site(site(tmp_path / "site", {"content/posts/a.md": post("A", date=f"{soon:%Y-%m-%d %H:%M:%S}+00:00")}))
    try:
        made.until(lambda: "is still to come" in made.page("posts/a/index.html"))
        made.until(lambda: bool(made.page("posts/a/index.html")) and "to come" not in made.page("posts/a/index.html"))
    finally:
        made.end()


def test_a_newer_edit_comes_before_the_pages_that_nobody_looks_at(
    served: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(Path(__file__).parent.parent.parent / "themes/margin", served.root / "themes/margin")
    for number in range(40):
        served.write(f"content/posts/n{number}.md", post(f"N{number}"))
    served.until(lambda: "N39" in served.page("posts/n39/index.html"))
    time.sleep(0.5)
    slow = renderer.Renderer._produce

    def produce(self: renderer.Renderer, templates: Templates | None, recipe: renderer.RenderJob) -> tuple[bool, bytes]:
        time.sleep(0.05)
        return slow(self, templates, recipe)

    monkeypatch.setattr(renderer.Renderer, "_produce", produce)
    sheet = served.root / "themes/margin/static/margin.css"
    with served.serving.preview.watching("posts/a/index.html"):
        sheet.write_text("one {}", encoding="utf-8")
        first = served.page("posts/a/index.html")
        served.until(lambda: served.page("posts/a/index.html") != first)
        started = time.monotonic()
        served.write("content/posts/a.md", post("A", text="Newer."))
        served.until(lambda: "Newer." in served.page("posts/a/index.html"))
        assert time.monotonic() - started < 1.5  # all the others take longer than two seconds
    monkeypatch.undo()
    served.until(lambda: served.serving.changed_paths == frozenset())
    time.sleep(0.3)
    name = re.search(r"margin\.\w+\.css", served.page("posts/n7/index.html"))
    assert name
    assert name[0] in served.page("posts/a/index.html")


def test_a_fault_of_the_disk_is_a_problem_and_not_the_end(served: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Report:
        raise OSError(28, "No space left on device", "x")

    monkeypatch.setattr(serving, "build", broken)
    served.write("content/posts/a.md", post("A", text="Second.", summary="S"))
    served.until(lambda: bool(served.heard.problems))
    monkeypatch.undo()
    served.write("content/posts/a.md", post("A", text="Third."))
    served.until(lambda: "Third." in served.page("posts/a/index.html"))


def test_after_many_edits_the_preview_equals_a_clean_build(served: Site, tmp_path: Path) -> None:
    for number in range(40):
        served.write(
            f"content/posts/p{number % 7}.md", post(f"P{number}", text=f"Text {number}.", tags=f"[t{number % 3}]")
        )
        if number % 5 == 0:
            (served.root / f"content/posts/p{number % 7}.md").unlink()
        if number % 11 == 0:
            served.write("blog.toml", f"{SETTINGS}description = 'D{number}'\n")
        time.sleep(0.02)
    time.sleep(1)
    elsewhere = tmp_path / "elsewhere"
    build(order(served.root, output=elsewhere, now=dt.datetime.now(dt.UTC), cache="fresh", **EVERYTHING))
    assert compare_folders(preview_folder(served.root), elsewhere) == []


# The command


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return site(tmp_path / "site", {"content/posts/a.md": post("A", text="First.", summary="S")})


@contextlib.contextmanager
def start(root: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-W", "error", "-P", "-m", "blog", "serve", "--root", str(root), *words]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "BROWSER": "true"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, start_new_session=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def fetched(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_where_it_serves_what_it_builds_and_ends_at_once_with_0(
    root: Path, number: signal.Signals
) -> None:
    with start(root, "-p", "0") as process:
        found = re.fullmatch(r"serving (http://127\.0\.0\.1:\d+)/ \(Ctrl-C ends it\)\n", said(process))
        assert found
        assert re.fullmatch(r"showing 1 post on \d+ pages, built in \d+\.\d\d s\n", said(process))
        assert "First." in fetched(f"{found[1]}/posts/a/")
        (root / "content/posts/a.md").write_text(post("A", text="Second.", summary="S"), encoding="utf-8")
        assert re.fullmatch(r"\d\d:\d\d:\d\d .*content/posts/a.md: 5 files in \d+ ms\n", said(process))
        (root / "content/posts/a.md").write_text(post("A", text="Second.", summary="S", titel="x"), encoding="utf-8")
        assert re.fullmatch(r"\d\d:\d\d:\d\d cannot build: 1 error; the last good version stays\n", said(process))
        assert said(process).endswith('content/posts/a.md:5:1: error: unknown key "titel"\n')
        assert said(process) == '  hint: did you mean "title"?\n'
        (root / "content/posts/a.md").write_text(post("A", text="Second.", summary="S"), encoding="utf-8")
        assert re.fullmatch(r"\d\d:\d\d:\d\d corrected: the pages are as before\n", said(process))
        with urllib.request.urlopen(f"{found[1]}/_blog/events?page=/", timeout=10):
            started = time.monotonic()
            process.send_signal(number)
            rest, _ = process.communicate(timeout=10)
            assert time.monotonic() - started < 1.5
    assert (process.returncode, rest) == (0, "\nstopped\n")


def test_a_folder_that_is_no_site_is_left_as_it_is(tmp_path: Path) -> None:
    with start(tmp_path, "-p", "0") as process:
        text, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "hint: `blog init DIR` makes a site to start from" in text
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_an_error_only_if_it_was_asked_for(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with start(root, "-p", str(port)) as process:
            text, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert text == (
        f"error: cannot listen on 127.0.0.1, port {port}: Address already in use\n"
        "  hint: leave out -p to take the next port that is free\n"
    )


def test_a_host_of_the_network_is_warned_of_and_a_browser_is_opened(root: Path) -> None:
    with start(root, "-p", "0", "--host", "127.0.0.2", "--open") as process:
        lines = [said(process) for _ in range(3)]
    assert "warning: whoever can reach 127.0.0.2 on the network can read your drafts and private posts\n" in lines


def test_a_host_that_is_none_of_this_machine_is_an_error(root: Path) -> None:
    with start(root, "--host", "203.0.113.1") as process:
        text, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert text.startswith("error: cannot listen on 203.0.113.1, port 8000: ")


WITH_WORKERS = WORTH_IT + 4
"""Number of texts that workers parse; the process itself parses fewer."""


def slow_site(folder: Path, texts: int) -> Path:
    """A site whose first build takes longer than ten seconds on any machine, if nobody ends it."""
    large = post(text="*Words*, and [more](#).\n\n" * (800_000 // texts))
    return site(folder / "site", {f"content/posts/{number}.md": large for number in range(texts)})


def wait_for_build(process: subprocess.Popen[str], texts: int) -> None:
    """Wait until the texts are parsed: CPython ends itself by SIGINT, whatever we exit with, if a signal came during an import.

    It takes a KeyboardInterrupt inside ``eval`` (of ``namedtuple``) for one that nobody handles.
    """
    if sys.platform == "linux":
        has_workers = texts >= WITH_WORKERS and (os.cpu_count() or 1) > 1
        end = time.monotonic() + 20
        while len(alive_in_group(process.pid)) < 2 if has_workers else processor_seconds(process.pid) < 1.5:
            assert time.monotonic() < end, "the build has not begun"
            time.sleep(0.05)
    time.sleep(0.5)


def processor_seconds(pid: int) -> float:
    """The time of the processor that a process has used: imports take less than half a second."""
    user, system = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("texts", [4, WITH_WORKERS])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_two_ctrl_c_in_the_first_build_end_it_once(tmp_path: Path, number: signal.Signals, texts: int) -> None:
    with start(slow_site(tmp_path, texts), "-p", "0") as process:
        said(process)
        wait_for_build(process, texts)
        process.send_signal(number)
        time.sleep(0.05)
        process.send_signal(number)
        rest, _ = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "\nstopped\n")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a process that was killed")
def test_a_killed_server_takes_its_workers_with_it(tmp_path: Path) -> None:
    with start(slow_site(tmp_path, WITH_WORKERS), "-p", "0") as process:
        said(process)
        wait_for_build(process, WITH_WORKERS)
        process.kill()
        process.wait(10)
        end = time.monotonic() + 5
        while left := alive_in_group(process.pid):
            assert time.monotonic() < end, left
            time.sleep(0.05)


def test_an_error_goes_with_the_file_that_it_is_about(served: Site) -> None:
    served.write("content/posts/index.md", "x\n")
    served.until(lambda: bool(served.serving.preview.snapshot.problems))
    (served.root / "content/posts/index.md").unlink()
    served.until(lambda: not served.serving.preview.snapshot.problems)
    (served.root / "content/posts/l.md").symlink_to("nowhere.md")
    served.until(lambda: bool(served.serving.preview.snapshot.problems))
    served.write("content/posts/nowhere.md", post("L", slug="l-too"))
    served.until(lambda: not served.page("posts/l/index.html") and bool(served.serving.preview.snapshot.problems))
    (served.root / "content/posts/l.md").unlink()
    served.until(lambda: not served.serving.preview.snapshot.problems)


def test_an_edit_of_what_a_link_leads_to_is_seen_wherever_that_is(served: Site) -> None:
    served.write("kept/k.md", post("K", text="One."))
    served.write("README.md", post("R", text="One."))
    (served.root / "content/posts/k.md").symlink_to("../../kept/k.md")
    (served.root / "content/posts/r.md").symlink_to("../../README.md")
    served.until(lambda: "One." in served.page("posts/k/index.html") and "One." in served.page("posts/r/index.html"))
    time.sleep(0.4)
    served.write("kept/k.md", post("K", text="Two."))
    served.until(lambda: "Two." in served.page("posts/k/index.html"))
    served.write("README.md", post("R", text="Two."))
    served.until(lambda: "Two." in served.page("posts/r/index.html"))


def test_a_terminal_that_is_gone_is_no_fault_of_the_port(root: Path) -> None:
    with start(root, "-p", "0") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(20) == 1


def test_a_server_without_any_stream_serves(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = f"exec {sys.executable} -P -m blog serve --root {root} -p {port} <&- >&- 2>&-"
    with subprocess.Popen(["bash", "-c", command]) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                assert "First." in fetched(f"http://127.0.0.1:{port}/posts/a/")
                break
            except (OSError, AssertionError):
                time.sleep(0.1)
        else:
            pytest.fail("it does not serve")
        process.terminate()
        assert process.wait(20) == 0


def test_a_killed_server_leaves_what_the_next_one_goes_on_from(root: Path) -> None:
    with start(root, "-p", "0") as process:
        said(process)
        said(process)
    (root / "content/posts/a.md").write_text(post("A", text="Second.", summary="S"), encoding="utf-8")
    with start(root, "-p", "0") as process:
        url = re.search(r"http://[^/]+", said(process))
        said(process)
        assert url
        assert "Second." in fetched(f"{url[0]}/posts/a/")


def through_a_hard_link(path: Path, text: str) -> None:
    elsewhere = path.parents[3] / "elsewhere.md"
    os.link(path, elsewhere)
    elsewhere.write_text(text, encoding="utf-8")


def through_a_mapping_that_stays_open(path: Path, text: str) -> None:
    data = text.encode()
    descriptor = os.open(path, os.O_RDWR)
    os.ftruncate(descriptor, len(data))
    mapping = mmap.mmap(descriptor, len(data))
    time.sleep(1.3)  # that it was cut is told; what is written now is not
    mapping[:] = data
    mapping.flush()
    KEPT_OPEN.append((descriptor, mapping))


KEPT_OPEN: list[tuple[int, mmap.mmap]] = []


@pytest.mark.parametrize("save", [through_a_hard_link, through_a_mapping_that_stays_open])
@pytest.mark.parametrize("kind", ["tab", "asked for"])
def test_an_edit_that_the_system_does_not_tell_of_is_seen_in_an_open_page(
    served: Site, save: Callable[[Path, str], None], kind: str
) -> None:
    path = served.root / "content/posts/a.md"
    preview = served.serving.preview
    if kind == "asked for":
        served.page("posts/a/index.html")
    with preview.watching("posts/a/index.html" if kind == "tab" else "index.html"):
        save(path, post("A", text="Told by nobody.", summary="S"))
        output = preview.folder / "posts/a/index.html"
        served.until(lambda: "Told by nobody." in output.read_text("utf-8"))
    while KEPT_OPEN:
        descriptor, mapping = KEPT_OPEN.pop()
        mapping.close()
        os.close(descriptor)


def test_what_is_looked_at_is_built_once_for_each_edit(served: Site) -> None:
    served.page("posts/a/index.html")
    through_a_hard_link(served.root / "content/posts/a.md", post("A", text="Second.", summary="S", dratf="1"))
    served.until(lambda: bool(served.heard.problems))
    time.sleep(1.5)
    assert len(served.heard.problems) == 1
    served.write("content/posts/a.md", post("A", text="Third.", summary="S"))
    served.until(lambda: "Third." in served.page("posts/a/index.html"))
    served.until(lambda: len(served.heard.reports) == 2)
    time.sleep(1.5)
    assert len(served.heard.reports) == 2
