"""Feed and sitemap views → XML bytes; each is a function of the view alone.

RSS 2.0 <https://www.rssboard.org/rss-specification> with ``content:encoded``, and Atom, RFC 4287, by feedgen; the
sitemap by <https://www.sitemaps.org/protocol.html>.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from feedgen.entry import FeedEntry as FeedgenEntry
from feedgen.feed import FeedGenerator

from blog.views.types import ATOM, RSS

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.config.settings import Person
    from blog.views.outputs import FeedEntry, FeedView, SitemapView
    from blog.views.types import Body

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 has no place for, not even as a reference."""


class _Entry(FeedgenEntry):  # type: ignore[misc]  # feedgen has no types
    """feedgen's entry with a language, and with the ``rel`` and ``type`` that its Atom links lose in 1.0.0."""

    lang = ""

    def atom_entry(self, extensions: bool = True) -> Any:
        element = super().atom_entry(extensions=extensions)
        links = element.findall("{*}link") or element.findall("link")
        for link, known in zip(links, self.link() or (), strict=True):
            link.set("rel", known.get("rel", "alternate"))
            link.set("type", "text/html")
        if self.lang:
            element.set("{http://www.w3.org/XML/1998/namespace}lang", self.lang)
        return element


def render_feed(view: FeedView, text: Callable[[Body], str]) -> bytes:
    """The feed as UTF-8 XML; ``text`` gives the HTML of a text in a feed."""
    feed = FeedGenerator()
    feed.id(view.url)
    feed.title(_clean(view.title))
    feed.subtitle(_clean(view.description))
    feed.language(view.language)
    feed.generator("blog")
    updated = dt.datetime.fromisoformat(view.updated)
    feed.updated(updated)
    feed.lastBuildDate(updated)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.link(href=view.url, rel="self", type=RSS if view.form == "rss" else ATOM)
    feed.link(href=view.home, rel="alternate", type="text/html")  # the last one becomes RSS's own <link>
    for person in view.author:
        feed.author(_person(person))
    for entry in view.entries:
        feed.add_entry(_entry(entry, view.form, text), order="append")
    xml: bytes = feed.rss_str(pretty=False) if view.form == "rss" else feed.atom_str(pretty=False)
    declaration, _, root = xml.partition(b"\n")
    style = f'<?xml-stylesheet href="{escape(view.style)}" type="text/css"?>\n' if view.style else ""
    return declaration + b"\n" + style.encode() + root + b"\n"


def _entry(view: FeedEntry, form: str, text: Callable[[Body], str]) -> _Entry:
    entry = _Entry()
    entry.lang = view.lang
    if form == "rss":
        entry.load_extension("dc", atom=False, rss=True)
        for person in view.author:
            entry.dc.dc_creator(_clean(person.name))
        if view.lang:
            entry.dc.dc_language(view.lang)
        entry.guid(view.id, permalink=False)
    entry.id(view.id)
    entry.title(_clean(view.title))
    entry.link(href=view.url, rel="alternate", type="text/html")
    entry.published(dt.datetime.fromisoformat(view.published))
    entry.updated(dt.datetime.fromisoformat(view.updated))
    summary = _clean(view.summary or view.title)  # without one RSS would take the text for a description
    entry.summary(escape(summary) if form == "rss" else summary)  # which is HTML in RSS, and text in Atom
    if html := entry_html(view, text):
        entry.content(_clean(html), type="html")
    if form == "atom":
        for person in view.author:
            entry.author(_person(person))
    for tag in view.tags:
        entry.category(term=_clean(tag))
    return entry


def entry_html(view: FeedEntry, text: Callable[[Body], str]) -> str:
    """All that a feed reader shows below the title; ``text`` gives the HTML of a text in a feed."""
    return view.above + (text(view.body) if view.body else "") + view.below


def _person(person: Person) -> dict[str, str]:
    facts = {"name": _clean(person.name), "email": person.email, "uri": person.url}
    return {key: value for key, value in facts.items() if value}


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)


def render_sitemap(view: SitemapView) -> bytes:
    """The sitemap as UTF-8 XML."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in view.urls:
        day = f"<lastmod>{changed}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape(url)}</loc>{day}</url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
