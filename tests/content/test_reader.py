"""Reading: only what is new is read, only what says something new is parsed."""

import os
from pathlib import Path
from typing import Any

import pytest

from blog.cache.digests import digest
from blog.cache.store import Cache, MissingEntryError
from blog.content import images
from blog.content import parse as parsing
from blog.content.document import ParseOptions
from blog.content.files import SourceFile, load_sources
from blog.content.image_versions import version_mark
from blog.content.reader import SourceReader, load_documents
from blog.content.source_record import SourceRecord
from blog.markdown.inputs import Inputs
from blog.problems import BlogError
from blog.system import file_signature
from blog.system.file_signature import NO_SIGNATURE
from blog.system.workers import ResourceLimit
from tests.support.publishing import build_folder, post
from tests.support.sites import picture, png, site, told

LATER = 4_000_000_000_000_000_000
"""A moment after all files."""


def read(root: Path, cache: Cache, started: int = LATER, *, for_author: bool = False) -> dict[str, SourceRecord]:
    """What is known of all files of a site."""
    sources = load_sources(root)
    files = (*sources.documents, *sources.files)
    shown = {file.path: file for file in sources.files}
    reader = SourceReader(root, ParseOptions("en", (), for_author=for_author), b"maker", cache, shown)
    with reader.read_all(files, started, 1) as records:
        return dict(zip((file.path for file in files), records, strict=True))


def seen(tmp_path: Path, text: str) -> bytes:
    with Cache(tmp_path, fresh=True) as cache:
        return read(site(tmp_path, {"content/posts/a.md": text}), cache)["content/posts/a.md"].site_digest


def test_what_is_known_of_a_document_and_of_a_file(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A"), "content/p.png": b"p"})
    with Cache(tmp_path) as cache:
        known = read(root, cache)
        assert known["content/p.png"].digest == digest(b"p")
        assert known["content/p.png"].parse_key == b""
        (document,) = load_documents(known, cache)
        assert (document.path, document.title) == ("content/posts/a.md", "A")
        assert b"<p>Some words.</p>" in (cache.get(known["content/posts/a.md"].html_key) or b"")


def test_the_same_bytes_are_parsed_once_whenever_they_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    real = parsing.parse_document

    def parse(source: Any, rules: ParseOptions, inputs: Inputs) -> Any:
        parsed.append(source.path)
        return real(source, rules, inputs)

    monkeypatch.setattr(parsing, "parse_document", parse)
    root = site(tmp_path, {"content/posts/a.md": post("A"), "content/posts/b.md": post("A")})
    with Cache(tmp_path) as cache:
        first = read(root, cache)
        assert read(root, cache) == first
        (root / "content/posts/a.md").write_text(post("Other"), encoding="utf-8")
        read(root, cache)
        (root / "content/posts/a.md").write_text(post("A"), encoding="utf-8")
        assert read(root, cache)["content/posts/a.md"].site_digest == first["content/posts/a.md"].site_digest
    assert parsed == ["content/posts/a.md", "content/posts/b.md", "content/posts/a.md"]


def test_readers_and_the_author_share_the_parse_of_a_document_that_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[tuple[str, bool]] = []
    real = parsing.parse_document

    def parse(source: Any, rules: ParseOptions, inputs: Inputs) -> Any:
        parsed.append((source.path[len("content/posts/") :], rules.for_author))
        return real(source, rules, inputs)

    monkeypatch.setattr(parsing, "parse_document", parse)
    root = site(tmp_path, {
        "content/posts/a.md": post("A"), "content/posts/b.md": post("B", text="::: private\nx\n:::"),
        "content/posts/c.md": post("C", context="<!-- x -->"),
    })  # fmt: skip
    with Cache(tmp_path) as cache:
        public = read(root, cache)
        author = read(root, cache, for_author=True)
        assert read(root, cache) == public
        assert read(root, cache, for_author=True) == author
        for known in (public, author):
            has_words = [b"<!-- x" in (cache.get(record.html_key) or b"") for record in known.values()]
            assert has_words == [False, False, False]
            shown = [b"private" in (cache.get(record.html_key) or b"") for record in known.values()]
            assert shown == ([False, True, True] if known is author else [False, False, False])
    assert parsed == [
        ("a.md", False), ("b.md", False), ("c.md", False), ("b.md", True), ("c.md", True),
    ]  # fmt: skip
    assert public["content/posts/a.md"] == author["content/posts/a.md"]


def test_a_document_that_hides_nothing_is_parsed_for_the_author_as_for_readers(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A", text="a [b](b.md)")})
    with Cache(tmp_path, fresh=True) as cache:
        first = read(root, cache, for_author=True)
    with Cache(tmp_path, fresh=True) as cache:
        assert read(root, cache) == first


def test_a_file_that_changed_just_now_is_read_again_next_time(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post(), "content/p.png": b"p"})
    with Cache(tmp_path) as cache:
        assert {known.signature for known in read(root, cache, started=0).values()} == {NO_SIGNATURE}
        assert NO_SIGNATURE not in {known.signature for known in read(root, cache).values()}


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    with Cache(tmp_path) as cache:
        reader = SourceReader(root, ParseOptions("en", ()), b"maker", cache, {})
        gone = [SourceFile("content/gone.md", "page"), SourceFile("content/gone.png")]
        with reader.read_all(gone, LATER, 1) as records:
            for known in records:
                assert known.signature == NO_SIGNATURE
                assert told(known.problems) == ["1:1 error unreadable: cannot be read: No such file or directory"]


def test_what_the_cache_has_lost_is_not_made_up(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post()})
    with Cache(tmp_path) as cache:
        known = read(root, cache)
        for data in (b"", b"\xff"):
            cache.put(known["content/posts/a.md"].parse_key, data)
            with pytest.raises(MissingEntryError):
                list(load_documents(known, cache))


TEXT = "First words.\n\nMore [words](b.md)."


@pytest.mark.parametrize(
    "other",
    [
        "First words.\n\n## More\n\n[words](b.md).", "First words.\n\nMore [words](c.md).", "Other words.\n\nMore [words](b.md).",
        "First words.\n\nMore [words](b.md)." + " words" * 400, "First words.\n\nMore [words](b.md).\n\n::: private\nx\n:::",
        "First words.\n\nMore [words](b.md). ![](p.png)",
    ],
    ids=["heading", "link", "summary", "minutes", "withheld", "picture"],
)  # fmt: skip
def test_what_others_see_of_a_text_is_in_its_digest(tmp_path: Path, other: str) -> None:
    assert seen(tmp_path, post(text=TEXT)) != seen(tmp_path, post(text=other))


def test_words_and_where_links_stand_are_not_seen_by_others(tmp_path: Path) -> None:
    moved = TEXT.replace("More", "Many\nmore words and")
    assert seen(tmp_path, post(text=TEXT)) == seen(tmp_path, post(text=moved))


def test_a_picture_is_measured_where_it_is_read(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/a.png": picture(640, 320), "content/b.png": b"none", "content/c.csv": b"1,2"})
    with Cache(tmp_path) as cache:
        known = read(root, cache)
    found = known["content/a.png"].image
    assert found is not None
    assert (found.width, found.height, found.mark) == (640, 320, version_mark(known["content/a.png"].digest))
    assert (known["content/b.png"].image, known["content/c.csv"].image) == (None, None)
    assert [problem.message for problem in known["content/b.png"].problems] == [
        "this cannot be read as an image: it is published unchanged"
    ]


def test_all_front_matter_is_seen_by_others(tmp_path: Path) -> None:
    before = seen(tmp_path, post())
    for keys in ({"tags": "[x]"}, {"extra": "{a: 1}"}, {"draft": "true"}, {"context": "x"}, {"lang": "de"}):
        assert seen(tmp_path, post(**keys)) != before, keys


def test_a_source_that_cannot_be_parsed_says_why_each_time(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": b"---\n\xff"})
    with Cache(tmp_path) as cache:
        for _ in range(2):
            known = read(root, cache)
            assert [problem.code for problem in known["content/posts/a.md"].problems] == ["encoding"]
            assert list(load_documents(known, cache)) == []


def test_a_picture_that_takes_too_much_ends_the_build_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MEASURING", ResourceLimit(0.01, 1 << 30))
    site(tmp_path, {"content/a.png": png(13_000, 13_700), "content/b.png": picture(60, 40)})
    with pytest.raises(BlogError) as caught:
        build_folder(tmp_path)
    assert [problem.location.path for problem in caught.value.problems] == ["content/a.png"]
    assert told(caught.value.problems) == [
        "1:1 error unreadable-picture: decoding this image takes more than 0.01 seconds or 1 GB of memory -- save it once more"
    ]


def test_a_picture_is_measured_by_another_process_and_only_when_it_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []
    fork = os.fork

    def counted_fork() -> int:
        begun.append(os.getpid())
        return fork()

    monkeypatch.setattr(os, "fork", counted_fork)
    monkeypatch.setattr(file_signature, "_TICK", -(10**12))  # a file is believed however new it is
    files: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", text="![P](p.png)"),
        "content/d.svg": "<svg width='3' height='2'>",
    }
    site(tmp_path, files | {"blog.toml": 'title = "T"\n', "content/posts/p.png": picture(640, 480)})
    build_folder(tmp_path)
    assert len(begun) == 2  # one measures, the other makes the smaller version
    build_folder(tmp_path)
    (tmp_path / "content/posts/a.md").write_text(post("A", text="Other words. ![P](p.png)"), encoding="utf-8")
    build_folder(tmp_path)
    assert len(begun) == 2


POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
LFS = "this is a pointer of Git LFS, not the file itself"
PULL = "run git lfs pull before you build; on Netlify set GIT_LFS_ENABLED, in a workflow write lfs: true"


@pytest.mark.parametrize("name", ["loss.png", "run.csv", "clip.mp4", "paper.pdf", "plot.svg", "PHOTO.JPG", "data", "a.zip", "x.webp", "m.html"])  # fmt: skip
def test_a_pointer_of_git_lfs_is_one_warning_for_each_file(tmp_path: Path, name: str) -> None:
    with Cache(tmp_path) as cache:
        known = read(site(tmp_path, {f"content/posts/{name}": POINTER}), cache)
    assert told(known[f"content/posts/{name}"].problems) == [f"1:1 warning lfs-pointer: {LFS} -- {PULL}"]


@pytest.mark.parametrize("name", ["a.md", "book.ipynb", "a.markdown"])
def test_a_pointer_of_git_lfs_in_the_place_of_a_document_is_one_error(tmp_path: Path, name: str) -> None:
    with Cache(tmp_path) as cache:
        known = read(site(tmp_path, {f"content/posts/{name}": POINTER}), cache)
    assert told(known[f"content/posts/{name}"].problems) == [f"1:1 error lfs-pointer: {LFS} -- {PULL}"]


def test_a_text_about_git_lfs_is_no_pointer(tmp_path: Path) -> None:
    texts = {
        "a.txt": f"# Git LFS\n{POINTER}",
        "b.txt": "version https://git-lfs.github.com/spec/v1\n",
        "c.txt": POINTER + "x" * 2000,
    }
    with Cache(tmp_path) as cache:
        known = read(site(tmp_path, {f"content/{name}": text for name, text in texts.items()}), cache)
    assert [told(entry.problems) for entry in known.values()] == [[], [], []]


SHOWING = post("A", text='```python {file="train.py"}\n```')


def test_a_document_is_parsed_again_when_a_file_that_it_shows_changed_and_not_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    real = parsing.parse_document

    def parse(source: Any, rules: ParseOptions, inputs: Inputs) -> Any:
        parsed.append(source.path.removeprefix("content/posts/"))
        return real(source, rules, inputs)

    monkeypatch.setattr(parsing, "parse_document", parse)
    root = site(tmp_path, {
        "content/posts/a.md": SHOWING, "content/posts/b.md": post("B"), "content/posts/train.py": "x = 1\n",
    })  # fmt: skip
    code = root / "content/posts/train.py"
    with Cache(tmp_path) as cache:
        first = read(root, cache)
        assert read(root, cache) == first
        assert parsed == ["a.md", "b.md"]
        for text in ("x = 2\n", None, "x = 1\n"):
            code.write_text(text) if text else code.unlink()
            read(root, cache)
        last = read(root, cache)
    assert parsed == ["a.md", "b.md", "a.md", "a.md"]  # the first text is in the cache
    for path in ("content/posts/a.md", "content/posts/b.md"):
        assert (last[path].parse_key, last[path].html_key) == (first[path].parse_key, first[path].html_key)


def test_a_parse_with_other_inputs_leaves_the_one_to_which_a_record_refers(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": SHOWING, "content/posts/train.py": "x = 1\n"})
    with Cache(tmp_path) as cache:
        first = read(root, cache)
        (root / "content/posts/train.py").unlink()
        read(root, cache)
        (document,) = load_documents(first, cache)
        assert document.text.anchors == ()
        assert b"x" in (cache.get(first["content/posts/a.md"].html_key) or b"")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({}, '5:12 error code-file: "train.py": there is no such file -- its path would be content/posts/train.py'),
        ({"content/posts/trian.py": "x"},
         '5:12 error code-file: "train.py": there is no such file -- did you mean "trian.py"?'),
        ({"content/posts/train.py": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"},
         '5:12 error code-file: "train.py": this is a pointer of Git LFS, not the file itself -- run git lfs pull before you build; on Netlify set GIT_LFS_ENABLED, in a workflow write lfs: true'),
        ({"content/posts/train.py": "x" * 20_000_001},
         '5:12 error code-file: "train.py": larger than 20 MB -- show a part of it in a file of its own'),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_shown_is_reported_in_the_text(
    tmp_path: Path, files: dict[str, str | bytes], problem: str
) -> None:
    root = site(tmp_path, {"content/posts/a.md": SHOWING, **files})
    with Cache(tmp_path) as cache:
        assert told(read(root, cache)["content/posts/a.md"].problems) == [problem]
