"""Dates and durations as readers see them: formatted dates, spans of time, reading times."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from blog.config.dates import Timestamp
from blog.views.types import ChangeView, Date, Pause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.content.revision_history import Change

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def date_view(when: Timestamp, zone: dt.tzinfo, language: str) -> Date:
    """Return a date for machines and people, with the time of day if the author wrote one."""
    day = when.local_day(zone)
    english = _is_english(language)
    short = f"{day.day} {MONTHS[day.month - 1]}" if english else f"{day:%m-%d}"
    text = f"{short} {day.year}" if english else day.isoformat()
    if when.clock is None:
        return Date(day.isoformat(), text, short)
    moment = when.instant(zone)
    return Date(moment.isoformat(timespec="seconds"), f"{text}, {moment:%H:%M}", short)


def _is_english(language: str) -> bool:
    return language.lower().split("-")[0] == "en"


def history(changes: Sequence[Change], language: str) -> tuple[ChangeView, ...]:
    """Return the changes of a text as a page shows them, the oldest first."""
    return tuple(ChangeView(_day_view(change.day, language), change.text) for change in changes)


def span(first: dt.date, second: dt.date) -> str:
    """Return the time between two days in words, in the largest unit that fits."""
    earlier, later = sorted((first, second))
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    days = (later - earlier).days
    for count, unit in ((months // 12, "year"), (months, "month"), (days // 7, "week")):
        if count:
            return _count_units(count, unit)
    return _count_units(days, "day")


def _count_units(count: int, unit: str) -> str:
    return f"1 {unit}" if count == 1 else f"{count} {unit}s"


def month_names(language: str) -> tuple[str, ...]:
    """Return January to December, or numbers in other languages than English, as in dates."""
    if _is_english(language):
        return MONTHS
    return tuple(f"{month:02}" for month in range(1, 13))


def longest_pause(days: Sequence[dt.date], language: str) -> Pause | None:
    """Return the longest time without a post, the newest of equal ones; None if all posts are of one day."""
    pauses = list(pairwise(sorted(set(days))))
    if not pauses:
        return None
    first, last = max(pauses, key=lambda pause: (pause[1] - pause[0], pause[0]))
    return Pause(span(first, last), _day_view(first, language), _day_view(last, language))


def _day_view(day: dt.date, language: str) -> Date:
    return date_view(Timestamp(day), dt.UTC, language)


def roughly(count: int) -> str:
    """Return a large number with two significant digits, such as ``41,000``; ``""`` for 0."""
    digits = len(str(count))
    return f"{round(count, min(0, 2 - digits)):,}" if count else ""


def minutes(words: int) -> int:
    """Return the reading time at 220 words a minute: at least one minute."""
    return max(1, round(words / 220))
