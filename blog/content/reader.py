"""Source files → their records: each file is read and parsed, or its parse result comes from the cache.

Files go in, records come out in the same order; parsed documents, HTML and images go to the cache. Which files have
changed is not decided here.
"""

from __future__ import annotations

import posixpath
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, structs

from blog.cache.digests import digest, pack, program_digest
from blog.content.document import Document
from blog.content.files import LoadedFile, digest_source, read_source
from blog.content.foreign_sources import (
    HEAD_BYTES,
    MAX_SEARCHED_BYTES,
    find_hidden_source,
    find_lfs_pointer,
    may_be_source,
)
from blog.content.image_versions import version_mark
from blog.content.images import exceeded_limit_problem, find_measuring_limit, is_picture, load_pillow, measure_image
from blog.content.source_record import SourceRecord
from blog.markdown.inputs import Input, Inputs, SharedInputs
from blog.problems import BlogError, Location, Problem, did_you_mean
from blog.system.file_signature import NO_SIGNATURE, trusted_since
from blog.system.workers import LimitExceededError, map_limited

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.content.document import DocumentHtml, ParseOptions
    from blog.content.files import SourceFile
    from blog.markdown import Reference, TextInfo
    from blog.system.workers import ResourceLimit

_NOWHERE = Location("")
MAX_INPUT_BYTES = 20_000_000
"""Limit for a file that a text shows."""


class _ParsedRow(Struct, frozen=True, array_like=True):
    """The cache entry of a parse."""

    document: Document | None
    site_digest: bytes
    html_key: bytes
    problems: tuple[Problem, ...]
    extracted: tuple[bytes, ...]
    terms_key: bytes
    advice: tuple[Problem, ...]
    inputs: tuple[Input, ...]

    @property
    def hides_text(self) -> bool:
        """See :attr:`blog.content.document.Document.hides_text`."""
        return self.document is not None and self.document.hides_text

    @property
    def side_keys(self) -> tuple[bytes, ...]:
        """The cache keys of the entries besides the HTML."""
        return (*self.extracted, self.terms_key) if self.terms_key else self.extracted

    def source_record(self, file: SourceFile, content: bytes, key: bytes) -> SourceRecord:
        """Return the record of the file that was parsed; ``key`` is that of the document, without its inputs."""
        return SourceRecord(
            signature=file.signature,
            digest=content,
            parse_key=_add_inputs(key, self.inputs),
            inputs_key=key if self.inputs else b"",
            site_digest=self.site_digest,
            html_key=self.html_key,
            problems=self.problems,
            extracted=self.extracted,
            terms_key=self.terms_key,
            advice=self.advice,
            inputs=self.inputs,
        )


_ROW = msgspec.msgpack.Decoder(_ParsedRow)


class _ReadResult(NamedTuple):
    """The result of reading a file; the row and its entries are empty if the cache already has them."""

    record: SourceRecord
    row: bytes = b""
    html: bytes = b""
    image_data: tuple[tuple[bytes, bytes], ...] = ()
    """Key and bytes of each image."""
    terms: bytes = b""


class SourceReader(NamedTuple):
    """Reads and parses files that are new or have changed."""

    root: Path
    rules: ParseOptions
    maker: bytes
    """A digest of the program and of ``rules``."""
    cache: Cache
    files: Mapping[str, SourceFile]
    """All files of the content folder, by path: those that a text can show."""
    shared: SharedInputs = SharedInputs()

    @contextmanager
    def read_all(self, files: Sequence[SourceFile], started: int, jobs: int) -> Iterator[Iterator[SourceRecord]]:
        """Read ``files`` in parallel, put the results into the cache, and give the records in order.

        The workers begin at once; the caller can do other work before it asks for records. They import the parser, each
        for itself. ``started`` is the time at which the build began, in nanoseconds. A file that cannot be read or
        parsed has a problem in its record. Raises :class:`BlogError` for an image that exceeds its limits: others like
        it would take as long.
        """
        if any(map(_find_limit, files)):
            load_pillow()
        with map_limited(self._read, files, jobs, _find_limit) as results:
            yield self._store_all(files, results, started)

    def _store_all(
        self, files: Sequence[SourceFile], results: Iterable[_ReadResult | LimitExceededError], started: int
    ) -> Iterator[SourceRecord]:
        for file, result in zip(files, results, strict=True):
            if isinstance(result, LimitExceededError):
                raise BlogError([exceeded_limit_problem(Location(file.path))])
            yield self._store(result, started)

    def _store(self, result: _ReadResult, started: int) -> SourceRecord:
        """Put a result into the cache; return the record of the file."""
        if result.row:
            for key in filter(None, (result.record.parse_key, result.record.inputs_key)):
                self.cache.put(key, result.row)
            self.cache.put(result.record.html_key, result.html)
            if result.terms:
                self.cache.put(result.record.terms_key, result.terms)
            for key, data in result.image_data:
                self.cache.put(key, data)
        return structs.replace(result.record, signature=trusted_since(result.record.signature, started))

    def _read(self, file: SourceFile) -> _ReadResult:
        try:
            if file.kind != "file":
                return self._read_document(file)
            if is_picture(file.path):
                return _ReadResult(self._read_image(file))
            return _ReadResult(self._read_copied(file))
        except BlogError as error:
            return _ReadResult(SourceRecord(NO_SIGNATURE, b"", problems=error.problems))

    def _read_copied(self, file: SourceFile) -> SourceRecord:
        content = digest_source(self.root, file)
        head = read_source(self.root, file, HEAD_BYTES)
        if problem := find_lfs_pointer(head, file.path):
            return SourceRecord(file.signature, content, problems=(problem,))
        record = SourceRecord(file.signature, content)
        if may_be_source(head, file.path):
            return _leave_out_if_hidden(record, read_source(self.root, file, MAX_SEARCHED_BYTES), file)
        return record

    def _read_image(self, file: SourceFile) -> SourceRecord:
        data = read_source(self.root, file)
        content = digest(data)
        if problem := find_lfs_pointer(data, file.path):
            return SourceRecord(file.signature, content, problems=(problem,))
        if may_be_source(data[:HEAD_BYTES], file.path):
            return _leave_out_if_hidden(SourceRecord(file.signature, content), data[:MAX_SEARCHED_BYTES], file)
        image, problems = measure_image(data, file.path, version_mark(content), Location(file.path))
        return SourceRecord(file.signature, content, problems=problems, image=image)

    def _read_document(self, file: SourceFile) -> _ReadResult:
        """Parse a document, unless the cache has a parse of the same bytes for the same audience."""
        data = read_source(self.root, file)
        if pointer := find_lfs_pointer(data, file.path):  # a parse would publish it as a text
            raise BlogError([structs.replace(pointer, severity="error")])
        content = digest(data)
        keys = self._make_keys(file.path, content)
        for key in dict.fromkeys(keys):
            row = self._find_row(key)
            if row and key == keys[row.hides_text] and self._has_entries(row):
                return _ReadResult(row.source_record(file, content, key))
        return self._parse(file, data, content, keys)

    def _find_row(self, key: bytes) -> _ParsedRow | None:
        """Return the cached parse of a document with the inputs as they are now.

        Under ``key`` is the last parse, which says what the inputs are; under a key with their digests each parse.
        """
        row = self.cache.get_decoded(key, _ROW)
        if row is None or not row.inputs:
            return row
        row_key = _add_inputs(key, [self._find_input(used.name) for used in row.inputs])
        return self.cache.get_decoded(row_key, _ROW)

    def _find_input(self, name: str) -> Input:
        """Return an input as it is now."""
        content = self.shared.digest(name)
        if content is not None:
            return Input(name, content)
        inputs = Inputs(self._load_input)
        with suppress(BlogError):
            inputs.read(name)
        return inputs.used[0]

    def _load_input(self, path: str) -> bytes:
        """Return the bytes of a file that a text shows. Raises :class:`BlogError`."""
        file = self.files.get(path)
        if file is None:
            hint = self._suggest_file(path) or f"its path would be {path}"
            raise BlogError([Problem(Location(path), "code-file", "there is no such file", hint)])
        data = read_source(self.root, file, MAX_INPUT_BYTES + 1)
        if len(data) > MAX_INPUT_BYTES:
            message = f"larger than {MAX_INPUT_BYTES // 1_000_000} MB"
            raise BlogError([Problem(Location(path), "too-large", message, "show a part of it in a file of its own")])
        if pointer := find_lfs_pointer(data, path):
            raise BlogError([pointer])
        return data

    def _make_keys(self, path: str, content: bytes) -> tuple[bytes, bytes]:
        """Return the cache keys of a document that hides no text, and of one that does.

        The first is the same for readers and for the author, so that a preview after a build parses few documents.
        """
        rules = structs.replace(self.rules, for_author=False)
        key = digest(program_digest() + pack(rules) + path.encode() + b"\0" + content)
        return key, digest(b"author" + key) if self.rules.for_author else key

    def _has_entries(self, row: _ParsedRow) -> bool:
        """Return whether the cache has all other entries of a parse."""
        return bool(self.cache.get(row.html_key)) and all(map(self.cache.has, row.side_keys))

    def _suggest_file(self, path: str) -> str:
        """Return a hint with the file beside ``path`` that has nearly its name; ``""`` if there is none."""
        folder, _, name = path.rpartition("/")
        names = [posixpath.basename(other) for other in self.files if posixpath.dirname(other) == folder]
        return did_you_mean(name, names)

    def _parse(self, file: SourceFile, data: bytes, content: bytes, keys: tuple[bytes, bytes]) -> _ReadResult:
        from blog.content.parse import parse_document  # noqa: PLC0415  (100 ms that a warm build saves)

        assert file.kind != "file"
        parsed = parse_document(
            LoadedFile(file.path, file.kind, data),
            self.rules,
            Inputs(self._load_input, self.shared),
        )
        html = pack(parsed.html)
        document = parsed.document
        extracted = tuple(image.key for image in document.extracted_images) if document else ()
        terms = _pack_search_terms(document, parsed.html)
        row = _ParsedRow(
            document,
            _digest_for_other_pages(document),
            digest(html),
            parsed.problems,
            extracted,
            digest(terms) if terms else b"",
            parsed.advice,
            parsed.inputs,
        )
        key = keys[row.hides_text]
        images = tuple(zip(extracted, parsed.image_data, strict=True))
        return _ReadResult(row.source_record(file, content, key), pack(row), html, images, terms)


def _add_inputs(key: bytes, inputs: Sequence[Input]) -> bytes:
    """Return the key of a parse with these inputs; ``key`` itself if there are none."""
    return digest(key + pack(inputs)) if inputs else key


def _pack_search_terms(document: Document | None, html: DocumentHtml) -> bytes:
    """Return the cache entry with the search terms of a post; empty for another document."""
    if document is None or document.kind != "post":
        return b""
    from blog.content.search_terms import extract_search_terms  # noqa: PLC0415  (5 ms that a warm build saves)

    return pack(extract_search_terms(document, html))


def _leave_out_if_hidden(record: SourceRecord, data: bytes, file: SourceFile) -> SourceRecord:
    """Return ``record``, marked and with a warning if ``data`` is the source of a hidden document."""
    problem = find_hidden_source(data, file.path)
    if problem is None:
        return record
    return structs.replace(record, problems=(problem,), is_left_out=True)


def _find_limit(file: SourceFile) -> ResourceLimit | None:
    return find_measuring_limit(file.path) if file.kind == "file" else None


def load_documents(records: Mapping[str, SourceRecord], cache: Cache) -> Iterator[Document]:
    """Yield the cached documents of ``records``, in order. Raises :class:`blog.cache.store.MissingEntryError`."""
    for record in records.values():
        if not record.parse_key:
            continue
        document = cache.require(record.parse_key, _ROW).document
        if document:
            yield document


def _digest_for_other_pages(document: Document | None) -> bytes:
    """Return a digest of all that other pages, lists and its own view depend on.

    It leaves out the positions of links and most of the text: an edit of these changes only the pages with the text.
    """
    if document is None:
        return b""
    text, context = _clear_positions(document.text), _clear_positions(document.context)
    return digest(pack(structs.replace(document, text=text, context=context)))


def _clear_positions(text: TextInfo) -> TextInfo:
    links, hidden_links = _clear_link_positions(text.links), _clear_link_positions(text.hidden_links)
    return structs.replace(text, links=links, hidden_links=hidden_links)


def _clear_link_positions(links: tuple[Reference, ...]) -> tuple[Reference, ...]:
    return tuple(structs.replace(link, location=_NOWHERE) for link in links)
