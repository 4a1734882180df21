"""What a page says about itself: dates in words, the time between two days, JSON-LD, citations."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

import msgspec

from blog.config.dates import When
from blog.views.types import ChangeView, Citation, Crumb, Date, Html, Pause

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.config.settings import Person, Settings
    from blog.content.changes import Change

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_TEX = str.maketrans({
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    # BibTeX counts braces, also those with a backslash before them: one alone would swallow what follows.
    "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    **{char: f"\\{char}" for char in "&%$#_"},
})  # fmt: skip
_INNER = str.maketrans("“”", "‘’")
_BY_LINE = re.compile(r"[^a-z0-9]+")
_FROM_RIGHT = {
    "acm", "aeb", "afb", "aii", "ajp", "apc", "apd", "ar", "arb", "arc", "arq", "ars", "ary", "arz", "ayl", "azb",
    "bal", "ckb", "dcc", "dv", "fa", "glk", "he", "iw", "ji", "khw", "ks", "lad", "lrc", "mzn", "nqo", "pbt",
    "pes", "pnb", "prs", "ps", "sd", "skr", "syr", "ug", "ur", "ydd", "yi",
}  # fmt: skip
_FROM_RIGHT_SCRIPTS = {"adlm", "arab", "aran", "hebr", "nkoo", "rohg", "syrc", "thaa"}
_JSON = msgspec.json.Encoder()


def date_view(when: When, zone: dt.tzinfo, language: str) -> Date:
    """A date for machines and people; with the time of day if the author gave one."""
    day = when.local_day(zone)
    english = _is_english(language)
    short = f"{day.day} {_MONTHS[day.month - 1]}" if english else f"{day:%m-%d}"
    text = f"{short} {day.year}" if english else day.isoformat()
    if when.clock is None:
        return Date(day.isoformat(), text, short)
    moment = when.instant(zone)
    return Date(moment.isoformat(timespec="seconds"), f"{text}, {moment:%H:%M}", short)


def _is_english(language: str) -> bool:
    return language.lower().split("-")[0] == "en"


def history(changes: Sequence[Change], language: str) -> tuple[ChangeView, ...]:
    """What was changed in a text, the oldest first."""
    return tuple(ChangeView(date_view(When(change.day), dt.UTC, language), change.text) for change in changes)


def span(first: dt.date, second: dt.date) -> str:
    """The time between two days in words: the largest unit that fits."""
    earlier, later = sorted((first, second))
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    days = (later - earlier).days
    for count, unit in ((months // 12, "year"), (months, "month"), (days // 7, "week")):
        if count:
            return f"{count} {unit}{'s' * (count > 1)}"
    return f"{days} day{'s' * (days != 1)}"


def month_names(language: str) -> tuple[str, ...]:
    """January to December; in other languages than English their numbers, as in dates."""
    return _MONTHS if _is_english(language) else tuple(f"{month:02}" for month in range(1, 13))


def longest_pause(days: Sequence[dt.date], language: str) -> Pause | None:
    """The longest time without a post, the newest of those as long; None if there is none."""
    pauses = [(later - earlier, earlier, later) for earlier, later in pairwise(sorted(days)) if later > earlier]
    if not pauses:
        return None
    _, first, last = max(pauses)
    return Pause(span(first, last), *(date_view(When(day), dt.UTC, language) for day in (first, last)))


def roughly(count: int) -> str:
    """A large number in two digits that count, such as ``41,000``; ``""`` for none."""
    digits = len(str(count))
    return f"{round(count, min(0, 2 - digits)):,}" if count else ""


def minutes(words: int) -> int:
    """Reading time at 220 words a minute, at least one."""
    return max(1, round(words / 220))


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Where the lines of a language begin, by how it is mostly written, <https://r12a.github.io/scripts/>."""
    language, script, *_ = [*language.lower().split("-"), ""]
    is_from_right = script in _FROM_RIGHT_SCRIPTS if len(script) == 4 else language in _FROM_RIGHT
    return "rtl" if is_from_right else "ltr"


def web_site(settings: Settings) -> dict[str, Any]:
    """schema.org ``WebSite``, <https://schema.org/WebSite>: what the home page says of the blog."""
    return _thing("WebSite", {
        "name": settings.title, "url": settings.absolute("/"), "description": settings.description,
        "inLanguage": settings.language, "author": _persons(settings.author),
    })  # fmt: skip


def breadcrumbs(crumbs: Sequence[Crumb]) -> dict[str, Any]:
    """schema.org ``BreadcrumbList``, <https://schema.org/BreadcrumbList>."""
    items = [
        {"@type": "ListItem", "position": position, "name": crumb.title, "item": crumb.url}
        for position, crumb in enumerate(crumbs, 1)
    ]
    return _thing("BreadcrumbList", {"itemListElement": items})


def blog_posting(facts: dict[str, Any], authors: Sequence[Person]) -> dict[str, Any]:
    """schema.org ``BlogPosting``, <https://schema.org/BlogPosting>; empty facts are left out."""
    return _thing("BlogPosting", facts | {"author": _persons(authors)})


def _thing(kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    """A thing of schema.org with those ``facts`` that are not empty."""
    return {"@context": "https://schema.org", "@type": kind, **{key: value for key, value in facts.items() if value}}


def _persons(persons: Sequence[Person]) -> list[dict[str, str]]:
    return [
        {"@type": "Person", "name": person.name} | ({"url": person.url} if person.url else {}) for person in persons
    ]


def json_ld(*objects: dict[str, Any]) -> Html:
    """The content of a ``<script type="application/ld+json">``: no ``<`` in it can end the element."""
    data = _JSON.encode(objects[0] if len(objects) == 1 else list(objects)).decode()
    return Html(data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def citation(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str) -> Citation:
    """How others cite a post: in words, and for BibTeX. ``url`` is absolute, or empty."""
    return Citation(_in_words(title, day, authors, blog, url), _bibtex(title, day, authors, blog, url))


def _in_words(title: str, day: dt.date, authors: Sequence[Person], blog: str, url: str) -> str:
    """A line for a list of references; quotation marks in the title become those within others."""
    names = [person.name for person in authors]
    people = " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    when = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
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
        "month": _MONTHS[day.month - 1][:3].lower(),
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
