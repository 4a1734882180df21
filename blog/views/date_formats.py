"""Dates and durations as readers see them: formatted dates, spans of time, reading times."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from blog.config.dates import Timestamp
from blog.views.page_parts import ChangeView, Date
from blog.views.page_views import Pause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.config.words import Words
    from blog.content.revision_history import Change


def date_view(when: Timestamp, zone: dt.tzinfo, words: Words) -> Date:
    """Return a date for machines and people, with the time of day if the author wrote one."""
    day = when.local_day(zone)
    text, short = words.locale.date(day), words.locale.day(day)
    if when.clock is None:
        return Date(day.isoformat(), text, short, text)
    moment = when.instant(zone)
    with_time = words.text("date.with_time", date=text, time=f"{moment:%H:%M}")
    return Date(iso_date(when, zone), with_time, short, text)


def iso_date(when: Timestamp, zone: dt.tzinfo) -> str:
    """Return a date for machines, with time and offset if the author wrote a time."""
    if when.clock is None:
        return when.local_day(zone).isoformat()
    return when.instant(zone).isoformat(timespec="seconds")


def history(changes: Sequence[Change], words: Words) -> tuple[ChangeView, ...]:
    """Return the changes of a text as a page shows them, the oldest first."""
    return tuple(ChangeView(_day_view(change.day, words), change.text) for change in changes)


def span(first: dt.date, second: dt.date, words: Words) -> str:
    """Return the time between two days in words, in the largest unit that fits."""
    earlier, later = sorted((first, second))
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    days = (later - earlier).days
    for count, unit in ((months // 12, "years"), (months, "months"), (days // 7, "weeks")):
        if count:
            return words.count(f"date.{unit}", count)
    return words.count("date.days", days)


def longest_pause(days: Sequence[dt.date], words: Words) -> Pause | None:
    """Return the longest time without a post, the newest of equal ones; None if all posts are of one day."""
    pauses = list(pairwise(sorted(set(days))))
    if not pauses:
        return None
    first, last = max(pauses, key=lambda pause: (pause[1] - pause[0], pause[0]))
    return Pause(span(first, last, words), _day_view(first, words), _day_view(last, words))


def _day_view(day: dt.date, words: Words) -> Date:
    return date_view(Timestamp(day), dt.UTC, words)


def roughly(count: int, words: Words) -> str:
    """Return a large number with two significant digits, such as ``41,000``; ``""`` for 0."""
    digits = len(str(count))
    return words.number(round(count, min(0, 2 - digits))) if count else ""


def minutes(words: int) -> int:
    """Return the reading time at 220 words a minute: at least one minute."""
    return max(1, round(words / 220))
