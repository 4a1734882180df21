"""The list of broken promises is kept: what it changes is there, and so are its tests."""

from pathlib import Path

import pytest

import blog
from tests.breaks import TOP, Break, breaks


@pytest.mark.parametrize("broken", list(breaks()), ids=lambda broken: broken.promise)
def test_what_a_break_changes_stands_in_its_file_once_and_its_tests_are_there(broken: Break) -> None:
    top = Path(blog.__file__).parent.parent if broken.file.startswith("blog/") else TOP
    assert (top / broken.file).read_text("utf-8").count(broken.old) == 1
    assert broken.new != broken.old
    for test in broken.tests:
        path, _, name = test.partition("::")
        assert f"def {name.partition('[')[0]}(" in (TOP / path).read_text("utf-8")
