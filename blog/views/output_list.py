"""The one list of all outputs of a site.

A new kind of output is one function and one line in :func:`list_outputs`. Collisions, the targets of links, the
sitemap, the sections of the navigation and the renderer read this list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blog.views.archive import archive_outputs
from blog.views.feeds import feed_outputs
from blog.views.files import alias_outputs, file_outputs, host_file_outputs, theme_outputs
from blog.views.lists import home_outputs, term_outputs
from blog.views.posts import document_outputs
from blog.views.search import search_outputs
from blog.views.series import series_outputs
from blog.views.sitemap import sitemap_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.config.settings import Settings
    from blog.content.theme import Theme
    from blog.site.editions import Edition
    from blog.site.structure import SiteStructure
    from blog.views.outputs import Output


def list_outputs(site: SiteStructure, settings: Settings, theme: Theme | None) -> list[Output]:
    """Return all outputs, except those that exist because a page shows them: images and social cards.

    The sitemap lists pages in this order. Without a ``theme``, because it has errors, its files are missing.
    """
    outputs: list[Output] = []
    for edition in site.editions:
        outputs += [output._replace(edition=edition.prefix) for output in _edition_outputs(edition, site, theme)]
    outputs += [*host_file_outputs(site, settings), *file_outputs(site), *alias_outputs(site)]
    if settings.url:
        outputs.append(sitemap_output(outputs))
    if theme is not None:
        outputs += theme_outputs(site, theme)
    return outputs


def _edition_outputs(edition: Edition, site: SiteStructure, theme: Theme | None) -> Iterator[Output]:
    """Yield what the readers of one language get."""
    yield from home_outputs(edition)
    yield from document_outputs(edition)
    yield from term_outputs(edition)
    yield from series_outputs(edition)
    yield from archive_outputs(edition)
    yield from search_outputs(edition)
    yield from feed_outputs(edition, site, theme)
