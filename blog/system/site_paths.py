"""Paths of a site: one rule for symbolic links, special files and the number of files.

A symbolic link is followed to a regular file or a folder inside the same root, through no hidden name. Only regular
files are opened. A walk enters each real folder once, and ends after a limited number of entries. Nothing is written
here.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MAX_ENTRIES = 250_000
"""Files and folders that one walk lists."""
MAX_FOLDERS = 60
"""Depth of nested folders, below the one where a walk begins."""
MAX_SETTINGS_BYTES = 1_000_000
"""Limit for ``blog.toml`` and ``theme.toml``."""
_MAX_STEPS = 2_000
"""Names that the targets of one link may have, with those of the links that it leads through."""
_SITE_FOLDERS = ("content", "themes", "public", ".blog")
"""Folders of a site with a purpose of their own: none may be a link to, into or around another."""
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_IS_LINK = {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}
"""Error numbers for a symbolic link that is not followed."""


class SpecialFileError(OSError):
    """A path leads to a folder, a FIFO, a socket or a device, not to a regular file."""


def is_hidden(name: str) -> bool:
    """Return whether a file or folder with this name is left out, because readers should not get it."""
    return name.startswith((".", "_"))


class Bounds(NamedTuple):
    """A folder that symbolic links may not leave."""

    folder: str
    """Its real path."""
    is_hidden: Callable[[str], bool] = is_hidden
    """Returns whether a name is one through which no link may lead."""

    def follow(self, link: str, path: str) -> str | Problem:
        """Return the real path of the target of ``link``, or the problem with it, which is located at ``path``."""
        folder, name = os.path.split(link)
        return self._resolve(os.path.realpath(folder), [name], path)

    def find(self, path: str) -> str | Problem:
        """Return the real path of ``path`` below the root, or the problem with a link in it."""
        return self._resolve(self.folder, path.split("/"), path)

    def holds(self, real: str) -> bool:
        """Return whether a real path is the root or below it."""
        return is_within(real, self.folder)

    def _resolve(self, start: str, names: Sequence[str], path: str) -> str | Problem:
        plain = os.path.join(start, *names)  # noqa: PTH118
        try:
            real, steps = _trace(start, names)
            if real == plain:  # no link: other errors are reported when the file is opened
                return real
            status = os.stat(plain)  # noqa: PTH116
        except (OSError, ValueError):
            return Problem(Location(path), "dangling-link", "the symbolic link leads nowhere")
        if not self.holds(real):
            hint = "copy the file into the site folder"
            return Problem(Location(path), "outside-link", "the symbolic link leaves the site folder", hint)
        hidden_name = self._find_hidden_name(steps)
        if hidden_name is not None:
            return _hidden_link_problem(path, hidden_name)
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            return Problem(Location(path), "special-file", "the symbolic link leads to neither a file nor a folder")
        return real

    def _find_hidden_name(self, steps: Iterable[str]) -> str | None:
        """Return the first hidden name among the ``steps`` below the root; None if there is none."""
        for step in steps:
            name = os.path.basename(step)  # noqa: PTH119
            if self.holds(step) and self.is_hidden(name):
                return name
        return None


def _hidden_link_problem(path: str, name: str) -> Problem:
    if not name.isprintable():
        name = name.encode("ascii", "backslashreplace").decode()
    message = f'the symbolic link leads through "{name}", a name that is left out'
    return Problem(Location(path), "hidden-link", message, "copy the file to a place that is not left out")


def _trace(start: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """Follow ``names`` from the real folder ``start``; return the real path, and all paths on the way.

    ``os.path.realpath`` does not return the links that it has followed. Raises :class:`OSError` for a loop.
    """
    current, steps = start, list[str]()
    remaining = list(reversed(names))
    while remaining:
        name = remaining.pop()
        if name == "..":
            current = os.path.dirname(current)  # noqa: PTH120
        elif name not in {"", "."}:
            step = os.path.join(current, name)  # noqa: PTH118
            steps.append(step)
            if len(steps) > _MAX_STEPS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), step)
            if not os.path.islink(step):
                current = step
                continue
            target = os.readlink(step)  # noqa: PTH115
            if target.startswith("/"):
                current = "/"
            remaining += reversed(target.split("/"))
    return current, steps


def is_within(real: str, folder: str) -> bool:
    """Return whether the real path ``real`` is ``folder`` or below it."""
    return real == folder or real.startswith(folder.rstrip("/") + "/")


def overlap(real: str, other: str) -> bool:
    """Return whether one of two real paths is, or contains, the other, also on a disk that ignores case."""
    real, other = _fold_case(real), _fold_case(other)
    return is_within(real, other) or is_within(other, real)


def _fold_case(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def link_steps(link: str) -> tuple[str, ...]:
    """Return every path that a symbolic link leads through: a change at any of them can change its target."""
    steps: list[str] = []
    path = link
    while os.path.islink(path) and len(steps) < MAX_FOLDERS:
        target = os.readlink(path)  # noqa: PTH115
        path = os.path.normpath(os.path.join(os.path.dirname(path), target))  # noqa: PTH118, PTH120
        steps.append(path)
    return (*steps, os.path.realpath(link))


def locate_in_site(root: Path, name: str) -> str | Problem:
    """Return the real path of a folder of the site, such as ``content`` or ``themes/NAME``.

    It is a problem if links in it lead out of the site, through a hidden name, or to another folder of the site with a
    purpose of its own.
    """
    site = os.path.realpath(root)
    if not any(os.path.islink(os.path.join(site, prefix)) for prefix in _path_prefixes(name)):  # noqa: PTH118
        return os.path.join(site, name)  # noqa: PTH118
    real = Bounds(site).find(name)
    if isinstance(real, Problem):
        return real
    own_folder = name.partition("/")[0]
    for other in _SITE_FOLDERS:
        if other != own_folder and overlap(real, os.path.realpath(os.path.join(site, other))):  # noqa: PTH118
            message = f"the symbolic link leads to what is {other}/, or holds it"
            hint = f"make {name}/ a folder of its own"
            return Problem(Location(name), "outside-link", message, hint)
    return real


def _path_prefixes(path: str) -> Iterator[str]:
    """Yield the folders above ``path``, from the top, and ``path`` itself."""
    names = path.split("/")
    for count in range(1, len(names) + 1):
        yield "/".join(names[:count])


def open_beneath(folder: str, path: str) -> BinaryIO:
    """Open the regular file at ``path`` below ``folder``; no part of ``path`` may be a symbolic link.

    Raises :class:`OSError`; for anything that is not a regular file, which is not opened, :class:`SpecialFileError`.
    """
    try:
        return os.fdopen(_open_descriptor(folder, path), "rb")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(Path(folder, path))) from None


def _open_descriptor(folder: str, path: str) -> int:
    *parents, name = path.split("/")
    if not {"", ".", ".."}.isdisjoint((*parents, name)):
        raise OSError(errno.EINVAL, "not a path inside the folder")
    parent = os.open(folder or ".", _FOLDER)
    try:
        for part in parents:
            child = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)
            os.close(parent)
            parent = child
        _require_regular(os.stat(name, dir_fd=parent, follow_symlinks=False))
        file = os.open(name, _FILE, dir_fd=parent)
    finally:
        os.close(parent)
    try:
        _require_regular(os.fstat(file))
    except OSError:
        os.close(file)
        raise
    return file


def _require_regular(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not stat.S_ISREG(status.st_mode):
        raise SpecialFileError(errno.EINVAL, "not a regular file")


def open_regular(path: str | Path) -> BinaryIO:
    """Open the regular file at ``path``, which is not a symbolic link. Raises like :func:`open_beneath`."""
    return open_beneath(*os.path.split(path))


def resolve_in_site(root: Path, path: str, is_hidden: Callable[[str], bool] = is_hidden) -> str:
    """Return the real path of ``path`` below ``root``. Raises :class:`BlogError` for a link that is not followed."""
    real = Bounds(os.path.realpath(root), is_hidden).find(path)
    if isinstance(real, Problem):
        raise BlogError([real])
    return real


def open_file(root: Path, path: str, is_hidden: Callable[[str], bool] = is_hidden) -> BinaryIO:
    """Open a file of the site; links that stay in the site are followed.

    Raises :class:`BlogError` for a link that is not followed, else like :func:`open_beneath`.
    """
    try:
        return open_beneath(str(root), path)
    except OSError as error:
        if error.errno not in _IS_LINK:
            raise
    real = resolve_in_site(root, path, is_hidden)
    site = os.path.realpath(root)
    return open_beneath(site, os.path.relpath(real, site))


def read_file(root: Path, path: str, is_hidden: Callable[[str], bool] = is_hidden, limit: int | None = None) -> bytes:
    """Read a file of the site. Raises like :func:`open_file`, and :class:`OSError` for more than ``limit`` bytes."""
    with open_file(root, path, is_hidden) as file:
        return read_open(file, limit, str(root / path))


def read_open(file: BinaryIO, limit: int | None, path: str) -> bytes:
    """Read an open file. Raises :class:`OSError` with the ``path`` for more than ``limit`` bytes."""
    if limit is None:
        return file.read()
    data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return data


class Walk:
    """Lists folders recursively, each real folder once."""

    def __init__(self, top: str, wants: Callable[[str, str], bool], problems: list[Problem], limit: int) -> None:
        """``wants`` returns whether an entry, given by its name and path, is included; problems go to ``problems``.

        The walk ends after ``limit`` files and folders. ``top`` is the path of their folder in the message.
        """
        self.top = top
        self.wants = wants
        self.problems = problems
        self.limit = limit
        self.remaining = limit
        self.entered: dict[tuple[int, int], str] = {}
        """Device and inode of a folder → the path by which it was entered."""

    def below(self, folder: str, path: str, *, is_linked: bool = False) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield the path and the entry of all included files below the real folder ``folder``.

        Links are yielded, and not followed. A folder that was entered before is left out with a warning if
        ``is_linked``; otherwise it is entered, because on a disk with inodes that are not unique it may be another one.
        """
        pending = [(folder, path)]
        while pending:
            folder, path = pending.pop()
            for entry in self._list_folder(folder, path, is_linked=is_linked):
                entry_path = f"{path}/{entry.name}"
                if not self.wants(entry.name, entry_path):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append((entry.path, entry_path))
                else:
                    yield entry_path, entry

    def _list_folder(self, folder: str, path: str, *, is_linked: bool) -> Sequence[os.DirEntry[str]]:
        """Return the entries of a folder; none if it must not be entered."""
        if path.count("/") > MAX_FOLDERS:
            self.problems.append(Problem(Location(path), "too-deep", f"deeper than {MAX_FOLDERS} folders"))
            return ()
        try:
            status = os.stat(folder)  # noqa: PTH116
            first_path = self.entered.setdefault((status.st_dev, status.st_ino), path)
            if is_linked and first_path != path:
                message = f"left out: this is the folder {first_path} once more"
                hint = "a folder is published once: link to the files in it one by one"
                self.problems.append(Problem(Location(path), "same-folder", message, hint, "warning"))
                return ()
            entries = list(os.scandir(folder)) if self.remaining >= 0 else []
        except OSError as error:
            self.problems.append(Problem(Location(path), "unreadable", f"cannot be read: {error.strerror}"))
            return ()
        return self._limit_entries(entries)

    def _limit_entries(self, entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """Return ``entries`` up to the limit of the walk; the first time that they exceed it is a problem."""
        allowed, self.remaining = self.remaining, self.remaining - len(entries)
        if allowed >= 0 > self.remaining:
            message = f"more than {self.limit:,} files and folders"
            self.problems.append(
                Problem(Location(self.top), "too-many", message, "move away what does not belong here")
            )
        return entries[: max(allowed, 0)]


def special_file_problem(path: str) -> Problem:
    """Return the problem of a file at ``path`` that is not a regular file."""
    return Problem(Location(path), "special-file", "this is not a regular file", "move it away")
