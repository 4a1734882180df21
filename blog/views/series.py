"""Outputs of series: the list of all series, and a page for each. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blog.views.outputs import Output, document_output, program_output
from blog.views.page_parts import RSS, FeedLink, Html, SeriesPart
from blog.views.page_views import SeriesLine, SeriesListView, SeriesView
from blog.views.sitemap import newest_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.site.editions import Edition
    from blog.site.series import Part, Series
    from blog.views.context import ViewContext


def series_outputs(edition: Edition) -> Iterator[Output]:
    """Yield the list of all series, if there is one, and the page of each."""
    if not edition.series:
        return
    address = edition.address("/series/")
    all_series = program_output(address, _series_list_view, "series-list.html", owner="the list of series")
    yield all_series._replace(last_change=newest_change(edition.posts))
    for series in edition.series.values():
        yield _series_output(series)._replace(last_change=newest_change(series.posts))


def _series_output(series: Series) -> Output:
    make_view = partial(_series_view, series)
    if series.page is not None:
        return document_output(series.page, make_view, "series.html")
    return Output(
        address=series.address, owner=f'the series "{series.name}"', location=series.location, template="series.html",
        make_view=make_view,
    )  # fmt: skip


def _series_list_view(context: ViewContext) -> SeriesListView:
    lines = tuple(
        SeriesLine(series.name, context.url(series.address), _summary(series), len(series.posts), series.total)
        for series in context.edition.series.values()
    )
    title = context.words.text("section.series")
    return SeriesListView(site=context.site_view, head=context.list_head(title, "/series/"), title=title, series=lines)


def _summary(series: Series) -> str:
    return series.page.summary if series.page else ""


def _series_view(series: Series, context: ViewContext) -> SeriesView:
    feed = context.url(f"{series.address}feed.xml") if context.settings.url else ""
    crumb = context.list_crumb("series")
    head = context.head(
        series.name, series.address, crumbs=[crumb],
        description=_summary(series) or context.settings.description,
        feeds=(FeedLink(series.name, feed, RSS),) if feed else (),
    )  # fmt: skip
    return SeriesView(
        site=context.site_view,
        head=head,
        title=series.name,
        badge=context.badge(series.page) if series.page else "",
        body=context.body(series.page) if series.page else Html(""),
        parts=tuple(_part_view(part, context) for part in series.parts),
        published=len(series.posts),
        total=series.total,
        feed=feed,
    )


def _part_view(part: Part, context: ViewContext) -> SeriesPart:
    if part.post is None:
        return SeriesPart(part.number, part.title, "", None, part.gap)
    date = context.entry(part.post.path).date
    return SeriesPart(part.number, part.title, context.url(part.post.address), date, part.gap)
