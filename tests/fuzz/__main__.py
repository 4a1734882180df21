"""Look for inputs that break a promise: `python -m tests.fuzz TARGET SECONDS [FOLDER]`.

`FOLDER` keeps what was found worth trying, for the next time. Each way in which a promise is broken is told once, as
`BROKEN`, with the file below `FOLDER/findings/` that has the input.
"""

import hashlib
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["blog", "markdown_it", "mdit_py_plugins"]):
    from tests.fuzz.targets import TARGETS

from tests.fuzz.seeds import dictionary_of, seeds_of


def noting(harness: Callable[[bytes], None], folder: Path) -> Callable[[bytes], None]:
    """`harness`, but that what breaks a promise is noted, once for each way, and the search goes on."""
    known: set[str] = set()

    def tried(data: bytes) -> None:
        try:
            harness(data)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is what we look for)
            frames = traceback.extract_tb(error.__traceback__)
            way = f"{type(error).__name__} {frames[-1].filename}:{frames[-1].lineno} {frames[-1].line}"
            if way not in known:
                known.add(way)
                name = hashlib.sha256(way.encode()).hexdigest()[:12]
                (folder / name).write_bytes(data)
                (folder / f"{name}.txt").write_text(traceback.format_exc(), "utf-8")
                sys.stderr.write(f"BROKEN {folder / name}: {way}: {str(error)[:300]!r}\n")

    return tried


def main(target: str, seconds: str, kept: str = "") -> None:
    """Try inputs for `target`."""
    folder = Path(kept or tempfile.mkdtemp(prefix="blog-fuzz-"))
    corpus, findings = folder / target, folder / "findings" / target
    for place in (corpus, findings):
        place.mkdir(parents=True, exist_ok=True)
    for seed in seeds_of(target):
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    words = folder / f"{target}.dict"
    lines = ["".join(f"\\x{byte:02x}" for byte in word.encode()) for word in dictionary_of(target)]
    words.write_text("".join(f'"{line}"\n' for line in lines), "ascii")
    options = [f"-max_total_time={seconds}", "-timeout=10", "-max_len=4096", f"-dict={words}", "-print_final_stats=1"]
    atheris.Setup(["fuzz", *options, f"-artifact_prefix={findings}/", str(corpus)], noting(TARGETS[target], findings))
    atheris.Fuzz()


main(*sys.argv[1:])
