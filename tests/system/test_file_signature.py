"""Stamps: what the system says of a file is believed as far as it can be."""

import os
from pathlib import Path

import pytest

from blog.system import file_signature
from blog.system.file_signature import NO_SIGNATURE, disk_time, read_signature, signature_of, trusted_since

SECOND = 1_000_000_000


def test_an_edit_that_keeps_size_and_time_has_another_stamp(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one", encoding="utf-8")
    before, was = read_signature(str(path)), path.stat()
    while disk_time(tmp_path, tmp_path) == was.st_mtime_ns:  # the disk's clock has not moved
        pass
    path.write_text("two", encoding="utf-8")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    after = read_signature(str(path))
    assert before[:2] == after[:2]
    assert before != after


def test_a_file_that_was_replaced_has_another_stamp(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one", encoding="utf-8")
    before = read_signature(str(path))
    (tmp_path / "b").write_text("two", encoding="utf-8")
    (tmp_path / "b").replace(path)
    assert read_signature(str(path)) != before


def test_only_a_regular_file_has_a_stamp_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to("a")
    assert read_signature(str(tmp_path / "a")) == signature_of((tmp_path / "a").stat())
    for name in ("link", "gone", "."):
        assert read_signature(str(tmp_path / name)) == NO_SIGNATURE


@pytest.mark.parametrize(
    ("changed", "age", "believed"),
    [
        (1_000 * SECOND + 1, 60_000_000, True),
        (1_000 * SECOND + 1, 40_000_000, False),
        (1_000 * SECOND, 1_900_000_000, False),
        (1_000 * SECOND, 2_100_000_000, True),
    ],
    ids=["parts of seconds", "within a tick", "whole seconds, young", "whole seconds"],
)
def test_a_stamp_is_believed_when_a_later_change_would_show_in_it(changed: int, age: int, believed: bool) -> None:
    found = (3, changed, changed, 7)
    assert trusted_since(found, changed + age) == (found if believed else NO_SIGNATURE)


def test_the_time_is_that_of_the_disk_or_else_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disk_time(tmp_path, tmp_path) == (tmp_path / "clock").stat().st_mtime_ns
    monkeypatch.setattr(file_signature.time, "time_ns", lambda: 42)  # type: ignore[attr-defined]
    assert disk_time(tmp_path / "gone", tmp_path) == 42
