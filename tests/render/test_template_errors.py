"""Errors while a template renders a page: at the line of the user, with what to write."""

from pathlib import Path

import pytest

from blog.problems import BlogError
from tests.support.publishing import build_folder, post
from tests.support.sites import site, told

PAGE = " (on the page of content/posts/a.md)"
MARGIN = 'name = "Mine"\nextends = "margin"\n'


def failures(tmp_path: Path, settings: str = MARGIN, **templates: str) -> list[str]:
    """The errors of a site with the theme ``mine``, as ``post.html:1:4: message -- hint``."""
    files = {
        "blog.toml": 'title = "T"\nurl = "https://e.org"\nauthor = "A"\ntheme = "mine"\n',
        "themes/mine/theme.toml": settings, "content/posts/a.md": post("A"),
    } | {f"themes/mine/templates/{name}.html": text for name, text in templates.items()}  # fmt: skip
    with pytest.raises(BlogError) as caught:
        build_folder(site(tmp_path, files))
    problems = caught.value.problems
    names = [problem.location.path.removeprefix("themes/mine/").removeprefix("templates/") for problem in problems]
    return [f"{name}:{line.replace(' error template', '')}" for name, line in zip(names, told(problems), strict=True)]


PARTS = "{% import 'parts.html' as parts %}"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{ titel }}", '4: "titel" is undefined', 'did you mean "title"?'),
        ("title {{ nothing }}", '10: "nothing" is undefined', ""),
        ("{{ post.title }}", '4: "post" is undefined', "write title: the fields of the page need no prefix"),
        ("{{ entries }}", '4: "entries" is a variable of home.html and list.html only', "write {% if entries is defined %}…{% endif %}"),
        ("{{ range(3) }}", '4: "range" is undefined', "templates have no range: loop over a list of the page, such as entries"),
        ("{{ now() }}", '4: "now" is undefined', "templates have no clock: a page shows the dates of its text, such as date.text"),
        ("{{ date }}", "4: a Date is no text", "write {{ date.text }}"),
        ("{{ date.strftime('%Y') }}", '4: Date has no field "strftime"', "write {{ date.text }}"),
        ("{{ head.titel }}", '4: Head has no field "titel"', 'did you mean "title"?'),
        ("{{ site.author.0.nam }}", '18: Person has no field "nam"', ""),
        ("{{ body.x }}", '4: "body" is HTML: it has no field "x"', "write {{ body }}"),
        ("{{ title.x }}", '4: "title" is a text: it has no field "x"', "write {{ title }}"),
        ("{{ title.length }}", '4: "title" is a text: it has no field "length"', "write title | length"),
        ("{{ title.replace('a', 'b') }}", '4: templates cannot use "replace" of a text', "write title | replace"),
        ("{{ minutes() }}", '4: "minutes" is a number: it cannot be called', "write {{ minutes }}"),
        ("{{ extra.subtitle }}", '4: no "subtitle" in extra', 'write extra.get("subtitle")'),
        ("{{ extra['subtitle'] }}", '1: the table has no "subtitle"', 'write .get("subtitle")'),
        ("{{ site.options.foter }}", '4: the theme has no option "foter"', 'did you mean "footer"?'),
        ("{{ site.options.x }}", '4: the theme has no option "x"', "add it to [options] in themes/mine/theme.toml"),
        ("{{ updated.text }}", '4: this page has no "updated"', "write {% if updated %}…{% endif %}"),
        ("{% for a in updated %}{% endfor %}", '13: this page has no "updated"', "write {% if updated %}…{% endif %}"),
        ("{% for a in minutes %}{% endfor %}", '13: "minutes" is a number: nothing can loop over it', ""),
        ("{{ site.author.name }}", '4: "site.author" is a list', "write {% for person in site.author %}"),
        ("{{ tags }}", '4: "tags" is a list, not text', "write {% for tag in tags %}"),
        ("{{ tags[0].title }}", '4: "tags" has no element 0', "write {% if tags %}…{% endif %}"),
        ("{{ title | replace('a') }}", '12: the filter "replace" needs the argument "new"', "write | replace(new=…)"),
        ("{{ title + 1 }}", "10: only numbers can be added, or two texts", "write ~ to join them"),
        ("{{ asset('logo.svg') }}", "11: the theme has no file static/logo.svg", "put it into themes/mine/static/"),
        ("{{ asset('margin.cs') }}", "11: the theme has no file static/margin.cs", 'did you mean "margin.css"?'),
        (f"{PARTS}{{{{ parts.date() }}}}", '38: the macro "parts.date" needs the argument "date"', "write {{ parts.date(date) }}"),
        (f"{PARTS}{{{{ parts.dat(1) }}}}", '38: the imported template has no macro "dat"', 'did you mean "date"?'),
        (f"{PARTS}{{{{ parts.date(updated) }}}}", '49: this page has no "updated"', "write {% if updated %}…{% endif %}"),
        (f"{PARTS}{{{{ parts.date(date, 1) }}}}", '38: the macro "date" gets too many arguments', "write {{ parts.date(date) }}"),
    ],
)  # fmt: skip
def test_an_error_says_what_to_write_at_the_line_of_the_user(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    advice = f" -- {hint}" if hint else ""
    assert failures(tmp_path, post=f"\n{text}") == [f"post.html:2:{message}{PAGE}{advice}"]


def test_an_error_in_a_block_is_not_reported_at_the_line_that_extends(tmp_path: Path) -> None:
    text = "{% extends 'margin/post.html' %}\n{% block main %}\n{{ titel }}\n{% endblock %}"
    assert failures(tmp_path, post=text) == [f'post.html:3:4: "titel" is undefined{PAGE} -- did you mean "title"?']


def test_a_macro_of_the_site_without_its_argument_is_reported_where_it_is_called(tmp_path: Path) -> None:
    assert failures(
        tmp_path, post="\n{% from 'own.html' import a %}{{ a() }}", own="{% macro a(b) %}\n{{ b }}{% endmacro %}"
    ) == [f'post.html:2:34: the macro "a" needs the argument "b"{PAGE} -- write {{{{ a(b) }}}}']


def test_a_macro_that_another_template_does_not_have_is_found_before_rendering(tmp_path: Path) -> None:
    assert failures(tmp_path, post="\n{% from 'parts.html' import date, dats %}") == [
        'post.html:2:35: there is no macro "dats" in parts.html -- did you mean "date"?'
    ]


def test_pages_that_fail_by_several_templates_are_reported_together(tmp_path: Path) -> None:
    assert failures(tmp_path, post="{{ a }}", home="{{ b }}", terms="x") == [
        'home.html:1:4: "b" is undefined (on the page /)',
        f'post.html:1:4: "a" is undefined{PAGE}',
    ]


def test_a_template_without_the_parts_that_others_need_is_one_error(tmp_path: Path) -> None:
    assert failures(tmp_path / "1", base="x{% block head %}{% endblock %}") == [
        (
            "base.html:1:1: the template has no blocks main, styles: other templates of the theme need them"
            ' -- write {% extends "margin/base.html" %}, or add {% block main %}'
        )
    ]
    lines = failures(tmp_path / "2", parts="{% macro date(date) %}{% endmacro %}")
    assert len(lines) == 1
    assert lines[0].startswith("parts.html:1:1: the template has no macros badge, ")
    assert lines[0].endswith(" -- add {% macro badge(…) %}…{% endmacro %}")


def test_missing_templates_are_one_error(tmp_path: Path) -> None:
    names = ("home", "list", "page", "terms", "archive", "series", "series-list", "search", "404")
    written = ", ".join(f'"{name}.html"' for name in names)
    assert failures(tmp_path, 'name = "Mine"\n', post="x", alias="x") == [
        (
            f"theme.toml:1:1: the theme has no templates {written}"
            ' -- add them to themes/mine/templates/, or write extends = "margin"'
        )
    ]
