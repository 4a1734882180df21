"""An image → whether it is a chart: a drawing on a white or transparent ground, such as matplotlib saves.

A theme can put such a drawing on the ground of the page, and turn its lights into darks at night. That would spoil a
photograph. Its border tells them apart: that of a chart is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHITE = 240
"""Red, green and blue of a pixel that is nearly white are at least this: JPEG blurs white beside lines."""
_SHARE = 0.95
"""Part of the border that must be nearly white or transparent: a line of the drawing may touch it."""
_DRAFT_SIZE = (512, 512)
"""Size at which a JPEG is decoded: an eighth of the work for a photograph."""
_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA"})
"""Pillow's modes of images that may be charts: no plot is saved for a printing press, or in 65,536 greys."""
_ADAPTED = (b"prefers-color-scheme", b"light-dark(", b"<image")
"""Bytes of an SVG that adapts to the scheme by itself, or that shows a picture."""


def is_drawn_chart(svg: bytes) -> bool:
    """Return whether an SVG is a chart: every drawing is, unless it adapts by itself or shows a picture."""
    return not any(part in svg for part in _ADAPTED)


def is_chart(image: Any) -> bool:
    """Return whether nearly all of the border of an image is white or transparent; False if it cannot be decoded."""
    if image.mode not in _MODES:
        return False
    try:
        image.draft("RGB", _DRAFT_SIZE)
        image.load()
        counts = [_count_empty(strip) for strip in _border(image)]
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (forty formats, each with its own errors: none may stop a build)
        return False
    empty, total = (sum(numbers) for numbers in zip(*counts, strict=True))
    return bool(empty >= _SHARE * total)


def _border(image: Any) -> Iterator[Any]:
    """Yield the four sides of an image, each one pixel wide."""
    width, height = image.size
    for box in ((0, 0, width, 1), (0, height - 1, width, height), (0, 0, 1, height), (width - 1, 0, width, height)):
        yield image.crop(box)


def _count_empty(strip: Any) -> tuple[int, int]:
    """Return the number of pixels that are nearly white or transparent, and of all."""
    from PIL import Image, ImageChops  # noqa: PLC0415  (30 ms that a build without new pictures saves)

    white = Image.new("RGBA", strip.size, "white")
    pixels = Image.alpha_composite(white, strip.convert("RGBA"))
    red, green, blue, _ = pixels.split()
    darkest = ImageChops.darker(ImageChops.darker(red, green), blue)
    return sum(darkest.histogram()[_WHITE:]), pixels.width * pixels.height
