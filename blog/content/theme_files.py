"""The folder of a theme → its templates, assets and settings. Links to private files of the site are not followed."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.settings import FILE_NAME, THEME_NAME
from blog.config.utf8 import decode_utf8
from blog.content.file_kinds import EDITOR_FILE_PATTERN, is_ignored_name, quote_name
from blog.content.files import load_sources
from blog.problems import BlogError, Location, Problem, did_you_mean, raise_if_any
from blog.system.builtin_themes import builtin_themes_folder
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

_BLOG_TOML = Location(FILE_NAME)
MAX_THEME_ENTRIES = 2_000
"""Files and folders of a theme, in ``templates``, ``blocks``, ``words``, ``static`` and ``fonts`` together."""
MAX_THEME_BYTES = 64_000_000
"""Bytes of all files of a theme."""
_PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico")
_FONTS = (".woff", ".woff2", ".ttf", ".otf", ".ttc")
_SHARED = {
    "templates": (".html",),
    "blocks": (".html",),
    "words": (".toml",),
    "static": (".css", ".js", ".mjs", *_PICTURES, *_FONTS),
    "fonts": _FONTS,
}
"""Folder of a theme → suffixes of files in other folders of the site to which its links may lead."""
_NOT_PRIVATE = "a theme may show files of its own, and others of the site that are neither content nor hidden"
_SHARED_KINDS = (
    "a theme may show style sheets, scripts, pictures and fonts from other folders of the site, and templates"
)


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
    blocks: dict[str, str] = {}
    """Name → text of ``blocks/*``: the templates of blocks in texts."""
    words: dict[str, str] = {}
    """Name → text of ``words/*``: the words of a language."""
    is_builtin: bool = False
    """It is a theme of the program: the site has no folder of this path."""

    def card_fonts(self) -> Iterator[tuple[str, str, bytes]]:
        """Yield file name, path and contents of each font for cards: those in ``static/``, then those in ``fonts/``."""
        for name, data in self.assets.items():
            if name.endswith(_FONTS):
                yield name.rpartition("/")[2], f"{self.path}/static/{name}", data
        for name, data in self.fonts.items():
            yield name, f"{self.path}/fonts/{name}", data


def load_theme_files(root: Path, name: str, name_location: Location = _BLOG_TOML) -> ThemeFiles:
    """Read a theme of the site, or else a built-in one. Raises :class:`BlogError` if it is missing or unreadable.

    ``name_location`` is the position of the theme's name in the settings.
    """
    location = _locate_theme(root, name)
    if location is None:
        names = _list_theme_names(root)
        hint = did_you_mean(name, names) or f"the themes here are: {', '.join(names)}"
        message = f'there is no theme "{name}": themes/{name}/theme.toml is missing'
        raise BlogError([Problem(name_location, "no-theme", message, hint)])
    path = f"themes/{name}"
    reader = _ThemeReader(path, *location)
    settings = decode_utf8(reader.read_settings(), f"{path}/theme.toml")
    templates, blocks, words = (reader.read_texts(kind) for kind in ("templates", "blocks", "words"))
    assets = dict(reader.read_folder("static"))
    fonts = dict(reader.read_folder("fonts"))
    return ThemeFiles(name, templates, assets, settings, path, fonts, blocks, words, reader.site is None)


def _list_theme_names(root: Path) -> list[str]:
    """Return the names of the themes of the site and of the built-in ones."""
    names: set[str] = set()
    for folder in (root / "themes", builtin_themes_folder()):
        names.update(settings.parent.name for settings in folder.glob("*/theme.toml"))
    return sorted(names)


def _locate_theme(root: Path, name: str) -> tuple[str, str, Path | None] | None:
    """Return a theme's real folder, the folder that its links may not leave, and the site that it belongs to.

    None if there is no such theme. A built-in theme does not replace one of the site that cannot be read.
    """
    if os.path.lexists(root / "themes"):
        _resolve_folder(root, "themes")
    if not THEME_NAME.fullmatch(name):
        return None
    if os.path.lexists(root / "themes" / name / "theme.toml"):
        return _resolve_folder(root, f"themes/{name}"), os.path.realpath(root), root
    if not (builtin_themes_folder() / name / "theme.toml").is_file():
        return None
    builtin = os.path.realpath(builtin_themes_folder())
    return os.path.join(builtin, name), builtin, None  # noqa: PTH118


def _resolve_folder(root: Path, path: str) -> str:
    """Return the real path of a folder of the site. Raises :class:`BlogError` for a link that may not be followed."""
    real = locate_in_site(root, path)
    if isinstance(real, Problem):
        raise BlogError([real])
    return real


class _ThemeReader:
    """Reads the files of one theme, up to limits of number and size, and follows no link to what may be private."""

    def __init__(self, path: str, folder: str, outermost: str, site: Path | None) -> None:
        self.path = path
        """The folder's path, for messages."""
        self.folder = folder
        """Its real path."""
        self.bounds = Bounds(outermost, _is_hidden_in_theme)
        self.site = site
        """None for a built-in theme."""
        self.problems: list[Problem] = []
        self.walk = Walk(path, self._is_included, self.problems, MAX_THEME_ENTRIES)
        self.bytes_left = MAX_THEME_BYTES

    def read_settings(self) -> bytes:
        """Return the contents of ``theme.toml``."""
        path = f"{self.folder}/theme.toml"
        if os.path.islink(path):
            path = self._follow(path, "theme.toml")
        return self._read_contents(path, "theme.toml", MAX_SETTINGS_BYTES)

    def read_folder(self, kind: str) -> Iterator[tuple[str, bytes]]:
        """Yield name and contents of each file in one of the theme's folders, in order."""
        folder = f"{self.folder}/{kind}"
        if os.path.islink(folder):
            folder = self._follow(folder, kind)
        if not os.path.isdir(folder):  # noqa: PTH112
            if os.path.lexists(folder):
                raise BlogError([Problem(self._locate(kind), "no-folder", "this is not a folder", "move it away")])
            return
        entries = list(self.walk.below(folder, f"{self.path}/{kind}"))
        raise_if_any(self.problems)
        entry_by_name = {Path(path.removeprefix(f"{self.path}/{kind}/")): entry for path, entry in entries}
        for name, entry in sorted(entry_by_name.items()):
            yield name.as_posix(), self._read_entry(entry, f"{kind}/{name.as_posix()}")

    def read_texts(self, kind: str) -> dict[str, str]:
        """Return the text of each file in one of the theme's folders, by name."""
        return {name: decode_utf8(data, f"{self.path}/{kind}/{name}") for name, data in self.read_folder(kind)}

    def _is_included(self, name: str, path: str) -> bool:
        if CONTROL_CHARACTERS.search(name):
            inner_path = path.removeprefix(f"{self.path}/").partition("/")[2]
            message = f"the file name {quote_name(inner_path)} is not printable text"
            raise BlogError([Problem(Location(self.path), "name", message, "rename it")])
        return not _is_hidden_in_theme(name)

    def _read_entry(self, entry: os.DirEntry[str], name: str) -> bytes:
        if not entry.is_symlink():
            return self._read_contents(self._check_access(entry.path, name), name)
        if not entry.is_file():
            message = f"the symbolic link {name} leads to no file"
            hint = "link the files in that folder one by one" if entry.is_dir() else ""
            raise BlogError([Problem(self._locate(name), "dangling-link", message, hint)])
        return self._read_contents(self._follow(entry.path, name), name)

    def _read_contents(self, real: str, name: str, limit: int = MAX_THEME_BYTES) -> bytes:
        try:
            with open_regular(real) as file:
                data = read_open(file, min(self.bytes_left, limit), real)
        except SpecialFileError:
            raise BlogError([special_file_problem(self._locate(name).path)]) from None
        except OSError as error:
            raise BlogError([self._unreadable_problem(error, name)]) from None
        self.bytes_left -= len(data)
        return data

    def _unreadable_problem(self, error: OSError, name: str) -> Problem:
        if error.errno != errno.EFBIG:
            return Problem(self._locate(name), "unreadable", f"cannot be read: {error.strerror}")
        hint = f"theme.toml may have {MAX_SETTINGS_BYTES:,} bytes, all files together {MAX_THEME_BYTES:,}"
        return Problem(self._locate(name), "too-large", "the theme is too large", hint)

    def _locate(self, name: str) -> Location:
        return Location(f"{self.path}/{name}")

    def _follow(self, link: str, name: str) -> str:
        """Return the target of a link that the theme may read. Raises :class:`BlogError`."""
        real = self.bounds.follow(link, self._locate(name).path)
        if isinstance(real, str):
            return self._check_access(real, name)
        match real.code:
            case "outside-link":
                raise self._outside_error(name)
            case "hidden-link":
                raise self._outside_error(name, _NOT_PRIVATE)
        raise BlogError([real])

    def _check_access(self, real: str, name: str) -> str:
        """Return a real path as it is. Raises :class:`BlogError` if the theme may not read it under this ``name``."""
        if is_within(real, self.folder):
            return real
        if self.site is None and self.bounds.holds(real):
            return real
        if self._is_private(real):
            raise self._outside_error(name, _NOT_PRIVATE)
        if not self._is_shared(real, name):
            raise self._outside_error(name, _SHARED_KINDS)
        return real

    def _is_private(self, real: str) -> bool:
        """Return whether a real path is ignored in the content, or within the content or an output folder."""
        names = os.path.relpath(real, self.bounds.folder).split("/")
        if any(map(is_ignored_name, names)):
            return True
        if any(overlap(real, folder) for folder in self.private_folders):
            return True
        return _is_output(real, self.bounds.folder)

    def _is_shared(self, real: str, name: str) -> bool:
        """Return whether a real path outside of the theme is a folder, or a file of the kind that ``name`` requires."""
        is_in_folder = "/" in os.path.relpath(real, self.bounds.folder)
        suffixes = _SHARED.get(name.partition("/")[0], ())
        if is_in_folder and real.lower().endswith(suffixes):
            return True
        return os.path.isdir(real)  # noqa: PTH112

    def _outside_error(self, name: str, hint: str = "") -> BlogError:
        message = f"the symbolic link {name} leaves the theme"
        return BlogError([Problem(self._locate(name), "outside-link", message, hint)])

    @cached_property
    def private_folders(self) -> tuple[str, ...]:
        """The real paths of the content, also by links, and of the outputs."""
        if self.site is None:
            return ()
        folders = [os.path.realpath(self.site / name) for name in ("content", "public")]
        with suppress(BlogError):
            folders += {targets[-1] for targets in load_sources(self.site).linked.values()}
        return tuple(folders)


def _is_hidden_in_theme(name: str) -> bool:
    return name[0] == "." or bool(EDITOR_FILE_PATTERN.fullmatch(name))


def _is_output(real: str, outermost: str) -> bool:
    """Return whether a real path within ``outermost`` is that of an output folder, or lies in one."""
    while is_within(real, outermost):
        if os.path.lexists(f"{real}/{MANIFEST_NAME}"):
            return True
        real = os.path.dirname(real)  # noqa: PTH120
    return False
