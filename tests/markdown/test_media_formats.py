"""What browsers and networks show of a file, by the ending of its name."""

from __future__ import annotations

import pytest

from blog.markdown.media_formats import ending_of, medium_of, why_no_preview, why_not_shown


@pytest.mark.parametrize(
    ("address", "ending"),
    [
        ("a.PNG", "png"),
        ("a.b/c", ""),
        ("a.b/c.mp4#t=3", "mp4"),
        ("https://example.org/?x=a.pdf", ""),
        ("a%2Emp3", "mp3"),
        ("", ""),
    ],
)
def test_the_ending_is_that_of_the_files_name(address: str, ending: str) -> None:
    assert ending_of(address) == ending


@pytest.mark.parametrize(("address", "medium"), [("a.mp4", "film"), ("a.MOV?x", "film"), ("a.ogg", "sound"), ("a.png", "picture"), ("a", "picture")])  # fmt: skip
def test_films_and_sounds_are_known_by_their_names(address: str, medium: str) -> None:
    assert medium_of(address) == medium


@pytest.mark.parametrize(
    "address", ["a.png", "a.jfif", "a.svg", "a.avif", "a.mp4", "a.flac", "a.php", "a", "https://example.org/readme.md"]
)
def test_what_browsers_show_is_not_complained_of(address: str) -> None:
    assert why_not_shown(address) is None


@pytest.mark.parametrize(
    "address", ["a.svg", "a.AVIF", "a.bmp", "a.heic", "a.mp4", "https://example.org/a.svg?x", "a.pdf", "a.ico"]
)
def test_networks_show_few_kinds_of_pictures(address: str) -> None:
    assert why_no_preview(address) == f"no network shows .{ending_of(address)} as a preview"


@pytest.mark.parametrize(
    "address",
    ["a.png", "a.JPG", "a.jpeg", "a.gif", "a.webp", "https://example.org/preview", "https://example.org/x.php"],
)
def test_networks_show_pictures_of_the_usual_kinds(address: str) -> None:
    assert why_no_preview(address) is None
