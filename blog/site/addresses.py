"""Addresses and the files behind them: slugs, permalinks, safe names, and who makes which path.

An address is a path of the site as people read it (``/posts/week-4/``), not percent-encoded, without the path of
``url``. :func:`href` turns it into what stands in HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from blog.problems import Location, Problem
from blog.text import explain_unsafe_path, name_key, slugify, to_nfc

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable


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


class PathOwner(Struct, frozen=True):
    """An output path with its owner."""

    path: str
    producer: str
    """The path of a source, or a description of a generated page, for messages."""
    location: Location
    by_name: bool = False
    """A name that a post gives makes it, as a tag or an alias does: the place is not the producer."""


def find_collisions(claims: Iterable[PathOwner]) -> list[Problem]:
    """Every path that two producers make (also if only case or Unicode form differ), and every unsafe name."""
    problems: list[Problem] = []
    first: dict[str, PathOwner] = {}
    for claim in claims:
        if why := explain_unsafe_path(claim.path):
            message = f'the path "{claim.path}" {why}'
            problems.append(Problem(claim.location, "unsafe-path", message, "set another slug, or rename the file"))
            continue
        key = name_key(claim.path)
        other = first.setdefault(key, claim)
        if other is not claim:
            problems.append(_collision(claim, other))
    folders = {key[:at]: claim for key, claim in first.items() for at in _slashes(key)}
    problems += [_collision(first[key], folders[key]) for key in sorted(first.keys() & folders.keys())]
    return problems


def _slashes(path: str) -> list[int]:
    return [at for at, char in enumerate(path) if char == "/"]


def _collision(claim: PathOwner, other: PathOwner) -> Problem:
    message = f'"/{claim.path}" is made by {claim.producer} and by {other.producer}'
    hint = "set another slug for one of them, or rename it"
    if claim.producer != other.producer and to_nfc(claim.producer) == to_nfc(other.producer):
        hint = "their names look alike and differ in how Unicode writes a letter: delete or rename one of them"
    if other.by_name:
        hint += f"; {other.producer} comes from {other.location.path}:{other.location.line}"
    return Problem(claim.location, "collision", message, hint)
