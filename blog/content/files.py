"""The site folder → its source files and their contents.

Paths go in; lists of files and bytes come out, in the order of the paths, whatever order the disk lists them in.
Nothing here parses a document. The rules for symbolic links are those of ``blog.system.site_paths``.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO, Literal

from msgspec import Struct, structs

from blog.cache.digests import digest_open_file
from blog.config.schema import decode_utf8
from blog.content.images import SourceImage
from blog.problems import BlogError, Location, Problem
from blog.system.file_signature import NO_SIGNATURE, FileSignature, read_signature, signature_of
from blog.system.site_paths import (
    MAX_ENTRIES,
    Bounds,
    Walk,
    link_steps,
    locate_in_site,
    open_file,
    overlap,
    resolve_in_site,
    special_file_problem,
)
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

Kind = Literal["post", "page", "home", "series"]
NOTEBOOK = ".ipynb"
TEXTS = (".md", ".markdown", NOTEBOOK)
"""Suffixes of documents."""
EDITOR_FILE_PATTERN = re.compile(r".*~|.*\.(swp|swo|tmp)|#.*#", re.IGNORECASE)
_NEARLY_MARKDOWN = re.compile(
    r"\.(md|markdown|ipynb)\.[^.]*$"
    r"|\.(mdown|mkdown|mkdn?|mdwn|mdtext|mdtxt|markdn|markdoc|mdx|rmd|rmarkdown|qmd|livemd)(?![a-z0-9])",
    re.IGNORECASE,
)
_COPY_OF_DOCUMENT = re.compile(r"\.(md|markdown|ipynb)(?![a-z0-9])", re.IGNORECASE)
"""In the name of a copy that is left beside a document: ``d.md___jb_tmp___``, ``d.md (1)``, ``d.md_old``."""
MAX_TEXT_BYTES = 20_000_000
"""Of a Markdown file and of ``_redirects``."""
MAX_READ_BYTES = 500_000_000
"""Of a notebook and of an image, which are read whole."""
MAX_COPY_BYTES = 10_000_000_000
"""Of any other file, which is copied."""
_PUBLISHED_HIDDEN_NAMES = {".well-known", "_headers", "_redirects"}
_REDIRECTS = "content/_redirects"
_Entries = list[tuple[str, FileSignature]]
"""Path from the site folder and signature of each file, in the order of the paths."""


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
    walk = _ContentWalk(Bounds(os.path.realpath(root), is_ignored_name), published)
    entries = walk.list_files(content)
    problems, linked = walk.problems, walk.linked
    links = _find_link_targets(entries, linked, content, os.path.realpath(root)) if linked else {}
    originals = links | _find_hard_links(root, entries, links, linked)
    bundles = _find_bundles(entries)
    texts = _find_texts(entries, originals)
    documents: list[SourceFile] = []
    files: list[SourceFile] = []
    redirects = ""
    for path, signature in entries:
        kind = _classify_file(path, bundles, problems)
        link = originals.get(path, "")
        if path == _REDIRECTS:
            redirects = _read_redirects(root, problems)
        elif kind == "file" and _shows_text(path, link, texts):
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
        raise BlogError([_output_link_problem("content")])
    return content, published


def _find_bundles(entries: _Entries) -> set[str]:
    """Return the paths of the folders that are one post: those with an index file below ``content/posts``."""
    bundles = set()
    for path, _ in entries:
        if path.count("/") > 2 and _is_index(path):
            bundles.add(path.rsplit("/", 1)[0])
    return bundles


def _find_texts(entries: _Entries, originals: Mapping[str, str]) -> set[str]:
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
            signature = read_signature(str(root / path))
            if signature == NO_SIGNATURE or _has_more_names(root / path):
                return None
            signatures[path] = signature
        elif _may_change_tree(root, path, known_paths):
            return None
    documents = _replace_signatures(last.documents, signatures)
    files = _replace_signatures(last.files, signatures)
    return structs.replace(last, documents=documents, files=files)


def _may_change_tree(root: Path, path: str, known_paths: Collection[str]) -> bool:
    """Tell whether a changed path that is not a known file may add or remove files."""
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


def _has_more_names(path: Path) -> bool:
    """Tell whether the file has hard links: only a listing of all content shows which of them are in it."""
    try:
        return os.lstat(path).st_nlink > 1
    except OSError:
        return True


def _is_irrelevant(root: Path, path: str, known_paths: Collection[str]) -> bool:
    """Tell whether ``path`` neither is nor was a published file or a folder with one."""
    if any(is_ignored_name(name) for name in path.split("/")[1:]):
        return True
    if os.path.lexists(root / path):
        return False
    return not any(known.startswith(f"{path}/") for known in known_paths)


def is_ignored_name(name: str) -> bool:
    """Tell whether files and folders of this name are left out: hidden ones, and temporary files of editors."""
    if name[0] in "._" and name not in _PUBLISHED_HIDDEN_NAMES:
        return True
    return EDITOR_FILE_PATTERN.fullmatch(name) is not None


def read_source(root: Path, file: SourceFile, most: int = -1) -> bytes:
    """Return the contents of ``file``, or its first ``most`` bytes. Raises :class:`BlogError` if it cannot be read."""
    try:
        with open_file(root, file.path, is_ignored_name) as stream:
            _check_size(stream, file, MAX_COPY_BYTES if most >= 0 else _size_limit(file))
            return stream.read(most)
    except OSError as error:
        raise _unreadable(file, error) from None


def _size_limit(file: SourceFile) -> int:
    name = file.path.lower()
    if file.path == _REDIRECTS:
        return MAX_TEXT_BYTES
    is_markdown = name.endswith(TEXTS) and not name.endswith(NOTEBOOK)
    return MAX_TEXT_BYTES if is_markdown else MAX_READ_BYTES


def digest_source(root: Path, file: SourceFile) -> bytes:
    """Return the digest of the contents of ``file``. Raises :class:`BlogError` if it cannot be read."""
    try:
        with open_file(root, file.path, is_ignored_name) as stream:
            _check_size(stream, file, MAX_COPY_BYTES)
            return digest_open_file(stream)
    except OSError as error:
        raise _unreadable(file, error) from None


def _check_size(stream: BinaryIO, file: SourceFile, limit: int) -> None:
    """Raise :class:`BlogError` for a larger file; sparse files take no room in an archive, but do here."""
    if os.fstat(stream.fileno()).st_size > limit:
        message = f"larger than {limit // 1_000_000:,} MB"
        hint = "split it" if file.kind != "file" else "keep it on another host and link to it"
        raise BlogError([Problem(Location(file.path), "too-large", message, hint)])


def locate_on_disk(root: Path, path: str) -> str:
    """Return the real path of a file of the site. Raises :class:`BlogError` for a link that may not be followed."""
    return resolve_in_site(root, path, is_ignored_name)


def _unreadable(file: SourceFile, error: OSError) -> BlogError:
    return BlogError([Problem(Location(file.path), "unreadable", f"cannot be read: {error.strerror}")])


def _read_redirects(root: Path, problems: list[Problem]) -> str:
    file = SourceFile(_REDIRECTS)
    try:
        return decode_utf8(read_source(root, file), file.path)
    except BlogError as error:
        problems += error.problems
        return ""


class _ContentWalk:
    """A walk through the content folder: first its own folders, then the targets of links."""

    def __init__(self, bounds: Bounds, output: str) -> None:
        self.bounds = bounds
        self.output = output
        """The real path of the output folder, to which no link may lead."""
        self.problems: list[Problem] = []
        self.linked: dict[str, tuple[str, ...]] = {}
        """Path of a link → its targets, step by step."""
        self.entries: _Entries = []
        self.pending_folders: list[tuple[str, str]] = []
        """Path and real path of linked folders that have not been walked."""

    def list_files(self, content: str) -> _Entries:
        """Return every file below ``content`` that is not ignored."""
        walk = Walk("content", self._is_wanted, self.problems, MAX_ENTRIES)
        self._add_entries(walk.below(content, "content"))
        while self.pending_folders:
            folders, self.pending_folders = sorted(self.pending_folders), []
            for path, real in folders:
                self._add_entries(walk.below(real, path, is_linked=True))
        return sorted(self.entries)

    def _is_wanted(self, name: str, path: str) -> bool:
        return not is_ignored_name(name) and _check_printable(path, self.problems)

    def _add_entries(self, entries: Iterable[tuple[str, os.DirEntry[str]]]) -> None:
        for path, entry in entries:
            if entry.is_symlink():
                self._follow_link(path, entry)
            elif entry.is_file():
                self.entries.append((path, _entry_signature(entry)))
            else:
                self.problems.append(special_file_problem(path))

    def _follow_link(self, path: str, link: os.DirEntry[str]) -> None:
        self.linked[path] = link_steps(link.path)
        real = self.bounds.follow(link.path, path)
        if isinstance(real, Problem) and real.code != "hidden-link":
            self.problems.append(real)
        elif overlap(self.linked[path][-1], self.output):
            self.problems.append(_output_link_problem(path))
        elif isinstance(real, Problem):
            self.problems.append(real)
        elif link.is_file():
            self.entries.append((path, _entry_signature(link)))
        else:
            self.pending_folders.append((path, real))


def _output_link_problem(path: str) -> Problem:
    message = "the symbolic link leads to the site folder itself, or to the output folder"
    return Problem(Location(path), "outside-link", message, "name the file or folder that is meant")


def _find_link_targets(
    entries: _Entries, linked: Mapping[str, tuple[str, ...]], content: str, root: str
) -> dict[str, str]:
    """Return, for each path that is a symbolic link or lies below one, the path of the file itself."""
    targets = {}
    for path, _ in entries:
        target = _find_link_target(path, linked, content, root)
        if target:
            targets[path] = target
    return targets


def _find_link_target(path: str, linked: Mapping[str, tuple[str, ...]], content: str, root: str) -> str:
    """Return the path of the file that ``path`` shows by a link there or above; ``""`` without a link.

    It is relative to the site folder; in the folder ``content``, wherever that is, it begins with ``content/``.
    """
    link = path
    while link and link not in linked:
        link = link.rpartition("/")[0]
    real = linked[link][-1] + path.removeprefix(link) if link else ""
    if real.startswith(f"{content}/"):
        return f"content{real.removeprefix(content)}"
    return real.removeprefix(f"{root}/")


def _find_hard_links(
    root: Path, entries: _Entries, links: Mapping[str, str], linked: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return, for each path of a file with several names, the name that stands for all; add the paths to ``linked``."""
    originals: dict[str, str] = {}
    for paths in _group_by_inode(root, entries):
        names = {links.get(path, path) for path in paths}
        if len(names) == 1:
            continue
        originals |= dict.fromkeys(paths, min(names))
        real_paths = tuple(os.path.realpath(root / path) for path in paths)
        for path in paths:
            linked.setdefault(path, real_paths)
    return originals


def _group_by_inode(root: Path, entries: _Entries) -> Iterable[list[str]]:
    """Return the paths of each file whose inode number occurs more than once."""
    numbers = Counter(signature[-1] for _, signature in entries if signature != NO_SIGNATURE)
    groups: dict[tuple[int, int], list[str]] = {}
    for path, signature in entries:
        if numbers[signature[-1]] > 1:  # rarely: the number may be that of a file on another disk
            with suppress(OSError):
                stat = (root / path).stat()
                groups.setdefault((stat.st_dev, stat.st_ino), []).append(path)
    return groups.values()


def _shows_text(path: str, link: str, texts: Collection[str]) -> bool:
    """Tell whether the file at ``path`` is the source of a document under another name, which is ``link``."""
    if (link or path) in texts:
        return True
    return link.startswith("content/") and link.lower().endswith(TEXTS)


def _entry_signature(entry: os.DirEntry[str]) -> FileSignature:
    try:
        return signature_of(entry.stat())
    except OSError:  # it was there a moment ago: reading it reports the problem
        return NO_SIGNATURE


def quote_name(name: str) -> str:
    """Return a file name as one printable line: other bytes and characters are escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _check_printable(path: str, problems: list[Problem]) -> bool:
    if not CONTROL_CHARACTERS.search(path):
        return True
    hint = "rename it: names are UTF-8 text without control characters"
    location = Location(quote_name(path))
    problems.append(Problem(location, "name", "the file name is not printable text", hint))
    return False


def _is_index(path: str) -> bool:
    stem, dot, suffix = path.rsplit("/", 1)[-1].lower().partition(".")
    return stem == "index" and f"{dot}{suffix}" in TEXTS


def _is_nearly_markdown(name: str) -> bool:
    """Tell whether a name is that of a text that no parser here reads, or of a copy that an editor left."""
    normalized = name if name.isascii() else unicodedata.normalize("NFKC", name)
    if _NEARLY_MARKDOWN.search(normalized):
        return True
    return bool(_COPY_OF_DOCUMENT.search(normalized)) and not name.lower().endswith(TEXTS)


def _classify_file(path: str, bundles: set[str], problems: list[Problem]) -> Kind | Literal["file"] | None:
    """Return the kind of the file at ``path``; None, with a problem, if it is left out."""
    _, *folders, name = path.split("/")
    if _is_nearly_markdown(name):
        message = "left out: it looks like Markdown, or like a copy of it"
        problems.append(Problem(Location(path), "nearly-markdown", message, "name it .md, or move it away", "warning"))
        return None
    if not name.lower().endswith(TEXTS):
        return "file"
    if not folders:
        return "home" if _is_index(path) else "page"
    if folders[0] == "posts":
        problem = _misplaced_post(path, bundles)
        kind: Kind = "post"
    elif folders == ["series"]:
        problem = _misplaced_series(path)
        kind = "series"
    else:
        return "page"
    if problem is None:
        return kind
    problems.append(problem)
    return None


def _misplaced_post(path: str, bundles: set[str]) -> Problem | None:
    """Return the problem of a document below ``content/posts`` that is no post."""
    if path.count("/") == 2 and _is_index(path):
        hint = "write about the whole blog in content/index.md"
        return Problem(Location(path), "posts-index", "the posts folder has no text of its own", hint)
    folder = path.rsplit("/", 1)[0]
    bundle = _find_bundle(folder, bundles)
    if not bundle or (bundle == folder and _is_index(path)):
        return None
    message = f"left out: {bundle} is the folder of one post, its index.md"
    return Problem(Location(path), "beside-index", message, "move it out of that folder", "warning")


def _find_bundle(folder: str, bundles: set[str]) -> str:
    """Return the innermost bundle that is ``folder`` or contains it; ``""`` if there is none."""
    while folder.count("/") > 1:
        if folder in bundles:
            return folder
        folder = folder.rpartition("/")[0]
    return ""


def _misplaced_series(path: str) -> Problem | None:
    if not _is_index(path):
        return None
    hint = "write about one series in content/series/NAME.md"
    return Problem(Location(path), "series-index", "the list of series has no text of its own", hint)
