"""Series of numbers → an SVG image of lines, points or bars with axes and a legend.

Its colours are those of :data:`blog.markdown.drawings.COLORS`, which a page and a file replace by their own. Series
differ by their dashes or shapes, too, for those who do not see the colours. It is 480 units wide with letters of 14, so
that a phone shows it legibly.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Literal, NamedTuple

from blog.markdown.drawings import COLORS
from blog.markdown.svg_labels import cut_label, format_coordinate, text_width

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["lines", "points", "bars"]
MAX_SERIES = 8
"""Series that can be told apart."""
_WIDTH, _HEIGHT = 480, 290
_FONT_SIZE = 14
_LEGEND_HEIGHT = 22
_SWATCH = 28
"""Width of the sample of a line in the legend, with its margin."""
_HEAD = 30
"""Height of the name of the y axis."""
_FOOT = 46
"""Height of the labels and the name of the x axis."""
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "7 2 2 2 2 2")
_MAX_BUCKETS = 400
"""Parts of a line whose lowest and highest points are drawn: more than the picture has pixels."""
_TICKS = 5
_MAX_LABEL, _MIN_LABEL = 150, 36
"""Width to which a name is cut: in the legend, and at least on an axis with many."""


class DataSeries(NamedTuple):
    """The points of one line, in the order of x."""

    name: str
    points: tuple[tuple[float, float], ...]


class Plot(NamedTuple):
    """What a chart shows."""

    kind: Kind
    x_name: str
    y_name: str
    series: tuple[DataSeries, ...]
    categories: tuple[str, ...] = ()
    """The names of the x values 0, 1, 2 …; empty if x is a number."""
    has_log_x: bool = False
    has_log_y: bool = False


class _Scale(NamedTuple):
    """Maps the numbers of an axis to coordinates."""

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False
    step: float = 1

    def place(self, value: float) -> float:
        """Return the coordinate of a value."""
        low, high = self.low, self.high
        if self.is_log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Return the values with a mark and a label."""
        if not self.is_log:
            return [self.low + self.step * index for index in range(round((self.high - self.low) / self.step) + 1)]
        first, last = round(math.log10(self.low)), round(math.log10(self.high))
        stride = math.ceil((last - first) / _TICKS)
        return [10.0**exponent for exponent in range(first, last + 1, stride)]


def format_value(value: float) -> str:
    """Return a number with at most six digits."""
    return f"{value:.6g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


def _y_label(plot: Plot) -> str:
    """Return the name of the y axis; none if the legend names several columns."""
    names = [series.name for series in plot.series]
    columns = [name.strip() for name in plot.y_name.split(",")]
    return "" if len(names) > 1 and names == columns else plot.y_name


def draw_plot(plot: Plot) -> str:
    """Return the SVG of a chart."""
    legend = list(_legend(plot)) if len(plot.series) > 1 else []
    top = _HEAD + (legend[-1][1] + _LEGEND_HEIGHT if legend else 0)
    height = _HEIGHT + top
    y_scale = _y_scale(plot, height - _FOOT, top)
    left = max(text_width(format_value(tick), _FONT_SIZE) for tick in y_scale.ticks()) + 14
    x_scale = _x_scale(plot, left)
    y_label = escape(cut_label(_y_label(plot), 300, _FONT_SIZE))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}">',
        f'<g font-size="{_FONT_SIZE}">',
        *(_legend_entry(plot, *entry) for entry in legend),
        f'<text x="0" y="{top - 14}" fill="{COLORS["soft"]}">{y_label}</text>',
        *_y_axis(y_scale, left),
        *_x_axis(plot, x_scale, y_scale.start),
        *_marks(plot, x_scale, y_scale),
        "</g></svg>",
    ]
    return "".join(parts)


def _legend(plot: Plot) -> Iterator[tuple[int, int, int]]:
    """Yield the number of each series, and the row and the x of its entry in the legend."""
    x = row = 0
    for number, series in enumerate(plot.series):
        width = _SWATCH + round(text_width(cut_label(series.name, _MAX_LABEL, _FONT_SIZE), _FONT_SIZE)) + 18
        if x and x + width > _WIDTH:
            x, row = 0, row + _LEGEND_HEIGHT
        yield number, row, x
        x += width


def _legend_entry(plot: Plot, number: int, row: int, x: int) -> str:
    y = row + 12
    name = escape(cut_label(plot.series[number].name, _MAX_LABEL, _FONT_SIZE))
    if plot.kind == "lines":
        sample = _line(f"M{x} {y}h22", number)
    else:
        sample = _point(x + 11, y, number) if plot.kind == "points" else _bar(x, y - 7, 22, 14, number)
    return f'{sample}<text x="{x + _SWATCH}" y="{y + 5}" fill="{COLORS["text"]}">{name}</text>'


def _y_scale(plot: Plot, start: float, end: float) -> _Scale:
    values = [y for series in plot.series for _, y in series.points]
    if plot.kind == "bars":
        values.append(0)
    return _nice_scale(min(values), max(values), (start, end), is_log=plot.has_log_y)


def _x_scale(plot: Plot, left: float) -> _Scale:
    sides = (left + 6, _WIDTH - 12.0)
    if plot.categories:
        return _Scale(-0.5, len(plot.categories) - 0.5, *sides)
    values = [x for series in plot.series for x, _ in series.points]
    return _nice_scale(min(values), max(values), sides, is_log=plot.has_log_x)


def _nice_scale(low: float, high: float, sides: tuple[float, float], *, is_log: bool) -> _Scale:
    """Return a scale that begins and ends at a tick."""
    if is_log:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return _Scale(10.0**first, 10.0 ** max(last, first + 1), *sides, is_log=True)
    if high - low <= abs(high) * 1e-9:
        low, high = low - (abs(low) or 1) / 2, high + (abs(high) or 1) / 2
    raw = (high - low) / _TICKS
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return _Scale(first * step, last * step, *sides, step=step)


def _y_axis(scale: _Scale, left: float) -> Iterator[str]:
    for tick in scale.ticks():
        y = scale.place(tick)
        label = format_value(0 if abs(tick) < scale.step * 1e-9 else tick)
        line = f"M{format_coordinate(left)} {format_coordinate(y)}H{_WIDTH}"
        yield f'<path d="{line}" stroke="{COLORS["border"]}" stroke-opacity="0.4"/>'
        yield (
            f'<text x="{format_coordinate(left - 8)}" y="{format_coordinate(y + 5)}" text-anchor="end" '
            f'fill="{COLORS["soft"]}">{label}</text>'
        )


def _x_axis(plot: Plot, scale: _Scale, bottom: float) -> Iterator[str]:
    labels = [(value, format_value(value)) for value in scale.ticks()]
    if plot.categories:
        room = max((scale.end - scale.start) / len(plot.categories) - 10, _MIN_LABEL)
        labels = [(float(index), cut_label(name, room, _FONT_SIZE)) for index, name in enumerate(plot.categories)]
    end = 0.0
    for value, label in labels:
        x, half = scale.place(value), text_width(label, _FONT_SIZE) / 2
        x_label = min(x, _WIDTH - half)
        if x_label - half < end:  # labels that would overlap are left out
            continue
        end = x_label + half + 8
        yield f'<path d="M{format_coordinate(x)} {format_coordinate(bottom)}v4" stroke="{COLORS["border"]}"/>'
        yield (
            f'<text x="{format_coordinate(x_label)}" y="{format_coordinate(bottom + 19)}" text-anchor="middle" '
            f'fill="{COLORS["soft"]}">{escape(label)}</text>'
        )
    middle = format_coordinate((scale.start + scale.end) / 2)
    name = escape(cut_label(plot.x_name, 400, _FONT_SIZE))
    yield (
        f'<text x="{middle}" y="{format_coordinate(bottom + 40)}" text-anchor="middle" fill="{COLORS["soft"]}">'
        f"{name}</text>"
    )


def _marks(plot: Plot, x_scale: _Scale, y_scale: _Scale) -> Iterator[str]:
    """Yield the line, the points or the bars of each series."""
    for number, series in enumerate(plot.series):
        if plot.kind == "bars":
            yield from _bars(number, series, plot, (x_scale, y_scale))
            continue
        places = [(x_scale.place(x), y_scale.place(y)) for x, y in _thin(series.points)]
        if plot.kind == "points" or len(places) == 1:
            yield from (_point(x, y, number) for x, y in places)
        else:
            path = "L".join(f"{format_coordinate(x)} {format_coordinate(y)}" for x, y in places)
            yield _line(f"M{path}", number)


def _thin(points: tuple[tuple[float, float], ...]) -> list[tuple[float, float]]:
    """Return the points, of many the lowest and the highest of each part."""
    if len(points) <= 2 * _MAX_BUCKETS:
        return list(points)
    size = math.ceil(len(points) / _MAX_BUCKETS)
    kept: list[tuple[float, float]] = []
    for start in range(0, len(points), size):
        bucket = points[start : start + size]
        ends = {min(bucket, key=lambda point: point[1]), max(bucket, key=lambda point: point[1])}
        kept += sorted(ends)
    return kept


def _bars(number: int, series: DataSeries, plot: Plot, scales: tuple[_Scale, _Scale]) -> Iterator[str]:
    x_scale, y_scale = scales
    group = (x_scale.end - x_scale.start) / len(plot.categories) * 0.8
    width = group / len(plot.series)
    zero = y_scale.place(0)
    for x, y in series.points:
        left = x_scale.place(x) - group / 2 + number * width
        top = min(y_scale.place(y), zero)
        yield _bar(left, top, max(width - 1, 0.5), abs(y_scale.place(y) - zero), number)


def _line(path: str, number: int) -> str:
    dash = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    color = COLORS[str(number + 1)]
    return f'<path d="{path}" fill="none" stroke="{color}" stroke-width="2" stroke-linejoin="round"{dash}/>'


def _point(x: float, y: float, number: int) -> str:
    """Return a point: a circle, a square, a diamond or a triangle, filled or not."""
    shapes = ("m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", "m-4 -4h8v8h-8z", "m0 -5l5 5l-5 5l-5 -5z", "m0 -5l5 9h-10z")
    color = COLORS[str(number + 1)]
    fill = color if number < len(shapes) else "none"
    shape = shapes[number % len(shapes)]
    return f'<path d="M{format_coordinate(x)} {format_coordinate(y)}{shape}" fill="{fill}" stroke="{color}"/>'


def _bar(x: float, y: float, width: float, height: float, number: int) -> str:
    sides = (("x", x), ("y", y), ("width", width), ("height", height))
    attributes = " ".join(f'{name}="{format_coordinate(value)}"' for name, value in sides)
    return f'<rect {attributes} fill="{COLORS[str(number + 1)]}"/>'
