"""An entry → the words of a citation, ``He et al., 2016``, and its full reference, as pieces of text and links.

The small words are in the language of the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from blog.bibliography.entry import BibEntry, Name
    from blog.config.words import Words

_MAX_NAMED = 10
"""Authors that a reference names, if it has more."""
_MAX_SHOWN_URL = 60
"""Characters of an address that are shown; of a longer one its host."""
_TITLE_WORDS = 4
"""Words of the title that stand in a citation for the author."""
_BOOKS = frozenset({
    "book", "booklet", "collection", "manual", "mastersthesis", "mvbook", "phdthesis", "proceedings", "report",
    "techreport", "thesis",
})  # fmt: skip
"""Types whose title is emphasized: they appeared by themselves."""
_PARTS = frozenset({"conference", "inbook", "incollection", "inproceedings"})
"""Types that are a part of another work."""


class CitationLabel(NamedTuple):
    """The words of a citation."""

    names: str
    """``He et al.``; without authors the first words of the title."""
    year: str
    """``2016``, ``2016a``, or the words for a work without a date."""


class Piece(NamedTuple):
    """A piece of a reference."""

    text: str
    kind: Literal["text", "title", "link"] = "text"
    """A ``title`` is emphasized."""
    url: str = ""


def make_labels(entries: Iterable[BibEntry], words: Words) -> dict[str, CitationLabel]:
    """Return the labels of all entries of one list, by key, in their order.

    Where two would be equal, letters follow the year.
    """
    labels = {entry.key: make_label(entry, words) for entry in entries}
    by_words: dict[tuple[str, str], list[str]] = {}
    for key, label in labels.items():
        by_words.setdefault((label.names.casefold(), label.year), []).append(key)
    for keys in by_words.values():
        for number, key in enumerate(keys if len(keys) > 1 else ()):
            names, year = labels[key]
            hyphen = "" if year[-1:].isdigit() else "-"
            labels[key] = CitationLabel(names, f"{year}{hyphen}{_letters(number)}")
    return labels


def make_label(entry: BibEntry, words: Words) -> CitationLabel:
    """Return the label of an entry by itself."""
    return CitationLabel(_short_names(entry, words), entry.year or words.text("reference.no_date"))


def _letters(number: int) -> str:
    """Return ``a`` for 0, ``b`` for 1, ``aa`` for 26."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _short_names(entry: BibEntry, words: Words) -> str:
    people = entry.authors or entry.editors
    if not people:
        title_words = entry.title.split()
        if not title_words:
            return entry.key
        ending = "…" if len(title_words) > _TITLE_WORDS else ""
        return " ".join(title_words[:_TITLE_WORDS]).rstrip(",;:.") + ending
    if len(people) > 2 or entry.has_more_authors:
        return words.text("reference.et_al", names=people[0].family)
    return words.enumerate([name.family for name in people])


def list_names(people: Sequence[Name], words: Words, *, has_more: bool = False) -> str:
    """Return full names as an enumeration; of very many the first ones."""
    names = [name.full for name in people]
    if has_more or len(names) > _MAX_NAMED:
        return words.text("reference.et_al_list", names=words.text("list.separator").join(names[:_MAX_NAMED]))
    return words.enumerate(names)


def full_reference(entry: BibEntry, year: str, words: Words, quotes: Sequence[str]) -> list[Piece]:
    """Return the pieces of the full reference of an entry, whose label has this ``year``.

    ``quotes`` are the opening and closing quotation mark of the language.
    """
    authors, title = _authors(entry, words), _title(entry, words, quotes)
    first = [Piece(authors)] if authors else title
    pieces = [*first, Piece(f" ({year})" if first else f"({year})")]
    for sentence in _sentences(entry, words, title if authors else []):
        pieces += [Piece(" " if _ends_sentence(pieces[-1]) else ". "), *sentence]
    pieces.append(Piece("" if pieces[-1].text.endswith(".") else "."))
    return [piece for piece in pieces if piece.text]


def _ends_sentence(piece: Piece) -> bool:
    """Return whether no full stop is needed behind ``piece``, whose quotation mark may follow another sign."""
    return piece.text.rstrip("”“»«\u202f").endswith((".", "?", "!"))


def _authors(entry: BibEntry, words: Words) -> str:
    if entry.authors:
        return list_names(entry.authors, words, has_more=entry.has_more_authors)
    return _editors(entry, words)


def _editors(entry: BibEntry, words: Words) -> str:
    if not entry.editors:
        return ""
    key = "reference.editor" if len(entry.editors) == 1 else "reference.editors"
    return words.text(key, names=list_names(entry.editors, words))


def _title(entry: BibEntry, words: Words, quotes: Sequence[str]) -> list[Piece]:
    """Return the title: emphasized if it is that of a book, else in quotation marks."""
    if not entry.title:
        return []
    if entry.kind in _BOOKS and not entry.container:
        return [Piece(entry.title, "title"), *_text(_edition(entry, words), ", ")]
    return [Piece(f"{quotes[0]}{entry.title}{quotes[1]}")]


def _sentences(entry: BibEntry, words: Words, title: list[Piece]) -> Iterator[list[Piece]]:
    """Yield the parts of a reference behind the year; between two of them stands a full stop."""
    publisher = "" if entry.kind == "article" else entry.publisher
    yield from filter(None, (title, _place(entry, words), _text(publisher, ""), _text(entry.note, "")))
    yield from ([link] for link in links_of(entry))


def _place(entry: BibEntry, words: Words) -> list[Piece]:
    """Return the journal, the proceedings or the book, with volume and pages."""
    page_key = "reference.page" if entry.pages.isdecimal() else "reference.pages"
    is_article = entry.kind not in _PARTS | _BOOKS
    pages = entry.pages if is_article or not entry.pages else words.text(page_key, pages=entry.pages)
    if not entry.container:
        return _text(pages if entry.kind in _PARTS else "", "")
    pieces = [Piece(entry.container, "title")]
    if not is_article:
        editors = _editors(entry, words) if entry.authors and entry.kind in {"incollection", "inbook"} else ""
        container = words.text("reference.in")
        pieces = [Piece(f"{container} {editors}, " if editors else f"{container} "), *pieces]
    issue = f"({entry.issue})" if entry.issue else ""
    pieces += _text(f"{entry.volume}{issue}", " ")
    return [*pieces, *_text(pages, ", ")]


def _text(text: str, separator: str) -> list[Piece]:
    """Return the piece of a text behind ``separator``; none if it is empty."""
    return [Piece(separator + text)] if text else []


def _edition(entry: BibEntry, words: Words) -> str:
    edition = entry.edition
    if not edition or edition.lower().endswith(("ed.", "edition")):
        return edition
    if edition.isdecimal() and words.language.partition("-")[0] == "en":
        teen = edition[-2:-1] == "1"
        edition += "th" if teen else {"1": "st", "2": "nd", "3": "rd"}.get(edition[-1], "th")
    return words.text("reference.edition", number=edition)


def links_of(entry: BibEntry) -> list[Piece]:
    """Return the links at which readers can open a work: by DOI, at arXiv, and its address."""
    links = []
    if entry.doi:
        links.append(Piece(f"doi:{entry.doi}", "link", f"https://doi.org/{quote(entry.doi, safe='/:;()-._')}"))
    if entry.arxiv:
        links.append(Piece(f"arXiv:{entry.arxiv}", "link", f"https://arxiv.org/abs/{quote(entry.arxiv)}"))
    if entry.url:
        links.append(Piece(_shown_url(entry.url), "link", entry.url))
    return links


def _shown_url(url: str) -> str:
    """Return an address as readers see it: without its scheme, and only the host of a long one."""
    shown = url.split("://", 1)[1].rstrip("/")
    return shown if len(shown) <= _MAX_SHOWN_URL else f"{urlsplit(url).hostname}"


def plain_reference(pieces: Sequence[Piece]) -> str:
    """Return a full reference as plain text."""
    return "".join(piece.text for piece in pieces)
