"""load: the site folder → its files and theme, and the contents of those that are new.

Order is that of the paths, whatever the disk says. Symbolic links inside the site folder are followed; links that
leave it are problems; loops end.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct, structs

from blog.cache import file_digest
from blog.config import FILE_NAME, THEME_NAME
from blog.errors import BlogError, Place, Problem, give_up, reason
from blog.fields import CONTROL, decode
from blog.images import Original
from blog.stamps import NONE, Stamp, stamp, stamp_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

Kind = Literal["post", "page", "home", "series"]
NOTEBOOK = ".ipynb"
TEXTS = (".md", ".markdown", NOTEBOOK)
"""How the names of documents end."""
_EDITORS_FILES = re.compile(r".*~|.*\.(swp|swo|tmp)|#.*#", re.IGNORECASE)
_NEARLY_MARKDOWN = re.compile(r"\.(md|markdown|ipynb)\.[^.]*$|\.(mdown|mkdn?|mkd|mdx|rmd|qmd)$", re.IGNORECASE)
MAX_FOLDERS = 60
_KEPT = {".well-known", "_headers", "_redirects"}
_REDIRECTS = "content/_redirects"


class Source(Struct, frozen=True):
    """A Markdown file of the site, read."""

    path: str
    """Relative to the site folder, with ``/``."""
    kind: Kind
    data: bytes


class File(Struct, frozen=True):
    """A file of the content folder, not yet read."""

    path: str
    """Relative to the site folder, with ``/``."""
    kind: Kind | Literal["file"] = "file"
    """``file`` is published as it is."""
    stamp: Stamp = NONE
    picture: Original | None = None
    """Once it has been read: None if it is no picture."""
    link: str = ""
    """The path of the file that it shows, if symbolic links lead there within the content folder."""

    @property
    def real(self) -> str:
        """The path of the file itself."""
        return self.link or self.path


class Theme(Struct, frozen=True):
    """The templates and files of a theme."""

    name: str
    templates: dict[str, str]
    """Name → text of ``templates/*``."""
    assets: dict[str, bytes]
    """Name → contents of ``static/*``."""
    settings: str
    """The text of ``theme.toml``."""
    path: str
    """For messages."""
    fonts: dict[str, bytes] = {}
    """Name → contents of ``fonts/*``, which are not published."""


class Sources(Struct, frozen=True):
    """All that the content folder holds, each tuple in the order of the paths."""

    documents: tuple[File, ...]
    files: tuple[File, ...]
    redirects: str
    """The author's own ``content/_redirects``: it stands before the generated lines."""
    problems: tuple[Problem, ...]
    linked: dict[str, tuple[str, ...]] = {}
    """Path of a symbolic link → where it leads, step by step, on the disk."""


def load(root: Path, output: Path | None = None) -> Sources:
    """Look through ``root/content``. Raises :class:`BlogError` if there is no such folder.

    A link that leads to ``output`` is a problem: what is made would be copied into itself.
    """
    content = root / "content"
    if not content.is_dir():
        hint = "`blog init DIR` makes a site to start from"
        raise BlogError([Problem(Place("content"), "no-content", "there is no content folder here", hint)])
    problems: list[Problem] = []
    bounds = _Bounds(root.resolve(), (root / ".blog").resolve(), (output or root / "public").resolve())
    if not _within(str(content), bounds, "content", problems):
        raise BlogError(problems)
    linked: dict[str, tuple[str, ...]] = {}
    entries = _walk(content, bounds, problems, linked)
    bundles = {path.rsplit("/", 1)[0] for path, _ in entries if path.count("/") > 2 and _is_index(path)}
    documents: list[File] = []
    files: list[File] = []
    redirects = ""
    for path, seen in entries:
        kind = _kind(path, bundles, problems)
        link = _leads_to(path, linked, os.path.realpath(content)) if linked else ""
        if path == _REDIRECTS:
            redirects = _redirects(root, problems)
        elif kind == "file" and link.lower().endswith(TEXTS):
            message, hint = "left out: the symbolic link shows the source of a document", "link to its page"
            problems.append(Problem(Place(path), "nearly-markdown", message, hint, "warning"))
        elif kind == "file":
            files.append(File(path, kind, seen, link=link))
        elif kind is not None:
            documents.append(File(path, kind, seen))
    return Sources(tuple(documents), tuple(files), redirects, tuple(sorted(problems)), linked)


def look_again(root: Path, last: Sources, touched: Collection[str]) -> Sources | None:
    """What :func:`load` would give, if since ``last`` nothing happened to the content but to the files ``touched``.

    Paths are relative to the site folder. None if that cannot be told without a look at all of it.
    """
    known = {file.path for file in (*last.documents, *last.files)}
    noted = {problem.place.path for problem in last.problems}
    stamps: dict[str, Stamp] = {}
    for path in touched:
        if _shown(path) in noted or path in last.linked or os.path.islink(root / path):
            return None
        if path in known:
            found = stamp_of(str(root / path))
            if found == NONE:
                return None
            stamps[path] = found
        elif path in {"content", _REDIRECTS} or (path.startswith("content/") and not _is_nothing(root, path, known)):
            return None

    def again(files: tuple[File, ...]) -> tuple[File, ...]:
        return tuple(structs.replace(file, stamp=stamps[file.path]) if file.path in stamps else file for file in files)

    return structs.replace(last, documents=again(last.documents), files=again(last.files))


def _is_nothing(root: Path, path: str, known: Collection[str]) -> bool:
    """Whether ``path`` is not, and was not, anything that is published."""
    if any(_is_left_out(name) for name in path.split("/")[1:]):
        return True
    return not os.path.lexists(root / path) and not any(other.startswith(f"{path}/") for other in known)


def _is_left_out(name: str) -> bool:
    return (name[0] in "._" and name not in _KEPT) or bool(_EDITORS_FILES.fullmatch(name))


def read(root: Path, file: File) -> bytes:
    """What ``file`` holds now. Raises :class:`BlogError` where it cannot be read."""
    try:
        return (root / file.path).read_bytes()
    except OSError as error:
        raise _unreadable(file, error) from None


def content_digest(root: Path, file: File) -> bytes:
    """The digest of what ``file`` holds now, however large. Raises :class:`BlogError` where it cannot be read."""
    try:
        return file_digest(str(root / file.path))
    except OSError as error:
        raise _unreadable(file, error) from None


def _unreadable(file: File, error: OSError) -> BlogError:
    return BlogError([Problem(Place(file.path), "unreadable", f"cannot be read: {error.strerror}")])


def _redirects(root: Path, problems: list[Problem]) -> str:
    file = File(_REDIRECTS)
    try:
        return decode(read(root, file), file.path)
    except BlogError as error:
        problems += error.problems
        return ""


def _walk(
    content: Path, bounds: _Bounds, problems: list[Problem], linked: dict[str, tuple[str, ...]]
) -> list[tuple[str, Stamp]]:
    """Every file below ``content`` that is not left out, with its path from the site folder and its stamp, in order.

    Adds to ``linked`` where links lead.
    """
    found: list[tuple[str, Stamp]] = []

    def visit(folder: str, path: str, above: tuple[str, ...]) -> None:
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            problems.append(Problem(Place(path), "unreadable", f"cannot be read: {error.strerror}"))
            return
        for entry in entries:
            name, inner = entry.name, f"{path}/{entry.name}"
            if _is_left_out(name):
                continue
            if not _printable(inner, problems) or not _leads_inside(entry, bounds, inner, problems, linked):
                continue
            if entry.is_file():
                found.append((inner, _stamp(entry)))
            elif entry.is_dir():
                real = os.path.realpath(entry.path)
                if real not in above and len(above) > MAX_FOLDERS:
                    problems.append(Problem(Place(inner), "too-deep", f"deeper than {MAX_FOLDERS} folders"))
                elif real not in above:
                    visit(entry.path, inner, (*above, real))

    visit(str(content), "content", (os.path.realpath(content),))
    return sorted(found)


def _leads_to(path: str, linked: Mapping[str, tuple[str, ...]], content: str) -> str:
    """The path of the file of the folder ``content`` that ``path`` shows by a link there or above; else ``""``."""
    link = path
    while link and link not in linked:
        link = link.rpartition("/")[0]
    real = linked[link][-1] + path.removeprefix(link) if link else ""
    return f"content{real.removeprefix(content)}" if real.startswith(f"{content}/") else ""


def _leads_inside(
    entry: os.DirEntry[str], bounds: _Bounds, path: str, problems: list[Problem], linked: dict[str, tuple[str, ...]]
) -> bool:
    """Whether the entry is no link, or one that may be followed; where it leads is added to ``linked``."""
    if not entry.is_symlink():
        return True
    linked[path] = steps(entry.path)
    return _within(entry.path, bounds, path, problems)


def steps(link: str) -> tuple[str, ...]:
    """Every place on the disk that a symbolic link leads through: a change of any of them changes what it is."""
    found: list[str] = []
    place = link
    while os.path.islink(place) and len(found) < MAX_FOLDERS:
        place = os.path.normpath(os.path.join(os.path.dirname(place), os.readlink(place)))  # noqa: PTH115, PTH118, PTH120
        found.append(place)
    return (*found, os.path.realpath(link))


def _stamp(entry: os.DirEntry[str]) -> Stamp:
    try:
        return stamp(entry.stat())
    except OSError:  # it was there a moment ago: whoever reads it will say so
        return NONE


def _shown(name: str) -> str:
    """A file name in one printable line: bytes and characters that are not are escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _printable(path: str, problems: list[Problem]) -> bool:
    if not CONTROL.search(path):
        return True
    shown = _shown(path)
    hint = "rename it: names are UTF-8 text without control characters"
    problems.append(Problem(Place(shown), "name", "the file name is not printable text", hint))
    return False


class _Bounds(NamedTuple):
    """Folders, resolved: links may lead into the first, and not to the others."""

    root: Path
    workspace: Path
    output: Path


def _within(link: str, bounds: _Bounds, path: str, problems: list[Problem]) -> bool:
    try:
        real = Path(link).resolve(strict=True)
    except (OSError, RuntimeError):
        problems.append(Problem(Place(path), "dangling-link", "the symbolic link leads nowhere"))
        return False
    if not real.is_relative_to(bounds.root):
        hint = "copy the file into the site folder"
        problems.append(Problem(Place(path), "outside-link", "the symbolic link leaves the site folder", hint))
        return False
    if any(real.is_relative_to(made) or made.is_relative_to(real) for made in (bounds.workspace, bounds.output)):
        message = "the symbolic link leads to the site folder itself, or to what is made in it"
        hint = "name the file or folder that is meant"
        problems.append(Problem(Place(path), "outside-link", message, hint))
        return False
    return True


def _is_index(path: str) -> bool:
    return path.rsplit("/", 1)[-1].lower() in {f"index{ending}" for ending in TEXTS}


def _kind(path: str, bundles: set[str], problems: list[Problem]) -> Kind | Literal["file"] | None:
    """What the file at ``path`` is; None if it is left out."""
    _, *folders, name = path.split("/")
    if _NEARLY_MARKDOWN.search(name):
        message = "left out: it looks like Markdown, or like a copy of it"
        problems.append(Problem(Place(path), "nearly-markdown", message, "name it .md, or move it away", "warning"))
        return None
    if not name.lower().endswith(TEXTS):
        return "file"
    if not folders:
        return "home" if _is_index(path) else "page"
    if folders[0] == "posts":
        if path.count("/") == 2 and _is_index(path):
            hint = "write about the whole blog in content/index.md"
            problems.append(Problem(Place(path), "posts-index", "the posts folder has no text of its own", hint))
            return None
        owner = next(
            (path.rsplit("/", up)[0] for up in range(1, len(folders)) if path.rsplit("/", up)[0] in bundles), ""
        )
        if owner and not (_is_index(path) and path.rsplit("/", 1)[0] == owner):
            message = f"left out: {owner} is the folder of one post, its index.md"
            problems.append(Problem(Place(path), "beside-index", message, "move it out of that folder", "warning"))
            return None
        return "post"
    if folders == ["series"] and _is_index(path):
        hint = "write about one series in content/series/NAME.md"
        problems.append(Problem(Place(path), "series-index", "the list of series has no text of its own", hint))
        return None
    return "series" if folders == ["series"] else "page"


def themes_folder() -> Path:
    """Where the themes that come with the program are: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


_BLOG_TOML = Place(FILE_NAME)


def load_theme(root: Path, name: str, asked: Place = _BLOG_TOML) -> Theme:
    """Read a theme: the site's own before the program's. Raises :class:`BlogError` if it is not there or unreadable.

    ``asked`` is where the theme is asked for.
    """
    places = [folder / name for folder in (root / "themes", themes_folder()) if THEME_NAME.fullmatch(name)]
    folder = next((place for place in places if (place / "theme.toml").is_file()), None)
    if folder is None:
        around = {place for place in (root / "themes", themes_folder()) if place.is_dir()}
        known = sorted({entry.parent.name for folder in around for entry in folder.glob("*/theme.toml")})
        hint = f"the themes here are: {', '.join(known)}"
        message = f'there is no theme "{name}": themes/{name}/theme.toml is missing'
        raise BlogError([Problem(asked, "no-theme", message, hint)])
    home = root.resolve() if folder == places[0] else themes_folder().resolve()
    shown = f"themes/{name}"
    try:
        templates = {
            path: decode(data, f"{shown}/templates/{path}") for path, data in _theme_files(folder, "templates", home)
        }
        assets = dict(_theme_files(folder, "static", home))
        fonts = dict(_theme_files(folder, "fonts", home))
        settings = decode(
            _inside(folder / "theme.toml", folder, home, "theme.toml").read_bytes(), f"{shown}/theme.toml"
        )
    except OSError as error:
        raise BlogError([Problem(Place(shown), "unreadable", reason(error))]) from None
    return Theme(name, templates, assets, settings, shown, fonts)


def _theme_files(folder: Path, kind: str, home: Path) -> Iterator[tuple[str, bytes]]:
    top = folder / kind
    walked = os.walk(top, onerror=give_up) if top.is_dir() else ()
    for path in sorted(Path(place, name) for place, folders, files in walked for name in (*folders, *files)):
        name = path.relative_to(folder / kind).as_posix()
        if CONTROL.search(name):
            message = f"the file name {_shown(name)} is not printable text"
            raise BlogError([Problem(Place(f"themes/{folder.name}"), "name", message, "rename it")])
        if any(part[0] == "." for part in name.split("/")) or _EDITORS_FILES.fullmatch(path.name):
            continue
        if path.is_symlink() and not path.is_file():
            message = f"the symbolic link {kind}/{name} leads to no file"
            hint = "link the files in that folder one by one" if path.is_dir() else ""
            raise BlogError([Problem(Place(f"themes/{folder.name}/{kind}/{name}"), "dangling-link", message, hint)])
        if path.is_file():
            yield name, _inside(path, folder, home, f"{kind}/{name}").read_bytes()


def _inside(path: Path, theme: Path, home: Path, name: str) -> Path:
    """``path``, if no link leads from it out of the ``theme`` to where private things may be, or out of ``home``."""
    real = path.resolve()
    if real.is_relative_to(theme.resolve()) and real.is_relative_to(home):
        return path
    parts = real.relative_to(home).parts if real.is_relative_to(home) else ("",)
    if parts[0] in {"", "content", "public"} or any(part[0] == "." for part in parts):
        message = f"the symbolic link {name} leaves the theme"
        hint = "a theme may show files of its own, and others of the site that are neither content nor hidden"
        raise BlogError(
            [Problem(Place(f"themes/{theme.name}/{name}"), "outside-link", message, hint if parts[0] else "")]
        )
    return path
