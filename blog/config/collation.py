"""The order of names: letters with accents stand beside those without, unless an alphabet has them apart.

It is that of CLDR for the letters of the languages below; signs and digits come before letters, as by their numbers.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from blog.config.locales import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALPHABETS = {
    "cs": "cč rř sš zž", "da": "zæøå", "es": "nñ", "fi": "zåäö", "hu": "oö uü", "nb": "zæøå",
    "pl": "aą cć eę lł nń oó sś zźż", "ro": "aăâ iî sș tț", "sv": "zåäö", "tr": "cç gğ hı oö sş uü",
}  # fmt: skip
"""Language → letters of its alphabet that stand behind the first of each group; accents of others count last."""
_PLAIN = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_SMALL_KANA = str.maketrans("ぁぃぅぇぉっゃゅょゎ", "あいうえおつやゆよわ")
_KATAKANA = range(0x30A1, 0x30F7)
_HIRAGANA_OFFSET = 0x60
_LAST = "\U0010ffff"


def collation_key(name: str, language: str) -> tuple[str, str]:
    """Return the key by which ``name``, without case, is sorted; equal ones only for equal names."""
    if name.isascii():
        return name, name
    alphabet = _alphabet_of(language)
    primary = language.lower().partition("-")[0]
    letters = []
    for letter in unicodedata.normalize("NFC", name):
        if letter in alphabet:
            letters.append(alphabet[letter])
        elif primary == "zh":
            letters.append(_pinyin_key(letter))
        else:
            letters.append(_plain(letter))
    return "".join(letters), name


@cache
def _alphabet_of(language: str) -> Mapping[str, str]:
    """Return letter → its key, for the letters that the alphabet of a language has apart."""
    groups = look_up(_ALPHABETS, language, "")
    keys: dict[str, str] = {}
    for group in groups.split():
        keys |= {letter: f"{group[0]}{_LAST}{number}" for number, letter in enumerate(group[1:])}
    return keys


def _plain(letter: str) -> str:
    """Return a letter without accents; kana as large hiragana."""
    if ord(letter) in _KATAKANA:
        letter = chr(ord(letter) - _HIRAGANA_OFFSET)
    decomposed = unicodedata.normalize("NFD", letter).translate(_PLAIN).translate(_SMALL_KANA)
    if len(decomposed) == 1:
        return decomposed
    return "".join(part for part in decomposed if not unicodedata.combining(part))


def _pinyin_key(letter: str) -> str:
    """Return a key by which common Chinese characters are in the order of their pinyin, as GB 2312 lists them."""
    if letter < "\u4e00":
        return _plain(letter)
    try:
        return "\u4e00" + letter.encode("gb2312").decode("latin-1")
    except UnicodeEncodeError:
        return letter
