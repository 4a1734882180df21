"""The files of the site folder → what is known of each: only what changed since the last build is read and parsed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, structs

from blog.cache.store import digest, pack
from blog.content.foreign_sources import HEAD, MOST, hidden_source, may_be_source, pointer
from blog.content.document import Document
from blog.problems import BlogError, Place, Problem
from blog.content.images import bound_of, is_picture, load_pillow, measure, too_much
from blog.content.source_record import Known
from blog.system.workers import ExceededError, run_bounded
from blog.content.files import Source, content_digest, read
from blog.system.file_signature import NONE, settled
from blog.content.search_terms import words_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from blog.cache.store import Cache
    from blog.content.document import Rules
    from blog.markdown import Outline
    from blog.system.workers import Bound
    from blog.content.files import File

_NOWHERE = Place("")


class _Row(Struct, frozen=True, array_like=True):
    """What is kept of a parse."""

    document: Document | None
    seen: bytes
    forms: bytes
    problems: tuple[Problem, ...]
    extracted: tuple[bytes, ...]
    words: bytes
    advice: tuple[Problem, ...]

    @property
    def named(self) -> tuple[bytes, ...]:
        """The keys of what is kept beside the HTML."""
        return (*self.extracted, self.words) if self.words else self.extracted

    def known(self, file: File, content: bytes, key: bytes) -> Known:
        """What is known of the file that was parsed."""
        return Known(
            stamp=file.stamp,
            digest=content,
            parsed=key,
            seen=self.seen,
            forms=self.forms,
            problems=self.problems,
            extracted=self.extracted,
            words=self.words,
            advice=self.advice,
        )


_ROW = msgspec.msgpack.Decoder(_Row)


class _Taken(NamedTuple):
    """What reading a file gives, ready to be kept: the row and what it names are empty where the cache has them."""

    known: Known
    row: bytes = b""
    forms: bytes = b""
    pictures: tuple[tuple[bytes, bytes], ...] = ()
    """By key."""
    words: bytes = b""


class Reader(NamedTuple):
    """Reads what a build does not know."""

    root: Path
    rules: Rules
    maker: bytes
    """A digest of all but the bytes that a parse depends on."""
    cache: Cache

    def take_all(self, files: Sequence[File], started: int, jobs: int) -> Generator[Known, None, None]:
        """Read ``files``, in order, in parallel; keep what they say. ``started`` is the moment when the build began.

        What cannot be read or parsed is a problem of its file. Raises :class:`BlogError` for a picture that takes more
        than it may: to look at others like it would take as long for each.
        """
        if any(file.kind != "file" for file in files):
            import blog.content.parse  # noqa: F401, PLC0415  (here, so that processes inherit it)
        if any(map(_bound_of, files)):
            load_pillow()
        with closing(run_bounded(self._take, files, jobs, _bound_of)) as results:
            for file, taken in zip(files, results, strict=True):
                if isinstance(taken, ExceededError):
                    raise BlogError([too_much(Place(file.path))])
                yield self._keep(taken, started)

    def _keep(self, taken: _Taken, started: int) -> Known:
        """Put what was read into the cache; return what is known of the file."""
        if taken.row:
            self.cache.put(taken.known.parsed, taken.row)
            self.cache.put(taken.known.forms, taken.forms)
            if taken.words:
                self.cache.put(taken.known.words, taken.words)
            for key, data in taken.pictures:
                self.cache.put(key, data)
        return structs.replace(taken.known, stamp=settled(taken.known.stamp, started))

    def _take(self, file: File) -> _Taken:
        try:
            if file.kind == "file":
                return _Taken(self._picture(file) if is_picture(file.path) else self._copied(file))
            data = read(self.root, file)
            if problem := pointer(data, file.path):  # a document would not be one
                return _Taken(Known(NONE, b"", problems=(structs.replace(problem, severity="error"),)))
            return self._document(file, data)
        except BlogError as error:
            return _Taken(Known(NONE, b"", problems=error.problems))

    def _copied(self, file: File) -> Known:
        content = content_digest(self.root, file)
        head = read(self.root, file, HEAD)
        if problem := pointer(head, file.path):
            return Known(file.stamp, content, problems=(problem,))
        if may_be_source(head, file.path):
            return _left_out_if_hidden(Known(file.stamp, content), read(self.root, file, MOST), file)
        return Known(file.stamp, content)

    def _picture(self, file: File) -> Known:
        data = read(self.root, file)
        content = digest(data)
        if problem := pointer(data, file.path):
            return Known(file.stamp, content, problems=(problem,))
        if may_be_source(data[:HEAD], file.path):
            return _left_out_if_hidden(Known(file.stamp, content), data[:MOST], file)
        picture, problems = measure(data, file.path, content.hex()[:12], Place(file.path))
        return Known(file.stamp, content, problems=problems, picture=picture)

    def _document(self, file: File, data: bytes) -> _Taken:
        """Parse ``data``, unless the cache has a parse of the same bytes."""
        content = digest(data)
        key = digest(self.maker + file.path.encode() + b"\0" + content)
        kept = self.cache.read(key, _ROW)
        if kept and self.cache.get(kept.forms) and all(map(self.cache.has, kept.named)):
            return _Taken(kept.known(file, content, key))
        from blog.content.parse import parse  # noqa: PLC0415  (100 ms that a warm build saves)

        assert file.kind != "file"
        parsed = parse(Source(file.path, file.kind, data), self.rules)
        forms = pack(parsed.forms)
        document = parsed.document
        extracted = tuple(made.key for made in document.made) if document else ()
        words = pack(words_of(document, parsed.forms)) if document and document.kind == "post" else b""
        row = _Row(
            document,
            _seen(document),
            digest(forms),
            parsed.problems,
            extracted,
            digest(words) if words else b"",
            parsed.advice,
        )
        pictures = tuple(zip(extracted, parsed.pictures, strict=True))
        return _Taken(row.known(file, content, key), pack(row), forms, pictures, words)


def _left_out_if_hidden(known: Known, data: bytes, file: File) -> Known:
    """Return ``known`` of a file that is copied, marked and warned of if it is the source of a hidden document."""
    problem = hidden_source(data, file.path)
    return structs.replace(known, problems=(problem,), left_out=True) if problem else known


def _bound_of(file: File) -> Bound | None:
    return bound_of(file.path) if file.kind == "file" else None


def documents(known: Mapping[str, Known], cache: Cache) -> Iterator[Document]:
    """What the sources say, in the order of ``known``. Raises :class:`blog.cache.store.LostError`."""
    for entry in known.values():
        row = cache.need(entry.parsed, _ROW) if entry.parsed else None
        if row and row.document:
            yield row.document


def _seen(document: Document | None) -> bytes:
    """A digest of all that other pages, lists and its own view depend on: not where its links stand, nor each word.

    A text that is edited without a change here leaves everything as it is but the pages that show it.
    """
    if document is None:
        return b""
    return digest(pack(structs.replace(document, text=_as_seen(document.text))))


def _as_seen(text: Outline) -> Outline:
    return structs.replace(
        text,
        links=tuple(structs.replace(link, place=_NOWHERE) for link in text.links),
        withheld_links=tuple(structs.replace(link, place=_NOWHERE) for link in text.withheld_links),
        own_links=tuple(structs.replace(link, place=_NOWHERE) for link in text.own_links),
    )
