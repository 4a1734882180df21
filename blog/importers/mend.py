"""The errors that a check finds in a new site → changes that end them, so that the site builds.

Each error names a code, a file and a position. A table has a mender for each code; one that fails is followed by
stronger means: the block is shown as code, then the text is a draft that is one code block, then the file is left out.
So the loop ends, whatever the old texts contain, and nothing that may have been hidden is published on the way. It also
ends if no means change the site: then the error is in none of its files.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from msgspec import structs

from blog.config.hiding_marks import names_hidden_passage
from blog.importers.mapped_text import Edit, MappedText
from blog.importers.new_site import NewSite, SiteDocument, yaml_value
from blog.importers.report import Item
from blog.importers.template_tags import code_block
from blog.importers.tex_macros import Macro, expand_macros, write_out
from blog.importers.text_menders import QUOTED, TEXT_MENDERS, ErrorPlace, Work
from blog.markdown.source_spans import read_spans
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from blog.problems import Problem

MAX_ROUNDS = 40
"""Checks of one import. Most need four: some errors are found only when others are gone."""
_BLOCK_ATTEMPT, _DRAFT_ATTEMPT, _REMOVE_ATTEMPT = 3, 5, 7
"""How often a file has had errors with one code when the next means is tried."""


class Mended(NamedTuple):
    """A site in which nothing is an error, or at least fewer things are."""

    site: NewSite
    items: list[Item]
    problems: tuple[Problem, ...]
    """What the last check found: errors among it are those that no round could end, by a fault of this program."""


def mend(
    site: NewSite, find_problems: Callable[[NewSite], Sequence[Problem]], absolute: Callable[[str, str], str]
) -> Mended:
    """Return ``site`` without what ``find_problems`` reports as an error."""
    items: list[Item] = []
    attempts: Counter[tuple[str, str]] = Counter()
    for _ in range(MAX_ROUNDS):
        problems = tuple(find_problems(site))
        errors = [problem for problem in problems if problem.severity == "error"]
        if not errors:
            break
        changed, new_items = _mend_until_changed(site, errors, absolute, attempts)
        if changed == site:
            break
        site = changed
        items += new_items
    return Mended(site, items, problems)


def _mend_until_changed(
    site: NewSite, errors: Sequence[Problem], absolute: Callable[[str, str], str], attempts: Counter[tuple[str, str]]
) -> tuple[NewSite, list[Item]]:
    """Return the site after the weakest means that change it, with items; the site itself if there are none.

    As long as nothing has changed, another check would find the same errors: it takes much longer than a round.
    """
    for _ in range(_REMOVE_ATTEMPT + 1):
        items: list[Item] = []
        work = Work({document.path: document for document in site.documents}, absolute, items, defaultdict(list))
        changed = _mend_round(site, errors, work, attempts)
        attempts.update({(problem.location.path, problem.code) for problem in errors})
        if changed != site:
            return changed, items
    return site, []


def _mend_round(site: NewSite, errors: Sequence[Problem], work: Work, attempts: Counter[tuple[str, str]]) -> NewSite:
    items = work.items
    refused: dict[str, Macro] = {}
    by_path: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in errors:
        by_path[problem.location.path].append(problem)
    for path, problems in by_path.items():
        if path in work.documents:
            _mend_document(work, path, problems, max(attempts[path, problem.code] for problem in problems))
        elif path == "blog.toml":
            site, refused = _mend_settings(site, problems, items)
        elif path == "content/_redirects":
            site = _drop_redirects(site, problems, items)
        else:
            site = _drop_file(site, path, problems, items)
    for path, edits in work.edits.items():
        document = work.documents.get(path)
        if document is not None:
            body = MappedText.of(document.body.strip("\n"), 1).edit(edits).text
            work.documents[path] = structs.replace(document, body=body)
    return _write_out(structs.replace(site, documents=tuple(work.documents.values())), refused)


def _mend_settings(site: NewSite, problems: Sequence[Problem], items: list[Item]) -> tuple[NewSite, dict[str, Macro]]:
    """Return the site without the settings that are wrong, and the macros that are."""
    lines = site.settings_text().split("\n")
    refused: dict[str, Macro] = {}
    for problem in problems:
        line = lines[min(problem.location.line, len(lines)) - 1]
        key = line.partition(" = ")[0]
        if key in site.macros:
            refused[key] = Macro(site.macros[key])
            continue
        left_out = "an address of the feed" if key == "paths" else line.strip()
        items.append(Item("Setting", problem.location, f"{left_out} was left out: {problem.message}", problem.hint))
        settings = tuple(pair for pair in site.settings if pair[0] != key or key == "title")
        site = structs.replace(site, settings=settings, feed_paths=_kept_paths(site, key, problem))
    return site, refused


def _write_out(site: NewSite, refused: dict[str, Macro]) -> NewSite:
    """Return the site without macros that the formulas here do not know: their TeX stands where they were used."""
    if not refused:
        return site
    macros = {name: expand_macros(tex, refused) for name, tex in site.macros.items() if name not in refused}
    documents = []
    for document in site.documents:
        body = document.body
        if any(f"\\{name}" in body for name in refused):
            body = write_out(MappedText.of(body, 1), refused).text
        documents.append(structs.replace(document, body=body))
    return structs.replace(site, macros=macros, documents=tuple(documents))


def _kept_paths(site: NewSite, key: str, problem: Problem) -> tuple[str, ...]:
    """Return the addresses of the feed without the one that a problem in their line names; none if it names none."""
    if key != "paths":
        return site.feed_paths
    words = {word.strip('":') for word in problem.message.split()}
    return tuple(path for path in site.feed_paths if path not in words and words.intersection(site.feed_paths))


def _drop_redirects(site: NewSite, problems: Sequence[Problem], items: list[Item]) -> NewSite:
    """Return the site without the lines of ``_redirects`` that are wrong."""
    wrong = {problem.location.line for problem in problems}
    items += [Item("Redirect", problem.location, f"left out: {problem.message}", problem.hint) for problem in problems]
    kept = [line for number, line in enumerate(site.redirects, 1) if number not in wrong]
    return structs.replace(site, redirects=tuple(kept))


def _drop_file(site: NewSite, path: str, problems: Sequence[Problem], items: list[Item]) -> NewSite:
    for file in site.files:
        if file.path == path:
            what = f"left out: {problems[0].message}"
            items.append(Item("File that was not moved", Location(file.source), what, problems[0].hint))
    return structs.replace(site, files=tuple(file for file in site.files if file.path != path))


def _mend_document(work: Work, path: str, problems: Sequence[Problem], attempt: int) -> None:
    document = work.documents[path]
    if attempt >= _REMOVE_ATTEMPT:
        what = f"left out, as it cannot be built: {problems[0].message}"
        work.items.append(Item("Document that was not moved", Location(document.source), what, "copy it by hand"))
        del work.documents[path]
    elif attempt >= _DRAFT_ATTEMPT or any(_may_publish(document, problem) for problem in problems):
        work.documents[path] = _hide_as_code(document, problems[0], work.items)
    else:
        for problem in problems:
            _mend_problem(work, path, problem, shows_blocks=attempt >= _BLOCK_ATTEMPT)


def _may_publish(document: SiteDocument, problem: Problem) -> bool:
    """Return whether an error is about a text that someone may have meant to hide; a cell is hidden alone."""
    if document.code_cell(problem.location):
        return False
    if problem.code in {
        "foreign-comment",
        "open-comment",
        "nested-comment",
        "bogus-comment",
        "directive",
        "hiding-key",
    }:
        return not _line_of(document, problem).startswith("[//]:")
    if problem.code in {"unknown-container", "open-passage", "private-in-text", "stray-container"}:
        mark = _line_of(document, problem).lstrip("> ").lstrip(":")
        return "private" in problem.hint + problem.message or names_hidden_passage(mark)
    return False


def _line_of(document: SiteDocument, problem: Problem) -> str:
    """Return the line of an error; ``""`` if it is not in the text."""
    offset = document.offset_of(problem.location)
    if offset is None:
        return ""
    body = document.body.strip("\n")
    return (body[:offset].rpartition("\n")[2] + body[offset:].partition("\n")[0]).strip()


def _hide_as_code(document: SiteDocument, problem: Problem, items: list[Item]) -> SiteDocument:
    """Return a draft whose text is one code block, in which nothing is an error."""
    what = f"a draft, with its whole text as code: {problem.message}"
    items.append(Item("Document to correct", problem.location, what, problem.hint or "correct it, and publish it"))
    kept = {"title", "date", "slug", "tags", "summary"}
    fields = tuple(pair for pair in document.fields if pair[0] in kept)
    body = document.body
    if not body.lstrip().startswith("```markdown"):
        body = code_block("markdown", body)
    path = f"{document.path.removesuffix('.ipynb')}-notebook.md" if document.cells else document.path
    fields = (*fields, ("draft", "true"))
    return structs.replace(document, path=path, fields=fields, body=body, old_address="", cells=())


def _mend_problem(work: Work, path: str, problem: Problem, *, shows_blocks: bool) -> None:
    """Change what one error is about."""
    document = work.documents[path]
    cell = document.code_cell(problem.location)
    if cell:
        what = f"a cell was hidden: {problem.message}"
        work.items.append(Item("Cell to correct", problem.location, what, problem.hint or "correct it, and show it"))
        work.documents[path] = document.hide_cell(cell)
        return
    offset = document.offset_of(problem.location)
    if offset is None or problem.code in {"collision", "empty-slug"}:
        work.documents[path] = _mend_field(document, problem, work.items)
        return
    body = document.body.strip("\n")
    place = ErrorPlace(work, document, body, read_spans(body), offset, problem)
    mender = None if shows_blocks else TEXT_MENDERS.get(problem.code)
    edits = mender(place) if mender else None
    if edits is None:
        edits = [_show_block(body, offset)]
        what = f"shown as code: {problem.message}"
        work.items.append(Item("Text to correct", problem.location, what, problem.hint or "correct it"))
    work.edits[path] += edits


def _show_block(body: str, offset: int) -> Edit:
    """Return the edit that shows the paragraph around ``offset`` as code."""
    start = body.rfind("\n\n", 0, offset) + 2 if "\n\n" in body[:offset] else 0
    end = body.find("\n\n", offset)
    end = len(body) if end < 0 else end
    return Edit(start, end, code_block("markdown", body[start:end]))


def _mend_field(document: SiteDocument, problem: Problem, items: list[Item]) -> SiteDocument:
    """Return the document with a front matter that has not this error."""
    key = document.key_at(problem.location.line)
    if problem.code in {"collision", "empty-slug", "wrong-slug"} and key != "aliases":
        return _change_slug(document, problem, items)
    if not key or key in {"title", "draft", "private"}:
        return document.set_field("title", yaml_value("Untitled")) if key == "title" else document
    items.append(
        Item("Front matter", Location(document.source), f'"{key}" was left out: {problem.message}', problem.hint)
    )
    if key == "aliases":
        wrong = QUOTED.findall(problem.message) + re.findall(r"/[^\s,;:]*", problem.message)
        names = [part.strip('"') for part in document.field(key).strip("[]").split(", ")]
        kept = [name for name in names if name not in wrong and f"{name}/" not in wrong]
        return document.set_field(key, yaml_value(kept) if kept and len(kept) < len(names) else "")
    if key == "date":
        document = document.set_field("draft", "true")
        return document.set_field("date", "1970-01-01")
    return document.set_field(key, "")


def _change_slug(document: SiteDocument, problem: Problem, items: list[Item]) -> SiteDocument:
    """Return the document with a slug that no other one has."""
    folder, name = posixpath.split(document.path.removesuffix("/index.md"))
    stem = document.field("slug") or re.sub(r"^\d{4}-\d\d?-\d\d?-|\.md$", "", name)
    match = re.fullmatch(r"(.*?)-(\d{1,3})", stem.strip('"'))
    slug = f"{match[1]}-{int(match[2]) + 1}" if match else f"{stem}-2"
    slug = re.sub(r"[^\w.-]+", "-", slug).strip("-") or f"{posixpath.basename(folder)}-2"
    items.append(
        Item("Address", Location(document.source), f"slug: {slug}, because {problem.message}", "choose another")
    )
    return document.set_field("slug", slug)


def absolute_address(url: str, old_address: str, written: str) -> str:
    """Return the old absolute address of a link in the document at ``old_address``; ``""`` if there is none."""
    if not url or written.startswith(("http:", "https:", "//", "mailto:")):
        return ""
    path = written if written.startswith("/") else posixpath.join(posixpath.dirname(old_address + "x"), written)
    return url + quote(posixpath.normpath(path), safe="/:~%@+,;=&#?")


def items_of_warnings(problems: Iterable[Problem]) -> list[Item]:
    """Return one note for each kind of warning that a check of the new site prints."""
    groups: defaultdict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.severity == "warning":
            groups[problem.code].append(problem)
    notes = []
    for code, group in groups.items():
        what = f"{code}: {len(group)}, such as: {group[0].message}"
        notes.append(Item("Warning of blog check", group[0].location, what, "", "note"))
    return notes
