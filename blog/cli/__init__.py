"""The command line: arguments in, messages and exit status out. The only package that prints."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from click.core import ParameterSource

from blog import __version__
from blog.cli.printing import check_stdout, print_annotations, print_problems, print_result
from blog.cli.terminal_reporter import TerminalReporter
from blog.system import standard_streams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.stages.context import BuildOptions

# Each command imports the modules that it needs: `blog --help` loads none of them.


class _CommandGroup(click.Group):
    """The group of all commands; ``help`` is ``--help``, and an option before the command is explained."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
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


class _WholeNumber(click.IntRange):
    """A number in a range, with a message in plain words."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f'"{value}" is not a whole number from {self.min} to {self.max}', param, ctx)


_ROOT = click.option(
    "--root", type=click.Path(path_type=Path), default=Path(), help="The site folder.  [default: this folder]"
)
_CACHE_DIR = click.option(
    "--cache-dir", type=click.Path(path_type=Path), envvar="BLOG_CACHE_DIR", metavar="DIR",
    help="The cache folder (or BLOG_CACHE_DIR).  [default: the user's cache folder]",
)  # fmt: skip
_T = TypeVar("_T")


def main() -> NoReturn:
    """Run the command line and exit: 0 success, 1 a problem, 2 wrong usage or unsafe output, 130 and 143 by signal."""
    standard_streams.take_over()
    _restart_in_utf8()
    signal.signal(signal.SIGTERM, lambda number, _: _end(number, SystemExit(143)))
    signal.signal(signal.SIGINT, lambda number, _: _end(number, KeyboardInterrupt()))
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


def _restart_in_utf8() -> None:
    """Restart Python in UTF-8 mode if it decodes file names otherwise: addresses must not depend on the locale."""
    encoding = sys.getfilesystemencoding()
    if encoding.lower() != "utf-8" and sys.executable:
        env = {"PYTHONIOENCODING": encoding, **os.environ}
        with suppress(OSError):
            os.execve(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]], env)  # noqa: S606


def _check_current_folder(*paths: Path) -> None:
    """Raise :class:`BlogError` if a path is relative and the current folder has been deleted."""
    from blog.problems import BlogError, Location, Problem  # noqa: PLC0415

    try:
        Path.cwd()
    except OSError:
        if not all(path.is_absolute() for path in paths):
            message = "the current folder has been deleted: relative paths do not work"
            hint = "change to an existing folder, or write an absolute path"
            raise BlogError([Problem(Location(""), "no-folder", message, hint)]) from None


def _end(number: int, exception: BaseException) -> NoReturn:
    """Raise ``exception`` once for a signal: a second Ctrl-C must not interrupt the clean-up after the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def send_again(dropped: sys.UnraisableHookArgs) -> None:
        """Send the signal again if Python dropped its exception, as it does in a finalizer or a callback."""
        if dropped.exc_value is exception:
            signal.signal(number, lambda *_: _end(number, exception))
            threading.Timer(0.05, os.kill, [os.getpid(), number]).start()

    sys.unraisablehook = send_again
    raise exception


@click.group(cls=_CommandGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="blog")
@click.option("--debug", is_flag=True, help="Show Python tracebacks.")
def blog(debug: bool) -> None:
    """A static site generator for people who work in machine learning and write honestly about that life."""


@contextmanager
def _reported(root: Path, *, as_json: bool = False, github: bool = False, **empty: Any) -> Iterator[None]:
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
    """Raise :class:`BlogError` unless ``root`` is a site: every command but ``init`` needs one."""
    from blog.new.site_folder import require_site  # noqa: PLC0415

    _check_current_folder(root)
    if command.info_name != "init":
        require_site(root)


@blog.command()
@_ROOT
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The output folder.  [default: ROOT/public]")
@click.option("--base-url", metavar="URL", help="Replace the url of blog.toml (deploy previews).")
@click.option("--drafts", is_flag=True, help="Publish drafts too.")
@click.option("--future", is_flag=True, help="Publish posts with a future date too.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@_CACHE_DIR
@click.option("--clean", is_flag=True, help="Empty the cache first.")
@click.option("--verify", is_flag=True, help="Build again without a cache, and compare every byte.")
@click.option("--dry-run", is_flag=True, help="Write nothing; list what would change.")
@click.option("-j", "--jobs", type=_WholeNumber(1, 256), help="Number of worker processes.  [default: one per core]")
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
@click.option("-v", "--verbose", is_flag=True, help="Print each rendered output with the reason.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
def build(root: Path, output: Path | None, base_url: str | None, **options: Any) -> None:
    """Build the site."""
    _exclude(options, "verify", "dry_run")
    _exclude(options, "quiet", "verbose")
    started = time.perf_counter()
    with _reported(root, as_json=options["as_json"]):
        from blog import build as pipeline  # noqa: PLC0415
        from blog.output.folder import check_default_output  # noqa: PLC0415
        from blog.stages.context import no_progress  # noqa: PLC0415

        if output is None:
            output = check_default_output(root)
        build_options = _build_options(root, output, base_url, options)
        is_silent = options["quiet"] or options["as_json"] or not sys.stderr.isatty()
        report = pipeline.build(build_options, no_progress if is_silent else _progress)
        different = pipeline.verify(build_options) if options["verify"] else []
    seconds = time.perf_counter() - started
    from blog import messages  # noqa: PLC0415

    if options["as_json"]:
        print_result(messages.report_as_json(report, root, seconds, ok=not different))
    else:
        print_problems(report.problems, root)
    if not options["as_json"] and not options["quiet"]:
        for line in messages.report_lines(report, build_options, seconds, verbose=options["verbose"]):
            click.echo(line)
        if options["verify"] and not different:
            click.echo("verified: a build without a cache gives the same bytes")
    for path in different:
        shown_path = messages.shown_path(root, str((build_options.output / path).absolute()))
        click.echo(f"{shown_path}: differs from a build without a cache", err=True)
    if different:
        sys.exit(1)


def _exclude(options: dict[str, Any], one: str, other: str) -> None:
    """Raise :class:`click.UsageError` if two flags are set that exclude each other."""
    if options[one] and options[other]:
        raise click.UsageError(f"--{one} and --{other} cannot be used together".replace("_", "-"))


def _progress(stage: str, work: Sequence[_T]) -> Iterator[_T]:
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


def _build_options(root: Path, output: Path, base_url: str | None, options: dict[str, Any]) -> BuildOptions:
    from blog.site.visibility import Audience  # noqa: PLC0415
    from blog.stages.context import BuildOptions  # noqa: PLC0415
    from blog.text import is_url  # noqa: PLC0415

    if base_url is not None and not is_url(base_url):
        full_url = f"https://{base_url}"
        example = full_url if is_url(full_url) else "https://example.org"
        raise click.BadParameter(f"write a whole address, such as {example}", param_hint="'--base-url'")
    _check_current_folder(output)
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


@blog.command()
@_ROOT
@click.option("--base-url", metavar="URL", help="Replace the url of blog.toml.")
@click.option("--drafts", is_flag=True, help="Check drafts too.")
@click.option("--future", is_flag=True, help="Check posts with a future date too.")
@click.option("--external", is_flag=True, help="Check links to other sites too.")
@click.option("--strict", is_flag=True, help="Treat warnings as errors.")
@_CACHE_DIR
@click.option("-j", "--jobs", type=_WholeNumber(1, 256), help="Number of worker processes.  [default: one per core]")
@click.option("-v", "--verbose", is_flag=True, help="Print all notes, also many with one code.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, and nothing else, on stdout.")
@click.option("--github", is_flag=True, help="Print problems as workflow commands: GitHub shows them at their lines.")
def check(root: Path, base_url: str | None, external: bool, **options: Any) -> None:
    """Find errors and what could be better.

    Nothing is published.
    """
    if options["as_json"] and options["github"]:
        raise click.UsageError("--json and --github cannot be used together")
    started = time.perf_counter()
    with _reported(root, as_json=options["as_json"], github=options["github"], links=0, requests=0):
        from blog.check import check as checking  # noqa: PLC0415
        from blog.stages.context import no_progress  # noqa: PLC0415

        build_options = _build_options(root, root / "public", base_url, options)
        is_silent = options["as_json"] or options["github"] or not sys.stderr.isatty()
        report = checking.check_site(build_options, no_progress if is_silent else _progress, external=external)
    seconds = time.perf_counter() - started
    has_errors = any(problem.severity == "error" for problem in report.problems)
    from blog import messages  # noqa: PLC0415

    if options["as_json"]:
        print_result(messages.checked_as_json(report, root, seconds, ok=not has_errors))
    elif options["github"]:
        print_annotations(report.problems, root)
    else:
        problems = report.problems if options["verbose"] else messages.without_repeats(report.problems)
        print_problems(problems, root, count=False)
        if more := len(report.problems) - len(problems):
            click.echo(f"and {messages.counted(more, 'more note')} of the same kinds (-v shows all)", err=True)
    if not options["as_json"]:
        for line in messages.checked_lines(report, seconds, external=external):
            click.echo(line)
    if has_errors:
        sys.exit(1)


def _author_options(root: Path, output: Path, cache_dir: Path | None) -> BuildOptions:
    """Return the options of a build for the author, who sees drafts, future and private posts too."""
    from blog.site.visibility import Audience  # noqa: PLC0415
    from blog.stages.context import BuildOptions  # noqa: PLC0415

    audience = Audience(dt.datetime.now(dt.UTC), drafts=True, future=True, private=True)
    return BuildOptions(root=root, output=output, audience=audience, cache_dir=cache_dir, jobs=os.cpu_count() or 1)


@blog.command()
@_ROOT
@click.option("-p", "--port", type=_WholeNumber(0, 65535), help="The port.  [default: 8000, or the next that is free]")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="HOST", help="The address to listen on.")
@click.option("--open", "open_browser", is_flag=True, help="Show the site in your browser.")
@_CACHE_DIR
def serve(root: Path, port: int | None, host: str, open_browser: bool, cache_dir: Path | None) -> None:
    """Show the site while you write.

    It has drafts, future and private posts too, and shows every save at once.
    """
    if not host:
        raise click.BadParameter("must be a name or a number of this machine", param_hint="'--host'")
    signal.signal(signal.SIGTERM, lambda number, _: _end(number, KeyboardInterrupt()))
    with _reported(root):
        from blog.preview import serve as serving  # noqa: PLC0415

        build_options = _author_options(root, serving.preview_folder(root, cache_dir), cache_dir)
        address = (host, 8000 if port is None else port, port is not None)
        try:
            serving.serve(build_options, address, TerminalReporter(root, host, open_browser=open_browser))
        except serving.CannotListenError as error:
            message = standard_streams.printable(f"{host}, port {address[1]}: {error}")
            click.echo(f"error: cannot listen on {message}", err=True)
            if error.hint:
                click.echo(f"  hint: {error.hint}", err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nstopped")


@blog.command(context_settings={"allow_extra_args": True})
@click.argument("title", required=False, default="")
@_ROOT
@click.option("--slug", default="", metavar="S", help="The file name, and so the address.  [default: from the title]")
@click.option("--label", "labels", multiple=True, metavar="L", help="A label, such as Journal; may be repeated.")
@click.option("--tag", "tags", multiple=True, metavar="T", help="A tag; may be repeated.")
@click.option("--series", default="", metavar="S", help="The series it belongs to; without TITLE, its next part.")
@click.option("--page", is_flag=True, help="A page in content/, not a post.")
@click.option("--private", is_flag=True, help="Never published: a note for yourself.")
@click.option("--edit", is_flag=True, help="Open it in your editor.")
@_CACHE_DIR
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
    with _reported(root):
        from blog.config import dates  # noqa: PLC0415
        from blog.config.settings import load_settings  # noqa: PLC0415
        from blog.new.document import ExistingSite, NewDocument, complete_title, find_near_names, new_document  # noqa: PLC0415
        from blog.problems import raise_if_any  # noqa: PLC0415

        settings, problems = load_settings(root)
        raise_if_any(problems)
        document = NewDocument(**fields)
        is_complete = document.page or not document.title.strip()  # an empty title is an error below
        existing = ExistingSite(_author_options(root, root / "public", cache_dir))
        if not has_title or not is_complete:
            document = complete_title(existing, document)
        warnings = find_near_names(existing, document)
        now = dt.datetime.now(dates.find_zone(settings.timezone))
        path = new_document(root, document, now)
        print_problems(warnings, root)
    click.echo(standard_streams.printable(str(path)))
    if edit:
        with _reported(root):
            from blog.new import editor  # noqa: PLC0415

            editor.edit(root, path)


@blog.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--theme", metavar="NAME", default="", help="Use this theme; one that is new is begun in themes/NAME.")
def init(folder: Path, theme: str) -> None:
    """Make a new site in DIR.

    In a site, with --theme, it begins a theme.
    """
    with _reported(folder if folder.is_absolute() else Path()):
        from blog.config.settings import FILE_NAME  # noqa: PLC0415
        from blog.new.scaffold import find_near_theme, new_site, new_theme  # noqa: PLC0415

        _check_current_folder(folder)
        is_site = bool(theme) and (folder / FILE_NAME).is_file()
        paths = new_theme(folder, theme) if is_site else new_site(folder, dt.datetime.now(dt.UTC).date(), theme)
        print_problems(find_near_theme(theme), folder)
    for path in paths:
        click.echo(standard_streams.printable(str(path)))
    if is_site:
        click.echo(f'use it: write theme = "{theme}" in {standard_streams.printable(str(folder / FILE_NAME))}')
        return
    root = standard_streams.printable(shlex.quote(str(folder)))
    click.echo(f"see it while you write: blog serve --root {root}\nbuild it: blog build --root {root}")
