"""A date in another form → the dates that it may mean, in the form to write."""

from __future__ import annotations

import datetime as dt
import re

from blog.config.dates import YEARS, Timestamp, parse_timestamp

_CURLY = "“”„‘’«»\"' "
_TIME = r"(?P<rest>(?:[T ,]{1,3}\d{1,2}:\d{2}(?::\d{2})?)?)"
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[-/. ]?(?P<first>\d{{1,2}})[-/. ]?(?P<second>\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[-/. ])[ ]?(?P<second>\d{{1,2}})[-/. ][ ]?(?P<year>\d{{4}}){_TIME}"
)


def suggest_date(text: str) -> str:
    """Return the day in ``text`` as ``2026-01-31``, with its time if it has one; ``""`` if that is not certain."""
    dates = list_readings(text)
    return dates[0] if len(dates) == 1 else ""


def list_readings(text: str) -> list[str]:
    """Return the dates that ``text`` may mean, as :func:`suggest_date` writes them; that of the American order first.

    None if it is no date, one if that is certain, and two for days such as 05/06/2026.
    """
    written = text.strip(_CURLY)
    try:
        return [_format_timestamp(parse_timestamp(written))]
    except ValueError:
        pass
    match = _YEAR_FIRST.fullmatch(written)
    if match:
        month, day = int(match["first"]), int(match["second"])
        if month > 12:
            month, day = day, month
        return _format_days(match, [(month, day)])
    match = _YEAR_LAST.fullmatch(written)
    return _order_day_and_month(match) if match else []


def _format_timestamp(timestamp: Timestamp) -> str:
    if timestamp.clock is None:
        return timestamp.day.isoformat()
    zone = None if timestamp.offset is None else dt.timezone(dt.timedelta(minutes=timestamp.offset))
    moment = dt.datetime.combine(timestamp.day, timestamp.clock, zone)
    return moment.isoformat(" ", "seconds" if moment.second else "minutes")


def _order_day_and_month(match: re.Match[str]) -> list[str]:
    """Return the dates with the year at their end; with dots the day is first, else one number must be above 12."""
    first, second = int(match["first"]), int(match["second"])
    if match["sign"] == "." and second <= 12:
        return _format_days(match, [(second, first)])
    return _format_days(match, [(first, second), (second, first)])


def _format_days(match: re.Match[str], days: list[tuple[int, int]]) -> list[str]:
    """Return the dates of month and day that the calendar has, each once."""
    dates = (_format_day(match["year"], month, day, match["rest"]) for month, day in days)
    return list(dict.fromkeys(filter(None, dates)))


def _format_day(year: str, month: int, day: int, rest: str) -> str:
    if int(year) not in YEARS:
        return ""
    try:
        date = dt.date(int(year), month, day)
    except ValueError:
        return ""
    clock = rest.strip("T ,")
    if not clock:
        return date.isoformat()
    hour, _, minutes = clock.partition(":")
    is_time = int(hour) < 24 and int(minutes[:2]) < 60
    return f"{date.isoformat()} {hour:0>2}:{minutes}" if is_time else ""
