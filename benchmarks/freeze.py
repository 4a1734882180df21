"""The referee of a refactoring: ``python -m benchmarks.freeze record FILE``, later ``compare FILE``.

It records the digest of every output of the example blog, of a fresh ``blog init`` site and of a corpus of 300 posts
(with social cards and without), and every problem that the test suite provokes. ``compare`` prints what differs and
exits with 1 if an output does; a changed message is only printed, for a reader to judge. Record and compare on the
same day: ``blog init`` dates its post. Timings are the task of ``python -m benchmarks``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.corpus import posts
from benchmarks.peers import BLOG, BLOG_WITHOUT_CARDS, Peer

_TOP = Path(__file__).parent.parent
_CORPUS_SIZE = 300

Record = dict[str, dict[str, str]]
"""Site → output path → digest; and under ``problems`` the messages."""


def main() -> None:
    """Record or compare, as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.freeze", description=__doc__)
    parser.add_argument("action", choices=["record", "compare"])
    parser.add_argument("file", type=Path, help="the record, as JSON")
    parser.add_argument("--no-problems", action="store_true", help="do not run the test suite for its messages")
    arguments = parser.parse_args()
    record = _record(with_problems=not arguments.no_problems)
    if arguments.action == "record":
        arguments.file.write_text(json.dumps(record, indent=1, sort_keys=True), "utf-8")
        return
    sys.exit(_compare(json.loads(arguments.file.read_text("utf-8")), record))


def _record(*, with_problems: bool) -> Record:
    with tempfile.TemporaryDirectory(prefix="blog-freeze-") as folder:
        work = Path(folder)
        os.environ["XDG_CACHE_HOME"] = str(work / "cache")
        os.environ["XDG_STATE_HOME"] = str(work / "state")
        record = {
            "example": _digests_of_build(_TOP, work / "example"),
            "fresh": _digests_of_build(_write_fresh_site(work / "fresh-site"), work / "fresh"),
            "corpus": _digests_of_build(_write_corpus(work / "corpus-site", BLOG_WITHOUT_CARDS), work / "corpus"),
            "corpus with cards": _digests_of_build(_write_corpus(work / "cards-site", BLOG), work / "cards"),
        }
        if with_problems:
            record["problems"] = _problems_of_suite(work / "problems")
        return record


def _digests_of_build(root: Path, output: Path) -> dict[str, str]:
    _blog("build", "--root", str(root), "-o", str(output), "-q")
    files = sorted(path for path in output.rglob("*") if path.is_file())
    return {path.relative_to(output).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _write_fresh_site(root: Path) -> Path:
    _blog("init", str(root))
    return root


def _write_corpus(root: Path, peer: Peer) -> Path:
    peer.write(root, posts(_CORPUS_SIZE))
    return root


def _blog(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "blog", *arguments], check=True, cwd=_TOP, stdout=subprocess.DEVNULL)  # noqa: S603  (our own program)


def _problems_of_suite(folder: Path) -> dict[str, str]:
    """Run the tests with the recorder as a plugin; return ``code: message (hint)`` → severity, of all workers."""
    folder.mkdir()
    pytest = [sys.executable, "-m", "pytest", "-p", "benchmarks.problem_recorder", "-p", "no:cacheprovider"]
    fast = ["-m", "not slow"]  # inputs and moments of the slow tests differ from run to run
    subprocess.run([*pytest, *fast], check=False, cwd=_TOP, env={**os.environ, "BLOG_PROBLEMS": str(folder)})  # noqa: S603
    problems: dict[str, str] = {}
    for path in folder.iterdir():
        problems |= json.loads(path.read_text("utf-8"))
    shutil.rmtree(folder)
    return problems


def _compare(before: Record, after: Record) -> int:
    status = 0
    for name in before.keys() & after.keys():
        old, new = before[name], after[name]
        changed = sorted(key for key in old.keys() | new.keys() if old.get(key) != new.get(key))
        for key in changed:
            sign = "-" if key not in new else "+" if key not in old else "~"
            sys.stdout.write(f"{name}: {sign} {key}\n")
        sys.stdout.write(f"{name}: {len(changed)} of {len(old)} differ\n")
        if changed and name != "problems":
            status = 1
    return status


if __name__ == "__main__":
    main()
