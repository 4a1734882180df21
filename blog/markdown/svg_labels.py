"""Labels and coordinates of drawings: what charts in texts and those of the archive share."""

from __future__ import annotations

from blog.text import width_in_letters

_LETTER_WIDTH = 7.2 / 13
"""Approximate width of a letter, as a part of the font size."""


def format_coordinate(number: float) -> str:
    """Return a coordinate with one digit behind the point, or none."""
    return f"{number:.1f}".removesuffix(".0")


def text_width(text: str, size: float) -> float:
    """Return the approximate width of ``text`` in a font of this size."""
    return _LETTER_WIDTH * size * width_in_letters(text)


def cut_label(text: str, width: float, size: float) -> str:
    """Return ``text`` cut to a width."""
    if text_width(text, size) <= width:
        return text
    text = text[: int(width / (_LETTER_WIDTH * size))]
    while text_width(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
