"""Citations of a post, as a sentence, BibTeX, CSL-JSON and metadata; and the subject of a reply by e-mail."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from blog.config.dates import MONTHS
from blog.markdown.typography import quotes_for
from blog.views.page_parts import Citation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from blog.config.people import Person
    from blog.config.words import Words

_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    # BibTeX counts braces, also those after a backslash: an unbalanced one would include the rest of the file.
    "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    **{char: f"\\{char}" for char in "&%$#_"},
})  # fmt: skip


_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


class CitedPost(NamedTuple):
    """What a citation says of a post."""

    title: str
    day: dt.date
    authors: Sequence[Person]
    blog: str
    url: str
    """Absolute, or empty."""
    doi: str
    language: str

    @property
    def doi_url(self) -> str:
        """The address of the DOI; empty without one."""
        return f"https://doi.org/{self.doi}" if self.doi else ""

    @property
    def key(self) -> str:
        """The key of an entry: surname, year and the first words of the title."""
        surname = _find_surname(self.authors[0].name) if self.authors else self.blog
        title_words = _NOT_PLAIN.sub(" ", _strip_accents(self.title)).split()
        parts = (_NOT_PLAIN.sub("", _strip_accents(surname)), str(self.day.year), *title_words[:3])
        return "-".join(filter(None, parts))


def citation(post: CitedPost, words: Words) -> Citation:
    """Return the citation of a post: in ``words``, as BibTeX and as CSL-JSON."""
    return Citation(_format_reference(post, words), _format_bibtex(post), _format_csl(post))


def _format_reference(post: CitedPost, words: Words) -> str:
    """Return a line for a list of references."""
    people = words.enumerate([person.name for person in post.authors])
    opening, closing, inner_opening, inner_closing = quotes_for(words.dates)
    title = post.title.replace(opening.strip(), inner_opening).replace(closing.strip(), inner_closing)
    parts = (people, f"{opening}{title}{closing}", post.blog, words.locale.date(post.day), post.doi_url or post.url)
    return words.text("list.separator").join(filter(None, parts))


def _format_bibtex(post: CitedPost) -> str:
    """Return a ``@misc`` entry."""
    month = MONTHS[post.day.month - 1][:3].lower()
    entry = [
        f"@misc{{{post.key},\n",
        _format_field("author", " and ".join(_format_tex_name(person.name) for person in post.authors)),
        _format_field("title", f"{{{_escape_tex(post.title)}}}"),
        _format_field("howpublished", _escape_tex(post.blog)),
        _format_field("year", str(post.day.year)),
        f"  month = {month},\n",  # a macro of BibTeX, so without braces
        _format_field("doi", post.doi),
        _format_field("url", post.url),
        "}",
    ]
    return "".join(entry)


def _format_csl(post: CitedPost) -> str:
    """Return a ``data:`` URL with CSL-JSON, <https://docs.citationstyles.org/en/stable/specification.html>."""
    item = {
        "id": post.key, "type": "post-weblog", "title": post.title, "container-title": post.blog,
        "author": [{"literal": person.name} for person in post.authors], "language": post.language,
        "issued": {"date-parts": [[post.day.year, post.day.month, post.day.day]]}, "DOI": post.doi, "URL": post.url,
    }  # fmt: skip
    data = json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False)
    return f"data:application/vnd.citationstyles.csl+json;charset=utf-8,{quote(data)}"


def describe_for_search(post: CitedPost) -> tuple[tuple[str, str], ...]:
    """Return names and values of the ``citation_`` elements.

    <https://scholar.google.com/intl/en/scholar/inclusion.html#indexing>
    """
    authors: list[tuple[str, str]] = []
    for person in post.authors:
        authors.append(("citation_author", person.name))
        if person.orcid:
            authors.append(("citation_author_orcid", person.orcid_url))
    values = (
        ("citation_title", post.title), *authors, ("citation_publication_date", post.day.strftime("%Y/%m/%d")),
        ("citation_journal_title", post.blog), ("citation_language", post.language), ("citation_doi", post.doi),
        ("citation_public_url", post.url),
    )  # fmt: skip
    return tuple((name, value) for name, value in values if value)


def _format_field(name: str, value: str) -> str:
    return f"  {name} = {{{value}}},\n" if value else ""


def _find_surname(name: str) -> str:
    """Return the last word of a name; of ``Ada Moreno, PhD`` and ``Moreno, Ada`` the last before the comma."""
    words = name.partition(",")[0].split()
    return words[-1] if words else name


def _strip_accents(text: str) -> str:
    """Return lower case letters without accents: ``muller`` for Müller."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _format_tex_name(name: str) -> str:
    """Return an author's name, in braces if BibTeX would split it at a comma or an ``and``."""
    needs_braces = "," in name or "and" in name.lower().split()
    return f"{{{_escape_tex(name)}}}" if needs_braces else _escape_tex(name)


def _escape_tex(text: str) -> str:
    return text.translate(_TEX)


def reply(authors: Sequence[Person], title: str) -> str:
    """Return a ``mailto:`` URL (RFC 6068) to the first author with an e-mail address, or ``""``."""
    for person in authors:
        if person.email:
            return f"mailto:{quote(person.email, safe='@')}?subject={quote('Re: ' + title)}"
    return ""
