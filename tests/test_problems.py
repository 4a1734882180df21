"""Problems as values, and what ends a command."""

import ast
import errno
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import blog
from blog.problems import (
    CODES,
    BlogError,
    Location,
    Problem,
    UnsafeOutputError,
    describe_os_error,
    did_you_mean,
    raise_if_any,
)


def problem(message: str, path: str = "a.md", line: int = 1, column: int = 1) -> Problem:
    return Problem(Location(path, line, column), "code", message)


def test_a_place_without_more_is_the_start_of_the_file() -> None:
    assert (Location("a.md").line, Location("a.md").column) == (1, 1)


def test_problems_sort_by_path_then_line_then_column() -> None:
    last, third = problem("d", "b.md", 1), problem("c", "a.md", 10)
    second, first = problem("b", "a.md", 9, 10), problem("a", "a.md", 9, 2)
    assert sorted([last, third, second, first]) == [first, second, third, last]


def test_problems_in_a_notebook_sort_by_cell_then_line() -> None:
    locations = [Location("a", 1), Location("a", 0, 0, 1), Location("a", 2, 1, 1), Location("a", 1, 1, 2)]
    in_order = [Problem(location, "code", "m") for location in locations]
    assert sorted([*in_order[2:], *in_order[:2]]) == in_order


def test_a_problem_is_an_error_unless_it_says_otherwise() -> None:
    assert problem("x").severity == "error"


def test_a_blog_error_carries_all_problems_and_their_messages() -> None:
    error = BlogError([problem("one"), problem("two")])
    assert error.problems == (problem("one"), problem("two"))
    assert str(error) == "one; two"


def test_exit_status_is_1_for_a_problem_and_2_for_an_unsafe_output_folder() -> None:
    assert BlogError([]).exit_status == 1
    assert UnsafeOutputError([]).exit_status == 2


def test_one_error_among_warnings_raises_with_all_of_them() -> None:
    warning = Problem(Location("a.md"), "code", "careful", severity="warning")
    with pytest.raises(BlogError) as caught:
        raise_if_any([warning, problem("wrong")])
    assert caught.value.problems == (warning, problem("wrong"))


def test_warnings_alone_raise_nothing() -> None:
    raise_if_any(iter([Problem(Location("a.md"), "code", "careful", severity="warning")]))


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("dratf", 'did you mean "draft"?'),
        ("DRAFT", 'did you mean "draft"?'),
        ("europe/madird", 'did you mean "Europe/Madrid"?'),
        ("xyz", ""),
        ("", ""),
    ],
)
def test_the_nearest_known_word_is_suggested_without_regard_to_case(word: str, hint: str) -> None:
    assert did_you_mean(word, ["draft", "date", "Europe/Madrid"]) == hint


def test_the_reason_of_an_io_error_is_the_words_of_the_system_with_the_path() -> None:
    assert (
        describe_os_error(OSError(errno.ENOENT, "No such file or directory", "a.md"))
        == "No such file or directory: a.md"
    )
    assert describe_os_error(OSError(errno.EIO, "Input/output error")) == "Input/output error"
    assert describe_os_error(OSError("lost")) == "lost"


def test_a_hint_does_not_depend_on_the_order_of_what_is_known() -> None:
    assert did_you_mean("Scalling", {"Scaling", "scaling"}) == 'did you mean "Scaling"?'
    assert did_you_mean("Scalling", ["scaling", "Scaling"]) == did_you_mean("Scalling", ["Scaling", "scaling"])


def calls_that_make_problems() -> Iterator[tuple[str, ast.Call]]:
    """Yield each call to ``Problem``, or to a function with parameters ``code`` and ``message``, that names a code."""
    trees = [ast.parse(path.read_text("utf-8")) for path in Path(blog.__file__).parent.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    code_positions = {"Problem": 1}
    for node in nodes:
        if isinstance(node, ast.FunctionDef):
            parameters = [argument.arg for argument in node.args.args if argument.arg != "self"]
            if {"code", "message"} <= set(parameters):
                code_positions[node.name] = parameters.index("code")
    assert {"fail", "warn", "error", "advise"} <= code_positions.keys()
    for node in nodes:
        if isinstance(node, ast.Call) and _name(node.func) in code_positions:
            position = code_positions[_name(node.func)]
            code = node.args[position] if len(node.args) > position else None
            if isinstance(code, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)*", str(code.value)):
                yield str(code.value), node


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def severity_of(call: ast.Call) -> str:
    """The severity of a problem, or "" if the call computes it."""
    maker = _name(call.func)
    if maker != "Problem":
        return "warning" if maker in {"warn", "add_warning", "advise"} else "error"
    if len(call.args) < 5:
        return "error"
    severity = call.args[4]
    return str(severity.value) if isinstance(severity, ast.Constant) else ""


def test_the_table_has_each_code_that_a_problem_can_have_and_its_severities() -> None:
    severities: dict[str, set[str]] = defaultdict(set)
    for code, call in calls_that_make_problems():
        severities[code].add(severity_of(call))
    assert [row.name for row in CODES] == sorted(severities)
    for row in CODES:
        listed, used = set(row.severity.split(" or ")), severities[row.name]
        assert used - {""} <= listed, row.name
        assert listed == used or "" in used, row.name


def test_no_problem_has_a_code_that_is_computed() -> None:
    """The test above reads literals only: whatever passes a variable on must be one of these helpers."""
    helpers = {"_error", "error", "error_once", "add_error", "fail", "warn", "add_warning", "advise"}
    for path in Path(blog.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name not in helpers]
        inner = {id(node) for found in ast.walk(tree) if _is_helper(found, helpers) for node in ast.walk(found)}
        for node in (node for function in functions for node in ast.walk(function) if id(node) not in inner):
            if isinstance(node, ast.Call) and _name(node.func) == "Problem":
                assert isinstance(node.args[1], ast.Constant), f"{path}:{node.lineno}"


def _is_helper(node: ast.AST, helpers: set[str]) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name in helpers
