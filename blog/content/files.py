"""The site folder → its source files and their contents.

Paths go in; lists of files and bytes come out, in the order of the paths, whatever their order on the disk.
Nothing here parses a document. The rules for symbolic links are those of ``blog.system.site_paths``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Literal

from msgspec import Struct, structs

from blog.cache.digests import digest_open_file
from blog.config.addresses import LEDGER
from blog.config.utf8 import decode_utf8
from blog.content.content_walk import ContentWalk, Entries, find_hard_links, find_link_targets, output_link_problem
from blog.content.file_kinds import MARKDOWN, TEXTS, Kind, classify_file, find_bundles, is_ignored_name, quote_name
from blog.content.images import SourceImage
from blog.problems import BlogError, Location, Problem
from blog.system.file_signature import NO_SIGNATURE, FileSignature, read_signature
from blog.system.site_paths import Bounds, locate_in_site, open_file, overlap, resolve_in_site

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

MAX_TEXT_BYTES = 20_000_000
"""Limit for a Markdown file and for ``_redirects``."""
MAX_READ_BYTES = 500_000_000
"""Limit for a notebook and for an image, which are read whole."""
MAX_COPY_BYTES = 10_000_000_000
"""Limit for any other file, which is copied."""
_REDIRECTS = "content/_redirects"


class LoadedFile(Struct, frozen=True):
    """A Markdown file or notebook of the site with its contents."""

    path: str
    """Relative to the site folder, with ``/``."""
    kind: Kind
    data: bytes


class SourceFile(Struct, frozen=True):
    """A file of the content folder whose contents are not loaded."""

    path: str
    """Relative to the site folder, with ``/``."""
    kind: Kind | Literal["file"] = "file"
    """``file`` is published unchanged."""
    signature: FileSignature = NO_SIGNATURE
    image: SourceImage | None = None
    """Set once the file has been read; None if it is no image."""
    link: str = ""
    """If the path is a symbolic link or a hard link: the path of the file itself."""

    @property
    def real(self) -> str:
        """The path of the file itself."""
        return self.link or self.path


class SourceTree(Struct, frozen=True):
    """All files of the content folder, each tuple in the order of the paths."""

    documents: tuple[SourceFile, ...]
    files: tuple[SourceFile, ...]
    redirects: str
    """The text of the author's ``content/_redirects``, which precedes the generated lines."""
    problems: tuple[Problem, ...]
    linked: dict[str, tuple[str, ...]] = {}
    """Path of a symbolic link → its targets on the disk, step by step; of a hard link → its other names there."""


def load_sources(root: Path, output: Path | None = None) -> SourceTree:
    """List the files below ``root/content``. Raises :class:`BlogError` if there is no such folder.

    A link to the ``output`` folder is a problem: outputs would be copied into themselves.
    """
    content, published = _locate_folders(root, output)
    walk = ContentWalk(Bounds(os.path.realpath(root), is_ignored_name), published)
    entries = walk.list_files(content)
    problems, linked = walk.problems, walk.linked
    links = find_link_targets(entries, linked, content, os.path.realpath(root)) if linked else {}
    originals = links | find_hard_links(root, entries, links, linked)
    bundles = find_bundles(path for path, _ in entries)
    texts = _find_texts(entries, originals)
    documents: list[SourceFile] = []
    files: list[SourceFile] = []
    redirects = ""
    for path, signature in entries:
        kind = classify_file(path, bundles, problems)
        link = originals.get(path, "")
        if path == _REDIRECTS:
            redirects = _read_redirects(root, problems)
        elif path == LEDGER:
            continue
        elif kind == "file" and _is_source_of_document(link or path, texts):
            problems.append(_linked_text_problem(path, is_symbolic=path in links))
        elif kind == "file":
            files.append(SourceFile(path, kind, signature, link=link))
        elif kind is not None:
            documents.append(SourceFile(path, kind, signature))
    return SourceTree(tuple(documents), tuple(files), redirects, tuple(sorted(problems)), linked)


def _locate_folders(root: Path, output: Path | None) -> tuple[str, str]:
    """Return the real paths of the content folder and of the output folder. Raises :class:`BlogError`."""
    if not (root / "content").is_dir():
        hint = "`blog init DIR` makes a site to start from"
        raise BlogError([Problem(Location("content"), "no-content", "there is no content folder here", hint)])
    content = locate_in_site(root, "content")
    if isinstance(content, Problem):
        raise BlogError([content])
    published = os.path.realpath(output or root / "public")
    if os.path.islink(root / "content") and overlap(content, published):
        raise BlogError([output_link_problem("content")])
    return content, published


def _find_texts(entries: Entries, originals: Mapping[str, str]) -> set[str]:
    """Return the paths of the sources of documents, each by the name of the file itself."""
    texts = set()
    for path, _ in entries:
        if path.lower().endswith(TEXTS):
            texts.add(originals.get(path, path))
    return texts


def _linked_text_problem(path: str, *, is_symbolic: bool) -> Problem:
    cause = "the symbolic link shows" if is_symbolic else "a hard link: it is"
    message = f"left out: {cause} the source of a document"
    return Problem(Location(path), "nearly-markdown", message, "link to its page", "warning")


def reload_sources(root: Path, last: SourceTree, touched: Collection[str]) -> SourceTree | None:
    """Return the result of :func:`load_sources`, if only the files ``touched`` have changed since ``last``.

    Paths are relative to the site folder. None if the whole content folder has to be listed again.
    """
    known_paths = {file.path for file in (*last.documents, *last.files)}
    problem_paths = {problem.location.path for problem in last.problems}
    signatures: dict[str, FileSignature] = {}
    for path in touched:
        if quote_name(path) in problem_paths or path in last.linked or os.path.islink(root / path):
            return None
        if path in known_paths:
            signature = _read_single_signature(root / path)
            if signature == NO_SIGNATURE:
                return None
            signatures[path] = signature
        elif _may_change_tree(root, path, known_paths):
            return None
    documents = _replace_signatures(last.documents, signatures)
    files = _replace_signatures(last.files, signatures)
    return structs.replace(last, documents=documents, files=files)


def _may_change_tree(root: Path, path: str, known_paths: Collection[str]) -> bool:
    """Return whether a changed path that is not a known file may add or remove files."""
    if path in {"content", _REDIRECTS}:
        return True
    return path.startswith("content/") and not _is_irrelevant(root, path, known_paths)


def _replace_signatures(
    files: tuple[SourceFile, ...], signatures: Mapping[str, FileSignature]
) -> tuple[SourceFile, ...]:
    updated = []
    for file in files:
        signature = signatures.get(file.path)
        updated.append(file if signature is None else structs.replace(file, signature=signature))
    return tuple(updated)


def _read_single_signature(path: Path) -> FileSignature:
    """Return the signature of a file; :data:`NO_SIGNATURE` if it is missing or has hard links.

    Only a listing of the whole content shows which of the hard links are in it.
    """
    signature = read_signature(str(path))
    try:
        has_hard_links = os.lstat(path).st_nlink > 1
    except OSError:
        return NO_SIGNATURE
    return NO_SIGNATURE if has_hard_links else signature


def _is_irrelevant(root: Path, path: str, known_paths: Collection[str]) -> bool:
    """Return whether ``path`` neither is nor was a published file or a folder with one."""
    if any(map(is_ignored_name, path.split("/")[1:])):
        return True
    if os.path.lexists(root / path):
        return False
    folder = f"{path}/"
    return not any(known_path.startswith(folder) for known_path in known_paths)


def read_source(root: Path, file: SourceFile, limit: int = -1) -> bytes:
    """Return the contents of ``file``, or its first ``limit`` bytes. Raises :class:`BlogError` if it cannot be read."""
    try:
        with open_file(root, file.path, is_ignored_name) as stream:
            _check_size(stream, file, MAX_COPY_BYTES if limit >= 0 else _find_size_limit(file))
            return stream.read(limit)
    except OSError as error:
        raise _unreadable_error(file, error) from None


def _find_size_limit(file: SourceFile) -> int:
    is_text = file.path == _REDIRECTS or file.path.lower().endswith(MARKDOWN)
    return MAX_TEXT_BYTES if is_text else MAX_READ_BYTES


def digest_source(root: Path, file: SourceFile) -> bytes:
    """Return the digest of the contents of ``file``. Raises :class:`BlogError` if it cannot be read."""
    try:
        with open_file(root, file.path, is_ignored_name) as stream:
            _check_size(stream, file, MAX_COPY_BYTES)
            return digest_open_file(stream)
    except OSError as error:
        raise _unreadable_error(file, error) from None


def _check_size(stream: BinaryIO, file: SourceFile, limit: int) -> None:
    """Raise :class:`BlogError` for a larger file. A sparse file is small in an archive, but large in the output."""
    if os.fstat(stream.fileno()).st_size > limit:
        message = f"larger than {limit // 1_000_000:,} MB"
        hint = "split it" if file.kind != "file" else "keep it on another host and link to it"
        raise BlogError([Problem(Location(file.path), "too-large", message, hint)])


def locate_on_disk(root: Path, path: str) -> str:
    """Return the real path of a file of the site. Raises :class:`BlogError` for a link that may not be followed."""
    return resolve_in_site(root, path, is_ignored_name)


def _unreadable_error(file: SourceFile, error: OSError) -> BlogError:
    return BlogError([Problem(Location(file.path), "unreadable", f"cannot be read: {error.strerror}")])


def _read_redirects(root: Path, problems: list[Problem]) -> str:
    file = SourceFile(_REDIRECTS)
    try:
        return decode_utf8(read_source(root, file), file.path)
    except BlogError as error:
        problems += error.problems
        return ""


def _is_source_of_document(real: str, texts: Collection[str]) -> bool:
    """Return whether the path ``real`` of a file itself is that of a document, or has the suffix of one."""
    if real in texts:
        return True
    return real.startswith("content/") and real.lower().endswith(TEXTS)
