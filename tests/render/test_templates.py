"""Templates in their sandbox: what they see, what they cannot do, and how their errors read."""

from functools import partial
from typing import Any

import pytest
from msgspec import Struct, structs

from blog.content.theme import Theme
from blog.problems import BlogError
from blog.render.renderer import asset
from blog.render.templates import REQUIRED, Templates, check_templates
from blog.views.page_parts import Html
from blog.views.page_views import SearchView
from tests.support.sites import told


class Site(Struct, frozen=True):
    sections: dict[str, str]


class View(Struct, frozen=True):
    site: Site = Site({"a": "/a/"})
    title: str = "<b>"
    body: Html = Html("<b>bold</b>")
    names: tuple[str, ...] = ("x", "y")


PAGE = " (on the page of content/a.md)"


def fields(view: Struct) -> dict[str, Any]:
    return {**structs.asdict(view), "asset": partial(asset, {"a.css": "/assets/a.123.css"})}


def templates(**texts: str) -> Templates:
    return Templates(Theme({f"{name}.html": text for name, text in texts.items()}, {}, {}, {}, "themes/t"))


def rendered(text: str, view: Struct | None = None) -> str:
    return templates(page=text).render("page.html", fields(view or View()), "content/a.md").decode()


def closure(**texts: str) -> bytes:
    """The digest of `page.html` in a theme that has these templates, and all that it must have."""
    named = {f"{name}.html": text for name, text in texts.items()}
    return check_templates(Theme(dict.fromkeys(REQUIRED, "") | named, {}, {}, {}, "themes/t")).digests["page.html"]


def failure(**texts: str) -> tuple[str, int, str, str]:
    with pytest.raises(BlogError) as caught:
        templates(**texts).render("page.html", fields(View()), "content/a.md")
    found = caught.value.problems[0]
    assert found.message.endswith(PAGE)
    return found.location.path, found.location.line, found.message.removesuffix(PAGE), found.hint


def test_text_is_escaped_and_html_is_not() -> None:
    assert rendered("{{ title }}{{ body }}") == "&lt;b&gt;<b>bold</b>"


def test_html_that_is_empty_is_false() -> None:
    assert rendered("{% if body %}yes{% endif %}", View(body=Html(""))) == ""


def test_asset_gives_the_url_of_a_static_file() -> None:
    assert rendered("{{ asset('a.css') }}") == "/assets/a.123.css"


def test_an_unknown_asset_is_an_error_with_template_line_and_page() -> None:
    assert failure(page="\n\n{{ asset('b.css') }}") == (
        "themes/t/templates/page.html", 3, "the theme has no file static/b.css", "put it into themes/t/static/",
    )  # fmt: skip


def test_an_undefined_name_is_an_error_in_the_template_that_uses_it() -> None:
    assert failure(page="{% include 'part.html' %}", part="one\n{{ titel }}") == (
        "themes/t/templates/part.html", 2, '"titel" is undefined', 'did you mean "title"?',
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ title | safe }}", 'there is no filter "safe"'),
        ("{{ names | random }}", 'there is no filter "random"'),
        ("{% if %}", "an expression is missing before %}"),
        ("{% autoescape false %}{{ title }}{% endautoescape %}", "escaping cannot be switched off"),
        ("{% include title %}", "the name of an included template must be written out"),
        ("{% include 'gone.html' %}", 'there is no template "gone.html"'),
    ],
)
def test_what_is_wrong_in_a_template_is_found_before_rendering(text: str, message: str) -> None:
    with pytest.raises(BlogError) as caught:
        closure(page=text)
    assert caught.value.problems[0].message == message
    assert caught.value.problems[0].location.path == "themes/t/templates/page.html"


def test_a_syntax_error_names_its_line() -> None:
    with pytest.raises(BlogError) as caught:
        closure(page="a\nb\n{% endfor %}")
    assert caught.value.problems[0].location.line == 3


@pytest.mark.parametrize(
    "text",
    [
        "{{ title.__class__.__mro__ }}",
        "{{ body.__init__.__globals__ }}",
        "{{ ''.__class__ }}",
        "{{ self.__init__ }}",
        "{{ cycler }}",
        "{{ range(3) }}",
        "{{ lipsum() }}",
        "{{ names.append('z') }}",
        "{{ '{0.__class__}'.format(title) }}",
    ],
)
def test_templates_cannot_leave_the_sandbox(text: str) -> None:
    with pytest.raises(BlogError):
        rendered(text)


def test_a_view_is_all_that_a_template_sees() -> None:
    assert rendered("{{ site.sections | length }} {{ names | join('-') }}") == "1 x-y"
    with pytest.raises(BlogError):
        rendered("{{ config }}")


def test_an_error_of_the_template_itself_is_reported() -> None:
    assert failure(page="{{ 1 // 0 }}")[2:] == ("integer division or modulo by zero", "")
    assert failure(page="{{ title + 1 }}")[1:3] == (1, "only numbers can be added, or two texts")


def test_a_template_that_includes_itself_is_an_error() -> None:
    with pytest.raises(BlogError):
        rendered("{% include 'page.html' %}")


def test_a_theme_without_a_template_for_a_kind_of_page_is_an_error() -> None:
    with pytest.raises(BlogError, match='the theme has no template "post.html"'):
        check_templates(Theme({name: "" for name in REQUIRED if name != "post.html"}, {}, {}, {}, "themes/t"))


def test_the_closure_is_every_template_that_can_be_reached() -> None:
    texts = {
        "page": "{% extends 'base.html' %}{% import 'macros.html' as m %}",
        "base": "{% include 'foot.html' %}",
        "foot": "f",
        "macros": "m",
        "other": "o",
    }

    before = closure(**texts)
    for name in ("page", "base", "foot", "macros"):
        assert closure(**{**texts, name: texts[name] + " "}) != before, name
    assert closure(**{**texts, "other": "changed"}) == before


# What a template says of others


def wrong(**texts: str) -> list[str]:
    with pytest.raises(BlogError) as caught:
        closure(**texts)
    return [
        f"{p.location.path.rpartition('/')[2]}:{line}"
        for p, line in zip(caught.value.problems, told(caught.value.problems), strict=True)
    ]


def test_a_template_that_is_not_there_is_told_where_it_is_asked_for() -> None:
    assert wrong(after="\n{% include 'trems.html' %}", page="{% include 'after.html' %}") == [
        'after.html:2:13 error template: there is no template "trems.html" -- did you mean "terms.html"?'
    ]
    assert wrong(page="{% extends 'bsae.html' %}", base="") == [
        'page.html:1:13 error template: there is no template "bsae.html" -- did you mean "base.html"?'
    ]


def test_templates_that_are_made_from_each_other_are_errors() -> None:
    assert wrong(page="\n\n{% include 'part.html' %}", part="{% import 'page.html' as p %}") == [
        "page.html:3:13 error template: the template is made from itself, by way of part.html",
        "part.html:1:12 error template: the template is made from itself, by way of page.html",
    ]


BASE = "{% block head %}{% endblock %}{% block main %}{% block inner %}{% endblock %}{% endblock %}"


def test_a_block_that_the_extended_template_does_not_have_is_an_error() -> None:
    assert wrong(base=BASE, page="{% extends 'base.html' %}\n{% block mian %}x{% endblock %}") == [
        'page.html:2:10 error template: there is no block "mian" in base.html -- did you mean "main"?'
    ]
    middle = "{% extends 'base.html' %}{% block main %}{% block deeper %}{% endblock %}{% endblock %}"
    assert closure(base=BASE, middle=middle, page="{% extends 'middle.html' %}{% block deeper %}x{% endblock %}")
    assert closure(base=BASE, middle=middle, page="{% extends 'middle.html' %}{% block inner %}x{% endblock %}")
    assert closure(
        base=BASE, page="{% extends 'base.html' %}{% block main %}{% block new %}x{% endblock %}{% endblock %}"
    )


def test_a_new_block_beside_an_inherited_one_is_an_error() -> None:
    page = "{% extends 'base.html' %}\n{% block main %}x{% endblock %}\n{% if 1 %}{% block typo %}lost{% endblock %}{% endif %}"
    assert wrong(base=BASE, page=page) == ['page.html:3:20 error template: there is no block "typo" in base.html']


def test_an_unknown_test_is_an_error_at_its_line() -> None:
    assert wrong(page="\n{% if 1 is sameas 1 %}x{% endif %}") == [
        'page.html:2:12 error template: there is no test "sameas" -- write =='
    ]
    assert wrong(page="{{ 1 is evne }}") == [
        'page.html:1:9 error template: there is no test "evne" -- did you mean "even"?'
    ]


def test_text_outside_of_all_blocks_is_an_error_where_a_template_is_extended() -> None:
    page = "{% extends 'base.html' %}\n{# said #}\n{% set a = 1 %}\n<p>lost</p>\n{% block main %}x{% endblock %}"
    assert wrong(base=BASE, page=page) == [
        "page.html:4:1 error template: this is not shown: it stands outside of all blocks -- move it into a block, such as main"
    ]
    assert closure(base=BASE, page=page.replace("<p>lost</p>", ""))


# What may be shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ site }}", "a Site is no text (write {{ site.sections }})"),
        ("{{ [site, asset]|string }}", '"asset" must be called (write {{ asset(…) }})'),
        ("{{ names }}", '"names" is a list, not text (write {% for name in names %})'),
        ("{{ site.sections }}", '"site.sections" is a table, not text (write {{ site.sections.get("KEY") }})'),
        ("{{ title.upper }}", '"title.upper" must be called (write {{ title.upper(…) }})'),
        ("{{ names|map('upper') }}", "this is a list, not text (write {% for item in LIST %})"),
        ("{{ asset }}", '"asset" must be called (write {{ asset(…) }})'),
        ("{% set x = none %}{{ x }}", '"x" is none (write {% if x %}…{% endif %})'),
    ],
)  # fmt: skip
def test_what_is_no_text_is_not_shown(text: str, message: str) -> None:
    _, _, found, hint = failure(page=text)
    assert f"{found} ({hint})" == message


def test_a_field_that_a_view_does_not_have_is_named_with_the_nearest() -> None:
    view = SearchView(
        site=None, head=None, title="T", count=1, index="/", files=1, results_per_file=1,  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(BlogError) as caught:
        templates(page="{{ view.titel }}").render("page.html", {"view": view}, "content/a.md")
    (line,) = told(caught.value.problems)
    assert line == f'1:4 error template: SearchView has no field "titel"{PAGE} -- did you mean "title"?'


@pytest.mark.parametrize(
    "text",
    [
        "{{ names|join }}",
        "{{ 1 }}",
        "{{ site|string }}",
        "{{ 1.5 }}",
        "{{ true }}",
        "{{ body|trim }}",
        "{{ title|upper }}",
    ],
)
def test_text_numbers_and_html_are_shown(text: str) -> None:
    assert rendered(text)


def test_html_stays_html_in_filters() -> None:
    assert rendered("{{ body|trim }}{{ body|replace('bold', 'soft') }}{{ body ~ '<' }}") == (
        "<b>bold</b><b>soft</b><b>bold</b>&lt;"
    )
