"""The folder of a theme → its templates, assets and settings. No link to private files of the site is followed."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.schema import decode_utf8
from blog.config.settings import FILE_NAME, THEME_NAME
from blog.content.file_kinds import EDITOR_FILE_PATTERN, is_ignored_name, quote_name
from blog.content.files import load_sources
from blog.problems import BlogError, Location, Problem, raise_if_any
from blog.system.site_paths import (
    MAX_SETTINGS_BYTES,
    Bounds,
    SpecialFileError,
    Walk,
    is_within,
    locate_in_site,
    open_regular,
    overlap,
    read_open,
    special_file_problem,
)
from blog.text import CONTROL_CHARACTERS, MANIFEST_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator


class ThemeFiles(Struct, frozen=True):
    """The templates and files of a theme."""

    name: str
    templates: dict[str, str]
    """Name → text of ``templates/*``."""
    assets: dict[str, bytes]
    """Name → contents of ``static/*``."""
    settings: str
    """The text of ``theme.toml``."""
    path: str
    """The theme's folder, for messages."""
    fonts: dict[str, bytes] = {}
    """Name → contents of ``fonts/*``, which are not published."""


def builtin_themes_folder() -> Path:
    """Return the folder of the built-in themes: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


_BLOG_TOML = Location(FILE_NAME)


def load_theme_files(root: Path, name: str, asked: Location = _BLOG_TOML) -> ThemeFiles:
    """Read a theme of the site, or else a built-in one. Raises :class:`BlogError` if it is missing or unreadable.

    ``asked`` is the position of the theme's name in the settings.
    """
    top = _theme_folder(root, name)
    if top is None:
        places = [place for place in (root / "themes", builtin_themes_folder()) if place.is_dir()]
        known = sorted({entry.parent.name for place in places for entry in place.glob("*/theme.toml")})
        hint = f"the themes here are: {', '.join(known)}"
        message = f'there is no theme "{name}": themes/{name}/theme.toml is missing'
        raise BlogError([Problem(asked, "no-theme", message, hint)])
    shown = f"themes/{name}"
    files = _ThemeReader(shown, *top)
    settings = decode_utf8(files.settings(), f"{shown}/theme.toml")
    templates = {path: decode_utf8(data, f"{shown}/templates/{path}") for path, data in files.read("templates")}
    assets = dict(files.read("static"))
    fonts = dict(files.read("fonts"))
    return ThemeFiles(name, templates, assets, settings, shown, fonts)


def _theme_folder(root: Path, name: str) -> tuple[str, str, Path | None] | None:
    """Return a theme's real folder, the folder that its links may not leave, and the site that it belongs to.

    None if there is no such theme. One of the site that cannot be read is not passed over for the program's own.
    """
    themes = locate_in_site(root, "themes") if os.path.lexists(root / "themes") else ""
    if isinstance(themes, Problem):
        raise BlogError([themes])
    if not THEME_NAME.fullmatch(name):
        return None
    if os.path.lexists(root / "themes" / name / "theme.toml"):
        own = locate_in_site(root, f"themes/{name}")
        if isinstance(own, Problem):
            raise BlogError([own])
        return own, os.path.realpath(root), root
    program = os.path.realpath(builtin_themes_folder())
    if not (builtin_themes_folder() / name / "theme.toml").is_file():
        return None
    return os.path.join(program, name), program, None  # noqa: PTH118


MAX_THEME_ENTRIES = 2_000
"""Files and folders of a theme, in ``templates``, ``static`` and ``fonts`` together."""


MAX_THEME_BYTES = 64_000_000
"""Bytes of all files of a theme."""


_PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico")


_FONTS = (".woff", ".woff2", ".ttf", ".otf", ".ttc")


_SHARED = {
    "templates": (".html",),
    "static": (".css", ".js", ".mjs", *_PICTURES, *_FONTS),
    "fonts": _FONTS,
}
"""Folder of a theme → suffixes of files that links in it may show from other folders of the site."""


class _ThemeReader:
    """Reads the files of one theme, up to bounds of number and size, and through no link to what may be private."""

    def __init__(self, shown: str, folder: str, home: str, site: Path | None) -> None:
        self.shown = shown
        """The folder's path, for messages."""
        self.folder = folder
        """Its real path."""
        self.bounds = Bounds(home, _is_hidden_in_theme)
        self.site = site
        """None for a theme that comes with the program."""
        self.problems: list[Problem] = []
        self.walk = Walk(shown, self._is_wanted, self.problems, MAX_THEME_ENTRIES)
        self.bytes_left = MAX_THEME_BYTES

    def settings(self) -> bytes:
        """Return the contents of ``theme.toml``."""
        place = f"{self.folder}/theme.toml"
        if os.path.islink(place):
            place = self._follow(place, "theme.toml")
        return self._contents(place, "theme.toml", MAX_SETTINGS_BYTES)

    def read(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Yield name and contents of each file in one of the theme's folders, in order."""
        top = f"{self.folder}/{kind}"
        if os.path.islink(top):
            top = self._follow(top, kind)
        if not os.path.isdir(top):  # noqa: PTH112
            if os.path.lexists(top):
                raise BlogError([Problem(self._place(kind), "no-folder", "this is not a folder", "move it away")])
            return
        entries = list(self.walk.below(top, f"{self.shown}/{kind}"))
        raise_if_any(self.problems)
        found = {Path(path.removeprefix(f"{self.shown}/{kind}/")): entry for path, entry in entries}
        for name, entry in sorted(found.items()):
            yield name.as_posix(), self._file(entry, f"{kind}/{name.as_posix()}")

    def _is_wanted(self, name: str, path: str) -> bool:
        if CONTROL_CHARACTERS.search(name):
            inside = path.removeprefix(f"{self.shown}/").partition("/")[2]
            message = f"the file name {quote_name(inside)} is not printable text"
            raise BlogError([Problem(Location(self.shown), "name", message, "rename it")])
        return not _is_hidden_in_theme(name)

    def _file(self, entry: os.DirEntry[str], name: str) -> bytes:
        if not entry.is_symlink():
            return self._contents(self._permitted(entry.path, name), name)
        if not entry.is_file():
            message = f"the symbolic link {name} leads to no file"
            hint = "link the files in that folder one by one" if entry.is_dir() else ""
            raise BlogError([Problem(self._place(name), "dangling-link", message, hint)])
        return self._contents(self._follow(entry.path, name), name)

    def _contents(self, real: str, name: str, limit: int | None = None) -> bytes:
        try:
            with open_regular(real) as file:
                data = read_open(file, min(self.bytes_left, limit or self.bytes_left), real)
        except SpecialFileError:
            raise BlogError([special_file_problem(self._place(name).path)]) from None
        except OSError as error:
            if error.errno != errno.EFBIG:
                message = f"cannot be read: {error.strerror}"
                raise BlogError([Problem(self._place(name), "unreadable", message)]) from None
            hint = f"theme.toml may have {MAX_SETTINGS_BYTES:,} bytes, all files together {MAX_THEME_BYTES:,}"
            raise BlogError([Problem(self._place(name), "too-large", "the theme is too large", hint)]) from None
        self.bytes_left -= len(data)
        return data

    def _place(self, name: str) -> Location:
        return Location(f"{self.shown}/{name}")

    def _follow(self, link: str, name: str) -> str:
        """Return the target of a link if the theme may show it; else raise :class:`BlogError`."""
        real = self.bounds.follow(link, self._place(name).path)
        if isinstance(real, str):
            return self._permitted(real, name)
        if real.code == "outside-link":
            raise BlogError([_leaving(self._place(name), name, "")])
        raise BlogError([_leaving(self._place(name), name, _NOT_PRIVATE) if real.code == "hidden-link" else real])

    def _permitted(self, real: str, name: str) -> str:
        """Return a real path as it is, if the theme may show what is there."""
        if is_within(real, self.folder) or (self.site is None and self.bounds.holds(real)):
            return real
        inside = os.path.relpath(real, self.bounds.folder).split("/")
        is_private = any(map(is_ignored_name, inside)) or any(overlap(real, place) for place in self.private)
        if is_private or _is_output(real, self.bounds.folder):
            raise BlogError([_leaving(self._place(name), name, _NOT_PRIVATE)])
        endings = _SHARED.get(name.partition("/")[0], ())
        is_shared = len(inside) > 1 and real.lower().endswith(endings)
        if not is_shared and not os.path.isdir(real):  # noqa: PTH112
            raise BlogError([_leaving(self._place(name), name, _SHARED_KINDS)])
        return real

    @cached_property
    def private(self) -> tuple[str, ...]:
        """The real paths of the content, also by links, and of the outputs."""
        if self.site is None:
            return ()
        places = [os.path.realpath(self.site / name) for name in ("content", "public")]
        with suppress(BlogError):
            places += {place[-1] for place in load_sources(self.site).linked.values()}
        return tuple(places)


def _is_hidden_in_theme(name: str) -> bool:
    return name[0] == "." or bool(EDITOR_FILE_PATTERN.fullmatch(name))


_NOT_PRIVATE = "a theme may show files of its own, and others of the site that are neither content nor hidden"


_SHARED_KINDS = (
    "a theme may show style sheets, scripts, pictures and fonts from other folders of the site, and templates"
)


def _leaving(place: Location, name: str, hint: str) -> Problem:
    return Problem(place, "outside-link", f"the symbolic link {name} leaves the theme", hint)


def _is_output(real: str, home: str) -> bool:
    """Tell whether a real path is that of an output folder, or lies in one."""
    while is_within(real, home):
        if os.path.lexists(f"{real}/{MANIFEST_NAME}"):
            return True
        real = os.path.dirname(real)  # noqa: PTH120
    return False
