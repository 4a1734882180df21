"""Bundles: the folders with an index document. The files of a bundle are published beside its page."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.content.file_kinds import is_index
from blog.text import confusable_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from blog.content.document import Document
    from blog.site.pages import Page


class Bundles(Struct, frozen=True, kw_only=True):
    """The bundles of a site: the nearest one above a file decides its address, and whether it is hidden."""

    page_addresses: dict[str, str]
    """Addresses of all documents by path, also of the hidden ones."""
    directories: dict[str, str]
    """Folder of a bundle → the directory of its page's address; of two pages, that of the visible one."""
    visible: frozenset[str]
    """Folders with a visible document."""
    hidden: dict[str, str]
    """Folder of a bundle with a hidden document, as a key of names that look alike → the path of the document."""
    only_visible: frozenset[str]
    """Folders with a visible document and no hidden one."""
    secret: frozenset[str]
    """Folders with a hidden or unlisted document."""

    def address(self, path: str) -> str:
        """Return the address of the file at ``path``: the same path, but in a bundle below the directory of its page.

        That is ``/2024/my-slug/`` for the page ``/2024/my-slug/``, and ``/2024/`` for the page ``/2024/my-slug.html``.
        """
        for folder in _folders_above(path):
            if folder in self.directories:
                return self.directories[folder] + path.removeprefix(folder)
        return _old_address(path)

    def is_hidden(self, path: str) -> bool:
        """Return whether a hidden document stands for the nearest bundle above ``path``, or for one that looks like it.

        Then only a text that readers see can make the file public.
        """
        return bool(self._find_hidden(path, self.only_visible))

    def find_hidden_owner(self, path: str) -> str:
        """Return the path of the hidden document to which ``path`` belongs; ``""`` if there is none.

        A bundle with a visible and a hidden document belongs to the visible one.
        """
        return self._find_hidden(path, self.visible)

    def _find_hidden(self, path: str, visible: Collection[str]) -> str:
        if not self.hidden:
            return ""
        for folder in _folders_above(path):
            if folder in visible:
                return ""
            document = self.hidden.get(confusable_key(folder))
            if document:
                return document
        return ""

    def find_moved(self, paths: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Yield path, old address and address of each file that had another address in version 1.0."""
        for path in paths:
            old, address = _old_address(path), self.address(path)
            if old != address:
                yield path, old, address

    def may_publish_path(self, path: str) -> bool:
        """Return whether an output may contain ``path``: it has the folder name of no hidden or unlisted document."""
        return self.secret.isdisjoint(_folders_above(path))


def find_bundles(visible: Sequence[Document], hidden: Sequence[Document], pages: Iterable[Page]) -> Bundles:
    """Return the bundles among the documents; ``pages`` are those of the documents that have an address."""
    addresses = {page.path: page.address for page in pages}
    directories: dict[str, str] = {}
    for document in (*hidden, *visible):
        if _is_in_bundle(document) and is_index(document.path) and document.path in addresses:
            directory = addresses[document.path].rpartition("/")[0]
            directories[posixpath.dirname(document.path)] = directory
    visible_folders, hidden_folders = _find_folders(visible), _find_folders(hidden)
    unlisted = [document for document in visible if document.front_matter.unlisted]
    return Bundles(
        page_addresses=addresses,
        directories=directories,
        visible=frozenset(visible_folders),
        hidden={confusable_key(folder): path for folder, path in hidden_folders.items()},
        only_visible=frozenset(visible_folders.keys() - hidden_folders.keys()),
        secret=frozenset([*hidden_folders, *_find_folders(unlisted)]),
    )


def _old_address(path: str) -> str:
    """Return the address that version 1.0 gave to the file at ``path``, in a bundle too."""
    return path.removeprefix("content")


def _folders_above(path: str) -> Iterator[str]:
    """Yield the folders that contain ``path``, the nearest first, up to the content folder, which is no bundle."""
    folder = posixpath.dirname(path)
    while "/" in folder:
        yield folder
        folder = posixpath.dirname(folder)


def _find_folders(documents: Iterable[Document]) -> dict[str, str]:
    """Return the folder of each bundle, and the path of its document."""
    return {posixpath.dirname(document.path): document.path for document in documents if _is_in_bundle(document)}


def _is_in_bundle(document: Document) -> bool:
    """Return whether ``document`` stands for its folder; also ``index.en.md`` may be meant so."""
    return posixpath.basename(document.path).lower().startswith("index.") and document.path.count("/") > 1
