"""The record of one file in the output folder: its signature, and the digests of its inputs."""

from __future__ import annotations

from msgspec import Struct

from blog.system.file_signature import FileSignature


class OutputRecord(Struct, frozen=True, array_like=True):
    """A file of the output folder, and the digests of its inputs."""

    signature: FileSignature
    digest: bytes
    """Digest of the file's bytes."""
    view: bytes
    """Digest of the view."""
    contents: bytes
    """Digest of the texts and files that the view names."""
    template: bytes
    """Digest of the program and of the template with all that it can include or extend."""
