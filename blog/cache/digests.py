"""Digests of values, files and the program itself: the keys of the cache."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from msgspec.msgpack import Encoder

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBRARIES = (
    "feedgen", "jinja2", "lxml", "markdown-it-py", "markupsafe", "math-core", "mdit-py-plugins", "mdurl", "msgspec",
    "nh3", "pillow", "pygments", "python-dateutil", "pyyaml", "tzdata",
)  # fmt: skip
"""Libraries whose version is part of :func:`program_digest`, because outputs depend on them."""
_OPTIONAL = {"mermaid-render": "mermaid_render"}
"""Libraries of extras → the module that is imported. Outputs depend on whether they are installed, too."""


pack = Encoder(order="deterministic").encode
"""Return a value as bytes; equal values give equal bytes. Raises :class:`TypeError` for anything but plain data."""


def digest(data: bytes) -> bytes:
    """Return the BLAKE2b digest of ``data``, 16 bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


def digest_file(path: str) -> bytes:
    """Return the :func:`digest` of a file of any size. Raises :class:`OSError`."""
    with open(path, "rb") as file:  # noqa: PTH123  (for thousands of files: a Path costs as much as the system call)
        return digest_open_file(file)


def digest_open_file(file: BinaryIO) -> bytes:
    """Return the :func:`digest` of the rest of an open file. Raises :class:`OSError`."""
    return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()  # type: ignore[arg-type]


@cache
def program_digest() -> bytes:
    """Return a digest of the program: its files, the versions of its libraries and of Python."""
    state = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent.parent
    for path in sorted(package.rglob("*.py")):
        state.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    state.update(" ".join([platform.python_version(), *library_versions()]).encode())
    return state.digest()


def library_versions() -> list[str]:
    """Return the name and the version of each library.

    They are read from the names of folders that installers create (``jinja2-3.1.6.dist-info``), in 1 ms. With
    ``importlib.metadata`` each build would take 26 ms longer (20 to import it, 6 for the versions), so it is used only
    for libraries that were installed in another way.
    """
    versions: dict[str, str] = {}
    for folder in reversed(sys.path):
        with suppress(OSError):
            versions.update(_versions_in(folder or "."))
    installed = [name for name, module in _OPTIONAL.items() if name in versions or find_spec(module)]
    return [f"{name} {versions.get(name) or _metadata_version(name)}" for name in (*_LIBRARIES, *installed)]


def _versions_in(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the normalized name and the version of each library in ``folder``. Raises :class:`OSError`."""
    for entry in os.scandir(folder):
        match = _INFO_FOLDER.match(entry.name)
        if match:
            yield re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]


_INFO_FOLDER = re.compile(r"((?>[^-]|-(?!\d))+)-(\d[^-]*)(?:-.*)?\.(?:dist|egg)-info$")


def _metadata_version(name: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415  (20 ms)

    return version(name)
