"""The group and the access list that a folder passes on to the files in it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from blog.output.filesystem_names import is_folder

_DEFAULT_LIST, _ACCESS_LIST = "system.posix_acl_default", "system.posix_acl_access"
_OWNER, _GROUP, _MASK, _OTHER = 0x01, 0x04, 0x10, 0x20
"""Tags of the entries of an access list."""
_ENTRY_START, _ENTRY_SIZE = 4, 8
"""In bytes: the version comes before the entries; an entry has a tag, the rights and an id."""
_READ_AND_WRITE = 6


def passes_on_rights(folder: str) -> bool:
    """Return whether new files in ``folder`` inherit its group (setgid) or an access list."""
    return bool(Path(folder).stat().st_mode & stat.S_ISGID or _read_default_list(folder))


def _read_default_list(folder: str) -> bytes:
    """Return the access list that new files in ``folder`` get; empty if there is none, or no support for them."""
    try:
        return os.getxattr(folder, _DEFAULT_LIST)
    except (OSError, AttributeError):  # AttributeError: not Linux
        return b""


def inherit_rights(path: str, folder: str) -> None:
    """Give a new file, or a folder and its contents, the group and the access list of a file created in ``folder``.

    What the system does not allow is left as it is.
    """
    if os.path.islink(path):
        return
    parent, is_directory, access_list = Path(folder).stat(), is_folder(path), _read_default_list(folder)
    with suppress(OSError):
        if parent.st_mode & stat.S_ISGID:
            os.chown(path, -1, parent.st_gid)
            if is_directory:
                Path(path).chmod(stat.S_IMODE(Path(path).stat().st_mode) | stat.S_ISGID)
    with suppress(OSError):
        if access_list:
            os.setxattr(path, _ACCESS_LIST, access_list if is_directory else _remove_execution(access_list))
            if is_directory:
                os.setxattr(path, _DEFAULT_LIST, access_list)
    if is_directory:
        for name in os.listdir(path):
            inherit_rights(f"{path}/{name}", path)


def _remove_execution(access_list: bytes) -> bytes:
    """Return the access list of a file created with mode 666, <https://man7.org/linux/man-pages/man5/acl.5.html>.

    The upper limits in a list are its mask, or its group where it has no mask, and its owner and others.
    """
    tags: dict[int, int] = {}
    for start in range(_ENTRY_START, len(access_list), _ENTRY_SIZE):
        tags[start] = int.from_bytes(access_list[start : start + 2], "little")
    limits = {_OWNER, _MASK if _MASK in tags.values() else _GROUP, _OTHER}
    changed = bytearray(access_list)
    for start, tag in tags.items():
        if tag in limits:
            changed[start + 2] &= _READ_AND_WRITE
    return bytes(changed)
