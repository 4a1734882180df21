"""The export of an old tool → an :class:`OldFolder`: a folder, a single file, or a ZIP that is unpacked.

An archive is a stranger's: sizes, counts and names are limited, and no entry leaves the folder that it is unpacked to.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from msgspec import structs

from blog.content.file_kinds import quote_name
from blog.importers.old_folder import MAX_FILE_BYTES, MAX_FILES, OldFolder, open_folder
from blog.importers.report import Item
from blog.problems import BlogError, Location, Problem
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_UNPACKED_BYTES = 4_000_000_000
MAX_RATIO = 200
"""A file of some size that is packed more tightly than this is a bomb, not a text or a picture."""
_SMALL = 20_000_000
_CHUNK = 1 << 20
_MAX_NAME_BYTES = 200


@contextmanager
def open_source(path: Path) -> Iterator[OldFolder]:
    """Yield the files of the old blog in a folder, a ZIP file, or one file; what is unpacked is removed at the end.

    Raises :class:`BlogError` if there is nothing at ``path``, or if the ZIP cannot be read or is too large.
    """
    if not path.is_file():
        yield open_folder(path)
    elif zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory(prefix="blog-import-") as folder:
            items = _unpack(path, Path(folder))
            unpacked = open_folder(Path(folder))
            yield structs.replace(unpacked, items=(*items, *unpacked.items))
    else:
        yield OldFolder(path.absolute().parent, (path.name,), ())


def _unpack(path: Path, folder: Path) -> list[Item]:
    """Unpack a ZIP, and return an item for each entry that was left out."""
    items: list[Item] = []
    total = 0
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES:
                raise _refused(path, f"has more than {MAX_FILES:,} files")
            for entry in entries:
                reason = _explain_left_out(entry)
                if reason:
                    place = Location(quote_name(CONTROL_CHARACTERS.sub("?", entry.filename)[:_MAX_NAME_BYTES]))
                    items.append(Item("File that was not moved", place, reason, "copy it by hand"))
                    continue
                total += _unpack_entry(archive, entry, folder / entry.filename)
                if total > MAX_UNPACKED_BYTES:
                    raise _refused(path, f"holds more than {MAX_UNPACKED_BYTES // 1_000_000_000} GB")
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise _refused(path, f"cannot be unpacked: {error}") from None
    return items


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> int:
    """Write one entry, and return its size. Raises :class:`BlogError` if it grows beyond its limits."""
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(entry) as source, target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            is_bomb = size > _SMALL and size > MAX_RATIO * max(entry.compress_size, 1)
            if size > MAX_FILE_BYTES or is_bomb:
                raise _refused(Path(entry.filename), "is too large when it is unpacked")
            file.write(chunk)
    return size


def _explain_left_out(entry: zipfile.ZipInfo) -> str:
    """Return the reason why an entry is not unpacked; ``""`` if it is."""
    name = entry.filename
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or "\\" in name or ":" in (parts[0] if parts else ""):
        return "a name that leaves the archive"
    if not parts or CONTROL_CHARACTERS.search(name) or "\n" in name:
        return "the name is not printable text"
    if len(parts) > 30 or any(len(part.encode()) > _MAX_NAME_BYTES for part in parts):
        return "the name is too long"
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "not a regular file"
    return "it is encrypted" if entry.flag_bits & 1 else ""


def _refused(path: Path, what: str) -> BlogError:
    shown = quote_name(str(path))
    return BlogError([Problem(Location(""), "bad-archive", f"{shown} {what}", "unpack it, and import the folder")])
