"""Real commands on a machine that is short of something, that ends them, or that runs several at once."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from blog.cache.workspace import locate_folders
from tests.promises.test_failures import BLOG_TOML, THEME
from tests.support.disks import tree, with_disk
from tests.support.processes import running
from tests.support.publishing import left_over, post, preview_of
from tests.support.sites import site

BLOG = [sys.executable, "-P", "-m", "blog"]


def started(root: Path, *words: str) -> subprocess.Popen[str]:
    """`blog WORDS` in `root`."""
    return subprocess.Popen([*BLOG, *words], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def done(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What came of it."""
    return subprocess.run([*BLOG, *words], check=False, cwd=root, capture_output=True, text=True, timeout=120)


def many(root: Path, count: int, words: str = "Some words.") -> Path:
    """A site with `count` posts."""
    posts: dict[str, str | bytes] = {
        f"content/posts/{number}.md": post(f"Post {number}", text=words) for number in range(count)
    }
    return site(root, {**THEME, "blog.toml": BLOG_TOML, **posts})


def clean(root: Path) -> dict[str, bytes | str]:
    """What a build without anything kept gives."""
    assert done(root, "build", "-o", "../clean", "--clean").returncode == 0
    return tree(root.parent / "clean")


@pytest.fixture
def disks() -> None:
    """Disks can be made here."""
    if shutil.which("unshare") is None or with_disk(Path("/mnt"), "size=64k", ["true"]).returncode:
        pytest.skip("no disk can be made here: that takes unshare and the right to mount")


SCRIPT = """
import subprocess, sys
from pathlib import Path
from tests.support.disks import tree
root, output = Path(sys.argv[1]), Path(sys.argv[2])
def build():
    return subprocess.run([sys.executable, "-P", "-m", "blog", "build", "--root", str(root), "-o", str(output)], capture_output=True, text=True)
"""


def on_disk(folder: Path, size: str, root: Path, output: Path, script: str) -> None:
    """Run SCRIPT and `script` where `folder` is a disk of that size."""
    folder.mkdir(exist_ok=True)
    code = SCRIPT + script
    ran = with_disk(folder, f"size={size}", [sys.executable, "-c", code, str(root), str(output)])
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_site_that_does_not_fit_on_the_disk_leaves_it_empty(tmp_path: Path, disks: None) -> None:
    root = many(tmp_path / "site", 20)
    on_disk(tmp_path / "small", "64k", root, tmp_path / "small/public", """
ran = build()
assert ran.returncode == 1, ran
assert ran.stderr.startswith("error: No space left on device: "), ran
assert not output.exists()
""")  # fmt: skip


def test_a_site_that_no_longer_fits_on_the_disk_leaves_the_old_one_and_goes_on_once_it_does(
    tmp_path: Path, disks: None
) -> None:
    root = many(tmp_path / "site", 2)
    on_disk(tmp_path / "small", "400k", root, tmp_path / "small/public", """
assert build().returncode == 0
old = tree(output)
(root / "content/posts/0.md").write_text("---\\ntitle: Changed\\ndate: 2024-01-01\\n---\\nChanged.\\n")
(root / "content/large.bin").write_bytes(bytes(600_000))
ran = build()
assert ran.returncode == 1, ran
assert ran.stderr.startswith("error: No space left on device: "), ran
assert tree(output) == old
(root / "content/large.bin").unlink()
assert build().returncode == 0
assert "Changed" in (output / "posts/0/index.html").read_text('utf-8')
""")  # fmt: skip


def test_a_cache_folder_on_a_full_disk_costs_only_time(tmp_path: Path, disks: None) -> None:
    root = many(tmp_path / "site", 20)
    assert done(root, "build").returncode == 0
    on_disk(locate_folders(root).cache, "64k", root, root / "public", """
old = tree(output)
(root / "themes/t/templates/post.html").write_text("anew {{ body }}")
for _ in range(2):
    ran = build()
    assert ran.returncode == 0, ran
    assert tree(output)["posts/0/index.html"].startswith(b"anew"), ran
""")  # fmt: skip


def test_a_state_folder_on_a_full_disk_leaves_the_old_site(tmp_path: Path, disks: None) -> None:
    root = many(tmp_path / "site", 2)
    assert done(root, "build").returncode == 0
    on_disk(locate_folders(root).state, "16k", root, root / "public", """
old = tree(output)
(root / "themes/t/templates/post.html").write_text("anew {{ body }}")
import os
state = Path(sys.argv[3])
(state / "filler").write_bytes(bytes(os.statvfs(state).f_bavail * os.statvfs(state).f_frsize))
ran = build()
assert ran.returncode == 1, ran
assert ran.stderr.startswith("error: No space left on device"), ran
assert tree(output) == old
assert not list(root.glob(".blog-*"))
""".replace("sys.argv[3]", repr(str(locate_folders(root).state))))  # fmt: skip


def test_an_output_that_cannot_be_written_stays_as_it_is(tmp_path: Path, disks: None) -> None:
    root = many(tmp_path / "site", 2)
    on_disk(tmp_path / "small", "400k", root, tmp_path / "small/public", """
assert build().returncode == 0
old = tree(output)
(root / "content/posts/0.md").unlink()
subprocess.run(["mount", "-o", "remount,ro", str(output.parent)], check=True)
ran = build()
assert ran.returncode == 1, ran
assert ran.stderr.startswith("error: Read-only file system: "), ran
assert tree(output) == old
subprocess.run(["mount", "-o", "remount,rw", str(output.parent)], check=True)
assert build().returncode == 0
assert not (output / "posts/0/index.html").exists()
""")  # fmt: skip


def test_two_thousand_posts_need_no_more_than_64_open_files(tmp_path: Path) -> None:
    root = many(tmp_path / "site", 2000)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    ran = subprocess.run(
        [*BLOG, "build", "-j", "2"], check=False, cwd=root, capture_output=True, text=True, timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard)),
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(list((root / "public/posts").iterdir())) == 2000


def begun(root: Path, process: subprocess.Popen[str]) -> Path:
    """The file that names the holder of the lock, once this process holds it."""
    holder = locate_folders(root).state / "lock-holder"
    until = time.monotonic() + 20
    while time.monotonic() < until and not (holder.exists() and holder.read_text("utf-8") == f"{process.pid}\n"):
        time.sleep(0.01)
    return holder


def children(process: int) -> list[str]:
    """The processes that a process has started."""
    return Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()


def still_running(processes: list[str], seconds: float = 5) -> list[str]:
    """Those that have not ended after `seconds`. The system ends the workers of a parent that is gone a moment later."""
    until = time.monotonic() + seconds
    while (left := [process for process in processes if int(process) in running()]) and time.monotonic() < until:
        time.sleep(0.01)
    return left


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("moment", [0.0, 0.1, 0.3, 0.6, 1.0])
def test_a_signal_ends_a_build_at_any_moment_and_leaves_the_old_site_or_the_new_one(
    tmp_path: Path, number: signal.Signals, status: int, moment: float
) -> None:
    root = many(tmp_path / "site", 300)
    assert done(root, "build").returncode == 0
    old = tree(root / "public")
    (root / "themes/t/templates/post.html").write_text("anew {{ body }}", encoding="utf-8")
    with started(root, "build", "--clean") as process:
        begun(root, process)
        time.sleep(moment)
        mine = children(process.pid) if Path(f"/proc/{process.pid}/task").exists() else []
        process.send_signal(number)
        errors = process.communicate(timeout=20)[1]
    assert process.returncode in ({status} if moment == 0 else {0, status})
    assert "Traceback" not in errors
    found = tree(root / "public")
    # What comes between the last rename and the last word ends the command, and no longer the site.
    assert found == clean(root) or (process.returncode and found == old)
    assert still_running(mine) == []
    assert left_over(root) == []


def test_twenty_pairs_of_builds_at_once_give_what_one_gives(tmp_path: Path) -> None:
    root = many(tmp_path / "site", 3)
    for number in range(20):
        (root / "content/posts/0.md").write_text(post(f"Title {number}"), encoding="utf-8")
        (root / f"content/posts/more-{number % 3}.md").write_text(post("More"), encoding="utf-8")
        (root / f"content/posts/more-{(number + 1) % 3}.md").unlink(missing_ok=True)
        with started(root, "build") as first, started(root, "build", *(["--clean"] * (number % 2))) as second:
            said = [process.communicate(timeout=60)[1] for process in (first, second)]
        assert [first.returncode, second.returncode, *said] == [0, 0, "", ""]
        assert tree(root / "public") == clean(root)
    assert left_over(root) == []


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Path]:
    """A site that `blog serve` shows."""
    root = many(tmp_path / "site", 3)
    with started(root, "serve", "-p", "0") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline(), process.stdout.readline()]
        assert lines[0].startswith("serving http://127.0.0.1:"), lines
        assert lines[1].startswith("showing 3 posts"), lines
        yield root
        assert process.poll() is None
        process.terminate()
        assert process.wait(timeout=20) == 0


def test_builds_beside_a_server_leave_its_preview_alone_and_it_leaves_the_site_alone(serving: Path) -> None:
    for number in range(5):
        (serving / "content/posts/0.md").write_text(post(f"Title {number}"), encoding="utf-8")
        (serving / "content/posts/draft.md").write_text(post(f"Draft {number}", draft="true"), encoding="utf-8")
        ran = done(serving, "build")
        assert (ran.returncode, ran.stderr) == (0, "")
        assert tree(serving / "public") == clean(serving)
        shown = preview_of(serving) / "posts/draft/index.html"
        until = time.monotonic() + 20
        while time.monotonic() < until and not (shown.exists() and f"Draft {number}" in shown.read_text("utf-8")):
            time.sleep(0.05)
        assert f"Draft {number}" in shown.read_text("utf-8")
        assert tree(serving / "public") == clean(serving)


def test_the_lock_of_a_build_that_was_killed_holds_nobody_up(tmp_path: Path) -> None:
    root = many(tmp_path / "site", 300)
    with started(root, "build", "-j", "2") as process:
        holder = begun(root, process)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
    assert holder.read_text("utf-8") == f"{process.pid}\n"
    before = time.monotonic()
    ran = done(root, "build")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert time.monotonic() - before < 40  # a lock is waited for a minute
    assert tree(root / "public") == clean(root)
