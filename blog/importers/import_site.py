"""The import from beginning to end: read → convert → stage → check and mend → move to its place."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.importers import find_source
from blog.importers.archives import open_source
from blog.importers.convert import convert_site
from blog.importers.mend import absolute_address, items_of_warnings, mend
from blog.importers.report import ImportReport
from blog.importers.staging import Staging, require_free
from blog.problems import BlogError, Location, Problem, raise_if_any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blog.importers.mend import Mended
    from blog.importers.new_site import NewSite
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldSite
from blog.importers.report import Item


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


def import_site(options: ImportOptions, check: Callable[[Path], Sequence[Problem]]) -> ImportReport:
    """Import an old blog; ``check`` returns the problems of the site in a folder.

    Raises :class:`BlogError` if the folder is no blog, or the target is not free; then nothing was written.
    """
    with open_source(options.folder) as old:
        return _import_folder(old, options, check)


def _import_folder(old: OldFolder, options: ImportOptions, check: Callable[[Path], Sequence[Problem]]) -> ImportReport:
    _require_apart(options.folder, options.target)
    if not options.dry_run:
        require_free(options.target)
    source, reason = find_source(old, options.source)
    old_site = source.read(old, options.now)
    new_site, items = convert_site(old_site, source.templates)
    beside = Path(tempfile.gettempdir()) if options.dry_run else options.target.absolute().parent
    with Staging(old, beside) as staging:

        def find_problems(site: NewSite) -> Sequence[Problem]:
            staging.update(site)
            return check(staging.root)

        old_addresses = {document.path: document.address for document in old_site.documents}

        def absolute(written: str, path: str) -> str:
            return absolute_address(old_site.settings.url, old_addresses.get(path, "/"), written)

        mended = mend(new_site, find_problems, absolute)
        raise_if_any(mended.problems)
        all_items = [*items, *mended.items, *staging.items, *items_of_warnings(mended.problems)]
        report = _report(old_site, mended, all_items, (source.title, reason))
        if not options.dry_run:
            staging.move_to(options.target, report.text())
    return report


def _require_apart(folder: Path, target: Path) -> None:
    """Raise :class:`BlogError` if one of the folders holds the other: the old blog is never written to."""
    old, new = os.path.realpath(folder), os.path.realpath(target)
    if os.path.commonpath([old, new]) in {old, new}:
        message = f"{target} and {folder} hold each other: the old folder stays as it is"
        raise BlogError([Problem(Location(""), "exists", message, "choose a folder beside it: --into DIR")])


def _report(site: OldSite, mended: Mended, items: Sequence[Item], source: tuple[str, str]) -> ImportReport:
    documents = {document.source: document for document in mended.site.documents}
    public = [document for document in site.documents if document.matter.visibility not in {"draft", "private"}]
    kept = redirected = 0
    for document in public:
        new = documents.get(document.path)
        if new is None or not new.old_address:
            continue
        if _redirects_from(new.field("aliases"), document.address):
            redirected += 1
        else:
            kept += 1
    title, reason = source
    return ImportReport(
        source=title,
        reason=reason,
        documents=len(mended.site.documents),
        posts=sum(document.path.startswith("content/posts/") for document in mended.site.documents),
        hidden=sum(bool(document.field("draft") or document.field("private")) for document in mended.site.documents),
        files=len(mended.site.files),
        addresses=len(public),
        kept=kept,
        redirected=redirected,
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
