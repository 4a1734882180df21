"""Work spread over processes gives what one process gives."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, TypeVar

import pytest

from blog.system import workers
from blog.system.workers import LimitExceededError, ResourceLimit, WorkerResults, map_limited, map_parallel, run_limited

_T = TypeVar("_T")


def _square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 3, 100, 257])
def test_results_come_in_the_order_of_the_items(jobs: int, count: int) -> None:
    assert list(map_parallel(_square, range(count), jobs)) == [number * number for number in range(count)]


def test_where_processes_cannot_be_forked_one_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_can_fork", lambda: False)
    assert list(map_parallel(_square, range(200), 4))[-1] == 199 * 199
    assert _all(map_limited(_where, range(2), 4, lambda _: SHORT)) == [HERE, HERE]


def _fatal(number: int) -> int:
    if number == 37 and os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


HERE = os.getpid()


def test_when_the_system_ends_a_process_its_work_is_done_all_the_same() -> None:
    assert list(map_parallel(_fatal, range(200), 2)) == [number * number for number in range(200)]


def _failing(number: int) -> int:
    if number in {50, 120}:
        raise ValueError(number)
    return number


def test_the_first_failure_in_the_order_of_the_items_is_raised() -> None:
    for jobs in (1, 3):
        with pytest.raises(ValueError, match="^50$"):
            list(map_parallel(_failing, range(200), jobs))


# Work with bounds

HERE_AND_NOW = """
import sys, time
from blog.system.workers import ResourceLimit, map_limited, map_parallel
from tests.system.test_workers import _stuck
items = [lambda: sys.stdout.write("begun\\n") and sys.stdout.flush() or _stuck(0)] * int(sys.argv[1])
with map_limited(lambda item: item(), items, int(sys.argv[2]), lambda _: ResourceLimit(600, 1 << 30)) as results:
    list(results)
"""
SHORT = ResourceLimit(0.2, 64 << 20)
LONG = ResourceLimit(600, 1 << 30)
BAD = {3, 40, 41, 99}


def _where(_: int) -> int:
    return os.getpid()


def _stuck(number: int) -> int:
    """As a library that does not come back: no signal is seen by Python."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGALRM})
    while True:
        number += 1


def _greedy(number: int) -> int:
    return len(bytearray(1 << 30)) + number


def _crashing(number: int) -> int:
    os.kill(os.getpid(), signal.SIGTRAP)
    return number


def _waiting(number: int) -> int:
    time.sleep(600)
    return number


def _sometimes(number: int) -> int:
    return _stuck(number) if number in BAD else number


def _all(results: WorkerResults[_T]) -> list[_T | LimitExceededError]:
    with results:
        return list(results)


def _kinds(results: WorkerResults[Any]) -> list[Any]:
    return ["exceeded" if isinstance(each, LimitExceededError) else each for each in _all(results)]


@pytest.mark.parametrize(
    ("function", "bound"),
    [(_stuck, SHORT), (_greedy, ResourceLimit(60, 64 << 20)), (_crashing, ResourceLimit(60, 64 << 20))],
)
def test_what_takes_more_than_it_may_or_crashes_ends_its_worker_and_nothing_else(
    function: Any, bound: ResourceLimit
) -> None:
    with pytest.raises(LimitExceededError):
        run_limited(function, 1, bound)


def test_the_system_counts_the_time_of_the_processor() -> None:
    before = os.times().children_user
    with pytest.raises(LimitExceededError):
        run_limited(_stuck, 1, SHORT)
    assert 0 < os.times().children_user - before < 1


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("count", [1, 5, 120])
def test_the_others_have_their_results_in_order(jobs: int, count: int) -> None:
    found = _kinds(map_limited(_sometimes, range(count), jobs, lambda _: SHORT))
    assert found == ["exceeded" if number in BAD else number for number in range(count)]


def test_what_waits_for_ever_is_ended_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PATIENCE", 1)
    with pytest.raises(LimitExceededError):
        run_limited(_waiting, 1, SHORT)


@pytest.mark.parametrize("jobs", [1, 2])
def test_only_what_is_bounded_is_done_by_workers_if_there_is_little_to_do(jobs: int) -> None:
    found = _all(map_limited(_where, range(6), jobs, lambda number: SHORT if number % 2 else None))
    assert [each == HERE for each in found] == [True, False] * 3
    assert len(set(found)) == 1 + jobs


def test_workers_begin_before_results_are_wanted_and_do_not_wait_for_them(tmp_path: Path) -> None:
    def write(number: int) -> bytes:
        (tmp_path / str(number)).touch()
        return bytes(10_000)

    with map_limited(write, range(16), 2, lambda _: LONG) as results:
        end = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 6:
            assert time.monotonic() < end
            time.sleep(0.01)
        assert list(results) == [bytes(10_000)] * 16


def test_no_worker_is_left_when_nobody_wants_a_result(tmp_path: Path) -> None:
    def note(number: int) -> None:
        (tmp_path / str(os.getpid())).touch()
        _stuck(number)

    with map_limited(note, range(2), 2, lambda _: LONG):
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.01)
    for path in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.name), 0)


@pytest.mark.parametrize(("count", "processes"), [(19, 0), (20, 1), (59, 1), (60, 2), (400, 2)])
def test_few_items_get_fewer_workers(count: int, processes: int) -> None:
    with map_limited(_where, range(count), 2, lambda _: None) as results:
        assert len(results.workers) == processes


def _once(path: Path) -> str:
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return path.name


def test_what_is_not_bounded_is_done_again_when_the_system_has_ended_its_worker(tmp_path: Path) -> None:
    items = [tmp_path / str(number) for number in range(4 * workers.WORTH_IT)]
    for path in items:
        path.touch()
    items[70].unlink()
    assert list(map_parallel(_once, items, 2)) == [path.name for path in items]


def test_an_exception_of_a_bounded_item_is_raised_and_tells_where_it_was() -> None:
    with pytest.raises(ValueError, match="^50$") as caught:
        run_limited(_failing, 50, SHORT)
    assert "in _failing" in str(caught.value.__cause__)


def test_a_long_bounded_run_is_not_ended_by_what_its_items_take_together() -> None:
    assert _kinds(map_limited(_busy, range(8), 1, lambda _: SHORT)) == [*range(8)]


def _busy(number: int) -> int:
    end = time.process_time() + SHORT.seconds / 4
    while time.process_time() < end:
        pass
    return number


def test_no_worker_is_left_when_nobody_wants_more_results() -> None:
    with map_limited(_where, range(9), 2, lambda _: SHORT) as results:
        first = next(iter(results))
    assert isinstance(first, int)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(("count", "jobs"), [(1, 1), (1, 2), (200, 2)])
def test_a_signal_ends_the_work_and_its_workers_at_once(number: signal.Signals, count: int, jobs: int) -> None:
    command = [
        sys.executable,
        "-c",
        "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n" + HERE_AND_NOW,
    ]
    top = Path(__file__).parent.parent.parent
    with subprocess.Popen(
        [*command, str(count), str(jobs)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=top
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        process.send_signal(number)
        assert process.stdout.read().replace(b"begun\n", b"") == b""  # it ends when the last worker is gone
        assert process.wait(60) == (143 if number == signal.SIGTERM else -signal.SIGINT)
