"""Languages in settings and front matter, and ``[languages]``: those whose readers get lists and feeds of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.addresses import parse_permalink
from blog.config.menu import MenuItem, parse_menu
from blog.config.value_hints import suggest_line
from blog.config.word_files import WrittenPhrase, read_phrases
from blog.problems import Location

if TYPE_CHECKING:
    from blog.config.schema import Fields

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LANGUAGE_NAMES = {
    "english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr",
    "spanish": "es", "español": "es",
    "italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl", "nederlands": "nl",
    "russian": "ru", "русский": "ru", "polish": "pl", "polski": "pl", "swedish": "sv", "svenska": "sv",
    "japanese": "ja", "日本語": "ja", "chinese": "zh", "中文": "zh", "korean": "ko", "한국어": "ko",
}  # fmt: skip


class SiteLanguage(Struct, frozen=True, kw_only=True):
    """A language below ``[languages]``; an empty value is that of the site."""

    tag: str
    """As in ``lang`` of the texts: ``de`` or ``pt-BR``."""
    location: Location
    title: str
    description: str
    permalink: str
    menu: tuple[MenuItem, ...] | None
    """None: the menu of the site."""
    words: dict[str, WrittenPhrase]
    """The words of the interface that the site changes in this language. Whether there are such words is not checked
    here."""


def parse_languages(fields: Fields, site_language: str) -> tuple[SiteLanguage, ...]:
    """Return the languages below ``[languages]``, in order; a problem for each that is no tag, or is there twice."""
    tables = fields.table("languages")
    languages: list[SiteLanguage] = []
    for name in tables.names():
        table = tables.table(name)
        language = SiteLanguage(
            tag=name,
            location=table.node.location,
            title=table.text("title").strip(),
            description=table.text("description"),
            permalink=parse_permalink(table, default=""),
            menu=parse_menu(table.table("menu")) if "menu" in table.node.value else None,
            words=read_phrases(table.table("words").node, table.problems),
        )
        table.finish()
        if _check_tag(tables, name, [site_language, *(other.tag for other in languages)]):
            languages.append(language)
    return tuple(languages)


def _check_tag(tables: Fields, tag: str, taken: list[str]) -> bool:
    """Report a ``tag`` that is no language, or that of another table; return whether it can be used."""
    location = tables.node.value[tag].location
    if not LANGUAGE.fullmatch(tag):
        suggested = _suggest_tag(tag)
        hint = f"write [languages.{suggested}]" if suggested else ""
        tables.fail(location, "wrong-language", f'"{tag}" is not a language tag such as en or pt-BR', hint)
        return False
    if tag.lower() == taken[0].lower():
        message = f'"{tag}" is the language of the site'
        hint = "write its title, description and menu above, outside of [languages]"
        tables.fail(location, "wrong-language", message, hint)
        return False
    if tag.lower() in map(str.lower, taken):
        tables.fail(location, "same-key", f'the language "{tag}" is written twice', "keep one")
        return False
    return True


def parse_language(fields: Fields) -> str:
    """Return the language of the site: its tag as BCP 47 has it, ``en`` if it is missing."""
    language = fields.text("language") or "en"
    if not LANGUAGE.fullmatch(language):
        report_wrong_language(fields, "language", language)
    return language


def report_wrong_language(fields: Fields, key: str, language: str) -> None:
    """Report the text ``language`` of ``key``, which is not a language tag."""
    message = f'"{language}" is not a language tag such as en or pt-BR'
    tag = _suggest_tag(language)
    member = fields.node.value[key]
    hint = suggest_line(member.node, key, tag) if tag else ""
    fields.fail(fields.locate(key), "wrong-language", message, hint)


def _suggest_tag(language: str) -> str:
    """Return the tag that was meant; empty if that is not certain."""
    tag = _LANGUAGE_NAMES.get(language.strip().casefold(), language.strip().replace("_", "-"))
    return tag if LANGUAGE.fullmatch(tag) else ""
