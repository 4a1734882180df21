"""An address on a rendered page → its location in the sources, for messages. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from blog.check.site_links import requested_path
from blog.config.settings import FILE_NAME
from blog.content.front_matter import linked_addresses
from blog.markdown import raw_html
from blog.problems import Location
from blog.site.addresses import output_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.config.settings import Settings
    from blog.content.theme import Theme
    from blog.markdown import Reference
    from blog.site.assemble import Site
    from blog.site.document_links import PageLinks
    from blog.site.pages import Page
    from blog.views.plan import Plan, PlanInputs


class OriginIndex(NamedTuple):
    """The locations of the addresses in documents, settings and templates."""

    locations: Mapping[tuple[str, str], list[Location]]
    """(path, address) → locations. The path is that of a document or of the settings; empty for templates."""
    origins: Mapping[str, Location]
    """Output path of a page → its document, or its template."""
    documents: Mapping[str, str]
    """Output path of a page → path of its document."""

    @classmethod
    def of(cls, site: Site, inputs: PlanInputs, plan: Plan) -> OriginIndex:
        """Return the index of a site that has no errors."""
        assert inputs.theme is not None
        locations: dict[tuple[str, str], list[Location]] = {}
        for path, url, location in _all_addresses(site, inputs.settings, inputs.theme):
            locations.setdefault((path, requested_path(url)), []).append(location)
        documents = _documents_by_output(site, plan)
        return cls(locations, _origins_by_output(site, plan, inputs.theme, documents), documents)

    def locate(self, output: str, url: str) -> Sequence[Location]:
        """Return the locations of ``url`` on the page at ``output``; empty if they are unknown."""
        address = requested_path(url)
        for path in (self.documents.get(output, ""), FILE_NAME, ""):
            if (path, address) in self.locations:
                return self.locations[path, address]
        return ()

    def origin(self, output: str) -> Location:
        """Return the document of a page, or its template."""
        return self.origins[output]


def _documents_by_output(site: Site, plan: Plan) -> dict[str, str]:
    documents = {}
    for output in plan.outputs:
        if output.template and output.source in site.pages:
            documents[output.path] = output.source
    for edition in site.editions:
        if edition.home:
            documents[output_path(edition.home.address)] = edition.home.path
    return documents


def _origins_by_output(site: Site, plan: Plan, theme: Theme, documents: Mapping[str, str]) -> dict[str, Location]:
    origins = {planned.path: Location(theme.locate(planned.template)) for planned in plan.outputs if planned.template}
    for output, path in documents.items():
        origins[output] = site.pages[path].document.front_matter.location
    for file, output in site.files:
        origins[output] = Location(file.path)
    return origins


def _all_addresses(site: Site, settings: Settings, theme: Theme) -> Iterator[tuple[str, str, Location]]:
    """Yield each address with its location and its path: that of a document, of the settings, or empty."""
    for path, page in site.pages.items():
        for url, location in _document_addresses(page, site.links[path]):
            yield path, url, location
    for notice in site.notices.values():
        for url, location in _resolved_addresses(notice.text.links, notice.links):
            yield FILE_NAME, url, location
    for url, location in _settings_addresses(settings):
        yield FILE_NAME, url, location
    for url, location in _template_addresses(theme):
        yield "", url, location


def _resolved_addresses(references: Sequence[Reference], urls: Sequence[str]) -> Iterator[tuple[str, Location]]:
    """Yield the address of each reference on the page: raw HTML may contain the path of a source file instead."""
    for reference, url in zip(references, urls, strict=True):
        yield url, reference.location


def _document_addresses(page: Page, links: PageLinks) -> Iterator[tuple[str, Location]]:
    matter = page.document.front_matter
    yield from _resolved_addresses(page.document.text.links, links.text)
    yield from _resolved_addresses(page.document.context.links, links.context)
    for url in linked_addresses(matter):
        yield url, matter.location


def _settings_addresses(settings: Settings) -> Iterator[tuple[str, Location]]:
    for person in settings.author:
        yield person.url, Location(FILE_NAME)
    for name, url in settings.links:
        yield url, settings.link_locations[name]
    for own_settings in settings.by_language.values():
        for item in own_settings.menu:
            yield item.target, item.location
    for name, location in settings.theme_option_locations.items():
        value = settings.theme_options.get(name)
        if isinstance(value, str):
            yield value, location


def _template_addresses(theme: Theme) -> Iterator[tuple[str, Location]]:
    for name, text in theme.templates.items():
        line_starts = [0, *(newline.end() for newline in re.finditer("\n", text))]
        for attribute in raw_html.addresses(text):
            line = bisect_right(line_starts, attribute.start)
            column = attribute.start - line_starts[line - 1] + 1
            yield raw_html.value(text, attribute), Location(theme.locate(name), line, column)
