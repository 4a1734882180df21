"""Editions: what the readers of each language get. A site without ``[languages]`` has one, with everything. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from msgspec import Struct

from blog.config.collation import collation_key
from blog.config.settings import Settings
from blog.site.pages import Page, is_not_found_page
from blog.site.series import Series
from blog.site.taxonomies import Term, collect_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blog.problems import Problem

_T = TypeVar("_T")


class Edition(Struct, frozen=True, kw_only=True):
    """The pages in one language, with a home page, lists, feeds and a search of their own."""

    settings: Settings
    """Those of the site, with title, description, menu and language of the edition."""
    prefix: str
    """The beginning of the addresses of its home page and lists: ``/de``; empty in the language of the site."""
    pages: tuple[Page, ...]
    posts: tuple[Page, ...]
    """Listed posts, newest first."""
    home: Page | None
    tags: dict[str, Term]
    """Tags by key, in order."""
    labels: dict[str, Term]
    series: dict[str, Series]

    def address(self, address: str) -> str:
        """Return the address of a page that each edition has: ``/de/tags/`` for ``/tags/``."""
        return self.prefix + address


class _Group(NamedTuple):
    """What belongs to an edition."""

    pages: list[Page]
    posts: list[Page]
    series: dict[str, Series]


def collect_editions(
    pages: Sequence[Page], posts: Sequence[Page], series: Mapping[str, Series], settings: Settings
) -> tuple[list[Edition], list[Problem]]:
    """Return the editions of a site, that of its own language first, and the problems of their tags and labels.

    ``posts`` are those that are listed, newest first. A language without a listed page has no edition: its unlisted
    pages, of which no list may tell, belong to the first.
    """
    groups = _group_by_language(pages, posts, series, settings)
    problems: list[Problem] = []
    own_group = groups.pop(settings.language.lower())
    editions = []
    for key, group in groups.items():
        if any(page.listed for page in group.pages):
            editions.append(_build_edition(group, settings.by_language[key], f"/{key}", problems))
        else:
            own_group.pages.extend(group.pages)
    editions.insert(0, _build_edition(own_group, settings, "", problems))
    return editions, problems


def _group_by_language(
    pages: Sequence[Page], posts: Sequence[Page], series: Mapping[str, Series], settings: Settings
) -> dict[str, _Group]:
    """Return the contents of each edition, by the keys of ``Settings.by_language``."""
    groups = {key: _Group([], [], {}) for key in settings.by_language}
    of_page = {page.path: groups[edition_key(page, settings)] for page in pages}
    for page in pages:
        of_page[page.path].pages.append(page)
    for post in posts:
        of_page[post.path].posts.append(post)
    for name, one in series.items():
        first = one.page or one.posts[0]  # the language of a series is that of its file, else of its first post
        of_page[first.path].series[name] = one
    return groups


def _build_edition(group: _Group, settings: Settings, prefix: str, problems: list[Problem]) -> Edition:
    tags, tag_problems = collect_terms(group.posts, "tag", prefix)
    labels, label_problems = collect_terms(group.posts, "label", prefix)
    problems += [*tag_problems, *label_problems]
    return Edition(
        settings=settings,
        prefix=prefix,
        pages=tuple(group.pages),
        posts=tuple(group.posts),
        home=next((page for page in group.pages if page.document.kind == "home"), None),
        tags=_in_order(tags, settings.language),
        labels=_in_order(labels, settings.language),
        series=_in_order(group.series, settings.language),
    )


def edition_key(page: Page, settings: Settings) -> str:
    """Return the language of the edition that a page belongs to, as a key of ``Settings.by_language``."""
    if page.address == "/" or is_not_found_page(page):
        return settings.language.lower()
    return settings.for_language(page.document.front_matter.lang).language.lower()


def _in_order(by_key: Mapping[str, _T], language: str) -> dict[str, _T]:
    """Return values by the keys of names, in the order of ``language``."""
    return {key: by_key[key] for key in sorted(by_key, key=lambda key: collation_key(key, language))}
