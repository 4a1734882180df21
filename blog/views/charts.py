"""Days → charts, each an inline SVG with the table of its numbers. Pure.

An SVG has no script and no style of its own: its colour is that of the text around it, its size that of its box. Themes
style it by the classes ``chart``, ``dot`` and ``rule``. It is 350 units wide with letters of 13, so that a phone shows
it legibly.
"""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import chain
from math import ceil, sqrt
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from blog.markdown.svg_labels import cut_label, format_coordinate, text_width
from blog.views.page_parts import Html
from blog.views.page_views import Chart, ChartRow

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from blog.config.words import Words

_T = TypeVar("_T")
_WIDTH = 350
_HEAD_HEIGHT = 20
_FONT_SIZE = 13
_LABEL_WIDTH = 130
_YEAR_WIDTH = 44
"""Width of a year, with a margin."""
_SMALLEST_RADIUS = 1.25
_SMALL_COUNT = 4
"""Up to this count the largest dot is drawn smaller: a single post should not look like an event."""
_MOST_YEARS = 40
"""Beyond so many years those without a post are left out: a slip in one date must not make a thousand rows."""
_TOPICS = 8


def month_chart(days: Sequence[dt.date], words: Words) -> Chart | None:
    """Return the number of posts per month, years by months, the newest year first; None for fewer than two posts."""
    if len(days) < 2:
        return None
    locale, title = words.locale, words.text("chart.months")
    counts = Counter((day.year, day.month) for day in days)
    years = _list_years(days)[::-1]
    rows = tuple(_month_row(year, counts) for year in years)
    most, months = _find_largest(counts)
    legend = _legend(most, len(months), words)
    if not legend:
        month = locale.month(*months[0])
        legend = words.text("chart.largest_in_month", posts=words.count("count.posts", most), month=month)
    grid = _Grid(rows, tuple(locale.months_shortest), _YEAR_WIDTH, (_WIDTH - _YEAR_WIDTH) / 12)
    about = words.text(
        "chart.about_months", posts=words.count("count.posts", len(days)),
        years=_year_range(years[-1], years[0], words), legend=legend,
    )  # fmt: skip
    svg = grid.draw("months", title, about)
    return Chart("months", title, svg, legend, words.text("chart.year"), tuple(locale.months_short), rows)


def _month_row(year: int, counts: Mapping[tuple[int, int], int]) -> ChartRow:
    return ChartRow(str(year), tuple(counts.get((year, month), 0) for month in range(1, 13)))


def topic_chart(tags: Mapping[str, Sequence[dt.date]], words: Words) -> Chart | None:
    """Return the number of posts per year with each of the most used tags; None if all are of one year.

    ``tags`` are names with the days of their posts; of two tags with as many posts the first comes first.
    """
    topics = dict(sorted(tags.items(), key=lambda item: -len(item[1]))[:_TOPICS])
    years = _list_years(list(chain.from_iterable(topics.values())))
    if len(years) < 2:
        return None
    rows = tuple(_topic_row(name, days, years) for name, days in topics.items())
    legend = _topic_legend(rows, years, words)
    margin = round(min(_LABEL_WIDTH, max(text_width(name, _FONT_SIZE) for name in topics)) + 12)
    last_head = _YEAR_WIDTH / 3  # The head of the last year is wider than its column.
    step = min(30.0, (_WIDTH - margin - last_head) / len(years))
    grid = _Grid(rows, _year_heads(years, step), margin, step)
    totals = [f"{name} {words.number(len(days))}" for name, days in topics.items()]
    about = words.text(
        "chart.about_topics", years=_year_range(years[0], years[-1], words),
        counts=words.text("list.separator").join(totals), legend=legend,
    )  # fmt: skip
    title = words.text("chart.topics")
    svg = grid.draw("topics", title, about)
    return Chart("topics", title, svg, legend, words.text("chart.tag"), tuple(map(str, years)), rows)


def _topic_row(name: str, days: Sequence[dt.date], years: Sequence[int]) -> ChartRow:
    counts = Counter(day.year for day in days)
    return ChartRow(name, tuple(counts[year] for year in years))


def _topic_legend(rows: Sequence[ChartRow], years: Sequence[int], words: Words) -> str:
    counts = {}
    for row in rows:
        for year, count in zip(years, row.counts, strict=True):
            counts[row.name, year] = count
    most, positions = _find_largest(counts)
    legend = _legend(most, len(positions), words)
    if legend:
        return legend
    tag, year = positions[0]
    return words.text("chart.largest_on_topic", posts=words.count("count.posts", most), tag=tag, year=str(year))


def _find_largest(counts: Mapping[_T, int]) -> tuple[int, list[_T]]:
    """Return the largest of ``counts``, and the positions that have it."""
    most = max(counts.values())
    return most, [position for position, count in counts.items() if count == most]


def _legend(most: int, positions: int, words: Words) -> str:
    """Return the legend of the largest dot, at so many positions; ``""`` if it must name its only position."""
    if most == 1:
        return words.text("chart.each")
    if positions > 1:
        return words.text("chart.largest", posts=words.count("count.posts", most))
    return ""


def _year_range(first: int, last: int, words: Words) -> str:
    return words.text("chart.years", first=str(first), last=str(last)) if first < last else str(first)


def _list_years(days: Sequence[dt.date]) -> list[int]:
    """Return all years from the oldest to the newest, also those without a post."""
    years = sorted({day.year for day in days})
    if not years or years[-1] - years[0] >= _MOST_YEARS:
        return years
    return list(range(years[0], years[-1] + 1))


def _year_heads(years: Sequence[int], step: float) -> tuple[str, ...]:
    """Return the years that fit above their columns, counted from the newest on, and ``""`` for the others."""
    heads = [""] * len(years)
    for column in range(len(years) - 1, -1, -ceil(_YEAR_WIDTH / step)):
        heads[column] = str(years[column])
    return tuple(heads)


class _Grid(NamedTuple):
    """Rows and columns of numbers, drawn as dots whose area is proportional to the number."""

    rows: tuple[ChartRow, ...]
    heads: tuple[str, ...]
    margin: int
    """Width to the left of the columns."""
    step: float
    """Width of a column."""

    @property
    def row_height(self) -> int:
        """Height of a row: smaller where there are many."""
        return 24 if len(self.rows) <= 12 else 18

    def draw(self, name: str, title: str, about: str) -> Html:
        """Return the SVG. Its ids begin with a colon and ``name``; those of headings have no colon."""
        height = _HEAD_HEIGHT + self.row_height * len(self.rows)
        right = round(self.margin + self.step * len(self.heads))
        lines = "".join(f"M{self.margin} {self._row_centre(row)}H{right}" for row in range(len(self.rows)))
        return Html(
            f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" font-size="{_FONT_SIZE}" fill="currentColor"'
            f' role="img" aria-labelledby=":{name}-title" aria-describedby=":{name}-about">\n'
            f'<title id=":{name}-title">{escape(title)}</title>\n<desc id=":{name}-about">{escape(about)}</desc>\n'
            f'<path class="rule" d="{lines}" stroke="currentColor" stroke-opacity=".25"/>\n'
            f"{''.join(self._texts())}{''.join(self._dots())}</svg>\n"
        )

    def _texts(self) -> Iterator[str]:
        for column, head in enumerate(self.heads):
            if head:
                x = format_coordinate(self._column_centre(column))
                yield f'<text x="{x}" y="12" text-anchor="middle">{head}</text>\n'
        for index, row in enumerate(self.rows):
            name = escape(cut_label(row.name, _LABEL_WIDTH, _FONT_SIZE))
            yield f'<text x="0" y="{self._row_centre(index) + 4}">{name}</text>\n'

    def _dots(self) -> Iterator[str]:
        most = max(_SMALL_COUNT, *chain.from_iterable(row.counts for row in self.rows))
        largest = max(_SMALLEST_RADIUS, min(self.row_height, self.step) * 0.42)
        for index, row in enumerate(self.rows):
            y = self._row_centre(index)
            for column, count in enumerate(row.counts):
                if count:
                    x = format_coordinate(self._column_centre(column))
                    radius = max(_SMALLEST_RADIUS, largest * sqrt(count / most))
                    yield f'<circle class="dot" cx="{x}" cy="{y}" r="{format_coordinate(radius)}"/>\n'

    def _column_centre(self, column: int) -> float:
        return self.margin + self.step * (column + 0.5)

    def _row_centre(self, row: int) -> int:
        return _HEAD_HEIGHT + self.row_height * row + self.row_height // 2
