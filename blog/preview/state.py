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
from blog.preview.host_files import HostFiles, parse_host_files
from blog.problems import Problem
from blog.site import addresses
from blog.site.addresses import output_path
from blog.site.visibility import HiddenDocument
from blog.text import href

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from blog.output.folder import Changes
    from blog.views.plan import Plan

OWN = "/_blog/"
"""URL prefix of everything that the server adds to the site."""
ENTRY = f"{OWN}entry"
MAX_REQUESTED = 20
"""Number of recently requested pages that count as open: a browser without scripts opens no event stream."""
_VISIBILITY_REASONS = {
    "private": "Private: “private: true” keeps it out of every build",
    "draft": "Draft: “draft: true” holds it back",
    "scheduled": "Scheduled: its date, {day}, is still to come",
    "unlisted": "Unlisted: readers get it, but no list, feed or search shows it",
}
_FINGERPRINT = re.compile(r"^assets/.*\.[0-9a-f]{12}(\.[^./]*)?$")
"""Path of a file with its digest in the name: changed contents get another path."""
_HEAD = re.compile(rb"\s*(<!doctype[^>]*>)?\s*(<html[^>]*>)?\s*(<head[^>]*>)?", re.IGNORECASE)
"""Start of a page, up to ``<head>``. The script goes there: later markup is the author's and may be unbalanced."""


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
    removed: Mapping[str, str] = {}
    """Output path of a page that no longer exists → path of its document."""
    originals: Mapping[str, str] = {}
    """Output path of a version of an image → that of the image."""
    files: Mapping[str, int] = {}
    """Output path of a file that is not a page → version in which it last changed."""
    host_files: HostFiles = HostFiles()
    """What the host does with each path."""


class PreviewState:
    """The preview folder and its current snapshot. Threads read it and wait for the next version."""

    def __init__(self, folder: Path, entry: Callable[[str], str | None] = lambda _source: None) -> None:
        self.folder = folder
        self.entry = entry
        """Source path → HTML page of the post as a feed entry; None if it is in no feed."""
        self.session = os.urandom(6).hex()
        self.snapshot = PreviewSnapshot(building="starting")
        self._changed = threading.Condition()
        self._tabs: Counter[str] = Counter()
        self._requested: dict[str, None] = {}
        """Recently requested outputs, the latest last."""
        self._plan: Plan | None = None

    # Called by the thread that builds.

    def publish(self, **news: Any) -> None:
        """Publish a new version with these fields of :class:`PreviewSnapshot`, and wake all waiting threads."""
        with self._changed:
            self.snapshot = structs.replace(self.snapshot, version=self.snapshot.version + 1, **news)
            self._changed.notify_all()

    def show(self, plan: Plan, changes: Changes, base_path: str, warnings: Sequence[Problem] | None = None) -> None:
        """Publish the result of a build. ``warnings`` is None while it has written the visible outputs only."""
        sources, removed_pages, originals = self.snapshot.sources, self.snapshot.removed, self.snapshot.originals
        if plan is not self._plan:
            self._plan = plan
            pages = [output for output in plan.outputs if output.source and output.template]
            removed_pages = _find_removed_pages({**removed_pages, **sources}, plan)
            sources = {page.path: page.source for page in pages}
            originals = _find_originals(plan)
        if warnings is None:
            warnings = self.snapshot.warnings
        self.publish(
            ready=True,
            building="",
            problems=(),
            warnings=tuple(warnings),
            base_path=unquote(base_path),
            sources=sources,
            removed=removed_pages,
            originals=originals,
            hidden={output_path(entry.address): entry for entry in plan.hidden if entry.address},
            files=self._file_versions(changes),
            host_files=self._host_files(changes),
        )

    def _host_files(self, changes: Changes) -> HostFiles:
        """Return what the host does with each path, after ``changes``."""
        names = {"_headers", "_redirects"}
        if self.snapshot.ready and names.isdisjoint((*changes.new, *changes.changed, *changes.removed)):
            return self.snapshot.host_files
        return parse_host_files(self._read_text("_headers"), self._read_text("_redirects"))

    def _read_text(self, output: str) -> str:
        """Return the text of a file of the preview folder; empty if there is none."""
        if not is_regular(self.folder, output):
            return ""
        try:
            return (self.folder / output).read_text("utf-8", errors="replace")
        except OSError:
            return ""

    def _file_versions(self, changes: Changes) -> dict[str, int]:
        """Return the versions of all files that are not pages, after ``changes``."""
        versions = dict(self.snapshot.files)
        for path in (*changes.new, *changes.changed):
            if not path.endswith(".html") and not _FINGERPRINT.search(path):
                versions[path] = self.snapshot.version + 1
        return versions

    def visible_outputs(self) -> frozenset[str]:
        """Return the outputs that are open in a tab."""
        with self._changed:
            return frozenset(self._tabs)

    def visible_sources(self) -> frozenset[str]:
        """Return the paths of the documents that are open in a tab, or were requested recently."""
        with self._changed:
            outputs = {output.removeprefix(f"{ENTRY}/") for output in (*self._tabs, *self._requested)}
        sources = self.snapshot.sources
        return frozenset(sources[output] for output in outputs & sources.keys())

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
            self._changed.wait_for(lambda: self.snapshot.version != version or is_over(), seconds)
            return self.snapshot.version != version

    def wake(self) -> None:
        """Make all waiting threads call their ``is_over`` again."""
        with self._changed:
            self._changed.notify_all()

    def page(self, output: str) -> tuple[bytes, str] | None:
        """Return the page at ``output`` with the live script, and its tag; None if there is no such page.

        The tag changes when the page changes visibly. ``output`` may be a path below :data:`ENTRY`: the post as a feed
        reader shows it.
        """
        snapshot = self.snapshot
        self._note_request(output)
        if output.startswith(f"{ENTRY}/"):
            return self._entry_page(output.removeprefix(f"{ENTRY}/"))
        html = self._read_page(output)
        if html is None:
            return None
        return self._add_live_script(html, _describe_page(output, snapshot))

    def _note_request(self, output: str) -> None:
        with self._changed:
            self._requested.pop(output, None)
            self._requested[output] = None
            if len(self._requested) > MAX_REQUESTED:
                del self._requested[next(iter(self._requested))]

    def _read_page(self, output: str) -> bytes | None:
        """Return the bytes of an HTML page in the preview folder; None for any other path."""
        if not output.endswith((".html", ".htm")) or not is_regular(self.folder, output):
            return None
        try:
            return (self.folder / output).read_bytes()
        except OSError:
            return None

    def _base(self) -> str:
        return href(self.snapshot.base_path)

    def _entry_page(self, output: str) -> tuple[bytes, str] | None:
        source = self.snapshot.sources.get(output)
        html = self.entry(source) if source else None
        if not html:
            return None
        return self._add_live_script(html.encode(), {"back": self._base() + address_of(output)})

    def _add_live_script(self, html: bytes, description: Mapping[str, Any], attribute: str = "") -> tuple[bytes, str]:
        """Return ``html`` with the live script and the data that it needs, and the tag of the page."""
        tag = digest(html + json.dumps(description).encode()).hex()
        page = {"session": self.session, "version": self.snapshot.version, "tag": tag, **description}
        data = escape(json.dumps(page, ensure_ascii=False))
        script = f'<script src="{OWN}live.js" data-page="{data}"{attribute} defer></script>'.encode()
        head = _HEAD.search(html)
        end = head.end() if head else 0
        return html[:end] + script + html[end:], tag

    def _new_address(self, source: str) -> str:
        """Return the URL path of the page of a document; empty if it has none."""
        for path, other in self.snapshot.sources.items():
            if other == source:
                return self._base() + address_of(path)
        return ""

    def missing(self) -> bytes:
        """Return the page for a missing output: the site's own 404 page, or the problems while there is no site yet."""
        html = self._read_page("404.html") if self.snapshot.ready else None
        problems = "".join(f"<p>{escape(line(problem))}</p>" for problem in self.snapshot.problems)
        message = f"<noscript>{problems}</noscript>" if problems else "<p>Building…</p>"
        minimal_page = f"<!doctype html><html lang=en><title>blog serve</title><body>{message}</body>"
        page, _ = self._add_live_script(html or minimal_page.encode(), {}, " data-missing")
        return page

    def state(self, output: str, tag: str, since: int) -> dict[str, Any]:
        """Return the news for a tab that shows ``output`` with ``tag`` and has received the version ``since``."""
        snapshot, page = self.snapshot, self.page(output)
        html, page_tag = page or (b"", "")
        changed_files = [path for path, version in snapshot.files.items() if version > since]
        state: dict[str, Any] = {
            "session": self.session,
            "version": snapshot.version,
            "ready": snapshot.ready,
            "building": snapshot.building,
            "problems": [_describe_problem(problem) for problem in snapshot.problems],
            "tag": page_tag,
        }
        if page and page_tag != tag:
            state["html"] = html.decode("utf-8", "replace")
        if not page and output in snapshot.removed:
            state["gone"] = snapshot.removed[output]
            state["moved"] = self._new_address(snapshot.removed[output])
        state["files"] = [f"{self._base()}/{href(path)}" for path in changed_files]
        return state


def _describe_page(output: str, snapshot: PreviewSnapshot) -> dict[str, Any]:
    """Return the data of the status bar of a page: source, visibility, feed entry, warnings."""
    source = snapshot.sources.get(output, "")
    description = _describe_document(source, output, snapshot.hidden.get(output)) if source else {}
    warnings = [problem for problem in snapshot.warnings if problem.location.path == source]
    if warnings:
        lines = [(problem.location.line_name.capitalize(), problem.message) for problem in warnings]
        description["warnings"] = [f"{line_name}: {message}" for line_name, message in lines]
    return description


def _describe_document(source: str, output: str, hidden: HiddenDocument | None) -> dict[str, Any]:
    reasons: list[str] = []
    day = ""
    if hidden is not None:
        reasons += hidden.reasons
        day = hidden.day
        if hidden.unlisted:
            reasons.append("unlisted")
    sentences = [_VISIBILITY_REASONS[reason].format(day=day) for reason in reasons]
    description: dict[str, Any] = {"source": source, "why": sentences}
    if source.startswith("content/posts/") and {"private", "unlisted"}.isdisjoint(reasons):
        description["entry"] = f"{ENTRY}/{href(output)}"
    return description


def _find_removed_pages(sources: Mapping[str, str], plan: Plan) -> dict[str, str]:
    """Return those pages of ``sources`` (output path → document) that the plan no longer has."""
    planned = {output.path for output in plan.outputs}
    return {path: source for path, source in sources.items() if path not in planned}


def _find_originals(plan: Plan) -> dict[str, str]:
    """Return the output path of the image for that of each of its versions."""
    versions = [output for output in plan.outputs if output.width]
    if not versions:
        return {}
    copies = {output.source: output.path for output in plan.outputs if output.contents and not output.width}
    return {version.path: copies[version.source] for version in versions if version.source in copies}


def is_regular(folder: Path, output: str) -> bool:
    """Return whether ``output`` is a regular file in ``folder``: not hidden, and not behind a link."""
    if "\\" in output:
        return False
    names = output.split("/")
    for name in names:
        if not name or (name.startswith(".") and name != ".well-known"):
            return False
    path = os.path.join(os.path.realpath(folder), *names)  # noqa: PTH118
    try:
        return os.path.realpath(path) == path and stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def address_of(output: str) -> str:
    """Return the URL path of an output, percent-encoded."""
    return href(addresses.address_of(output))


def line(problem: Problem) -> str:
    """Return a problem as one line, as the terminal prints it, with its path relative to the site folder."""
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    position = problem.location.format(problem.location.path)
    return f"{position}: {problem.severity}: {problem.message}{hint}"


def _describe_problem(problem: Problem) -> dict[str, str]:
    return {
        "where": problem.location.format(problem.location.path),
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }
