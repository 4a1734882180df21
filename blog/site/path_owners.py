"""Every output path of a site with its owner: generated pages, old addresses, copied files, documents."""

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
    """An old address, and the page to which it redirects."""

    address: str
    page: Page
    location: Location


class Lists(NamedTuple):
    """The lists from which pages are generated."""

    posts: Sequence[Page]
    tags: dict[str, Term]
    labels: dict[str, Term]
    series: dict[str, Series]


def page_count(count: int, size: int) -> int:
    """Return the number of pages of a list with ``count`` posts: at least one."""
    return max(1, -(-count // size))


SEARCH_ADDRESS = "/search/"
"""Address of the search page, unless a page of the site has it."""
RESULTS_PER_FILE = 20
"""Number of posts in a file of search results."""
_NOT_ONLY_A_PATH = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//|[?#]", re.IGNORECASE)
_POSTS_PER_FILE = 8
_MOST_FILES = 1024


def search_file_path(number: int) -> str:
    """Return the output path of a file of the search index."""
    return f"search/{number}.json"


def search_file_count(posts: int) -> int:
    """Return the number of files of the search index: a power of two, so that it seldom changes."""
    return min(_MOST_FILES, 1 << max(0, -(-posts // _POSTS_PER_FILE) - 1).bit_length())


def posts_file_path(number: int) -> str:
    """Return the output path of a file of search results."""
    return f"search/posts-{number}.json"


class Producer(NamedTuple):
    """The origin of a generated page or feed."""

    name: str
    """Its name in messages."""
    location: Location | None = None
    """Location where a post writes the name for which it is generated."""


_PROGRAM = Producer("the program")
_SEARCH = Producer("the search")


def generated_pages(
    lists: Lists, settings: Settings, taken: set[str], public: Mapping[str, object]
) -> Iterator[tuple[str, Producer]]:
    """Yield address and producer of every page and feed that no document stands for.

    ``taken`` are the addresses at which a document replaces a generated page, ``public`` the published files by path.
    """
    yield from _single_pages(settings, taken, public)
    yield from _search_files(len(lists.posts))
    yield from _further_pages("/", len(lists.posts), settings, Producer("the list of posts"))
    yield from _term_pages("tags", lists.tags, settings)
    yield from _term_pages("labels", lists.labels, settings)
    yield from _series_pages(lists.series, settings)


def _single_pages(settings: Settings, taken: set[str], public: Mapping[str, object]) -> Iterator[tuple[str, Producer]]:
    for address in ("/", "/404.html"):
        if address not in taken:
            yield address, _PROGRAM
    yield "/_redirects", _PROGRAM
    if "content/robots.txt" not in public:
        yield "/robots.txt", _PROGRAM
    if settings.url:
        yield "/feed.xml", _PROGRAM
        yield "/atom.xml", _PROGRAM
        yield "/sitemap.xml", _PROGRAM
    yield "/archive/", Producer("the archive")
    if SEARCH_ADDRESS not in taken:
        yield SEARCH_ADDRESS, _SEARCH


def _search_files(posts: int) -> Iterator[tuple[str, Producer]]:
    for number in range(search_file_count(posts)):
        yield f"/{search_file_path(number)}", _SEARCH
    for number in range(page_count(posts, RESULTS_PER_FILE)):
        yield f"/{posts_file_path(number)}", _SEARCH


def _term_pages(folder: str, terms: Mapping[str, Term], settings: Settings) -> Iterator[tuple[str, Producer]]:
    if terms:
        yield f"/{folder}/", Producer(f"the list of {folder}")
    for term in terms.values():
        producer = Producer(f'the list of posts for "{term.name}"', term.location)
        yield term.address, producer
        yield from _further_pages(term.address, len(term.posts), settings, producer)
        if settings.url:
            yield f"{term.address}feed.xml", producer


def _series_pages(series: Mapping[str, Series], settings: Settings) -> Iterator[tuple[str, Producer]]:
    if series:
        yield "/series/", Producer("the list of series")
    for entry in series.values():
        producer = Producer(f'the series "{entry.name}"', entry.location)
        if entry.page is None:
            yield entry.address, producer
        if settings.url:
            yield f"{entry.address}feed.xml", producer


def _further_pages(address: str, count: int, settings: Settings, producer: Producer) -> Iterator[tuple[str, Producer]]:
    """Yield the pages of a list after its first page."""
    for number in range(2, page_count(count, settings.paginate) + 1):
        yield f"{address}page/{number}/", producer


def collect_aliases(pages: Sequence[Page]) -> tuple[list[Alias], list[Problem]]:
    """Return the old addresses of ``pages``: ``/a/b`` and ``/a/b/`` name a folder, ``/a/b.html`` names a file."""
    aliases: list[Alias] = []
    problems: list[Problem] = []
    for page in pages:
        for written in page.document.front_matter.aliases:
            path = unquote(written.text).strip("/")
            address = f"/{path}" if path.endswith((".html", ".htm")) else f"/{path}/"
            reason = _explain_wrong_alias(written.text, path)
            if reason:
                message = f'the alias "{written.text}" {reason}'
                hint = "write the old path, such as /2019/old-name/"
                problems.append(Problem(written.location, "wrong-alias", message, hint))
            elif address != page.address:
                aliases.append(Alias(address, page, written.location))
    return aliases, problems


def _explain_wrong_alias(written: str, path: str) -> str:
    if _NOT_ONLY_A_PATH.search(written):
        return "is an address with a host, a query or a fragment"
    return explain_unsafe_path(path)


def claim_all(
    pages: Sequence[Page],
    public: Mapping[str, tuple[SourceFile, str]],
    aliases: Sequence[Alias],
    generated: Mapping[str, Producer],
) -> Iterator[PathOwner]:
    """Yield every output path with its owner.

    Of two owners of a path the message names the later one, so those that an author can rename come last.
    """
    for address, producer in generated.items():
        location = producer.location or Location(FILE_NAME)
        yield PathOwner(output_path(address), producer.name, location, by_name=producer.location is not None)
    for path, (_, output) in public.items():
        yield PathOwner(output, path, Location(path))
    for page in pages:
        matter = page.document.front_matter
        location = matter.slug.location if matter.slug else matter.location
        yield PathOwner(output_path(page.address), page.path, location)
    for alias in aliases:
        yield PathOwner(output_path(alias.address), f"an alias of {alias.page.path}", alias.location, by_name=True)
