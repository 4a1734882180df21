"""Outputs of posts and pages, and the list of all outputs with their views. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from blog.content.theme import suggest_template
from blog.problems import Location, Problem
from blog.site.pages import is_not_found_page
from blog.views import citation, date_formats, json_ld
from blog.views.context import ViewContext, chosen_template
from blog.views.outputs import Output, document_output, program_output
from blog.views.page_parts import Date, Head, Html, Link, NoticeView, Revisit, SeriesNav
from blog.views.page_views import PageView, PostView
from blog.views.read_next import read_next

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blog.config.dates import Timestamp
    from blog.config.words import Words
    from blog.content.document import Document
    from blog.content.theme import Theme
    from blog.markdown import Heading
    from blog.site.editions import Edition
    from blog.site.pages import Page
    from blog.site.series import Part
    from blog.site.structure import SiteStructure

_PAGE_TEMPLATES = ("post.html", "page.html")
_OTHER_TEMPLATES = (
    "home.html", "list.html", "terms.html", "archive.html", "series.html", "series-list.html", "search.html",
    "404.html", "alias.html",
)  # fmt: skip
"""Templates of pages that are no documents."""
_TOC_FROM = 3
"""Fewest headings for which a page has a table of contents."""


def find_unknown_templates(site: SiteStructure, theme: Theme) -> list[Problem]:
    """Return a problem for each template that a document asks for and the theme does not have."""
    problems = []
    for page in site.pages.values():
        written, name = page.document.front_matter.template, chosen_template(page.document)
        if written is not None and name not in theme.templates:
            hint = suggest_template(name, _page_templates(theme)) or _suggest_file(name, theme)
            problems.append(Problem(written.location, "unknown-template", f'the theme has no template "{name}"', hint))
    return problems


def find_unused_templates(documents: Iterable[Document], theme: Theme) -> list[Problem]:
    """Return a warning for each template of the site that nothing uses, and whose name is nearly that of another.

    ``documents`` are all that there are, also those that are not published.
    """
    used_names = {*map(chosen_template, documents), *_PAGE_TEMPLATES, *_OTHER_TEMPLATES}
    problems = []
    for name in theme.unnamed_templates:
        hint = suggest_template(name, [other for other in theme.templates if other != name and "/" not in other])
        if hint and name not in used_names:
            location, message = Location(theme.locate(name)), f'nothing uses the template "{name}"'
            problems.append(Problem(location, "unused-template", message, hint, "warning"))
    return problems


def _page_templates(theme: Theme) -> list[str]:
    """Return the templates that can render a post or page: no parts of others, and none for lists."""
    return [
        name
        for name in theme.templates
        if name in _PAGE_TEMPLATES
        or ("/" not in name and name not in _OTHER_TEMPLATES and not theme.names_template(name))
    ]


def _suggest_file(name: str, theme: Theme) -> str:
    if any(theme.locate(other).startswith(f"{theme.path}/") for other in theme.builtin_templates):
        return f"write a theme that has it, in themes/NAME/templates/{name}"
    return f"add {theme.path}/templates/{name}"


def document_outputs(edition: Edition) -> Iterator[Output]:
    """Yield posts and pages, and the page for missing addresses, if no document replaces it."""
    neighbours = _find_neighbours(edition.posts)
    for page in edition.pages:
        if page.document.kind == "post":
            make_view = partial(_post_view, page, neighbours.get(page.path, _Neighbours(None, None)))
            output = document_output(page, make_view, chosen_template(page.document) or "post.html")
        elif page.document.kind == "page":
            make_page_view = partial(_page_view, page)
            output = document_output(page, make_page_view, chosen_template(page.document) or "page.html")
        else:
            continue
        if page.listed and not is_not_found_page(page):
            output = output._replace(last_change=page.last_change)
        yield output
    if not edition.prefix and not any(map(is_not_found_page, edition.pages)):
        yield program_output("/404.html", _not_found_view, "404.html")


class _Neighbours(NamedTuple):
    """The listed posts next to a post, by date."""

    newer: Page | None
    older: Page | None


def _find_neighbours(posts: Sequence[Page]) -> dict[str, _Neighbours]:
    """Return the neighbours of each of ``posts`` (newest first), by path."""
    neighbours = {}
    for newer, post, older in zip([None, *posts], posts, [*posts[1:], None], strict=False):
        neighbours[post.path] = _Neighbours(newer, older)
    return neighbours


def _post_view(post: Page, neighbours: _Neighbours, context: ViewContext) -> PostView:
    document, matter, links = post.document, post.document.front_matter, context.site.links[post.path]
    assert document.date is not None and post.day is not None  # noqa: PT018
    authors = matter.author or context.settings.author
    words = context.words_in(matter.lang)
    site = context.site
    revisited = site.revisited.get(post.path, ())
    mentions = [path for path in site.mentions.get(post.path, ()) if path not in revisited]
    year_earlier = site.year_earlier.get(post.path)
    cited = _cited(context, post)
    next_posts, other_mentions = read_next(context, post, [page for page in neighbours if page is not None])
    return PostView(
        site=context.site_view,
        head=_post_head(context, post, cited),
        title=post.title,
        badge=context.badge(post),
        date=date_formats.date_view(document.date, context.zone, words),
        updated=_updated_date(context, matter.updated, words),
        author=authors,
        labels=context.term_links(post, "labels"),
        tags=context.term_links(post, "tags"),
        notices=_notices(context, post),
        context=context.context(post),
        source=matter.source,
        hero=context.picture(context.hero_path(post), matter.image_alt),
        lede=matter.summary,
        body=context.body(post),
        minutes=date_formats.minutes(document.text.words),
        toc=_toc(post),
        series=_series_nav(context, post),
        revisits=_revisits(context, post, links.revisits),
        revisited=_revisits(context, post, revisited),
        translations=context.translations(post),
        mentions=_page_links(context, mentions),
        related=tuple(context.entry(path) for path in site.related.find(post.path)),
        year_earlier=context.entry(year_earlier) if year_earlier else None,
        read_next=next_posts,
        other_mentions=other_mentions,
        older=context.link(neighbours.older) if neighbours.older else None,
        newer=context.link(neighbours.newer) if neighbours.newer else None,
        discussion=matter.discussion,
        reply=citation.reply(authors, post.title),
        license=matter.license or context.settings.license,
        doi=matter.doi,
        citation=citation.citation(cited, words),
        changes=date_formats.history(matter.changes, words),
        extra=matter.extra,
        meta=matter.meta,
    )


def _cited(context: ViewContext, post: Page) -> citation.CitedPost:
    matter, settings = post.document.front_matter, context.settings
    assert post.day is not None
    return citation.CitedPost(
        title=post.title,
        day=post.day,
        authors=matter.author or settings.author,
        blog=settings.title,
        url=settings.absolute(post.address),
        doi=matter.doi,
        language=matter.lang or settings.language,
    )


def _post_head(context: ViewContext, post: Page, cited: citation.CitedPost) -> Head:
    document, matter = post.document, post.document.front_matter
    assert document.date is not None
    published = date_formats.iso_date(document.date, context.zone)
    modified = date_formats.iso_date(matter.updated, context.zone) if matter.updated else ""
    description = post.summary or context.settings.description
    canonical = matter.canonical or context.settings.absolute(post.address)
    language = matter.lang or context.settings.language
    image = context.responsive_image(post)
    license_ = matter.license or context.settings.license
    posting = {
        "headline": post.title, "datePublished": published, "dateModified": modified, "description": description,
        "image": image.get("image"), "url": canonical, "mainEntityOfPage": canonical, "inLanguage": language,
        "keywords": ", ".join(name.text for name in matter.tags), "license": license_.url if license_ else "",
        "identifier": cited.doi_url,
    }  # fmt: skip
    return context.head(
        post.title, post.address, description=description, canonical=canonical, kind="article", lang=language,
        noindex=not post.listed or bool(post.hidden_reason), **image, published=published, modified=modified,
        translations=context.all_translations(post), license=license_.url if license_ else "",
        citation=citation.describe_for_search(cited),
        objects=[json_ld.blog_posting(posting, matter.author or context.settings.author)],
    )  # fmt: skip


def _updated_date(context: ViewContext, updated: Timestamp | None, words: Words) -> Date | None:
    return date_formats.date_view(updated, context.zone, words) if updated else None


def _toc(page: Page) -> tuple[Heading, ...]:
    headings = page.document.text.headings
    if not page.document.front_matter.toc or len(headings) < _TOC_FROM:
        return ()
    return headings


def _notices(context: ViewContext, post: Page) -> tuple[NoticeView, ...]:
    return tuple(NoticeView(name, context.notice(notice)) for name, notice in context.site.notices_of(post))


def _page_links(context: ViewContext, paths: Iterable[str]) -> tuple[Link, ...]:
    return tuple(context.link(context.site.pages[path]) for path in paths)


def _revisits(context: ViewContext, post: Page, paths: Iterable[str]) -> tuple[Revisit, ...]:
    """Return the posts at ``paths``, each with the time between it and ``post``."""
    words = context.words_in(post.document.front_matter.lang)
    revisits = []
    for path in paths:
        other = context.site.pages[path]
        span = ""
        if post.day and other.day and post.day != other.day:
            span = date_formats.span(post.day, other.day, words)
        revisits.append(Revisit(other.title, context.url(other.address), span))
    return tuple(revisits)


def _series_nav(context: ViewContext, post: Page) -> SeriesNav | None:
    if post.path not in context.memberships:
        return None
    key, position = context.memberships[post.path]
    series = context.site.series[key]
    parts = series.published
    return SeriesNav(
        title=series.name,
        url=context.url(series.address),
        number=parts[position].number,
        total=series.total,
        previous=_part_link(context, parts, position - 1),
        next=_part_link(context, parts, position + 1),
    )


def _part_link(context: ViewContext, parts: Sequence[Part], position: int) -> Link | None:
    """Return a link to the post of a part; None before the first and after the last part."""
    post = parts[position].post if 0 <= position < len(parts) else None
    return context.link(post) if post is not None else None


def _page_view(page: Page, context: ViewContext) -> PageView:
    matter = page.document.front_matter
    words = context.words_in(matter.lang)
    return PageView(
        site=context.site_view,
        head=_page_head(context, page),
        title=page.title,
        badge=context.badge(page),
        updated=_updated_date(context, matter.updated, words),
        context=context.context(page),
        body=context.body(page),
        toc=_toc(page),
        mentions=_page_links(context, context.site.mentions.get(page.path, ())),
        changes=date_formats.history(matter.changes, words),
        extra=matter.extra,
        meta=matter.meta,
        translations=context.translations(page),
    )


def _page_head(context: ViewContext, page: Page) -> Head:
    matter, settings = page.document.front_matter, context.settings
    is_not_found = is_not_found_page(page)
    canonical = matter.canonical or settings.absolute(page.address)
    return context.head(
        page.title, page.address, description=page.summary or settings.description,
        canonical="" if is_not_found else canonical, lang=matter.lang or settings.language,
        noindex=is_not_found or not page.listed or bool(page.hidden_reason), **context.responsive_image(page),
        translations=context.all_translations(page),
    )  # fmt: skip


def _not_found_view(context: ViewContext) -> PageView:
    title = context.words.text("missing.title")
    head = context.head(title, "/404.html", canonical="", noindex=True)
    return PageView(
        site=context.site_view, head=head, title=title, badge="", updated=None, context=Html(""),
        body=Html(""), toc=(), mentions=(), changes=(), extra={}, meta={},
    )  # fmt: skip
