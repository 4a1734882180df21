"""What ``blog schema`` prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def editor_output(root: Path, name: str) -> str:
    """Return the schema or configuration with this name; ``root`` may be a site, which permits more keys.

    Raises :class:`BlogError` if ``blog.toml`` there is wrong.
    """
    from blog.new import editor_files, schemas  # noqa: PLC0415

    match name:
        case "settings":
            return json.dumps(schemas.settings_schema(), indent=2, ensure_ascii=False)
        case "front-matter":
            return json.dumps(schemas.front_matter_schema(_permitted_keys(root)), indent=2, ensure_ascii=False)
        case "vscode":
            return editor_files.vscode_settings()
        case "obsidian":
            return editor_files.obsidian_types()
        case _:
            return editor_files.pages_cms_configuration()


def _permitted_keys(root: Path) -> tuple[str, ...]:
    """Return the keys that the settings of the site permit; none if ``root`` is no site."""
    from blog.config.settings import FILE_NAME, load_settings  # noqa: PLC0415
    from blog.problems import raise_if_any  # noqa: PLC0415

    if not (root / FILE_NAME).is_file():
        return ()
    settings, problems = load_settings(root)
    raise_if_any(problems)
    categories = ("categories", "category") if settings.categories else ()
    return (*settings.allow, *categories)
