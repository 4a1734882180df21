"""A theme made ready for one site: options with their values, files named after their contents."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from blog.cache import digest
from blog.config import Settings
from blog.errors import BlogError, Place
from blog.sources import Theme
from blog.themes import Design, prepare
from tests.publishing import post, publish
from tests.sites import told

OPTIONS = '[options]\nfooter = ""\nwide = false\nsize = 3\nitems = ["a"]\nratio = 1.5\n[options.more]\na = 1\n'


def design(settings: str = "", options: dict[str, Any] | None = None, **assets: bytes) -> Design:
    theme = Theme(
        "t", {"base.html": "B"}, {name.replace("_", "."): data for name, data in assets.items()}, settings, "themes/t"
    )
    places = {name: Place("blog.toml", 9 + at, 2) for at, name in enumerate(options or {})}
    return prepare(theme, Settings(title="T", theme_options=options or {}, theme_option_places=places))


def wrong(settings: str, options: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(BlogError) as caught:
        design(settings, options)
    return [
        f"{p.place.path}: {line}" for p, line in zip(caught.value.problems, told(caught.value.problems), strict=True)
    ]


def test_a_theme_without_settings_has_no_options() -> None:
    made = design()
    assert (made.templates, made.options, made.assets, made.files) == ({"base.html": "B"}, {}, {}, {})
    assert made.path == "themes/t"


def test_the_options_of_the_site_replace_those_of_the_theme() -> None:
    made = design(OPTIONS, {"footer": "F", "wide": True})
    assert made.options == {
        "footer": "F", "wide": True, "size": 3, "items": ["a"], "ratio": 1.5, "more": {"a": 1},
    }  # fmt: skip


def test_an_option_that_the_theme_does_not_know_is_an_error() -> None:
    assert wrong(OPTIONS, {"foter": "F", "zzz": 1}) == [
        'blog.toml: 9:2 error unknown-option: the theme "t" has no option "foter" -- did you mean "footer"?',
        'blog.toml: 10:2 error unknown-option: the theme "t" has no option "zzz"',
    ]


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [("footer", 1, "a text"), ("wide", "yes", "true or false"), ("wide", 1, "true or false"),
     ("size", "3", "a whole number"), ("size", True, "a whole number"), ("items", "a", "a list")],
)  # fmt: skip
def test_an_option_of_another_type_is_an_error(name: str, value: Any, kind: str) -> None:
    assert wrong(OPTIONS, {name: value}) == [
        f'blog.toml: 9:2 error wrong-type: the theme option "{name}" must be {kind}'
    ]


@pytest.mark.parametrize(("name", "kind"), [("ratio", "a number"), ("more", "a table")])
def test_the_type_of_an_option_is_named_as_it_is(name: str, kind: str) -> None:
    assert wrong(OPTIONS, {name: "x"})[0].endswith(f'the theme option "{name}" must be {kind}')


def test_problems_of_theme_toml_are_told_there() -> None:
    assert wrong("name = 1\nnmae = 2\n") == [
        'themes/t/theme.toml: 1:8 error wrong-type: "name" must be text -- write name = "1"',
        'themes/t/theme.toml: 2:1 error unknown-key: unknown key "nmae" -- did you mean "name"?',
    ]
    assert wrong("name = \n")[0].startswith("themes/t/theme.toml: 1:8 error toml: not TOML: ")


def test_files_are_named_after_their_contents() -> None:
    made = design(a_png=b"A", LICENSE=b"L")
    assert made.assets == {
        "a.png": f"assets/a.{digest(b'A').hex()[:12]}.png",
        "LICENSE": f"assets/LICENSE.{digest(b'L').hex()[:12]}",
    }
    assert made.files == {made.assets["a.png"]: b"A", made.assets["LICENSE"]: b"L"}


def test_other_contents_have_another_name() -> None:
    assert design(a_png=b"A").assets != design(a_png=b"B").assets


def with_files(files: dict[str, bytes]) -> Design:
    return prepare(Theme("t", {}, files, "", "themes/t"), Settings(title="T"))


@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_style_sheets_name_the_files_of_the_theme_by_their_new_names(quote: str) -> None:
    files = {
        "css/a.css": f"x {{ src: url({quote}../fonts/f.woff2{quote}), url({quote}b.png{quote}) }}".encode(),
        "fonts/f.woff2": b"F",
        "css/b.png": b"B",
    }
    made = with_files(files)
    font, picture = (made.assets[name].removeprefix("assets/") for name in ("fonts/f.woff2", "css/b.png"))
    sheet = made.files[made.assets["css/a.css"]].decode()
    assert sheet == f'x{{src: url("../{font}"),url("{picture.removeprefix("css/")}")}}'


def test_style_sheets_lose_remarks_and_needless_space_and_nothing_else() -> None:
    css = b"""/* A remark; "quoted" */
a  :is(.b, .c) > d::before { content: "x  /* y */  ;  }" ; margin: calc(1px + 2px) }  /* more */
@media (min-width: 3rem) {\n  e { background: url( a b.png ) ; }\n}
"""
    made = with_files({"a.css": css})
    assert made.files[made.assets["a.css"]].decode() == (
        'a :is(.b,.c) > d::before{content: "x  /* y */  ;  }";margin: calc(1px + 2px)}'
        "@media (min-width: 3rem){e{background: url( a b.png );}}"
    )


def test_white_space_around_an_address_in_a_style_sheet_does_not_matter() -> None:
    made = with_files({"a.css": b"url( b.png )", "b.png": b"B"})
    assert made.files[made.assets["a.css"]].decode() == f'url("{made.assets["b.png"].removeprefix("assets/")}")'


def test_a_style_sheet_has_a_new_name_when_a_file_it_names_changes() -> None:
    sheet = b"url(a.png)"
    one, other = (with_files({"a.css": sheet, "a.png": data}).assets["a.css"] for data in (b"1", b"2"))
    assert one != other


@pytest.mark.parametrize("url", ["https://x.org/a.png", "data:image/png;base64,AA", "#id", "missing.png"])
def test_other_addresses_in_a_style_sheet_stay(url: str) -> None:
    made = with_files({"a.css": f"url({url})".encode()})
    assert made.files[made.assets["a.css"]] == f"url({url})".encode()


def test_a_style_sheet_names_another_one_by_its_new_name() -> None:
    made = with_files({"a.css": b'@import url("b.css");', "b.css": b"B"})
    assert (
        made.files[made.assets["a.css"]].decode() == f'@import url("{made.assets["b.css"].removeprefix("assets/")}");'
    )


def test_a_style_sheet_that_is_not_utf_8_is_a_problem() -> None:
    with pytest.raises(BlogError):
        with_files({"a.css": b"\xff"})


def test_a_design_is_plain_data() -> None:
    made = design(OPTIONS, a_css=b"A")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=Design) == made


# The theme that comes with the program


def test_margin_shows_what_of_a_series_is_planned_and_what_is_not_written(tmp_path: Path) -> None:
    page = publish(tmp_path, {
        "content/series/s.md": "---\ntitle: S\nparts: [One]\n---\n", "content/posts/a.md": post("Three", series="S", part="3"),
    })["series/s/index.html"]  # fmt: skip
    assert '<li value="1" class="planned">\nOne <span class="count">planned</span>' in page
    assert '<li value="2" class="gap">\nPart 2 <span class="count">not written</span>' in page


def test_margin_shows_the_history_the_year_earlier_and_how_to_cite(tmp_path: Path) -> None:
    page = publish(tmp_path, {
        "content/posts/a.md": post("A", "2024-01-01", changes="[2024-05-06: Mended & more]"), "content/posts/b.md": post("B", "2023-01-02"),
    })["posts/a/index.html"]  # fmt: skip
    assert '<a href="#:changes">updated</a> <time datetime="2024-05-06">6 May 2024</time>' in page
    assert '<li><time datetime="2024-05-06">6 May 2024</time> Mended &amp; more</li>' in page
    assert (
        '<h2 class="beside" id=":year-earlier">A year earlier</h2>\n<ul class="dated">\n<li><a href="/posts/b/">B</a>'
        in page
    )
    assert "<p>“A”, T, 1 January 2024, https://example.org/posts/a/</p>" in page


def test_margin_says_of_two_posts_of_one_day_that_they_are(tmp_path: Path) -> None:
    pages = publish(tmp_path, {
        "content/posts/a.md": post("A", "2024-01-01 09:00"), "content/posts/b.md": post("B", "2024-01-01 10:00", revisits="a.md"),
    })  # fmt: skip
    assert 'Looks back at <a href="/posts/a/">A</a>, of the same day.' in pages["posts/b/index.html"]
    assert 'Reconsidered in <a href="/posts/b/">B</a>, on the same day.' in pages["posts/a/index.html"]


def test_margin_shows_charts_and_their_numbers_where_there_are_any(tmp_path: Path) -> None:
    one = {"content/posts/a.md": post("A", "2024-01-01", tags="[<b>, x]")}
    page = publish(tmp_path / "one", dict(one))["archive/index.html"]
    assert '<p class="text tally">1 post' in page
    assert "<svg" not in page
    two = publish(tmp_path / "two", {**one, "content/posts/b.md": post("B", "2022-02-01", tags="[x]")})[
        "archive/index.html"
    ]
    assert "2 posts in 3 years" in two
    assert two.count("<svg ") == two.count("<table>") == 2
    assert '<tr><th scope="row">&lt;b&gt;</th><td></td><td></td><td>1</td></tr>' in two
    assert "<b>" not in two
    assert " style=" not in two


def _luminance(colour: str) -> float:
    """Relative luminance, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>."""
    digits = colour.removeprefix("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_words_and_code_has_contrast_enough_on_every_ground(scheme: int) -> None:
    css = Path(__file__).parents[1].joinpath("themes/margin/static/margin.css").read_text()
    pairs = re.findall(r"--(\w[\w-]*): light-dark\((#\w+), (#\w+)\)", css)
    colours = {name: (light, dark)[scheme] for name, light, dark in pairs}
    spans = re.findall(r"^\.code .*light-dark\((#\w+), (#\w+)\)", css, re.MULTILINE)
    assert spans
    words = [colours[name] for name in ("ink", "soft", "red", "blue", "green", "violet", "amber")]
    for word in (*words, *(span[scheme] for span in spans)):
        for ground in ("paper", "code", "mark"):
            lighter, darker = sorted((_luminance(word), _luminance(colours[ground])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (word, ground)
