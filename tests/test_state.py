"""The ledger: what one build knew, for the next one into the same folder."""

from pathlib import Path

import msgspec

from blog.cache.store import Cache
from blog.content.source_record import Known
from blog.render.output_record import Made
from blog.state import Ledger, recall, save
from blog.system.file_signature import NONE, boot_id

KNOWN = Known((1, 2, 3, 4), b"digest", b"parsed", b"seen", b"forms")
MADE = Made(NONE, b"bytes", b"view", b"parts", b"template")
LEDGER = Ledger(
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
        save(cache, tmp_path / "public", tmp_path, LEDGER)
    with Cache(tmp_path) as cache:
        assert recall(cache, tmp_path / "public", tmp_path) == LEDGER
        assert recall(cache, tmp_path / "other", tmp_path) == Ledger()


def test_what_cannot_be_read_is_no_ledger(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        save(cache, tmp_path / "public", tmp_path, LEDGER)
        (key,) = cache.keys(b"ledger ")
        for data in (b"", b"\xff\xff", msgspec.msgpack.encode([1, 2, 3])):
            cache.put(key, data)
            assert recall(cache, tmp_path / "public", tmp_path) == Ledger()


def test_what_a_ledger_speaks_of_stays_as_long_as_its_folder(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    with Cache(tmp_path) as cache:
        for key in (b"parsed", b"forms", b"plan", b"view", b"nobody's"):
            cache.put(key, b"1")
        save(cache, one, tmp_path, LEDGER)
        assert [cache.has(key) for key in (b"parsed", b"forms", b"plan", b"view", b"nobody's")] == [True] * 4 + [False]
        save(cache, two, tmp_path, Ledger())
        assert cache.has(b"parsed")
        one.rmdir()
        save(cache, two, tmp_path, Ledger())
        assert not cache.has(b"parsed")
        assert len(cache.keys(b"ledger ")) == 1


def test_a_site_that_was_moved_knows_its_own_output(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        save(cache, tmp_path / "site/public", tmp_path / "site", LEDGER)
        assert recall(cache, tmp_path / "moved/x/../public", tmp_path / "moved") == LEDGER
        assert recall(cache, tmp_path / "public", tmp_path / "site") == Ledger()
