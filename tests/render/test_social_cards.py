"""Cards: what other sites show with a link, drawn from words; any words give a card."""

import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from PIL import Image

from blog.build import build, verify
from blog.config.settings import Settings
from blog.content.theme import CardStyle, load_theme_chain, resolve_theme
from blog.problems import BlogError
from blog.render import social_cards
from blog.render.social_cards import SIZE, _Fonts, draw_card
from blog.system.workers import ResourceLimit
from blog.views.outputs import CardView
from tests.support.fonts import font
from tests.support.publishing import build_folder, order, outputs, post, publish
from tests.support.sites import SETTINGS, picture, site, told

DESIGN = resolve_theme(load_theme_chain(Path("nowhere"), "margin"), Settings(title="T"))
STYLE = DESIGN.card or CardStyle((), "", "", "")
FILES = [DESIGN.fonts[name].data for name in STYLE.fonts]
FONTS = _Fonts(tuple(FILES))


def card(title: str, name: str = "Notes", *beside: str, style: CardStyle = STYLE) -> Image.Image:
    return Image.open(io.BytesIO(draw_card(CardView(title, name, beside, style), FILES)))


def ink(image: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether anything is drawn within `box`."""
    return len(image.convert("RGB").crop(box).getcolors(256) or ()) > 1


MARGIN, HEAD, COLUMN = (0, 0, 320, 630), (340, 60, 1200, 125), (340, 140, 1200, 630)


def test_a_card_is_a_small_picture_in_the_theme_s_colours_with_a_line() -> None:
    image = card("Week 4", "Notes", "1 February 2022", "Journal")
    assert image.size == SIZE
    assert image.convert("RGB").getpixel((0, 0)) == (253, 252, 248)
    assert image.convert("RGB").getpixel((325, 10)) == (208, 144, 124)
    assert all(ink(image, box) for box in (MARGIN, HEAD, COLUMN))
    assert len(draw_card(CardView("Week 4", "Notes", (), STYLE), FILES)) < 15_000


def test_the_card_of_the_blog_has_its_name_alone() -> None:
    image = card("", "Notes")
    assert not ink(image, HEAD)
    assert not ink(image, MARGIN)
    assert ink(image, COLUMN)


def test_another_style_gives_other_colours() -> None:
    dark = CardStyle(STYLE.fonts, "#000000", "#ffffff", "#ff0000")
    image = card("Title", style=dark).convert("RGB")
    assert image.getpixel((0, 0)) == (0, 0, 0)
    assert image.getpixel((325, 10)) == (255, 0, 0)
    assert (255, 255, 255) in {colour for _, colour in image.getcolors(256) or ()}


def test_the_same_words_give_the_same_bytes() -> None:
    view = CardView("A title", "Notes", ("x",), STYLE)
    assert draw_card(view, FILES) == draw_card(view, FILES)


@pytest.mark.parametrize("title", ["x" * 300, "word " * 100, "W" * 40, "ﬁ ŁÓDŹ Ünïcödé Ελληνικά Кириллица Tiếng Việt"])
def test_a_title_of_any_length_stays_within_its_column(title: str) -> None:
    size, lines = FONTS.fit_title(FONTS.strip_undrawable(title))
    assert lines
    assert all(FONTS.text_width(line, size) <= 776 for line in lines)
    image = card(title)
    assert ink(image, COLUMN)
    for box in ((1145, 0, 1200, 630), (340, 605, 1200, 630), (328, 0, 350, 630)):
        assert not ink(image, box), box


@pytest.mark.parametrize("text", ["x" * 20_000, "word " * 20_000, "different".join(map(str, range(9_000)))])
def test_texts_without_end_are_cut_before_anything_is_measured(text: str) -> None:
    assert card(text, text, text, *["label"] * 500).size == SIZE


def test_of_many_labels_there_are_as_many_as_have_room() -> None:
    image = card("Title", "Notes", *(f"label {number}" for number in range(40)))
    assert not ink(image, (0, 605, 320, 630))


def test_lines_are_as_even_as_they_can_be() -> None:
    assert FONTS.fit_title("Six Hundred Decibels") == (84, ["Six Hundred", "Decibels"])
    assert FONTS.fit_title("Week 4: My Interest in Machine Learning")[1] == [
        "Week 4: My",
        "Interest in",
        "Machine Learning",
    ]


@pytest.mark.parametrize("title", ["Week 3: Ninety-Eight Percent", "A Generalisation", "On Internationalization Again"])
def test_no_word_is_broken_that_has_room(title: str) -> None:
    assert " ".join(FONTS.fit_title(title)[1]) == title


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A “quoted” – title…", "A “quoted” – title…"), ("Done 🎉 twice", "Done twice"), ("❤️ letters", "letters"),
        ("日記", ""), ("شهر", ""), ("עברית", ""), ("हिन्दी", ""), ("Mostly latin 日", ""), ("e\u0301", "é"), ("🎉", ""), ("", ""),
    ],
)  # fmt: skip
def test_signs_that_no_font_has_are_left_out_and_letters_are_not(text: str, shown: str) -> None:
    assert FONTS.strip_undrawable(text) == shown


def test_a_title_in_other_letters_gives_way_to_the_blog_s_name() -> None:
    assert card("日記", "Notes").tobytes() == card("", "Notes").tobytes()


@settings(max_examples=60)
@given(st.text(max_size=60), st.text(max_size=30), st.lists(st.text(max_size=30), max_size=4))
def test_any_words_give_a_card(title: str, name: str, beside: list[str]) -> None:
    assert card(title, name, *beside).size == SIZE


# Which pages have one


def shown(page: str) -> str:
    return page.split('property="og:image" content="')[1].split('"', maxsplit=1)[0] if "og:image" in page else ""


def test_posts_have_cards_of_their_own_and_other_pages_that_of_the_blog(tmp_path: Path) -> None:
    found = publish(tmp_path, {
        "content/posts/a.md": post("A", labels="[Journal]"), "content/posts/b.md": post("B", image="p.png", image_alt="P"),
        "content/posts/p.png": picture(40, 30), "content/about.md": "---\ntitle: About\n---\n",
    })  # fmt: skip
    pages = {path: shown(text) for path, text in found.items() if path.endswith(".html")}
    assert pages["posts/b/index.html"] == "https://example.org/posts/p.png"
    assert pages["posts/a/index.html"].startswith("https://example.org/assets/card.")
    others = {url for path, url in pages.items() if not path.startswith("posts/")}
    assert len(others) == 1
    assert pages["posts/a/index.html"] not in others
    drawn = {f"https://example.org/{path}" for path in found if path.startswith("assets/card.")}
    assert drawn == {*others, pages["posts/a/index.html"]}
    assert '<meta property="og:image:alt" content="A">' in found["posts/a/index.html"]
    assert '"image":"https://example.org/assets/card.' in found["posts/a/index.html"]


@pytest.mark.parametrize("blog", [f"{SETTINGS}cards = false\n", 'title = "T"\n'])
def test_without_cards_or_an_address_there_are_none(tmp_path: Path, blog: str) -> None:
    found = publish(tmp_path, {"blog.toml": blog, "content/posts/a.md": post("A")})
    assert not [path for path in found if "card" in path]
    assert "og:image" not in found["posts/a/index.html"]
    assert '<meta name="twitter:card" content="summary">' in found["posts/a/index.html"]


def test_a_card_changes_with_title_date_and_labels_and_with_nothing_else(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A", "2024-01-01", labels="[L]")})

    def cards(text: str) -> set[str]:
        (root / "content/posts/a.md").write_text(text, encoding="utf-8")
        build_folder(root)
        return {path for path in outputs(root) if path.startswith("assets/card.")}

    first = cards(post("A", "2024-01-01", labels="[L]"))
    assert cards(post("A", "2024-01-01", "Other words.", labels="[L]", tags="[t]")) == first
    for text in (post("B", "2024-01-01", labels="[L]"), post("A", "2024-01-02", labels="[L]"), post("A", labels="[M]")):
        assert len(cards(text) & first) == 1, text


def test_no_card_says_what_is_held_back(tmp_path: Path) -> None:
    hidden: dict[str, str | bytes] = {
        "content/posts/a.md": post("A", draft="true"), "content/posts/b.md": post("B", private="true"),
        "content/posts/c.md": post("C", "2099-01-01"),
    }  # fmt: skip
    with_hidden, without = (
        publish(tmp_path / "1", hidden),
        publish(tmp_path / "2", {"content/about.md": "---\ntitle: A\n---\n"}),
    )
    cards = [{path for path in found if "card" in path} for found in (with_hidden, without)]
    assert cards[0] == cards[1]


def test_two_posts_that_say_the_same_share_a_card(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post("A"), "content/posts/b.md": post("A")})
    assert shown(found["posts/a/index.html"]) == shown(found["posts/b/index.html"]) != ""


def test_a_file_that_is_no_font_is_named(tmp_path: Path) -> None:
    theme = 'extends = "margin"\n[card]\nfonts = ["bad.woff2"]\n'
    files: dict[str, str | bytes] = {
        "blog.toml": f'{SETTINGS}theme = "t"\n', "themes/t/theme.toml": theme, "themes/t/fonts/bad.woff2": b"no font",
        "content/posts/a.md": post("A"),
    }  # fmt: skip
    with pytest.raises(BlogError) as caught:
        publish(tmp_path, files)
    assert [problem.location.path for problem in caught.value.problems] == ["themes/t/fonts/bad.woff2"]
    assert told(caught.value.problems) == [
        "1:1 error wrong-font: this cannot be read as a font -- take a TrueType, OpenType or WOFF file"
    ]


THEME = 'extends = "margin"\n[card]\nfonts = ["good.ttf", "x.ttf"]\n'


def theme(bad: bytes, good: bytes = FILES[0]) -> dict[str, str | bytes]:
    """A site whose theme has these two fonts."""
    return {
        "blog.toml": f'{SETTINGS}theme = "t"\n', "themes/t/theme.toml": THEME, "themes/t/fonts/x.ttf": bad,
        "themes/t/fonts/good.ttf": good, "content/posts/a.md": post("Жук WAL"),
    }  # fmt: skip


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_font_that_takes_for_ever_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int) -> None:
    monkeypatch.setattr(social_cards, "DRAWING", ResourceLimit(0.5, 1 << 30))
    for files, name in ((theme(font(9, 16)), "x"), (theme(FILES[0], font(9, 16)), "good")):
        with pytest.raises(BlogError) as caught:
            build(structs.replace(order(site(tmp_path, files)), jobs=jobs))
        assert [problem.location.path for problem in caught.value.problems] == [f"themes/t/fonts/{name}.ttf"]
        assert told(caught.value.problems) == [
            "1:1 error wrong-font: to draw a card with this font takes more than 0.5 seconds or 1 GB of memory -- take another font"
        ]


def test_a_font_whose_letters_are_too_large_to_draw_is_named(tmp_path: Path) -> None:
    with pytest.raises(BlogError) as caught:
        publish(tmp_path, theme(font(0, 0, scale=16)))
    assert [problem.location.path for problem in caught.value.problems] == ["themes/t/fonts/x.ttf"]
    assert told(caught.value.problems) == [
        "1:1 error wrong-font: this cannot be read as a font -- take a TrueType, OpenType or WOFF file"
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_build_that_is_drawing(tmp_path: Path, number: signal.Signals) -> None:
    root = site(tmp_path, theme(font(14, 16)))
    command = [sys.executable, "-c", SIGNALLED, "build", "--root", str(root)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=Path(__file__).parent.parent.parent
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"drawing\n"
        process.send_signal(number)
        process.stdout.read()  # it ends when the last worker is gone
        assert process.wait(60) == 128 + number
    assert not (root / "public/index.html").exists()


SIGNALLED = """
import os
from blog import cli
from blog.render import social_cards
from blog.system.workers import ResourceLimit
social_cards.DRAWING = ResourceLimit(600, 1 << 30)
draw = social_cards.draw_card
social_cards.draw_card = lambda *given: os.write(1, b"drawing\\n") and draw(*given)
cli.main()
"""


def test_who_takes_over_the_files_of_another_build_has_its_cards(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post("A")})
    (name,) = (path for path in found if shown(found["posts/a/index.html"]).endswith(path))
    (tmp_path / "content/assets").mkdir()
    (tmp_path / "content" / name).write_text("mine", encoding="utf-8")
    build_folder(tmp_path)
    assert outputs(tmp_path)[name] == b"mine"
    assert verify(order(tmp_path)) == []
