"""The state that one build leaves to the next: on the disk between processes, in memory for ``blog serve``.

:class:`BuildRecord` goes to the cache: which files a build read and wrote. :class:`BuildState` adds what successive
builds in one process need so that unchanged files are not read again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, structs

from blog.cache.digests import pack
from blog.content.source_record import SourceRecord
from blog.output.folder import MANIFEST
from blog.problems import Problem
from blog.render.output_record import OutputRecord
from blog.system.file_signature import NO_SIGNATURE, FileSignature, boot_id, read_signature, trusted_since

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.config.settings import Settings
    from blog.content.files import SourceTree
    from blog.output.folder import Changes
    from blog.render.renderer import CompiledTheme
    from blog.views.outputs import PlannedOutput
    from blog.views.plan import Plan

_KEY_PREFIX = b"ledger "


class BuildRecord(Struct, frozen=True, array_like=True):
    """The record of the last build into one output folder."""

    maker: bytes = b""
    """Digest of the program and of the parse options."""
    sources: dict[str, SourceRecord] = {}
    """Records of source files, by path."""
    plan: bytes = b""
    """Key of the plan."""
    outputs: dict[str, OutputRecord] = {}
    """Records of outputs, by path in the output folder."""
    manifest: FileSignature = NO_SIGNATURE
    theme: bytes = b""
    """Digest of the program and of the theme's templates."""
    template_digests: dict[str, bytes] = {}
    """Template name → digest of the template and of all that it can include or extend."""
    theme_problems: tuple[Problem, ...] = ()
    """Warnings about the templates."""
    index: bytes = b""
    """Key of the search index."""
    boot: str = ""
    """Id of the boot during which the file signatures were taken."""

    def needed_keys(self) -> set[bytes]:
        """Return the cache keys that this record refers to."""
        keys = {self.plan, self.index}
        for source in self.sources.values():
            keys.update((source.parse_key, source.html_key, source.terms_key, *source.extracted))
        keys.update(output.view for output in self.outputs.values())
        return keys


_DECODER = msgspec.msgpack.Decoder(BuildRecord)


def load_record(cache: Cache, output: Path, root: Path) -> BuildRecord:
    """Return the record of the last build of the site at ``root`` into ``output``; an empty one if there is none.

    Signatures from an earlier boot are dropped, so that every file is read: after a loss of power a file can have its
    old signature and lost contents.
    """
    record = cache.get_decoded(_record_key(output, root), _DECODER) or BuildRecord()
    if record.boot != boot_id():
        return _drop_signatures(record)
    return record


def _drop_signatures(record: BuildRecord) -> BuildRecord:
    sources = {path: structs.replace(source, signature=NO_SIGNATURE) for path, source in record.sources.items()}
    outputs = {path: structs.replace(output, signature=NO_SIGNATURE) for path, output in record.outputs.items()}
    return structs.replace(record, sources=sources, outputs=outputs, manifest=NO_SIGNATURE)


def sign_outputs(record: BuildRecord, output: Path, now: int) -> BuildRecord:
    """Return ``record`` with the signatures of the files in ``output`` that were written long enough before ``now``.

    ``now`` is in nanoseconds by the clock of the disk.
    """

    def sign(path: str) -> FileSignature:
        return trusted_since(read_signature(f"{output}/{path}"), now)

    outputs = dict(record.outputs)
    for path, file in record.outputs.items():
        if file.signature == NO_SIGNATURE:
            outputs[path] = structs.replace(file, signature=sign(path))
    return structs.replace(record, outputs=outputs, manifest=sign(MANIFEST), boot=boot_id())


def save_record(cache: Cache, output: Path, root: Path, record: BuildRecord) -> None:
    """Save ``record``; drop entries to which neither it nor the record of another existing output folder refers."""
    key = _record_key(output, root)
    cache.put(key, pack(record))
    needed = {key} | record.needed_keys()
    for other_key in cache.keys(_KEY_PREFIX):
        other_output = root / os.fsdecode(other_key.removeprefix(_KEY_PREFIX))
        if other_key != key and other_output.is_dir():
            other_record = cache.get_decoded(other_key, _DECODER) or BuildRecord()
            needed |= {other_key} | other_record.needed_keys()
    cache.save(needed)
    image_digests = {source.image.mark for source in record.sources.values() if source.image}
    cache.prune_blobs(lambda name: name.partition("-")[0] in image_digests)


def _record_key(output: Path, root: Path) -> bytes:
    """Return the cache key of a record. It is relative, so that a site that was moved or copied finds its record."""
    return _KEY_PREFIX + os.fsencode(os.path.relpath(output, root))


class PreviousBuild(NamedTuple):
    """The inputs from which all current outputs were rendered."""

    plan: Plan
    compiled_theme: CompiledTheme
    records: Mapping[str, SourceRecord]

    def affected_outputs(
        self, plan: Plan, theme: CompiledTheme, records: Mapping[str, SourceRecord]
    ) -> Sequence[PlannedOutput] | None:
        """Return the outputs of ``plan`` that may have changed. None: any may, also those of the theme."""
        if plan is not self.plan or theme is not self.compiled_theme:
            return None
        changed = {path for path, record in records.items() if self.records.get(path) is not record}
        if not changed:
            return ()
        return [output for output in plan.outputs if not changed.isdisjoint(output.contents)]


class BuildState:
    """State shared by successive builds in one process (``blog serve``), so that unchanged files are not read again.

    Each stage stores its result as soon as it is done, so that a build that fails leaves the results before it.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Drop everything: the next build reads all files."""
        self.record: BuildRecord | None = None
        self.sources: SourceTree | None = None
        self.compiled_theme: CompiledTheme | None = None
        self.settings: Settings | None = None
        self.plan: Plan | None = None
        """The plan of the last build that had one; it is valid while its key is the same."""
        self.previous: PreviousBuild | None = None
        """The inputs of the current outputs, if a build of this process has rendered all of them."""


class ChangeHint(NamedTuple):
    """Which files may have changed, and which outputs to write first."""

    changed_paths: frozenset[str] | None = None
    """Relative to the site folder: all files that may have changed since the last build. None: any file may have."""
    visible_outputs: frozenset[str] = frozenset()
    """Outputs that are open in a browser: they are written before the others."""
    on_visible: Callable[[Changes], None] = lambda _changes: None
    """Callback after the visible outputs are written."""

    def may_have_changed(self, *prefixes: str) -> bool:
        """Return whether a file may have changed whose path starts with one of ``prefixes``."""
        return self.changed_paths is None or any(path.startswith(prefixes) for path in self.changed_paths)


ANY_CHANGE = ChangeHint()
