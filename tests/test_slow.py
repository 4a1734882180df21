"""The tables of slow tests name tests that there are: a test that was moved would run twice in CI."""

from pathlib import Path

from tests.conftest import SLOW, SLOW_TESTS

TOP = Path(__file__).parent


def test_every_slow_path_exists() -> None:
    assert [path for path in SLOW if not (TOP / path).exists()] == []


def test_every_part_of_a_name_is_that_of_a_test() -> None:
    text = "".join(path.read_text("utf-8") for path in TOP.rglob("test_*.py"))
    names = [line.removeprefix("def ").partition("(")[0] for line in text.splitlines() if line.startswith("def test_")]
    assert [part for part in SLOW_TESTS if not any(part in name for name in names)] == []
