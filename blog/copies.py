"""The head of a file that would be copied → why it must not be: it is the source of a document that hides something.

Editors, mail programs and people leave copies of documents under all sorts of names. What counts is what such a file
says of itself: front matter, or the metadata of a notebook.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from blog.errors import Place, Problem
from blog.hiding import KEYS, folded, hides, key_of

HEAD = 4096
"""Bytes that tell whether a file may be the source of a document."""
MOST = 64 * 1024 * 1024
"""Bytes of such a file that are looked at."""
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16",
}  # fmt: skip
"""The longer ones first."""
_BLANK = r"[\s\ufeff\u200b\u2060]*+"
_FENCE = re.compile(rf"{_BLANK}(?:```\w*\n{_BLANK})?(?:-{{2,}}+|\+{{2,}}+|[—–]++)[ \t]*+(?:#.*+|ya?ml|toml)?+[ \t]*+\n")
_END = re.compile(r"^(?:-{3,}|\+{3,}|\.{3})[ \t]*$", re.MULTILINE)
_KEY = re.compile(rf"(?<![\w-])(is_?)?({'|'.join(sorted(KEYS))})[\"']?\s{{0,9}}[:=]\s{{0,9}}[\"']?(\w*)")
_PASSAGE = re.compile(r"^[ \t>*-]{0,40}+:{3,}+[ \t{.]{0,9}private\b", re.MULTILINE)
_NOTEBOOK = re.compile(rf'{_BLANK}\{{\s*+"(?:cells|metadata|nbformat|nbformat_minor)"\s*+:')
_FLAG = re.compile(r'"(\w{3,20})"\s{0,99}:\s{0,99}("?\w{1,9})')
_TAG = re.compile(r'[\[,]\s{0,99}"((?:private|remove[-_ ]?(?:cell|input|output|stdout|stderr)))"\s{0,99}[,\]]')
_HEAD_LINE = re.compile(r'"\s{0,9}(\w{3,20})\s{0,9}[:=]\s{0,9}(\w{1,9})\s{0,9}(?:\\n)?"')


class _Mark(NamedTuple):
    """What hides a document, and where its text says so."""

    text: str
    at: int


def may_be_source(head: bytes) -> bool:
    """Tell whether a file that begins with ``head`` may be the source of a document."""
    text = _decoded(head)
    return bool(_FENCE.match(text) or _NOTEBOOK.match(text))


def hidden_source(data: bytes, path: str) -> Problem | None:
    """Return the warning for a file with these bytes if it is the source of a document that hides something."""
    text = _decoded(data)
    plain = folded(text)
    if fence := _FENCE.match(plain):
        found = _in_front_matter(plain, fence.end(), is_data=path.lower().endswith((".yml", ".yaml")))
    elif _NOTEBOOK.match(plain):
        found = _in_notebook(plain)
    else:
        return None
    if found is None:
        return None
    place = Place(path, plain.count("\n", 0, found.at) + 1, found.at - plain.rfind("\n", 0, found.at))
    message = f"left out: it is the source of a document that hides something ({found.text})"
    hint = "name it as a document, such as .md, or move it out of the content folder"
    return Problem(place, "hidden-source", message, hint, "warning")


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, with line feeds; what is wrong in it is replaced."""
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")
    first = data[:256]
    if not encoding and b"\0" in first:
        encoding = "utf-16-be" if first[::2].count(0) > first[1::2].count(0) else "utf-16-le"
    text = data.decode(encoding or "utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _in_front_matter(text: str, start: int, *, is_data: bool) -> _Mark | None:
    """Find what hides a text that begins with front matter; a file of data may begin like it, but does not end it."""
    end = _END.search(text, start)
    if end is None and is_data:
        return None
    block = text[start : end.start()] if end else text[start:]
    for found in _KEY.finditer(block):
        if found[2] not in {"publishdate", "expirydate"} and hides(found[2], found[3] or None):
            return _Mark(" ".join(found[0].split()), start + found.start())
    passage = _PASSAGE.search(text, end.end()) if end else None
    return _Mark("::: private", passage.start()) if passage else None


def _in_notebook(text: str) -> _Mark | None:
    """Find what hides a notebook, or a cell of it."""
    if '"cells"' not in text:
        return None
    for pattern in (_FLAG, _HEAD_LINE):
        for found in pattern.finditer(text):
            key = key_of(found[1])
            if key in {"draft", "private", "unlisted", "published"} and hides(key, found[2].strip('"')):
                return _Mark(found[0].replace("\\n", "").strip(), found.start())
    tag = _TAG.search(text)
    return _Mark(f'"{tag[1]}"', tag.start(1)) if tag else None
