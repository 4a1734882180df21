"""``blog init`` and ``blog new --theme``: a new site or theme from the starter files. Nothing is overwritten."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from blog import __version__
from blog.config.settings import DEFAULT_THEME, FILE_NAME, THEME_NAME
from blog.content.theme_files import builtin_themes_folder
from blog.problems import BlogError, Location, Problem
from blog.system.site_paths import locate_in_site

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence


STARTER_FOLDER = Path(__file__).parent
"""The folder with ``starter_site/`` and ``starter_theme/``."""


def new_site(folder: Path, day: dt.date, theme: str = "") -> list[Path]:
    """Write a site that can be built and published at once; return the paths.

    It uses ``theme``, which is created if it is not built in. Raises :class:`BlogError` if ``folder`` is not empty, or
    ``theme`` is not a valid name.
    """
    _check_theme(theme or DEFAULT_THEME)
    if folder.exists() and not _is_empty_folder(folder):
        message = f"{folder} is not an empty folder: nothing was written"
        raise BlogError([Problem(Location(str(folder)), "exists", message, "choose a new folder")])
    setting = f'theme = "{theme}"\n' if theme else ""
    paths = _copy_starter("site", folder, {"DAY": day.isoformat(), "THEME": setting, "VERSION": __version__})
    if theme and not _is_builtin(theme):
        paths += new_theme(folder, theme)
    return paths


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def new_theme(folder: Path, name: str) -> list[Path]:
    """Create a theme that extends the default one, in the site at ``folder``; return the paths.

    Raises :class:`BlogError` if there is such a theme, or ``name`` is not a valid name.
    """
    _check_theme(name)
    require_inside_site(folder, "themes")
    theme = folder / "themes" / name
    if _is_builtin(name) or os.path.lexists(theme):
        hint = f'write theme = "{name}" in {FILE_NAME} to use it'
        raise BlogError([Problem(Location(theme.as_posix()), "exists", f'there is a theme "{name}" already', hint)])
    return _copy_starter("theme", theme, {"NAME": name})


def require_inside_site(root: Path, name: str) -> None:
    """Raise :class:`BlogError` if a folder of the site is a link to a place outside."""
    location = locate_in_site(root, name)
    if isinstance(location, Problem):
        raise BlogError([location])


def _copy_starter(kind: str, folder: Path, placeholders: dict[str, str]) -> list[Path]:
    """Copy ``starter_site/`` or ``starter_theme/`` to ``folder``, and return the paths; all or nothing is written.

    ``@NAME@`` in a file is replaced by the placeholder's value; ``dot-x`` becomes the file name ``.x``.
    """
    paths: list[Path] = []
    try:
        for path, text in _starter_files(STARTER_FOLDER / f"starter_{kind}", folder, placeholders):
            paths.append(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    except BaseException as error:  # a second try must find the folder empty
        _remove_files(paths, folder)
        if isinstance(error, OSError):
            path = paths[-1] if paths else folder
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise
    return paths


def _remove_files(paths: Sequence[Path], folder: Path) -> None:
    """Remove the files, and the folders below ``folder`` that are empty then."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        for parent in takewhile(lambda above: above != folder, path.parents):
            with suppress(OSError):  # it has other files
                parent.rmdir()


def _starter_files(starter: Path, folder: Path, placeholders: dict[str, str]) -> Iterator[tuple[Path, str]]:
    """Yield the path and the text of each file to write."""
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
        raise BlogError([Problem(Location("themes"), "wrong-theme", f'"{name}" cannot be the name of a theme', hint)])


def _is_builtin(theme: str) -> bool:
    return (builtin_themes_folder() / theme / "theme.toml").is_file()
