"""Keys and lines that look as if they hid a document, but stand where they hide nothing → problems.

They stand inside a table or text of the front matter, or below it at the head of the text. Nothing here changes a
document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from blog.config.hiding_marks import find_hiding_line, fold_text, is_header_that_hides, is_hiding_value, normalize_key
from blog.config.value_hints import explain_foreign_key
from blog.content.foreign_keys import FOREIGN_KEYS
from blog.problems import Location, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.config.toml import ConfigMember, ConfigNode

_HIDING_LINE = re.compile(
    r"[^\w\n]*+(?:draft|private|unlisted|published)\W{0,2}\s*[:=]\s*[\"']?(?:true|false|yes|no)\b", re.IGNORECASE
)
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_BELOW_HEADING = re.compile(rf"\s*(?:$|#|>)|{_ITEM.pattern}")
"""fastpages has a heading, a quotation and a list."""
_PROSE = re.compile(r"\w[^\n:=]*(?:\w\W+\w+\W+\w+|[.!?:;,…])\s*")
"""A line of a paragraph: a list below it belongs to the text."""


class _HeadScan:
    """A scan of the first lines of a text for a line that is meant as front matter.

    The head ends at the first heading below a paragraph, or where the lines right below a heading end: there fastpages
    has a list.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.code_fence = ""
        self.is_below_heading = False
        self.has_prose = False

    def find_hiding_row(self) -> int | None:
        """Return the number of lines above the first line that looks as if it hid the text."""
        for row, line in enumerate(self.text.split("\n", 20)[:20]):
            mark = line.strip()[:3]
            if mark in {"```", "~~~"} and self.code_fence in {"", mark}:
                self._toggle_code(mark, line)
            elif self._is_hiding(line):
                return row
            if self._ends_head(line):
                return None
        return None

    def _toggle_code(self, mark: str, line: str) -> None:
        if self.code_fence:
            self.code_fence = ""
            return
        above = self.text[: self.text.find(line)]
        self.code_fence = mark if above.strip() else ""  # a block that begins the file is not an example

    def _is_hiding(self, line: str) -> bool:
        if self.code_fence:
            return False
        if self.is_below_heading or _ITEM.match(line):
            return not self.has_prose and _is_hiding_item(line)
        return _is_hiding_header(line)

    def _ends_head(self, line: str) -> bool:
        """Return whether the head of the text ends at ``line``; if not, the line is noted for those below it."""
        if line.startswith("#"):
            is_later_heading = self.is_below_heading or self.has_prose
            self.is_below_heading = True
            return is_later_heading
        if _PROSE.fullmatch(line):
            self.has_prose = True
        return self.is_below_heading and not _BELOW_HEADING.match(line)


def check_text(text: str, origin: Location) -> list[Problem]:
    """Find a line such as ``draft: true`` at the head of ``text``, below the front matter, where it hides nothing.

    ``origin`` is the position of the first line.
    """
    row = _HeadScan(text).find_hiding_row()
    if row is None:
        return []
    hint = "front matter stands once, at the top of the file, between lines --- or +++"
    location = Location(origin.path, origin.line + row)
    return [Problem(location, "front-matter", "this line is in the text and hides nothing", hint)]


def _is_hiding_item(line: str) -> bool:
    """Return whether a line is a list item that only marks something as hidden."""
    return _ITEM.match(line) is not None and find_hiding_line(line) is not None


def _is_hiding_header(line: str) -> bool:
    """Return whether a line only marks something as hidden. A heading does not; a keyword of Org may."""
    if line.startswith("#") and not line.startswith("#+"):
        return False
    return _HIDING_LINE.match(fold_text(line)) is not None or is_header_that_hides(line)


def check_block(block: str, node: ConfigNode) -> list[Problem]:
    """Find keys and lines in front matter that look as if they hid the document, but hide nothing there.

    ``block`` is the file up to the end of the front matter, ``node`` its mapping. Such keys stand in the table of
    another key, such lines in a text of several lines.
    """
    keys = list(_find_hiding_keys(node, ""))
    problems: list[Problem] = []
    for name, outer, member in keys:
        if outer:
            problems += _check_nested_key(name, outer, member)
    key_lines = {member.location.line for _, _, member in keys}
    is_toml = block.lstrip().startswith("+++")
    for line, text in enumerate(block.split("\n"), 1):
        if line in key_lines or text.lstrip().startswith("#"):
            continue
        key_and_sign = find_hiding_line(text)
        if key_and_sign:
            indent = len(text) - len(text.lstrip())
            location = Location(node.location.path, line, indent + 1)
            message = "this line is part of a text and hides nothing"
            problems.append(Problem(location, "front-matter", message, _explain_key(key_and_sign[0], toml=is_toml)))
    return problems


def _find_hiding_keys(node: ConfigNode, outer: str) -> Iterator[tuple[str, str, ConfigMember]]:
    """Yield each key that could hide a document, at any depth, with the name of the top-level key around it."""
    match node.value:
        case tuple():
            for item in node.value:
                yield from _find_hiding_keys(item, outer)
        case dict():
            for name, member in node.value.items():
                if normalize_key(name):
                    yield name, outer, member
                yield from _find_hiding_keys(member.node, outer or name)


def _check_nested_key(name: str, outer: str, member: ConfigMember) -> Iterator[Problem]:
    key = normalize_key(name)
    if is_hiding_value(key, _plain_value(member.node)):
        message = f'"{name}" hides nothing inside "{outer}"'
        hint = _explain_key(key, toml=member.node.style == "typed")
        yield Problem(member.location, "hiding-key", message, hint)


def _plain_value(node: ConfigNode) -> Any:
    """Return a scalar, None for an empty one, or the scalars of a list; nested lists and tables are no marks."""
    if node.is_empty:
        return None
    if not isinstance(node.value, tuple):
        return node.value
    return [item.value for item in node.value if not isinstance(item.value, tuple | dict)]


def _explain_key(key: str, *, toml: bool) -> str:
    """Return the hint that shows how to write a key that hides the document."""
    if key not in {"draft", "private", "unlisted", "published"}:
        return f"{explain_foreign_key(FOREIGN_KEYS[key])}, or use another word"
    value = "false" if key == "published" else "true"
    if toml:
        return f"write {key} = {value} above the first [table], or use another word"
    return f"write {key}: {value} at the left edge, or use another word"
