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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden/*/out anew")


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
