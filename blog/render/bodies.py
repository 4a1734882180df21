"""The texts that a view names → their HTML: it comes from the cache, and its placeholders are filled here only."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from blog.content.document import DocumentHtml
from blog.markdown import fill_placeholders
from blog.views.page_parts import Html, NoticeBody

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.cache.store import Cache
    from blog.content.source_record import SourceRecord
    from blog.markdown import RenderedHtml
    from blog.views.page_parts import AnyBody, Body

_DOCUMENT_HTML = msgspec.msgpack.Decoder(DocumentHtml)


class BodyRenderer(NamedTuple):
    """Renders the texts of documents, and notices. Raises :class:`blog.cache.store.MissingEntryError`."""

    cache: Cache
    records: Mapping[str, SourceRecord]

    def page_html(self, body: AnyBody) -> Html:
        """Return a text as a page shows it."""
        return Html(_fill(body.html if isinstance(body, NoticeBody) else self._load(body).html, body))

    def feed_html(self, body: AnyBody) -> str:
        """Return a text as a feed contains it."""
        return _fill(body.html if isinstance(body, NoticeBody) else self._load(body).feed_html, body)

    def _load(self, body: Body) -> RenderedHtml:
        html = self.cache.require(self.records[body.path].html_key, _DOCUMENT_HTML)
        return html.context if body.part == "context" else html.text


def _fill(html: str, body: AnyBody) -> str:
    return fill_placeholders(html, body.targets, body.prefix, dict(body.images))
