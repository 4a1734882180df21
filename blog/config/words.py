"""The words of the interface in the language of a page: one table for each language, with the plural forms of CLDR.

The tables of the program are in ``themes/margin/words``. A theme changes words in its own ``words`` folder, and a site
under ``[words]`` in ``blog.toml``. A word that a language lacks is English.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, cached_property
from typing import Any

from msgspec import Struct

from blog.cache.digests import digest
from blog.config.locales import Locale, find_locale, list_fallbacks, look_up, plural_category
from blog.system.builtin_themes import builtin_themes_folder

Phrase = str | dict[str, str]
"""A text with values such as ``{date}``, or such texts by plural category, of which there is always ``other``."""
WordTable = dict[str, Phrase]
"""Key of a word, such as ``post.minutes``, → its phrase."""
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
COUNTED = "n"
"""The value that chooses the plural form."""
_ENGLISH = "en"


class Words(Struct, frozen=True, dict=True):
    """The words for pages in one language."""

    language: str
    """The language of the words."""
    dates: str
    """The language of dates and numbers: that of the page."""
    phrases: WordTable

    @cached_property
    def locale(self) -> Locale:
        """How dates and numbers are written."""
        locale = find_locale(self.dates) or find_locale(self.language) or find_locale(_ENGLISH)
        assert locale is not None
        return locale

    def text(self, key: str, **values: str | int) -> str:
        """Return a word with ``values`` in the place of their names; whole numbers are formatted.

        If the word has plural forms, the value ``n`` chooses one. Raises :class:`KeyError` for an unknown key.
        """
        return PLACEHOLDER.sub(lambda match: self._show(values[match[1]]), self.pattern(key, values.get(COUNTED)))

    def count(self, key: str, number: int, **values: str | int) -> str:
        """Return the form of a word for ``number``, which is its value ``n``."""
        return self.text(key, n=number, **values)

    def pattern(self, key: str, number: Any = None) -> str:
        """Return a word with the names of its values, in the form for ``number``."""
        phrase = self.phrases[key]
        if isinstance(phrase, str):
            return phrase
        category = plural_category(self.language, number) if isinstance(number, int) else "other"
        return phrase.get(category, phrase["other"])

    def number(self, number: int) -> str:
        """Return a whole number as the language writes it."""
        return self.locale.number(number)

    def _show(self, value: str | int) -> str:
        return self.number(value) if isinstance(value, int) else value

    def enumerate(self, texts: list[str]) -> str:
        """Return ``texts`` as an enumeration: ``a, b and c``."""
        if len(texts) < 2:
            return "".join(texts)
        first = self.phrases["list.separator"]
        assert isinstance(first, str)
        return self.text("list.and", first=first.join(texts[:-1]), last=texts[-1])


class WordTables(Struct, frozen=True, dict=True):
    """The words of a site in all languages."""

    language: str = _ENGLISH
    """That of the site."""
    own: dict[str, WordTable] = {}
    """The words that the theme changes or adds, by language in lower case."""
    site: WordTable = {}
    """The words that the site changes, in its language."""
    languages: dict[str, WordTable] = {}
    """The words that the site changes in its other languages, by language in lower case."""
    builtin: bytes = b""
    """The digest of the tables of the program, which are read when a page needs them."""

    @property
    def known(self) -> WordTable:
        """All words in English, with the names of their values."""
        return builtin_table(_ENGLISH) | self.own.get(_ENGLISH, {})

    def words(self, language: str = "") -> Words:
        """Return the words for pages in ``language``, or in that of the site.

        If there are none in this language, they are those of the site; the dates are in the language of the page.
        """
        known: dict[str, Words] = vars(self).setdefault("known", {})
        language = language or self.language
        if language not in known:
            known[language] = self._make_words(language)
        return known[language]

    def _make_words(self, language: str) -> Words:
        language_of_words = next(filter(self._has_words, (language, self.language)), _ENGLISH)
        phrases: WordTable = {}
        for name in (_ENGLISH, *reversed(list(list_fallbacks(language_of_words)))):
            phrases |= builtin_table(name) | self.own.get(name, {})
        if _primary(language_of_words) == _primary(self.language):
            phrases |= self.site
        phrases |= look_up(self.languages, language_of_words, {})
        return Words(language_of_words, language, phrases)

    def _has_words(self, language: str) -> bool:
        """Return whether there is a table for ``language``; that of the site has its own words, if any."""
        names = {*self.own, *self.languages, *builtin_languages()}
        return not names.isdisjoint(list_fallbacks(language)) or (language == self.language and bool(self.site))

    def select(self, *sections: str) -> WordTables:
        """Return the tables with those words only that are in ``sections``, so that others do not change a digest."""
        own, languages = _select_all(self.own, sections), _select_all(self.languages, sections)
        return WordTables(self.language, own, _select(self.site, sections), languages, self.builtin)


def _select_all(tables: dict[str, WordTable], sections: tuple[str, ...]) -> dict[str, WordTable]:
    selected = {language: _select(table, sections) for language, table in tables.items()}
    return {language: table for language, table in selected.items() if table}


def _select(table: WordTable, sections: tuple[str, ...]) -> WordTable:
    return {key: phrase for key, phrase in table.items() if key.partition(".")[0] in sections}


def _primary(language: str) -> str:
    return language.lower().partition("-")[0]


@cache
def builtin_sources() -> dict[str, bytes]:
    """Return the contents of the tables of the program, by language in lower case, as this process has read them."""
    paths = sorted((builtin_themes_folder() / "margin/words").glob("*.toml"))
    return {path.stem.lower(): path.read_bytes() for path in paths}


def builtin_languages() -> tuple[str, ...]:
    """Return the languages whose tables come with the program, in lower case."""
    return tuple(builtin_sources())


@cache
def builtin_digest() -> bytes:
    """Return the digest of the tables of the program."""
    return digest(b"".join(builtin_sources().values()))


@cache
def builtin_table(language: str) -> WordTable:
    """Return the table of the program for a language in lower case; empty if there is none."""
    sections = tomllib.loads(builtin_sources().get(language, b"").decode())
    return {f"{section}.{name}": phrase for section, words in sections.items() for name, phrase in words.items()}


def texts_of(phrase: Phrase) -> tuple[str, ...]:
    """Return the text of a phrase, or its plural forms."""
    return (phrase,) if isinstance(phrase, str) else tuple(phrase.values())


def placeholders(phrase: Phrase) -> set[str]:
    """Return the names of the values of a phrase."""
    return {name for text in texts_of(phrase) for name in PLACEHOLDER.findall(text)}
