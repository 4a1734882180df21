"""The names of authors and editors in a bibliography: a value with its TeX → names.

BibTeX has three forms, ``First von Last``, ``von Last, First`` and ``von Last, Jr, First``; ``and`` stands between two
names. Words in braces stay together: ``{Google Research}`` is one family name.
"""

from __future__ import annotations

import re

from blog.bibliography.entry import Name
from blog.bibliography.latex_text import latex_to_text

_TOKEN = re.compile(r"[{}]|,|\s+|\\.", re.DOTALL)
_MAX_PARTS = 3
"""Parts of a name, between commas."""
_OTHERS = frozenset({"others", "et al.", "et al"})
_GENERATION = re.compile(r"(?:[JS]r\.?|I{2,3}|IV|VI{0,3})$")
_KEYED = re.compile(r"([A-Za-z-]+)\s*=\s*(.*)", re.DOTALL)
"""A part of a name in the long form of BibLaTeX: ``family=Oord, given=Aäron, prefix=van den``."""


def parse_names(source: str) -> tuple[tuple[Name, ...], bool]:
    """Return the names in ``source``, and whether ``others`` follow."""
    names: list[Name] = []
    has_more = False
    for words in _split_list(source):
        if latex_to_text(" ".join(words)) in _OTHERS:
            has_more = True
        else:
            names += filter(_has_letters, _parse_name(words))
    return tuple(names), has_more


def _split_words(source: str) -> list[str]:
    """Return the words of ``source`` and its commas; what stands in braces is a part of its word."""
    words: list[str] = []
    depth = start = 0
    for token in _TOKEN.finditer(source):
        sign = token[0]
        if sign == "{":
            depth += 1
        elif sign == "}":
            depth = max(depth - 1, 0)
        elif depth == 0 and (sign == "," or sign.isspace()):
            words += [source[start : token.start()], sign.strip()]
            start = token.end()
    words.append(source[start:])
    return [word for word in words if word]


def _split_list(source: str) -> list[list[str]]:
    """Return the words of each name in ``source``."""
    names: list[list[str]] = [[]]
    for word in _split_words(source):
        if word.lower() == "and":
            names.append([])
        else:
            names[-1].append(word)
    return [words for words in names if words]


def _has_letters(name: Name) -> bool:
    return bool(name.family)


def _parse_name(words: list[str]) -> list[Name]:
    """Return the name that consists of ``words`` and commas; several if commas stand in the place of ``and``."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word == ",":
            parts.append([])
        else:
            parts[-1].append(word)
    parts = [part for part in parts if part]
    keyed = _parse_keyed([" ".join(part) for part in parts])
    if keyed:
        return [keyed]
    if len(parts) > _MAX_PARTS:
        return [_parse_spoken(part) for part in parts]
    return [_parse_parts(parts)] if parts else []


def _parse_keyed(parts: list[str]) -> Name | None:
    """Return a name in the long form of BibLaTeX; None if it is in another form."""
    matches = [_KEYED.fullmatch(part) for part in parts]
    values = {match[1].lower(): latex_to_text(match[2].strip('"')) for match in matches if match}
    if "family" not in values or not all(matches):
        return None
    family = " ".join(filter(None, (values.get("prefix", ""), values["family"])))
    return Name(family, values.get("given", ""), values.get("suffix", ""))


def _parse_parts(parts: list[list[str]]) -> Name:
    """Return a name of the one to three parts between commas."""
    if len(parts) == 1:
        return _parse_spoken(parts[0])
    family, *rest = (_text(part) for part in parts)
    if len(rest) > 1:
        return Name(family, " ".join(rest[1:]), rest[0])
    if _GENERATION.match(rest[0]):  # "Kenneth L. Church, Jr."
        spoken = _parse_spoken(parts[0])
        return Name(spoken.family, spoken.given, rest[0])
    return Name(family, rest[0])


def _parse_spoken(words: list[str]) -> Name:
    """Return the name of a person in the order in which it is spoken: the family begins at the first small letter."""
    first_of_family = len(words) - 1
    for index, word in enumerate(words[:-1]):
        if index and _is_particle(word):
            first_of_family = index
            break
    if _is_particle(words[0]) and len(words) > 1:
        first_of_family = 0
    return Name(_text(words[first_of_family:]), _text(words[:first_of_family]))


def _is_particle(word: str) -> bool:
    """Return whether ``word`` is written small, like ``van`` and ``de``; words in braces are not."""
    return not word.startswith("{") and latex_to_text(word)[:1].islower()


def _text(words: list[str]) -> str:
    return latex_to_text(" ".join(words))
