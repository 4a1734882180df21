"""Tags, labels and series: what posts have in common. Only what is published counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from blog.addresses import normal, term_slug
from blog.errors import Problem
from blog.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blog.frontmatter import Written

FOLDERS = {"tag": "tags", "label": "labels", "series": "series"}


class Term(Struct, frozen=True, kw_only=True):
    """A tag or a label."""

    name: str
    """In the spelling of the oldest post."""
    address: str
    posts: tuple[Page, ...]
    """Newest first."""


class Part(Struct, frozen=True):
    """One line of a series' roadmap."""

    number: int
    title: str
    post: Page | None
    """None: planned."""


class Series(Struct, frozen=True, kw_only=True):
    """Posts that belong together, in order, and those still to come."""

    name: str
    address: str
    page: Page | None
    """The series file, if there is one that readers get."""
    parts: tuple[Part, ...]

    @property
    def posts(self) -> tuple[Page, ...]:
        """The published parts, in order."""
        return tuple(part.post for part in self.parts if part.post is not None)

    @property
    def total(self) -> int:
        """How many parts there are, planned ones included."""
        return max((part.number for part in self.parts), default=0)


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
            terms[key] = Term(name=name.text, address=address, posts=tuple(members[key]))
    return terms, problems


def _term_address(kind: str, name: Written, taken: dict[str, str], problems: list[Problem]) -> str:
    slug = term_slug(name.text)
    if not slug:
        message = f'the {kind} "{name.text}" gives no address'
        problems.append(Problem(name.place, "empty-slug", message, "use a name with letters or digits"))
        return ""
    address = f"/{FOLDERS[kind]}/{slug}/"
    other = taken.setdefault(normal(address), name.text)
    if other != name.text:
        message = f'the {kind}s "{other}" and "{name.text}" give one address, {address}'
        problems.append(
            Problem(name.place, "collision", message, "use one name for both, or tell them apart in letters")
        )
        return ""
    return address


def collect_series(pages: Sequence[Page], posts: Sequence[Page]) -> tuple[dict[str, Series], list[Problem]]:
    """All series by key: those with a file, and those that posts name. ``posts`` come newest first."""
    files: dict[str, Page] = {}
    for page in pages:
        if page.document.kind == "series":
            files[normal(page.title)] = page
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
    problems: list[Problem] = []
    taken = {normal(page.address): page.title for page in files.values()}
    for key in sorted(members):
        file = files.get(key)
        title = file.title if file is not None else written[key].text
        address = file.address if file is not None else _term_address("series", written[key], taken, problems)
        if address:
            found[key] = Series(name=title, address=address, page=file, parts=_parts(file, members[key]))
    return found, problems


def series_key(page: Page, series: Mapping[str, Series]) -> str:
    """The key of the series that a listed post belongs to, or ``""``."""
    written = page.document.matter.series
    if written is None or not page.listed:
        return ""
    key = normal(written.text)
    if key in series:
        return key
    stems = {normal(entry.page.document.stem): name for name, entry in series.items() if entry.page}
    return stems.get(key, "")


def _parts(page: Page | None, posts: Sequence[Page]) -> tuple[Part, ...]:
    """The roadmap: planned titles in order, each with its post if there is one, then the posts beyond the plan."""
    planned = page.document.matter.parts if page is not None else ()
    numbers = {normal(title): number for number, title in enumerate(planned, 1)}
    placed: list[tuple[int | None, Page]] = []
    for post in posts:
        number = post.document.matter.part
        placed.append((number if number is not None else numbers.get(normal(post.title)), post))
    known = [(number, post) for number, post in placed if number is not None]
    following = max([len(planned), *(number for number, _ in known)])
    unnumbered = [post for number, post in placed if number is None]
    numbered = known + [(following + seat, post) for seat, post in enumerate(unnumbered, 1)]
    have = {number for number, _ in numbered}
    parts = [Part(number, post.title, post) for number, post in numbered]
    parts += [Part(number, title, None) for number, title in enumerate(planned, 1) if number not in have]
    return tuple(sorted(parts, key=lambda part: part.number))
