"""What the builds of one site in one process leave to the next, and where the next one has to look.

A build that remembers and is told what was touched asks the disk for nothing else. It is the same build: what it
remembers is what it would find.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, structs

from blog.cache.digests import pack
from blog.content.source_record import SourceRecord
from blog.render.output_record import OutputRecord
from blog.system.file_signature import NO_SIGNATURE, FileSignature, boot_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.config.settings import Settings
    from blog.content.files import SourceTree
    from blog.output.folder import Changes
    from blog.render.renderer import CompiledTheme
    from blog.views.outputs import PlannedOutput
    from blog.views.planning import Plan

_START = b"ledger "


class BuildRecord(Struct, frozen=True, array_like=True):
    """All of it."""

    maker: bytes = b""
    """A digest of the program and of the rules of parsing."""
    sources: dict[str, SourceRecord] = {}
    """By path."""
    plan: bytes = b""
    """Its key."""
    outputs: dict[str, OutputRecord] = {}
    """By path in the output folder."""
    manifest: FileSignature = NO_SIGNATURE
    theme: bytes = b""
    """A digest of the program and of the theme's templates;"""
    template_digests: dict[str, bytes] = {}
    """by name of each template, a digest of all that it can reach."""
    index: bytes = b""
    """The key of the search index."""
    boot: str = ""
    """The boot of the machine in which the stamps were taken."""

    def needed_keys(self) -> set[bytes]:
        """The keys of what it speaks of."""
        known = self.sources.values()
        views = {made.view for made in self.outputs.values()}
        extracted = {key for entry in known for key in entry.extracted}
        parsed = {key for entry in known for key in (entry.parse_key, entry.html_key, entry.terms_key)}
        return {self.plan, self.index, *parsed, *views, *extracted}


_DECODER = msgspec.msgpack.Decoder(BuildRecord)


def load_record(cache: Cache, output: Path, root: Path) -> BuildRecord:
    """What the last build of the site at ``root`` into ``output`` knew; an empty ledger if nothing is kept.

    Stamps of an earlier boot are left out, so that every file is read: after a loss of power a file can have its old
    stamp and lost contents.
    """
    ledger = cache.get_decoded(_key(output, root), _DECODER) or BuildRecord()
    return ledger if ledger.boot == boot_id() else _without_stamps(ledger)


def _without_stamps(ledger: BuildRecord) -> BuildRecord:
    sources = {path: structs.replace(known, signature=NO_SIGNATURE) for path, known in ledger.sources.items()}
    outputs = {path: structs.replace(made, signature=NO_SIGNATURE) for path, made in ledger.outputs.items()}
    return structs.replace(ledger, sources=sources, outputs=outputs, manifest=NO_SIGNATURE)


def save_record(cache: Cache, output: Path, root: Path, ledger: BuildRecord) -> None:
    """Keep ``ledger`` and what it speaks of, and the same for other output folders that still exist."""
    key = _key(output, root)
    cache.put(key, pack(ledger))
    needed = {key} | ledger.needed_keys()
    for other in cache.keys(_START):
        if other != key and (root / os.fsdecode(other.removeprefix(_START))).is_dir():
            needed |= {other} | (cache.get_decoded(other, _DECODER) or BuildRecord()).needed_keys()
    cache.save(needed)
    marks = {entry.image.mark for entry in ledger.sources.values() if entry.image}
    cache.prune_blobs(lambda name: name.partition("-")[0] in marks)


def _key(output: Path, root: Path) -> bytes:
    """Seen from the site folder: a site that was moved or copied knows its own output."""
    return _START + os.fsencode(os.path.relpath(output, root))


class PreviousBuild(NamedTuple):
    """What all outputs were made from."""

    plan: Plan
    compiled_theme: CompiledTheme
    records: Mapping[str, SourceRecord]

    def affected_outputs(
        self, plan: Plan, look: CompiledTheme, known: Mapping[str, SourceRecord]
    ) -> Sequence[PlannedOutput] | None:
        """Those targets of ``plan`` that may have to be made anew; None: any of them, and the files of the theme."""
        if plan is not self.plan or look is not self.compiled_theme:
            return None
        changed = {path for path, entry in known.items() if self.records.get(path) is not entry}
        return [target for target in plan.outputs if not changed.isdisjoint(target.contents)] if changed else ()


class BuildState:
    """What the last build found: each stage leaves its own when it is done, so that a build that fails leaves some."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Begin anew: the next build looks everywhere."""
        self.record: BuildRecord | None = None
        self.sources: SourceTree | None = None
        self.compiled_theme: CompiledTheme | None = None
        self.settings: Settings | None = None
        self.plan: Plan | None = None
        """Of the last build that had one; it holds if its key is still the same."""
        self.previous: PreviousBuild | None = None
        """What the outputs were made from, if a build of this process has made all of them."""


class ChangeHint(NamedTuple):
    """Where a build looks, and what it hurries for."""

    changed_paths: frozenset[str] | None = None
    """Paths from the site folder of all that may have changed since the last build; None: anything may have."""
    visible_outputs: frozenset[str] = frozenset()
    """Outputs that somebody is looking at: they are brought before the others;"""
    on_visible: Callable[[Changes], None] = lambda _changes: None
    """then this is called."""

    def may_have_changed(self, *starts: str) -> bool:
        """Whether a path that begins with one of ``starts`` may have changed."""
        return self.changed_paths is None or any(path.startswith(starts) for path in self.changed_paths)


ANY_CHANGE = ChangeHint()
