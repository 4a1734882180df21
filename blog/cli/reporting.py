"""What a command prints beside its result: its progress, and the problem that ends it."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from blog.cli.arguments import check_current_folder
from blog.cli.printing import print_annotations, print_problems, print_result
from blog.system import standard_streams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from blog.stages.context import Progress

_T = TypeVar("_T")
_WITHOUT_SITE = frozenset({"init", "import", "schema"})
"""Commands that need no site."""


@contextmanager
def reported(root: Path, *, as_json: bool = False, github: bool = False, **empty: Any) -> Iterator[None]:
    """Turn the exceptions of a command into messages and an exit status; ``empty`` are the extra keys of its JSON."""
    from blog import messages  # noqa: PLC0415
    from blog.problems import BlogError, describe_os_error  # noqa: PLC0415

    command = click.get_current_context()
    debug = command.find_root().params["debug"]
    try:
        _check_site_folder(root, command)
        yield
    except BlogError as error:
        if debug:
            raise
        if as_json:
            print_result(messages.as_json(ok=False, problems=error.problems, root=root, **empty))
        elif github:
            print_annotations(error.problems, root)
        else:
            print_problems(error.problems, root, count=command.info_name == "build")
        sys.exit(error.exit_status)
    except click.ClickException:
        raise
    except Exception as error:  # no user should see a traceback
        if debug:
            raise
        if isinstance(error, OSError):
            message = describe_os_error(error)
        else:
            message = f"{type(error).__name__}: {error} (a bug in blog: --debug shows where)"
        if as_json:
            print_result(messages.as_json(ok=False, problems=(), root=root, message=message, **empty))
        click.echo(f"error: {standard_streams.printable(message)}", err=True)
        sys.exit(1)


def _check_site_folder(root: Path, command: click.Context) -> None:
    """Raise :class:`BlogError` unless ``root`` is a site, or the command makes one."""
    from blog.new.site_folder import require_site  # noqa: PLC0415

    check_current_folder(root)
    if command.info_name not in _WITHOUT_SITE:
        require_site(root)


def show_progress(stage: str, work: Sequence[_T]) -> Iterator[_T]:
    """Yield the items of ``work``, and print a progress bar once it has taken longer than a second."""
    started = time.monotonic()
    printed = -1
    for number, item in enumerate(work):
        percent = 100 * number // len(work)
        if percent != printed and time.monotonic() - started > 1:
            printed = percent
            bar = "#" * (percent // 4)
            standard_streams.send("stderr", f"\r{stage:9} [{bar:25}] {percent:3} %")
        yield item
    if printed >= 0:
        standard_streams.send("stderr", "\r" + " " * 45 + "\r")


def choose_progress(*, is_silent: bool) -> Progress:
    """Return the function that shows the progress of a command: a bar on a terminal, unless the command is silent."""
    from blog.stages.context import no_progress  # noqa: PLC0415

    return no_progress if is_silent or not sys.stderr.isatty() else show_progress
