"""The cache and the workspace: data by digest, a lock, nothing that matters if it is lost."""

import multiprocessing
import re
import sqlite3
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from msgspec.msgpack import Decoder

from blog import cache
from blog.cache import SHELF, Cache, LostError, digest, pack, program, read_note, workspace, write_note
from blog.errors import BlogError
from blog.parallel import spread
from blog.stamps import now

NUMBERS = Decoder(int)


def keep(folder: Path, **values: bytes) -> None:
    with Cache(folder) as kept:
        for key, data in values.items():
            kept.put(key.encode(), data)
        kept.save({key.encode() for key in values})


def look(folder: Path, key: bytes) -> bytes | None:
    with Cache(folder) as kept:
        return kept.get(key)


def test_a_digest_is_sixteen_bytes_of_the_contents() -> None:
    assert len(digest(b"\0\xff")) == 16
    assert digest(b"a") == digest(b"a") != digest(b"b")


def test_what_is_put_is_kept_from_one_build_to_the_next(tmp_path: Path) -> None:
    with Cache(tmp_path) as kept:
        assert kept.get(b"k") is None
        kept.put(b"k", b"data")
        assert kept.get(b"k") == b"data"
        kept.save({b"k"})
    assert look(tmp_path, b"k") == b"data"


def test_what_is_not_saved_is_not_kept(tmp_path: Path) -> None:
    with Cache(tmp_path) as kept:
        kept.put(b"k", b"data")
    assert look(tmp_path, b"k") is None


def test_what_is_not_needed_is_dropped(tmp_path: Path) -> None:
    keep(tmp_path, old=b"1", new=b"2")
    with Cache(tmp_path) as kept:
        kept.save({b"new"})
    assert (look(tmp_path, b"old"), look(tmp_path, b"new")) == (None, b"2")


def test_a_fresh_cache_is_empty(tmp_path: Path) -> None:
    keep(tmp_path, k=b"1")
    with Cache(tmp_path, fresh=True) as kept:
        assert kept.get(b"k") is None


def test_what_is_needed_and_not_there_is_lost(tmp_path: Path) -> None:
    with Cache(tmp_path) as kept:
        with pytest.raises(LostError):
            kept.need(b"k", NUMBERS)
        kept.put(b"k", pack(1))
        assert (kept.need(b"k", NUMBERS), kept.has(b"k"), kept.has(b"l")) == (1, True, False)
        kept.flush()
        assert (kept.need(b"k", NUMBERS), kept.has(b"k"), kept.has(b"l")) == (1, True, False)
        kept.put(b"k", pack("no number"))
        assert kept.read(b"k", NUMBERS) is None
        with pytest.raises(LostError):
            kept.need(b"k", NUMBERS)


def test_equal_values_are_equal_bytes() -> None:
    assert pack({"a": {1, 2}, "b": 2}) == pack({"b": 2, "a": {2, 1}})
    with pytest.raises(TypeError):
        pack(object())


def test_much_is_written_at_once_and_can_be_read_by_forked_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "_AT_ONCE", 1000)
    with Cache(tmp_path) as kept:
        for number in range(20):
            kept.put(b"%d" % number, bytes(100))
        assert len(kept.waiting) < 12
        keys = [b"%d" % number for number in range(20)] * 5
        assert set(spread(kept.get, keys, 2)) == {bytes(100)}
        kept.flush()
        assert kept.keys(b"1") == sorted(key for key in set(keys) if key[:1] == b"1")


@pytest.mark.parametrize("damage", [b"", b"garbage" * 5000])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "cache.sqlite3").write_bytes(damage)
    keep(tmp_path, k=b"1")
    assert look(tmp_path, b"k") == b"1"


def test_a_file_of_another_program_is_made_anew(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "cache.sqlite3")
    other.execute("CREATE TABLE entry (something TEXT)")
    other.commit()
    other.close()
    keep(tmp_path, k=b"1")
    assert look(tmp_path, b"k") == b"1"


def test_a_value_that_changed_on_the_disk_is_no_value(tmp_path: Path) -> None:
    keep(tmp_path, k=b"some data")
    with Cache(tmp_path) as kept:
        kept.connection.execute("UPDATE entry SET data = CAST(replace(data, 'some', 'same') AS BLOB)")
        assert kept.get(b"k") is None
        kept.connection.execute("UPDATE entry SET data = x'00'")
        assert kept.get(b"k") is None


def test_a_value_that_stands_under_another_key_is_no_value(tmp_path: Path) -> None:
    keep(tmp_path, one=b"public", two=b"private")
    with Cache(tmp_path) as kept:
        kept.connection.execute("UPDATE entry SET data = (SELECT data FROM entry WHERE key = ?)", (b"two",))
        assert kept.get(b"one") is None
        assert kept.get(b"two") == b"private"


def test_nothing_is_written_through_a_link_in_the_workspace(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / ".blog").mkdir()
    for name in ("clock", "lock", "lock-holder", ".gitignore", "cache.sqlite3"):
        (tmp_path / ".blog" / name).symlink_to(mine)
    with workspace(tmp_path) as (folder, own, _):
        assert own
        now(folder)
        keep(folder, k=b"1")
    assert mine.read_text() == "mine"


@pytest.mark.parametrize(
    "make", [lambda path: path.symlink_to("elsewhere"), lambda path: (path / "lock").mkdir(parents=True)]
)
def test_a_workspace_that_is_a_link_or_cannot_be_locked_is_left_alone(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    (tmp_path / "elsewhere/stage-mine").mkdir(parents=True)
    make(tmp_path / ".blog")
    with workspace(tmp_path) as (_, own, _):
        assert not own
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["stage-mine"]


def test_a_file_that_is_damaged_in_the_middle_is_begun_anew(tmp_path: Path) -> None:
    keep(tmp_path, **{str(number): bytes(3000) for number in range(200)})
    path = tmp_path / "cache.sqlite3"
    data = path.read_bytes()
    path.write_bytes(data[:40_000] + b"\xff" * 400_000 + data[440_000:])
    keep(tmp_path, **{str(number): b"new" for number in range(200)})
    assert {look(tmp_path, str(number).encode()) for number in range(200)} == {b"new"}


def test_a_value_that_is_not_bytes_is_no_value(tmp_path: Path) -> None:
    with Cache(tmp_path) as kept:
        kept.connection.execute("INSERT INTO entry VALUES (?, ?)", (b"k", "text"))
        assert kept.get(b"k") is None


def test_a_cache_that_fails_later_costs_only_itself(tmp_path: Path) -> None:
    with Cache(tmp_path) as kept:
        kept.connection.execute("DROP TABLE entry")
        assert kept.get(b"k") is None
        assert (kept.has(b"k"), kept.keys(b"k")) == (False, [])
        kept.put(b"k", b"1")
        kept.save({b"k"})
        assert kept.get(b"k") == b"1"
    assert look(tmp_path, b"k") is None
    keep(tmp_path, k=b"1")
    assert look(tmp_path, b"k") == b"1"


def test_a_cache_where_a_folder_is_in_the_way_lives_in_memory(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite3").mkdir()
    with Cache(tmp_path, fresh=True) as kept:
        kept.put(b"k", b"1")
        kept.save({b"k"})
        assert kept.get(b"k") == b"1"


def test_the_digest_of_the_program_is_stable_and_16_bytes() -> None:
    assert program() == program()
    assert len(program()) == 16


def test_the_workspace_ignores_itself_in_git(tmp_path: Path) -> None:
    with workspace(tmp_path) as (folder, own, _):
        assert (folder, own) == (tmp_path / ".blog", True)
        assert (folder / ".gitignore").read_text() == "*\n"


def test_where_it_cannot_be_made_there_is_one_for_the_build_alone(tmp_path: Path) -> None:
    (tmp_path / ".blog").write_text("a file")
    with workspace(tmp_path) as (folder, own, _):
        assert (folder.is_dir(), own) == (True, False)
    assert not folder.exists()


def test_a_copy_has_what_is_kept_and_leaves_it_as_it_is(tmp_path: Path) -> None:
    with workspace(tmp_path, "copy") as (folder, own, _):
        assert (list(folder.iterdir()), own) == ([], False)
    assert not (tmp_path / ".blog").exists()
    with workspace(tmp_path) as (folder, *_):
        keep(folder, k=b"1")
    with workspace(tmp_path, "copy") as (folder, own, _):
        assert (look(folder, b"k"), own) == (b"1", False)
        keep(folder, k=b"2")
    assert look(tmp_path / ".blog", b"k") == b"1"


def test_a_fresh_one_knows_nothing(tmp_path: Path) -> None:
    with workspace(tmp_path) as (folder, *_):
        keep(folder, k=b"1")
    with workspace(tmp_path, "fresh") as (folder, own, _):
        assert (look(folder, b"k"), own) == (None, False)


def test_the_versions_of_the_libraries_are_known_without_asking_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = cache.versions()
    assert [line.split()[0] for line in found] == list(cache._LIBRARIES)
    assert f"jinja2 {version('jinja2')}" in found
    monkeypatch.setattr(cache, "_NOTED", re.compile("(nothing)(at all)"))
    assert [line.split()[0] for line in cache.versions()] == list(cache._LIBRARIES)
    assert f"jinja2 {version('jinja2')}" in cache.versions()


def _hold(root: Path, ready: str) -> None:
    with workspace(root):
        Path(ready).write_text("x")
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
        with pytest.raises(BlogError) as caught, workspace(tmp_path, patience=0.2):
            pass
        assert caught.value.problems[0].message == f"another build of this site is running (process {process.pid})"
    finally:
        process.kill()
        process.join()
    with workspace(tmp_path) as (_, own, _):
        assert own


def test_the_shelf_gives_what_was_put_there_and_nothing_that_changed(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        assert cache.shelved("a-480") is None
        cache.shelve("a-480", b"picture")
        assert cache.shelved("a-480") == b"picture"
        path = tmp_path / SHELF / "a-480"
        path.rename(tmp_path / SHELF / "b-480")
        assert cache.shelved("b-480") is None
        cache.shelve("a-480", b"picture")
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        assert cache.shelved("a-480") is None
        cache.tidy(lambda name: name.startswith("b"))
        assert [found.name for found in (tmp_path / SHELF).iterdir()] == ["b-480"]
    with Cache(tmp_path, fresh=True):
        assert not (tmp_path / SHELF).exists()


def test_a_copy_takes_from_the_shelf_of_the_sites_own_and_puts_nothing_there(tmp_path: Path) -> None:
    with workspace(tmp_path) as space, Cache(space.folder) as cache:
        cache.shelve("a-480", b"small")
    with workspace(tmp_path, "copy") as space, Cache(space.folder, behind=space.behind) as cache:
        assert cache.shelved("a-480") == b"small"
        cache.shelve("b-480", b"new")
        assert cache.shelved("b-480") == b"new"
    assert [path.name for path in (tmp_path / ".blog/shelf").iterdir()] == ["a-480"]


def test_a_note_that_changed_is_none(tmp_path: Path) -> None:
    assert read_note(tmp_path, "asked") == b""
    write_note(tmp_path, "asked", b"1")
    write_note(tmp_path, "asked", b"2")
    assert (read_note(tmp_path, "asked"), read_note(tmp_path, "other")) == (b"2", b"")
    path = tmp_path / ".blog/asked"
    path.write_bytes(path.read_bytes()[:-1] + b"3")
    assert read_note(tmp_path, "asked") == b""
    path.rename(tmp_path / ".blog/other")
    assert read_note(tmp_path, "other") == b""
    assert sorted(entry.name for entry in (tmp_path / ".blog").iterdir()) == [".gitignore", "lock", "other"]


def test_a_note_is_not_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / ".blog").mkdir()
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".blog/asked").symlink_to(tmp_path / "mine")
    write_note(tmp_path, "asked", b"1")
    assert ((tmp_path / "mine").read_text(), read_note(tmp_path, "asked")) == ("mine", b"1")
