"""The block above a text: a closed schema, read with positions."""

import datetime as dt
from typing import Any

import pytest

from blog.config.dates import Timestamp
from blog.config.people import Person
from blog.content.file_kinds import Kind
from blog.content.front_matter import (
    ExternalSource,
    FrontMatter,
    LocatedText,
    parse_front_matter,
)
from blog.content.front_matter_block import MAX_BYTES, split_front_matter
from blog.content.misplaced_keys import check_block, check_text
from blog.problems import BlogError, Location
from tests.fuzz import targets
from tests.support.oddities import KEYS, TOML, YAML
from tests.support.sites import told

HIDING = '"draft", "private" or "unlisted"'
COMMENT = "leave the comment out, or use a YAML comment: # …"
FORMS = "write it as 2026-01-31, or 2026-01-31 09:00, or 2026-01-31T09:00:00+01:00"


def matter(block: str, kind: Kind = "post") -> FrontMatter:
    found, problems = parse_front_matter(split_front_matter(f"---\n{block}\n---\n", "a.md")[0], kind, ())
    assert told(problems) == []
    return found


def toml(block: str) -> FrontMatter:
    found, problems = parse_front_matter(split_front_matter(f"+++\n{block}\n+++\n", "a.md")[0], "post", ())
    assert told(problems) == []
    return found


def wrong(block: str, kind: Kind = "post", allow: tuple[str, ...] = ()) -> list[str]:
    """What is said about a block whose first line is line 2 of the file."""
    return told(parse_front_matter(split_front_matter(f"---\n{block}\n---\n", "a.md")[0], kind, allow)[1])


def wrong_toml(block: str) -> list[str]:
    return told(parse_front_matter(split_front_matter(f"+++\n{block}\n+++\n", "a.md")[0], "post", ())[1])


def broken(text: str) -> list[str]:
    with pytest.raises(BlogError) as caught:
        split_front_matter(text, "a.md")
    assert {problem.location.path for problem in caught.value.problems} == {"a.md"}
    return told(caught.value.problems)


# The block


@pytest.mark.parametrize(
    ("text", "body", "line"),
    [
        ("---\ntitle: T\n---\nText\n", "Text\n", 1),
        ("---\ntitle: T\n---", "", 1),
        ("---  \ntitle: T\n---\t\n\nText", "\nText", 1),
        ("\n \t\n\n---\ntitle: T\n---\nText", "Text", 4),
        ("+++\ntitle = 'T'\n+++\nText", "Text", 1),
        ("---\ntitle: T\n---\nText\n---\nMore", "Text\n---\nMore", 1),
    ],
)
def test_the_block_is_taken_off_the_text(text: str, body: str, line: int) -> None:
    node, start = split_front_matter(text, "a.md")
    assert node.value["title"].node.value == "T"
    assert node.location == Location("a.md", line)
    assert text[start:] == body


@pytest.mark.parametrize(
    "text", ["", "Text\n", "# T\n---\n", "- a\n- b\n", "\n\n", "--- x\nText", "++ +\n", "-- -", "\u2014 Hola", "* * *"]
)
def test_a_text_without_a_block_is_all_text(text: str) -> None:
    node, start = split_front_matter(text, "a.md")
    assert (node.value, node.location, start) == ({}, Location("a.md"), 0)


def test_an_empty_block_says_nothing() -> None:
    assert split_front_matter("---\n---\nText", "a.md")[0].value == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "---\ntitle: T\n",
            "1:1 error front-matter: the front matter is not closed by a line --- -- write --- alone on a line below the last key",
        ),
        (
            "---",
            "1:1 error front-matter: the front matter is not closed by a line --- -- write --- alone on a line below the last key",
        ),
        (
            "\n\n+++\ntitle = 1\n---\n",
            "5:1 error front-matter: the line --- does not close the front matter -- write +++",
        ),
        (
            "---\ntitle: T\n----\n",
            "3:1 error front-matter: the line ---- does not close the front matter -- write ---",
        ),
        (
            "---\ntitle: T\n ---\n",
            "3:1 error front-matter: the line --- does not close the front matter -- write ---",
        ),
        (
            "---\ntitle: T\n...\nText\n",
            "3:1 error front-matter: the line ... does not close the front matter -- write ---",
        ),
        (
            "---\ntitle: T\n—\nText\n",
            "3:1 error front-matter: the line — does not close the front matter -- write ---",
        ),
        (
            "---\ntitle: T\n\nA heading\n-----\n",
            "1:1 error front-matter: the front matter is not closed by a line --- -- write --- alone on a line below the last key",
        ),
    ],
)
def test_a_block_that_is_not_closed_is_an_error_where_it_begins_or_nearly_ends(text: str, line: str) -> None:
    assert broken(text) == [line]


@pytest.mark.parametrize(("letter", "count"), [("x", MAX_BYTES - 1), ("é", MAX_BYTES // 2 - 1)])
def test_a_block_of_64_kib_is_read_and_a_longer_one_is_an_error(letter: str, count: int) -> None:
    assert split_front_matter(f"---\n{'#' + letter * (count - 1)}\n---\n", "a.md")[0].value == {}
    text = f"\n---\n{'#' + letter * (count + 1)}\n---\n"
    assert broken(text) == ["2:1 error front-matter: the front matter is longer than 64 KiB"]


def test_positions_count_from_the_start_of_the_file() -> None:
    node, _ = split_front_matter("\n\n---\ntitle: T\ndate:   D\n---\n", "a.md")
    assert node.value["date"].location == Location("a.md", 5, 1)
    assert node.value["date"].node.location == Location("a.md", 5, 9)
    assert broken("\n---\ntitle: T\ntitle: U\n---\n") == [
        '4:1 error yaml: "title" is written twice, first in line 3 -- keep one of them'
    ]
    assert broken("\n+++\ntitle = 1\nx\n+++\n") == [
        '4:1 error toml: this line has no key and value -- write key = "value", or delete the line'
    ]


def test_a_title_with_a_colon_gets_the_quoted_form_to_write() -> None:
    assert broken("---\ndate: 2026-01-01\ntitle: Week 4: My Interest\n---\n") == [
        '3:14 error yaml: a text with ": " needs quotes -- write title: "Week 4: My Interest"'
    ]


@pytest.mark.parametrize(
    "first",
    [" ---", "\ufeff---", "\u200b---", "\u00a0---", "\t+++", "----", "--- # x", "---yaml", "+++ toml", "--", "++",
     "\u2014", "\u2013\u2013\u2013", "----- "],
)  # fmt: skip
def test_what_looks_like_a_block_is_never_taken_for_text(first: str) -> None:
    hint = "begin the file with a line --- (YAML) or +++ (TOML) and nothing else in it"
    line = f"2:1 error front-matter: this is nearly front matter -- {hint}"
    assert broken(f"\n{first}\ndraft: true\n---\n# T\n") == [line]


# What hides nothing


@pytest.mark.parametrize(
    "line",
    ["draft: true", "Private: yes", "unlisted = true", "published: 'false'", "**draft**: true", "- private: true",
     '"draft": true', "> draft: true", "draft : no", "draft\uff1atrue", "hidden: true", "status: draft", "draft = on"],
)  # fmt: skip
def test_a_line_in_the_text_that_looks_as_if_it_hid_the_post_is_an_error(line: str) -> None:
    hint = "front matter stands once, at the top of the file, between lines --- or +++"
    message = f"9:1 error front-matter: this line is in the text and hides nothing -- {hint}"
    assert told(check_text(f"Text\n\n{line}\n", Location("a.md", 7))) == [message]


@pytest.mark.parametrize(
    "text",
    ["", "Text", "a draft: true", "drafts: true", "draft: of a letter", "# H\ndraft: true", "T\n```\ndraft: true\n```",
     "T\n~~~\n```\ndraft: true\n~~~", "x\n" * 20 + "draft: true"],
)  # fmt: skip
def test_other_lines_and_examples_are_text(text: str) -> None:
    assert check_text(text, Location("a.md")) == []


def test_a_block_of_code_that_begins_the_file_is_no_example() -> None:
    assert check_text("```\ndraft: true\n```\n", Location("a.md"))[0].location == Location("a.md", 2)


IN_YAML = "write draft: true at the left edge, or use another word"
IN_TOML = "write draft = true above the first [table], or use another word"


def lost(text: str) -> list[str]:
    """What is wrong with keys and lines of a block that hide nothing."""
    node, end = split_front_matter(text, "a.md")
    return told(check_block(text[:end], node))


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ("extra:\n  color: red\n  draft: true", "5:3"), ("extra: {a: [{b: {draft: yes}}]}", "3:18"),
        ("extra:\n  meta:\n    - color: red\n    - draft: 1", "6:7"), ("parts:\n  - title: A\n    draft: true", "5:5"),
        ("params:\n  draft:", "4:3"), ("extra:\n  ? draft\n  : true", "4:5"),
        ("extra:\n  \uff44\uff52\uff41\uff46\uff54: true", "4:3"),
    ],
)  # fmt: skip
def test_a_key_that_hides_is_an_error_below_another_key(block: str, place: str) -> None:
    (line,) = lost(f"---\ntitle: T\n{block}\n---\n")
    name = "\uff44\uff52\uff41\uff46\uff54" if "\uff44" in block else "draft"
    outer = block.partition(":")[0]
    assert line == f'{place} error hiding-key: "{name}" hides nothing inside "{outer}" -- {IN_YAML}'


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ('[extra]\ncolor = "red"\ndraft = true', "5:1"), ("extra.draft = true", "3:7"), ("extra = { draft = true }", "3:11"),
        ("[extra.meta]\ndraft = true", "4:1"), ("[[extra.list]]\na = 1\n[[extra.list]]\ndraft = true", "6:1"),
    ],
)  # fmt: skip
def test_a_key_that_hides_is_an_error_in_a_table_of_toml(block: str, place: str) -> None:
    assert lost(f'+++\ntitle = "T"\n{block}\n+++\n') == [
        f'{place} error hiding-key: "draft" hides nothing inside "extra" -- {IN_TOML}'
    ]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("published: false", "write published: false at the left edge, or use another word"),
        ("status: draft", f"write {HIDING} instead, or use another word"),
        ("publishDate: 2099-01-01", 'write "date" instead, or use another word'),
    ],
)
def test_a_key_of_another_program_that_hides_is_an_error_below_another_key(line: str, hint: str) -> None:
    key = line.partition(":")[0]
    assert lost(f"---\nextra:\n  {line}\n---\n") == [
        f'3:3 error hiding-key: "{key}" hides nothing inside "extra" -- {hint}'
    ]


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ("summary: |\n  Words.\n  draft: true", "4:3"), ("context: >\n  draft: true", "3:3"),
        ('summary: "Words.\n  draft: true"', "3:3"), ("summary: 'Words.\n  draft: true\n  '", "3:3"),
        ("summary: Words\n  draft = true", "3:3"), ("summary: Words\n  draft\uff1atrue", "3:3"),
        ("tags:\n  - a\n  - 'draft: true'", "4:3"), ("extra:\n  note: |\n    draft: yes", "4:5"),
        ("title: T\ndraft: false\nsummary: |\n  draft: on", "5:3"),
    ],
)  # fmt: skip
def test_a_line_that_hides_is_an_error_inside_a_text_of_yaml(block: str, place: str) -> None:
    message = "this line is part of a text and hides nothing"
    assert lost(f"---\n{block}\n---\n") == [f"{place} error front-matter: {message} -- {IN_YAML}"]


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ('summary = """\nWords.\ndraft = true\n"""', "4:1"), ("summary = '''\n  draft: true'''", "3:3"),
        ('summary = """Words \\\n  draft = true \\\n  more"""', "3:3"), ('tags = [\n  "draft = true",\n]', "3:3"),
    ],
)  # fmt: skip
def test_a_line_that_hides_is_an_error_inside_a_text_of_toml(block: str, place: str) -> None:
    message = "this line is part of a text and hides nothing"
    assert lost(f"+++\n{block}\n+++\n") == [f"{place} error front-matter: {message} -- {IN_TOML}"]


@pytest.mark.parametrize(
    "block",
    [
        "draft: true\nprivate: true\nunlisted: true\npublished: false", "# draft: true\ntitle: T  # draft: true",
        "summary: |\n  private: schools\n  draft: is a word\n  draft: false", "summary: 'draft: true'", "{title: T,\n draft: true}",
        "extra: {status: accepted, hide: [toc], published: 2019, draft: false, visible: true}", "extra:\n  drafts: true", "",
    ],
)  # fmt: skip
def test_keys_at_the_top_and_prose_are_no_slips(block: str) -> None:
    assert lost(f"---\n{block}\n---\nText\n") == []
    assert lost("draft: true\n") == []


# Every key


def test_a_block_that_says_nothing_leaves_every_default() -> None:
    top = Location("a.md")
    assert matter("") == FrontMatter(context_location=top, location=top)


def at(text: str, line: int, column: int) -> LocatedText:
    return LocatedText(text, Location("a.md", line, column))


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("title: no", "title", "no"),
        ("title: 1.10", "title", "1.10"),
        ("title: '  Two\n\n  words '", "title", "Two words"),
        ("date: 2015-6-9", "date", Timestamp(dt.date(2015, 6, 9))),
        ("date: '2015-06-09 9:00'", "date", Timestamp(dt.date(2015, 6, 9), dt.time(9))),
        ("updated: 2015-06-09", "updated", Timestamp(dt.date(2015, 6, 9))),
        ("lastmod: 2015-06-09", "updated", Timestamp(dt.date(2015, 6, 9))),
        ("changes: [2015-06-10: a, 2015-06-09: b]", "updated", Timestamp(dt.date(2015, 6, 10))),
        ("updated: 2015-06-09\nchanges: [2015-06-10: a]", "updated", Timestamp(dt.date(2015, 6, 9))),
        ("changes: []", "updated", None),
        ("date:", "date", None),
        ("slug: 012", "slug", at("012", 2, 7)),
        ("slug: ' '", "slug", None),
        ("summary: >\n  Two\n  lines", "summary", "Two lines"),
        ("description: S", "summary", "S"),
        ("tags: [a, ' b  c ']", "tags", (at("a", 2, 8), at("b c", 2, 11))),
        ("tags:\n  - no\n  - 012", "tags", (at("no", 3, 5), at("012", 4, 5))),
        ("tags: one", "tags", (at("one", 2, 7),)),
        ("tags: []", "tags", ()),
        ("labels: Week", "labels", (at("Week", 2, 9),)),
        ("context: '*So*'", "context", "*So*"),
        ("series: S", "series", at("S", 2, 9)),
        ("series: S\npart: 3", "part", 3),
        ("series: S\npart: 3", "part_location", Location("a.md", 3, 7)),
        ("weight: 3", "part_location", Location("a.md", 2, 9)),
        ("weight: 3", "part", 3),
        ("draft: true", "draft", True),
        ("draft: True", "draft", True),
        ("draft: false", "draft", False),
        ("published: false", "draft", True),
        ("published: true", "draft", False),
        ("draft: true\npublished: false", "draft", True),
        ("draft: false\npublished: true", "draft", False),
        ("private: true", "private", True),
        ("unlisted: True", "unlisted", True),
        ("image: a.png", "image", at("a.png", 2, 8)),
        ("image: a.png\nimage_alt: A", "image_alt", "A"),
        ("image: {src: a.png}", "image", at("a.png", 2, 14)),
        ("image: {path: /a.png}", "image", at("/a.png", 2, 15)),
        ("image:\n  url: https://x.org/a.png", "image", at("https://x.org/a.png", 3, 8)),
        ("image: {src: a.png, alt: A}", "image_alt", "A"),
        ("image: {src: a.png}\nimage_alt: A", "image_alt", "A"),
        ("image: {src: a.png, alt: }\nimage_alt: A", "image_alt", "A"),
        ("image:", "image", None),
        ("source: https://x.org/a", "source", ExternalSource("https://x.org/a", "x.org")),
        ("source: {url: https://x.org/a, title: T, author: A}", "source", ExternalSource("https://x.org/a", "T", "A")),
        ("discussion: https://x.org", "discussion", "https://x.org"),
        ("revisits: a.md", "revisits", (at("a.md", 2, 11),)),
        ("revisits: [a.md, b.md]", "revisits", (at("a.md", 2, 12), at("b.md", 2, 18))),
        ("aliases: [/a/]", "aliases", (at("/a/", 2, 11),)),
        ("author: A", "author", (Person("A"),)),
        ("author: {name: A, url: 'http://x.org', email: a@x.org}", "author", (Person("A", "http://x.org", "a@x.org"),)),
        ("author: [A, {name: B}]", "author", (Person("A"), Person("B"))),
        ("lang: pt-BR", "lang", "pt-BR"),
        ("canonical: https://x.org/a", "canonical", "https://x.org/a"),
        ("toc: false", "toc", False),
        ("template: page.html", "template", at("page.html", 2, 11)),
        ("guid: 'tag:x'", "guid", at("tag:x", 2, 7)),
        ("extra: {a: [1, no]}", "extra", {"a": [1, "no"]}),
    ],
)
def test_every_key_is_read_as_its_type(block: str, field: str, value: Any) -> None:
    assert getattr(matter(block), field) == value


@pytest.mark.parametrize(
    ("block", "field", "value"),
    [
        ("title = '1.10'", "title", "1.10"),
        ("date = 2015-06-09", "date", Timestamp(dt.date(2015, 6, 9))),
        ("date = '2015-6-9'", "date", Timestamp(dt.date(2015, 6, 9))),
        ("date = 2015-06-09 09:00:00.5", "date", Timestamp(dt.date(2015, 6, 9), dt.time(9))),
        ("date = 2015-06-09T09:00:00+02:00", "date", Timestamp(dt.date(2015, 6, 9), dt.time(9), 120)),
        ("date = 2015-06-09T09:00:00Z", "date", Timestamp(dt.date(2015, 6, 9), dt.time(9), 0)),
        ("tags = ['a']", "tags", ("a",)),
        ("series = 'S'\npart = 3", "part", 3),
        ("draft = true", "draft", True),
        ("published = false", "draft", True),
        ("source = {url = 'http://x.org'}", "source", ExternalSource("http://x.org")),
        ("[source]\nurl = 'http://x.org'", "source", ExternalSource("http://x.org")),
        ("[extra]\na = [1, 2.5]", "extra", {"a": [1, 2.5]}),
    ],
)
def test_toml_says_the_same_as_yaml(block: str, field: str, value: Any) -> None:
    found = getattr(toml(block), field)
    assert (tuple(item.text for item in found) if field == "tags" else found) == value


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        ("title: ''", ['2:8 error empty: "title" is empty -- write title: …']),
        ("title:", ['2:7 error empty: "title" is empty -- write title: …']),
        ("title: ~", ['2:8 error empty: "title" is empty -- write title: …']),
        ("title: null", ['2:8 error empty: "title" is empty -- write title: …']),
        ("title: a <!-- b -->",
         [f'2:8 error comment-in-text: "title" is published as typed, with its comment -- {COMMENT}']),
        ("date: soon", [f'2:7 error wrong-date: "soon" is not a date -- {FORMS}']),
        ("date: 2015-02-30", ['2:7 error wrong-date: "2015-02-30" is not a date: February 2015 has 28 days -- write a day from 2015-02-01 to 2015-02-28']),
        ("date: [2015]", ['2:7 error wrong-type: "date" must be a date -- write it as 2026-01-31']),
        ("lastmod: 12:30", [f'2:10 error wrong-date: "12:30" is not a date -- {FORMS}']),
        ("updated: 2015-06-09 25:00",
         ['2:10 error wrong-date: "2015-06-09 25:00" is not a date: there is no hour 25 -- write a time from 00:00 to 23:59']),
        ("slug: [a]", ['2:7 error wrong-type: "slug" must be text -- write slug: a']),
        ("summary: [a]", ['2:10 error wrong-type: "summary" must be text -- write summary: a']),
        ("summary: a\ndescription: b",
         ['3:1 error same-key: "summary" and "description" mean the same -- keep one of them']),
        ("updated: 2015-06-09\nlastmod: 2015-06-09",
         ['3:1 error same-key: "updated" and "lastmod" mean the same -- keep one of them']),
        ("part: 1\nweight: 1\nseries: S", ['3:1 error same-key: "part" and "weight" mean the same -- keep one of them']),
        ("tags: {a: b}", ['2:7 error wrong-type: "tags" must be a list of words -- write tags: [statistics]']),
        ("tags: [a, [b], '']", ['2:11 error wrong-type: an entry of "tags" must be text -- take the inner brackets out',
         '2:16 error empty: "tags" has an empty entry -- fill it, or delete it']),
        ("tags: a, b ,c", ['2:7 warning comma: "tags" is one text with a comma -- write tags: [a, b, c]']),
        ("labels: 'a, b'", ['2:9 warning comma: "labels" is one text with a comma -- write labels: [a, b]']),
        ("context: [a]", ['2:10 error wrong-type: "context" must be text -- write context: a']),
        ("series: [a]", ['2:9 error wrong-type: "series" must be text: a post has one series -- write series: a']),
        ("weight: first", ['2:9 error wrong-type: "weight" must be a whole number -- write weight: 3']),
        ("part: '1'", ['2:7 error wrong-type: "part" must be a whole number -- write part: 1']),
        ("draft: true\npublished: true",
         ['3:12 error same-key: "draft" and "published" contradict each other -- keep one']),
        ("published: false\ndraft: false",
         ['2:12 error same-key: "draft" and "published" contradict each other -- keep one']),
        ("private: 'true'", ['2:10 error wrong-type: "private" must be true or false -- write private: true']),
        ("unlisted: yes", ['2:11 error wrong-type: "unlisted" must be true or false -- write unlisted: true']),
        ("image: [a.png]", ['2:8 error wrong-type: "image" must be text -- write image: a.png']),
        ("image: {alt: A}", ['2:8 error missing-key: "image" needs a src -- add src: a-picture.png']),
        ("image: {src: , alt: A}", ['2:8 error missing-key: "image" needs a src -- add src: a-picture.png']),
        ("image: {src: [a]}", ['2:14 error wrong-type: "src" must be text -- write src: a']),
        ("image: {src: a.png, alt: [A]}", ['2:26 error wrong-type: "alt" must be text -- write alt: A']),
        ("image: {src: a.png, path: b.png}", ['2:21 error same-key: "src" and "path" mean the same -- keep one of them']),
        ("image: {scr: a.png}", ['2:9 error unknown-key: unknown key "scr" -- the keys here are src, path, url and alt']),
        ("image: {src: a.png, width: 3}",
         ['2:21 error unknown-key: unknown key "width" -- the keys here are src, path, url and alt']),
        ("image: {src: a.png, alt: A}\nimage_alt: A",
         ['3:1 error same-key: "image_alt" and "alt" of the image mean the same -- keep one of them']),
        ("image_alt: [a]", ['2:12 error wrong-type: "image_alt" must be text -- write image_alt: a']),
        ("source: x.org", ['2:9 error wrong-url: "source" must be an http or https address, not "x.org" -- write source: https://x.org']),
        ("source: [http://x.org]", ['2:9 error wrong-type: "source" must be one address, or a table with url -- write source: http://x.org']),
        ("source: {title: T}", ['2:9 error missing-key: "source" needs a url -- add url: https://…']),
        ("source: {url: javascript:x}",
         ['2:15 error wrong-url: "url" must be an http or https address, not "javascript:x"']),
        ("source: {url: http://x.org, titel: T}",
         ['2:29 error unknown-key: unknown key "titel" -- did you mean "title"?']),
        ("discussion: a@x.org",
         ['2:13 error wrong-url: "discussion" must be an http or https address, not "a@x.org"']),
        ("revisits: {a: b}", ['2:11 error wrong-type: "revisits" must be a list of files -- write revisits: [earlier-post.md]']),
        ("aliases: ['']", ['2:11 error empty: "aliases" has an empty entry -- fill it, or delete it']),
        ("author: {url: 'http://x.org'}", ['2:9 error missing-key: "author" needs a name -- add name: …']),
        ("author: ['']", ['2:10 error missing-key: "author" needs a name -- fill it, or delete it']),
        ("author: [[A]]",
         ['2:10 error wrong-type: "author" must be a name, or a table with name, url and email -- write a name, such as "Ada Lovelace"']),
        ("author: {name: A, email: x}", ['2:26 error wrong-email: "x" is not an e-mail address']),
        ("author: {name: A, mail: x@y}", ['2:19 error unknown-key: unknown key "mail" -- did you mean "email"?']),
        ("author: {name: A, url: x}", ['2:24 error wrong-url: "url" must be an http or https address, not "x" -- write the whole address, with https://']),
        ("lang: english please",
         ['2:7 error wrong-language: "english please" is not a language tag such as en or pt-BR']),
        ("canonical: /a/", ['2:12 error wrong-url: "canonical" must be an http or https address, not "/a/" -- write the whole address, with https://']),
        ("toc: off", ['2:6 error wrong-type: "toc" must be true or false -- write toc: false']),
        ("template: [a]", ['2:11 error wrong-type: "template" must be text -- write template: a']),
        ("guid: [a]", ['2:7 error wrong-type: "guid" must be text -- write guid: a']),
        ("extra: 1", ['2:8 error wrong-type: "extra" must be a table of keys and values']),
        ("dratf: true", ['2:1 error unknown-key: unknown key "dratf" -- did you mean "draft"?']),
        ("Draft: true", ['2:1 error unknown-key: unknown key "Draft" -- did you mean "draft"?']),
        ("zzz: 1\nparts: [a]", ['2:1 error unknown-key: unknown key "zzz"',
         '3:1 error unknown-key: unknown key "parts" -- did you mean "part"?']),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_position(block: str, lines: list[str]) -> None:
    assert wrong(block) == lines


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("series: [A, B]", '2:9 error wrong-type: "series" must be text: a post has one series -- write series: A'),
        ("source: [https://x.org]",
         '2:9 error wrong-type: "source" must be one address, or a table with url -- write source: https://x.org'),
        ("source: {ulr: https://x.org}", '2:10 error unknown-key: unknown key "ulr" -- the keys here are url, title and author'),
        ("author: {nam: a}", '2:10 error unknown-key: unknown key "nam" -- did you mean "name"?'),
        ("changes: [{dat: 2026-01-31, text: a}]", '2:12 error unknown-key: unknown key "dat" -- did you mean "date"?'),
        ("draft: maybe", '2:8 error wrong-type: "draft" must be true or false -- write draft: true, or take the line out'),
        ("toc: maybe", '2:6 error wrong-type: "toc" must be true or false -- write toc: false, or take the line out'),
        ("lang: en_GB", '2:7 error wrong-language: "en_GB" is not a language tag such as en or pt-BR -- write lang: en-GB'),
        ('labels: ["#Essay"]', '2:10 warning mark: "#Essay" is shown with its # -- write Essay'),
        ("tags: [“loss”]", '2:8 warning mark: "“loss”" is shown with its “ -- write loss'),
        ("lastmod: 22/11/2026", '2:10 error wrong-date: "22/11/2026" is not a date -- write lastmod: 2026-11-22'),
        ("labels: '#Essay, #Note'", '2:9 warning comma: "labels" is one text with a comma -- write labels: [Essay, Note]'),
        ("changes:\n  - 2026-11-23 fixed", "3:5 error wrong-type: a change needs a date and a text -- write - 2026-11-23: fixed"),
        ("changes: [22/11/2026: a]", '2:11 error wrong-date: "22/11/2026" is not a date -- write 2026-11-22'),
    ],
)  # fmt: skip
def test_one_mistake_gives_one_problem_with_what_to_write(block: str, line: str) -> None:
    assert wrong(block) == [line]


def test_marks_within_a_name_are_no_mistake() -> None:
    assert wrong('tags: [C#, "“Trust” in AI", "#"]') == []


def test_a_draft_may_be_private() -> None:
    assert wrong("draft: false\nprivate: true") == []


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        ("parts: Week 1", ['2:8 warning one-text: "parts" is one text, and not a list -- write each title on a line of its own: - Week 1']),
        ("parts:\n  Week 1\n  Week 2",
         ['3:3 warning one-text: "parts" is one text, and not a list -- write each title on a line of its own: - Week 1']),
        ("parts:\n  - Week 1\n  - Week 2\n  - week  1",
         ['5:5 warning same-part: the part "week  1" is planned twice, first in line 3 -- take one of them out']),
        ("parts: [A, A]", ['2:12 warning same-part: the part "A" is planned twice, first in line 2 -- take one of them out']),
    ],
)  # fmt: skip
def test_a_plan_that_is_not_meant_so_is_a_warning(block: str, lines: list[str]) -> None:
    assert wrong(block, "series") == lines


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("title = 12", '2:9 error wrong-type: "title" must be text -- write title = "12"'),
        ("title = 'T'\ndate = 09:00:00",
         '3:8 error wrong-type: "date" must be a date -- write it as 2026-01-31'),
        ("date = 2015-06-09T09:00:00+23:59",
         '2:8 error wrong-date: "2015-06-09T09:00:00+23:59" is not a date: the time zone is out of range -- write an offset from -15:59 to +15:59'),
        ("date = 0001-01-01", '2:8 error wrong-date: "0001-01-01" is not a date: the year must be between 1000 and 9998 -- write it as 2026-01-31'),
        ("draft = 'true'", '2:9 error wrong-type: "draft" must be true or false -- write draft = true'),
        ("author = 3", '2:10 error wrong-type: "author" must be a name, or a table with name, url and email -- write author = "Ada Lovelace"'),
    ],
)  # fmt: skip
def test_a_wrong_value_of_toml_is_told_with_its_position(block: str, line: str) -> None:
    assert line in wrong_toml(block)


def test_all_wrong_values_of_a_block_are_told_together() -> None:
    assert len(wrong("dratf: true\ndate: soon\ntags: [[a]]\npart: x")) == 4


@pytest.mark.parametrize("block", ["title: [a]", 'title: "\\0"'])
def test_a_wrong_title_is_told_once(block: str) -> None:
    assert len(wrong(block)) == 1


@pytest.mark.parametrize("block", ["published: no", "draft: off", "draft: 'false'", "private: 0"])
def test_the_hint_for_a_flag_does_not_turn_its_meaning_round(block: str) -> None:
    assert wrong(block)[0].endswith(" -- write " + block.partition(":")[0] + ": false")


def test_the_hint_for_a_flag_of_toml_is_toml() -> None:
    assert wrong_toml("draft = 'true'")[0].endswith(" -- write draft = true")


def test_a_source_with_an_empty_url_is_an_error() -> None:
    assert wrong("source: {url: '', title: T}") == ['2:9 error missing-key: "source" needs a url -- add url: https://…']


@pytest.mark.parametrize("url", ["http://[x", "http://ex℀mple.org"])
def test_a_source_that_no_program_can_take_apart_is_an_error(url: str) -> None:
    assert wrong(f"source: '{url}'") == [f'2:9 error wrong-url: "source" must be an http or https address, not "{url}"']


@pytest.mark.parametrize("author", ['"\\x01"', '["\\0"]', "A <!-- B -->"])
def test_an_authors_name_is_a_text_like_any_other(author: str) -> None:
    assert wrong(f"author: {author}")


def test_what_follows_a_wrong_entry_keeps_its_position() -> None:
    found, _ = parse_front_matter(split_front_matter("---\naliases: ['', b]\n---\n", "a.md")[0], "post", ())
    assert found.aliases == (at("b", 2, 15),)


# Where the context stands


@pytest.mark.parametrize("value", ["So", "'So'", "|\n  So", ">-\n  So", "|\n\n\n    So", "| # so\n   So"])
def test_the_context_is_placed_where_its_value_stands(value: str) -> None:
    found = matter(f"title: T\ncontext: {value}")
    assert (found.context, found.context_location) == ("So", Location("a.md", 3, 10))


def test_the_context_of_toml_is_placed_where_its_value_stands() -> None:
    assert toml('context = """\nSo"""').context_location == Location("a.md", 2, 11)


@pytest.mark.parametrize("value", ["a <!-- b --> c", "|\n  a\n  <!-- b -->\n  c"])
def test_a_comment_in_the_context_is_markdown_and_no_error(value: str) -> None:
    assert "<!-- b -->" in matter(f"context: {value}").context
    assert wrong(f"context: {value}") == []


# Keys that mean nothing


@pytest.mark.parametrize(("kind", "what"), [("page", "a page"), ("home", "the home page")])
@pytest.mark.parametrize(
    ("key", "value"),
    [("tags", "a"), ("labels", "a"), ("series", "a"), ("part", "1"), ("weight", "1"), ("source", "https://x.org"),
     ("discussion", "https://x.org"), ("revisits", "a.md"), ("author", "A"), ("guid", "g")],
)  # fmt: skip
def test_a_key_for_posts_alone_is_a_warning_elsewhere(kind: Kind, what: str, key: str, value: str) -> None:
    hint = "take the line out"
    if kind == "page":
        hint = f"if this is a post, move the file to content/posts/; else {hint}"
    line = f'3:1 warning silent-key: "{key}" means nothing on {what} -- {hint}'
    assert wrong(f"summary: S\n{key}: {value}", kind) == [line]
    series = "\nseries: S" if key == "part" else ""
    assert wrong(f"summary: S\n{key}: {value}{series}", "post") == []
    assert wrong(f"summary: S\n{key}: {value}", kind, allow=(key,)) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [("slug", "a"), ("image", "a.png"), ("image_alt", "A"), ("canonical", "https://x.org"), ("lang", "es"),
     ("unlisted", "true"), ("aliases", "/a/"), ("updated", "2026-01-31"), ("lastmod", "2026-01-31"),
     ("date", "2026-01-31"), ("title", "T"), ("context", "C"), ("changes", "[2026-01-31: C]")],
)  # fmt: skip
def test_a_key_for_pages_is_a_warning_on_the_home_page(key: str, value: str) -> None:
    line = f'3:1 warning silent-key: "{key}" means nothing on the home page -- take the line out'
    assert wrong(f"summary: S\n{key}: {value}", "home") == [line]
    image = "\nimage: a.png" if key == "image_alt" else ""
    assert wrong(f"summary: S\n{key}: {value}{image}", "page") == []


@pytest.mark.parametrize(("key", "value", "needed"), [("part", "3", "series"), ("image_alt", "A", "image")])
def test_a_key_that_needs_another_is_a_warning_without_it(key: str, value: str, needed: str) -> None:
    line = f'2:{len(key) + 3} warning silent-key: "{key}" means nothing without "{needed}" -- add "{needed}"'
    assert wrong(f"{key}: {value}", "post") == [line]
    assert wrong(f"{key}: {value}\n{needed}: x", "post") == []


def test_a_weight_without_a_series_is_no_warning() -> None:
    assert wrong("weight: 3", "post") == []


# Keys of other generators


@pytest.mark.parametrize(
    ("key", "ours"),
    [
        ("excerpt", '"summary"'), ("abstract", '"summary"'), ("subtitle", '"summary"'),
        ("redirect_from", '"aliases"'), ("alias", '"aliases"'), ("authors", '"author"'), ("path", '"url"'),
        ("permalink", '"url"'), ("modified", '"updated"'), ("last_modified_at", '"updated"'),
        ("hidden", HIDING), ("hide", HIDING), ("visible", HIDING), ("visibility", HIDING), ("status", HIDING),
        ("publish", '"published" or "draft"'), ("publishDate", '"date"'), ("keywords", '"tags"'),
        ("expiryDate", "not known: take the post down by draft: true"), ("cover", '"image"'),
        ("changelog", '"changes"'), ("history", '"changes"'), ("language", '"lang"'), ("series_order", '"part"'), ("order", '"part"'), ("layout", '"template"'),
    ],
)  # fmt: skip
def test_a_key_of_another_generator_is_told_what_it_is_here(key: str, ours: str) -> None:
    hint = f"here it is {ours}" if ours.startswith("not ") else f"write {ours} instead"
    assert wrong(f"{key}: x") == [f'2:1 error unknown-key: unknown key "{key}" -- {hint}']


@pytest.mark.parametrize("key", ["categories", "category"])
def test_categories_are_unknown_and_the_hint_names_the_setting(key: str) -> None:
    hint = 'write "tags" or "labels" instead, or categories = "tags" below [front_matter] in blog.toml'
    assert wrong(f"{key}: x") == [f'2:1 error unknown-key: unknown key "{key}" -- {hint}']


def with_categories(block: str, kind: Kind = "post") -> tuple[list[str], list[str]]:
    node = split_front_matter(f"---\n{block}\n---\n", "a.md")[0]
    found, problems = parse_front_matter(node, kind, (), "tags")
    return [f"{tag.text} {tag.location.line}:{tag.location.column}" for tag in found.tags], told(problems)


def test_categories_are_tags_if_the_settings_say_so() -> None:
    assert with_categories("categories: [a, b]") == (["a 2:14", "b 2:17"], [])
    assert with_categories("category: a b\ntags: c") == (["c 3:7", "a b 2:11"], [])
    assert with_categories("tags: [a]\ncategories: [A]\ncategory: b") == (["a 2:8", "A 3:14", "b 4:11"], [])


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("categories: a, b", '2:13 warning comma: "categories" is one text with a comma -- write categories: [a, b]'),
        ("category: Draft", '2:11 error hiding-tag: the tag "Draft" hides nothing -- write draft: true, or another tag'),
        ("categories: {a: b}",
         '2:13 error wrong-type: "categories" must be a list of words -- write categories: [statistics]'),
        ("categoris: a", '2:1 error unknown-key: unknown key "categoris" -- did you mean "categories"?'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_categories_is_told_by_their_name(block: str, line: str) -> None:
    assert with_categories(block)[1] == [line]


def test_categories_of_a_page_have_no_effect() -> None:
    assert with_categories("categories: [a]", "page")[1] == [
        '2:1 warning silent-key: "categories" means nothing on a page -- if this is a post, move the file to content/posts/; else take the line out'
    ]


def test_a_foreign_key_that_the_settings_allow_is_accepted_in_silence() -> None:
    assert wrong("layout: x\ncomments: true", allow=("layout", "comments")) == []


@pytest.mark.parametrize(
    ("key", "ours"),
    [("hidden", HIDING), ("hide", HIDING), ("visible", HIDING), ("visibility", HIDING), ("status", HIDING),
     ("Status", HIDING), ("publish", '"published" or "draft"'), ("publishDate", '"date"'),
     ("expirydate", "not known: take the post down by draft: true")],
)  # fmt: skip
def test_a_key_that_could_hide_a_post_is_never_allowed_in_silence(key: str, ours: str) -> None:
    hint = f"here it is {ours}" if ours.startswith("not ") else f"write {ours} instead"
    line = f'3:1 warning hiding-key: "{key}" does not hide anything here -- {hint}'
    assert wrong(f"title: T\n{key}: x", allow=(key,)) == [line]


@pytest.mark.parametrize("key", ["Draft", "PRIVATE", "Unlisted", "Published"])
def test_another_spelling_of_a_key_that_hides_a_post_is_never_allowed_in_silence(key: str) -> None:
    assert wrong(f"{key}: true", allow=(key,))


# Series files


def test_a_series_file_has_a_title_and_planned_parts() -> None:
    found = matter("title: S\nsummary: About\nparts:\n  - One\n  - Two\nslug: s\ndraft: true\nprivate: true", "series")
    assert (found.title, found.summary) == ("S", "About")
    assert found.parts == (at("One", 5, 5), at("Two", 6, 5))
    assert (found.slug, found.draft, found.private) == (at("s", 7, 7), True, True)


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        ("tags: a", ['2:1 error unknown-key: unknown key "tags"']),
        ("part: 1", ['2:1 error unknown-key: unknown key "part" -- did you mean "parts"?']),
        ("parts: ['', [a]]", ['2:9 error empty: "parts" has an empty entry -- fill it, or delete it',
                              '2:13 error wrong-type: an entry of "parts" must be text -- take the inner brackets out']),
        ("parts: {a: b}", ['2:8 error wrong-type: "parts" must be a list of titles -- write parts: [Week 1]']),
    ],
)  # fmt: skip
def test_a_series_file_is_a_closed_schema_of_its_own(block: str, lines: list[str]) -> None:
    assert wrong(block, "series") == lines


def test_names_are_in_one_line_with_one_space_as_titles_are() -> None:
    found = matter('series: "A  \\u2028 B"\ntags: ["C  D"]\nlabels: " E\tF "')
    assert found.series is not None
    assert [name.text for name in (found.series, *found.tags, *found.labels)] == ["A B", "C D", "E F"]


def test_a_post_may_have_two_hundred_tags_and_no_more() -> None:
    assert len(matter(f"tags: [{', '.join(f't{number}' for number in range(200))}]").tags) == 200
    assert wrong(f"labels: [{', '.join(f't{number}' for number in range(201))}]") == [
        '2:9 error too-many: "labels" has 201 entries, more than 200 -- keep those by which readers look for posts'
    ]


# Whatever is written


@pytest.mark.parametrize("key", KEYS)
def test_a_key_with_any_wrong_value_is_read_or_told_where_it_stands(key: str) -> None:
    blocks = [f"---\n{key}: {value}\n---\n" for value in YAML]
    blocks += [f"+++\n{key} = {value}\n+++\n" for value in TOML]
    for block in blocks:
        targets.matter(block.encode())
        targets.document(block.encode())
        try:
            _, problems = parse_front_matter(split_front_matter(block, "a.md")[0], "post", ())
        except BlogError as error:
            problems = list(error.problems)
        assert all(2 <= problem.location.line <= block.count("\n") for problem in problems), problems


@pytest.mark.parametrize(
    "line",
    ["- published: false", "- hide: true", "* draft: true", "- **hidden**: true", "- Status: draft", "- unlisted = on"],
)  # fmt: skip
@pytest.mark.parametrize(
    "head", ["# My notes\n\n", "# My notes\n", '# "Title"\n> A summary.\n\n- toc: true\n', "\n# A\n\n\n"]
)
def test_the_list_of_fastpages_below_the_heading_hides_nothing(line: str, head: str) -> None:
    (problem,) = told(check_text(f"{head}{line}\n- badges: true\n", Location("a.md")))
    row = head.count("\n") + 1
    assert problem.startswith(f"{row}:1 error front-matter: this line is in the text and hides nothing -- ")


@pytest.mark.parametrize(
    "text",
    ["# A\n\nWords.\n\n- published: false", "# A\n\nWords\n- hide: true", "Jekyll hides a post by a line:\n\n- published: false",
     "What I changed today in the settings\n\n- draft: true\n", "# A\n\n## B\n\n- hide: true", "# A\n```\n- hide: true\n```",
     "# A\n\n- hide: the axes", "# A\n\n- published: 2019", "# A\n\n- draft: false is the default", "Words.\n\n# A\n\n- hide: true"],
)  # fmt: skip
def test_a_list_behind_a_paragraph_is_text(text: str) -> None:
    assert check_text(text, Location("a.md")) == []


@pytest.mark.parametrize(
    "line", [".. status: draft", ".. status: private", ".. tags: a, draft", ".. tags: private", "#+draft: t", "#+HUGO_DRAFT: true", ":page-draft: true",
             ".. visible: no", "Status: skip", "Status: hidden", "unpublished: true"],
)  # fmt: skip
def test_the_header_of_another_tool_hides_nothing(line: str) -> None:
    (problem,) = told(check_text(f"<!--\n.. title: A\n{line}\n-->\nText", Location("a.md")))
    assert problem.startswith("3:1 error front-matter: this line is in the text and hides nothing -- ")


@pytest.mark.parametrize("tag", ["draft", "Draft", "private", "ｄｒａｆｔ"])
def test_a_tag_by_which_nikola_hid_a_post_is_an_error(tag: str) -> None:
    plain = "private" if tag == "private" else "draft"
    said = f'5:11 error hiding-tag: the tag "{tag}" hides nothing -- write {plain}: true, or another tag'
    assert wrong(f"title: T\ndate: 2024-01-01\n\ntags: [a, {tag}]") == [said]


def test_tags_about_drafts_are_tags() -> None:
    tags = matter("title: T\ndate: 2024-01-01\ntags: [NBA draft, drafts, private sector]").tags
    assert [tag.text for tag in tags] == ["NBA draft", "drafts", "private sector"]
