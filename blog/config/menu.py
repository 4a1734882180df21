"""``[menu]`` in ``blog.toml``: names, and where they lead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from blog.config.value_hints import suggest_line, suggest_url
from blog.problems import Location
from blog.text import slugify_term

if TYPE_CHECKING:
    from blog.config.schema import Fields

MENU_TARGET = re.compile(r"/(?!/)|https?://")


class MenuItem(Struct, frozen=True):
    """An entry of ``[menu]``: a name and a path or address."""

    name: str
    target: str
    location: Location


def parse_menu(fields: Fields) -> tuple[MenuItem, ...]:
    """Return the entries of the menu that lead to a path or address."""
    items = []
    for name in fields.names():
        node = fields.node.value[name].node
        item = MenuItem(name, fields.text(name), node.location)
        if MENU_TARGET.match(item.target):
            items.append(item)
        elif isinstance(node.value, str):
            message = f'"{item.name}" must lead to a path such as /about/ or an http address'
            target = _suggest_target(item)
            hint = suggest_line(node, name, target) if target else ""
            fields.fail(item.location, "wrong-url", message, hint)
    return tuple(items)


def _suggest_target(item: MenuItem) -> str:
    """Return the path or address that the target of a menu entry was meant as; ``""`` if that is not certain."""
    target = item.target.strip()
    if target.startswith("//"):
        return f"https:{target}"
    if ":" in target or "@" in target:
        return ""
    path = target.removeprefix("./").removeprefix("content/").removesuffix("index.md")
    if path.endswith((".md", ".markdown", ".ipynb")):
        path = path.rpartition(".")[0]
    elif suggest_url(path) and not path.endswith(".html"):
        return suggest_url(path)
    path = path.strip("/") or slugify_term(item.name)
    if re.search(r"\s", path) or not path:
        return ""
    return f"/{path}" if path.endswith(".html") else f"/{path}/"
