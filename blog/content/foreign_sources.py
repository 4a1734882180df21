"""The bytes of a file that would be copied → the problem if it is the source of a document that hides something.

Editors, mail programs and people leave copies of documents under all sorts of names, and sources of other tools.
The decision depends on the contents of such a file: front matter, the metadata of a notebook, or the header and
comments of a text format. Nothing here reads the disk or parses a document.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from blog.config.hiding_marks import KEYS, fold_text, is_header_that_hides, is_hiding_value, normalize_key
from blog.problems import Location, Problem
from blog.text import normalize_newlines

HEAD_BYTES = 4096
"""Bytes at the beginning of a file that show whether it may be the source of a document."""
MAX_SEARCHED_BYTES = 64 * 1024 * 1024
"""Bytes of such a file that are searched."""
_POINTERS = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/")
"""The beginning of a pointer file of Git LFS <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>."""
_MAX_POINTER_BYTES = 1024
_ENCODING_BY_BOM = {
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
_JSON_FLAG = re.compile(r'"(\w{3,20})"\s{0,99}:\s{0,99}("?\w{1,9})')
_JSON_TAG = re.compile(r'[\[,]\s{0,99}"((?:private|remove[-_ ]?(?:cell|input|output|stdout|stderr)))"\s{0,99}[,\]]')
_QUOTED_FLAG = re.compile(r'"\s{0,9}(\w{3,20})\s{0,9}[:=]\s{0,9}(\w{1,9})\s{0,9}(?:\\n)?"')
_HEADER_LINES = {
    **dict.fromkeys((".org",), r"(?<![ \t])[ \t]*+(?:#\+|:)\w"),
    **dict.fromkeys((".rst", ".rest"), r"\.\. \w|:\w"),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), r":[\w!]"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), r"\.\. \w"),
    **dict.fromkeys((".tex", ".ltx"), r"%+[ \t]*\w"),
    **dict.fromkeys((".meta", ".lr", ".textile", ".wiki", ".mediawiki", ".creole", ".tid", ".t2t"), r"[.\w@/%]"),
    **dict.fromkeys((".txt", ".text", ".typ"), r"[.\w@/%]"),
}  # fmt: skip
"""Suffix of a text format → the beginning of a header line."""
_COMMENTS = {
    **dict.fromkeys((".org",), r"#\+(?i:begin_comment)\b|\*+ (?:[A-Z]+ )?COMMENT\b|#[ \t]+(?!-\*-)\S"),
    **dict.fromkeys((".rst", ".rest"), r"\.\.[ \t]+(?![\[_|]|[\w:.+-]+::|[\w -]+:(?:\s|$))\S|\.\.[ \t]*\n[ \t]+\S"),
    **dict.fromkeys((".adoc", ".asciidoc", ".asc"), r"//(?:/{2,}[ \t]*$|(?!/))|\[comment\]"),
    **dict.fromkeys((".tex", ".ltx"), r"\\begin\{comment\}|\\iffalse\b"),
}  # fmt: skip
"""Suffix → the beginning of a line that opens a comment, or a part that is not published."""
_HEADER_LINE_BY_SUFFIX = {suffix: re.compile(pattern) for suffix, pattern in _HEADER_LINES.items()}
_COMMENT_BY_SUFFIX = {suffix: re.compile(rf"^(?:{pattern})", re.MULTILINE) for suffix, pattern in _COMMENTS.items()}
_HEADING_TAGS = re.compile(
    r"^(?:\*+ [^\n]{0,300}|#\+filetags:[^\n]{0,300})(:(?:noexport|draft|private|hidden):)", re.MULTILINE
)
"""A heading of Org with a tag by which its part is not exported."""
_UNPUBLISHED_BY_SUFFIX = {
    **{suffix: (pattern,) for suffix, pattern in _COMMENT_BY_SUFFIX.items()},
    ".org": (_COMMENT_BY_SUFFIX[".org"], _HEADING_TAGS),
}
"""Suffix → the beginnings of what the format does not publish."""
_ASCIIDOC = frozenset({".adoc", ".asciidoc", ".asc"})
_CODE_FENCE_BY_SUFFIX = {
    ".org": re.compile(r"^[ \t]*#\+(begin|end)_(?:src|example|export)\b", re.MULTILINE | re.IGNORECASE),
    **dict.fromkeys(_ASCIIDOC, re.compile(r"^(-|\.|`)(?:\1{3,}[ \t]*$|``)", re.MULTILINE)),
}
"""Lines that begin and end a block of code, in which comments belong to the code."""
_HTML = frozenset({".html", ".htm", ".xhtml"})
_PLAIN = frozenset({".txt", ".text"})
_PLAIN_HEADER = re.compile(r"\s*+(?:\w[\w -]{0,30}[ \t]?:[ \t][^\n]*(?:\n|$)){2,}")
"""A header of plain text: two keys or more."""
_ASCIIDOC_ATTRIBUTE = re.compile(r"[ \t]*:(?:page-|jbake-)?!?(\w+)!?:[ \t]*")
_META_TAG = re.compile(r"<meta\s[^<>]{0,200}>")
_META_NAME = re.compile(r"\bname\s{0,9}=\s{0,9}[\"']?([\w.-]{1,40})")
_META_CONTENT = re.compile(r"\bcontent\s{0,9}=\s{0,9}[\"']?([\w-]{1,40})")
_SCRIPT = re.compile(
    r"(?:#![^\n]*\n)?(#|//|%%?|--)[ \t]?-{3}[ \t]*\n(?P<block>(?:\1[^\n]*\n){1,200}?)\1[ \t]?-{3}[ \t]*$", re.MULTILINE
)
"""Front matter in comments, as Jupytext writes it."""


class _HidingMark(NamedTuple):
    """A mark in a text that hides the document."""

    text: str
    offset: int


def may_be_source(head: bytes, path: str = "") -> bool:
    """Return whether a file at ``path`` that begins with the bytes ``head`` may be the source of a document."""
    text = _decode(head)
    if _FENCE.match(text) or _NOTEBOOK.match(text) or _SCRIPT.match(text):
        return True
    suffix = _find_format_suffix(path)
    if suffix in _HTML | _PLAIN:
        return _find_in_header(fold_text(text), suffix) is not None
    return suffix in _HEADER_LINE_BY_SUFFIX


def find_hidden_source(data: bytes, path: str) -> Problem | None:
    """Return the problem of the file at ``path`` if ``data`` is the source of a document that hides something."""
    text = _decode(data)
    folded = fold_text(text)
    mark = _find_mark(text, folded, path)
    if mark is None:
        return None
    row = folded.count("\n", 0, mark.offset) + 1
    column = mark.offset - folded.rfind("\n", 0, mark.offset)
    location = Location(path, row, column)
    if _find_format_suffix(path) == ".meta":
        message = f"nothing here reads this header, which hides something ({mark.text})"
        return Problem(location, "hidden-source", message, "write it as front matter of the document beside it")
    message = f"left out: it is the source of a document that hides something ({mark.text})"
    hint = "name it as a document, such as .md, or move it out of the content folder"
    return Problem(location, "hidden-source", message, hint, "warning")


def _find_mark(text: str, folded: str, path: str) -> _HidingMark | None:
    """Find what hides a document whose source is ``text``; ``folded`` is the form in which marks are compared."""
    suffix = _find_format_suffix(path)
    fence = _FENCE.match(folded)
    if fence:
        is_data = path.lower().endswith((".yml", ".yaml"))
        mark = _find_in_front_matter(folded, fence.end(), is_data=is_data)
        return mark or _find_in_comments(text, suffix)
    if _NOTEBOOK.match(folded):
        return _find_in_notebook(folded)
    script = _SCRIPT.match(folded)
    if script:
        closed_block = folded[: script.end("block")] + "---\n"
        return _find_in_front_matter(closed_block, script.start("block"), is_data=False)
    mark = _find_in_header(folded[:HEAD_BYTES], suffix)
    return mark or _find_in_comments(text, suffix)


def _find_format_suffix(path: str) -> str:
    """Return the suffix that names the format of a text, also for ``a.org.bak`` and ``a.rst.txt``."""
    name = path.rsplit("/", 1)[-1].lower()
    suffix = ""
    for part in name.split(".")[1:4]:
        suffix = f".{part}"
        if suffix in _HEADER_LINE_BY_SUFFIX:
            break
    return suffix


def _find_in_header(text: str, suffix: str) -> _HidingMark | None:
    """Find what hides a document in the header of a text format."""
    pattern = _HEADER_LINE_BY_SUFFIX.get(suffix)
    if pattern is None:
        return None
    if suffix in _PLAIN:
        header = _PLAIN_HEADER.match(text)
        return _find_header_line(header[0], pattern, suffix) if header else None
    if suffix not in _HTML:
        return _find_header_line(text, pattern, suffix)
    if text.lstrip().startswith("{"):
        return _find_in_json_header(text)
    return _find_header_line(text, pattern, suffix) or _find_in_meta(text)


def _find_header_line(text: str, pattern: re.Pattern[str], suffix: str) -> _HidingMark | None:
    """Find a line that begins like ``pattern`` and hides the document."""
    offset = 0
    for line in text.split("\n"):
        if pattern.match(line) and _hides_document(line, suffix):
            indent = len(line) - len(line.lstrip())
            return _HidingMark(line.strip()[:100], offset + indent)
        offset += len(line) + 1
    return None


def _find_in_json_header(text: str) -> _HidingMark | None:
    """Find what hides a document in the JSON object that Hugo allows above a page of HTML."""
    end = re.compile(r"^\}", re.MULTILINE).search(text)
    if end is None:
        return None
    return _find_in_front_matter(text[: end.end()] + "\n---\n", 0, is_data=False)


def _hides_document(line: str, suffix: str) -> bool:
    """Return whether a header line hides the document; an attribute of AsciiDoc needs no value for that."""
    if is_header_that_hides(line):
        return True
    attribute = _ASCIIDOC_ATTRIBUTE.fullmatch(line) if suffix in _ASCIIDOC else None
    if attribute is None:
        return False
    is_unset = "!" in line
    return is_hiding_value(normalize_key(attribute[1]), "false" if is_unset else "true")


def _find_in_meta(text: str) -> _HidingMark | None:
    """Find a ``<meta>`` by which Pelican hides a page of HTML."""
    for tag in _META_TAG.finditer(text):
        name = _META_NAME.search(tag[0])
        content = _META_CONTENT.search(tag[0])
        if name is None or content is None:
            continue
        key = normalize_key(name[1])
        if key and is_hiding_value(key, content[1]):
            return _HidingMark(tag[0][:100], tag.start())
    return None


def _find_in_comments(text: str, suffix: str) -> _HidingMark | None:
    """Find what a text format does not publish: comments, and parts that are not exported."""
    patterns = _UNPUBLISHED_BY_SUFFIX.get(suffix)
    if patterns is None:
        return None
    code_spans = _find_code_spans(text, suffix)
    for match in chain.from_iterable(pattern.finditer(text) for pattern in patterns):
        if not _is_in_span(match.start(), code_spans):
            first_line = match[0].strip().split("\n")[0]
            return _HidingMark(first_line[:100], match.start())
    return None


def _find_code_spans(text: str, suffix: str) -> list[tuple[int, int]]:
    """Return the start and end offsets of the blocks of code, in order."""
    pattern = _CODE_FENCE_BY_SUFFIX.get(suffix)
    if pattern is None:
        return []
    spans: list[tuple[int, int]] = []
    opening: re.Match[str] | None = None
    for fence in pattern.finditer(text):
        word = fence[1].lower()
        if opening is None:
            opening = fence if word != "end" else None
        elif word in {"end", opening[1]}:
            spans.append((opening.start(), fence.end()))
            opening = None
    return spans


def _is_in_span(offset: int, spans: list[tuple[int, int]]) -> bool:
    index = bisect_right(spans, offset, key=itemgetter(0)) - 1
    return index >= 0 and offset < spans[index][1]


def find_lfs_pointer(data: bytes, path: str) -> Problem | None:
    """Return the warning for the file at ``path`` if ``data`` is the pointer that Git LFS leaves in its place."""
    if not data.startswith(_POINTERS) or len(data) > _MAX_POINTER_BYTES or b"\noid " not in data:
        return None
    message = "this is a pointer of Git LFS, not the file itself"
    hint = "run git lfs pull before you build; on Netlify set GIT_LFS_ENABLED, in a workflow write lfs: true"
    return Problem(Location(path), "lfs-pointer", message, hint, "warning")


def _decode(data: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or UTF-32, with LF line ends; invalid bytes are replaced."""
    text = data.decode(_detect_encoding(data), "replace")
    return normalize_newlines(text)


def _detect_encoding(data: bytes) -> str:
    for bom, encoding in _ENCODING_BY_BOM.items():
        if data.startswith(bom):
            return encoding
    start = data[:256]
    if b"\0" not in start:
        return "utf-8-sig"
    return "utf-16-be" if start[::2].count(0) > start[1::2].count(0) else "utf-16-le"


def _find_in_front_matter(text: str, start: int, *, is_data: bool) -> _HidingMark | None:
    """Find what hides a text with front matter from offset ``start`` on.

    A data file may begin like front matter, but does not end it.
    """
    end = _END.search(text, start)
    if end is None:
        return None if is_data else _find_hiding_key(text[start:], start)
    mark = _find_hiding_key(text[start : end.start()], start)
    if mark:
        return mark
    passage = _PASSAGE.search(text, end.end())
    if passage is None:
        return None
    return _HidingMark("::: private", passage.start())


def _find_hiding_key(block: str, start: int) -> _HidingMark | None:
    """Find a key that hides a text in its front matter, which begins at offset ``start``."""
    for match in _KEY.finditer(block):
        key, value = match[2], match[3] or None
        if key not in {"publishdate", "expirydate"} and is_hiding_value(key, value):
            return _HidingMark(" ".join(match[0].split()), start + match.start())
    return None


def _find_in_notebook(text: str) -> _HidingMark | None:
    """Find what hides a notebook, or a cell of it."""
    if '"cells"' not in text:
        return None
    for match in chain(_JSON_FLAG.finditer(text), _QUOTED_FLAG.finditer(text)):
        key = normalize_key(match[1])
        value = match[2].strip('"')
        if key in {"draft", "private", "unlisted", "published"} and is_hiding_value(key, value):
            return _HidingMark(match[0].replace("\\n", "").strip(), match.start())
    tag = _JSON_TAG.search(text)
    if tag is None:
        return None
    return _HidingMark(f'"{tag[1]}"', tag.start(1))
