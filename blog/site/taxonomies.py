"""Tags, labels and series: what posts have in common. Only what is published counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from blog.problems import Location, Problem
from blog.site.pages import Page
from blog.text import explain_unsafe_path, name_key, slugify_term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blog.content.front_matter import LocatedText

PLURALS = {"tag": "tags", "label": "labels", "series": "series"}


class Term(Struct, frozen=True, kw_only=True):
    """A tag or a label."""

    name: str
    """The name as the oldest post spells it."""
    address: str
    location: Location
    """Location of the name in the oldest post."""
    posts: tuple[Page, ...]
    """Newest first."""


def term_keys(written: Iterable[LocatedText]) -> tuple[str, ...]:
    """The keys of names, each once, in the order they were written."""
    return tuple(dict.fromkeys(name_key(name.text) for name in written))


def collect_terms(posts: Sequence[Page], kind: Literal["tag", "label"]) -> tuple[dict[str, Term], list[Problem]]:
    """The tags or labels of ``posts`` (newest first), by key in order; two that give one address are a problem."""
    members: dict[str, list[Page]] = {}
    written: dict[str, LocatedText] = {}
    for post in posts:
        matter = post.document.front_matter
        names = {name_key(name.text): name for name in reversed(matter.tags if kind == "tag" else matter.labels)}
        for key, name in names.items():
            members.setdefault(key, []).append(post)
            written[key] = name
    terms: dict[str, Term] = {}
    problems: list[Problem] = []
    taken: dict[str, str] = {}
    for key in sorted(members):
        name = written[key]
        address = term_address(kind, name, taken, problems)
        if address:
            terms[key] = Term(name=name.text, address=address, location=name.location, posts=tuple(members[key]))
    return terms, problems


def term_address(kind: str, name: LocatedText, taken: dict[str, str], problems: list[Problem]) -> str:
    """Return the address of a tag, label or series; ``""`` and a problem if its name gives none or is taken."""
    slug = slugify_term(name.text)
    if why := explain_unsafe_path(slug):
        message = f'the {kind} "{name.text}" gives no address' + (f": it {why}" if slug else "")
        problems.append(Problem(name.location, "empty-slug", message, "use another name, with letters or digits"))
        return ""
    address = f"/{PLURALS[kind]}/{slug}/"
    other = taken.setdefault(name_key(address), name.text)
    if other != name.text:
        message = f'the {PLURALS[kind]} "{other}" and "{name.text}" give one address, {address}'
        problems.append(
            Problem(name.location, "collision", message, "use one name for both, or tell them apart in letters")
        )
        return ""
    return address
