"""Days → charts, each an inline SVG with the table it is drawn from. Pure.

An SVG has no script and no style of its own: its colour is that of the text around it, its size that of its box, and a
theme says more by the classes ``chart``, ``dot`` and ``rule``. It is 350 units wide with letters of 13, to be read on a
phone.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from html import escape
from math import ceil, sqrt
from typing import TYPE_CHECKING, NamedTuple

from blog.views.date_formats import month_names
from blog.views.types import Chart, ChartRow, Html

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

_WIDTH = 350
_HEAD = 20
_LETTER = 7.2
"""Approximate width of a letter, to decide what fits."""
_LABEL = 130
_YEAR = 44
"""Room for a year, with some air."""
_SMALLEST = 1.25
_MODEST = 4
"""Up to this number the largest dot is drawn smaller: a single post should not look like an event."""
_EVERY_YEAR = 40
"""Beyond so many years those without a post are left out: a slip in one date must not make a thousand rows."""
_TOPICS = 8


def month_chart(days: Sequence[dt.date], language: str) -> Chart | None:
    """Return the number of posts per month, years by months, the newest year first; None for fewer than two posts."""
    if len(days) < 2:
        return None
    names = month_names(language)
    counts = Counter((day.year, day.month) for day in days)
    years = _years(days)[::-1]
    rows = tuple(ChartRow(str(year), tuple(counts[year, month] for month in range(1, 13))) for year in years)
    largest = _largest({f"in {names[month - 1]} {year}": count for (year, month), count in counts.items()})
    letters = tuple(name[:1] if name.isalpha() else name.lstrip("0") for name in names)
    grid = _Grid(rows, letters, _YEAR, (_WIDTH - _YEAR) / 12)
    svg = grid.svg("months", "Posts by month", f"{_posts(len(days))}, {_from_to(years[-1], years[0])}. {largest}")
    return Chart("months", "Posts by month", svg, largest, "Year", tuple(name[:3] for name in names), rows)


def topic_chart(tags: Mapping[str, Sequence[dt.date]]) -> Chart | None:
    """Return the number of posts per year with each of the most used tags; None if all are of one year.

    ``tags`` are names with the days of their posts; of two that are used as often the first goes before.
    """
    used = sorted(tags.items(), key=lambda item: -len(item[1]))[:_TOPICS]
    years = _years([day for _, days in used for day in days])
    if len(years) < 2:
        return None
    counts = {name: Counter(day.year for day in days) for name, days in used}
    rows = tuple(ChartRow(name, tuple(count[year] for year in years)) for name, count in counts.items())
    largest = _largest(
        {f"on {row.name} in {year}": count for row in rows for year, count in zip(years, row.counts, strict=True)}
    )
    left = round(min(_LABEL, max(map(_width, counts))) + 12)
    step = min(30.0, (_WIDTH - left - _YEAR / 3) / len(years))  # a third: the last year is wider than its column
    grid = _Grid(rows, _some(years, step), left, step)
    all_of = ", ".join(f"{name} {sum(matches.values())}" for name, matches in counts.items())
    svg = grid.svg(
        "topics", "Topics by year", f"The tags used most, {_from_to(years[0], years[-1])}: {all_of}. {largest}"
    )
    return Chart("topics", "Topics by year", svg, largest, "Tag", tuple(map(str, years)), rows)


def _largest(counts: Mapping[str, int]) -> str:
    """Return the legend of the largest dot; its position if there is only one."""
    most = max(counts.values())
    where = [place for place, count in counts.items() if count == most]
    if most == 1:
        return "Each dot is one post."
    return f"The largest dot: {_posts(most)} {where[0]}." if len(where) == 1 else f"The largest dots: {_posts(most)}."


def _from_to(first: int, last: int) -> str:
    return f"{first} to {last}" if first < last else str(first)


def _posts(count: int) -> str:
    return f"{count} post{'s' * (count != 1)}"


def _years(days: Sequence[dt.date]) -> list[int]:
    """Return all years from the oldest to the newest, also those without a post."""
    matches = {day.year for day in days}
    if not matches:
        return []
    every = range(min(matches), max(matches) + 1)
    return list(every) if len(every) <= _EVERY_YEAR else sorted(matches)


def _some(years: Sequence[int], step: float) -> tuple[str, ...]:
    """The years that have room above their columns, counted from the newest on."""
    each = ceil(_YEAR / step)
    return tuple(str(year) if (len(years) - 1 - seat) % each == 0 else "" for seat, year in enumerate(years))


class _Grid(NamedTuple):
    """Rows and columns of numbers, drawn as dots whose area grows with the number."""

    rows: tuple[ChartRow, ...]
    heads: tuple[str, ...]
    left: int
    step: float

    @property
    def row(self) -> int:
        """Height of a row: smaller where there are many."""
        return 24 if len(self.rows) <= 12 else 18

    def svg(self, name: str, title: str, about: str) -> Html:
        """``name`` begins its ids, which no heading can have: they begin with a colon."""
        height = _HEAD + self.row * len(self.rows)
        right = round(self.left + self.step * len(self.heads))
        lines = "".join(f"M{self.left} {self._middle(seat)}H{right}" for seat in range(len(self.rows)))
        return Html(
            f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" font-size="13" fill="currentColor" role="img"'
            f' aria-labelledby=":{name}-title" aria-describedby=":{name}-about">\n'
            f'<title id=":{name}-title">{escape(title)}</title>\n<desc id=":{name}-about">{escape(about)}</desc>\n'
            f'<path class="rule" d="{lines}" stroke="currentColor" stroke-opacity=".25"/>\n'
            f"{self._words()}{self._dots()}</svg>\n"
        )

    def _words(self) -> str:
        heads = [
            f'<text x="{_short(self._centre(seat))}" y="12" text-anchor="middle">{head}</text>\n'
            for seat, head in enumerate(self.heads)
            if head
        ]
        rows = [
            f'<text x="0" y="{self._middle(seat) + 4}">{escape(_cut(row.name))}</text>\n'
            for seat, row in enumerate(self.rows)
        ]
        return "".join(heads + rows)

    def _dots(self) -> str:
        most = max(_MODEST, *(count for row in self.rows for count in row.counts))
        largest = max(_SMALLEST, min(self.row, self.step) * 0.42)
        return "".join(
            f'<circle class="dot" cx="{_short(self._centre(column))}" cy="{self._middle(seat)}"'
            f' r="{_short(max(_SMALLEST, largest * sqrt(count / most)))}"/>\n'
            for seat, row in enumerate(self.rows)
            for column, count in enumerate(row.counts)
            if count
        )

    def _centre(self, column: int) -> float:
        return self.left + self.step * (column + 0.5)

    def _middle(self, row: int) -> int:
        return _HEAD + self.row * row + self.row // 2


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _width(text: str) -> float:
    """About the room that it takes; letters of Chinese and Japanese are as wide as two."""
    return _LETTER * sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _cut(text: str) -> str:
    """Return ``text`` cut to the width beside a row."""
    if _width(text) <= _LABEL:
        return text
    text = text[: int(_LABEL / _LETTER)]
    while _width(f"{text}…") > _LABEL:
        text = text[:-1]
    return f"{text.rstrip()}…"
