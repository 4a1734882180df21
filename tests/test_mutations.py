"""The mutation run: each kind of change is made, and a change that no test notices is a survivor."""

from pathlib import Path

import pytest

from tests.mutations import Mutant, find_tests, imported_modules, mutants, survivors

MODULE = "def is_large(number: int) -> bool:\n    return number > 9\n"
TEST = "from blog.size import is_large\n\n\ndef test_large() -> None:\n    assert is_large(10)\n    assert not is_large(9)\n"


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("if a:\n    b()", "if not a:\n    b()"),
        ("x = a if b else c", "x = a if not b else c"),
        ("a == b", "a != b"),
        ("a in b", "a not in b"),
        ("a and b", "a or b"),
        ("def f():\n    return 'x'", "def f():\n    return None"),
        ("x = 4", "x = 5"),
        ("def f():\n    a()", "def f():\n    pass"),
    ],
)
def test_each_kind_of_change_is_made(source: str, changed: str) -> None:
    assert changed in [mutant.source for mutant in mutants(source)]


def test_strings_and_docstrings_stay() -> None:
    assert list(mutants('"""Words."""\nx = "a"')) == []


def test_the_tests_of_a_module_are_those_that_import_it() -> None:
    assert imported_modules("from blog.site import links\nimport blog.text") >= {"blog.site.links", "blog.text"}
    assert "tests/site/test_links.py" in find_tests("blog.site.links")


def test_a_change_that_no_test_notices_survives(tmp_path: Path) -> None:
    for name, text in {"blog/__init__.py": "", "blog/size.py": MODULE, "test_size.py": TEST}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    noticed, unnoticed = Mutant(2, "noticed", MODULE.replace(">", ">=")), Mutant(2, "unnoticed", MODULE + "X = 1\n")
    alive = list(survivors(tmp_path, "blog/size.py", ["test_size.py"], [noticed, unnoticed]))
    assert alive == [unnoticed]
    assert (tmp_path / "blog/size.py").read_text() == MODULE
