"""A random seed → a site folder as an attacker would commit it: a small valid site, and a few hostile pieces."""

import importlib
import random
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.hostile.pieces import PIECES, Folder
from tests.hostile.world import World
from tests.support.sites import picture

for _name in ("designs", "left_behind", "links", "media", "writing"):
    importlib.import_module(f"tests.hostile.{_name}")

_BASE: dict[str, str | bytes] = {
    "blog.toml": 'title = "Evil"\nurl = "https://example.org"\ndescription = "A small site."\n',
    "content/about.md": "---\ntitle: About\n---\nAbout this site.\n",
    "content/posts/first.md": "---\ntitle: First\ndate: 2024-01-01\ntags: [a, b]\n---\nSome words, and a picture: ![teal](teal.png)\n\n[second](second.md)\n",
    "content/posts/second.md": "---\ntitle: Second\ndate: 2024-01-02\nlabels: [Journal]\nseries: Weeks\n---\n## A heading\n\n$x^2$ and `code`.\n\n```python\nx = 1\n```\n",
    "content/posts/week.md": "---\ntitle: Week 1\ndate: 2024-01-05\nseries: Weeks\n---\nwords\n",
    "content/posts/diary.md": "---\ntitle: Diary\ndate: 2024-01-03\nprivate: true\n---\npr1vate words\n",
    "content/posts/unfinished.md": "---\ntitle: Unfinished\ndate: 2024-01-04\ndraft: true\n---\npr1vate words\n",
}
_MILD = 0.55
"""How many repositories have only pieces with which a build goes through."""


def pieces_of(seed: int) -> tuple[str, ...]:
    """The pieces of a repository, in the order in which they are put into it."""
    chosen = random.Random(seed)
    if chosen.random() < _MILD:
        names = [name for name, piece in PIECES.items() if piece.mild]
        count = chosen.randint(2, 5)
    else:
        names, count = list(PIECES), chosen.randint(1, 4)
    picked = chosen.sample(sorted(names), count)
    if "a_forged_cache" in picked:  # what changes the site would let the forged rows lie unread
        picked = [name for name in picked if PIECES[name].late or name == "a_forged_cache"]
    return tuple(sorted(picked, key=lambda name: (name == "a_forged_cache", PIECES[name].late, picked.index(name))))


def put(world: World, seed: int, names: Sequence[str], program: Path) -> None:
    """Make the site folder of the world: that of a `seed`, with the pieces of these `names`.

    A piece is the same whichever others there are, but for what stands in its way.
    """
    base = Folder(world, program, "")
    for name, text in _BASE.items():
        base.write(name, text)
    base.write("content/posts/teal.png", picture(1_200, 700))
    for name in names:
        with suppress(FileExistsError):  # another piece has put something there
            PIECES[name].put(Folder(world, program, f"{seed} {name}"))
