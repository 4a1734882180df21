"""Addresses and their output paths: slugs, permalinks, and collisions of paths.

An address is a path of the site as people read it (``/posts/week-4/``), not percent-encoded, without the path of
``url``. :func:`href` turns it into a URL for HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from blog.problems import Location, Problem
from blog.text import explain_unsafe_path, name_key, slugify, to_nfc

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping


def post_address(pattern: str, slug: str, day: dt.date) -> str:
    """Return the address of a post by ``pattern``, the ``permalink`` of the settings."""
    return pattern.format(slug=slug, year=f"{day.year:04}", month=f"{day.month:02}", day=f"{day.day:02}")


def page_address(path: str, slug: str) -> str:
    """Return the address of a page, such as ``/a/about-me/`` for ``content/a/About me.md``.

    ``slug`` replaces the last name.
    """
    _, *folders, name = path.split("/")
    stem = name.rsplit(".", 1)[0]
    if stem != "index":
        folders.append(stem)
    slugs = [slugify(folder) for folder in folders]
    if slug:
        slugs[-1] = slug
    return "/" + "/".join(slugs) + "/"


def output_path(address: str) -> str:
    """Return the file behind an address: ``/a/`` is ``a/index.html``."""
    path = address.removeprefix("/")
    return f"{path}index.html" if f"/{path}".endswith("/") else path


def address_of(output: str) -> str:
    """Return the address of an output path: the inverse of :func:`output_path`."""
    address = f"/{output}"
    return address.removesuffix("index.html") if address.endswith("/index.html") else address


class PathOwner(Struct, frozen=True):
    """An output path with its owner."""

    path: str
    producer: str
    """The path of a source file, or a description of a generated page, for messages."""
    location: Location
    by_name: bool = False
    """The path comes from a name in a post, as for a tag or an alias: ``location`` is not in the producer."""


def find_collisions(claims: Iterable[PathOwner]) -> list[Problem]:
    """Return a problem for each unsafe path and each path with two owners, also if only case or Unicode form differ."""
    problems: list[Problem] = []
    owners: dict[str, PathOwner] = {}
    for claim in claims:
        reason = explain_unsafe_path(claim.path)
        if reason:
            message = f'the path "{claim.path}" {reason}'
            problems.append(Problem(claim.location, "unsafe-path", message, "set another slug, or rename the file"))
            continue
        other = owners.setdefault(name_key(claim.path), claim)
        if other is not claim:
            problems.append(_collision_problem(claim, other))
    folders = _owned_folders(owners)
    problems += [_collision_problem(owners[key], folders[key]) for key in sorted(owners.keys() & folders.keys())]
    return problems


def _owned_folders(owners: Mapping[str, PathOwner]) -> dict[str, PathOwner]:
    """Return each folder above a path, with an owner of a path in it."""
    folders: dict[str, PathOwner] = {}
    for path, owner in owners.items():
        end = path.find("/")
        while end != -1:
            folders[path[:end]] = owner
            end = path.find("/", end + 1)
    return folders


def _collision_problem(claim: PathOwner, other: PathOwner) -> Problem:
    message = f'"/{claim.path}" is made by {claim.producer} and by {other.producer}'
    hint = "set another slug for one of them, or rename it"
    if claim.producer != other.producer and to_nfc(claim.producer) == to_nfc(other.producer):
        hint = "their names look alike and differ in how Unicode writes a letter: delete or rename one of them"
    if other.by_name:
        hint += f"; {other.producer} comes from {other.location.path}:{other.location.line}"
    return Problem(claim.location, "collision", message, hint)
