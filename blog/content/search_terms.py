"""A post → the words by which readers find it: without case and accents, each with its weight. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blog.content.document import Document
    from blog.markdown import RenderedHtml

TermsByWeight = tuple[str, str, str, str]
"""By weight, words in order, with a space between: said once or twice, three times or more, in a heading, in the title
or a tag. Each word stands where it weighs most."""
LONGEST = 40
"""Letters: what is longer is no word, and nobody types it."""
_OFTEN = 3
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Letters of languages that put no space between words, or none before what Korean adds to one: these are found by one
letter, and by two that follow each other."""
_INDIC = "\u0900-\u0963\u0966-\u0df3"
"""Scripts of India, whose vowels are marks and parts of a word."""
_RUN = re.compile(f"([{_UNSPACED}]+)|((?:[{_INDIC}]|[^\\W_{_UNSPACED}])+)")
_SPECIAL = re.compile(f"[{_UNSPACED}{_INDIC}]")
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u200b-\u200d\u2060\ufeff]+"
)
"""Accents, the points of Hebrew and Arabic, and what is there for the breaking of lines."""
_UNREAD = re.compile(
    r'<(script|style|template)\b.*?(?:</\1\s*>|\Z)|<sup class="footnote-ref">(?:(?!<sup).)*?</sup>|\0[^\0]*\0',
    re.DOTALL | re.IGNORECASE,
)
"""Browsers too read nothing behind a script that is not closed."""
_ATTRIBUTES = r"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*"""
"""No value holds a ``<``: to look behind it, from each of many, would take for ever."""
_WITHIN_WORDS = re.compile(
    "</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr)"
    rf"\b{_ATTRIBUTES}>",
    re.IGNORECASE,
)
_TAG = re.compile(f"<{_ATTRIBUTES}>|<[^>]*>")


def fold_accents(text: str) -> str:
    """``text`` as it is compared: small letters without accents. The theme's search script does the same."""
    if text.isascii():
        return text.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    return unicodedata.normalize("NFC", plain.replace("ß", "ss").replace("ς", "σ"))


def split_words(text: str) -> list[str]:
    """The words of ``text``, folded, one by one."""
    plain = fold_accents(text)
    if not _SPECIAL.search(plain):  # most texts: the same in a third of the time
        return [word for word in _WORD.findall(plain) if len(word) <= LONGEST]
    found: list[str] = []
    for unspaced, word in _RUN.findall(plain):
        found += [word] if word and len(word) <= LONGEST else []
        found += [*unspaced, *(unspaced[at : at + 2] for at in range(len(unspaced) - 1))]
    return found


def extract_search_terms(document: Document, forms: RenderedHtml) -> TermsByWeight:
    """The words of a post: of its title, tags, labels, headings, context and text; of nothing that is private."""
    matter, text = document.front_matter, document.text
    names = " ".join([document.title, *(name.text for name in (*matter.tags, *matter.labels))])
    heaviest = set(split_words(names))
    headings = {word for heading in text.headings for word in split_words(heading.text)} - heaviest
    counts = Counter(split_words(_read(document.context.feed_html + "\n" + forms.feed_html)))
    rest = counts.keys() - heaviest - headings
    often = {word for word in rest if counts[word] >= _OFTEN}
    return _line(rest - often), _line(often), _line(headings), _line(heaviest)


def _line(words: set[str]) -> str:
    return " ".join(sorted(words))


def _read(html: str) -> str:
    """What a reader reads of ``html``. Behind the last ``>`` no tag ends, and none is searched."""
    read = _WITHIN_WORDS.sub("", _UNREAD.sub("", html))
    end = read.rfind(">") + 1
    return unescape(_TAG.sub(" ", read[:end]) + read[end:])
