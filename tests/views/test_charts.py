"""Charts: what is drawn is what is counted, and can be read by all."""

import datetime as dt
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from blog.config.words import WordTables
from blog.views.charts import month_chart, topic_chart
from blog.views.page_views import Chart, ChartRow

ENGLISH = WordTables().words()
SVG = "{http://www.w3.org/2000/svg}"


def days(*written: str) -> list[dt.date]:
    return [dt.date.fromisoformat(day) for day in written]


def by_month(*written: str, language: str = "en") -> Chart:
    chart = month_chart(days(*written), WordTables().words(language))
    assert chart is not None
    return chart


def by_year(tags: dict[str, list[str]]) -> Chart:
    chart = topic_chart({name: days(*written) for name, written in tags.items()}, ENGLISH)
    assert chart is not None
    return chart


def drawn(chart: Chart) -> ET.Element:
    """The picture, which is XML too."""
    return ET.fromstring(chart.svg.text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def words(chart: Chart) -> list[str]:
    return [str(text.text) for text in drawn(chart).iter(f"{SVG}text")]


def radii(chart: Chart) -> list[float]:
    return [float(dot.attrib["r"]) for dot in drawn(chart).iter(f"{SVG}circle")]


MANY = {
    f"a tag with a rather long name, number {seat} <b>": [f"{year}-0{1 + seat}-01" for year in range(2001, 2026)]
    for seat in range(9)
}


# What is counted


def test_months_are_counted_year_by_year_the_newest_first_and_empty_years_too() -> None:
    chart = by_month("2024-01-31", "2024-01-01", "2024-12-01", "2022-03-01")
    assert chart.rows == (
        ChartRow("2024", (2, *[0] * 10, 1)), ChartRow("2023", (0,) * 12), ChartRow("2022", (0, 0, 1, *[0] * 9)),
    )  # fmt: skip
    assert (chart.name, chart.title, chart.corner) == ("months", "Posts by month", "Year")
    assert chart.columns == ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    assert words(chart) == [*"JFMAMJJASOND", "2024", "2023", "2022"]


def test_months_have_the_names_of_the_language() -> None:
    chart = by_month("2024-01-01", "2024-02-01", "2024-02-01", language="de")
    assert (chart.title, chart.corner, chart.columns[:4]) == (
        "Beiträge nach Monaten",
        "Jahr",
        ("Jan", "Feb", "Mär", "Apr"),
    )
    assert words(chart) == [*"JFMAMJJASOND", "2024"]
    assert chart.largest == "Der größte Punkt: 2 Beiträge im Februar 2024."
    assert words(by_month("2024-01-01", "2024-02-01", language="ja"))[:3] == ["1", "2", "3"]


def test_topics_are_the_tags_used_most_year_by_year() -> None:
    chart = by_year({"b": ["2022-01-01"], "A": ["2022-01-01", "2022-02-01", "2024-01-01"], "c": ["2024-05-05"]})
    assert chart.rows == (ChartRow("A", (2, 0, 1)), ChartRow("b", (1, 0, 0)), ChartRow("c", (0, 0, 1)))
    assert (chart.name, chart.title, chart.corner, chart.columns) == (
        "topics", "Topics by year", "Tag", ("2022", "2023", "2024"),
    )  # fmt: skip


def test_there_are_at_most_eight_topics() -> None:
    assert [row.name[-5] for row in by_year(MANY).rows] == list("01234567")


def test_what_would_show_nothing_is_not_drawn() -> None:
    assert month_chart([], ENGLISH) is month_chart(days("2024-01-01"), ENGLISH) is None
    assert topic_chart({}, ENGLISH) is topic_chart({"a": days("2024-01-01", "2024-12-31")}, ENGLISH) is None


def test_a_slip_in_a_date_does_not_make_a_thousand_rows() -> None:
    assert [row.name for row in by_month("1024-01-01", "2023-01-01", "2024-01-01").rows] == ["2024", "2023", "1024"]
    assert by_year({"a": ["1024-01-01", "2024-01-01"]}).columns == ("1024", "2024")


# What is said


@pytest.mark.parametrize(
    ("written", "largest"),
    [
        (["2024-01-01", "2024-02-01"], "Each dot is one post."),
        (["2024-01-01", "2024-01-01", "2023-02-01"], "The largest dot: 2 posts in January 2024."),
        (["2024-01-01", "2024-01-01", "2023-02-01", "2023-02-01"], "The largest dots: 2 posts."),
    ],
)
def test_a_chart_says_how_much_its_largest_dot_is(written: list[str], largest: str) -> None:
    assert by_month(*written).largest == largest


def test_a_picture_has_a_name_and_a_description_with_ids_that_no_heading_can_have() -> None:
    for chart in (by_month("2024-01-01", "2023-01-01"), by_year({"<b>": ["2022-01-01", "2024-01-01", "2024-01-01"]})):
        picture = drawn(chart)
        assert picture.attrib["role"] == "img"
        named = {part.attrib.get("id"): part.text for part in picture}
        assert named[picture.attrib["aria-labelledby"]] == chart.title
        assert str(named[picture.attrib["aria-describedby"]]).endswith(chart.largest)
        assert all(found.startswith(f":{chart.name}") for found in re.findall(r' id="([^"]*)"', chart.svg.text))
    assert named[":topics-about"] == (
        "The tags used most, 2022 to 2024: <b> 3. The largest dot: 2 posts on <b> in 2024."
    )


def test_a_picture_has_no_script_no_style_and_no_colour_of_its_own() -> None:
    for chart in (by_month("2024-01-01", "2023-01-01"), by_year(MANY)):
        assert not re.search(r"<script|<style| style=| on\w+=|#[0-9a-f]{3}|href", chart.svg.text)
        assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', chart.svg.text)) == {"currentColor"}


# How it is drawn


def test_the_area_of_a_dot_grows_with_its_number() -> None:
    chart = by_month(*["2024-01-01"] * 16, *["2024-02-01"] * 4, "2024-03-01")
    large, middle, small = radii(chart)
    assert middle == pytest.approx(large / 2, abs=0.1)
    assert small == pytest.approx(large / 4, abs=0.1)


@pytest.mark.parametrize("count", [2, 5, 12, 13, 25, 40])
def test_nothing_overlaps_and_nothing_leaves_the_picture_however_many_years_and_however_long_the_names(
    count: int,
) -> None:
    years = range(2025 - count, 2025)
    tags = {name: [f"{year}-01-01" for year in years for _ in range(seat + 1)] for seat, name in enumerate(MANY)}
    tags["深層学習と機械学習の基礎について考える"] = tags["a tag with a rather long name, number 0 <b>"]
    for chart in (by_month(*(f"{year}-{month:02}-01" for year in years for month in range(1, 13))), by_year(tags)):
        picture = drawn(chart)
        _, _, width, height = map(float, picture.attrib["viewBox"].split())
        dots = [tuple(float(dot.attrib[name]) for name in ("cx", "cy", "r")) for dot in picture.iter(f"{SVG}circle")]
        assert all(x + r <= width and r <= y <= height - r for x, y, r in dots)
        rows = sorted({y for _, y, _ in dots})
        columns = sorted({x for x, _, _ in dots})
        largest = max(r for _, _, r in dots)
        assert all(b - a >= 2 * largest for line in (rows, columns) for a, b in pairwise(line))
        heads = [float(text.attrib["x"]) for text in picture.iter(f"{SVG}text") if "text-anchor" in text.attrib]
        room = 12 if chart.name == "months" else 34
        assert all(b - a >= room for a, b in pairwise(heads))
        assert heads[-1] + room / 2 <= width


def test_a_name_that_has_no_room_is_cut_in_the_picture_alone() -> None:
    chart = by_year({"reinforcement learning from human feedback": ["2022-01-01", "2024-01-01"], "R&D": ["2023-01-01"]})
    assert words(chart)[-2:] == ["reinforcement lea…", "R&D"]
    assert chart.rows[0].name == "reinforcement learning from human feedback"
