"""A theme made ready for one site: options with their values, files named after their contents."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from blog.cache.digests import digest
from blog.config.settings import Settings
from blog.content.theme import CardStyle, Theme, resolve_theme
from blog.content.theme_files import ThemeFiles
from blog.problems import BlogError, Location
from blog.system.builtin_themes import builtin_themes_folder
from tests.support.publishing import post, problems, publish
from tests.support.sites import SETTINGS, picture, told

OPTIONS = (
    '[options]\nfooter = ""\nwide = false\nsize = 3\nitems = ["a"]\nratio = 1.5\n[options.more]\ndefault = {a = 1}\n'
)


def design(settings: str = "", options: dict[str, Any] | None = None, **assets: bytes) -> Theme:
    theme = ThemeFiles(
        "t", {"base.html": "B"}, {name.replace("_", "."): data for name, data in assets.items()}, settings, "themes/t"
    )
    places = {name: Location("blog.toml", 9 + at, 2) for at, name in enumerate(options or {})}
    values = {name: Location("blog.toml", 9 + at, 9) for at, name in enumerate(options or {})}
    settings_of_site = Settings(
        title="T", theme_options=options or {}, theme_option_locations=places, theme_value_locations=values
    )
    return resolve_theme([theme], settings_of_site)


def wrong(settings: str, options: dict[str, Any] | None = None) -> list[str]:
    with pytest.raises(BlogError) as caught:
        design(settings, options)
    return [
        f"{p.location.path}: {line}" for p, line in zip(caught.value.problems, told(caught.value.problems), strict=True)
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
        'blog.toml: 10:2 error unknown-option: the theme "t" has no option "zzz" -- its options are footer, items, more, ratio, size, wide',
    ]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("footer", 1, 'text -- write footer = "1"'), ("footer", True, 'text -- write footer = "true"'),
        ("wide", "yes", "true or false -- write wide = true"), ("wide", "No", "true or false -- write wide = false"),
        ("wide", 1, "true or false -- write wide = true"), ("size", "4", "a whole number -- write size = 4"),
        ("size", True, "a whole number -- write size = 3"), ("items", "b", 'a list -- write items = ["b"]'),
        ("ratio", "x", "a number -- write ratio = 1.5"), ("more", "x", "a table"),
    ],
)  # fmt: skip
def test_an_option_of_another_type_is_an_error_at_its_value(name: str, value: Any, message: str) -> None:
    assert wrong(OPTIONS, {name: value}) == [
        f'blog.toml: 9:9 error wrong-type: the theme option "{name}" must be {message}'
    ]


def test_a_setting_of_the_site_below_the_options_is_told_as_such() -> None:
    assert wrong(OPTIONS, {"paginate": 5}) == [
        (
            'blog.toml: 9:2 error unknown-option: "paginate" is a setting of the site, and stands here under'
            " [theme_options] -- move it above the first [table]"
        )
    ]


def test_problems_of_theme_toml_are_told_there() -> None:
    assert wrong("name = 1\nnmae = 2\n") == [
        'themes/t/theme.toml: 1:8 error wrong-type: "name" must be text -- write name = "1"',
        'themes/t/theme.toml: 2:1 error unknown-key: unknown key "nmae" -- did you mean "name"?',
    ]
    assert wrong("name = \n")[0] == (
        'themes/t/theme.toml: 1:7 error toml: "name" has no value -- write name = "…", or delete the line'
    )


def test_a_design_is_plain_data() -> None:
    made = design(OPTIONS, a_css=b"A")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=Theme) == made


# Themes that extend another one

CHILD = 'name = "c"\nextends = "p"\n'


def family(tmp_path: Path, files: dict[str, str], settings: str = "", **themes: str) -> dict[str, str]:
    """A site with the theme ``c`` that extends ``p``, which extends ``margin``; ``themes`` are their theme.toml."""
    tomls = {"c": CHILD, "p": 'name = "p"\nextends = "margin"\n'} | themes
    own = {f"themes/{name}/theme.toml": text for name, text in tomls.items()}
    blog = f'{SETTINGS}theme = "c"\n{settings}'
    return publish(tmp_path, {"blog.toml": blog, "content/posts/a.md": post("A"), **own, **files})


def test_what_a_theme_does_not_have_is_that_of_the_one_it_extends(tmp_path: Path) -> None:
    pages = family(tmp_path, {"themes/p/templates/404.html": "P", "themes/c/templates/terms.html": "C"})
    assert pages["404.html"] == "P"
    assert '<header class="page-head sheet">\n<h1>Archive</h1>' in pages["archive/index.html"]


def test_a_template_extends_that_of_the_extended_theme_by_its_name(tmp_path: Path) -> None:
    pages = family(tmp_path, {
        "themes/p/templates/404.html": "{% extends 'margin/404.html' %}{% block main %}P{{ super() }}{% endblock %}",
        "themes/c/templates/404.html": "{% extends 'p/404.html' %}{% block main %}C{{ super() }}{% endblock %}",
        "themes/c/templates/base.html": "{% extends 'p/base.html' %}{% block header %}HEAD{% endblock %}",
    })  # fmt: skip
    assert '<main id=":main">\nCP<div class="sheet">' in pages["404.html"]
    assert "HEAD" in pages["404.html"]
    assert "HEAD" in pages["posts/a/index.html"]


def test_files_of_a_theme_replace_those_of_the_extended_one(tmp_path: Path) -> None:
    pages = family(tmp_path, {"themes/c/static/favicon.svg": "<svg/>", "themes/p/static/favicon.svg": "<svg></svg>"})
    assert [text for path, text in pages.items() if path.startswith("assets/favicon.") and path.endswith(".svg")] == [
        "<svg/>"
    ]
    assert sum(path.startswith("assets/margin.") for path in pages) == 1


def test_a_theme_adds_options_and_changes_defaults(tmp_path: Path) -> None:
    pages = family(
        tmp_path, {"themes/c/templates/404.html": "{{ site.options|string }}"}, "[theme_options]\nwide = true\n",
        c=CHILD + '[options]\nfooter = "F"\nwide = { default = false, about = "W" }\n',
    )  # fmt: skip
    assert "&#39;footer&#39;: &#39;F&#39;" in pages["404.html"]
    assert "&#39;wide&#39;: True" in pages["404.html"]


def wrong_family(tmp_path: Path, files: dict[str, str] | None = None, settings: str = "", **themes: str) -> list[str]:
    with pytest.raises(BlogError) as caught:
        family(tmp_path, files or {}, settings, **themes)
    return [
        f"{p.location.path}:{line}" for p, line in zip(caught.value.problems, told(caught.value.problems), strict=True)
    ]


def test_a_theme_that_extends_itself_is_an_error(tmp_path: Path) -> None:
    assert wrong_family(tmp_path, p='name = "p"\nextends = "c"\n') == [
        'themes/p/theme.toml:2:11 error theme-loop: the theme "c" would extend itself -- extend another one, or none'
    ]


@pytest.mark.parametrize("name", ["nowhere", "../p", "p/../p", "."])
def test_a_theme_that_extends_one_that_is_not_there_is_an_error_at_that_line(tmp_path: Path, name: str) -> None:
    assert wrong_family(tmp_path, c=f'extends = "{name}"\n') == [
        f'themes/c/theme.toml:1:11 error no-theme: there is no theme "{name}": themes/{name}/theme.toml is missing -- the themes here are: c, margin, p, plain'
    ]


def test_a_template_that_extends_itself_is_an_error(tmp_path: Path) -> None:
    assert wrong_family(tmp_path, {"themes/c/templates/404.html": '{% extends "404.html" %}'}) == [
        'themes/c/templates/404.html:1:13 error template: the template is made from itself -- that of the extended theme is "p/404.html"'
    ]


def test_a_mistake_in_an_inherited_template_is_told_in_its_own_file(tmp_path: Path) -> None:
    assert wrong_family(tmp_path, {"themes/p/templates/404.html": "\n{{ nothing }}"}) == [
        'themes/p/templates/404.html:2:4 error template: "nothing" is undefined (on the page /404.html)'
    ]


def test_options_that_do_not_fit_are_errors(tmp_path: Path) -> None:
    options = '[options]\nsize = { default = "m", choices = ["s", "m"] }\nempty = { about = "x" }\nodd = { default = "x", choices = ["y"] }\n'
    assert wrong_family(
        tmp_path,
        None,
        '[theme_options]\nsize = "n"\n',
        p=f'extends = "margin"\n{options}',
        c=f"{CHILD}[options]\nfooter = 3\n",
    ) == [
        'blog.toml:5:8 error wrong-type: the theme option "size" must be one of s, m',
        'themes/c/theme.toml:4:10 error wrong-type: the default of "footer" must be text',
        'themes/p/theme.toml:4:9 error missing-key: the option "empty" needs a default -- add default = …',
        'themes/p/theme.toml:5:7 error wrong-type: the default of "odd" must be one of y',
    ]


CARD = 'fonts = ["f"]\nground = "#ffffff"\nink = "#000000"\nline = "#ff0000"\n'


def family_card(*tables: str) -> Theme:
    themes = [ThemeFiles(f"t{at}", {}, {}, table, f"themes/t{at}", {"f": b"F"}) for at, table in enumerate(tables)]
    return resolve_theme(themes, Settings(title="T"))


def test_a_card_is_that_of_the_extended_theme_with_what_is_different() -> None:
    assert family_card("").card is None
    whole = family_card(f"[card]\n{CARD}").card
    assert whole == CardStyle((digest(b"F").hex(),), "#ffffff", "#000000", "#ff0000")
    assert family_card("", f"[card]\n{CARD}").card == whole
    dark = family_card('[card]\nground = "#000000"', f"[card]\n{CARD}").card
    assert dark == CardStyle((digest(b"F").hex(),), "#000000", "#000000", "#ff0000")


@pytest.mark.parametrize(
    ("table", "messages"),
    [
        ("card = 1", ['1:8 error wrong-type: "card" must be a table of keys and values']),
        (f"[card]\n{CARD}".replace('["f"]', '["g"]'), ["2:10 error no-font: there is no file fonts/g in the theme"]),
        ('[card]\nfonts = ["f"]\nground = "white"\nink = 3\nline = "#ff0000"', [
            '3:10 error wrong-colour: "ground" must be a colour such as #fdfcf8 -- write ground = "#ffffff"', '4:7 error wrong-type: "ink" must be text -- write ink = "3"',
        ]),
        ('[card]\nground = "#ffffff"\nink = "#000000"', [
            '1:2 error wrong-colour: "line" must be a colour such as #fdfcf8 -- write line = "#fdfcf8"', '1:2 error missing-key: "card" needs fonts -- write fonts = ["a-file.woff2"]',
        ]),
        (f"[card]\n{CARD}colour = 1", ['6:1 error unknown-key: unknown key "colour" -- the keys here are ground, ink, line and fonts']),
    ],
)  # fmt: skip
def test_mistakes_in_a_card_are_told_where_they_are(table: str, messages: list[str]) -> None:
    with pytest.raises(BlogError) as caught:
        family_card(table)
    assert told(caught.value.problems) == messages


@pytest.mark.parametrize("theme", ["margin", "plain"])
def test_every_option_of_the_themes_that_come_with_the_program_says_what_it_does(theme: str) -> None:
    written = tomllib.loads((builtin_themes_folder() / theme / "theme.toml").read_text("utf-8"))
    for option in written["options"].values():
        assert option["about"]


def test_plain_is_a_theme_in_less_than_150_lines_and_shows_options(tmp_path: Path) -> None:
    lines = [
        path.read_text("utf-8").count("\n") for path in (builtin_themes_folder() / "plain").rglob("*") if path.is_file()
    ]
    assert sum(lines) < 150
    files = {"content/posts/a.md": post("A", summary="What A is about.")}
    without = publish(tmp_path / "1", {"blog.toml": f'{SETTINGS}theme = "plain"\n', **files})["index.html"]
    wanted = f'{SETTINGS}theme = "plain"\n[theme_options]\nsummaries = true\n'
    shown = publish(tmp_path / "2", {"blog.toml": wanted, **files})["index.html"]
    assert "What A is about." not in without
    assert "<p>What A is about.</p>" in shown


# The theme that comes with the program


def test_margin_shows_what_of_a_series_is_planned_and_what_is_not_written(tmp_path: Path) -> None:
    page = publish(tmp_path, {
        "content/series/s.md": "---\ntitle: S\nparts: [One]\n---\n", "content/posts/a.md": post("Three", series="S", part="3"),
    })["series/s/index.html"]  # fmt: skip
    assert '<li value="1" class="planned">\nOne <span class="count">planned</span>' in page
    assert '<li value="2" class="gap">\nPart 2 <span class="count">skipped</span>' in page


def test_margin_shows_the_history_the_year_earlier_and_how_to_cite(tmp_path: Path) -> None:
    page = publish(tmp_path, {
        "content/posts/a.md": post("A", "2024-01-01", changes="[2024-05-06: Mended & more]"), "content/posts/b.md": post("B", "2023-01-02"),
    })["posts/a/index.html"]  # fmt: skip
    assert '<a href="#:changes">updated <time datetime="2024-05-06">6 May 2024</time></a>' in page
    assert '<li><time datetime="2024-05-06">6 May 2024</time> Mended &amp; more</li>' in page
    assert '<li><a href="/posts/b/">B</a> <time datetime="2023-01-02">2 January 2023</time>' in page
    assert '<span class="why">A year earlier.</span> ' in page
    assert page.count('href="/posts/b/"') == 1
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
    css = Path(__file__).parents[2].joinpath("themes/margin/static/margin.css").read_text("utf-8")
    css = re.sub(r"var\(--accent[a-z-]*, (#\w+)\)", r"\1", css)
    pairs = re.findall(r"--(\w[\w-]*): light-dark\((#\w+), (#\w+)\)", css)
    colours = {name: (light, dark)[scheme] for name, light, dark in pairs}
    spans = re.findall(r"^\.code .*light-dark\((#\w+), (#\w+)\)", css, re.MULTILINE)
    assert spans
    words = [colours[name] for name in ("ink", "soft", "red", "blue", "green", "violet", "amber")]
    for word in (*words, *(span[scheme] for span in spans)):
        for ground in ("paper", "code", "mark"):
            lighter, darker = sorted((_luminance(word), _luminance(colours[ground])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (word, ground)


def test_a_name_that_no_folder_can_have_is_the_name_of_no_theme(tmp_path: Path) -> None:
    long = "x" * 300
    assert problems(tmp_path / "a", {"blog.toml": f'{SETTINGS}theme = "{long}"\n', "content/a.md": "# A\n"}) == [
        f'blog.toml:3:9: "{long}" is not a name of a folder in themes/'
    ]
    assert wrong_family(tmp_path / "b", c=f'name = "c"\nextends = "{long}"\n')[0].startswith(
        f'themes/c/theme.toml:2:11 error no-theme: there is no theme "{long}"'
    )


def test_a_misspelt_theme_is_told_with_the_one_that_was_meant(tmp_path: Path) -> None:
    assert wrong_family(tmp_path, c='name = "c"\nextends = "margn"\n') == [
        (
            'themes/c/theme.toml:2:11 error no-theme: there is no theme "margn": themes/margn/theme.toml is missing'
            ' -- did you mean "margin"?'
        )
    ]


def test_a_key_that_no_theme_has_is_told_with_those_that_it_has() -> None:
    assert wrong('descripton = "x"\n') == [
        (
            'themes/t/theme.toml: 1:1 error unknown-key: unknown key "descripton"'
            " -- the keys here are name, extends, sizes, options, card and blocks"
        )
    ]


def test_a_wrong_option_is_told_at_its_value(tmp_path: Path) -> None:
    assert wrong_family(tmp_path, settings="[theme_options]\nfooter = 3\n") == [
        'blog.toml:5:10 error wrong-type: the theme option "footer" must be text -- write footer = "3"'
    ]


def test_the_style_sheet_of_feeds_has_its_words_in_the_language_of_the_site(tmp_path: Path) -> None:
    settings = 'title = "T"\nurl = "https://e.org"\n[words]\nfeed.notice = \'A "feed" \\ here\'\n'
    pages = publish(tmp_path, {"blog.toml": settings, "content/posts/a.md": post()})
    (style,) = [text for path, text in pages.items() if path.startswith("assets/feed.")]
    assert ':root{--feed-notice: "A \\"feed\\" \\\\ here"}' in style
    assert re.search(r"content: ?var\(--feed-notice\)", style)
    (german,) = [
        text
        for path, text in publish(
            tmp_path / "de",
            {"blog.toml": settings.split("[", maxsplit=1)[0] + 'language = "de"\n', "content/posts/a.md": post()},
        ).items()
        if path.startswith("assets/feed.")
    ]
    assert '"Dies ist ein Feed. ' in german


def test_the_navigation_names_the_current_page(tmp_path: Path) -> None:
    toml = f'{SETTINGS}[menu]\nAbout = "/about/"\n'
    made = publish(tmp_path, {"blog.toml": toml, "content/about.md": "# About\n", "content/posts/a.md": post()})
    current = {path: re.findall('<a href="([^"]+)" aria-current="page">', text) for path, text in made.items()}
    assert {path: urls for path, urls in current.items() if urls} == {
        "about/index.html": ["/about/"],
        "archive/index.html": ["/archive/"],
        "search/index.html": ["/search/"],
    }


def test_a_post_may_begin_with_its_image(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "content/posts/wide.png": picture(900, 300, colour="red"), "content/posts/plot.png": picture(900, 300, colour="white"),
        "content/posts/a.md": post("A", image="{src: wide.png, alt: A <b>}"), "content/posts/b.md": post("B", image="plot.png"),
        "content/posts/c.md": post("C", image="https://example.org/c.png"), "content/posts/d.md": post("D"),
    }  # fmt: skip
    made = publish(tmp_path / "on", {**files, "blog.toml": f"{SETTINGS}[theme_options]\nhero = true\n"})
    hero = re.search(r'<figure class="wide hero">(.*?)</figure>', made["posts/a/index.html"])
    assert hero is not None
    assert 'src="/posts/wide.png" alt="A &lt;b&gt;" width="900" height="300" srcset="/assets/wide-480.' in hero[1]
    assert '<figure class="wide hero"><img class="chart" src="/posts/plot.png" alt=""' in made["posts/b/index.html"]
    for name in ("c", "d"):
        assert "hero" not in made[f"posts/{name}/index.html"], "an image of another host, and none"
    off = publish(tmp_path / "off", {**files, "blog.toml": SETTINGS})
    assert not [path for path, text in off.items() if "hero" in text and path.endswith(".html")]
    assert not [path for path in off if path.startswith("assets/wide-")]
