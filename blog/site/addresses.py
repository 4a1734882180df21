"""Addresses and the files behind them: slugs, permalinks, safe names, and who makes which path.

An address is a path of the site as people read it (``/posts/week-4/``), not percent-encoded, without the path of
``url``. :func:`href` turns it into what stands in HTML.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

from blog.problems import Place, Problem

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

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
RESERVED = ".blog-manifest"
_WELL_KNOWN = ".well-known"
"""The one hidden name that hosts serve (RFC 8615)."""

MAX_PATH = 1000
MAX_NAME = 255
"""Bytes of one name: the limit of ext4, APFS and NTFS."""


def normal_form(name: str) -> str:
    """The name in Unicode's NFC."""
    return unicodedata.normalize("NFC", name)


def forms(path: str) -> tuple[str, ...]:
    """The path as it is, and in the other forms in which a disk may list it."""
    if path.isascii():
        return (path,)
    return (path, unicodedata.normalize("NFC", path), unicodedata.normalize("NFD", path))


def normal(name: str) -> str:
    """The form in which names of tags, labels and series are compared: NFC, without case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def look_alike_form(name: str) -> str:
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


def term_slug(name: str) -> str:
    """The slug of a tag, label or series: ``C++`` is ``c-plus-plus``, ``C#`` is ``c-sharp``."""
    return slugify("".join(_WORDS_FOR.get(char, char) for char in name))


def post_address(pattern: str, slug: str, day: dt.date) -> str:
    """Fill the ``permalink`` of the settings."""
    return pattern.format(slug=slug, year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}")


def page_address(path: str, slug: str) -> str:
    """``content/a/About me.md`` is ``/a/about-me/``; ``slug`` takes the place of the last name."""
    _, *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    names = [*folders, stem] if stem != "index" else folders
    slugs = [slugify(part) for part in names[:-1]] + [slug or slugify(names[-1])]
    return "/" + "/".join(slugs) + "/"


def output_path(address: str) -> str:
    """The file behind an address: ``/a/`` is ``a/index.html``."""
    path = address.removeprefix("/")
    return f"{path}index.html" if path == "" or path.endswith("/") else path


def address_of(output: str) -> str:
    """The address of a file of the output: what :func:`output_path` takes."""
    return f"/{output.removesuffix('index.html')}" if f"/{output}".endswith("/index.html") else f"/{output}"


@lru_cache(20_000)  # each address stands in many pages; `quote` is slow
def href(address: str, base_path: str = "") -> str:
    """The address as it stands in HTML: percent-encoded, after the path of ``url``."""
    return base_path + quote(address, safe=_SAFE)


def unsafe_name(path: str) -> str:
    """Why an output path cannot stand on every disk and host, or ``""``."""
    if len(path) > MAX_PATH:
        return f"is longer than {MAX_PATH} characters"
    for name in path.split("/"):
        if name == RESERVED:
            return f"has the reserved name {RESERVED}"
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


class Claim(Struct, frozen=True):
    """Who makes an output path."""

    path: str
    producer: str
    """For messages: a source's path, or what is generated."""
    place: Place
    by_name: bool = False
    """A name that a post gives makes it, as a tag or an alias does: the place is not the producer."""


def collisions(claims: Iterable[Claim]) -> list[Problem]:
    """Every path that two producers make (also if only case or Unicode form differ), and every unsafe name."""
    problems: list[Problem] = []
    first: dict[str, Claim] = {}
    for claim in claims:
        if why := unsafe_name(claim.path):
            message = f'the path "{claim.path}" {why}'
            problems.append(Problem(claim.place, "unsafe-path", message, "set another slug, or rename the file"))
            continue
        key = normal(claim.path)
        other = first.setdefault(key, claim)
        if other is not claim:
            problems.append(_collision(claim, other))
    folders = {key[:at]: claim for key, claim in first.items() for at in _slashes(key)}
    problems += [_collision(first[key], folders[key]) for key in sorted(first.keys() & folders.keys())]
    return problems


def _slashes(path: str) -> list[int]:
    return [at for at, char in enumerate(path) if char == "/"]


def _collision(claim: Claim, other: Claim) -> Problem:
    message = f'"/{claim.path}" is made by {claim.producer} and by {other.producer}'
    hint = "set another slug for one of them, or rename it"
    if claim.producer != other.producer and normal_form(claim.producer) == normal_form(other.producer):
        hint = "their names look alike and differ in how Unicode writes a letter: delete or rename one of them"
    if other.by_name:
        hint += f"; {other.producer} comes from {other.place.path}:{other.place.line}"
    return Problem(claim.place, "collision", message, hint)
