"""When what was touched has come to rest."""

import pytest

from blog.preview.debounce import BURST_REST_SECONDS, BURST_SIZE, MAX_DELAY_SECONDS, REST_SECONDS, Debouncer


def test_a_file_that_was_closed_has_come_to_rest_and_one_that_is_written_to_has_not() -> None:
    burst = Debouncer(reports_close=True)
    burst.note("a", "created", 10.0)
    burst.note("a", "open", 10.01)
    assert burst.ready_at() == 10.01 + REST_SECONDS["open"]
    assert burst.take(10.5) == frozenset()
    burst.note("a", "closed", 10.6)
    assert burst.ready_at() == 10.6 + REST_SECONDS["closed"]
    assert burst.take(10.7) == frozenset({"a"})
    assert burst.ready_at() is None


def test_new_rights_do_not_end_writing() -> None:
    burst = Debouncer(reports_close=True)
    burst.note("a", "open", 10.0)
    burst.note("a", "touched", 10.1)
    assert burst.ready_at() == 10.1 + REST_SECONDS["open"]
    burst.note("b", "touched", 10.1)
    assert burst.take(10.2) == frozenset({"b"})


def test_what_is_at_rest_does_not_wait_for_what_is_not() -> None:
    burst = Debouncer(reports_close=True)
    burst.note("slow", "open", 10.0)
    burst.note("quick", "closed", 10.0)
    assert burst.take(10.1) == frozenset({"quick"})
    burst.note("slow", "closed", 10.2)
    assert burst.take(10.3) == frozenset({"slow"})


def test_a_file_that_is_gone_may_come_back_at_once() -> None:
    burst = Debouncer(reports_close=True)
    burst.note("a", "missing", 10.0)
    assert burst.take(10.03) == frozenset()
    burst.note("a", "created", 10.03)
    burst.note("a", "closed", 10.04)
    assert burst.take(10.05) == frozenset({"a"})


def test_somebody_who_writes_all_the_time_keeps_nobody_waiting() -> None:
    burst = Debouncer(reports_close=True)
    for number in range(300):
        burst.note("log", "open", 10.0 + number / 100)
    burst.note_all(10.5)
    assert burst.ready_at() == 10.0 + MAX_DELAY_SECONDS
    assert burst.take(13.0) is None
    assert list(burst.paths) == ["log"]
    for number in range(BURST_SIZE + 1):
        burst.note(str(number), "closed", 13.0)
    burst.note("log", "open", 15.0)
    rests = burst.ready_at()
    assert rests is not None
    assert rests <= 14.5


def test_who_is_in_the_middle_of_something() -> None:
    burst = Debouncer(reports_close=True)
    burst.note("a", "open", 10.0)
    burst.note("b", "closed", 10.0)
    assert burst.is_busy(10.1, {"a"})
    assert burst.is_busy(10.1, None)
    assert not burst.is_busy(10.1, {"b"})
    assert not burst.is_busy(10.1 + MAX_DELAY_SECONDS, None)


def test_where_closing_is_not_told_a_short_silence_is_enough() -> None:
    burst = Debouncer(reports_close=False)
    burst.note("a", "open", 10.0)
    assert burst.ready_at() == 10.0 + REST_SECONDS["created"]


def test_when_many_are_touched_more_are_waited_for() -> None:
    burst = Debouncer(reports_close=True)
    for number in range(BURST_SIZE + 1):
        burst.note(str(number), "closed", 10.0 + number / 1000)
    assert burst.ready_at() == pytest.approx(10.0 + BURST_SIZE / 1000 + BURST_REST_SECONDS)


def test_when_anything_may_have_happened_nothing_else_matters() -> None:
    burst = Debouncer(reports_close=True)
    burst.note("a", "open", 10.0)
    burst.note_all(10.5)
    assert burst.ready_at() == 10.0 + REST_SECONDS["open"]
    assert burst.take(11.1) is None
    assert burst.ready_at() is None
