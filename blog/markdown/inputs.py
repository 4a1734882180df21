"""What a text uses besides its own bytes: other files of the content folder, entries of bibliographies, theme blocks.

A parse is kept under the digest of its inputs. So a conversion gets them only through :class:`Inputs`, which records
the name and the digest of each, also of a file or an entry that is missing.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from blog.bibliography.library import NO_LIBRARY, Library, is_request
from blog.bibliography.lookup import Lookup
from blog.cache.digests import digest
from blog.markdown.own_blocks import block_input
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from blog.markdown.block_calls import BlockCall, BlockRenderer


class Input(Struct, frozen=True, array_like=True):
    """A file, a block or an entry of a bibliography that a text used."""

    name: str
    """The path of a file, relative to the site folder, with ``/``; ``block NAME``; or the name of a request in
    :mod:`blog.bibliography.library`."""
    digest: bytes
    """The digest of a file's bytes or of a block's templates; empty if there was no such file, or it was unreadable."""


class SharedInputs(NamedTuple):
    """What every text of a site may use besides its own bytes and files of the content folder."""

    library: Library = NO_LIBRARY
    block_digests: Mapping[str, bytes] = {}
    """Digests of the blocks of the theme, by names of inputs."""
    block_renderer: Callable[[], BlockRenderer] | None = None
    """Makes the renderer of blocks, once in each process."""

    def digest(self, name: str) -> bytes | None:
        """Return the digest of an entry or block as it is now; None for any other name, such as that of a file."""
        if is_request(name):
            return self.library.digest(name)
        return self.block_digests.get(name)


class Inputs:
    """Reads files and renders blocks for one conversion, and records which."""

    def __init__(self, read: Callable[[str], bytes] | None = None, shared: SharedInputs | None = None) -> None:
        """``read`` returns the bytes of a file, or raises :class:`BlogError`; None: there are no files."""
        self._read = read or _read_nothing
        self._shared = shared or SharedInputs()
        self.lookup = Lookup(self._shared.library)
        """The entries that a text can cite."""
        self._used: dict[str, bytes] = {}

    @property
    def used(self) -> tuple[Input, ...]:
        """All inputs so far, sorted by name."""
        used = self._used | self.lookup.requests
        return tuple(Input(name, content) for name, content in sorted(used.items()))

    def choose_bibliographies(self, paths: Sequence[str]) -> list[str]:
        """Let the text cite only entries of the files at ``paths``; return those that do not exist."""
        self.lookup = Lookup(self._shared.library, paths)
        return self.lookup.missing_paths()

    def read(self, path: str) -> bytes:
        """Return the bytes of the file at ``path`` of the site. Raises :class:`BlogError` if it cannot be read."""
        self._used[path] = b""
        data = self._read(path)
        self._used[path] = digest(data)
        return data

    def render_blocks(self, forms: tuple[str, str], calls: Sequence[BlockCall]) -> tuple[str, str]:
        """Return the page form and the feed form of a text with its blocks. Raises :class:`BlogError`."""
        if not calls:
            return forms
        assert self._shared.block_renderer is not None  # only blocks of a theme are called
        for call in calls:
            name = block_input(call.name)
            self._used[name] = self._shared.block_digests[name]
        return self._shared.block_renderer().render(forms, calls)


def resolve_path(written: str, document: str) -> str:
    """Return the path that ``written`` names in the text at ``document``; with a ``/`` before it, in ``content``."""
    folder = "content" if written.startswith("/") else posixpath.dirname(document)
    return posixpath.normpath(f"{folder}/{written}")


def _read_nothing(path: str) -> bytes:
    raise BlogError([Problem(Location(path), "unreadable", "there are no files here")])
