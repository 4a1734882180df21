"""Builds one corpus with each generator in turn, in every case."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.corpus import EDITED, posts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.peers import Peer
    from benchmarks.table import Measures

CASES = ("clean", "nothing changed", "one body edited", "one title edited", "one template edited")
MEMORY = "peak memory"
_LIMIT = 600.0
"""Seconds that one build may take."""


def measure_builds(peers: Sequence[Peer], folder: Path, count: int, rounds: int) -> Measures:
    """Every case of every peer, in turn, so that a noisy minute hits all of them.

    A first clean build, which is not timed, measures the memory. Files rest before they are built.
    """
    roots = {peer.name: folder / str(count) / peer.name for peer in peers}
    (folder / str(count)).mkdir()
    found: Measures = {}
    for peer in peers:
        peer.write(roots[peer.name], posts(count))
        found[MEMORY, peer.name] = [_build(peer.command(roots[peer.name]), roots[peer.name], memory=True)]
    for number in range(rounds):
        for case in CASES:
            for peer in peers:
                root = roots[peer.name]
                _prepare(peer, root, case, f"post-{(count // 2 + number) % count:05}", number)
                seconds = _build(peer.command(root), root, memory=False)
                found.setdefault((case, peer.name), []).append(seconds)
                sys.stderr.write(f"{count} {case} {peer.name} {seconds:.2f} s\n")
    shutil.rmtree(folder / str(count))
    return found


def _prepare(peer: Peer, root: Path, case: str, slug: str, number: int) -> None:
    """Bring the site into the state that the case begins with."""
    post = root / peer.post.format(slug)
    if case == "clean":
        for path in (root / name for name in peer.made):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        return
    edits: dict[str, tuple[Path, Callable[[str], str]]] = {
        "one body edited": (post, lambda text: text.replace(EDITED, f"{EDITED}, {number}", 1)),
        "one title edited": (post, lambda text: text.replace(", ", f", {number} ", 1)),
        "one template edited": (
            root / peer.template[0],
            lambda text: text.replace(peer.template[1], f"<p>{number}</p>{peer.template[1]}", 1),
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


def _build(command: list[str], root: Path, *, memory: bool) -> float:
    """Run one build; return its seconds, or with ``memory`` the peak of the whole process tree in MB."""
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
    return peak[0] if memory else seconds


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    """Note the largest sum of proportional set sizes over the process tree (Linux): shared pages count once."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_proportional(pid) for pid in _tree(process.pid)) / 1024)
        time.sleep(0.02)


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
