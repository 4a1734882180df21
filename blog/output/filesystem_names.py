"""Files, links and folders under the names that the disk has for them: some disks ignore case or Unicode form."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

from blog.text import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path


def is_file_or_link(path: str | Path) -> bool:
    """Return whether ``path`` is a file, a link or a special file, but no folder."""
    try:
        return not stat.S_ISDIR(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_folder(path: str | Path) -> bool:
    """Return whether ``path`` is a folder, and no link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_same_entry(path: str, other: str) -> bool:
    """Return whether both paths lead to one file, link or folder."""
    try:
        return os.path.samestat(os.lstat(path), os.lstat(other))
    except OSError:
        return False


def folders_above(path: str) -> Iterator[str]:
    """Yield the folders above ``path``, the uppermost first."""
    for position, char in enumerate(path):
        if char == "/":
            yield path[:position]


def list_folders(paths: Iterable[str]) -> set[str]:
    """Return all folders above ``paths``."""
    return set(chain.from_iterable(map(folders_above, paths)))


def as_listed(output: Path, path: str) -> str:
    """Return ``path`` in ``output`` as the disk lists it: some disks keep case and Unicode form, but ignore them."""
    listed = ""
    for name in path.split("/"):
        folder = f"{output}/{listed}"
        try:
            names = os.listdir(folder)
        except OSError:
            return path
        listed += f"{_find_listed_name(folder, names, name)}/"
    return listed.removesuffix("/")


def _find_listed_name(folder: str, names: Sequence[str], name: str) -> str:
    """Return which of ``names`` the disk has for ``name``; ``name`` if it has none."""
    if name in names:
        return name
    key = name_key(name)
    for other in names:
        if name_key(other) == key and is_same_entry(f"{folder}{other}", f"{folder}{name}"):
            return other
    return name


def respell(output: Path, path: str) -> None:
    """Rename what the disk lists in another case or form than ``path`` has it, if it allows that."""
    listed = as_listed(output, path)
    folder = listed.rpartition("/")[0]
    target = f"{folder}/{path.rpartition('/')[2]}".removeprefix("/")
    if listed != target:
        with suppress(OSError):
            os.rename(f"{output}/{listed}", f"{output}/{target}")  # noqa: PTH104


def find_renamed(output: Path, paths: Iterable[str], stale: Sequence[str]) -> dict[str, str]:
    """Return path → stale file, where the disk has one file for both: their names differ only in case or form."""
    if not stale:
        return {}
    stale_by_key = {name_key(path): path for path in stale}
    renamed = {}
    for path in paths:
        twin = stale_by_key.get(name_key(path))
        if twin is not None and is_same_entry(f"{output}/{path}", f"{output}/{twin}"):
            renamed[path] = twin
    return renamed


def find_blocking(removed: Sequence[str], staged: Iterable[str]) -> set[str]:
    """Return the paths of ``removed`` that are in the place of a ``staged`` file or of a folder above it.

    A file below a staged path blocks it too: it keeps a folder in the place of the staged file.
    """
    if not removed:
        return set()
    staged_keys = set(map(name_key, staged))
    needed = staged_keys | list_folders(staged_keys)
    blocking = set()
    for path in removed:
        key = name_key(path)
        if key in needed or not staged_keys.isdisjoint(folders_above(key)):
            blocking.add(path)
    return blocking


def find_respelled_folders(removed: Iterable[str], staged: Iterable[str]) -> list[str]:
    """Return the folders above ``staged`` files that differ only in case or form from one above ``removed`` files."""
    old_names = {name_key(folder): folder for folder in list_folders(removed)}
    if not old_names:
        return []
    new_names = sorted(list_folders(staged))
    return [folder for folder in new_names if old_names.get(name_key(folder), folder) != folder]


def find_listed_otherwise(output: Path, folders: Iterable[str]) -> set[str]:
    """Return the ``folders`` of ``output`` that the disk lists, or lists one above, in another case or form."""
    names: dict[str, frozenset[str]] = {}
    listed_otherwise: set[str] = set()
    for folder in sorted(folders):
        parent, _, name = folder.rpartition("/")
        if parent not in names:
            names[parent] = frozenset(os.listdir(output / parent))
        if parent in listed_otherwise or name not in names[parent]:
            listed_otherwise.add(folder)
    return listed_otherwise
