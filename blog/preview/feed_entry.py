"""A post as its subscribers get it: its entry in the feeds, on a page that has nothing of the theme."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from blog.cache.store import Cache, MissingEntryError
from blog.markdown import RenderedHtml, fill_placeholders
from blog.render.feeds import entry_html
from blog.system.workers import FORK_LOCK
from blog.views.feeds import feed_entry
from blog.views.planning import PlanInputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from blog.site.assemble import Site
    from blog.site.visibility import Audience
    from blog.state import BuildState
    from blog.views.outputs import FeedEntry
    from blog.views.types import Body

_FORMS = msgspec.msgpack.Decoder(RenderedHtml)
_STYLE = """
:root { color-scheme: light dark }
body { font: 17px/1.55 system-ui, sans-serif; max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem 5rem }
header { border-bottom: 1px solid; margin-bottom: 1.5rem } header p { opacity: .75 }
img, video, svg { max-width: 100%; height: auto } pre { overflow-x: auto } table { display: block; overflow-x: auto }
"""


class _Shown(NamedTuple):
    """The inputs of the site that is shown."""

    key: bytes
    inputs: Callable[[Cache], PlanInputs]


class FeedEntryPreview:
    """Shows entries of the last version of a site that could be built."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is that of the cache."""
        self.folder = folder
        self._shown: _Shown | None = None
        self._site: tuple[bytes, Site] | None = None

    def show(self, memory: BuildState, audience: Audience) -> None:
        """A build has succeeded: this is what it remembers."""
        plan, sources, settings, ledger, look = (
            memory.plan,
            memory.sources,
            memory.settings,
            memory.record,
            memory.compiled_theme,
        )
        assert plan and sources and settings and ledger and look  # noqa: PT018
        inputs = partial(PlanInputs, ledger.maker, settings, audience, look.theme, sources, ledger.sources)
        self._shown = _Shown(plan.key, inputs)

    def page(self, source: str) -> str | None:
        """The entry of the post at ``source`` as an HTML page; None if it is in no feed, or cannot be made just now."""
        shown = self._shown
        if shown is None:
            return None
        try:
            with FORK_LOCK, Cache(self.folder) as cache:
                inputs = shown.inputs(cache)
                site, settings = self._assembled(shown.key, inputs), inputs.settings
                post = site.pages.get(source)
                if post is None or post.instant is None or not post.listed:
                    return None
                entry = feed_entry(site, settings, post)

                def text(body: Body) -> str:
                    forms = cache.require(inputs.records[body.path].html_key, _FORMS)
                    return fill_placeholders(forms.feed_html, body.targets, body.prefix, dict(body.images))

                html = entry_html(entry, text) or f"<p>{escape(entry.summary or entry.title)}</p>"
        except MissingEntryError:  # another build has dropped it; the next save brings it back
            return None
        # Feeds name everything by its whole address: here the preview stands in for it.
        local = html.replace(f'="{settings.url}/', f'="{settings.base_path}/') if settings.url else html
        return _page(entry, local, settings.language)

    def _assembled(self, key: bytes, inputs: PlanInputs) -> Site:
        if self._site is None or self._site[0] != key:
            self._site = key, inputs.assemble()[0]
        return self._site[1]


def _page(entry: FeedEntry, html: str, language: str) -> str:
    authors = ", ".join(person.name for person in entry.author)
    facts = " · ".join(escape(fact) for fact in (entry.published[:10], authors, *entry.tags) if fact)
    return (
        f'<!doctype html><html lang="{escape(entry.lang or language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(entry.title)}</title>'
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(entry.title)}</h1><p>{facts}</p></header>"
        f"<main>{html}</main></body></html>"
    )
