"""Work spread over processes gives what one process gives."""

import multiprocessing

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
