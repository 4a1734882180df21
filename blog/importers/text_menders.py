"""Errors in the text of a document → edits that end them: one function for each kind of error, found by its code."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from blog.importers.mapped_text import Edit
from blog.importers.new_site import SiteDocument
from blog.importers.report import Item
from blog.importers.template_tags import code_block
from blog.importers.tex_repairs import repair_formula
from blog.markdown.source_spans import read_spans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.markdown.source_spans import SourceSpan
    from blog.problems import Problem

QUOTED = re.compile(r'"([^"]*)"')
"""The texts that a message quotes."""
_NOT_LETTERS = re.compile(r"[\W_]+")
_VERSIONS = re.compile(
    r"<source\b[^<>]*>|(?P<image><img\b[^<>]{0,2000}?)\s++srcset\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+')"
)
_REFERENCE = re.compile(r"\\(?:eq)?ref\{[^{}\n]{1,200}\}|@[A-Za-z][\w:-]{1,200}")
_ANCHOR = re.compile(r"[A-Za-z0-9][\w.-]*")


class Work(Struct):
    """One round: what changes, by file."""

    documents: dict[str, SiteDocument]
    absolute: Callable[[str, str], str]
    """Returns the old absolute address of a link, from the link and the old path of its document."""
    items: list[Item]
    edits: dict[str, list[Edit]]


class ErrorPlace(NamedTuple):
    """Where an error is."""

    work: Work
    document: SiteDocument
    body: str
    spans: Sequence[SourceSpan]
    offset: int
    problem: Problem

    def report(self, kind: str, what: str, todo: str) -> None:
        """Add an item about the error to the report."""
        self.work.items.append(Item(kind, self.problem.location, what, todo))

    def line(self) -> tuple[int, int]:
        """Return start and end of the line."""
        start = self.body.rfind("\n", 0, self.offset) + 1
        end = self.body.find("\n", self.offset)
        return start, len(self.body) if end < 0 else end

    def link(self) -> SourceSpan | None:
        """Return the link or image that the error is about: at its position, or at least in its line."""
        quoted = QUOTED.findall(self.problem.message)
        links = [span for span in self.spans if span.target_start >= 0]
        at = [span for span in links if span.start <= self.offset < span.end]
        start, end = self.line()
        near = [span for span in links if span.start < end and span.end > start]
        for span in (*at, *near):
            path = span.target.partition("#")[0].partition("?")[0]
            if any(text in {span.target, path} or text == span.target.partition("#")[2] for text in quoted):
                return span
        return at[-1] if at else None


def _words(place: ErrorPlace, span: SourceSpan) -> Edit:
    """Return the edit that leaves the words of a link alone."""
    if span.label_end < 0:
        return Edit(span.start, span.end, "")
    start = span.start + (2 if span.kind == "image" else 1)
    return Edit(span.start, span.end, place.body[start : span.label_end])


def _mend_link(place: ErrorPlace) -> list[Edit] | None:
    span = place.link()
    if span is None and place.problem.message.startswith("there is no heading or id"):
        return _mend_anchor_in_html(place)
    if span is None:
        return _mend_attribute(place)
    place.report("Broken link", place.problem.message, place.problem.hint or "write another address")
    absolute = "" if place.problem.code == "withheld-link" else place.work.absolute(span.target, place.document.source)
    if not absolute:
        return [_words(place, span)]
    return [Edit(span.target_start, span.target_end, absolute)]


def _mend_attribute(place: ErrorPlace) -> list[Edit] | None:
    """Return the edits for an address in HTML, in the line of the error or below."""
    start, _ = place.line()
    for written in QUOTED.findall(place.problem.message):
        match = re.compile(rf"""(["']){re.escape(written)}(#[^"']*)?\1""").search(place.body, start)
        if match:
            place.report("Broken link", place.problem.message, place.problem.hint or "write another address")
            absolute = place.work.absolute(written, place.document.source) or "#"
            return [Edit(match.start() + 1, match.end() - 1, absolute)]
    return _mend_versions(place)


def _mend_versions(place: ErrorPlace) -> list[Edit] | None:
    """Take out the list of versions of an image with a version that the old tool generated: others are made here."""
    start, _ = place.line()
    for match in _VERSIONS.finditer(place.body, start):
        if any(written in match[0] for written in QUOTED.findall(place.problem.message) if "/" in written):
            return [Edit(*match.span(), "" if match["image"] is None else match["image"])]
    return None


def _mend_anchor(place: ErrorPlace) -> list[Edit] | None:
    """Give the heading that the link means the id that the old tool gave it; else lead the link to the page alone."""
    reference = _REFERENCE.match(place.body, place.offset)
    if reference:
        if not reference[0].startswith("@"):  # that is in the report of its source
            _report_anchor(place)
        return [Edit(*reference.span(), _as_code(reference[0]))]
    span = place.link()
    if span is None:
        return _mend_anchor_in_html(place)
    path, _, fragment = span.target.partition("#")
    target = place.document.path
    if path:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(target), path.lstrip("/")))
    ident = re.sub("-{2,}", "-", fragment)  # in a heading, two hyphens become a dash
    heading = _find_heading(place.work, target, ident)
    if heading is not None:
        place.work.edits[target] = list(dict.fromkeys([*place.work.edits[target], heading]))
        return [] if ident == fragment else [Edit(span.target_start, span.target_end, f"{path}#{ident}")]
    near = _near_id(place, fragment)
    if near:
        return [Edit(span.target_start, span.target_end, f"{path}#{near}")]
    _report_anchor(place)
    return [Edit(span.target_start, span.target_end, path)] if path else [_words(place, span)]


def _mend_anchor_in_html(place: ErrorPlace) -> list[Edit] | None:
    """Do the same for a link in HTML, in the line of the error or below; one that leads nowhere leads to the top."""
    start, _ = place.line()
    for fragment in QUOTED.findall(place.problem.message):
        match = re.compile(rf"""\bhref\s*=\s*(["'])#(?P<id>{re.escape(fragment)})\1""").search(place.body, start)
        if match is None:
            continue
        heading = _find_heading(place.work, place.document.path, fragment)
        if heading is not None:
            place.work.edits[place.document.path].append(heading)
            return []
        near = _near_id(place, fragment)
        if not near:
            _report_anchor(place)
        return [Edit(*match.span("id"), near)]
    return None


def _report_anchor(place: ErrorPlace) -> None:
    place.report("Broken anchor", place.problem.message, "write the id of a heading behind it: ## Heading {#id}")


def _near_id(place: ErrorPlace, fragment: str) -> str:
    """Return the id that the error suggests, if it differs from ``fragment`` in no letter; else ``""``."""
    suggested = QUOTED.findall(place.problem.hint)
    return next((ident for ident in suggested if _letters(ident) == _letters(fragment) != ""), "")


def _find_heading(work: Work, path: str, fragment: str) -> Edit | None:
    """Return the edit that gives the id ``fragment`` to the one heading whose words it has; None if there is none."""
    document = work.documents.get(path)
    if document is None or not _ANCHOR.fullmatch(fragment):
        return None
    body = document.body.strip("\n")
    wanted = _letters(re.sub(r"-\d$", "", fragment)), _letters(fragment)
    headings = [span for span in read_spans(body) if span.kind == "heading"]
    found = [span for span in headings if _letters(body[span.start : span.end]) in wanted]
    if not found or "{#" in body[found[0].start : found[0].end]:
        return None
    return Edit(found[0].end, found[0].end, f" {{#{fragment}}}")


def _letters(text: str) -> str:
    """Return the letters and digits of a heading, or of an id: tools differ in all other characters."""
    words = re.sub(r"\]\([^)]{0,1000}\)|<[^<>]*>|[`*]", "", text)
    return _NOT_LETTERS.sub("", words).lower().lstrip("0123456789")


def _mend_formula(place: ErrorPlace) -> list[Edit] | None:
    """Repair a formula; show its TeX if that does not help."""
    span = _formula_at(place)
    formula = place.body[span.start : span.end] if span else ""
    repaired = repair_formula(formula, place.problem.message.removeprefix("the formula cannot be shown: "))
    if span and repaired != formula:
        return [Edit(span.start, span.end, repaired)]
    block = None if span else _formula_block(place.body, place.line()[0])
    tex = place.body[block[0] : block[1]] if block else ""
    if block and tex.lstrip().startswith("\\begin"):
        repaired = repair_formula(f"$${tex}$$", place.problem.message)[2:-2]
        if repaired != tex:
            return [Edit(*block, repaired)]
    place.report("Formula", place.problem.message, place.problem.hint or "write it in other commands")
    if span:
        return [Edit(span.start, span.end, _as_code(formula))]
    return [Edit(*block, code_block("tex", tex))] if block else None


def _formula_at(place: ErrorPlace) -> SourceSpan | None:
    """Return the formula at the position of the error, or else the first in its line."""
    start, end = place.line()
    formulas = [span for span in place.spans if span.kind == "formula"]
    at = [span for span in formulas if span.start <= place.offset < span.end]
    near = [span for span in formulas if span.start < end and span.end > start]
    return next(iter([*at, *near]), None)


def _as_code(formula: str) -> str:
    tex = " ".join(formula.split())
    marks = "``" if "`" in tex else "`"
    return f"{marks}{tex}{marks}"


def _formula_block(body: str, start: int) -> tuple[int, int] | None:
    """Return the positions of the lines of the formula ``$$ … $$``, or of the environment, around a line."""
    for match in re.finditer(
        r"^[ \t>]*(?:\$\$.*?\$\$|\\begin\{([\w*]+)\}.{0,5000}?\\end\{\1\})", body, re.DOTALL | re.MULTILINE
    ):
        if match.start() <= start < match.end():
            return match.span()
    return None


def _mend_id(place: ErrorPlace) -> list[Edit] | None:
    """Take out an id that another element has."""
    for ident in QUOTED.findall(place.problem.message):
        word = re.escape(ident)
        pattern = re.compile(rf"""[ \t]*\{{#{word}\}}|\s+(?:id|name)\s*=\s*(["']){word}\1""")
        start, _ = place.line()
        match = pattern.search(place.body, start) or pattern.search(place.body)
        if match:
            place.report("Id", place.problem.message, "give one of them another id")
            return [Edit(match.start(), match.end(), "")]
    return None


def _mend_row(place: ErrorPlace) -> list[Edit] | None:
    """Escape the last bar of a table row that has too many cells."""
    start, end = place.line()
    line = place.body[start:end].rstrip()
    bars = [match.start() for match in re.finditer(r"(?<!\\)\|", line[:-1])]
    if len(bars) < 2:
        return None
    in_formula = [bar for bar in bars if line[:bar].count("$") % 2]
    bar = (in_formula or bars)[-1]
    return [Edit(start + bar, start + bar + 1, "\\vert " if in_formula else "\\|")]


def _mend_container(place: ErrorPlace) -> list[Edit] | None:
    start, _ = place.line()
    position = place.body.find(":::", start)
    if position < 0:
        return None
    place.report("Text to correct", place.problem.message, place.problem.hint)
    return [Edit(position, position, "\\")]


def _remove_comment(place: ErrorPlace) -> list[Edit] | None:
    start, end = place.line()
    place.report("Comment", "a comment of the old tool was left out", "copy it by hand, if you need it")
    return [Edit(start, end, "")]


def _mend_citation(place: ErrorPlace) -> list[Edit] | None:
    """Make text of each citation of a key that does not exist: it is reported once, and may stand in many places."""
    key = QUOTED.findall(place.problem.message)[0]
    code = [span for span in place.spans if span.kind == "code"]
    matches = re.finditer(rf"(?<![\w\\])@(?=\{{?{re.escape(key)}(?!\w))", place.body)
    visible = (match for match in matches if not any(span.start <= match.start() < span.end for span in code))
    edits = [Edit(match.start(), match.start(), "\\") for match in visible]
    place.report(
        "Citation", place.problem.message, "write the entry into content/references.bib, and take out the \\ before @"
    )
    return edits or None


def _mend_wikilink(place: ErrorPlace) -> list[Edit] | None:
    """Keep a wikilink as the text that the old tool showed."""
    position = place.body.find("[[", place.offset)
    if position < 0:
        return None
    place.report("Text to correct", place.problem.message, place.problem.hint)
    return [Edit(position, position, "\\")]


TEXT_MENDERS: dict[str, Callable[[ErrorPlace], list[Edit] | None]] = {
    "broken-link": _mend_link, "withheld-link": _mend_link, "machine-path": _mend_link, "wrong-image": _mend_link,
    "broken-anchor": _mend_anchor, "formula": _mend_formula, "same-id": _mend_id, "wrong-id": _mend_id,
    "table-row": _mend_row, "unknown-container": _mend_container, "stray-container": _mend_container,
    "open-passage": _mend_container, "unknown-citation": _mend_citation, "foreign-comment": _remove_comment,
    "wikilink": _mend_wikilink,
}  # fmt: skip
"""Code of an error → the change that ends it; None if it cannot."""
