"""Documents → pages: each with its address, its day, and the reason why it is hidden."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from blog.config import dates
from blog.config.addresses import has_form_of_page
from blog.content.document import Document
from blog.problems import Location, Problem
from blog.site.addresses import page_address, post_address
from blog.site.visibility import Audience, HiddenReason, hidden_reason
from blog.text import explain_unsafe_path, is_url, slugify, slugify_term, to_nfc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.config.settings import Settings
    from blog.content.front_matter import LocatedText

_APOSTROPHE = re.compile("['’‘]")
EXAMPLE_URL = "/2019/old-name/"
NOT_FOUND_PAGE = frozenset({"content/404.md", "content/404.markdown"})


class Page(Struct, frozen=True, kw_only=True):
    """A document with its address in the site."""

    document: Document
    address: str
    hidden_reason: HiddenReason = ""
    """The reason why it is hidden from readers."""
    day: dt.date | None = None
    """Its date in the time zone of the settings."""
    instant: dt.datetime | None = None
    last_change: str = ""
    """ISO day of the last change in the time zone of the settings; empty if the document has no date."""
    regular_address: str = ""
    """The address that it would have without ``url``; empty if it has no ``url``."""

    @property
    def path(self) -> str:
        """The path of the source file, which identifies the page."""
        return self.document.path

    @property
    def title(self) -> str:
        """The title of the document."""
        return self.document.title

    @property
    def summary(self) -> str:
        """The summary of the front matter, else that of the text."""
        return self.document.front_matter.summary or self.document.text.summary

    @property
    def listed(self) -> bool:
        """True if it is in lists, feeds and the sitemap; an unlisted page is only at its address."""
        return not self.document.front_matter.unlisted

    def extracted_path(self, path: str) -> str:
        """Return the output path of the image at ``path`` that the conversion made.

        In a notebook its name begins with that of the file or of its folder, which must not show if the page is
        unlisted.
        """
        prefix = f"assets/{slugify(self.document.stem) or 'figure'}"
        if self.listed or not path.startswith(prefix):
            return path
        return "assets/figure" + path.removeprefix(prefix)


def is_not_found_page(page: Page) -> bool:
    """Return whether it is the author's own page for missing addresses."""
    return page.path in NOT_FOUND_PAGE


def assign_addresses(
    documents: Iterable[Document], settings: Settings, audience: Audience
) -> tuple[list[Page], list[Problem]]:
    """Return a page for each document; a problem for each document that can have no address."""
    zone = dates.find_zone(settings.timezone)
    pages: list[Page] = []
    problems: list[Problem] = []
    for document in documents:
        date = document.date
        day = date.local_day(zone) if date else None
        permalink = settings.for_language(document.front_matter.lang).permalink
        address = _find_address(document, permalink, day)
        if isinstance(address, Problem):
            problems.append(address)
            continue
        problems += [*_check_changes(document, day), *_warn_of_changed_slug(document)]
        pages.append(
            Page(
                document=document,
                address=address,
                hidden_reason=hidden_reason(document, audience, zone),
                day=day,
                instant=date.instant(zone).astimezone(dt.UTC) if date else None,
                last_change=_find_last_change(document, day, zone),
                regular_address=_find_replaced_address(document, permalink, day),
            )
        )
    return pages, problems


def _find_last_change(document: Document, day: dt.date | None, zone: dt.tzinfo) -> str:
    updated = document.front_matter.updated
    last = updated.local_day(zone) if updated else day
    return last.isoformat() if last else ""


def _check_changes(document: Document, day: dt.date | None) -> list[Problem]:
    """Return a warning for each change with a date before that of the text."""
    if day is None:
        return []
    message = f"the change is older than the text, which is of {day}"
    changes = [change for change in document.front_matter.changes if change.day < day]
    return [Problem(change.location, "early-change", message, "", "warning") for change in changes]


def _find_address(document: Document, permalink: str, day: dt.date | None) -> str | Problem:
    if document.kind == "home":
        is_of_language = document.path.count("/") > 1  # content/de/index.md
        return page_address(document.path, "") if is_of_language else "/"
    if document.path in NOT_FOUND_PAGE:
        return "/404.html"
    url = document.front_matter.url
    if url is not None:
        return _check_url(url) or to_nfc(url.text)
    return _find_regular_address(document, permalink, day)


def _find_replaced_address(document: Document, permalink: str, day: dt.date | None) -> str:
    """Return the address that ``url`` replaces; ``""`` if it replaces none."""
    if document.front_matter.url is None:
        return ""
    regular = _find_regular_address(document, permalink, day)
    return "" if isinstance(regular, Problem) else regular


def _find_regular_address(document: Document, permalink: str, day: dt.date | None) -> str | Problem:
    """Return the address by ``slug`` or file name, and ``permalink``."""
    written = document.front_matter.slug
    own_slug = _normalize_slug(written.text) if written else ""
    problem = _check_slug(written) if written else _check_stem(document)
    if problem is not None:
        return problem
    if document.kind == "post" and day is not None:
        return post_address(permalink, own_slug or slugify(document.stem), day)
    if document.kind == "series":
        return f"/series/{own_slug or slugify_term(document.stem)}/"
    return _find_page_address(document, own_slug)


def _find_page_address(document: Document, own_slug: str) -> str | Problem:
    address = page_address(document.path, own_slug)
    if "//" in address:
        message = f'a folder of "{document.path}" gives no address'
        return Problem(Location(document.path), "empty-slug", message, "rename the folder")
    return address


def _check_url(written: LocatedText) -> Problem | None:
    reason = _explain_wrong_url(written.text)
    if not reason:
        return None
    path = unquote(urlsplit(written.text).path if is_url(written.text) else written.text).strip("/")
    suggestion = f"/{path}" if path.endswith(".html") else f"/{path}/"
    hint = f"write url: {EXAMPLE_URL if _explain_wrong_url(suggestion) else suggestion}"
    return Problem(written.location, "wrong-address", f'the url "{written.text}" {reason}', hint)


def _explain_wrong_url(url: str) -> str:
    if is_url(url):
        return "has a host: the url of a text is a path of this site"
    if not url.startswith("/") or not url.endswith(("/", ".html")):
        return "must start with / and end with / or .html"
    if not has_form_of_page(url):
        return "has characters that addresses should not have"
    return explain_unsafe_path(url.strip("/"))


def _normalize_slug(written: str) -> str:
    """Return a slug in NFC without apostrophes and without dots at its end, which other tools leave out, too."""
    return to_nfc(_APOSTROPHE.sub("", written)).rstrip(".")


def _warn_of_changed_slug(document: Document) -> list[Problem]:
    """Return a warning if the slug of the address is not the one that the author wrote."""
    written = document.front_matter.slug
    if written is None or document.kind == "home":
        return []
    slug = _normalize_slug(written.text)
    if slug == to_nfc(written.text) or _explain_wrong_slug(slug):
        return []
    message = (
        f'the slug "{written.text}" is shortened to "{slug}": addresses have no apostrophes, and no dot at their end'
    )
    return [Problem(written.location, "changed-slug", message, f"write slug: {slug}", "warning")]


def _check_slug(written: LocatedText) -> Problem | None:
    reason = _explain_wrong_slug(_normalize_slug(written.text))
    if not reason:
        return None
    suggestion = slugify(written.text)
    hint = "choose another one"
    if suggestion != written.text and not _explain_wrong_slug(suggestion):
        hint = f"write slug: {suggestion}"
    return Problem(written.location, "wrong-slug", f'the slug "{written.text}" {reason}', hint)


def _check_stem(document: Document) -> Problem | None:
    if slugify(document.stem):
        return None
    message = f'the name "{document.stem}" gives no address'
    hint = "add slug: some-words, or rename the file"
    return Problem(document.front_matter.location, "empty-slug", message, hint)


def _explain_wrong_slug(slug: str) -> str:
    if "/" in slug:
        return "is a path"
    reason = explain_unsafe_path(slug)
    if not reason and slugify(slug) != to_nfc(slug).lower():
        reason = "has characters that addresses should not have"
    return reason
