"""The block above a text → its mapping with positions: YAML between ``---`` lines, TOML between ``+++`` lines.

At most 64 KiB. The keys are parsed in ``front_matter``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.config.toml import ConfigNode, parse_toml
from blog.problems import BlogError, Location, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")
_NEARLY_FENCE = re.compile(r"[\s\ufeff\u200b]*+(-{2,}+|\+{2,}+|[—–]++)\s*+(#.*+|ya?ml|toml)?+\s*+$")
_NEARLY_CLOSED = re.compile(r"[ \t]{0,3}(?:-{2,}|\+{2,}|[—–]+|\.{3})[ \t]*+")
_MAY_END_BLOCK = re.compile(r"\s|$|-|[\w-]++\s*+[:=]")
"""The beginning of a last line of front matter, and not of a heading that is underlined."""
_MAX_LINES = 100
"""Lines below the opening of front matter in which a line is searched that was meant to close it."""
MAX_BYTES = 64 * 1024


def _parse_yaml_lazily(text: str, origin: Location) -> ConfigNode:
    from blog.config.yaml import parse_yaml  # noqa: PLC0415  (20 ms that a warm build saves)

    return parse_yaml(text, origin)


_PARSERS: dict[str, Callable[[str, Location], ConfigNode]] = {"---": _parse_yaml_lazily, "+++": parse_toml}
"""Fence → parser."""


def split_front_matter(text: str, path: str) -> tuple[ConfigNode, int]:
    """Return the front matter of ``text`` as a mapping, and the index of the first character after it.

    Blank lines above the block are skipped. For a text without a block it is an empty mapping and index 0.
    Raises :class:`BlogError` for a block that is not closed, too large, or not a mapping.
    """
    blank_lines = _BLANK_LINES.match(text)
    start = blank_lines.end() if blank_lines else 0
    line = text.count("\n", 0, start) + 1
    opening = Location(path, line)
    first_line = text[start:].partition("\n")[0]
    fence = first_line[:3]
    if fence not in _PARSERS or first_line.rstrip() != fence:
        if _NEARLY_FENCE.match(first_line):
            hint = "begin the file with a line --- (YAML) or +++ (TOML) and nothing else in it"
            raise BlogError([Problem(opening, "front-matter", "this is nearly front matter", hint)])
        return ConfigNode({}, Location(path), "typed"), 0
    block_start = start + len(first_line)
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*$", re.MULTILINE).search(text, block_start)
    if closing is None:
        raise BlogError([_explain_open_block(text[block_start:], opening, fence)])
    block = text[block_start + 1 : closing.start()]
    if len(block.encode()) > MAX_BYTES:
        raise BlogError([Problem(opening, "front-matter", f"the front matter is longer than {MAX_BYTES // 1024} KiB")])
    node = _PARSERS[fence](block, Location(path, line + 1))
    return ConfigNode(node.value, opening, "typed"), closing.end() + 1


def _explain_open_block(text: str, opening: Location, fence: str) -> Problem:
    """Return the problem for front matter with ``text`` below its first line, and no ``fence`` that closes it."""
    lines = text.split("\n", _MAX_LINES)[:_MAX_LINES]
    for row, line in enumerate(lines[1:], 1):
        if _NEARLY_CLOSED.fullmatch(line) and _MAY_END_BLOCK.match(lines[row - 1]):
            location = Location(opening.path, opening.line + row)
            message = f"the line {line.strip()} does not close the front matter"
            return Problem(location, "front-matter", message, f"write {fence}")
    message = f"the front matter is not closed by a line {fence}"
    return Problem(opening, "front-matter", message, f"write {fence} alone on a line below the last key")
