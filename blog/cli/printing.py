"""Prints problems and reports: on stderr with colours, on stdout as lines, JSON or annotations."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

import click

from blog.cli.process import program_name
from blog.system import standard_streams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from blog.check.check import CheckReport
    from blog.problems import Problem, Severity
    from blog.stages.context import BuildOptions, Report

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


def print_next_commands(folder: Path) -> None:
    """Print the three commands that follow ``blog init`` for the site in ``folder``."""
    program = program_name()
    commands = [f"{program} serve --open", f'{program} new "Week 1"', f"{program} build"]
    if os.path.normpath(folder) != ".":
        commands = [f"cd {standard_streams.printable(shlex.quote(str(folder)))}", *commands[:2]]
    click.echo("next:\n" + "\n".join(f"  {command}" for command in commands))


def paint_severity(severity: Severity) -> str:
    """Return the severity in its colour."""
    return click.style(severity, fg=_COLOURS[severity], bold=True)


def print_build(
    report: Report, options: BuildOptions, seconds: float, different: Sequence[str], flags: Mapping[str, Any]
) -> None:
    """Print the report of a build; ``different`` are the outputs in which ``--verify`` has found a difference."""
    from blog import messages  # noqa: PLC0415

    if flags["as_json"]:
        print_result(messages.report_as_json(report, options.root, seconds, ok=not different))
    else:
        print_problems(report.problems, options.root)
    if not flags["as_json"] and not flags["quiet"]:
        for line in messages.report_lines(report, options, seconds, verbose=flags["verbose"]):
            click.echo(line)
        if flags["verify"] and not different:
            click.echo("verified: a build without a cache gives the same bytes")
    for path in different:
        shown_path = messages.shown_path(options.root, str((options.output / path).absolute()))
        click.echo(f"{shown_path}: differs from a build without a cache", err=True)


def print_check(report: CheckReport, root: Path, seconds: float, flags: Mapping[str, Any]) -> None:
    """Print the report of a check, in the form that the flags choose."""
    from blog import messages  # noqa: PLC0415
    from blog.text import counted  # noqa: PLC0415

    if flags["as_json"]:
        print_result(messages.checked_as_json(report, root, seconds))
        return
    if flags["github"]:
        print_annotations(report.problems, root)
    else:
        problems = report.problems if flags["verbose"] else messages.without_repeats(report.problems)
        print_problems(problems, root, count=False)
        if more := len(report.problems) - len(problems):
            click.echo(f"and {counted(more, 'more note')} of the same kinds (-v shows all)", err=True)
    for line in messages.checked_lines(report, seconds, external=flags["external"]):
        click.echo(line)
