"""A source as what it says by itself."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.config.dates import Timestamp
from blog.config.settings import Label
from blog.content.document import Document, ParseOptions, ParseResult
from blog.content.file_kinds import Kind
from blog.content.files import LoadedFile
from blog.content.parse import parse_document, parse_notice
from blog.markdown import MarkdownOptions, fill_placeholders
from blog.problems import Location
from tests.support.sites import told

RULES = ParseOptions("en", ())
POST = "content/posts/2015-06-09-a.md"


def parsed(text: str | bytes, path: str = POST, kind: Kind = "post") -> ParseResult:
    return parse_document(LoadedFile(path, kind, text if isinstance(text, bytes) else text.encode()), RULES)


def html(text: str, path: str = POST, kind: Kind = "post") -> str:
    return parsed(text, path, kind).html.text.html


def document(text: str, path: str = POST, kind: Kind = "post") -> Document:
    found = parsed(text, path, kind)
    assert told(found.problems) == []
    assert found.document is not None
    return found.document


# Title, date, name


@pytest.mark.parametrize(
    ("text", "title", "start"),
    [
        ("---\ntitle: T\n---\nText\n", "T", "<p>Text</p>"),
        ("---\ntitle: T\n---\n## H\n", "T", '<h2 id="h">'),
        ("# T\n\nText\n", "T", "<p>Text</p>"),
        ("---\ntags: a\n---\n# *T* `x`\n\nText\n", "T x", "<p>Text</p>"),
        ("T\n=\n\nText\n", "T", "<p>Text</p>"),
    ],
)
def test_the_title_is_that_of_the_front_matter_or_the_first_heading(text: str, title: str, start: str) -> None:
    found = document(text)
    assert found.title == title
    assert html(text).strip().startswith(start)


def test_a_heading_stays_in_the_text_if_the_front_matter_has_a_title() -> None:
    text = "---\ntitle: T\n---\n# H\n"
    assert document(text).title == "T"
    assert "H" in html(text)


def test_the_home_page_keeps_its_heading_and_needs_no_title() -> None:
    assert document("# Welcome\n", "content/index.md", "home").title == ""
    assert "Welcome" in html("# Welcome\n", "content/index.md", "home")


@pytest.mark.parametrize(
    ("text", "title"), [("---\ntitle: S\n---\n", "S"), ("# H\n", "H"), ("Text\n", "road-map"), ("", "road-map")]
)
def test_a_series_is_named_by_its_title_its_heading_or_its_file(text: str, title: str) -> None:
    assert document(text, "content/series/road-map.md", "series").title == title


@pytest.mark.parametrize(("nothing", "place"), [("", "3:6"), (" ~", "3:7"), (" null", "3:7")])
def test_a_date_of_nothing_is_told_where_it_stands(nothing: str, place: str) -> None:
    (line,) = told(parsed(f"---\ntitle: T\ndate:{nothing}\n---\nText\n", "content/posts/a.md").problems)
    assert line == f'{place} error empty: "date" is empty -- write date: 2026-01-31'


def test_a_date_of_nothing_below_a_dated_name_is_that_of_the_name() -> None:
    assert document("---\ntitle: T\ndate:\n---\n").date == Timestamp(dt.date(2015, 6, 9))


@pytest.mark.parametrize(
    ("block", "line"),
    [
        ("ttile: T\ndate: 2026-01-01", '2:1 error unknown-key: unknown key "ttile" -- did you mean "title"?'),
        ("title: T\nDate: 2026-01-01", '3:1 error unknown-key: unknown key "Date" -- did you mean "date"?'),
        ("title: T\npublishDate: 2026-01-01", '3:1 error unknown-key: unknown key "publishDate" -- write "date" instead'),
    ],
)  # fmt: skip
def test_a_misspelt_key_is_told_once_and_not_as_missing(block: str, line: str) -> None:
    assert told(parsed(f"---\n{block}\n---\nText\n", "content/posts/a.md").problems) == [line]


@pytest.mark.parametrize("key", ["updated", "lastmod"])
def test_an_update_before_the_date_is_a_warning(key: str) -> None:
    line = "4:10 warning early-change: the update is older than the text, which is of 2026-01-31 -- correct one of the dates"
    assert told(parsed(f"---\ntitle: T\ndate: 2026-01-31\n{key}: 2026-01-30\n---\nText\n").problems) == [line]
    assert told(parsed(f"---\ntitle: T\ndate: 2026-01-31\n{key}: 2026-01-31\n---\nText\n").problems) == []


def test_another_date_in_the_file_name_is_for_blog_check() -> None:
    found = parsed("---\ntitle: T\ndate: 2015-06-10\n---\nText\n")
    message = "the file name has another date, 2015-06-09, which counts for nothing"
    assert told(found.problems) == []
    assert told(found.advice) == [f"3:7 warning other-date: {message} -- correct one of them"]
    for date in ("2015-06-09", "2015-06-09 09:00", "2015-06-10 00:30 +02:00"):
        assert parsed(f"---\ntitle: T\ndate: {date}\n---\nText\n").advice == ()


@pytest.mark.parametrize("kind", ["post", "page"])
def test_a_document_without_a_title_is_told_what_to_write(kind: Kind) -> None:
    assert told(parsed("\n\n---\nsummary: a\n---\nText\n", kind=kind).problems) == [
        "3:1 error missing-key: the title is missing -- write title: … in the front matter, or begin the text with # …"
    ]


@pytest.mark.parametrize(
    ("path", "date", "stem"),
    [
        ("content/posts/2015-06-09-a.md", Timestamp(dt.date(2015, 6, 9)), "a"),
        ("content/posts/2015-06-09_a-b.markdown", Timestamp(dt.date(2015, 6, 9)), "a-b"),
        ("content/posts/2015-06-09-a/index.md", Timestamp(dt.date(2015, 6, 9)), "a"),
        ("content/posts/x/2015-06-09-v1.2.md", Timestamp(dt.date(2015, 6, 9)), "v1.2"),
        ("content/posts/a.md", None, "a"),
        ("content/posts/a/index.md", None, "a"),
        ("content/posts/2015-06-09.md", None, "2015-06-09"),
        ("content/posts/2015-02-30-a.md", None, "2015-02-30-a"),
        ("content/posts/2015-6-9-a.md", None, "2015-6-9-a"),
        ("content/2015-06-09-a.md", None, "2015-06-09-a"),
        ("content/notes/2015-06-09-a.md", None, "2015-06-09-a"),
        ("content/now/index.md", None, "now"),
        ("content/index.md", None, "index"),
    ],
)
def test_a_file_name_gives_a_date_to_posts_and_a_stem_to_all(path: str, date: Timestamp | None, stem: str) -> None:
    found = document("# T\n", path, "page")
    assert (found.date, found.stem) == (date, stem)


def test_a_date_in_the_front_matter_comes_first() -> None:
    assert document("---\ntitle: T\ndate: 2020-01-01\n---\n").date == Timestamp(dt.date(2020, 1, 1))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("content/posts/a.md", ""),
        (
            "content/posts/2015-02-30-a.md",
            ': "2015-02-30" in the file name is not a date: February 2015 has 28 days',
        ),
    ],
)
def test_a_post_without_a_date_is_told_what_to_write(path: str, why: str) -> None:
    assert told(parsed("# T\n", path).problems) == [
        (
            f"1:1 error missing-key: the date is missing{why}"
            " -- write date: 2026-01-31 in the front matter, or name the file 2026-01-31-name.md"
        )
    ]


# Text and context


def test_text_and_context_are_converted_apart() -> None:
    text = "---\ntitle: T\ncontext: '*So*'\n---\nText\n"
    assert "<em>So</em>" in parsed(text).html.context.html
    assert html(text) == "<p>Text</p>\n"
    assert "So" not in document(text).text.summary


def test_ids_of_text_and_context_differ() -> None:
    found = document("---\ntitle: T\ncontext: |\n  ## H\n---\n## H\n")
    assert set(found.text.anchors) & set(found.context.anchors) == set()


def test_the_language_of_a_document_decides_its_quotation_marks() -> None:
    assert "«x»" in html('---\ntitle: T\nlang: es\n---\n"x"\n')
    assert "“x”" in html('---\ntitle: T\n---\n"x"\n')


def test_links_stand_where_they_are_in_the_file() -> None:
    found = document("\n---\ntitle: T\ncontext: See [x](a.md)\n---\n\nText\nand [y](b.md)\n")
    assert [(link.target, link.location) for link in (*found.context.links, *found.text.links)] == [
        ("a.md", Location(POST, 4, 10)),
        ("b.md", Location(POST, 8, 5)),
    ]


@pytest.mark.parametrize(
    "context",
    [
        "|\n  So\n  [x](a.md)",
        ">\n  So\n\n\n  [x](a.md)",
        "See [x](a.md)",
        "'See [x](a.md)'",
        '"a\\n\\n\\n\\n[x](a.md)"',
    ],
)
def test_what_is_in_the_context_has_the_place_of_its_value(context: str) -> None:
    found = document(f"---\ntitle: T\ncontext: {context}\n---\n")
    assert [link.location for link in found.context.links] == [Location(POST, 3, 10)]


def test_a_comment_in_the_context_or_a_notice_is_left_out_in_silence() -> None:
    found = parsed("---\ntitle: T\ndate: 2026-01-31\ncontext: a <!-- secret --> b\n---\n")
    assert found.problems == ()
    assert fill_placeholders(found.html.context.html, ()) == "<p>a b</p>\n"
    notice = parse_notice(Label("Week", "a <!-- secret --> b", Location("blog.toml", 7, 10)), MarkdownOptions("en"))
    assert (fill_placeholders(notice.html, ()), notice.problems) == ("<p>a b</p>\n", ())


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_any_line_end_gives_the_same_document(end: str) -> None:
    text = "---\ntitle: T\ncontext: |\n  a\n  b\n---\n\nText [x](b.md)\n\n```\na\n\nb\n```\n"
    assert document(text.replace("\n", end)) == document(text)


def test_a_byte_order_mark_and_empty_lines_before_the_block_do_not_matter() -> None:
    found = document("\ufeff\n\n---\ntitle: T\n---\nText\n")
    assert (found.title, found.front_matter.location) == ("T", Location(POST, 3, 1))


# Problems


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"---\ntitle: T\n---\n\xff", "4:1 error encoding: not UTF-8: byte 0xff -- save it as UTF-8"),
        (
            b"---\ntitle: T\n---\na\0",
            "4:2 error control-character: the text has the control character '\\x00' -- delete it",
        ),
        (
            b"---\ntitle: T\n",
            "1:1 error front-matter: the front matter is not closed by a line --- -- write --- alone on a line below the last key",
        ),
        (b"---\n- a\n---\n", "2:1 error yaml: expected lines of the form `key: value`"),
    ],
)
def test_what_cannot_be_read_gives_no_document_and_one_problem(data: bytes, line: str) -> None:
    found = parsed(data)
    assert found.document is None
    assert told(found.problems) == [line]


def test_problems_of_block_text_and_context_come_together() -> None:
    found = parsed("---\ndratf: true\ncontext: |\n  ::: private\n---\n::: private\n", "content/posts/a.md")
    assert sorted(problem.code for problem in found.problems) == [
        "missing-key", "missing-key", "open-passage", "open-passage", "unknown-key",
    ]  # fmt: skip
    assert found.document is not None


def test_the_settings_name_the_foreign_keys_to_accept() -> None:
    source = LoadedFile(POST, "post", b"---\ntitle: T\nlayout: x\n---\n")
    assert parse_document(source, ParseOptions("en", ("layout",))).problems == ()


def test_a_notice_is_markdown_at_its_place_in_the_settings() -> None:
    text = parse_notice(Label("Week", "See [x](a.md)", Location("blog.toml", 7, 10)), MarkdownOptions("en"))
    assert text.links[0].location.path == "blog.toml"
    assert text.links[0].location.line == 7


def test_a_document_is_plain_data() -> None:
    text = "---\ntitle: T\ndate: 2020-01-01 9:00+02:00\ntags: [a]\nsource: https://x.org\nextra: {a: [1, {b: ~}]}\n---\n# H\n"
    found = parsed(text)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=ParseResult) == found


@pytest.mark.parametrize("block", ["part = {}", "[extra]\na = {}", "[extra]\na = [{}]"])
def test_a_document_with_a_number_of_thirty_digits_is_plain_data(block: str) -> None:
    found = parsed(f'+++\ntitle = "T"\n{block.format("9" * 30)}\n+++\n')
    msgspec.msgpack.encode(found)


# Whatever the bytes

LINES = st.sampled_from(
    ["---", "+++", "title: T", 'title = "T"', "date: 2015-06-09", "tags: [a, b]", "context: |", "  ::: private", ":::",
     "::: private", "# H", "- a", "> b", "```", "~~~ {hl=x}", "[x](y.md#z)", "![a](b.png)", "<!-- x", "-->", "<a href='x'>",
     "[^1]", "[^1]: n", "| a | b |", "|---|---|", "$x$", "$$", "> [!NOTE]", "source: http://x", "extra: {a: &b 1}", "\t",
     "", "\0", "é", "\ufeff", "{#id}", "* * *", "a: b: c", "\u2028", "part: 1"]
)  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")),
        st.lists(LINES, max_size=14).map(lambda lines: "\n".join(lines).encode()),
        st.lists(LINES, max_size=10).map(lambda lines: "\r\n".join(["---", *lines, "---", "x"]).encode()),
    ),
    st.sampled_from(["post", "page", "home", "series"]),
)
def test_any_bytes_give_a_document_or_problems_in_the_file(data: bytes, kind: Any) -> None:
    found = parsed(data, kind=kind)
    assert found.document is not None or found.problems
    for problem in found.problems:
        assert problem.location.path == POST
        assert 1 <= problem.location.line <= len(data) + 2
        assert problem.location.column >= 1


def test_a_notice_has_no_ids_of_its_own_and_context_and_text_have_none_in_common() -> None:
    notice = parse_notice(Label("Week", "## A {#a}\n\n## B", Location("blog.toml", 7, 10)), MarkdownOptions("en"))
    assert told(notice.problems) == [
        '7:10 error wrong-id: a notice may not define ids ("a"): it appears on many pages -- take the id out'
    ]
    found = parsed("---\ntitle: T\ndate: 2026-01-31\ncontext: $$x$$ {#e}\n---\n$$y$$ {#e}\n")
    assert told(found.problems) == ['4:10 error same-id: the id "e" is in the text too -- give one of them another id']
