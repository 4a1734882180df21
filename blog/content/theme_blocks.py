"""The ``[blocks]`` of a ``theme.toml``: the blocks that texts may use, ``::: NAME {…}``, and their attributes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blog.config.hiding_marks import names_hidden_passage
from blog.config.schema import Fields
from blog.markdown.attribute_list import AttributeRule
from blog.markdown.own_blocks import FEED_FORM, OWN_BLOCK_KINDS, PAGE_FORM, RESERVED_BLOCK_NAMES, OwnBlock
from blog.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from blog.config.toml import ConfigNode

_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ATTRIBUTE_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED_FIELDS = frozenset({"body", "id", "class"})


def parse_blocks(fields: Fields, inherited: Mapping[str, OwnBlock], templates: Collection[str]) -> dict[str, OwnBlock]:
    """Return the blocks that a theme declares; ``templates`` are the files in the ``blocks/`` of it and of its parents.

    Errors are added to the problems of ``fields``. A declaration replaces an inherited one of the same name.
    """
    blocks = dict(inherited)
    for name in fields.names():
        node = fields.node.value[name].node
        if not _check_name(name, fields):
            continue
        if f"{name}{PAGE_FORM}" not in templates:
            message = f'the block "{name}" has no template'
            fields.fail(node.location, "no-block-template", message, f"write blocks/{name}.html")
            continue
        blocks[name] = _parse_block(name, node, fields)
    return blocks


def find_undeclared(names: Collection[str], templates: Collection[str]) -> list[str]:
    """Return the files in ``blocks/`` that belong to none of the blocks ``names``, sorted."""
    declared = {f"{name}{suffix}" for name in names for suffix in (PAGE_FORM, FEED_FORM)}
    return sorted(name for name in templates if name not in declared)


def _check_name(name: str, fields: Fields) -> bool:
    """Return whether ``name`` may be the name of a block; report one that may not."""
    location = fields.node.value[name].location
    if not _NAME.fullmatch(name):
        hint = "use small letters, digits and hyphens"
        fields.fail(location, "wrong-block", f'"{name}" cannot be the name of a block', hint)
        return False
    if name in RESERVED_BLOCK_NAMES or names_hidden_passage(name):
        message = f'"{name}" has a meaning of its own behind :::'
        fields.fail(location, "wrong-block", message, "choose another name")
        return False
    return True


def _parse_block(name: str, node: ConfigNode, fields: Fields) -> OwnBlock:
    """Return the declaration of one block."""
    if not isinstance(node.value, dict):
        fields.fail(node.location, "wrong-type", f'"{name}" must be a table', f"write [blocks.{name}]")
        return OwnBlock(name)
    table = Fields(node, fields.problems)
    has_body = table.flag("body")
    table.text("about")
    attributes = _parse_attributes(table.table("attributes"))
    table.finish()
    return OwnBlock(name, attributes, has_body)


def _parse_attributes(fields: Fields) -> tuple[AttributeRule, ...]:
    attributes = []
    for name in fields.names():
        member = fields.node.value[name]
        if not _ATTRIBUTE_NAME.fullmatch(name) or name in _RESERVED_FIELDS:
            message = f'"{name}" cannot be the name of an attribute'
            hint = "use small letters, digits and underscores, and not body, id or class"
            fields.fail(member.location, "wrong-block", message, hint)
            continue
        attributes.append(_parse_attribute(name, member.node, fields))
    return tuple(attributes)


def _parse_attribute(name: str, node: ConfigNode, fields: Fields) -> AttributeRule:
    """Return the attribute ``name``: its kind as a text, or a table with ``kind`` and ``required``."""
    kind, required, location = node.value, False, node.location
    if isinstance(node.value, dict):
        table = Fields(node, fields.problems)
        kind, required = table.text("kind") or "text", table.flag("required")
        location = table.locate("kind")
        table.finish()
    if kind not in OWN_BLOCK_KINDS:
        message = f'the kind of "{name}" must be one of {", ".join(OWN_BLOCK_KINDS)}'
        fields.fail(location, "wrong-block", message, did_you_mean(str(kind), OWN_BLOCK_KINDS))
        return AttributeRule(name)
    return AttributeRule(name, kind, required)
