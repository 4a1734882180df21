"""Break each promise in a copy of the program, and see that a test notices: `python -m tests.breaks [WORD…]`.

With words, those whose promise or file has one of them. Exit status 1 if a break went unnoticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.breaks import TOP, Break, breaks

MEMORY = 6_000_000
"""KiB for a test: some breaks fill all that there is."""


def noticed(broken: Break) -> str:
    """Empty if one of the tests fails where the promise is broken; else what they said."""
    with tempfile.TemporaryDirectory(prefix="blog-break-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(TOP, copy, ignore=shutil.ignore_patterns(".*", "public", "__pycache__"))
        file = copy / broken.file
        file.write_text(file.read_text("utf-8").replace(broken.old, broken.new), "utf-8")
        command = ["sh", "-c", f'ulimit -v {MEMORY}; exec "$@"', "sh"]
        command += [sys.executable, "-m", "pytest", "-n", "0", "-x", "-q", "-p", "no:cacheprovider", *broken.tests]
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ran = subprocess.run(
                command, check=False, cwd=copy, env=environment, capture_output=True, text=True, timeout=300
            )
        except subprocess.TimeoutExpired:
            return ""  # to hang is to fail
        return "" if ran.returncode == 1 else (ran.stdout + ran.stderr)[-1500:]


def say(text: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Carry out all breaks, or those with one of `words`."""
    chosen = [
        found for found in breaks() if not words or any(word in f"{found.promise} {found.file}" for word in words)
    ]
    missed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for broken, said in zip(chosen, pool.map(noticed, chosen), strict=True):
            say(f"{'MISSED' if said else 'noticed'}: {broken.promise} ({broken.file})")
            if said:
                missed += 1
                say(said)
    say(f"{len(chosen)} promises broken, {len(chosen) - missed} noticed")
    return 1 if missed or not chosen else 0


sys.exit(main(sys.argv[1:]))
