"""Feeds and their entries. Pure."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin

from blog.config import dates
from blog.config.people import Person
from blog.markdown import ResponsiveImage
from blog.site.structure import feed_entry_id
from blog.text import href, name_key
from blog.views import date_formats
from blog.views.outputs import FeedEntry, FeedView, Output, program_output
from blog.views.page_parts import ATOM, RSS, Body, Html, NoticeBody

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.config.words import Words
    from blog.content.front_matter import ExternalSource, FrontMatter
    from blog.content.theme import Theme
    from blog.problems import Location
    from blog.site.editions import Edition
    from blog.site.pages import Page
    from blog.site.structure import SiteStructure
    from blog.views.context import ViewContext
    from blog.views.page_parts import AnyBody

_NEVER = "1970-01-01T00:00:00+00:00"
"""Date of the last change of a feed without entries: one is required, and it may not be the current time."""


class FeedFormat(NamedTuple):
    """A format of the feed of the whole blog."""

    file_name: str
    form: str
    """The module of its writer in :mod:`blog.render.feed_formats`."""
    name: str
    """Its name for readers."""
    media_type: str
    words: frozenset[str] = frozenset()
    """Words in an address that stand for this format."""


FORMATS = (
    FeedFormat("feed.xml", "rss", "RSS", RSS),
    FeedFormat("atom.xml", "atom", "Atom", ATOM, frozenset({"atom"})),
    FeedFormat("feed.json", "json_feed", "JSON Feed", "application/feed+json", frozenset({"json"})),
)
"""The feeds of the whole blog. Tags, labels and series have the first one only."""
_WORD = re.compile(r"[^\W_]+")


class _FeedPosts(NamedTuple):
    """A feed of some posts."""

    address: str
    """Address of the page that it belongs to."""
    format: FeedFormat
    title: str
    posts: Sequence[Page]
    """Newest first."""
    style: str = ""
    """URL of the style sheet with which browsers show it."""


def feed_outputs(edition: Edition, site: SiteStructure, theme: Theme | None) -> Iterator[Output]:
    """Yield all feeds; none if the site has no ``url``, because they need absolute URLs."""
    settings, home = edition.settings, edition.address("/")
    if not settings.url:
        return
    style = theme.asset("feed.css") if theme else ""
    style_url = href(f"/{style}", settings.base_path) if style else ""
    has_json_feed = any(output == "feed.json" for _, output in site.files)
    for feed_format in FORMATS:
        if feed_format.file_name == "feed.json" and has_json_feed and not edition.prefix:
            continue  # of version 1.0, which made none
        feed = _FeedPosts(home, feed_format, settings.title, edition.posts, style_url)
        yield program_output(home + feed_format.file_name, partial(_feed_view, feed))
    for address, location in () if edition.prefix else settings.feed_paths:
        feed = _FeedPosts(home, _format_of(address), settings.title, edition.posts, style_url)
        make_view = partial(_feed_view, feed)
        yield Output(
            address=address, owner="a feed of feed.paths", location=location, origin="setting", make_view=make_view
        )
    for term in (*edition.tags.values(), *edition.labels.values()):
        feed = _FeedPosts(term.address, FORMATS[0], f"{term.name} – {settings.title}", term.posts, style_url)
        yield _feed_output(feed, f'the list of posts for "{term.name}"', term.location)
    order = {post.path: position for position, post in enumerate(site.posts)}
    for series in edition.series.values():
        posts = sorted(series.posts, key=lambda post: order[post.path])
        feed = _FeedPosts(series.address, FORMATS[0], f"{series.name} – {settings.title}", posts, style_url)
        yield _feed_output(feed, f'the series "{series.name}"', series.location)


def _format_of(address: str) -> FeedFormat:
    """Return the format of the feed at an address by the words in it: ``/feeds/all.atom.xml`` is Atom; RSS without one.

    Such a feed has the bytes of the feed in this format at its usual address, also that as its own: readers who follow
    it move there.
    """
    words = {word.lower() for word in _WORD.findall(address)}
    for feed_format in reversed(FORMATS):
        if words.intersection(feed_format.words):
            return feed_format
    return FORMATS[0]


def _feed_output(feed: _FeedPosts, owner: str, location: Location) -> Output:
    address = feed.address + feed.format.file_name
    return Output(address=address, owner=owner, location=location, make_view=partial(_feed_view, feed))


def _feed_view(feed: _FeedPosts, context: ViewContext) -> FeedView:
    """Return the feed with its newest posts."""
    settings = context.settings
    entries = tuple(feed_entry(post, context) for post in feed.posts[: settings.feed_limit])
    return FeedView(
        form=feed.format.form,
        title=feed.title,
        description=settings.description or feed.title,
        language=settings.language,
        home=settings.absolute(feed.address),
        url=settings.absolute(feed.address + feed.format.file_name),
        updated=max((entry.updated for entry in entries), default=_NEVER),
        author=settings.author or (Person(settings.title),),
        entries=entries,
        style=feed.style,
    )


def feed_entry(post: Page, context: ViewContext) -> FeedEntry:
    """Return the entry of ``post``, which is the same in every feed; each process builds it once."""
    entry = context.feed_entries.get(post.path)
    if entry is None:
        entry = context.feed_entries[post.path] = _build_entry(post, context)
    return entry


def _build_entry(post: Page, context: ViewContext) -> FeedEntry:
    matter, settings = post.document.front_matter, context.settings
    date = post.document.date
    assert date is not None
    published = date.feed_instant(context.zone)
    changed = matter.updated.feed_instant(context.zone) if matter.updated else published
    license_ = matter.license or settings.license
    return FeedEntry(
        id=feed_entry_id(post, context.settings),
        title=post.title,
        url=settings.absolute(post.address),
        published=dates.format_utc(published),
        # Python compares two datetimes of one zone by wall clock, which goes back once a year.
        updated=dates.format_utc(max(changed, published, key=dt.datetime.timestamp)),
        summary=post.summary,
        above=tuple(_above(post, context)) if settings.feed_full_text else (),
        body=_body(post, context) if settings.feed_full_text else None,
        below="".join(_below(post, context)) if settings.feed_full_text else "",
        tags=_category_names(matter),
        author=matter.author or settings.author,
        lang=context.foreign_language(post),
        rights=f"{license_.name}, {license_.url}" if license_ else "",
    )


def _above(post: Page, context: ViewContext) -> Iterator[Html | AnyBody]:
    """Yield notices, context, source and shown keys, with absolute URLs and ids of their own."""
    matter, links, prefix = post.document.front_matter, context.site.links[post.path], _id_prefix(post)
    words = context.words_in(matter.lang)
    for _, notice in context.site.notices_of(post):
        yield NoticeBody(notice.text.feed_html, _absolute(post, notice.links, context), prefix + "notice-")
    if matter.context:
        yield Body(post.path, _absolute(post, links.context, context), prefix + "context-", part="context")
    if matter.source:
        yield Html(_source_line(matter.source, words))
    for name, value in matter.meta.items():
        yield Html(f"<p>{escape(words.text('list.pair', name=name.capitalize(), value=str(value)))}</p>\n")


def _below(post: Page, context: ViewContext) -> Iterator[str]:
    """Yield the history and the link to the discussion."""
    matter = post.document.front_matter
    words = context.words_in(matter.lang)
    changes = date_formats.history(matter.changes, words)
    if changes:
        texts = [words.text("list.pair", name=change.date.text, value=change.text) for change in changes]
        lines = "".join(f"<li>{escape(text)}</li>\n" for text in texts)
        yield f"<hr>\n<p>{escape(words.text('feed.changes'))}</p>\n<ul>\n{lines}</ul>\n"
    if matter.discussion:
        yield f'<p><a href="{escape(matter.discussion)}">{escape(words.text("feed.discussion"))}</a></p>\n'


def _body(post: Page, context: ViewContext) -> Body:
    links = context.site.links[post.path]
    images = []
    for slot, path in links.images:
        image = context.responsive_images.get(path)
        if image is not None:
            images.append((slot, ResponsiveImage(image.width, image.height)))
    return Body(post.path, _absolute(post, links.text, context), _id_prefix(post), tuple(images))


def _absolute(post: Page, urls: Sequence[str], context: ViewContext) -> tuple[str, ...]:
    base = context.settings.absolute(post.address)
    return tuple(_join_url(base, url) for url in urls)


def _category_names(matter: FrontMatter) -> tuple[str, ...]:
    """Return the names of labels and tags; of equal names the first spelling, in the place of the last."""
    names = {name_key(name.text): name.text for name in reversed((*matter.labels, *matter.tags))}
    return tuple(reversed(names.values()))


def _source_line(source: ExternalSource, words: Words) -> str:
    title = escape(source.title or source.url)
    author = escape(words.text("list.separator") + source.author) if source.author else ""
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
