"""The mutation run: each kind of change is made, and a change that no test notices is a survivor."""

from pathlib import Path

import pytest

from tests.mutations import Imports, choose, imported_modules, main, mutants
from tests.support.sites import site

SIZE = """from blog.limits import LIMIT


def is_large(number: int) -> bool:
    return number > LIMIT


def name(number: int) -> str:
    return "large" if is_large(number) else "small"
"""
TEST = """from blog.size import is_large
from tests.support import check


def test_large() -> None:
    assert is_large(10)
    assert not is_large(9)


def test_check() -> None:
    check()
"""
CHECKOUT: dict[str, str | bytes] = {
    "blog/__init__.py": "",
    "blog/limits.py": "LIMIT = 9\n",
    "blog/size.py": SIZE,
    "blog/text.py": "def shout(text: str) -> str:\n    return text.upper()\n",
    "pyproject.toml": '[tool.pytest.ini_options]\nmarkers = ["slow: x"]\n',
    "tests/__init__.py": "",
    "tests/support.py": "from blog.text import shout\n\n\ndef check() -> None:\n    shout('a')\n",
    "tests/test_other.py": "def test_other() -> None: pass\n",
    "tests/test_size.py": TEST,
    "tests/promises.toml": '[sizes]\n"ten is large" = ["tests/test_size.py::test_large"]\n',
}


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("if a:\n    b()", "if (not (a)):\n    b()"),
        ("while a(): b = c", "while (not (a())): b = c"),
        ("x = a if b else c", "x = a if (not (b)) else c"),
        ("x = [a for a in b if a]", "x = [a for a in b if (not (a))]"),
        ("match a:\n    case b if b:\n        pass", "match a:\n    case b if (not (b)):\n        pass"),
        ("a == b", "(a != b)"),
        ("a < b <= c", "(a < b < c)"),
        ("a in b", "(a not in b)"),
        ("a is b", "(a is not b)"),
        ("x = a and (b or c)", "x = (a or (b or c))"),
        ("x = a and (b or c)", "x = a and ((b and c))"),
        ("x = not a", "x = (a)"),
        ("def f():\n    return a", "def f():\n    return None"),
        ("x = 4", "x = 5"),
        ("x = True", "x = False"),
        ("x = 'ä', 'b'", "x = 'ä', ''"),
        ("x = ''", "x = 'x'"),
        ("x = b'a'", "x = b''"),
        ("def f():\n    a(b)", "def f():\n    pass"),
    ],
)
def test_each_kind_of_change_is_made(source: str, changed: str) -> None:
    assert changed in [mutant.source for mutant in mutants(source)]


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""',
        "x: Literal['a']",
        "def f(x: 'A') -> 'B': pass",
        "x = f'a{b == 1}'",
        "if TYPE_CHECKING:\n    x = 1",
        "if __name__ == '__main__':\n    main()",
    ],
)
def test_what_does_not_run_is_not_changed(source: str) -> None:
    assert mutants(source) == []


def test_a_change_is_named_with_its_line() -> None:
    found = [(mutant.line, mutant.what) for mutant in mutants("def f():\n    log.say(1)\n    return a < 2\n")]
    assert found == [
        (2, "1 became 2"), (2, "the call of log.say was deleted"),
        (3, '"<" became "<="'), (3, "2 became 3"), (3, "None is returned"),
    ]  # fmt: skip


def test_all_mutants_of_a_large_module_are_python() -> None:
    source = Path(__file__).with_name("mutations.py").read_text("utf-8")
    found = mutants(source)
    assert len(found) > 100
    for mutant in found:
        compile(mutant.source, "x", "exec")


def test_imports_of_modules_are_found_in_any_form() -> None:
    assert imported_modules("from blog.site import links\nimport blog.text") >= {"blog.site.links", "blog.text"}


@pytest.mark.parametrize(
    ("module", "tests"),
    [
        ("blog.size", ["tests/test_size.py::test_large", "tests/test_size.py"]),
        ("blog.text", ["tests/test_size.py::test_large", "tests/test_size.py"]),  # by a helper
        ("blog.limits", ["tests/test_size.py::test_large", "tests/test_size.py"]),  # by another module
        ("blog", []),
    ],
)
def test_the_tests_of_a_module_are_those_that_import_it(tmp_path: Path, module: str, tests: list[str]) -> None:
    assert Imports(site(tmp_path, CHECKOUT)).find_tests(module) == tests


def test_equal_seeds_give_equal_samples(tmp_path: Path) -> None:
    top = site(tmp_path, CHECKOUT)
    assert choose(top, ["blog.size"], 3, "7") == choose(top, ["blog.size"], 3, "7")
    assert choose(top, ["blog.size"], 3, "7") != choose(top, ["blog.size"], 3, "8")
    assert {trial.path for trial in choose(top, ["blog"], 1, "7")} == {"blog/limits.py", "blog/size.py", "blog/text.py"}


def test_changes_that_no_test_notices_survive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    top = site(tmp_path, CHECKOUT)
    assert main(["blog.size", "--sample", "100", "--jobs", "2"], top) == 1
    assert capsys.readouterr().out.splitlines() == [
        "blog/size.py:9: 'large' became ''",
        "blog/size.py:9: 'small' became ''",
        "blog/size.py:9: None is returned",
        "blog/size.py:9: a condition was negated",
        "6 mutants, 4 survived",
    ]
    assert (top / "blog/size.py").read_text("utf-8") == SIZE


def test_tests_that_fail_without_a_change_say_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    top = site(tmp_path, {**CHECKOUT, "blog/limits.py": "LIMIT = 10\n"})
    assert main(["blog.size", "--jobs", "1"], top) == 2
    assert capsys.readouterr().out == "The tests fail or take too long without any change.\n"
