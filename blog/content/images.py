"""The bytes of an image → its size, or a smaller version of it in WebP <https://developers.google.com/speed/webp>.

Pillow decodes raster formats. Nothing here reads or writes a file, and no metadata but colour profiles is kept.
"""

from __future__ import annotations

import io
import re
import struct
import warnings
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import Struct

from blog.problems import Problem
from blog.system.workers import LimitExceededError, ResourceLimit, run_limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.problems import Location

WIDTHS = (480, 960, 1920)
"""Widths of the smaller versions, in pixels: for a phone, a text column on a dense screen, and a wide figure."""
RASTER = (".png", ".jpg", ".jpeg", ".webp", ".avif")
_DECODED = (*RASTER, ".gif")
_MEASURED = (*_DECODED, ".svg")
_MAX_PIXELS = 120_000_000
"""Pixels of an image; a larger one is published unchanged."""
_MAX_SMALL_BYTES, _MAX_SMALL_PIXELS = 1_000_000, 16_000_000
"""Bytes and pixels of an image that needs no worker process, whatever its contents."""
_MAX_SIDE_PIXELS = 16_383
"""Pixels of a side: the limit of WebP."""
MEASURING = ResourceLimit(30, 2 << 30)
"""Limits for measuring an image; one of 100 megapixels takes a tenth of them."""
SHRINKING = ResourceLimit(60, 3 << 30)
"""Limits for making a smaller version of an image."""
_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
"""The formats that Pillow may decode, whatever the file name: others can run programs."""
_GREY_SCALES = {"I;16": 1 / 256, "I;16B": 1 / 256, "I": 1 / 256, "F": 1}
"""Mode with more than 256 greys → the factor that reduces them to 256."""
_ROTATED = range(5, 9)
"""Values of the EXIF orientation with width and height exchanged."""
_ORIENTATION, _GPS = 0x0112, 0x8825
_LOSSY: dict[str, Any] = {"quality": 82}
_LOSSLESS: dict[str, Any] = {"lossless": True}
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
_LENGTH = re.compile(r"\s*\+?((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?)\s*([a-z]*)\s*", re.IGNORECASE)


class SourceImage(Struct, frozen=True, array_like=True):
    """The size of an image of the site, as browsers show it."""

    width: int
    height: int
    mark: str
    """A digest of its bytes for the names of its smaller versions; empty if it has none."""

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths of its smaller versions; none for drawings, animations, small and very large images."""
        if not self.mark or self.width * self.height > _MAX_PIXELS:
            return ()
        widths = [width for width in WIDTHS if width < self.width]
        if widths and self.width < WIDTHS[-1]:
            widths.append(self.width)
        return tuple(width for width in widths if width * self.height <= _MAX_SIDE_PIXELS * self.width)


class _Header(NamedTuple):
    """The properties of an image that decide about its versions and warnings."""

    width: int
    height: int
    is_animated: bool
    has_gps: bool


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

    ``name`` has the suffix of the expected format; ``mark`` is a digest of the data, or empty for an image without
    smaller versions.
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
    original = SourceImage(header.width, header.height, mark if can_be_resized else "")
    if not header.has_gps:
        return original, ()
    message = "the image contains GPS coordinates"
    hint = "save it without its metadata, such as by exiftool -gps:all= FILE"
    return original, (Problem(location, "picture-place", message, hint, "warning"),)


def _read_header(data: bytes) -> _Header:
    """Return the properties of the upright image. Raises whatever Pillow raises."""
    with _open_image(data) as image:
        width, height = image.size
        exif = image.getexif()
        if exif.get(_ORIENTATION) in _ROTATED:
            width, height = height, width
        has_gps = bool(exif.get_ifd(_GPS))
        return _Header(width, height, getattr(image, "is_animated", False), has_gps)


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
    """Return whether measuring cannot take long; of all formats, only PNG is decompressed for that."""
    if len(data) >= _MAX_SMALL_BYTES:
        return False
    if not data.startswith(b"\x89PNG") or len(data) < 24:
        return True
    width, height = struct.unpack_from(">II", data, 16)
    return bool(width * height < _MAX_SMALL_PIXELS)


def resize_image(data: bytes, width: int) -> bytes:
    """Return the image as WebP, ``width`` pixels wide, upright and without metadata but its colour profile.

    For a PNG, which may be a drawing, the smaller of a lossless and a lossy version. Raises :class:`ValueError`.
    """
    from PIL import ImageOps  # noqa: PLC0415  (30 ms that a build without new pictures saves)

    try:
        with _open_image(data) as image, _truncated_images_allowed():
            is_rotated = image.getexif().get(_ORIENTATION) in _ROTATED
            full_width = image.height if is_rotated else image.width
            draft_size = (-(-image.width * width // full_width), -(-image.height * width // full_width))  # rounded up
            image.draft("RGB", draft_size)
            ImageOps.exif_transpose(image, in_place=True)
            plain = _convert_to_rgb(image)
            height = max(1, round(plain.height * width / plain.width))
            small = plain.resize((width, height), _lanczos())
            profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
            return min(_encode_webp(small, profile, lossless=image.format == "PNG"), key=len)
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(str(error)) from error


def _convert_to_rgb(image: Any) -> Any:
    """Return an image in RGB, or in RGBA if it is transparent."""
    if image.mode in _GREY_SCALES:
        scale = _GREY_SCALES[image.mode]
        image = image.convert("F").point(lambda grey: grey * scale + 0).convert("L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _encode_webp(image: Any, profile: bytes | None, *, lossless: bool) -> Iterator[bytes]:
    """Yield the image in a lossy version, and in a lossless one if ``lossless``."""
    colours = {"icc_profile": profile} if profile else {}
    encodings = (_LOSSY, _LOSSLESS) if lossless else (_LOSSY,)
    for encoding in encodings:
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", method=4, **encoding, **colours)
        yield buffer.getvalue()


def _lanczos() -> Any:
    from PIL.Image import Resampling  # noqa: PLC0415

    return Resampling.LANCZOS


@contextmanager
def _open_image(data: bytes) -> Iterator[Any]:
    """Open the image in ``data``; Pillow's warnings about it are ignored."""
    from PIL import Image  # noqa: PLC0415  (30 ms that a build without new pictures saves)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            yield image


@contextmanager
def _truncated_images_allowed() -> Iterator[None]:
    """Let Pillow decode truncated images as far as they go, as browsers do."""
    from PIL import ImageFile  # noqa: PLC0415

    previous = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = previous


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
    return SourceImage(*sides, "")


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
