"""A clean clone, built as Netlify builds it, on Netlify's and Cloudflare's own servers; and a new site the same way."""

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from blog.cache.workspace import locate_folders
from blog.cli import blog
from tests.hosts.conftest import QUIET, TOOLS, Build, ask, started
from tests.support.crawler import crawl

LOOPBACK = """
const net = require('node:net')
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' && typeof args[1] !== 'string') args.splice(1, 0, '127.0.0.1')
  else if (args[0] && args[0].port !== undefined && !args[0].host) args[0] = { ...args[0], host: '127.0.0.1' }
  return listen.apply(this, args)
}
"""
"""Netlify's server would listen on every address of the machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said(done: "subprocess.CompletedProcess[str]") -> str:
    """The line in which blog says what it published."""
    assert done.returncode == 0, done.stdout + done.stderr
    return next(line for line in done.stdout.splitlines() if line.startswith("published "))


def test_each_kind_of_deployment_gets_what_it_should_and_the_next_build_does_little(clone: Path, build: Build) -> None:
    first = build(clone, "--context=production", "--branch=main")
    assert "153 new" in said(first) or " new, 0 changed" in said(first)
    assert "https://example.org/posts/week-4/" in (clone / "public/sitemap.xml").read_text("utf-8")
    before = {path: path.read_bytes() for path in (clone / "public").rglob("*") if path.is_file()}
    shutil.rmtree(clone / "public")
    shutil.rmtree(locate_folders(clone).cache)
    assert "(0 new, 0 changed, 0 removed, " in said(build(clone, "--context=production", "--branch=main"))
    assert {path: path.read_bytes() for path in (clone / "public").rglob("*") if path.is_file()} == before
    build(clone, "--context=deploy-preview", "--branch=change")
    assert "https://change--site-name.netlify.app/posts/week-4/" in (clone / "public/sitemap.xml").read_text("utf-8")
    assert not (clone / "public/posts/what-we-decided-not-to-build").exists()
    build(clone, "--context=branch-deploy", "--branch=drafts")
    assert (clone / "public/posts/what-we-decided-not-to-build").exists()
    assert not (clone / "public/posts/before-the-salary-talk").exists()
    said(build(clone, "--context=production", "--branch=main"))
    assert {path: path.read_bytes() for path in (clone / "public").rglob("*") if path.is_file()} == before
    done = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_netlify_reads_the_headers_and_redirects_without_a_word(clone: Path) -> None:
    command = ["node", str(TOOLS / "@netlify/config/bin.js"), "--offline", f"--cwd={clone}"]
    done = subprocess.run(command, env={**QUIET, "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["config"]
    headers = {entry["for"]: entry["values"] for entry in found["headers"]}
    assert headers["/assets/*"] == {"Cache-Control": "public, max-age=31536000, immutable"}
    assert "unsafe" not in headers["/*"]["Content-Security-Policy"]
    assert headers["/*"].keys() == {
        "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
    }  # fmt: skip
    assert {"from": "/answers/math/", "to": "/posts/do-you-need-the-math/", "status": 301, "force": True}.items() <= (
        found["redirects"][0].items()
    )


@pytest.fixture(scope="module", params=["netlify", "cloudflare"])
def server(request: pytest.FixtureRequest, clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built clone on the host's own server."""
    port = free_port()
    subprocess.run(["blog", "build", "-q", "--root", str(clone), "--base-url", f"http://127.0.0.1:{port}"], check=True)
    if request.param == "netlify":
        preload = tmp_path_factory.mktemp("preload") / "loopback.cjs"
        preload.write_text(LOOPBACK, encoding="utf-8")
        command = [
            "node",
            str(TOOLS / "netlify-cli/bin/run.js"),
            "dev",
            "--offline",
            "--internal-disable-edge-functions",
        ]
        command += ["--dir", "public", "--port", str(port), "--no-open", "--framework", "#static"]
        more = {"NODE_OPTIONS": f"--require={preload}"}
    else:
        command = [str(TOOLS / ".bin/wrangler"), "pages", "dev", "public", "--port", str(port), "--ip", "127.0.0.1"]
        command += ["--inspector-port", "0", "--compatibility-date=2026-04-01", "--show-interactive-dev-session=false"]
        more = {"XDG_CONFIG_HOME": str(tmp_path_factory.mktemp("xdg")), "WRANGLER_HIDE_BANNER": "true"}
    with started(command, clone, port, more) as url:
        yield url


def test_no_link_is_broken_there(server: str) -> None:
    found = crawl(f"{server}/")
    assert found.broken == []
    assert len(found.asked) > 100


def test_an_old_address_is_moved_for_good(server: str) -> None:
    status, headers, _ = ask(f"{server}/answers/math/")
    assert (status, headers["location"]) == (301, "/posts/do-you-need-the-math/")


def test_what_is_missing_is_the_sites_own_page(server: str) -> None:
    status, _, text = ask(f"{server}/nowhere/")
    assert (status, "Page not found" in text) == (404, True)


def test_an_address_without_its_slash_leads_to_the_page(server: str) -> None:
    status, headers, _ = ask(f"{server}/posts/week-4")
    assert status == 200 or (status, headers["location"]) == (308, "/posts/week-4/")


def test_every_answer_has_the_headers(server: str) -> None:
    for path in ("/", "/posts/week-4/", "/nowhere/", "/feed.xml"):
        _, headers, _ = ask(server + path)
        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["permissions-policy"]
    _, _, text = ask(f"{server}/")
    sheet = re.search(r"/assets/margin\.\w+\.css", text)
    assert sheet
    _, headers, _ = ask(server + sheet[0])
    # Netlify's own server for developers sends another one, whatever the file says; the host does not.
    assert headers["cache-control"] in {"public, max-age=31536000, immutable", "public, max-age=0"}


def test_a_new_site_is_built_by_netlify_as_it_is(tmp_path: Path, build: Build) -> None:
    folder = tmp_path / "site"
    assert CliRunner().invoke(blog, ["init", str(folder)]).exit_code == 0
    done = build(folder, "--context=deploy-preview", "--branch=x")
    assert said(done).startswith("published 1 post on 10 pages in public")
    assert "https://x--site-name.netlify.app/posts/first-entry/" in (folder / "public/sitemap.xml").read_text("utf-8")
