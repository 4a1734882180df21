"""``blog check``: what a build says of a site, and what can only be seen by looking at all that would come out.

To check is to build aside and to look at it: nothing is published, and nothing of the site changes.
What other sites answer is remembered for a week, in ``.blog/``.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from html import escape
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, structs

from blog import crawl
from blog.addresses import output_path
from blog.advice import advise
from blog.build import aside
from blog.cache import pack, read_note, write_note
from blog.config import FILE_NAME
from blog.crawl import address_of, markup_of, rules_of
from blog.errors import Place, Problem, strictly
from blog.outputs import current
from blog.parallel import spread
from blog.validity import check_xml
from blog.web import Answer, ask_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from blog.build import Build, Order, Progress
    from blog.crawl import Survey
    from blog.planning import Inputs, Plan
    from blog.site import Site
    from blog.themes import Design

REMEMBERED = dt.timedelta(days=7)
_NOTE = "asked"
_XML = re.compile(r"(?:.*/)?(?:feed|atom|sitemap)\.xml")
_LOCAL = re.compile(
    r"https?://(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|[^/:?#]+\.(?:local|localhost|internal))(?:[:/?#]|$)",
    re.IGNORECASE,
)


class Checked(NamedTuple):
    """What was looked at, and found."""

    problems: tuple[Problem, ...]
    """Errors, warnings and notes, in order."""
    posts: int
    pages: int
    links: int
    asked: int = 0
    """How many addresses of other sites were asked for now;"""
    remembered: int = 0
    """and of how many the answer was known."""


class _Asked(Struct, frozen=True, array_like=True):
    """An answer, and when it came."""

    day: dt.date
    answer: Answer


_ASKED = msgspec.msgpack.Decoder(dict[str, _Asked])


def check(order: Order, progress: Progress, *, external: bool = False) -> Checked:
    """Look at the site that ``order`` would build; with ``external`` ask other sites about the links to them.

    Problems are given, not raised; :class:`BlogError` is raised where there is no site at all.
    """
    found = aside(structs.replace(order, strict=False), partial(_look, external=external), progress)
    problems = strictly(found.problems) if order.strict else found.problems
    return found._replace(problems=tuple(sorted(dict.fromkeys(problems))))


def _look(build: Build, *, external: bool) -> Checked:
    """Build, as far as that goes, and look at what comes out."""
    inputs, problems = build.read()
    assembled = inputs.assemble()
    site, between, _ = assembled
    said = [*problems, *between, *advise(site)]
    said += [problem for path in site.pages for problem in inputs.known[path].advice]
    said += [problem for notice in site.notices.values() for problem in notice.text.advice]
    if any(problem.severity == "error" for problem in said):
        return Checked(tuple(said), len(site.posts), 0, 0)
    plan = build.plan(inputs, problems, assembled)
    report = build.write(plan, inputs, problems)
    out = _Output(build, inputs, site, plan)
    survey = out.survey()
    said += [*report.problems, *out.broken(survey), *out.unreached(survey), *out.invalid(), *out.local(survey)]
    checked = Checked(tuple(said), report.posts, report.pages, survey.followed)
    return _with_answers(checked, out, survey) if external else checked


def _with_answers(checked: Checked, out: _Output, survey: Survey) -> Checked:
    """Ask for what is not remembered."""
    root, today = out.build.order.root, out.build.order.audience.now.date()
    known = _recall(root, today)
    new = [url for url in survey.elsewhere if url not in known]
    answers = dict(found for _, found in zip(out.build.progress("asking", new), ask_all(new), strict=True))
    kept = {
        url: _Asked(today, answer) for url, answer in answers.items() if answer.verdict in {"alive", "moved", "barred"}
    }
    if kept:
        write_note(root, _NOTE, pack(known | kept))
    every = answers | {url: known[url].answer for url in survey.elsewhere if url in known}
    problems = (*checked.problems, *out.answered(survey, every))
    return checked._replace(problems=problems, asked=len(new), remembered=len(every) - len(new))


def _recall(root: Path, today: dt.date) -> dict[str, _Asked]:
    """The answers of the last week."""
    try:
        found = _ASKED.decode(read_note(root, _NOTE))
    except msgspec.DecodeError:
        return {}
    return {url: asked for url, asked in found.items() if dt.timedelta() <= today - asked.day < REMEMBERED}


class _Output(NamedTuple):
    """What came out, and what it was made from."""

    build: Build
    inputs: Inputs
    site: Site
    plan: Plan

    def survey(self) -> Survey:
        """Follow all links."""
        order, site = self.build.order, self.site
        paths = [target.path for target in self.plan.targets if target.template]
        found = spread(lambda path: markup_of(self._text(path)), paths, order.jobs)
        pages = dict(zip(paths, self.build.progress("looking", [*found]), strict=True))
        alone = {output_path(page.address) for page in site.pages.values() if not page.listed}
        aliases = {target.path for target in self.plan.targets if target.template == "alias.html"}
        return crawl.Site(
            url=self.inputs.settings.url,
            pages=pages,
            outputs=self._outputs,
            rules=rules_of(self._text("_redirects")),
            apart=frozenset({"404.html", *alone, *aliases}),
        ).survey()

    @property
    def _outputs(self) -> Mapping[str, object]:
        ledger = self.build.memory.ledger
        assert ledger is not None
        return ledger.outputs

    def _text(self, path: str) -> str:
        return current(self.build.order.output, path).decode("utf-8", "replace")

    def broken(self, survey: Survey) -> Iterator[Problem]:
        """Links that lead nowhere: each once for each place where it is written."""
        finder = self._finder()
        said = set()
        for page, written, message, hint, line in survey.broken:
            place = Place("content/_redirects", line) if line else finder.place(page, written)
            if (place, written) not in said:
                said.add((place, written))
                on = "" if line or finder.is_known(page, written) else f" (on {address_of(page)})"
                yield Problem(place, "broken-link", message + on, hint)

    def unreached(self, survey: Survey) -> Iterator[Problem]:
        """Pages that nobody comes to."""
        finder = self._finder()
        for page in survey.unreached:
            hint = "link to it, put it into [menu], or write unlisted: true"
            message = f"no page that readers come to leads to {address_of(page)}"
            yield Problem(finder.page(page), "unlinked-page", message, hint, "warning")

    def invalid(self) -> Iterator[Problem]:
        """What is wrong with feeds and sitemap."""
        own = {output: file.path for file, output in self.site.files}
        for path in filter(_XML.fullmatch, self._outputs):
            place = Place(own.get(path, FILE_NAME))
            for words in check_xml(current(self.build.order.output, path), self.inputs.settings.url, self._outputs):
                yield Problem(place, "invalid-feed", f"/{path}: {words}")

    def local(self, survey: Survey) -> Iterator[Problem]:
        """Links to the machine of whoever follows them."""
        for url in filter(_LOCAL.match, survey.elsewhere):
            for place in self._places(survey, url):
                message = f'"{url}" leads to a machine of your own: readers have another one there'
                yield Problem(place, "local-link", message, "take the link out, or write it as `code`", "warning")

    def answered(self, survey: Survey, answers: Mapping[str, Answer]) -> Iterator[Problem]:
        """What other sites say of the links to them."""
        if len(answers) > 1 and all(answer.is_network for answer in answers.values()):
            message = f"none of {len(answers)} addresses of other sites can be reached"
            yield Problem(Place(FILE_NAME), "offline", message, "is this machine on the web?", "warning")
            return
        for url, answer in sorted(answers.items()):
            for place in self._places(survey, url) if answer.verdict != "alive" else ():
                yield _told(place, url, answer)

    def _places(self, survey: Survey, url: str) -> list[Place]:
        finder = self._finder()
        return list(dict.fromkeys(finder.place(page, url) for page in survey.elsewhere[url]))

    def _finder(self) -> _Finder:
        return _Finder.of(self.site, self.inputs, self.plan)


def _told(place: Place, url: str, answer: Answer) -> Problem:
    if answer.verdict == "moved":
        message = f'"{url}" has moved for good'
        return Problem(place, "moved-link", message, f"write {answer.target}", "note")
    if answer.verdict == "barred":
        return Problem(place, "barred-link", f'"{url}": {answer.why}, to programs at least', "look yourself", "note")
    if answer.verdict == "failing":
        return Problem(place, "failing-link", f'"{url}": {answer.why}', "ask once more another day", "warning")
    hint = f"take the link out, or lead to a copy: https://web.archive.org/web/{url}"
    return Problem(place, "dead-link", f'"{url}" is dead: {answer.why}', hint)


class _Finder(NamedTuple):
    """From what stands on a page to where its author wrote it."""

    written: Mapping[tuple[str, str], Place]
    """Path of a source and address → place; the path of the settings stands for all pages."""
    sources: Mapping[str, Place]
    """Output path of a page → its document, or its template."""
    paths: Mapping[str, str]
    """Output path of a page → the path of its document."""
    design: Design

    @classmethod
    def of(cls, site: Site, inputs: Inputs, plan: Plan) -> _Finder:
        """All that is written in the documents and the settings of ``site``."""
        settings, design = inputs.settings, inputs.design
        assert design is not None
        written: dict[tuple[str, str], Place] = {}
        for path, page in site.pages.items():
            matter = page.document.matter
            for reference in (*page.document.text.links, *page.document.context.links):
                written.setdefault((path, reference.target), reference.place)
            own = [matter.source.url if matter.source else "", matter.discussion, matter.canonical]
            own += [person.url for person in matter.author]
            written |= {(path, url): matter.place for url in own if url and (path, url) not in written}
        for notice in site.notices.values():
            written |= {(FILE_NAME, reference.target): reference.place for reference in notice.text.links}
        written |= {(FILE_NAME, person.url): Place(FILE_NAME) for person in settings.author}
        written |= {(FILE_NAME, url): settings.link_places[name] for name, url in settings.links}
        rendered = [target for target in plan.targets if target.template]
        paths = {target.path: target.source for target in rendered if target.source in site.pages}
        places = {target.path: Place(design.place(target.template)) for target in rendered}
        places |= {output: site.pages[path].document.matter.place for output, path in paths.items()}
        return cls(written, places, paths, design)

    def page(self, output: str) -> Place:
        """Where a page comes from."""
        return self.sources[output]

    def _known(self, output: str, url: str) -> Place | None:
        return self.written.get((self.paths.get(output, ""), url)) or self.written.get((FILE_NAME, url))

    def is_known(self, output: str, url: str) -> bool:
        """Whether it is told where an author wrote ``url``."""
        return self._known(output, url) is not None

    def place(self, output: str, url: str) -> Place:
        """Where ``url``, which stands on a page, was written; else where the page comes from."""
        return self._known(output, url) or self._in_templates(url) or self.sources[output]

    def _in_templates(self, url: str) -> Place | None:
        for name, text in self.design.templates.items():
            before, found, _ = text.partition(escape(url))
            if found and url:
                return Place(self.design.place(name), before.count("\n") + 1, len(before) - before.rfind("\n"))
        return None
