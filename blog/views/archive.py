"""The archive: all posts by year, with charts. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from blog.views import charts, date_formats
from blog.views.outputs import program_output
from blog.views.page_views import ArchiveView, Year
from blog.views.sitemap import newest_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.site.editions import Edition
    from blog.views.context import ViewContext
    from blog.views.outputs import Output


def archive_outputs(edition: Edition) -> Iterator[Output]:
    """Yield the archive."""
    output = program_output(edition.address("/archive/"), _archive_view, "archive.html", owner="the archive")
    yield output._replace(last_change=newest_change(edition.posts))


def _archive_view(context: ViewContext) -> ArchiveView:
    posts, words = context.edition.posts, context.words
    days = [post.day for post in posts if post.day]
    tags = {tag.name: [post.day for post in tag.posts if post.day] for tag in context.edition.tags.values()}
    all_charts = [charts.month_chart(days, words), charts.topic_chart(tags, words)]
    title = words.text("section.archive")
    years = groupby(posts, key=lambda post: post.day.year if post.day else 0)
    return ArchiveView(
        site=context.site_view,
        head=context.list_head(title, "/archive/"),
        title=title,
        count=len(days),
        span=days[0].year - days[-1].year + 1 if days else 0,
        words=date_formats.roughly(sum(post.document.text.words for post in posts), words),
        pause=date_formats.longest_pause(days, words),
        charts=tuple(chart for chart in all_charts if chart),
        years=tuple(Year(year, tuple(context.entry(post.path) for post in posts)) for year, posts in years),
    )
