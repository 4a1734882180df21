"""Which files of the content folder are published beside the pages, and which of them are hidden with a document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.config.settings import FILE_NAME
from blog.content.files import SourceFile
from blog.markdown import ConvertedText, Reference
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document

import posixpath
import re
from typing import TYPE_CHECKING

from blog.site.links import FileNames, local_files
from blog.site.page_links import used_files
from blog.text import confusable_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.files import SourceFile

_ASKED_FOR = re.compile(r"content/(\.well-known/.*|_headers|CNAME|robots\.txt|(favicon|apple-touch-icon)[^/]*\.\w+)")
"""Files at the top that hosts and browsers ask for, whatever text names them."""


def select_public_files(
    files: Sequence[SourceFile],
    seen: Sequence[Document],
    unseen: Sequence[Document],
    notices: Iterable[ConvertedText],
    settings: Settings,
    addresses: Mapping[str, str],
) -> dict[str, tuple[SourceFile, str]]:
    """Return file and output path of all files by path, but for those that belong to hidden text or that it uses alone.

    ``addresses`` are those of documents by path. All names of one file are hidden together.
    """
    names = FileNames(file.path for file in files)

    def used_by(documents: Sequence[Document], *, of_hidden_text: bool, hidden: bool) -> set[str]:
        found = (
            used_files(
                document,
                addresses.get(document.path, "/"),
                names,
                settings.url,
                of_hidden_text=of_hidden_text,
                hidden=hidden,
            )
            for document in documents
        )
        return set().union(*found)

    def used_in(references: Iterable[Reference], *, hidden: bool) -> set[str]:
        found = (
            local_files(reference, "content/index.md", "/", names, settings.url, hidden=hidden)
            for reference in references
        )
        return set().union(*found)

    used = used_by(seen, of_hidden_text=False, hidden=False) | used_in(settings_references(settings), hidden=False)
    hidden = used_by(seen, of_hidden_text=True, hidden=True)
    hidden |= used_by(unseen, of_hidden_text=False, hidden=True) | used_by(unseen, of_hidden_text=True, hidden=True)
    for text in notices:
        shown = [*text.links, *(Reference(name, "raw", SETTINGS_FILE) for name in text.named)]
        used |= used_in(shown, hidden=False)
        hidden |= used_in(text.hidden_links, hidden=True)
    bundles = _Bundles(seen, unseen)
    secret = {file.real for file in files if file.path in hidden or bundles.hide(file.path) or bundles.hide(file.real)}
    public = {}
    for file in files:
        if file.real not in secret or file.path in used or _ASKED_FOR.fullmatch(file.path):
            public[file.path] = file, file.path.removeprefix("content/")
    return public


class _Bundles:
    """The folders that have an index of their own: what is in them belongs to it."""

    def __init__(self, seen: Iterable[Document], unseen: Iterable[Document]) -> None:
        hidden = {posixpath.dirname(document.path) for document in unseen if _is_bundle(document.path)}
        self._shown = {posixpath.dirname(document.path) for document in seen if _is_bundle(document.path)} - hidden
        self._hidden = {confusable_key(folder) for folder in hidden}

    def hide(self, path: str) -> bool:
        """Tell whether the nearest bundle above ``path`` is hidden, or has a name like one that is."""
        if not self._hidden:
            return False
        folder = posixpath.dirname(path)
        while folder and folder not in self._shown:
            if confusable_key(folder) in self._hidden:
                return True
            folder = posixpath.dirname(folder)
        return False


def _is_bundle(path: str) -> bool:
    return posixpath.basename(path).lower().startswith("index.") and path.count("/") > 1


SETTINGS_FILE = Location(FILE_NAME)


def settings_references(settings: Settings) -> Iterator[Reference]:
    """Yield the links in the settings: menu and profiles."""
    yield from (Reference(item.target, "link", item.location) for item in settings.menu)
    yield from (Reference(url, "raw", SETTINGS_FILE) for _, url in settings.links)
