"""The entries of a bibliography, as values that citations and lists of references are made of."""

from __future__ import annotations

from msgspec import Struct, structs

from blog.problems import Location

_NOWHERE = Location("")


class Name(Struct, frozen=True, array_like=True):
    """The name of a person, or of an organisation, which has a family name alone. Plain text."""

    family: str
    """With its particle: ``van den Oord``."""
    given: str = ""
    suffix: str = ""
    """``Jr.``, ``III``."""

    @property
    def full(self) -> str:
        """The name as it is spoken: ``Aäron van den Oord``."""
        return " ".join(filter(None, (self.given, self.family, self.suffix)))


class BibEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A work in a bibliography. All texts are plain text without TeX; each is empty if the file does not have it."""

    key: str
    """The name by which texts cite it: ``he2016`` of ``[@he2016]``."""
    kind: str
    """The type in the file, in lower case: ``article``, ``inproceedings``, ``book`` …."""
    authors: tuple[Name, ...] = ()
    has_more_authors: bool = False
    """True if the list of authors ends with ``and others``."""
    editors: tuple[Name, ...] = ()
    year: str = ""
    """``2016``; other words such as ``forthcoming`` are possible."""
    title: str = ""
    container: str = ""
    """The journal, the proceedings or the book in which it appeared."""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    """The publisher, institution, school or organisation."""
    edition: str = ""
    doi: str = ""
    """Without the address of a resolver: ``10.1109/CVPR.2016.90``."""
    url: str = ""
    arxiv: str = ""
    """The id at arXiv: ``1512.03385``."""
    note: str = ""
    location: Location = _NOWHERE
    """The first character of the entry in its file."""

    @property
    def has_link(self) -> bool:
        """True if readers can open the work."""
        return bool(self.doi or self.url or self.arxiv)

    def without_location(self) -> BibEntry:
        """Return the entry as texts use it: it stays equal if lines are added above it in the file."""
        return structs.replace(self, location=_NOWHERE)
