"""Feed and sitemap views → XML bytes; each is a function of the view alone.

RSS and Atom by feedgen; the sitemap by <https://www.sitemaps.org/protocol.html>.
"""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import TYPE_CHECKING, Any

from feedgen.entry import FeedEntry as FeedgenEntry
from feedgen.feed import FeedGenerator

from blog.render.feed_text import clean_text, entry_html
from blog.views.page_parts import ATOM, RSS

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.config.people import Person
    from blog.views.outputs import FeedEntry, FeedView, SitemapView
    from blog.views.page_parts import AnyBody


class _Entry(FeedgenEntry):  # type: ignore[misc]  # feedgen has no types
    """feedgen's entry with a language, and with the ``rel`` and ``type`` that its Atom links lose in 1.0.0."""

    lang = ""

    def atom_entry(self, extensions: bool = True) -> Any:
        element = super().atom_entry(extensions=extensions)
        links = element.findall("{*}link") or element.findall("link")
        for link, attributes in zip(links, self.link() or (), strict=True):
            link.set("rel", attributes.get("rel", "alternate"))
            link.set("type", "text/html")
        if self.lang:
            element.set("{http://www.w3.org/XML/1998/namespace}lang", self.lang)
        return element


def render_xml_feed(view: FeedView, text: Callable[[AnyBody], str], *, is_rss: bool) -> bytes:
    """Return the feed as RSS or as Atom; the callback ``text`` returns the HTML of a text in a feed."""
    feed = FeedGenerator()
    feed.id(view.url)
    feed.title(clean_text(view.title))
    feed.subtitle(clean_text(view.description))
    feed.language(view.language)
    feed.generator("blog")
    updated = dt.datetime.fromisoformat(view.updated)
    feed.updated(updated)
    feed.lastBuildDate(updated)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.link(href=view.url, rel="self", type=RSS if is_rss else ATOM)
    feed.link(href=view.home, rel="alternate", type="text/html")  # the last one becomes RSS's own <link>
    for person in view.author:
        feed.author(_person_fields(person))
    for entry in view.entries:
        feed.add_entry(_create_entry(entry, text, is_rss=is_rss), order="append")
    xml: bytes = feed.rss_str(pretty=False) if is_rss else feed.atom_str(pretty=False)
    declaration, _, root = xml.partition(b"\n")
    style = f'<?xml-stylesheet href="{escape(view.style, quote=False)}" type="text/css"?>\n' if view.style else ""
    return declaration + b"\n" + style.encode() + root + b"\n"


def _create_entry(view: FeedEntry, text: Callable[[AnyBody], str], *, is_rss: bool) -> _Entry:
    entry = _Entry()
    entry.lang = view.lang
    if is_rss:
        _add_rss_elements(entry, view)
    entry.id(view.id)
    entry.title(clean_text(view.title))
    entry.link(href=view.url, rel="alternate", type="text/html")
    entry.published(dt.datetime.fromisoformat(view.published))
    entry.updated(dt.datetime.fromisoformat(view.updated))
    summary = clean_text(view.summary or view.title)  # RSS without a summary would use the text as the description
    entry.summary(escape(summary, quote=False) if is_rss else summary)  # it is HTML in RSS, and text in Atom
    html = entry_html(view, text)
    if html:
        entry.content(clean_text(html), type="html")
    if not is_rss:
        for person in view.author:
            entry.author(_person_fields(person))
    if view.rights and not is_rss:
        entry.rights(view.rights)
    for tag in view.tags:
        entry.category(term=clean_text(tag))
    return entry


def _add_rss_elements(entry: _Entry, view: FeedEntry) -> None:
    """Add what RSS has in other elements than Atom: authors and language by Dublin Core, and the ``guid``."""
    entry.load_extension("dc", atom=False, rss=True)
    for person in view.author:
        entry.dc.dc_creator(clean_text(person.name))
    if view.lang:
        entry.dc.dc_language(view.lang)
    if view.rights:
        entry.dc.dc_rights(view.rights)
    entry.guid(view.id, permalink=False)


def _person_fields(person: Person) -> dict[str, str]:
    fields = {"name": clean_text(person.name), "email": person.email, "uri": person.url or person.orcid_url}
    return {key: value for key, value in fields.items() if value}


def render_sitemap(view: SitemapView) -> bytes:
    """Return the sitemap as UTF-8 XML."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for url, changed in view.urls:
        day = f"<lastmod>{changed}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape(url, quote=False)}</loc>{day}</url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
