"""The icons of a site, found among its files by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

    from blog.content.theme import Theme

ROOT_ICON = "favicon.ico"
"""Path that browsers and feed readers request without a link."""


ICONS: tuple[tuple[str, Literal["icon", "apple-touch-icon"], str, str], ...] = (
    (ROOT_ICON, "icon", "", "32x32"), ("favicon.png", "icon", "image/png", ""),
    ("favicon.svg", "icon", "image/svg+xml", ""), ("apple-touch-icon.png", "apple-touch-icon", "", ""),
)  # fmt: skip
"""Name of the file, and the attributes of its link. Due to its size, browsers prefer the SVG to the ``.ico`` file."""


def has_icon(outputs: Collection[str]) -> bool:
    """Return whether a site that publishes files at ``outputs`` has an icon of its own."""
    return any(name in outputs for name, *_ in ICONS)


def root_icon(theme: Theme, outputs: Collection[str]) -> str:
    """Return the output path of the theme's icon, which browsers request without a link; ``""`` if it is not needed."""
    return ROOT_ICON if theme.asset(ROOT_ICON) and not has_icon(outputs) else ""
