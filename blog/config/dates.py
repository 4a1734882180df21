"""Dates as authors write them, and time zones that do not depend on the machine.

A :class:`Timestamp` has the values as written. With the zone of the settings it is an instant; the machine's own zone,
clock and zone files have no influence (zones come from the ``tzdata`` package).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

_NUMBERS = re.compile(
    r"(?P<year>\d{4})(?P<sign>[-/])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})"
    r"(?:[Tt ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d{1,2}(?::?\d{2})?)?)?"
)
_WEEKDAY = r"(?:(?P<weekday>[A-Za-z]{3,9})\.?,? )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR_AND_TIME = (
    r"(?P<year>\d{4}|\d{2})(?:,? (?:at )?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"(?: ?(?P<zone>[+-]\d{1,2}(?::?\d{2})?|[A-Z]{1,3})(?: \([A-Za-z ]{1,40}\))?)?)?"
)
_WITH_MONTH_NAME = (
    re.compile(rf"{_WEEKDAY}{_DAY}\.?[- ](?:of )?(?P<month>[A-Za-z]{{3,9}})\.?,?[- ]{_YEAR_AND_TIME}"),
    re.compile(rf"{_WEEKDAY}(?P<month>[A-Za-z]{{3,9}})\.?[- ]{_DAY},?[- ]{_YEAR_AND_TIME}"),
)
"""``21 May 2015``, also with weekday, time and zone as in RFC 2822; ``May 21, 2015``."""
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?")

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ZONES = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
"""The names of zones in RFC 2822, section 4.3, with their hours east of UTC. All other names are ambiguous."""
_FORMS = "write it as 2026-01-31, or 2026-01-31 09:00, or 2026-01-31T09:00:00+01:00"
YEARS = range(1000, 9999)
"""Years that can be written. No offset, zone or step of a year leads from there out of Python's calendar (1 to 9999),
and each has the four digits that feeds require."""
_FIRST_DAY_FROM_MIDNIGHT = dt.date(2026, 11, 28)
"""The day of version 1.0.0, whose feeds gave noon in UTC for a day alone: older entries keep that time."""


class Timestamp(Struct, frozen=True):
    """A date, or a date with a time, as written."""

    day: dt.date
    clock: dt.time | None = None
    """None: that calendar day, everywhere."""
    offset: int | None = None
    """Minutes east of UTC; None: the zone of the settings."""

    def instant(self, zone: dt.tzinfo) -> dt.datetime:
        """Return the aware moment. For a day alone it is noon in UTC, which is that day in almost every zone."""
        if self.clock is None:
            return dt.datetime.combine(self.day, dt.time(12), dt.UTC)
        written_zone = zone
        if self.offset is not None:
            written_zone = dt.timezone(dt.timedelta(minutes=self.offset))
        moment = dt.datetime.combine(self.day, self.clock, written_zone)
        return moment.astimezone(zone)

    def feed_instant(self, zone: dt.tzinfo) -> dt.datetime:
        """Return the moment for feeds: no later than a build that publishes this, and the same in each build.

        For a day alone that is its beginning in ``zone``, the moment from which it is published; its noon may still be
        to come. An older day keeps its noon in UTC, so that nothing changes for those who have the entry.
        """
        if self.day < _FIRST_DAY_FROM_MIDNIGHT:
            return self.instant(zone)
        return self.begins(zone)

    def local_day(self, zone: dt.tzinfo) -> dt.date:
        """Return the calendar day on which it falls in ``zone``."""
        return self.day if self.clock is None else self.instant(zone).date()

    def begins(self, zone: dt.tzinfo) -> dt.datetime:
        """Return the moment from which it does not lie in the future: for a day alone its midnight in ``zone``."""
        if self.clock is None:
            return dt.datetime.combine(self.day, dt.time(), zone).astimezone(dt.UTC)
        return self.instant(zone).astimezone(dt.UTC)


class NoSuchDateError(ValueError):
    """A text has the form of a date, but the calendar or the clock does not have it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def parse_timestamp(text: str) -> Timestamp:
    """Return the date or date-time in ``text``.

    It begins with the year (``2015-6-9``, ``2015/06/09 9:00``, ``…T09:00:00+02:00``), or has the English name of the
    month (``May 21, 2015``, ``21 May 2015``, ``Thu, 21 May 2015 10:00:00 +0200`` as in RFC 2822).

    Raises :class:`ValueError` with the form to write, or :class:`NoSuchDateError` with the part that does not exist in
    the calendar.
    """
    match = _NUMBERS.fullmatch(text.strip())
    if match is None:
        return _parse_with_month_name(" ".join(text.split()))
    return _make_timestamp(match, int(match["year"]), int(match["month"]))


def _parse_with_month_name(text: str) -> Timestamp:
    match = next(filter(None, (form.fullmatch(text) for form in _WITH_MONTH_NAME)), None)
    month = _find_name(match["month"], MONTHS) if match else 0
    if match is None or not month:
        raise ValueError(_FORMS)
    year = int(match["year"])
    if len(match["year"]) == 2:
        if match["zone"] is None:  # else it is the whole form of RFC 822, in which the order is certain
            raise ValueError(_FORMS)
        year += 2000 if year < 50 else 1900
    timestamp = _make_timestamp(match, year, month)
    if match["weekday"]:
        _check_weekday(match["weekday"], timestamp.day)
    return timestamp


def _find_name(word: str, names: tuple[str, ...]) -> int:
    """Return the number, from 1, of the name that ``word`` is or abbreviates; 0 if there is none."""
    if word.lower() == "sept":
        word = word[:3]
    for number, name in enumerate(names, 1):
        if name.lower().startswith(word.lower()):
            return number
    return 0


def _check_weekday(word: str, day: dt.date) -> None:
    """Raise an error if ``day`` is another weekday: then one of the two is a slip."""
    weekday = _find_name(word, _WEEKDAYS)
    if not weekday:
        raise ValueError(_FORMS)
    if weekday != day.isoweekday():
        message = f"{day.day} {MONTHS[day.month - 1]} {day.year} is a {_WEEKDAYS[day.weekday()]}"
        raise NoSuchDateError(message, "correct the day, or take the weekday out")


def _make_timestamp(match: re.Match[str], year: int, month: int) -> Timestamp:
    if year not in YEARS:
        raise NoSuchDateError(f"the year must be between {YEARS[0]} and {YEARS[-1]}", "write it as 2026-01-31")
    day = _parse_day(year, month, int(match["day"]))
    if match["hour"] is None:
        return Timestamp(day)
    clock = _parse_clock(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    offset = _parse_offset(match["zone"]) if match["zone"] else None
    return Timestamp(day, clock, offset)


def _parse_day(year: int, month: int, day: int) -> dt.date:
    if month not in range(1, 13):
        raise NoSuchDateError(f"there is no month {month}", "write the month from 01 to 12")
    try:
        return dt.date(year, month, day)
    except ValueError:
        last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(1)).day
        message = f"{MONTHS[month - 1]} {year} has {last} days"
        hint = f"write a day from {year}-{month:02}-01 to {year}-{month:02}-{last}"
        raise NoSuchDateError(message, hint) from None


def _parse_clock(hour: int, minute: int, second: int) -> dt.time:
    for number, name, limit in ((hour, "hour", 24), (minute, "minute", 60), (second, "second", 60)):
        if number >= limit:
            raise NoSuchDateError(f"there is no {name} {number}", "write a time from 00:00 to 23:59")
    return dt.time(hour, minute, second)


def _parse_offset(zone: str) -> int:
    """Return the minutes east of UTC of an offset such as ``+02:00``, ``+0200`` or ``+2``, or of a name."""
    match = _OFFSET.fullmatch(zone)
    if match is None:
        if zone.upper() not in _ZONES:
            raise ValueError(_FORMS)
        return _ZONES[zone.upper()] * 60
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    if hours > 15 or minutes > 59:
        raise NoSuchDateError("the time zone is out of range", "write an offset from -15:59 to +15:59")
    offset = hours * 60 + minutes
    return -offset if match["sign"] == "-" else offset


@cache
def list_zone_names() -> tuple[str, ...]:
    """Return all IANA zone names, sorted."""
    return tuple(sorted(files("tzdata").joinpath("zones").read_text("utf-8").split()))


@cache
def find_zone(name: str) -> dt.tzinfo:
    """Return the IANA zone ``name`` from the ``tzdata`` package. Raises :class:`KeyError` for an unknown name."""
    if name == "UTC":
        return dt.UTC
    if name not in list_zone_names():
        raise KeyError(name)
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def format_utc(moment: dt.datetime) -> str:
    """Return an aware moment in UTC, to the second: the order of such texts is that of the moments."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
