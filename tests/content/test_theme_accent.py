"""Tests of the theme option `accent`: one colour for the line, the icon and the cards."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from blog.content.theme_accent import night_colour
from tests.support.publishing import build_folder, post, problems, publish
from tests.support.sites import site

if TYPE_CHECKING:
    from pathlib import Path


def toml(accent: str, theme: str = "margin") -> str:
    return f'title = "T"\nurl = "https://example.org"\ntheme = "{theme}"\n\n[theme_options]\naccent = "{accent}"\n'


def asset(made: dict[str, str], name: str, suffix: str) -> str:
    (path,) = [path for path in made if path.startswith(f"assets/{name}.") and path.endswith(suffix)]
    return made[path]


@pytest.mark.parametrize("theme", ["margin", "plain"])
def test_one_colour_reaches_style_sheet_and_icon(tmp_path: Path, theme: str) -> None:
    made = publish(tmp_path, {"blog.toml": toml("#00695c", theme), "content/posts/a.md": post()})
    rule = f"--accent: #00695c;--accent-night: {night_colour('#00695c')}"
    assert rule in asset(made, "margin", ".css")
    assert "--accent: #00695c" in asset(made, "favicon", ".svg")


def test_one_colour_reaches_the_cards(tmp_path: Path) -> None:
    root = site(tmp_path, {"blog.toml": toml("#0000ff"), "content/posts/a.md": post()})
    build_folder(root)
    for path in (root / "public/assets").glob("card.*.png"):
        pixels = Image.open(io.BytesIO(path.read_bytes())).convert("RGB").tobytes()
        assert max(blue - red for red, blue in zip(pixels[::3], pixels[2::3], strict=True)) > 100


def test_without_it_nothing_is_added(tmp_path: Path) -> None:
    made = publish(tmp_path, {"blog.toml": toml(""), "content/posts/a.md": post()})
    assert "--accent:" not in asset(made, "margin", ".css")
    assert "--accent:" not in asset(made, "favicon", ".svg")


@pytest.mark.parametrize(
    ("accent", "message"),
    [
        ("#ffcc00", '"#ffcc00" is too pale for links: its contrast with the page is 1.5, and must be 4.5 (write accent = "#8a6e00")'),
        ("#FFF", '"accent" must be a colour such as #00695c (write accent = "#00695c")'),
        ("teal", '"accent" must be a colour such as #00695c (write accent = "#00695c")'),
        ("#00695c; } body { display: none", '"accent" must be a colour such as #00695c (write accent = "#00695c")'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_or_is_no_colour_is_an_error(tmp_path: Path, accent: str, message: str) -> None:
    found = problems(tmp_path, {"blog.toml": toml(accent), "content/posts/a.md": post()})
    assert found == [f"blog.toml:6:10: {message}"]


def test_the_colour_that_is_proposed_can_be_read(tmp_path: Path) -> None:
    made = publish(tmp_path, {"blog.toml": toml("#8a6e00"), "content/posts/a.md": post()})
    assert "--accent: #8a6e00" in asset(made, "margin", ".css")


@pytest.mark.parametrize(
    "option", ['accent = "red"', 'accent = { default = "a", choices = ["a", "b"] }', "accent = true"]
)
def test_an_option_of_a_theme_that_is_no_colour_is_its_own(tmp_path: Path, option: str) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": 'title = "T"\nurl = "https://example.org"\ntheme = "mine"\n',
        "themes/mine/theme.toml": f'name = "mine"\nextends = "own"\n[options]\n{option}\n',
        "themes/own/theme.toml": 'name = "own"\n',
        "themes/own/templates/post.html": "{{ body }}",
        "themes/mine/static/mine.css": "a { color: var(--accent) }",
    }
    files |= {
        f"themes/own/templates/{name}.html": "{{ head.title }}"
        for name in ("page", "home", "list", "terms", "archive", "series", "series-list", "search", "404", "alias")
    }
    made = publish(tmp_path, {**files, "content/posts/a.md": post()})
    assert "--accent:" not in asset(made, "mine", ".css")
