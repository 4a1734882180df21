"""The weekly mutation run: ``python -m tests.mutations [MODULE…] [--sample N] [--seed S]``.

It changes the program in small ways, each in a copy of the package, runs the tests that import the changed module, and
prints the mutants that no test noticed (survivors). The exit status is 1 if there is one. Equal seeds give equal mutants.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parent.parent
SECONDS = 120.0
"""Limit for the tests of one mutant; a mutant that makes them slower counts as noticed."""
SWAPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


class Mutant(NamedTuple):
    """One small change of a module."""

    line: int
    what: str
    source: str
    """The whole changed module."""


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of the module ``source``."""
    count = sum(1 for _ in ast.walk(ast.parse(source)))
    for index in range(count):
        tree = ast.parse(source)
        node = list(ast.walk(tree))[index]
        for what in changes(node):
            yield Mutant(getattr(node, "lineno", 1), what, ast.unparse(tree))


def changes(node: ast.AST) -> Iterator[str]:
    """Change ``node`` in place, one change at a time, and yield a description of each."""
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        original = node.test
        node.test = ast.UnaryOp(ast.Not(), original)
        yield "a condition is negated"
        node.test = original
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPPED:
        operator = node.ops[0]
        node.ops = [SWAPPED[type(operator)]()]
        yield f"{type(operator).__name__} is {type(node.ops[0]).__name__}"
        node.ops = [operator]
    if isinstance(node, ast.BoolOp):
        connective = node.op
        node.op = ast.Or() if isinstance(connective, ast.And) else ast.And()
        yield f"{type(connective).__name__} is {type(node.op).__name__}"
        node.op = connective
    if isinstance(node, ast.Return) and node.value is not None:
        value = node.value
        node.value = ast.Constant(None)
        yield "None is returned"
        node.value = value
    if isinstance(node, ast.Constant) and type(node.value) is int:
        node.value += 1
        yield "a number is larger by 1"
        node.value -= 1
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        if isinstance(statements, list):
            yield from _deletions(statements)


def _deletions(statements: list[ast.stmt]) -> Iterator[str]:
    for index, statement in enumerate(statements):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            statements[index] = ast.copy_location(ast.Pass(), statement)
            yield f"the call in line {statement.lineno} is deleted"
            statements[index] = statement


def find_tests(module: str) -> list[str]:
    """Return the test files that import ``module``: those that the table of promises names first."""
    table = tomllib.loads((TOP / "tests/promises.toml").read_text("utf-8"))
    promised = {test.partition("::")[0] for subject in table.values() for tests in subject.values() for test in tests}
    files = sorted((TOP / "tests").rglob("test_*.py"))
    importing = [path for path in files if module in imported_modules(path.read_text("utf-8"))]
    names = [path.relative_to(TOP).as_posix() for path in importing]
    return sorted(names, key=lambda name: (name not in promised, name))


def imported_modules(source: str) -> set[str]:
    """Return the modules that a source imports, also as ``from package import module``."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def is_noticed(root: Path, tests: list[str]) -> bool:
    """Run ``tests`` against the package in ``root``; return whether one fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode != 0


def survivors(root: Path, path: str, tests: list[str], chosen: list[Mutant]) -> Iterator[Mutant]:
    """Yield those of ``chosen`` that no test notices; ``path`` is the module's, in the copy ``root``."""
    file = root / path
    original = file.read_text("utf-8")
    try:
        for mutant in chosen:
            file.write_text(mutant.source, "utf-8")
            if not is_noticed(root, tests):
                yield mutant
    finally:
        file.write_text(original, "utf-8")


def main() -> None:
    """Try a sample of mutants of each module that the arguments name; of all modules without any."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules such as blog.site.links [all]")
    parser.add_argument("--sample", type=int, default=5, help="mutants of each module [5]")
    parser.add_argument("--seed", type=int, default=0, help="chooses the mutants [0]")
    arguments = parser.parse_args()
    every = ["/".join(path.relative_to(TOP).with_suffix("").parts) for path in sorted((TOP / "blog").rglob("*.py"))]
    modules = arguments.modules or [name.replace("/", ".") for name in every if not name.endswith("__init__")]
    tried = alive = 0
    with tempfile.TemporaryDirectory(prefix="blog-mutants-") as folder:
        root = Path(folder)
        for name in ("blog", "tests", "themes", "content", "docs", "benchmarks"):
            shutil.copytree(TOP / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        for file in TOP.iterdir():
            if file.is_file():
                shutil.copy(file, root / file.name)
        for module in modules:
            path, tests = f"{module.replace('.', '/')}.py", find_tests(module)
            every_mutant = list(mutants((TOP / path).read_text("utf-8")))
            chosen = random.Random(f"{arguments.seed}{module}").sample(
                every_mutant, min(arguments.sample, len(every_mutant))
            )
            tried += len(chosen)
            for mutant in survivors(root, path, tests, chosen):
                alive += 1
                sys.stdout.write(f"{path}:{mutant.line}: {mutant.what}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{tried} mutants, {alive} survived\n")
    sys.exit(1 if alive else 0)


if __name__ == "__main__":
    main()
