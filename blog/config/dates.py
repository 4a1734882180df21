"""Dates as authors write them, and time zones that do not depend on the machine.

A :class:`Timestamp` is what was written. The zone of the settings turns it into an instant; the machine's own zone,
clock and zone files never take part (zones come from the ``tzdata`` package).
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

_WHEN = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[Tt ]\s*(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<zone>[Zz]|[+-]\d{1,2}(?::?\d{2})?)?)?"
)

YEARS = range(1000, 9999)
"""Years that can be written. No offset, zone or step of a year leads from there out of Python's calendar (1 to 9999),
and each has the four digits that feeds ask for."""


_NOONS_END = dt.date(2026, 11, 28)
"""The day of version 1.0.0, whose feeds gave each day alone its noon in UTC: what is older keeps it."""


class Timestamp(Struct, frozen=True):
    """A date, or a date with a time, as written."""

    day: dt.date
    clock: dt.time | None = None
    """None: that calendar day, everywhere."""
    offset: int | None = None
    """Minutes east of UTC; None: the zone of the settings."""

    def instant(self, zone: dt.tzinfo) -> dt.datetime:
        """The moment it names, aware. A day alone is its noon in UTC, which is that day in almost every zone."""
        if self.clock is None:
            return dt.datetime.combine(self.day, dt.time(12), dt.UTC)
        written = zone if self.offset is None else dt.timezone(dt.timedelta(minutes=self.offset))
        moment = dt.datetime.combine(self.day, self.clock, written)
        return moment.astimezone(zone)

    def feed_instant(self, zone: dt.tzinfo) -> dt.datetime:
        """The moment that feeds say: never later than a build that publishes this, and the same in each build.

        For a day alone that is its beginning in ``zone``, the moment from which it is published; its noon may still be
        to come. An older day keeps its noon in UTC, so that nothing changes for those who have the entry.
        """
        return self.begins(zone) if self.day >= _NOONS_END else self.instant(zone)

    def local_day(self, zone: dt.tzinfo) -> dt.date:
        """The calendar day on which it falls in ``zone``."""
        return self.day if self.clock is None else self.instant(zone).date()

    def begins(self, zone: dt.tzinfo) -> dt.datetime:
        """The moment from which it does not lie in the future: a day alone begins at its midnight in ``zone``."""
        if self.clock is None:
            return dt.datetime.combine(self.day, dt.time(), zone).astimezone(dt.UTC)
        return self.instant(zone).astimezone(dt.UTC)


def parse_timestamp(text: str) -> Timestamp:
    """The date or date-time that ``text`` spells (``2015-6-9``, ``2015-06-09 9:00``, ``…T09:00:00+02:00``).

    Raises :class:`ValueError` that says what to write, or which part does not exist in the calendar.
    """
    found = _WHEN.fullmatch(text.strip())
    if not found:
        raise ValueError("write it as 2026-01-31, or 2026-01-31 09:00, or 2026-01-31T09:00:00+01:00")
    year = int(found["year"])
    if year not in YEARS:
        raise ValueError(f"the year must be between {YEARS[0]} and {YEARS[-1]}")
    day = dt.date(year, int(found["month"]), int(found["day"]))
    if found["hour"] is None:
        return Timestamp(day)
    clock = dt.time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    return Timestamp(day, clock, _offset(found["zone"]))


def _offset(zone: str | None) -> int | None:
    if not zone:
        return None
    if zone in "Zz":
        return 0
    digits = zone[1:].replace(":", "").rjust(2, "0")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 15 or minutes > 59:
        raise ValueError("time zone offset is out of range")
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


@cache
def list_zone_names() -> tuple[str, ...]:
    """All IANA zone names, sorted."""
    return tuple(sorted(files("tzdata").joinpath("zones").read_text("utf-8").split()))


@cache
def find_zone(name: str) -> dt.tzinfo:
    """The IANA zone ``name``, from the ``tzdata`` package. Raises :class:`KeyError` for an unknown name."""
    if name == "UTC":
        return dt.UTC
    if name not in list_zone_names():
        raise KeyError(name)
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


def format_utc(moment: dt.datetime) -> str:
    """An aware moment in UTC, to the second: texts of this form compare as the moments do."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
