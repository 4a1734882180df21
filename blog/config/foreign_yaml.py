"""Settings of other programs in YAML → nodes: with aliases, tags and keys that are written twice, as YAML has them.

Values are texts, and nothing is made of a tag. Settings of this program are read by :mod:`blog.config.yaml`.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import yaml

from blog.config.toml import MAX_DEPTH, ConfigMember, ConfigNode
from blog.problems import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_NODES = 20_000
"""Values of one file; an alias counts as often as it is used, so that aliases of aliases end."""


def read_foreign_yaml(text: str, path: str) -> ConfigNode | None:
    """Return the value of a file; None if it is no YAML, empty, or larger than the limits.

    An alias is a copy of what it names. Of a key that is written twice the last value counts.
    """
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if top is None else _convert(top, path, count(), 0)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _convert(node: yaml.Node, path: str, numbers: Iterator[int], depth: int) -> ConfigNode:
    """Return a node of PyYAML as one of ours. Raises :class:`ValueError` beyond the limits."""
    if depth > MAX_DEPTH or next(numbers) > MAX_NODES:
        raise ValueError(path)
    location = Location(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        members = {}
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                place = Location(path, key.start_mark.line + 1)
                members[str(key.value)] = ConfigMember(place, _convert(value, path, numbers, depth + 1))
        return ConfigNode(members, location, "block")
    if isinstance(node, yaml.SequenceNode):
        return ConfigNode(tuple(_convert(item, path, numbers, depth + 1) for item in node.value), location, "block")
    is_quoted = isinstance(node, yaml.ScalarNode) and node.style in {"'", '"'}
    return ConfigNode(str(node.value), location, "quoted" if is_quoted else "plain")
