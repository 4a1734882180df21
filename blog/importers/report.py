"""``IMPORTED.md``: what was moved, what was guessed, and what is left to do, the most frequent kind first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


FILE_NAME = "IMPORTED.md"
_HEADINGS = {"to do": "Left to do", "guess": "Guesses", "note": "Notes"}


BREAKS = "Address that breaks"
"""The kind of items about addresses of a saved sitemap; what it is follows behind a colon."""
NEW_ENTRY = "Feed entry that is new to subscribers"

ItemStatus = Literal["to do", "guess", "note"]
"""Something is left to do, a decision that may be wrong, or a fact about what was moved."""


class Item(Struct, frozen=True, order=True):
    """An entry of the report."""

    kind: str
    """The heading under which it is listed."""
    location: Location
    """A file of the old blog; a path that begins with ``content/`` is one of the new site."""
    what: str
    todo: str = ""
    status: ItemStatus = "to do"


class AddressNumbers(Struct, frozen=True, kw_only=True):
    """How many addresses of a sitemap answer in the new site."""

    total: int
    kept: int
    """A page or a file is there."""
    redirected: int
    """A page that redirects is there."""
    led: int
    """A line of ``content/_redirects`` leads to a page; hosts that do not read this file answer nothing."""

    @property
    def working(self) -> int:
        """The number of addresses that work."""
        return self.kept + self.redirected + self.led


class FeedNumbers(Struct, frozen=True, kw_only=True):
    """How many entries of the new feed a subscriber of the old one would see as new."""

    total: int
    new: int


class ImportReport(Struct, frozen=True, kw_only=True):
    """The result of an import."""

    source: str
    """The title of the old tool."""
    reason: str
    """The file by which it was recognised, or the option that named it."""
    documents: int
    """Posts and pages of the old blog."""
    posts: int
    hidden: int
    """Documents that no reader sees."""
    files: int
    addresses: int
    """Old addresses of documents that readers saw."""
    kept: int
    """Those at which the new document is."""
    redirected: int
    """Those that redirect to it."""
    permalink: str
    items: tuple[Item, ...]
    sitemap: AddressNumbers | None = None
    """The result of the comparison with a saved sitemap."""
    feed: FeedNumbers | None = None
    """The result of the comparison with a saved feed."""

    @property
    def todo(self) -> int:
        """The number of items that are left to do."""
        return sum(item.status == "to do" for item in self.items)

    def todo_kinds(self) -> list[tuple[str, int]]:
        """Return each kind of what is left to do with the number of its items, the most frequent first."""
        groups = _group([item for item in self.items if item.status == "to do"])
        return [(kind, len(items)) for kind, items in groups]

    def lines(self) -> list[str]:
        """Return the numbers, as sentences for the terminal."""
        lost = self.addresses - self.kept - self.redirected
        posts, pages = _count(self.posts, "post"), _count(self.documents - self.posts, "page")
        return [
            f"{self.source}, recognised by {self.reason}",
            f"{posts} and {pages}, {self.hidden} of them hidden; {_count(self.files, 'file')} copied",
            f"addresses: {self.kept} kept, {self.redirected} redirected, {lost} lost",
            *self._comparison_lines(),
            f"left to do: {_count(self.todo, 'item')}",
        ]

    def _comparison_lines(self) -> Iterator[str]:
        if self.sitemap:
            numbers = self.sitemap
            yield (
                f"sitemap: {numbers.working:,} of {_count(numbers.total, 'address', 'es')} work:"
                f" {numbers.kept:,} as they are, {numbers.redirected:,} by pages that redirect,"
                f" {numbers.led:,} by content/_redirects"
            )
        if self.feed:
            noun = "entry is" if self.feed.total == 1 else "entries are"
            yield f"feed: {self.feed.new} of {self.feed.total} {noun} new to subscribers"

    def losses(self) -> list[str]:
        """Return the addresses that break, and the entries that are new to subscribers, each below its kind."""
        lines = []
        for kind, items in _group([item for item in self.items if item.kind.startswith((BREAKS, NEW_ENTRY))]):
            lines.append(f"{kind} ({len(items)})")
            lines += [f"  {item.what} ({item.todo})" for item in items]
        return lines

    def text(self) -> str:
        """Return ``IMPORTED.md``."""
        head = [
            "# What was imported",
            "",
            *(f"- {line}" for line in self.lines()),
            f"- permalink of posts: `{self.permalink}`; a post with another old address has it under `aliases`",
            "- categories and tags of the old blog are tags here, one for each address",
            "",
            "Paths that begin with `content/` are of this site, as it was written; other paths are of the old folder.",
            "Delete this file, and `.imported.json`, once you are done.",
        ]
        return "\n".join([*head, *self._sections(), ""])

    def _sections(self) -> Iterator[str]:
        for status, heading in _HEADINGS.items():
            groups = _group([item for item in self.items if item.status == status])
            if groups:
                yield from ("", f"## {heading}")
            for kind, items in groups:
                yield from ("", f"### {kind} ({len(items)})", "")
                yield from (_line(item) for item in items)


def _group(items: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    """Return the items by their kind, the most frequent kind first."""
    groups: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[item.kind].append(item)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def _line(item: Item) -> str:
    place = f"{item.location.path}:{item.location.line}" if item.location.path else "blog.toml"
    what = item.what.replace("\n", " ").replace("<", "&lt;")
    todo = f" — {item.todo}" if item.todo else ""
    return f"- `{place}` {what}{todo}"


def _count(number: int, noun: str, ending: str = "s") -> str:
    return f"{number:,} {noun}{'' if number == 1 else ending}"
