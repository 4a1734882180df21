"""Prints what ``blog serve`` does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from blog.cli.printing import paint_severity, print_problems
from blog.system import standard_streams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from blog.problems import Problem
    from blog.stages.context import Report


class TerminalReporter:
    """Prints what ``blog serve`` does."""

    def __init__(self, root: Path, host: str, *, open_browser: bool) -> None:
        self.root = root
        self.host = host
        self.open_browser = open_browser
        self.printed_problems: tuple[Problem, ...] = ()
        self.is_first = True
        """No build has succeeded yet."""
        self.has_failed = False
        """The last build failed."""
        self.has_announced_images = False

    def serving(self, url: str) -> None:
        """Print the address, and warn if other machines reach it."""
        click.echo(f"serving {standard_streams.printable(url)}/ (Ctrl-C ends it)")
        if self.host not in {"127.0.0.1", "::1", "localhost"}:
            readers = f"whoever can reach {standard_streams.printable(self.host)} on the network"
            click.echo(f"{paint_severity('warning')}: {readers} can read your drafts and private posts", err=True)
        if self.open_browser:
            click.launch(f"{url}/")

        self._check_reader()

    def _check_reader(self) -> None:
        """Raise :class:`BrokenPipeError` if stdout is closed: the process that started the server has ended."""
        error = standard_streams.error_of("stdout")
        if isinstance(error, BrokenPipeError):
            raise error

    def polling(self, reason: str) -> None:
        """Print that the system reports no changes of files."""
        click.echo(f"note: {standard_streams.printable(reason)}: looking for changes every second", err=True)

    def built(self, report: Report, changed_paths: frozenset[str] | None, seconds: float) -> None:
        """Print the result of a build: warnings, and what changed."""
        from blog.messages import changed_subject  # noqa: PLC0415
        from blog.text import counted  # noqa: PLC0415

        self._problems(report.problems)
        changes = report.changes
        count = len(changes.new) + len(changes.changed) + len(changes.removed)
        if self.is_first:
            posts = counted(report.posts, "post")
            click.echo(f"showing {posts} on {report.pages} pages, built in {seconds:.2f} s")
        elif count:
            subject = changed_subject(self.root, changed_paths)
            click.echo(f"{_clock()} {subject}: {counted(count, 'file')} in {1000 * seconds:.0f} ms")
        elif self.has_failed:
            click.echo(f"{_clock()} corrected: the pages are as before")
        self.is_first = self.has_failed = False
        self._check_reader()

    def resizing(self, count: int) -> None:
        """Print, once before the first build has ended, that the pages are there and versions of images follow."""
        from blog.text import counted  # noqa: PLC0415

        if self.is_first and not self.has_announced_images:
            click.echo(f"showing the pages; making smaller versions of {counted(count, 'image')}")
        self.has_announced_images = True

    def failed(self, problems: Sequence[Problem]) -> None:
        """Print the problems of a build that failed."""
        from blog.messages import errors_of  # noqa: PLC0415

        self.has_failed = True
        still = "still " if tuple(problems) == self.printed_problems else ""
        message = f"{_clock()} cannot build: {still}{errors_of(problems)}"
        if not self.is_first:
            message += "; the last good version stays"
        click.echo(message, err=True)
        self._problems(problems)

    def _problems(self, problems: Sequence[Problem]) -> None:
        """Print problems, unless they are the same as after the last save."""
        if tuple(problems) != self.printed_problems:
            self.printed_problems = tuple(problems)
            print_problems(problems, self.root, count=False)


def _clock() -> str:
    return time.strftime("%H:%M:%S")
