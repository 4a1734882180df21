"""The head of a file that would be copied → why it must not be: it is the source of a document that hides something.

Editors, mail programs and people leave copies of documents under all sorts of names, and sources of other tools.
What counts is what such a file says of itself: front matter, the metadata of a notebook, or, in a format of text, the
header and the comments of that format.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from typing import NamedTuple

from blog.problems import Location, Problem
from blog.config.hiding_marks import KEYS, fold_text, is_hiding_value, is_header_that_hides, normalize_key

HEAD = 4096
"""Bytes that tell whether a file may be the source of a document."""
MOST = 64 * 1024 * 1024
"""Bytes of such a file that are looked at."""
_POINTERS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
"""What the file begins with that Git LFS writes <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>."""
_LONGEST_POINTER = 1024
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
_HEADER_LINES = {
    **dict.fromkeys((".org",), r"(?<![ \t])[ \t]*+(?:#\+|:)\w"),
    **dict.fromkeys((".rst", ".rest"), r"\.\. \w|:\w"),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), r":[\w!]"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), r"\.\. \w"),
    **dict.fromkeys((".tex", ".ltx"), r"%+[ \t]*\w"),
    **dict.fromkeys((".meta", ".lr", ".textile", ".wiki", ".mediawiki", ".creole", ".tid", ".t2t"), r"[.\w@/%]"),
    **dict.fromkeys((".txt", ".text", ".typ"), r"[.\w@/%]"),
}  # fmt: skip
"""Suffix of a format of text → how a line of its header begins."""
_COMMENTS = {
    **dict.fromkeys((".org",), r"#\+(?i:begin_comment)\b|\*+ (?:[A-Z]+ )?COMMENT\b|#[ \t]+(?!-\*-)\S"),
    **dict.fromkeys((".rst", ".rest"), r"\.\.[ \t]+(?![\[_|]|[\w:.+-]+::|[\w -]+:(?:\s|$))\S|\.\.[ \t]*\n[ \t]+\S"),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), r"//(?:/{2,}[ \t]*$|(?!/))|\[comment\]"),
    **dict.fromkeys((".tex", ".ltx"), r"\\begin\{comment\}|\\iffalse\b"),
}  # fmt: skip
"""Suffix → the beginning of a line that begins a comment, or a part that is not for readers."""
_LINES = {suffix: re.compile(pattern) for suffix, pattern in _HEADER_LINES.items()}
_REMARKS = {suffix: re.compile(rf"^(?:{pattern})", re.MULTILINE) for suffix, pattern in _COMMENTS.items()}
_CODE = {
    ".org": re.compile(r"^[ \t]*#\+(begin|end)_(?:src|example|export)\b", re.MULTILINE | re.IGNORECASE),
    ".adoc": re.compile(r"^(-|\.|`)(?:\1{3,}[ \t]*$|``)", re.MULTILINE),
}
"""Lines between which code stands: what looks like a comment in it is one of the code."""
_HTML = frozenset({".html", ".htm", ".xhtml"})
_PLAIN = frozenset({".txt", ".text"})
_KEYS = re.compile(r"\s*+(?:\w[\w -]{0,30}[ \t]?:[ \t][^\n]*(?:\n|$)){2,}")
"""A header of plain text: two keys or more."""
_VALUELESS = re.compile(r"[ \t]*:(?:page-|jbake-)?(!?)(\w+)(!?):[ \t]*")
_META = re.compile(r"<meta\s[^<>]{0,200}>")
_NAMED = re.compile(r"\bname\s{0,9}=\s{0,9}[\"']?([\w.-]{1,40})")
_CONTENT = re.compile(r"\bcontent\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})")
_HEADING_TAGS = re.compile(
    r"^(?:\*+ [^\n]{0,300}|#\+filetags:[^\n]{0,300})(:(?:noexport|draft|private|hidden):)", re.MULTILINE
)
_SCRIPT = re.compile(
    r"(?:#![^\n]*\n)?(#|//|%%?|--)[ \t]?-{3}[ \t]*\n(?P<block>(?:\1[^\n]*\n){1,200}?)\1[ \t]?-{3}[ \t]*$", re.MULTILINE
)
"""Front matter in comments, as Jupytext writes it."""


class _HidingMark(NamedTuple):
    """What hides a document, and where its text says so."""

    text: str
    at: int


def may_be_source(head: bytes, path: str = "") -> bool:
    """Tell whether a file that begins with ``head`` may be the source of a document."""
    text = _decoded(head)
    if _FENCE.match(text) or _NOTEBOOK.match(text) or _SCRIPT.match(text):
        return True
    suffix = _suffix(path)
    if suffix in _HTML | _PLAIN:
        return _in_header(fold_text(text), suffix) is not None
    return suffix in _LINES


def hidden_source(data: bytes, path: str) -> Problem | None:
    """Return what is wrong with a file of these bytes if it is the source of a document that hides something."""
    text = _decoded(data)
    plain = fold_text(text)
    if fence := _FENCE.match(plain):
        found = _in_front_matter(plain, fence.end(), is_data=path.lower().endswith((".yml", ".yaml")))
        found = found or _in_text(text, _suffix(path))
    elif _NOTEBOOK.match(plain):
        found = _in_notebook(plain)
    elif script := _SCRIPT.match(plain):
        found = _in_front_matter(plain[: script.end("block")] + "---\n", script.start("block"), is_data=False)
    else:
        found = _in_header(plain[:HEAD], _suffix(path)) or _in_text(text, _suffix(path))
    if found is None:
        return None
    place = Location(path, plain.count("\n", 0, found.at) + 1, found.at - plain.rfind("\n", 0, found.at))
    if _suffix(path) == ".meta":
        message = f"nothing here reads this header, which hides something ({found.text})"
        return Problem(place, "hidden-source", message, "write it as front matter of the document beside it")
    message = f"left out: it is the source of a document that hides something ({found.text})"
    hint = "name it as a document, such as .md, or move it out of the content folder"
    return Problem(place, "hidden-source", message, hint, "warning")


def _suffix(path: str) -> str:
    """Return the suffix that says what a text is, also of ``a.org.bak`` and ``a.rst.txt``."""
    parts = [f".{part}" for part in path.rsplit("/", 1)[-1].lower().split(".")[1:4]]
    return next((part for part in parts if part in _LINES), parts[-1] if parts else "")


def _in_header(text: str, suffix: str) -> _HidingMark | None:
    """Find what hides a document in the header of a format of text."""
    pattern = _LINES.get(suffix)
    if pattern is None:
        return None
    if suffix in _HTML and text.lstrip().startswith("{"):
        end = re.compile(r"^\}", re.MULTILINE).search(text)
        return _in_front_matter(text[: end.end()] + "\n---\n", 0, is_data=False) if end else None
    if suffix in _PLAIN:
        header = _KEYS.match(text)
        text = header[0] if header else ""
    at = 0
    for line in text.split("\n"):
        if pattern.match(line) and _hides(line, suffix):
            return _HidingMark(line.strip()[:100], at + len(line) - len(line.lstrip()))
        at += len(line) + 1
    return _in_meta(text) if suffix in _HTML else None


def _hides(line: str, suffix: str) -> bool:
    """Tell whether a line of a header hides the document; an attribute of AsciiDoc needs no value for that."""
    if is_header_that_hides(line):
        return True
    found = _VALUELESS.fullmatch(line) if suffix in {".adoc", ".asciidoc", ".asc"} else None
    return found is not None and is_hiding_value(normalize_key(found[2]), "false" if found[1] or found[3] else "true")


def _in_meta(text: str) -> _HidingMark | None:
    """Find a ``<meta>`` by which Pelican hides a page of HTML."""
    for tag in _META.finditer(text):
        name, content = _NAMED.search(tag[0]), _CONTENT.search(tag[0])
        if name and content and normalize_key(name[1]) and is_hiding_value(normalize_key(name[1]), content[1]):
            return _HidingMark(tag[0][:100], tag.start())
    return None


def _in_text(text: str, suffix: str) -> _HidingMark | None:
    """Find what a format of text keeps from readers: comments, and parts that are not exported."""
    code = _code_spans(text, ".adoc" if suffix.startswith(".a") else suffix)
    for pattern in (_REMARKS.get(suffix), _HEADING_TAGS if suffix == ".org" else None):
        for found in pattern.finditer(text) if pattern else ():
            span = bisect_right(code, (found.start(), len(text))) - 1
            if span < 0 or found.start() >= code[span][1]:
                return _HidingMark(found[0].strip().split("\n")[0][:100], found.start())
    return None


def _code_spans(text: str, suffix: str) -> list[tuple[int, int]]:
    """Return where code stands, in order."""
    spans: list[tuple[int, int]] = []
    opening: re.Match[str] | None = None
    for mark in _CODE[suffix].finditer(text) if suffix in _CODE else ():
        word = mark[1].lower()
        if opening is None:
            opening = mark if word != "end" else None
        elif word in {"end", opening[1]}:
            spans.append((opening.start(), mark.end()))
            opening = None
    return spans


def pointer(data: bytes, path: str) -> Problem | None:
    """Return the warning for a file with these bytes if Git LFS left a pointer in its place."""
    if not data.startswith(_POINTERS) or len(data) > _LONGEST_POINTER or b"\noid " not in data:
        return None
    message = "this is not the file itself, but what Git LFS keeps in its place"
    hint = "run git lfs pull before you build; on Netlify set GIT_LFS_ENABLED, in a workflow write lfs: true"
    return Problem(Location(path), "lfs-pointer", message, hint, "warning")


def _decoded(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, with line feeds; what is wrong in it is replaced."""
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "")
    first = data[:256]
    if not encoding and b"\0" in first:
        encoding = "utf-16-be" if first[::2].count(0) > first[1::2].count(0) else "utf-16-le"
    text = data.decode(encoding or "utf-8-sig", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _in_front_matter(text: str, start: int, *, is_data: bool) -> _HidingMark | None:
    """Find what hides a text that begins with front matter; a file of data may begin like it, but does not end it."""
    end = _END.search(text, start)
    if end is None and is_data:
        return None
    block = text[start : end.start()] if end else text[start:]
    for found in _KEY.finditer(block):
        if found[2] not in {"publishdate", "expirydate"} and is_hiding_value(found[2], found[3] or None):
            return _HidingMark(" ".join(found[0].split()), start + found.start())
    passage = _PASSAGE.search(text, end.end()) if end else None
    return _HidingMark("::: private", passage.start()) if passage else None


def _in_notebook(text: str) -> _HidingMark | None:
    """Find what hides a notebook, or a cell of it."""
    if '"cells"' not in text:
        return None
    for pattern in (_FLAG, _HEAD_LINE):
        for found in pattern.finditer(text):
            key = normalize_key(found[1])
            if key in {"draft", "private", "unlisted", "published"} and is_hiding_value(key, found[2].strip('"')):
                return _HidingMark(found[0].replace("\\n", "").strip(), found.start())
    tag = _TAG.search(text)
    return _HidingMark(f'"{tag[1]}"', tag.start(1)) if tag else None
