"""JSON Schema of ``blog.toml`` and of front matter, for editors: what the parsers read, with descriptions.

Draft 7, which the extensions for TOML and YAML of common editors know. <https://json-schema.org/draft-07>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from blog.config.settings import record_settings
from blog.content.front_matter import record_front_matter
from blog.new.key_descriptions import FRONT_MATTER, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from blog.config.key_recorder import KeyRecorder, RecordedKey

Schema = dict[str, Any]
_DRAFT = "http://json-schema.org/draft-07/schema#"
_TEXT: Schema = {"type": "string"}
_SCALAR: Schema = {"type": ["string", "number", "boolean"]}
"""A text in YAML, where ``2024`` and ``yes`` need no quotes: the program reads both as typed."""
_PERSON: Schema = {
    "oneOf": [
        _TEXT,
        {
            "type": "object",
            "properties": {
                "name": _TEXT,
                "url": {"type": "string", "format": "uri"},
                "email": _TEXT,
                "orcid": _TEXT,
                "image": _TEXT,
            },
            "required": ["name"],
            "additionalProperties": False,
        },
    ]
}
_PEOPLE: Schema = {"anyOf": [_PERSON, {"type": "array", "items": _PERSON}]}
_MENU: Schema = {"type": "object", "additionalProperties": {"type": "string", "pattern": "^(/|https?://)"}}
_WORDS: Schema = {"type": "object", "additionalProperties": {"type": ["string", "object"]}}
_TABLES_OF_SETTINGS: dict[str, Schema] = {
    "author": _PEOPLE,
    "menu": _MENU,
    "words": _WORDS,
    "languages": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "title": _TEXT,
                "description": _TEXT,
                "permalink": _TEXT,
                "menu": _MENU,
                "words": _WORDS,
            },
            "additionalProperties": False,
        },
    },
    "labels": {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {"notice": _TEXT},
            "additionalProperties": False,
        },
    },
    "links": {
        "type": "object",
        "properties": {"elsewhere": {"type": ["string", "array"], "items": _TEXT}},
        "additionalProperties": {"type": "string", "format": "uri"},
    },
}
"""Tables whose keys the author chooses, and what stands below them."""
_TABLES_OF_FRONT_MATTER: dict[str, Schema] = {
    "author": _PEOPLE,
    "changes": {"type": "array", "items": {"type": "object"}},
    "image": {
        "anyOf": [
            _SCALAR,
            {
                "type": "object",
                "properties": dict.fromkeys(("src", "path", "url", "alt", "feature", "teaser", "thumbnail"), _SCALAR),
            },
        ]
    },
    "source": {
        "anyOf": [
            {"type": "string", "format": "uri"},
            {
                "type": "object",
                "properties": {"url": {"type": "string", "format": "uri"}, "title": _SCALAR, "author": _SCALAR},
                "required": ["url"],
                "additionalProperties": False,
            },
        ]
    },
}


def settings_schema() -> Schema:
    """Return the schema of ``blog.toml``."""
    schema = _table_schema(record_settings(), SETTINGS, _TABLES_OF_SETTINGS, _TEXT)
    return {"$schema": _DRAFT, "title": "blog.toml", **schema, "required": ["title"]}


def front_matter_schema(allow: Iterable[str] = ()) -> Schema:
    """Return the schema of the front matter of all documents; ``allow`` are further keys that the site permits."""
    schema = _table_schema(record_front_matter(), FRONT_MATTER, _TABLES_OF_FRONT_MATTER, _SCALAR)
    schema["properties"] |= {key: {"description": "Permitted by blog.toml"} for key in allow}
    return {"$schema": _DRAFT, "title": "Front matter of blog", **schema}


def _table_schema(
    recorder: KeyRecorder, descriptions: Mapping[str, str], tables: Mapping[str, Schema], text: Schema, prefix: str = ""
) -> Schema:
    """Return the schema of a mapping; ``prefix`` is the path of the table in the ``descriptions``."""
    properties: dict[str, Schema] = {}
    for key, recorded in recorder.keys.items():
        path = f"{prefix}{key}"
        if path in tables:
            schema = tables[path]
        elif recorded.table is not None:
            schema = _table_schema(recorded.table, descriptions, tables, text, f"{path}.")
        else:
            schema = _value_schema(recorded, text)
        if path in descriptions:
            schema = {"description": descriptions[path], **schema}
        properties[key] = schema
    return {"type": "object", "properties": properties, "additionalProperties": recorder.is_open}


def _value_schema(recorded: RecordedKey, text: Schema) -> Schema:
    schema: Schema
    match recorded.kind:
        case "flag":
            schema = {"type": "boolean"}
        case "integer":
            schema = {"type": "integer"}
        case "choice":
            schema = {"enum": list(recorded.choices)}
        case "list":
            schema = {"anyOf": [text, {"type": "array", "items": text}]}
        case "url":
            schema = {"type": "string", "format": "uri"}
        case "date":
            schema = {"type": "string", "examples": ["2026-01-31", "2026-01-31 18:00"]}
        case _:
            schema = dict(text)
    if recorded.default is not None:
        schema["default"] = recorded.default
    return schema
