"""The manifest: the file in an output folder that lists what the program wrote there.

It has digests of the paths that are the program's own, never the paths: it travels with the site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.cache.digests import digest
from blog.system.site_paths import open_regular
from blog.text import MANIFEST_NAME, unicode_forms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MANIFEST = MANIFEST_NAME
_HEADER = "blog manifest 1"
_SITE = "site "
"""Start of the manifest's second line, which identifies the site. Version 1.0 wrote none."""


def is_own_folder(output: Path) -> bool:
    """Return whether ``output`` has a manifest: blog made this folder."""
    path = output / MANIFEST
    if path.is_symlink() or not path.is_file():
        return False
    with open_regular(path) as file:
        return file.readline(len(_HEADER) + 2).decode("utf-8", "replace").rstrip("\r\n") == _HEADER


def read_manifest(output: Path) -> frozenset[str] | None:
    """Return the marks in the manifest of ``output``; None if it has no manifest."""
    if not is_own_folder(output):
        return None
    with open_regular(output / MANIFEST) as file:
        lines = file.read().decode("utf-8", "replace").splitlines()[1:]
    return frozenset(line for line in lines if not line.startswith(_SITE))


def read_site_identity(output: Path) -> str:
    """Return the identity of the site that the manifest of ``output`` names; empty if it names none."""
    if not is_own_folder(output):
        return ""
    with open_regular(output / MANIFEST) as file:
        file.readline()
        line = file.readline(200).decode("utf-8", "replace")
    return line.removeprefix(_SITE).rstrip("\r\n") if line.startswith(_SITE) else ""


def mark_path(path: str) -> str:
    """Return the mark of ``path`` in a manifest: its digest."""
    return digest(path.encode()).hex()


def is_marked(path: str, marks: frozenset[str]) -> bool:
    """Return whether ``marks`` has the digest of ``path``, in any of its Unicode forms."""
    return any(mark_path(form) in marks for form in unicode_forms(path))


def encode_manifest(site: str, marks: Sequence[str]) -> bytes:
    """Return the bytes of a manifest with these marks; ``site`` is the identity of the site, or empty."""
    identity = [f"{_SITE}{site}"] if site else []
    return "\n".join([_HEADER, *identity, *marks, ""]).encode()
