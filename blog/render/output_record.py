"""What a build knows of one file of the output folder, and what it was made from."""

from __future__ import annotations

from msgspec import Struct

from blog.system.file_signature import FileSignature


class OutputRecord(Struct, frozen=True, array_like=True):
    """A file of the output folder, and what it was made from."""

    signature: FileSignature
    digest: bytes
    """Of its bytes."""
    view: bytes
    """The digest of its view;"""
    contents: bytes
    """of the contents that the view names;"""
    template: bytes
    """of the program, and of all that its template can reach."""
