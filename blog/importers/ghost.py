"""Ghost: its export file (JSON), alone or beside the folder ``content/images``.

<https://ghost.org/docs/migration/custom/>. What is for members, for subscribers or sent by e-mail only stays hidden.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

from blog.importers.exports import MAX_EXPORT_BYTES, ExportEntry, site_of
from blog.importers.front_matter import Visibility, read_date
from blog.importers.old_settings import known_zone, split_url
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.report import Item
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.config.dates import Timestamp
    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import OldSite

_IMAGES = "content/images/"
_FEED_LENGTH = 15
_HOST_MARK = re.compile(r"__GHOST_URL__|%%GHOST_URL%%")
_GATED = re.compile(
    r"<!--\s*(?:kg-gated-block:begin|members-only)|\"memberSegment\"\s*:\s*\"status:-?(?!free,status:-free)"
)


def recognise(folder: OldFolder) -> str:
    """Return the export file in ``folder``; ``""`` if there is none."""
    return next((path for path in folder.paths if path.endswith(".json") and _is_export(folder, path)), "")


def _is_export(folder: OldFolder, path: str) -> bool:
    head = folder.read_bytes(path, 4000)
    return b'"db"' in head or (b'"data"' in head and b'"meta"' in head and b'"exported_on"' in head)


def read(folder: OldFolder, _now: dt.datetime) -> OldSite:
    """Return the blog in the export file of ``folder``. Raises :class:`BlogError` if it is none."""
    path = recognise(folder)
    tables = _Tables.of(folder.read_bytes(path, MAX_EXPORT_BYTES), path)
    settings = tables.settings()
    items: list[Item] = []
    entries = [tables.entry(post, path, settings, items) for post in tables.rows("posts")]
    return site_of(folder, settings, entries, items, _list_images(folder))


def _list_images(folder: OldFolder) -> Iterator[OldFile]:
    for path in folder.paths:
        _, mark, rest = path.rpartition(_IMAGES)
        if mark:
            yield OldFile(path, _IMAGES + rest, f"/{_IMAGES}{rest}")


class _Tables:
    """The tables of an export."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._data = data
        self._tags = self._linked("tags", "posts_tags", "tag_id")
        self._authors = self._linked("users", "posts_authors", "author_id")
        self._meta = {str(row.get("post_id")): row for row in self.rows("posts_meta")}

    @classmethod
    def of(cls, data: bytes, path: str) -> _Tables:
        try:
            value = json.loads(data.decode("utf-8-sig", "replace"))
            first = value["db"][0]["data"] if "db" in value else value["data"]
            return cls(dict(first))
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
            problem = Problem(Location(path), "bad-archive", "this is no export of Ghost", "export the blog again")
            raise BlogError([problem]) from None

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table; none if there is no such table."""
        rows = self._data.get(table)
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _linked(self, table: str, links: str, key: str) -> dict[str, list[str]]:
        """Return the names of the rows of ``table`` that belong to each post, in their order."""
        names = {str(row.get("id")): str(row.get("name") or "") for row in self.rows(table)}
        linked: dict[str, list[str]] = {}
        for row in sorted(self.rows(links), key=lambda row: str(row.get("sort_order") or 0).zfill(6)):
            linked.setdefault(str(row.get("post_id")), []).append(names.get(str(row.get(key)), ""))
        return linked

    def settings(self) -> OldSettings:
        """Return the settings of the blog; the export names its address only where a canonical one is set."""
        values = {str(row.get("key")): str(row.get("value") or "") for row in self.rows("settings")}
        host, base_path = split_url(values.get("url", ""))
        return OldSettings(
            title=values.get("title") or "Blog",
            host=host,
            base_path=base_path,
            description=values.get("description", ""),
            language=values.get("locale") or values.get("lang", ""),
            timezone=known_zone(values.get("timezone") or values.get("active_timezone", "")),
            feeds=("/rss/",),
            feed_length=_FEED_LENGTH,
            category_folders=("/tag/",),
        )

    def entry(self, post: dict[str, Any], path: str, settings: OldSettings, items: list[Item]) -> ExportEntry:
        """Return one post or page."""
        ident, slug = str(post.get("id")), str(post.get("slug") or post.get("id"))
        name = f"{path}/{slug}"
        html, is_whole = _html_of(post)
        hidden = _find_hiding(post, html)
        if not is_whole:
            hidden = hidden if hidden[0] else ("draft", "its text is in a format of the editor")
            items.append(Item("Text", Location(name), "the export has no HTML of it", "copy the text by hand"))
        meta = {**self._meta.get(ident, {}), **{key: value for key, value in post.items() if value}}
        is_page = _text(meta, "type") == "page" or meta.get("page") == 1
        return ExportEntry(
            path=name,
            kind="page" if is_page else "post",
            title=_text(meta, "title"),
            date=_date(meta.get("published_at", meta.get("created_at"))),
            html=_HOST_MARK.sub(settings.url, html),
            address=f"/{slug}/",
            hidden=hidden,
            tags=tuple(tag for tag in self._tags.get(ident, []) if not tag.startswith("#")),
            authors=tuple(filter(None, self._authors.get(ident, []))),
            image=_HOST_MARK.sub(settings.url, _text(meta, "feature_image", "image")),
            image_alt=_text(meta, "feature_image_alt"),
            summary=_text(meta, "custom_excerpt", "meta_description"),
            canonical=_text(meta, "canonical_url"),
            feed_id=_text(post, "uuid", "id") if isinstance(post.get("id"), int) else ident,
        )


def _text(values: dict[str, Any], *names: str) -> str:
    """Return the first value of ``names`` that is not empty, as text."""
    return next((str(values[name]) for name in names if values.get(name)), "")


def _date(value: Any) -> Timestamp | None:
    """Return a date; old exports have milliseconds."""
    if isinstance(value, int) and 0 < value < 10**13:
        value = dt.datetime.fromtimestamp(value / 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return read_date(re.sub(r"\.\d+", "", str(value))) if value else None


def _html_of(post: dict[str, Any]) -> tuple[str, bool]:
    """Return the HTML of a post, and whether it is the whole text."""
    html = str(post.get("html") or "")
    plain = str(post.get("plaintext") or "")
    if html or not (plain or post.get("mobiledoc") or post.get("lexical")):
        return html, True
    paragraphs = "".join(f"<p>{part}</p>" for part in plain.replace("<", "&lt;").split("\n\n"))
    return paragraphs, False


def _find_hiding(post: dict[str, Any], html: str) -> tuple[Visibility, str]:
    """Return what hides a post from some or all readers."""
    status, audience = str(post.get("status")), str(post.get("visibility") or "public")
    if status != "published":
        return "draft", f"status: {status}"
    if audience != "public":
        return "private", f"visibility: {audience}"
    if post.get("email_only"):
        return "private", "it was sent by e-mail only"
    if str(post.get("published_at") or "") == "":
        return "draft", "it was never published"
    return ("private", "a passage for members") if _GATED.search(html) else ("", "")
