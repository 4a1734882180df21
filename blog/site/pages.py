"""Who sees what, and where: documents → pages with addresses, and those that are held back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from blog.config import dates
from blog.content.document import Document
from blog.problems import Place, Problem
from blog.site.addresses import page_address, post_address
from blog.text import normal_form, slugify, term_slug, unsafe_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.config.settings import Settings

MISSING = frozenset({"content/404.md", "content/404.markdown"})
Hold = Literal["", "draft", "private", "scheduled"]


class Audience(Struct, frozen=True):
    """Whom a build is for, and when: the only place where time enters."""

    now: dt.datetime
    """Aware."""
    drafts: bool = False
    future: bool = False
    private: bool = False
    """For the author's own preview alone."""


class Page(Struct, frozen=True, kw_only=True):
    """A document with its place in the site."""

    document: Document
    address: str
    hold: Hold = ""
    """Why readers do not get it."""
    day: dt.date | None = None
    """Its date in the zone of the settings."""
    instant: dt.datetime | None = None

    @property
    def path(self) -> str:
        """The identity of a page: the path of its source."""
        return self.document.path

    @property
    def title(self) -> str:
        """As in the document."""
        return self.document.title

    @property
    def summary(self) -> str:
        """The author's own, else that of the text."""
        return self.document.matter.summary or self.document.text.summary

    @property
    def listed(self) -> bool:
        """In lists, feeds and sitemap; otherwise the page stands alone."""
        return not self.document.matter.unlisted


def is_missing_page(page: Page) -> bool:
    """Whether it is the author's own page for missing addresses."""
    return page.path in MISSING


def hold(document: Document, audience: Audience, zone: dt.tzinfo) -> Hold:
    """Why readers do not get ``document``: first what this audience does not get either, then the strongest reason."""
    found = _holds(document, audience, zone)
    return next((name for name, shown in found if not shown), found[0][0] if found else "")


def holds(document: Document, audience: Audience, zone: dt.tzinfo) -> tuple[Hold, ...]:
    """Every reason why readers do not get ``document``, the strongest first."""
    return tuple(name for name, _ in _holds(document, audience, zone))


def shows(audience: Audience, document: Document, zone: dt.tzinfo) -> bool:
    """Whether ``audience`` gets ``document``: a draft of the future needs both ``drafts`` and ``future``."""
    return all(shown for _, shown in _holds(document, audience, zone))


def _holds(document: Document, audience: Audience, zone: dt.tzinfo) -> list[tuple[Hold, bool]]:
    """Every reason to hold ``document`` back, the strongest first, and whether ``audience`` gets it all the same."""
    matter = document.matter
    future = document.date is not None and document.date.begins(zone) > audience.now
    reasons: list[tuple[Hold, bool, bool]] = [
        ("private", matter.private, audience.private),
        ("draft", matter.draft, audience.drafts),
        ("scheduled", future, audience.future),
    ]
    return [(name, shown) for name, holds, shown in reasons if holds]


def place(documents: Iterable[Document], settings: Settings, audience: Audience) -> tuple[list[Page], list[Problem]]:
    """Give each document its address and its day. A document without a possible address is a problem, and left out."""
    zone = dates.zone(settings.timezone)
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
                hold=hold(document, audience, zone),
                day=day,
                instant=date.instant(zone).astimezone(dt.UTC) if date else None,
            )
        )
    return pages, problems


def _early_changes(document: Document, day: dt.date | None) -> list[Problem]:
    """Changes that would have come before the text itself."""
    return [
        Problem(change.place, "early-change", f"the change is older than the text, which is of {day}", "", "warning")
        for change in document.matter.changes
        if day is not None and change.day < day
    ]


def _address(document: Document, permalink: str, day: dt.date | None) -> str | Problem:
    if document.kind == "home":
        return "/"
    if document.path in MISSING:
        return "/404.html"
    written = document.matter.slug
    if written is not None and (why := _wrong_slug(written.text)):
        better = slugify(written.text)
        suggestion = "" if _wrong_slug(better) else better
        hint = f"write slug: {suggestion}" if suggestion not in {"", written.text} else "choose another one"
        return Problem(written.place, "wrong-slug", f'the slug "{written.text}" {why}', hint)
    slug = normal_form(written.text) if written else slugify(document.stem)
    if not slug:
        message = f'the name "{document.stem}" gives no address'
        return Problem(document.matter.place, "empty-slug", message, "add slug: some-words, or rename the file")
    if document.kind == "post" and day is not None:
        return post_address(permalink, slug, day)
    if document.kind == "series":
        return f"/series/{slug if written else term_slug(document.stem)}/"
    address = page_address(document.path, slug if written else "")
    if "//" in address:
        message = f'a folder of "{document.path}" gives no address'
        return Problem(Place(document.path), "empty-slug", message, "rename the folder")
    return address


def _wrong_slug(slug: str) -> str:
    if "/" in slug:
        return "is a path"
    if why := unsafe_name(slug):
        return why
    return "" if slugify(slug) == normal_form(slug).lower() else "has characters that addresses should not have"
