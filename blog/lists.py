"""plan, the lists: home, tags, labels, archive and series as targets. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from blog.addresses import output_path
from blog.claims import sheets
from blog.frame import BADGES
from blog.markdown import fill
from blog.targets import Target
from blog.views import (
    RSS,
    ArchiveView,
    Crumb,
    FeedLink,
    Html,
    ListView,
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

    from blog.frame import Frame
    from blog.pages import Page
    from blog.terms import Series, Term


def list_targets(frame: Frame) -> Iterator[Target]:
    """Every page that lists posts or what they have in common."""
    yield from _home(frame)
    yield from _terms(frame, "tag", frame.site.tags)
    yield from _terms(frame, "label", frame.site.labels)
    yield from _all_series(frame)
    yield _archive(frame)


def _home(frame: Frame) -> Iterator[Target]:
    home = frame.site.home
    intro = frame.body(home) if home else Html("")
    head = {"description": home.document.matter.summary} if home and home.document.matter.summary else {}
    template = frame.template(home, "home.html") if home else "home.html"
    yield from _sheets(frame, ("", "home", "/"), frame.site.posts, template, intro=intro, **head)


def _terms(frame: Frame, kind: Literal["tag", "label"], terms: Mapping[str, Term]) -> Iterator[Target]:
    if not terms:
        return
    title, address = f"{kind.capitalize()}s", f"/{kind}s/"
    lines = tuple(TermLine(term.name, frame.url(term.address), len(term.posts)) for term in terms.values())
    index = TermsView(site=frame.site_view, head=frame.head(title, address), title=title, kind=kind, terms=lines)
    yield Target(output_path(address), index, "terms.html")
    for key, term in terms.items():
        notice = frame.site.notices.get(key) if kind == "label" else None
        intro = Html(fill(notice.text.html, notice.links)) if notice else Html("")
        crumbs = [Crumb(title, frame.settings.absolute(address))]
        yield from _sheets(frame, (term.name, kind, term.address), term.posts, "list.html", intro=intro, crumbs=crumbs)


def _sheets(
    frame: Frame,
    what: tuple[str, Literal["home", "tag", "label"], str],
    posts: Sequence[Page],
    template: str,
    **more: Any,
) -> Iterator[Target]:
    """The sheets of a list: its title, kind and address, its posts."""
    title, kind, first = what
    size = frame.settings.paginate
    total = sheets(len(posts), size)
    addresses = [first, *(f"{first}page/{number}/" for number in range(2, total + 1))]
    intro = more.pop("intro")
    feed = frame.url(f"{first}feed.xml") if frame.settings.url else ""
    feeds = (FeedLink(title, feed, RSS),) if feed and kind != "home" else ()
    for number, address in enumerate(addresses, 1):
        numbered = title if number == 1 else f"{title or 'Posts'} ({number} of {total})"
        view = ListView(
            site=frame.site_view,
            head=frame.head(numbered, address, feeds=feeds, **more),
            title=title or frame.settings.title,
            kind=kind,
            intro=intro if number == 1 else Html(""),
            count=len(posts),
            entries=tuple(frame.entries[post.path] for post in posts[(number - 1) * size : number * size]),
            sheet=number,
            sheets=total,
            newer=frame.url(addresses[number - 2]) if number > 1 else "",
            older=frame.url(addresses[number]) if number < total else "",
            feed=feed,
        )
        yield Target(output_path(address), view, template)


def _archive(frame: Frame) -> Target:
    years = groupby(frame.site.posts, key=lambda post: post.day.year if post.day else 0)
    view = ArchiveView(
        site=frame.site_view,
        head=frame.head("Archive", "/archive/"),
        title="Archive",
        count=len(frame.site.posts),
        years=tuple(Year(year, tuple(frame.entries[post.path] for post in posts)) for year, posts in years),
    )
    return Target("archive/index.html", view, "archive.html")


def _all_series(frame: Frame) -> Iterator[Target]:
    if not frame.site.series:
        return
    lines = tuple(
        SeriesLine(entry.name, frame.url(entry.address), _series_summary(entry), len(entry.posts), entry.total)
        for entry in frame.site.series.values()
    )
    head = frame.head("Series", "/series/")
    index = SeriesListView(site=frame.site_view, head=head, title="Series", series=lines)
    yield Target("series/index.html", index, "series-list.html")
    for entry in frame.site.series.values():
        yield _series(frame, entry)


def _series_summary(series: Series) -> str:
    return series.page.summary if series.page else ""


def _series(frame: Frame, series: Series) -> Target:
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
        )
        for part in series.parts
    )
    view = SeriesView(
        site=frame.site_view,
        head=head,
        title=series.name,
        badge=BADGES[series.page.hold] if series.page else "",
        body=frame.body(series.page) if series.page else Html(""),
        parts=parts,
        published=len(series.posts),
        total=series.total,
        feed=feed,
    )
    return Target(output_path(series.address), view, "series.html", series.page.path if series.page else "")
