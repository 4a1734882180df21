"""Outputs of the search: its page, the files of the index, and the files with the results."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from blog.site.addresses import output_path
from blog.views.outputs import TextView, program_output
from blog.views.page_views import SearchView

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.site.editions import Edition
    from blog.site.pages import Page
    from blog.views.context import ViewContext
    from blog.views.outputs import Output

SEARCH_ADDRESS = "/search/"
"""Address of the search page, unless a page of the site has it."""
RESULTS_PER_FILE = 20
"""Number of posts in a file of search results."""
_OWNER = "the search"
_MESSAGES = (
    "count.posts", "list.and", "list.separator", "search.more", "search.failed", "search.no_word", "search.none",
    "search.similar", "search.partial", "search.quoted", "search.and_more",
)  # fmt: skip
"""The words that the script writes."""
_POSTS_PER_FILE = 8
_MOST_FILES = 1024


def search_file_path(prefix: str, number: int) -> str:
    """Return the output path of a file of the search index of the edition with ``prefix``."""
    return output_path(f"{prefix}{SEARCH_ADDRESS}{number}.json")


def search_file_count(posts: int) -> int:
    """Return the number of files of the search index: a power of two, so that it seldom changes."""
    return min(_MOST_FILES, 1 << max(0, -(-posts // _POSTS_PER_FILE) - 1).bit_length())


def search_outputs(edition: Edition) -> Iterator[Output]:
    """Yield the search page, unless a page replaces it, and the files that its script loads.

    The files of the index are made from the words of all texts, not from views (see :mod:`blog.render.search_index`).
    """
    address = edition.address(SEARCH_ADDRESS)
    if all(page.address != address for page in edition.pages):
        yield program_output(address, _search_view, "search.html", owner=_OWNER)
    for number in range(search_file_count(len(edition.posts))):
        yield program_output(f"/{search_file_path(edition.prefix, number)}", None, owner=_OWNER)
    oldest_first = edition.posts[::-1]
    starts = range(0, max(1, len(oldest_first)), RESULTS_PER_FILE)
    for number, start in enumerate(starts):
        posts = oldest_first[start : start + RESULTS_PER_FILE]
        yield program_output(f"{address}posts-{number}.json", partial(_results_view, posts), owner=_OWNER)


def _search_view(context: ViewContext) -> SearchView:
    posts, title = len(context.edition.posts), context.words.text("section.search")
    messages = {key: context.words.phrases[key] for key in _MESSAGES}
    return SearchView(
        site=context.site_view, head=context.list_head(title, SEARCH_ADDRESS), title=title, count=posts,
        index=context.url(context.edition.address(SEARCH_ADDRESS)), files=search_file_count(posts),
        results_per_file=RESULTS_PER_FILE,
        messages=msgspec.json.encode(messages).decode(),
    )  # fmt: skip


def _results_view(posts: Sequence[Page], context: ViewContext) -> TextView:
    """Return the file with the search results for ``posts``: title, URL, date, summary, language, badge."""
    entries = (context.entry(post.path) for post in posts)
    lines = [(entry.title, entry.url, entry.date.text, entry.summary, entry.lang, entry.badge) for entry in entries]
    return TextView(msgspec.json.encode(lines).decode())
