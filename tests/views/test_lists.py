"""The lists: home, tags, labels, archive and series."""

from typing import Any

from blog.config.settings import Settings
from blog.views.page_parts import Body, Date, Html, Link, NoticeBody
from blog.views.page_views import ArchiveView, ChartRow, ListView, Pause, SeriesListView, SeriesView, TermsView
from tests.support.planning import planned
from tests.support.publishing import post


def posts(count: int, **keys: str) -> dict[str, str]:
    return {
        f"posts/p{number:02}.md": post(f"P{number}", f"20{10 + number % 3}-01-{number + 1:02}", **keys)
        for number in range(count)
    }


def list_view(targets: dict[str, Any], path: str) -> ListView:
    view = targets[path].view
    assert isinstance(view, ListView)
    return view


def test_lists_are_cut_into_sheets_that_lead_to_each_other() -> None:
    targets = planned(posts(25, tags="[x]"), settings=Settings(title="T", paginate=10))
    for start, prefix in (("index.html", ""), ("tags/x/index.html", "tags/x/")):
        sheets = [
            list_view(targets, path) for path in (start, f"{prefix}page/2/index.html", f"{prefix}page/3/index.html")
        ]
        assert [len(sheet.entries) for sheet in sheets] == [10, 10, 5]
        assert [(sheet.newer, sheet.older) for sheet in sheets] == [
            ("", f"/{prefix}page/2/"), (f"/{prefix}", f"/{prefix}page/3/"), (f"/{prefix}page/2/", ""),
        ]  # fmt: skip
        assert {sheet.count for sheet in sheets} == {25}
        dates = [entry.date.iso for sheet in sheets for entry in sheet.entries]
        assert dates == sorted(dates, reverse=True)
    assert "page/4/index.html" not in targets


def test_the_home_page_says_above_its_first_sheet_what_the_author_wrote() -> None:
    targets = planned({"index.md": "---\nsummary: About me\n---\nHello *you*.\n", **posts(11)})
    home = list_view(targets, "index.html")
    assert home.intro == Body("content/index.md", ())
    assert (home.title, home.kind, home.head.title, home.head.description) == ("T", "home", "", "About me")
    second = list_view(targets, "page/2/index.html")
    assert second.intro == Html("")
    assert second.head.title == "Posts (2 of 2)"


def test_an_entry_shows_a_post_by_its_facts() -> None:
    targets = planned({"posts/a.md": post("A", text="First. More.", tags="[x]", labels="[Week]", lang="es")})
    entry = list_view(targets, "index.html").entries[0]
    assert (entry.title, entry.url, entry.summary, entry.lang) == ("A", "/posts/a/", "First. More.", "es")
    assert (entry.tags, entry.labels) == ((Link("x", "/tags/x/"),), (Link("Week", "/labels/week/"),))


def test_a_label_page_shows_its_notice() -> None:
    targets = planned({"posts/a.md": post(labels="[Journal]")}, notices={"journal": "Raw."})
    assert list_view(targets, "labels/journal/index.html").intro == NoticeBody("<p>Raw.</p>\n", ())


def test_the_index_of_tags_counts_posts() -> None:
    targets = planned({"posts/a.md": post(tags="[x, y]"), "posts/b.md": post(tags="[x]")})
    view = targets["tags/index.html"].view
    assert isinstance(view, TermsView)
    assert [(term.title, term.url, term.count) for term in view.terms] == [("x", "/tags/x/", 2), ("y", "/tags/y/", 1)]


def test_what_no_post_has_gets_no_page_and_no_link() -> None:
    targets = planned({"posts/a.md": post()})
    assert not {"tags/index.html", "labels/index.html", "series/index.html"} & targets.keys()
    assert [link.title for link in list_view(targets, "index.html").site.sections] == ["Archive", "Search"]


def test_the_archive_lists_every_post_by_year() -> None:
    view = archive(posts(7))
    assert [(year.year, len(year.entries)) for year in view.years] == [(2012, 2), (2011, 2), (2010, 3)]
    assert view.count == 7


def test_the_archive_says_how_much_was_written_and_when_not() -> None:
    view = archive({
        "posts/a.md": post("A", "2022-03-03", "word " * 1200, tags="[x]"), "posts/b.md": post("B", "2022-08-09", tags="[x, Y]"),
        "posts/c.md": post("C", "2023-01-01", tags="[Y]"),
    })  # fmt: skip
    assert (view.count, view.span, view.words) == (3, 2, "1,200")
    assert view.pause == Pause("5 months", date("2022-03-03", "3 March"), date("2022-08-09", "9 August"))
    months, topics = view.charts
    assert (months.title, [row.name for row in months.rows]) == ("Posts by month", ["2023", "2022"])
    assert (topics.title, topics.rows) == ("Topics by year", (ChartRow("x", (2, 0)), ChartRow("Y", (1, 1))))


def test_the_archive_of_nothing_and_of_one_post_says_no_more_than_there_is() -> None:
    nothing = archive({})
    assert (nothing.count, nothing.span, nothing.words, nothing.pause, nothing.charts) == (0, 0, "", None, ())
    one = archive({"posts/a.md": post(text="word " * 100, tags="[x]")})
    assert (one.count, one.span, one.words, one.pause, one.charts) == (1, 1, "100", None, ())


def archive(documents: dict[str, str]) -> ArchiveView:
    view = planned(documents)["archive/index.html"].view
    assert isinstance(view, ArchiveView)
    return view


def date(iso: str, short: str) -> Date:
    return Date(iso, f"{short} {iso[:4]}", short, f"{short} {iso[:4]}")


def test_a_series_page_shows_the_roadmap() -> None:
    targets = planned({
        "series/s.md": "---\ntitle: The S\nparts: [One, Two]\nsummary: In short\n---\nLong *intro*.\n",
        "posts/a.md": post("Two", "2024-03-01", series="the s"),
    })  # fmt: skip
    view, index = targets["series/s/index.html"].view, targets["series/index.html"].view
    assert isinstance(view, SeriesView)
    assert isinstance(index, SeriesListView)
    assert [(part.number, part.title, part.url, part.gap) for part in view.parts] == [
        (1, "One", "", False), (2, "Two", "/posts/a/", False),
    ]  # fmt: skip
    assert (view.published, view.total, view.body) == (1, 2, Body("content/series/s.md", ()))
    assert [(line.title, line.url, line.summary, line.published, line.total) for line in index.series] == [
        ("The S", "/series/s/", "In short", 1, 2)
    ]
