"""Words of the interface in templates: ``t("post.minutes", n=minutes)``."""

from pathlib import Path

import pytest

from blog.content.theme import Theme
from blog.problems import BlogError
from blog.render.templates import Templates
from tests.render.test_template_errors import failures
from tests.support.publishing import post, publish

MINE: dict[str, str | bytes] = {
    "blog.toml": 'title = "T"\nurl = "https://e.org"\ntheme = "mine"\nlanguage = "de"\n',
    "themes/mine/theme.toml": 'name = "Mine"\nextends = "margin"\n',
}
BODY = "{% extends 'margin/page.html' %}{% block main %}"


def rendered(text: str, language: str = "en", **fields: object) -> str:
    theme = Theme({"page.html": text}, {}, {}, {}, "themes/t")
    return Templates(theme).render("page.html", fields, "content/a.md", language).decode()


def test_a_word_is_in_the_language_of_the_page() -> None:
    text = "{{ t('post.minutes', n=minutes) }}, {{ t('list.page', number=1, total=1200) }}"
    assert rendered(text, minutes=7) == "7 min read, page 1 of 1,200"
    assert rendered(text, "de", minutes=7) == "7 Min. Lesezeit, Seite 1 von 1.200"
    assert rendered("{{ t('kind.' ~ kind) }}", "fr", kind="tag") == "mot-clé"


def test_values_are_escaped_and_html_is_not() -> None:
    text = "{% set link %}<a href=\"x\">{{ title }}</a>{% endset %}{{ t('post.looks_back', post=link, span='<b>') }}"
    assert rendered(text, title="A & B") == 'Looks back at <a href="x">A &amp; B</a>, &lt;b&gt; earlier.'


def test_each_page_has_its_own_words_also_in_macros_and_included_templates(tmp_path: Path) -> None:
    parts = "{% macro name() %}{{ t('section.archive') }}{% endmacro %}"
    page = BODY + "{% import 'mine.html' as mine %}{{ mine.name() }}|{% include 'inner.html' %}{% endblock %}"
    pages = publish(tmp_path, MINE | {
        "themes/mine/templates/mine.html": parts,
        "themes/mine/templates/inner.html": "{% import 'mine.html' as mine %}{{ mine.name() }}!",
        "themes/mine/templates/page.html": page,
        "content/a.md": "# A\n", "content/b.md": "---\ntitle: B\nlang: es\n---\n", "content/c.md": "# C\n",
        "content/posts/a.md": post(),
    }, jobs=1)  # fmt: skip
    found = [pages[f"{name}/index.html"] for name in "abc"]
    assert ["Archiv|Archiv!" in found[0], "Archivo|Archivo!" in found[1], "Archiv|Archiv!" in found[2]] == [True] * 3


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{ t('post.minuts', n=1) }}", '7: there is no word "post.minuts"', 'did you mean "post.minutes"?'),
        ("{{ t('minutes', n=1) }}", '7: there is no word "minutes"', 'did you mean "post.minutes"?'),
        ("{{ t('post.minutes', m=1) }}", '7: the word "post.minutes" has no value "m"', "its only value is {n}"),
        ("{{ t('post.minutes') }}", '7: the word "post.minutes" needs the value "n"', 'write t("post.minutes", n=…)'),
        ("{{ t('list.page', number=1) }}", '7: the word "list.page" needs the value "total"', 'write t("list.page", total=…)'),
        ("{{ t('post.reply', x=1) }}", '7: the word "post.reply" has no value "x"', "it has no values"),
    ],
)  # fmt: skip
def test_a_wrong_use_of_a_word_is_an_error_before_a_page_is_rendered(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    assert failures(tmp_path, unused=text) == [f"unused.html:1:{message} -- {hint}"]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{ t('post.' ~ 'minuts') }}", '1: there is no word "post.minuts"', 'did you mean "post.minutes"?'),
        ("{{ t('post.' ~ 'minutes') }}", '1: the word "post.minutes" needs the value "n"', 'write t("post.minutes", n=…)'),
        ("{{ t('post.updated', date=date) }}", "22: a Date is no text", "write {{ date.text }}"),
    ],
)  # fmt: skip
def test_a_wrong_use_that_is_computed_is_an_error_of_the_page(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    told = failures(tmp_path, post=text)
    assert told == [f"post.html:1:{message} (on the page of content/posts/a.md) -- {hint}"]


def test_a_template_may_give_the_name_to_something_else(tmp_path: Path) -> None:
    pages = publish(tmp_path, MINE | {
        "themes/mine/templates/mine.html": "{% macro t(name) %}<{{ name }}>{% endmacro %}",
        "themes/mine/templates/page.html": BODY + "{% from 'mine.html' import t %}{{ t('x') }}{% endblock %}",
        "themes/mine/templates/404.html": "{% macro t(x) %}!{{ x }}{% endmacro %}{{ t('y') }}",
        "themes/mine/templates/terms.html": "{% for t in terms %}{{ t.title }}{% endfor %}",
        "content/a.md": "# A\n", "content/posts/a.md": post(tags="[z]"),
    })  # fmt: skip
    assert "<x>" in pages["a/index.html"]
    assert (pages["404.html"], pages["tags/index.html"]) == ("!y", "z")


def test_a_template_has_no_other_way_into_the_words() -> None:
    for text in ("{{ t.words }}", "{{ t.__self__ }}", "{{ t.func }}"):
        with pytest.raises(BlogError):
            rendered(text)
