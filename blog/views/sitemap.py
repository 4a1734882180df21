"""The sitemap: the addresses that search engines may index, from the list of outputs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from blog.views.outputs import SitemapView, program_output

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blog.site.pages import Page
    from blog.views.context import ViewContext
    from blog.views.outputs import Output


def sitemap_output(outputs: Iterable[Output]) -> Output:
    """Return the sitemap of ``outputs``."""
    listed = [(output.address, output.last_change) for output in outputs if output.last_change is not None]
    return program_output("/sitemap.xml", partial(_sitemap_view, listed))


def _sitemap_view(listed: Sequence[tuple[str, str]], context: ViewContext) -> SitemapView:
    return SitemapView(tuple((context.settings.absolute(address), day) for address, day in listed))


def newest_change(posts: Iterable[Page]) -> str:
    """Return the day of the last change of a list: that of its newest post."""
    return max((post.last_change for post in posts), default="")
