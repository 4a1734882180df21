"""What ``blog check`` says of a site beside what a build says of it: tags, summaries, series, pictures. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from blog.addresses import normal
from blog.errors import Place, Problem
from blog.roadmap import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.frontmatter import Written
    from blog.pages import Page
    from blog.site import Site
    from blog.terms import Series, Term

MANY_POSTS = 10
"""In a younger blog every tag is used once."""
SHORT_SUMMARY = 40
"""Characters: less says nothing."""
HEAVY, TOO_HEAVY = 500_000, 5_000_000
"""Bytes of a picture that readers load as it is, and of one that they get in smaller versions."""
_TYPED_ALIKE = 8
"""Characters from which on one wrong letter is a slip: ``modes`` and ``models`` are two words."""


def advise(site: Site) -> Iterator[Problem]:
    """Warnings and notes about what readers get."""
    for terms in (site.tags, site.labels):
        yield from (_twin(terms, key, twin) for key, twin in _near_twins(terms))
    yield from _lonely_tags(site)
    for page in site.pages.values():
        yield from _summary(page)
        yield from _picture(page)
    for series in site.series.values():
        yield from _gaps(series)
        yield from _order(series)
    yield from _heavy_pictures(site)


def _lonely_tags(site: Site) -> Iterator[Problem]:
    if len(site.posts) < MANY_POSTS:
        return
    twins = {key for key, _ in _near_twins(site.tags)}
    for key, term in site.tags.items():
        if len(term.posts) == 1 and key not in twins:
            hint = "a tag leads to other posts: use it again, or take it out"
            yield Problem(_place(key, term), "lonely-tag", f'no other post has the tag "{term.name}"', hint, "note")


def _near_twins(terms: Mapping[str, Term]) -> Iterator[tuple[str, str]]:
    """Keys of names that differ in signs, in a plural, in a letter of many: of both, the rarer first."""
    found: dict[str, str] = {}
    for key in sorted(terms, key=lambda key: (-len(terms[key].posts), key)):
        spellings = _spellings(key)
        twin = next((found[spelling] for spelling in spellings if spelling in found), None)
        for spelling in spellings:
            found.setdefault(spelling, key)
        if twin is not None:
            yield key, twin


def _twin(terms: Mapping[str, Term], key: str, twin: str) -> Problem:
    term, other = terms[key], terms[twin]
    hint = f'write "{other.name}", as in {_posts(other)}; this spelling is in {_posts(term)}'
    return Problem(_place(key, term), "near-twin", f'"{term.name}" is nearly "{other.name}"', hint, "warning")


def _posts(term: Term) -> str:
    return f"{len(term.posts)} post{'s' * (len(term.posts) != 1)}"


def _spellings(key: str) -> list[str]:
    """What twins of a name have in common with it; two that differ in a number are none."""
    letters = re.sub(r"[\s\W_]+", "", re.sub(r"\+", "p", key.replace("#", "sharp")))
    singular = re.sub(r"(?<=\w{3})ies$", "y", letters)
    singular = re.sub(r"(?<=\w{3})(?<!s)(?<=[^e])e?s$", "", singular)
    found = [singular]
    if len(letters) >= _TYPED_ALIKE:
        digits = "".join(re.findall(r"\d", letters))
        shortened = (letters[:at] + letters[at + 1 :] for at in range(len(letters)))
        found += [f"~{short}~{digits}" for short in (letters, *shortened)]
    return found


def _place(key: str, term: Term) -> Place:
    """Where the newest post with the term names it."""
    matter = term.posts[0].document.matter
    return next(name.place for name in (*matter.tags, *matter.labels) if normal(name.text) == key)


def _summary(page: Page) -> Iterator[Problem]:
    if page.document.kind == "post" and page.listed and len(page.summary) < SHORT_SUMMARY:
        short = f'the summary "{page.summary}" says too little'
        message = short if page.summary else "there is no summary, and no paragraph to take one from"
        hint = "write summary: … with a sentence or two: it stands in lists, feeds and search results"
        yield Problem(page.document.matter.place, "no-summary", message, hint, "warning")


def _picture(page: Page) -> Iterator[Problem]:
    matter = page.document.matter
    if matter.image and not matter.image_alt:
        message, hint = "the picture for previews has no alternative text", "write image_alt: what it shows"
        yield Problem(matter.image.place, "no-alternative", message, hint, "warning")


def _gaps(series: Series) -> Iterator[Problem]:
    """Numbers without a post, and posts that the roadmap does not know: at the next post, or at the post itself."""
    planned = series.page.document.matter.parts if series.page else ()
    posts = [part for part in series.parts if part.post]
    for part in series.parts:
        following = next((other.post for other in posts if other.number > part.number), None) if part.gap else None
        if following:
            message = f'of the series "{series.name}" {part.title} is missing: it is shown as not written'
            yield Problem(place_of(following), "gap", message, "write it, or number the parts anew", "note")
        if part.post and series.page and len(planned) in range(1, part.number):
            message = f"{series.page.path} plans {_counted(planned)}: this is part {part.number}"
            yield Problem(place_of(part.post), "beyond-plan", message, "add its title to parts", "note")


def _counted(planned: Sequence[Written]) -> str:
    return f"{len(planned)} part{'s' * (len(planned) != 1)}"


def _order(series: Series) -> Iterator[Problem]:
    for part, following in pairwise(series.published):
        if part.post and following.post and part.post.day and following.post.day and following.post.day < part.post.day:
            message = f"part {following.number} is of {following.post.day}, before part {part.number} ({part.post.day})"
            yield Problem(place_of(following.post), "part-order", message, "look at the dates, or at part", "note")


def _heavy_pictures(site: Site) -> Iterator[Problem]:
    shown = {path for links in site.links.values() for _, path in (*links.pictures, *links.context_pictures)}
    for file, _ in site.files:
        size = file.stamp[0]
        if not file.picture:
            continue
        if file.path in shown and not file.picture.widths and size > HEAVY:
            message = f"every reader loads {_megabytes(size)}: this picture has no smaller versions"
            hint = "save it smaller, as WebP or AVIF, or as a film"
            yield Problem(Place(file.path), "heavy-picture", message, hint, "warning")
        elif size > TOO_HEAVY:
            message = f"the picture has {_megabytes(size)}, and is published as it is beside its smaller versions"
            yield Problem(Place(file.path), "heavy-picture", message, "2,000 pixels are enough", "warning")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
