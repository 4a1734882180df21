"""Syntax errors of templates: what is wrong, where, and what to write; in the words of the program."""

import pytest

from blog.problems import BlogError
from tests.render.test_templates import closure
from tests.support.sites import told


def refused(text: str) -> list[str]:
    with pytest.raises(BlogError) as caught:
        closure(page=text)
    return [line.replace(" error template", "") for line in told(caught.value.problems)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n {% block main %}\nx\n\n", "2:2: {% block main %} is not closed -- write {% endblock %}"),
        ("{% for a in 'b' %}\n{% if a %}\n{% endif %}\n", "1:1: {% for a in 'b' %} is not closed -- write {% endfor %}"),
        ("{% set x %}\n", "1:1: {% set x %} is not closed -- write {% endset %}"),
        ("{% raw %}{% if %}", "1:1: {% raw %} is not closed -- write {% endraw %}"),
        ("{% block main %}\n{% if a %}\n{% endblock %}",
         "3:1: {% if a %} in line 2 is not closed -- write {% endif %} before {% endblock %}"),
        ("{% block main %}\n{% endif %}{% endblock %}",
         "2:1: {% endif %} closes nothing: {% block main %} in line 1 is open -- delete it, or write {% endblock %}"),
        ("a {% endif %}", "1:3: {% endif %} closes nothing -- delete it"),
        ("{% if a %}\n{% endfi %}", '2:1: there is no tag "endfi" -- did you mean "endif"?'),
        ("{% if a %}{% elsif b %}{% endif %}", '1:11: there is no tag "elsif" -- write {% elif … %}'),
        ("{% inclde 'a' %}", '1:1: there is no tag "inclde" -- did you mean "include"?'),
        ("x\n{{ title }\ny", "2:1: {{ is not closed -- write }}"),
        ("x {{ title\n</p>{{ a }}", "1:3: {{ is not closed -- write }}"),
        ("{% if a }x{% endif %}", '1:9: unexpected "}" -- write %}'),
        ("{% if a }}x{% endif %}", '1:9: unexpected "}}" -- write %}'),
        ("{% block main", "1:1: {% is not closed -- write %}"),
        ("x {# y\n z", "1:3: {# is not closed -- write #}"),
        ("{% if a = b %}x{% endif %}", '1:9: expected "%}", found "=" -- write =='),
        ("{% if a === b %}x{% endif %}", '1:1: unexpected "=" -- write =='),
        ("{% if a && b %}x{% endif %}", '1:9: unexpected "&" -- write and'),
        ("{% if a || b %}x{% endif %}", '1:1: expected a name, found "|" -- write or'),
        ("{% if !a %}x{% endif %}", '1:7: unexpected "!" -- write not'),
        ("{{ a ? b : c }}", '1:6: unexpected "?" -- write A if B else C'),
        ("{% if a %}{% else if b %}{% endif %}", '1:1: expected "%}", found "if" -- write {% elif … %}'),
        ("{{ asset('a' b) }}", '1:14: expected ",", found "b" -- is a quote missing?'),
        ("{{ asset('a) }}", "1:10: a quote is not closed -- write ' at the end of the text"),
        ("{{ a b }}", '1:6: expected "}}", found "b" -- is a quote missing, or an operator such as ~ or and?'),
        ("{{ (a }}", '1:4: "(" is not closed -- write )'),
        ("{{ a) }}", '1:5: unexpected ")"'),
        ("{% macro d(a %}{% endmacro %}", '1:1: expected ",", found "%" -- is ) missing?'),
        ("{{ }}", "1:4: an expression is missing before }}"),
        ("{{ a + }}", "1:8: a value is missing before }}"),
        ("{% block a-b %}{% endblock %}", "1:10: the name of a block has no hyphens -- write a_b"),
        ("{% block a %}{% endblock %}\n{% block a %}{% endblock %}",
         '2:10: the block "a" is defined twice, first in line 1 -- rename one of them'),
        ("{% for loop in 'a' %}{% endfor %}", '1:8: "loop" cannot be assigned -- take another name'),
    ],
)  # fmt: skip
def test_a_syntax_error_says_what_to_write(text: str, message: str) -> None:
    assert refused(text) == [message]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ a | safe }}", '1:8: there is no filter "safe" -- fields of type HTML need no filter, and all else is escaped'),
        ("safe {{ safe }}\n{{ a | uper }}", '2:8: there is no filter "uper" -- did you mean "upper"?'),
        ("{% filter uper %}{% endfilter %}", '1:11: there is no filter "uper" -- did you mean "upper"?'),
        ("{% if a is not evne %}{% endif %}", '1:16: there is no test "evne" -- did you mean "even"?'),
        ("{% include x.html %}",
         '1:12: the name of an included template must be written out -- write it in quotes: {% include "x.html" %}'),
        ("{% extends base.html %}",
         '1:12: the name of an included template must be written out -- write it in quotes: {% extends "base.html" %}'),
        ("{% include 'x.html' %}", '1:13: there is no template "x.html"'),
        ("{% autoescape false %}{% endautoescape %}",
         "1:4: escaping cannot be switched off -- fields of type HTML need no filter, and all else is escaped"),
    ],
)  # fmt: skip
def test_what_a_template_may_not_use_is_an_error_at_its_column(text: str, message: str) -> None:
    assert refused(text) == [message]


def test_all_errors_of_all_templates_are_reported_together() -> None:
    with pytest.raises(BlogError) as caught:
        closure(page="{{ a | foo }}\n{{ 1 is foo }}", other="{% if %}")
    assert [problem.location.path.rpartition("/")[2] for problem in caught.value.problems] == [
        "other.html",
        "page.html",
        "page.html",
    ]
