"""The clean clone that hosts build, and how their programs are started and ended."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent.parent
TOOLS = Path(os.environ.get("BLOG_HOSTS", ""))
QUIET = {
    "NETLIFY_CLI_TELEMETRY_DISABLED": "1", "WRANGLER_SEND_METRICS": "false", "DO_NOT_TRACK": "1", "CI": "1",
    "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8",
}  # fmt: skip

Build = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean clone of the project."""
    folder = tmp_path_factory.mktemp("hosts") / "clone"
    subprocess.run(["git", "clone", "-q", str(TOP), str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Runs `netlify-build --offline` in a folder, with a Python of its own on the path."""
    tools = tmp_path_factory.mktemp("tools")
    subprocess.run([sys.executable, "-m", "venv", str(tools / "venv")], check=True)
    # Node puts its own folder first on the path of what it starts, and Debian's pip is there.
    shutil.copy(Path(shutil.which("node") or "").resolve(), tools / "node")

    def run(site: Path, *more: str) -> subprocess.CompletedProcess[str]:
        path = f"{tools}:{tools / 'venv/bin'}:{os.environ['PATH']}"
        command = [str(tools / "node"), str(TOOLS / "@netlify/build/bin.js"), "--offline", f"--cwd={site}", *more]
        return subprocess.run(
            command, env={**os.environ, **QUIET, "PATH": path}, capture_output=True, text=True, timeout=300, check=False
        )

    return run


@contextmanager
def started(command: list[str], site: Path, port: int, more: dict[str, str]) -> Iterator[str]:
    """The address at which a host's program serves `site` while this lasts."""
    log = site.parent / f"{port}.log"
    with log.open("w") as file:
        server = subprocess.Popen(
            command, cwd=site, env={**os.environ, **QUIET, **more}, stdin=subprocess.DEVNULL, stdout=file,
            stderr=file, start_new_session=True,
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{url}/", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, log.read_text("utf-8")
                time.sleep(0.25)
        yield url
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(20)


class _Unmoved(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Nothing is followed."""


def ask(url: str) -> tuple[int, dict[str, str], str]:
    """Status, headers by lower case name, and text of an answer; redirects are not followed."""
    try:
        with urllib.request.build_opener(_Unmoved).open(url, timeout=20) as answer:
            return (
                answer.status,
                {name.lower(): value for name, value in answer.headers.items()},
                answer.read().decode(),
            )
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}, error.read().decode()
