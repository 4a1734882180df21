"""Reports and problems → lines of text, JSON and annotations, which ``cli`` prints."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blog.system.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from blog.build import BuildOptions, Report
    from blog.check.check import CheckReport
    from blog.problems import Problem, Severity
    from blog.site.assemble import HiddenDocument

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
_NOTES = 5
"""Notes of one kind that are shown, unless all are wanted."""


def shown_path(root: Path, path: str) -> str:
    """The path as seen from the current folder; the whole one if it is not in that, or that is gone."""
    try:
        whole = os.path.abspath(root / path)  # noqa: PTH100  (links stay as they are named)
        seen = os.path.relpath(whole)
    except OSError:
        return printable(os.path.normpath(root / path))
    return printable(whole if seen.split(os.sep, 1)[0] == os.pardir else seen)


def counted(count: int, what: str) -> str:
    """``1 post``, ``2 posts``."""
    return f"{count:,} {what}{'s' * (count != 1)}"


def errors_of(problems: Sequence[Problem]) -> str:
    """Return the number of errors in words."""
    return counted(sum(problem.severity == "error" for problem in problems), "error")


def lines_of(problem: Problem, root: Path, paint: Callable[[Severity], str]) -> Iterator[str]:
    """``path:line:column: severity: message``, and a hint below; ``paint`` colours the severity."""
    place = problem.location
    where = f"{shown_path(root, place.path)}:{place.line}:{place.column}"
    yield f"{where}: {paint(problem.severity)}: {printable(problem.message)}"
    if problem.hint:
        yield f"  hint: {printable(problem.hint)}"


def annotation(problem: Problem, root: Path) -> str:
    """A workflow command of GitHub <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>."""

    def data(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def value(text: str) -> str:
        return data(text).replace(":", "%3A").replace(",", "%2C")

    place = problem.location
    kind = "notice" if problem.severity == "note" else problem.severity
    path = value(shown_path(root, place.path))
    hint = f"\nhint: {printable(problem.hint)}" if problem.hint else ""
    said = data(printable(problem.message) + hint)
    line = f"::{kind} file={path},line={place.line},col={place.column},title={value(problem.code)}::{said}"
    return line.replace("##[", r"#\x23[")  # the beginning of older commands, anywhere in a line


def as_json(*, ok: bool, problems: Sequence[Problem], root: Path, **more: Any) -> str:
    """One object on one line; ``more`` takes the place of what is empty in it, or comes after it."""
    diagnostics = [
        {
            "path": shown_path(root, problem.location.path),
            "line": problem.location.line,
            "column": problem.location.column,
            "severity": problem.severity,
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in sorted(problems)
    ]
    empty = {"held_back": [], "pages": 0, "written": 0, "unchanged": 0, "removed": 0, "seconds": 0.0}
    text = json.dumps(_shown({"ok": ok, "diagnostics": diagnostics, **empty, **more}), ensure_ascii=False)
    return text.replace("##", r"#\u0023")  # the same to who reads JSON, and no command to who reads the log


def _shown(value: Any) -> Any:
    """``value`` with each text in it printable: names of files may be bytes that no text can be."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return value


def report_as_json(report: Report, root: Path, seconds: float, *, ok: bool) -> str:
    """Return the report of a build as JSON, see :func:`as_json`."""
    changes = report.changes
    return as_json(
        ok=ok, problems=report.problems, root=root, held_back=_held(report.hidden, root), pages=report.pages,
        written=len(changes.new) + len(changes.changed), unchanged=changes.unchanged, removed=len(changes.removed),
        seconds=round(seconds, 3),
    )  # fmt: skip


def _held(entries: Sequence[HiddenDocument], root: Path) -> list[dict[str, str]]:
    return [
        {"path": shown_path(root, entry.path), "reason": f"scheduled for {entry.day}" if entry.day else entry.reason}
        for entry in entries
    ]


def report_lines(report: Report, order: BuildOptions, seconds: float, *, verbose: bool) -> Iterator[str]:
    """Yield the report of a build as lines."""
    changes = report.changes
    if verbose:
        yield from (f"rendered {printable(path)}: {printable(why)}" for path, why in report.reasons)
    if order.dry_run:
        for word, paths in (("new", changes.new), ("changed", changes.changed), ("removed", changes.removed)):
            yield from (f"would be {word}: {printable(path)}" for path in paths)
        yield from (f"readers of the feed would see as new: {printable(title)}" for title in report.new_entries)
    done = (("new", len(changes.new)), ("changed", len(changes.changed)), ("removed", len(changes.removed)))
    counts = ", ".join(f"{count} {word}" for word, count in (*done, ("unchanged", changes.unchanged)))
    verb = "would publish" if order.dry_run else "published"
    folder = shown_path(Path(), str(order.output))
    yield f"{verb} {counted(report.posts, 'post')} on {report.pages} pages in {folder} ({counts}) in {seconds:.2f} s"
    yield from _held_lines(report, order.root)


def _held_lines(report: Report, root: Path) -> Iterator[str]:
    kinds: dict[str, list[str]] = {}
    for held in report.hidden:
        kind = f"scheduled for {held.day}" if held.day else held.reason
        kinds.setdefault(kind, []).append(shown_path(root, held.path))
    if kinds:
        parts = [
            f"{len(paths)} {kind}{'s' * (kind == 'draft' and len(paths) > 1)}: {', '.join(paths)}"
            for kind, paths in sorted(kinds.items())
        ]
        yield f"held back: {'; '.join(parts)}"
    counts = ((report.private_passages, "private passage"), (report.comments, "comment"))
    if left_out := ", ".join(counted(count, what) for count, what in counts if count):
        yield f"left out: {left_out}"


def checked_as_json(found: CheckReport, root: Path, seconds: float, *, ok: bool) -> str:
    """Return the report of a check as JSON, see :func:`as_json`."""
    counts = {"pages": found.pages, "seconds": round(seconds, 3), "links": found.links, "asked": found.requested}
    return as_json(ok=ok, problems=found.problems, root=root, held_back=_held(found.hidden, root), **counts)


def checked_lines(found: CheckReport, seconds: float, *, external: bool) -> Iterator[str]:
    """Yield the summary of a check as lines."""
    severities = [problem.severity for problem in found.problems]
    looked = [counted(found.posts, "post")]
    if found.pages:
        looked += [counted(found.pages, "page"), counted(found.links, "link")]
    if found.pages and external:
        others = found.requested + found.remembered
        looked.append(f"{others} address{'es' * (others != 1)} of other sites ({found.requested} asked now)")
    counts = ", ".join(counted(severities.count(severity), severity) for severity in SEVERITIES)
    yield f"checked {', '.join(looked)}: {counts} in {seconds:.2f} s"
    if not found.pages:
        yield "mend the errors first: pages, links and feeds are looked at once the site builds"


def without_repeats(problems: Sequence[Problem]) -> list[Problem]:
    """Return ``problems`` with only the first notes of each code, if there are many."""
    shown: list[Problem] = []
    counts: dict[str, int] = {}
    for problem in problems:
        if problem.severity == "note":
            counts[problem.code] = counts.get(problem.code, 0) + 1
        if problem.severity != "note" or counts[problem.code] <= _NOTES:
            shown.append(problem)
    return shown
