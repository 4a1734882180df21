"""``content/addresses.txt``, the ledger: every address and feed id that the blog has published. Pure.

A line is an address, or ``guid:`` and the id of a feed entry, and then the file that had it. What is hidden or unlisted
is in no line. The author commits the file: it says what readers have bookmarked, and what feed readers know.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import quote, unquote

from msgspec import Struct

from blog.config.addresses import LEDGER
from blog.content.file_kinds import NOTEBOOK
from blog.problems import Location, Problem
from blog.site.redirects import parse_redirects
from blog.site.structure import feed_entry_id
from blog.text import href, to_nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.site.assemble import Site
    from blog.site.pages import Page
    from blog.views.outputs import Output

_GUID = "guid:"
_HEADER = (
    "# The addresses that this blog has published, and the ids of its feed entries, with the files that had them.",
    "# `blog ledger` adds lines. `blog check` reports what is gone. To give an address up, delete its line.",
)
_FEED_NAMES = ("feed.xml", "atom.xml", "feed.json")
_FEED_ENDINGS = (".xml", ".rss", ".atom", ".rdf", ".json", "/feed/", "/rss/")
_NUMBERED_PAGE = re.compile(r"/page/\d+/")
_UNWRITABLE = re.compile(r"[\s%\x00-\x1f\x7f]|^#")
_TERM = re.compile(r"(/(?:tags|labels|series)/)[^/]+/(feed\.xml)?")


class LedgerLine(NamedTuple):
    """A line of the ledger."""

    entry: str
    """An address, or ``guid:`` and an id."""
    source: str
    """The path of the document that had it; empty for pages that the program makes."""
    line: int = 0
    comments: tuple[str, ...] = ()
    """The lines above it."""

    @property
    def text(self) -> str:
        """The line as it is written."""
        entry = _UNWRITABLE.sub(lambda match: quote(match[0], safe=""), self.entry)
        return f"{entry} {self.source}".rstrip()


class Lost(Struct, frozen=True):
    """An address or id that is gone, and what mends it."""

    problem: Problem
    key: Literal["aliases", "guid", "redirect", ""] = ""
    """The key of front matter that mends it, or a line of ``_redirects``; empty if only the author can know."""
    path: str = ""
    """The document that gets the key."""
    value: str = ""


def parse_ledger(text: str) -> tuple[list[LedgerLine], list[Problem]]:
    """Return the lines of the ledger, and a problem for each that is none."""
    lines: list[LedgerLine] = []
    problems: list[Problem] = []
    comments: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            if line not in _HEADER:
                comments.append(line)
            continue
        entry, _, source = line.strip().partition(" ")
        if entry.startswith(("/", _GUID)):
            lines.append(LedgerLine(to_nfc(unquote(entry)), source.strip(), number, tuple(comments)))
        else:
            hint = "write an address such as /posts/name/, or guid: and an id, and then the file that had it"
            problems.append(Problem(Location(LEDGER, number), "wrong-ledger", f'"{line}" is no address', hint))
        comments.clear()
    return lines, problems


def list_published(site: Site, outputs: Iterable[Output], settings: Settings) -> dict[str, str]:
    """Return each address and id that readers of the site know, with the path of its document or ``""``."""
    targets = {alias.address: alias.page.path for alias in site.aliases}
    concealed = _find_concealed(site)
    published = {}
    for output in outputs:
        source = targets.get(output.address, output.source)
        if _is_known(output) and concealed.isdisjoint((source, output.address)):
            published[output.address] = source
    if settings.url:
        for post in site.posts:
            published[f"{_GUID}{feed_entry_id(post, settings)}"] = post.path
    return published


def _is_known(output: Output) -> bool:
    """Return whether readers or feed readers keep its address: it is a page or a feed, and no later page of a list."""
    if not output.template:
        is_feed = output.origin == "program" and output.address.endswith(_FEED_NAMES)
        return is_feed or output.origin == "setting"
    return output.address != "/404.html" and not _NUMBERED_PAGE.search(output.address)


def update_ledger(text: str, published: Mapping[str, str], site: Site) -> tuple[str, int, int]:
    """Return the new text, and how many lines are new and how many were taken out: those of what is hidden now."""
    lines, _ = parse_ledger(text)
    concealed = _find_concealed(site)
    kept = {}
    for line in lines:
        if line.entry in published or concealed.isdisjoint((line.source, line.entry)):
            kept[line.entry] = line._replace(source=published.get(line.entry, line.source))
    removed = len(lines) - len(kept)
    added = [LedgerLine(entry, source) for entry, source in published.items() if entry not in kept]
    every = sorted([*kept.values(), *added], key=lambda line: (line.entry.startswith(_GUID), line.entry))
    written = list(_HEADER)
    for line in every:
        written += [*line.comments, line.text]
    return "\n".join(written) + "\n", len(added), removed


def find_lost(lines: Sequence[LedgerLine], site: Site, outputs: Sequence[Output], settings: Settings) -> Iterator[Lost]:
    """Yield the addresses of the ledger at which nothing is, and no redirect, and the ids that have changed."""
    ids = {f"{_GUID}{feed_entry_id(post, settings)}": post for post in site.posts}
    moved = {line.source: ids[line.entry] for line in lines if line.entry in ids}
    present = {to_nfc(output.address) for output in outputs}
    search = _Search(site, settings, moved, present, _find_concealed(site))
    rules = parse_redirects(site.redirects)
    for line in lines:
        if line.entry.startswith(_GUID):
            yield from _find_lost_id(line, site, settings, moved)
            continue
        is_elsewhere = line.entry.startswith(settings.elsewhere)
        if not (line.entry in present or is_elsewhere or rules.answer(settings.base_path + line.entry)):
            yield search.explain(line)


def _find_concealed(site: Site) -> set[str]:
    """Return paths and addresses of the documents that readers do not see, or not in lists."""
    pages = [*site.hidden_pages, *(page for page in site.pages.values() if not page.listed)]
    return {page.path for page in pages} | {page.address for page in pages}


def _find_lost_id(line: LedgerLine, site: Site, settings: Settings, moved: Mapping[str, Page]) -> Iterator[Lost]:
    """Yield the id of ``line``, if the post in its file is in feeds by an id that the ledger does not have."""
    post = site.pages.get(line.source)
    if post is None or not post.listed or line.source in moved:
        return
    guid = line.entry.removeprefix(_GUID)
    now = feed_entry_id(post, settings)
    message = f'the feed entry of {post.path} had the id "{guid}", and has "{now}": subscribers would see it as new'
    problem = Problem(Location(LEDGER, line.line), "lost-id", message, f'write guid: "{guid}" in {post.path}')
    has_guid = post.document.front_matter.guid is not None or post.path.endswith(NOTEBOOK)
    yield Lost(problem) if has_guid else Lost(problem, "guid", post.path, guid)


class _Search(NamedTuple):
    """Finds what became of an address."""

    site: Site
    settings: Settings
    moved: Mapping[str, Page]
    """Old path of a document → the post that has the id of its feed entry now."""
    present: set[str]
    concealed: set[str]

    def explain(self, line: LedgerLine) -> Lost:
        """Return why the address of ``line`` is gone, and what mends it."""
        location, address = Location(LEDGER, line.line), line.entry
        page = self.site.pages.get(line.source) or self.moved.get(line.source)
        if not self.concealed.isdisjoint((line.source, address)):
            message = f"{address} is gone: the text that was there is hidden"
            hint = "publish it, or run blog ledger, which takes the line out"
            return Lost(Problem(location, "lost-address", message, hint))
        if page is not None and page.document.kind in {"post", "page"} and address.endswith(("/", ".html", ".htm")):
            return self._suggest_alias(location, address, page)
        target, base = page.address if page else self._find_list(address), self.settings.base_path
        if target:
            rule = f"{href(address, base)} {href(target, base)} 301"
            hint = f"write in content/_redirects: {rule}; blog check --write-aliases does so"
            return Lost(Problem(location, "lost-address", f"{address} is gone", hint), "redirect", value=rule)
        hint = f"write in content/_redirects: {href(address, base)} {base}/new/address/ 301, or delete this line"
        if not line.source and address.endswith(_FEED_ENDINGS):
            hint = f'write feed.paths = ["{address}"] in blog.toml if a feed was there; otherwise {hint}'
        message = f"{address} is gone, and {line.source} with it" if line.source else f"{address} is gone"
        return Lost(Problem(location, "lost-address", message, hint))

    def _suggest_alias(self, location: Location, address: str, page: Page) -> Lost:
        message = f"{address} is gone: {page.path} is at {page.address} now"
        hint = f"add aliases: [{address}] there"
        if page.path.endswith(NOTEBOOK):
            return Lost(Problem(location, "lost-address", message, hint))
        problem = Problem(location, "lost-address", message, f"{hint}; blog check --write-aliases does so")
        return Lost(problem, "aliases", page.path, address)

    def _find_list(self, address: str) -> str:
        """Return the list that is nearest to the page or feed of a tag, label or series that is gone."""
        match = _TERM.fullmatch(address)
        if match is None:
            return ""
        target = "/feed.xml" if match[2] else match[1]
        return target if target in self.present else "/"
