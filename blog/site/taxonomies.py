"""Tags, labels and series: what posts have in common. Only what is published counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from blog.problems import Place, Problem
from blog.site.pages import Page
from blog.site.series import Part, contradictions, roadmap
from blog.text import normal, term_slug, unsafe_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blog.content.front_matter import Written

PLURALS = {"tag": "tags", "label": "labels", "series": "series"}


class Term(Struct, frozen=True, kw_only=True):
    """A tag or a label."""

    name: str
    """In the spelling of the oldest post."""
    address: str
    place: Place
    """Where the oldest post names it."""
    posts: tuple[Page, ...]
    """Newest first."""


class Series(Struct, frozen=True, kw_only=True):
    """Posts that belong together, in order, and those still to come."""

    name: str
    address: str
    place: Place
    """Where the oldest post names it, or its file begins."""
    page: Page | None
    """The series file, if there is one that readers get."""
    parts: tuple[Part, ...]
    published: tuple[Part, ...]
    """Those of ``parts`` that have a post."""
    total: int
    """How many parts there are, planned ones and gaps included."""

    @property
    def posts(self) -> tuple[Page, ...]:
        """The posts of the published parts, in order."""
        return tuple(part.post for part in self.published if part.post is not None)


def keys(written: Iterable[Written]) -> tuple[str, ...]:
    """The keys of names, each once, in the order they were written."""
    return tuple(dict.fromkeys(normal(name.text) for name in written))


def collect_terms(posts: Sequence[Page], kind: Literal["tag", "label"]) -> tuple[dict[str, Term], list[Problem]]:
    """The tags or labels of ``posts`` (newest first), by key in order; two that give one address are a problem."""
    members: dict[str, list[Page]] = {}
    written: dict[str, Written] = {}
    for post in posts:
        matter = post.document.matter
        names = {normal(name.text): name for name in reversed(matter.tags if kind == "tag" else matter.labels)}
        for key, name in names.items():
            members.setdefault(key, []).append(post)
            written[key] = name
    terms: dict[str, Term] = {}
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for key in sorted(members):
        name = written[key]
        address = _term_address(kind, name, taken, problems)
        if address:
            terms[key] = Term(name=name.text, address=address, place=name.place, posts=tuple(members[key]))
    return terms, problems


def _term_address(kind: str, name: Written, taken: dict[str, str], problems: list[Problem]) -> str:
    slug = term_slug(name.text)
    if why := unsafe_name(slug):
        message = f'the {kind} "{name.text}" gives no address' + (f": it {why}" if slug else "")
        problems.append(Problem(name.place, "empty-slug", message, "use another name, with letters or digits"))
        return ""
    address = f"/{PLURALS[kind]}/{slug}/"
    other = taken.setdefault(normal(address), name.text)
    if other != name.text:
        message = f'the {PLURALS[kind]} "{other}" and "{name.text}" give one address, {address}'
        problems.append(
            Problem(name.place, "collision", message, "use one name for both, or tell them apart in letters")
        )
        return ""
    return address


def collect_series(pages: Sequence[Page], posts: Sequence[Page]) -> tuple[dict[str, Series], list[Problem]]:
    """All series by key, in order: those with a file, and those that posts name. ``posts`` come newest first."""
    files: dict[str, Page] = {}
    problems: list[Problem] = []
    for page in pages:
        if page.document.kind == "series":
            other = files.setdefault(normal(page.title), page)
            if other is not page:
                message = f'the series "{page.title}" has two files, also {other.path}'
                problems.append(Problem(page.document.matter.place, "collision", message, "give one another title"))
    by_stem = {normal(page.document.stem): key for key, page in files.items()}
    members: dict[str, list[Page]] = {key: [] for key in files}
    written: dict[str, Written] = {}
    for post in reversed(posts):
        name = post.document.matter.series
        if name is not None:
            key = normal(name.text)
            key = key if key in files else by_stem.get(key, key)
            members.setdefault(key, []).append(post)
            written.setdefault(key, name)
    found: dict[str, Series] = {}
    taken = {normal(page.address): page.title for page in files.values()}
    for key in sorted(members):
        file = files.get(key)
        title = file.title if file is not None else written[key].text
        address = file.address if file is not None else _term_address("series", written[key], taken, problems)
        if address:
            parts = roadmap(file.document.matter.parts if file is not None else (), members[key])
            problems += contradictions(file, members[key], parts)
            found[key] = Series(
                name=title,
                address=address,
                place=file.document.matter.place if file is not None else written[key].place,
                page=file,
                parts=parts,
                published=tuple(part for part in parts if part.post is not None),
                total=max((part.number for part in parts), default=0),
            )
    return found, problems


def memberships(series: Mapping[str, Series]) -> dict[str, tuple[str, int]]:
    """Path of each post in a series → key of the series, and its seat in ``Series.published``."""
    return {
        part.post.path: (key, seat)
        for key, entry in series.items()
        for seat, part in enumerate(entry.published)
        if part.post is not None
    }
