"""The path of a file of the content folder → its kind: a document, a file to copy, or nothing that is published.

Only names count: nothing here reads the disk.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING, Literal

from blog.problems import Location, Problem
from blog.text import CONTROL_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["post", "page", "home", "series"]
NOTEBOOK = ".ipynb"
BIBLIOGRAPHY = ".bib"
MARKDOWN = (".md", ".markdown")
TEXTS = (*MARKDOWN, NOTEBOOK)
"""Suffixes of documents."""
EDITOR_FILE_PATTERN = re.compile(r".*~|.*\.(swp|swo|tmp)|#.*#", re.IGNORECASE)
_NEARLY_MARKDOWN = re.compile(
    r"\.(md|markdown|ipynb)\.[^.]*$"
    r"|\.(mdown|mkdown|mkdn?|mdwn|mdtext|mdtxt|markdn|markdoc|mdx|rmd|rmarkdown|qmd|livemd)(?![a-z0-9])",
    re.IGNORECASE,
)
_COPY_OF_DOCUMENT = re.compile(r"\.(md|markdown|ipynb)(?![a-z0-9])", re.IGNORECASE)
"""Matches names of copies beside a document: ``d.md___jb_tmp___``, ``d.md (1)``, ``d.md_old``."""
_PUBLISHED_HIDDEN_NAMES = {".well-known", "_headers", "_redirects"}


def is_ignored_name(name: str) -> bool:
    """Return whether files and folders of this name are left out: hidden ones, and temporary files of editors."""
    if name[0] in "._" and name not in _PUBLISHED_HIDDEN_NAMES:
        return True
    return EDITOR_FILE_PATTERN.fullmatch(name) is not None


def quote_name(name: str) -> str:
    """Return a file name as one printable line: other bytes and characters are escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(map(_escape_unprintable, text))


def _escape_unprintable(char: str) -> str:
    return char if char.isprintable() else char.encode("unicode_escape").decode()


def check_printable(path: str, problems: list[Problem]) -> bool:
    """Return whether ``path`` is printable; if not, add a problem."""
    if not CONTROL_CHARACTERS.search(path):
        return True
    hint = "rename it: names are UTF-8 text without control characters"
    location = Location(quote_name(path))
    problems.append(Problem(location, "name", "the file name is not printable text", hint))
    return False


def is_bibliography(path: str) -> bool:
    """Return whether the file at ``path`` has entries that texts can cite. It is published only if a text links it."""
    return path.lower().endswith(BIBLIOGRAPHY)


def is_index(path: str) -> bool:
    """Return whether a path is that of a document which stands for its folder, such as ``a/index.md``."""
    stem, dot, suffix = path.rsplit("/", 1)[-1].lower().partition(".")
    return stem == "index" and f"{dot}{suffix}" in TEXTS


def find_bundles(paths: Iterable[str]) -> set[str]:
    """Return the paths of the folders that are one post: those with an index file below ``content/posts``."""
    bundles = set()
    for path in paths:
        if path.count("/") > 2 and is_index(path):
            bundles.add(path.rsplit("/", 1)[0])
    return bundles


def _is_nearly_markdown(name: str) -> bool:
    """Return whether a name is that of a text that no parser here reads, or of a copy that an editor left."""
    normalized = name if name.isascii() else unicodedata.normalize("NFKC", name)
    if _NEARLY_MARKDOWN.search(normalized):
        return True
    return bool(_COPY_OF_DOCUMENT.search(normalized)) and not name.lower().endswith(TEXTS)


def classify_file(path: str, bundles: set[str], problems: list[Problem]) -> Kind | Literal["file"] | None:
    """Return the kind of the file at ``path``; None, with a problem, if it is left out."""
    _, *folders, name = path.split("/")
    if _is_nearly_markdown(name):
        message = "left out: it looks like Markdown, or like a copy of it"
        problems.append(Problem(Location(path), "nearly-markdown", message, "name it .md, or move it away", "warning"))
        return None
    if not name.lower().endswith(TEXTS):
        return "file"
    if not folders:
        return "home" if is_index(path) else "page"
    if folders[0] == "posts":
        problem = _check_post_path(path, bundles)
        kind: Kind = "post"
    elif folders == ["series"]:
        problem = _check_series_path(path)
        kind = "series"
    else:
        return "page"
    if problem is None:
        return kind
    problems.append(problem)
    return None


def _check_post_path(path: str, bundles: set[str]) -> Problem | None:
    """Return the problem of a document below ``content/posts`` that is no post."""
    folder = path.rsplit("/", 1)[0]
    if folder == "content/posts" and is_index(path):
        hint = "write about the whole blog in content/index.md"
        return Problem(Location(path), "posts-index", "the posts folder has no text of its own", hint)
    bundle = _find_bundle(folder, bundles)
    if not bundle:
        return None
    if bundle == folder and is_index(path):
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


def _check_series_path(path: str) -> Problem | None:
    """Return the problem of a document in ``content/series`` that is about no series."""
    if not is_index(path):
        return None
    hint = "write about one series in content/series/NAME.md"
    return Problem(Location(path), "series-index", "the list of series has no text of its own", hint)
