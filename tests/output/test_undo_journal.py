"""The journal: a change is made whole or undone, also by another process, and what others did meanwhile stays."""

import errno
import os
import shutil
import stat
import struct
import sys
from pathlib import Path

import pytest

from blog.output.filesystem_names import is_file_or_link
from blog.output.folder import MANIFEST
from blog.output.undo_journal import STAGE, UndoJournal, create_stage, recover
from tests.support.disks import other_disk, tree

OLD: dict[str, bytes | str] = {MANIFEST: b"old", "a": b"a", "b/c": b"bc", "gone/d": b"d"}
NEW: dict[str, bytes | str] = {MANIFEST: b"new", "a": b"A", "b/c": b"bc", "n/e": b"e", "n/f/g": b"g"}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    for path, data in OLD.items():
        (tmp_path / "o" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "o" / path).write_bytes(data if isinstance(data, bytes) else data.encode())
    (tmp_path / "state").mkdir()
    return tmp_path / "o"


def begun(output: Path) -> UndoJournal:
    """A journal of the way from OLD to NEW that has begun."""
    journal = create_stage(output, output.parent, output.parent / "state")
    for path in ("a", "n/e", "n/f/g"):
        (journal.tree / path).parent.mkdir(parents=True, exist_ok=True)
        (journal.tree / path).write_bytes(NEW[path])  # type: ignore[arg-type]
    (journal.stage / "manifest").write_bytes(b"new")
    journal.begin([MANIFEST, "a", "gone/d"], ["n/e", "n/f/g"])
    return journal


def left_behind(output: Path) -> list[str]:
    """What a build has left behind beside the output, and in the state folder."""
    stages = [path.name for path in output.parent.iterdir() if path.name.startswith(STAGE)]
    return stages + [path.name for path in (output.parent / "state").iterdir()]


def carried_out(journal: UndoJournal) -> None:
    for path in ("a", "n"):
        journal.bring(f"{journal.tree}/{path}", path)
    journal.remove("gone/d")
    journal.bring(f"{journal.stage}/manifest", MANIFEST)


@pytest.mark.parametrize("elsewhere", [False, True])
def test_what_has_ended_stays_and_what_has_not_is_undone(
    output: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    if elsewhere:
        other_disk(monkeypatch, output)
    journal = begun(output)
    assert tree(output) == OLD
    carried_out(journal)
    assert tree(output) == NEW
    assert journal.is_open
    journal.undo()
    assert tree(output) == OLD
    assert not journal.file.exists()
    assert sorted(path.name for path in output.iterdir()) == [MANIFEST, "a", "b", "gone"]
    journal.discard()
    assert left_behind(output) == []

    journal = begun(output)
    carried_out(journal)
    journal.end(["gone/d"])
    journal.undo()
    assert tree(output) == NEW
    assert sorted(path.name for path in output.iterdir()) == [MANIFEST, "a", "b", "n"]


def test_an_undoing_that_is_broken_off_is_taken_up(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = os.replace
    for broken_at in range(1, 4):
        journal = begun(output)
        carried_out(journal)
        left = iter(range(broken_at - 1))

        def replace(source: str, target: str, left: object = left) -> None:
            if next(left, None) is None:  # type: ignore[call-overload]
                raise OSError(errno.EIO, "Input/output error", str(target))
            whole(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace)
            with pytest.raises(OSError, match="Input/output error"):
                journal.undo()
        assert journal.is_open
        recover(output.parent / "state", output)
        assert tree(output) == OLD
        assert left_behind(output) == []


def test_a_build_of_another_folder_leaves_the_journal_alone(output: Path) -> None:
    carried_out(begun(output))
    other = output.with_name("other")
    recover(output.parent / "state", other)
    assert tree(output) == NEW
    assert not other.exists()
    recover(output.parent / "state", output)
    assert tree(output) == OLD


def test_nothing_is_put_back_to_a_folder_that_went_or_is_no_longer_the_programs_own(output: Path) -> None:
    carried_out(begun(output))
    shutil.rmtree(output)
    output.mkdir()
    (output / "mine").write_text("mine", encoding="utf-8")
    recover(output.parent / "state", output)
    assert tree(output) == {"mine": b"mine"}
    assert left_behind(output) == []


def test_what_others_did_after_a_kill_stays(output: Path) -> None:
    journal = begun(output)
    journal.bring(f"{journal.tree}/a", "a")
    (output / "n/f").mkdir(parents=True)
    (output / "n/f/g").write_text("mine", encoding="utf-8")  # where the build would have brought a file of its own
    (output / "n/x").write_text("mine too", encoding="utf-8")
    shutil.rmtree(output / "gone")
    elsewhere = output.with_name("elsewhere")
    elsewhere.mkdir()
    (elsewhere / "d").write_text("not of the site", encoding="utf-8")
    (output / "gone").symlink_to(elsewhere)
    recover(output.parent / "state", output)
    assert tree(output) == {
        MANIFEST: b"old",
        "a": b"a",
        "b/c": b"bc",
        "n/f/g": b"mine",
        "n/x": b"mine too",
        "gone": str(elsewhere),
    }
    assert tree(elsewhere) == {"d": b"not of the site"}


def test_a_journal_leads_to_no_place_outside_of_its_folder(output: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    journal = create_stage(output, tmp_path, tmp_path / "state")
    journal.begin(["a"], ["../mine", str(tmp_path / "mine"), "b/../../mine"])
    recover(tmp_path / "state", output)
    assert (tmp_path / "mine").read_text("utf-8") == "mine"


@pytest.mark.parametrize("damage", [b"", b"\xff", b"\x94"])
def test_a_damaged_journal_and_a_stage_without_one_are_cleared_away(output: Path, damage: bytes) -> None:
    for _ in range(2):
        journal = create_stage(output, output.parent, output.parent / "state")
    journal.file.write_bytes(damage)
    recover(output.parent / "state", output)
    assert left_behind(output) == []
    assert tree(output) == OLD


@pytest.mark.parametrize("damage", [b"", b"\xff", b"\x94"])
def test_a_damaged_record_is_removed_and_moves_nothing(output: Path, damage: bytes) -> None:
    journal = begun(output)
    carried_out(journal)
    journal.record.write_bytes(damage)
    recover(output.parent / "state", output)
    assert tree(output) == NEW
    assert journal.stage.is_dir()


def test_a_stage_that_came_with_the_site_is_not_believed(output: Path) -> None:
    (output.parent / f"{STAGE}0123/old").mkdir(parents=True)
    (output.parent / f"{STAGE}0123/old/0").write_text("planted", encoding="utf-8")
    (output.parent / f"{STAGE}0123/journal").write_bytes(begun(output).file.read_bytes())
    recover(output.parent / "state", output)
    assert tree(output) == OLD
    assert (output.parent / f"{STAGE}0123/old/0").read_text("utf-8") == "planted"


@pytest.mark.parametrize("place", ["", "old"])
def test_a_stage_that_was_replaced_after_the_kill_gives_nothing_back(output: Path, tmp_path: Path, place: str) -> None:
    journal = begun(output)
    carried_out(journal)
    (tmp_path / "mine").mkdir()
    for name in ("0", "1", "2"):
        (tmp_path / "mine" / name).write_text("mine", encoding="utf-8")
    target = journal.stage / place
    shutil.rmtree(target)
    target.symlink_to(tmp_path / "mine")
    recover(output.parent / "state", output)
    assert tree(output) == NEW
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["0", "1", "2"]


def test_where_nothing_can_be_written_beside_the_output_the_stage_is_in_the_state_folder(
    output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.mkdir

    def mkdir(path: Path, mode: int = 0o777, *, parents: bool = False, exist_ok: bool = False) -> None:
        if path.parent == output.parent:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        whole(path, mode, parents, exist_ok)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    journal = create_stage(output, output.parent, output.parent / "state")
    assert journal.stage.parent == output.parent / "state"
    journal.discard()
    assert left_behind(output) == []


def test_a_signal_while_the_stage_is_removed_leaves_none(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = create_stage(output, output.parent, output.parent / "state")
    remove = shutil.rmtree

    def interrupted(path: Path, *, ignore_errors: bool = False) -> None:
        monkeypatch.setattr(shutil, "rmtree", remove)
        raise SystemExit(143)

    monkeypatch.setattr(shutil, "rmtree", interrupted)
    with pytest.raises(SystemExit):
        journal.discard()
    assert left_behind(output) == []


def test_a_signal_while_the_stage_is_created_leaves_none(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(path: Path, *arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        create_stage(output, output.parent, output.parent / "state")
    assert left_behind(output) == []


def test_git_sees_nothing_of_a_stage(output: Path) -> None:
    journal = create_stage(output, output.parent, output.parent / "state")
    assert (journal.stage / ".gitignore").read_text("utf-8") == "*\n"
    assert journal.stage.stat().st_mode & 0o777 == 0o700


def test_where_files_cannot_have_a_second_name_they_are_copied(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*args: object, **options: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    (output / "a").unlink()
    (output / "a").symlink_to("b/c")
    journal = begun(output)
    carried_out(journal)
    journal.undo()
    assert tree(output) == {**OLD, "a": "b/c"}


def test_a_folder_that_was_not_there_goes_again(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    journal = create_stage(tmp_path / "o", tmp_path, tmp_path / "state")
    (journal.tree / "p").mkdir(parents=True)
    (journal.tree / "p/q").write_bytes(b"q")
    journal.begin([], ["p/q"])
    journal.bring(f"{journal.tree}/p", "p")
    assert tree(tmp_path / "o") == {"p/q": b"q"}
    journal.undo()
    assert not (tmp_path / "o").exists()


def test_what_is_there_is_a_file_or_link_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to("nowhere")
    assert [is_file_or_link(tmp_path / name) for name in ("file", "link", "dangling", "none", ".")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def bring(output: Path, files: list[str]) -> None:
    """Bring new files into `output`, as a build does."""
    state = output.parent / "state"
    state.mkdir(exist_ok=True)
    journal = create_stage(output, output.parent, state)
    for path in files:
        (journal.tree / path).parent.mkdir(parents=True, exist_ok=True)
        (journal.tree / path).write_text(path, encoding="utf-8")
    journal.begin([], files)
    journal.bring_all()
    journal.end()


FILES = ["a.txt", "there/b.txt", "new/deep/c.txt"]


def rights(path: Path) -> tuple[int, int, list[tuple[str, bytes]]]:
    """Mode, group and access lists."""
    found = path.stat()
    names = sorted(name for name in os.listxattr(path) if name.startswith("system.posix_acl"))
    return stat.S_IMODE(found.st_mode), found.st_gid, [(name, os.getxattr(path, name)) for name in names]


def check_as_if_made_there(output: Path) -> None:
    """What was brought has the rights of what is made at the same places."""
    for path in (*FILES, "new", "new/deep"):
        made = output / f"{path}-made"
        if (output / path).is_dir():
            made.mkdir()
        else:
            made.touch()
        assert rights(output / path) == rights(made), path


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such lists")
@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_what_is_brought_has_group_and_mode_as_if_it_were_made_there(mask: int, tmp_path: Path) -> None:
    output = tmp_path / "out"
    (output / "there").mkdir(parents=True)
    others = [group for group in os.getgroups() if group != os.getgid()] or ([12345] if os.geteuid() == 0 else [])
    for folder in (output, output / "there"):
        os.chown(folder, -1, next(iter(others), -1))
        folder.chmod(0o2770)
    before = os.umask(mask)
    try:
        bring(output, FILES)
        check_as_if_made_there(output)
    finally:
        os.umask(before)
    assert (output / "new/deep").stat().st_mode & stat.S_ISGID


LISTS = [
    [(1, 7, -1), (4, 5, -1), (0x20, 0, -1)],
    [(1, 7, -1), (2, 7, 33), (4, 5, -1), (8, 5, 33), (0x10, 7, -1), (0x20, 1, -1)],
    [(1, 6, -1), (4, 7, -1), (8, 7, 33), (0x10, 5, -1), (0x20, 5, -1)],
]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such lists")
@pytest.mark.parametrize("entries", LISTS)
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_what_is_brought_has_the_access_list_as_if_it_were_made_there(
    entries: list[tuple[int, int, int]], mask: int, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    (output / "there").mkdir(parents=True)
    packed = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    for folder in (output, output / "there"):
        try:
            os.setxattr(folder, "system.posix_acl_default", packed)
        except OSError as error:
            assert error.errno == errno.ENOTSUP  # noqa: PT017  (a disk without such lists has nothing to hand down)
            return
    before = os.umask(mask)
    try:
        bring(output, FILES)
        check_as_if_made_there(output)
    finally:
        os.umask(before)


def test_a_group_that_may_not_be_given_ends_nothing_and_an_ordinary_folder_asks_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse)
    (tmp_path / "out").mkdir()
    (tmp_path / "out").chmod(0o2755)
    bring(tmp_path / "out", FILES)
    assert (tmp_path / "out/new/deep/c.txt").read_text("utf-8") == "new/deep/c.txt"
    monkeypatch.setattr("blog.output.undo_journal.inherit_rights", refuse)
    bring(tmp_path / "other", FILES)
    assert (tmp_path / "other/new/deep/c.txt").is_file()
