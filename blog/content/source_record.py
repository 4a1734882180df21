"""The record of one file of the content folder, which a build stores for the next one."""

from __future__ import annotations

from msgspec import Struct

from blog.content.images import SourceImage
from blog.markdown.inputs import Input
from blog.problems import Problem
from blog.system.file_signature import FileSignature


class SourceRecord(Struct, frozen=True, array_like=True):
    """The signature, digest and parse results of a file of the content folder."""

    signature: FileSignature
    """:data:`NO_SIGNATURE`: it must be read again."""
    digest: bytes
    """The digest of its bytes."""
    parse_key: bytes = b""
    """The cache key of the parsed document; empty if the file is published unchanged."""
    site_digest: bytes = b""
    """A digest of all that other pages depend on."""
    html_key: bytes = b""
    """The cache key of the HTML of its text, which is also its digest."""
    problems: tuple[Problem, ...] = ()
    image: SourceImage | None = None
    """The size of an image."""
    extracted: tuple[bytes, ...] = ()
    """The cache keys of the images that the conversion made."""
    terms_key: bytes = b""
    """The cache key of the search terms of a post."""
    advice: tuple[Problem, ...] = ()
    """Problems that only ``blog check`` reports."""
    inputs: tuple[Input, ...] = ()
    """What the document uses besides its own bytes."""
    inputs_key: bytes = b""
    """The cache key under which a later build finds out which inputs the document has; empty if it has none."""
    is_left_out: bool = False
    """True if the file is not published, because it is the source of a hidden document."""
