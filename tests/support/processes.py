"""Whether processes run, as Linux says in `/proc`."""

from contextlib import suppress
from pathlib import Path


def running() -> dict[int, int]:
    """The number of each process that runs, and that of its group; those that have ended may wait for their parent."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, group = path.read_text("utf-8").rpartition(")")[2].split()[:3]
            if state not in "ZX":
                found[int(path.parent.name)] = int(group)
    return found


def alive_in_group(group: int) -> list[int]:
    """The processes of a group that run."""
    return [number for number, own_group in running().items() if own_group == group]
