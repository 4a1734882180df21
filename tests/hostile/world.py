"""The home folder in which a hostile repository lies: what it may not be led to, and how one sees that it was."""

import hashlib
import os
import stat
from collections.abc import Collection
from pathlib import Path

from msgspec import Struct

from blog.output.folder import MANIFEST

CANARY = "c4nary"
"""In each file that is none of the repository's business. Nowhere else: where it turns up, that file was read."""
PRIVATE = "pr1vate"
"""In all that a site holds and does not publish."""
_LARGE = 4_000_000
_CANARIES = (
    "home/.bashrc", "home/.ssh/id_rsa", "home/.ssh/authorized_keys", "home/.netrc", "home/.aws/credentials", "home/.config/git/config",
    "home/thesis.txt", "home/letters/draft.md", "home/projects/secrets.env", "home/projects/evil.bak/blog.toml",
    "home/projects/mine/blog.toml", "home/projects/mine/content/posts/diary.md", "home/projects/mine/public/index.html",
    "home/projects/mine/public/posts/diary/index.html", "home/projects/mine/.blog/lock-holder", "home/.cache/other/data", "home/.local/state/other/data",
)  # fmt: skip


class World(Struct, frozen=True):
    """Where everything is."""

    top: Path

    @property
    def home(self) -> Path:
        return self.top / "home"

    @property
    def site(self) -> Path:
        return self.home / "projects" / "evil"

    @property
    def other(self) -> Path:
        """Another site, with an output of its own."""
        return self.home / "projects" / "mine"

    @property
    def cache(self) -> Path:
        return self.home / ".cache"

    @property
    def state(self) -> Path:
        return self.home / ".local" / "state"

    @property
    def temporary(self) -> Path:
        return self.top / "tmp"

    @property
    def notes(self) -> Path:
        """What the auditor itself writes."""
        return self.top / "notes"

    @property
    def canaries(self) -> tuple[Path, ...]:
        """Files that are none of the repository's business."""
        return tuple(self.top / name for name in _CANARIES)

    def environment(self) -> dict[str, str]:
        """That of a command run here."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.cache),
            "XDG_STATE_HOME": str(self.state),
            "TMPDIR": str(self.temporary),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONFAULTHANDLER": "1",
        }


def new_world(folder: Path) -> World:
    """A home folder with canaries, and a site folder with nothing in it."""
    world = World(Path(os.path.realpath(folder)))
    for path in world.canaries:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{CANARY} {path.relative_to(world.top)}\n", "utf-8")
    for path in (world.site, world.temporary, world.notes, world.home / "empty", world.home / "www"):
        path.mkdir(parents=True, exist_ok=True)
    (world.other / "public" / MANIFEST).write_text("blog manifest 1\n", "utf-8")
    return world


Sight = tuple[str, int, int, int, str]
"""Kind, mode, size, time of change, and what it holds."""


def seen(top: Path, without: Collection[str]) -> dict[str, Sight]:
    """Every file and folder below `top`, as it is, but for those at or below the paths `without`."""
    found: dict[str, Sight] = {}

    def visit(folder: str) -> None:
        for entry in os.scandir(folder):
            if entry.path in without:
                continue
            found[entry.path] = _sight(entry.path)
            if entry.is_dir(follow_symlinks=False):
                visit(entry.path)

    visit(str(top))
    return found


def _sight(path: str) -> Sight:
    status = os.lstat(path)
    kind = stat.S_IFMT(status.st_mode)
    if stat.S_ISLNK(status.st_mode):
        return "link", kind, 0, 0, str(Path(path).readlink())
    if stat.S_ISDIR(status.st_mode):
        return "folder", status.st_mode, 0, 0, ""
    if not stat.S_ISREG(status.st_mode):
        return "special", status.st_mode, 0, 0, ""
    digest = ""
    if status.st_size < _LARGE:
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, "blake2b").hexdigest()
    return "file", status.st_mode, status.st_size, status.st_mtime_ns, digest


def differences(before: dict[str, Sight], after: dict[str, Sight]) -> list[tuple[str, str]]:
    """What happened, and to what."""
    found = [("removed", path) for path in before.keys() - after.keys()]
    found += [("made", path) for path in after.keys() - before.keys()]
    found += [("changed", path) for path in before.keys() & after.keys() if before[path] != after[path]]
    return sorted(found)
