"""The views of feeds and sitemap."""

import datetime as dt

import pytest

from blog.config.settings import Settings
from blog.site.visibility import Audience
from blog.views.feeds import new_entries
from blog.views.outputs import FeedView, OutputView, SitemapView
from tests.support.planning import planned
from tests.support.publishing import post


def feed(targets: dict[str, OutputView], path: str = "feed.xml") -> FeedView:
    view = targets[path].view
    assert isinstance(view, FeedView)
    return view


def test_a_day_alone_is_noon_in_utc_and_a_time_is_an_instant() -> None:
    targets = planned(
        {
            "posts/a.md": post("A", "2024-01-02"),
            "posts/b.md": post("B", "2024-01-01 23:30", updated="2024-02-01 08:00+05:30"),
        },
        settings=Settings(title="T", url="https://x.org", authority="x.org", timezone="America/New_York"),
    )
    first, second = feed(targets).entries
    assert (first.published, second.published) == ("2024-01-02T12:00:00+00:00", "2024-01-02T04:30:00+00:00")
    assert second.updated == "2024-02-01T02:30:00+00:00"
    assert feed(targets).updated == "2024-02-01T02:30:00+00:00"


@pytest.mark.parametrize(
    ("timezone", "published"),
    [
        ("UTC", "2026-11-28T00:00:00+00:00"),
        ("Pacific/Auckland", "2026-11-27T11:00:00+00:00"),
        ("Asia/Tokyo", "2026-11-27T15:00:00+00:00"),
        ("Europe/Madrid", "2026-11-27T23:00:00+00:00"),
        ("America/Los_Angeles", "2026-11-28T08:00:00+00:00"),
        ("Pacific/Kiritimati", "2026-11-27T10:00:00+00:00"),
    ],
)
def test_a_day_alone_begins_in_feeds_with_the_day_and_so_is_never_in_the_future(timezone: str, published: str) -> None:
    settings = Settings(title="T", url="https://x.org", authority="x.org", timezone=timezone)
    now = dt.datetime.fromisoformat(published)  # the first moment at which it is published
    posts = {"posts/a.md": post("A", "2026-11-28"), "posts/b.md": post("B", "2024-05-01", updated="2026-11-28")}
    for later in (dt.timedelta(), dt.timedelta(hours=1), dt.timedelta(days=400)):
        view = feed(planned(posts, settings=settings, audience=Audience(now + later)))
        assert [entry.published for entry in view.entries] == [published, "2024-05-01T12:00:00+00:00"]
        assert [entry.updated for entry in view.entries] == [published, published]
        assert view.updated == published
    assert len(feed(planned(posts, settings=settings, audience=Audience(now - dt.timedelta(seconds=1)))).entries) == 1


def test_days_before_version_1_keep_their_noon_and_their_id() -> None:
    settings = Settings(title="T", url="https://x.org", authority="x.org", timezone="Pacific/Auckland")
    now = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    (entry,) = feed(planned({"posts/a.md": post("A", "2026-11-27")}, settings=settings, audience=Audience(now))).entries
    assert (entry.published, entry.id) == ("2026-11-27T12:00:00+00:00", "tag:x.org,2026-11-27:/posts/a/")


def test_a_blog_without_author_is_by_its_title() -> None:
    assert [person.name for person in feed(planned({"posts/a.md": post()})).author] == ["T"]


def test_a_feed_without_entries_does_not_say_now() -> None:
    assert feed(planned({})).updated == "1970-01-01T00:00:00+00:00"


def test_summaries_alone_if_the_settings_say_so() -> None:
    settings = Settings(title="T", url="https://x.org", authority="x.org", feed_full_text=False)
    entry = feed(planned({"posts/a.md": post(text="Short.")}, settings=settings)).entries[0]
    assert (entry.above, entry.body, entry.below, entry.summary) == ((), None, "", "Short.")


def test_an_entry_ends_with_the_history_and_where_to_answer() -> None:
    text = post("A", "2024-01-01", changes="[2024-05-06: Mended <b>, 2024-02-01: Drew it]", discussion="https://d.org/")
    targets = planned({"posts/a.md": text})
    (entry,) = feed(targets).entries
    assert entry.below == (
        "<hr>\n<p>Changes:</p>\n<ul>\n<li>1 February 2024: Drew it</li>\n<li>6 May 2024: Mended &lt;b&gt;</li>\n</ul>\n"
        '<p><a href="https://d.org/">Discussion</a></p>\n'
    )
    assert entry.updated == feed(targets).updated == "2024-05-06T12:00:00+00:00"
    sitemap = targets["sitemap.xml"].view
    assert isinstance(sitemap, SitemapView)
    assert dict(sitemap.urls)["https://example.org/posts/a/"] == "2024-05-06"


def test_the_sitemap_lists_what_search_engines_should_know() -> None:
    targets = planned({
        "posts/a.md": post("A", tags="[x]", updated="2024-05-05", labels="[L]", series="S"), "posts/u.md": post("U", unlisted="true"),
        "about.md": "# About\n", "404.md": "# Gone\n", "posts/old.md": post("Old", "2020-01-01", aliases="[/o/]"),
    })  # fmt: skip
    view = targets["sitemap.xml"].view
    assert isinstance(view, SitemapView)
    assert dict(view.urls) == {
        "https://example.org/": "2024-05-05",
        "https://example.org/about/": "",
        "https://example.org/posts/a/": "2024-05-05",
        "https://example.org/posts/old/": "2020-01-01",
        "https://example.org/tags/": "2024-05-05",
        "https://example.org/tags/x/": "2024-05-05",
        "https://example.org/labels/": "2024-05-05",
        "https://example.org/labels/l/": "2024-05-05",
        "https://example.org/series/": "2024-05-05",
        "https://example.org/series/s/": "2024-05-05",
        "https://example.org/archive/": "2024-05-05",
    }


def test_without_url_there_are_no_feeds_and_no_sitemap() -> None:
    targets = planned({"posts/a.md": post(tags="[x]")}, settings=Settings(title="T"))
    assert not any(path.endswith(".xml") for path in targets)


def test_new_entries_are_those_whose_id_the_published_feed_does_not_have() -> None:
    found = feed(planned({"posts/a.md": post("A"), "posts/b.md": post("B & C")}))
    published = b'<guid isPermaLink="false">tag:example.org,2024-01-01:/posts/a/</guid>'
    assert new_entries(found, published) == ("B & C",)
    assert new_entries(found, b"") == ()
