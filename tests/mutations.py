"""Mutation run: ``python -m tests.mutations [MODULE…] [--sample N] [--seed S]``.

Each mutant is one small change of one module. It is written into a copy of the checkout, and the tests that import the
module run there. A mutant that no test notices is printed as ``path:line: what was changed``. Equal seeds give equal
samples. Slow tests do not run, so one of them may still notice a survivor.
"""

from __future__ import annotations

import argparse
import ast
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TOP = Path(__file__).parent.parent
SECONDS = 300.0
"""Limit for the tests of one mutant. A mutant that exceeds it counts as noticed: some loop forever."""
MEMORY = 6_000_000
"""Limit of address space in KiB: some mutants fill all memory."""
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".coverage*", "__pycache__", "public"
)
COMPARISONS: dict[type[ast.cmpop], tuple[str, ast.cmpop]] = {
    ast.Eq: ('"==" became "!="', ast.NotEq()),
    ast.NotEq: ('"!=" became "=="', ast.Eq()),
    ast.Lt: ('"<" became "<="', ast.LtE()),
    ast.LtE: ('"<=" became "<"', ast.Lt()),
    ast.Gt: ('">" became ">="', ast.GtE()),
    ast.GtE: ('">=" became ">"', ast.Gt()),
    ast.In: ('"in" became "not in"', ast.NotIn()),
    ast.NotIn: ('"not in" became "in"', ast.In()),
    ast.Is: ('"is" became "is not"', ast.IsNot()),
    ast.IsNot: ('"is not" became "is"', ast.Is()),
}
NOT_RUN = {"TYPE_CHECKING", "__name__"}
"""Names whose conditions are not changed: their blocks do not run in tests."""


class Change(NamedTuple):
    """What replaces a node, as source text."""

    node: ast.expr | ast.stmt
    what: str
    """For people."""
    source: str


class Mutant(NamedTuple):
    """One small change of a module."""

    line: int
    what: str
    source: str
    """The whole changed module."""


def find_changes(node: ast.AST) -> Iterator[Change]:
    """Yield every change that is made at ``node`` itself."""
    for test in _conditions(node):
        # Other changes negate a comparison or drop a "not".
        if not isinstance(test, ast.UnaryOp | ast.Compare | ast.Constant):
            yield Change(test, "a condition was negated", f"(not ({ast.unparse(test)}))")
    match node:
        case ast.Compare():
            yield from _swap_comparisons(node)
        case ast.BoolOp(op=ast.And(), values=values):
            yield Change(node, '"and" became "or"', f"({ast.unparse(ast.BoolOp(ast.Or(), values))})")
        case ast.BoolOp(op=ast.Or(), values=values):
            yield Change(node, '"or" became "and"', f"({ast.unparse(ast.BoolOp(ast.And(), values))})")
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield Change(node, 'a "not" was dropped', f"({ast.unparse(operand)})")
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield Change(value, "None is returned", "None")
        case ast.Constant(value=bool() | int() | float() | str() | bytes() as value):
            yield Change(node, f"{_shorten(value)} became {_shorten(_other(value))}", repr(_other(value)))
        case ast.Expr(value=ast.Call(func=function)):
            yield Change(node, f"the call of {_shorten(function)} was deleted", "pass")


def _conditions(node: ast.AST) -> Sequence[ast.expr]:
    match node:
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            return [test]
        case ast.comprehension(ifs=filters):
            return filters
        case ast.match_case(guard=ast.expr() as guard):
            return [guard]
    return []


def _swap_comparisons(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        what, other = COMPARISONS[type(operator)]
        operators = [*node.ops[:index], other, *node.ops[index + 1 :]]
        yield Change(node, what, f"({ast.unparse(ast.Compare(node.left, operators, node.comparators))})")


def _other(value: bool | float | str | bytes) -> bool | float | str | bytes:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return "" if value else "x"
        case bytes():
            return b"" if value else b"x"


def _shorten(value: object) -> str:
    text = ast.unparse(value) if isinstance(value, ast.AST) else repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def walk_code(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that run: no docstrings, no annotations, no parts of f-strings, no blocks for type checkers."""
    if isinstance(node, ast.JoinedStr):  # Python 3.11 does not know the positions inside of it
        return
    if isinstance(node, ast.If) and any(getattr(part, "id", None) in NOT_RUN for part in ast.walk(node.test)):
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "type_comment"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from walk_code(child)


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines."""
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    whole = source.encode()
    made: list[Mutant] = []
    for node in walk_code(ast.parse(source)):
        for change in find_changes(node):
            first = starts[change.node.lineno - 1] + change.node.col_offset
            last = starts[(change.node.end_lineno or 1) - 1] + (change.node.end_col_offset or 0)
            text = (whole[:first] + change.source.encode() + whole[last:]).decode()
            made.append(Mutant(change.node.lineno, change.what, text))
    return sorted(made, key=lambda mutant: (mutant.line, mutant.what))


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


def module_name(path: Path, top: Path) -> str:
    """Return the dotted name of the module in ``path``."""
    parts = path.relative_to(top).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


class Imports:
    """The modules of the program and of the tests, and what each of them imports."""

    def __init__(self, top: Path) -> None:
        self.files = {module_name(path, top): path for name in ("blog", "tests") for path in (top / name).rglob("*.py")}
        """The path of each module."""
        self.imported = {
            name: imported_modules(path.read_text("utf-8")) & self.files.keys() for name, path in self.files.items()
        }
        table = top / "tests/promises.toml"
        rows = tomllib.loads(table.read_text("utf-8")) if table.exists() else {}
        self.promised = [test for subject in rows.values() for tests in subject.values() for test in tests]
        self.top = top

    def find_tests(self, module: str) -> list[str]:
        """Return the tests that import ``module``, or else modules that import it: first those of the table of promises.

        What a helper of the tests imports is imported by the tests that use the helper.
        """
        tests = {name for name in self.files if name.rpartition(".")[2].startswith("test_")}
        reached = {module}
        while not reached & tests:
            more = self._importers(reached)
            if more <= reached:
                return []
            reached |= more
        helpers = {name for name in reached if name.startswith("tests.")} - tests
        while new := self._importers(helpers) - reached:
            reached |= new
            helpers = new - tests
        files = sorted(self.files[name].relative_to(self.top).as_posix() for name in reached & tests)
        first = [test for test in self.promised if test.partition("::")[0] in files]
        return list(dict.fromkeys([*first, *files]))

    def _importers(self, modules: set[str]) -> set[str]:
        return {name for name, imported in self.imported.items() if imported & modules}


def is_noticed(root: Path, tests: Sequence[str], *, workers: int = 0, seconds: float = SECONDS) -> bool:
    """Run ``tests`` in the checkout ``root``; return whether one fails or they take too long."""
    command = [
        "sh",
        "-c",
        f'ulimit -v {MEMORY}; exec "$@"',
        "sh",
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-n",
        "0",
    ]
    command += ["-p", "no:cacheprovider", "-m", "not slow", *tests]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode not in {0, 5}  # 5: every test is slow


def survives(root: Path, path: str, mutant: Mutant, tests: Sequence[str]) -> bool:
    """Return whether no test notices the mutant of the module ``path``, which stays as it was."""
    file = root / path
    original = file.read_text("utf-8")
    try:
        file.write_text(mutant.source, "utf-8")
        return not is_noticed(root, tests)
    finally:
        file.write_text(original, "utf-8")


class Trial(NamedTuple):
    """A mutant to try."""

    path: str
    mutant: Mutant
    tests: Sequence[str]


def choose(top: Path, modules: Sequence[str], sample: int, seed: str) -> list[Trial]:
    """Return a sample of the mutants of each module; without names, of all modules. A package stands for its modules."""
    imports = Imports(top)
    names = [name for name in sorted(imports.files) if name.partition(".")[0] == "blog"]
    if modules:
        names = [name for name in names if any(f"{name}.".startswith(f"{module}.") for module in modules)]
    trials: list[Trial] = []
    for name in names:
        path = imports.files[name]
        every = mutants(path.read_text("utf-8"))
        chosen = random.Random(f"{seed} {name}").sample(every, min(sample, len(every)))
        tests = imports.find_tests(name)
        trials += [Trial(path.relative_to(top).as_posix(), mutant, tests) for mutant in sorted(chosen)]
    return trials


def find_survivors(top: Path, trials: Iterable[Trial], jobs: int) -> Iterator[Trial]:
    """Try the mutants in ``jobs`` copies of the checkout ``top`` and yield those that no test notices."""
    with tempfile.TemporaryDirectory(prefix="blog-mutants-") as folder, ThreadPoolExecutor(jobs) as pool:
        copies: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(jobs):
            copies.put(shutil.copytree(top, Path(folder, str(number)), ignore=NOT_COPIED))

        def try_one(trial: Trial) -> Trial | None:
            copy = copies.get()
            try:
                return trial if survives(copy, trial.path, trial.mutant, trial.tests) else None
            finally:
                copies.put(copy)

        yield from (trial for trial in pool.map(try_one, trials) if trial)


def main(arguments: Sequence[str] | None = None, top: Path = TOP) -> int:
    """Try the mutants that the arguments choose; return 1 if one survives, 2 if the tests fail without any change."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("modules", nargs="*", help="modules or packages such as blog.site.links [all]")
    parser.add_argument("--sample", type=int, default=5, help="mutants of each module [5]")
    parser.add_argument("--seed", default="0", help="chooses the mutants [0]")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="mutants at a time [one per core]")
    options = parser.parse_args(arguments)
    trials = choose(top, options.modules, options.sample, options.seed)
    unchanged = list(dict.fromkeys(test for trial in trials for test in trial.tests if "::" not in test))
    with tempfile.TemporaryDirectory(prefix="blog-mutants-") as folder:
        copy = shutil.copytree(top, Path(folder, "copy"), ignore=NOT_COPIED)
        if is_noticed(copy, unchanged, workers=options.jobs, seconds=6 * SECONDS):
            sys.stdout.write("The tests fail or take too long without any change.\n")
            return 2
    alive = 0
    for trial in find_survivors(top, trials, options.jobs):
        alive += 1
        sys.stdout.write(f"{trial.path}:{trial.mutant.line}: {trial.mutant.what}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{len(trials)} mutants, {alive} survived\n")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
