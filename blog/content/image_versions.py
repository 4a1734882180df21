"""The bytes of an image → its smaller versions in WebP <https://developers.google.com/speed/webp>.

Pillow decodes raster formats. Nothing here reads or writes a file, and no metadata but colour profiles is kept.
"""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blog.cache.digests import digest, library_versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ORIENTATION = 0x0112
ROTATED = range(5, 9)
"""Values of the EXIF orientation with width and height exchanged."""
_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")
"""The formats that Pillow may decode, whatever the file name: others can run programs."""
_GREY_SCALES = {"I;16": 1 / 256, "I;16B": 1 / 256, "I": 1 / 256, "F": 1}
"""Mode with more than 256 greys → the factor that reduces them to 256."""
_LOSSY: dict[str, Any] = {"quality": 82, "method": 2}
"""Method 4, Pillow's default, takes twice the time for 4 % fewer bytes."""
_LOSSLESS: dict[str, Any] = {"lossless": True, "method": 4}
_DRAWING_COLOURS = 1024
"""Colours of a version that may be smaller without loss: with more of them, none of the pictures measured was."""


@cache
def _encoder() -> bytes:
    """Return a digest of all that determines the bytes of a version beside the image."""
    libraries = [version for version in library_versions() if version.startswith("pillow ")]
    return digest(Path(__file__).read_bytes() + " ".join(libraries).encode())


def version_mark(content: bytes) -> str:
    """Return the mark in the names of the versions of an image with the digest ``content``.

    It is another one if the bytes of the versions can be others: browsers may cache them for ever.
    """
    return digest(content + _encoder()).hex()[:12]


@contextmanager
def open_image(data: bytes) -> Iterator[Any]:
    """Open the image in ``data``; Pillow's warnings about it are ignored."""
    from PIL import Image  # noqa: PLC0415  (30 ms that a build without new pictures saves)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            yield image


def make_versions(data: bytes, widths: Sequence[int]) -> list[bytes]:
    """Return the image as WebP in each of ``widths``, upright and without metadata but its colour profile.

    The image is decoded once, and each version is scaled from the next wider one. A drawing in PNG is encoded without
    loss if that is smaller. Raises :class:`ValueError`.
    """
    from PIL import ImageOps  # noqa: PLC0415  (30 ms that a build without new pictures saves)

    versions = {}
    try:
        with _decoded(data, max(widths)) as image:
            ImageOps.exif_transpose(image, in_place=True)
            profile = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
            pixels, may_be_drawing = _convert_to_rgb(image), image.format == "PNG"
        proportion = pixels.height / pixels.width
        for width in sorted(widths, reverse=True):
            pixels = _scale(pixels, width, max(1, round(width * proportion)))
            versions[width] = _encode(pixels, profile, may_be_drawing=may_be_drawing)
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(str(error)) from error
    return [versions[width] for width in widths]


def require_decodable(data: bytes, widths: Sequence[int]) -> None:
    """Raise :class:`ValueError` if the image cannot be decoded: a seventh of the work of :func:`make_versions`."""
    try:
        with _decoded(data, max(widths)):
            pass
    except MemoryError:
        raise
    except Exception as error:
        raise ValueError(str(error)) from error


@contextmanager
def _decoded(data: bytes, width: int) -> Iterator[Any]:
    """Decode the image in ``data``, for versions of which the widest has ``width``."""
    with open_image(data) as image, _truncated_images_allowed():
        _decode_smaller(image, width)
        image.load()
        yield image


def _decode_smaller(image: Any, width: int) -> None:
    """Let Pillow decode a JPEG at a half, a quarter or an eighth of its size, if that is at least ``width`` wide."""
    is_rotated = image.getexif().get(ORIENTATION) in ROTATED
    full_width = image.height if is_rotated else image.width
    image.draft("RGB", (-(-image.width * width // full_width), -(-image.height * width // full_width)))  # rounded up


def _convert_to_rgb(image: Any) -> Any:
    """Return an image in RGB, or in RGBA if it is transparent."""
    if image.mode in _GREY_SCALES:
        scale = _GREY_SCALES[image.mode]
        image = image.convert("F").point(lambda grey: grey * scale + 0).convert("L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _scale(pixels: Any, width: int, height: int) -> Any:
    from PIL.Image import Resampling  # noqa: PLC0415

    return pixels if pixels.size == (width, height) else pixels.resize((width, height), Resampling.LANCZOS)


def _encode(pixels: Any, profile: bytes | None, *, may_be_drawing: bool) -> bytes:
    """Return an image as WebP: lossy, or without loss if it is a drawing and that is smaller."""
    encodings = [_LOSSY]
    if may_be_drawing and pixels.getcolors(_DRAWING_COLOURS) is not None:
        encodings.append(_LOSSLESS)
    candidates = []
    for encoding in encodings:
        buffer = io.BytesIO()
        pixels.save(buffer, "WEBP", icc_profile=profile, **encoding)
        candidates.append(buffer.getvalue())
    return min(candidates, key=len)


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
