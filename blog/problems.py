"""Problems of a site, as values.

A :class:`Problem` is made where it is found, travels beside the data, and is printed by ``cli`` alone.
A :class:`BlogError` ends the command; it carries the problems and the exit status.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, NoReturn

from msgspec import Struct, structs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Severity = Literal["error", "warning", "note"]
"""A note is no fault: ``blog check`` tells what its author may want to look at."""


class Location(Struct, frozen=True, order=True):
    """A position in a file of the site."""

    path: str
    """Relative to the site folder, with ``/``."""
    line: int = 1
    """Counted from 1, in the file itself."""
    column: int = 1
    """Counted from 1, in characters."""


class Problem(Struct, frozen=True, order=True):
    """One thing that is wrong, where, and what to write instead."""

    location: Location
    code: str
    """A stable short name, such as ``unknown-key``."""
    message: str
    hint: str = ""
    severity: Severity = "error"


class BlogError(Exception):
    """Ends a command with exit status 1 and the problems it carries."""

    exit_status = 1

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[type[BlogError], tuple[Sequence[Problem]]]:
        """Pickle with the problems as the argument."""
        return type(self), (self.problems,)


class UnsafeOutputError(BlogError):
    """The output folder is not safe to write to: exit status 2."""

    exit_status = 2


def raise_if_any(problems: Iterable[Problem]) -> None:
    """Raise :class:`BlogError` with all ``problems`` if one of them is an error."""
    found = list(problems)
    if any(problem.severity == "error" for problem in found):
        raise BlogError(found)


def promote_warnings(problems: Iterable[Problem]) -> list[Problem]:
    """``problems`` with errors in the place of warnings."""
    return [structs.replace(found, severity="error") if found.severity == "warning" else found for found in problems]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest of ``known``, or an empty text."""
    candidates = {name.casefold(): name for name in sorted(known, reverse=True)}
    near = get_close_matches(word.casefold(), candidates, n=1, cutoff=0.7)
    return f'did you mean "{candidates[near[0]]}"?' if near else ""


def raise_walk_error(error: OSError) -> NoReturn:
    """Raise ``error``: the ``onerror`` callback of ``os.walk``, which skips unreadable folders by default."""
    raise error


def describe_os_error(error: OSError) -> str:
    """The system's words for an I/O error, with the path it is about."""
    words = error.strerror or str(error)
    return f"{words}: {error.filename}" if error.filename else words
