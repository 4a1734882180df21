"""Dates, numbers and plural forms as a language writes them, by the data of CLDR in :mod:`blog.config.locale_data`."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from blog.config.locale_data import LANGUAGE_NAMES, LOCALE_DATA, PLURAL_RULES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

_T = TypeVar("_T")

PLURAL_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""The categories of CLDR, <https://cldr.unicode.org/index/cldr-spec/plural-rules>."""
_PARENTS = {
    "zh": "zh-hans", "zh-hk": "zh-hant", "zh-mo": "zh-hant", "zh-tw": "zh-hant", "zh-hant": "", "no": "nb", "nn": "nb",
}  # fmt: skip
"""Language → the one that replaces it, in the place of the tag without its last part."""
_FIRST_DAY = {"fr": "1er"}
"""Language → the first day of a month; CLDR has no form for it."""


def list_fallbacks(language: str) -> Iterator[str]:
    """Yield the names under which data for ``language`` may be, in lower case, the most specific first.

    ``pt-BR`` yields ``pt-br`` and ``pt``; ``zh-TW`` yields ``zh-tw`` and ``zh-hant``, but not ``zh-hans``.
    """
    parts = language.lower().split("-")
    for length in range(len(parts), 0, -1):
        name = "-".join(parts[:length])
        yield name
        if name in _PARENTS:
            if _PARENTS[name]:
                yield _PARENTS[name]
            return


def look_up(table: Mapping[str, _T], language: str, default: _T) -> _T:
    """Return what a table has for ``language`` or the most specific of its fallbacks; its keys are in lower case."""
    return next((table[name] for name in list_fallbacks(language) if name in table), default)


def language_name(language: str) -> str:
    """Return the name of a language in itself, such as ``Deutsch``; the tag if it is not among CLDR's data here."""
    return look_up(LANGUAGE_NAMES, language, language)


def plural_category(language: str, number: int) -> str:
    """Return the plural category of a whole number, as CLDR has it: ``other`` if the language has no rules here."""
    rules = look_up(PLURAL_RULES, language, {})
    for category, alternatives in rules.items():
        for conditions in alternatives:
            if all(_is_fulfilled(condition, number) for condition in conditions):
                return category
    return "other"


def _is_fulfilled(condition: tuple[int, bool, tuple[tuple[int, int], ...]], number: int) -> bool:
    modulus, is_negated, ranges = condition
    operand = abs(number) % modulus if modulus else abs(number)
    return any(first <= operand <= last for first, last in ranges) != is_negated


class Locale(NamedTuple):
    """How a language writes dates and numbers. Digits are Western in all languages, as in formulas and in code."""

    language: str
    """The key of its data, such as ``de-at``."""
    date_pattern: str
    day_pattern: str
    """The date without the year."""
    month_pattern: str
    """The month with the year."""
    months: Sequence[str]
    """January to December as they stand in a date."""
    months_alone: Sequence[str]
    months_short: Sequence[str]
    """Abbreviations, for the heads of columns."""
    months_shortest: Sequence[str]
    """A letter or a number, for charts."""
    separator: str
    """Between the thousands of a number."""
    first_separated: int
    """The smallest number with a separator."""

    def date(self, day: dt.date) -> str:
        """Return a date, such as ``31 January 2026``."""
        return self._fill(self.date_pattern, day)

    def day(self, day: dt.date) -> str:
        """Return a date without its year."""
        return self._fill(self.day_pattern, day)

    def month(self, year: int, month: int) -> str:
        """Return a month with its year, such as ``January 2026``."""
        return self.month_pattern.format(
            year=year, month=month, name=self.months[month - 1], alone=self.months_alone[month - 1]
        )

    def _fill(self, pattern: str, day: dt.date) -> str:
        number = str(day.day)
        if day.day == 1:
            number = _FIRST_DAY.get(self.language.partition("-")[0], number)
        name, alone = self.months[day.month - 1], self.months_alone[day.month - 1]
        return pattern.format(day=number, month=day.month, name=name, alone=alone, year=day.year)

    def number(self, number: int) -> str:
        """Return a whole number, such as ``41,000``."""
        if abs(number) < self.first_separated:
            return str(number)
        return f"{number:,}".replace(",", self.separator)


@lru_cache(maxsize=64)
def find_locale(language: str) -> Locale | None:
    """Return how a language writes dates and numbers; None if there are no data for it."""
    for name in list_fallbacks(language):
        if name in LOCALE_DATA:
            date, day, month, *names, separator, first_separated = LOCALE_DATA[name]
            in_date, alone, short, shortest = (str(listed).split("|") for listed in names)
            numbers = str(separator), int(first_separated)
            return Locale(name, date, day, month, in_date, alone, short, shortest, *numbers)
    return None
