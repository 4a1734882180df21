"""Collisions: two outputs with one path, or a file where another output needs a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.config.settings import FILE_NAME
from blog.problems import Problem
from blog.text import explain_unsafe_path, name_key, to_nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blog.views.outputs import Output

_BY_EASE_OF_RENAMING = ("theme", "program", "file", "document", "alias")
"""Kinds of origins. Of two outputs with one path, the message names the one that an author can rename more easily."""


def find_collisions(outputs: Iterable[Output]) -> list[Problem]:
    """Return a problem for each unsafe path and each path of two outputs, also if only case or Unicode form differ."""
    problems: list[Problem] = []
    owners: dict[str, Output] = {}
    for output in sorted(outputs, key=lambda output: _BY_EASE_OF_RENAMING.index(output.origin)):
        reason = explain_unsafe_path(output.path)
        if reason:
            message = f'the path "{output.path}" {reason}'
            problems.append(Problem(output.location, "unsafe-path", message, "set another slug, or rename the file"))
            continue
        other = owners.setdefault(name_key(output.path), output)
        if other is not output:
            problems.append(_collision_problem(output, other))
    folders = _folders_of(owners)
    problems += [_collision_problem(owners[key], folders[key]) for key in sorted(owners.keys() & folders.keys())]
    return problems


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
    message = f'"/{output.path}" is made by {output.owner} and by {other.owner}'
    hint = "set another slug for one of them, or rename it"
    if output.owner != other.owner and to_nfc(output.owner) == to_nfc(other.owner):
        hint = "their names look alike and differ in how Unicode writes a letter: delete or rename one of them"
    if other.location.path not in {other.owner, FILE_NAME}:  # a tag, a label, a series or an alias of a document
        hint += f"; {other.owner} comes from {other.location.path}:{other.location.line}"
    return Problem(output.location, "collision", message, hint)
