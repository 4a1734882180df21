"""plan: the site → targets: every output path with the view it is made from. Pure, always run, cheap."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from blog import dates, facts
from blog.addresses import href, normal, output_path
from blog.errors import Problem, did_you_mean
from blog.markdown import fill
from blog.site import sheets
from blog.subscriptions import feed_targets
from blog.terms import keys, series_key
from blog.views import (
    AliasView, ArchiveView, AssetView, CopyView, Crumb, Entry, FeedLink, Head, Html, Link, ListView, NoticeView,
    PageView, PostView, Revisit, SeriesLine, SeriesListView, SeriesNav, SeriesPart, SeriesView, SiteView,
    Target, TermLine, TermsView, TextView, Year,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config import Settings
    from blog.pages import Page
    from blog.site import Site
    from blog.terms import Series, Term
    from blog.themes import Design

RSS, ATOM = "application/rss+xml", "application/atom+xml"
_TOC_FROM = 3
_BADGES = {"": "", "draft": "Draft", "private": "Private", "scheduled": "Scheduled"}


def plan(site: Site, settings: Settings, design: Design, redirects: str) -> tuple[list[Target], list[Problem]]:
    """Every output of the site. ``redirects`` is the author's own ``_redirects``."""
    planner = _Planner(site, settings, design)
    targets = list(planner.targets())
    targets += feed_targets(site, settings)
    targets += _files(site, settings, design, redirects)
    return targets, planner.problems


class _Planner:
    """The views of one site; each method makes those of one kind of page."""

    def __init__(self, site: Site, settings: Settings, design: Design) -> None:
        self.site = site
        self.settings = settings
        self.design = design
        self.zone = dates.zone(settings.timezone)
        self.problems: list[Problem] = []
        self.site_view = self._site_view()
        self.entries = {post.path: self._entry(post) for post in site.posts}

    def targets(self) -> Iterator[Target]:
        """All that templates render."""
        yield from self._home()
        neighbours = [None, *self.site.posts, None]
        for newer, post, older in zip(neighbours, self.site.posts, neighbours[2:], strict=False):
            yield self._post(post, newer, older)
        for page in self.site.pages.values():
            if page.document.kind == "post" and not page.listed:
                yield self._post(page, None, None)
            elif page.document.kind == "page":
                yield self._page(page)
        yield from self._terms("tag", self.site.tags)
        yield from self._terms("label", self.site.labels)
        yield from self._all_series()
        yield self._archive()
        if "content/404.md" not in self.site.pages and "content/404.markdown" not in self.site.pages:
            yield self._missing()
        yield from self._aliases()

    # URLs

    def url(self, address: str) -> str:
        """For an attribute."""
        return href(address, self.settings.base_path)

    def absolute(self, address: str) -> str:
        """With scheme and host; ``""`` if the site has no ``url``."""
        return self.settings.url + href(address) if self.settings.url else ""

    def link(self, page: Page) -> Link:
        """The page by its title."""
        return Link(page.title, self.url(page.address))

    def term_links(self, terms: Mapping[str, Term], page: Page, kind: Literal["tags", "labels"]) -> tuple[Link, ...]:
        """The tags or labels of a post; one that only unlisted posts have leads nowhere."""
        written = page.document.matter.tags if kind == "tags" else page.document.matter.labels
        names = {normal(name.text): name.text for name in reversed(written)}
        return tuple(
            Link(terms[key].name, self.url(terms[key].address)) if key in terms else Link(names[key], "")
            for key in keys(written)
        )

    # Parts of views

    def _site_view(self) -> SiteView:
        site, settings = self.site, self.settings
        outputs = {output for _, output in site.files}
        icon = next((name for name in ("favicon.svg", "favicon.ico") if name in outputs), self.design.assets["icon.svg"])
        sections = [
            ("Archive", "/archive/", True), ("Tags", "/tags/", bool(site.tags)),
            ("Labels", "/labels/", bool(site.labels)), ("Series", "/series/", bool(site.series)),
        ]  # fmt: skip
        feeds = [("RSS", "/feed.xml", RSS), ("Atom", "/atom.xml", ATOM)] if settings.url else []
        return SiteView(
            title=settings.title,
            description=settings.description,
            language=settings.language,
            home=self.url("/"),
            url=settings.url,
            author=settings.author,
            menu=tuple(Link(name, url) for name, url in site.menu),
            sections=tuple(Link(name, self.url(address)) for name, address, there in sections if there),
            feeds=tuple(FeedLink(name, self.url(address), kind) for name, address, kind in feeds),
            profiles=tuple(Link(name, url) for name, url in settings.links),
            icon=self.url(f"/{icon}"),
            assets={name: self.url(f"/{path}") for name, path in self.design.assets.items()},
            options=self.design.options,
        )

    def _head(self, title: str, address: str, **more: Any) -> Head:
        crumbs = [Crumb(self.settings.title, self.absolute("/")), *more.pop("crumbs", ())]
        if title:
            crumbs.append(Crumb(title, self.absolute(address)))
        objects = [*more.pop("objects", ()), *([facts.breadcrumbs(crumbs)] if self.settings.url else [])]
        defaults: dict[str, Any] = {
            "description": self.settings.description, "canonical": self.absolute(address), "kind": "website",
            "lang": self.settings.language, "image": "", "image_alt": "", "noindex": False, "feeds": (),
            "published": "", "modified": "",
        }  # fmt: skip
        return Head(title=title, json_ld=facts.json_ld(*objects) if objects else Html(""), **{**defaults, **more})

    def _entry(self, post: Page) -> Entry:
        document = post.document
        assert document.date is not None
        lang = document.matter.lang
        return Entry(
            title=post.title,
            url=self.url(post.address),
            date=facts.date_view(document.date, self.zone, self.settings.language),
            summary=document.matter.summary or document.text.summary,
            tags=self.term_links(self.site.tags, post, "tags"),
            labels=self.term_links(self.site.labels, post, "labels"),
            lang=lang if lang != self.settings.language else "",
            badge=_BADGES[post.hold],
        )

    def _body(self, page: Page) -> Html:
        return Html(fill(page.document.text.html, self.site.links[page.path].text))

    def _context(self, page: Page) -> Html:
        return Html(fill(page.document.context.html, self.site.links[page.path].context))

    def _toc(self, page: Page) -> tuple[Any, ...]:
        headings = page.document.text.headings
        return headings if page.document.matter.toc and len(headings) >= _TOC_FROM else ()

    def _image(self, page: Page) -> str:
        image = self.site.links[page.path].image
        if image.startswith("/") and self.settings.url:
            return self.settings.url.removesuffix(self.settings.base_path) + image
        return image

    def _template(self, page: Page, default: str) -> str:
        written = page.document.matter.template
        if written is None:
            return default
        name = written.text if "." in written.text else f"{written.text}.html"
        if name not in self.design.templates:
            message = f'the theme has no template "{name}"'
            hint = did_you_mean(name, self.design.templates)
            self.problems.append(Problem(written.place, "unknown-template", message, hint))
            return default
        return name

    # Pages

    def _post(self, post: Page, newer: Page | None, older: Page | None) -> Target:
        document, matter, found = post.document, post.document.matter, self.site.links[post.path]
        assert document.date is not None and post.day is not None  # noqa: PT018
        authors = matter.author or self.settings.author
        language = matter.lang or self.settings.language
        updated = facts.date_view(matter.updated, self.zone, language) if matter.updated else None
        revisited = self.site.revisited.get(post.path, ())
        view = PostView(
            site=self.site_view,
            head=self._post_head(post),
            title=post.title,
            badge=_BADGES[post.hold],
            date=facts.date_view(document.date, self.zone, language),
            updated=updated,
            author=authors,
            labels=self.term_links(self.site.labels, post, "labels"),
            tags=self.term_links(self.site.tags, post, "tags"),
            notices=self._notices(post),
            context=self._context(post),
            source=matter.source,
            body=self._body(post),
            minutes=facts.minutes(document.text.words),
            toc=self._toc(post),
            series=self._series_nav(post),
            revisits=tuple(self._revisit(post, path) for path in found.revisits),
            revisited=tuple(self._revisit(post, path) for path in revisited),
            mentions=tuple(
                self.link(self.site.pages[path]) for path in self.site.mentions.get(post.path, ()) if path not in revisited
            ),
            related=tuple(self.entries[path] for path in self.site.related.get(post.path, ())),
            older=self.link(older) if older else None,
            newer=self.link(newer) if newer else None,
            discussion=matter.discussion,
            reply=facts.reply(authors, post.title),
            citation=facts.bibtex(post.title, post.day, authors, self.settings.title, self.absolute(post.address)),
            extra=matter.extra,
        )
        return Target(output_path(post.address), view, self._template(post, "post.html"), post.path)

    def _post_head(self, post: Page) -> Head:
        document, matter = post.document, post.document.matter
        assert document.date is not None
        published = facts.date_view(document.date, self.zone, "").iso
        modified = facts.date_view(matter.updated, self.zone, "").iso if matter.updated else ""
        description = matter.summary or document.text.summary or self.settings.description
        canonical = matter.canonical or self.absolute(post.address)
        language = matter.lang or self.settings.language
        posting = {
            "headline": post.title, "datePublished": published, "dateModified": modified, "description": description,
            "image": self._image(post), "url": canonical, "mainEntityOfPage": canonical, "inLanguage": language,
            "keywords": ", ".join(name.text for name in matter.tags),
        }  # fmt: skip
        return self._head(
            post.title, post.address, description=description, canonical=canonical, kind="article", lang=language,
            image=self._image(post), image_alt=matter.image_alt, noindex=not post.listed or bool(post.hold),
            published=published, modified=modified,
            objects=[facts.blog_posting(posting, matter.author or self.settings.author)],
        )  # fmt: skip

    def _notices(self, post: Page) -> tuple[NoticeView, ...]:
        notices = self.site.notices
        return tuple(
            NoticeView(name.text, Html(fill(notices[key].text.html, notices[key].links)))
            for name in post.document.matter.labels
            if (key := normal(name.text)) in notices
        )

    def _revisit(self, post: Page, path: str) -> Revisit:
        other = self.site.pages[path]
        span = facts.span(post.day, other.day) if post.day and other.day else ""
        return Revisit(other.title, self.url(other.address), span)

    def _series_nav(self, post: Page) -> SeriesNav | None:
        key = series_key(post, self.site.series)
        if not key:
            return None
        series = self.site.series[key]
        parts = [part for part in series.parts if part.post]
        seat = next(seat for seat, part in enumerate(parts) if part.post and part.post.path == post.path)
        before, after = parts[:seat], parts[seat + 1 :]
        return SeriesNav(
            title=series.name,
            url=self.url(series.address),
            number=parts[seat].number,
            total=series.total,
            previous=self.link(before[-1].post) if before and before[-1].post else None,
            next=self.link(after[0].post) if after and after[0].post else None,
        )

    def _page(self, page: Page) -> Target:
        matter = page.document.matter
        missing = page.address == "/404.html"
        description = matter.summary or page.document.text.summary or self.settings.description
        language = matter.lang or self.settings.language
        head = self._head(
            page.title, page.address, description=description, lang=language, image=self._image(page),
            image_alt=matter.image_alt, noindex=missing or not page.listed or bool(page.hold),
            canonical="" if missing else matter.canonical or self.absolute(page.address),
        )  # fmt: skip
        view = PageView(
            site=self.site_view,
            head=head,
            title=page.title,
            badge=_BADGES[page.hold],
            updated=facts.date_view(matter.updated, self.zone, language) if matter.updated else None,
            context=self._context(page),
            body=self._body(page),
            toc=self._toc(page),
            mentions=tuple(self.link(self.site.pages[path]) for path in self.site.mentions.get(page.path, ())),
            extra=matter.extra,
        )
        return Target(output_path(page.address), view, self._template(page, "page.html"), page.path)

    def _missing(self) -> Target:
        head = self._head("Page not found", "/404.html", canonical="", noindex=True)
        view = PageView(
            site=self.site_view, head=head, title="Page not found", badge="", updated=None, context=Html(""),
            body=Html(""), toc=(), mentions=(), extra={},
        )  # fmt: skip
        return Target("404.html", view, "404.html")

    # Lists

    def _home(self) -> Iterator[Target]:
        home = self.site.home
        intro = self._body(home) if home else Html("")
        head = {"description": home.document.matter.summary} if home and home.document.matter.summary else {}
        template = self._template(home, "home.html") if home else "home.html"
        yield from self._sheets(("", "home", "/"), self.site.posts, template, intro=intro, **head)

    def _terms(self, kind: Literal["tag", "label"], terms: Mapping[str, Term]) -> Iterator[Target]:
        if not terms:
            return
        title, address = f"{kind.capitalize()}s", f"/{kind}s/"
        lines = tuple(TermLine(term.name, self.url(term.address), len(term.posts)) for term in terms.values())
        index = TermsView(site=self.site_view, head=self._head(title, address), title=title, kind=kind, terms=lines)
        yield Target(output_path(address), index, "terms.html")
        for key, term in terms.items():
            notice = self.site.notices.get(key) if kind == "label" else None
            intro = Html(fill(notice.text.html, notice.links)) if notice else Html("")
            crumbs = [Crumb(title, self.absolute(address))]
            yield from self._sheets((term.name, kind, term.address), term.posts, "list.html", intro=intro, crumbs=crumbs)

    def _sheets(
        self, what: tuple[str, Literal["home", "tag", "label"], str], posts: Sequence[Page], template: str, **more: Any
    ) -> Iterator[Target]:
        """The sheets of a list: its title, kind and address, its posts."""
        title, kind, first = what
        size = self.settings.paginate
        total = sheets(len(posts), size)
        addresses = [first, *(f"{first}page/{number}/" for number in range(2, total + 1))]
        intro = more.pop("intro")
        feed = self.url(f"{first}feed.xml") if self.settings.url else ""
        feeds = (FeedLink(title, feed, RSS),) if feed and kind != "home" else ()
        for number, address in enumerate(addresses, 1):
            numbered = title if number == 1 else f"{title or 'Posts'} ({number} of {total})"
            view = ListView(
                site=self.site_view,
                head=self._head(numbered, address, feeds=feeds, **more),
                title=title or self.settings.title,
                kind=kind,
                intro=intro if number == 1 else Html(""),
                count=len(posts),
                entries=tuple(self.entries[post.path] for post in posts[(number - 1) * size : number * size]),
                sheet=number,
                sheets=total,
                newer=self.url(addresses[number - 2]) if number > 1 else "",
                older=self.url(addresses[number]) if number < total else "",
                feed=feed,
            )
            yield Target(output_path(address), view, template)

    def _archive(self) -> Target:
        years = groupby(self.site.posts, key=lambda post: post.day.year if post.day else 0)
        view = ArchiveView(
            site=self.site_view,
            head=self._head("Archive", "/archive/"),
            title="Archive",
            count=len(self.site.posts),
            years=tuple(Year(year, tuple(self.entries[post.path] for post in posts)) for year, posts in years),
        )
        return Target("archive/index.html", view, "archive.html")

    def _all_series(self) -> Iterator[Target]:
        if not self.site.series:
            return
        lines = tuple(
            SeriesLine(entry.name, self.url(entry.address), self._series_summary(entry), len(entry.posts), entry.total)
            for entry in self.site.series.values()
        )
        head = self._head("Series", "/series/")
        index = SeriesListView(site=self.site_view, head=head, title="Series", series=lines)
        yield Target("series/index.html", index, "series-list.html")
        for entry in self.site.series.values():
            yield self._series(entry)

    def _series_summary(self, series: Series) -> str:
        return series.page.document.matter.summary or series.page.document.text.summary if series.page else ""

    def _series(self, series: Series) -> Target:
        feed = self.url(f"{series.address}feed.xml") if self.settings.url else ""
        head = self._head(
            series.name, series.address, crumbs=[Crumb("Series", self.absolute("/series/"))],
            description=self._series_summary(series) or self.settings.description,
            feeds=(FeedLink(series.name, feed, RSS),) if feed else (),
        )  # fmt: skip
        parts = tuple(
            SeriesPart(
                part.number,
                part.title,
                self.url(part.post.address) if part.post else "",
                self.entries[part.post.path].date if part.post else None,
            )
            for part in series.parts
        )
        view = SeriesView(
            site=self.site_view,
            head=head,
            title=series.name,
            badge=_BADGES[series.page.hold] if series.page else "",
            body=self._body(series.page) if series.page else Html(""),
            parts=parts,
            published=len(series.posts),
            total=series.total,
            feed=feed,
        )
        return Target(output_path(series.address), view, "series.html", series.page.path if series.page else "")

    def _aliases(self) -> Iterator[Target]:
        for alias in self.site.aliases:
            page = alias.page
            url = self.url(page.address)
            canonical = self.absolute(page.address) or url
            lang = page.document.matter.lang or self.settings.language
            view = AliasView(title=page.title, url=url, canonical=canonical, lang=lang, noindex=not page.listed)
            yield Target(output_path(alias.address), view, "alias.html")


def _files(site: Site, settings: Settings, design: Design, redirects: str) -> Iterator[Target]:
    """Copied files, the theme's files, ``robots.txt`` and ``_redirects``."""
    for file, output in site.files:
        yield Target(output, CopyView(file.disk_path, file.digest), source=file.path)
    for path, data in design.files.items():
        yield Target(path, AssetView(data))
    if "robots.txt" not in {output for _, output in site.files}:
        sitemap = f"\nSitemap: {settings.url}/sitemap.xml\n" if settings.url else ""
        yield Target("robots.txt", TextView(f"User-agent: *\nDisallow:\n{sitemap}"))
    base = settings.base_path
    lines = sorted(
        f"{href(alias.address, base)} {href(alias.page.address, base)} 301\n" for alias in site.aliases if alias.page.listed
    )
    own = redirects if not redirects or redirects.endswith("\n") else f"{redirects}\n"
    yield Target("_redirects", TextView(own + "".join(lines)))
