"""From what stands on a finished page to where its author wrote it: for messages. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from blog.check.site_links import requested_path
from blog.config.settings import FILE_NAME
from blog.markdown import raw_html
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.theme import Theme
    from blog.markdown import Reference
    from blog.site.assemble import Site
    from blog.site.links import PageLinks
    from blog.site.pages import Page
    from blog.views.planning import Plan, PlanInputs


class OriginIndex(NamedTuple):
    """All that is written in documents, settings and templates."""

    locations: Mapping[tuple[str, str], list[Location]]
    """Path and address → places. The path is that of a document, or of the settings, or empty for templates."""
    origins: Mapping[str, Location]
    """Output path of a page → its document, or its template."""
    documents: Mapping[str, str]
    """Output path of a page → the path of its document."""

    @classmethod
    def of(cls, site: Site, inputs: PlanInputs, plan: Plan) -> OriginIndex:
        """Look through all of a site without errors."""
        assert inputs.theme is not None
        written: dict[tuple[str, str], list[Location]] = {}

        def note(path: str, found: Iterable[tuple[str, Location]]) -> None:
            for url, place in found:
                written.setdefault((path, requested_path(url)), []).append(place)

        for path, page in site.pages.items():
            note(path, _of_document(page, site.links[path]))
        for notice in site.notices.values():
            note(FILE_NAME, _shown(notice.text.links, notice.links))
        note(FILE_NAME, _of_settings(inputs.settings))
        note("", _of_templates(inputs.theme))
        rendered = [target for target in plan.outputs if target.template]
        documents = {target.path: target.source for target in rendered if target.source in site.pages}
        documents |= {"index.html": site.home.path} if site.home else {}
        origins = {target.path: Location(inputs.theme.locate(target.template)) for target in rendered}
        origins |= {output: site.pages[path].document.front_matter.location for output, path in documents.items()}
        origins |= {output: Location(file.path) for file, output in site.files}
        return cls(written, origins, documents)

    def locate(self, output: str, url: str) -> Sequence[Location]:
        """Where ``url``, which stands on the page at ``output``, was written; none if that cannot be told."""
        known = ((source, requested_path(url)) for source in (self.documents.get(output, ""), FILE_NAME, ""))
        return next((self.locations[key] for key in known if key in self.locations), ())

    def origin(self, output: str) -> Location:
        """The document of a page, or its template."""
        return self.origins[output]


def _shown(references: Sequence[Reference], urls: Sequence[str]) -> Iterator[tuple[str, Location]]:
    """What stands on a page for each of ``references``: an address in raw HTML may be written as that of a file is."""
    yield from ((url, reference.location) for reference, url in zip(references, urls, strict=True))


def _of_document(page: Page, links: PageLinks) -> Iterator[tuple[str, Location]]:
    matter = page.document.front_matter
    yield from _shown(page.document.text.links, links.text)
    yield from _shown(page.document.context.links, links.context)
    own = [matter.source.url if matter.source else "", matter.discussion, matter.canonical]
    yield from ((url, matter.location) for url in (*own, *(person.url for person in matter.author)) if url)


def _of_settings(settings: Settings) -> Iterator[tuple[str, Location]]:
    yield from ((person.url, Location(FILE_NAME)) for person in settings.author)
    yield from ((url, settings.link_locations[name]) for name, url in settings.links)
    yield from ((item.target, item.location) for item in settings.menu)
    for name, value in settings.theme_options.items():
        if isinstance(value, str) and name in settings.theme_option_locations:
            yield value, settings.theme_option_locations[name]


def _of_templates(design: Theme) -> Iterator[tuple[str, Location]]:
    for name, text in design.templates.items():
        starts = [0, *(found.end() for found in re.finditer("\n", text))]
        for attribute in raw_html.addresses(text):
            line = bisect_right(starts, attribute.start)
            place = Location(design.locate(name), line, attribute.start - starts[line - 1] + 1)
            yield raw_html.value(text, attribute), place
