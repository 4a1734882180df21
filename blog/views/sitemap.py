"""The entries of the sitemap: every page that search engines may list, with the day of its last change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.config import dates
from blog.site.pages import is_not_found_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.config.settings import Settings
    from blog.site.assemble import Site
    from blog.site.pages import Page


def sitemap_entries(site: Site, settings: Settings) -> Iterator[tuple[str, str]]:
    """Every page that search engines should know, and the day of its last change."""
    zone = dates.find_zone(settings.timezone)

    def changed(page: Page) -> str:
        updated = page.document.front_matter.updated
        day = updated.local_day(zone) if updated else page.day
        return day.isoformat() if day else ""

    def listing(address: str, posts: Sequence[Page]) -> tuple[str, str]:
        return settings.absolute(address), max((changed(post) for post in posts), default="")

    yield listing("/", site.posts)
    for page in site.pages.values():
        if page.listed and page.document.kind in {"post", "page"} and not is_not_found_page(page):
            yield settings.absolute(page.address), changed(page)
    for folder, terms in (("tags", site.tags), ("labels", site.labels), ("series", site.series)):
        if terms:
            yield listing(f"/{folder}/", site.posts)
        for term in terms.values():
            yield listing(term.address, term.posts)
    yield listing("/archive/", site.posts)
