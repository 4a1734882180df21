"""What a hostile repository is made of: pieces, each of which is put into a small valid site."""

import os
import random
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from tests.hostile.world import World

Put = Callable[["Folder"], None]


class Piece(Struct, frozen=True):
    """One thing that an attacker commits."""

    name: str
    put: Put
    mild: bool
    """A build goes through, as a rule."""
    late: bool
    """It changes nothing that a build reads: it can come after a cache was forged."""


PIECES: dict[str, Piece] = {}
"""By name."""


def piece(*, mild: bool = False, late: bool = False) -> Callable[[Put], Put]:
    """Let a function be a piece, under its own name."""

    def registered(put: Put) -> Put:
        PIECES[put.__name__] = Piece(put.__name__, put, mild, late)
        return put

    return registered


class Folder:
    """The site folder, while pieces are put into it."""

    def __init__(self, world: World, program: Path, seed: str) -> None:
        self.world, self.program = world, program
        self.root = world.site
        self.random = random.Random(seed)

    def place(self, name: str | bytes) -> Path:
        """Where a name of the site folder lies; what is in the way of its folder goes."""
        path = self.root / os.fsdecode(name)
        for folder in reversed(path.relative_to(self.root).parents[:-1]):
            if os.path.lexists(self.root / folder) and not (self.root / folder).is_dir():
                (self.root / folder).unlink()
        if not path.parent.resolve().is_relative_to(self.root):
            raise FileExistsError(path)  # another piece has put a link there
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def write(self, name: str | bytes, data: str | bytes) -> None:
        """A file, unless something is there."""
        path = self.place(name)
        if not os.path.lexists(path):
            path.write_bytes(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data)

    def append(self, name: str, text: str) -> None:
        """More at the end of a file."""
        path = self.place(name)
        before = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if not os.path.lexists(path) or before:
            path.write_bytes(before + text.encode("utf-8", "surrogateescape"))

    def link(self, name: str | bytes, target: str | Path) -> None:
        """A symbolic link; a file in its place goes."""
        path = self.place(name)
        if path.is_file() or path.is_symlink():
            path.unlink()
        if not path.exists():
            path.symlink_to(target)

    def post(self, name: str, text: str, front: str = "") -> None:
        """A post."""
        self.write(f"content/posts/{name}.md", f"---\ntitle: The post {name}\ndate: 2024-03-04\n{front}---\n{text}\n")

    def outside(self) -> Path:
        """A file that is none of the repository's business."""
        return self.random.choice(self.world.canaries)

    def aim(self, base: str = ".") -> str:
        """The way to such a file, absolute or relative to the folder `base` of the site."""
        path = self.outside()
        return str(path) if self.random.random() < 0.5 else os.path.relpath(path, self.root / base)
