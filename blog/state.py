"""The state that one build leaves to the next: what is parsed, what is planned, what is outdated.

One rule: a value is kept under the digest of its inputs. Between processes the state is in the cache, and each file is
compared with its signature (:class:`Disk`). ``blog serve`` keeps it in memory, and is told which files have changed
(:class:`Memory`). These two back ends are the only difference between a build and a save in ``blog serve``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, cast

import msgspec
from msgspec import Struct, structs

from blog.cache.digests import digest_file, pack
from blog.content.files import load_sources, reload_sources
from blog.content.source_record import SourceRecord
from blog.output.folder import MANIFEST, is_linked
from blog.problems import raise_if_any
from blog.render.renderer import find_theme_collisions, render_jobs
from blog.system.file_signature import NO_SIGNATURE, FileSignature, boot_id, disk_time, read_signature, trusted_since
from blog.views.plan import Plan

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from msgspec.msgpack import Decoder

    from blog.cache.store import Cache
    from blog.content.files import SourceFile, SourceTree
    from blog.markdown.inputs import Input, SharedInputs
    from blog.output.folder import Changes
    from blog.render.renderer import CompiledTheme, RenderJob
    from blog.views.outputs import PlannedOutput
    from blog.views.plan import PlanInputs

_T = TypeVar("_T")
_KEY_PREFIX = b"state "
_PLAN = msgspec.msgpack.Decoder(Plan)
Kind = Literal["plan", "templates", "search index", "bibliographies"]
"""Kinds of values of which the state keeps the last one."""


class OutputRecord(Struct, frozen=True, array_like=True):
    """A file of the output folder, and the digests of its inputs."""

    signature: FileSignature
    digest: bytes
    """Digest of the file's bytes."""
    view: bytes
    """Digest of the view."""
    contents: bytes
    """Digest of the texts and files that the view names."""
    template: bytes
    """Digest of the program and of the template with all that it can include or extend."""


class BuildRecord(Struct, frozen=True, array_like=True):
    """The part of the state that is saved: the last build into one output folder."""

    maker: bytes = b""
    """Digest of the program and of the parse options."""
    sources: dict[str, SourceRecord] = {}
    """Records of source files, by path."""
    outputs: dict[str, OutputRecord] = {}
    """Records of outputs, by path in the output folder."""
    manifest: FileSignature = NO_SIGNATURE
    keys: dict[str, bytes] = {}
    """Keys of the values that were kept: those of the plan, of the theme's templates and of the search index."""
    boot: str = ""
    """Id of the boot during which the file signatures were taken."""

    def needed_keys(self) -> set[bytes]:
        """Return the cache keys that this record refers to."""
        keys = set(self.keys.values())
        for source in self.sources.values():
            keys.update((source.parse_key, source.inputs_key, source.html_key, source.terms_key, *source.extracted))
        keys.update(output.view for output in self.outputs.values())
        return keys


_RECORD = msgspec.msgpack.Decoder(BuildRecord)


class Disk:
    """The back end between processes: the record is in the cache, and every file is looked at."""

    def __init__(self, cache: Cache, root: Path, output: Path) -> None:
        self.cache = cache
        self.root = root
        self.output = output
        # Relative, so that a site that was moved or copied finds its record.
        self._key = _KEY_PREFIX + os.fsencode(os.path.relpath(output, root))
        self._links: dict[str, bool] = {}

    def list_sources(self) -> SourceTree:
        """Return the files of the content folder. Raises :class:`BlogError` if there is no such folder."""
        return load_sources(self.root, self.output)

    def may_have_changed(self, *_prefixes: str) -> bool:
        """Return whether a file of the site may have changed whose path starts with one of the prefixes."""
        return True

    def has_signature(self, path: str, signature: FileSignature) -> bool:
        """Return whether the file at ``path`` of the output folder is still the one that had ``signature``."""
        return signature == self._read_signature(path) != NO_SIGNATURE

    def verify(self, path: str, record: OutputRecord) -> OutputRecord | None:
        """Return the record of an output, without its signature if that has changed; None if the bytes have."""
        if is_linked(str(self.output), path, self._links):
            return None
        if self.has_signature(path, record.signature):
            return record
        try:
            if self._read_signature(path) == NO_SIGNATURE or digest_file(f"{self.output}/{path}") != record.digest:
                return None
        except OSError:
            return None
        return structs.replace(record, signature=NO_SIGNATURE)

    def _read_signature(self, path: str) -> FileSignature:
        return read_signature(f"{self.output}/{path}")

    def load(self) -> BuildRecord:
        """Return the record of the last build into this output folder; an empty one if there is none.

        Signatures from an earlier boot are dropped, so that every file is read: after a loss of power a file can have
        its old signature and lost contents.
        """
        record = self.cache.get_decoded(self._key, _RECORD) or BuildRecord()
        if record.boot == boot_id():
            return record
        sources = {path: structs.replace(source, signature=NO_SIGNATURE) for path, source in record.sources.items()}
        outputs = {path: structs.replace(output, signature=NO_SIGNATURE) for path, output in record.outputs.items()}
        return structs.replace(record, sources=sources, outputs=outputs, manifest=NO_SIGNATURE)

    def sign(self, record: BuildRecord) -> BuildRecord:
        """Return ``record`` with the signatures of the outputs, except those that were written a moment ago."""
        now = disk_time(self.output, self.cache.folder)
        outputs = dict(record.outputs)
        for path, output in record.outputs.items():
            if output.signature == NO_SIGNATURE:
                outputs[path] = structs.replace(output, signature=trusted_since(self._read_signature(path), now))
        manifest = trusted_since(self._read_signature(MANIFEST), now)
        return structs.replace(record, outputs=outputs, manifest=manifest, boot=boot_id())

    def save(self, record: BuildRecord) -> None:
        """Save ``record``; drop entries to which neither it nor the record of another output folder refers."""
        self.cache.put(self._key, pack(record))
        needed = {self._key} | record.needed_keys()
        for other_key in self.cache.keys(_KEY_PREFIX):
            other_output = self.root / os.fsdecode(other_key.removeprefix(_KEY_PREFIX))
            if other_key != self._key and other_output.is_dir():
                other_record = self.cache.get_decoded(other_key, _RECORD) or BuildRecord()
                needed |= {other_key} | other_record.needed_keys()
        self.cache.save(needed)
        image_digests = {source.image.mark for source in record.sources.values() if source.image}
        self.cache.prune_blobs(lambda name: name.partition("-")[0] in image_digests)


class Memory(Disk):
    """The back end within a process: only ``changed_paths`` may have changed since the build before."""

    def __init__(self, disk: Disk, sources: SourceTree, changed_paths: frozenset[str]) -> None:
        """``sources`` are the files at a build before; this process wrote all outputs, and nobody else did."""
        super().__init__(disk.cache, disk.root, disk.output)
        self._sources = sources
        self._changed_paths = changed_paths

    def list_sources(self) -> SourceTree:
        """Return the files of the content folder; only those that may have changed are looked at, if that is enough."""
        return reload_sources(self.root, self._sources, self._changed_paths) or super().list_sources()

    def may_have_changed(self, *prefixes: str) -> bool:
        """Return whether one of the changed paths starts with one of ``prefixes``."""
        return any(path.startswith(prefixes) for path in self._changed_paths)

    def has_signature(self, _path: str, _signature: FileSignature) -> bool:
        """Return True."""
        return True

    def verify(self, _path: str, record: OutputRecord) -> OutputRecord:
        """Return ``record``."""
        return record


class BuildState:
    """What earlier builds know. Each stage asks it, and each answer is part of the state at once.

    So a build that fails leaves the results of the stages before it.
    """

    files: Disk
    """The back end of this build."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Drop everything: the next build looks at every file."""
        self.record = BuildRecord()
        self.inputs: PlanInputs | None = None
        """The inputs of the last plan: settings, theme and source files."""
        self.theme: CompiledTheme | None = None
        self.plan: Plan | None = None
        self._saved: BuildRecord | None = None
        """The record on the disk; None before the first build."""
        self._values: dict[str, tuple[bytes, Any]] = {}
        """The last value of each kind, with its key."""
        self._rendered: tuple[Plan, CompiledTheme, Mapping[str, SourceRecord]] | None = None
        """The inputs of all current outputs, if a build of this process has rendered the last of them."""

    def open(self, disk: Disk, changed_paths: frozenset[str] | None = None) -> None:
        """Begin a build. ``changed_paths``: all files that may have changed since the last build; None: any file may.

        They count only if a build of this process has written the output folder.
        """
        if self._saved is None:
            self.record = self._saved = disk.load()
        self.files = disk
        if changed_paths is not None and self._rendered and self.inputs:
            self.files = Memory(disk, self.inputs.sources, changed_paths)

    # What is kept

    def kept(
        self,
        kind: Kind,
        key: bytes,
        decoder: Decoder[_T],
        make: Callable[[], _T],
    ) -> _T:
        """Return the value that is kept under ``key``, the digest of its inputs; a new one if there is none."""
        value = self._find(kind, key, decoder)
        if value is None:
            value = make()
            self.files.cache.put(key, pack(value))
        self._keep(kind, key, value)
        return value

    def _keep(self, kind: Kind, key: bytes, value: Any) -> None:
        self._values[kind] = key, value
        self.record = structs.replace(self.record, keys={**self.record.keys, kind: key})

    def last(self, kind: Kind, decoder: Decoder[_T]) -> _T | None:
        """Return the last value of a kind, whatever its inputs were; None if there is none."""
        return self._find(kind, self.record.keys.get(kind, b""), decoder)

    def _find(self, kind: Kind, key: bytes, decoder: Decoder[_T]) -> _T | None:
        if kind in self._values:
            last_key, value = self._values[kind]
            if last_key == key:
                return cast("_T", value)
        return self.files.cache.get_decoded(key, decoder)

    # What is parsed

    def changed_sources(
        self,
        maker: bytes,
        files: Sequence[SourceFile],
        shared: SharedInputs,
    ) -> list[SourceFile]:
        """Return the files that changed since they were parsed, and the documents with an input that changed.

        ``maker`` is a digest of everything except the files and inputs on which records depend.
        """
        known = self._known_sources(maker)
        inputs = _CurrentInputs({file.path: file.signature for file in files}, known, shared)
        return [file for file in files if not inputs.have_made(known.get(file.path), file)]

    def parsed(
        self, maker: bytes, files: Sequence[SourceFile], new_records: Mapping[str, SourceRecord]
    ) -> dict[str, SourceRecord]:
        """Return the record of each file, by path; ``new_records`` are those of the files that changed."""
        known = self._known_sources(maker)
        records = {file.path: new_records.get(file.path) or known[file.path] for file in files}
        self.record = structs.replace(self.record, maker=maker, sources=records)
        return records

    def _known_sources(self, maker: bytes) -> Mapping[str, SourceRecord]:
        return self.record.sources if self.record.maker == maker else {}

    # What is planned

    def find_plan(self, key: bytes, now: dt.datetime) -> Plan | None:
        """Return the plan with ``key``; None if there is none, or if a build at ``now`` would make a different one."""
        plan = self._find("plan", key, _PLAN)
        if plan is None or not plan.is_valid(now):
            return None
        self._keep("plan", key, plan)
        self.plan = plan
        return plan

    def planned(self, plan: Plan) -> None:
        """Keep a new plan."""
        self.files.cache.put(plan.key, pack(plan))
        self._keep("plan", plan.key, plan)
        self.plan = plan

    # What is outdated

    def outdated(
        self, plan: Plan, index: Sequence[PlannedOutput], theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> tuple[list[RenderJob], AbstractSet[str]]:
        """Return a job for each output that is missing or outdated, and the paths of files that are no outputs now.

        Outputs are those of the ``plan``, the files of the search ``index``, and those of the ``theme``. Raises
        :class:`BlogError` for an output of the plan that has the path of a file of the theme.
        """
        affected = self._find_affected(plan, theme, records)
        if affected is None:
            raise_if_any(find_theme_collisions(plan.outputs, theme))
            theme_outputs = [output for output, _ in theme.outputs]
            candidates = [*plan.outputs, *index, *theme_outputs]
        else:
            candidates = [*affected, *index]
        jobs = self._find_outdated(candidates, theme, records)
        gone = self.record.outputs.keys() - {output.path for output in candidates} if affected is None else set()
        return jobs, gone

    def affected_outputs(
        self, plan: Plan, theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> Sequence[PlannedOutput]:
        """Return the outputs of ``plan`` that may have changed since all were current.

        Raises :class:`BlogError` as :meth:`outdated` does.
        """
        affected = self._find_affected(plan, theme, records)
        if affected is not None:
            return affected
        raise_if_any(find_theme_collisions(plan.outputs, theme))
        return plan.outputs

    def outdated_existing(
        self, outputs: Iterable[PlannedOutput], theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> list[RenderJob]:
        """Return a job for each of ``outputs`` that exists and is outdated, and for each outdated file of the theme.

        New outputs have to wait for the removal of others; new files of the theme have not: their names have a digest.
        """
        existing = [output for output in outputs if output.path in self.record.outputs]
        return self._find_outdated([*existing, *(output for output, _ in theme.outputs)], theme, records)

    def _find_outdated(
        self, candidates: Sequence[PlannedOutput], theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> list[RenderJob]:
        jobs = []
        outputs = dict(self.record.outputs)
        for job in render_jobs(candidates, records, theme.marks):
            reason = self._find_reason(job, outputs)
            if reason:
                jobs.append(job._replace(reason=reason))
        self.record = structs.replace(self.record, outputs=outputs)
        return jobs

    def _find_affected(
        self, plan: Plan, theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> Sequence[PlannedOutput] | None:
        """Return the outputs of ``plan`` that may have changed since all were current; None if any output may have."""
        if self._rendered is None or not isinstance(self.files, Memory):
            return None
        last_plan, last_theme, last_records = self._rendered
        if plan is not last_plan or theme is not last_theme:
            return None
        changed = {path for path, record in records.items() if last_records.get(path) is not record}
        return [output for output in plan.outputs if not changed.isdisjoint(output.contents)] if changed else ()

    def _find_reason(self, job: RenderJob, outputs: dict[str, OutputRecord]) -> str:
        """Return the reason for rendering an output, in words; empty if it is current. Its record is verified."""
        record = outputs.get(job.path)
        if record is None:
            return "new, or not in the cache"
        if record.template != job.template:
            return "theme or program changed"
        if record.view != job.planned.view:
            return "data changed"
        if record.contents != job.contents:
            return "text changed"
        verified = self.files.verify(job.path, record)
        if verified is None:
            return "output file was modified"
        outputs[job.path] = verified
        return ""

    def has_same_paths(self, jobs: Sequence[RenderJob]) -> bool:
        """Return whether ``jobs`` add no file to the output folder, and the manifest is that of the last build."""
        is_listed = all(job.path in self.record.outputs for job in jobs)
        return is_listed and self.files.has_signature(MANIFEST, self.record.manifest)

    def written(self, jobs: Sequence[RenderJob], digests: Sequence[bytes], gone: Iterable[str]) -> None:
        """Record that outputs were written, with the ``digests`` of their bytes, and that ``gone`` were removed."""
        outputs = dict(self.record.outputs)
        for path in gone:
            del outputs[path]
        for job, content in zip(jobs, digests, strict=True):
            outputs[job.path] = OutputRecord(NO_SIGNATURE, content, job.planned.view, job.contents, job.template)
        self.record = structs.replace(self.record, outputs=outputs)

    def complete(self, plan: Plan, theme: CompiledTheme, records: Mapping[str, SourceRecord]) -> None:
        """Record that all outputs are current."""
        self._rendered = plan, theme, records

    def save(self, disk: Disk) -> None:
        """Save the record for other processes, unless it is the one that was saved last."""
        if self._saved is None:
            return
        self.record = disk.sign(self.record)
        if self.record != self._saved:
            disk.save(self.record)
            self._saved = self.record


class _CurrentInputs(NamedTuple):
    """All that documents can use besides their own bytes, as it is now."""

    signatures: Mapping[str, FileSignature]
    """Those of all files now."""
    records: Mapping[str, SourceRecord]
    """Those of the last build."""
    shared: SharedInputs

    def have_made(self, record: SourceRecord | None, file: SourceFile) -> bool:
        """Return whether a file and all inputs of its document are as they were when ``record`` was made."""
        if record is None or record.signature != file.signature:
            return False
        return all(self._has(used) for used in record.inputs)

    def _has(self, used: Input) -> bool:
        content = self.shared.digest(used.name)
        if content is not None:
            return content == used.digest
        if used.name not in self.signatures:
            return not used.digest
        record = self.records.get(used.name)
        return record is not None and (record.signature, record.digest) == (self.signatures[used.name], used.digest)


class ChangeHint(NamedTuple):
    """What a caller that runs many builds knows of the files, and how it wants the outputs to be written."""

    changed_paths: frozenset[str] | None = None
    """Relative to the site folder: all files that may have changed since the last build. None: any file may have."""
    first: frozenset[str] = frozenset()
    """Paths of the outputs that are written in a transaction of their own, before the others are planned."""
    on_written: Callable[[Changes], None] = lambda _changes: None
    """Called with the changes so far after each transaction but the last."""
    has_late_images: bool = False
    """Versions of images are written last, in one more transaction: pages can be shown without them."""


ANY_CHANGE = ChangeHint()
