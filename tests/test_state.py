"""The state that one build leaves to the next: what is parsed, planned and outdated, on the disk and in memory."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from blog import state as state_module
from blog.cache.digests import digest, pack
from blog.cache.store import Cache
from blog.content.files import SourceFile, SourceTree
from blog.content.source_record import SourceRecord
from blog.markdown.inputs import Input, SharedInputs
from blog.render.renderer import CompiledTemplates, CompiledTheme, RenderJob, render_jobs
from blog.state import BuildRecord, BuildState, Disk, Memory, OutputRecord
from blog.system.file_signature import NO_SIGNATURE, boot_id, read_signature
from blog.views.outputs import OutputView, PlannedOutput, TextView, serialize_output
from tests.support.planning import DESIGN, empty_plan
from tests.support.publishing import NOW

SOURCE = SourceRecord((1, 2, 3, 4), b"digest", b"parsed", b"seen", b"forms")
OUTPUT = OutputRecord(NO_SIGNATURE, b"bytes", b"view", b"parts", b"template")
RECORD = BuildRecord(
    b"maker",
    {"content/a.md": SOURCE},
    {"a/index.html": OUTPUT},
    (5, 6, 7, 8),
    {"plan": b"plan", "templates": b"theme"},
    boot=boot_id(),
)
THEME = CompiledTheme(DESIGN, CompiledTemplates({"post.html": b"post"}), {})
TEXT = serialize_output(OutputView("a", TextView("x")))[0]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path) as cache:
        yield cache


def opened(cache: Cache, folder: Path, record: BuildRecord = RECORD) -> BuildState:
    """A state that has this record of the last build into `public`."""
    state = BuildState()
    state.open(Disk(cache, folder, folder / "public"))
    state.record = record
    return state


# On the disk


def test_a_record_comes_back_as_it_was_for_its_own_folder(tmp_path: Path) -> None:
    with Cache(tmp_path) as cache:
        Disk(cache, tmp_path, tmp_path / "public").save(RECORD)
    with Cache(tmp_path) as cache:
        assert Disk(cache, tmp_path, tmp_path / "public").load() == RECORD
        assert Disk(cache, tmp_path, tmp_path / "other").load() == BuildRecord()


def test_what_cannot_be_read_is_no_record(tmp_path: Path, cache: Cache) -> None:
    disk = Disk(cache, tmp_path, tmp_path / "public")
    disk.save(RECORD)
    (key,) = cache.keys(b"state ")
    for data in (b"", b"\xff\xff", msgspec.msgpack.encode([1, 2, 3])):
        cache.put(key, data)
        assert disk.load() == BuildRecord()


def test_what_a_record_speaks_of_stays_as_long_as_its_folder(tmp_path: Path, cache: Cache) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    keys = (b"parsed", b"forms", b"plan", b"theme", b"view", b"nobody's")
    for key in keys:
        cache.put(key, b"1")
    Disk(cache, tmp_path, one).save(RECORD)
    assert [cache.has(key) for key in keys] == [True] * 5 + [False]
    Disk(cache, tmp_path, two).save(BuildRecord())
    assert cache.has(b"parsed")
    one.rmdir()
    Disk(cache, tmp_path, two).save(BuildRecord())
    assert not cache.has(b"parsed")
    assert len(cache.keys(b"state ")) == 1


def test_a_site_that_was_moved_knows_its_own_output(tmp_path: Path, cache: Cache) -> None:
    Disk(cache, tmp_path / "site", tmp_path / "site/public").save(RECORD)
    assert Disk(cache, tmp_path / "moved", tmp_path / "moved/x/../public").load() == RECORD
    assert Disk(cache, tmp_path / "site", tmp_path / "public").load() == BuildRecord()


def test_a_record_is_saved_once(tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(cache, tmp_path, tmp_path / "public")
    BuildState().save(disk)
    assert cache.keys(b"state ") == []
    state = opened(cache, tmp_path)
    state.save(disk)
    assert disk.load() == structs.replace(RECORD, manifest=NO_SIGNATURE)
    monkeypatch.setattr(Disk, "save", None)
    state.save(disk)


# What is kept


def test_a_value_is_made_if_its_inputs_are_new_and_else_kept(tmp_path: Path, cache: Cache) -> None:
    decoder = msgspec.msgpack.Decoder(list[int])
    state = opened(cache, tmp_path, BuildRecord())
    first = state.kept("plan", b"1", decoder, lambda: [1])
    assert state.kept("plan", b"1", decoder, lambda: [0]) is first
    assert state.kept("plan", b"2", decoder, lambda: [*(state.last("plan", decoder) or ()), 2]) == [1, 2]
    assert state.record.keys == {"plan": b"2"}
    assert opened(cache, tmp_path).kept("plan", b"1", decoder, lambda: [0]) == [1]
    cache.put(b"1", b"\xff")
    assert opened(cache, tmp_path).kept("plan", b"1", decoder, lambda: [3]) == [3]
    assert state.last("templates", decoder) is None


def test_a_plan_holds_between_two_moments(tmp_path: Path, cache: Cache) -> None:
    since, until = NOW, NOW + dt.timedelta(days=1)
    plan, other = empty_plan(key=b"key", since=since, until=until), empty_plan(key=b"key", posts=1)
    second = dt.timedelta(seconds=1)
    for moment, holds in ((since - second, False), (since, True), (until - second, True), (until, False)):
        cache.put(b"key", pack(plan))
        state = opened(cache, tmp_path)
        found = state.find_plan(b"key", moment)
        assert found == (plan if holds else None)
        assert state.plan is found
        state.planned(other)
        assert state.find_plan(b"key", NOW) is state.plan is other


# What is parsed


def test_files_that_changed_are_read_and_all_of_them_by_another_program(tmp_path: Path, cache: Cache) -> None:
    read: list[str] = []

    def parsed(maker: bytes, *files: SourceFile) -> dict[str, bytes]:
        changed = state.changed_sources(maker, files, SharedInputs())
        read[:] = [file.path for file in changed]
        new_records = {file.path: SourceRecord(file.signature, b"new") for file in changed}
        return {path: record.digest for path, record in state.parsed(maker, files, new_records).items()}

    state = opened(cache, tmp_path)
    known = SourceFile("content/a.md", "page", (1, 2, 3, 4))
    assert parsed(b"maker", known, SourceFile("content/b.md")) == {"content/a.md": b"digest", "content/b.md": b"new"}
    assert read == ["content/b.md"]  # it has no signature yet
    assert parsed(b"maker", structs.replace(known, signature=(1, 2, 4, 4))) == {"content/a.md": b"new"}
    assert state.record.sources.keys() == {"content/a.md"}
    assert parsed(b"other", known) == {"content/a.md": b"new"}
    assert read == ["content/a.md"]


def test_a_document_is_read_again_when_a_file_that_it_shows_changed(tmp_path: Path, cache: Cache) -> None:
    shown, missing = Input("content/train.py", b"code"), Input("content/new.py", b"")
    document = structs.replace(SOURCE, inputs=(missing, shown))
    code = SourceRecord((5, 6, 7, 8), b"code")
    state = opened(cache, tmp_path)
    state.record = structs.replace(
        state.record, maker=b"maker", sources={"content/a.md": document, "content/train.py": code}
    )
    text = SourceFile("content/a.md", "page", (1, 2, 3, 4))
    train, changed_train = (SourceFile("content/train.py", "file", (5, 6, 7, last)) for last in (8, 9))
    for files, expected in (
        ([text, train], []),
        ([text, changed_train], [text, changed_train]),
        ([text], [text]),  # it was deleted
        ([text, train, SourceFile("content/new.py")], [text, SourceFile("content/new.py")]),
    ):
        assert state.changed_sources(b"maker", files, SharedInputs()) == expected
    other_code = structs.replace(code, digest=b"other")  # it was read between two parses of the document
    state.record = structs.replace(state.record, sources={"content/a.md": document, "content/train.py": other_code})
    assert state.changed_sources(b"maker", [text, train], SharedInputs()) == [text]


# What is outdated


def outdated(
    state: BuildState, *outputs: PlannedOutput, theme: CompiledTheme = THEME
) -> tuple[list[RenderJob], set[str]]:
    jobs, gone = state.outdated(empty_plan(outputs=outputs), (), theme, {})
    return jobs, set(gone)


def written(state: BuildState, *outputs: PlannedOutput) -> OutputRecord:
    """The record of the first output, after all were written."""
    jobs, gone = outdated(state, *outputs)
    state.written(jobs, [digest(b"x") for _ in jobs], gone)
    return state.record.outputs[outputs[0].path]


def test_an_output_is_outdated_if_one_of_its_inputs_is_new_and_the_reason_is_named(
    tmp_path: Path, cache: Cache
) -> None:
    state = opened(cache, tmp_path, BuildRecord())
    jobs, _ = outdated(state, TEXT)
    assert [(job.path, job.reason) for job in jobs] == [("a", "new, or not in the cache")]
    record = written(state, TEXT)
    changes: dict[str, dict[str, Any]] = {
        "theme or program changed": {"template": b"other"},
        "data changed": {"view": b"other"},
        "text changed": {"contents": b"other"},
        "output file was modified": {},
    }
    for words, change in changes.items():
        state.record = structs.replace(state.record, outputs={"a": structs.replace(record, **change)})
        assert [job.reason for job in outdated(state, TEXT)[0]] == [words]


def test_an_output_that_is_as_it_was_written_stays_and_is_read_only_if_it_was_touched(
    tmp_path: Path, cache: Cache
) -> None:
    path = tmp_path / "public/a"
    path.parent.mkdir()
    path.write_bytes(b"x")
    state = opened(cache, tmp_path, BuildRecord())
    signed = structs.replace(written(state, TEXT), signature=read_signature(str(path)))
    state.record = structs.replace(state.record, outputs={"a": signed})
    assert outdated(state, TEXT) == ([], set())
    assert state.record.outputs == {"a": signed}
    path.write_bytes(b"x")
    assert outdated(state, TEXT) == ([], set())
    assert state.record.outputs == {"a": structs.replace(signed, signature=NO_SIGNATURE)}
    for spoil in (lambda: path.write_bytes(b"y"), path.unlink, lambda: path.symlink_to(tmp_path / "b")):
        spoil()
        assert [job.path for job in outdated(state, TEXT)[0]] == ["a"]


def test_a_file_that_is_no_output_any_more_is_gone(tmp_path: Path, cache: Cache) -> None:
    state = opened(cache, tmp_path)
    jobs, gone = outdated(state, TEXT)
    assert gone == {"a/index.html"}
    assert not state.has_same_paths(jobs)
    state.written(jobs, [b"x"], gone)
    assert state.record.outputs.keys() == {"a"}


# In memory


def test_a_process_that_wrote_the_outputs_believes_in_them_and_in_the_files_that_did_not_change(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, disk = opened(cache, tmp_path, BuildRecord()), Disk(cache, tmp_path, tmp_path / "public")
    text = structs.replace(TEXT, path="b", contents=("content/a.md",))
    plan = empty_plan(outputs=(TEXT, text))
    jobs, gone = state.outdated(plan, (), THEME, {"content/a.md": SOURCE})
    state.written(jobs, [b"x", b"x"], gone)
    state.open(disk, frozenset({"content/a.md"}))
    assert not isinstance(state.files, Memory)  # not all outputs are known to be current
    state.complete(plan, THEME, {"content/a.md": SOURCE})
    state.inputs = type("Inputs", (), {"sources": SourceTree((), (), "", ())})()
    state.open(disk)
    assert not isinstance(state.files, Memory)
    state.open(disk, frozenset({"content/a.md"}))
    monkeypatch.setattr(state_module, "read_signature", None)
    compared: list[str] = []

    def compare(outputs: Sequence[PlannedOutput], *given: Any) -> Iterator[RenderJob]:
        compared.extend(output.path for output in outputs)
        return render_jobs(outputs, *given)

    monkeypatch.setattr(state_module, "render_jobs", compare)
    assert state.files.may_have_changed("content/", "themes")
    assert not state.files.may_have_changed("themes", "blog.toml")
    assert state.outdated(plan, (), THEME, {"content/a.md": SOURCE}) == ([], set())
    assert compared == []
    changed = {"content/a.md": structs.replace(SOURCE, html_key=b"other")}
    jobs, _ = state.outdated(plan, (), THEME, changed)
    assert [(job.path, job.reason) for job in jobs] == [("b", "text changed")]
    assert compared == ["b"]
    assert state.has_same_paths(jobs)
    jobs, _ = state.outdated(empty_plan(outputs=(TEXT, text)), (), THEME, changed)
    assert compared == ["b", "a", "b"]
