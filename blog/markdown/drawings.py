"""An SVG tree of shapes and words → its two forms: in the HTML of a page, and as a file for feed readers.

In a page its colours are custom properties of the theme, so that they follow the reader's colour scheme without a
script and without a style of its own. In a file they are fixed, on a white ground.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from blog.markdown.svg import INLINE, RefusedError, rewrite_svg

if TYPE_CHECKING:
    from collections.abc import Mapping

_SVG = "{http://www.w3.org/2000/svg}"
_TEXT = f"{_SVG}text"
_ROLES = {
    "#1f2020": "background", "#eeeeee": "text", "#bbbbbb": "soft", "#cccccc": "line", "#303640": "surface",
    "#252a32": "ground", "#8a9bb5": "border", "#8aaeed": "accent", "#4c78a8": "1", "#f58518": "2", "#54a24b": "3",
    "#e45756": "4", "#72b7b2": "5", "#eeca3b": "6", "#b279a2": "7", "#9d755d": "8",
}  # fmt: skip
"""Colour of :data:`blog.markdown.mermaid.THEME`, in lower case → what it is for. The numbers are those of slices, bars
and branches; words on these have the colour of the background."""
COLORS = {role: color for color, role in _ROLES.items()}
"""What a colour is for → the colour of a drawing before :func:`page_svg` or :func:`file_svg` replaces it."""
_COLOR = re.compile(r"#[0-9a-fA-F]{6}\b")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
_WORD = re.compile(r"[a-z]+")
_DARK_NAMES = frozenset({
    "black", "blue", "blueviolet", "brown", "crimson", "dimgray", "dimgrey", "firebrick", "forestgreen", "gray",
    "green", "grey", "indigo", "maroon", "mediumblue", "midnightblue", "navy", "olive", "purple", "rebeccapurple",
    "red", "royalblue", "seagreen", "sienna", "steelblue", "teal",
})  # fmt: skip
"""Names of colours on which white words are easier to read; those that begin with ``dark`` are too."""
_PAINTS = frozenset({"fill", "stroke"})
_STYLES = frozenset({
    "fill", "fill-opacity", "font-size", "font-style", "font-weight", "opacity", "rx", "ry", "stroke",
    "stroke-dasharray", "stroke-opacity", "stroke-width", "text-anchor", "text-decoration",
})  # fmt: skip
"""Properties of a ``style`` that become attributes; all others are left out."""
_LEFT_OUT = frozenset({"style", "role", "font-family"})
"""Attributes that the forms set themselves; the sanitizer removes all others that they do not need."""
_TODAY = "pele-today"
"""Class of the line for the day of the build, on which an output must not depend."""


class _Form(NamedTuple):
    """The font and the colours of a form."""

    font: str
    colors: Mapping[str, str]
    """What a colour is for → the colour."""


_PAGE = _Form(
    "var(--diagram-font,sans-serif)",
    {
        "background": "var(--diagram-background,Canvas)",
        "text": "var(--diagram-text,currentColor)",
        "soft": "var(--diagram-soft,currentColor)",
        "line": "var(--diagram-line,currentColor)",
        "surface": "var(--diagram-surface,Canvas)",
        "ground": "var(--diagram-ground,Canvas)",
        "border": "var(--diagram-border,currentColor)",
        "accent": "var(--diagram-accent,currentColor)",
        **{role: f"var(--diagram-{role},{color})" for color, role in _ROLES.items() if role.isdigit()},
    },
)
"""Custom properties that a theme may set; in one that does not, lines and words have the colour of its text."""
_FILE = _Form(
    "Noto Sans, Helvetica, Arial, sans-serif",
    {
        "background": "#ffffff", "text": "#222222", "soft": "#555555", "line": "#444444", "surface": "#f3f3f3",
        "ground": "#fafafa", "border": "#777777", "accent": "#555555", "1": "#1f528f", "2": "#84480a", "3": "#2c6330",
        "4": "#9c2a10", "5": "#17656b", "6": "#6f5a00", "7": "#5b4396", "8": "#6b4a3a",
    },
)  # fmt: skip


def read_drawing(svg: str) -> ET.Element:
    """Return the tree of an SVG image; raise :class:`blog.markdown.svg.RefusedError` for another text."""
    try:
        return ET.fromstring(svg)  # noqa: S314  (expat limits the expansion of entities)
    except ET.ParseError as error:
        raise RefusedError(str(error)) from error


def page_svg(drawing: ET.Element, alternative: str) -> str:
    """Return the drawing as inline SVG; raise :class:`blog.markdown.svg.RefusedError`.

    Without an ``alternative`` screen readers read its words.
    """
    root = _build_root(drawing, _PAGE)
    if alternative:
        root.attrib.update({"role": "img", "aria-label": alternative})
    return _serialize(root).decode()


def file_svg(drawing: ET.Element) -> bytes:
    """Return the drawing as an SVG file that can be read on any ground; raise as :func:`page_svg` does."""
    root = _build_root(drawing, _FILE)
    ground = {"width": "100%", "height": "100%", "fill": _FILE.colors["background"]}
    root.insert(0, ET.Element(f"{_SVG}rect", ground))
    return _serialize(root)


def find_title(drawing: ET.Element) -> str:
    """Return the text alternative in the source of a drawing, its description or else its title; empty without one."""
    texts = (drawing.findtext(f"{_SVG}{name}", "") for name in ("desc", "title"))
    return next((" ".join(text.split()) for text in texts if text.strip()), "")


def _serialize(root: ET.Element) -> bytes:
    return rewrite_svg(ET.tostring(root, encoding="unicode"), INLINE)


def _build_root(drawing: ET.Element, form: _Form) -> ET.Element:
    """Return the drawing with the colours of ``form``, and with nothing that an element of the page could change."""
    root = _rewrite(drawing, form)
    root.attrib = {name: drawing.get(name, "") for name in ("viewBox", "width", "height")}
    root.attrib |= {"font-family": form.font, "font-size": "16", "fill": form.colors["text"], "direction": "ltr"}
    return root


def _rewrite(element: ET.Element, form: _Form) -> ET.Element:
    """Return a copy of ``element`` with presentation attributes in the place of styles."""
    result = ET.Element(element.tag, _convert_attributes(element, form))
    result.text, result.tail = element.text, element.tail
    label_color = _find_label_color(element)
    for child in element:
        if _TODAY in child.get("class", "").split():
            continue
        copy = _rewrite(child, form)
        if label_color and child.tag == _TEXT and "fill" not in _read_style(child):
            copy.set("fill", label_color)
        result.append(copy)
    return result


def _convert_attributes(element: ET.Element, form: _Form) -> dict[str, str]:
    """Return the attributes of ``element``: colours of the library are replaced, those of the author stay."""
    attributes = {}
    for name, value in element.attrib.items():
        if name in _PAINTS:
            attributes[name] = _COLOR.sub(lambda match: _replace_color(match[0], form), value)
        elif name not in _LEFT_OUT:
            attributes[name] = value
    return attributes | _read_style(element)


def _replace_color(color: str, form: _Form) -> str:
    role = _ROLES.get(color.lower())
    return form.colors[role] if role else color


def _read_style(element: ET.Element) -> dict[str, str]:
    """Return the properties in the ``style`` of an element that can be attributes."""
    style = {}
    for declaration in element.get("style", "").split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() in _STYLES and value.strip():
            style[name.strip()] = value.replace("!important", "").strip()
    return style


def _find_label_color(group: ET.Element) -> str:
    """Return black or white for the words of a group whose first shape has a colour of the author; else ``""``.

    Such a colour is the same in both colour schemes, so the words in it must be too.
    """
    shape = next((child for child in group if child.tag != _TEXT), None)
    fill = "" if shape is None else _read_style(shape).get("fill", "").lower()
    if _HEX.fullmatch(fill):
        return "#000" if _is_light(fill[1:]) else "#fff"
    if not _WORD.fullmatch(fill) or fill in {"none", "transparent"}:
        return ""
    return "#fff" if fill in _DARK_NAMES or fill.startswith("dark") else "#000"


def _is_light(digits: str) -> bool:
    """Return whether black words on a colour are easier to read than white ones."""
    width = len(digits) // 3
    shares = [int(digits[index * width : (index + 1) * width], 16) / (16**width - 1) for index in range(3)]
    red, green, blue = (math.pow(share, 2.2) for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18
