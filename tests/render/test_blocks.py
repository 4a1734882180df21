"""Tests of own blocks: what a theme declares, what texts may write, and what pages and feeds show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from blog.markdown.block_calls import expand
from blog.markdown.directives import PRIVATE, visible_directives
from blog.markdown.own_blocks import RESERVED_BLOCK_NAMES
from blog.problems import BlogError
from tests.support.publishing import build_folder, outputs, post, publish
from tests.support.sites import SETTINGS, picture, site, told

if TYPE_CHECKING:
    from pathlib import Path

READING = """[blocks.now-reading]
body = true
[blocks.now-reading.attributes]
title = { kind = "text", required = true }
by = "text"
year = "number"
again = "flag"
url = "link"
cover = "image"
"""
TEMPLATE = (
    "<aside>{{ title }}|{{ by }}|{{ year }}|{{ again }}|{% if url %}<a href='{{ url }}'>x</a>{% endif %}"
    "{% if cover %}<img src='{{ cover.src }}' alt=''{{ cover.size }}>{% endif %}|{{ body }}</aside>"
)
BUILTIN = ("aside", "card", "details", "gallery")


def files(text: str, declared: str = READING, **templates: str) -> dict[str, str | bytes]:
    """A site whose theme has the block `now-reading`, or `declared` ones with these `templates`."""
    blocks = {name.replace("__", ".").replace("_", "-"): template for name, template in templates.items()}
    return {
        "blog.toml": f'{SETTINGS}theme = "mine"\n',
        "content/posts/a.md": post(text=text),
        "content/posts/b.md": post("B"),
        "content/posts/c.png": picture(60, 30),
        "themes/mine/theme.toml": f'name = "M"\nextends = "margin"\n{declared}',
        **{
            f"themes/mine/blocks/{name}.html": template
            for name, template in (blocks or {"now-reading": TEMPLATE}).items()
        },
    }


def found_in(tmp_path: Path, made: dict[str, str | bytes]) -> list[str]:
    """All problems of a site: path, position, severity, code, message, hint."""
    try:
        found = build_folder(site(tmp_path, made)).problems
    except BlogError as error:
        found = error.problems
    return [f"{problem.location.path} {line}" for problem, line in zip(found, told(found), strict=True)]


def shown(tmp_path: Path, text: str, **templates: str) -> tuple[str, str]:
    """The text on its page, and in the feed."""
    made = publish(tmp_path, files(text, **templates))
    page = re.search(r'<div class="prose">\n(.*?)</div>', made["posts/a/index.html"], re.DOTALL)
    feed = re.search(r"<title>A post</title>.*?<content:encoded>(.*?)</content:encoded>", made["feed.xml"], re.DOTALL)
    assert page is not None
    assert feed is not None
    return page[1], feed[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_a_template_gets_each_attribute_by_its_kind_and_the_text_as_html(tmp_path: Path) -> None:
    text = '::: now-reading {title="G & <b>" by="D" year=1979 again url="b.md" cover="c.png"}\nSome *words*.\n:::'
    page, feed = shown(tmp_path, text)
    assert page.startswith(
        "<aside>G &amp; &lt;b&gt;|D|1979|True|<a href='/posts/b/'>x</a>"
        "<img src='/posts/c.png' alt='' width=\"60\" height=\"30\">|<p>Some <em>words</em>.</p>\n</aside>"
    )
    assert feed.startswith(
        '<p>G &amp; &lt;b&gt; · D · 1979 · <a href="https://example.org/posts/b/">https://example.org/posts/b/</a> · '
        '<img src="https://example.org/posts/c.png" alt="" width="60" height="30"></p>\n<p>Some <em>words</em>.</p>\n'
    )


def test_what_is_missing_is_empty_none_or_false(tmp_path: Path) -> None:
    page, feed = shown(tmp_path, "::: now-reading {title=T}\n:::")
    assert page.startswith("<aside>T|||False||</aside>")
    assert feed.startswith("<p>T</p>\n")


def test_a_feed_has_a_template_of_its_own_if_the_theme_has_one(tmp_path: Path) -> None:
    page, feed = shown(
        tmp_path, "::: now-reading {title=T}\nW.\n:::", now_reading="<i>{{ body }}</i>", now_reading__feed="<b>{{ title }}</b>"
    )  # fmt: skip
    assert page.startswith("<i><p>W.</p>\n</i>")
    assert feed.startswith("<b>T</b>")


def test_blocks_stand_in_blocks_lists_and_quotations(tmp_path: Path) -> None:
    text = (
        ":::: now-reading {title=1}\n- x\n\n  ::: now-reading {title=2}\n  [b](b.md)\n  :::\n::::\n\n"
        "> ::: now-reading {title=3}\n> :::\n\n::: pull\n::: now-reading {title=4}\n:::\n:::\n"
    )
    page, _ = shown(tmp_path, text, now_reading="<i>{{ title }}{{ body }}</i>")
    assert re.sub(r"\s+", "", page).startswith(
        '<i>1<ul><li><p>x</p><i>2<p><ahref="/posts/b/">b</a></p></i></li></ul></i>'
        '<blockquote><i>3</i></blockquote><blockquoteclass="pull"><i>4</i></blockquote>'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::: now-reading\nW.\n:::", '5:1 error missing-attribute: "::: now-reading" needs the attribute "title" -- write ::: now-reading {title="…"}'),
        ("::: now-reading {title=T tilte=U}\n:::", '5:26 warning unknown-attribute: unknown word "tilte" -- did you mean "title"?'),
        ("::: now-reading {title=T year=then}\n:::", '5:26 warning unknown-attribute: year="then" is no number -- write year=3'),
        ("::: now-reading {title=T url=no.md}\n:::", '5:26 error broken-link: there is no file "no.md"'),
        ("::: now-raeding {title=T}\n:::", '5:1 warning unknown-container: unknown name in "::: now-raeding {title=T}": the text is shown as plain paragraphs -- did you mean "now-reading"?'),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_mark_is_reported_at_its_place(tmp_path: Path, text: str, expected: str) -> None:
    assert found_in(tmp_path, files(text)) == [f"content/posts/a.md {expected}"]


def test_a_block_without_a_body_has_none(tmp_path: Path) -> None:
    declared = '[blocks.mark]\nattributes = { title = "text" }\n'
    assert found_in(tmp_path, files("::: mark {title=T}\nW.\n:::", declared, mark="x")) == [
        'content/posts/a.md 5:1 error block-text: "::: mark" has no text between its marks -- take it out, or put it below :::',
    ]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ titel }}", '1:4 error template: "titel" is undefined (in the block at content/posts/a.md:5:1) -- did you mean "title"?'),
        ("{{ url | replace('0', '7') }}", "1:1 error template: the template changes an address (in the block at content/posts/a.md:5:1) -- print links, src and size as they are, without a filter"),
        ('{% include "now-reading.html" %}', '1:13 error template: a block of texts cannot use another template ("now-reading.html") -- write its HTML into this file'),
    ],
)  # fmt: skip
def test_a_template_that_fails_is_named_with_the_place_of_the_block(
    tmp_path: Path, template: str, expected: str
) -> None:
    text = '::: now-reading {title=T url="b"}\n:::'.replace('"b"', '"b.md"')
    assert f"themes/mine/blocks/now-reading.html {expected}" in found_in(tmp_path, files(text, now_reading=template))


def test_a_template_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from blog.render import blocks  # noqa: PLC0415
    from blog.system.workers import ResourceLimit  # noqa: PLC0415

    monkeypatch.setattr(blocks, "RENDERING", ResourceLimit(0.3, 1 << 30))
    letters = "'" + "a" * 3000 + "'"
    template = f"{{% for a in {letters} %}}{{% for b in {letters} %}}{{% for c in {letters} %}}{{% endfor %}}{{% endfor %}}{{% endfor %}}"
    (line,) = found_in(tmp_path, files("::: now-reading {title=T}\n:::", now_reading=template))
    assert line.startswith("themes/mine/blocks/now-reading.html 1:1 error template: the page takes more than")
    assert line.endswith("(in the block at content/posts/a.md:5:1)")


@pytest.mark.parametrize(
    ("declared", "name", "expected"),
    [
        ("[blocks.x]\n", "y", 'theme.toml 3:9 error no-block-template: the block "x" has no template -- write blocks/x.html'),
        ("[blocks.x]\n", "y", "blocks/y.html 1:1 error wrong-block: this template belongs to no block -- write [blocks.y] in themes/mine/theme.toml"),
        ("[blocks.theorem]\n", "theorem", 'theme.toml 3:9 error wrong-block: "theorem" has a meaning of its own behind ::: -- choose another name'),
        ("[blocks.hidden]\n", "hidden", 'theme.toml 3:9 error wrong-block: "hidden" has a meaning of its own behind ::: -- choose another name'),
        ("[blocks.X]\n", "X", 'theme.toml 3:9 error wrong-block: "X" cannot be the name of a block -- use small letters, digits and hyphens'),
        ('[blocks.x]\nattributes = { body = "text" }\n', "x", 'theme.toml 4:16 error wrong-block: "body" cannot be the name of an attribute -- use small letters, digits and underscores, and not body, id or class'),
        ('[blocks.x]\nattributes = { a = "txet" }\n', "x", 'theme.toml 4:20 error wrong-block: the kind of "a" must be one of text, number, flag, link, image -- did you mean "text"?'),
        ("[blocks.x]\nbdoy = true\n", "x", 'theme.toml 4:1 error unknown-key: unknown key "bdoy" -- did you mean "body"?'),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_declaration_is_reported_at_its_place(
    tmp_path: Path, declared: str, name: str, expected: str
) -> None:
    assert f"themes/mine/{expected}" in found_in(tmp_path, files("W.", declared, **{name: "y"}))


def test_blocks_are_inherited_and_a_theme_may_have_another_template(tmp_path: Path) -> None:
    made = files('::: card {title=T url="b.md"}\nW.\n:::', "", card="<b>{{ title }}</b>")
    page = publish(tmp_path, made)["posts/a/index.html"]
    assert "<b>T</b>" in page
    assert "block-card" not in page


def test_an_edit_of_a_template_changes_the_texts_that_use_its_block(tmp_path: Path) -> None:
    root = site(tmp_path, files("::: now-reading {title=T}\n:::", now_reading="one"))
    build_folder(root)
    template = root / "themes/mine/blocks/now-reading.html"
    template.write_text("two", encoding="utf-8")
    report = build_folder(root)
    assert "posts/a/index.html" in report.changes.changed
    assert "posts/b/index.html" not in report.changes.changed
    warm = outputs(root)
    build_folder(root, clean=True)
    assert outputs(root) == warm
    template.unlink()
    (root / "themes/mine/theme.toml").write_text('name = "M"\nextends = "margin"\n', encoding="utf-8")
    assert build_folder(root).problems != ()


def test_nothing_of_a_private_passage_in_or_around_a_block_is_published(tmp_path: Path) -> None:
    text = (
        "::: now-reading {title=T}\nSeen.\n\n::: private\nTOKEN\n:::\n\na <!-- TOKEN --> b\n:::\n\n"
        '::: private\n::: now-reading {title=TOKEN url="token.csv" cover="token.png"}\nTOKEN\n:::\n:::\n'
    )
    made = publish(
        tmp_path, {**files(text), "content/posts/token.csv": "TOKEN", "content/posts/token.png": picture(9, 9)}
    )
    assert not any("TOKEN" in data or "token" in path for path, data in made.items())
    assert "Seen." in made["posts/a/index.html"]


def test_the_blocks_of_margin(tmp_path: Path) -> None:
    text = (
        '::: card {title="T" url="b.md" image="c.png"}\nC.\n:::\n\n::: details {title="M" open}\nD.\n:::\n\n'
        "::: aside {title=A}\nE.\n:::\n\n::: gallery\n![x](c.png)\n\n![y](c.png)\n:::\n"
    )
    made = publish(
        tmp_path,
        {"content/posts/a.md": post(text=text), "content/posts/b.md": post("B"), "content/posts/c.png": picture(9, 9)},
    )
    page = made["posts/a/index.html"]
    assert [name for name in BUILTIN if f'class="block-{name}"' in page] == list(BUILTIN)
    assert "extras." in page
    assert "extras." not in made["posts/b/index.html"]
    assert '<details class="block-details" open>\n<summary>M</summary>\n<p>D.</p>' in page
    feed = made["feed.xml"]
    assert "block-" not in feed
    assert "&lt;p&gt;&lt;strong&gt;M&lt;/strong&gt;&lt;/p&gt;" in feed


def test_the_names_that_themes_may_not_declare_are_those_of_the_program() -> None:
    assert {PRIVATE, *visible_directives()} <= RESERVED_BLOCK_NAMES


def test_markers_become_what_the_block_shows() -> None:
    html = "a\0<0\0b\0<1\0c\0>1\0d\0>0\0e\0005\0"
    assert expand(html, ["x", "y"], lambda call, body: f"[{call}:{body}]") == "a[x:b[y:c]d]e\0005\0"  # type: ignore[list-item]
