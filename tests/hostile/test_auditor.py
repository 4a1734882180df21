"""The auditor sees what it is there to see; and the program reaches nothing that it should not, in hostile repositories."""

import os
import sys
from pathlib import Path

import pytest

from tests.hostile import strace
from tests.hostile.auditor import Ran, audit, available
from tests.hostile.rules import Command
from tests.hostile.trials import PROGRAM, Trials
from tests.hostile.world import World, new_world

needs_strace = pytest.mark.skipif(bool(available()), reason=available() or "it can be used")
BUILD = Command(("build",), ("public",), "public")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return new_world(tmp_path)


def ran(world: World, code: str, command: Command = BUILD) -> Ran:
    """What is found of a program that does that, where `home` and `site` are folders."""
    program = world.top / "bin" / "program"
    program.parent.mkdir(exist_ok=True)
    head = f"#!{sys.executable}\nimport os, socket, subprocess, time\nhome, site = {str(world.home)!r}, {str(world.site)!r}\n"
    program.write_text(head + code, "utf-8")
    program.chmod(0o755)
    return audit(world, command, program)


def found(world: World, code: str, command: Command = BUILD) -> set[tuple[str, str]]:
    """Kind and path of each finding; the path relative to the home folder where it is below it."""
    findings = ran(world, code, command).findings
    return {(finding.kind, finding.what.removeprefix(f"{world.home}/")) for finding in findings}


SITE = "projects/evil"
PLANTED: dict[str, tuple[str, tuple[str, str]]] = {
    "opens to read": ("open(home + '/.bashrc').close()", ("read", ".bashrc")),
    "opens by a relative path": ("open('../../.bashrc').close()", ("read", ".bashrc")),
    "opens from another folder": ("os.chdir('content') if os.path.isdir('content') else os.chdir('..'); os.unlink('../thesis.txt')", ("remove", "thesis.txt")),
    "opens to write": ("open(home + '/.bashrc', 'a').close()", ("write", ".bashrc")),
    "opens by a link": ("os.symlink(home + '/.ssh', site + '/x'); open('x/id_rsa').close()", ("read", ".ssh/id_rsa")),
    "opens by a descriptor": ("folder = os.open(home, os.O_RDONLY); open('.netrc', opener=lambda path, flags: os.open(path, flags, dir_fd=folder)).close()", ("read", ".netrc")),
    "makes a file": ("open(home + '/.profile', 'w').close()", ("write", ".profile")),
    "lists a folder": ("os.listdir(home + '/.ssh')", ("list", ".ssh")),
    "removes": ("os.unlink(home + '/thesis.txt')", ("remove", "thesis.txt")),
    "removes by a link": ("os.symlink(home, 'x'); os.unlink('x/thesis.txt')", ("remove", "thesis.txt")),
    "removes by a link that goes then": ("os.symlink(home, 'x'); os.unlink('x/thesis.txt'); os.unlink('x')", ("remove", "thesis.txt")),
    "removes by a link that was moved": ("os.symlink(home, 'y'); os.rename('y', 'x'); os.unlink('x/thesis.txt')", ("remove", "thesis.txt")),
    "removes a folder": ("os.rmdir(home + '/empty')", ("remove", "empty")),
    "makes a folder": ("os.mkdir(home + '/new')", ("make folder", "new")),
    "renames from there": ("os.rename(home + '/thesis.txt', os.environ['TMPDIR'] + '/x')", ("rename", "thesis.txt")),
    "renames to there": ("open('public', 'w').close(); os.rename('public', home + '/thesis.txt')", ("rename", "thesis.txt")),
    "links from there": ("os.link(home + '/thesis.txt', 'public')", ("link", "thesis.txt")),
    "links to there": ("os.symlink('x', home + '/.profile')", ("create", ".profile")),
    "makes a pipe": ("os.mkfifo(home + '/pipe')", ("create", "pipe")),
    "changes a mode": ("os.chmod(home + '/thesis.txt', 0o600)", ("change mode", "thesis.txt")),
    "changes a mode by a descriptor": ("os.fchmod(os.open(home, os.O_RDONLY), 0o750)", ("change mode", str(Path("{home}")))),
    "changes an owner": ("os.chown(home + '/thesis.txt', os.getuid(), os.getgid())", ("change owner", "thesis.txt")),
    "changes times": ("os.utime(home + '/thesis.txt')", ("change times", "thesis.txt")),
    "truncates": ("os.truncate(home + '/thesis.txt', 0)", ("truncate", "thesis.txt")),
    "sets attributes": ("try: os.setxattr(home + '/thesis.txt', 'user.x', b'')\nexcept OSError: pass", ("change attributes", "thesis.txt")),
    "writes in the site folder": ("open('notes.txt', 'w').close()", ("write", f"{SITE}/notes.txt")),
    "writes the cache of before": ("os.mkdir('.blog')", ("make folder", f"{SITE}/.blog")),
    "reads the cache of another program": ("open(os.environ['XDG_CACHE_HOME'] + '/other/data').close()", ("read", ".cache/other/data")),
    "reads its environment": ("open('/proc/self/environ').close()", ("read", "/proc/N/environ")),
    "reads passwords": ("open('/etc/shadow').close() if os.getuid() == 0 else open(home + '/.netrc').close()", ("read", "")),
    "runs a program": ("subprocess.run(['/bin/true'])", ("exec", "")),
    "sends to others": ("socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))", ("send", "")),
    "connects": ("socket.socket().connect_ex(('127.0.0.1', 9))", ("connect", "")),
    "connects to a program here": ("try: socket.socket(socket.AF_UNIX).connect(home + '/socket')\nexcept OSError: pass", ("connect", "")),
    "listens": ("socket.socket().bind(('127.0.0.1', 0))", ("bind", "")),
    "ends others": ("os.kill(1, 0)", ("signal", "")),
    "does so in a process of its own": ("if os.fork() == 0:\n    os.unlink(home + '/thesis.txt')\n    os._exit(0)\nos.wait()", ("remove", "thesis.txt")),
    "says what went wrong": ("raise ValueError('x')", ("fault", "ValueError: x")),
    "ends oddly": ("os._exit(7)", ("status", "it ended with status 7")),
    "publishes a secret": ("os.mkdir('public'); open('public/x', 'w').write(open(home + '/.netrc').read())", ("published secret", f"{SITE}/public/x")),
    "shows a secret": ("print(open(home + '/.netrc').read())", ("shown secret", "c4nary")),
    "waits for ever": ("os.mkfifo('public'); open('public')", ("hang", "")),
    "computes for ever": ("while True: pass", ("hang", "")),
    "fills the disk": ("os.mkdir('public')\nfor number in range(400): open(f'public/{number}', 'wb').write(bytes(1_000_000))\ntime.sleep(60)", ("growth", "")),
}  # fmt: skip


@needs_strace
@pytest.mark.parametrize("what", PLANTED)
def test_a_program_that_does_so_is_found(world: World, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.hostile.auditor.IDLE_SECONDS", 2)
    monkeypatch.setattr("tests.hostile.auditor.PROCESSOR_SECONDS", 2)
    code, (kind, path) = PLANTED[what]
    findings = found(world, code)
    assert any(
        kind == each and path.replace("{home}", str(world.home)) in _plain(reached) for each, reached in findings
    ), findings


def _plain(path: str) -> str:
    parts = path.split("/")
    return "/".join("N" if part.isdecimal() else part for part in parts)


FAIR = """
import tempfile
os.listdir('.'), os.listdir('/usr'), open('/etc/passwd').close(), open('/proc/self/status').close()
os.makedirs(os.environ['XDG_CACHE_HOME'] + '/blog/x'), os.makedirs(os.environ['XDG_STATE_HOME'] + '/blog')
stage = tempfile.mkdtemp(prefix='.blog-', dir='.')
open(stage + '/index.html', 'w').write('x'), os.rename(stage, 'public'), os.chmod('public', 0o755)
open(os.environ['TMPDIR'] + '/x', 'w').write('x'), os.symlink('nowhere', 'public/a'), os.unlink('public/a')
if os.fork() == 0:
    os.kill(os.getppid(), 0), os._exit(0)
os.wait()
try: open(home + '/nothing')
except OSError: pass
raise SystemExit(1)
"""


@needs_strace
def test_what_the_program_is_allowed_is_no_finding(world: World) -> None:
    assert found(world, FAIR) == set()


@needs_strace
def test_a_command_that_writes_nothing_may_not_write_the_output(world: World) -> None:
    code = "os.mkdir('.blog-x'); os.rename('.blog-x', 'public')"
    assert ("rename", f"{SITE}/public") in found(world, code, Command(("check",)))


@needs_strace
def test_only_the_preview_may_listen_and_only_on_this_machine(world: World) -> None:
    code = "socket.socket().bind(({!r}, 0)); raise SystemExit(0)"
    serve = Command(("serve",), listens=True)
    assert found(world, code.format("127.0.0.1"), serve) == set()
    assert {kind for kind, _ in found(world, code.format("0.0.0.0"), serve)} == {"bind"}


@needs_strace
@pytest.mark.parametrize(
    "name", [b"a b", b"\n", b"\xff", b'", O_RDONLY) = 3<x', b"> = 3<", b"<unfinished ...>", b"(deleted)"]
)
def test_no_name_hides_a_call(world: World, name: bytes) -> None:
    kind, path = "remove", f"{SITE}/{os.fsdecode(name)}"
    assert (kind, path) in found(world, f"open({name!r}, 'w').close(); os.unlink({name!r})")


LINES = [
    r'7  openat(AT_FDCWD<\x2f\x61>, "\x62", O_RDONLY <unfinished ...>',
    r'8  unlink("\x63") = -1 ENOENT (No such file or directory)',
    r"7  <... openat resumed>) = 3<\x2f\x64>",
    r'9  openat(AT_FDCWD<\x2f\x61>, "\x66", O_RDONLY <unfinished ...>',
    r"9  +++ killed by SIGKILL +++",
]


def test_calls_that_were_interrupted_are_put_together() -> None:
    calls = list(strace.calls(f"{line}\n" for line in LINES))
    assert [(call.pid, call.name, call.result, call.error, call.reached) for call in calls] == [
        (8, "unlink", -1, "ENOENT", ""),
        (7, "openat", 3, "", "/d"),
        (9, "openat", -1, "", ""),
    ]
    assert [[part.text for part in call.parts] for call in calls] == [["c"], ["/a", "b"], ["/a", "f"]]


@needs_strace
def test_the_program_reaches_nothing_that_it_should_not_in_hostile_repositories() -> None:
    trials = Trials(PROGRAM, (), print)
    seconds = float(os.environ.get("BLOG_HOSTILE", "0"))
    if seconds:
        trials.many(int.from_bytes(os.urandom(3)), seconds)
    else:
        for seed in range(8):
            trials.one(seed)
    print(trials.summary())  # noqa: T201
    assert list(trials.found) == []
