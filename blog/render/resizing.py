"""Images → their smaller versions. One image is one unit of work for the worker processes, and the largest comes first.

A version is kept in the cache as soon as it is made, also if the build does not reach its end.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from blog.cache.digests import digest
from blog.cache.store import MissingEntryError
from blog.content import image_versions
from blog.content.files import SourceFile, read_source
from blog.content.images import SHRINKING, load_pillow
from blog.problems import BlogError, Location, Problem
from blog.render.renderer import content_path
from blog.system.workers import LimitExceededError, map_limited

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.content.images import SourceImage
    from blog.content.source_record import SourceRecord
    from blog.output.folder import OutputTransaction
    from blog.render.renderer import RenderJob
    from blog.views.outputs import PlannedOutput


class ImageJob(NamedTuple):
    """The versions of one image that are to be made."""

    source: str
    """Path of the image."""
    original: SourceImage
    jobs: tuple[RenderJob, ...]


def group_by_image(jobs: Iterable[RenderJob], records: Mapping[str, SourceRecord]) -> list[ImageJob]:
    """Return the jobs for versions by image, the largest image first; ``records`` are those of the source files.

    Raises :class:`MissingEntryError` for an image without a size: the plan is not that of these records.
    """
    groups: dict[str, list[RenderJob]] = {}
    for job in jobs:
        groups.setdefault(job.planned.source, []).append(job)
    images = []
    for source, versions in groups.items():
        original = records[source].image
        if original is None:
            raise MissingEntryError
        images.append(ImageJob(source, original, tuple(versions)))
    return sorted(images, key=lambda image: (-image.original.width * image.original.height, image.source))


class Resizer(NamedTuple):
    """Makes versions of images into the stage of a transaction."""

    root: Path
    cache: Cache
    stage: OutputTransaction

    def resize_all(self, images: Sequence[ImageJob], jobs: int) -> Generator[list[tuple[bool, bytes]], None, None]:
        """Yield for each image, in order, for each of its jobs whether it is staged (or there already), and its digest.

        Raises the first :class:`BlogError`, :class:`OSError`, and :class:`blog.cache.store.MissingEntryError`.
        """
        if images:
            load_pillow()
        with map_limited(self._resize, images, jobs, lambda _: SHRINKING, largest_chunk=1) as results:
            for image, result in zip(images, results, strict=True):
                if isinstance(result, LimitExceededError):
                    raise BlogError([_describe_slow(image.source)]) from result
                yield result

    def _resize(self, image: ImageJob) -> list[tuple[bool, bytes]]:
        versions = self._find_versions(image)
        return [self.stage.add(job.path, versions[job.planned.width]) for job in image.jobs]

    def _find_versions(self, image: ImageJob) -> dict[int, bytes]:
        """Return all versions of an image by width: those in the cache; if one is missing, all are made again.

        A version depends on the next wider one, so the bytes never depend on what the cache has.
        """
        data = read_source(self.root, SourceFile(content_path(image.source)))
        widths, names = image.original.widths, _blob_names(data, image.original)
        cached = [version for version in map(self.cache.get_blob, names) if version is not None]
        if len(cached) == len(names):
            return dict(zip(widths, cached, strict=True))
        try:
            made = image_versions.make_versions(data, widths)
        except ValueError as error:
            raise BlogError([_describe_unreadable(image.source, error)]) from None
        for name, version in zip(names, made, strict=True):
            self.cache.put_blob(name, version)
        return dict(zip(widths, made, strict=True))


def find_unreadable(
    root: Path, cache: Cache, outputs: Iterable[PlannedOutput], records: Mapping[str, SourceRecord], jobs: int
) -> Iterator[Problem]:
    """Yield a problem for each image of which no versions can be made; ``outputs`` are versions, and none is made."""
    sources = sorted({output.source for output in outputs})
    images = [(source, record.image) for source in sources if (record := records[source]).image is not None]
    if images:
        load_pillow()
    check = partial(_find_problem, root, cache)
    with map_limited(check, images, jobs, lambda _: SHRINKING, largest_chunk=1) as results:
        for (source, _), result in zip(images, results, strict=True):
            if isinstance(result, LimitExceededError):
                yield _describe_slow(source)
            elif result is not None:
                yield result


def _find_problem(root: Path, cache: Cache, image: tuple[str, SourceImage]) -> Problem | None:
    """Return the problem of an image that cannot be decoded."""
    source, original = image
    data = read_source(root, SourceFile(content_path(source)))
    if all(cache.get_blob(name) is not None for name in _blob_names(data, original)):
        return None
    try:
        image_versions.require_decodable(data, original.widths)
    except ValueError as error:
        return _describe_unreadable(source, error)
    return None


def _blob_names(data: bytes, original: SourceImage) -> list[str]:
    """Return the names under which the cache has the versions of an image."""
    mark = image_versions.version_mark(digest(data))
    return [f"{mark}-{width}" for width in original.widths]


def _describe_slow(source: str) -> Problem:
    return _describe_problem(source, f"to make this picture smaller takes more than {SHRINKING}")


def _describe_unreadable(source: str, error: ValueError) -> Problem:
    return _describe_problem(source, f"the picture cannot be made smaller: {error}")


def _describe_problem(source: str, message: str) -> Problem:
    return Problem(Location(source), "unreadable-picture", message, "save it once more")
