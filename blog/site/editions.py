"""Editions: what the readers of each language get. A site without ``[languages]`` has one, with everything. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from blog.config.collation import collation_key
from blog.config.locales import look_up
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


def collect_editions(
    pages: Sequence[Page], posts: Sequence[Page], series: Mapping[str, Series], settings: Settings
) -> tuple[list[Edition], list[Problem]]:
    """Return the editions of a site, that of its own language first, and the problems of their tags and labels.

    ``posts`` are those that are listed, newest first. A language without a page has no edition.
    """
    problems: list[Problem] = []
    editions = []
    of_page = {page.path: edition_key(page, settings) for page in pages} if settings.languages else {}
    for key, own_settings in settings.by_language.items():
        prefix = "" if own_settings is settings else f"/{key}"
        own_pages, own_posts, own_series = pages, posts, series
        if settings.languages:
            own_pages = [page for page in pages if of_page[page.path] == key]
            own_posts = [post for post in posts if of_page[post.path] == key]
            own_series = {name: one for name, one in series.items() if _series_key(one, of_page) == key}
        if prefix and not own_pages:
            continue  # a language begins with its first text
        tags, tag_problems = collect_terms(own_posts, "tag", prefix)
        labels, label_problems = collect_terms(own_posts, "label", prefix)
        problems += [*tag_problems, *label_problems]
        editions.append(
            Edition(
                settings=own_settings,
                prefix=prefix,
                pages=tuple(own_pages),
                posts=tuple(own_posts),
                home=next((page for page in own_pages if page.document.kind == "home"), None),
                tags=_in_order(tags, own_settings.language),
                labels=_in_order(labels, own_settings.language),
                series=_in_order(own_series, own_settings.language),
            )
        )
    return editions, problems


def edition_key(page: Page, settings: Settings) -> str:
    """Return the language of the edition that a page belongs to, as a key of ``Settings.by_language``."""
    site_language = settings.language.lower()
    if page.address == "/" or is_not_found_page(page):
        return site_language
    keys = {key: key for key in settings.by_language}
    return look_up(keys, page.document.front_matter.lang or site_language, site_language)


def _series_key(series: Series, of_page: Mapping[str, str]) -> str:
    """Return the edition of a series: that of its file, else that of its first post."""
    page = series.page or series.posts[0]
    return of_page[page.path]


def _in_order(by_key: Mapping[str, _T], language: str) -> dict[str, _T]:
    """Return values by the keys of names, in the order of ``language``."""
    return {key: by_key[key] for key in sorted(by_key, key=lambda key: collation_key(key, language))}
