"""The group and the access list that a folder passes on to the files in it."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from blog.output.disk_names import is_folder

_DEFAULT, _ACCESS = "system.posix_acl_default", "system.posix_acl_access"


def _access_list(folder: str) -> bytes:
    """The access list that new files in ``folder`` get; empty if there is none, or none can be."""
    try:
        return os.getxattr(folder, _DEFAULT)
    except (OSError, AttributeError):  # AttributeError: not Linux
        return b""


def hands_down(folder: str) -> bool:
    """Return whether new files in ``folder`` inherit its group (setgid) or an access list."""
    return bool(Path(folder).stat().st_mode & stat.S_ISGID or _access_list(folder))


def take_after(path: str, folder: str) -> None:
    """Give a new file, or a folder and all in it, the group and the access list as if it were made in ``folder``.

    What the system does not allow is left as it is.
    """
    if os.path.islink(path):
        return
    above, is_directory, default = Path(folder).stat(), is_folder(path), _access_list(folder)
    with suppress(OSError):
        if above.st_mode & stat.S_ISGID:
            os.chown(path, -1, above.st_gid)
            if is_directory:
                Path(path).chmod(stat.S_IMODE(Path(path).stat().st_mode) | stat.S_ISGID)
    with suppress(OSError):
        if default:
            os.setxattr(path, _ACCESS, default if is_directory else _not_executable(default))
            if is_directory:
                os.setxattr(path, _DEFAULT, default)
    for name in os.listdir(path) if is_directory else ():
        take_after(f"{path}/{name}", path)


def _not_executable(default: bytes) -> bytes:
    """The access list of a file that is made with mode 666, <https://man7.org/linux/man-pages/man5/acl.5.html>.

    After four bytes of version come entries of eight: a tag, the rights, an id. The limits of a list are its mask, or
    its group where it has none, and its owner and others.
    """
    owner, group, mask, other = 0x01, 0x04, 0x10, 0x20
    entries = [default[at : at + 8] for at in range(4, len(default), 8)]
    tags = [int.from_bytes(entry[:2], "little") for entry in entries]
    limits = {owner, mask if mask in tags else group, other}
    cut = (
        entry[:2] + bytes([entry[2] & 6, entry[3]]) + entry[4:] if tag in limits else entry
        for tag, entry in zip(tags, entries, strict=True)
    )  # fmt: skip
    return default[:4] + b"".join(cut)
