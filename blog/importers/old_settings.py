"""Values in the settings of old blogs that several tools write alike."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from blog.config.dates import find_zone
from blog.config.foreign_yaml import read_foreign_yaml
from blog.importers.front_matter import plain_value, split_matter

if TYPE_CHECKING:
    from blog.importers.old_folder import OldFolder

_YAML_TAG = re.compile(r"(?<=[:-] )!!?[A-Za-z][\w./:-]*")
_DOCUMENT_MARK = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)


def split_url(url: str) -> tuple[str, str]:
    """Return scheme and host of ``url``, and its path as a base path such as ``/blog``; empty if it is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.username:
        return "", join_base(parts.path) if not parts.netloc else ""
    return f"{parts.scheme}://{parts.netloc}", join_base(parts.path)


def join_base(*parts: str) -> str:
    """Return a base path such as ``/blog/en`` of its parts; ``""`` if all are empty."""
    return "".join(f"/{part.strip('/')}" for part in parts if part.strip("/"))


def known_zone(name: str) -> str:
    """Return the name of a time zone; ``""`` if there is none of this name."""
    try:
        find_zone(name)
    except KeyError:
        return ""
    return name


def read_config(folder: OldFolder, path: str) -> dict[str, Any]:
    """Return a file with settings in YAML, TOML or JSON; one that cannot be read is empty, or what its lines say."""
    text = folder.read_text(path)
    if path.endswith(".json"):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = {}
        return data if isinstance(data, dict) else {}
    fence = "+++" if path.endswith(".toml") else "---"
    text = text if fence == "+++" else _YAML_TAG.sub("", _DOCUMENT_MARK.sub("", text))
    raw = split_matter(f"{fence}\n{text}\n{fence}\n", path)
    lenient = read_foreign_yaml(text, path) if raw.complaint and fence == "---" else None
    config = plain_value(lenient or raw.node)
    return config if isinstance(config, dict) else {}


def table_of(table: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return the table at a path of keys; empty if there is none."""
    for name in names:
        inner = table.get(name)
        table = inner if isinstance(inner, dict) else {}
    return table


def first_text(table: dict[str, Any], *names: str) -> str:
    """Return the first setting of ``names`` that is a text or a number, in one line."""
    values = (table.get(name) for name in names)
    texts = (
        " ".join(str(value).split()) for value in values if isinstance(value, str | int) and not isinstance(value, bool)
    )
    return next(filter(None, texts), "")
