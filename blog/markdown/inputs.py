"""What a text uses besides its own bytes: other files of the content folder. Each use is recorded.

A parse is kept under the digest of its inputs. So a conversion reads a file only through :class:`Inputs`, which records
its path and the digest of its bytes, also where there is no such file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from blog.cache.digests import digest
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable


class Input(Struct, frozen=True, array_like=True):
    """A file that a text used."""

    path: str
    """Relative to the site folder, with ``/``."""
    digest: bytes
    """The digest of its bytes; empty if there was no such file, or if it could not be read."""


class Inputs:
    """Reads files for one conversion, and records them."""

    def __init__(self, read: Callable[[str], bytes] | None = None) -> None:
        """``read`` returns the bytes of a file, or raises :class:`BlogError`; None: there are no files."""
        self._read = read or _read_nothing
        self._used: dict[str, bytes] = {}

    @property
    def used(self) -> tuple[Input, ...]:
        """All inputs so far, sorted by path."""
        return tuple(Input(path, content) for path, content in sorted(self._used.items()))

    def read(self, path: str) -> bytes:
        """Return the bytes of the file at ``path`` of the site. Raises :class:`BlogError` if it cannot be read."""
        self._used[path] = b""
        data = self._read(path)
        self._used[path] = digest(data)
        return data


def _read_nothing(path: str) -> bytes:
    raise BlogError([Problem(Location(path), "unreadable", "there are no files here")])
