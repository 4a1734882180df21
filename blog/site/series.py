"""The roadmap of a series: planned titles and posts → its parts with numbers, and what contradicts there. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from blog.problems import Location, Problem
from blog.site.pages import Page
from blog.site.taxonomies import term_address
from blog.text import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blog.content.front_matter import LocatedText

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from blog.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blog.content.front_matter import LocatedText

_NUMBERED = re.compile(r"([^\W\d_]+)\s+(\d{1,3})(?!\w|[.,]\d)")
"""``Week 4: …``; no years and no versions: nobody has written two thousand parts, or part 4.5."""
_LONG = 10
"""A longer run of missing numbers is one line: a slip (``part: 2026``) must not make thousands."""


class Part(Struct, frozen=True):
    """One line of a roadmap."""

    number: int
    title: str
    post: Page | None
    """None: planned, or a gap."""
    gap: bool = False
    """No post and no planned title has this number, though a later part is there."""


def number_series(planned: Sequence[LocatedText], posts: Sequence[Page]) -> tuple[Part, ...]:
    """Planned titles in order, each with its post if there is one, the posts beyond the plan, and the gaps between.

    ``posts`` come oldest first. Those without a number stand at the end.
    """
    way = _way(planned, posts)
    placed = list(zip(_numbers(planned, posts, way), posts, strict=True))
    following = max([len(planned), *(number for number, _ in placed if number is not None)])
    unnumbered = [post for number, post in placed if number is None]
    parts = [Part(number, post.title, post) for number, post in placed if number is not None]
    parts += [Part(following + seat, post.title, post) for seat, post in enumerate(unnumbered, 1)]
    have = {part.number for part in parts}
    parts += [Part(number, title.text, None) for number, title in enumerate(planned, 1) if number not in have]
    parts += _gaps([part.number for part in parts], way.word)
    return tuple(sorted(parts, key=lambda part: part.number))


def parse_title_number(title: str) -> tuple[str, int] | None:
    """The word before the number with which a title begins, and the number: ``Week 4: …`` is ``("Week", 4)``."""
    found = _NUMBERED.match(title)
    return (found[1], int(found[2])) if found else None


class _TitleNumbering(NamedTuple):
    """The numbering in the titles of a series: the word before the number."""

    word: str
    counts: bool
    """True if the number in a post's title is its number in the series."""

    def number(self, title: str) -> int | None:
        """The number in ``title``, if it is one of this series."""
        found = _NUMBERED.match(title)
        return int(found[2]) if self.counts and found and name_key(found[1]) == name_key(self.word) else None


def _way(planned: Sequence[LocatedText], posts: Sequence[Page]) -> _TitleNumbering:
    """Return the word that most titles begin with; one title alone, or a few among others, are no numbering."""
    written = [found[1] for post in posts if (found := _NUMBERED.match(post.title))]
    if not written:
        return _TitleNumbering("Part", counts=False)
    ((key, count),) = Counter(map(name_key, written)).most_common(1)
    word = next(word for word in written if name_key(word) == key)
    also = [found[1] for title in planned if (found := _NUMBERED.match(title.text)) and name_key(found[1]) == key]
    counts = 2 * count >= len(posts) and count + len(also) > 1
    return _TitleNumbering(word if counts else "Part", counts)


def _numbers(planned: Sequence[LocatedText], posts: Sequence[Page], way: _TitleNumbering) -> list[int | None]:
    """Return the number of each post: its ``part``, the number of its planned title, or the one in its own title.

    What a title says takes no number from another title, nor from a planned one that is not numbered so itself. From a
    ``part`` it does: then two posts say the same of themselves, which is a contradiction.
    """
    by_title = {name_key(title.text): number for number, title in enumerate(planned, 1)}
    found = [
        post.document.front_matter.part
        if post.document.front_matter.part is not None
        else by_title.get(name_key(post.title))
        for post in posts
    ]
    taken = {number for number, title in enumerate(planned, 1) if way.number(title.text) != number}
    taken |= {
        number
        for number, post in zip(found, posts, strict=True)
        if number is not None and number == way.number(post.title)
    }
    for seat, post in enumerate(posts):
        number = way.number(post.title)
        if found[seat] is None and number is not None and number not in taken:
            found[seat] = number
            taken.add(number)
    return found


def _gaps(numbers: Iterable[int], word: str) -> Iterator[Part]:
    before = 0
    for number in sorted(numbers):
        missing = range(before + 1, number)
        if len(missing) > _LONG:
            yield Part(missing[0], f"{word} {missing[0]} to {missing[-1]}", None, gap=True)
        else:
            yield from (Part(gap, f"{word} {gap}", None, gap=True) for gap in missing)
        before = max(before, number)


def contradictions(file: Page | None, posts: Sequence[Page], parts: Sequence[Part]) -> Iterator[Problem]:
    """Yield warnings about the numbers and titles of a series, at the post or at the planned title.

    ``posts`` come oldest first, ``parts`` are what :func:`number_series` gave for them.
    """
    yield from _same_number(parts)
    if file is not None:
        planned = file.document.front_matter.parts
        yield from _planned_otherwise(file, posts)
        yield from _nearly_planned(planned, posts)


def _same_number(parts: Sequence[Part]) -> Iterator[Problem]:
    first: dict[int, Page] = {}
    for part in parts:
        if part.post is not None and (other := first.setdefault(part.number, part.post)) is not part.post:
            message = f"part {part.number} of the series is also {other.path}"
            yield Problem(series_location(part.post), "same-part", message, "give one of them another part", "warning")


def _planned_otherwise(file: Page, posts: Sequence[Page]) -> Iterator[Problem]:
    titles = {number: title.text for number, title in enumerate(file.document.front_matter.parts, 1)}
    numbers = {name_key(title): number for number, title in titles.items()}
    for post in posts:
        number, title = post.document.front_matter.part, name_key(post.title)
        if number in titles and title != name_key(titles[number]):
            message = f'part {number} is planned as "{titles[number]}" in {file.path}'
            there = f'write "{post.title}" there, or give this post another part'
            hint = f"write part: {numbers[title]}" if title in numbers else there
            yield Problem(series_location(post), "planned-otherwise", message, hint, "warning")


def _nearly_planned(planned: Sequence[LocatedText], posts: Sequence[Page]) -> Iterator[Problem]:
    """Planned titles that would be published, were it not for a slip in one of two spellings."""
    titles = {name_key(title.text) for title in planned}
    published = {name_key(post.title) for post in posts}
    loose = [post for post in posts if post.document.front_matter.part is None and name_key(post.title) not in titles]
    for title in planned:
        if name_key(title.text) in published:
            continue
        # "Week 2: …" and "Week 3: …" are alike, and not the same.
        alike = [post.title for post in loose if _digits(post.title) == _digits(title.text)]
        if hint := did_you_mean(title.text, alike):
            message = f'the planned part "{title.text}" has nearly the title of a post'
            yield Problem(title.location, "near-part", message, hint, "warning")


def _digits(title: str) -> list[str]:
    return re.findall(r"\d+", title)


def series_location(post: Page) -> Location:
    """Return the location where a post says which part of its series it is."""
    matter = post.document.front_matter
    return matter.part_location or (matter.series.location if matter.series else matter.location)


class Series(Struct, frozen=True, kw_only=True):
    """Posts that belong together, in order, and those still to come."""

    name: str
    address: str
    location: Location
    """Location of its name in the oldest post, or of its file."""
    page: Page | None
    """The series file, if there is one that readers get."""
    parts: tuple[Part, ...]
    published: tuple[Part, ...]
    """The parts that have a post."""
    total: int
    """Number of parts, with planned ones and gaps."""

    @property
    def posts(self) -> tuple[Page, ...]:
        """The posts of the published parts, in order."""
        return tuple(part.post for part in self.published if part.post is not None)


def collect_series(pages: Sequence[Page], posts: Sequence[Page]) -> tuple[dict[str, Series], list[Problem]]:
    """All series by key, in order: those with a file, and those that posts name. ``posts`` come newest first."""
    files: dict[str, Page] = {}
    problems: list[Problem] = []
    for page in pages:
        if page.document.kind == "series":
            other = files.setdefault(name_key(page.title), page)
            if other is not page:
                message = f'the series "{page.title}" has two files, also {other.path}'
                problems.append(
                    Problem(page.document.front_matter.location, "collision", message, "give one another title")
                )
    by_stem = {name_key(page.document.stem): key for key, page in files.items()}
    members: dict[str, list[Page]] = {key: [] for key in files}
    written: dict[str, LocatedText] = {}
    for post in reversed(posts):
        name = post.document.front_matter.series
        if name is not None:
            key = name_key(name.text)
            key = key if key in files else by_stem.get(key, key)
            members.setdefault(key, []).append(post)
            written.setdefault(key, name)
    found: dict[str, Series] = {}
    taken = {name_key(page.address): page.title for page in files.values()}
    for key in sorted(members):
        file = files.get(key)
        title = file.title if file is not None else written[key].text
        address = file.address if file is not None else term_address("series", written[key], taken, problems)
        if address:
            parts = number_series(file.document.front_matter.parts if file is not None else (), members[key])
            problems += contradictions(file, members[key], parts)
            found[key] = Series(
                name=title,
                address=address,
                location=file.document.front_matter.location if file is not None else written[key].location,
                page=file,
                parts=parts,
                published=tuple(part for part in parts if part.post is not None),
                total=max((part.number for part in parts), default=0),
            )
    return found, problems


def series_memberships(series: Mapping[str, Series]) -> dict[str, tuple[str, int]]:
    """Path of each post in a series → key of the series, and its seat in ``Series.published``."""
    return {
        part.post.path: (key, seat)
        for key, entry in series.items()
        for seat, part in enumerate(entry.published)
        if part.post is not None
    }
