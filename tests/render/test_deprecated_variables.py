"""Variables of templates with an old name: they render, and each place has a warning."""

from pathlib import Path

import pytest

from blog.content.theme import Theme
from blog.problems import BlogError
from blog.render.deprecated_variables import RENAMED_VARIABLES, old_names
from blog.render.templates import REQUIRED, check_templates
from blog.views.page_views import SearchView
from tests.support.publishing import build_folder, post
from tests.support.sites import site, told

THEME = {
    "blog.toml": 'title = "T"\nurl = "https://e.org"\nauthor = "A"\ntheme = "mine"\npaginate = 1\n',
    "themes/mine/theme.toml": 'name = "Mine"\nextends = "margin"\n',
    "content/posts/a.md": post("A"),
    "content/posts/b.md": post("B", "2025-02-01"),
}


def warnings(**texts: str) -> list[str]:
    named = {f"{name}.html": text for name, text in texts.items()}
    theme = Theme(dict.fromkeys(REQUIRED, "") | named, {}, {}, {}, "themes/t")
    return told(check_templates(theme).problems)


def test_a_theme_with_old_names_renders_the_same_and_gets_warnings(tmp_path: Path) -> None:
    new = build_folder(site(tmp_path / "new", {
        **THEME, "themes/mine/templates/list.html": "{{ page_number }} of {{ page_count }}",
        "themes/mine/templates/home.html": "{{ page_number }} of {{ page_count }}",
    }))  # fmt: skip
    old_root = site(tmp_path / "old", {
        **THEME, "themes/mine/templates/list.html": "{{ sheet }} of {{ sheets }}",
        "themes/mine/templates/home.html": "{{ sheet }} of {{ sheets }}",
    })  # fmt: skip
    old = build_folder(old_root)
    assert new.problems == ()
    sheet = '1:4 warning deprecated: the variable "sheet" is called "page_number" now -- write page_number'
    sheets = '1:19 warning deprecated: the variable "sheets" is called "page_count" now -- write page_count'
    until = "; the old name works until version 2"
    assert told(old.problems) == [line + until for line in (sheet, sheets, sheet, sheets)]
    names = [problem.location.path for problem in old.problems]
    assert names == [f"themes/mine/templates/{name}.html" for name in ("home", "home", "list", "list")]
    page = "public/page/2/index.html"
    assert (tmp_path / "old" / page).read_text("utf-8") == (tmp_path / "new" / page).read_text("utf-8") == "2 of 2"


def test_a_warm_build_repeats_the_warnings(tmp_path: Path) -> None:
    root = site(tmp_path, {**THEME, "themes/mine/templates/list.html": "{{ sheets }}"})
    first = build_folder(root).problems
    assert [problem.code for problem in first] == ["deprecated"]
    assert build_folder(root).problems == first


@pytest.mark.parametrize(
    "text",
    [
        "{{ page_number }}", "sheet {# sheet #}", "{% set sheet = 1 %}{{ sheet }}", "{{ head.sheet }}",
        "{% for sheet in entries %}{{ sheet }}{% endfor %}", "{% macro sheets(x) %}{{ x }}{% endmacro %}{{ sheets(1) }}",
        "{% from 'parts.html' import sheets %}{{ sheets() }}", "{{ 'sheet' }}",
    ],
)  # fmt: skip
def test_a_name_that_the_template_defines_gets_no_warning(text: str) -> None:
    assert warnings(list=text, parts="{% macro sheets() %}{% endmacro %}") == []


def test_each_line_has_its_warning_once() -> None:
    found = warnings(list="{{ sheets }} {{ sheets }}\n{% if sheets > 1 %}x{% endif %}")
    assert [line.split(" ")[0] for line in found] == [
        "1:4",
        "2:7",
    ]


def test_the_new_name_is_that_of_the_page_of_the_template() -> None:
    (search,) = warnings(search="\n{{ sheet }}")
    assert search == (
        '2:4 warning deprecated: the variable "sheet" is called "results_per_file" now'
        " -- write results_per_file; the old name works until version 2"
    )
    assert '"page_number"' in warnings(base="{{ sheet }}")[0]


def test_an_old_name_on_a_page_that_does_not_have_it_is_an_error(tmp_path: Path) -> None:
    root = site(tmp_path, {**THEME, "themes/mine/templates/post.html": "{{ sheet }}"})
    with pytest.raises(BlogError) as caught:
        build_folder(root)
    assert told(caught.value.problems) == [
        (
            '1:4 error template: "sheet" is a variable of home.html and list.html only (on the page of content/posts/a.md)'
            " -- write {% if page_number is defined %}…{% endif %}"
        )
    ]


def test_an_old_name_has_the_value_of_the_new_one() -> None:
    view = SearchView(
        site=None, head=None, title="T", count=1, index="/", files=1, results_per_file=7,  # type: ignore[arg-type]
    )  # fmt: skip
    assert old_names(view) == {"sheet": 7}
    assert old_names(Theme({}, {}, {}, {}, "t")) == {}


def test_new_names_are_fields_of_their_view_and_old_names_are_not() -> None:
    for view, renamed in RENAMED_VARIABLES.items():
        fields = set(view.__struct_fields__)  # type: ignore[attr-defined]
        assert set(renamed.values()) <= fields
        assert fields.isdisjoint(renamed)
