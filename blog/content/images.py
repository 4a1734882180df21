"""Pictures, by Pillow: how large one is, and smaller versions of it in WebP <https://developers.google.com/speed/webp>."""

from __future__ import annotations

import io
import re
import struct
import warnings
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from blog.problems import Problem
from blog.system.workers import LimitExceededError, ResourceLimit, run_limited

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.problems import Location

WIDTHS = (480, 960, 1920)
"""Of the versions: a phone's, a text column's on a sharp screen, and a wide figure's."""
RASTER = (".png", ".jpg", ".jpeg", ".webp", ".avif")
_MEASURED = (*RASTER, ".gif", ".svg")
_LARGEST = 120_000_000
"""Pixels: what has more is published as it is."""
_SMALL, _SMALL_PIXELS = 1_000_000, 16_000_000
"""Bytes and pixels of a picture that is read in a moment, whatever is in it."""
_TALLEST = 16_383
"""Pixels: WebP has no more in a side."""
MEASURING = ResourceLimit(30, 2 << 30)
"""What reading a picture may take: one of 100 megapixels takes a tenth of that;"""
SHRINKING = ResourceLimit(60, 3 << 30)
"""and what a smaller version of it may take."""
_READ = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
"""Whatever the name says: other formats can run programs."""
_DEEP = {"I;16": 1 / 256, "I;16B": 1 / 256, "I": 1 / 256, "F": 1}
"""Modes with more than 256 greys, and what makes these 256."""
_TURNED = range(5, 9)
"""Values of the orientation by which a camera says that it was held upright."""
_ORIENTATION, _GPS = 0x0112, 0x8825
_SVG_START = re.compile(rb"<svg\b")
_SVG_ATTRIBUTE = re.compile(rb"""\s(width|height|viewBox)\s*+=\s*+["']([^"']*+)["']""")
_UNITS = {
    "": 1, "px": 1, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6, "pt": 96 / 72, "pc": 16,
    "em": 16, "rem": 16, "ex": 8, "ch": 8,
}  # fmt: skip
"""Pixels in each unit of a drawing's size; those of letters as in a browser whose letters nobody made larger."""
_LENGTH = re.compile(r"\s*\+?((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?)\s*([a-z]*)\s*", re.IGNORECASE)


class SourceImage(Struct, frozen=True, array_like=True):
    """A picture of the site, as browsers show it."""

    width: int
    height: int
    mark: str
    """A digest of its bytes: the names of its versions have it."""

    @property
    def widths(self) -> tuple[int, ...]:
        """Of its versions; none for drawings, moving pictures, small and very large ones."""
        if not self.mark or self.width * self.height > _LARGEST:
            return ()
        smaller = tuple(width for width in WIDTHS if width < self.width)
        widths = (*smaller, self.width) if smaller and self.width < WIDTHS[-1] else smaller
        return tuple(width for width in widths if width * self.height <= _TALLEST * self.width)


def suffix_of(data: bytes) -> str:
    """The ending that a file of these bytes should have, if they are a picture of a kind that notebooks hold."""
    known = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif", b"RIFF": ".webp"}
    return next((suffix for start, suffix in known.items() if data.startswith(start)), ".svg")


def resized_path(path: str, original: SourceImage, width: int) -> str:
    """The output path of a version of the picture at ``path``: it may be cached for ever."""
    stem = path.rpartition("/")[2].rpartition(".")[0].lower()
    return f"assets/{stem}-{width}.{original.mark}.webp"


def is_picture(path: str) -> bool:
    """Whether the name is that of a picture whose size can be told."""
    return path.lower().endswith(_MEASURED)


def bound_of(path: str) -> ResourceLimit | None:
    """What :func:`measure_image` may take for the picture at ``path``; None if no library reads it."""
    return MEASURING if is_picture(path) and not path.lower().endswith(".svg") else None


def load_pillow() -> None:
    """Import what each process that is forked from now on would have to import for itself."""
    from PIL import Image  # noqa: PLC0415  (40 ms that a build without new pictures saves)

    Image.preinit()


def measure_image(data: bytes, name: str, mark: str, place: Location) -> tuple[SourceImage | None, tuple[Problem, ...]]:
    """What is known of the picture in ``data``; one that cannot be read, or that tells too much, is warned of.

    The end of ``name`` says what it should be; ``mark`` is a digest of the data, or empty if it shall have no versions.
    """
    if name.lower().endswith(".svg"):
        size = _svg_size(data)
        return (SourceImage(*size, "") if size else None), ()
    try:
        with _opened(data) as image:
            width, height = image.size
            exif = image.getexif()
            if exif.get(_ORIENTATION) in _TURNED:
                width, height = height, width
            told = bool(exif.get_ifd(_GPS))
            still = not getattr(image, "is_animated", False)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  (forty formats, each with its own errors: none may stop a build)
        message, hint = "this cannot be read as a picture: it is published as it is", "save it once more"
        return None, (Problem(place, "unreadable-picture", message, hint, "warning"),)
    original = SourceImage(width, height, mark if still and name.lower().endswith(RASTER) else "")
    if not told:
        return original, ()
    message = "the picture says where it was taken, and readers can read it"
    hint = "save it without its metadata, such as by exiftool -gps:all= FILE"
    return original, (Problem(place, "picture-place", message, hint, "warning"),)


def measure_image_in_worker(
    data: bytes, name: str, mark: str, place: Location
) -> tuple[SourceImage | None, tuple[Problem, ...]]:
    """Measure as :func:`measure_image` does, in a worker process if the image is large.

    An image that exceeds the limits of the worker is an error.
    """
    bound = bound_of(name)
    if bound is None or _is_small(data):
        return measure_image(data, name, mark, place)
    try:
        return run_limited(partial(measure_image, name=name, mark=mark, place=place), data, bound)
    except LimitExceededError:
        return None, (too_much(place),)


def too_much(place: Location) -> Problem:
    """What is wrong with a picture that takes more than it may to be read."""
    return Problem(
        place, "unreadable-picture", f"to read this picture takes more than {MEASURING}", "save it once more"
    )


def _is_small(data: bytes) -> bool:
    """Whether nothing in so few bytes can take long: of all kinds, only PNG is unpacked to be measured."""
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
        return len(data) < _SMALL and width * height < _SMALL_PIXELS
    return len(data) < _SMALL


def resize_image(data: bytes, width: int) -> bytes:
    """The picture as WebP, ``width`` pixels wide, upright and without metadata but its colours.

    Of a PNG, which may be a drawing, the smaller of a lossless and a lossy version. Raises :class:`ValueError`.
    """
    from PIL import ImageOps  # noqa: PLC0415  (30 ms that a build without new pictures saves)

    try:
        with _opened(data) as image, _patience():
            wide = image.height if image.getexif().get(_ORIENTATION) in _TURNED else image.width
            image.draft("RGB", (-(-image.width * width // wide), -(-image.height * width // wide)))
            ImageOps.exif_transpose(image, in_place=True)
            upright = image
            if upright.mode in _DEEP:
                scale = _DEEP[upright.mode]
                upright = upright.convert("F").point(lambda grey: grey * scale + 0).convert("L")
            has_alpha = "A" in upright.getbands() or "transparency" in upright.info
            plain = upright.convert("RGBA" if has_alpha else "RGB")
            height = max(1, round(plain.height * width / plain.width))
            small = plain.resize((width, height), _lanczos())
            profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
            return min(_encoded(small, profile, lossless=image.format == "PNG"), key=len)
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(str(error)) from error


def _encoded(image: Any, profile: bytes | None, *, lossless: bool) -> Iterator[bytes]:
    colours = {"icc_profile": profile} if profile else {}
    for settings in ({"quality": 82}, {"lossless": True}) if lossless else ({"quality": 82},):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", method=4, **settings, **colours)
        yield buffer.getvalue()


def _lanczos() -> Any:
    from PIL.Image import Resampling  # noqa: PLC0415

    return Resampling.LANCZOS


@contextmanager
def _opened(data: bytes) -> Iterator[Any]:
    """The picture in ``data``; what Pillow finds odd about it is nobody's business."""
    from PIL import Image  # noqa: PLC0415  (30 ms that a build without new pictures saves)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=_READ) as image:
            yield image


@contextmanager
def _patience() -> Iterator[None]:
    """A picture that breaks off is shown as far as it goes, as browsers do."""
    from PIL import ImageFile  # noqa: PLC0415

    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _svg_size(data: bytes) -> tuple[int, int] | None:
    """From ``width`` and ``height``, in any unit, else from the ``viewBox``; None if neither says it.

    Of one length the ``viewBox`` says how long the other is.
    """
    start = _SVG_START.search(data, 0, 65_536)
    end = data.find(b">", start.end(), 65_536) if start else -1  # where the first has no end, no other has
    tag = data[start.start() : end] if start and end >= 0 else b""
    found = {name: value.decode("utf-8", "replace") for name, value in _SVG_ATTRIBUTE.findall(tag)}
    box = found.get(b"viewBox", "").replace(",", " ").split()
    try:
        width, height = (_pixels(found.get(name, "")) for name in (b"width", b"height"))
        if width is None or height is None:
            wide, high = (float(side) for side in box[2:4])
            width, height = _filled(width, height, wide, high)
        sides = round(width), round(height)
    except (ValueError, OverflowError, ZeroDivisionError):
        return None
    return sides if all(0 < side < 100_000 for side in sides) else None


def _pixels(length: str) -> float | None:
    """How many pixels a length has; None if it is a part of something else, such as ``100%``."""
    found = _LENGTH.fullmatch(length)
    unit = _UNITS.get(found[2].lower()) if found else None
    return float(found[1]) * unit if found and unit else None


def _filled(width: float | None, height: float | None, wide: float, high: float) -> tuple[float, float]:
    """Both sides, of which one at most is known, in the proportions of the ``viewBox``."""
    if width is not None:
        return width, width * high / wide
    return (height * wide / high, height) if height is not None else (wide, high)
