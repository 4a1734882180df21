"""Each test that the table of promises names exists."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

TOP = next(folder for folder in Path(__file__).parents if folder.name == "tests").parent
PROMISES: dict[str, dict[str, list[str]]] = tomllib.loads((TOP / "tests/promises.toml").read_text("utf-8"))
ROWS = [(promise, tests) for subject in PROMISES.values() for promise, tests in subject.items()]


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((TOP / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("promise", "tests"), ROWS, ids=[promise for promise, _ in ROWS])
def test_each_promise_has_a_test_that_exists(promise: str, tests: list[str]) -> None:
    assert tests
    for test in tests:
        path, _, name = test.partition("::")
        assert name in functions_of(path), test


def test_no_promise_is_made_twice() -> None:
    assert len({promise for promise, _ in ROWS}) == len(ROWS)
