"""The workspace of a site: its folders in the user's cache and state folders, never in the site.

A site folder may come from a stranger, with anything in it. So no file in it is trusted as one of the program: the
cache, the preview, locks and the records of transactions are in folders that only this user can write.

The folders follow the XDG Base Directory Specification 0.8 (https://specifications.freedesktop.org/basedir-spec/), and
on macOS the File System Programming Guide where no XDG variable is set.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from filelock import FileLock, Timeout

from blog.cache.digests import digest
from blog.cache.store import Cache
from blog.problems import BlogError, Location, Problem, UnsafeOutputError
from blog.system.private_files import make_private, open_private, read_private, write_private

if TYPE_CHECKING:
    from collections.abc import Iterator

APPLICATION = "blog"
OLD_FOLDER = ".blog"
"""Folder in the site where version 1.0 had its cache."""
LOCK_SECONDS = 60
_SITE = "site"
"""Name of the file with the path of the site to which a cache folder belongs."""

Use = Literal["kept", "copy", "fresh", "given"]


class SiteFolders(NamedTuple):
    """The cache folder and the state folder of one site."""

    cache: Path
    """May be lost at the cost of time."""
    state: Path
    """Contains the lock, and the records with which the next build undoes a build that was killed."""


def locate_folders(root: Path, cache_dir: Path | None = None) -> SiteFolders:
    """Return the folders for the site at ``root``, which may be absent; ``cache_dir`` replaces the cache folder."""
    name = digest(os.fsencode(os.path.realpath(root))).hex()
    cache = cache_dir
    if cache is None:
        cache = _user_folder("XDG_CACHE_HOME", ".cache", "Library/Caches")
    state = _user_folder("XDG_STATE_HOME", ".local/state", "Library/Application Support")
    return SiteFolders(cache / name, state / name)


def _user_folder(variable: str, default: str, mac: str) -> Path:
    base = os.environ.get(variable, "")
    if not os.path.isabs(base):  # noqa: PTH117  (the specification: relative paths are ignored)
        below = mac if sys.platform == "darwin" else default
        base = os.path.join(os.path.expanduser("~"), below)  # noqa: PTH111, PTH118  (Path.home() fails without a home)
    return Path(base, APPLICATION)


class Workspace(NamedTuple):
    """The folders that a build works with."""

    cache: Path
    state: Path
    is_persistent: bool
    """The folders stay after the build; otherwise both are one temporary folder, which is removed."""
    fallback: Path | None = None
    """Read-only fallback for blobs when the cache is a temporary copy."""


@contextmanager
def open_workspace(
    root: Path, use: Use = "kept", cache_dir: Path | None = None, patience: float = LOCK_SECONDS
) -> Iterator[Workspace]:
    """Lock the folders of the site at ``root`` for this process; yield a temporary folder where they cannot be used.

    ``copy`` yields a temporary folder with a copy of the cache, ``fresh`` an empty one: the cache itself is unchanged.
    ``given`` yields ``cache_dir`` as it is, which the caller keeps for some builds and then removes.
    Waits ``patience`` seconds for another process; then raises :class:`BlogError` that names it. The system frees the
    lock of a process that died. Raises :class:`UnsafeOutputError` for a ``cache_dir`` inside the site.
    """
    _check_cache_dir(root, cache_dir)
    if use == "given" and cache_dir is not None:
        cache_dir.mkdir(parents=True, exist_ok=True)
        yield Workspace(cache_dir, cache_dir, is_persistent=False)
        return
    folders = locate_folders(root, cache_dir)
    if use == "kept":
        usable = _make_folders(folders, root, cache_dir)
        if usable is not None:
            with _locked(root, usable.state, patience):
                yield Workspace(usable.cache, usable.state, is_persistent=True)
            return
    with tempfile.TemporaryDirectory(prefix="blog-") as name:
        folder = Path(name)
        fallback = None
        if use == "copy":
            Cache.copy(folders.cache, folder)
            fallback = folders.cache
        yield Workspace(folder, folder, is_persistent=False, fallback=fallback)


def _check_cache_dir(root: Path, cache_dir: Path | None) -> None:
    if cache_dir is not None and cache_dir.resolve().is_relative_to(root.resolve()):
        message = "the cache folder lies inside the site folder, where anyone who sends you a site can write"
        hint = "choose a folder outside of it, such as --cache-dir ~/.cache/blog"
        raise UnsafeOutputError([Problem(Location(str(cache_dir.absolute())), "unsafe-cache", message, hint)])


def _make_folders(folders: SiteFolders, root: Path, cache_dir: Path | None) -> SiteFolders | None:
    """Create the folders of a site; return None if that fails, or if other users can write there."""
    try:
        if cache_dir is None:
            make_private(folders.cache.parent)
        is_new = not folders.cache.is_dir()
        make_private(folders.cache)
    except OSError:
        return None
    with suppress(OSError):
        if is_new:
            _remove_orphans(folders.cache.parent)
        recorded_site = read_private(folders.cache / _SITE)
        site = os.fsencode(os.path.realpath(root))
        if recorded_site != site:
            write_private(folders.cache / _SITE, site)
    try:
        make_private(folders.state.parent)
        make_private(folders.state)
    except OSError:  # in a container, one of the two may not be writable
        folders = SiteFolders(folders.cache, folders.cache)
    return folders if _is_writable(folders) else None


def _is_writable(folders: SiteFolders) -> bool:
    try:
        for folder in {folders.cache, folders.state}:
            os.close(open_private(folder / "lock", os.O_RDWR | os.O_CREAT))
    except OSError:
        return False
    return True


def _remove_orphans(base: Path) -> None:
    """Remove the cache folders of sites that no longer exist."""
    for entry in os.scandir(base):
        if not entry.is_dir(follow_symlinks=False):
            continue
        site = read_private(Path(entry.path, _SITE))
        if site and not os.path.lexists(site):
            shutil.rmtree(entry.path, ignore_errors=True)


@contextmanager
def _locked(root: Path, folder: Path, patience: float) -> Iterator[None]:
    holder = folder / "lock-holder"
    lock = FileLock(folder / "lock", timeout=patience)
    try:
        lock.acquire()
    except Timeout:
        process = read_private(holder).decode("utf-8", "replace").strip() or "unknown"
        message = f"another build of this site is running (process {process})"
        raise BlogError(
            [Problem(Location(str(root.absolute())), "locked", message, "wait for it, or end it")]
        ) from None
    try:
        with suppress(OSError):
            write_private(holder, f"{os.getpid()}\n".encode())
        yield
    finally:
        with suppress(OSError):  # the system frees it when the process ends
            lock.release()


def read_note(folders: SiteFolders, name: str) -> bytes:
    """Return the data that is stored beside the cache under ``name``; empty if there is none, or if it was changed."""
    stored = read_private(folders.cache / name)
    check, data = stored[:16], stored[16:]
    return data if check == digest(name.encode() + data) else b""


def write_note(folders: SiteFolders, name: str, data: bytes) -> None:
    """Store ``data`` beside the cache under ``name``, if the folder can be written."""
    with suppress(OSError):
        make_private(folders.cache)
        write_private(folders.cache / name, digest(name.encode() + data) + data)


def find_other_owner(root: Path, output: Path) -> str:
    """Return the path of another site of this user that publishes to ``output``; empty if there is none."""
    site = read_private(_owner_file(root, output))
    if site in {b"", os.fsencode(os.path.realpath(root))} or not os.path.isfile(site + b"/blog.toml"):  # noqa: PTH113
        return ""
    return os.fsdecode(site)


def is_owner(root: Path, output: Path) -> bool:
    """Return whether a build of the site at ``root`` has published to ``output`` before."""
    return read_private(_owner_file(root, output)) == os.fsencode(os.path.realpath(root))


def record_owner(root: Path, output: Path) -> None:
    """Record that ``output`` is published from ``root``, if that can be written."""
    with suppress(OSError):
        path = _owner_file(root, output)
        make_private(path.parent)
        write_private(path, os.fsencode(os.path.realpath(root)))


def _owner_file(root: Path, output: Path) -> Path:
    name = digest(os.fsencode(os.path.realpath(output))).hex()
    return locate_folders(root).state.parent / "outputs" / name


def warn_of_old_folder(root: Path) -> tuple[Problem, ...]:
    """Return a note on how to delete the cache of version 1.0, if the site still has one."""
    if not os.path.lexists(root / OLD_FOLDER):
        return ()
    message = "not used any more: caches are kept outside of the site"
    return (Problem(Location(OLD_FOLDER), "old-cache", message, f"delete it: rm -r {OLD_FOLDER}", "note"),)
