"""``blog init`` and ``blog new --theme``: a new site or theme from the starter files. Nothing is overwritten."""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import stat
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from blog import __version__
from blog.config.settings import DEFAULT_THEME, FILE_NAME, THEME_NAME
from blog.new.editor_files import vscode_settings
from blog.new.site_folder import find_site_above
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.system.builtin_themes import builtin_themes_folder
from blog.system.site_paths import locate_in_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


STARTER_FOLDER = Path(__file__).parent
"""The folder with ``starter_site/``, ``starter_example/``, ``starter_theme/`` and ``starter_vscode/``."""
_FIRST_POST = "starter_site/content/posts/first-entry.md"
_GIT_IGNORE = ".gitignore"
_MAY_BE_THERE = re.compile(
    r"\.(?:git|gitignore|gitattributes|venv|vscode|idea|DS_Store|envrc|editorconfig|python-version)|venv|uv\.lock"
    r"|pyproject\.toml|(?:README|LICEN[CS]E|COPYING|CODE_OF_CONDUCT)(?:\.\w+)?",
    re.IGNORECASE,
)
"""Names that a folder has before a site is begun in it: those of a new repository or virtual environment."""


def new_site(folder: Path, day: dt.date, theme: str = "", *, example: bool = False, vscode: bool = False) -> list[Path]:
    """Write a site that can be built and published at once; return the paths.

    It uses ``theme``, which is created if it is not built in. With ``example`` it has posts that show each construct
    once; else it has one post. With ``vscode`` it has files for VS Code. Missing lines are added to a ``.gitignore``
    that is there. Raises :class:`BlogError` if ``folder`` has other files than those of a new repository, or ``theme``
    is not a valid name.
    """
    _check_theme(theme or DEFAULT_THEME)
    _check_new_folder(folder)
    setting = f'theme = "{theme}"\n' if theme else ""
    placeholders = {"DAY": day.isoformat(), "THEME": setting, "VERSION": __version__}
    for weeks in range(1, 4):
        placeholders[f"DAY-{weeks}"] = (day - dt.timedelta(weeks=weeks)).isoformat()
    files = list(_starter_files("site", folder, placeholders))
    if example:
        first_post = folder / Path(_FIRST_POST).relative_to("starter_site")
        files = [(path, text) for path, text in files if path != first_post]
        files += _starter_files("example", folder, placeholders)
    if vscode:
        files += _vscode_files(folder)
    paths = _write_files(files, folder)
    if theme and not _is_builtin(theme):
        paths += new_theme(folder, theme)
    return paths


def new_vscode_files(folder: Path) -> list[Path]:
    """Write ``.vscode/`` of the site at ``folder``: tasks, and a form for front matter; return the paths.

    Raises :class:`BlogError` if one of the files is there.
    """
    return _write_files(_vscode_files(folder), folder)


def _vscode_files(folder: Path) -> list[tuple[Path, str]]:
    """Return the files of ``.vscode/``. Raises :class:`BlogError` if one of them is there."""
    require_inside_site(folder, ".vscode")
    files = [*_starter_files("vscode", folder, {}), (folder / ".vscode/settings.json", f"{vscode_settings()}\n")]
    for path, _ in files:
        if os.path.lexists(path):
            hint = "add what `blog schema --vscode` prints to it"
            raise _exists(f"{path} is there already: nothing was written", hint)
    return files


def _check_new_folder(folder: Path) -> None:
    """Raise :class:`BlogError` unless a site may be made in ``folder``: it is new or empty, and not inside a site."""
    if (folder / FILE_NAME).is_file():
        subject = "this" if os.path.normpath(folder) == "." else str(folder)
        raise _exists(f"{subject} is a site already", f"see it: blog serve{_root_option(folder)}")
    if folder.exists() and not folder.is_dir():
        raise _exists(f"{folder} is a file", "choose a new folder")
    if folder.exists():
        _check_entries(folder)
    above = find_site_above(folder)
    if above is not None:
        message = f"{folder} is inside the site {above}: nothing was written"
        raise _exists(message, "choose a folder outside of it")


def _check_entries(folder: Path) -> None:
    """Raise :class:`BlogError` if a folder has other entries than those of a new repository."""
    others = sorted(name for name in os.listdir(folder) if not _MAY_BE_THERE.fullmatch(name))
    if others:
        subject = "this folder" if os.path.normpath(folder) == "." else str(folder)
        message = f"{subject} has other files already, such as {others[0]}: nothing was written"
        hint = "choose a new folder; only files such as .git, .venv, README.md and LICENSE may be in it"
        raise _exists(message, hint)
    ignored = folder / _GIT_IGNORE
    if os.path.lexists(ignored) and not stat.S_ISREG(ignored.lstat().st_mode):
        raise _exists(f"{ignored} is no plain file: nothing was written", "make it one, or delete it")


def _root_option(folder: Path) -> str:
    return "" if os.path.normpath(folder) == "." else f" --root {shlex.quote(str(folder))}"


def _exists(message: str, hint: str) -> BlogError:
    return BlogError([Problem(Location(""), "exists", message, hint)])


def new_theme(folder: Path, name: str) -> list[Path]:
    """Create a theme that extends the default one, in the site at ``folder``; return the paths.

    Raises :class:`BlogError` if there is such a theme, or ``name`` is not a valid name.
    """
    _check_theme(name)
    require_inside_site(folder, "themes")
    theme = folder / "themes" / name
    if _is_builtin(name) or os.path.lexists(theme):
        raise _exists(f'there is a theme "{name}" already', f'write theme = "{name}" in {FILE_NAME} to use it')
    return _write_files(_starter_files("theme", theme, {"NAME": name}), theme)


def require_inside_site(root: Path, name: str) -> None:
    """Raise :class:`BlogError` if a folder of the site is a link to a place outside."""
    location = locate_in_site(root, name)
    if isinstance(location, Problem):
        raise BlogError([location])


def _write_files(files: Iterable[tuple[Path, str]], folder: Path) -> list[Path]:
    """Write new ``files`` below ``folder``, and return their paths; all or nothing is written.

    A ``.gitignore`` that is there gets the lines that it lacks.
    """
    paths: list[Path] = []
    ignored = folder / _GIT_IGNORE
    ignored_before = ignored.read_bytes() if ignored.is_file() else None
    try:
        for path, text in files:
            paths.append(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            if path == ignored and ignored_before is not None:
                path.write_bytes(_add_missing_lines(ignored_before, text.encode()))
            else:
                path.write_text(text, "utf-8")
    except BaseException as error:  # a second try must find the folder as it was
        _remove_files(paths, folder)
        if ignored_before is not None:
            ignored.write_bytes(ignored_before)
        if isinstance(error, OSError):
            path = paths[-1] if paths else folder
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    return paths


def _add_missing_lines(text: bytes, lines: bytes) -> bytes:
    """Return ``text`` with those of the ``lines`` at its end that it does not have."""
    present = {line.strip() for line in text.splitlines()}
    missing = [line for line in lines.splitlines() if line.strip() not in present]
    line_end = b"\r\n" if b"\r\n" in text else b"\n"
    separator = b"" if not text or text.endswith(b"\n") else line_end
    return text + separator + b"".join(line + line_end for line in missing)


def _remove_files(paths: Sequence[Path], folder: Path) -> None:
    """Remove the files, and the folders below ``folder`` that are empty then."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        for parent in takewhile(lambda above: above != folder, path.parents):
            with suppress(OSError):  # it has other files
                parent.rmdir()


def _starter_files(kind: str, folder: Path, placeholders: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of each file of ``starter_KIND/``, as it is written below ``folder``.

    ``@NAME@`` in a file is replaced by the placeholder's value; ``dot-x`` becomes the file name ``.x``.
    """
    starter = STARTER_FOLDER / f"starter_{kind}"
    files = [path for path in starter.rglob("*") if path.is_file()]
    for file in sorted(files):
        text = file.read_text("utf-8")
        for name, value in placeholders.items():
            text = text.replace(f"@{name}@", value)
        parts = [re.sub("^dot-", ".", part) for part in file.relative_to(starter).parts]
        yield folder.joinpath(*parts), text


def _check_theme(name: str) -> None:
    if not THEME_NAME.fullmatch(name):
        hint = "use letters, digits, - and _"
        raise BlogError([Problem(Location(""), "wrong-theme", f'"{name}" cannot be the name of a theme', hint)])


def find_near_theme(name: str) -> list[Problem]:
    """Return a note if ``name`` is that of a new theme, and nearly that of a theme of the program."""
    if not name or _is_builtin(name):
        return []
    folders = builtin_themes_folder().iterdir()
    hint = did_you_mean(name, [folder.name for folder in folders if _is_builtin(folder.name)])
    message = f'"{name}" is a new theme, written to themes/{name}'
    return [Problem(Location(""), "near-name", message, hint, "note")] if hint else []


def _is_builtin(theme: str) -> bool:
    return (builtin_themes_folder() / theme / "theme.toml").is_file()
