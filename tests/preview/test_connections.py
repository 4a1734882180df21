"""Which connection gives way to a new one."""

import socket
import threading
import time

import pytest

from blog.preview import connections
from blog.preview.connections import Connection, Connections


class Fake:
    """A socket that can be closed, and then gives its place back, as its thread would."""

    def __init__(self, places: Connections, address: str = "127.0.0.1") -> None:
        self.places = places
        self.is_shut = self.is_reset = False
        assert places.admit(self, address)  # type: ignore[arg-type]

    def shutdown(self, _how: int) -> None:
        self.is_shut = True
        threading.Thread(target=self.places.leave, args=(self,)).start()

    def setsockopt(self, *_: object) -> None:
        self.is_reset = True

    @property
    def place(self) -> Connection:
        return self.places.of(self)  # type: ignore[arg-type]


@pytest.fixture
def places() -> Connections:
    return Connections(3, 2)


def age(*fakes: Fake) -> None:
    """Let time pass for these: the first one has made no progress for longest."""
    for number, fake in enumerate(reversed(fakes)):
        fake.place.progressed -= 10 * (number + 1)


def test_who_has_been_silent_for_longest_gives_way(places: Connections) -> None:
    fakes = [Fake(places) for _ in range(3)]
    age(fakes[1], fakes[2], fakes[0])
    Fake(places)
    assert [fake.is_shut for fake in fakes] == [False, True, False]
    assert not fakes[1].is_reset


def test_an_answer_that_goes_on_keeps_its_place_and_one_that_does_not_is_reset(places: Connections) -> None:
    fast, slow, idle = fakes = [Fake(places) for _ in range(3)]
    fast.place.answer()
    slow.place.answer()
    age(fast, slow, idle)
    fast.place.sent(connections.STEP)
    slow.place.sent(connections.STEP - 1)
    Fake(places)
    assert [fake.is_shut for fake in fakes] == [False, True, False]
    assert slow.is_reset


def test_an_answer_under_way_is_waited_for_longer_than_a_request(places: Connections) -> None:
    answered, _, asking = fakes = [Fake(places) for _ in range(3)]
    answered.place.answer()
    fakes[1].place.progressed += 5
    asking.place.progressed -= 1
    answered.place.progressed -= 3
    Fake(places)
    assert [fake.is_shut for fake in fakes] == [False, False, True]


def test_the_address_that_holds_most_places_loses_one(places: Connections) -> None:
    mine = Fake(places, "192.168.1.2")
    others = [Fake(places, "192.168.1.66") for _ in range(2)]
    age(mine, *others)
    Fake(places, "192.168.1.3")
    assert (mine.is_shut, [fake.is_shut for fake in others]) == (False, [True, False])


def test_nobody_gives_way_before_an_honest_request_would_be_answered(places: Connections) -> None:
    fakes = [Fake(places) for _ in range(3)]
    started = time.monotonic()
    Fake(places)
    assert time.monotonic() - started >= connections.GRACE / 2
    assert sum(fake.is_shut for fake in fakes) == 1


def test_a_stream_gives_way_to_streams_only_and_not_at_once(places: Connections) -> None:
    started = time.monotonic()
    first, second, other = Fake(places), Fake(places), Fake(places)
    for fake in (first, second):
        places.begin_stream(fake)  # type: ignore[arg-type]
    age(first, second, other)
    third = Fake(places)
    assert (first.is_shut, second.is_shut, other.is_shut) == (False, False, True)
    places.begin_stream(third)  # type: ignore[arg-type]
    assert (first.is_shut, second.is_shut, third.is_shut) == (True, False, False)
    assert time.monotonic() - started >= connections.STREAM_GRACE
    places.end_stream(first)  # type: ignore[arg-type]
    places.end_stream(second)  # type: ignore[arg-type]
    places.begin_stream(Fake(places))  # type: ignore[arg-type]
    assert not third.is_shut


def test_without_a_place_in_time_a_connection_is_turned_away(
    places: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "LONGEST_WAIT", 0.1)
    for _ in range(3):
        Fake(places)
    here, there = socket.socketpair()
    with here, there:
        assert not places.admit(here, "127.0.0.1")
