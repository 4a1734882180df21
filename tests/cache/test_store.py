"""The cache: data by digest, nothing that matters if it is lost, and a file only if it is as the program makes it."""

import os
import re
import sqlite3
import struct
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from msgspec.msgpack import Decoder

from blog.cache import digests, store
from blog.cache.digests import digest, pack, program_digest
from blog.cache.store import BLOB_FOLDER, Cache, MissingEntryError
from blog.system.workers import map_parallel

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
        with pytest.raises(MissingEntryError):
            kept.require(b"k", NUMBERS)
        kept.put(b"k", pack(1))
        assert (kept.require(b"k", NUMBERS), kept.has(b"k"), kept.has(b"l")) == (1, True, False)
        kept.flush()
        assert (kept.require(b"k", NUMBERS), kept.has(b"k"), kept.has(b"l")) == (1, True, False)
        kept.put(b"k", pack("no number"))
        assert kept.get_decoded(b"k", NUMBERS) is None
        with pytest.raises(MissingEntryError):
            kept.require(b"k", NUMBERS)


def test_equal_values_are_equal_bytes() -> None:
    assert pack({"a": {1, 2}, "b": 2}) == pack({"b": 2, "a": {2, 1}})
    with pytest.raises(TypeError):
        pack(object())


def test_much_is_written_at_once_and_can_be_read_by_forked_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_BUFFER_SIZE", 1000)
    with Cache(tmp_path) as kept:
        for number in range(20):
            kept.put(b"%d" % number, bytes(100))
        assert len(kept.waiting) < 12
        keys = [b"%d" % number for number in range(20)] * 5
        assert set(map_parallel(kept.get, keys, 2)) == {bytes(100)}
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
    assert program_digest() == program_digest()
    assert len(program_digest()) == 16


def test_the_versions_of_the_libraries_are_known_without_asking_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(digests, "_metadata_version", None)
        found = digests.library_versions()
    assert [line.split()[0] for line in found] == [*digests._LIBRARIES, "mermaid-render"]
    assert f"jinja2 {version('jinja2')}" in found
    monkeypatch.setattr(digests, "_INFO_FOLDER", re.compile("(nothing)(at all)"))
    assert [line.split()[0] for line in digests.library_versions()] == [*digests._LIBRARIES, "mermaid-render"]
    assert f"jinja2 {version('jinja2')}" in digests.library_versions()


def test_a_library_that_is_not_installed_is_not_among_the_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "_OPTIONAL", {"no-such-library": "no_such_library"})
    assert [line.split()[0] for line in digests.library_versions()] == list(digests._LIBRARIES)


def test_the_shelf_gives_what_was_put_there_and_nothing_that_changed(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        assert cache.get_blob("a-480") is None
        cache.put_blob("a-480", b"picture")
        assert cache.get_blob("a-480") == b"picture"
        path = tmp_path / BLOB_FOLDER / "a-480"
        path.rename(tmp_path / BLOB_FOLDER / "b-480")
        assert cache.get_blob("b-480") is None
        cache.put_blob("a-480", b"picture")
        path.write_bytes(path.read_bytes()[:-1] + b"x")
        assert cache.get_blob("a-480") is None
        cache.prune_blobs(lambda name: name.startswith("b"))
        assert [found.name for found in (tmp_path / BLOB_FOLDER).iterdir()] == ["b-480"]
    with Cache(tmp_path, fresh=True):
        assert not (tmp_path / BLOB_FOLDER).exists()


def _run(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


_LOOP = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x, x FROM n"


@pytest.mark.parametrize(
    "statements",
    [
        ["DROP TABLE entry", f"CREATE VIEW entry (key, data) AS {_LOOP}"],
        [f"CREATE TRIGGER t BEFORE INSERT ON entry BEGIN INSERT INTO entry SELECT * FROM ({_LOOP}); END"],
        ["DROP TABLE entry", "CREATE TABLE entry (key BLOB PRIMARY KEY, data AS (zeroblob(900000000)))"],
        ["DROP TABLE entry", "CREATE TABLE entry (key BLOB PRIMARY KEY, data BLOB, more BLOB)"],
        ["CREATE INDEX more ON entry (data)"],
        ["CREATE TABLE other (x)"],
    ],
)
def test_a_file_with_any_other_schema_is_begun_anew(tmp_path: Path, statements: list[str]) -> None:
    keep(tmp_path, k=b"1")
    _run(tmp_path / "cache.sqlite3", *statements)
    keep(tmp_path, n=b"2")
    assert (look(tmp_path, b"k"), look(tmp_path, b"n")) == (None, b"2")


def _write_hot_journal(database: Path, journal: Path, victim: Path) -> None:
    """A rollback journal that names a super-journal (https://www.sqlite.org/fileformat.html#the_rollback_journal)."""
    magic = b"\xd9\xd5\x05\xf9 \xa1c\xd7"
    page_size = int.from_bytes(database.read_bytes()[16:18], "big")
    pages = database.stat().st_size // page_size
    header = magic + struct.pack(">IIIII", 0, 0x1234, pages, 512, page_size)
    name = os.fsencode(victim)
    lock_page = 0x40000000 // page_size + 1
    checksum = sum(name) & 0xFFFFFFFF
    tail = struct.pack(">I", lock_page) + name + struct.pack(">II", len(name), checksum) + magic
    journal.write_bytes(header.ljust(512, b"\0") + tail)


def test_such_a_journal_makes_sqlite_remove_a_file(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine", encoding="utf-8")
    keep(tmp_path, k=b"1")
    _write_hot_journal(tmp_path / "cache.sqlite3", tmp_path / "cache.sqlite3-journal", mine)
    _run(tmp_path / "cache.sqlite3", "SELECT * FROM entry")
    assert not mine.exists()


@pytest.mark.parametrize("ending", ["-journal", "-wal", "-shm"])
def test_a_file_with_a_journal_of_sqlite_beside_it_is_begun_anew_before_sqlite_sees_it(
    tmp_path: Path, ending: str
) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine", encoding="utf-8")
    keep(tmp_path, k=b"1")
    _write_hot_journal(tmp_path / "cache.sqlite3", tmp_path / f"cache.sqlite3{ending}", mine)
    assert look(tmp_path, b"k") is None
    assert mine.read_text("utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cache.sqlite3", "mine"]


def _link(path: Path) -> None:
    path.rename(path.with_name("other"))
    path.symlink_to("other")


def _second_name(path: Path) -> None:
    os.link(path, path.with_name("other"))


def _fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _huge(path: Path) -> None:
    os.truncate(path, 9_000_000_000)


@pytest.mark.parametrize("change", [_link, _second_name, _fifo, _device, _huge])
def test_only_a_regular_file_of_bounded_size_with_one_name_is_a_cache(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    (tmp_path / "c").mkdir()
    (tmp_path / "copy").mkdir()
    keep(tmp_path / "c", k=b"1")
    change(tmp_path / "c/cache.sqlite3")
    Cache.copy(tmp_path / "c", tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []
    assert look(tmp_path / "c", b"k") is None
    keep(tmp_path / "c", n=b"2")
    assert look(tmp_path / "c", b"n") == b"2"
    if (tmp_path / "c/other").exists():
        assert look(tmp_path / "c", b"k") is None
