"""Outputs for programs: feeds with their entries, and the sitemap. Pure."""

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
    from blog.content.front_matter import ExternalSource, FrontMatter
    from blog.content.theme import Theme
    from blog.site.assemble import Site
    from blog.site.pages import Page
    from blog.views.outputs import MakeView

_NEVER = "1970-01-01T00:00:00+00:00"
"""Date of the last change of a feed without entries: one is required, and it may not be the current time."""


def feed_outputs(site: Site, settings: Settings, theme: Theme) -> Iterator[MakeView]:
    """Yield all feeds and the sitemap; none if the site has no ``url``, because both need absolute URLs."""
    if not settings.url:
        return
    style = theme.asset("feed.css")
    style_url = href(f"/{style}", settings.base_path) if style else ""
    feed = _Feeds(site, settings, style_url).output
    yield partial(feed, "/", "feed.xml", settings.title, site.posts, "rss")
    yield partial(feed, "/", "atom.xml", settings.title, site.posts, "atom")
    for term in (*site.tags.values(), *site.labels.values()):
        yield partial(feed, term.address, "feed.xml", f"{term.name} – {settings.title}", term.posts, "rss")
    order = {post.path: position for position, post in enumerate(site.posts)}
    for series in site.series.values():
        posts = sorted(series.posts, key=lambda post: order[post.path])
        yield partial(feed, series.address, "feed.xml", f"{series.name} – {settings.title}", posts, "rss")
    yield lambda: Output("sitemap.xml", SitemapView(tuple(sitemap_entries(site, settings))))


def feed_entry(site: Site, settings: Settings, post: Page) -> FeedEntry:
    """Return the entry of ``post``, which is the same in every feed."""
    return _Feeds(site, settings).entry(post)


class _Feeds:
    """Builds the feeds of one site. Each process builds the entry of a post once for all feeds."""

    def __init__(self, site: Site, settings: Settings, style: str = "") -> None:
        self.site = site
        self.settings = settings
        self.style = style
        self.zone = dates.find_zone(settings.timezone)
        self._entries: dict[str, FeedEntry] = {}
        self._images = site.images

    def output(
        self, address: str, name: str, title: str, posts: Sequence[Page], form: Literal["rss", "atom"]
    ) -> Output:
        """Return the feed ``name`` beside ``address``, with the newest of ``posts``."""
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
        if post.path not in self._entries:
            self._entries[post.path] = self._build_entry(post)
        return self._entries[post.path]

    def _build_entry(self, post: Page) -> FeedEntry:
        matter, settings = post.document.front_matter, self.settings
        date = post.document.date
        assert date is not None
        published = date.feed_instant(self.zone)
        changed = matter.updated.feed_instant(self.zone) if matter.updated else published
        return FeedEntry(
            id=feed_entry_id(post, self.settings),
            title=post.title,
            url=settings.absolute(post.address),
            published=dates.format_utc(published),
            # Python compares two datetimes of one zone by wall clock, which goes back once a year.
            updated=dates.format_utc(max(changed, published, key=dt.datetime.timestamp)),
            summary=post.summary,
            above="".join(self._above(post)) if settings.feed_full_text else "",
            body=self._body(post) if settings.feed_full_text else None,
            below="".join(self._below(post)) if settings.feed_full_text else "",
            tags=_category_names(matter),
            author=matter.author or settings.author,
            lang=matter.lang if matter.lang != settings.language else "",
        )

    def _above(self, post: Page) -> Iterator[str]:
        """Yield notices, context and source, with absolute URLs and ids of their own."""
        matter, links, prefix = post.document.front_matter, self.site.links[post.path], _id_prefix(post)
        asides = []
        for _, notice in self.site.notices_of(post):
            urls = self._absolute(post, notice.links)
            asides.append(fill_placeholders(notice.text.feed_html, urls, prefix + "notice-"))
        if matter.context:
            urls = self._absolute(post, links.context)
            asides.append(fill_placeholders(post.document.context.feed_html, urls, prefix + "context-"))
        if matter.source:
            asides.append(_source_line(matter.source))
        for aside in asides:
            yield f"<aside>{aside}</aside>\n"
        if asides:
            yield "<hr>\n"

    def _below(self, post: Page) -> Iterator[str]:
        """Yield the history and the link to the discussion."""
        matter = post.document.front_matter
        changes = date_formats.history(matter.changes, matter.lang or self.settings.language)
        if changes:
            lines = "".join(f"<li>{change.date.text}: {escape(change.text)}</li>\n" for change in changes)
            yield f"<hr>\n<p>Changes:</p>\n<ul>\n{lines}</ul>\n"
        if matter.discussion:
            yield f'<p><a href="{escape(matter.discussion)}">Discussion</a></p>\n'

    def _body(self, post: Page) -> Body:
        links = self.site.links[post.path]
        images = []
        for slot, path in links.images:
            image = self._images.get(path)
            if image is not None:
                images.append((slot, ResponsiveImage(image.width, image.height)))
        return Body(post.path, self._absolute(post, links.text), _id_prefix(post), tuple(images))

    def _absolute(self, post: Page, urls: Sequence[str]) -> tuple[str, ...]:
        base = self.settings.absolute(post.address)
        return tuple(_join_url(base, url) for url in urls)


def _category_names(matter: FrontMatter) -> tuple[str, ...]:
    """Return the names of labels and tags; of equal names the first spelling, in the place of the last."""
    names = {name_key(name.text): name.text for name in reversed((*matter.labels, *matter.tags))}
    return tuple(reversed(names.values()))


def _source_line(source: ExternalSource) -> str:
    title = escape(source.title or source.url)
    author = f", {escape(source.author)}" if source.author else ""
    return f'<p>→ <a href="{escape(source.url)}">{title}</a>{author}</p>\n'


def _id_prefix(post: Page) -> str:
    """Return the prefix that distinguishes the ids of this entry from those of others."""
    return re.sub(r"[^\w]+", "-", post.address).strip("-") + "-"


def _join_url(base: str, url: str) -> str:
    """Return the absolute form of a URL in a page; one that cannot be parsed is not changed."""
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def new_entries(feed: FeedView, published: bytes) -> tuple[str, ...]:
    """Return the titles of the entries that are new to readers of the RSS feed ``published``; none if it is empty."""
    if not published:
        return ()
    guids = re.findall(r"<guid[^<>]*+>([^<]*+)</guid>", published.decode("utf-8", "replace"))
    published_ids = set(map(unescape, guids))
    return tuple(entry.title for entry in feed.entries if entry.id not in published_ids)
