"""load: the site folder → its files and theme, and the contents of those that are new.

Order is that of the paths, whatever the disk says. Which symbolic links are followed, ``site_paths`` says.
"""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from collections import Counter
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

from msgspec import Struct, structs

from blog.text import MANIFEST_NAME
from blog.cache.digests import digest_open_file
from blog.config.settings import FILE_NAME, THEME_NAME
from blog.problems import BlogError, Location, Problem, raise_if_any
from blog.config.schema import decode_utf8
from blog.text import CONTROL_CHARACTERS
from blog.content.images import SourceImage
from blog.system.site_paths import (
    MAX_ENTRIES,
    MAX_SETTINGS_BYTES,
    Bounds,
    SpecialFileError,
    Walk,
    is_within,
    open_file,
    open_regular,
    overlap,
    locate_in_site,
    read_open,
    resolve_in_site,
    special_file_problem,
    link_steps,
)
from blog.system.file_signature import NO_SIGNATURE, FileSignature, signature_of, read_signature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

Kind = Literal["post", "page", "home", "series"]
NOTEBOOK = ".ipynb"
TEXTS = (".md", ".markdown", NOTEBOOK)
"""How the names of documents end."""
EDITOR_FILE_PATTERN = re.compile(r".*~|.*\.(swp|swo|tmp)|#.*#", re.IGNORECASE)
_NEARLY_MARKDOWN = re.compile(
    r"\.(md|markdown|ipynb)\.[^.]*$"
    r"|\.(mdown|mkdown|mkdn?|mdwn|mdtext|mdtxt|markdn|markdoc|mdx|rmd|rmarkdown|qmd|livemd)(?![a-z0-9])",
    re.IGNORECASE,
)
_COPY = re.compile(r"\.(md|markdown|ipynb)(?![a-z0-9])", re.IGNORECASE)
"""In the name of what editors and people leave beside a document: ``d.md___jb_tmp___``, ``d.md (1)``, ``d.md_old``."""
MAX_TEXT_BYTES = 20_000_000
"""Of a Markdown file and of ``_redirects``."""
MAX_READ_BYTES = 500_000_000
"""Of a notebook and of a picture, which are read whole."""
MAX_COPY_BYTES = 10_000_000_000
"""Of any other file, which is copied."""
_KEPT = {".well-known", "_headers", "_redirects"}
_REDIRECTS = "content/_redirects"


class LoadedFile(Struct, frozen=True):
    """A Markdown file of the site, read."""

    path: str
    """Relative to the site folder, with ``/``."""
    kind: Kind
    data: bytes


class SourceFile(Struct, frozen=True):
    """A file of the content folder, not yet read."""

    path: str
    """Relative to the site folder, with ``/``."""
    kind: Kind | Literal["file"] = "file"
    """``file`` is published as it is."""
    signature: FileSignature = NO_SIGNATURE
    image: SourceImage | None = None
    """Once it has been read: None if it is no picture."""
    link: str = ""
    """The path of the file that it shows under another name, by symbolic links or by a hard link."""

    @property
    def real(self) -> str:
        """The path of the file itself."""
        return self.link or self.path




class SourceTree(Struct, frozen=True):
    """All that the content folder holds, each tuple in the order of the paths."""

    documents: tuple[SourceFile, ...]
    files: tuple[SourceFile, ...]
    redirects: str
    """The author's own ``content/_redirects``: it stands before the generated lines."""
    problems: tuple[Problem, ...]
    linked: dict[str, tuple[str, ...]] = {}
    """Path of a symbolic link → where it leads, step by step, on the disk; of a hard link → its other names there."""


def load_sources(root: Path, output: Path | None = None) -> SourceTree:
    """Look through ``root/content``. Raises :class:`BlogError` if there is no such folder.

    A link that leads to ``output`` is a problem: what is made would be copied into itself.
    """
    if not (root / "content").is_dir():
        hint = "`blog init DIR` makes a site to start from"
        raise BlogError([Problem(Location("content"), "no-content", "there is no content folder here", hint)])
    content = locate_in_site(root, "content")
    if isinstance(content, Problem):
        raise BlogError([content])
    published = os.path.realpath(output or root / "public")
    if os.path.islink(root / "content") and overlap(content, published):
        raise BlogError([_made_link("content")])
    look = _Look(Bounds(os.path.realpath(root), is_ignored_name), published)
    entries = look.through(content)
    problems, linked = look.problems, look.linked
    bundles = {path.rsplit("/", 1)[0] for path, _ in entries if path.count("/") > 2 and _is_index(path)}
    links = _links(entries, linked, content, os.path.realpath(root)) if linked else {}
    originals = links | _hard_links(root, entries, links, linked)
    texts = {originals.get(path, path) for path, _ in entries if path.lower().endswith(TEXTS)}
    documents: list[SourceFile] = []
    files: list[SourceFile] = []
    redirects = ""
    for path, seen in entries:
        kind = _kind(path, bundles, problems)
        link = originals.get(path, "")
        if path == _REDIRECTS:
            redirects = _redirects(root, problems)
        elif kind == "file" and _shows_text(path, link, texts):
            what = "the symbolic link shows" if path in links else "a hard link: it is"
            message, hint = f"left out: {what} the source of a document", "link to its page"
            problems.append(Problem(Location(path), "nearly-markdown", message, hint, "warning"))
        elif kind == "file":
            files.append(SourceFile(path, kind, seen, link=link))
        elif kind is not None:
            documents.append(SourceFile(path, kind, seen))
    return SourceTree(tuple(documents), tuple(files), redirects, tuple(sorted(problems)), linked)


def reload_sources(root: Path, last: SourceTree, touched: Collection[str]) -> SourceTree | None:
    """What :func:`load_sources` would give, if since ``last`` nothing happened to the content but to the files ``touched``.

    Paths are relative to the site folder. None if that cannot be told without a look at all of it.
    """
    known = {file.path for file in (*last.documents, *last.files)}
    noted = {problem.location.path for problem in last.problems}
    stamps: dict[str, FileSignature] = {}
    for path in touched:
        if quote_name(path) in noted or path in last.linked or os.path.islink(root / path):
            return None
        if path in known:
            found = read_signature(str(root / path))
            if found == NO_SIGNATURE or _has_more_names(root / path):
                return None
            stamps[path] = found
        elif path in {"content", _REDIRECTS} or (path.startswith("content/") and not _is_nothing(root, path, known)):
            return None

    def again(files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
        return tuple(structs.replace(file, signature=stamps[file.path]) if file.path in stamps else file for file in files)

    return structs.replace(last, documents=again(last.documents), files=again(last.files))


def _has_more_names(path: Path) -> bool:
    """Tell whether the file has hard links: which of them are in the content takes a look at all of it."""
    try:
        return os.lstat(path).st_nlink > 1
    except OSError:
        return True


def _is_nothing(root: Path, path: str, known: Collection[str]) -> bool:
    """Whether ``path`` is not, and was not, anything that is published."""
    if any(is_ignored_name(name) for name in path.split("/")[1:]):
        return True
    return not os.path.lexists(root / path) and not any(other.startswith(f"{path}/") for other in known)


def is_ignored_name(name: str) -> bool:
    return (name[0] in "._" and name not in _KEPT) or bool(EDITOR_FILE_PATTERN.fullmatch(name))


def read_source(root: Path, file: SourceFile, most: int = -1) -> bytes:
    """Return what ``file`` holds now, or its first ``most`` bytes. Raises :class:`BlogError` if it cannot be read."""
    try:
        with open_file(root, file.path, is_ignored_name) as opened:
            _check_size(opened, file, MAX_COPY_BYTES if most >= 0 else _size_limit(file))
            return opened.read(most)
    except OSError as error:
        raise _unreadable(file, error) from None


def _size_limit(file: SourceFile) -> int:
    is_text = file.path.lower().endswith(TEXTS) or file.path == _REDIRECTS
    return MAX_TEXT_BYTES if is_text and not file.path.lower().endswith(NOTEBOOK) else MAX_READ_BYTES


def digest_source(root: Path, file: SourceFile) -> bytes:
    """The digest of what ``file`` holds now. Raises :class:`BlogError` where it cannot be read."""
    try:
        with open_file(root, file.path, is_ignored_name) as opened:
            _check_size(opened, file, MAX_COPY_BYTES)
            return digest_open_file(opened)
    except OSError as error:
        raise _unreadable(file, error) from None


def _check_size(opened: BinaryIO, file: SourceFile, limit: int) -> None:
    """Raise :class:`BlogError` for a file that is larger: one with holes takes no room in an archive."""
    if os.fstat(opened.fileno()).st_size > limit:
        message = f"larger than {limit // 1_000_000:,} MB"
        hint = "split it" if file.kind != "file" else "keep it on another host and link to it"
        raise BlogError([Problem(Location(file.path), "too-large", message, hint)])


def locate_on_disk(root: Path, path: str) -> str:
    """Return the real path of a file of the site. Raises :class:`BlogError` if a link leads where none may lead."""
    return resolve_in_site(root, path, is_ignored_name)


def _unreadable(file: SourceFile, error: OSError) -> BlogError:
    return BlogError([Problem(Location(file.path), "unreadable", f"cannot be read: {error.strerror}")])


def _redirects(root: Path, problems: list[Problem]) -> str:
    file = SourceFile(_REDIRECTS)
    try:
        return decode_utf8(read_source(root, file), file.path)
    except BlogError as error:
        problems += error.problems
        return ""


class _Look:
    """A look through the content folder: its own folders first, then those that links lead to."""

    def __init__(self, bounds: Bounds, output: str) -> None:
        self.bounds = bounds
        self.output = output
        """Folders to which no link may lead."""
        self.problems: list[Problem] = []
        self.linked: dict[str, tuple[str, ...]] = {}
        """Path of a link → where it leads."""
        self.found: list[tuple[str, FileSignature]] = []
        self.folders: list[tuple[str, str]] = []
        """Path and real path of folders that links lead to."""

    def through(self, content: str) -> list[tuple[str, FileSignature]]:
        """Every file below ``content`` that is not left out, with its path from the site folder and stamp, in order."""
        walk = Walk("content", self._is_wanted, self.problems, MAX_ENTRIES)
        self._take(walk.below(content, "content"))
        while self.folders:
            folders, self.folders = sorted(self.folders), []
            for path, real in folders:
                self._take(walk.below(real, path, is_linked=True))
        return sorted(self.found)

    def _is_wanted(self, name: str, path: str) -> bool:
        return not is_ignored_name(name) and _printable(path, self.problems)

    def _take(self, entries: Iterable[tuple[str, os.DirEntry[str]]]) -> None:
        for path, entry in entries:
            if entry.is_symlink():
                self._follow(path, entry)
            elif entry.is_file():
                self.found.append((path, _stamp(entry)))
            else:
                self.problems.append(special_file_problem(path))

    def _follow(self, path: str, link: os.DirEntry[str]) -> None:
        self.linked[path] = link_steps(link.path)
        real = self.bounds.follow(link.path, path)
        if isinstance(real, Problem) and real.code != "hidden-link":
            self.problems.append(real)
        elif overlap(self.linked[path][-1], self.output):
            self.problems.append(_made_link(path))
        elif isinstance(real, Problem):
            self.problems.append(real)
        elif link.is_file():
            self.found.append((path, _stamp(link)))
        else:
            self.folders.append((path, real))


def _made_link(path: str) -> Problem:
    message = "the symbolic link leads to the site folder itself, or to what is made in it"
    return Problem(Location(path), "outside-link", message, "name the file or folder that is meant")


def _links(
    entries: list[tuple[str, FileSignature]], linked: Mapping[str, tuple[str, ...]], content: str, root: str
) -> dict[str, str]:
    """Return for each path that is, or lies behind, a symbolic link: the path of the file that it shows."""
    found = {path: _leads_to(path, linked, content, root) for path, _ in entries}
    return {path: real for path, real in found.items() if real}


def _leads_to(path: str, linked: Mapping[str, tuple[str, ...]], content: str, root: str) -> str:
    """Return the path of the file that ``path`` shows by a link there or above; else ``""``.

    It is relative to the site folder; in the folder ``content``, wherever that is, it begins with ``content/``.
    """
    link = path
    while link and link not in linked:
        link = link.rpartition("/")[0]
    real = linked[link][-1] + path.removeprefix(link) if link else ""
    if real.startswith(f"{content}/"):
        return f"content{real.removeprefix(content)}"
    return real.removeprefix(f"{root}/")


def _hard_links(
    root: Path, entries: list[tuple[str, FileSignature]], links: Mapping[str, str], linked: dict[str, tuple[str, ...]]
) -> dict[str, str]:
    """Return for each path of a file with several names the one that stands for all; add the others to ``linked``."""
    numbers = Counter(seen[-1] for _, seen in entries if seen != NO_SIGNATURE)
    groups: dict[tuple[int, int], list[str]] = {}
    for path, seen in entries:
        if numbers[seen[-1]] > 1:  # rarely: the number may be that of a file on another disk
            with suppress(OSError):
                found = (root / path).stat()
                groups.setdefault((found.st_dev, found.st_ino), []).append(path)
    named: dict[str, str] = {}
    for paths in groups.values():
        first = min(links.get(path, path) for path in paths)
        if any(links.get(path, path) != first for path in paths):
            named |= dict.fromkeys(paths, first)
            places = [os.path.realpath(root / path) for path in paths]
            linked |= {path: tuple(places) for path in paths if path not in linked}
    return named


def _shows_text(path: str, link: str, texts: Collection[str]) -> bool:
    """Tell whether the file at ``path`` is the source of a document under another name, which is ``link``."""
    return (link or path) in texts or (link.startswith("content/") and link.lower().endswith(TEXTS))


def _stamp(entry: os.DirEntry[str]) -> FileSignature:
    try:
        return signature_of(entry.stat())
    except OSError:  # it was there a moment ago: whoever reads it will say so
        return NO_SIGNATURE


def quote_name(name: str) -> str:
    """A file name in one printable line: bytes and characters that are not are escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _printable(path: str, problems: list[Problem]) -> bool:
    if not CONTROL_CHARACTERS.search(path):
        return True
    shown = quote_name(path)
    hint = "rename it: names are UTF-8 text without control characters"
    problems.append(Problem(Location(shown), "name", "the file name is not printable text", hint))
    return False


def _is_index(path: str) -> bool:
    return path.rsplit("/", 1)[-1].lower() in {f"index{ending}" for ending in TEXTS}


def _is_nearly_markdown(name: str) -> bool:
    """Tell whether a name is that of a text which is not read here, or of a copy that an editor left."""
    plain = name if name.isascii() else unicodedata.normalize("NFKC", name)
    return bool(_NEARLY_MARKDOWN.search(plain) or (_COPY.search(plain) and not name.lower().endswith(TEXTS)))


def _kind(path: str, bundles: set[str], problems: list[Problem]) -> Kind | Literal["file"] | None:
    """What the file at ``path`` is; None if it is left out."""
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
        if path.count("/") == 2 and _is_index(path):
            hint = "write about the whole blog in content/index.md"
            problems.append(Problem(Location(path), "posts-index", "the posts folder has no text of its own", hint))
            return None
        owner = next(
            (path.rsplit("/", up)[0] for up in range(1, len(folders)) if path.rsplit("/", up)[0] in bundles), ""
        )
        if owner and not (_is_index(path) and path.rsplit("/", 1)[0] == owner):
            message = f"left out: {owner} is the folder of one post, its index.md"
            problems.append(Problem(Location(path), "beside-index", message, "move it out of that folder", "warning"))
            return None
        return "post"
    if folders == ["series"] and _is_index(path):
        hint = "write about one series in content/series/NAME.md"
        problems.append(Problem(Location(path), "series-index", "the list of series has no text of its own", hint))
        return None
    return "series" if folders == ["series"] else "page"




















