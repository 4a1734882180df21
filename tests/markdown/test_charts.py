"""Tests of `blog.markdown.chart_data` and `plots`: charts from the rows of a CSV file."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.markdown import ConvertedText, MarkdownOptions
from blog.markdown.chart_data import read_plot
from blog.markdown.convert import convert_markdown
from blog.markdown.inputs import Inputs
from blog.markdown.plots import draw_plot, format_value
from blog.problems import BlogError, Location, Problem
from tests.markdown.cases import filled, one_line

RUNS = "step,loss,acc,run\n0,2.5,0,a\n10,1,0.5,a\n20,0.5,0.75,a\n0,3,0,b & c\n10,2,0.25,b & c\n20,,nan,b & c\n"
MODELS = "model,train,test\nA,71,60\nB,82,65\n"


def convert(info: str, body: str = "", files: dict[str, str] | None = None) -> ConvertedText:
    """A text with one chart."""
    known = {"content/posts/runs.csv": RUNS, **(files or {})}

    def read(path: str) -> bytes:
        if path not in known:
            raise BlogError([Problem(Location(path), "code-file", "there is no such file", "write its name")])
        return known[path].encode()

    source = f"```chart {{{info}}}\n{body}```\n"
    return convert_markdown(source, Location("content/posts/a.md"), MarkdownOptions(), inputs=Inputs(read))


def problems(info: str, body: str = "", files: dict[str, str] | None = None) -> list[str]:
    return [one_line(problem) for problem in convert(info, body, files).problems]


def svg_of(text: ConvertedText) -> ET.Element:
    (found,) = re.findall(r"<svg.*?</svg>", text.html, re.DOTALL)
    return ET.fromstring(found)


def words_of(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_chart_has_a_line_for_each_run_axes_and_a_legend() -> None:
    text = convert('csv="runs.csv" x=step y=loss by=run #fig-loss caption="Loss"')
    root = svg_of(text)
    lines = [element for element in root.iter() if element.get("fill") == "none" and element.get("stroke-width") == "2"]
    assert text.problems == ()
    assert words_of(root) == [
        "a",
        "b & c",
        "loss",
        "0.5",
        "1",
        "1.5",
        "2",
        "2.5",
        "3",
        "0",
        "5",
        "10",
        "15",
        "20",
        "step",
    ]
    assert [(line.get("stroke"), line.get("stroke-dasharray")) for line in lines] == 2 * [
        ("var(--diagram-1,#4c78a8)", None),
        ("var(--diagram-2,#f58518)", "7 3"),
    ]
    assert 'id="fig-loss"' in text.html
    assert re.search(r"</svg></div>(</div>)?<figcaption>.*Loss.*</figcaption></figure>\n<details", text.html)


def test_the_alternative_and_the_table_are_made_of_the_numbers() -> None:
    text = convert('csv="runs.csv" x=step y=loss by=run')
    page, feed = filled(text)
    words = (
        "Line chart of loss by step. a: from 2.5 to 0.5, lowest 0.5, highest 2.5. "
        "b & c: from 3 to 2, lowest 2, highest 3."
    )
    assert svg_of(text).get("aria-label") == words
    assert words in unescape(feed)
    assert page[page.index("<details") :] == (
        '<details class="fold"><summary>Data</summary>\n'
        '<div class="table" role="group" aria-label="Table" tabindex="0"><table>\n<thead>\n'
        '<tr><th scope="col">step</th><th scope="col">a</th><th scope="col">b &amp; c</th></tr>\n</thead>\n<tbody>\n'
        "<tr><td>0</td><td>2.5</td><td>3</td></tr>\n<tr><td>10</td><td>1</td><td>2</td></tr>\n"
        "<tr><td>20</td><td>0.5</td><td></td></tr>\n</tbody>\n</table></div>\n</details>\n"
    )
    assert "<details" not in feed
    assert svg_of(convert('csv="runs.csv" x=step y=loss by=run alt="It falls"')).get("aria-label") == "It falls"


def test_the_file_of_a_chart_is_for_feeds_and_its_csv_is_an_input() -> None:
    text = convert('csv="runs.csv" x=step y=loss by=run')
    (made,) = text.made_files
    assert made.is_for_feeds
    assert made.path in filled(text).feed
    assert b"var(" not in made.data


@pytest.mark.parametrize(
    ("info", "bars"),
    [("x=model y=train kind=bars", 2), ('x=model y="train, test" kind=bars', 6)],
)
def test_bars_stand_on_zero_and_numbers_may_be_in_the_block(info: str, bars: int) -> None:
    root = svg_of(convert(info, MODELS))
    found = [element for element in root.iter() if element.tag.endswith("rect")]
    bottoms = {float(bar.get("y", "")) + float(bar.get("height", "")) for bar in found[-bars // 3 * 2 :]}
    assert len(found) == bars
    assert max(bottoms) - min(bottoms) < 0.2
    assert {"A", "B", "0", "20", "80"} <= set(words_of(root))


def test_each_bar_has_its_name_which_may_be_cut() -> None:
    names = ("Logistic regression", "Random forest", "ResNet-18", "MLP")
    rows = "".join(f"{name},0.5\n" for name in names)
    words = words_of(svg_of(convert("x=model y=a kind=bars", f"model,a\n{rows}")))
    assert words[-5:] == ["Logistic re…", "Random fore…", "ResNet-18", "MLP", "model"]


def test_a_logarithmic_axis_has_powers_of_ten() -> None:
    root = svg_of(convert("x=n y=t log=xy", "n,t\n1,0.001\n10,1\n1000,500\n"))
    assert words_of(root) == ["t", "0.001", "0.1", "10", "1000", "1", "10", "100", "1000", "n"]


def test_points_differ_by_their_shape() -> None:
    text = convert('csv="runs.csv" x=step y=loss by=run kind=points')
    points = [element for element in svg_of(text).iter() if element.get("fill", "").startswith("var(--diagram-1,")]
    assert len(points) == 1 + 3
    assert str(svg_of(text).get("aria-label")).startswith("Points of loss by step. a: 3 values from 0.5 to 2.5.")


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ("csv=runs.csv x=step y=los by=run", '1:31: error: the chart cannot be drawn: the CSV has no column "los" (did you mean "loss"?)'),
        ("csv=runs.csv x=time y=loss", '1:24: error: the chart cannot be drawn: the CSV has no column "time" (the columns are step, loss, acc, run)'),
        ("csv=runs.csv y=loss", "1:4: error: the chart cannot be drawn: the chart has no x (name a column: x=…)"),
        ("csv=runs.csv x=step y=run", '1:31: error: the chart cannot be drawn: line 2: "a" in the column "run" is no number'),
        ("csv=runs.csv x=step y=loss", "1:24: error: the chart cannot be drawn: line 5: 0 is twice on one line of the chart (name the column of the runs, by=…, or write kind=points)"),
        ("csv=runs.csv x=step y=acc by=run log=y", "1:44: error: the chart cannot be drawn: line 2: 0 has no place on a logarithmic axis (take out log, or the row)"),
        ("csv=runs.csv x=step y=acc by=run log=z", '1:44: error: the chart cannot be drawn: log="z" names no axis (write log=x, log=y or log=xy)'),
        ("csv=runs.csv x=step y=acc by=run kind=bar", '1:44: error: the chart cannot be drawn: "bar" is no kind of chart (did you mean "bars"?)'),
        ("csv=runs.csv x=run y=acc kind=bars log=y", "1:46: error: the chart cannot be drawn: bars begin at 0, which a logarithmic axis does not have (write kind=points)"),
        ('csv=runs.csv x=step y="loss,acc" by=run', "1:44: error: the chart cannot be drawn: a chart has several columns of y, or one of them by another (choose one y)"),
        ("csv=no.csv x=step y=loss", '1:11: error: the chart cannot be drawn: "no.csv": there is no such file (write its name)'),
        ("csv=../../no.csv x=step y=loss", '1:11: error: the chart cannot be drawn: "../../no.csv" is not in the content folder (name a file of the content folder, relative to this text)'),
        ("x=step y=loss", "1:4: error: the chart cannot be drawn: the chart has no numbers (name a file, csv=runs.csv, or write its lines into the block)"),
        ("csv=runs.csv x=step y=loss by=run colour=red", '1:45: warning: unknown word "colour" (write {csv=runs.csv x=step y=loss})'),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_chart_is_reported_at_its_word(info: str, said: str) -> None:
    assert problems(info) == [said]
    assert ("<svg" in convert(info).html) == ("warning" in said)


def test_lines_beside_a_file_and_too_many_series_are_reported() -> None:
    assert problems("csv=runs.csv x=a y=b", "a,b\n") == [
        '1:11: error: the chart cannot be drawn: the block shows "runs.csv", and has lines of its own (delete the lines, or take out csv)'
    ]
    rows = "".join(f"{number},1,r{number}\n" for number in range(9))
    assert problems("x=a y=b by=c", f"a,b,c\n{rows}") == [
        "1:19: error: the chart cannot be drawn: 9 series cannot be told apart (show at most 8, such as the mean of several runs)"
    ]


def test_a_long_run_is_drawn_by_its_extremes_and_its_table_is_thinned() -> None:
    rows = "".join(f"{step},{5 if step == 31_337 else step % 7}\n" for step in range(50_000))
    text = convert("x=a y=b", f"a,b\n{rows}")
    assert len(text.html) < 60_000
    assert "highest 6" in text.html
    assert "Data, 200 of 50,000 rows" in text.html


def test_a_hidden_chart_leaves_no_trace() -> None:
    source = "a\n\n::: private\n```chart {x=Secret y=b}\nSecret,b\n1,2\n```\n:::\n"
    text = convert_markdown(source, Location("content/posts/a.md"), MarkdownOptions())
    assert (text.made_files, text.links, "Secret" in text.html + text.feed_html) == ((), (), False)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1 + 0.2, "0.3"), (1e-7, "1e-7"), (1234567, "1.23457e6"), (1e12, "1e12"), (-3, "-3"), (100000, "100000")],
)
def test_numbers_are_written_with_six_digits(value: float, text: str) -> None:
    assert format_value(value) == text


@given(
    st.lists(st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)), min_size=1, max_size=20),
    st.sampled_from(["points", "bars"]),
)
def test_any_numbers_give_a_picture_or_an_error(rows: list[tuple[float, float]], kind: str) -> None:
    lines = ["a,b", *(f"{x!r},{y!r}" for x, y in rows)]
    text = convert(f"x=a y=b kind={kind}", "".join(f"{line}\n" for line in lines))
    places = (
        [
            value
            for element in svg_of(text).iter()
            for name, value in element.items()
            if name in {"d", "x", "y", "height"}
        ]
        if not text.problems
        else []
    )
    assert bool(places) != bool(text.problems)
    assert not re.search("inf|nan", " ".join(places))


def test_the_same_rows_give_the_same_picture() -> None:
    lines = RUNS.splitlines()
    attributes = {"x": "step", "y": "loss", "by": "run"}
    assert draw_plot(read_plot(lines, attributes)) == draw_plot(read_plot(lines, attributes))
