"""The values that several views of a site share: site view, URLs, heads, entries of lists. Pure."""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any, Literal

from blog.cache.digests import digest, pack
from blog.config import dates
from blog.config.dates import Timestamp
from blog.config.locales import language_name
from blog.content.images import WIDTHS, dark_variant, resized_path
from blog.markdown import DarkImage, ResponsiveImage
from blog.site.series import series_memberships
from blog.site.taxonomies import term_keys
from blog.text import href, name_key
from blog.views import date_formats, json_ld
from blog.views.feeds import FORMATS
from blog.views.icons import ICONS, ROOT_ICON, has_icon, root_icon
from blog.views.outputs import CardView
from blog.views.page_parts import (
    Body,
    Crumb,
    Entry,
    FeedLink,
    Head,
    Html,
    Icon,
    Link,
    NoticeBody,
    PictureView,
    SiteView,
    Translation,
)
from blog.views.search import SEARCH_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from blog.config.words import Words
    from blog.content.document import Document
    from blog.content.images import SourceImage
    from blog.content.theme import Theme
    from blog.site.assemble import Notice, Site
    from blog.site.editions import Edition
    from blog.site.pages import Page
    from blog.site.taxonomies import Term
    from blog.views.outputs import FeedEntry

_SECTIONS = (
    ("archive", "/archive/"), ("tags", "/tags/"), ("labels", "/labels/"), ("series", "/series/"),
    ("search", SEARCH_ADDRESS),
)  # fmt: skip
"""Sections of the navigation: word and address of each; a site has those that are among its outputs."""


class ViewContext:
    """Builds the parts that views of one edition have in common."""

    def __init__(self, site: Site, edition: Edition, theme: Theme, addresses: Collection[str] = ()) -> None:
        self.site = site
        self.edition = edition
        self.addresses = addresses
        """Addresses of all outputs."""
        self.settings = settings = edition.settings
        self.theme = theme
        self.words = self.words_in("")
        """The words of the interface in the language of the edition."""
        self.zone = dates.find_zone(settings.timezone)
        self.site_card = self._card("", [person.name for person in settings.author])
        """The card of every page that has no picture of its own."""
        self.memberships = series_memberships(site.series)
        """Path of a post → key of its series, and its position there."""
        self._entries: dict[str, Entry] = {}
        """Entries that this process has built, by path of the post."""
        self.responsive_images = site.images
        self._published_files = {file.path: output for file, output in site.files}
        self.site_view = self._site_view()
        self.feed_entries: dict[str, FeedEntry] = {}
        """Entries that this process has built, by path of the post."""

    def words_in(self, language: str) -> Words:
        """Return the words of the interface for pages in ``language``; if it is empty, in that of the edition."""
        return self.theme.words.words(language or self.settings.language)

    def badge(self, page: Page) -> str:
        """Return the reason why readers would not see a page; empty if it is published."""
        return self.words.text(f"badge.{page.hidden_reason}") if page.hidden_reason else ""

    def url(self, address: str) -> str:
        """Return the URL of ``address`` for an HTML attribute."""
        return href(address, self.settings.base_path)

    def link(self, page: Page) -> Link:
        """Return a link to ``page`` with its title."""
        return Link(page.title, self.url(page.address))

    def foreign_language(self, page: Page) -> str:
        """Return the language of ``page``; empty if it is that of the edition."""
        language = self._language_of(page)
        return "" if language == self.settings.language else language

    def _language_of(self, page: Page) -> str:
        return page.document.front_matter.lang or self.site.editions[0].settings.language

    def term_links(self, page: Page, kind: Literal["tags", "labels"]) -> tuple[Link, ...]:
        """Return the tags or labels of a post; one that only unlisted posts have is without a URL."""
        matter, edition = page.document.front_matter, self.site.edition_of(page)
        terms, written = (edition.tags, matter.tags) if kind == "tags" else (edition.labels, matter.labels)
        names = {name_key(name.text): name.text for name in reversed(written)}
        return tuple(self._term_link(terms.get(key), names[key]) for key in term_keys(written))

    def _term_link(self, term: Term | None, name: str) -> Link:
        return Link(term.name, self.url(term.address)) if term is not None else Link(name, "")

    def _site_view(self) -> SiteView:
        site, edition, settings = self.site, self.edition, self.settings
        sections = [(name, edition.address(address)) for name, address in _SECTIONS]
        sections = [(name, address) for name, address in sections if address in self.addresses]
        if not edition.posts:
            sections.pop()  # the search
        feeds = []
        for feed in FORMATS:
            address = edition.address(f"/{feed.file_name}")
            if address in self.addresses:
                feeds.append(FeedLink(feed.name, self.url(address), feed.media_type))
        return SiteView(
            title=settings.title,
            description=settings.description,
            language=settings.language,
            dir=json_ld.direction(settings.language),
            home=self.url(edition.address("/")),
            url=settings.url,
            author=settings.author,
            portrait=self.picture(site.portrait),
            menu=tuple(starmap(Link, site.menus[edition.prefix])),
            sections=tuple(Link(self.words.text(f"section.{name}"), self.url(address)) for name, address in sections),
            feeds=tuple(feeds),
            profiles=tuple(starmap(Link, settings.links)),
            icons=tuple(self._icons()),
            options=self.theme.options,
            languages=tuple(other for other in self.list_translations("/") if other.lang != settings.language),
        )

    def hero_path(self, page: Page) -> str:
        """Return the path of the image at the head of a post; empty without one."""
        return self.site.links[page.path].image_path if self.theme.options.get("hero") is True else ""

    def picture(self, path: str, alt: str = "") -> PictureView | None:
        """Return the image at ``path``; None if it is empty, or if the size of the image is unknown."""
        image = self.responsive_images.get(path)
        if image is None:
            return None
        url = self.url(f"/{self._published_files[path]}")
        return PictureView(url, image.width, image.height, self._srcset(path, image), alt, image.is_chart)

    def _icons(self) -> Iterator[Icon]:
        outputs = [output for _, output in self.site.files]
        if has_icon(outputs):
            paths = {output: output for output in outputs}
        else:
            paths = self.theme.assets | {ROOT_ICON: root_icon(self.theme, outputs)}
        for name, rel, kind, sizes in ICONS:
            path = paths.get(name)
            if path:
                yield Icon(rel, self.url(f"/{path}"), kind, sizes)

    def head(self, title: str, address: str, **more: Any) -> Head:
        """Return the head of the page at ``address``; ``more``: its fields, ``crumbs``, and ``objects`` for JSON-LD."""
        home = self.edition.address("/")
        crumbs = [Crumb(self.settings.title, self.settings.absolute(home)), *more.pop("crumbs", ())]
        if title:
            crumbs.append(Crumb(title, self.settings.absolute(address)))
        objects = list(more.pop("objects", ()))
        if self.settings.url:
            objects.append(json_ld.breadcrumbs(crumbs) if title else json_ld.web_site(self.settings, home))
        lang = more.get("lang") or self.settings.language
        defaults: dict[str, Any] = {
            "description": self.settings.description, "canonical": self.settings.absolute(address), "kind": "website",
            "lang": lang, "dir": json_ld.direction(lang), "image": self.card_url(self.site_card),
            "image_alt": self.settings.title if self.site_card else "", "noindex": False, "feeds": (),
            "published": "", "modified": "", "translations": (), "license": "", "citation": (),
        }  # fmt: skip
        data = json_ld.json_ld(*objects) if objects else Html("")
        return Head(title=title, url=self.url(address), json_ld=data, **{**defaults, **more})

    def list_head(self, title: str, address: str) -> Head:
        """Return the head of a page that each edition has; ``address`` is without the prefix of the edition."""
        return self.head(title, self.edition.address(address), translations=self.list_translations(address))

    def list_crumb(self, section: str) -> Crumb:
        """Return the list of all tags, labels or series, as a page above another one."""
        address = self.edition.address(f"/{section}/")
        return Crumb(self.words.text(f"section.{section}"), self.settings.absolute(address))

    def list_translations(self, address: str) -> tuple[Translation, ...]:
        """Return the pages at ``address`` in the editions that have one; nothing if only one has."""
        translations = []
        for edition in self.site.editions:
            own_address = edition.address(address)
            if own_address in self.addresses:
                translations.append(self._translation(edition.settings.language, own_address))
        return tuple(translations) if len(translations) > 1 else ()

    def translations(self, page: Page) -> tuple[Translation, ...]:
        """Return the same text in other languages."""
        paths = self.site.translations.get(page.path, ())
        return tuple(self._translation_of(self.site.pages[path]) for path in paths)

    def all_translations(self, page: Page) -> tuple[Translation, ...]:
        """Return a page in all its languages, itself first; nothing if it has one."""
        others = self.translations(page)
        return (self._translation_of(page), *others) if others else ()

    def _translation_of(self, page: Page) -> Translation:
        return self._translation(self._language_of(page), page.address)

    def _translation(self, language: str, address: str) -> Translation:
        return Translation(language, language_name(language), self.url(address), self.settings.absolute(address))

    def entry(self, path: str) -> Entry:
        """Return the entry of lists for the listed post at ``path``."""
        if path not in self._entries:
            self._entries[path] = self._build_entry(self.site.pages[path])
        return self._entries[path]

    def _build_entry(self, post: Page) -> Entry:
        document = post.document
        assert document.date is not None
        return Entry(
            title=post.title,
            url=self.url(post.address),
            date=date_formats.date_view(document.date, self.zone, self.words),
            summary=post.summary,
            tags=self.term_links(post, "tags"),
            labels=self.term_links(post, "labels"),
            lang=self.foreign_language(post),
            badge=self.badge(post),
            minutes=date_formats.minutes(document.text.words),
        )

    def body(self, page: Page) -> Body:
        """Return the text of a page."""
        links = self.site.links[page.path]
        return Body(page.path, links.text, images=tuple(self._find_images(links.images)))

    def context(self, page: Page) -> Body | Html:
        """Return the context of a page; empty HTML if it has none."""
        if not page.document.front_matter.context:
            return Html("")
        links = self.site.links[page.path]
        images = tuple(self._find_images(links.context_images))
        return Body(page.path, links.context, images=images, part="context")

    def notice(self, notice: Notice) -> NoticeBody:
        """Return the notice above every post with a label."""
        return NoticeBody(notice.text.html, notice.links, images=tuple(self._find_images(notice.images)))

    def _find_images(self, images: Iterable[tuple[int, str]]) -> Iterator[tuple[int, ResponsiveImage]]:
        """Yield placeholder and attributes of each image whose size is known."""
        for slot, path in images:
            original = self.responsive_images.get(path)
            if original is None:
                continue
            srcset = self._srcset(path, original)
            sizes = self.theme.sizes if srcset else ""
            dark = self._find_dark_image(path)
            yield slot, ResponsiveImage(original.width, original.height, srcset, sizes, original.is_chart, dark)

    def _find_dark_image(self, path: str) -> DarkImage | None:
        """Return the image beside the one at ``path`` that replaces it where the page is dark."""
        dark_path = dark_variant(path)
        image = self.responsive_images.get(dark_path)
        if image is None or dark_path not in self._published_files:
            return None
        srcset = self._srcset(dark_path, image)
        if srcset:
            return DarkImage(image.width, image.height, srcset, self.theme.sizes)
        return DarkImage(image.width, image.height, self.url(f"/{self._published_files[dark_path]}"), "")

    def _srcset(self, path: str, original: SourceImage) -> str:
        """Return the versions of an image, as in HTML; empty if there are none."""
        return ", ".join(f"{self.url(f'/{file}')} {width}w" for file, width in self._list_sizes(path, original))

    def _list_sizes(self, path: str, original: SourceImage) -> Iterator[tuple[str, int]]:
        """Yield output path and width of each version of an image, and of the image if no version is as large."""
        for width in original.widths:
            yield resized_path(path, original, width), width
        if original.is_compact and original.widths and original.width <= WIDTHS[-1]:
            yield self._published_files[path], original.width

    def responsive_image(self, page: Page) -> dict[str, str]:
        """Return a page's image for its head: URL (absolute if the site has a ``url``) and alternative text."""
        image = self.site.links[page.path].image
        if not image:
            card = self.card(page)
            return {"image": self.card_url(card), "image_alt": page.title} if card else {}
        if image.startswith("/") and self.settings.url:
            image = self.settings.url.removesuffix(self.settings.base_path) + image
        return {"image": image, "image_alt": page.document.front_matter.image_alt}

    def card(self, page: Page) -> CardView | None:
        """Return the card of a post; None if readers do not get the post, or it has another image."""
        if page.document.kind != "post" or page.hidden_reason or page.day is None:
            return None
        if self.site.links[page.path].image:
            return None
        matter = page.document.front_matter
        day = date_formats.date_view(Timestamp(page.day), self.zone, self.words_in(matter.lang))
        authors = [person.name for person in matter.author or self.settings.author]
        labels = [link.title for link in self.term_links(page, "labels")]
        return self._card(page.title, [day.text, *authors, *labels])

    def _card(self, title: str, beside: Iterable[str]) -> CardView | None:
        style, settings = self.theme.card, self.settings
        if style is None or not (settings.cards and settings.url):
            return None
        return CardView(title, settings.title, tuple(beside), style)

    def card_url(self, card: CardView | None) -> str:
        """Return the absolute URL of a card; ``""`` for None."""
        return self.settings.absolute(f"/{card_path(card)}") if card else ""

    def template(self, page: Page, default: str) -> str:
        """Return the template of a page: that of its front matter, or ``default``."""
        return chosen_template(page.document) or default


Contexts = dict[str, ViewContext]
"""The context of the views of each edition, by its prefix."""


def card_path(card: CardView) -> str:
    """Return the output path of a card, with its digest: hosts may cache it for ever."""
    return f"assets/card.{digest(pack(card)).hex()[:12]}.png"


def chosen_template(document: Document) -> str:
    """Return the template that a document asks for, or ``""``; an author may omit ``.html``."""
    written = document.front_matter.template
    if written is None:
        return ""
    return written.text if "." in written.text else f"{written.text}.html"
