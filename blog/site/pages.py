"""Documents → pages with addresses, and the documents that are hidden."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config import dates
from blog.content.document import Document
from blog.problems import Location, Problem
from blog.site.addresses import page_address, post_address
from blog.site.visibility import Audience, HiddenReason, hidden_reason
from blog.text import explain_unsafe_path, slugify, slugify_term, to_nfc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.config.settings import Settings

NOT_FOUND_PAGE = frozenset({"content/404.md", "content/404.markdown"})


class Page(Struct, frozen=True, kw_only=True):
    """A document with its place in the site."""

    document: Document
    address: str
    hidden_reason: HiddenReason = ""
    """The reason why it is hidden from readers."""
    day: dt.date | None = None
    """Its date in the zone of the settings."""
    instant: dt.datetime | None = None

    @property
    def path(self) -> str:
        """The identity of a page: the path of its source."""
        return self.document.path

    @property
    def title(self) -> str:
        """The title of the document."""
        return self.document.title

    @property
    def summary(self) -> str:
        """The author's own, else that of the text."""
        return self.document.front_matter.summary or self.document.text.summary

    @property
    def listed(self) -> bool:
        """True if it is in lists, feeds and the sitemap; an unlisted page is only at its address."""
        return not self.document.front_matter.unlisted


def is_not_found_page(page: Page) -> bool:
    """Return whether it is the author's own page for missing addresses."""
    return page.path in NOT_FOUND_PAGE


def assign_addresses(
    documents: Iterable[Document], settings: Settings, audience: Audience
) -> tuple[list[Page], list[Problem]]:
    """Give each document its address and its day. A document without a possible address is a problem, and left out."""
    zone = dates.find_zone(settings.timezone)
    pages: list[Page] = []
    problems: list[Problem] = []
    for document in documents:
        date = document.date
        day = date.local_day(zone) if date else None
        found = _address(document, settings.permalink, day)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        problems += _early_changes(document, day)
        pages.append(
            Page(
                document=document,
                address=found,
                hidden_reason=hidden_reason(document, audience, zone),
                day=day,
                instant=date.instant(zone).astimezone(dt.UTC) if date else None,
            )
        )
    return pages, problems


def _early_changes(document: Document, day: dt.date | None) -> list[Problem]:
    """Changes that would have come before the text itself."""
    return [
        Problem(change.location, "early-change", f"the change is older than the text, which is of {day}", "", "warning")
        for change in document.front_matter.changes
        if day is not None and change.day < day
    ]


def _address(document: Document, permalink: str, day: dt.date | None) -> str | Problem:
    if document.kind == "home":
        return "/"
    if document.path in NOT_FOUND_PAGE:
        return "/404.html"
    written = document.front_matter.slug
    if written is not None and (why := _wrong_slug(written.text)):
        better = slugify(written.text)
        suggestion = "" if _wrong_slug(better) else better
        hint = f"write slug: {suggestion}" if suggestion not in {"", written.text} else "choose another one"
        return Problem(written.location, "wrong-slug", f'the slug "{written.text}" {why}', hint)
    slug = to_nfc(written.text) if written else slugify(document.stem)
    if not slug:
        message = f'the name "{document.stem}" gives no address'
        return Problem(
            document.front_matter.location, "empty-slug", message, "add slug: some-words, or rename the file"
        )
    if document.kind == "post" and day is not None:
        return post_address(permalink, slug, day)
    if document.kind == "series":
        return f"/series/{slug if written else slugify_term(document.stem)}/"
    address = page_address(document.path, slug if written else "")
    if "//" in address:
        message = f'a folder of "{document.path}" gives no address'
        return Problem(Location(document.path), "empty-slug", message, "rename the folder")
    return address


def _wrong_slug(slug: str) -> str:
    if "/" in slug:
        return "is a path"
    if why := explain_unsafe_path(slug):
        return why
    return "" if slugify(slug) == to_nfc(slug).lower() else "has characters that addresses should not have"
