"""The ``.bib`` files of the content folder → the library of entries that texts can cite."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from blog.bibliography.bib_file import MAX_BYTES, parse_bib_file
from blog.bibliography.library import BibFile
from blog.cache.digests import digest, pack, program_digest
from blog.content.files import read_source
from blog.content.foreign_sources import find_lfs_pointer
from blog.problems import BlogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from blog.content.files import SourceFile

BIBLIOGRAPHIES_DECODER = msgspec.msgpack.Decoder(dict[str, BibFile])


def read_bibliographies(root: Path, files: Iterable[SourceFile]) -> dict[str, bytes]:
    """Return the bytes of bibliographies, by path, without those that cannot be read.

    These have a problem already, as every file of the content folder is read.
    """
    contents = {}
    for file in files:
        with suppress(BlogError):
            data = read_source(root, file, MAX_BYTES + 1)
            if not find_lfs_pointer(data, file.path):
                contents[file.path] = data
    return contents


def bibliographies_key(contents: Mapping[str, bytes]) -> bytes:
    """Return the digest of all that the parsed bibliographies depend on."""
    return digest(program_digest() + pack([(path, digest(data)) for path, data in sorted(contents.items())]))


def parse_bibliographies(contents: Mapping[str, bytes]) -> dict[str, BibFile]:
    """Return the entries and problems of each file, by path."""
    return {path: parse_bib_file(data, path) for path, data in contents.items()}
