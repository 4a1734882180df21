"""Settings in a Python file → their values, without running it: assignments of literals, and of what they add up to."""

from __future__ import annotations

import ast
from typing import Any

MAX_TEXT = 1_000_000
_UNKNOWN = object()


def read_assignments(source: str) -> dict[str, Any]:
    """Return name → value of each assignment at the top of a file whose value is a literal.

    Names that were assigned before may be used, and texts and lists may be added.
    A file that is no Python, and a value that is none of this, gives nothing.
    """
    if len(source) > MAX_TEXT:
        return {}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    values: dict[str, Any] = {}
    for statement in tree.body:
        if not isinstance(statement, ast.Assign):
            continue
        try:
            result = _evaluate(statement.value, values)
        except (RecursionError, MemoryError):
            result = _UNKNOWN
        for target in statement.targets:
            if isinstance(target, ast.Name):
                values[target.id] = result
    return {name: value for name, value in values.items() if value is not _UNKNOWN}


def _evaluate(node: ast.expr, values: dict[str, Any]) -> Any:
    """Return the value of an expression; ``_UNKNOWN`` if it is no literal."""
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return values.get(node.id, _UNKNOWN)
        case ast.List() | ast.Tuple():
            items = (_evaluate(item, values) for item in node.elts)
            return [item for item in items if item is not _UNKNOWN]
        case ast.Dict():
            return _read_table(node, values)
        case ast.BinOp(op=ast.Add()):
            return _add(_evaluate(node.left, values), _evaluate(node.right, values))
        case ast.JoinedStr():
            return _join(node, values)
    return _UNKNOWN


def _read_table(node: ast.Dict, values: dict[str, Any]) -> dict[str, Any]:
    table = {}
    for key, value in zip(node.keys, node.values, strict=True):
        name, result = _evaluate(key, values) if key else _UNKNOWN, _evaluate(value, values)
        if isinstance(name, str) and result is not _UNKNOWN:
            table[name] = result
    return table


def _add(left: Any, right: Any) -> Any:
    """Return the sum of two texts or lists, if it is not too long."""
    is_sum = isinstance(left, str | list) and type(left) is type(right)
    return left + right if is_sum and len(left) + len(right) <= MAX_TEXT else _UNKNOWN


def _join(node: ast.JoinedStr, values: dict[str, Any]) -> Any:
    """Return the text of an f-string whose values are known."""
    text: Any = ""
    for part in node.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        value = _evaluate(inner, values)
        text = _add(text, value if value is _UNKNOWN else str(value))
    return text
