"""The watcher: what was touched, once it has come to rest; and every way in which editors save."""

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from blog.preview import watcher as watching
from blog.preview.watcher import Watcher, _find_remote_file_system
from tests.support.bounds import processor
from tests.support.sites import site

SLACK = 0.15
"""Seconds in which what was told must have come through on a busy machine."""


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("/dev/sda / ext4 rw 0 0\n", ""),
        ("/dev/sda / ext4 rw 0 0\nhost:/x /home/me nfs4 rw 0 0\n", "nfs4"),
        ("host:/x / nfs rw 0 0\n/dev/sda /home ext4 rw 0 0\n", ""),
        ("s /home/me\\040too cifs rw 0 0\n/dev/sda / ext4 rw 0 0\n", ""),
        ("broken\n", ""),
    ],
)
def test_a_network_folder_is_known_by_the_table_of_mounts(tmp_path: Path, mounts: str, kind: str) -> None:
    (tmp_path / "mounts").write_text(mounts, encoding="utf-8")
    assert _find_remote_file_system(Path("/home/me/blog"), str(tmp_path / "mounts")) == kind
    assert _find_remote_file_system(Path("/home/me/blog"), str(tmp_path / "missing")) == ""


# The real thing


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files: dict[str, str | bytes] = {
        "content/posts/a.md": "one\n",
        "content/posts/b.md": "two\n",
        "themes/t/theme.toml": "",
    }
    return site(tmp_path / "site", files)


@pytest.fixture
def watcher(root: Path, tmp_path: Path) -> Iterator[Watcher]:
    made = Watcher(root, tmp_path / "no-themes")
    made.follow(())
    yield made
    made.close()


def told(watcher: Watcher, seconds: float = 1.0) -> frozenset[str] | None:
    """All that is told within a while, together."""
    found: frozenset[str] = frozenset()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        touched = watcher.wait(0.3)
        if touched is None:
            return None
        if not touched and found:
            break
        found |= touched
    return found


def in_place(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"new")


def truncate_and_write(path: Path) -> None:
    path.write_bytes(b"new text")


def rename_over(path: Path) -> None:
    fresh = path.with_name(f".{path.name}.tmp")
    fresh.write_bytes(b"new text")
    fresh.replace(path)


def rename_over_from_elsewhere(path: Path) -> None:
    fresh = path.parents[3] / "elsewhere"
    fresh.write_bytes(b"new text")
    fresh.replace(path)


def delete_and_create(path: Path) -> None:
    path.unlink()
    path.write_bytes(b"new text")


def as_vim(path: Path) -> None:
    trial = path.with_name("4913")
    trial.write_bytes(b"")
    trial.unlink()
    backup = path.with_name(f"{path.name}~")
    path.rename(backup)
    path.write_bytes(b"new text")
    backup.unlink()


def as_emacs(path: Path) -> None:
    lock = path.with_name(f".#{path.name}")
    lock.symlink_to("me@host.1")
    path.with_name(f"#{path.name}#").write_bytes(b"new")
    shutil.copy2(path, path.with_name(f"{path.name}~"))
    path.write_bytes(b"new text")
    path.with_name(f"#{path.name}#").unlink()
    lock.unlink()


def as_jetbrains(path: Path) -> None:
    fresh, old = path.with_name(f"{path.name}___jb_tmp___"), path.with_name(f"{path.name}___jb_old___")
    fresh.write_bytes(b"new text")
    path.rename(old)
    fresh.rename(path)
    old.unlink()


def as_kate(path: Path) -> None:
    fresh = path.with_name(f"{path.name}.XyZ123")
    with fresh.open("wb") as file:
        file.write(b"new text")
        os.fsync(file.fileno())
    fresh.replace(path)


SAVES = [
    in_place, truncate_and_write, rename_over, rename_over_from_elsewhere, delete_and_create, as_vim, as_emacs, as_jetbrains,
    as_kate,
]  # fmt: skip


@pytest.mark.parametrize("save", SAVES)
def test_every_way_of_saving_is_seen(watcher: Watcher, root: Path, save: Callable[[Path], None]) -> None:
    save(root / "content/posts/a.md")
    found = told(watcher)
    assert found is not None
    assert "content/posts/a.md" in found
    assert "content/posts/b.md" not in found


def test_a_file_that_is_being_written_is_told_when_it_is_closed(watcher: Watcher, root: Path) -> None:
    if not watching._CLOSES:
        pytest.skip("this system does not tell when a file is closed")
    with (root / "content/posts/a.md").open("w") as file:
        file.write("half")
        file.flush()
        assert watcher.wait(0.3) == frozenset()
        file.write(" and half")
    assert watcher.wait(1) == frozenset({"content/posts/a.md"})


def test_reading_is_not_told(watcher: Watcher, root: Path) -> None:
    (root / "content/posts/a.md").read_bytes()
    list((root / "content").rglob("*"))
    subprocess.run(["cat", root / "content/posts/a.md"], check=True, capture_output=True)
    assert watcher.wait(SLACK) == frozenset()


def test_what_is_not_of_the_site_is_not_told(watcher: Watcher, root: Path) -> None:
    (root / "notes.txt").write_text("x", encoding="utf-8")
    (root / "public").mkdir()
    (root / "public/index.html").write_text("x", encoding="utf-8")
    (root / ".blog").mkdir()
    (root / ".blog-0123").mkdir()
    (root / ".blog-0123/x").write_text("x", encoding="utf-8")
    assert watcher.wait(SLACK) == frozenset()


def test_settings_and_themes_are_told_by_their_paths_in_the_site(watcher: Watcher, root: Path) -> None:
    (root / "blog.toml").write_text('title = "U"\n', encoding="utf-8")
    (root / "themes/t/theme.toml").write_text("x", encoding="utf-8")
    assert told(watcher) == frozenset({"blog.toml", "themes/t/theme.toml"})


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "content/posts/new").mkdir(),
        lambda root: (root / "content/posts").rename(root / "content/articles"),
        lambda root: shutil.rmtree(root / "content/posts"),
        lambda root: (root / "content").rename(root / "aside"),
    ],
)
def test_a_folder_that_comes_or_goes_may_change_anything(
    watcher: Watcher, root: Path, change: Callable[[Path], None]
) -> None:
    change(root)
    assert told(watcher, 2) is None


def test_files_in_a_new_folder_are_told_and_so_are_later_ones(watcher: Watcher, root: Path) -> None:
    folder = root / "content/posts/pack/deep"
    folder.mkdir(parents=True)
    (folder / "x.md").write_text("x", encoding="utf-8")
    assert told(watcher) is None
    (folder / "x.md").write_text("y", encoding="utf-8")
    assert "content/posts/pack/deep/x.md" in (told(watcher) or ())


def test_a_content_folder_that_is_made_anew_is_watched_again(watcher: Watcher, root: Path) -> None:
    shutil.rmtree(root / "content")
    assert told(watcher, 2) is None
    watcher.follow(())
    (root / "content/posts").mkdir(parents=True)
    assert told(watcher, 2) is None
    watcher.follow(())
    (root / "content/posts/a.md").write_text("x", encoding="utf-8")
    assert "content/posts/a.md" in (told(watcher) or ())


def test_a_folder_that_links_lead_to_is_watched_too(watcher: Watcher, root: Path) -> None:
    (root / "shared").mkdir()
    (root / "shared/x.md").write_text("x", encoding="utf-8")
    watcher.follow((str(root / "shared"),))
    (root / "shared/x.md").write_text("y", encoding="utf-8")
    assert told(watcher, 2) is None
    watcher.follow((str(root / "shared/later/y.md"),))  # what is not there yet
    (root / "shared/later").mkdir()
    assert told(watcher, 2) is None
    watcher.follow((str(root / "README.md"),))  # beside the content
    (root / "README.md").write_text("x", encoding="utf-8")
    assert told(watcher, 2) is None
    (root / "other.md").write_text("x", encoding="utf-8")
    assert watcher.wait(SLACK) == frozenset()
    watcher.follow(())
    (root / "shared/x.md").write_text("z", encoding="utf-8")
    assert watcher.wait(SLACK) == frozenset()


def test_a_thousand_files_at_once_are_few_bursts(watcher: Watcher, root: Path) -> None:
    for number in range(1000):
        (root / f"content/posts/{number}.md").write_text("x", encoding="utf-8")
    bursts = []
    while touched := watcher.wait(0.5):
        bursts.append(touched)
    assert len(bursts) < 5
    assert len(frozenset().union(*bursts)) == 1000


def test_somebody_who_is_at_work_again_is_noticed(watcher: Watcher, root: Path) -> None:
    path = "content/posts/a.md"
    assert not watcher.busy(frozenset({path}))
    with (root / path).open("w") as file:
        file.write("x")
        file.flush()
        end = time.monotonic() + 2
        while not watcher.busy(frozenset({path})) and time.monotonic() < end:
            time.sleep(0.005)
        assert watcher.busy(frozenset({path}))
    assert watcher.pause(2)
    assert told(watcher) == frozenset({path})
    assert not watcher.pause(0.01)


def test_waiting_ends_when_somebody_asks_for_a_look(watcher: Watcher) -> None:
    threading.Timer(0.05, watcher.look).start()
    assert watcher.wait(5) is None


@pytest.mark.parametrize("why", ["network", "exhausted", "no instance"])
def test_where_the_system_does_not_tell_it_looks_every_second_and_says_why(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(watching, "INTERVAL", 0.1)
    if why == "network":
        monkeypatch.setattr(watching, "_find_remote_file_system", lambda _root: "nfs")
        said = "a network folder (nfs) does not tell of changes"
    else:
        said = "the system has no watches left"
        observer = watching.Observer  # type: ignore[attr-defined]

        class Exhausted(observer):  # type: ignore[misc, valid-type]
            def __init__(self) -> None:
                if why == "no instance":
                    raise OSError(errno.EMFILE, "inotify instance limit reached")
                super().__init__()

            def schedule(self, *given: object, **more: object) -> object:
                if given[1] == tempfile.gettempdir():  # after the folders that watchdog passed over
                    raise OSError(errno.ENOSPC, "inotify watch limit reached")
                return super().schedule(*given, **more)

        monkeypatch.setattr(watching, "Observer", Exhausted)
    watcher = Watcher(root, tmp_path / "no-themes")
    try:
        watcher.follow(())
        assert watcher.polls == said
        (root / "content/posts/a.md").write_text("something new", encoding="utf-8")
        assert told(watcher, 3) == frozenset({"content/posts/a.md"})
        (root / "content/posts/link").symlink_to("/")
        (root / "content/posts/a.md").read_text("utf-8")
        started = time.monotonic()
        told(watcher, 1)
        assert time.monotonic() - started < 3  # links are not followed out of the site
    finally:
        watcher.close()


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_lost_events_mean_that_anything_may_have_changed(watcher: Watcher) -> None:
    assert watcher.observer is not None
    for emitter in watcher.observer.emitters:
        emitter._inotify.on_queue_overflow()  # type: ignore[attr-defined]
        break
    import logging  # noqa: PLC0415

    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    assert watcher.wait(2) is None


def test_themes_that_are_a_link_out_of_the_site_are_not_looked_through(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(root / "themes")
    (tmp_path / "outside/deep").mkdir(parents=True)
    (root / "themes").symlink_to(tmp_path / "outside")
    looked: list[str] = []
    scan = os.scandir

    def noted(path: str | bytes) -> object:
        looked.append(os.fsdecode(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", noted)
    watcher = Watcher(root, tmp_path / "no-themes")
    try:
        watcher.follow(())
        assert watcher.linked == {str(tmp_path / "outside")}
        assert [path for path in looked if path.startswith(str(tmp_path / "outside"))] == []
    finally:
        watcher.close()


def test_folders_of_themes_that_link_to_each_other_twice_are_looked_through_once(root: Path, tmp_path: Path) -> None:
    for number in range(20):
        (root / f"themes/t/static/{number}").mkdir(parents=True)
        for name in "ab":
            (root / f"themes/t/static/{number}/{name}").symlink_to(f"../{number + 1}")
    watcher = Watcher(root, tmp_path / "no-themes")
    try:
        with processor(2):
            watcher.follow(())
        assert len(watcher.linked) == 20
    finally:
        watcher.close()


def test_no_folder_outside_of_the_site_is_watched_by_way_of_a_link_in_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside/deep").mkdir(parents=True)
    (root / ".hop").symlink_to(tmp_path / "outside")
    (root / "content/x").symlink_to("../.hop")
    made = Watcher(root, tmp_path / "no-themes")
    try:
        made.follow((str(root / ".hop"), str(tmp_path / "outside"), str(root / ".hop/deep")))
        assert [folder for folder in made.watches if not os.path.realpath(folder).startswith(str(root))] == []
    finally:
        made.close()
