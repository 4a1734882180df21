"""Work spread over processes gives what one process gives."""

import multiprocessing
import os
import signal

import pytest

from blog.parallel import spread


def _square(number: int) -> int:
    return number * number


@pytest.mark.parametrize("jobs", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 3, 100, 257])
def test_results_come_in_the_order_of_the_items(jobs: int, count: int) -> None:
    assert list(spread(_square, range(count), jobs)) == [number * number for number in range(count)]


def test_where_processes_cannot_be_forked_one_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert list(spread(_square, range(200), 4))[-1] == 199 * 199


def _fatal(number: int) -> int:
    if number == 37 and os.getpid() != HERE:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


HERE = os.getpid()


def test_when_the_system_ends_a_process_its_work_is_done_all_the_same() -> None:
    assert list(spread(_fatal, range(200), 2)) == [number * number for number in range(200)]


def _failing(number: int) -> int:
    if number in {50, 120}:
        raise ValueError(number)
    return number


def test_the_first_failure_in_the_order_of_the_items_is_raised() -> None:
    for jobs in (1, 3):
        with pytest.raises(ValueError, match="^50$"):
            list(spread(_failing, range(200), jobs))
