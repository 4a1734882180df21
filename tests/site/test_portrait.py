"""The image of the author: a file of this site, shown on the home page; a mistake is told where it is."""

from pathlib import Path

import pytest

from blog.problems import BlogError
from tests.support.publishing import build_folder, post, publish
from tests.support.sites import SETTINGS, picture, site, told

SITE = f'{SETTINGS}author = {{ name = "Ada", image = "me/ada.png" }}\n'
LINKS = '[links]\nCode = "https://github.com/ada"\nOther = "https://www.elsewhere.org"\nToot = "https://fosstodon.org/@ada"\n'


def test_the_home_page_shows_the_author(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "blog.toml": SITE + LINKS,
        "content/me/ada.png": picture(600, 600),
        "content/posts/a.md": post("A"),
    }
    home = publish(tmp_path, dict(files))["index.html"]
    assert '<img class="portrait" src="/me/ada.png" alt="" width="600" height="600" srcset="/assets/ada-480.' in home
    assert 'sizes="5.5rem"' in home
    assert home.count('<svg class="icon"') == 4
    assert ">Subscribe</a>" in home
    assert "portrait" not in publish(tmp_path / "b", {"content/posts/a.md": post("A")})["index.html"]


def test_a_portrait_that_only_the_settings_name_is_published(tmp_path: Path) -> None:
    private = post("P", private="true", text="![me](/me/ada.png)")
    found = publish(tmp_path, {"blog.toml": SITE, "content/me/ada.png": picture(60, 60), "content/posts/p.md": private})
    assert "me/ada.png" in found


def test_another_portrait_changes_the_home_page(tmp_path: Path) -> None:
    publish(tmp_path, {"blog.toml": SITE, "content/me/ada.png": picture(60, 60), "content/posts/a.md": post("A")})
    (tmp_path / "content/me/ada.png").write_bytes(picture(90, 80))
    build_folder(tmp_path)
    assert 'width="90" height="80"' in (tmp_path / "public/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("image", "message"),
    [
        ("me/ada.png", '3:34 error broken-link: there is no image "me/ada.png"'),
        ("about.md", '3:34 error wrong-image: "about.md" is not an image -- name an image of this site'),
        ("https://x.org/a.png", '3:34 error wrong-image: "https://x.org/a.png" is not an image -- name an image of this site'),
    ],
)  # fmt: skip
def test_what_is_no_image_of_the_site_is_an_error(tmp_path: Path, image: str, message: str) -> None:
    settings = SITE.replace("me/ada.png", image)
    root = site(tmp_path, {"blog.toml": settings, "content/about.md": "---\ntitle: About\n---\n"})
    with pytest.raises(BlogError) as caught:
        build_folder(root)
    assert told(caught.value.problems) == [message]


def test_the_author_of_a_post_has_no_image(tmp_path: Path) -> None:
    root = site(tmp_path, {"content/posts/a.md": post("A", author="{name: B, image: b.png}")})
    with pytest.raises(BlogError) as caught:
        build_folder(root)
    assert [problem.code for problem in caught.value.problems] == ["unknown-key"]
