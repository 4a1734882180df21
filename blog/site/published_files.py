"""Files of the content folder → those that are published, with their addresses.

A file that hidden documents or passages use alone is not published, and neither is a file of a hidden bundle.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from blog.config.settings import FILE_NAME
from blog.content.file_kinds import is_bibliography
from blog.content.images import with_dark_variants
from blog.markdown import ConvertedText, Reference
from blog.problems import Location
from blog.site.document_links import used_files
from blog.site.links import local_files
from blog.site.names import FileNames

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.document import Document
    from blog.content.files import SourceFile
    from blog.site.bundles import Bundles

_REQUESTED = re.compile(r"content/(\.well-known/.*|_headers|CNAME|robots\.txt|(favicon|apple-touch-icon)[^/]*\.\w+)")
"""Files at the top that hosts and browsers request although no text names them."""
_SETTINGS_LOCATION = Location(FILE_NAME)


def select_public_files(
    files: Sequence[SourceFile],
    visible: Sequence[Document],
    hidden: Sequence[Document],
    notices: Mapping[str, ConvertedText],
    settings: Settings,
    bundles: Bundles,
) -> list[SourceFile]:
    """Return the published files: all but those that hidden text alone uses, and those of hidden bundles.

    A bibliography may hold notes and unpublished works: it is published only if a public text links to it.

    All names of one file are hidden together.
    """
    names = FileNames({file.path: bundles.address(file.path) for file in files})
    finder = _FileFinder(names, bundles.page_addresses, settings.url)
    used = finder.find_in_documents(visible, of_hidden_text=False, hidden=False)
    used |= finder.find(_settings_references(settings), hidden=False)
    used_by_hidden = finder.find_in_documents(visible, of_hidden_text=True, hidden=True)
    used_by_hidden |= finder.find_in_documents(hidden, of_hidden_text=False, hidden=True)
    used_by_hidden |= finder.find_in_documents(hidden, of_hidden_text=True, hidden=True)
    for notice in notices.values():
        named = [Reference(name, "raw", _SETTINGS_LOCATION) for name in notice.named]
        used |= finder.find([*notice.links, *named], hidden=False)
        used_by_hidden |= finder.find(notice.hidden_links, hidden=True)
    used, used_by_hidden = with_dark_variants(used), with_dark_variants(used_by_hidden)
    hidden_files = {
        file.real
        for file in files
        if file.path in used_by_hidden or bundles.is_hidden(file.path) or bundles.is_hidden(file.real)
    }
    public = []
    for file in files:
        is_shown = file.real not in hidden_files and not is_bibliography(file.path)
        is_public = is_shown or file.path in used or _REQUESTED.fullmatch(file.path)
        if is_public and not bundles.find_hidden_owner(file.path):
            public.append(file)
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


def _settings_references(settings: Settings) -> Iterator[Reference]:
    """Yield the links in the settings: menu, profiles and portrait."""
    for item in settings.menu:
        yield Reference(item.target, "link", item.location)
    for _, url in settings.links:
        yield Reference(url, "raw", _SETTINGS_LOCATION)
    if settings.portrait:
        yield Reference(settings.portrait.path, "image", settings.portrait.location)
