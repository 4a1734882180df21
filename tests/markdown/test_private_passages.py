"""Tests of `blog.markdown.directives.private`: nothing that an author hid is in anything that comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from blog.markdown import MarkdownOptions
from blog.markdown.convert import convert_markdown
from blog.markdown.directives import visible_directives
from blog.problems import Location
from tests.markdown.cases import author_text_of, everything_of, filled, page_of, problems_of, text_of
from tests.support.bounds import processor

if TYPE_CHECKING:
    from blog.markdown import ConvertedText

OPEN_HINT = "end it with a line ::: (after raw HTML or inside a list, leave an empty line before it)"
_NAMES = list(visible_directives())
KNOWN_NAME = f"the names are private, {', '.join(_NAMES[:-1])} and {_NAMES[-1]}"


def leaks(text: ConvertedText) -> bool:
    """Whether SECRET is in anything that can reach an output although nothing stops the build."""
    stopped = any(problem.severity == "error" for problem in text.problems)
    return not stopped and "SECRET" in everything_of(text).upper()


def withheld_links_of(source: str) -> list[tuple[str, str, int, int]]:
    """What only hidden text points at: kind, target, line, column."""
    links = text_of(source).hidden_links
    return [(link.kind, link.target, link.location.line, link.location.column) for link in links]


@pytest.mark.parametrize(
    "form",
    [
        "SECRET",
        "# SECRET",
        "## SECRET {#SECRET}",
        "SECRET\n===",
        "- SECRET\n  - SECRET",
        "> SECRET",
        "> [!NOTE]\n> SECRET",
        "> [!SECRET]\n> x",
        "- [ ] SECRET",
        "| SECRET |\n|---|\n| SECRET | SECRET |",
        "SECRET\n: SECRET",
        "x[^SECRET]\n\n[^SECRET]: SECRET",
        "[^SECRET]: SECRET",
        "[x]: SECRET.md 'SECRET'",
        "[x](SECRET.md 'SECRET') ![SECRET](SECRET.png){#SECRET}",
        "```SECRET {title=SECRET}\nSECRET\n```",
        "    SECRET",
        '<div id="SECRET" title="SECRET"><img src="SECRET.png">SECRET</div>\n',
        'a <b id="SECRET">SECRET</b> <a href="SECRET.md">b</a>',
        "<!-- SECRET -->",
        "x <!-- SECRET --> SECRET",
        "https://SECRET.example.org and SECRET@example.org",
        "[see @SECRET, p. 3; @he2016] and @SECRET [SECRET] and [-@SECRET]",
        "![@SECRET](a.png '@SECRET')[^1]\n\n[^1]: @SECRET",
        "SECRET <!-- more --> SECRET",
        "::: note\nSECRET\n:::",
        "::: private\nSECRET\n:::\n\nSECRET",
        "* * *\nSECRET\n* * *",
        "SECRET\\\nSECRET  \nSECRET",
        "[^1]: SECRET\n\n    SECRET",
    ],
)
def test_no_form_in_a_passage_reaches_any_output(form: str) -> None:
    text = text_of(f"open [x]\n\n::: private\n\n{form}\n\n:::\n\nopen [x] [^SECRE]\n")
    assert not [problem for problem in text.problems if problem.severity == "error"]
    assert "SECRET" not in everything_of(text).upper()
    assert filled(text).page == "<p>open [x]</p>\n<p>open [x] [^SECRE]</p>\n"
    assert text.private_passages == 1


@pytest.mark.parametrize(
    "source",
    [
        "# One <!-- SECRET -->",
        "[<!-- SECRET -->one](x.md '<!-- SECRET -->')",
        "![one<!-- SECRET -->](x.png '<!-- SECRET -->')",
        "a ![one<!-- SECRET -->](x.png) b",
        "| a | <!-- SECRET --> |\n|---|---|\n| <!-- SECRET --> | b |",
        "one\n: <!-- SECRET --> two",
        "one[^1]\n\n[^1]: <!-- SECRET -->two",
        "- [ ] <!-- SECRET --> one",
        "> [!NOTE]\n> <!-- SECRET -->",
        "> [!NOTE]\n> one <!-- SECRET -->",
        "<div><!-- SECRET --></div>",
        "<pre>\n<!-- SECRET\n\nSECRET -->\n</pre>",
        "<div id='<!-- SECRET -->'>",
        "a <b id='<!-- SECRET -->' title=\"<!-- SECRET -->\">c</b>",
        "a <a href='<!-- SECRET -->x'>c</a>",
        "<img src='<!-- SECRET -->x'>\n",
        "*a <!-- SECRET* --> b",
        "<!-- [SECRET]: SECRET.md -->\n\n[SECRE]",
        "a <!-- `SECRET --> b",
        "a <!-- more SECRET --> b",
        "<!-- ::: note\n\nSECRET -->\n\na",
        "- <!-- SECRET -->\n- a",
        "  <!--\n  SECRET\n\n  SECRET\n-->\na",
        "<details>\n<summary>a <!-- SECRET\nSECRET --></summary>\n\nb\n\n</details>",
    ],
)
def test_no_comment_reaches_any_output(source: str) -> None:
    assert "SECRET" not in everything_of(text_of(source)).upper()


@pytest.mark.parametrize(
    "source",
    [
        "> ::: private\nSECRET",
        "- ::: private\n  one\n\nSECRET\n\n:::",
        "::: private\n```\n:::\nSECRET",
        "::: private\n<!--\n:::\nSECRET",
        "::: private\n::: note\n:::\nSECRET",
        "one <!--\n\nSECRET -->",
        "one <!--\n- SECRET -->",
        "one <!--\n> SECRET -->",
        "one <!--\n[^1]: SECRET -->",
        "one <!--\n# SECRET -->",
        "| <!-- | SECRET --> |\n|---|---|",
        "> <!--\n\nSECRET -->",
        "- <!--\n\nSECRET -->",
        "<div>\n<!--\n\nSECRET -->\n</div>",
        "<div>\n::: private\nSECRET\n:::\n</div>",
        "<pre>\n::: Private\nSECRET\n:::\n</pre>",
        "> <div>\n> :::private\n> SECRET\n> :::\n> </div>",
        "- <div>\n  ::: {.private}\n  SECRET\n  :::\n  </div>",
        "::: privte\nSECRET\n:::",
        "::: privates\nSECRET\n:::",
        "::: private-notes\nSECRET\n:::",
        "::: _private_\nSECRET\n:::",
        "one ::: private\nSECRET\n:::",
        "\\::: private\nSECRET\n\n:::",
        "::: private\nSECRET\n:::\nSECRET\n:::",
    ],
)
def test_what_would_show_a_part_of_hidden_text_is_an_error(source: str) -> None:
    text = text_of(source)
    assert [problem for problem in text.problems if problem.severity == "error"]
    assert not leaks(text)


def test_a_comment_that_leaves_its_passage_is_an_error() -> None:
    assert not leaks(text_of("::: private\none <!-- two\n:::\nSECRET -->\n"))


NO_COMMENT = (
    "this is no comment: its words would be published"
    " (write <!-- … -->; to show the sign, write &lt;! or put it between ` and `)"
)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a <!note to self: SECRET--> b", "a b"), ("a <!SECRET> b", "a b"), ("a <?SECRET?> b", "a b"), ("a <?SECRET ?>", "a"),
        ("a <![CDATA[SECRET]]> b", "a b"), ("a <!DOCTYPE SECRET> b", "a b"), ("# A <!SECRET>", "# A"),
        ("*a <!SECRET* --> b*", "*a b*"), ("![a <?SECRET?> b](x.png)", "![a b](x.png)"), ("[a<!SECRET>](x.md)", "[a](x.md)"),
        ("| a <!SECRET> | b |\n|---|---|\n| <?SECRET?> c | d |", "| a | b |\n|---|---|\n| c | d |"),
        ("a[^1]\n\n[^1]: b <!SECRET>", "a[^1]\n\n[^1]: b"),
    ],
)  # fmt: skip
def test_what_browsers_take_for_a_comment_leaves_a_line(source: str, shown: str) -> None:
    text = text_of(source)
    assert "SECRET" not in everything_of(text).upper()
    assert filled(text) == filled(text_of(shown))
    assert (text.problems, text.comments) == ((), source.count("SECRET"))


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("<!SECRET-->", ""), ("<?SECRET\n\nSECRET?>", ""), ("<![CDATA[\nSECRET\n\nSECRET\n]]>", ""), ("> <!SECRET>", "<blockquote></blockquote>\n"),
        ("<div>\n</ SECRET>a</div>", "<div>\na</div>"), ("<div>\n</*SECRET>a</div>", "<div>\na</div>"),
        ("<div>\n<! SECRET>a</div>", "<div>\na</div>"), ("<div>\n<!1SECRET>a</div>", "<div>\na</div>"),
        ("<div>\n<!-SECRET>a</div>", "<div>\na</div>"), ("<div>\n<?SECRET>a<!-- SECRET --></div>", "<div>\na</div>"),
        ("<div title='>'><!SECRET>a</div>", "<div title='>'>a</div>"), ("<div><svg><desc><!SECRET></desc></svg>", "<div><svg><desc></desc></svg>"),
        ("<div><svg><style><!SECRET>a{}</style></svg>", "<div><svg><style>a{}</style></svg>"),
        ("<div><script>a</script><!SECRET>", "<div><script>a</script>"),
    ],
)  # fmt: skip
def test_what_browsers_take_for_a_comment_leaves_raw_html(source: str, page: str) -> None:
    text = text_of(source)
    assert "SECRET" not in everything_of(text).upper()
    assert filled(text).page == page
    assert text.problems == ()
    assert text.comments


@pytest.mark.parametrize(
    "source",
    ["<script>if (a <!b) { x = '<?y>' }</script>", "<textarea>\n<!x>\n</textarea>", "<div title='<!x>'>a</div>", "<div>\n</>a</div>",
     "<div><svg><style><![CDATA[a > b {}]]></style></svg></div>", "<style>\n<!x>\n</style>"],
)  # fmt: skip
def test_what_browsers_show_or_run_stays(source: str) -> None:
    text = text_of(source)
    assert (filled(text).page, text.problems) == (source, ())


@pytest.mark.parametrize(
    "source", ["`<!x>`", "```\n<!x>\n```", "\\<!x>", "&lt;!x>", "a <!= b", "a <!b", "a < !b>", "1 <! 2"]
)
def test_a_sign_in_code_and_in_a_sentence_is_no_comment(source: str) -> None:
    text = text_of(source)
    assert (text.problems, text.comments) == ((), 0)


@pytest.mark.parametrize(
    ("source", "start"),
    [
        ("<!SECRET a > SECRET-->", "1:1:"), ("a <!SECRET b > SECRET--> c", "1:3:"), ("a <?SECRET > SECRET ?> b", "1:3:"),
        ("a\n<![CDATA[ b > SECRET ]]> c", "2:1:"), ("<div>\n<?SECRET > SECRET ?>", "2:1:"),
        ("<div><svg><text><![CDATA[SECRET]]></text></svg></div>", "1:17:"), ("<svg><text><![CDATA[SECRET]]></text></svg>", "1:12:"),
    ],
)  # fmt: skip
def test_a_comment_of_which_browsers_would_show_a_part_is_an_error(source: str, start: str) -> None:
    assert problems_of(source) == [f"{start} error: browsers would show a part of this comment (write <!-- … -->)"]


@pytest.mark.parametrize("source", ["<div>\n<!SECRET\n\nSECRET-->", "<div>\n<?SECRET\n\na", "<div>\n</ SECRET"])
def test_what_browsers_take_for_a_comment_must_be_closed(source: str) -> None:
    hint = "write <!-- … -->; inside other raw HTML it must not hold an empty line"
    assert problems_of(source) == [f"2:1: error: the comment is not closed ({hint})"]


@pytest.mark.parametrize(
    "source",
    ["a <! SECRET --> b", "a <!- SECRET --> b", "a <!\u2014 SECRET \u2014> b", "a \uff1c\uff01\uff0d\uff0d SECRET --\uff1e",
     "a <!note SECRET\n\nmore SECRET --> b", "a <?SECRET> b", "a <!1 SECRET> b", "a <![SECRET]> b"],
)  # fmt: skip
def test_a_comment_whose_beginning_is_mistyped_is_an_error(source: str) -> None:
    assert problems_of(source) == [f"1:3: error: {NO_COMMENT}"]


def test_a_mistyped_comment_in_a_title_or_behind_a_fence_is_an_error() -> None:
    hint = "a comment stands where it would be published (take it out of the address, title or attribute)"
    assert problems_of("[a](b.md 'x <!SECRET-->')") == [f"1:1: error: {hint}"]
    assert problems_of("```python <!SECRET-->\nx\n```")[0] == f"1:1: error: {hint}"


def test_what_only_a_bogus_comment_points_at_is_withheld() -> None:
    assert withheld_links_of("<?[a](b.md)?>") == [("link", "b.md", 1, 7)]


@pytest.mark.parametrize(
    "piece",
    ["<!", "<!a", "<?", "<?a>", "<![CDATA[", "</ ", "<!a>", "<!-", "<! a>", "</a ", "<svg><![CDATA[", "<a <!", '"<!'],
)
@pytest.mark.parametrize("start", ["a ", "<div>\n"])
def test_signs_of_any_number_are_read_in_linear_time(start: str, piece: str) -> None:
    with processor(8):
        text_of(start + piece * 20_000)


@pytest.mark.parametrize(
    "mark",
    ["\uff1a\uff1a\uff1aprivate", "\uff1a\uff1a\uff1a private", "\ufe55\ufe55\ufe55 private", "\u2237: private",
     "\u02d0\u02d0\u02d0 private", ":\uff1a: private", "\uff1a\uff1a\uff1a {.\uff50rivate}", "\uff1a\uff1a\uff1a hidden"],
)  # fmt: skip
def test_a_mark_in_colons_of_another_alphabet_is_an_error(mark: str) -> None:
    hint = "write ::: private alone on a line, with an empty line before it, not indented further than the text"
    assert problems_of(f"a\n\n{mark}\n\nSECRET\n\n\uff1a\uff1a\uff1a\n") == [
        f"3:1: error: a private passage cannot begin like this ({hint})"
    ]


@pytest.mark.parametrize(
    "name", ["\uff50\uff52\uff49\uff56\uff41\uff54\uff45", "pr\u0456vate", "\uff30RIVATE", "{.\uff50rivate}"]
)
def test_private_hides_in_whatever_letters_it_is_typed(name: str) -> None:
    text = text_of(f"a\n\n::: {name}\nSECRET\n:::\n")
    assert (text.problems, text.private_passages) == ((), 1)
    assert "SECRET" not in everything_of(text).upper()


@pytest.mark.parametrize("name", ["hidden", "draft", "secret", "{.content-hidden}", "internal notes", "p r i v a t e"])
def test_a_name_by_which_other_programs_hide_is_an_error(name: str) -> None:
    first = problems_of(f"::: {name}\nSECRET\n:::\n")[0]
    assert first == f'1:1: error: unknown name in "::: {name}" (did you mean "private"?)'


@pytest.mark.parametrize("source", ["one <!-- a <!-- b --> SECRET -->", "<!-- a --> <!-- b <!-- c --> SECRET -->"])
def test_a_comment_in_a_comment_is_an_error_wherever_it_is(source: str) -> None:
    assert not leaks(text_of(source))


def test_a_footnote_that_only_a_hidden_footnote_uses_is_hidden_too() -> None:
    assert not leaks(text_of("::: private\n[^a]\n:::\n\n[^a]: one [^b]\n[^b]: SECRET\n"))


@pytest.mark.parametrize(
    "source",
    ["one\n    ::: private\n    SECRET\n    :::\n", "- one\n      ::: private\n      SECRET\n      :::\n"],
)
def test_a_passage_that_is_indented_too_far_below_text_is_an_error(source: str) -> None:
    assert not leaks(text_of(source))


@pytest.mark.parametrize("source", ["`::: private`", "one\n`::: private` two", "- `::: private` begins it"])
def test_a_mark_in_a_code_span_is_code(source: str) -> None:
    assert problems_of(source) == []
    assert "<code>::: private</code>" in page_of(source)


@pytest.mark.parametrize("indent", ["    ", "\t", "      "])
def test_a_passage_in_indented_code_is_code_and_stays_with_a_warning(indent: str) -> None:
    text = text_of(f"one\n\n{indent}::: private\n{indent}two\n{indent}:::\n")
    rest = indent.removeprefix("    ").replace("\t", "")
    assert f"<code>{rest}::: private\n{rest}two\n{rest}:::\n</code>" in text.html
    assert (text.private_passages, [problem.code for problem in text.problems]) == (0, ["private-in-code"])


@pytest.mark.parametrize(
    "mark",
    [
        ":::\u00a0private",
        ":::\u202fprivate",
        ":::\u200bprivate",
        "::: {#a .private}",
        "::: (private)",
        '::: "private"',
        "::: *private*",
        "::: not private",
        "::: note private",
    ],
)
def test_a_mark_that_names_private_in_any_other_way_hides_or_is_an_error(mark: str) -> None:
    assert not leaks(text_of(f"{mark}\nSECRET\n:::\n"))


@pytest.mark.parametrize(
    ("mark", "word", "column"),
    [
        ("::: theorem {.private}", ".private", 14),
        ('::: theorem {title="a" .private}', ".private", 24),
        ("::: theorem {#private}", "#private", 14),
        ("::: theorem {private}", "private", 14),
        ("::: theorem {privat}", "privat", 14),
        ("::: theorem {.priv ate}", ".priv", 14),
        ("::: theorem {title=private}", "title=private", 14),
        ("::: theorem {hidden}", "hidden", 14),
        ("::: theorem {.content-hidden}", ".content-hidden", 14),
        ("::: theorem {visibility=hidden}", "visibility=hidden", 14),
        ("::: theorem {draft=true}", "draft=true", 14),
        ("::: {.theorem .private}", ".private", 15),
        ("::: {#thm-a .theorem private=yes}", "private=yes", 22),
        ("::: pull {.private}", ".private", 11),
        ("::: theorem {\uff50rivate}", "\uff50rivate", 14),
    ],
)
def test_an_attribute_by_which_an_author_may_mean_to_hide_a_block_is_an_error_at_its_column(
    mark: str, word: str, column: int
) -> None:
    source = f"{mark}\nSECRET\n:::\n"
    assert problems_of(source) == [
        f'1:{column}: error: "{word}" hides nothing in "{mark}" (write ::: private in the place of this mark)'
    ]
    assert not leaks(text_of(source))


@pytest.mark.parametrize(
    "mark",
    ["::: private {x}", "::: private {#a .b c=d}", "::: {.private #a}", "::: {#a .private}", '::: private {title="x"}'],
)
def test_a_private_passage_with_attributes_is_hidden(mark: str) -> None:
    text = text_of(f"a\n\n{mark}\nSECRET\n:::\n")
    assert (text.problems, text.private_passages) == ((), 1)
    assert "SECRET" not in everything_of(text)


@pytest.mark.parametrize(
    "mark",
    [
        '::: theorem {title="Private learning is hidden"}',
        "::: theorem {#thm-private}",
        "::: {#thm-private-learning .theorem title='private'}",
    ],
)
def test_shown_words_and_ids_of_theorems_may_speak_of_private_things(mark: str) -> None:
    text = text_of(f"{mark}\nseen\n:::\n")
    assert (text.problems, "seen" in text.html) == ((), True)


@pytest.mark.parametrize(
    "mark",
    [
        '::: theorem {title="a <!-- SECRET --> b"}',
        "::: theorem {<!-- SECRET -->}",
        "::: theorem <!-- SECRET --> {#thm-a}",
        '::: theorem {title="a <!-- SECRET b"}',
        '::: theorem {title="a <!SECRET>"}',
    ],
)
def test_a_comment_in_a_mark_is_hidden_or_an_error(mark: str) -> None:
    assert not leaks(text_of(f"{mark}\nseen\n:::\n"))


def test_files_that_attributes_of_hidden_blocks_name_are_withheld() -> None:
    source = '::: private\n::: card {image="secret.png"}\n:::\n```python {file="secret.py"}\n```\n:::\n'
    assert [link.target for link in text_of(source).hidden_links] == ["secret.png", "secret.py"]


def test_a_name_that_is_nearly_private_in_raw_html_is_an_error() -> None:
    assert not leaks(text_of("<div>\n::: privat\nSECRET\n:::\n</div>\n"))


def test_a_comment_in_the_label_of_a_footnote_in_a_footnote_is_left_out() -> None:
    assert not leaks(text_of("a[^1]\n\n[^1]: b [^c<!--SECRET-->]\n\n    [^c<!--SECRET-->]: d\n"))


def test_a_comment_in_raw_html_in_alternative_text_is_left_out() -> None:
    assert not leaks(text_of('a ![<b title="<!-- SECRET -->">](x.png) c'))


@pytest.mark.parametrize("source", ["<!-- ![a](secret.png) -->", "one <!-- ![a](secret.png) --> two"])
def test_what_only_a_comment_points_at_is_withheld(source: str) -> None:
    assert [link.target for link in text_of(source).hidden_links] == ["secret.png"]


def test_what_only_a_hidden_footnote_points_at_is_withheld() -> None:
    text = text_of("::: private\n[^a]\n:::\n\n[^a]: ![b](secret.png)\n")
    assert [link.target for link in text.hidden_links] == ["secret.png"]


def test_a_passage_that_is_commented_out_is_only_a_comment() -> None:
    assert problems_of("<!--\n::: private\none\n:::\n-->\n") == []


@pytest.mark.parametrize(
    "source",
    [
        "::: private\n- one\n  :::\n\nSECRET\n",
        "::: private\n> one\n> :::\n\nSECRET\n",
        "::: private\n- :::\n\nSECRET\n\n```\n:::\n",
    ],
)
def test_an_end_that_stands_deeper_than_the_beginning_is_an_error(source: str) -> None:
    assert not leaks(text_of(source))


def test_nothing_is_said_about_names_inside_a_passage() -> None:
    assert problems_of("::: private\n::: note\none\n:::\n:::\n") == []


@pytest.mark.parametrize("mark", ["::: note Mind the gap", "::: *gap*", "::: Mind the gap :::"])
def test_the_words_behind_an_unknown_name_stay(mark: str) -> None:
    assert "gap" in page_of(f"{mark}\none\n:::\n")


def test_a_label_in_open_raw_html_hides_no_footnote() -> None:
    assert "words" in page_of("<div>[^a]</div>\n\n[^a]: words\n")


def test_every_outermost_passage_is_counted_once() -> None:
    source = "::: private\none\n:::\n\n- :::: private\n  ::: private\n  two\n  :::\n  ::::\n\n> ::: private\n> :::\n"
    assert text_of(source).private_passages == 3


def test_comments_and_passages_with_an_error_are_not_counted() -> None:
    assert text_of("one <!-- two -->\n\n::: private\nthree\n").private_passages == 0


def test_what_a_passage_points_at_is_known_with_its_position() -> None:
    source = (
        "one\n\n"
        "> ::: private\n"
        "> [a](a.md) ![b](b.png) [c][] [d][]\n"
        '> <img src="e.png">\n'
        ">\n"
        "> [c]: c.md\n"
        ">\n"
        '> <div><a href="f.md">f</a></div>\n'
        "> :::\n"
    )
    assert withheld_links_of(source.replace("</div>\n", "</div>\n>\n") + "\n[d]: d.md\n") == [
        ("link", "a.md", 4, 3),
        ("image", "b.png", 4, 13),
        ("link", "c.md", 4, 25),
        ("link", "d.md", 4, 31),
        ("raw", "e.png", 5, 12),
        ("raw", "f.md", 9, 16),
    ]


def test_what_a_passage_points_at_is_none_of_the_links() -> None:
    text = text_of("[a](a.md)\n\n::: private\n[b](b.md)\n:::\n\n[c](c.md)\n")
    assert [link.target for link in text.links] == ["a.md", "c.md"]
    assert [link.target for link in text.hidden_links] == ["b.md"]


def test_an_open_comment_in_a_passage_is_an_error_since_it_may_end_outside() -> None:
    text = text_of("::: private\none <!-- two\n\n![a <!-- b](c.png)\n:::\n\nthree\n")
    assert [problem.code for problem in text.problems] == ["open-comment", "open-comment"]
    assert filled(text).page == "<p>three</p>\n"


def test_a_definition_that_is_hidden_does_not_stand_before_an_open_one_with_other_case() -> None:
    assert (
        page_of("::: private\n[A B]: secret.md\n:::\n\n[a b]\n\n[a  b]: open.md\n")
        == '<p><a href="open.md">a b</a></p>\n'
    )


def test_an_open_definition_stands_for_a_hidden_one() -> None:
    source = "::: private\n[a]: secret.md\n:::\n\n[a]\n\n[a]: open.md\n"
    assert page_of(source) == '<p><a href="open.md">a</a></p>\n'


def test_a_hidden_definition_and_an_open_one_are_not_twice_the_same() -> None:
    assert problems_of("::: private\n[a]: secret.md\n:::\n\n[a]\n\n[a]: open.md\n") == []


def test_a_definition_written_twice_is_a_warning_at_the_second() -> None:
    assert problems_of("[a]\n\n[a]: one.md\n[A]: two.md\n") == [
        "4:1: warning: [A] is defined twice: the first definition counts (keep one)"
    ]


def test_the_first_of_several_open_definitions_stands() -> None:
    source = "[a]: secret.md\n:::\n\n[a]\n\n[a]: one.md\n[a]: two.md\n"
    assert page_of(f"::: private\n{source}") == '<p><a href="one.md">a</a></p>\n'


def test_a_definition_before_a_passage_stays_known() -> None:
    assert page_of("[a]: a.md\n\n::: private\nb\n:::\n\n[a]\n") == '<p><a href="a.md">a</a></p>\n'


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("::: private\none", [f"1:1: error: the private passage is not closed ({OPEN_HINT})"]),
        (" ::: Private\none", [f"1:2: error: the private passage is not closed ({OPEN_HINT})"]),
        ("- one\n  ::: private\n  two", [f"2:3: error: the private passage is not closed ({OPEN_HINT})"]),
        ("a\n\n> > ::: private\n> > two", [f"3:5: error: the private passage is not closed ({OPEN_HINT})"]),
        (
            ":::: private\none\n:::",
            [
                f"1:1: error: the private passage is not closed ({OPEN_HINT.replace(':::', '::::')})",
                "3:1: error: ::: closes nothing (delete it, or open it above with ::: pull)",
            ],
        ),
        ("one\n\n  ::::", ["3:3: error: :::: closes nothing (delete it, or open it above with :::: pull)"]),
        ("> :::", ["1:3: error: ::: closes nothing (delete it, or open it above with ::: pull)"]),
        ("::: privat\n:::", ['1:1: error: unknown name in "::: privat" (did you mean "private"?)']),
        ("::: Privately\n:::", ['1:1: error: unknown name in "::: Privately" (did you mean "private"?)']),
        (
            "::: sidenote\n:::",
            [f'1:1: warning: unknown name in "::: sidenote": the text is shown as plain paragraphs ({KNOWN_NAME})'],
        ),
        (
            "::: {.sidenote}\n:::",
            [
                f'1:1: warning: unknown name in "::: {{.sidenote}}": the text is shown as plain paragraphs ({KNOWN_NAME})'
            ],
        ),
        (
            "::: sidenote\none",
            [
                f'1:1: warning: unknown name in "::: sidenote": the text is shown as plain paragraphs ({KNOWN_NAME})',
                f'1:1: error: the "::: sidenote" is not closed ({OPEN_HINT})',
            ],
        ),
        (
            "one\n\n<div>\n::: private\n</div>",
            [
                (
                    "4:1: error: a private passage cannot begin inside raw HTML "
                    "(write ::: private alone on a line, with an empty line before it, not indented further than the text)"
                )
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_container_is_said_where_it_stands(source: str, expected: list[str]) -> None:
    assert problems_of(source) == expected


@pytest.mark.parametrize(
    ("source", "start"), [("<div>\n  ::: private\n</div>", "2:3:"), ("<pre>\n\n::: private\n</pre>", "3:1:")]
)
def test_a_passage_in_raw_html_is_said_where_its_mark_stands(source: str, start: str) -> None:
    assert problems_of(source)[0].startswith(start)


def test_a_passage_that_an_open_code_block_swallows_is_an_error() -> None:
    source = "```python\nx = 1\n\n::: private\nSECRET\n:::\n"
    assert problems_of(source) == [
        '1:1: error: the code block is not closed, and holds "::: private" (close it with a line ```)'
    ]
    assert problems_of(source + "```\n") == []


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("a\n\n::: private\n[b](b.md)\n:::\n\nc", '<p>a</p>\n{<p><a href="b.md">b</a></p>\n}<p>c</p>\n'),
        ("> ::: private\n> b\n> :::\n\nc", "<blockquote>{<p>b</p>\n}</blockquote>\n<p>c</p>\n"),
        ("a\n\n::: private\n- b\n:::", "<p>a</p>\n{<ul>\n<li>b</li>\n</ul>\n}"),
        ("::: private\na <!-- b -->\n\n<!-- c -->\n:::", '{<p>a<span class="private">&lt;!-- b --&gt;</span></p>\n<div class="private">&lt;!-- c --&gt;</div>}'),
        ("a <!-- b --> c", '<p>a<span class="private">&lt;!-- b --&gt;</span> c</p>\n'),
        ("<!-- b -->\n\nc", '<div class="private">&lt;!-- b --&gt;</div><p>c</p>\n'),
    ],
)  # fmt: skip
def test_the_author_sees_the_page_of_readers_and_hidden_text_in_its_place(source: str, page: str) -> None:
    opening, closing = '<div class="private" role="note" aria-label="Private">\n', "</div>\n"
    assert filled(author_text_of(source)).page == page.replace("{", opening).replace("}", closing)


def test_a_hidden_word_in_a_footnote_is_shown_to_the_author() -> None:
    source = "a[^1]\n\n[^1]: b\n\n    ::: private\n    one\n    :::\n\n    <!-- two -->\n"
    assert [word in author_text_of(source).html for word in ("one", "two")] == [True, True]


def test_a_passage_before_the_title_is_shown_at_the_end_of_the_preview() -> None:
    options = MarkdownOptions(for_author=True)
    text = convert_markdown("::: private\na\n:::\n\n# T\n\nb", Location("a.md"), options, takes_title=True)
    assert (text.title, text.html) == (
        "T", '<p>b</p>\n<div class="private" role="note" aria-label="Private">\n<p>a</p>\n</div>\n'
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a <!-- x -->", "a"),
        ("a <!-- x --> b", "a b"),
        ("a<!-- x --> b <!-- y --><!-- z -->c", "a b c"),
        ("a *b* <!-- x -->\nc", "a *b*\nc"),
        ("## <!-- x --> A <!-- y -->", "## A"),
        ("![a](p.png) <!-- x -->", "![a](p.png)"),
        ("![a <!-- x -->b](p.png)", "![a b](p.png)"),
        ("::: thread\n- **a**: <!-- x -->\n- **b**<!-- y -->: c\n:::", "::: thread\n- **a**:\n- **b**: c\n:::"),
        ("| a <!-- x --> | <!-- y --> b |\n|---|---|", "| a | b |\n|---|---|"),
    ],
)
def test_a_comment_in_a_line_leaves_no_gap(hidden: str, shown: str) -> None:
    assert filled(text_of(hidden)) == filled(text_of(shown))
