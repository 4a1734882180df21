"""What to read after a post: posts that mention it, that of a year earlier, related ones; each of them once. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.views.page_parts import Link, NextPost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blog.site.pages import Page
    from blog.views.context import ViewContext
    from blog.views.page_parts import NextKind

_COUNT = 4
"""Posts to read next."""


def read_next(
    context: ViewContext, post: Page, nearby: Sequence[Page]
) -> tuple[tuple[NextPost, ...], tuple[Link, ...]]:
    """Return up to four posts to read after ``post``, and links to the other pages that mention it.

    Neither has posts that the page of ``post`` shows at another place. ``nearby`` are the posts before and after it,
    which a page shows anyway: as related ones they are left out.
    """
    chosen: dict[str, NextKind] = {}
    shown = _shown_elsewhere(context, post)
    for kind, path in _candidates(context, post, {page.path for page in nearby}):
        if path not in shown and path not in chosen and len(chosen) < _COUNT:
            chosen[path] = kind
    posts = tuple(NextPost(kind, context.entry(path)) for path, kind in chosen.items())
    pages = [context.site.pages[path] for path in context.site.mentions.get(post.path, ())]
    others = [page for page in pages if page.path not in shown and page.path not in chosen]
    return posts, tuple(map(context.link, others))


def _candidates(context: ViewContext, post: Page, nearby: set[str]) -> Iterator[tuple[NextKind, str]]:
    site = context.site
    for path in site.mentions.get(post.path, ()):
        if site.pages[path].document.kind == "post":
            yield "mention", path
    year_earlier = site.year_earlier.get(post.path)
    if year_earlier:
        yield "year", year_earlier
    for path in site.related.find(post.path):
        if path not in nearby:
            yield "related", path


def _shown_elsewhere(context: ViewContext, post: Page) -> set[str]:
    """Return the paths of the posts that the page of ``post`` leads to above its text, or in the box of its series."""
    paths = {post.path, *context.site.links[post.path].revisits, *context.site.revisited.get(post.path, ())}
    if post.path in context.memberships:
        key, position = context.memberships[post.path]
        parts = context.site.series[key].published[max(0, position - 1) : position + 2]
        paths.update(part.post.path for part in parts if part.post)
    return paths
