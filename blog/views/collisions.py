"""Collisions: two outputs with one path, or a file where another output needs a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.config.settings import FILE_NAME
from blog.problems import Location, Problem
from blog.site.addresses import address_of
from blog.text import explain_unsafe_path, name_key, to_nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blog.views.outputs import Output

_BY_EASE_OF_RENAMING = ("theme", "program", "file", "document", "setting", "alias")
"""Kinds of origins. Of two outputs with one path, the message names the one that an author can rename more easily."""
_RENAME = "set another slug, or rename the file"
_GENERATED = {
    "/": "the home page",
    "/404.html": "the page for missing addresses",
    "/_redirects": "the list of redirects",
    "/archive/": "the page that lists all posts",
    "/atom.xml": "the Atom feed",
    "/feed.json": "the JSON feed",
    "/feed.xml": "the feed",
    "/labels/": "the page that lists all labels",
    "/search/": "the search page",
    "/series/": "the page that lists all series",
    "/sitemap.xml": "the sitemap",
    "/tags/": "the page that lists all tags",
}
"""Addresses that every site may have → what is there."""


def find_collisions(outputs: Iterable[Output]) -> list[Problem]:
    """Return a problem for each unsafe path and each path of two outputs, also if only case or Unicode form differ."""
    problems: list[Problem] = []
    owners: dict[str, Output] = {}
    for output in sorted(outputs, key=lambda output: _BY_EASE_OF_RENAMING.index(output.origin)):
        unsafe = _check_path(output)
        if unsafe is not None:
            problems.append(unsafe)
            continue
        other = owners.setdefault(name_key(output.path), output)
        if other is not output:
            problems.append(_collision_problem(output, other))
    folders = _folders_of(owners)
    problems += [_folder_problem(owners[key], folders[key]) for key in sorted(owners.keys() & folders.keys())]
    return problems


def _check_path(output: Output) -> Problem | None:
    """Return a problem if the path of ``output`` is unsafe, or the path of its file in the content folder."""
    paths = [output.path]
    if output.origin == "file" and output.source:
        paths.append(output.source.removeprefix("content/"))
    for path in paths:
        reason = explain_unsafe_path(path)
        if reason:
            return Problem(output.location, "unsafe-path", f'the path "{path}" {reason}', _RENAME)
    return None


def _folders_of(owners: Mapping[str, Output]) -> dict[str, Output]:
    """Return each folder above a path, with an output in it."""
    folders: dict[str, Output] = {}
    for path, output in owners.items():
        end = path.find("/")
        while end != -1:
            folders[path[:end]] = output
            end = path.find("/", end + 1)
    return folders


def _collision_problem(output: Output, other: Output) -> Problem:
    """Return the problem that the address of ``output`` is that of ``other``, which is harder to rename."""
    address = address_of(output.path)
    hint = _suggest_change(output)
    match output.origin, other.origin:
        case "alias", "alias":
            message, hint = f"the alias {address} is also {other.owner}", "delete one of them"
        case "alias", "program":
            message = f"the alias {address} is {_describe(other)}"
        case "alias", _:
            message = f"the alias {address} is the address of {_describe(other)}"
        case "setting", _:
            message = _explain_feed_path(address, other)
        case _, "program" | "theme":
            message = f"{address} is {_describe(other)}"
        case _:
            message = f"{address} is the address of {output.owner} and of {other.owner}"
            hint = "set another slug for one of them, or rename it"
            if output.has_url or other.has_url:
                hint = "write another url for one of them"
            if output.origin == "file":
                hint = "rename one of them"
            elif other.origin == "file":
                hint = f"rename {other.owner}"
            if output.owner != other.owner and to_nfc(output.owner) == to_nfc(other.owner):
                hint = "their names look alike and differ in how Unicode writes a letter: delete or rename one of them"
    return Problem(output.location, "collision", message, hint + _name_location(other))


def _explain_feed_path(address: str, other: Output) -> str:
    """Return the message about an address in ``feed.paths`` at which ``other`` is."""
    if other.origin == "setting":
        return f"feed.paths has {address} twice"
    if other.origin in {"program", "theme"}:
        return f"the feed path {address} is {_describe(other)}"
    return f"the feed path {address} is the address of {_describe(other)}"


def _folder_problem(output: Output, other: Output) -> Problem:
    """Return the problem that ``output`` is a file where ``other`` needs a folder."""
    subject = _describe(output) if output.origin in {"program", "theme"} else "a file"
    needing = other.owner if other.origin == "theme" else _describe(other)
    message = f"/{output.path} is {subject}, and {needing} needs a folder of this name"
    hint = _suggest_change(other if other.origin == "setting" else output)
    if output.origin in {"program", "theme"} and other.origin != "setting":
        hint = f"rename {other.owner}"
    return Problem(output.location, "collision", message, hint + _name_location(other))


def _describe(output: Output) -> str:
    if output.origin == "theme":
        return "a file of the theme"
    if output.origin == "program":
        return _GENERATED.get(output.address, output.owner)
    return output.owner


def _suggest_change(output: Output) -> str:
    """Return a hint: what the author changes to give ``output`` another address."""
    if output.origin == "alias":
        return "delete the alias"
    if output.origin == "setting":
        return "take it out of feed.paths"
    if output.origin == "file" or output.location == Location(output.source):
        return "rename the file"
    return "write another url" if output.has_url else _RENAME


def _name_location(output: Output) -> str:
    """Return the end of a hint: where the address comes from, if the message does not name that file."""
    location = output.location
    if location.path in {output.owner, FILE_NAME}:
        return ""
    line = f": {location.line_name}" if location.cell else f":{location.line}"
    return f"; {output.owner} comes from {location.path}{line}"
