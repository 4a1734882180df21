"""The ledger: what one build knew, for the next one into the same folder."""

from pathlib import Path

import msgspec

from blog.cache.store import Cache
from blog.content.source_record import SourceRecord
from blog.render.output_record import OutputRecord
from blog.state import BuildRecord, load_record, save_record
from blog.system.file_signature import NO_SIGNATURE, boot_id

KNOWN = SourceRecord((1, 2, 3, 4), b"digest", b"parsed", b"seen", b"forms")
MADE = OutputRecord(NO_SIGNATURE, b"bytes", b"view", b"parts", b"template")
LEDGER = BuildRecord(
    b"maker",
    {"content/a.md": KNOWN},
    b"plan",
    {"a/index.html": MADE},
    (5, 6, 7, 8),
    b"theme",
    {"a": b"b"},
    boot=boot_id(),
)


def test_a_ledger_comes_back_as_it_was_for_its_own_folder(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        save_record(cache, tmp_path / "public", tmp_path, LEDGER)
    with Cache(tmp_path) as cache:
        assert load_record(cache, tmp_path / "public", tmp_path) == LEDGER
        assert load_record(cache, tmp_path / "other", tmp_path) == BuildRecord()


def test_what_cannot_be_read_is_no_ledger(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        save_record(cache, tmp_path / "public", tmp_path, LEDGER)
        (key,) = cache.keys(b"ledger ")
        for data in (b"", b"\xff\xff", msgspec.msgpack.encode([1, 2, 3])):
            cache.put(key, data)
            assert load_record(cache, tmp_path / "public", tmp_path) == BuildRecord()


def test_what_a_ledger_speaks_of_stays_as_long_as_its_folder(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    with Cache(tmp_path) as cache:
        for key in (b"parsed", b"forms", b"plan", b"view", b"nobody's"):
            cache.put(key, b"1")
        save_record(cache, one, tmp_path, LEDGER)
        assert [cache.has(key) for key in (b"parsed", b"forms", b"plan", b"view", b"nobody's")] == [True] * 4 + [False]
        save_record(cache, two, tmp_path, BuildRecord())
        assert cache.has(b"parsed")
        one.rmdir()
        save_record(cache, two, tmp_path, BuildRecord())
        assert not cache.has(b"parsed")
        assert len(cache.keys(b"ledger ")) == 1


def test_a_site_that_was_moved_knows_its_own_output(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        save_record(cache, tmp_path / "site/public", tmp_path / "site", LEDGER)
        assert load_record(cache, tmp_path / "moved/x/../public", tmp_path / "moved") == LEDGER
        assert load_record(cache, tmp_path / "public", tmp_path / "site") == BuildRecord()
