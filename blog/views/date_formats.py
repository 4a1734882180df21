"""Dates and durations as readers see them: formatted dates, spans of time, reading times."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import TYPE_CHECKING

from blog.config.dates import Timestamp
from blog.views.types import ChangeView, Date, Pause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.content.changes import Change

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def date_view(when: Timestamp, zone: dt.tzinfo, language: str) -> Date:
    """A date for machines and people; with the time of day if the author gave one."""
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
    return tuple(ChangeView(date_view(Timestamp(change.day), dt.UTC, language), change.text) for change in changes)


def span(first: dt.date, second: dt.date) -> str:
    """The time between two days in words: the largest unit that fits."""
    earlier, later = sorted((first, second))
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    days = (later - earlier).days
    for count, unit in ((months // 12, "year"), (months, "month"), (days // 7, "week")):
        if count:
            return f"{count} {unit}{'s' * (count > 1)}"
    return f"{days} day{'s' * (days != 1)}"


def month_names(language: str) -> tuple[str, ...]:
    """January to December; in other languages than English their numbers, as in dates."""
    return MONTHS if _is_english(language) else tuple(f"{month:02}" for month in range(1, 13))


def longest_pause(days: Sequence[dt.date], language: str) -> Pause | None:
    """The longest time without a post, the newest of those as long; None if there is none."""
    pauses = [(later - earlier, earlier, later) for earlier, later in pairwise(sorted(days)) if later > earlier]
    if not pauses:
        return None
    _, first, last = max(pauses)
    return Pause(span(first, last), *(date_view(Timestamp(day), dt.UTC, language) for day in (first, last)))


def roughly(count: int) -> str:
    """A large number in two digits that count, such as ``41,000``; ``""`` for none."""
    digits = len(str(count))
    return f"{round(count, min(0, 2 - digits)):,}" if count else ""


def minutes(words: int) -> int:
    """Reading time at 220 words a minute, at least one."""
    return max(1, round(words / 220))
