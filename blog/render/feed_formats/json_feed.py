"""Feed views → JSON Feed 1.1, <https://www.jsonfeed.org/version/1.1/>. UTF-8, a function of the view alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from blog.render.feed_text import clean_text, entry_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.config.people import Person
    from blog.views.outputs import FeedEntry, FeedView
    from blog.views.page_parts import AnyBody

_VERSION = "https://jsonfeed.org/version/1.1"


def render(view: FeedView, text: Callable[[AnyBody], str]) -> bytes:
    """Return the feed as JSON; the callback ``text`` returns the HTML of a text in a feed."""
    feed = {
        "version": _VERSION,
        "title": clean_text(view.title),
        "home_page_url": view.home,
        "feed_url": view.url,
        "description": clean_text(view.description),
        "authors": _authors(view.author),
        "language": view.language,
        "items": [_item(entry, text) for entry in view.entries],
    }
    return msgspec.json.format(msgspec.json.encode(feed), indent=1) + b"\n"


def _item(entry: FeedEntry, text: Callable[[AnyBody], str]) -> dict[str, Any]:
    item: dict[str, Any] = {"id": entry.id, "url": entry.url, "title": clean_text(entry.title)}
    html = entry_html(entry, text)
    summary = clean_text(entry.summary)
    if html:
        item["content_html"] = clean_text(html)
    else:  # an item must have a content: a feed of summaries, or a post without a text
        item["content_text"] = summary or clean_text(entry.title)
    if summary:
        item["summary"] = summary
    item["date_published"] = entry.published
    item["date_modified"] = entry.updated
    if entry.author:
        item["authors"] = _authors(entry.author)
    if entry.tags:
        item["tags"] = [clean_text(tag) for tag in entry.tags]
    if entry.lang:
        item["language"] = entry.lang
    return item


def _authors(persons: tuple[Person, ...]) -> list[dict[str, str]]:
    authors = []
    for person in persons:
        author = {"name": clean_text(person.name)}
        if person.url:
            author["url"] = person.url
        authors.append(author)
    return authors
