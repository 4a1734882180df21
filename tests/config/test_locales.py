"""Dates, numbers and plural forms of languages."""

import datetime as dt
import inspect

import pytest

from blog.config import locale_data as installed
from blog.config.locales import find_locale, list_fallbacks, plural_category

FIRST, LAST = dt.date(2026, 3, 1), dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("language", "first", "last", "short", "month"),
    [
        ("en", "1 March 2026", "31 December 2026", "31 December", "December 2026"),
        ("en-US", "March 1, 2026", "December 31, 2026", "December 31", "December 2026"),
        ("de", "1. März 2026", "31. Dezember 2026", "31. Dezember", "Dezember 2026"),
        ("fr", "1er mars 2026", "31 décembre 2026", "31 décembre", "décembre 2026"),
        ("es", "1 de marzo de 2026", "31 de diciembre de 2026", "31 de diciembre", "diciembre de 2026"),
        ("pt-BR", "1 de março de 2026", "31 de dezembro de 2026", "31 de dezembro", "dezembro de 2026"),
        ("it", "1 marzo 2026", "31 dicembre 2026", "31 dicembre", "dicembre 2026"),
        ("nl", "1 maart 2026", "31 december 2026", "31 december", "december 2026"),
        ("pl", "1 marca 2026", "31 grudnia 2026", "31 grudnia", "grudzień 2026"),
        ("ja", "2026年3月1日", "2026年12月31日", "12月31日", "2026年12月"),
        ("zh-Hans", "2026年3月1日", "2026年12月31日", "12月31日", "2026年12月"),
        ("ko", "2026년 3월 1일", "2026년 12월 31일", "12월 31일", "2026년 12월"),
        ("ar", "1 مارس 2026", "31 ديسمبر 2026", "31 ديسمبر", "ديسمبر 2026"),
        ("ru", "1 марта 2026\u202fг.", "31 декабря 2026\u202fг.", "31 декабря", "декабрь 2026\u202fг."),
    ],
)
def test_dates_are_written_as_the_language_does(language: str, first: str, last: str, short: str, month: str) -> None:
    locale = find_locale(language)
    assert locale is not None
    assert (locale.date(FIRST), locale.date(LAST), locale.day(LAST), locale.month(2026, 12)) == (
        first, last, short, month,
    )  # fmt: skip


def test_a_region_may_have_its_own_months() -> None:
    locale = find_locale("de-AT")
    assert locale is not None
    assert locale.date(dt.date(2026, 1, 1)) == "1. Jänner 2026"


@pytest.mark.parametrize(
    ("language", "small", "large"),
    [
        ("en", "1,234", "41,000"), ("de", "1.234", "41.000"), ("fr", "1\u202f234", "41\u202f000"),
        ("es", "1234", "41.000"), ("es-MX", "1,234", "41,000"), ("it", "1234", "41.000"), ("nl", "1.234", "41.000"),
        ("pl", "1234", "41\u00a0000"), ("pt", "1.234", "41.000"), ("pt-PT", "1234", "41\u00a0000"),
        ("ja", "1,234", "41,000"), ("ar", "1,234", "41,000"),
    ],
)  # fmt: skip
def test_numbers_have_the_separator_of_the_language(language: str, small: str, large: str) -> None:
    locale = find_locale(language)
    assert locale is not None
    assert (locale.number(999), locale.number(1234), locale.number(41_000)) == ("999", small, large)


def test_a_language_without_data_has_no_locale() -> None:
    assert find_locale("eo") is None


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("de", ["de"]), ("pt-BR", ["pt-br", "pt"]), ("zh", ["zh", "zh-hans"]), ("zh-CN", ["zh-cn", "zh", "zh-hans"]),
        ("zh-TW", ["zh-tw", "zh-hant"]), ("zh-Hant-HK", ["zh-hant-hk", "zh-hant"]), ("zh-Hans", ["zh-hans", "zh", "zh-hans"]),
        ("no", ["no", "nb"]),
    ],
)  # fmt: skip
def test_names_under_which_data_may_be(language: str, names: list[str]) -> None:
    assert list(list_fallbacks(language)) == names


@pytest.mark.parametrize(
    ("language", "categories"),
    [
        ("en", {0: "other", 1: "one", 2: "other", 21: "other"}),
        ("fr", {0: "one", 1: "one", 2: "other", 1_000_000: "many"}),
        ("es", {0: "other", 1: "one", 2: "other", 1_000_000: "many"}),
        ("pt", {0: "one", 1: "one", 2: "other"}),
        ("pt-PT", {0: "other", 1: "one"}),
        ("pl", {0: "many", 1: "one", 2: "few", 5: "many", 12: "many", 22: "few", 112: "many"}),
        ("ru", {1: "one", 2: "few", 5: "many", 11: "many", 21: "one"}),
        ("ja", {0: "other", 1: "other"}),
        ("zh-Hans", {1: "other"}),
        ("zh-TW", {1: "other"}),
        ("ar", {0: "zero", 1: "one", 2: "two", 3: "few", 10: "few", 11: "many", 99: "many", 100: "other", 103: "few"}),
        ("eo", {1: "other"}),
    ],
)
def test_plural_categories_are_those_of_cldr(language: str, categories: dict[int, str]) -> None:
    assert {number: plural_category(language, number) for number in categories} == categories


def test_the_data_are_those_of_babel() -> None:
    babel = pytest.importorskip("babel")
    from tests import locale_data  # noqa: PLC0415  (it needs Babel)

    for name in locale_data.LOCALES:
        rule = babel.Locale.parse(name, sep="-").plural_form
        for number in [*range(201), 1_000_000]:
            assert plural_category(name, number) == rule(number), (name, number)
    module = inspect.getsource(installed)
    if f"Babel {babel.__version__} " in module:  # another version may have other data
        assert module == locale_data.written()
