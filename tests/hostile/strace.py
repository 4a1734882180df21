"""What `strace` wrote about a command → each system call of its processes, with the paths that it named and reached.

All texts are asked for in hexadecimal (`-xx`): no name of a file can look like a part of the line.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

FILES = (
    "open", "openat", "openat2", "creat", "getdents", "getdents64", "inotify_add_watch", "fanotify_mark", "chdir", "fchdir",
    "mkdir", "mkdirat", "mknod", "mknodat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2", "link", "linkat",
    "symlink", "symlinkat", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "truncate", "ftruncate",
    "utime", "utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr",
)  # fmt: skip
"""Calls that reach files. To ask for the status of a file is not among them."""
OTHERS = (
    "execve", "execveat", "clone", "clone3", "fork", "vfork", "kill", "tkill", "tgkill", "socket", "connect", "bind", "listen", "sendto", "sendmsg",
    "sendmmsg", "ptrace", "process_vm_readv", "process_vm_writev", "io_uring_setup", "open_by_handle_at", "mount", "umount2", "pivot_root",
    "chroot", "unshare", "setns", "move_mount", "open_tree", "fsopen", "swapon", "swapoff", "sethostname", "setdomainname", "reboot", "init_module",
    "finit_module", "bpf", "keyctl", "add_key", "request_key", "acct", "quotactl", "settimeofday", "clock_settime", "setuid", "setgid", "personality",
)  # fmt: skip
COMMAND = (
    "strace",
    "-f",
    "-qq",
    "-yy",
    "-xx",
    "-s",
    "5000",
    "-e",
    f"trace={','.join(f'?{name}' for name in (*FILES, *OTHERS))}",
    "-e",
    "signal=none",
)
"""What runs a command below it; `-o FILE` follows."""

_TEXT = r'"(?P<text>(?:\\x[0-9a-f]{2})*)"'
_DESCRIPTOR = r"(?:(?P<cwd>AT_FDCWD)|\d+)<(?P<path>(?:\\x[0-9a-f]{2})+)(?:<[^<>]*>)?>(?P<gone>\(deleted\))?"
_PART = re.compile(f"{_TEXT}|{_DESCRIPTOR}")
_LINE = re.compile(r"(?P<pid>\d+) +(?P<rest>.*)\n?")
_CALL = re.compile(r"(?P<name>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+|\?|0x[0-9a-f]+)(?P<more>.*)")
_RESUMED = re.compile(r"<\.\.\. \w+ resumed>(?P<rest>.*)")
_UNFINISHED = " <unfinished ...>"


class Part(Struct, frozen=True):
    """One path in the arguments of a call."""

    text: str
    kind: Literal["written", "descriptor", "cwd"]
    """What the program wrote; the path of an open file or folder as the system knows it; the current folder."""


class Call(Struct, frozen=True):
    """One call of one process."""

    pid: int
    name: str
    arguments: str
    """As `strace` wrote them."""
    parts: tuple[Part, ...]
    result: int
    """-1: it failed, or the process ended in it."""
    error: str
    """As `ENOENT`."""
    reached: str
    """What an opened descriptor leads to: the file itself, behind all links."""


def calls(lines: Iterable[str]) -> Iterator[Call]:
    """The calls, in the order in which they ended. What a killed process never came back from is among them."""
    begun: dict[int, str] = {}
    for line in lines:
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        pid, rest = int(found["pid"]), found["rest"]
        if rest.endswith(_UNFINISHED):
            begun[pid] = rest.removesuffix(_UNFINISHED)
            continue
        if resumed := _RESUMED.fullmatch(rest):
            rest = begun.pop(pid, "") + resumed["rest"]
        if call := _call(pid, rest):
            yield call
    for pid, rest in begun.items():
        if call := _call(pid, f"{rest}) = ?"):
            yield call


def _call(pid: int, text: str) -> Call | None:
    found = _CALL.fullmatch(text)
    if found is None:
        return None
    arguments, more = found["arguments"], found["more"]
    parts = tuple(_part(each) for each in _PART.finditer(arguments))
    result = int(found["result"], 0) if found["result"] != "?" else -1
    error = re.match(r" (E[A-Z0-9]+)", more) if result == -1 else None
    reached = _PART.fullmatch(f"{result}{more}") if result >= 0 and more.startswith("<") else None
    return Call(
        pid, found["name"], arguments, parts, result, error[1] if error else "", _part(reached).text if reached else ""
    )


def _part(found: re.Match[str]) -> Part:
    if found["path"] is not None:
        return Part(_plain(found["path"]), "cwd" if found["cwd"] else "descriptor")
    return Part(_plain(found["text"]), "written")


def _plain(text: str) -> str:
    return os.fsdecode(bytes.fromhex(text.replace("\\x", "")))


def shown(call: Call) -> str:
    """The call as a person reads it."""
    arguments = _PART.sub(lambda found: repr(_part(found).text), call.arguments)
    result = call.error or (f"{call.result} → {call.reached!r}" if call.reached else str(call.result))
    return f"{call.name}({arguments}) = {result}"
