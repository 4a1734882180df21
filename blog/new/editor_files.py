"""Configuration of editors that have forms for front matter, from the keys that the program reads.

Formats: Front Matter CMS for VS Code <https://frontmatter.codes/docs/content-creation/fields>, Obsidian's types of
properties <https://help.obsidian.md/properties>, Pages CMS <https://pagescms.org/docs/configuration/>.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from blog.content.front_matter import KEYS, record_front_matter
from blog.new.key_descriptions import FRONT_MATTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blog.config.key_recorder import RecordedKey

_LONG = frozenset({"summary", "context"})
"""Keys whose texts may have several lines."""
_NOT_IN_FORMS = frozenset({"parts", "url", "guid", "template"})
"""Keys that a form for posts does not need."""
_VSCODE_TYPES = {
    "text": "string",
    "url": "string",
    "flag": "boolean",
    "integer": "number",
    "date": "datetime",
    "list": "list",
}
_OBSIDIAN_TYPES = {
    "text": "text", "url": "text", "flag": "checkbox", "integer": "number", "date": "date", "list": "multitext",
}  # fmt: skip
_PAGES_TYPES = {
    "text": "string",
    "url": "string",
    "flag": "boolean",
    "integer": "number",
    "date": "date",
    "list": "string",
}


def vscode_settings() -> str:
    """Return ``.vscode/settings.json`` for the extension Front Matter CMS."""
    fields = []
    for name, key in _form_keys():
        kind = {"tags": "tags", "draft": "draft"}.get(name, _VSCODE_TYPES[key.kind])
        fields.append({"title": name, "name": name, "type": kind, "description": FRONT_MATTER[name]})
    settings: dict[str, Any] = {
        "frontMatter.content.pageFolders": [{"title": "Posts", "path": "[[workspace]]/content/posts"}],
        "frontMatter.content.draftField": {"name": "draft", "type": "boolean"},
        "frontMatter.taxonomy.contentTypes": [{"name": "default", "pageBundle": False, "fields": fields}],
    }
    return json.dumps(settings, indent=2, ensure_ascii=False)


def obsidian_types() -> str:
    """Return ``.obsidian/types.json``."""
    types = {name: _OBSIDIAN_TYPES[key.kind] for name, key in _form_keys()}
    types["tags"] = "tags"
    return json.dumps({"types": types}, indent=2)


def pages_cms_configuration() -> str:
    """Return ``.pages.yml``; the text of a post is edited as Markdown, since a rich editor would change it."""
    lines = [
        "media:",
        "  input: content/images",
        "  output: /images",
        "content:",
        "  - name: posts",
        "    label: Posts",
        "    type: collection",
        "    path: content/posts",
        '    filename: "{primary}.md"',
        "    subfolders: true",
        "    fields:",
    ]
    for name, key in _form_keys():
        kind = "text" if name in _LONG else _PAGES_TYPES[key.kind]
        lines += [
            f"      - name: {name}",
            f"        description: {json.dumps(FRONT_MATTER[name])}",
            f"        type: {kind}",
        ]
        if key.kind == "list":
            lines.append("        list: true")
    lines += ["      - name: body", "        type: code", "        options:", "          language: markdown"]
    return "\n".join(lines)


def _form_keys() -> Iterator[tuple[str, RecordedKey]]:
    """Yield name and record of each key that a form has a field for."""
    recorded = record_front_matter().keys
    for key in KEYS:
        record = recorded[key.name]
        if key.name not in _NOT_IN_FORMS and record.kind in _VSCODE_TYPES:
            yield key.name, record
