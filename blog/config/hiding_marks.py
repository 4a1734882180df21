"""Marks by which an author may mean to hide a text: keys, their values, and lines with both.

Strings go in; keys, truth values and positions come out. Marks are compared in Unicode's NFKC and without case, so
that full-width characters from a Chinese or Japanese keyboard form the same mark. Nothing here reports a problem.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLAGS = frozenset({"draft", "private", "unlisted"})
_SWITCHES = frozenset({"hidden", "hide", "unpublished", "headless"})
_REVERSED = frozenset({"published", "publish", "visible"})
_STATES = frozenset({"status", "visibility"})
_DAYS = frozenset({"publishdate", "expirydate"})
KEYS = _FLAGS | _SWITCHES | _REVERSED | _STATES | _DAYS
"""Names of keys by which this program or another one hides a post."""
_YES = frozenset({"true", "yes", "on", "y", "t", "1"})
_NO = frozenset({"false", "no", "off", "n", "nil", "0"})
_HIDDEN_STATES = frozenset({
    "draft", "private", "unlisted", "hidden", "unpublished", "secret", "pending", "scheduled", "future", "trash",
    "auto-draft", "skip",
})  # fmt: skip
_HIDING_WORDS = {
    **dict.fromkeys(_FLAGS | _SWITCHES, _YES),
    **dict.fromkeys(_REVERSED, _NO),
    **dict.fromkeys(_STATES, _HIDDEN_STATES),
}
"""Key → the values by which it hides something without doubt."""
_PREFIX = re.compile(r"(?:export)?(?:hugo|page|jbake)?(?:is)?")
"""Prefixes of keys in Org, AsciiDoc and other formats."""
_LINE = re.compile(
    r"[^\w\n]*+(?P<key>\w[\w-]{2,19})[^\w\n:=]{0,3}(?P<sign>[:=]{1,2})\s{0,20}+[\"'(\[{<]{0,3}(?P<value>[\w-]{1,40})"
    r"[\"')\]}>,;.]*+\s*+(?:#.*|\\)?"
)
_NIKOLA_TAG = re.compile(r"\s{0,9}\.\. tags:(?:[^\n]{0,200},)?[ \t]{0,9}(?:draft|private)[ \t]{0,9}(?:,|$)")
"""Nikola hides posts by such a tag, <https://getnikola.com/handbook.html>."""
_COMMENT = re.compile(r"<!--|<![^<>]*+(?<=--)>|<![^<>]*+(?<=--!)>|[<＜][!！][-－—–―]")
"""The beginning of a comment, also in full-width characters; or one whose opening lacks a character, with its end."""
WORDS = frozenset({
    "confidential", "content-hidden", "draft", "exclude", "hidden", "hide", "internal", "noexport", "no-export",
    "secret", "unlisted",
})  # fmt: skip
"""Names of tags and passages that someone could take for ``private``."""
_PASSAGES = WORDS | {"comment", "d-none"}
_OTHER_FORMATS = re.compile(r"\.?content-visible\b(?!.{0,200}when-format=[\"']?html)")
_CLASSES = re.compile(
    r"(?<![\w-])\.(?:content-hidden|hidden|private|d-none)(?![\w-])|display\s?:\s?none|visibility\s?[:=]\s?[\"']?hidden"
)
_LOOK_ALIKES = str.maketrans("аеорсухіѕԁѵνατιґɪı∶∷ː꞉׃︓﹕：", "aeopcyxisdvvatirii" + ":" * 8)
"""Letters of other alphabets, and colons, that look like those of a mark."""


def fold_text(text: str) -> str:
    """Return ``text`` in the form in which marks are compared: NFKC, without case and look-alikes.

    Each character stays one character where that is possible, so that columns of most lines stay the same.
    """
    if text.isascii():
        return text.lower()
    plain = text.translate(_LOOK_ALIKES)
    return unicodedata.normalize("NFKC", plain).casefold().translate(_LOOK_ALIKES)


def normalize_key(name: str) -> str:
    """Return the key of :data:`KEYS` that ``name`` spells, or ``""``."""
    letters = re.sub(r"[\W_]", "", fold_text(name))
    if letters in KEYS:
        return letters
    without_prefix = _PREFIX.sub("", letters, count=1)
    return without_prefix if without_prefix in KEYS else ""


def is_hiding_value(key: str, value: Any) -> bool:
    """Return whether ``value`` for the ``key`` of :data:`KEYS` is meant to hide something; ``None`` is no value."""
    if isinstance(value, dict):
        return False
    if isinstance(value, list | tuple):
        return any(is_plainly_hiding(key, item) for item in value)
    word = "" if value is None else fold_text(str(value)).strip()
    if key in _FLAGS:
        return word not in _NO
    return is_plainly_hiding(key, word)


def is_plainly_hiding(key: str, value: Any) -> bool:
    """Return whether ``value`` for ``key`` hides something without doubt; prose never does."""
    word = fold_text(str(value)).strip()
    if key in _DAYS:
        return word != ""
    return word in _HIDING_WORDS.get(key, ())


def find_hiding_line(line: str) -> tuple[str, str] | None:
    """Return key and sign of a line that only marks something as hidden, such as ``draft: true``."""
    match = _LINE.fullmatch(fold_text(line))
    if match is None:
        return None
    key = normalize_key(match["key"])
    if not key or not is_plainly_hiding(key, match["value"]):
        return None
    return key, match["sign"]


def names_hidden_passage(mark: str) -> bool:
    """Return whether the words after ``:::`` name a passage that another tool does not render."""
    folded = fold_text(mark)
    first_word = re.findall(r"[\w-]+", folded)[:1]
    if not _PASSAGES.isdisjoint(first_word):
        return True
    return bool(_CLASSES.search(folded) or _OTHER_FORMATS.search(folded))


def is_header_that_hides(line: str) -> bool:
    """Return whether ``line`` is a header line, in the syntax of any tool, that hides the text below it."""
    return bool(find_hiding_line(line) or _NIKOLA_TAG.match(fold_text(line)))


def contains_comment(text: str) -> bool:
    """Return whether ``text`` contains a comment, or what was meant as one."""
    return "<" in text.replace("＜", "<") and _COMMENT.search(text) is not None


_FOREIGN_COMMENT = re.compile(
    r"(?<!\\)(?:"
    r"(?P<Liquid>\{%-?[ \t]{0,9}(?:comment\b|#|if[ \t]+false\b)[^\n%]{0,60}(?:%\})?)"
    r"|(?P<kramdown>\{::[ \t]{0,9}comment\b[^\n}]{0,60}\}?)"
    r"|(?P<Hugo>\{\{-?[ \t]{0,9}/\*)"
    r"|(?P<shortcodes>\{\{[<%]-?[ \t]{0,9}(?:comment|hidden|hide|private|draft|secret)\b[^\n}]{0,60}(?:\}\})?)"
    r"|(?P<Handlebars>\{\{~?!(?:--|[ \t]))|(?P<Blade>\{\{--)"
    r"|(?P<Jinja>\{#-?\s(?=[^{}]{0,2000}#\}))"
    r"|(?P<MDX>\{/\*)"
    r"|(?P<ERB><%(?:#|--))"
    r"|(?P<CriticMarkup>\{>>|\{--(?=[^{}\n]{1,500}--\}))"
    r"|(?P<BBCode>\[/(?:private|hidden|hide|comment|draft|secret)\])"
    r"|(?P<attributes>\{(?=[ .#:])[^{}\n]{0,100}?(?<![\w-])(?:"
    r"\.(?:content-hidden|hidden|d-none|private)(?![\w-])|visibility=[\"']?hidden"
    r"|\.content-visible\b(?![^{}\n]{0,60}when-format=[\"']?html))[^{}\n]{0,100}\}?)"
    r")"
    r"|^(?:(?P<Pandoc>\[(?://|#|_|-|\.|comment)?\]:(?=[ \t]))"
    r"|(?P<AsciiDoc>/{4,}[ \t]*$)|(?P<Org>#\+begin_comment\b))",
    re.MULTILINE | re.IGNORECASE,
)
"""The beginning of a comment, or of a text that is not shown, in the syntax of another tool."""


class ForeignComment(NamedTuple):
    """The beginning of a passage that another tool does not render."""

    text: str
    at: int
    """Offset in the text that was searched."""
    tool: str


def find_foreign_comments(text: str) -> Iterator[ForeignComment]:
    """Yield each beginning of a comment of another tool in ``text``, in which code has been replaced by blanks."""
    for match in _FOREIGN_COMMENT.finditer(text):
        yield ForeignComment(match[0].strip(), match.start(), str(match.lastgroup))
