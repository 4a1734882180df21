"""Build one corpus with ``blog``, Hugo and Pelican in turn, and print medians and ratios as a Markdown table."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import IO, TYPE_CHECKING, NamedTuple

from benchmarks.corpus import EDITED, posts
from benchmarks.peers import PEERS, Peer

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = ("clean", "nothing changed", "one body edited", "one title edited", "one template edited")
_LIMIT = 600.0
"""Seconds that one build may take."""


class Built(NamedTuple):
    """What one build took."""

    seconds: float
    memory: float
    """Peak of the whole process tree in MB, where it was measured."""


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--posts", type=int, nargs="+", default=[1000], help="sizes of the corpus [1000]")
    parser.add_argument("--runs", type=int, default=3, help="how often each case is measured [3]")
    parser.add_argument("--only", nargs="+", choices=[peer.name for peer in PEERS], help="leave the others out")
    parser.add_argument("--folder", type=Path, help="where to work [a temporary folder]")
    arguments = parser.parse_args()
    peers = [peer for peer in PEERS if not arguments.only or peer.name in arguments.only]
    with tempfile.TemporaryDirectory(prefix="blog-benchmark-", dir=arguments.folder) as folder:
        for count in arguments.posts:
            roots = {peer.name: Path(folder, str(count), peer.name) for peer in peers}
            for peer in peers:
                roots[peer.name].parent.mkdir(exist_ok=True)
                peer.write(roots[peer.name], posts(count))
            _say(sys.stdout, _table(count, _measure(peers, roots, count, arguments.runs)))


def _say(stream: IO[str], text: str) -> None:
    stream.write(text)
    stream.flush()


def _measure(peers: list[Peer], roots: dict[str, Path], count: int, runs: int) -> dict[tuple[str, str], list[Built]]:
    """Every case of every peer, in turn, so that a noisy minute hits all of them. Files rest before they are built."""
    found: dict[tuple[str, str], list[Built]] = {}
    for run in range(runs):
        for case in CASES:
            for peer in peers:
                root = roots[peer.name]
                _prepare(peer, root, case, f"{count // 2 + run:05}", run)
                built = _build(peer.command(root), root, memory=case == "clean")
                found.setdefault((case, peer.name), []).append(built)
                _say(sys.stderr, f"{count} {case} {peer.name} {built.seconds:.2f} s\n")
    return found


def _prepare(peer: Peer, root: Path, case: str, number: str, run: int) -> None:
    """Bring the site into the state that the case begins with."""
    post = root / peer.post.format(f"post-{number}")
    if case == "clean":
        for path in (root / name for name in peer.made):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return
    edits: dict[str, tuple[Path, Callable[[str], str]]] = {
        "one body edited": (post, lambda text: text.replace(EDITED, f"{EDITED}, {run}", 1)),
        "one title edited": (post, lambda text: text.replace(", ", f", {run} ", 1)),
        "one template edited": (
            root / peer.template[0],
            lambda text: text.replace(peer.template[1], f"<p>{run}</p>{peer.template[1]}", 1),
        ),
    }
    if case in edits:
        path, edit = edits[case]
        before = path.read_text("utf-8")
        after = edit(before)
        if after == before:
            sys.exit(f"the edit of {path} changes nothing")
        path.write_text(after, "utf-8")
    time.sleep(0.2)


def _build(command: list[str], root: Path, *, memory: bool) -> Built:
    # Python programs are measured as they are installed: with their compiled modules.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)  # noqa: S603
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    if memory:
        watcher.start()
    try:
        _, errors = process.communicate(timeout=_LIMIT)
    except subprocess.TimeoutExpired:
        process.kill()
        sys.exit(f"{command[0]} took longer than {_LIMIT:g} seconds")
    seconds = time.perf_counter() - started
    if process.returncode:
        sys.exit(f"{command[0]} failed:\n{errors.decode()}")
    return Built(seconds, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Note the largest sum of proportional set sizes over the process tree (Linux): shared pages count once."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_proportional(pid) for pid in _tree(process.pid)) / 1024)
        time.sleep(0.25)


def _tree(pid: int) -> list[int]:
    children = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += [int(child) for child in path.read_text("utf-8").split()]
        except OSError:
            continue
    return [pid, *(inner for child in children for inner in _tree(child))]


def _proportional(pid: int) -> int:
    """Kilobytes; 0 for a process that has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _table(count: int, found: dict[tuple[str, str], list[Built]]) -> str:
    """Medians, and in brackets how many times the time of blog."""
    names = list(dict.fromkeys(name for _, name in found))
    lines = [f"| {count:,} posts, {os.cpu_count()} cores | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    lines += [
        _row(case, [median(built.seconds for built in found[case, name]) for name in names], "s") for case in CASES
    ]
    lines.append(_row("peak memory", [median(built.memory for built in found["clean", name]) for name in names], "MB"))
    return "\n".join([*lines, ""])


def _row(case: str, values: list[float], unit: str) -> str:
    cells = [f"{value:.{2 if unit == 's' else 0}f} {unit} ({value / (values[0] or 1):.2g}×)" for value in values]
    return f"| {case} | {' | '.join([cells[0].split(' (')[0], *cells[1:]])} |"


if __name__ == "__main__":
    main()
