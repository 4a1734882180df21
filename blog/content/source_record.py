"""What a build knows of one file of the content folder."""

from __future__ import annotations

from msgspec import Struct

from blog.content.images import SourceImage
from blog.problems import Problem
from blog.system.file_signature import FileSignature


class SourceRecord(Struct, frozen=True, array_like=True):
    """A file of the content folder."""

    signature: FileSignature
    """:data:`NO_SIGNATURE`: it must be read again."""
    digest: bytes
    """Of its bytes."""
    parse_key: bytes = b""
    """The key of what it says; empty if it is published as it is."""
    site_digest: bytes = b""
    """A digest of what the rest of the site sees of it."""
    html_key: bytes = b""
    """The key of the HTML of its text, which is also its digest."""
    problems: tuple[Problem, ...] = ()
    image: SourceImage | None = None
    """What is known of a picture."""
    extracted: tuple[bytes, ...] = ()
    """The keys of the pictures that were taken out of a notebook."""
    terms_key: bytes = b""
    """The key of the words by which readers find a post."""
    advice: tuple[Problem, ...] = ()
    """What ``blog check`` alone tells."""
    is_left_out: bool = False
    """It is not published: by its head it is the source of a hidden document."""
