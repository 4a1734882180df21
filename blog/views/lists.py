"""Outputs that are lists: home, tags, labels, archive, series and search. Pure."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from blog.site.addresses import output_path
from blog.site.path_owners import RESULTS_PER_FILE, SEARCH_ADDRESS, page_count, posts_file_path, search_file_count
from blog.views import archive, date_formats
from blog.views.context import BADGES
from blog.views.outputs import Output, TextView
from blog.views.types import (
    RSS,
    ArchiveView,
    Crumb,
    FeedLink,
    Html,
    ListView,
    SearchView,
    SeriesLine,
    SeriesListView,
    SeriesPart,
    SeriesView,
    TermLine,
    TermsView,
    Year,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.site.pages import Page
    from blog.site.series import Series
    from blog.site.taxonomies import Term
    from blog.views.context import ViewContext
    from blog.views.outputs import MakeView
    from blog.views.types import Body


def list_outputs(context: ViewContext) -> Iterator[MakeView]:
    """Every page that lists posts or what they have in common."""
    yield from _home(context)
    yield from _terms(context, "tag", context.site.tags)
    yield from _terms(context, "label", context.site.labels)
    yield from _all_series(context)
    yield partial(_archive, context)
    if SEARCH_ADDRESS not in {page.address for page in context.site.pages.values()}:
        yield partial(_search, context)
    oldest_first = context.site.posts[::-1]
    for number in range(page_count(len(oldest_first), RESULTS_PER_FILE)):
        yield partial(
            _found_posts, context, number, oldest_first[number * RESULTS_PER_FILE : (number + 1) * RESULTS_PER_FILE]
        )


class _List(NamedTuple):
    """A list of posts, split into pages."""

    title: str
    kind: Literal["home", "tag", "label"]
    address: str
    posts: Sequence[Page]
    template: str
    intro: Html | Body
    head: dict[str, Any]

    def targets(self, context: ViewContext) -> Iterator[MakeView]:
        total = page_count(len(self.posts), context.settings.paginate)
        return (partial(_list_page, context, self, number, total) for number in range(1, total + 1))


def _home(context: ViewContext) -> Iterator[MakeView]:
    home = context.site.home
    intro = context.body(home) if home else Html("")
    head = {"description": home.document.front_matter.summary} if home and home.document.front_matter.summary else {}
    template = context.template(home, "home.html") if home else "home.html"
    return _List("", "home", "/", context.site.posts, template, intro, head).targets(context)


def _terms(context: ViewContext, kind: Literal["tag", "label"], terms: Mapping[str, Term]) -> Iterator[MakeView]:
    if not terms:
        return
    title, address = f"{kind.capitalize()}s", f"/{kind}s/"
    yield partial(_index, context, kind, terms)
    crumbs = [Crumb(title, context.settings.absolute(address))]
    for key, term in terms.items():
        notice = context.site.notices.get(key) if kind == "label" else None
        intro = context.notice(notice) if notice else Html("")
        feeds = (FeedLink(term.name, context.url(f"{term.address}feed.xml"), RSS),) if context.settings.url else ()
        head = {"crumbs": crumbs, "feeds": feeds}
        yield from _List(term.name, kind, term.address, term.posts, "list.html", intro, head).targets(context)


def _index(context: ViewContext, kind: Literal["tag", "label"], terms: Mapping[str, Term]) -> Output:
    title, address = f"{kind.capitalize()}s", f"/{kind}s/"
    lines = tuple(TermLine(term.name, context.url(term.address), len(term.posts)) for term in terms.values())
    view = TermsView(site=context.site_view, head=context.head(title, address), title=title, kind=kind, terms=lines)
    return Output(output_path(address), view, "terms.html")


def _list_page(context: ViewContext, what: _List, number: int, total: int) -> Output:
    size = context.settings.paginate
    address = _page_address(what, number)
    title = what.title if number == 1 else f"{what.title or 'Posts'} ({number} of {total})"
    view = ListView(
        site=context.site_view,
        head=context.head(title, address, **what.head),
        title=what.title or context.settings.title,
        kind=what.kind,
        intro=what.intro if number == 1 else Html(""),
        count=len(what.posts),
        entries=tuple(context.entries[post.path] for post in what.posts[(number - 1) * size : number * size]),
        page_number=number,
        page_count=total,
        newer=context.url(_page_address(what, number - 1)) if number > 1 else "",
        older=context.url(_page_address(what, number + 1)) if number < total else "",
        feed=context.url(f"{what.address}feed.xml") if context.settings.url else "",
    )
    return Output(output_path(address), view, what.template)


def _page_address(what: _List, number: int) -> str:
    return what.address if number == 1 else f"{what.address}page/{number}/"


def _archive(context: ViewContext) -> Output:
    days = [post.day for post in context.site.posts if post.day]
    tags = {tag.name: [post.day for post in tag.posts if post.day] for tag in context.site.tags.values()}
    language = context.settings.language
    years = groupby(context.site.posts, key=lambda post: post.day.year if post.day else 0)
    view = ArchiveView(
        site=context.site_view,
        head=context.head("Archive", "/archive/"),
        title="Archive",
        count=len(days),
        span=days[0].year - days[-1].year + 1 if days else 0,
        words=date_formats.roughly(sum(post.document.text.words for post in context.site.posts)),
        pause=date_formats.longest_pause(days, language),
        charts=tuple(filter(None, (archive.month_chart(days, language), archive.topic_chart(tags)))),
        years=tuple(Year(year, tuple(context.entries[post.path] for post in posts)) for year, posts in years),
    )
    return Output("archive/index.html", view, "archive.html")


def _search(context: ViewContext) -> Output:
    posts = len(context.site.posts)
    view = SearchView(
        site=context.site_view, head=context.head("Search", SEARCH_ADDRESS), title="Search", count=posts,
        index=context.url(SEARCH_ADDRESS), files=search_file_count(posts), results_per_file=RESULTS_PER_FILE,
    )  # fmt: skip
    return Output("search/index.html", view, "search.html")


def _found_posts(context: ViewContext, number: int, posts: Sequence[Page]) -> Output:
    """Return the file with the search results for ``posts``: title, URL, date, summary, language, badge."""
    entries = (context.entries[post.path] for post in posts)
    lines = [(entry.title, entry.url, entry.date.text, entry.summary, entry.lang, entry.badge) for entry in entries]
    return Output(posts_file_path(number), TextView(msgspec.json.encode(lines).decode()))


def _all_series(context: ViewContext) -> Iterator[MakeView]:
    if context.site.series:
        yield partial(_series_list, context)
        yield from (partial(_series, context, entry) for entry in context.site.series.values())


def _series_list(context: ViewContext) -> Output:
    lines = tuple(
        SeriesLine(entry.name, context.url(entry.address), _series_summary(entry), len(entry.posts), entry.total)
        for entry in context.site.series.values()
    )
    head = context.head("Series", "/series/")
    view = SeriesListView(site=context.site_view, head=head, title="Series", series=lines)
    return Output("series/index.html", view, "series-list.html")


def _series_summary(series: Series) -> str:
    return series.page.summary if series.page else ""


def _series(context: ViewContext, series: Series) -> Output:
    feed = context.url(f"{series.address}feed.xml") if context.settings.url else ""
    head = context.head(
        series.name, series.address, crumbs=[Crumb("Series", context.settings.absolute("/series/"))],
        description=_series_summary(series) or context.settings.description,
        feeds=(FeedLink(series.name, feed, RSS),) if feed else (),
    )  # fmt: skip
    parts = tuple(
        SeriesPart(
            part.number,
            part.title,
            context.url(part.post.address) if part.post else "",
            context.entries[part.post.path].date if part.post else None,
            part.gap,
        )
        for part in series.parts
    )
    view = SeriesView(
        site=context.site_view,
        head=head,
        title=series.name,
        badge=BADGES[series.page.hidden_reason] if series.page else "",
        body=context.body(series.page) if series.page else Html(""),
        parts=parts,
        published=len(series.posts),
        total=series.total,
        feed=feed,
    )
    return Output(output_path(series.address), view, "series.html", series.page.path if series.page else "")
