"""The theme option ``accent``, a colour → the style sheets, the icon and the social cards of a theme.

A style sheet or SVG file of the theme that mentions ``--accent`` gets two custom properties: ``--accent``, the colour
as written, and ``--accent-night``, a lighter form for a dark page. Without the option it has its own colours.
"""

from __future__ import annotations

import colorsys
import re
from typing import TYPE_CHECKING

from msgspec import structs

from blog.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from blog.config.settings import Settings
    from blog.content.theme import CardStyle, Option
    from blog.content.theme_assets import Asset

ACCENT = "accent"
COLOUR = re.compile("#[0-9a-fA-F]{6}")
_MENTION = b"--accent"
_NIGHT_LIGHTNESS = 0.71
"""Lightness of the form for a dark page, in HSL."""
_NIGHT_SATURATION = 0.65
"""Saturation of that form, as a share of that of the accent: light colours glare."""
_CARD_SHARE = 0.52
"""Share of the accent in the line of a card; the rest is the ground."""
_WHITE = "#ffffff"
_LEAST_CONTRAST = 4.5
"""Of text and its ground, by WCAG 2.2, <https://www.w3.org/TR/WCAG22/#contrast-minimum>."""

_Rgb = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""


def is_accent(option: Option | None) -> bool:
    """Return whether the option :data:`ACCENT` of a theme is a colour: its default is one, or empty."""
    if option is None or option.choices or not isinstance(option.default, str):
        return False
    return not option.default or COLOUR.fullmatch(option.default) is not None


def check_accent(settings: Settings, card: CardStyle | None) -> Iterator[Problem]:
    """Yield a problem if the accent is no colour, or too pale for text on the ground of the theme."""
    accent = settings.theme_options.get(ACCENT)
    if not isinstance(accent, str) or not accent:
        return
    location = settings.theme_value_locations[ACCENT]
    if not COLOUR.fullmatch(accent):
        yield Problem(location, "wrong-colour", '"accent" must be a colour such as #00695c', 'write accent = "#00695c"')
        return
    ground = _parse(card.ground if card else _WHITE)
    contrast = _contrast(_parse(accent), ground)
    if contrast < _LEAST_CONTRAST:
        message = f'"{accent}" is too pale for links: its contrast with the page is {contrast:.1f}, and must be 4.5'
        darker = _darken(_parse(accent), ground)
        yield Problem(location, "wrong-colour", message, f'write accent = "{_format(darker)}"')


def colour_assets(assets: Mapping[str, Asset], accent: str) -> dict[str, Asset]:
    """Return the ``assets`` of a theme, with the ``accent`` in those that mention it."""
    if not accent:
        return dict(assets)
    rule = f":root {{ --accent: {accent}; --accent-night: {night_colour(accent)} }}\n".encode()
    return {name: _colour_asset(asset, rule) for name, asset in assets.items()}


def colour_card(card: CardStyle | None, accent: str) -> CardStyle | None:
    """Return the style of cards with a line in the ``accent``."""
    if card is None or not accent:
        return card
    colours = zip(_parse(accent), _parse(card.ground), strict=True)
    red, green, blue = (_CARD_SHARE * part + (1 - _CARD_SHARE) * ground for part, ground in colours)
    return structs.replace(card, line=_format((red, green, blue)))


def night_colour(accent: str) -> str:
    """Return the form of a colour for a dark page: of the same hue, lighter and paler."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parse(accent))
    return _format(colorsys.hls_to_rgb(hue, max(lightness, _NIGHT_LIGHTNESS), saturation * _NIGHT_SATURATION))


def _colour_asset(asset: Asset, rule: bytes) -> Asset:
    if _MENTION not in asset.data:
        return asset
    if asset.name.endswith(".css"):
        return asset._replace(data=asset.data + rule)
    if asset.name.endswith(".svg"):
        return asset._replace(data=asset.data.replace(b"<style>", b"<style>" + rule.rstrip(), 1))
    return asset


def _darken(colour: _Rgb, ground: _Rgb) -> _Rgb:
    """Return the lightest colour of the same hue that can be read on ``ground``."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    while _contrast(colour, ground) < _LEAST_CONTRAST and lightness > 0:
        lightness = max(0.0, lightness - 0.01)
        colour = _parse(_format(colorsys.hls_to_rgb(hue, lightness, saturation)))
    return colour


def _contrast(one: _Rgb, other: _Rgb) -> float:
    """Return the contrast ratio of two colours, <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: _Rgb) -> float:
    """Return the relative luminance, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parse(colour: str) -> _Rgb:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _format(colour: _Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
