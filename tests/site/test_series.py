"""The roadmap of a series: numbers, gaps, contradictions."""

import pytest

from blog.content.document import Document
from blog.content.front_matter import FrontMatter, LocatedText
from blog.markdown import ConvertedText
from blog.problems import Location
from blog.site.pages import Page
from blog.site.series import Part, contradictions, number_series
from tests.support.planning import assembled
from tests.support.publishing import post
from tests.support.sites import told


def page(title: str, part: int | None = None, name: str = "") -> Page:
    path = f"content/posts/{name or title}.md"
    place = Location(path)
    matter = FrontMatter(
        context_location=place, location=place, title=title, series=LocatedText("S", Location(path, 3, 9)),
        part=part, part_location=None if part is None else Location(path, 4, 7),
    )  # fmt: skip
    document = Document(
        path=path,
        kind="post",
        front_matter=matter,
        title=title,
        date=None,
        stem=title,
        text=ConvertedText(),
        context=ConvertedText(),
    )
    return Page(document=document, address=f"/{title}/")


def plan(*titles: str) -> tuple[LocatedText, ...]:
    return tuple(
        LocatedText(title, Location("content/series/s.md", 3 + seat, 5)) for seat, title in enumerate(titles, 1)
    )


def lines(planned: tuple[LocatedText, ...], *posts: Page) -> list[str]:
    """The roadmap in words."""
    state = {(True, False): "written", (False, False): "planned", (False, True): "gap"}
    return [
        f"{part.number} {part.title}: {state[part.post is not None, part.gap]}"
        for part in number_series(planned, posts)
    ]


def warnings(planned: tuple[str, ...], *posts: Page) -> list[str]:
    titles = plan(*planned)
    place = Location("content/series/s.md")
    matter = FrontMatter(context_location=place, location=place, title="S", parts=titles)
    file = Page(
        document=Document(
            path=place.path,
            kind="series",
            front_matter=matter,
            title="S",
            date=None,
            stem="s",
            text=ConvertedText(),
            context=ConvertedText(),
        ),
        address="/series/s/",
    )
    return told(contradictions(file, posts, number_series(titles, posts)))


# Gaps


def test_a_number_with_neither_post_nor_planned_title_is_a_gap() -> None:
    assert lines(plan("One", "Two"), page("Five", 5)) == [
        "1 One: planned", "2 Two: planned", "3 Part 3: gap", "4 Part 4: gap", "5 Five: written",
    ]  # fmt: skip


def test_a_gap_is_named_as_the_posts_of_the_series_are() -> None:
    posts = [page("Week 4: My Interest in Machine Learning"), page("Week 6: Noise"), page("week 3")]
    assert lines((), *posts) == [
        "1 Week 1: gap", "2 Week 2: gap", "3 week 3: written", "4 Week 4: My Interest in Machine Learning: written",
        "5 Week 5: gap", "6 Week 6: Noise: written",
    ]  # fmt: skip


def test_a_series_without_gaps_has_none() -> None:
    assert lines((), page("Day 1"), page("Day 2")) == ["1 Day 1: written", "2 Day 2: written"]
    assert number_series((), []) == ()


def test_a_part_0_comes_before_the_first_and_leaves_no_gap() -> None:
    assert lines((), page("Before", 0), page("First", 1)) == ["0 Before: written", "1 First: written"]


def test_a_long_run_of_missing_numbers_is_one_line() -> None:
    posts = [page("Day 1"), page("Day 97")]
    assert lines((), *posts) == ["1 Day 1: written", "2 Day 2 to 96: gap", "97 Day 97: written"]
    assert len(number_series((), [page("A", 1), page("Z", 999_999_999)])) == 3


# Numbers in titles


def test_part_comes_before_the_planned_title_and_that_before_the_number_in_the_title() -> None:
    posts = [page("Week 1: A", 3), page("Week 5: B"), page("Week 9: C")]
    assert number_series(plan("Week 9: C"), posts)[0] == Part(1, "Week 9: C", posts[2])
    assert [(part.number, part.title) for part in number_series(plan("Week 9: C"), posts) if part.post] == [
        (1, "Week 9: C"), (3, "Week 1: A"), (5, "Week 5: B"),
    ]  # fmt: skip


def test_a_number_that_two_titles_share_is_that_of_the_older_post() -> None:
    posts = [page("Week 1: A"), page("Week 2: B"), page("Week 2: Again")]
    assert lines((), *posts) == ["1 Week 1: A: written", "2 Week 2: B: written", "3 Week 2: Again: written"]


@pytest.mark.parametrize(
    "titles",
    [
        ["Top 10 papers", "An aside", "Another"],
        ["Week 4: Alone"],
        ["Year 2022", "Year 2024"],
        ["Release 1.5", "Release 3.2"],
        ["Week Four", "Week Six"],
        ["GPT4", "GPT 5th"],
        ["2 apples", "4 pears"],
    ],
)
def test_a_number_that_does_not_count_the_series_leaves_no_gap(titles: list[str]) -> None:
    parts = number_series((), [page(title) for title in titles])
    assert [(part.number, part.gap) for part in parts] == [(seat, False) for seat, _ in enumerate(titles, 1)]


def test_one_post_is_numbered_by_its_title_where_the_plan_counts_so_too() -> None:
    assert lines(plan("Week 1: A"), page("Week 3: C"))[1:] == ["2 Week 2: gap", "3 Week 3: C: written"]


def test_a_planned_title_gives_its_place_only_to_a_post_with_its_own_number() -> None:
    posts = [page("Week 2: As it was"), page("Week 3: C")]
    assert lines(plan("Week 1: A", "Week 2: B"), *posts)[:2] == ["1 Week 1: A: planned", "2 Week 2: As it was: written"]
    assert lines(plan("Why", "How"), *posts) == [
        "1 Why: planned", "2 How: planned", "3 Week 3: C: written", "4 Week 2: As it was: written",
    ]  # fmt: skip


# Contradictions


def test_a_number_used_twice_is_a_warning_at_the_newer_post_that_names_the_older() -> None:
    (problem,) = contradictions(None, (), number_series((), [page("A", 1), page("B", 1)]))
    assert told([problem]) == [
        "4:7 warning same-part: part 1 of the series is also content/posts/A.md -- give one of them another part"
    ]
    assert problem.location.path == "content/posts/B.md"


def test_a_part_that_is_the_number_in_the_title_of_another_post_is_used_twice() -> None:
    assert warnings((), page("Week 1: A"), page("Week 2: B"), page("Other", 2)) == [
        "4:7 warning same-part: part 2 of the series is also content/posts/Week 2: B.md -- give one of them another part"
    ]
    assert warnings((), page("Week 2: A"), page("Week 2: B", 2), page("Week 1: C")) == []


def test_two_posts_with_the_title_of_one_planned_part_have_one_number_too() -> None:
    assert warnings(("One",), page("One", name="a"), page("one", name="b")) == [
        "3:9 warning same-part: part 1 of the series is also content/posts/a.md -- give one of them another part"
    ]


def test_a_part_that_is_planned_under_another_title_is_a_warning_at_the_post() -> None:
    assert warnings(("One", "Two"), page("Another", 2)) == [
        (
            '4:7 warning planned-otherwise: part 2 is planned as "Two" in content/series/s.md'
            ' -- write "Another" there, or give this post another part'
        )
    ]
    assert warnings(("One", "Two"), page("ONE", 1), page("Beyond", 3)) == []


@pytest.mark.parametrize("part", [2, 9, 0])
def test_a_part_of_a_post_whose_title_is_planned_as_another_part_is_one_warning(part: int) -> None:
    assert warnings(("One", "Two"), page("One", part)) == [
        f"4:7 warning planned-otherwise: the plan has this title as part 1, not {part} -- write part: 1"
    ]
    assert warnings(("One", "Two", "One"), page("One", 3)) == []


def test_a_planned_title_that_is_nearly_that_of_a_post_is_a_warning_at_the_plan() -> None:
    assert warnings(("Why", "What the Maths Was For"), page("What the Math Was For")) == [
        (
            '5:5 warning near-part: the planned part "What the Maths Was For" has nearly the title of a post'
            ' -- did you mean "What the Math Was For"?'
        )
    ]


def test_titles_that_differ_in_their_numbers_or_are_accounted_for_are_no_slip() -> None:
    assert warnings(("Notes 1", "Notes 2"), page("Notes 1"), page("Notes 3")) == []
    assert warnings(("What the Maths Was For",), page("What the Math Was For", 2)) == []
    assert warnings(("The first week", "The first weeks"), page("The first week")) == []


def test_the_title_of_a_draft_is_in_no_warning() -> None:
    _, problems = assembled({
        "series/s.md": "---\ntitle: S\nparts: [The secret plans]\n---\n",
        "posts/a.md": post("The secret plan", series="S", draft="true"),
    })  # fmt: skip
    assert problems == []


def test_a_series_file_that_posts_name_by_a_title_that_it_lacks_is_told_alone() -> None:
    _, problems = assembled({
        "series/learning-in-public.md": "---\nsummary: About\nparts: [Week 1]\n---\n",
        "posts/a.md": post("A", "2026-01-01", series="Learning in public", part="1"),
        "posts/b.md": post("B", "2026-01-02", series="learning in Public", part="2"),
    })  # fmt: skip
    assert told(problems) == ["1:1 error missing-key: the title is missing -- write title: Learning in public"]
    assert problems[0].location.path == "content/series/learning-in-public.md"


def test_a_series_file_without_a_title_may_be_named_by_its_file() -> None:
    _, problems = assembled({
        "series/learning-in-public.md": "Text\n",
        "posts/a.md": post("A", "2026-01-01", series="learning-in-public"),
    })  # fmt: skip
    assert problems == []
