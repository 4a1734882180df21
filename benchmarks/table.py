"""The tables of ``docs/performance.md``: medians, and how many times the value of the first column."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Measures = dict[tuple[str, str], list[float]]
"""Case and generator → the value of each round; a generator may lack a case."""


def markdown(title: str, cases: Mapping[str, str], names: Sequence[str], measures: Measures) -> str:
    """Return a table with a row for each case and a column for each of the ``names``.

    ``cases`` maps each case to the format of its values. A ratio is the median of the ratios of all rounds, because
    the programs take turns: a round is one pair.
    """
    lines = [f"| {title} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for case, form in cases.items():
        cells = [_cell(measures.get((case, name)), measures[case, names[0]], form) for name in names]
        cells[0] = cells[0].partition(" (")[0]
        lines.append(f"| {case} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _cell(values: Sequence[float] | None, first: Sequence[float], form: str) -> str:
    if not values:
        return "—"
    ratio = median(value / other for value, other in zip(values, first, strict=True))
    return f"{form.format(median(values))} ({ratio:.2g}×)"
