"""Where the program keeps what it knows of a site: outside of it, for this user alone; a lock, notes, owners."""

import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from blog.cache.store import Cache
from blog.cache.workspace import (
    find_other_owner,
    is_owner,
    locate_folders,
    open_workspace,
    read_note,
    record_owner,
    write_note,
)
from blog.problems import BlogError, UnsafeOutputError
from blog.system.file_signature import disk_time
from blog.system.private_files import read_private
from tests.cache.test_store import keep, look


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site folder of a user who has nothing yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "site").mkdir()
    return tmp_path / "site"


def test_the_folders_are_the_users_one_for_each_real_site(root: Path) -> None:
    folders = locate_folders(root)
    assert folders.cache.parent == root.parent / "cache/blog"
    assert folders.state.parent == root.parent / "state/blog"
    (root.parent / "link").symlink_to("site")
    assert locate_folders(root.parent / "link") == folders
    assert locate_folders(root / "other") != folders


@pytest.mark.parametrize("value", ["", "relative/cache"])
def test_without_an_absolute_xdg_variable_they_are_in_the_home_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("XDG_CACHE_HOME", value)
    monkeypatch.setenv("XDG_STATE_HOME", value)
    monkeypatch.setattr("sys.platform", "linux")
    assert locate_folders(root).cache.parent == Path("/home/ada/.cache/blog")
    assert locate_folders(root).state.parent == Path("/home/ada/.local/state/blog")
    monkeypatch.setattr("sys.platform", "darwin")
    assert locate_folders(root).cache.parent == Path("/home/ada/Library/Caches/blog")
    assert locate_folders(root).state.parent == Path("/home/ada/Library/Application Support/blog")


def test_nothing_is_kept_in_the_site_and_only_this_user_can_enter_the_folders(root: Path) -> None:
    before = os.umask(0)
    try:
        with open_workspace(root) as space:
            assert space.is_persistent
            for folder in (space.cache, space.cache.parent, space.state, space.state.parent):
                assert folder.stat().st_mode & 0o777 == 0o700
            assert [path for path in space.state.rglob("*") if path.is_file() and path.stat().st_mode & 0o077] == []
    finally:
        os.umask(before)
    assert list(root.iterdir()) == []


def test_folders_that_others_can_enter_are_closed(root: Path) -> None:
    with open_workspace(root) as space:
        pass
    space.cache.chmod(0o777)
    with open_workspace(root) as space:
        assert space.is_persistent
        assert space.cache.stat().st_mode & 0o777 == 0o700


def _link(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir(parents=True)
    folder.symlink_to("elsewhere")


def _file(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.write_text("a file", encoding="utf-8")


def _locked(folder: Path) -> None:
    (folder / "lock").mkdir(parents=True)


def _fifo(folder: Path) -> None:
    folder.mkdir(parents=True)
    os.mkfifo(folder / "lock")


@pytest.mark.parametrize("make", [_link, _file, _locked, _fifo])
def test_a_cache_folder_that_is_not_as_the_program_makes_it_is_left_alone(
    root: Path, make: Callable[[Path], None]
) -> None:
    folder = locate_folders(root).cache
    make(folder)
    with open_workspace(root) as space:
        assert not space.is_persistent
        assert space.cache.is_dir()
    assert not space.cache.exists()
    elsewhere = folder.parent / "elsewhere"
    assert not elsewhere.exists() or list(elsewhere.iterdir()) == []


def test_a_cache_folder_of_another_user_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_workspace(root):
        pass
    user = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with open_workspace(root) as space:
        assert not space.is_persistent


def test_where_no_state_can_be_written_the_cache_folder_holds_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    with open_workspace(root) as space:
        assert space.is_persistent
        assert space.state == space.cache


def test_another_cache_folder_can_be_named_but_none_in_the_site(root: Path, tmp_path: Path) -> None:
    with open_workspace(root, cache_dir=tmp_path / "mine") as space:
        assert space.cache.parent == tmp_path / "mine"
        assert space.state.parent == tmp_path / "state/blog"
    (tmp_path / "link").symlink_to("site")
    for inside in (root / ".cache", root, tmp_path / "link/x", root / "../site/y"):
        with pytest.raises(UnsafeOutputError) as caught, open_workspace(root, cache_dir=inside):
            pass
        [problem] = caught.value.problems
        assert (
            problem.message
            == "the cache folder lies inside the site folder, where anyone who sends you a site can write"
        )
        assert problem.hint == "choose a folder outside of it, such as --cache-dir ~/.cache/blog"


def test_nothing_is_written_through_a_link_in_the_folders(root: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine", encoding="utf-8")
    folders = locate_folders(root)
    for folder in folders:
        folder.mkdir(parents=True)
    for name in ("lock-holder", "asked", "site"):
        for folder in folders:
            (folder / name).symlink_to(mine)
    (folders.cache / "cache.sqlite3").symlink_to(mine)
    with open_workspace(root) as space:
        assert space.is_persistent
        keep(space.cache, k=b"1")
        write_note(folders, "asked", b"1")
    assert mine.read_text("utf-8") == "mine"
    assert read_note(folders, "asked") == b"1"


def test_the_cache_of_a_site_that_is_gone_is_removed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with open_workspace(tmp_path / "other") as gone:
        pass
    (tmp_path / "kept").mkdir()
    with open_workspace(tmp_path / "kept") as kept:
        pass
    (gone.cache.parent / "foreign").mkdir()
    (tmp_path / "other").rmdir()
    with open_workspace(root) as space:
        assert sorted(path.name for path in space.cache.parent.iterdir()) == sorted(
            ["foreign", kept.cache.name, space.cache.name]
        )


def test_a_copy_has_what_is_kept_and_leaves_it_as_it_is(root: Path) -> None:
    with open_workspace(root, "copy") as space:
        assert (list(space.cache.iterdir()), space.is_persistent) == ([], False)
    assert not locate_folders(root).cache.exists()
    with open_workspace(root) as space:
        keep(space.cache, k=b"1")
    with open_workspace(root, "copy") as space:
        assert (look(space.cache, b"k"), space.is_persistent) == (b"1", False)
        keep(space.cache, k=b"2")
    assert look(locate_folders(root).cache, b"k") == b"1"


def test_a_fresh_one_knows_nothing(root: Path) -> None:
    with open_workspace(root) as space:
        keep(space.cache, k=b"1")
    with open_workspace(root, "fresh") as space:
        assert (look(space.cache, b"k"), space.is_persistent) == (None, False)


def test_a_copy_reads_the_blobs_of_the_cache_and_adds_none_there(root: Path) -> None:
    with open_workspace(root) as space, Cache(space.cache) as cache:
        cache.put_blob("a-480", b"small")
    with open_workspace(root, "copy") as space, Cache(space.cache, fallback=space.fallback) as cache:
        assert cache.get_blob("a-480") == b"small"
        cache.put_blob("b-480", b"new")
        assert cache.get_blob("b-480") == b"new"
    assert [path.name for path in (locate_folders(root).cache / "shelf").iterdir()] == ["a-480"]


def _hold(root: Path, ready: str) -> None:
    with open_workspace(root):
        Path(ready).write_text("x", encoding="utf-8")
        time.sleep(60)


def test_a_second_build_waits_and_then_says_who_holds_the_lock_and_a_dead_holder_does_not_block(
    tmp_path: Path,
) -> None:
    ready = tmp_path / "ready"
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path, str(ready)))
    process.start()
    try:
        while not ready.exists():
            time.sleep(0.02)
        with pytest.raises(BlogError) as caught, open_workspace(tmp_path, patience=0.2):
            pass
        assert caught.value.problems[0].message == f"another build of this site is running (process {process.pid})"
    finally:
        process.kill()
        process.join()
    with open_workspace(tmp_path) as space:
        assert space.is_persistent


def test_a_note_that_changed_is_none(root: Path) -> None:
    folders = locate_folders(root)
    assert read_note(folders, "asked") == b""
    write_note(folders, "asked", b"1")
    write_note(folders, "asked", b"2")
    assert (read_note(folders, "asked"), read_note(folders, "other")) == (b"2", b"")
    path = folders.cache / "asked"
    path.write_bytes(path.read_bytes()[:-1] + b"3")
    assert read_note(folders, "asked") == b""
    path.rename(folders.cache / "other")
    assert read_note(folders, "other") == b""
    assert [entry.name for entry in folders.cache.iterdir()] == ["other"]


def test_a_fifo_a_device_and_an_endless_file_are_no_files_of_the_program(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 70_000_000)
    assert [read_private(tmp_path / name) for name in ("fifo", "zero", "sparse", "none")] == [b""] * 4


def test_an_output_folder_belongs_to_the_site_that_published_to_it(root: Path, tmp_path: Path) -> None:
    (root / "blog.toml").touch()
    output = tmp_path / "www"
    assert (find_other_owner(root, output), is_owner(root, output)) == ("", False)
    record_owner(root, output)
    assert (find_other_owner(root, output), is_owner(root, output)) == ("", True)
    (tmp_path / "other").mkdir()
    assert find_other_owner(tmp_path / "other", output) == str(root)
    (root / "blog.toml").unlink()  # a site that is gone owns nothing
    assert find_other_owner(tmp_path / "other", output) == ""


def test_the_clock_is_that_of_the_disk_and_leaves_nothing_in_the_site(root: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    before = root.stat()
    for clock in (disk_time(root, scratch), disk_time(root, Path("/proc")), disk_time(tmp_path / "none", scratch)):
        assert abs(clock - time.time_ns()) < 5_000_000_000
    assert (root.stat().st_mtime_ns, list(root.iterdir())) == (before.st_mtime_ns, [])
