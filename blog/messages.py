"""Reports and problems → lines of text, JSON and annotations, which ``cli`` prints."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blog.system.standard_streams import printable
from blog.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from blog.check.check import CheckReport
    from blog.problems import Problem, Severity
    from blog.site.visibility import HiddenDocument
    from blog.stages.context import BuildOptions, Report

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
_MAX_NOTES = 5
"""Number of notes with one code that are printed, unless all are asked for."""
_DEPRECATED_KEYS = {"hidden": "held_back", "requests": "asked"}
"""Key of the JSON object → its name in version 1.0, which is written as well, with the same value."""


def shown_path(root: Path, path: str) -> str:
    """Return a path relative to the current folder; an absolute one if it is outside, or the current folder is gone."""
    try:
        absolute = os.path.abspath(root / path)  # noqa: PTH100  (symbolic links keep their names)
        relative = os.path.relpath(absolute)
    except OSError:
        return printable(os.path.normpath(root / path))
    is_outside = relative.split(os.sep, 1)[0] == os.pardir
    return printable(absolute if is_outside else relative)


def changed_subject(root: Path, paths: frozenset[str] | None) -> str:
    """Return the words for the ``paths`` that a save changed: the first of them, and the number of the others."""
    names = sorted(paths or ())
    if not names:
        return "the site"
    others = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return shown_path(root, names[0]) + others


def errors_of(problems: Sequence[Problem]) -> str:
    """Return the number of errors in words."""
    return counted(sum(problem.severity == "error" for problem in problems), "error")


def lines_of(problem: Problem, root: Path, paint: Callable[[Severity], str]) -> Iterator[str]:
    """Yield ``path:line:column: severity: message``, then the hint if there is one; ``paint`` colours the severity.

    In a notebook the position is ``path: cell 2, line 3, column 8``. A problem that is in no file, with an empty path,
    has no position.
    """
    location = problem.location
    position = f"{location.format(shown_path(root, location.path))}: " if location.path else ""
    yield f"{position}{paint(problem.severity)}: {printable(problem.message)}"
    if problem.hint:
        yield f"  hint: {printable(problem.hint)}"


def annotation(problem: Problem, root: Path) -> str:
    """Return a problem as a workflow command of GitHub <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>."""

    def escape_message(text: str) -> str:
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")

    def escape_property(text: str) -> str:
        return escape_message(text).replace(":", "%3A").replace(",", "%2C")

    location = problem.location
    command = "notice" if problem.severity == "note" else problem.severity
    properties = f"title={escape_property(problem.code)}"
    if location.path:
        path = escape_property(shown_path(root, location.path))
        position = "" if location.cell else f",line={location.line},col={location.column}"
        properties = f"file={path}{position},{properties}"
    message = printable(problem.message)
    if location.cell:  # GitHub knows no cells
        message = f"{location.cell_position}: {message}"
    if problem.hint:
        message += f"\nhint: {printable(problem.hint)}"
    line = f"::{command} {properties}::{escape_message(message)}"
    return line.replace("##[", r"#\x23[")  # GitHub reads the older form of a command anywhere in a line


def as_json(*, ok: bool, problems: Sequence[Problem], root: Path, **more: Any) -> str:
    """Return one JSON object on one line, for a build and for a check; ``more`` are the values of its other keys."""
    diagnostics = [
        {
            "path": shown_path(root, problem.location.path) if problem.location.path else "",
            "cell": problem.location.cell or None,
            "line": problem.location.line or 1,
            "column": problem.location.column or 1,
            "severity": problem.severity,
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in sorted(problems)
    ]
    defaults = {"hidden": [], "pages": 0, "written": 0, "unchanged": 0, "removed": 0, "seconds": 0.0}
    report = {"ok": ok, "diagnostics": diagnostics, **defaults, **more}
    for key, deprecated in _DEPRECATED_KEYS.items():
        if key in report:
            report[deprecated] = report[key]
    text = json.dumps(_make_printable(report), ensure_ascii=False)
    return text.replace("##", r"#\u0023")  # the same JSON, and no command for GitHub, which reads the log


def _make_printable(value: Any) -> Any:
    """Return ``value`` with each text in it printable: a file name may have bytes that are no text."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_make_printable(item) for item in value]
    if isinstance(value, dict):
        return {key: _make_printable(item) for key, item in value.items()}
    return value


def report_as_json(report: Report, root: Path, seconds: float, *, ok: bool) -> str:
    """Return the report of a build as JSON, see :func:`as_json`."""
    changes = report.changes
    return as_json(
        ok=ok, problems=report.problems, root=root, hidden=_hidden_as_json(report.hidden, root), pages=report.pages,
        written=len(changes.new) + len(changes.changed), unchanged=changes.unchanged, removed=len(changes.removed),
        seconds=round(seconds, 3),
    )  # fmt: skip


def _hidden_as_json(documents: Sequence[HiddenDocument], root: Path) -> list[dict[str, str]]:
    return [{"path": shown_path(root, document.path), "reason": _reason(document)} for document in documents]


def _reason(document: HiddenDocument) -> str:
    return f"scheduled for {document.day}" if document.day else document.reason


def report_lines(report: Report, options: BuildOptions, seconds: float, *, verbose: bool) -> Iterator[str]:
    """Yield the report of a build as lines."""
    changes = report.changes
    if verbose:
        for path, reason in report.reasons:
            yield f"rendered {printable(path)}: {printable(reason)}"
    if options.dry_run:
        yield from _dry_run_lines(report)
    counts = f"{len(changes.new)} new, {len(changes.changed)} changed, {len(changes.removed)} removed"
    verb = "would publish" if options.dry_run else "published"
    folder = shown_path(Path(), str(options.output))
    yield (
        f"{verb} {counted(report.posts, 'post')} on {report.pages} pages in {folder} "
        f"({counts}, {changes.unchanged} unchanged) in {seconds:.2f} s"
    )
    yield from _hidden_lines(report, options.root)


def _dry_run_lines(report: Report) -> Iterator[str]:
    changes = report.changes
    for word, paths in (("new", changes.new), ("changed", changes.changed), ("removed", changes.removed)):
        for path in paths:
            yield f"would be {word}: {printable(path)}"
    for title in report.new_entries:
        yield f"readers of the feed would see as new: {printable(title)}"


def _hidden_lines(report: Report, root: Path) -> Iterator[str]:
    """Yield one line with the hidden documents by reason, and one with the number of hidden parts of public texts."""
    paths_by_reason: dict[str, list[str]] = {}
    for document in report.hidden:
        paths_by_reason.setdefault(_reason(document), []).append(shown_path(root, document.path))
    parts = []
    for reason, paths in sorted(paths_by_reason.items()):
        number = counted(len(paths), reason) if reason == "draft" else f"{len(paths)} {reason}"
        parts.append(f"{number}: {', '.join(paths)}")
    if parts:
        yield f"hidden: {'; '.join(parts)}"

    counts = []
    if report.private_passages:
        counts.append(counted(report.private_passages, "private passage"))
    if report.comments:
        counts.append(counted(report.comments, "comment"))
    if counts:
        yield f"left out: {', '.join(counts)}"


def checked_as_json(report: CheckReport, root: Path, seconds: float) -> str:
    """Return the report of a check as JSON, see :func:`as_json`."""
    return as_json(
        ok=not report.has_errors, problems=report.problems, root=root, hidden=_hidden_as_json(report.hidden, root),
        pages=report.pages, seconds=round(seconds, 3), links=report.links, requests=report.requested,
    )  # fmt: skip


def checked_lines(report: CheckReport, seconds: float, *, external: bool) -> Iterator[str]:
    """Yield the summary of a check as lines."""
    checked = [counted(report.posts, "post")]
    if report.pages:
        checked += [counted(report.pages, "page"), counted(report.links, "link")]
    if report.pages and external:
        addresses = report.requested + report.remembered
        noun = "address" if addresses == 1 else "addresses"
        checked.append(f"{addresses} {noun} of other sites ({report.requested} requested now)")
    severities = [problem.severity for problem in report.problems]
    counts = ", ".join(counted(severities.count(severity), severity) for severity in SEVERITIES)
    yield f"checked {', '.join(checked)}: {counts} in {seconds:.2f} s"
    if not report.pages:
        yield "correct the errors first: pages, links and feeds are checked once the site builds"


def without_repeats(problems: Sequence[Problem]) -> list[Problem]:
    """Return ``problems`` with at most the first :data:`_MAX_NOTES` notes of each code."""
    selected: list[Problem] = []
    counts: Counter[str] = Counter()
    for problem in problems:
        if problem.severity == "note":
            counts[problem.code] += 1
            if counts[problem.code] > _MAX_NOTES:
                continue
        selected.append(problem)
    return selected
