"""The files that a conversion made → the images of a document, with their sizes, and their bytes for the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from blog.cache.digests import digest
from blog.content.document import ExtractedImage
from blog.content.images import SourceImage, measure_image_in_worker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blog.markdown import MadeFile
    from blog.problems import Problem


class ExtractedImages(NamedTuple):
    """The images of a document that are in no file of the site."""

    images: tuple[ExtractedImage, ...]
    data: tuple[bytes, ...]
    """Their bytes, in the same order."""
    problems: tuple[Problem, ...]


def extract_images(files: Iterable[MadeFile]) -> ExtractedImages:
    """Return the images in ``files``, and a problem for each that cannot be decoded."""
    images: list[ExtractedImage] = []
    data: list[bytes] = []
    problems: list[Problem] = []
    for file in files:
        image, own_problems = measure_image_in_worker(file.data, file.path, "", file.location)
        if file.size:
            image = SourceImage(*file.size, "", is_chart=image is not None and image.is_chart)
        images.append(ExtractedImage(file.path, digest(file.data), image, file.is_for_feeds))
        data.append(file.data)
        problems += own_problems
    return ExtractedImages(tuple(images), tuple(data), tuple(problems))
