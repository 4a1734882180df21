"""Related posts of each post, and the post of a year earlier.

Three posts are related: those that share the rarest tags, the nearest in time first. The running time is linear in
posts × tags: for each tag only the neighbours in time are candidates, not every post with the tag.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

COUNT = 3
_WINDOW = 12
_NEAR_DAYS = 21
"""Days before and after the same day one year earlier that count as near."""
_OFFSETS = sorted(range(-_NEAR_DAYS, _NEAR_DAYS + 1), key=abs)
"""0, -1, 1, -2, 2 …"""


class RelatedPosts(Struct, frozen=True):
    """Finds the related posts of one post at a time: an open page does not wait for those of all others."""

    tags: Mapping[str, frozenset[str]]
    """Tags of each post by path, in the order of the dates."""
    linked: Mapping[str, frozenset[str]]
    """A name for each connection of a post: its series, its revisits."""
    by_tag: Mapping[str, Sequence[str]]
    positions: Mapping[str, Mapping[str, int]]
    """Tag → path of each post with it → position in ``by_tag``."""
    order: Mapping[str, int]
    """Path → position in ``tags``."""

    def find(self, path: str) -> tuple[str, ...]:
        """Return the paths of up to three posts that are related to the one at ``path``, best first."""
        names = self.tags.get(path, frozenset())
        weights = {name: self._weigh(name) for name in names}
        candidates: set[str] = set()
        for name in names:
            candidates.update(_neighbours(self.by_tag[name], self.positions[name][path]))
        candidates.discard(path)
        scores = []
        for other in candidates:
            if self.linked[path].isdisjoint(self.linked[other]):
                weight = sum(weights[name] for name in names & self.tags[other])
                scores.append((-weight, abs(self.order[other] - self.order[path]), other))
        return tuple(other for _, _, other in sorted(scores)[:COUNT])

    def _weigh(self, tag: str) -> int:
        """Return the weight of a tag, an integer: a sum of fractions would depend on the iteration order of a set."""
        return round(1e6 * log(1 + len(self.tags) / len(self.by_tag[tag])))


def relate_posts(tags: Mapping[str, frozenset[str]], linked: Mapping[str, frozenset[str]]) -> RelatedPosts:
    """Return the relations between posts by their ``tags``, which are in the order of the dates.

    ``linked`` contains a name for each connection of a post: posts that have a name in common are not related once
    more.
    """
    by_tag = _group_by_tag(tags)
    positions = {name: _positions(paths) for name, paths in by_tag.items()}
    return RelatedPosts(tags, linked, by_tag, positions, _positions(tags))


def _group_by_tag(tags: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    by_tag: dict[str, list[str]] = {}
    for path, names in tags.items():
        for name in sorted(names):
            by_tag.setdefault(name, []).append(path)
    return by_tag


def _positions(paths: Iterable[str]) -> dict[str, int]:
    return {path: position for position, path in enumerate(paths)}


def _neighbours(paths: Sequence[str], position: int) -> Sequence[str]:
    return paths[max(0, position - _WINDOW) : position + _WINDOW + 1]


def find_year_earlier(days: Mapping[str, dt.date], linked: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return for each path of ``days`` (oldest first) the post nearest to the same day one year before, if any.

    The paths in ``linked`` are left out. Of two posts that are equally near the result is the older one.
    """
    by_day: dict[int, list[str]] = {}
    for path, day in days.items():
        by_day.setdefault(day.toordinal(), []).append(path)
    earlier_posts = {}
    for path, day in days.items():
        nearest = _find_nearest(by_day, _year_before(day).toordinal(), linked.get(path, ()))
        if nearest is not None:
            earlier_posts[path] = nearest
    return earlier_posts


def _find_nearest(by_day: Mapping[int, Sequence[str]], day: int, excluded: Collection[str]) -> str | None:
    for offset in _OFFSETS:
        for path in by_day.get(day + offset, ()):
            if path not in excluded:
                return path
    return None


def _year_before(day: dt.date) -> dt.date:
    """Return the same day one year before; 28 February for a leap day."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)
