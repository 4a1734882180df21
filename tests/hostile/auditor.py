"""Runs a command of the program in a hostile world, and lists what it did that it should not have."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from tests.hostile import strace
from tests.hostile.reach import Reach
from tests.hostile.rules import OUTPUT, Command, Rules, rules_for
from tests.hostile.world import CANARY, PRIVATE, World, differences, seen

PROCESSOR_SECONDS = 30
WALL_SECONDS = 150
IDLE_SECONDS = 12
"""Without any work of any process: it waits for something that does not come."""
MEMORY = 2_000_000_000
DISK = 200_000_000
"""By which what a command writes may grow."""
_LOOKED_AT = 20_000_000
"""Bytes of a file in which secrets are looked for."""
_LARGEST_FILE = 400_000_000
_FAULT = re.compile(r"Traceback \(most recent call last\)|a bug in blog|MemoryError|RecursionError|Segmentation fault")
_SERVING = re.compile(rb"serving http://[^\s:]+:(\d+)/")
_TICK = 0.1


class Finding(Struct, frozen=True, order=True):
    """Something that a command did, and should not have."""

    kind: str
    what: str
    """A path, or what was said."""
    how: str = ""

    def key(self, world: World) -> str:
        """The same for the same finding in another world."""
        plain = self.what
        for path in world.canaries:
            plain = plain.replace(str(path), "CANARY")
        plain = plain.replace(str(world.site), "SITE").replace(str(world.top), "")
        if plain.startswith(("SITE/", "/")):
            plain = "/".join(plain.split("/")[: 2 if plain.startswith("SITE") else 3])
        return f"{self.kind} {re.sub('[0-9a-z_]{8}(?=[/.]|$)|[0-9]+', '*', plain)}"


class Ran(Struct, frozen=True):
    """A command that was run."""

    command: Command
    status: int
    findings: tuple[Finding, ...]
    said: str
    processor_seconds: float


def available() -> str:
    """Why nothing can be audited on this machine; empty if it can."""
    if shutil.which("strace") is None:
        return "there is no strace on this machine"
    ran = subprocess.run(
        ["strace", "-qq", "-o", os.devnull, "-e", "trace=execve", "true"], check=False, capture_output=True
    )
    return "" if ran.returncode == 0 else f"strace cannot be used here: {ran.stderr.decode(errors='replace').strip()}"


def audit(world: World, command: Command, program: Path, also: tuple[str, ...] = ()) -> Ran:
    """Run `command` in the world's site folder; folders `also` of the site may be written too."""
    rules = rules_for(command, world, program, also)
    unseen = {*rules.writes, str(world.notes)} | (_names(_edited(world), world.site) if command.listens else set())
    reach, before = Reach(world.top, world.site), seen(world.top, unseen)
    running = _Running(world, command, program, rules)
    stopped = running.watch()
    said = running.said()
    after = seen(world.top, unseen)
    findings = {*stopped, *_of_the_calls(world, reach, rules), *_of_the_words(said)}
    findings |= {
        Finding(f"{kind} a file", path) for kind, path in differences(before, after) if not _may_differ(rules, path)
    }
    findings |= set(_of_the_secrets(world, command, said))
    return Ran(command, running.status, tuple(sorted(findings)), said, running.processor_seconds)


def _edited(world: World) -> Path:
    """The file that somebody saves while the site is served."""
    folder = os.path.realpath(world.site / "content" / "posts")  # which may be a link
    return Path(folder, "first.md")


def _names(file: Path, folder: Path) -> set[str]:
    """All paths of a file in a folder: it may have hard links."""
    names = {str(file)}
    if file.exists():
        for top, _, files in os.walk(folder):
            names |= {path for name in files if os.path.lexists(path := f"{top}/{name}") and file.samefile(path)}
    return names


def _may_differ(rules: Rules, path: str) -> bool:
    return rules.allow("write", path) or (Path(path).is_dir() and rules.allow("make folder", path))


def _of_the_calls(world: World, reach: Reach, rules: Rules) -> Iterator[Finding]:
    """What the processes reached and may not."""
    processes: set[int] = set()
    with (world.notes / "calls").open(encoding="ascii", errors="replace") as lines:
        for call in strace.calls(lines):
            processes |= {call.pid, call.result}
            for access in reach.of(call):
                if access.kind == "signal":
                    if int(re.findall(r"-?\d+", access.path)[0]) not in processes:
                        yield Finding("signal", access.path, access.call)
                elif not rules.allow(access.kind, access.path):
                    yield Finding(access.kind, access.path, access.call)


def _of_the_words(said: str) -> Iterator[Finding]:
    """What no message may say."""
    for found in _FAULT.finditer(said):
        line = said[said.rfind("\n", 0, found.start()) + 1 :].partition("\n")[0]
        yield Finding(
            "fault", line[-200:] if not line.startswith("Traceback") else said.strip().rpartition("\n")[2][-200:]
        )


def _of_the_secrets(world: World, command: Command, said: str) -> Iterator[Finding]:
    """What is published, or shown, of files that are none of the repository's business."""
    places = [
        place for path in command.writes if os.path.realpath(place := os.path.normpath(world.site / path)) == place
    ]
    words = [CANARY.encode()] if command.shows_drafts else [CANARY.encode(), PRIVATE.encode()]
    for path in (path for place in (*places, str(world.temporary)) for path in _files(place)):
        with contextlib.suppress(OSError):
            with Path(path).open("rb") as file:
                data = file.read(_LOOKED_AT)
            yield from (Finding("published secret", path, word.decode()) for word in words if word in data)
    yield from (Finding("shown secret", word.decode(), said[-2000:]) for word in words if word.decode() in said)


def _files(top: str) -> Iterator[str]:
    for folder, _, names in os.walk(top):
        yield from (path for name in names if not os.path.islink(path := f"{folder}/{name}") and Path(path).is_file())


class _Running:
    """A command under way, below `strace`."""

    def __init__(self, world: World, command: Command, program: Path, rules: Rules) -> None:
        self.world, self.command, self.rules = world, command, rules
        self.status = 0
        self.processor_seconds = 0.0
        self.grown = self._size()
        limits = f"ulimit -c 0; ulimit -S -t {PROCESSOR_SECONDS}; ulimit -v {MEMORY // 1024}; ulimit -f {_LARGEST_FILE // 512}"
        words = [*strace.COMMAND, "-o", str(world.notes / "calls"), str(program), *command.words]
        with (world.notes / "said").open("wb") as said:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", f'{limits}; exec "$@"', "sh", *words],
                cwd=world.site, env=world.environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        self.started = time.monotonic()
        self.worked, self.last_work = 0, self.started

    def said(self) -> str:
        with (self.world.notes / "said").open("rb") as file:
            return file.read(1_000_000).decode("utf-8", "replace")

    def watch(self) -> list[Finding]:
        """Wait for the end, or bring it about. Gives what was too much."""
        try:
            wrong = self._serve() if self.command.listens else self._wait(WALL_SECONDS)
            if wrong:  # Python says where it is
                _kill(self.process.pid, signal.SIGABRT, but=self.process.pid)
                time.sleep(1)
        finally:
            _kill(self.process.pid)
            _, status, usage = os.wait4(self.process.pid, 0)
            self.process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.processor_seconds = usage.ru_utime + usage.ru_stime
        found = [Finding("hang" if "seconds" in wrong else "growth", wrong, self.said()[-3000:])] if wrong else []
        if not wrong and self.status not in {0, 1, 2, 130, 143}:
            found.append(
                Finding("hang" if self.status == -signal.SIGXCPU else "status", f"it ended with status {self.status}")
            )
        if usage.ru_maxrss * 1024 > MEMORY * 0.6:
            found.append(Finding("growth", "it took more than half of the memory that it may have"))
        return found

    def _wait(self, seconds: float, until: re.Pattern[bytes] | None = None) -> str:
        """Wait for the end, or `until` that is said. Gives why it was not waited for."""
        end = time.monotonic() + seconds
        while not self._has_ended():
            time.sleep(_TICK)
            if until and until.search(self.said().encode()):
                return ""
            if self._size() - self.grown > DISK:
                return f"it wrote more than {DISK // 1_000_000} MB"
            if time.monotonic() > end:
                return f"it did not end within {seconds:g} seconds"
            if self._is_idle():
                return f"it waits: no process has done anything for {IDLE_SECONDS} seconds"
        return ""

    def _has_ended(self) -> bool:
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _is_idle(self) -> bool:
        work, busy = 0, False
        for _, state, ticks in _members(self.process.pid):
            work, busy = work + ticks, busy or state in "RD"
        if busy or work != self.worked:
            self.worked, self.last_work = work, time.monotonic()
        return time.monotonic() - self.last_work > IDLE_SECONDS

    def _size(self) -> int:
        places = [place for place in self.rules.writes if place.startswith(str(self.world.top))]
        total = (self.world.notes / "said").stat().st_size if (self.world.notes / "said").exists() else 0
        for folder, _, names in (walked for place in places for walked in os.walk(place)):
            for name in names:
                with contextlib.suppress(OSError):
                    total += os.lstat(f"{folder}/{name}").st_blocks * 512
        return total

    def _serve(self) -> str:
        """Let it serve for a few requests and an edit."""
        if wrong := self._wait(WALL_SECONDS, _SERVING):
            return wrong
        if self._has_ended():
            return ""
        found = _SERVING.search(self.said().encode())
        assert found is not None
        wrong = self._wait(WALL_SECONDS, re.compile(rb"showing |cannot build"))
        if wrong or self._has_ended():
            return wrong
        _ask(int(found[1]))
        with contextlib.suppress(OSError):
            os.utime(_edited(self.world), follow_symlinks=False)
        time.sleep(0.5)
        _ask(int(found[1]))
        for pid, _, _ in _members(self.process.pid):
            if pid != self.process.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
                break
        return self._wait(30)


_PATHS = (
    "/", "/posts/first/", "/feed.xml", "/nothing", "/../../.bashrc", "/%2e%2e/%2e%2e/.bashrc", "/..%2f..%2f.netrc", "//etc/shadow", "/.git/config",
    "/.blog/cache.sqlite3", "/assets/", "/static/", "/b.txt", "/a/thesis.txt",
)  # fmt: skip


def _ask(port: int) -> None:
    """A few requests, fair and unfair."""
    for path in _PATHS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.putrequest("GET", path)
            connection.endheaders()
            connection.getresponse().read(1_000_000)
        connection.close()


def _members(session: int) -> Iterator[tuple[int, str, int]]:
    """Process, state and ticks of the processor, for each process of a session; the oldest first."""
    for name in sorted((name for name in os.listdir("/proc") if name.isdecimal()), key=int):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = Path("/proc", name, "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                yield int(name), fields[0], int(fields[11]) + int(fields[12])


def _kill(session: int, number: signal.Signals = signal.SIGKILL, but: int = 0) -> None:
    """End every process of a session that was begun here, `but` one."""
    for pid, _, _ in reversed(list(_members(session))):
        with contextlib.suppress(ProcessLookupError):
            if pid != but:
                os.kill(pid, number)


def commands(choices: Sequence[float]) -> list[Command]:
    """Builds of one kind, and one other command; `choices` are five numbers between 0 and 1."""
    plain = Command(("build", "-j", "2"), (OUTPUT,), OUTPUT)
    builds = (
        plain,
        Command(("build", "--drafts", "--future", "-j", "1"), (OUTPUT,), OUTPUT, shows_drafts=True),
        Command(("build", "--clean", "-v"), (OUTPUT,), OUTPUT),
        Command(("build", "--verify", "-q"), (OUTPUT,), OUTPUT),
        Command(("build", "-o", "../../www/out", "--json"), ("../../www/out",), "../../www/out"),
    )
    others = (
        Command(("build", "--dry-run")),
        Command(("check",)),
        Command(("check", "--json", "--drafts"), shows_drafts=True),
        Command(("new", "A title"), ("content",), shows_drafts=True),
        Command(("new", "Week"), ("content",), shows_drafts=True),
        Command(("init", ".")),
        Command(("init", ".", "--theme", "mine"), ("themes/mine",)),
        Command(("serve", "-p", "0"), listens=True, shows_drafts=True),
    )
    first = plain if choices[0] < 0.6 else builds[int(choices[1] * len(builds))]
    other = others[int(choices[2] * len(others))]
    chosen = [first, other] if choices[3] < 0.7 else [other, first]
    return [*chosen, first] if choices[4] < 0.3 else chosen
