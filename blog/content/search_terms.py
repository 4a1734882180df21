"""A post → its search terms: words without case and accents, grouped by weight. Nothing private is among them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from html import unescape
from operator import add
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blog.content.document import Document, DocumentHtml, TermsByWeight

LONGEST = 40
"""Characters of a term: nobody searches for a longer one."""
_FREQUENT_COUNT = 3
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts without spaces between words, or, in Korean, before particles: their terms are single characters and pairs of
adjacent ones."""
_INDIC = "\u0900-\u0963\u0966-\u0df3"
"""Scripts of India, whose vowels are marks and parts of a word."""
_RUN = re.compile(f"([{_UNSPACED}]+)|((?:[{_INDIC}]|[^\\W_{_UNSPACED}])+)")
_SPECIAL = re.compile(f"[{_UNSPACED}{_INDIC}]")
_MAY_BE_SPECIAL = re.compile("[^\0-\u08ff\u2000-\u2fff]")
"""Matches all characters of ``_SPECIAL`` and some others, in a fraction of the time."""
_MAY_BE_FOLDED = re.compile("[^\0-\x7f\u2013\u2014\u2018-\u201d]")
"""Matches what :func:`fold_accents` changes: of typography, it leaves dashes and quotation marks."""
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u200b-\u200d\u2060\ufeff]+"
)
"""Accents, the points of Hebrew and Arabic, and characters that control line breaks."""
_NOT_TEXT = re.compile(
    r'<(script|style|template)\b.*?(?:</\1\s*>|\Z)|<sup class="footnote-ref">(?:(?!<sup).)*?</sup>|\0[^\0]*\0',
    re.DOTALL | re.IGNORECASE,
)
"""Browsers, too, show nothing after a script that is not closed."""
_ATTRIBUTES = r"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*"""
"""No value contains a ``<``: a search beyond it, from each of many, would take quadratic time."""
_WITHIN_WORDS = re.compile(
    "</?(?:a|abbr|b|bdi|bdo|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|u|var|wbr)"
    rf"\b{_ATTRIBUTES}>",
    re.IGNORECASE,
)
_ALTERNATIVE = re.compile(r'<img\b[^<>]*?\salt="([^"<>]*+)"', re.IGNORECASE)
_TAG = re.compile(f"<{_ATTRIBUTES}>|<[^>]*>")


def fold_accents(text: str) -> str:
    """Return ``text`` in lower case without accents, as terms are compared. The theme's search script does the same."""
    if not _MAY_BE_FOLDED.search(text):
        return text.lower()
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()
    return unicodedata.normalize("NFC", plain.replace("ß", "ss").replace("ς", "σ"))


def split_words(text: str) -> list[str]:
    """Return the words of ``text`` in their order, without case and accents."""
    plain = fold_accents(text)
    if not (
        _MAY_BE_SPECIAL.search(plain) and _SPECIAL.search(plain)
    ):  # for most texts: the same words in a third of the time
        return [word for word in _WORD.findall(plain) if len(word) <= LONGEST]
    words: list[str] = []
    for unspaced, word in _RUN.findall(plain):
        if unspaced:
            words += unspaced
            words += map(add, unspaced, unspaced[1:])  # pairs of adjacent characters
        elif len(word) <= LONGEST:
            words.append(word)
    return words


def extract_search_terms(document: Document, html: DocumentHtml) -> TermsByWeight:
    """Return the terms of a post from its title, tags, labels, headings, context and text, without private passages."""
    matter = document.front_matter
    names = [document.title, *(name.text for name in (*matter.tags, *matter.labels))]
    heaviest = set(split_words(" ".join(names)))
    headings: set[str] = set()
    for heading in document.text.headings:
        headings.update(split_words(heading.text))
    headings -= heaviest
    counts = Counter(split_words(_extract_visible_text(html.context.feed_html + "\n" + html.text.feed_html)))
    rest = counts.keys() - heaviest - headings
    frequent = {word for word in rest if counts[word] >= _FREQUENT_COUNT}
    return _join_words(rest - frequent), _join_words(frequent), _join_words(headings), _join_words(heaviest)


def _join_words(words: set[str]) -> str:
    return " ".join(sorted(words))


def _extract_visible_text(html: str) -> str:
    """Return the visible text of ``html``, and the alternatives of its images.

    After the last ``>`` no tag ends, so none is searched there.
    """
    text = _ALTERNATIVE.sub(r" \1 <img", _WITHIN_WORDS.sub("", _NOT_TEXT.sub("", html)))
    end = text.rfind(">") + 1
    return unescape(_TAG.sub(" ", text[:end]) + text[end:])
