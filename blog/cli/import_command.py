"""``blog import``: an old blog becomes a new site."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from blog.cli.arguments import check_current_folder
from blog.cli.reporting import reported
from blog.system import standard_streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.importers.import_site import Trial
    from blog.importers.report import ImportReport
    from blog.problems import Problem
    from blog.stages.context import BuildContext, BuildOptions
    from blog.views.published import PublishedSite


@click.command("import")
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option(
    "--into",
    "target",
    metavar="SITE",
    type=click.Path(path_type=Path),
    help="The folder of the new site.  [default: NAME-imported]",
)
@click.option("--from", "source", metavar="NAME", default="", help="The old tool, such as hugo.  [default: recognised]")
@click.option(
    "--site", "sitemap", metavar="FILE", default="", help="The saved sitemap.xml of the old blog: list what breaks."
)
@click.option("--feed", metavar="FILE", default="", help="Its saved feed: list what subscribers would see as new.")
@click.option("--check", "dry_run", is_flag=True, help="Write nothing; print the numbers and what would be left to do.")
def import_(folder: Path, target: Path | None, source: str, sitemap: str, feed: str, dry_run: bool) -> None:
    """Make a new site of an old blog in FOLDER.

    The old folder stays as it is, and nothing in it is run. The new site builds; IMPORTED.md in it lists what is left
    to do.
    """
    with reported(folder):
        from blog.importers.import_site import ImportOptions, default_target, import_site  # noqa: PLC0415

        check_current_folder(folder, *([target] if target else []))
        target = target or default_target(folder)
        now = dt.datetime.now(dt.UTC)
        options = ImportOptions(
            folder=folder, target=target, source=source, now=now, dry_run=dry_run, sitemap=sitemap, feed=feed
        )
        with tempfile.TemporaryDirectory(prefix="blog-import-") as cache:
            report = import_site(options, trial_of(now, Path(cache)))
    _print_report(report, target, is_written=not dry_run)


def trial_of(now: dt.datetime, cache: Path) -> Trial:
    """Return the functions that check a site, and list what it publishes.

    A check is one with drafts and future posts too, and then one of the output for readers. The output is made only for
    a site without errors: a check that ends earlier takes a fraction of the time. The folder ``cache`` keeps what was
    parsed for the next check.
    """
    from msgspec import structs  # noqa: PLC0415  (as all imports here: the help of all commands needs none)

    from blog.build import build_in_temp  # noqa: PLC0415
    from blog.check.check import check_site  # noqa: PLC0415
    from blog.importers.import_site import Trial  # noqa: PLC0415
    from blog.problems import BlogError  # noqa: PLC0415
    from blog.site.visibility import Audience  # noqa: PLC0415
    from blog.stages.context import BuildOptions  # noqa: PLC0415

    def for_readers(root: Path) -> BuildOptions:
        return BuildOptions(
            root=root,
            output=root / "public",
            audience=Audience(now),
            cache="given",
            cache_dir=cache,
            jobs=os.cpu_count() or 1,
        )

    def check(root: Path) -> Sequence[Problem]:
        options = for_readers(root)
        for_author = structs.replace(options, audience=Audience(now, drafts=True, future=True))
        try:
            problems = build_in_temp(for_author, _find_problems)
            if any(problem.severity == "error" for problem in problems):
                return problems
            return check_site(options).problems
        except BlogError as error:
            return error.problems

    def list_published(root: Path) -> PublishedSite:
        return build_in_temp(for_readers(root), _list_published)

    return Trial(check, list_published)


def _list_published(context: BuildContext) -> PublishedSite:
    """Return the addresses and feed entries of the site. Raises :class:`BlogError`."""
    from blog.problems import raise_if_any  # noqa: PLC0415
    from blog.stages.loading import load  # noqa: PLC0415
    from blog.views.published import list_published  # noqa: PLC0415

    inputs, problems = load(context)
    assembled = inputs.assemble()
    raise_if_any([*problems, *assembled.problems])
    return list_published(assembled.site, assembled.outputs, inputs.settings)


def _find_problems(context: BuildContext) -> Sequence[Problem]:
    """Return the problems of all stages before the first output. Raises :class:`BlogError`."""
    from blog.build import begin_plan, complete_plan  # noqa: PLC0415
    from blog.stages.loading import load  # noqa: PLC0415

    inputs, problems = load(context)
    assembled = inputs.assemble()
    problems += assembled.problems
    if not any(problem.severity == "error" for problem in problems):
        complete_plan(context, begin_plan(context, inputs, problems, assembled))
    return problems


def _print_report(report: ImportReport, target: Path, *, is_written: bool) -> None:
    for line in report.lines():
        click.echo(standard_streams.printable(line))
    for line in report.losses():
        click.echo(standard_streams.printable(f"  {line}"))
    if not is_written:
        for kind, count in report.todo_kinds():
            click.echo(standard_streams.printable(f"  {count} {kind}"))
        return
    shown = standard_streams.printable(shlex.quote(str(target)))
    click.echo(f"what is left to do: {standard_streams.printable(str(target / 'IMPORTED.md'))}")
    click.echo(f"see the new site: blog serve --root {shown}")
