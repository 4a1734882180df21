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
from tests.support.templates import compile_builtin_templates_once

settings.register_profile("steady", derandomize=True, deadline=None, print_blob=False)
settings.load_profile("steady")

if hasattr(os, "register_at_fork"):  # coverage counts in this process alone: what a forked worker counts ends with it
    os.register_at_fork(after_in_child=lambda: sys.settrace(None))

collect_ignore = [] if os.environ.get("BLOG_HOSTS") else ["hosts"]
"""See tests/hosts/__init__.py."""
_skipped: list[str] = []
SLOW = {
    "browser": "pages in Chromium",
    "hostile": "whole builds under strace",
    "promises": "hundreds of generated sites, edits, failures and signals; processor time at several sizes",
    "content/test_foreign_sources.py": "whole builds from generated texts of other programs",
    "system/test_standard_streams.py": "commands in processes of their own, with damaged streams",
    "test_checkers.py": "runs the validators from npm",
    "test_foreign.py": "whole builds from generated texts of other programs",
}
"""What ``pytest -m "not slow"`` leaves out, by path below ``tests``, and why it takes long."""
SLOW_TESTS = {
    "grows_no_faster": "processor time at several sizes",
    "in_linear_time": "processor time at several sizes",
    "takes_for_ever": "waits for a limit",
    "test_a_file_that_only_hidden_text_names": "33 builds",
    "test_a_key_with_any_wrong_value": "thousands of front matters",
    "test_a_page_that_doubles_again_and_again": "waits for a limit",
    "test_a_page_that_takes_too_much": "waits for a limit",
    "test_changes_that_no_test_notices_survive": "runs pytest on copies of the program",
    "test_no_file_of_the_current_folder_is_run": "commands in processes of their own",
    "test_no_lexer_drops_or_changes_a_character": "every lexer of Pygments",
    "test_of_files_whose_names_look_alike": "80 builds",
    "test_one_command_prints_a_table": "measures builds in processes of their own",
    "test_the_commands_of_the_documents_run": "commands in processes of their own",
    "test_the_pictures_are_the_same_for_the_same_seed": "draws photographs",
    "test_whatever_is_written_gives_valid_feeds": "whole builds from generated texts",
}
"""Other tests that it leaves out, by a part of the name."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="write tests/golden/*/out anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    top = Path(__file__).parent
    for item in items:
        path = item.path.relative_to(top).as_posix()
        function = item.name.partition("[")[0]
        if path in SLOW or path.partition("/")[0] in SLOW or any(part in function for part in SLOW_TESTS):
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


@pytest.fixture(scope="session", autouse=True)
def builtin_templates() -> Iterator[None]:
    """Templates of the program, compiled once: they are the same for every site."""
    with pytest.MonkeyPatch.context() as patch:
        compile_builtin_templates_once(patch)
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
