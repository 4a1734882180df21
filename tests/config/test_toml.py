"""YAML and TOML as nodes: values as they were written, each with its position."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.config.toml import MAX_DEPTH, ConfigNode, parse_toml
from blog.config.yaml import parse_yaml
from blog.problems import BlogError, Location, Problem
from tests.support.bounds import processor
from tests.support.sites import told

TOP = Location("a.md", 2)


def yaml(text: str) -> dict[str, Any]:
    return plain(parse_yaml(text, TOP))  # type: ignore[no-any-return]


def toml(text: str) -> dict[str, Any]:
    return plain(parse_toml(text, TOP))  # type: ignore[no-any-return]


def plain(node: ConfigNode) -> Any:
    if isinstance(node.value, dict):
        return {key: plain(member.node) for key, member in node.value.items()}
    return [plain(item) for item in node.value] if isinstance(node.value, tuple) else node.value


def where(node: ConfigNode, name: str = "") -> dict[str, tuple[str, str]]:
    """Path of each key (and of each list's item) -> positions of the key and of the value."""
    found: dict[str, tuple[str, str]] = {}
    if isinstance(node.value, dict):
        for key, member in node.value.items():
            found[f"{name}{key}"] = at(member.location), at(member.node.location)
            found |= where(member.node, f"{name}{key}.")
    if isinstance(node.value, tuple):
        for index, item in enumerate(node.value):
            found[f"{name}{index}"] = at(item.location), at(item.location)
            found |= where(item, f"{name}{index}.")
    return found


def at(place: Location) -> str:
    assert place.path == TOP.path
    return f"{place.line}:{place.column}"


def yaml_error(text: str) -> list[str]:
    with pytest.raises(BlogError) as caught:
        parse_yaml(text, TOP)
    return told(caught.value.problems)


def toml_error(text: str) -> list[str]:
    with pytest.raises(BlogError) as caught:
        parse_toml(text, TOP)
    return told(caught.value.problems)


# YAML


@pytest.mark.parametrize(
    "text",
    ["no", "yes", "on", "y", "012", "0x1F", "0o17", "1_000", "12:30", "1:02:03", "1.10", "1e3", ".inf", ".nan",
     "2015-06-09", "2015-06-09 9:00:00", "True", "null", "=", "C#", "a:b", "http://x.y/z#w", "ñandú"],
)  # fmt: skip
def test_a_yaml_scalar_stays_the_text_that_was_typed(text: str) -> None:
    assert yaml(f"title: {text}") == {"title": text}


@pytest.mark.parametrize(
    ("text", "value", "style"),
    [
        ("plain", "plain", "plain"),
        ("", "", "plain"),
        ("'it''s'", "it's", "quoted"),
        (r'"a\tb\u00e9"', "a\tbé", "quoted"),
        ("|\n  a\n  b", "a\nb", "block"),
        (">-\n  a\n  b", "a b", "block"),
    ],
)
def test_the_spelling_of_a_yaml_scalar_is_kept(text: str, value: str, style: str) -> None:
    node = parse_yaml(f"key: {text}", TOP).value["key"].node
    assert (node.value, node.style) == (value, style)


def test_yaml_keys_and_values_stand_where_they_are_in_the_file() -> None:
    text = "title: T\n\n# a comment\ntags:\n  - a\n  - [b, c]\nextra: {né😀: 1, x:  2}\n? long\n: value"
    assert where(parse_yaml(text, TOP)) == {
        "title": ("2:1", "2:8"),
        "tags": ("5:1", "6:3"),
        "tags.0": ("6:5", "6:5"),
        "tags.1": ("7:5", "7:5"),
        "tags.1.0": ("7:6", "7:6"),
        "tags.1.1": ("7:9", "7:9"),
        "extra": ("8:1", "8:8"),
        "extra.né😀": ("8:9", "8:14"),
        "extra.x": ("8:17", "8:21"),
        "long": ("9:3", "10:3"),
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "--- # nothing"])
def test_no_yaml_at_all_is_an_empty_mapping(text: str) -> None:
    assert parse_yaml(text, TOP) == ConfigNode({}, TOP, "typed")


@pytest.mark.parametrize("text", ["- a\n- b", "just words", "~", "'a'"])
def test_yaml_that_is_no_mapping_gets_the_form_to_write(text: str) -> None:
    assert yaml_error(text) == ["2:1 error yaml: expected lines of the form `key: value`"]


@pytest.mark.parametrize(
    ("text", "position"),
    [("title: &t T", "2:8"), ("title: *t", "2:8"), ("a: 1\nb: {c: *t}", "3:8"), ("&t a: 1", "2:1")],
)
def test_yaml_anchors_and_aliases_are_refused(text: str, position: str) -> None:
    message = "error yaml: YAML anchors and aliases are not understood here"
    hint = "write the value out; a text that begins with * or & needs quotes"
    assert yaml_error(text) == [f"{position} {message} -- {hint}"]


def test_a_billion_laughs_end_at_the_first_anchor() -> None:
    lines = ["a0: &a0 [ha, ha]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert yaml_error("\n".join(lines))[0].startswith("2:5 error yaml: YAML anchors")


def test_a_merge_key_is_a_key_like_any_other() -> None:
    assert yaml("<<: {a: b}") == {"<<": {"a": "b"}}


@pytest.mark.parametrize(
    ("text", "position", "tag"),
    [
        ("a: !!str 1", "2:4", "tag:yaml.org,2002:str"),
        ("a: !x 1", "2:4", "!x"),
        ("a: 1\nb: [!!python/object:os.system x]", "3:5", "tag:yaml.org,2002:python/object:os.system"),
        ("!!map {a: 1}", "2:1", "tag:yaml.org,2002:map"),
        ("!!str a: 1", "2:1", "tag:yaml.org,2002:str"),
    ],
)
def test_yaml_tags_are_refused(text: str, position: str, tag: str) -> None:
    message = f"error yaml: YAML tags such as {tag} are not understood here"
    hint = "write the plain value; a text that begins with ! needs quotes"
    assert yaml_error(text) == [f"{position} {message} -- {hint}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2\na: 3", '4:1 error yaml: "a" is written twice, first in line 2 -- keep one of them'),
        ("x:\n  a: 1\n  'a': 3", '4:3 error yaml: "a" is written twice, first in line 3 -- keep one of them'),
        ("x: {a: 1, a: 3}", '2:11 error yaml: "a" is written twice, first in line 2 -- keep one of them'),
    ],
)
def test_a_yaml_key_written_twice_is_named_with_its_first_line(text: str, line: str) -> None:
    assert yaml_error(text) == [line]


@pytest.mark.parametrize(("text", "position"), [("[a]: 1", "2:1"), ("a: 1\n{}: 2", "3:1"), ("? {a: b}\n: 2", "2:3")])
def test_a_yaml_key_must_be_text(text: str, position: str) -> None:
    message = "a key must be one word or one text -- put quotes around a text that begins with { or ["
    assert yaml_error(text) == [f"{position} error yaml: {message}"]


def test_a_second_yaml_document_is_refused_where_it_starts() -> None:
    assert yaml_error("a: 1\n---\nb: 2") == ["3:1 error yaml: a second YAML document starts here"]


def test_fifty_levels_of_yaml_are_read_and_one_more_is_refused() -> None:
    message = "error yaml: nested deeper than 50 levels"
    assert yaml(f"a: {'[' * MAX_DEPTH}{']' * MAX_DEPTH}")
    assert yaml_error(f"a: {'[' * (MAX_DEPTH + 1)}{']' * (MAX_DEPTH + 1)}") == [f"2:54 {message}"]
    assert yaml(f"a: {'{a: ' * (MAX_DEPTH - 1)}1{'}' * (MAX_DEPTH - 1)}")
    assert yaml_error(f"a: {'{a: ' * MAX_DEPTH}1{'}' * MAX_DEPTH}") == [f"2:201 {message}"]


@pytest.mark.parametrize("text", ["a: " + "[" * 60_000, "a: " + "{a: " * 60_000, "? " * 60_000, "- " * 60_000])
def test_sixty_thousand_levels_of_yaml_end_in_a_problem(text: str) -> None:
    assert yaml_error(text)[0].endswith("nested deeper than 50 levels")


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_a_unicode_line_separator_is_refused_in_yaml_since_libyaml_takes_it_for_a_line_end(separator: str) -> None:
    hint = f"the line has the character {separator!r} -- delete it"
    assert yaml_error(f"date: 1\ntitle: a{separator}b") == [f"3:1 error yaml: {hint}"]
    assert toml(f"title = 'a{separator}b'") == {"title": f"a{separator}b"}


def test_a_control_character_is_named_with_its_line() -> None:
    assert yaml_error("a: é\nb: \x01") == ["3:1 error yaml: YAML does not allow the character 1"]


# TOML


def test_toml_values_are_typed() -> None:
    text = "a = \"no\"\nb = 12\nc = 1.5\nd = true\ne = [1, \"x\"]\nf = {g = 2015-06-09}\n[h]\ni = '''\nx'''"
    values = toml(text)
    assert str(values.pop("f")["g"]) == "2015-06-09"
    assert values == {"a": "no", "b": 12, "c": 1.5, "d": True, "e": [1, "x"], "h": {"i": "x"}}
    assert parse_toml(text, TOP).value["a"].node.style == "typed"


def test_no_toml_at_all_is_an_empty_mapping() -> None:
    assert parse_toml("# only a comment\n", TOP) == ConfigNode({}, TOP, "typed")


def test_toml_keys_and_values_stand_where_they_are_in_the_file() -> None:
    text = "# c\na = 1\n\n  \"b c\"   =   2\n[t]\nd = 3\n  [ t.u ] # c\ne.f = 4\n[[v]]\n'x.y' = 1"
    found = where(parse_toml(text, TOP))
    assert {key: found[key] for key in ("a", "b c", "t", "t.d", "t.u", "t.u.e", "t.u.e.f", "v")} == {
        "a": ("3:1", "3:5"),
        "b c": ("5:3", "5:15"),
        "t": ("6:2", "6:2"),
        "t.d": ("7:1", "7:5"),
        "t.u": ("8:7", "8:7"),
        "t.u.e": ("9:1", "9:1"),
        "t.u.e.f": ("9:3", "9:7"),
        "v": ("10:3", "10:3"),
    }


def test_keys_of_an_inline_table_stand_where_they_are_in_the_line() -> None:
    text = 'author = { name = "A, email = B", email = 3 }'
    assert where(parse_toml(text, TOP)) == {
        "author": ("2:1", "2:10"),
        "author.name": ("2:12", "2:19"),
        "author.email": ("2:35", "2:43"),
    }


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_lines_of_a_multi_line_string_are_not_keys(quotes: str) -> None:
    text = f"a = {quotes}\nb = 1\n[t]\n{quotes}\nb = 2\nc = {quotes}x{quotes}\nd = 3"
    assert where(parse_toml(text, TOP)) == {
        "a": ("2:1", "2:5"),
        "b": ("6:1", "6:5"),
        "c": ("7:1", "7:5"),
        "d": ("8:1", "8:5"),
    }


def test_a_key_after_an_array_over_lines_has_its_own_position() -> None:
    assert where(parse_toml('a = [\n  "b = 1", # c = 2\n  # d = 3\n]\nb = 4', TOP))["b"] == ("6:1", "6:5")


@pytest.mark.parametrize(
    ("text", "key", "position"),
    [
        pytest.param('a = [\n  "x",\n  1,\n]', "a.1", "4:3", id="an item of an array over lines"),
        pytest.param("a = [1, 22, 3]", "a.2", "2:13", id="an item of an array in one line"),
        pytest.param("a = [\n  { b = 1 },\n  { c = 2 },\n]", "a.1.c", "4:5", id="a table in an array over lines"),
        pytest.param("a = [{ b = 1 }, { c = 2 }]", "a.1.c", "2:19", id="a table in an array in one line"),
        pytest.param("[[a]]\nb = 1\n[[a]]\nc = 2", "a.1.c", "5:1", id="a key below the second of two [[headers]]"),
        pytest.param('a = [\n["b"]\n]\nc = 1', "c", "5:1", id="a key after a line that looks like a header"),
        pytest.param('a = [\n"""\n[t]\n"""]\nc = 1', "c", "6:1", id="a key after a string over lines in an array"),
        pytest.param('a = "x" # """\nc = 1', "c", "3:1", id="a key after quotes in a comment"),
        pytest.param("a = \"'''\"\nc = 1", "c", "3:1", id="a key after quotes in a string"),
        pytest.param('a = """q\\"""x"""\nc = 1', "c", "3:1", id="a key after an escaped quote"),
        pytest.param("b = 1\n[a.c]\nd = 1", "a", "3:2", id="the first name of a dotted header"),
        pytest.param("b = 1\na.c = 1", "a", "3:1", id="the first name of a dotted key"),
        pytest.param('b = 1\n"a\\"b" = 1', 'a"b', "3:1", id="a name with an escape"),
        pytest.param("a = { b = { c = 1 } }", "a.b.c", "2:13", id="an inline table in an inline table"),
        pytest.param('a = { c = 3, b = "x, c = y" }', "a.c", "2:7", id="a key after which a string looks the same"),
    ],
)
def test_every_toml_key_and_item_has_its_own_position(text: str, key: str, position: str) -> None:
    assert where(parse_toml(text, TOP))[key][0] == position


def test_fifty_levels_of_toml_are_read_and_one_more_is_refused() -> None:
    assert toml(f"a = {'[' * MAX_DEPTH}{']' * MAX_DEPTH}")
    assert toml_error(f"x = 1\na = {'[' * (MAX_DEPTH + 1)}{']' * (MAX_DEPTH + 1)}") == [
        f"3:{5 + MAX_DEPTH} error toml: nested deeper than 50 levels"
    ]


@pytest.mark.parametrize(
    ("text", "column"),
    [("a = " + "[" * 60_000, 1), ("a = " + "{a = " * 20_000, 1), (".".join("a" * 9_000) + " = 1", 2 * MAX_DEPTH + 1)],
)
def test_thousands_of_levels_of_toml_end_in_a_problem(text: str, column: int) -> None:
    assert toml_error(text) == [f"2:{column} error toml: nested deeper than 50 levels"]


@pytest.mark.parametrize("before", ["", "[", "[[", "x = {", "x = {y = 1, "])
def test_a_toml_name_of_very_many_parts_is_refused_before_anything_is_made_of_it(before: str) -> None:
    with processor(3):
        found = toml_error(before + '"a" . ' * 100_000 + "a")
    assert found == [f"2:{len(before) + 6 * MAX_DEPTH + 1} error toml: nested deeper than 50 levels"]


def test_a_toml_text_with_as_many_dots_is_text() -> None:
    assert toml(f"a = '{'a.' * 60}'\n# {'a.' * 60}a\nb = [ '{'a.' * 60}' ]") == {"a": "a." * 60, "b": ["a." * 60]}


def test_the_time_for_toml_grows_no_faster_than_the_text() -> None:
    with processor(5):
        assert len(toml("".join(f"a{number} = 'some text'\n" for number in range(30_000)))) == 30_000


def test_a_toml_number_of_five_thousand_digits_is_a_problem() -> None:
    assert toml_error("a = 1\nb = " + "9" * 5_000)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=80))
def test_any_text_is_a_mapping_or_one_problem(text: str) -> None:
    for read in (parse_yaml, parse_toml):
        problems = problems_of(read, text)
        assert len(problems) <= 1
        assert all(2 <= problem.location.line <= 3 + len(text) for problem in problems)


def problems_of(read: Callable[[str, Location], ConfigNode], text: str) -> tuple[Problem, ...]:
    try:
        assert isinstance(read(text, TOP).value, dict)
    except BlogError as error:
        return error.problems
    return ()


def test_what_yaml_would_take_for_a_comment_is_an_error_where_it_begins() -> None:
    assert yaml_error("title: My #1 mistake") == [
        '2:8 error yaml: for YAML a comment begins at the # -- write "My #1 mistake", or leave a space after the #'
    ]
    assert parse_yaml("title: Mine # a remark", TOP).value["title"].node.value == "Mine"
