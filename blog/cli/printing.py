"""Prints problems and results: on stderr with colours, on stdout as JSON or annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from blog.system import standard_streams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blog.problems import Problem, Severity

_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def check_stdout() -> None:
    """Raise :class:`OSError` if a write to stdout has failed."""
    if error := standard_streams.error_of("stdout"):
        raise error


def print_result(text: str) -> None:
    """Print the result of a command in UTF-8. Raises :class:`OSError`."""
    standard_streams.send("stdout", f"{text}\n")
    check_stdout()


def print_annotations(problems: Sequence[Problem], root: Path) -> None:
    """Print problems to stdout as workflow commands of GitHub, in order."""
    from blog.messages import annotation  # noqa: PLC0415

    for problem in sorted(problems):
        standard_streams.send("stdout", f"{annotation(problem, root)}\n")


def print_problems(problems: Sequence[Problem], root: Path, *, count: bool = True) -> None:
    """Print problems to stderr, in order; with ``count`` the number of errors follows, if there are any."""
    from blog.messages import errors_of, lines_of  # noqa: PLC0415

    for problem in sorted(problems):
        for line in lines_of(problem, root, paint_severity):
            click.echo(line, err=True)
    if count and any(problem.severity == "error" for problem in problems):
        click.echo(f"{errors_of(problems)}; nothing was written", err=True)


def paint_severity(severity: Severity) -> str:
    """Return the severity in its colour."""
    return click.style(severity, fg=_COLOURS[severity], bold=True)
