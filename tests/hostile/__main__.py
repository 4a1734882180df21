"""`python -m tests.hostile SECONDS`: try hostile repositories for that time, and tell each finding once.

`--seed N` tries one repository alone, `--pieces A,B` only these pieces of it, `--keep FOLDER` leaves it there.
`--program PATH` audits another `blog`; `--cache-dirs .blog` lets it write there in the site folder.
"""

import argparse
import sys
from pathlib import Path

from tests.hostile.trials import PROGRAM, Trials


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    """Run the trials that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--first", type=int, default=1_000)
    parser.add_argument("--pieces", default="")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--program", type=Path, default=PROGRAM)
    parser.add_argument("--cache-dirs", nargs="*", default=[], metavar="DIR")
    given = parser.parse_args()
    trials = Trials(given.program.absolute(), tuple(given.cache_dirs), _tell)
    if given.seed is not None:
        trials.one(given.seed, tuple(filter(None, given.pieces.split(","))), given.keep)
    else:
        trials.many(given.first, given.seconds)
    sys.stdout.write(trials.summary())
    return 1 if trials.found else 0


sys.exit(main())
