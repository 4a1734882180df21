"""The names by which texts mean documents and files: paths, addresses, and in wikilinks file names and titles.

Strings go in and paths come out. In a wikilink, as in Obsidian, a name needs no folder and no case; a part of the path
may precede it. Obsidian takes the first of several files with one name; here all are returned, and the caller reports
them.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

from blog.content.file_kinds import TEXTS
from blog.text import collapse_whitespace, confusable_key, name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_ROOT = "content"
_DATE_PREFIX = re.compile(r"\d{4}-\d{2}-\d{2}[-_]")


class Names:
    """The documents and files of a site by the names in wikilinks."""

    def __init__(self, documents: Iterable[tuple[str, str]] = (), files: Iterable[str] = ()) -> None:
        """``documents`` are paths and titles, ``files`` paths, all with the content folder."""
        self._documents: dict[str, dict[str, str]] = {}
        """Key of a name or title → the path of each document that has it, and the folder it stands in."""
        self._suggestions: set[str] = set()
        self._files: dict[str, dict[str, str]] = {}
        """Key of a name → the path of each file that has it, and its folder."""
        for path, title in documents:
            self._add_document(path, collapse_whitespace(title))
        for path in files:
            folder, name = posixpath.split(path)
            self._files.setdefault(name_key(name), {})[path] = folder

    def _add_document(self, path: str, title: str) -> None:
        """Add a document by its name, also without its date, and by its title; a bundle has the name of its folder."""
        folder, name = split_document(path)
        short_name = without_date(name)
        for written in {name, short_name, title} - {""}:
            self._documents.setdefault(name_key(written), {})[path] = folder
        self._suggestions |= {short_name, title} - {""}

    def find_documents(self, name: str, source: str) -> Sequence[str]:
        """Return the paths of the documents that ``name`` may mean in the document at ``source``, sorted."""
        name = collapse_whitespace(_without_suffix(name))
        by_title = self._documents.get(name_key(name), {})
        return _in_folder(self._documents, name, source) or sorted(by_title)

    def find_files(self, name: str, source: str) -> Sequence[str]:
        """Return the paths of the files that ``name`` may mean: the one beside ``source``, else all, sorted."""
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(source), name))
        candidates = _in_folder(self._files, name, source)
        nearest = [path for path in candidates if name_key(path) == name_key(beside)]
        return nearest if len(nearest) == 1 else candidates

    def name_document(self, path: str) -> str:
        """Return the name for a wikilink that means the document at ``path`` alone: that of its file, or its path."""
        folder, name = split_document(path)
        if list(self.find_documents(name, path)) == [path]:
            return name
        return posixpath.join(folder, name).removeprefix(f"{_ROOT}/")

    def name_file(self, path: str, source: str) -> str:
        """Return the name for a wikilink in ``source`` that means the file at ``path`` alone."""
        name = posixpath.basename(path)
        return name if list(self.find_files(name, source)) == [path] else path.removeprefix(f"{_ROOT}/")

    def suggestions(self) -> list[str]:
        """Return the names and titles of all documents, and the names of all files, for hints."""
        files = [posixpath.basename(path) for paths in self._files.values() for path in paths]
        return sorted({*self._suggestions, *files})


def split_document(path: str) -> tuple[str, str]:
    """Return the folder and the name of a document, without suffix; a bundle has the name of its folder."""
    folder, name = posixpath.split(path)
    name = _without_suffix(name)
    return posixpath.split(folder) if name == "index" else (folder, name)


def without_date(name: str) -> str:
    """Return the name of a document without the date that it may begin with."""
    return _DATE_PREFIX.sub("", name)


def _without_suffix(name: str) -> str:
    stem, suffix = posixpath.splitext(name)
    return stem if suffix.lower() in TEXTS else name


def _in_folder(paths_by_key: dict[str, dict[str, str]], name: str, source: str) -> list[str]:
    """Return the paths whose last part is that of ``name``, in the folders that it names.

    These are the one from the root of the content folder or, with dots, from the folder of ``source``; else each folder
    whose path ends with them.
    """
    written_folder, _, base = name.strip("/").rpartition("/")
    candidates = paths_by_key.get(name_key(base.strip()), {})
    if not written_folder:
        return sorted(candidates)
    start = posixpath.dirname(source) if name.startswith(("./", "../")) else _ROOT
    folder = name_key(posixpath.normpath(posixpath.join(start, written_folder)))
    exact = [path for path, other in candidates.items() if name_key(other) == folder]
    ending = f"/{name_key(written_folder)}"
    return exact or sorted(path for path, other in candidates.items() if name_key(other).endswith(ending))


class FileNames:
    """The files of a site, by the names that may mean them: paths and addresses."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        """``addresses`` are those of all files by path."""
        self._by_path = _NameIndex({path: path for path in addresses}.items())
        self._by_address = _NameIndex((address, path) for path, address in addresses.items())
        self._paths = addresses.keys()

    @cached_property
    def _by_name(self) -> _NameIndex:
        return _NameIndex((posixpath.basename(path), path) for path in self._paths)

    @cached_property
    def _names(self) -> Names:
        return Names(files=self._paths)

    def find_name(self, name: str, source: str, *, hidden: bool) -> Sequence[str]:
        """Return the paths of the files that a wikilink in the document at ``source`` may mean.

        A ``hidden`` one may mean each file whose name looks like its last part.
        """
        return self._by_name.find_all(posixpath.basename(name)) if hidden else self._names.find_files(name, source)

    def find_path(self, path: str, *, hidden: bool) -> Sequence[str]:
        """Return the paths of the files that ``path`` may mean.

        A ``hidden`` name may mean each file whose name looks like it; one that readers see leads to one file.
        """
        return self._by_path.find_all(path) if hidden else self._by_path.find_one(path)

    def find_address(self, address: str, *, hidden: bool) -> Sequence[str]:
        """Return the paths of the files that ``address`` may mean, as :meth:`find_path` does.

        It may be an old address, too, but one that readers see leads to another file first.
        """
        if hidden:
            paths = (*self._by_address.find_all(address), *self._by_path.find_all(f"content{address}"))
            return list(dict.fromkeys(paths))
        return self._by_address.find_one(address) or self._by_path.find_one(f"content{address}")


class _NameIndex:
    """Names, each with the path of a file."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._by_key: dict[str, list[tuple[str, str]]] = {}
        for name, path in names:
            self._by_key.setdefault(confusable_key(name), []).append((name, path))

    def find_all(self, name: str) -> Sequence[str]:
        """Return each file whose name looks like ``name``: any of them may be the one that the author means."""
        return [path for _, path in self._by_key.get(confusable_key(name), ())]

    def find_one(self, name: str) -> Sequence[str]:
        """Return the one file that readers get by ``name``, if there is one.

        A slip in case or in Unicode form is accepted if only one file can be meant.
        """
        key = name_key(name)
        paths = {other: path for other, path in self._by_key.get(confusable_key(name), ()) if name_key(other) == key}
        for spelling in (name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
            if spelling in paths:
                return [paths[spelling]]
        return list(paths.values()) if len(paths) == 1 else ()
