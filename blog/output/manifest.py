"""The manifest: the file in an output folder that lists what the program wrote there.

It contains the digests of the paths that the program wrote, never the paths: the manifest is published with the site.
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


def has_manifest(output: Path) -> bool:
    """Return whether ``output`` has a manifest: blog created this folder."""
    path = output / MANIFEST
    if path.is_symlink() or not path.is_file():
        return False
    with open_regular(path) as file:
        return file.readline(len(_HEADER) + 2).decode("utf-8", "replace").rstrip("\r\n") == _HEADER


def read_manifest(output: Path) -> frozenset[str] | None:
    """Return the path digests in the manifest of ``output``; None if it has no manifest."""
    if not has_manifest(output):
        return None
    with open_regular(output / MANIFEST) as file:
        lines = file.read().decode("utf-8", "replace").splitlines()[1:]
    return frozenset(line for line in lines if not line.startswith(_SITE))


def read_site_identity(output: Path) -> str:
    """Return the identity of the site that the manifest of ``output`` names; empty if it names none."""
    if not has_manifest(output):
        return ""
    with open_regular(output / MANIFEST) as file:
        file.readline()
        line = file.readline(200).decode("utf-8", "replace")
    if not line.startswith(_SITE):
        return ""
    return line.removeprefix(_SITE).rstrip("\r\n")


def encode_manifest(site: str, path_digests: Sequence[str]) -> bytes:
    """Return the bytes of a manifest; ``site`` is the identity of the site, or empty."""
    identity = [f"{_SITE}{site}"] if site else []
    return "\n".join([_HEADER, *identity, *path_digests, ""]).encode()


def digest_path(path: str) -> str:
    """Return the digest by which a manifest lists ``path``."""
    return digest(path.encode()).hex()


def is_listed(path: str, path_digests: frozenset[str]) -> bool:
    """Return whether ``path_digests`` has the digest of ``path``, in any of its Unicode forms."""
    return any(digest_path(form) in path_digests for form in unicode_forms(path))
