"""The state of the preview: the last good version of the site, and the problems of the next one.

One thread builds and publishes a snapshot; many threads read it. A response is made from one frozen value
(:class:`PreviewSnapshot`) and from the files of the preview folder, so it never mixes two versions.
"""

from __future__ import annotations

import json
import os
import re
import stat
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from msgspec import Struct, structs

from blog.cache.digests import digest
from blog.problems import Problem
from blog.site import addresses
from blog.site.addresses import output_path
from blog.site.assemble import HiddenDocument
from blog.text import href

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from blog.output.folder import Changes
    from blog.views.planning import Plan

OWN = "/_blog/"
"""URL prefix of everything that the server adds to the site."""
ENTRY = f"{OWN}entry"
ASKED = 20
"""Number of recently requested pages that count as open: a browser without scripts opens no event stream."""
_WHY = {
    "private": "Private: “private: true” keeps it out of every build",
    "draft": "Draft: “draft: true” holds it back",
    "scheduled": "Scheduled: its date, {day}, is still to come",
    "unlisted": "Unlisted: readers get it, but no list, feed or search shows it",
}
_FINGERPRINT = re.compile(r"^assets/.*\.[0-9a-f]{12}(\.[^./]*)?$")
"""Path of a file with its digest in the name: changed contents get another path."""
_HEAD = re.compile(rb"\s*(<!doctype[^>]*>)?\s*(<html[^>]*>)?\s*(<head[^>]*>)?", re.IGNORECASE)
"""Insert the script directly after ``<head>``: later markup comes from the author and may be unbalanced."""


class PreviewSnapshot(Struct, frozen=True, kw_only=True):
    """One version of the preview."""

    version: int = 0
    ready: bool = False
    """There is a site to show."""
    building: str = ""
    """Progress of the first build."""
    problems: tuple[Problem, ...] = ()
    """Problems that keep the newest edit from being shown."""
    warnings: tuple[Problem, ...] = ()
    base_path: str = ""
    """Not percent-encoded."""
    sources: Mapping[str, str] = {}
    """Output path → path of its document."""
    hidden: Mapping[str, HiddenDocument] = {}
    """Hidden documents that the preview shows, by output path."""
    gone: Mapping[str, str] = {}
    """Output path of a page that no longer exists → path of its document."""
    files: Mapping[str, int] = {}
    """Output path of a file that is not a page → version in which it last changed."""


class PreviewState:
    """The preview folder and its current snapshot. Threads read it and wait for the next version."""

    def __init__(self, folder: Path, entry: Callable[[str], str | None] = lambda _source: None) -> None:
        self.folder = folder
        self.entry = entry
        """Source path → HTML page of the post as a feed entry; None if it is in no feed."""
        self.session = os.urandom(6).hex()
        self.shown = PreviewSnapshot(building="starting")
        self._changed = threading.Condition()
        self._tabs: Counter[str] = Counter()
        self._asked: dict[str, None] = {}
        """Recently requested outputs, the latest last."""
        self._plan: Plan | None = None

    # Called by the thread that builds.

    def tell(self, **news: Any) -> None:
        """Publish a new version with these fields of :class:`PreviewSnapshot`, and wake all waiting threads."""
        with self._changed:
            self.shown = structs.replace(self.shown, version=self.shown.version + 1, **news)
            self._changed.notify_all()

    def show(self, plan: Plan, changes: Changes, base_path: str, warnings: Sequence[Problem] | None = None) -> None:
        """Publish the result of a build. ``warnings`` is None while it has written the visible outputs only."""
        sources, gone = self.shown.sources, self.shown.gone
        if plan is not self._plan:
            self._plan = plan
            pages = [output for output in plan.outputs if output.source and output.template]
            sources = {page.path: page.source for page in pages}
            gone = _removed_pages({**gone, **self.shown.sources}, plan)
        files = dict(self.shown.files)
        for path in (*changes.new, *changes.changed):
            if not path.endswith(".html") and not _FINGERPRINT.search(path):
                files[path] = self.shown.version + 1
        self.tell(
            ready=True,
            building="",
            problems=(),
            warnings=self.shown.warnings if warnings is None else tuple(warnings),
            base_path=unquote(base_path),
            sources=sources,
            gone=gone,
            hidden={output_path(entry.address): entry for entry in plan.hidden if entry.address},
            files=files,
        )

    def visible_outputs(self) -> frozenset[str]:
        """Return the outputs that are open in a tab."""
        with self._changed:
            return frozenset(self._tabs)

    def visible_sources(self) -> frozenset[str]:
        """Return the paths of the documents that are open in a tab, or were requested recently."""
        with self._changed:
            outputs = {output.removeprefix(f"{ENTRY}/") for output in (*self._tabs, *self._asked)}
        return frozenset(self.shown.sources[output] for output in outputs if output in self.shown.sources)

    # Called by the threads of the server.

    @contextmanager
    def watching(self, output: str) -> Iterator[None]:
        """Count ``output`` as open in a tab within the context."""
        with self._changed:
            self._tabs[output] += 1
        try:
            yield
        finally:
            with self._changed:
                self._tabs[output] -= 1
                self._tabs += Counter()  # drops entries that are zero

    def wait(self, version: int, seconds: float, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Wait for a version other than ``version``. Return False after ``seconds``, or when ``is_over`` returns True.

        ``is_over`` is called again after each :meth:`wake`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.shown.version != version or is_over(), seconds)
            return self.shown.version != version

    def wake(self) -> None:
        """Make all waiting threads call their ``is_over`` again."""
        with self._changed:
            self._changed.notify_all()

    def page(self, output: str) -> tuple[bytes, str] | None:
        """Return the page at ``output`` with the live script, and its tag; None if there is no such page.

        The tag changes when the page changes visibly. ``output`` may be a path below :data:`ENTRY`: the post as a feed
        reader shows it.
        """
        shown = self.shown
        self._note_asked(output)
        if output.startswith(f"{ENTRY}/"):
            return self._entry(output.removeprefix(f"{ENTRY}/"))
        html = self._read(output)
        return self._live(html, self._note(output, shown)) if html is not None else None

    def _note_asked(self, output: str) -> None:
        with self._changed:
            self._asked.pop(output, None)
            self._asked[output] = None
            if len(self._asked) > ASKED:
                del self._asked[next(iter(self._asked))]

    def _read(self, output: str) -> bytes | None:
        """Return the bytes of an HTML page in the preview folder; None for any other path."""
        if not output.endswith((".html", ".htm")) or not is_regular(self.folder, output):
            return None
        try:
            return (self.folder / output).read_bytes()
        except OSError:
            return None

    def _base(self) -> str:
        return href(self.shown.base_path)

    def _entry(self, output: str) -> tuple[bytes, str] | None:
        source = self.shown.sources.get(output)
        html = self.entry(source) if source else None
        return self._live(html.encode(), {"back": self._base() + address_of(output)}) if html else None

    def _live(self, html: bytes, note: Mapping[str, Any], mark: str = "") -> tuple[bytes, str]:
        tag = digest(html + json.dumps(note).encode()).hex()
        page = {"session": self.session, "version": self.shown.version, "tag": tag, **note}
        data = escape(json.dumps(page, ensure_ascii=False))
        script = f'<script src="{OWN}live.js" data-page="{data}"{mark} defer></script>'.encode()
        head = _HEAD.search(html)
        end = head.end() if head else 0
        return html[:end] + script + html[end:], tag

    def _new_address(self, source: str) -> str:
        """Return the URL path of the page of a document; empty if it has none."""
        for path, other in self.shown.sources.items():
            if other == source:
                return self._base() + address_of(path)
        return ""

    def _note(self, output: str, shown: PreviewSnapshot) -> dict[str, Any]:
        """Return the data of the status bar of a page: source, visibility, feed entry, warnings."""
        source, hidden = shown.sources.get(output, ""), shown.hidden.get(output)
        reasons: list[str] = list(hidden.reasons) if hidden else []
        if hidden and hidden.unlisted:
            reasons.append("unlisted")
        note: dict[str, Any] = {}
        if source:
            day = hidden.day if hidden else ""
            note = {"source": source, "why": [_WHY[reason].format(day=day) for reason in reasons]}
        if source.startswith("content/posts/") and not {"private", "unlisted"} & set(reasons):
            note["entry"] = f"{ENTRY}/{href(output)}"
        page_warnings = [problem for problem in shown.warnings if problem.location.path == source]
        if page_warnings:
            note["warnings"] = [f"Line {problem.location.line}: {problem.message}" for problem in page_warnings]
        return note

    def missing(self) -> bytes:
        """Return the page for a missing output: the site's own 404 page, or the problems while there is no site yet."""
        html = self._read("404.html") if self.shown.ready else None
        problems = "".join(f"<p>{escape(line(problem))}</p>" for problem in self.shown.problems)
        message = f"<noscript>{problems}</noscript>" if problems else "<p>Building…</p>"
        bare = f"<!doctype html><html lang=en><title>blog serve</title><body>{message}</body>"
        return self._live(html or bare.encode(), {}, " data-missing")[0]

    def state(self, output: str, tag: str, since: int) -> dict[str, Any]:
        """Return the news for a tab that shows ``output`` with ``tag`` and has seen the version ``since``."""
        shown, page = self.shown, self.page(output)
        state: dict[str, Any] = {
            "session": self.session,
            "version": shown.version,
            "ready": shown.ready,
            "building": shown.building,
            "problems": [_plain(problem) for problem in shown.problems],
            "tag": page[1] if page else "",
        }
        if page and page[1] != tag:
            state["html"] = page[0].decode("utf-8", "replace")
        if not page and output in shown.gone:
            state["gone"] = shown.gone[output]
            state["moved"] = self._new_address(shown.gone[output])
        changed = [path for path, version in shown.files.items() if version > since]
        state["files"] = [f"{self._base()}/{href(path)}" for path in changed]
        return state


def _removed_pages(sources: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """Return those pages of ``sources`` (output path → document) that the plan no longer has."""
    planned = {output.path for output in plan.outputs}
    return {path: source for path, source in sources.items() if path not in planned}


def is_regular(folder: Path, output: str) -> bool:
    """Return whether ``output`` is a regular file in ``folder``: not hidden, and not behind a link."""
    names = output.split("/")
    if any(not name or (name.startswith(".") and name != ".well-known") for name in names) or "\\" in output:
        return False
    place = os.path.join(os.path.realpath(folder), *names)  # noqa: PTH118
    try:
        return os.path.realpath(place) == place and stat.S_ISREG(os.lstat(place).st_mode)
    except (OSError, ValueError):
        return False


def address_of(output: str) -> str:
    """Return the URL path of an output, percent-encoded."""
    return href(addresses.address_of(output))


def line(problem: Problem) -> str:
    """Return a problem as one line, as the terminal prints it, with its path relative to the site folder."""
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    return f"{_position(problem)}: {problem.severity}: {problem.message}{hint}"


def _position(problem: Problem) -> str:
    location = problem.location
    return f"{location.path}:{location.line}:{location.column}"


def _plain(problem: Problem) -> dict[str, str]:
    return {"where": _position(problem), "severity": problem.severity, "message": problem.message, "hint": problem.hint}
