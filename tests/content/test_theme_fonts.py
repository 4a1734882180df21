"""The text font of margin: published, loaded first, and replaced by a font of the same width until it is there."""

import re
from pathlib import Path

from blog.config.settings import Settings
from blog.content.theme import resolve_theme
from blog.content.theme_files import ThemeFiles
from blog.system.builtin_themes import builtin_themes_folder
from tests.support.publishing import post, publish
from tests.support.sites import SETTINGS

PRELOAD = re.compile(
    r'<link rel="preload" href="/(assets/fonts/[\w.-]+\.woff2)" as="font" type="font/woff2" crossorigin>'
)
FACE = re.compile(r"@font-face\{(.*?)\}")


def test_every_page_loads_its_fonts_with_the_style_sheet(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post("A")})
    for page in ("index.html", "posts/a/index.html", "search/index.html", "404.html"):
        preloaded = PRELOAD.findall(found[page])
        assert [path.split(".")[0][-16:] for path in preloaded] == ["latin-400-normal", "latin-600-normal"]
        assert all((tmp_path / "public" / path).read_bytes()[:4] == b"wOF2" for path in preloaded)
        assert found[page].index('rel="preload"') < found[page].index('rel="stylesheet"')


def test_all_fonts_swap_have_a_range_and_are_published_with_their_licence(tmp_path: Path) -> None:
    found = publish(tmp_path, {"content/posts/a.md": post("A")})
    names = [name for name in found if name.startswith("assets/fonts/OFL.")]
    assert len(names) == 1
    assert "Reserved Font Name" in found[names[0]]
    sheet = next(text for name, text in found.items() if re.fullmatch(r"assets/margin\.\w+\.css", name))
    faces = [face for face in FACE.findall(sheet) if '"Source Serif 4"' in face]
    assert len(faces) == 18
    for face in faces:
        assert "font-display:swap" in face.replace(": ", ":")
        assert "unicode-range" in face
        assert (tmp_path / "public/assets" / re.findall(r'url\("(.*?)"\)', face)[0]).is_file()


def test_the_fonts_that_stand_in_have_the_metrics_of_the_text_font() -> None:
    """As wide as the text font, and with its baseline: its ascent and descent, 1.036 and 0.335, drawn 3 % larger."""
    sheet = (builtin_themes_folder() / "margin/static/fonts.css").read_text("utf-8")
    faces = re.findall(r"@font-face \{([^}]*local[^}]*)\}", sheet)
    assert len(faces) == 9
    for face in faces:
        scale, ascent, descent = (
            float(re.findall(rf"{name}: ([\d.]+)%", face)[0]) / 100
            for name in ("size-adjust", "ascent-override", "descent-override")
        )
        assert abs(scale * ascent - 1.03 * 1.036) < 0.002
        assert abs(scale * descent - 1.03 * 0.335) < 0.002


def test_a_theme_without_the_font_does_not_load_it(tmp_path: Path) -> None:
    settings = f'{SETTINGS}theme = "plain"\n'
    found = publish(tmp_path, {"blog.toml": settings, "content/posts/a.md": post("A")})
    assert "preload" not in found["posts/a/index.html"]


def test_a_card_is_drawn_in_a_font_that_is_published() -> None:
    card = '[card]\nfonts = ["f.woff2"]\nground = "#ffffff"\nink = "#000000"\nline = "#ff0000"\n'
    theme = ThemeFiles("t", {}, {"deep/f.woff2": b"F"}, card, "themes/t")
    resolved = resolve_theme([theme], Settings(title="T"))
    assert [font.path for font in resolved.fonts.values()] == ["themes/t/static/deep/f.woff2"]
    own = ThemeFiles("t", {}, {"deep/f.woff2": b"F"}, card, "themes/t", {"f.woff2": b"G"})
    assert [font.data for font in resolve_theme([own], Settings(title="T")).fonts.values()] == [b"G"]
