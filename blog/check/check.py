"""``blog check``: what a build says of a site, and what can only be seen by looking at all that would come out.

To check is to build aside and to look at it: nothing is published, and nothing of the site changes.
What other sites answer is remembered for a week, beside the cache.
"""

from __future__ import annotations

import re
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from msgspec import structs

from blog.build import build_in_temp, no_progress
from blog.cache.workspace import locate_folders
from blog.check import site_links
from blog.check.advice import advise_on_site
from blog.check.content_security_policy import PageSource, find_blocked, parse_policies
from blog.check.external_links import is_local, request, request_all
from blog.check.feeds import check_xml
from blog.check.origins import OriginIndex
from blog.check.site_links import parse_redirects, read_markup
from blog.check.stored_answers import recall_answers, store_answers
from blog.config.settings import FILE_NAME
from blog.content.files import read_source
from blog.output.folder import read_output_file
from blog.problems import BlogError, Location, Problem, promote_warnings
from blog.site.addresses import address_of, output_path
from blog.system.workers import map_parallel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.build import Build, BuildOptions, Progress
    from blog.check.content_security_policy import Blocked
    from blog.check.external_links import Answer
    from blog.check.site_links import LinkReport
    from blog.config.settings import Settings
    from blog.problems import Severity
    from blog.site.assemble import HiddenDocument, Site
    from blog.views.planning import Plan, PlanInputs

_XML = re.compile(r"(?:.*/)?(?:feed|atom|sitemap)\.xml")


class CheckReport(NamedTuple):
    """The result of a check."""

    problems: tuple[Problem, ...]
    """Errors, warnings and notes, in order."""
    posts: int
    pages: int
    """0 if they could not be made, nor looked at."""
    links: int
    hidden: tuple[HiddenDocument, ...] = ()
    """Documents that readers do not see."""
    requested: int = 0
    """Number of external addresses requested in this run."""
    remembered: int = 0
    """and of how many the answer was known."""


def check_site(order: BuildOptions, progress: Progress = no_progress, *, external: bool = False) -> CheckReport:
    """Look at the site that ``order`` would build; with ``external`` ask other sites about the links to them.

    Problems are given, not raised; :class:`BlogError` is raised where there is no site at all.
    """
    found = build_in_temp(structs.replace(order, strict=False), partial(_look, external=external), progress)
    problems = promote_warnings(found.problems) if order.strict else found.problems
    return found._replace(problems=tuple(sorted(dict.fromkeys(problems))))


def _look(build: Build, *, external: bool) -> CheckReport:
    """Build, as far as that goes, and look at what comes out."""
    inputs, problems = build.load()
    assembled = inputs.assemble()
    site, between, _ = assembled
    said = [*problems, *between, *advise_on_site(site)]
    said += [problem for path in site.pages for problem in inputs.records[path].advice]
    said += [problem for notice in site.notices.values() for problem in notice.text.advice]
    said += _placeholder(inputs.settings) if build.options.base_url is None else ()
    held = tuple(held for held in site.hidden if not held.address)
    unfinished = CheckReport(tuple(said), len(site.posts), 0, 0, held)
    if any(problem.severity == "error" for problem in said):
        return unfinished
    try:
        plan = build.plan(inputs, problems, assembled)
        report = build.write(plan, inputs, problems)
    except BlogError as error:  # a template fails
        return unfinished._replace(problems=(*said, *error.problems))
    out = _Output(build, inputs, site, plan, OriginIndex.of(site, inputs, plan))
    survey = out.survey()
    said += [*report.problems, *out.broken(survey), *out.unreached(survey), *out.invalid_feeds(), *out.local(survey)]
    said += out.blocked_by_policy()
    checked = CheckReport(tuple(said), report.posts, report.pages, survey.followed_count, held)
    return _with_answers(checked, out, survey) if external else checked


def _elsewhere(url: str) -> str:
    return f'if something else lives there, write elsewhere = ["{urlsplit(url).path}"] under [links] in {FILE_NAME}'


def _placeholder(settings: Settings) -> Iterator[Problem]:
    """An address that nobody can have (RFC 2606) would go into feeds, and every entry would be new to readers later."""
    if re.fullmatch(r"(?:.+\.)?example\.(?:com|net|org)|.+\.example", urlsplit(settings.url).hostname or ""):
        message = f'"{settings.url}" stands for the address that the blog will have'
        yield Problem(settings.url_location, "placeholder", message, "write that before you publish", "note")


def _with_answers(checked: CheckReport, out: _Output, survey: LinkReport) -> CheckReport:
    """Ask for what is not remembered; what has been answered is kept, whatever ends the rest."""
    order = out.build.options
    folders, today = locate_folders(order.root, order.cache_dir), order.audience.now.date()
    known = recall_answers(folders, today)
    urls = [url for url in survey.elsewhere if not is_local(url)]
    new = [url for url in urls if url not in known]
    answers: dict[str, Answer] = {}
    try:
        for _, (url, answer) in zip(out.build.progress("asking", new), request_all(new), strict=True):
            answers[url] = answer
    finally:
        store_answers(folders, today, known, answers)
    old = {url: known[url].answer for url in urls if url in known}
    if _is_offline(answers, old):
        message = f"of {len(answers)} addresses of other sites none can be reached"
        offline = Problem(Location(FILE_NAME), "offline", message, "check your internet connection", "warning")
        problems = (*checked.problems, offline, *out.external_problems(survey, old))
    else:
        problems = (*checked.problems, *out.external_problems(survey, answers | old))
    return checked._replace(problems=problems, requested=len(new), remembered=len(old))


def _is_offline(answers: Mapping[str, Answer], old: Mapping[str, Answer]) -> bool:
    """Return whether this machine seems to be offline: one more request to an address that worked before fails too."""
    if not answers or not all(answer.is_network for answer in answers.values()):
        return False
    if old:
        return request(next(iter(old))).is_network
    return len({urlsplit(url).netloc for url in answers}) > 1


class _Output(NamedTuple):
    """The output of a build, with its inputs."""

    build: Build
    inputs: PlanInputs
    site: Site
    plan: Plan
    origins: OriginIndex

    def survey(self) -> LinkReport:
        """Follow all links, on pages and in HTML files of the author's own."""
        order, site = self.build.options, self.site
        own = [output for _, output in site.files if output.endswith((".html", ".htm"))]
        paths = [*(target.path for target in self.plan.outputs if target.template), *own]
        with closing(map_parallel(lambda path: read_markup(self._text(path)), paths, order.jobs)) as results:
            pages = dict(zip(self.build.progress("looking", paths), results, strict=True))
        alone = {output_path(page.address) for page in site.pages.values() if not page.listed}
        aliases = {target.path for target in self.plan.outputs if target.template == "alias.html"}
        return site_links.CheckedSite(
            url=self.inputs.settings.url,
            elsewhere=self.inputs.settings.elsewhere,
            pages=pages,
            outputs=self._outputs,
            rules=parse_redirects(self._text("_redirects")),
            apart=frozenset({"404.html", *alone, *aliases, *own}),
        ).survey()

    @property
    def _outputs(self) -> Mapping[str, object]:
        ledger = self.build.state.record
        assert ledger is not None
        return ledger.outputs

    def _text(self, path: str) -> str:
        return read_output_file(self.build.options.output, path).decode("utf-8", "replace")

    def broken(self, survey: LinkReport) -> Iterator[Problem]:
        """Links that lead nowhere: each once for each place where it is written."""
        pages: dict[tuple[str, str, str, Severity], list[str]] = {}
        for page, written, message, hint, line, may_be_there in survey.broken:
            if line:
                yield Problem(Location("content/_redirects", line), "broken-link", message, hint)
            else:
                severity: Severity = "warning" if may_be_there else "error"
                shown = _elsewhere(written) if may_be_there and not hint else hint
                pages.setdefault((written, message, shown, severity), []).append(page)
        for (written, message, hint, severity), found in pages.items():
            for place, on in self._locations(found, written):
                yield Problem(place, "broken-link", message + on, hint, severity)

    def _locations(self, pages: Sequence[str], url: str) -> Iterator[tuple[Location, str]]:
        """Yield each location where ``url`` was written, with the pages that show it if no document contains it."""
        said: dict[Location, str] = {}
        lost = []
        for page in pages:
            places = self.origins.locate(page, url)
            if not places:
                lost.append(page)
            for place in places:
                is_own = place.path in {FILE_NAME, self.origins.documents.get(page)}
                said.setdefault(place, "" if is_own else f" (on {address_of(page)})")
        if lost:
            more = f" and {len(lost) - 1} more page{'s' * (len(lost) > 2)}" if len(lost) > 1 else ""
            said.setdefault(self.origins.origin(lost[0]), f" (on {address_of(lost[0])}{more})")
        yield from said.items()

    def unreached(self, survey: LinkReport) -> Iterator[Problem]:
        """Pages that nobody comes to."""
        # In a blog without posts nothing leads to lists of them.
        for page in (page for page in survey.unreached if self.site.posts or page in self.origins.documents):
            hint = "link to it, put it into [menu], or write unlisted: true"
            message = f"no page that readers come to leads to {address_of(page)}"
            yield Problem(self.origins.origin(page), "unlinked-page", message, hint, "warning")

    def invalid_feeds(self) -> Iterator[Problem]:
        """Yield what is invalid in the feeds and the sitemap; files beside a post are not checked."""
        own = {output: file.path for file, output in self.site.files}
        for path in filter(_XML.fullmatch, self._outputs):
            place = Location(own.get(path, FILE_NAME))
            if not place.path.startswith("content/posts/"):
                data = read_output_file(self.build.options.output, path)
                for words in check_xml(data, self.inputs.settings.url, self._outputs):
                    yield Problem(place, "invalid-feed", f"/{path}: {words}")

    def local(self, survey: LinkReport) -> Iterator[Problem]:
        """Links to the machine of whoever follows them."""
        for url in filter(is_local, survey.elsewhere):
            for place, on in self._locations(survey.elsewhere[url], url):
                message = f'"{url}" is a local address{on}: readers cannot reach it'
                yield Problem(place, "local-link", message, "take the link out, or write it as `code`", "warning")

    def blocked_by_policy(self) -> Iterator[Problem]:
        """Yield what the site's own Content-Security-Policy blocks."""
        known = parse_policies(self._text("_headers"))
        files = {file.path: file for file in self.inputs.sources.documents}
        for output, path in self.origins.documents.items() if known else ():
            found = list(find_blocked(self._text(output), address_of(output), known, self.inputs.settings.url))
            source = (
                PageSource(read_source(self.build.options.root, files[path]).decode("utf-8", "replace"))
                if found
                else None
            )
            for what in found:
                place = self._blocked_location(what, output, path, source)
                if place:
                    subject = f"{what.description} ({what.address})" if what.address else what.description
                    message = f"readers do not get {subject}: {what.directive} in content/_headers, line {what.line}"
                    yield Problem(place, "blocked", message, what.hint, "warning")

    def _blocked_location(self, what: Blocked, output: str, path: str, source: PageSource | None) -> Location | None:
        """Return the location of the blocked tag in the document at ``path``; None if a template wrote it."""
        position = source.position(what.tag) if source else None
        if position:
            return Location(path, *position)
        places = self.origins.locate(output, what.address) if what.address else ()
        return next((place for place in places if place.path == path), None)

    def external_problems(self, survey: LinkReport, answers: Mapping[str, Answer]) -> Iterator[Problem]:
        """Yield a problem for each external link whose answer is bad."""
        for url, answer in sorted(answers.items()):
            for place, on in self._locations(survey.elsewhere[url], url) if answer.verdict != "alive" else ():
                yield _told(place, url, answer, on)


def _told(place: Location, url: str, answer: Answer, on: str) -> Problem:
    if answer.verdict == "moved":
        message = f'"{url}" has moved for good{on}'
        return Problem(
            place,
            "moved-link",
            message,
            f"write {answer.target}{''.join(url.partition('#')[1:])}",
            "note",
        )
    if answer.verdict == "barred":
        return Problem(
            place, "barred-link", f'"{url}"{on}: {answer.reason}, to programs at least', "look yourself", "note"
        )
    if answer.verdict == "private":
        message = f'"{url}" {answer.reason}{on}: readers cannot reach it'
        return Problem(place, "local-link", message, "take the link out, or write it as `code`", "warning")
    if answer.verdict == "failing":
        return Problem(place, "failing-link", f'"{url}"{on}: {answer.reason}', "ask once more another day", "warning")
    hint = f"take the link out, or lead to a copy: https://web.archive.org/web/{url}"
    return Problem(place, "dead-link", f'"{url}" is dead{on}: {answer.reason}', hint)
