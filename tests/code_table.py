"""The figures of the code, with their limits: ``python -m tests.code_table``; the exit status is 1 if one is exceeded.

Decisions are: if, for, while, except, match cases, conditional expressions, clauses and filters of comprehensions, and
each ``and`` or ``or``. Lines of a body are counted without docstrings, comments and blank lines. The limits describe
readable code: they may be lowered, and never be met by padding.
"""

import ast
import io
import sys
import tokenize
import tomllib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).parent.parent


class Figure(NamedTuple):
    """One figure of the table."""

    name: str
    value: float
    limit: float
    """The value that fails the build."""
    aim: float
    """The value to work towards."""


class Function(NamedTuple):
    """A function or method, with the functions inside it."""

    name: str
    lines: int
    body_lines: int
    decisions: int


def decisions_in(node: ast.AST) -> int:
    """Return the number of decisions in ``node``."""
    branches = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.IfExp, ast.match_case)
    count = 0
    for child in ast.walk(node):
        if isinstance(child, branches):
            count += 1
        elif isinstance(child, ast.comprehension):
            count += 1 + len(child.ifs)
        elif isinstance(child, ast.BoolOp):
            count += len(child.values) - 1
    return count


def code_lines(source: str) -> set[int]:
    """Return the numbers of the lines with code: not blank, not a comment alone, not in a docstring."""
    lines = source.split("\n")
    numbers = {number for number, line in enumerate(lines, 1) if line.strip()}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            numbers -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and lines[token.start[0] - 1].lstrip().startswith("#"):
            numbers.discard(token.start[0])
    return numbers


def functions_in(source: str) -> list[Function]:
    """Return the functions of a module; one that is inside another belongs to it."""
    numbers = code_lines(source)
    functions = []
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        for node in ast.iter_child_nodes(waiting.pop()):
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                waiting.append(node)
                continue
            end = node.end_lineno or node.lineno
            body = sum(1 for number in range(node.body[0].lineno, end + 1) if number in numbers)
            functions.append(Function(node.name, end - node.lineno + 1, body, decisions_in(node)))
    return functions


def figures() -> list[Figure]:
    """Measure the package, the layers and README."""
    package = TOP / "blog"
    entries = [path for path in package.iterdir() if path.name != "__pycache__"]
    sources = {path: path.read_text("utf-8") for path in sorted(package.rglob("*.py"))}
    functions = [function for source in sources.values() for function in functions_in(source)]
    body_lines = sum(function.body_lines for function in functions)
    decisions = sum(function.decisions for function in functions)
    classes = Counter(
        node.name
        for source in sources.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
    )
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [
        Figure("entries at the top of blog/", len(entries), 24, 22),
        Figure("import layers", len(layers), 15, 14),
        Figure("decisions per line of function body", round(decisions / body_lines, 3), 0.445, 0.35),
        Figure("longest function, lines", max(function.lines for function in functions), 50, 50),
        Figure("most complex function, decisions + 1", max(function.decisions for function in functions) + 1, 14, 12),
        Figure("longest module, lines", max(len(source.splitlines()) for source in sources.values()), 490, 350),
        Figure("class names used twice", sum(1 for count in classes.values() if count > 1), 0, 0),
        Figure("lines of blog/", sum(len(source.splitlines()) for source in sources.values()), 57_000, 17_500),
        Figure("words in README.md", len((TOP / "README.md").read_text("utf-8").split()), 700, 700),
    ]


def main() -> None:
    """Print the table."""
    table = figures()
    for figure in table:
        mark = "  above its limit" if figure.value > figure.limit else ""
        sys.stdout.write(f"{figure.name:38}{figure.value:>9}   limit {figure.limit:>7}   aim {figure.aim:>7}{mark}\n")
    sys.exit(any(figure.value > figure.limit for figure in table))


if __name__ == "__main__":
    main()
