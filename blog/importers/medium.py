"""Medium: the ZIP that its settings offer, or a folder in it. Only ``posts/`` is read: the rest is about the person.

The export does not say which posts were unlisted or for members only.
"""

from __future__ import annotations

import posixpath
import re
from html import unescape
from typing import TYPE_CHECKING

from blog.importers.exports import ExportEntry, site_of
from blog.importers.front_matter import Visibility, read_date
from blog.importers.old_files import PICTURES
from blog.importers.old_site import OldFile, OldSettings
from blog.importers.report import Item
from blog.problems import Location
from blog.text import slugify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from blog.importers.old_folder import OldFolder
from blog.importers.old_site import OldSite

_FEED_LENGTH = 10
_NAME = re.compile(r"(?:.*/)?(?P<state>draft|\d{4}-\d{2}-\d{2})_(?P<slug>[^/]*?)(?P<id>[0-9a-f]{8,14})\.html")
_TITLE = re.compile(r"<h1 class=\"p-name\">")
_SUBTITLE = re.compile(r"<section data-field=\"subtitle\"[^<>]*>")
_BODY = re.compile(r"<section data-field=\"body\"[^<>]*>")
_BODY_END = re.compile(r"</section>\s*+<footer>")
_TIME = re.compile(r"<time class=\"dt-published\" datetime=\"([^\"]+)\"")
_AUTHOR = re.compile(r"<a[^<>]* class=\"p-author h-card\">")
_CANONICAL = re.compile(r"<a href=\"([^\"]+)\" class=\"p-canonical\"")
_HEADING = re.compile(r"<h[1-4]\b(?P<attributes>[^<>]*)>.*?(?:</h[1-4]>|\Z)", re.DOTALL)
_OWN_LINK = re.compile(
    r"(?<=href=[\"'])https?://(?:[\w-]+\.)?medium\.com/[^\"'#?]*?([0-9a-f]{8,14})(?=[\"'#?])[^\"'#]*"
)


def recognise(folder: OldFolder) -> str:
    """Return the first post of the export in ``folder``; ``""`` if it is none."""
    return next((path for path in folder.paths if _NAME.fullmatch(path) and _is_post(folder, path)), "")


def _is_post(folder: OldFolder, path: str) -> bool:
    return b'class="p-name"' in folder.read_bytes(path, 20_000)


def _posts_folder(paths: Iterable[str]) -> str:
    """Return the folder with the posts: one with the name ``posts``, else the first with files of such names."""
    folders = {posixpath.dirname(path) for path in paths if _NAME.fullmatch(path)}
    return min(folders, key=lambda name: (posixpath.basename(name) != "posts", name), default="")


def read(folder: OldFolder, _now: dt.datetime) -> OldSite:
    """Return the posts of an export of Medium."""
    posts = _posts_folder(folder.paths)
    inside = [path for path in folder.paths if posixpath.dirname(path) == posts]
    found = [(path, match) for path in inside if (match := _NAME.fullmatch(path))]
    addresses = {match["id"]: _address(match) for _, match in found}
    entries = [_read_post(folder, path, match, addresses) for path, match in found]
    authors = {author for entry in entries for author in entry.authors}
    title = next(iter(authors)) if len(authors) == 1 else "Blog"
    author = title if len(authors) == 1 else ""
    settings = OldSettings(title=title, author=author, feeds=("/feed",), feed_length=_FEED_LENGTH)
    notes = (
        ("Old address", "addresses at medium.com cannot be redirected", "link to the new posts from there"),
        ("Unlisted post", "the export does not say which posts were unlisted or for members only", "hide them by hand"),
    )
    place = Location(posixpath.dirname(found[0][0]) if found else "posts")
    items = [Item(kind, place, what, todo) for kind, what, todo in notes]
    return site_of(folder, settings, entries, items, _list_pictures(folder, posts))


def _list_pictures(folder: OldFolder, posts: str) -> Iterator[OldFile]:
    prefix = f"{posts}/" if posts else ""
    for path in folder.paths:
        rest = path.removeprefix(prefix)
        if path.startswith(prefix) and path.lower().endswith(PICTURES):
            yield OldFile(path, f"posts/{rest}", f"/{rest}")


def _address(match: re.Match[str]) -> str:
    return f"/{slugify(unescape(match['slug'])) or match['id']}-{match['id']}/"


def _inner_text(html: str, opening: re.Pattern[str], closing: str) -> str:
    """Return the text in the first element that ``opening`` begins, without tags."""
    start = opening.search(html)
    inner = html[start.end() :].partition(closing)[0] if start else ""
    return " ".join(unescape(re.sub(r"<[^<>]*>", "", inner)).split())


def _body_of(html: str) -> str:
    """Return the HTML of a post, which ends above its footer."""
    start = _BODY.search(html)
    ends = [match.start() for match in _BODY_END.finditer(html)]
    return html[start.end() : ends[-1]] if start and ends else ""


def _without_heading(html: str, name: str) -> str:
    """Return ``html`` without the first heading of the class ``name``."""
    for heading in _HEADING.finditer(html):
        if name in heading["attributes"]:
            return html[: heading.start()] + html[heading.end() :]
    return html


def _read_post(folder: OldFolder, path: str, match: re.Match[str], addresses: dict[str, str]) -> ExportEntry:
    text = folder.read_text(path)
    html = _body_of(text)
    author = _inner_text(text, _AUTHOR, "</a>")
    moment, canonical = _TIME.search(text), _CANONICAL.search(text)
    canonical_address = canonical[1] if canonical else ""
    date = read_date(re.sub(r"\.\d+", "", moment[1])) if moment else None
    without_title = _without_heading(_without_heading(html, "graf--title"), "graf--subtitle")
    without_rule = re.sub(r"<div class=\"section-divider\"[^<>]*><hr[^<>]*></div>", "", without_title, count=1)
    return ExportEntry(
        path=path,
        title=_inner_text(text, _TITLE, "</h1>"),
        date=date,
        html=_OWN_LINK.sub(lambda link: addresses.get(link[1], link[0]), without_rule),
        address=_address(match),
        hidden=_find_hiding(match, html, has_date=date is not None),
        authors=(author,) if author else (),
        summary=_inner_text(text, _SUBTITLE, "</section>"),
        canonical="" if "medium.com/" in canonical_address else canonical_address,
        feed_id=f"https://medium.com/p/{match['id']}",
    )


def _find_hiding(match: re.Match[str], html: str, *, has_date: bool) -> tuple[Visibility, str]:
    """Return what hides a post; one without a title of its own may be a response to someone else's post."""
    if match["state"] == "draft" or not has_date:
        return "draft", "it is a draft at Medium"
    return ("", "") if "graf--title" in html else ("draft", "it has no title: it may be a response")
