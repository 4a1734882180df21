"""What the operations of a template cost, in steps: the prices, and the sizes of what filters create."""

from __future__ import annotations

import re
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from typing import Any, NamedTuple

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
"""Characters that one character becomes when it is escaped."""
REPR_GROWTH = 10
"""Characters that one character becomes in the ``repr`` of a string."""
_MAX_WIDTH = 999
"""Largest width in ``format``."""
_FLOAT_LENGTH = 400
"""Characters of the longest number, which is a float without an exponent."""
_PLACEHOLDER = re.compile(r"[#0\- +]*+(?P<width>\*|\d*+)(?:\.(?P<precision>\*|\d*+))?[hlL]?+(?P<kind>.?)", re.DOTALL)
"""A placeholder of Python's ``%`` after the key."""
_PARENTHESIS = re.compile(r"[()]")


def length_of(value: Any) -> int:
    """Return the length of a text or collection; 1 for everything else."""
    return len(value) if isinstance(value, str | list | tuple | dict | KeysView | ValuesView | ItemsView) else 1


def factor_of(value: Any) -> int:
    """Return by how much ``value`` makes a product larger: its absolute value, or its length."""
    return abs(value) if isinstance(value, int) else length_of(value)


def count_characters(values: Iterable[Any]) -> int:
    """Return the number of characters in the strings among ``values``."""
    return sum(len(value) for value in values if isinstance(value, str))


def _cost_of_batch(_value: Any, linecount: Any, fill_with: Any = None) -> int:
    if fill_with is None:
        return 0
    return factor_of(linecount) * PART_COST


def _cost_of_slice(_value: Any, slices: Any, fill_with: Any = None) -> int:
    item_cost = ITEM_COST if fill_with is None else ITEM_COST + PART_COST
    return factor_of(slices) * item_cost


def _cost_of_replace(text: Any, old: Any, new: Any, count: int | None = None) -> int:
    del count
    occurrences = max(str(text).count(str(old)), escape(text).count(str(old)))
    return occurrences * len(str(new)) * ESCAPE_GROWTH


def _cost_of_striptags(text: Any) -> int:
    return str(text).count("<") * len(str(text)) // 1000


def _cost_of_trim(text: Any, chars: Any = None) -> int:
    return len(str(text)) * len(chars or "") // 100


def _cost_of_format(text: Any, *args: Any, **kwargs: Any) -> int:
    """Return the number of characters that the placeholders of a format become, or a few more."""
    named = {key: _count_digits_or_characters(value) for key, value in kwargs.items()}
    positional = [_count_digits_or_characters(value) for value in args] or [sum(named.values()) * REPR_GROWTH]
    following = iter(positional)
    total = 0
    for placeholder in _find_placeholders(str(text)):
        length = next(following, 0) if placeholder.key is None else named.get(placeholder.key, 0)
        if placeholder.kind in {"a", "r"}:
            length *= REPR_GROWTH
        total += max(placeholder.min_width, length)
    if hasattr(text, "__html__"):
        total *= ESCAPE_GROWTH
    return total


class _Placeholder(NamedTuple):
    """A placeholder of a format."""

    key: str | None
    min_width: int
    kind: str
    """The character that names the conversion."""


def _find_placeholders(text: str) -> Iterator[_Placeholder]:
    """Yield the placeholders of a format. Raises :class:`SecurityError` for one that is too wide."""
    position = text.find("%")
    while position >= 0:
        key, start = _parse_key(text, position + 1)
        match = _PLACEHOLDER.match(text, start)
        assert match is not None  # each of its parts may be empty
        widths = [match["width"], match["precision"] or ""]
        _check_widths(widths)
        if match["kind"] != "%":
            yield _Placeholder(key, sum(int(width or 0) for width in widths), match["kind"])
        position = text.find("%", match.end())


def _check_widths(widths: Iterable[str]) -> None:
    for width in widths:
        if width == "*" or len(width.lstrip("0")) > 3:
            raise SecurityError(f"a format may be {_MAX_WIDTH} letters wide, and its width must be written out")


def _parse_key(text: str, start: int) -> tuple[str | None, int]:
    """Return the key in parentheses at ``start``, or None if there is none, and the end of the key."""
    if not text.startswith("(", start):
        return None, start
    depth = 0
    for parenthesis in _PARENTHESIS.finditer(text, start):
        depth += 1 if parenthesis[0] == "(" else -1
        if depth == 0:
            return text[start + 1 : parenthesis.start()], parenthesis.end()
    return None, len(text)


def _count_digits_or_characters(value: Any) -> int:
    """Return the number of characters of ``value`` in a format, or a few more."""
    if isinstance(value, float):
        return _FLOAT_LENGTH
    if isinstance(value, int):
        return value.bit_length() // 3 + 2
    return len(str(value))


def _check_sum(iterable: Any, attribute: Any = None, start: Any = 0) -> int:
    """Return 0, the extra cost of ``sum``. Raises :class:`SecurityError` if it would add up lists."""
    del iterable, attribute
    if not isinstance(start, int | float):
        raise SecurityError("a sum is of numbers")
    return 0


def _check_round(value: Any, precision: Any = 0, method: str = "common") -> int:
    """Return 0, the extra cost of ``round``. Raises :class:`SecurityError` if its result might be large."""
    del method
    if not isinstance(precision, int) or abs(precision) > 15:
        raise SecurityError("a number is rounded to at most 15 places")
    if not isinstance(value, int | float | Undefined):
        raise SecurityError("round is for numbers")  # it multiplies, and a text would be repeated
    return 0


EXTRA_COSTS: dict[str, Callable[..., int]] = {
    "batch": _cost_of_batch,
    "format": _cost_of_format,
    "replace": _cost_of_replace,
    "round": _check_round,
    "slice": _cost_of_slice,
    "striptags": _cost_of_striptags,
    "sum": _check_sum,
    "trim": _cost_of_trim,
}
"""Extra cost of filters that can create large results from small input, or read the same characters repeatedly."""
