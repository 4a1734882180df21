"""The fields of an entry as written → an :class:`BibEntry`: which field means what in the files that people have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.bibliography.entry import BibEntry
from blog.bibliography.latex_text import address_of, latex_to_text
from blog.bibliography.names import parse_names
from blog.text import is_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.problems import Location

_MAX_VALUE = 5_000
"""Characters of a value that are read, other than names."""
_MAX_NAMES = 100_000
"""Characters of a list of names: large experiments have thousands of authors."""
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_ARXIV_ID = r"(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?)"
_ARXIV = re.compile(rf"(?:arXiv:\s*)?{_ARXIV_ID}", re.IGNORECASE)
_ARXIV_URL = re.compile(rf"https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/{_ARXIV_ID}(?:\.pdf)?", re.IGNORECASE)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.{_ARXIV_ID}", re.IGNORECASE)
_ARXIV_JOURNAL = re.compile(rf"(?:arXiv(?: preprint|\.org)?|CoRR)(?:[ ,:]+(?:arXiv:|abs/)?{_ARXIV_ID})?", re.IGNORECASE)
_RANGE = re.compile(r"(?<=\w)\s*[-–—]+\s*(?=\w)")
_ADDRESS = re.compile(r"https?://[^\s{}]+")
_COMMAND_URL = re.compile(r"\\url\s*\{([^{}]*)\}")


def make_entry(kind: str, key: str, values: Mapping[str, str], location: Location) -> BibEntry:
    """Return the entry with these ``values``, which have TeX, by name of the field in lower case."""
    fields = _Fields(values)
    authors, has_more = parse_names(values.get("author", "")[:_MAX_NAMES])
    editors, _ = parse_names(values.get("editor", "")[:_MAX_NAMES])
    container = fields.first("journaltitle", "journal", "booktitle", "maintitle")
    arxiv_journal = _ARXIV_JOURNAL.fullmatch(container)
    doi, arxiv, url = _identifiers(fields, arxiv_journal)
    if arxiv_journal and arxiv:
        container = ""
    volume = fields.first("volume")
    return BibEntry(
        key=key,
        kind=kind,
        authors=authors,
        has_more_authors=has_more,
        editors=editors,
        year=_year(fields),
        title=_title(fields),
        container=container,
        volume="" if volume.startswith("abs/") else volume,
        issue=fields.first("number", "issue"),
        pages=_RANGE.sub("–", fields.first("pages", "eid")),
        publisher=fields.first("publisher", "institution", "school", "organization"),
        edition=fields.first("edition"),
        doi=doi,
        url=url,
        arxiv=arxiv,
        note=_note(fields),
        location=location,
    )


class _Fields:
    """The fields of an entry as plain text."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def first(self, *names: str) -> str:
        """Return the text of the first of these fields that the entry has, or ``""``."""
        for name in names:
            if name in self._values and (text := latex_to_text(self.source(name))):
                return text
        return ""

    def source(self, name: str) -> str:
        """Return a field with its TeX."""
        return self._values.get(name, "")[:_MAX_VALUE]


def _title(fields: _Fields) -> str:
    title, subtitle = fields.first("title"), fields.first("subtitle")
    return f"{title}: {subtitle}" if title and subtitle else title


def _year(fields: _Fields) -> str:
    """Return the year; of another text than a date, the text itself: ``forthcoming``."""
    text = fields.first("year", "date")
    match = _YEAR.search(text)
    return match[0] if match else text


def _note(fields: _Fields) -> str:
    """Return the note, or how the work was published, without an address, which is a link of its own."""
    for name in ("note", "howpublished"):
        text = latex_to_text(_COMMAND_URL.sub("", fields.source(name)))
        if note := _ADDRESS.sub("", text).strip(" ,;:."):
            return note
    return ""


def _identifiers(fields: _Fields, arxiv_journal: re.Match[str] | None) -> tuple[str, str, str]:
    """Return the DOI, the id at arXiv and the address of a work; none repeats another one."""
    url = _address(fields)
    doi_match = _DOI.fullmatch(address_of(fields.source("doi"))) or _DOI.fullmatch(url)
    doi = doi_match[1] if doi_match else ""
    arxiv_doi, arxiv_url = _ARXIV_DOI.fullmatch(doi), _ARXIV_URL.fullmatch(url)
    arxiv = _arxiv(fields, arxiv_journal)
    if arxiv_doi:
        doi, arxiv = "", arxiv or arxiv_doi[1]
    if arxiv_url:
        url, arxiv = "", arxiv or arxiv_url[1]
    if doi and url.lower().endswith(doi.lower()):
        url = ""
    return doi, arxiv, url


def _address(fields: _Fields) -> str:
    """Return the http or https address of a work, also one in ``howpublished`` or a note."""
    url = address_of(fields.source("url"))
    if is_url(url):
        return url
    for name in ("howpublished", "note"):
        match = _ADDRESS.search(fields.source(name))
        if match and is_url(address := address_of(match[0])):
            return address
    return ""


def _arxiv(fields: _Fields, arxiv_journal: re.Match[str] | None) -> str:
    """Return the id at arXiv: of ``eprint``, or of a journal such as ``arXiv preprint arXiv:1512.03385``."""
    eprint = address_of(fields.source("eprint"))
    source = fields.first("archiveprefix", "eprinttype").lower()
    match = _ARXIV.fullmatch(eprint)
    if match and source in {"", "arxiv"}:
        return match[1]
    if arxiv_journal and arxiv_journal[1]:
        return arxiv_journal[1]
    volume = _ARXIV.fullmatch(fields.first("volume").removeprefix("abs/"))
    return volume[1] if arxiv_journal and volume else ""
