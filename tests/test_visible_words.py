"""Everything that readers see comes from the tables of words: no template and no module has an English literal."""

import json
import re
from collections.abc import Iterator
from html import escape, unescape
from pathlib import Path

import pytest

from blog.config.words import builtin_table
from blog.system.builtin_themes import builtin_themes_folder
from tests.support.publishing import publish
from tests.support.sites import picture

_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_PRINTED = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_CALL = re.compile(r"\b\w+\([^()]*\)")
_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|alt|placeholder|data-[a-z]+)="([^"]*)"')
_HIDDEN_ATTRIBUTE = re.compile(r'\b(?:class|content|dir|href|id|lang|rel|type|value)="(?:[^"{]|\{\{.*?\}\})*"')
_TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]{2,}")


def literals(template: str) -> Iterator[str]:
    """Yield the words that a template shows without asking for them."""
    template = _HIDDEN_ATTRIBUTE.sub("", _CODE.sub("", template))
    for printed in _PRINTED.findall(template):
        shown = re.findall(r"""(?:\belse\s+|^\s*)(["'])(.*?)\1""", _CALL.sub("", printed))
        yield from (text for _, text in shown if re.search("[A-Za-z]", text))
    text = _PRINTED.sub("\0", template)
    for value in _ATTRIBUTE.findall(text):
        yield from _WORD.findall(value)
    yield from _WORD.findall(unescape(_TAG.sub("\0", text)))


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>{{ t('list.empty') }}</p>", []),
        ("<p>Nothing{# x #} yet</p>", ["Nothing", "yet"]),
        ('<nav aria-label="Main" class="x">', ["Main"]),
        ('{{ count }} post{{ "" if count == 1 else "s" }}', ["s", "post"]),
        ('{{ "Also in" if a else t("post.mentions") }}', ["Also in"]),
        ('<script src="{{ asset("a.js") }}" data-copy="Copy"></script>', ["Copy"]),
        ("<style>a { b: c }</style>{% if a == 'word' %}{{ show.terms(tags, 'tags') }}{% endif %}", []),
    ],
)
def test_literals_are_found(template: str, found: list[str]) -> None:
    assert list(literals(template)) == found


def test_no_template_has_a_visible_english_literal() -> None:
    themes = builtin_themes_folder()
    found = {}
    for path in sorted(themes.glob("*/templates/*.html")):
        name = f"{path.parent.parent.name}/{path.name}"
        words = list(literals(path.read_text("utf-8")))
        if words:
            found[name] = words
    assert found == {}


# Modules: a site whose author writes in Greek, with a table of words that are all in brackets


MARKUP = "<i>&"
"""In each word: it must be escaped."""


def bracketed() -> str:
    """The table of a language whose words are the English ones in brackets."""
    sections: dict[str, list[str]] = {}
    for key, phrase in builtin_table("en").items():
        section, _, name = key.partition(".")
        text = phrase if isinstance(phrase, str) else phrase["other"]
        sections.setdefault(section, []).append(f"{name} = {json.dumps(f'⟦{MARKUP}{text}⟧', ensure_ascii=False)}")
    return "\n".join(f"[{section}]\n" + "\n".join(lines) for section, lines in sections.items())


HEAD = "{{ title }} {% for section in site.sections %}{{ section.title }} {% endfor %}"
TEMPLATES = {
    "alias": "{{ title }}",
    "archive": HEAD
    + "{{ words }} {{ pause.span }} {{ pause.first.text }}{% for chart in charts %}{{ chart.title }} {{ chart.svg }} "
    "{{ chart.largest }} {{ chart.corner }} {{ chart.columns | join(' ') }}{% endfor %}",
    "home": HEAD
    + "{{ head.title }}{% for entry in entries %}{{ entry.title }} {{ entry.date.text }} {{ entry.badge }}{% endfor %}",
    "list": HEAD + "{{ head.title }}",
    "page": HEAD + "{{ body }}",
    "404": HEAD,
    "post": HEAD
    + "{{ date.text }} {{ badge }} {% if updated %}{{ updated.text }}{% endif %} {{ body }} {{ citation.text }} "
    "{% for change in changes %}{{ change.date.text }}{% endfor %}{% for other in revisits %}{{ other.span }}{% endfor %}",
    "search": HEAD + "{{ messages }}",
    "series": HEAD + "{{ body }}",
    "series-list": HEAD,
    "terms": HEAD,
}
TEXT = """
> [!NOTE]
> α[^1] και β[^1]

[^1]: γ

## Δέλτα

![α](a.png "β"){#fig-a}

| α | β |
|---|---|
| 1 | 2 |

Table: γ {#tbl-b}

```{#lst-c title="α"}
1
```

::: theorem {#thm-d}
α
:::

::: proof
β
:::

@fig-a, @tbl-b, @lst-c, @thm-d [@alpha] [@beta]

```chart {x=x y=α}
x,α
1,2
2,3
```

::: private
## Μυστικό
:::
"""
NOTEBOOK = {
    "metadata": {"language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
    "cells": [
        {"id": "a", "cell_type": "raw", "metadata": {}, "source": "---\ntitle: Σημειωματάριο\ndate: 2024-03-03\n---"},
        {"id": "b", "cell_type": "code", "execution_count": 1, "metadata": {"tags": ["hide-input", "hide-output"]}, "source": "1", "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "1\n" * 60}]},
        {"id": "c", "cell_type": "code", "execution_count": 1, "metadata": {}, "source": "1", "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "1\n" * 60}]},
    ],
}  # fmt: skip
BIB = "\n".join(
    f"@inproceedings{{{key}, author = {{Άλφα, Α. and Βήτα, Β. and Γάμμα, Γ.}}, editor = {{Δέλτα, Δ.}}, title = {{Τίτλος}}, "
    f"booktitle = {{Βιβλίο}}, pages = {{1--2}}}}"
    for key in ("alpha", "beta")
)
NAMES = {"RSS", "Atom", "JSON", "Feed"}
"""Names of formats, which are the same in every language."""


def test_no_module_has_a_visible_english_literal(tmp_path: Path) -> None:
    post = "---\ntitle: {title}\ndate: {date}\nupdated: 2024-06-07 09:00\ntags: [ετικέτα]\nlabels: [Ημερολόγιο]\nseries: Σειρά\nchanges: [2024-06-07: α]\n{more}---\n{text}"
    pages = publish(tmp_path, {
        "blog.toml": 'title = "Τ"\nurl = "https://e.org"\nlanguage = "el"\ntheme = "mine"\npaginate = 1\n',
        "themes/mine/theme.toml": 'name = "Mine"\n',
        "themes/mine/words/el.toml": bracketed(),
        **{f"themes/mine/templates/{name}.html": text for name, text in TEMPLATES.items()},
        "content/references.bib": BIB,
        "content/posts/a/index.md": post.format(title="Α", date="2023-01-01", more="discussion: https://e.org/x\nsource: {url: 'https://e.org/y', author: Ψ}\n", text=TEXT),
        "content/posts/a/a.png": picture(9, 9),
        "content/posts/b.md": post.format(title="Β", date="2024-05-05", more="revisits: a/index.md\ndraft: true\n", text="β\n"),
        "content/posts/c.ipynb": json.dumps(NOTEBOOK),
        "content/posts/d.md": post.format(title="Δ", date="2024-04-05", more="revisits: a/index.md\n", text="γ\n"),
    }, drafts=True, jobs=1)  # fmt: skip
    found = {}
    for path, text in pages.items():
        if not path.endswith((".html", ".xml")) or path == "sitemap.xml":
            continue
        assert MARKUP not in text, path
        assert MARKUP not in unescape(text) or path.endswith(".html"), path
        body = re.sub(
            r"<(?:generator|docs|language|link|guid|id|pubDate|dc:date|lastBuildDate|updated|published|name|uri)\b[^>]*>.*?</\w+[^>]*>",
            "",
            text,
        )
        for _ in range(2 if path.endswith(".xml") else 1):
            body = " ".join([*_ATTRIBUTE.findall(body), _TAG.sub("\0", body)])
            body = unescape(body)
        body = re.sub(r"https?:[^\s⟧]+|\"[a-z_.]+\":", " ", body)
        while "⟦" in body:
            body = re.sub(r"⟦[^⟦⟧]*⟧", " ", body)
        words = set(_WORD.findall(body)) - NAMES
        if words:
            found[path] = sorted(words)
    assert found == {}
    post_page = pages["posts/a/index.html"]
    assert all(
        f"⟦{escape(MARKUP)}{word}⟧" in post_page for word in ("Note", "Figure", "Theorem", "Proof", "Table", "Data")
    )
    assert all(f"⟦{escape(MARKUP)}{word}⟧" in pages["posts/c/index.html"] for word in ("Code", "Output"))
