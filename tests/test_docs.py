"""The documents are true: every option, key and template is in README, and its commands run."""

import re
import tomllib
from pathlib import Path

import click
import pytest

from blog import cli
from blog.config import _read
from blog.errors import Place
from blog.fields import Fields
from blog.frontmatter import MAX_BYTES, read
from blog.markdown.code import SECONDS
from blog.nodes import MAX_DEPTH, Node, from_toml
from tests import reference
from tests.breaks import breaks
from tests.publishing import post, publish
from tests.sites import SETTINGS

TOP = Path(__file__).parent.parent
README = (TOP / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(cli.blog.commands))
def test_every_command_and_option_is_in_readme_and_has_help(name: str) -> None:
    command = cli.blog.commands[name]
    assert command.help
    assert f"### `blog {name}" in README
    section = README.split(f"### `blog {name}")[1].split("\n### ")[0]
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            for word in option.opts:
                assert f"`{word}" in section, word


def known_keys(kind: str) -> set[str]:
    node = Node({}, Place("x"), "typed")
    asked: set[str] = set()
    original = Fields.finish
    try:
        Fields.finish = lambda self, *_: asked.update(self.known)  # type: ignore[method-assign]
        read(node, kind, ())
    finally:
        Fields.finish = original  # type: ignore[method-assign]
    return asked


def test_the_tests_that_security_names_are_there_and_have_been_seen_to_fail() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", (TOP / "SECURITY.md").read_text("utf-8")))
    assert len(named) > 5
    assert named <= {test.partition("::")[0] for broken in breaks() for test in broken.tests}


@pytest.mark.parametrize("kind", ["post", "series"])
def test_every_front_matter_key_is_in_readme(kind: str) -> None:
    keys = known_keys(kind)
    assert len(keys) > 5
    for key in keys:
        assert f"`{key}" in README, key


def test_every_setting_is_in_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()
    monkeypatch.setattr(Fields, "finish", lambda self, *_: asked.update(self.known))
    _read(Fields(from_toml('title = "T"\n[labels.X]\nnotice = ""\n', Place("blog.toml")), []), None)
    assert {"title", "limit", "allow", "notice", "timezone"} <= asked
    for key in asked - {"X"}:
        assert re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", README), key


def test_every_template_and_option_of_the_theme_is_in_readme() -> None:
    parts = {"base.html", "head.html", "parts.html", "after.html"}
    theme = TOP / "themes/margin"
    for path in theme.glob("templates/*.html"):
        if (path.name not in parts and "{% extends" in path.read_text()) or path.name == "alias.html":
            assert f"`{path.name}`" in README, path.name
    for settings in TOP.glob("themes/*/theme.toml"):
        for option in tomllib.loads(settings.read_text())["options"]:
            assert f"`{option}`" in README, option


def test_the_reference_of_themes_is_that_of_the_code() -> None:
    assert reference.PAGE.read_text("utf-8") == reference.page(), "write it anew: python -m tests.reference"


def test_the_recipes_for_themes_work(tmp_path: Path) -> None:
    recipes = {
        f"themes/mine/{path}": f"{text}\n"
        for path, text in (
            ("static/margin.css", _fenced("css", 0)), ("templates/after.html", _fenced("jinja", 0)),
            ("templates/404.html", _fenced("jinja", 1)), ("templates/base.html", _fenced("jinja", 2)),
        )
    }  # fmt: skip
    found = publish(tmp_path, {
        "blog.toml": f'{SETTINGS}theme = "mine"\n', "themes/mine/theme.toml": 'name = "mine"\nextends = "margin"\n',
        "content/posts/a.md": post("A"), **recipes,
    })  # fmt: skip
    assert "Written by hand in T." in found["posts/a/index.html"]
    assert "Lost? So was I, most of 2023." in found["404.html"]
    assert "All posts, newest first" in found["404.html"]
    assert all('rel="webmention"' in text for path, text in found.items() if path.endswith("/index.html"))
    assert any("--red: light-dark(#00695c,#7fd1c3)" in text for path, text in found.items() if path.endswith(".css"))


def _fenced(language: str, number: int) -> str:
    page = (TOP / "docs/theming.md").read_text("utf-8")
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)\n```$", page, re.DOTALL | re.MULTILINE)
    return blocks[number]


def test_the_words_of_the_limits_are_those_of_the_code() -> None:
    assert f"Front matter: {MAX_BYTES // 1024} KiB, {MAX_DEPTH} levels" in README
    assert SECONDS == 2
    assert "more than two seconds" in README


def test_links_of_the_documents_lead_somewhere() -> None:
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/theming.md"):
        text = re.sub(r"`[^`]*`", "", (TOP / name).read_text("utf-8"))
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)\)", text):
            assert ((TOP / name).parent / target).exists(), target


def test_the_example_of_the_json_object_names_its_keys() -> None:
    for key in ("ok", "diagnostics", "held_back", "pages", "written", "unchanged", "removed", "seconds"):
        assert f'"{key}"' in README
