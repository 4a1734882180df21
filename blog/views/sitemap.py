"""The entries of the sitemap: every page that search engines may index, with the day of its last change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.config import dates
from blog.site.pages import is_not_found_page

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.site.assemble import Site
    from blog.site.pages import Page


def sitemap_entries(site: Site, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the URL of every page that search engines may index, and the day of its last change."""
    zone = dates.find_zone(settings.timezone)
    for address, day in _list_pages(site, zone):
        yield settings.absolute(address), day


def _list_pages(site: Site, zone: dt.tzinfo) -> Iterator[tuple[str, str]]:
    """Yield address and day of the last change of each page; a list changes with the newest of its posts."""
    days = {page.path: _last_change(page, zone) for page in site.pages.values()}
    newest = _newest_change(site.posts, days)
    yield "/", newest
    for page in site.pages.values():
        if _is_indexed(page):
            yield page.address, days[page.path]
    for folder, terms in (("tags", site.tags), ("labels", site.labels), ("series", site.series)):
        if terms:
            yield f"/{folder}/", newest
        for term in terms.values():
            yield term.address, _newest_change(term.posts, days)
    yield "/archive/", newest


def _is_indexed(page: Page) -> bool:
    is_post_or_page = page.document.kind in {"post", "page"}
    return is_post_or_page and page.listed and not is_not_found_page(page)


def _last_change(page: Page, zone: dt.tzinfo) -> str:
    updated = page.document.front_matter.updated
    day = updated.local_day(zone) if updated else page.day
    return day.isoformat() if day else ""


def _newest_change(posts: Sequence[Page], days: Mapping[str, str]) -> str:
    return max((days[post.path] for post in posts), default="")
