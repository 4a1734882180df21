"""Mistakes in TOML: each is told where it was made, with what to write."""

import pytest

from blog.config.toml import parse_toml
from blog.problems import BlogError, Location
from tests.support.sites import told


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('title = "abc\nx = 1', '2:9 error toml: a text is not closed -- write " at its end'),
        ("title = 'abc\nx=1", "2:9 error toml: a text is not closed -- write ' at its end"),
        ('title = """abc\nx=1', '2:9 error toml: a text is not closed -- write """ at its end'),
        ("[menu]\na=1\n[menu]\nb=1", "4:1 error toml: the table [menu] is written twice, first in line 2 -- put its keys below the first [menu]"),
        (r'p = "C:\dir"', r"2:8 error toml: between double quotes \d is not a character -- write p = 'C:\dir'"),
        ("[menu\na=1", "2:6 error toml: the name of the table is not closed -- write [menu]"),
        ("[[a]\n", "2:4 error toml: the name of the table is not closed -- write [[a]]"),
        ("[a.b\n", "2:5 error toml: the name of the table is not closed -- write [a.b]"),
        ("title = Loss", '2:9 error toml: a text needs quotes -- write title = "Loss"'),
        ("title = ", '2:8 error toml: "title" has no value -- write title = "…", or delete the line'),
        ("tags = [a, b]", '2:9 error toml: a text needs quotes -- write tags = ["a", "b"]'),
        ('tags = ["a", "b"\nx = 1', '2:8 error toml: the list is not closed -- write tags = ["a", "b"]'),
        ('tags = ["a"', '2:8 error toml: the list is not closed -- write tags = ["a"]'),
        ('tags = ["a" "b"]', "2:13 error toml: a comma is missing here -- write a comma between two entries"),
        ("a = {b = 1\nc=2", "2:5 error toml: the table is not closed -- write a = {b = 1}"),
        ("a = {b=1, b=2}", "2:14 error toml: not TOML: Duplicate inline table key 'b' -- check the quotes, brackets and commas here"),
        ("a=1\na=2", '3:1 error toml: "a" is written twice -- keep one of them'),
        ("a=1\n[a]\n", '3:1 error toml: "a" is written twice: with a value, and as a table -- keep one of them'),
        ("a.b=1\na=2", '3:1 error toml: "a" is written twice -- keep one of them'),
        ("[a]\nb=1\n[a.b]\n", '4:1 error toml: "a.b" is written twice: with a value, and as a table -- keep one of them'),
        ("title: T", '2:6 error toml: this is YAML, and +++ lines are for TOML -- put it between --- lines, or write title = "T"'),
        ("- a", '2:1 error toml: this line has no key and value -- write key = "value", or delete the line'),
        ("“a” = 1", '2:1 error toml: a key cannot begin with “ -- write key = "value"'),
        ("title = “Loss”", '2:9 error toml: a text needs quotes -- write title = "Loss"'),
        ("draft = True", "2:9 error toml: true and false have small letters -- write draft = true"),
        ("draft = yes", '2:9 error toml: TOML has no value yes -- write draft = true, or "yes" for a text'),
        ("date = 2026-13-02", '2:8 error toml: "2026-13-02" is not a date: there is no month 13 -- write date = 2026-02-13'),
        ("date = 2026-02-30", '2:8 error toml: "2026-02-30" is not a date: February 2026 has 28 days -- write a day from 2026-02-01 to 2026-02-28'),
        ("date = 22/11/2026", '2:8 error toml: "22/11/2026" is not a date of TOML -- write date = 2026-11-22'),
        ("date = 21 May 2015", '2:8 error toml: "21 May 2015" is not a date of TOML -- write date = 2015-05-21'),
        ("date = May 21, 2015", '2:8 error toml: a text needs quotes -- write date = "May 21, 2015"'),
        ("date=2026-11-22 25:00", '2:6 error toml: "2026-11-22 25:00" is not a date: there is no hour 25 -- write a time from 00:00 to 23:59'),
        ('title = "a "b" c"', "2:13 error toml: the quote is closed, and more follows -- write title = 'a \"b\" c'"),
        ('title = "a" b', "2:13 error toml: the quote is closed, and more follows -- write title = '\"a\" b'"),
        ("title = 'It's'", "2:13 error toml: the quote is closed, and more follows -- write title = \"It's\""),
        ("a = 1 b = 2", "2:7 error toml: more follows behind the value -- begin each key on a line of its own"),
        ("= 1", '2:1 error toml: a key cannot begin with = -- write key = "value"'),
        ('"a = 1', '2:1 error toml: a text is not closed -- write " at its end'),
        ("a = 01", '2:6 error toml: a text needs quotes -- write a = "01"'),
        ("a = 1,", "2:6 error toml: no comma stands behind a value -- write a = 1"),
        ('title "x"', '2:7 error toml: TOML has = between a key and its value -- write title = "x"'),
        ("title", '2:1 error toml: this line has no key and value -- write key = "value", or delete the line'),
        ('a = "\t\x01"', r"2:7 error toml: not TOML: Illegal character '\x01' -- check the quotes, brackets and commas here"),
        ("a = {b = 1,}", "2:12 error toml: a key is missing before } -- delete the comma"),
        ("a = {\nb=1}", "2:6 error toml: a table in braces has one line -- write it on one line, or as a [table]"),
        ("a.b = 1\n[a]\nc=2", "3:1 error toml: the table [a] is written twice -- put all of its keys below one of them"),
        ("x = https://a.b", '2:5 error toml: a text needs quotes -- write x = "https://a.b"'),
        ("x = @a", '2:5 error toml: a text needs quotes -- write x = "@a"'),
        ("[a] b", "2:5 error toml: more follows on this line -- begin each key and table on a line of its own"),
        ("a = [1,,2]", "2:8 error toml: a value is missing before , -- write it, or delete the comma"),
        ("url = 'https://x\n", "2:7 error toml: a text is not closed -- write ' at its end"),
        (r'a = "x\ny\q"', r"2:10 error toml: between double quotes \q is not a character -- write a = 'x\ny\q'"),
        (r'a = "\u12"', r"2:6 error toml: between double quotes \u is not a character -- write a = '\u12'"),
        ('menu = {A = "/a/" B="/b/"}', "2:19 error toml: a comma is missing here -- write a comma between two entries"),
        ("tags = [\n 'a',\n b\n]", "4:2 error toml: a text needs quotes -- put quotes around it"),
        ("x = {a = b}", "2:10 error toml: a text needs quotes -- put quotes around it"),
        ("title: T: x", '2:6 error toml: this is YAML, and +++ lines are for TOML -- put it between --- lines, or write title = "T: x"'),
        ("a = 1\n\na = 2", '4:1 error toml: "a" is written twice -- keep one of them'),
        ("a = no", '2:5 error toml: TOML has no value no -- write a = false, or "no" for a text'),
        ("a = 1\nb.c = Week 4: x  ", '3:7 error toml: a text needs quotes -- write b.c = "Week 4: x"'),
        ("a = [", "2:5 error toml: the list is not closed -- write a = []"),
        ("title = ‘It’s’", '2:9 error toml: a text needs quotes -- write title = "It’s"'),
        ("title = Dogs’", '2:9 error toml: a text needs quotes -- write title = "Dogs’"'),
        ('url = 1\n"url" = 2', '3:1 error toml: "url" is written twice -- keep one of them'),
        ('a = """\\"""\nb = 1', '2:5 error toml: a text is not closed -- write """ at its end'),
    ],
)  # fmt: skip
def test_a_mistake_in_toml_is_told_where_it_was_made(text: str, line: str) -> None:
    with pytest.raises(BlogError) as caught:
        parse_toml(text, Location("a.md", 2))
    assert told(caught.value.problems) == [line]


def test_in_a_file_of_toml_no_yaml_is_proposed() -> None:
    with pytest.raises(BlogError) as caught:
        parse_toml("title: T", Location("blog.toml"))
    assert told(caught.value.problems) == [
        '1:6 error toml: TOML has = between a key and its value, not : -- write title = "T"'
    ]
