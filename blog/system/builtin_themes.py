"""Where the themes are that come with the program."""

from __future__ import annotations

from pathlib import Path


def builtin_themes_folder() -> Path:
    """Return the folder of the built-in themes: in the wheel, or beside the package in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"
