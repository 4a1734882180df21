"""Each promise, broken once: changes of the program that a test must notice.

The files `*.toml` beside this one list them; `python -m tests.breaks [WORD…]` carries them out, each in a copy of the
program, and says which of them no test noticed. To read them is to see what the tests are for.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, convert

TOP = Path(__file__).parent.parent.parent


class Break(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to break a promise."""

    promise: str
    file: str
    """Of the program or of a theme that comes with it."""
    old: str
    """Stands in the file once;"""
    new: str
    """what breaks the promise, in its place."""
    tests: tuple[str, ...]
    """One of them must fail: `tests/test_x.py::test_y`."""


def breaks() -> Iterator[Break]:
    """All of them, by file."""
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        yield from convert(tomllib.loads(path.read_text("utf-8"))["break"], list[Break])
