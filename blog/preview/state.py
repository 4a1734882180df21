"""What browsers get of a site while it is written: its last good version, and what is wrong with the next one.

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
"""What the server adds to the site stands below this path."""
ENTRY = f"{OWN}entry"
ASKED = 20
"""How many of the pages that were asked for last are taken for open: a browser without scripts has no stream."""
_WHY = {
    "private": "Private: “private: true” keeps it out of every build",
    "draft": "Draft: “draft: true” holds it back",
    "scheduled": "Scheduled: its date, {day}, is still to come",
    "unlisted": "Unlisted: readers get it, but no list, feed or search shows it",
}
_FINGERPRINT = re.compile(r"^assets/.*\.[0-9a-f]{12}(\.[^./]*)?$")
"""A file of the theme: another one has another name."""
_HEAD = re.compile(rb"\s*(<!doctype[^>]*>)?\s*(<html[^>]*>)?\s*(<head[^>]*>)?", re.IGNORECASE)
"""What stands before the script: nothing that an author writes, who may leave an element open."""


class PreviewSnapshot(Struct, frozen=True, kw_only=True):
    """A version of the preview."""

    version: int = 0
    ready: bool = False
    """There is a site to show."""
    building: str = ""
    """What the first build is at."""
    problems: tuple[Problem, ...] = ()
    """Why the newest edit is not shown."""
    warnings: tuple[Problem, ...] = ()
    base_path: str = ""
    """Not percent-encoded."""
    sources: Mapping[str, str] = {}
    """Output path → path of the document that it stands for."""
    hidden: Mapping[str, HiddenDocument] = {}
    """By output path."""
    gone: Mapping[str, str] = {}
    """Output path → path of the document that it stood for, of pages that are no longer made."""
    files: Mapping[str, int] = {}
    """Output path of what is no page → the version since which it is as it is."""


class PreviewState:
    """The preview folder and what is known of it; threads may ask, and wait for the next version."""

    def __init__(self, folder: Path, entry: Callable[[str], str | None] = lambda _source: None) -> None:
        self.folder = folder
        self.entry = entry
        """Source path → HTML page of the post as a feed entry; None if it is in no feed."""
        self.session = os.urandom(6).hex()
        self.shown = PreviewSnapshot(building="starting")
        self._changed = threading.Condition()
        self._tabs: Counter[str] = Counter()
        self._asked: dict[str, None] = {}
        """In the order in which they were asked for last."""
        self._plan: Plan | None = None

    # Told by the one who builds.

    def tell(self, **news: Any) -> None:
        """A new version, with these fields of :class:`PreviewSnapshot`; everyone who waits is woken."""
        with self._changed:
            self.shown = structs.replace(self.shown, version=self.shown.version + 1, **news)
            self._changed.notify_all()

    def show(self, plan: Plan, changes: Changes, base_path: str, warnings: Sequence[Problem] | None = None) -> None:
        """A build has brought ``changes`` of the site that was planned; without ``warnings`` more are to come."""
        sources, gone = self.shown.sources, self.shown.gone
        if plan is not self._plan:
            self._plan = plan
            sources = {target.path: target.source for target in plan.outputs if target.source and target.template}
            made = {target.path for target in plan.outputs}
            gone = {path: source for path, source in (gone | self.shown.sources).items() if path not in made}  # type: ignore[operator]
        changed = (*changes.new, *changes.changed)
        plain = (path for path in changed if not path.endswith(".html") and not _FINGERPRINT.search(path))
        new = dict.fromkeys(plain, self.shown.version + 1)
        self.tell(
            ready=True,
            building="",
            problems=(),
            warnings=self.shown.warnings if warnings is None else tuple(warnings),
            base_path=unquote(base_path),
            sources=sources,
            gone=gone,
            hidden={output_path(entry.address): entry for entry in plan.hidden if entry.address},
            files={**self.shown.files, **new},
        )

    def visible_outputs(self) -> frozenset[str]:
        """The outputs that stand in an open tab."""
        with self._changed:
            return frozenset(self._tabs)

    def visible_sources(self) -> frozenset[str]:
        """Return the paths of the documents that stand in an open tab, or were asked for last."""
        with self._changed:
            outputs = {output.removeprefix(f"{ENTRY}/") for output in (*self._tabs, *self._asked)}
        return frozenset(self.shown.sources[output] for output in outputs if output in self.shown.sources)

    # Asked by the server.

    @contextmanager
    def watching(self, output: str) -> Iterator[None]:
        """A tab shows ``output`` while this lasts."""
        with self._changed:
            self._tabs[output] += 1
        try:
            yield
        finally:
            with self._changed:
                self._tabs[output] -= 1
                self._tabs += Counter()  # drops what is zero

    def wait(self, version: int, seconds: float, is_over: Callable[[], bool] = lambda: False) -> bool:
        """Wait for a version other than ``version``; False if none comes in time, or before ``is_over``.

        What ``is_over`` says is asked for anew after :meth:`wake`.
        """
        with self._changed:
            self._changed.wait_for(lambda: self.shown.version != version or is_over(), seconds)
            return self.shown.version != version

    def wake(self) -> None:
        """Let all who wait see whether they still should."""
        with self._changed:
            self._changed.notify_all()

    def page(self, output: str) -> tuple[bytes, str] | None:
        """The page at ``output`` with what the preview adds, and its tag; None if there is no such page.

        The tag differs from another version's if a reader would see a difference. ``output`` may be a path below
        :data:`ENTRY`: the post as feed readers show it.
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
        """A page of the site. Whatever is asked for, it is read from the preview folder only."""
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
        facts = {"session": self.session, "version": self.shown.version, "tag": tag, **note}
        data = escape(json.dumps(facts, ensure_ascii=False))
        script = f'<script src="{OWN}live.js" data-page="{data}"{mark} defer></script>'.encode()
        found = _HEAD.search(html)
        at = found.end() if found else 0
        return html[:at] + script + html[at:], tag

    def _note(self, output: str, shown: PreviewSnapshot) -> dict[str, Any]:
        """What the bar says of a page."""
        source, held = shown.sources.get(output, ""), shown.hidden.get(output)
        names = [*held.reasons, *(["unlisted"] if held.unlisted else [])] if held else []
        why = [_WHY[name].format(day=held.day if held else "") for name in names]
        note: dict[str, Any] = {"source": source, "why": why} if source else {}
        if source.startswith("content/posts/") and not {"private", "unlisted"} & set(names):
            note["entry"] = f"{ENTRY}/{href(output)}"
        mine = (problem for problem in shown.warnings if problem.location.path == source)
        warnings = [f"Line {problem.location.line}: {problem.message}" for problem in mine]
        return {**note, "warnings": warnings} if warnings else note

    def missing(self) -> bytes:
        """What stands where nothing is: the site's own page for that, or why there is no site yet."""
        html = self._read("404.html") if self.shown.ready else None
        problems = "".join(f"<p>{escape(line(problem))}</p>" for problem in self.shown.problems)
        told = f"<noscript>{problems}</noscript>" if problems else "<p>Building…</p>"
        bare = f"<!doctype html><html lang=en><title>blog serve</title><body>{told}</body>"
        return self._live(html or bare.encode(), {}, " data-missing")[0]

    def state(self, output: str, tag: str, since: int) -> dict[str, Any]:
        """What a tab must know that shows ``output`` in the form ``tag``, and knows the version ``since``."""
        shown, found = self.shown, self.page(output)
        state: dict[str, Any] = {
            "session": self.session,
            "version": shown.version,
            "ready": shown.ready,
            "building": shown.building,
            "problems": [_plain(problem) for problem in shown.problems],
            "tag": found[1] if found else "",
        }
        if found and found[1] != tag:
            state["html"] = found[0].decode("utf-8", "replace")
        if not found and output in shown.gone:
            state["gone"] = shown.gone[output]
            moved = (path for path, source in shown.sources.items() if source == shown.gone[output])
            state["moved"] = next((self._base() + address_of(path) for path in moved), "")
        state["files"] = [f"{self._base()}/{href(path)}" for path, at in shown.files.items() if at > since]
        return state


def is_regular(folder: Path, output: str) -> bool:
    """Whether ``output`` is a regular file of ``folder`` that may be given out: not hidden, and not behind a link."""
    names = output.split("/")
    if any(not name or (name.startswith(".") and name != ".well-known") for name in names) or "\\" in output:
        return False
    place = os.path.join(os.path.realpath(folder), *names)  # noqa: PTH118
    try:
        return os.path.realpath(place) == place and stat.S_ISREG(os.lstat(place).st_mode)
    except (OSError, ValueError):
        return False


def address_of(output: str) -> str:
    """The URL path of an output."""
    return href(addresses.address_of(output))


def line(problem: Problem) -> str:
    """A problem as the terminal has it, seen from the site folder."""
    place = problem.location
    hint = f" (hint: {problem.hint})" if problem.hint else ""
    return f"{place.path}:{place.line}:{place.column}: {problem.severity}: {problem.message}{hint}"


def _plain(problem: Problem) -> dict[str, str]:
    place = problem.location
    where = f"{place.path}:{place.line}:{place.column}"
    return {"where": where, "severity": problem.severity, "message": problem.message, "hint": problem.hint}
