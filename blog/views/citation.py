"""Citations of a post, as a sentence and as BibTeX; and the subject of a reply by e-mail."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

from blog.views.date_formats import MONTHS
from blog.views.types import Citation

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from blog.config.settings import Person

_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    # BibTeX counts braces, also those with a backslash before them: one alone would swallow what follows.
    "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    **{char: f"\\{char}" for char in "&%$#_"},
})  # fmt: skip


_INNER = str.maketrans("“”", "‘’")


_BY_LINE = re.compile(r"[^a-z0-9]+")


def citation(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str) -> Citation:
    """Return the citation of a post, in words and as BibTeX. ``url`` is absolute, or empty."""
    return Citation(_in_words(title, day, authors, blog, url), _bibtex(title, day, authors, blog, url))


def _in_words(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str) -> str:
    """A line for a list of references; quotation marks in the title become those within others."""
    names = [person.name for person in authors]
    people = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    when = f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return ", ".join(filter(None, (people, f"“{title.translate(_INNER)}”", blog, when, url)))


def _bibtex(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str) -> str:
    """A ``@misc`` entry."""
    surname = _surname(authors[0].name) if authors else blog
    first_words = "-".join(_BY_LINE.sub(" ", _plain(title)).split()[:3])
    key = "-".join(part for part in (_BY_LINE.sub("", _plain(surname)), str(day.year), first_words) if part)
    lines = {
        "author": " and ".join(_tex_name(person.name) for person in authors),
        "title": f"{{{_tex(title)}}}",
        "howpublished": _tex(blog),
        "year": str(day.year),
        "month": MONTHS[day.month - 1][:3].lower(),
        "url": url,
    }
    body = "".join(
        f"  {name} = {value if name == 'month' else '{' + value + '}'},\n" for name, value in lines.items() if value
    )
    return f"@misc{{{key},\n{body}}}"


def _surname(name: str) -> str:
    """The last word, but of ``Ada Moreno, PhD`` and ``Moreno, Ada`` that before the comma."""
    return next(iter(name.partition(",")[0].split()[-1:]), name)


def _plain(text: str) -> str:
    """Small letters without accents: Müller is muller."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _tex_name(name: str) -> str:
    """A name that BibTeX would take apart at a comma or an ``and`` is kept whole by braces."""
    whole = "," in name or "and" in name.lower().split()
    return f"{{{_tex(name)}}}" if whole else _tex(name)


def _tex(text: str) -> str:
    return text.translate(_TEX)


def reply(authors: Sequence[Person], title: str) -> str:
    """A ``mailto:`` URL to the first author with an address, or ``""``. RFC 6068."""
    email = next((person.email for person in authors if person.email), "")
    return f"mailto:{quote(email, safe='@')}?subject={quote('Re: ' + title)}" if email else ""
