"""Tags, labels and series: what posts have in common."""

from typing import Any, Literal

import pytest

from blog.content.document import Document
from blog.content.front_matter import FrontMatter, LocatedText
from blog.markdown import ConvertedText
from blog.problems import Location
from blog.site.pages import Page
from blog.site.series import Part, Series, collect_series, series_memberships
from blog.site.taxonomies import collect_terms, term_keys
from tests.support.sites import told


def written(path: str, names: str, key: int = 1) -> tuple[LocatedText, ...]:
    """Names with a comma between, at columns 1, 2, …"""
    return tuple(
        LocatedText(name, Location(path, key, at)) for at, name in enumerate(filter(None, names.split(",")), 1)
    )


def page(name: str, kind: Literal["post", "page", "series"] = "post", **fields: Any) -> Page:
    path = f"content/{name}.md"
    title, address = fields.pop("title", name), fields.pop("address", f"/{name}/")
    for key in ("tags", "labels"):
        fields[key] = written(path, fields.get(key, ""))
    if "parts" in fields:
        fields["parts"] = tuple(LocatedText(title, Location(path, 3, 5)) for title in fields["parts"])
    if "series" in fields:
        fields["series"] = LocatedText(fields["series"], Location(path, 2, 9))
    matter = FrontMatter(context_location=Location(path), location=Location(path), title=title, **fields)
    document = Document(
        path=path,
        kind=kind,
        front_matter=matter,
        title=title,
        date=None,
        stem=name,
        text=ConvertedText(),
        context=ConvertedText(),
    )
    return Page(document=document, address=address)


def parts(series: Series) -> list[tuple[int, str, bool]]:
    return [(part.number, part.title, part.post is not None) for part in series.parts]


# Tags and labels


def test_the_keys_of_names_are_each_once_in_their_order() -> None:
    assert term_keys(written("a.md", "B,a,b,caf\u00e9,CAFE\u0301")) == ("b", "a", "caf\u00e9")


def test_a_tag_has_its_posts_in_their_order_and_an_address() -> None:
    new, old = page("new", tags="x,Machine Learning"), page("old", tags="x")
    terms, problems = collect_terms([new, old], "tag")
    assert problems == []
    assert {key: (term.name, term.address, term.posts) for key, term in terms.items()} == {
        "machine learning": ("Machine Learning", "/tags/machine-learning/", (new,)),
        "x": ("x", "/tags/x/", (new, old)),
    }


def test_labels_are_apart_from_tags() -> None:
    posts = [page("a", tags="x", labels="Week")]
    assert [term.address for term in collect_terms(posts, "label")[0].values()] == ["/labels/week/"]
    assert [term.address for term in collect_terms(posts, "tag")[0].values()] == ["/tags/x/"]


def test_terms_come_in_the_order_of_their_keys() -> None:
    assert list(collect_terms([page("a", tags="z,B,a")], "tag")[0]) == ["a", "b", "z"]


@pytest.mark.parametrize("names", [("PyTorch", "pytorch"), ("caf\u00e9", "cafe\u0301"), ("CAFÉ", "cafe\u0301")])
def test_names_that_differ_in_case_or_unicode_form_are_one_tag_in_the_spelling_of_the_oldest(
    names: tuple[str, str],
) -> None:
    new, old = page("new", tags=names[0]), page("old", tags=names[1])
    (term,) = collect_terms([new, old], "tag")[0].values()
    assert (term.name, term.posts) == (names[1], (new, old))


def test_a_tag_written_twice_in_one_post_counts_once_in_its_first_spelling() -> None:
    (term,) = collect_terms([page("a", tags="AI,ai")], "tag")[0].values()
    assert (term.name, len(term.posts)) == ("AI", 1)


def test_tags_that_signs_tell_apart_have_addresses_of_their_own() -> None:
    terms, problems = collect_terms([page("a", tags="C,C++,C#")], "tag")
    assert problems == []
    assert {term.name: term.address for term in terms.values()} == {
        "C": "/tags/c/", "C++": "/tags/c-plus-plus/", "C#": "/tags/c-sharp/",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["tag", "label"])
def test_two_names_with_one_address_are_an_error(kind: Literal["tag", "label"]) -> None:
    posts = [page("new", tags="a b", labels="a b"), page("old", tags="a-b", labels="a-b")]
    terms, problems = collect_terms(posts, kind)
    assert list(terms) == ["a b"]
    assert told(problems) == [
        (
            f'1:1 error collision: the {kind}s "a b" and "a-b" give one address, /{kind}s/a-b/'
            " -- use one name for both, or tell them apart in letters"
        )
    ]
    assert problems[0].location.path == "content/old.md"


def test_a_name_that_gives_no_address_is_an_error() -> None:
    terms, problems = collect_terms([page("a", tags="!!!", labels="😀")], "tag")
    assert terms == {}
    assert told(problems) == [
        '1:1 error empty-slug: the tag "!!!" gives no address -- use another name, with letters or digits'
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("con", 'is a reserved name on Windows: "con"'),
        ("LPT1", 'is a reserved name on Windows: "lpt1"'),
        ("x" * 256, "is longer than 255 bytes"),
    ],
)
def test_a_name_that_no_folder_can_have_is_an_error_at_its_place(name: str, why: str) -> None:
    posts = [page("new", tags=f"fine,{name}"), page("old", tags=name)]
    terms, problems = collect_terms(posts, "tag")
    assert list(terms) == ["fine"]
    hint = "use another name, with letters or digits"
    assert told(problems) == [f'1:1 error empty-slug: the tag "{name}" gives no address: it {why} -- {hint}']
    assert problems[0].location.path == "content/old.md"


# Series


def test_a_series_without_a_file_is_made_of_its_posts_from_the_oldest_on() -> None:
    new, old = page("new", series="My Series"), page("old", series="my series")
    found, problems = collect_series([new, old], [new, old])
    assert problems == []
    (series,) = found.values()
    assert (series.name, series.address, series.page) == ("my series", "/series/my-series/", None)
    assert series.parts == (Part(1, "old", old), Part(2, "new", new))
    assert (series.published, series.posts, series.total) == (series.parts, (old, new), 2)
    assert series_memberships(found) == {old.path: ("my series", 0), new.path: ("my series", 1)}


def test_a_series_with_a_file_has_its_title_address_and_planned_parts() -> None:
    file = page("road", "series", title="My Series", address="/series/road/", parts=("One", "Two", "Three"))
    two = page("b", title="two", series="My Series")
    found, problems = collect_series([file, two], [two])
    assert problems == []
    assert (found["my series"].name, found["my series"].address) == ("My Series", "/series/road/")
    assert found["my series"].page == file
    assert parts(found["my series"]) == [(1, "One", False), (2, "two", True), (3, "Three", False)]
    assert found["my series"].total == 3
    assert found["my series"].published == (Part(2, "two", two),)
    assert series_memberships(found) == {two.path: ("my series", 0)}


@pytest.mark.parametrize("name", ["My Series", "MY SERIES", "road", "Road"])
def test_a_post_names_its_series_by_title_or_file(name: str) -> None:
    file = page("road", "series", title="My Series")
    post = page("a", series=name)
    found, _ = collect_series([file, post], [post])
    assert list(found) == ["my series"]
    assert series_memberships(found) == {post.path: ("my series", 0)}


def test_a_file_of_which_no_post_speaks_is_a_series_all_the_same() -> None:
    found, _ = collect_series([page("s", "series", title="S")], [])
    assert (found["s"].parts, found["s"].total) == ((), 0)


def test_posts_stand_by_part_then_by_date_and_those_without_a_part_last() -> None:
    posts = [page("d", part=1), page("c"), page("b", part=7), page("a", part=1)]
    posts = [page(post.title, series="s", part=post.document.front_matter.part) for post in posts]
    (series,) = collect_series(posts, posts)[0].values()
    assert parts(series) == [
        (1, "a", True), (1, "d", True), *((gap, f"Part {gap}", False) for gap in range(2, 7)), (7, "b", True), (8, "c", True),
    ]  # fmt: skip


def test_posts_beyond_the_plan_come_after_it() -> None:
    file = page("s", "series", parts=("One", "Two"))
    post = page("Extra", series="s")
    assert parts(collect_series([file, post], [post])[0]["s"]) == [
        (1, "One", False), (2, "Two", False), (3, "Extra", True),
    ]  # fmt: skip


def test_a_post_with_the_number_of_a_planned_part_takes_its_place() -> None:
    file = page("s", "series", parts=("One", "Two"))
    post = page("Another title", series="s", part=2)
    assert parts(collect_series([file, post], [post])[0]["s"]) == [(1, "One", False), (2, "Another title", True)]


def test_a_series_that_gives_no_address_is_an_error() -> None:
    post = page("a", series="!!!")
    found, problems = collect_series([post], [post])
    assert found == {}
    assert told(problems) == [
        '2:9 error empty-slug: the series "!!!" gives no address -- use another name, with letters or digits'
    ]


def test_a_series_with_the_address_of_a_file_is_an_error() -> None:
    file = page("road", "series", title="My Series", address="/series/x/")
    post = page("a", series="X")
    found, problems = collect_series([file, post], [post])
    assert list(found) == ["my series"]
    assert [(problem.code, problem.location) for problem in problems] == [("collision", Location("content/a.md", 2, 9))]


def test_two_series_with_one_address_are_an_error() -> None:
    posts = [page("b", series="C!"), page("a", series="C")]
    assert told(collect_series(posts, posts)[1]) == [
        (
            '2:9 error collision: the series "C" and "C!" give one address, /series/c/'
            " -- use one name for both, or tell them apart in letters"
        )
    ]


def test_two_series_files_with_one_title_are_an_error() -> None:
    files = [page("a", "series", title="My Series"), page("b", "series", title="my series")]
    found, problems = collect_series(files, [])
    assert [series.page for series in found.values()] == [files[0]]
    assert told(problems) == [
        '1:1 error collision: the series "my series" has two files, also content/a.md -- give one another title'
    ]
    assert problems[0].location.path == "content/b.md"


def test_only_listed_posts_of_a_series_are_its_members() -> None:
    listed = page("a", series="s")
    others = [page("b"), page("c", series="s", unlisted=True), page("s", "series"), page("d", "page", series="s")]
    found, _ = collect_series([listed, *others], [listed, others[0]])

    assert series_memberships(found) == {"content/a.md": ("s", 0)}
