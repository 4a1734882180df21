"""The bytes of one ``.bib`` file → its entries and problems.

Every problem is a warning: an entry that cannot be read is left out, and the others can be cited. Strings, ``#``,
``crossref`` and the fields of BibTeX, BibLaTeX, DBLP, Google Scholar and arXiv are understood.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from blog.bibliography.bib_report import BibReport, Lines
from blog.bibliography.bib_syntax import read_blocks
from blog.bibliography.fields import make_entry
from blog.bibliography.library import BibFile
from blog.problems import Location, Problem, did_you_mean
from blog.text import normalize_newlines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blog.bibliography.bib_syntax import Block, Field
    from blog.bibliography.entry import BibEntry

MAX_BYTES = 20_000_000
"""Size of a file that is read."""
_MAX_STRING = 10_000
"""Characters of a ``@string``, also of one that consists of others."""
_MAX_EXPANDED = 2_000_000
"""Characters that all uses of strings in a file may have together."""
_MAX_CROSSREFS = 4
"""Entries from which one inherits fields, one from the other."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOT_INHERITED = frozenset({"title", "subtitle", "crossref", "doi", "url", "note", "pages", "author", "eprint"})
_USED = frozenset({
    "author", "editor", "year", "date", "title", "subtitle", "journal", "journaltitle", "booktitle", "maintitle",
    "volume", "number", "issue", "pages", "eid", "publisher", "institution", "school", "organization", "edition", "doi",
    "url", "howpublished", "eprint", "archiveprefix", "eprinttype", "note", "crossref",
})  # fmt: skip
"""Fields that are read; an abstract and the paths of files may be long, and are not published."""


def parse_bib_file(data: bytes, path: str) -> BibFile:
    """Return the entries of a ``.bib`` file and its problems. Never raises."""
    location = Location(path)
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES // 1_000_000} MB: none of its entries can be cited"
        return BibFile((), (Problem(location, "bib-file", message, "keep the entries that you cite", "warning"),))
    text, problems = _decode(data, location)
    report = BibReport(Lines(text, path))
    blocks = read_blocks(text, report)
    values = _Values(blocks, report)
    entries = [values.make(block) for block in blocks if block.kind != "string"]
    return BibFile(tuple(entries), (*problems, *report.all()))


def _decode(data: bytes, location: Location) -> tuple[str, list[Problem]]:
    """Return the text of a file, with LF line ends: UTF-8, or as a fallback UTF-16 with its mark, or Windows-1252."""
    encoding, name = "cp1252", "Latin-1"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = name = "UTF-16"
    try:
        return normalize_newlines(data.decode("utf-8-sig")), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    text = normalize_newlines(data.decode(encoding, errors="replace"))
    place = Location(location.path, 1 if name == "UTF-16" else line)
    message = f"the file is not UTF-8: it is read as {name}"
    return text, [Problem(place, "bib-file", message, "save it as UTF-8", "warning")]


class _Values:
    """The values of the fields of a file, with its strings and the fields that entries inherit."""

    def __init__(self, blocks: Sequence[Block], report: BibReport) -> None:
        self._report = report
        self._expanded = 0
        self._strings = dict.fromkeys(_MONTHS, "")
        self._entries: dict[str, Block] = {}
        for block in blocks:
            if block.kind == "string":
                (field,) = block.fields.values()
                self._strings[field.name] = self._text(field)[:_MAX_STRING]
            else:
                self._entries.setdefault(block.key.casefold(), block)

    def make(self, block: Block) -> BibEntry:
        """Return the entry of a block."""
        values = {name: self._text(field) for name, field in block.fields.items() if name in _USED}
        self._inherit(values, block)
        return make_entry(block.kind, block.key, values, self._report.lines.locate(block.offset))

    def _inherit(self, values: dict[str, str], block: Block) -> None:
        """Add the fields of the entry that ``crossref`` names, and of the one that it names."""
        for _ in range(_MAX_CROSSREFS):
            field = block.fields.get("crossref")
            if field is None:
                return
            name = self._text(field).strip()
            parent = self._entries.get(name.casefold())
            if parent is None:
                message = f'"crossref" of "{block.key}" names no entry of this file: "{name}"'
                hint = did_you_mean(name, [entry.key for entry in self._entries.values()])
                self._report.warn(field.offset, "bib-field", message, hint or "copy the entry into this file")
                return
            _add_missing(values, {key: self._text(other) for key, other in parent.fields.items() if key in _USED})
            block = parent

    def _text(self, field: Field) -> str:
        """Return the value of a field with its strings."""
        texts = []
        for part in field.parts:
            text = part.text
            if part.is_name and not text.isdecimal():
                text = self._expand(part.text, field, part.offset)
            texts.append(text)
        return "".join(texts)

    def _expand(self, name: str, field: Field, offset: int) -> str:
        """Return the text of a string; an unknown name stands for itself, with a warning."""
        text = self._strings.get(name.lower())
        if text is None:
            message = f'"{field.name}" is neither in braces nor the name of a @string: {name}'
            hint = did_you_mean(name, self._strings) or f"write {{{name}}}"
            self._report.warn(offset, "bib-string", message, hint)
            return name
        self._expanded += len(text)
        return text if self._expanded <= _MAX_EXPANDED else ""


def _add_missing(values: dict[str, str], inherited: Mapping[str, str]) -> None:
    """Add the fields that an entry inherits: the title of a book is the ``booktitle`` of what is in it."""
    if "title" in inherited:
        values.setdefault("booktitle", inherited.get("booktitle", inherited["title"]))
    for name, text in inherited.items():
        if name not in _NOT_INHERITED:
            values.setdefault(name, text)
