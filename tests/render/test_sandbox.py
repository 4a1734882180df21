"""What a template may name, and that every page comes to an end, by counting: the same on every machine."""

from pathlib import Path

import pytest

from blog.problems import BlogError
from blog.render import sandbox
from blog.render.sandbox import PER_ENTRY, PER_LETTER
from blog.render.sandbox_names import ATTRIBUTES
from blog.render.templates import MAX_TEMPLATE
from blog.system.workers import ResourceLimit, run_limited
from blog.views.types import Html
from tests.render.test_templates import View, closure, failure, rendered, templates
from tests.support.bounds import processor
from tests.support.publishing import post, problems, publish

STEPS = 1_000_000
"""Fewer than there are, so that tests are quick."""
STEPS_OF = (
    f"the page takes more than {STEPS + 2 * PER_ENTRY + 11 * PER_LETTER:,} steps: too many loops, calls or letters"
)
TOO_DEEP = "something in the template calls itself again and again, or is nested too deeply"
LONG = "{% set b = 'x' * 90000 %}"


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "STEPS", STEPS)


def grown(first: str, step: str, last: str) -> str:
    """A template in which a value is made of two of the last, again and again."""
    steps = "".join(step.replace("NEW", f"a{at + 1}").replace("OLD", f"a{at}") for at in range(21))
    return f"{{% set a0 = {first} %}}{steps}{last.replace('END', 'a21')}"


PAIR = "{% set NEW = [OLD, OLD] %}"
PAIRS = "{% set NEW = (OLD, OLD) %}"


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in b %}{% for c in b %}x{% endfor %}{% endfor %}",
        "{% for a in b recursive %}{{ loop(b) }}{% endfor %}",
        "{% for a in 'xy' if a == 'x' recursive %}{% set l = loop %}{% for c in 'x' * 900 %}{{ l(b) }}{% endfor %}{% endfor %}",
        "{% for a in b %}{{ b }}{% endfor %}",
        "{% for a in b %}{% set c = b[1:] %}{% endfor %}",
        "{% for a in b %}{% if b == b[1:] %}{% endif %}{% endfor %}",
        "{% for a in b %}{% if 'y' in b %}{% endif %}{% endfor %}",
        "{% for a in b %}{% set c = b | upper %}{% endfor %}",
        "{% for a in b %}{% set c = b.upper() %}{% endfor %}",
        "{% for a in b %}{% set c = b.split('x') %}{% endfor %}",
        "{% for a in b %}{% set c = b is upper %}{% endfor %}",
        "{% for a in b %}{% set c = b ~ b %}{% endfor %}",
        "{% for a in b %}{% set c = b + b %}{% endfor %}",
        "{% for a in b %}{% set c = b * 2 %}{% endfor %}",
        "{{ b | replace('x', b) }}",
        "{{ b | replace('', b) }}",
        "{{ b | join(b) }}",
        "{{ ([b] * 9000) | join }}",
        "{{ ([b] * 9000) | map('upper') | list | length }}",
        "{{ ([b] * 9000) | sort | length }}",
        "{{ ([b] * 9000) | groupby('0') | length }}",
        "{{ (['x'] * 9000) | map(attribute=b) | list | length }}",
        "{{ 'xy' | batch(1000000000, 'y') }}",
        "{{ 'xy' | slice(1000000000) }}",
        "{{ ('%999s' * 300000) | format(1) }}",
        "{{ (b ~ '<>' * 90000) | striptags }}",
        "{{ b | trim('y' * 900000 ~ 'x') }}",
        "{{ b.strip('y' * 900000 ~ 'x') }}",
        "{{ b.rfind('y' ~ b[9:]) }}",
        "{{ b * 1000000000 }}",
        "{{ [b] * 1000000000 }}",
    ],
)
def test_a_page_that_takes_too_much_is_an_error_and_not_waited_for(text: str) -> None:
    assert failure(page="\n" + LONG + "\n" + text)[:3] == ("themes/t/templates/page.html", 3, STEPS_OF)


@pytest.mark.parametrize(
    "text",
    [
        grown("'xy'", "{% set NEW = OLD ~ OLD %}", "{{ END }}"),
        grown("'xy'", "{% set NEW = OLD + OLD %}", "{{ END }}"),
        grown("'xy'", "{% set NEW %}{{ OLD }}{{ OLD }}{% endset %}", "{{ END }}"),
        grown("[1]", "{% set NEW = OLD + OLD %}", "{{ END | length }}"),
        grown("[1]", PAIR, "{{ END | string }}"),
        grown("[1]", PAIR, "{{ END == [END] }}"),
        grown("[1]", PAIR, "{{ END is upper }}"),
        grown("[1]", PAIR, "{{ [END] | sort | length }}"),
        grown("(1,)", PAIRS, "{{ {END: 1} | length }}"),
        grown("(1,)", PAIRS, "{{ {}[END] }}"),
        grown("(1,)", PAIRS, "{{ {}.get(END) }}"),
        grown("(1,)", PAIRS, "{{ END in {} }}"),
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(18) }}",
        "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}" + "{% call m() %}" * 18 + "{% endcall %}" * 18,
        "{% for a in 'xy' recursive %}{% if loop.depth < 18 %}{{ loop('xy') }}{% endif %}{% endfor %}",
    ],
)
def test_a_page_that_doubles_again_and_again_is_an_error(text: str) -> None:
    assert failure(page=text)[2] == STEPS_OF


def test_templates_that_include_each_other_twice_each_are_counted() -> None:
    parts = {f"p{at}": f"{{% include 'p{at + 1}.html' %}}" * 2 for at in range(16)}
    assert failure(page="{% include 'p0.html' %}", p16="", **parts)[2] == STEPS_OF


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


TOO_WIDE = "a format may be 999 letters wide, and its width must be written out"


@pytest.mark.parametrize(
    "text",
    [
        "{{ '%(a)5000000000d' | format(a=1) }}",
        "{{ '%(a)05000000000d' | format(a=1) }}",
        "{{ '%(a(b)c)5000000000d' | format(a=1) }}",
        "{{ '%(a%d)9999s' | format(a=1) }}",
        "{{ '%(a).5000000000f' | format(a=1.5) }}",
        "{{ '%(a)-+ #5000000000d' | format(a=1) }}",
        "{{ '%(a)*d' | format(a=1) }}",
        "{{ '%#.5000000000x' % 1 }}",
        "{{ '%1.*f' % (5000000000, 1) }}",
        "{{ '% 5000000000ld' % 1 }}",
        "{{ '%%%1000d' % 1 }}",
        "{{ ('%' ~ 5000000000 ~ 'd') | format(1) }}",
        "{{ ('%5000000000d' | e) | format(1) }}",
        "{{ ('%5000000000d' | e) % 1 }}",
        "{{ ['%5000000000d'] | map('format', 1) | first }}",
        "{% macro m(a='%5000000000d' | format(1)) %}{{ a }}{% endmacro %}{{ m() }}",
        "{% set a = '%5000000000d' | format(1) %}",
        "{% filter format(1) %}%5000000000d{% endfilter %}",
        "{% if '%5000000000d' | format(1) %}{% endif %}",
    ],
)
def test_no_format_is_wider_than_a_thousand_letters_however_it_is_written(text: str) -> None:
    assert failure(page="\n" + text) == ("themes/t/templates/page.html", 2, TOO_WIDE, "")


@pytest.mark.parametrize(
    "text",
    [
        "{{ ('%(a)s' * 10000) | format(a='x' * 10000) }}",
        "{{ ('%(a).9s' * 100 ~ '%(a)s' * 10000) | format(a='x' * 10000) }}",
        "{{ ('%s' * 90) % ((['x' * 20000] | map('string') | list * 90) | batch(90) | first) }}",
        "{{ '%r' % ('\U000e0001' * 110000) }}",
        "{{ '%a' | format('\U000e0001' * 110000) }}",
        "{{ '%s' | format(a='\U000e0001' * 110000) }}",
        "{{ ('%s' | e) | format('<' * 190000) }}",
    ],
)
def test_what_a_format_makes_of_long_texts_is_counted_before_it_is_made(text: str) -> None:
    assert run_limited(lambda _: failure(page="\n" + text)[1:3], None, ResourceLimit(5, 64 << 20)) == (2, STEPS_OF)


@pytest.mark.parametrize(
    "text", ["{{ '%05000000000d' | format(1) }}", "{% block main %}{{ 'x' * 9999999999 }}{% endblock %}"]
)
@pytest.mark.parametrize(
    "where", ["{}", "{{% if 1 == 2 %}}{{% endif %}}{}", "{{% macro m() %}}{}{{% endmacro %}}{{{{ m() }}}}"]
)
def test_nothing_of_it_is_worked_out_when_a_template_is_compiled(text: str, where: str) -> None:
    made = templates(page="x", lost=where.format(text))
    with processor(1):
        made.compile()
        assert made.render("page.html", {}, "a.md") == b"x"
        with pytest.raises(BlogError, match="while|format|steps"):
            made.render("lost.html", {}, "404.html")


TEXT = "{% set t = 'x' * 200000 %}{% set d = {'k': t} %}{% set many = ['x'] * 9000 %}"
OFTEN = "{% for each in many %}{% for more in many %}{% set c = EXPRESSION %}{% endfor %}{% endfor %}"
BOMBS = {
    "abs": "1 | abs", "attr": "t | attr(t)", "batch": "'x' | batch(1000000000, 'y')", "capitalize": "t | capitalize",
    "count": "t | count", "d": "x | d(t)", "default": "x | default(t)", "dictsort": "{t: t} | dictsort(by='value')",
    "e": "t | e", "escape": "t | escape", "filesizeformat": "('1' ~ '0' * 300) | filesizeformat", "first": "t | first", "float": "t | float",
    "forceescape": "t | forceescape", "format": "('%s' * 9000) | format(t)", "groupby": "([d] * 9) | groupby('k')",
    "int": "t | int", "items": "d | items", "join": "[t, t] | join(t)", "last": "t | last", "length": "t | length",
    "list": "t | list", "lower": "t | lower", "map": "t | map('upper') | list", "max": "[t, t] | max", "min": "[t, t] | min",
    "reject": "many | reject('==', t) | list", "rejectattr": "many | rejectattr(t) | list", "replace": "t | replace('', t)",
    "reverse": "t | reverse", "round": "1 | round(15)", "select": "many | select('==', t) | list",
    "selectattr": "many | selectattr(t) | list", "slice": "'x' | slice(1000000000)", "sort": "[t, t] | sort",
    "string": "[t, t] | string", "striptags": "t | striptags", "sum": "many | sum(attribute=t)", "title": "t | title",
    "trim": "t | trim(t)", "truncate": "t | truncate(9)", "unique": "[t, t] | unique", "upper": "t | upper",
    "urlencode": "t | urlencode", "wordcount": "t | wordcount",
}  # fmt: skip
"""A filter, and what it could be led to do that takes too much."""
TESTS = {
    "boolean": "t is boolean", "callable": "t is callable", "defined": "t is defined", "divisibleby": "4 is divisibleby(2)",
    "escaped": "t is escaped", "even": "2 is even", "false": "t is false", "float": "t is float", "in": "'y' is in t",
    "integer": "t is integer", "iterable": "t is iterable", "lower": "t is lower", "mapping": "t is mapping",
    "none": "t is none", "number": "t is number", "odd": "1 is odd", "sequence": "t is sequence", "string": "t is string",
    "true": "t is true", "undefined": "t is undefined", "upper": "t is upper",
}  # fmt: skip
METHODS = {
    "count": "t.count('y')", "endswith": "t.endswith(t)", "find": "t.find(t)", "index": "t.index(t)",
    "partition": "t.partition('y')", "removeprefix": "t.removeprefix('y')", "removesuffix": "t.removesuffix('y')",
    "rfind": "t.rfind('y' ~ t)", "rindex": "t.rindex(t)", "rpartition": "t.rpartition('y')", "rsplit": "t.rsplit(sep='y')",
    "split": "t.split('x')", "splitlines": "t.splitlines(keepends=true)", "startswith": "t.startswith((t, t))",
    "strip": "t.strip(t)", "lstrip": "t.lstrip(t)", "rstrip": "t.rstrip(t)",
    "get": "d.get(t)", "items": "d.items()", "keys": "d.keys()", "values": "d.values()",
}  # fmt: skip
PLAIN = ATTRIBUTES[0][1] - METHODS.keys()
COMPARISONS = {
    "!=",
    "<",
    "<=",
    "==",
    ">",
    ">=",
    "eq",
    "equalto",
    "ge",
    "greaterthan",
    "gt",
    "le",
    "lessthan",
    "lt",
    "ne",
}


@pytest.mark.parametrize(
    "expression",
    [
        *BOMBS.values(), *TESTS.values(), *METHODS.values(), *(f"t.{name}()" for name in sorted(PLAIN)),
        *(f"t is {name}(t)" for name in sorted(COMPARISONS) if name.isalpha()),
        "t + t", "t * 2", "t ~ t", "t[1:]", "t[::-1]", "t == t ~ 'x'", "t in [t]", "{t: 1}", "'%s' % t", "many + many", "[t] * 90000",
    ],
)  # fmt: skip
def test_whatever_a_template_may_use_ends(expression: str) -> None:
    with processor(5):
        assert failure(page=TEXT + "\n" + OFTEN.replace("EXPRESSION", expression))[1:3] == (2, STEPS_OF)


def test_there_is_such_a_trial_for_each_filter_test_and_method() -> None:
    environment = templates(page="").environment
    assert environment.filters.keys() == BOMBS.keys()
    assert environment.tests.keys() == TESTS.keys() | COMPARISONS
    named = [names for kind, names in ATTRIBUTES if kind in {str, dict}]
    assert set.union(*named) == METHODS.keys() | PLAIN


@pytest.mark.parametrize(
    "text",
    [
        "{% macro m() %}{{ varargs | length }}{% endmacro %}{% for a in 'x' * 9000 %}{{ m(*b) }}{% endfor %}",
        "{% macro m() %}{{ kwargs | length }}{% endmacro %}{% for a in b %}{{ m(**{'x': b}) }}{% endfor %}",
        "{{ (b * 9).rsplit(sep='y' * 9000) }}",
        "{% for a in b %}{{ " + "9" * 4000 + " }}{% endfor %}",
        "{% for a in b %}{{ 1.5 }}{% endfor %}",
        "{% for a in b %}{% set c = ('x' | e) + body %}{% endfor %}",
    ],
)
def test_what_is_handed_over_shown_or_put_together_is_counted(text: str) -> None:
    with processor(5):
        assert failure(page="\n" + LONG + text)[1:3] == (2, STEPS_OF)


def test_a_template_is_weighed_once_however_deep_its_parts_are_nested() -> None:
    opened = "".join(f"{{% block b{at} %}}" for at in range(150))
    made = templates(page=opened + "{{ title }}" * 4000 + "{% endblock %}" * 150)
    with processor(5):
        made.compile()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ '%999999999s' % 1 }}", TOO_WIDE),
        ("{{ '%.999999999f' | format(1.5) }}", TOO_WIDE),
        ("{{ '%*d' % (999999999, 1) }}", TOO_WIDE),
        ("{{ 1 | round(-999999999) }}", "a number is rounded to at most 15 places"),
        ("{{ '%05000000000d' is odd }}", "the test odd is for numbers"),
        ("{{ '%05000000000d' is even }}", "the test even is for numbers"),
        ("{{ '%05000000000d' is divisibleby(2) }}", "the test divisibleby is for numbers"),
        ("{{ ['%05000000000d'] | select('odd') | list }}", "the test odd is for numbers"),
        ("{{ 'x' | round(15, 'ceil') }}", "round is for numbers"),
        ("{{ [1] | round(15, 'floor') }}", "round is for numbers"),
        ("{{ [1] | round(method='floor', precision=15) }}", "round is for numbers"),
        ("{{ 9 ** 9 ** 9 }}", "the product of ** is too large"),
        ("{{ 10 ** 9 }}", "the product of ** is too large"),
        ("{{ ('f' * 9999) | int(0, 16) }}", "the number is too large"),
        ("{{ 9000000000 * 9000000000 }}", "the number is too large"),
        ("{{ [[1]] | sum(start=[]) }}", "a sum is of numbers"),
        ("{{ {'a': 1}.keys() - {}.keys() }}", "- is for numbers"),
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


def test_what_is_imported_costs_every_page_the_same() -> None:
    made = templates(page="{% import 'part.html' as p %}", part="{% for a in 'x' * 1000 %}{% endfor %}")
    left = []
    for _ in range(2):
        made.render("page.html", {}, "a.md")
        left.append(made.environment.steps_left)
    assert left[0] == left[1] < STEPS - 1000


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


def test_a_page_may_take_more_if_its_text_is_long_or_its_list() -> None:
    long = View(body=Html("x" * 300_000))
    assert len(rendered("{{ body }}" * 8, long)) == 8 * 300_000
    many = View(names=("x",) * 1_000)
    assert len(rendered("{% for a in names %}" + "{{ a }}" * 200 + "{% endfor %}", many)) == 200 * 1_000


def test_a_theme_that_does_not_end_is_a_problem_with_template_and_line(tmp_path: Path) -> None:
    text = '{% extends "margin/post.html" %}\n{% block main %}\n{% for a in "x" * 9000 %}{% for b in "x" * 9000 %}{% endfor %}{% endfor %}\n{% endblock %}'
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntheme = "t"\n', "content/posts/a.md": post(),
        "themes/t/theme.toml": 'name = "t"\nextends = "margin"\n', "themes/t/templates/post.html": text,
    }  # fmt: skip
    (found,) = problems(tmp_path, files)
    assert found.startswith("themes/t/templates/post.html:3:1: the page takes more than 1,")
    assert found.endswith(" steps: too many loops, calls or letters (on the page of content/posts/a.md)")
    files["themes/t/templates/post.html"] = text.replace("9000", "90")
    assert publish(tmp_path, files)


def test_what_is_worked_out_is_counted_for_the_page_and_not_when_a_template_is_compiled() -> None:
    made = templates(page="{{ 'x' | replace('x', 'y' ~ 'z') ~ ('a' | upper) }}")
    left = []
    for _ in range(2):
        made.render("page.html", {}, "a.md")
        left.append(STEPS - made.environment.steps_left)
    assert left[0] == left[1] > 100
