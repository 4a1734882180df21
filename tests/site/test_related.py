"""Related posts: those that share the rarest tags, the nearest in time first; and a year earlier."""

import datetime as dt

import pytest

from blog.site.related import COUNT, find_year_earlier, relate_posts


def related(posts: dict[str, str], linked: dict[str, str] | None = None) -> dict[str, tuple[str, ...]]:
    """The related posts, from the tags of each path (by date), and from what leads from one to another already."""
    found = relate_posts(
        {path: frozenset(names.split()) for path, names in posts.items()},
        {path: frozenset((linked or {}).get(path, "").split()) for path in posts},
    )
    return {path: found.find(path) for path in posts}


def test_posts_without_a_common_tag_are_not_related() -> None:
    assert related({"a": "x", "b": "y", "c": ""}) == {"a": (), "b": (), "c": ()}


def test_no_post_is_related_to_itself() -> None:
    assert related({"a": "x"}) == {"a": ()}


def test_no_posts_have_no_relations() -> None:
    assert related({}) == {}


def test_a_rare_tag_counts_more_than_a_common_one() -> None:
    posts = {"a": "common rare", "b": "common", "c": "common", "d": "rare"}
    assert related(posts)["a"] == ("d", "b", "c")


def test_two_common_tags_count_more_than_one() -> None:
    assert related({"a": "x y", "b": "x", "c": "x", "d": "x y"})["a"][0] == "d"


def test_among_equals_the_nearest_in_time_comes_first_and_then_the_path_decides() -> None:
    found = related(dict.fromkeys(["p1", "p2", "p3", "p4", "p5"], "x"))
    assert found["p1"] == ("p2", "p3", "p4")
    assert found["p3"] == ("p2", "p4", "p1")


def test_there_are_three_at_most() -> None:
    found = related({f"p{number}": "x" for number in range(30)})
    assert {len(others) for others in found.values()} == {COUNT}


def test_posts_that_lead_to_each_other_already_are_not_related_once_more() -> None:
    found = related(dict.fromkeys("abcd", "x"), {"a": "s", "b": "s r", "c": "t r"})
    assert found == {"a": ("c", "d"), "b": ("d",), "c": ("d", "a"), "d": ("c", "b", "a")}


def test_the_answer_does_not_depend_on_the_order_of_names() -> None:
    names = [f"t{number}" for number in range(50)]
    posts = {f"p{number}": " ".join(names[number % 7 :: number % 5 + 1]) for number in range(40)}
    again = {path: " ".join(reversed(found.split())) for path, found in posts.items()}
    assert related(posts) == related(again)


def test_ten_thousand_posts_with_one_tag_look_at_their_neighbours_alone() -> None:
    found = related({f"p{number:05}": "x" for number in range(10_000)})
    assert found["p05000"] == ("p04999", "p05001", "p04998")


def earlier(days: dict[str, str], linked: dict[str, tuple[str, ...]] | None = None) -> dict[str, str]:
    return find_year_earlier({path: dt.date.fromisoformat(day) for path, day in days.items()}, linked or {})


def test_a_year_earlier_is_the_post_nearest_to_the_same_day() -> None:
    days = {"far": "2022-04-25", "near": "2022-05-02", "older": "2021-05-03", "now": "2023-05-03", "next": "2023-05-04"}
    assert earlier(days) == {"near": "older", "far": "older", "now": "near", "next": "near"}


@pytest.mark.parametrize(
    ("then", "found"), [("2022-04-12", True), ("2022-04-11", False), ("2022-05-24", True), ("2022-05-25", False)]
)
def test_three_weeks_from_the_day_is_near_enough(then: str, found: bool) -> None:
    assert earlier({"then": then, "now": "2023-05-03"}) == ({"now": "then"} if found else {})


def test_of_two_posts_as_near_as_each_other_it_is_the_older() -> None:
    assert earlier({"before": "2022-05-01", "after": "2022-05-05", "now": "2023-05-03"})["now"] == "before"
    assert earlier({"first": "2022-05-01", "second": "2022-05-01", "now": "2023-05-03"})["now"] == "first"


def test_a_post_that_is_linked_already_gives_its_place_to_the_next() -> None:
    days = {"far": "2022-04-25", "near": "2022-05-02", "now": "2023-05-03"}
    assert earlier(days, {"now": ("near",)}) == {"now": "far"}
    assert earlier(days, {"now": ("near", "far")}) == {}


def test_a_leap_day_has_a_day_before_it_in_other_years() -> None:
    assert earlier({"then": "2023-02-28", "other": "2023-03-02", "now": "2024-02-29"}) == {"now": "then"}


def test_a_year_earlier_needs_no_order_of_the_days() -> None:
    assert earlier({"now": "2023-05-03", "then": "2022-05-03", "other": "2022-05-02"}) == {"now": "then"}
