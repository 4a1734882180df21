"""The files of the site folder → what is known of each: only what changed since the last build is read and parsed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, structs

from blog.cache.digests import digest, pack
from blog.content.document import Document
from blog.content.files import LoadedFile, digest_source, read_source
from blog.content.foreign_sources import (
    HEAD_BYTES,
    MAX_SEARCHED_BYTES,
    find_hidden_source,
    find_lfs_pointer,
    may_be_source,
)
from blog.content.images import bound_of, is_picture, load_pillow, measure_image, too_much
from blog.content.search_terms import extract_search_terms
from blog.content.source_record import SourceRecord
from blog.problems import BlogError, Location, Problem
from blog.system.file_signature import NO_SIGNATURE, trusted_since
from blog.system.workers import LimitExceededError, map_limited

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.content.document import ParseOptions
    from blog.content.files import SourceFile
    from blog.markdown import TextInfo
    from blog.system.workers import ResourceLimit

_NOWHERE = Location("")


class _ParsedRow(Struct, frozen=True, array_like=True):
    """What is kept of a parse."""

    document: Document | None
    site_digest: bytes
    html_key: bytes
    problems: tuple[Problem, ...]
    extracted: tuple[bytes, ...]
    terms_key: bytes
    advice: tuple[Problem, ...]

    @property
    def named(self) -> tuple[bytes, ...]:
        """The keys of what is kept beside the HTML."""
        return (*self.extracted, self.terms_key) if self.terms_key else self.extracted

    def source_record(self, file: SourceFile, content: bytes, key: bytes) -> SourceRecord:
        """What is known of the file that was parsed."""
        return SourceRecord(
            signature=file.signature,
            digest=content,
            parse_key=key,
            site_digest=self.site_digest,
            html_key=self.html_key,
            problems=self.problems,
            extracted=self.extracted,
            terms_key=self.terms_key,
            advice=self.advice,
        )


_ROW = msgspec.msgpack.Decoder(_ParsedRow)


class _Taken(NamedTuple):
    """What reading a file gives, ready to be kept: the row and what it names are empty where the cache has them."""

    record: SourceRecord
    row: bytes = b""
    html: bytes = b""
    image_data: tuple[tuple[bytes, bytes], ...] = ()
    """By key."""
    terms: bytes = b""


class SourceReader(NamedTuple):
    """Reads what a build does not know."""

    root: Path
    rules: ParseOptions
    maker: bytes
    """A digest of all but the bytes that a parse depends on."""
    cache: Cache

    def read_all(self, files: Sequence[SourceFile], started: int, jobs: int) -> Generator[SourceRecord, None, None]:
        """Read ``files``, in order, in parallel; keep what they say. ``started`` is the moment when the build began.

        What cannot be read or parsed is a problem of its file. Raises :class:`BlogError` for a picture that takes more
        than it may: to look at others like it would take as long for each.
        """
        if any(file.kind != "file" for file in files):
            import blog.content.parse  # noqa: F401, PLC0415  (here, so that processes inherit it)
        if any(map(_bound_of, files)):
            load_pillow()
        with closing(map_limited(self._take, files, jobs, _bound_of)) as results:
            for file, taken in zip(files, results, strict=True):
                if isinstance(taken, LimitExceededError):
                    raise BlogError([too_much(Location(file.path))])
                yield self._keep(taken, started)

    def _keep(self, taken: _Taken, started: int) -> SourceRecord:
        """Put what was read into the cache; return what is known of the file."""
        if taken.row:
            self.cache.put(taken.record.parse_key, taken.row)
            self.cache.put(taken.record.html_key, taken.html)
            if taken.terms:
                self.cache.put(taken.record.terms_key, taken.terms)
            for key, data in taken.image_data:
                self.cache.put(key, data)
        return structs.replace(taken.record, signature=trusted_since(taken.record.signature, started))

    def _take(self, file: SourceFile) -> _Taken:
        try:
            if file.kind == "file":
                return _Taken(self._picture(file) if is_picture(file.path) else self._copied(file))
            data = read_source(self.root, file)
            if problem := find_lfs_pointer(data, file.path):  # a document would not be one
                return _Taken(SourceRecord(NO_SIGNATURE, b"", problems=(structs.replace(problem, severity="error"),)))
            return self._document(file, data)
        except BlogError as error:
            return _Taken(SourceRecord(NO_SIGNATURE, b"", problems=error.problems))

    def _copied(self, file: SourceFile) -> SourceRecord:
        content = digest_source(self.root, file)
        head = read_source(self.root, file, HEAD_BYTES)
        if problem := find_lfs_pointer(head, file.path):
            return SourceRecord(file.signature, content, problems=(problem,))
        record = SourceRecord(file.signature, content)
        if may_be_source(head, file.path):
            return _left_out_if_hidden(record, read_source(self.root, file, MAX_SEARCHED_BYTES), file)
        return record

    def _picture(self, file: SourceFile) -> SourceRecord:
        data = read_source(self.root, file)
        content = digest(data)
        if problem := find_lfs_pointer(data, file.path):
            return SourceRecord(file.signature, content, problems=(problem,))
        if may_be_source(data[:HEAD_BYTES], file.path):
            return _left_out_if_hidden(SourceRecord(file.signature, content), data[:MAX_SEARCHED_BYTES], file)
        picture, problems = measure_image(data, file.path, content.hex()[:12], Location(file.path))
        return SourceRecord(file.signature, content, problems=problems, image=picture)

    def _document(self, file: SourceFile, data: bytes) -> _Taken:
        """Parse ``data``, unless the cache has a parse of the same bytes."""
        content = digest(data)
        key = digest(self.maker + file.path.encode() + b"\0" + content)
        kept = self.cache.get_decoded(key, _ROW)
        if kept and self.cache.get(kept.html_key) and all(map(self.cache.has, kept.named)):
            return _Taken(kept.source_record(file, content, key))
        from blog.content.parse import parse_document  # noqa: PLC0415  (100 ms that a warm build saves)

        assert file.kind != "file"
        parsed = parse_document(LoadedFile(file.path, file.kind, data), self.rules)
        forms = pack(parsed.html)
        document = parsed.document
        extracted = tuple(made.key for made in document.extracted_images) if document else ()
        words = pack(extract_search_terms(document, parsed.html)) if document and document.kind == "post" else b""
        row = _ParsedRow(
            document,
            _seen(document),
            digest(forms),
            parsed.problems,
            extracted,
            digest(words) if words else b"",
            parsed.advice,
        )
        pictures = tuple(zip(extracted, parsed.image_data, strict=True))
        return _Taken(row.source_record(file, content, key), pack(row), forms, pictures, words)


def _left_out_if_hidden(known: SourceRecord, data: bytes, file: SourceFile) -> SourceRecord:
    """Return ``known`` of a file that is copied, marked and warned of if it is the source of a hidden document."""
    problem = find_hidden_source(data, file.path)
    return structs.replace(known, problems=(problem,), is_left_out=True) if problem else known


def _bound_of(file: SourceFile) -> ResourceLimit | None:
    return bound_of(file.path) if file.kind == "file" else None


def load_documents(known: Mapping[str, SourceRecord], cache: Cache) -> Iterator[Document]:
    """What the sources say, in the order of ``known``. Raises :class:`blog.cache.store.MissingEntryError`."""
    for entry in known.values():
        row = cache.require(entry.parse_key, _ROW) if entry.parse_key else None
        if row and row.document:
            yield row.document


def _seen(document: Document | None) -> bytes:
    """A digest of all that other pages, lists and its own view depend on: not where its links stand, nor each word.

    A text that is edited without a change here leaves everything as it is but the pages that show it.
    """
    if document is None:
        return b""
    return digest(pack(structs.replace(document, text=_as_seen(document.text))))


def _as_seen(text: TextInfo) -> TextInfo:
    return structs.replace(
        text,
        links=tuple(structs.replace(link, location=_NOWHERE) for link in text.links),
        withheld_links=tuple(structs.replace(link, location=_NOWHERE) for link in text.withheld_links),
        private_links=tuple(structs.replace(link, location=_NOWHERE) for link in text.private_links),
    )
