"""Substack: the ZIP that its settings offer, or the folder in it. Only posts are read, and no list of subscribers.

Everything that not everyone could read stays hidden.
"""

from __future__ import annotations

import csv
import io
import posixpath
import re
from typing import TYPE_CHECKING

from blog.importers.exports import ExportEntry, site_of
from blog.importers.front_matter import Visibility, read_date
from blog.importers.old_files import PICTURES
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.report import Item
from blog.problems import Location

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from blog.importers.old_folder import OldFolder
from blog.importers.old_site import OldSite

_COLUMNS = {"post_id", "is_published", "audience"}
_PAYWALL = re.compile(r"class=[\"'][^\"']*paywall|data-component-name=[\"']Paywall", re.IGNORECASE)
_SUBSCRIBE = re.compile(
    r"<(?:div|p)\b[^<>]*class=\"(?:subscription-widget|button-wrapper|subscribe)[^\"]*\"", re.IGNORECASE
)


def recognise(folder: OldFolder) -> str:
    """Return the table of posts in ``folder``; ``""`` if it is no export of Substack."""
    for path in folder.paths:
        head = folder.read_bytes(path, 2000).decode("utf-8-sig", "replace") if path.endswith("posts.csv") else ""
        if _COLUMNS.issubset(head.partition("\n")[0].strip().split(",")):
            return path
    return ""


def read(folder: OldFolder, _now: dt.datetime) -> OldSite:
    """Return the posts of an export of Substack."""
    path = recognise(folder)
    base = posixpath.dirname(path)
    rows = list(_read_rows(folder.read_text(path)))
    files = {posixpath.basename(file): file for file in folder.paths if file.endswith(".html")}
    items: list[Item] = []
    entries = []
    for row in rows:
        file = files.get(f"{row.get('post_id', '')}.html", "")
        if file:
            entries.append(_read_post(folder, file, row))
        elif row.get("is_published", "").lower() == "true":
            what = f"the export has no text of {row.get('post_id', '')[:80]}"
            items.append(Item("File that was not moved", Location(path), what, "copy it by hand"))
    return site_of(folder, OldSettings(title="Blog", feeds=("/feed",)), entries, items, _list_pictures(folder, base))


def _read_rows(text: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table; cells that are missing are empty."""
    try:
        for row in csv.DictReader(io.StringIO(text), restval=""):
            yield {str(key): str(value or "") for key, value in row.items()}
    except csv.Error:
        return


def _list_pictures(folder: OldFolder, base: str) -> Iterator[OldFile]:
    for path in folder.paths:
        rest = path.removeprefix(f"{base}/" if base else "")
        if path.lower().endswith(PICTURES):
            yield OldFile(path, rest, f"/{rest}")


def _read_post(folder: OldFolder, path: str, row: dict[str, str]) -> ExportEntry:
    html = folder.read_text(path)
    slug = row["post_id"].partition(".")[2] or row["post_id"]
    return ExportEntry(
        path=path,
        kind="page" if row.get("type") == "page" else "post",
        title=row.get("title", ""),
        date=read_date(re.sub(r"\.\d+", "", row.get("post_date", ""))),
        html=_SUBSCRIBE.sub(lambda match: match[0] + " hidden", html),
        address=f"/p/{slug}",
        hidden=_find_hiding(row, html),
        summary=row.get("subtitle", ""),
    )


def _find_hiding(row: dict[str, str], html: str) -> tuple[Visibility, str]:
    """Return what hides a post from some or all readers."""
    if row.get("is_published", "").lower() != "true":
        return "draft", f"is_published: {row.get('is_published', '')}"
    audience = row.get("audience", "")
    if audience != "everyone":
        return "private", f"audience: {audience or 'none'}"
    if row.get("type") not in {"newsletter", "podcast", "page", "video", ""}:
        return "draft", f"type: {row.get('type')}"
    return ("private", "a passage for subscribers who pay") if _PAYWALL.search(html) else ("", "")
