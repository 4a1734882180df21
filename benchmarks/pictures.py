"""Pictures that nobody took: plots and photo-like pictures of half a megapixel to eight, equal for equal seeds.

``python -m benchmarks.pictures FOLDER`` writes a site with them; ``docs/performance.md`` has the times of its builds.
"""

from __future__ import annotations

import argparse
import io
import math
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from benchmarks.corpus import posts
from benchmarks.peers import BLOG

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b")
_MEGAPIXELS = (0.5, 0.8, 1.2, 2, 3, 5, 8)
_SHAPES = ((4, 3), (3, 2), (16, 9), (3, 4))
_KINDS = (("plot", "png"), ("plot", "png"), ("plot", "png"), ("photo", "jpg"), ("photo", "jpg"), ("photo", "png"))
"""Kind and format of the pictures, in turn: what notebooks save, what telephones take, and screenshots of such."""
_OVERSAMPLING = 2
"""Plots are drawn larger by this factor, and scaled down: Pillow does not antialias lines."""


class Picture(NamedTuple):
    """A picture file."""

    name: str
    kind: str
    data: bytes


def pictures(count: int, seed: int = 1) -> Iterator[Picture]:
    """Yield ``count`` pictures; equal arguments give equal pictures with one version of Pillow."""
    chance = random.Random(seed)  # noqa: S311  (nothing here is secret)
    for number in range(count):
        kind, suffix = _KINDS[number % len(_KINDS)]
        megapixels, (across, down) = chance.choice(_MEGAPIXELS), chance.choice(_SHAPES)
        scale = math.sqrt(megapixels * 1e6 / (across * down))
        size = round(across * scale), round(down * scale)
        image = _draw_plot(chance, size) if kind == "plot" else _make_photo(chance, size)
        yield Picture(f"{kind}-{number:04}.{suffix}", kind, _encode(image, suffix))


def write_site(root: Path, post_count: int, picture_count: int, seed: int = 1) -> None:
    """Write a site into the new folder ``root``: posts, each of which shows some of the pictures beside it."""
    BLOG.write(root, posts(post_count, seed))
    paths = sorted(root.glob("content/posts/*.md"))
    for number, picture in enumerate(pictures(picture_count, seed)):
        path = paths[number % len(paths)]
        path.with_name(picture.name).write_bytes(picture.data)
        with path.open("a", encoding="utf-8") as text:
            text.write(f"\n![A {picture.kind} of run {number}]({picture.name})\n")


def main() -> None:
    """Write the site of the arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pictures", description="Write a site with pictures.")
    parser.add_argument("folder", type=Path, help="a folder that does not exist")
    parser.add_argument("--posts", type=int, default=300, help="number of posts [300]")
    parser.add_argument("--pictures", type=int, default=600, help="number of pictures [600]")
    arguments = parser.parse_args()
    write_site(arguments.folder, arguments.posts, arguments.pictures)


def _encode(image: Any, suffix: str) -> bytes:
    buffer = io.BytesIO()
    if suffix == "jpg":
        image.save(buffer, "JPEG", quality=90)
    else:
        image.save(buffer, "PNG")
    return buffer.getvalue()


def _draw_plot(chance: random.Random, size: tuple[int, int]) -> Any:
    """Return axes with a grid, numbers, a title, a legend, and a few noisy curves or a cloud of points."""
    width, height = (side * _OVERSAMPLING for side in size)
    line, font_size = max(2, width // 400), max(12, width // 45)
    font = ImageFont.load_default(font_size)
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    left, top, right, bottom = width // 10, height // 10, width - width // 20, height - height // 8
    for step in range(7):
        x, y = left + (right - left) * step // 6, top + (bottom - top) * step // 6
        draw.line((x, top, x, bottom), "#dddddd", line // 2)
        draw.line((left, y, right, y), "#dddddd", line // 2)
        draw.text((x, bottom + line * 4), f"{step * 500}", "black", font, anchor="ma")
        draw.text((left - line * 4, y), f"{1 - step / 6:.2f}", "black", font, anchor="rm")
    draw.rectangle((left, top, right, bottom), outline="black", width=line)
    draw.text((width // 2, top // 2), f"Validation loss of run {chance.randrange(1000)}", "black", font, anchor="mm")
    for number, colour in enumerate(_COLOURS[: chance.randint(1, 6)]):
        points = list(_curve(chance, (left, top, right, bottom)))
        if chance.random() < 0.25:
            for across, down in points:
                radius = line * 2
                draw.ellipse((across - radius, down - radius, across + radius, down + radius), colour)
        else:
            draw.line(points, colour, line * 2, joint="curve")
        draw.text((right - line * 8, top + (number + 1) * font_size * 1.4), f"seed {number}", colour, font, anchor="rm")
    return image.resize(size, Image.Resampling.LANCZOS)


def _curve(chance: random.Random, box: tuple[int, int, int, int]) -> Iterator[tuple[float, float]]:
    left, top, right, bottom = box
    rate, noise, level = chance.uniform(1, 6), chance.uniform(0.002, 0.05), chance.uniform(0.05, 0.5)
    for step in range(400):
        x = step / 399
        y = level + (0.95 - level) * math.exp(-rate * x) + chance.gauss(0, noise)
        yield left + (right - left) * x, bottom - (bottom - top) * min(max(y, 0), 1)


def _make_photo(chance: random.Random, size: tuple[int, int]) -> Any:
    """Return a gradient with noise of many scales, blurred shapes, and the grain of a sensor."""
    channels = [_make_clouds(chance, size) for _ in range(3)]
    image = Image.merge("RGB", channels)
    gradient = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(size)
    image = Image.blend(image, Image.merge("RGB", [gradient] * 3), 0.35)
    shapes = image.copy()
    draw = ImageDraw.Draw(shapes)
    for _ in range(12):
        x, y, radius = (
            chance.randrange(size[0]),
            chance.randrange(size[1]),
            chance.randrange(size[0] // 20, size[0] // 5),
        )
        colour = tuple(chance.randrange(256) for _ in range(3))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), colour)
    image = Image.blend(image, shapes.filter(ImageFilter.GaussianBlur(2)), 0.6)
    grain = _make_noise(chance, size)
    return ImageChops.add(image, Image.merge("RGB", [grain] * 3), 1, -128)


def _make_clouds(chance: random.Random, size: tuple[int, int]) -> Any:
    """Return the sum of noise of seven scales, each with half the amplitude of the one before."""
    clouds = Image.new("L", size, 128)
    for octave in range(1, 8):
        cells = 2 ** (octave + 1)
        small = Image.frombytes("L", (cells, cells), chance.randbytes(cells * cells))
        layer = small.resize(size, Image.Resampling.BICUBIC)
        clouds = Image.blend(clouds, layer, 1 / (octave + 1))
    return clouds


def _make_noise(chance: random.Random, size: tuple[int, int]) -> Any:
    """Return faint noise around middle grey."""
    noise = Image.frombytes("L", size, chance.randbytes(size[0] * size[1]))
    return noise.filter(ImageFilter.GaussianBlur(0.7)).point(lambda grey: 128 + (grey - 128) // 8)


if __name__ == "__main__":
    main()
