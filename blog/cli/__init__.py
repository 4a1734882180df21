"""The command line: arguments in, messages and exit status out. The only package that prints."""

from __future__ import annotations

import datetime as dt
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from blog import __version__
from blog.cli.arguments import (
    CACHE_DIR,
    ROOT,
    CommandGroup,
    WholeNumber,
    author_options,
    check_current_folder,
    exclude,
    reader_options,
)
from blog.cli.editor_output import editor_output
from blog.cli.import_command import import_
from blog.cli.printing import check_stdout, print_build, print_check, print_next_commands, print_problems, print_result
from blog.cli.process import end_by_signal, restart_in_utf8
from blog.cli.reporting import choose_progress, reported
from blog.cli.terminal_reporter import TerminalReporter
from blog.system import standard_streams

# Each command imports the modules that it needs: `blog --help` loads none of them.


def main() -> NoReturn:
    """Run the command line and exit: 0 success, 1 a problem, 2 wrong usage or unsafe output, 130 and 143 by signal."""
    standard_streams.take_over()
    restart_in_utf8()
    signal.signal(signal.SIGTERM, lambda number, _: end_by_signal(number, SystemExit(143)))
    signal.signal(signal.SIGINT, lambda number, _: end_by_signal(number, KeyboardInterrupt()))
    try:
        status = blog.main(prog_name="blog", standalone_mode=False)
        if status is not None:  # the result of --help and --version is what they print
            check_stdout()
        sys.exit(status)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except OSError as error:  # the result cannot be written
        if not isinstance(error, BrokenPipeError):
            click.echo(f"error: stdout cannot be written: {error.strerror}", err=True)
        sys.exit(1)
    finally:  # while Python shuts down, a late Ctrl-C would have its default action and kill the process
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)


@click.group(cls=CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="blog")
@click.option("--debug", is_flag=True, help="Show Python tracebacks.")
def blog(debug: bool) -> None:
    """A static site generator for people who work in machine learning and write honestly about that life."""


@blog.command()
@ROOT
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The output folder.  [default: ROOT/public]")
@click.option("--base-url", metavar="URL", help="Replace the url of blog.toml (deploy previews).")
@click.option("--drafts", is_flag=True, help="Publish drafts too.")
@click.option("--future", is_flag=True, help="Publish posts with a future date too.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@CACHE_DIR
@click.option("--clean", is_flag=True, help="Empty the cache first.")
@click.option("--verify", is_flag=True, help="Build again without a cache, and compare every byte.")
@click.option("--dry-run", is_flag=True, help="Write nothing; list what would change.")
@click.option("-j", "--jobs", type=WholeNumber(1, 256), help="Number of worker processes.  [default: one per core]")
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
@click.option("-v", "--verbose", is_flag=True, help="Print each rendered output with the reason.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
def build(root: Path, output: Path | None, base_url: str | None, **options: Any) -> None:
    """Build the site."""
    exclude(options, "verify", "dry_run")
    exclude(options, "quiet", "verbose")
    started = time.perf_counter()
    with reported(root, as_json=options["as_json"]):
        from blog import build as pipeline  # noqa: PLC0415
        from blog.output.folder import check_default_output  # noqa: PLC0415

        if output is None:
            output = check_default_output(root)
        build_options = reader_options(root, output, base_url, options)
        progress = choose_progress(is_silent=options["quiet"] or options["as_json"])
        report = pipeline.build(build_options, progress)
        different = pipeline.verify(build_options) if options["verify"] else []
    print_build(report, build_options, time.perf_counter() - started, different, options)
    if different:
        sys.exit(1)


@blog.command()
@ROOT
@click.option("--base-url", metavar="URL", help="Replace the url of blog.toml.")
@click.option("--drafts", is_flag=True, help="Check drafts too.")
@click.option("--future", is_flag=True, help="Check posts with a future date too.")
@click.option("--external", is_flag=True, help="Check links to other sites too.")
@click.option("--write-aliases", is_flag=True, help="First add the redirects that content/addresses.txt asks for.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@CACHE_DIR
@click.option("-j", "--jobs", type=WholeNumber(1, 256), help="Number of worker processes.  [default: one per core]")
@click.option("-v", "--verbose", is_flag=True, help="Print all notes, also many with one code.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@click.option("--github", is_flag=True, help="Print problems as workflow commands: GitHub shows them at their lines.")
def check(root: Path, base_url: str | None, write_aliases: bool, **options: Any) -> None:
    """Find errors and what could be better.

    Nothing is published.
    """
    if options["as_json"] and options["github"]:
        raise click.UsageError("--json and --github cannot be used together")
    started = time.perf_counter()
    with reported(root, as_json=options["as_json"], github=options["github"], links=0, requests=0):
        from blog.check import check as checking  # noqa: PLC0415

        build_options = reader_options(root, root / "public", base_url, options)
        progress = choose_progress(is_silent=options["as_json"] or options["github"])
        if write_aliases:
            from blog.check.ledger_file import mend_lost  # noqa: PLC0415

            for line in mend_lost(build_options):
                click.echo(standard_streams.printable(line), err=True)
        report = checking.check_site(build_options, progress, external=options["external"])
    print_check(report, root, time.perf_counter() - started, options)
    if report.has_errors:
        sys.exit(1)


@blog.command()
@ROOT
@CACHE_DIR
def ledger(root: Path, cache_dir: Path | None) -> None:
    """List all addresses and feed ids in content/addresses.txt.

    Then blog check reports what is gone.
    """
    with reported(root):
        from blog.check.ledger_file import write_ledger  # noqa: PLC0415
        from blog.config.addresses import LEDGER  # noqa: PLC0415
        from blog.text import counted  # noqa: PLC0415

        options = {"drafts": False, "future": False, "strict": False, "cache_dir": cache_dir, "jobs": None}
        update = write_ledger(reader_options(root, root / "public", None, options))
    click.echo(f"{LEDGER}: {counted(update.lines, 'line')}, {update.added} new, {update.removed} taken out")


@blog.command()
@ROOT
@click.option("-p", "--port", type=WholeNumber(0, 65535), help="The port.  [default: 8000, or the next that is free]")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="The address to listen on.")
@click.option(
    "--allow-host", "allowed_hosts", multiple=True, metavar="NAME[:PORT]",
    help="Another name of the server, as behind a proxy; may be repeated.",
)  # fmt: skip
@click.option("--open", "open_browser", is_flag=True, help="Show the site in your browser.")
@CACHE_DIR
def serve(
    root: Path, port: int | None, host: str, allowed_hosts: tuple[str, ...], open_browser: bool, cache_dir: Path | None
) -> None:
    """Show the site while you write.

    It has drafts, future and private posts too, and shows every save at once.
    """
    if not host:
        raise click.BadParameter("must be a name or a number of this machine", param_hint="'--host'")
    signal.signal(signal.SIGTERM, lambda number, _: end_by_signal(number, KeyboardInterrupt()))
    with reported(root):
        from blog.preview import serve as serving  # noqa: PLC0415
        from blog.preview.server import is_host  # noqa: PLC0415

        for name in allowed_hosts:
            if not is_host(name):
                message = f"must be a name, perhaps with a port, such as blog.example.org:8000, not {name!r}"
                raise click.BadParameter(message, param_hint="'--allow-host'")
        build_options = author_options(root, serving.preview_folder(root, cache_dir), cache_dir)
        address = serving.ServeOptions(host, 8000 if port is None else port, port is not None, allowed_hosts)
        try:
            serving.serve(build_options, address, TerminalReporter(root, host, open_browser=open_browser))
        except serving.CannotListenError as error:
            message = standard_streams.printable(f"{host}, port {address.port}: {error}")
            click.echo(f"error: cannot listen on {message}", err=True)
            if error.hint:
                click.echo(f"  hint: {error.hint}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nstopped")


@blog.command(context_settings={"allow_extra_args": True})
@click.argument("title", required=False, default="")
@ROOT
@click.option("--slug", default="", metavar="S", help="The file name, and so the address.  [default: from the title]")
@click.option("--label", "labels", multiple=True, metavar="L", help="A label, such as Journal; may be repeated.")
@click.option("--tag", "tags", multiple=True, metavar="T", help="A tag; may be repeated.")
@click.option("--series", default="", metavar="S", help="The series it belongs to; without TITLE, its next part.")
@click.option("--page", is_flag=True, help="A page in content/, not a post.")
@click.option("--private", is_flag=True, help="Never published: a note for yourself.")
@click.option("--edit", is_flag=True, help="Open it in your editor.")
@CACHE_DIR
def new(root: Path, edit: bool, cache_dir: Path | None, **fields: Any) -> None:
    """Write a new draft and print its path.

    Where posts are numbered, "Week" or "Week: What broke" gets the next number.
    """
    context = click.get_current_context()
    if context.args:
        title = " ".join([fields["title"], *context.args])
        raise click.UsageError(f'put the title in quotes: blog new "{title}"')
    has_title = context.get_parameter_source("title") is not ParameterSource.DEFAULT
    if not has_title and (not fields["series"] or fields["page"]):
        raise click.UsageError("Missing argument 'TITLE' (only --series knows what comes next).")
    with reported(root):
        from blog.config import dates  # noqa: PLC0415
        from blog.config.settings import load_settings  # noqa: PLC0415
        from blog.new.document import ExistingSite, NewDocument, complete_title, find_near_names, new_document  # noqa: PLC0415
        from blog.problems import raise_if_any  # noqa: PLC0415

        settings, problems = load_settings(root)
        raise_if_any(problems)
        document = NewDocument(**fields)
        is_complete = document.page or not document.title.strip()  # an empty title is an error below
        existing = ExistingSite(author_options(root, root / "public", cache_dir))
        if not has_title or not is_complete:
            document = complete_title(existing, document)
        warnings = find_near_names(existing, document)
        now = dt.datetime.now(dates.find_zone(settings.timezone))
        path = new_document(root, document, now)
        print_problems(warnings, root)
    click.echo(standard_streams.printable(str(path)))
    if edit:
        with reported(root):
            from blog.new import editor  # noqa: PLC0415

            editor.edit(root, path)


@blog.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@ROOT
@CACHE_DIR
def move(old: str, new: str, root: Path, cache_dir: Path | None) -> None:
    """Move a post or page, or the folder of one, and the links to it.

    OLD and NEW are paths of the site folder, such as content/posts/name.md. The old address redirects.
    """
    with reported(root):
        from blog.new import move as moving  # noqa: PLC0415

        lines = moving.move(author_options(root, root / "public", cache_dir), old, new)
    for line in lines:
        click.echo(standard_streams.printable(line))


@blog.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--theme", metavar="NAME", default="", help="Use this theme; one that is new is begun in themes/NAME.")
@click.option("--example", is_flag=True, help="With posts that show each construct once, to delete from.")
@click.option("--vscode", is_flag=True, help="With tasks and a form for VS Code, in .vscode.")
def init(folder: Path, theme: str, example: bool, vscode: bool) -> None:
    """Make a new site in DIR.

    DIR may be a new repository. In a site, it begins the theme of --theme, or writes the files of --vscode.
    """
    with reported(folder if folder.is_absolute() else Path()):
        from blog.config.settings import FILE_NAME  # noqa: PLC0415
        from blog.new.scaffold import find_near_theme, new_site, new_theme, new_vscode_files  # noqa: PLC0415

        check_current_folder(folder)
        is_site = (folder / FILE_NAME).is_file() and (bool(theme) or vscode)
        paths = []
        if not is_site:
            today = dt.datetime.now(dt.UTC).date()
            paths = new_site(folder, today, theme, example=example, vscode=vscode)
        elif theme:
            paths = new_theme(folder, theme)
        if is_site and vscode:
            paths += new_vscode_files(folder)
        print_problems(find_near_theme(theme), folder)
    for path in paths:
        click.echo(standard_streams.printable(str(path)))
    if not is_site:
        print_next_commands(folder)
    elif theme:
        click.echo(f'use it: write theme = "{theme}" in {standard_streams.printable(str(folder / FILE_NAME))}')


@blog.command()
@click.argument("file", type=click.Choice(["settings", "front-matter"]), required=False)
@ROOT
@click.option("--vscode", "editor", flag_value="vscode", help="Print .vscode/settings.json for Front Matter CMS.")
@click.option("--obsidian", "editor", flag_value="obsidian", help="Print .obsidian/types.json.")
@click.option("--pages-cms", "editor", flag_value="pages-cms", help="Print .pages.yml for Pages CMS.")
def schema(file: str | None, root: Path, editor: str | None) -> None:
    """Print a schema, or a form, for editors.

    `settings` is the schema of blog.toml, `front-matter` that of posts and pages.
    """
    if (file is None) == (editor is None):
        raise click.UsageError("Name one: settings, front-matter, --vscode, --obsidian or --pages-cms.")
    with reported(root):
        print_result(editor_output(root, editor or str(file)))


blog.add_command(import_)
