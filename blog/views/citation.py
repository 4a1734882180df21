"""Citations of a post, as a sentence and as BibTeX; and the subject of a reply by e-mail."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from blog.config.dates import MONTHS
from blog.markdown.typography import quotes_for
from blog.views.types import Citation

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


def citation(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str, words: Words) -> Citation:
    """Return the citation of a post, in ``words`` and as BibTeX. ``url`` is absolute, or empty."""
    text = _format_reference(title, day, authors, blog, url, words)
    return Citation(text, _format_bibtex(title, day, authors, blog, url))


def _format_reference(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str, words: Words) -> str:
    """Return a line for a list of references."""
    people = words.enumerate([person.name for person in authors])
    opening, closing, inner_opening, inner_closing = quotes_for(words.dates)
    title = title.replace(opening.strip(), inner_opening).replace(closing.strip(), inner_closing)
    parts = (people, f"{opening}{title}{closing}", blog, words.locale.date(day), url)
    return words.text("list.separator").join(filter(None, parts))


def _format_bibtex(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str) -> str:
    """Return a ``@misc`` entry."""
    surname = _find_surname(authors[0].name) if authors else blog
    title_words = _NOT_PLAIN.sub(" ", _strip_accents(title)).split()
    key = "-".join(filter(None, (_NOT_PLAIN.sub("", _strip_accents(surname)), str(day.year), *title_words[:3])))
    month = MONTHS[day.month - 1][:3].lower()
    entry = [
        f"@misc{{{key},\n",
        _format_field("author", " and ".join(_format_tex_name(person.name) for person in authors)),
        _format_field("title", f"{{{_escape_tex(title)}}}"),
        _format_field("howpublished", _escape_tex(blog)),
        _format_field("year", str(day.year)),
        f"  month = {month},\n",  # a macro of BibTeX, so without braces
        _format_field("url", url),
        "}",
    ]
    return "".join(entry)


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
