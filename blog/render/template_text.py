"""The text of a template → where its names and tags stand, for messages: Jinja knows their lines only."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from jinja2 import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

_Node = TypeVar("_Node", bound=nodes.Node)

_CODE = re.compile(
    r"(?P<comment>\{#(?:[^#]|#(?!\}))*+(?:#\})?+)"
    r"|(?P<print>\{\{(?:[^}]|\}(?!\}))*+(?P<print_end>\}\})?+)"
    r"|\{%[-+]?\s*+(?P<name>\w*+)(?P<rest>(?:[^%]|%(?!\}))*+)(?:%\})?+"
)
"""What is no plain text: a comment, a print statement, or a tag. One that is not closed ends with the template."""
_LETTERS = re.compile(r"[^\n]++")
_PATH = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*+(?:\.[A-Za-z_]\w*+)*+")
_OPENING_TAGS = frozenset({"block", "for", "if", "macro", "call", "filter", "with", "autoescape", "raw"})
CLOSING_TAGS = frozenset({f"end{name}" for name in (*_OPENING_TAGS, "set")})
TAGS = _OPENING_TAGS | CLOSING_TAGS | {"set", "elif", "else", "extends", "include", "import", "from"}
"""The tags that a template may have."""
_MAX_LINE_LENGTH = 4_000
"""Characters of a line in which columns are searched: a template may be one long line with many errors."""
_MAX_TAG_LENGTH = 60
"""Characters of a tag in a message."""

NAME = r"(?<![\w.\"'])"
FIELD = r"\.\s*+"
FILTER = r"(?:\||\bfilter\b)\s*+"
TEST = r"\bis\s++(?:not\s++)?+"
BLOCK = r"\bblock\s++"
TAG = r"\{%[-+]?\s*+"
QUOTED = r"[\"']"


class TemplateTree(NamedTuple):
    """The syntax tree of a template."""

    root: nodes.Template
    parts: list[nodes.Node]
    """All nodes below the root, in the order of the text: one walk serves all checks."""

    def find_all(self, types: type[_Node] | tuple[type[_Node], ...]) -> Iterator[_Node]:
        """Yield the nodes of these types in the order of the text."""
        return (node for node in self.parts if isinstance(node, types))


class OpenTag(NamedTuple):
    """A tag that is not closed, such as ``{% block main %}``."""

    name: str
    source: str
    """The tag as it is written, in one line."""
    line: int
    column: int


class NamePath(NamedTuple):
    """A name in a line of code, with the fields behind it: ``site.author``."""

    names: tuple[str, ...]
    column: int


class TemplateText:
    """The text of one template."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def code_lines(self) -> list[str]:
        """The lines, with spaces in the place of comments and of what is no code."""
        parts = []
        end = 0
        for code in _CODE.finditer(self.text):
            parts.append(_blank(self.text[end : code.start()]))
            parts.append(_blank(code[0]) if code["comment"] else code[0])
            end = code.end()
        parts.append(_blank(self.text[end:]))
        return "".join(parts).split("\n")

    def code_line(self, line: int) -> str:
        """Return the code in a line, which is counted from 1."""
        return self.code_lines[line - 1] if 0 < line <= len(self.code_lines) else ""

    def find_column(self, line: int, word: str, before: str = NAME) -> int:
        """Return the column of the first ``word`` in the code of a line, behind the pattern ``before``; else 1."""
        code = self.code_line(line)[:_MAX_LINE_LENGTH]
        match = re.search(rf"{before}(?P<word>{re.escape(word)})(?!\w)", code)
        return match.start("word") + 1 if match else 1

    def find_paths(self, line: int) -> Iterator[NamePath]:
        """Yield the names in the code of a line, each with the fields behind it."""
        for match in _PATH.finditer(self.code_line(line)):
            yield NamePath(tuple(match[0].split(".")), match.start() + 1)

    def locate(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of an offset."""
        line_start = self.text.rfind("\n", 0, offset) + 1
        return self.text.count("\n", 0, offset) + 1, offset - line_start + 1

    def find_open_tags(self) -> list[OpenTag]:
        """Return the tags that are open at the first tag that closes another one than the innermost, or at the end."""
        open_tags: list[re.Match[str]] = []
        for tag in _CODE.finditer(self.text):
            name, innermost = tag["name"] or "", open_tags[-1]["name"] if open_tags else ""
            if innermost == "raw" and name != "endraw":
                continue
            if name in CLOSING_TAGS:
                if name != f"end{innermost}":
                    break
                open_tags.pop()
            elif name in _OPENING_TAGS or (name == "set" and "=" not in tag["rest"]):
                open_tags.append(tag)
        return [self._describe_tag(tag) for tag in open_tags]

    def _describe_tag(self, tag: re.Match[str]) -> OpenTag:
        source = " ".join(f"{tag['name']}{tag['rest'].rstrip('-+')}"[:_MAX_TAG_LENGTH].split())
        return OpenTag(tag["name"], f"{{% {source} %}}", *self.locate(tag.start()))

    def find_open_comment(self) -> tuple[int, int]:
        """Return the position of the comment that is not closed."""
        start = self.text.find("{#", self.text.rfind("#}") + 1)
        return self.locate(max(start, 0))

    def find_open_print(self, line: int) -> tuple[int, int] | None:
        """Return the position of a ``{{`` that is not closed, at or above a line; None if there is none.

        It is not closed if the template ends in it, or if there is another ``{{`` or a ``{%`` before the ``}}``.
        """
        for code in _CODE.finditer(self.text):
            if code["print"] and (not code["print_end"] or "{{" in code[0][2:] or "{%" in code[0]):
                position = self.locate(code.start())
                return position if position[0] <= line else None
        return None


def _blank(text: str) -> str:
    return _LETTERS.sub(lambda match: " " * len(match[0]), text)
