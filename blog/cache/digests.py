"""Digests of values, files and the program itself: the keys under which the cache keeps what was computed."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import BinaryIO

from msgspec.msgpack import Encoder

_LIBRARIES = (
    "feedgen", "jinja2", "lxml", "markdown-it-py", "markupsafe", "math-core", "mdit-py-plugins", "mdurl", "msgspec",
    "nh3", "pillow", "pygments", "python-dateutil", "pyyaml", "tzdata",
)  # fmt: skip
"""Libraries whose version is part of :func:`program_digest`, because outputs depend on them."""


pack = Encoder(order="deterministic").encode
"""A value as bytes: equal values, equal bytes. Raises :class:`TypeError` for what is not plain data."""


def digest(data: bytes) -> bytes:
    """BLAKE2b of ``data``, 16 bytes."""
    return hashlib.blake2b(data, digest_size=16).digest()


def digest_file(path: str) -> bytes:
    """:func:`digest` of a file's bytes, however many. Raises :class:`OSError`."""
    with open(path, "rb") as file:  # noqa: PTH123  (thousands of times: a Path costs as much as the system's call)
        return digest_open_file(file)


def digest_open_file(file: BinaryIO) -> bytes:
    """:func:`digest` of what is left to read of an open file. Raises :class:`OSError`."""
    return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()  # type: ignore[arg-type]


@cache
def program_digest() -> bytes:
    """A digest of the program: its own files, its libraries' versions, Python's."""
    state = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent.parent
    for path in sorted(package.rglob("*.py")):
        state.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    state.update(" ".join([platform.python_version(), *library_versions()]).encode())
    return state.digest()


def library_versions() -> list[str]:
    """Name and version of each library, from the folders in which installers note them (``jinja2-3.1.6.dist-info``).

    To ask ``importlib.metadata`` takes twenty times as long; it is asked for what is installed in another way.
    """
    noted: dict[str, str] = {}
    for folder in reversed(sys.path):
        with suppress(OSError):
            for entry in os.scandir(folder or "."):
                if found := _NOTED.match(entry.name):
                    noted[re.sub(r"[-_.]+", "-", found[1]).lower()] = found[2]
    return [f"{name} {noted.get(name) or _asked(name)}" for name in _LIBRARIES]


_NOTED = re.compile(r"((?>[^-]|-(?!\d))+)-(\d[^-]*)(?:-.*)?\.(?:dist|egg)-info$")


def _asked(name: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415  (20 ms)

    return version(name)
