"""Tests of `blog.content.images`: how large pictures are, what they tell, and their smaller versions."""

from __future__ import annotations

import io
import random
import re
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from blog.content import image_versions, images
from blog.content.image_versions import make_versions, version_mark
from blog.content.images import (
    SourceImage,
    is_picture,
    measure_image,
    measure_image_in_worker,
    resized_path,
)
from blog.problems import Location
from blog.system.workers import LimitExceededError, ResourceLimit, run_limited
from tests.support.bounds import processor
from tests.support.sites import picture, png, slow_picture, told

if TYPE_CHECKING:
    from collections.abc import Callable

MARK = "0123456789ab"
HERE = Location("content/a.jpg")


def opened(data: bytes) -> Any:
    return Image.open(io.BytesIO(data))


def version(data: bytes, width: int) -> bytes:
    return make_versions(data, [width])[0]


@pytest.mark.parametrize(
    ("form", "name"), [("PNG", "a.png"), ("JPEG", "a.JPG"), ("WEBP", "a.webp"), ("GIF", "a.gif"), ("AVIF", "a.avif")]
)
def test_the_size_of_a_picture_is_known(form: str, name: str) -> None:
    mark = "" if form == "GIF" else MARK
    found = SourceImage(640, 320, mark, is_compact=form in {"WEBP", "AVIF"})
    assert measure_image(picture(640, 320, form), name, MARK, HERE) == (found, ())


@pytest.mark.parametrize(
    ("tag", "size"),
    [
        ('<svg width="30" height="20">', (30, 20)),
        ("<?xml version='1.0'?>\n<svg xmlns='x' width='30.4px' height='20px' viewBox='0 0 3 2'>", (30, 20)),
        ('<svg viewBox="0 0 300 200" width="100%">', (300, 200)),
        ('<svg width="5in" height="2.5in">', (480, 240)),
        ('<svg width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6">', (614, 461)),
        ('<svg width="10cm" height="5cm">', (378, 189)),
        ('<svg width="100mm" height="400q">', (378, 378)),
        ('<svg width="10PC" height="3em">', (160, 48)),
        ('<svg width="13ex" height="2rem">', (104, 32)),
        ('<svg width="1.5e2" height=" +.5in ">', (150, 48)),
        ('<svg width="5in" viewBox="0 0 200 100">', (480, 240)),
        ('<svg height="100px" viewBox="0 0 200 100">', (200, 100)),
        ('<svg width="50vw" height="auto" viewBox="0 0 200 100">', (200, 100)),
        ('<svg width="5in">', None),
        ('<svg width="5in" viewBox="0 0 0 9">', None),
        ('<svg width="-5in" height="2">', None),
        ('<svg width="0" height="2">', None),
        (f'<svg width="{"9" * 400}" height="2">', None),
        ('<svg viewBox="0 0 inf nan">', None),
        ("<p>", None),
    ],
)
def test_the_size_of_a_drawing_is_what_it_says_in_any_unit(tag: str, size: tuple[int, int] | None) -> None:
    assert measure_image(tag.encode(), "a.svg", MARK, HERE) == (
        SourceImage(*size, "", is_chart=True) if size else None,
        (),
    )


def test_a_camera_that_was_held_upright_is_believed() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = picture(640, 320, "JPEG", exif=exif)
    assert measure_image(data, "a.jpg", MARK, HERE)[0] == SourceImage(320, 640, MARK)
    assert opened(version(data, 160)).size == (160, 320)


def test_a_picture_that_says_where_it_was_taken_is_warned_of_and_its_versions_do_not() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    data = picture(640, 320, "JPEG", exif=exif)
    _, problems = measure_image(data, "content/a.jpg", MARK, HERE)
    message, hint = "the image contains GPS coordinates", "exiftool -gps:all= FILE"
    assert told(problems) == [
        f"1:1 warning picture-place: {message} -- save it without its metadata, such as by {hint}"
    ]
    assert not opened(version(data, 480)).getexif()


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<html>", picture(9, 9)[:40]])
def test_what_is_no_picture_is_warned_of(data: bytes) -> None:
    found, problems = measure_image(data, "a.png", MARK, HERE)
    assert found is None or len(data) > 30
    if found is None:
        assert told(problems) == [
            "1:1 warning unreadable-picture: this cannot be read as an image: it is published unchanged -- save it once more"
        ]
    with pytest.raises(ValueError, match=r".*"):
        version(data, 480)


@pytest.mark.parametrize(
    ("width", "widths"),
    [(300, ()), (480, ()), (481, (480, 481)), (1000, (480, 960, 1000)), (1920, (480, 960)), (3000, (480, 960, 1920))],
)
def test_a_picture_has_smaller_versions_and_one_of_its_own_size(width: int, widths: tuple[int, ...]) -> None:
    assert SourceImage(width, 100, MARK).widths == widths


@pytest.mark.parametrize(("quality", "is_compact"), [(90, False), (75, False), (61, False), (60, True), (40, True)])
def test_a_jpeg_of_low_quality_has_no_version_of_its_own_width(quality: int, is_compact: bool) -> None:
    found, _ = measure_image(picture(1000, 500, "JPEG", quality=quality), "a.jpg", MARK, HERE)
    assert found == SourceImage(1000, 500, MARK, is_compact)
    assert found.widths == ((480, 960) if is_compact else (480, 960, 1000))


def test_drawings_and_very_large_pictures_have_no_versions() -> None:
    assert SourceImage(3000, 100, "").widths == SourceImage(30_000, 30_000, MARK).widths == ()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "CMYK", "I;16", "PA"])
def test_versions_are_webp_of_any_kind_of_picture_and_the_same_each_time(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("PA", (600, 300)).convert("RGBA") if mode == "PA" else Image.new(mode, (600, 300))
    buffer = io.BytesIO()
    image.save(buffer, form)
    small = version(buffer.getvalue(), 480)
    assert (opened(small).format, opened(small).size) == ("WEBP", (480, 240))
    assert small == version(buffer.getvalue(), 480)


def saved(image: Image.Image, form: str, **more: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **more)
    return buffer.getvalue()


def test_all_versions_come_from_one_decoding_in_the_order_of_the_widths(monkeypatch: pytest.MonkeyPatch) -> None:
    decodings = []
    open_image = image_versions.open_image

    def counted(data: bytes) -> Any:
        decodings.append(len(data))
        return open_image(data)

    monkeypatch.setattr(image_versions, "open_image", counted)
    data = saved(Image.effect_mandelbrot((1000, 700), (-3, -2.5, 2, 2.5), 50).convert("RGB"), "JPEG")
    found = make_versions(data, (480, 960, 1000))
    assert [opened(version).size for version in found] == [(480, 336), (960, 672), (1000, 700)]
    assert len(decodings) == 1


@pytest.mark.parametrize("size", [(4000, 1000), (1000, 4000)])
def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size(size: tuple[int, int]) -> None:
    whole = opened(saved(Image.new("RGB", size), "JPEG"))
    image_versions._decode_smaller(whole, 480)
    assert whole.size == ((500, 125) if size[0] > size[1] else (500, 2000))


def test_a_drawing_is_encoded_without_loss_if_that_is_smaller_and_a_photo_is_not() -> None:
    chance = random.Random(1)
    drawing, noise = Image.new("RGB", (500, 300), "white"), Image.effect_noise((500, 300), 50).convert("RGB")
    for _ in range(400):
        drawing.putpixel((chance.randrange(500), chance.randrange(300)), (200, 30, 30))
    data = saved(drawing, "PNG")
    assert opened(version(data, 500)).convert("RGB").tobytes() == drawing.tobytes()
    assert opened(version(saved(noise, "PNG"), 500)).convert("RGB").tobytes() != noise.tobytes()


def test_the_mark_of_versions_is_another_one_for_other_bytes_and_for_another_encoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, other_image = version_mark(b"a"), version_mark(b"b")
    monkeypatch.setattr(image_versions, "_encoder", lambda: b"a later version of Pillow")
    assert len({first, other_image, version_mark(b"a")}) == 3
    assert all(re.fullmatch("[0-9a-f]{12}", mark) for mark in (first, other_image))


def test_a_version_is_named_after_the_picture_its_width_and_its_bytes() -> None:
    assert (
        resized_path("content/posts/x/loss.v2.png", SourceImage(600, 300, MARK), 480)
        == f"assets/loss.v2-480.{MARK}.webp"
    )


def test_names_of_pictures() -> None:
    assert [is_picture(name) for name in ("a.PNG", "a.svg", "a.gif", "a.png.txt", "png")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_a_very_tall_picture_has_only_versions_that_webp_can_hold() -> None:
    assert SourceImage(1080, 20_000, MARK).widths == (480,)
    assert SourceImage(1000, 40_000, MARK).widths == ()


def test_a_moving_picture_has_no_still_versions() -> None:
    frames = [Image.new("RGB", (600, 9), colour) for colour in ("red", "blue")]
    for form in ("WEBP", "PNG", "GIF"):
        buffer = io.BytesIO()
        frames[0].save(buffer, form, save_all=True, append_images=frames[1:])
        found, _ = measure_image(buffer.getvalue(), f"a.{form.lower()}", MARK, HERE)
        assert found == SourceImage(600, 9, "", is_compact=form == "WEBP")


def test_deep_greys_keep_their_shades() -> None:
    image = Image.new("I;16", (600, 3))
    for row, grey in enumerate((0, 0x4000, 0xFFFF)):
        for column in range(600):
            image.putpixel((column, row), grey)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    small = opened(version(buffer.getvalue(), 600)).convert("L")
    assert [abs(small.getpixel((9, row)) - grey) < 6 for row, grey in enumerate((0, 64, 255))] == [True] * 3


def test_a_picture_that_breaks_off_is_shown_as_far_as_it_goes() -> None:
    data = picture(900, 600, "JPEG")
    assert opened(version(data[: len(data) // 2], 480)).size == (480, 320)


def test_what_could_run_a_program_is_no_picture() -> None:
    found, problems = measure_image(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 50 50\n%%EndComments\n", "a.png", MARK, HERE
    )
    assert (found, len(problems)) == (None, 1)


PACKED = b"a\0\0" + zlib.compress(bytes(20_000_000))
ROUND = b"II*\0\x08\0\0\0\x02\0i\x87\x04\0\x01\0\0\0\x08\0\0\0%\x88\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0"
"""Metadata whose parts and whose next part are itself."""


@pytest.mark.parametrize(
    "data",
    [
        png(13_000, 13_700),
        png(40_000, 40_000),
        png(60, 60, *[(b"tEXt", b"a\0b")] * 100_000),
        png(60, 60, *[(b"IDAT", b"")] * 100_000),
        png(60, 60, (b"zTXt", PACKED)),
        png(60, 60, (b"iTXt", b"a\0\1\0\0\0" + PACKED[3:])),
        png(60, 60, (b"iCCP", PACKED)),
        png(60, 60, *[(b"zTXt", b"a\0\0" + zlib.compress(bytes(900_000)))] * 500),
        png(60, 60, (b"eXIf", ROUND)),
        b"\xff\xd8" + b"\xff\xe0\0\2" * 200_000 + picture(60, 60, "JPEG")[2:],
        slow_picture(2000),
        b"GIF89a" + picture(60, 60, "GIF")[6:-1] * 2000,
        b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
    ],
    ids=[
        "pixels",
        "more",
        "chunks",
        "pieces",
        "text",
        "utf8",
        "colours",
        "texts",
        "exif",
        "marks",
        "scans",
        "gif",
        "tiff",
    ],
)
def test_a_picture_of_any_structure_is_measured_in_a_moment_and_little_memory(data: bytes) -> None:
    found, problems = run_limited(
        partial(measure_image, name="a.png", mark=MARK, location=HERE), data, ResourceLimit(10, 1 << 30)
    )
    assert found or problems[0].code == "unreadable-picture"


def test_to_make_a_picture_smaller_ends_whatever_its_structure_is() -> None:
    with pytest.raises(LimitExceededError):
        run_limited(partial(make_versions, widths=[480]), slow_picture(5000), ResourceLimit(1, 1 << 30))


def test_a_drawing_of_many_beginnings_is_measured_in_a_moment() -> None:
    with processor(1):
        assert measure_image(b"<svg " * 100_000, "a.svg", MARK, HERE) == (None, ())
        assert measure_image(b"<svg" + b" width" * 100_000 + b">", "a.svg", MARK, HERE) == (None, ())


def test_of_the_pictures_in_a_notebook_only_large_ones_have_a_process_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apart: list[int] = []

    def done(function: Callable[[bytes], Any], data: bytes, bound: ResourceLimit) -> Any:
        apart.append(len(data))
        return run_limited(function, data, bound)

    monkeypatch.setattr(images, "run_limited", done)
    small, wide, long = picture(640, 480), png(5000, 5000), picture(64, 48, "GIF") + bytes(1_000_000)
    for data in (small, wide, long):
        assert measure_image_in_worker(data, ".png", "", HERE) == measure_image(data, ".png", "", HERE)
    assert apart == [len(wide), len(long)]


def test_a_picture_in_a_notebook_that_takes_too_much_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MEASURING", ResourceLimit(0.01, 1 << 30))
    found, problems = measure_image_in_worker(png(13_000, 13_700), ".png", "", HERE)
    assert found is None
    assert told(problems) == [
        "1:1 error unreadable-picture: decoding this image takes more than 0.01 seconds or 1 GB of memory -- save it once more"
    ]


def test_names_of_versions_differ_by_more_than_case() -> None:
    assert resized_path("a/Same.png", SourceImage(9, 9, MARK), 480) == resized_path(
        "b/same.PNG", SourceImage(9, 9, MARK), 480
    )
