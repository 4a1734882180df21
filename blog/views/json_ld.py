"""Metadata of a page for machines: JSON-LD, and the direction of its language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from blog.views.types import Crumb, Html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blog.config.settings import Person, Settings

_FROM_RIGHT = {
    "acm", "aeb", "afb", "aii", "ajp", "apc", "apd", "ar", "arb", "arc", "arq", "ars", "ary", "arz", "ayl", "azb",
    "bal", "ckb", "dcc", "dv", "fa", "glk", "he", "iw", "ji", "khw", "ks", "lad", "lrc", "mzn", "nqo", "pbt",
    "pes", "pnb", "prs", "ps", "sd", "skr", "syr", "ug", "ur", "ydd", "yi",
}  # fmt: skip
_FROM_RIGHT_SCRIPTS = {"adlm", "arab", "aran", "hebr", "nkoo", "rohg", "syrc", "thaa"}
_JSON = msgspec.json.Encoder()


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return the direction of a language, by the script it is mostly written in, <https://r12a.github.io/scripts/>."""
    language, script, *_ = [*language.lower().split("-"), ""]
    is_from_right = script in _FROM_RIGHT_SCRIPTS if len(script) == 4 else language in _FROM_RIGHT
    return "rtl" if is_from_right else "ltr"


def web_site(settings: Settings) -> dict[str, Any]:
    """Return schema.org ``WebSite``, <https://schema.org/WebSite>, for the home page."""
    return _thing("WebSite", {
        "name": settings.title, "url": settings.absolute("/"), "description": settings.description,
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
