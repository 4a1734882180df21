"""Build one corpus with ``blog`` and other generators in turn, and print medians and ratios as Markdown.

``--table`` prints the tables of ``docs/performance.md``: builds at four sizes, then ``serve`` in Chromium. It takes
hours, and needs a machine that does nothing else. A generator that is not installed is left out, with a line on stderr.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.builds import CASES, MEMORY, measure_builds
from benchmarks.peers import BLOG, BLOG_WITHOUT_CARDS, HUGO, PEERS, MissingProgramError
from benchmarks.table import markdown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.peers import Peer

_SIZES = (50, 300, 1_000, 10_000)
_SIZES_OF_ALL = (50, 1_000)
"""Sizes of the table at which all generators are measured; at the others only Hugo is, beside blog."""
_MAIN = (BLOG, BLOG_WITHOUT_CARDS, HUGO)
_FORMATS = {**dict.fromkeys(CASES, "{:.2f} s"), MEMORY: "{:.0f} MB"}


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--table", action="store_true", help="the tables of docs/performance.md")
    parser.add_argument("--posts", type=int, nargs="+", help="sizes of the corpus [1000; --table: 50 300 1000 10000]")
    parser.add_argument("--runs", type=int, help="how often each case is measured [7 up to 300 posts, else 3]")
    parser.add_argument("--edits", type=int, help="edits of each kind in serve [20 up to 1,000 posts, else 10]")
    parser.add_argument("--only", nargs="+", choices=[peer.name for peer in PEERS], help="leave the others out")
    parser.add_argument("--folder", type=Path, help="where to work [a temporary folder]")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="path of the browser for --table")
    arguments = parser.parse_args()
    sizes = arguments.posts or (_SIZES if arguments.table else (1_000,))
    installed = list(_installed(arguments.only))
    for count in sizes:
        beside = installed if not arguments.table or count in _SIZES_OF_ALL or arguments.only else _MAIN
        peers = [peer for peer in installed if peer in beside]
        with tempfile.TemporaryDirectory(prefix="blog-benchmark-", dir=arguments.folder) as folder:
            rounds = arguments.runs or (7 if count <= 300 else 3)
            measures = measure_builds(peers, Path(folder), count, rounds)
        title = f"{count:,} posts, {os.cpu_count()} cores"
        _print(markdown(title, _FORMATS, [peer.name for peer in peers], measures))
    if arguments.table:
        from benchmarks import saved  # noqa: PLC0415  (needs playwright)

        served = [peer for peer in installed if peer in saved.SERVED]
        for count in sizes:
            edits = arguments.edits or (20 if count <= 1_000 else 10)
            _print(saved.table(served, count, saved.KINDS, edits, arguments.chromium))


def _installed(only: Sequence[str] | None) -> Iterator[Peer]:
    """The generators to measure; says on stderr which are not installed."""
    for peer in PEERS:
        if only and peer.name not in only:
            continue
        try:
            peer.command(Path())
        except MissingProgramError as error:
            sys.stderr.write(f"{peer.name} is left out: {error}\n")
        else:
            yield peer


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
