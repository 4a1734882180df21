"""Which images are charts: a drawing on a white or transparent ground, whatever its format; a photograph is none."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw

from blog.content.images import SourceImage, measure_image
from blog.problems import Location

HERE = Location("content/a.png")


def plot(ground: Any = "white", mode: str = "RGB", size: tuple[int, int] = (400, 300)) -> Image.Image:
    image = Image.new(mode, size, ground)
    draw = ImageDraw.Draw(image)
    draw.line([(40, 260), (360, 260)], fill=0, width=3)
    draw.rectangle([(60, 100), (90, 258)], fill=0)
    return image


def saved(image: Image.Image, form: str = "PNG", **more: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **more)
    return buffer.getvalue()


def is_chart(data: bytes, name: str = "a.png") -> bool:
    found, _ = measure_image(data, name, "", HERE)
    assert found is not None
    return found.is_chart


@pytest.mark.parametrize(
    ("form", "name"), [("PNG", "a.png"), ("JPEG", "a.jpg"), ("WEBP", "a.webp"), ("GIF", "a.gif"), ("AVIF", "a.avif")]
)
def test_a_drawing_on_white_is_a_chart_in_every_format(form: str, name: str) -> None:
    assert is_chart(saved(plot(), form), name)
    assert not is_chart(saved(plot("teal"), form), name)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (plot(1, "1"), True), (plot(255, "L"), True), (plot((255, 255), "LA"), True), (plot((0, 0), "LA"), True),
        (plot((0, 0, 0, 0), "RGBA"), True), (plot((9, 9, 9, 255), "RGBA"), False), (plot("#f5f2f0"), True),
        (plot("#eeeeee"), False), (plot("#ffff00"), False), (plot("black"), False), (plot().convert("P"), True),
        (Image.effect_noise((400, 300), 90).convert("RGB"), False), (plot(65_535, "I;16"), False), (plot().convert("CMYK"), False),
    ],
)  # fmt: skip
def test_the_border_of_a_chart_is_nearly_white_or_transparent(image: Image.Image, expected: bool) -> None:
    form = "JPEG" if image.mode == "CMYK" else "PNG"
    assert is_chart(saved(image, form), "a.jpg" if form == "JPEG" else "a.png") is expected


def test_a_palette_with_a_transparent_colour_is_one_of_no_colour() -> None:
    image = plot("magenta").quantize(4)
    assert is_chart(saved(image, transparency=image.getpixel((0, 0))))
    assert not is_chart(saved(image))


def test_a_line_that_touches_the_border_is_no_frame_around_it() -> None:
    image = plot()
    ImageDraw.Draw(image).line([(200, 0), (200, 40)], fill="black", width=20)
    assert is_chart(saved(image))
    ImageDraw.Draw(image).rectangle([(0, 0), (399, 299)], outline="black")
    assert not is_chart(saved(image))


def test_an_animation_a_broken_and_a_very_large_image_are_no_charts() -> None:
    moving = saved(plot(), "GIF", save_all=True, append_images=[plot("teal")])
    assert not is_chart(moving, "a.gif")
    assert not is_chart(saved(plot(), "JPEG")[:-600], "a.jpg")
    assert not is_chart(saved(plot(size=(4100, 4000))))


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<path d='M0 0'/>", True), ("<rect width='9' height='9' fill='#fff'/>", True), ("<image href='data:image/png;base64,'/>", False),
        ("<style>@media (prefers-color-scheme: dark) { path { stroke: #fff } }</style>", False),
        ("<style>path { stroke: light-dark(#000, #fff) }</style>", False),
    ],
)  # fmt: skip
def test_every_drawing_is_a_chart_that_does_not_adapt_by_itself(inner: str, expected: bool) -> None:
    data = f'<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">{inner}</svg>'.encode()
    assert measure_image(data, "a.svg", "", HERE) == (SourceImage(30, 20, "", is_chart=expected), ())
