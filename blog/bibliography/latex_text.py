r"""TeX in the values of a bibliography → plain text: ``G{\"o}del`` is ``Gödel``.

Values have accents, signs and a few commands, not programs. pylatexenc 2.11, which knows all of TeX, takes 1–3 ms for a
title, so that a library of 5,000 entries takes many seconds, 90 ms to import, and raises ``IndexError`` for ``\href``.
Here one search finds each construct; the rest of the text is not looked at.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from blog.text import CONTROL_CHARACTERS, collapse_whitespace

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361",
}  # fmt: skip
"""Command of an accent → the character that combines with the letter before it."""
_SIGNS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å",
    "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ",
    "NG": "Ŋ", "S": "§", "P": "¶", "copyright": "©", "textcopyright": "©", "textregistered": "®", "texttrademark": "™",
    "pounds": "£", "euro": "€", "texteuro": "€", "textendash": "–", "textemdash": "—", "ldots": "…", "dots": "…",
    "textellipsis": "…", "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "textquotesingle": "'", "textquotedbl": '"', "quotedblbase": "„", "quotesinglbase": "‚", "glqq": "„", "grqq": "“",
    "guillemotleft": "«", "guillemotright": "»", "flqq": "«", "frqq": "»", "textbackslash": "\\", "backslash": "\\",
    "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textbar": "|", "textless": "<",
    "textgreater": ">", "lbrace": "{", "rbrace": "}", "textbraceleft": "{", "textbraceright": "}", "textdegree": "°",
    "degree": "°", "textdollar": "$", "textbullet": "•", "textperiodcentered": "·", "cdot": "·", "times": "×",
    "pm": "±", "infty": "∞", "ell": "ℓ", "to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼", "in": "∈",
    "subset": "⊂",
    "cup": "∪", "cap": "∩", "forall": "∀", "exists": "∃", "nabla": "∇", "partial": "∂", "sum": "∑", "prod": "∏",
    "int": "∫", "sqrt": "√", "circ": "∘", "star": "⋆", "ast": "∗", "dagger": "†", "ddagger": "‡", "langle": "⟨",
    "rangle": "⟩", "mathbb": "", "prime": "′", "textmu": "µ", "TeX": "TeX", "LaTeX": "LaTeX", "BibTeX": "BibTeX",
    "varepsilon": "ε", "epsilon": "ϵ", "vartheta": "ϑ", "varphi": "φ", "phi": "ϕ", "varsigma": "ς", "slash": "/",
    "newline": " ", "par": " ", "quad": " ", "qquad": " ", "space": " ", "textquotestraightbase": "‚", "newblock": " ",
}  # fmt: skip
"""Command → its characters."""
_GREEK = (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon chi psi omega"
)
for _name in _GREEK.split():
    _unicode_name = _name.replace("lambda", "lamda").upper()
    _SIGNS[_name] = unicodedata.lookup(f"GREEK SMALL LETTER {_unicode_name}")
    _SIGNS[_name.capitalize()] = unicodedata.lookup(f"GREEK CAPITAL LETTER {_unicode_name}")
_SIGNS["Phi"], _SIGNS["Upsilon"] = "Φ", "Υ"

_SMALL = {"^": str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ"), "_": str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")}
_WITH_SMALL = {"^": frozenset("0123456789+-n"), "_": frozenset("0123456789+-")}
_LETTER = r"(?:\{[ \t]*+(?:\\[ij](?:\{\})?|[^\W_])?[ \t]*+\}|\\[ij](?![A-Za-z])(?:\{\})?|[^\W_])"
"""Matches the letter that carries an accent; it may stand in braces."""
_ACCENTED = (
    rf"\\(?P<sign>[`'^\"~=.])[ \t]*+(?P<signed>{_LETTER})"
    rf"|\\(?P<accent>[uvHtcdbkr])(?:[ \t]*+(?=\{{)|[ \t]++)(?P<accented>{_LETTER})"
)
_SECOND_ACCENT = re.compile(rf"{_ACCENTED}|\\[`'^\"~=.]")
_CONSTRUCT = re.compile(
    rf"{_ACCENTED}"
    r"|(?P<kept>\\[`'^\"~=.])"
    r"|\\(?:href|textcolor|foreignlanguage)[ \t]*\{[^{}]*\}"
    r"|\\(?P<name>[A-Za-z]++)\*?[ \t]*(?:\{\})?"
    r"|\\(?P<escaped>[&%$#_{} ])"
    r"|\\[,;:>!/@()-]|\\\\\*?"
    r"|(?P<power>[\^_])(?:\{(?P<many>[^{}\\$]{1,12})\}|(?P<one>[\w+-]))(?=[^$]{0,200}\$)"
    r"|(?P<dash>---?)|(?P<quotes>``?|''?)|(?P<tie>~)|(?P<dropped>[{}$])"
)
_MAY_HAVE_TEX = re.compile(r"[\\{}$~`']|--")
_MAY_CHANGE = re.compile(r"[\\{}$~`'\x00-\x1f\x7f-\xa0\u2000-\u200a\ud800-\udfff\ufffe\uffff]|--|^ |  | $")
"""Matches in each value that is not in its final form."""
_REPLACED: Mapping[str, str] = {
    "---": "—",
    "--": "–",
    "``": "“",
    "''": "”",
    "`": "‘",
    "'": "’",
    "~": "\u00a0",
    "{": "",
    "}": "",
    "$": "",
}


_SPACES = ("\\\\", "\\,", "\\;", "\\:", "\\>")
"""Commands that are a space."""
_ADDRESS_MARKS = re.compile(r"\\url\b|[{}]|\\([_%&#~$])")


def latex_to_text(source: str) -> str:
    """Return the plain text of ``source``, in one line: its letters and signs, without commands and braces."""
    if not _MAY_CHANGE.search(source):
        return source
    text = source
    if _MAY_HAVE_TEX.search(source):
        text = unicodedata.normalize("NFC", _CONSTRUCT.sub(_replace, source))
        if "\\" in text:  # an accent on a letter that has one already, as in Vietnamese
            text = unicodedata.normalize("NFC", _SECOND_ACCENT.sub(_add_accent, text))
    return collapse_whitespace(CONTROL_CHARACTERS.sub("", text))


def address_of(source: str) -> str:
    r"""Return an address or an identifier in ``source``: only braces, ``\url`` and escapes are taken out."""
    return "".join(CONTROL_CHARACTERS.sub("", _ADDRESS_MARKS.sub(r"\1", source)).split())


def _replace(match: re.Match[str]) -> str:
    """Return the text of one construct."""
    if match["sign"] or match["accent"]:
        return _add_accent(match)
    if match["kept"]:  # it may belong to a letter with another accent, which is not converted yet
        return match["kept"]
    if match["name"]:  # one that formats its argument has no text
        return _SIGNS.get(match["name"], "")
    if match["power"]:
        return _small_text(match["power"], match["many"] or match["one"])
    return match["escaped"] or _REPLACED.get(match[0], " " if match[0].startswith(_SPACES) else "")


def _add_accent(match: re.Match[str]) -> str:
    """Return a letter with its accent; nothing for an accent without a letter."""
    if not match["sign"] and not match["accent"]:
        return ""
    letter = (match["signed"] or match["accented"]).strip("{} \t\\")
    return (letter or "\u00a0") + _ACCENTS[match["sign"] or match["accent"]]


def _small_text(power: str, text: str) -> str:
    """Return a superscript or subscript of a formula, in small characters if there are such."""
    if set(text) <= _WITH_SMALL[power]:
        return text.translate(_SMALL[power])
    return power + text if len(text) == 1 else f"{power}({text})"
