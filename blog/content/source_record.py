"""What a build knows of one file of the content folder."""

from __future__ import annotations
import os
from typing import TYPE_CHECKING
import msgspec
from msgspec import Struct, structs
from blog.cache.store import pack
from blog.content.images import Original
from blog.problems import Problem
from blog.system.file_signature import NONE, Stamp, boot_id
if TYPE_CHECKING:
    from pathlib import Path

    from blog.cache.store import Cache

class Known(Struct, frozen=True, array_like=True):
    """A file of the content folder."""

    stamp: Stamp
    """:data:`NONE`: it must be read again."""
    digest: bytes
    """Of its bytes."""
    parsed: bytes = b""
    """The key of what it says; empty if it is published as it is."""
    seen: bytes = b""
    """A digest of what the rest of the site sees of it."""
    forms: bytes = b""
    """The key of the HTML of its text, which is also its digest."""
    problems: tuple[Problem, ...] = ()
    picture: Original | None = None
    """What is known of a picture."""
    extracted: tuple[bytes, ...] = ()
    """The keys of the pictures that were taken out of a notebook."""
    words: bytes = b""
    """The key of the words by which readers find a post."""
    advice: tuple[Problem, ...] = ()
    """What ``blog check`` alone tells."""
    left_out: bool = False
    """It is not published: by its head it is the source of a hidden document."""
