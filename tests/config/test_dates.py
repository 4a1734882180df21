"""Dates as authors write them, and zones that do not depend on the machine."""

import datetime as dt
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.config.dates import Timestamp, find_zone, format_utc, list_zone_names, parse_timestamp
from tests.support.publishing import post, problems, publish

DAY = dt.date(2015, 6, 9)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2015-06-09", Timestamp(DAY)),
        ("2015-6-9", Timestamp(DAY)),
        ("  2015-06-09\n", Timestamp(DAY)),
        ("2015-06-09 9:00", Timestamp(DAY, dt.time(9))),
        ("2015-06-09T09:00", Timestamp(DAY, dt.time(9))),
        ("2015-06-09t09:00:07", Timestamp(DAY, dt.time(9, 0, 7))),
        ("2015-06-09 09:00:07.123456", Timestamp(DAY, dt.time(9, 0, 7))),
        ("2015-06-09  09:00", Timestamp(DAY, dt.time(9))),
        ("2015-06-09 09:00Z", Timestamp(DAY, dt.time(9), 0)),
        ("2015-06-09 09:00z", Timestamp(DAY, dt.time(9), 0)),
        ("2015-06-09 09:00 +2", Timestamp(DAY, dt.time(9), 120)),
        ("2015-06-09 09:00 +02", Timestamp(DAY, dt.time(9), 120)),
        ("2015-06-09 09:00 +0530", Timestamp(DAY, dt.time(9), 330)),
        ("2015-06-09 09:00 +530", Timestamp(DAY, dt.time(9), 330)),
        ("2015-06-09T09:00:00-09:30", Timestamp(DAY, dt.time(9), -570)),
        ("2015-06-09T09:00:00+14:00", Timestamp(DAY, dt.time(9), 840)),
        ("2016-02-29", Timestamp(dt.date(2016, 2, 29))),
        ("1000-01-01", Timestamp(dt.date(1000, 1, 1))),
        ("9998-12-31", Timestamp(dt.date(9998, 12, 31))),
        ("2015/06/09", Timestamp(DAY)),
        ("2015/6/9 9:00", Timestamp(DAY, dt.time(9))),
        ("June 9, 2015", Timestamp(DAY)),
        ("June  9 2015", Timestamp(DAY)),
        ("june 9th, 2015", Timestamp(DAY)),
        ("Jun. 9, 2015 at 9:00", Timestamp(DAY, dt.time(9))),
        ("9 June 2015", Timestamp(DAY)),
        ("9. June 2015", Timestamp(DAY)),
        ("9th of June, 2015", Timestamp(DAY)),
        ("09-Jun-2015", Timestamp(DAY)),
        ("Sept 3, 2026", Timestamp(dt.date(2026, 9, 3))),
        ("Tuesday, June 9, 2015", Timestamp(DAY)),
        ("Tue, 9 Jun 2015", Timestamp(DAY)),
        ("Tue, 09 Jun 2015 09:00:07 +0200", Timestamp(DAY, dt.time(9, 0, 7), 120)),
        ("Tue, 09 Jun 2015 09:00:07 +0200 (CEST)", Timestamp(DAY, dt.time(9, 0, 7), 120)),
        ("09 Jun 2015 09:00 -0000", Timestamp(DAY, dt.time(9), 0)),
        ("Tue, 09 Jun 2015 09:00:00 GMT", Timestamp(DAY, dt.time(9), 0)),
        ("Tue, 09 Jun 2015 09:00:00 UTC", Timestamp(DAY, dt.time(9), 0)),
        ("Tue, 09 Jun 2015 09:00:00 PDT", Timestamp(DAY, dt.time(9), -420)),
        ("Tue, 09 Jun 15 09:00 GMT", Timestamp(DAY, dt.time(9), 0)),
        ("Wed, 09 Jun 99 09:00 Z", Timestamp(dt.date(1999, 6, 9), dt.time(9), 0)),
    ],
)
def test_a_date_is_understood_as_people_write_it(text: str, when: Timestamp) -> None:
    assert parse_timestamp(text) == when


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2015-02-29", "February 2015 has 28 days"),
        ("2015-04-31", "April 2015 has 30 days"),
        ("2015-13-01", "there is no month 13"),
        ("2015-00-01", "there is no month 0"),
        ("2015-01-00", "January 2015 has 31 days"),
        ("0000-01-01", "the year must be between 1000 and 9998"),
        ("0001-01-01", "the year must be between 1000 and 9998"),
        ("0202-06-09", "the year must be between 1000 and 9998"),
        ("0999-12-31 23:59:59-15:59", "the year must be between 1000 and 9998"),
        ("9999-01-01 00:00:00+15:59", "the year must be between 1000 and 9998"),
        ("9999-02-31", "the year must be between 1000 and 9998"),
        ("2015-06-09 24:00", "there is no hour 24"),
        ("2015-06-09 09:60", "there is no minute 60"),
        ("2015-06-09 09:00:60", "there is no second 60"),
        ("2015-06-09 09:00+16:00", "the time zone is out of range"),
        ("2015-06-09 09:00+02:60", "the time zone is out of range"),
        ("June 31, 2015", "June 2015 has 30 days"),
        ("9 June 0202", "the year must be between 1000 and 9998"),
        ("Tue, 9 Jun 2015 25:00 GMT", "there is no hour 25"),
        ("Mon, 9 Jun 2015", "9 June 2015 is a Tuesday"),
    ],
)
def test_what_the_calendar_does_not_have_is_named(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_timestamp(text)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2015", "2015-06", "15-06-09", "06/09/2015", "2015-06/09", "2015.06.09", "9 Juni 2015", "9 Mai 2015", "June 2015", "June 9", "9 Jun 15", "9 Jun 15 09:00",
     "9 June 2015 09:00 CET", "9 June 2015 9 pm", "Day, 9 Jun 2015", "Tue 9 Jun 2015 extra", "2015-06-09 9", "2015-06-09 9pm",
     "20150609", "2015-06-09T", "2015-06-09 09:00 CET", "-2015-06-09", "12015-06-09", "2015-06-09\x00"],
)  # fmt: skip
def test_what_is_no_date_gets_the_forms_to_write(text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  (its words are compared below)
        parse_timestamp(text)
    assert str(caught.value) == "write it as 2026-01-31, or 2026-01-31 09:00, or 2026-01-31T09:00:00+01:00"


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.dates(dt.date(1000, 1, 1), dt.date(9998, 12, 31)))
def test_every_iso_date_is_read_back_as_itself(day: dt.date) -> None:
    assert parse_timestamp(day.isoformat()) == Timestamp(day)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.datetimes(
        dt.datetime(1000, 1, 2),  # noqa: DTZ001  (the zone is drawn below)
        dt.datetime(9998, 12, 30),  # noqa: DTZ001
        timezones=st.integers(-15 * 60, 15 * 60).map(lambda east: dt.timezone(dt.timedelta(minutes=east))),
    )
)
def test_every_iso_moment_is_read_back_as_itself_to_the_second(moment: dt.datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert parse_timestamp(moment.isoformat()).instant(dt.UTC) == whole
    assert parse_timestamp(moment.isoformat(" ")).instant(find_zone("Asia/Tokyo")) == whole


def test_a_day_alone_is_its_noon_in_utc() -> None:
    assert Timestamp(DAY).instant(find_zone("America/New_York")) == dt.datetime(2015, 6, 9, 12, tzinfo=dt.UTC)


def test_a_day_alone_is_that_day_in_every_zone() -> None:
    assert {Timestamp(DAY).local_day(find_zone(name)) for name in ("Pacific/Kiritimati", "Etc/GMT+12", "UTC")} == {DAY}


def test_a_time_without_offset_is_in_the_zone_of_the_settings() -> None:
    when = Timestamp(DAY, dt.time(9))
    assert format_utc(when.instant(find_zone("America/New_York"))) == "2015-06-09T13:00:00+00:00"
    assert format_utc(when.instant(find_zone("UTC"))) == "2015-06-09T09:00:00+00:00"


def test_a_time_with_offset_is_shown_in_the_zone_of_the_settings() -> None:
    when = Timestamp(DAY, dt.time(23, 30), 0)
    assert when.instant(find_zone("Asia/Tokyo")).isoformat() == "2015-06-10T08:30:00+09:00"
    assert when.local_day(find_zone("Asia/Tokyo")) == dt.date(2015, 6, 10)
    assert when.local_day(find_zone("UTC")) == DAY


def test_a_day_alone_lies_in_the_future_until_its_midnight_in_the_zone_of_the_settings() -> None:
    tokyo = find_zone("Asia/Tokyo")
    before = dt.datetime(2015, 6, 8, 14, 59, 59, tzinfo=dt.UTC)
    assert Timestamp(DAY).begins(tokyo) == before + dt.timedelta(seconds=1)


def test_a_moment_lies_in_the_future_until_it_comes() -> None:
    when = Timestamp(DAY, dt.time(9), 0)
    moment = dt.datetime(2015, 6, 9, 9, tzinfo=dt.UTC)
    assert when.begins(find_zone("Asia/Tokyo")) == moment


@pytest.mark.parametrize("text", ["1000-01-01 00:00+15:59", "9998-12-31 23:59:59-15:59"])
def test_the_ends_of_the_calendar_have_an_instant_and_a_day_in_every_zone(text: str) -> None:
    for name in ("Pacific/Kiritimati", "Etc/GMT+12", "America/New_York"):
        assert parse_timestamp(text).instant(find_zone(name)).date() == parse_timestamp(text).local_day(find_zone(name))


def settings_in(name: str) -> str:
    return f'title = "T"\nurl = "https://example.org"\ntimezone = "{name}"\n'


@pytest.mark.parametrize("name", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_site_of_the_first_and_the_last_day_that_can_be_written_builds_in_every_zone(
    name: str, tmp_path: Path
) -> None:
    first, last = '"1000-01-01 00:00:00+15:59"', '"9998-12-31 23:59:59-15:59"'
    history = "[{date: 1000-01-01, text: a}, {date: 9998-12-31, text: b}]"
    made = publish(tmp_path, {
        "blog.toml": settings_in(name),
        "content/posts/a.md": post("Week 1", first, updated=last, series="S", tags="[t]"),
        "content/posts/b.md": post("Week 2", last, updated=first, series="S", tags="[t]", changes=history),
        "content/posts/c.md": post("Week 3", "2024-02-29", series="S", tags="[t]"),
        "content/posts/1000-01-01-d.md": "---\ntitle: D\n---\nx\n",
        "content/posts/e.md": f"+++\ntitle = 'E'\ndate = {last[1:-1]}\n+++\nx\n",
        "content/series/s.md": "---\ntitle: S\nparts: [Week 1, Week 2, Week 3, Week 4]\n---\n",
    }, future=True)  # fmt: skip
    assert {"feed.xml", "atom.xml", "sitemap.xml", "archive/index.html", "posts/b/index.html"} <= made.keys()


@pytest.mark.parametrize(
    ("key", "at"),
    [("date: {}", "3:7"), ("updated: {}", "3:10"), ("changes: [{{date: {}, text: x}}]", "3:18")],
)
@pytest.mark.parametrize(
    "written", ["0002-01-01 00:00:00+15:59", "9999-12-31 23:59:59-15:59", "0000-01-01", "0999-12-31", "9999-01-01"]
)
def test_a_year_that_cannot_be_is_a_problem_at_its_line(key: str, at: str, written: str, tmp_path: Path) -> None:
    line = key.format(f'"{written}"')
    date = "" if key.startswith("date") else "date: 2024-01-01\n"
    assert problems(tmp_path, {"content/posts/a.md": f"---\ntitle: A\n{line}\n{date}---\nx\n"}) == [
        f'content/posts/a.md:{at}: "{written}" is not a date: the year must be between 1000 and 9998 (write it as 2026-01-31)'
    ]


def test_a_year_that_cannot_be_in_a_file_name_is_said_where_the_date_is_missing(tmp_path: Path) -> None:
    assert problems(tmp_path, {"content/posts/0202-06-09-a.md": "---\ntitle: A\n---\nx\n"}) == [
        (
            'content/posts/0202-06-09-a.md:1:1: the date is missing: "0202-06-09" in the file name is not a date: '
            "the year must be between 1000 and 9998 "
            "(write date: 2026-01-31 in the front matter, or name the file 2026-01-31-name.md)"
        )
    ]


@pytest.fixture(params=["Asia/Kolkata", "America/St_Johns"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_no_instant_depends_on_the_zone_of_the_machine(machine_zone: str) -> None:
    assert os.environ["TZ"] == machine_zone
    assert (
        format_utc(parse_timestamp("2015-06-09 9:00").instant(find_zone("Europe/Madrid")))
        == "2015-06-09T07:00:00+00:00"
    )
    assert format_utc(parse_timestamp("2015-06-09").instant(find_zone("Europe/Madrid"))) == "2015-06-09T12:00:00+00:00"


def test_summer_time_is_that_of_the_zone() -> None:
    madrid = find_zone("Europe/Madrid")
    assert parse_timestamp("2015-01-09 9:00").instant(madrid).utcoffset() == dt.timedelta(hours=1)
    assert parse_timestamp("2015-07-09 9:00").instant(madrid).utcoffset() == dt.timedelta(hours=2)


def test_an_hour_that_summer_time_skips_or_repeats_has_one_instant() -> None:
    york = find_zone("America/New_York")
    assert format_utc(parse_timestamp("2015-03-08 02:30").instant(york)) == "2015-03-08T07:30:00+00:00"
    assert format_utc(parse_timestamp("2015-11-01 01:30").instant(york)) == "2015-11-01T05:30:00+00:00"


def test_a_zone_is_found_by_its_name() -> None:
    assert str(find_zone("America/Argentina/Buenos_Aires")) == "America/Argentina/Buenos_Aires"
    assert find_zone("UTC") is dt.UTC
    assert "Europe/Madrid" in list_zone_names()
    assert list(list_zone_names()) == sorted(list_zone_names())


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "europe/madrid", "../UTC", "/etc/localtime", "Europe", "CEST"])
def test_an_unknown_zone_is_a_key_error(name: str) -> None:
    with pytest.raises(KeyError):
        find_zone(name)


def test_moments_in_utc_compare_as_texts() -> None:
    early = dt.datetime(2015, 6, 9, 1, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    late = dt.datetime(2015, 6, 9, tzinfo=dt.UTC)
    assert format_utc(early) == "2015-06-08T23:00:00+00:00" < format_utc(late)
