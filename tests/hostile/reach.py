"""System calls → what each of them reached: the file itself, behind all links, as they were at that moment."""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join

from msgspec import Struct

from tests.hostile.strace import Call, shown

_MOST_LINKS = 40
_AT = re.compile(r".*at2?")
_TRIED_IN_VAIN = {"ENOENT", "ENOTDIR", "ELOOP", "EEXIST", "ENXIO", "ENAMETOOLONG", "EISDIR", "EINVAL"}
"""Errors of an `open` that has found nothing, or was not led on by a link."""
_THE_NAME = {
    "unlink": "remove", "unlinkat": "remove", "rmdir": "remove", "mkdir": "make folder", "mkdirat": "make folder", "mknod": "create",
    "mknodat": "create", "rename": "rename", "renameat": "rename", "renameat2": "rename", "link": "link", "linkat": "link",
    "lchown": "change owner", "lsetxattr": "change attributes", "lremovexattr": "change attributes",
}  # fmt: skip
"""Calls that are about a name: a link in its place is not followed."""
_THE_FILE = {
    "chmod": "change mode", "fchmod": "change mode", "fchmodat": "change mode", "chown": "change owner", "fchown": "change owner",
    "fchownat": "change owner", "truncate": "truncate", "ftruncate": "truncate", "utime": "change times", "utimes": "change times",
    "futimesat": "change times", "utimensat": "change times", "setxattr": "change attributes", "fsetxattr": "change attributes",
    "removexattr": "change attributes", "fremovexattr": "change attributes", "getdents": "list", "getdents64": "list",
    "inotify_add_watch": "watch", "fanotify_mark": "watch",
}  # fmt: skip
"""Calls that are about a file, whatever the name."""
_NETWORK = {"connect": "connect", "bind": "bind", "sendto": "send", "sendmsg": "send", "sendmmsg": "send"}
_OPENS = {"open", "openat", "openat2", "creat"}
_RUNS = {"execve", "execveat"}
_HARMLESS = (
    {"clone", "clone3", "fork", "vfork", "socket", "listen", "chdir", "fchdir", "symlink", "symlinkat"} | _OPENS | _RUNS
)
_SIGNALS = {"kill", "tkill", "tgkill"}


class Access(Struct, frozen=True):
    """Something that was done to a file, or to what is no file."""

    kind: str
    path: str
    """Absolute and real; of a network, what the call says about it."""
    call: str
    """For people."""


class Reach:
    """Follows the calls of a command: which links there are below `top`, and where each process is."""

    def __init__(self, top: Path, current: Path) -> None:
        self.top = os.path.realpath(top)
        self.links: dict[str, str] = {}
        """Path → what it says."""
        self.current = str(current)
        self.folders: dict[int, str] = {}
        """Process → its current folder."""
        self.ran = False
        for folder, folders, files in os.walk(self.top):
            for path in (f"{folder}/{name}" for name in (*folders, *files)):
                if os.path.islink(path):
                    self.links[path] = str(Path(path).readlink())

    def of(self, call: Call) -> list[Access]:
        """What `call` reached; what it changed is known from then on."""
        for part in call.parts:
            if part.kind == "cwd":
                self.folders[call.pid] = part.text
        found = [Access(kind, path, shown(call)) for kind, path in self._reached(call)]
        if call.result >= 0:
            self._follow(call)
        return found

    def _reached(self, call: Call) -> Iterator[tuple[str, str]]:
        name = call.name
        if name in _OPENS:
            yield from self._opened(call)
        elif name in _THE_NAME or name in _THE_FILE or name.startswith("symlink"):
            yield from self._touched(call)
        elif name in _RUNS:
            if self.ran:
                yield "exec", self.resolve(self._paths(call)[0])
            self.ran = self.ran or call.result == 0
        elif name in _NETWORK:
            if said := re.search(r"\{sa_family=(?!AF_NETLINK).*\}", call.arguments):
                yield _NETWORK[name], _plain_address(said[0])
        elif name in _SIGNALS:
            yield "signal", call.arguments
        elif name not in _HARMLESS:
            yield "forbidden", f"{name}({call.arguments})"

    def _touched(self, call: Call) -> Iterator[tuple[str, str]]:
        """What is changed, or looked at, without being opened."""
        name, paths = call.name, self._paths(call)
        if name.startswith("symlink"):  # what it says is no path yet
            yield "create", self._in_its_folder(paths[-1])
        elif name in _THE_FILE:
            here = "AT_SYMLINK_NOFOLLOW" in call.arguments
            yield _THE_FILE[name], self._in_its_folder(paths[0]) if here else self.resolve(paths[0])
        elif not (name.startswith("mkdir") and call.error == "EEXIST"):
            yield from ((_THE_NAME[name], self._in_its_folder(path)) for path in paths)

    def _opened(self, call: Call) -> Iterator[tuple[str, str]]:
        writes = call.name == "creat" or re.search("O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)", call.arguments)
        if "O_PATH" in call.arguments or ("O_DIRECTORY" in call.arguments and not writes):
            return  # what is listed is told by another call
        if call.result < 0 and call.error in _TRIED_IN_VAIN:
            return
        path = call.reached if call.result >= 0 else self.resolve(self._paths(call)[0])
        if path.startswith("/") and not path.startswith("/memfd:") and not (_is_folder(path) and not writes):
            yield ("write" if writes else "read"), path

    def _paths(self, call: Call) -> list[str]:
        """The paths that the call names, absolute; no link is followed."""
        if not _AT.fullmatch(call.name) and call.name != "utimensat":
            written = [part.text for part in call.parts if part.kind == "written"]
            if call.name in _RUNS:
                written = written[:1]  # what follows are its words
            folder = self.folders.get(call.pid, self.current)
            open_files = [part.text for part in call.parts if part.kind != "written" and part.text.startswith("/")]
            return [join(folder, path) for path in written] or open_files
        paths, folder = [], ""
        for part in call.parts:
            if part.kind != "written":
                folder = part.text
            else:
                paths.append(join(folder or "/", part.text).rstrip("/"))
        return paths or [folder]

    def resolve(self, path: str, hops: int = 0) -> str:
        """The file that `path` leads to."""
        place = "/"
        names = path.split("/")
        for number, name in enumerate(names):
            if name in {"", "."}:
                continue
            place = dirname(place) if name == ".." else f"{place.rstrip('/')}/{name}"
            target = self._link(place)
            if target and hops < _MOST_LINKS:
                rest = "/".join(names[number + 1 :])
                return self.resolve(join(dirname(place), target, rest), hops + 1)
        return place

    def _link(self, place: str) -> str:
        if place in self.links:
            return self.links[place]
        if place.startswith((f"{self.top}/", "/proc/")):
            return ""
        try:
            return str(Path(place).readlink())
        except OSError:
            return ""

    def _in_its_folder(self, path: str) -> str:
        folder, _, name = path.rstrip("/").rpartition("/")
        return f"{self.resolve(folder).rstrip('/')}/{name}"

    def _follow(self, call: Call) -> None:
        """Note what the call has changed."""
        name, paths = call.name, self._paths(call)
        if name in {"clone", "clone3", "fork", "vfork"}:
            self.folders.setdefault(call.result, self.folders.get(call.pid, self.current))
        elif name in {"chdir", "fchdir"}:
            self.folders[call.pid] = self.resolve(paths[0])
        elif name.startswith("symlink"):
            said = next(part.text for part in call.parts if part.kind == "written")
            self.links[self._in_its_folder(paths[-1])] = said
        elif name.startswith("unlink"):
            self.links.pop(self._in_its_folder(paths[0]), None)
        elif name.startswith("rename"):
            self._move(self._in_its_folder(paths[0]), self._in_its_folder(paths[1]))

    def _move(self, old: str, new: str) -> None:
        self.links.pop(new, None)
        moved = {path: said for path, said in self.links.items() if path == old or path.startswith(f"{old}/")}
        for path, said in moved.items():
            del self.links[path]
            self.links[new + path.removeprefix(old)] = said


def _plain_address(said: str) -> str:
    """An address with its texts as they are."""
    return re.sub(
        r"(?:\\x[0-9a-f]{2})+", lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("latin-1"), said
    )


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False
