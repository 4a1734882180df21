"""What exports and feeds share: texts in HTML, as :class:`ExportEntry`, become the documents of an old site."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from msgspec import Struct

from blog.config.dates import Timestamp
from blog.importers.front_matter import OldMatter, Visibility, stronger
from blog.importers.html_text import html_to_markdown
from blog.importers.old_files import select_files
from blog.importers.old_site import OldDocument, OldFile, OldSettings, OldSite
from blog.importers.report import Item
from blog.problems import Location
from blog.text import collapse_whitespace, slugify

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blog.importers.old_folder import OldFolder

MAX_EXPORT_BYTES = 400_000_000
_PICTURE = re.compile(r"<img\b[^<>]*?\bsrc=[\"'](https?://[^\"']+)", re.IGNORECASE)
_HIDING_TAGS = frozenset({"draft", "private"})


class ExportEntry(Struct, frozen=True, kw_only=True):
    """A post or page of an export."""

    path: str
    """The file of the export, and a name of the entry in it."""
    kind: Literal["post", "page"] = "post"
    title: str
    date: Timestamp | None
    updated: Timestamp | None = None
    html: str
    address: str
    """Its old address below the base path."""
    hidden: tuple[Visibility, str] = ("", "")
    """What hides it, and why."""
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    summary: str = ""
    canonical: str = ""
    feed_id: str = ""


def site_of(
    folder: OldFolder,
    settings: OldSettings,
    entries: Sequence[ExportEntry],
    items: Sequence[Item],
    files: Iterable[OldFile] = (),
) -> OldSite:
    """Return the old site of an export: texts in Markdown, and the ``files`` that it contains."""
    all_items = [*folder.items, *items]
    documents = tuple(_read_entry(entry, settings, all_items) for entry in entries)
    if not settings.host:
        what = "the export does not name the address of the blog"
        all_items.append(Item("Address of the blog", Location(""), what, "set url in blog.toml"))
    return OldSite(
        settings=settings,
        documents=documents,
        files=tuple(select_files(files, documents, all_items)),
        items=tuple(all_items),
    )


def _read_entry(entry: ExportEntry, settings: OldSettings, items: list[Item]) -> OldDocument:
    hidden = entry.hidden
    if hiding := _HIDING_TAGS.intersection(map(str.lower, (*entry.tags, *entry.categories))):
        hidden = stronger(hidden, ("draft", f"the tag {min(hiding)}"))
    if entry.kind == "post" and entry.date is None:
        hidden = stronger(hidden, ("draft", "it has no date"))
    _report_pictures(entry, settings, items)
    name = posixpath.basename(entry.address.strip("/").removesuffix(".html"))
    stem = slugify(name) or slugify(entry.title) or slugify(posixpath.basename(entry.path)) or "post"
    dated = f"{entry.date.day:%Y-%m-%d}-{stem}" if entry.date else stem
    return OldDocument(
        path=entry.path,
        kind=entry.kind,
        matter=OldMatter(
            title=collapse_whitespace(entry.title),
            date=entry.date,
            updated=entry.updated,
            summary=collapse_whitespace(re.sub(r"<[^<>]*>", "", entry.summary)),
            tags=tuple(tag for tag in entry.tags if tag.lower() not in _HIDING_TAGS),
            categories=tuple(tag for tag in entry.categories if tag.lower() not in _HIDING_TAGS),
            authors=entry.authors,
            visibility=hidden[0],
            reason=hidden[1],
            image=entry.image,
            image_alt=entry.image_alt,
            canonical=entry.canonical,
        ),
        body=html_to_markdown(entry.html),
        body_line=1,
        address=entry.address,
        target=f"posts/{dated[:100]}.md" if entry.kind == "post" else "",
        format="converted",
        feed_id=entry.feed_id if entry.kind == "post" else "",
    )


def _report_pictures(entry: ExportEntry, settings: OldSettings, items: list[Item]) -> None:
    """Add an item for the pictures of another host, which stay where they are."""
    found = [address for address in _PICTURE.findall(entry.html) if not _is_below(address, settings.host)]
    if found:
        count = "a picture stays" if len(found) == 1 else f"{len(found)} pictures stay"
        what = f"{count} on another host, such as {found[0][:100]}"
        items.append(Item("Picture elsewhere", Location(entry.path), what, "save it in content/, and write its path"))


def _is_below(address: str, host: str) -> bool:
    return bool(host) and address.partition("://")[2].startswith(host.partition("://")[2] + "/")


def address_below(url: str, settings: OldSettings) -> str:
    """Return the address of ``url`` below the base path; that of its path if it is on another host."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return "/"
    base = settings.base_path
    if base and path.startswith(f"{base}/"):
        path = path.removeprefix(base)
    return "/" + path.lstrip("/")
