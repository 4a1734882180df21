"""The output of a build → the problems that only the whole of it shows, each at its place in the sources."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from blog.check.content_security_policy import PageSource, find_blocked, parse_policies
from blog.check.feed_files import check_xml
from blog.check.hosts import is_local
from blog.check.site_links import CheckedSite, read_markup
from blog.config.settings import FILE_NAME
from blog.content.files import read_source
from blog.output.folder import read_output_file
from blog.problems import Location, Problem
from blog.site.addresses import address_of, output_path
from blog.site.redirects import parse_redirects
from blog.system.workers import map_parallel
from blog.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from blog.check.content_security_policy import Blocked
    from blog.check.site_links import Broken, LinkReport, PageMarkup
    from blog.check.source_locations import OriginIndex
    from blog.problems import Severity
    from blog.site.assemble import Site
    from blog.stages.context import BuildContext
    from blog.views.plan import Plan, PlanInputs

_FEED_OR_SITEMAP = re.compile(r"(?:.*/)?(?:feed|atom|sitemap)\.xml")


class SiteOutput(NamedTuple):
    """The output of a build, with its inputs."""

    build: BuildContext
    inputs: PlanInputs
    site: Site
    plan: Plan
    origins: OriginIndex

    def survey(self) -> LinkReport:
        """Follow all links, on pages and in HTML files of the author's own."""
        rendered = [target.path for target in self.plan.outputs if target.template]
        author_pages = [output for _, output in self.site.files if output.endswith((".html", ".htm"))]
        unlisted = {output_path(page.address) for page in self.site.pages.values() if not page.listed}
        aliases = {target.path for target in self.plan.outputs if target.template == "alias.html"}
        return CheckedSite(
            url=self.inputs.settings.url,
            elsewhere=self.inputs.settings.elsewhere,
            moved=self.site.moved,
            pages=self._read_pages([*rendered, *author_pages]),
            outputs=self._outputs,
            rules=parse_redirects(self._read_text("_redirects")),
            apart=frozenset({"404.html", *unlisted, *aliases, *author_pages}),
        ).survey()

    def _read_pages(self, paths: Sequence[str]) -> dict[str, PageMarkup]:
        def read_page(path: str) -> PageMarkup:
            return read_markup(self._read_text(path))

        with closing(map_parallel(read_page, paths, self.build.options.jobs)) as pages:
            return dict(zip(self.build.progress("looking", paths), pages, strict=True))

    @property
    def _outputs(self) -> AbstractSet[str]:
        """The paths of all outputs; smaller versions of images are planned, and not made."""
        return self.build.state.record.outputs.keys() | {output.path for output in self.plan.outputs}

    def _read_text(self, path: str) -> str:
        return read_output_file(self.build.options.output, path).decode("utf-8", "replace")

    def check(self, survey: LinkReport) -> Iterator[Problem]:
        """Yield the problems of the output, without those of external links."""
        yield from self._check_broken_links(survey)
        yield from self._check_unlinked_pages(survey)
        yield from self._check_feeds()
        yield from self._check_local_links(survey)
        yield from self._check_policies()

    def _check_broken_links(self, survey: LinkReport) -> Iterator[Problem]:
        """Yield a problem for each location of each broken link."""
        pages: dict[tuple[str, str, str, Severity], list[str]] = {}
        for link in survey.broken:
            if link.line:
                yield Problem(Location("content/_redirects", link.line), "broken-link", link.message, link.hint)
            else:
                hint, severity = _grade_broken_link(link)
                pages.setdefault((link.written, link.message, hint, severity), []).append(link.page)
        for (url, message, hint, severity), linking in pages.items():
            for location, on in self.locate(linking, url):
                yield Problem(location, "broken-link", message + on, hint, severity)

    def locate(self, pages: Sequence[str], url: str) -> Iterable[tuple[Location, str]]:
        """Return each location of ``url``, with the pages that contain it unless the location is in their document."""
        locations: dict[Location, str] = {}
        unlocated = []
        for page in pages:
            page_locations = self.origins.locate(page, url)
            if not page_locations:
                unlocated.append(page)
            own_paths = {FILE_NAME, self.origins.documents.get(page)}
            for location in page_locations:
                locations.setdefault(location, "" if location.path in own_paths else _on_pages([page]))
        if unlocated:
            locations.setdefault(self.origins.origin(unlocated[0]), _on_pages(unlocated))
        return locations.items()

    def _check_unlinked_pages(self, survey: LinkReport) -> Iterator[Problem]:
        for page in survey.unreached:
            # In a blog without posts no page links to the lists of posts.
            if self.site.posts or page in self.origins.documents:
                message = f"no page that readers come to leads to {address_of(page)}"
                hint = "link to it, put it into [menu], or write unlisted: true"
                yield Problem(self.origins.origin(page), "unlinked-page", message, hint, "warning")

    def _check_feeds(self) -> Iterator[Problem]:
        """Yield what is invalid in feeds and sitemaps; files beside a post are not checked."""
        sources = {output: file.path for file, output in self.site.files}
        for path in filter(_FEED_OR_SITEMAP.fullmatch, self._outputs):
            location = Location(sources.get(path, FILE_NAME))
            if location.path.startswith("content/posts/"):
                continue
            for description in check_xml(read_output_file(self.build.options.output, path)):
                yield Problem(location, "invalid-feed", f"/{path}: {description}")

    def _check_local_links(self, survey: LinkReport) -> Iterator[Problem]:
        """Yield the links to the reader's own machine or network."""
        for url in filter(is_local, survey.elsewhere):
            for location, on in self.locate(survey.elsewhere[url], url):
                message = f'"{url}" is a local address{on}: readers cannot reach it'
                yield Problem(location, "local-link", message, "take the link out, or write it as `code`", "warning")

    def _check_policies(self) -> Iterator[Problem]:
        """Yield what the site's own Content-Security-Policy blocks."""
        policies = parse_policies(self._read_text("_headers"))
        if not policies:
            return
        files = {file.path: file for file in self.inputs.sources.documents}
        for output, path in self.origins.documents.items():
            html = self._read_text(output)
            blocked = list(find_blocked(html, address_of(output), policies, self.inputs.settings.url))
            if blocked:
                source = read_source(self.build.options.root, files[path]).decode("utf-8", "replace")
                yield from self._report_blocked(blocked, output, path, PageSource(source))

    def _report_blocked(
        self, blocked: Sequence[Blocked], output: str, path: str, source: PageSource
    ) -> Iterator[Problem]:
        """Yield a problem for each blocked part that the document at ``path`` contains, not a template."""
        for part in blocked:
            location = self._locate_blocked(part, output, path, source)
            if location:
                subject = f"{part.description} ({part.address})" if part.address else part.description
                message = f"readers do not get {subject}: {part.directive} in content/_headers, line {part.line}"
                yield Problem(location, "blocked", message, part.hint, "warning")

    def _locate_blocked(self, part: Blocked, output: str, path: str, source: PageSource) -> Location | None:
        position = source.position(part.tag)
        if position:
            return Location(path, *position)
        if not part.address:
            return None
        locations = self.origins.locate(output, part.address)
        return next((location for location in locations if location.path == path), None)


def _grade_broken_link(link: Broken) -> tuple[str, Severity]:
    """Return hint and severity of a broken link."""
    if not link.may_be_there:
        return link.hint, "error"
    path = urlsplit(link.written).path
    hint = f'if something else lives there, write elsewhere = ["{path}"] under [links] in {FILE_NAME}'
    return link.hint or hint, "warning"


def _on_pages(pages: Sequence[str]) -> str:
    """Return the words for the first of ``pages`` and the number of the others, as the end of a message."""
    others = len(pages) - 1
    if not others:
        return f" (on {address_of(pages[0])})"
    return f" (on {address_of(pages[0])} and {counted(others, 'more page')})"
