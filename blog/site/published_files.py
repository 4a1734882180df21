"""Selects the files of the content folder that are published: those that no hidden document or passage uses alone."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.settings import FILE_NAME
from blog.markdown import ConvertedText, Reference
from blog.problems import Location
from blog.site.document_links import used_files
from blog.site.links import FileNames, local_files
from blog.text import confusable_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.files import SourceFile

_REQUESTED = re.compile(r"content/(\.well-known/.*|_headers|CNAME|robots\.txt|(favicon|apple-touch-icon)[^/]*\.\w+)")
"""Files at the top that hosts and browsers request although no text names them."""
_SETTINGS_LOCATION = Location(FILE_NAME)


def select_public_files(
    files: Sequence[SourceFile],
    visible: Sequence[Document],
    hidden: Sequence[Document],
    notices: Iterable[ConvertedText],
    settings: Settings,
    addresses: Mapping[str, str],
) -> dict[str, tuple[SourceFile, str]]:
    """Return file and output path of each published file by path: all but those that hidden text alone uses.

    Files in the bundle of a hidden document are not published either. ``addresses`` are those of documents by path. All
    names of one file are hidden together.
    """
    finder = _FileFinder(FileNames(file.path for file in files), addresses, settings.url)
    used = finder.find_in_documents(visible, of_hidden_text=False, hidden=False)
    used |= finder.find(_settings_references(settings), hidden=False)
    used_by_hidden = finder.find_in_documents(visible, of_hidden_text=True, hidden=True)
    used_by_hidden |= finder.find_in_documents(hidden, of_hidden_text=False, hidden=True)
    used_by_hidden |= finder.find_in_documents(hidden, of_hidden_text=True, hidden=True)
    for notice in notices:
        named = [Reference(name, "raw", _SETTINGS_LOCATION) for name in notice.named]
        used |= finder.find([*notice.links, *named], hidden=False)
        used_by_hidden |= finder.find(notice.hidden_links, hidden=True)
    bundles = _Bundles(visible, hidden)
    hidden_files = {file.real for file in files if file.path in used_by_hidden or bundles.is_hidden(file)}
    public = {}
    for file in files:
        if file.real not in hidden_files or file.path in used or _REQUESTED.fullmatch(file.path):
            public[file.path] = file, file.path.removeprefix("content/")
    return public


class _FileFinder(NamedTuple):
    """Finds the files that texts use."""

    names: FileNames
    addresses: Mapping[str, str]
    url: str

    def find(self, references: Iterable[Reference], *, hidden: bool) -> set[str]:
        """Return the paths of the files that references in the settings may mean, relative to ``content/``."""
        paths: set[str] = set()
        for reference in references:
            paths.update(local_files(reference, "content/index.md", "/", self.names, self.url, hidden=hidden))
        return paths

    def find_in_documents(self, documents: Sequence[Document], *, of_hidden_text: bool, hidden: bool) -> set[str]:
        """Return the paths of the files that ``documents`` use, as :func:`used_files` does for one."""
        paths: set[str] = set()
        for document in documents:
            address = self.addresses.get(document.path, "/")
            paths |= used_files(document, address, self.names, self.url, of_hidden_text=of_hidden_text, hidden=hidden)
        return paths


class _Bundles:
    """The folders with an index file: their files belong to it."""

    def __init__(self, visible: Iterable[Document], hidden: Iterable[Document]) -> None:
        folders = _bundle_folders(hidden)
        self._visible = _bundle_folders(visible) - folders
        self._hidden_keys = set(map(confusable_key, folders))

    def is_hidden(self, file: SourceFile) -> bool:
        """Return whether a file, by one of its names, is in a hidden bundle."""
        return self._is_in_hidden(file.path) or self._is_in_hidden(file.real)

    def _is_in_hidden(self, path: str) -> bool:
        """Return whether the nearest bundle above ``path`` is hidden, or has a name like one that is."""
        if not self._hidden_keys:
            return False
        folder = posixpath.dirname(path)
        while folder and folder not in self._visible:
            if confusable_key(folder) in self._hidden_keys:
                return True
            folder = posixpath.dirname(folder)
        return False


def _bundle_folders(documents: Iterable[Document]) -> set[str]:
    return {posixpath.dirname(document.path) for document in documents if _is_bundle(document.path)}


def _is_bundle(path: str) -> bool:
    return posixpath.basename(path).lower().startswith("index.") and path.count("/") > 1


def _settings_references(settings: Settings) -> Iterator[Reference]:
    """Yield the links in the settings: menu and profiles."""
    for item in settings.menu:
        yield Reference(item.target, "link", item.location)
    for _, url in settings.links:
        yield Reference(url, "raw", _SETTINGS_LOCATION)
