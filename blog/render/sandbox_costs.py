"""What the operations of a template cost, in steps: the prices, and the size of what a filter makes."""

from __future__ import annotations

import re
from collections.abc import Callable, ItemsView, Iterator, KeysView, ValuesView
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError
from markupsafe import escape

CALL_COST = 50
"""Cost of a call, and of a filter."""
ITEM_COST = 10
"""Cost of iterating, per item."""
PART_COST = 5
"""Cost of searching a value for parts, per value."""
ESCAPE_GROWTH = 5
"""Letters that one letter becomes when it is escaped."""
_WIDEST = 999
"""Largest width in ``format``."""
_NUMBER = 400
"""Letters of the longest number, which is a float without an exponent."""
REPR_GROWTH = 10
"""Letters that one letter becomes where it is shown as Python writes it."""
_PLACEHOLDER = re.compile(r"[#0\- +]*+(?P<width>\*|\d*+)(?:\.(?P<precision>\*|\d*+))?[hlL]?+(?P<kind>.?)", re.DOTALL)
"""A conversion of Python's ``%`` after the key."""
_PARENTHESIS = re.compile(r"[()]")


def length_of(value: Any) -> int:
    """Return the length of a text or collection; 1 for everything else."""
    return len(value) if isinstance(value, str | list | tuple | dict | KeysView | ValuesView | ItemsView) else 1


def factor_of(value: Any) -> int:
    """Return by how much ``value`` makes a product larger: its absolute value, or its length."""
    return abs(value) if isinstance(value, int) else length_of(value)


def _replaced(text: Any, old: Any, new: Any, count: int | None = None) -> int:
    del count
    return max(str(text).count(str(old)), escape(text).count(str(old))) * len(str(new)) * ESCAPE_GROWTH


def _formatted(text: Any, *args: Any, **kwargs: Any) -> int:
    """The letters that the placeholders of a format make, or a few more."""
    named = {key: _letters(value) for key, value in kwargs.items()}
    following = iter([_letters(value) for value in args] or [sum(named.values()) * REPR_GROWTH])
    total = 0
    for key, width, kind in _placeholders(str(text)):
        letters = named.get(key, 0) if key is not None else next(following, 0)
        total += max(width, letters * (REPR_GROWTH if kind in {"a", "r"} else 1))
    return total * (ESCAPE_GROWTH if hasattr(text, "__html__") else 1)


def _placeholders(text: str) -> Iterator[tuple[str | None, int, str]]:
    """Key, least width and kind of each placeholder of a format."""
    at = text.find("%")
    while at >= 0:
        key, at = _key(text, at + 1)
        found = _PLACEHOLDER.match(text, at)
        assert found is not None  # each of its parts may be empty
        widths = [found["width"], found["precision"] or ""]
        if any(width == "*" or len(width.lstrip("0")) > 3 for width in widths):
            raise SecurityError(f"a format may be {_WIDEST} letters wide, and its width must be written out")
        if found["kind"] != "%":
            yield key, sum(int(width or 0) for width in widths), found["kind"]
        at = text.find("%", found.end())


def _key(text: str, at: int) -> tuple[str | None, int]:
    """The key in parentheses that stands at a position, if one does, and where it ends."""
    if not text.startswith("(", at):
        return None, at
    depth = 0
    for found in _PARENTHESIS.finditer(text, at):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return text[at + 1 : found.start()], found.end()
    return None, len(text)


def _letters(value: Any) -> int:
    if isinstance(value, float):
        return _NUMBER
    return value.bit_length() // 3 + 2 if isinstance(value, int) else len(str(value))


def _summed(iterable: Any, attribute: Any = None, start: Any = 0) -> int:
    del iterable, attribute
    if not isinstance(start, int | float):
        raise SecurityError("a sum is of numbers")
    return 0


def _rounded(value: Any, precision: Any = 0, method: str = "common") -> int:
    del method
    if not isinstance(precision, int) or abs(precision) > 15:
        raise SecurityError("a number is rounded to at most 15 places")
    if not isinstance(value, int | float | Undefined):
        raise SecurityError("round is for numbers")  # it multiplies, and a text would be repeated
    return 0


EXTRA_COSTS: dict[str, Callable[..., int]] = {
    "batch": lambda _value, linecount, fill_with=None: factor_of(linecount) * PART_COST if fill_with is not None else 0,
    "format": _formatted,
    "replace": _replaced,
    "round": _rounded,
    "slice": lambda _value, slices, fill_with=None: (
        factor_of(slices) * (ITEM_COST if fill_with is None else ITEM_COST + PART_COST)
    ),
    "striptags": lambda text: str(text).count("<") * len(str(text)) // 1000,
    "sum": _summed,
    "trim": lambda text, chars=None: len(str(text)) * len(chars or "") // 100,
}
"""Extra cost of filters that can make large results of small input, or read the same letters repeatedly."""
