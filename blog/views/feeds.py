"""Feeds with their entries, and the sitemap, as views. Pure."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from html import escape, unescape
from typing import TYPE_CHECKING, Literal
from urllib.parse import urljoin

from blog.config import dates
from blog.config.settings import Person
from blog.markdown import ResponsiveImage, fill_placeholders
from blog.site.addresses import output_path
from blog.site.assemble import feed_entry_id
from blog.text import href, name_key
from blog.views import date_formats
from blog.views.outputs import FeedEntry, FeedView, Output, SitemapView
from blog.views.sitemap import sitemap_entries
from blog.views.types import Body

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.config.settings import Settings
    from blog.content.theme import Theme
    from blog.site.assemble import Site
    from blog.site.pages import Page
    from blog.views.outputs import MakeView

_NEVER = "1970-01-01T00:00:00+00:00"
"""Date of the last change of a feed without entries: one is required, and it may not be the current time."""


def feed_outputs(site: Site, settings: Settings, theme: Theme) -> Iterator[MakeView]:
    """All feeds, and the sitemap; nothing if the site has no ``url``: both need absolute addresses."""
    if not settings.url:
        return
    style = theme.asset("feed.css")
    feed = _Feeds(site, settings, href(f"/{style}", settings.base_path) if style else "").target
    yield partial(feed, "/", "feed.xml", settings.title, site.posts, "rss")
    yield partial(feed, "/", "atom.xml", settings.title, site.posts, "atom")
    for terms in (site.tags, site.labels):
        for term in terms.values():
            yield partial(feed, term.address, "feed.xml", f"{term.name} – {settings.title}", term.posts, "rss")
    order = {post.path: seat for seat, post in enumerate(site.posts)}
    for series in site.series.values():
        posts = sorted(series.posts, key=lambda post: order[post.path])
        yield partial(feed, series.address, "feed.xml", f"{series.name} – {settings.title}", posts, "rss")
    yield lambda: Output("sitemap.xml", SitemapView(tuple(sitemap_entries(site, settings))))


def feed_entry(site: Site, settings: Settings, post: Page) -> FeedEntry:
    """``post`` as it stands in every feed that shows it."""
    return _Feeds(site, settings).entry(post)


class _Feeds:
    """Makes feeds of one site; in one process an entry is made once for all feeds that show it."""

    def __init__(self, site: Site, settings: Settings, style: str = "") -> None:
        self.site = site
        self.settings = settings
        self.style = style
        self.zone = dates.find_zone(settings.timezone)
        self.above_and_below: dict[str, FeedEntry] = {}
        self.pictures = site.images

    def target(
        self, address: str, name: str, title: str, posts: Sequence[Page], form: Literal["rss", "atom"]
    ) -> Output:
        """The feed ``name`` beside ``address``, with the newest of ``posts``."""
        entries = tuple(self.entry(post) for post in posts[: self.settings.feed_limit])
        view = FeedView(
            form=form,
            title=title,
            description=self.settings.description or title,
            language=self.settings.language,
            home=self.settings.absolute(address),
            url=self.settings.absolute(address + name),
            updated=max((entry.updated for entry in entries), default=_NEVER),
            author=self.settings.author or (Person(self.settings.title),),
            entries=entries,
            style=self.style,
        )
        return Output(output_path(address + name), view)

    def entry(self, post: Page) -> FeedEntry:
        if post.path not in self.above_and_below:
            self.above_and_below[post.path] = self._entry(post)
        return self.above_and_below[post.path]

    def _entry(self, post: Page) -> FeedEntry:
        matter = post.document.front_matter
        date = post.document.date
        assert date is not None
        published = date.feed_instant(self.zone)
        changed = matter.updated.feed_instant(self.zone) if matter.updated else published
        return FeedEntry(
            id=feed_entry_id(post, self.settings),
            title=post.title,
            url=self.settings.absolute(post.address),
            published=dates.format_utc(published),
            # Two datetimes of one zone are compared by their clocks, which go back once a year.
            updated=dates.format_utc(max(changed, published, key=dt.datetime.timestamp)),
            summary=post.summary,
            above="".join(self._above(post)) if self.settings.feed_full_text else "",
            body=self._body(post) if self.settings.feed_full_text else None,
            below="".join(self._below(post)) if self.settings.feed_full_text else "",
            tags=tuple({name_key(name.text): name.text for name in (*matter.labels, *matter.tags)[::-1]}.values())[
                ::-1
            ],
            author=matter.author or self.settings.author,
            lang=matter.lang if matter.lang != self.settings.language else "",
        )

    def _above(self, post: Page) -> Iterator[str]:
        """Notices, context and source, with absolute URLs and ids of their own."""
        matter, links, prefix = post.document.front_matter, self.site.links[post.path], _prefix(post)
        parts = [
            fill_placeholders(notice.text.feed_html, self._absolute(post, notice.links), prefix + "notice-")
            for _, notice in self.site.notices_of(post)
        ]
        if matter.context:
            context = self._absolute(post, links.context)
            parts.append(fill_placeholders(post.document.context.feed_html, context, prefix + "context-"))
        if matter.source:
            title = escape(matter.source.title or matter.source.url)
            by = f", {escape(matter.source.author)}" if matter.source.author else ""
            parts.append(f'<p>→ <a href="{escape(matter.source.url)}">{title}</a>{by}</p>\n')
        yield from (f"<aside>{part}</aside>\n" for part in parts)
        if parts:
            yield "<hr>\n"

    def _below(self, post: Page) -> Iterator[str]:
        """The history, and where to answer."""
        matter = post.document.front_matter
        changes = date_formats.history(matter.changes, matter.lang or self.settings.language)
        if changes:
            lines = "".join(f"<li>{change.date.text}: {escape(change.text)}</li>\n" for change in changes)
            yield f"<hr>\n<p>Changes:</p>\n<ul>\n{lines}</ul>\n"
        if matter.discussion:
            yield f'<p><a href="{escape(matter.discussion)}">Discussion</a></p>\n'

    def _body(self, post: Page) -> Body:
        links = self.site.links[post.path]
        sizes = tuple(
            (slot, ResponsiveImage(self.pictures[path].width, self.pictures[path].height))
            for slot, path in links.images
            if path in self.pictures
        )
        return Body(post.path, self._absolute(post, links.text), _prefix(post), sizes)

    def _absolute(self, post: Page, outputs: Sequence[str]) -> tuple[str, ...]:
        base = self.settings.absolute(post.address)
        return tuple(_join(base, output) for output in outputs)


def _prefix(post: Page) -> str:
    """Return the prefix that keeps the ids of this entry apart from those of others."""
    return re.sub(r"[^\w]+", "-", post.address).strip("-") + "-"


def _join(base: str, output: str) -> str:
    """The absolute form of what stands in a page; what no program can take apart stays as it is."""
    try:
        return urljoin(base, output)
    except ValueError:
        return output


def new_entries(feed: FeedView, published: bytes) -> tuple[str, ...]:
    """Titles of the entries that readers of the RSS feed ``published`` would see as new; none if it is empty."""
    if not published:
        return ()
    records = {
        unescape(matches)
        for matches in re.findall(r"<guid[^<>]*+>([^<]*+)</guid>", published.decode("utf-8", "replace"))
    }
    return tuple(entry.title for entry in feed.entries if entry.id not in records)
