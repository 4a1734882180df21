"""Mistakes in YAML: each is told where it was made, with what to write."""

import pytest

from blog.config.yaml import parse_yaml
from blog.problems import BlogError, Location
from tests.support.sites import told


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (" title: W\ndate: 1", '2:1 error yaml: "title" is indented, and the next key is not -- delete the space'),
        ("  title: W\n date: 1", '2:1 error yaml: "title" is indented, and the next key is not -- delete the spaces'),
        ("title: T\n date: 1", '3:1 error yaml: "date" is indented below a key that has a value -- delete the space, or put quotes around the whole text'),
        ("parts:\n  - Week 1: x: y", '3:14 error yaml: a text with ": " needs quotes -- write - "Week 1: x: y"'),
        ("tags: [debugging\ndate: 1", "2:7 error yaml: the list is not closed -- write tags: [debugging]"),
        ("tags: [debugging", "2:7 error yaml: the list is not closed -- write tags: [debugging]"),
        ("tags: {a: b\ndate: 1", "2:7 error yaml: the table is not closed -- write tags: {a: b}"),
        ('title: "abc\ndate: 1', '2:8 error yaml: the quote is not closed -- close the quote: title: "abc"'),
        ('title: "abc\nsummary: "x"\n', '2:8 error yaml: the quote is not closed -- close the quote: title: "abc"'),
        ('title: "abc\nsummary: x\n', '2:8 error yaml: the quote is not closed -- close the quote: title: "abc"'),
        ("title: 'It's'\n", "2:12 error yaml: the quote is closed, and more follows -- write title: \"It's\""),
        ('title: "a "b" c"\n', "2:12 error yaml: the quote is closed, and more follows -- write title: 'a \"b\" c'"),
        ("date:2026-11-22\ntitle: x", '2:6 error yaml: "date:" needs a space behind the colon -- write date: 2026-11-22'),
        ("title: x\ndate:2026-11-22\n", '3:6 error yaml: "date:" needs a space behind the colon -- write date: 2026-11-22'),
        ("title: x\ndate:2026-11-22\nslug: x", '3:6 error yaml: "date:" needs a space behind the colon -- write date: 2026-11-22'),
        ("date:2026-11-22\n", '2:6 error yaml: "date:" needs a space behind the colon -- write date: 2026-11-22'),
        ("title: *important*\n", '2:8 error yaml: a text that begins with * needs quotes -- write title: "*important*"'),
        ("title: *important* x\n", '2:8 error yaml: a text that begins with * needs quotes -- write title: "*important* x"'),
        ("title: & more", '2:8 error yaml: a text that begins with & needs quotes -- write title: "& more"'),
        ("tags:\n  - a\n - b\n", '4:2 error yaml: this line is indented otherwise than the list entry above -- write "  - b", with 2 spaces'),
        ("tags:\n  - a\n  b\n", "4:3 error yaml: an entry of a list begins with a dash -- write - b"),
        ("tags:\n  - a\n b\n", '4:2 error yaml: this line is indented otherwise than the list entry above -- write "  - b", with 2 spaces'),
        ("- a\nb: 1", "3:1 error yaml: a key cannot stand beside a list -- write a key above the list"),
        ("title: x\ndraft true\nslug: a", "3:1 error yaml: this line has no colon behind a key -- write draft: true"),
        ("title: x\ndraft true", "3:1 error yaml: this line has no colon behind a key -- write draft: true"),
        ("draft true\ntitle: x", "2:1 error yaml: this line has no colon behind a key -- write draft: true"),
        ("tags: [a,,b]", "2:10 error yaml: a value is missing before , -- write it, or delete the comma"),
        ("tags: [,]", "2:8 error yaml: a value is missing before , -- write it, or delete the comma"),
        ("tags: [a b: c: d]", '2:14 error yaml: a text with ": " needs quotes -- put quotes around it'),
        ("tags: [a, b}", "2:7 error yaml: the list is not closed -- write tags: [a, b]"),
        ("tags: - a", "2:7 error yaml: a list begins on the line below its key -- write tags: [a]"),
        ("title: “Week: x”", '2:13 error yaml: a text with ": " needs quotes -- write title: "Week: x"'),
        ("title: T\n—\nFoo bar\n", "3:1 error yaml: the line — does not close the front matter -- write ---"),
        ("title: T\n----\n\nText: foo\n", "3:1 error yaml: the line ---- does not close the front matter -- write ---"),
        ("title: T\n...\nText", "3:1 error yaml: the line ... does not close the front matter -- write ---"),
        ('title = "x"\ndate = 2026', '2:1 error yaml: this is TOML, and --- lines are for YAML -- put it between +++ lines, or write title: "x"'),
        ('title = "x"\ndate: 2026', '2:1 error yaml: this is TOML, and --- lines are for YAML -- put it between +++ lines, or write title: "x"'),
        ("title: x\ndate = 2026\nslug: a", "3:1 error yaml: a key ends with a colon -- write date: 2026"),
        ("\ttitle: x", "2:1 error yaml: a tab cannot indent YAML -- indent with spaces"),
        ("title: x\n\tdate: 1", "3:1 error yaml: a tab cannot indent YAML -- indent with spaces"),
        ("extra:\n\ta: 1", "3:1 error yaml: a tab cannot indent YAML -- indent with spaces"),
        ("tags:\n\t- a", "3:1 error yaml: a tab cannot indent YAML -- indent with spaces"),
        ("tags:\n  - a\n\t- b", "4:1 error yaml: a tab cannot indent YAML -- indent with spaces"),
        (r'title: "C:\dir"', r"2:11 error yaml: between double quotes \d is not a character -- write title: 'C:\dir'"),
        ("title: @x", '2:8 error yaml: a text that begins with @ needs quotes -- write title: "@x"'),
        ("title: %x", '2:8 error yaml: a text that begins with % needs quotes -- write title: "%x"'),
        ("title: `x`", '2:8 error yaml: a text that begins with ` needs quotes -- write title: "`x`"'),
        ("title: x: ", '2:9 error yaml: a text that ends with a colon needs quotes -- write title: "x:"'),
        ("title: Note:", '2:12 error yaml: a text that ends with a colon needs quotes -- write title: "Note:"'),
        ('tags: [a, "b" c]', "2:15 error yaml: a comma or quotes are missing here -- write a comma between two entries"),
        ("title: [a] b", '2:12 error yaml: the bracket is closed, and more follows -- write title: "[a] b"'),
        ("title: {a} b", '2:12 error yaml: the bracket is closed, and more follows -- write title: "{a} b"'),
        ("title: {{ x }}", "2:9 error yaml: a key must be one word or one text -- put quotes around a text that begins with { or ["),
        ("summary: text\n  more: x", '3:1 error yaml: "more" is indented below a key that has a value -- delete the spaces, or put quotes around the whole text'),
        ("summary: >\ntext\ndate: 1", "3:1 error yaml: the text below | or > is not indented -- indent each line of it by two spaces"),
        ("title: 'x", "2:8 error yaml: the quote is not closed -- close the quote: title: 'x'"),
        ("title: - a", "2:8 error yaml: a list begins on the line below its key -- write title: [a]"),
        ("title: -", '2:8 error yaml: a text that begins with - needs quotes -- write title: "-"'),
        ("key: |x\n a", '2:6 error yaml: a text that begins with | needs quotes -- write key: "|x"'),
        ("title: >x", '2:8 error yaml: a text that begins with > needs quotes -- write title: ">x"'),
        ("<<<<<<< HEAD\ntitle: a\n=======\n", "2:1 error yaml: this line has no colon behind a key -- indent it, if it continues the line above"),
        ("title: x\n: y", "3:1 error yaml: not YAML: did not find expected key -- check the quotes, brackets and spaces here"),
        ('title: "x"y', "2:11 error yaml: the quote is closed, and more follows -- write title: '\"x\"y'"),
        ("title: 'a': b", "2:11 error yaml: the quote is closed, and more follows -- write title: \"'a': b\""),
        ("date: 2026\ntitle: Week 1: a\n  b", '3:14 error yaml: a text with ": " needs quotes -- write title: "Week 1: a"'),
        ('title: "a\ndate: "b"\ntags: ["c"]', '2:8 error yaml: the quote is not closed -- close the quote: title: "a"'),
        ("changes:\n  - 2024-03-01: Mended: a sum\n", '3:23 error yaml: a text with ": " needs quotes -- write - 2024-03-01: "Mended: a sum"'),
        ("date: 2026-01-01\ntitle: Week 4: “My”  \ndraft: true", '3:14 error yaml: a text with ": " needs quotes -- write title: "Week 4: “My”"'),
        ('title: On "trust": a note', "2:18 error yaml: a text with \": \" needs quotes -- write title: 'On \"trust\": a note'"),
        ('a: "x" y', "2:8 error yaml: the quote is closed, and more follows -- write a: '\"x\" y'"),
        (r'a: "\q"', r"2:5 error yaml: between double quotes \q is not a character -- write a: '\q'"),
        (r'a: "\ud800"', r"2:5 error yaml: between double quotes \u is not a character -- write a: '\ud800'"),
        ("a: {b: [}", "2:9 error yaml: a value is missing before } -- write it"),
        ("a: 1\nb", "3:1 error yaml: this line has no colon behind a key -- indent it, if it continues the line above"),
        ("- a: b: c", '2:7 error yaml: a text with ": " needs quotes -- write - a: "b: c"'),
        ("%FOO\n---\na: 1", "2:5 error yaml: not YAML: found unknown directive name -- check the quotes, brackets and spaces here"),
        ("a: |\n\tx", "3:1 error yaml: a tab cannot indent YAML -- indent with spaces"),
        ("title:A\ndate: 1", '2:7 error yaml: "title:" needs a space behind the colon -- write title: A'),
        ("a: 1\ntitle: 'x\nb: 1", "3:8 error yaml: the quote is not closed -- close the quote: title: 'x'"),
        ("a: >\n  b\n c", "4:2 error yaml: this line is indented otherwise than the one above -- begin it with 2 spaces, or at the left edge"),
        ("a:\n   b: 1\n  c: 2", "4:3 error yaml: this line is indented otherwise than the one above -- begin it with 3 spaces, or at the left edge"),
        ("a:\n  b: 1\n  title: A: b", '4:11 error yaml: a text with ": " needs quotes -- write title: "A: b"'),
        ("a: |\n  b:c\n  ok\ntitle: A: b", '5:9 error yaml: a text with ": " needs quotes -- write title: "A: b"'),
        ("tags: [a,\n  b]\ntitle: A: b", '4:9 error yaml: a text with ": " needs quotes -- write title: "A: b"'),
        ("- title: A\n- date: 1", "2:1 error yaml: expected lines of the form `key: value` -- delete the dash: title: A"),
    ],
)  # fmt: skip
def test_a_mistake_in_yaml_is_told_where_it_was_made(text: str, line: str) -> None:
    with pytest.raises(BlogError) as caught:
        parse_yaml(text, Location("a.md", 2))
    assert told(caught.value.problems) == [line]


def test_the_quoted_form_in_the_hint_is_yaml_itself() -> None:
    with pytest.raises(BlogError) as caught:
        parse_yaml("""title: Week 4: "My" dog's day""", Location("a.md", 2))
    hint = caught.value.problems[0].hint.removeprefix("write ")
    assert parse_yaml(hint, Location("a.md")).value["title"].node.value == """Week 4: "My" dog's day"""
