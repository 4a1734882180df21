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


def list_outputs(frame: ViewContext) -> Iterator[MakeView]:
    """Every page that lists posts or what they have in common."""
    yield from _home(frame)
    yield from _terms(frame, "tag", frame.site.tags)
    yield from _terms(frame, "label", frame.site.labels)
    yield from _all_series(frame)
    yield partial(_archive, frame)
    if SEARCH_ADDRESS not in {page.address for page in frame.site.pages.values()}:
        yield partial(_search, frame)
    oldest_first = frame.site.posts[::-1]
    for number in range(page_count(len(oldest_first), RESULTS_PER_FILE)):
        yield partial(
            _found_posts, frame, number, oldest_first[number * RESULTS_PER_FILE : (number + 1) * RESULTS_PER_FILE]
        )


class _List(NamedTuple):
    """A list of posts, which is shown in sheets."""

    title: str
    kind: Literal["home", "tag", "label"]
    address: str
    posts: Sequence[Page]
    template: str
    intro: Html | Body
    head: dict[str, Any]

    def targets(self, frame: ViewContext) -> Iterator[MakeView]:
        total = page_count(len(self.posts), frame.settings.paginate)
        return (partial(_sheet, frame, self, number, total) for number in range(1, total + 1))


def _home(frame: ViewContext) -> Iterator[MakeView]:
    home = frame.site.home
    intro = frame.body(home) if home else Html("")
    head = {"description": home.document.front_matter.summary} if home and home.document.front_matter.summary else {}
    template = frame.template(home, "home.html") if home else "home.html"
    return _List("", "home", "/", frame.site.posts, template, intro, head).targets(frame)


def _terms(frame: ViewContext, kind: Literal["tag", "label"], terms: Mapping[str, Term]) -> Iterator[MakeView]:
    if not terms:
        return
    title, address = f"{kind.capitalize()}s", f"/{kind}s/"
    yield partial(_index, frame, kind, terms)
    crumbs = [Crumb(title, frame.settings.absolute(address))]
    for key, term in terms.items():
        notice = frame.site.notices.get(key) if kind == "label" else None
        intro = frame.notice(notice) if notice else Html("")
        feeds = (FeedLink(term.name, frame.url(f"{term.address}feed.xml"), RSS),) if frame.settings.url else ()
        head = {"crumbs": crumbs, "feeds": feeds}
        yield from _List(term.name, kind, term.address, term.posts, "list.html", intro, head).targets(frame)


def _index(frame: ViewContext, kind: Literal["tag", "label"], terms: Mapping[str, Term]) -> Output:
    title, address = f"{kind.capitalize()}s", f"/{kind}s/"
    lines = tuple(TermLine(term.name, frame.url(term.address), len(term.posts)) for term in terms.values())
    view = TermsView(site=frame.site_view, head=frame.head(title, address), title=title, kind=kind, terms=lines)
    return Output(output_path(address), view, "terms.html")


def _sheet(frame: ViewContext, what: _List, number: int, total: int) -> Output:
    size = frame.settings.paginate
    address = _sheet_address(what, number)
    title = what.title if number == 1 else f"{what.title or 'Posts'} ({number} of {total})"
    view = ListView(
        site=frame.site_view,
        head=frame.head(title, address, **what.head),
        title=what.title or frame.settings.title,
        kind=what.kind,
        intro=what.intro if number == 1 else Html(""),
        count=len(what.posts),
        entries=tuple(frame.entries[post.path] for post in what.posts[(number - 1) * size : number * size]),
        sheet=number,
        sheets=total,
        newer=frame.url(_sheet_address(what, number - 1)) if number > 1 else "",
        older=frame.url(_sheet_address(what, number + 1)) if number < total else "",
        feed=frame.url(f"{what.address}feed.xml") if frame.settings.url else "",
    )
    return Output(output_path(address), view, what.template)


def _sheet_address(what: _List, number: int) -> str:
    return what.address if number == 1 else f"{what.address}page/{number}/"


def _archive(frame: ViewContext) -> Output:
    days = [post.day for post in frame.site.posts if post.day]
    tags = {tag.name: [post.day for post in tag.posts if post.day] for tag in frame.site.tags.values()}
    language = frame.settings.language
    years = groupby(frame.site.posts, key=lambda post: post.day.year if post.day else 0)
    view = ArchiveView(
        site=frame.site_view,
        head=frame.head("Archive", "/archive/"),
        title="Archive",
        count=len(days),
        span=days[0].year - days[-1].year + 1 if days else 0,
        words=date_formats.roughly(sum(post.document.text.words for post in frame.site.posts)),
        pause=date_formats.longest_pause(days, language),
        charts=tuple(filter(None, (archive.month_chart(days, language), archive.topic_chart(tags)))),
        years=tuple(Year(year, tuple(frame.entries[post.path] for post in posts)) for year, posts in years),
    )
    return Output("archive/index.html", view, "archive.html")


def _search(frame: ViewContext) -> Output:
    posts = len(frame.site.posts)
    view = SearchView(
        site=frame.site_view, head=frame.head("Search", SEARCH_ADDRESS), title="Search", count=posts,
        index=frame.url(SEARCH_ADDRESS), files=search_file_count(posts), sheet=RESULTS_PER_FILE,
    )  # fmt: skip
    return Output("search/index.html", view, "search.html")


def _found_posts(frame: ViewContext, number: int, posts: Sequence[Page]) -> Output:
    """Return the file with the search results for ``posts``: title, URL, date, summary, language, badge."""
    entries = (frame.entries[post.path] for post in posts)
    lines = [(entry.title, entry.url, entry.date.text, entry.summary, entry.lang, entry.badge) for entry in entries]
    return Output(posts_file_path(number), TextView(msgspec.json.encode(lines).decode()))


def _all_series(frame: ViewContext) -> Iterator[MakeView]:
    if frame.site.series:
        yield partial(_series_list, frame)
        yield from (partial(_series, frame, entry) for entry in frame.site.series.values())


def _series_list(frame: ViewContext) -> Output:
    lines = tuple(
        SeriesLine(entry.name, frame.url(entry.address), _series_summary(entry), len(entry.posts), entry.total)
        for entry in frame.site.series.values()
    )
    head = frame.head("Series", "/series/")
    view = SeriesListView(site=frame.site_view, head=head, title="Series", series=lines)
    return Output("series/index.html", view, "series-list.html")


def _series_summary(series: Series) -> str:
    return series.page.summary if series.page else ""


def _series(frame: ViewContext, series: Series) -> Output:
    feed = frame.url(f"{series.address}feed.xml") if frame.settings.url else ""
    head = frame.head(
        series.name, series.address, crumbs=[Crumb("Series", frame.settings.absolute("/series/"))],
        description=_series_summary(series) or frame.settings.description,
        feeds=(FeedLink(series.name, feed, RSS),) if feed else (),
    )  # fmt: skip
    parts = tuple(
        SeriesPart(
            part.number,
            part.title,
            frame.url(part.post.address) if part.post else "",
            frame.entries[part.post.path].date if part.post else None,
            part.gap,
        )
        for part in series.parts
    )
    view = SeriesView(
        site=frame.site_view,
        head=head,
        title=series.name,
        badge=BADGES[series.page.hidden_reason] if series.page else "",
        body=frame.body(series.page) if series.page else Html(""),
        parts=parts,
        published=len(series.posts),
        total=series.total,
        feed=feed,
    )
    return Output(output_path(series.address), view, "series.html", series.page.path if series.page else "")
