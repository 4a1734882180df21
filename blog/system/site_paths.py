"""Paths of a site → what may be read there: one rule for symbolic links, special files and numbers of files.

A symbolic link is followed to a regular file or a folder inside the same root, through no hidden name. Nothing but a
regular file is ever opened. A walk enters each real folder once, and ends after a bounded number of entries. Nothing
is written here.
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
    from collections.abc import Callable, Iterator, Sequence

MAX_ENTRIES = 250_000
"""Files and folders that one walk looks at."""
MAX_FOLDERS = 60
"""Folders inside each other, below the one where a walk begins."""
MAX_SETTINGS_BYTES = 1_000_000
"""Limit for ``blog.toml`` and ``theme.toml``."""
_MAX_STEPS = 2_000
"""Names that the targets of one link may have, with those of the links that it leads through."""
_OWN_PLACES = ("content", "themes", "public", ".blog")
"""Folders of a site that have one purpose each: none may be a link into or around another."""
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_IS_LINK = {errno.ELOOP, errno.ENOTDIR, errno.EMLINK}
"""Error numbers for a symbolic link that is not followed."""


class SpecialFileError(OSError):
    """There is a folder, a FIFO, a socket or a device where a regular file is needed."""


def is_hidden(name: str) -> bool:
    """Return whether a name is hidden: such files and folders are not meant for others."""
    return name.startswith((".", "_"))


class Bounds(NamedTuple):
    """A folder that symbolic links may not leave."""

    folder: str
    """Its real path."""
    is_hidden: Callable[[str], bool] = is_hidden
    """Tells the names through which no link may lead."""

    def follow(self, link: str, path: str) -> str | Problem:
        """Return the real path of the file or folder that ``link`` shows, or what is wrong with it at ``path``."""
        folder, name = os.path.split(link)
        return self._resolve(os.path.realpath(folder), [name], path)

    def find(self, path: str) -> str | Problem:
        """Return the real path of what the root has at ``path``, or what is wrong with a link on the way."""
        return self._resolve(self.folder, path.split("/"), path)

    def holds(self, real: str) -> bool:
        """Return whether a real path is the root or below it."""
        return is_within(real, self.folder)

    def _resolve(self, start: str, names: Sequence[str], path: str) -> str | Problem:
        plain = os.path.join(start, *names)  # noqa: PTH118
        try:
            real, passed = _trace(start, names)
            if real == plain:  # no link: who opens it says what is wrong
                return real
            found = os.stat(plain)  # noqa: PTH116
        except (OSError, ValueError):
            return Problem(Location(path), "dangling-link", "the symbolic link leads nowhere")
        if not self.holds(real):
            hint = "copy the file into the site folder"
            return Problem(Location(path), "outside-link", "the symbolic link leaves the site folder", hint)
        inside = (os.path.basename(place) for place in passed if self.holds(place))  # noqa: PTH119
        hidden = next((name for name in inside if self.is_hidden(name)), None)
        if hidden is not None:
            shown = hidden.encode("ascii", "backslashreplace").decode() if not hidden.isprintable() else hidden
            message = f'the symbolic link leads through "{shown}", a name that is left out'
            return Problem(Location(path), "hidden-link", message, "copy the file to a place that is not left out")
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            return Problem(Location(path), "special-file", "the symbolic link leads to neither a file nor a folder")
        return real


def _trace(start: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """Follow ``names`` from the real folder ``start``: the real path, and all places on the way.

    ``os.path.realpath`` does not tell the names of links that it has followed. Raises :class:`OSError` for a loop.
    """
    place, passed = start, list[str]()
    waiting = list(reversed(names))
    while waiting:
        name = waiting.pop()
        if name == "..":
            place = os.path.dirname(place)  # noqa: PTH120
        elif name not in {"", "."}:
            here = os.path.join(place, name)  # noqa: PTH118
            passed.append(here)
            if len(passed) > _MAX_STEPS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), here)
            if not os.path.islink(here):
                place = here
                continue
            target = os.readlink(here)  # noqa: PTH115
            place = "/" if target.startswith("/") else place
            waiting += reversed(target.split("/"))
    return place, passed


def is_within(real: str, folder: str) -> bool:
    """Return whether the real path is ``folder`` or below it."""
    return real == folder or real.startswith(folder.rstrip("/") + "/")


def overlap(real: str, other: str) -> bool:
    """Return whether one of two real paths is, or contains, the other, also on a disk that ignores case."""
    real, other = _folded(real), _folded(other)
    return is_within(real, other) or is_within(other, real)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def link_steps(link: str) -> tuple[str, ...]:
    """Every place on the disk that a symbolic link leads through: a change of any of them changes what it is."""
    found: list[str] = []
    place = link
    while os.path.islink(place) and len(found) < MAX_FOLDERS:
        place = os.path.normpath(os.path.join(os.path.dirname(place), os.readlink(place)))  # noqa: PTH115, PTH118, PTH120
        found.append(place)
    return (*found, os.path.realpath(link))


def locate_in_site(root: Path, name: str) -> str | Problem:
    """Return the real path of a default place of the site, such as ``content`` or ``themes/NAME``.

    It is a problem if links lead from it out of the site, through a hidden name, or to where another one is.
    """
    top = os.path.realpath(root)
    if not any(os.path.islink(os.path.join(top, place)) for place in _and_above(name)):  # noqa: PTH118
        return os.path.join(top, name)  # noqa: PTH118
    real = Bounds(top).find(name)
    if isinstance(real, Problem):
        return real
    others = [other for other in _OWN_PLACES if other != name.partition("/")[0]]
    for other in others:
        if overlap(real, os.path.realpath(os.path.join(top, other))):  # noqa: PTH118
            message = f"the symbolic link leads to what is {other}/, or holds it"
            hint = f"make {name}/ a folder of its own"
            return Problem(Location(name), "outside-link", message, hint)
    return real


def _and_above(path: str) -> Iterator[str]:
    names = path.split("/")
    yield from ("/".join(names[:count]) for count in range(1, len(names) + 1))


def open_beneath(folder: str, path: str) -> BinaryIO:
    """Open the regular file at ``path`` below ``folder``; no part of ``path`` may be a symbolic link.

    Raises :class:`OSError`, and :class:`SpecialFileError` for what is not a regular file: that is not opened.
    """
    try:
        return os.fdopen(_descriptor(folder, path), "rb")
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(Path(folder, path))) from None


def _descriptor(folder: str, path: str) -> int:
    *above, name = path.split("/")
    if not {"", ".", ".."}.isdisjoint((*above, name)):
        raise OSError(errno.EINVAL, "not a path inside the folder")
    opened = os.open(folder or ".", _FOLDER)
    try:
        for part in above:
            inner = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=opened)
            os.close(opened)
            opened = inner
        _need_regular(os.stat(name, dir_fd=opened, follow_symlinks=False))
        file = os.open(name, _FILE, dir_fd=opened)
    finally:
        os.close(opened)
    try:
        _need_regular(os.fstat(file))
    except OSError:
        os.close(file)
        raise
    return file


def _need_regular(found: os.stat_result) -> None:
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if not stat.S_ISREG(found.st_mode):
        raise SpecialFileError(errno.EINVAL, "not a regular file")


def open_regular(path: str | Path) -> BinaryIO:
    """Open the regular file at ``path``, which is no symbolic link. Raises as :func:`open_beneath`."""
    return open_beneath(*os.path.split(path))


def resolve_in_site(root: Path, path: str, is_hidden: Callable[[str], bool] = is_hidden) -> str:
    """Return the real path of what ``root`` has at ``path``. Raises :class:`BlogError` for a link that leads astray."""
    real = Bounds(os.path.realpath(root), is_hidden).find(path)
    if isinstance(real, Problem):
        raise BlogError([real])
    return real


def open_file(root: Path, path: str, is_hidden: Callable[[str], bool] = is_hidden) -> BinaryIO:
    """Open a file of the site, which may be behind links that stay in it.

    Raises :class:`BlogError` for a link that is not followed, else as :func:`open_beneath`.
    """
    try:
        return open_beneath(str(root), path)
    except OSError as error:
        if error.errno not in _IS_LINK:
            raise
    return open_beneath(
        os.path.realpath(root), os.path.relpath(resolve_in_site(root, path, is_hidden), os.path.realpath(root))
    )


def read_file(root: Path, path: str, is_hidden: Callable[[str], bool] = is_hidden, limit: int | None = None) -> bytes:
    """Read a file of the site; raises as :func:`open_file`, and :class:`OSError` for more than ``limit`` bytes."""
    with open_file(root, path, is_hidden) as file:
        return read_open(file, limit, str(root / path))


def read_open(file: BinaryIO, limit: int | None, path: str) -> bytes:
    """Read an open file. Raises :class:`OSError`, which names ``path``, for more than ``limit`` bytes."""
    data = file.read() if limit is None else file.read(limit + 1)
    if limit is not None and len(data) > limit:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
    return data


class Walk:
    """Goes through folders, and enters each real one once."""

    def __init__(self, top: str, wants: Callable[[str, str], bool], problems: list[Problem], limit: int) -> None:
        """``wants`` is asked for the name and the path of each entry; what is wrong goes to ``problems``.

        It ends after ``limit`` files and folders of ``top``, which is a path for messages.
        """
        self.top = top
        self.wants = wants
        self.problems = problems
        self.limit = limit
        self.left = limit
        self.entered: dict[tuple[int, int], str] = {}
        """Device and inode of a folder → the path by which it was entered."""

    def below(self, folder: str, path: str, *, is_linked: bool = False) -> Iterator[tuple[str, os.DirEntry[str]]]:
        """Yield the path and the entry of all that is wanted below the real ``folder``, but for the folders.

        Links are yielded, and not followed. With ``is_linked`` a folder that was entered before is a warning; without,
        that cannot be, and a disk with numbers that are not unique hides nothing.
        """
        waiting = [(folder, path)]
        while waiting:
            folder, path = waiting.pop()
            for entry in self._enter(folder, path, is_linked=is_linked):
                inner = f"{path}/{entry.name}"
                if not self.wants(entry.name, inner):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, inner))
                else:
                    yield inner, entry

    def _enter(self, folder: str, path: str, *, is_linked: bool) -> Sequence[os.DirEntry[str]]:
        """The entries of a folder; none if it is not to be entered."""
        if path.count("/") > MAX_FOLDERS:
            self.problems.append(Problem(Location(path), "too-deep", f"deeper than {MAX_FOLDERS} folders"))
            return ()
        try:
            found = os.stat(folder)  # noqa: PTH116
            before = self.entered.setdefault((found.st_dev, found.st_ino), path)
            if is_linked and before != path:
                message = f"left out: this is the folder {before} once more"
                hint = "a folder is published once: link to the files in it one by one"
                self.problems.append(Problem(Location(path), "same-folder", message, hint, "warning"))
                return ()
            entries = list(os.scandir(folder)) if self.left >= 0 else []
        except OSError as error:
            self.problems.append(Problem(Location(path), "unreadable", f"cannot be read: {error.strerror}"))
            return ()
        return self._count(entries)

    def _count(self, entries: list[os.DirEntry[str]]) -> list[os.DirEntry[str]]:
        """``entries``, up to the limit; beyond it the walk is over."""
        before, self.left = self.left, self.left - len(entries)
        if before >= 0 > self.left:
            message = f"more than {self.limit:,} files and folders"
            self.problems.append(
                Problem(Location(self.top), "too-many", message, "move away what does not belong here")
            )
        return entries[: max(before, 0)]


def special_file_problem(path: str) -> Problem:
    """Say that there is something at ``path`` that is never opened."""
    return Problem(Location(path), "special-file", "this is not a regular file", "move it away")
