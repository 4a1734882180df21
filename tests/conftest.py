"""What all tests share: options, the rule that nothing is skipped in CI, where the checkers are."""

import datetime as dt
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support.publishing import build_folder

settings.register_profile("steady", derandomize=True, deadline=None, print_blob=False)
settings.load_profile("steady")

collect_ignore = [] if os.environ.get("BLOG_HOSTS") else ["hosts"]
"""See tests/hosts/__init__.py."""
_skipped: list[str] = []
SLOW = {
    "browser": "each test starts Chromium",
    "hostile": "whole builds under strace",
    "promises/test_failures.py": "a build for each operation on files that can fail",
    "promises/test_fuzz.py": "each target runs in a process of its own",
    "promises/test_hostile.py": "attacks in real time",
    "promises/test_machine.py": "sites of thousands of posts, small disks, signals",
    "promises/test_privacy.py": "pairs of sites, built and compared",
    "promises/test_properties.py": "hundreds of generated sites",
    "promises/test_times.py": "times every regular expression",
    "promises/test_warm.py": "sequences of edits, each built twice",
    "check/test_external_links.py": "waits for slow and silent servers",
    "test_benchmarks.py": "runs the benchmarks",
    "test_checkers.py": "runs the validators from npm",
    "test_docs.py": "runs the commands of the documents",
}
"""What ``pytest -m "not slow"`` leaves out, by path below ``tests``, and why it takes long."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden/*/out anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    top = Path(__file__).parent
    for item in items:
        path = item.path.relative_to(top).as_posix()
        if path in SLOW or path.partition("/")[0] in SLOW:
            item.add_marker("slow")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if os.environ.get("CI") and _skipped and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        for name in _skipped:
            sys.stderr.write(f"\nin CI a skip is a failure: {name}\n")


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The cache and state folders of the program: of this run of the tests, not of whoever runs them."""
    top = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(top / "cache"))
        patch.setenv("XDG_STATE_HOME", str(top / "state"))
        patch.delenv("BLOG_CACHE_DIR", raising=False)
        yield


@pytest.fixture(scope="session")
def checkers() -> Path:
    """The folder `node_modules` with the checkers from npm."""
    folder = os.environ.get("BLOG_CHECKERS")
    if not folder:
        pytest.skip("BLOG_CHECKERS does not name a node_modules folder with the checkers from npm")
    return Path(folder)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("there is no Chromium on this machine")
    return found


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example blog, built once."""
    top = Path(__file__).parent.parent
    root = tmp_path_factory.mktemp("example")
    for name in ("content", "themes"):
        shutil.copytree(top / name, root / name)
    shutil.copy(top / "blog.toml", root / "blog.toml")
    build_folder(root, now=dt.datetime(2026, 11, 20, tzinfo=dt.UTC))
    return root / "public"
