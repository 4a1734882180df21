"""The links to other sites → a problem for each that is not alive.

The answers of other sites are stored beside the cache for a week.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from blog.cache.digests import pack
from blog.cache.workspace import SiteFolders, locate_folders, read_note, write_note
from blog.check.external_links import Answer, request, request_all
from blog.check.hosts import is_local
from blog.config.settings import FILE_NAME
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from blog.check.site_links import LinkReport
    from blog.check.site_output import SiteOutput

MAX_AGE = dt.timedelta(days=7)
_NOTE = "asked"
"""Name of the file beside the cache."""
_STORED_VERDICTS = frozenset({"alive", "moved", "barred"})
"""Addresses with other verdicts are requested again in the next run."""


class StoredAnswer(Struct, frozen=True, array_like=True):
    """An answer with its day."""

    day: dt.date
    answer: Answer


class ExternalReport(NamedTuple):
    """The result of the requests."""

    problems: Sequence[Problem]
    requested: int
    remembered: int


_DECODER = msgspec.msgpack.Decoder(dict[str, StoredAnswer])


def check_external_links(output: SiteOutput, survey: LinkReport) -> ExternalReport:
    """Request the addresses without a stored answer; answers are stored even if an exception ends the requests."""
    options = output.build.options
    folders, today = locate_folders(options.root, options.cache_dir), options.audience.now.date()
    stored = _recall_answers(folders, today)
    urls = [url for url in survey.elsewhere if not is_local(url)]
    new_urls = [url for url in urls if url not in stored]
    answers: dict[str, Answer] = {}
    try:
        for _, (url, answer) in zip(output.build.progress("asking", new_urls), request_all(new_urls), strict=True):
            answers[url] = answer
    finally:
        _store_answers(folders, today, stored, answers)
    remembered = {url: stored[url].answer for url in urls if url in stored}
    if _is_offline(answers, remembered):
        message = f"of {len(answers)} addresses of other sites none can be reached"
        problems = [Problem(Location(FILE_NAME), "offline", message, "check your internet connection", "warning")]
        answers = {}
    else:
        problems = []
    problems += _report_answers(output, survey, answers | remembered)
    return ExternalReport(problems, len(new_urls), len(remembered))


def _is_offline(answers: Mapping[str, Answer], remembered: Mapping[str, Answer]) -> bool:
    """Return whether this machine seems to be offline: one more request to an address that worked before fails too."""
    if not answers or not all(answer.is_network for answer in answers.values()):
        return False
    if remembered:
        return request(next(iter(remembered))).is_network
    hosts = {urlsplit(url).netloc for url in answers}
    return len(hosts) > 1


def _report_answers(output: SiteOutput, survey: LinkReport, answers: Mapping[str, Answer]) -> Iterator[Problem]:
    """Yield a problem for each location of each external link that is not alive."""
    for url, answer in sorted(answers.items()):
        if answer.verdict != "alive":
            for location, on in output.locate(survey.elsewhere[url], url):
                yield _report_answer(location, url, answer, on)


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


def _recall_answers(folders: SiteFolders, today: dt.date) -> dict[str, StoredAnswer]:
    """Return the stored answers by URL, without old ones."""
    try:
        stored = _DECODER.decode(read_note(folders, _NOTE))
    except msgspec.DecodeError:
        return {}
    return {url: entry for url, entry in stored.items() if dt.timedelta() <= today - entry.day < MAX_AGE}


def _store_answers(
    folders: SiteFolders, today: dt.date, stored: Mapping[str, StoredAnswer], answers: Mapping[str, Answer]
) -> None:
    """Add ``answers`` to the stored ones, without failures."""
    new = {url: StoredAnswer(today, answer) for url, answer in answers.items() if answer.verdict in _STORED_VERDICTS}
    if new:
        write_note(folders, _NOTE, pack({**stored, **new}))
