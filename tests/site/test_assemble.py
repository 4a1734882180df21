"""assemble: who sees what, addresses, order, links between documents."""

import pytest
from msgspec import structs

from blog.config.menu import MenuItem
from blog.config.settings import Label, Settings
from blog.problems import Location
from blog.site.visibility import Audience, HiddenDocument
from blog.views.search import search_file_count, search_file_path
from tests.support.planning import DESIGN, NOW, SETTINGS, assembled, assembled_with_outputs, messages
from tests.support.publishing import post
from tests.support.sites import told


def test_posts_are_ordered_newest_first_and_ties_by_path() -> None:
    site, _ = assembled({
        "posts/b.md": post(date="2024-01-01"), "posts/a.md": post(date="2024-01-01"),
        "posts/old.md": post(date="2023-12-31"), "posts/new.md": post(date="2024-01-02 08:00"),
    })  # fmt: skip
    assert [page.document.stem for page in site.posts] == ["new", "b", "a", "old"]


def test_sources_in_any_order_give_the_same_site() -> None:
    documents = {f"posts/{name}.md": post(name, tags="[x, Y]", text="[a](a.md)") for name in "abc"}
    one, _ = assembled(documents)
    other, _ = assembled(dict(reversed(documents.items())))
    assert one == other


def test_what_is_held_back_is_named_with_its_reason() -> None:
    site, _ = assembled({
        "posts/d.md": post(draft="true"), "posts/f.md": post(date="2099-01-01"), "posts/p.md": post(private="true"),
        "posts/ok.md": post(),
    })  # fmt: skip
    assert [(held.path, held.reason, held.day) for held in site.hidden] == [
        ("content/posts/d.md", "draft", ""),
        ("content/posts/f.md", "scheduled", "2099-01-01"),
        ("content/posts/p.md", "private", ""),
    ]


def test_the_authors_own_preview_sees_everything() -> None:
    site, _ = assembled(
        {"posts/d.md": post(draft="true"), "posts/f.md": post(date="2099-01-01"), "posts/p.md": post(private="true")},
        audience=Audience(NOW, drafts=True, future=True, private=True),
    )
    assert {page.document.stem: page.hidden_reason for page in site.posts} == {
        "d": "draft",
        "f": "scheduled",
        "p": "private",
    }
    found = [(held.path, held.address, held.reasons, held.day) for held in site.hidden]
    assert found == [
        ("content/posts/d.md", "/posts/d/", ("draft",), ""),
        ("content/posts/f.md", "/posts/f/", ("scheduled",), "2099-01-01"),
        ("content/posts/p.md", "/posts/p/", ("private",), ""),
    ]


def test_every_reason_is_told_to_the_author_and_an_unlisted_post_is_held_from_lists_alone() -> None:
    keys = {"draft": "true", "private": "true", "unlisted": "true"}
    files = {"posts/a.md": post(date="2099-01-01", **keys), "posts/b.md": post(unlisted="true")}
    site, _ = assembled(files, audience=Audience(NOW, drafts=True, future=True, private=True))
    assert site.hidden == (
        HiddenDocument(
            "content/posts/a.md", "private", "2099-01-01", "/posts/a/", ("private", "draft", "scheduled"), unlisted=True
        ),
        HiddenDocument("content/posts/b.md", "", "", "/posts/b/", (), unlisted=True),
    )


def test_tags_are_compared_without_case_and_unicode_form_and_shown_as_in_the_oldest_post() -> None:
    site, problems = assembled({
        "posts/a.md": post(date="2024-01-03", tags="[machine learning, cafe\u0301]"),
        "posts/b.md": post(date="2024-01-01", tags="[Machine Learning, Café]"),
        "posts/c.md": post(date="2024-01-02", tags="[MACHINE LEARNING, machine learning]"),
    })  # fmt: skip
    assert problems == []
    assert [(term.name, term.address, len(term.posts)) for term in site.editions[0].tags.values()] == [
        ("Café", "/tags/café/", 2), ("Machine Learning", "/tags/machine-learning/", 3),
    ]  # fmt: skip


def test_c_and_its_relatives_have_addresses_of_their_own() -> None:
    site, problems = assembled({"posts/a.md": post(tags='["C", "C++", "C#", "R&D"]')})
    assert problems == []
    assert sorted(term.address for term in site.editions[0].tags.values()) == [
        "/tags/c-plus-plus/", "/tags/c-sharp/", "/tags/c/", "/tags/r-and-d/",
    ]  # fmt: skip


def test_two_tags_with_one_address_are_an_error_that_names_both() -> None:
    _, problems = assembled({"posts/a.md": post(tags='["a b", "a-b"]')})
    assert messages(problems) == ['content/posts/a.md:4:15: the tags "a b" and "a-b" give one address, /tags/a-b/']


def test_two_documents_with_one_address_are_an_error_that_names_both() -> None:
    _, problems = assembled(
        {"posts/a.md": post(), "posts/2024-01-01-a.md": post(), "About.md": "# A\n", "about.md": "# B\n"}
    )
    assert messages(problems) == [
        "content/about.md:1:1: /about/ is the address of content/about.md and of content/About.md",
        "content/posts/a.md:1:1: /posts/a/ is the address of content/posts/a.md and of content/posts/2024-01-01-a.md",
    ]


def test_a_page_that_takes_an_address_of_the_program_is_an_error() -> None:
    _, problems = assembled(
        {"archive.md": "# A\n", "tags/x.md": "# T\n", "posts/a.md": post(tags="[x]")}, files=("feed.xml",)
    )
    assert messages(problems) == [
        "content/archive.md:1:1: /archive/ is the page that lists all posts",
        "content/feed.xml:1:1: /feed.xml is the feed",
        'content/tags/x.md:1:1: /tags/x/ is the list of posts for "x"',
    ]


@pytest.mark.parametrize(
    ("documents", "files", "line"),
    [
        ({"posts/p.md": post(tags="[x]")}, ("tags/x/index.html/a.txt",), "content/posts/p.md:4:8 error"),
        ({"posts/p.md": post(labels="[x]")}, ("labels/x/index.html/a.txt",), "content/posts/p.md:4:10 error"),
        ({"posts/p.md": post(series="x")}, ("series/x/index.html/a.txt",), "content/posts/p.md:4:9 error"),
        ({"posts/p.md": post(tags="[x]")}, ("tags/x/feed.xml/a.txt",), "content/posts/p.md:4:8 error"),
        ({"posts/p.md": post(aliases="[/a.html]")}, ("a.html/b.txt",), "content/posts/p.md:4:11 error"),
        ({"posts/p.md": post(tags="[x]")}, ("tags/x/index.html",), "comes from content/posts/p.md:4"),
        ({"posts/p.md": post(labels="[x]")}, ("labels/x/feed.xml",), "comes from content/posts/p.md:4"),
        ({"posts/p.md": post(series="x")}, ("series/x/index.html",), "comes from content/posts/p.md:4"),
        ({"posts/p.md": post(tags="[x]"), "tags/x.md": post()}, (), "comes from content/posts/p.md:4"),
        ({"posts/p.md": post(aliases="[/a.html]")}, ("a.html",), "content/posts/p.md:4:11 error"),
    ],
)
def test_a_name_that_takes_an_address_says_which_line_of_which_post_wrote_it(
    documents: dict[str, str], files: tuple[str, ...], line: str
) -> None:
    _, problems = assembled(documents, files=files)
    shown = [f"{found.location.path}:{text}" for found, text in zip(problems, told(problems), strict=True)]
    assert len(shown) == 1
    assert line in shown[0]


def test_a_collision_with_a_tag_says_where_the_tag_is() -> None:
    _, problems = assembled({"posts/p.md": post(tags="[x]")}, files=("tags/x/index.html",))
    (line,) = told(problems)
    message = '/tags/x/ is the list of posts for "x"'
    hint = 'rename the file; the list of posts for "x" comes from content/posts/p.md:4'
    assert line == f"1:1 error collision: {message} -- {hint}"


def test_a_file_where_a_folder_must_be_is_an_error() -> None:
    _, problems = assembled({"posts/a.md": post()}, files=("posts",))
    assert messages(problems) == [
        "content/posts:1:1: /posts is a file, and content/posts/a.md needs a folder of this name"
    ]


def test_files_of_an_author_take_the_place_of_the_programs() -> None:
    site, problems = assembled({"404.md": "# Gone\n"}, files=("robots.txt", "favicon.ico"))
    assert problems == []
    assert site.pages["content/404.md"].address == "/404.html"


def test_names_that_windows_reserves_are_errors() -> None:
    _, problems = assembled({"posts/con.md": post()}, files=("aux.txt", "what?.png"))
    assert messages(problems) == [
        'content/aux.txt:1:1: the path "aux.txt" is a reserved name on Windows: "aux.txt"',
        'content/posts/con.md:1:1: the path "posts/con/index.html" is a reserved name on Windows: "con"',
        'content/what?.png:1:1: the path "what?.png" has a character that names of files cannot have: "what?.png"',
    ]


def test_a_name_without_letters_needs_a_slug() -> None:
    site, problems = assembled({"posts/---.md": post()})
    assert messages(problems) == ['content/posts/---.md:1:1: the name "---" gives no address']
    assert problems[0].hint == "add slug: some-words, or rename the file"
    site, problems = assembled({"posts/---.md": post(slug="dashes")})
    assert [page.address for page in site.posts] == ["/posts/dashes/"]
    assert problems == []


def test_permalinks_use_the_day_in_the_zone_of_the_settings() -> None:
    settings = Settings(title="T", permalink="/{year}/{month}/{day}/{slug}/", timezone="Asia/Tokyo")
    site, _ = assembled(
        {"posts/a.md": post(date="2024-01-31T20:00:00Z"), "posts/b.md": post(date="2024-01-31")}, settings
    )
    assert [page.address for page in site.posts] == ["/2024/02/01/a/", "/2024/01/31/b/"]


def test_links_lead_to_files_headings_and_addresses_under_the_path_of_url() -> None:
    settings = Settings(title="T", url="https://x.org/blog", authority="x.org")
    site, problems = assembled(
        {
            "posts/a.md": post(text="[b](b.md#part) [p](../about.md) [t](/tags/x/?q=1) [me](#here) {#here}\n\n## Here\n\n"
                                    "![i](../pic%20ture.png) [o](https://o.org/) [own](https://x.org/blog/about/) [n](/about)",
                               tags="[x]"),
            "posts/b.md": post(text="## Part"), "about.md": "# About\n",
        },
        settings, files=("pic ture.png",),
    )  # fmt: skip
    assert problems == []
    assert site.links["content/posts/a.md"].text == (
        "/blog/posts/b/#part", "/blog/about/", "/blog/tags/x/?q=1", "#here", "/blog/pic%20ture.png", "https://o.org/",
        "https://x.org/blog/about/", "/blog/about/",
    )  # fmt: skip


def test_revisits_and_links_are_known_on_both_sides_but_not_from_unlisted_posts() -> None:
    site, problems = assembled({
        "posts/old.md": post(date="2020-01-01"),
        "posts/new.md": post(date="2024-01-01", revisits="old.md"),
        "posts/link.md": post(date="2023-01-01", text="[o](old.md) and [again](old.md)"),
        "about.md": "# About\n\n[o](posts/old.md)\n",
        "posts/quiet.md": post(unlisted="true", text="[o](old.md)", revisits="old.md"),
    })  # fmt: skip
    assert problems == []
    assert site.mentions["content/posts/old.md"] == ("content/posts/link.md", "content/about.md")
    assert site.revisited["content/posts/old.md"] == ("content/posts/new.md",)


def test_what_is_revisited_must_be_a_document() -> None:
    _, problems = assembled({"posts/a.md": post(revisits="../pic.png")}, files=("pic.png",))
    assert messages(problems) == ['content/posts/a.md:4:11: "../pic.png" is not a post of this site']


def test_a_series_has_its_planned_parts_and_its_posts_in_order() -> None:
    site, problems = assembled({
        "series/journey.md": "---\ntitle: Journey\nparts: [One, Two, Three, Four]\n---\nIntro.\n",
        "posts/a.md": post("Two", date="2024-01-01", series="journey"),
        "posts/b.md": post("One, rewritten", date="2024-02-01", series="JOURNEY", part="1"),
        "posts/c.md": post("Beyond", date="2024-03-01", series="Journey"),
        "posts/d.md": post("Three", draft="true", series="Journey"),
    })  # fmt: skip
    assert messages(problems) == [
        'content/posts/b.md:5:7: part 1 is planned as "One" in content/series/journey.md',
    ]
    series = site.series["journey"]
    assert [(part.number, part.title, part.post is not None) for part in series.parts] == [
        (1, "One, rewritten", True), (2, "Two", True), (3, "Three", False), (4, "Four", False), (5, "Beyond", True),
    ]  # fmt: skip
    assert (series.address, series.total) == ("/series/journey/", 5)


def test_a_series_without_a_file_has_a_page_too_and_weight_orders_it() -> None:
    site, problems = assembled({
        "posts/a.md": post("A", date="2024-01-02", series="Loose ends", weight="1"),
        "posts/b.md": post("B", date="2024-01-01", series="loose ends", weight="2"),
        "posts/c.md": post("C", weight="7"),
    })  # fmt: skip
    assert problems == []
    assert [post.title for post in site.series["loose ends"].posts] == ["A", "B"]


def test_a_series_file_that_is_held_back_leaves_its_posts_a_plain_series() -> None:
    site, problems = assembled({
        "series/s.md": "---\ntitle: Secret plan\nparts: [Hidden]\ndraft: true\n---\n", "posts/a.md": post(series="s"),
    })  # fmt: skip
    assert problems == []
    assert [(entry.name, entry.page, entry.total) for entry in site.series.values()] == [("s", None, 1)]


def test_aliases_in_all_their_forms() -> None:
    site, problems = assembled({"posts/a.md": post(aliases="[/x/y, x/z/, /old.html, /posts/a/]")})
    assert problems == []
    assert [alias.address for alias in site.aliases] == ["/x/y/", "/x/z/", "/old.html"]


def test_two_posts_with_one_guid_are_an_error() -> None:
    _, problems = assembled({"posts/a.md": post(guid="urn:1"), "posts/b.md": post(guid="urn:1")})
    assert messages(problems) == ['content/posts/b.md:4:7: the guid "urn:1" is also that of content/posts/a.md']


def test_menu_and_notices_are_checked() -> None:
    settings = Settings(
        title="T",
        menu=(
            MenuItem("About", "/abuot/", Location("blog.toml", 3, 9)),
            MenuItem("Out", "https://o.org", Location("blog.toml")),
        ),
    )
    site, problems = assembled({"about.md": "# A\n"}, settings, notices={"Journal": "See [this](gone.md)."})
    assert messages(problems) == [
        'blog.toml:1:1: there is no file "gone.md"',
        'blog.toml:3:9: this site has no address "/abuot/"',
    ]
    assert sorted(problems)[1].hint == 'did you mean "/about/"?'
    assert site.menus[""] == (("Out", "https://o.org"),)


def test_related_posts_share_rare_tags_and_are_not_those_that_are_linked_anyway() -> None:
    documents = {f"posts/p{day}.md": post(f"P{day}", f"2024-01-{day:02}", tags="[common]") for day in range(1, 8)}
    documents["posts/x.md"] = post("X", "2024-01-03", tags="[common, rare]", series="S")
    documents["posts/y.md"] = post("Y", "2020-01-03", tags="[common, rare]")
    documents["posts/z.md"] = post("Z", "2024-01-03", tags="[common, rare]", series="S")
    documents["posts/w.md"] = post("W", "2024-01-04", tags="[rare]", revisits="x.md")
    site, _ = assembled(documents)
    related = site.related.find("content/posts/x.md")
    assert related[0] == "content/posts/y.md"
    assert len(related) == 3
    assert not {"content/posts/z.md", "content/posts/w.md", "content/posts/x.md"} & set(related)


def test_the_settings_hold_for_a_site_of_nothing() -> None:
    site, problems = assembled({}, SETTINGS)
    assert problems == []
    assert site.posts == ()


def test_every_output_has_a_view_or_is_a_file_of_the_search_index() -> None:
    documents = {
        "index.md": "# Home\n", "about.md": "# About\n", "series/s.md": "---\ntitle: S\nparts: [A]\n---\n",
        **{f"posts/{number}.md": post(f"P{number}", tags="[x, Y]", labels="[L]", series="T", aliases=f"[/o{number}/]") for number in range(12)},
        "posts/u.md": post(unlisted="true"), "posts/d.md": post(draft="true"),
    }  # fmt: skip
    _, outputs, problems = assembled_with_outputs(documents, files=("pic.png",))
    assert problems == []
    reserved = [output.path for output in outputs if output.make_view is None and output.origin != "theme"]
    assert reserved == [search_file_path("", number) for number in range(search_file_count(12))]


def test_a_file_named_like_the_themes_folder_is_an_error() -> None:
    _, problems = assembled({}, files=("assets",), theme=structs.replace(DESIGN, assets={"a.css": "assets/a.1.css"}))
    assert messages(problems) == ["content/assets:1:1: /assets is a file, and the theme needs a folder of this name"]


def test_a_label_or_series_that_is_nearly_a_known_one_is_a_warning() -> None:
    settings = Settings(title="T", labels=(Label("Journal", "", Location("blog.toml")),))
    documents = {
        "series/learning.md": "---\ntitle: Learning RL\n---\n",
        "posts/a.md": post(labels="[Jurnal]", series="Lerning RL"),
        "posts/b.md": post(labels="[journal, Essay]", series="learning"),
    }
    _, problems = assembled(documents, settings)
    assert [(found.severity, found.message, found.hint) for found in sorted(problems)] == [
        ("warning", 'a new label "Jurnal"', 'did you mean "Journal"?'),
        ("warning", 'a new series "Lerning RL"', 'did you mean "Learning RL"?'),
    ]


def test_a_notice_whose_label_no_post_has_is_told_once_at_the_notice() -> None:
    settings = Settings(
        title="T", labels=(Label("Jurnal", "", Location("blog.toml", 12)), Label("Essay", "", Location("b")))
    )
    documents = {f"posts/{name}.md": post(labels="[Journal]") for name in "abc"}
    _, problems = assembled(documents, settings)
    assert told(problems) == [
        '12:1 warning near-name: no post has the label "Jurnal" of this notice -- did you mean "Journal"?'
    ]
    documents["posts/d.md"] = post(labels="[Jurnal]", draft="true")
    _, problems = assembled(documents, settings)
    assert messages(problems) == [f'content/posts/{name}.md:4:10: a new label "Journal"' for name in "abc"]


def test_the_reason_for_holding_back_is_what_this_build_still_lacks() -> None:
    site, _ = assembled({"posts/a.md": post(draft="true", date="2099-01-01")}, audience=Audience(NOW, drafts=True))
    assert [(held.reason, held.day) for held in site.hidden] == [("scheduled", "2099-01-01")]
