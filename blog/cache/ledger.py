"""What the last build into an output folder knew: its sources, its plan, and each file that it made.

It says what need not be done again; it is believed only as far as stamps and digests agree with it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct, structs

from blog.cache.store import pack
from blog.content.images import Original
from blog.problems import Problem
from blog.system.file_signature import NONE, Stamp, boot_id

if TYPE_CHECKING:
    from pathlib import Path

    from blog.cache.store import Cache

_START = b"ledger "


class Known(Struct, frozen=True, array_like=True):
    """A file of the content folder."""

    stamp: Stamp
    """:data:`NONE`: it must be read again."""
    digest: bytes
    """Of its bytes."""
    parsed: bytes = b""
    """The key of what it says; empty if it is published as it is."""
    seen: bytes = b""
    """A digest of what the rest of the site sees of it."""
    forms: bytes = b""
    """The key of the HTML of its text, which is also its digest."""
    problems: tuple[Problem, ...] = ()
    picture: Original | None = None
    """What is known of a picture."""
    extracted: tuple[bytes, ...] = ()
    """The keys of the pictures that were taken out of a notebook."""
    words: bytes = b""
    """The key of the words by which readers find a post."""
    advice: tuple[Problem, ...] = ()
    """What ``blog check`` alone tells."""
    left_out: bool = False
    """It is not published: by its head it is the source of a hidden document."""


class Made(Struct, frozen=True, array_like=True):
    """A file of the output folder, and what it was made from."""

    stamp: Stamp
    digest: bytes
    """Of its bytes."""
    view: bytes
    """The digest of its view;"""
    parts: bytes
    """of the contents that the view names;"""
    template: bytes
    """of the program, and of all that its template can reach."""


class Ledger(Struct, frozen=True, array_like=True):
    """All of it."""

    maker: bytes = b""
    """A digest of the program and of the rules of parsing."""
    sources: dict[str, Known] = {}
    """By path."""
    plan: bytes = b""
    """Its key."""
    outputs: dict[str, Made] = {}
    """By path in the output folder."""
    manifest: Stamp = NONE
    theme: bytes = b""
    """A digest of the program and of the theme's templates;"""
    closures: dict[str, bytes] = {}
    """by name of each template, a digest of all that it can reach."""
    index: bytes = b""
    """The key of the search index."""
    boot: str = ""
    """The boot of the machine in which the stamps were taken."""

    def needs(self) -> set[bytes]:
        """The keys of what it speaks of."""
        known = self.sources.values()
        views = {made.view for made in self.outputs.values()}
        extracted = {key for entry in known for key in entry.extracted}
        parsed = {key for entry in known for key in (entry.parsed, entry.forms, entry.words)}
        return {self.plan, self.index, *parsed, *views, *extracted}


_DECODER = msgspec.msgpack.Decoder(Ledger)


def recall(cache: Cache, output: Path, root: Path) -> Ledger:
    """What the last build of the site at ``root`` into ``output`` knew; an empty ledger if nothing is kept.

    Stamps of an earlier boot are left out, so that every file is read: after a loss of power a file can have its old
    stamp and lost contents.
    """
    ledger = cache.read(_key(output, root), _DECODER) or Ledger()
    return ledger if ledger.boot == boot_id() else _without_stamps(ledger)


def _without_stamps(ledger: Ledger) -> Ledger:
    sources = {path: structs.replace(known, stamp=NONE) for path, known in ledger.sources.items()}
    outputs = {path: structs.replace(made, stamp=NONE) for path, made in ledger.outputs.items()}
    return structs.replace(ledger, sources=sources, outputs=outputs, manifest=NONE)


def save(cache: Cache, output: Path, root: Path, ledger: Ledger) -> None:
    """Keep ``ledger`` and what it speaks of, and the same for other output folders that still exist."""
    key = _key(output, root)
    cache.put(key, pack(ledger))
    needed = {key} | ledger.needs()
    for other in cache.keys(_START):
        if other != key and (root / os.fsdecode(other.removeprefix(_START))).is_dir():
            needed |= {other} | (cache.read(other, _DECODER) or Ledger()).needs()
    cache.save(needed)
    marks = {entry.picture.mark for entry in ledger.sources.values() if entry.picture}
    cache.tidy(lambda name: name.partition("-")[0] in marks)


def _key(output: Path, root: Path) -> bytes:
    """Seen from the site folder: a site that was moved or copied knows its own output."""
    return _START + os.fsencode(os.path.relpath(output, root))
