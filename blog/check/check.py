"""``blog check``: the problems that a build reports, and those that only its whole output shows.

A check builds into a temporary folder and inspects the output: nothing is published, and nothing of the site changes.
Smaller versions of images are not made: that they can be made is enough.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from msgspec import structs

from blog.build import begin_plan, build_in_temp, complete_plan, write
from blog.check.advice import advise_on_site
from blog.check.bibliographies import advise_on_bibliographies
from blog.check.ledger_file import check_ledger
from blog.check.site_output import SiteOutput
from blog.check.source_locations import OriginIndex
from blog.problems import BlogError, Location, Problem, promote_warnings
from blog.render.resizing import find_unreadable
from blog.stages.context import no_progress
from blog.stages.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.config.settings import Settings
    from blog.content.source_record import SourceRecord
    from blog.site.assemble import Site
    from blog.site.visibility import HiddenDocument
    from blog.stages.context import BuildContext, BuildOptions, Progress
    from blog.views.plan import Plan, PlanInputs

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

    @property
    def has_errors(self) -> bool:
        """Return whether one of the problems is an error."""
        return any(problem.severity == "error" for problem in self.problems)


def check_site(order: BuildOptions, progress: Progress = no_progress, *, external: bool = False) -> CheckReport:
    """Check the site that ``order`` builds; with ``external`` also request the links to other sites.

    Problems are returned, not raised; :class:`BlogError` is raised where there is no site at all.
    """
    lenient = structs.replace(order, strict=False)
    report = build_in_temp(lenient, partial(_check_build, external=external), progress)
    problems = promote_warnings(report.problems) if order.strict else report.problems
    return report._replace(problems=tuple(sorted(dict.fromkeys(problems))))


def _check_build(build: BuildContext, *, external: bool) -> CheckReport:
    """Build as far as the problems allow, and check the output."""
    inputs, source_problems = load(build)
    assembled = inputs.assemble()
    site = assembled.site
    problems = [*source_problems, *assembled.problems, *_advise(build.options, inputs, site)]
    hidden = tuple(document for document in site.hidden if not document.address)
    unfinished = CheckReport(tuple(problems), len(site.posts), 0, 0, hidden)
    if any(problem.severity == "error" for problem in problems):
        return unfinished
    try:
        plan = complete_plan(build, begin_plan(build, inputs, source_problems, assembled))
        written = write(build, _without_versions(plan), inputs, source_problems)
    except BlogError as error:  # a template fails
        return unfinished._replace(problems=(*problems, *error.problems))
    output = SiteOutput(build, inputs, site, plan, OriginIndex.of(site, inputs, plan))
    survey = output.survey()
    problems += [
        *written.problems,
        *output.check(survey),
        *_check_images(build, plan, inputs),
        *check_ledger(build.options.root, inputs, assembled),
    ]
    report = CheckReport(tuple(problems), written.posts, written.pages, survey.followed_count, hidden)
    if not external:
        return report
    from blog.check.external_check import check_external_links  # noqa: PLC0415  (urllib3 takes 50 ms to import)

    answered = check_external_links(output, survey)
    return report._replace(
        problems=(*report.problems, *answered.problems), requested=answered.requested, remembered=answered.remembered
    )


def _without_versions(plan: Plan) -> Plan:
    """Return the plan without the smaller versions of images, which take most of the time of a first build."""
    return structs.replace(plan, outputs=tuple(output for output in plan.outputs if not output.width))


def _check_images(build: BuildContext, plan: Plan, inputs: PlanInputs) -> Iterator[Problem]:
    """Yield the images of which a build cannot make the versions that it plans."""
    versions = [output for output in plan.outputs if output.width]
    return find_unreadable(build.options.root, build.cache, versions, inputs.records, build.options.jobs)


def _advise(options: BuildOptions, inputs: PlanInputs, site: Site) -> Iterator[Problem]:
    for problem in advise_on_site(site):
        if problem.code != "no-summary" or not _has_key_in_text(inputs.records[problem.location.path]):
            yield problem
    for path in site.pages:
        yield from inputs.records[path].advice
    for notice in site.notices.values():
        yield from notice.text.advice
    yield from advise_on_bibliographies(inputs.library, inputs.records.values())
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
