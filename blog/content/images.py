"""The bytes of an image → its size, the widths of its smaller versions, and whether it is a chart."""

from __future__ import annotations

import re
import struct
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from blog.content.chart_detection import is_chart, is_drawn_chart
from blog.content.image_versions import ORIENTATION, ROTATED, open_image
from blog.problems import Problem
from blog.system.workers import LimitExceededError, ResourceLimit, run_limited

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.problems import Location

WIDTHS = (480, 960, 1920)
"""Widths of the smaller versions, in pixels: for a phone, a text column on a dense screen, and a wide figure."""
RASTER = (".png", ".jpg", ".jpeg", ".webp", ".avif")
_DECODED = (*RASTER, ".gif")
_MEASURED = (*_DECODED, ".svg")
_MAX_PIXELS = 120_000_000
"""Pixels of an image; a larger one is published unchanged."""
_MAX_SMALL_BYTES, _MAX_SMALL_PIXELS = 1_000_000, 16_000_000
"""Bytes and pixels of an image that needs no worker process, whatever its contents. A larger one is no chart."""
_MAX_SIDE_PIXELS = 16_383
"""Pixels of a side: the limit of WebP."""
MEASURING = ResourceLimit(30, 2 << 30)
"""Limits for measuring an image; one of 100 megapixels takes a tenth of them."""
SHRINKING = ResourceLimit(60, 3 << 30)
"""Limits for making the smaller versions of an image."""
_GPS = 0x8825
_COARSE_QUANTIZATION = 2900
"""Sum of the first quantization table of a JPEG of quality 60: with a larger one, WebP of quality 82 is not smaller."""
_MAX_SVG_HEAD = 65_536
"""Bytes of an SVG that are searched for its opening tag."""
_MAX_SVG_PIXELS = 100_000
"""Pixels of a side of an SVG; a longer one is not a real size."""
_SVG_START = re.compile(rb"<svg\b")
_SVG_ATTRIBUTE = re.compile(rb"""\s(width|height|viewBox)\s*+=\s*+["']([^"']*+)["']""")
_UNITS = {
    "": 1, "px": 1, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "pt": 96 / 72, "pc": 16,
    "em": 16, "rem": 16, "ex": 8, "ch": 8,
}  # fmt: skip
"""Pixels per unit of length in SVG; for font units, those of a browser with the default font size."""
_LENGTH = re.compile(r"\s*\+?((?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?)\s*+([a-z]*+)\s*+", re.IGNORECASE)


class SourceImage(Struct, frozen=True, array_like=True):
    """The size of an image of the site, as browsers show it."""

    width: int
    height: int
    mark: str
    """The mark in the names of its smaller versions (see :func:`version_mark`); empty if it has none."""
    is_compact: bool = False
    """A version of its own width would not be smaller: the image itself is offered at that width."""
    is_chart: bool = False
    """It is drawn on a white or transparent ground, so that a theme can put it on the ground of the page."""

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of its smaller versions; none for drawings, animations, small and very large images."""
        if not self.mark or self.width * self.height > _MAX_PIXELS:
            return ()
        widths = [width for width in WIDTHS if width < self.width]
        if widths and self.width < WIDTHS[-1] and not self.is_compact:
            widths.append(self.width)
        return tuple(width for width in widths if width * self.height <= _MAX_SIDE_PIXELS * self.width)


class _Header(NamedTuple):
    """The properties of an image that decide about its versions and warnings."""

    width: int
    height: int
    is_animated: bool
    has_gps: bool
    is_compact: bool
    is_chart: bool


def detect_suffix(data: bytes) -> str:
    """Return the file suffix for the bytes of an image in a notebook: PNG, JPEG, GIF, WebP, or else SVG."""
    suffixes = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"RIFF": ".webp"}
    for signature, suffix in suffixes.items():
        if data.startswith(signature):
            return suffix
    return ".svg"


def resized_path(path: str, original: SourceImage, width: int) -> str:
    """Return the output path of a smaller version of the image at ``path``, which browsers may cache for ever."""
    stem = path.rpartition("/")[2].rpartition(".")[0].lower()
    return f"assets/{stem}-{width}.{original.mark}.webp"


def dark_variant(path: str) -> str:
    """Return the path of the file that replaces the image at ``path`` where the page is dark: ``loss.dark.png``."""
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}.dark{dot}{suffix}"


def with_dark_variants(paths: Iterable[str]) -> set[str]:
    """Return ``paths``, and for each the path of the file that would replace it where the page is dark."""
    all_paths = set(paths)
    return all_paths.union(map(dark_variant, all_paths))


def is_picture(path: str) -> bool:
    """Return whether the name is that of an image whose size can be measured."""
    return path.lower().endswith(_MEASURED)


def find_measuring_limit(path: str) -> ResourceLimit | None:
    """Return the limits of :func:`measure_image` for the image at ``path``; None if Pillow does not decode it."""
    return MEASURING if path.lower().endswith(_DECODED) else None


def load_pillow() -> None:
    """Import Pillow before worker processes are forked, so that they need not."""
    from PIL import Image  # noqa: PLC0415  (40 ms that a build without new pictures saves)

    Image.preinit()


def measure_image(
    data: bytes, name: str, mark: str, location: Location
) -> tuple[SourceImage | None, tuple[Problem, ...]]:
    """Return the size of the image in ``data``, and warnings if it cannot be decoded or contains a GPS position.

    ``name`` has the suffix of the expected format; ``mark`` is for the names of the smaller versions, or
    empty for an image without them.
    """
    if name.lower().endswith(".svg"):
        return _measure_svg(data), ()
    try:
        header = _read_header(data)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (forty formats, each with its own errors: none may stop a build)
        message, hint = "this cannot be read as an image: it is published unchanged", "save it once more"
        return None, (Problem(location, "unreadable-picture", message, hint, "warning"),)
    can_be_resized = name.lower().endswith(RASTER) and not header.is_animated
    own_mark = mark if can_be_resized else ""
    original = SourceImage(header.width, header.height, own_mark, header.is_compact, header.is_chart)
    if not header.has_gps:
        return original, ()
    message = "the image contains GPS coordinates"
    hint = "save it without its metadata, such as by exiftool -gps:all= FILE"
    return original, (Problem(location, "picture-place", message, hint, "warning"),)


def _read_header(data: bytes) -> _Header:
    """Return the properties of the upright image. Raises whatever Pillow raises."""
    with open_image(data) as image:
        width, height = image.size
        exif = image.getexif()
        if exif.get(ORIENTATION) in ROTATED:
            width, height = height, width
        has_gps = bool(exif.get_ifd(_GPS))
        is_animated, is_compact = getattr(image, "is_animated", False), _is_compact(image)
        may_be_chart = not is_animated and width * height <= _MAX_SMALL_PIXELS
        return _Header(width, height, is_animated, has_gps, is_compact, may_be_chart and is_chart(image))


def _is_compact(image: Any) -> bool:
    """Return whether WebP would not make an image smaller: it is WebP or AVIF, or a JPEG of low quality."""
    if image.format == "JPEG":
        coefficients: list[int] = image.quantization.get(0, [])
        return sum(coefficients) >= _COARSE_QUANTIZATION
    return str(image.format) in {"WEBP", "AVIF"}


def measure_image_in_worker(
    data: bytes, name: str, mark: str, location: Location
) -> tuple[SourceImage | None, tuple[Problem, ...]]:
    """Measure as :func:`measure_image` does, in a worker process if the image is large.

    An image that exceeds the limits of the worker is an error.
    """
    limit = find_measuring_limit(name)
    if limit is None or _is_quick_to_measure(data):
        return measure_image(data, name, mark, location)
    try:
        return run_limited(partial(measure_image, name=name, mark=mark, location=location), data, limit)
    except LimitExceededError:
        return None, (exceeded_limit_problem(location),)


def exceeded_limit_problem(location: Location) -> Problem:
    """Return the error for an image that exceeds the limits for measuring it."""
    return Problem(
        location, "unreadable-picture", f"decoding this image takes more than {MEASURING}", "save it once more"
    )


def _is_quick_to_measure(data: bytes) -> bool:
    """Return whether measuring cannot take long; of all formats, only PNG is decompressed whatever its size."""
    if len(data) >= _MAX_SMALL_BYTES:
        return False
    if not data.startswith(b"\x89PNG") or len(data) < 24:
        return True
    width, height = struct.unpack_from(">II", data, 16)
    return bool(width * height < _MAX_SMALL_PIXELS)


def _measure_svg(data: bytes) -> SourceImage | None:
    """Return the size of an SVG from ``width`` and ``height``, in any unit, or from the ``viewBox``; None without them.

    If only one length is present, the other has the proportion of the ``viewBox``.
    """
    attributes = _parse_svg_attributes(data)
    width = _parse_length(attributes.get(b"width", ""))
    height = _parse_length(attributes.get(b"height", ""))
    try:
        if width is None or height is None:
            width, height = _complete_sides(width, height, attributes.get(b"viewBox", ""))
        sides = round(width), round(height)
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    if min(sides) <= 0 or max(sides) >= _MAX_SVG_PIXELS:
        return None
    return SourceImage(*sides, "", is_chart=is_drawn_chart(data))


def _parse_svg_attributes(data: bytes) -> dict[bytes, str]:
    """Return the attributes of the first ``<svg`` that concern the size; none if that tag is not closed."""
    start = _SVG_START.search(data, 0, _MAX_SVG_HEAD)
    if start is None:
        return {}
    end = data.find(b">", start.end(), _MAX_SVG_HEAD)
    if end < 0:  # no later tag is closed either
        return {}
    attributes = _SVG_ATTRIBUTE.findall(data, start.start(), end)
    return {name: value.decode("utf-8", "replace") for name, value in attributes}


def _parse_length(length: str) -> float | None:
    """Return a length in pixels; None for a relative one, such as ``100%``."""
    match = _LENGTH.fullmatch(length)
    if match is None:
        return None
    unit = _UNITS.get(match[2].lower())
    return None if unit is None else float(match[1]) * unit


def _complete_sides(width: float | None, height: float | None, view_box: str) -> tuple[float, float]:
    """Return both sides, at most one of which is present, in the proportions of the ``viewBox``.

    Raises :class:`ValueError` if that does not contain two lengths.
    """
    box_width, box_height = map(float, view_box.replace(",", " ").split()[2:4])
    if width is not None:
        return width, width * box_height / box_width
    if height is not None:
        return height * box_width / box_height, height
    return box_width, box_height
