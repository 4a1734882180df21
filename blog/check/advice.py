"""Advice of ``blog check`` beyond the warnings of a build: tags, summaries, series, images. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from blog.content.images import with_dark_variants
from blog.problems import Location, Problem
from blog.site.series import other_planned_part, series_location
from blog.text import counted, name_key, width_in_letters

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from blog.content.files import SourceFile
    from blog.problems import Severity
    from blog.site.assemble import Site
    from blog.site.editions import Edition
    from blog.site.pages import Page
    from blog.site.series import Part, Series
    from blog.site.taxonomies import Term

MANY_POSTS = 10
"""Number of posts from which tags that are used once are reported."""
SHORT_SUMMARY = 40
"""Letters of a summary: fewer are reported."""
HEAVY, TOO_HEAVY = 500_000, 5_000_000
"""Bytes of a picture that browsers load unchanged, and of one that has smaller versions."""
_Kind = Literal["tags", "labels"]
_LONG_NAME = 8
"""Letters from which one different letter is a typing error: ``modes`` and ``models`` are two words."""

_COUNTED_WORDS = frozenset({"chapter", "day", "episode", "lesson", "month", "part", "week", "year"})
"""Words before the numbers in titles; others, which may be of any language, stay as they are."""


def advise_on_site(site: Site) -> Iterator[Problem]:
    """Yield warnings and notes about the site as readers see it."""
    for edition in site.editions:
        yield from _check_spellings(edition.tags, "tags")
        yield from _check_spellings(edition.labels, "labels")
        yield from _check_lonely_tags(edition)
    for page in site.pages.values():
        yield from _check_summary(page)
        yield from _check_social_image(page)
    for series in site.series.values():
        yield from _check_gaps(series)
        yield from _check_plan(series)
        yield from _check_part_order(series)
    yield from _check_picture_sizes(site)


def _check_lonely_tags(edition: Edition) -> Iterator[Problem]:
    if len(edition.posts) < MANY_POSTS:
        return
    misspelled = {key for key, _, _ in _near_twins(edition.tags)}
    for key, term in edition.tags.items():
        if len(term.posts) == 1 and key not in misspelled:
            message = f'no other post has the tag "{term.name}"'
            hint = "a tag leads to other posts: use it again, or take it out"
            yield Problem(_locate_term(key, term, "tags"), "lonely-tag", message, hint, "note")


def _check_spellings(terms: Mapping[str, Term], kind: _Kind) -> Iterator[Problem]:
    for key, twin, severity in _near_twins(terms):
        term, other = terms[key], terms[twin]
        message = f'"{term.name}" is nearly "{other.name}"'
        usage, other_usage = counted(len(term.posts), "post"), counted(len(other.posts), "post")
        hint = f'write "{other.name}", as in {other_usage}; this spelling is in {usage}'
        yield Problem(_locate_term(key, term, kind), "near-twin", message, hint, severity)


def _near_twins(terms: Mapping[str, Term]) -> Iterator[tuple[str, str, Severity]]:
    """Yield the keys of two similar names, the rarer first.

    Names that differ in signs or in a plural are a warning; long names that differ in a letter are a note.
    """
    keys: dict[str, str] = {}
    """Plain name → the most frequent key."""
    long_names: dict[tuple[str, ...], list[str]] = {}
    """First letter and digits, which are no typing errors → long plain names."""
    for key in sorted(terms, key=lambda key: (-len(terms[key].posts), key)):
        name = _plain_name(key)
        twin = keys.setdefault(name, key)
        if twin != key:
            yield key, twin, "warning"
        elif len(name) >= _LONG_NAME:
            others = long_names.setdefault((name[0], *re.findall(r"\d", name)), [])
            for similar in _find_slip(name, others):
                yield key, keys[similar], "note"
            others.append(name)


def _find_slip(name: str, others: Sequence[str]) -> list[str]:
    """Return the one of ``others`` that differs in a missing, wrong or moved letter, if there is one."""
    half = len(name) // 2 - 1
    stem, start, end = name.removesuffix("s"), name[:half], name[-half:]
    # A slip is in one half of a name. difflib compares few names: it is slow.
    candidates = [other for other in others if other.startswith(start) or other.endswith(end)]
    similar = [other for other in candidates if abs(len(other) - len(name)) <= 1 and other.removesuffix("s") != stem]
    return get_close_matches(name, similar, n=1, cutoff=1 - 1.01 / len(name))


def _plain_name(key: str) -> str:
    """Return a name without signs and without the ending of a plural."""
    letters = re.sub(r"[\s\W_]+", "", key.replace("+", "p").replace("#", "sharp"))
    if re.search(r"(?:ics|news|[iuas]s)$", letters):
        return letters
    singular = re.sub(r"(?<=\w{3})ies$", "y", letters)
    return re.sub(r"(?<=\w{3})(?<!s)(?<=[^e])e?s$", "", singular)


def _locate_term(key: str, term: Term, kind: _Kind) -> Location:
    """Return the location of the term's name in the newest post with it."""
    matter = term.posts[0].document.front_matter
    names = {"tags": matter.tags, "labels": matter.labels}[kind]
    return next(name.location for name in names if name_key(name.text) == key)


def _check_summary(page: Page) -> Iterator[Problem]:
    if page.document.kind != "post" or not page.listed:
        return
    if width_in_letters(page.summary) < SHORT_SUMMARY:
        message = "there is no summary, and no paragraph to take one from"
        if page.summary:
            message = f'the summary "{page.summary}" says too little'
        hint = "write summary: … with a sentence or two: it stands in lists, feeds and search results"
        yield Problem(page.document.front_matter.location, "no-summary", message, hint, "warning")


def _check_social_image(page: Page) -> Iterator[Problem]:
    matter = page.document.front_matter
    if matter.image and not matter.image_alt:
        message, hint = "the image for previews has no alternative text", "write image_alt: what it shows"
        yield Problem(matter.image.location, "no-alternative", message, hint, "warning")


def _check_gaps(series: Series) -> Iterator[Problem]:
    """Yield a note for each run of parts without a post, at the next post, unless the number of that is wrong."""
    first: Part | None = None
    for part in series.parts:
        if part.gap:
            first = first or part
        elif first is not None:
            post = _find_later_post(series, part.number)
            if post and not _has_wrong_part(series, post):
                yield _gap_problem(series, post, first, part.number - 1)
            first = None


def _gap_problem(series: Series, post: Page, first: Part, last: int) -> Problem:
    word = first.title.partition(" ")[0]
    is_counted = word.lower() in _COUNTED_WORDS
    if is_counted:
        word = word.lower()
    if first.number == last:
        message, hint = f'{word} {last} of "{series.name}" is missing', "write it, or number the parts anew"
    else:
        plural = f"{word}s" if is_counted else word
        message = f'{plural} {first.number} to {last} of "{series.name}" are missing'
        hint = "write them, or number the parts anew"
    return Problem(series_location(post), "gap", message, hint, "note")


def _has_wrong_part(series: Series, post: Page) -> bool:
    """Return whether the plan has the title of ``post`` as another part, which is a warning of the build."""
    return series.page is not None and other_planned_part(series.page, post) is not None


def _find_later_post(series: Series, number: int) -> Page | None:
    for part in series.parts:
        if part.post and part.number >= number:
            return part.post
    return None


def _check_plan(series: Series) -> Iterator[Problem]:
    """Yield the posts whose parts are not planned in the series file."""
    if series.page is None or not series.page.document.front_matter.parts:
        return
    planned = series.page.document.front_matter.parts
    for part in series.parts:
        if part.post and part.number > len(planned) and not _has_wrong_part(series, part.post):
            message = f"{series.page.path} plans {counted(len(planned), 'part')}: this is part {part.number}"
            yield Problem(series_location(part.post), "beyond-plan", message, "add its title to parts", "note")


def _check_part_order(series: Series) -> Iterator[Problem]:
    for previous, part in pairwise(series.published):
        previous_day, day = _part_day(previous), _part_day(part)
        if part.post and previous_day and day and day < previous_day:
            message = f"part {part.number} is of {day}, before part {previous.number} ({previous_day})"
            hint = "look at the dates, or at part"
            yield Problem(series_location(part.post), "part-order", message, hint, "note")


def _part_day(part: Part) -> dt.date | None:
    return part.post.day if part.post else None


def _check_picture_sizes(site: Site) -> Iterator[Problem]:
    displayed: set[str] = set()
    for links in site.links.values():
        displayed.update(path for _, path in (*links.images, *links.context_images))
    displayed = with_dark_variants(displayed)
    for file, _ in site.files:
        if file.image:
            versions = bool(file.image.widths)
            yield from _check_picture_size(file, is_displayed=file.path in displayed, has_versions=versions)


def _check_picture_size(file: SourceFile, *, is_displayed: bool, has_versions: bool) -> Iterator[Problem]:
    size = file.signature[0]
    megabytes = f"{size / 1_000_000:.1f} MB"
    if size > HEAVY and is_displayed and not has_versions:
        message = f"every reader loads {megabytes}: this image has no smaller versions"
        hint = "save it smaller, as WebP or AVIF, or as a film"
        yield Problem(Location(file.path), "heavy-picture", message, hint, "warning")
    elif size > TOO_HEAVY:
        message = f"the image has {megabytes}, and is published as it is"
        if has_versions:
            message += " beside its smaller versions"
        yield Problem(Location(file.path), "heavy-picture", message, "2,000 pixels are enough", "warning")
