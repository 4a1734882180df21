"""Rules for strings that many modules share: Unicode forms, slugs, URLs, safe file names, line ends.

All functions are pure: they take strings, and return strings or truth values.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

MANIFEST_NAME = ".blog-manifest"
"""Name of the file in the output folder that lists the files which the program wrote there."""
MAX_PATH = 1000
"""Characters of an output path."""
MAX_NAME = 255
"""Bytes of one file name: the limit of ext4, APFS and NTFS."""
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that no file of a site may contain: XML and HTML do not allow them."""

_URL_SAFE = "/!$&'()*+,;=:@~-._"
"""Characters of an address that are not percent-encoded."""
_SYMBOL_WORDS = {"+": " plus ", "#": " sharp ", "&": " and ", "@": " at "}
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_VARIATION_SELECTOR = re.compile("[\ufe00-\ufe0f]")
"""Invisible characters that choose between the forms of an emoji."""
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
"""Unicode's default ignorable characters, as far as they occur in names."""
_FORBIDDEN_IN_NAME = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_WELL_KNOWN = ".well-known"
"""The one hidden name that hosts serve (RFC 8615)."""
REMEMBERED = 1 << 15
"""Results of a function that are kept in memory: ``blog serve`` asks for those of all documents at each save."""
_URL = re.compile(r"https?://[^\s/?#\"<>\\]+(?:[/?#][^\s\"<>\\^`{|}]*)?", re.IGNORECASE)


def relative_path(path: str, folder: str) -> str:
    """Return ``path`` as seen from ``folder``; both are paths of one site, relative to its root.

    :func:`posixpath.relpath` asks for the current folder if they are not absolute, and that may be gone.
    """
    return posixpath.relpath(f"/{path}", f"/{folder}")


def to_nfc(name: str) -> str:
    """Return ``name`` in Unicode's NFC."""
    return unicodedata.normalize("NFC", name)


def unicode_forms(path: str) -> tuple[str, ...]:
    """Return ``path`` unchanged, then in NFC and in NFD: file systems list names in any of these forms."""
    if path.isascii():
        return (path,)
    return (path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path))


def name_key(name: str) -> str:
    """Return the key by which tags, labels and series are compared: NFC, without case."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def confusable_key(name: str) -> str:
    """Return a key that is equal for names which a file system, a program or a reader may confuse.

    It is Unicode's NFKC without case and without invisible characters.
    """
    if name.isascii():
        return name.lower()
    visible = _IGNORABLE.sub("", unicodedata.normalize("NFKC", name))
    return unicodedata.normalize("NFKC", visible.casefold())


@lru_cache(REMEMBERED)
def slugify(text: str) -> str:
    """Return the lower-case letters, digits and marks of ``text``, in any script, with ``-`` between words.

    ``""`` if there are none.
    """
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    slug: list[str] = []
    for char in lowered.replace("'", "").replace("’", ""):
        if char.isalnum() or char in "._":
            slug.append(char)
        elif _VARIATION_SELECTOR.match(char):
            slug.append("")  # a mark after it has no base character
        elif unicodedata.category(char)[0] == "M" and slug and slug[-1] not in "-._":
            slug.append(char)
        else:
            slug.append("-")
    return re.sub(r"-{2,}", "-", "".join(slug)).strip("-._")


def slugify_term(name: str) -> str:
    """Return the slug of a tag, label or series: ``C++`` is ``c-plus-plus``, ``C#`` is ``c-sharp``."""
    spelled = "".join(_SYMBOL_WORDS.get(char, char) for char in name)
    return slugify(spelled)


@lru_cache(REMEMBERED)  # an address occurs in many pages, and `quote` is slow
def href(address: str, base_path: str = "") -> str:
    """Return ``address`` as a URL path: percent-encoded, below ``base_path``, the path of ``url``."""
    return base_path + quote(address, safe=_URL_SAFE)


@lru_cache(REMEMBERED)
def explain_unsafe_path(path: str) -> str:
    """Return the reason why some disk or host cannot store the output path ``path``, or ``""``."""
    if len(path) > MAX_PATH:
        return f"is longer than {MAX_PATH} characters"
    for name in path.split("/"):
        reason = _explain_unsafe_name(name)
        if reason:
            return reason
    return ""


def _explain_unsafe_name(name: str) -> str:
    if name == MANIFEST_NAME:
        return f"has the reserved name {MANIFEST_NAME}"
    if name in {"", ".", ".."}:
        return "has an empty or dotted part"
    if name[0] == "." and name != _WELL_KNOWN:
        return f'has a hidden part: "{name}" begins with a dot'
    if _FORBIDDEN_IN_NAME.search(name):
        return f'has a character that names of files cannot have: "{name}"'
    if name[-1] in ". ":
        return f'ends with a dot or a space: "{name}"'
    if _WINDOWS_DEVICE.fullmatch(name):
        return f'is a reserved name on Windows: "{name}"'
    if len(name.encode()) > MAX_NAME:
        return f"is longer than {MAX_NAME} bytes"
    return ""


def is_url(text: str) -> bool:
    """Return whether ``text`` is an absolute http or https URL that every program can parse."""
    if _URL.fullmatch(text) is None or CONTROL_CHARACTERS.search(text):
        return False
    try:
        return urlsplit(text).hostname is not None
    except ValueError:
        return False


def collapse_whitespace(text: str) -> str:
    """Return ``text`` with one space between its words: the form of titles and names."""
    return " ".join(text.split())


def normalize_newlines(text: str) -> str:
    """Return ``text`` with LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def counted(count: int, noun: str) -> str:
    """Return ``1 post``, ``2 posts`` …."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def width_in_letters(text: str) -> int:
    """Return the width of ``text`` in Latin letters: a letter of Chinese or Japanese is as wide as two."""
    return len(text) + sum(unicodedata.east_asian_width(letter) in {"W", "F"} for letter in text)
