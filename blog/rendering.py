"""render: target → bytes, a function of the target alone; and the digest that says whether it must run again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from blog.cache import digest
from blog.targets import AssetView, FeedView, SitemapView, TextView

if TYPE_CHECKING:
    from blog.targets import Target
    from blog.templates import Templates

_ENCODER = msgspec.msgpack.Encoder(order="deterministic")


def view_digest(target: Target) -> bytes:
    """BLAKE2b, 16 bytes, of all that the view holds. Raises :class:`TypeError` for what is not plain data."""
    return digest(type(target.view).__name__.encode() + _ENCODER.encode(target.view))


def render(target: Target, templates: Templates) -> bytes:
    """The bytes of an output. Raises :class:`BlogError` where a template fails."""
    view = target.view
    if isinstance(view, TextView):
        return view.text.encode()
    if isinstance(view, AssetView):
        return view.data
    if isinstance(view, FeedView | SitemapView):
        from blog.feeds import render_feed, render_sitemap  # noqa: PLC0415  (lxml: 40 ms that a warm build saves)

        return render_feed(view) if isinstance(view, FeedView) else render_sitemap(view)
    return templates.render(target.template, view, target.source or target.path)
