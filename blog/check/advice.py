"""Advice of ``blog check`` beyond the warnings of a build: tags, summaries, series, images. Pure."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from blog.problems import Location, Problem
from blog.site.series import series_location
from blog.text import name_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.content.front_matter import LocatedText
    from blog.problems import Severity
    from blog.site.assemble import Site
    from blog.site.pages import Page
    from blog.site.series import Series
    from blog.site.taxonomies import Term

MANY_POSTS = 10
"""Number of posts from which tags that are used once are reported."""
SHORT_SUMMARY = 40
"""Characters: less says nothing."""
HEAVY, TOO_HEAVY = 500_000, 5_000_000
"""Bytes of a picture that readers load as it is, and of one that they get in smaller versions."""
_Kind = Literal["tags", "labels"]
_TYPED_ALIKE = 8
"""Characters from which on one wrong letter is a slip: ``modes`` and ``models`` are two words."""


def advise_on_site(site: Site) -> Iterator[Problem]:
    """Warnings and notes about what readers get."""
    yield from _twins(site.tags, "tags")
    yield from _twins(site.labels, "labels")
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
    twins = {key for key, _, _ in _near_twins(site.tags)}
    for key, term in site.tags.items():
        if len(term.posts) == 1 and key not in twins:
            hint = "a tag leads to other posts: use it again, or take it out"
            place = _place(key, term, "tags")
            yield Problem(place, "lonely-tag", f'no other post has the tag "{term.name}"', hint, "note")


def _twins(terms: Mapping[str, Term], kind: _Kind) -> Iterator[Problem]:
    for key, twin, severity in _near_twins(terms):
        term, other = terms[key], terms[twin]
        hint = f'write "{other.name}", as in {_posts(other)}; this spelling is in {_posts(term)}'
        message = f'"{term.name}" is nearly "{other.name}"'
        yield Problem(_place(key, term, kind), "near-twin", message, hint, severity)


def _near_twins(terms: Mapping[str, Term]) -> Iterator[tuple[str, str, Severity]]:
    """Keys of names that differ in signs or in a plural, and (a note) in a letter of many: of both, the rarer first."""
    found: dict[str, str] = {}
    slips: dict[str, list[str]] = {}
    for key in sorted(terms, key=lambda key: (-len(terms[key].posts), key)):
        plain = _plain(key)
        twin = found.setdefault(plain, key)
        near = (other for form in _shortened(plain) for other in slips.get(form, ()) if _is_slip(plain, _plain(other)))
        slip = next(near, None)
        for form in _shortened(plain):
            slips.setdefault(form, []).append(key)
        if twin != key:
            yield key, twin, "warning"
        elif slip is not None:
            yield key, slip, "note"


def _posts(term: Term) -> str:
    return f"{len(term.posts)} post{'s' * (len(term.posts) != 1)}"


def _plain(key: str) -> str:
    """A name without signs and without the ending of a plural."""
    letters = re.sub(r"[\s\W_]+", "", key.replace("+", "p").replace("#", "sharp"))
    if re.search(r"(?:ics|news|[iuas]s)$", letters):
        return letters
    return re.sub(r"(?<=\w{3})(?<!s)(?<=[^e])e?s$", "", re.sub(r"(?<=\w{3})ies$", "y", letters))


def _shortened(name: str) -> list[str]:
    """A long name, and all that it is without one of its letters: what two have in common that differ in one."""
    if len(name) < _TYPED_ALIKE:
        return []
    return list(dict.fromkeys([name, *(name[:at] + name[at + 1 :] for at in range(len(name)))]))


def _is_slip(name: str, other: str) -> bool:
    """Return whether one letter is missing, wrong or swapped with its neighbour; not the first one, and no digit."""
    if name[0] != other[0] or re.findall(r"\d", name) != re.findall(r"\d", other):
        return False
    short, long = sorted((name, other), key=len)
    if len(short) < len(long):
        return long != f"{short}s" and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))
    wrong = [at for at in range(len(name)) if name[at] != other[at]]
    swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1 and name[wrong[0]] == other[wrong[1]]
    return len(wrong) == 1 or (swapped and name[wrong[1]] == other[wrong[0]])


def _place(key: str, term: Term, kind: _Kind) -> Location:
    """Return the location where the newest post with the term names it."""
    matter = term.posts[0].document.front_matter
    names = matter.tags if kind == "tags" else matter.labels
    return next(name.location for name in names if name_key(name.text) == key)


def _summary(page: Page) -> Iterator[Problem]:
    if page.document.kind == "post" and page.listed and _width(page.summary) < SHORT_SUMMARY:
        short = f'the summary "{page.summary}" says too little'
        message = short if page.summary else "there is no summary, and no paragraph to take one from"
        hint = "write summary: … with a sentence or two: it stands in lists, feeds and search results"
        yield Problem(page.document.front_matter.location, "no-summary", message, hint, "warning")


def _width(text: str) -> int:
    """Return the number of letters in ``text``; Chinese and Japanese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _picture(page: Page) -> Iterator[Problem]:
    matter = page.document.front_matter
    if matter.image and not matter.image_alt:
        message, hint = "the picture for previews has no alternative text", "write image_alt: what it shows"
        yield Problem(matter.image.location, "no-alternative", message, hint, "warning")


def _gaps(series: Series) -> Iterator[Problem]:
    """Numbers without a post, and posts that the roadmap does not know: at the next post, or at the post itself."""
    planned = series.page.document.front_matter.parts if series.page else ()
    posts = [part for part in series.parts if part.post]
    for part in series.parts:
        following = next((other.post for other in posts if other.number > part.number), None) if part.gap else None
        if following:
            message = f'of the series "{series.name}" {part.title} is missing: it is shown as not written'
            yield Problem(series_location(following), "gap", message, "write it, or number the parts anew", "note")
        if part.post and series.page and len(planned) in range(1, part.number):
            message = f"{series.page.path} plans {_counted(planned)}: this is part {part.number}"
            yield Problem(series_location(part.post), "beyond-plan", message, "add its title to parts", "note")


def _counted(planned: Sequence[LocatedText]) -> str:
    return f"{len(planned)} part{'s' * (len(planned) != 1)}"


def _order(series: Series) -> Iterator[Problem]:
    for part, following in pairwise(series.published):
        if part.post and following.post and part.post.day and following.post.day and following.post.day < part.post.day:
            message = f"part {following.number} is of {following.post.day}, before part {part.number} ({part.post.day})"
            yield Problem(
                series_location(following.post), "part-order", message, "look at the dates, or at part", "note"
            )


def _heavy_pictures(site: Site) -> Iterator[Problem]:
    shown = {path for links in site.links.values() for _, path in (*links.images, *links.context_images)}
    for file, _ in site.files:
        size = file.signature[0]
        if not file.image:
            continue
        if file.path in shown and not file.image.widths and size > HEAVY:
            message = f"every reader loads {_megabytes(size)}: this picture has no smaller versions"
            hint = "save it smaller, as WebP or AVIF, or as a film"
            yield Problem(Location(file.path), "heavy-picture", message, hint, "warning")
        elif size > TOO_HEAVY:
            beside = " beside its smaller versions" if file.image.widths else ""
            message = f"the picture has {_megabytes(size)}, and is published as it is{beside}"
            yield Problem(Location(file.path), "heavy-picture", message, "2,000 pixels are enough", "warning")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
