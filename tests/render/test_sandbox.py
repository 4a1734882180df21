"""What a template may name, and that every page comes to an end."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec import structs

from blog.problems import BlogError, Location, Problem
from blog.render import templates as templates_module
from blog.render.page_limit import RENDERING, TOO_MUCH
from blog.render.templates import MAX_TEMPLATE, Templates
from blog.system.workers import LimitExceededError, ResourceLimit, map_limited, run_limited
from tests.render.test_templates import PAGE, View, closure, failure, fields, rendered, templates
from tests.support.publishing import post, problems

LIMIT = ResourceLimit(0.3, 200 << 20)
"""Less than there is, so that tests are quick."""
TOO_DEEP = "something in the template calls itself again and again, or is nested too deeply"
LONG = "{% set b = 'x' * 400000 %}"
"""Fast machines copy a text of 90,000 letters 90,000 times within the limit."""


def ends(pages: Sequence[dict[str, str]]) -> list[tuple[str, int, str]]:
    """Where and how each theme fails whose `page.html` is rendered with a limit."""
    themes = [templates(**texts) for texts in pages]

    def render(number: int) -> Sequence[Problem]:
        try:
            themes[number].render("page.html", fields(View()), "content/a.md")
        except BlogError as error:
            return error.problems
        return ()

    found = []
    with map_limited(render, range(len(themes)), 2, lambda _: LIMIT) as waiting:
        results = list(waiting)
    for made, result in zip(themes, results, strict=True):
        if isinstance(result, LimitExceededError):
            problem = made.explain_limit("page.html", "content/a.md", result.stack).problems[0]
        else:
            problem = result[0] if result else Problem(Location("rendered"), "template", "")
        path = problem.location.path.removeprefix("themes/t/templates/")
        found.append((path, problem.location.line, problem.message.removesuffix(PAGE)))
    return found


def grown(first: str, step: str, last: str) -> str:
    """A template in which a value is made of two of the last, again and again."""
    steps = "".join(step.replace("NEW", f"a{at + 1}").replace("OLD", f"a{at}") for at in range(40))
    return f"{{% set a0 = {first} %}}{steps}{last.replace('END', 'a40')}"


PAIR = "{% set NEW = [OLD, OLD] %}"
PAIRS = "{% set NEW = (OLD, OLD) %}"


TOO_MUCH_OF_IT = (
    "{% for a in b %}{% for c in b %}x{% endfor %}{% endfor %}",
    "{% for a in b %}{{ b }}{% endfor %}",
    "{% for a in b %}{% set c = b | upper %}{% endfor %}",
    "{% for a in b %}{% set c = b.upper() %}{% endfor %}",
    "{% for a in b %}{% set c = b.split('x') %}{% endfor %}",
    "{% for a in b %}{% set c = b ~ b %}{% endfor %}",
    "{% for a in b %}{% set c = b + b %}{% endfor %}",
    "{% for a in b %}{% set c = b * 2 %}{% endfor %}",
    "{{ b | replace('x', b) }}",
    "{{ b | replace('', b) }}",
    "{{ b | join(b) }}",
    "{{ ([b] * 9000) | join }}",
    "{{ ([b] * 9000) | map('upper') | list | length }}",
    "{{ 'xy' | slice(1000000000) }}",
    "{{ b | trim('y' * 900000 ~ 'x') }}",
    "{{ b.strip('y' * 900000 ~ 'x') }}",
    "{{ 'xy' | batch(1000000000, 'y') }}",
    "{{ 1 | round(-999999999) }}",
    "{{ '%05000000000d' is odd }}",
    "{{ ['%05000000000d'] | select('divisibleby', 2) | list }}",
    "{{ '%(a)5000000000d' | format(a=1) }}",
    "{{ ('%' ~ 5000000000 ~ 'd') % 1 }}",
    "{{ ('%(a)s' * 100000) | format(a='x' * 10000) }}",
    "{% macro m() %}{{ varargs | length }}{% endmacro %}{% for a in 'x' * 90000 %}{{ m(*b) }}{% endfor %}",
    "{% macro m(a='%5000000000d' | format(1)) %}{{ a }}{% endmacro %}{{ m() }}",
    "{% filter format(1) %}%5000000000d{% endfilter %}",
)


def test_a_page_that_takes_too_much_is_an_error_and_not_waited_for() -> None:
    found = ends([{"page": f"\n{LONG}\n{text}"} for text in TOO_MUCH_OF_IT])
    assert [(path, message) for path, _, message in found] == [("page.html", TOO_MUCH)] * len(TOO_MUCH_OF_IT)
    assert {line for _, line, _ in found} <= {1, 3}  # 1: memory ended when the parts of the page were joined


DOUBLED = (
    grown("'xy'", "{% set NEW = OLD ~ OLD %}", "{{ END }}"),
    grown("'xy'", "{% set NEW = OLD + OLD %}", "{{ END }}"),
    grown("'xy'", "{% set NEW %}{{ OLD }}{{ OLD }}{% endset %}", "{{ END }}"),
    grown("[1]", "{% set NEW = OLD + OLD %}", "{{ END | length }}"),
    grown("[1]", PAIR, "{{ END | string }}"),
    grown("[1]", PAIR, "{{ END is upper }}"),
    grown("(1,)", PAIRS, "{{ {END: 1} | length }}"),
    grown("(1,)", PAIRS, "{{ {}[END] }}"),
    grown("(1,)", PAIRS, "{{ {}.get(END) }}"),
    grown("(1,)", PAIRS, "{{ END in {} }}"),
    "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
    "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}" + "{% call m() %}" * 40 + "{% endcall %}" * 40,
    "{% for a in 'xy' recursive %}{% if loop.depth < 60 %}{{ loop('xy') }}{% endif %}{% endfor %}",
)


def test_a_page_that_doubles_again_and_again_is_an_error() -> None:
    found = ends([{"page": text} for text in DOUBLED])
    assert found == [("page.html", 1, TOO_MUCH)] * len(DOUBLED)


def test_templates_that_include_each_other_twice_each_are_an_error() -> None:
    parts = {f"p{at}": f"{{% include 'p{at + 1}.html' %}}" * 2 for at in range(40)}
    ((path, line, message),) = ends([{"page": "{% include 'p0.html' %}", "p40": "", **parts}])
    assert (path[0], line, message) == ("p", 1, TOO_MUCH)


@pytest.mark.parametrize(
    "text",
    [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% block a %}{{ self.a() }}{% endblock %}",
        "{% for a in 'x' recursive %}{{ loop('x') }}{% endfor %}",
        "{{ 1" + " + 1" * 300 + " }}",
        "{% for a in 'x' %}" * 30 + "{% endfor %}" * 30,
        "{% if 0 %}" + "{% elif 0 %}" * 15000 + "{% endif %}",
    ],
)
def test_a_template_that_is_too_deep_is_an_error(text: str) -> None:
    assert failure(page=text)[2] == TOO_DEEP


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ " + "(" * 100_000 + " }}", TOO_DEEP),
        ("{{ title" + ".a" * 20_000 + " }}", TOO_DEEP),
        ("{% if 1 %}" * 5000, TOO_DEEP),
        ("{{ " + "9" * 5000 + " }}", "a number in the template is too long"),
        ("x" * (MAX_TEMPLATE + 1), "the template has more than 250,000 letters"),
    ],
    ids=["parentheses", "attributes", "ifs", "digits", "letters"],
)
def test_a_template_that_is_too_large_is_an_error_before_rendering(text: str, message: str) -> None:
    with pytest.raises(BlogError) as caught:
        closure(page=text)
    assert caught.value.problems[0].message == message


@pytest.mark.parametrize(
    "text",
    [
        "{{ '%05000000000d' | format(1) }}",
        "{{ '%05000000000d' is odd }}",
        "{% block main %}{{ 'x' * 9999999999 }}{% endblock %}",
        "{% macro m() %}{{ 1 | round(-999999999) }}{% endmacro %}{{ m() }}",
        "{% if '%05000000000d' | format(1) %}{% endif %}",
    ],
)
def test_nothing_of_a_template_is_evaluated_when_it_is_checked_or_compiled(text: str) -> None:
    def check_and_compile(_: None) -> None:
        closure(page=text)
        templates(page=text).compile()

    run_limited(check_and_compile, None, ResourceLimit(5, 64 << 20))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ 9 ** 9 ** 9 }}", "the product of ** is too large"),
        ("{{ 10 ** 9 }}", "the product of ** is too large"),
        ("{{ 'x' * 1000000000 }}", "a product is no longer than 10,000,000 letters or entries"),
        ("{{ 1000000000 * ['x'] }}", "a product is no longer than 10,000,000 letters or entries"),
        ("{{ {'a': 1}.keys() - {}.keys() }}", "- is for numbers"),
        ("{{ ['a'] - {}.keys() }}", "- is for numbers"),
        ("{% for a in 1 %}{% endfor %}", "this is a number: nothing can loop over it"),
    ],
)
def test_what_could_take_for_ever_is_refused(text: str, message: str) -> None:
    assert failure(page=text)[2] == message


@pytest.mark.parametrize(
    "name", ["center", "indent", "wordwrap", "urlize", "tojson", "xmlattr", "safe", "random", "pprint"]
)
def test_filters_that_pages_do_not_need_are_not_there(name: str) -> None:
    with pytest.raises(BlogError, match=f'there is no filter "{name}"'):
        closure(page=f"{{{{ title | {name} }}}}")


@pytest.mark.parametrize(
    "text",
    [
        "{{ title.format }}",
        "{{ title.format(1) }}",
        "{{ title['format_map']({}) }}",
        "{{ title | attr('format') }}",
        "{{ [title] | map(attribute='format') | first }}",
        "{{ title.encode() }}",
        "{{ title.join('ab') }}",
        "{{ title.replace('a', 'b') }}",
        "{{ title.translate({}) }}",
        "{{ title.ljust(9) }}",
        "{{ title.__class__ }}",
        "{{ title['__class__'] }}",
        "{{ title | attr('__class__') }}",
        "{{ [title] | map(attribute='__class__') | first }}",
        "{{ [title] | sort(attribute='__class__.__mro__') }}",
        "{{ [title] | groupby('__class__') }}",
        "{{ '%s' | format(title.__class__) }}",
        "{{ site.sections.pop('a') }}",
        "{{ site.sections.clear() }}",
        "{{ site.sections.fromkeys('ab') }}",
        "{{ site.sections.__class__ }}",
        "{{ asset.func }}",
        "{{ asset.args[0] }}",
        "{{ asset.keywords }}",
        "{{ names.count('x') }}",
        "{{ (1).to_bytes(9, 'big') }}",
        "{{ 1.5.hex() }}",
        "{{ loop }}",
        "{{ namespace(a=1) }}",
        "{{ dict(a=1) }}",
        "{{ joiner() }}",
        "{{ caller }}",
        "{{ self._TemplateReference__context }}",
        "{{ self['_TemplateReference__context'] }}",
        "{% block a %}{{ self.a._context }}{{ self.a._stack }}{% endblock %}",
        "{% macro m() %}{% endmacro %}{{ m._func }}",
        "{% macro m() %}{% endmacro %}{{ m.__call__ }}",
        "{% macro m() %}{% endmacro %}{{ m._environment }}",
        "{% for a in 'x' %}{{ loop._iterator }}{% endfor %}",
        "{% for a in 'x' %}{{ loop.__init__ }}{% endfor %}",
        "{% for a in 'x' recursive %}{{ loop._recurse }}{% endfor %}",
        "{% import 'part.html' as p %}{{ p._body_stream }}",
        "{% import 'part.html' as p %}{{ p.__dict__ }}",
        "{% set site.title = 1 %}",
        "{% do 1 %}",
        "{{ title is sameas title }}",
        "{{ environment }}",
        "{{ context }}",
    ],
)  # fmt: skip
def test_nothing_leads_out_of_the_sandbox(text: str) -> None:
    with pytest.raises(BlogError):
        templates(page=text, part="").render("page.html", {"title": "T", "names": (), "site": View().site}, "a.md")


@pytest.mark.parametrize("shown", ["{{ X }}", "{{ X | string }}", "{{ X ~ '' }}", "{{ '%s' % X }}", "{{ '%r' | format(X) }}",
                                   "{{ [X] | join }}", "{{ X | e }}", "{{ X | upper }}", "{{ X | urlencode }}", "{{ [X] | string }}",
                                   "{{ 'a' | replace('a', X) }}", "{{ X | forceescape }}"])  # fmt: skip
@pytest.mark.parametrize("what", ["asset", "title.upper", "self", "m", "site.sections.get", "p"])
def test_no_page_says_where_in_the_memory_something_is(shown: str, what: str) -> None:
    text = "{% import 'part.html' as p %}{% macro m() %}{% endmacro %}" + shown.replace("X", what)
    try:
        found = templates(page=text, part="").render("page.html", {"title": "T", "site": View().site}, "a.md")
    except BlogError:
        return
    assert b"0x" not in found


def test_what_templates_import_keeps_nothing_from_page_to_page() -> None:
    made = templates(
        page="{% import 'part.html' as p %}{{ p.a | first }}{{ p.a | list | length }}",
        part="{% set a = '123' | map('int') %}",
    )
    fields = {"title": "T"}
    assert made.render("page.html", fields, "a.md") == made.render("page.html", fields, "b.md") == b"13"


def test_what_honest_templates_do_is_still_possible() -> None:
    text = (
        "{% macro m(a, b=2) %}{{ a }}{{ b }}{{ caller() if caller is defined else '' }}{% endmacro %}{% call m(1) %}c{% endcall %} "
        "{{ m(a=1) }} {% for a, b in {'k': 1}.items() %}{{ a }}{{ loop.last }}{% endfor %} {{ names | map('upper') | join(', ') }} "
        "{{ '%02d' | format(7) }} {{ '%s!' % title }} {{ title | replace('<', '-') | upper }} {{ [3, 1] | sort | first }} "
        "{% for part in names | batch(2, '-') %}{{ part | join }}{% endfor %} {{ names[1:] | join }} {{ 7 // 2 + 1 }} "
        "{% for kind, of in [{'a': 1}, {'a': 1}] | groupby('a') %}{{ kind }}{{ of | length }}{% endfor %} {{ body | striptags }} "
        "{% if names[0] == 'x' and 'y' in names and title is string %}yes{% endif %} {{ 'a,b'.split(',') | last }} {{ 1.25 | round(1) }}"
    )
    assert rendered(text) == ("12c 12 kTrue X, Y 07 &lt;b&gt;! -B&gt; 1 xy y 4 12 bold yes b 1.2")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "text",
    [
        "{% for a in b %}{% for c in b %}{% for d in b %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ '%5000000000d' % 1 }}",
    ],
)
def test_a_theme_that_does_not_end_is_a_problem_with_template_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, jobs: int
) -> None:
    monkeypatch.setattr(templates_module, "RENDERING", LIMIT)
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntheme = "t"\n', "content/posts/a.md": post(),
        "themes/t/theme.toml": 'name = "t"\nextends = "margin"\n',
        "themes/t/templates/post.html": f'{{% extends "margin/post.html" %}}\n{{% block main %}}\n{LONG}{text}\n{{% endblock %}}',
    }  # fmt: skip
    (found,) = problems(tmp_path, files, jobs=jobs)
    assert found == f"themes/t/templates/post.html:3:1: {TOO_MUCH} (on the page of content/posts/a.md)"


def test_pages_of_the_programs_own_themes_need_no_limit() -> None:
    made = templates(page="x")
    assert made.limit == RENDERING
    own = structs.replace(made.theme, builtin_templates=frozenset(made.theme.templates))
    assert Templates(own).limit is None
    assert Templates(structs.replace(own, templates={**own.templates, "post.html": ""})).limit is not None


def test_a_line_of_the_site_is_named_before_one_of_the_program() -> None:
    made = templates(
        page="\n\n{% include 'part.html' %}",
        part="{% for a in 'x' * 9000 %}{% for b in 'x' * 90000 %}{% endfor %}{% endfor %}",
    )
    made = Templates(structs.replace(made.theme, builtin_templates=frozenset({"part.html"})))
    with pytest.raises(LimitExceededError) as caught:
        run_limited(lambda _: made.render("page.html", fields(View()), "/"), None, LIMIT)
    (found,) = made.explain_limit("page.html", "/", caught.value.stack).problems
    assert (found.location.path, found.location.line) == ("themes/t/templates/page.html", 3)
    (unknown,) = made.explain_limit("page.html", "/", "").problems
    assert (unknown.location.path, unknown.location.line) == ("themes/t/templates/page.html", 1)
