"""Arguments of the command line → options of a build, and the messages for wrong ones."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from blog.stages.context import BuildOptions


class CommandGroup(click.Group):
    """The group of all commands; ``help`` is ``--help``, and an option before the command is explained."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments before the command."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            option = error.option_name
            for name, command in self.commands.items():
                if any(option in parameter.opts for parameter in command.params):
                    raise click.UsageError(f"write {option} after the command: blog {name} {option} …", ctx) from None
            raise


class WholeNumber(click.IntRange):
    """A number in a range, with a message in plain words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f'"{value}" is not a whole number from {self.min} to {self.max}', param, ctx)


ROOT = click.option(
    "--root", type=click.Path(path_type=Path), default=Path(), help="The site folder.  [default: this folder]"
)
CACHE_DIR = click.option(
    "--cache-dir", type=click.Path(path_type=Path), envvar="BLOG_CACHE_DIR", metavar="DIR",
    help="The cache folder (or BLOG_CACHE_DIR).  [default: the user's cache folder]",
)  # fmt: skip


def exclude(options: dict[str, Any], one: str, other: str) -> None:
    """Raise :class:`click.UsageError` if two flags are set that exclude each other."""
    if options[one] and options[other]:
        raise click.UsageError(f"--{one} and --{other} cannot be used together".replace("_", "-"))


def reader_options(root: Path, output: Path, base_url: str | None, options: dict[str, Any]) -> BuildOptions:
    """Return the options of a build for readers. Raises :class:`click.UsageError` for an invalid URL."""
    from blog.site.visibility import Audience  # noqa: PLC0415
    from blog.stages.context import BuildOptions  # noqa: PLC0415
    from blog.text import is_url  # noqa: PLC0415

    if base_url is not None and not is_url(base_url):
        full_url = f"https://{base_url}"
        example = full_url if is_url(full_url) else "https://example.org"
        raise click.BadParameter(f"write a whole address, such as {example}", param_hint="'--base-url'")
    check_current_folder(output)
    return BuildOptions(
        root=root,
        output=output,
        audience=Audience(dt.datetime.now(dt.UTC), drafts=options["drafts"], future=options["future"]),
        base_url=base_url,
        strict=options["strict"],
        clean=options.get("clean", False),
        cache_dir=options["cache_dir"],
        dry_run=options.get("dry_run", False),
        jobs=options["jobs"] or os.cpu_count() or 1,
    )


def author_options(root: Path, output: Path, cache_dir: Path | None) -> BuildOptions:
    """Return the options of a build for the author, who sees drafts, future and private posts too."""
    from blog.site.visibility import Audience  # noqa: PLC0415
    from blog.stages.context import BuildOptions  # noqa: PLC0415

    audience = Audience(dt.datetime.now(dt.UTC), drafts=True, future=True, private=True)
    return BuildOptions(root=root, output=output, audience=audience, cache_dir=cache_dir, jobs=os.cpu_count() or 1)


def check_current_folder(*paths: Path) -> None:
    """Raise :class:`BlogError` if a path is relative and the current folder has been deleted."""
    from blog.problems import BlogError, Location, Problem  # noqa: PLC0415

    try:
        Path.cwd()
    except OSError:
        if not all(path.is_absolute() for path in paths):
            message = "the current folder has been deleted: relative paths do not work"
            hint = "change to an existing folder, or write an absolute path"
            raise BlogError([Problem(Location(""), "no-folder", message, hint)]) from None
