"""RSS 2.0, <https://www.rssboard.org/rss-specification>, with ``content:encoded``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.render.feeds import render_xml_feed

if TYPE_CHECKING:
    from collections.abc import Callable

    from blog.views.outputs import FeedView
    from blog.views.page_parts import AnyBody


def render(view: FeedView, text: Callable[[AnyBody], str]) -> bytes:
    """Return the feed as UTF-8 XML; the callback ``text`` returns the HTML of a text in a feed."""
    return render_xml_feed(view, text, is_rss=True)
