"""What may be read in a site: no special file, and no way out of it by a link."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from blog.problems import BlogError, Problem
from blog.system.site_paths import (
    Bounds,
    SpecialFileError,
    link_steps,
    locate_in_site,
    open_beneath,
    open_file,
    open_regular,
    overlap,
    read_file,
)
from tests.support.bounds import processor
from tests.support.sites import site, told


def said(found: str | Problem) -> str:
    return found if isinstance(found, str) else told([found])[0]


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../a", "a/../../b", "a/..", "./a", "a//b", "a/"])
def test_a_path_leads_below_the_folder_or_nowhere(tmp_path: Path, path: str) -> None:
    site(tmp_path / "f", {"a/a": "A"})
    with pytest.raises(OSError, match="not a path inside the folder"):
        open_beneath(str(tmp_path / "f"), path)


def test_no_part_of_a_path_is_a_link(tmp_path: Path) -> None:
    root = site(tmp_path, {"a/b/c": "C"})
    (root / "a/d").symlink_to("b")
    (root / "a/b/e").symlink_to("c")
    with open_beneath(str(root), "a/b/c") as file:
        assert file.read() == b"C"
    for path in ("a/d/c", "a/b/e"):
        with pytest.raises(OSError, match=path) as caught:
            open_beneath(str(root), path)
        assert caught.value.filename == str(root / path)


def test_only_a_regular_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("folder").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for path in ("pipe", "folder", "socket", "/dev/zero", "/dev/tty"):
            with pytest.raises(SpecialFileError, match="not a regular file"):
                open_regular(path)


def test_a_file_that_becomes_a_fifo_while_it_is_opened_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("A", encoding="utf-8")
    look = os.stat

    def swap(path: str, **given: Any) -> os.stat_result:
        found = look(path, **given)
        (tmp_path / "a").unlink()
        os.mkfifo(tmp_path / "a")
        return found

    monkeypatch.setattr(os, "stat", swap)
    with pytest.raises(SpecialFileError):
        open_beneath(str(tmp_path), "a")


def test_a_file_is_read_through_links_that_stay_inside(tmp_path: Path) -> None:
    root = site(tmp_path / "site", {"deep/more/a": "A", "deep/more/b": "B"})
    (root / "one").symlink_to("deep")
    (root / "two").symlink_to("one/more/a")
    (root / "three").symlink_to(root / "two")
    (tmp_path / "alias").symlink_to("site")
    for path in ("one/more/a", "two", "three"):
        assert read_file(root, path) == read_file(tmp_path / "alias", path) == b"A"


def test_a_file_that_is_not_there_is_no_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("F", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        open_file(tmp_path, "a/b")
    with pytest.raises(NotADirectoryError):
        open_file(tmp_path, "file/b")


def test_a_file_may_be_too_large(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("AAAA", encoding="utf-8")
    assert read_file(tmp_path, "a", limit=4) == b"AAAA"
    with pytest.raises(OSError, match="File too large"):
        read_file(tmp_path, "a", limit=3)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("../site/a", "site/a"), ("./b/../a", "site/a"), ("b/.", "site/b"),
        ("../other/a", "1:1 error outside-link: the symbolic link leaves the site folder -- copy the file into the site folder"),
        ("..", "1:1 error outside-link: the symbolic link leaves the site folder -- copy the file into the site folder"),
        (".x/a", '1:1 error hidden-link: the symbolic link leads through ".x", a name that is left out -- copy the file to a place that is not left out'),
        (".x/../a", '1:1 error hidden-link: the symbolic link leads through ".x", a name that is left out -- copy the file to a place that is not left out'),
        ("a/../b", "1:1 error dangling-link: the symbolic link leads nowhere"),
        ("link", "1:1 error dangling-link: the symbolic link leads nowhere"),
    ],
)  # fmt: skip
def test_where_a_link_leads(tmp_path: Path, target: str, expected: str) -> None:
    site(tmp_path / "other", {"a": "A"})
    root = site(tmp_path / "site", {"a": "A", "b/c": "C", ".x/a": "A"})
    (root / "link").symlink_to(target)
    found = Bounds(os.path.realpath(root)).follow(str(root / "link"), "link")
    assert said(found) == (str(tmp_path / expected) if expected.startswith("site/") else expected)


def test_a_link_with_a_target_of_thousands_of_names_leads_nowhere_and_soon(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "0").symlink_to("a/../" * 700 + "a")
    for number in range(1, 30):
        (tmp_path / f"{number}").symlink_to("a/../" * 700 + str(number - 1))
    with processor(2):
        found = Bounds(os.path.realpath(tmp_path)).follow(str(tmp_path / "29"), "29")
    assert said(found) == "1:1 error dangling-link: the symbolic link leads nowhere"


def test_all_places_that_a_link_leads_through_are_known(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("A", encoding="utf-8")
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").symlink_to(tmp_path / "b")
    top = os.path.realpath(tmp_path)
    assert link_steps(str(tmp_path / "c")) == (str(tmp_path / "b"), str(tmp_path / "a"), f"{top}/a")


def test_a_place_of_the_site_may_be_a_link_to_a_folder_of_its_own(tmp_path: Path) -> None:
    root = site(tmp_path, {"text/a": "A", "styles/t/theme.toml": ""})
    (root / "content").symlink_to("text")
    (root / "themes").symlink_to("styles")
    assert locate_in_site(root, "content") == str(root / "text")
    assert locate_in_site(root, "themes/t") == str(root / "styles/t")
    assert locate_in_site(root, "public") == str(root / "public")


def test_two_spellings_of_a_name_may_be_one_folder() -> None:
    assert overlap("/site/Content/posts", "/site/content")
    assert overlap("/site", "/site/content")
    assert overlap("/site/caf\u00e9", "/site/cafe\u0301/a")
    assert not overlap("/site/contents", "/site/content")


def test_what_a_link_may_not_show_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "secret").write_text("S", encoding="utf-8")
    (tmp_path / "site/a").symlink_to("../secret")
    with pytest.raises(BlogError, match="the symbolic link leaves the site folder"):
        read_file(tmp_path / "site", "a")
