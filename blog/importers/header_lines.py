"""Metadata as lines above a text, which is no front matter: ``Title: …``, ``:title: …`` and ``.. title: …``."""

from __future__ import annotations

import re

from blog.config.toml import ConfigMember, ConfigNode
from blog.importers.front_matter import RawMatter, split_matter
from blog.problems import Location

_MARKDOWN = re.compile(r"\A(?P<key>[A-Za-z0-9_-]++):(?P<value>.*)")
_FIELD = re.compile(r"[ ]{0,3}:(?P<key>[A-Za-z][\w -]*):(?:[ \t]+(?P<value>.*))?")
_COMMENT = re.compile(r"\A[ \t]*+(?:\.\.|#|%|//)?[ \t]*+\.\. (?P<key>[A-Za-z][\w-]*+):(?P<value>.*)")


def split_lines(text: str, path: str) -> RawMatter:
    """Return the lines ``Key: value`` at the top of a Markdown text, or its front matter in YAML or TOML.

    A line with an indentation continues the value above it. The header ends at the first other line.
    """
    text = text.lstrip("\n") if text.startswith("\n") else text
    if text.startswith(("---\n", "+++\n")):
        raw = split_matter(text, path)
        if raw.complaint is None:
            return raw
        inner = _read_header(text.split("\n"), 1, _MARKDOWN, path)
        lines = text.split("\n")
        if inner[1] < len(lines) and lines[inner[1]].strip() in {"---", "+++", "..."}:
            return _matter(lines, inner[1] + 1, inner[0], path)
        return raw
    lines = text.split("\n")
    members, end = _read_header(lines, 0, _MARKDOWN, path)
    return _matter(lines, end, members, path)


def split_fields(text: str, path: str) -> RawMatter:
    """Return the fields ``:key: value`` at the top of a text in reStructuredText; the body is the whole text."""
    lines = text.split("\n")
    row = 0
    while row < len(lines) and not _FIELD.fullmatch(lines[row]) and row < 12:
        row += 1
    members, _ = _read_header(lines, row, _FIELD, path)
    return RawMatter(ConfigNode(members, Location(path), "typed"), text, 1, has_block=bool(members))


def split_comment(text: str, path: str) -> RawMatter:
    """Return the lines ``.. key: value`` at the top of a text, in an HTML comment or not."""
    lines = text.split("\n")
    row = 0
    while row < len(lines) and (not lines[row].strip() or lines[row].strip() in {"<!--", '"""', "'''"}):
        row += 1
    members, end = _read_header(lines, row, _COMMENT, path, may_be_apart=True)
    while members and end < len(lines) and lines[end].strip() in {"-->", '"""', "'''", ""}:
        end += 1
    return _matter(lines, end if members else 0, members, path)


def _read_header(
    lines: list[str], row: int, pattern: re.Pattern[str], path: str, *, may_be_apart: bool = False
) -> tuple[dict[str, ConfigMember], int]:
    """Return the members that begin in ``row``, and the row behind them."""
    members: dict[str, ConfigMember] = {}
    last = ""
    while row < len(lines):
        line = lines[row]
        match = pattern.fullmatch(line.rstrip())
        if match:
            last = match["key"].strip().lower()
            members[last] = _member(match["value"] or "", Location(path, row + 1))
        elif last and line.strip() and line.startswith(("  ", "\t")):
            before = members[last]
            members[last] = _member(f"{before.node.value} {line.strip()}".strip(), before.location)
        elif not (may_be_apart and last and not line.strip()):
            break
        row += 1
    return members, row


def _member(value: str, location: Location) -> ConfigMember:
    text = value.strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return ConfigMember(location, ConfigNode(text[1:-1] if quoted else text, location, "plain"))


def _matter(lines: list[str], end: int, members: dict[str, ConfigMember], path: str) -> RawMatter:
    body = "\n".join(lines[end:])
    return RawMatter(ConfigNode(members, Location(path), "typed"), body, end + 1, has_block=bool(members))
