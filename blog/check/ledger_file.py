"""``blog ledger`` and ``blog check --write-aliases``: the commands that read and write the ledger and mend the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from blog.build import build_in_temp
from blog.check.ledger import find_lost, list_published, parse_ledger, update_ledger
from blog.config.addresses import LEDGER
from blog.content.source_edit import add_to_key, read_text, write_text
from blog.problems import raise_if_any
from blog.stages.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from blog.check.ledger import Lost
    from blog.problems import Problem
    from blog.stages.context import BuildContext, BuildOptions
    from blog.views.assembly import Assembled
    from blog.views.plan import PlanInputs

_REDIRECTS = "content/_redirects"


class LedgerUpdate(NamedTuple):
    """What ``blog ledger`` wrote."""

    lines: int
    added: int
    removed: int


def read_ledger(root: Path) -> str:
    """Return the text of the ledger; ``""`` if the site has none. Raises :class:`BlogError`."""
    return read_text(root, LEDGER) if (root / LEDGER).exists() else ""


def check_ledger(root: Path, inputs: PlanInputs, assembled: Assembled) -> list[Problem]:
    """Return what is gone from a site without errors, by its ledger."""
    lines, problems = parse_ledger(read_ledger(root))
    lost = find_lost(lines, assembled.site, assembled.outputs, inputs.settings)
    return [*problems, *(entry.problem for entry in lost)]


def write_ledger(options: BuildOptions) -> LedgerUpdate:
    """Write the ledger of a site without errors. Raises :class:`BlogError`, :class:`OSError`."""
    return build_in_temp(options, _write_ledger)


def _write_ledger(build: BuildContext) -> LedgerUpdate:
    root = build.options.root
    inputs, assembled = _assemble(build)
    old = read_ledger(root)
    _, problems = parse_ledger(old)
    raise_if_any(problems)
    published = list_published(assembled.site, assembled.outputs, inputs.settings)
    text, added, removed = update_ledger(old, published, assembled.site)
    if text != old:
        write_text(root, LEDGER, text)
    return LedgerUpdate(len(parse_ledger(text)[0]), added, removed)


def _assemble(build: BuildContext) -> tuple[PlanInputs, Assembled]:
    inputs, problems = load(build)
    raise_if_any(problems)
    assembled = inputs.assemble()
    raise_if_any(assembled.problems)
    return inputs, assembled


def mend_lost(options: BuildOptions) -> list[str]:
    """Add what keeps lost addresses and ids, and return a line for each change. Raises :class:`BlogError`."""
    documents: dict[str, list[Lost]] = {}
    rules: list[str] = []
    for entry in build_in_temp(options, _find_lost):
        if entry.key == "redirect":
            rules.append(entry.value)
        elif entry.key:
            documents.setdefault(entry.path, []).append(entry)
    changed = _add_rules(options.root, rules) if rules else []
    for path, lost in documents.items():
        changed += _mend_document(options.root, path, lost)
    return changed


def _add_rules(root: Path, rules: Sequence[str]) -> list[str]:
    text = read_text(root, _REDIRECTS) if (root / _REDIRECTS).exists() else ""
    lines = [*text.splitlines(), *rules, ""]
    write_text(root, _REDIRECTS, "\n".join(lines))
    return [f"{_REDIRECTS}: {rule}" for rule in rules]


def _find_lost(build: BuildContext) -> list[Lost]:
    inputs, assembled = _assemble(build)
    lines, _ = parse_ledger(read_ledger(build.options.root))
    return list(find_lost(lines, assembled.site, assembled.outputs, inputs.settings))


def _mend_document(root: Path, path: str, lost: Sequence[Lost]) -> Iterator[str]:
    """Add the keys to a document; yield a line for each. One that cannot be edited stays as it is."""
    values: dict[str, list[str]] = {}
    for entry in lost:
        values.setdefault(entry.key, []).append(entry.value)
    for key, added in values.items():
        text = add_to_key(read_text(root, path), path, key, added)
        if text is not None:
            write_text(root, path, text)
            yield f"{path}: {key}: {', '.join(added)}"
