"""Tags and labels with their posts, and the addresses of tags, labels and series. Only visible posts count."""

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
    """Return the keys of names, each once, in the order they were written."""
    return tuple(dict.fromkeys(name_key(name.text) for name in written))


def collect_terms(
    posts: Sequence[Page], kind: Literal["tag", "label"], prefix: str = ""
) -> tuple[dict[str, Term], list[Problem]]:
    """Return the tags or labels of ``posts`` (newest first) by key, in order; a problem for each without an address.

    ``prefix`` is the beginning of their addresses.
    """
    members, names = _group_posts(posts, kind)
    terms: dict[str, Term] = {}
    problems: list[Problem] = []
    addresses: dict[str, str] = {}
    for key in sorted(members):
        name = names[key]
        address = term_address(kind, name, addresses, problems, prefix)
        if address:
            terms[key] = Term(name=name.text, address=address, location=name.location, posts=tuple(members[key]))
    return terms, problems


def _group_posts(
    posts: Sequence[Page], kind: Literal["tag", "label"]
) -> tuple[dict[str, list[Page]], dict[str, LocatedText]]:
    """Return the posts of each term, newest first, and its name as the oldest post spells it."""
    members: dict[str, list[Page]] = {}
    names: dict[str, LocatedText] = {}
    for post in posts:
        matter = post.document.front_matter
        written = matter.tags if kind == "tag" else matter.labels
        # Reversed: of two spellings in one post the first is used.
        for key, name in {name_key(name.text): name for name in reversed(written)}.items():
            members.setdefault(key, []).append(post)
            names[key] = name
    return members, names


def term_address(kind: str, name: LocatedText, taken: dict[str, str], problems: list[Problem], prefix: str = "") -> str:
    """Return the address of a tag, label or series; ``""`` and a problem if its name gives none or is taken."""
    slug = slugify_term(name.text)
    reason = explain_unsafe_path(slug)
    if reason:
        message = f'the {kind} "{name.text}" gives no address'
        if slug:
            message += f": it {reason}"
        problems.append(Problem(name.location, "empty-slug", message, "use another name, with letters or digits"))
        return ""
    address = f"{prefix}/{PLURALS[kind]}/{slug}/"
    other = taken.setdefault(name_key(address), name.text)
    if other != name.text:
        message = f'the {PLURALS[kind]} "{other}" and "{name.text}" give one address, {address}'
        hint = "use one name for both, or tell them apart in letters"
        problems.append(Problem(name.location, "collision", message, hint))
        return ""
    return address
