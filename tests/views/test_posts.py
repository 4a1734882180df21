"""plan: what the views of posts and pages hold, and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from blog.config.people import Person
from blog.config.settings import Settings
from blog.content.theme import Theme
from blog.site.visibility import Audience
from blog.views.outputs import TextView, content_paths
from blog.views.page_parts import Body, Date, Link, NoticeBody
from blog.views.page_views import PageView, PostView
from blog.views.posts import find_unknown_templates, find_unused_templates
from tests.support.planning import DESIGN, NOW, assembled, messages, planned
from tests.support.publishing import FEEDS, post, publish
from tests.support.sites import told


def post_view(documents: dict[str, str], path: str = "posts/a/index.html", **more: Any) -> PostView:
    view = planned(documents, **more)[path].view
    assert isinstance(view, PostView)
    return view


def test_a_post_view_holds_the_facts_of_the_post() -> None:
    author = (Person("Ada Moreno", "https://a.org/", "ada@a.org"),)
    settings = Settings(title="T", url="https://example.org", author=author)
    view = post_view(
        {"posts/a.md": post("A & B", "2024-01-05 09:30", "One. Two.\n\n## H\n\n## I\n\n## J", updated="2024-02-01",
                            tags="[x]", labels="[Week]", discussion="https://d.org/", source="https://s.org/p",
                            extra="{mood: calm, stars: 5}")},
        settings=settings,
    )  # fmt: skip
    assert (view.title, view.badge, view.minutes) == ("A & B", "", 1)
    assert view.date == Date("2024-01-05T09:30:00+00:00", "5 January 2024, 09:30", "5 January", "5 January 2024")
    assert view.updated == Date("2024-02-01", "1 February 2024", "1 February", "1 February 2024")
    assert (view.tags, view.labels) == ((Link("x", "/tags/x/"),), (Link("Week", "/labels/week/"),))
    assert [heading.id for heading in view.toc] == ["h", "i", "j"]
    assert view.author == author
    assert view.reply == "mailto:ada@a.org?subject=Re%3A%20A%20%26%20B"
    assert view.source is not None
    assert (view.source.url, view.source.title) == ("https://s.org/p", "s.org")
    assert view.discussion == "https://d.org/"
    assert view.extra == {"mood": "calm", "stars": 5}
    assert view.citation.text == "Ada Moreno, “A & B”, T, 5 January 2024, https://example.org/posts/a/"
    assert view.citation.bibtex == (
        "@misc{moreno-2024-a-b,\n  author = {Ada Moreno},\n  title = {{A \\& B}},\n  howpublished = {T},\n"
        "  year = {2024},\n  month = jan,\n  url = {https://example.org/posts/a/},\n}"
    )


def test_the_head_says_what_machines_want_to_know() -> None:
    head = post_view(
        {"posts/a.md": post("A", text="First. Second.", image="pic.png", image_alt='"A dog"', lang="es", tags="[x]")},
        files=("posts/pic.png",),
    ).head
    assert (head.title, head.description, head.lang, head.kind) == ("A", "First. Second.", "es", "article")
    assert head.canonical == "https://example.org/posts/a/"
    assert (head.image, head.image_alt) == ("https://example.org/posts/pic.png", "A dog")
    assert (head.published, head.modified, head.noindex) == ("2024-01-01", "", False)
    assert '"@type":"BlogPosting","headline":"A","datePublished":"2024-01-01"' in head.json_ld.text
    assert '"@type":"BreadcrumbList"' in head.json_ld.text


def test_nothing_can_end_the_json_ld_block() -> None:
    head = post_view({"posts/a.md": post("</script><script>alert(1)", text="</script>x")}).head
    assert "<" not in head.json_ld.text


def test_dates_are_in_the_language_of_the_post() -> None:
    view = post_view({"posts/a.md": post(lang="de", updated="2024-02-01 9:00")})
    assert view.updated is not None
    assert (view.date.text, view.updated.text) == ("1. Januar 2024", "1. Februar 2024, 09:00 Uhr")
    assert post_view({"posts/a.md": post(lang="eo")}).date.text == "1 January 2024"


def test_a_table_of_contents_needs_three_headings_and_can_be_refused() -> None:
    text = "## A\n\n## B"
    assert post_view({"posts/a.md": post(text=text)}).toc == ()
    assert len(post_view({"posts/a.md": post(text=text + "\n\n## C")}).toc) == 3
    assert post_view({"posts/a.md": post(text=text + "\n\n## C", toc="false")}).toc == ()


def test_a_history_is_shown_and_its_newest_day_is_that_of_the_update() -> None:
    changes = "[2024-05-06: Mended & more, 2024-02-01: Drew it again]"
    targets = planned({"posts/a.md": post(changes=changes), "about.md": f"---\ntitle: P\nchanges: {changes}\n---\n"})
    for path in ("posts/a/index.html", "about/index.html"):
        view = targets[path].view
        assert isinstance(view, PostView | PageView)
        assert [(change.date.text, change.text) for change in view.changes] == [
            ("1 February 2024", "Drew it again"), ("6 May 2024", "Mended & more"),
        ]  # fmt: skip
        assert view.updated == Date("2024-05-06", "6 May 2024", "6 May", "6 May 2024")
    head = post_view({"posts/a.md": post(changes=changes)}).head
    assert head.modified == "2024-05-06"
    assert '"dateModified":"2024-05-06"' in head.json_ld.text


def test_a_year_earlier_is_shown_as_an_entry_unless_the_post_looks_back_at_it_already() -> None:
    documents = {"posts/old.md": post("Old", "2023-01-05"), "posts/a.md": post("New", "2024-01-01")}
    view = post_view(documents)
    assert view.year_earlier is not None
    assert (view.year_earlier.title, view.year_earlier.url) == ("Old", "/posts/old/")
    assert post_view(documents, "posts/old/index.html").year_earlier is None
    assert post_view({**documents, "posts/a.md": post("New", "2024-01-01", revisits="old.md")}).year_earlier is None
    assert post_view({**documents, "posts/a.md": post("New", "2024-01-01", unlisted="true")}).year_earlier is None
    unlisted = {**documents, "posts/old.md": post("Old", "2023-01-05", unlisted="true")}
    assert post_view(unlisted).year_earlier is None


def test_two_posts_of_one_day_have_no_time_between_them() -> None:
    documents = {
        "posts/old.md": post("Old", "2024-01-01 09:00"),
        "posts/a.md": post("New", "2024-01-01 10:00", revisits="old.md"),
    }
    assert [other.span for other in post_view(documents).revisits] == [""]


def test_neighbours_are_links_and_never_whole_posts() -> None:
    documents = {f"posts/{name}.md": post(name, f"2024-01-0{day}") for day, name in enumerate("cab", 1)}
    view = post_view(documents)
    assert (view.older, view.newer) == (Link("c", "/posts/c/"), Link("b", "/posts/b/"))
    assert post_view(documents, "posts/b/index.html").newer is None
    assert post_view(documents, "posts/c/index.html").older is None


def test_an_edited_text_changes_no_view_for_those_that_show_it_name_it() -> None:
    documents = {
        f"posts/{name}.md": post(name, f"2024-01-0{day}", "Same start.\n\nEnd.", tags="[x]")
        for day, name in enumerate("abc", 1)
    }
    before = planned(documents)
    after = planned({**documents, "posts/b.md": documents["posts/b.md"].replace("End.", "Other end.")})
    assert before == after
    assert {path for path, target in after.items() if "content/posts/b.md" in content_paths(target.view)} == {
        "posts/b/index.html", *FEEDS, "tags/x/feed.xml",
    }  # fmt: skip


def test_the_place_in_a_series_is_shown_with_the_published_parts_around_it() -> None:
    view = post_view({
        "series/s.md": "---\ntitle: S\nparts: [One, Two, Three, Four]\n---\n",
        "posts/a.md": post("Three", series="S"), "posts/b.md": post("One", series="S"), "posts/c.md": post("Four", series="S"),
    })  # fmt: skip
    assert view.series is not None
    assert (view.series.number, view.series.total, view.series.url) == (3, 4, "/series/s/")
    assert (view.series.previous, view.series.next) == (Link("One", "/posts/b/"), Link("Four", "/posts/c/"))


@pytest.mark.parametrize(
    ("first", "second", "span"),
    [
        ("2020-01-01", "2024-01-01", "4 years"), ("2020-01-02", "2021-01-02", "1 year"), ("2020-01-31", "2020-03-30", "1 month"),
        ("2024-01-01", "2024-01-20", "2 weeks"), ("2024-01-01", "2024-01-02", "1 day"), ("2024-01-01", "2024-01-09", "1 week"),
    ],
)  # fmt: skip
def test_both_posts_say_the_time_between(first: str, second: str, span: str) -> None:
    documents = {"posts/old.md": post("Old", first), "posts/a.md": post("New", second, revisits="old.md")}
    assert [(other.title, other.span) for other in post_view(documents).revisits] == [("Old", span)]
    old = post_view(documents, "posts/old/index.html")
    assert [(other.title, other.span) for other in old.revisited] == [("New", span)]


def test_a_page_that_revisits_is_not_also_mentioned() -> None:
    documents = {"posts/a.md": post("Old", "2020-01-01"), "posts/b.md": post("New", text="[a](a.md)", revisits="a.md"),
                 "posts/c.md": post("Else", text="[a](a.md)")}  # fmt: skip
    assert post_view(documents).mentions == (Link("Else", "/posts/c/"),)


def test_notices_stand_above_posts_with_their_label() -> None:
    view = post_view(
        {"posts/a.md": post(labels="[journal]"), "about.md": "# A\n"},
        notices={"Journal": "Raw, see [about](about.md)."},
    )
    (notice,) = view.notices
    assert isinstance(notice.body, NoticeBody)
    assert (notice.label, notice.body.targets) == ("journal", ("/about/",))
    assert notice.body.html == '<p>Raw, see <a href="\x000\x00">about</a>.</p>\n'


def test_context_and_text_are_apart_and_so_are_their_ids(tmp_path: Path) -> None:
    text = post(context='"## H\\n\\na[^1]\\n\\n[^1]: b"', text="## H\n\na[^1]\n\n[^1]: b")
    page = publish(tmp_path, {"content/posts/a.md": text})["posts/a/index.html"]
    ids = [found for found in re.findall(r' id="([^"]+)"', page) if found.endswith(("h", ":1"))]
    assert ids == ["context-h", "context-fnref:1", "context-fn:1", "h", "fnref:1", "fn:1"]


def test_an_unlisted_post_shows_tags_without_pages_as_words() -> None:
    view = post_view({"posts/a.md": post(unlisted="true", tags="[Mine, shared]"), "posts/b.md": post(tags="[Shared]")})
    assert view.tags == (Link("Mine", ""), Link("Shared", "/tags/shared/"))
    assert (view.older, view.newer, view.series, view.related, view.year_earlier) == (None, None, None, (), None)
    assert view.head.noindex


@pytest.mark.parametrize(
    ("keys", "badge"),
    [({"draft": "true"}, "Draft"), ({"private": "true"}, "Private"), ({"date": "2099-01-01"}, "Scheduled")],
)
def test_what_readers_do_not_get_has_a_badge(keys: dict[str, str], badge: str) -> None:
    audience = Audience(NOW, drafts=True, future=True, private=True)
    view = post_view({"posts/a.md": post(**keys)}, audience=audience)
    assert view.badge == badge
    assert view.head.noindex


def test_a_page_has_its_own_view_and_404_stands_for_missing_ones() -> None:
    targets = planned(
        {"about.md": "---\ntitle: About\nupdated: 2024-02-02\n---\nMe. [x](now.md)\n", "now.md": "# Now\n"}
    )
    about, now, missing = (targets[path].view for path in ("about/index.html", "now/index.html", "404.html"))
    assert isinstance(about, PageView)
    assert isinstance(now, PageView)
    assert isinstance(missing, PageView)
    assert (about.title, about.updated) == (
        "About",
        Date("2024-02-02", "2 February 2024", "2 February", "2 February 2024"),
    )
    assert now.mentions == (Link("About", "/about/"),)
    assert (missing.title, missing.head.noindex, missing.head.canonical) == ("Page not found", True, "")
    own = planned({"404.md": "# Lost\n"})["404.html"].view
    assert isinstance(own, PageView)
    assert (own.title, own.head.noindex, own.head.canonical) == ("Lost", True, "")


def test_a_document_may_choose_another_template_of_the_theme() -> None:
    assert planned({"posts/a.md": post(template="special")})["posts/a/index.html"].template == "special.html"
    site, _ = assembled({"posts/a.md": post(template="specail.html")})
    problems = find_unknown_templates(site, DESIGN)
    assert messages(problems) == ['content/posts/a.md:4:11: the theme has no template "specail.html"']
    assert problems[0].hint == 'did you mean "special.html"?'


def test_redirects_keep_the_authors_lines_first_and_do_not_name_unlisted_posts() -> None:
    documents = {"posts/b.md": post(aliases="[/z/, /a/]"), "posts/u.md": post(unlisted="true", aliases="[/u/]")}
    targets = planned(documents, redirects="/mine /there 302")
    assert targets["_redirects"].view == TextView(
        "/mine /there 302\n/a/ /posts/b/ 301!\n/a/ /posts/b/ 301\n/z/ /posts/b/ 301!\n/z/ /posts/b/ 301\n"
    )
    assert "u/index.html" in targets


def test_addresses_carry_the_path_of_url_everywhere() -> None:
    settings = Settings(title="T", url="https://x.org/blog", authority="x.org")
    documents = {"posts/ä b.md": post(text="[s](../about.md)", aliases="[/old/]", tags="[Ü]"), "about.md": "# A\n"}
    targets = planned(documents, settings=settings)
    view = targets["posts/ä-b/index.html"].view
    assert isinstance(view, PostView)
    assert view.head.canonical == "https://x.org/blog/posts/%C3%A4-b/"
    assert view.tags == (Link("Ü", "/blog/tags/%C3%BC/"),)
    assert view.site.home == "/blog/"
    assert [icon.url for icon in view.site.icons] == ["/blog/assets/favicon.1.svg"]
    assert view.body == Body("content/posts/ä b.md", ("/blog/about/",))
    assert targets["_redirects"].view == TextView(
        "/blog/old/ /blog/posts/%C3%A4-b/ 301!\n/blog/old/ /blog/posts/%C3%A4-b/ 301\n"
    )


def test_a_template_that_the_theme_lacks_is_suggested_among_those_of_pages() -> None:
    site, _ = assembled({"posts/a.md": post(template="essay"), "b.md": "---\ntitle: B\ntemplate: pots\n---\n"})
    theme = Theme(
        dict.fromkeys(("post.html", "page.html", "head.html", "search.html"), "") | {"base.html": "'head.html'"},
        {}, {}, {}, "themes/t",
    )  # fmt: skip
    hints = {problem.message: problem.hint for problem in find_unknown_templates(site, theme)}
    assert hints == {
        'the theme has no template "essay.html"': "add themes/t/templates/essay.html",
        'the theme has no template "pots.html"': 'did you mean "post.html"?',
    }


def test_a_template_that_nothing_uses_is_a_warning_if_its_name_is_nearly_another() -> None:
    site, _ = assembled({"posts/a.md": post(template="pages")})
    documents = [page.document for page in site.pages.values()]
    names = ("post.html", "page.html", "posts.html", "pages.html", "parts.html", "essay.html")
    theme = Theme(dict.fromkeys(names, "{% include 'parts.html' %}"), {}, {}, {}, "themes/t")
    (problem,) = find_unused_templates(documents, theme)
    assert told([problem]) == [
        '1:1 warning unused-template: nothing uses the template "posts.html" -- did you mean "post.html"?'
    ]
    assert problem.location.path == "themes/t/templates/posts.html"
    assert find_unused_templates([], structs.replace(theme, builtin_templates=frozenset(names))) == []
