"""plan: the site → targets: every output path with the view it is made from. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blog.config.settings import FILE_NAME
from blog.content.images import version_path
from blog.problems import Problem, did_you_mean
from blog.site.addresses import output_path
from blog.site.pages import is_missing_page
from blog.text import href
from blog.views import metadata
from blog.views.context import BADGES, Frame, card_path, chosen_template, root_icon
from blog.views.feeds import feed_targets
from blog.views.lists import list_targets
from blog.views.outputs import AssetView, CopyView, ExtractedView, ShrunkView, Target, TextView
from blog.views.types import AliasView, Head, Html, NoticeView, PageView, PostView, Revisit, SeriesNav

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.config.settings import Settings
    from blog.content.theme import Design
    from blog.markdown import Heading
    from blog.site.assemble import Site
    from blog.site.pages import Page
    from blog.site.path_owners import Alias
    from blog.views.outputs import Maker

_TOC_FROM = 3
_MOVED = ("301!", "301")
"""Netlify asks the rule with a sign although there is a page at the old address; Cloudflare passes that one over.

<https://docs.netlify.com/routing/redirects/rewrites-proxies/#shadowing>,
<https://developers.cloudflare.com/pages/configuration/redirects/>.
"""


def unknown_templates(site: Site, design: Design) -> list[Problem]:
    """What documents ask for and the theme does not have."""
    problems = []
    for page in site.pages.values():
        written, name = page.document.matter.template, chosen_template(page.document)
        if written is not None and name not in design.templates:
            hint = did_you_mean(name, design.templates)
            problems.append(Problem(written.place, "unknown-template", f'the theme has no template "{name}"', hint))
    return problems


def all_targets(site: Site, settings: Settings, design: Design, redirects: str) -> list[Maker]:
    """Every output of a site without errors, but the files of the theme. ``redirects``: the author's ``_redirects``."""
    frame = Frame(site, settings, design)
    return [
        *list_targets(frame),
        *_posts(frame),
        *_pages(frame),
        *(partial(_alias, frame, alias) for alias in site.aliases),
        *feed_targets(site, settings, design),
        *_files(site, settings, design, redirects),
        *_made_pictures(frame),
        *_cards(frame),
    ]


def _posts(frame: Frame) -> Iterator[Maker]:
    listed = frame.site.posts
    for newer, post, older in zip([None, *listed], listed, [*listed[1:], None], strict=False):
        yield partial(_post, frame, post, newer, older)
    for page in frame.site.pages.values():
        if page.document.kind == "post" and not page.listed:
            yield partial(_post, frame, page, None, None)


def _post(frame: Frame, post: Page, newer: Page | None, older: Page | None) -> Target:
    document, matter, found = post.document, post.document.matter, frame.site.links[post.path]
    assert document.date is not None and post.day is not None  # noqa: PT018
    authors = matter.author or frame.settings.author
    language = matter.lang or frame.settings.language
    updated = metadata.date_view(matter.updated, frame.zone, language) if matter.updated else None
    revisited = frame.site.revisited.get(post.path, ())
    view = PostView(
        site=frame.site_view,
        head=_post_head(frame, post),
        title=post.title,
        badge=BADGES[post.hold],
        date=metadata.date_view(document.date, frame.zone, language),
        updated=updated,
        author=authors,
        labels=frame.term_links(frame.site.labels, post, "labels"),
        tags=frame.term_links(frame.site.tags, post, "tags"),
        notices=_notices(frame, post),
        context=frame.context(post),
        source=matter.source,
        body=frame.body(post),
        minutes=metadata.minutes(document.text.words),
        toc=_toc(post),
        series=_series_nav(frame, post),
        revisits=tuple(_revisit(frame, post, path) for path in found.revisits),
        revisited=tuple(_revisit(frame, post, path) for path in revisited),
        mentions=tuple(
            frame.link(frame.site.pages[path])
            for path in frame.site.mentions.get(post.path, ())
            if path not in revisited
        ),
        related=tuple(frame.entries[path] for path in frame.site.related.get(post.path, ())),
        year_earlier=frame.entries[earlier] if (earlier := frame.site.year_earlier.get(post.path)) else None,
        older=frame.link(older) if older else None,
        newer=frame.link(newer) if newer else None,
        discussion=matter.discussion,
        reply=metadata.reply(authors, post.title),
        citation=metadata.citation(
            post.title, post.day, authors, frame.settings.title, frame.settings.absolute(post.address)
        ),
        changes=metadata.history(matter.changes, language),
        extra=matter.extra,
    )
    return Target(output_path(post.address), view, frame.template(post, "post.html"), post.path)


def _post_head(frame: Frame, post: Page) -> Head:
    document, matter = post.document, post.document.matter
    assert document.date is not None
    published = metadata.date_view(document.date, frame.zone, "").iso
    modified = metadata.date_view(matter.updated, frame.zone, "").iso if matter.updated else ""
    description = post.summary or frame.settings.description
    canonical = matter.canonical or frame.settings.absolute(post.address)
    language = matter.lang or frame.settings.language
    picture = frame.picture(post)
    posting = {
        "headline": post.title, "datePublished": published, "dateModified": modified, "description": description,
        "image": picture.get("image"), "url": canonical, "mainEntityOfPage": canonical, "inLanguage": language,
        "keywords": ", ".join(name.text for name in matter.tags),
    }  # fmt: skip
    return frame.head(
        post.title, post.address, description=description, canonical=canonical, kind="article", lang=language,
        noindex=not post.listed or bool(post.hold), **picture, published=published, modified=modified,
        objects=[metadata.blog_posting(posting, matter.author or frame.settings.author)],
    )  # fmt: skip


def _toc(page: Page) -> tuple[Heading, ...]:
    headings = page.document.text.headings
    return headings if page.document.matter.toc and len(headings) >= _TOC_FROM else ()


def _notices(frame: Frame, post: Page) -> tuple[NoticeView, ...]:
    return tuple(NoticeView(name, frame.notice(notice)) for name, notice in frame.site.notices_of(post))


def _revisit(frame: Frame, post: Page, path: str) -> Revisit:
    other = frame.site.pages[path]
    span = metadata.span(post.day, other.day) if post.day and other.day and post.day != other.day else ""
    return Revisit(other.title, frame.url(other.address), span)


def _series_nav(frame: Frame, post: Page) -> SeriesNav | None:
    if post.path not in frame.memberships:
        return None
    key, seat = frame.memberships[post.path]
    series = frame.site.series[key]
    parts = series.published
    before = parts[seat - 1].post if seat else None
    after = parts[seat + 1].post if seat + 1 < len(parts) else None
    return SeriesNav(
        title=series.name,
        url=frame.url(series.address),
        number=parts[seat].number,
        total=series.total,
        previous=frame.link(before) if before is not None else None,
        next=frame.link(after) if after is not None else None,
    )


def _pages(frame: Frame) -> Iterator[Maker]:
    pages = [page for page in frame.site.pages.values() if page.document.kind == "page"]
    yield from (partial(_page, frame, page) for page in pages)
    if not any(is_missing_page(page) for page in pages):
        yield partial(_missing, frame)


def _page(frame: Frame, page: Page) -> Target:
    matter = page.document.matter
    missing = is_missing_page(page)
    description = page.summary or frame.settings.description
    language = matter.lang or frame.settings.language
    head = frame.head(
        page.title, page.address, description=description, lang=language, **frame.picture(page),
        noindex=missing or not page.listed or bool(page.hold),
        canonical="" if missing else matter.canonical or frame.settings.absolute(page.address),
    )  # fmt: skip
    view = PageView(
        site=frame.site_view,
        head=head,
        title=page.title,
        badge=BADGES[page.hold],
        updated=metadata.date_view(matter.updated, frame.zone, language) if matter.updated else None,
        context=frame.context(page),
        body=frame.body(page),
        toc=_toc(page),
        mentions=tuple(frame.link(frame.site.pages[path]) for path in frame.site.mentions.get(page.path, ())),
        changes=metadata.history(matter.changes, language),
        extra=matter.extra,
    )
    return Target(output_path(page.address), view, frame.template(page, "page.html"), page.path)


def _missing(frame: Frame) -> Target:
    head = frame.head("Page not found", "/404.html", canonical="", noindex=True)
    view = PageView(
        site=frame.site_view, head=head, title="Page not found", badge="", updated=None, context=Html(""),
        body=Html(""), toc=(), mentions=(), changes=(), extra={},
    )  # fmt: skip
    return Target("404.html", view, "404.html")


def _alias(frame: Frame, alias: Alias) -> Target:
    page = alias.page
    url = frame.url(page.address)
    canonical = frame.settings.absolute(page.address) or url
    lang = page.document.matter.lang or frame.settings.language
    view = AliasView(title=page.title, url=url, canonical=canonical, lang=lang, noindex=not page.listed)
    return Target(output_path(alias.address), view, "alias.html")


def _made_pictures(frame: Frame) -> Iterator[Maker]:
    """Smaller versions of the pictures that pages show, and the pictures out of notebooks."""
    files = frame.pictures
    taken = {output for _, output in frame.site.files}
    shown = {
        path
        for links in frame.site.links.values()
        for _, path in (*links.pictures, *links.context_pictures)
        if path in files
    }
    shown |= {path for notice in frame.site.notices.values() for _, path in notice.pictures if path in files}
    for path in sorted(shown):
        for width in files[path].widths:
            output = version_path(path, files[path], width)
            if output not in taken:  # two copies of one picture, or a file that is such a version already
                taken.add(output)
                yield partial(Target, output, ShrunkView(path, width), source=path)
    for page in frame.site.pages.values():
        links = frame.site.links[page.path]
        used = {path for _, path in (*links.pictures, *links.own_pictures)}
        for made in page.document.made:
            if made.path in used and made.path not in taken:
                taken.add(made.path)
                yield partial(Target, made.path, ExtractedView(made.key), source=page.path)


def _cards(frame: Frame) -> Iterator[Maker]:
    """The pictures that other sites show: of the blog, and of each post."""
    drawn = [(FILE_NAME, frame.site_card), *((page.path, frame.card(page)) for page in frame.site.pages.values())]
    found = {card_path(card): (source, card) for source, card in drawn if card}
    taken = {output for _, output in frame.site.files}  # who took over the files of another build has them already
    return (partial(Target, path, card, source=source) for path, (source, card) in found.items() if path not in taken)


def _files(site: Site, settings: Settings, design: Design, redirects: str) -> Iterator[Maker]:
    """Copied files, ``robots.txt``, ``favicon.ico`` and ``_redirects``."""
    for file, output in site.files:
        yield partial(Target, output, CopyView(file.path), source=file.path)
    if "robots.txt" not in {output for _, output in site.files}:
        sitemap = f"\nSitemap: {settings.url}/sitemap.xml\n" if settings.url else ""
        yield partial(Target, "robots.txt", TextView(f"User-agent: *\nDisallow:\n{sitemap}"))
    base = settings.base_path
    aliases = sorted(
        (href(alias.address, base), href(alias.page.address, base)) for alias in site.aliases if alias.page.listed
    )
    lines = [f"{old} {new} {status}\n" for old, new in aliases for status in _MOVED]
    own = redirects if not redirects or redirects.endswith("\n") else f"{redirects}\n"
    icon = root_icon(design, [output for _, output in site.files])
    if icon:
        yield partial(Target, icon, AssetView(design.files[design.asset(icon)]))
    yield partial(Target, "_redirects", TextView(own + "".join(lines)))
