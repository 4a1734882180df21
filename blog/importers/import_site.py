"""The import from beginning to end: read → convert → stage → check and mend → move to its place."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, structs

from blog.importers import find_source
from blog.importers.archives import open_source
from blog.importers.comparison import (
    compare_addresses,
    compare_entries,
    select_addresses,
    suggest_redirects,
    take_feed_ids,
)
from blog.importers.convert import convert_site
from blog.importers.mend import absolute_address, items_of_warnings, mend
from blog.importers.report import AddressNumbers, FeedNumbers, ImportReport, Item
from blog.importers.saved_files import SavedAddress, SavedEntry, read_feed, read_sitemap
from blog.importers.staging import Staging, require_free
from blog.problems import BlogError, Location, Problem, raise_if_any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.importers.mend import Mended
    from blog.importers.new_site import NewSite
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldSite
    from blog.views.published import PublishedSite


class ImportOptions(Struct, frozen=True, kw_only=True):
    """The arguments of an import."""

    folder: Path
    """The old blog."""
    target: Path
    """Where the new site goes."""
    source: str = ""
    """Name of the tool; empty: it is recognised."""
    now: dt.datetime
    """Aware; decides what was not published yet."""
    dry_run: bool = False
    """Write nothing."""
    sitemap: str = ""
    """The saved sitemap of the old blog; empty: its addresses are not compared."""
    feed: str = ""
    """The saved feed of the old blog; empty: its entries are not compared."""


class Trial(NamedTuple):
    """What the program finds in the new site, by building it into a temporary folder."""

    check: Callable[[Path], Sequence[Problem]]
    """Returns the problems of the site in a folder."""
    list_published: Callable[[Path], PublishedSite]
    """Returns the addresses and feed entries of a site without errors."""


class _Saved(NamedTuple):
    """What was saved of the old blog when it was online; None if nothing was."""

    sitemap: list[SavedAddress] | None
    feed: list[SavedEntry] | None


class _Comparison(NamedTuple):
    """What the comparison with it gave."""

    site: NewSite
    """With redirects for lists that have other addresses here."""
    items: tuple[Item, ...] = ()
    sitemap: AddressNumbers | None = None
    feed: FeedNumbers | None = None


def import_site(options: ImportOptions, trial: Trial) -> ImportReport:
    """Import an old blog, and compare it with what was saved of it.

    Raises :class:`BlogError` if the folder is no blog, a saved file cannot be read, or the target is not free; then
    nothing was written.
    """
    with open_source(options.folder) as old:
        return _import_folder(old, options, trial)


def _import_folder(old: OldFolder, options: ImportOptions, trial: Trial) -> ImportReport:
    _require_apart(options.folder, options.target)
    if not options.dry_run:
        require_free(options.target)
    source, reason = find_source(old, options.source)
    saved = _Saved(
        read_sitemap(options.sitemap) if options.sitemap else None, read_feed(options.feed) if options.feed else None
    )
    old_site = source.read(old, options.now)
    if saved.feed:
        old_site = take_feed_ids(old_site, saved.feed)
    new_site, items = convert_site(old_site, source.templates)
    beside = Path(tempfile.gettempdir()) if options.dry_run else options.target.absolute().parent
    with Staging(old, beside) as staging:

        def find_problems(site: NewSite) -> Sequence[Problem]:
            staging.update(site)
            return trial.check(staging.root)

        old_addresses = {document.path: document.address for document in old_site.documents}

        def absolute(written: str, path: str) -> str:
            return absolute_address(old_site.settings.url, old_addresses.get(path, "/"), written)

        mended = mend(new_site, find_problems, absolute)
        raise_if_any(mended.problems)
        comparison = _compare(saved, old_site, mended.site, staging, trial)
        mended = mended._replace(site=comparison.site)
        found = [*items, *mended.items, *staging.items, *items_of_warnings(mended.problems), *comparison.items]
        report = _report(old_site, mended, found, (source.title, reason))
        report = structs.replace(report, sitemap=comparison.sitemap, feed=comparison.feed)
        if not options.dry_run:
            staging.move_to(options.target, report.text())
    return report


def _compare(saved: _Saved, old_site: OldSite, site: NewSite, staging: Staging, trial: Trial) -> _Comparison:
    """Compare the staged site with what was saved of the old one; write redirects for lists that are elsewhere now."""
    comparison = _Comparison(site)
    if saved.sitemap is None and saved.feed is None:
        return comparison
    published = trial.list_published(staging.root)
    if saved.feed is not None:
        numbers, items = compare_entries(saved.feed, published)
        comparison = comparison._replace(feed=numbers, items=tuple(items))
    if saved.sitemap is not None:
        old = select_addresses(saved.sitemap, old_site.settings)
        rules = suggest_redirects(old, published)
        if rules:
            site = structs.replace(site, redirects=(*rules, *site.redirects))  # the first line that covers a path holds
            staging.update(site)
            published = trial.list_published(staging.root)
        found, items = compare_addresses(old, published, old_site)
        comparison = comparison._replace(site=site, sitemap=found, items=(*comparison.items, *items))
    return comparison


def _require_apart(folder: Path, target: Path) -> None:
    """Raise :class:`BlogError` if one of the folders holds the other: the old blog is never written to."""
    old, new = os.path.realpath(folder), os.path.realpath(target)
    if os.path.commonpath([old, new]) in {old, new}:
        message = f"{target} and {folder} hold each other: the old folder stays as it is"
        raise BlogError([Problem(Location(""), "exists", message, "choose a folder beside it: --into DIR")])


def _report(site: OldSite, mended: Mended, items: Sequence[Item], source: tuple[str, str]) -> ImportReport:
    documents = {document.source: document for document in mended.site.documents}
    public = [document for document in site.documents if document.matter.visibility not in {"draft", "private"}]
    kept: set[str] = set()
    redirected: set[str] = set()
    for document in public:
        new = documents.get(document.path)
        if new is None or not new.old_address:
            continue
        addresses = redirected if _redirects_from(new.field("aliases"), document.address) else kept
        addresses.add(document.address)
    title, reason = source
    return ImportReport(
        source=title,
        reason=reason,
        documents=len(mended.site.documents),
        posts=sum(document.path.startswith("content/posts/") for document in mended.site.documents),
        hidden=sum(bool(document.field("draft") or document.field("private")) for document in mended.site.documents),
        files=len(mended.site.files),
        addresses=len({document.address for document in public}),
        kept=len(kept),
        redirected=len(redirected - kept),
        permalink=dict(mended.site.settings)["permalink"].strip('"'),
        items=tuple(sorted(set(items))),
    )


def _redirects_from(aliases: str, address: str) -> bool:
    names = [part.strip('"') for part in aliases.strip("[]").split(", ")]
    return address in names


def default_target(folder: Path) -> Path:
    """Return the folder for the new site if none is named: in the current folder, with the name of the old one."""
    path = Path(os.path.realpath(folder))
    name = (path.stem if path.is_file() else path.name) or "old"
    return Path(f"{name}-imported")
