"""Every output path of a site and who makes it: what no document stands for, old addresses, copied files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from msgspec import Struct

from blog.config.settings import FILE_NAME
from blog.problems import Location, Problem
from blog.site.addresses import PathOwner, output_path
from blog.site.pages import Page
from blog.text import explain_unsafe_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.files import SourceFile
    from blog.site.series import Series
    from blog.site.taxonomies import Term


class Alias(Struct, frozen=True):
    """An old address, and the page that is there now."""

    address: str
    page: Page
    location: Location


class Lists(NamedTuple):
    """The lists from which pages are generated."""

    posts: Sequence[Page]
    tags: Mapping[str, Term]
    labels: Mapping[str, Term]
    series: Mapping[str, Series]


def page_count(count: int, size: int) -> int:
    """Return the number of pages of a list with ``count`` posts: at least one."""
    return max(1, -(-count // size))


SEARCH_ADDRESS = "/search/"
"""Address of the search page, unless a page of the site has it."""
RESULTS_PER_FILE = 20
"""Posts in a file of what a search shows of posts."""
_POSTS_A_FILE = 8
_MOST_FILES = 1024


def search_file_path(number: int) -> str:
    """The output path of a file of the search index."""
    return f"search/{number}.json"


def search_file_count(posts: int) -> int:
    """Return the number of files of the search index for so many posts: a power of two, so that it seldom changes."""
    return min(_MOST_FILES, 1 << max(0, -(-posts // _POSTS_A_FILE) - 1).bit_length())


def posts_file_path(number: int) -> str:
    """The output path of a file with what a search shows of posts."""
    return f"search/posts-{number}.json"


class Producer(NamedTuple):
    """The origin of a generated page or feed."""

    name: str
    """Its name in messages."""
    location: Location | None = None
    """Location where a post writes the name for which it is generated."""


_PROGRAM = Producer("the program")


def generated_pages(
    lists: Lists, settings: Settings, taken: set[str], public: Mapping[str, object]
) -> Iterator[tuple[str, Producer]]:
    """Address and producer of every page and feed that no document stands for."""
    yield from ((address, _PROGRAM) for address in ("/", "/404.html") if address not in taken)
    yield "/_redirects", _PROGRAM
    if "content/robots.txt" not in public:
        yield "/robots.txt", _PROGRAM
    yield from ((f"/{name}", _PROGRAM) for name in ("feed.xml", "atom.xml", "sitemap.xml") if settings.url)
    yield "/archive/", Producer("the archive")
    yield from () if SEARCH_ADDRESS in taken else ((SEARCH_ADDRESS, Producer("the search")),)
    count = len(lists.posts)
    paths = [search_file_path(number) for number in range(search_file_count(count))]
    paths += [posts_file_path(number) for number in range(page_count(count, RESULTS_PER_FILE))]
    yield from ((f"/{path}", Producer("the search")) for path in paths)
    yield from _sheets("/", len(lists.posts), settings, Producer("the list of posts"))
    for folder, terms in (("tags", lists.tags), ("labels", lists.labels)):
        if terms:
            yield f"/{folder}/", Producer(f"the list of {folder}")
        for term in terms.values():
            producer = Producer(f'the list of posts for "{term.name}"', term.location)
            yield term.address, producer
            yield from _sheets(term.address, len(term.posts), settings, producer)
            if settings.url:
                yield f"{term.address}feed.xml", producer
    if lists.series:
        yield "/series/", Producer("the list of series")
    for entry in lists.series.values():
        producer = Producer(f'the series "{entry.name}"', entry.location)
        if entry.page is None:
            yield entry.address, producer
        if settings.url:
            yield f"{entry.address}feed.xml", producer


def _sheets(address: str, count: int, settings: Settings, producer: Producer) -> Iterator[tuple[str, Producer]]:
    for number in range(2, page_count(count, settings.paginate) + 1):
        yield f"{address}page/{number}/", producer


def collect_aliases(pages: Sequence[Page]) -> tuple[list[Alias], list[Problem]]:
    """The old addresses of ``pages``: ``/a/b`` and ``/a/b/`` are a folder's, ``/a/b.html`` is that file's."""
    aliases: list[Alias] = []
    problems: list[Problem] = []
    for page in pages:
        for written in page.document.front_matter.aliases:
            path = unquote(written.text).strip("/")
            address = f"/{path}" if path.endswith((".html", ".htm")) else f"/{path}/"
            if why := _wrong_alias(written.text, path):
                hint = "write the old path, such as /2019/old-name/"
                problems.append(Problem(written.location, "wrong-alias", f'the alias "{written.text}" {why}', hint))
            elif address != page.address:
                aliases.append(Alias(address, page, written.location))
    return aliases, problems


def _wrong_alias(written: str, path: str) -> str:
    if re.match(r"[a-z][a-z0-9+.-]*://|//", written, re.IGNORECASE) or "?" in written or "#" in written:
        return "is an address with a host, a query or a fragment"
    return explain_unsafe_path(path)


def claim_all(
    pages: Sequence[Page],
    public: Mapping[str, tuple[SourceFile, str]],
    aliases: Sequence[Alias],
    made: Mapping[str, Producer],
) -> Iterator[PathOwner]:
    """Every output path with who makes it; what an author can rename comes last, so that the message names it."""
    for address, producer in made.items():
        place = producer.location or Location(FILE_NAME)
        yield PathOwner(output_path(address), producer.name, place, by_name=producer.location is not None)
    for path, (_, output) in public.items():
        yield PathOwner(output, path, Location(path))
    for page in pages:
        written = page.document.front_matter.slug
        yield PathOwner(
            output_path(page.address), page.path, written.location if written else page.document.front_matter.location
        )
    for alias in aliases:
        yield PathOwner(output_path(alias.address), f"an alias of {alias.page.path}", alias.location, by_name=True)
