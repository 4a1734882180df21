"""A date in another form → the date to write, where it can only mean one day."""

from __future__ import annotations

import datetime as dt
import re

from blog.config.dates import MONTHS, YEARS

_CURLY = "“”„‘’«»\"' "
_TIME = r"(?P<rest>(?:[T ,]{1,3}\d{1,2}:\d{2}(?::\d{2})?)?)"
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[-/. ]?(?P<first>\d{{1,2}})[-/. ]?(?P<second>\d{{1,2}}){_TIME}")
_YEAR_LAST = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<sign>[-/. ])[ ]?(?P<second>\d{{1,2}})[-/. ][ ]?(?P<year>\d{{4}}){_TIME}"
)
_DAY_FIRST = re.compile(
    r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?[- ]{0,2}(?:of )?"
    rf"(?P<month>[A-Za-z]{{3,9}})\.?,?[- ]{{0,2}}(?P<year>\d{{4}}){_TIME}"
)
_MONTH_FIRST = re.compile(
    rf"(?P<month>[A-Za-z]{{3,9}})\.?[- ](?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[- ]{{1,2}}(?P<year>\d{{4}}){_TIME}"
)


def suggest_date(text: str) -> str:
    """Return the day in ``text`` as ``2026-01-31``, with its time if it has one; ``""`` if that is not certain."""
    written = text.strip(_CURLY)
    for pattern in (_DAY_FIRST, _MONTH_FIRST):
        match = pattern.fullmatch(written)
        if match:
            return _format_day(match["year"], _find_month(match["month"]), int(match["day"]), match["rest"])
    match = _YEAR_FIRST.fullmatch(written)
    if match:
        month, day = int(match["first"]), int(match["second"])
        if month > 12:
            month, day = day, month
        return _format_day(match["year"], month, day, match["rest"])
    match = _YEAR_LAST.fullmatch(written)
    return _order_day_and_month(match) if match else ""


def _order_day_and_month(match: re.Match[str]) -> str:
    """Return the date with the year at its end; with dots the day is first, else one number must be above 12."""
    day, month = int(match["first"]), int(match["second"])
    if month > 12:
        day, month = month, day
    is_certain = match["sign"] == "." or day > 12 or day == month
    return _format_day(match["year"], month, day, match["rest"]) if is_certain else ""


def _find_month(word: str) -> int:
    """Return the number of the month that an English ``word`` abbreviates; 0 if there is none."""
    for number, name in enumerate(MONTHS, 1):
        if name.lower().startswith(word.lower()) or word.lower() == "sept" == name.lower()[:4]:
            return number
    return 0


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
