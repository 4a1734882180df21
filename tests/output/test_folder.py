"""The output folder: what is safe to write to, what is replaced, what stays."""

import errno
import os
import pickle
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from blog.cache.digests import digest
from blog.cache.store import MissingEntryError
from blog.output import folder as output_folder
from blog.output.folder import (
    MANIFEST,
    OutputTransaction,
    check_default_output,
    check_output_folder,
    compare_folders,
    read_output_file,
)
from blog.output.undo_journal import UndoJournal, recover
from blog.problems import BlogError, UnsafeOutputError
from blog.text import name_key, to_nfc
from tests.support.disks import folding_disk, other_disk


def state_of(output: Path) -> Path:
    """The state folder for tests of ``output``: beside no other output."""
    folder = output.parent / f"{output.name}.state"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write(output: Path, files: dict[str, bytes], state: Path | None = None) -> output_folder.Changes:
    with OutputTransaction(output, state or state_of(output)) as stage:
        for path, data in files.items():
            stage.note(path, stage.add(path, data)[0])
        return stage.commit()


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    (root / "content/posts").mkdir(parents=True)
    (root / "themes").mkdir()
    return root


def test_an_absent_an_empty_and_an_own_folder_are_safe(root: Path) -> None:
    check_output_folder(root / "public", root)
    (root / "public").mkdir()
    check_output_folder(root / "public", root)
    write(root / "public", {"a": b"1"})
    check_output_folder(root / "public", root)


@pytest.mark.parametrize(
    "path",
    [
        ".",
        "..",
        "content",
        "content/posts",
        "content/new",
        "themes",
        "themes/x",
        ".blog",
        "../..",
        "/",
        "public/../content",
    ],
)
def test_folders_of_the_site_and_above_are_refused(root: Path, path: str) -> None:
    with pytest.raises(UnsafeOutputError) as caught:
        check_output_folder(root / path, root)
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("..", "holds the site folder"),
        (".", "is the site folder"),
        ("content", "is content/ of the site"),
        ("content/posts", "lies inside content/ of the site"),
        (".blog/other", "lies inside .blog/ of the site"),
    ],
)
def test_they_are_refused_also_if_they_look_like_an_output(root: Path, path: str, why: str) -> None:
    write(root / "public", {})
    (root / path).mkdir(parents=True, exist_ok=True)
    (root / path / MANIFEST).write_bytes((root / "public" / MANIFEST).read_bytes())
    with pytest.raises(UnsafeOutputError) as caught:
        check_output_folder(root / path, root)
    assert caught.value.problems[0].message == f"the output folder {why}"


def test_the_home_folder_is_refused_even_if_empty(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    with pytest.raises(UnsafeOutputError, match="the output folder is the home folder"):
        check_output_folder(home, root)


def test_a_folder_with_other_files_is_refused_and_untouched(root: Path) -> None:
    (root / "mine").mkdir()
    (root / "mine/diary.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(UnsafeOutputError) as caught:
        check_output_folder(root / "mine", root)
    found = caught.value.problems[0]
    assert found.message == "the output folder is not empty, and not made by blog (it has no .blog-manifest)"
    assert found.hint == "choose another folder with -o, or empty this one yourself"
    assert tree(root / "mine") == {"diary.txt": b"dear"}


def test_a_file_or_a_foreign_manifest_is_refused(root: Path) -> None:
    (root / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UnsafeOutputError, match="is not a folder"):
        check_output_folder(root / "file", root)
    (root / "other").mkdir()
    (root / "other" / MANIFEST).write_text("something else", encoding="utf-8")
    with pytest.raises(UnsafeOutputError, match="not made by blog"):
        check_output_folder(root / "other", root)
    write(root / "public", {})
    (root / "other" / MANIFEST).unlink()
    (root / "other" / MANIFEST).symlink_to(root / "public" / MANIFEST)
    with pytest.raises(UnsafeOutputError, match="not made by blog"):
        check_output_folder(root / "other", root)


@pytest.mark.parametrize("folder", ["content", "content/posts"])
def test_a_link_to_a_folder_of_the_site_is_refused_also_if_it_is_empty(root: Path, folder: str) -> None:
    (root / "public").symlink_to(root / folder)
    with pytest.raises(UnsafeOutputError, match="content/ of the site"):
        check_output_folder(root / "public", root)


def test_a_link_that_leads_nowhere_is_refused_and_one_to_an_empty_folder_elsewhere_is_followed(root: Path) -> None:
    (root / "public").symlink_to(root.parent / "host")
    with pytest.raises(UnsafeOutputError) as caught:
        check_output_folder(root / "public", root)
    assert caught.value.problems[0].message == "the output folder is a symbolic link that leads nowhere"
    (root.parent / "host").mkdir()
    check_output_folder(root / "public", root)
    write(root / "public", {"a": b"1"})
    assert tree(root.parent / "host") == {"a": b"1"}
    assert (root / "public").is_symlink()


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("../mine/public", "leaves the site folder"), ("../empty", "leaves the site folder"), ("hop", "leaves the site folder"),
        ("content", "leads to what is content/, or holds it"), ("content/posts", "leads to what is content/, or holds it"),
        ("text", "leads to what is content/, or holds it"), ("themes/t", "leads to what is themes/, or holds it"),
        (".", "leads to what is content/, or holds it"), (".git/hooks", 'leads through ".git", a name that is left out'),
        ("_old", 'leads through "_old", a name that is left out'), ("nowhere", "leads nowhere"), ("public", "leads nowhere"),
        ("pipe", "leads to neither a file nor a folder"),
    ],
)  # fmt: skip
def test_the_output_folder_that_nobody_asked_for_is_no_link_to_another_place(
    tmp_path: Path, target: str, why: str
) -> None:
    for name in ("mine/public", "empty", "site/text/posts", "site/themes/t", "site/.git/hooks", "site/_old"):
        (tmp_path / name).mkdir(parents=True)
    site = tmp_path / "site"
    write(tmp_path / "mine/public", {"a": b"1"})
    os.mkfifo(site / "pipe")
    (site / "content").symlink_to("text")
    (site / "hop").symlink_to("../empty")
    (site / "public").symlink_to(target)
    with pytest.raises(UnsafeOutputError) as caught:
        check_default_output(site)
    (problem,) = caught.value.problems
    assert problem.message == f"the output folder is a symbolic link that {why}"
    assert problem.hint == "if that is meant, ask for it: -o PATH"


def test_the_output_folder_may_be_a_link_to_a_folder_of_the_site_for_it_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "public").symlink_to("docs")
    assert check_default_output(tmp_path) == tmp_path / "public"
    (tmp_path / "alias").symlink_to(".")
    assert check_default_output(tmp_path / "alias") == tmp_path / "alias/public"


@pytest.mark.parametrize("name", [MANIFEST, "a", "feed.xml", "deep/a"])
def test_what_is_in_the_output_folder_is_neither_opened_if_it_is_a_fifo_nor_read_through_a_link(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "o/deep").mkdir(parents=True)
    (tmp_path / "secret").write_text("blog manifest 1\n", encoding="utf-8")
    os.mkfifo(tmp_path / "o" / name)
    assert read_output_file(tmp_path / "o", name) == b""
    (tmp_path / "o" / name).unlink()
    (tmp_path / "o" / name).symlink_to(tmp_path / "secret")
    assert read_output_file(tmp_path / "o", name) == b""
    with pytest.raises(UnsafeOutputError):
        check_output_folder(tmp_path / "o", tmp_path / "site")


def test_a_fifo_in_the_place_of_an_empty_output_is_replaced_and_not_read(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"", "b": b"2"})
    (tmp_path / "o/a").unlink()
    os.mkfifo(tmp_path / "o/a")
    write(tmp_path / "o", {"a": b"", "b": b"2"})
    assert (tmp_path / "o/a").is_file()


def test_changes_name_what_is_new_changed_removed_and_unchanged(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1", "b/c": b"2", "d": b"3"})
    changes = write(tmp_path / "o", {"a": b"1", "b/c": b"other", "e": b"4"})
    assert (changes.new, changes.changed, changes.removed, changes.unchanged) == (("e",), ("b/c",), ("d",), 1)
    assert tree(tmp_path / "o") == {"a": b"1", "b/c": b"other", "e": b"4"}


def test_an_unchanged_file_is_not_touched(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1"})
    os.utime(tmp_path / "o/a", (1, 1))
    os.utime(tmp_path / "o" / MANIFEST, (1, 1))
    write(tmp_path / "o", {"a": b"1"})
    assert (tmp_path / "o/a").stat().st_mtime == 1
    assert (tmp_path / "o" / MANIFEST).stat().st_mtime == 1


def test_the_manifest_does_not_name_paths_and_depends_on_them_alone(tmp_path: Path) -> None:
    write(tmp_path / "1", {"secret/index.html": b"1", "a": b"2"})
    write(tmp_path / "2", {"a": b"other", "b": b"gone soon"})
    write(tmp_path / "2", {"a": b"other", "secret/index.html": b"3"})
    manifest = (tmp_path / "1" / MANIFEST).read_bytes()
    assert b"secret" not in manifest
    assert manifest == (tmp_path / "2" / MANIFEST).read_bytes()


def test_empty_folders_of_ours_go_and_others_stay(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a/b/c": b"1", "k/x": b"2"})
    (tmp_path / "o/empty").mkdir()
    (tmp_path / "o/k/mine").write_text("m", encoding="utf-8")
    write(tmp_path / "o", {"z": b"1"})
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == [MANIFEST, "empty", "k", "z"]


def test_a_foreign_file_in_the_way_is_named_and_kept(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1"})
    (tmp_path / "o/index.html").write_text("mine", encoding="utf-8")
    with pytest.raises(BlogError) as caught:
        write(tmp_path / "o", {"a": b"2", "index.html": b"ours"})
    target = tmp_path / "o/index.html"
    assert caught.value.problems[0].message == f'"index.html" must go where a file is that blog did not make: {target}'
    assert tree(tmp_path / "o") == {"a": b"1", "index.html": b"mine"}


def test_a_foreign_file_in_a_folder_in_the_way_is_named_and_kept(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a/b": b"1"})
    (tmp_path / "o/a/c").mkdir()
    (tmp_path / "o/a/c/d").write_text("mine", encoding="utf-8")
    with pytest.raises(BlogError) as caught:
        write(tmp_path / "o", {"a": b"2"})
    assert caught.value.problems[0].message == f'"a" must go where a file is that blog did not make: {tmp_path}/o/a/c/d'
    assert tree(tmp_path / "o") == {"a/b": b"1", "a/c/d": b"mine"}


def test_a_foreign_file_where_a_folder_must_be_is_named_and_kept(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1"})
    (tmp_path / "o/posts").write_text("mine", encoding="utf-8")
    with pytest.raises(BlogError, match="must go where a file is that blog did not make"):
        write(tmp_path / "o", {"posts/x/index.html": b"ours"})
    assert tree(tmp_path / "o") == {"a": b"1", "posts": b"mine"}


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("mine", encoding="utf-8")
    write(tmp_path / "o", {"a": b"1", "b/c": b"2"})
    (tmp_path / "o/a").unlink()
    (tmp_path / "o/a").symlink_to(outside / "file")
    write(tmp_path / "o", {"a": b"new", "b/c": b"2"})
    assert (outside / "file").read_text("utf-8") == "mine"
    assert not (tmp_path / "o/a").is_symlink()
    assert (tmp_path / "o/a").read_bytes() == b"new"
    (tmp_path / "o/folder").symlink_to(outside)
    write(tmp_path / "o", {"folder/file": b"ours", "folder/deep/file": b"ours"})
    assert tree(outside) == {"file": b"mine"}
    assert tree(tmp_path / "o") == {"folder/file": b"ours", "folder/deep/file": b"ours"}


def test_what_a_link_to_a_folder_shows_is_not_taken_for_ours(tmp_path: Path) -> None:
    write(tmp_path / "o", {"folder/file": b"ours"})
    (tmp_path / "o/folder").rename(tmp_path / "moved")
    (tmp_path / "o/folder").symlink_to(tmp_path / "moved")
    changes = write(tmp_path / "o", {"folder/file": b"ours"})
    assert changes.unchanged == 0
    assert not (tmp_path / "o/folder").is_symlink()
    assert tree(tmp_path / "moved") == {"file": b"ours"}


THINGS = {
    "nothing": {},
    "our file": {"x": b"1"},
    "our folder": {"x/y": b"1"},
    "our deep folder": {"x/y/z": b"1"},
}


@pytest.mark.parametrize("after", THINGS.values(), ids=THINGS.keys())
@pytest.mark.parametrize("before", THINGS.values(), ids=THINGS.keys())
@pytest.mark.parametrize("foreign", ["", "x", "x/y", "x/mine", "x/y/z", "x/y/mine"])
def test_whatever_stands_in_the_way_the_new_site_is_there_or_the_old_one_and_no_foreign_file_is_lost(
    tmp_path: Path, before: dict[str, bytes], after: dict[str, bytes], foreign: str
) -> None:
    output = tmp_path / "o"
    write(output, {"a": b"1", **before})
    mine: dict[str, bytes] = {}
    if foreign and not any(
        foreign == path or path.startswith(f"{foreign}/") or foreign.startswith(f"{path}/") for path in before
    ):
        mine = {foreign: b"mine"}
        (output / foreign).parent.mkdir(parents=True, exist_ok=True)
        (output / foreign).write_bytes(b"mine")
    old = tree(output)
    try:
        write(output, {"a": b"2", **after})
    except BlogError:
        assert tree(output) == old
    else:
        assert tree(output) == {"a": b"2", **after, **mine}


def test_a_link_to_the_same_bytes_is_replaced_too(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"1")
    write(tmp_path / "o", {"a": b"1"})
    (tmp_path / "o/a").unlink()
    (tmp_path / "o/a").symlink_to(tmp_path / "outside")
    write(tmp_path / "o", {"a": b"1"})
    assert not (tmp_path / "o/a").is_symlink()


def test_a_link_in_place_of_a_file_that_goes_is_removed_and_its_target_stays(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_text("mine", encoding="utf-8")
    write(tmp_path / "o", {"a": b"1", "b": b"2"})
    (tmp_path / "o/b").unlink()
    (tmp_path / "o/b").symlink_to(outside)
    write(tmp_path / "o", {"a": b"1"})
    assert not os.path.lexists(tmp_path / "o/b")
    assert (outside / "x").read_text("utf-8") == "mine"


def test_a_file_becomes_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1", "b/c": b"2"})
    write(tmp_path / "o", {"a/x": b"1", "b": b"2"})
    assert tree(tmp_path / "o") == {"a/x": b"1", "b": b"2"}


def test_copies_are_compared_by_contents(tmp_path: Path) -> None:
    source = tmp_path / "pic.png"
    for data, expected in ((b"one", "new"), (b"one", "unchanged"), (b"two", "changed"), (b"three", "changed")):
        source.write_bytes(data)
        with OutputTransaction(tmp_path / "o", state_of(tmp_path / "o")) as stage:
            staged, content = stage.copy("p/pic.png", str(source))
            assert content == digest(data)
            stage.note("p/pic.png", staged)
            changes = stage.commit()
        assert {"new": changes.new, "changed": changes.changed, "unchanged": ("p/pic.png",) * changes.unchanged}[
            expected
        ]
        assert (tmp_path / "o/p/pic.png").read_bytes() == data


def test_a_stage_on_another_disk_is_copied_and_then_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other_disk(monkeypatch, tmp_path / "o")
    write(tmp_path / "o", {"a/b": b"1", "a/c/d": b"2", "e": b"3"})
    assert tree(tmp_path / "o") == {"a/b": b"1", "a/c/d": b"2", "e": b"3"}
    write(tmp_path / "o", {"a/b": b"changed", "a/c/d": b"2", "a/c/f": b"4"})
    assert tree(tmp_path / "o") == {"a/b": b"changed", "a/c/d": b"2", "a/c/f": b"4"}


def test_an_error_of_the_disk_is_not_swallowed_and_leaves_no_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    (tmp_path / "w").mkdir()
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "o", {"a": b"1"}, tmp_path / "w")
    assert list((tmp_path / "w").iterdir()) == []
    assert not (tmp_path / "o").exists()


def test_a_copy_from_another_disk_that_breaks_off_leaves_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_disk(monkeypatch, tmp_path / "o")
    write(tmp_path / "o", {"a": b"1"})
    held: list[bytes] = []

    def copyfile(source: Path, target: Path, **_: bool) -> None:
        held.append((tmp_path / "o/a").read_bytes())
        Path(target).write_bytes(b"half")
        raise OSError(errno.EIO, "Input/output error", str(target))

    with OutputTransaction(tmp_path / "o", state_of(tmp_path / "o")) as stage:
        stage.note("a", stage.add("a", b"2")[0])
        with monkeypatch.context() as patch:
            patch.setattr(
                "blog.output.undo_journal._back_up", lambda path, kept: Path(kept).write_bytes(Path(path).read_bytes())
            )
            patch.setattr("shutil.copyfile", copyfile)
            with pytest.raises(OSError, match="Input/output error"):
                stage.commit()
    assert held == [b"1"]
    assert [path.name for path in sorted((tmp_path / "o").iterdir())] == [MANIFEST, "a"]
    assert tree(tmp_path / "o") == {"a": b"1"}


def test_a_foreign_file_that_comes_while_the_site_is_rendered_is_named_and_kept(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a": b"1"})
    with OutputTransaction(tmp_path / "o", state_of(tmp_path / "o")) as stage:
        for path in ("a", "b"):
            stage.note(path, stage.add(path, b"2")[0])
        (tmp_path / "o/b").write_bytes(b"mine")
        with pytest.raises(BlogError) as caught:
            stage.commit()
    assert caught.value.problems[0].code == "foreign-file"
    assert tree(tmp_path / "o") == {"a": b"1", "b": b"mine"}


def test_a_folder_that_cannot_be_read_is_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "o", {"a/b": b"1", "c": b"2"})
    whole = os.scandir

    def scandir(folder: Any) -> Any:
        if str(folder).endswith("o/a"):
            raise OSError(errno.EIO, "Input/output error", str(folder))
        return whole(folder)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        with pytest.raises(OSError, match="Input/output error: .*o/a"):
            write(tmp_path / "o", {"c": b"2"})
        with pytest.raises(OSError, match="Input/output error: .*o/a"):
            compare_folders(tmp_path / "o", tmp_path / "o")
    assert tree(tmp_path / "o") == {"a/b": b"1", "c": b"2"}


def test_where_the_old_site_cannot_be_put_back_that_is_told_and_the_next_build_has_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "o", {"a": b"1", "b": b"1"}, tmp_path)
    whole = os.replace

    def replace(source: Path, target: Path) -> None:
        if Path(target) in {tmp_path / "o/b", tmp_path / "o/a"} and (tmp_path / "o/a").read_bytes() == b"2":
            raise OSError(errno.EIO, "Input/output error", str(target))
        whole(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        with pytest.raises(BlogError) as caught:
            write(tmp_path / "o", {"a": b"2", "b": b"2"}, tmp_path)
    found = caught.value.problems[0]
    assert found.code == "not-undone"
    assert found.message == (
        f"Input/output error: {tmp_path}/o/b; the old site could not be put back: Input/output error: {tmp_path}/o/a"
    )
    assert found.hint == "mend that and build again: the next build begins with putting it back"
    recover(tmp_path, tmp_path / "o")
    assert tree(tmp_path / "o") == {"a": b"1", "b": b"1"}


def test_differences_are_named_in_order(tmp_path: Path) -> None:
    write(tmp_path / "1", {"a": b"1", "b": b"2", "c": b"3"})
    write(tmp_path / "2", {"a": b"1", "b": b"other", "d": b"4"})
    (tmp_path / "1/foreign").write_text("x", encoding="utf-8")
    assert compare_folders(tmp_path / "1", tmp_path / "2") == [MANIFEST, "b", "c", "d"]
    assert compare_folders(tmp_path / "1", tmp_path / "1") == []


def test_where_the_paths_are_the_same_only_what_is_staged_is_brought(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a/b": b"1", "c": b"2"})
    manifest = (tmp_path / "o" / MANIFEST).stat().st_mtime_ns
    with OutputTransaction(tmp_path / "o", state_of(tmp_path / "o"), same_paths=True) as stage:
        stage.note("c", staged=False)
        stage.note("a/b", stage.add("a/b", b"new")[0])
        changes = stage.commit()
    assert (changes.changed, changes.removed, changes.unchanged) == (("a/b",), (), 1)
    assert tree(tmp_path / "o") == {"a/b": b"new", "c": b"2"}
    assert (tmp_path / "o" / MANIFEST).stat().st_mtime_ns == manifest


def test_a_full_disk_is_reported_with_the_file_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left on device: .*site/a") as caught:
        write(tmp_path / "o", {"a": b"1"})
    assert pickle.loads(pickle.dumps(caught.value)).filename == caught.value.filename


def test_an_empty_folder_in_the_place_of_a_file_goes(tmp_path: Path) -> None:
    write(tmp_path / "o", {"a/b": b"1", "c/d": b"2"})
    (tmp_path / "o/a/b").unlink()
    (tmp_path / "o/a/b/empty/deep").mkdir(parents=True)
    (tmp_path / "o/c/empty").mkdir()
    changes = write(tmp_path / "o", {"a/b": b"1", "c": b"3"})
    assert tree(tmp_path / "o") == {"a/b": b"1", "c": b"3"}
    assert (changes.changed, changes.removed) == (("a/b", "c"), ("c/d",))


@pytest.mark.parametrize(
    "path", ["/etc/x", "../x", "a/../../x", "a//x", "", ".", ".git/hooks/x", "a/.env", "x\0y", "a/", MANIFEST]
)
def test_a_path_that_no_build_makes_is_not_staged(tmp_path: Path, path: str) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    with OutputTransaction(tmp_path / "o", state_of(tmp_path / "o")) as stage:
        with pytest.raises(MissingEntryError):
            stage.add(path, b"planted")
        with pytest.raises(MissingEntryError):
            stage.copy(path, str(tmp_path / "mine"))
        assert not stage.tree.exists()


class Disk(NamedTuple):
    """Names of one `key` are one file; a file that is renamed to another one `keeps` that one's name."""

    key: Callable[[str], str]
    keeps: bool

    def folded(self, files: dict[str, bytes]) -> dict[str, bytes]:
        return {self.key(path): data for path, data in files.items()}


@pytest.fixture(params=[(name_key, False), (name_key, True), (to_nfc, False)], ids=["macOS", "casefold", "form"])
def disk(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    found = Disk(*request.param)
    folding_disk(monkeypatch, tmp_path, found.key, keeps=found.keeps)
    return found


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["Docs/a.txt", "z"], ["docs/a.txt", "z"]),
        (["Photo.TXT"], ["photo.txt"]),
        (["a/B/c/D.txt", "a/B/e"], ["A/b/C/d.txt", "A/b/e"]),
        (["Docs/a.txt", "Docs/b.txt"], ["docs/a.txt"]),
        (["Docs"], ["docs/a.txt"]),
        (["Docs/a.txt"], ["docs"]),
        (["caf\u00e9/\u00e9.txt"], ["cafe\u0301/e\u0301.txt"]),
        (["cafe\u0301/e\u0301.txt"], ["caf\u00e9/\u00e9.txt"]),
        (["Stra\u00dfe/\u00c9.txt"], ["strasse/e\u0301.txt"]),
    ],
)
def test_a_name_that_changes_in_case_or_form_alone_is_no_foreign_file_on_a_disk_that_does_not_heed_it(
    before: list[str], after: list[str], same: bool, disk: Disk, tmp_path: Path
) -> None:
    old, new = {path: path.encode() for path in before}, {path: path.encode() for path in after}
    if same:
        new = {path: next((old[name] for name in old if name_key(name) == name_key(path)), b"x") for path in after}
    write(tmp_path / "out", old)
    write(tmp_path / "out", new)
    made = tree(tmp_path / "out")
    assert disk.folded(made) == disk.folded(new)
    if not disk.keeps:
        assert made == new
    assert write(tmp_path / "out", new).unchanged == len(new)
    write(tmp_path / "out", old)
    assert disk.folded(tree(tmp_path / "out")) == disk.folded(old)


@pytest.mark.parametrize("step", range(1, 12))
def test_a_rename_in_case_that_breaks_off_leaves_the_old_site_or_the_new_and_the_next_build_goes_on(
    step: int, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"Docs/a.txt": b"1", "Docs/b.txt": b"2", "Docs/c.txt": b"3", "Photo.TXT": b"4"}
    new = {"docs/a.txt": b"1", "docs/b.txt": b"5", "photo.txt": b"4", "z": b"6"}
    (tmp_path / "work").mkdir()
    write(tmp_path / "out", old)
    calls = iter(range(1, 1000))

    def failing(whole: Callable[..., None]) -> Callable[..., None]:
        def call(*given: Any, **options: Any) -> None:
            if not options and next(calls) == step:
                raise OSError(errno.EIO, "broken")
            whole(*given, **options)

        return call

    with monkeypatch.context() as patch:
        for name in ("rename", "replace", "unlink"):
            patch.setattr(os, name, failing(getattr(os, name)))
        with suppress(OSError):
            write(tmp_path / "out", new, tmp_path / "work")
    assert disk.folded(tree(tmp_path / "out")) in [disk.folded(old), disk.folded(new)]
    write(tmp_path / "out", new, tmp_path / "work")
    assert disk.folded(tree(tmp_path / "out")) == disk.folded(new)


def test_a_killed_rename_in_case_is_undone_with_the_old_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folding_disk(monkeypatch, tmp_path, name_key, keeps=False)
    old, new = {"Docs/a.txt": b"1", "Docs/b.txt": b"2"}, {"docs/a.txt": b"3"}
    (tmp_path / "work").mkdir()
    write(tmp_path / "out", old)
    with monkeypatch.context() as patch:
        patch.setattr(UndoJournal, "end", lambda *_: 1 / 0)
        patch.setattr(UndoJournal, "undo", lambda *_: None)
        with pytest.raises(ZeroDivisionError):
            write(tmp_path / "out", new, tmp_path / "work")
    assert tree(tmp_path / "out") == new
    recover(tmp_path / "work", tmp_path / "out")
    assert tree(tmp_path / "out") == old
    assert write(tmp_path / "out", new).removed == ("Docs/a.txt", "Docs/b.txt")
    assert tree(tmp_path / "out") == new


def test_a_foreign_file_keeps_its_name_where_that_of_its_folder_changes_in_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folding_disk(monkeypatch, tmp_path, name_key, keeps=False)
    write(tmp_path / "out", {"Docs/a.txt": b"1"})
    (tmp_path / "out/Docs/Mine.txt").write_bytes(b"2")
    write(tmp_path / "out", {"docs/a.txt": b"1"})
    assert tree(tmp_path / "out") == {"Docs/a.txt": b"1", "Docs/Mine.txt": b"2"}
    assert write(tmp_path / "out", {"docs/a.txt": b"1"}).unchanged == 1
    assert write(tmp_path / "out", {"docs/a.txt": b"1", "docs/b.txt": b"1"}).new == ("docs/b.txt",)
    assert write(tmp_path / "out", {"docs/b.txt": b"1"}).removed == ("Docs/a.txt",)
    assert write(tmp_path / "out", {"docs/a.txt": b"1"}).removed == ("Docs/b.txt",)
    assert tree(tmp_path / "out") == {"Docs/a.txt": b"1", "Docs/Mine.txt": b"2"}
    write(tmp_path / "other", {"docs/a.txt": b"1"})
    assert compare_folders(tmp_path / "out", tmp_path / "other") == []
    (tmp_path / "out/docs/a.txt").write_bytes(b"3")
    assert compare_folders(tmp_path / "out", tmp_path / "other") == ["docs/a.txt"]
    (tmp_path / "out/docs/a.txt").write_bytes(b"1")
    with pytest.raises(BlogError) as caught:
        write(tmp_path / "out", {"docs/a.txt": b"1", "docs/mine.txt": b"3"})
    assert caught.value.problems[0].code == "foreign-file"


def test_on_a_disk_that_heeds_case_files_whose_names_differ_in_case_are_two(tmp_path: Path) -> None:
    write(tmp_path / "out", {"Docs/a.txt": b"1", "Photo.TXT": b"2"})
    (tmp_path / "out/photo.txt").write_bytes(b"3")
    with pytest.raises(BlogError) as caught:
        write(tmp_path / "out", {"docs/a.txt": b"1", "photo.txt": b"2"})
    assert caught.value.problems[0].code == "foreign-file"
    (tmp_path / "out/photo.txt").unlink()
    changes = write(tmp_path / "out", {"docs/a.txt": b"1", "photo.txt": b"2"})
    assert (changes.new, changes.removed) == (("docs/a.txt", "photo.txt"), ("Docs/a.txt", "Photo.TXT"))
    assert tree(tmp_path / "out") == {"docs/a.txt": b"1", "photo.txt": b"2"}


def test_differences_are_those_of_contents_where_disks_list_names_in_other_forms(tmp_path: Path) -> None:
    write(tmp_path / "one", {"caf\u00e9.txt": b"1", "\u00e9": b"1"})
    write(tmp_path / "two", {"cafe\u0301.txt": b"1", "e\u0301": b"2"})
    assert compare_folders(tmp_path / "one", tmp_path / "two") == [MANIFEST, "e\u0301", "\u00e9"]
    (tmp_path / "two/e\u0301").write_bytes(b"1")
    assert compare_folders(tmp_path / "one", tmp_path / "two") == [MANIFEST]
