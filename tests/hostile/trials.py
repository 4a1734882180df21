"""Hostile repositories, one after the other: each in a new world, with a few commands of the program."""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

from tests.hostile.auditor import Finding, Ran, audit, commands
from tests.hostile.repository import pieces_of, put
from tests.hostile.world import new_world

PROGRAM = Path(sys.executable).parent / "blog"


class Trials:
    """What was tried, and what was found."""

    def __init__(self, program: Path, also: tuple[str, ...], tell: Callable[[str], object]) -> None:
        self.program, self.also, self.tell = program, also, tell
        self.found: dict[str, str] = {}
        """Each kind of finding, and the first of them."""
        self.statuses: Counter[tuple[str, int]] = Counter()
        self.repositories = 0

    def many(self, first: int, seconds: float) -> None:
        """Try the seeds from `first` on, until `seconds` are over."""
        end = time.monotonic() + seconds
        for seed in count(first):
            if time.monotonic() > end:
                return
            self.one(seed)

    def one(self, seed: int, pieces: tuple[str, ...] = (), keep: Path | None = None) -> None:
        """Try one repository."""
        self.repositories += 1
        names = pieces or pieces_of(seed)
        alone: dict[str, set[str]] = {}
        for ran, findings in self._run(seed, names, keep):
            self.statuses[ran.command.words[0], ran.status] += 1
            for key, finding in findings.items():
                if key not in self.found:
                    cause = self._cause(seed, names, key, alone)
                    self.found[key] = self._told(seed, cause, ran, finding)
                    self.tell(self.found[key])

    def summary(self) -> str:
        """How much was tried, and what came of it."""
        statuses = ", ".join(
            f"{words} ended {times} times with {status}" for (words, status), times in sorted(self.statuses.items())
        )
        return f"{self.repositories} repositories, {len(self.found)} kinds of findings; {statuses}\n"

    def _run(self, seed: int, names: tuple[str, ...], keep: Path | None = None) -> list[tuple[Ran, dict[str, Finding]]]:
        chosen = random.Random(f"{seed} commands")
        wanted = commands([chosen.random() for _ in range(5)])
        folder = Path(tempfile.mkdtemp(prefix="blog-hostile-"))
        try:
            world = new_world(folder)
            put(world, seed, names, self.program)
            if keep:
                shutil.copytree(world.top, keep, symlinks=True, copy_function=_copied)
            ran = [audit(world, command, self.program, self.also) for command in wanted]
            return [(each, {finding.key(world): finding for finding in each.findings}) for each in ran]
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _cause(self, seed: int, names: tuple[str, ...], key: str, alone: dict[str, set[str]]) -> tuple[str, ...]:
        """The one piece that is enough for the finding; else all. What each piece does `alone` is tried once."""
        for name in names if len(names) > 1 else ():
            if name not in alone:
                alone[name] = {key for _, findings in self._run(seed, (name,)) for key in findings}
            if key in alone[name]:
                return (name,)
        return names

    def _told(self, seed: int, names: tuple[str, ...], ran: Ran, finding: Finding) -> str:
        again = f"python -m tests.hostile 0 --seed {seed} --pieces {','.join(names)}"
        also = f" --cache-dirs {' '.join(self.also)}" if self.also else ""
        return f"FOUND {finding.kind}: {finding.what}\n  by {ran.command.name} (status {ran.status})\n  {finding.how[:1500]}\n  again: {again}{also}\n"


def _copied(source: str, target: str) -> None:
    with suppress(OSError, shutil.Error):
        shutil.copy2(source, target, follow_symlinks=False)
