"""Settings of other programs, with everything that YAML has."""

from typing import Any

import pytest

from blog.config.foreign_yaml import MAX_NODES, read_foreign_yaml
from blog.config.toml import ConfigNode


def plain(node: ConfigNode | None) -> Any:
    """The values alone."""
    if node is None:
        return None
    if isinstance(node.value, dict):
        return {key: plain(member.node) for key, member in node.value.items()}
    return [plain(item) for item in node.value] if isinstance(node.value, tuple) else node.value


@pytest.mark.parametrize(("text", "expected"), [
    ("a: &x one\nb: *x", {"a": "one", "b": "one"}),
    ("a: 1\nb: [c]\na: 2", {"a": "2", "b": ["c"]}),
    ("a: !ENV [B, c]\nd: !!python/object/apply:os.system ['x']", {"a": ["B", "c"], "d": ["x"]}),
    ("a: b #c", {"a": "b"}),
    ("{", None), ("", None), ("a: b\n---\nc: d", None), ("a: &x [*x]", None),
])  # fmt: skip
def test_values_are_texts_as_yaml_has_them(text: str, expected: Any) -> None:
    assert plain(read_foreign_yaml(text, "_config.yml")) == expected


def test_aliases_of_aliases_end() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 9)]
    assert MAX_NODES < 10**8
    assert read_foreign_yaml("\n".join(lines), "_config.yml") is None


def test_lines_are_those_of_the_file() -> None:
    node = read_foreign_yaml("a: b\nc:\n  d: 'e'\n", "_config.yml")
    assert node is not None
    member = node.value["c"].node.value["d"]
    assert (member.location.line, member.node.location.line, member.node.style) == (3, 3, "quoted")
