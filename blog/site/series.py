"""The roadmap of a series: planned titles and posts → numbered parts, and the contradictions between them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from blog.problems import Location, Problem, did_you_mean
from blog.site.pages import Page
from blog.site.taxonomies import term_address
from blog.text import name_key, slugify_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.content.front_matter import LocatedText

_NUMBERED = re.compile(r"([^\W\d_]+)\s+(\d{1,3})(?!\w|[.,]\d)")
"""``Week 4: …``; no years and no versions: nobody has written two thousand parts, or part 4.5."""
_MOST_GAP_LINES = 10
"""A longer run of missing numbers is one line: a slip (``part: 2026``) must not make thousands."""


class Part(Struct, frozen=True):
    """One line of a roadmap."""

    number: int
    title: str
    post: Page | None
    """None: planned, or a gap."""
    gap: bool = False
    """No post and no planned title has this number, though a later part exists."""


def number_series(planned: Sequence[LocatedText], posts: Sequence[Page]) -> tuple[Part, ...]:
    """Return planned titles in order, each with its post if there is one, the posts beyond the plan, and the gaps.

    ``posts`` come oldest first. Those without a number are last.
    """
    numbering = _find_numbering(planned, posts)
    parts = _list_published(_number_posts(planned, posts, numbering), posts, len(planned))
    published = {part.number for part in parts}
    parts += [Part(number, title.text, None) for number, title in enumerate(planned, 1) if number not in published]
    parts += _find_gaps([part.number for part in parts], numbering.word)
    return tuple(sorted(parts, key=lambda part: part.number))


def parse_title_number(title: str) -> tuple[str, int] | None:
    """Return the word and number with which a title begins: ``Week 4: …`` is ``("Week", 4)``."""
    match = _NUMBERED.match(title)
    return (match[1], int(match[2])) if match else None


class _TitleNumbering(NamedTuple):
    """The numbering in the titles of a series: the word before the number."""

    word: str
    counts: bool
    """True if the number in a post's title is its number in the series."""

    def parse_number(self, title: str) -> int | None:
        """Return the number in ``title``; None if it is not a number of this series."""
        match = _NUMBERED.match(title)
        if not self.counts or match is None or name_key(match[1]) != name_key(self.word):
            return None
        return int(match[2])


def _find_numbering(planned: Sequence[LocatedText], posts: Sequence[Page]) -> _TitleNumbering:
    """Return the word that most titles begin with; one title alone, or a few among others, are no numbering."""
    words = _find_number_words([post.title for post in posts])
    if not words:
        return _TitleNumbering("Part", counts=False)
    keys = list(map(name_key, words))
    ((key, count),) = Counter(keys).most_common(1)
    planned_words = _find_number_words([title.text for title in planned])
    planned_count = list(map(name_key, planned_words)).count(key)
    if 2 * count < len(posts) or count + planned_count < 2:
        return _TitleNumbering("Part", counts=False)
    return _TitleNumbering(words[keys.index(key)], counts=True)


def _find_number_words(titles: Sequence[str]) -> list[str]:
    """Return the word before the number of each title that begins with word and number."""
    matches = map(_NUMBERED.match, titles)
    return [match[1] for match in matches if match]


def _number_posts(
    planned: Sequence[LocatedText], posts: Sequence[Page], numbering: _TitleNumbering
) -> list[int | None]:
    """Return the number of each post: its ``part``, the number of its planned title, or the one in its own title.

    The number in a title is not used if another title has it, or if the planned title with this number has it not in
    its words. A number that only a ``part`` states is used again: two posts that claim one number are a contradiction.
    """
    planned_numbers = {name_key(title.text): number for number, title in enumerate(planned, 1)}
    numbers = [_planned_number(post, planned_numbers) for post in posts]
    title_numbers = [numbering.parse_number(post.title) for post in posts]
    taken = {number for number, title in enumerate(planned, 1) if numbering.parse_number(title.text) != number}
    taken |= _equal_numbers(numbers, title_numbers)
    for position, number in enumerate(title_numbers):
        if number is not None and numbers[position] is None and number not in taken:
            numbers[position] = number
            taken.add(number)
    return numbers


def _equal_numbers(numbers: Sequence[int | None], title_numbers: Sequence[int | None]) -> set[int]:
    """Return the numbers of the posts whose titles contain them."""
    equal_numbers = set()
    for number, title_number in zip(numbers, title_numbers, strict=True):
        if number is not None and number == title_number:
            equal_numbers.add(number)
    return equal_numbers


def _planned_number(post: Page, planned_numbers: Mapping[str, int]) -> int | None:
    part = post.document.front_matter.part
    return part if part is not None else planned_numbers.get(name_key(post.title))


def _list_published(numbers: Sequence[int | None], posts: Sequence[Page], planned_count: int) -> list[Part]:
    """Return the parts with a post; posts without a number follow the last number."""
    parts: list[Part] = []
    unnumbered: list[Page] = []
    for number, post in zip(numbers, posts, strict=True):
        if number is None:
            unnumbered.append(post)
        else:
            parts.append(Part(number, post.title, post))
    last = max([planned_count, *(part.number for part in parts)])
    parts += [Part(number, post.title, post) for number, post in enumerate(unnumbered, last + 1)]
    return parts


def _find_gaps(numbers: Iterable[int], word: str) -> Iterator[Part]:
    previous = 0
    for number in sorted(numbers):
        missing = range(previous + 1, number)
        if len(missing) > _MOST_GAP_LINES:
            yield Part(missing[0], f"{word} {missing[0]} to {missing[-1]}", None, gap=True)
        else:
            yield from (Part(gap, f"{word} {gap}", None, gap=True) for gap in missing)
        previous = max(previous, number)


def contradictions(file: Page | None, posts: Sequence[Page], parts: Sequence[Part]) -> Iterator[Problem]:
    """Yield warnings about the numbers and titles of a series, at the post or at the planned title.

    ``posts`` come oldest first, ``parts`` are the result of :func:`number_series` for them.
    """
    yield from _find_equal_numbers(parts)
    if file is not None:
        planned = file.document.front_matter.parts
        yield from _find_other_titles(file, posts)
        yield from _find_near_titles(planned, posts)


def _find_equal_numbers(parts: Sequence[Part]) -> Iterator[Problem]:
    posts: dict[int, Page] = {}
    for part in parts:
        if part.post is None:
            continue
        other = posts.setdefault(part.number, part.post)
        if other is not part.post:
            message = f"part {part.number} of the series is also {other.path}"
            yield Problem(series_location(part.post), "same-part", message, "give one of them another part", "warning")


def _find_other_titles(file: Page, posts: Sequence[Page]) -> Iterator[Problem]:
    """Yield a warning for each post whose ``part`` is planned with another title, or whose title as another part."""
    titles = {number: title.text for number, title in enumerate(file.document.front_matter.parts, 1)}
    for post in posts:
        part = post.document.front_matter.part
        planned_part = other_planned_part(file, post)
        if planned_part is not None:
            message = f"the plan has this title as part {planned_part}, not {part}"
            hint = f"write part: {planned_part}"
            yield Problem(series_location(post), "planned-otherwise", message, hint, "warning")
        elif part in titles and name_key(post.title) != name_key(titles[part]):
            message = f'part {part} is planned as "{titles[part]}" in {file.path}'
            hint = f'write "{post.title}" there, or give this post another part'
            yield Problem(series_location(post), "planned-otherwise", message, hint, "warning")


def other_planned_part(file: Page, post: Page) -> int | None:
    """Return the number that the plan in ``file`` has for the title of ``post``, if its ``part`` is another one."""
    part = post.document.front_matter.part
    if part is None:
        return None
    key = name_key(post.title)
    keys = [name_key(title.text) for title in file.document.front_matter.parts]
    is_planned_so = 0 < part <= len(keys) and keys[part - 1] == key
    return None if is_planned_so or key not in keys else keys.index(key) + 1


def _find_near_titles(planned: Sequence[LocatedText], posts: Sequence[Page]) -> Iterator[Problem]:
    """Yield a warning for each planned title that differs from the title of an unplanned post by a slip in spelling."""
    planned_keys = {name_key(title.text) for title in planned}
    published_keys = {name_key(post.title) for post in posts}
    without_part = [post.title for post in posts if post.document.front_matter.part is None]
    by_digits: dict[tuple[str, ...], list[str]] = {}
    for other in without_part:
        if name_key(other) not in planned_keys:
            by_digits.setdefault(_find_digits(other), []).append(other)
    for title in planned:
        if name_key(title.text) in published_keys:
            continue
        # "Week 2: …" and "Week 3: …" are alike, and not the same.
        hint = did_you_mean(title.text, by_digits.get(_find_digits(title.text), ()))
        if hint:
            message = f'the planned part "{title.text}" has nearly the title of a post'
            yield Problem(title.location, "near-part", message, hint, "warning")


def _find_digits(title: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+", title))


def series_location(post: Page) -> Location:
    """Return the location of the ``part`` of a post, or of its ``series``."""
    matter = post.document.front_matter
    return matter.part_location or (matter.series.location if matter.series else matter.location)


class Series(Struct, frozen=True, kw_only=True):
    """Posts that belong together, in order, and the planned ones."""

    name: str
    address: str
    location: Location
    """Location of its name in the oldest post, or of its file."""
    page: Page | None
    """The series file, if there is one that this audience sees."""
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
    """Return all series by key, in order: those with a file, and those that posts name. ``posts`` come newest first."""
    files, problems = _collect_files(pages)
    members, names = _group_posts(posts, files)
    untitled = _find_untitled(files, names)
    addresses = {name_key(page.address): page.title for page in files.values()}
    all_series: dict[str, Series] = {}
    for key, title in untitled.items():
        location = files[key].document.front_matter.location
        problems.append(Problem(location, "missing-key", "the title is missing", f"write title: {title}"))
        addresses.pop(name_key(files[key].address), None)  # the posts mean this file: their series is no second one
    for key in sorted(members.keys() - untitled.keys()):
        file = files.get(key)
        if file is not None:
            location = file.document.front_matter.location
            series = _build_series(file.title, file.address, location, file, members[key])
        else:
            name = names[key]
            address = term_address("series", name, addresses, problems)
            if not address:
                continue
            series = _build_series(name.text, address, name.location, None, members[key])
        problems += contradictions(file, members[key], series.parts)
        all_series[key] = series
    return all_series, problems


def _collect_files(pages: Sequence[Page]) -> tuple[dict[str, Page], list[Problem]]:
    """Return the series files by key, and a problem for each that has the title of another."""
    files: dict[str, Page] = {}
    problems: list[Problem] = []
    for page in pages:
        if page.document.kind != "series":
            continue
        other = files.setdefault(name_key(page.title), page)
        if other is not page:
            message = f'the series "{page.title}" has two files, also {other.path}'
            location = page.document.front_matter.location
            problems.append(Problem(location, "collision", message, "give one another title"))
    return files, problems


def _group_posts(
    posts: Sequence[Page], files: Mapping[str, Page]
) -> tuple[dict[str, list[Page]], dict[str, LocatedText]]:
    """Return the posts of each series, oldest first, and its name in the oldest. A file may be named by its stem."""
    by_stem = {name_key(page.document.stem): key for key, page in files.items()}
    members: dict[str, list[Page]] = {key: [] for key in files}
    names: dict[str, LocatedText] = {}
    for post in reversed(posts):
        name = post.document.front_matter.series
        if name is None:
            continue
        key = name_key(name.text)
        if key not in files:
            key = by_stem.get(key, key)
        members.setdefault(key, []).append(post)
        names.setdefault(key, name)
    return members, names


def _find_untitled(files: Mapping[str, Page], names: Mapping[str, LocatedText]) -> dict[str, str]:
    """Return the keys of the files without a title that posts name by other letters of the stem, and the name there."""
    names_by_slug = {slugify_term(name.text): name.text for key, name in names.items() if key not in files}
    untitled = {}
    for key, page in files.items():
        stem = page.document.stem
        name = names_by_slug.get(slugify_term(stem))
        if name is not None and page.title == stem and not page.document.front_matter.title:
            untitled[key] = name
    return untitled


def _build_series(name: str, address: str, location: Location, file: Page | None, posts: Sequence[Page]) -> Series:
    planned = file.document.front_matter.parts if file is not None else ()
    parts = number_series(planned, posts)
    published = tuple(part for part in parts if part.post is not None)
    return Series(
        name=name,
        address=address,
        location=location,
        page=file,
        parts=parts,
        published=published,
        total=max((part.number for part in parts), default=0),
    )


def series_memberships(series: Mapping[str, Series]) -> dict[str, tuple[str, int]]:
    """Return for the path of each post in a series the series' key, and the post's position in ``Series.published``."""
    memberships = {}
    for key, entry in series.items():
        for position, post in enumerate(entry.posts):
            memberships[post.path] = key, position
    return memberships
