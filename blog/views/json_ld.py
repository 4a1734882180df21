"""Metadata of a page for machines: JSON-LD, and the direction of its language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from blog.views.page_parts import Crumb, Html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.config.people import Person
    from blog.config.settings import Settings

_RTL_LANGUAGES = {
    "acm", "aeb", "afb", "aii", "ajp", "apc", "apd", "ar", "arb", "arc", "arq", "ars", "ary", "arz", "ayl", "azb",
    "bal", "ckb", "dcc", "dv", "fa", "glk", "he", "iw", "ji", "khw", "ks", "lad", "lrc", "mzn", "nqo", "pbt",
    "pes", "pnb", "prs", "ps", "sd", "skr", "syr", "ug", "ur", "ydd", "yi",
}  # fmt: skip
_RTL_SCRIPTS = {"adlm", "arab", "aran", "hebr", "nkoo", "rohg", "syrc", "thaa"}
_JSON = msgspec.json.Encoder()


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return the direction of a language, by the script it is mostly written in, <https://r12a.github.io/scripts/>."""
    language, script, *_ = [*language.lower().split("-"), ""]
    has_script = len(script) == 4
    is_rtl = script in _RTL_SCRIPTS if has_script else language in _RTL_LANGUAGES
    return "rtl" if is_rtl else "ltr"


def web_site(settings: Settings, home: str) -> dict[str, Any]:
    """Return schema.org ``WebSite``, <https://schema.org/WebSite>, for the home page at the address ``home``."""
    return _thing("WebSite", {
        "name": settings.title, "url": settings.absolute(home), "description": settings.description,
        "inLanguage": settings.language, "author": _persons(settings.author),
    })  # fmt: skip


def breadcrumbs(crumbs: Sequence[Crumb]) -> dict[str, Any]:
    """Return schema.org ``BreadcrumbList``, <https://schema.org/BreadcrumbList>."""
    items = [
        {"@type": "ListItem", "position": position, "name": crumb.title, "item": crumb.url}
        for position, crumb in enumerate(crumbs, 1)
    ]
    return _thing("BreadcrumbList", {"itemListElement": items})


def blog_posting(facts: dict[str, Any], authors: Sequence[Person]) -> dict[str, Any]:
    """Return schema.org ``BlogPosting``, <https://schema.org/BlogPosting>; empty values are left out."""
    return _thing("BlogPosting", facts | {"author": _persons(authors)})


def _thing(kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return a thing of schema.org with those ``facts`` that are not empty."""
    thing = {"@context": "https://schema.org", "@type": kind}
    thing.update((key, value) for key, value in facts.items() if value)
    return thing


def _persons(persons: Sequence[Person]) -> list[dict[str, str]]:
    return [_person(person) for person in persons]


def _person(person: Person) -> dict[str, str]:
    facts = {"@type": "Person", "name": person.name, "url": person.url, "sameAs": person.orcid_url}
    return {key: value for key, value in facts.items() if value}


def json_ld(*objects: dict[str, Any]) -> Html:
    """Return the content of a ``<script type="application/ld+json">``, escaped: a ``<`` could end the element."""
    data = _JSON.encode(objects[0] if len(objects) == 1 else list(objects)).decode()
    return Html(data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))
