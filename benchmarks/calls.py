"""The guard of speed that needs no clock: ``python -m benchmarks.calls``; the exit status is 1 if a figure moved.

It counts the function calls of a build of 50 posts (Python functions and built-in ones, imports included) and compares
them with ``calls.json``: more than 5 % away, in either direction, is an error, which lists the functions that moved
most. The counts of two runs differ by less than a thousandth. ``--update`` writes the new figures: commit them with the
change that moved them. Each minor version of Python has its own. Calls in other processes and threads are not counted,
hence ``-j 1``; time inside one call (a regular expression, a compressor, the disk) is not seen.
"""

from __future__ import annotations

import argparse
import json
import os
import pstats
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from benchmarks.corpus import EDITED, posts
from benchmarks.peers import BLOG

FIGURES = Path(__file__).parent / "calls.json"
TOLERANCE = 0.05
"""How far a case may be from its figure."""
_TOP = Path(__file__).parent.parent
_POSTS = 50
_LISTED = 8
"""Functions in a message."""
_SMALLEST_SHARE = 0.0005
"""Functions with a smaller share of the calls of their case are not stored."""
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_INSTALLATION = re.compile(r"^.*/(?:site-packages|python3\.\d+)/")


class Case(NamedTuple):
    """The calls of one build."""

    calls: int
    functions: dict[str, int]
    """Path and name of a function → its calls."""


Cases = dict[str, Case]


def main() -> None:
    """Count, and compare with the figures or write them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calls", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the figures of this version of Python")
    arguments = parser.parse_args()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    stored = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    with tempfile.TemporaryDirectory(prefix="blog-calls-") as folder:
        cases = count_calls(Path(folder))
    for name, case in cases.items():
        sys.stdout.write(f"{name:16}{case.calls:>12,} calls\n")
    if arguments.update:
        stored[version] = {name: _without_small(case)._asdict() for name, case in cases.items()}
        FIGURES.write_text(json.dumps(stored, indent=1, sort_keys=True) + "\n", "utf-8")
        return
    if version not in stored:
        sys.stdout.write(f"no figures for Python {version}; write them with: python -m benchmarks.calls --update\n")
        return
    expected = {name: Case(**case) for name, case in stored[version].items()}
    problems = compare(expected, cases)
    sys.stdout.write("\n".join([*problems, ""]))
    sys.exit(bool(problems))


def count_calls(folder: Path) -> Cases:
    """Build a site in ``folder`` clean, unchanged and with one edited body; count the calls of each build."""
    site = folder / BLOG.name
    BLOG.write(site, posts(_POSTS))
    post = site / BLOG.post.format(f"post-{_POSTS // 2:05}")
    cases = {"clean": _count_build(folder), "nothing changed": _count_build(folder)}
    post.write_text(post.read_text("utf-8").replace(EDITED, f"{EDITED}, as ever"), "utf-8")
    return {**cases, "one body edited": _count_build(folder)}


def _count_build(folder: Path) -> Case:
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "TZ": "UTC",
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_STATE_HOME": str(folder / "state"),
    }
    profile = folder / "profile"
    command = [sys.executable, "-m", "cProfile", "-o", str(profile), "-m", "blog"]
    arguments = ["build", "-q", "-j", "1", "--root", str(folder / BLOG.name)]
    subprocess.run([*command, *arguments], cwd=_TOP, env=environment, check=True)  # noqa: S603
    functions: Counter[str] = Counter()
    for (path, _, name), (_, calls, *_) in pstats.Stats(str(profile)).stats.items():  # type: ignore[attr-defined]
        functions[function_name(path, name)] += calls
    return Case(functions.total(), dict(functions))


def function_name(path: str, name: str) -> str:
    """Return what identifies a function on every machine: the path in its installation, and the name."""
    if path == "~":
        return _ADDRESS.sub("", name)
    return f"{_INSTALLATION.sub('', path).removeprefix(f'{_TOP}/')}: {name}"


def _without_small(case: Case) -> Case:
    smallest = case.calls * _SMALLEST_SHARE
    return case._replace(functions={name: calls for name, calls in case.functions.items() if calls >= smallest})


def compare(expected: Cases, found: Cases) -> list[str]:
    """Return a message for each case that is too far from its figure."""
    messages = []
    for name, case in found.items():
        figure = expected.get(name)
        if figure is None:
            messages.append(f"{name}: no figure; write it with: python -m benchmarks.calls --update")
            continue
        moved = case.calls / figure.calls - 1
        if abs(moved) > TOLERANCE:
            messages.append(
                f"{name}: {case.calls:,} calls, {moved:+.1%} of {figure.calls:,}; the functions that moved most:\n"
                + "\n".join(_most_moved(figure, case, 1 if moved > 0 else -1))
                + "\nif that is meant: python -m benchmarks.calls --update, and commit the figures"
            )
    return messages


def _most_moved(figure: Case, case: Case, direction: int) -> list[str]:
    """Return a line for each of the functions that moved most in the ``direction`` of their case."""
    now = Counter(case.functions)
    if direction < 0:
        now = Counter({name: now[name] for name in figure.functions})
    moved = Counter({name: direction * (calls - figure.functions.get(name, 0)) for name, calls in now.items()})
    return [
        f"  {direction * difference:+,}  {name} ({figure.functions.get(name, 0):,} → {now[name]:,})"
        for name, difference in moved.most_common(_LISTED)
        if difference > 0
    ]


if __name__ == "__main__":
    main()
