"""The forms of dates, numbers and plurals in ``blog/config/locale_data.py``, from Babel (CLDR).

`python -m tests.locale_data` writes the module.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel import Locale

PATH = Path(__file__).parent.parent / "blog/config/locale_data.py"
LOCALES = (
    "ar", "cs", "da", "de", "de-AT", "el", "en", "en-CA", "en-US", "es", "es-MX", "es-US", "fi", "fr", "fr-CA",
    "he", "hu", "id", "it", "ja", "ko", "nb", "nl", "pl", "pt", "pt-PT", "ro", "ru", "sv", "tr", "uk", "vi", "zh-Hans",
    "zh-Hant",
)  # fmt: skip
_NAMES = {"en": "en-GB"}
"""Locale → the locale whose dates it has: outside of North America English dates begin with the day."""
_LONG_GROUPS = {"es", "hu", "it", "pl", "pt-PT"}
"""Locales that write 1234 and 41.000. Babel does not have CLDR's ``minimumGroupingDigits``."""
_FIELDS = {"d": "{day}", "M": "{month}", "MMMM": "{name}", "LLLL": "{alone}", "y": "{year}"}
_TOKEN = re.compile(r"'(?P<quoted>[^']*)'|(?P<field>[a-zA-Z]+)")
_HEAD = '''"""How dates and numbers are written: made from Babel {version} (CLDR) by ``python -m tests.locale_data``.

Locale → the date, the date without the year, the month with the year; the names of months in dates and alone, their
abbreviations, and their shortest names; the separator of thousands, and the smallest number that has one.
"""

# ruff: noqa: E501
# fmt: off

from __future__ import annotations

LOCALE_DATA: dict[str, tuple[str, str, str, str, str, str, str, str, int]] = {{
'''
_NAMES_OF_LANGUAGES = """}

LANGUAGE_NAMES: dict[str, str] = {
"""
_PLURALS = """}
\"\"\"Locale → its name in its own language.\"\"\"

PLURAL_RULES: dict[str, dict[str, tuple[tuple[tuple[int, bool, tuple[tuple[int, int], ...]], ...], ...]]] = {
"""
_CONDITION = re.compile(r"(?P<operand>[a-z])(?: mod (?P<modulus>\d+))?(?P<negated> not)? in (?P<ranges>[\d.,]+)")
_Condition = tuple[int, bool, tuple[tuple[int, int], ...]]


_PLURALS_DOC = '''}
"""Language → category → its alternatives, each with all its conditions on a number: a modulus or 0, whether the
condition is negated, and ranges. The last category, ``other``, has no condition."""
'''


def written() -> str:
    """Return the module."""
    from babel import __version__  # noqa: PLC0415

    return "".join(
        [
            _HEAD.format(version=__version__),
            *_lines(),
            _NAMES_OF_LANGUAGES,
            *_name_lines(),
            _PLURALS,
            *_plural_lines(),
            _PLURALS_DOC,
        ]
    )


def _lines() -> Iterator[str]:
    for name in LOCALES:
        yield f'    "{name.lower()}": {tuple(_values(name))!r},\n'.replace("'", '"')


def _name_lines() -> Iterator[str]:
    for name in LOCALES:
        text = Locale.parse(name, sep="-").get_language_name() or ""
        if "-" in name:
            text = Locale.parse(name, sep="-").get_display_name() or ""
        yield f'    "{name.lower()}": {json.dumps(text[:1].upper() + text[1:], ensure_ascii=False)},\n'


def _plural_lines() -> Iterator[str]:
    for name in LOCALES:
        rules = dict(_plural_rules(Locale.parse(name, sep="-").plural_form.rules))
        if "-" not in name or name in {"pt-PT", "zh-Hans"}:
            yield f'    "{name.lower()}": {rules!r},\n'.replace("'", '"')


def _plural_rules(rules: Mapping[str, str]) -> Iterator[tuple[str, tuple[tuple[_Condition, ...], ...]]]:
    """Yield the rules that whole numbers may fulfil, in the order of CLDR."""
    for category in ("zero", "one", "two", "few", "many"):
        alternatives = [_conditions(part) for part in rules[category].split(" or ")] if category in rules else []
        possible = tuple(tuple(conditions) for conditions in alternatives if conditions is not None)
        if possible:
            yield category, possible


def _conditions(text: str) -> list[_Condition] | None:
    """Return the conditions on a whole number ``n``; None if no whole number fulfils them."""
    conditions: list[_Condition] = []
    for part in text.split(" and "):
        match = _CONDITION.fullmatch(part)
        assert match is not None, part
        ends = [piece.split("..") for piece in match["ranges"].split(",")]
        ranges = tuple((int(piece[0]), int(piece[-1])) for piece in ends)
        is_negated = bool(match["negated"])
        if match["operand"] in "ni":
            conditions.append((int(match["modulus"] or 0), is_negated, ranges))
        elif any(first <= 0 <= last for first, last in ranges) == is_negated:
            return None  # a whole number has no decimals and no exponent
    return conditions


def _values(name: str) -> Iterator[str | int]:
    locale = Locale.parse(_NAMES.get(name, name), sep="-")
    names = Locale.parse(name, sep="-")
    yield _pattern(locale.date_formats["long"].pattern)
    for skeleton in ("MMMMd", "yMMMM"):
        yield _pattern(locale.datetime_skeletons[skeleton].pattern)
    yield _months(names.months["format"]["wide"])
    yield _months(names.months["stand-alone"]["wide"])
    yield _months(names.months["stand-alone"]["abbreviated"])
    yield _months({month: _shortest(text) for month, text in names.months["stand-alone"]["narrow"].items()})
    yield names.number_symbols["latn"]["group"]
    yield 10_000 if name in _LONG_GROUPS else 1_000


def _shortest(text: str) -> str:
    """Return the number alone of a name such as ``9월``."""
    digits = re.match(r"\d+", text)
    return digits[0] if digits else text


def _months(names: dict[int, str]) -> str:
    assert not any("|" in name for name in names.values())
    return "|".join(names[month] for month in range(1, 13))


def _pattern(pattern: str) -> str:
    """Return a pattern of CLDR as a format string of Python."""
    return _TOKEN.sub(lambda match: match["quoted"] if match["field"] is None else _FIELDS[match["field"]], pattern)


if __name__ == "__main__":
    PATH.write_text(written(), "utf-8")
