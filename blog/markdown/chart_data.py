"""The rows of a CSV file → the plot of a chart, its text alternative and the table of its numbers."""

from __future__ import annotations

import csv
import math
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, NamedTuple, get_args

from blog.markdown.mermaid import DiagramError
from blog.markdown.plots import MAX_SERIES, DataSeries, Kind, Plot, format_value
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blog.config.words import Words

KINDS: tuple[Kind, ...] = get_args(Kind)
_DELIMITERS = ",;\t"
_MAX_ROWS = 200
"""Rows of a table; of more, every second, third … is shown."""
_MAX_CATEGORIES = 200
"""Names on an axis that still have a place of their own."""
_SMALLEST, _LARGEST = 1e-100, 1e100
"""Limits of a number: no axis reaches further."""
_AXES = frozenset({"x", "y", "xy"})
_DESCRIPTIONS = {"lines": "text.chart_lines", "points": "text.chart_points", "bars": "text.chart_bars"}
"""Kind of a chart → the key of the first sentence of its description."""


class _Cell(NamedTuple):
    """The value of y in one row."""

    series: str
    x: str
    y: float
    line: int


def read_plot(lines: Sequence[str], attributes: Mapping[str, str]) -> Plot:
    """Return the plot of a chart with these ``attributes``. Raises :class:`DiagramError` about one of them."""
    kind = _read_kind(attributes)
    log = _read_log(attributes, kind)
    table = _read_table(lines)
    cells = _read_cells(table, _find_columns(table, attributes))
    numbers = {} if kind == "bars" else _read_numbers([cell.x for cell in cells])
    categories = () if numbers else tuple(dict.fromkeys(cell.x for cell in cells))
    if len(categories) > _MAX_CATEGORIES:
        message = f'the column "{attributes["x"]}" has {len(categories)} different names'
        raise DiagramError(message, f"choose one with numbers, or with at most {_MAX_CATEGORIES} names", word="x")
    places = numbers or {name: float(index) for index, name in enumerate(categories)}
    has_log_x, has_log_y = "x" in log and not categories, "y" in log
    if has_log_x:
        _check_log([places[cell.x] for cell in cells], cells)
    if has_log_y:
        _check_log([cell.y for cell in cells], cells)
    if kind == "lines":
        _check_repeated(cells)
    series = _group(cells, places, is_sorted=kind == "lines")
    return Plot(kind, attributes["x"], attributes["y"], series, categories, has_log_x, has_log_y)


def _read_kind(attributes: Mapping[str, str]) -> Kind:
    written = attributes.get("kind", "lines")
    for kind in KINDS:
        if kind == written:
            return kind
    hint = did_you_mean(written, KINDS) or f"write kind={', kind='.join(KINDS[:-1])} or kind={KINDS[-1]}"
    raise DiagramError(f'"{written}" is no kind of chart', hint, word="kind")


def _read_log(attributes: Mapping[str, str], kind: Kind) -> str:
    """Return the names of the logarithmic axes, such as ``xy``."""
    log = attributes.get("log", "")
    if log and log not in _AXES:
        raise DiagramError(f'log="{log}" names no axis', "write log=x, log=y or log=xy", word="log")
    if log and kind == "bars":
        raise DiagramError("bars begin at 0, which a logarithmic axis does not have", "write kind=points", word="log")
    return log


def _read_table(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of all rows; the first row has the names of the columns."""
    head = lines[0].lstrip("\ufeff") if lines else ""
    delimiter = max(_DELIMITERS, key=head.count)
    try:
        rows = list(csv.reader([head, *lines[1:]], delimiter=delimiter))
    except csv.Error as error:
        raise DiagramError(f"the CSV cannot be read: {error}", word="csv") from error
    return [[cell.strip() for cell in row] for row in rows]


def _list_columns(table: Sequence[Sequence[str]], written: str) -> list[str]:
    """Return the columns of y: one, or several with commas between them."""
    return [written] if written in table[0] else [name.strip() for name in written.split(",")]


def _find_column(table: Sequence[Sequence[str]], name: str, word: str) -> int:
    """Return the index of a column."""
    head = list(table[0])
    if name not in head:
        columns = ", ".join(filter(None, head[:12]))
        hint = did_you_mean(name, filter(None, head)) or f"the columns are {columns}"
        raise DiagramError(f'the CSV has no column "{name}"', hint, word=word)
    return head.index(name)


class _Columns(NamedTuple):
    """Indexes of the columns of a chart."""

    x: int
    y: tuple[tuple[str, int], ...]
    """Each with its name."""
    by: int
    """-1: the names of the columns of y are those of the series."""


def _find_columns(table: Sequence[Sequence[str]], attributes: Mapping[str, str]) -> _Columns:
    for word in ("x", "y"):
        if not attributes.get(word):
            raise DiagramError(f"the chart has no {word}", f"name a column: {word}=…", word=word)
    x = _find_column(table, attributes["x"], "x")
    y = tuple((name, _find_column(table, name, "y")) for name in _list_columns(table, attributes["y"]))
    by = _find_column(table, attributes["by"], "by") if attributes.get("by") else -1
    if by >= 0 and len(y) > 1:
        raise DiagramError("a chart has several columns of y, or one of them by another", "choose one y", word="by")
    return _Columns(x, y, by)


def _read_cells(table: Sequence[Sequence[str]], columns: _Columns) -> list[_Cell]:
    """Return the values of y in the order of the rows; empty ones and ``nan`` are left out."""
    cells: list[_Cell] = []
    width = len(table[0])
    for line, row in enumerate(table[1:], 2):
        whole_row = [*row, *[""] * (width - len(row))]
        for name, column in columns.y:
            y = _read_y(whole_row[column], name, line)
            if y is not None:
                series = whole_row[columns.by] if columns.by >= 0 else name
                cells.append(_Cell(series, whole_row[columns.x], y, line))
    if not cells:
        raise DiagramError(f'the column "{columns.y[0][0]}" has no numbers', word="y")
    return cells


def _read_y(text: str, name: str, line: int) -> float | None:
    """Return the number in a cell of y; None if it is empty or not finite."""
    y = _read_number(text)
    if text and y is None:
        raise DiagramError(f'line {line}: "{text}" in the column "{name}" is no number', word="y")
    return y if y is not None and math.isfinite(y) else None


def _read_number(text: str) -> float | None:
    """Return the number in a cell; None if it is none, or too large to be drawn."""
    with suppress(ValueError):
        number = float(text.replace("_", "x"))  # 1_000 is a number of Python, and of nobody else
        if abs(number) < _SMALLEST:
            return 0.0
        return number if abs(number) < _LARGEST or not math.isfinite(number) else None
    return None


def _read_numbers(texts: Sequence[str]) -> dict[str, float]:
    """Return the number of each text; none if one of them is no finite number."""
    numbers: dict[str, float] = {}
    for text in texts:
        number = _read_number(text)
        if number is None or not math.isfinite(number):
            return {}
        numbers[text] = number
    return numbers


def _check_log(values: Sequence[float], cells: Sequence[_Cell]) -> None:
    """Raise :class:`DiagramError` for a value that a logarithmic axis does not have."""
    for value, cell in zip(values, cells, strict=True):
        if value <= 0:
            message = f"line {cell.line}: {format_value(value)} has no place on a logarithmic axis"
            raise DiagramError(message, "take out log, or the row", word="log")


def _group(cells: Sequence[_Cell], places: Mapping[str, float], *, is_sorted: bool) -> tuple[DataSeries, ...]:
    """Return the points of each series, in the order of their first rows."""
    points: dict[str, list[tuple[float, float]]] = {}
    for cell in cells:
        points.setdefault(cell.series, []).append((places[cell.x], cell.y))
    if len(points) > MAX_SERIES:
        message = f"{len(points)} series cannot be told apart"
        raise DiagramError(message, f"show at most {MAX_SERIES}, such as the mean of several runs", word="by")
    return tuple(
        DataSeries(name, tuple(sorted(found, key=lambda point: point[0]) if is_sorted else found))
        for name, found in points.items()
    )


def _check_repeated(cells: Sequence[_Cell]) -> None:
    """Raise :class:`DiagramError` for an x that a line has twice: it would go up and down there."""
    seen: set[tuple[str, str]] = set()
    for cell in cells:
        if (cell.series, cell.x) in seen:
            message = f"line {cell.line}: {cell.x} is twice on one line of the chart"
            raise DiagramError(message, "name the column of the runs, by=…, or write kind=points", word="x")
        seen.add((cell.series, cell.x))


def describe_plot(plot: Plot, words: Words) -> str:
    """Return the text alternative of a chart: what it shows, and the ends and extremes of each series."""
    head = words.text(_DESCRIPTIONS[plot.kind], y=plot.y_name, x=plot.x_name)
    stop = words.text("list.stop")
    return stop.join([head, *(_describe_series(series, plot, words) for series in plot.series)]) + stop.rstrip()


def _describe_series(series: DataSeries, plot: Plot, words: Words) -> str:
    text = _describe_values(series, plot, words)
    return words.text("list.pair", name=series.name, value=text) if len(plot.series) > 1 else text


def _describe_values(series: DataSeries, plot: Plot, words: Words) -> str:
    values = [y for _, y in series.points]
    first, last, low, high = map(format_value, (values[0], values[-1], min(values), max(values)))
    if len(values) == 1:
        return first
    if plot.kind == "lines":
        return words.text("text.chart_line", first=first, last=last, low=low, high=high)
    return words.count("text.chart_values", len(values), low=low, high=high)


def plot_table(plot: Plot, words: Words) -> str:
    """Return the numbers of a chart as a folded table."""
    columns: list[dict[float, float]] = [dict(series.points) for series in plot.series]
    places = sorted({place for column in columns for place in column})
    stride = math.ceil(len(places) / _MAX_ROWS)
    shown = places[::stride]
    rows = []
    for place in shown:
        name = plot.categories[int(place)] if plot.categories else format_value(place)
        values = (format_value(column[place]) if place in column else "" for column in columns)
        rows.append(_row("td", [name, *values]))
    head = _row("th", [plot.x_name, *(series.name for series in plot.series)])
    summary = words.text("text.data")
    if stride > 1:
        summary = words.count("text.data_rows", len(places), shown=len(shown))
    label = escape(words.text("text.table"))
    return (
        f'<details class="fold"><summary>{escape(summary)}</summary>\n'
        f'<div class="table" role="group" aria-label="{label}" tabindex="0"><table>\n'
        f"<thead>\n{head}</thead>\n<tbody>\n{''.join(rows)}</tbody>\n</table></div>\n</details>\n"
    )


def _row(tag: str, cells: Sequence[str]) -> str:
    opening = f'<{tag} scope="col">' if tag == "th" else f"<{tag}>"
    return "<tr>" + "".join(f"{opening}{escape(cell)}</{tag}>" for cell in cells) + "</tr>\n"
