"""Archives and XML of strangers: nothing leaves its folder, nothing grows without a limit, no entity is read."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from blog.importers import archives
from blog.importers.archives import open_source
from blog.importers.xml_text import inner_html, parse_xml, text_of
from blog.problems import BlogError
from tests.importers.importing import built, run_import

GOLDEN = Path(__file__).parent / "golden"


def packed(path: Path, files: dict[str, bytes], modes: dict[str, int] | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (modes or {}).get(name, stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return path


@pytest.mark.parametrize("name", ["medium", "substack", "wordpress", "ghost"])
def test_a_zip_is_imported_as_the_folder_in_it(name: str, tmp_path: Path) -> None:
    old = GOLDEN / name / "old"
    files = {path.relative_to(old).as_posix(): path.read_bytes() for path in sorted(old.rglob("*")) if path.is_file()}
    report = run_import(packed(tmp_path / "export.zip", files), tmp_path / "new")
    folder = run_import(old, tmp_path / "other")
    assert (report.documents, report.hidden, report.files) == (folder.documents, folder.hidden, folder.files)
    assert [path for path, data in built(tmp_path / "new").items() if b"secret-" in data] == []


def test_the_posts_of_medium_are_imported_without_their_folder(tmp_path: Path) -> None:
    old = GOLDEN / "medium" / "old"
    files = {path.name: path.read_bytes() for path in sorted((old / "posts").iterdir())}
    whole, posts = run_import(old, tmp_path / "new"), run_import(packed(tmp_path / "p.zip", files), tmp_path / "other")
    assert (posts.documents, posts.hidden, posts.files) == (whole.documents, whole.hidden, whole.files)


def test_a_file_alone_is_imported(tmp_path: Path) -> None:
    for name, file in (("wordpress", "export.xml"), ("ghost", "export.json"), ("feed", "feed.xml")):
        report = run_import(GOLDEN / name / "old" / file, tmp_path / name)
        assert report.reason == file


def test_entries_that_leave_the_archive_are_items(tmp_path: Path) -> None:
    names = ["../out.txt", "/abs.txt", "a/../../b", "c:\\x", "C:/x", "a\\..\\b", "link", "pipe", "n" * 300, "ok.txt"]
    modes = {"link": stat.S_IFLNK | 0o777, "pipe": stat.S_IFIFO | 0o644}
    path = packed(tmp_path / "x.zip", dict.fromkeys(names, b"/etc/passwd"), modes)
    with open_source(path) as folder:
        assert folder.paths == ("ok.txt",)
        assert len(folder.items) == len(names) - 1
        assert [entry.name for entry in folder.root.iterdir()] == ["ok.txt"]
        root = folder.root
    assert not root.exists()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["x.zip"]


def test_names_twice_and_files_that_are_folders_are_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(BlogError, match=r"x\.zip.? cannot be unpacked"),
        open_source(packed(tmp_path / "x.zip", {"a": b"1", "a/b": b"2"})),
    ):
        pass


@pytest.mark.parametrize("size", [30_000_000])
def test_a_bomb_is_refused(size: int, tmp_path: Path) -> None:
    with (
        pytest.raises(BlogError, match="is too large when it is unpacked"),
        open_source(packed(tmp_path / "x.zip", {"a.html": bytes(size)})),
    ):
        pass


def test_limits_of_size_and_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "x.zip", {"a": b"12345", "b": b"12345"})
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 8)
    with pytest.raises(BlogError, match="holds more than 0 GB"), open_source(path):
        pass
    monkeypatch.setattr(archives, "MAX_FILES", 1)
    with pytest.raises(BlogError, match="has more than 1 files"), open_source(path):
        pass


def test_a_broken_archive_is_an_error(tmp_path: Path) -> None:
    data = packed(tmp_path / "x.zip", {"a.txt": b"some text " * 100}).read_bytes()
    (tmp_path / "x.zip").write_bytes(data[:40] + b"\xff" * 20 + data[60:])
    with pytest.raises(BlogError, match="cannot be unpacked") as caught, open_source(tmp_path / "x.zip"):
        pass
    assert caught.value.problems[0].hint == "unpack it, and import the folder"


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss>&b;</rss>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>'


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_are_refused(text: str) -> None:
    with pytest.raises(BlogError, match="it declares entities, which are not read") as caught:
        parse_xml(text.encode(), "x.xml")
    assert caught.value.problems[0].location.path == "x.xml"


def test_deep_and_broken_xml_are_errors() -> None:
    with pytest.raises(BlogError, match="nested more than 200 deep"):
        parse_xml(b"<a>" * 300 + b"</a>" * 300, "x.xml")
    for text in (b"", b"<a>", b"no", b"<a>&</a>"):
        with pytest.raises(BlogError, match="this is not the XML of an export or feed"):
            parse_xml(text, "x.xml")


def test_broken_letters_and_entities_of_html_are_mended() -> None:
    root = parse_xml(b'\xef\xbb\xbf \n<?xml version="1.0" encoding="UTF-8"?><a><b>x\xff\x0by&nbsp;z</b></a>', "x.xml")
    assert text_of(root, "b") == "x\ufffdy\xa0z"
    latin = parse_xml('<?xml version="1.0" encoding="iso-8859-1"?><a><b>é</b></a>'.encode("latin-1"), "x.xml")
    assert text_of(latin, "b") == "é"
    unknown = parse_xml(b'<?xml version="1.0" encoding="no-such"?><a>e<i>f</i>g</a>', "x.xml")
    assert inner_html(unknown) == "e<i>f</i>g"


def test_an_archive_is_not_read_as_a_whole(tmp_path: Path) -> None:
    """What is no blog is an error, and the new folder is not made."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("notes.txt", "x")
    (tmp_path / "x.zip").write_bytes(data.getvalue())
    with pytest.raises(BlogError, match="is not recognised as a blog"):
        run_import(tmp_path / "x.zip", tmp_path / "new")
    assert not (tmp_path / "new").exists()
