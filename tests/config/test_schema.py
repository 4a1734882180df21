"""Nodes as typed values: each wrong one is a problem with its position, and the reading goes on."""

from collections.abc import Callable
from typing import Any

import pytest

from blog.config.schema import Fields
from blog.config.toml import parse_toml
from blog.config.yaml import parse_yaml
from blog.problems import Location, Problem
from tests.support.sites import told

TOP = Location("a.md", 2)
TRUE_OR_NOTHING = "true, or take the line out"


class Read:
    """Fields of a text, and what they complain about."""

    def __init__(self, text: str, read: Callable[[str, Location], Any] = parse_yaml) -> None:
        self.problems: list[Problem] = []
        self.fields = Fields(read(text, TOP), self.problems)

    @property
    def told(self) -> list[str]:
        return told(self.problems)


def toml(text: str) -> Read:
    return Read(text, parse_toml)


@pytest.mark.parametrize("text", ["no", "012", "12:30", "1.10", "'true'", '""'])
def test_text_is_given_as_it_was_typed(text: str) -> None:
    read = Read(f"key: {text}")
    assert read.fields.text("key") == text.strip("\"'")
    assert read.told == []


def test_text_in_block_style_loses_the_white_space_around_it() -> None:
    assert Read("key: |\n\n  a\n   b\n\n").fields.text("key") == "a\n b"
    assert Read('key: " a "').fields.text("key") == " a "


@pytest.mark.parametrize("text", ["other: 1", "key:", "key: ~", "key: null"])
def test_a_missing_or_empty_key_gives_the_default_of_every_getter(text: str) -> None:
    read = Read(text)
    fields = read.fields
    assert (fields.text("key"), fields.texts("key"), fields.url("key")) == ("", (), "")
    assert (fields.integer("key"), fields.integer("key", default=7)) == (None, 7)
    assert (fields.take("key"), fields.table("key").node.value, fields.table("key").plain()) == (None, {}, {})
    assert read.told == []


def test_a_quoted_null_is_text() -> None:
    assert Read("key: 'null'").fields.text("key") == "null"


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (Read("key: [a]"), '2:6 error wrong-type: "key" must be text -- write key: a'),
        (Read("key: {a: b}"), '2:6 error wrong-type: "key" must be text'),
        (toml("key = 12"), '2:7 error wrong-type: "key" must be text -- write key = "12"'),
        (toml("key = 2015-06-09"), '2:7 error wrong-type: "key" must be text -- write key = "2015-06-09"'),
        (toml("key = [1]"), '2:7 error wrong-type: "key" must be text'),
    ],
)
def test_what_is_not_text_is_told_with_its_position(read: Read, line: str) -> None:
    assert read.fields.text("key") == ""
    assert read.told == [line]


@pytest.mark.parametrize(("value", "text"), [("1.10", "1.10"), ("true", "true"), ("1_000", "1_000")])
def test_the_hint_for_a_toml_value_quotes_what_was_typed(value: str, text: str) -> None:
    read = toml(f"key = {value}")
    read.fields.text("key")
    assert read.told[0].endswith(f'must be text -- write key = "{text}"')


@pytest.mark.parametrize(
    ("written", "shown"),
    [(r"\x01", "'\\x01'"), (r"\0", "'\\x00'"), (r"\e[31m", "'\\x1b'"), (r"\x7f", "'\\x7f'"), (r"\N", "'\\x85'"),
     (r"\ufffe", "'\\ufffe'")],
)  # fmt: skip
def test_an_escape_for_a_control_character_is_refused_with_its_position(written: str, shown: str) -> None:
    read = Read(f'key: "a {written} b"')
    assert read.fields.text("key") == ""
    assert read.told == [f'2:6 error control-character: "key" has the control character {shown}']


def test_tabs_and_line_ends_are_no_control_characters() -> None:
    assert Read(r'key: "a\tb\nc"').fields.text("key") == "a\tb\nc"


def test_a_comment_in_text_is_refused_since_it_would_be_published() -> None:
    read = Read("key: a <!-- secret -->")
    read.fields.text("key")
    hint = "leave the comment out, or use a YAML comment: # …"
    assert read.told == [f'2:6 error comment-in-text: "key" is published as typed, with its comment -- {hint}']


@pytest.mark.parametrize(
    ("text", "texts"), [("[a, ' b ', 012]", ("a", "b", "012")), ("one text", ("one text",)), ("[]", ())]
)
def test_a_list_of_texts_may_be_one_text(text: str, texts: tuple[str, ...]) -> None:
    assert Read(f"key: {text}").fields.texts("key") == texts


def test_wrong_entries_of_a_list_are_all_told_and_the_others_kept() -> None:
    read = Read("key:\n  - a\n  - [b]\n  - ''\n  - ' '\n  - c\n  - \"\\0\"\n  -")
    assert read.fields.texts("key") == ("a", "c")
    assert read.told[:3] == [
        '4:5 error wrong-type: an entry of "key" must be text -- take the inner brackets out',
        '5:5 error empty: "key" has an empty entry -- fill it, or delete it',
        '6:5 error empty: "key" has an empty entry -- fill it, or delete it',
    ]
    assert read.told[3].startswith("8:5 error control-character: ")
    assert read.told[-1].startswith("9:4 error empty: ")


@pytest.mark.parametrize(
    ("read", "key", "line"),
    [
        (Read("labels: {a: b}"), "labels", '2:9 error wrong-type: "labels" must be a list of words -- write labels: [Journal]'),
        (toml("tags = {a = 1}"), "tags", '2:8 error wrong-type: "tags" must be a list of words -- write tags = ["statistics"]'),
        (Read("other: {a: b}"), "other", '2:8 error wrong-type: "other" must be a list of texts -- write other: [a text]'),
        (Read("parts:\n  - Week 1: What I tried"), "parts",
         '3:5 error wrong-type: a planned title with a colon needs quotes -- write - "Week 1: What I tried"'),
        (Read("tags:\n  - C: a language"), "tags", '3:5 error wrong-type: an entry with ": " needs quotes -- write - "C: a language"'),
        (toml("allow = [1]"), "allow", '2:10 error wrong-type: an entry of "allow" must be text -- write "1"'),
        (Read("tags:\n - a\n  - b"), "tags", '3:4 warning one-text: several entries of "tags" are one text -- begin each dash below the first: - a'),
        (Read("parts:\n- A\n - B\n - C"), "parts", '3:3 warning one-text: several entries of "parts" are one text -- begin each dash below the first: - A'),
        (Read("tags:\n  -a\n  -b"), "tags", '3:3 warning one-text: an entry of "tags" begins with a dash -- write - a'),
        (Read("tags:\n  a\n  b"), "tags", '3:3 warning one-text: several lines of "tags" are one text -- begin each entry with a dash: - a'),
    ],
)  # fmt: skip
def test_what_is_no_list_of_texts_is_told_with_what_to_write(read: Read, key: str, line: str) -> None:
    read.fields.texts(key)
    assert read.told == [line]


@pytest.mark.parametrize(
    "text", ["[a - b, C -D]", "\n  - A long title\n    over two lines\n  - -O3", "[-O3]", "'- a'", "a - b"]
)
def test_dashes_and_line_ends_in_one_entry_are_no_mistake(text: str) -> None:
    read = Read(f"parts: {text}")
    assert read.fields.texts("parts")
    assert read.told == []


@pytest.mark.parametrize(
    ("read", "line"),
    [
        (Read("date: 22/11/2026"), '2:7 error wrong-date: "22/11/2026" is not a date -- write date: 2026-11-22'),
        (Read("date: “2026-11-22”"), '2:7 error wrong-date: "“2026-11-22”" is not a date -- write date: 2026-11-22'),
        (toml("date = '“22 Nov 2026”'"), '2:8 error wrong-date: "“22 Nov 2026”" is not a date -- write date = 2026-11-22'),
        (Read("date: 05/06/2015"), '2:7 error wrong-date: "05/06/2015" may be two days -- write date: 2015-05-06, or date: 2015-06-05'),
        (Read("date: Fri, 21 May 2015"),
         '2:7 error wrong-date: "Fri, 21 May 2015" is not a date: 21 May 2015 is a Thursday -- correct the day, or take the weekday out'),
        (Read("date: 2026-13-02"), '2:7 error wrong-date: "2026-13-02" is not a date: there is no month 13 -- write date: 2026-02-13'),
        (Read("date: 2026-00-31"), '2:7 error wrong-date: "2026-00-31" is not a date: there is no month 0 -- write the month from 01 to 12'),
        (Read("date: 2026-11-22 09:00 CET"),
         '2:7 error wrong-date: "2026-11-22 09:00 CET" is not a date -- write the zone as an offset, such as 2026-11-22 09:00 +01:00'),
        (Read("date: 2026-02-30"),
         '2:7 error wrong-date: "2026-02-30" is not a date: February 2026 has 28 days -- write a day from 2026-02-01 to 2026-02-28'),
        (Read("date: 2026-11-22 25:00"),
         '2:7 error wrong-date: "2026-11-22 25:00" is not a date: there is no hour 25 -- write a time from 00:00 to 23:59'),
    ],
)  # fmt: skip
def test_a_wrong_date_is_told_with_the_one_to_write(read: Read, line: str) -> None:
    assert read.fields.date("date") is None
    assert read.told == [line]


def test_a_wrong_entry_of_a_list_is_told_once() -> None:
    read = Read('key: [a, "\\0"]')
    read.fields.texts("key")
    assert len(read.told) == 1


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("True", True), ("false", False), ("False", False)])
def test_a_flag_is_true_or_false(text: str, flag: bool) -> None:
    assert Read(f"key: {text}").fields.flag("key", default=not flag) is flag
    assert toml(f"key = {text.lower()}").fields.flag("key", default=not flag) is flag


def test_a_missing_flag_is_its_default() -> None:
    assert Read("").fields.flag("key") is False
    assert Read("").fields.flag("key", default=True) is True


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", "true"), ("on", "true"), ("y", "true"), ("1", "true"), ("TRUE", "true"), ("'true'", "true"),
        ("no", "false"), ("Off", "false"), ("n", "false"), ("0", "false"), ('"false"', "false"),
        ("", TRUE_OR_NOTHING), ("~", TRUE_OR_NOTHING), ("tru", TRUE_OR_NOTHING), ("''", TRUE_OR_NOTHING), ("“no”", "false"),
        pytest.param("[true]", TRUE_OR_NOTHING),
        pytest.param("{}", TRUE_OR_NOTHING),
    ],
)  # fmt: skip
def test_what_is_neither_true_nor_false_is_an_error_that_says_what_was_meant(text: str, meant: str) -> None:
    read = Read(f"key: {text}")
    assert read.fields.flag("key") is False
    assert [line.split(" ", 1)[1] for line in read.told] == [
        f'error wrong-type: "key" must be true or false -- write key: {meant}'
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [('"yes"', "true"), ("'False'", "false"), ("0", "false"), ("1", "true"), ("2", "false, or take the line out"),
     ("[true]", "false, or take the line out"), ("2015-06-09", "false, or take the line out")],
)  # fmt: skip
def test_the_hint_for_a_flag_of_toml_is_in_the_form_of_toml(text: str, meant: str) -> None:
    read = toml(f"key = {text}")
    assert read.fields.flag("key", default=True) is True
    assert read.told == [f'2:7 error wrong-type: "key" must be true or false -- write key = {meant}']


@pytest.mark.parametrize(("text", "number"), [("3", 3), ("012", 12), ("-4", -4), ("+5", 5), ("0", 0)])
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert Read(f"key: {text}").fields.integer("key") == number


def test_a_whole_number_of_toml_is_read() -> None:
    assert toml("key = 1_000").fields.integer("key") == 1000


@pytest.mark.parametrize("text", ["three", "1.5", "1_000", "'3'", "0x10", "1e3", "[3]", "9999999999", "３", "“3”"])
def test_what_is_no_whole_number_is_an_error(text: str) -> None:
    read = Read(f"key: {text}")
    assert read.fields.integer("key", default=7) == 7
    number = 3 if text in {"'3'", "“3”"} else 7
    assert read.told == [f'2:6 error wrong-type: "key" must be a whole number -- write key: {number}']


@pytest.mark.parametrize("text", ["true", "1.0", '"3"'])
def test_what_is_no_whole_number_of_toml_is_an_error(text: str) -> None:
    read = toml(f"key = {text}")
    assert read.fields.integer("key") is None
    assert read.told == ['2:7 error wrong-type: "key" must be a whole number -- write key = 3']


def test_a_whole_number_of_thirty_digits_is_an_error() -> None:
    read = toml(f"key = {'9' * 30}")
    assert read.fields.integer("key") is None
    assert read.told == ['2:7 error wrong-type: "key" must be a whole number -- write key = 3']


@pytest.mark.parametrize(
    "url",
    ["https://example.org", "http://example.org:8000/a?b=c#d", "HTTPS://EXAMPLE.ORG/", "https://exämple.org/ñ",
     "https://example.org?q"],
)  # fmt: skip
def test_an_http_address_is_a_url(url: str) -> None:
    read = Read(f"key: {url}")
    assert (read.fields.url("key"), read.told) == (url, [])


def test_an_address_without_its_scheme_is_told_with_it() -> None:
    read = Read("key: example.org/a")
    assert read.fields.url("key") == ""
    message = '2:6 error wrong-url: "key" must be an http or https address, not "example.org/a"'
    assert read.told == [f"{message} -- write key: https://example.org/a"]


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("/about/", " -- write the whole address, with https://"),
        ("//example.org/", " -- write the whole address, with https://"),
        (" https://example.org", " -- write key: https://example.org"),
        ("“https://example.org”", " -- write key: https://example.org"),
        ("@rae@x.social", " -- write key: https://x.social/@rae"),
        *((url, "") for url in ("javascript:alert(1)", "data:text/html,x", "ftp://example.org", "https://", "https:///x",
                                "https://example.org/a b", 'https://example.org/"x', "https://example.org/<b>",
                                "mailto:a@example.org")),
    ],
)  # fmt: skip
def test_any_other_address_is_refused(url: str, hint: str) -> None:
    read = Read(f"key: '{url}'")
    assert read.fields.url("key") == ""
    assert read.told == [f'2:6 error wrong-url: "key" must be an http or https address, not "{url}"{hint}']


@pytest.mark.parametrize("url", ["http://[x", "http://a]b/", "http://ex℀mple.org", "http://[::1"])
def test_an_address_that_no_program_can_take_apart_is_refused(url: str) -> None:
    read = Read(f"key: '{url}'")
    assert read.fields.url("key") == ""
    assert read.told == [f'2:6 error wrong-url: "key" must be an http or https address, not "{url}"']


def test_two_spellings_of_one_key_are_an_error_at_the_second() -> None:
    read = Read("lastmod: a\nupdated: b")
    assert read.fields.text("updated", "lastmod") == "b"
    assert read.told == ['2:1 error same-key: "updated" and "lastmod" mean the same -- keep one of them']


def test_the_other_spelling_of_a_key_is_as_good() -> None:
    assert Read("lastmod: a").fields.text("updated", "lastmod") == "a"


def test_the_place_of_a_key_is_that_of_its_value_or_of_the_mapping() -> None:
    fields = Read("a: 1\nb:   2").fields
    assert fields.locate("x", "b") == Location("a.md", 3, 6)
    assert fields.locate("x") == Location("a.md", 2, 1)


def test_a_table_is_read_by_the_same_rules() -> None:
    read = Read("key:\n  inner: 1\n  other: 2")
    inner = read.fields.table("key")
    assert inner.text("inner") == "1"
    inner.finish({})
    assert read.told == ['4:3 error unknown-key: unknown key "other"']


@pytest.mark.parametrize("text", ["a", "[a]", "''"])
def test_what_is_no_table_is_an_error_and_counts_as_empty(text: str) -> None:
    read = Read(f"key: {text}")
    assert read.fields.table("key").node.value == {}
    assert read.told == ['2:6 error wrong-type: "key" must be a table of keys and values']


def test_names_are_in_the_order_they_were_written_and_known() -> None:
    read = Read("b: 1\na: 2")
    assert read.fields.names() == ("b", "a")
    read.fields.finish({})
    assert read.told == []


def test_own_data_of_yaml_is_typed_where_that_is_certain() -> None:
    text = (
        "key: {a: true, b: False, c: 12, d: -3, e: 012, f: 1.10, g: no, h: ~, i: '12', j: [1, {k: x}], l: 12:30,"
        " m: 1234567890123456}"
    )
    assert Read(text).fields.table("key").plain() == {
        "a": True, "b": False, "c": 12, "d": -3, "e": "012", "f": "1.10", "g": "no", "h": None, "i": "12",
        "j": [1, {"k": "x"}], "l": "12:30", "m": "1234567890123456",
    }  # fmt: skip


def test_own_data_of_toml_is_as_typed_and_dates_are_text() -> None:
    text = 'key = {a = true, b = 12, c = 1.5, d = "012", e = [1], f = 2015-06-09}'
    assert toml(text).fields.table("key").plain() == {
        "a": True, "b": 12, "c": 1.5, "d": "012", "e": [1], "f": "2015-06-09",
    }  # fmt: skip


def test_a_whole_number_in_own_data_has_at_most_64_bits() -> None:
    read = toml(f"key = {{a = {2**63 - 1}, b = {-(2**63) + 1}, c = [{2**63}], d = {-(2**63) - 1}}}")
    assert read.fields.table("key").plain() == {"a": 2**63 - 1, "b": -(2**63) + 1, "c": [0], "d": 0}
    assert [line.split(" ", 1)[1] for line in read.told] == ["error wrong-type: the whole number is too large"] * 2


@pytest.mark.parametrize("text", ['{a: "\\x00"}', '{a: [{b: "\\x01"}]}', '{"\\x01": a}'])
def test_a_control_character_in_own_data_is_an_error(text: str) -> None:
    read = Read(f"key: {text}")
    read.fields.table("key").plain()
    assert [problem.code for problem in read.problems] == ["control-character"]


def test_unknown_keys_are_told_with_the_nearest_known_one() -> None:
    read = Read("dratf: true\ntitle: T\nxyz: 1")
    read.fields.text("title")
    read.fields.flag("draft")
    read.fields.finish({})
    assert read.told == [
        '2:1 error unknown-key: unknown key "dratf" -- did you mean "draft"?',
        '4:1 error unknown-key: unknown key "xyz" -- the keys here are title and draft',
    ]


def test_keys_of_other_generators_are_told_what_they_are_here() -> None:
    read = Read("Excerpt: a")
    read.fields.text("summary")
    read.fields.finish({"excerpt": '"summary"'})
    assert read.told == ['2:1 error unknown-key: unknown key "Excerpt" -- write "summary" instead']


def test_allowed_keys_are_accepted_as_they_are_spelt() -> None:
    read = Read("layout: a\nLayout: b")
    read.fields.finish({}, ["layout"])
    assert read.told == ['3:1 error unknown-key: unknown key "Layout"']


def test_warnings_are_told_as_such() -> None:
    read = Read("")
    read.fields.warn(TOP, "code", "careful", "do this")
    assert read.told == ["2:1 warning code: careful -- do this"]
