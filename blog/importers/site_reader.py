"""What all tools do alike whose blogs are folders: documents, then the files that are moved with them, as one site."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Protocol

from blog.importers.old_files import select_files
from blog.importers.old_site import OldSite
from blog.importers.report import Item
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.importers.old_folder import OldFolder
    from blog.importers.old_site import Dialect, OldDocument, OldFile, OldSettings


class SiteReader(Protocol):
    """A blog in a folder while it is read by the rules of one tool."""

    @property
    def folder(self) -> OldFolder:
        """The folder of the blog."""

    @property
    def settings(self) -> OldSettings:
        """Its settings in our terms."""

    @property
    def items(self) -> list[Item]:
        """What the person must know, beginning with the items of the folder; reading adds to them."""

    def read_documents(self) -> Iterator[OldDocument]:
        """Yield the posts and pages."""

    def list_files(self, documents: Sequence[OldDocument]) -> Iterator[OldFile]:
        """Yield the files that the tool publishes as they are, beside ``documents``."""


def read_site(
    reader: SiteReader,
    *,
    redirects: Iterable[str] = (),
    snippets: Mapping[str, str] | None = None,
    dialect: Dialect = "commonmark",
) -> OldSite:
    """Return the old site: documents first, because some files are moved only if a text names them."""
    documents = tuple(reader.read_documents())
    _report_left_out(documents, reader.items)
    files = tuple(select_files(reader.list_files(documents), documents, reader.items))
    return OldSite(
        settings=reader.settings,
        documents=documents,
        files=files,
        items=tuple(reader.items),
        snippets=snippets or {},
        redirects=tuple(redirects),
        dialect=dialect,
    )


def _report_left_out(documents: Iterable[OldDocument], items: list[Item]) -> None:
    """Add an item for each key that is kept nowhere, with the number of its documents."""
    places: defaultdict[str, list[Location]] = defaultdict(list)
    for document in documents:
        for entry in document.matter.left_out:
            places[entry.key].append(Location(document.path, entry.line))
    for key, locations in places.items():
        count = "1 document" if len(locations) == 1 else f"{len(locations)} documents"
        what = f'"{key}" in {count}: it says nothing without the old tool'
        items.append(Item("Key left out", locations[0], what, "", "note"))
