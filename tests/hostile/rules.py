"""What a command of the program may touch. Everything else is a finding."""

import os
import re
import subprocess
from functools import cache
from pathlib import Path

from msgspec import Struct

from tests.hostile.world import World

PROGRAM_FOLDER = "blog"
"""Below `$XDG_CACHE_HOME` and `$XDG_STATE_HOME`: all that the program keeps."""
STAGE = ".blog-"
"""How the names of folders begin in which a build prepares its outputs, beside the output folder."""
OUTPUT = "public"
"""The output folder, in the site folder."""
READ_ONLY = (
    "/usr", "/lib", "/lib64", "/bin", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf",
    "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/locale.alias", "/etc/hosts", "/etc/resolv.conf", "/etc/host.conf", "/etc/gai.conf",
    "/etc/services", "/etc/protocols", "/etc/ssl/openssl.cnf", "/etc/os-release", "/dev/null", "/dev/urandom", "/dev/random", "/sys/fs/cgroup", "/sys/devices/system",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/filesystems", "/proc/stat", "/proc/sys", "/proc/mounts",
)  # fmt: skip
"""What Python, its libraries and the system's own read."""
OF_A_PROCESS = ("cgroup", "fd", "maps", "mountinfo", "mounts", "stat", "statm", "status")
"""What a process may read about itself in `/proc`."""
WRITABLE_DEVICES = ("/dev/null", "/dev/shm")
LOOKS = {"read", "list", "watch"}
_ABOUT_ITSELF = re.compile(rf"/proc/\d+(/task/\d+)?(/({'|'.join(OF_A_PROCESS)}))?")
SOCKETS_OF_THE_SYSTEM = re.compile(r"/(var/)?run/(nscd|systemd)/")


class Command(Struct, frozen=True):
    """A command line of the program, and what it is allowed."""

    words: tuple[str, ...]
    writes: tuple[str, ...] = ()
    """Paths relative to the site folder."""
    stages_beside: str | None = None
    """An output folder: beside it, outputs may be prepared."""
    listens: bool = False
    shows_drafts: bool = False

    @property
    def name(self) -> str:
        return f"blog {' '.join(self.words)}"


class Rules(Struct, frozen=True):
    """What one command may do in one world."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]
    stages: str
    """The beginning of paths at which outputs may be prepared; empty: nowhere."""
    listens: bool

    def allow(self, kind: str, path: str) -> bool:
        """Whether that may be done to the file at the real `path`."""
        if kind == "bind":
            return self.listens and bool(re.search(r'inet_addr\("127\.0\.0\.1"\)|AF_INET6.*"::1"', path))
        if kind == "connect":
            return bool(SOCKETS_OF_THE_SYSTEM.search(path))
        if not path.startswith("/"):
            return False
        if self._may_write(path):
            return True
        if kind == "make folder":  # those above are made where they are missing
            return any(place.startswith(f"{path}/") for place in self.writes)
        return kind in LOOKS and (_is_below(path, self.reads) or bool(_ABOUT_ITSELF.fullmatch(path)))

    def _may_write(self, path: str) -> bool:
        return _is_below(path, self.writes) or bool(self.stages and path.startswith(self.stages))


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def rules_for(command: Command, world: World, program: Path, also: tuple[str, ...] = ()) -> Rules:
    """The rules for `command`; folders `also` of the site, such as `.blog`, may be written."""
    kept = [place / PROGRAM_FOLDER for place in (world.cache, world.state)]
    writes = [str(path) for path in (*kept, world.temporary)]
    writes += [os.path.normpath(world.site / path) for path in (*command.writes, *also)]
    stages = ""
    if command.stages_beside is not None:
        stages = os.path.normpath(world.site / command.stages_beside / ".." / STAGE)
    reads = (*READ_ONLY, *folders_of(program), str(world.site))
    return Rules(reads, (*writes, *WRITABLE_DEVICES), stages, command.listens)


@cache
def folders_of(program: Path) -> tuple[str, ...]:
    """The program itself, its Python, and where that looks for modules."""
    with program.open("rb") as file:
        line = file.readline().decode("utf-8", "replace")
    python = line.removeprefix("#!").split()[0] if line.startswith("#!") else "python3"
    code = "import sys; print('\\n'.join([sys.prefix, sys.base_prefix, *filter(None, sys.path)]))"
    said = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, cwd="/").stdout
    found = [
        *said.splitlines(),
        str(program),
        str(program.parent),
    ]  # the last is where a script's imports are looked for first
    return tuple(sorted({path for each in found for path in (each, os.path.realpath(each))} - {"/"}))
