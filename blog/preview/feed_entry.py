"""The preview of a feed entry: a post as feed readers show it, on a page without the theme."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from blog.cache.store import Cache, MissingEntryError
from blog.render.bodies import BodyRenderer
from blog.render.feed_text import entry_html
from blog.system.workers import FORK_LOCK
from blog.views.feeds import feed_entry

if TYPE_CHECKING:
    from pathlib import Path

    from blog.state import BuildState
    from blog.views.context import Contexts
    from blog.views.outputs import FeedEntry
    from blog.views.plan import PlanInputs

_STYLE = """
:root { color-scheme: light dark }
body { font: 17px/1.55 system-ui, sans-serif; max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem 5rem }
header { border-bottom: 1px solid; margin-bottom: 1.5rem } header p { opacity: .75 }
img, video, svg { max-width: 100%; height: auto } pre { overflow-x: auto } table { display: block; overflow-x: auto }
"""


class FeedEntryPreview:
    """Makes pages of feed entries, from the last version of a site that could be built."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is that of the cache."""
        self.folder = folder
        self._built_site: tuple[bytes, PlanInputs] | None = None
        """The key and the inputs of the plan of the last build that succeeded."""
        self._contexts: tuple[bytes, Contexts] | None = None

    def show(self, state: BuildState) -> None:
        """Use the state that a successful build has left."""
        assert state.plan is not None
        assert state.inputs is not None
        self._built_site = state.plan.key, state.inputs

    def page(self, source: str) -> str | None:
        """Return the feed entry of the post at ``source`` as an HTML page.

        None if the post is in no feed, or if the cache lacks what it needs.
        """
        if self._built_site is None:
            return None
        plan_key, inputs = self._built_site
        try:
            with FORK_LOCK, Cache(self.folder) as cache:
                entry, html = self._render_entry(plan_key, inputs._replace(cache=cache), source)
        except MissingEntryError:  # another build has dropped it; the next save brings it back
            return None
        if entry is None:
            return None
        settings = inputs.settings
        if settings.url:  # feeds have absolute URLs, which would lead out of the preview
            html = html.replace(f'="{settings.url}/', f'="{settings.base_path}/')
        return _render_page(entry, html, settings.language)

    def _render_entry(self, plan_key: bytes, inputs: PlanInputs, source: str) -> tuple[FeedEntry | None, str]:
        """Return the feed entry of a post and its HTML; None and ``""`` if it is in no feed."""
        contexts = self._make_contexts(plan_key, inputs)
        site = contexts[""].site
        post = site.pages.get(source)
        if post is None or post.instant is None or not post.listed:
            return None, ""
        entry = feed_entry(post, contexts[site.edition_of(post).prefix])
        html = entry_html(entry, BodyRenderer(inputs.cache, inputs.records).feed_html)
        return entry, html or f"<p>{escape(entry.summary or entry.title)}</p>"

    def _make_contexts(self, plan_key: bytes, inputs: PlanInputs) -> Contexts:
        """Return the contexts of all views; the last ones are kept."""
        if self._contexts is None or self._contexts[0] != plan_key:
            self._contexts = plan_key, inputs.make_contexts(inputs.assemble())
        return self._contexts[1]


def _render_page(entry: FeedEntry, html: str, language: str) -> str:
    authors = ", ".join(person.name for person in entry.author)
    facts = [entry.published[:10], authors, *entry.tags]
    line = " · ".join(escape(fact) for fact in facts if fact)
    return (
        f'<!doctype html><html lang="{escape(entry.lang or language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(entry.title)}</title>'
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(entry.title)}</h1><p>{line}</p></header>"
        f"<main>{html}</main></body></html>"
    )
