"""Settings of the site that stand below a ``[table]`` → a problem for each, and the settings with each in its place.

In TOML every key below a table belongs to it, also one that was added at the end of the file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blog.config.menu import MENU_TARGET
from blog.config.toml import ConfigMember, ConfigNode
from blog.problems import Problem
from blog.text import is_url

if TYPE_CHECKING:
    from collections.abc import Mapping

SITE_KEYS = (
    "title", "url", "description", "language", "timezone", "author", "license", "theme", "permalink", "paginate",
    "cards",
)  # fmt: skip
"""Settings that stand above the first table."""
_TABLES = frozenset({
    "author", "feed", "front_matter", "labels", "languages", "links", "markdown", "math", "menu", "theme_options",
    "words",
})  # fmt: skip
_NEEDED = frozenset({"title", "url"})
"""Settings that a site has: without one above the tables, one below them is misplaced, whatever its value."""


def move_misplaced(root: ConfigNode, problems: list[Problem]) -> ConfigNode:
    """Return ``root`` with misplaced settings at its top, so that nothing is reported as missing; report each."""
    moved: dict[str, ConfigMember] = {}
    members: dict[str, ConfigMember] = {}
    for name, member in root.value.items():
        node = member.node
        if name in _TABLES and isinstance(node.value, dict):
            node = _take_misplaced(node, name, root.value, moved, problems)
        members[name] = ConfigMember(member.location, node)
    return replace(root, value=moved | members) if moved else root


def _take_misplaced(
    table: ConfigNode,
    name: str,
    root: Mapping[str, ConfigMember],
    moved: dict[str, ConfigMember],
    problems: list[Problem],
) -> ConfigNode:
    """Return ``table`` without the settings of the site, which go to ``moved``."""
    members: dict[str, ConfigMember] = {}
    for key, member in table.value.items():
        is_below = member.location.line > table.location.line
        if key in SITE_KEYS and key not in root and is_below and not _belongs_to_table(name, key, member.node):
            moved.setdefault(key, member)
            problems.append(explain_misplaced(member, key, name))
        elif isinstance(member.node.value, dict) and name != "theme_options":
            inner = _take_misplaced(member.node, f"{name}.{key}", root, moved, problems)
            members[key] = ConfigMember(member.location, inner)
        else:
            members[key] = member
    return replace(table, value=members)


def explain_misplaced(member: ConfigMember, key: str, table: str) -> Problem:
    """Return the problem for the setting ``key`` of the site below ``table``."""
    message = f'"{key}" is a setting of the site, and stands here under [{table}]'
    return Problem(member.location, "unknown-key", message, "move it above the first [table]")


def _belongs_to_table(table: str, key: str, node: ConfigNode) -> bool:
    """Return whether the table may have an entry with the name of a setting that the site does not have."""
    value = node.value
    match table.split("."):
        case ["languages", _]:
            return key in {"title", "description", "permalink"}
        case ["author"]:
            return key == "url"
        case ["labels"]:
            return isinstance(value, dict)
        case ["menu"] | ["languages", _, "menu"]:
            return key not in _NEEDED and isinstance(value, str) and MENU_TARGET.match(value) is not None
        case ["links"]:
            return key not in _NEEDED and isinstance(value, str) and is_url(value)
        case ["math", "macros"]:
            return key not in _NEEDED and isinstance(value, str)
        case ["theme_options"]:
            return key != "title"
    return False
