"""``blog check``: the problems that a build reports, and those that only its whole output shows.

A check builds into a temporary folder and inspects the output: nothing is published, and nothing of the site changes.
"""

from __future__ import annotations

import re
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from msgspec import structs

from blog.build import build_in_temp, make_plan, write
from blog.cache.workspace import locate_folders
from blog.check.advice import advise_on_site
from blog.check.content_security_policy import PageSource, find_blocked, parse_policies
from blog.check.external_links import request, request_all
from blog.check.feeds import check_xml
from blog.check.hosts import is_local
from blog.check.site_links import CheckedSite, parse_redirects, read_markup
from blog.check.source_locations import OriginIndex
from blog.check.stored_answers import recall_answers, store_answers
from blog.config.settings import FILE_NAME
from blog.content.files import read_source
from blog.output.folder import read_output_file
from blog.problems import BlogError, Location, Problem, promote_warnings
from blog.site.addresses import address_of, output_path
from blog.stages.context import no_progress
from blog.stages.loading import load
from blog.system.workers import map_parallel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from blog.check.content_security_policy import Blocked
    from blog.check.external_links import Answer
    from blog.check.site_links import Broken, LinkReport, PageMarkup
    from blog.config.settings import Settings
    from blog.content.source_record import SourceRecord
    from blog.problems import Severity
    from blog.site.assemble import Site
    from blog.site.visibility import HiddenDocument
    from blog.stages.context import BuildContext, BuildOptions, Progress
    from blog.views.plan import Plan, PlanInputs

_FEED_OR_SITEMAP = re.compile(r"(?:.*/)?(?:feed|atom|sitemap)\.xml")
_PLACEHOLDER_HOST = re.compile(r"(?:.+\.)?example\.(?:com|net|org)|.+\.example")
"""Hosts that are reserved for examples (RFC 2606)."""


class CheckReport(NamedTuple):
    """The result of a check."""

    problems: tuple[Problem, ...]
    """Errors, warnings and notes, in order."""
    posts: int
    pages: int
    """0 if they were not built."""
    links: int
    hidden: tuple[HiddenDocument, ...] = ()
    """Documents that readers do not see."""
    requested: int = 0
    """Number of external addresses requested in this run."""
    remembered: int = 0
    """Number of external addresses whose answers were stored."""


def check_site(order: BuildOptions, progress: Progress = no_progress, *, external: bool = False) -> CheckReport:
    """Check the site that ``order`` builds; with ``external`` also request the links to other sites.

    Problems are returned, not raised; :class:`BlogError` is raised where there is no site at all.
    """
    lenient = structs.replace(order, strict=False)
    report = build_in_temp(lenient, partial(_check_build, external=external), progress)
    problems = promote_warnings(report.problems) if order.strict else report.problems
    return report._replace(problems=tuple(sorted(dict.fromkeys(problems))))


def _check_build(build: BuildContext, *, external: bool) -> CheckReport:
    """BuildContext as far as the problems allow, and check the output."""
    inputs, source_problems = load(build)
    assembled = inputs.assemble()
    site = assembled.site
    problems = [*source_problems, *assembled.problems, *_advise(build.options, inputs, site)]
    hidden = tuple(document for document in site.hidden if not document.address)
    unfinished = CheckReport(tuple(problems), len(site.posts), 0, 0, hidden)
    if any(problem.severity == "error" for problem in problems):
        return unfinished
    try:
        plan = make_plan(build, inputs, source_problems, assembled)
        written = write(build, plan, inputs, source_problems)
    except BlogError as error:  # a template fails
        return unfinished._replace(problems=(*problems, *error.problems))
    output = _Output(build, inputs, site, plan, OriginIndex.of(site, inputs, plan))
    survey = output.survey()
    problems += [*written.problems, *output.check(survey)]
    report = CheckReport(tuple(problems), written.posts, written.pages, survey.followed_count, hidden)
    return _check_external_links(report, output, survey) if external else report


def _advise(options: BuildOptions, inputs: PlanInputs, site: Site) -> Iterator[Problem]:
    for problem in advise_on_site(site):
        if problem.code != "no-summary" or not _has_key_in_text(inputs.records[problem.location.path]):
            yield problem
    for path in site.pages:
        yield from inputs.records[path].advice
    for notice in site.notices.values():
        yield from notice.text.advice
    if options.base_url is None:
        yield from _check_site_url(inputs.settings)
    yield from _find_misplaced_posts(options, inputs, site)


def _has_key_in_text(record: SourceRecord) -> bool:
    """Return whether the text begins with a line of front matter, which is an error: the summary is that line."""
    return any(problem.code in {"front-matter", "hiding-key"} for problem in record.problems)


def _find_misplaced_posts(options: BuildOptions, inputs: PlanInputs, site: Site) -> Iterator[Problem]:
    """Yield a note on ``posts/`` beside ``content/``, and on each folder of pages with tags, labels or a series."""
    has_posts = any(file.kind == "post" for file in inputs.sources.documents)
    if not has_posts and any((options.root / "posts").glob("*.md")):
        message, hint = "posts/ is beside content/, and its files are left out", "move it: posts live in content/posts/"
        yield Problem(Location("posts"), "misplaced-posts", message, hint, "note")
    folders: set[str] = set()
    for page in site.pages.values():
        folder, matter = page.path.rpartition("/")[0], page.document.front_matter
        is_like_post = bool(matter.labels or matter.tags or matter.series)
        if page.document.kind == "page" and is_like_post and folder not in {"content", *folders}:
            folders.add(folder)
            message, hint = f"{folder}/ holds pages, not posts", "posts live in content/posts/"
            yield Problem(Location(page.path), "misplaced-posts", message, hint, "note")


def _check_site_url(settings: Settings) -> Iterator[Problem]:
    """Yield a note on a placeholder: in feeds it would make every entry new to subscribers once the URL changes."""
    if _PLACEHOLDER_HOST.fullmatch(urlsplit(settings.url).hostname or ""):
        message = f'"{settings.url}" stands for the address that the blog will have'
        yield Problem(settings.url_location, "placeholder", message, "write that before you publish", "note")


def _check_external_links(report: CheckReport, output: _Output, survey: LinkReport) -> CheckReport:
    """Request the addresses without a stored answer; answers are stored even if an exception ends the requests."""
    options = output.build.options
    folders, today = locate_folders(options.root, options.cache_dir), options.audience.now.date()
    stored = recall_answers(folders, today)
    urls = [url for url in survey.elsewhere if not is_local(url)]
    new_urls = [url for url in urls if url not in stored]
    answers: dict[str, Answer] = {}
    try:
        for _, (url, answer) in zip(output.build.progress("asking", new_urls), request_all(new_urls), strict=True):
            answers[url] = answer
    finally:
        store_answers(folders, today, stored, answers)
    remembered = {url: stored[url].answer for url in urls if url in stored}
    problems = list(report.problems)
    if _is_offline(answers, remembered):
        message = f"of {len(answers)} addresses of other sites none can be reached"
        problems.append(Problem(Location(FILE_NAME), "offline", message, "check your internet connection", "warning"))
        answers = {}
    problems += output.check_answers(survey, answers | remembered)
    return report._replace(problems=tuple(problems), requested=len(new_urls), remembered=len(remembered))


def _is_offline(answers: Mapping[str, Answer], remembered: Mapping[str, Answer]) -> bool:
    """Return whether this machine seems to be offline: one more request to an address that worked before fails too."""
    if not answers or not all(answer.is_network for answer in answers.values()):
        return False
    if remembered:
        return request(next(iter(remembered))).is_network
    hosts = {urlsplit(url).netloc for url in answers}
    return len(hosts) > 1


class _Output(NamedTuple):
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
    def _outputs(self) -> Mapping[str, object]:
        return self.build.state.record.outputs

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
            for location, on in self._locate(linking, url):
                yield Problem(location, "broken-link", message + on, hint, severity)

    def _locate(self, pages: Sequence[str], url: str) -> Iterable[tuple[Location, str]]:
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
        """Yield what is invalid in the feeds and the sitemap; files beside a post are not checked."""
        sources = {output: file.path for file, output in self.site.files}
        for path in filter(_FEED_OR_SITEMAP.fullmatch, self._outputs):
            location = Location(sources.get(path, FILE_NAME))
            if location.path.startswith("content/posts/"):
                continue
            data = read_output_file(self.build.options.output, path)
            for description in check_xml(data, self.inputs.settings.url, self._outputs):
                yield Problem(location, "invalid-feed", f"/{path}: {description}")

    def _check_local_links(self, survey: LinkReport) -> Iterator[Problem]:
        """Yield the links to the reader's own machine or network."""
        for url in filter(is_local, survey.elsewhere):
            for location, on in self._locate(survey.elsewhere[url], url):
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

    def check_answers(self, survey: LinkReport, answers: Mapping[str, Answer]) -> Iterator[Problem]:
        """Yield a problem for each location of each external link that is not alive."""
        for url, answer in sorted(answers.items()):
            if answer.verdict != "alive":
                for location, on in self._locate(survey.elsewhere[url], url):
                    yield _report_answer(location, url, answer, on)


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
    return f" (on {address_of(pages[0])} and {others} more page{'s' * (others > 1)})"


def _report_answer(location: Location, url: str, answer: Answer, on: str) -> Problem:
    """Return the problem of an external link that is not alive; ``on`` names the pages that have it."""
    match answer.verdict:
        case "moved":
            fragment = "".join(url.partition("#")[1:])
            hint = f"write {answer.target}{fragment}"
            return Problem(location, "moved-link", f'"{url}" has moved permanently{on}', hint, "note")
        case "barred":
            message = f'"{url}"{on}: {answer.reason}, for programs at least'
            return Problem(location, "barred-link", message, "open it in a browser", "note")
        case "private":
            message = f'"{url}" {answer.reason}{on}: readers cannot reach it'
            return Problem(location, "local-link", message, "take the link out, or write it as `code`", "warning")
        case "failing":
            return Problem(
                location, "failing-link", f'"{url}"{on}: {answer.reason}', "check again another day", "warning"
            )
        case _:
            hint = f"take the link out, or link to a copy: https://web.archive.org/web/{url}"
            return Problem(location, "dead-link", f'"{url}" is dead{on}: {answer.reason}', hint)
