"""Files, links and folders under the names that the disk has for them: some disks ignore case or Unicode form."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from blog.text import name_key

if TYPE_CHECKING:
    from collections.abc import Iterator
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


def folders_above(path: str) -> Iterator[str]:
    """Yield the folders above ``path``, the uppermost first."""
    for at, char in enumerate(path):
        if char == "/":
            yield path[:at]


def is_same_entry(path: str, other: str) -> bool:
    """Return whether both paths lead to one file, link or folder."""
    try:
        return os.path.samestat(os.lstat(path), os.lstat(other))
    except OSError:
        return False


def as_listed(output: Path, path: str) -> str:
    """``path`` in ``output`` as the disk lists it: on some disks case and Unicode form are kept and not heeded."""
    listed = ""
    for name in path.split("/"):
        folder = f"{output}/{listed}"
        try:
            names = os.listdir(folder)
        except OSError:
            return path
        alike = () if name in names else (other for other in names if name_key(other) == name_key(name))
        found = next((other for other in alike if is_same_entry(f"{folder}{other}", f"{folder}{name}")), name)
        listed += f"{found}/"
    return listed.removesuffix("/")


def respell(output: Path, path: str) -> None:
    """Rename what the disk lists in another case or form than ``path`` has it, if it allows that."""
    listed = as_listed(output, path)
    folder = listed.rpartition("/")[0]
    wanted = f"{folder}/{path.rpartition('/')[2]}".removeprefix("/")
    if listed != wanted:
        with suppress(OSError):
            os.rename(f"{output}/{listed}", f"{output}/{wanted}")  # noqa: PTH104
