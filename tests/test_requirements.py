"""What CI and the deployment install is pinned, with hashes, within the ranges that users get."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TOP = Path(__file__).parent.parent
PINNED = re.compile(r"([\w.-]+)==([\w.+!-]+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)")


def pins(name: str) -> dict[str, str]:
    """Package → version; the file holds nothing else."""
    text = (TOP / f".ci/requirements/{name}.txt").read_text("utf-8")
    assert PINNED.sub("", text) == ""
    return {canonicalize_name(found[1]): found[2] for found in PINNED.finditer(text)}


def test_every_package_is_pinned_with_hashes_within_its_range() -> None:
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))
    asked = project["project"]["dependencies"]
    more = [
        text
        for name in ("diagrams", "import", "test", "dev")
        for text in project["project"]["optional-dependencies"][name]
    ]
    run, dev, build = pins("run"), pins("dev"), pins("build")
    for text in (*asked, *more):
        wanted = Requirement(text)
        if wanted.name != project["project"]["name"]:
            assert dev[canonicalize_name(wanted.name)] in wanted.specifier, text
    shown = project["project"]["optional-dependencies"]["diagrams"]  # the example blog has diagrams
    assert {canonicalize_name(Requirement(text).name) for text in (*asked, *shown)} <= run.keys()
    for text in project["build-system"]["requires"]:
        assert build[canonicalize_name(Requirement(text).name)] in Requirement(text).specifier
    both = {**run, **build}
    assert {name: version for name, version in dev.items() if name in both} == {
        name: version for name, version in both.items() if name in dev
    }
    assert run.keys() <= dev.keys()


def test_the_checkers_from_npm_are_pinned_with_hashes() -> None:
    lock = (TOP / ".ci/checkers/package-lock.json").read_text("utf-8")
    assert lock.count('"node_modules/') == lock.count('"integrity": "sha512-') > 3
    assert '"resolved"' not in lock


def test_what_is_pinned_is_all_that_is_fetched() -> None:
    """Pip would look for newer versions of what an extra asks for, and refuse them, once there are any."""
    for script in (".ci/run", ".ci/install"):
        lines = [line for line in (TOP / script).read_text("utf-8").splitlines() if "--require-hashes" in line]
        assert len(lines) == 2
        assert all("--no-deps" in line for line in lines), script
