"""Rules for texts that many modules share: Unicode forms, slugs, URLs, safe file names, line ends."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, urlsplit

_SAFE = "/!$&'()*+,;=:@~-._"


_WORDS_FOR = {"+": " plus ", "#": " sharp ", "&": " and ", "@": " at "}


_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


_VARIATION = re.compile("[\ufe00-\ufe0f]")
"""Invisible: they choose between the forms of an emoji."""


_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
"""Unicode's default ignorable characters, as far as names have them."""


_FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')


MANIFEST_NAME = ".blog-manifest"


_WELL_KNOWN = ".well-known"
"""The one hidden name that hosts serve (RFC 8615)."""


MAX_PATH = 1000


MAX_NAME = 255
"""Bytes of one name: the limit of ext4, APFS and NTFS."""


def to_nfc(name: str) -> str:
    """The name in Unicode's NFC."""
    return unicodedata.normalize("NFC", name)


def unicode_forms(path: str) -> tuple[str, ...]:
    """The path as it is, and in the other forms in which a disk may list it."""
    if path.isascii():
        return (path,)
    return (path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path))


def name_key(name: str) -> str:
    """The form in which names of tags, labels and series are compared: NFC, without case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def confusable_key(name: str) -> str:
    """Return the form in which names are equal that some disk, program or person takes for one.

    It is Unicode's NFKC without case, and without characters that nobody sees.
    """
    if name.isascii():
        return name.lower()
    seen = "".join(char for char in unicodedata.normalize("NFKC", name) if not _UNSEEN.match(char))
    return unicodedata.normalize("NFKC", seen.casefold())


def slugify(text: str) -> str:
    """Lower case letters, digits and marks of any script, with ``-`` between; ``""`` if there are none."""
    lowered = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    kept: list[str] = []
    for char in lowered.replace("'", "").replace("’", ""):
        mark = unicodedata.category(char)[0] == "M" and not _VARIATION.match(char) and kept and kept[-1] not in "-._"
        kept.append(char if char.isalnum() or char in "._" or mark else "" if _VARIATION.match(char) else "-")
    return re.sub(r"-{2,}", "-", "".join(kept)).strip("-._")


def slugify_term(name: str) -> str:
    """The slug of a tag, label or series: ``C++`` is ``c-plus-plus``, ``C#`` is ``c-sharp``."""
    return slugify("".join(_WORDS_FOR.get(char, char) for char in name))


@lru_cache(20_000)  # each address stands in many pages; `quote` is slow
def href(address: str, base_path: str = "") -> str:
    """The address as it stands in HTML: percent-encoded, after the path of ``url``."""
    return base_path + quote(address, safe=_SAFE)


def explain_unsafe_path(path: str) -> str:
    """Why an output path cannot stand on every disk and host, or ``""``."""
    if len(path) > MAX_PATH:
        return f"is longer than {MAX_PATH} characters"
    for name in path.split("/"):
        if name == MANIFEST_NAME:
            return f"has the reserved name {MANIFEST_NAME}"
        if name in {"", ".", ".."}:
            return "has an empty or dotted part"
        if name[0] == "." and name != _WELL_KNOWN:
            return f'has a hidden part: "{name}" begins with a dot'
        if _FORBIDDEN.search(name):
            return f'has a character that names of files cannot have: "{name}"'
        if name[-1] in ". ":
            return f'ends with a dot or a space: "{name}"'
        if _DEVICES.fullmatch(name):
            return f'is a reserved name on Windows: "{name}"'
        if len(name.encode()) > MAX_NAME:
            return f"is longer than {MAX_NAME} bytes"
    return ""


CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters, which XML and HTML cannot hold and no source may have."""


_URL = re.compile(r"https?://[^\s/?#\"<>\\]+(?:[/?#][^\s\"<>\\^`{|}]*)?", re.IGNORECASE)


def is_url(text: str) -> bool:
    """Whether ``text`` is an absolute http or https address that every program can take apart."""
    try:
        return (
            _URL.fullmatch(text) is not None
            and not CONTROL_CHARACTERS.search(text)
            and urlsplit(text).hostname is not None
        )
    except ValueError:
        return False


def collapse_whitespace(text: str) -> str:
    """``text`` with one space between its words: how titles and names are read."""
    return " ".join(text.split())


def normalize_newlines(text: str) -> str:
    """``text`` with its line ends as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
