"""Three related posts for each post: those that share its rarest tags, the nearest in time first; and a year earlier.

Linear in posts × tags: for each tag only the neighbours in time are candidates, not every post that has it.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence

COUNT = 3
_WINDOW = 12
_NEAR = 21
"""Days before and after the same day one year earlier that count as near."""


def relate_posts(
    tags: Mapping[str, frozenset[str]], linked: Mapping[str, frozenset[str]]
) -> dict[str, tuple[str, ...]]:
    """Return for each path, in the order of ``tags`` (by date), the paths of up to three related posts, best first.

    ``linked`` names what leads from one post to another already (its series, its revisits): two posts that have a
    name in common are not related once more.
    """
    order = {path: position for position, path in enumerate(tags)}
    by_tag: dict[str, list[str]] = {}
    for path, names in tags.items():
        for name in sorted(names):
            by_tag.setdefault(name, []).append(path)
    # Whole numbers: the sum of fractions would depend on the order in which a set gives its names.
    weight = {name: round(1e6 * log(1 + len(tags) / len(paths))) for name, paths in by_tag.items()}
    seat = {name: {path: seat for seat, path in enumerate(paths)} for name, paths in by_tag.items()}
    found = {}
    for path, names in tags.items():
        candidates = {
            other
            for name in names
            for other in _near(by_tag[name], seat[name][path])
            if other != path and not linked[path] & linked[other]
        }
        scored = [
            (-sum(weight[name] for name in names & tags[other]), abs(order[other] - order[path]), other)
            for other in candidates
        ]
        found[path] = tuple(other for _, _, other in sorted(scored)[:COUNT])
    return found


def _near(paths: Sequence[str], seat: int) -> Sequence[str]:
    return paths[max(0, seat - _WINDOW) : seat + _WINDOW + 1]


def find_year_earlier(days: Mapping[str, dt.date], linked: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return for each path of ``days`` (oldest first) the post nearest to the same day one year before, if any.

    What a path is ``linked`` to already is left out. Of two that are equally near it is the older.
    """
    by_day: dict[int, list[str]] = {}
    for path, day in days.items():
        by_day.setdefault(day.toordinal(), []).append(path)
    found = {}
    for path, day in days.items():
        then = _year_before(day).toordinal()
        around = (
            other for away in range(_NEAR + 1) for near in (then - away, then + away) for other in by_day.get(near, ())
        )
        nearest = next((other for other in around if other not in linked.get(path, ())), None)
        if nearest is not None:
            found[path] = nearest
    return found


def _year_before(day: dt.date) -> dt.date:
    """The same day one year before; of a leap day the day before it."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
